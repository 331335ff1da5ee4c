import ApusCore

/// The named arrays of an archive of NumPy's (`.npz`, from `numpy.savez` or `numpy.savez_compressed`): its directory is read
/// when it is opened, an array when it is asked for.
///
///     let archive = try NumpyArchive(path: "data.npz")
///     print(archive.names)
///     let x = try archive.tensor(named: "x")
///
public struct NumpyArchive: Sendable {
  public let path: String
  /// The names of the arrays in the order of the archive: those of its files, without `.npy` at the end.
  public let names: [String]
  private let archive: ZipArchive
  private let block: FileBlock
  private let index: [String: Int]

  /// Opens the file at `path` and checks its directory.
  /// - Throws: `TensorError` of kind `file` when it cannot be read, of kind `format` when it is damaged or something else.
  public init(path: String) throws(TensorError) {
    block = try FileBlock(path: path)
    archive = try ZipArchive(block.contents)
    var index: [String: Int] = [:]
    var names: [String] = []
    for (number, entry) in archive.entries.enumerated() where !entry.isFolder {
      let name = entry.name.hasSuffix(".npy") ? String(entry.name.dropLast(4)) : entry.name
      guard index.updateValue(number, forKey: name) == nil else {
        throw TensorError(.format, path, "two arrays are called '\(name)'; names must differ")
      }
      names.append(name)
    }
    self.path = path
    (self.names, self.index) = (names, index)
  }

  /// What the archive says of the array called `name`; of a compressed one only its beginning is decompressed.
  /// - Throws: as ``tensor(named:)``.
  public func header(named name: String) throws(TensorError) -> NumpyHeader {
    try header(of: entry(named: name))
  }

  /// The array called `name`, its checksum checked. One that is stored as it is stays in the mapped file where it can.
  /// - Throws: `TensorError` of kind `index` when there is none, of kind `format` when it is damaged, of kind `unsupported`
  ///   for element types that tensors do not have.
  public func tensor(named name: String) throws(TensorError) -> Tensor {
    let entry = try entry(named: name)
    let header = try header(of: entry)
    let place = "\(path): '\(entry.name)'"
    if let bytes = archive.storedBytes(of: entry) {
      try archive.check(entry, bytes)
      return try header.tensor(in: block, from: entry.range.lowerBound)
    }
    try checkMemory(TensorType(header.shape, header.dtype), place)
    let size = header.length + header.dataSize
    let storage = Storage.make(byteCount: size)
    let bytes = UnsafeMutableRawBufferPointer(start: storage.pointer, count: size)
    defer { withExtendedLifetime(storage) {} }
    if size == entry.size {
      try archive.read(entry, into: bytes)
    } else {
      // What follows the array is ignored, however long it is.
      _ = try archive.readStart(of: entry, into: bytes)
    }
    guard header.byteOrder == .native, header.length % 8 == 0, header.dataSize > 0 else {
      return try header.tensor(
        copying: UnsafeRawBufferPointer(rebasing: bytes[header.length...]), path: place)
    }
    return Tensor(
      TensorBody(
        storage: storage, data: storage.pointer + header.length, shape: header.shape, strides: header.strides,
        dtype: header.dtype))
  }

  private func entry(named name: String) throws(TensorError) -> ZipArchive.Entry {
    if let found = index[name] { return archive.entries[found] }
    let known = names.prefix(5).map { "'\($0)'" }.joined(separator: ", ")
    let found = names.isEmpty ? "it has none" : "it has \(names.count): \(known)\(names.count > 5 ? ", ..." : "")"
    throw TensorError(.index, path, "no array is called '\(name)'; \(found)")
  }

  private func header(of entry: ZipArchive.Entry) throws(TensorError) -> NumpyHeader {
    let place = "\(path): '\(entry.name)'"
    let header: NumpyHeader
    if let bytes = archive.storedBytes(of: entry) {
      header = try NumpyHeader(bytes, path: place)
    } else {
      let storage = Storage.make(byteCount: max(0, min(entry.size, NumpyHeader.mostBytes)))
      defer { withExtendedLifetime(storage) {} }
      let bytes = UnsafeMutableRawBufferPointer(start: storage.pointer, count: storage.byteCount)
      let count = try archive.readStart(of: entry, into: bytes)
      header = try NumpyHeader(UnsafeRawBufferPointer(rebasing: bytes[..<count]), path: place)
    }
    try header.checkSize(entry.size - header.length, path: place)
    return header
  }
}
