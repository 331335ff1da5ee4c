import ApusCore
import CServe
import Synchronization

#if canImport(Musl)
  import Musl
#else
  import Glibc
#endif

/// Accepts connections and gives each to those who speak its protocol. Clients that know of HTTP/2 say so with their
/// first bytes: the preface of the protocol, or, with TLS, the names of protocols in the greeting. These bytes are
/// looked at and left in the socket.
final class ConnectionDoor: Sendable {
  private let listener: ListeningSocket
  private let isTLS: Bool
  private let limits: HTTPLimits
  private let first: MicroHTTPTransport
  private let second: HTTP2Transport
  private let events: SocketEvents
  /// 1: accepts what waits and closes the listener; 2: this has happened; 3: ends; 4: has ended.
  private let step = Atomic<Int>(0)

  /// Begins to accept, on a thread of its own.
  init(
    _ listener: ListeningSocket, isTLS: Bool, _ limits: HTTPLimits, _ first: MicroHTTPTransport,
    _ second: HTTP2Transport
  ) throws(TensorError) {
    (self.listener, self.isTLS, self.limits, self.first, self.second) = (listener, isTLS, limits, first, second)
    events = try SocketEvents()
    guard startThread({ self.run() }) else { throw TensorError(.memory, "HTTP", "cannot start a thread") }
  }

  /// Accepts what waits already and closes the listener. Returns when this has happened.
  func closeListener() { reach(1) }

  /// Closes what has not said anything yet, and ends.
  func end() { reach(3) }

  private func reach(_ wanted: Int) {
    guard step.load(ordering: .acquiring) < wanted else { return }
    step.store(wanted, ordering: .releasing)
    events.ring()
    while step.load(ordering: .acquiring) == wanted { usleep(200) }
  }

  // MARK: On the thread

  /// A connection that has not said yet what it speaks.
  private struct Newcomer {
    var address: sockaddr_storage
    var size: socklen_t
    var deadline: Int
  }

  private static let listenerNumber = Int(Int32.max) + 1

  private func run() {
    var newcomers: [Int32: Newcomer] = [:]
    var isListening = events.add(listener.descriptor, number: Self.listenerNumber, .reading)
    var isClosed = false
    while true {
      // A server that is full looks soon whether it still is.
      let isWaiting = !isListening && !isClosed
      for event in events.wait(atMost: isWaiting ? 10 : newcomers.isEmpty ? 1000 : 100) {
        if event.number == Self.listenerNumber {
          accept(&newcomers, atMost: 64)
        } else if let newcomer = newcomers[Int32(event.number)] {
          settle(Int32(event.number), newcomer, &newcomers)
        }
      }
      let now = ConnectionWatch.now
      for (descriptor, newcomer) in newcomers where newcomer.deadline < now { drop(descriptor, &newcomers) }
      if !isClosed {
        let isFull = connections(newcomers) >= limits.mostConnections
        if isFull == isListening {
          isListening = !isFull
          events.change(listener.descriptor, number: Self.listenerNumber, isFull ? [] : .reading)
        }
      }
      let step = step.load(ordering: .acquiring)
      if step == 1 || step == 3, !isClosed {
        accept(&newcomers, atMost: limits.mostConnections)
        events.remove(listener.descriptor)
        close(listener.descriptor)
        isClosed = true
      }
      switch step {
      case 1: self.step.store(2, ordering: .releasing)
      case 3:
        for descriptor in newcomers.keys { close(descriptor) }
        return self.step.store(4, ordering: .releasing)
      default: break
      }
    }
  }

  private func connections(_ newcomers: [Int32: Newcomer]) -> Int {
    newcomers.count + first.connections + second.connections
  }

  private func accept(_ newcomers: inout [Int32: Newcomer], atMost most: Int) {
    for _ in 0..<most where connections(newcomers) < limits.mostConnections {
      var address = sockaddr_storage()
      var size = UInt32(MemoryLayout<sockaddr_storage>.size)
      let accepted = cserve_accept(listener.descriptor, &address, &size)
      guard accepted >= 0 else { return }
      var yes: Int32 = 1
      setsockopt(accepted, Int32(IPPROTO_TCP), TCP_NODELAY, &yes, socklen_t(MemoryLayout<Int32>.size))
      let newcomer = Newcomer(
        address: address, size: socklen_t(size), deadline: ConnectionWatch.now + Int(limits.headTime * 1000))
      settle(accepted, newcomer, &newcomers)
    }
  }

  /// Hands a connection over once it is known what it speaks.
  private func settle(_ descriptor: Int32, _ newcomer: Newcomer, _ newcomers: inout [Int32: Newcomer]) {
    let known = newcomers[descriptor] != nil
    guard let speaksSecond = look(descriptor) else {
      if !known {
        newcomers[descriptor] = newcomer
        if !events.add(descriptor, number: Int(descriptor), [.reading, .onceForEach]) { drop(descriptor, &newcomers) }
      }
      return
    }
    if known {
      newcomers[descriptor] = nil
      events.remove(descriptor)
    }
    withUnsafePointer(to: newcomer.address) { pointer in
      pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { address in
        if speaksSecond {
          second.take(descriptor, peer: StreamSocket.text(of: address))
        } else {
          first.take(descriptor, address, newcomer.size)
        }
      }
    }
  }

  private func drop(_ descriptor: Int32, _ newcomers: inout [Int32: Newcomer]) {
    newcomers[descriptor] = nil
    close(descriptor)
  }

  /// Whether a client speaks HTTP/2; nil where that is not known yet. One that has closed is left to HTTP/1.1.
  private func look(_ descriptor: Int32) -> Bool? {
    let size = isTLS ? TLSGreeting.longest : Self.preface.count
    return withUnsafeTemporaryAllocation(of: UInt8.self, capacity: size) { buffer -> Bool? in
      let count = recv(descriptor, buffer.baseAddress, size, Int32(MSG_PEEK))
      guard count > 0 else { return count < 0 && (errno == EAGAIN || errno == EINTR) ? nil : false }
      let bytes = UnsafeBufferPointer(rebasing: buffer[..<count])
      if isTLS { return TLSGreeting.offersHTTP2(bytes) }
      guard Self.preface.starts(with: bytes) else { return false }
      return count == Self.preface.count ? true : nil
    }
  }

  /// What connections of HTTP/2 begin with (RFC 9113, 3.4).
  private static let preface = Array("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".utf8)
}
