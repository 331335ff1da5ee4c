import ApusCore
import ApusFunctional

// Layers of matrix products.

/// A parameter of `shape` drawn as PyTorch's layers draw their weights: `kaimingUniform` with a = sqrt 5, which is
/// uniform in `1 / sqrt(fanIn)` to both sides.
func initialWeight(_ shape: [Int], _ device: Device?, _ dtype: DType) -> Tensor {
  parameter(Init.kaimingUniform(Tensor.zeros(shape, dtype: dtype), a: 5.0.squareRoot()).placed(on: device))
}

/// A parameter of `shape` uniform in `1 / sqrt(fanIn)` to both sides.
func initialBias(_ shape: [Int], fanIn: Int, _ device: Device?, _ dtype: DType) -> Tensor {
  let bound = fanIn > 0 ? 1 / Double(fanIn).squareRoot() : 0
  return parameter(Init.uniform(Tensor.zeros(shape, dtype: dtype), a: -bound, b: bound).placed(on: device))
}

extension Tensor {
  /// On the device, if one is given.
  func placed(on device: Device?) -> Tensor { device.map { to($0) } ?? self }
}

/// `x @ weight^T + bias`: `[..., inFeatures]` to `[..., outFeatures]`.
public final class Linear: Layer, NamedInText {
  public let state = ModuleState()
  /// `[outFeatures, inFeatures]`.
  @Changeable public var weight: Tensor
  /// `[outFeatures]`, or nil.
  @Changeable public var bias: Tensor!
  /// 0 before the first call of a ``LazyLinear``.
  @Changeable public internal(set) var inFeatures: Int
  public let outFeatures: Int
  let printedName: String

  /// A weight of `[outFeatures, inFeatures]` and, unless `bias` is false, a bias, both drawn uniformly from ±1 /
  /// sqrt(inFeatures).
  public init(
    inFeatures: Int, outFeatures: Int, bias: Bool = true, device: Device? = nil, dtype: DType = .default
  ) {
    self.inFeatures = inFeatures
    self.outFeatures = outFeatures
    printedName = Self.typeName
    weight = initialWeight([outFeatures, inFeatures], device, dtype)
    self.bias = bias ? initialBias([outFeatures], fanIn: inFeatures, device, dtype) : nil
  }

  /// The layer behind attention, which PyTorch prints under a name of its own: `features` to `features`, with a bias of zeros.
  init(projecting features: Int, bias: Bool, _ device: Device?, _ dtype: DType) {
    (inFeatures, outFeatures) = (features, features)
    printedName = "NonDynamicallyQuantizableLinear"
    weight = initialWeight([features, features], device, dtype)
    self.bias = bias ? initialBias([features], fanIn: features, device, dtype) : nil
    if let bias = self.bias { Init.zeros(bias) }
  }

  /// Without parameters, which the first call makes.
  init(lazyOutFeatures: Int, hasBias: Bool, device: Device?, dtype: DType) {
    inFeatures = 0
    outFeatures = lazyOutFeatures
    printedName = "Linear"
    weight = Tensor.zeros([0])
    bias = nil
    _weight.source = Uninitialised("LazyLinear", "weight")
    if hasBias { _bias.source = Uninitialised("LazyLinear", "bias") }
    state.initialisation = Initialisation(
      "LazyLinear", device, dtype, tellers: [("weight", 1, 1)],
      channels: { (x) throws(TensorError) in
        guard let last = x.shape.last else {
          throw TensorError(.shape, "LazyLinear", "needs an input of shape [..., features], and found \(x.shape)")
        }
        return last
      },
      make: { (module, count, device, dtype) throws(TensorError) in
        guard let linear = module as? Linear else { return }
        linear.inFeatures = count
        let (weight, bias) = (linear._weight, linear._bias)
        weight.source = nil
        weight.value = initialWeight([linear.outFeatures, count], device, dtype)
        if !hasBias { return }
        bias.source = nil
        bias.value = initialBias([linear.outFeatures], fanIn: count, device, dtype)
      })
  }

  public func forward(_ x: Tensor) -> Tensor { linear(x, weight, bias) }

  public var extraRepresentation: String {
    "in_features=\(inFeatures), out_features=\(outFeatures), bias=\(python(hasBias))"
  }

  private var hasBias: Bool { _bias.source != nil || bias != nil }
}

/// `y[o] = a @ weight[o] @ b + bias[o]`: `[..., in1Features]` and `[..., in2Features]` to `[..., outFeatures]`.
public final class Bilinear: BinaryLayer {
  public let state = ModuleState()
  /// `[outFeatures, in1Features, in2Features]`.
  @Changeable public var weight: Tensor
  /// `[outFeatures]`, or nil.
  @Changeable public var bias: Tensor!
  public let in1Features: Int
  public let in2Features: Int
  public let outFeatures: Int

  /// a A b + bias for each result, of a weight of `[outFeatures, in1Features, in2Features]`; both are drawn uniformly
  /// from ±1 / sqrt(in1Features).
  public init(
    in1Features: Int, in2Features: Int, outFeatures: Int, bias: Bool = true, device: Device? = nil,
    dtype: DType = .default
  ) {
    (self.in1Features, self.in2Features, self.outFeatures) = (in1Features, in2Features, outFeatures)
    let shape = [outFeatures, in1Features, in2Features]
    let bound = in1Features > 0 ? 1 / Double(in1Features).squareRoot() : 0
    let drawn = Init.uniform(Tensor.zeros(shape, dtype: dtype), a: -bound, b: bound)
    weight = parameter(drawn.placed(on: device))
    self.bias = bias ? initialBias([outFeatures], fanIn: in1Features, device, dtype) : nil
  }

  public func forward(_ a: Tensor, _ b: Tensor) -> Tensor { bilinear(a, b, weight, bias) }

  public var extraRepresentation: String {
    "in1_features=\(in1Features), in2_features=\(in2Features), out_features=\(outFeatures), bias=\(python(bias != nil))"
  }
}

/// The input itself; takes any arguments, so that it can stand in for another layer.
public final class Identity: Layer {
  public let state = ModuleState()
  /// Takes any arguments and uses none.
  public init(_: any Sendable...) {}
  public func forward(_ x: Tensor) -> Tensor { x }
}

/// The dimensions from `startDim` to `endDim` merged into one: by default all but the batch.
public final class Flatten: Layer {
  public let state = ModuleState()
  public let startDim: Int
  public let endDim: Int

  /// Merges `startDim` ... `endDim`, both included; negative ones count from the end.
  public init(startDim: Int = 1, endDim: Int = -1) {
    self.startDim = startDim
    self.endDim = endDim
  }

  public func forward(_ x: Tensor) -> Tensor { x.flatten(startDim, endDim) }

  public var extraRepresentation: String { "start_dim=\(startDim), end_dim=\(endDim)" }
}

/// Dimension `dim` split into `unflattenedSize`, of which one number may be -1.
public final class Unflatten: Layer {
  public let state = ModuleState()
  public let dim: Int
  public let unflattenedSize: [Int]

  /// Splits `dim` into `unflattenedSize`, whose product is its size; one number may be -1.
  public init<each Size: SpatialSize>(dim: Int, unflattenedSize: (repeat each Size)) {
    self.dim = dim
    self.unflattenedSize = sizes(repeat each unflattenedSize) ?? []
  }

  public func forward(_ x: Tensor) -> Tensor { x.unflatten(dim, unflattenedSize) }

  public var extraRepresentation: String {
    let numbers = unflattenedSize.map(String.init).joined(separator: ", ")
    return "dim=\(dim), unflattened_size=(\(numbers)\(unflattenedSize.count == 1 ? ",)" : ")")"
  }
}
