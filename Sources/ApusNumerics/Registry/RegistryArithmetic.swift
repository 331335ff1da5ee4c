import ApusCore

extension Registry {
  /// Arithmetic, comparison and logic of two tensors.
  static let arithmetic: [Operation] = [
    .tensor("add", "input, other, *, alpha=1") { a in
      try sum(a, { $0 + $1 }, { $0 + $1 }) { $0.add($1, alpha: $2) }
    },
    .tensor("sub subtract", "input, other, *, alpha=1") { a in
      try sum(a, { $0 - $1 }, { $0 - $1 }) { $0.sub($1, alpha: $2) }
    },
    .tensor("rsub", "input, other, *, alpha=1") { a in
      let input = try a.tensor("input")
      let other: Tensor
      switch try a.operand("other") {
      case .tensor(let t): other = t
      case .scalar(let s): other = input.operand(s)
      }
      return other.sub(input, alpha: try a.scalar("alpha"))
    },
    .arithmetic("mul multiply", { $0 * $1 }, { $0 * $1 }),
    .arithmetic("__radd__", { $1 + $0 }, { $1 + $0 }),
    .arithmetic("__rmul__", { $1 * $0 }, { $1 * $0 }),
    .arithmetic("__rsub__", { $1 - $0 }, { $1 - $0 }),
    .arithmetic("__rdiv__ __rtruediv__", { $1 / $0 }, { $1 / $0 }),
    .arithmetic("__rpow__", { $1.pow($0) }, { Tensor.pow($1, $0) }),
    .arithmetic("__rmod__", { $1.remainder($0) }, { $0.operand($1).remainder($0) }),
    .arithmetic("__rand__", { $1 & $0 }, { $0 & $1 }),
    .arithmetic("__ror__", { $1 | $0 }, { $0 | $1 }),
    .arithmetic("__rxor__", { $1 ^ $0 }, { $0 ^ $1 }),
    .tensor("div divide", "input, other, *, rounding_mode=None") {
      let mode = try $0.optionalString("rounding_mode")
      let input = wrapped(try $0.operand("input"))
      if let mode {
        guard let rounding = RoundingMode(rawValue: mode) else {
          throw $0.mismatch("rounding_mode", "'trunc' or 'floor'")
        }
        switch try $0.operand("other") {
        case .tensor(let other): return input.div(other, roundingMode: rounding)
        case .scalar(let other): return input.div(other, roundingMode: rounding)
        }
      }
      switch try $0.operand("other") {
      case .tensor(let other): return input / other
      case .scalar(let other): return input / other
      }
    },
    .arithmetic("true_divide", { $0 / $1 }, { $0 / $1 }),
    .arithmetic("floor_divide", { $0.floorDivide($1) }, { $0.floorDivide($1) }),
    .arithmetic("remainder", { $0.remainder($1) }, { $0.remainder($1) }),
    .arithmetic("fmod", { $0.fmod($1) }, { $0.fmod($1) }),
    .arithmetic("pow", { $0.pow($1) }, { $0.pow($1) }),
    .arithmetic("float_power", { $0.floatPower($1) }, { $0.floatPower($1) }),
    .binary("atan2 arctan2") { $0.atan2($1) },
    .binary("hypot") { $0.hypot($1) },
    .arithmetic("copysign", { $0.copysign($1) }, { $0.copysign($1) }),
    .binary("maximum") { $0.maximum($1) },
    .binary("minimum") { $0.minimum($1) },
    .binary("fmax") { $0.fmax($1) },
    .binary("fmin") { $0.fmin($1) },
    .binary("nextafter") { $0.nextafter($1) },
    .tensor("heaviside", "input, values") { try $0.tensor("input").heaviside($0.tensor("values")) },
    .binary("gcd") { $0.gcd($1) },
    .binary("lcm") { $0.lcm($1) },
    .binary("logaddexp") { $0.logaddexp($1) },
    .binary("logaddexp2") { $0.logaddexp2($1) },
    .binary("ldexp") { $0.ldexp($1) },
    .tensor("lerp", "input, end, weight: tensor") {
      try $0.tensor("input").lerp($0.tensor("end"), $0.tensor("weight"))
    },
    .tensor("lerp", "input, end, weight") { try $0.tensor("input").lerp($0.tensor("end"), $0.scalar("weight")) },
    .tensor("addcmul", "input, tensor1, tensor2, *, value=1") {
      try $0.tensor("input").addcmul($0.tensor("tensor1"), $0.tensor("tensor2"), value: $0.scalar("value"))
    },
    .tensor("addcdiv", "input, tensor1, tensor2, *, value=1") {
      try $0.tensor("input").addcdiv($0.tensor("tensor1"), $0.tensor("tensor2"), value: $0.scalar("value"))
    },
    .arithmetic("eq", { $0.eq($1) }, { $0.eq($1) }),
    .arithmetic("ne not_equal", { $0.ne($1) }, { $0.ne($1) }),
    .arithmetic("lt less", { $0.lt($1) }, { $0.lt($1) }),
    .arithmetic("le less_equal", { $0.le($1) }, { $0.le($1) }),
    .arithmetic("gt greater", { $0.gt($1) }, { $0.gt($1) }),
    .arithmetic("ge greater_equal", { $0.ge($1) }, { $0.ge($1) }),
    .binary("logical_and") { $0.logicalAnd($1) },
    .binary("logical_or") { $0.logicalOr($1) },
    .binary("logical_xor") { $0.logicalXor($1) },
    .arithmetic("bitwise_and __and__", { $0 & $1 }, { $0 & $1 }),
    .arithmetic("bitwise_or __or__", { $0 | $1 }, { $0 | $1 }),
    .arithmetic("bitwise_xor __xor__", { $0 ^ $1 }, { $0 ^ $1 }),
    .arithmetic("bitwise_left_shift __lshift__", { $0 << $1 }, { $0 << $1 }),
    .arithmetic("bitwise_right_shift __rshift__", { $0 >> $1 }, { $0 >> $1 }),
    .tensor("isclose", "input, other, rtol=1e-05, atol=1e-08, equal_nan=False") {
      try $0.tensor("input").isclose(
        $0.tensor("other"), rtol: $0.double("rtol"), atol: $0.double("atol"), equalNan: $0.bool("equal_nan"))
    },
    Operation("allclose", "input, other, rtol=1e-05, atol=1e-08, equal_nan=False") {
      [
        .bool(
          try $0.tensor("input").allclose(
            $0.tensor("other"), rtol: $0.double("rtol"), atol: $0.double("atol"), equalNan: $0.bool("equal_nan")))
      ]
    },
    .tensor("where", "condition, input, other") { try select($0, $0.value("input"), $0.value("other")) },
    .tensor("Tensor.where", "input, condition, other") { try select($0, $0.value("input"), $0.value("other")) },
  ]

  /// `input + alpha * other`, the plain operator where alpha is 1.
  private static func sum(
    _ a: OperationArguments, _ tensors: (Tensor, Tensor) -> Tensor, _ number: (Tensor, Scalar) -> Tensor,
    _ scaled: (Tensor, Tensor, Scalar) -> Tensor
  ) throws -> Tensor {
    let alpha = try a.scalar("alpha")
    let other = try a.operand("other")
    guard case .tensor(let input) = try a.value("input") else {
      // A number and a tensor: `1 + x`.
      guard let left = try a.value("input").scalar else { throw a.mismatch("input", "a tensor") }
      let right = wrapped(other)
      return scaled(right.operand(left), right, alpha)
    }
    switch other {
    case .tensor(let t): return alpha == .int(1) ? tensors(input, t) : scaled(input, t, alpha)
    case .scalar(let s): return alpha == .int(1) ? number(input, s) : scaled(input, input.operand(s), alpha)
    }
  }

  private static func select(
    _ a: OperationArguments, _ input: OperationValue, _ other: OperationValue
  ) throws -> Tensor {
    let condition = try a.tensor("condition")
    switch (input, other) {
    case (.tensor(let x), .tensor(let y)): return `where`(condition, x, y)
    case (.tensor(let x), _):
      guard let s = other.scalar else { throw a.mismatch("other", "a tensor or a number") }
      return `where`(condition, x, x.operand(s))
    case (_, .tensor(let y)):
      guard let s = input.scalar else { throw a.mismatch("input", "a tensor or a number") }
      return `where`(condition, y.operand(s), y)
    default:
      guard let x = input.scalar, let y = other.scalar else { throw a.mismatch("other", "a tensor or a number") }
      let dtype = promoteTypes(x.dtype, y.dtype)
      return `where`(condition, Tensor.full([], x, dtype: dtype), Tensor.full([], y, dtype: dtype))
    }
  }
}

/// A tensor, made of a number where it is one.
private func wrapped(_ operand: OperationArguments.Operand) -> Tensor {
  switch operand {
  case .tensor(let t): t
  case .scalar(let s): Tensor.full([], s)
  }
}

extension Operation {
  /// An operator: two tensors, or a tensor and a number on either side.
  fileprivate static func arithmetic(
    _ names: String, _ tensors: @escaping @Sendable (Tensor, Tensor) -> Tensor,
    _ number: @escaping @Sendable (Tensor, Scalar) -> Tensor
  ) -> Operation {
    tensor(names, "input, other") { a in
      let other = try a.operand("other")
      guard case .tensor(let input) = try a.value("input") else {
        guard let left = try a.value("input").scalar else { throw a.mismatch("input", "a tensor") }
        let right = wrapped(other)
        return tensors(right.operand(left), right)
      }
      switch other {
      case .tensor(let t): return tensors(input, t)
      case .scalar(let s): return number(input, s)
      }
    }
  }
}
