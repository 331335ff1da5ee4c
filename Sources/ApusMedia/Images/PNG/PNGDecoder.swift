import ApusCore
import ApusFormats

/// The pixels of a PNG picture: decompressed by zlib, the filters undone, palettes and samples of fewer than 8 bits expanded.
struct PNGDecoder {
  let source: ImageSource
  let file: PNGFile

  /// Grey and colours as they are, an alpha channel where there is one or where a colour is marked as transparent.
  var layout: PixelLayout {
    let isTransparent = !file.transparency.isEmpty
    return switch file.header.colour {
    case .gray: isTransparent ? .grayAlpha : .gray
    case .rgb, .palette: isTransparent ? .rgba : .rgb
    case .grayAlpha: .grayAlpha
    case .rgba: .rgba
    }
  }

  private var bitsPerPixel: Int { file.header.depth * file.header.colour.channels }

  /// The picture of the file.
  func decode() throws(TensorError) -> PixelBuffer {
    try decode(file.data, width: file.header.width, height: file.header.height)
  }

  /// The picture of the file and of the frames behind it, each whole, with the time for which it is shown.
  func decodeFrames() throws(TensorError) -> [(picture: PixelBuffer, milliseconds: Int)] {
    var result: [(picture: PixelBuffer, milliseconds: Int)] = []
    if !file.pictureIsFrame { result.append((try decode().converted(to: DType.uint8).converted(to: .rgba), 0)) }
    try source.checkSize(file.header.width, file.header.height, frames: 1 + file.frames.count)
    var canvas = FrameCanvas(width: file.header.width, height: file.header.height, blend: Self.over)
    for frame in file.frames {
      let pixels = try decode(frame.data, width: frame.control.width, height: frame.control.height)
      let drawn = try canvas.draw(pixels.converted(to: DType.uint8).converted(to: .rgba), frame.control)
      result.append((drawn, frame.control.milliseconds))
    }
    return result
  }

  /// A pixel above another, as the standard says: colours weighted by what shows of them.
  private static func over(_ pixel: SIMD4<UInt8>, _ below: SIMD4<UInt8>) -> SIMD4<UInt8> {
    let top = Int(pixel.w) * 255
    let bottom = Int(below.w) * (255 - Int(pixel.w))
    guard top + bottom > 0 else { return below }
    var result = SIMD4<UInt8>()
    for i in 0..<3 {
      result[i] = UInt8((Int(pixel[i]) * top + Int(below[i]) * bottom + (top + bottom) / 2) / (top + bottom))
    }
    result.w = UInt8((top + bottom + 127) / 255)
    return result
  }

  private func decode(_ data: [UnsafeRawBufferPointer], width: Int, height: Int) throws(TensorError) -> PixelBuffer {
    try checkColours()
    let passes = (file.header.isInterlaced ? Pass.interlaced : [Pass.whole]).compactMap { $0.part(of: width, height) }
    let bits = bitsPerPixel
    let rawCount = passes.reduce(0) { $0 + $1.rows * (1 + ($1.columns * bits + 7) / 8) }
    let compressed = data.reduce(0) { $0 + $1.count }
    guard rawCount / Deflate.mostExpansion <= compressed else {
      throw source.failure(
        "the header tells \(width) x \(height) pixels, more than the \(compressed) bytes of the picture can hold; the file "
          + "is damaged or cut short")
    }
    let raw = UnsafeMutableRawBufferPointer.allocate(byteCount: rawCount, alignment: 64)
    defer { raw.deallocate() }
    if data.count == 1 {
      try Deflate.decompress(data[0], as: .zlib, into: raw, name: source.name)
    } else {
      var joined: [UInt8] = []
      joined.reserveCapacity(compressed)
      for part in data { joined.append(contentsOf: part) }
      try joined.withUnsafeBufferPointer { bytes throws(TensorError) in
        try Deflate.decompress(UnsafeRawBufferPointer(bytes), as: .zlib, into: raw, name: source.name)
      }
    }
    let pixels = try PixelBuffer(width: width, height: height, layout: layout, is16Bit: file.header.depth == 16)
    let expander = PNGExpander(file, layout)
    var position = 0
    for pass in passes {
      let rowBytes = (pass.columns * bits + 7) / 8
      let part = UnsafeMutableRawBufferPointer(rebasing: raw[position..<position + pass.rows * (1 + rowBytes)])
      if let row = PNGFilter.undo(part, rows: pass.rows, rowBytes: rowBytes, pixelBytes: Swift.max(bits / 8, 1)) {
        throw source.failure(
          "row \(row) of the PNG picture has a filter that does not exist (\(part[row * (1 + rowBytes)]))")
      }
      for row in 0..<pass.rows {
        let line = UnsafeRawBufferPointer(
          rebasing: UnsafeRawBufferPointer(part)[row * (1 + rowBytes) + 1..<(row + 1) * (1 + rowBytes)])
        let first = (pass.y + row * pass.rowStep) * width + pass.x
        guard expander.expand(line, count: pass.columns, into: pixels, at: first, step: pass.columnStep) else {
          throw source.failure("a pixel has a colour beyond the \(file.palette.count / 3) colours of the palette")
        }
      }
      position += part.count
    }
    return pixels
  }

  private func checkColours() throws(TensorError) {
    let (colour, count) = (file.header.colour, file.transparency.count)
    if colour == .palette, file.palette.isEmpty {
      throw source.failure("the PNG picture has a palette, and the file none")
    }
    let isRight =
      switch colour {
      case .gray: count == 0 || count == 2
      case .rgb: count == 0 || count == 6
      case .palette: count <= file.palette.count / 3
      case .grayAlpha, .rgba: count == 0
      }
    guard isRight else {
      throw source.failure(
        "the PNG chunk tRNS of \(count) bytes does not go with pictures of colour type \(colour.rawValue)")
    }
  }
}

/// Which pixels of a picture are stored together.
private struct Pass {
  var x = 0
  var y = 0
  var columnStep = 1
  var rowStep = 1
  var columns = 0
  var rows = 0

  static let whole = Pass()
  /// The seven passes of Adam7.
  static let interlaced: [Pass] = [
    Pass(x: 0, y: 0, columnStep: 8, rowStep: 8), Pass(x: 4, y: 0, columnStep: 8, rowStep: 8),
    Pass(x: 0, y: 4, columnStep: 4, rowStep: 8), Pass(x: 2, y: 0, columnStep: 4, rowStep: 4),
    Pass(x: 0, y: 2, columnStep: 2, rowStep: 4), Pass(x: 1, y: 0, columnStep: 2, rowStep: 2),
    Pass(x: 0, y: 1, columnStep: 1, rowStep: 2),
  ]

  /// The pass with its size on a picture, nil where it has no pixels there.
  func part(of width: Int, _ height: Int) -> Pass? {
    guard x < width, y < height else { return nil }
    var result = self
    result.columns = (width - x + columnStep - 1) / columnStep
    result.rows = (height - y + rowStep - 1) / rowStep
    return result
  }
}
