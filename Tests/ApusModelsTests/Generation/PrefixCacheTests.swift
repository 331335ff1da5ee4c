import Apus
import ApusFormats
import ApusModels
import Testing

@Suite struct PrefixCacheTests {
  private func model() throws -> any PretrainedModel {
    let sizes = [
      "vocab_size": 32, "hidden_size": 16, "intermediate_size": 24, "num_hidden_layers": 2, "num_attention_heads": 2,
      "num_key_value_heads": 1, "max_position_embeddings": 64,
    ]
    var values = sizes.mapValues { JSON.int($0) }
    values["model_type"] = .string("llama")
    let model = try CausalLanguageModel<LlamaModel>(ModelConfiguration(values, path: "config.json"))
    model.eval()
    return model
  }

  @Test func tokensAreThoseOfAnEmptyCache() throws {
    let model = try model()
    let options = GenerationConfiguration(maxNewTokens: 6)
    var prefix = PrefixCache()
    var text = [3, 9, 4, 12]
    for more in [[], [7, 7], [1]] {
      text += more
      let found = try prefix.generate(model, text, options).sequences[0]
      #expect(found == (try model.generate(text, options)))
      // All but the last token has been read.
      #expect(prefix.ids == Array(found.dropLast()))
      text = Array(found.dropLast(2))
    }
  }
}
