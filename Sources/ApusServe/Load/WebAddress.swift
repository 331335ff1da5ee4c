import ApusCore

/// A URL of HTTP without TLS, taken apart: `http://127.0.0.1:8000/v2/health/live`.
struct WebAddress: Sendable {
  let host: String
  let port: Int
  /// What is asked for, `/` where the URL says nothing.
  let path: String

  /// - Throws: `TensorError` of kind `value` where it is none.
  init(_ url: String) throws(TensorError) {
    guard url.hasPrefix("http://") else {
      throw TensorError(.value, url, "a URL is needed that begins with http://")
    }
    let rest = url.dropFirst(7)
    let slash = rest.firstIndex(of: "/") ?? rest.endIndex
    let place = String(rest[..<slash])
    let hasPort = place.drop { $0 != "]" }.contains(":") || (!place.contains("]") && place.contains(":"))
    (host, port) = try ListeningSocket.parts(hasPort ? place : place + ":80")
    path = slash == rest.endIndex ? "/" : String(rest[slash...])
    guard path.utf8.allSatisfy({ $0 > 32 && $0 < 127 }) else {
      throw TensorError(.value, url, "a URL has no spaces and no letters beyond ASCII")
    }
  }
}
