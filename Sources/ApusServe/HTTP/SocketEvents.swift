import ApusCore
import CServe

#if canImport(Musl)
  import Musl
#else
  import Glibc
#endif

/// Waits for many sockets at once, and for a call from another thread.
final class SocketEvents: Sendable {
  /// What a socket is waited for.
  struct Interest: OptionSet, Sendable {
    let rawValue: UInt32
    static let reading = Interest(rawValue: cserve_poll_reading | cserve_poll_closed)
    static let writing = Interest(rawValue: cserve_poll_writing)
    /// Told once for each time that more has come, instead of as long as something is there.
    static let onceForEach = Interest(rawValue: cserve_poll_once)
  }

  /// What has happened to a socket.
  struct Event {
    /// The number that it was added with.
    let number: Int
    let isReadable: Bool
    let isWritable: Bool
  }

  private let descriptor: Int32
  private let bell: Int32
  private static let bellNumber = UInt64.max

  /// - Throws: `TensorError` of kind `memory` where the system has no more descriptors.
  init() throws(TensorError) {
    descriptor = epoll_create1(Int32(EPOLL_CLOEXEC))
    bell = eventfd(0, Int32(EFD_CLOEXEC | EFD_NONBLOCK))
    guard descriptor >= 0, bell >= 0 else {
      let reason = String(cString: strerror(errno))
      if descriptor >= 0 { close(descriptor) }
      if bell >= 0 { close(bell) }
      throw TensorError(.memory, "HTTP", "cannot wait for sockets: \(reason)")
    }
    var event = epoll_event(events: cserve_poll_reading, data: epoll_data_t(u64: Self.bellNumber))
    epoll_ctl(descriptor, EPOLL_CTL_ADD, bell, &event)
  }

  deinit {
    close(descriptor)
    close(bell)
  }

  /// Waits for a socket too.
  /// - Returns: whether the system can.
  func add(_ socket: Int32, number: Int, _ interest: Interest) -> Bool {
    var event = epoll_event(events: interest.rawValue, data: epoll_data_t(u64: UInt64(number)))
    return epoll_ctl(descriptor, EPOLL_CTL_ADD, socket, &event) == 0
  }

  /// Waits for something else of a socket.
  func change(_ socket: Int32, number: Int, _ interest: Interest) {
    var event = epoll_event(events: interest.rawValue, data: epoll_data_t(u64: UInt64(number)))
    epoll_ctl(descriptor, EPOLL_CTL_MOD, socket, &event)
  }

  /// Waits for a socket no more.
  func remove(_ socket: Int32) {
    var event = epoll_event()
    epoll_ctl(descriptor, EPOLL_CTL_DEL, socket, &event)
  }

  /// Ends the waiting of another thread.
  func ring() {
    var one: UInt64 = 1
    _ = write(bell, &one, 8)
  }

  /// What has happened, after at most so many milliseconds (-1 for any time).
  func wait(atMost milliseconds: Int32) -> [Event] {
    withUnsafeTemporaryAllocation(of: epoll_event.self, capacity: 64) { buffer in
      let count = epoll_wait(descriptor, buffer.baseAddress, Int32(buffer.count), milliseconds)
      guard count > 0 else { return [] }
      var events: [Event] = []
      events.reserveCapacity(Int(count))
      for event in buffer[..<Int(count)] {
        if event.data.u64 == Self.bellNumber {
          var rung: UInt64 = 0
          _ = read(bell, &rung, 8)
          continue
        }
        let isOver = event.events & cserve_poll_over != 0
        events.append(
          Event(
            number: Int(event.data.u64),
            isReadable: isOver || event.events & Interest.reading.rawValue != 0,
            isWritable: isOver || event.events & cserve_poll_writing != 0))
      }
      return events
    }
  }
}
