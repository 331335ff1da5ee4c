import ApusCore
import CServe

#if canImport(Musl)
  import Musl
#else
  import Glibc
#endif

/// A connection that speaks HTTP/2. One thread has it; answers that come on other threads call that one (`wake`).
///
/// The library takes bytes and calls for what is in them: a stream that begins, a header, a part of a body, the end of a
/// frame. It gives the bytes to be sent, and asks for parts of bodies as the client has room for them.
final class HTTP2Connection {
  private typealias Number = HTTP2Library.Number

  let descriptor: Int32
  /// The client's address.
  let peer: String
  /// Whether the socket takes no more bytes for now.
  private(set) var isBlocked = false
  private let library: HTTP2Library
  private let tls: TLSSession?
  private let admission: RequestAdmission
  /// Calls the thread of the connection because of a stream.
  private let wake: @Sendable (Int32) -> Void
  private var session: UnsafeMutableRawPointer?
  private var streams: [Int32: HTTP2Stream] = [:]
  /// Bytes for the socket, of which the first ones are sent.
  private var output: [UInt8] = []
  private var sent = 0
  /// When a connection without requests ends, or one that is not read; in milliseconds of ``ConnectionWatch/now``.
  private var deadline: Int
  private var blockedSince = 0
  private var isLeaving = false
  private var resets = RateLimit(burst: 200, eachSecond: 50)
  private var smallFrames = RateLimit(burst: 1000, eachSecond: 200)
  private var continuations = 0

  /// How many requests of a connection there may be at once.
  private static let mostStreams: UInt32 = 256
  /// How many bytes of a body, and of all of a connection, may come before the client hears that they were taken.
  private static let window = 1 << 20
  /// The most frames that continue a head.
  private static let mostContinuations = 8
  /// Bytes are put together for the socket up to so many.
  private static let outputSize = 1 << 16

  init?(
    _ descriptor: Int32, peer: String, _ library: HTTP2Library, _ tls: TLSSession?, _ admission: RequestAdmission,
    wake: @escaping @Sendable (Int32) -> Void
  ) {
    (self.descriptor, self.peer, self.library, self.tls) = (descriptor, peer, library, tls)
    (self.admission, self.wake) = (admission, wake)
    deadline = ConnectionWatch.now + Int(admission.limits.headTime * 1000)
    guard begin() else { return nil }
  }

  deinit {
    for stream in streams.values { end(stream, isComplete: false) }
    library.freeSession(session)
    tls?.sayFarewell()
    close(descriptor)
  }

  // MARK: Bytes

  /// Reads what has come, and answers what can be answered.
  /// - Returns: false where the connection is over.
  func read(_ buffer: UnsafeMutableRawBufferPointer) -> Bool {
    if let tls, !tls.isReady {
      guard tls.shakeHands() else { return false }
      guard tls.isReady else { return true }
    }
    // A session of TLS may hold bytes that the socket does not show any more.
    for _ in 0..<(tls == nil ? 1 : 1 << 16) {
      let result =
        tls?.receive(buffer) ?? SocketResult(socket: recv(descriptor, buffer.baseAddress, buffer.count, 0))
      switch result {
      case .bytes(let count):
        guard let session else { return false }
        let bytes = UnsafeRawBufferPointer(rebasing: buffer[..<count]).assumingMemoryBound(to: UInt8.self)
        guard library.receive(session, bytes.baseAddress, count) >= 0 else {
          // The library has written why; the client may still read it.
          _ = write()
          return false
        }
        if tls != nil, !write() { return false }
      case .later: return write()
      case .over: return false
      }
    }
    return write()
  }

  /// Writes what there is to be sent.
  /// - Returns: false where the connection is over.
  func write() -> Bool {
    guard let session else { return false }
    if let tls, !tls.isReady { return true }
    while true {
      if sent == output.count { collect(session) }
      if output.isEmpty { break }
      let result = output.withUnsafeBytes { bytes in
        let rest = UnsafeRawBufferPointer(rebasing: bytes[sent...])
        return tls?.send(rest)
          ?? SocketResult(socket: sendBytes(descriptor, rest.baseAddress, rest.count, Int32(MSG_NOSIGNAL)))
      }
      switch result {
      case .bytes(let count):
        sent += count
        blockedSince = 0
      case .later:
        if blockedSince == 0 { blockedSince = ConnectionWatch.now }
        isBlocked = true
        return true
      case .over: return false
      }
    }
    isBlocked = false
    return library.wantsToRead(session) != 0 || library.wantsToWrite(session) != 0
  }

  private func collect(_ session: UnsafeMutableRawPointer) {
    output.removeAll(keepingCapacity: true)
    sent = 0
    while output.count < Self.outputSize {
      var bytes: UnsafePointer<UInt8>?
      let count = library.send(session, &bytes)
      guard count > 0 else { break }
      output.append(contentsOf: UnsafeBufferPointer(start: bytes, count: count))
    }
  }

  // MARK: Time and the end

  /// Looks at what takes too long.
  /// - Returns: false where the connection is over.
  func look(at now: Int) -> Bool {
    guard let session else { return false }
    let silence = Int(admission.limits.silence * 1000)
    if blockedSince > 0, now - blockedSince > silence { return false }
    if streams.isEmpty {
      if now > deadline + 1000 { return false }
      if now > deadline, !isLeaving {
        isLeaving = true
        _ = library.terminate(session, Number.noError)
        return write()
      }
      return true
    }
    for stream in streams.values {
      if stream.deadline > 0, now > stream.deadline {
        // A head that does not end holds up all that comes behind it.
        if stream.head == nil { return false }
        reset(stream, Number.cancelled)
      } else if stream.isStuck(since: now - silence) {
        reset(stream, Number.cancelled)
      }
    }
    return write()
  }

  /// Tells the client that no more requests are taken soon, and then which was the last one.
  /// - Returns: false where the connection is over.
  func drain(isLast: Bool) -> Bool {
    guard let session else { return false }
    if isLast {
      _ = library.submitGoAway(session, 0, library.lastStream(session), Number.noError, nil, 0)
    } else {
      _ = library.submitNotice(session)
    }
    return write()
  }

  /// Goes on with a stream whose answer, or a part of it, is there.
  /// - Returns: false where the connection is over.
  func proceed(_ number: Int32) -> Bool {
    guard let session, let stream = streams[number] else { return true }
    if stream.reply == nil {
      if let reply = stream.exchange?.reply { answer(stream, reply) }
    } else if stream.isWaiting {
      stream.isWaiting = false
      stream.lastProgress = ConnectionWatch.now
      _ = library.resume(session, number)
    }
    return true
  }

  // MARK: Requests

  private func begin(_ stream: HTTP2Stream) {
    guard let head = stream.makeHead(peer: peer) else { return reset(stream, Number.refused) }
    admission.requestBegins()
    stream.isCounted = true
    let refusal =
      stream.isHeadTooLong
      ? HTTPAnswer(
        status: 431, text: "{\"error\":\"the head of a request may have \(admission.limits.largestHead) bytes\"}")
      : admission.refusal(of: head)
    if let refusal { return answer(stream, .whole(refusal)) }
    stream.deadline = ConnectionWatch.now + admission.time(ofBody: head.contentLength)
    stream.body.reserveCapacity(min(head.contentLength ?? 0, Self.window))
    if !stream.isWhole, head.header("expect")?.lowercased() == "100-continue", let session {
      HTTP2Fields([(":status", "100")]).with { fields in
        _ = library.submitHeaders(session, 0, stream.number, nil, fields.baseAddress, fields.count, nil)
      }
    }
  }

  private func add(_ bytes: UnsafeBufferPointer<UInt8>, to stream: HTTP2Stream) {
    // What comes behind a refusal is left out.
    guard stream.reply == nil, stream.head != nil else { return }
    guard stream.body.count + bytes.count <= admission.limits.largestBody else {
      return answer(stream, .whole(admission.tooLong(stream.body.count + bytes.count)))
    }
    guard admission.reserve(bytes.count) else { return answer(stream, .whole(RequestAdmission.tooMuch)) }
    stream.reserved += bytes.count
    stream.body.append(contentsOf: bytes)
  }

  private func finish(_ stream: HTTP2Stream) {
    stream.isWhole = true
    stream.deadline = 0
    guard stream.reply == nil, let head = stream.head else { return }
    let exchange = HTTPExchange(HTTPRequest(head: head, body: stream.body))
    stream.body = []
    stream.exchange = exchange
    admission.handler.handle(exchange)
    let (number, wake) = (stream.number, wake)
    if let reply = exchange.replyOrPark({}, wake: { wake(number) }) { answer(stream, reply) }
  }

  private func reset(_ stream: HTTP2Stream, _ reason: UInt32) {
    stream.deadline = 0
    if let session { _ = library.submitReset(session, 0, stream.number, reason) }
  }

  /// Ends what is left of a stream.
  private func end(_ stream: HTTP2Stream, isComplete: Bool) {
    admission.release(stream.reserved)
    stream.exchange?.end(isComplete: isComplete)
    if stream.isCounted { admission.requestEnds() }
    if streams.count <= 1 { deadline = ConnectionWatch.now + Int(admission.limits.headTime * 1000) }
  }

  // MARK: Answers

  private func answer(_ stream: HTTP2Stream, _ reply: HTTPReply) {
    guard let session else { return }
    stream.reply = reply
    stream.deadline = 0
    stream.lastProgress = ConnectionWatch.now
    var fields = [(":status", "\(reply.status)"), ("date", HTTPDate.text())]
    let (headers, length): ([HTTPField], Int?) =
      switch reply {
      case .whole(let answer): (answer.headers, answer.body.count)
      case .stream(_, let headers, _): (headers, nil)
      }
    for header in headers {
      let name = header.name.lowercased()
      // What is about a connection of HTTP/1.1.
      if !["connection", "transfer-encoding", "keep-alive", "upgrade"].contains(name) {
        fields.append((name, header.value))
      }
    }
    if let length, reply.status != 204 { fields.append(("content-length", "\(length)")) }
    let hasBody = length != 0 && stream.head?.method != "HEAD" && reply.status != 204 && reply.status != 304
    let status = HTTP2Fields(fields).with { fields -> Int32 in
      guard hasBody else {
        return library.submitResponse(session, stream.number, fields.baseAddress, fields.count, nil)
      }
      var body = cserve_http2_body(
        source: nil,
        read: { _, number, bytes, size, flags, _, connection in
          guard let connection, let stream = HTTP2Connection.of(connection).streams[number] else {
            return Number.breakStream
          }
          return HTTP2Connection.of(connection).read(
            stream, UnsafeMutableRawBufferPointer(start: bytes, count: size), flags)
        })
      return library.submitResponse(session, stream.number, fields.baseAddress, fields.count, &body)
    }
    if status != 0 { reset(stream, Number.cancelled) }
  }

  private func read(
    _ stream: HTTP2Stream, _ buffer: UnsafeMutableRawBufferPointer, _ flags: UnsafeMutablePointer<UInt32>?
  ) -> Int {
    stream.lastProgress = ConnectionWatch.now
    switch stream.reply {
    case .whole(let answer):
      let count = min(buffer.count, answer.body.count - stream.taken)
      answer.body.withUnsafeBytes { bytes in
        buffer.copyMemory(from: UnsafeRawBufferPointer(rebasing: bytes[stream.taken..<stream.taken + count]))
      }
      stream.taken += count
      if stream.taken == answer.body.count { flags?.pointee |= Number.endOfBody }
      return count
    case .stream(_, _, let source):
      let (number, wake) = (stream.number, wake)
      switch source.read(into: buffer, park: { stream.isWaiting = true }, wake: { wake(number) }) {
      case .bytes(let count): return count
      case .later: return Number.later
      case .end:
        flags?.pointee |= Number.endOfBody
        return 0
      case .broken: return Number.breakStream
      }
    case nil: return Number.breakStream
    }
  }

  // MARK: What the library calls

  private static func of(_ pointer: UnsafeMutableRawPointer) -> HTTP2Connection {
    Unmanaged<HTTP2Connection>.fromOpaque(pointer).takeUnretainedValue()
  }

  private func begin() -> Bool {
    var callbacks: UnsafeMutableRawPointer?
    var options: UnsafeMutableRawPointer?
    guard library.makeCallbacks(&callbacks) == 0, let callbacks else { return false }
    defer { library.freeCallbacks(callbacks) }
    guard library.makeOptions(&options) == 0, let options else { return false }
    defer { library.freeOptions(options) }
    library.keepNoClosedStreams(options, 1)
    register(callbacks)
    let state = Unmanaged.passUnretained(self).toOpaque()
    guard library.makeSession(&session, callbacks, state, options) == 0, let session else { return false }
    let settings = [
      cserve_http2_setting(number: Number.mostStreams, value: Self.mostStreams),
      cserve_http2_setting(number: Number.window, value: UInt32(Self.window)),
      cserve_http2_setting(number: Number.largestHead, value: UInt32(clamping: admission.limits.largestHead)),
    ]
    return library.submitSettings(session, 0, settings, settings.count) == 0
      && library.setWindow(session, 0, 0, Int32(4 * Self.window)) == 0
  }

  private func register(_ callbacks: UnsafeMutableRawPointer) {
    library.onBeginFrame(callbacks) { _, frame, state in
      guard let frame, let state else { return Number.failure }
      return HTTP2Connection.of(state).isAllowed(frame.pointee) ? 0 : Number.failure
    }
    library.onBeginHeaders(callbacks) { _, frame, state in
      guard let frame, let state else { return Number.failure }
      let connection = HTTP2Connection.of(state)
      let number = frame.pointee.stream
      // A stream that is there already has trailers, which are not read.
      if connection.streams[number] == nil {
        let time = Int(connection.admission.limits.headTime * 1000)
        connection.streams[number] = HTTP2Stream(number, deadline: ConnectionWatch.now + time)
      }
      return 0
    }
    library.onField(callbacks) { _, frame, name, nameSize, value, valueSize, _, state in
      guard let frame, let state else { return Number.failure }
      let connection = HTTP2Connection.of(state)
      connection.streams[frame.pointee.stream]?.add(
        UnsafeBufferPointer(start: name, count: nameSize), UnsafeBufferPointer(start: value, count: valueSize),
        atMost: connection.admission.limits.largestHead)
      return 0
    }
    library.onFrame(callbacks) { _, frame, state in
      guard let frame, let state else { return Number.failure }
      let connection = HTTP2Connection.of(state)
      let head = frame.pointee
      guard head.type == Number.headers || head.type == Number.data, let stream = connection.streams[head.stream]
      else { return 0 }
      let isLast = head.flags & Number.endOfStream != 0
      if head.type == Number.headers, stream.head == nil {
        stream.isWhole = isLast
        connection.begin(stream)
      }
      if isLast { connection.finish(stream) }
      return 0
    }
    library.onData(callbacks) { _, _, number, bytes, size, state in
      guard let state else { return Number.failure }
      let connection = HTTP2Connection.of(state)
      if let stream = connection.streams[number] {
        connection.add(UnsafeBufferPointer(start: bytes, count: size), to: stream)
      }
      return 0
    }
    library.onClose(callbacks) { _, number, reason, state in
      guard let state else { return Number.failure }
      let connection = HTTP2Connection.of(state)
      guard let stream = connection.streams[number] else { return 0 }
      connection.end(stream, isComplete: reason == Number.noError && stream.isSent)
      connection.streams[number] = nil
      return 0
    }
    library.onSentFrame(callbacks) { session, frame, state in
      guard let session, let frame, let state else { return Number.failure }
      let connection = HTTP2Connection.of(state)
      let head = frame.pointee
      switch head.type {
      case Number.headers where head.flags & Number.endOfStream != 0,
        Number.data where head.flags & Number.endOfStream != 0:
        guard let stream = connection.streams[head.stream] else { break }
        stream.isSent = true
        // The client need not send the rest of a body that was refused.
        if !stream.isWhole { _ = connection.library.submitReset(session, 0, head.stream, Number.noError) }
      default: break
      }
      return 0
    }
  }

  /// Whether a frame may come: heads of many parts, and many frames that cost work and ask for nothing, may not.
  private func isAllowed(_ frame: cserve_http2_frame) -> Bool {
    switch frame.type {
    case Number.headers: continuations = 0
    case Number.continuation:
      continuations += 1
      if continuations > Self.mostContinuations { return calmDown() }
    case Number.reset: if !resets.take() { return calmDown() }
    case Number.settings, Number.ping, Number.priority: if !smallFrames.take() { return calmDown() }
    case Number.data where frame.length == 0 && frame.flags & Number.endOfStream == 0:
      if !smallFrames.take() { return calmDown() }
    default: break
    }
    return true
  }

  private func calmDown() -> Bool {
    if let session { _ = library.terminate(session, Number.calmDown) }
    return false
  }
}

/// A request and its answer within a connection.
final class HTTP2Stream {
  let number: Int32
  private(set) var head: HTTPHead?
  var body: [UInt8] = []
  /// What of the body is counted by `RequestAdmission`.
  var reserved = 0
  /// Whether the request is counted there.
  var isCounted = false
  /// Whether the request has come as a whole.
  var isWhole = false
  /// When the head, and then the body, must have come; 0 where neither is waited for.
  var deadline: Int
  var exchange: HTTPExchange?
  var reply: HTTPReply?
  /// What of the answer's body the library has taken.
  var taken = 0
  /// Whether the library waits for a part of the answer.
  var isWaiting = false
  /// Whether the answer is sent to its end.
  var isSent = false
  /// When a part of the answer was taken.
  var lastProgress = 0
  private(set) var isHeadTooLong = false
  private var headSize = 0
  private var method = ""
  private var target = ""
  private var fields: [HTTPField] = []

  init(_ number: Int32, deadline: Int) { (self.number, self.deadline) = (number, deadline) }

  /// Takes a header of the head. What is longer than it may be is left out.
  func add(_ name: UnsafeBufferPointer<UInt8>, _ value: UnsafeBufferPointer<UInt8>, atMost most: Int) {
    guard head == nil else { return }
    // As RFC 9113 counts them, 6.5.2.
    headSize += name.count + value.count + 32
    if headSize > most { isHeadTooLong = true }
    let text = String(decoding: value, as: UTF8.self)
    guard name.first == UInt8(ascii: ":") else {
      if !isHeadTooLong { fields.append(HTTPField(String(decoding: name, as: UTF8.self), text)) }
      return
    }
    if isHeadTooLong { return }
    switch String(decoding: name, as: UTF8.self) {
    case ":method": method = text
    case ":path": target = text
    case ":authority": fields.append(HTTPField("host", text))
    default: break
    }
  }

  /// The head, once all its headers have come.
  func makeHead(peer: String) -> HTTPHead? {
    let target = RequestTarget(target)
    head = HTTPHead(method: method, path: target.path, query: target.query, headers: fields, peer: peer)
    fields = []
    return head
  }

  /// Whether the client has let an answer wait since then.
  func isStuck(since time: Int) -> Bool { reply != nil && !isWaiting && lastProgress < time }
}

/// So many at once, and so many a second.
struct RateLimit {
  private let burst: Double
  private let eachSecond: Double
  private var left: Double
  private var last = Clock.seconds

  init(burst: Double, eachSecond: Double) { (self.burst, self.eachSecond, left) = (burst, eachSecond, burst) }

  /// Takes one.
  /// - Returns: whether there was one.
  mutating func take() -> Bool {
    let now = Clock.seconds
    left = min(burst, left + (now - last) * eachSecond)
    last = now
    guard left >= 1 else { return false }
    left -= 1
    return true
  }
}

/// Headers as the library takes them: their bytes behind each other, and where each begins.
private struct HTTP2Fields {
  private var bytes: [UInt8] = []
  private var ends: [(name: Int, value: Int)] = []

  init(_ fields: [(String, String)]) {
    bytes.reserveCapacity(512)
    for (name, value) in fields {
      bytes += name.utf8
      let end = bytes.count
      bytes += value.utf8
      ends.append((end, bytes.count))
    }
  }

  func with<Result>(_ body: (UnsafeBufferPointer<cserve_http2_field>) -> Result) -> Result {
    var bytes = bytes
    return bytes.withUnsafeMutableBufferPointer { buffer in
      var start = 0
      let fields = ends.map { end in
        defer { start = end.value }
        return cserve_http2_field(
          name: buffer.baseAddress.map { $0 + start }, value: buffer.baseAddress.map { $0 + end.name },
          name_size: end.name - start, value_size: end.value - end.name, flags: 0)
      }
      return fields.withUnsafeBufferPointer(body)
    }
  }
}

private func sendBytes(_ descriptor: Int32, _ bytes: UnsafeRawPointer?, _ count: Int, _ flags: Int32) -> Int {
  send(descriptor, bytes, count, flags)
}
