import Apus
import Testing

@Suite struct GenerationTests {
  private let chain = TableModel([[0, 1, 0, 0], [0, 0, 1, 0], [0, 0, 0, 1], [1, 0, 0, 0]])

  @Test func greedySearchTakesTheBestAndEndsAtTheEnd() throws {
    #expect(try chain.generate([0], maxNewTokens: 3) == [0, 1, 2, 3])
    var options = GenerationConfiguration(maxNewTokens: 9)
    options.eosTokenIds = [3]
    #expect(try chain.generate([0], options) == [0, 1, 2, 3])
    // Rows that have ended are filled up, which the new tokens leave out.
    #expect(try chain.generate([[0], [2]], options) == [[1, 2, 3], [3]])
    #expect(throws: TensorError.self) { try chain.generate([], maxNewTokens: 1) }
    #expect(throws: TensorError.self) { try chain.generate([0], maxNewTokens: 0) }
  }

  @Test func manyBeamsFindTheBestOfAllTexts() throws {
    let model = TableModel(vocabulary: 4)
    let logarithms = model.table.map { Tensor($0).logSoftmax(0).array(as: Float.self) }
    var best: (score: Float, ids: [Int]) = (-.infinity, [])
    for number in 0..<64 {
      let ids = [2, number / 16, number / 4 % 4, number % 4]
      let score = zip(ids, ids.dropFirst()).reduce(Float(0)) { $0 + logarithms[$1.0][$1.1] }
      if score > best.score { best = (score, ids) }
    }
    var options = GenerationConfiguration(maxNewTokens: 3)
    options.numBeams = 16
    options.lengthPenalty = 0
    options.earlyStopping = .never
    var inputs = ModelInputs()
    inputs.inputIds = Tensor([2 as Int64], shape: [1, 1])
    let output = try model.generate(inputs, options)
    #expect(output.sequences == [best.ids])
    #expect(abs((output.sequencesScores?[0] ?? 0) - best.score) < 1e-5)
  }

  @Test func drawsAreThoseOfMultinomial() throws {
    let model = TableModel(vocabulary: 11)
    var options = GenerationConfiguration(maxNewTokens: 20)
    options.doSample = true
    options.seed = 5
    let generator = Generator(seed: 5)
    var ids = [3]
    for _ in 0..<20 {
      let weights = Tensor(model.table[ids[ids.count - 1]]).softmax(0)
      ids.append(multinomial(weights, 1, generator: generator).item(as: Int.self))
    }
    #expect(try model.generate([3], options) == ids)
  }

  @Test func tokensSaidAheadChangeNothing() throws {
    let model = TableModel(vocabulary: 13)
    let wanted = try model.generate([1, 5], maxNewTokens: 40)
    var options = GenerationConfiguration(maxNewTokens: 40)
    options.numAssistantTokens = 4
    #expect(try model.generate([1, 5], options, assistant: model) == wanted)
    #expect(try model.generate([1, 5], options, assistant: TableModel(vocabulary: 13)) == wanted)
    options.promptLookupNumTokens = 3
    #expect(try model.generate([1, 5], options) == wanted)
  }

  @Test func streamsGiveTheSameTokens() async throws {
    let model = TableModel(vocabulary: 13)
    var ids: [Int] = [1, 5]
    for try await token in try model.stream(ids, maxNewTokens: 12) { ids.append(token.id) }
    #expect(try model.generate([1, 5], maxNewTokens: 12) == ids)
  }

  @Test func stringsStopTexts() throws {
    var extras = GenerationExtras()
    let letters = Array("abcd")
    extras.stopping = [StopStrings(["bc"]) { ids in String(ids.map { letters[$0] }) }]
    #expect(try chain.generate([0], GenerationConfiguration(maxNewTokens: 9), extras) == [0, 1, 2])
  }

  @Test func penaltiesAndBans() throws {
    var options = GenerationConfiguration(maxNewTokens: 6)
    options.noRepeatNgramSize = 1
    #expect(Set(try chain.generate([0], options).prefix(4)).count == 4)
    options = GenerationConfiguration(maxNewTokens: 3)
    options.suppressTokens = [1, 2]
    #expect(try !chain.generate([0], options).contains(1))
    options.suppressTokens = []
    options.badWordsIds = [[1, 2]]
    #expect(try chain.generate([0], options).prefix(3) != [0, 1, 2])
    options.badWordsIds = [[9]]
    #expect(throws: TensorError.self) { try chain.generate([0], options) }
  }

  @Test func logarithmsOfProbabilities() throws {
    var options = GenerationConfiguration(maxNewTokens: 1)
    options.logProbabilities = 2
    var inputs = ModelInputs()
    inputs.inputIds = Tensor([0 as Int64], shape: [1, 1])
    let token = try #require(try chain.generate(inputs, options).logProbabilities?[0].first)
    let wanted = Tensor(chain.table[0]).logSoftmax(0).array()
    #expect(token.token == 1)
    #expect(abs(token.logProbability - wanted[1]) < 1e-6)
    #expect(token.alternatives.map(\.token).first == 1)
    #expect(token.alternatives.count == 2)
  }
}
