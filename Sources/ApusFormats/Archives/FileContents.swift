import ApusCore

/// The bytes of a file: mapped into memory where they lie in it as they are, in memory where they had to be decompressed.
package final class FileContents: Sendable {
  /// The path as given, for errors.
  package let path: String
  /// The bytes, valid as long as this object lives: ``withBytes(_:)`` sees to it.
  package nonisolated(unsafe) let bytes: UnsafeRawBufferPointer
  /// The mapped file where the bytes are mapped.
  package let mapping: MappedFile?
  private nonisolated(unsafe) let block: UnsafeMutableRawBufferPointer?

  /// The bytes of a mapped file.
  package init(_ mapping: MappedFile) {
    path = mapping.path
    bytes = mapping.bytes
    self.mapping = mapping
    block = nil
  }

  /// Bytes in memory, which errors call `path`.
  package init(_ contents: [UInt8], path: String) {
    self.path = path
    mapping = nil
    let block = UnsafeMutableRawBufferPointer.allocate(byteCount: contents.count, alignment: 64)
    block.copyBytes(from: contents)
    self.block = block
    bytes = UnsafeRawBufferPointer(block)
  }

  deinit { block?.deallocate() }

  /// Calls `body` with the bytes, which live meanwhile.
  package func withBytes<Result>(_ body: (UnsafeRawBufferPointer) throws -> Result) rethrows -> Result {
    try withExtendedLifetime(self) { try body(bytes) }
  }
}

/// The bytes of the file at `path`, with `~` for the home folder and `-` for the standard input, decompressed where they are gzip or zstd (told by their
/// first bytes, whatever the name says; also one in the other).
///
/// - Parameters:
///   - unwrapsZip: whether a zip archive stands for its only file; formats that are zip archives themselves say no.
///   - isWritable: whether the bytes in memory may be changed, which never changes the file.
///   - limit: the most bytes that compressed data may give; nil: a hundred times the file's size, and at least 1 GiB.
/// - Throws: `TensorError` of kind `file` when it cannot be read, of kind `format` when the compressed data is damaged or
///   longer than the limit, of kind `unsupported` when the library that decompresses is not installed.
package func readFile(
  _ path: String, unwrapsZip: Bool = false, isWritable: Bool = false, limit: Int? = nil
) throws(TensorError) -> FileContents {
  var contents =
    path == "-"
    ? try standardInput(limit: limit ?? .max)
    : FileContents(try MappedFile(path: expandedPath(path), isWritable: isWritable))
  let limit = limit ?? max(1 << 30, contents.bytes.count.multipliedReportingOverflow(by: 100).partialValue)
  for _ in 0..<3 {
    let wrapped = contents
    defer { withExtendedLifetime(wrapped) {} }
    switch Wrapper(contents.bytes) {
    case .gzip:
      contents = FileContents(
        try Deflate.decompress(contents.bytes, as: .gzip, limit: limit, name: path), path: contents.path)
    case .zstandard:
      contents = FileContents(
        try Zstandard.decompress(contents.bytes, limit: limit, name: path), path: contents.path)
    case .zip where unwrapsZip:
      let archive = try ZipArchive(contents)
      let files = archive.entries.filter { !$0.isFolder }
      guard files.count == 1 else {
        let names = files.prefix(5).map { "'\($0.name)'" }.joined(separator: ", ")
        throw TensorError(
          .format, path, "the zip archive holds \(files.count) files, and one is expected: \(names); unpack it before")
      }
      contents = FileContents(try archive.bytes(of: files[0], limit: limit), path: contents.path)
    default: return contents
    }
  }
  return contents
}

/// What the first bytes of a file say of its wrapping.
package enum Wrapper: Sendable {
  case gzip, zstandard, zip, none

  /// The wrapping of a file with these bytes.
  package init(_ bytes: UnsafeRawBufferPointer) {
    self =
      bytes.starts(with: [0x1f, 0x8b])
      ? .gzip
      : bytes.starts(with: [0x28, 0xb5, 0x2f, 0xfd])
        ? .zstandard
        : bytes.starts(with: [0x50, 0x4b, 3, 4]) || bytes.starts(with: [0x50, 0x4b, 5, 6]) ? .zip : .none
  }
}
