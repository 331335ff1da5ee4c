import ApusCore
import CServe
import Synchronization

#if canImport(Musl)
  import Musl
#else
  import Glibc
#endif

/// A server of libmicrohttpd.
///
/// The library calls for each part of a request (`take`). Once a request is whole, its handler is called; where there
/// is no answer by then, the library holds the connection until there is one. The body of a stream is read by it as
/// there is room.
final class MicroHTTPTransport: Sendable {
  private typealias Number = MicroHTTPLibrary.Number

  private let library: MicroHTTPLibrary
  private let admission: RequestAdmission
  private let watch: ConnectionWatch
  private nonisolated(unsafe) let certificate: [UnsafeMutablePointer<CChar>]
  private let daemon = Lock<Address?>(nil)
  private var limits: HTTPLimits { admission.limits }

  private struct Address: @unchecked Sendable { let pointer: UnsafeMutableRawPointer }

  /// The connections that there are.
  var connections: Int { watch.count }

  /// Begins to serve connections.
  /// - Parameter listener: where they come from; nil where they are handed over by ``take(_:_:_:)``.
  init(_ listener: ListeningSocket?, _ certificate: HTTPCertificate?, _ admission: RequestAdmission)
    throws(TensorError)
  {
    library = try MicroHTTPLibrary.loaded()
    if certificate != nil, library.hasFeature(Number.featureTLS) != 1 {
      throw TensorError(.unsupported, "HTTP", "this libmicrohttpd was built without TLS")
    }
    watch = try ConnectionWatch()
    self.admission = admission
    self.certificate = certificate.map { [strdup($0.key), strdup($0.chain)].compactMap { $0 } } ?? []
    try start(listener)
  }

  deinit { for text in certificate { free(text) } }

  private func start(_ listener: ListeningSocket?) throws(TensorError) {
    let state = Unmanaged.passUnretained(self).toOpaque()
    func option(_ number: Int32, _ value: Int, _ pointer: UnsafeMutableRawPointer? = nil) -> cserve_option {
      cserve_option(option: number, value: value, pointer: pointer)
    }
    typealias Completed =
      @convention(c) (
        UnsafeMutableRawPointer?, UnsafeMutableRawPointer?, UnsafeMutablePointer<UnsafeMutableRawPointer?>?, Int32
      ) -> Void
    let completed: Completed = { state, _, request, code in
      MicroHTTPTransport.of(state)?.completed(request, code)
    }
    let connected: Completed = { state, connection, context, code in
      MicroHTTPTransport.of(state)?.connected(connection, context, isNew: code == 0)
    }
    var options = [
      option(Number.whenCompleted, unsafeBitCast(completed, to: Int.self), state),
      option(Number.whenConnected, unsafeBitCast(connected, to: Int.self), state),
      option(Number.memoryOfConnection, limits.largestHead),
      option(Number.mostConnections, limits.mostConnections),
      option(Number.silence, Int(limits.silence.rounded(.up))),
    ]
    if limits.mostConnectionsOfPeer > 0 {
      options.append(option(Number.mostConnectionsOfPeer, limits.mostConnectionsOfPeer))
    }
    if limits.threads > 1 { options.append(option(Number.threads, limits.threads)) }
    var flags = Number.epollThreads | Number.holding | Number.turbo
    if let listener {
      options.append(option(Number.socket, Int(listener.descriptor)))
    } else {
      flags |= Number.withoutListener
    }
    if certificate.count == 2 {
      flags |= Number.tls
      options.append(option(Number.key, 0, certificate[0]))
      options.append(option(Number.certificate, 0, certificate[1]))
    }
    options.append(option(0, 0))
    let handle: cserve_handler = { state, connection, path, method, _, bytes, size, request in
      guard let transport = MicroHTTPTransport.of(state), let connection, let path, let method, let size, let request
      else { return 0 }
      return transport.take(connection, path, method, bytes, size, request)
    }
    guard let started = cserve_start(library.startDaemon, flags, handle, state, options) else {
      throw TensorError(
        .value, "HTTP",
        certificate.isEmpty
          ? "libmicrohttpd cannot start a server: \(String(cString: strerror(errno)))"
          : "libmicrohttpd cannot start a server with this certificate and key; both must be PEM and belong together")
    }
    let address = Address(pointer: started)
    daemon.withLock { $0 = address }
  }

  /// Takes a connection over, of a client at an address of so many bytes.
  func take(_ descriptor: Int32, _ address: UnsafePointer<sockaddr>, _ size: socklen_t) {
    guard let daemon = daemon.withLock({ $0 }) else {
      close(descriptor)
      return
    }
    // The library closes what it does not take.
    _ = library.addConnection(daemon.pointer, descriptor, address, size)
  }

  private static func of(_ state: UnsafeMutableRawPointer?) -> MicroHTTPTransport? {
    state.map { Unmanaged<MicroHTTPTransport>.fromOpaque($0).takeUnretainedValue() }
  }

  // MARK: The life of a connection

  private func connected(
    _ connection: UnsafeMutableRawPointer?, _ context: UnsafeMutablePointer<UnsafeMutableRawPointer?>?, isNew: Bool
  ) {
    guard let connection, let context else { return }
    if isNew {
      guard let found = cserve_connection_info(library.connectionInfo, connection, Number.descriptor) else { return }
      let made = WatchedConnection(
        found.load(as: Int32.self), peer: peer(of: connection),
        deadline: ConnectionWatch.now + Int(limits.headTime * 1000))
      context.pointee = Unmanaged.passRetained(made).toOpaque()
      watch.add(made)
    } else if let pointer = context.pointee {
      let ended = Unmanaged<WatchedConnection>.fromOpaque(pointer).takeRetainedValue()
      context.pointee = nil
      watch.remove(ended)
    }
  }

  private func peer(of connection: UnsafeMutableRawPointer) -> String {
    guard let found = cserve_connection_info(library.connectionInfo, connection, Number.peer),
      let address = found.load(as: UnsafePointer<sockaddr>?.self)
    else { return "" }
    return StreamSocket.text(of: address)
  }

  private func watched(_ connection: UnsafeMutableRawPointer) -> WatchedConnection? {
    guard let found = cserve_connection_info(library.connectionInfo, connection, Number.context),
      let pointer = found.load(as: UnsafeMutableRawPointer?.self)
    else { return nil }
    return Unmanaged<WatchedConnection>.fromOpaque(pointer).takeUnretainedValue()
  }

  // MARK: The life of a request

  /// A request on its way in, and the exchange that it becomes. One thread at a time has it.
  private final class Incoming {
    let head: HTTPHead
    let connection: WatchedConnection
    var body: [UInt8] = []
    /// What is counted of `bodyBytes`.
    var reserved = 0
    var exchange: HTTPExchange?
    /// The answer to a body that is not taken; what comes of it is left out.
    var refusal: HTTPAnswer?
    var leftOut = 0

    init(_ head: HTTPHead, _ connection: WatchedConnection) {
      self.head = head
      self.connection = connection
    }
  }

  private func take(
    _ connection: UnsafeMutableRawPointer, _ path: UnsafePointer<CChar>, _ method: UnsafePointer<CChar>,
    _ bytes: UnsafePointer<CChar>?, _ size: UnsafeMutablePointer<Int>,
    _ request: UnsafeMutablePointer<UnsafeMutableRawPointer?>
  ) -> Int32 {
    guard let pointer = request.pointee else {
      guard let watched = watched(connection) else { return 0 }
      let incoming = Incoming(
        HTTPHead(
          method: String(cString: method), path: String(cString: path), query: values(connection, Number.query),
          headers: values(connection, Number.headers), peer: watched.peer), watched)
      request.pointee = Unmanaged.passRetained(incoming).toOpaque()
      admission.requestBegins()
      if let refusal = begin(incoming) { return queue(connection, .whole(refusal), incoming) }
      return 1
    }
    let incoming = Unmanaged<Incoming>.fromOpaque(pointer).takeUnretainedValue()
    if size.pointee > 0 {
      let taken = add(UnsafeRawBufferPointer(start: bytes, count: size.pointee), to: incoming)
      size.pointee = 0
      return taken ? 1 : 0
    }
    if let refusal = incoming.refusal { return queue(connection, .whole(refusal), incoming) }
    let exchange: HTTPExchange
    if let known = incoming.exchange {
      exchange = known
    } else {
      incoming.connection.deadline.store(0, ordering: .relaxed)
      exchange = HTTPExchange(HTTPRequest(head: incoming.head, body: incoming.body))
      incoming.body = []
      incoming.exchange = exchange
      admission.handler.handle(exchange)
    }
    let (held, wake) = holding(connection, incoming.connection, exchange)
    guard let reply = exchange.replyOrPark(held, wake: wake) else { return 1 }
    return queue(connection, reply, incoming)
  }

  /// Adds a part of a body, which in chunks tells no length before.
  /// - Returns: false where the connection is to be closed.
  private func add(_ bytes: UnsafeRawBufferPointer, to incoming: Incoming) -> Bool {
    if incoming.refusal == nil {
      let length = incoming.body.count + bytes.count
      if length > limits.largestBody {
        incoming.refusal = admission.tooLong(length)
      } else if admission.reserve(bytes.count) {
        incoming.reserved += bytes.count
        incoming.body.append(contentsOf: bytes)
        return true
      } else {
        incoming.refusal = RequestAdmission.tooMuch
      }
      incoming.body = []
      admission.release(incoming.reserved)
      incoming.reserved = 0
    }
    // The library can answer only once the body has ended. A client is heard to its end for as much as it might have sent.
    incoming.leftOut += bytes.count
    return incoming.leftOut <= max(limits.largestBody, Self.leastLeftOut)
  }

  private static let leastLeftOut = 1 << 20

  /// Checks a request of which the head is there.
  private func begin(_ incoming: Incoming) -> HTTPAnswer? {
    if let refusal = admission.refusal(of: incoming.head) { return refusal }
    let length = incoming.head.contentLength
    incoming.connection.deadline.store(ConnectionWatch.now + admission.time(ofBody: length), ordering: .relaxed)
    // What a client only promises is not taken at once.
    incoming.body.reserveCapacity(min(length ?? 0, 1 << 20))
    return nil
  }

  /// How the connection of an exchange is held, and goes on.
  private func holding(
    _ connection: UnsafeMutableRawPointer, _ watched: WatchedConnection, _ exchange: HTTPExchange
  ) -> (hold: () -> Void, wake: @Sendable () -> Void) {
    let address = Address(pointer: connection)
    let (suspend, resume) = (library.suspend, library.resume)
    return (
      {
        watched.held.withLock { $0 = exchange }
        suspend(address.pointer)
      },
      {
        watched.held.withLock { $0 = nil }
        resume(address.pointer)
      }
    )
  }

  private func completed(_ request: UnsafeMutablePointer<UnsafeMutableRawPointer?>?, _ code: Int32) {
    guard let request, let pointer = request.pointee else { return }
    let incoming = Unmanaged<Incoming>.fromOpaque(pointer).takeRetainedValue()
    request.pointee = nil
    admission.release(incoming.reserved)
    incoming.connection.deadline.store(
      ConnectionWatch.now + Int(limits.headTime * 1000), ordering: .relaxed)
    incoming.exchange?.end(isComplete: code == 0)
    admission.requestEnds()
  }

  private func values(_ connection: UnsafeMutableRawPointer, _ kind: Int32) -> [HTTPField] {
    var fields: [HTTPField] = []
    withUnsafeMutablePointer(to: &fields) { pointer in
      _ = library.connectionValues(
        connection, kind,
        { fields, _, name, value in
          if let fields, let name {
            fields.assumingMemoryBound(to: [HTTPField].self).pointee.append(
              HTTPField(String(cString: name), value.map { String(cString: $0) } ?? ""))
          }
          return 1
        }, pointer)
    }
    return fields
  }

  // MARK: Answers

  private func queue(_ connection: UnsafeMutableRawPointer, _ reply: HTTPReply, _ incoming: Incoming) -> Int32 {
    let (status, headers, made) = response(connection, reply, incoming)
    guard let made else { return 0 }
    defer { library.destroy(made) }
    for header in headers { _ = library.addHeader(made, header.name, header.value) }
    if admission.phase != .serving { _ = library.addHeader(made, "Connection", "close") }
    return library.queue(connection, UInt32(clamping: status), made)
  }

  private func response(
    _ connection: UnsafeMutableRawPointer, _ reply: HTTPReply, _ incoming: Incoming
  ) -> (Int, [HTTPField], UnsafeMutableRawPointer?) {
    switch reply {
    case .whole(let answer):
      let made = answer.body.withUnsafeBytes { bytes in
        library.responseOfBuffer(
          bytes.count, bytes.baseAddress.map { UnsafeMutableRawPointer(mutating: $0) }, Number.copied)
      }
      return (answer.status, answer.headers, made)
    case .stream(let status, let headers, let stream):
      guard let exchange = incoming.exchange else { return (status, headers, nil) }
      let (hold, wake) = holding(connection, incoming.connection, exchange)
      let state = Unmanaged.passRetained(StreamReader(stream, hold: hold, wake: wake)).toOpaque()
      let made = library.responseOfReader(
        Number.unknownSize, 1 << 14,
        { state, _, buffer, size in
          guard let state else { return Number.endWithError }
          return Unmanaged<StreamReader>.fromOpaque(state).takeUnretainedValue().read(
            UnsafeMutableRawBufferPointer(start: buffer, count: size))
        }, state,
        { state in
          if let state { Unmanaged<StreamReader>.fromOpaque(state).release() }
        })
      return (status, headers, made)
    }
  }

  /// Reads a stream for the library.
  private final class StreamReader {
    private let stream: HTTPStream
    private let hold: () -> Void
    private let wake: @Sendable () -> Void

    init(_ stream: HTTPStream, hold: @escaping () -> Void, wake: @escaping @Sendable () -> Void) {
      (self.stream, self.hold, self.wake) = (stream, hold, wake)
    }

    func read(_ buffer: UnsafeMutableRawBufferPointer) -> Int {
      switch stream.read(into: buffer, park: hold, wake: wake) {
      case .bytes(let count): count
      case .later: 0
      case .end: Number.endOfStream
      case .broken: Number.endWithError
      }
    }
  }

  // MARK: The end

  /// Takes no more connections from its own listener, if it has one.
  func quiesce() {
    guard let daemon = daemon.withLock({ $0 }) else { return }
    let listener = library.quiesceDaemon(daemon.pointer)
    if listener >= 0 { close(listener) }
  }

  /// Ends all connections. A second call does nothing.
  func end() {
    let address = daemon.withLock { daemon in
      defer { daemon = nil }
      return daemon
    }
    guard let address else { return }
    // A connection that is held cannot be closed.
    while true {
      let held = watch.held
      if held.isEmpty { break }
      for exchange in held {
        exchange.end(isComplete: false)
        exchange.answer(HTTPAnswer(status: 503, text: "{\"error\":\"the server has stopped\"}"))
      }
      usleep(2000)
    }
    library.stopDaemon(address.pointer)
    watch.end()
  }
}
