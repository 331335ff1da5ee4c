import ApusCore

extension PixelBuffer {
  /// The picture with other samples, by Pillow's formulas: luma is (19595 R + 38470 G + 7471 B + 32768) / 65536; alpha is
  /// dropped or, where there is none, opaque; ink becomes (255 - C)(255 - K) / 255.
  func converted(to target: PixelLayout) throws(TensorError) -> PixelBuffer {
    if layout == target { return self }
    if layout == .cmyk { return try inkToColour().converted(to: target) }
    guard target != .cmyk else {
      throw TensorError(.value, "readImage", "the picture has no CMYK samples; choose .rgb, .rgba, .gray or .unchanged")
    }
    let result = try PixelBuffer(width: width, height: height, layout: target, is16Bit: is16Bit)
    if is16Bit {
      Self.convert(words, layout, result.words, target)
    } else {
      Self.convert(bytes, layout, result.bytes, target)
    }
    return result
  }

  private static func convert<Sample: FixedWidthInteger & UnsignedInteger>(
    _ source: UnsafeMutableBufferPointer<Sample>, _ layout: PixelLayout,
    _ result: UnsafeMutableBufferPointer<Sample>, _ target: PixelLayout
  ) {
    let (from, to) = (layout.channels, target.channels)
    guard let source = source.baseAddress, let output = result.baseAddress else { return }
    let isGray = layout == .gray || layout == .grayAlpha
    let toGray = target == .gray || target == .grayAlpha
    for i in 0..<result.count / to {
      let (pixel, out) = (source + i * from, output + i * to)
      if toGray {
        out[0] = isGray ? pixel[0] : luma(pixel[0], pixel[1], pixel[2])
      } else {
        out[0] = pixel[0]
        out[1] = isGray ? pixel[0] : pixel[1]
        out[2] = isGray ? pixel[0] : pixel[2]
      }
      if target.hasAlpha { out[to - 1] = layout.hasAlpha ? pixel[from - 1] : .max }
    }
  }

  @inline(__always)
  private static func luma<Sample: FixedWidthInteger & UnsignedInteger>(
    _ red: Sample, _ green: Sample, _ blue: Sample
  ) -> Sample {
    let sum = UInt32(truncatingIfNeeded: red) &* 19595 &+ UInt32(truncatingIfNeeded: green) &* 38470
    // The three weights add up to 65536, so that 65535 of each and the half still fit 32 bits.
    return Sample(truncatingIfNeeded: (sum &+ UInt32(truncatingIfNeeded: blue) &* 7471 &+ 0x8000) >> 16)
  }

  private func inkToColour() throws(TensorError) -> PixelBuffer {
    let result = try PixelBuffer(width: width, height: height, layout: .rgb)
    guard let source = bytes.baseAddress, let output = result.bytes.baseAddress else { return result }
    for i in 0..<width * height {
      let light = 255 - Int(source[4 * i + 3])
      for channel in 0..<3 {
        let product = Int(source[4 * i + channel]) * light + 128
        output[3 * i + channel] = UInt8(clamping: light - (product >> 8 + product) >> 8)
      }
    }
    return result
  }

  /// The picture with samples of 8 bits (the upper half of 16) or of 16 (8 bits, twice), as Pillow and libpng do.
  func converted(to dtype: DType) throws(TensorError) -> PixelBuffer {
    guard dtype == .uint8 || dtype == .uint16 else {
      throw TensorError(
        .dtype, "readImage", "pictures are read as uint8 or uint16, not as \(dtype); convert the result with .to(...)")
    }
    if is16Bit == (dtype == .uint16) { return self }
    let result = try PixelBuffer(width: width, height: height, layout: layout, is16Bit: !is16Bit)
    if is16Bit {
      let (source, output) = (words, result.bytes)
      for i in 0..<source.count { output[i] = UInt8(source[i] >> 8) }
    } else {
      let (source, output) = (bytes, result.words)
      for i in 0..<source.count { output[i] = UInt16(source[i]) * 257 }
    }
    return result
  }
}
