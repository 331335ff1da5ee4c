import ApusCore

/// One of the filters that chunks went through when they were written.
struct HDF5Filter {
  enum Kind: Int {
    case deflate = 1
    case shuffle = 2
    case fletcher32 = 3
  }

  let kind: Kind

  /// The filters in the order in which they were applied.
  static func list(_ body: HDF5Cursor) throws(TensorError) -> [HDF5Filter] {
    var body = body
    let version = try body.byte()
    let count = try body.byte()
    guard version == 1 || version == 2, count <= 32 else {
      throw body.failure("a list of filters of version \(version)")
    }
    if version == 1 { try body.skip(6) }
    var filters: [HDF5Filter] = []
    for _ in 0..<count {
      let number = try body.short()
      let nameLength = version == 1 || number >= 256 ? try body.short() : 0
      try body.skip(2)
      let values = try body.short()
      try body.skip(version == 1 ? (nameLength + 7) / 8 * 8 : nameLength)
      try body.skip(4 * (version == 1 && values % 2 == 1 ? values + 1 : values))
      guard let kind = Kind(rawValue: number) else {
        let names = [4: "szip", 5: "nbit", 6: "scaleoffset", 32000: "lzf", 32001: "blosc", 32004: "lz4", 32015: "zstd"]
        throw body.failure(
          "elements went through the filter \(names[number] ?? String(number)); deflate, shuffle and fletcher32 are read"
        )
      }
      filters.append(HDF5Filter(kind: kind))
    }
    return filters
  }

  /// The bytes before a chunk went through the filters, of which those that `mask` names were left out.
  static func undo(
    _ filters: [HDF5Filter], mask: UInt32, _ bytes: UnsafeRawBufferPointer, count: Int, elementSize: Int, name: String
  ) throws(TensorError) -> [UInt8] {
    var bytes = [UInt8](bytes)
    for (index, filter) in filters.enumerated().reversed() where mask >> UInt32(index) & 1 == 0 {
      switch filter.kind {
      case .deflate:
        // A checksum behind the elements makes four bytes more.
        bytes = try bytes.withBytes { (source) throws(TensorError) in
          try Deflate.decompress(source, as: .zlib, limit: count + 4 * filters.count, name: name)
        }
      case .shuffle: bytes = unshuffled(bytes, elementSize)
      case .fletcher32:
        guard bytes.count >= 4 else { throw TensorError(.format, name, "a chunk is shorter than its checksum") }
        bytes.removeLast(4)
      }
    }
    guard bytes.count >= count else {
      throw TensorError(.format, name, "a chunk has \(bytes.count) bytes and is to have \(count); the file is damaged")
    }
    return bytes
  }

  /// The bytes of each element together again: they lie with all first bytes before all second ones.
  private static func unshuffled(_ bytes: [UInt8], _ size: Int) -> [UInt8] {
    let count = bytes.count / max(size, 1)
    guard size > 1, count > 1 else { return bytes }
    var result = bytes
    for part in 0..<size {
      for element in 0..<count { result[element * size + part] = bytes[part * count + element] }
    }
    return result
  }
}

extension HDF5Dataset {
  private struct Chunk {
    let bytes: Range<Int>
    let mask: UInt32
    let offset: [Int]
  }

  /// The elements of a dataset in chunks.
  func assembled(_ shape: [Int], _ count: Int) throws(TensorError) -> [UInt8] {
    let (chunks, chunkShape) = try self.chunks(shape)
    let chunkBytes = try HDF5Elements.byteCount(chunkShape, type, place, file)
    let stored = chunks.reduce(0) { $0 + $1.bytes.count }
    // Chunks may hang over the edges.
    let largest = filters.contains { $0.kind == .deflate } ? stored * Deflate.mostExpansion : stored
    var result = try filled(count, stored: largest)
    guard chunkBytes <= max(largest, 1 << 20), chunkBytes > 0, count > 0 else {
      guard count > 0 else { return result }
      throw file.failure("'\(place)': a chunk has \(chunkBytes) bytes, and the file stores \(stored) in all")
    }
    for chunk in chunks {
      let bytes: [UInt8]
      do {
        bytes = try HDF5Filter.undo(
          filters, mask: chunk.mask, file.slice(chunk.bytes), count: chunkBytes, elementSize: type.size, name: file.path
        )
      } catch {
        throw file.failure("'\(place)', the chunk at \(chunk.offset): \(error.message)")
      }
      place(bytes, chunkShape, at: chunk.offset, in: &result, shape)
    }
    return result
  }

  private func chunks(_ shape: [Int]) throws(TensorError) -> ([Chunk], [Int]) {
    switch layout {
    case .whole: return ([], shape)
    case .single(let address, let size, let mask, let chunkShape):
      guard address != HDF5Bytes.undefined else { return ([], chunkShape) }
      let whole = UInt64(try HDF5Elements.byteCount(chunkShape, type, place, file))
      let range = try file.range(address, size ?? whole, "the chunk of '\(place)'")
      return ([Chunk(bytes: range, mask: mask, offset: [Int](repeating: 0, count: shape.count))], chunkShape)
    case .chunks(let tree, let chunkShape):
      guard tree != HDF5Bytes.undefined else { return ([], chunkShape) }
      var chunks: [Chunk] = []
      let keySize = 8 + 8 * (shape.count + 1)
      for leaf in try HDF5Tree.children(tree, kind: 1, keySize: keySize, in: file) {
        var key = leaf.key
        let size = try key.number(4)
        let mask = UInt32(truncatingIfNeeded: try key.number(4))
        var offset: [Int] = []
        for axis in shape.indices {
          guard let start = Int(exactly: try key.address()), start < max(shape[axis], 1), start % chunkShape[axis] == 0
          else {
            throw key.failure("a chunk of '\(place)' lies outside of it; the file is damaged")
          }
          offset.append(start)
        }
        let bytes = try file.range(leaf.child, size, "a chunk of '\(place)'")
        chunks.append(Chunk(bytes: bytes, mask: mask, offset: offset))
      }
      let stored = chunks.reduce(0) { $0 + $1.bytes.count }
      guard stored <= file.count else { throw file.failure("'\(place)': its chunks lie over one another") }
      return (chunks, chunkShape)
    }
  }

  /// Copies what of a chunk lies inside the shape.
  private func place(_ bytes: [UInt8], _ chunkShape: [Int], at offset: [Int], in result: inout [UInt8], _ shape: [Int])
  {
    let rank = shape.count
    guard rank > 0 else {
      result.replaceSubrange(0..<type.size, with: bytes[..<type.size])
      return
    }
    let inside = (0..<rank).map { min(chunkShape[$0], shape[$0] - offset[$0]) }
    let run = inside[rank - 1] * type.size
    guard inside.allSatisfy({ $0 > 0 }) else { return }
    var index = [Int](repeating: 0, count: rank)
    while true {
      var (source, target) = (0, 0)
      for axis in 0..<rank {
        source = source * chunkShape[axis] + index[axis]
        target = target * shape[axis] + offset[axis] + index[axis]
      }
      source *= type.size
      target *= type.size
      result.replaceSubrange(target..<target + run, with: bytes[source..<source + run])
      var axis = rank - 2
      while axis >= 0 {
        index[axis] += 1
        if index[axis] < inside[axis] { break }
        index[axis] = 0
        axis -= 1
      }
      if axis < 0 { return }
    }
  }
}
