// Forms of entries that several families share.

extension Operation {
  /// An operator: two tensors, or a tensor and a number on either side.
  static func arithmetic(
    _ names: String, _ tensors: @escaping @Sendable (Tensor, Tensor) -> Tensor,
    _ number: @escaping @Sendable (Tensor, Scalar) -> Tensor
  ) -> Operation {
    tensor(names, "input, other") { a in
      let other = try a.operand("other")
      guard case .tensor(let input) = try a.value("input") else {
        guard let left = try a.value("input").scalar else { throw a.mismatch("input", "a tensor") }
        let right = other.asTensor
        return tensors(right.operand(left), right)
      }
      switch other {
      case .tensor(let t): return tensors(input, t)
      case .scalar(let s): return number(input, s)
      }
    }
  }
}

extension OperationArguments.Operand {
  /// A tensor, made of a number where it is one.
  package var asTensor: Tensor {
    switch self {
    case .tensor(let t): t
    case .scalar(let s): Tensor.full([], s)
    }
  }
}
