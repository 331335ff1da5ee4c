import ApusCore

/// What a text may be, by rules: GBNF, the notation of llama.cpp.
///
///     root   ::= "yes" | "no" | number
///     number ::= "-"? [1-9] [0-9]{0,5}   # comments go to the end of the line
///
/// A rule is a choice of sequences of texts in quotes, classes of characters, other rules and groups, with `*`, `+`, `?` and
/// `{m,n}` behind what is repeated. The text is what `root` describes.
public struct Grammar: Sendable {
  /// Elements of all sequences one behind the other, each sequence with an ``Element/end``.
  let elements: [Element]
  /// Where the sequences of each rule begin.
  let alternatives: [[Int]]
  /// The number of the rule that a text is.
  let root: Int

  /// A part of a sequence.
  enum Element: Sendable, Equatable {
    /// One byte of a set.
    case bytes(ByteSet)
    case rule(Int)
    case end
  }

  /// A grammar has at most so many elements.
  static let mostElements = 1 << 18

  /// Reads rules in GBNF.
  /// - Throws: ``TensorError`` with the line of what cannot be read, of a rule that is not there, or of one that begins with itself.
  public init(_ text: String) throws(TensorError) {
    var parser = GrammarParser(text)
    try parser.parse()
    self = try parser.builder.finish()
  }

  init(elements: [Element], alternatives: [[Int]], root: Int) {
    (self.elements, self.alternatives, self.root) = (elements, alternatives, root)
  }
}

/// A set of bytes.
struct ByteSet: Sendable, Hashable {
  private var words: (UInt64, UInt64, UInt64, UInt64) = (0, 0, 0, 0)

  init(_ range: ClosedRange<UInt8>) { insert(range) }

  mutating func insert(_ range: ClosedRange<UInt8>) {
    for byte in range { self[Int(byte >> 6)] |= 1 << UInt64(byte & 63) }
  }

  func contains(_ byte: UInt8) -> Bool { self[Int(byte >> 6)] >> UInt64(byte & 63) & 1 == 1 }

  private subscript(word: Int) -> UInt64 {
    get {
      switch word {
      case 0: words.0
      case 1: words.1
      case 2: words.2
      default: words.3
      }
    }
    set {
      switch word {
      case 0: words.0 = newValue
      case 1: words.1 = newValue
      case 2: words.2 = newValue
      default: words.3 = newValue
      }
    }
  }

  static func == (a: ByteSet, b: ByteSet) -> Bool { (0..<4).allSatisfy { a[$0] == b[$0] } }

  func hash(into hasher: inout Hasher) { for word in 0..<4 { hasher.combine(self[word]) } }
}
