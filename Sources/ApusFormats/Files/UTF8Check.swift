/// Whether bytes are text in UTF-8.
package func isUTF8(_ bytes: UnsafeRawBufferPointer) -> Bool {
  var i = 0
  let count = bytes.count
  while i < count {
    if i + 8 <= count, bytes.loadUnaligned(fromByteOffset: i, as: UInt64.self) & 0x8080_8080_8080_8080 == 0 {
      i += 8
      continue
    }
    let c = bytes[i]
    if c < 0x80 {
      i += 1
      continue
    }
    let length: Int
    var lower: UInt8 = 0x80
    var upper: UInt8 = 0xbf
    switch c {
    case 0xc2...0xdf: length = 2
    case 0xe0...0xef:
      length = 3
      if c == 0xe0 { lower = 0xa0 }
      if c == 0xed { upper = 0x9f }
    case 0xf0...0xf4:
      length = 4
      if c == 0xf0 { lower = 0x90 }
      if c == 0xf4 { upper = 0x8f }
    default: return false
    }
    guard i + length <= count, bytes[i + 1] >= lower, bytes[i + 1] <= upper else { return false }
    for k in 2..<max(2, length) where bytes[i + k] & 0xc0 != 0x80 { return false }
    i += length
  }
  return true
}
