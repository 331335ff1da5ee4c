import Apus

extension Cases {
  /// A Llama of two layers for 23 tokens.
  static func smallLlama(_ changes: [String: JSON] = [:]) throws -> CausalLanguageModel<LlamaModel> {
    let values: [String: JSON] = [
      "model_type": .string("llama"), "vocab_size": .int(23), "hidden_size": .int(16), "intermediate_size": .int(20),
      "num_hidden_layers": .int(2), "num_attention_heads": .int(4), "num_key_value_heads": .int(2),
      "max_position_embeddings": .int(32), "use_cache": .bool(false), "tie_word_embeddings": .bool(false),
    ]
    return try CausalLanguageModel<LlamaModel>(
      ModelConfiguration(values.merging(changes) { $1 }, path: "config.json"))
  }

  /// The same with random numbers that are larger than those of a fresh model, so that mistakes show.
  static func largeLlama(_ dtype: DType, tied: Bool = false) throws -> CausalLanguageModel<LlamaModel> {
    manualSeed(9)
    let model = try smallLlama(["tie_word_embeddings": .bool(tied)])
    for parameter in model.parameters() where parameter.rank > 1 {
      var variable = parameter
      noGrad { variable.assign(parameter * 4) }
    }
    model.to(dtype)
    return model
  }
}
