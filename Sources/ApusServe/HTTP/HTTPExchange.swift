import ApusCore

/// A request and the way back to its client. It is answered once, as a whole or as a stream, at any time and from any
/// thread; what comes after the client has gone is dropped.
public final class HTTPExchange: Sendable {
  /// What the client asks.
  public let request: HTTPRequest
  private let state: Lock<State>

  private struct State {
    var reply: HTTPReply?
    /// Goes on with a connection that waits for the answer.
    var wake: (@Sendable () -> Void)?
    var isOver = false
    var whenGone: [@Sendable () -> Void] = []
    /// Headers that the answer has beside its own.
    var headers: [HTTPField] = []
    /// Is told the status of the answer.
    var whenAnswered: (@Sendable (Int) -> Void)?
    var trace: RequestTrace?
    var caller: String?
  }

  /// An exchange. Its answer is read by ``reply``.
  init(_ request: HTTPRequest) {
    self.request = request
    state = Lock(State())
  }

  /// Answers the request as a whole. A second answer is dropped.
  public func answer(_ answer: HTTPAnswer) { reply(.whole(answer)) }

  /// Begins an answer whose body comes in parts: a stream of server-sent events, for example.
  /// - Parameter headers: among them `Content-Type`.
  public func stream(status: Int = 200, headers: [HTTPField]) -> HTTPStream {
    let stream = HTTPStream()
    reply(.stream(status: status, headers: headers, stream))
    whenClientGoes { [weak stream] in stream?.close(isBroken: true) }
    return stream
  }

  /// Whether nobody waits for the answer any more.
  public var isOver: Bool { state.withLock { $0.isOver } }

  /// Calls `action` once when the client goes before it has its whole answer, or at once where it has gone. It runs on
  /// a thread of the server and must not wait.
  public func whenClientGoes(_ action: @escaping @Sendable () -> Void) {
    let isOver = state.withLock { state in
      if !state.isOver { state.whenGone.append(action) }
      return state.isOver
    }
    if isOver { action() }
  }

  /// Adds headers to the answer, which is not given yet, and has its status told.
  func prepare(headers: [HTTPField], whenAnswered: @escaping @Sendable (Int) -> Void) {
    state.withLock { state in
      state.headers = headers
      state.whenAnswered = whenAnswered
    }
  }

  /// What is told of the request to a collector of traces, where it is traced.
  var trace: RequestTrace? {
    get { state.withLock { $0.trace } }
    set { state.withLock { $0.trace = newValue } }
  }

  /// Who asks, for shares of what is scarce: the client's address unless a key that was checked tells more.
  var caller: String {
    get { state.withLock { $0.caller } ?? request.head.peer }
    set { state.withLock { $0.caller = newValue } }
  }

  private func reply(_ reply: HTTPReply) {
    let (wake, tell) = state.withLock { state -> ((@Sendable () -> Void)?, (@Sendable (Int) -> Void)?) in
      guard state.reply == nil else { return (nil, nil) }
      state.reply = reply.adding(state.headers)
      defer { (state.wake, state.whenAnswered) = (nil, nil) }
      return (state.wake, state.whenAnswered)
    }
    tell?(reply.status)
    wake?()
  }

  // MARK: For the transport

  /// The answer, where there is one.
  var reply: HTTPReply? { state.withLock { $0.reply } }

  /// The answer, or nil after `park` was called, which holds the connection until `wake` is called.
  func replyOrPark(_ park: () -> Void, wake: @escaping @Sendable () -> Void) -> HTTPReply? {
    state.withLock { state -> HTTPReply? in
      if let reply = state.reply { return reply }
      state.wake = wake
      park()
      return nil
    }
  }

  /// Ends the exchange: the answer was sent, or the client has gone.
  func end(isComplete: Bool) {
    let (actions, trace, status) = state.withLock { state in
      let actions = state.isOver || isComplete ? [] : state.whenGone
      defer {
        state.isOver = true
        state.whenGone = []
        state.trace = nil
      }
      return (actions, state.trace, state.reply?.status)
    }
    for action in actions { action() }
    trace?.end(status: isComplete ? status : status ?? 499)
  }
}

/// How an exchange is answered.
enum HTTPReply: Sendable {
  case whole(HTTPAnswer)
  case stream(status: Int, headers: [HTTPField], HTTPStream)

  var status: Int {
    switch self {
    case .whole(let answer): answer.status
    case .stream(let status, _, _): status
    }
  }

  func adding(_ more: [HTTPField]) -> HTTPReply {
    if more.isEmpty { return self }
    switch self {
    case .whole(var answer):
      answer.headers += more
      return .whole(answer)
    case .stream(let status, let headers, let stream): return .stream(status: status, headers: headers + more, stream)
    }
  }
}

/// The body of an answer in parts, written from any thread.
public final class HTTPStream: Sendable {
  /// How many bytes may wait for a client that reads slowly; one that lets more wait is cut off.
  static let mostWaiting = 1 << 24

  private struct State {
    var waiting: [UInt8] = []
    var start = 0
    var isClosed = false
    var isBroken = false
    var wake: (@Sendable () -> Void)?
  }
  private let state = Lock(State())

  init() {}

  /// Sends bytes. They go out at once, those of several calls together where the client is slower than these.
  /// - Returns: whether the client is still there; no more need be written where it is not.
  @discardableResult
  public func write(_ bytes: some Collection<UInt8>) -> Bool {
    let (isOpen, wake) = state.withLock { state -> (Bool, (@Sendable () -> Void)?) in
      guard !state.isClosed else { return (false, nil) }
      if state.waiting.count - state.start + bytes.count > Self.mostWaiting {
        (state.isClosed, state.isBroken) = (true, true)
      } else {
        state.waiting += bytes
      }
      defer { state.wake = nil }
      return (!state.isClosed, state.wake)
    }
    wake?()
    return isOpen
  }

  /// Sends a text in UTF-8, see ``write(_:)-(Collection)``.
  @discardableResult
  public func write(_ text: String) -> Bool { write(text.utf8) }

  /// Sends one server-sent event of these data, which may have several lines.
  @discardableResult
  public func event(_ data: String, name: String? = nil) -> Bool {
    let lines = data.split(separator: "\n", omittingEmptySubsequences: false).map { "data: \($0)\n" }.joined()
    return write((name.map { "event: \($0)\n" } ?? "") + lines + "\n")
  }

  /// Ends the body.
  public func close() { close(isBroken: false) }

  /// Whether nothing more is sent.
  public var isClosed: Bool { state.withLock { $0.isClosed } }

  // MARK: For the transport

  func close(isBroken: Bool) {
    let wake = state.withLock { state -> (@Sendable () -> Void)? in
      if !state.isClosed { (state.isClosed, state.isBroken) = (true, isBroken) }
      defer { state.wake = nil }
      return state.wake
    }
    wake?()
  }

  enum Part {
    case bytes(Int)
    case end
    case broken
    case later
  }

  /// Fills `buffer` with what waits; calls `park` where there is nothing yet, which holds the connection until `wake`
  /// is called.
  func read(
    into buffer: UnsafeMutableRawBufferPointer, park: () -> Void, wake: @escaping @Sendable () -> Void
  ) -> Part {
    state.withLock { state -> Part in
      if state.isBroken { return .broken }
      let count = min(buffer.count, state.waiting.count - state.start)
      if count > 0 {
        state.waiting.withUnsafeBytes { bytes in
          buffer.copyMemory(from: UnsafeRawBufferPointer(rebasing: bytes[state.start..<state.start + count]))
        }
        state.start += count
        if state.start == state.waiting.count {
          state.waiting.removeAll(keepingCapacity: true)
          state.start = 0
        }
        return .bytes(count)
      }
      if state.isClosed { return .end }
      state.wake = wake
      park()
      return .later
    }
  }
}
