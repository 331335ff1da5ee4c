/// The letters that stand for bytes in the vocabularies of GPT-2 and its kin: visible characters of Latin-1 for themselves, the
/// other bytes by letters from U+0100 on.
enum ByteLetters {
  /// The letter of each byte.
  static let letters: [UInt32] = {
    var letters = [UInt32](repeating: 0, count: 256)
    var next: UInt32 = 256
    for byte in 0..<256 {
      switch byte {
      case 0x21...0x7e, 0xa1...0xac, 0xae...0xff: letters[byte] = UInt32(byte)
      default:
        letters[byte] = next
        next += 1
      }
    }
    return letters
  }()

  /// The byte of each letter below U+0144, -1 where there is none.
  static let bytes: [Int16] = {
    var bytes = [Int16](repeating: -1, count: 0x144)
    for (byte, letter) in letters.enumerated() { bytes[Int(letter)] = Int16(byte) }
    return bytes
  }()

  /// The byte that a scalar stands for.
  @inline(__always)
  static func byte(_ scalar: UInt32) -> UInt8? {
    guard scalar < 0x144, bytes[Int(scalar)] >= 0 else { return nil }
    return UInt8(truncatingIfNeeded: bytes[Int(scalar)])
  }

  /// The bytes that a token stands for; nil where it has other letters.
  static func decode(_ token: some Collection<UInt8>) -> [UInt8]? {
    var out: [UInt8] = []
    for scalar in Array(token).scalars {
      guard let byte = byte(scalar) else { return nil }
      out.append(byte)
    }
    return out
  }

  /// Puts the letters in the place of bytes.
  static func apply(to text: inout NormalizedText) {
    guard !text.bytes.isEmpty else { return }
    text.align()
    var new = NormalizedText(bytes: [], starts: [], ends: [], origin: text.origin)
    let count = text.bytes.count
    new.bytes.reserveCapacity(count + count / 4)
    for i in 0..<count {
      let letter = letters[Int(text.bytes[i])]
      new.bytes.append(scalar: letter)
      for _ in 0..<utf8Length(letter) {
        new.starts.append(text.starts[i])
        new.ends.append(text.ends[i])
      }
    }
    text = new
  }
}
