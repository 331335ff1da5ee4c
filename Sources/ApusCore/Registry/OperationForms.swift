// Forms of entries that several families share.

extension Operation {
  /// What PyTorch takes to the left of an operator.
  enum LeftOperand {
    /// A tensor.
    case tensor
    /// A number too, if a tensor is to the right of it.
    case tensorOrNumber
    /// A number, whatever is to the right of it.
    case anything
  }

  /// An operator: two tensors, or a tensor and a number on the right, and on the left where `left` says so.
  static func arithmetic(
    _ names: String, left: LeftOperand = .tensor, _ tensors: @escaping @Sendable (Tensor, Tensor) -> Tensor,
    _ number: @escaping @Sendable (Tensor, Scalar) -> Tensor
  ) -> Operation {
    tensor(names, "input, other") { a in
      let other = try a.operand("other")
      guard case .tensor(let input) = try a.value("input") else {
        guard left != .tensor, let first = try a.value("input").scalar else { throw a.mismatch("input", "a tensor") }
        if left == .tensorOrNumber, case .scalar = other {
          throw a.mismatch("other", "a tensor, since the other operand is a number")
        }
        let right = other.asTensor
        return tensors(right.operand(first), right)
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
