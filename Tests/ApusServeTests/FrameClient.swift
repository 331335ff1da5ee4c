/// A client of HTTP/2 that sends frames as they are told. Heads are written in HPACK's plainest form.
final class FrameClient {
  struct Frame {
    var type: UInt8 = 0
    var flags: UInt8 = 0
    var stream = 0
    var bytes: [UInt8] = []
    /// The number of 32 bits that begins so many bytes from the start.
    func number(at offset: Int) -> Int { bytes[offset..<offset + 4].reduce(0) { $0 << 8 | Int($1) } }
  }

  struct Answer {
    var status = 0
    var body: [UInt8] = []
    /// The code that a reset gives, where there was one.
    var reset: Int?
    var text: String { String(decoding: body, as: UTF8.self) }
  }

  let client: LoopClient
  /// The code of the server's farewell, once it has come.
  private(set) var goAway: Int?
  private var answers: [Int: Answer] = [:]
  private var ended: Set<Int> = []

  /// Connects, and says that any number of bytes may come.
  init?(_ address: String) {
    guard let client = LoopClient(address) else { return nil }
    self.client = client
    client.send(Self.preface)
  }

  /// What begins a connection: with settings of a large window, and a large window for all of it.
  static let preface: [UInt8] =
    Array("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".utf8) + frame(4, bytes: [0, 4, 0x3f, 0xff, 0xff, 0xff])
    + frame(8, bytes: [0x3f, 0, 0, 0])

  static func frame(_ type: UInt8, flags: UInt8 = 0, stream: Int = 0, bytes: [UInt8] = []) -> [UInt8] {
    let size = bytes.count
    let head = [size >> 16, size >> 8, size, Int(type), Int(flags), stream >> 24, stream >> 16, stream >> 8, stream]
    return head.map { UInt8(truncatingIfNeeded: $0) } + bytes
  }

  /// Headers in HPACK (RFC 7541, 6.2.2), names and values of up to 16 KiB.
  static func pack(_ fields: [(String, String)]) -> [UInt8] {
    func text(_ text: String) -> [UInt8] {
      var count = text.utf8.count
      guard count >= 127 else { return [UInt8(count)] + text.utf8 }
      count -= 127
      var head: [UInt8] = [127]
      while count >= 128 {
        head.append(UInt8(count % 128 + 128))
        count /= 128
      }
      return head + [UInt8(count)] + text.utf8
    }
    return fields.flatMap { [0] + text($0.0) + text($0.1) }
  }

  static func head(_ method: String, _ path: String, _ more: [(String, String)] = []) -> [UInt8] {
    pack([(":method", method), (":scheme", "http"), (":path", path), (":authority", "test")] + more)
  }

  /// The frames of a request.
  static func request(
    _ stream: Int, _ method: String, _ path: String, _ more: [(String, String)] = [], body: [UInt8]? = nil
  ) -> [UInt8] {
    let head = frame(1, flags: body == nil ? 5 : 4, stream: stream, bytes: head(method, path, more))
    guard let body else { return head }
    let parts = stride(from: 0, to: max(1, body.count), by: 16384).flatMap { start in
      let end = min(body.count, start + 16384)
      return frame(0, flags: end == body.count ? 1 : 0, stream: stream, bytes: Array(body[start..<end]))
    }
    return head + parts
  }

  @discardableResult
  func send(_ bytes: [UInt8]) -> Bool { client.send(bytes) }

  /// The next frame; nil where the server has closed.
  func next() -> Frame? {
    guard let head = client.take(9) else { return nil }
    let size = head[0..<3].reduce(0) { $0 << 8 | Int($1) }
    guard let bytes = client.take(size) else { return nil }
    let stream = head[5..<9].reduce(0) { $0 << 8 | Int($1) }
    return Frame(type: head[3], flags: head[4], stream: stream, bytes: bytes)
  }

  /// Reads frames until a stream has ended.
  /// - Returns: nil where the connection ended before.
  func answer(_ stream: Int) -> Answer? {
    while !ended.contains(stream) {
      guard let frame = next() else { return nil }
      take(frame)
    }
    return answers[stream]
  }

  /// Reads frames until the server closes.
  func readToTheEnd() { while let frame = next() { take(frame) } }

  private func take(_ frame: Frame) {
    switch frame.type {
    case 0: answers[frame.stream, default: Answer()].body += frame.bytes
    case 1: answers[frame.stream, default: Answer()].status = Self.status(frame.bytes)
    case 3:
      answers[frame.stream, default: Answer()].reset = frame.number(at: 0)
      ended.insert(frame.stream)
    case 6 where frame.flags == 0: send(Self.frame(6, flags: 1, bytes: frame.bytes))
    case 7: goAway = frame.number(at: 4)
    default: break
    }
    if frame.type < 2, frame.flags & 1 == 1 { ended.insert(frame.stream) }
  }

  /// The status, which comes first: of the fixed table, or in digits (RFC 7541, A and B).
  private static func status(_ bytes: [UInt8]) -> Int {
    let fixed: [UInt8: Int] = [0x88: 200, 0x89: 204, 0x8a: 206, 0x8b: 304, 0x8c: 400, 0x8d: 404, 0x8e: 500]
    if let status = fixed[bytes[0]] { return status }
    guard bytes.count > 4, bytes[0] == 0x48 || bytes[0] == 0x08 else { return 0 }
    let size = Int(bytes[1] & 127)
    if bytes[1] < 128 { return Int(String(decoding: bytes[2..<2 + size], as: UTF8.self)) ?? 0 }
    // Huffman's codes of digits have five bits for 0 to 2 and six for others.
    var bits = bytes[2..<2 + size].flatMap { byte in (0..<8).map { Int(byte >> (7 - $0)) & 1 } }
    var status = 0
    for _ in 0..<3 {
      let five = bits.prefix(5).reduce(0) { $0 << 1 | $1 }
      if five < 3 {
        status = status * 10 + five
        bits.removeFirst(5)
      } else {
        status = status * 10 + bits.prefix(6).reduce(0) { $0 << 1 | $1 } - 22
        bits.removeFirst(6)
      }
    }
    return status
  }
}
