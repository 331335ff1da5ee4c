// Truth, counting, norms, spread and other figures over dimensions, composed of the basic reductions.

private enum StatisticFormula {
  static let absPower = Formula("Pow") { x in
    .select(.binary(.eq, x, .constant(0)), .constant(0), .binary(.pow, x(.abs), .parameter(0)))
  }
  static let power = Formula("Pow") { x in .binary(.pow, x, .parameter(0)) }
  /// A square root whose gradient at 0 is 0, as PyTorch's norms and deviations have it.
  static let root = Formula("Sqrt") { x in
    let isZero = Expression.binary(.eq, x, .constant(0))
    return .select(isZero, .constant(0), Expression.select(isZero, .constant(1), x)(.sqrt))
  }
  static let rootPower = Formula("Pow") { x in
    let isZero = Expression.binary(.eq, x, .constant(0))
    return .select(isZero, .constant(0), .binary(.pow, .select(isZero, .constant(1), x), .parameter(0)))
  }
  static let noNaN = Formula("NanToNum") { x in .select(.binary(.ne, x, x), .constant(0), x) }
}

extension Tensor {
  /// Whether all elements over `dims` (all if nil) are true, that is, not zero.
  public func all(_ dims: [Int]? = nil, keepDim: Bool = false) -> Tensor {
    detach().eq(0).sum(dims, keepDim: keepDim).eq(0).to(dtype == .uint8 ? .uint8 : .bool)
  }
  public func all(_ dim: Int, keepDim: Bool = false) -> Tensor { all([dim], keepDim: keepDim) }
  /// Whether any element over `dims` (all if nil) is true, that is, not zero.
  public func any(_ dims: [Int]? = nil, keepDim: Bool = false) -> Tensor {
    detach().ne(0).sum(dims, keepDim: keepDim).ne(0).to(dtype == .uint8 ? .uint8 : .bool)
  }
  public func any(_ dim: Int, keepDim: Bool = false) -> Tensor { any([dim], keepDim: keepDim) }

  /// How many elements over `dims` (all if nil) are not zero.
  public func countNonzero(_ dims: [Int]? = nil) -> Tensor { detach().ne(0).sum(dims) }
  public func countNonzero(_ dim: Int) -> Tensor { countNonzero([dim]) }

  /// The sum over `dims` with NaN counted as 0.
  public func nansum(_ dims: [Int]? = nil, keepDim: Bool = false, dtype: DType? = nil) -> Tensor {
    let source = self.dtype.isFloatingPoint ? pointwise(StatisticFormula.noNaN, self) : self
    return source.sum(dims, keepDim: keepDim, dtype: dtype)
  }
  /// The mean over `dims` of the elements that are not NaN.
  public func nanmean(_ dims: [Int]? = nil, keepDim: Bool = false, dtype: DType? = nil) -> Tensor {
    guard self.dtype.isFloatingPoint || dtype?.isFloatingPoint == true || isPoisoned else {
      return fail(TensorError(.dtype, "nanmean", "needs a floating point tensor, and found \(self.dtype)"))
    }
    let count = detach().isnan().logicalNot().sum(dims, keepDim: keepDim)
    let type = dtype ?? self.dtype
    return (nansum(dims, keepDim: keepDim, dtype: type.accumulateType) / count).to(type)
  }

  /// The variance over `dims` (all if nil): squared deviations from the mean summed and divided by n - `correction`.
  public func `var`(_ dims: [Int]? = nil, correction: Double = 1, keepDim: Bool = false) -> Tensor {
    varMean(dims, correction: correction, keepDim: keepDim).0
  }
  /// The square root of the variance over `dims` (all if nil).
  public func std(_ dims: [Int]? = nil, correction: Double = 1, keepDim: Bool = false) -> Tensor {
    stdMean(dims, correction: correction, keepDim: keepDim).0
  }
  public func `var`(_ dim: Int, correction: Double = 1, keepDim: Bool = false) -> Tensor {
    `var`([dim], correction: correction, keepDim: keepDim)
  }
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
    if isPoisoned { return (self, self) }
    if let type = narrowType(self) {
      let (spread, mean) = widened.spread(dims, correction, keepDim, isRoot: isRoot)
      return (spread.to(type), mean.to(type))
    }
    do throws(TensorError) {
      guard dtype.isFloatingPoint else {
        throw TensorError(.dtype, isRoot ? "std" : "var", "needs a floating point tensor, and found \(dtype)")
      }
      let chosen = try normalize(dims: dims, rank: rank, isRoot ? "std" : "var")
      if !dtype.isCustom {
        let primitive = Spread(dims: chosen, keepDim: keepDim, correction: correction, isRoot: isRoot)
        let made = results(apply(primitive, [self]), 2)
        return (made[0], made[1])
      }
      let n = chosen.reduce(1) { $0 * shape[$1] }
      let mean = mean(chosen, keepDim: true)
      let deviation = self - mean
      let divisor = Swift.max(0, Double(n) - correction)
      let variance = (deviation * deviation).sum(chosen, keepDim: keepDim) / divisor
      return (
        isRoot ? pointwise(StatisticFormula.root, variance) : variance,
        keepDim ? mean : mean.reshape(reducedShape(shape, chosen, keepDim: false))
      )
    } catch {
      let bad = fail(error)
      return (bad, bad)
    }
  }

  /// The `p`-norm over `dims` (all if nil): (sum |x|^p)^(1/p), with the largest and smallest absolute value for
  /// infinite `p` and the number of elements that are not zero for 0. Its gradient at a norm of 0 is 0.
  public func norm(_ p: Double = 2, _ dims: [Int]? = nil, keepDim: Bool = false, dtype: DType? = nil) -> Tensor {
    if isPoisoned { return self }
    let type = dtype ?? self.dtype
    if type.isNarrow { return norm(p, dims, keepDim: keepDim, dtype: type.accumulateType).to(type) }
    do throws(TensorError) {
      let x = to(type)
      guard x.dtype.isFloatingPoint else {
        throw TensorError(.dtype, "norm", "needs a floating point tensor, and found \(x.dtype)")
      }
      let chosen = try normalize(dims: dims, rank: rank, "norm")
      let isEmpty = chosen.contains { shape[$0] == 0 }
      switch p {
      case .infinity where isEmpty, -.infinity where isEmpty:
        if p < 0 || count > 0 || reducedShape(shape, chosen, keepDim: keepDim).allSatisfy({ $0 > 0 }) {
          if p > 0 { return x.abs().sum(chosen, keepDim: keepDim) }
          throw TensorError(.shape, "norm", "the norm of order \(p) of no elements does not exist (shape \(shape))")
        }
        return x.abs().sum(chosen, keepDim: keepDim)
      case .infinity: return x.abs().amax(chosen, keepDim: keepDim)
      case -.infinity: return x.abs().amin(chosen, keepDim: keepDim)
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
    } catch { return fail(error) }
  }

  /// log(sum(exp(x))) over `dims`, without overflow.
  public func logsumexp(_ dims: [Int], keepDim: Bool = false) -> Tensor {
    if isPoisoned { return self }
    if let type = narrowType(self) { return widened.logsumexp(dims, keepDim: keepDim).to(type) }
    do throws(TensorError) {
      let chosen = try normalize(dims: dims, rank: rank, "logsumexp")
      let x = dtype.isFloatingPoint ? self : to(.float32)
      if chosen.contains(where: { shape[$0] == 0 }) { return x.exp().sum(chosen, keepDim: keepDim).log() }
      let top = noGrad { x.detach().amax(chosen, keepDim: true) }
      let zero = Tensor.zeros([], dtype: x.dtype)
      let base = `where`(top.abs().eq(Double.infinity), zero, top)
      let result = (x - base).exp().sum(chosen, keepDim: true).log() + base
      return keepDim ? result : result.reshape(reducedShape(shape, chosen, keepDim: false))
    } catch { return fail(error) }
  }
  public func logsumexp(_ dim: Int, keepDim: Bool = false) -> Tensor { logsumexp([dim], keepDim: keepDim) }

  /// The `p`-norm of the difference.
  public func dist(_ other: Tensor, p: Double = 2) -> Tensor {
    if let type = narrowType(self, other) { return widened.dist(other.widened, p: p).to(type) }
    return (self - other).norm(p)
  }

  /// Whether shapes and all elements agree.
  public func equal(_ other: Tensor) -> Bool {
    if isPoisoned || other.isPoisoned || shape != other.shape { return false }
    return detach().ne(other.detach()).sum().item() == 0
  }

  /// Slices along `dim` whose `p`-norm is larger than `maxnorm`, scaled down to it.
  public func renorm(p: Double, dim: Int, maxnorm: Double) -> Tensor {
    if isPoisoned { return self }
    if let type = narrowType(self) { return widened.renorm(p: p, dim: dim, maxnorm: maxnorm).to(type) }
    do throws(TensorError) {
      let d = try normalize(dim: dim, rank: rank, "renorm")
      guard rank >= 2 else {
        throw TensorError(.dimension, "renorm", "needs at least 2 dimensions, and found \(shape)")
      }
      guard p > 0, maxnorm >= 0 else {
        throw TensorError(
          .value, "renorm", "needs a positive p and a maxnorm of at least 0, and found \(p) and \(maxnorm)")
      }
      let norms = norm(p, (0..<rank).filter { $0 != d }, keepDim: true)
      let one = Tensor.ones([], dtype: norms.dtype)
      return self * `where`(norms.gt(maxnorm), maxnorm / (norms + 1e-7), one)
    } catch { return fail(error) }
  }

  /// Summed over dimensions so that it has `shape`, which must be one that could be broadcast to the tensor's.
  public func sumToSize(_ shape: [Int]) -> Tensor {
    guard broadcastShapes(self.shape, shape) == self.shape || isPoisoned else {
      return fail(
        TensorError(.shape, "sumToSize", "\(shape) cannot be broadcast to \(self.shape), so no sum has that shape"))
    }
    return sum(toShape: shape)
  }
  public func sumToSize(_ shape: Int...) -> Tensor { sumToSize(shape) }

  /// The covariance matrix of variables in rows with observations in columns.
  ///
  /// - Parameters:
  ///   - fweights: how often each observation counts, integers.
  ///   - aweights: how much each observation weighs.
  public func cov(correction: Int = 1, fweights: Tensor? = nil, aweights: Tensor? = nil) -> Tensor {
    if isPoisoned { return self }
    if let type = narrowType(self) {
      return widened.cov(correction: correction, fweights: fweights, aweights: aweights).to(type)
    }
    do throws(TensorError) {
      guard rank <= 2 else { throw TensorError(.dimension, "cov", "needs at most 2 dimensions, and found \(shape)") }
      guard dtype != .bool else { throw TensorError(.dtype, "cov", "bool tensors have no covariance") }
      let x = (dtype.isFloatingPoint ? self : to(.float32)).reshape(rank == 2 ? shape : [1, count])
      let n = x.shape[1]
      for (name, w) in [("fweights", fweights), ("aweights", aweights)] {
        guard let w else { continue }
        guard w.rank <= 1, w.count == n else {
          throw TensorError(.shape, "cov", "\(name) of shape \(w.shape) do not fit \(n) observations")
        }
        guard w.count == 0 || w.allSamples.detach().lt(0).sum().item() == 0 else {
          throw TensorError(.value, "cov", "\(name) must not be negative")
        }
      }
      if let fweights, fweights.dtype.isFloatingPoint {
        throw TensorError(.dtype, "cov", "fweights must be integers, and found \(fweights.dtype)")
      }
      var weights = fweights?.to(x.dtype)
      if let aweights { weights = weights.map { $0 * aweights.to(x.dtype) } ?? aweights.to(x.dtype) }
      let total = weights?.sum() ?? Tensor.full([], Double(n), dtype: x.dtype)
      let mean = (weights.map { x * $0 } ?? x).sum([1], keepDim: true) / total
      var factor = total - Double(correction)
      if let weights, let aweights, correction != 0 {
        factor = total - Double(correction) * (weights * aweights.to(x.dtype)).sum() / total
      }
      factor = `where`(factor.lt(0), Tensor.zeros([], dtype: x.dtype), factor)
      let centred = x - mean
      let weighted = weights.map { centred * $0 } ?? centred
      // rows x 1 x n times 1 x rows x n, summed: no matrix product is needed for a few variables.
      let product = (weighted.unsqueeze(1) * centred.unsqueeze(0)).sum([2])
      let result = product / factor
      return rank < 2 || x.shape[0] == 1 ? result.reshape([]) : result
    } catch { return fail(error) }
  }

  /// The matrix of correlation coefficients of variables in rows with observations in columns.
  public func corrcoef() -> Tensor {
    if let type = narrowType(self) { return widened.corrcoef().to(type) }
    let c = cov()
    if c.isPoisoned { return c }
    if c.rank == 0 { return c / c }
    let deviation = c.diagonal().sqrt()
    let r = c / deviation.unsqueeze(1) / deviation.unsqueeze(0)
    return `where`(r.gt(1), Tensor.ones([], dtype: r.dtype), `where`(r.lt(-1), -Tensor.ones([], dtype: r.dtype), r))
  }

  /// The values below which the fractions `q` of the elements along `dim` (all if nil) lie. NaN if there is one.
  public func quantile(
    _ q: Tensor, dim: Int? = nil, keepDim: Bool = false, interpolation: QuantileInterpolation = .linear
  ) -> Tensor { quantile("quantile", q, dim, keepDim, interpolation, ignoresNaN: false) }
  public func quantile(
    _ q: Double, dim: Int? = nil, keepDim: Bool = false, interpolation: QuantileInterpolation = .linear
  ) -> Tensor { quantile(Tensor.full([], q, dtype: dtype), dim: dim, keepDim: keepDim, interpolation: interpolation) }
  /// ``quantile(_:dim:keepDim:interpolation:)`` of the elements that are not NaN.
  public func nanquantile(
    _ q: Tensor, dim: Int? = nil, keepDim: Bool = false, interpolation: QuantileInterpolation = .linear
  ) -> Tensor { quantile("nanquantile", q, dim, keepDim, interpolation, ignoresNaN: true) }
  public func nanquantile(
    _ q: Double, dim: Int? = nil, keepDim: Bool = false, interpolation: QuantileInterpolation = .linear
  ) -> Tensor {
    nanquantile(Tensor.full([], q, dtype: dtype), dim: dim, keepDim: keepDim, interpolation: interpolation)
  }

  private func quantile(
    _ operation: String, _ q: Tensor, _ dim: Int?, _ keepDim: Bool, _ interpolation: QuantileInterpolation,
    ignoresNaN: Bool
  ) -> Tensor {
    if let bad = poisoned(among: [self, q]) { return bad }
    do throws(TensorError) {
      guard dtype == .float32 || dtype == .float64, q.dtype == dtype else {
        throw TensorError(
          .dtype, operation, "needs float32 or float64 for the tensor and q alike, and found \(dtype) and \(q.dtype)")
      }
      guard count > 0 else { throw TensorError(.shape, operation, "a tensor without elements has no quantile") }
      guard q.rank <= 1 else {
        throw TensorError(.shape, operation, "q must be a number or a vector, and found \(q.shape)")
      }
      if let bad = q.detach().array(as: Double.self).first(where: { !($0 >= 0 && $0 <= 1) }) {
        throw TensorError(.value, operation, "every q must lie between 0 and 1, and found \(bad)")
      }
      let source = dim == nil ? reshape([count]) : atleast1d()
      let d = try normalize(dim: dim ?? 0, rank: source.rank, operation)
      // Lanes last, one column for every q.
      let sorted = source.movedim(d, -1).sort(-1).values
      let n = sorted.size(-1)
      // Ranks in double whatever the type, as PyTorch: a rounded one can fall on the other side of a whole number.
      let q = q.to(.float64)
      let nans = sorted.detach().isnan().sum([-1], keepDim: true).to(.float64)
      let last = (-1.0 * (ignoresNaN ? nans : nans * 0.0)) + Double(n - 1)
      let safeLast = `where`(last.lt(0), Tensor.zeros([], dtype: .float64), last)
      var rank = q.reshape([q.count]) * safeLast
      if !ignoresNaN { rank = `where`(nans.gt(0), Tensor.full([], Double(n - 1), dtype: .float64), rank) }
      switch interpolation {
      case .lower: rank = rank.floor()
      case .higher: rank = rank.ceil()
      case .nearest: rank = rank.round()
      case .linear, .midpoint: break
      }
      let below = rank.detach().to(.int64)
      var result = sorted.gather(-1, below)
      if interpolation == .linear || interpolation == .midpoint {
        let weight =
          interpolation == .midpoint
          ? Tensor.full(rank.shape, 0.5, dtype: dtype) : (rank - below.to(.float64)).to(dtype)
        let above = rank.detach().ceil().to(.int64)
        result = result.lerp(sorted.gather(-1, above), weight)
      }
      // [..., q] becomes [q, ...], with the reduced dimension where it was if it is kept.
      var shape = result.shape
      shape.removeLast()
      result = result.movedim(-1, 0)
      if keepDim {
        shape = dim == nil ? self.shape.map { _ in 1 } : self.shape.enumerated().map { $0 == d ? 1 : $1 }
        if self.shape.isEmpty { shape = [] }
      }
      return result.reshape((q.rank == 0 ? [] : [q.count]) + shape)
    } catch { return fail(error) }
  }
}

/// What a quantile between two elements is.
public enum QuantileInterpolation: String, Sendable, CaseIterable {
  case linear, lower, higher, midpoint, nearest
}
