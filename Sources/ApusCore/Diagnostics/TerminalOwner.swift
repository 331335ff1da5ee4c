/// Who draws on the whole terminal at present, such as the screen of a training run: it shows what the library has to say, and gives
/// the terminal back before the program ends.
package protocol TerminalOwner: AnyObject, Sendable {
  /// Shows a line among its own.
  func show(_ line: String)
  /// Leaves the terminal as it was found. It may be called on any thread, and while ``show(_:)`` runs.
  func giveBack()
}

/// The owner of the terminal; nil where lines are simply written.
package enum TerminalOwnership {
  private static let held = Lock<(any TerminalOwner)?>(nil)

  package static var owner: (any TerminalOwner)? {
    get { held.withLock { $0 } }
    set { held.withLock { $0 = newValue } }
  }
}
