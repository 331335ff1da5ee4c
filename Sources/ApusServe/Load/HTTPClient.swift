import ApusCore

#if canImport(Musl)
  import Musl
#else
  import Glibc
#endif

/// A connection to a server of HTTP/1.1 on which one request at a time is asked, for measurements.
final class HTTPClient {
  private let descriptor: Int32
  private var buffer = [UInt8](repeating: 0, count: 1 << 16)

  /// Connects.
  /// - Parameter timeout: how long the server may keep the client waiting, in seconds.
  /// - Throws: `TensorError` of kind `value` where nobody listens there.
  init(host: String, port: Int, timeout: Double = 30) throws(TensorError) {
    var hints = addrinfo()
    hints.ai_socktype = StreamSocket.kind
    var list: UnsafeMutablePointer<addrinfo>?
    guard getaddrinfo(host, "\(port)", &hints, &list) == 0, let found = list else {
      throw TensorError(.value, host, "the address is not known")
    }
    defer { freeaddrinfo(list) }
    let made = socket(found.pointee.ai_family, StreamSocket.kind | StreamSocket.closesInChildren, 0)
    var yes: Int32 = 1
    setsockopt(made, Int32(IPPROTO_TCP), TCP_NODELAY, &yes, socklen_t(MemoryLayout<Int32>.size))
    var time = timeval(tv_sec: Int(timeout), tv_usec: Int((timeout - timeout.rounded(.down)) * 1e6))
    for limit in [SO_RCVTIMEO, SO_SNDTIMEO] {
      setsockopt(made, SOL_SOCKET, limit, &time, socklen_t(MemoryLayout<timeval>.size))
    }
    guard made >= 0, connect(made, found.pointee.ai_addr, found.pointee.ai_addrlen) == 0 else {
      let reason = String(cString: strerror(errno))
      if made >= 0 { close(made) }
      throw TensorError(.value, "\(host):\(port)", "cannot connect: \(reason)")
    }
    descriptor = made
  }

  deinit { close(descriptor) }

  /// Sends the bytes of a request and reads its answer.
  /// - Returns: the status; nil where the connection has ended.
  func ask(_ request: [UInt8]) -> Int? {
    guard sendAll(request) else { return nil }
    var filled = 0
    while true {
      if filled == buffer.count { buffer += [UInt8](repeating: 0, count: buffer.count) }
      let count = buffer.withUnsafeMutableBytes { bytes in
        recv(descriptor, bytes.baseAddress.map { $0 + filled }, bytes.count - filled, 0)
      }
      guard count > 0 else { return nil }
      filled += count
      guard let head = endOfHead(filled) else { continue }
      guard let (status, length) = parse(buffer[..<head]) else { return nil }
      guard let length else {
        // A body in chunks ends with an empty one.
        if buffer[..<filled].suffix(5).elementsEqual([48, 13, 10, 13, 10]) { return status }
        continue
      }
      // What comes behind is only counted.
      var left = head + length - filled
      while left > 0 {
        let count = buffer.withUnsafeMutableBytes { recv(descriptor, $0.baseAddress, min($0.count, left), 0) }
        guard count > 0 else { return nil }
        left -= count
      }
      return status
    }
  }

  /// Sends the bytes of a request and reads its answer with its body, which must have a length.
  /// - Returns: nil where the connection has ended, or the body comes in chunks.
  fileprivate func answer(to request: [UInt8]) -> (status: Int, body: [UInt8])? {
    guard sendAll(request) else { return nil }
    var bytes: [UInt8] = []
    while true {
      let count = buffer.withUnsafeMutableBytes { recv(descriptor, $0.baseAddress, $0.count, 0) }
      guard count > 0 else { return nil }
      bytes += buffer[..<count]
      guard let end = bytes.firstRange(of: [13, 10, 13, 10])?.upperBound else { continue }
      guard let (status, length) = parse(bytes[..<end]), let length else { return nil }
      if bytes.count >= end + length { return (status, Array(bytes[end..<end + length])) }
    }
  }

  private func sendAll(_ request: [UInt8]) -> Bool {
    var sent = 0
    while sent < request.count {
      let count = request.withUnsafeBytes { bytes in
        send(descriptor, bytes.baseAddress.map { $0 + sent }, request.count - sent, Int32(MSG_NOSIGNAL))
      }
      guard count > 0 else { return false }
      sent += count
    }
    return true
  }

  /// Where the body begins, once the head is there.
  private func endOfHead(_ filled: Int) -> Int? {
    guard filled >= 4 else { return nil }
    return (4...filled).first {
      buffer[$0 - 4] == 13 && buffer[$0 - 3] == 10 && buffer[$0 - 2] == 13 && buffer[$0 - 1] == 10
    }
  }

  /// The status and the length of the body, nil for one in chunks.
  private func parse(_ head: ArraySlice<UInt8>) -> (Int, Int?)? {
    let lines = String(decoding: head, as: UTF8.self).split(separator: "\r\n")
    guard let first = lines.first, let status = first.split(separator: " ").dropFirst().first.flatMap({ Int($0) })
    else {
      return nil
    }
    for line in lines.dropFirst() {
      let line = line.lowercased()
      if line.hasPrefix("content-length:") { return Int(line.dropFirst(15).filter { $0 != " " }).map { (status, $0) } }
      if line.hasPrefix("transfer-encoding:") { return (status, nil) }
    }
    return (status, 0)
  }
}

/// Sends a body of JSON to a server at an address as ``InferenceServer/address`` gives it, and reads the answer.
/// - Throws: `TensorError` where nobody listens there, or the connection ends before the answer.
package func post(_ json: String, to path: String, at address: String) throws -> (status: Int, body: String) {
  let (host, port) = try ListeningSocket.parts(address)
  let client = try HTTPClient(host: host, port: port)
  let body = Array(json.utf8)
  let head =
    "POST \(path) HTTP/1.1\r\nHost: \(address)\r\nContent-Type: application/json\r\nContent-Length: \(body.count)\r\n\r\n"
  guard let answer = client.answer(to: Array(head.utf8) + body) else {
    throw TensorError(.state, address, "the connection ended before the answer")
  }
  return (answer.status, String(decoding: answer.body, as: UTF8.self))
}
