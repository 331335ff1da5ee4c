import ApusCore
import ApusFormats
import ApusFunctional

/// Keras' activation functions by name.
enum KerasActivations {
  typealias Function = @Sendable (Tensor) -> Tensor

  /// The function that a setting names: a text, an object of a class, or nothing.
  static func function(_ config: KerasConfig, _ key: String, _ fallback: String = "linear") throws(TensorError)
    -> Function
  {
    guard let value = config[key] else { return try named(fallback, config) }
    if let name = value.string { return try named(name, config) }
    guard let className = value["class_name"]?.string else {
      throw config.fail(.format, "'\(key)' names no activation")
    }
    if className == "function" {
      if let module = value["module"]?.string, !KerasConfig.isKeras(module) {
        throw config.fail(
          .unsupported, "the activation is a function of '\(module)', which is not part of Keras; it is not run")
      }
      return try named(value["config"]?.string ?? "", config)
    }
    // A layer in the place of a function.
    let inner = try KerasConfig(value, file: config.file, isOld: config.isOld)
    guard let function = try KerasActivationLayers.function(of: inner) else {
      throw config.fail(.unsupported, "'\(inner.className)' is no activation that is known here")
    }
    return function
  }

  static func named(_ name: String, _ config: KerasConfig) throws(TensorError) -> Function {
    // Old files write functions of a package as `keras.activations>relu` or with the module in front.
    let short = name.split(separator: ">").last.map(String.init) ?? name
    if short == "hard_sigmoid", config.isOld { return { ($0 * 0.2 + 0.5).clamp(min: 0, max: 1) } }
    guard let function = table[short] else {
      throw config.fail(.unsupported, "the activation '\(name)' is not one of Keras' that are known here")
    }
    return function
  }

  static let table: [String: Function] = [
    "linear": { $0 },
    "relu": { $0.relu() },
    "relu6": { $0.relu6() },
    "leaky_relu": { $0.leakyRelu(negativeSlope: 0.2) },
    "elu": { $0.elu() },
    "selu": { $0.selu() },
    "celu": { $0.celu() },
    "gelu": { $0.gelu() },
    "silu": { $0.silu() },
    "swish": { $0.silu() },
    "sigmoid": { $0.sigmoid() },
    "hard_sigmoid": { $0.hardsigmoid() },
    "hard_silu": { $0.hardswish() },
    "hard_swish": { $0.hardswish() },
    "tanh": { $0.tanh() },
    "hard_tanh": { $0.hardtanh() },
    "softmax": { ApusFunctional.softmax($0, dim: -1) },
    "log_softmax": { ApusFunctional.logSoftmax($0, dim: -1) },
    "softplus": { $0.softplus() },
    "softsign": { $0.softsign() },
    "soft_shrink": { $0.softshrink() },
    "hard_shrink": { $0.hardshrink() },
    "tanh_shrink": { $0.tanhshrink() },
    "exponential": { $0.exp() },
    "mish": { $0.mish() },
    "log_sigmoid": { $0.logSigmoid() },
    "glu": { $0.glu(dim: -1) },
    "threshold": { `where`($0.gt(0.0), $0, Tensor.zeros([], dtype: $0.dtype)) },
    "squareplus": { squareplus($0, 4) },
    "sparse_plus": { sparsePlus($0) },
    "sparse_sigmoid": { (($0 + 1.0) * 0.5).clamp(min: 0, max: 1) },
    "sparsemax": { sparsemax($0, -1) },
  ]

  /// (x + √(x² + b)) / 2.
  static func squareplus(_ x: Tensor, _ b: Double) -> Tensor { (x + (x * x + b).sqrt()) * 0.5 }

  /// 0 below -1, x above 1, and (x + 1)² / 4 between.
  static func sparsePlus(_ x: Tensor) -> Tensor {
    let middle = (x + 1.0).square() * 0.25
    return `where`(x.le(-1.0), x * 0.0, `where`(x.lt(1.0), middle, x))
  }

  /// Keras' sparsemax. Its threshold comes from the sum of the partial sums of what stays, not from the last of them, as in the
  /// paper (Martins and Astudillo, 2016): where more than one element stays, the result sums to less than 1.
  static func sparsemax(_ x: Tensor, _ dim: Int) -> Tensor {
    let axis = dim < 0 ? dim + x.rank : dim
    guard x.shape.indices.contains(axis) else { return ApusFunctional.softmax(x, dim: dim) }
    let sorted = x.sort(axis, descending: true).values
    let sums = sorted.cumsum(axis)
    var shape = [Int](repeating: 1, count: x.rank)
    shape[axis] = x.shape[axis]
    let places = arange(1, x.shape[axis] + 1, dtype: x.dtype).reshape(shape)
    let supported = (sorted * places + 1.0).gt(sums)
    let count = supported.to(x.dtype).sum(axis, keepDim: true)
    let total = (sums * supported.to(x.dtype)).sum(axis, keepDim: true)
    return (x - (total - 1.0) / count).relu()
  }
}

/// Layers that apply a function to every element, and the softmax.
enum KerasActivationLayers {
  /// Layers that can stand in the place of an activation.
  private static let functions = ["ReLU", "LeakyReLU", "ELU", "ThresholdedReLU", "Activation"]

  /// The function of a layer that can stand in the place of an activation, or nil.
  static func function(of config: KerasConfig) throws(TensorError) -> KerasActivations.Function? {
    switch config.className {
    case "ReLU": return try relu(config)
    case "LeakyReLU": return try leakyRelu(config)
    case "ELU": return try elu(config)
    case "ThresholdedReLU": return try thresholded(config)
    case "Softmax": return try softmax(config)
    case "Activation": return try KerasActivations.function(config, "activation")
    default: return nil
    }
  }

  static let makers: [String: KerasBuilder.Maker] = {
    var makers: [String: KerasBuilder.Maker] = [:]
    for name in functions { makers.add(name, elementwise) }
    makers.add("Softmax", softmaxLayer)
    makers.add("PReLU", prelu)
    for name in [
      "Dropout", "SpatialDropout1D", "SpatialDropout2D", "SpatialDropout3D", "GaussianDropout", "GaussianNoise",
      "AlphaDropout",
      "ActivityRegularization", "Identity",
    ] {
      makers.add(name) { request throws(TensorError) in
        KerasPlan(request.config, outputs: request.inputs, masking: .passes) { call throws(TensorError) in
          call.arguments.first ?? .none
        }
      }
    }
    return makers
  }()

  private static func elementwise(_ request: KerasRequest) throws(TensorError) -> KerasPlan {
    guard let apply = try function(of: request.config) else {
      throw request.config.fail(.unsupported, "is no activation")
    }
    return KerasPlan(request.config, request.input, masking: .passes) { x throws(TensorError) in apply(x) }
  }

  private static func relu(_ config: KerasConfig) throws(TensorError) -> KerasActivations.Function {
    let top = config["max_value"] == nil ? nil : try config.number("max_value")
    let slope = try config.number("negative_slope", 0)
    let threshold = try config.number("threshold", 0)
    return { x in rectified(x, slope, top, threshold) }
  }

  /// x from the threshold on, at most `top`; slope · (x - threshold) below.
  static func rectified(_ x: Tensor, _ slope: Double, _ top: Double?, _ threshold: Double) -> Tensor {
    if slope == 0, threshold == 0 { return top.map { x.clamp(min: 0, max: $0) } ?? x.relu() }
    let upper = top.map { x.clamp(max: $0) } ?? x
    return `where`(x.ge(threshold), upper, (x - threshold) * slope)
  }

  private static func leakyRelu(_ config: KerasConfig) throws(TensorError) -> KerasActivations.Function {
    let slope = try config.number("negative_slope", config["alpha"] == nil ? 0.3 : config.number("alpha"))
    return { $0.leakyRelu(negativeSlope: slope) }
  }

  private static func elu(_ config: KerasConfig) throws(TensorError) -> KerasActivations.Function {
    let alpha = try config.number("alpha", 1)
    return { $0.elu(alpha: alpha) }
  }

  private static func thresholded(_ config: KerasConfig) throws(TensorError) -> KerasActivations.Function {
    let theta = try config.number("theta", 1)
    return { $0 * $0.gt(theta).to($0.dtype) }
  }

  private static func softmax(_ config: KerasConfig) throws(TensorError) -> KerasActivations.Function {
    let axes = try config.ints("axis", [-1])
    return { x in softmax(x, axes) }
  }

  /// The softmax over one or several dimensions.
  static func softmax(_ x: Tensor, _ axes: [Int]) -> Tensor {
    if axes.count == 1 { return ApusFunctional.softmax(x, dim: axes[0]) }
    return (x - x.logsumexp(axes, keepDim: true)).exp()
  }

  private static func softmaxLayer(_ request: KerasRequest) throws(TensorError) -> KerasPlan {
    let axes = try request.config.ints("axis", [-1])
    return KerasPlan(request.config, outputs: [request.input], masking: .passes) { call throws(TensorError) in
      let x = try call.tensor()
      guard let mask = call.argument("mask", 1)?.flat.first?.tensor ?? call.mask else {
        return KerasValue(softmax(x, axes))
      }
      return KerasValue(masked(x, mask.to(.bool), axes))
    }
  }

  /// The softmax where `mask` is true, and zeros elsewhere.
  static func masked(_ x: Tensor, _ mask: Tensor, _ axes: [Int]) -> Tensor {
    let hidden = mask.logicalNot()
    return softmax(x.maskedFill(hidden, x.dtype == .float16 ? -3e4 : -1e9), axes).maskedFill(hidden, 0.0)
  }

  private static func prelu(_ request: KerasRequest) throws(TensorError) -> KerasPlan {
    var sizes = request.input.sizes.map { Array($0.dropFirst()) }
    for axis in try request.config.ints("shared_axes", []) where sizes?.indices.contains(axis - 1) ?? false {
      sizes?[axis - 1] = 1
    }
    let weight = KerasPlan.Weight(name: "alpha", shape: KerasShape(sizes))
    return KerasPlan(request.config, request.input, masking: .passes, weights: [weight]) {
      x, weights throws(TensorError) in
      x.relu() - weights[0] * (-x).relu()
    }
  }
}
