import ApusCore

/// The compression of zip, gzip and PNG, by the distribution's zlib, which is loaded when it is first needed.
package enum Deflate {
  /// What stands around the compressed bytes.
  package enum Wrapping: Int32, Sendable {
    /// Nothing, as in zip archives.
    case raw = -15
    /// A header of 2 bytes and a checksum (RFC 1950).
    case zlib = 15
    /// The header and checksum of gzip files (RFC 1952).
    case gzip = 31
  }

  /// More than any byte of compressed data stands for.
  package static let mostExpansion = 1032

  /// The decompressed bytes, at most `limit`. Several gzip members behind each other give their contents behind each other.
  /// - Throws: `TensorError` of kind `format` where the data is damaged or longer than `limit`, of kind `unsupported` where
  ///   zlib is not there.
  package static func decompress(
    _ source: UnsafeRawBufferPointer, as wrapping: Wrapping, limit: Int, name: String
  ) throws(TensorError) -> [UInt8] {
    var output = GrowingBytes(limit: limit, name: name)
    try inflate(source, as: wrapping, name: name) { () throws(TensorError) in
      try output.room()
    } took: {
      output.took($0)
    }
    return try output.finish()
  }

  /// Decompresses into memory that must be filled exactly.
  package static func decompress(
    _ source: UnsafeRawBufferPointer, as wrapping: Wrapping, into target: UnsafeMutableRawBufferPointer, name: String
  ) throws(TensorError) {
    var filled = 0
    // A byte of room behind the end shows data that goes on.
    var beyond: UInt64 = 0
    try withUnsafeMutableBytes(of: &beyond) { spare throws(TensorError) in
      try inflate(source, as: wrapping, name: name) { () throws(TensorError) in
        if filled < target.count { return UnsafeMutableRawBufferPointer(rebasing: target[filled...]) }
        guard filled == target.count else {
          throw TensorError(.format, name, "the compressed data is longer than the \(target.count) bytes it is to have")
        }
        return spare
      } took: {
        filled += $0
      }
    }
    guard filled == target.count else {
      let found = filled > target.count ? "more" : "\(filled)"
      throw TensorError(
        .format, name, "the compressed data has \(found) bytes, and is to have \(target.count); the file is damaged")
    }
  }

  /// Decompresses the beginning of data, as much as `target` has room for.
  /// - Returns: how many bytes there are.
  package static func decompressStart(
    _ source: UnsafeRawBufferPointer, as wrapping: Wrapping, into target: UnsafeMutableRawBufferPointer, name: String
  ) throws(TensorError) -> Int {
    var filled = 0
    try inflate(source, as: wrapping, name: name) { () throws(TensorError) in
      UnsafeMutableRawBufferPointer(rebasing: target[filled...])
    } took: {
      filled += $0
    }
    return filled
  }

  /// Calls for room and tells how much of it was filled until the data ends, or there is no room.
  private static func inflate(
    _ source: UnsafeRawBufferPointer, as wrapping: Wrapping, name: String,
    room: () throws(TensorError) -> UnsafeMutableRawBufferPointer, took: (Int) -> Void
  ) throws(TensorError) {
    let library = try Zlib.required(name)
    var stream = ZStream()
    guard library.inflateInit(&stream, wrapping.rawValue, Zlib.version, Zlib.streamSize) == 0 else {
      throw TensorError(.memory, name, "zlib cannot start to decompress")
    }
    defer { _ = library.inflateEnd(&stream) }
    var position = 0
    while true {
      let space = try room()
      if space.isEmpty { return }
      let given = min(source.count - position, 1 << 30)
      let offered = min(space.count, 1 << 30)
      stream.nextInput = source.baseAddress.map { $0 + position }
      stream.availableInput = UInt32(given)
      stream.nextOutput = space.baseAddress
      stream.availableOutput = UInt32(offered)
      let code = library.inflate(&stream, 0)
      position += given - Int(stream.availableInput)
      let written = offered - Int(stream.availableOutput)
      took(written)
      switch code {
      case 0: break
      case 1:
        // Another member may follow in a gzip file; zeros that fill up a tape may, too.
        while wrapping == .gzip, position < source.count, source[position] == 0 { position += 1 }
        guard wrapping == .gzip, source.count - position >= 2, source[position] == 0x1f, source[position + 1] == 0x8b
        else { return }
        guard library.inflateReset(&stream) == 0 else { throw TensorError(.memory, name, "zlib cannot go on") }
      default:
        if given == 0 && written == 0 || code == -5 {
          throw TensorError(.format, name, "the compressed data ends too early, at byte \(position); it is cut short")
        }
        let reason = stream.message.map { String(cString: $0) } ?? "code \(code)"
        throw TensorError(.format, name, "the compressed data is damaged near byte \(position): \(reason)")
      }
      if code == 0, written == 0, given == 0 {
        throw TensorError(.format, name, "the compressed data ends too early, at byte \(position); it is cut short")
      }
    }
  }

  /// The compressed bytes. `level` is 1 (fast) to 9 (small).
  package static func compress(
    _ source: UnsafeRawBufferPointer, as wrapping: Wrapping, level: Int = 6, name: String
  ) throws(TensorError) -> [UInt8] {
    let library = try Zlib.required(name)
    var stream = ZStream()
    let level = Int32(max(0, min(9, level)))
    guard library.deflateInit(&stream, level, 8, wrapping.rawValue, 8, 0, Zlib.version, Zlib.streamSize) == 0 else {
      throw TensorError(.memory, name, "zlib cannot start to compress")
    }
    defer { _ = library.deflateEnd(&stream) }
    var output = GrowingBytes(limit: .max, name: name)
    var position = 0
    while true {
      let space = try output.room()
      let given = min(source.count - position, 1 << 30)
      stream.nextInput = source.baseAddress.map { $0 + position }
      stream.availableInput = UInt32(given)
      stream.nextOutput = space.baseAddress
      stream.availableOutput = UInt32(space.count)
      let code = library.deflate(&stream, position + given == source.count ? 4 : 0)
      position += given - Int(stream.availableInput)
      output.took(space.count - Int(stream.availableOutput))
      if code == 1 { return try output.finish() }
      guard code == 0 else { throw TensorError(.memory, name, "zlib cannot compress (code \(code))") }
    }
  }
}

/// zlib's `z_stream`, whose fields and their order have been the same since 1995.
private struct ZStream {
  var nextInput: UnsafeRawPointer?
  var availableInput: UInt32 = 0
  var totalInput: UInt = 0
  var nextOutput: UnsafeMutableRawPointer?
  var availableOutput: UInt32 = 0
  var totalOutput: UInt = 0
  var message: UnsafePointer<CChar>?
  var state: OpaquePointer?
  var allocate: OpaquePointer?
  var free: OpaquePointer?
  var opaque: OpaquePointer?
  var dataType: Int32 = 0
  var checksum: UInt = 0
  var reserved: UInt = 0
}

/// The functions of zlib in use.
private struct Zlib: Sendable {
  typealias Stream = UnsafeMutableRawPointer
  typealias Step = @convention(c) (Stream, Int32) -> Int32
  typealias Control = @convention(c) (Stream) -> Int32
  typealias InflateInit = @convention(c) (Stream, Int32, UnsafePointer<CChar>, Int32) -> Int32
  typealias DeflateInit =
    @convention(c) (Stream, Int32, Int32, Int32, Int32, Int32, UnsafePointer<CChar>, Int32) -> Int32

  let inflateInit: InflateInit
  let inflate: Step
  let inflateReset, inflateEnd: Control
  let deflateInit: DeflateInit
  let deflate: Step
  let deflateEnd: Control

  static let streamSize = Int32(MemoryLayout<ZStream>.stride)
  /// zlib compares the first character with that of its own version.
  nonisolated(unsafe) static let version: UnsafePointer<CChar> = {
    let text = UnsafeMutablePointer<CChar>.allocate(capacity: 2)
    (text[0], text[1]) = (CChar(UInt8(ascii: "1")), 0)
    return UnsafePointer(text)
  }()

  static let loaded: Zlib? = {
    let names = DynamicLibrary.candidates(
      names: ["libz.so.1", "libz.so", "libz.dylib"], folder: nil, variable: "APUS_ZLIB")
    guard !DynamicLibrary.isDisabled("APUS_ZLIB"),
      let library = DynamicLibrary(firstOf: names, thatHas: "inflateInit2_"),
      let inflateInit = library.function("inflateInit2_", as: InflateInit.self),
      let inflate = library.function("inflate", as: Step.self),
      let inflateReset = library.function("inflateReset", as: Control.self),
      let inflateEnd = library.function("inflateEnd", as: Control.self),
      let deflateInit = library.function("deflateInit2_", as: DeflateInit.self),
      let deflate = library.function("deflate", as: Step.self),
      let deflateEnd = library.function("deflateEnd", as: Control.self)
    else { return nil }
    return Zlib(
      inflateInit: inflateInit, inflate: inflate, inflateReset: inflateReset, inflateEnd: inflateEnd,
      deflateInit: deflateInit, deflate: deflate, deflateEnd: deflateEnd)
  }()

  static func required(_ name: String) throws(TensorError) -> Zlib {
    if let loaded { return loaded }
    throw TensorError(
      .unsupported, name,
      "deflate compression needs zlib, which was not found; install it (apt-get install zlib1g) or set APUS_ZLIB to its "
        + "path")
  }
}
