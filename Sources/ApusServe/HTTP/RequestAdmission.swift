import Synchronization

/// What a server lets in, counted for all its connections together, whichever version of HTTP they speak.
final class RequestAdmission: Sendable {
  /// How far a server is on its way to its end.
  enum Phase: Int {
    case serving
    /// Answers what has been asked.
    case draining
    /// Refuses what is asked.
    case ending
  }

  let limits: HTTPLimits
  let handler: any HTTPHandler
  private let requests = Atomic<Int>(0)
  private let bodyBytes = Atomic<Int>(0)
  private let step = Atomic<Int>(Phase.serving.rawValue)

  init(_ limits: HTTPLimits, _ handler: any HTTPHandler) { (self.limits, self.handler) = (limits, handler) }

  /// How far the server is.
  var phase: Phase { Phase(rawValue: step.load(ordering: .relaxed)) ?? .ending }
  func enter(_ phase: Phase) { step.store(phase.rawValue, ordering: .relaxed) }

  /// The requests whose heads have come and that have not ended.
  var pending: Int { requests.load(ordering: .acquiring) }
  func requestBegins() { requests.add(1, ordering: .relaxed) }
  func requestEnds() { requests.subtract(1, ordering: .releasing) }

  /// Why a request is refused of which the head is there; nil where it is not.
  func refusal(of head: HTTPHead) -> HTTPAnswer? {
    let length = head.contentLength ?? 0
    guard length <= limits.largestBody else { return tooLong(length) }
    if phase == .ending { return HTTPAnswer(status: 503, text: "{\"error\":\"the server is stopping\"}") }
    guard bodyBytes.load(ordering: .relaxed) + length <= limits.largestBodiesTogether else { return Self.tooMuch }
    return handler.refusal(of: head)
  }

  /// The answer to a body that is too long, of which so many bytes are known.
  func tooLong(_ length: Int) -> HTTPAnswer {
    HTTPAnswer(
      status: 413, text: "{\"error\":\"the request has \(length) bytes; at most \(limits.largestBody) are taken\"}")
  }

  /// The answer where all requests together hold too many bytes.
  static let tooMuch = HTTPAnswer(
    status: 503, text: "{\"error\":\"the server holds too many bytes of requests; try again later\"}",
    headers: [HTTPField("Retry-After", "1")])

  /// Takes room for bytes of a body.
  /// - Returns: whether there is any.
  func reserve(_ count: Int) -> Bool {
    guard bodyBytes.add(count, ordering: .relaxed).newValue <= limits.largestBodiesTogether else {
      release(count)
      return false
    }
    return true
  }

  func release(_ count: Int) { bodyBytes.subtract(count, ordering: .relaxed) }

  /// How long a body of a length may take, in milliseconds.
  func time(ofBody length: Int?) -> Int { Int((limits.bodyTime + Double((length ?? 0) / 65536)) * 1000) }
}
