import ApusCore

/// A typical mistake: what makes it, and what its message must say.
package struct Mistake: Sendable, CustomStringConvertible {
  package let name: String
  package let kind: TensorError.Kind
  /// Parts of the message: what was asked, what was found, what would work.
  package let parts: [String]
  private let body: @Sendable () throws -> Void

  package init<Result>(
    _ name: String, _ kind: TensorError.Kind, _ parts: String..., body: @escaping @Sendable () throws -> Result
  ) {
    self.name = name
    self.kind = kind
    self.parts = parts
    self.body = { _ = try body() }
  }

  package var description: String { name }

  /// What is wrong with the error that the mistake makes, if anything: no error, another kind, a part that is missing.
  package func complaint() -> String? {
    do {
      try withErrors(body)
      return "nothing was reported"
    } catch let error as TensorError {
      let missing = parts.filter { !error.description.contains($0) }
      if error.kind == kind && missing.isEmpty { return nil }
      return "kind \(error.kind): \(error.description)" + missing.map { "\n  lacks: \($0)" }.joined()
    } catch {
      return "an error of another type: \(error)"
    }
  }
}
