import ApusCore
import CServe

#if canImport(Musl)
  import Musl
#else
  import Glibc
#endif

/// What is used of GnuTLS, which libmicrohttpd uses too, found at run time.
struct TLSLibrary: @unchecked Sendable {
  typealias Handle = UnsafeMutableRawPointer
  typealias Text = UnsafePointer<cserve_tls_text>

  let makeCredentials: @convention(c) (UnsafeMutablePointer<Handle?>) -> Int32
  let freeCredentials: @convention(c) (Handle) -> Void
  let setKey: @convention(c) (Handle, Text, Text, Int32) -> Int32
  let makeSession: @convention(c) (UnsafeMutablePointer<Handle?>, UInt32) -> Int32
  let freeSession: @convention(c) (Handle) -> Void
  let setPriority: @convention(c) (Handle) -> Int32
  let setCredentials: @convention(c) (Handle, Int32, Handle) -> Int32
  let setProtocols: @convention(c) (Handle, Text, UInt32, UInt32) -> Int32
  let setSockets: @convention(c) (Handle, Int32, Int32) -> Void
  let handshake: @convention(c) (Handle) -> Int32
  let receive: @convention(c) (Handle, Handle?, Int) -> Int
  let send: @convention(c) (Handle, UnsafeRawPointer?, Int) -> Int
  let farewell: @convention(c) (Handle, Int32) -> Int32

  /// The library of this machine, looked for once; nil where it has none.
  static let found: TLSLibrary? = TLSLibrary()

  private init?() {
    let candidates = DynamicLibrary.candidates(
      names: ["libgnutls.so.30", "libgnutls.so"], folder: nil, variable: "APUS_GNUTLS")
    guard let library = DynamicLibrary(firstOf: candidates, thatHas: "gnutls_alpn_set_protocols") else { return nil }
    func find<Function>(_ name: String) -> Function? { library.function("gnutls_" + name, as: Function.self) }
    guard
      let makeCredentials: @convention(c) (UnsafeMutablePointer<Handle?>) -> Int32 =
        find("certificate_allocate_credentials"),
      let freeCredentials: @convention(c) (Handle) -> Void = find("certificate_free_credentials"),
      let setKey: @convention(c) (Handle, Text, Text, Int32) -> Int32 = find("certificate_set_x509_key_mem"),
      let makeSession: @convention(c) (UnsafeMutablePointer<Handle?>, UInt32) -> Int32 = find("init"),
      let freeSession: @convention(c) (Handle) -> Void = find("deinit"),
      let setPriority: @convention(c) (Handle) -> Int32 = find("set_default_priority"),
      let setCredentials: @convention(c) (Handle, Int32, Handle) -> Int32 = find("credentials_set"),
      let setProtocols: @convention(c) (Handle, Text, UInt32, UInt32) -> Int32 = find("alpn_set_protocols"),
      let setSockets: @convention(c) (Handle, Int32, Int32) -> Void = find("transport_set_int2"),
      let handshake: @convention(c) (Handle) -> Int32 = find("handshake"),
      let receive: @convention(c) (Handle, Handle?, Int) -> Int = find("record_recv"),
      let send: @convention(c) (Handle, UnsafeRawPointer?, Int) -> Int = find("record_send"),
      let farewell: @convention(c) (Handle, Int32) -> Int32 = find("bye")
    else { return nil }
    (self.makeCredentials, self.freeCredentials, self.setKey) = (makeCredentials, freeCredentials, setKey)
    (self.makeSession, self.freeSession, self.setPriority) = (makeSession, freeSession, setPriority)
    (self.setCredentials, self.setProtocols, self.setSockets) = (setCredentials, setProtocols, setSockets)
    (self.handshake, self.receive, self.send, self.farewell) = (handshake, receive, send, farewell)
  }

  /// The numbers of the library's interface that are used here.
  enum Number {
    static let pem: Int32 = 1
    static let certificate: Int32 = 1
    /// A session of a server, which does not block and raises no signals.
    static let session: UInt32 = 1 | 8 | 64
    static let again = -28
    static let interrupted = -52
    static let writing: Int32 = 1
  }
}

/// A certificate and its key, ready for connections.
final class TLSCredentials: @unchecked Sendable {
  let library: TLSLibrary
  fileprivate let handle: UnsafeMutableRawPointer

  /// - Throws: `TensorError` of kind `value` where the two are not PEM or do not belong together.
  init(_ certificate: HTTPCertificate, _ library: TLSLibrary) throws(TensorError) {
    var made: UnsafeMutableRawPointer?
    guard library.makeCredentials(&made) == 0, let made else {
      throw TensorError(.memory, "HTTP", "cannot make credentials of TLS")
    }
    (self.library, handle) = (library, made)
    var (chain, key) = (Array(certificate.chain.utf8), Array(certificate.key.utf8))
    let status = chain.withUnsafeMutableBufferPointer { chain in
      key.withUnsafeMutableBufferPointer { key in
        var texts = (
          cserve_tls_text(bytes: chain.baseAddress, size: UInt32(chain.count)),
          cserve_tls_text(bytes: key.baseAddress, size: UInt32(key.count))
        )
        return library.setKey(made, &texts.0, &texts.1, TLSLibrary.Number.pem)
      }
    }
    guard status >= 0 else {
      throw TensorError(
        .value, "HTTP", "GnuTLS cannot use this certificate and key; both must be PEM and belong together")
    }
  }

  deinit { library.freeCredentials(handle) }
}

/// A connection with TLS, on which HTTP/2 is agreed upon.
final class TLSSession {
  private let credentials: TLSCredentials
  private let handle: UnsafeMutableRawPointer
  private var library: TLSLibrary { credentials.library }
  /// Whether the two sides have agreed upon keys.
  private(set) var isReady = false

  /// A session over a socket, or nil where there is no memory for it.
  init?(_ credentials: TLSCredentials, _ descriptor: Int32) {
    typealias Number = TLSLibrary.Number
    let library = credentials.library
    var made: UnsafeMutableRawPointer?
    guard library.makeSession(&made, Number.session) == 0, let made else { return nil }
    self.credentials = credentials
    handle = made
    var name: [UInt8] = Array("h2".utf8)
    let status = name.withUnsafeMutableBufferPointer { name in
      var text = cserve_tls_text(bytes: name.baseAddress, size: UInt32(name.count))
      return library.setProtocols(made, &text, 1, 0)
    }
    guard status == 0, library.setPriority(made) == 0,
      library.setCredentials(made, Number.certificate, credentials.handle) == 0
    else { return nil }
    library.setSockets(made, descriptor, descriptor)
  }

  deinit { library.freeSession(handle) }

  /// Goes on agreeing upon keys.
  /// - Returns: false where the connection is of no use.
  func shakeHands() -> Bool {
    let status = Int(library.handshake(handle))
    isReady = status == 0
    return isReady || status == TLSLibrary.Number.again || status == TLSLibrary.Number.interrupted
  }

  /// Reads what has come.
  func receive(_ buffer: UnsafeMutableRawBufferPointer) -> SocketResult {
    SocketResult(tls: library.receive(handle, buffer.baseAddress, buffer.count))
  }

  /// Writes what there is room for. What was not taken is given again, from the same byte on.
  func send(_ bytes: UnsafeRawBufferPointer) -> SocketResult {
    SocketResult(tls: library.send(handle, bytes.baseAddress, bytes.count))
  }

  /// Says that no more is written.
  func sayFarewell() { if isReady { _ = library.farewell(handle, TLSLibrary.Number.writing) } }
}

/// What came of reading from or writing to a socket.
enum SocketResult {
  case bytes(Int)
  case later
  case over

  fileprivate init(tls count: Int) {
    switch count {
    case 1...: self = .bytes(count)
    case TLSLibrary.Number.again, TLSLibrary.Number.interrupted: self = .later
    default: self = .over
    }
  }

  init(socket count: Int) {
    if count > 0 {
      self = .bytes(count)
    } else {
      self = count < 0 && (errno == EAGAIN || errno == EINTR) ? .later : .over
    }
  }
}
