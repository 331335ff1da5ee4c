import ApusCore

/// The fields of one message of protocol buffers, in the order in which they are added.
///
/// Long byte fields are kept as they are, without a copy, however deeply the message is nested: weights of a model go from
/// where they lie to the file.
package struct ProtobufWriter {
  private enum Part {
    case bytes([UInt8])
    case slice(ByteSlice)
  }

  /// What is complete, then what still grows.
  private var parts: [Part] = []
  private var tail: [UInt8] = []
  private var partsCount = 0
  /// Byte fields from here on are not copied.
  private static let long = 4096

  package init() {}

  /// The number of bytes of the message.
  package var count: Int { partsCount + tail.count }

  /// The bytes of the message in one piece.
  package var bytes: [UInt8] {
    if parts.isEmpty { return tail }
    var all: [UInt8] = []
    all.reserveCapacity(count)
    for part in parts {
      switch part {
      case .bytes(let bytes): all.append(contentsOf: bytes)
      case .slice(let slice): slice.withUnsafeBytes { all.append(contentsOf: $0) }
      }
    }
    return all + tail
  }

  /// Writes the message to a file, piece by piece.
  package func write(to file: borrowing OutputFile) throws {
    for part in parts {
      switch part {
      case .bytes(let bytes): try file.write(bytes)
      case .slice(let slice): try slice.withUnsafeBytes { try file.write($0) }
      }
    }
    try file.write(tail)
  }

  // MARK: - Single fields

  /// A field of type `int64`, `int32`, `bool` or an enumeration.
  package mutating func add(_ field: Int, int64 value: Int64) {
    key(field, 0)
    varint(UInt64(bitPattern: value))
  }

  /// A field of type `double`.
  package mutating func add(_ field: Int, double value: Double) {
    key(field, 1)
    append(littleEndian: value.bitPattern)
  }

  /// A field of type `float`.
  package mutating func add(_ field: Int, float value: Float) {
    key(field, 5)
    append(littleEndian: value.bitPattern)
  }

  /// A field of type `bytes`.
  package mutating func add(_ field: Int, bytes value: some Collection<UInt8>) {
    key(field, 2)
    varint(UInt64(value.count))
    tail.append(contentsOf: value)
  }

  /// A field of type `bytes`, which stay where they are.
  package mutating func add(_ field: Int, slice value: ByteSlice) {
    key(field, 2)
    varint(UInt64(value.count))
    guard value.count >= Self.long else {
      value.withUnsafeBytes { tail.append(contentsOf: $0) }
      return
    }
    close()
    parts.append(.slice(value))
    partsCount += value.count
  }

  /// A field of type `string`.
  package mutating func add(_ field: Int, string value: String) {
    key(field, 2)
    varint(UInt64(value.utf8.count))
    tail.append(contentsOf: value.utf8)
  }

  /// A message inside this one.
  package mutating func add(_ field: Int, _ build: (inout ProtobufWriter) -> Void) {
    var message = ProtobufWriter()
    build(&message)
    add(field, message: message)
  }

  /// A message inside this one.
  package mutating func add(_ field: Int, message: ProtobufWriter) {
    key(field, 2)
    varint(UInt64(message.count))
    if message.parts.isEmpty {
      tail.append(contentsOf: message.tail)
      return
    }
    close()
    parts += message.parts
    partsCount += message.partsCount
    tail = message.tail
  }

  /// Fields that are bytes of this format already.
  package mutating func add(raw bytes: [UInt8]) { tail.append(contentsOf: bytes) }

  // MARK: - Repeated fields of numbers, packed

  /// A packed field of `int64`, `int32` or an enumeration; nothing where there are no numbers.
  package mutating func add(_ field: Int, packed values: some Collection<some FixedWidthInteger>) {
    if values.isEmpty { return }
    var packed = ProtobufWriter()
    for value in values { packed.varint(UInt64(truncatingIfNeeded: value)) }
    add(field, message: packed)
  }

  /// A packed field of `float`; nothing where there are no numbers.
  package mutating func add(_ field: Int, floats values: [Float]) {
    if values.isEmpty { return }
    key(field, 2)
    varint(UInt64(values.count * 4))
    for value in values { append(littleEndian: value.bitPattern) }
  }

  /// A packed field of `double`; nothing where there are no numbers.
  package mutating func add(_ field: Int, doubles values: [Double]) {
    if values.isEmpty { return }
    key(field, 2)
    varint(UInt64(values.count * 8))
    for value in values { append(littleEndian: value.bitPattern) }
  }

  // MARK: - Parts of fields

  private mutating func close() {
    if tail.isEmpty { return }
    parts.append(.bytes(tail))
    partsCount += tail.count
    tail = []
  }

  private mutating func key(_ field: Int, _ wire: UInt64) { varint(UInt64(field) << 3 | wire) }

  private mutating func varint(_ value: UInt64) {
    var rest = value
    while rest >= 0x80 {
      tail.append(UInt8(truncatingIfNeeded: rest) | 0x80)
      rest >>= 7
    }
    tail.append(UInt8(rest))
  }

  private mutating func append(littleEndian value: some FixedWidthInteger) {
    withUnsafeBytes(of: value.littleEndian) { tail.append(contentsOf: $0) }
  }
}
