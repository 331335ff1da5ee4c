import ApusCore

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// Whether there is anything at `path`.
package func fileExists(_ path: String) -> Bool { access(path, F_OK) == 0 }

/// A regular file mapped into memory for reading: its bytes are loaded when they are first touched and shared with every
/// other process that reads the file.
///
/// The mapping lives as long as the object. As with every memory-mapped file, another process that makes the file
/// shorter meanwhile ends this program; writers in this library replace files instead of changing them, which is safe.
public final class MappedFile: Sendable {
  /// The path as given.
  public let path: String
  /// The bytes of the file, from a page boundary; valid as long as this object lives.
  public nonisolated(unsafe) let bytes: UnsafeRawBufferPointer

  /// Maps the file at `path`.
  /// - Throws: `TensorError` of kind `file` when the path is missing, unreadable, or no regular file.
  public convenience init(path: String) throws(TensorError) { try self.init(path: path, isWritable: false) }

  /// Maps the file at `path`.
  ///
  /// - Parameter isWritable: whether the bytes in memory may be changed, which changes this process's copy of a page and
  ///   never the file.
  package init(path: String, isWritable: Bool) throws(TensorError) {
    self.path = path
    // Without O_NONBLOCK, opening a named pipe would wait for a writer.
    let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
    guard descriptor >= 0 else { throw fileError(path, "cannot open the file", errno) }
    defer { close(descriptor) }
    var status = stat()
    guard fstat(descriptor, &status) == 0 else { throw fileError(path, "cannot examine the file", errno) }
    guard status.st_mode & S_IFMT == S_IFREG else {
      let kind = status.st_mode & S_IFMT == S_IFDIR ? "a directory" : "not a regular file"
      throw TensorError(.file, path, "this is \(kind); give the path of a file")
    }
    let count = Int(status.st_size)
    guard count > 0 else {
      bytes = UnsafeRawBufferPointer(start: nil, count: 0)
      return
    }
    // Pages of a writable mapping are not reserved: few are ever changed.
    let (protection, flags) =
      isWritable ? (PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_NORESERVE) : (PROT_READ, MAP_PRIVATE)
    guard let start = mmap(nil, count, protection, flags, descriptor, 0), start != MAP_FAILED else {
      throw fileError(path, "cannot map \(count) bytes into memory", errno)
    }
    bytes = UnsafeRawBufferPointer(start: start, count: count)
  }

  /// Gives up the memory of these bytes, which nobody has changed: the system reads them again when they are touched.
  package func forget(_ range: Range<Int>) {
    let page = Int(sysconf(Int32(_SC_PAGESIZE)))
    let (start, end) = ((range.lowerBound + page - 1) / page * page, range.upperBound / page * page)
    guard start < end, end <= bytes.count, let first = bytes.baseAddress else { return }
    madvise(UnsafeMutableRawPointer(mutating: first) + start, end - start, MADV_DONTNEED)
  }

  deinit {
    if let start = bytes.baseAddress { munmap(UnsafeMutableRawPointer(mutating: start), bytes.count) }
  }
}

/// The error for a failed system call on `path`: what was tried, the system's reason, and what would work.
package func fileError(_ path: String, _ attempt: String, _ code: Int32) -> TensorError {
  let advice =
    switch code {
    case ENOENT: "; check the path (a relative path starts at the working directory)"
    case EACCES, EPERM: "; give this user the right to it, or choose another path"
    case ENOSPC, EDQUOT: "; free some space or choose another file system"
    case EROFS: "; choose a file system that can be written"
    case EISDIR: "; give the path of a file"
    case ENOTDIR: "; a part of the path is a file where a folder is needed"
    case EMFILE, ENFILE: "; close some files or raise `ulimit -n`"
    default: ""
    }
  return TensorError(.file, path, "\(attempt): \(systemMessage(code))\(advice)")
}

/// The system's words for an error number.
func systemMessage(_ code: Int32) -> String {
  var buffer = [CChar](repeating: 0, count: 256)
  guard strerror_r(code, &buffer, buffer.count) == 0 else { return "error \(code)" }
  return String(decoding: buffer.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
}
