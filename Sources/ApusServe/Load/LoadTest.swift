import ApusCore
import Synchronization

#if canImport(Musl)
  import Musl
#else
  import Glibc
#endif

/// Measures how a server answers one request, sent again and again.
///
/// In a closed loop each client sends its next request when it has an answer. In an open one requests come at a rate,
/// whether answers come or not, as they do from people: the latency of a request is counted from when it was to be
/// sent, so that time in which the clients wait for a slow server is not left out.
public struct LoadTest: Sendable {
  /// Where the server is.
  public let host: String
  /// Its port.
  public let port: Int
  /// The path that is asked.
  public let path: String
  /// The body of a POST; a GET without.
  public var body: [UInt8]?
  /// Further headers; a body is JSON unless they tell another `Content-Type`.
  public var headers: [HTTPField] = []
  /// How many connections there are.
  public var clients = 1
  /// How long, in seconds.
  public var seconds = 5.0
  /// Requests a second of all clients together; nil for a closed loop.
  public var rate: Double?

  /// What was measured. Times are in seconds.
  public struct Report: Sendable {
    /// How long each answered request took, in ascending order.
    public let latencies: [Double]
    /// How many answers had which status; 0 for those that did not come.
    public let statuses: [Int: Int]
    /// How long it all took.
    public let seconds: Double

    /// Answers with a status of 200 to 299 a second.
    public var throughput: Double {
      Double(statuses.filter { 200..<300 ~= $0.key }.reduce(0) { $0 + $1.value }) / max(seconds, 1e-9)
    }

    /// The latency that this part of the requests did not exceed: 0.5 for the median; nil where there are none.
    public func percentile(_ part: Double) -> Double? {
      latencies.isEmpty ? nil : latencies[min(latencies.count - 1, Int(Double(latencies.count) * part))]
    }
  }

  /// A test of a URL, `http://127.0.0.1:8000/v2/health/live`.
  /// - Throws: `TensorError` of kind `value` where it is none of HTTP.
  public init(url: String) throws(TensorError) {
    let address = try WebAddress(url)
    (host, port, path) = (address.host, address.port, address.path)
  }

  private var request: [UInt8] {
    var text = "\(body == nil ? "GET" : "POST") \(path) HTTP/1.1\r\nHost: \(host):\(port)\r\n"
    for header in headers { text += "\(header.name): \(header.value)\r\n" }
    if let body {
      text += "Content-Length: \(body.count)\r\n"
      if !headers.contains(where: { $0.isNamed("content-type") }) { text += "Content-Type: application/json\r\n" }
    }
    return Array((text + "\r\n").utf8) + (body ?? [])
  }

  /// Runs the test.
  /// - Throws: `TensorError` where nobody listens.
  public func run() throws(TensorError) -> Report {
    _ = try HTTPClient(host: host, port: port)
    let request = request
    let start = Clock.seconds
    let results = Lock<(latencies: [Double], statuses: [Int: Int])>(([], [:]))
    let left = Atomic<Int>(clients)
    let next = Atomic<Int>(0)
    for client in 0..<clients {
      let body = { @Sendable [self] in
        let found = measure(request, client, from: start, next)
        results.withLock { results in
          results.latencies += found.latencies
          results.statuses.merge(found.statuses, uniquingKeysWith: +)
        }
        left.subtract(1, ordering: .releasing)
      }
      if !startThread(body) { left.subtract(1, ordering: .releasing) }
    }
    while left.load(ordering: .acquiring) > 0 { usleep(1000) }
    let end = Clock.seconds
    let (latencies, statuses) = results.withLock { ($0.latencies, $0.statuses) }
    return Report(latencies: latencies.sorted(), statuses: statuses, seconds: end - start)
  }

  private func measure(
    _ request: [UInt8], _ client: Int, from start: Double, _ next: borrowing Atomic<Int>
  ) -> (latencies: [Double], statuses: [Int: Int]) {
    var latencies: [Double] = []
    var statuses: [Int: Int] = [:]
    while Clock.seconds < start + seconds {
      guard let connection = try? HTTPClient(host: host, port: port) else {
        statuses[0, default: 0] += 1
        usleep(10_000)
        continue
      }
      while true {
        var due = Clock.seconds
        if let rate {
          due = start + Double(next.add(1, ordering: .relaxed).oldValue) / rate
          let wait = due - Clock.seconds
          if due < start + seconds, wait > 0 { usleep(useconds_t(wait * 1e6)) }
        }
        guard due < start + seconds else { return (latencies, statuses) }
        let status = connection.ask(request)
        statuses[status ?? 0, default: 0] += 1
        guard status != nil else { break }
        latencies.append(Clock.seconds - due)
      }
    }
    return (latencies, statuses)
  }
}
