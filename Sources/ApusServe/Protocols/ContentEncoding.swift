import ApusCore
import ApusFormats

/// Bodies that clients compress.
enum ContentEncoding {
  /// The body of a request as it was before it was compressed, of at most `limit` bytes.
  /// - Throws: where the coding is unknown, or the body damaged or too large.
  static func decoded(_ request: HTTPRequest, limit: Int) throws(ServeError) -> [UInt8] {
    guard let coding = request.head.header("content-encoding"), coding != "identity" else { return request.body }
    let wrapping: Deflate.Wrapping
    switch coding.lowercased() {
    case "gzip", "x-gzip": wrapping = .gzip
    case "deflate": wrapping = .zlib
    default: throw ServeError(415, "the content encoding '\(coding)' is not known; gzip and deflate are")
    }
    var result: Result<[UInt8], ServeError> = .success([])
    request.body.withUnsafeBytes { bytes in
      do throws(TensorError) {
        result = .success(
          try Deflate.decompress(bytes, as: wrapping, limit: limit, name: "the body"))
      } catch {
        result = .failure(ServeError(400, error.description))
      }
    }
    return try result.get()
  }
}
