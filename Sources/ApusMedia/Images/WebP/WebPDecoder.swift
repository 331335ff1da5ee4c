import ApusCore

/// WebP by libwebp, animations put together by code of our own.
struct WebPDecoder {
  let source: ImageSource
  let file: WebPFile

  /// The picture, or the first frame.
  func decode() throws(TensorError) -> PixelBuffer {
    if file.isAnimated {
      let pixels = try frames(1)[0].picture
      return file.hasAlpha ? pixels : try pixels.converted(to: .rgb)
    }
    return try decode(source.bytes, file.width, file.height, file.hasAlpha ? .rgba : .rgb)
  }

  /// The first `count` frames, or all, as pictures with alpha and the time for which each is shown.
  func frames(_ count: Int? = nil) throws(TensorError) -> [(picture: PixelBuffer, milliseconds: Int)] {
    guard file.isAnimated else { return [(try decode().converted(to: .rgba), 0)] }
    let shown = file.frames.prefix(count ?? file.frames.count)
    try source.checkSize(file.width, file.height, frames: shown.count)
    var canvas = FrameCanvas(width: file.width, height: file.height, blend: Self.over)
    var result: [(picture: PixelBuffer, milliseconds: Int)] = []
    for frame in shown {
      let pixels = try decode(frame.data, frame.control.width, frame.control.height, .rgba)
      result.append((try canvas.draw(pixels, frame.control), frame.control.milliseconds))
    }
    return result
  }

  private func decode(
    _ data: UnsafeRawBufferPointer, _ width: Int, _ height: Int, _ layout: PixelLayout
  ) throws(TensorError) -> PixelBuffer {
    let library = try WebPLibrary.library(for: source.name)
    let bytes = data.baseAddress?.assumingMemoryBound(to: UInt8.self)
    var (told, toldHeight) = (Int32(0), Int32(0))
    guard library.getInfo(bytes, data.count, &told, &toldHeight) != 0, Int(told) == width, Int(toldHeight) == height
    else {
      throw source.failure("libwebp finds no picture of \(width) x \(height) pixels; the file is damaged")
    }
    let pixels = try PixelBuffer(width: width, height: height, layout: layout)
    let run = layout == .rgba ? library.decodeRGBA : library.decodeRGB
    guard run(bytes, data.count, pixels.bytes.baseAddress, pixels.sampleCount, Int32(pixels.rowSamples)) != nil else {
      throw source.failure(
        "libwebp cannot decode the picture of \(width) x \(height) pixels; it is damaged or cut short")
    }
    return pixels
  }

  /// A pixel above another, in the arithmetic of libwebp's own player.
  private static func over(_ pixel: SIMD4<UInt8>, _ below: SIMD4<UInt8>) -> SIMD4<UInt8> {
    let alpha = UInt32(pixel.w)
    if alpha == 0 { return below }
    let rest = (UInt32(below.w) &* (256 &- alpha)) >> 8
    let whole = alpha &+ rest
    let scale = (1 << 24) / whole
    var result = SIMD4<UInt8>()
    for i in 0..<3 {
      let sum = UInt32(pixel[i]) &* alpha &+ UInt32(below[i]) &* rest
      result[i] = UInt8(truncatingIfNeeded: (sum &* scale) >> 24)
    }
    result.w = UInt8(truncatingIfNeeded: whole)
    return result
  }
}
