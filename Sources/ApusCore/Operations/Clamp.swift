// Limits, and the cleaning of values that are not numbers.

enum Limits {
  static let clamp = Formula("Clamp") { x in upper(lower(x, .parameter(0)), .parameter(1)) }
  static let clampMin = Formula("ClampMin") { x in lower(x, .parameter(0)) }
  static let clampMax = Formula("ClampMax") { x in upper(x, .parameter(0)) }
  static let clampTensors = Formula("Clamp", inputs: 3, outputs: [upper(lower(.input(0), .input(1)), .input(2))])
  static let clampMinTensor = Formula("ClampMin") { x, y in lower(x, y) }
  static let clampMaxTensor = Formula("ClampMax") { x, y in upper(x, y) }
  /// Parameters: for NaN, for infinity, for -infinity. A result of -0 is not needed, so NaN is found by x != x.
  static let nanToNum = Formula("NanToNum") { x in
    let infinite = Expression.parameter(1).when(
      x.isEqual(.constant(.infinity)), else: .parameter(2).when(x.isEqual(.constant(-.infinity)), else: x))
    return .parameter(0).when(.binary(.ne, x, x), else: infinite)
  }
  static let maskedFill = Formula("MaskedFill") { x, mask, value in value.when(mask, else: x) }

  /// At the limit itself the gradient passes; NaN passes.
  private static func lower(_ x: Expression, _ limit: Expression) -> Expression {
    limit.when(x.isLess(limit).or(.binary(.ne, limit, limit)), else: x)
  }
  private static func upper(_ x: Expression, _ limit: Expression) -> Expression {
    limit.when(x.isGreater(limit).or(.binary(.ne, limit, limit)), else: x)
  }
}

extension Tensor {
  /// Elements below `min` become `min`, then those above `max` become `max`. At least one must be given.
  public func clamp(min: (any ScalarConvertible)? = nil, max: (any ScalarConvertible)? = nil) -> Tensor {
    if dtype == .bool, !isPoisoned, min != nil, max != nil {
      return fail(TensorError(.dtype, "clamp", "is not defined for bool tensors; convert with .to(.int64) first"))
    }
    switch (min?.scalar, max?.scalar) {
    case (let low?, let high?):
      if low.double.isNaN || high.double.isNaN {
        return isPoisoned ? self : self * Double.nan
      }
      return pointwise(Limits.clamp, [self], [low, high])
    case (let low?, nil): return pointwise(Limits.clampMin, self, scalar: low)
    case (nil, let high?): return pointwise(Limits.clampMax, self, scalar: high)
    case (nil, nil): return fail(TensorError(.value, "clamp", "needs min, max or both, and found neither"))
    }
  }
  /// The same with limits for each element.
  public func clamp(min: Tensor?, max: Tensor?) -> Tensor {
    if dtype == .bool, !isPoisoned, min != nil, max != nil {
      return fail(TensorError(.dtype, "clamp", "is not defined for bool tensors; convert with .to(.int64) first"))
    }
    switch (min, max) {
    case (let low?, let high?): return pointwise(Limits.clampTensors, [self, low, high])
    case (let low?, nil): return pointwise(Limits.clampMinTensor, self, low)
    case (nil, let high?): return pointwise(Limits.clampMaxTensor, self, high)
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
    guard dtype.isFloatingPoint else { return isPoisoned ? self : clone() }
    let largest = dtype.largestFinite
    return pointwise(Limits.nanToNum, [self], [.float(nan), .float(posinf ?? largest), .float(neginf ?? -largest)])
  }
}
