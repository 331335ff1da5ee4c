import Apus
import Testing

private let numbers = TensorDataset(Tensor(Array(0..<10)), Tensor(Array(10..<20)))

/// Tests that seed the default generator follow one another. Expected values: PyTorch's.
@Suite(.serialized) struct LoaderFormsTests {
  @Test func examplesOfAllKindsAreCollated() throws {
    struct Mixed: Dataset {
      let count = 3
      subscript(i: Int) -> (Tensor, Int, Double, String, Bool) {
        (Tensor([Double(i), Double(i)]), i, Double(i) / 2, "\(i)", i > 1)
      }
    }
    let (x, n, f, s, b) = try #require(DataLoader(Mixed(), batchSize: 3).first { _ in true })
    #expect(x.shape == [3, 2])
    #expect(n.dtype == .int64 && n.array(as: Int.self) == [0, 1, 2])
    #expect(f.dtype == .float64 && f.array(as: Double.self) == [0, 0.5, 1])
    #expect(s == ["0", "1", "2"])
    #expect(b.dtype == .bool && b.to(.int64).array(as: Int.self) == [0, 0, 1])
    struct Named: Dataset {
      let count = 3
      subscript(i: Int) -> [String: [Int]] { ["l": [i, 2 * i]] }
    }
    let batch = try #require(DataLoader(Named(), batchSize: 3).first { _ in true })
    #expect(batch["l"]?.map { $0.array(as: Int.self) } == [[0, 1, 2], [0, 2, 4]])
    struct Ragged: Dataset {
      let count = 2
      subscript(i: Int) -> [Int] { Array(0...i) }
    }
    #expect(throws: TensorError.self) { try withErrors { DataLoader(Ragged(), batchSize: 2).map { $0 } } }
  }

  @Test func tensorDatasetsOfAnyNumber() throws {
    let x = Tensor(Array(0..<6))
    #expect(DataLoader(TensorDataset(x), batchSize: 4).map { $0.array(as: Int.self) } == [[0, 1, 2, 3], [4, 5]])
    let triple = DataLoader(TensorDataset(x, x * 2, x * 3), batchSize: 4)
    for (a, b, c) in triple { #expect((a + b).array(as: Int.self) == c.array(as: Int.self)) }
    #expect(try TensorDataset(x)[5].item() == 5)
    #expect(throws: TensorError.self) { try TensorDataset(x)[6] }
    #expect(throws: TensorError.self) { try withErrors { TensorDataset(x, x, Tensor([1.0])) } }
  }

  @Test func batchesAndOrdersOfOnesOwn() {
    func firsts(_ loader: DataLoader<(Tensor, Tensor)>) -> [[Int]] { loader.map { $0.0.array(as: Int.self) } }
    #expect(firsts(DataLoader(numbers, sampler: [3, 1])) == [[3], [1]])
    #expect(firsts(DataLoader(numbers, batchSampler: [[3, 1], [2]])) == [[3, 1], [2]])
    #expect(
      BatchSampler(SequentialSampler(), batchSize: 3).batches(count: 10) == [[0, 1, 2], [3, 4, 5], [6, 7, 8], [9]])
    manualSeed(5)
    let sampled = DataLoader(numbers, batchSampler: BatchSampler(RandomSampler(numbers), 4, true))
    #expect(sampled.count == 2)
    #expect(firsts(sampled) == [[8, 3, 0, 5], [9, 1, 6, 2]])
    #expect(abs(rand([1]).item() - 0.9201034307479858) < 1e-7)
    manualSeed(5)
    #expect(Array(RandomSampler(numbers)) == [7, 6, 5, 4, 8, 3, 2, 9, 0, 1])
    #expect(abs(rand([1]).item() - 0.9074696898460388) < 1e-7)
    #expect(throws: TensorError.self) {
      try withErrors { DataLoader(numbers, batchSize: 2, batchSampler: [[1]]) }
    }
  }

  @Test func spellings() throws {
    #expect(DataLoader(numbers, 4).count == 3 && DataLoader(dataset: numbers, batchSize: 5).count == 2)
    let sums = DataLoader(numbers, batchSize: 5, collateFn: { items in items.reduce(0) { $0 + $1.0.item() } })
    #expect(Array(sums) == [10, 35])
    let loader = DataLoader(numbers, batchSize: 4, shuffle: true, numWorkers: 2, pinMemory: true, dropLast: true)
    #expect(loader.enumerated().map(\.offset) == [0, 1] && loader.dataset.count == 10)
    let text = "TensorDataset(10 examples: int64 [10], int64 [10])"
    #expect("\(loader)" == "DataLoader(\(text), batchSize: 4, 2 batches, shuffled, dropLast, 2 workers)")
    #expect("\(Subset(numbers, [1]))" == "Subset(1 example of \(text))")
  }

  @Test func singleBatches() {
    let loader = DataLoader(numbers, batchSize: 4)
    let (x, y) = next(iter(loader))
    #expect((y - x).array(as: Int.self) == [10, 10, 10, 10])
    let pass = iter(loader)
    #expect([next(pass), next(pass), next(pass)].map { $0.0.shape[0] } == [4, 4, 2] && pass.next() == nil)
  }

  @Test func partsOfDatasets() throws {
    let (first, second) = randomSplit(numbers, [0.8, 0.2], generator: Generator(seed: 42))
    #expect(first.indices == [2, 6, 1, 8, 4, 5, 0, 9] && second.indices == [3, 7])
    #expect(randomSplit(numbers, [8, 2]).map(\.count) == [8, 2])
    let all = ConcatDataset([second, first])
    #expect(all.count == 10)
    #expect(try (0..<10).map { try all[$0].1.item() } == [13, 17, 12, 16, 11, 18, 14, 15, 10, 19])
    #expect(throws: TensorError.self) { try all[10] }
    #expect(throws: TensorError.self) {
      try withErrors { () -> (Subset<TensorDataset>, Subset<TensorDataset>) in randomSplit(numbers, [10]) }
    }
  }
}
