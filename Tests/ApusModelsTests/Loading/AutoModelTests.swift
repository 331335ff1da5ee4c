import Apus
import ApusFormats
import ApusModels
import Foundation
import Testing

/// A small Llama.
private let llama: [String: JSON] = [
  "model_type": .string("llama"), "architectures": .array([.string("LlamaForCausalLM")]), "vocab_size": .int(40),
  "hidden_size": .int(16), "intermediate_size": .int(24), "num_hidden_layers": .int(2), "num_attention_heads": .int(4),
  "num_key_value_heads": .int(2), "max_position_embeddings": .int(64), "rms_norm_eps": .double(1e-6),
  "tie_word_embeddings": .bool(true),
]

/// Runs `body` with a folder in which a model of `values` lies.
private func withModel(
  _ values: [String: JSON] = llama, _ body: (String, CausalLanguageModel<LlamaModel>) throws -> Void
) throws {
  let path = FileManager.default.temporaryDirectory.appendingPathComponent("apus-\(UUID().uuidString)").path
  defer { try? FileManager.default.removeItem(atPath: path) }
  let model = try CausalLanguageModel<LlamaModel>(ModelConfiguration(values, path: "config.json"))
  model.eval()
  try model.save(to: path, maxShardSize: 2000)
  try body(path, model)
}

private func inputs() -> ModelInputs {
  var inputs = ModelInputs()
  inputs.inputIds = Tensor([[5, 9, 30, 2, 17, 8, 8, 21]])
  return inputs
}

@Suite struct AutoModelTests {
  @Test func whatIsSavedLoadsWithEqualLogits() throws {
    try withModel { path, model in
      let expected = try #require(noGrad { model(inputs()) }.logits)
      let loaded = try AutoModel.load(path)
      let logits = try #require(noGrad { loaded(inputs()) }.logits)
      #expect(allclose(logits, expected, rtol: 0, atol: 0))
      #expect(loaded.namedParameters().map(\.name).sorted() == model.namedParameters().map(\.name).sorted())
    }
  }

  @Test func theBaseLoadsOutOfAModelWithAHead() throws {
    try withModel { path, model in
      let base = try AutoModel.load(path, as: "LlamaModel")
      let states = try #require(noGrad { base(inputs()) }.lastHiddenState)
      let expected = try #require(noGrad { model.base(inputs()) }.lastHiddenState)
      #expect(allclose(states, expected, rtol: 0, atol: 0))
    }
  }

  @Test func cachedDecodingEqualsUncached() throws {
    try withModel { _, model in
      let whole = try #require(noGrad { model(inputs()) }.logits)
      var step = inputs()
      step.cache = model.makeCache(capacity: 3)
      let ids = try #require(step.inputIds)
      var parts: [Tensor] = []
      for (start, count) in [(0, 3), (3, 2), (5, 1), (6, 1), (7, 1)] {
        step.inputIds = ids.narrow(1, start, count)
        parts.append(try #require(noGrad { model(step) }.logits))
      }
      #expect(step.cache?.length == 8)
      #expect(allclose(cat(parts, dim: 1), whole, rtol: 1e-4, atol: 1e-5))
    }
  }

  @Test func anUnknownArchitectureNamesTheKnownOnes() throws {
    try withModel { path, _ in
      var values = llama
      values["architectures"] = .array([.string("Mystery")])
      values["model_type"] = .string("mystery")
      try JSON.object(values).text().write(toFile: "\(path)/config.json", atomically: true, encoding: .utf8)
      let error = #expect(throws: TensorError.self) { try AutoModel.load(path) }
      #expect(error?.message.contains("LlamaForCausalLM") == true)
      #expect(error?.kind == .unsupported)
    }
  }

  @Test func everyWeightThatDoesNotFitIsNamed() throws {
    try withModel { path, _ in
      var values = llama
      values["hidden_size"] = .int(32)
      values["num_hidden_layers"] = .int(3)
      try JSON.object(values).text().write(toFile: "\(path)/config.json", atomically: true, encoding: .utf8)
      let error = #expect(throws: TensorError.self) { try AutoModel.load(path) }
      let message = error?.message ?? ""
      #expect(message.contains("missing: model.layers.2.input_layernorm.weight"))
      #expect(
        message.contains("wrong shape: model.embed_tokens.weight is [40, 16] in the file and [40, 32] in the model"))
    }
  }

  @Test func aConfigurationErrorNamesFileAndKey() throws {
    var values = llama
    values["num_key_value_heads"] = .int(3)
    let error = #expect(throws: TensorError.self) {
      try CausalLanguageModel<LlamaModel>(ModelConfiguration(values, path: "here/config.json"))
    }
    #expect(error?.description.contains("here/config.json") == true)
    #expect(error?.message.contains("num_key_value_heads") == true)
  }
}
