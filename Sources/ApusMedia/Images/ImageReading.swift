import ApusCore
import ApusFormats

/// Which channels a picture is read with, as torchvision's `ImageReadMode`.
public enum ImageReadMode: String, Sendable, Hashable, CaseIterable {
  /// What the file has: grey, grey and alpha, colours, colours and alpha, or (JPEG of four components) inks. Palettes become
  /// colours.
  case unchanged
  /// One channel: 0.299 R + 0.587 G + 0.114 B of colours.
  case gray
  /// Grey and alpha.
  case grayAlpha
  /// Red, green and blue; alpha is left out.
  case rgb
  /// Red, green, blue and alpha, which is opaque where the file has none.
  case rgba

  var layout: PixelLayout? {
    switch self {
    case .unchanged: nil
    case .gray: .gray
    case .grayAlpha: .grayAlpha
    case .rgb: .rgb
    case .rgba: .rgba
    }
  }
}

/// Limits of what pictures are read.
public enum ImageLimits {
  /// The most pixels that a picture has unless the caller says otherwise: where Pillow refuses it as a decompression bomb.
  public static let pixels = 178_956_970
}

/// Reads a picture: PNG, JPEG, WebP, GIF or BMP, told by its first bytes, as torchvision's `read_image`.
///
///     let image = try readImage("photo.jpg", mode: .rgb)          // uint8, [3, height, width]
///
/// Of an animation it is the first frame, see ``readFrames(_:maximumPixels:)``. Values are those that Pillow gives; JPEG is
/// decoded with the accurate inverse cosine transform and smooth upsampling. PNG of 16 bits are uint16 tensors unless another
/// `dtype` is asked for: 16 bits become 8 by their upper half. The elements lie in memory by rows, columns and channels, as
/// torchvision's do; `contiguous()` brings them into the order of the shape.
///
/// - Parameters:
///   - path: a file, also gzip or zstd around it; `~` is the home folder.
///   - mode: the channels.
///   - dtype: `.uint8` or `.uint16`; nil for what the file has.
///   - applyEXIFOrientation: whether a picture that the camera stored turned is turned upright.
///   - maximumPixels: pictures whose header tells more are refused before anything is allocated.
/// - Returns: a tensor `[channels, height, width]`.
/// - Throws: `TensorError` of kind `file` when the file cannot be read, of kind `format` when it is damaged, cut short or no
///   picture, of kind `unsupported` for a variant that is not read or where the library that decodes is not installed.
public func readImage(
  _ path: String, mode: ImageReadMode = .unchanged, dtype: DType? = nil, applyEXIFOrientation: Bool = false,
  maximumPixels: Int = ImageLimits.pixels
) throws(TensorError) -> Tensor {
  let contents = try readFile(path)
  let source = ImageSource(bytes: contents.bytes, name: path, maximumPixels: maximumPixels)
  return try withExtended(contents) { () throws(TensorError) in
    try decode(source, mode, dtype, applyEXIFOrientation)
  }
}

/// ``readImage(_:mode:dtype:applyEXIFOrientation:maximumPixels:)`` with a label for the path.
public func readImage(
  path: String, mode: ImageReadMode = .unchanged, dtype: DType? = nil, applyEXIFOrientation: Bool = false,
  maximumPixels: Int = ImageLimits.pixels
) throws(TensorError) -> Tensor {
  try readImage(
    path, mode: mode, dtype: dtype, applyEXIFOrientation: applyEXIFOrientation, maximumPixels: maximumPixels)
}

/// Decodes the bytes of a picture's file, as torchvision's `decode_image`; see
/// ``readImage(_:mode:dtype:applyEXIFOrientation:maximumPixels:)``.
/// - Parameter name: what errors call the picture.
public func decodeImage(
  _ bytes: [UInt8], mode: ImageReadMode = .unchanged, dtype: DType? = nil, applyEXIFOrientation: Bool = false,
  maximumPixels: Int = ImageLimits.pixels, name: String = "decodeImage"
) throws(TensorError) -> Tensor {
  try bytes.withUnsafeBufferPointer { bytes throws(TensorError) in
    let source = ImageSource(bytes: UnsafeRawBufferPointer(bytes), name: name, maximumPixels: maximumPixels)
    return try decode(source, mode, dtype, applyEXIFOrientation)
  }
}

/// Decodes the bytes of a picture's file in a tensor of type uint8 and one dimension.
public func decodeImage(
  _ bytes: Tensor, mode: ImageReadMode = .unchanged, dtype: DType? = nil, applyEXIFOrientation: Bool = false,
  maximumPixels: Int = ImageLimits.pixels, name: String = "decodeImage"
) throws(TensorError) -> Tensor {
  guard bytes.dtype == .uint8, bytes.rank == 1 else {
    throw TensorError(
      .dtype, name, "the bytes of a file are a uint8 tensor of one dimension, not \(bytes.dtype) \(bytes.shape)")
  }
  return try bytes.withUnsafeBytes { bytes throws(TensorError) in
    try decode(
      ImageSource(bytes: bytes, name: name, maximumPixels: maximumPixels), mode, dtype, applyEXIFOrientation)
  }
}

private func decode(
  _ source: ImageSource, _ mode: ImageReadMode, _ dtype: DType?, _ applyOrientation: Bool
) throws(TensorError) -> Tensor {
  var pixels: PixelBuffer
  let orientation: Orientation
  switch try ImageFormat(source) {
  case .png:
    let file = try PNGFile(source)
    pixels = try PNGDecoder(source: source, file: file).decode()
    orientation = file.orientation
  case .jpeg:
    let header = try JPEGHeader(source)
    pixels = try JPEGDecoder.decode(source, header, as: mode.layout)
    orientation = header.orientation
  case .webp:
    let file = try WebPFile(source)
    pixels = try WebPDecoder(source: source, file: file).decode()
    orientation = file.orientation
  case .gif:
    pixels = try GIFDecoder(source: source, file: GIFFile(source, firstOnly: true)).decode()
    orientation = .upright
  case .bmp:
    pixels = try BMPDecoder(source).decode()
    orientation = .upright
  }
  if let dtype { pixels = try pixels.converted(to: dtype) }
  if let layout = mode.layout { pixels = try pixels.converted(to: layout) }
  if applyOrientation { pixels = try pixels.oriented(orientation) }
  return pixels.planes
}

extension PixelBuffer {
  /// The picture as `[channels, height, width]`.
  var planes: Tensor { tensor.permute([2, 0, 1]) }
}

/// Calls `body` while `object` lives.
func withExtended<Result>(
  _ object: AnyObject, _ body: () throws(TensorError) -> Result
) throws(TensorError) -> Result {
  defer { withExtendedLifetime(object) {} }
  return try body()
}
