import Apus
import ApusCore

/// What a case computes, as a function of the tensors that it computes it from.
struct CaseFunction: @unchecked Sendable {
  let leaves: [Tensor]
  private let call: ([Tensor]) throws -> [Tensor]

  init(leaves: [Tensor], _ call: @escaping ([Tensor]) throws -> [Tensor]) {
    (self.leaves, self.call) = (leaves, call)
  }

  /// An operation as a function of the tensors among its arguments. Nil where the case has no such function: an error, an
  /// operation that changes its operand or is not there, no tensors.
  init?(_ item: Case) {
    guard item.json["error"] == nil, item.json["compare"]?.string != "shape", item.op != "multinomial" else {
      return nil
    }
    let operation = OperationCall(item)
    guard let known = operation.known, !operation.isInPlace else { return nil }
    var arguments = CaseArguments(tensors: item.tensors, recordsGradients: false)
    guard let (positional, keywords) = try? operation.bind(&arguments) else { return nil }
    let names = keywords.keys.sorted()
    leaves = (positional + names.compactMap { keywords[$0] }).flatMap(\.tensorLeaves)
    if leaves.isEmpty || leaves.count > 8
      || leaves.contains(where: { $0.dtype.isCustom && $0.dtype != item.tensors.elements?.type })
    {
      return nil
    }
    call = { tensors in
      var rest = tensors[...]
      let arguments = positional.map { $0.replacingTensors { _ in rest.removeFirst() } }
      var named: [String: OperationValue] = [:]
      for name in names { named[name] = keywords[name]?.replacingTensors { _ in rest.removeFirst() } }
      return try operation.perform(known, arguments, named).flatMap(\.tensorLeaves)
    }
  }

  /// The tensors among the results with `tensors` in the places of its own.
  func callAsFunction(_ tensors: [Tensor]) throws -> [Tensor] { try call(tensors) }

  /// The same; none where it fails.
  func results(_ tensors: [Tensor], _ failure: Found) -> [Tensor] {
    do {
      return try call(tensors)
    } catch {
      failure.text = "\(error)"
      return []
    }
  }

  /// The leaves that gradients are taken for.
  var differentiable: [Int] { leaves.indices.filter { leaves[$0].dtype.isInexact } }

  /// The gradients of a weighted sum of the results for the floating point tensors that `choice` names.
  func gradients(_ tensors: [Tensor], _ choice: [Bool], _ failure: Found) -> [Tensor] {
    let moved = differentiable.filter { choice[$0] }
    if moved.isEmpty { return [] }
    return valueAndGrad { (inputs: [Tensor]) in
      weightedSum(results(Self.replacing(moved, of: tensors, by: inputs), failure), or: inputs[0])
    }(moved.map { tensors[$0] }).gradients
  }

  /// `tensors` with others in some places.
  static func replacing(_ places: [Int], of tensors: [Tensor], by others: [Tensor]) -> [Tensor] {
    var all = tensors
    for (i, other) in zip(places, others) { all[i] = other }
    return all
  }

  /// Samples of `tensor`: itself, and its elements in other orders.
  static func samples(_ tensor: Tensor, _ count: Int) -> Tensor {
    let flat = tensor.reshape([tensor.count])
    return stack((0..<count).map { i in (i % 2 == 0 ? flat.roll([i], [0]) : flat.flip([0])).reshape(tensor.shape) })
  }
}

/// A sum of the elements that carry gradients, each with a weight of its own, and of nothing else of `other`.
func weightedSum(_ made: [Tensor], or other: Tensor) -> Tensor {
  let parts = made.filter { $0.dtype.isInexact && $0.requiresGrad }.map { $0.isComplex ? $0.viewAsReal() : $0 }.map {
    ($0.to(.float64) * (arange($0.count, device: $0.device).to(.float64).reshape($0.shape) + 1).sin()).sum()
  }
  return parts.reduce(other.to(.float64).sum() * 0) { $0 + $1 }
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
