import Apus
@_exported import FormatsKit

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
