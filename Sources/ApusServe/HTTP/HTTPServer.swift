import ApusCore

#if canImport(Musl)
  import Musl
#else
  import Glibc
#endif

/// What answers requests.
public protocol HTTPHandler: Sendable {
  /// Looks at the head of a request before its body is read.
  /// - Returns: nil to go on, or an answer that refuses it: without rights, too large.
  func refusal(of head: HTTPHead) -> HTTPAnswer?
  /// Answers a request, at once or later (`HTTPExchange.answer`). It runs on a thread of the server, where others wait
  /// behind it: what takes long belongs elsewhere.
  func handle(_ exchange: HTTPExchange)
}

extension HTTPHandler {
  public func refusal(of head: HTTPHead) -> HTTPAnswer? { nil }
}

/// What a server allows its clients. Times are in seconds.
public struct HTTPLimits: Sendable {
  /// The longest body of a request, in bytes.
  public var largestBody = 1 << 28
  /// How many bytes of bodies all requests may hold together.
  public var largestBodiesTogether = 1 << 31
  /// How many bytes the head of a request may take, and the buffers of a connection.
  public var largestHead = 1 << 16
  /// How many connections there may be at once; others wait to be accepted.
  public var mostConnections = 8192
  /// How many connections one address may have; 0 for any number.
  public var mostConnectionsOfPeer = 0
  /// How long a connection may be silent while it is read or written.
  public var silence = 30.0
  /// How long a connection may take until the next head is there, idle or byte by byte.
  public var headTime = 60.0
  /// How long the body may take at least, and for each 64 KiB of it one second more.
  public var bodyTime = 30.0
  /// How many threads read and write.
  public var threads = 2

  /// The limits above.
  public init() {}
}

/// A certificate and its key, as texts in PEM.
public struct HTTPCertificate: Sendable {
  /// The chain of certificates.
  public let chain: String
  /// The private key.
  public let key: String

  /// A certificate.
  public init(chain: String, key: String) {
    self.chain = chain
    self.key = key
  }
}

/// A server of HTTP/1.1 and HTTP/2, with or without TLS: hands requests to its handler, and the answers to the clients.
///
///     struct Echo: HTTPHandler {
///       func handle(_ exchange: HTTPExchange) { exchange.answer(HTTPAnswer(body: exchange.request.body)) }
///     }
///     let server = try HTTPServer(at: "127.0.0.1:8000", handler: Echo())
///     // server.address is where it listens
///     server.stop(within: 30)
///
/// Connections stay open for further requests. HTTP/1.1 is spoken by the library libmicrohttpd, HTTP/2 by libnghttp2,
/// both found at run time; nothing else of this module knows that. Without the second there is HTTP/1.1 alone.
public final class HTTPServer: Sendable {
  /// Where it listens: `127.0.0.1:8000`, with the port that the system chose where 0 was asked for.
  public let address: String
  private let admission: RequestAdmission
  private let transport: MicroHTTPTransport
  /// What HTTP/2 needs: who speaks it, and who looks what a connection speaks. The latter has the listener then.
  private let second: (transport: HTTP2Transport, door: ConnectionDoor)?
  private let isStopped = Lock(false)
  /// The socket that listens, as long as the server is not stopped.
  let listener: Int32

  /// Begins to listen.
  /// - Parameter address: an address and a port, `127.0.0.1:8000`, `[::1]:8000`, `localhost:0`.
  /// - Throws: `TensorError` of kind `unsupported` where the library is missing, or lacks TLS that is asked for; of
  ///   kind `value` where the address or the certificate is wrong.
  public convenience init(
    at address: String, limits: HTTPLimits = HTTPLimits(), certificate: HTTPCertificate? = nil,
    handler: any HTTPHandler
  ) throws {
    try self.init(try ListeningSocket(address), limits, certificate, handler)
  }

  init(
    _ listener: ListeningSocket, _ limits: HTTPLimits, _ certificate: HTTPCertificate?, _ handler: any HTTPHandler
  ) throws {
    address = listener.address
    self.listener = listener.descriptor
    admission = RequestAdmission(limits, handler)
    let hasSecond = HTTP2Transport.isPossible(overTLS: certificate != nil)
    do {
      transport = try MicroHTTPTransport(hasSecond ? nil : listener, certificate, admission)
    } catch {
      close(listener.descriptor)
      throw error
    }
    guard hasSecond else {
      second = nil
      return
    }
    var made: HTTP2Transport?
    do {
      let transport = try HTTP2Transport(certificate, admission)
      made = transport
      second = (transport, try ConnectionDoor(listener, isTLS: certificate != nil, limits, self.transport, transport))
    } catch {
      made?.end()
      transport.end()
      close(listener.descriptor)
      throw error
    }
  }

  /// Whether this machine has what HTTP/2 needs, with TLS or without.
  public static func speaksHTTP2(overTLS: Bool) -> Bool { HTTP2Transport.isPossible(overTLS: overTLS) }

  /// The requests that came and are not answered yet.
  public var pending: Int { admission.pending }

  /// Takes no more connections, lets those that are there finish their requests, for at most so many seconds, and ends.
  /// All requests whose head has been read by then are answered. A second call does nothing.
  public func stop(within seconds: Double = 30) {
    let isFirst = isStopped.withLock { isStopped in
      defer { isStopped = true }
      return !isStopped
    }
    guard isFirst else { return }
    admission.enter(.draining)
    second?.door.closeListener()
    second?.transport.drain()
    transport.quiesce()
    let end = Clock.seconds + seconds
    // Requests that are in the sockets already are read within this time.
    if seconds > 0 { usleep(useconds_t(min(seconds, 0.1) * 1e6)) }
    while pending > 0, Clock.seconds < end { usleep(2000) }
    second?.door.end()
    admission.enter(.ending)
    second?.transport.end()
    transport.end()
  }

  deinit { stop(within: 0) }
}
