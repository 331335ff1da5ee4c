/// What went wrong in an operation, in words that a person can act on: what was asked, what was found, what would work.
///
///     matmul: cannot multiply [2, 3] by [4, 5]: the inner dimensions 3 and 4 differ
public struct TensorError: Error, Sendable, Hashable, CustomStringConvertible {
  /// The kind of mistake, for programs that react to it.
  public enum Kind: String, Sendable, Hashable {
    /// What kind of mistake it is: about shapes, types, positions, the number of a dimension, values of arguments,
    /// gradients, memory, files and their formats, states that do not fit, or what is not supported.
    case shape, dtype, index, dimension, value, autograd, memory, file, format, state, unsupported
  }

  public var kind: Kind
  /// The operation or file that the error is about.
  public var operation: String
  public var message: String

  /// A mistake of `operation`; the message says what was asked, what was found and what would work.
  public init(_ kind: Kind, _ operation: String, _ message: String) {
    self.kind = kind
    self.operation = operation
    self.message = message
  }

  public var description: String { operation.isEmpty ? message : "\(operation): \(message)" }
}
