import ApusCore

#if canImport(Musl)
  import Musl
#else
  import Glibc
#endif

/// The kind of sockets that are used here, which the C libraries declare in different ways.
enum StreamSocket {
  #if canImport(Musl)
    static let kind = Int32(SOCK_STREAM)
    static let closesInChildren = Int32(SOCK_CLOEXEC)
  #else
    static let kind = Int32(SOCK_STREAM.rawValue)
    static let closesInChildren = Int32(SOCK_CLOEXEC.rawValue)
  #endif

  /// The address of a client in words, without its port; empty where it cannot be told.
  static func text(of address: UnsafePointer<sockaddr>) -> String {
    let size =
      address.pointee.sa_family == sa_family_t(AF_INET6)
      ? MemoryLayout<sockaddr_in6>.size : MemoryLayout<sockaddr_in>.size
    var text = [CChar](repeating: 0, count: 64)
    guard getnameinfo(address, socklen_t(size), &text, socklen_t(text.count), nil, 0, NI_NUMERICHOST) == 0 else {
      return ""
    }
    return text.withUnsafeBufferPointer { $0.baseAddress.map { String(cString: $0) } ?? "" }
  }
}

/// A socket that listens.
struct ListeningSocket {
  /// Its number.
  let descriptor: Int32
  /// Where it listens, with the port that the system chose.
  let address: String

  /// Listens at an address and a port: `127.0.0.1:8000`, `[::1]:8000`, `localhost:0`.
  /// - Throws: `TensorError` of kind `value` that tells what is wrong with the address, or why it cannot be had.
  init(_ text: String) throws(TensorError) {
    let (host, port) = try Self.parts(text)
    var hints = addrinfo()
    hints.ai_socktype = StreamSocket.kind
    hints.ai_flags = AI_PASSIVE | AI_NUMERICSERV
    var list: UnsafeMutablePointer<addrinfo>?
    let status = getaddrinfo(host, "\(port)", &hints, &list)
    guard status == 0, let found = list else {
      throw TensorError(.value, text, "the address is not known: \(String(cString: gai_strerror(status)))")
    }
    defer { freeaddrinfo(list) }
    let made = socket(found.pointee.ai_family, StreamSocket.kind | StreamSocket.closesInChildren, 0)
    guard made >= 0 else {
      throw TensorError(.value, text, "cannot make a socket: \(String(cString: strerror(errno)))")
    }
    var yes: Int32 = 1
    setsockopt(made, SOL_SOCKET, SO_REUSEADDR, &yes, socklen_t(MemoryLayout<Int32>.size))
    guard bind(made, found.pointee.ai_addr, found.pointee.ai_addrlen) == 0, listen(made, 1024) == 0,
      fcntl(made, F_SETFL, fcntl(made, F_GETFL) | O_NONBLOCK) == 0
    else {
      let reason = String(cString: strerror(errno))
      close(made)
      throw TensorError(.value, text, "cannot listen there: \(reason)")
    }
    descriptor = made
    let bound = Self.port(of: made) ?? port
    address = (host.contains(":") ? "[\(host)]" : host) + ":\(bound)"
  }

  /// A socket that listens already, taken over from another process.
  init(descriptor: Int32, address: String) { (self.descriptor, self.address) = (descriptor, address) }

  /// The host and the port of an address.
  static func parts(_ text: String) throws(TensorError) -> (host: String, port: Int) {
    guard let colon = text.lastIndex(of: ":"), let port = Int(text[text.index(after: colon)...]), 0...65535 ~= port
    else { throw TensorError(.value, text, "an address and a port are needed, such as 127.0.0.1:8000") }
    var host = text[..<colon]
    if host.hasPrefix("["), host.hasSuffix("]") { host = host.dropFirst().dropLast() }
    guard !host.isEmpty else { throw TensorError(.value, text, "the address is missing before ':\(port)'") }
    return (String(host), port)
  }

  private static func port(of descriptor: Int32) -> Int? {
    var storage = sockaddr_storage()
    var size = socklen_t(MemoryLayout<sockaddr_storage>.size)
    let status = withUnsafeMutablePointer(to: &storage) { pointer in
      pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { getsockname(descriptor, $0, &size) }
    }
    guard status == 0 else { return nil }
    return withUnsafeBytes(of: storage) { bytes in Int(bytes[2]) << 8 | Int(bytes[3]) }
  }
}
