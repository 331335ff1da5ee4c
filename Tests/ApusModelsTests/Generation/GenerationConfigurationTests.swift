import Apus
import ApusFormats
import Testing

@Suite struct GenerationConfigurationTests {
  private func read(_ text: String) throws -> GenerationConfiguration {
    try GenerationConfiguration(json: JSON(parsing: text.utf8), file: "generation_config.json")
  }

  @Test func optionsOfAFile() throws {
    let options = try read(
      #"{"eos_token_id": [2, 3], "pad_token_id": 0, "do_sample": true, "top_p": 0.9, "early_stopping": "never", "other": {}}"#
    )
    #expect(options.eosTokenIds == [2, 3])
    #expect(options.padTokenId == 0)
    #expect(options.doSample)
    #expect(options.topP == 0.9)
    #expect(options.topK == 0)
    #expect(options.earlyStopping == .never)
  }

  @Test(arguments: [
    #"{"top_k": "many"}"#, #"{"eos_token_id": [1.5]}"#, #"{"temperature": null, "min_p": []}"#, "[]",
    #"{"bad_words_ids": [[]]}"#, #"{"sequence_bias": [[1, 2]]}"#, #"{"early_stopping": 3}"#,
  ])
  func optionsThatMakeNoSense(_ text: String) {
    #expect(throws: TensorError.self) { try read(text) }
  }

  @Test func sharesOfProbabilityAreKept() throws {
    let logits = Tensor([0.1, 2, 1, -1, 0.5] as [Float], shape: [1, 5])
    func kept(_ change: (inout GenerationConfiguration) -> Void) throws -> [Int] {
      var options = GenerationConfiguration(maxNewTokens: 1)
      options.doSample = true
      change(&options)
      let scores = try processedScores(options, logits, texts: [[0]], padding: [], sources: []).array()
      return scores.indices.filter { scores[$0].isFinite }
    }
    // Probabilities: 0.08, 0.53, 0.20, 0.03, 0.12 and some.
    #expect(try kept { $0.topK = 2 } == [1, 2])
    #expect(try kept { $0.topP = 0.6 } == [1, 2])
    #expect(try kept { $0.topP = 0 } == [1])
    #expect(try kept { $0.minP = 0.2 } == [1, 2, 4])
    #expect(try kept { $0.epsilonCutoff = 0.05 } == [0, 1, 2, 4])
  }
}
