import ApusCore
import CServe

#if canImport(Musl)
  import Musl
#else
  import Glibc
#endif

/// What answers calls.
protocol GRPCHandler: Sendable {
  /// Answers a call, at once or later. It runs on a thread of the server, where others wait behind it.
  func handle(_ call: GRPCCall)
}

/// A server of gRPC, with or without TLS. The protocol is spoken by gRPC's C core, found at run time.
final class GRPCServer: @unchecked Sendable {
  /// Where it listens, with the port that the system chose where 0 was asked for.
  let address: String
  private let library: GRPCLibrary
  private let handler: any GRPCHandler
  private let server: UnsafeMutablePointer<cserve_grpc_server>
  private let monitor = Monitor()
  // Under the monitor: what of the end has happened.
  private var isStopping = false
  private var isOver = false
  private var threads = 0
  /// Calls that came and have not ended.
  private var pending = 0

  /// Calls that may come while others are being taken in.
  private static let waiting = 32
  /// How long clients without calls have to leave, in seconds.
  private static let farewell = 0.2
  /// The most calls of a connection at once.
  private static let mostCalls: Int32 = 1024

  /// Begins to listen.
  /// - Parameter sharesPort: whether another server may listen there, whose place this one takes.
  /// - Throws: `TensorError` of kind `unsupported` where the library is missing or lacks TLS that is asked for, of kind `value` where the
  ///   address cannot be had or the certificate is wrong.
  init(
    at address: String, limits: HTTPLimits, certificate: HTTPCertificate?, sharesPort: Bool = false,
    handler: any GRPCHandler
  ) throws(TensorError) {
    library = try GRPCLibrary.loaded()
    self.handler = handler
    let (host, port) = try ListeningSocket.parts(address)
    if certificate != nil, !library.hasTLS {
      throw TensorError(.unsupported, "gRPC", "this build of the library has no TLS; install the one named libgrpc")
    }
    // The library shares ports with whoever does so too, which is a mistake unless one takes the place of the other.
    if !sharesPort, port != 0 { close(try ListeningSocket(address).descriptor) }
    server = .allocate(capacity: 1)
    server.initialize(to: cserve_grpc_server())
    let name = host.contains(":") ? "[\(host)]" : host
    let largest = Int32(clamping: limits.largestBody)
    let found = cserve_grpc_start(
      library.functions, server, "\(name):\(port)", certificate?.chain, certificate?.key, largest, Self.mostCalls)
    guard found > 0 else {
      server.deallocate()
      throw TensorError(
        .value, address, "gRPC cannot listen there" + (certificate == nil ? "" : ", or the certificate is wrong"))
    }
    self.address = "\(name):\(found)"
    for _ in 0..<Self.waiting { request() }
    threads = max(1, limits.threads)
    for _ in 0..<threads {
      // The thread holds the server until the queue ends.
      if !startThread({ self.run() }) { ended() }
    }
  }

  /// Asks for the next call.
  private func request() {
    let place = CallPlace()
    let tag = GRPCOperation.tag { [self] success in
      monitor.lock()
      let call = place.call
      monitor.unlock()
      guard let call else { return }
      guard success else { return cserve_grpc_free(library.functions, call) }
      request()
      monitor.lock()
      pending += 1
      monitor.unlock()
      handler.handle(GRPCCall(library.functions, call) { [self] in left() })
    }
    monitor.lock()
    let call = isStopping ? nil : cserve_grpc_request(library.functions, server, tag)
    place.call = call
    monitor.unlock()
    if call == nil { GRPCOperation.happened(tag, false) }
  }

  private func left() {
    monitor.lock()
    pending -= 1
    if isStopping, pending == 0 { monitor.broadcast() }
    monitor.unlock()
  }

  private func run() {
    while true {
      var success: Int32 = 0
      var tag: UnsafeMutableRawPointer?
      let kind = cserve_grpc_next(library.functions, server, 60_000, &success, &tag)
      if kind == 0 { break }
      if let tag { GRPCOperation.happened(tag, success != 0) }
    }
    ended()
  }

  /// A thread has ended; the last one frees the queue.
  private func ended() {
    monitor.lock()
    threads -= 1
    if threads == 0 {
      cserve_grpc_free_queue(library.functions, server)
      monitor.broadcast()
    }
    monitor.unlock()
  }

  /// Takes no more calls, lets those that came be answered for at most so many seconds, and ends.
  func stop(within seconds: Double) {
    monitor.lock()
    guard !isStopping else { return monitor.unlock() }
    isStopping = true
    monitor.unlock()
    let tag = GRPCOperation.tag { [self] _ in
      monitor.lock()
      isOver = true
      monitor.broadcast()
      monitor.unlock()
    }
    cserve_grpc_shut(library.functions, server, tag)
    let deadline = Clock.seconds + seconds
    monitor.lock()
    while pending > 0, Clock.seconds < deadline { monitor.wait(until: deadline) }
    // Clients that are told of the end close their connections; those that do not are not waited for.
    let patience = min(deadline, Clock.seconds + Self.farewell)
    while !isOver, Clock.seconds < patience { monitor.wait(until: patience) }
    if !isOver {
      monitor.unlock()
      cserve_grpc_cancel_all(library.functions, server)
      monitor.lock()
      while !isOver { monitor.wait() }
    }
    monitor.unlock()
    cserve_grpc_destroy(library.functions, server)
    monitor.lock()
    while threads > 0 { monitor.wait() }
    monitor.unlock()
  }

  deinit { server.deallocate() }
}

/// Where a call will be that was asked for; under the server's monitor.
private final class CallPlace: @unchecked Sendable {
  var call: OpaquePointer?
}
