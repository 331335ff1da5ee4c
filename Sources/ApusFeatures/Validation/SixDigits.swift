#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// Numbers with six digits that count, as C's `%g` has them.
enum SixDigits {
  static func text(_ value: Double) -> String { CText.text("%g", value) }
}

/// Numbers as C's functions write them.
enum CText {
  /// A number in a format of `printf` for one number of double precision.
  static func text(_ format: String, _ value: Double) -> String {
    withUnsafeTemporaryAllocation(of: CChar.self, capacity: 400) { buffer in
      let count = withVaList([value]) { Int(vsnprintf(buffer.baseAddress, buffer.count, format, $0)) }
      let used = buffer[..<min(max(count, 0), buffer.count - 1)]
      return String(decoding: used.map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }
  }
}
