import Apus

/// A language model and its tokeniser, as commands use them.
struct TextGeneration {
  let model: any PretrainedModel
  let tokenizer: Tokenizer
  var options: GenerationConfiguration
  /// What the last text left in the cache, where texts follow each other.
  var prefix: PrefixCache?

  init(path: String, _ settings: GenerationSettings) throws {
    tokenizer = try Tokenizer(path: path)
    let source = try ModelSource(path: path)
    let hasEncoder = source.configuration["is_encoder_decoder"]?.bool == true
    model = try AutoModel.load(source, head: hasEncoder ? .seq2seqLM : .causalLM, ModelLoading(dtype: nil))
    if let adapter = settings.adapter { _ = try LoraAdapter(path: adapter, on: model) }
    options = try model.publishedGeneration()
    if options.eosTokenIds.isEmpty, let end = tokenizer.configuration.eosId { options.eosTokenIds = [end] }
    if options.padTokenId == nil { options.padTokenId = tokenizer.configuration.padId ?? options.eosTokenIds.first }
    settings.apply(to: &options)
  }

  /// What came of a generation.
  struct Result {
    var ids: [Int] = []
    var text = ""
    var reason = ""
    /// Seconds to the first token, and to the last.
    var first = 0.0
    var total = 0.0

    var rate: String {
      let rest = total - first
      guard ids.count > 1, rest > 0 else { return "\(ids.count) tokens in \(total.text(digits: 2)) s" }
      return "\(ids.count) tokens in \(total.text(digits: 2)) s, the first after \(first.text(digits: 2)) s, then "
        + "\((Double(ids.count - 1) / rest).text(digits: 1)) a second"
    }
  }

  /// Continues `prompt`; hands out text as it comes, and stops at Ctrl-C.
  mutating func run(_ prompt: [Int], _ onText: @escaping (String) -> Void) throws -> Result {
    let listener = Listener(tokenizer, onText)
    var cache = prefix ?? PrefixCache()
    var extras = GenerationExtras()
    extras.stopping = [listener]
    let start = seconds()
    let output = try inference { try cache.generate(model, prompt, options, extras) }
    if prefix != nil { prefix = cache }
    var result = Result()
    result.total = seconds() - start
    result.ids = output.newTokens.first ?? []
    result.reason = output.finishReasons.first?.rawValue ?? ""
    try listener.finish(result.ids)
    result.first = (listener.firstToken ?? start) - start
    let shown =
      result.ids.last.map { options.eosTokenIds.contains($0) } == true ? result.ids.dropLast() : result.ids[...]
    result.text = try tokenizer.decode(Array(shown), skipsSpecialTokens: true)
    return result
  }

  /// Hears every token as it is chosen, and ends the text once Ctrl-C was pressed.
  private final class Listener: StopCondition, @unchecked Sendable {
    private var stream: ApusText.TokenStream
    private let onText: (String) -> Void
    private var count = 0
    private(set) var firstToken: Double?

    init(_ tokenizer: Tokenizer, _ onText: @escaping (String) -> Void) {
      stream = tokenizer.stream()
      self.onText = onText
    }

    func isDone(_ text: TextSoFar) -> Bool {
      if firstToken == nil { firstToken = seconds() }
      take(Array(text.ids.dropFirst(text.promptLength)))
      return Interrupt.isThere
    }

    private func take(_ ids: [Int]) {
      guard ids.count > count else { return }
      if let new = try? stream.append(Array(ids[count...])), !new.isEmpty { onText(new) }
      count = ids.count
    }

    /// The end: what is left of the text.
    func finish(_ ids: [Int]) throws {
      take(ids)
      let rest = try stream.finish()
      if !rest.isEmpty { onText(rest) }
    }
  }
}

extension Encoding {
  init(ids: [Int]) {
    self.init()
    self.ids = ids
    typeIds = ids.map { _ in 0 }
    attentionMask = ids.map { _ in 1 }
  }
}

/// The options of `generate` and `chat`.
struct GenerationSettings {
  static let help = """
      --adapter FOLDER         adapters beside the model: peft's, or what `apus finetune` has written
      --max-new-tokens N       the most tokens that are added (256)
      --temperature T          how free the choice is: 0 takes the likeliest token
      --top-k N --top-p P --min-p P
                               choose among the N likeliest tokens, those that make up P, those of P of the best one's
      --repetition-penalty R   make tokens that are there already less likely
      --seed S                 where random numbers start; the same seed gives the same text
    """

  var adapter: String?
  var maxNewTokens: Int?
  var temperature: Double?
  var topK: Int?
  var topP: Double?
  var minP: Double?
  var repetitionPenalty: Double?
  var seed: Int?

  init(_ words: inout Words) throws {
    adapter = try words.take("--adapter")
    maxNewTokens = try words.takeNumber("--max-new-tokens", in: 1...1_000_000)
    temperature = try Self.take("--temperature", 0...100, &words)
    topK = try words.takeNumber("--top-k", in: 0...10_000_000)
    topP = try Self.take("--top-p", 0...1, &words)
    minP = try Self.take("--min-p", 0...1, &words)
    repetitionPenalty = try Self.take("--repetition-penalty", 0.01...100, &words)
    seed = try words.takeNumber("--seed", in: 0...Int.max)
  }

  private static func take(_ name: String, _ range: ClosedRange<Double>, _ words: inout Words) throws -> Double? {
    guard let text = try words.take(name) else { return nil }
    guard let value = Double(text), range.contains(value) else {
      throw UsageError(
        message: "\(name) needs a number from \(range.lowerBound) to \(range.upperBound), and got '\(text)'")
    }
    return value
  }

  func apply(to options: inout GenerationConfiguration) {
    options.maxLength = nil
    options.maxNewTokens = maxNewTokens ?? options.maxNewTokens ?? 256
    options.numBeams = 1
    options.numReturnSequences = 1
    if let temperature {
      options.doSample = temperature > 0
      options.temperature = temperature > 0 ? temperature : 1
    } else if seed != nil || topK != nil || topP != nil || minP != nil {
      options.doSample = true
    }
    if !options.doSample { (options.topK, options.topP, options.minP) = (0, 1, nil) }
    if let topK { options.topK = topK }
    if let topP { options.topP = topP }
    if let minP { options.minP = minP }
    if let repetitionPenalty { options.repetitionPenalty = repetitionPenalty }
    if let seed { options.seed = seed }
  }
}
