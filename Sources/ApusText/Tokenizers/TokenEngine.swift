/// The tokens of a text before anything is added to them: one entry per token in every list.
struct TokenRun {
  var ids: [UInt32] = []
  /// Which bytes of the text the tokens stand for.
  var starts: [UInt32] = []
  var ends: [UInt32] = []
  /// The number of the word that each token is a part of.
  var words: [Int32] = []
  /// Tokens that show other texts than the vocabulary's, by their place, in order.
  var texts: [(place: Int, text: String)] = []
}

/// What makes tokens of texts and texts of tokens.
protocol TokenEngine: Sendable {
  /// Adds the tokens of a text.
  ///
  /// - Parameter ignoresSpecial: whether special tokens in the text are text like any other.
  func tokenize(
    _ text: UnsafeBufferPointer<UInt8>, ignoresSpecial: Bool, _ scratch: TokenizerScratch, _ run: inout TokenRun
  ) throws(PatternMistake)
  /// The token as the vocabulary writes it, nil where there is none of that number.
  func token(_ id: Int) -> String?
  /// The number of a token.
  func number(of token: [UInt8]) -> Int?
  /// The text of tokens; numbers that stand for none are left out.
  func decode(_ ids: [Int], skipsSpecial: Bool) throws(PatternMistake) -> String
  /// How many tokens there are, added ones included.
  var size: Int { get }
  /// Whether there may be a token of that number that decoding can leave out.
  func isSpecial(_ id: Int) -> Bool
  /// The tokens that were added.
  var addedTokens: [AddedToken] { get }
}
