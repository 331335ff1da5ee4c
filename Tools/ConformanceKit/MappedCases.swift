import Apus
import ApusCore

/// What came of a case whose operation was mapped over samples.
package struct MappedOutcome: Sendable {
  /// Where `vmap` and one call after the other disagree.
  package var failures: [String] = []
  /// Whether something was compared.
  package var isCompared = false
  /// What `vmap` refused, where single calls work.
  package var refusal: String?
  /// Whether the operations that were run are more where samples are more.
  package var goesSampleBySample = false
}

extension Case {
  /// Runs the operation of the case by `vmap` on samples made of its tensors, and compares results and gradients with one
  /// call after the other: with all tensors mapped, along the first and the last dimension, and with each of them alone.
  package func runMapped() -> MappedOutcome {
    var outcome = MappedOutcome()
    guard let mapped = CaseFunction(self) else { return outcome }
    let count = mapped.leaves.count
    var choices = [Array(repeating: true, count: count)]
    if count > 1 { choices += (0..<count).map { k in (0..<count).map { $0 == k } } }
    for choice in choices { mapped.compare(choice, isLast: false, &outcome) }
    mapped.compare(choices[0], isLast: true, &outcome)
    return outcome
  }
}

extension CaseFunction {
  /// Compares with a loop over samples, for the tensors that `choice` names; gradients are those for them, or for the ones that
  /// `differentiated` names.
  func compare(_ choice: [Bool], differentiated: [Bool]? = nil, isLast: Bool, _ outcome: inout MappedOutcome) {
    for takesGradients in [false, true] {
      func function(_ tensors: [Tensor], _ failure: Found) -> [Tensor] {
        takesGradients ? gradients(tensors, differentiated ?? choice, failure) : results(tensors, failure)
      }
      let stacks = zip(leaves, choice).map { $1 ? Self.samples($0, 3) : $0 }
      let single = Found()
      let loop = try? withErrors {
        (0..<3).map { i in function(zip(stacks, choice).map { $1 ? $0.select(0, i).clone() : $0 }, single) }
      }
      guard let loop, single.text == nil,
        loop.allSatisfy({ made in
          zip(made, loop[0]).allSatisfy { $0.shape == $1.shape } && made.count == loop[0].count
        })
      else { continue }
      if loop[0].isEmpty { continue }
      let many = Found()
      func mapped(_ tensors: [Tensor], _ dim: Int) throws -> [Tensor] {
        let moved = zip(tensors, choice).filter(\.1).map { dim == 0 ? $0.0 : $0.0.movedim(0, -1) }
        return try withErrors {
          vmap(inDims: [dim]) { (some: [Tensor]) in
            var rest = some[...]
            return function(zip(tensors, choice).map { $1 ? rest.removeFirst() : $0 }, many)
          }(moved)
        }
      }
      do {
        let found = try mapped(stacks, isLast ? -1 : 0)
        if let text = many.text {
          outcome.refusal = text
          continue
        }
        outcome.isCompared = true
        for (k, tensor) in found.enumerated() {
          let isShort = tensor.dtype == .float16 || tensor.dtype == .bfloat16
          let tolerance = Tolerance(relative: isShort ? 2e-2 : 1e-4, absolute: isShort ? 2e-2 : 1e-4)
          if let wrong = difference(tensor.detach(), stack(loop.map { $0[k].detach() }), tolerance) {
            outcome.failures.append(
              "\(takesGradients ? "gradient" : "result") \(k) mapped over \(choice)\(isLast ? ", last" : ""): \(wrong)")
          }
        }
        func operations(_ count: Int) -> Int {
          let tracer = Tracer()
          let inputs = zip(leaves, choice).map { $1 ? tracer.input(Self.samples($0, count)) : $0 }
          _ = tracer.follow { try? mapped(inputs, 0) }
          return tracer.trace.instructions.count
        }
        let counts = isLast ? [0, 0] : [operations(2), operations(5)]
        if counts[0] != counts[1] { outcome.goesSampleBySample = true }
      } catch {
        outcome.refusal = "\(error)"
      }
    }
  }
}
