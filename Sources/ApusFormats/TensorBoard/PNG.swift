/// A PNG picture of 8-bit samples, stored without compression.
///
/// - Parameter samples: `height * width * channels` bytes, row-major; 1 channel is grey, 3 are red, green, blue, 4 have an
///   alpha value besides.
func encodePNG(samples: [UInt8], width: Int, height: Int, channels: Int) -> [UInt8] {
  let colourType: UInt8 = channels == 1 ? 0 : channels == 3 ? 2 : 6
  var header = bigEndian(width) + bigEndian(height)
  header += [8, colourType, 0, 0, 0]
  let row = width * channels
  var raw: [UInt8] = []
  raw.reserveCapacity(height * (row + 1))
  for y in 0..<height {
    raw.append(0)
    raw += samples[y * row..<(y + 1) * row]
  }
  return [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]
    + chunk("IHDR", header) + chunk("IDAT", storedZlib(raw)) + chunk("IEND", [])
}

private func chunk(_ name: String, _ data: [UInt8]) -> [UInt8] {
  let body = Array(name.utf8) + data
  return bigEndian(data.count) + body + bigEndian(Int(Checksum.crc32(body)))
}

private func bigEndian(_ value: Int) -> [UInt8] {
  [24, 16, 8, 0].map { UInt8(truncatingIfNeeded: value >> $0) }
}

/// A zlib stream of uncompressed blocks, which hold at most 65535 bytes each.
private func storedZlib(_ data: [UInt8]) -> [UInt8] {
  var result: [UInt8] = [0x78, 0x01]
  var start = 0
  repeat {
    let end = min(start + 65535, data.count)
    let count = end - start
    result.append(end == data.count ? 1 : 0)
    result += [count, count >> 8, ~count, ~count >> 8].map { UInt8(truncatingIfNeeded: $0) }
    result += data[start..<end]
    start = end
  } while start < data.count
  var (low, high) = (1, 0)
  for byte in data {
    low = (low + Int(byte)) % 65521
    high = (high + low) % 65521
  }
  return result + bigEndian(high << 16 | low)
}

/// Writes a PNG picture of 8-bit samples: `height * width * channels` bytes, row-major. A file that is there is replaced only when
/// the new one is wholly on disk.
/// - Throws: `TensorError` when the file cannot be written.
package func writePNG(samples: [UInt8], width: Int, height: Int, channels: Int, to path: String) throws {
  let bytes = encodePNG(samples: samples, width: width, height: height, channels: channels)
  try replaceFile(at: path) { file in try bytes.withUnsafeBytes { try file.write($0) } }
}
