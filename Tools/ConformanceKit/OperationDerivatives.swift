import Apus
import ApusCore

extension Case {
  /// Compares the derivatives of the operation in double precision with numerical ones: along a direction, forward and backward, and
  /// second derivatives in every order of the modes.
  package func runDerivatives() -> CheckOutcome {
    guard let function = CaseFunction(widened), !function.isRandom else { return CheckOutcome() }
    var found = DerivativeOutcome()
    function.compareForward(nil, &found)
    function.compareSecond(nil, &found)
    return CheckOutcome(failures: found.failures, refusals: found.refusals, isCompared: found.compared > 0)
  }
}
