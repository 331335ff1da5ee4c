import Apus
import ApusCore

// Modules with several results, and those that are made by their first call.

let adaptiveBuilders: [String: ModuleBuilder] = [
  "nn.LazyLinear": ModuleBuilder("out_features bias") { a in
    try LazyLinear(outFeatures: a.int("out_features"), bias: a.bool("bias", true), dtype: a.dtype)
  },
  "nn.CrossMapLRN2d": ModuleBuilder("size alpha beta k") { a in
    try CrossMapLRN2d(
      size: a.int("size"), alpha: a.double("alpha", 1e-4), beta: a.double("beta", 0.75), k: a.double("k", 1))
  },
  "nn.AdaptiveLogSoftmaxWithLoss": ModuleBuilder(any: "in_features n_classes cutoffs div_value head_bias") { a in
    let module = try AdaptiveLogSoftmaxWithLoss(
      inFeatures: a.int("in_features"), nClasses: a.int("n_classes"), cutoffs: a.ints("cutoffs"),
      divValue: a.double("div_value", 4), headBias: a.bool("head_bias", false), dtype: a.dtype)
    return BuiltModule(module, inputCounts: 2...2) {
      let (output, loss) = module($0[0], $0[1])
      return [output, loss]
    }
  },
  "nn.EmbeddingBag": ModuleBuilder(
    any: "num_embeddings embedding_dim max_norm norm_type scale_grad_by_freq mode sparse _weight include_last_offset "
      + "padding_idx"
  ) { a in
    _ = a.take("sparse")
    let mode = EmbeddingBagMode(rawValue: try a.string("mode", "mean")) ?? .mean
    let module = try EmbeddingBag(
      numEmbeddings: a.int("num_embeddings"), embeddingDim: a.int("embedding_dim"),
      maxNorm: a.optionalDouble("max_norm"),
      normType: a.double("norm_type", 2), scaleGradByFreq: a.bool("scale_grad_by_freq", false), mode: mode,
      includeLastOffset: a.bool("include_last_offset", false), paddingIdx: a.optionalInt("padding_idx"), dtype: a.dtype)
    return BuiltModule(module, inputCounts: 0...Int.max) {
      [module($0[0], $0.count > 1 ? $0[1] : nil, perSampleWeights: $0.count > 2 ? $0[2] : nil)]
    }
  },
  "nn.LinearCrossEntropyLoss": ModuleBuilder(binary: "in_features num_classes") { a in
    let options = a.take("options").flatMap { LinearCrossEntropyOptions($0) }
    return try LinearCrossEntropyLoss(
      inFeatures: a.int("in_features"), numClasses: a.int("num_classes"), outFeatures: a.ints("out_features", []),
      bias: a.bool("bias", false), dtype: a.dtype, reduction: a.reduction(), weight: a.tensor("weight"),
      ignoreIndex: a.optionalInt("ignore_index"), labelSmoothing: a.double("label_smoothing", 0), options: options)
  },
]

/// Layers that learn their channels from the first call.
func lazyBuilders<Spatial: SpatialRank>(_ spatial: Spatial.Type) -> [String: ModuleBuilder] {
  let builders: [String: ModuleBuilder] = [
    "LazyConv": ModuleBuilder("out_channels kernel_size stride padding dilation groups bias padding_mode") { a in
      try LazyConvolutionMaker<Spatial>()(
        a.int("out_channels"), a.ints("kernel_size"), stride: a.ints("stride", [1]), padding: a.padding(),
        dilation: a.ints("dilation", [1]), groups: a.int("groups", 1), bias: a.bool("bias", true),
        paddingMode: a.paddingMode(), dtype: a.dtype)
    },
    "LazyConvTranspose": ModuleBuilder(
      "out_channels kernel_size stride padding output_padding groups bias dilation padding_mode"
    ) { a in
      try LazyTransposedConvolutionMaker<Spatial>()(
        a.int("out_channels"), a.ints("kernel_size"), stride: a.ints("stride", [1]), padding: a.ints("padding", [0]),
        outputPadding: a.ints("output_padding", [0]), groups: a.int("groups", 1), bias: a.bool("bias", true),
        dilation: a.ints("dilation", [1]), dtype: a.dtype)
    },
    "LazyBatchNorm": ModuleBuilder("eps momentum affine track_running_stats bias") { a in
      try LazyBatchNormMaker<Spatial>()(
        eps: a.double("eps", 1e-5), momentum: a.momentum(0.1), affine: a.bool("affine", true),
        trackRunningStats: a.bool("track_running_stats", true), bias: a.bool("bias", true), dtype: a.dtype)
    },
    "LazyInstanceNorm": ModuleBuilder("eps momentum affine track_running_stats bias") { a in
      try LazyInstanceNormMaker<Spatial>()(
        eps: a.double("eps", 1e-5), momentum: a.double("momentum", 0.1), affine: a.bool("affine", true),
        trackRunningStats: a.bool("track_running_stats", true), bias: a.bool("bias", true), dtype: a.dtype)
    },
  ]
  return Dictionary(uniqueKeysWithValues: builders.map { ("nn.\($0.key)\(Spatial.rank)d", $0.value) })
}

/// Pooling at random distances.
func fractionalBuilders<Spatial: SpatialRank>(_ spatial: Spatial.Type) -> [String: ModuleBuilder] {
  [
    "nn.FractionalMaxPool\(Spatial.rank)d": ModuleBuilder(
      any: "kernel_size output_size output_ratio return_indices _random_samples"
    ) { a in
      let wantsIndices = try a.bool("return_indices", false)
      let module = try FractionalMaxPooling<Spatial>(
        kernelSize: a.ints("kernel_size"), outputSize: a.ints("output_size", []),
        outputRatio: a.doubles("output_ratio"),
        returnIndices: wantsIndices, randomSamples: a.tensor("_random_samples"))
      return wantsIndices ? BuiltModule(withIndices: module, module.forwardWithIndices) : BuiltModule(module)
    }
  ]
}

extension BuiltModule {
  /// A pooling of which the places are wanted, too.
  init(withIndices module: any Module, _ pool: @escaping (Tensor) -> (output: Tensor, indices: Tensor)) {
    self.init(module, inputCounts: 1...1) {
      let (output, indices) = pool($0[0])
      return [output, indices]
    }
  }
}
