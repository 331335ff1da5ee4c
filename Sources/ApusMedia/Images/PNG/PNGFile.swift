import ApusCore
import ApusFormats

/// The chunks of a PNG file (https://www.w3.org/TR/png-3), checked, with the places of the compressed pictures.
struct PNGFile {
  /// What the pixels are in the file, from the chunk IHDR.
  struct Header {
    let width: Int
    let height: Int
    /// Bits of a sample.
    let depth: Int
    let colour: Colour
    let isInterlaced: Bool
  }

  enum Colour: Int {
    case gray = 0
    case rgb = 2
    case palette = 3
    case grayAlpha = 4
    case rgba = 6

    var channels: Int {
      switch self {
      case .gray, .palette: 1
      case .grayAlpha: 2
      case .rgb: 3
      case .rgba: 4
      }
    }

    var depths: [Int] {
      switch self {
      case .gray: [1, 2, 4, 8, 16]
      case .palette: [1, 2, 4, 8]
      case .rgb, .grayAlpha, .rgba: [8, 16]
      }
    }
  }

  /// A frame of an animation: its place on the picture, how it is put there, and its compressed pixels.
  struct Frame {
    let control: FrameControl
    var data: [UnsafeRawBufferPointer] = []
  }

  let header: Header
  /// Red, green and blue of each entry.
  private(set) var palette: [UInt8] = []
  private(set) var transparency: [UInt8] = []
  private(set) var orientation = Orientation.upright
  private(set) var data: [UnsafeRawBufferPointer] = []
  /// Whether the picture of the file is also the first frame.
  private(set) var pictureIsFrame = false
  private(set) var frames: [Frame] = []

  static let signature: [UInt8] = [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]

  /// Reads the chunks, all of them or (for what stands before the picture) those before the first data.
  init(_ source: ImageSource, headerOnly: Bool = false) throws(TensorError) {
    var position = Self.signature.count
    header = try Self.header(Self.chunk(source, &position), source)
    while true {
      let chunk = try Self.chunk(source, &position)
      switch chunk.name {
      case "IHDR": throw source.failure("the PNG file has two headers")
      case "PLTE":
        guard chunk.data.count % 3 == 0, (1...256).contains(chunk.data.count / 3) else {
          throw source.failure("the PNG palette has \(chunk.data.count) bytes; it has 3 for each of 1 to 256 colours")
        }
        palette = Array(chunk.data)
      case "tRNS": transparency = Array(chunk.data)
      case "eXIf": orientation = Orientation(exif: chunk.data)
      case "fcTL":
        frames.append(Frame(control: try FrameControl(png: chunk.data, header, source)))
        if data.isEmpty { pictureIsFrame = true }
      case "fdAT":
        guard !frames.isEmpty, chunk.data.count >= 4 else {
          throw source.failure("the chunk fdAT at byte \(chunk.start) belongs to no frame")
        }
        frames[frames.count - 1].data.append(UnsafeRawBufferPointer(rebasing: chunk.data[4...]))
      case "IDAT":
        if headerOnly { return }
        data.append(chunk.data)
      case "IEND":
        guard !data.isEmpty else { throw source.failure("the PNG file has no picture (no chunk IDAT)") }
        if pictureIsFrame { frames[0].data = data }
        return
      default:
        guard chunk.name.utf8.first.map({ $0 & 0x20 != 0 }) ?? true else {
          throw source.unsupported(
            "the PNG file needs the chunk \(chunk.name) at byte \(chunk.start), which is not known")
        }
      }
    }
  }

  private struct Chunk {
    let name: String
    let start: Int
    let data: UnsafeRawBufferPointer
  }

  /// The chunk at `position`, which moves behind it.
  private static func chunk(_ source: ImageSource, _ position: inout Int) throws(TensorError) -> Chunk {
    let start = position
    let head = try source.slice(start, 8, "the head of a PNG chunk")
    let length = head.big32(0)
    let letters = head[4..<8]
    guard letters.allSatisfy({ (65...90).contains($0 & 0xdf) }) else {
      throw source.failure("expected a PNG chunk at byte \(start), and found no name of four letters")
    }
    let name = String(decoding: letters, as: UTF8.self)
    let whole = try source.slice(start + 8, length + 4, "the PNG chunk \(name) at byte \(start)")
    let check = CRC32.of(UnsafeRawBufferPointer(rebasing: source.bytes[start + 4..<start + 8 + length]))
    guard Int(check) == whole.big32(length) else {
      throw source.failure("the checksum of the PNG chunk \(name) at byte \(start) is wrong; the file is damaged")
    }
    position = start + 12 + length
    return Chunk(name: name, start: start, data: UnsafeRawBufferPointer(rebasing: whole[..<length]))
  }

  private static func header(_ chunk: Chunk, _ source: ImageSource) throws(TensorError) -> Header {
    guard chunk.name == "IHDR", chunk.data.count == 13 else {
      throw source.failure("a PNG file begins with the chunk IHDR of 13 bytes, and this one with \(chunk.name)")
    }
    let data = chunk.data
    let (width, height, depth) = (data.big32(0), data.big32(4), Int(data[8]))
    try source.checkSize(width, height)
    guard let colour = Colour(rawValue: Int(data[9])), colour.depths.contains(depth) else {
      throw source.failure("there are no PNG pictures of colour type \(data[9]) with \(depth) bits")
    }
    guard data[10] == 0, data[11] == 0, data[12] <= 1 else {
      throw source.failure(
        "the PNG header tells compression \(data[10]), filter \(data[11]) and interlacing \(data[12]); known are 0, 0 and "
          + "0 or 1")
    }
    return Header(width: width, height: height, depth: depth, colour: colour, isInterlaced: data[12] == 1)
  }
}

extension FrameControl {
  /// The contents of a chunk fcTL.
  init(png data: UnsafeRawBufferPointer, _ header: PNGFile.Header, _ source: ImageSource) throws(TensorError) {
    guard data.count == 26 else { throw source.failure("the PNG chunk fcTL has \(data.count) bytes instead of 26") }
    let denominator = data.big16(22) == 0 ? 100 : data.big16(22)
    self.init(
      x: data.big32(12), y: data.big32(16), width: data.big32(4), height: data.big32(8),
      milliseconds: data.big16(20) * 1000 / denominator,
      disposal: data[24] == 1 ? .clear : data[24] == 2 ? .previous : .keep, blends: data[25] == 1)
    try checkPlace(header.width, header.height, source)
  }
}
