/// Animated pictures in the format GIF 89a, which repeat for ever. Colours are the nearest of 6 x 7 x 6 evenly spaced ones.
enum GIFWriter {
  /// - Parameter samples: red, green and blue of each pixel, row by row, picture after picture.
  static func encode(_ samples: [UInt8], width: Int, height: Int, fps: Double) -> [UInt8] {
    let size = width * height
    var file = Array("GIF89a".utf8) + word(width) + word(height) + [0xf7, 0, 0]
    for number in 0..<256 {
      let (red, green, blue) = (number / 42, number / 6 % 7, number % 6)
      file += [UInt8(min(red, 5) * 51), UInt8(min(green * 85 / 2, 255)), UInt8(blue * 51)]
    }
    file += [0x21, 0xff, 11] + Array("NETSCAPE2.0".utf8) + [3, 1, 0, 0, 0]
    let delay = max(1, min(0xffff, Int((100 / fps).rounded())))
    for start in stride(from: 0, to: samples.count, by: size * 3) {
      file += [0x21, 0xf9, 4, 0] + word(delay) + [0, 0]
      file += [0x2c, 0, 0, 0, 0] + word(width) + word(height) + [0]
      let indices = (0..<size).map { pixel -> UInt8 in
        let place = start + pixel * 3
        let (red, green, blue) = (Int(samples[place]), Int(samples[place + 1]), Int(samples[place + 2]))
        return UInt8((red * 5 + 127) / 255 * 42 + (green * 6 + 127) / 255 * 6 + (blue * 5 + 127) / 255)
      }
      file += compressed(indices)
    }
    return file + [0x3b]
  }

  private static func word(_ value: Int) -> [UInt8] { [UInt8(value & 255), UInt8(value >> 8)] }

  /// Lempel, Ziv and Welch's code of bytes, in blocks of at most 255 bytes.
  private static func compressed(_ indices: [UInt8]) -> [UInt8] {
    let (clear, end) = (256, 257)
    var bytes: [UInt8] = []
    var waiting = 0
    var bits = 0
    var width = 9
    func emit(_ code: Int) {
      waiting |= code << bits
      bits += width
      while bits >= 8 {
        bytes.append(UInt8(waiting & 255))
        waiting >>= 8
        bits -= 8
      }
    }
    var table: [Int: Int] = [:]
    var next = end + 1
    emit(clear)
    var prefix = Int(indices.first ?? 0)
    for index in indices.dropFirst() {
      let key = prefix << 8 | Int(index)
      if let known = table[key] {
        prefix = known
        continue
      }
      emit(prefix)
      prefix = Int(index)
      if next < 4096 {
        table[key] = next
        if next == 1 << width { width += 1 }
        next += 1
      } else {
        emit(clear)
        table = [:]
        (next, width) = (end + 1, 9)
      }
    }
    emit(prefix)
    if next == 1 << width, width < 12 { width += 1 }
    emit(end)
    if bits > 0 { bytes.append(UInt8(waiting & 255)) }
    var blocks: [UInt8] = [8]
    for start in stride(from: 0, to: bytes.count, by: 255) {
      let block = bytes[start..<min(start + 255, bytes.count)]
      blocks.append(UInt8(block.count))
      blocks += block
    }
    return blocks + [0]
  }
}
