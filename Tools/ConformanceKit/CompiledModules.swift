import Apus
import ApusCore

// Modules under `compile`, as a user has them: with parameters and buffers of their own.

extension ModuleFunction {
  /// Compiles the call and compares it with the call itself, on elements of inputs, parameters and buffers that the capture has not seen: results,
  /// gradients through the compiled function, gradients that a compiled step collects in parameters, and what is left in buffers; then
  /// likewise as a function of inputs and parameters.
  func compareCompiled(_ executor: CompileExecutor) -> CompiledOutcome {
    var outcome = CompiledOutcome()
    function().compareCompiled(executor, &outcome)
    guard module != nil else { return outcome }
    compareCall(executor, &outcome)
    compareStep(executor, &outcome)
    return outcome
  }

  private func inputs(_ i: Int) -> [Tensor] {
    i == 0 ? inputs : inputs.map { CaseFunction.samples($0, 3).select(0, i).clone() }
  }

  private var variables: [Tensor] { module?.parameters() ?? [] }
  private var kept: [Tensor] { (module?.buffers() ?? []).map { $0.detach().clone() } }

  private func results(_ tensors: [Tensor], _ failure: Found) -> [Tensor] {
    do { return try call(tensors) } catch {
      failure.text = "\(error)"
      return []
    }
  }

  /// Results, buffers, and gradients through the call.
  private func compareCall(_ executor: CompileExecutor, _ outcome: inout CompiledOutcome) {
    let failure = Found()
    let compiled = compile(executor: executor) { (tensors: [Tensor]) in results(tensors, failure) }
    compare("the module", &outcome, failure) { i, isCompiled, own in
      let leaves = inputs(i).map { $0.dtype.isInexact ? Tensor($0, requiresGrad: true) : $0 }
      let made = isCompiled ? compiled(leaves) : results(leaves, own)
      let watched = leaves.filter(\.requiresGrad) + variables
      let root = weightedSum(made, or: leaves.first ?? Tensor(0.0))
      let found = root.requiresGrad ? gradients(of: [root], wrt: watched, allowUnused: true) : watched.map { _ in nil }
      return made.map { $0.detach() } + kept + zip(watched, found).map { $1 ?? zerosLike($0.detach()) }
    }
    outcome.note(compiled.explain())
  }

  /// The gradients that a step of training collects, captured with it.
  private func compareStep(_ executor: CompileExecutor, _ outcome: inout CompiledOutcome) {
    if variables.isEmpty { return }
    let failure = Found()
    @Sendable func step(_ tensors: [Tensor], _ failure: Found) -> Tensor {
      module?.zeroGrad()
      let loss = weightedSum(results(tensors, failure), or: tensors.first ?? Tensor(0.0))
      if loss.requiresGrad { loss.backward() }
      return loss
    }
    let compiled = compile(executor: executor) { (tensors: [Tensor]) in step(tensors, failure) }
    compare("a step", &outcome, failure) { i, isCompiled, own in
      let loss = isCompiled ? compiled(inputs(i)) : step(inputs(i), own)
      return [loss.detach()] + kept + variables.map { $0.grad ?? zerosLike($0.detach()) }
    }
    outcome.note(compiled.explain())
  }

  private func compare(
    _ name: String, _ outcome: inout CompiledOutcome, _ failure: Found,
    _ body: (_ call: Int, _ isCompiled: Bool, Found) -> [Tensor]
  ) {
    for i in 0..<3 {
      let single = Found()
      reset(i)
      guard let expected = CaseFunction.attempt({ body(i, false, single) }), single.text == nil else { continue }
      reset(i)
      guard let found = CaseFunction.attempt({ body(i, true, single) }), failure.text == nil else {
        outcome.failures.append("\(name), call \(i): \(failure.text ?? "an error") where the module itself works")
        break
      }
      if let wrong = CaseFunction.differenceOfAll(found, expected) {
        outcome.failures.append("\(name) \(wrong) at call \(i)")
      }
      if i > 0 { outcome.compared += 1 }
    }
    reset()
  }
}
