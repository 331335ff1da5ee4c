import ApusCore

extension GenerativeModel {
  /// Continues `ids`.
  ///
  ///     let ids = try model.generate([504, 3575, 282], maxNewTokens: 20)
  ///
  /// - Parameter maxNewTokens: the most tokens that are added, under the options that the model was published with.
  /// - Returns: `ids` and what follows them.
  /// - Throws: ``TensorError`` where options or inputs make no sense.
  public func generate(_ ids: [Int], maxNewTokens: Int) throws -> [Int] {
    var configuration = try publishedGeneration()
    configuration.maxNewTokens = maxNewTokens
    return try generate(ids, configuration)
  }

  /// Continues `ids` as `configuration` says. Of several sequences the first one is returned.
  public func generate(
    _ ids: [Int], _ configuration: GenerationConfiguration, _ extras: GenerationExtras = GenerationExtras()
  ) throws -> [Int] {
    let inputs = GenerationPrompt.inputs([ids], padding: configuration.paddingToken)
    let output = try generate(inputs, configuration, extras)
    return output.sequences.first.map { Array($0.prefix(output.lengths[0])) } ?? []
  }

  /// Continues several prompts together; shorter ones are padded on the left.
  /// - Returns: the tokens behind each prompt, without padding.
  public func generate(
    _ prompts: [[Int]], _ configuration: GenerationConfiguration, _ extras: GenerationExtras = GenerationExtras()
  ) throws -> [[Int]] {
    if prompts.isEmpty { return [] }
    let inputs = GenerationPrompt.inputs(prompts, padding: configuration.paddingToken)
    return try generate(inputs, configuration, extras).newTokens
  }

  /// Generates from any inputs that the model takes: padded rows with a mask, sound, pictures.
  ///
  /// Greedy, by sampling or by beams, as `configuration` says: the tokens are those of Hugging Face's `generate`, drawn ones as
  /// PyTorch draws them from the same seed.
  public func generate(
    _ inputs: ModelInputs, _ configuration: GenerationConfiguration, _ extras: GenerationExtras = GenerationExtras()
  ) throws -> GenerationOutput {
    try withErrors {
      if configuration.numBeams > 1 {
        return try BeamSearch(self, inputs, configuration, extras).finish()
      }
      if configuration.promptLookupNumTokens != nil {
        return try SpeculativeDecoding(self, inputs, configuration, extras, assistant: nil).finish()
      }
      return try Decoding(self, inputs, configuration, extras).finish()
    }
  }
}
