import ApusCore

/// Snappy compression (https://github.com/google/snappy/blob/main/format_description.txt), by code of our own: the format is
/// short, and every copy is checked.
package enum Snappy {
  /// The bytes that a block says it has, or nil where it begins with no such number.
  static func length(_ source: UnsafeRawBufferPointer) -> (length: Int, start: Int)? {
    var value: UInt64 = 0
    for i in 0..<min(5, source.count) {
      value |= UInt64(source[i] & 127) << UInt64(7 * i)
      if source[i] < 128 { return value <= UInt32.max ? (Int(value), i + 1) : nil }
    }
    return nil
  }

  /// Decompresses a block into memory that it must fill exactly.
  /// - Throws: `TensorError` of kind `format` where the data is damaged.
  package static func decompress(
    _ source: UnsafeRawBufferPointer, into target: UnsafeMutableRawBufferPointer, name: String
  ) throws(TensorError) {
    guard let (length, start) = length(source), length == target.count else {
      throw TensorError(.format, name, "a block of Snappy does not have the \(target.count) bytes that it is to have")
    }
    var (input, output) = (start, 0)
    let damaged = TensorError(.format, name, "a block of Snappy is damaged")
    guard let from = source.baseAddress, let to = target.baseAddress else {
      if length == 0 { return }
      throw damaged
    }
    while input < source.count {
      let tag = source[input]
      input += 1
      if tag & 3 == 0 {
        var count = Int(tag >> 2) + 1
        if count > 60 {
          let bytes = count - 60
          guard input + bytes <= source.count else { throw damaged }
          count = 1
          for i in 0..<bytes { count += Int(source[input + i]) << (8 * i) }
          input += bytes
        }
        guard count <= source.count - input, count <= target.count - output else { throw damaged }
        (to + output).copyMemory(from: from + input, byteCount: count)
        input += count
        output += count
      } else {
        let bytes = tag & 3 == 1 ? 1 : tag & 3 == 2 ? 2 : 4
        guard input + bytes <= source.count else { throw damaged }
        var offset = 0
        for i in 0..<bytes { offset |= Int(source[input + i]) << (8 * i) }
        var count = Int(tag >> 2) + 1
        if bytes == 1 {
          offset |= Int(tag >> 5) << 8
          count = Int(tag >> 2 & 7) + 4
        }
        input += bytes
        guard offset > 0, offset <= output, count <= target.count - output else { throw damaged }
        copyWithin(to, at: output, back: offset, count)
        output += count
      }
    }
    guard output == target.count else { throw damaged }
  }
}

/// Copies bytes that lie `offset` before, where the two may overlap: then they repeat.
@inline(__always)
func copyWithin(_ base: UnsafeMutableRawPointer, at position: Int, back offset: Int, _ count: Int) {
  let target = base + position
  if offset >= count {
    target.copyMemory(from: target - offset, byteCount: count)
    return
  }
  let bytes = target.assumingMemoryBound(to: UInt8.self)
  for i in 0..<count { bytes[i] = bytes[i - offset] }
}
