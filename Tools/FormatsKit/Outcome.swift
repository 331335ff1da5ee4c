/// What came of one case.
package enum Outcome: Sendable, Equatable {
  case passed
  /// With the reason.
  case failed(String)
  /// There is nothing here to run it on: the name of what is missing, to count by, and the reason.
  case skipped(String, String)
}
