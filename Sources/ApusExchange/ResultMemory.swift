import ApusCore

/// What the results of a graph from a file may take: numbers in a file are not to ask for more than there is.
package enum ResultMemory {
  /// The most bytes of one result: an eighth of the memory that the process may have, and at least 128 MiB.
  package static let limit = max(128 << 20, CPUInfo.memoryBytes / 8)
  /// The most bytes of a result that is computed when the model is loaded.
  package static let foldingLimit = 64 << 20

  /// Refuses a result of that shape that has a negative size, too many dimensions, or more than `limit` bytes.
  /// - Returns: how many elements it has.
  @discardableResult
  package static func require(_ shape: [Int], _ dtype: DType, limit: Int = limit) throws(TensorError) -> Int {
    if let bad = shape.first(where: { $0 < 0 }) {
      throw TensorError(.shape, "", "a size of the result is \(bad), in \(shape)")
    }
    guard shape.count <= 64 else {
      throw TensorError(.shape, "", "the result has \(shape.count) dimensions; at most 64 are possible")
    }
    guard let count = checkedElementCount(shape, elementSize: dtype.size), count * dtype.size <= limit else {
      throw TensorError(.memory, "", "the result of shape \(shape) and type \(dtype) needs more than \(limit) bytes")
    }
    return count
  }
}
