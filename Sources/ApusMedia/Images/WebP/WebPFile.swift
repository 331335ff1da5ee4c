import ApusCore

/// The chunks of a WebP file (https://developers.google.com/speed/webp/docs/riff_container).
struct WebPFile {
  private(set) var width = 0
  private(set) var height = 0
  private(set) var hasAlpha = false
  private(set) var orientation = Orientation.upright
  /// The frames of an animation: where each lies, and its compressed pixels. A file without has one picture.
  private(set) var frames: [(control: FrameControl, data: UnsafeRawBufferPointer)] = []
  private(set) var isAnimated = false

  static func begins(_ source: ImageSource) -> Bool {
    source.starts(with: Array("RIFF".utf8)) && source.starts(with: Array("WEBP".utf8), at: 8)
  }

  init(_ source: ImageSource) throws(TensorError) {
    let size = try source.slice(4, 4, "the head of the WebP file").little32(0)
    guard size >= 4, size <= source.count - 8 else {
      throw source.failure(
        "the WebP file tells \(size) bytes behind its head, and has \(source.count - 8); it is cut short")
    }
    let end = 8 + size
    var position = 12
    var hasPicture = false
    while end - position >= 8 {
      let start = position
      let head = try source.slice(position, 8, "a WebP chunk")
      let name = String(decoding: head[..<4], as: UTF8.self)
      let data = try source.slice(position + 8, head.little32(4), "the WebP chunk at byte \(start)")
      position += 8 + data.count + data.count & 1
      switch name {
      case "VP8X":
        guard data.count >= 10 else { throw source.failure("the WebP chunk VP8X at byte \(start) is cut short") }
        (width, height) = (data.little24(4) + 1, data.little24(7) + 1)
        hasAlpha = data[0] & 0x10 != 0
        isAnimated = data[0] & 0x02 != 0
      case "VP8 ", "VP8L":
        hasPicture = true
        if width == 0 { try readSize(source, data, name) }
      case "ALPH": hasAlpha = true
      case "ANMF": frames.append(try Self.frame(data, start, source))
      case "EXIF":
        let exif = data.starts(with: [0x45, 0x78, 0x69, 0x66, 0, 0]) ? data[6...] : data[0...]
        orientation = Orientation(exif: UnsafeRawBufferPointer(rebasing: exif))
      default: break
      }
    }
    guard isAnimated ? !frames.isEmpty : hasPicture else { throw source.failure("the WebP file has no picture") }
    try source.checkSize(width, height)
    for frame in frames where isAnimated { try frame.control.checkPlace(width, height, source) }
  }

  /// The size and the transparency of a picture without a header of its own.
  private mutating func readSize(_ source: ImageSource, _ data: UnsafeRawBufferPointer, _ name: String)
    throws(TensorError)
  {
    guard data.count >= 10 else { throw source.failure("the WebP picture is cut short") }
    if name == "VP8L" {
      let bits = data.little32(1)
      (width, height) = (bits & 0x3fff + 1, bits >> 14 & 0x3fff + 1)
      hasAlpha = bits >> 28 & 1 == 1
    } else {
      (width, height) = (data.little16(6) & 0x3fff, data.little16(8) & 0x3fff)
    }
  }

  private static func frame(
    _ data: UnsafeRawBufferPointer, _ start: Int, _ source: ImageSource
  ) throws(TensorError) -> (control: FrameControl, data: UnsafeRawBufferPointer) {
    guard data.count >= 24 else { throw source.failure("the WebP frame at byte \(start) is cut short") }
    let control = FrameControl(
      x: 2 * data.little24(0), y: 2 * data.little24(3), width: data.little24(6) + 1, height: data.little24(9) + 1,
      milliseconds: data.little24(12), disposal: data[15] & 1 == 1 ? .clear : .keep, blends: data[15] & 2 == 0)
    return (control, UnsafeRawBufferPointer(rebasing: data[16...]))
  }
}
