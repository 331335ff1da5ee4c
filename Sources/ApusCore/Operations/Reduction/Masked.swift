// Sums, products, extremes, means, deviations, norms and scans of the elements that a mask lets through. What of this family
// sorts stands in the module of sorting, and normalised exponentials in that of softmax.

/// Operations on the elements that a mask lets through, PyTorch's `torch.masked`.
///
///     masked.mean(scores, dim: 1, mask: lengths.unsqueeze(1).gt(arange(n)))
///
/// `mask` is broadcast to the tensor's shape and has no more dimensions than it; elements where it is false (or 0) are left out, as
/// if the operation's neutral element stood there: 0 for sums, 1 for products, -infinity for maxima. Nil: all elements
/// take part. `dim` nil or empty: all dimensions. Elements that are left out get a gradient of 0.
public enum masked {
  /// The sum over `dim`; 0 where no element is let through. Integers of fewer bits and bool are added as int64.
  public static func sum(
    _ x: Tensor, dim: [Int]? = nil, keepDim: Bool = false, dtype: DType? = nil, mask: Tensor? = nil
  ) -> Tensor {
    attempt(x, mask) { () throws(TensorError) in
      try x.filled(.zero, where: mask, "masked.sum").sum(every(dim), keepDim: keepDim, dtype: dtype)
    }
  }

  /// The product over `dim`; 1 where no element is let through. Integers of fewer bits and bool are multiplied as int64.
  public static func prod(
    _ x: Tensor, dim: [Int]? = nil, keepDim: Bool = false, dtype: DType? = nil, mask: Tensor? = nil
  ) -> Tensor {
    attempt(x, mask) { () throws(TensorError) in
      try x.filled(.one, where: mask, "masked.prod").prod(every(dim), keepDim: keepDim, dtype: dtype)
    }
  }

  /// The sums so far along `dim`, in the type of `x` or in `dtype`.
  public static func cumsum(_ x: Tensor, dim: Int, dtype: DType? = nil, mask: Tensor? = nil) -> Tensor {
    attempt(x, mask) { () throws(TensorError) in
      try x.filled(.zero, where: mask, "masked.cumsum").cumsum(dim, dtype: dtype ?? x.dtype)
    }
  }

  /// The products so far along `dim`, in the type of `x` or in `dtype`.
  public static func cumprod(_ x: Tensor, dim: Int, dtype: DType? = nil, mask: Tensor? = nil) -> Tensor {
    attempt(x, mask) { () throws(TensorError) in
      try x.filled(.one, where: mask, "masked.cumprod").cumprod(dim, dtype: dtype ?? x.dtype)
    }
  }

  /// The largest element over `dim`; where none is let through, -infinity or the least integer of the type. Equal ones share the
  /// gradient.
  public static func amax(
    _ x: Tensor, dim: [Int]? = nil, keepDim: Bool = false, dtype: DType? = nil, mask: Tensor? = nil
  ) -> Tensor {
    attempt(x, mask) { () throws(TensorError) in
      let found = try x.filled(.least, where: mask, "masked.amax").amax(every(dim), keepDim: keepDim)
      return dtype.map { found.to($0) } ?? found
    }
  }

  /// The smallest element over `dim`; where none is let through, infinity or the greatest integer of the type. Equal ones
  /// share the gradient.
  public static func amin(
    _ x: Tensor, dim: [Int]? = nil, keepDim: Bool = false, dtype: DType? = nil, mask: Tensor? = nil
  ) -> Tensor {
    attempt(x, mask) { () throws(TensorError) in
      let found = try x.filled(.greatest, where: mask, "masked.amin").amin(every(dim), keepDim: keepDim)
      return dtype.map { found.to($0) } ?? found
    }
  }

  /// The mean over `dim`; NaN where no element is let through.
  public static func mean(
    _ x: Tensor, dim: [Int]? = nil, keepDim: Bool = false, dtype: DType? = nil, mask: Tensor? = nil
  ) -> Tensor {
    attempt(x, mask) { () throws(TensorError) in
      guard (dtype ?? x.dtype).isInexact else {
        throw TensorError(
          .dtype, "masked.mean",
          "needs floating point or complex elements, and found \(dtype ?? x.dtype); pass dtype: .float32")
      }
      return sum(x, dim: dim, keepDim: keepDim, dtype: dtype, mask: mask)
        / (try count(x, dim, keepDim, mask, "masked.mean"))
    }
  }

  /// The variance over `dim`, divided by the number of elements that are let through less `correction`; NaN where there is none. Of
  /// integers in float32; of complex numbers it is complex, with imaginary part 0.
  public static func `var`(
    _ x: Tensor, dim: [Int]? = nil, correction: Double = 1, keepDim: Bool = false, dtype: DType? = nil,
    mask: Tensor? = nil
  ) -> Tensor {
    spread(x, dim, correction, keepDim, dtype, mask, "masked.var")
  }

  /// The square root of ``var(_:dim:correction:keepDim:dtype:mask:)-(_,[Int]?,_,_,_,_)``.
  public static func std(
    _ x: Tensor, dim: [Int]? = nil, correction: Double = 1, keepDim: Bool = false, dtype: DType? = nil,
    mask: Tensor? = nil
  ) -> Tensor {
    spread(x, dim, correction, keepDim, dtype, mask, "masked.std").sqrt()
  }

  /// The norm of order `ord` over `dim` of the elements as a vector; where none is let through, 0, and infinity for the
  /// order -infinity.
  public static func norm(
    _ x: Tensor, ord: Double = 2, dim: [Int]? = nil, keepDim: Bool = false, dtype: DType? = nil, mask: Tensor? = nil
  ) -> Tensor {
    attempt(x, mask) { () throws(TensorError) in
      try x.filled(ord == -.infinity ? .greatest : .zero, where: mask, "masked.norm")
        .norm(ord, every(dim), keepDim: keepDim, dtype: dtype)
    }
  }

  /// log(sum(exp(x))) over `dim`, without overflow; -infinity where no element is let through. Converted to the type of `x`
  /// or to `dtype`.
  public static func logsumexp(
    _ x: Tensor, dim: [Int]? = nil, keepDim: Bool = false, dtype: DType? = nil, mask: Tensor? = nil
  ) -> Tensor {
    attempt(x, mask) { () throws(TensorError) in
      let dims = every(dim) ?? Array(0..<x.rank)
      return try x.filled(.least, where: mask, "masked.logsumexp").logsumexp(dims, keepDim: keepDim)
        .to(dtype ?? x.dtype)
    }
  }

  /// log(exp(x) + exp(other)), without overflow, with -infinity for elements that are left out.
  public static func logaddexp(
    _ x: Tensor, _ other: Tensor, dtype: DType? = nil, inputMask: Tensor? = nil, otherMask: Tensor? = nil
  ) -> Tensor {
    attempt(x, other, inputMask, otherMask) { () throws(TensorError) in
      let left = try x.filled(.least, where: inputMask, "masked.logaddexp")
      let right = try other.filled(.least, where: otherMask, "masked.logaddexp")
      return left.logaddexp(right).to(dtype ?? x.dtype)
    }
  }

  /// No dimensions are all of them.
  private static func every(_ dim: [Int]?) -> [Int]? { dim?.isEmpty == true ? nil : dim }

  /// How many elements are let through.
  private static func count(
    _ x: Tensor, _ dim: [Int]?, _ keepDim: Bool, _ mask: Tensor?, _ operation: String
  ) throws(TensorError) -> Tensor {
    if let mask { return try x.letThrough(by: mask, operation).sum(every(dim), keepDim: keepDim) }
    let dims = try normalize(dims: every(dim), rank: x.rank, operation)
    return Tensor.full(reducedShape(x.shape, dims, keepDim: keepDim), dims.reduce(1) { $0 * x.shape[$1] })
  }

  private static func spread(
    _ x: Tensor, _ dim: [Int]?, _ correction: Double, _ keepDim: Bool, _ dtype: DType?, _ mask: Tensor?,
    _ operation: String
  ) -> Tensor {
    attempt(x, mask) { () throws(TensorError) in
      let compute = [dtype, x.dtype].compactMap { $0 }.first(where: \.isInexact) ?? .float32
      let mean =
        sum(x, dim: dim, keepDim: true, dtype: compute, mask: mask) / (try count(x, dim, true, mask, operation))
      let deviation = x - mean
      let total = sum(
        deviation * deviation.conj(), dim: dim, keepDim: keepDim, dtype: compute, mask: mask)
      var divisor = try count(x, dim, keepDim, mask, operation)
      if correction != 0 { divisor = (divisor.to(compute.realType) - correction).clamp(min: 0) }
      return (total / divisor).to(dtype ?? compute)
    }
  }
}

// The same over one dimension.
extension masked {
  /// The sum over one dimension, see ``sum(_:dim:keepDim:dtype:mask:)-(_,[Int]?,_,_,_)``.
  public static func sum(
    _ x: Tensor, dim: Int, keepDim: Bool = false, dtype: DType? = nil, mask: Tensor? = nil
  ) -> Tensor { sum(x, dim: [dim], keepDim: keepDim, dtype: dtype, mask: mask) }

  /// The product over one dimension, see ``prod(_:dim:keepDim:dtype:mask:)-(_,[Int]?,_,_,_)``.
  public static func prod(
    _ x: Tensor, dim: Int, keepDim: Bool = false, dtype: DType? = nil, mask: Tensor? = nil
  ) -> Tensor { prod(x, dim: [dim], keepDim: keepDim, dtype: dtype, mask: mask) }

  /// The largest element over one dimension, see ``amax(_:dim:keepDim:dtype:mask:)-(_,[Int]?,_,_,_)``.
  public static func amax(
    _ x: Tensor, dim: Int, keepDim: Bool = false, dtype: DType? = nil, mask: Tensor? = nil
  ) -> Tensor { amax(x, dim: [dim], keepDim: keepDim, dtype: dtype, mask: mask) }

  /// The smallest element over one dimension, see ``amin(_:dim:keepDim:dtype:mask:)-(_,[Int]?,_,_,_)``.
  public static func amin(
    _ x: Tensor, dim: Int, keepDim: Bool = false, dtype: DType? = nil, mask: Tensor? = nil
  ) -> Tensor { amin(x, dim: [dim], keepDim: keepDim, dtype: dtype, mask: mask) }

  /// The mean over one dimension, see ``mean(_:dim:keepDim:dtype:mask:)-(_,[Int]?,_,_,_)``.
  public static func mean(
    _ x: Tensor, dim: Int, keepDim: Bool = false, dtype: DType? = nil, mask: Tensor? = nil
  ) -> Tensor { mean(x, dim: [dim], keepDim: keepDim, dtype: dtype, mask: mask) }

  /// The variance over one dimension, see ``var(_:dim:correction:keepDim:dtype:mask:)-(_,[Int]?,_,_,_,_)``.
  public static func `var`(
    _ x: Tensor, dim: Int, correction: Double = 1, keepDim: Bool = false, dtype: DType? = nil, mask: Tensor? = nil
  ) -> Tensor { self.var(x, dim: [dim], correction: correction, keepDim: keepDim, dtype: dtype, mask: mask) }

  /// The standard deviation over one dimension, see ``std(_:dim:correction:keepDim:dtype:mask:)-(_,[Int]?,_,_,_,_)``.
  public static func std(
    _ x: Tensor, dim: Int, correction: Double = 1, keepDim: Bool = false, dtype: DType? = nil, mask: Tensor? = nil
  ) -> Tensor { std(x, dim: [dim], correction: correction, keepDim: keepDim, dtype: dtype, mask: mask) }

  /// The norm over one dimension, see ``norm(_:ord:dim:keepDim:dtype:mask:)-(_,_,[Int]?,_,_,_)``.
  public static func norm(
    _ x: Tensor, ord: Double = 2, dim: Int, keepDim: Bool = false, dtype: DType? = nil, mask: Tensor? = nil
  ) -> Tensor { norm(x, ord: ord, dim: [dim], keepDim: keepDim, dtype: dtype, mask: mask) }

  /// The logarithm of summed exponentials over one dimension, see ``logsumexp(_:dim:keepDim:dtype:mask:)-(_,[Int]?,_,_,_)``.
  public static func logsumexp(
    _ x: Tensor, dim: Int, keepDim: Bool = false, dtype: DType? = nil, mask: Tensor? = nil
  ) -> Tensor { logsumexp(x, dim: [dim], keepDim: keepDim, dtype: dtype, mask: mask) }
}

/// What stands in the place of elements that a mask leaves out.
package enum NeutralElement {
  case zero, one
  /// Below and above every number of the type.
  case least, greatest
  case notANumber

  fileprivate func value(_ dtype: DType, _ operation: String) throws(TensorError) -> Scalar {
    switch self {
    case .zero: return .int(0)
    case .one: return .int(1)
    case .notANumber: return .float(.nan)
    case .least, .greatest:
      guard dtype != .bool else {
        throw TensorError(
          .dtype, operation, "bool elements have no least and no greatest number; use any and all, or .to(.uint8)")
      }
      let (low, high) = extremeScalars(dtype)
      return self == .least ? low : high
    }
  }
}

extension Tensor {
  /// The tensor with `neutral` where `mask`, which is broadcast to its shape, leaves elements out.
  package func filled(
    _ neutral: NeutralElement, where mask: Tensor?, _ operation: String
  ) throws(TensorError) -> Tensor {
    guard let mask else { return self }
    let kept = try letThrough(by: mask, operation)
    let other = Tensor.full([], try neutral.value(dtype, operation), dtype: dtype, device: deviceIfUsed)
    return `where`(kept, self, other)
  }

  /// Which elements `mask` lets through.
  fileprivate func letThrough(by mask: Tensor, _ operation: String) throws(TensorError) -> Tensor {
    guard mask.rank <= rank, broadcastShapes(shape, mask.shape) == shape else {
      throw TensorError(
        .shape, operation, "a mask of \(mask.shape) cannot be broadcast to the shape \(shape) of what it is for")
    }
    return mask.detach().to(.bool).expand(shape)
  }
}

extension Registry {
  /// Reductions and scans of what a mask lets through.
  static let maskedReductions: [Operation] = [
    masks("sum", masked.sum), masks("prod", masked.prod), masks("mean", masked.mean),
    masks("amax", masked.amax), masks("amin", masked.amin), masks("logsumexp", masked.logsumexp),
    .tensor("masked.norm", "input, ord=2.0, dim=None, *, keepdim=False, dtype=None, mask=None") {
      masked.norm(
        try $0.tensor("input"), ord: try $0.optionalDouble("ord") ?? 2, dim: try $0.optionalInts("dim"),
        keepDim: try $0.bool("keepdim"), dtype: try $0.optionalDType("dtype"), mask: try $0.optionalTensor("mask"))
    },
    spreads("var", masked.var), spreads("std", masked.std),
    scans("cumsum", masked.cumsum), scans("cumprod", masked.cumprod),
    .tensor("masked.logaddexp", "input, other, *, dtype=None, input_mask=None, other_mask=None") {
      masked.logaddexp(
        try $0.tensor("input"), try $0.tensor("other"), dtype: try $0.optionalDType("dtype"),
        inputMask: try $0.optionalTensor("input_mask"), otherMask: try $0.optionalTensor("other_mask"))
    },
  ]

  private static func masks(
    _ name: String, _ function: @escaping @Sendable (Tensor, [Int]?, Bool, DType?, Tensor?) -> Tensor
  ) -> Operation {
    .tensor("masked." + name, "input, dim=None, *, keepdim=False, dtype=None, mask=None") {
      function(
        try $0.tensor("input"), try $0.optionalInts("dim"), try $0.bool("keepdim"), try $0.optionalDType("dtype"),
        try $0.optionalTensor("mask"))
    }
  }

  private static func spreads(
    _ name: String, _ function: @escaping @Sendable (Tensor, [Int]?, Double, Bool, DType?, Tensor?) -> Tensor
  ) -> Operation {
    .tensor(
      "masked." + name, "input, dim=None, unbiased=None, *, correction=None, keepdim=False, dtype=None, mask=None"
    ) {
      var correction = try $0.optionalDouble("correction") ?? 1
      if try !$0.isNone("unbiased") {
        guard try $0.isNone("correction") else { throw $0.mismatch("unbiased", "nothing where correction is given") }
        correction = try $0.bool("unbiased") ? 1 : 0
      }
      return function(
        try $0.tensor("input"), try $0.optionalInts("dim"), correction, try $0.bool("keepdim"),
        try $0.optionalDType("dtype"), try $0.optionalTensor("mask"))
    }
  }

  private static func scans(
    _ name: String, _ function: @escaping @Sendable (Tensor, Int, DType?, Tensor?) -> Tensor
  ) -> Operation {
    .tensor("masked." + name, "input, dim, *, dtype=None, mask=None") {
      function(
        try $0.tensor("input"), try $0.int("dim"), try $0.optionalDType("dtype"), try $0.optionalTensor("mask"))
    }
  }
}
