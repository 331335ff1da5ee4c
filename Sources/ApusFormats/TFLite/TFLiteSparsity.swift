import ApusCore

/// How the elements of a tensor are stored that has many zeros: its dimensions, and those inside of blocks, in an order of their
/// own, each dense or as compressed rows (the scheme of the Tensor Algebra Compiler).
package struct TFLiteSparsity: Sendable {
  package enum Dimension: Sendable {
    case dense(Int)
    /// Where each row begins among the indices, and the indices.
    case compressed(segments: [Int], indices: [Int])
  }

  /// The stored order of dimensions; those of blocks have the numbers from the rank on.
  package let order: [Int]
  /// The dimension that each dimension of blocks belongs to.
  package let blockMap: [Int]
  package let dimensions: [Dimension]

  init(_ table: FlatTable, _ shape: [Int], _ name: String) throws(TensorError) {
    order = try table.integers(0, as: Int32.self).map(Int.init)
    blockMap = try table.integers(1, as: Int32.self).map(Int.init)
    var dimensions: [Dimension] = []
    for item in try table.tables(2) {
      if try item.integer(0, default: Int8(0)) == 0 {
        dimensions.append(.dense(Int(try item.integer(1, default: Int32(0)))))
      } else {
        dimensions.append(
          .compressed(segments: try Self.vector(item, 2), indices: try Self.vector(item, 4)))
      }
    }
    self.dimensions = dimensions
    guard order.count <= 16, order.sorted() == Array(0..<shape.count + blockMap.count), dimensions.count == order.count,
      blockMap.allSatisfy(shape.indices.contains)
    else {
      throw table.buffer.failure(
        table.position,
        "the sparse tensor '\(name)' of shape \(shape) has dimensions in the order \(order) and blocks of \(blockMap)")
    }
  }

  /// A vector whose numbers have 32, 16 or 8 bits.
  private static func vector(_ table: FlatTable, _ field: Int) throws(TensorError) -> [Int] {
    guard let values = try table.table(field + 1) else { return [] }
    switch try table.integer(field, default: UInt8(0)) {
    case 1: return try values.integers(0, as: Int32.self).map(Int.init)
    case 2: return try values.integers(0, as: UInt16.self).map(Int.init)
    case 3: return try values.integers(0, as: UInt8.self).map(Int.init)
    default: return []
    }
  }

  /// For each stored element its place in the dense tensor of `shape`, in the stored order.
  ///
  /// - Parameter count: how many elements are stored; more places than these are a mistake.
  package func places(shape: [Int], count: Int, name: String) throws(TensorError) -> [Int] {
    let failure = TensorError(
      .format, name, "the sparse tensor of shape \(shape) does not have the \(count) elements of its data")
    // The sizes of blocks, and of what is left of each dimension outside of them.
    var sizes = [Int](repeating: 1, count: order.count)
    var outer = shape
    for (level, dimension) in order.enumerated() where dimension >= shape.count {
      guard case .dense(let size) = dimensions[level], size > 0, outer[blockMap[dimension - shape.count]] % size == 0
      else {
        throw failure
      }
      sizes[dimension] = size
      outer[blockMap[dimension - shape.count]] /= size
    }
    for i in shape.indices { sizes[i] = outer[i] }
    // How far apart neighbours of each dimension are: those of blocks first, as in the dense tensor.
    var strides = [Int](repeating: 1, count: order.count)
    var step = 1
    for i in shape.indices.reversed() {
      var inner = step
      for (k, owner) in blockMap.enumerated().reversed() where owner == i {
        strides[shape.count + k] = inner
        inner *= sizes[shape.count + k]
      }
      strides[i] = inner
      step *= shape[i]
    }
    var places: [Int] = []
    places.reserveCapacity(count)
    // Level by level: where the elements so far are, and their numbers in the next compressed level.
    func walk(_ level: Int, _ row: Int, _ place: Int) throws(TensorError) {
      if level == order.count {
        guard places.count < count else { throw failure }
        places.append(place)
        return
      }
      let dimension = order[level]
      switch dimensions[level] {
      case .dense(let size):
        guard size == sizes[dimension] else { throw failure }
        for i in 0..<size { try walk(level + 1, row * size + i, place + i * strides[dimension]) }
      case .compressed(let segments, let indices):
        guard row + 1 < segments.count, segments[row] >= 0, segments[row] <= segments[row + 1],
          segments[row + 1] <= indices.count
        else { throw failure }
        for i in segments[row]..<segments[row + 1] {
          guard 0..<sizes[dimension] ~= indices[i] else { throw failure }
          try walk(level + 1, i, place + indices[i] * strides[dimension])
        }
      }
    }
    try walk(0, 0, 0)
    guard places.count == count else { throw failure }
    return places
  }
}
