import Apus
import ApusCore

/// What a module is put through.
package enum TransformCheck: String, CaseIterable, Sendable {
  /// Compiled it comes to the same.
  case compile
  /// Mapped over samples it comes to the same as one call after the other.
  case vmap
  /// Its derivative along a direction, forward.
  case jvp
  /// Second derivatives.
  case second
  /// Its derivative along a direction on dual numbers.
  case dual
}

/// What came of a module that was put through a check.
package struct CheckOutcome: Sendable {
  /// Where something else comes out.
  package var failures: [String] = []
  /// What did not go through, where the module itself works, in the library's words.
  package var refusals: [String] = []
  /// Whether something was compared.
  package var isCompared = false
}

extension CheckedModule {
  /// Puts the module through a check.
  package func run(_ check: TransformCheck) -> CheckOutcome {
    var outcome = CheckOutcome()
    do {
      let made = try self()
      switch check {
      case .compile: made.check(compiled: .chunks, &outcome)
      case .vmap: made.checkMapped(&outcome)
      case .jvp, .second, .dual:
        let type = made.inputs.first { $0.dtype.isInexact }?.dtype ?? made.parameters.first?.tensor.dtype ?? .float64
        let wide = type == .float64 ? made : try self(isWidened: true)
        let narrow = type == .float64 || wide.function().isRandom ? nil : made.function()
        var found = DerivativeOutcome()
        if check == .jvp { wide.function().compareForward(narrow, &found) }
        if check == .second { wide.function().compareSecond(narrow, &found) }
        if check == .dual { wide.function().compareDual(&found) }
        outcome = CheckOutcome(failures: found.failures, refusals: found.refusals, isCompared: found.compared > 0)
      }
    } catch {
      outcome.failures.append("\(error)")
    }
    return outcome
  }
}

extension ModuleFunction {
  fileprivate func check(compiled executor: CompileExecutor, _ outcome: inout CheckOutcome) {
    let found = withWarnings(.silent) { compareCompiled(executor) }
    outcome = CheckOutcome(failures: found.failures, isCompared: found.compared > 0)
    if let reason = found.eagerReason { outcome.refusals.append("runs eagerly: \(reason)") }
  }

  /// Maps over samples of all inputs, of each, and of the parameters; gradients are those of each sample for every tensor.
  fileprivate func checkMapped(_ outcome: inout CheckOutcome) {
    let isInput = { (i: Int) in i < inputs.count }
    let plain = function(.own)
    let places = plain.leaves.indices
    let inexact = places.map { plain.leaves[$0].dtype.isInexact }
    var choices: [(name: String, mapped: [Bool], isLast: Bool)] = []
    func add(_ name: String, isLast: Bool = false, _ isMapped: (Int) -> Bool) {
      let mapped = places.map(isMapped)
      if mapped.contains(true), !choices.contains(where: { $0.mapped == mapped && $0.isLast == isLast }) {
        choices.append((name, mapped, isLast))
      }
    }
    add("the inputs") { isInput($0) && inexact[$0] }
    add("all inputs") { isInput($0) }
    for i in places where isInput(i) && inexact[i] { add("input \(i)") { $0 == i } }
    add("the parameters") { !isInput($0) }
    add("everything floating") { inexact[$0] }
    add("the inputs, last", isLast: true) { isInput($0) && inexact[$0] }
    for choice in choices {
      compare(plain, choice, inexact, &outcome)
      reset()
    }
    // Running statistics of samples are kept by whoever passes them in.
    if outcome.refusals.contains(where: { $0.contains(FallBack.statistics) }) {
      let carried = function(.inputs)
      let floating = carried.leaves.map(\.dtype.isInexact)
      compare(
        carried,
        (
          "inputs and buffers",
          carried.leaves.indices.map { floating[$0] && ($0 < inputs.count || $0 >= places.count) }, false
        ),
        places.map { inexact[$0] } + Array(repeating: false, count: carried.leaves.count - places.count), &outcome)
    }
  }

  private func compare(
    _ function: CaseFunction, _ choice: (name: String, mapped: [Bool], isLast: Bool), _ differentiated: [Bool],
    _ outcome: inout CheckOutcome
  ) {
    var found = MappedOutcome()
    function.compare(choice.mapped, differentiated: differentiated, isLast: choice.isLast, &found)
    outcome.failures += found.failures.map { "\(choice.name): \($0)" }
    if let refusal = found.refusal { outcome.refusals.append("\(choice.name): \(refusal)") }
    if found.goesSampleBySample { outcome.refusals.append("\(choice.name): goes sample by sample") }
    if found.isCompared { outcome.isCompared = true }
  }
}

/// Puts modules through a check and counts what goes through. What ``moduleFallBacks`` lists is no failure.
///
/// - Returns: the tally, and which lines of the list were met, as `line of module`.
package func checkModules(
  _ modules: [CheckedModule], _ check: TransformCheck, trace: (String) -> Void = { _ in }
) -> (tally: Tally, met: Set<FallBack.Met>) {
  var tally = Tally()
  var met: Set<FallBack.Met> = []
  for module in modules {
    trace(module.id)
    var outcome = module.run(check)
    func isListed(_ text: String) -> Bool {
      guard let line = moduleFallBacks.first(where: { $0.covers(module.name, check, text) }) else { return false }
      met.insert(FallBack.Met(module: module.name, says: line.says, check: check))
      return true
    }
    outcome.failures.removeAll(where: isListed)
    // What elements of one's own do not have is no failure.
    if check == .dual { outcome.refusals.removeAll() }
    for refusal in outcome.refusals where !isListed(refusal) {
      outcome.failures.append("not in the list of fall-backs: \(refusal)")
    }
    if let failure = outcome.failures.first {
      let more = outcome.failures.count > 1 ? " (and \(outcome.failures.count - 1) more)" : ""
      tally.add(.failed(failure + more), id: module.id)
    } else if outcome.isCompared || !outcome.refusals.isEmpty {
      tally.add(.passed, id: module.id)
    } else {
      tally.add(.skipped(module.name, "nothing that \(check.rawValue) could differ in"), id: module.id)
    }
  }
  return (tally, met)
}
