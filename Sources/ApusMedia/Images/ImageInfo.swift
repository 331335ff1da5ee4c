import ApusCore
import ApusFormats

/// The formats of pictures that are read.
public enum ImageFormat: String, Sendable, Hashable, CaseIterable {
  /// Portable network graphics, JPEG files, WebP, the graphics interchange format, Windows bitmaps.
  case png, jpeg, webp, gif, bmp

  /// What the first bytes say.
  init(_ source: ImageSource) throws(TensorError) {
    if JPEGHeader.begins(source) {
      self = .jpeg
    } else if source.starts(with: PNGFile.signature) {
      self = .png
    } else if WebPFile.begins(source) {
      self = .webp
    } else if GIFFile.begins(source) {
      self = .gif
    } else if BMPDecoder.begins(source) {
      self = .bmp
    } else {
      let start = source.bytes.prefix(8).map { String($0, radix: 16) }.joined(separator: " ")
      throw source.failure(
        source.count == 0
          ? "the file is empty; expected a picture (PNG, JPEG, WebP, GIF or BMP)"
          : "this is no PNG, JPEG, WebP, GIF or BMP picture; the file begins with the bytes \(start) (hexadecimal)")
    }
  }
}

/// What the head of a picture's file says.
public struct ImageInfo: Sendable, Hashable {
  /// The format, told by the first bytes.
  public let format: ImageFormat
  /// Pixels in a row, as stored.
  public let width: Int
  /// Rows, as stored.
  public let height: Int
  /// The channels of ``readImage(_:mode:dtype:applyEXIFOrientation:maximumPixels:)`` with mode `.unchanged`.
  public let channels: Int
  /// Bits of a sample as it is read: 8 or 16.
  public let bits: Int
  /// The orientation of EXIF, 1 to 8; 1 where the file tells none.
  public let orientation: Int

  /// Reads the head of the file at `path`; the pixels are not decoded.
  /// - Throws: `TensorError` of kind `file` or `format`.
  public init(path: String) throws(TensorError) {
    let contents = try readFile(path)
    self = try withExtended(contents) { () throws(TensorError) in
      try ImageInfo(ImageSource(bytes: contents.bytes, name: path, maximumPixels: .max))
    }
  }

  private init(_ source: ImageSource) throws(TensorError) {
    format = try ImageFormat(source)
    var bits = 8
    var orientation = Orientation.upright
    switch format {
    case .png:
      let file = try PNGFile(source, headerOnly: true)
      (width, height) = (file.header.width, file.header.height)
      channels = PNGDecoder(source: source, file: file).layout.channels
      bits = Swift.max(file.header.depth, 8)
      orientation = file.orientation
    case .jpeg:
      let header = try JPEGHeader(source)
      (width, height, channels) = (header.width, header.height, header.components)
      orientation = header.orientation
    case .webp:
      let file = try WebPFile(source)
      (width, height, channels) = (file.width, file.height, file.hasAlpha ? 4 : 3)
      orientation = file.orientation
    case .gif:
      let file = try GIFFile(source, firstOnly: true)
      let first = file.frames[0]
      (width, height) = (file.width, file.height)
      channels = first.transparent != nil ? 4 : first.palette.isGray ? 1 : 3
    case .bmp:
      let file = try BMPDecoder(source)
      (width, height, channels) = (file.width, file.height, file.layout.channels)
    }
    self.bits = bits
    self.orientation = orientation.rawValue
  }
}
