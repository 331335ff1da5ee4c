/// What is added to the tokens of one or two texts, as `post_processor` of a tokenizer.json names it.
indirect enum PostProcessor: Sendable {
  case sequence([PostProcessor])
  case bert(separator: AddedPiece, classifier: AddedPiece)
  case roberta(separator: AddedPiece, classifier: AddedPiece, trimsOffsets: Bool, addsPrefixSpace: Bool)
  case byteLevel(trimsOffsets: Bool, addsPrefixSpace: Bool)
  case template(TemplateProcessor)

  /// A token that is added.
  struct AddedPiece: Sendable {
    let token: String
    let id: Int

    init(token: String, id: Int) { (self.token, self.id) = (token, id) }

    init(_ node: ConfigNode) throws {
      let items = try node.items()
      guard items.count == 2 else { throw node.expected("a token and its number") }
      (token, id) = (try items[0].string(), try items[1].int())
    }

    func encoding(typeId: Int) -> Encoding {
      Encoding(token: token, id: id, typeId: typeId, count: 1, isPadding: false)
    }
  }

  init(_ node: ConfigNode, depth: Int = 0) throws {
    guard depth < 32 else { throw node.error("post-processors lie in each other more than 32 deep") }
    switch try node.needed("type").string() {
    case "Sequence":
      self = .sequence(try node.needed("processors").items().map { try PostProcessor($0, depth: depth + 1) })
    case "BertProcessing":
      self = .bert(separator: try AddedPiece(node.needed("sep")), classifier: try AddedPiece(node.needed("cls")))
    case "RobertaProcessing":
      self = .roberta(
        separator: try AddedPiece(node.needed("sep")), classifier: try AddedPiece(node.needed("cls")),
        trimsOffsets: try node.bool("trim_offsets", default: true),
        addsPrefixSpace: try node.bool("add_prefix_space", default: true))
    case "ByteLevel":
      self = .byteLevel(
        trimsOffsets: try node.needed("trim_offsets").bool(),
        addsPrefixSpace: try node.needed("add_prefix_space").bool())
    case "TemplateProcessing": self = .template(try TemplateProcessor(node))
    case let name: throw node.error("there is no post-processor '\(name)'", .unsupported)
    }
  }

  /// How many tokens are added.
  func addedCount(isPair: Bool) -> Int {
    switch self {
    case .sequence(let items): items.reduce(0) { $0 + $1.addedCount(isPair: isPair) }
    case .bert: isPair ? 3 : 2
    case .roberta: isPair ? 4 : 2
    case .byteLevel: 0
    case .template(let template): template.addedCount(isPair: isPair)
    }
  }

  /// The encodings with what is added.
  func process(_ encodings: [Encoding], addsSpecialTokens: Bool) -> [Encoding] {
    var encodings = encodings
    switch self {
    case .sequence(let items):
      for item in items { encodings = item.process(encodings, addsSpecialTokens: addsSpecialTokens) }
      return encodings
    case .byteLevel(let trims, let addsPrefixSpace):
      if trims { for i in encodings.indices { encodings[i].trimOffsets(addsPrefixSpace: addsPrefixSpace) } }
      for i in encodings.indices { encodings[i].sequenceRanges[i] = 0..<encodings[i].count }
      return encodings
    case .roberta(let separator, let classifier, let trims, let addsPrefixSpace):
      if trims { for i in encodings.indices { encodings[i].trimOffsets(addsPrefixSpace: addsPrefixSpace) } }
      for i in encodings.indices { encodings[i].typeIds = [Int](repeating: 0, count: encodings[i].count) }
      guard addsSpecialTokens else { return encodings }
      return encodings.enumerated().map { i, encoding in
        Self.frame(encoding, i, before: i == 0 ? classifier : separator, after: separator, typeId: 0, setsTypes: true)
      }
    case .bert(let separator, let classifier):
      guard addsSpecialTokens else { return encodings }
      return encodings.enumerated().map { i, encoding in
        Self.frame(encoding, i, before: i == 0 ? classifier : nil, after: separator, typeId: i, setsTypes: false)
      }
    case .template(let template): return template.process(encodings, addsSpecialTokens: addsSpecialTokens)
    }
  }

  private static func frame(
    _ encoding: Encoding, _ sequence: Int, before: AddedPiece?, after: AddedPiece, typeId: Int, setsTypes: Bool
  ) -> Encoding {
    var inner = encoding
    inner.overflowing = []
    inner.sequenceRanges = [sequence: 0..<inner.count]
    inner.specialTokensMask = [Int](repeating: 0, count: inner.count)
    inner.attentionMask = [Int](repeating: 1, count: inner.count)
    if setsTypes { inner.typeIds = [Int](repeating: typeId, count: inner.count) }
    var result = before?.encoding(typeId: typeId) ?? Encoding()
    result.append(inner)
    result.append(after.encoding(typeId: typeId))
    result.overflowing = encoding.overflowing.map {
      frame($0, sequence, before: before, after: after, typeId: typeId, setsTypes: setsTypes)
    }
    return result
  }
}

extension Encoding {
  /// Leaves white space at the ends of tokens out of their offsets, here and in what was cut off.
  mutating func trimOffsets(addsPrefixSpace: Bool) {
    for i in tokens.indices {
      var (leading, trailing) = Self.spaces(tokens[i])
      guard leading + trailing > 0 else { continue }
      var (start, end) = (offsets[i].lowerBound, offsets[i].upperBound)
      if leading > 0 {
        // The space that was put before the first word is not in the text.
        if i == 0 || start == 0, addsPrefixSpace, leading == 1 { leading = 0 }
        start = min(start + leading, end)
      }
      if trailing > 0, end >= trailing {
        trailing = min(trailing, end)
        end = max(end - trailing, start)
      }
      offsets[i] = start..<end
    }
    for i in overflowing.indices { overflowing[i].trimOffsets(addsPrefixSpace: addsPrefixSpace) }
  }

  /// How many scalars of white space, or of the letter that stands for a space, a token begins and ends with.
  private static func spaces(_ token: String) -> (leading: Int, trailing: Int) {
    let utf8 = token.utf8
    guard let first = utf8.first, let last = utf8.last else { return (0, 0) }
    func canBeSpace(_ byte: UInt8) -> Bool { byte >= 0x80 || byte <= 32 }
    guard canBeSpace(first) || canBeSpace(last) else { return (0, 0) }
    let table = UnicodeTable.shared
    func isSpace(_ scalar: Unicode.Scalar) -> Bool { scalar.value == 0x120 || table.isWhitespace(scalar.value) }
    let scalars = token.unicodeScalars
    return (scalars.prefix(while: isSpace).count, scalars.reversed().prefix(while: isSpace).count)
  }
}
