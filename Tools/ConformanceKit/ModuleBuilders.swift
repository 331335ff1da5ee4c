import Apus
import ApusCore

// How PyTorch's module classes are built here, from the names of their arguments. Two tables: the compiler takes long for one.

private let layerBuilders: [String: ModuleBuilder] = [
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
  "nn.Embedding": ModuleBuilder(
    "num_embeddings embedding_dim padding_idx max_norm norm_type scale_grad_by_freq sparse"
  ) { a in
    _ = a.take("sparse")
    return try Embedding(
      numEmbeddings: a.int("num_embeddings"), embeddingDim: a.int("embedding_dim"),
      paddingIdx: a.optionalInt("padding_idx"), maxNorm: a.optionalDouble("max_norm"),
      normType: a.double("norm_type", 2), scaleGradByFreq: a.bool("scale_grad_by_freq", false), dtype: a.dtype)
  },
  "nn.Dropout": ModuleBuilder("p") { a in
    try Dropout(a.double("p", 0.5))
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
  "nn.GLU": ModuleBuilder("dim") { a in
    try GLU(dim: a.int("dim", -1))
  },
  "nn.RReLU": ModuleBuilder("lower upper") { a in
    try RReLU(a.double("lower", 1.0 / 8), a.double("upper", 1.0 / 3))
  },
  "nn.PReLU": ModuleBuilder("num_parameters init") { a in
    try PReLU(a.int("num_parameters", 1), init: a.double("init", 0.25), dtype: a.dtype)
  },
  "nn.Softmax": ModuleBuilder("dim") { a in
    try Softmax(dim: a.optionalInt("dim"))
  },
  "nn.LogSoftmax": ModuleBuilder("dim") { a in
    try LogSoftmax(dim: a.optionalInt("dim"))
  },
  "nn.Softmin": ModuleBuilder("dim") { a in
    try Softmin(dim: a.optionalInt("dim"))
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
      size: a.optionalInts("size") ?? [], scaleFactor: a.doubles("scale_factor") ?? [], mode: mode ?? .nearest,
      alignCorners: align)
  },
  "nn.UpsamplingNearest2d": ModuleBuilder("size scale_factor") { a in
    let mode = InterpolationMode(rawValue: try a.string("mode", "nearest"))
    let align = a.values["align_corners"] == nil ? nil : try a.bool("align_corners", false)
    return try Upsample(
      size: a.optionalInts("size") ?? [], scaleFactor: a.doubles("scale_factor") ?? [], mode: mode ?? .nearest,
      alignCorners: align)
  },
  "nn.UpsamplingBilinear2d": ModuleBuilder("size scale_factor") { a in
    let mode = InterpolationMode(rawValue: try a.string("mode", "bilinear"))
    let align = a.values["align_corners"] == nil ? true : try a.bool("align_corners", false)
    return try Upsample(
      size: a.optionalInts("size") ?? [], scaleFactor: a.doubles("scale_factor") ?? [], mode: mode ?? .nearest,
      alignCorners: align)
  },
]

private let lossBuilders: [String: ModuleBuilder] = [
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
    let distance = try a.function("distance_function")
    return try TripletMarginWithDistanceLoss(
      distanceFunction: { x, y in distance?([x, y]) ?? pairwiseDistance(x, y) }, margin: a.double("margin", 1),
      swap: a.bool("swap", false), reduction: a.reduction())
  },
]

/// The builder of each module class.
let moduleBuilders: [String: ModuleBuilder] =
  [
    layerBuilders, lossBuilders, transformerBuilders, recurrentBuilders, adaptiveBuilders,
    lazyBuilders(Spatial1d.self), lazyBuilders(Spatial2d.self), lazyBuilders(Spatial3d.self),
    fractionalBuilders(Spatial2d.self), fractionalBuilders(Spatial3d.self),
    spatialBuilders(Spatial1d.self), spatialBuilders(Spatial2d.self), spatialBuilders(Spatial3d.self),
  ].reduce(into: [:]) { all, some in all.merge(some) { first, _ in first } }
