/// Puts texts and special tokens together as a template says.
struct TemplateProcessor: Sendable {
  /// A part of a template.
  enum Piece: Sendable {
    case sequence(Int, typeId: Int)
    case special([PostProcessor.AddedPiece], typeId: Int)
  }

  let single: [Piece]
  let pair: [Piece]
  private static let mostTexts = 16
  private static let mostAdded = 1 << 12

  init(single: [Piece], pair: [Piece]) { (self.single, self.pair) = (single, pair) }

  init(_ node: ConfigNode) throws {
    var specials: [String: [PostProcessor.AddedPiece]] = [:]
    let tokens = try node.needed("special_tokens")
    guard case .object(let members) = tokens.json else { throw tokens.expected("an object") }
    for member in members {
      let item = ConfigNode(member.value, file: node.file, place: "\(tokens.place).\(text(member.key))")
      let (ids, texts) = (try item.needed("ids").items(), try item.needed("tokens").items())
      guard ids.count == texts.count else { throw item.error("\(ids.count) ids do not go with \(texts.count) tokens") }
      specials[text(member.key)] = try zip(ids, texts).map {
        PostProcessor.AddedPiece(token: try $1.string(), id: try $0.int())
      }
    }
    func pieces(_ list: ConfigNode) throws -> [Piece] {
      try list.items().map { item in
        if let sequence = item.child("Sequence") {
          let typeId = try sequence.child("type_id")?.int() ?? 0
          switch try sequence.needed("id").string() {
          case "A": return .sequence(0, typeId: typeId)
          case "B": return .sequence(1, typeId: typeId)
          case let name: throw sequence.error("there is no sequence '\(name)'")
          }
        }
        let special = try item.needed("SpecialToken")
        let name = try special.needed("id").string()
        guard let found = specials[name] else { throw special.error("there is no special token '\(name)'") }
        return .special(found, typeId: try special.child("type_id")?.int() ?? 0)
      }
    }
    single = try pieces(try node.needed("single"))
    pair = try pieces(try node.needed("pair"))
    for list in [single, pair] {
      let texts = list.count { if case .sequence = $0 { true } else { false } }
      let added = list.reduce(0) { if case .special(let tokens, _) = $1 { $0 + tokens.count } else { $0 } }
      guard texts <= Self.mostTexts, added <= Self.mostAdded else {
        throw node.error(
          "a template has \(texts) texts and adds \(added) tokens; at most \(Self.mostTexts) and \(Self.mostAdded) are possible"
        )
      }
    }
    for case .sequence(1, _) in single { throw node.error("the template for one text uses the second") }
  }

  func addedCount(isPair: Bool) -> Int {
    (isPair ? pair : single).reduce(0) { if case .special(let tokens, _) = $1 { $0 + tokens.count } else { $0 } }
  }

  func process(_ encodings: [Encoding], addsSpecialTokens: Bool) -> [Encoding] {
    var encodings = encodings
    var result: [Encoding] = []
    for piece in encodings.count > 1 ? pair : single {
      switch piece {
      case .sequence(let i, let typeId):
        // Another template before this one may have left nothing.
        guard encodings.indices.contains(i) else { continue }
        encodings[i].typeIds = [Int](repeating: typeId, count: encodings[i].count)
        encodings[i].sequenceRanges[i] = 0..<encodings[i].count
        result.append(encodings[i])
      case .special(let tokens, let typeId):
        guard addsSpecialTokens else { continue }
        var added = Encoding()
        for token in tokens { added.append(token.encoding(typeId: typeId)) }
        result.append(added)
      }
    }
    return result
  }
}
