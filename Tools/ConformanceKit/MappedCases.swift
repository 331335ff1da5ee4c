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
    guard json["error"] == nil, json["compare"]?.string != "shape", op != "multinomial" else { return outcome }
    let call = OperationCall(self)
    guard let known = call.known, !call.isInPlace else { return outcome }
    var arguments = CaseArguments(tensors: tensors, recordsGradients: false)
    guard let bound = try? call.bind(&arguments) else { return outcome }
    let mapped = MappedCall(call: call, known: known, positional: bound.0, keywords: bound.1)
    let count = mapped.leaves.count
    if count == 0 || count > 8 || mapped.leaves.contains(where: { $0.dtype.isCustom }) { return outcome }
    var choices = [Array(repeating: true, count: count)]
    if count > 1 { choices += (0..<count).map { k in (0..<count).map { $0 == k } } }
    for choice in choices { mapped.compare(choice, isLast: false, &outcome) }
    mapped.compare(choices[0], isLast: true, &outcome)
    return outcome
  }
}

/// An operation as a function of the tensors among its arguments.
private struct MappedCall {
  let call: OperationCall
  let known: String
  let positional: [OperationValue]
  let keywords: [String: OperationValue]
  let names: [String]
  let leaves: [Tensor]

  init(
    call: OperationCall, known: String, positional: [OperationValue], keywords: [String: OperationValue]
  ) {
    (self.call, self.known, self.positional, self.keywords) = (call, known, positional, keywords)
    names = keywords.keys.sorted()
    leaves = (positional + names.compactMap { keywords[$0] }).flatMap(\.tensorLeaves)
  }

  /// The tensors among the results of the operation with `tensors` in the places of its own; none where it fails.
  func results(_ tensors: [Tensor], _ failure: Found) -> [Tensor] {
    var rest = tensors[...]
    let arguments = positional.map { $0.replacingTensors { _ in rest.removeFirst() } }
    var named: [String: OperationValue] = [:]
    for name in names { named[name] = keywords[name]?.replacingTensors { _ in rest.removeFirst() } }
    do {
      return try call.perform(known, arguments, named).flatMap(\.tensorLeaves)
    } catch {
      failure.text = "\(error)"
      return []
    }
  }

  /// The gradients of a weighted sum of the results for the floating point tensors that `choice` names.
  func gradients(_ tensors: [Tensor], _ choice: [Bool], _ failure: Found) -> [Tensor] {
    let moved = tensors.indices.filter { choice[$0] && tensors[$0].dtype.isFloatingPoint }
    if moved.isEmpty { return [] }
    var all = tensors
    return valueAndGrad { (inputs: [Tensor]) in
      for (i, input) in zip(moved, inputs) { all[i] = input }
      let made = results(all, failure).filter { $0.dtype.isFloatingPoint && $0.requiresGrad }
      let parts = made.map { ($0.to(.float64) * (arange($0.count).to(.float64).reshape($0.shape) + 1).sin()).sum() }
      return parts.reduce(inputs[0].to(.float64).sum() * 0) { $0 + $1 }
    }(moved.map { tensors[$0] }).gradients
  }

  /// Samples of `tensor`: itself, and its elements in other orders.
  static func samples(_ tensor: Tensor, _ count: Int) -> Tensor {
    let flat = tensor.reshape([tensor.count])
    return stack((0..<count).map { i in (i % 2 == 0 ? flat.roll([i], [0]) : flat.flip([0])).reshape(tensor.shape) })
  }

  func compare(_ choice: [Bool], isLast: Bool, _ outcome: inout MappedOutcome) {
    for takesGradients in [false, true] {
      func function(_ tensors: [Tensor], _ failure: Found) -> [Tensor] {
        takesGradients ? gradients(tensors, choice, failure) : results(tensors, failure)
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

/// The error of a call inside of a function that cannot throw.
private final class Found {
  var text: String?
}

extension OperationValue {
  /// The same with other tensors in the places of its own, depth first.
  func replacingTensors(_ other: (Tensor) -> Tensor) -> OperationValue {
    switch self {
    case .tensor(let t): .tensor(other(t))
    case .list(let items): .list(items.map { $0.replacingTensors(other) })
    default: self
    }
  }
}
