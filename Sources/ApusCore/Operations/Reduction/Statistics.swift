import CKernels
import Synchronization

// Truth, counting, norms, spread and other figures over dimensions, composed of the basic reductions.

enum StatisticFormula {
  static let absPower = Formula("Pow") { x in
    .select(.binary(.eq, x, .constant(0)), .constant(0), .binary(.pow, x(.abs), .parameter(0)))
  }
  /// Of a negative order: infinite at 0, where the gradient is 0.
  static let power = Formula("Pow") { x in
    .select(.binary(.eq, x, .constant(0)), .constant(.infinity), .binary(.pow, x, .parameter(0)))
  }
  /// A square root whose gradient at 0 is 0, as PyTorch's norms and deviations have it.
  static let root = Formula("Sqrt") { x in
    let isZero = Expression.binary(.eq, x, .constant(0))
    return .select(isZero, .constant(0), Expression.select(isZero, .constant(1), x)(.sqrt))
  }
  static let rootPower = Formula("Pow") { x in
    let isZero = Expression.binary(.eq, x, .constant(0))
    return .select(isZero, .constant(0), .binary(.pow, .select(isZero, .constant(1), x), .parameter(0)))
  }
  /// What scales a slice of a norm down to the largest one, parameter 0.
  static let renorm = Formula("Renorm") { x in
    .select(x.isGreater(.parameter(0)), .parameter(0) / (x + 1e-7), .one)
  }
  static let noNaN = Formula("NanToNum", whole: "no_nan") { x in .select(.binary(.ne, x, x), .constant(0), x) }
}

extension Tensor {
  /// Whether all elements over `dims` (all if nil) are true, that is, not zero.
  public func all(_ dims: [Int]? = nil, keepDim: Bool = false) -> Tensor {
    truths.eq(0).sum(dims, keepDim: keepDim).eq(0).to(dtype == .uint8 ? .uint8 : .bool)
  }
  public func all(_ dim: Int, keepDim: Bool = false) -> Tensor { all([dim], keepDim: keepDim) }
  /// Whether any element over `dims` (all if nil) is true, that is, not zero.
  public func any(_ dims: [Int]? = nil, keepDim: Bool = false) -> Tensor {
    truths.ne(0).sum(dims, keepDim: keepDim).ne(0).to(dtype == .uint8 ? .uint8 : .bool)
  }
  public func any(_ dim: Int, keepDim: Bool = false) -> Tensor { any([dim], keepDim: keepDim) }

  /// How many elements over `dims` (all if nil) are not zero.
  public func countNonzero(_ dims: [Int]? = nil) -> Tensor { truths.ne(0).sum(dims) }
  public func countNonzero(_ dim: Int) -> Tensor { countNonzero([dim]) }

  /// What tells which elements are zero. That of a registered type need not stand for the number 0.
  private var truths: Tensor { dtype.isCustom ? detach().to(.bool) : detach() }

  /// The sum over `dims` with NaN counted as 0.
  public func nansum(_ dims: [Int]? = nil, keepDim: Bool = false, dtype: DType? = nil) -> Tensor {
    guard !isComplex else { return fail(TensorError(.dtype, "nansum", "is not defined for \(self.dtype) tensors")) }
    let source = self.dtype.isFloatingPoint ? pointwise(StatisticFormula.noNaN, self) : self
    return source.sum(dims, keepDim: keepDim, dtype: dtype).titled("NansumBackward0")
  }
  /// The mean over `dims` of the elements that are not NaN.
  public func nanmean(_ dims: [Int]? = nil, keepDim: Bool = false, dtype: DType? = nil) -> Tensor {
    guard self.dtype.isFloatingPoint || dtype?.isFloatingPoint == true || hasFailed else {
      return fail(TensorError(.dtype, "nanmean", "needs a floating point tensor, and found \(self.dtype)"))
    }
    let count = detach().isnan().logicalNot().sum(dims, keepDim: keepDim)
    let type = dtype ?? self.dtype
    return (nansum(dims, keepDim: keepDim, dtype: type.meanType) / count).to(type)
  }

  /// The variance over `dims` (all if nil): squared deviations from the mean summed and divided by n - `correction`.
  public func `var`(_ dims: [Int]? = nil, correction: Double = 1, keepDim: Bool = false) -> Tensor {
    varMean(dims, correction: correction, keepDim: keepDim).0
  }
  /// The square, or the squared distance of complex numbers from 0.
  private var squaredMagnitude: Tensor { isComplex ? real.square() + imag.square() : self * self }

  /// The square root of the variance over `dims` (all if nil).
  public func std(_ dims: [Int]? = nil, correction: Double = 1, keepDim: Bool = false) -> Tensor {
    stdMean(dims, correction: correction, keepDim: keepDim).0
  }
  /// The variance along a dimension: the squared distances from the mean, divided by their number minus `correction`.
  public func `var`(_ dim: Int, correction: Double = 1, keepDim: Bool = false) -> Tensor {
    `var`([dim], correction: correction, keepDim: keepDim)
  }
  /// The square root of the variance along a dimension.
  public func std(_ dim: Int, correction: Double = 1, keepDim: Bool = false) -> Tensor {
    std([dim], correction: correction, keepDim: keepDim)
  }

  /// Variance and mean over `dims` (all if nil).
  public func varMean(_ dims: [Int]? = nil, correction: Double = 1, keepDim: Bool = false) -> (Tensor, Tensor) {
    spread(dims, correction, keepDim, isRoot: false)
  }
  /// Standard deviation and mean over `dims` (all if nil).
  public func stdMean(_ dims: [Int]? = nil, correction: Double = 1, keepDim: Bool = false) -> (Tensor, Tensor) {
    spread(dims, correction, keepDim, isRoot: true)
  }

  private func spread(_ dims: [Int]?, _ correction: Double, _ keepDim: Bool, isRoot: Bool) -> (Tensor, Tensor) {
    attempt(self) { () throws(TensorError) in
      if let type = narrowType(self) {
        let (spread, mean) = widened.spread(dims, correction, keepDim, isRoot: isRoot)
        return (spread.to(type), mean.to(type))
      }
      guard dtype.isInexact else {
        throw TensorError(
          .dtype, isRoot ? "std" : "var", "needs a floating point or complex tensor, and found \(dtype)")
      }
      let chosen = try normalize(dims: dims, rank: rank, isRoot ? "std" : "var")
      let n = chosen.reduce(1) { $0 * shape[$1] }
      if Double(n) <= correction, count > 0 || chosen.count == rank {
        warn(
          isRoot ? "std" : "var",
          "degrees of freedom is <= 0. Correction should be strictly less than the reduction factor (input numel divided by "
            + "output numel).")
      }
      if dtype.kind == .floating {
        let primitive = Spread(dims: chosen, keepDim: keepDim, correction: correction, isRoot: isRoot)
        let made = results(apply(primitive, [self]), 2)
        return (made[0], made[1])
      }
      let mean = mean(chosen, keepDim: true)
      let deviation = self - mean
      let divisor = Swift.max(0, Double(n) - correction)
      let variance = deviation.squaredMagnitude.sum(chosen, keepDim: keepDim) / divisor
      return (
        isRoot ? pointwise(StatisticFormula.root, variance) : variance,
        keepDim ? mean : mean.reshape(reducedShape(shape, chosen, keepDim: false))
      )
    }
  }

  /// The `p`-norm over `dims` (all if nil): (sum |x|^p)^(1/p), with the largest and smallest absolute value for
  /// infinite `p` and the number of elements that are not zero for 0. Its gradient at a norm of 0 is 0.
  public func norm(_ p: Double = 2, _ dims: [Int]? = nil, keepDim: Bool = false, dtype: DType? = nil) -> Tensor {
    attempt(self) { () throws(TensorError) in
      let type = dtype ?? self.dtype
      if type.isNarrow { return norm(p, dims, keepDim: keepDim, dtype: type.accumulateType).to(type) }
      if isComplex, !type.isComplex {
        throw TensorError(.dtype, "norm", "\(self.dtype) elements are taken in a complex type, and dtype is \(type)")
      }
      let given = to(type)
      guard given.dtype.isInexact else {
        throw TensorError(.dtype, "norm", "needs a floating point or complex tensor, and found \(given.dtype)")
      }
      // The norm of complex numbers is that of their absolute values.
      let x = given.isComplex ? given.abs() : given
      let chosen = try normalize(dims: dims, rank: rank, "norm")
      let isEmpty = chosen.contains { shape[$0] == 0 }
      switch p {
      case .infinity where isEmpty, -.infinity where isEmpty:
        if p < 0 || count > 0 || reducedShape(shape, chosen, keepDim: keepDim).allSatisfy({ $0 > 0 }) {
          if p > 0 { return x.abs().sum(chosen, keepDim: keepDim) }
          throw TensorError(.shape, "norm", "the norm of order \(p) of no elements does not exist (shape \(shape))")
        }
        return x.abs().sum(chosen, keepDim: keepDim)
      case .infinity: return x.abs().reduce(.max, chosen, keepDim, x.dtype, "norm", sharesAmongNaN: true)
      case -.infinity: return x.abs().reduce(.min, chosen, keepDim, x.dtype, "norm", sharesAmongNaN: true)
      case 0: return x.ne(0).to(x.dtype).sum(chosen, keepDim: keepDim) + (x * 0.0).nansum(chosen, keepDim: keepDim)
      case 1: return x.abs().sum(chosen, keepDim: keepDim)
      case 2: return pointwise(StatisticFormula.root, x.square().sum(chosen, keepDim: keepDim))
      case ..<0:
        let powers = pointwise(StatisticFormula.power, x.abs(), scalar: .float(p)).sum(chosen, keepDim: keepDim)
        return pointwise(StatisticFormula.power, powers, scalar: .float(1 / p))
      default:
        let powers = pointwise(StatisticFormula.absPower, x, scalar: .float(p)).sum(chosen, keepDim: keepDim)
        return pointwise(StatisticFormula.rootPower, powers, scalar: .float(1 / p))
      }
    }.titled("LinalgVectorNormBackward0")
  }

  /// log(sum(exp(x))) over `dims`, without overflow.
  public func logsumexp(_ dims: [Int], keepDim: Bool = false) -> Tensor {
    attempt(self) { () throws(TensorError) in
      if let type = narrowType(self) { return widened.logsumexp(dims, keepDim: keepDim).to(type) }
      let chosen = try normalize(dims: dims, rank: rank, "logsumexp")
      let x = dtype.isInexact ? self : to(.default)
      if chosen.contains(where: { shape[$0] == 0 }) { return x.exp().sum(chosen, keepDim: keepDim).log() }
      // Of complex numbers the real parts decide what overflows.
      let top = noGrad { x.detach().real.amax(chosen, keepDim: true) }
      let zero = Tensor.zeros([], dtype: top.dtype)
      let base = `where`(top.abs().eq(Double.infinity), zero, top)
      let result = (x - base).exp().sum(chosen, keepDim: true).log() + base
      return keepDim ? result : result.reshape(reducedShape(shape, chosen, keepDim: false))
    }.titled("LogsumexpBackward0")
  }
  public func logsumexp(_ dim: Int, keepDim: Bool = false) -> Tensor { logsumexp([dim], keepDim: keepDim) }

  /// The `p`-norm of the difference.
  public func dist(_ other: Tensor, p: Double = 2) -> Tensor {
    if let type = narrowType(self, other) { return widened.dist(other.widened, p: p).to(type) }
    return (self - other).norm(p).titled("DistBackward0")
  }

  /// Whether shapes and all elements agree.
  public func equal(_ other: Tensor) -> Bool {
    if hasFailed || other.hasFailed || shape != other.shape { return false }
    let (a, b) = (resolved.body, other.resolved.body)
    if a.dtype == b.dtype, a.isContiguous, b.isContiguous, a.flags.union(b.flags).isDisjoint(with: .interpreted),
      let compare = Self.comparison(of: a.dtype)
    {
      // Tensors that differ most often do so early.
      let (x, y, size, first) = (a.data, b.data, a.dtype.size, Swift.min(a.count, 4096))
      return withExtendedLifetime((a, b)) {
        guard compare(x, y, first) else { return false }
        let differs = Atomic<Bool>(false)
        parallelFor(a.count - first, grain: parallelGrain * 4) { range in
          let start = (first + range.lowerBound) * size
          if !compare(x + start, y + start, range.count) { differs.store(true, ordering: .relaxed) }
        }
        return !differs.load(ordering: .relaxed)
      }
    }
    return detach().ne(other.detach()).any().item() == 0
  }

  /// What compares runs of elements where they lie; nil for types whose equal elements are found otherwise.
  private static func comparison(of dtype: DType) -> ((UnsafeRawPointer, UnsafeRawPointer, Int) -> Bool)? {
    let (parts, size) = (dtype.isComplex ? 2 : 1, dtype.size)
    if dtype.realType == .float32 {
      return {
        ck_equal_f32($0.assumingMemoryBound(to: Float.self), $1.assumingMemoryBound(to: Float.self), $2 * parts)
      }
    }
    if dtype.realType == .float64 {
      return {
        ck_equal_f64($0.assumingMemoryBound(to: Double.self), $1.assumingMemoryBound(to: Double.self), $2 * parts)
      }
    }
    return dtype.isInteger || dtype == .bool ? { ck_equal_bytes($0, $1, $2 * size) } : nil
  }

  /// Slices along `dim` whose `p`-norm is larger than `maxnorm`, scaled down to it.
  public func renorm(p: Double, dim: Int, maxnorm: Double) -> Tensor {
    attempt(self) { () throws(TensorError) in
      if let type = narrowType(self) { return widened.renorm(p: p, dim: dim, maxnorm: maxnorm).to(type) }
      let d = try normalize(dim: dim, rank: rank, "renorm")
      guard rank >= 2 else {
        throw TensorError(.dimension, "renorm", "needs at least 2 dimensions, and found \(shape)")
      }
      guard p > 0, maxnorm >= 0 else {
        throw TensorError(
          .value, "renorm", "needs a positive p and a maxnorm of at least 0, and found \(p) and \(maxnorm)")
      }
      let norms = norm(p, (0..<rank).filter { $0 != d }, keepDim: true)
      return self * pointwise(StatisticFormula.renorm, [norms], [.float(maxnorm)])
    }
  }

  /// Summed over dimensions so that it has `shape`, which must be one that could be broadcast to the tensor's.
  public func sumToSize(_ shape: [Int]) -> Tensor {
    guard broadcastShapes(self.shape, shape) == self.shape || hasFailed else {
      return fail(
        TensorError(.shape, "sumToSize", "\(shape) cannot be broadcast to \(self.shape), so no sum has that shape"))
    }
    // A sum of all elements counts truth values and widens integers, as any does.
    return shape.isEmpty ? sum() : sum(toShape: shape)
  }
  public func sumToSize(_ shape: Int...) -> Tensor { sumToSize(shape) }
}

extension Registry {
  /// Counts, norms and measures of spread.
  static let statistics: [Operation] = [
    reduction("nansum") { $0.nansum($1, keepDim: $2, dtype: $3) },
    reduction("nanmean") { $0.nanmean($1, keepDim: $2, dtype: $3) },
    .tensor("all", "input, dim=None, keepdim=False") {
      try $0.tensor("input").all(try $0.optionalInts("dim"), keepDim: try $0.bool("keepdim"))
    },
    .tensor("any", "input, dim=None, keepdim=False") {
      try $0.tensor("input").any(try $0.optionalInts("dim"), keepDim: try $0.bool("keepdim"))
    },
    .tensor("count_nonzero", "input, dim=None") { try $0.tensor("input").countNonzero(try $0.optionalInts("dim")) },
    .tensor("logsumexp special.logsumexp", "input, dim, keepdim=False") {
      try $0.tensor("input").logsumexp(try $0.ints("dim"), keepDim: try $0.bool("keepdim"))
    },
    .tensor("sum_to_size", "input, *size") { try $0.tensor("input").sumToSize(try $0.ints("size")) },
    .tensors("var_mean", unbiasedSignature) { try spread($0) { [$0.0, $0.1] } },
    .tensors("var_mean", spreadSignature) { try spread($0) { [$0.0, $0.1] } },
    .tensors("std_mean", unbiasedSignature) { try spread($0, root: true) { [$0.0, $0.1] } },
    .tensors("std_mean", spreadSignature) { try spread($0, root: true) { [$0.0, $0.1] } },
    .tensors("var", unbiasedSignature) { try spread($0) { [$0.0] } },
    .tensors("var", spreadSignature) { try spread($0) { [$0.0] } },
    .tensors("std", unbiasedSignature) { try spread($0, root: true) { [$0.0] } },
    .tensors("std", spreadSignature) { try spread($0, root: true) { [$0.0] } },
    .tensor("renorm", "input, p, dim, maxnorm") {
      try $0.tensor("input").renorm(p: try $0.double("p"), dim: try $0.int("dim"), maxnorm: try $0.double("maxnorm"))
    },
    .tensor("dist", "input, other, p=2") { try $0.tensor("input").dist(try $0.tensor("other"), p: try $0.double("p")) },
    Operation("equal", "input, other") { [.bool(try $0.tensor("input").equal(try $0.tensor("other")))] },
  ]

  /// `unbiased` alone as the second argument is an overload of its own.
  private static let unbiasedSignature = "input, unbiased: bool"
  private static let spreadSignature = "input, dim=None, unbiased=None, keepdim=False, *, correction=None"

  private static func spread(
    _ arguments: OperationArguments, root: Bool = false, _ results: ((Tensor, Tensor)) -> [Tensor]
  ) throws -> [Tensor] {
    let x = try arguments.tensor("input")
    let isShort = !arguments.parameters.contains { $0.name == "dim" }
    let dims = isShort ? nil : try arguments.optionalInts("dim")
    var correction = 1.0
    if try !arguments.isNone("unbiased") { correction = try arguments.bool("unbiased") ? 1 : 0 }
    if !isShort { correction = try arguments.optionalDouble("correction") ?? correction }
    let keepDim = isShort ? false : try arguments.bool("keepdim")
    return results(
      root
        ? x.stdMean(dims, correction: correction, keepDim: keepDim)
        : x.varMean(dims, correction: correction, keepDim: keepDim))
  }
}
