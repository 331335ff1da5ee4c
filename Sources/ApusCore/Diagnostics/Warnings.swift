/// What the library remarks on that is no mistake, but seldom meant: a target whose shape only broadcasts to the input's,
/// a scheduler that steps before its optimiser ...
public struct Warning: Sendable, Hashable, CustomStringConvertible {
  /// The operation that remarks on it.
  public var operation: String
  /// What is seldom meant, in a sentence.
  public var message: String
  /// File and line in the user's program, where they can be found.
  public var place: String?

  public var description: String { (place.map { $0 + ": " } ?? "") + "warning: \(operation): \(message)" }
}

/// What becomes of warnings, as the filters of Python's `warnings`.
///
///     Warnings.mode = .error  // a warning stops the program, as a mistake does
public enum Warnings {
  /// What happens to a warning.
  public enum Mode: String, Sendable, Hashable, CaseIterable {
    /// A line on the standard error stream, once for each place of the program.
    case once
    /// A line each time.
    case always
    /// A mistake of the operation: thrown by ``withErrors(_:)``, else the program stops.
    case error
    /// Says nothing.
    case silent
  }

  /// What becomes of warnings outside of ``withWarnings(_:_:)``. The environment variable `APUS_WARNINGS` (`once`, `always`,
  /// `error`, `silent`) sets what it begins with; else that is ``Mode/once``.
  public static var mode: Mode {
    get { state.withLock { $0.mode } }
    set { state.withLock { $0.mode = newValue } }
  }

  /// What has been said already.
  private struct Said: Hashable {
    var place: String
    var operation: String
    var subject: String
  }
  /// The way by which a warning was reached: what it means need not be worked out again where it comes every time.
  private struct Way: Hashable {
    var addresses: [UInt]
    var operation: String
    var subject: String
  }
  private struct State {
    var mode = DynamicLibrary.environment("APUS_WARNINGS").flatMap { Mode(rawValue: $0.lowercased()) } ?? .once
    var said: Set<Said> = []
    var ways: Set<Way> = []
  }
  /// As many ways are remembered; then all are forgotten.
  private static let wayLimit = 1024
  private static let state = Lock(State())

  /// Says `warning` on the standard error stream, if it is due.
  fileprivate static func say(_ warning: Warning, about subject: String, at stack: CallStack, isRepeated: Bool) {
    let way = Way(addresses: stack.addresses, operation: warning.operation, subject: subject)
    let isKnown = state.withLock { state in
      if state.ways.count >= wayLimit { state.ways = [] }
      return !state.ways.insert(way).inserted
    }
    if isKnown && !isRepeated { return }
    let call = stack.userCall
    // Without lines a place is the call's address, without symbols the way by which it was reached.
    let place = call?.place ?? "\(call.map { [$0.address] } ?? stack.addresses)"
    let said = Said(place: place, operation: warning.operation, subject: subject)
    let isNew = state.withLock { $0.said.insert(said).inserted }
    if isNew || isRepeated { writeError("\(warning.placed(at: call))") }
  }
}

extension Warning {
  fileprivate func placed(at call: UserCall?) -> Warning {
    var warning = self
    warning.place = call?.place
    return warning
  }
}

/// How the warnings of a part of a thread are treated.
package final class WarningScope {
  fileprivate let mode: Warnings.Mode
  fileprivate let collects: Bool
  fileprivate var found: [Warning] = []

  fileprivate init(_ mode: Warnings.Mode, collects: Bool = false) {
    self.mode = mode
    self.collects = collects
  }
}

/// Runs `body` with warnings treated as `mode` says.
public func withWarnings<R, E: Error>(_ mode: Warnings.Mode, _ body: () throws(E) -> R) throws(E) -> R {
  try Context.with(warnings: WarningScope(mode), body)
}

/// Runs `body` and gives its result and all that would be warned of in it, of which nothing is printed: Python's
/// `warnings.catch_warnings(record=True)`.
public func catchWarnings<R, E: Error>(_ body: () throws(E) -> R) throws(E) -> (result: R, warnings: [Warning]) {
  let scope = WarningScope(.always, collects: true)
  let result = try Context.with(warnings: scope, body)
  return (result, scope.found)
}

/// Warns of something that is seldom meant.
/// - Parameter subject: what tells apart the warnings of one operation at one place; each is said once.
@inline(never)
package func warn(_ operation: String, _ message: String, about subject: String = "") {
  let scope = Context.current?.warnings
  let mode = scope?.mode ?? Warnings.mode
  if mode == .silent { return }
  if mode == .error { return report(TensorError(.value, operation, message)) }
  let warning = Warning(operation: operation, message: located(message))
  let stack = CallStack.capture()
  if let scope, scope.collects {
    scope.found.append(warning.placed(at: stack.userCall))
  } else {
    Warnings.say(warning, about: subject, at: stack, isRepeated: mode == .always)
  }
}
