import ApusCore
import ApusModels
import ApusText

/// Why a request of OpenAI's interface is not answered, in the form that its clients read.
package struct OpenAIError: Error, Sendable, Hashable, CustomStringConvertible {
  /// The status of HTTP.
  package let status: Int
  /// What was asked, what was found, what would work.
  package let message: String
  /// The kind of error under OpenAI's name.
  package let type: String
  /// The field of the request that it is about.
  package let parameter: String?
  /// A word for programs.
  package let code: String?

  /// The code of a model that takes no more requests.
  static let closing = "closing"

  /// An error of that status.
  package init(_ status: Int, _ message: String, parameter: String? = nil, code: String? = nil) {
    (self.status, self.message, self.parameter, self.code) = (status, message, parameter, code)
    type =
      switch status {
      case 401: "authentication_error"
      case 404: "not_found_error"
      case 429: "rate_limit_error"
      case 500...: "server_error"
      default: "invalid_request_error"
      }
  }

  /// What went wrong while a request was worked on.
  package init(_ error: any Error) {
    switch error {
    case let error as OpenAIError: self = error
    case let error as ContinuousBatch.Refusal:
      switch error {
      case .queueIsFull: self.init(429, error.description, code: "queue_full")
      case .isTooLong: self.init(400, error.description, code: "context_length_exceeded")
      case .deadlineHasPassed: self.init(503, error.description, code: "deadline")
      case .isClosed: self.init(503, error.description, code: Self.closing)
      }
    case let error as TensorError where error.kind == .memory: self.init(503, error.description)
    default: self.init(400, "\(error)")
    }
  }

  package var description: String { message }

  /// The body of the answer.
  package var body: ChatValue {
    [
      "error": [
        "message": .string(message), "type": .string(type), "param": parameter.map { .string($0) } ?? .null,
        "code": code.map { .string($0) } ?? .null,
      ]
    ]
  }
}
