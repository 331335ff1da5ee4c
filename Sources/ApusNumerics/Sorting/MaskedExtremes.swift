import ApusCore

// Positions of extremes, and medians, of the elements that a mask lets through.

extension masked {
  /// The position of the largest element along `dim`, or in the flat tensor if nil, of those that `mask` lets through.
  /// - Parameter dtype: the type of the positions; nil: that of `x`, as PyTorch gives them.
  public static func argmax(
    _ x: Tensor, dim: Int? = nil, keepDim: Bool = false, dtype: DType? = nil, mask: Tensor? = nil
  ) -> Tensor {
    attempt(x, mask) { () throws(TensorError) in
      try x.filled(.least, where: mask, "masked.argmax").argmax(dim, keepDim: keepDim).to(dtype ?? x.dtype)
    }
  }

  /// The position of the smallest element along `dim`, or in the flat tensor if nil, of those that `mask` lets through.
  /// - Parameter dtype: the type of the positions; nil: that of `x`, as PyTorch gives them.
  public static func argmin(
    _ x: Tensor, dim: Int? = nil, keepDim: Bool = false, dtype: DType? = nil, mask: Tensor? = nil
  ) -> Tensor {
    attempt(x, mask) { () throws(TensorError) in
      try x.filled(.greatest, where: mask, "masked.argmin").argmin(dim, keepDim: keepDim).to(dtype ?? x.dtype)
    }
  }

  /// The lower median along `dim` of the elements that `mask` lets through and that are not NaN; NaN where there is none, which
  /// for integers is a mistake: they are compared as float32, and the median is converted to `dtype` or their own type.
  public static func median(
    _ x: Tensor, dim: Int = -1, keepDim: Bool = false, dtype: DType? = nil, mask: Tensor? = nil
  ) -> Tensor {
    attempt(x, mask) { () throws(TensorError) in
      let isFloating = x.dtype.isFloatingPoint
      let numbers = isFloating ? x : x.to(.float32)
      let found: Tensor = try numbers.filled(.notANumber, where: mask, "masked.median")
        .nanmedian(dim, keepDim: keepDim).values
      if isFloating || found.hasFailed { return found }
      guard found.count == 0 || found.allSamples.detach().isnan().sum().item() == 0 else {
        throw TensorError(
          .value, "masked.median",
          "the mask leaves out a whole row of \(x.dtype) elements, which have no NaN to tell; convert with .to(.float32)"
        )
      }
      return found.to(dtype ?? x.dtype)
    }
  }
}

extension Registry {
  /// Extremes and medians of what a mask lets through.
  static let maskedExtremes: [Operation] = [
    places("argmax", masked.argmax), places("argmin", masked.argmin),
    .tensor("masked.median", "input, dim=-1, *, keepdim=False, dtype=None, mask=None") {
      masked.median(
        try $0.tensor("input"), dim: try $0.int("dim"), keepDim: try $0.bool("keepdim"),
        dtype: try $0.optionalDType("dtype"), mask: try $0.optionalTensor("mask"))
    },
  ]

  private static func places(
    _ name: String, _ function: @escaping @Sendable (Tensor, Int?, Bool, DType?, Tensor?) -> Tensor
  ) -> Operation {
    .tensor("masked." + name, "input, dim=None, *, keepdim=False, dtype=None, mask=None") {
      function(
        try $0.tensor("input"), try $0.optionalInt("dim"), try $0.bool("keepdim"), try $0.optionalDType("dtype"),
        try $0.optionalTensor("mask"))
    }
  }
}
