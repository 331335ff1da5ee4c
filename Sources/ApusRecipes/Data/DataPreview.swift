import ApusCore
import ApusText
import ApusTrain

/// Shows examples as the model sees them: their tokens as text, those that are learned in colour, and how long they are.
///
///     print(DataPreview(data.train, tokenizer).text(Terminal.standardOutput))
public struct DataPreview {
  private let examples: TokenizedExamples
  private let tokenizer: Tokenizer
  /// How many examples are shown.
  public var shown = 3
  /// How many tokens of an example are shown.
  public var mostTokens = 400
  /// Whether the numbers of tokens are shown too.
  public var showsIds = false

  /// A preview of examples in the tokens of `tokenizer`.
  public init(_ examples: TokenizedExamples, _ tokenizer: Tokenizer) {
    (self.examples, self.tokenizer) = (examples, tokenizer)
  }

  /// How long examples are, and how much of them is learned.
  public struct Statistics: Sendable, Hashable {
    /// How many examples there are.
    public let examples: Int
    /// How many tokens they have together.
    public let tokens: Int
    /// How many of these are learned.
    public let learnedTokens: Int
    /// The tokens of the shortest example.
    public let shortest: Int
    /// The tokens that half of the examples do not exceed.
    public let median: Int
    /// Of 95 % of the examples none is longer.
    public let percentile95: Int
    /// The tokens of the longest example.
    public let longest: Int

    /// The share of the tokens that are learned.
    public var learnedShare: Double { tokens == 0 ? 0 : Double(learnedTokens) / Double(tokens) }
  }

  /// Lengths, and how much is learned.
  public var statistics: Statistics {
    let lengths = examples.lengths.sorted()
    func quantile(_ share: Double) -> Int {
      lengths.isEmpty ? 0 : lengths[max(0, min(lengths.count, Int((share * Double(lengths.count)).rounded(.up))) - 1)]
    }
    return Statistics(
      examples: examples.count, tokens: examples.tokens, learnedTokens: examples.learnedTokens,
      shortest: lengths.first ?? 0, median: quantile(0.5), percentile95: quantile(0.95), longest: lengths.last ?? 0)
  }

  /// The first examples and the statistics of all. Without colours, brackets `⟦ ⟧` (`[[ ]]` where there is ASCII alone) stand around
  /// what is learned.
  public func text(_ terminal: Terminal = .standardOutput) -> String {
    var parts: [String] = []
    for (i, example) in examples.prefix(shown).enumerated() {
      let head = "example \(i + 1): \(example.ids.count) tokens, \(example.labels.count { $0 != -100 }) learned"
      parts.append(styled(head, "1", terminal) + "\n" + body(example, terminal))
    }
    let s = statistics
    let share = (s.learnedShare * 1000).rounded() / 10
    parts.append(
      "\(s.examples) examples, \(s.tokens) tokens, \(share) % learned; lengths: least \(s.shortest), median \(s.median), "
        + "95 % \(s.percentile95), most \(s.longest)")
    return parts.joined(separator: "\n\n")
  }

  /// The tokens of an example. Runs of tokens of one kind are decoded together, since a character may be several tokens.
  private func body(_ example: TokenizedExample, _ terminal: Terminal) -> String {
    let count = min(example.ids.count, mostTokens)
    var text = ""
    var start = 0
    while start < count {
      let isLearned = example.labels[start] != -100
      var end = start + 1
      while end < count, (example.labels[end] != -100) == isLearned { end += 1 }
      text += run(Array(example.ids[start..<end]), isLearned, terminal)
      start = end
    }
    let left = example.ids.count - count
    return left > 0 ? text + styled(" ... \(left) more", "2", terminal) : text
  }

  private func run(_ ids: [Int], _ isLearned: Bool, _ terminal: Terminal) -> String {
    let said =
      showsIds
      ? ids.map { "\(Self.visible((try? tokenizer.decode([$0])) ?? "?"))(\($0)) " }.joined()
      : Self.visible((try? tokenizer.decode(ids)) ?? "?")
    guard isLearned else { return styled(said, "2", terminal) }
    if terminal.hasColours { return styled(said, "32", terminal) }
    return terminal.hasUnicode ? "⟦\(said)⟧" : "[[\(said)]]"
  }

  /// Without what would move the cursor or change colours.
  private static func visible(_ text: String) -> String {
    String(
      String.UnicodeScalarView(
        text.unicodeScalars.map {
          $0 == "\n" || $0.value >= 0x20 && !(0x7f..<0xa0).contains($0.value) ? $0 : "\u{fffd}"
        }))
  }

  /// Lines each in the style, so that one that is cut off does not colour what follows.
  private func styled(_ text: String, _ style: String, _ terminal: Terminal) -> String {
    guard terminal.hasColours, !text.isEmpty else { return text }
    return text.split(separator: "\n", omittingEmptySubsequences: false).map {
      $0.isEmpty ? "" : "\u{1b}[\(style)m\($0)\u{1b}[0m"
    }.joined(separator: "\n")
  }
}
