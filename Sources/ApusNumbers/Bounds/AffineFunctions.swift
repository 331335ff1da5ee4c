import ApusCore

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

// Functions of affine forms: a slope and bounds of what is left of it. A function with neither keeps its bounds alone.

extension Affine: BoundedElement {
  public func apply(_ function: UnaryFunction) -> Affine? {
    if function == .neg { return -self }
    // 1 / x is no function of one interval there, and 1 / sqrt(x) is one of another.
    let range: Interval? = function == .reciprocal ? Interval.one / bounds : bounds.apply(function)
    guard let range else { return nil }
    if lower == upper || bounds.isNaN || !(range.width < .infinity) { return Affine(bounds: range) }
    switch function {
    case .relu where lower < 0 && upper > 0:
      // Between x and 0: the chord from the lower bound to the upper one is the most.
      let slope = min(upper / (upper - lower), 1)
      let ends = (-Interval(slope) * Interval(lower)).hull(Interval(upper) - Interval(slope) * Interval(upper))
      return linear(slope, Interval(0, ends.upper), within: range)
    case .relu: return lower >= 0 ? self : Affine(bounds: range)
    case .abs where lower < 0 && upper > 0:
      let slope = min(max((upper + lower) / (upper - lower), -1), 1)
      let ends = (-Interval(lower) - Interval(slope) * Interval(lower)).hull(
        Interval(upper) - Interval(slope) * Interval(upper))
      return linear(slope, ends.hull(.zero), within: range)
    case .abs: return lower >= 0 ? self : -self
    case .square:
      // x² - s x is least at s / 2, and greatest at an end.
      let slope = lower + upper
      func left(_ x: Double) -> Interval { Interval(x).squared - Interval(slope) * Interval(x) }
      return linear(slope, left(lower).hull(left(upper)).hull(left(slope / 2)), within: range)
    case .isnan, .floor, .ceil, .round, .trunc, .sign: return Affine(bounds: range)
    default: break
    }
    guard let least = leastSlope(function) else { return Affine(bounds: range) }
    // With less than the least slope what is left of the function does not fall, so its bounds are at the ends.
    let slope = least * (1 - 1e-9)
    func left(_ x: Double) -> Interval? {
      let value = function == .reciprocal ? Interval.one / Interval(x) : Interval(x).apply(function)
      return value.map { $0 - Interval(slope) * Interval(x) }
    }
    guard slope.isFinite, let first = left(lower), let second = left(upper) else { return Affine(bounds: range) }
    return linear(slope, first.hull(second), within: range)
  }

  /// The least slope between the bounds of a function that grows (of one that falls, that nearest to 0); nil where it is not known,
  /// or a part is not defined.
  private func leastSlope(_ function: UnaryFunction) -> Double? {
    func least(_ slope: (Double) -> Double) -> Double { min(slope(lower), slope(upper)) }
    return switch function {
    case .exp: exp(lower)
    case .exp2: exp2(lower) * 0.693147180559945309417
    case .expm1: exp(lower)
    case .log: lower > 0 ? 1 / upper : nil
    case .log2: lower > 0 ? 1.442695040888963407360 / upper : nil
    case .log10: lower > 0 ? 0.434294481903251827651 / upper : nil
    case .log1p: lower > -1 ? 1 / (1 + upper) : nil
    case .sqrt: lower >= 0 ? 0.5 / upper.squareRoot() : nil
    case .sinh: cosh(max(lower, -upper, 0))
    case .tanh: least { x in 1 / (cosh(x) * cosh(x)) }
    case .asinh: least { 1 / ($0 * $0 + 1).squareRoot() }
    case .atan: least { 1 / ($0 * $0 + 1) }
    case .erf: least { 1.12837916709551257390 * exp(-$0 * $0) }
    case .sigmoid: least { x in 1 / ((1 + exp(-x)) * (1 + exp(x))) }
    case .softplus: 1 / (1 + exp(-lower))
    case .reciprocal: lower > 0 ? -1 / (upper * upper) : upper < 0 ? -1 / (lower * lower) : nil
    default: nil
    }
  }

  public func apply(_ function: BinaryFunction, _ other: Affine) -> Affine? {
    switch function {
    case .sub: return self - other
    case .div: return self / other
    // The greater is the second and what the first is above it.
    case .max, .fmax:
      let range = bounds.apply(function, other.bounds) ?? .whole
      return within(other + ((self - other).apply(.relu) ?? .zero), range)
    case .min, .fmin:
      let range = bounds.apply(function, other.bounds) ?? .whole
      return within(self - ((self - other).apply(.relu) ?? .zero), range)
    // Differences decide what bounds leave open.
    case .lt, .le, .gt, .ge: return (self - other).bounds.apply(function, .zero).map { Affine(bounds: $0) }
    case .pow:
      if other.lower == 2, other.upper == 2 { return apply(.square) }
      return bounds.apply(.pow, other.bounds).map { Affine(bounds: $0) }
    default: return nil
    }
  }

  /// A form where it has bounds, else what the interval has.
  private func within(_ form: Affine, _ range: Interval) -> Affine {
    form.bounds.isNaN || range.isNaN
      ? Affine(bounds: range) : form.linear(1, .zero, within: form.bounds.intersection(range))
  }
}

extension Tensor {
  /// The affine forms of the numbers that are at most `radius` away from those of `center`.
  ///
  /// - Parameter symbols: Which of the 16 noise symbols each element has, int64 and broadcast to the shape of `center`; -1 is a noise
  ///   of its own that is not shared. Elements with one symbol vary together. Left out, the first 16 elements have a symbol each,
  ///   and the others none.
  public static func affine(around center: Tensor, radius: Tensor, symbols: Tensor? = nil) -> Tensor {
    attempt(center, radius, symbols) { () throws(TensorError) in
      let shape = center.shape
      let each = symbols ?? defaultSymbols(shape)
      guard let common = broadcastShapes(shape, each.shape), common == shape,
        let other = broadcastShapes(shape, radius.shape), other == shape
      else {
        throw TensorError(
          .shape, "affine",
          "radii of shape \(radius.shape) and symbols of shape \(each.shape) do not broadcast to \(shape)")
      }
      guard each.count == 0 || (each.amin().item() >= -1 && each.amax().item() < 16) else {
        throw TensorError(.value, "affine", "there are 16 noise symbols, 0 to 15, and -1 for none")
      }
      let (middle, r) = (center.to(.float64), radius.to(.float64).abs())
      let none = Tensor(0.0, dtype: .float64)
      var parts = [middle]
      for i in 0..<16 { parts.append(`where`(each.eq(i), r, none)) }
      let bounds = interval(around: middle, radius: r)
      parts += [`where`(each.lt(0), r, none), bounds.lower, bounds.upper]
      return try joinedParts(parts, .float64, as: .affine, "affine")
    }
  }

  /// The affine forms of the numbers that are at most `radius` away from those of `center`.
  public static func affine(around center: Tensor, radius: Double, symbols: Tensor? = nil) -> Tensor {
    affine(around: center, radius: Tensor(radius, dtype: .float64), symbols: symbols)
  }

  private static func defaultSymbols(_ shape: [Int]) -> Tensor {
    let numbers = arange(elementCount(shape))
    return `where`(numbers.lt(16), numbers, Tensor(-1)).reshape(shape)
  }
}
