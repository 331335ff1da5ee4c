import ApusCore
import ApusFormats

/// How the letters of a text file are written.
public enum TextEncoding: Sendable, Hashable {
  /// UTF-8, with or without a byte order mark.
  case utf8
  /// ISO 8859-1: a byte for each of the first 256 characters of Unicode.
  case latin1
  /// UTF-16 with a byte order mark (little endian without one), or in the order that the name says.
  case utf16, utf16LittleEndian, utf16BigEndian

  /// The encoding that Python calls `name`, or nil.
  public init?(name: String) {
    switch name.lowercased().replacingScalars({ $0 == "_" ? "-" : nil }) {
    case "utf-8", "utf8", "utf-8-sig", "ascii", "us-ascii": self = .utf8
    case "latin-1", "latin1", "iso-8859-1", "iso8859-1", "l1": self = .latin1
    case "utf-16", "utf16": self = .utf16
    case "utf-16-le", "utf-16le": self = .utf16LittleEndian
    case "utf-16-be", "utf-16be": self = .utf16BigEndian
    default: return nil
    }
  }

  /// The text in UTF-8, without a byte order mark.
  func decode(_ bytes: UnsafeRawBufferPointer, name: String) throws(TensorError) -> [UInt8] {
    switch self {
    case .utf8: return Array(bytes)
    case .latin1:
      var result: [UInt8] = []
      result.reserveCapacity(bytes.count + bytes.count / 8)
      for byte in bytes {
        if byte < 128 {
          result.append(byte)
        } else {
          result.append(0xc0 | byte >> 6)
          result.append(0x80 | byte & 0x3f)
        }
      }
      return result
    case .utf16, .utf16LittleEndian, .utf16BigEndian:
      guard bytes.count % 2 == 0 else {
        throw TensorError(.format, name, "\(bytes.count) bytes are no text in UTF-16, whose characters have 2 or 4")
      }
      var big = self == .utf16BigEndian
      var start = 0
      if bytes.count >= 2 {
        if bytes[0] == 0xfe, bytes[1] == 0xff {
          (big, start) = (true, 2)
        } else if bytes[0] == 0xff, bytes[1] == 0xfe {
          (big, start) = (false, 2)
        }
      }
      let isBig = big
      let units = (start / 2..<bytes.count / 2).lazy.map { i in
        let unit = bytes.loadUnaligned(fromByteOffset: 2 * i, as: UInt16.self)
        return isBig ? UInt16(bigEndian: unit) : UInt16(littleEndian: unit)
      }
      var result: [UInt8] = []
      result.reserveCapacity(bytes.count)
      let broken = transcode(
        units.makeIterator(), from: UTF16.self, to: UTF8.self, stoppingOnError: true, into: { result.append($0) })
      guard !broken else { throw TensorError(.format, name, "the text is not UTF-16; choose another encoding") }
      return result
    }
  }
}
