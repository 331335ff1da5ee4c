import ApusCore
import ApusFormats
import Synchronization

/// Sends spans to a collector, on a thread of its own. Nobody waits for it: spans that find no room are dropped, and so are those that
/// the collector does not take at the second try; both are counted.
final class TraceExporter: @unchecked Sendable {
  private let options: TracingOptions
  private let address: WebAddress
  private let version: String
  private let monitor = Monitor()
  // Under the monitor's lock:
  private var waiting: [TraceSpan] = []
  private var isEnding = false
  private var hasEnded = false
  private let sentCount = Atomic<Int>(0)
  private let droppedCount = Atomic<Int>(0)

  /// - Throws: `TensorError` of kind `value` where the address is none of HTTP.
  init(_ options: TracingOptions, version: String) throws(TensorError) {
    (self.options, self.version) = (options, version)
    address = try WebAddress(options.url)
    guard startThread({ self.run() }) else { throw TensorError(.memory, "tracing", "cannot start a thread") }
  }

  /// How many spans the collector has taken.
  var sent: Int { sentCount.load(ordering: .relaxed) }
  /// How many were dropped.
  var dropped: Int { droppedCount.load(ordering: .relaxed) }

  /// The trace of a request that has come; nil where it is not traced.
  func begin(_ head: HTTPHead, name: String, arrival: Double) -> RequestTrace? {
    let parent = TraceParent(head)
    let trace = parent?.trace ?? .random()
    guard options.sampler.samples(trace, parent: parent?.isSampled) else { return nil }
    return RequestTrace(self, trace, parent: parent, name: name, arrival: arrival)
  }

  /// Takes spans to be sent.
  func add(_ spans: [TraceSpan]) {
    monitor.lock()
    let room = isEnding ? 0 : options.mostWaiting - waiting.count
    waiting += spans.prefix(max(0, room))
    if waiting.count >= options.mostTogether { monitor.signal() }
    monitor.unlock()
    if spans.count > room { droppedCount.add(spans.count - max(0, room), ordering: .relaxed) }
  }

  /// Sends what there is, for at most so many seconds, and ends.
  func end(within seconds: Double) {
    let end = Clock.seconds + seconds
    monitor.lock()
    isEnding = true
    monitor.broadcast()
    while !hasEnded, Clock.seconds < end { monitor.wait(until: end) }
    monitor.unlock()
  }

  // MARK: On the thread

  private func run() {
    while true {
      let due = Clock.seconds + options.delay
      monitor.lock()
      while !isEnding, waiting.count < options.mostTogether, Clock.seconds < due { monitor.wait(until: due) }
      let spans = Array(waiting.prefix(options.mostTogether))
      waiting.removeFirst(spans.count)
      let isLast = isEnding && waiting.isEmpty
      monitor.unlock()
      if !spans.isEmpty {
        if post(spans) || post(spans) {
          sentCount.add(spans.count, ordering: .relaxed)
        } else {
          droppedCount.add(spans.count, ordering: .relaxed)
        }
      }
      if isLast { break }
    }
    monitor.lock()
    hasEnded = true
    monitor.broadcast()
    monitor.unlock()
  }

  private func post(_ spans: [TraceSpan]) -> Bool {
    let body = TraceMessage.bytes(spans, resource: options.resource, version: version)
    var head = "POST \(address.path) HTTP/1.1\r\nHost: \(address.host):\(address.port)\r\n"
    for header in options.headers { head += "\(header.name): \(header.value)\r\n" }
    head += "Content-Type: application/x-protobuf\r\nContent-Length: \(body.count)\r\nConnection: close\r\n\r\n"
    guard let client = try? HTTPClient(host: address.host, port: address.port, timeout: options.timeout) else {
      return false
    }
    return client.ask(Array(head.utf8) + body).map { 200..<300 ~= $0 } ?? false
  }
}

/// The messages of OTLP (`opentelemetry.proto.collector.trace.v1`).
enum TraceMessage {
  /// `ExportTraceServiceRequest` of these spans.
  static func bytes(_ spans: [TraceSpan], resource: [HTTPField], version: String) -> [UInt8] {
    var writer = ProtobufWriter()
    writer.add(1) { writer in
      writer.add(1) { writer in
        let own = [("telemetry.sdk.name", "apus"), ("telemetry.sdk.language", "swift")]
        for (key, value) in resource.map({ ($0.name, $0.value) }) + own { add(1, key, .text(value), &writer) }
      }
      writer.add(2) { writer in
        writer.add(1) { writer in
          writer.add(1, string: "apus.serve")
          writer.add(2, string: version)
        }
        for span in spans { writer.add(2) { add(span, &$0) } }
      }
    }
    return writer.bytes
  }

  private static func add(_ span: TraceSpan, _ writer: inout ProtobufWriter) {
    writer.add(1, bytes: span.trace.bytes)
    writer.add(2, bytes: TraceID.bytes(span.id))
    if !span.state.isEmpty { writer.add(3, string: span.state) }
    if span.parent != 0 { writer.add(4, bytes: TraceID.bytes(span.parent)) }
    writer.add(5, string: span.name)
    writer.add(6, int64: span.kind.rawValue)
    // A fixed64 has the bytes of a double.
    writer.add(7, double: Double(bitPattern: span.start))
    writer.add(8, double: Double(bitPattern: span.end))
    for (key, value) in span.attributes { add(9, key, value, &writer) }
    if let error = span.error {
      writer.add(15) { writer in
        writer.add(2, string: error)
        writer.add(3, int64: 2)
      }
    }
  }

  private static func add(_ field: Int, _ key: String, _ value: TraceValue, _ writer: inout ProtobufWriter) {
    writer.add(field) { writer in
      writer.add(1, string: key)
      writer.add(2) { writer in
        switch value {
        case .text(let text): writer.add(1, string: text)
        case .number(let number): writer.add(3, int64: Int64(number))
        case .real(let number): writer.add(4, double: number)
        case .texts(let texts):
          writer.add(5) { writer in for text in texts { writer.add(1) { $0.add(1, string: text) } } }
        }
      }
    }
  }
}
