// Functions of two tensors, or of a tensor and a number.

enum Binary {
  static let pow = BinaryFormula("Pow") { x, y in .binary(.pow, x, y) }
  static let fmod = BinaryFormula("Fmod", .numeric) { x, y in .binary(.fmod, x, y) }
  static let remainder = BinaryFormula("Remainder", .numeric) { x, y in .binary(.remainder, x, y) }
  static let floorDivide = BinaryFormula("FloorDivide", .numeric) { x, y in .binary(.floorDiv, x, y) }
  static let truncDivide = BinaryFormula("Div", .numeric) { x, y in .binary(.truncDiv, x, y) }
  static let atan2 = BinaryFormula("Atan2", .floating) { x, y in .binary(.atan2, x, y) }
  static let hypot = BinaryFormula("Hypot") { x, y in .binary(.hypot, x, y) }
  static let copysign = BinaryFormula("Copysign", .floating) { x, y in .binary(.copysign, x, y) }
  static let maximum = BinaryFormula("Maximum") { x, y in .binary(.max, x, y) }
  static let minimum = BinaryFormula("Minimum") { x, y in .binary(.min, x, y) }
  static let fmax = BinaryFormula("Fmax") { x, y in .binary(.fmax, x, y) }
  static let fmin = BinaryFormula("Fmin") { x, y in .binary(.fmin, x, y) }
  static let nextafter = BinaryFormula("Nextafter") { x, y in .binary(.nextafter, x, y) }
  static let heaviside = BinaryFormula("Heaviside") { x, y in y.when(x.isEqual(.zero), else: x.isGreater(.zero)) }
  static let gcd = BinaryFormula("Gcd", .integral) { x, y in .binary(.gcd, x, y) }
  static let lcm = BinaryFormula("Lcm", .integral) { x, y in
    let divisor = Expression.binary(.gcd, x, y)
    return .select(divisor.isEqual(.zero), .zero, Expression.binary(.truncDiv, x, divisor) * y)(.abs)
  }
  /// Relative to the larger operand; where both are the same infinity there is no difference to take.
  static let logaddexp = logaddexp("Logaddexp", exponential: .exp, logarithmOfBase: 1)
  static let logaddexp2 = logaddexp("Logaddexp2", exponential: .exp2, logarithmOfBase: 0.693147180559945309417)

  /// The derivatives are those of the smooth function, not of the larger operand and a distance.
  private static func logaddexp(
    _ name: String, exponential: UnaryFunction, logarithmOfBase: Double
  ) -> Formula {
    let (x, y) = (Expression.input(0), Expression.input(1))
    let same = x.isEqual(y).and(x(.isinf))
    let difference = Expression.zero.when(same, else: x - y)
    let value = x(.max, y) + (-difference(.abs))(exponential)(.log1p) * (1 / logarithmOfBase)
    let first = (difference * logarithmOfBase)(.sigmoid)
    let second = (-(difference * logarithmOfBase))(.sigmoid)
    return Formula(name, inputs: 2, slopes: [first, second], outputs: [value])
  }
  /// From the nearer end, as PyTorch.
  static let lerp = Formula("Lerp", inputs: 3, outputs: [lerp(.input(0), .input(1), .input(2))])
  /// Of one weight for all elements, below a half and from there on.
  static let lerpFromStart = Formula(
    "Lerp", inputs: 2, outputs: [.input(0) + .parameter(0) * (.input(1) - .input(0))])
  static let lerpFromEnd = Formula(
    "Lerp", inputs: 2, outputs: [.input(1) - (.input(1) - .input(0)) * (1 - .parameter(0))])
  static let addcmul = Formula(
    "Addcmul", inputs: 3, whole: "addcmul", outputs: [.input(0) + .parameter(0) * .input(1) * .input(2)])
  static let addcdiv = Formula(
    "Addcdiv", inputs: 3, whole: "addcdiv", outputs: [.input(0) + .parameter(0) * .input(1) / .input(2)])
  static let addScaled = Formula("Add", inputs: 2, outputs: [.input(0) + .parameter(0) * .input(1)])
  static let subScaled = Formula("Sub", inputs: 2, .numeric, outputs: [.input(0) - .parameter(0) * .input(1)])

  private static func lerp(_ start: Expression, _ end: Expression, _ weight: Expression) -> Expression {
    let difference = end - start
    return .select(weight(.abs).isLess(.constant(0.5)), start + weight * difference, end - difference * (1 - weight))
  }
}

/// How a quotient becomes a whole number.
public enum RoundingMode: String, NamedChoice, Sendable {
  /// Towards zero, as in C.
  case trunc
  /// Down, as in Python.
  case floor
}

extension Tensor {
  /// `self + alpha * other`; for integers alpha is one too.
  public func add(_ other: Tensor, alpha: some ScalarConvertible) -> Tensor {
    scaled(Binary.addScaled, other, alpha.scalar, "add")
  }
  /// `self - alpha * other`.
  public func sub(_ other: Tensor, alpha: some ScalarConvertible) -> Tensor {
    scaled(Binary.subScaled, other, alpha.scalar, "sub")
  }

  private func scaled(_ formula: Formula, _ other: Tensor, _ alpha: Scalar, _ operation: String) -> Tensor {
    attempt(self, other) { () throws(TensorError) in
      let type = resultType([self.type, other.type])
      return pointwise(formula, [self, other], [try checkedFactor(alpha, for: type, operation)])
    }
  }

  /// The quotient rounded to whole numbers; integers stay integers.
  public func div(_ other: Tensor, roundingMode: RoundingMode) -> Tensor {
    wholeQuotient(roundingMode == .floor ? Binary.floorDivide.tensors : Binary.truncDivide.tensors, other).titled(
      "DivBackward2")
  }
  public func div(_ other: some ScalarConvertible, roundingMode: RoundingMode) -> Tensor {
    div(operand(other.scalar), roundingMode: roundingMode)
  }
  /// The quotient rounded down: Python's `//`.
  public func floorDivide(_ other: Tensor) -> Tensor { wholeQuotient(Binary.floorDivide.tensors, other) }
  public func floorDivide(_ other: some ScalarConvertible) -> Tensor { floorDivide(operand(other.scalar)) }

  /// The remainder with the sign of the divisor: Python's `%`.
  public func remainder(_ other: Tensor) -> Tensor {
    wholeQuotient(Binary.remainder.tensors, other).titled("RemainderBackward1")
  }
  public func remainder(_ other: some ScalarConvertible) -> Tensor {
    remainder(operand(other.scalar)).titled("RemainderBackward0")
  }
  /// The remainder with the sign of the dividend, as in C.
  public func fmod(_ other: Tensor) -> Tensor { wholeQuotient(Binary.fmod.tensors, other).titled("FmodBackward1") }
  public func fmod(_ other: some ScalarConvertible) -> Tensor {
    fmod(operand(other.scalar)).titled("FmodBackward0")
  }

  /// A division of integers, which must not be by zero.
  private func wholeQuotient(_ formula: Formula, _ other: Tensor) -> Tensor {
    if let failed = failed ?? other.failed { return failed }
    if !other.dtype.isInexact, !dtype.isInexact, broadcastShapes(shape, other.shape)?.contains(0) == false {
      return pointwise(formula, [self, other.checked(.noZero, formula.name)])
    }
    return pointwise(formula, [self, other])
  }

  /// Elementwise power. Integers to a negative number are an error: convert to floating point first.
  public func pow(_ exponent: Tensor) -> Tensor {
    pointwise(Binary.pow.tensors, [self, exponent]).titled("PowBackward1")
  }
  public func pow(_ exponent: some ScalarConvertible) -> Tensor {
    let exponent = exponent.scalar
    if case .int(let power) = exponent, power < 0, !dtype.isInexact, !hasFailed {
      return fail(
        TensorError(
          .value, "pow", "integers to the negative power \(power) are not integers; convert with .to(.float32) first"))
    }
    // The common powers without the library's pow.
    if dtype.isInexact, !exponent.isComplex {
      if exponent.double == 2 { return square() }
      if exponent.double == 1 { return clone() }
    }
    return Binary.pow(self, exponent)
  }
  /// `base` to the power of each element.
  public static func pow(_ base: some ScalarConvertible, _ exponent: Tensor) -> Tensor {
    Binary.pow(base, exponent).titled("PowBackward1")
  }
  /// Elementwise power computed in float64, or complex128 of complex numbers, or the registered type of one of them.
  public func floatPower(_ exponent: Tensor) -> Tensor {
    let common = promoteTypes(dtype, exponent.dtype)
    let wide: DType = common.isCustom ? common : common.isComplex ? .complex128 : .float64
    return to(wide).pow(exponent.to(wide))
  }
  public func floatPower(_ exponent: some ScalarConvertible) -> Tensor {
    let exponent = exponent.scalar
    if exponent.isComplex { return to(.complex128).pow(exponent) }
    return to(dtype.isCustom ? dtype : isComplex ? .complex128 : .float64).pow(Scalar.float(exponent.double))
  }

  /// The angle of the point (other, self), in -pi...pi.
  public func atan2(_ other: Tensor) -> Tensor { Binary.atan2(self, other) }
  /// sqrt(self² + other²), without overflow between.
  public func hypot(_ other: Tensor) -> Tensor { Binary.hypot(self, other) }
  /// The magnitude of self with the sign of `other`.
  public func copysign(_ other: Tensor) -> Tensor { Binary.copysign(self, other) }
  public func copysign(_ other: some ScalarConvertible) -> Tensor { Binary.copysign(self, other) }
  /// The larger element; NaN wins. Equal ones share the gradient.
  public func maximum(_ other: Tensor) -> Tensor { Binary.maximum(self, other) }
  /// The smaller element; NaN wins. Equal ones share the gradient.
  public func minimum(_ other: Tensor) -> Tensor { Binary.minimum(self, other) }
  /// The larger element; a number wins over NaN.
  public func fmax(_ other: Tensor) -> Tensor { Binary.fmax(self, other) }
  /// The smaller element; a number wins over NaN.
  public func fmin(_ other: Tensor) -> Tensor { Binary.fmin(self, other) }
  /// The next representable number in the direction of `other`.
  public func nextafter(_ other: Tensor) -> Tensor {
    guard (dtype.isFloatingPoint && other.dtype.isFloatingPoint) || hasFailed else {
      return fail(
        TensorError(.dtype, "nextafter", "needs floating point tensors, and found \(dtype) and \(other.dtype)"))
    }
    if promoteTypes(dtype, other.dtype).size == 2, !hasFailed, !other.hasFailed {
      return fail(
        TensorError(.unsupported, "nextafter", "is not available for 16-bit types; convert with .to(.float32) first"))
    }
    return Binary.nextafter(self, other)
  }
  /// 0 below zero, 1 above, and `values` where self is 0.
  public func heaviside(_ values: Tensor) -> Tensor {
    guard dtype == values.dtype || hasFailed || values.hasFailed else {
      return fail(
        TensorError(.dtype, "heaviside", "needs tensors of one type, and found \(dtype) and \(values.dtype)"))
    }
    return Binary.heaviside(self, values)
  }
  /// The greatest common divisor.
  public func gcd(_ other: Tensor) -> Tensor { Binary.gcd(self, other) }
  /// The least common multiple.
  public func lcm(_ other: Tensor) -> Tensor { Binary.lcm(self, other) }
  /// log(exp(self) + exp(other)), without overflow.
  public func logaddexp(_ other: Tensor) -> Tensor {
    if let bad = poisoned(among: [self, other]) { return bad }
    guard isComplex || other.isComplex else { return floatingOnly(Binary.logaddexp, other) }
    // Relative to the operand with the larger real part; one that is NaN is the result.
    let isFirst = real.ge(other.real).logicalOr(isnan()).logicalAnd(other.isnan().logicalNot())
    let (large, small) = (`where`(isFirst, self, other), `where`(isFirst, other, self))
    let sum = large + (small - large).exp().log1p()
    // Two infinities of one sign have no difference to take.
    let infinite = small.real.eq(large.real).logicalAnd(large.real.abs().eq(Double.infinity))
    let plain = `where`(large.real.lt(0), small, (small.exp() + large.exp()).log())
    return `where`(large.isnan(), large, `where`(infinite, plain, sum))
  }
  /// log2(2^self + 2^other), without overflow.
  public func logaddexp2(_ other: Tensor) -> Tensor { floatingOnly(Binary.logaddexp2, other) }

  /// `formula` of floating point tensors.
  func floatingOnly(_ formula: Formula, _ other: Tensor) -> Tensor {
    guard resultType([type, other.type]).isFloatingPoint || hasFailed || other.hasFailed else {
      return fail(
        TensorError(.dtype, formula.name, "needs floating point tensors, and found \(dtype) and \(other.dtype)"))
    }
    return pointwise(formula, self, other)
  }

  /// self * 2^other.
  public func ldexp(_ other: Tensor) -> Tensor { self * Tensor.pow(2.0, other) }

  /// Between self and `end`: self + weight * (end - self).
  public func lerp(_ end: Tensor, _ weight: Tensor) -> Tensor {
    if let error = sameTypes([end, weight], "lerp") { return fail(error) }
    if isComplex {
      let difference = end - self
      return `where`(
        weight.detach().abs().lt(0.5), self + weight * difference, end - difference * (1 - weight))
    }
    return pointwise(Binary.lerp, [self, end, weight])
  }
  public func lerp(_ end: Tensor, _ weight: some ScalarConvertible) -> Tensor {
    if let error = sameTypes([end], "lerp") { return fail(error) }
    if isComplex { return lerp(end, Tensor.full([], weight.scalar, dtype: dtype)) }
    guard !weight.scalar.isComplex else {
      return fail(TensorError(.dtype, "lerp", "a complex weight needs complex tensors, and found \(dtype)"))
    }
    let w = weight.scalar.double
    return pointwise(Swift.abs(w) < 0.5 ? Binary.lerpFromStart : Binary.lerpFromEnd, [self, end], [.float(w)])
  }

  private func sameTypes(_ others: [Tensor], _ operation: String) -> TensorError? {
    guard !hasFailed, !others.contains(where: \.hasFailed) else { return nil }
    guard let other = others.first(where: { $0.dtype != dtype }) else {
      return dtype.isInexact
        ? nil : TensorError(.dtype, operation, "needs floating point tensors, and found \(dtype)")
    }
    return TensorError(.dtype, operation, "needs tensors of one type, and found \(dtype) and \(other.dtype)")
  }

  /// self + value * tensor1 * tensor2.
  public func addcmul(_ tensor1: Tensor, _ tensor2: Tensor, value: some ScalarConvertible = 1) -> Tensor {
    combined(Binary.addcmul, tensor1, tensor2, value.scalar, "addcmul")
  }
  /// self + value * tensor1 / tensor2, of floating point tensors.
  public func addcdiv(_ tensor1: Tensor, _ tensor2: Tensor, value: some ScalarConvertible = 1) -> Tensor {
    if !hasFailed, !tensor1.hasFailed, !tensor2.hasFailed, !tensor1.dtype.isInexact,
      !tensor2.dtype.isInexact
    {
      return fail(
        TensorError(
          .dtype, "addcdiv", "does not divide integers (\(tensor1.dtype) by \(tensor2.dtype)); convert one of them"))
    }
    return combined(Binary.addcdiv, tensor1, tensor2, value.scalar, "addcdiv")
  }

  private func combined(
    _ formula: Formula, _ tensor1: Tensor, _ tensor2: Tensor, _ value: Scalar, _ operation: String
  ) -> Tensor {
    attempt(self, tensor1, tensor2) { () throws(TensorError) in
      let type = resultType([self.type, tensor1.type, tensor2.type])
      return pointwise(formula, [self, tensor1, tensor2], [try checkedFactor(value, for: type, operation)])
    }
  }
}

/// A factor that takes no part in promotion: it must fit `type`.
private func checkedFactor(_ factor: Scalar, for type: DType, _ operation: String) throws(TensorError) -> Scalar {
  switch factor {
  case .complex where !type.isComplex:
    throw TensorError(.dtype, operation, "the complex factor needs complex tensors, and the result is \(type)")
  case .float where !type.isInexact:
    throw TensorError(
      .dtype, operation,
      "the factor \(factor.double) is not an integer, but the result is \(type); convert a tensor first")
  case .bool where type != .bool && (operation == "add" || operation == "sub"):
    throw TensorError(.dtype, operation, "a bool as the factor needs bool tensors, and the result is \(type)")
  default: return type == .bool ? .bool(factor.double != 0) : factor
  }
}

extension Registry {
  /// Functions of two tensors, or of a tensor and a number.
  static let binaryFunctions: [Operation] = [
    .arithmetic("__rpow__", left: .tensorOrNumber, { $1.pow($0) }, { Tensor.pow($1, $0) }),
    .arithmetic("__rmod__", left: .tensorOrNumber, { $1.remainder($0) }, { $0.operand($1).remainder($0) }),
    .tensor("div divide", "input, other, *, rounding_mode=None") {
      let mode = try $0.optionalString("rounding_mode")
      let input = try $0.operand("input").asTensor
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
    .arithmetic("floor_divide", left: .anything, { $0.floorDivide($1) }, { $0.floorDivide($1) }),
    .arithmetic("remainder", left: .tensorOrNumber, { $0.remainder($1) }, { $0.remainder($1) }),
    .arithmetic("fmod", { $0.fmod($1) }, { $0.fmod($1) }),
    .arithmetic("pow", left: .tensorOrNumber, { $0.pow($1) }, { $0.pow($1) }),
    .arithmetic("float_power", left: .tensorOrNumber, { $0.floatPower($1) }, { $0.floatPower($1) }),
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
  ]
}
