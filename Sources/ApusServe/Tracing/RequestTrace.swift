import ApusCore

#if canImport(Musl)
  import Musl
#else
  import Glibc
#endif

/// The number of a trace, 16 bytes.
package struct TraceID: Sendable, Hashable {
  let high: UInt64
  let low: UInt64

  package init(high: UInt64, low: UInt64) { (self.high, self.low) = (high, low) }

  static func random() -> TraceID {
    TraceID(high: .random(in: .min ... .max), low: .random(in: 1 ... .max))
  }

  var bytes: [UInt8] { Self.bytes(high) + Self.bytes(low) }

  /// The bytes of a number, the highest first.
  static func bytes(_ number: UInt64) -> [UInt8] { withUnsafeBytes(of: number.bigEndian) { Array($0) } }
}

/// The place of a request in the trace of its client, by W3C's trace context.
struct TraceParent: Sendable {
  let trace: TraceID
  let span: UInt64
  let isSampled: Bool
  let state: String

  /// What a head tells; nil where it has no valid `traceparent`.
  init?(_ head: HTTPHead) {
    guard let found = RequestIdentity.trace(head) else { return nil }
    guard let high = UInt64(found.trace.prefix(16), radix: 16), let low = UInt64(found.trace.suffix(16), radix: 16),
      let span = UInt64(found.parent, radix: 16), let flags = UInt8(found.flags, radix: 16)
    else { return nil }
    trace = TraceID(high: high, low: low)
    self.span = span
    isSampled = flags & 1 == 1
    state = head.header("tracestate").map { String($0.prefix(512)) } ?? ""
  }
}

/// What an attribute of a span says.
enum TraceValue: Sendable, Hashable {
  case text(String)
  case number(Int)
  case real(Double)
  case texts([String])
}

/// Something that took time. Times are nanoseconds of 1970.
struct TraceSpan: Sendable {
  enum Kind: Int64 { case within = 1, server = 2 }

  var trace: TraceID
  var id: UInt64
  var parent: UInt64 = 0
  var state = ""
  var name: String
  var kind = Kind.within
  var start: UInt64
  var end: UInt64 = 0
  var attributes: [(key: String, value: TraceValue)] = []
  /// What went wrong; nil where nothing did.
  var error: String?
}

/// A request that is traced: its own span and those within it, which are sent once it has ended.
final class RequestTrace: Sendable {
  private let exporter: TraceExporter
  /// What is added to seconds of ``Clock`` to have those of 1970.
  private let offset: Double
  private let state: Lock<State>

  private struct State {
    var span: TraceSpan
    var children: [TraceSpan] = []
    var hasEnded = false
  }

  /// Begins the span of a request.
  init(_ exporter: TraceExporter, _ trace: TraceID, parent: TraceParent?, name: String, arrival: Double) {
    self.exporter = exporter
    var time = timespec()
    clock_gettime(CLOCK_REALTIME, &time)
    offset = Double(time.tv_sec) + Double(time.tv_nsec) * 1e-9 - Clock.seconds
    state = Lock(
      State(
        span: TraceSpan(
          trace: trace, id: .random(in: 1 ... .max), parent: parent?.span ?? 0, state: parent?.state ?? "", name: name,
          kind: .server, start: UInt64((arrival + offset) * 1e9))))
  }

  /// Says something of the request.
  func set(_ key: String, _ value: TraceValue) { state.withLock { $0.span.attributes.append((key, value)) } }

  /// Adds a part of the request that went from a time of ``Clock`` to another.
  /// - Parameter parent: the part that it is a part of; nil: of the request itself.
  /// - Returns: the number of the part.
  @discardableResult
  func add(
    _ name: String, within parent: UInt64? = nil, from start: Double, to end: Double,
    _ attributes: [(String, TraceValue)] = [], error: String? = nil
  ) -> UInt64 {
    let id = UInt64.random(in: 1 ... .max)
    let (start, end) = (UInt64((start + offset) * 1e9), UInt64((end + offset) * 1e9))
    state.withLock { state in
      guard !state.hasEnded else { return }
      state.children.append(
        TraceSpan(
          trace: state.span.trace, id: id, parent: parent ?? state.span.id, name: name, start: start,
          end: max(start, end), attributes: attributes, error: error))
    }
    return id
  }

  /// Ends a request of HTTP that was answered with a status; 499 stands for a client that has gone.
  func end(status: Int?) {
    guard let status else { return end() }
    let attributes: [(String, TraceValue)] = [("http.response.status_code", .number(status))]
    end(
      attributes + (status >= 500 ? [("error.type", .text("\(status)"))] : []), error: status >= 500 ? "" : nil)
  }

  /// Ends the request. A second end does nothing.
  /// - Parameter error: what went wrong on the side of the server.
  func end(_ attributes: [(String, TraceValue)] = [], error: String? = nil) {
    let end = UInt64((Clock.seconds + offset) * 1e9)
    let spans = state.withLock { state -> [TraceSpan] in
      guard !state.hasEnded else { return [] }
      state.hasEnded = true
      state.span.attributes += attributes
      state.span.end = max(state.span.start, end)
      state.span.error = error
      defer { state.children = [] }
      return [state.span] + state.children
    }
    exporter.add(spans)
  }
}

/// The pattern of a path, which many requests have in common: `/v2/models/{model}/infer`.
struct TraceRoute {
  let pattern: String
  /// The model that the path names.
  let model: String?

  init(_ path: String) {
    var parts = path.split(separator: "/", omittingEmptySubsequences: true).map(String.init)
    var model: String?
    // Behind "models" stands a name, with a method behind a colon in TensorFlow Serving's interface.
    if let place = parts.firstIndex(of: "models"), place + 1 < parts.count, place <= 2, parts[place + 1] != "stats" {
      let name = parts[place + 1].split(separator: ":", maxSplits: 1).map(String.init)
      model = name.first
      parts[place + 1] = "{model}" + (name.count > 1 ? ":\(name[1])" : "")
      if place + 3 < parts.count, parts[place + 2] == "versions" {
        let version = parts[place + 3].split(separator: ":", maxSplits: 1).map(String.init)
        parts[place + 3] = "{version}" + (version.count > 1 ? ":\(version[1])" : "")
      }
    }
    // What clients make up is no pattern.
    let isKnown = ["v1", "v2", "metrics"].contains(parts.first ?? "") && parts.count <= 6
    pattern = isKnown ? "/" + parts.map { $0.utf8.count < 40 ? $0 : "{long}" }.joined(separator: "/") : "/{other}"
    self.model = model
  }
}
