import ApusCore

/// How a picture is to be turned before it is shown: the numbers of the tag Orientation (0x0112) of EXIF.
enum Orientation: Int {
  case upright = 1, mirrored, upsideDown, flipped, transposed, quarterRight, transversed, quarterLeft

  var swapsSides: Bool { rawValue >= 5 }

  /// Reads the tag from the TIFF structure `data` (without the words `Exif`); upright where there is none or it is damaged,
  /// as viewers do.
  init(exif data: UnsafeRawBufferPointer) {
    self = Self.find(data) ?? .upright
  }

  private static func find(_ data: UnsafeRawBufferPointer) -> Orientation? {
    guard data.count >= 8 else { return nil }
    let isBig: Bool
    switch (data[0], data[1]) {
    case (0x4d, 0x4d): isBig = true
    case (0x49, 0x49): isBig = false
    default: return nil
    }
    let word = { (at: Int) in isBig ? data.big16(at) : data.little16(at) }
    let directory = isBig ? data.big32(4) : data.little32(4)
    guard directory <= data.count - 2 else { return nil }
    for i in 0..<word(directory) {
      let entry = directory + 2 + 12 * i
      guard entry <= data.count - 12 else { return nil }
      if word(entry) == 0x0112 { return Orientation(rawValue: word(entry + 8)) }
    }
    return nil
  }
}

extension PixelBuffer {
  /// The picture as it is to be seen.
  func oriented(_ orientation: Orientation) throws(TensorError) -> PixelBuffer {
    if orientation == .upright { return self }
    let swapped = orientation.swapsSides
    let result = try PixelBuffer(
      width: swapped ? height : width, height: swapped ? width : height, layout: layout, is16Bit: is16Bit)
    if is16Bit {
      turn(words, result.words, orientation)
    } else {
      turn(bytes, result.bytes, orientation)
    }
    return result
  }

  private func turn<Sample>(
    _ source: UnsafeMutableBufferPointer<Sample>, _ output: UnsafeMutableBufferPointer<Sample>,
    _ orientation: Orientation
  ) {
    // The first pixel of the result in the source, and the steps to the next column and row of the result.
    let (right, down) = (width - 1, (height - 1) * width)
    let (first, column, row) =
      switch orientation {
      case .upright: (0, 1, width)
      case .mirrored: (right, -1, width)
      case .upsideDown: (right + down, -1, -width)
      case .flipped: (down, 1, -width)
      case .transposed: (0, width, 1)
      case .quarterRight: (down, -width, 1)
      case .transversed: (right + down, -width, -1)
      case .quarterLeft: (right, width, -1)
      }
    let swapped = orientation.swapsSides
    let (columns, rows) = swapped ? (height, width) : (width, height)
    var out = 0
    for y in 0..<rows {
      var pixel = first + y * row
      for _ in 0..<columns {
        for channel in 0..<channels { output[out + channel] = source[pixel * channels + channel] }
        out += channels
        pixel += column
      }
    }
  }
}
