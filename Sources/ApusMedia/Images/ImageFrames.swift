import ApusCore
import ApusFormats

/// The frames of an animation.
public struct ImageFrames: Sendable {
  /// Whole pictures, red, green, blue and alpha: uint8 of shape `[frames, 4, height, width]`.
  public let frames: Tensor
  /// For how many milliseconds each is shown.
  public let milliseconds: [Int]
}

/// Reads all frames of an animated GIF, WebP or PNG, each as the whole picture that is to be seen; a picture that does not move
/// is one frame.
///
///     let animation = try readFrames("clip.gif")
///     print(animation.frames.shape, animation.milliseconds)
///
/// Frames are put together as Pillow does it.
/// - Throws: as ``readImage(_:mode:dtype:applyEXIFOrientation:maximumPixels:)``.
public func readFrames(_ path: String, maximumPixels: Int = ImageLimits.pixels) throws(TensorError) -> ImageFrames {
  let contents = try readFile(path)
  return try withExtended(contents) { () throws(TensorError) in
    try decodeFrames(ImageSource(bytes: contents.bytes, name: path, maximumPixels: maximumPixels))
  }
}

private func decodeFrames(_ source: ImageSource) throws(TensorError) -> ImageFrames {
  let list: [(picture: PixelBuffer, milliseconds: Int)]
  switch try ImageFormat(source) {
  case .png: list = try PNGDecoder(source: source, file: PNGFile(source)).decodeFrames()
  case .webp: list = try WebPDecoder(source: source, file: WebPFile(source)).frames()
  case .gif: list = try GIFDecoder(source: source, file: GIFFile(source, firstOnly: false)).frames()
  case .jpeg:
    list = [(try JPEGDecoder.decode(source, JPEGHeader(source), as: .rgba).converted(to: .rgba), 0)]
  case .bmp: list = [(try BMPDecoder(source).decode().converted(to: .rgba), 0)]
  }
  let (width, height) = (list[0].picture.width, list[0].picture.height)
  let type = TensorType([list.count, height, width, 4], .uint8)
  try checkMemory(type, source.name)
  let frames = Tensor.uninitialized(type.shape, .uint8)
  let size = height * width * 4
  for (i, frame) in list.enumerated() {
    (frames.address + i * size).copyMemory(from: frame.picture.tensor.address, byteCount: size)
  }
  return ImageFrames(frames: frames.permute([0, 3, 1, 2]), milliseconds: list.map(\.milliseconds))
}
