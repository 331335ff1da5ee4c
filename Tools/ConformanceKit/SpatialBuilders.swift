import Apus
import ApusCore

/// How the layers of sequences, images or volumes are built.
func spatialBuilders<Spatial: SpatialRank>(_ spatial: Spatial.Type) -> [String: ModuleBuilder] {
  let builders: [String: ModuleBuilder] = [
    "Conv": ModuleBuilder("in_channels out_channels kernel_size stride padding dilation groups bias padding_mode") {
      a in
      try Convolution<Spatial>(
        a.int("in_channels"), a.int("out_channels"), kernelSize: a.ints("kernel_size"), stride: a.ints("stride", [1]),
        padding: a.padding(), dilation: a.ints("dilation", [1]), groups: a.int("groups", 1), bias: a.bool("bias", true),
        paddingMode: a.paddingMode(), dtype: a.dtype)
    },
    "ConvTranspose": ModuleBuilder(
      "in_channels out_channels kernel_size stride padding output_padding groups bias dilation padding_mode"
    ) { a in
      try TransposedConvolution<Spatial>(
        a.int("in_channels"), a.int("out_channels"), kernelSize: a.ints("kernel_size"), stride: a.ints("stride", [1]),
        padding: a.ints("padding", [0]), outputPadding: a.ints("output_padding", [0]), groups: a.int("groups", 1),
        bias: a.bool("bias", true), dilation: a.ints("dilation", [1]), dtype: a.dtype)
    },
    "MaxPool": ModuleBuilder(any: "kernel_size stride padding dilation return_indices ceil_mode") { a in
      let wantsIndices = try a.bool("return_indices", false)
      let module = try MaxPooling<Spatial>(
        kernelSize: a.ints("kernel_size"), stride: a.optionalInts("stride") ?? [], padding: a.ints("padding", [0]),
        dilation: a.ints("dilation", [1]), returnIndices: wantsIndices, ceilMode: a.bool("ceil_mode", false))
      return wantsIndices ? BuiltModule(withIndices: module, module.forwardWithIndices) : BuiltModule(module)
    },
    "AvgPool": ModuleBuilder("kernel_size stride padding ceil_mode count_include_pad divisor_override") { a in
      try AveragePooling<Spatial>(
        a.ints("kernel_size"), stride: a.optionalInts("stride") ?? [], padding: a.ints("padding", [0]),
        ceilMode: a.bool("ceil_mode", false), countIncludePad: a.bool("count_include_pad", true),
        divisorOverride: a.optionalInt("divisor_override"))
    },
    "AdaptiveAvgPool": ModuleBuilder("output_size") { a in
      try AdaptiveAveragePooling<Spatial>(a.ints("output_size"))
    },
    "AdaptiveMaxPool": ModuleBuilder(any: "output_size return_indices") { a in
      let wantsIndices = try a.bool("return_indices", false)
      let module = try AdaptiveMaxPooling<Spatial>(outputSize: a.ints("output_size"), returnIndices: wantsIndices)
      return wantsIndices ? BuiltModule(withIndices: module, module.forwardWithIndices) : BuiltModule(module)
    },
    "LPPool": ModuleBuilder("norm_type kernel_size stride ceil_mode") { a in
      try NormPooling<Spatial>(
        a.double("norm_type", 2), a.ints("kernel_size"), stride: a.optionalInts("stride") ?? [],
        ceilMode: a.bool("ceil_mode", false))
    },
    "MaxUnpool": ModuleBuilder(binary: "kernel_size stride padding") { a in
      try MaxUnpooling<Spatial>(
        a.ints("kernel_size"), stride: a.optionalInts("stride") ?? [], padding: a.ints("padding", [0]))
    },
    "BatchNorm": ModuleBuilder("num_features eps momentum affine track_running_stats bias") { a in
      try BatchNormalization<Spatial>(
        a.int("num_features"), eps: a.double("eps", 1e-5), momentum: a.momentum(0.1), affine: a.bool("affine", true),
        trackRunningStats: a.bool("track_running_stats", true), bias: a.bool("bias", true), dtype: a.dtype)
    },
    "InstanceNorm": ModuleBuilder("num_features eps momentum affine track_running_stats bias") { a in
      try InstanceNormalization<Spatial>(
        a.int("num_features"), eps: a.double("eps", 1e-5), momentum: a.double("momentum", 0.1),
        affine: a.bool("affine", false), trackRunningStats: a.bool("track_running_stats", false),
        bias: a.bool("bias", true),
        dtype: a.dtype)
    },
    "ReflectionPad": ModuleBuilder("padding") { a in
      try Padding<Spatial, ReflectionPadding>(a.ints("padding"))
    },
    "ReplicationPad": ModuleBuilder("padding") { a in
      try Padding<Spatial, ReplicationPadding>(a.ints("padding"))
    },
    "CircularPad": ModuleBuilder("padding") { a in
      try Padding<Spatial, CircularPadding>(a.ints("padding"))
    },
    "ZeroPad": ModuleBuilder("padding") { a in
      try Padding<Spatial, ZeroPadding>(a.ints("padding"))
    },
    "ConstantPad": ModuleBuilder("padding value") { a in
      try ConstantPadding<Spatial>(a.ints("padding"), a.double("value", 0))
    },
    "Dropout": ModuleBuilder("p") { a in
      try ChannelDropout<Spatial>(a.double("p", 0.5))
    },
  ]
  return Dictionary(uniqueKeysWithValues: builders.map { ("nn.\($0.key)\(Spatial.rank)d", $0.value) })
}
