import ApusCore

/// Reads Thrift's compact protocol (https://github.com/apache/thrift/blob/master/doc/specs/thrift-compact-protocol.md), in
/// which Parquet writes its metadata.
struct ThriftReader {
  private let bytes: UnsafeRawBufferPointer
  private(set) var position: Int
  private let name: String
  private var depth = 0

  /// A field of a structure: its number and the code of its type.
  struct Field {
    let id: Int
    let type: UInt8
  }

  /// The most structures inside each other.
  private static let deepest = 64

  init(_ bytes: UnsafeRawBufferPointer, from position: Int, name: String) {
    self.bytes = bytes
    self.position = position
    self.name = name
  }

  func failure(_ message: String) -> TensorError {
    TensorError(.format, name, "metadata near byte \(position): \(message); the file is damaged")
  }

  mutating func byte() throws(TensorError) -> UInt8 {
    guard position < bytes.count else { throw failure("the bytes end") }
    position += 1
    return bytes[position - 1]
  }

  private mutating func variable() throws(TensorError) -> UInt64 {
    var value: UInt64 = 0
    for shift in stride(from: UInt64(0), to: 64, by: 7) {
      let byte = try byte()
      value |= UInt64(byte & 127) << shift
      if byte < 128 { return value }
    }
    throw failure("a number is too long")
  }

  mutating func integer() throws(TensorError) -> Int64 {
    let value = try variable()
    return Int64(bitPattern: value >> 1) ^ -Int64(bitPattern: value & 1)
  }

  /// A number that must fit 32 bits.
  mutating func int32() throws(TensorError) -> Int {
    let value = try integer()
    guard let fit = Int32(exactly: value) else { throw failure("the number \(value) has more than 32 bits") }
    return Int(fit)
  }

  /// A byte string, in place.
  mutating func binary() throws(TensorError) -> UnsafeRawBufferPointer {
    let count = try variable()
    guard count <= UInt64(bytes.count - position) else {
      throw failure("a text of \(count) bytes is longer than the rest")
    }
    defer { position += Int(count) }
    return UnsafeRawBufferPointer(rebasing: bytes[position..<position + Int(count)])
  }

  mutating func string() throws(TensorError) -> String { String(decoding: try binary(), as: UTF8.self) }

  /// The next field of the structure that is being read, nil at its end; `last` holds the number of the field before.
  mutating func field(_ last: inout Int) throws(TensorError) -> Field? {
    let head = try byte()
    if head == 0 { return nil }
    let step = Int(head >> 4)
    let id: Int
    if step == 0 {
      guard let fit = Int16(exactly: try integer()) else { throw failure("a field has a number of more than 16 bits") }
      id = Int(fit)
    } else {
      id = last + step
    }
    guard id > 0 else { throw failure("a field has the number \(id)") }
    last = id
    return Field(id: id, type: head & 15)
  }

  /// The value of a field of truth values.
  func bool(_ field: Field) -> Bool { field.type == 1 }

  /// How many elements a list has, and the code of their type.
  mutating func list() throws(TensorError) -> (count: Int, type: UInt8) {
    let head = try byte()
    var count = UInt64(head >> 4)
    if count == 15 { count = try variable() }
    guard count <= UInt64(bytes.count - position) else {
      throw failure("a list of \(count) elements is longer than the rest")
    }
    return (Int(count), head & 15)
  }

  /// Reads past a value.
  mutating func skip(_ type: UInt8, inList: Bool = false) throws(TensorError) {
    depth += 1
    defer { depth -= 1 }
    guard depth < Self.deepest else { throw failure("structures are nested too deep") }
    switch type {
    case 1, 2: if inList { _ = try byte() }
    case 3: _ = try byte()
    case 4, 5, 6: _ = try variable()
    case 7:
      guard position + 8 <= bytes.count else { throw failure("the bytes end") }
      position += 8
    case 8: _ = try binary()
    case 9, 10:
      let (count, type) = try list()
      for _ in 0..<count { try skip(type, inList: true) }
    case 11:
      let count = try variable()
      guard count <= UInt64(bytes.count - position) else { throw failure("a map is longer than the rest") }
      if count > 0 {
        let types = try byte()
        for _ in 0..<count {
          try skip(types >> 4, inList: true)
          try skip(types & 15, inList: true)
        }
      }
    case 12:
      var last = 0
      while let field = try field(&last) { try skip(field.type) }
    default: throw failure("there is no type \(type)")
    }
  }

  /// Reads past a field; what is no structure or list where one is expected is damage.
  mutating func skip(_ field: Field) throws(TensorError) { try skip(field.type) }

  func expect(_ field: Field, _ type: UInt8) throws(TensorError) {
    guard field.type == type else { throw failure("field \(field.id) has the type \(field.type), not \(type)") }
  }
}
