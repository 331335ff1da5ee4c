import ApusCore

/// JPEG by libjpeg-turbo, with the accurate inverse cosine transform and smooth upsampling of colour, as Pillow uses it.
enum JPEGDecoder {
  /// Decodes the picture to grey, colours or inks, whichever it has; `target` saves a step where alpha is asked for.
  static func decode(_ source: ImageSource, _ header: JPEGHeader, as target: PixelLayout?) throws(TensorError)
    -> PixelBuffer
  {
    let library = try TurboJPEG.library(for: source.name)
    // Grey of a colour picture is made of the colours, as Pillow does; libjpeg's own would be that before they are clamped.
    let layout: PixelLayout =
      switch (header.components, target) {
      case (1, _): .gray
      case (4, _): .cmyk
      case (_, .rgba): .rgba
      default: .rgb
      }
    guard let handle = library.createDecompressor() else {
      throw TensorError(.memory, source.name, "libjpeg-turbo could not begin: \(memoryAdvice)")
    }
    defer { _ = library.destroy(handle) }
    let pixels = try PixelBuffer(width: header.width, height: header.height, layout: layout)
    let flags = TurboJPEG.Flag.accurateDCT | TurboJPEG.Flag.limitScans
    let run = { (flags: Int32) in
      library.decompress(
        handle, source.bytes.baseAddress?.assumingMemoryBound(to: UInt8.self), UInt(source.count),
        pixels.bytes.baseAddress, Int32(header.width), 0, Int32(header.height), TurboJPEG.format(of: layout), flags)
    }
    if run(flags) != 0 {
      // The library tells the last of several warnings; stopping at the first tells that one.
      try judge(library, handle, source)
      _ = run(flags | TurboJPEG.Flag.stopOnWarning)
      try judge(library, handle, source)
      _ = run(flags)
    }
    // Adobe's programs, and all that follow them, store ink inverted.
    if layout == .cmyk {
      let bytes = pixels.bytes
      for i in 0..<bytes.count { bytes[i] = ~bytes[i] }
    }
    return pixels
  }

  private static let memoryAdvice = "there is no memory left"

  /// Throws where the library could not decode the file, or where it made up a part of the picture; what it only remarks on
  /// (bytes between markers, parameters that do not matter) is none.
  private static func judge(_ library: TurboJPEG, _ handle: TurboJPEG.Handle, _ source: ImageSource) throws(TensorError)
  {
    let text = library.text(handle)
    let remarks = ["extraneous bytes", "Invalid SOS parameters", "Unknown Adobe", "Application transferred"]
    if library.code(handle) == TurboJPEG.warning, remarks.contains(where: { text.contains($0) }) { return }
    throw source.failure("libjpeg-turbo cannot decode the picture: \(text)")
  }
}
