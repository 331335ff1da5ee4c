/// What a request asks for, as it stands in it: `/v2/models/a%20b?x=1&y=2`, taken apart.
struct RequestTarget {
  /// The path with its percent signs decoded.
  let path: String
  /// The names and values behind the question mark, decoded.
  let query: [HTTPField]

  init(_ text: String) {
    let bytes = text.utf8
    let mark = bytes.firstIndex(of: UInt8(ascii: "?"))
    path = Self.decoded(bytes[..<(mark ?? bytes.endIndex)], plusIsSpace: false)
    guard let mark else {
      query = []
      return
    }
    query = bytes[bytes.index(after: mark)...].split(separator: UInt8(ascii: "&")).map { part in
      let sign = part.firstIndex(of: UInt8(ascii: "="))
      let name = Self.decoded(part[..<(sign ?? part.endIndex)], plusIsSpace: true)
      let value = sign.map { Self.decoded(part[part.index(after: $0)...], plusIsSpace: true) }
      return HTTPField(name, value ?? "")
    }
  }

  /// Percent signs that no number follows stay.
  private static func decoded(_ bytes: Substring.UTF8View, plusIsSpace: Bool) -> String {
    func digit(_ byte: UInt8) -> UInt8? {
      switch byte {
      case 48...57: byte - 48
      case 65...70: byte - 55
      case 97...102: byte - 87
      default: nil
      }
    }
    var result: [UInt8] = []
    result.reserveCapacity(bytes.count)
    var rest = bytes[...]
    while let byte = rest.popFirst() {
      if byte == UInt8(ascii: "%"), let high = rest.first.flatMap(digit),
        let low = rest.dropFirst().first.flatMap(digit)
      {
        result.append(high << 4 | low)
        rest = rest.dropFirst(2)
      } else {
        result.append(plusIsSpace && byte == UInt8(ascii: "+") ? 32 : byte)
      }
    }
    return String(decoding: result, as: UTF8.self)
  }
}
