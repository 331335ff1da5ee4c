/// How texts are cut into the words that the model makes tokens of, as `pre_tokenizer` of a tokenizer.json names it.
indirect enum PreTokenizer: Sendable {
  case sequence([PreTokenizer])
  case bert
  case whitespace
  case whitespaceSplit
  case punctuation(TextPieces.Behavior)
  case digits(isIndividual: Bool)
  case delimiter(UInt32)
  case metaspace(Metaspace)
  case split(TextPattern, TextPieces.Behavior, isInverted: Bool)
  case byteLevel(addsSpace: Bool, cuts: Bool)
  case unicodeScripts
  case fixedLength(Int)

  init(_ node: ConfigNode, depth: Int = 0) throws {
    guard depth < 32 else { throw node.error("pre-tokenisers lie in each other more than 32 deep") }
    switch try node.needed("type").string() {
    case "Sequence":
      self = .sequence(try node.needed("pretokenizers").items().map { try PreTokenizer($0, depth: depth + 1) })
    case "BertPreTokenizer": self = .bert
    case "Whitespace": self = .whitespace
    case "WhitespaceSplit": self = .whitespaceSplit
    case "Punctuation": self = .punctuation(try node.child("behavior")?.behavior() ?? .isolated)
    case "Digits": self = .digits(isIndividual: try node.needed("individual_digits").bool())
    case "CharDelimiterSplit", "Delimiter": self = .delimiter(try node.needed("delimiter").scalar())
    case "Metaspace": self = .metaspace(try Metaspace(node))
    case "Split":
      self = .split(
        try node.needed("pattern").pattern(), try node.needed("behavior").behavior(),
        isInverted: try node.needed("invert").bool())
    case "ByteLevel":
      self = .byteLevel(
        addsSpace: try node.needed("add_prefix_space").bool(), cuts: try node.bool("use_regex", default: true))
    case "UnicodeScripts": self = .unicodeScripts
    case "FixedLength": self = .fixedLength(try node.child("length")?.int(in: 1...Int(Int32.max)) ?? 5)
    case let name: throw node.error("there is no pre-tokeniser '\(name)'", .unsupported)
    }
  }

  /// Whether the last thing done is to put letters for bytes, which a model that reads bytes can do without.
  var endsWithByteLetters: Bool {
    switch self {
    case .byteLevel: true
    case .sequence(let items):
      items.last?.endsWithByteLetters == true && !items.dropLast().contains { $0.hasByteLetters }
    default: false
    }
  }

  private var hasByteLetters: Bool {
    switch self {
    case .byteLevel: true
    case .sequence(let items): items.contains { $0.hasByteLetters }
    default: false
    }
  }

  /// Cuts the text.
  ///
  /// - Parameter keepsBytes: whether bytes stay bytes where ``byteLevel(addsSpace:cuts:)`` would put letters for them.
  func apply(
    _ text: inout TextPieces, keepsBytes: Bool = false, _ budget: inout TextBudget
  ) throws(PatternMistake) {
    try budget.take(text.bytes.count)
    switch self {
    case .sequence(let items): for item in items { try item.apply(&text, keepsBytes: keepsBytes, &budget) }
    case .bert: Self.cutWords(&text)
    case .whitespace: text.cut(Self.wordRuns)
    case .whitespaceSplit:
      let table = UnicodeTable.shared
      text.split(.removed) { table.isWhitespace($0) }
    case .punctuation(let behavior):
      let table = UnicodeTable.shared
      text.split(behavior) { Self.isPunctuation($0, table) }
    case .digits(let isIndividual):
      let table = UnicodeTable.shared
      text.split(isIndividual ? .isolated : .contiguous) { table.category($0) & UnicodeTable.numbers != 0 }
    case .delimiter(let delimiter): text.split(.removed) { $0 == delimiter }
    case .metaspace(let metaspace): metaspace.apply(&text)
    case .split(let pattern, let behavior, let isInverted):
      try text.split(behavior, isInverted: isInverted) { (bytes, start, end, found) throws(PatternMistake) in
        try pattern.forEachMatch(bytes, from: start, to: end, &budget, found)
      }
    case .byteLevel(let addsSpace, let cuts): try Self.byteLevel(&text, addsSpace, cuts, keepsBytes, &budget)
    case .unicodeScripts: text.cut(Self.scriptRuns)
    case .fixedLength(let length):
      text.cut { bytes, start, end, found in
        var (first, position, count) = (start, start, 0)
        while position < end {
          position = min(end, position + scalarLength(bytes[position]))
          count += 1
          if count == length || position == end {
            found(first, position)
            (first, count) = (position, 0)
          }
        }
      }
    }
  }

  /// The pattern of GPT-2.
  static let wordPattern: TextPattern? = try? TextPattern(
    expression: Array(#"'s|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+"#.utf8))

  private static func byteLevel(
    _ text: inout TextPieces, _ addsSpace: Bool, _ cuts: Bool, _ keepsBytes: Bool, _ budget: inout TextBudget
  ) throws(PatternMistake) {
    let bytes = text.bytes
    if addsSpace,
      text.pieces.contains(where: { $0.token < 0 && ($0.end == $0.start || bytes[$0.start] != 32) && $0.end > $0.start }
      )
    {
      text.rewrite { piece, _ in
        if piece.bytes.first != 32 { piece.prepend([32]) }
      }
    }
    if cuts, let pattern = wordPattern {
      try text.split(.isolated) { (bytes, start, end, found) throws(PatternMistake) in
        try pattern.forEachMatch(bytes, from: start, to: end, &budget, found)
      }
    }
    if !keepsBytes {
      text.rewrite { piece, _ in ByteLetters.apply(to: &piece) }
    }
  }

  static func isPunctuation(_ scalar: UInt32, _ table: UnicodeTable) -> Bool {
    if scalar < 128 {
      return (33...47).contains(scalar) || (58...64).contains(scalar) || (91...96).contains(scalar)
        || (123...126).contains(scalar)
    }
    return table.category(scalar) & UnicodeTable.punctuation != 0
  }

  /// Words between white space; punctuation is a word of its own.
  private static func cutWords(_ text: inout TextPieces) {
    let table = UnicodeTable.shared
    text.cut { bytes, start, end, found in
      var (first, position) = (start, start)
      while position < end {
        let byte = bytes[position]
        let kind: UInt8
        var length = 1
        if byte < 128 {
          kind = asciiKinds[Int(byte)]
        } else {
          let decoded = decodeScalar(bytes, at: position, before: end)
          length = decoded.length
          let bits = table[decoded.value]
          kind =
            bits & UnicodeTable.whitespace != 0
            ? 1 : (1 << UInt32(bits & UnicodeTable.categoryBits)) & UnicodeTable.punctuation != 0 ? 2 : 0
        }
        if kind != 0 {
          if position > first { found(first, position) }
          if kind == 2 { found(position, position + length) }
          first = position + length
        }
        position += length
      }
      if end > first { found(first, end) }
    }
  }

  /// 1 for white space, 2 for punctuation.
  private static let asciiKinds: [UInt8] = (0..<128).map { byte in
    byte == 32 || (9...13).contains(byte) ? 1 : isPunctuation(UInt32(byte), .shared) ? 2 : 0
  }

  /// `\w+|[^\w\s]+`
  private static func wordRuns(_ bytes: UnsafePointer<UInt8>, _ start: Int, _ end: Int, _ found: (Int, Int) -> Void) {
    let table = UnicodeTable.shared
    var (first, position, kind) = (start, start, 0)
    while position < end {
      let (scalar, length) = decodeScalar(bytes, at: position, before: end)
      let next = table.isWord(scalar) || scalar == 0x200c || scalar == 0x200d ? 1 : table.isWhitespace(scalar) ? 0 : 2
      if next != kind {
        if kind != 0 { found(first, position) }
        (first, kind) = (position, next)
      }
      position += length
    }
    if kind != 0 { found(first, end) }
  }

  private static func scriptRuns(_ bytes: UnsafePointer<UInt8>, _ start: Int, _ end: Int, _ found: (Int, Int) -> Void) {
    let table = ScriptTable.shared
    let han = table.number(named: "Han")
    let kana = [table.number(named: "Hiragana"), table.number(named: "Katakana")]
    /// The script of the run; nil before the first that has one.
    var last: UInt8?
    var (first, position) = (-1, start)
    while position < end {
      let (scalar, length) = decodeScalar(bytes, at: position, before: end)
      var script = scalar == 32 ? 0 : table.script(scalar)
      if scalar == 0x30fc || kana.contains(script) { script = han }
      if script != 0 {
        if last != script {
          if first >= 0 { found(first, position) }
          first = position
        }
        last = script
      }
      position += length
    }
    if first >= 0 { found(first, end) }
  }
}

extension ConfigNode {
  func behavior() throws -> TextPieces.Behavior {
    let name = try string()
    guard let behavior = TextPieces.Behavior(rawValue: name) else { throw error("there is no behaviour '\(name)'") }
    return behavior
  }
}
