/// The first message of a client that wants TLS, which nobody has answered yet (ClientHello, RFC 8446, 4.1.2). It is not
/// encrypted.
enum TLSGreeting {
  /// The most bytes of a record: its head, and 2^14.
  static let longest = 5 + (1 << 14)

  /// Whether a client names `h2` among the protocols that it speaks (RFC 7301).
  /// - Returns: nil where more bytes are needed to tell; false where the bytes are no greeting, too.
  static func offersHTTP2(_ bytes: UnsafeBufferPointer<UInt8>) -> Bool? {
    guard bytes.count >= 5 else { return bytes.first.map { $0 == 22 } == true ? nil : false }
    guard bytes[0] == 22, bytes[1] == 3 else { return false }
    let length = Int(bytes[3]) << 8 | Int(bytes[4])
    guard length <= longest - 5 else { return false }
    guard bytes.count >= 5 + length else { return nil }
    var record = Reader(UnsafeBufferPointer(rebasing: bytes[5..<5 + length]))
    guard record.number(1) == 1, var hello = record.part(3) else { return false }
    // The version and random bytes; then a session, suites of ciphers and ways of compression.
    guard hello.skip(34), hello.part(1) != nil, hello.part(2) != nil, hello.part(1) != nil,
      var extensions = hello.part(2)
    else { return false }
    while let kind = extensions.number(2), var content = extensions.part(2) {
      guard kind == 16 else { continue }
      guard var names = content.part(2) else { return false }
      while let name = names.part(1) {
        if name.bytes.elementsEqual([0x68, 0x32]) { return true }
      }
      return false
    }
    return false
  }

  /// Reads numbers and parts with their lengths before them.
  private struct Reader {
    private(set) var bytes: Slice<UnsafeBufferPointer<UInt8>>
    init(_ bytes: UnsafeBufferPointer<UInt8>) { self.bytes = bytes[...] }
    private init(_ bytes: Slice<UnsafeBufferPointer<UInt8>>) { self.bytes = bytes }

    mutating func skip(_ count: Int) -> Bool {
      guard bytes.count >= count else { return false }
      bytes = bytes.dropFirst(count)
      return true
    }

    mutating func number(_ size: Int) -> Int? {
      guard bytes.count >= size else { return nil }
      defer { bytes = bytes.dropFirst(size) }
      return bytes.prefix(size).reduce(0) { $0 << 8 | Int($1) }
    }

    mutating func part(_ sizeOfLength: Int) -> Reader? {
      guard let length = number(sizeOfLength), bytes.count >= length else { return nil }
      defer { bytes = bytes.dropFirst(length) }
      return Reader(bytes.prefix(length))
    }
  }
}
