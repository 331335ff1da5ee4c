import ApusCore

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

/// A server of HTTP/1.1 with or without TLS: hands requests to its handler, and the answers to the clients.
///
///     struct Echo: HTTPHandler {
///       func handle(_ exchange: HTTPExchange) { exchange.answer(HTTPAnswer(body: exchange.request.body)) }
///     }
///     let server = try HTTPServer(at: "127.0.0.1:8000", handler: Echo())
///     // server.address is where it listens
///     server.stop(within: 30)
///
/// Connections stay open for further requests. The protocol is spoken by the library libmicrohttpd, found at run time;
/// nothing else of this module knows that.
public final class HTTPServer: Sendable {
  /// Where it listens: `127.0.0.1:8000`, with the port that the system chose where 0 was asked for.
  public let address: String
  private let transport: MicroHTTPTransport

  /// Begins to listen.
  /// - Parameter address: an address and a port, `127.0.0.1:8000`, `[::1]:8000`, `localhost:0`.
  /// - Throws: `TensorError` of kind `unsupported` where the library is missing, or lacks TLS that is asked for; of
  ///   kind `value` where the address or the certificate is wrong.
  public init(
    at address: String, limits: HTTPLimits = HTTPLimits(), certificate: HTTPCertificate? = nil,
    handler: any HTTPHandler
  ) throws {
    let listener = try ListeningSocket(address)
    self.address = listener.address
    transport = try MicroHTTPTransport(listener, limits, certificate, handler)
  }

  /// The requests that came and are not answered yet.
  public var pending: Int { transport.pending }

  /// Takes no more connections, lets those that are there finish their requests, for at most so many seconds, and ends.
  /// All requests whose head has been read by then are answered.
  public func stop(within seconds: Double = 30) { transport.stop(within: seconds) }

  deinit { transport.stop(within: 0) }
}
