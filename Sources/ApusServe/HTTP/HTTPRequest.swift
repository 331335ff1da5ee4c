/// The head of a request: what is known before its body is read.
public struct HTTPHead: Sendable {
  /// The method in capitals: `GET`, `POST`.
  public let method: String
  /// The path with its percent signs decoded, without what follows a question mark.
  public let path: String
  /// The names and values behind the question mark, decoded.
  public let query: [HTTPField]
  /// The headers in the order in which they came.
  public let headers: [HTTPField]
  /// The client's address, without its port; empty where it is not known.
  public let peer: String

  /// A head.
  public init(method: String, path: String, query: [HTTPField] = [], headers: [HTTPField] = [], peer: String = "") {
    self.method = method
    self.path = path
    self.query = query
    self.headers = headers
    self.peer = peer
  }

  /// The value of the first header of that name, whose letters may be of either case.
  public func header(_ name: String) -> String? { headers.first { $0.isNamed(name) }?.value }

  /// The length of the body that the client tells, nil where it tells none (or sends its body in chunks).
  public var contentLength: Int? { header("content-length").flatMap { Int($0) } }
}

/// A name and a value of a head or a query.
public struct HTTPField: Sendable, Hashable {
  /// The name, as it is written.
  public let name: String
  /// The value.
  public let value: String

  /// A field.
  public init(_ name: String, _ value: String) {
    self.name = name
    self.value = value
  }

  /// Whether `name` is this one but for capitals of ASCII.
  func isNamed(_ name: String) -> Bool {
    let (mine, other) = (self.name.utf8, name.utf8)
    guard mine.count == other.count else { return false }
    return zip(mine, other).allSatisfy { a, b in a == b || (a | 32 == b | 32 && (97...122).contains(a | 32)) }
  }
}

/// A request as a whole.
public struct HTTPRequest: Sendable {
  /// Method, path and headers.
  public let head: HTTPHead
  /// The bytes of the body.
  public let body: [UInt8]

  /// A request.
  public init(head: HTTPHead, body: [UInt8] = []) {
    self.head = head
    self.body = body
  }
}

/// An answer as a whole.
public struct HTTPAnswer: Sendable {
  /// The status: 200, 404.
  public var status: Int
  /// The headers; the length of the body is added.
  public var headers: [HTTPField]
  /// The bytes of the body.
  public var body: [UInt8]

  /// An answer.
  public init(status: Int = 200, headers: [HTTPField] = [], body: [UInt8] = []) {
    self.status = status
    self.headers = headers
    self.body = body
  }

  /// An answer of a text, JSON unless another type is given.
  public init(status: Int = 200, text: String, type: String = "application/json", headers: [HTTPField] = []) {
    self.init(status: status, headers: [HTTPField("Content-Type", type)] + headers, body: Array(text.utf8))
  }
}
