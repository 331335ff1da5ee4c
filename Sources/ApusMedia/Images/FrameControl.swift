import ApusCore

/// Where a frame of an animation lies on the picture and what is done with it.
struct FrameControl {
  /// What happens to the frame's place before the next one is drawn: nothing, it becomes transparent, or what was there before
  /// comes back.
  enum Disposal { case keep, clear, previous }

  let x: Int
  let y: Int
  let width: Int
  let height: Int
  let milliseconds: Int
  let disposal: Disposal
  /// Whether transparent pixels let what is below show through; else they replace it.
  let blends: Bool

  func checkPlace(_ canvasWidth: Int, _ canvasHeight: Int, _ source: ImageSource) throws(TensorError) {
    guard width > 0, height > 0, x <= canvasWidth - width, y <= canvasHeight - height else {
      throw source.failure(
        "a frame of \(width) x \(height) pixels at column \(x), row \(y) does not lie on the picture of \(canvasWidth) x "
          + "\(canvasHeight)")
    }
  }
}

/// The picture that frames of RGBA pixels are drawn on, one after the other.
struct FrameCanvas {
  let width: Int
  let height: Int
  private var pixels: [UInt8]
  private var before: (control: FrameControl, kept: [UInt8])?
  private let blend: (_ source: SIMD4<UInt8>, _ below: SIMD4<UInt8>) -> SIMD4<UInt8>

  /// A transparent picture; `blend` puts a pixel above another.
  init(width: Int, height: Int, blend: @escaping (_ source: SIMD4<UInt8>, _ below: SIMD4<UInt8>) -> SIMD4<UInt8>) {
    self.width = width
    self.height = height
    self.blend = blend
    pixels = [UInt8](repeating: 0, count: 4 * width * height)
  }

  /// Draws a frame, whose place has been checked, and returns the whole picture.
  mutating func draw(_ frame: PixelBuffer, _ control: FrameControl) throws(TensorError) -> PixelBuffer {
    if let (last, kept) = before {
      switch last.disposal {
      case .keep: break
      case .clear: clear(last)
      case .previous: pixels = kept
      }
    }
    before = (control, control.disposal == .previous ? pixels : [])
    let source = frame.bytes
    for y in 0..<control.height {
      var from = 4 * y * control.width
      var to = 4 * ((control.y + y) * width + control.x)
      for _ in 0..<control.width {
        let pixel = SIMD4(source[from], source[from + 1], source[from + 2], source[from + 3])
        let below = SIMD4(pixels[to], pixels[to + 1], pixels[to + 2], pixels[to + 3])
        let result = control.blends && pixel.w != 255 ? blend(pixel, below) : pixel
        for channel in 0..<4 { pixels[to + channel] = result[channel] }
        from += 4
        to += 4
      }
    }
    let picture = try PixelBuffer(width: width, height: height, layout: .rgba)
    _ = picture.bytes.update(fromContentsOf: pixels)
    return picture
  }

  private mutating func clear(_ control: FrameControl) {
    for y in control.y..<control.y + control.height {
      let start = 4 * (y * width + control.x)
      for i in start..<start + 4 * control.width { pixels[i] = 0 }
    }
  }
}
