import ApusCore
import ApusFunctional

// Batch normalisation in evaluation is a scale and a shift of channels: the layer before it can do both.

/// Weight and bias of a convolution, or of a transposed one, with the batch normalisation behind it: PyTorch's
/// `fuse_conv_bn_weights`. Without its own weight and bias the normalisation scales by 1 and shifts by 0.
public func fuseConvBNWeights(
  _ weight: Tensor, _ bias: Tensor?, _ runningMean: Tensor, _ runningVar: Tensor, _ eps: Double, _ scale: Tensor?,
  _ shift: Tensor?, transpose: Bool = false
) -> (weight: Tensor, bias: Tensor) {
  let made = noGrad {
    attempt(weight, bias, runningMean, runningVar, scale) { () throws(TensorError) -> (Tensor, Tensor) in
      let channels = runningMean.count
      let dim = transpose ? 1 : 0
      guard weight.rank > dim, weight.shape[dim] == channels else {
        throw TensorError(
          .shape, "fuse_conv_bn",
          "a weight of shape \(weight.shape) does not give the \(channels) channels that are normalised")
      }
      let factors =
        (scale?.detach() ?? Tensor.ones([channels], dtype: runningMean.dtype)) * (runningVar.detach() + eps).rsqrt()
      var shape = [Int](repeating: 1, count: weight.rank)
      shape[dim] = channels
      let before = bias?.detach() ?? Tensor.zeros([channels], dtype: runningMean.dtype)
      let moved = (before - runningMean.detach()) * factors
      return (
        (weight.detach() * factors.reshape(shape)).to(weight.dtype),
        (shift.map { moved + $0.detach() } ?? moved).to(bias?.dtype ?? weight.dtype)
      )
    }
  }
  return (
    parameter(made.0, requiresGrad: weight.requiresGrad), parameter(made.1, requiresGrad: bias?.requiresGrad ?? true)
  )
}

/// Weight and bias of a linear layer with the batch normalisation behind it: PyTorch's `fuse_linear_bn_weights`.
public func fuseLinearBNWeights(
  _ weight: Tensor, _ bias: Tensor?, _ runningMean: Tensor, _ runningVar: Tensor, _ eps: Double, _ scale: Tensor?,
  _ shift: Tensor?
) -> (weight: Tensor, bias: Tensor) {
  fuseConvBNWeights(weight, bias, runningMean, runningVar, eps, scale, shift)
}

/// Checks that both are in evaluation and that statistics are kept.
private func statistics(
  _ layer: any Module, _ norm: ChannelNormalization, _ operation: String
) throws(TensorError) -> (Tensor, Tensor) {
  guard !layer.isTraining, !norm.state.isTraining else {
    throw TensorError(.state, operation, "fuses layers in evaluation mode only: call eval() on both")
  }
  guard let mean = norm.runningMean, let variance = norm.runningVar else {
    throw TensorError(.state, operation, "the normalisation keeps no running statistics, which fusing needs")
  }
  return (mean, variance)
}

/// A copy of `conv` that gives what `conv` and the normalisation `bn` behind it give in evaluation: PyTorch's
/// `fuse_conv_bn_eval`.
/// - Precondition: both are in evaluation mode.
public func fuseConvBN<Spatial: SpatialRank>(
  _ conv: Convolution<Spatial>, _ bn: BatchNormalization<Spatial>
) -> Convolution<Spatial> {
  do throws(TensorError) {
    let (mean, variance) = try statistics(conv, bn, "fuse_conv_bn")
    let copy = deepCopy(conv)
    let fused = fuseConvBNWeights(conv.weight, conv.bias, mean, variance, bn.eps, bn.weight, bn.bias)
    copy.weight = fused.weight
    copy.bias = fused.bias
    return copy
  } catch {
    report(error)
    return conv
  }
}

/// ``fuseConvBN(_:_:)-swift.function`` for a transposed convolution.
public func fuseConvBN<Spatial: SpatialRank>(
  _ conv: TransposedConvolution<Spatial>, _ bn: BatchNormalization<Spatial>
) -> TransposedConvolution<Spatial> {
  do throws(TensorError) {
    let (mean, variance) = try statistics(conv, bn, "fuse_conv_bn")
    guard conv.groups == 1 else {
      throw TensorError(.value, "fuse_conv_bn", "a transposed convolution of \(conv.groups) groups cannot be fused")
    }
    let copy = deepCopy(conv)
    let fused = fuseConvBNWeights(
      conv.weight, conv.bias, mean, variance, bn.eps, bn.weight, bn.bias, transpose: true)
    copy.weight = fused.weight
    copy.bias = fused.bias
    return copy
  } catch {
    report(error)
    return conv
  }
}

/// A copy of `linear` that gives what `linear` and the normalisation `bn` behind it give in evaluation: PyTorch's
/// `fuse_linear_bn_eval`. One feature that is normalised scales all results.
/// - Precondition: both are in evaluation mode.
public func fuseLinearBN<Spatial: SpatialRank>(_ linear: Linear, _ bn: BatchNormalization<Spatial>) -> Linear {
  do throws(TensorError) {
    let (mean, variance) = try statistics(linear, bn, "fuse_linear_bn")
    guard bn.numFeatures == linear.outFeatures || bn.numFeatures == 1 else {
      throw TensorError(
        .shape, "fuse_linear_bn",
        "a layer of \(linear.outFeatures) features and a normalisation of \(bn.numFeatures) do not belong together")
    }
    let copy = deepCopy(linear)
    func each(_ x: Tensor?) -> Tensor? { x.map { $0.detach().expand([linear.outFeatures]) } }
    let fused = fuseLinearBNWeights(
      linear.weight, linear.bias, mean.detach().expand([linear.outFeatures]),
      variance.detach().expand([linear.outFeatures]), bn.eps, each(bn.weight), each(bn.bias))
    copy.weight = fused.weight
    copy.bias = fused.bias
    return copy
  } catch {
    report(error)
    return linear
  }
}

/// ``fuseConvBN(_:_:)`` under PyTorch's name.
public func fuseConvBNEval<Spatial: SpatialRank>(
  _ conv: Convolution<Spatial>, _ bn: BatchNormalization<Spatial>
) -> Convolution<Spatial> { fuseConvBN(conv, bn) }

/// ``fuseConvBN(_:_:)`` under PyTorch's name, for a transposed convolution.
public func fuseConvBNEval<Spatial: SpatialRank>(
  _ conv: TransposedConvolution<Spatial>, _ bn: BatchNormalization<Spatial>, transpose: Bool = true
) -> TransposedConvolution<Spatial> { fuseConvBN(conv, bn) }

/// ``fuseLinearBN(_:_:)`` under PyTorch's name.
public func fuseLinearBNEval<Spatial: SpatialRank>(_ linear: Linear, _ bn: BatchNormalization<Spatial>) -> Linear {
  fuseLinearBN(linear, bn)
}
