import ApusCore
import CKernels

// The linear layer and the sum behind it, as a residual connection has them, in one pass.

extension LinearProduct: SumAbsorbing {
  package func absorbingSum(_ inputs: [TensorType]) -> (any Primitive)? {
    let (x, weight) = (inputs[0], inputs[1])
    guard epilogue == .none, x.dtype == .float32, let depth = x.shape.last, depth > 0, OneDNN.isAvailable,
      OneDNN.isWorthKeeping(.float32, m: x.count / depth, n: weight.shape[0], k: depth)
    else { return nil }
    return LinearSum()
  }
}

/// `x @ weight^T + bias + addend` in float32. Inputs: those of ``LinearProduct``, and the addend, of the result's shape. The compiler puts
/// it there, after gradients are taken.
private struct LinearSum: Primitive, Hashable {
  var name: String { "Linear+sum" }

  func outputTypes(_ inputs: [TensorType]) throws(TensorError) -> [TensorType] {
    try LinearProduct().outputTypes(Array(inputs.dropLast()))
  }

  func evaluate(_ inputs: [Tensor], into results: [Tensor]) throws(TensorError) {
    let addend = try inputs[inputs.count - 1].dense()
    if try multiplyAdding(inputs, addend, into: results[0].body) { return }
    try LinearProduct().evaluate(Array(inputs.dropLast()), into: results)
    let result = results[0].body.data.f32
    withExtendedLifetime(addend) {
      parallelFor(results[0].count, grain: parallelGrain) { range in
        let start = result + range.lowerBound
        ck_add_f32(start, start, addend.data.f32 + range.lowerBound, range.count)
      }
    }
  }

  /// As one product by a weight that is kept in the library's form; false where it is not.
  private func multiplyAdding(
    _ inputs: [Tensor], _ addend: TensorBody, into result: TensorBody
  ) throws(TensorError) -> Bool {
    let (x, weight) = (try inputs[0].dense(), inputs[1].body)
    let (n, k) = (weight.shape[0], weight.shape[1])
    guard weight.keepsForms(beside: x), weight.strides == [k, 1], x.count > 0 else { return false }
    let bias = inputs.count == 4 ? try inputs[2].dense() : nil
    return withExtendedLifetime((x, bias, addend)) {
      OneDNN.keptMatmul(
        .float32, m: x.count / k, n: n, k: k, OneDNN.Matrix(x.data, rowStride: k),
        OneDNN.Matrix(weight.data, rowStride: 1, columnStride: k), in: weight, OneDNN.Matrix(result.data, rowStride: n),
        bias: bias.map { UnsafeRawPointer($0.data) }, addend: UnsafeRawPointer(addend.data))
    }
  }

  func flops(_ inputs: [TensorType], _ results: [TensorType]) -> Int {
    LinearProduct().flops(inputs, results) + results[0].count
  }
}
