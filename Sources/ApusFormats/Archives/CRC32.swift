import ApusCore

/// The cyclic redundancy check of zip, gzip and PNG: 32 bits, polynomial 0x04c11db7 reflected.
package enum CRC32 {
  /// The check of `bytes`, or of what came before and `bytes` where `start` is the check of what came before.
  package static func of(_ bytes: UnsafeRawBufferPointer, from start: UInt32 = 0) -> UInt32 {
    // The library is as fast as memory is: a second thread only costs its start.
    guard bytes.count >= 2 * block, library == nil, let base = bytes.baseAddress else { return ~advance(~start, bytes) }
    let count = bytes.count
    let blocks = (count + block - 1) / block
    nonisolated(unsafe) let source = base
    var parts = [UInt32](repeating: 0, count: blocks)
    parts.withUnsafeMutableBufferPointer { buffer in
      nonisolated(unsafe) let results = buffer
      parallelFor(blocks, grain: 1) { range in
        for i in range {
          let start = i * block
          let part = UnsafeRawBufferPointer(start: source + start, count: min(block, count - start))
          results[i] = ~advance(.max, part)
        }
      }
    }
    // The check of a whole follows from those of its parts and their lengths.
    let step = power(8 * block)
    let last = power(8 * (count - (blocks - 1) * block))
    var value = start
    for i in 0..<blocks { value = multiply(i == blocks - 1 ? last : step, value) ^ parts[i] }
    return value
  }

  /// The check of `bytes`.
  package static func of(_ bytes: [UInt8]) -> UInt32 { bytes.withUnsafeBytes { of($0) } }

  private static let block = 1 << 20

  private static let polynomial: UInt32 = 0xedb8_8320

  /// libdeflate's function, ten times as fast as the tables: it multiplies polynomials in vector registers. A program does
  /// without where the library is not installed.
  private typealias Library = @convention(c) (UInt32, UnsafeRawPointer, UInt) -> UInt32
  private static let library: Library? = {
    let names = DynamicLibrary.candidates(names: ["libdeflate.so.0"], folder: nil, variable: "APUS_LIBDEFLATE")
    guard !DynamicLibrary.isDisabled("APUS_LIBDEFLATE") else { return nil }
    return DynamicLibrary(firstOf: names, thatHas: "libdeflate_crc32")?.function("libdeflate_crc32", as: Library.self)
  }()

  private nonisolated(unsafe) static let tables = Tables()

  /// Eight tables of 256 for a word of 8 bytes: entry `i` of table `k` is what byte `i` at place `k` gives at the end of the
  /// word, and 24 bytes behind it.
  private struct Tables {
    let near, far: UnsafePointer<UInt32>

    init() {
      let near = UnsafeMutablePointer<UInt32>.allocate(capacity: 8 * 256)
      let far = UnsafeMutablePointer<UInt32>.allocate(capacity: 8 * 256)
      let byte = (0..<256).map { start in
        (0..<8).reduce(UInt32(start)) { value, _ in value & 1 == 1 ? value >> 1 ^ polynomial : value >> 1 }
      }
      for place in 0..<8 {
        for i in 0..<256 {
          var value = byte[i]
          for _ in 0..<7 - place { value = value >> 8 ^ byte[Int(value & 0xff)] }
          near[place << 8 + i] = value
          for _ in 0..<24 { value = value >> 8 ^ byte[Int(value & 0xff)] }
          far[place << 8 + i] = value
        }
      }
      (self.near, self.far) = (UnsafePointer(near), UnsafePointer(far))
    }
  }

  /// What the 8 bytes of `word` give by the tables.
  @inline(__always)
  private static func step(_ table: UnsafePointer<UInt32>, _ word: UInt64) -> UInt32 {
    @inline(__always) func entry(_ place: Int) -> UInt32 {
      table[place &<< 8 &+ Int(truncatingIfNeeded: word &>> UInt64(8 &* place) & 0xff)]
    }
    return entry(0) ^ entry(1) ^ entry(2) ^ entry(3) ^ entry(4) ^ entry(5) ^ entry(6) ^ entry(7)
  }

  private static func advance(_ start: UInt32, _ bytes: UnsafeRawBufferPointer) -> UInt32 {
    guard var next = bytes.baseAddress else { return start }
    if let library { return ~library(~start, next, UInt(bytes.count)) }
    var value = start
    var left = bytes.count
    let (near, far) = (tables.near, tables.far)
    @inline(__always) func word(_ offset: Int) -> UInt64 {
      UInt64(littleEndian: next.loadUnaligned(fromByteOffset: offset, as: UInt64.self))
    }
    if left >= 64 {
      // Four checks of every fourth word go side by side, and are joined over the last 32 bytes.
      var (a, b, c, d) = (value, UInt32(0), UInt32(0), UInt32(0))
      while left >= 64 {
        a = step(far, word(0) ^ UInt64(a))
        b = step(far, word(8) ^ UInt64(b))
        c = step(far, word(16) ^ UInt64(c))
        d = step(far, word(24) ^ UInt64(d))
        next += 32
        left &-= 32
      }
      value = step(near, word(0) ^ UInt64(a))
      value = step(near, word(8) ^ UInt64(value ^ b))
      value = step(near, word(16) ^ UInt64(value ^ c))
      value = step(near, word(24) ^ UInt64(value ^ d))
      next += 32
      left &-= 32
    }
    for offset in 0..<left {
      // The last table is that of a byte at the end.
      value =
        value >> 8 ^ near[7 << 8 + Int((value ^ UInt32(next.load(fromByteOffset: offset, as: UInt8.self))) & 0xff)]
    }
    return value
  }

  /// x to the power `n` modulo the polynomial.
  private static func power(_ n: Int) -> UInt32 {
    var (result, square, n) = (UInt32(1) << 31, UInt32(1) << 30, n)
    while n > 0 {
      if n & 1 == 1 { result = multiply(square, result) }
      square = multiply(square, square)
      n >>= 1
    }
    return result
  }

  /// The product of two polynomials modulo the polynomial.
  private static func multiply(_ a: UInt32, _ b: UInt32) -> UInt32 {
    var (result, b) = (UInt32(0), b)
    var bit = UInt32(1) << 31
    while bit != 0 {
      if a & bit != 0 { result ^= b }
      b = b & 1 == 1 ? b >> 1 ^ polynomial : b >> 1
      bit >>= 1
    }
    return result
  }
}
