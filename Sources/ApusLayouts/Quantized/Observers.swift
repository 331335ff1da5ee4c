import ApusCore
import ApusNN

// What watches the numbers that pass and finds a scale and a zero point for them, as PyTorch's observers.

/// How the range of integers is laid over the numbers.
public enum QuantizationSymmetry: Sendable, Hashable {
  /// From the smallest to the largest number.
  case affine
  /// Around 0, so that the zero point is the middle of the range.
  case symmetric
}

/// A layer that gives back what it gets, and remembers the range of it.
public protocol QuantizationObserver: Layer {
  /// The integers that are to be used.
  var options: ObserverOptions { get }
  /// The smallest number that passed, for each channel where there are such.
  var minVal: Tensor { get set }
  /// The largest number that passed.
  var maxVal: Tensor { get set }
  /// The dimension of the channels; nil: one range for all.
  var chAxis: Int? { get }
}

/// Which integers an observer lays over the numbers.
public struct ObserverOptions: Sendable {
  /// Their type.
  public let dtype: QuantizedType
  /// How they are laid over the numbers.
  public let qscheme: QuantizationSymmetry
  /// The smallest and the largest one.
  public let quantMin: Int, quantMax: Int
  /// The smallest scale.
  public let eps: Double
  /// Whether the range was given.
  private let isOwnRange: Bool

  init(
    _ dtype: QuantizedType, _ qscheme: QuantizationSymmetry, reduceRange: Bool, quantMin: Int?, quantMax: Int?,
    eps: Double,
    _ name: String
  ) {
    (self.dtype, self.qscheme, self.eps) = (dtype, qscheme, eps)
    isOwnRange = quantMin != nil && quantMax != nil
    var range = dtype.range
    if let quantMin, let quantMax {
      if quantMin <= 0, quantMax >= 0, quantMin < quantMax {
        range = quantMin...quantMax
      } else {
        report(
          TensorError(
            .value, name,
            "quantMin and quantMax lie on both sides of 0 and differ, and found \(quantMin) and \(quantMax)"))
      }
    } else if quantMin != nil || quantMax != nil {
      report(TensorError(.value, name, "quantMin and quantMax are given together or not at all"))
    }
    // Halves go down: -1 / 2 is -1 in PyTorch.
    (self.quantMin, self.quantMax) =
      reduceRange && dtype != .qint32
      ? (range.lowerBound >> 1, range.upperBound >> 1) : (range.lowerBound, range.upperBound)
  }

  /// Scale and zero point for numbers from `low` to `high`, one for each channel.
  fileprivate func parameters(_ low: Tensor, _ high: Tensor) -> (scale: Tensor, zeroPoint: Tensor) {
    let steps = Double(quantMax - quantMin)
    let (low, high) = (low.clamp(max: 0).atleast1d(), high.clamp(min: 0).atleast1d())
    switch qscheme {
    case .symmetric:
      let scale = ((-low).maximum(high) / (steps / 2)).clamp(min: eps)
      let middle = dtype != .quint8 ? 0 : isOwnRange ? (quantMin + quantMax) >> 1 : 128
      return (scale, Tensor.full(scale.shape, middle, dtype: .int64))
    case .affine:
      let scale = ((high - low) / steps).clamp(min: eps)
      let zero = (Double(quantMin) - (low / scale).round()).clamp(min: Double(quantMin), max: Double(quantMax))
      return (scale, zero.to(.int64))
    }
  }
}

extension QuantizationObserver {
  /// Whether anything has passed.
  var hasSeen: Bool { minVal.count > 0 && !minVal.detach().isinf().any().item(as: Bool.self) }

  /// The scale (float32) and the zero point (int64) for what has passed: vectors of one element, or of one for each channel. 1 and
  /// 0 before anything has.
  public func calculateQparams() -> (scale: Tensor, zeroPoint: Tensor) {
    noGrad {
      guard hasSeen else { return (Tensor([Float(1)]), Tensor([0])) }
      return options.parameters(minVal.detach(), maxVal.detach())
    }
  }

  /// The smallest and largest of `x`, for each channel where there are such.
  fileprivate func range(of x: Tensor) throws(TensorError) -> (low: Tensor, high: Tensor) {
    let x = x.detach().to(.float32)
    guard let chAxis else { return (x.amin(), x.amax()) }
    let axis = try normalize(dim: chAxis, rank: x.rank, Self.typeName)
    let others = (0..<x.rank).filter { $0 != axis }
    return (x.amin(others), x.amax(others))
  }

  /// Takes the range of `x` in: the whole of it, or a step of `weight` towards it. Gives `x` back.
  fileprivate func watch(_ x: Tensor, weight: Double? = nil) -> Tensor {
    guard !x.hasFailed, x.count > 0 else { return x }
    noGrad {
      do throws(TensorError) {
        var (low, high) = try range(of: x)
        if hasSeen {
          guard minVal.shape == low.shape else {
            throw TensorError(
              .shape, Self.typeName,
              "has seen \(minVal.count) channels, and found \(low.count) in a tensor of shape \(x.shape)")
          }
          let (least, most) = (minVal.detach(), maxVal.detach())
          if let weight {
            (low, high) = (least + (low - least) * weight, most + (high - most) * weight)
          } else {
            (low, high) = (least.minimum(low), most.maximum(high))
          }
        }
        (minVal, maxVal) = (buffer(low), buffer(high))
      } catch {
        report(error)
      }
    }
    return x
  }
}

/// The smallest and the largest of all numbers that pass.
public final class MinMaxObserver: QuantizationObserver {
  public let state = ModuleState()
  public let options: ObserverOptions
  public var chAxis: Int? { nil }
  @Changeable public var minVal: Tensor
  @Changeable public var maxVal: Tensor

  /// - Parameters:
  ///   - reduceRange: with half of the integers.
  ///   - quantMin, quantMax: the integers that are to be used; all of the type if left out.
  ///   - eps: the smallest scale.
  public init(
    dtype: QuantizedType = .quint8, qscheme: QuantizationSymmetry = .affine, reduceRange: Bool = false,
    quantMin: Int? = nil, quantMax: Int? = nil, eps: Double = 0x1p-23
  ) {
    options = ObserverOptions(
      dtype, qscheme, reduceRange: reduceRange, quantMin: quantMin, quantMax: quantMax, eps: eps, "MinMaxObserver")
    (minVal, maxVal) = (buffer(Tensor(Float.infinity)), buffer(Tensor(-Float.infinity)))
  }

  public func forward(_ x: Tensor) -> Tensor { watch(x) }
}

/// Running means of the smallest and the largest number of each tensor that passes.
public final class MovingAverageMinMaxObserver: QuantizationObserver {
  public let state = ModuleState()
  public let options: ObserverOptions
  public var chAxis: Int? { nil }
  /// The weight of what is new.
  public let averagingConstant: Double
  @Changeable public var minVal: Tensor
  @Changeable public var maxVal: Tensor

  /// Arguments as ``MinMaxObserver`` has them; `averagingConstant` is the weight of what is new.
  public init(
    averagingConstant: Double = 0.01, dtype: QuantizedType = .quint8, qscheme: QuantizationSymmetry = .affine,
    reduceRange: Bool = false, quantMin: Int? = nil, quantMax: Int? = nil, eps: Double = 0x1p-23
  ) {
    options = ObserverOptions(
      dtype, qscheme, reduceRange: reduceRange, quantMin: quantMin, quantMax: quantMax, eps: eps,
      "MovingAverageMinMaxObserver")
    self.averagingConstant = averagingConstant
    (minVal, maxVal) = (buffer(Tensor(Float.infinity)), buffer(Tensor(-Float.infinity)))
  }

  public func forward(_ x: Tensor) -> Tensor { watch(x, weight: averagingConstant) }
}

/// ``MinMaxObserver`` with a range for each channel.
public final class PerChannelMinMaxObserver: QuantizationObserver {
  public let state = ModuleState()
  public let options: ObserverOptions
  public let chAxis: Int?
  @Changeable public var minVal: Tensor
  @Changeable public var maxVal: Tensor

  /// Arguments as ``MinMaxObserver`` has them; `chAxis` is the dimension of the channels.
  public init(
    chAxis: Int = 0, dtype: QuantizedType = .quint8, qscheme: QuantizationSymmetry = .affine, reduceRange: Bool = false,
    quantMin: Int? = nil, quantMax: Int? = nil, eps: Double = 0x1p-23
  ) {
    options = ObserverOptions(
      dtype, qscheme, reduceRange: reduceRange, quantMin: quantMin, quantMax: quantMax, eps: eps,
      "PerChannelMinMaxObserver")
    self.chAxis = chAxis
    (minVal, maxVal) = (buffer(Tensor.zeros([0])), buffer(Tensor.zeros([0])))
  }

  public func forward(_ x: Tensor) -> Tensor { watch(x) }
}

/// ``MovingAverageMinMaxObserver`` with a range for each channel.
public final class MovingAveragePerChannelMinMaxObserver: QuantizationObserver {
  public let state = ModuleState()
  public let options: ObserverOptions
  public let chAxis: Int?
  /// The weight of what is new.
  public let averagingConstant: Double
  @Changeable public var minVal: Tensor
  @Changeable public var maxVal: Tensor

  /// Arguments as ``MovingAverageMinMaxObserver`` has them; `chAxis` is the dimension of the channels.
  public init(
    averagingConstant: Double = 0.01, chAxis: Int = 0, dtype: QuantizedType = .quint8,
    qscheme: QuantizationSymmetry = .affine, reduceRange: Bool = false, quantMin: Int? = nil, quantMax: Int? = nil,
    eps: Double = 0x1p-23
  ) {
    options = ObserverOptions(
      dtype, qscheme, reduceRange: reduceRange, quantMin: quantMin, quantMax: quantMax, eps: eps,
      "MovingAveragePerChannelMinMaxObserver")
    (self.averagingConstant, self.chAxis) = (averagingConstant, chAxis)
    (minVal, maxVal) = (buffer(Tensor.zeros([0])), buffer(Tensor.zeros([0])))
  }

  public func forward(_ x: Tensor) -> Tensor { watch(x, weight: averagingConstant) }
}

/// Numbers rounded to what integers can stand for whose scale and zero point an observer finds: for training that knows of the
/// quantisation to come. Gradients go straight through.
///
///     let rounded = FakeQuantize(MovingAverageMinMaxObserver(dtype: .qint8))
///     let y = rounded(linear(x))
///     rounded.disableObserver()           // from here on the scale stays
public final class FakeQuantize: Layer {
  public let state = ModuleState()
  /// What finds scale and zero point.
  public let activationPostProcess: any QuantizationObserver
  /// The scale, or that of each channel: float32.
  @Changeable public var scale: Tensor
  /// The zero point, or that of each channel: int32.
  @Changeable public var zeroPoint: Tensor
  /// 1 where numbers are rounded, else 0.
  @Changeable public var fakeQuantEnabled: Tensor
  /// 1 where the observer looks at what passes, else 0.
  @Changeable public var observerEnabled: Tensor

  /// With an observer of its own.
  public init(_ observer: any QuantizationObserver = MovingAverageMinMaxObserver()) {
    activationPostProcess = observer
    (scale, zeroPoint) = (buffer(Tensor([Float(1)])), buffer(Tensor([0]).to(.int32)))
    (fakeQuantEnabled, observerEnabled) = (buffer(Tensor([1]).to(.uint8)), buffer(Tensor([1]).to(.uint8)))
  }

  /// Scale and zero point for what the observer has seen.
  public func calculateQparams() -> (scale: Tensor, zeroPoint: Tensor) { activationPostProcess.calculateQparams() }

  /// Whether numbers are rounded.
  public func enableFakeQuant(_ enabled: Bool = true) {
    fakeQuantEnabled = buffer(Tensor([enabled ? 1 : 0]).to(.uint8))
  }
  /// Lets numbers pass as they are.
  public func disableFakeQuant() { enableFakeQuant(false) }
  /// Whether the observer looks at what passes.
  public func enableObserver(_ enabled: Bool = true) { observerEnabled = buffer(Tensor([enabled ? 1 : 0]).to(.uint8)) }
  /// Keeps scale and zero point as they are.
  public func disableObserver() { enableObserver(false) }

  public func forward(_ x: Tensor) -> Tensor {
    if Context.tracer != nil, !isTraining { return captured(x) }
    if observerEnabled.item() != 0 {
      _ = activationPostProcess(x.detach())
      let found = calculateQparams()
      (scale, zeroPoint) = (buffer(found.scale), buffer(found.zeroPoint.to(.int32)))
    }
    if fakeQuantEnabled.item() == 0 { return x }
    let (low, high) = (activationPostProcess.options.quantMin, activationPostProcess.options.quantMax)
    if let axis = activationPostProcess.chAxis {
      return fakeQuantizePerChannelAffine(
        x, scale: scale, zeroPoint: zeroPoint, axis: axis < 0 ? axis + x.rank : axis, quantMin: low, quantMax: high)
    }
    return fakeQuantizePerTensorAffine(x, scale: scale, zeroPoint: zeroPoint, quantMin: low, quantMax: high)
  }

  /// What a function that is being captured does in evaluation mode: scale and zero point are taken as they stand, and the observer does not
  /// look.
  private func captured(_ x: Tensor) -> Tensor {
    attempt(x) { () throws(TensorError) in
      guard Context.with(untraced: true, { fakeQuantEnabled.item() != 0 }) else { return x }
      let options = activationPostProcess.options
      var (scale, zero) = (scale.detach().to(x.dtype), zeroPoint.detach().to(x.dtype))
      if let axis = activationPostProcess.chAxis {
        let place = try normalize(dim: axis, rank: x.rank, "FakeQuantize")
        (scale, zero) = (scale.along(place, rank: x.rank), zero.along(place, rank: x.rank))
      } else {
        (scale, zero) = (scale.reshape([]), zero.reshape([]))
      }
      return apply(FakeQuantizeAffine(low: options.quantMin, high: options.quantMax), x, scale, zero)
    }
  }
}
