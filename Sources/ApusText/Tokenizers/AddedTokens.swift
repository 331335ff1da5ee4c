/// A token that was added to a vocabulary and is found in texts before the model sees them.
public struct AddedToken: Hashable, Sendable {
  /// The text of the token.
  public var content: String
  /// Its number.
  public var id: Int
  /// Whether it is found only between what are no letters.
  public var singleWord = false
  /// Whether white space before it belongs to it.
  public var lstrip = false
  /// Whether white space after it belongs to it.
  public var rstrip = false
  /// Whether it is looked for in the normalised text rather than in the text as it came.
  public var normalized = false
  /// Whether decoding may leave it out.
  public var special = false

  /// A token of the given text and number.
  public init(_ content: String, id: Int, special: Bool = true) {
    (self.content, self.id, self.special) = (content, id, special)
  }
}

/// The tokens that were added to a vocabulary.
struct AddedTokens: Sendable {
  private(set) var tokens: [AddedToken] = []
  /// The place in ``tokens`` of each number.
  private var places: [Int: Int] = [:]
  /// What decoding reads for a token: its normalised form where that differs.
  private var normalizedForms: [Int: [UInt8]] = [:]
  private var specials: Set<[UInt8]> = []
  private var numbers: [[UInt8]: Int] = [:]
  private var plain: ByteTrie?
  private var normalizedTrie: ByteTrie?

  init() {}

  init(_ added: [AddedToken], normalizer: TextNormalizer?) throws(PatternMistake) {
    for token in added where !token.content.isEmpty {
      if let place = places[token.id] {
        tokens[place] = token
      } else {
        places[token.id] = tokens.count
        tokens.append(token)
      }
      numbers[Array(token.content.utf8)] = token.id
      if token.special { specials.insert(Array(token.content.utf8)) }
    }
    var (plain, normal): ([(bytes: ArraySlice<UInt8>, id: UInt32)], [(bytes: ArraySlice<UInt8>, id: UInt32)]) = ([], [])
    var budget = TextBudget(tokens.reduce(0) { $0 + $1.content.utf8.count })
    for token in tokens {
      let content = Array(token.content.utf8)
      guard token.normalized else {
        plain.append((content[...], UInt32(token.id)))
        continue
      }
      var form = NormalizedText(content)
      try normalizer?.apply(&form, &budget)
      if form.bytes != content { normalizedForms[token.id] = form.bytes }
      if !form.bytes.isEmpty { normal.append((form.bytes[...], UInt32(token.id))) }
    }
    self.plain = plain.isEmpty ? nil : ByteTrie(plain)
    normalizedTrie = normal.isEmpty ? nil : ByteTrie(normal)
  }

  func number(of token: [UInt8]) -> Int? { numbers[token] }

  /// What decoding reads for a token.
  func content(_ id: Int) -> [UInt8]? {
    guard let place = places[id] else { return nil }
    return normalizedForms[id] ?? Array(tokens[place].content.utf8)
  }

  var isEmpty: Bool { tokens.isEmpty }
  var highest: Int { places.keys.max() ?? -1 }
  func contains(_ id: Int) -> Bool { places[id] != nil }
  func isSpecial(_ content: [UInt8]) -> Bool { specials.contains(content) }

  /// Whether tokens may be found in texts as they came.
  var hasPlain: Bool { plain != nil }
  /// Whether tokens may be found in normalised texts.
  var hasNormalized: Bool { normalizedTrie != nil }

  /// Gives `body` the parts of a text that are tokens and those that are none, in order; nothing for an empty text.
  ///
  /// - Parameter ignoresSpecial: whether special tokens are text like any other.
  func split(
    _ text: UnsafePointer<UInt8>, from start: Int, to end: Int, isNormalized: Bool, ignoresSpecial: Bool,
    _ body: (Int, Int, Int) -> Void
  ) {
    guard let trie = isNormalized ? normalizedTrie : plain else { return body(start, end, -1) }
    var last = start
    var position = start
    let table = UnicodeTable.shared
    while position < end {
      guard trie.begins(text[position]) else {
        position += 1
        continue
      }
      var (id, length) = (-1, 0)
      trie.forEachPrefix(text + position, end - position) { (id, length) = ($0, $1) }
      guard id >= 0, let place = places[id] else {
        position += 1
        continue
      }
      let token = tokens[place]
      var (first, stop) = (position, position + length)
      position = stop
      if ignoresSpecial, token.special { continue }
      if token.singleWord {
        let before =
          first > start
          ? decodeScalar(text, at: previousScalar(text, before: first, from: start), before: end).value : 32
        let after = stop < end ? decodeScalar(text, at: stop, before: end).value : 32
        if Self.isWord(before, table) || Self.isWord(after, table) { continue }
      }
      if token.lstrip {
        while first > last {
          let before = previousScalar(text, before: first, from: start)
          guard before >= last, table.isWhitespace(decodeScalar(text, at: before, before: end).value) else { break }
          first = before
        }
      }
      if token.rstrip {
        while stop < end {
          let (scalar, length) = decodeScalar(text, at: stop, before: end)
          guard table.isWhitespace(scalar) else { break }
          stop += length
        }
      }
      if last < first { body(last, first, -1) }
      body(first, stop, id)
      last = stop
    }
    if last < end { body(last, end, -1) }
  }

  private static func isWord(_ scalar: UInt32, _ table: UnicodeTable) -> Bool {
    table.isWord(scalar) || scalar == 0x200c || scalar == 0x200d
  }
}

extension AddedToken {
  /// A token of `added_tokens` in a tokenizer.json; `id` where it does not have its own.
  init(_ node: ConfigNode, id: Int? = nil) throws {
    self.init(try node.needed("content").string(), id: try id ?? node.needed("id").int(in: 0...Int(Int32.max)))
    singleWord = try node.bool("single_word", default: false)
    lstrip = try node.bool("lstrip", default: false)
    rstrip = try node.bool("rstrip", default: false)
    special = try node.bool("special", default: false)
    normalized = try node.bool("normalized", default: !special)
  }
}
