/// The bytes as base64 (RFC 4648), padded.
package func encodeBase64(_ bytes: [UInt8]) -> String {
  let alphabet = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".utf8)
  var text: [UInt8] = []
  text.reserveCapacity((bytes.count + 2) / 3 * 4)
  for start in stride(from: 0, to: bytes.count, by: 3) {
    let group = bytes[start..<min(start + 3, bytes.count)]
    let bits = group.reduce(0) { $0 << 8 | Int($1) } << (8 * (3 - group.count))
    for place in 0..<4 {
      text.append(place <= group.count ? alphabet[bits >> (18 - 6 * place) & 63] : UInt8(ascii: "="))
    }
  }
  return String(decoding: text, as: UTF8.self)
}

/// The bytes that a text in base64 stands for (RFC 4648), with the letters of URLs too; nil where it is none. Ends of lines are left
/// out, and the padding at the end may be missing.
package func decodeBase64(_ text: some Sequence<UInt8>) -> [UInt8]? {
  var out: [UInt8] = []
  var (bits, count, padding) = (UInt32(0), 0, 0)
  for letter in text {
    let digit: UInt8
    switch letter {
    case UInt8(ascii: "A")...UInt8(ascii: "Z"): digit = letter - 65
    case UInt8(ascii: "a")...UInt8(ascii: "z"): digit = letter - 97 + 26
    case UInt8(ascii: "0")...UInt8(ascii: "9"): digit = letter - 48 + 52
    case UInt8(ascii: "+"), UInt8(ascii: "-"): digit = 62
    case UInt8(ascii: "/"), UInt8(ascii: "_"): digit = 63
    case UInt8(ascii: "="):
      padding += 1
      continue
    case 10, 13: continue
    default: return nil
    }
    guard padding == 0 else { return nil }
    bits = bits << 6 | UInt32(digit)
    count += 1
    guard count % 4 == 0 else { continue }
    for shift in [16, 8, 0] { out.append(UInt8(truncatingIfNeeded: bits >> UInt32(shift))) }
  }
  switch count % 4 {
  case 1: return nil
  case 2: out.append(UInt8(truncatingIfNeeded: bits >> 4))
  case 3: out += [UInt8(truncatingIfNeeded: bits >> 10), UInt8(truncatingIfNeeded: bits >> 2)]
  default: break
  }
  return padding <= 2 ? out : nil
}
