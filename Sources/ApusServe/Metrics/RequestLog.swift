import ApusCore
import ApusFormats

#if canImport(Musl)
  import Musl
#else
  import Glibc
#endif

/// How many requests were answered with which status.
final class RequestCounters: Sendable {
  private let counts = Lock<[Int: Int]>([:])

  func add(_ status: Int) { counts.withLock { $0[status, default: 0] += 1 } }
  var current: [(Int, Int)] { counts.withLock { $0.sorted { $0.key < $1.key } } }
}

/// Writes what happens, an object of JSON a line, on the error output. Neither keys nor the bodies of requests are
/// among it.
struct ServeLog: Sendable {
  let detail: ServeOptions.Log

  /// Writes an event.
  func event(_ name: String, _ members: [(String, String)]) {
    if detail != .off { write(name, members.map { ($0, quotedJSON($1)) }) }
  }

  /// Writes a line of a request that was answered after so many seconds, if each has one.
  func request(_ head: HTTPHead, _ bytes: Int, _ identity: RequestIdentity, _ status: Int, _ seconds: Double) {
    guard detail == .requests else { return }
    var members = [
      ("id", quotedJSON(identity.id)), ("method", quotedJSON(head.method)), ("path", quotedJSON(head.path)),
      ("status", "\(status)"), ("bytes", "\(bytes)"), ("us", "\(Int(seconds * 1e6))"), ("peer", quotedJSON(head.peer)),
    ]
    if let trace = identity.trace {
      members += [("trace_id", quotedJSON(trace.trace)), ("parent_id", quotedJSON(trace.parent))]
    }
    write("request", members)
  }

  private func write(_ name: String, _ members: [(String, String)]) {
    var line = "{\"time\":\"\(timeText())\",\"event\":\(quotedJSON(name))"
    for (key, value) in members { line += ",\(quotedJSON(key)):\(value)" }
    line += "}\n"
    line.withUTF8 { bytes in _ = writeBytes(2, bytes.baseAddress, bytes.count) }
  }
}

private func writeBytes(_ file: Int32, _ bytes: UnsafePointer<UInt8>?, _ count: Int) -> Int {
  write(file, bytes, count)
}

/// The identity of a request: the client's own, or one that is made; and the trace that it belongs to, by W3C's trace
/// context.
struct RequestIdentity: Sendable {
  let id: String
  /// 32, 16 and 2 hexadecimal digits, where the client sends a valid `traceparent`.
  let trace: TraceText?

  typealias TraceText = (trace: String, parent: String, flags: String)

  init(_ head: HTTPHead) {
    let told = head.header("x-request-id") ?? head.header("triton-request-id")
    if let told, !told.isEmpty, told.utf8.count <= 128, told.utf8.allSatisfy({ $0 > 32 && $0 < 127 }) {
      id = told
    } else {
      id = Self.hexadecimal(UInt64.random(in: .min ... .max))
    }
    trace = Self.trace(head)
  }

  /// The trace that a head tells of, if it does.
  static func trace(_ head: HTTPHead) -> TraceText? { head.header("traceparent").flatMap(parse) }

  private static func hexadecimal(_ number: UInt64) -> String {
    let digits = String(number, radix: 16)
    return String(repeating: "0", count: 16 - digits.count) + digits
  }

  private static func parse(_ text: String) -> TraceText? {
    let parts = text.split(separator: "-", omittingEmptySubsequences: false)
    guard parts.count >= 4, parts[0].utf8.count == 2, parts[0] != "ff", parts[1].utf8.count == 32,
      parts[2].utf8.count == 16, parts[3].utf8.count == 2
    else { return nil }
    let isHexadecimal = (parts[0] + parts[1] + parts[2] + parts[3]).utf8.allSatisfy {
      (48...57).contains($0) || (97...102).contains($0)
    }
    guard isHexadecimal, parts[1].contains(where: { $0 != "0" }), parts[2].contains(where: { $0 != "0" }) else {
      return nil
    }
    return (String(parts[1]), String(parts[2]), String(parts[3]))
  }
}
