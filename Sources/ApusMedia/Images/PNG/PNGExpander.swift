import ApusCore

/// Turns a row of a PNG picture, as stored, into the samples of a picture.
struct PNGExpander {
  private let depth: Int
  private let colour: PNGFile.Colour
  private let hasKey: Bool
  /// The transparent grey or colour, in the numbers of the file.
  private var key: (Int, Int, Int) = (-1, -1, -1)
  private let palette: [SIMD4<UInt8>]
  private let outputChannels: Int

  init(_ file: PNGFile, _ layout: PixelLayout) {
    depth = file.header.depth
    colour = file.header.colour
    outputChannels = layout.channels
    hasKey = !file.transparency.isEmpty && colour != .palette
    palette = (0..<file.palette.count / 3).map { i in
      let alpha = i < file.transparency.count ? file.transparency[i] : 255
      return SIMD4(file.palette[3 * i], file.palette[3 * i + 1], file.palette[3 * i + 2], alpha)
    }
    if hasKey {
      let sample = { (i: Int) in Int(file.transparency[2 * i]) << 8 | Int(file.transparency[2 * i + 1]) }
      key = colour == .rgb ? (sample(0), sample(1), sample(2)) : (sample(0), -1, -1)
    }
  }

  /// Writes `count` pixels to the pixels `first`, `first + step` ... of `pixels`; false where one is no colour of the palette.
  func expand(
    _ line: UnsafeRawBufferPointer, count: Int, into pixels: PixelBuffer, at first: Int, step: Int
  ) -> Bool {
    if depth == 16 {
      expandWide(line, count, pixels, first, step)
    } else if depth == 8, colour != .palette {
      expandBytes(line, count, pixels, first, step)
    } else {
      return expandPacked(line, count, pixels, first, step)
    }
    return true
  }

  private func expandBytes(
    _ line: UnsafeRawBufferPointer, _ count: Int, _ pixels: PixelBuffer, _ first: Int, _ step: Int
  ) {
    guard let base = pixels.bytes.baseAddress, let start = line.baseAddress else { return }
    let source = start.assumingMemoryBound(to: UInt8.self)
    let channels = colour.channels
    if step == 1, !hasKey {
      (base + first * channels).update(from: source, count: count * channels)
      return
    }
    for i in 0..<count {
      let (pixel, out) = (source + i * channels, base + (first + i * step) * outputChannels)
      for channel in 0..<channels { out[channel] = pixel[channel] }
      if hasKey { out[channels] = isKey(channels, pixel) ? 0 : 255 }
    }
  }

  private func expandWide(
    _ line: UnsafeRawBufferPointer, _ count: Int, _ pixels: PixelBuffer, _ first: Int, _ step: Int
  ) {
    guard let base = pixels.words.baseAddress else { return }
    let channels = colour.channels
    for i in 0..<count {
      let out = base + (first + i * step) * outputChannels
      for channel in 0..<channels { out[channel] = UInt16(line.big16(2 * (i * channels + channel))) }
      if hasKey { out[channels] = isKey(channels, out) ? 0 : .max }
    }
  }

  private func isKey<Sample: BinaryInteger>(_ channels: Int, _ pixel: UnsafePointer<Sample>) -> Bool {
    guard Int(pixel[0]) == key.0 else { return false }
    return channels == 1 || Int(pixel[1]) == key.1 && Int(pixel[2]) == key.2
  }

  private func isKey<Sample: BinaryInteger>(_ channels: Int, _ pixel: UnsafeMutablePointer<Sample>) -> Bool {
    isKey(channels, UnsafePointer(pixel))
  }

  /// Samples of 1, 2, 4 or 8 bits, the first in the upper bits of a byte.
  private func expandPacked(
    _ line: UnsafeRawBufferPointer, _ count: Int, _ pixels: PixelBuffer, _ first: Int, _ step: Int
  ) -> Bool {
    guard let base = pixels.bytes.baseAddress else { return true }
    let most = 1 << depth - 1
    for i in 0..<count {
      let bit = i * depth
      let value = Int(line[bit >> 3]) >> (8 - depth - bit & 7) & most
      let out = base + (first + i * step) * outputChannels
      if colour == .palette {
        guard value < palette.count else { return false }
        for channel in 0..<outputChannels { out[channel] = palette[value][channel] }
      } else {
        out[0] = UInt8(value * 255 / most)
        if hasKey { out[1] = value == key.0 ? 0 : 255 }
      }
    }
    return true
  }
}
