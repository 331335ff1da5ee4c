import ApusCore
import Synchronization

#if canImport(Musl)
  import Musl
#else
  import Glibc
#endif

/// How much memory the process takes, looked at now and then.
final class MemoryUse: Sendable {
  private let known = Atomic<Int>(0)
  private let time = Atomic<Int>(0)

  /// Bytes, at most a fifth of a second old; 0 where the system does not tell.
  var bytes: Int {
    let now = ConnectionWatch.now
    let last = time.load(ordering: .relaxed)
    if now - last > 200, time.compareExchange(expected: last, desired: now, ordering: .relaxed).exchanged {
      known.store(Self.read(), ordering: .relaxed)
    }
    return known.load(ordering: .relaxed)
  }

  private static func read() -> Int {
    let file = open("/proc/self/statm", O_RDONLY | O_CLOEXEC)
    guard file >= 0 else { return 0 }
    defer { close(file) }
    var buffer = [UInt8](repeating: 0, count: 128)
    let count = bytesRead(file, &buffer)
    guard count > 0 else { return 0 }
    let words = String(decoding: buffer[..<count], as: UTF8.self).split(separator: " ")
    return words.count > 1 ? (Int(words[1]) ?? 0) * Int(getpagesize()) : 0
  }
}

private func bytesRead(_ file: Int32, _ buffer: inout [UInt8]) -> Int { read(file, &buffer, buffer.count) }
