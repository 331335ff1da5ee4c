import ApusCore

// Normalisations with their statistics, under the names of PyTorch's own operations.

/// The mean and the reciprocal deviation of `x` over `dims`, which stay with size 1, in the type of `x`, or float32 where the weight is.
private func statistics(
  _ x: Tensor, _ dims: [Int], _ eps: Double, _ weight: Tensor?
) -> (mean: Tensor, rstd: Tensor) {
  let (type, wide) = (statisticsType(x, weight), x.widened)
  let mean = wide.mean(dims, keepDim: true)
  let variance = (wide - mean).square().mean(dims, keepDim: true)
  return (mean.to(type), (variance + eps).rsqrt().to(type))
}

private func statisticsType(_ x: Tensor, _ weight: Tensor?) -> DType {
  weight.map { promoteTypes(x.dtype, $0.dtype) } ?? x.dtype
}

/// The first input as one of several results of an operation on all of them: it asks for a gradient where any of them does, and that of
/// the others is 0.
struct AmongResults: Rearrangement, Hashable {
  var name: String { "NativeGroupNorm" }

  func outputTypes(_ inputs: [TensorType]) throws(TensorError) -> [TensorType] { [inputs[0]] }
  func view(_ inputs: [Tensor], type: TensorType) throws(TensorError) -> View? {
    View(strides: inputs[0].body.strides, offset: 0)
  }
  func evaluate(_ inputs: [Tensor], into results: [Tensor]) throws(TensorError) { results[0].fill(with: inputs[0]) }
  func batch(_ inputs: [Tensor], isBatched: [Bool], size: Int) throws(TensorError) -> [Tensor]? {
    apply(self, everySample(inputs, isBatched, size))
  }

  func vjp(_ node: Recorded, cotangents: [Tensor?]) throws(TensorError) -> [Tensor?] {
    [single(node, cotangents)] + [Tensor?](repeating: nil, count: node.inputCount - 1)
  }
}

extension Registry {
  /// Normalisations with their statistics.
  static let nativeNorms: [Operation] = [
    .tensors("native_layer_norm", "input, normalized_shape, weight, bias, eps") {
      let (x, shape) = (try $0.tensor("input"), try $0.ints("normalized_shape"))
      let result = try layerNorm(
        x, shape, weight: $0.optionalTensor("weight"), bias: $0.optionalTensor("bias"), eps: $0.double("eps"))
      if result.hasFailed { return [result] }
      let lead = x.rank - shape.count
      let weight = try $0.optionalTensor("weight")
      if x.count == 0 || lead == 0 && x.rank == 0 {
        let empty = Tensor.zeros(
          x.shape.prefix(lead) + [Int](repeating: 1, count: shape.count), dtype: statisticsType(x, weight)
        )
        .placed(with: x)
        return [result, empty, empty]
      }
      let (mean, rstd) = statistics(x, Array(lead..<x.rank), try $0.double("eps"), weight)
      return [result, mean, rstd]
    },
    .tensors("native_group_norm", "input, weight, bias, N, C, HxW, group, eps") {
      let (x, groups) = (try $0.tensor("input"), try $0.int("group"))
      let result = try groupNorm(
        x, groups, weight: $0.optionalTensor("weight"), bias: $0.optionalTensor("bias"), eps: $0.double("eps"))
      if result.hasFailed { return [result] }
      let weights = try [$0.optionalTensor("weight"), $0.optionalTensor("bias")].compactMap { $0 }
      let n = x.shape[0]
      if x.count == 0 {
        // Of nothing, but functions of the input.
        let empty = Tensor.zeros([n, groups], dtype: statisticsType(x, weights.first)).placed(with: x) + x.sum()
        return [result, empty, empty]
      }
      let (mean, rstd) = statistics(
        x.reshape([n, groups, x.count / (n * groups)]), [2], try $0.double("eps"), weights.first)
      return [result, mean.squeeze([2]), rstd.squeeze([2])].map { apply(AmongResults(), [$0] + weights)[0] }
    },
    .tensors(
      "native_batch_norm _native_batch_norm_legit",
      "input, weight, bias, running_mean, running_var, training, momentum, eps"
    ) {
      try normalised(
        $0, $0.optionalTensor("running_mean"), $0.optionalTensor("running_var"), isTraining: $0.bool("training"))
    },
    .tensors("_native_batch_norm_legit", "input, weight, bias, training, momentum, eps") {
      try normalised($0, nil, nil, isTraining: $0.bool("training"))
    },
    .tensors(
      "_batch_norm_with_update aten._batch_norm_with_update",
      "input, weight, bias, running_mean, running_var, momentum, eps"
    ) {
      let made = try normalised($0, $0.tensor("running_mean"), $0.tensor("running_var"), isTraining: true)
      // What other engines keep for the way back.
      return made.count == 1 ? made : made + [Tensor.zeros([0], dtype: .uint8).placed(with: made[0])]
    },
  ]

  /// A batch normalised, with the means and reciprocal deviations of the batch, which are not there where it is normalised by others.
  private static func normalised(
    _ arguments: OperationArguments, _ runningMean: Tensor?, _ runningVar: Tensor?, isTraining: Bool
  ) throws -> [Tensor] {
    let (x, eps) = (try arguments.tensor("input"), try arguments.double("eps"))
    let result = try batchNorm(
      x, runningMean: runningMean, runningVar: runningVar, weight: arguments.optionalTensor("weight"),
      bias: arguments.optionalTensor("bias"), training: isTraining, momentum: arguments.double("momentum"), eps: eps)
    if result.hasFailed { return [result] }
    guard isTraining else {
      let none = Tensor.zeros([0], dtype: x.dtype).placed(with: x)
      return [result, none, none]
    }
    let dims = (0..<x.rank).filter { $0 != 1 }
    let (mean, rstd) = statistics(x, dims, eps, try arguments.optionalTensor("weight"))
    return [result, mean.squeeze(dims), rstd.squeeze(dims)]
  }
}
