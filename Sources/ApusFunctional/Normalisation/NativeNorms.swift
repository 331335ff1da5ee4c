import ApusCore

// Normalisations with their statistics, under the names of PyTorch's own operations.

/// The mean and the reciprocal deviation of `x` over `dims`, which stay with size 1.
private func statistics(_ x: Tensor, _ dims: [Int], _ eps: Double) -> (mean: Tensor, rstd: Tensor) {
  let mean = x.mean(dims, keepDim: true)
  let variance = (x - mean).square().mean(dims, keepDim: true)
  return (mean, (variance + eps).rsqrt())
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
      let type = x.dtype.accumulateType == .float64 ? x.dtype : x.dtype.accumulateType
      if x.count == 0 || lead == 0 && x.rank == 0 {
        let empty = Tensor.zeros(x.shape.prefix(lead) + [Int](repeating: 1, count: shape.count), dtype: type)
          .placed(with: x)
        return [result, empty, empty]
      }
      let (mean, rstd) = statistics(x.to(type), Array(lead..<x.rank), try $0.double("eps"))
      return [result, mean, rstd]
    },
    .tensors("native_group_norm", "input, weight, bias, N, C, HxW, group, eps") {
      let (x, groups) = (try $0.tensor("input"), try $0.int("group"))
      let result = try groupNorm(
        x, groups, weight: $0.optionalTensor("weight"), bias: $0.optionalTensor("bias"), eps: $0.double("eps"))
      if result.hasFailed { return [result] }
      let n = x.shape[0]
      if x.count == 0 {
        // Of nothing, but functions of the input.
        let empty = Tensor.zeros([n, groups], dtype: x.dtype).placed(with: x) + x.sum()
        return [result, empty, empty]
      }
      let (mean, rstd) = statistics(x.reshape([n, groups, x.count / (n * groups)]), [2], try $0.double("eps"))
      return [result, mean.squeeze([2]), rstd.squeeze([2])]
    },
    .tensors(
      "native_batch_norm", "input, weight, bias, running_mean, running_var, training, momentum, eps"
    ) {
      let (x, isTraining) = (try $0.tensor("input"), try $0.bool("training"))
      let result = try batchNorm(
        x, runningMean: $0.optionalTensor("running_mean"), runningVar: $0.optionalTensor("running_var"),
        weight: $0.optionalTensor("weight"), bias: $0.optionalTensor("bias"), training: isTraining,
        momentum: $0.double("momentum"), eps: $0.double("eps"))
      if result.hasFailed { return [result] }
      guard isTraining else {
        let none = Tensor.zeros([0], dtype: x.dtype).placed(with: x)
        return [result, none, none]
      }
      let dims = (0..<x.rank).filter { $0 != 1 }
      let (mean, rstd) = statistics(x, dims, try $0.double("eps"))
      return [result, mean.squeeze(dims), rstd.squeeze(dims)]
    },
  ]
}
