import ApusCore

/// Reads the head of a GGUF file from front to back: nothing is taken that is not there, and nothing is made larger than
/// the bytes that it stands in.
struct GGUFCursor {
  private let bytes: UnsafeRawBufferPointer
  private let path: String
  private(set) var position: Int

  /// Arrays of arrays are refused when they are nested deeper.
  private static let deepest = 8

  init(_ bytes: UnsafeRawBufferPointer, from position: Int, path: String) {
    self.bytes = bytes
    self.path = path
    self.position = position
  }

  var remaining: Int { bytes.count - position }

  func failure(_ what: String, _ problem: String) -> TensorError {
    TensorError(.format, path, "\(what), at byte \(position): \(problem)")
  }

  mutating func number<Number>(_ what: @autoclosure () -> String, as type: Number.Type) throws(TensorError) -> Number {
    let size = MemoryLayout<Number>.size
    guard size <= remaining else {
      throw failure(what(), "needs \(size) bytes, and \(remaining) are left; the file is cut short")
    }
    defer { position += size }
    return bytes.loadUnaligned(fromByteOffset: position, as: type)
  }

  mutating func integer<Number: FixedWidthInteger>(
    _ what: @autoclosure () -> String, as type: Number.Type
  ) throws(TensorError) -> Number {
    Number(littleEndian: try number(what(), as: type))
  }

  /// A number of things that take at least `size` bytes each.
  mutating func count(_ what: @autoclosure () -> String, of size: Int) throws(TensorError) -> Int {
    let start = position
    let count = try integer(what(), as: UInt64.self)
    guard count <= UInt64(remaining / size) else {
      position = start
      throw failure(what(), "\(count) are announced, more than fit into the \(remaining) bytes that are left")
    }
    return Int(count)
  }

  /// A text. Names must be UTF-8; in values, what is not is replaced by the sign for it.
  mutating func string(_ what: @autoclosure () -> String, isName: Bool = false) throws(TensorError) -> String {
    let length = try count("the length of \(what())", of: 1)
    let text = bytes[position..<position + length]
    position += length
    if let valid = String(validating: text, as: UTF8.self) { return valid }
    guard !isName else { throw failure(what(), "the text is not UTF-8") }
    return String(decoding: text, as: UTF8.self)
  }

  mutating func value(_ key: String) throws(TensorError) -> GGUFValue {
    let what = "the value of '\(key)'"
    switch try type(what) {
    case .uint8: return .uint8(try integer(what, as: UInt8.self))
    case .int8: return .int8(try integer(what, as: Int8.self))
    case .uint16: return .uint16(try integer(what, as: UInt16.self))
    case .int16: return .int16(try integer(what, as: Int16.self))
    case .uint32: return .uint32(try integer(what, as: UInt32.self))
    case .int32: return .int32(try integer(what, as: Int32.self))
    case .float32: return .float32(Float(bitPattern: try integer(what, as: UInt32.self)))
    case .bool: return .bool(try bool(what))
    case .string: return .string(try string(what))
    case .array: return .array(try array(what, depth: 0))
    case .uint64: return .uint64(try integer(what, as: UInt64.self))
    case .int64: return .int64(try integer(what, as: Int64.self))
    case .float64: return .float64(Double(bitPattern: try integer(what, as: UInt64.self)))
    }
  }

  private mutating func type(_ what: String) throws(TensorError) -> GGUFValueType {
    let number = try integer("the type of \(what)", as: UInt32.self)
    guard let type = GGUFValueType(rawValue: number) else {
      throw failure(what, "its type is given as \(number); known are 0 to 12")
    }
    return type
  }

  private mutating func bool(_ what: String) throws(TensorError) -> Bool {
    let byte = try integer(what, as: UInt8.self)
    guard byte < 2 else { throw failure(what, "\(byte) is no truth value, which is 0 or 1") }
    return byte == 1
  }

  private mutating func array(_ what: String, depth: Int) throws(TensorError) -> GGUFArray {
    guard depth < Self.deepest else { throw failure(what, "arrays are nested more than \(Self.deepest) deep") }
    let type = try type(what)
    let count = try count(what, of: type.leastSize)
    switch type {
    case .uint8: return .uint8(try integers(what, count))
    case .int8: return .int8(try integers(what, count))
    case .uint16: return .uint16(try integers(what, count))
    case .int16: return .int16(try integers(what, count))
    case .uint32: return .uint32(try integers(what, count))
    case .int32: return .int32(try integers(what, count))
    case .uint64: return .uint64(try integers(what, count))
    case .int64: return .int64(try integers(what, count))
    case .float32: return .float32(try integers(what, count).map { Float(bitPattern: $0) })
    case .float64: return .float64(try integers(what, count).map { Double(bitPattern: $0) })
    case .bool: return .bool(try items(count) { (cursor) throws(TensorError) in try cursor.bool(what) })
    case .string: return .string(try items(count) { (cursor) throws(TensorError) in try cursor.string(what) })
    case .array:
      return .array(try items(count) { (cursor) throws(TensorError) in try cursor.array(what, depth: depth + 1) })
    }
  }

  private mutating func integers<Number: FixedWidthInteger>(
    _ what: String, _ count: Int
  ) throws(TensorError) -> [Number] {
    try items(count) { (cursor) throws(TensorError) in try cursor.integer(what, as: Number.self) }
  }

  private mutating func items<Item>(
    _ count: Int, _ item: (inout GGUFCursor) throws(TensorError) -> Item
  ) throws(TensorError) -> [Item] {
    var items: [Item] = []
    items.reserveCapacity(count)
    for _ in 0..<count { items.append(try item(&self)) }
    return items
  }
}
