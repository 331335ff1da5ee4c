import Apus
import ApusCore

// How PyTorch's module classes are built here, from the names of their arguments.

/// A module ready to be called.
struct BuiltModule {
  let module: any Module
  let inputCount: Int
  let call: ([Tensor]) -> [Tensor]

  init(_ layer: any Layer) {
    module = layer
    inputCount = 1
    call = { [layer($0[0])] }
  }
  init(_ layer: any BinaryLayer) {
    module = layer
    inputCount = 2
    call = { [layer($0[0], $0[1])] }
  }
  init(_ layer: any TernaryLayer) {
    module = layer
    inputCount = 3
    call = { [layer($0[0], $0[1], $0[2])] }
  }
}

/// Names of the arguments in order, and how to build the module from them.
struct ModuleBuilder: Sendable {
  let parameters: [String]
  let make: @Sendable (inout ModuleArguments) throws -> BuiltModule

  init(_ parameters: String, _ make: @escaping @Sendable (inout ModuleArguments) throws -> any Layer) {
    self.parameters = parameters.split(separator: " ").map(String.init)
    self.make = { BuiltModule(try make(&$0)) }
  }
  init(binary parameters: String, _ make: @escaping @Sendable (inout ModuleArguments) throws -> any BinaryLayer) {
    self.parameters = parameters.split(separator: " ").map(String.init)
    self.make = { BuiltModule(try make(&$0)) }
  }
  init(ternary parameters: String, _ make: @escaping @Sendable (inout ModuleArguments) throws -> any TernaryLayer) {
    self.parameters = parameters.split(separator: " ").map(String.init)
    self.make = { BuiltModule(try make(&$0)) }
  }
}

/// The arguments of a constructor; reading one takes it, so that what is left over is known.
struct ModuleArguments {
  let module: String
  var values: [String: OperationValue]
  var dtype: DType

  /// An argument that nothing has read and that says something.
  var rest: String? {
    values.first { key, value in
      if case .none = value { return false }
      return key != "inplace"
    }?.key
  }

  mutating func take(_ name: String) -> OperationValue? {
    guard let value = values.removeValue(forKey: name) else { return nil }
    if case .none = value { return nil }
    return value
  }

  private func mismatch(_ name: String) -> TensorError {
    TensorError(.unsupported, module, "the argument \(name) is of a kind that is not covered")
  }

  mutating func int(_ name: String, _ standard: Int? = nil) throws -> Int {
    switch take(name) {
    case .int(let v)?: return v
    case nil:
      guard let standard else { throw mismatch(name) }
      return standard
    default: throw mismatch(name)
    }
  }
  mutating func optionalInt(_ name: String) throws -> Int? {
    guard let value = take(name) else { return nil }
    guard case .int(let v) = value else { throw mismatch(name) }
    return v
  }
  mutating func double(_ name: String, _ standard: Double) throws -> Double { try optionalDouble(name) ?? standard }
  mutating func optionalDouble(_ name: String) throws -> Double? {
    switch take(name) {
    case .int(let v)?: return Double(v)
    case .float(let v)?: return v
    case nil: return nil
    default: throw mismatch(name)
    }
  }
  /// A number that may be given as none, which differs from leaving it out.
  mutating func momentum(_ standard: Double) throws -> Double? {
    if case .none? = values["momentum"] {
      values["momentum"] = nil
      return nil
    }
    return try double("momentum", standard)
  }
  mutating func bool(_ name: String, _ standard: Bool) throws -> Bool {
    switch take(name) {
    case .bool(let v)?: return v
    case .int(let v)?: return v != 0
    case nil: return standard
    default: throw mismatch(name)
    }
  }
  mutating func string(_ name: String, _ standard: String) throws -> String {
    switch take(name) {
    case .string(let v)?: return v
    case nil: return standard
    default: throw mismatch(name)
    }
  }
  mutating func tensor(_ name: String) throws -> Tensor? {
    switch take(name) {
    case .tensor(let v)?: return v
    case nil: return nil
    default: throw mismatch(name)
    }
  }
  mutating func optionalInts(_ name: String) throws -> [Int]? {
    switch take(name) {
    case .int(let v)?: return [v]
    case .list(let items)?:
      return try items.map {
        switch $0 {
        case .int(let v): return v
        case .none: return -1
        default: throw mismatch(name)
        }
      }
    case nil: return nil
    default: throw mismatch(name)
    }
  }
  mutating func ints(_ name: String, _ standard: [Int]? = nil) throws -> [Int] {
    if let given = try optionalInts(name) { return given }
    guard let standard else { throw mismatch(name) }
    return standard
  }
  mutating func doubles(_ name: String) throws -> [Double]? {
    switch take(name) {
    case .int(let v)?: return [Double(v)]
    case .float(let v)?: return [v]
    case .list(let items)?:
      return try items.map {
        switch $0 {
        case .int(let v): return Double(v)
        case .float(let v): return v
        default: throw mismatch(name)
        }
      }
    case nil: return nil
    default: throw mismatch(name)
    }
  }
  mutating func padding() throws -> ConvolutionPaddingMode {
    if case .string(let text)? = values["padding"] {
      values["padding"] = nil
      return text == "same" ? .keepSize : .none
    }
    return .each(try ints("padding", [0]))
  }
  mutating func paddingMode() throws -> PadMode {
    let text = try string("padding_mode", "zeros")
    return PadMode(rawValue: text) ?? .constant
  }
  mutating func reduction() throws -> LossReduction {
    let text = try string("reduction", "mean")
    guard let reduction = LossReduction(rawValue: text) else {
      throw TensorError(.value, module, "there is no reduction '\(text)'")
    }
    return reduction
  }
}

private let builders0: [String: ModuleBuilder] = [
  "nn.Linear": ModuleBuilder("in_features out_features bias") { a in
    try Linear(a.int("in_features"), a.int("out_features"), bias: a.bool("bias", true), dtype: a.dtype)
  },
  "nn.Bilinear": ModuleBuilder(binary: "in1_features in2_features out_features bias") { a in
    try Bilinear(
      a.int("in1_features"), a.int("in2_features"), a.int("out_features"), bias: a.bool("bias", true), dtype: a.dtype)
  },
  "nn.Identity": ModuleBuilder("") { a in
    Identity()
  },
  "nn.Flatten": ModuleBuilder("start_dim end_dim") { a in
    try Flatten(startDim: a.int("start_dim", 1), endDim: a.int("end_dim", -1))
  },
  "nn.Unflatten": ModuleBuilder("dim unflattened_size") { a in
    try Unflatten(a.int("dim"), a.ints("unflattened_size"))
  },
  "nn.Conv1d": ModuleBuilder("in_channels out_channels kernel_size stride padding dilation groups bias padding_mode") {
    a in
    try Conv1d(
      a.int("in_channels"), a.int("out_channels"), kernelSize: a.ints("kernel_size"), stride: a.ints("stride", [1]),
      padding: a.padding(), dilation: a.ints("dilation", [1]), groups: a.int("groups", 1), bias: a.bool("bias", true),
      paddingMode: a.paddingMode(), dtype: a.dtype)
  },
  "nn.ConvTranspose1d": ModuleBuilder(
    "in_channels out_channels kernel_size stride padding output_padding groups bias dilation padding_mode"
  ) { a in
    try ConvTranspose1d(
      a.int("in_channels"), a.int("out_channels"), kernelSize: a.ints("kernel_size"), stride: a.ints("stride", [1]),
      padding: a.ints("padding", [0]), outputPadding: a.ints("output_padding", [0]), groups: a.int("groups", 1),
      bias: a.bool("bias", true), dilation: a.ints("dilation", [1]), dtype: a.dtype)
  },
  "nn.MaxPool1d": ModuleBuilder("kernel_size stride padding dilation return_indices ceil_mode") { a in
    try MaxPool1d(
      a.ints("kernel_size"), stride: a.optionalInts("stride"), padding: a.ints("padding", [0]),
      dilation: a.ints("dilation", [1]), ceilMode: a.bool("ceil_mode", false))
  },
  "nn.AvgPool1d": ModuleBuilder("kernel_size stride padding ceil_mode count_include_pad divisor_override") { a in
    try AvgPool1d(
      a.ints("kernel_size"), stride: a.optionalInts("stride"), padding: a.ints("padding", [0]),
      ceilMode: a.bool("ceil_mode", false), countIncludePad: a.bool("count_include_pad", true))
  },
  "nn.AdaptiveAvgPool1d": ModuleBuilder("output_size") { a in
    try AdaptiveAvgPool1d(a.ints("output_size"))
  },
  "nn.AdaptiveMaxPool1d": ModuleBuilder("output_size return_indices") { a in
    try AdaptiveMaxPool1d(a.ints("output_size"))
  },
  "nn.LPPool1d": ModuleBuilder("norm_type kernel_size stride ceil_mode") { a in
    try LPPool1d(
      a.double("norm_type", 2), a.ints("kernel_size"), stride: a.optionalInts("stride"),
      ceilMode: a.bool("ceil_mode", false))
  },
  "nn.BatchNorm1d": ModuleBuilder("num_features eps momentum affine track_running_stats bias") { a in
    try BatchNorm1d(
      a.int("num_features"), eps: a.double("eps", 1e-5), momentum: a.momentum(0.1), affine: a.bool("affine", true),
      trackRunningStats: a.bool("track_running_stats", true), bias: a.bool("bias", true), dtype: a.dtype)
  },
  "nn.InstanceNorm1d": ModuleBuilder("num_features eps momentum affine track_running_stats bias") { a in
    try InstanceNorm1d(
      a.int("num_features"), eps: a.double("eps", 1e-5), momentum: a.double("momentum", 0.1),
      affine: a.bool("affine", false), trackRunningStats: a.bool("track_running_stats", false),
      bias: a.bool("bias", true),
      dtype: a.dtype)
  },
  "nn.ReflectionPad1d": ModuleBuilder("padding") { a in
    try ReflectionPad1d(a.ints("padding"))
  },
  "nn.ReplicationPad1d": ModuleBuilder("padding") { a in
    try ReplicationPad1d(a.ints("padding"))
  },
  "nn.CircularPad1d": ModuleBuilder("padding") { a in
    try CircularPad1d(a.ints("padding"))
  },
  "nn.ZeroPad1d": ModuleBuilder("padding") { a in
    try ZeroPad1d(a.ints("padding"))
  },
  "nn.ConstantPad1d": ModuleBuilder("padding value") { a in
    try ConstantPad1d(a.ints("padding"), a.double("value", 0))
  },
  "nn.Conv2d": ModuleBuilder("in_channels out_channels kernel_size stride padding dilation groups bias padding_mode") {
    a in
    try Conv2d(
      a.int("in_channels"), a.int("out_channels"), kernelSize: a.ints("kernel_size"), stride: a.ints("stride", [1]),
      padding: a.padding(), dilation: a.ints("dilation", [1]), groups: a.int("groups", 1), bias: a.bool("bias", true),
      paddingMode: a.paddingMode(), dtype: a.dtype)
  },
  "nn.ConvTranspose2d": ModuleBuilder(
    "in_channels out_channels kernel_size stride padding output_padding groups bias dilation padding_mode"
  ) { a in
    try ConvTranspose2d(
      a.int("in_channels"), a.int("out_channels"), kernelSize: a.ints("kernel_size"), stride: a.ints("stride", [1]),
      padding: a.ints("padding", [0]), outputPadding: a.ints("output_padding", [0]), groups: a.int("groups", 1),
      bias: a.bool("bias", true), dilation: a.ints("dilation", [1]), dtype: a.dtype)
  },
  "nn.MaxPool2d": ModuleBuilder("kernel_size stride padding dilation return_indices ceil_mode") { a in
    try MaxPool2d(
      a.ints("kernel_size"), stride: a.optionalInts("stride"), padding: a.ints("padding", [0]),
      dilation: a.ints("dilation", [1]), ceilMode: a.bool("ceil_mode", false))
  },
  "nn.AvgPool2d": ModuleBuilder("kernel_size stride padding ceil_mode count_include_pad divisor_override") { a in
    try AvgPool2d(
      a.ints("kernel_size"), stride: a.optionalInts("stride"), padding: a.ints("padding", [0]),
      ceilMode: a.bool("ceil_mode", false), countIncludePad: a.bool("count_include_pad", true),
      divisorOverride: a.optionalInt("divisor_override"))
  },
  "nn.AdaptiveAvgPool2d": ModuleBuilder("output_size") { a in
    try AdaptiveAvgPool2d(a.ints("output_size"))
  },
  "nn.AdaptiveMaxPool2d": ModuleBuilder("output_size return_indices") { a in
    try AdaptiveMaxPool2d(a.ints("output_size"))
  },
  "nn.LPPool2d": ModuleBuilder("norm_type kernel_size stride ceil_mode") { a in
    try LPPool2d(
      a.double("norm_type", 2), a.ints("kernel_size"), stride: a.optionalInts("stride"),
      ceilMode: a.bool("ceil_mode", false))
  },
  "nn.BatchNorm2d": ModuleBuilder("num_features eps momentum affine track_running_stats bias") { a in
    try BatchNorm2d(
      a.int("num_features"), eps: a.double("eps", 1e-5), momentum: a.momentum(0.1), affine: a.bool("affine", true),
      trackRunningStats: a.bool("track_running_stats", true), bias: a.bool("bias", true), dtype: a.dtype)
  },
  "nn.InstanceNorm2d": ModuleBuilder("num_features eps momentum affine track_running_stats bias") { a in
    try InstanceNorm2d(
      a.int("num_features"), eps: a.double("eps", 1e-5), momentum: a.double("momentum", 0.1),
      affine: a.bool("affine", false), trackRunningStats: a.bool("track_running_stats", false),
      bias: a.bool("bias", true),
      dtype: a.dtype)
  },
  "nn.ReflectionPad2d": ModuleBuilder("padding") { a in
    try ReflectionPad2d(a.ints("padding"))
  },
  "nn.ReplicationPad2d": ModuleBuilder("padding") { a in
    try ReplicationPad2d(a.ints("padding"))
  },
  "nn.CircularPad2d": ModuleBuilder("padding") { a in
    try CircularPad2d(a.ints("padding"))
  },
  "nn.ZeroPad2d": ModuleBuilder("padding") { a in
    try ZeroPad2d(a.ints("padding"))
  },
  "nn.ConstantPad2d": ModuleBuilder("padding value") { a in
    try ConstantPad2d(a.ints("padding"), a.double("value", 0))
  },
  "nn.Conv3d": ModuleBuilder("in_channels out_channels kernel_size stride padding dilation groups bias padding_mode") {
    a in
    try Conv3d(
      a.int("in_channels"), a.int("out_channels"), kernelSize: a.ints("kernel_size"), stride: a.ints("stride", [1]),
      padding: a.padding(), dilation: a.ints("dilation", [1]), groups: a.int("groups", 1), bias: a.bool("bias", true),
      paddingMode: a.paddingMode(), dtype: a.dtype)
  },
  "nn.ConvTranspose3d": ModuleBuilder(
    "in_channels out_channels kernel_size stride padding output_padding groups bias dilation padding_mode"
  ) { a in
    try ConvTranspose3d(
      a.int("in_channels"), a.int("out_channels"), kernelSize: a.ints("kernel_size"), stride: a.ints("stride", [1]),
      padding: a.ints("padding", [0]), outputPadding: a.ints("output_padding", [0]), groups: a.int("groups", 1),
      bias: a.bool("bias", true), dilation: a.ints("dilation", [1]), dtype: a.dtype)
  },
  "nn.MaxPool3d": ModuleBuilder("kernel_size stride padding dilation return_indices ceil_mode") { a in
    try MaxPool3d(
      a.ints("kernel_size"), stride: a.optionalInts("stride"), padding: a.ints("padding", [0]),
      dilation: a.ints("dilation", [1]), ceilMode: a.bool("ceil_mode", false))
  },
  "nn.AvgPool3d": ModuleBuilder("kernel_size stride padding ceil_mode count_include_pad divisor_override") { a in
    try AvgPool3d(
      a.ints("kernel_size"), stride: a.optionalInts("stride"), padding: a.ints("padding", [0]),
      ceilMode: a.bool("ceil_mode", false), countIncludePad: a.bool("count_include_pad", true),
      divisorOverride: a.optionalInt("divisor_override"))
  },
  "nn.AdaptiveAvgPool3d": ModuleBuilder("output_size") { a in
    try AdaptiveAvgPool3d(a.ints("output_size"))
  },
  "nn.AdaptiveMaxPool3d": ModuleBuilder("output_size return_indices") { a in
    try AdaptiveMaxPool3d(a.ints("output_size"))
  },
  "nn.LPPool3d": ModuleBuilder("norm_type kernel_size stride ceil_mode") { a in
    try LPPool3d(
      a.double("norm_type", 2), a.ints("kernel_size"), stride: a.optionalInts("stride"),
      ceilMode: a.bool("ceil_mode", false))
  },
]

private let builders1: [String: ModuleBuilder] = [
  "nn.BatchNorm3d": ModuleBuilder("num_features eps momentum affine track_running_stats bias") { a in
    try BatchNorm3d(
      a.int("num_features"), eps: a.double("eps", 1e-5), momentum: a.momentum(0.1), affine: a.bool("affine", true),
      trackRunningStats: a.bool("track_running_stats", true), bias: a.bool("bias", true), dtype: a.dtype)
  },
  "nn.InstanceNorm3d": ModuleBuilder("num_features eps momentum affine track_running_stats bias") { a in
    try InstanceNorm3d(
      a.int("num_features"), eps: a.double("eps", 1e-5), momentum: a.double("momentum", 0.1),
      affine: a.bool("affine", false), trackRunningStats: a.bool("track_running_stats", false),
      bias: a.bool("bias", true),
      dtype: a.dtype)
  },
  "nn.ReflectionPad3d": ModuleBuilder("padding") { a in
    try ReflectionPad3d(a.ints("padding"))
  },
  "nn.ReplicationPad3d": ModuleBuilder("padding") { a in
    try ReplicationPad3d(a.ints("padding"))
  },
  "nn.CircularPad3d": ModuleBuilder("padding") { a in
    try CircularPad3d(a.ints("padding"))
  },
  "nn.ZeroPad3d": ModuleBuilder("padding") { a in
    try ZeroPad3d(a.ints("padding"))
  },
  "nn.ConstantPad3d": ModuleBuilder("padding value") { a in
    try ConstantPad3d(a.ints("padding"), a.double("value", 0))
  },
  "nn.LayerNorm": ModuleBuilder("normalized_shape eps elementwise_affine bias") { a in
    try LayerNorm(
      a.ints("normalized_shape"), eps: a.double("eps", 1e-5), elementwiseAffine: a.bool("elementwise_affine", true),
      bias: a.bool("bias", true), dtype: a.dtype)
  },
  "nn.RMSNorm": ModuleBuilder("normalized_shape eps elementwise_affine") { a in
    try RMSNorm(
      a.ints("normalized_shape"), eps: a.optionalDouble("eps"), elementwiseAffine: a.bool("elementwise_affine", true),
      dtype: a.dtype)
  },
  "nn.GroupNorm": ModuleBuilder("num_groups num_channels eps affine bias") { a in
    try GroupNorm(
      a.int("num_groups"), a.int("num_channels"), eps: a.double("eps", 1e-5), affine: a.bool("affine", true),
      bias: a.bool("bias", true), dtype: a.dtype)
  },
  "nn.LocalResponseNorm": ModuleBuilder("size alpha beta k") { a in
    try LocalResponseNorm(
      a.int("size"), alpha: a.double("alpha", 1e-4), beta: a.double("beta", 0.75), k: a.double("k", 1))
  },
  "nn.Embedding": ModuleBuilder("num_embeddings embedding_dim padding_idx") { a in
    try Embedding(
      a.int("num_embeddings"), a.int("embedding_dim"), paddingIdx: a.optionalInt("padding_idx"), dtype: a.dtype)
  },
  "nn.Dropout": ModuleBuilder("p") { a in
    try Dropout(a.double("p", 0.5))
  },
  "nn.Dropout1d": ModuleBuilder("p") { a in
    try Dropout1d(a.double("p", 0.5))
  },
  "nn.Dropout2d": ModuleBuilder("p") { a in
    try Dropout2d(a.double("p", 0.5))
  },
  "nn.Dropout3d": ModuleBuilder("p") { a in
    try Dropout3d(a.double("p", 0.5))
  },
  "nn.AlphaDropout": ModuleBuilder("p") { a in
    try AlphaDropout(a.double("p", 0.5))
  },
  "nn.FeatureAlphaDropout": ModuleBuilder("p") { a in
    try FeatureAlphaDropout(a.double("p", 0.5))
  },
  "nn.ReLU": ModuleBuilder("inplace") { a in
    ReLU()
  },
  "nn.ReLU6": ModuleBuilder("inplace") { a in
    ReLU6()
  },
  "nn.SELU": ModuleBuilder("inplace") { a in
    SELU()
  },
  "nn.SiLU": ModuleBuilder("inplace") { a in
    SiLU()
  },
  "nn.Mish": ModuleBuilder("inplace") { a in
    Mish()
  },
  "nn.Sigmoid": ModuleBuilder("inplace") { a in
    Sigmoid()
  },
  "nn.Tanh": ModuleBuilder("inplace") { a in
    Tanh()
  },
  "nn.LogSigmoid": ModuleBuilder("inplace") { a in
    LogSigmoid()
  },
  "nn.Softsign": ModuleBuilder("inplace") { a in
    Softsign()
  },
  "nn.Tanhshrink": ModuleBuilder("inplace") { a in
    Tanhshrink()
  },
  "nn.Hardsigmoid": ModuleBuilder("inplace") { a in
    Hardsigmoid()
  },
  "nn.Hardswish": ModuleBuilder("inplace") { a in
    Hardswish()
  },
  "nn.Softmax2d": ModuleBuilder("inplace") { a in
    Softmax2d()
  },
  "nn.LeakyReLU": ModuleBuilder("negative_slope") { a in
    try LeakyReLU(a.double("negative_slope", 0.01))
  },
  "nn.ELU": ModuleBuilder("alpha") { a in
    try ELU(alpha: a.double("alpha", 1))
  },
  "nn.CELU": ModuleBuilder("alpha") { a in
    try CELU(alpha: a.double("alpha", 1))
  },
  "nn.GELU": ModuleBuilder("approximate") { a in
    try GELU(approximate: a.string("approximate", "none") == "tanh" ? .tanh : .none)
  },
  "nn.Softplus": ModuleBuilder("beta threshold") { a in
    try Softplus(beta: a.double("beta", 1), threshold: a.double("threshold", 20))
  },
  "nn.Hardtanh": ModuleBuilder("min_val max_val") { a in
    try Hardtanh(minVal: a.double("min_val", -1), maxVal: a.double("max_val", 1))
  },
  "nn.Hardshrink": ModuleBuilder("lambd") { a in
    try Hardshrink(a.double("lambd", 0.5))
  },
  "nn.Softshrink": ModuleBuilder("lambd") { a in
    try Softshrink(a.double("lambd", 0.5))
  },
  "nn.Threshold": ModuleBuilder("threshold value") { a in
    try Threshold(a.double("threshold", 0), a.double("value", 0))
  },
]

private let builders2: [String: ModuleBuilder] = [
  "nn.MaxUnpool2d": ModuleBuilder(binary: "kernel_size stride padding") { a in
    try MaxUnpool2d(a.ints("kernel_size"), stride: a.optionalInts("stride"), padding: a.ints("padding", [0]))
  },
  "nn.MaxUnpool3d": ModuleBuilder(binary: "kernel_size stride padding") { a in
    try MaxUnpool3d(a.ints("kernel_size"), stride: a.optionalInts("stride"), padding: a.ints("padding", [0]))
  },
  "nn.GLU": ModuleBuilder("dim") { a in
    try GLU(dim: a.int("dim", -1))
  },
  "nn.RReLU": ModuleBuilder("lower upper") { a in
    try RReLU(a.double("lower", 1.0 / 8), a.double("upper", 1.0 / 3))
  },
  "nn.PReLU": ModuleBuilder("num_parameters init") { a in
    try PReLU(a.int("num_parameters", 1), initialSlope: a.double("init", 0.25), dtype: a.dtype)
  },
  "nn.Softmax": ModuleBuilder("dim") { a in
    try Softmax(dim: a.int("dim"))
  },
  "nn.LogSoftmax": ModuleBuilder("dim") { a in
    try LogSoftmax(dim: a.int("dim"))
  },
  "nn.Softmin": ModuleBuilder("dim") { a in
    try Softmin(dim: a.int("dim"))
  },
  "nn.CrossEntropyLoss": ModuleBuilder(binary: "weight size_average ignore_index reduce reduction label_smoothing") {
    a in
    try CrossEntropyLoss(
      weight: a.tensor("weight"), ignoreIndex: a.int("ignore_index", -100), reduction: a.reduction(),
      labelSmoothing: a.double("label_smoothing", 0))
  },
  "nn.NLLLoss": ModuleBuilder(binary: "weight size_average ignore_index reduce reduction") { a in
    try NLLLoss(weight: a.tensor("weight"), ignoreIndex: a.int("ignore_index", -100), reduction: a.reduction())
  },
  "nn.MSELoss": ModuleBuilder(binary: "size_average reduce reduction") { a in
    try MSELoss(reduction: a.reduction())
  },
  "nn.L1Loss": ModuleBuilder(binary: "size_average reduce reduction") { a in
    try L1Loss(reduction: a.reduction())
  },
  "nn.SoftMarginLoss": ModuleBuilder(binary: "size_average reduce reduction") { a in
    try SoftMarginLoss(reduction: a.reduction())
  },
  "nn.MultiLabelMarginLoss": ModuleBuilder(binary: "size_average reduce reduction") { a in
    try MultiLabelMarginLoss(reduction: a.reduction())
  },
  "nn.SmoothL1Loss": ModuleBuilder(binary: "size_average reduce reduction beta") { a in
    try SmoothL1Loss(reduction: a.reduction(), beta: a.double("beta", 1))
  },
  "nn.HuberLoss": ModuleBuilder(binary: "reduction delta") { a in
    try HuberLoss(reduction: a.reduction(), delta: a.double("delta", 1))
  },
  "nn.BCELoss": ModuleBuilder(binary: "weight size_average reduce reduction") { a in
    try BCELoss(weight: a.tensor("weight"), reduction: a.reduction())
  },
  "nn.BCEWithLogitsLoss": ModuleBuilder(binary: "weight size_average reduce reduction pos_weight") { a in
    try BCEWithLogitsLoss(weight: a.tensor("weight"), reduction: a.reduction(), posWeight: a.tensor("pos_weight"))
  },
  "nn.KLDivLoss": ModuleBuilder(binary: "size_average reduce reduction log_target") { a in
    try KLDivLoss(reduction: a.reduction(), logTarget: a.bool("log_target", false))
  },
  "nn.PoissonNLLLoss": ModuleBuilder(binary: "log_input full size_average eps reduce reduction") { a in
    try PoissonNLLLoss(
      logInput: a.bool("log_input", true), full: a.bool("full", false), eps: a.double("eps", 1e-8),
      reduction: a.reduction())
  },
  "nn.HingeEmbeddingLoss": ModuleBuilder(binary: "margin size_average reduce reduction") { a in
    try HingeEmbeddingLoss(margin: a.double("margin", 1), reduction: a.reduction())
  },
  "nn.MultiMarginLoss": ModuleBuilder(binary: "p margin weight size_average reduce reduction") { a in
    try MultiMarginLoss(
      p: a.int("p", 1), margin: a.double("margin", 1), weight: a.tensor("weight"), reduction: a.reduction())
  },
  "nn.MultiLabelSoftMarginLoss": ModuleBuilder(binary: "weight size_average reduce reduction") { a in
    try MultiLabelSoftMarginLoss(weight: a.tensor("weight"), reduction: a.reduction())
  },
  "nn.CosineSimilarity": ModuleBuilder(binary: "dim eps") { a in
    try CosineSimilarity(dim: a.int("dim", 1), eps: a.double("eps", 1e-8))
  },
  "nn.PairwiseDistance": ModuleBuilder(binary: "p eps keepdim") { a in
    try PairwiseDistance(
      p: a.double("p", 2), eps: a.double("eps", 1e-6), keepDim: a.bool("keepdim", false))
  },
  "nn.MarginRankingLoss": ModuleBuilder(ternary: "margin size_average reduce reduction") { a in
    try MarginRankingLoss(margin: a.double("margin", 0), reduction: a.reduction())
  },
  "nn.CosineEmbeddingLoss": ModuleBuilder(ternary: "margin size_average reduce reduction") { a in
    try CosineEmbeddingLoss(margin: a.double("margin", 0), reduction: a.reduction())
  },
  "nn.GaussianNLLLoss": ModuleBuilder(ternary: "full eps reduction") { a in
    try GaussianNLLLoss(
      full: a.bool("full", false), eps: a.double("eps", 1e-6), reduction: a.reduction())
  },
  "nn.TripletMarginLoss": ModuleBuilder(ternary: "margin p eps swap size_average reduce reduction") { a in
    try TripletMarginLoss(
      margin: a.double("margin", 1), p: a.double("p", 2), eps: a.double("eps", 1e-6), swap: a.bool("swap", false),
      reduction: a.reduction())
  },
  "nn.TripletMarginWithDistanceLoss": ModuleBuilder(ternary: "") { a in
    try TripletMarginWithDistanceLoss(
      margin: a.double("margin", 1), swap: a.bool("swap", false), reduction: a.reduction())
  },
  "nn.PixelShuffle": ModuleBuilder("upscale_factor") { a in
    try PixelShuffle(a.int("upscale_factor"))
  },
  "nn.PixelUnshuffle": ModuleBuilder("downscale_factor") { a in
    try PixelUnshuffle(a.int("downscale_factor"))
  },
  "nn.ChannelShuffle": ModuleBuilder("groups") { a in
    try ChannelShuffle(a.int("groups"))
  },
  "nn.Unfold": ModuleBuilder("kernel_size dilation padding stride") { a in
    try Unfold(
      a.ints("kernel_size"), dilation: a.ints("dilation", [1]), padding: a.ints("padding", [0]),
      stride: a.ints("stride", [1]))
  },
  "nn.Fold": ModuleBuilder("output_size kernel_size dilation padding stride") { a in
    try Fold(
      a.ints("output_size"), a.ints("kernel_size"), dilation: a.ints("dilation", [1]), padding: a.ints("padding", [0]),
      stride: a.ints("stride", [1]))
  },
  "nn.Upsample": ModuleBuilder("size scale_factor mode align_corners") { a in
    let mode = InterpolationMode(rawValue: try a.string("mode", "nearest"))
    let align = a.values["align_corners"] == nil ? nil : try a.bool("align_corners", false)
    return try Upsample(
      size: a.optionalInts("size"), scaleFactor: a.doubles("scale_factor"), mode: mode ?? .nearest, alignCorners: align)
  },
  "nn.UpsamplingNearest2d": ModuleBuilder("size scale_factor") { a in
    let mode = InterpolationMode(rawValue: try a.string("mode", "nearest"))
    let align = a.values["align_corners"] == nil ? nil : try a.bool("align_corners", false)
    return try Upsample(
      size: a.optionalInts("size"), scaleFactor: a.doubles("scale_factor"), mode: mode ?? .nearest, alignCorners: align)
  },
  "nn.UpsamplingBilinear2d": ModuleBuilder("size scale_factor") { a in
    let mode = InterpolationMode(rawValue: try a.string("mode", "bilinear"))
    let align = a.values["align_corners"] == nil ? true : try a.bool("align_corners", false)
    return try Upsample(
      size: a.optionalInts("size"), scaleFactor: a.doubles("scale_factor"), mode: mode ?? .nearest, alignCorners: align)
  },
]

/// The builder of each module class.
let moduleBuilders: [String: ModuleBuilder] =
  [builders0, builders1, builders2].reduce(into: [:]) { all, some in
    all.merge(some) { first, _ in first }
  }
