import ApusCore
import CServe
import Synchronization

#if canImport(Musl)
  import Musl
#else
  import Glibc
#endif

/// The listening sockets of a server, offered to the one that is to take its place.
///
/// The offer is a local socket whose name, which no file has, tells the address of the server. Who connects, a process of the same user, is
/// sent the sockets; once it says that it answers, or not at all, the offer ends.
final class HandoverOffer: Sendable {
  private let channel: Int32
  private let events: SocketEvents
  private let isOver = Atomic<Bool>(false)

  init(_ sockets: [(address: String, descriptor: Int32)], whenTaken: @escaping @Sendable () -> Void) throws(TensorError)
  {
    let address = sockets.first?.address ?? ""
    events = try SocketEvents()
    let channel = socket(AF_UNIX, StreamSocket.kind | StreamSocket.closesInChildren, 0)
    self.channel = channel
    let isBound = withLocalAddress(of: address) { bind(channel, $0, $1) == 0 }
    guard isBound, listen(channel, 4) == 0, events.add(channel, number: 0, .reading) else {
      let reason = String(cString: strerror(errno))
      close(channel)
      throw TensorError(.value, address, "the sockets cannot be offered to a server that follows: \(reason)")
    }
    let events = events
    let started = startThread { [weak self] in
      // The offer ends with the server, which does not wait for this thread.
      while let self, !self.isOver.load(ordering: .relaxed) {
        for _ in events.wait(atMost: 500) where self.give(sockets) { return whenTaken() }
      }
    }
    guard started else { throw TensorError(.memory, "serve", "cannot start a thread") }
  }

  deinit { end() }

  /// Ends the offer.
  func end() {
    guard !isOver.exchange(true, ordering: .acquiringAndReleasing) else { return }
    close(channel)
    events.ring()
  }

  /// Gives the sockets to who connects.
  /// - Returns: whether that one answers now.
  private func give(_ sockets: [(address: String, descriptor: Int32)]) -> Bool {
    let other = accept(channel, nil, nil)
    guard other >= 0 else { return false }
    defer { close(other) }
    guard cserve_is_same_user(other) == 1 else { return false }
    let descriptors = sockets.map(\.descriptor)
    let text = Array(sockets.map(\.address).joined(separator: "\n").utf8)
    guard cserve_send_sockets(other, descriptors, Int32(descriptors.count), text, text.count) == 1 else { return false }
    // The models of the other are loaded meanwhile; where it ends instead, nothing comes.
    var word: UInt8 = 0
    guard recv(other, &word, 1, 0) == 1 else { return false }
    // The other offers the sockets to the next one by the same name.
    end()
    return true
  }
}

/// The sockets of a server whose place is taken.
final class Handover: Sendable {
  /// The sockets that nobody has taken, by their addresses.
  private let sockets: Lock<[String: Int32]>
  private let channel: Int32

  /// Asks the server at an address for its sockets.
  /// - Throws: `TensorError` of kind `value` where none runs there that offers them.
  init(from address: String) throws(TensorError) {
    let channel = socket(AF_UNIX, StreamSocket.kind | StreamSocket.closesInChildren, 0)
    self.channel = channel
    var descriptors = [Int32](repeating: -1, count: 8)
    var text = [UInt8](repeating: 0, count: 4096)
    var size = text.count
    var count: Int32 = -1
    if withLocalAddress(of: address, { connect(channel, $0, $1) == 0 }), cserve_is_same_user(channel) == 1 {
      count = cserve_receive_sockets(channel, &descriptors, Int32(descriptors.count), &text, &size)
    }
    let addresses = String(decoding: text[..<min(size, text.count)], as: UTF8.self).split(separator: "\n").map(
      String.init)
    guard count > 0, addresses.count == Int(count) else {
      for descriptor in descriptors where descriptor >= 0 { close(descriptor) }
      close(channel)
      throw TensorError(
        .value, address, "there is no server of this user whose sockets can be taken over; start without --take-over")
    }
    sockets = Lock(Dictionary(zip(addresses, descriptors).map { ($0, $1) }) { first, _ in first })
  }

  /// The socket of an address, which is the caller's from now on; nil where there is none.
  func take(_ address: String) -> ListeningSocket? {
    sockets.withLock { $0.removeValue(forKey: address) }.map { ListeningSocket(descriptor: $0, address: address) }
  }

  /// Says that this server answers now, and waits until the other no longer offers its sockets.
  func finish() {
    var word: UInt8 = 1
    guard send(channel, &word, 1, Int32(MSG_NOSIGNAL)) == 1 else { return }
    _ = recv(channel, &word, 1, 0)
  }

  deinit {
    for descriptor in sockets.withLock({ $0.values }) { close(descriptor) }
    close(channel)
  }
}

/// Gives the name of the local socket at which the server of an address offers its own. It begins with a zero, which no file does.
private func withLocalAddress<Result>(
  of address: String, _ body: (UnsafePointer<sockaddr>, socklen_t) -> Result
) -> Result {
  var local = sockaddr_un()
  local.sun_family = sa_family_t(AF_UNIX)
  let name = [0] + Array("apus-serve-\(geteuid())-\(address)".utf8).prefix(100)
  withUnsafeMutableBytes(of: &local.sun_path) { path in path.copyBytes(from: name) }
  let size = MemoryLayout<sa_family_t>.size + name.count
  return withUnsafePointer(to: &local) { pointer in
    pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { body($0, socklen_t(size)) }
  }
}
