/// What the steps of a tokeniser may do for one text: files decide how often a text is searched and what is put into it, and some want
/// harm. A text of some length has so many steps of matching and so many bytes, for all that is done to it together.
struct TextBudget {
  /// Steps of matching patterns that are left.
  var steps: Int
  /// Bytes of changed texts that are left.
  private var bytes: Int
  private let count: Int

  /// For a text of `count` bytes.
  init(_ count: Int) {
    self.count = count
    steps = 2_000_000 + 1000 * count
    bytes = (1 << 20) + 128 * count
  }

  /// Takes `count` bytes of text that a step makes.
  mutating func take(_ made: Int) throws(PatternMistake) {
    bytes -= made
    guard bytes >= 0 else {
      throw PatternMistake(description: "a text of \(count) bytes becomes too long", kind: .tooLong)
    }
  }
}
