import ApusCore

/// Why a request cannot be answered: a status of HTTP and words for the client.
struct ServeError: Error, Sendable, CustomStringConvertible {
  let status: Int
  let message: String

  init(_ status: Int, _ message: String) {
    self.status = status
    self.message = message
  }

  /// What went wrong while a request was worked on: a mistake of the request, unless it is one of memory.
  init(_ error: any Error) {
    switch error {
    case let error as ServeError: self = error
    case let error as TensorError where error.kind == .memory: self.init(503, error.description)
    default: self.init(400, "\(error)")
    }
  }

  var description: String { message }
}
