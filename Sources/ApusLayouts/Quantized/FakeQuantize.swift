import ApusCore

// Numbers rounded to what integers can stand for, in training: the gradient goes straight through.

/// `(clamp(round(x / scale) + zeroPoint, quantMin, quantMax) - zeroPoint) * scale`: inputs x, scale and zero point (floating point,
/// of shapes that broadcast to that of x).
struct FakeQuantizeAffine: Primitive, Hashable {
  let low, high: Int
  /// Whether scale and zero point get gradients too, and what these are multiplied by.
  var factor: Double?
  var name: String { factor == nil ? "FakeQuantizeAffineCachemask" : "FakeQuantizeLearnableAffine" }

  func outputTypes(_ inputs: [TensorType]) throws(TensorError) -> [TensorType] { [inputs[0]] }

  func evaluate(_ inputs: [Tensor], into results: [Tensor]) throws(TensorError) {
    let value = noGrad {
      (places(inputs[0], inputs[1], inputs[2]).clamp(min: Double(low), max: Double(high)) - inputs[2]) * inputs[1]
    }
    try results[0].fill(from: value)
  }

  /// The integers, as they are before they are cut to their range.
  private func places(_ x: Tensor, _ scale: Tensor, _ zero: Tensor) -> Tensor { (x * (1 / scale)).round() + zero }

  func batch(_ inputs: [Tensor], isBatched: [Bool], size: Int) throws(TensorError) -> [Tensor]? {
    apply(self, alignedSamples(inputs, isBatched))
  }

  func jvp(_ inputs: [Tensor], outputs: [Tensor], tangents: [Tensor?]) throws(TensorError) -> [Tensor?] {
    let slopes = slopes(inputs[0], inputs[1], inputs[2])
    let zero = Tensor.zeros([], dtype: inputs[0].dtype)
    var sum: Tensor? = tangents[0].map { `where`(slopes.isInside, $0, zero) }
    if let factor {
      for (tangent, slope) in zip(tangents.dropFirst(), [slopes.scale, slopes.zero]) {
        guard let part = tangent.map({ $0 * slope * factor }) else { continue }
        sum = sum.map { $0 + part } ?? part
      }
    }
    return [sum]
  }

  func vjp(_ node: Recorded, cotangents: [Tensor?]) throws(TensorError) -> [Tensor?] {
    let g = single(node, cotangents)
    let slopes = slopes(node.input(0), node.input(1), node.input(2))
    let dx = `where`(slopes.isInside, g, Tensor.zeros([], dtype: g.dtype))
    guard let factor else { return [dx, nil, nil] }
    func summed(_ slope: Tensor, _ i: Int) -> Tensor { (g * slope * factor).sum(toShape: node.inputType(i).shape) }
    return [dx, summed(slopes.scale, 1), summed(slopes.zero, 2)]
  }

  /// Where the gradient goes through, and the derivatives by scale and zero point.
  private func slopes(_ x: Tensor, _ scale: Tensor, _ zero: Tensor) -> (isInside: Tensor, scale: Tensor, zero: Tensor) {
    let (x, scale, zero) = (x.detach(), scale.detach(), zero.detach())
    let place = places(x, scale, zero)
    let isInside = place.ge(Double(low)).logicalAnd(place.le(Double(high)))
    let none = Tensor.zeros([], dtype: x.dtype)
    let cut = place.clamp(min: Double(low), max: Double(high)) - zero
    return (isInside, `where`(isInside, cut - x / scale, cut), `where`(isInside, none, -scale))
  }
}

/// Numbers rounded to what integers from `quantMin` to `quantMax` can stand for, PyTorch's
/// `torch.fake_quantize_per_tensor_affine`: `(clamp(round(x / scale) + zeroPoint, quantMin, quantMax) - zeroPoint) * scale`.
///
/// The gradient is that of the identity where a number lies within the range, and 0 outside of it.
public func fakeQuantizePerTensorAffine(
  _ x: Tensor, scale: Double, zeroPoint: Int, quantMin: Int, quantMax: Int
) -> Tensor {
  attempt(x) { () throws(TensorError) in
    try check(x, [scale], [zeroPoint], quantMin, quantMax, "fakeQuantizePerTensorAffine")
    return apply(
      FakeQuantizeAffine(low: quantMin, high: quantMax), x, Tensor(scale, dtype: x.dtype),
      Tensor(Double(zeroPoint), dtype: x.dtype))
  }
}

/// ``fakeQuantizePerTensorAffine(_:scale:zeroPoint:quantMin:quantMax:)-(_,Double,_,_,_)`` with scale and zero point in tensors of one
/// element, as observers give them.
public func fakeQuantizePerTensorAffine(
  _ x: Tensor, scale: Tensor, zeroPoint: Tensor, quantMin: Int, quantMax: Int
) -> Tensor {
  attempt(x, scale, zeroPoint) { () throws(TensorError) in
    guard scale.count == 1, zeroPoint.count == 1 else {
      throw TensorError(
        .shape, "fakeQuantizePerTensorAffine",
        "needs one scale and one zero point, and found \(scale.shape) and \(zeroPoint.shape)")
    }
    return fakeQuantizePerTensorAffine(
      x, scale: scale.detach().item(as: Double.self), zeroPoint: zeroPoint.detach().to(.int64).item(as: Int.self),
      quantMin: quantMin, quantMax: quantMax)
  }
}

/// ``fakeQuantizePerTensorAffine(_:scale:zeroPoint:quantMin:quantMax:)-(_,Double,_,_,_)`` with a scale and a zero point for each
/// position along `axis`: PyTorch's `torch.fake_quantize_per_channel_affine`.
public func fakeQuantizePerChannelAffine(
  _ x: Tensor, scale: Tensor, zeroPoint: Tensor, axis: Int, quantMin: Int, quantMax: Int
) -> Tensor {
  attempt(x, scale, zeroPoint) { () throws(TensorError) in
    let operation = "fakeQuantizePerChannelAffine"
    try checkChannels(x, scale, zeroPoint, axis, operation)
    try check(
      x, scale.detach().array(as: Double.self), zeroPoint.detach().to(.int64).array(as: Int.self), quantMin, quantMax,
      operation)
    func along(_ t: Tensor) -> Tensor { t.detach().to(x.dtype).along(axis, rank: x.rank) }
    return apply(FakeQuantizeAffine(low: quantMin, high: quantMax), x, along(scale), along(zeroPoint))
  }
}

/// ``fakeQuantizePerTensorAffine(_:scale:zeroPoint:quantMin:quantMax:)-(_,Double,_,_,_)`` whose scale and zero point are learnt too
/// (Esser et al., "Learned step size quantization", 2020): PyTorch's `torch._fake_quantize_learnable_per_tensor_affine`.
///
/// - Parameters:
///   - scale, zeroPoint: tensors of one element; the zero point is rounded and cut to the range.
///   - gradFactor: what their gradients are multiplied by.
public func fakeQuantizeLearnablePerTensorAffine(
  _ x: Tensor, scale: Tensor, zeroPoint: Tensor, quantMin: Int, quantMax: Int, gradFactor: Double = 1
) -> Tensor {
  attempt(x, scale, zeroPoint) { () throws(TensorError) in
    let operation = "fakeQuantizeLearnablePerTensorAffine"
    guard scale.count == 1, zeroPoint.count == 1, scale.dtype == x.dtype, zeroPoint.dtype == x.dtype else {
      throw TensorError(
        .shape, operation,
        "needs one scale and one zero point of type \(x.dtype), and found \(scale.type) and \(zeroPoint.type)")
    }
    try check(x, [], [], quantMin, quantMax, operation)
    return learnt(x, scale.reshape([]), zeroPoint.reshape([]), quantMin, quantMax, gradFactor)
  }
}

/// ``fakeQuantizeLearnablePerTensorAffine(_:scale:zeroPoint:quantMin:quantMax:gradFactor:)`` with a scale and a zero point for
/// each position along `axis`.
public func fakeQuantizeLearnablePerChannelAffine(
  _ x: Tensor, scale: Tensor, zeroPoint: Tensor, axis: Int, quantMin: Int, quantMax: Int, gradFactor: Double = 1
) -> Tensor {
  attempt(x, scale, zeroPoint) { () throws(TensorError) in
    let operation = "fakeQuantizeLearnablePerChannelAffine"
    try checkChannels(x, scale, zeroPoint, axis, operation)
    try check(x, [], [], quantMin, quantMax, operation)
    return learnt(
      x, scale.along(axis, rank: x.rank), zeroPoint.along(axis, rank: x.rank), quantMin, quantMax, gradFactor)
  }
}

private func learnt(
  _ x: Tensor, _ scale: Tensor, _ zeroPoint: Tensor, _ low: Int, _ high: Int, _ factor: Double
) -> Tensor {
  // The zero point is a whole number in its range, and its gradient that of what it was.
  let whole = (zeroPoint.detach() + 0.5).floor().clamp(min: Double(low), max: Double(high))
  let zero = whole + (zeroPoint - zeroPoint.detach())
  return apply(FakeQuantizeAffine(low: low, high: high, factor: factor), x, scale, zero)
}

private func checkChannels(
  _ x: Tensor, _ scale: Tensor, _ zeroPoint: Tensor, _ axis: Int, _ operation: String
) throws(TensorError) {
  guard (0..<x.rank).contains(axis), scale.shape == [x.size(axis)], zeroPoint.shape == scale.shape else {
    throw TensorError(
      .shape, operation,
      "needs a scale and a zero point for each position along axis \(axis) of \(x.shape), and found \(scale.shape) and "
        + "\(zeroPoint.shape)")
  }
}

private func check(
  _ x: Tensor, _ scales: [Double], _ zeroPoints: [Int], _ low: Int, _ high: Int, _ operation: String
) throws(TensorError) {
  guard x.dtype.isFloatingPoint, low <= high else {
    throw TensorError(
      .value, operation,
      "needs floating point numbers and quantMin <= quantMax, and found \(x.dtype), \(low) and \(high)")
  }
  guard scales.allSatisfy({ $0 > 0 && $0.isFinite }) else {
    throw TensorError(.value, operation, "a scale is a positive number, and found \(scales.prefix(8))")
  }
  guard zeroPoints.allSatisfy({ (low...high).contains($0) }) else {
    throw TensorError(
      .value, operation,
      "a zero point lies between quantMin \(low) and quantMax \(high), and found \(zeroPoints.prefix(8))")
  }
}
