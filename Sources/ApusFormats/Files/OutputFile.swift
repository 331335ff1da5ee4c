import ApusCore

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// A file being written: a descriptor whose every failed or partial write becomes an error.
package struct OutputFile: ~Copyable {
  package let path: String
  private var descriptor: Int32

  /// Opens `path` for writing with the flags that `open` takes beside `O_WRONLY | O_CLOEXEC`.
  package init(path: String, flags: Int32, mode: mode_t = 0o666) throws(TensorError) {
    self.path = path
    descriptor = open(path, O_WRONLY | O_CLOEXEC | flags, mode)
    guard descriptor >= 0 else { throw fileError(path, "cannot create the file", errno) }
  }

  deinit {
    if descriptor >= 0 { close(descriptor) }
  }

  package func write(_ bytes: UnsafeRawBufferPointer) throws(TensorError) {
    var rest = bytes
    while let start = rest.baseAddress, !rest.isEmpty {
      #if canImport(Darwin)
        let written = Darwin.write(descriptor, start, rest.count)
      #elseif canImport(Musl)
        let written = Musl.write(descriptor, start, rest.count)
      #else
        let written = Glibc.write(descriptor, start, rest.count)
      #endif
      if written < 0 {
        if errno == EINTR { continue }
        throw fileError(path, "cannot write \(rest.count) bytes", errno)
      }
      rest = UnsafeRawBufferPointer(rebasing: rest.dropFirst(written))
    }
  }

  package func write(_ bytes: [UInt8]) throws {
    try bytes.withUnsafeBytes { try write($0) }
  }

  /// Writes the bytes of one tensor, which `withBytes` hands over once and of which there must be `size`.
  /// - Parameter form: the tensor's shape and type, for messages.
  func write(
    tensor name: String, _ form: String, size: Int,
    _ withBytes: ((UnsafeRawBufferPointer) throws -> Void) throws -> Void
  ) throws {
    var calls = 0
    try withBytes { bytes in
      calls += 1
      guard bytes.count == size else {
        throw TensorError(
          .shape, path, "tensor '\(name)': the shape \(form) needs \(size) bytes, but it has \(bytes.count)")
      }
      try write(bytes)
    }
    guard calls == 1 else {
      throw TensorError(.value, path, "tensor '\(name)': its elements were given \(calls) times, expected once")
    }
  }

  func setMode(_ mode: mode_t) throws(TensorError) {
    guard fchmod(descriptor, mode) == 0 else { throw fileError(path, "cannot set the file's mode", errno) }
  }

  /// Waits until the bytes are on the disk.
  func synchronize() throws(TensorError) {
    guard fsync(descriptor) == 0 else { throw fileError(path, "cannot bring the file to disk", errno) }
  }

  /// Closes the descriptor; some file systems report a failed write only now.
  package mutating func finish() throws(TensorError) {
    let closed = close(descriptor)
    descriptor = -1
    guard closed == 0 else { throw fileError(path, "cannot finish writing the file", errno) }
  }
}

/// Writes `text` to a file, which is replaced only when the new one is wholly on disk.
package func writeText(_ text: String, to path: String) throws {
  let bytes = Array(text.utf8)
  try replaceFile(at: path) { file in try file.write(bytes) }
}

/// Writes pieces of bytes one behind the other to a file, which is replaced only when the new one is wholly on disk.
package func writeBytes(_ pieces: [ByteSlice], to path: String) throws {
  try replaceFile(at: path) { file in
    for piece in pieces { try piece.withUnsafeBytes { try file.write($0) } }
  }
}

/// Replaces the file at `path` by what `body` writes, or leaves it as it was.
///
/// The bytes go to a temporary file in the same folder, which takes the place of `path` in one step after it reached the
/// disk: a reader sees the old or the new file whole, and a failure (a full disk, an error that `body` throws) leaves the
/// old one. A symbolic link stays one: the file that it points to is replaced. An existing file's mode is kept.
package func replaceFile(at path: String, _ body: (borrowing OutputFile) throws -> Void) throws {
  var target = path
  var status = stat()
  var mode: mode_t?
  if stat(path, &status) == 0 {
    guard status.st_mode & S_IFMT == S_IFREG else {
      let kind = status.st_mode & S_IFMT == S_IFDIR ? "a directory" : "not a regular file"
      throw TensorError(.file, path, "cannot write here: this is \(kind); give the path of a file")
    }
    mode = status.st_mode & 0o777
    if let resolved = realpath(path, nil) {
      target = String(cString: resolved)
      free(resolved)
    }
  }
  let (folder, name) = splitPath(target)
  let temporary = "\(folder)/.\(name.prefix(100)).\(getpid()).\(UInt32.random(in: 0...UInt32.max)).tmp"
  do {
    var file: OutputFile
    do throws(TensorError) {
      file = try OutputFile(path: temporary, flags: O_CREAT | O_EXCL)
    } catch {
      throw TensorError(.file, path, error.message)
    }
    if let mode { try file.setMode(mode) }
    try body(file)
    try file.synchronize()
    try file.finish()
    guard rename(temporary, target) == 0 else { throw fileError(path, "cannot put the new file in place", errno) }
  } catch {
    unlink(temporary)
    guard let failure = error as? TensorError, failure.operation == temporary else { throw error }
    throw TensorError(failure.kind, path, failure.message)
  }
  // The name is durable only when its folder is; a folder that cannot be synchronised does not unwrite the file.
  let descriptor = open(folder, O_RDONLY | O_CLOEXEC)
  if descriptor >= 0 {
    fsync(descriptor)
    close(descriptor)
  }
}

/// Makes the folder that `path` lies in, and those above it, where they are not there.
/// - Throws: `TensorError` of kind `file` when that is not possible.
package func makeFolder(of path: String) throws(TensorError) { try makeFolders(splitPath(expandedPath(path)).folder) }

/// The folder (`.` where the path names none) and the last component of a path.
package func splitPath(_ path: String) -> (folder: String, name: String) {
  guard let slash = path.lastIndex(of: "/") else { return (".", path) }
  let folder = String(path[..<slash])
  return (folder.isEmpty ? "/" : folder, String(path[path.index(after: slash)...]))
}
