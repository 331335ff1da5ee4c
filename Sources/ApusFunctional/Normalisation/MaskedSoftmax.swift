import ApusCore

// Normalised exponentials and vectors of length 1 of the elements that a mask lets through.

extension masked {
  /// `exp(x) / sum(exp(x))` along `dim` over the elements that `mask` lets through, 0 for the others; NaN where none is let through.
  /// - Parameter dtype: the type to convert to first.
  public static func softmax(_ x: Tensor, dim: Int, dtype: DType? = nil, mask: Tensor? = nil) -> Tensor {
    attempt(x, mask) { () throws(TensorError) in
      ApusFunctional.softmax(try x.filled(.least, where: mask, "masked.softmax"), dim: dim, dtype: dtype)
    }
  }

  /// The logarithm of ``softmax(_:dim:dtype:mask:)``, -infinity for what is left out.
  public static func logSoftmax(_ x: Tensor, dim: Int, dtype: DType? = nil, mask: Tensor? = nil) -> Tensor {
    attempt(x, mask) { () throws(TensorError) in
      ApusFunctional.logSoftmax(try x.filled(.least, where: mask, "masked.log_softmax"), dim: dim, dtype: dtype)
    }
  }

  /// ``softmax(_:dim:dtype:mask:)`` of `-x`.
  public static func softmin(_ x: Tensor, dim: Int, dtype: DType? = nil, mask: Tensor? = nil) -> Tensor {
    attempt(x, mask) { () throws(TensorError) in
      ApusFunctional.softmin(try x.filled(.greatest, where: mask, "masked.softmin"), dim: dim, dtype: dtype)
    }
  }

  /// `x / max(norm, eps)` along `dim`, the norm of order `ord` being that of the elements that `mask` lets through; 0 for the others.
  public static func normalize(
    _ x: Tensor, ord: Double, dim: Int, eps: Double = 1e-12, dtype: DType? = nil, mask: Tensor? = nil
  ) -> Tensor {
    attempt(x, mask) { () throws(TensorError) in
      let length = norm(x, ord: ord, dim: dim, keepDim: true, dtype: dtype, mask: mask)
      let least = Tensor.full([], eps, dtype: length.dtype, device: length.deviceIfUsed)
      return try x.filled(.zero, where: mask, "masked.normalize") / length.maximum(least)
    }
  }
}

extension Registry {
  /// Normalised exponentials and vectors of what a mask lets through.
  static let maskedSoftmaxes: [Operation] = [
    masks("softmax", masked.softmax), masks("log_softmax", masked.logSoftmax), masks("softmin", masked.softmin),
    .tensor("masked.normalize", "input, ord, dim, *, eps=1e-12, dtype=None, mask=None") {
      masked.normalize(
        try $0.tensor("input"), ord: try $0.double("ord"), dim: try $0.int("dim"), eps: try $0.double("eps"),
        dtype: try $0.optionalDType("dtype"), mask: try $0.optionalTensor("mask"))
    },
  ]

  private static func masks(
    _ name: String, _ function: @escaping @Sendable (Tensor, Int, DType?, Tensor?) -> Tensor
  ) -> Operation {
    .tensor("masked." + name, "input, dim, *, dtype=None, mask=None") {
      function(
        try $0.tensor("input"), try $0.int("dim"), try $0.optionalDType("dtype"), try $0.optionalTensor("mask"))
    }
  }
}
