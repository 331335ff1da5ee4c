import Apus
import Synchronization

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

/// The next line of the standard input without its newline; nil at the end.
func nextLine() -> String? {
  guard let line = readLine(strippingNewline: false) else { return nil }
  return line.utf8.last == 10 ? String(decoding: line.utf8.dropLast(), as: UTF8.self) : line
}

/// Up to `most` lines of the standard input.
func nextLines(_ most: Int) -> [String] {
  var lines: [String] = []
  while lines.count < most, let line = nextLine() { lines.append(line) }
  return lines
}

/// Writes text to the standard output at once.
func show(_ text: String, terminator: String = "") {
  print(text, terminator: terminator)
  fflush(nil)
}

/// Seconds since some moment.
func seconds() -> Double {
  var now = timespec()
  clock_gettime(CLOCK_MONOTONIC, &now)
  return Double(now.tv_sec) + Double(now.tv_nsec) / 1e9
}

/// Whether Ctrl-C was pressed. Once it is watched, it does not end the program until it is pressed a second time.
enum Interrupt {
  private static let count = Atomic<Int>(0)

  static var isThere: Bool { count.load(ordering: .relaxed) > 0 }
  static func forget() { count.store(0, ordering: .relaxed) }

  static func watch() {
    signal(SIGINT) { _ in
      if Interrupt.count.add(1, ordering: .relaxed).oldValue > 0 { _exit(130) }
    }
  }

  static func ignore() { signal(SIGINT, SIG_DFL) }
}

extension Double {
  /// The number with `digits` behind the point.
  func text(digits: Int) -> String {
    guard isFinite else { return "\(self)" }
    var scale = 1.0
    for _ in 0..<digits { scale *= 10 }
    let whole = (magnitude * scale).rounded()
    guard whole < 1e15 else { return "\(self)" }
    let text = String(Int(whole))
    let padded = String(repeating: "0", count: max(0, digits + 1 - text.count)) + text
    let sign = self < 0 ? "-" : ""
    return digits == 0 ? sign + padded : "\(sign)\(padded.dropLast(digits)).\(padded.suffix(digits))"
  }
}

/// All text of a file.
func readText(_ path: String) throws -> String {
  guard let file = fopen(path, "rb") else {
    throw TensorError(.file, path, "cannot read the file: \(String(cString: strerror(errno)))")
  }
  defer { fclose(file) }
  var bytes: [UInt8] = []
  var part = [UInt8](repeating: 0, count: 1 << 16)
  while true {
    let count = fread(&part, 1, part.count, file)
    if count == 0 { break }
    bytes += part[..<count]
  }
  return String(decoding: bytes, as: UTF8.self)
}
