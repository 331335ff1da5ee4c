import ApusCore

// What intervals and affine forms have in common for the caller: bounds.

extension Tensor {
  /// The lower bounds of a tensor of intervals or affine forms, float64.
  public var lower: Tensor { attempt(self) { () throws(TensorError) in try bound(0, "lower") } }

  /// The upper bounds of a tensor of intervals or affine forms, float64.
  public var upper: Tensor { attempt(self) { () throws(TensorError) in try bound(1, "upper") } }

  /// The distances of the bounds of a tensor of intervals or affine forms, float64.
  public var width: Tensor {
    attempt(self) { () throws(TensorError) in try bound(1, "width") - bound(0, "width") }
  }

  private func bound(_ i: Int, _ operation: String) throws(TensorError) -> Tensor {
    if dtype == .affine { return try elementPart(Affine.boundsPart + i, of: self, .float64, operation) }
    guard dtype == .interval else {
      throw TensorError(
        .dtype, operation,
        "needs a tensor of intervals or affine forms, and found \(dtype); make one with Tensor.interval(lower:upper:)")
    }
    return try elementPart(i, of: self, .float64, operation)
  }
}
