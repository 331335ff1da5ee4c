import ApusCore

/// Zstandard compression (RFC 8878) by the distribution's library, which is loaded when it is first needed.
package enum Zstandard {
  /// The decompressed bytes of all frames, at most `limit`.
  /// - Throws: `TensorError` of kind `format` where the data is damaged or longer than `limit`, of kind `unsupported` where
  ///   the library is not there.
  package static func decompress(
    _ source: UnsafeRawBufferPointer, limit: Int, name: String
  ) throws(TensorError) -> [UInt8] {
    let library = try Library.required(name)
    guard let stream = library.createStream() else { throw TensorError(.memory, name, "zstd cannot start") }
    defer { _ = library.freeStream(stream) }
    var output = GrowingBytes(limit: limit, name: name)
    var input = InputSpan(bytes: source.baseAddress, count: UInt(source.count))
    while true {
      let space = try output.room()
      var target = OutputSpan(bytes: space.baseAddress, count: UInt(space.count))
      let before = input.position
      let code = library.decompressStream(stream, &target, &input)
      guard library.isError(code) == 0 else {
        let reason = String(cString: library.errorName(code))
        throw TensorError(.format, name, "the compressed data is damaged near byte \(input.position): \(reason)")
      }
      output.took(Int(target.position))
      if code == 0 && input.position == input.count { return try output.finish() }
      if target.position == 0 && input.position == before {
        throw TensorError(.format, name, "the compressed data ends too early; it is cut short")
      }
    }
  }

  /// One frame with the compressed bytes. `level` is 1 (fast) to 19 (small).
  package static func compress(
    _ source: UnsafeRawBufferPointer, level: Int = 3, name: String
  ) throws(TensorError) -> [UInt8] {
    let library = try Library.required(name)
    let bound = Int(library.compressBound(UInt(source.count)))
    var result = [UInt8](repeating: 0, count: bound)
    let level = Int32(max(1, min(19, level)))
    let code = result.withUnsafeMutableBytes {
      library.compress($0.baseAddress, UInt($0.count), source.baseAddress, UInt(source.count), level)
    }
    guard library.isError(code) == 0 else {
      throw TensorError(.memory, name, "zstd cannot compress: \(String(cString: library.errorName(code)))")
    }
    result.removeLast(bound - Int(code))
    return result
  }
}

/// `ZSTD_inBuffer`.
private struct InputSpan {
  var bytes: UnsafeRawPointer?
  var count: UInt
  var position: UInt = 0
}

/// `ZSTD_outBuffer`.
private struct OutputSpan {
  var bytes: UnsafeMutableRawPointer?
  var count: UInt
  var position: UInt = 0
}

private struct Library: Sendable {
  typealias Create = @convention(c) () -> OpaquePointer?
  typealias Free = @convention(c) (OpaquePointer) -> UInt
  typealias Decompress = @convention(c) (OpaquePointer, UnsafeMutableRawPointer, UnsafeMutableRawPointer) -> UInt
  typealias Compress = @convention(c) (UnsafeMutableRawPointer?, UInt, UnsafeRawPointer?, UInt, Int32) -> UInt
  typealias IsError = @convention(c) (UInt) -> UInt32
  typealias ErrorName = @convention(c) (UInt) -> UnsafePointer<CChar>
  typealias Bound = @convention(c) (UInt) -> UInt

  let createStream: Create
  let freeStream: Free
  let decompressStream: Decompress
  let compress: Compress
  let compressBound: Bound
  let isError: IsError
  let errorName: ErrorName

  static let loaded: Library? = {
    let names = DynamicLibrary.candidates(
      names: ["libzstd.so.1", "libzstd.so", "libzstd.dylib"], folder: nil, variable: "APUS_ZSTD")
    guard !DynamicLibrary.isDisabled("APUS_ZSTD"),
      let library = DynamicLibrary(firstOf: names, thatHas: "ZSTD_decompressStream"),
      let createStream = library.function("ZSTD_createDStream", as: Create.self),
      let freeStream = library.function("ZSTD_freeDStream", as: Free.self),
      let decompressStream = library.function("ZSTD_decompressStream", as: Decompress.self),
      let compress = library.function("ZSTD_compress", as: Compress.self),
      let compressBound = library.function("ZSTD_compressBound", as: Bound.self),
      let isError = library.function("ZSTD_isError", as: IsError.self),
      let errorName = library.function("ZSTD_getErrorName", as: ErrorName.self)
    else { return nil }
    return Library(
      createStream: createStream, freeStream: freeStream, decompressStream: decompressStream, compress: compress,
      compressBound: compressBound, isError: isError, errorName: errorName)
  }()

  static func required(_ name: String) throws(TensorError) -> Library {
    if let loaded { return loaded }
    throw TensorError(
      .unsupported, name,
      "zstd compression needs the zstd library, which was not found; install it (apt-get install libzstd1) or set "
        + "APUS_ZSTD to its path")
  }
}
