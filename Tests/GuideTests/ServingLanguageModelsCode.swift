import Apus
import ApusServe
import Testing

/// The code of docs/serving-language-models.md. It names models that a test does not have, so that it is compiled only.
@Suite struct ServingLanguageModelsCode {
  func texts() async throws {
    let texts = TextBatch(try TextGenerator(path: "SmolLM2-135M-Instruct"))
    let ids = try texts.generator.ids(of: [.user("Name three rivers.")])
    for try await piece in texts.stream(ids) { print(piece.text, terminator: "") }
  }

  func batch(_ model: any GenerativeModel, _ ids: [Int], _ configuration: GenerationConfiguration) async throws {
    var limits = ContinuousBatch.Limits()
    limits.texts = 16  // at once
    limits.tokens = 16384  // of all texts together, whole pages of 32
    limits.tokensPerRun = 128  // a long prompt is read in parts of so many tokens, between which the others go on
    limits.waiting = 256  // further requests are refused
    limits.cacheType = .float32  // what keys and values are kept in; .float16 and .bfloat16 take half the memory
    let batch = ContinuousBatch(model, limits)

    let priority = ContinuousBatch.Priority(level: 1, caller: "alice", deadline: 30)
    do {
      for try await token in batch.stream(ids, configuration, GenerationExtras(), priority) { print(token.id) }
    } catch let refusal as ContinuousBatch.Refusal {
      print(refusal)
    }
    print(batch.statistics.running, batch.statistics.reusedTokens)
    let scores = try await batch.score(ids, alternatives: 3)
    print(scores.count)
  }

  func routes(_ limits: ContinuousBatch.Limits) throws {
    let service = try LanguageService("smollm2", path: "SmolLM2-135M-Instruct", limits)
    let sentences = EmbeddingService("minilm", try TextEmbedder(path: "all-MiniLM-L6-v2"))
    let routes = OpenAIRoutes([service], embedding: [sentences])
    let server = try HTTPServer(at: "127.0.0.1:8000", handler: routes)
    print(server.address)
  }
}
