/// What came of one case.
package enum Outcome: Sendable, Equatable {
  case passed
  /// With the reason.
  case failed(String)
  /// There is nothing here to run it on: the name of what is missing, to count by, and the reason.
  case skipped(String, String)
}

/// One recorded case and the tensors of its area.
package struct Case: Sendable {
  package let id: String
  /// PyTorch's name of the operation, module or optimiser.
  package let op: String
  package let json: JSON
  package let tensors: CaseTensors

  /// The case as one that nothing here can run.
  package func unsupported(_ reason: String) -> Outcome { .skipped(op, reason) }
}
