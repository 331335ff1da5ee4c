import ApusCore

// Normalisation of groups of channels, and of each channel, of every image.

/// Normalisation of groups of channels of `[N, C, ...]` for each image (Wu and He, 2018), with `weight` and `bias` `[C]`.
public func groupNorm(
  _ x: Tensor, _ numGroups: Int, weight: Tensor? = nil, bias: Tensor? = nil, eps: Double = 1e-5
) -> Tensor {
  attempt(x, weight, bias) { () throws(TensorError) in
    if let type = narrowType(x) {
      return groupNorm(x.widened, numGroups, weight: weight, bias: bias, eps: eps).to(type)
    }
    guard x.rank >= 2, x.shape[1] > 0, numGroups > 0, x.shape[1] % numGroups == 0 else {
      throw TensorError(
        .shape, "group_norm",
        "needs an input of shape [N, C, ...] with one or more channels divisible by \(numGroups) groups, and found \(x.shape)"
      )
    }
    let channels = x.shape[1]
    for (name, tensor) in [("weight", weight), ("bias", bias)] {
      if let tensor, tensor.shape != [channels] {
        throw TensorError(
          .shape, "group_norm", "\(name) must have shape [\(channels)], and found \(tensor.shape)")
      }
    }
    guard x.shape[2...].allSatisfy({ $0 > 0 }) else {
      throw TensorError(.shape, "group_norm", "needs an input without empty spatial dimensions, and found \(x.shape)")
    }
    let rows = x.shape[0].clampedMultiplying(channels / numGroups)
    guard x.shape[2...].reduce(rows, { $0.clampedMultiplying($1) }) != 1 else {
      throw TensorError(
        .value, "group_norm",
        "expected more than 1 value per channel when training, got input of shape \(x.shape) in \(numGroups) groups")
    }
    if x.count == 0 { return apply(Alias(), x) }
    let size = x.count / x.shape[0] / numGroups
    let normalised = layerNorm(x.reshape([x.shape[0] * numGroups, size]), [size], eps: eps).reshape(x.shape)
    return scaleChannels(normalised, weight, bias)
  }
}

/// `x * weight + bias` with a number for each channel.
private func scaleChannels(_ x: Tensor, _ weight: Tensor?, _ bias: Tensor?) -> Tensor {
  if x.hasFailed { return x }
  let column = [x.shape[1]] + [Int](repeating: 1, count: x.rank - 2)
  var result = x
  if let weight { result = result * weight.reshape(column) }
  if let bias { result = result + bias.reshape(column) }
  return result.to(x.dtype)
}

/// Normalisation of every channel of every image of `[N, C, ...]` (Ulyanov et al., 2016).
///
/// - Parameters:
///   - runningMean, runningVar: `[C]`; moved towards the images' mean statistics by `momentum` if they are buffers, or
///     used instead of them where `useInputStats` is false.
public func instanceNorm(
  _ x: Tensor, runningMean: Tensor? = nil, runningVar: Tensor? = nil, weight: Tensor? = nil, bias: Tensor? = nil,
  useInputStats: Bool = true, momentum: Double = 0.1, eps: Double = 1e-5
) -> Tensor {
  attempt(x, runningMean, runningVar, weight, bias) { () throws(TensorError) in
    if let type = narrowType(x) {
      return instanceNorm(
        x.widened, runningMean: runningMean, runningVar: runningVar, weight: weight, bias: bias,
        useInputStats: useInputStats, momentum: momentum, eps: eps
      ).to(type)
    }
    guard x.rank >= 2 else {
      throw TensorError(.shape, "instance_norm", "needs an input of shape [N, C, ...], and found \(x.shape)")
    }
    if !useInputStats {
      return batchNorm(
        x, runningMean: runningMean, runningVar: runningVar, weight: weight, bias: bias, training: false, eps: eps)
    }
    let size = x.shape[2...].reduce(1) { $0.clampedMultiplying($1) }
    guard size != 1 else {
      throw TensorError(
        .value, "instance_norm",
        "expected more than 1 spatial element when using the input's statistics, got input of shape \(x.shape)")
    }
    if x.count == 0 { return apply(Alias(), x) }
    if runningMean != nil || runningVar != nil {
      noGrad {
        let (variances, means) = x.detach().varMean(Array(2..<x.rank))
        if var runningMean {
          let moved = runningMean.widened * (1 - momentum) + means.mean(0) * momentum
          runningMean.assign(moved.to(runningMean.dtype))
        }
        if var runningVar {
          let moved = runningVar.widened * (1 - momentum) + variances.mean(0) * momentum
          runningVar.assign(moved.to(runningVar.dtype))
        }
      }
    }
    let normalised = layerNorm(x.reshape([x.shape[0] * x.shape[1], size]), [size], eps: eps).reshape(x.shape)
    return scaleChannels(normalised, weight, bias)
  }
}

extension Registry {
  /// Normalisation of groups of channels.
  static let groupNorms: [Operation] = [
    .tensor("nn.functional.group_norm", "input, num_groups, weight=None, bias=None, eps=1e-05") {
      try groupNorm(
        $0.tensor("input"), $0.int("num_groups"), weight: $0.optionalTensor("weight"), bias: $0.optionalTensor("bias"),
        eps: $0.double("eps"))
    },
    runningNorm(
      "instance_norm", "running_mean=None, running_var=None", usesBatch: ("use_input_stats", "True"), instanceNorm),
  ]
}
