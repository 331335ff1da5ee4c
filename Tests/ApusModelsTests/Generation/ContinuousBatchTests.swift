import Apus
import ApusFormats
import ApusModels
import Testing

@Suite struct ContinuousBatchTests {
  /// Tiny models of random weights, one of each way in which attention differs.
  static let kinds = ["llama", "qwen3", "gemma2", "gemma3_text", "gpt2", "phi3", "mistral", "gpt_neox", "mixtral"]

  private static func model(_ kind: String) throws -> any GenerativeModel {
    manualSeed(3)
    let sizes = [
      "vocab_size": 40, "hidden_size": 16, "intermediate_size": 24, "num_hidden_layers": 2, "num_attention_heads": 4,
      "num_key_value_heads": 2, "max_position_embeddings": 256, "head_dim": 4, "n_embd": 16, "n_head": 4, "n_layer": 2,
      "n_positions": 256, "sliding_window": 12, "pad_token_id": 0, "num_local_experts": 4, "num_experts_per_tok": 2,
      "query_pre_attn_scalar": 4,
    ]
    var values = sizes.mapValues { JSON.int($0) }
    values["model_type"] = .string(kind)
    values["rotary_pct"] = .double(0.5)
    let configuration = ModelConfiguration(values, path: "config.json")
    let model: any PretrainedModel & GenerativeModel =
      switch kind {
      case "llama": try CausalLanguageModel<LlamaModel>(configuration)
      case "qwen3": try CausalLanguageModel<Qwen3Model>(configuration)
      case "gemma2": try CausalLanguageModel<Gemma2Model>(configuration)
      case "gemma3_text": try CausalLanguageModel<Gemma3TextModel>(configuration)
      case "gpt2": try CausalLanguageModel<GPT2Model>(configuration)
      case "phi3": try CausalLanguageModel<Phi3Model>(configuration)
      case "mistral": try CausalLanguageModel<MistralModel>(configuration)
      case "gpt_neox": try CausalLanguageModel<GPTNeoXModel>(configuration)
      default: try CausalLanguageModel<MixtralModel>(configuration)
      }
    // With small weights all tokens would be alike.
    for parameter in model.parameters() where parameter.rank > 1 { Init.normal(parameter, std: 0.4) }
    model.eval()
    return model
  }

  private static func prompt(_ seed: Int, _ count: Int) -> [Int] {
    (0..<count).map { 1 + ($0 * 7 + seed * 11 + $0 * $0) % 38 }
  }

  private static func limits(_ change: (inout ContinuousBatch.Limits) -> Void) -> ContinuousBatch.Limits {
    var limits = ContinuousBatch.Limits()
    change(&limits)
    return limits
  }

  @Test(arguments: kinds) func textsAreThoseOfAlone(_ kind: String) async throws {
    let model = try Self.model(kind)
    // Parts of prompts, more texts than room, lengths around those of pages and windows.
    let batch = ContinuousBatch(model, Self.limits { ($0.texts, $0.tokensPerRun) = (4, 16) })
    let cases = [(3, 12), (31, 5), (32, 9), (33, 6), (70, 8), (1, 40), (64, 3)]
    let tasks = cases.enumerated().map { i, sizes in
      Task.detached {
        try await batch.generate(Self.prompt(i, sizes.0), GenerationConfiguration(maxNewTokens: sizes.1))
      }
    }
    for (i, sizes) in cases.enumerated() {
      let alone = try model.generate(Self.prompt(i, sizes.0), GenerationConfiguration(maxNewTokens: sizes.1))
      #expect(try await tasks[i].value == alone, "\(kind), case \(i)")
    }
    await batch.close()
    #expect(batch.statistics.tokensInUse == 0)
  }

  @Test func scoresAreThoseOfTheLogits() async throws {
    let model = try Self.model("gemma2")
    let ids = Self.prompt(5, 45)
    let batch = ContinuousBatch(model, Self.limits { $0.tokensPerRun = 10 })
    let found = try await batch.score(ids, alternatives: 2)
    var inputs = ModelInputs()
    inputs.inputIds = Tensor(ids.map { Int64($0) }, shape: [1, ids.count])
    let logits = try #require(noGrad { model.forward(inputs).logits }).logSoftmax(-1)
    #expect(found.count == ids.count - 1)
    for (i, score) in found.enumerated() {
      #expect(score.token == ids[i + 1])
      #expect(abs(score.logProbability - Float(logits[0, i, ids[i + 1]].item())) < 1e-4)
      #expect(score.alternatives.count == 2)
      #expect(abs(score.alternatives[0].logProbability - Float(logits[0, i].max().item())) < 1e-4)
    }
  }

  /// Keys and values of 16 bits are rounded once, which moves scores by little; parts of prompts read them put together, and few tokens
  /// where they lie.
  @Test(arguments: [DType.float16, .bfloat16], [16, 3])
  func narrowKeysAndValues(_ type: DType, _ tokensPerRun: Int) async throws {
    let tolerance: Float = type == .float16 ? 0.02 : 0.2
    for kind in ["llama", "gemma2", "gpt2"] {
      let model = try Self.model(kind)
      let ids = Self.prompt(2, 70)
      let wide = ContinuousBatch(model, Self.limits { $0.tokensPerRun = tokensPerRun })
      let narrow = ContinuousBatch(
        model, Self.limits { ($0.tokensPerRun, $0.cacheType) = (tokensPerRun, type) })
      let (expected, found) = (try await wide.score(ids), try await narrow.score(ids))
      let differences = zip(expected, found).map { abs($0.logProbability - $1.logProbability) }
      let most = try #require(differences.max())
      #expect(most < tolerance && most > 0, "\(kind): \(most)")
      #expect(narrow.statistics.bytesPerToken * 2 == wide.statistics.bytesPerToken)
    }
    let other = ContinuousBatch(try Self.model("llama"), Self.limits { $0.cacheType = .int8 })
    await #expect(throws: (any Error).self) { try await other.score([1, 2, 3]) }
  }

  @Test func beginningsAreReadOnce() async throws {
    let model = try Self.model("llama")
    let batch = ContinuousBatch(model)
    let options = GenerationConfiguration(maxNewTokens: 6)
    let common = Self.prompt(1, 80)
    let first = try await batch.generate(common + [5, 6], options)
    #expect(batch.statistics.reusedTokens == 0)
    // Two whole pages, and what the third has in common.
    let other = common + [9]
    #expect(try await batch.generate(other, options) == model.generate(other, options))
    #expect(batch.statistics.reusedTokens == 80)
    // A conversation that goes on: all that was read, answer included, but for the last token.
    let next = first + [3, 3]
    #expect(try await batch.generate(next, options) == model.generate(next, options))
    #expect(batch.statistics.reusedTokens == 80 + 87)
  }

  @Test func textsGoBackWherePagesRunOut() async throws {
    let model = try Self.model("llama")
    // Five pages: two texts that grow to three each do not fit.
    let batch = ContinuousBatch(model, Self.limits { ($0.tokens, $0.texts) = (160, 4) })
    let options = GenerationConfiguration(maxNewTokens: 60)
    let tasks = (0..<3).map { i in Task.detached { try await batch.generate(Self.prompt(i, 30), options) } }
    for (i, task) in tasks.enumerated() {
      #expect(try await task.value == model.generate(Self.prompt(i, 30), options))
    }
    #expect(batch.statistics.preemptions > 0)
    await #expect(throws: ContinuousBatch.Refusal.isTooLong(tokens: 161, limit: 160)) {
      try await batch.generate(Self.prompt(0, 101), options)
    }
  }

  @Test func drawsOfSeedsAreTheirOwn() async throws {
    let model = try Self.model("llama")
    var options = GenerationConfiguration(maxNewTokens: 8)
    (options.doSample, options.seed, options.numReturnSequences) = (true, 7, 3)
    let batch = ContinuousBatch(model)
    let prompt = Self.prompt(2, 37)
    var texts = [[Int]](repeating: [], count: 3)
    var ends = 0
    for try await token in batch.stream(prompt, options) {
      texts[token.choice].append(token.id)
      if token.finishReason != nil { ends += 1 }
    }
    #expect(ends == 3)
    for choice in 0..<3 {
      (options.seed, options.numReturnSequences) = (7 + choice, 1)
      #expect(try prompt + texts[choice] == model.generate(prompt, options), "choice \(choice)")
    }
    // The prompt is read once, whatever the number of texts.
    #expect(batch.statistics.promptTokens == 37)
  }

  @Test func mistakesOfOneTextAreItsOwn() async throws {
    let model = try Self.model("llama")
    let batch = ContinuousBatch(model)
    let options = GenerationConfiguration(maxNewTokens: 12)
    let good = Task.detached { try await batch.generate(Self.prompt(4, 9), options) }
    let bad = Task.detached { try await batch.generate([1, 4000], options) }
    #expect(try await good.value == model.generate(Self.prompt(4, 9), options))
    await #expect(throws: TensorError.self) { try await bad.value }
    await #expect(throws: TensorError.self) { try await batch.generate([], options) }
    var beams = options
    beams.numBeams = 2
    await #expect(throws: TensorError.self) { try await batch.generate([1], beams) }
    let other = ContinuousBatch(TableModel(vocabulary: 8))
    await #expect(throws: TensorError.self) { try await other.generate([1], options) }
  }

  @Test func queuesHaveEnds() async throws {
    let model = try Self.model("llama")
    let batch = ContinuousBatch(model, Self.limits { ($0.texts, $0.waiting) = (1, 1) })
    let options = GenerationConfiguration(maxNewTokens: 100)
    let late = batch.stream([1], options, GenerationExtras(), .init(deadline: -1))
    await #expect(throws: ContinuousBatch.Refusal.deadlineHasPassed) { for try await _ in late {} }
    let streams = (0..<8).map { batch.stream([1 + $0], options) }
    var refused = 0
    for stream in streams {
      do { for try await _ in stream {} } catch ContinuousBatch.Refusal.queueIsFull { refused += 1 }
    }
    #expect(refused > 0 && refused < 8)
    await batch.close()
    await #expect(throws: ContinuousBatch.Refusal.isClosed) { try await batch.generate([1], options) }
  }

  @Test func whoStopsAskingEndsTheText() async throws {
    let model = try Self.model("llama")
    let batch = ContinuousBatch(model)
    var count = 0
    for try await _ in batch.stream([1, 2, 3], GenerationConfiguration(maxNewTokens: 16000)) {
      count += 1
      if count == 3 { break }
    }
    await batch.close()
    #expect(batch.statistics.generatedTokens < 16000)
    #expect(batch.statistics.tokensInUse == 0)
  }
}
