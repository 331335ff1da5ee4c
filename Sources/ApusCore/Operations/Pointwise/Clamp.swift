// Limits, and the cleaning of values that are not numbers.

enum Limits {
  // Between numbers the gradient passes; at them, beyond and for NaN it does not.
  static let clamp = Formula(
    "Clamp", whole: "clamp", value: { upper(lower($0, .parameter(0)), .parameter(1)) }, slope: .one,
    where: { $0.isGreater(.parameter(0)).and($0.isLess(.parameter(1))) })
  static let clampMin = Formula(
    "ClampMin", value: { lower($0, .parameter(0)) }, slope: .one, where: { $0.isGreater(.parameter(0)) })
  static let clampMax = Formula(
    "ClampMax", value: { upper($0, .parameter(0)) }, slope: .one, where: { $0.isLess(.parameter(0)) })
  /// Elements share the gradient with a limit that they equal, if the limits differ.
  static let clampTensors: Formula = {
    let (x, low, high) = (Expression.input(0), Expression.input(1), Expression.input(2))
    let half = Expression.constant(0.5)
    let shares = low.isLess(high)
    let isOutside = x.isLess(low).or(x.isGreater(high))
    let slope = Expression.zero.when(
      isOutside, else: half.when(shares.and(x.isEqual(low).or(x.isEqual(high))), else: .one))
    let lowSlope = Expression.one.when(
      x.isLess(low).and(low.isAtMost(high)), else: half.when(x.isEqual(low).and(shares), else: .zero))
    let highSlope = Expression.one.when(
      low.isGreater(high).or(x.isGreater(high).and(low.isAtMost(high))),
      else: half.when(x.isEqual(high).and(shares), else: .zero))
    return Formula(
      "Clamp", inputs: 3, slopes: [slope, lowSlope, highSlope], outputs: [upper(lower(x, low), high)])
  }()
  static let clampMinTensor = Formula("ClampMin") { x, y in x(.max, y) }
  static let clampMaxTensor = Formula("ClampMax") { x, y in x(.min, y) }
  /// Parameters: for NaN, for infinity, for -infinity. A result of -0 is not needed, so NaN is found by x != x.
  static let nanToNum = Formula("NanToNum", whole: "nan_to_num") { x in
    let infinite = Expression.parameter(1).when(
      x.isEqual(.constant(.infinity)), else: .parameter(2).when(x.isEqual(.constant(-.infinity)), else: x))
    return .parameter(0).when(.binary(.ne, x, x), else: infinite)
  }
  static let maskedFill = Formula("MaskedFill") { x, mask, value in value.when(mask, else: x) }

  /// NaN passes, that of the limit too.
  private static func lower(_ x: Expression, _ limit: Expression) -> Expression { x(.max, limit) }
  private static func upper(_ x: Expression, _ limit: Expression) -> Expression { x(.min, limit) }
}

extension Tensor {
  /// Elements below `min` become `min`, then those above `max` become `max`. At least one must be given.
  public func clamp(min: (any ScalarConvertible)? = nil, max: (any ScalarConvertible)? = nil) -> Tensor {
    if dtype == .bool, !hasFailed, min != nil, max != nil {
      return fail(TensorError(.dtype, "clamp", "is not defined for bool tensors; convert with .to(.int64) first"))
    }
    switch (min?.scalar, max?.scalar) {
    case (let low?, let high?):
      if low.double.isNaN || high.double.isNaN {
        return hasFailed ? self : self * Double.nan
      }
      return pointwise(Limits.clamp, [self], [low, high]).titled("ClampBackward1")
    case (let low?, nil): return pointwise(Limits.clampMin, self, scalar: low).titled("ClampBackward1")
    case (nil, let high?): return pointwise(Limits.clampMax, self, scalar: high).titled("ClampBackward1")
    case (nil, nil): return fail(TensorError(.value, "clamp", "needs min, max or both, and found neither"))
    }
  }
  /// The same with limits for each element.
  public func clamp(min: Tensor?, max: Tensor?) -> Tensor {
    if dtype == .bool, !hasFailed, min != nil, max != nil {
      return fail(TensorError(.dtype, "clamp", "is not defined for bool tensors; convert with .to(.int64) first"))
    }
    switch (min, max) {
    case (let low?, let high?): return pointwise(Limits.clampTensors, [self, low, high]).titled("ClampBackward0")
    case (let low?, nil): return pointwise(Limits.clampMinTensor, self, low).titled("ClampBackward0")
    case (nil, let high?): return pointwise(Limits.clampMaxTensor, self, high).titled("ClampBackward0")
    case (nil, nil): return fail(TensorError(.value, "clamp", "needs min, max or both, and found neither"))
    }
  }

  /// NaN becomes `nan`, infinities the largest and smallest finite numbers of the type, unless others are given.
  public func nanToNum(nan: Double = 0, posinf: Double? = nil, neginf: Double? = nil) -> Tensor {
    if isComplex {
      return complex(
        real.nanToNum(nan: nan, posinf: posinf, neginf: neginf), imag.nanToNum(nan: nan, posinf: posinf, neginf: neginf)
      )
    }
    guard dtype.isFloatingPoint else { return hasFailed ? self : clone() }
    let largest = dtype.largestFinite
    return pointwise(Limits.nanToNum, [self], [.float(nan), .float(posinf ?? largest), .float(neginf ?? -largest)])
  }
}

extension Registry {
  /// Elements held within limits.
  static let limits: [Operation] = [
    .tensor("nan_to_num", "input, nan=0, posinf=None, neginf=None") {
      try $0.tensor("input").nanToNum(
        nan: $0.optionalDouble("nan") ?? 0, posinf: $0.optionalDouble("posinf"), neginf: $0.optionalDouble("neginf"))
    },
    .tensor("clamp clip", "input, min: tensor=None, max: tensor=None") {
      try $0.tensor("input").clamp(min: $0.optionalTensor("min"), max: $0.optionalTensor("max"))
    },
    .tensor("clamp clip", "input, min=None, max=None") {
      try $0.tensor("input").clamp(min: $0.optionalScalar("min"), max: $0.optionalScalar("max"))
    },
    .tensor("clamp_min", "input, min: tensor") { try $0.tensor("input").clamp(min: $0.tensor("min"), max: nil) },
    .tensor("clamp_min", "input, min") { try $0.tensor("input").clamp(min: $0.scalar("min")) },
    .tensor("clamp_max", "input, max: tensor") { try $0.tensor("input").clamp(min: nil, max: $0.tensor("max")) },
    .tensor("clamp_max", "input, max") { try $0.tensor("input").clamp(max: $0.scalar("max")) },
  ]
}
