import ApusCore
import Synchronization

#if canImport(Musl)
  import Musl
#else
  import Glibc
#endif

/// A server of HTTP/2 for connections that are handed to it, on threads that share these.
final class HTTP2Transport: Sendable {
  private let loops: [HTTP2Loop]
  private let next = Atomic<Int>(0)

  /// Whether this machine has what it takes.
  static func isPossible(overTLS: Bool) -> Bool { HTTP2Library.found != nil && (!overTLS || TLSLibrary.found != nil) }

  /// - Throws: `TensorError` of kind `unsupported` where a library is missing, of kind `value` where the certificate is
  ///   wrong.
  init(_ certificate: HTTPCertificate?, _ admission: RequestAdmission) throws(TensorError) {
    guard let library = HTTP2Library.found else {
      throw TensorError(.unsupported, "HTTP", "HTTP/2 needs the library libnghttp2.so.14")
    }
    var credentials: TLSCredentials?
    if let certificate {
      guard let tls = TLSLibrary.found else {
        throw TensorError(.unsupported, "HTTP", "HTTP/2 with TLS needs the library libgnutls.so.30")
      }
      credentials = try TLSCredentials(certificate, tls)
    }
    var loops: [HTTP2Loop] = []
    do throws(TensorError) {
      for _ in 0..<max(1, admission.limits.threads) {
        let loop = try HTTP2Loop(library, credentials, admission)
        guard startThread({ loop.run() }) else { throw TensorError(.memory, "HTTP", "cannot start a thread") }
        loops.append(loop)
      }
    } catch {
      for loop in loops { loop.end() }
      throw error
    }
    self.loops = loops
  }

  /// The connections that there are.
  var connections: Int { loops.reduce(0) { $0 + $1.connections } }

  /// Takes a connection over, of a client at this address.
  func take(_ descriptor: Int32, peer: String) {
    let turn = next.add(1, ordering: .relaxed).newValue
    loops[turn % loops.count].post(.connection(descriptor, peer: peer))
  }

  /// Tells all clients to leave.
  func drain() { for loop in loops { loop.post(.drain) } }

  /// Closes all connections and ends. Returns when this has happened.
  func end() { for loop in loops { loop.end() } }
}

/// A thread that has connections of HTTP/2.
private final class HTTP2Loop: Sendable {
  enum Message {
    case connection(Int32, peer: String)
    /// A stream of a connection has its answer, or a part of it.
    case wake(connection: Int, stream: Int32)
    case drain
  }

  private let library: HTTP2Library
  private let credentials: TLSCredentials?
  private let admission: RequestAdmission
  private let events: SocketEvents
  private let messages = Lock<[Message]>([])
  private let count = Atomic<Int>(0)
  private let peers = Lock<[String: Int]>([:])
  /// 1: ends; 2: has ended.
  private let step = Atomic<Int>(0)

  init(_ library: HTTP2Library, _ credentials: TLSCredentials?, _ admission: RequestAdmission) throws(TensorError) {
    (self.library, self.credentials, self.admission) = (library, credentials, admission)
    events = try SocketEvents()
  }

  var connections: Int { count.load(ordering: .relaxed) }

  func post(_ message: Message) {
    if case .connection = message { count.add(1, ordering: .relaxed) }
    let isFirst = messages.withLock { messages in
      messages.append(message)
      return messages.count == 1
    }
    if isFirst { events.ring() }
  }

  /// Ends the thread. Returns when it has ended.
  func end() {
    guard step.compareExchange(expected: 0, desired: 1, ordering: .acquiringAndReleasing).exchanged else { return }
    events.ring()
    while step.load(ordering: .acquiring) != 2 { usleep(200) }
  }

  // MARK: On the thread

  /// How often it is looked for what takes too long, in milliseconds.
  private static let look = 100
  /// How long after the notice of the end clients are told which request was the last, in milliseconds.
  private static let farewell = 100

  func run() {
    var connections: [Int: HTTP2Connection] = [:]
    var lastNumber = 0
    var nextLook = ConnectionWatch.now + Self.look
    var leaving: Int?
    let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: 1 << 16, alignment: 16)
    defer { buffer.deallocate() }

    func settle(_ number: Int, _ isThere: Bool, wasBlocked: Bool) {
      guard let connection = connections[number] else { return }
      if !isThere {
        connections[number] = nil
        return leave(connection.peer)
      }
      if connection.isBlocked != wasBlocked {
        events.change(
          connection.descriptor, number: number, connection.isBlocked ? [.reading, .writing] : .reading)
      }
    }
    func each(_ action: (HTTP2Connection) -> Bool) {
      for (number, connection) in connections {
        let wasBlocked = connection.isBlocked
        settle(number, action(connection), wasBlocked: wasBlocked)
      }
    }

    while step.load(ordering: .acquiring) == 0 {
      let wait = connections.isEmpty ? 1000 : max(0, nextLook - ConnectionWatch.now)
      for event in events.wait(atMost: Int32(wait)) {
        guard let connection = connections[event.number] else { continue }
        let wasBlocked = connection.isBlocked
        var isThere = true
        if event.isWritable { isThere = connection.write() }
        if isThere, event.isReadable { isThere = connection.read(buffer) }
        settle(event.number, isThere, wasBlocked: wasBlocked)
      }
      let posted = messages.withLock { messages in
        defer { messages = [] }
        return messages
      }
      var woken: Set<Int> = []
      for message in posted {
        switch message {
        case .connection(let descriptor, let peer):
          lastNumber += 1
          guard let connection = welcome(descriptor, peer, lastNumber) else { continue }
          connections[lastNumber] = connection
          if leaving != nil { settle(lastNumber, connection.drain(isLast: false), wasBlocked: false) }
        case .wake(let number, let stream):
          if let connection = connections[number], connection.proceed(stream) { woken.insert(number) }
        case .drain:
          leaving = ConnectionWatch.now + Self.farewell
          each { $0.drain(isLast: false) }
        }
      }
      for number in woken {
        guard let connection = connections[number] else { continue }
        let wasBlocked = connection.isBlocked
        settle(number, connection.write(), wasBlocked: wasBlocked)
      }
      let now = ConnectionWatch.now
      if now >= nextLook {
        nextLook = now + Self.look
        each { $0.look(at: now) }
        if let time = leaving, now >= time {
          leaving = .max
          each { $0.drain(isLast: true) }
        }
      }
    }
    for message in messages.withLock({ $0 }) { if case .connection(let descriptor, _) = message { close(descriptor) } }
    // What waits to be sent is.
    each { $0.write() }
    connections = [:]
    step.store(2, ordering: .releasing)
  }

  private func welcome(_ descriptor: Int32, _ peer: String, _ number: Int) -> HTTP2Connection? {
    let tls = credentials.map { TLSSession($0, descriptor) }
    guard enter(peer), tls.map({ $0 != nil }) ?? true else {
      close(descriptor)
      leave(peer)
      return nil
    }
    let wake: @Sendable (Int32) -> Void = { [weak self] in self?.post(.wake(connection: number, stream: $0)) }
    // From here on the connection closes the socket.
    guard let connection = HTTP2Connection(descriptor, peer: peer, library, tls ?? nil, admission, wake: wake),
      events.add(descriptor, number: number, .reading)
    else {
      leave(peer)
      return nil
    }
    return connection
  }

  /// Counts a connection of a client. Each thread has its share of those that it may have.
  private func enter(_ peer: String) -> Bool {
    let most = admission.limits.mostConnectionsOfPeer
    guard most > 0 else { return true }
    return peers.withLock { peers in
      peers[peer, default: 0] += 1
      return peers[peer, default: 0] <= max(1, most / max(1, admission.limits.threads))
    }
  }

  private func leave(_ peer: String) {
    count.subtract(1, ordering: .relaxed)
    guard admission.limits.mostConnectionsOfPeer > 0 else { return }
    peers.withLock { peers in
      peers[peer, default: 1] -= 1
      if peers[peer] == 0 { peers[peer] = nil }
    }
  }
}
