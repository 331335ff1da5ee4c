import ApusCore

/// Draws the frames of a GIF file above each other as Pillow does.
struct GIFDecoder {
  let source: ImageSource
  let file: GIFFile

  /// The first frame: grey, red-green-blue, or with an alpha channel where a colour is marked as transparent.
  func decode() throws(TensorError) -> PixelBuffer {
    let frame = file.frames[0]
    let pixels = try frames(1)[0].picture
    if frame.transparent != nil { return pixels }
    return try pixels.converted(to: frame.palette.isGray ? .gray : .rgb)
  }

  /// The first `count` frames, or all, as pictures with alpha and the time for which each is shown.
  func frames(_ count: Int? = nil) throws(TensorError) -> [(picture: PixelBuffer, milliseconds: Int)] {
    let (width, height) = (file.width, file.height)
    let drawn = file.frames.prefix(count ?? file.frames.count)
    try source.checkSize(width, height, frames: drawn.count)
    let first = file.frames[0]
    let hasAlpha = first.transparent != nil
    var canvas = [SIMD4<UInt8>](
      repeating: colour(first.transparent ?? 0, first, isTransparent: hasAlpha), count: width * height)
    var result: [(picture: PixelBuffer, milliseconds: Int)] = []
    for (i, frame) in drawn.enumerated() {
      let control = frame.control
      let indices = try GIFCodes.decode(source, frame)
      let kept = control.disposal == .previous && i > 0 ? canvas : []
      for y in 0..<control.height {
        var from = y * control.width
        var to = (control.y + y) * width + control.x
        for _ in 0..<control.width {
          let index = Int(indices[from])
          if index != frame.transparent {
            canvas[to] = frame.palette[index]
          } else if i == 0 {
            canvas[to] = colour(index, frame, isTransparent: true)
          }
          from += 1
          to += 1
        }
      }
      let picture = try PixelBuffer(width: width, height: height, layout: .rgba)
      copy(canvas, to: picture, hasAlpha: hasAlpha)
      result.append((picture, control.milliseconds))
      dispose(of: frame, isFirst: i == 0, kept, &canvas)
    }
    return result
  }

  private func colour(_ index: Int, _ frame: GIFFile.Frame, isTransparent: Bool) -> SIMD4<UInt8> {
    var result = frame.palette[index]
    if isTransparent { result.w = 0 }
    return result
  }

  private func dispose(
    of frame: GIFFile.Frame, isFirst: Bool, _ kept: [SIMD4<UInt8>], _ canvas: inout [SIMD4<UInt8>]
  ) {
    let control = frame.control
    switch control.disposal {
    case .keep: return
    case .previous where !isFirst:
      canvas = kept
      return
    case .previous where frame.transparent == nil: return
    default: break
    }
    let fill = colour(frame.transparent ?? file.background, frame, isTransparent: frame.transparent != nil)
    for y in control.y..<control.y + control.height {
      for x in control.x..<control.x + control.width { canvas[y * file.width + x] = fill }
    }
  }

  private func copy(_ canvas: [SIMD4<UInt8>], to picture: PixelBuffer, hasAlpha: Bool) {
    let bytes = picture.bytes
    for (i, pixel) in canvas.enumerated() {
      (bytes[4 * i], bytes[4 * i + 1], bytes[4 * i + 2]) = (pixel.x, pixel.y, pixel.z)
      bytes[4 * i + 3] = hasAlpha ? pixel.w : 255
    }
  }
}

/// The compression of GIF: codes of growing length for runs of pixels that came before (Lempel, Ziv and Welch).
enum GIFCodes {
  private static let most = 4096

  /// The colours of the pixels of a frame, in rows from top to bottom.
  static func decode(_ source: ImageSource, _ frame: GIFFile.Frame) throws(TensorError) -> [UInt8] {
    let (width, height) = (frame.control.width, frame.control.height)
    let count = width * height
    // A code of 12 bits stands for at most 4096 pixels.
    guard count / most <= frame.data.count else {
      throw source.failure(
        "a GIF picture of \(width) x \(height) pixels is not in the \(frame.data.count) bytes from byte "
          + "\(frame.data.lowerBound) on")
    }
    var pixels = [UInt8](repeating: 0, count: count)
    let filled = expand(source, frame, &pixels)
    guard filled == count else {
      throw source.failure(
        "the GIF picture at byte \(frame.data.lowerBound) ends or is damaged after \(filled) of \(count) pixels")
    }
    guard frame.isInterlaced else { return pixels }
    var rows = [UInt8](repeating: 0, count: count)
    var from = 0
    for (first, step) in [(0, 8), (4, 8), (2, 4), (1, 2)] {
      for y in stride(from: first, to: height, by: step) {
        for x in 0..<width { rows[y * width + x] = pixels[from + x] }
        from += width
      }
    }
    return rows
  }

  /// Fills `pixels` and returns how many came before the end of the codes or the first code that has no meaning.
  private static func expand(_ source: ImageSource, _ frame: GIFFile.Frame, _ pixels: inout [UInt8]) -> Int {
    let clear = 1 << frame.codeSize
    // Each code is the pixels of an earlier code and one more; they stand somewhere in what was written.
    var start = [Int](repeating: 0, count: most)
    var length = [Int](repeating: 1, count: most)
    var (next, bits) = (clear + 2, frame.codeSize + 1)
    var last: (start: Int, length: Int)?
    var (buffer, available) = (0, 0)
    var position = frame.data.lowerBound
    var left = 0
    var filled = 0
    while filled < pixels.count {
      while available < bits {
        if left == 0 {
          guard position < frame.data.upperBound, source.bytes[position] != 0 else { return filled }
          left = Int(source.bytes[position])
          position += 1
        }
        buffer |= Int(source.bytes[position]) << available
        available += 8
        position += 1
        left -= 1
      }
      let code = buffer & (1 << bits - 1)
      buffer >>= bits
      available -= bits
      if code == clear {
        (next, bits, last) = (clear + 2, frame.codeSize + 1, nil)
        continue
      }
      // The new code is the last run and the pixel behind it, which the run of this code begins with: where this is the new
      // code itself, copying forward finds the pixel that it has just written.
      if let last, next < most {
        (start[next], length[next]) = (last.start, last.length + 1)
        next += 1
        if next == 1 << bits, bits < 12 { bits += 1 }
      }
      let begin = filled
      if code < clear {
        pixels[filled] = UInt8(truncatingIfNeeded: code)
        filled += 1
      } else {
        guard code > clear + 1, code < next else { return filled }
        var at = start[code]
        for _ in 0..<Swift.min(length[code], pixels.count - filled) {
          pixels[filled] = pixels[at]
          filled += 1
          at += 1
        }
      }
      last = (begin, filled - begin)
    }
    return filled
  }
}
