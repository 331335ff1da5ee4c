import ApusCore
import ApusData
import ApusModels
import ApusText
import Testing

import ApusRecipes

/// Rows of several examples, and batches of them.
@Suite struct PackedRowsTests {
  private func examples(_ lengths: [Int]) -> TokenizedExamples {
    TokenizedExamples(
      lengths.enumerated().map { i, length in
        let ids = (0..<length).map { (i * 31 + $0 * 7) % 190 + 3 }
        return TokenizedExample(ids: ids, labels: ids.enumerated().map { $0.offset < length / 3 ? -100 : $0.element })
      })
  }

  @Test func bestFitIsThatOfTRL() throws {
    let packing = try #require(try RecordedData.file()["packing"])
    let lengths = packing["lengths"]?.ints ?? []
    let length = packing["length"]?.int ?? 0
    let rows = PackedRows(examples(lengths), length: length, strategy: .bestFit).rows
    let recorded = (packing["rows"]?.array ?? []).map(\.ints)
    #expect(rows.map { $0.map { lengths[$0] }.sorted() } == recorded)
    #expect(rows.flatMap { $0 }.sorted() == Array(lengths.indices))
  }

  @Test func everyStrategyKeepsEveryExampleOnceWithinTheLength() throws {
    let lengths = (0..<300).map { ($0 * 37 + $0 * $0 * 11) % 64 + 1 }
    let all = examples(lengths)
    for strategy in PackingStrategy.allCases {
      for window in [1, 7, 1000] {
        let packed = PackedRows(all, length: 64, strategy: strategy, window: window)
        #expect(packed.rows.flatMap { $0 }.sorted() == Array(lengths.indices))
        #expect(packed.rows.allSatisfy { $0.reduce(0) { $0 + lengths[$1] } <= 64 })
        #expect(packed.rows.allSatisfy { row in row.allSatisfy { $0 / window == row[0] / window } })
      }
    }
    let (best, greedy) = (
      PackedRows(all, length: 64, strategy: .bestFit), PackedRows(all, length: 64, strategy: .inOrder)
    )
    #expect(best.fill > greedy.fill && best.fill > 0.97)
    #expect(greedy.rows.flatMap { $0 } == Array(lengths.indices))
  }

  /// The sums of the losses of all tokens are those of the examples one by one.
  @Test(arguments: ["llama-linear", "llama-llama3-tied", "gemma2", "gpt2", "phi3"])
  func packedLossesAreThoseOfSingleExamples(name: String) throws {
    let model = try AutoModelForCausalLM.load("\(RecordedData.models)/models/\(name)")
    let vocabulary = model.configuration["vocab_size"]?.int ?? 100
    let lengths = [9, 17, 5, 12, 20, 3, 7, 2]
    let all = TokenizedExamples(
      examples(lengths).map { example in
        let ids = example.ids.map { $0 % vocabulary }
        return TokenizedExample(ids: ids, labels: zip(ids, example.labels).map { $1 == -100 ? -100 : $0 })
      })
    func sum(_ batch: TokenBatch) throws -> Double {
      var inputs = batch.inputs
      inputs.labels = batch.labels
      return try withErrors { (model(inputs).loss?.item() ?? .nan) * Double(batch.answerTokens) }
    }
    let single = try all.reduce(0.0) { try $0 + sum(TokenBatch([$1], padding: 0)) }
    let packed = PackedRows(all, length: 32, strategy: .bestFit)
    let rows = try (0..<packed.count).map { try packed[$0] }
    #expect(rows.contains { $0.count > 1 })
    let together = TokenBatch(packed: rows, padding: 0, multipleOf: 8)
    #expect(together.inputIds.shape == [rows.count, 32])
    #expect(together.answerTokens == all.reduce(0) { $0 + $1.answerTokens })
    #expect(abs(try sum(together) - single) < 1e-5 * single)
    let oneByOne = try rows.reduce(0.0) { try $0 + sum(TokenBatch(packed: [$1], padding: 0)) }
    #expect(abs(oneByOne - single) < 1e-5 * single)
    let padded = TokenBatch(Array(all), padding: 0)
    #expect(abs(try sum(padded) - single) < 1e-5 * single)
  }

  /// So are the gradients.
  @Test func packedGradientsAreThoseOfSingleExamples() throws {
    func gradients(_ batches: [TokenBatch]) throws -> [[Double]] {
      let model = try AutoModelForCausalLM.load("\(RecordedData.models)/models/llama-linear")
      for batch in batches {
        var inputs = batch.inputs
        inputs.labels = batch.labels
        if let loss = model(inputs).loss { (loss * Double(batch.answerTokens)).backward() }
      }
      return model.parameters().map { $0.grad?.array(as: Double.self) ?? [] }
    }
    let all = Array(examples([9, 17, 5]))
    let (single, packed) = (
      try gradients(all.map { TokenBatch([$0], padding: 0) }), try gradients([TokenBatch(packed: [all], padding: 0)])
    )
    for (a, b) in zip(single, packed) {
      let scale = a.map(abs).max() ?? 1
      #expect(zip(a, b).allSatisfy { abs($0 - $1) <= 2e-5 * scale } && a.count == b.count && !a.isEmpty)
    }
  }

  @Test func paddedBatchesFillUpOnTheRight() throws {
    let batch = TokenBatch(
      [
        TokenizedExample(ids: [5, 6, 7], labels: [-100, 6, 7]), TokenizedExample(ids: [8], labels: [8]),
      ], padding: 2, multipleOf: 4)
    #expect(batch.inputIds.array(as: Int.self) == [5, 6, 7, 2, 8, 2, 2, 2])
    #expect(batch.labels.array(as: Int.self) == [-100, 6, 7, -100, 8, -100, -100, -100])
    #expect(batch.attentionMask?.array(as: Int.self) == [1, 1, 1, 0, 1, 0, 0, 0])
    #expect(batch.answerTokens == 2)
    #expect(TokenBatch([TokenizedExample(ids: [5], labels: [5])], padding: 2).attentionMask == nil)
  }

  @Test func preferencesHaveTheChosenRowsFirst() throws {
    func row(_ ids: [Int]) -> TokenizedExample { TokenizedExample(ids: ids, labels: [-100] + ids.dropFirst()) }
    let batch = PreferenceBatch(
      [
        PreferenceExample(chosen: row([1, 2, 3]), rejected: row([1, 4]), margin: 0.5),
        PreferenceExample(chosen: row([5, 6]), rejected: row([5, 7, 8]), margin: 1, reference: nil),
      ], padding: 0)
    #expect(batch.tokens.inputIds.array(as: Int.self) == [1, 2, 3, 5, 6, 0, 1, 4, 0, 5, 7, 8])
    #expect(batch.pairs == 2 && batch.margins?.array(as: Double.self) == [0.5, 1] && batch.referenceChosen == nil)
  }

  /// A pass that is left in the middle goes on with the batches that would have come.
  @Test(arguments: PackingStrategy.allCases) func passesGoOnInTheMiddle(strategy: PackingStrategy) throws {
    var settings = DataSettings()
    (settings.packing, settings.maxLength) = (strategy, 64)
    let all = examples((0..<60).map { $0 * 37 % 50 + 2 })
    func ids(_ batch: TokenBatch) -> [Int] { batch.inputIds.array(as: Int.self) }
    for workers in [0, 2] {
      let generator = Generator(seed: 7)
      let loader = all.loader(settings, batchSize: 4, padding: 0, generator: generator, numWorkers: workers)
      let whole = loader.map(ids)
      let again = Generator(seed: 7)
      let start = again.getState()
      let second = all.loader(settings, batchSize: 4, padding: 0, generator: again, numWorkers: workers)
      var pass = second.makeIterator()
      for _ in 0..<3 { _ = try pass.nextBatch() }
      let state = pass.state
      try again.setState(start)
      var rest = try second.makeIterator(resuming: state)
      var found: [[Int]] = []
      while let batch = try rest.nextBatch() { found.append(ids(batch)) }
      #expect(found == Array(whole.dropFirst(3)) && found.count > 1)
    }
  }
}
