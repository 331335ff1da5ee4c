import ApusCore

/// What goes wrong in a template, under the name of Jinja's or Python's exception.
package struct TemplateError: Error, CustomStringConvertible {
  package enum Kind: String, Sendable {
    case syntax = "TemplateSyntaxError"
    case assertion = "TemplateAssertionError"
    /// Raised by the template itself (`raise_exception`).
    case raised = "TemplateError"
    case runtime = "TemplateRuntimeError"
    case undefined = "UndefinedError"
    case security = "SecurityError"
    case filterArgument = "FilterArgumentError"
    case type = "TypeError"
    case value = "ValueError"
    case key = "KeyError"
    case index = "IndexError"
    case attribute = "AttributeError"
    case zeroDivision = "ZeroDivisionError"
    case overflow = "OverflowError"
    /// More work, text or nesting than a template may ask for.
    case limit = "RecursionError"
  }

  package var kind: Kind
  package var message: String
  /// The line of the template, if it is known.
  package var line: Int?

  package init(_ kind: Kind, _ message: String, line: Int? = nil) {
    self.kind = kind
    self.message = message
    self.line = line
  }

  package var description: String {
    (line.map { "line \($0): " } ?? "") + "\(kind.rawValue): \(message)"
  }

  /// The error as users see it: what a template says itself is left as it is.
  var tensorError: TensorError {
    switch kind {
    case .raised: TensorError(.value, "chat template", message)
    case .syntax, .assertion: TensorError(.format, "chat template", (line.map { "line \($0): " } ?? "") + message)
    default: TensorError(.value, "chat template", description)
    }
  }
}

/// Ends what nests too deeply, by how much of the thread's stack it has used since the guard was made.
struct StackGuard: Sendable {
  private let start: UInt
  private let most: UInt

  @inline(never)
  init(most: Int = 200 << 10) {
    var here: UInt8 = 0
    start = withUnsafeMutablePointer(to: &here) { UInt(bitPattern: $0) }
    self.most = UInt(most)
  }

  @inline(never)
  func check(_ what: String, line: Int? = nil) throws {
    var here: UInt8 = 0
    let now = withUnsafeMutablePointer(to: &here) { UInt(bitPattern: $0) }
    if start > now, start - now > most {
      throw TemplateError(.limit, "\(what) nests too deeply", line: line)
    }
  }
}
