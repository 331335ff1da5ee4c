import Foundation

/// A client on a plain socket, which sends bytes as they are told.
final class LoopClient {
  struct Answer {
    var status = 0
    var headers: [String: String] = [:]
    var body: [UInt8] = []
    var text: String { String(decoding: body, as: UTF8.self) }
    /// The body as JSON.
    var json: Any? { try? JSONSerialization.jsonObject(with: Data(body), options: [.fragmentsAllowed]) }
    subscript(_ key: String) -> Any? { (json as? [String: Any])?[key] }
  }

  private let descriptor: Int32
  private var waiting: [UInt8] = []

  /// Connects to `127.0.0.1:PORT`.
  init?(_ address: String) {
    guard let port = UInt16(address.split(separator: ":").last ?? "") else { return nil }
    descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
    var place = sockaddr_in()
    place.sin_family = sa_family_t(AF_INET)
    place.sin_port = port.bigEndian
    place.sin_addr.s_addr = UInt32(0x7f00_0001).bigEndian
    let status = withUnsafePointer(to: &place) { pointer in
      pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
      }
    }
    var time = timeval(tv_sec: 10, tv_usec: 0)
    setsockopt(descriptor, SOL_SOCKET, SO_RCVTIMEO, &time, socklen_t(MemoryLayout<timeval>.size))
    guard status == 0 else {
      close(descriptor)
      return nil
    }
  }

  deinit { close(descriptor) }

  @discardableResult
  func send(_ bytes: [UInt8]) -> Bool {
    var start = 0
    while start < bytes.count {
      let count = bytes.withUnsafeBytes {
        Foundation.send(descriptor, $0.baseAddress! + start, bytes.count - start, Int32(MSG_NOSIGNAL))
      }
      if count <= 0 { return false }
      start += count
    }
    return true
  }

  func send(_ text: String) { send(Array(text.utf8)) }

  /// More bytes from the server; none at the end.
  private func more() -> Bool {
    var buffer = [UInt8](repeating: 0, count: 65536)
    let count = recv(descriptor, &buffer, buffer.count, 0)
    guard count > 0 else { return false }
    waiting += buffer[..<count]
    return true
  }

  /// Says that no more is sent, and reads until the server closes.
  func finish() {
    shutdown(descriptor, Int32(SHUT_WR))
    while more() { waiting = [] }
  }

  private func line() -> String? {
    while true {
      if let end = waiting.firstIndex(of: 10) {
        let line = String(decoding: waiting[..<end], as: UTF8.self)
        waiting.removeFirst(end + 1)
        return line.hasSuffix("\r") ? String(line.dropLast()) : line
      }
      guard more() else { return nil }
    }
  }

  /// So many bytes of what the server sends; nil where it sends fewer.
  func take(_ count: Int) -> [UInt8]? {
    while waiting.count < count { guard more() else { return nil } }
    let bytes = Array(waiting[..<count])
    waiting.removeFirst(count)
    return bytes
  }

  /// The head of the next answer.
  func head() -> Answer? {
    guard let first = line() else { return nil }
    var answer = Answer()
    answer.status = Int(first.split(separator: " ").dropFirst().first ?? "") ?? 0
    while let line = line(), !line.isEmpty {
      let parts = line.split(separator: ":", maxSplits: 1)
      answer.headers[parts[0].lowercased()] = parts.count > 1 ? parts[1].trimmingCharacters(in: .whitespaces) : ""
    }
    return answer
  }

  /// The next part of a body in chunks; empty at the end.
  func chunk() -> [UInt8]? {
    guard let size = line().flatMap({ Int($0, radix: 16) }), let bytes = take(size), line() != nil else { return nil }
    return bytes
  }

  /// The next answer.
  func answer() -> Answer? {
    guard var answer = head() else { return nil }
    if answer.status == 100 { return self.answer() }
    if answer.headers["transfer-encoding"] == "chunked" {
      while let bytes = chunk(), !bytes.isEmpty { answer.body += bytes }
    } else if let length = answer.headers["content-length"].flatMap({ Int($0) }) {
      guard let bytes = take(length) else { return nil }
      answer.body = bytes
    }
    return answer
  }

  /// Sends a request and waits for its answer.
  func ask(_ method: String, _ path: String, headers: [String: String] = [:], body: [UInt8] = []) -> Answer? {
    var text = "\(method) \(path) HTTP/1.1\r\nHost: test\r\n"
    for (name, value) in headers.sorted(by: { $0.key < $1.key }) { text += "\(name): \(value)\r\n" }
    if !body.isEmpty || method == "POST" { text += "Content-Length: \(body.count)\r\n" }
    guard send(Array((text + "\r\n").utf8) + body) else { return nil }
    return answer()
  }

  func ask(_ method: String, _ path: String, headers: [String: String] = [:], text: String) -> Answer? {
    ask(method, path, headers: headers, body: Array(text.utf8))
  }
}
