import ApusCore

/// Windows bitmaps: 1 to 32 bits a pixel, with palettes, masks or run lengths, from the bottom or the top.
struct BMPDecoder {
  private enum Compression: Int {
    case none = 0
    case runs8 = 1
    case runs4 = 2
    case masks = 3
    case masksWithAlpha = 6
  }

  let source: ImageSource
  let width: Int
  let height: Int
  let bits: Int
  private let isTopDown: Bool
  private let compression: Compression
  private let start: Int
  private var palette: [SIMD4<UInt8>] = []
  private var masks: [UInt32] = []

  static func begins(_ source: ImageSource) -> Bool { source.starts(with: [0x42, 0x4d]) }

  /// Reads the headers.
  init(_ source: ImageSource) throws(TensorError) {
    self.source = source
    let head = try source.slice(0, 18, "the headers of the BMP file")
    let size = head.little32(14)
    guard size == 12 || (40...256).contains(size) || size == 16 else {
      throw source.failure("there are no BMP headers of \(size) bytes; those of 12 and from 40 on are known")
    }
    let header = try source.slice(14, size, "the headers of the BMP file")
    let isOld = size == 12
    let signedHeight = isOld ? header.little16(6) : Int(Int32(truncatingIfNeeded: header.little32(8)))
    width = isOld ? header.little16(4) : header.little32(4)
    height = Int(signedHeight.magnitude)
    isTopDown = signedHeight < 0
    bits = header.little16(isOld ? 10 : 14)
    try source.checkSize(width, height)
    let number = size >= 40 ? header.little32(16) : 0
    guard let compression = Compression(rawValue: number) else {
      throw source.unsupported("the BMP picture has compression \(number); 0 to 3 and 6 are read")
    }
    self.compression = compression
    start = head.little32(10)
    guard [1, 2, 4, 8, 16, 24, 32].contains(bits), compression != .runs8 || bits == 8,
      compression != .runs4 || bits == 4
    else { throw source.failure("there are no BMP pictures of \(bits) bits with compression \(number)") }
    if compression == .masks || compression == .masksWithAlpha {
      let count = compression == .masks && size < 56 ? 3 : 4
      // Newer headers hold the masks, older ones are followed by them.
      let place = try source.slice(14 + 40, 4 * count, "the colour masks of the BMP file")
      masks = (0..<count).map { UInt32(place.little32(4 * $0)) }
      guard bits == 16 || bits == 32 else { throw source.failure("BMP pictures of \(bits) bits have no colour masks") }
    }
    if bits <= 8 { try readPalette(header, 14 + size, bytes: isOld ? 3 : 4) }
  }

  private mutating func readPalette(
    _ header: UnsafeRawBufferPointer, _ position: Int, bytes: Int
  ) throws(TensorError) {
    let told = header.count >= 40 ? header.little32(32) : 0
    let count = told == 0 ? 1 << bits : Swift.min(told, 1 << bits)
    let data = try source.slice(position, count * bytes, "the BMP palette")
    palette = (0..<count).map { SIMD4(data[bytes * $0 + 2], data[bytes * $0 + 1], data[bytes * $0], 255) }
  }

  var layout: PixelLayout {
    if masks.count == 4, masks[3] != 0 { return .rgba }
    let isGray = !palette.isEmpty && palette.allSatisfy { $0.x == $0.y && $0.y == $0.z }
    return isGray ? .gray : .rgb
  }

  /// The pixels: grey where all colours of the palette are.
  func decode() throws(TensorError) -> PixelBuffer {
    if compression == .runs8 || compression == .runs4 { return try decodeRuns() }
    let rowBytes = (width * bits + 31) / 32 * 4
    let data = try source.slice(start, rowBytes * height, "the BMP picture")
    let pixels = try PixelBuffer(width: width, height: height, layout: layout)
    let fields = bits == 16 || bits == 32 ? colourFields : []
    for y in 0..<height {
      let row = UnsafeRawBufferPointer(rebasing: data[(isTopDown ? y : height - 1 - y) * rowBytes..<data.count])
      switch bits {
      case 24: copyColours(row, y, pixels)
      case 16: expand(y, pixels, fields) { UInt32(row.little16(2 * $0)) }
      case 32: expand(y, pixels, fields) { UInt32(row.little32(4 * $0)) }
      default:
        for x in 0..<width {
          let bit = x * bits
          let index = Int(row[bit >> 3]) >> (8 - bits - bit & 7) & (1 << bits - 1)
          try put(index, pixels, y * width + x)
        }
      }
    }
    return pixels
  }

  private func copyColours(_ row: UnsafeRawBufferPointer, _ y: Int, _ pixels: PixelBuffer) {
    let output = pixels.bytes
    for x in 0..<width {
      let out = 3 * (y * width + x)
      (output[out], output[out + 1], output[out + 2]) = (row[3 * x + 2], row[3 * x + 1], row[3 * x])
    }
  }

  /// A colour of the palette at a pixel.
  private func put(_ index: Int, _ pixels: PixelBuffer, _ pixel: Int) throws(TensorError) {
    guard index < palette.count else {
      throw source.failure("a pixel has the colour \(index), and the BMP palette \(palette.count) colours")
    }
    let (colour, output, channels) = (palette[index], pixels.bytes, pixels.channels)
    for channel in 0..<channels { output[pixel * channels + channel] = colour[channel] }
  }

  /// Where red, green, blue and alpha lie in a pixel: the shift and the largest value.
  private var colourFields: [(shift: UInt32, most: UInt32)] {
    let usual: [UInt32] = bits == 16 ? [0x7c00, 0x3e0, 0x1f] : [0xff_0000, 0xff00, 0xff]
    return (masks.isEmpty ? usual : masks).prefix(pixelChannels).map { mask in
      mask == 0 ? (0, 0) : (UInt32(mask.trailingZeroBitCount), mask >> UInt32(mask.trailingZeroBitCount))
    }
  }
  private var pixelChannels: Int { layout.channels }

  private func expand(
    _ y: Int, _ pixels: PixelBuffer, _ fields: [(shift: UInt32, most: UInt32)], _ pixel: (Int) -> UInt32
  ) {
    let output = pixels.bytes
    for x in 0..<width {
      let value = pixel(x)
      for (channel, field) in fields.enumerated() {
        let part = UInt64(value >> field.shift & field.most)
        let out = (y * width + x) * fields.count + channel
        output[out] = field.most == 0 ? 0 : UInt8(truncatingIfNeeded: part * 255 / UInt64(field.most))
      }
    }
  }

  /// Runs of one colour (two in turn with 4 bits), single colours, and jumps; what is jumped over is the first colour.
  private func decodeRuns() throws(TensorError) -> PixelBuffer {
    let pixels = try PixelBuffer(width: width, height: height, layout: layout)
    for i in 0..<width * height { try put(0, pixels, i) }
    var (x, y, position) = (0, 0, start)
    while y < height {
      let pair = try source.slice(position, 2, "the BMP picture")
      position += 2
      let (count, value) = (Int(pair[0]), Int(pair[1]))
      switch (count, value) {
      case (0, 0): (x, y) = (0, y + 1)
      case (0, 1): return pixels
      case (0, 2):
        let jump = try source.slice(position, 2, "the BMP picture")
        position += 2
        (x, y) = (x + Int(jump[0]), y + Int(jump[1]))
      case (0, _):
        let length = bits == 8 ? value : (value + 1) / 2
        let data = try source.slice(position, length, "the BMP picture")
        position += length + length & 1
        for i in 0..<value { try putRun(bits == 8 ? Int(data[i]) : nibble(Int(data[i / 2]), i), pixels, &x, y) }
      default:
        for i in 0..<count { try putRun(bits == 8 ? value : nibble(value, i), pixels, &x, y) }
      }
    }
    return pixels
  }

  private func nibble(_ byte: Int, _ i: Int) -> Int { i & 1 == 0 ? byte >> 4 : byte & 15 }

  private func putRun(_ index: Int, _ pixels: PixelBuffer, _ x: inout Int, _ y: Int) throws(TensorError) {
    // Runs that go beyond the row end there.
    guard x < width else { return }
    try put(index, pixels, (isTopDown ? y : height - 1 - y) * width + x)
    x += 1
  }
}
