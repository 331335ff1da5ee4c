import ApusCore

/// A zip archive (PKWARE's APPNOTE), whose directory is read and checked when it is opened; contents are read when they are
/// asked for.
///
///     let archive = try ZipArchive(path: "model.npz")
///     for entry in archive.entries { print(entry.name, entry.size) }
///     let bytes = try archive.bytes(of: archive.entry(named: "weight.npy"))
///
/// Archives above 4 GiB (zip64) are read; encrypted ones and parts of split ones are not. An archive whose entries overlap, are
/// called the same, or have names that lead out of a folder is refused: no program writes such a one without ill intent.
package struct ZipArchive: Sendable {
  /// One file of the archive, or a folder.
  package struct Entry: Sendable {
    /// The path inside the archive, with `/` between its parts.
    package let name: String
    /// Bytes of the content.
    package let size: Int
    /// The checksum of the content; 0 where the writer left it out.
    package let checksum: UInt32
    /// Where the stored or compressed bytes lie in the file.
    package let range: Range<Int>
    /// 0: stored as they are, 8: deflate, others are not read.
    package let method: Int
    let isEncrypted: Bool

    /// Whether it stands for a folder.
    package var isFolder: Bool { name.hasSuffix("/") }
    /// Whether the content lies in the file as it is.
    package var isStored: Bool { method == 0 && !isEncrypted }
  }

  /// The bytes of the whole archive.
  package let contents: FileContents
  /// All entries, in the order of the directory.
  package let entries: [Entry]
  private let index: [String: Int]

  /// The path that errors name.
  package var path: String { contents.path }

  /// Opens the file at `path`.
  /// - Throws: `TensorError` of kind `file` when it cannot be read, of kind `format` when it is damaged or something else.
  package init(path: String) throws(TensorError) {
    try self.init(FileContents(MappedFile(path: expandedPath(path))))
  }

  /// Reads the directory of the archive with these contents.
  package init(_ contents: FileContents) throws(TensorError) {
    self.contents = contents
    entries = try ZipDirectory(bytes: contents.bytes, path: contents.path).entries
    var index: [String: Int] = [:]
    index.reserveCapacity(entries.count)
    for (i, entry) in entries.enumerated() {
      guard index.updateValue(i, forKey: entry.name) == nil else {
        throw TensorError(.format, contents.path, "the zip archive has two entries called '\(entry.name)'")
      }
    }
    self.index = index
  }

  /// The entry called `name`, or nil.
  package subscript(_ name: String) -> Entry? { index[name].map { entries[$0] } }

  /// The entry called `name`.
  /// - Throws: `TensorError` of kind `format` when there is none, naming some that there are.
  package func entry(named name: String) throws(TensorError) -> Entry {
    if let found = self[name] { return found }
    let known = entries.prefix(5).map { "'\($0.name)'" }.joined(separator: ", ")
    throw TensorError(
      .format, path,
      "the zip archive has no entry '\(name)'; it has \(entries.count): \(known)\(entries.count > 5 ? ", ..." : "")")
  }

  /// The content of `entry`, its checksum checked.
  /// - Throws: `TensorError` of kind `format` when it is damaged or longer than `limit`.
  package func bytes(of entry: Entry, limit: Int = .max) throws(TensorError) -> [UInt8] {
    try checkSize(of: entry, limit: limit)
    var failure: TensorError?
    let result = [UInt8](unsafeUninitializedCapacity: entry.size) { buffer, count in
      count = 0
      do throws(TensorError) {
        try read(
          entry, into: UnsafeMutableRawBufferPointer(rebasing: UnsafeMutableRawBufferPointer(buffer)[..<entry.size]))
        count = entry.size
      } catch {
        failure = error
      }
    }
    if let failure { throw failure }
    return result
  }

  /// Writes the content of `entry` to memory of its size.
  /// - Throws: `TensorError` of kind `format` when it is damaged or has another size.
  package func read(_ entry: Entry, into target: UnsafeMutableRawBufferPointer) throws(TensorError) {
    try checkSize(of: entry, limit: .max)
    guard target.count == entry.size else {
      throw TensorError(
        .format, path, "the entry '\(entry.name)' has \(entry.size) bytes, and \(target.count) are expected")
    }
    let source = UnsafeRawBufferPointer(rebasing: contents.bytes[entry.range])
    if entry.method == 0 {
      target.copyMemory(from: source)
    } else {
      try Deflate.decompress(source, as: .raw, into: target, name: "\(path): '\(entry.name)'")
    }
    try check(entry, UnsafeRawBufferPointer(target))
  }

  /// Writes the beginning of the content of `entry`, as much as `target` has room for; the checksum is not checked.
  /// - Returns: how many bytes there are.
  /// - Throws: `TensorError` of kind `format` when it is damaged.
  package func readStart(of entry: Entry, into target: UnsafeMutableRawBufferPointer) throws(TensorError) -> Int {
    try checkSize(of: entry, limit: .max)
    let source = UnsafeRawBufferPointer(rebasing: contents.bytes[entry.range])
    guard entry.method != 0 else {
      let start = source.prefix(target.count)
      target.copyBytes(from: start)
      return start.count
    }
    return try Deflate.decompressStart(source, as: .raw, into: target, name: "\(path): '\(entry.name)'")
  }

  /// The content of a stored entry as it lies in the file, or nil for a compressed one; the checksum is not checked. The
  /// pointer is valid as long as ``contents`` lives.
  package func storedBytes(of entry: Entry) -> UnsafeRawBufferPointer? {
    entry.isStored ? UnsafeRawBufferPointer(rebasing: contents.bytes[entry.range]) : nil
  }

  /// Compares the checksum of the content with what the directory says. Writers that do not compute checksums leave 0.
  package func check(_ entry: Entry, _ bytes: UnsafeRawBufferPointer) throws(TensorError) {
    guard entry.checksum != 0 else { return }
    let found = CRC32.of(bytes)
    guard found == entry.checksum else {
      throw TensorError(
        .format, path,
        "the entry '\(entry.name)' is damaged: its checksum is \(String(found, radix: 16)), and the archive says "
          + String(entry.checksum, radix: 16))
    }
  }

  /// Refuses what cannot be read, and sizes that the bytes there cannot give.
  private func checkSize(of entry: Entry, limit: Int) throws(TensorError) {
    let failure = { (kind: TensorError.Kind, message: String) in
      TensorError(kind, path, "the entry '\(entry.name)' \(message)")
    }
    guard !entry.isEncrypted else { throw failure(.unsupported, "is encrypted; unpack the archive with its password") }
    switch entry.method {
    case 0:
      guard entry.size == entry.range.count else {
        throw failure(.format, "has \(entry.range.count) bytes, and the directory says \(entry.size)")
      }
    case 8:
      guard entry.size / Deflate.mostExpansion <= entry.range.count else {
        throw failure(.format, "cannot give \(entry.size) bytes from \(entry.range.count) compressed ones")
      }
    default:
      throw failure(
        .unsupported, "is compressed by method \(entry.method); stored (0) and deflate (8) are read: pack it again")
    }
    guard entry.size <= limit else {
      throw failure(.format, "has \(entry.size) bytes, more than the \(limit) that are expected at most")
    }
  }
}
