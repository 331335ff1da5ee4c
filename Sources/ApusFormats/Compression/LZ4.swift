import ApusCore

/// LZ4 compression (https://github.com/lz4/lz4/tree/dev/doc), by code of our own: blocks, and frames of them.
package enum LZ4 {
  /// Decompresses a block; gives how much of `target` from `start` on it filled. What is before `start` may be referred to.
  private static func block(
    _ source: UnsafeRawBufferPointer, into target: UnsafeMutableRawBufferPointer, start: Int, name: String
  ) throws(TensorError) -> Int {
    let damaged = TensorError(
      .format, name, "a block of LZ4 is damaged or longer than the \(target.count) bytes it is to have")
    guard let from = source.baseAddress else { throw damaged }
    var (input, output) = (0, start)
    // An empty target has no address; then nothing may be written.
    func more(_ count: Int) throws(TensorError) -> Int {
      var count = count
      guard count == 15 else { return count }
      while true {
        guard input < source.count else { throw damaged }
        let byte = Int(source[input])
        input += 1
        count += byte
        if byte != 255 { return count }
      }
    }
    while input < source.count {
      let token = source[input]
      input += 1
      let literals = try more(Int(token >> 4))
      guard literals <= source.count - input, literals <= target.count - output else { throw damaged }
      if literals > 0, let to = target.baseAddress { (to + output).copyMemory(from: from + input, byteCount: literals) }
      input += literals
      output += literals
      if input == source.count { return output - start }
      guard input + 2 <= source.count else { throw damaged }
      let offset = Int(source[input]) | Int(source[input + 1]) << 8
      input += 2
      let count = try more(Int(token & 15)) + 4
      guard offset > 0, offset <= output, count <= target.count - output, let to = target.baseAddress else {
        throw damaged
      }
      copyWithin(to, at: output, back: offset, count)
      output += count
    }
    throw damaged
  }

  /// Decompresses a block into memory that it must fill exactly.
  /// - Throws: `TensorError` of kind `format` where the data is damaged.
  package static func decompressBlock(
    _ source: UnsafeRawBufferPointer, into target: UnsafeMutableRawBufferPointer, name: String
  ) throws(TensorError) {
    if source.isEmpty, target.isEmpty { return }
    let filled = try block(source, into: target, start: 0, name: name)
    guard filled == target.count else {
      throw TensorError(.format, name, "a block of LZ4 has \(filled) bytes, and is to have \(target.count)")
    }
  }

  /// Decompresses a frame into memory that it must fill exactly. Checksums are skipped.
  /// - Throws: `TensorError` of kind `format` where the data is damaged.
  package static func decompressFrame(
    _ source: UnsafeRawBufferPointer, into target: UnsafeMutableRawBufferPointer, name: String
  ) throws(TensorError) {
    let short = TensorError(.format, name, "a frame of LZ4 is cut short or damaged")
    func word(_ position: Int) throws(TensorError) -> Int {
      guard position + 4 <= source.count else { throw short }
      return Int(UInt32(littleEndian: source.loadUnaligned(fromByteOffset: position, as: UInt32.self)))
    }
    guard try word(0) == 0x184d_2204, source.count >= 7, source[4] >> 6 == 1 else { throw short }
    let flags = source[4]
    var input = 7 + (flags & 8 != 0 ? 8 : 0) + (flags & 1 != 0 ? 4 : 0)
    var output = 0
    while true {
      let size = try word(input)
      input += 4
      if size == 0 { break }
      let count = size & 0x7fff_ffff
      guard count <= source.count - input else { throw short }
      let part = UnsafeRawBufferPointer(rebasing: source[input..<input + count])
      if size >> 31 == 1 {
        guard count <= target.count - output, let from = part.baseAddress, let to = target.baseAddress else {
          throw short
        }
        (to + output).copyMemory(from: from, byteCount: count)
        output += count
      } else {
        output += try block(part, into: target, start: output, name: name)
      }
      input += count + (flags & 16 != 0 ? 4 : 0)
    }
    guard output == target.count else {
      throw TensorError(.format, name, "a frame of LZ4 has \(output) bytes, and is to have \(target.count)")
    }
  }
}
