import ApusCore

// The values below which fractions of the elements lie.

extension Tensor {
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
    if let autocast = Autocast.active {
      return autocast.run(.float32, self, q) {
        $0.quantile(operation, $1, dim, keepDim, interpolation, ignoresNaN: ignoresNaN)
      }
    }
    return attempt(self, q) { () throws(TensorError) in
      guard dtype == .float32 || dtype == .float64 || dtype.isCustom, q.dtype == dtype else {
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
      let carriesDerivatives = q.dtype.isCustom && q.dtype.gradientType == q.dtype
      let q = (carriesDerivatives ? q : q.to(.float64)).placed(with: self)
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
      if let failed = result.failed { return failed }
      // [..., q] becomes [q, ...], with the reduced dimension where it was if it is kept.
      var shape = result.shape
      shape.removeLast()
      result = result.movedim(-1, 0)
      if keepDim {
        shape = dim == nil ? self.shape.map { _ in 1 } : self.shape.enumerated().map { $0 == d ? 1 : $1 }
        if self.shape.isEmpty { shape = [] }
      }
      return result.reshape((q.rank == 0 ? [] : [q.count]) + shape)
    }
  }
}

/// What a quantile between two elements is.
public enum QuantileInterpolation: String, Sendable, NamedChoice {
  /// On the line between them, the lower, the higher, their mean, the nearer one.
  case linear, lower, higher, midpoint, nearest
}

extension Registry {
  /// Quantiles.
  static let quantiles: [Operation] = [
    .tensor("quantile", "input, q, dim=None, keepdim=False, *, interpolation='linear'") {
      try quantile($0) { x in { x.quantile($0, dim: $1, keepDim: $2, interpolation: $3) } }
    },
    .tensor("nanquantile", "input, q, dim=None, keepdim=False, *, interpolation='linear'") {
      try quantile($0) { x in { x.nanquantile($0, dim: $1, keepDim: $2, interpolation: $3) } }
    },
  ]

  private static func quantile(
    _ arguments: OperationArguments,
    _ function: (Tensor) -> (Tensor, Int?, Bool, QuantileInterpolation) -> Tensor
  ) throws -> Tensor {
    let x = try arguments.tensor("input")
    let q =
      try arguments.isTensor("q")
      ? try arguments.tensor("q") : Tensor.full([], try arguments.double("q"), dtype: x.dtype)
    let name = try arguments.string("interpolation")
    guard let interpolation = QuantileInterpolation(rawValue: name) else {
      throw TensorError(
        .value, "quantile", "interpolation must be linear, lower, higher, midpoint or nearest, and found '\(name)'")
    }
    return function(x)(q, try arguments.optionalInt("dim"), try arguments.bool("keepdim"), interpolation)
  }
}
