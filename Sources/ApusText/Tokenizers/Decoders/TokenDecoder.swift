/// How tokens become text again, as `decoder` of a tokenizer.json names it. Tokens are bytes of UTF-8.
indirect enum TokenDecoder: Sendable {
  case sequence([TokenDecoder])
  case byteLevel
  case wordPiece(prefix: [UInt8], cleansUp: Bool)
  case metaspace(Metaspace)
  case wordEnd([UInt8])
  case ctc(pad: [UInt8], delimiter: [UInt8], cleansUp: Bool)
  case fuse
  case byteFallback
  case strip(UInt32, start: Int, stop: Int)
  case replace(TextPattern, with: [UInt8])

  init(_ node: ConfigNode, depth: Int = 0) throws {
    guard depth < 32 else { throw node.error("decoders lie in each other more than 32 deep") }
    switch try node.needed("type").string() {
    case "Sequence":
      self = .sequence(try node.needed("decoders").items().map { try TokenDecoder($0, depth: depth + 1) })
    case "ByteLevel": self = .byteLevel
    case "WordPiece":
      self = .wordPiece(
        prefix: try node.child("prefix")?.bytes() ?? Array("##".utf8), cleansUp: try node.bool("cleanup", default: true)
      )
    case "Metaspace": self = .metaspace(try Metaspace(node))
    case "BPEDecoder": self = .wordEnd(try node.child("suffix")?.bytes() ?? Array("</w>".utf8))
    case "CTC":
      self = .ctc(
        pad: try node.needed("pad_token").bytes(), delimiter: try node.needed("word_delimiter_token").bytes(),
        cleansUp: try node.bool("cleanup", default: true))
    case "Fuse": self = .fuse
    case "ByteFallback": self = .byteFallback
    case "Strip":
      self = .strip(
        try node.needed("content").scalar(), start: try node.needed("start").int(), stop: try node.needed("stop").int())
    case "Replace": self = .replace(try node.needed("pattern").pattern(), with: try node.needed("content").bytes())
    case let name: throw node.error("there is no decoder '\(name)'", .unsupported)
    }
  }

  /// The text of the tokens.
  func decode(_ tokens: [[UInt8]]) throws(PatternMistake) -> String {
    var budget = TextBudget(tokens.reduce(0) { $0 + $1.count })
    return text(try apply(tokens, &budget).joined())
  }

  private func apply(_ tokens: [[UInt8]], _ budget: inout TextBudget) throws(PatternMistake) -> [[UInt8]] {
    try budget.take(tokens.reduce(0) { $0 + $1.count })
    switch self {
    case .sequence(let items):
      var tokens = tokens
      for item in items { tokens = try item.apply(tokens, &budget) }
      return tokens
    case .byteLevel:
      var bytes: [UInt8] = []
      for token in tokens { bytes += ByteLetters.decode(token) ?? token }
      return [Array(text(bytes).utf8)]
    case .wordPiece(let prefix, let cleansUp):
      return tokens.enumerated().map { i, token in
        var token = token
        if i > 0 {
          if token.starts(with: prefix) { token.removeFirst(prefix.count) } else { token.insert(32, at: 0) }
        }
        return cleansUp ? Self.cleanUp(token) : token
      }
    case .metaspace(let metaspace):
      return tokens.enumerated().map { i, token in
        token.replacing(metaspace.replacement, with: i == 0 && metaspace.prepend != .never ? [] : [32])
      }
    case .wordEnd(let suffix):
      return tokens.enumerated().map { i, token in token.replacing(suffix, with: i == tokens.count - 1 ? [] : [32]) }
    case .ctc(let pad, let delimiter, let cleansUp):
      var result: [[UInt8]] = []
      for (i, token) in tokens.enumerated() where i == 0 || token != tokens[i - 1] {
        var token = token.replacing(pad, with: [])
        if cleansUp { token = Self.cleanUp(token).replacing(delimiter, with: [32]) }
        if !token.isEmpty { result.append(token) }
      }
      return result
    case .fuse: return [Array(tokens.joined())]
    case .byteFallback: return Self.joinBytes(tokens)
    case .strip(let content, let start, let stop): return tokens.map { Self.strip($0, content, start, stop) }
    case .replace(let pattern, let content):
      var result: [[UInt8]] = []
      for token in tokens {
        var text = NormalizedText(token)
        try text.replace(pattern, with: content, &budget)
        result.append(text.bytes)
      }
      return result
    }
  }

  private static func strip(_ token: [UInt8], _ content: UInt32, _ start: Int, _ stop: Int) -> [UInt8] {
    let scalars = token.scalars
    var (first, last) = (0, scalars.count)
    while first < min(start, scalars.count), scalars[first] == content { first += 1 }
    while scalars.count - last < stop, last > 0, scalars[last - 1] == content { last -= 1 }
    guard first < last else { return [] }
    var out: [UInt8] = []
    for scalar in scalars[first..<last] { out.append(scalar: scalar) }
    return out
  }

  /// Tokens such as `<0xE2>` beside each other become the text that their bytes are, or one U+FFFD each where they are none.
  private static func joinBytes(_ tokens: [[UInt8]]) -> [[UInt8]] {
    var result: [[UInt8]] = []
    var bytes: [UInt8] = []
    func flush() {
      if bytes.isEmpty { return }
      if String(validating: bytes, as: UTF8.self) != nil {
        result.append(bytes)
      } else {
        result += repeatElement(Array("\u{fffd}".utf8), count: bytes.count)
      }
      bytes = []
    }
    for token in tokens {
      if let byte = byte(of: token) {
        bytes.append(byte)
      } else {
        flush()
        result.append(token)
      }
    }
    flush()
    return result
  }

  /// The byte that a token such as `<0x0A>` stands for.
  static func byte(of token: some Collection<UInt8>) -> UInt8? {
    guard token.count == 6, token.starts(with: Array("<0x".utf8)), token.dropFirst(5).first == UInt8(ascii: ">")
    else { return nil }
    return UInt8(text(token.dropFirst(3).prefix(2)), radix: 16)
  }

  private static let contractions: [([UInt8], [UInt8])] = [
    (" .", "."), (" ?", "?"), (" !", "!"), (" ,", ","), (" ' ", "'"), (" n't", "n't"), (" 'm", "'m"),
    (" do not", " don't"),
    (" 's", "'s"), (" 've", "'ve"), (" 're", "'re"),
  ].map { (Array($0.0.utf8), Array($0.1.utf8)) }

  /// Removes spaces before punctuation and in contractions of English.
  private static func cleanUp(_ token: [UInt8]) -> [UInt8] {
    guard token.contains(32) else { return token }
    return contractions.reduce(token) { $0.replacing($1.0, with: $1.1) }
  }

  /// The same for a whole text, as Hugging Face's `transformers` does it.
  static func cleanUp(text source: String) -> String {
    let steps = contractions.filter { $0.0 != Array(" do not".utf8) }
    return text(steps.reduce(Array(source.utf8)) { $0.replacing($1.0, with: $1.1) })
  }
}

extension [UInt8] {
  /// The bytes with `new` in the place of every `old`.
  func replacing(_ old: [UInt8], with new: [UInt8]) -> [UInt8] {
    guard let first = old.first, count >= old.count, contains(first) else { return self }
    var out: [UInt8] = []
    out.reserveCapacity(count)
    var position = 0
    while position < count {
      if self[position] == first, position + old.count <= count,
        self[position..<position + old.count].elementsEqual(old)
      {
        out += new
        position += old.count
      } else {
        out.append(self[position])
        position += 1
      }
    }
    return out
  }
}
