import ApusCore

/// Inputs and targets that lie in memory: example i is row i of each. For another number of tensors see ``TensorRows``.
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

  /// Inputs and targets.
  public var tensors: [Tensor] { [inputs, targets] }

  public subscript(index: Int) -> (Tensor, Tensor) {
    get throws {
      try checkIndex(index, count, "TensorDataset")
      return (inputs.select(0, index), targets.select(0, index))
    }
  }

  public func batch(_ indices: [Int]) throws -> (Tensor, Tensor) {
    let rows = try chooseRows(of: tensors, indices)
    return (rows[0], rows[1])
  }
}

/// Tensors that lie in memory, in any number: example i is row i of each. `TensorDataset(x)` and `TensorDataset(x, y, z)`
/// make it.
public struct TensorRows<Element: Sendable>: BatchedDataset {
  /// Tensors with the same size of the first dimension.
  public let tensors: [Tensor]
  private let row: @Sendable ([Tensor]) -> Element

  /// - Parameters:
  ///   - tensors: with the same size of the first dimension.
  ///   - row: makes an example of a row of each, and a batch of several rows of each.
  package init(_ tensors: [Tensor], row: @escaping @Sendable ([Tensor]) -> Element) {
    self.tensors = tensors.map { $0.detach() }
    self.row = row
    if tensors.contains(where: \.hasFailed) { return }
    if tensors.contains(where: { $0.rank == 0 || $0.shape[0] != tensors[0].shape.first }) {
      report(
        TensorError(
          .shape, "TensorDataset",
          "the tensors \(tensors.map { "\($0.shape)" }.joined(separator: ", ")) need the same size of the first dimension"
        ))
    }
  }

  public var count: Int { tensors.first?.shape.first ?? 0 }

  public subscript(index: Int) -> Element {
    get throws {
      try checkIndex(index, count, "TensorDataset")
      return row(tensors.map { $0.select(0, index) })
    }
  }

  public func batch(_ indices: [Int]) throws -> Element { row(try chooseRows(of: tensors, indices)) }
}

/// These rows of each tensor.
private func chooseRows(of tensors: [Tensor], _ indices: [Int]) throws(TensorError) -> [Tensor] {
  let count = tensors.first?.shape.first ?? 0
  for index in indices { try checkIndex(index, count, "TensorDataset") }
  // A run of rows is read where it lies.
  if let first = indices.first, indices.indices.allSatisfy({ indices[$0] == first + $0 }) {
    return tensors.map { $0.narrow(0, first, indices.count) }
  }
  let chosen = Tensor(indices)
  return tensors.map { $0.indexSelect(0, chosen.to($0.device)) }
}

/// Some examples of another dataset, in an order of their own.
public struct Subset<Base: Dataset>: Dataset {
  public let base: Base
  public let indices: [Int]

  /// The examples of `indices` of `base`, in that order.
  public init(_ base: Base, _ indices: some Sequence<Int>) {
    self.base = base
    self.indices = Array(indices)
  }

  /// ``base`` under PyTorch's name.
  public var dataset: Base { base }

  public var count: Int { indices.count }

  public subscript(index: Int) -> Base.Element {
    get throws {
      try checkIndex(index, count, "Subset")
      return try base[indices[index]]
    }
  }
}

extension Subset: BatchedDataset where Base: BatchedDataset {
  public func batch(_ indices: [Int]) throws -> Base.Element {
    for index in indices { try checkIndex(index, count, "Subset") }
    return try base.batch(indices.map { self.indices[$0] })
  }
}

/// The examples of several datasets, one dataset after the other.
public struct ConcatDataset<Element: Sendable>: Dataset {
  public let datasets: [any Dataset<Element>]
  /// The number of examples up to the end of each dataset.
  public let cumulativeSizes: [Int]

  /// Of datasets of one type.
  public init<Base: Dataset>(_ datasets: [Base]) where Base.Element == Element {
    self.init(datasets.map { $0 as any Dataset<Element> })
  }

  /// Of datasets of several types with the same examples.
  @_disfavoredOverload
  public init(_ datasets: [any Dataset<Element>]) {
    self.datasets = datasets
    var sum = 0
    cumulativeSizes = datasets.map { dataset in
      sum += dataset.count
      return sum
    }
    if datasets.isEmpty { report(TensorError(.value, "ConcatDataset", "got no datasets; pass at least one")) }
  }

  public var count: Int { cumulativeSizes.last ?? 0 }

  public subscript(index: Int) -> Element {
    get throws {
      try checkIndex(index, count, "ConcatDataset")
      let place = cumulativeSizes.firstIndex { index < $0 } ?? 0
      return try datasets[place][place == 0 ? index : index - cumulativeSizes[place - 1]]
    }
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
  public func subset(_ indices: some Sequence<Int>) -> Subset<Self> { Subset(self, indices) }

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

/// Parts of the given lengths in random order, drawn as PyTorch's `random_split`.
public func randomSplit<Base: Dataset>(
  _ dataset: Base, _ lengths: [Int], generator: Generator = .default
) -> [Subset<Base>] {
  dataset.randomSplit(lengths, generator: generator)
}

/// Parts of the given shares, which sum to 1; what rounding leaves over goes to the first parts, one each.
public func randomSplit<Base: Dataset>(
  _ dataset: Base, _ fractions: [Double], generator: Generator = .default
) -> [Subset<Base>] {
  dataset.randomSplit(fractions: fractions, generator: generator)
}

/// ``randomSplit(_:_:generator:)-(_,[Int],_)`` with PyTorch's label.
public func randomSplit<Base: Dataset>(
  _ dataset: Base, lengths: [Int], generator: Generator = .default
) -> [Subset<Base>] {
  dataset.randomSplit(lengths, generator: generator)
}

/// ``randomSplit(_:_:generator:)-(_,[Double],_)`` with PyTorch's label.
public func randomSplit<Base: Dataset>(
  _ dataset: Base, lengths fractions: [Double], generator: Generator = .default
) -> [Subset<Base>] {
  dataset.randomSplit(fractions: fractions, generator: generator)
}

/// Two parts of the given lengths: `let (train, test) = randomSplit(data, [800, 200])`.
@_disfavoredOverload public func randomSplit<Base: Dataset>(
  _ dataset: Base, _ lengths: [Int], generator: Generator = .default
) -> (Subset<Base>, Subset<Base>) {
  pair(dataset, dataset.randomSplit(lengths, generator: generator))
}

/// Two parts of the given shares: `let (train, test) = randomSplit(data, [0.8, 0.2])`.
@_disfavoredOverload public func randomSplit<Base: Dataset>(
  _ dataset: Base, _ fractions: [Double], generator: Generator = .default
) -> (Subset<Base>, Subset<Base>) {
  pair(dataset, dataset.randomSplit(fractions: fractions, generator: generator))
}

private func pair<Base: Dataset>(_ dataset: Base, _ parts: [Subset<Base>]) -> (Subset<Base>, Subset<Base>) {
  if parts.count == 2 { return (parts[0], parts[1]) }
  if !parts.isEmpty {
    report(TensorError(.value, "randomSplit", "two parts are wanted, and \(parts.count) lengths were given"))
  }
  return (dataset.subset([]), dataset.subset([]))
}

// MARK: What printing shows

extension TensorDataset: CustomStringConvertible {
  public var description: String { "TensorDataset(\(examples(count)): \(shapes(tensors)))" }
}

extension TensorRows: CustomStringConvertible {
  public var description: String { "TensorDataset(\(examples(count)): \(shapes(tensors)))" }
}

extension Subset: CustomStringConvertible {
  public var description: String { "Subset(\(examples(count)) of \(base))" }
}

extension ConcatDataset: CustomStringConvertible {
  public var description: String {
    "ConcatDataset(\(examples(count)): \(datasets.map { "\($0)" }.joined(separator: ", ")))"
  }
}

extension MappedDataset: CustomStringConvertible {
  public var description: String { "\(base).map" }
}

func examples(_ count: Int) -> String { "\(count) example\(count == 1 ? "" : "s")" }

private func shapes(_ tensors: [Tensor]) -> String {
  tensors.map { "\($0.dtype) \($0.shape)" }.joined(separator: ", ")
}

func checkIndex(_ index: Int, _ count: Int, _ name: String) throws(TensorError) {
  guard (0..<count).contains(index) else {
    throw TensorError(.index, name, "there is no example \(index): the dataset has \(count), counted from 0")
  }
}
