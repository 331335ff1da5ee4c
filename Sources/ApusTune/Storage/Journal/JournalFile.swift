import ApusCore

#if canImport(Musl)
  import Musl
#else
  import Glibc
#endif

/// A file of lines that several processes append to. Only complete lines count: what a killed process or a full disk left of
/// one is not read, and is cut off by the next who writes.
struct JournalFile: Sendable {
  let path: String
  private let lock: JournalFileLock

  /// Opens a file, or makes it.
  init(_ path: String, lock: JournalFileLock) throws {
    self.path = path
    self.lock = lock
    let descriptor = open(path, O_RDONLY | O_CREAT | O_CLOEXEC, 0o644)
    guard descriptor >= 0 else { throw Self.mistake(path, "it cannot be opened") }
    close(descriptor)
  }

  private static func mistake(_ path: String, _ what: String) -> TensorError {
    TensorError(.file, path, "\(what): \(String(cString: strerror(errno)))")
  }

  /// Reads the complete lines from `position` on, and moves it behind the last one.
  func readLines(from position: inout Int, _ body: ([UInt8]) throws -> Void) throws {
    let descriptor = open(path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else { throw Self.mistake(path, "it cannot be opened") }
    defer { close(descriptor) }
    let size = Int(lseek(descriptor, 0, SEEK_END))
    guard size >= position else {
      throw TensorError(
        .file, path, "it has become shorter: \(size) bytes, of which \(position) were read before; open it anew")
    }
    var buffer: [UInt8] = []
    while position + buffer.count < size {
      let start = buffer.count
      let wanted = min(1 << 20, size - position - start)
      buffer.append(contentsOf: repeatElement(0, count: wanted))
      let count = buffer.withUnsafeMutableBytes {
        pread(descriptor, $0.baseAddress.map { $0 + start }, wanted, off_t(position + start))
      }
      guard count >= 0 else { throw Self.mistake(path, "it cannot be read") }
      buffer.removeLast(wanted - count)
      var begin = 0
      var unseen = start
      while let end = buffer[unseen...].firstIndex(of: 10) {
        try body(Array(buffer[begin..<end]))
        begin = end + 1
        unseen = begin
      }
      position += begin
      buffer.removeFirst(begin)
      if count < wanted { break }
    }
  }

  /// Runs `body` while no other process appends.
  func exclusively<Result>(_ body: () throws -> Result) throws -> Result {
    try acquire()
    defer { release() }
    return try body()
  }

  /// Appends a line behind the `end` of the complete ones, and moves it. A line that cannot be written whole is not written.
  /// - Parameter isLasting: whether the line must survive a loss of power.
  func append(_ line: String, at end: inout Int, isLasting: Bool) throws {
    let descriptor = open(path, O_WRONLY | O_CLOEXEC)
    guard descriptor >= 0 else { throw Self.mistake(path, "it cannot be written") }
    defer { close(descriptor) }
    if Int(lseek(descriptor, 0, SEEK_END)) > end, ftruncate(descriptor, off_t(end)) != 0 {
      throw Self.mistake(path, "an incomplete line at its end cannot be cut off")
    }
    let bytes = Array(line.utf8)
    var written = 0
    while written < bytes.count {
      let count = bytes.withUnsafeBytes {
        pwrite(descriptor, $0.baseAddress.map { $0 + written }, bytes.count - written, off_t(end + written))
      }
      guard count > 0 else {
        if count < 0, errno == EINTR { continue }
        let mistake = Self.mistake(path, "a line cannot be written, and nothing of it was kept")
        _ = ftruncate(descriptor, off_t(end))
        throw mistake
      }
      written += count
    }
    if isLasting, fdatasync(descriptor) != 0 { throw Self.mistake(path, "a line cannot be kept") }
    end += bytes.count
  }
}

/// How processes take turns at a journal: both ways make the file `PATH.lock`, as Optuna's do, so that it may be one of them.
public enum JournalFileLock: Sendable, Hashable {
  /// By a symbolic link, which works on every file system that has them (Optuna's default).
  case symlink
  /// By a file that must not exist, which works on NFS from version 3 on.
  case open
}

extension JournalFile {
  /// Seconds after which a lock that nobody renews counts as left by a process that ended.
  private static let graceTime = 30.0

  private var lockPath: String { path + ".lock" }

  private func acquire() throws {
    var seen: (inode: UInt, seconds: Int, nanoseconds: Int)?
    var since = ContinuousClock.now
    var pause: UInt32 = 200
    while !makeLock() {
      guard errno == EEXIST else {
        throw Self.mistake(path, "its lock \(lockPath) cannot be made, so it cannot be written")
      }
      var information = stat()
      if lstat(lockPath, &information) == 0 {
        let now = (UInt(information.st_ino), Int(information.st_mtim.tv_sec), Int(information.st_mtim.tv_nsec))
        if let last = seen, last == now {
          if ContinuousClock.now - since > .seconds(Self.graceTime) { release() }
        } else {
          seen = now
          since = .now
        }
      }
      usleep(pause)
      pause = min(pause * 2, 20_000)
    }
  }

  private func makeLock() -> Bool {
    switch lock {
    case .symlink: return symlink(path, lockPath) == 0
    case .open:
      let descriptor = open(lockPath, O_CREAT | O_EXCL | O_WRONLY | O_CLOEXEC, 0o644)
      if descriptor >= 0 { close(descriptor) }
      return descriptor >= 0
    }
  }

  private func release() {
    // Renamed first: of two that remove the same lock only one gets it.
    let mine = "\(lockPath)\(UInt64.random(in: 0 ... .max)).rename"
    if rename(lockPath, mine) == 0 { unlink(mine) }
  }
}
