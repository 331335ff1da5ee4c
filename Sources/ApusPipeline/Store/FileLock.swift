import Apus
import ApusFormats

#if canImport(Musl)
  import Musl
#else
  import Glibc
#endif

/// A lock that one thread of all processes on a folder holds; it ends with its holder, however that ends.
struct FileLock: ~Copyable {
  private let path: String
  private let descriptor: Int32

  /// Waits for the lock at `path`, or gives nil where it is held and `waits` is false.
  init?(_ path: String, waits: Bool) throws(TensorError) {
    while true {
      // Programs that a step starts inherit it: while one of a killed process still writes, nobody else begins.
      let opened = open(path, O_RDWR | O_CREAT, 0o666)
      guard opened >= 0 else { throw fileError(path, "cannot open the lock", errno) }
      while flock(opened, waits ? LOCK_EX : LOCK_EX | LOCK_NB) != 0 {
        if errno == EINTR { continue }
        let code = errno
        close(opened)
        if code == EWOULDBLOCK { return nil }
        throw fileError(path, "cannot lock the file", code)
      }
      // Whoever held it before may have removed the file while this one waited.
      var (mine, present) = (stat(), stat())
      if fstat(opened, &mine) == 0, stat(path, &present) == 0, mine.st_ino == present.st_ino {
        self.path = path
        descriptor = opened
        return
      }
      close(opened)
    }
  }

  /// Runs `body` while nobody else has the lock at `path`. Its file stays.
  static func holding<Result>(_ path: String, _ body: () throws -> Result) throws -> Result {
    guard let lock = try FileLock(path, waits: true) else { throw fileError(path, "cannot lock the file", EWOULDBLOCK) }
    let result = try body()
    lock.release()
    return result
  }

  private consuming func release() {}

  deinit { close(descriptor) }

  /// Gives the lock up and removes its file.
  consuming func remove() { unlink(path) }
}
