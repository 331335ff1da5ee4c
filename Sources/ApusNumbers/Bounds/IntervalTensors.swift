import ApusCore

// Tensors of intervals and their bounds.

extension Tensor {
  /// The intervals between two bounds, which are broadcast to one shape; there is no gradient to them.
  ///
  /// Where `lower` is greater than `upper` the interval contains nothing, and its bounds are NaN.
  public static func interval(lower: Tensor, upper: Tensor) -> Tensor {
    attempt(lower, upper) { () throws(TensorError) in
      let (low, high) = (lower.to(.float64), upper.to(.float64))
      let isValid = low.detach().le(high.detach())
      let nan = Tensor(Double.nan, dtype: .float64)
      return try joinedParts(
        [`where`(isValid, low, nan), `where`(isValid, high, nan)], .float64, as: .interval, "interval")
    }
  }

  /// The intervals of the numbers that are at most `radius` away from those of `center`, with bounds rounded outwards.
  public static func interval(around center: Tensor, radius: Tensor) -> Tensor {
    attempt(center, radius) { () throws(TensorError) in
      let r = radius.to(.float64).abs()
      return center.to(.interval) + (try joinedParts([-r, r], .float64, as: .interval, "interval"))
    }
  }

  /// The intervals of the numbers that are at most `radius` away from those of `center`.
  public static func interval(around center: Tensor, radius: Double) -> Tensor {
    interval(around: center, radius: Tensor(radius, dtype: .float64))
  }
}
