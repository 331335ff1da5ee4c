import Apus
import ApusCore

/// What came of a case whose operation was compiled.
package struct CompiledOutcome: Sendable {
  /// Where the compiled function and the operation itself disagree.
  package var failures: [String] = []
  /// Calls after the first that were compared.
  package var compared = 0
  /// Why no graph could be made, so that the function runs eagerly.
  package var eagerReason: String?

  /// Notes what a compiled function says of itself.
  mutating func note(_ explanation: String) {
    let lines = explanation.split(separator: "\n").filter { $0.hasPrefix("  runs eagerly: ") }
    if eagerReason == nil { eagerReason = lines.first.map { String($0.dropFirst(16)) } }
  }
}

extension Case {
  /// Compiles the operation of the case, calls it with tensors that the capture has not seen, and compares results and
  /// gradients with the operation itself. Gradients are taken inside of the compiled function, and through it.
  package func runCompiled(_ executor: CompileExecutor) -> CompiledOutcome {
    var outcome = CompiledOutcome()
    CaseFunction(self)?.compareCompiled(executor, &outcome)
    return outcome
  }
}

extension CaseFunction {
  /// Compares results and gradients, taken inside of the compiled function and through it, with those of the function itself.
  func compareCompiled(_ executor: CompileExecutor, _ outcome: inout CompiledOutcome) {
    let all = leaves.map { _ in true }
    compare(executor, "result", &outcome) { results($0, $1) }
    compare(executor, "gradient", &outcome) { gradients($0, all, $1) }
    compareThrough(executor, &outcome)
  }

  /// Its own tensors, and the same elements in other orders.
  private var calls: [[Tensor]] {
    let stacks = leaves.map { Self.samples($0, 3) }
    return (0..<3).map { i in i == 0 ? leaves : stacks.map { $0.select(0, i).clone() } }
  }

  static func differenceOfAll(_ found: [Tensor], _ expected: [Tensor]) -> String? {
    if found.count != expected.count { return "\(found.count) tensors instead of \(expected.count)" }
    for (k, (a, b)) in zip(found, expected).enumerated() {
      let isShort = b.dtype == .float16 || b.dtype == .bfloat16
      // Where sums cancel, the error is that of their terms, whose size the largest element tells.
      let numbers = b.isComplex ? b.detach().viewAsReal() : b.detach()
      let largest = numbers.to(.float64).array(as: Double.self).reduce(0) { $1.isFinite ? max($0, Swift.abs($1)) : $0 }
      let tolerance = Tolerance(
        relative: isShort ? 2e-2 : 1e-4, absolute: isShort ? 2e-2 : max(1e-5, 1e-6 * largest))
      if let wrong = ConformanceKit.difference(a.detach(), b.detach(), tolerance) { return "\(k): \(wrong)" }
    }
    return nil
  }

  /// What `body` gives, with the same random numbers at every call; nil where it fails.
  static func attempt(_ body: () -> [Tensor]) -> [Tensor]? {
    manualSeed(1)
    return try? withErrors { body() }
  }

  private func compare(
    _ executor: CompileExecutor, _ name: String, _ outcome: inout CompiledOutcome,
    _ body: @escaping @Sendable ([Tensor], Found) -> [Tensor]
  ) {
    let failure = Found()
    let compiled = compile(executor: executor) { (inputs: [Tensor]) in body(inputs, failure) }
    for (i, inputs) in calls.enumerated() {
      let single = Found()
      guard let expected = Self.attempt({ body(inputs, single) }), single.text == nil, !expected.isEmpty else {
        continue
      }
      guard let found = Self.attempt({ compiled(inputs) }), failure.text == nil else {
        outcome.failures.append("\(name), call \(i): \(failure.text ?? "an error") where the operation works")
        return
      }
      if let wrong = Self.differenceOfAll(found, expected) { outcome.failures.append("\(name) \(wrong) at call \(i)") }
      if i > 0 { outcome.compared += 1 }
    }
    outcome.note(compiled.explain())
  }

  /// Gradients that a backward pass takes through the compiled function.
  private func compareThrough(_ executor: CompileExecutor, _ outcome: inout CompiledOutcome) {
    let moved = differentiable
    if moved.isEmpty { return }
    let failure = Found()
    let compiled = compile(executor: executor) { (inputs: [Tensor]) in results(inputs, failure) }
    func gradients(_ tensors: [Tensor], _ f: @escaping ([Tensor]) -> [Tensor]) -> [Tensor] {
      valueAndGrad { (inputs: [Tensor]) in
        weightedSum(f(Self.replacing(moved, of: tensors, by: inputs)), or: inputs[0])
      }(moved.map { tensors[$0] }).gradients
    }
    for (i, inputs) in calls.enumerated() {
      let single = Found()
      guard let expected = Self.attempt({ gradients(inputs) { results($0, single) } }), single.text == nil else {
        continue
      }
      guard let found = Self.attempt({ gradients(inputs) { compiled($0) } }), failure.text == nil else {
        outcome.failures.append("through, call \(i): \(failure.text ?? "an error") where the operation works")
        return
      }
      if let wrong = Self.differenceOfAll(found, expected) { outcome.failures.append("through \(wrong) at call \(i)") }
      if i > 0 { outcome.compared += 1 }
    }
    outcome.note(compiled.explain())
  }
}
