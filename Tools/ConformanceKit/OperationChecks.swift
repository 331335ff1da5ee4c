import Apus
import ApusCore

extension Case {
  /// Puts the operation of the case through a check, as ``CheckedModule/run(_:)`` does with modules.
  package func run(_ check: TransformCheck) -> CheckOutcome {
    switch check {
    case .compile:
      let found = withWarnings(.silent) { runCompiled(.chunks) }
      return CheckOutcome(
        failures: found.failures, refusals: found.eagerReason.map { ["runs eagerly: \($0)"] } ?? [],
        isCompared: found.compared > 0)
    case .vmap:
      let found = runMapped()
      var refusals = found.refusal.map { [$0] } ?? []
      if found.goesSampleBySample { refusals.append("goes sample by sample") }
      return CheckOutcome(failures: found.failures, refusals: refusals, isCompared: found.isCompared)
    case .jvp, .second, .dual:
      var found = DerivativeOutcome()
      guard let plain = CaseFunction(widened), let known = OperationCall(self).known else { return CheckOutcome() }
      let function = plain.determined(known, post: json["post"]?.string)
      switch check {
      case .jvp: function.compareForward(nil, &found)
      case .dual: function.compareDual(&found)
      case .compile, .vmap, .second: function.compareSecond(nil, &found)
      }
      return CheckOutcome(failures: found.failures, refusals: found.refusals, isCompared: found.compared > 0)
    }
  }
}

/// Puts operations of recorded cases through a check and counts what goes through. What marks say to be lacking is skipped, and
/// so is a call in which there is nothing to compare.
package func checkOperations(_ cases: [Case], _ check: TransformCheck, trace: (String) -> Void = { _ in }) -> Tally {
  let names = OperationNames()
  let isOfDerivatives = check == .jvp || check == .second || check == .dual
  var tally = Tally()
  for item in cases {
    trace(item.id)
    let known = OperationCall(item).known
    let primary = known.flatMap { names.place[$0] }.map { names.all[$0][0] } ?? item.op
    if isOfDerivatives, OperationMark.lacks(check.rule, primary) {
      tally.add(.skipped("operations without derivatives", "as \(primary)"), id: item.id)
      continue
    }
    if isOfDerivatives, let reason = item.isNotDifferentiated {
      tally.add(.skipped(item.op, reason), id: item.id)
      continue
    }
    let outcome = item.run(check)
    if let failure = outcome.failures.first {
      let more = outcome.failures.count > 1 ? " (and \(outcome.failures.count - 1) more)" : ""
      tally.add(.failed(failure + more), id: item.id)
    } else if let refusal = outcome.refusals.first, check != .compile || !outcome.isCompared {
      let isMarked = check == .dual || OperationMark.lacks(check.rule, primary)
      tally.add(isMarked ? .skipped(item.op, refusal) : .failed(refusal), id: item.id)
    } else if outcome.isCompared {
      tally.add(.passed, id: item.id)
    } else {
      tally.add(.skipped("nothing that \(check.rawValue) could differ in", "as in \(item.id)"), id: item.id)
    }
  }
  return tally
}

extension TransformCheck {
  /// The rule of an operation that the check is of.
  fileprivate var rule: OperationMark.Rule {
    switch self {
    case .compile: .compiling
    case .vmap: .batching
    case .jvp, .dual: .forwardDerivative
    case .second: .derivative
    }
  }
}
