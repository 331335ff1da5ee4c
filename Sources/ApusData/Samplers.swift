import ApusCore

/// The order in which a loader reads a dataset.
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

/// First to last.
public struct SequentialSampler: Sampler {
  public init() {}
  public func indices(count: Int) -> [Int] { Array(0..<usable(count, "SequentialSampler")) }
}

/// A new random order in every pass, the one that PyTorch's `RandomSampler` draws from the same seed.
public struct RandomSampler: Sampler {
  public let replacement: Bool
  public let numSamples: Int?
  public let generator: Generator?

  /// - Parameters:
  ///   - replacement: draw each index independently.
  ///   - numSamples: the length of a pass, 1 or more; all examples if nil.
  ///   - generator: where the order is drawn from. If nil, the default generator gives the seed of one used for this pass.
  public init(replacement: Bool = false, numSamples: Int? = nil, generator: Generator? = nil) {
    self.replacement = replacement
    self.numSamples = numSamples
    self.generator = generator
  }

  public func length(count: Int) -> Int { max(0, numSamples ?? count) }
  public var generators: [Generator] { generator.map { [$0] } ?? [] }

  public func indices(count: Int) -> [Int] {
    let wanted = usable(numSamples ?? count, least: numSamples == nil ? 0 : 1, "RandomSampler")
    let generator = self.generator ?? Generator(seed: drawSeed(.default))
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
public struct SubsetRandomSampler: Sampler {
  public let subset: [Int]
  public let generator: Generator

  public init(_ indices: [Int], generator: Generator = .default) {
    subset = indices
    self.generator = generator
  }

  public func length(count: Int) -> Int { subset.count }
  public var generators: [Generator] { [generator] }
  public func indices(count: Int) -> [Int] { generator.permutation(subset.count).map { subset[$0] } }
}

/// Indices drawn in proportion to their weights, as `WeightedRandomSampler`.
public struct WeightedRandomSampler: Sampler {
  public let weights: Tensor
  public let numSamples: Int
  public let replacement: Bool
  public let generator: Generator

  public init(_ weights: [Double], numSamples: Int, replacement: Bool = true, generator: Generator = .default) {
    self.weights = Tensor(weights, dtype: .float64)
    self.numSamples = numSamples
    self.replacement = replacement
    self.generator = generator
  }

  public func length(count: Int) -> Int { max(0, numSamples) }
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
