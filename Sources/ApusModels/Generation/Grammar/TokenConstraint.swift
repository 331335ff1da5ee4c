/// What texts may be, as an automaton over tokens whose states are numbers.
public protocol TokenConstraint: Sendable {
  /// The state before the first token.
  var start: Int { get }
  /// Takes out of `scores` what cannot come in `state`; tokens that end texts stay where the text may end.
  func restrict(_ scores: UnsafeMutableBufferPointer<Float>, in state: Int, ends: [Int])
  /// The state behind `token`; nil where it cannot come.
  func state(after token: Int, in state: Int) -> Int?
  /// Whether nothing but the end can come.
  func mustEnd(in state: Int) -> Bool
}

/// The states of rows.
final class ConstraintRows {
  private let constraint: any TokenConstraint
  private let ends: [Int]
  /// Nil where the text has left what it may be.
  private var states: [Int?]

  init(_ constraint: any TokenConstraint, rows: Int, ends: [Int]) {
    self.constraint = constraint
    self.ends = ends
    states = Array(repeating: constraint.start, count: rows)
  }

  func restrict(_ scores: UnsafeMutableBufferPointer<Float>, row: Int) {
    guard let state = states[row] else { return }
    constraint.restrict(scores, in: state, ends: ends)
  }

  /// Goes on behind `token`; why the text ends, if it must.
  func advance(_ row: Int, _ token: Int) -> FinishReason? {
    guard let state = states[row], !ends.contains(token) else { return nil }
    states[row] = constraint.state(after: token, in: state)
    guard let now = states[row] else { return .stop }
    return constraint.mustEnd(in: now) ? .stop : nil
  }

  func reorder(_ rows: [Int]) { states = rows.map { states[$0] } }
}
