import ApusCore
import ApusFormats

/// PNG pictures of 8 or 16 bits: each row with the filter that leaves the smallest numbers, compressed by zlib; stored as they
/// are where there is no zlib.
enum PNGEncoder {
  /// - Parameter samples: `height * width * channels` samples, row-major; those of 16 bits big endian.
  static func encode(
    _ samples: UnsafeRawBufferPointer, width: Int, height: Int, channels: Int, bits: Int, level: Int, name: String
  ) throws(TensorError) -> [UInt8] {
    let colour: [Int: UInt8] = [1: 0, 2: 4, 3: 2, 4: 6]
    var header = bigEndian(width) + bigEndian(height)
    header += [UInt8(bits), colour[channels] ?? 0, 0, 0, 0]
    let pixelBytes = channels * bits / 8
    let rows = filtered(samples, rows: height, rowBytes: width * pixelBytes, pixelBytes: pixelBytes)
    let data: [UInt8]
    do throws(TensorError) {
      data = try rows.withUnsafeBufferPointer { bytes throws(TensorError) in
        try Deflate.compress(UnsafeRawBufferPointer(bytes), as: .zlib, level: level, name: name)
      }
    } catch {
      guard error.kind == .unsupported else { throw error }
      data = storedZlib(rows)
    }
    return PNGFile.signature + chunk("IHDR", header) + chunk("IDAT", data) + chunk("IEND", [])
  }

  /// The rows behind the number of the filter of each: that whose differences have the smallest sum.
  private static func filtered(
    _ samples: UnsafeRawBufferPointer, rows: Int, rowBytes: Int, pixelBytes: Int
  ) -> [UInt8] {
    [UInt8](unsafeUninitializedCapacity: rows * (rowBytes + 1)) { output, count in
      count = rows * (rowBytes + 1)
      guard let source = samples.baseAddress?.assumingMemoryBound(to: UInt8.self), let out = output.baseAddress else {
        return
      }
      let scratch = UnsafeMutablePointer<UInt8>.allocate(capacity: 3 * rowBytes)
      scratch.initialize(repeating: 0, count: 3 * rowBytes)
      defer { scratch.deallocate() }
      // The row above the first is zeros; the two behind it are a candidate and the best so far.
      var above = UnsafePointer(scratch)
      var (candidate, best) = (scratch + rowBytes, scratch + 2 * rowBytes)
      for row in 0..<rows {
        let line = source + row * rowBytes
        var (filter, smallest) = (UInt8(0), Int.max)
        for kind in 0..<UInt8(5) {
          let sum = PNGFilter.apply(kind, line, above, candidate, rowBytes, pixelBytes)
          if sum < smallest {
            (filter, smallest) = (kind, sum)
            swap(&candidate, &best)
          }
        }
        let start = out + row * (rowBytes + 1)
        start.initialize(to: filter)
        (start + 1).initialize(from: best, count: rowBytes)
        above = UnsafePointer(line)
      }
    }
  }

  private static func chunk(_ name: String, _ data: [UInt8]) -> [UInt8] {
    let body = Array(name.utf8) + data
    return bigEndian(data.count) + body + bigEndian(Int(CRC32.of(body)))
  }

  private static func bigEndian(_ value: Int) -> [UInt8] {
    [24, 16, 8, 0].map { UInt8(truncatingIfNeeded: value >> $0) }
  }

  /// A zlib stream of uncompressed blocks, which hold at most 65535 bytes each.
  private static func storedZlib(_ data: [UInt8]) -> [UInt8] {
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
}

extension PNGFilter {
  /// Writes the differences of a row by filter `kind` and returns the sum of their sizes.
  static func apply(
    _ kind: UInt8, _ line: UnsafePointer<UInt8>, _ above: UnsafePointer<UInt8>, _ out: UnsafeMutablePointer<UInt8>,
    _ count: Int, _ pixelBytes: Int
  ) -> Int {
    let first = Swift.min(pixelBytes, count)
    switch kind {
    case 0: out.update(from: line, count: count)
    case 1:
      out.update(from: line, count: first)
      for i in first..<count { out[i] = line[i] &- line[i - pixelBytes] }
    case 2: for i in 0..<count { out[i] = line[i] &- above[i] }
    case 3:
      for i in 0..<first { out[i] = line[i] &- above[i] >> 1 }
      for i in first..<count {
        out[i] = line[i] &- UInt8(truncatingIfNeeded: (UInt16(line[i - pixelBytes]) &+ UInt16(above[i])) >> 1)
      }
    default:
      for i in 0..<first { out[i] = line[i] &- above[i] }
      for i in first..<count {
        let foretold = predict(Int32(line[i - pixelBytes]), Int32(above[i]), Int32(above[i - pixelBytes]))
        out[i] = line[i] &- UInt8(truncatingIfNeeded: foretold)
      }
    }
    var sum: UInt64 = 0
    for i in 0..<count { sum &+= UInt64(Int8(bitPattern: out[i]).magnitude) }
    return Int(sum)
  }
}
