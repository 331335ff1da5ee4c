import ApusCore

/// A table of a flatbuffer. Fields are named by their number in the schema: the order of their declaration, where a union
/// takes two (its type, then its value).
package struct FlatTable {
  package let buffer: FlatBuffer
  /// Where the table begins.
  package let position: Int
  let vtable: Int
  let fields: Int
  let extent: Int
  let depth: Int

  /// Where the field lies, or nil where the table has none and its default holds.
  private func field(_ id: Int, size: Int) throws(TensorError) -> Int? {
    guard id >= 0, id < fields else { return nil }
    let offset = Int(try buffer.load(vtable + 4 + 2 * id, as: UInt16.self, "a vtable"))
    guard offset != 0 else { return nil }
    guard offset >= 4, offset + size <= extent else {
      throw buffer.failure(position, "field \(id) of a table lies at \(offset), outside of its \(extent) bytes")
    }
    return position + offset
  }

  /// Whether the field is there.
  package func has(_ id: Int) throws(TensorError) -> Bool { try field(id, size: 1) != nil }

  /// An integer field.
  package func integer<T: FixedWidthInteger>(_ id: Int, default value: T) throws(TensorError) -> T {
    guard let place = try field(id, size: MemoryLayout<T>.size) else { return value }
    return try buffer.load(place, as: T.self, "field \(id)")
  }

  package func bool(_ id: Int, default value: Bool = false) throws(TensorError) -> Bool {
    try integer(id, default: UInt8(value ? 1 : 0)) != 0
  }

  package func float(_ id: Int, default value: Float = 0) throws(TensorError) -> Float {
    Float(bitPattern: try integer(id, default: value.bitPattern))
  }

  package func double(_ id: Int, default value: Double = 0) throws(TensorError) -> Double {
    Double(bitPattern: try integer(id, default: value.bitPattern))
  }

  /// The bytes of a field that is a struct of `size` bytes.
  package func structure(_ id: Int, size: Int) throws(TensorError) -> UnsafeRawBufferPointer? {
    guard let place = try field(id, size: size) else { return nil }
    guard size <= buffer.bytes.count - place else { throw buffer.failure(place, "field \(id) is cut short") }
    return UnsafeRawBufferPointer(rebasing: buffer.bytes[place..<place + size])
  }

  /// Text; bytes that are no UTF-8 are replaced.
  package func string(_ id: Int) throws(TensorError) -> String? {
    guard let bytes = try bytes(id) else { return nil }
    return String(decoding: bytes, as: UTF8.self)
  }

  /// A table; also the value of a union whose type is a table (`id` is the number after the type's).
  package func table(_ id: Int) throws(TensorError) -> FlatTable? {
    guard let place = try field(id, size: 4) else { return nil }
    return try buffer.table(at: buffer.follow(place, "field \(id)"), depth: depth + 1, "the table of field \(id)")
  }

  /// A vector of bytes, in place.
  package func bytes(_ id: Int) throws(TensorError) -> UnsafeRawBufferPointer? { try elements(id, stride: 1)?.bytes }

  /// A vector of structs or numbers of `stride` bytes, in place.
  package func elements(_ id: Int, stride: Int) throws(TensorError) -> (bytes: UnsafeRawBufferPointer, count: Int)? {
    guard let place = try field(id, size: 4) else { return nil }
    let target = try buffer.follow(place, "field \(id)")
    let (start, count) = try buffer.vector(at: target, stride: stride, "the vector of field \(id)")
    return (UnsafeRawBufferPointer(rebasing: buffer.bytes[start..<start + count * stride]), count)
  }

  /// A vector of integers; empty where there is none.
  package func integers<T: FixedWidthInteger>(_ id: Int, as type: T.Type = T.self) throws(TensorError) -> [T] {
    guard let (bytes, count) = try elements(id, stride: MemoryLayout<T>.size) else { return [] }
    return (0..<count).map {
      T(littleEndian: bytes.loadUnaligned(fromByteOffset: $0 * MemoryLayout<T>.size, as: T.self))
    }
  }

  /// A vector of floats; empty where there is none.
  package func floats(_ id: Int) throws(TensorError) -> [Float] {
    try integers(id, as: UInt32.self).map(Float.init(bitPattern:))
  }

  /// A vector of tables; empty where there is none.
  package func tables(_ id: Int) throws(TensorError) -> [FlatTable] {
    let places = try targets(id)
    var result: [FlatTable] = []
    result.reserveCapacity(places.count)
    for place in places { result.append(try buffer.table(at: place, depth: depth + 1, "a table of field \(id)")) }
    return result
  }

  /// A vector of texts; empty where there is none.
  package func strings(_ id: Int) throws(TensorError) -> [String] {
    var result: [String] = []
    for place in try targets(id) {
      let (start, count) = try buffer.vector(at: place, stride: 1, "a text of field \(id)")
      result.append(String(decoding: buffer.bytes[start..<start + count], as: UTF8.self))
    }
    return result
  }

  /// Where the elements of a vector of offsets lie.
  private func targets(_ id: Int) throws(TensorError) -> [Int] {
    guard let place = try field(id, size: 4) else { return [] }
    let target = try buffer.follow(place, "field \(id)")
    let (start, count) = try buffer.vector(at: target, stride: 4, "the vector of field \(id)")
    var result: [Int] = []
    result.reserveCapacity(count)
    for i in 0..<count { result.append(try buffer.follow(start + 4 * i, "element \(i) of field \(id)")) }
    return result
  }
}
