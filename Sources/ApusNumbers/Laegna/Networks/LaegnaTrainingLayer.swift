import ApusCore
import ApusFunctional
import ApusLayouts
import ApusNN

/// A linear layer or a convolution of images whose inputs and weights are rounded to Laegna numbers while it is trained: the
/// weights that are kept and trained are floating point numbers, the gradient goes straight through the rounding, and the steps
/// are learnt with them (Esser et al., "Learned step size quantization", 2020).
///
/// ``Quantize/laegnaTraining(_:digits:fraction:formats:scaling:calibration:)`` puts them in the place of layers.
public final class LaegnaTrainingLayer: Layer {
  public let state = ModuleState()
  /// The layer: ``Linear`` or ``Conv2d``.
  public let layer: any Layer
  /// What one step of the inputs stands for: one number.
  @Changeable public var inputStep: Tensor
  /// What one step of the weights stands for: one number for each output channel.
  @Changeable public var weightStep: Tensor
  /// The format of inputs and weights.
  public let format: LaegnaFormat
  let scaling: LaegnaScaling

  /// - Parameter inputStep: the step of the inputs at the beginning.
  init(_ layer: any Layer, _ format: LaegnaFormat, inputStep: Tensor, scaling: LaegnaScaling) {
    (self.layer, self.format, self.scaling) = (layer, format, scaling)
    let weight = Self.weight(of: layer)
    let steps = format.steps(for: weight.flatten(1), scaling)
    let isLearnt = scaling == .real
    self.inputStep = isLearnt ? parameter(inputStep) : buffer(inputStep)
    weightStep = isLearnt ? parameter(steps) : buffer(steps)
  }

  private static func weight(of layer: any Layer) -> Tensor {
    switch layer {
    case let linear as Linear: linear.weight
    case let convolution as Conv2d: convolution.weight
    default: fail(TensorError(.state, "Quantize", "\(layer) has no weight that can be of Laegna numbers"))
    }
  }

  /// The bias of the layer, if it has one.
  private var bias: Tensor? { (layer as? Linear)?.bias ?? (layer as? Conv2d)?.bias }

  /// The steps as they are used: a step is positive, whatever training makes of the number.
  var usedInputStep: Tensor { inputStep.abs().clamp(min: 1e-12) }
  var usedWeightStep: Tensor { weightStep.abs().clamp(min: 1e-12) }

  /// The integers of the weights, as floating point numbers.
  var weightIntegers: Tensor {
    let weight = Self.weight(of: layer).detach()
    let step = usedWeightStep.detach().reshape([-1] + [Int](repeating: 1, count: weight.rank - 1))
    return format.rounded(weight, step: step)
  }

  /// The bias in units of the products' steps, rounded.
  var biasIntegers: Tensor? {
    bias.map { ($0.detach().to(.float64) / productStep.to(.float64)).round() }
  }
  /// What one step of a sum of products stands for, for each output channel.
  private var productStep: Tensor { (usedInputStep * usedWeightStep).detach() }

  private func quantised(_ x: Tensor, _ step: Tensor, perChannel: Bool) -> Tensor {
    let zero = Tensor.zeros(step.shape, dtype: step.dtype)
    let (low, high) = (-format.limit, format.limit)
    // Steps get as much of the gradient as one weight does.
    let factor = 1 / (Double(x.count / max(1, perChannel ? step.count : x.size(0))) * Double(high)).squareRoot()
    return perChannel
      ? fakeQuantizeLearnablePerChannelAffine(
        x, scale: step, zeroPoint: zero, axis: 0, quantMin: low, quantMax: high, gradFactor: factor)
      : fakeQuantizeLearnablePerTensorAffine(
        x, scale: step, zeroPoint: zero, quantMin: low, quantMax: high, gradFactor: factor)
  }

  public func forward(_ x: Tensor) -> Tensor {
    let x = quantised(x, usedInputStep, perChannel: false)
    let weight = quantised(Self.weight(of: layer), usedWeightStep, perChannel: true)
    let shift = bias.map { bias in
      let step = productStep
      return bias + ((bias / step).round() * step - bias).detach()
    }
    guard let convolution = layer as? Conv2d else { return linear(x, weight, shift) }
    return ApusFunctional.convolution(
      2, x, weight, shift, stride: convolution.stride, padding: convolution.padding, dilation: convolution.dilation,
      groups: convolution.groups)
  }

  public var extraRepresentation: String { "\(format)" }
}
