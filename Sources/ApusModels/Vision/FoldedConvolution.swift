import ApusCore
import ApusFunctional
import ApusNN

/// A convolution and the normalisation of its result. In evaluation, where nobody wants gradients, the normalisation is a factor and
/// a number for each channel, and so becomes part of the convolution's weights: one pass over the picture instead of two. The
/// weights so made are kept until one of those that they are made of has changed.
final class FoldedConvolution: Sendable {
  /// What was made, of the elements that `sources` keep alive and so unchanged.
  private struct Made: Sendable {
    let sources: [Tensor]
    let weight, bias: Tensor
  }

  private let made = Lock<Made?>(nil)

  init() {}

  /// `norm(convolution(x))`.
  func callAsFunction(_ x: Tensor, _ convolution: Conv2d, _ norm: BatchNorm2d) -> Tensor {
    guard let (weight, bias) = folded(convolution, norm) else { return norm(convolution(x)) }
    return ApusFunctional.convolution(
      2, x, weight, bias, stride: convolution.stride, padding: convolution.padding, dilation: convolution.dilation,
      groups: convolution.groups)
  }

  /// The weights with the normalisation in them; nil where each must be computed by itself.
  private func folded(_ convolution: Conv2d, _ norm: BatchNorm2d) -> (Tensor, Tensor)? {
    guard !norm.isTraining, !Context.isGradientEnabled, Context.tracer == nil, convolution.paddingMode == .constant,
      let mean = norm.runningMean, let variance = norm.runningVar, let scale = norm.weight, let shift = norm.bias
    else {
      if norm.isTraining { made.withLock { $0 = nil } }
      return nil
    }
    let sources = ([convolution.weight, mean, variance, scale, shift] + [convolution.bias].compactMap { $0 }).map(
      \.resolved)
    guard sources.allSatisfy({ $0.dtype == .float32 && !$0.isMarked && !$0.isPoisoned && $0.device == .cpu }) else {
      return nil
    }
    if let kept = made.withLock({ $0 }), kept.sources.count == sources.count,
      zip(kept.sources, sources).allSatisfy({ $0.body.data == $1.body.data })
    {
      return (kept.weight, kept.bias)
    }
    let factor = sources[3] * (sources[2] + norm.eps).rsqrt()
    let weight = (sources[0] * factor.reshape(-1, 1, 1, 1)).detach()
    let centre = sources.count > 5 ? sources[1] - sources[5] : sources[1]
    let bias = (sources[4] - centre * factor).detach()
    made.withLock { $0 = Made(sources: sources.map { $0.detach() }, weight: weight, bias: bias) }
    return (weight, bias)
  }
}
