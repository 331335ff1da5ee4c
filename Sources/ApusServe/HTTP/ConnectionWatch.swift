import ApusCore
import Synchronization

#if canImport(Musl)
  import Musl
#else
  import Glibc
#endif

/// `POLLRDHUP`, which the C library shows to programs of the GNU dialect only: the other side has closed.
private let pollHangUp: Int16 = 0x2000

/// A connection as the watch knows it.
final class WatchedConnection: Sendable {
  let descriptor: Int32
  /// The client's address.
  let peer: String
  /// When what is read now must be there, in milliseconds of ``ConnectionWatch/now``; 0 where nothing is read.
  let deadline: Atomic<Int>
  /// How often the watch has found that the client has closed while a request is read.
  let looksSinceEnd = Atomic<Int>(0)
  /// The exchange that waits for its answer while the connection is held.
  let held = Lock<HTTPExchange?>(nil)

  init(_ descriptor: Int32, peer: String, deadline: Int) {
    self.descriptor = descriptor
    self.peer = peer
    self.deadline = Atomic(deadline)
  }
}

/// Looks after connections, some twenty times a second: cuts off those that take too long to send a request, and tells
/// exchanges whose clients have gone. The library itself does not look at connections that it holds.
final class ConnectionWatch: Sendable {
  private struct State {
    var connections: [ObjectIdentifier: WatchedConnection] = [:]
    var isEnded = false
  }
  private let state = Lock(State())

  /// Milliseconds of a clock that never goes back.
  static var now: Int { Int(Clock.seconds * 1000) }

  init() throws(TensorError) {
    // The thread ends with the watch.
    let started = startThread { [weak self] in
      while true {
        usleep(50_000)
        guard let self, self.look() else { return }
      }
    }
    guard started else { throw TensorError(.memory, "HTTP", "cannot start a thread") }
  }

  func add(_ connection: WatchedConnection) {
    state.withLock { $0.connections[ObjectIdentifier(connection)] = connection }
  }

  /// Forgets a connection before its socket is closed.
  func remove(_ connection: WatchedConnection) {
    state.withLock { $0.connections[ObjectIdentifier(connection)] = nil }
  }

  /// The connections that are looked after.
  var count: Int { state.withLock { $0.connections.count } }

  /// Ends the watch.
  func end() { state.withLock { $0.isEnded = true } }

  /// The exchanges that wait for their answers while their connections are held.
  var held: [HTTPExchange] {
    state.withLock { $0.connections.values.compactMap { connection in connection.held.withLock { $0 } } }
  }

  private func look() -> Bool {
    let (gone, isEnded) = state.withLock { state in (Self.gone(state.connections.values), state.isEnded) }
    for exchange in gone {
      exchange.end(isComplete: false)
      exchange.answer(HTTPAnswer(status: 499))
    }
    return !isEnded
  }

  /// Cuts off connections that are late, or whose client has closed within a request. Gives the exchanges whose clients have gone.
  private static func gone(_ connections: some Collection<WatchedConnection>) -> [HTTPExchange] {
    let now = now
    let connections = Array(connections)
    var polled: [pollfd] = []
    polled.reserveCapacity(connections.count)
    for connection in connections {
      let deadline = connection.deadline.load(ordering: .relaxed)
      if deadline > 0, now > deadline { shutdown(connection.descriptor, Int32(SHUT_RDWR)) }
      polled.append(pollfd(fd: connection.descriptor, events: pollHangUp, revents: 0))
    }
    guard !polled.isEmpty, poll(&polled, nfds_t(polled.count), 0) > 0 else { return [] }
    var gone: [HTTPExchange] = []
    for (connection, polled) in zip(connections, polled) where polled.revents != 0 {
      if let exchange = connection.held.withLock({ $0 }) {
        gone.append(exchange)
      } else if connection.deadline.load(ordering: .relaxed) > 0 {
        // The library mostly sees this by itself; what came before the end is read by then.
        let looks = connection.looksSinceEnd.add(1, ordering: .relaxed).newValue
        if looks == Self.looksUntilCut { shutdown(connection.descriptor, Int32(SHUT_RDWR)) }
      }
    }
    return gone
  }

  /// Half a second.
  private static let looksUntilCut = 10
}
