import ApusCore

/// Output of a decompressor whose length is not known before: memory grows with what was written, and never beyond `limit`.
struct GrowingBytes: ~Copyable {
  private var bytes: [UInt8] = []
  private let scratch: UnsafeMutableRawBufferPointer
  private let limit: Int
  private let name: String

  init(limit: Int, name: String) {
    self.limit = limit
    self.name = name
    scratch = .allocate(byteCount: 1 << 17, alignment: 16)
  }

  deinit { scratch.deallocate() }

  /// Where to write next.
  /// - Throws: `TensorError` of kind `format` where more was written than is allowed.
  func room() throws(TensorError) -> UnsafeMutableRawBufferPointer {
    try checkLimit()
    return scratch
  }

  private func checkLimit() throws(TensorError) {
    guard bytes.count <= limit else {
      throw TensorError(
        .format, name, "the decompressed data is longer than the limit of \(limit) bytes; decompress it before reading")
    }
  }

  /// Tells how many bytes were written.
  mutating func took(_ count: Int) { bytes.append(contentsOf: UnsafeRawBufferPointer(rebasing: scratch[..<count])) }

  /// All that was written.
  /// - Throws: `TensorError` of kind `format` where it is more than is allowed.
  consuming func finish() throws(TensorError) -> [UInt8] {
    try checkLimit()
    return bytes
  }
}
