import ApusCore

/// A finite collection of examples that can be read in any order.
///
///     struct Sines: Dataset {
///       let count = 1000
///       subscript(i: Int) -> (Tensor, Tensor) {
///         let x = Double(i) / 100
///         return (Tensor([x]), Tensor([sin(x)]))
///       }
///     }
///
/// A loader puts examples that are tensors, pairs of tensors, pairs of a tensor and a class, or lists of tensors together
/// by stacking; for others it is given a function. Reading may throw: the error reaches the loop over the batches.
public protocol Dataset<Element>: Sendable {
  associatedtype Element: Sendable

  /// The number of examples.
  var count: Int { get }

  /// Example `index` of 0 ..< count. Called from several threads at once by loaders with workers.
  subscript(index: Int) -> Element { get throws }
}

/// A dataset of pairs that reads a whole batch faster than its examples one by one.
public protocol BatchedDataset: Dataset where Element == (Tensor, Tensor) {
  /// The examples of these indices, inputs and targets each along a new first dimension.
  func batch(_ indices: [Int]) throws -> (Tensor, Tensor)
}

/// Examples stacked along a new first dimension.
public func collate(_ items: [Tensor]) throws(TensorError) -> Tensor {
  guard let first = items.first else { throw TensorError(.value, "collate", "a batch needs at least one example") }
  if let other = items.firstIndex(where: { $0.shape != first.shape }) {
    throw TensorError(
      .shape, "collate",
      "the examples of a batch have different shapes, \(first.shape) and \(items[other].shape); bring them to one shape, "
        + "or give the loader a collate function")
  }
  return stack(items)
}

/// Pairs as two tensors, each stacked along a new first dimension.
public func collate(_ items: [(Tensor, Tensor)]) throws(TensorError) -> (Tensor, Tensor) {
  (try collate(items.map(\.0)), try collate(items.map(\.1)))
}

/// Inputs stacked along a new first dimension, and classes as an int64 tensor.
public func collate(_ items: [(Tensor, Int)]) throws(TensorError) -> (Tensor, Tensor) {
  (try collate(items.map(\.0)), Tensor(items.map(\.1)))
}

/// Lists as one list: the tensors of each place stacked along a new first dimension.
public func collate(_ items: [[Tensor]]) throws(TensorError) -> [Tensor] {
  guard let first = items.first else { throw TensorError(.value, "collate", "a batch needs at least one example") }
  if let other = items.firstIndex(where: { $0.count != first.count }) {
    throw TensorError(
      .shape, "collate", "the examples of a batch have \(first.count) and \(items[other].count) tensors")
  }
  var columns: [Tensor] = []
  for k in first.indices { columns.append(try collate(items.map { $0[k] })) }
  return columns
}
