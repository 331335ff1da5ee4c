// Unicode scalars in bytes of UTF-8. The bytes come from strings or from files that were checked, so that they are well formed;
// what is not reads as something, never beyond the end.

/// The scalar that begins at `bytes[position]` and how many bytes it takes.
@inline(__always)
func decodeScalar(
  _ bytes: UnsafePointer<UInt8>, at position: Int, before end: Int
) -> (value: UInt32, length: Int) {
  let first = UInt32(bytes[position])
  if first < 0x80 { return (first, 1) }
  let left = end - position
  if first < 0xe0 {
    guard left >= 2 else { return (0xfffd, left) }
    return ((first & 0x1f) << 6 | UInt32(bytes[position + 1] & 0x3f), 2)
  }
  if first < 0xf0 {
    guard left >= 3 else { return (0xfffd, left) }
    return ((first & 0x0f) << 12 | UInt32(bytes[position + 1] & 0x3f) << 6 | UInt32(bytes[position + 2] & 0x3f), 3)
  }
  guard left >= 4 else { return (0xfffd, left) }
  let high = (first & 0x07) << 18 | UInt32(bytes[position + 1] & 0x3f) << 12
  return (high | UInt32(bytes[position + 2] & 0x3f) << 6 | UInt32(bytes[position + 3] & 0x3f), 4)
}

/// How many bytes the scalar takes whose first byte this is.
@inline(__always)
func scalarLength(_ first: UInt8) -> Int { first < 0x80 ? 1 : first < 0xe0 ? 2 : first < 0xf0 ? 3 : 4 }

/// Where the scalar begins that ends before `position`.
@inline(__always)
func previousScalar(_ bytes: UnsafePointer<UInt8>, before position: Int, from start: Int) -> Int {
  var place = position - 1
  while place > start, bytes[place] & 0xc0 == 0x80 { place -= 1 }
  return place
}

extension [UInt8] {
  /// Adds a scalar in UTF-8; what is no scalar becomes U+FFFD.
  @inline(__always)
  mutating func append(scalar: UInt32) {
    if scalar < 0x80 { return append(UInt8(scalar)) }
    if scalar < 0x800 {
      append(UInt8(0xc0 | scalar >> 6))
      return append(UInt8(0x80 | scalar & 0x3f))
    }
    if scalar < 0x10000 {
      let scalar = (0xd800..<0xe000).contains(scalar) ? 0xfffd : scalar
      append(UInt8(0xe0 | scalar >> 12))
      append(UInt8(0x80 | scalar >> 6 & 0x3f))
      return append(UInt8(0x80 | scalar & 0x3f))
    }
    append(UInt8(truncatingIfNeeded: 0xf0 | scalar >> 18))
    append(UInt8(0x80 | scalar >> 12 & 0x3f))
    append(UInt8(0x80 | scalar >> 6 & 0x3f))
    append(UInt8(0x80 | scalar & 0x3f))
  }

  /// The scalars that the bytes are.
  var scalars: [UInt32] {
    withUnsafeBufferPointer { bytes in
      var out: [UInt32] = []
      guard let base = bytes.baseAddress else { return out }
      out.reserveCapacity(bytes.count)
      var position = 0
      while position < bytes.count {
        let next = decodeScalar(base, at: position, before: bytes.count)
        out.append(next.value)
        position += next.length
      }
      return out
    }
  }
}

/// How many bytes a scalar takes in UTF-8.
@inline(__always)
func utf8Length(_ scalar: UInt32) -> Int { scalar < 0x80 ? 1 : scalar < 0x800 ? 2 : scalar < 0x10000 ? 3 : 4 }

/// Text in UTF-8 as a string; what is none is replaced by U+FFFD.
func text(_ bytes: some Collection<UInt8>) -> String { String(decoding: bytes, as: UTF8.self) }
