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
/// A loader puts examples together as PyTorch does: tensors are stacked, numbers become a tensor, texts a list, and of
/// tuples, lists and dictionaries each place on its own (see ``Collatable``); for others it is given a function. Reading
/// may throw: the error reaches the loop over the batches.
public protocol Dataset<Element>: Sendable {
  /// One example.
  associatedtype Element: Sendable

  /// The number of examples.
  var count: Int { get }

  /// Example `index` of 0 ..< count. Called from several threads at once by loaders with workers.
  subscript(index: Int) -> Element { get throws }
}

/// A finite collection of tensors, or tuples of tensors, that reads a whole batch faster than its examples one by one.
public protocol BatchedDataset<Element>: Dataset {
  /// The examples of these indices, each tensor along a new first dimension.
  func batch(_ indices: [Int]) throws -> Element
}

/// A collection of examples that is read from beginning to end, as PyTorch's `IterableDataset`: a sequence whose iterator
/// gives the examples.
///
/// With workers each of them reads all of it; ``getWorkerInfo()`` tells an iterator which part to give:
///
///     struct Lines: IterableDataset {
///       func makeIterator() -> AnyIterator<Tensor> {
///         let worker = getWorkerInfo()
///         var next = worker?.id ?? 0
///         return AnyIterator {
///           defer { next += worker?.numWorkers ?? 1 }
///           return next < 100 ? Tensor([Double(next)]) : nil
///         }
///       }
///     }
public protocol IterableDataset<Element>: Sequence, Sendable where Element: Sendable {}

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

/// What examples of a type are in a batch, as PyTorch's `default_collate` makes it.
public protocol Collatable: Sendable {
  /// A batch of examples of this type.
  associatedtype Batch: Sendable

  /// Puts the examples of a batch together.
  /// - Throws: `TensorError` where they do not fit together.
  static func collate(_ items: [Self]) throws -> Batch
}

extension Tensor: Collatable {
  /// Stacked along a new first dimension.
  public static func collate(_ items: [Tensor]) throws -> Tensor { try ApusData.collate(items) }
}

extension Int: Collatable {
  /// An int64 tensor of one dimension.
  public static func collate(_ items: [Int]) throws -> Tensor { Tensor(items) }
}

extension Double: Collatable {
  /// A float64 tensor of one dimension.
  public static func collate(_ items: [Double]) throws -> Tensor { Tensor(items, dtype: .float64) }
}

extension Float: Collatable {
  /// A float32 tensor of one dimension.
  public static func collate(_ items: [Float]) throws -> Tensor { Tensor(items.map { Double($0) }, dtype: .float32) }
}

extension Bool: Collatable {
  /// A tensor of truth values of one dimension.
  public static func collate(_ items: [Bool]) throws -> Tensor { Tensor(items.map { $0 ? 1 : 0 }).to(.bool) }
}

extension String: Collatable {
  /// The list of the texts.
  public static func collate(_ items: [String]) throws -> [String] { items }
}

extension Array: Collatable where Element: Collatable {
  /// A list with a batch for each place.
  public static func collate(_ items: [[Element]]) throws -> [Element.Batch] {
    guard let first = items.first else { throw TensorError(.value, "collate", "a batch needs at least one example") }
    if let other = items.firstIndex(where: { $0.count != first.count }) {
      throw TensorError(
        .shape, "collate", "the lists of a batch have \(first.count) and \(items[other].count) elements")
    }
    return try first.indices.map { place in try Element.collate(items.map { $0[place] }) }
  }
}

extension Dictionary: Collatable where Key == String, Value: Collatable {
  /// A dictionary with a batch for each key.
  public static func collate(_ items: [[Key: Value]]) throws -> [Key: Value.Batch] {
    guard let first = items.first else { throw TensorError(.value, "collate", "a batch needs at least one example") }
    var batch: [Key: Value.Batch] = [:]
    for key in first.keys {
      batch[key] = try Value.collate(
        items.map { item in
          guard let value = item[key] else {
            throw TensorError(.value, "collate", "\(key) is in the first example of a batch and not in another one")
          }
          return value
        })
    }
    return batch
  }
}

/// The values of one place of tuples.
private final class Column<Value> {
  var values: [Value] = []
}

/// Tuples as one tuple with a batch for each place.
func collateTuples<each Value: Collatable>(_ items: [(repeat each Value)]) throws -> (repeat (each Value).Batch) {
  let columns = (repeat Column<each Value>())
  for item in items { repeat (each columns).values.append(each item) }
  return (repeat try (each Value).collate((each columns).values))
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
public func collate(_ items: [[Tensor]]) throws -> [Tensor] { try [Tensor].collate(items) }
