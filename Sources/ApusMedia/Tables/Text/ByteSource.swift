import ApusCore
import ApusFormats

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// The bytes of a file or of standard input, in pieces that a reader chooses.
///
/// A file is mapped, or decompressed where it is gzip, zstd or the only file of a zip archive; standard input (`-`) is read
/// as it is asked for.
final class ByteSource {
  let name: String
  private let contents: FileContents?
  private var bytes: UnsafeRawBufferPointer
  /// What was read of standard input and not yet used.
  private var buffer: UnsafeMutableRawBufferPointer?
  private var filled = 0
  private var start = 0
  private var atEnd: Bool

  init(path: String, encoding: TextEncoding = .utf8) throws(TensorError) {
    name = path == "-" ? "standard input" : path
    if path == "-", encoding == .utf8 {
      contents = nil
      bytes = UnsafeRawBufferPointer(start: nil, count: 0)
      atEnd = false
      return
    }
    var all: FileContents
    if path == "-" {
      let input = try ByteSource(path: path)
      defer { withExtendedLifetime(input) {} }
      all = FileContents(Array(try input.window(.max).bytes), path: name)
    } else {
      all = try readFile(path, unwrapsZip: true)
    }
    if encoding != .utf8 { all = try Self.decoded(all, encoding, name) }
    contents = all
    bytes = all.bytes
    atEnd = true
    skipMark()
  }

  /// Bytes in memory.
  init(_ contents: [UInt8], name: String, encoding: TextEncoding = .utf8) throws(TensorError) {
    self.name = name
    var all = FileContents(contents, path: name)
    if encoding != .utf8 { all = try Self.decoded(all, encoding, name) }
    self.contents = all
    bytes = all.bytes
    atEnd = true
    skipMark()
  }

  deinit { buffer?.deallocate() }

  /// The next bytes: at least `size` of them, or all that there are; and whether nothing follows them. They are valid until
  /// the next call.
  func window(_ size: Int) throws(TensorError) -> (bytes: UnsafeRawBufferPointer, isFinal: Bool) {
    if contents != nil {
      let rest = UnsafeRawBufferPointer(rebasing: bytes[start...])
      if rest.count <= size { return (rest, true) }
      return (UnsafeRawBufferPointer(rebasing: rest[..<size]), false)
    }
    while !atEnd, filled - start < size { try readMore() }
    guard let buffer else { return (UnsafeRawBufferPointer(start: nil, count: 0), true) }
    return (UnsafeRawBufferPointer(rebasing: buffer[start..<filled]), atEnd)
  }

  /// Leaves the first `count` bytes of the last window behind.
  func consume(_ count: Int) { start += count }

  private func readMore() throws(TensorError) {
    let first = buffer == nil
    let chunk = 1 << 18
    if (buffer?.count ?? 0) - filled < chunk {
      // Twice as much as is in use, so that bytes are moved seldom.
      let grown = UnsafeMutableRawBufferPointer.allocate(byteCount: 2 * (filled - start) + 2 * chunk, alignment: 64)
      if let old = buffer {
        grown.copyMemory(from: UnsafeRawBufferPointer(rebasing: old[start..<filled]))
        old.deallocate()
      }
      buffer = grown
      filled -= start
      start = 0
    }
    guard let buffer else { return }
    let count = read(0, buffer.baseAddress.map { $0 + filled }, chunk)
    if count < 0 {
      if errno == EINTR { return }
      throw fileError(name, "cannot read", errno)
    }
    filled += count
    if count == 0 { atEnd = true }
    if first, filled >= 3 || atEnd { skipMark() }
  }

  private static func decoded(
    _ contents: FileContents, _ encoding: TextEncoding, _ name: String
  ) throws(TensorError) -> FileContents {
    defer { withExtendedLifetime(contents) {} }
    return FileContents(try encoding.decode(contents.bytes, name: name), path: name)
  }

  /// Leaves out the byte order mark of UTF-8.
  private func skipMark() {
    let present =
      contents != nil ? bytes : UnsafeRawBufferPointer(rebasing: (buffer ?? .init(start: nil, count: 0))[..<filled])
    if present.starts(with: [0xef, 0xbb, 0xbf]) { start += 3 }
  }
}
