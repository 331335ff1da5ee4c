import ApusCore

extension OperationArguments {
  /// PyTorch's `reduction`, the older `size_average` and `reduce` taken into account.
  fileprivate func reduction() throws -> LossReduction {
    if parameters.contains(where: { $0.name == "reduce" }) {
      let (average, reduce) = (try value("size_average"), try value("reduce"))
      if !average.isNone || !reduce.isNone {
        if !reduce.isNone, try !bool("reduce") { return .none }
        if !average.isNone, try !bool("size_average") { return .sum }
        return .mean
      }
    }
    guard let reduction = LossReduction(rawValue: try string("reduction")) else {
      throw mismatch("reduction", "'none', 'mean' or 'sum'")
    }
    return reduction
  }

  /// A list of sizes, nil where it is empty or none.
  fileprivate func sizes(_ name: String) throws -> [Int]? {
    let found = try optionalInts(name)
    return found?.isEmpty == true ? nil : found
  }

  /// Sizes of adaptive pooling, in which None keeps the input's.
  fileprivate func adaptiveSizes(_ name: String) throws -> [Int] {
    guard case .list(let items) = try value(name) else { return try isNone(name) ? [-1] : ints(name) }
    return try items.map {
      switch $0 {
      case .none: return -1
      case .int(let v):
        if v < 0 { throw TensorError(.value, operation, "output sizes must not be negative, and found \(v)") }
        return v
      default: throw mismatch(name, "a list of ints or None")
      }
    }
  }

  fileprivate func convolutionPadding() throws -> ConvolutionPaddingMode {
    if case .string(let text) = try value("padding") {
      switch text {
      case "same": return .keepSize
      case "valid": return .none
      default: throw mismatch("padding", "'same', 'valid' or sizes")
      }
    }
    return .each(try ints("padding"))
  }

  /// A running statistic as a buffer, so that the call can change it.
  fileprivate func statistic(_ name: String) throws -> Tensor? { try optionalTensor(name) }
}

private let lossTail = "size_average=None, reduce=None, reduction='mean'"

extension Registry {
  /// Functional layers and losses.
  static let neuralNetwork: [Operation] =
    products + convolutions + poolings + normalisations + losses + attentionAndImages

  private static let products: [Operation] = [
    .binary("matmul linalg.matmul") { matmul($0, $1) },
    .binary("__rmatmul__") { matmul($1, $0) },
    .tensor("mm", "input, mat2") { try mm($0.tensor("input"), $0.tensor("mat2")) },
    .tensor("bmm", "input, mat2") { try bmm($0.tensor("input"), $0.tensor("mat2")) },
    .tensor("mv", "input, vec") { try mv($0.tensor("input"), $0.tensor("vec")) },
    .tensor("dot", "input, tensor") { try dot($0.tensor("input"), $0.tensor("tensor")) },
    .tensor("vdot", "input, tensor") { try vdot($0.tensor("input"), $0.tensor("tensor")) },
    .tensor("addmm", "input, mat1, mat2, *, beta=1, alpha=1") {
      try addmm(
        $0.tensor("input"), $0.tensor("mat1"), $0.tensor("mat2"), beta: $0.scalar("beta"), alpha: $0.scalar("alpha"))
    },
    .tensor("addmv", "input, mat, vec, *, beta=1, alpha=1") {
      try addmv(
        $0.tensor("input"), $0.tensor("mat"), $0.tensor("vec"), beta: $0.scalar("beta"), alpha: $0.scalar("alpha"))
    },
    .tensor("addbmm", "input, batch1, batch2, *, beta=1, alpha=1") {
      try addbmm(
        $0.tensor("input"), $0.tensor("batch1"), $0.tensor("batch2"), beta: $0.scalar("beta"),
        alpha: $0.scalar("alpha"))
    },
    .tensor("baddbmm", "input, batch1, batch2, *, beta=1, alpha=1") {
      try baddbmm(
        $0.tensor("input"), $0.tensor("batch1"), $0.tensor("batch2"), beta: $0.scalar("beta"),
        alpha: $0.scalar("alpha"))
    },
    .tensor("addr", "input, vec1, vec2, *, beta=1, alpha=1") {
      try addr(
        $0.tensor("input"), $0.tensor("vec1"), $0.tensor("vec2"), beta: $0.scalar("beta"), alpha: $0.scalar("alpha"))
    },
    .tensor("outer ger", "input, vec2") { try outer($0.tensor("input"), $0.tensor("vec2")) },
    .binary("inner") { inner($0, $1) },
    .binary("kron") { kron($0, $1) },
    .tensor("tensordot", "a, b, dims=2") {
      let (a, b) = (try $0.tensor("a"), try $0.tensor("b"))
      guard case .list(let pair) = try $0.value("dims") else { return tensordot(a, b, dims: try $0.int("dims")) }
      func numbers(_ value: OperationValue) -> [Int] {
        switch value {
        case .int(let v): [v]
        case .list(let items): items.flatMap(numbers)
        default: []
        }
      }
      guard pair.count == 2 else { throw $0.mismatch("dims", "two lists of dimensions") }
      return tensordot(a, b, dims: (numbers(pair[0]), numbers(pair[1])))
    },
    .tensor("nn.functional.linear", "input, weight, bias=None") {
      try linear($0.tensor("input"), $0.tensor("weight"), $0.optionalTensor("bias"))
    },
    .tensor("nn.functional.bilinear", "input1, input2, weight, bias=None") {
      try bilinear($0.tensor("input1"), $0.tensor("input2"), $0.tensor("weight"), $0.optionalTensor("bias"))
    },
    .tensor("nn.functional.embedding", embeddingSignature) {
      guard try $0.isNone("max_norm"), try !$0.bool("scale_grad_by_freq") else {
        throw TensorError(.unsupported, "embedding", "max_norm and scale_grad_by_freq are not supported")
      }
      return try embedding($0.tensor("input"), $0.tensor("weight"), paddingIdx: $0.optionalInt("padding_idx"))
    },
    .tensor("nn.functional.one_hot", "tensor, num_classes=-1") {
      try oneHot($0.tensor("tensor"), numClasses: $0.int("num_classes"))
    },
  ]

  private static let embeddingSignature =
    "input, weight, padding_idx=None, max_norm=None, norm_type=2.0, scale_grad_by_freq=False, sparse=False"

  private static let convolutions: [Operation] = (1...3).flatMap { rank -> [Operation] in
    [
      .tensor("nn.functional.conv\(rank)d", "input, weight, bias=None, stride=1, padding=0, dilation=1, groups=1") {
        try convolution(
          rank, $0.tensor("input"), $0.tensor("weight"), $0.optionalTensor("bias"), stride: $0.ints("stride"),
          padding: $0.convolutionPadding(), dilation: $0.ints("dilation"), groups: $0.int("groups"))
      },
      .tensor(
        "nn.functional.conv_transpose\(rank)d",
        "input, weight, bias=None, stride=1, padding=0, output_padding=0, groups=1, dilation=1"
      ) {
        try transposedConvolution(
          rank, $0.tensor("input"), $0.tensor("weight"), $0.optionalTensor("bias"), stride: $0.ints("stride"),
          padding: $0.ints("padding"), outputPadding: $0.ints("output_padding"), groups: $0.int("groups"),
          dilation: $0.ints("dilation"))
      },
    ]
  }

  private static let poolings: [Operation] = (1...3).flatMap { rank -> [Operation] in
    [
      Operation(
        "nn.functional.max_pool\(rank)d",
        "input, kernel_size, stride=None, padding=0, dilation=1, ceil_mode=False, return_indices=False"
      ) {
        let wantsIndices = try $0.bool("return_indices")
        let (output, indices) = try maxPool(
          rank, $0.tensor("input"), $0.ints("kernel_size"), $0.sizes("stride"), $0.ints("padding"),
          $0.ints("dilation"), $0.bool("ceil_mode"), returnsIndices: wantsIndices)
        return wantsIndices ? [.tensor(output), .tensor(indices)] : [.tensor(output)]
      },
      .tensor(
        "nn.functional.avg_pool\(rank)d",
        "input, kernel_size, stride=None, padding=0, ceil_mode=False, count_include_pad=True, divisor_override=None"
      ) {
        try averagePool(
          rank, $0.tensor("input"), $0.ints("kernel_size"), $0.sizes("stride"), $0.ints("padding"),
          $0.bool("ceil_mode"), $0.bool("count_include_pad"), $0.optionalInt("divisor_override"))
      },
      .tensor("nn.functional.adaptive_avg_pool\(rank)d", "input, output_size") {
        try adaptiveAveragePool(rank, $0.tensor("input"), $0.adaptiveSizes("output_size"))
      },
      Operation("nn.functional.adaptive_max_pool\(rank)d", "input, output_size, return_indices=False") {
        let (output, indices) = try adaptiveMaximumPool(rank, $0.tensor("input"), $0.adaptiveSizes("output_size"))
        return try $0.bool("return_indices") ? [.tensor(output), .tensor(indices)] : [.tensor(output)]
      },
      .tensor(
        "nn.functional.max_unpool\(rank)d", "input, indices, kernel_size, stride=None, padding=0, output_size=None"
      ) {
        try maxUnpool(
          rank, $0.tensor("input"), $0.tensor("indices"), $0.ints("kernel_size"), $0.sizes("stride"),
          $0.ints("padding"), $0.sizes("output_size"))
      },
    ]
  }

  private static let normalisations: [Operation] = [
    .tensor("softmax nn.functional.softmax special.softmax", "input, dim, dtype=None") {
      try softmax($0.tensor("input"), dim: $0.int("dim"), dtype: $0.optionalDType("dtype"))
    },
    .tensor("log_softmax nn.functional.log_softmax special.log_softmax", "input, dim, dtype=None") {
      try logSoftmax($0.tensor("input"), dim: $0.int("dim"), dtype: $0.optionalDType("dtype"))
    },
    .tensor("nn.functional.softmin", "input, dim, dtype=None") {
      try softmin($0.tensor("input"), dim: $0.int("dim"), dtype: $0.optionalDType("dtype"))
    },
    .tensor("nn.functional.layer_norm", "input, normalized_shape, weight=None, bias=None, eps=1e-05") {
      try layerNorm(
        $0.tensor("input"), $0.ints("normalized_shape"), weight: $0.optionalTensor("weight"),
        bias: $0.optionalTensor("bias"), eps: $0.double("eps"))
    },
    .tensor("nn.functional.rms_norm rms_norm", "input, normalized_shape, weight=None, eps=None") {
      try rmsNorm(
        $0.tensor("input"), $0.ints("normalized_shape"), weight: $0.optionalTensor("weight"),
        eps: $0.optionalDouble("eps"))
    },
    .tensor("nn.functional.group_norm", "input, num_groups, weight=None, bias=None, eps=1e-05") {
      try groupNorm(
        $0.tensor("input"), $0.int("num_groups"), weight: $0.optionalTensor("weight"), bias: $0.optionalTensor("bias"),
        eps: $0.double("eps"))
    },
    .tensor("nn.functional.batch_norm", batchNormSignature) {
      try batchNorm(
        $0.tensor("input"), runningMean: $0.statistic("running_mean"), runningVar: $0.statistic("running_var"),
        weight: $0.optionalTensor("weight"), bias: $0.optionalTensor("bias"), training: $0.bool("training"),
        momentum: $0.double("momentum"), eps: $0.double("eps"))
    },
    .tensor("nn.functional.instance_norm", instanceNormSignature) {
      try instanceNorm(
        $0.tensor("input"), runningMean: $0.statistic("running_mean"), runningVar: $0.statistic("running_var"),
        weight: $0.optionalTensor("weight"), bias: $0.optionalTensor("bias"), useInputStats: $0.bool("use_input_stats"),
        momentum: $0.double("momentum"), eps: $0.double("eps"))
    },
    .tensor("nn.functional.local_response_norm", "input, size, alpha=0.0001, beta=0.75, k=1.0") {
      try localResponseNorm(
        $0.tensor("input"), $0.int("size"), alpha: $0.double("alpha"), beta: $0.double("beta"), k: $0.double("k"))
    },
    .tensor("nn.functional.normalize", "input, p=2.0, dim=1, eps=1e-12, out=None") {
      try normalize($0.tensor("input"), p: $0.double("p"), dim: $0.int("dim"), eps: $0.double("eps"))
    },
    .tensor("nn.functional.cosine_similarity cosine_similarity", "x1, x2, dim=1, eps=1e-08") {
      try cosineSimilarity($0.tensor("x1"), $0.tensor("x2"), dim: $0.int("dim"), eps: $0.double("eps"))
    },
    .tensor("nn.functional.pairwise_distance pairwise_distance", "x1, x2, p=2.0, eps=1e-06, keepdim=False") {
      try pairwiseDistance(
        $0.tensor("x1"), $0.tensor("x2"), p: $0.double("p"), eps: $0.double("eps"), keepDim: $0.bool("keepdim"))
    },
    .tensor("nn.functional.dropout", "input, p=0.5, training=True, inplace=False") {
      try dropout($0.tensor("input"), p: $0.double("p"), training: $0.bool("training"))
    },
    .tensor("nn.functional.dropout1d", "input, p=0.5, training=True, inplace=False") {
      try dropout1d($0.tensor("input"), p: $0.double("p"), training: $0.bool("training"))
    },
    .tensor("nn.functional.dropout2d", "input, p=0.5, training=True, inplace=False") {
      try dropout2d($0.tensor("input"), p: $0.double("p"), training: $0.bool("training"))
    },
    .tensor("nn.functional.dropout3d", "input, p=0.5, training=True, inplace=False") {
      try dropout3d($0.tensor("input"), p: $0.double("p"), training: $0.bool("training"))
    },
    .tensor("nn.functional.rrelu rrelu", "input, lower=0.125, upper=0.3333333333333333, training=False, inplace=False")
    {
      try rrelu(
        $0.tensor("input"), lower: $0.double("lower"), upper: $0.double("upper"), training: $0.bool("training"))
    },
    .tensor("nn.functional.alpha_dropout", "input, p=0.5, training=False, inplace=False") {
      try alphaDropout($0.tensor("input"), p: $0.double("p"), training: $0.bool("training"))
    },
    .tensor("nn.functional.feature_alpha_dropout", "input, p=0.5, training=False, inplace=False") {
      try featureAlphaDropout($0.tensor("input"), p: $0.double("p"), training: $0.bool("training"))
    },
  ]

  private static let batchNormSignature =
    "input, running_mean, running_var, weight=None, bias=None, training=False, momentum=0.1, eps=1e-05"
  private static let instanceNormSignature =
    "input, running_mean=None, running_var=None, weight=None, bias=None, use_input_stats=True, momentum=0.1, eps=1e-05"

  private static let losses: [Operation] = [
    .tensor(
      "nn.functional.cross_entropy",
      "input, target, weight=None, size_average=None, ignore_index=-100, reduce=None, reduction='mean', label_smoothing=0.0"
    ) {
      try crossEntropy(
        $0.tensor("input"), $0.tensor("target"), weight: $0.optionalTensor("weight"),
        ignoreIndex: $0.int("ignore_index"), reduction: $0.reduction(), labelSmoothing: $0.double("label_smoothing"))
    },
    .tensor(
      "nn.functional.nll_loss",
      "input, target, weight=None, size_average=None, ignore_index=-100, reduce=None, reduction='mean'"
    ) {
      try nllLoss(
        $0.tensor("input"), $0.tensor("target"), weight: $0.optionalTensor("weight"),
        ignoreIndex: $0.int("ignore_index"), reduction: $0.reduction())
    },
    .tensor(
      "nn.functional.linear_cross_entropy",
      "input, linear_weight, target, *, linear_bias=None, weight=None, reduction='mean', ignore_index=None, "
        + "label_smoothing=0.0, options=None"
    ) {
      try linearCrossEntropy(
        $0.tensor("input"), $0.tensor("linear_weight"), $0.tensor("target"),
        linearBias: $0.optionalTensor("linear_bias"),
        weight: $0.optionalTensor("weight"), reduction: $0.reduction(),
        ignoreIndex: $0.optionalInt("ignore_index") ?? -100, labelSmoothing: $0.double("label_smoothing"))
    },
    .tensor("nn.functional.mse_loss", "input, target, \(lossTail), weight=None") {
      try mseLoss(
        $0.tensor("input"), $0.tensor("target"), reduction: $0.reduction(), weight: $0.optionalTensor("weight"))
    },
    .tensor("nn.functional.l1_loss", "input, target, \(lossTail), weight=None") {
      try l1Loss(
        $0.tensor("input"), $0.tensor("target"), reduction: $0.reduction(), weight: $0.optionalTensor("weight"))
    },
    .tensor("nn.functional.smooth_l1_loss", "input, target, \(lossTail), beta=1.0") {
      try smoothL1Loss($0.tensor("input"), $0.tensor("target"), reduction: $0.reduction(), beta: $0.double("beta"))
    },
    .tensor("nn.functional.huber_loss", "input, target, reduction='mean', delta=1.0, weight=None") {
      try huberLoss(
        $0.tensor("input"), $0.tensor("target"), reduction: $0.reduction(), delta: $0.double("delta"),
        weight: $0.optionalTensor("weight"))
    },
    .tensor("nn.functional.binary_cross_entropy", "input, target, weight=None, \(lossTail)") {
      try binaryCrossEntropy(
        $0.tensor("input"), $0.tensor("target"), weight: $0.optionalTensor("weight"), reduction: $0.reduction())
    },
    .tensor(
      "nn.functional.binary_cross_entropy_with_logits", "input, target, weight=None, \(lossTail), pos_weight=None"
    ) {
      try binaryCrossEntropyWithLogits(
        $0.tensor("input"), $0.tensor("target"), weight: $0.optionalTensor("weight"), reduction: $0.reduction(),
        posWeight: $0.optionalTensor("pos_weight"))
    },
    .tensor("nn.functional.kl_div", "input, target, \(lossTail), log_target=False") {
      try klDiv(
        $0.tensor("input"), $0.tensor("target"), reduction: $0.reduction(), logTarget: $0.bool("log_target"))
    },
    .tensor(
      "nn.functional.poisson_nll_loss",
      "input, target, log_input=True, full=False, size_average=None, eps=1e-08, reduce=None, reduction='mean'"
    ) {
      try poissonNLLLoss(
        $0.tensor("input"), $0.tensor("target"), logInput: $0.bool("log_input"), full: $0.bool("full"),
        eps: $0.double("eps"), reduction: $0.reduction())
    },
    .tensor("nn.functional.gaussian_nll_loss", "input, target, var, full=False, eps=1e-06, reduction='mean'") {
      let variance =
        try $0.isTensor("var") ? $0.tensor("var") : Tensor($0.double("var"), dtype: $0.tensor("input").dtype)
      return try gaussianNLLLoss(
        $0.tensor("input"), $0.tensor("target"), variance, full: $0.bool("full"), eps: $0.double("eps"),
        reduction: $0.reduction())
    },
    .tensor("nn.functional.hinge_embedding_loss", "input, target, margin=1.0, \(lossTail)") {
      try hingeEmbeddingLoss(
        $0.tensor("input"), $0.tensor("target"), margin: $0.double("margin"), reduction: $0.reduction())
    },
    .tensor("nn.functional.margin_ranking_loss", "input1, input2, target, margin=0.0, \(lossTail)") {
      try marginRankingLoss(
        $0.tensor("input1"), $0.tensor("input2"), $0.tensor("target"), margin: $0.double("margin"),
        reduction: $0.reduction())
    },
    .tensor("nn.functional.soft_margin_loss", "input, target, \(lossTail)") {
      try softMarginLoss($0.tensor("input"), $0.tensor("target"), reduction: $0.reduction())
    },
    .tensor("nn.functional.cosine_embedding_loss", "input1, input2, target, margin=0.0, \(lossTail)") {
      try cosineEmbeddingLoss(
        $0.tensor("input1"), $0.tensor("input2"), $0.tensor("target"), margin: $0.double("margin"),
        reduction: $0.reduction())
    },
    .tensor(
      "nn.functional.triplet_margin_loss",
      "anchor, positive, negative, margin=1.0, p=2.0, eps=1e-06, swap=False, \(lossTail)"
    ) {
      try tripletMarginLoss(
        $0.tensor("anchor"), $0.tensor("positive"), $0.tensor("negative"), margin: $0.double("margin"),
        p: $0.double("p"), eps: $0.double("eps"), swap: $0.bool("swap"), reduction: $0.reduction())
    },
    .tensor(
      "nn.functional.triplet_margin_with_distance_loss",
      "anchor, positive, negative, *, distance_function=None, margin=1.0, swap=False, reduction='mean'"
    ) {
      guard try $0.isNone("distance_function") else {
        throw TensorError(.unsupported, "triplet_margin_with_distance_loss", "a function cannot be given by name")
      }
      return try tripletMarginWithDistanceLoss(
        $0.tensor("anchor"), $0.tensor("positive"), $0.tensor("negative"), margin: $0.double("margin"),
        swap: $0.bool("swap"), reduction: $0.reduction())
    },
    .tensor(
      "nn.functional.multi_margin_loss",
      "input, target, p=1, margin=1.0, weight=None, size_average=None, reduce=None, reduction='mean'"
    ) {
      try multiMarginLoss(
        $0.tensor("input"), $0.tensor("target"), p: $0.scalar("p").int, margin: $0.double("margin"),
        weight: $0.optionalTensor("weight"), reduction: $0.reduction())
    },
    .tensor("nn.functional.multilabel_margin_loss", "input, target, \(lossTail)") {
      try multilabelMarginLoss($0.tensor("input"), $0.tensor("target"), reduction: $0.reduction())
    },
    .tensor("nn.functional.multilabel_soft_margin_loss", "input, target, weight=None, \(lossTail)") {
      try multilabelSoftMarginLoss(
        $0.tensor("input"), $0.tensor("target"), weight: $0.optionalTensor("weight"), reduction: $0.reduction())
    },
  ]

  private static let attentionAndImages: [Operation] = [
    .tensor(
      "nn.functional.scaled_dot_product_attention",
      "query, key, value, attn_mask=None, dropout_p=0.0, is_causal=False, scale=None, enable_gqa=False"
    ) {
      try scaledDotProductAttention(
        $0.tensor("query"), $0.tensor("key"), $0.tensor("value"), attnMask: $0.optionalTensor("attn_mask"),
        dropoutP: $0.double("dropout_p"), isCausal: $0.bool("is_causal"), scale: $0.optionalDouble("scale"),
        enableGQA: $0.bool("enable_gqa"))
    },
    .tensor("nn.functional.pixel_shuffle pixel_shuffle", "input, upscale_factor") {
      try pixelShuffle($0.tensor("input"), $0.int("upscale_factor"))
    },
    .tensor("nn.functional.pixel_unshuffle pixel_unshuffle", "input, downscale_factor") {
      try pixelUnshuffle($0.tensor("input"), $0.int("downscale_factor"))
    },
    .tensor("nn.functional.channel_shuffle channel_shuffle", "input, groups") {
      try channelShuffle($0.tensor("input"), $0.int("groups"))
    },
    .tensor("nn.functional.unfold", "input, kernel_size, dilation=1, padding=0, stride=1") {
      try unfold(
        $0.tensor("input"), $0.ints("kernel_size"), dilation: $0.ints("dilation"), padding: $0.ints("padding"),
        stride: $0.ints("stride"))
    },
    .tensor("nn.functional.fold", "input, output_size, kernel_size, dilation=1, padding=0, stride=1") {
      try fold(
        $0.tensor("input"), $0.ints("output_size"), $0.ints("kernel_size"), dilation: $0.ints("dilation"),
        padding: $0.ints("padding"), stride: $0.ints("stride"))
    },
    .tensor(
      "nn.functional.interpolate nn.functional.upsample",
      "input, size=None, scale_factor=None, mode='nearest', align_corners=None, recompute_scale_factor=None, "
        + "antialias=False"
    ) { try resized($0, mode: $0.string("mode")) },
    .tensor("nn.functional.upsample_nearest", "input, size=None, scale_factor=None") {
      try resized($0, mode: "nearest")
    },
    .tensor("nn.functional.upsample_bilinear", "input, size=None, scale_factor=None") {
      let input = try $0.tensor("input")
      return try interpolate(
        input, size: $0.sizes("size"), scaleFactor: $0.isNone("scale_factor") ? nil : $0.doubles("scale_factor"),
        mode: .bilinear, alignCorners: true)
    },
  ]

  private static func resized(_ arguments: OperationArguments, mode: String) throws -> Tensor {
    guard let mode = InterpolationMode(rawValue: mode) else { throw arguments.mismatch("mode", "a known mode") }
    func has(_ name: String) -> Bool { arguments.parameters.contains { $0.name == name } }
    return try interpolate(
      arguments.tensor("input"), size: arguments.sizes("size"),
      scaleFactor: arguments.isNone("scale_factor") ? nil : arguments.doubles("scale_factor"), mode: mode,
      alignCorners: has("align_corners") && !arguments.isNone("align_corners") ? arguments.bool("align_corners") : nil,
      recomputeScaleFactor: has("recompute_scale_factor") && !arguments.isNone("recompute_scale_factor")
        ? arguments.bool("recompute_scale_factor") : false,
      antialias: has("antialias") ? arguments.bool("antialias") : false)
  }
}
