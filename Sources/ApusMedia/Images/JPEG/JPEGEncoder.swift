import ApusCore

/// JPEG files by libjpeg-turbo.
enum JPEGEncoder {
  static func encode(
    _ samples: UnsafeRawBufferPointer, width: Int, height: Int, layout: PixelLayout, quality: Int, halvesColour: Bool,
    name: String
  ) throws(TensorError) -> [UInt8] {
    let library = try TurboJPEG.library(for: name)
    guard let handle = library.createCompressor() else {
      throw TensorError(.memory, name, "libjpeg-turbo could not begin to compress")
    }
    defer { _ = library.destroy(handle) }
    var file: UnsafeMutablePointer<UInt8>?
    var size: UInt = 0
    // The numbers of 4:4:4, 4:2:0 and grey.
    let subsampling: Int32 = layout == .gray ? 3 : halvesColour ? 2 : 0
    let code = library.compress(
      handle, samples.baseAddress?.assumingMemoryBound(to: UInt8.self), Int32(width), 0, Int32(height),
      TurboJPEG.format(of: layout), &file, &size, subsampling, Int32(quality), TurboJPEG.Flag.accurateDCT)
    defer { library.free(file) }
    guard code == 0, let file else {
      throw TensorError(.value, name, "libjpeg-turbo cannot compress the picture: \(library.text(handle))")
    }
    return Array(UnsafeBufferPointer(start: file, count: Int(size)))
  }
}
