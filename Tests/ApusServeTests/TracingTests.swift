import ApusCore
import ApusFormats
import ApusServe
import Foundation
import Synchronization
import Testing

/// A collector: takes posts of OTLP and keeps their spans.
private final class Collector: HTTPHandler {
  struct Span {
    var trace = ""
    var id = ""
    var parent = ""
    var name = ""
    var kind = 0
    var start: UInt64 = 0
    var end: UInt64 = 0
    var attributes: [String: String] = [:]
    var status = 0
  }

  let heads = Mutex<[HTTPHead]>([])
  let spans = Mutex<[Span]>([])
  let resource = Mutex<[String: String]>([:])
  let status: Int

  init(status: Int = 200) { self.status = status }

  func handle(_ exchange: HTTPExchange) {
    heads.withLock { $0.append(exchange.request.head) }
    try? read(exchange.request.body)
    exchange.answer(HTTPAnswer(status: status))
  }

  /// The fields of a message: their numbers and what they hold.
  private func fields(_ bytes: [UInt8], _ take: (Int, [UInt8], UInt64) throws -> Void) throws {
    var place = 0
    func varint() -> UInt64 {
      var (value, shift) = (UInt64(0), UInt64(0))
      while place < bytes.count {
        let byte = bytes[place]
        place += 1
        value |= UInt64(byte & 127) << shift
        shift += 7
        if byte < 128 { break }
      }
      return value
    }
    while place < bytes.count {
      let key = varint()
      switch key & 7 {
      case 0: try take(Int(key >> 3), [], varint())
      case 1:
        let number = bytes[place..<place + 8].reversed().reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
        place += 8
        try take(Int(key >> 3), [], number)
      default:
        let count = Int(varint())
        try take(Int(key >> 3), Array(bytes[place..<place + count]), 0)
        place += count
      }
    }
  }

  private func attribute(_ bytes: [UInt8]) throws -> (String, String) {
    var (key, value) = ("", "")
    try fields(bytes) { field, bytes, _ in
      if field == 1 { key = String(decoding: bytes, as: UTF8.self) }
      guard field == 2 else { return }
      try fields(bytes) { field, bytes, number in
        switch field {
        case 1: value = String(decoding: bytes, as: UTF8.self)
        case 4: value = "\(Double(bitPattern: number))"
        default: value = "\(number)"
        }
      }
    }
    return (key, value)
  }

  private func read(_ body: [UInt8]) throws {
    try fields(body) { _, bytes, _ in
      try fields(bytes) { field, bytes, _ in
        try fields(bytes) { inner, bytes, _ in
          if field == 1, inner == 1 {
            let (key, value) = try attribute(bytes)
            resource.withLock { $0[key] = value }
          }
          if field == 2, inner == 2 { try span(bytes) }
        }
      }
    }
  }

  private func span(_ bytes: [UInt8]) throws {
    func hexadecimal(_ bytes: [UInt8]) -> String { bytes.map { String(format: "%02x", $0) }.joined() }
    var span = Span()
    try fields(bytes) { field, bytes, number in
      switch field {
      case 1: span.trace = hexadecimal(bytes)
      case 2: span.id = hexadecimal(bytes)
      case 4: span.parent = hexadecimal(bytes)
      case 5: span.name = String(decoding: bytes, as: UTF8.self)
      case 6: span.kind = Int(number)
      case 7: span.start = number
      case 8: span.end = number
      case 9:
        let (key, value) = try attribute(bytes)
        span.attributes[key] = value
      case 15: try fields(bytes) { field, _, number in if field == 3 { span.status = Int(number) } }
      default: break
      }
    }
    spans.withLock { $0.append(span) }
  }
}

@Suite(.enabled(if: hasHTTP)) struct TracingTests {
  private let trace = "0af7651916cd43dd8448eb211c80319c"
  private let parent = "b7ad6b7169203331"

  private func options(_ address: String, _ more: [String: String] = [:]) throws -> TracingOptions? {
    try TracingOptions.standard(collector: nil) { name in
      name == "OTEL_EXPORTER_OTLP_ENDPOINT" ? "http://\(address)" : more[name]
    }
  }

  @Test func aRequestAndItsParts() throws {
    let collector = Collector()
    let receiver = try HTTPServer(at: "127.0.0.1:0", handler: collector)
    let models = try ServedModels()
    let variables = [
      "OTEL_SERVICE_NAME": "sums",
      "OTEL_RESOURCE_ATTRIBUTES": "deployment.environment.name=a%20test,service.name=other",
      "OTEL_EXPORTER_OTLP_HEADERS": "X-Tenant=first",
    ]
    let server = try models.start { $0.tracing = try? options(receiver.address, variables) }
    let client = try #require(LoopClient(server.address))
    let body =
      #"{"inputs":[{"name":"a","datatype":"FP32","shape":[1,4],"data":[1,2,3,4]},"#
      + #"{"name":"b","datatype":"FP32","shape":[1,4],"data":[1,2,3,4]}]}"#
    let head = ["traceparent": "00-\(trace)-\(parent)-01"]
    #expect(client.ask("POST", "/v2/models/pair/versions/1/infer", headers: head, text: body)?.status == 200)
    #expect(client.ask("GET", "/v2/models/none")?.status == 404)
    #expect(client.ask("GET", "/v2/health/live")?.status == 200)
    // Not sampled by who asks.
    let unsampled = ["traceparent": "00-\(trace)-\(parent)-00"]
    #expect(client.ask("GET", "/v2/models/pair", headers: unsampled)?.status == 200)
    server.stop(within: 5)
    let spans = collector.spans.withLock { $0 }
    #expect(
      spans.map(\.name).sorted() == [
        "GET /v2/models/{model}", "POST /v2/models/{model}/versions/{version}/infer", "compute", "join", "queue",
      ])
    let request = try #require(spans.first { $0.kind == 2 && $0.trace == trace })
    #expect(request.parent == parent && request.id.count == 16)
    #expect(request.attributes["http.response.status_code"] == "200" && request.attributes["apus.model"] == "pair")
    let parts = spans.filter { $0.kind == 1 }
    #expect(parts.allSatisfy { $0.parent == request.id && $0.trace == trace })
    #expect(parts.allSatisfy { $0.start >= request.start && $0.end <= request.end && $0.start <= $0.end })
    let now = UInt64(Date().timeIntervalSince1970 * 1e9)
    #expect(request.end <= now + 1_000_000_000 && request.start > now - 60_000_000_000)
    #expect(parts.first { $0.name == "compute" }?.attributes["apus.batch.rows"] == "1")
    let other = try #require(spans.first { $0.name == "GET /v2/models/{model}" })
    #expect(other.trace != trace && other.parent.isEmpty && other.attributes["http.response.status_code"] == "404")
    #expect(
      collector.resource.withLock { $0["service.name"] == "sums" && $0["deployment.environment.name"] == "a test" })
    let post = try #require(collector.heads.withLock { $0.first })
    #expect(post.path == "/v1/traces" && post.header("x-tenant") == "first")
    #expect(post.header("content-type") == "application/x-protobuf")
  }

  @Test func nobodyWaitsForACollectorThatIsAway() throws {
    let models = try ServedModels()
    let server = try models.start { options in
      options.tracing = TracingOptions(collector: "http://127.0.0.1:9")
      options.tracing?.mostWaiting = 8
      options.tracing?.delay = 0.01
    }
    let client = try #require(LoopClient(server.address))
    for _ in 0..<50 { #expect(client.ask("GET", "/v2/models/pair")?.status == 200) }
    let metrics = try #require(LoopClient(server.metricsAddress ?? ""))
    func dropped() -> Int {
      let text = metrics.ask("GET", "/metrics")?.text ?? ""
      let line = text.split(separator: "\n").first { $0.hasPrefix("apus_spans_dropped_total ") }
      return line?.split(separator: " ").last.flatMap { Int($0) } ?? 0
    }
    for _ in 0..<2000 where dropped() < 50 { usleep(1000) }
    #expect(dropped() == 50)
  }

  @Test func variables() throws {
    #expect(try TracingOptions.standard(collector: nil) { _ in nil } == nil)
    #expect(try options("a:1", ["OTEL_SDK_DISABLED": "true"]) == nil)
    let own = try TracingOptions.standard(collector: "http://c:4318/") { _ in nil }
    #expect(own?.url == "http://c:4318/v1/traces")
    let sampler = try options(
      "a:1", ["OTEL_TRACES_SAMPLER": "parentbased_traceidratio", "OTEL_TRACES_SAMPLER_ARG": "0.25"])?.sampler
    #expect(sampler == TraceSampler(ratio: 0.25))
    let low = TraceID(high: 1, low: UInt64(0.2 * 0x1p64)), high = TraceID(high: 1, low: UInt64(0.3 * 0x1p64))
    #expect(sampler?.samples(low, parent: nil) == true && sampler?.samples(high, parent: nil) == false)
    #expect(sampler?.samples(high, parent: true) == true && sampler?.samples(low, parent: false) == false)
    for wrong in [
      ["OTEL_TRACES_SAMPLER": "some"], ["OTEL_EXPORTER_OTLP_PROTOCOL": "grpc"], ["OTEL_BSP_SCHEDULE_DELAY": "soon"],
      ["OTEL_RESOURCE_ATTRIBUTES": "a"], ["OTEL_EXPORTER_OTLP_HEADERS": "a=b%0d%0ac"],
      ["OTEL_TRACES_SAMPLER": "traceidratio", "OTEL_TRACES_SAMPLER_ARG": "2"],
    ] {
      #expect(throws: (any Error).self) { try options("a:1", wrong) }
    }
    #expect(throws: (any Error).self) { try TracingOptions.standard(collector: "https://c:4318") { _ in nil } }
  }
}
