import ApusCore

/// A position in the bytes of a pickle; every read is checked.
struct PickleBytes {
  let bytes: UnsafeRawBufferPointer
  /// The name that errors have.
  let name: String
  var position = 0

  init(_ bytes: UnsafeRawBufferPointer, name: String) {
    self.bytes = bytes
    self.name = name
  }

  func failure(_ message: String) -> TensorError {
    TensorError(.format, name, "the pickle is damaged at byte \(position): \(message)")
  }

  /// The next `count` bytes.
  mutating func take(_ count: Int) throws(TensorError) -> UnsafeRawBufferPointer {
    guard count >= 0, count <= bytes.count - position else {
      throw failure("\(count) bytes are expected, and \(bytes.count - position) follow; it is cut short")
    }
    defer { position += count }
    return UnsafeRawBufferPointer(rebasing: bytes[position..<position + count])
  }

  mutating func byte() throws(TensorError) -> UInt8 { try take(1)[0] }

  /// An integer, little endian.
  mutating func integer<T: FixedWidthInteger & BitwiseCopyable>(_: T.Type) throws(TensorError) -> T {
    T(littleEndian: try take(MemoryLayout<T>.size).loadUnaligned(as: T.self))
  }

  /// A length of 64 bits.
  mutating func length() throws(TensorError) -> Int { Int(clamping: try integer(UInt64.self)) }

  /// The bytes before the next line feed, which is passed.
  mutating func line() throws(TensorError) -> String {
    let rest = bytes[position...]
    guard let end = rest.firstIndex(of: 10), end - position <= 1 << 20 else {
      throw failure("a line does not end")
    }
    defer { position = end + 1 }
    return try text(UnsafeRawBufferPointer(rebasing: bytes[position..<end]))
  }

  /// UTF-8, in which Python also writes halves of surrogate pairs: those become replacement characters.
  func text(_ bytes: UnsafeRawBufferPointer) throws(TensorError) -> String {
    if let text = String(validating: bytes, as: UTF8.self) { return text }
    // ED A0..BF xx is a surrogate; anything else that is not UTF-8 is damage.
    var copy = [UInt8](bytes)
    var at = 0
    while at + 2 < copy.count {
      if copy[at] == 0xed, copy[at + 1] >= 0xa0 {
        (copy[at], copy[at + 1], copy[at + 2]) = (0xef, 0xbf, 0xbd)
        at += 2
      }
      at += 1
    }
    guard let text = String(validating: copy, as: UTF8.self) else { throw failure("a text is not UTF-8") }
    return text
  }
}

/// The decimal digits of a number in two's complement, little endian; nil for one of more than 4096 bits.
func decimal(twosComplement bytes: UnsafeRawBufferPointer) -> PickledValue? {
  guard let last = bytes.last else { return .int(0) }
  let isNegative = last & 0x80 != 0
  if bytes.count <= 8 {
    var value = isNegative ? -1 : 0
    for byte in bytes.reversed() { value = value << 8 | Int(byte) }
    return .int(value)
  }
  guard bytes.count <= 512 else { return nil }
  // The magnitude in digits of base 10^9, least first.
  var carry = 1
  let magnitude = bytes.map { byte -> Int in
    guard isNegative else { return Int(byte) }
    let value = Int(~byte) + carry
    carry = value >> 8
    return value & 0xff
  }
  var digits = [0]
  for byte in magnitude.reversed() {
    var carry = byte
    for i in digits.indices {
      let value = digits[i] << 8 + carry
      digits[i] = value % 1_000_000_000
      carry = value / 1_000_000_000
    }
    if carry > 0 { digits.append(carry) }
  }
  let text = digits.reversed().enumerated().map { i, digit in
    let text = String(digit)
    return i == 0 ? text : String(repeating: "0", count: 9 - text.count) + text
  }.joined()
  let signed = (isNegative ? "-" : "") + text
  return Int(signed).map { .int($0) } ?? .bigInt(signed)
}
