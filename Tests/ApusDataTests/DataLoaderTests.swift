import Apus
import ApusCore
import Synchronization
import TestSupport
import Testing

private var numbers: TensorDataset { TensorDataset(Tensor(Array(0..<10)), Tensor(Array(0..<10))) }

private let mistakes: [Mistake] = [
  .init("batch size", .value, "batchSize must be 1 or more, and is 0") { DataLoader(numbers, batchSize: 0) },
  .init("workers", .value, "numWorkers must be 0 or more, and is -1") { DataLoader(numbers, numWorkers: -1) },
  .init("shuffle and sampler", .value, "exclude each other") {
    DataLoader(numbers, shuffle: true, sampler: SubsetRandomSampler([1]))
  },
  .init("inputs and targets", .shape, "[1]", "[2]", "same size of the first dimension") {
    TensorDataset(Tensor([1.0]), Tensor([1.0, 2.0]))
  },
  .init("lengths of a split", .value, "[1, 2] sum to 3", "10 examples") { numbers.randomSplit([1, 2]) },
  .init("example", .index, "no example 10", "has 10") { try numbers[10] },
  .init("example of a subset", .index, "10") { DataLoader(numbers.subset([3, 10]), batchSize: 2).map { $0 } },
  .init("examples of different shapes", .shape, "[1]", "[2]", "collate") {
    struct Growing: Dataset {
      let count = 2
      subscript(i: Int) -> Tensor { Tensor.zeros([i + 1]) }
    }
    return DataLoader(Growing(), batchSize: 2).map { $0 }
  },
  .init("folder without data", .file, "train-images") { try MNIST(root: TemporaryFolder().path, train: true) },
]

/// Tests that seed the default generator follow one another.
@Suite(.serialized) struct DataLoaderTests {
  private func order(_ loader: DataLoader<(Tensor, Tensor)>) -> [Int] {
    loader.flatMap { $0.0.array(as: Int.self) }
  }

  // Expected values: the same loaders in PyTorch, with the number that the default generator gives afterwards.
  @Test func ordersAreThoseOfPyTorch() {
    for workers in [0, 3] {
      manualSeed(5)
      let shuffled = DataLoader(numbers, batchSize: 3, shuffle: true, numWorkers: workers)
      #expect(order(shuffled) == [8, 3, 0, 5, 9, 1, 6, 2, 4, 7])
      #expect(order(shuffled) == [5, 8, 9, 7, 2, 0, 4, 1, 3, 6])
      #expect(abs(rand([1]).item() - 0.0332646369934082) < 1e-7)

      manualSeed(5)
      let plain = DataLoader(numbers, batchSize: 3, numWorkers: workers)
      #expect(order(plain) + order(plain) == Array(0..<10) + Array(0..<10))
      #expect(abs(rand([1]).item() - 0.9201034307479858) < 1e-7)

      manualSeed(5)
      let own = DataLoader(
        numbers, batchSize: 3, shuffle: true, numWorkers: workers, generator: Generator(seed: 7))
      #expect(order(own) == [1, 3, 5, 7, 9, 4, 6, 2, 8, 0])
      #expect(order(own) == [5, 1, 6, 0, 9, 7, 8, 4, 3, 2])
      #expect(abs(rand([1]).item() - 0.8302518725395203) < 1e-7)
    }
  }

  @Test func splitsAndSamplersAreThoseOfPyTorch() {
    manualSeed(5)
    #expect(numbers.randomSplit([7, 3]).map(\.indices) == [[1, 4, 9, 6, 3, 5, 0], [2, 8, 7]])
    #expect(abs(rand([1]).item() - 0.9941847324371338) < 1e-7)
    #expect(numbers.subset(0..<5).randomSplit(fractions: [0.3, 0.3, 0.4]).map(\.count) == [2, 1, 2])
    manualSeed(5)
    #expect(WeightedRandomSampler([1, 2, 3, 4], numSamples: 6).indices(count: 4) == [3, 1, 2, 2, 1, 3])
    #expect(RandomSampler(replacement: true, numSamples: 5).indices(count: 10) == [5, 5, 1, 4, 1])
    #expect(SubsetRandomSampler([3, 5, 9]).indices(count: 10) == [3, 5, 9])
  }

  @Test func batchesHaveTheirSizes() {
    let loader = DataLoader(numbers, batchSize: 4)
    #expect(loader.count == 3)
    #expect(loader.map { $0.0.shape[0] } == [4, 4, 2])
    let full = DataLoader(numbers, batchSize: 4, dropLast: true)
    #expect(full.count == 2)
    #expect(full.map { $0.0.shape[0] } == [4, 4])
    let whole = DataLoader(numbers, batchSize: .max, numWorkers: 2, prefetchFactor: .max)
    #expect(whole.count == 1)
    #expect(whole.map { $0.0.shape[0] } == [10])
    #expect(DataLoader(numbers.subset([]), batchSize: 4).count == 0)
  }

  @Test func datasetsOfOnesOwn() throws {
    struct Squares: Dataset {
      let count = 5
      subscript(i: Int) -> (Tensor, Int) { (Tensor([Double(i), Double(i * i)]), i % 2) }
    }
    let batch = try #require(DataLoader(Squares(), batchSize: 5).first { _ in true })
    #expect(batch.0.shape == [5, 2] && batch.1.array(as: Int.self) == [0, 1, 0, 1, 0])
    #expect(batch.1.dtype == .int64)
    let doubled = numbers.map { ($0 * 2, $1) }
    #expect(order(DataLoader(doubled, batchSize: 4)) == stride(from: 0, to: 20, by: 2).map { $0 })
    let words = DataLoader(Squares(), batchSize: 2) { $0.map { "\($0.1)" }.joined() }
    #expect(Array(words) == ["01", "01", "0"])
  }

  @Test func errorsOfWorkersReachTheLoop() throws {
    struct Broken: Dataset {
      let count = 20
      subscript(i: Int) -> Tensor {
        get throws {
          if i == 13 { throw TensorError(.file, "broken", "example \(i) is unreadable") }
          // A mistake in an operation, in a thread without an error scope of its own.
          return i == 17 ? Tensor([1.0, 2.0]) + Tensor([1.0, 2.0, 3.0]) : Tensor([Double(i)])
        }
      }
    }
    for workers in [0, 2] {
      var batches = DataLoader(Broken(), batchSize: 2, numWorkers: workers).makeIterator()
      for _ in 0..<6 { #expect(try batches.nextBatch() != nil) }
      let error = #expect(throws: TensorError.self) { try batches.nextBatch() }
      #expect(error?.description == "broken: example 13 is unreadable")
      #expect(try batches.nextBatch() != nil)
      #expect(throws: TensorError.self) { try batches.nextBatch() }
      #expect(try batches.nextBatch() != nil)
      #expect(try batches.nextBatch() == nil)
      var seen = 0
      #expect(throws: TensorError.self) {
        try withErrors { for _ in DataLoader(Broken(), batchSize: 2, numWorkers: workers) { seen += 1 } }
      }
      #expect(seen == 6)
    }
  }

  @Test func workersStayWithinTheirBound() throws {
    let counter = Counter()
    struct Counted: Dataset {
      let count = 1000
      let counter: Counter
      subscript(i: Int) -> Tensor {
        counter.add()
        return Tensor([Double(i)])
      }
    }
    do {
      var batches = DataLoader(
        Counted(counter: counter), batchSize: 1, numWorkers: 3, prefetchFactor: 2
      ).makeIterator()
      for _ in 0..<10 { _ = try batches.nextBatch() }
    }
    // At most 3 workers times 2 ahead of the 10 that were taken: the loop was left early.
    #expect(counter.value <= 16 && counter.value >= 10)
  }

  @Test func workersHaveGeneratorsOfTheirOwn() {
    struct Noise: Dataset {
      let count = 8
      subscript(i: Int) -> Tensor { rand([2]) }
    }
    func pass() -> [[Float]] {
      manualSeed(3)
      return DataLoader(Noise(), batchSize: 2, numWorkers: 2).map { $0.array() }
    }
    #expect(pass() == pass())
  }

  @Test(arguments: mistakes)
  func mistakesAreReported(_ mistake: Mistake) {
    let complaint = mistake.complaint()
    #expect(complaint == nil, "\(complaint ?? "")")
  }
}

final class Counter: Sendable {
  private let count = Atomic<Int>(0)
  func add() { count.add(1, ordering: .relaxed) }
  var value: Int { count.load(ordering: .relaxed) }
}
