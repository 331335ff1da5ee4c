import ApusCore

/// libwebp's simple interface (https://developers.google.com/speed/webp/docs/api).
struct WebPLibrary: Sendable {
  typealias GetInfo =
    @convention(c) (
      UnsafePointer<UInt8>?, Int, UnsafeMutablePointer<Int32>, UnsafeMutablePointer<Int32>
    ) -> Int32
  /// The file and its size, the memory for the pixels, its size, and the bytes of a row.
  typealias DecodeInto =
    @convention(c) (
      UnsafePointer<UInt8>?, Int, UnsafeMutablePointer<UInt8>?, Int, Int32
    ) -> UnsafeMutablePointer<UInt8>?
  /// Pixels, width, height, bytes of a row, quality, the file.
  typealias Encode =
    @convention(c) (
      UnsafePointer<UInt8>?, Int32, Int32, Int32, Float, UnsafeMutablePointer<UnsafeMutablePointer<UInt8>?>
    ) -> Int
  typealias EncodeLossless =
    @convention(c) (
      UnsafePointer<UInt8>?, Int32, Int32, Int32, UnsafeMutablePointer<UnsafeMutablePointer<UInt8>?>
    ) -> Int
  typealias Free = @convention(c) (UnsafeMutablePointer<UInt8>?) -> Void

  let getInfo: GetInfo
  let decodeRGB: DecodeInto
  let decodeRGBA: DecodeInto
  let encodeRGB: Encode
  let encodeRGBA: Encode
  let encodeLosslessRGB: EncodeLossless
  let encodeLosslessRGBA: EncodeLossless
  let free: Free

  private static let loaded: WebPLibrary? = {
    let names = ["libwebp.so.7", "libwebp.so.6", "libwebp.so"]
    let candidates = DynamicLibrary.candidates(names: names, folder: nil, variable: "APUS_WEBP")
    guard let library = DynamicLibrary(firstOf: candidates, thatHas: "WebPDecodeRGBAInto"),
      let getInfo = library.function("WebPGetInfo", as: GetInfo.self),
      let decodeRGB = library.function("WebPDecodeRGBInto", as: DecodeInto.self),
      let decodeRGBA = library.function("WebPDecodeRGBAInto", as: DecodeInto.self),
      let encodeRGB = library.function("WebPEncodeRGB", as: Encode.self),
      let encodeRGBA = library.function("WebPEncodeRGBA", as: Encode.self),
      let losslessRGB = library.function("WebPEncodeLosslessRGB", as: EncodeLossless.self),
      let losslessRGBA = library.function("WebPEncodeLosslessRGBA", as: EncodeLossless.self),
      let free = library.function("WebPFree", as: Free.self)
    else { return nil }
    return WebPLibrary(
      getInfo: getInfo, decodeRGB: decodeRGB, decodeRGBA: decodeRGBA, encodeRGB: encodeRGB, encodeRGBA: encodeRGBA,
      encodeLosslessRGB: losslessRGB, encodeLosslessRGBA: losslessRGBA, free: free)
  }()

  /// The library, or an error for `name` that says how to get it.
  static func library(for name: String) throws(TensorError) -> WebPLibrary {
    guard let loaded else {
      throw TensorError(
        .unsupported, name,
        "WebP needs libwebp.so.7, which is not here; install it with `apt-get install libwebp7`, or tell where it is in "
          + "APUS_WEBP")
    }
    return loaded
  }
}
