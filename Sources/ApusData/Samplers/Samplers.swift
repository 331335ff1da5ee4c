import ApusCore

/// The order in which a loader reads a dataset. A list of indices is one.
public protocol Sampler: Sendable {
  /// The indices of one pass over a dataset of `count` examples.
  func indices(count: Int) -> [Int]

  /// How many indices a pass over `count` examples has.
  func length(count: Int) -> Int

  /// The generators of its own that it draws from, whose states a checkpoint keeps. None, if it is not declared.
  var generators: [Generator] { get }
}

extension Sampler {
  public func length(count: Int) -> Int { count }
  public var generators: [Generator] { [] }
}

/// The batches of a pass over a dataset. A list of lists of indices is one.
public protocol BatchOrder: Sendable {
  /// The indices of each batch of one pass over a dataset of `count` examples.
  func batches(count: Int) -> [[Int]]

  /// How many batches a pass over `count` examples has.
  func length(count: Int) -> Int

  /// The generators of its own that it draws from, whose states a checkpoint keeps. None, if it is not declared.
  var generators: [Generator] { get }
}

extension BatchOrder {
  public var generators: [Generator] { [] }
}

/// The indices of a sampler in batches of `batchSize`.
public struct BatchSampler: BatchOrder {
  public let sampler: any Sampler
  public let batchSize: Int
  public let dropLast: Bool

  /// - Parameter dropLast: leave out a last batch that is not full.
  public init(_ sampler: any Sampler, batchSize: Int, dropLast: Bool = false) {
    self.sampler = sampler
    if batchSize < 1 {
      report(TensorError(.value, "BatchSampler", "batchSize must be 1 or more, and is \(batchSize)"))
    }
    self.batchSize = max(1, batchSize)
    self.dropLast = dropLast
  }

  /// `BatchSampler(sampler, 4, false)`.
  public init(_ sampler: any Sampler, _ batchSize: Int, _ dropLast: Bool) {
    self.init(sampler, batchSize: batchSize, dropLast: dropLast)
  }

  public var generators: [Generator] { sampler.generators }

  public func length(count: Int) -> Int {
    let length = sampler.length(count: count)
    return dropLast ? length / batchSize : length == 0 ? 0 : (length - 1) / batchSize + 1
  }

  public func batches(count: Int) -> [[Int]] {
    let order = sampler.indices(count: count)
    var batches: [[Int]] = []
    var start = 0
    while start < order.count {
      let end = start + min(batchSize, order.count - start)
      if end - start == batchSize || !dropLast { batches.append(Array(order[start..<end])) }
      start = end
    }
    return batches
  }
}

extension Array: Sampler where Element == Int {
  public func indices(count: Int) -> [Int] { self }
  public func length(count: Int) -> Int { self.count }
}

extension Array: BatchOrder where Element == [Int] {
  public func batches(count: Int) -> [[Int]] { self }
  public func length(count: Int) -> Int { self.count }
}

/// First to last.
public struct SequentialSampler: Sampler, Sequence {
  private let ownCount: Int?

  /// Of the dataset that the loader reads.
  public init() { ownCount = nil }

  /// Of `dataset`, so that the sampler itself can be looped over.
  public init(_ dataset: any Dataset) { ownCount = dataset.count }

  public func length(count: Int) -> Int { ownCount ?? count }
  public func indices(count: Int) -> [Int] { Array(0..<usable(ownCount ?? count, "SequentialSampler")) }
  public func makeIterator() -> IndexingIterator<[Int]> { indices(count: 0).makeIterator() }
}

/// A new random order in every pass, the one that PyTorch's `RandomSampler` draws from the same seed.
public struct RandomSampler: Sampler, Sequence {
  private let ownCount: Int?
  public let replacement: Bool
  public let numSamples: Int?
  public let generator: Generator?

  /// - Parameters:
  ///   - replacement: draw each index independently.
  ///   - numSamples: the length of a pass, 1 or more; all examples if nil.
  ///   - generator: where the order is drawn from. If nil, the default generator gives the seed of one used for this pass.
  public init(replacement: Bool = false, numSamples: Int? = nil, generator: Generator? = nil) {
    self.init(ownCount: nil, replacement, numSamples, generator)
  }

  /// Of `dataset`, so that the sampler itself can be looped over.
  public init(
    _ dataset: any Dataset, replacement: Bool = false, numSamples: Int? = nil, generator: Generator? = nil
  ) {
    self.init(ownCount: dataset.count, replacement, numSamples, generator)
  }

  private init(ownCount: Int?, _ replacement: Bool, _ numSamples: Int?, _ generator: Generator?) {
    self.ownCount = ownCount
    self.replacement = replacement
    self.numSamples = numSamples
    self.generator = generator
  }

  public func makeIterator() -> IndexingIterator<[Int]> { indices(count: 0).makeIterator() }

  public func length(count: Int) -> Int { Swift.max(0, numSamples ?? ownCount ?? count) }
  public var generators: [Generator] { generator.map { [$0] } ?? [] }

  public func indices(count: Int) -> [Int] {
    let count = ownCount ?? count
    let wanted = usable(numSamples ?? count, least: numSamples == nil ? 0 : 1, "RandomSampler")
    let generator = self.generator ?? seeded(drawSeed(.default))
    guard usable(count, "RandomSampler") > 0, wanted > 0 else { return [] }
    var indices: [Int] = []
    indices.reserveCapacity(wanted)
    if replacement {
      // In runs of 32, as PyTorch draws them.
      for _ in 0..<(wanted / 32) { indices += randint(0, count, [32], generator: generator).array(as: Int.self) }
      indices += randint(0, count, [wanted % 32], generator: generator).array(as: Int.self)
      return indices
    }
    for _ in 0..<(wanted / count) { indices += generator.permutation(count) }
    // PyTorch draws a last permutation even where it takes nothing of it.
    indices += generator.permutation(count).prefix(wanted % count)
    return indices
  }
}

/// The given indices in a new random order in every pass, as `SubsetRandomSampler`.
public struct SubsetRandomSampler: Sampler, Sequence {
  /// The positions that are drawn, in the order that was given.
  public let subset: [Int]
  public let generator: Generator

  /// Draws `indices` in an order that `generator` gives, each once.
  public init(_ indices: [Int], generator: Generator = .default) {
    subset = indices
    self.generator = generator
  }

  public func length(count: Int) -> Int { subset.count }
  public var generators: [Generator] { [generator] }
  public func indices(count: Int) -> [Int] { generator.permutation(subset.count).map { subset[$0] } }
  public func makeIterator() -> IndexingIterator<[Int]> { indices(count: 0).makeIterator() }
}

/// Indices drawn in proportion to their weights, as `WeightedRandomSampler`.
public struct WeightedRandomSampler: Sampler, Sequence {
  public let weights: Tensor
  public let numSamples: Int
  public let replacement: Bool
  public let generator: Generator

  /// Draws `numSamples` positions, each as often as its weight says; none twice without `replacement`.
  public init(_ weights: [Double], numSamples: Int, replacement: Bool = true, generator: Generator = .default) {
    self.init(Tensor(weights, dtype: .float64), numSamples: numSamples, replacement: replacement, generator: generator)
  }

  /// With the weights in a tensor of one dimension.
  public init(_ weights: Tensor, numSamples: Int, replacement: Bool = true, generator: Generator = .default) {
    self.weights = weights.detach().to(.float64)
    self.numSamples = numSamples
    self.replacement = replacement
    self.generator = generator
  }

  /// `WeightedRandomSampler(weights, 10)`.
  public init(_ weights: [Double], _ numSamples: Int, replacement: Bool = true, generator: Generator = .default) {
    self.init(weights, numSamples: numSamples, replacement: replacement, generator: generator)
  }

  /// `WeightedRandomSampler(weights, 10)`.
  public init(_ weights: Tensor, _ numSamples: Int, replacement: Bool = true, generator: Generator = .default) {
    self.init(weights, numSamples: numSamples, replacement: replacement, generator: generator)
  }

  public func makeIterator() -> IndexingIterator<[Int]> { indices(count: 0).makeIterator() }

  public func length(count: Int) -> Int { Swift.max(0, numSamples) }
  public var generators: [Generator] { [generator] }

  public func indices(count: Int) -> [Int] {
    multinomial(weights, numSamples, replacement: replacement, generator: generator).array(as: Int.self)
  }
}

/// The number of samples of a pass; 0 where it is too small or beyond all memory, which is reported.
private func usable(_ count: Int, least: Int = 0, _ sampler: String) -> Int {
  do throws(TensorError) {
    return try checkedCount(count, least: least, "the number of samples", sampler)
  } catch {
    report(error)
    return 0
  }
}

/// What `torch.empty((), dtype=torch.int64).random_()` draws.
func drawSeed(_ generator: Generator) -> UInt64 { generator.random64() & UInt64(Int64.max) }

/// A generator of a stream of its own. Within a sequence `Generator` is also an old name of its iterator.
func seeded(_ seed: UInt64) -> Generator { Generator(seed: seed) }
