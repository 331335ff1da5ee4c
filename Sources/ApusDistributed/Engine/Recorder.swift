import ApusCore

#if canImport(Musl)
  import Musl
#else
  import Glibc
#endif

/// The last collectives and messages of a rank in a file: PyTorch's flight recorder. The file is mapped into memory, so that it is complete
/// however the process ended, also by SIGKILL, and writing costs no call of the system.
///
/// It is text: lines of 255 characters, filled up with spaces. The first says who, the second why the program ended where this rank
/// ended it, and the others what was called, the oldest somewhere in the middle: sorting them by number gives the order.
final class Recorder: @unchecked Sendable {
  /// How many are kept.
  static let count = 50
  private static let lineBytes = 256
  /// Lines before the records: who, why, what the columns are.
  private static let headerLines = 3

  private let memory: UnsafeMutableRawPointer
  /// Wall clock minus ``Clock``.
  private let offset: Double
  private var recorded = 0

  /// - Parameter who: the first line.
  /// - Throws: `TensorError` of kind `file` where the file cannot be made.
  init(path: String, who: String) throws(TensorError) {
    let length = (Self.headerLines + Self.count) * Self.lineBytes
    let file = open(path, O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0o644)
    defer { if file >= 0 { close(file) } }
    guard file >= 0, ftruncate(file, off_t(length)) == 0,
      let mapped = mmap(nil, length, PROT_READ | PROT_WRITE, MAP_SHARED, file, 0), mapped != MAP_FAILED
    else {
      throw TensorError(
        .file, "initProcessGroup",
        "the record of collectives (APUS_DISTRIBUTED_TRACE) cannot be written to \(path): \(String(cString: strerror(errno)))"
      )
    }
    memory = mapped
    var now = timespec()
    clock_gettime(CLOCK_REALTIME, &now)
    offset = Double(now.tv_sec) + Double(now.tv_nsec) * 1e-9 - Clock.seconds
    write(who, line: 0)
    write("", line: 1)
    write(
      Self.columns("record", "state", "called", "began", "ended") + "group, number in it, collective or message",
      line: 2)
    for i in 0..<Self.count { write("", line: Self.headerLines + i) }
  }

  deinit { munmap(memory, (Self.headerLines + Self.count) * Self.lineBytes) }

  /// Why this rank ended the program.
  func note(_ reason: String) { write(reason, line: 1) }

  /// The place for one more operation.
  func next() -> Int {
    recorded += 1
    return recorded
  }

  /// Writes how far an operation is; times are those of ``Clock``.
  func write(_ record: Int, _ operation: Operation, called: Double, ended: Double?) {
    guard record > recorded - Self.count else { return }
    let state =
      operation.failure != nil ? "failed" : ended != nil ? "ended" : operation.begin != nil ? "began" : "called"
    let place = operation.number.map { "\(operation.group.name) \($0)" } ?? operation.group.name
    let head = Self.columns("\(record)", state, time(called), time(operation.begin), time(ended))
    write("\(head)\(place), \(operation.text)", line: Self.headerLines + (record - 1) % Self.count)
  }

  /// Seconds of the day (UTC) as 23:59:59.999999.
  private func time(_ seconds: Double?) -> String {
    guard let seconds else { return "-" }
    let whole = Int(((seconds + offset) * 1e6).rounded())
    let (second, part) = ((whole / 1_000_000) % 86_400, whole % 1_000_000)
    func digits(_ value: Int, _ count: Int) -> String {
      let text = "\(value)"
      return String(repeating: "0", count: max(0, count - text.count)) + text
    }
    return [second / 3600, second / 60 % 60, second % 60].map { digits($0, 2) }.joined(separator: ":") + "."
      + digits(part, 6)
  }

  private static func columns(_ values: String...) -> String {
    zip(values, [10, 8, 17, 17, 17]).map { value, width in
      value + String(repeating: " ", count: max(1, width - value.utf8.count))
    }.joined()
  }

  private func write(_ text: String, line: Int) {
    let bytes = (memory + line * Self.lineBytes).bindMemory(to: UInt8.self, capacity: Self.lineBytes)
    var count = 0
    for byte in text.utf8.prefix(Self.lineBytes - 1) {
      bytes[count] = byte < 32 ? UInt8(ascii: " ") : byte
      count += 1
    }
    (bytes + count).update(repeating: UInt8(ascii: " "), count: Self.lineBytes - 1 - count)
    bytes[Self.lineBytes - 1] = UInt8(ascii: "\n")
  }
}
