import ApusCore
import ApusFormats

/// The picture as a PNG file, as torchvision's `encode_png`.
///
/// - Parameters:
///   - image: uint8 or uint16, `[channels, height, width]` with 1 (grey), 2 (grey and alpha), 3 or 4 channels, or
///     `[height, width]`.
///   - compressionLevel: 0 (none) to 9 (smallest).
/// - Throws: `TensorError` of kind `shape`, `dtype` or `value` when this is no such picture.
public func encodePNG(_ image: Tensor, compressionLevel: Int = 6) throws(TensorError) -> [UInt8] {
  guard 0...9 ~= compressionLevel else {
    throw TensorError(.value, "encodePNG", "the compression level is 0 to 9, not \(compressionLevel)")
  }
  let rows = try ImageRows(image, "encodePNG", channels: 1...4, types: [.uint8, .uint16])
  return try rows.withBytes(bigEndian: true) { bytes throws(TensorError) in
    try PNGEncoder.encode(
      bytes, width: rows.width, height: rows.height, channels: rows.channels, bits: 8 * image.dtype.size,
      level: compressionLevel, name: "encodePNG")
  }
}

/// The picture as a JPEG file, as torchvision's `encode_jpeg`; colour is stored with half the rows and columns.
///
/// - Parameters:
///   - image: uint8, `[1 or 3, height, width]` or `[height, width]`.
///   - quality: 1 to 100, see ``encodeJPEG(_:quality:fullColour:)`` for colour in full.
/// - Throws: `TensorError` of kind `shape`, `dtype` or `value` when this is no such picture, of kind `unsupported` where
///   libjpeg-turbo is not installed.
public func encodeJPEG(_ image: Tensor, quality: Int = 75, fullColour: Bool = false) throws(TensorError) -> [UInt8] {
  guard 1...100 ~= quality else {
    throw TensorError(.value, "encodeJPEG", "the quality is 1 to 100, not \(quality)")
  }
  let rows = try ImageRows(image, "encodeJPEG", channels: 1...3, types: [.uint8])
  guard rows.channels != 2, rows.width <= 65500, rows.height <= 65500 else {
    throw TensorError(
      .shape, "encodeJPEG",
      "JPEG has 1 or 3 channels and at most 65500 rows and columns, and the picture is \(image.shape)")
  }
  return try rows.withBytes(bigEndian: false) { bytes throws(TensorError) in
    try JPEGEncoder.encode(
      bytes, width: rows.width, height: rows.height, layout: rows.channels == 1 ? .gray : .rgb, quality: quality,
      halvesColour: !fullColour, name: "encodeJPEG")
  }
}

/// The picture as a WebP file.
///
/// - Parameters:
///   - image: uint8, `[3 or 4, height, width]`; one channel, or `[height, width]`, is written as colours.
///   - quality: 0 to 100.
///   - lossless: whether the pixels are kept exactly.
/// - Throws: as ``encodeJPEG(_:quality:fullColour:)``, for libwebp.
public func encodeWebP(_ image: Tensor, quality: Double = 80, lossless: Bool = false) throws(TensorError) -> [UInt8] {
  let name = "encodeWebP"
  guard 0...100 ~= quality else { throw TensorError(.value, name, "the quality is 0 to 100, not \(quality)") }
  var image = image
  if image.rank == 2 { image = image.unsqueeze(0) }
  if image.rank == 3, image.shape[0] == 1 { image = image.expand([3, -1, -1]) }
  let rows = try ImageRows(image, name, channels: 3...4, types: [.uint8])
  guard rows.width <= 16383, rows.height <= 16383 else {
    throw TensorError(.shape, name, "WebP has at most 16383 rows and columns, and the picture is \(image.shape)")
  }
  let library = try WebPLibrary.library(for: name)
  return try rows.withBytes(bigEndian: false) { bytes throws(TensorError) in
    let start = bytes.baseAddress?.assumingMemoryBound(to: UInt8.self)
    let (width, height) = (Int32(rows.width), Int32(rows.height))
    let stride = Int32(rows.width * rows.channels)
    var file: UnsafeMutablePointer<UInt8>?
    let size =
      lossless
      ? (rows.channels == 4 ? library.encodeLosslessRGBA : library.encodeLosslessRGB)(
        start, width, height, stride, &file)
      : (rows.channels == 4 ? library.encodeRGBA : library.encodeRGB)(
        start, width, height, stride, Float(quality), &file)
    defer { library.free(file) }
    guard size > 0, let file else { throw TensorError(.value, name, "libwebp cannot compress the picture") }
    return Array(UnsafeBufferPointer(start: file, count: size))
  }
}

/// Writes a picture to a PNG file, as torchvision's `write_png`; see ``encodePNG(_:compressionLevel:)``. An existing file is
/// replaced only when the new one is wholly on disk.
/// - Throws: as `encodePNG`, and of kind `file` when writing fails.
public func writePNG(_ image: Tensor, _ path: String, compressionLevel: Int = 6) throws {
  try writeBytes(encodePNG(image, compressionLevel: compressionLevel), to: path)
}

/// Writes a picture to a JPEG file, as torchvision's `write_jpeg`; see ``encodeJPEG(_:quality:fullColour:)``. An existing file
/// is replaced only when the new one is wholly on disk.
/// - Throws: as `encodeJPEG`, and of kind `file` when writing fails.
public func writeJPEG(_ image: Tensor, _ path: String, quality: Int = 75, fullColour: Bool = false) throws {
  try writeBytes(encodeJPEG(image, quality: quality, fullColour: fullColour), to: path)
}

/// Writes a picture to a WebP file; see ``encodeWebP(_:quality:lossless:)``. An existing file is replaced only when the new
/// one is wholly on disk.
/// - Throws: as `encodeWebP`, and of kind `file` when writing fails.
public func writeWebP(_ image: Tensor, _ path: String, quality: Double = 80, lossless: Bool = false) throws {
  try writeBytes(encodeWebP(image, quality: quality, lossless: lossless), to: path)
}

/// Writes a picture to a file in the format of its name's end: `.png`, `.jpg`, `.jpeg` or `.webp`.
/// - Throws: as the writers of these formats; of kind `value` for another end.
public func writeImage(_ image: Tensor, _ path: String) throws {
  let end = path.lastIndex(of: ".").map { path[path.index(after: $0)...].lowercased() } ?? ""
  switch end {
  case "png": try writePNG(image, path)
  case "jpg", "jpeg": try writeJPEG(image, path)
  case "webp": try writeWebP(image, path)
  default:
    throw TensorError(
      .value, path, "pictures are written as .png, .jpg, .jpeg or .webp, and this path ends with '\(end)'")
  }
}

/// The PNG file of 8-bit samples: `height * width * channels` bytes, row-major; 1 channel is grey, 3 are red, green, blue, 4 have
/// an alpha value besides.
func encodePNG(samples: [UInt8], width: Int, height: Int, channels: Int) throws(TensorError) -> [UInt8] {
  try samples.withUnsafeBufferPointer { samples throws(TensorError) in
    try PNGEncoder.encode(
      UnsafeRawBufferPointer(samples), width: width, height: height, channels: channels, bits: 8, level: 6,
      name: "encodePNG")
  }
}

private func writeBytes(_ bytes: [UInt8], to path: String) throws {
  try replaceFile(at: expandedPath(path)) { file in try file.write(bytes) }
}
