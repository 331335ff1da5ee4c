import ApusCore

/// Reads the fields of one message of protocol buffers (https://protobuf.dev/programming-guides/encoding), in order.
///
///     while let field = try reader.next() {
///       switch field.number {
///       case 1: name = try reader.string(field)
///       case 2: count = try reader.integer(field)
///       default: try reader.skip(field)
///       }
///     }
///
/// Every length is checked against what is left of the message before it is used, and messages nest at most
/// ``deepest`` levels. Errors name the file, the byte and what was expected there.
package struct ProtobufReader {
  /// How many messages may lie in each other; the reference implementation has the same limit.
  package static let deepest = 100

  /// How a field is written.
  package enum Wire: UInt8, Sendable {
    case varint = 0
    case fixed64 = 1
    case delimited = 2
    case groupStart = 3
    case groupEnd = 4
    case fixed32 = 5
  }

  /// The head of a field: what stands before its value.
  package struct Field: Sendable {
    package let number: Int
    package let wire: Wire
    /// Where it begins.
    package let position: Int
  }

  private let source: ByteSlice
  private let end: Int
  private let depth: Int
  /// The next byte to be read, counted from the first of the file.
  package private(set) var position: Int
  /// What errors name: a file.
  package let name: String
  /// What the message is, for errors.
  package let message: String

  /// Reads the message that `source` is.
  package init(_ source: ByteSlice, name: String, message: String) {
    self.init(source, from: 0, to: source.count, depth: 0, name: name, message: message)
  }

  private init(_ source: ByteSlice, from start: Int, to end: Int, depth: Int, name: String, message: String) {
    self.source = source
    position = start
    self.end = end
    self.depth = depth
    self.name = name
    self.message = message
  }

  /// The bytes of this message that have not been read.
  package var left: Int { end - position }

  /// The error that something else was expected at `position`.
  package func error(_ text: String, at position: Int? = nil) -> TensorError {
    TensorError(.format, name, "byte \(position ?? self.position), in \(message): \(text)")
  }

  /// The head of the next field, or nil at the end of the message.
  package mutating func next() throws(TensorError) -> Field? {
    guard position < end else { return nil }
    let start = position
    let key = try varint()
    guard key <= UInt64(UInt32.max), key >> 3 > 0, let wire = Wire(rawValue: UInt8(key & 7)) else {
      throw error("a field of number \(key >> 3) and kind \(key & 7) does not exist; the file is damaged", at: start)
    }
    return Field(number: Int(key >> 3), wire: wire, position: start)
  }

  /// Passes over the value of a field that is not known.
  package mutating func skip(_ field: Field) throws(TensorError) {
    switch field.wire {
    case .varint: _ = try varint()
    case .fixed64: try advance(8)
    case .fixed32: try advance(4)
    case .delimited: _ = try extent()
    case .groupStart: try skipGroup(field)
    case .groupEnd: throw error("a group ends that did not begin; the file is damaged", at: field.position)
    }
  }

  private mutating func skipGroup(_ field: Field) throws(TensorError) {
    var open = [field.number]
    while let group = open.last {
      guard let inner = try next() else { throw error("a group does not end; the file is cut short") }
      switch inner.wire {
      case .groupStart:
        guard open.count < Self.deepest else { throw error("groups lie in each other too deeply", at: inner.position) }
        open.append(inner.number)
      case .groupEnd:
        guard inner.number == group else { throw error("another group ends than began", at: inner.position) }
        open.removeLast()
      default: try skip(inner)
      }
    }
  }

  // MARK: - Values of one field

  /// A whole number, written as `int64`, `uint64`, `int32` or an enumeration.
  package mutating func integer(_ field: Field) throws(TensorError) -> Int64 {
    try expect(.varint, field)
    return Int64(bitPattern: try varint())
  }

  /// A number of type `int32`: of more bits the lower ones count, as the format asks.
  package mutating func integer32(_ field: Field) throws(TensorError) -> Int32 {
    Int32(truncatingIfNeeded: try integer(field))
  }

  /// A number of type `float`.
  package mutating func float(_ field: Field) throws(TensorError) -> Float {
    try expect(.fixed32, field)
    return Float(bitPattern: try fixed(UInt32.self))
  }

  /// A number of type `double`.
  package mutating func double(_ field: Field) throws(TensorError) -> Double {
    try expect(.fixed64, field)
    return Double(bitPattern: try fixed(UInt64.self))
  }

  /// The bytes of a field, which stay where they are.
  package mutating func bytes(_ field: Field) throws(TensorError) -> ByteSlice {
    try expect(.delimited, field)
    return source[try extent()]
  }

  /// Text in UTF-8; what is none is replaced by U+FFFD.
  package mutating func string(_ field: Field) throws(TensorError) -> String {
    try bytes(field).withUnsafeBytes { String(decoding: $0, as: UTF8.self) }
  }

  /// What reads the message inside a field; `message` names it in errors.
  package mutating func inner(_ field: Field, _ message: String) throws(TensorError) -> ProtobufReader {
    try expect(.delimited, field)
    guard depth < Self.deepest else {
      throw error("messages lie in each other more than \(Self.deepest) levels deep", at: field.position)
    }
    let range = try extent()
    return ProtobufReader(
      source, from: range.lowerBound, to: range.upperBound, depth: depth + 1, name: name, message: message)
  }

  // MARK: - Values of repeated fields, each alone or packed

  /// Adds the number or numbers of a field of type `repeated int64`, `uint64`, `int32` or an enumeration.
  package mutating func append<Number: FixedWidthInteger>(
    _ field: Field, to numbers: inout [Number]
  ) throws(TensorError) {
    if field.wire == .varint {
      numbers.append(Number(truncatingIfNeeded: Int64(bitPattern: try varint())))
      return
    }
    try expect(.delimited, field)
    let range = try extent()
    let after = position
    position = range.lowerBound
    // A number ends at the byte whose highest bit is clear: so many there are.
    let count = source[range].withUnsafeBytes { $0.reduce(0) { $1 < 128 ? $0 + 1 : $0 } }
    if numbers.isEmpty { numbers.reserveCapacity(count) }
    while position < range.upperBound {
      numbers.append(Number(truncatingIfNeeded: Int64(bitPattern: try varint(before: range.upperBound))))
    }
    position = after
  }

  /// Adds the number or numbers of a field of type `repeated float`.
  package mutating func append(_ field: Field, to numbers: inout [Float]) throws(TensorError) {
    if field.wire == .fixed32 {
      numbers.append(try float(field))
      return
    }
    for bits in try packed(field, of: UInt32.self) { numbers.append(Float(bitPattern: bits)) }
  }

  /// Adds the number or numbers of a field of type `repeated double`.
  package mutating func append(_ field: Field, to numbers: inout [Double]) throws(TensorError) {
    if field.wire == .fixed64 {
      numbers.append(try double(field))
      return
    }
    for bits in try packed(field, of: UInt64.self) { numbers.append(Double(bitPattern: bits)) }
  }

  private mutating func packed<Bits: FixedWidthInteger>(
    _ field: Field, of: Bits.Type
  ) throws(TensorError) -> [Bits] {
    try expect(.delimited, field)
    let range = try extent()
    let size = MemoryLayout<Bits>.size
    guard range.count % size == 0 else {
      throw error("\(range.count) bytes are no whole number of values of \(size) bytes", at: field.position)
    }
    return source[range].withUnsafeBytes { memory in
      [Bits](unsafeUninitializedCapacity: memory.count / size) { numbers, count in
        count = memory.count / size
        UnsafeMutableRawBufferPointer(numbers).copyMemory(from: memory)
        for i in 0..<count { numbers[i] = Bits(littleEndian: numbers[i]) }
      }
    }
  }

  // MARK: - Parts of values

  private func expect(_ wire: Wire, _ field: Field) throws(TensorError) {
    guard field.wire == wire else {
      throw error(
        "field \(field.number) is written as \(field.wire), and should be as \(wire); the file is damaged or of another "
          + "format", at: field.position)
    }
  }

  private mutating func varint() throws(TensorError) -> UInt64 { try varint(before: end) }

  private mutating func varint(before end: Int) throws(TensorError) -> UInt64 {
    let start = position
    let result = source.withUnsafeBytes { bytes -> (value: UInt64, next: Int)? in
      var value: UInt64 = 0
      var shift: UInt64 = 0
      var place = start
      while place < end, shift < 70 {
        let byte = bytes[place]
        place += 1
        value |= UInt64(byte & 127) << shift
        if byte < 128 { return (value, place) }
        shift += 7
      }
      return nil
    }
    guard let result else {
      throw error(
        end - start < 10
          ? "a number does not end; the file is cut short or damaged"
          : "a number has more than ten bytes; the file is damaged", at: start)
    }
    position = result.next
    return result.value
  }

  private mutating func fixed<Bits: FixedWidthInteger>(_: Bits.Type) throws(TensorError) -> Bits {
    let start = position
    try advance(MemoryLayout<Bits>.size)
    return source.withUnsafeBytes { Bits(littleEndian: $0.loadUnaligned(fromByteOffset: start, as: Bits.self)) }
  }

  private mutating func advance(_ count: Int) throws(TensorError) {
    guard count <= left else { throw error("\(count) bytes are missing; the file is cut short or damaged") }
    position += count
  }

  /// Where the bytes of a field lie that begins with its length.
  private mutating func extent() throws(TensorError) -> Range<Int> {
    let start = position
    let length = try varint()
    guard length <= UInt64(left) else {
      throw error(
        "a field of \(length) bytes begins, but only \(left) are left; the file is cut short or damaged", at: start)
    }
    defer { position += Int(length) }
    return position..<position + Int(length)
  }
}
