import ApusCore

/// Brotli compression (RFC 7932) by the distribution's library, which is loaded when it is first needed.
package enum Brotli {
  private typealias Decompress =
    @convention(c) (Int, UnsafeRawPointer?, UnsafeMutablePointer<Int>, UnsafeMutableRawPointer?) -> Int32

  private static let decompress: Decompress? = {
    let names = DynamicLibrary.candidates(
      names: ["libbrotlidec.so.1", "libbrotlidec.so", "libbrotlidec.dylib"], folder: nil, variable: "APUS_BROTLI")
    guard !DynamicLibrary.isDisabled("APUS_BROTLI"),
      let library = DynamicLibrary(firstOf: names, thatHas: "BrotliDecoderDecompress")
    else { return nil }
    return library.function("BrotliDecoderDecompress", as: Decompress.self)
  }()

  /// Decompresses into memory that must be filled exactly.
  /// - Throws: `TensorError` of kind `format` where the data is damaged, of kind `unsupported` where the library is not there.
  package static func decompress(
    _ source: UnsafeRawBufferPointer, into target: UnsafeMutableRawBufferPointer, name: String
  ) throws(TensorError) {
    guard let decompress else {
      throw TensorError(
        .unsupported, name,
        "Brotli compression needs the brotli library, which was not found; install it (apt-get install libbrotli1) or set "
          + "APUS_BROTLI to its path")
    }
    var count = target.count
    guard decompress(source.count, source.baseAddress, &count, target.baseAddress) == 1, count == target.count else {
      throw TensorError(
        .format, name, "Brotli's data is damaged or has not the \(target.count) bytes that it is to have")
    }
  }
}
