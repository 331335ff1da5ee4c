import ApusCore

// `-.infinity` and `.nan` where a tensor or a number is asked for: Swift alone cannot tell which kind of number they are.

extension Tensor {
  /// Infinity, as a tensor without dimensions: `x.maskedFill(mask, -.infinity)`, `x[mask] = -.infinity`.
  public static var infinity: Tensor { Tensor(Double.infinity) }
  /// What is not a number, as a tensor without dimensions: `x[0] = .nan`.
  public static var nan: Tensor { Tensor(Double.nan) }

  /// `shape` filled with one number.
  public static func full(
    _ shape: [Int], _ value: Double, dtype: DType? = nil, device: Device? = nil, requiresGrad: Bool = false
  ) -> Tensor {
    let value: some ScalarConvertible = value
    return full(shape, value, dtype: dtype, device: device, requiresGrad: requiresGrad)
  }
}

/// `size` filled with one number: `full([4, 4], -.infinity)`.
public func full(
  _ size: [Int], _ fillValue: Double, dtype: DType? = nil, device: Device? = nil, requiresGrad: Bool = false
) -> Tensor {
  .full(size, fillValue, dtype: dtype, device: device, requiresGrad: requiresGrad)
}

/// A tensor of the shape and, unless given, the type of another, filled with one number: `fullLike(x, -.infinity)`.
public func fullLike(
  _ tensor: Tensor, _ value: Double, dtype: DType? = nil, device: Device? = nil, requiresGrad: Bool = false
) -> Tensor {
  let value: some ScalarConvertible = value
  return fullLike(tensor, value, dtype: dtype, device: device, requiresGrad: requiresGrad)
}
