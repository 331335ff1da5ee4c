import ApusCore

/// How tokens are generated: the options of Hugging Face's `generate` under its names. An option that is not set is off: without
/// ``eosTokenIds`` only lengths stop a text, without ``topK`` all tokens take part.
///
///     var configuration = GenerationConfiguration(maxNewTokens: 100)
///     configuration.doSample = true
///     configuration.temperature = 0.7
///     let ids = try model.generate(prompt, configuration)
public struct GenerationConfiguration: Sendable, Hashable {
  /// When a beam search ends.
  public enum EarlyStopping: Sendable, Hashable {
    /// As soon as it is unlikely that a better text is found (`False`).
    case heuristic
    /// As soon as there are as many finished texts as beams (`True`).
    case whenFull
    /// Only when no better text can be found (`"never"`).
    case never
  }

  /// A sequence of tokens and what is added to the score of its last one after the others.
  public struct SequenceBias: Sendable, Hashable {
    /// The tokens, in order.
    public var ids: [Int]
    /// What is added to the score of the last.
    public var bias: Float

    /// `bias` for the last of `ids` after the others.
    public init(_ ids: [Int], _ bias: Float) { (self.ids, self.bias) = (ids, bias) }
  }

  /// The score of the end grows by `factor` to the power of the tokens after the first `start`.
  public struct ExponentialDecay: Sendable, Hashable {
    /// After how many new tokens it begins.
    public var start: Int
    /// What the score is multiplied by for each token more.
    public var factor: Double

    /// Growth by `factor` from the token `start` on.
    public init(start: Int, factor: Double) { (self.start, self.factor) = (start, factor) }
  }

  // MARK: Length

  /// The greatest length, prompt included. ``maxNewTokens`` goes before it; without either there are 20 new tokens.
  public var maxLength: Int?
  /// The most tokens that are generated.
  public var maxNewTokens: Int?
  /// The end cannot come before this length, prompt included.
  public var minLength = 0
  /// The end cannot come before so many new tokens.
  public var minNewTokens = 0
  /// Seconds after which no further token is begun.
  public var maxTime: Double?
  /// Texts that end generation once they appear; they need a tokeniser.
  public var stopStrings: [String] = []

  // MARK: Strategy

  /// Whether tokens are drawn; else the best one is taken.
  public var doSample = false
  /// How many texts a beam search follows; 1: no beam search.
  public var numBeams = 1
  /// How many texts are given for each prompt: with beams the best ones, in sampling so many draws.
  public var numReturnSequences = 1
  /// Scores of finished texts are divided by their length to this power: above 0 long texts are preferred.
  public var lengthPenalty = 1.0
  /// When beam search is done.
  public var earlyStopping = EarlyStopping.heuristic
  /// The seed of the draws; nil: ``Generator/default`` goes on.
  public var seed: Int?

  // MARK: Penalties and bans

  /// Added to scores of tokens and sequences of tokens.
  public var sequenceBias: [SequenceBias] = []
  /// Above 1: tokens of the prompt (with an encoder, of its text) become likelier.
  public var encoderRepetitionPenalty = 1.0
  /// Above 1: tokens that are there already become less likely (Keskar et al., 2019).
  public var repetitionPenalty = 1.0
  /// Subtracted once from the scores of tokens that were generated, as in OpenAI's interface.
  public var presencePenalty = 0.0
  /// Subtracted from the score of a generated token for each time it was generated.
  public var frequencyPenalty = 0.0
  /// Sequences of so many tokens come only once; 0: off.
  public var noRepeatNgramSize = 0
  /// Sequences of so many tokens that stand in the encoder's text do not come; 0: off.
  public var encoderNoRepeatNgramSize = 0
  /// Sequences of tokens that do not come.
  public var badWordsIds: [[Int]] = []
  /// The first token.
  public var forcedBosTokenId: Int?
  /// The last token, one of these, where the length ends a text.
  public var forcedEosTokenIds: [Int] = []
  /// Replaces scores that are no numbers or infinite.
  public var removeInvalidValues = false
  /// How the end becomes likelier the longer a text is; not at all if nil.
  public var exponentialDecayLengthPenalty: ExponentialDecay?
  /// Tokens that do not come.
  public var suppressTokens: [Int] = []
  /// Tokens that do not come first.
  public var beginSuppressTokens: [Int] = []

  // MARK: Sampling

  /// Scores are divided by it.
  public var temperature = 1.0
  /// The part of the entropy that is kept (Potraghloo et al., 2025).
  public var topH: Double?
  /// So many of the likeliest tokens take part; 0: all.
  public var topK = 0
  /// The likeliest tokens that together have this probability take part (Holtzman et al., 2019); 1: all.
  public var topP = 1.0
  /// Tokens with this part of the greatest probability take part (Nguyen et al., 2024).
  public var minP: Double?
  /// The most typical tokens that together have this probability take part (Meister et al., 2022); 1: all.
  public var typicalP = 1.0
  /// Tokens of at least this probability take part (Hewitt et al., 2022); 0: all.
  public var epsilonCutoff = 0.0
  /// ``epsilonCutoff``, or less where the entropy is large (Hewitt et al., 2022); 0: all.
  public var etaCutoff = 0.0
  /// Whether scores become logarithms of probabilities at the end.
  public var renormalizeLogits = false

  // MARK: Tokens

  /// What fills up rows that have ended.
  public var padTokenId: Int?
  /// What a text without a prompt begins with.
  public var bosTokenId: Int?
  /// Tokens that end a text.
  public var eosTokenIds: [Int] = []
  /// What a decoder behind an encoder starts with: one token for all rows, or one for each.
  public var decoderStartTokenIds: [Int] = []

  // MARK: Output

  /// Whether the output has the raw logits of each step.
  public var outputLogits = false
  /// Whether the output has the processed scores of each step.
  public var outputScores = false
  /// Whether the output has logarithms of the probabilities of tokens, and of how many others at each place; nil: not.
  public var logProbabilities: Int?

  // MARK: Cache and speculation

  /// Whether keys and values of the positions before are kept.
  public var useCache = true
  /// How they are kept.
  public var cache = CacheKind.growing
  /// How many tokens a small model says ahead.
  public var numAssistantTokens = 20
  /// How many tokens are looked up in the text so far.
  public var promptLookupNumTokens: Int?
  /// The longest sequence that is looked up.
  public var maxMatchingNgramSize = 2

  /// Options of a file that name what is not built here; generating with them is an error.
  public internal(set) var unsupported: [String] = []

  /// All options off but the length.
  public init(maxNewTokens: Int? = nil) { self.maxNewTokens = maxNewTokens }

  /// How keys and values of earlier positions are kept.
  public enum CacheKind: String, Sendable, Hashable {
    /// Memory grows with the text.
    case growing
    /// Memory for the greatest length at once.
    case fixed
    /// 8 bits a number, with a scale for each head of each position.
    case int8
  }
}

extension GenerationConfiguration {
  /// The length at which generation ends, for prompts of `promptLength`.
  func finalLength(promptLength: Int) -> Int {
    if let maxNewTokens { return promptLength + min(maxNewTokens, Int.max / 2) }
    return maxLength ?? promptLength + 20
  }

  /// The token that fills finished rows.
  var paddingToken: Int { padTokenId ?? eosTokenIds.first ?? 0 }

  /// What no generation could do.
  func check(promptLength: Int) throws(TensorError) {
    func fail(_ message: String) -> TensorError { TensorError(.value, "generate", message) }
    guard unsupported.isEmpty else {
      throw TensorError(
        .unsupported, "generate", "the options \(unsupported.joined(separator: ", ")) are not known here; set them off")
    }
    if let maxNewTokens, maxNewTokens < 1 { throw fail("maxNewTokens must be at least 1, and is \(maxNewTokens)") }
    guard finalLength(promptLength: promptLength) > promptLength else {
      throw fail("the prompt has \(promptLength) tokens and maxLength is \(maxLength ?? 0): set maxNewTokens")
    }
    guard numBeams >= 1, numReturnSequences >= 1 else {
      throw fail("numBeams and numReturnSequences must be at least 1")
    }
    guard numBeams == 1 || numReturnSequences <= numBeams else {
      throw fail("\(numReturnSequences) sequences are asked of \(numBeams) beams: numBeams must be at least as many")
    }
    guard numBeams > 1 || numReturnSequences == 1 || doSample else {
      throw fail(
        "\(numReturnSequences) sequences are asked of a greedy search, which has one: set doSample or numBeams")
    }
    for (name, value) in [
      ("temperature", temperature), ("repetitionPenalty", repetitionPenalty),
      ("encoderRepetitionPenalty", encoderRepetitionPenalty),
    ] where !(value > 0 && value.isFinite) {
      throw fail("\(name) must be a finite number above 0, and is \(value)")
    }
    for (name, value) in [("topP", topP), ("minP", minP ?? 0), ("typicalP", typicalP), ("topH", topH ?? 1)]
    where !(0...1).contains(value) {
      throw fail("\(name) must be from 0 to 1, and is \(value)")
    }
    guard topK >= 0, noRepeatNgramSize >= 0, encoderNoRepeatNgramSize >= 0 else {
      throw fail("topK and sizes of n-grams must not be negative")
    }
    guard numBeams <= 1024, numReturnSequences <= 1024 else {
      throw fail(
        "\(max(numBeams, numReturnSequences)) beams or sequences are asked of each prompt; at most 1024 are possible")
    }
  }
}
