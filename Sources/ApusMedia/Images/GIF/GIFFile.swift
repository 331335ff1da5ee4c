import ApusCore

/// The structure of a GIF file (https://www.w3.org/Graphics/GIF/spec-gif89a.txt): the screen and the places of its frames.
struct GIFFile {
  struct Frame {
    let control: FrameControl
    let palette: GIFPalette
    let transparent: Int?
    let isInterlaced: Bool
    let codeSize: Int
    /// Where the blocks of compressed pixels begin and end.
    let data: Range<Int>
  }

  private(set) var width: Int
  private(set) var height: Int
  private(set) var background = 0
  private(set) var frames: [Frame] = []

  static func begins(_ source: ImageSource) -> Bool {
    source.starts(with: Array("GIF87a".utf8)) || source.starts(with: Array("GIF89a".utf8))
  }

  /// Finds the frames, or only the first.
  init(_ source: ImageSource, firstOnly: Bool) throws(TensorError) {
    let screen = try source.slice(6, 7, "the GIF screen descriptor")
    (width, height) = (screen.little16(0), screen.little16(2))
    var position = 13
    var shared = GIFPalette.gray
    if screen[4] & 0x80 != 0 {
      background = Int(screen[5])
      shared = try GIFPalette(source, &position, bits: Int(screen[4] & 7) + 1)
    }
    var control = (milliseconds: 0, disposal: 0, transparent: Int?.none)
    // A disposal that is not told stays that of the frame before, as in Pillow.
    var disposal = 0
    while true {
      // Files without the last byte are common.
      if position == source.count, !frames.isEmpty { break }
      let kind = try source.byte(position, "the blocks of the GIF file")
      position += 1
      switch kind {
      case 0x3b:
        guard !frames.isEmpty else { throw source.failure("the GIF file has no picture") }
        position = source.count
      case 0x21:
        let label = try source.byte(position, "a GIF extension")
        position += 1
        if label == 0xf9, try source.byte(position, "a GIF extension") >= 4 {
          let data = try source.slice(position + 1, 4, "the GIF graphic control")
          control = (data.little16(1) * 10, Int(data[0] >> 2 & 7), data[0] & 1 != 0 ? Int(data[3]) : nil)
          if control.disposal != 0 { disposal = control.disposal }
        }
        try Self.skipBlocks(source, &position)
      case 0x2c:
        frames.append(try frame(source, &position, shared, control.milliseconds, disposal, control.transparent))
        control = (0, 0, nil)
      default: throw source.failure("expected a GIF block at byte \(position - 1), and found \(kind)")
      }
      if firstOnly, !frames.isEmpty { break }
    }
    for frame in frames {
      width = Swift.max(width, frame.control.x + frame.control.width)
      height = Swift.max(height, frame.control.y + frame.control.height)
    }
  }

  private func frame(
    _ source: ImageSource, _ position: inout Int, _ shared: GIFPalette, _ milliseconds: Int, _ disposal: Int,
    _ transparent: Int?
  ) throws(TensorError) -> Frame {
    let start = position - 1
    let data = try source.slice(position, 9, "the GIF image descriptor at byte \(start)")
    position += 9
    let (frameWidth, frameHeight) = (data.little16(4), data.little16(6))
    try source.checkSize(frameWidth, frameHeight)
    let palette = data[8] & 0x80 != 0 ? try GIFPalette(source, &position, bits: Int(data[8] & 7) + 1) : shared
    let codeSize = try source.byte(position, "the GIF picture at byte \(start)")
    guard (1...11).contains(codeSize) else {
      throw source.failure("the GIF picture at byte \(start) has codes of \(codeSize) bits; 1 to 11 are possible")
    }
    position += 1
    let first = position
    try Self.skipBlocks(source, &position)
    let control = FrameControl(
      x: data.little16(0), y: data.little16(2), width: frameWidth, height: frameHeight, milliseconds: milliseconds,
      disposal: disposal == 2 ? .clear : disposal == 3 ? .previous : .keep, blends: true)
    return Frame(
      control: control, palette: palette, transparent: transparent, isInterlaced: data[8] & 0x40 != 0,
      codeSize: codeSize, data: first..<position)
  }

  private static func skipBlocks(_ source: ImageSource, _ position: inout Int) throws(TensorError) {
    while true {
      let length = try source.byte(position, "the blocks of the GIF file")
      position += 1
      if length == 0 { return }
      _ = try source.slice(position, length, "a GIF block")
      position += length
    }
  }
}

/// The colours of a GIF picture; indices beyond them are the first colour.
struct GIFPalette {
  let colours: [SIMD4<UInt8>]
  /// Whether colour i is the grey i.
  let isGray: Bool

  static let gray = GIFPalette((0..<256).map { SIMD4(UInt8($0), UInt8($0), UInt8($0), 255) })

  private init(_ colours: [SIMD4<UInt8>]) {
    self.colours = colours
    isGray = colours.enumerated().allSatisfy { i, colour in
      Int(colour.x) == i && Int(colour.y) == i && Int(colour.z) == i
    }
  }

  init(_ source: ImageSource, _ position: inout Int, bits: Int) throws(TensorError) {
    let data = try source.slice(position, 3 << bits, "a GIF palette")
    position += data.count
    let read = GIFPalette((0..<1 << bits).map { SIMD4(data[3 * $0], data[3 * $0 + 1], data[3 * $0 + 2], 255) })
    // Greys in order stand for themselves, also where there are fewer than indices.
    self = read.isGray ? .gray : read
  }

  subscript(index: Int) -> SIMD4<UInt8> { index < colours.count ? colours[index] : colours[0] }
}
