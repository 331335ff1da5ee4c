import ApusCore

/// Inputs and targets that lie in memory: example i is row i of each.
public struct TensorDataset: BatchedDataset {
  public let inputs: Tensor
  public let targets: Tensor

  /// - Parameters: tensors with the same size of the first dimension.
  public init(_ inputs: Tensor, _ targets: Tensor) {
    self.inputs = inputs.detach()
    self.targets = targets.detach()
    if inputs.hasFailed || targets.hasFailed { return }
    if inputs.rank == 0 || targets.rank == 0 || inputs.shape[0] != targets.shape[0] {
      report(
        TensorError(
          .shape, "TensorDataset",
          "inputs \(inputs.shape) and targets \(targets.shape) need the same size of the first dimension"))
    }
  }

  public var count: Int { inputs.rank == 0 ? 0 : inputs.shape[0] }

  public subscript(index: Int) -> (Tensor, Tensor) {
    get throws {
      try checkIndex(index, count, "TensorDataset")
      return (inputs.select(0, index), targets.select(0, index))
    }
  }

  public func batch(_ indices: [Int]) throws -> (Tensor, Tensor) {
    for index in indices { try checkIndex(index, count, "TensorDataset") }
    // A run of rows is read where it lies.
    if let first = indices.first, indices.indices.allSatisfy({ indices[$0] == first + $0 }) {
      return (inputs.narrow(0, first, indices.count), targets.narrow(0, first, indices.count))
    }
    let chosen = Tensor(indices)
    return (inputs.indexSelect(0, chosen), targets.indexSelect(0, chosen))
  }
}

/// Some examples of another dataset, in an order of their own.
public struct Subset<Base: Dataset>: Dataset {
  public let base: Base
  public let indices: [Int]

  public var count: Int { indices.count }

  public subscript(index: Int) -> Base.Element {
    get throws {
      try checkIndex(index, count, "Subset")
      return try base[indices[index]]
    }
  }
}

extension Subset: BatchedDataset where Base: BatchedDataset {
  public func batch(_ indices: [Int]) throws -> (Tensor, Tensor) {
    for index in indices { try checkIndex(index, count, "Subset") }
    return try base.batch(indices.map { self.indices[$0] })
  }
}

/// The examples of another dataset, each passed through a function when it is read.
public struct MappedDataset<Base: Dataset, Element: Sendable>: Dataset {
  let base: Base
  let transform: @Sendable (Base.Element) throws -> Element

  public var count: Int { base.count }
  public subscript(index: Int) -> Element { get throws { try transform(try base[index]) } }
}

extension Dataset {
  /// The examples of `indices`.
  public func subset(_ indices: some Sequence<Int>) -> Subset<Self> { Subset(base: self, indices: Array(indices)) }

  /// Each example passed through `transform` when it is read: augmentation, for example.
  public func map<Mapped: Sendable>(
    _ transform: @escaping @Sendable (Element) throws -> Mapped
  ) -> MappedDataset<Self, Mapped> {
    MappedDataset(base: self, transform: transform)
  }

  /// Parts of the given lengths in random order, drawn as PyTorch's `random_split`.
  public func randomSplit(_ lengths: [Int], generator: Generator = .default) -> [Subset<Self>] {
    let sum = lengths.reduce(0) { $0.clampedAdding($1) }
    guard lengths.allSatisfy({ $0 >= 0 }), sum == count else {
      report(
        TensorError(
          .value, "randomSplit",
          "the lengths \(lengths) sum to \(sum), and the dataset has \(count) examples"))
      return []
    }
    let order = generator.permutation(count)
    var start = 0
    return lengths.map { length in
      defer { start += length }
      return subset(order[start..<start + length])
    }
  }

  /// Parts of the given shares, which sum to 1; what rounding leaves over goes to the first parts, one each.
  public func randomSplit(fractions: [Double], generator: Generator = .default) -> [Subset<Self>] {
    guard fractions.allSatisfy({ (0...1).contains($0) }), abs(fractions.reduce(0, +) - 1) < 1e-9 else {
      report(TensorError(.value, "randomSplit", "the fractions \(fractions) must be in 0 ... 1 and sum to 1"))
      return []
    }
    var lengths = fractions.map { Int((Double(count) * $0).rounded(.down)) }
    for i in 0..<(count - lengths.reduce(0, +)) { lengths[i % lengths.count] += 1 }
    return randomSplit(lengths, generator: generator)
  }
}

func checkIndex(_ index: Int, _ count: Int, _ name: String) throws(TensorError) {
  guard (0..<count).contains(index) else {
    throw TensorError(.index, name, "there is no example \(index): the dataset has \(count), counted from 0")
  }
}
