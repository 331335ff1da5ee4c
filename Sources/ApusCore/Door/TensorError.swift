/// What went wrong in an operation, in words that a person can act on: what was asked, what was found, what would work.
///
///     matmul: cannot multiply [2, 3] by [4, 5]: the inner dimensions 3 and 4 differ
///
/// Where it was made stands in ``backtrace``, and in the text that Swift prints of an error that nobody catches.
public struct TensorError: Error, Sendable, Hashable, CustomStringConvertible, CustomDebugStringConvertible {
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
  /// The calls that were going on when it was made.
  let stack: CallStack

  /// A mistake of `operation`; the message says what was asked, what was found and what would work.
  public init(_ kind: Kind, _ operation: String, _ message: String) {
    self.kind = kind
    self.operation = operation
    self.message = message
    stack = CallStack.capture()
  }

  public var description: String { operation.isEmpty ? message : "\(operation): \(message)" }

  /// The program's own calls that led to the mistake, the innermost first: `Net.forward in net.swift:42`. Empty in a program
  /// without symbols. What the addresses mean is looked up at every reading, which takes milliseconds.
  public var backtrace: [String] { stack.userCalls.map(\.description) }

  /// The description and under it the calls, a line each.
  public var debugDescription: String { ([description] + backtrace.map { "  at \($0)" }).joined(separator: "\n") }

  /// Whether both say the same; where they were made does not count.
  public static func == (a: TensorError, b: TensorError) -> Bool {
    a.kind == b.kind && a.operation == b.operation && a.message == b.message
  }

  public func hash(into hasher: inout Hasher) {
    hasher.combine(kind)
    hasher.combine(operation)
    hasher.combine(message)
  }
}
