import ApusCore

/// libjpeg-turbo through its TurboJPEG interface (https://libjpeg-turbo.org/Documentation), whose handles are opaque: versions
/// 1.5 to 3 have these functions.
struct TurboJPEG: Sendable {
  typealias Handle = UnsafeMutableRawPointer
  typealias Create = @convention(c) () -> Handle?
  typealias Destroy = @convention(c) (Handle) -> Int32
  /// Bytes, their number, samples, width, bytes in a row (0: no gaps), height, pixel format, flags.
  typealias Decompress =
    @convention(c) (
      Handle, UnsafePointer<UInt8>?, UInt, UnsafeMutablePointer<UInt8>?, Int32, Int32, Int32, Int32, Int32
    ) -> Int32
  /// Samples, width, bytes in a row, height, pixel format, the file and its size, subsampling, quality, flags.
  typealias Compress =
    @convention(c) (
      Handle, UnsafePointer<UInt8>?, Int32, Int32, Int32, Int32, UnsafeMutablePointer<UnsafeMutablePointer<UInt8>?>,
      UnsafeMutablePointer<UInt>, Int32, Int32, Int32
    ) -> Int32
  typealias Message = @convention(c) (Handle?) -> UnsafePointer<CChar>?
  typealias Code = @convention(c) (Handle?) -> Int32
  typealias Free = @convention(c) (UnsafeMutablePointer<UInt8>?) -> Void

  let createDecompressor: Create
  let createCompressor: Create
  let destroy: Destroy
  let decompress: Decompress
  let compress: Compress
  let message: Message
  let code: Code
  let free: Free

  enum Flag {
    static let accurateDCT: Int32 = 4096
    static let stopOnWarning: Int32 = 8192
    static let limitScans: Int32 = 32768
  }

  /// The number of a pixel format.
  static func format(of layout: PixelLayout) -> Int32 {
    switch layout {
    case .rgb: 0
    case .gray, .grayAlpha: 6
    case .rgba: 7
    case .cmyk: 11
    }
  }

  /// The error code of what was a warning of libjpeg.
  static let warning: Int32 = 0

  func text(_ handle: Handle) -> String {
    message(handle).map { String(cString: $0) } ?? "an error without a text"
  }

  private static let loaded: TurboJPEG? = {
    let names = ["libturbojpeg.so.0", "libturbojpeg.so"]
    let candidates = DynamicLibrary.candidates(names: names, folder: nil, variable: "APUS_TURBOJPEG")
    guard let library = DynamicLibrary(firstOf: candidates, thatHas: "tjGetErrorStr2"),
      let createDecompressor = library.function("tjInitDecompress", as: Create.self),
      let createCompressor = library.function("tjInitCompress", as: Create.self),
      let destroy = library.function("tjDestroy", as: Destroy.self),
      let decompress = library.function("tjDecompress2", as: Decompress.self),
      let compress = library.function("tjCompress2", as: Compress.self),
      let message = library.function("tjGetErrorStr2", as: Message.self),
      let code = library.function("tjGetErrorCode", as: Code.self),
      let free = library.function("tjFree", as: Free.self)
    else { return nil }
    return TurboJPEG(
      createDecompressor: createDecompressor, createCompressor: createCompressor, destroy: destroy,
      decompress: decompress, compress: compress, message: message, code: code, free: free)
  }()

  /// The library, or an error for `name` that says how to get it.
  static func library(for name: String) throws(TensorError) -> TurboJPEG {
    guard let loaded else {
      throw TensorError(
        .unsupported, name,
        "JPEG needs libturbojpeg.so.0, which is not here; install it with `apt-get install libturbojpeg0`, or tell where "
          + "it is in APUS_TURBOJPEG")
    }
    return loaded
  }
}
