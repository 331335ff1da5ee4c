import ApusCore
import ApusFunctional
import CKernels

/// `x @ weight^T + scale (x @ A^T) @ B^T + bias` in one pass over the result, with the adapters' part added where the product lies. The second
/// result is `scale x @ A^T`.
///
/// Its gradient to `x` is the same product of other matrices, with `weight^T`, `B^T` and `A^T` in their places.
struct LoraProduct: Primitive, Hashable {
  let scale: Double
  var name: String { "LoraLinear" }
  var takesComplexElements: Bool { false }

  /// Whether the operands are such that it is of use.
  static func takes(_ x: Tensor, _ weight: Tensor, _ a: Tensor, _ b: Tensor) -> Bool {
    // Under autocast products have another type, and captured programs take operations apart.
    guard Context.isPlain || Context.tracer == nil, autocastDType == nil else { return false }
    return [x, weight, a, b].allSatisfy { $0.dtype == .float32 && $0.device == .cpu && !$0.isPoisoned } && x.rank >= 1
  }

  /// The product `[..., out]` of `x` `[..., in]`, `weight` `[out, in]`, A `[rank, in]`, B `[out, rank]` and a bias `[out]`.
  static func product(_ x: Tensor, _ weight: Tensor, _ a: Tensor, _ b: Tensor, _ bias: Tensor?, scale: Double) -> Tensor
  {
    apply(LoraProduct(scale: scale), [x, weight, a, b] + (bias.map { [$0] } ?? []))[0]
  }

  func outputTypes(_ inputs: [TensorType]) throws(TensorError) -> [TensorType] {
    let (x, weight, a, b) = (inputs[0], inputs[1].shape, inputs[2].shape, inputs[3].shape)
    guard let features = x.shape.last, weight.count == 2, weight[1] == features, a.count == 2, a[1] == features,
      b == [weight[0], a[0]], inputs.count == 4 || inputs[4].shape == [weight[0]]
    else {
      throw TensorError(
        .shape, "linear",
        "an input of shape \(x.shape) fits no weight \(weight) with adapters A \(a) and B \(b)")
    }
    return [TensorType(x.shape.dropLast() + [weight[0]], x.dtype), TensorType(x.shape.dropLast() + [a[0]], x.dtype)]
  }

  func flops(_ inputs: [TensorType], _ results: [TensorType]) -> Int {
    let rank = inputs[2].shape[0]
    return 2 * inputs[0].count * (inputs[1].shape[0] + rank) + 2 * results[0].count * rank
  }

  func evaluate(_ inputs: [Tensor], into results: [Tensor]) throws(TensorError) {
    guard Context.isGradientEnabled, inputs.contains(where: \.requiresGrad) else { return try fill(inputs, results) }
    try Context.forGradients { () throws(TensorError) in try fill(inputs, results) }
  }

  private func fill(_ inputs: [Tensor], _ results: [Tensor]) throws(TensorError) {
    let (features, out, rank) = (inputs[1].shape[1], inputs[1].shape[0], inputs[2].shape[0])
    let rows = features == 0 ? results[0].count / max(out, 1) : inputs[0].count / features
    let x = noGrad { inputs[0].reshape([rows, features]) }
    let y = results[0].view([rows, out], strides: [out, 1])
    let low = results[1].view([rows, rank], strides: [rank, 1])
    try multiply(x, turned(inputs[1]), bias: inputs.count == 5 ? Tensor(try inputs[4].dense()) : nil, into: y)
    try multiply(x, turned(inputs[2]), into: low)
    if scale != 1 { ck_mul_s_f32(floats(low), floats(low), Float(scale), low.count) }
    add(low, inputs[3], to: y)
  }

  /// `y += low @ b^T`, threads sharing the rows.
  private func add(_ low: Tensor, _ b: Tensor, to y: Tensor) {
    let (rows, out, rank) = (y.shape[0], y.shape[1], low.shape[1])
    if rows * out * rank == 0 { return }
    let block = 64
    nonisolated(unsafe) let (sum, left) = (floats(y), floats(low))
    nonisolated(unsafe) let right = floats(b)
    let strides = b.body.strides
    parallelFor((rows + block - 1) / block, grain: max(1, 100_000 / (block * out * rank))) { range in
      let bytes = max(64, ck_gemm_scratch_f32(block, out, rank))
      guard let scratch = Allocator.shared.allocate(bytes) else {
        stop(TensorError(.memory, "out of memory", "cannot allocate \(bytes) bytes to multiply matrices in"))
      }
      defer { Allocator.shared.deallocate(scratch, bytes) }
      for item in range {
        let first = item * block
        ck_gemm_f32(
          sum + first * out, out, left + first * rank, rank, 1, right, strides[1], strides[0], min(block, rows - first),
          out, rank, 1, scratch.assumingMemoryBound(to: Float.self))
      }
    }
    withExtendedLifetime((low, b)) {}
  }

  private func turned(_ matrix: Tensor) -> Tensor {
    let (shape, strides) = (matrix.shape, matrix.body.strides)
    return matrix.view([shape[1], shape[0]], strides: [strides[1], strides[0]])
  }

  private func floats(_ tensor: Tensor) -> UnsafeMutablePointer<Float> {
    tensor.body.data.assumingMemoryBound(to: Float.self)
  }

  func vjp(_ node: Recorded, cotangents: [Tensor?]) throws(TensorError) -> [Tensor?] {
    let (weight, a, b) = (node.input(1), node.input(2), node.input(3))
    let (features, out, rank) = (weight.shape[1], weight.shape[0], a.shape[0])
    let x = node.input(0).reshape([-1, features])
    var result = [Tensor?](repeating: nil, count: node.inputCount)
    // Of the sum of both results, first what comes through the product.
    if let g = cotangents[0]?.reshape([-1, out]) {
      let both = apply(LoraProduct(scale: scale), [g, weight.mT, b.mT, a.mT])
      if node.needs(0) { result[0] = both[0] }
      if node.needs(1) { result[1] = matmul(g.mT, x) }
      if node.needs(2) { result[2] = matmul(both[1].mT, x) }
      // Made again: a result that is kept would keep the product with it.
      if node.needs(3) { result[3] = matmul(g.mT, matmul(x, a.mT) * scale) }
      if node.inputCount == 5, node.needs(4) { result[4] = g.sum([0]) }
    }
    if let low = cotangents[1]?.reshape([-1, rank]) {
      let scaled = low * scale
      if node.needs(0) { result[0] = added(result[0], matmul(scaled, a)) }
      if node.needs(2) { result[2] = added(result[2], matmul(scaled.mT, x)) }
    }
    result[0] = result[0]?.reshape(node.inputType(0).shape)
    return result
  }

  private func added(_ a: Tensor?, _ b: Tensor) -> Tensor { a.map { $0 + b } ?? b }
}
