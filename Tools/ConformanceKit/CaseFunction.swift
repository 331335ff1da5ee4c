import Apus
import ApusCore

/// An operation as a function of the tensors among its arguments.
struct CaseFunction: @unchecked Sendable {
  let call: OperationCall
  let known: String
  let positional: [OperationValue]
  let keywords: [String: OperationValue]
  let names: [String]
  let leaves: [Tensor]

  /// Nil where the case has no such function: an error, an operation that changes its operand or is not there, no tensors.
  init?(_ item: Case) {
    guard item.json["error"] == nil, item.json["compare"]?.string != "shape", item.op != "multinomial" else {
      return nil
    }
    call = OperationCall(item)
    guard let known = call.known, !call.isInPlace else { return nil }
    var arguments = CaseArguments(tensors: item.tensors, recordsGradients: false)
    guard let bound = try? call.bind(&arguments) else { return nil }
    (self.known, positional, keywords) = (known, bound.0, bound.1)
    names = keywords.keys.sorted()
    let named = names.compactMap { [keywords] in keywords[$0] }
    leaves = (positional + named).flatMap(\.tensorLeaves)
    if leaves.isEmpty || leaves.count > 8 || leaves.contains(where: { $0.dtype.isCustom }) { return nil }
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
    let moved = tensors.indices.filter { choice[$0] && tensors[$0].dtype.isInexact }
    if moved.isEmpty { return [] }
    var all = tensors
    return valueAndGrad { (inputs: [Tensor]) in
      for (i, input) in zip(moved, inputs) { all[i] = input }
      return weighted(results(all, failure), or: inputs[0])
    }(moved.map { tensors[$0] }).gradients
  }

  /// A sum of the elements that carry gradients, each with a weight of its own, and of nothing else of `other`.
  func weighted(_ made: [Tensor], or other: Tensor) -> Tensor {
    let parts = made.filter { $0.dtype.isInexact && $0.requiresGrad }.map { $0.isComplex ? $0.viewAsReal() : $0 }.map {
      ($0.to(.float64) * (arange($0.count, device: $0.device).to(.float64).reshape($0.shape) + 1).sin()).sum()
    }
    return parts.reduce(other.to(.float64).sum() * 0) { $0 + $1 }
  }

  /// Samples of `tensor`: itself, and its elements in other orders.
  static func samples(_ tensor: Tensor, _ count: Int) -> Tensor {
    let flat = tensor.reshape([tensor.count])
    return stack((0..<count).map { i in (i % 2 == 0 ? flat.roll([i], [0]) : flat.flip([0])).reshape(tensor.shape) })
  }
}

/// The error of a call inside of a function that cannot throw.
final class Found: @unchecked Sendable {
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
