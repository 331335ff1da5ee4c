// Written by scripts/make-training-spellings.py.

import ApusCore

extension AdEMAMix {
  /// The arguments in PyTorch's order, the first ones without labels.
  public convenience init(
    _ parameters: some ParameterSource, _ lr: Double, betas: (Double, Double, Double) = (0.9, 0.999, 0.9999),
    alpha: Double = 5, beta3Warmup: Int? = nil, alphaWarmup: Int? = nil, eps: Double = 1e-8, weightDecay: Double = 0,
    maximize: Bool = false
  ) {
    self.init(
      parameters, lr: lr, betas: betas, alpha: alpha, beta3Warmup: beta3Warmup, alphaWarmup: alphaWarmup, eps: eps,
      weightDecay: weightDecay, maximize: maximize)
  }
  /// The arguments in PyTorch's order, the first ones without labels.
  public convenience init(
    _ parameters: some ParameterSource, _ lr: Double, _ betas: (Double, Double, Double), alpha: Double = 5,
    beta3Warmup: Int? = nil, alphaWarmup: Int? = nil, eps: Double = 1e-8, weightDecay: Double = 0,
    maximize: Bool = false
  ) {
    self.init(
      parameters, lr: lr, betas: betas, alpha: alpha, beta3Warmup: beta3Warmup, alphaWarmup: alphaWarmup, eps: eps,
      weightDecay: weightDecay, maximize: maximize)
  }
  /// The arguments in PyTorch's order, the first ones without labels.
  public convenience init(
    _ parameters: some ParameterSource, _ lr: Double, _ betas: (Double, Double, Double), _ alpha: Double,
    beta3Warmup: Int? = nil, alphaWarmup: Int? = nil, eps: Double = 1e-8, weightDecay: Double = 0,
    maximize: Bool = false
  ) {
    self.init(
      parameters, lr: lr, betas: betas, alpha: alpha, beta3Warmup: beta3Warmup, alphaWarmup: alphaWarmup, eps: eps,
      weightDecay: weightDecay, maximize: maximize)
  }
  /// `params:`.
  public convenience init(
    params parameters: some ParameterSource, lr: Double = 1e-3, betas: (Double, Double, Double) = (0.9, 0.999, 0.9999),
    alpha: Double = 5, beta3Warmup: Int? = nil, alphaWarmup: Int? = nil, eps: Double = 1e-8, weightDecay: Double = 0,
    maximize: Bool = false
  ) {
    self.init(
      parameters, lr: lr, betas: betas, alpha: alpha, beta3Warmup: beta3Warmup, alphaWarmup: alphaWarmup, eps: eps,
      weightDecay: weightDecay, maximize: maximize)
  }
  /// Groups; what one leaves out is given here.
  public convenience init(
    groups parameters: [ParameterGroup], lr: Double = 1e-3, betas: (Double, Double, Double) = (0.9, 0.999, 0.9999),
    alpha: Double = 5, beta3Warmup: Int? = nil, alphaWarmup: Int? = nil, eps: Double = 1e-8, weightDecay: Double = 0,
    maximize: Bool = false
  ) {
    self.init(
      parameters, lr: lr, betas: betas, alpha: alpha, beta3Warmup: beta3Warmup, alphaWarmup: alphaWarmup, eps: eps,
      weightDecay: weightDecay, maximize: maximize)
  }
  /// `model.namedParameters()`.
  public convenience init(
    _ parameters: some Sequence<(name: String, tensor: Tensor)>, lr: Double = 1e-3,
    betas: (Double, Double, Double) = (0.9, 0.999, 0.9999), alpha: Double = 5, beta3Warmup: Int? = nil,
    alphaWarmup: Int? = nil, eps: Double = 1e-8, weightDecay: Double = 0, maximize: Bool = false
  ) {
    self.init(
      [ParameterGroup(named: parameters)], lr: lr, betas: betas, alpha: alpha, beta3Warmup: beta3Warmup,
      alphaWarmup: alphaWarmup, eps: eps, weightDecay: weightDecay, maximize: maximize)
  }
  /// `model.namedParameters()`.
  public convenience init(
    _ parameters: some Sequence<(name: String, tensor: Tensor)>, _ lr: Double,
    betas: (Double, Double, Double) = (0.9, 0.999, 0.9999), alpha: Double = 5, beta3Warmup: Int? = nil,
    alphaWarmup: Int? = nil, eps: Double = 1e-8, weightDecay: Double = 0, maximize: Bool = false
  ) {
    self.init(
      [ParameterGroup(named: parameters)], lr: lr, betas: betas, alpha: alpha, beta3Warmup: beta3Warmup,
      alphaWarmup: alphaWarmup, eps: eps, weightDecay: weightDecay, maximize: maximize)
  }
  /// `model.namedParameters()`.
  public convenience init(
    _ parameters: some Sequence<(name: String, tensor: Tensor)>, _ lr: Double, _ betas: (Double, Double, Double),
    alpha: Double = 5, beta3Warmup: Int? = nil, alphaWarmup: Int? = nil, eps: Double = 1e-8, weightDecay: Double = 0,
    maximize: Bool = false
  ) {
    self.init(
      [ParameterGroup(named: parameters)], lr: lr, betas: betas, alpha: alpha, beta3Warmup: beta3Warmup,
      alphaWarmup: alphaWarmup, eps: eps, weightDecay: weightDecay, maximize: maximize)
  }
  /// `model.namedParameters()`.
  public convenience init(
    _ parameters: some Sequence<(name: String, tensor: Tensor)>, _ lr: Double, _ betas: (Double, Double, Double),
    _ alpha: Double, beta3Warmup: Int? = nil, alphaWarmup: Int? = nil, eps: Double = 1e-8, weightDecay: Double = 0,
    maximize: Bool = false
  ) {
    self.init(
      [ParameterGroup(named: parameters)], lr: lr, betas: betas, alpha: alpha, beta3Warmup: beta3Warmup,
      alphaWarmup: alphaWarmup, eps: eps, weightDecay: weightDecay, maximize: maximize)
  }
  /// `lr` in tensors, whose present numbers count.
  @_disfavoredOverload  // `.nan` and `.infinity` are numbers first
  public convenience init(
    _ parameters: some ParameterSource, lr: Tensor, betas: (Double, Double, Double) = (0.9, 0.999, 0.9999),
    alpha: Double = 5, beta3Warmup: Int? = nil, alphaWarmup: Int? = nil, eps: Double = 1e-8, weightDecay: Double = 0,
    maximize: Bool = false
  ) {
    self.init(
      parameters, lr: tensorOption(lr, "lr", of: "AdEMAMix"), betas: betas, alpha: alpha, beta3Warmup: beta3Warmup,
      alphaWarmup: alphaWarmup, eps: eps, weightDecay: weightDecay, maximize: maximize)
  }
}

extension Adafactor {
  /// The arguments in PyTorch's order, the first ones without labels.
  public convenience init(
    _ parameters: some ParameterSource, _ lr: Double, beta2Decay: Double = -0.8, eps: (Double?, Double) = (nil, 1e-3),
    d: Double = 1, weightDecay: Double = 0, foreach: Bool? = nil, maximize: Bool = false
  ) {
    self.init(
      parameters, lr: lr, beta2Decay: beta2Decay, eps: eps, d: d, weightDecay: weightDecay, foreach: foreach,
      maximize: maximize)
  }
  /// The arguments in PyTorch's order, the first ones without labels.
  public convenience init(
    _ parameters: some ParameterSource, _ lr: Double, _ beta2Decay: Double, eps: (Double?, Double) = (nil, 1e-3),
    d: Double = 1, weightDecay: Double = 0, foreach: Bool? = nil, maximize: Bool = false
  ) {
    self.init(
      parameters, lr: lr, beta2Decay: beta2Decay, eps: eps, d: d, weightDecay: weightDecay, foreach: foreach,
      maximize: maximize)
  }
  /// The arguments in PyTorch's order, the first ones without labels.
  public convenience init(
    _ parameters: some ParameterSource, _ lr: Double, _ beta2Decay: Double, _ eps: (Double?, Double), d: Double = 1,
    weightDecay: Double = 0, foreach: Bool? = nil, maximize: Bool = false
  ) {
    self.init(
      parameters, lr: lr, beta2Decay: beta2Decay, eps: eps, d: d, weightDecay: weightDecay, foreach: foreach,
      maximize: maximize)
  }
  /// `params:`.
  public convenience init(
    params parameters: some ParameterSource, lr: Double = 1e-2, beta2Decay: Double = -0.8,
    eps: (Double?, Double) = (nil, 1e-3), d: Double = 1, weightDecay: Double = 0, foreach: Bool? = nil,
    maximize: Bool = false
  ) {
    self.init(
      parameters, lr: lr, beta2Decay: beta2Decay, eps: eps, d: d, weightDecay: weightDecay, foreach: foreach,
      maximize: maximize)
  }
  /// Groups; what one leaves out is given here.
  public convenience init(
    groups parameters: [ParameterGroup], lr: Double = 1e-2, beta2Decay: Double = -0.8,
    eps: (Double?, Double) = (nil, 1e-3), d: Double = 1, weightDecay: Double = 0, foreach: Bool? = nil,
    maximize: Bool = false
  ) {
    self.init(
      parameters, lr: lr, beta2Decay: beta2Decay, eps: eps, d: d, weightDecay: weightDecay, foreach: foreach,
      maximize: maximize)
  }
  /// `model.namedParameters()`.
  public convenience init(
    _ parameters: some Sequence<(name: String, tensor: Tensor)>, lr: Double = 1e-2, beta2Decay: Double = -0.8,
    eps: (Double?, Double) = (nil, 1e-3), d: Double = 1, weightDecay: Double = 0, foreach: Bool? = nil,
    maximize: Bool = false
  ) {
    self.init(
      [ParameterGroup(named: parameters)], lr: lr, beta2Decay: beta2Decay, eps: eps, d: d, weightDecay: weightDecay,
      foreach: foreach, maximize: maximize)
  }
  /// `model.namedParameters()`.
  public convenience init(
    _ parameters: some Sequence<(name: String, tensor: Tensor)>, _ lr: Double, beta2Decay: Double = -0.8,
    eps: (Double?, Double) = (nil, 1e-3), d: Double = 1, weightDecay: Double = 0, foreach: Bool? = nil,
    maximize: Bool = false
  ) {
    self.init(
      [ParameterGroup(named: parameters)], lr: lr, beta2Decay: beta2Decay, eps: eps, d: d, weightDecay: weightDecay,
      foreach: foreach, maximize: maximize)
  }
  /// `model.namedParameters()`.
  public convenience init(
    _ parameters: some Sequence<(name: String, tensor: Tensor)>, _ lr: Double, _ beta2Decay: Double,
    eps: (Double?, Double) = (nil, 1e-3), d: Double = 1, weightDecay: Double = 0, foreach: Bool? = nil,
    maximize: Bool = false
  ) {
    self.init(
      [ParameterGroup(named: parameters)], lr: lr, beta2Decay: beta2Decay, eps: eps, d: d, weightDecay: weightDecay,
      foreach: foreach, maximize: maximize)
  }
  /// `model.namedParameters()`.
  public convenience init(
    _ parameters: some Sequence<(name: String, tensor: Tensor)>, _ lr: Double, _ beta2Decay: Double,
    _ eps: (Double?, Double), d: Double = 1, weightDecay: Double = 0, foreach: Bool? = nil, maximize: Bool = false
  ) {
    self.init(
      [ParameterGroup(named: parameters)], lr: lr, beta2Decay: beta2Decay, eps: eps, d: d, weightDecay: weightDecay,
      foreach: foreach, maximize: maximize)
  }
  /// `lr` in tensors, whose present numbers count.
  @_disfavoredOverload  // `.nan` and `.infinity` are numbers first
  public convenience init(
    _ parameters: some ParameterSource, lr: Tensor, beta2Decay: Double = -0.8, eps: (Double?, Double) = (nil, 1e-3),
    d: Double = 1, weightDecay: Double = 0, foreach: Bool? = nil, maximize: Bool = false
  ) {
    self.init(
      parameters, lr: tensorOption(lr, "lr", of: "Adafactor", foreach: foreach), beta2Decay: beta2Decay, eps: eps, d: d,
      weightDecay: weightDecay, foreach: foreach, maximize: maximize)
  }
}

extension Adam {
  /// The arguments in PyTorch's order, the first ones without labels.
  public convenience init(
    _ parameters: some ParameterSource, _ lr: Double, betas: (Double, Double) = (0.9, 0.999), eps: Double = 1e-8,
    weightDecay: Double = 0, amsgrad: Bool = false, maximize: Bool = false, decoupledWeightDecay: Bool = false,
    foreach: Bool? = nil, fused: Bool? = nil, capturable: Bool = false, differentiable: Bool = false
  ) {
    self.init(
      parameters, lr: lr, betas: betas, eps: eps, weightDecay: weightDecay, amsgrad: amsgrad, maximize: maximize,
      decoupledWeightDecay: decoupledWeightDecay, foreach: foreach, fused: fused, capturable: capturable,
      differentiable: differentiable)
  }
  /// The arguments in PyTorch's order, the first ones without labels.
  public convenience init(
    _ parameters: some ParameterSource, _ lr: Double, _ betas: (Double, Double), eps: Double = 1e-8,
    weightDecay: Double = 0, amsgrad: Bool = false, maximize: Bool = false, decoupledWeightDecay: Bool = false,
    foreach: Bool? = nil, fused: Bool? = nil, capturable: Bool = false, differentiable: Bool = false
  ) {
    self.init(
      parameters, lr: lr, betas: betas, eps: eps, weightDecay: weightDecay, amsgrad: amsgrad, maximize: maximize,
      decoupledWeightDecay: decoupledWeightDecay, foreach: foreach, fused: fused, capturable: capturable,
      differentiable: differentiable)
  }
  /// The arguments in PyTorch's order, the first ones without labels.
  public convenience init(
    _ parameters: some ParameterSource, _ lr: Double, _ betas: (Double, Double), _ eps: Double, weightDecay: Double = 0,
    amsgrad: Bool = false, maximize: Bool = false, decoupledWeightDecay: Bool = false, foreach: Bool? = nil,
    fused: Bool? = nil, capturable: Bool = false, differentiable: Bool = false
  ) {
    self.init(
      parameters, lr: lr, betas: betas, eps: eps, weightDecay: weightDecay, amsgrad: amsgrad, maximize: maximize,
      decoupledWeightDecay: decoupledWeightDecay, foreach: foreach, fused: fused, capturable: capturable,
      differentiable: differentiable)
  }
  /// `params:`.
  public convenience init(
    params parameters: some ParameterSource, lr: Double = 1e-3, betas: (Double, Double) = (0.9, 0.999),
    eps: Double = 1e-8, weightDecay: Double = 0, amsgrad: Bool = false, maximize: Bool = false,
    decoupledWeightDecay: Bool = false, foreach: Bool? = nil, fused: Bool? = nil, capturable: Bool = false,
    differentiable: Bool = false
  ) {
    self.init(
      parameters, lr: lr, betas: betas, eps: eps, weightDecay: weightDecay, amsgrad: amsgrad, maximize: maximize,
      decoupledWeightDecay: decoupledWeightDecay, foreach: foreach, fused: fused, capturable: capturable,
      differentiable: differentiable)
  }
  /// Groups; what one leaves out is given here.
  public convenience init(
    groups parameters: [ParameterGroup], lr: Double = 1e-3, betas: (Double, Double) = (0.9, 0.999), eps: Double = 1e-8,
    weightDecay: Double = 0, amsgrad: Bool = false, maximize: Bool = false, decoupledWeightDecay: Bool = false,
    foreach: Bool? = nil, fused: Bool? = nil, capturable: Bool = false, differentiable: Bool = false
  ) {
    self.init(
      parameters, lr: lr, betas: betas, eps: eps, weightDecay: weightDecay, amsgrad: amsgrad, maximize: maximize,
      decoupledWeightDecay: decoupledWeightDecay, foreach: foreach, fused: fused, capturable: capturable,
      differentiable: differentiable)
  }
  /// `model.namedParameters()`.
  public convenience init(
    _ parameters: some Sequence<(name: String, tensor: Tensor)>, lr: Double = 1e-3,
    betas: (Double, Double) = (0.9, 0.999), eps: Double = 1e-8, weightDecay: Double = 0, amsgrad: Bool = false,
    maximize: Bool = false, decoupledWeightDecay: Bool = false, foreach: Bool? = nil, fused: Bool? = nil,
    capturable: Bool = false, differentiable: Bool = false
  ) {
    self.init(
      [ParameterGroup(named: parameters)], lr: lr, betas: betas, eps: eps, weightDecay: weightDecay, amsgrad: amsgrad,
      maximize: maximize, decoupledWeightDecay: decoupledWeightDecay, foreach: foreach, fused: fused,
      capturable: capturable, differentiable: differentiable)
  }
  /// `model.namedParameters()`.
  public convenience init(
    _ parameters: some Sequence<(name: String, tensor: Tensor)>, _ lr: Double, betas: (Double, Double) = (0.9, 0.999),
    eps: Double = 1e-8, weightDecay: Double = 0, amsgrad: Bool = false, maximize: Bool = false,
    decoupledWeightDecay: Bool = false, foreach: Bool? = nil, fused: Bool? = nil, capturable: Bool = false,
    differentiable: Bool = false
  ) {
    self.init(
      [ParameterGroup(named: parameters)], lr: lr, betas: betas, eps: eps, weightDecay: weightDecay, amsgrad: amsgrad,
      maximize: maximize, decoupledWeightDecay: decoupledWeightDecay, foreach: foreach, fused: fused,
      capturable: capturable, differentiable: differentiable)
  }
  /// `model.namedParameters()`.
  public convenience init(
    _ parameters: some Sequence<(name: String, tensor: Tensor)>, _ lr: Double, _ betas: (Double, Double),
    eps: Double = 1e-8, weightDecay: Double = 0, amsgrad: Bool = false, maximize: Bool = false,
    decoupledWeightDecay: Bool = false, foreach: Bool? = nil, fused: Bool? = nil, capturable: Bool = false,
    differentiable: Bool = false
  ) {
    self.init(
      [ParameterGroup(named: parameters)], lr: lr, betas: betas, eps: eps, weightDecay: weightDecay, amsgrad: amsgrad,
      maximize: maximize, decoupledWeightDecay: decoupledWeightDecay, foreach: foreach, fused: fused,
      capturable: capturable, differentiable: differentiable)
  }
  /// `model.namedParameters()`.
  public convenience init(
    _ parameters: some Sequence<(name: String, tensor: Tensor)>, _ lr: Double, _ betas: (Double, Double), _ eps: Double,
    weightDecay: Double = 0, amsgrad: Bool = false, maximize: Bool = false, decoupledWeightDecay: Bool = false,
    foreach: Bool? = nil, fused: Bool? = nil, capturable: Bool = false, differentiable: Bool = false
  ) {
    self.init(
      [ParameterGroup(named: parameters)], lr: lr, betas: betas, eps: eps, weightDecay: weightDecay, amsgrad: amsgrad,
      maximize: maximize, decoupledWeightDecay: decoupledWeightDecay, foreach: foreach, fused: fused,
      capturable: capturable, differentiable: differentiable)
  }
  /// `lr` in tensors, whose present numbers count.
  @_disfavoredOverload  // `.nan` and `.infinity` are numbers first
  public convenience init(
    _ parameters: some ParameterSource, lr: Tensor, betas: (Double, Double) = (0.9, 0.999), eps: Double = 1e-8,
    weightDecay: Double = 0, amsgrad: Bool = false, maximize: Bool = false, decoupledWeightDecay: Bool = false,
    foreach: Bool? = nil, fused: Bool? = nil, capturable: Bool = false, differentiable: Bool = false
  ) {
    self.init(
      parameters, lr: tensorOption(lr, "lr", of: "Adam", foreach: foreach, capturable: capturable), betas: betas,
      eps: eps, weightDecay: weightDecay, amsgrad: amsgrad, maximize: maximize,
      decoupledWeightDecay: decoupledWeightDecay, foreach: foreach, fused: fused, capturable: capturable,
      differentiable: differentiable)
  }
  /// `betas` in tensors, whose present numbers count.
  @_disfavoredOverload  // `.nan` and `.infinity` are numbers first
  public convenience init(
    _ parameters: some ParameterSource, lr: Double = 1e-3, betas: (Tensor, Tensor), eps: Double = 1e-8,
    weightDecay: Double = 0, amsgrad: Bool = false, maximize: Bool = false, decoupledWeightDecay: Bool = false,
    foreach: Bool? = nil, fused: Bool? = nil, capturable: Bool = false, differentiable: Bool = false
  ) {
    self.init(
      parameters, lr: lr, betas: tensorOption(betas, "betas", of: "Adam", foreach: foreach, capturable: capturable),
      eps: eps, weightDecay: weightDecay, amsgrad: amsgrad, maximize: maximize,
      decoupledWeightDecay: decoupledWeightDecay, foreach: foreach, fused: fused, capturable: capturable,
      differentiable: differentiable)
  }
}

extension AdamW {
  /// The arguments in PyTorch's order, the first ones without labels.
  public convenience init(
    _ parameters: some ParameterSource, _ lr: Double, betas: (Double, Double) = (0.9, 0.999), eps: Double = 1e-8,
    weightDecay: Double = 1e-2, amsgrad: Bool = false, maximize: Bool = false, foreach: Bool? = nil, fused: Bool? = nil,
    capturable: Bool = false, differentiable: Bool = false
  ) {
    self.init(
      parameters, lr: lr, betas: betas, eps: eps, weightDecay: weightDecay, amsgrad: amsgrad, maximize: maximize,
      foreach: foreach, fused: fused, capturable: capturable, differentiable: differentiable)
  }
  /// The arguments in PyTorch's order, the first ones without labels.
  public convenience init(
    _ parameters: some ParameterSource, _ lr: Double, _ betas: (Double, Double), eps: Double = 1e-8,
    weightDecay: Double = 1e-2, amsgrad: Bool = false, maximize: Bool = false, foreach: Bool? = nil, fused: Bool? = nil,
    capturable: Bool = false, differentiable: Bool = false
  ) {
    self.init(
      parameters, lr: lr, betas: betas, eps: eps, weightDecay: weightDecay, amsgrad: amsgrad, maximize: maximize,
      foreach: foreach, fused: fused, capturable: capturable, differentiable: differentiable)
  }
  /// The arguments in PyTorch's order, the first ones without labels.
  public convenience init(
    _ parameters: some ParameterSource, _ lr: Double, _ betas: (Double, Double), _ eps: Double,
    weightDecay: Double = 1e-2, amsgrad: Bool = false, maximize: Bool = false, foreach: Bool? = nil, fused: Bool? = nil,
    capturable: Bool = false, differentiable: Bool = false
  ) {
    self.init(
      parameters, lr: lr, betas: betas, eps: eps, weightDecay: weightDecay, amsgrad: amsgrad, maximize: maximize,
      foreach: foreach, fused: fused, capturable: capturable, differentiable: differentiable)
  }
  /// `params:`.
  public convenience init(
    params parameters: some ParameterSource, lr: Double = 1e-3, betas: (Double, Double) = (0.9, 0.999),
    eps: Double = 1e-8, weightDecay: Double = 1e-2, amsgrad: Bool = false, maximize: Bool = false, foreach: Bool? = nil,
    fused: Bool? = nil, capturable: Bool = false, differentiable: Bool = false
  ) {
    self.init(
      parameters, lr: lr, betas: betas, eps: eps, weightDecay: weightDecay, amsgrad: amsgrad, maximize: maximize,
      foreach: foreach, fused: fused, capturable: capturable, differentiable: differentiable)
  }
  /// Groups; what one leaves out is given here.
  public convenience init(
    groups parameters: [ParameterGroup], lr: Double = 1e-3, betas: (Double, Double) = (0.9, 0.999), eps: Double = 1e-8,
    weightDecay: Double = 1e-2, amsgrad: Bool = false, maximize: Bool = false, foreach: Bool? = nil, fused: Bool? = nil,
    capturable: Bool = false, differentiable: Bool = false
  ) {
    self.init(
      parameters, lr: lr, betas: betas, eps: eps, weightDecay: weightDecay, amsgrad: amsgrad, maximize: maximize,
      foreach: foreach, fused: fused, capturable: capturable, differentiable: differentiable)
  }
  /// `model.namedParameters()`.
  public convenience init(
    _ parameters: some Sequence<(name: String, tensor: Tensor)>, lr: Double = 1e-3,
    betas: (Double, Double) = (0.9, 0.999), eps: Double = 1e-8, weightDecay: Double = 1e-2, amsgrad: Bool = false,
    maximize: Bool = false, foreach: Bool? = nil, fused: Bool? = nil, capturable: Bool = false,
    differentiable: Bool = false
  ) {
    self.init(
      [ParameterGroup(named: parameters)], lr: lr, betas: betas, eps: eps, weightDecay: weightDecay, amsgrad: amsgrad,
      maximize: maximize, foreach: foreach, fused: fused, capturable: capturable, differentiable: differentiable)
  }
  /// `model.namedParameters()`.
  public convenience init(
    _ parameters: some Sequence<(name: String, tensor: Tensor)>, _ lr: Double, betas: (Double, Double) = (0.9, 0.999),
    eps: Double = 1e-8, weightDecay: Double = 1e-2, amsgrad: Bool = false, maximize: Bool = false, foreach: Bool? = nil,
    fused: Bool? = nil, capturable: Bool = false, differentiable: Bool = false
  ) {
    self.init(
      [ParameterGroup(named: parameters)], lr: lr, betas: betas, eps: eps, weightDecay: weightDecay, amsgrad: amsgrad,
      maximize: maximize, foreach: foreach, fused: fused, capturable: capturable, differentiable: differentiable)
  }
  /// `model.namedParameters()`.
  public convenience init(
    _ parameters: some Sequence<(name: String, tensor: Tensor)>, _ lr: Double, _ betas: (Double, Double),
    eps: Double = 1e-8, weightDecay: Double = 1e-2, amsgrad: Bool = false, maximize: Bool = false, foreach: Bool? = nil,
    fused: Bool? = nil, capturable: Bool = false, differentiable: Bool = false
  ) {
    self.init(
      [ParameterGroup(named: parameters)], lr: lr, betas: betas, eps: eps, weightDecay: weightDecay, amsgrad: amsgrad,
      maximize: maximize, foreach: foreach, fused: fused, capturable: capturable, differentiable: differentiable)
  }
  /// `model.namedParameters()`.
  public convenience init(
    _ parameters: some Sequence<(name: String, tensor: Tensor)>, _ lr: Double, _ betas: (Double, Double), _ eps: Double,
    weightDecay: Double = 1e-2, amsgrad: Bool = false, maximize: Bool = false, foreach: Bool? = nil, fused: Bool? = nil,
    capturable: Bool = false, differentiable: Bool = false
  ) {
    self.init(
      [ParameterGroup(named: parameters)], lr: lr, betas: betas, eps: eps, weightDecay: weightDecay, amsgrad: amsgrad,
      maximize: maximize, foreach: foreach, fused: fused, capturable: capturable, differentiable: differentiable)
  }
  /// `lr` in tensors, whose present numbers count.
  @_disfavoredOverload  // `.nan` and `.infinity` are numbers first
  public convenience init(
    _ parameters: some ParameterSource, lr: Tensor, betas: (Double, Double) = (0.9, 0.999), eps: Double = 1e-8,
    weightDecay: Double = 1e-2, amsgrad: Bool = false, maximize: Bool = false, foreach: Bool? = nil, fused: Bool? = nil,
    capturable: Bool = false, differentiable: Bool = false
  ) {
    self.init(
      parameters, lr: tensorOption(lr, "lr", of: "AdamW", foreach: foreach, capturable: capturable), betas: betas,
      eps: eps, weightDecay: weightDecay, amsgrad: amsgrad, maximize: maximize, foreach: foreach, fused: fused,
      capturable: capturable, differentiable: differentiable)
  }
  /// `betas` in tensors, whose present numbers count.
  @_disfavoredOverload  // `.nan` and `.infinity` are numbers first
  public convenience init(
    _ parameters: some ParameterSource, lr: Double = 1e-3, betas: (Tensor, Tensor), eps: Double = 1e-8,
    weightDecay: Double = 1e-2, amsgrad: Bool = false, maximize: Bool = false, foreach: Bool? = nil, fused: Bool? = nil,
    capturable: Bool = false, differentiable: Bool = false
  ) {
    self.init(
      parameters, lr: lr, betas: tensorOption(betas, "betas", of: "AdamW", foreach: foreach, capturable: capturable),
      eps: eps, weightDecay: weightDecay, amsgrad: amsgrad, maximize: maximize, foreach: foreach, fused: fused,
      capturable: capturable, differentiable: differentiable)
  }
}

extension AdamW8bit {
  /// The arguments in PyTorch's order, the first ones without labels.
  public convenience init(
    _ parameters: some ParameterSource, _ lr: Double, betas: (Double, Double) = (0.9, 0.999), eps: Double = 1e-8,
    weightDecay: Double = 1e-2, min8bitSize: Int = 4096, bf16StochasticRound: Bool = false, seed: Int = 0,
    pagedStates: PagedStates? = nil
  ) {
    self.init(
      parameters, lr: lr, betas: betas, eps: eps, weightDecay: weightDecay, min8bitSize: min8bitSize,
      bf16StochasticRound: bf16StochasticRound, seed: seed, pagedStates: pagedStates)
  }
  /// The arguments in PyTorch's order, the first ones without labels.
  public convenience init(
    _ parameters: some ParameterSource, _ lr: Double, _ betas: (Double, Double), eps: Double = 1e-8,
    weightDecay: Double = 1e-2, min8bitSize: Int = 4096, bf16StochasticRound: Bool = false, seed: Int = 0,
    pagedStates: PagedStates? = nil
  ) {
    self.init(
      parameters, lr: lr, betas: betas, eps: eps, weightDecay: weightDecay, min8bitSize: min8bitSize,
      bf16StochasticRound: bf16StochasticRound, seed: seed, pagedStates: pagedStates)
  }
  /// The arguments in PyTorch's order, the first ones without labels.
  public convenience init(
    _ parameters: some ParameterSource, _ lr: Double, _ betas: (Double, Double), _ eps: Double,
    weightDecay: Double = 1e-2, min8bitSize: Int = 4096, bf16StochasticRound: Bool = false, seed: Int = 0,
    pagedStates: PagedStates? = nil
  ) {
    self.init(
      parameters, lr: lr, betas: betas, eps: eps, weightDecay: weightDecay, min8bitSize: min8bitSize,
      bf16StochasticRound: bf16StochasticRound, seed: seed, pagedStates: pagedStates)
  }
  /// `params:`.
  public convenience init(
    params parameters: some ParameterSource, lr: Double = 1e-3, betas: (Double, Double) = (0.9, 0.999),
    eps: Double = 1e-8, weightDecay: Double = 1e-2, min8bitSize: Int = 4096, bf16StochasticRound: Bool = false,
    seed: Int = 0, pagedStates: PagedStates? = nil
  ) {
    self.init(
      parameters, lr: lr, betas: betas, eps: eps, weightDecay: weightDecay, min8bitSize: min8bitSize,
      bf16StochasticRound: bf16StochasticRound, seed: seed, pagedStates: pagedStates)
  }
  /// Groups; what one leaves out is given here.
  public convenience init(
    groups parameters: [ParameterGroup], lr: Double = 1e-3, betas: (Double, Double) = (0.9, 0.999), eps: Double = 1e-8,
    weightDecay: Double = 1e-2, min8bitSize: Int = 4096, bf16StochasticRound: Bool = false, seed: Int = 0,
    pagedStates: PagedStates? = nil
  ) {
    self.init(
      parameters, lr: lr, betas: betas, eps: eps, weightDecay: weightDecay, min8bitSize: min8bitSize,
      bf16StochasticRound: bf16StochasticRound, seed: seed, pagedStates: pagedStates)
  }
  /// `model.namedParameters()`.
  public convenience init(
    _ parameters: some Sequence<(name: String, tensor: Tensor)>, lr: Double = 1e-3,
    betas: (Double, Double) = (0.9, 0.999), eps: Double = 1e-8, weightDecay: Double = 1e-2, min8bitSize: Int = 4096,
    bf16StochasticRound: Bool = false, seed: Int = 0, pagedStates: PagedStates? = nil
  ) {
    self.init(
      [ParameterGroup(named: parameters)], lr: lr, betas: betas, eps: eps, weightDecay: weightDecay,
      min8bitSize: min8bitSize, bf16StochasticRound: bf16StochasticRound, seed: seed, pagedStates: pagedStates)
  }
  /// `model.namedParameters()`.
  public convenience init(
    _ parameters: some Sequence<(name: String, tensor: Tensor)>, _ lr: Double, betas: (Double, Double) = (0.9, 0.999),
    eps: Double = 1e-8, weightDecay: Double = 1e-2, min8bitSize: Int = 4096, bf16StochasticRound: Bool = false,
    seed: Int = 0, pagedStates: PagedStates? = nil
  ) {
    self.init(
      [ParameterGroup(named: parameters)], lr: lr, betas: betas, eps: eps, weightDecay: weightDecay,
      min8bitSize: min8bitSize, bf16StochasticRound: bf16StochasticRound, seed: seed, pagedStates: pagedStates)
  }
  /// `model.namedParameters()`.
  public convenience init(
    _ parameters: some Sequence<(name: String, tensor: Tensor)>, _ lr: Double, _ betas: (Double, Double),
    eps: Double = 1e-8, weightDecay: Double = 1e-2, min8bitSize: Int = 4096, bf16StochasticRound: Bool = false,
    seed: Int = 0, pagedStates: PagedStates? = nil
  ) {
    self.init(
      [ParameterGroup(named: parameters)], lr: lr, betas: betas, eps: eps, weightDecay: weightDecay,
      min8bitSize: min8bitSize, bf16StochasticRound: bf16StochasticRound, seed: seed, pagedStates: pagedStates)
  }
  /// `model.namedParameters()`.
  public convenience init(
    _ parameters: some Sequence<(name: String, tensor: Tensor)>, _ lr: Double, _ betas: (Double, Double), _ eps: Double,
    weightDecay: Double = 1e-2, min8bitSize: Int = 4096, bf16StochasticRound: Bool = false, seed: Int = 0,
    pagedStates: PagedStates? = nil
  ) {
    self.init(
      [ParameterGroup(named: parameters)], lr: lr, betas: betas, eps: eps, weightDecay: weightDecay,
      min8bitSize: min8bitSize, bf16StochasticRound: bf16StochasticRound, seed: seed, pagedStates: pagedStates)
  }
  /// `lr` in tensors, whose present numbers count.
  @_disfavoredOverload  // `.nan` and `.infinity` are numbers first
  public convenience init(
    _ parameters: some ParameterSource, lr: Tensor, betas: (Double, Double) = (0.9, 0.999), eps: Double = 1e-8,
    weightDecay: Double = 1e-2, min8bitSize: Int = 4096, bf16StochasticRound: Bool = false, seed: Int = 0,
    pagedStates: PagedStates? = nil
  ) {
    self.init(
      parameters, lr: tensorOption(lr, "lr", of: "AdamW8bit"), betas: betas, eps: eps, weightDecay: weightDecay,
      min8bitSize: min8bitSize, bf16StochasticRound: bf16StochasticRound, seed: seed, pagedStates: pagedStates)
  }
}

extension Adam8bit {
  /// The arguments in PyTorch's order, the first ones without labels.
  public convenience init(
    _ parameters: some ParameterSource, _ lr: Double, betas: (Double, Double) = (0.9, 0.999), eps: Double = 1e-8,
    weightDecay: Double = 0, min8bitSize: Int = 4096, bf16StochasticRound: Bool = false, seed: Int = 0,
    pagedStates: PagedStates? = nil
  ) {
    self.init(
      parameters, lr: lr, betas: betas, eps: eps, weightDecay: weightDecay, min8bitSize: min8bitSize,
      bf16StochasticRound: bf16StochasticRound, seed: seed, pagedStates: pagedStates)
  }
  /// The arguments in PyTorch's order, the first ones without labels.
  public convenience init(
    _ parameters: some ParameterSource, _ lr: Double, _ betas: (Double, Double), eps: Double = 1e-8,
    weightDecay: Double = 0, min8bitSize: Int = 4096, bf16StochasticRound: Bool = false, seed: Int = 0,
    pagedStates: PagedStates? = nil
  ) {
    self.init(
      parameters, lr: lr, betas: betas, eps: eps, weightDecay: weightDecay, min8bitSize: min8bitSize,
      bf16StochasticRound: bf16StochasticRound, seed: seed, pagedStates: pagedStates)
  }
  /// The arguments in PyTorch's order, the first ones without labels.
  public convenience init(
    _ parameters: some ParameterSource, _ lr: Double, _ betas: (Double, Double), _ eps: Double, weightDecay: Double = 0,
    min8bitSize: Int = 4096, bf16StochasticRound: Bool = false, seed: Int = 0, pagedStates: PagedStates? = nil
  ) {
    self.init(
      parameters, lr: lr, betas: betas, eps: eps, weightDecay: weightDecay, min8bitSize: min8bitSize,
      bf16StochasticRound: bf16StochasticRound, seed: seed, pagedStates: pagedStates)
  }
  /// `params:`.
  public convenience init(
    params parameters: some ParameterSource, lr: Double = 1e-3, betas: (Double, Double) = (0.9, 0.999),
    eps: Double = 1e-8, weightDecay: Double = 0, min8bitSize: Int = 4096, bf16StochasticRound: Bool = false,
    seed: Int = 0, pagedStates: PagedStates? = nil
  ) {
    self.init(
      parameters, lr: lr, betas: betas, eps: eps, weightDecay: weightDecay, min8bitSize: min8bitSize,
      bf16StochasticRound: bf16StochasticRound, seed: seed, pagedStates: pagedStates)
  }
  /// Groups; what one leaves out is given here.
  public convenience init(
    groups parameters: [ParameterGroup], lr: Double = 1e-3, betas: (Double, Double) = (0.9, 0.999), eps: Double = 1e-8,
    weightDecay: Double = 0, min8bitSize: Int = 4096, bf16StochasticRound: Bool = false, seed: Int = 0,
    pagedStates: PagedStates? = nil
  ) {
    self.init(
      parameters, lr: lr, betas: betas, eps: eps, weightDecay: weightDecay, min8bitSize: min8bitSize,
      bf16StochasticRound: bf16StochasticRound, seed: seed, pagedStates: pagedStates)
  }
  /// `model.namedParameters()`.
  public convenience init(
    _ parameters: some Sequence<(name: String, tensor: Tensor)>, lr: Double = 1e-3,
    betas: (Double, Double) = (0.9, 0.999), eps: Double = 1e-8, weightDecay: Double = 0, min8bitSize: Int = 4096,
    bf16StochasticRound: Bool = false, seed: Int = 0, pagedStates: PagedStates? = nil
  ) {
    self.init(
      [ParameterGroup(named: parameters)], lr: lr, betas: betas, eps: eps, weightDecay: weightDecay,
      min8bitSize: min8bitSize, bf16StochasticRound: bf16StochasticRound, seed: seed, pagedStates: pagedStates)
  }
  /// `model.namedParameters()`.
  public convenience init(
    _ parameters: some Sequence<(name: String, tensor: Tensor)>, _ lr: Double, betas: (Double, Double) = (0.9, 0.999),
    eps: Double = 1e-8, weightDecay: Double = 0, min8bitSize: Int = 4096, bf16StochasticRound: Bool = false,
    seed: Int = 0, pagedStates: PagedStates? = nil
  ) {
    self.init(
      [ParameterGroup(named: parameters)], lr: lr, betas: betas, eps: eps, weightDecay: weightDecay,
      min8bitSize: min8bitSize, bf16StochasticRound: bf16StochasticRound, seed: seed, pagedStates: pagedStates)
  }
  /// `model.namedParameters()`.
  public convenience init(
    _ parameters: some Sequence<(name: String, tensor: Tensor)>, _ lr: Double, _ betas: (Double, Double),
    eps: Double = 1e-8, weightDecay: Double = 0, min8bitSize: Int = 4096, bf16StochasticRound: Bool = false,
    seed: Int = 0, pagedStates: PagedStates? = nil
  ) {
    self.init(
      [ParameterGroup(named: parameters)], lr: lr, betas: betas, eps: eps, weightDecay: weightDecay,
      min8bitSize: min8bitSize, bf16StochasticRound: bf16StochasticRound, seed: seed, pagedStates: pagedStates)
  }
  /// `model.namedParameters()`.
  public convenience init(
    _ parameters: some Sequence<(name: String, tensor: Tensor)>, _ lr: Double, _ betas: (Double, Double), _ eps: Double,
    weightDecay: Double = 0, min8bitSize: Int = 4096, bf16StochasticRound: Bool = false, seed: Int = 0,
    pagedStates: PagedStates? = nil
  ) {
    self.init(
      [ParameterGroup(named: parameters)], lr: lr, betas: betas, eps: eps, weightDecay: weightDecay,
      min8bitSize: min8bitSize, bf16StochasticRound: bf16StochasticRound, seed: seed, pagedStates: pagedStates)
  }
  /// `lr` in tensors, whose present numbers count.
  @_disfavoredOverload  // `.nan` and `.infinity` are numbers first
  public convenience init(
    _ parameters: some ParameterSource, lr: Tensor, betas: (Double, Double) = (0.9, 0.999), eps: Double = 1e-8,
    weightDecay: Double = 0, min8bitSize: Int = 4096, bf16StochasticRound: Bool = false, seed: Int = 0,
    pagedStates: PagedStates? = nil
  ) {
    self.init(
      parameters, lr: tensorOption(lr, "lr", of: "Adam8bit"), betas: betas, eps: eps, weightDecay: weightDecay,
      min8bitSize: min8bitSize, bf16StochasticRound: bf16StochasticRound, seed: seed, pagedStates: pagedStates)
  }
}

extension AdamW32bit {
  /// The arguments in PyTorch's order, the first ones without labels.
  public convenience init(
    _ parameters: some ParameterSource, _ lr: Double, betas: (Double, Double) = (0.9, 0.999), eps: Double = 1e-8,
    weightDecay: Double = 1e-2, bf16StochasticRound: Bool = false, seed: Int = 0, pagedStates: PagedStates? = nil
  ) {
    self.init(
      parameters, lr: lr, betas: betas, eps: eps, weightDecay: weightDecay, bf16StochasticRound: bf16StochasticRound,
      seed: seed, pagedStates: pagedStates)
  }
  /// The arguments in PyTorch's order, the first ones without labels.
  public convenience init(
    _ parameters: some ParameterSource, _ lr: Double, _ betas: (Double, Double), eps: Double = 1e-8,
    weightDecay: Double = 1e-2, bf16StochasticRound: Bool = false, seed: Int = 0, pagedStates: PagedStates? = nil
  ) {
    self.init(
      parameters, lr: lr, betas: betas, eps: eps, weightDecay: weightDecay, bf16StochasticRound: bf16StochasticRound,
      seed: seed, pagedStates: pagedStates)
  }
  /// The arguments in PyTorch's order, the first ones without labels.
  public convenience init(
    _ parameters: some ParameterSource, _ lr: Double, _ betas: (Double, Double), _ eps: Double,
    weightDecay: Double = 1e-2, bf16StochasticRound: Bool = false, seed: Int = 0, pagedStates: PagedStates? = nil
  ) {
    self.init(
      parameters, lr: lr, betas: betas, eps: eps, weightDecay: weightDecay, bf16StochasticRound: bf16StochasticRound,
      seed: seed, pagedStates: pagedStates)
  }
  /// `params:`.
  public convenience init(
    params parameters: some ParameterSource, lr: Double = 1e-3, betas: (Double, Double) = (0.9, 0.999),
    eps: Double = 1e-8, weightDecay: Double = 1e-2, bf16StochasticRound: Bool = false, seed: Int = 0,
    pagedStates: PagedStates? = nil
  ) {
    self.init(
      parameters, lr: lr, betas: betas, eps: eps, weightDecay: weightDecay, bf16StochasticRound: bf16StochasticRound,
      seed: seed, pagedStates: pagedStates)
  }
  /// Groups; what one leaves out is given here.
  public convenience init(
    groups parameters: [ParameterGroup], lr: Double = 1e-3, betas: (Double, Double) = (0.9, 0.999), eps: Double = 1e-8,
    weightDecay: Double = 1e-2, bf16StochasticRound: Bool = false, seed: Int = 0, pagedStates: PagedStates? = nil
  ) {
    self.init(
      parameters, lr: lr, betas: betas, eps: eps, weightDecay: weightDecay, bf16StochasticRound: bf16StochasticRound,
      seed: seed, pagedStates: pagedStates)
  }
  /// `model.namedParameters()`.
  public convenience init(
    _ parameters: some Sequence<(name: String, tensor: Tensor)>, lr: Double = 1e-3,
    betas: (Double, Double) = (0.9, 0.999), eps: Double = 1e-8, weightDecay: Double = 1e-2,
    bf16StochasticRound: Bool = false, seed: Int = 0, pagedStates: PagedStates? = nil
  ) {
    self.init(
      [ParameterGroup(named: parameters)], lr: lr, betas: betas, eps: eps, weightDecay: weightDecay,
      bf16StochasticRound: bf16StochasticRound, seed: seed, pagedStates: pagedStates)
  }
  /// `model.namedParameters()`.
  public convenience init(
    _ parameters: some Sequence<(name: String, tensor: Tensor)>, _ lr: Double, betas: (Double, Double) = (0.9, 0.999),
    eps: Double = 1e-8, weightDecay: Double = 1e-2, bf16StochasticRound: Bool = false, seed: Int = 0,
    pagedStates: PagedStates? = nil
  ) {
    self.init(
      [ParameterGroup(named: parameters)], lr: lr, betas: betas, eps: eps, weightDecay: weightDecay,
      bf16StochasticRound: bf16StochasticRound, seed: seed, pagedStates: pagedStates)
  }
  /// `model.namedParameters()`.
  public convenience init(
    _ parameters: some Sequence<(name: String, tensor: Tensor)>, _ lr: Double, _ betas: (Double, Double),
    eps: Double = 1e-8, weightDecay: Double = 1e-2, bf16StochasticRound: Bool = false, seed: Int = 0,
    pagedStates: PagedStates? = nil
  ) {
    self.init(
      [ParameterGroup(named: parameters)], lr: lr, betas: betas, eps: eps, weightDecay: weightDecay,
      bf16StochasticRound: bf16StochasticRound, seed: seed, pagedStates: pagedStates)
  }
  /// `model.namedParameters()`.
  public convenience init(
    _ parameters: some Sequence<(name: String, tensor: Tensor)>, _ lr: Double, _ betas: (Double, Double), _ eps: Double,
    weightDecay: Double = 1e-2, bf16StochasticRound: Bool = false, seed: Int = 0, pagedStates: PagedStates? = nil
  ) {
    self.init(
      [ParameterGroup(named: parameters)], lr: lr, betas: betas, eps: eps, weightDecay: weightDecay,
      bf16StochasticRound: bf16StochasticRound, seed: seed, pagedStates: pagedStates)
  }
  /// `lr` in tensors, whose present numbers count.
  @_disfavoredOverload  // `.nan` and `.infinity` are numbers first
  public convenience init(
    _ parameters: some ParameterSource, lr: Tensor, betas: (Double, Double) = (0.9, 0.999), eps: Double = 1e-8,
    weightDecay: Double = 1e-2, bf16StochasticRound: Bool = false, seed: Int = 0, pagedStates: PagedStates? = nil
  ) {
    self.init(
      parameters, lr: tensorOption(lr, "lr", of: "AdamW32bit"), betas: betas, eps: eps, weightDecay: weightDecay,
      bf16StochasticRound: bf16StochasticRound, seed: seed, pagedStates: pagedStates)
  }
}

extension Adamax {
  /// The arguments in PyTorch's order, the first ones without labels.
  public convenience init(
    _ parameters: some ParameterSource, _ lr: Double, betas: (Double, Double) = (0.9, 0.999), eps: Double = 1e-8,
    weightDecay: Double = 0, maximize: Bool = false, foreach: Bool? = nil, capturable: Bool = false,
    differentiable: Bool = false
  ) {
    self.init(
      parameters, lr: lr, betas: betas, eps: eps, weightDecay: weightDecay, maximize: maximize, foreach: foreach,
      capturable: capturable, differentiable: differentiable)
  }
  /// The arguments in PyTorch's order, the first ones without labels.
  public convenience init(
    _ parameters: some ParameterSource, _ lr: Double, _ betas: (Double, Double), eps: Double = 1e-8,
    weightDecay: Double = 0, maximize: Bool = false, foreach: Bool? = nil, capturable: Bool = false,
    differentiable: Bool = false
  ) {
    self.init(
      parameters, lr: lr, betas: betas, eps: eps, weightDecay: weightDecay, maximize: maximize, foreach: foreach,
      capturable: capturable, differentiable: differentiable)
  }
  /// The arguments in PyTorch's order, the first ones without labels.
  public convenience init(
    _ parameters: some ParameterSource, _ lr: Double, _ betas: (Double, Double), _ eps: Double, weightDecay: Double = 0,
    maximize: Bool = false, foreach: Bool? = nil, capturable: Bool = false, differentiable: Bool = false
  ) {
    self.init(
      parameters, lr: lr, betas: betas, eps: eps, weightDecay: weightDecay, maximize: maximize, foreach: foreach,
      capturable: capturable, differentiable: differentiable)
  }
  /// `params:`.
  public convenience init(
    params parameters: some ParameterSource, lr: Double = 2e-3, betas: (Double, Double) = (0.9, 0.999),
    eps: Double = 1e-8, weightDecay: Double = 0, maximize: Bool = false, foreach: Bool? = nil, capturable: Bool = false,
    differentiable: Bool = false
  ) {
    self.init(
      parameters, lr: lr, betas: betas, eps: eps, weightDecay: weightDecay, maximize: maximize, foreach: foreach,
      capturable: capturable, differentiable: differentiable)
  }
  /// Groups; what one leaves out is given here.
  public convenience init(
    groups parameters: [ParameterGroup], lr: Double = 2e-3, betas: (Double, Double) = (0.9, 0.999), eps: Double = 1e-8,
    weightDecay: Double = 0, maximize: Bool = false, foreach: Bool? = nil, capturable: Bool = false,
    differentiable: Bool = false
  ) {
    self.init(
      parameters, lr: lr, betas: betas, eps: eps, weightDecay: weightDecay, maximize: maximize, foreach: foreach,
      capturable: capturable, differentiable: differentiable)
  }
  /// `model.namedParameters()`.
  public convenience init(
    _ parameters: some Sequence<(name: String, tensor: Tensor)>, lr: Double = 2e-3,
    betas: (Double, Double) = (0.9, 0.999), eps: Double = 1e-8, weightDecay: Double = 0, maximize: Bool = false,
    foreach: Bool? = nil, capturable: Bool = false, differentiable: Bool = false
  ) {
    self.init(
      [ParameterGroup(named: parameters)], lr: lr, betas: betas, eps: eps, weightDecay: weightDecay, maximize: maximize,
      foreach: foreach, capturable: capturable, differentiable: differentiable)
  }
  /// `model.namedParameters()`.
  public convenience init(
    _ parameters: some Sequence<(name: String, tensor: Tensor)>, _ lr: Double, betas: (Double, Double) = (0.9, 0.999),
    eps: Double = 1e-8, weightDecay: Double = 0, maximize: Bool = false, foreach: Bool? = nil, capturable: Bool = false,
    differentiable: Bool = false
  ) {
    self.init(
      [ParameterGroup(named: parameters)], lr: lr, betas: betas, eps: eps, weightDecay: weightDecay, maximize: maximize,
      foreach: foreach, capturable: capturable, differentiable: differentiable)
  }
  /// `model.namedParameters()`.
  public convenience init(
    _ parameters: some Sequence<(name: String, tensor: Tensor)>, _ lr: Double, _ betas: (Double, Double),
    eps: Double = 1e-8, weightDecay: Double = 0, maximize: Bool = false, foreach: Bool? = nil, capturable: Bool = false,
    differentiable: Bool = false
  ) {
    self.init(
      [ParameterGroup(named: parameters)], lr: lr, betas: betas, eps: eps, weightDecay: weightDecay, maximize: maximize,
      foreach: foreach, capturable: capturable, differentiable: differentiable)
  }
  /// `model.namedParameters()`.
  public convenience init(
    _ parameters: some Sequence<(name: String, tensor: Tensor)>, _ lr: Double, _ betas: (Double, Double), _ eps: Double,
    weightDecay: Double = 0, maximize: Bool = false, foreach: Bool? = nil, capturable: Bool = false,
    differentiable: Bool = false
  ) {
    self.init(
      [ParameterGroup(named: parameters)], lr: lr, betas: betas, eps: eps, weightDecay: weightDecay, maximize: maximize,
      foreach: foreach, capturable: capturable, differentiable: differentiable)
  }
  /// `lr` in tensors, whose present numbers count.
  @_disfavoredOverload  // `.nan` and `.infinity` are numbers first
  public convenience init(
    _ parameters: some ParameterSource, lr: Tensor, betas: (Double, Double) = (0.9, 0.999), eps: Double = 1e-8,
    weightDecay: Double = 0, maximize: Bool = false, foreach: Bool? = nil, capturable: Bool = false,
    differentiable: Bool = false
  ) {
    self.init(
      parameters, lr: tensorOption(lr, "lr", of: "Adamax", foreach: foreach, capturable: capturable), betas: betas,
      eps: eps, weightDecay: weightDecay, maximize: maximize, foreach: foreach, capturable: capturable,
      differentiable: differentiable)
  }
}

extension NAdam {
  /// The arguments in PyTorch's order, the first ones without labels.
  public convenience init(
    _ parameters: some ParameterSource, _ lr: Double, betas: (Double, Double) = (0.9, 0.999), eps: Double = 1e-8,
    weightDecay: Double = 0, momentumDecay: Double = 4e-3, decoupledWeightDecay: Bool = false, maximize: Bool = false,
    foreach: Bool? = nil, capturable: Bool = false, differentiable: Bool = false
  ) {
    self.init(
      parameters, lr: lr, betas: betas, eps: eps, weightDecay: weightDecay, momentumDecay: momentumDecay,
      decoupledWeightDecay: decoupledWeightDecay, maximize: maximize, foreach: foreach, capturable: capturable,
      differentiable: differentiable)
  }
  /// The arguments in PyTorch's order, the first ones without labels.
  public convenience init(
    _ parameters: some ParameterSource, _ lr: Double, _ betas: (Double, Double), eps: Double = 1e-8,
    weightDecay: Double = 0, momentumDecay: Double = 4e-3, decoupledWeightDecay: Bool = false, maximize: Bool = false,
    foreach: Bool? = nil, capturable: Bool = false, differentiable: Bool = false
  ) {
    self.init(
      parameters, lr: lr, betas: betas, eps: eps, weightDecay: weightDecay, momentumDecay: momentumDecay,
      decoupledWeightDecay: decoupledWeightDecay, maximize: maximize, foreach: foreach, capturable: capturable,
      differentiable: differentiable)
  }
  /// The arguments in PyTorch's order, the first ones without labels.
  public convenience init(
    _ parameters: some ParameterSource, _ lr: Double, _ betas: (Double, Double), _ eps: Double, weightDecay: Double = 0,
    momentumDecay: Double = 4e-3, decoupledWeightDecay: Bool = false, maximize: Bool = false, foreach: Bool? = nil,
    capturable: Bool = false, differentiable: Bool = false
  ) {
    self.init(
      parameters, lr: lr, betas: betas, eps: eps, weightDecay: weightDecay, momentumDecay: momentumDecay,
      decoupledWeightDecay: decoupledWeightDecay, maximize: maximize, foreach: foreach, capturable: capturable,
      differentiable: differentiable)
  }
  /// `params:`.
  public convenience init(
    params parameters: some ParameterSource, lr: Double = 2e-3, betas: (Double, Double) = (0.9, 0.999),
    eps: Double = 1e-8, weightDecay: Double = 0, momentumDecay: Double = 4e-3, decoupledWeightDecay: Bool = false,
    maximize: Bool = false, foreach: Bool? = nil, capturable: Bool = false, differentiable: Bool = false
  ) {
    self.init(
      parameters, lr: lr, betas: betas, eps: eps, weightDecay: weightDecay, momentumDecay: momentumDecay,
      decoupledWeightDecay: decoupledWeightDecay, maximize: maximize, foreach: foreach, capturable: capturable,
      differentiable: differentiable)
  }
  /// Groups; what one leaves out is given here.
  public convenience init(
    groups parameters: [ParameterGroup], lr: Double = 2e-3, betas: (Double, Double) = (0.9, 0.999), eps: Double = 1e-8,
    weightDecay: Double = 0, momentumDecay: Double = 4e-3, decoupledWeightDecay: Bool = false, maximize: Bool = false,
    foreach: Bool? = nil, capturable: Bool = false, differentiable: Bool = false
  ) {
    self.init(
      parameters, lr: lr, betas: betas, eps: eps, weightDecay: weightDecay, momentumDecay: momentumDecay,
      decoupledWeightDecay: decoupledWeightDecay, maximize: maximize, foreach: foreach, capturable: capturable,
      differentiable: differentiable)
  }
  /// `model.namedParameters()`.
  public convenience init(
    _ parameters: some Sequence<(name: String, tensor: Tensor)>, lr: Double = 2e-3,
    betas: (Double, Double) = (0.9, 0.999), eps: Double = 1e-8, weightDecay: Double = 0, momentumDecay: Double = 4e-3,
    decoupledWeightDecay: Bool = false, maximize: Bool = false, foreach: Bool? = nil, capturable: Bool = false,
    differentiable: Bool = false
  ) {
    self.init(
      [ParameterGroup(named: parameters)], lr: lr, betas: betas, eps: eps, weightDecay: weightDecay,
      momentumDecay: momentumDecay, decoupledWeightDecay: decoupledWeightDecay, maximize: maximize, foreach: foreach,
      capturable: capturable, differentiable: differentiable)
  }
  /// `model.namedParameters()`.
  public convenience init(
    _ parameters: some Sequence<(name: String, tensor: Tensor)>, _ lr: Double, betas: (Double, Double) = (0.9, 0.999),
    eps: Double = 1e-8, weightDecay: Double = 0, momentumDecay: Double = 4e-3, decoupledWeightDecay: Bool = false,
    maximize: Bool = false, foreach: Bool? = nil, capturable: Bool = false, differentiable: Bool = false
  ) {
    self.init(
      [ParameterGroup(named: parameters)], lr: lr, betas: betas, eps: eps, weightDecay: weightDecay,
      momentumDecay: momentumDecay, decoupledWeightDecay: decoupledWeightDecay, maximize: maximize, foreach: foreach,
      capturable: capturable, differentiable: differentiable)
  }
  /// `model.namedParameters()`.
  public convenience init(
    _ parameters: some Sequence<(name: String, tensor: Tensor)>, _ lr: Double, _ betas: (Double, Double),
    eps: Double = 1e-8, weightDecay: Double = 0, momentumDecay: Double = 4e-3, decoupledWeightDecay: Bool = false,
    maximize: Bool = false, foreach: Bool? = nil, capturable: Bool = false, differentiable: Bool = false
  ) {
    self.init(
      [ParameterGroup(named: parameters)], lr: lr, betas: betas, eps: eps, weightDecay: weightDecay,
      momentumDecay: momentumDecay, decoupledWeightDecay: decoupledWeightDecay, maximize: maximize, foreach: foreach,
      capturable: capturable, differentiable: differentiable)
  }
  /// `model.namedParameters()`.
  public convenience init(
    _ parameters: some Sequence<(name: String, tensor: Tensor)>, _ lr: Double, _ betas: (Double, Double), _ eps: Double,
    weightDecay: Double = 0, momentumDecay: Double = 4e-3, decoupledWeightDecay: Bool = false, maximize: Bool = false,
    foreach: Bool? = nil, capturable: Bool = false, differentiable: Bool = false
  ) {
    self.init(
      [ParameterGroup(named: parameters)], lr: lr, betas: betas, eps: eps, weightDecay: weightDecay,
      momentumDecay: momentumDecay, decoupledWeightDecay: decoupledWeightDecay, maximize: maximize, foreach: foreach,
      capturable: capturable, differentiable: differentiable)
  }
  /// `lr` in tensors, whose present numbers count.
  @_disfavoredOverload  // `.nan` and `.infinity` are numbers first
  public convenience init(
    _ parameters: some ParameterSource, lr: Tensor, betas: (Double, Double) = (0.9, 0.999), eps: Double = 1e-8,
    weightDecay: Double = 0, momentumDecay: Double = 4e-3, decoupledWeightDecay: Bool = false, maximize: Bool = false,
    foreach: Bool? = nil, capturable: Bool = false, differentiable: Bool = false
  ) {
    self.init(
      parameters, lr: tensorOption(lr, "lr", of: "NAdam", foreach: foreach, capturable: capturable), betas: betas,
      eps: eps, weightDecay: weightDecay, momentumDecay: momentumDecay, decoupledWeightDecay: decoupledWeightDecay,
      maximize: maximize, foreach: foreach, capturable: capturable, differentiable: differentiable)
  }
}

extension RAdam {
  /// The arguments in PyTorch's order, the first ones without labels.
  public convenience init(
    _ parameters: some ParameterSource, _ lr: Double, betas: (Double, Double) = (0.9, 0.999), eps: Double = 1e-8,
    weightDecay: Double = 0, decoupledWeightDecay: Bool = false, maximize: Bool = false, foreach: Bool? = nil,
    capturable: Bool = false, differentiable: Bool = false
  ) {
    self.init(
      parameters, lr: lr, betas: betas, eps: eps, weightDecay: weightDecay, decoupledWeightDecay: decoupledWeightDecay,
      maximize: maximize, foreach: foreach, capturable: capturable, differentiable: differentiable)
  }
  /// The arguments in PyTorch's order, the first ones without labels.
  public convenience init(
    _ parameters: some ParameterSource, _ lr: Double, _ betas: (Double, Double), eps: Double = 1e-8,
    weightDecay: Double = 0, decoupledWeightDecay: Bool = false, maximize: Bool = false, foreach: Bool? = nil,
    capturable: Bool = false, differentiable: Bool = false
  ) {
    self.init(
      parameters, lr: lr, betas: betas, eps: eps, weightDecay: weightDecay, decoupledWeightDecay: decoupledWeightDecay,
      maximize: maximize, foreach: foreach, capturable: capturable, differentiable: differentiable)
  }
  /// The arguments in PyTorch's order, the first ones without labels.
  public convenience init(
    _ parameters: some ParameterSource, _ lr: Double, _ betas: (Double, Double), _ eps: Double, weightDecay: Double = 0,
    decoupledWeightDecay: Bool = false, maximize: Bool = false, foreach: Bool? = nil, capturable: Bool = false,
    differentiable: Bool = false
  ) {
    self.init(
      parameters, lr: lr, betas: betas, eps: eps, weightDecay: weightDecay, decoupledWeightDecay: decoupledWeightDecay,
      maximize: maximize, foreach: foreach, capturable: capturable, differentiable: differentiable)
  }
  /// `params:`.
  public convenience init(
    params parameters: some ParameterSource, lr: Double = 1e-3, betas: (Double, Double) = (0.9, 0.999),
    eps: Double = 1e-8, weightDecay: Double = 0, decoupledWeightDecay: Bool = false, maximize: Bool = false,
    foreach: Bool? = nil, capturable: Bool = false, differentiable: Bool = false
  ) {
    self.init(
      parameters, lr: lr, betas: betas, eps: eps, weightDecay: weightDecay, decoupledWeightDecay: decoupledWeightDecay,
      maximize: maximize, foreach: foreach, capturable: capturable, differentiable: differentiable)
  }
  /// Groups; what one leaves out is given here.
  public convenience init(
    groups parameters: [ParameterGroup], lr: Double = 1e-3, betas: (Double, Double) = (0.9, 0.999), eps: Double = 1e-8,
    weightDecay: Double = 0, decoupledWeightDecay: Bool = false, maximize: Bool = false, foreach: Bool? = nil,
    capturable: Bool = false, differentiable: Bool = false
  ) {
    self.init(
      parameters, lr: lr, betas: betas, eps: eps, weightDecay: weightDecay, decoupledWeightDecay: decoupledWeightDecay,
      maximize: maximize, foreach: foreach, capturable: capturable, differentiable: differentiable)
  }
  /// `model.namedParameters()`.
  public convenience init(
    _ parameters: some Sequence<(name: String, tensor: Tensor)>, lr: Double = 1e-3,
    betas: (Double, Double) = (0.9, 0.999), eps: Double = 1e-8, weightDecay: Double = 0,
    decoupledWeightDecay: Bool = false, maximize: Bool = false, foreach: Bool? = nil, capturable: Bool = false,
    differentiable: Bool = false
  ) {
    self.init(
      [ParameterGroup(named: parameters)], lr: lr, betas: betas, eps: eps, weightDecay: weightDecay,
      decoupledWeightDecay: decoupledWeightDecay, maximize: maximize, foreach: foreach, capturable: capturable,
      differentiable: differentiable)
  }
  /// `model.namedParameters()`.
  public convenience init(
    _ parameters: some Sequence<(name: String, tensor: Tensor)>, _ lr: Double, betas: (Double, Double) = (0.9, 0.999),
    eps: Double = 1e-8, weightDecay: Double = 0, decoupledWeightDecay: Bool = false, maximize: Bool = false,
    foreach: Bool? = nil, capturable: Bool = false, differentiable: Bool = false
  ) {
    self.init(
      [ParameterGroup(named: parameters)], lr: lr, betas: betas, eps: eps, weightDecay: weightDecay,
      decoupledWeightDecay: decoupledWeightDecay, maximize: maximize, foreach: foreach, capturable: capturable,
      differentiable: differentiable)
  }
  /// `model.namedParameters()`.
  public convenience init(
    _ parameters: some Sequence<(name: String, tensor: Tensor)>, _ lr: Double, _ betas: (Double, Double),
    eps: Double = 1e-8, weightDecay: Double = 0, decoupledWeightDecay: Bool = false, maximize: Bool = false,
    foreach: Bool? = nil, capturable: Bool = false, differentiable: Bool = false
  ) {
    self.init(
      [ParameterGroup(named: parameters)], lr: lr, betas: betas, eps: eps, weightDecay: weightDecay,
      decoupledWeightDecay: decoupledWeightDecay, maximize: maximize, foreach: foreach, capturable: capturable,
      differentiable: differentiable)
  }
  /// `model.namedParameters()`.
  public convenience init(
    _ parameters: some Sequence<(name: String, tensor: Tensor)>, _ lr: Double, _ betas: (Double, Double), _ eps: Double,
    weightDecay: Double = 0, decoupledWeightDecay: Bool = false, maximize: Bool = false, foreach: Bool? = nil,
    capturable: Bool = false, differentiable: Bool = false
  ) {
    self.init(
      [ParameterGroup(named: parameters)], lr: lr, betas: betas, eps: eps, weightDecay: weightDecay,
      decoupledWeightDecay: decoupledWeightDecay, maximize: maximize, foreach: foreach, capturable: capturable,
      differentiable: differentiable)
  }
  /// `lr` in tensors, whose present numbers count.
  @_disfavoredOverload  // `.nan` and `.infinity` are numbers first
  public convenience init(
    _ parameters: some ParameterSource, lr: Tensor, betas: (Double, Double) = (0.9, 0.999), eps: Double = 1e-8,
    weightDecay: Double = 0, decoupledWeightDecay: Bool = false, maximize: Bool = false, foreach: Bool? = nil,
    capturable: Bool = false, differentiable: Bool = false
  ) {
    self.init(
      parameters, lr: tensorOption(lr, "lr", of: "RAdam", foreach: foreach, capturable: capturable), betas: betas,
      eps: eps, weightDecay: weightDecay, decoupledWeightDecay: decoupledWeightDecay, maximize: maximize,
      foreach: foreach, capturable: capturable, differentiable: differentiable)
  }
}

extension Adagrad {
  /// The arguments in PyTorch's order, the first ones without labels.
  public convenience init(
    _ parameters: some ParameterSource, _ lr: Double, lrDecay: Double = 0, weightDecay: Double = 0,
    initialAccumulatorValue: Double = 0, eps: Double = 1e-10, maximize: Bool = false, foreach: Bool? = nil,
    fused: Bool? = nil, differentiable: Bool = false
  ) {
    self.init(
      parameters, lr: lr, lrDecay: lrDecay, weightDecay: weightDecay, initialAccumulatorValue: initialAccumulatorValue,
      eps: eps, maximize: maximize, foreach: foreach, fused: fused, differentiable: differentiable)
  }
  /// The arguments in PyTorch's order, the first ones without labels.
  public convenience init(
    _ parameters: some ParameterSource, _ lr: Double, _ lrDecay: Double, weightDecay: Double = 0,
    initialAccumulatorValue: Double = 0, eps: Double = 1e-10, maximize: Bool = false, foreach: Bool? = nil,
    fused: Bool? = nil, differentiable: Bool = false
  ) {
    self.init(
      parameters, lr: lr, lrDecay: lrDecay, weightDecay: weightDecay, initialAccumulatorValue: initialAccumulatorValue,
      eps: eps, maximize: maximize, foreach: foreach, fused: fused, differentiable: differentiable)
  }
  /// The arguments in PyTorch's order, the first ones without labels.
  public convenience init(
    _ parameters: some ParameterSource, _ lr: Double, _ lrDecay: Double, _ weightDecay: Double,
    initialAccumulatorValue: Double = 0, eps: Double = 1e-10, maximize: Bool = false, foreach: Bool? = nil,
    fused: Bool? = nil, differentiable: Bool = false
  ) {
    self.init(
      parameters, lr: lr, lrDecay: lrDecay, weightDecay: weightDecay, initialAccumulatorValue: initialAccumulatorValue,
      eps: eps, maximize: maximize, foreach: foreach, fused: fused, differentiable: differentiable)
  }
  /// `params:`.
  public convenience init(
    params parameters: some ParameterSource, lr: Double = 1e-2, lrDecay: Double = 0, weightDecay: Double = 0,
    initialAccumulatorValue: Double = 0, eps: Double = 1e-10, maximize: Bool = false, foreach: Bool? = nil,
    fused: Bool? = nil, differentiable: Bool = false
  ) {
    self.init(
      parameters, lr: lr, lrDecay: lrDecay, weightDecay: weightDecay, initialAccumulatorValue: initialAccumulatorValue,
      eps: eps, maximize: maximize, foreach: foreach, fused: fused, differentiable: differentiable)
  }
  /// Groups; what one leaves out is given here.
  public convenience init(
    groups parameters: [ParameterGroup], lr: Double = 1e-2, lrDecay: Double = 0, weightDecay: Double = 0,
    initialAccumulatorValue: Double = 0, eps: Double = 1e-10, maximize: Bool = false, foreach: Bool? = nil,
    fused: Bool? = nil, differentiable: Bool = false
  ) {
    self.init(
      parameters, lr: lr, lrDecay: lrDecay, weightDecay: weightDecay, initialAccumulatorValue: initialAccumulatorValue,
      eps: eps, maximize: maximize, foreach: foreach, fused: fused, differentiable: differentiable)
  }
  /// `model.namedParameters()`.
  public convenience init(
    _ parameters: some Sequence<(name: String, tensor: Tensor)>, lr: Double = 1e-2, lrDecay: Double = 0,
    weightDecay: Double = 0, initialAccumulatorValue: Double = 0, eps: Double = 1e-10, maximize: Bool = false,
    foreach: Bool? = nil, fused: Bool? = nil, differentiable: Bool = false
  ) {
    self.init(
      [ParameterGroup(named: parameters)], lr: lr, lrDecay: lrDecay, weightDecay: weightDecay,
      initialAccumulatorValue: initialAccumulatorValue, eps: eps, maximize: maximize, foreach: foreach, fused: fused,
      differentiable: differentiable)
  }
  /// `model.namedParameters()`.
  public convenience init(
    _ parameters: some Sequence<(name: String, tensor: Tensor)>, _ lr: Double, lrDecay: Double = 0,
    weightDecay: Double = 0, initialAccumulatorValue: Double = 0, eps: Double = 1e-10, maximize: Bool = false,
    foreach: Bool? = nil, fused: Bool? = nil, differentiable: Bool = false
  ) {
    self.init(
      [ParameterGroup(named: parameters)], lr: lr, lrDecay: lrDecay, weightDecay: weightDecay,
      initialAccumulatorValue: initialAccumulatorValue, eps: eps, maximize: maximize, foreach: foreach, fused: fused,
      differentiable: differentiable)
  }
  /// `model.namedParameters()`.
  public convenience init(
    _ parameters: some Sequence<(name: String, tensor: Tensor)>, _ lr: Double, _ lrDecay: Double,
    weightDecay: Double = 0, initialAccumulatorValue: Double = 0, eps: Double = 1e-10, maximize: Bool = false,
    foreach: Bool? = nil, fused: Bool? = nil, differentiable: Bool = false
  ) {
    self.init(
      [ParameterGroup(named: parameters)], lr: lr, lrDecay: lrDecay, weightDecay: weightDecay,
      initialAccumulatorValue: initialAccumulatorValue, eps: eps, maximize: maximize, foreach: foreach, fused: fused,
      differentiable: differentiable)
  }
  /// `model.namedParameters()`.
  public convenience init(
    _ parameters: some Sequence<(name: String, tensor: Tensor)>, _ lr: Double, _ lrDecay: Double, _ weightDecay: Double,
    initialAccumulatorValue: Double = 0, eps: Double = 1e-10, maximize: Bool = false, foreach: Bool? = nil,
    fused: Bool? = nil, differentiable: Bool = false
  ) {
    self.init(
      [ParameterGroup(named: parameters)], lr: lr, lrDecay: lrDecay, weightDecay: weightDecay,
      initialAccumulatorValue: initialAccumulatorValue, eps: eps, maximize: maximize, foreach: foreach, fused: fused,
      differentiable: differentiable)
  }
  /// `lr` in tensors, whose present numbers count.
  @_disfavoredOverload  // `.nan` and `.infinity` are numbers first
  public convenience init(
    _ parameters: some ParameterSource, lr: Tensor, lrDecay: Double = 0, weightDecay: Double = 0,
    initialAccumulatorValue: Double = 0, eps: Double = 1e-10, maximize: Bool = false, foreach: Bool? = nil,
    fused: Bool? = nil, differentiable: Bool = false
  ) {
    self.init(
      parameters, lr: tensorOption(lr, "lr", of: "Adagrad", foreach: foreach), lrDecay: lrDecay,
      weightDecay: weightDecay, initialAccumulatorValue: initialAccumulatorValue, eps: eps, maximize: maximize,
      foreach: foreach, fused: fused, differentiable: differentiable)
  }
}

extension Adadelta {
  /// The arguments in PyTorch's order, the first ones without labels.
  public convenience init(
    _ parameters: some ParameterSource, _ lr: Double, rho: Double = 0.9, eps: Double = 1e-6, weightDecay: Double = 0,
    maximize: Bool = false, foreach: Bool? = nil, capturable: Bool = false, differentiable: Bool = false
  ) {
    self.init(
      parameters, lr: lr, rho: rho, eps: eps, weightDecay: weightDecay, maximize: maximize, foreach: foreach,
      capturable: capturable, differentiable: differentiable)
  }
  /// The arguments in PyTorch's order, the first ones without labels.
  public convenience init(
    _ parameters: some ParameterSource, _ lr: Double, _ rho: Double, eps: Double = 1e-6, weightDecay: Double = 0,
    maximize: Bool = false, foreach: Bool? = nil, capturable: Bool = false, differentiable: Bool = false
  ) {
    self.init(
      parameters, lr: lr, rho: rho, eps: eps, weightDecay: weightDecay, maximize: maximize, foreach: foreach,
      capturable: capturable, differentiable: differentiable)
  }
  /// The arguments in PyTorch's order, the first ones without labels.
  public convenience init(
    _ parameters: some ParameterSource, _ lr: Double, _ rho: Double, _ eps: Double, weightDecay: Double = 0,
    maximize: Bool = false, foreach: Bool? = nil, capturable: Bool = false, differentiable: Bool = false
  ) {
    self.init(
      parameters, lr: lr, rho: rho, eps: eps, weightDecay: weightDecay, maximize: maximize, foreach: foreach,
      capturable: capturable, differentiable: differentiable)
  }
  /// `params:`.
  public convenience init(
    params parameters: some ParameterSource, lr: Double = 1.0, rho: Double = 0.9, eps: Double = 1e-6,
    weightDecay: Double = 0, maximize: Bool = false, foreach: Bool? = nil, capturable: Bool = false,
    differentiable: Bool = false
  ) {
    self.init(
      parameters, lr: lr, rho: rho, eps: eps, weightDecay: weightDecay, maximize: maximize, foreach: foreach,
      capturable: capturable, differentiable: differentiable)
  }
  /// Groups; what one leaves out is given here.
  public convenience init(
    groups parameters: [ParameterGroup], lr: Double = 1.0, rho: Double = 0.9, eps: Double = 1e-6,
    weightDecay: Double = 0, maximize: Bool = false, foreach: Bool? = nil, capturable: Bool = false,
    differentiable: Bool = false
  ) {
    self.init(
      parameters, lr: lr, rho: rho, eps: eps, weightDecay: weightDecay, maximize: maximize, foreach: foreach,
      capturable: capturable, differentiable: differentiable)
  }
  /// `model.namedParameters()`.
  public convenience init(
    _ parameters: some Sequence<(name: String, tensor: Tensor)>, lr: Double = 1.0, rho: Double = 0.9,
    eps: Double = 1e-6, weightDecay: Double = 0, maximize: Bool = false, foreach: Bool? = nil, capturable: Bool = false,
    differentiable: Bool = false
  ) {
    self.init(
      [ParameterGroup(named: parameters)], lr: lr, rho: rho, eps: eps, weightDecay: weightDecay, maximize: maximize,
      foreach: foreach, capturable: capturable, differentiable: differentiable)
  }
  /// `model.namedParameters()`.
  public convenience init(
    _ parameters: some Sequence<(name: String, tensor: Tensor)>, _ lr: Double, rho: Double = 0.9, eps: Double = 1e-6,
    weightDecay: Double = 0, maximize: Bool = false, foreach: Bool? = nil, capturable: Bool = false,
    differentiable: Bool = false
  ) {
    self.init(
      [ParameterGroup(named: parameters)], lr: lr, rho: rho, eps: eps, weightDecay: weightDecay, maximize: maximize,
      foreach: foreach, capturable: capturable, differentiable: differentiable)
  }
  /// `model.namedParameters()`.
  public convenience init(
    _ parameters: some Sequence<(name: String, tensor: Tensor)>, _ lr: Double, _ rho: Double, eps: Double = 1e-6,
    weightDecay: Double = 0, maximize: Bool = false, foreach: Bool? = nil, capturable: Bool = false,
    differentiable: Bool = false
  ) {
    self.init(
      [ParameterGroup(named: parameters)], lr: lr, rho: rho, eps: eps, weightDecay: weightDecay, maximize: maximize,
      foreach: foreach, capturable: capturable, differentiable: differentiable)
  }
  /// `model.namedParameters()`.
  public convenience init(
    _ parameters: some Sequence<(name: String, tensor: Tensor)>, _ lr: Double, _ rho: Double, _ eps: Double,
    weightDecay: Double = 0, maximize: Bool = false, foreach: Bool? = nil, capturable: Bool = false,
    differentiable: Bool = false
  ) {
    self.init(
      [ParameterGroup(named: parameters)], lr: lr, rho: rho, eps: eps, weightDecay: weightDecay, maximize: maximize,
      foreach: foreach, capturable: capturable, differentiable: differentiable)
  }
  /// `lr` in tensors, whose present numbers count.
  @_disfavoredOverload  // `.nan` and `.infinity` are numbers first
  public convenience init(
    _ parameters: some ParameterSource, lr: Tensor, rho: Double = 0.9, eps: Double = 1e-6, weightDecay: Double = 0,
    maximize: Bool = false, foreach: Bool? = nil, capturable: Bool = false, differentiable: Bool = false
  ) {
    self.init(
      parameters, lr: tensorOption(lr, "lr", of: "Adadelta", foreach: foreach, capturable: capturable), rho: rho,
      eps: eps, weightDecay: weightDecay, maximize: maximize, foreach: foreach, capturable: capturable,
      differentiable: differentiable)
  }
}

extension LBFGS {
  /// The arguments in PyTorch's order, the first ones without labels.
  public convenience init(
    _ parameters: some ParameterSource, _ lr: Double, maxIter: Int = 20, maxEval: Int? = nil,
    toleranceGrad: Double = 1e-7, toleranceChange: Double = 1e-9, historySize: Int = 100,
    lineSearchFn: LineSearch? = nil, maximize: Bool = false
  ) {
    self.init(
      parameters, lr: lr, maxIter: maxIter, maxEval: maxEval, toleranceGrad: toleranceGrad,
      toleranceChange: toleranceChange, historySize: historySize, lineSearchFn: lineSearchFn, maximize: maximize)
  }
  /// The arguments in PyTorch's order, the first ones without labels.
  public convenience init(
    _ parameters: some ParameterSource, _ lr: Double, _ maxIter: Int, maxEval: Int? = nil, toleranceGrad: Double = 1e-7,
    toleranceChange: Double = 1e-9, historySize: Int = 100, lineSearchFn: LineSearch? = nil, maximize: Bool = false
  ) {
    self.init(
      parameters, lr: lr, maxIter: maxIter, maxEval: maxEval, toleranceGrad: toleranceGrad,
      toleranceChange: toleranceChange, historySize: historySize, lineSearchFn: lineSearchFn, maximize: maximize)
  }
  /// The arguments in PyTorch's order, the first ones without labels.
  public convenience init(
    _ parameters: some ParameterSource, _ lr: Double, _ maxIter: Int, _ maxEval: Int?, toleranceGrad: Double = 1e-7,
    toleranceChange: Double = 1e-9, historySize: Int = 100, lineSearchFn: LineSearch? = nil, maximize: Bool = false
  ) {
    self.init(
      parameters, lr: lr, maxIter: maxIter, maxEval: maxEval, toleranceGrad: toleranceGrad,
      toleranceChange: toleranceChange, historySize: historySize, lineSearchFn: lineSearchFn, maximize: maximize)
  }
  /// `params:`.
  public convenience init(
    params parameters: some ParameterSource, lr: Double = 1, maxIter: Int = 20, maxEval: Int? = nil,
    toleranceGrad: Double = 1e-7, toleranceChange: Double = 1e-9, historySize: Int = 100,
    lineSearchFn: LineSearch? = nil, maximize: Bool = false
  ) {
    self.init(
      parameters, lr: lr, maxIter: maxIter, maxEval: maxEval, toleranceGrad: toleranceGrad,
      toleranceChange: toleranceChange, historySize: historySize, lineSearchFn: lineSearchFn, maximize: maximize)
  }
  /// Groups; what one leaves out is given here.
  public convenience init(
    groups parameters: [ParameterGroup], lr: Double = 1, maxIter: Int = 20, maxEval: Int? = nil,
    toleranceGrad: Double = 1e-7, toleranceChange: Double = 1e-9, historySize: Int = 100,
    lineSearchFn: LineSearch? = nil, maximize: Bool = false
  ) {
    self.init(
      parameters, lr: lr, maxIter: maxIter, maxEval: maxEval, toleranceGrad: toleranceGrad,
      toleranceChange: toleranceChange, historySize: historySize, lineSearchFn: lineSearchFn, maximize: maximize)
  }
  /// `model.namedParameters()`.
  public convenience init(
    _ parameters: some Sequence<(name: String, tensor: Tensor)>, lr: Double = 1, maxIter: Int = 20, maxEval: Int? = nil,
    toleranceGrad: Double = 1e-7, toleranceChange: Double = 1e-9, historySize: Int = 100,
    lineSearchFn: LineSearch? = nil, maximize: Bool = false
  ) {
    self.init(
      [ParameterGroup(named: parameters)], lr: lr, maxIter: maxIter, maxEval: maxEval, toleranceGrad: toleranceGrad,
      toleranceChange: toleranceChange, historySize: historySize, lineSearchFn: lineSearchFn, maximize: maximize)
  }
  /// `model.namedParameters()`.
  public convenience init(
    _ parameters: some Sequence<(name: String, tensor: Tensor)>, _ lr: Double, maxIter: Int = 20, maxEval: Int? = nil,
    toleranceGrad: Double = 1e-7, toleranceChange: Double = 1e-9, historySize: Int = 100,
    lineSearchFn: LineSearch? = nil, maximize: Bool = false
  ) {
    self.init(
      [ParameterGroup(named: parameters)], lr: lr, maxIter: maxIter, maxEval: maxEval, toleranceGrad: toleranceGrad,
      toleranceChange: toleranceChange, historySize: historySize, lineSearchFn: lineSearchFn, maximize: maximize)
  }
  /// `model.namedParameters()`.
  public convenience init(
    _ parameters: some Sequence<(name: String, tensor: Tensor)>, _ lr: Double, _ maxIter: Int, maxEval: Int? = nil,
    toleranceGrad: Double = 1e-7, toleranceChange: Double = 1e-9, historySize: Int = 100,
    lineSearchFn: LineSearch? = nil, maximize: Bool = false
  ) {
    self.init(
      [ParameterGroup(named: parameters)], lr: lr, maxIter: maxIter, maxEval: maxEval, toleranceGrad: toleranceGrad,
      toleranceChange: toleranceChange, historySize: historySize, lineSearchFn: lineSearchFn, maximize: maximize)
  }
  /// `model.namedParameters()`.
  public convenience init(
    _ parameters: some Sequence<(name: String, tensor: Tensor)>, _ lr: Double, _ maxIter: Int, _ maxEval: Int?,
    toleranceGrad: Double = 1e-7, toleranceChange: Double = 1e-9, historySize: Int = 100,
    lineSearchFn: LineSearch? = nil, maximize: Bool = false
  ) {
    self.init(
      [ParameterGroup(named: parameters)], lr: lr, maxIter: maxIter, maxEval: maxEval, toleranceGrad: toleranceGrad,
      toleranceChange: toleranceChange, historySize: historySize, lineSearchFn: lineSearchFn, maximize: maximize)
  }
  /// `lr` in tensors, whose present numbers count.
  @_disfavoredOverload  // `.nan` and `.infinity` are numbers first
  public convenience init(
    _ parameters: some ParameterSource, lr: Tensor, maxIter: Int = 20, maxEval: Int? = nil,
    toleranceGrad: Double = 1e-7, toleranceChange: Double = 1e-9, historySize: Int = 100,
    lineSearchFn: LineSearch? = nil, maximize: Bool = false
  ) {
    self.init(
      parameters, lr: tensorOption(lr, "lr", of: "LBFGS"), maxIter: maxIter, maxEval: maxEval,
      toleranceGrad: toleranceGrad, toleranceChange: toleranceChange, historySize: historySize,
      lineSearchFn: lineSearchFn, maximize: maximize)
  }
}

extension LARS {
  /// The arguments in PyTorch's order, the first ones without labels.
  public convenience init(
    _ parameters: some ParameterSource, _ lr: Double, momentum: Double = 0.9, weightDecay: Double = 0,
    trustCoefficient: Double = 1e-3, eps: Double = 1e-8, maximize: Bool = false
  ) {
    self.init(
      parameters, lr: lr, momentum: momentum, weightDecay: weightDecay, trustCoefficient: trustCoefficient, eps: eps,
      maximize: maximize)
  }
  /// The arguments in PyTorch's order, the first ones without labels.
  public convenience init(
    _ parameters: some ParameterSource, _ lr: Double, _ momentum: Double, weightDecay: Double = 0,
    trustCoefficient: Double = 1e-3, eps: Double = 1e-8, maximize: Bool = false
  ) {
    self.init(
      parameters, lr: lr, momentum: momentum, weightDecay: weightDecay, trustCoefficient: trustCoefficient, eps: eps,
      maximize: maximize)
  }
  /// The arguments in PyTorch's order, the first ones without labels.
  public convenience init(
    _ parameters: some ParameterSource, _ lr: Double, _ momentum: Double, _ weightDecay: Double,
    trustCoefficient: Double = 1e-3, eps: Double = 1e-8, maximize: Bool = false
  ) {
    self.init(
      parameters, lr: lr, momentum: momentum, weightDecay: weightDecay, trustCoefficient: trustCoefficient, eps: eps,
      maximize: maximize)
  }
  /// `params:`.
  public convenience init(
    params parameters: some ParameterSource, lr: Double = 0.1, momentum: Double = 0.9, weightDecay: Double = 0,
    trustCoefficient: Double = 1e-3, eps: Double = 1e-8, maximize: Bool = false
  ) {
    self.init(
      parameters, lr: lr, momentum: momentum, weightDecay: weightDecay, trustCoefficient: trustCoefficient, eps: eps,
      maximize: maximize)
  }
  /// Groups; what one leaves out is given here.
  public convenience init(
    groups parameters: [ParameterGroup], lr: Double = 0.1, momentum: Double = 0.9, weightDecay: Double = 0,
    trustCoefficient: Double = 1e-3, eps: Double = 1e-8, maximize: Bool = false
  ) {
    self.init(
      parameters, lr: lr, momentum: momentum, weightDecay: weightDecay, trustCoefficient: trustCoefficient, eps: eps,
      maximize: maximize)
  }
  /// `model.namedParameters()`.
  public convenience init(
    _ parameters: some Sequence<(name: String, tensor: Tensor)>, lr: Double = 0.1, momentum: Double = 0.9,
    weightDecay: Double = 0, trustCoefficient: Double = 1e-3, eps: Double = 1e-8, maximize: Bool = false
  ) {
    self.init(
      [ParameterGroup(named: parameters)], lr: lr, momentum: momentum, weightDecay: weightDecay,
      trustCoefficient: trustCoefficient, eps: eps, maximize: maximize)
  }
  /// `model.namedParameters()`.
  public convenience init(
    _ parameters: some Sequence<(name: String, tensor: Tensor)>, _ lr: Double, momentum: Double = 0.9,
    weightDecay: Double = 0, trustCoefficient: Double = 1e-3, eps: Double = 1e-8, maximize: Bool = false
  ) {
    self.init(
      [ParameterGroup(named: parameters)], lr: lr, momentum: momentum, weightDecay: weightDecay,
      trustCoefficient: trustCoefficient, eps: eps, maximize: maximize)
  }
  /// `model.namedParameters()`.
  public convenience init(
    _ parameters: some Sequence<(name: String, tensor: Tensor)>, _ lr: Double, _ momentum: Double,
    weightDecay: Double = 0, trustCoefficient: Double = 1e-3, eps: Double = 1e-8, maximize: Bool = false
  ) {
    self.init(
      [ParameterGroup(named: parameters)], lr: lr, momentum: momentum, weightDecay: weightDecay,
      trustCoefficient: trustCoefficient, eps: eps, maximize: maximize)
  }
  /// `model.namedParameters()`.
  public convenience init(
    _ parameters: some Sequence<(name: String, tensor: Tensor)>, _ lr: Double, _ momentum: Double,
    _ weightDecay: Double, trustCoefficient: Double = 1e-3, eps: Double = 1e-8, maximize: Bool = false
  ) {
    self.init(
      [ParameterGroup(named: parameters)], lr: lr, momentum: momentum, weightDecay: weightDecay,
      trustCoefficient: trustCoefficient, eps: eps, maximize: maximize)
  }
  /// `lr` in tensors, whose present numbers count.
  @_disfavoredOverload  // `.nan` and `.infinity` are numbers first
  public convenience init(
    _ parameters: some ParameterSource, lr: Tensor, momentum: Double = 0.9, weightDecay: Double = 0,
    trustCoefficient: Double = 1e-3, eps: Double = 1e-8, maximize: Bool = false
  ) {
    self.init(
      parameters, lr: tensorOption(lr, "lr", of: "LARS"), momentum: momentum, weightDecay: weightDecay,
      trustCoefficient: trustCoefficient, eps: eps, maximize: maximize)
  }
}

extension LAMB {
  /// The arguments in PyTorch's order, the first ones without labels.
  public convenience init(
    _ parameters: some ParameterSource, _ lr: Double, betas: (Double, Double) = (0.9, 0.999), eps: Double = 1e-6,
    weightDecay: Double = 0, normBounds: (Double, Double) = (0, .infinity), maximize: Bool = false
  ) {
    self.init(
      parameters, lr: lr, betas: betas, eps: eps, weightDecay: weightDecay, normBounds: normBounds, maximize: maximize)
  }
  /// The arguments in PyTorch's order, the first ones without labels.
  public convenience init(
    _ parameters: some ParameterSource, _ lr: Double, _ betas: (Double, Double), eps: Double = 1e-6,
    weightDecay: Double = 0, normBounds: (Double, Double) = (0, .infinity), maximize: Bool = false
  ) {
    self.init(
      parameters, lr: lr, betas: betas, eps: eps, weightDecay: weightDecay, normBounds: normBounds, maximize: maximize)
  }
  /// The arguments in PyTorch's order, the first ones without labels.
  public convenience init(
    _ parameters: some ParameterSource, _ lr: Double, _ betas: (Double, Double), _ eps: Double, weightDecay: Double = 0,
    normBounds: (Double, Double) = (0, .infinity), maximize: Bool = false
  ) {
    self.init(
      parameters, lr: lr, betas: betas, eps: eps, weightDecay: weightDecay, normBounds: normBounds, maximize: maximize)
  }
  /// `params:`.
  public convenience init(
    params parameters: some ParameterSource, lr: Double = 1e-3, betas: (Double, Double) = (0.9, 0.999),
    eps: Double = 1e-6, weightDecay: Double = 0, normBounds: (Double, Double) = (0, .infinity), maximize: Bool = false
  ) {
    self.init(
      parameters, lr: lr, betas: betas, eps: eps, weightDecay: weightDecay, normBounds: normBounds, maximize: maximize)
  }
  /// Groups; what one leaves out is given here.
  public convenience init(
    groups parameters: [ParameterGroup], lr: Double = 1e-3, betas: (Double, Double) = (0.9, 0.999), eps: Double = 1e-6,
    weightDecay: Double = 0, normBounds: (Double, Double) = (0, .infinity), maximize: Bool = false
  ) {
    self.init(
      parameters, lr: lr, betas: betas, eps: eps, weightDecay: weightDecay, normBounds: normBounds, maximize: maximize)
  }
  /// `model.namedParameters()`.
  public convenience init(
    _ parameters: some Sequence<(name: String, tensor: Tensor)>, lr: Double = 1e-3,
    betas: (Double, Double) = (0.9, 0.999), eps: Double = 1e-6, weightDecay: Double = 0,
    normBounds: (Double, Double) = (0, .infinity), maximize: Bool = false
  ) {
    self.init(
      [ParameterGroup(named: parameters)], lr: lr, betas: betas, eps: eps, weightDecay: weightDecay,
      normBounds: normBounds, maximize: maximize)
  }
  /// `model.namedParameters()`.
  public convenience init(
    _ parameters: some Sequence<(name: String, tensor: Tensor)>, _ lr: Double, betas: (Double, Double) = (0.9, 0.999),
    eps: Double = 1e-6, weightDecay: Double = 0, normBounds: (Double, Double) = (0, .infinity), maximize: Bool = false
  ) {
    self.init(
      [ParameterGroup(named: parameters)], lr: lr, betas: betas, eps: eps, weightDecay: weightDecay,
      normBounds: normBounds, maximize: maximize)
  }
  /// `model.namedParameters()`.
  public convenience init(
    _ parameters: some Sequence<(name: String, tensor: Tensor)>, _ lr: Double, _ betas: (Double, Double),
    eps: Double = 1e-6, weightDecay: Double = 0, normBounds: (Double, Double) = (0, .infinity), maximize: Bool = false
  ) {
    self.init(
      [ParameterGroup(named: parameters)], lr: lr, betas: betas, eps: eps, weightDecay: weightDecay,
      normBounds: normBounds, maximize: maximize)
  }
  /// `model.namedParameters()`.
  public convenience init(
    _ parameters: some Sequence<(name: String, tensor: Tensor)>, _ lr: Double, _ betas: (Double, Double), _ eps: Double,
    weightDecay: Double = 0, normBounds: (Double, Double) = (0, .infinity), maximize: Bool = false
  ) {
    self.init(
      [ParameterGroup(named: parameters)], lr: lr, betas: betas, eps: eps, weightDecay: weightDecay,
      normBounds: normBounds, maximize: maximize)
  }
  /// `lr` in tensors, whose present numbers count.
  @_disfavoredOverload  // `.nan` and `.infinity` are numbers first
  public convenience init(
    _ parameters: some ParameterSource, lr: Tensor, betas: (Double, Double) = (0.9, 0.999), eps: Double = 1e-6,
    weightDecay: Double = 0, normBounds: (Double, Double) = (0, .infinity), maximize: Bool = false
  ) {
    self.init(
      parameters, lr: tensorOption(lr, "lr", of: "LAMB"), betas: betas, eps: eps, weightDecay: weightDecay,
      normBounds: normBounds, maximize: maximize)
  }
}

extension Lion {
  /// The arguments in PyTorch's order, the first ones without labels.
  public convenience init(
    _ parameters: some ParameterSource, _ lr: Double, betas: (Double, Double) = (0.9, 0.99), weightDecay: Double = 0,
    maximize: Bool = false
  ) { self.init(parameters, lr: lr, betas: betas, weightDecay: weightDecay, maximize: maximize) }
  /// The arguments in PyTorch's order, the first ones without labels.
  public convenience init(
    _ parameters: some ParameterSource, _ lr: Double, _ betas: (Double, Double), weightDecay: Double = 0,
    maximize: Bool = false
  ) { self.init(parameters, lr: lr, betas: betas, weightDecay: weightDecay, maximize: maximize) }
  /// The arguments in PyTorch's order, the first ones without labels.
  public convenience init(
    _ parameters: some ParameterSource, _ lr: Double, _ betas: (Double, Double), _ weightDecay: Double,
    maximize: Bool = false
  ) { self.init(parameters, lr: lr, betas: betas, weightDecay: weightDecay, maximize: maximize) }
  /// `params:`.
  public convenience init(
    params parameters: some ParameterSource, lr: Double = 1e-4, betas: (Double, Double) = (0.9, 0.99),
    weightDecay: Double = 0, maximize: Bool = false
  ) { self.init(parameters, lr: lr, betas: betas, weightDecay: weightDecay, maximize: maximize) }
  /// Groups; what one leaves out is given here.
  public convenience init(
    groups parameters: [ParameterGroup], lr: Double = 1e-4, betas: (Double, Double) = (0.9, 0.99),
    weightDecay: Double = 0, maximize: Bool = false
  ) { self.init(parameters, lr: lr, betas: betas, weightDecay: weightDecay, maximize: maximize) }
  /// `model.namedParameters()`.
  public convenience init(
    _ parameters: some Sequence<(name: String, tensor: Tensor)>, lr: Double = 1e-4,
    betas: (Double, Double) = (0.9, 0.99), weightDecay: Double = 0, maximize: Bool = false
  ) {
    self.init([ParameterGroup(named: parameters)], lr: lr, betas: betas, weightDecay: weightDecay, maximize: maximize)
  }
  /// `model.namedParameters()`.
  public convenience init(
    _ parameters: some Sequence<(name: String, tensor: Tensor)>, _ lr: Double, betas: (Double, Double) = (0.9, 0.99),
    weightDecay: Double = 0, maximize: Bool = false
  ) {
    self.init([ParameterGroup(named: parameters)], lr: lr, betas: betas, weightDecay: weightDecay, maximize: maximize)
  }
  /// `model.namedParameters()`.
  public convenience init(
    _ parameters: some Sequence<(name: String, tensor: Tensor)>, _ lr: Double, _ betas: (Double, Double),
    weightDecay: Double = 0, maximize: Bool = false
  ) {
    self.init([ParameterGroup(named: parameters)], lr: lr, betas: betas, weightDecay: weightDecay, maximize: maximize)
  }
  /// `model.namedParameters()`.
  public convenience init(
    _ parameters: some Sequence<(name: String, tensor: Tensor)>, _ lr: Double, _ betas: (Double, Double),
    _ weightDecay: Double, maximize: Bool = false
  ) {
    self.init([ParameterGroup(named: parameters)], lr: lr, betas: betas, weightDecay: weightDecay, maximize: maximize)
  }
  /// `lr` in tensors, whose present numbers count.
  @_disfavoredOverload  // `.nan` and `.infinity` are numbers first
  public convenience init(
    _ parameters: some ParameterSource, lr: Tensor, betas: (Double, Double) = (0.9, 0.99), weightDecay: Double = 0,
    maximize: Bool = false
  ) {
    self.init(
      parameters, lr: tensorOption(lr, "lr", of: "Lion"), betas: betas, weightDecay: weightDecay, maximize: maximize)
  }
}

extension Lion8bit {
  /// The arguments in PyTorch's order, the first ones without labels.
  public convenience init(
    _ parameters: some ParameterSource, _ lr: Double, betas: (Double, Double) = (0.9, 0.99), weightDecay: Double = 0,
    min8bitSize: Int = 4096, bf16StochasticRound: Bool = false, seed: Int = 0, pagedStates: PagedStates? = nil
  ) {
    self.init(
      parameters, lr: lr, betas: betas, weightDecay: weightDecay, min8bitSize: min8bitSize,
      bf16StochasticRound: bf16StochasticRound, seed: seed, pagedStates: pagedStates)
  }
  /// The arguments in PyTorch's order, the first ones without labels.
  public convenience init(
    _ parameters: some ParameterSource, _ lr: Double, _ betas: (Double, Double), weightDecay: Double = 0,
    min8bitSize: Int = 4096, bf16StochasticRound: Bool = false, seed: Int = 0, pagedStates: PagedStates? = nil
  ) {
    self.init(
      parameters, lr: lr, betas: betas, weightDecay: weightDecay, min8bitSize: min8bitSize,
      bf16StochasticRound: bf16StochasticRound, seed: seed, pagedStates: pagedStates)
  }
  /// The arguments in PyTorch's order, the first ones without labels.
  public convenience init(
    _ parameters: some ParameterSource, _ lr: Double, _ betas: (Double, Double), _ weightDecay: Double,
    min8bitSize: Int = 4096, bf16StochasticRound: Bool = false, seed: Int = 0, pagedStates: PagedStates? = nil
  ) {
    self.init(
      parameters, lr: lr, betas: betas, weightDecay: weightDecay, min8bitSize: min8bitSize,
      bf16StochasticRound: bf16StochasticRound, seed: seed, pagedStates: pagedStates)
  }
  /// `params:`.
  public convenience init(
    params parameters: some ParameterSource, lr: Double = 1e-4, betas: (Double, Double) = (0.9, 0.99),
    weightDecay: Double = 0, min8bitSize: Int = 4096, bf16StochasticRound: Bool = false, seed: Int = 0,
    pagedStates: PagedStates? = nil
  ) {
    self.init(
      parameters, lr: lr, betas: betas, weightDecay: weightDecay, min8bitSize: min8bitSize,
      bf16StochasticRound: bf16StochasticRound, seed: seed, pagedStates: pagedStates)
  }
  /// Groups; what one leaves out is given here.
  public convenience init(
    groups parameters: [ParameterGroup], lr: Double = 1e-4, betas: (Double, Double) = (0.9, 0.99),
    weightDecay: Double = 0, min8bitSize: Int = 4096, bf16StochasticRound: Bool = false, seed: Int = 0,
    pagedStates: PagedStates? = nil
  ) {
    self.init(
      parameters, lr: lr, betas: betas, weightDecay: weightDecay, min8bitSize: min8bitSize,
      bf16StochasticRound: bf16StochasticRound, seed: seed, pagedStates: pagedStates)
  }
  /// `model.namedParameters()`.
  public convenience init(
    _ parameters: some Sequence<(name: String, tensor: Tensor)>, lr: Double = 1e-4,
    betas: (Double, Double) = (0.9, 0.99), weightDecay: Double = 0, min8bitSize: Int = 4096,
    bf16StochasticRound: Bool = false, seed: Int = 0, pagedStates: PagedStates? = nil
  ) {
    self.init(
      [ParameterGroup(named: parameters)], lr: lr, betas: betas, weightDecay: weightDecay, min8bitSize: min8bitSize,
      bf16StochasticRound: bf16StochasticRound, seed: seed, pagedStates: pagedStates)
  }
  /// `model.namedParameters()`.
  public convenience init(
    _ parameters: some Sequence<(name: String, tensor: Tensor)>, _ lr: Double, betas: (Double, Double) = (0.9, 0.99),
    weightDecay: Double = 0, min8bitSize: Int = 4096, bf16StochasticRound: Bool = false, seed: Int = 0,
    pagedStates: PagedStates? = nil
  ) {
    self.init(
      [ParameterGroup(named: parameters)], lr: lr, betas: betas, weightDecay: weightDecay, min8bitSize: min8bitSize,
      bf16StochasticRound: bf16StochasticRound, seed: seed, pagedStates: pagedStates)
  }
  /// `model.namedParameters()`.
  public convenience init(
    _ parameters: some Sequence<(name: String, tensor: Tensor)>, _ lr: Double, _ betas: (Double, Double),
    weightDecay: Double = 0, min8bitSize: Int = 4096, bf16StochasticRound: Bool = false, seed: Int = 0,
    pagedStates: PagedStates? = nil
  ) {
    self.init(
      [ParameterGroup(named: parameters)], lr: lr, betas: betas, weightDecay: weightDecay, min8bitSize: min8bitSize,
      bf16StochasticRound: bf16StochasticRound, seed: seed, pagedStates: pagedStates)
  }
  /// `model.namedParameters()`.
  public convenience init(
    _ parameters: some Sequence<(name: String, tensor: Tensor)>, _ lr: Double, _ betas: (Double, Double),
    _ weightDecay: Double, min8bitSize: Int = 4096, bf16StochasticRound: Bool = false, seed: Int = 0,
    pagedStates: PagedStates? = nil
  ) {
    self.init(
      [ParameterGroup(named: parameters)], lr: lr, betas: betas, weightDecay: weightDecay, min8bitSize: min8bitSize,
      bf16StochasticRound: bf16StochasticRound, seed: seed, pagedStates: pagedStates)
  }
  /// `lr` in tensors, whose present numbers count.
  @_disfavoredOverload  // `.nan` and `.infinity` are numbers first
  public convenience init(
    _ parameters: some ParameterSource, lr: Tensor, betas: (Double, Double) = (0.9, 0.99), weightDecay: Double = 0,
    min8bitSize: Int = 4096, bf16StochasticRound: Bool = false, seed: Int = 0, pagedStates: PagedStates? = nil
  ) {
    self.init(
      parameters, lr: tensorOption(lr, "lr", of: "Lion8bit"), betas: betas, weightDecay: weightDecay,
      min8bitSize: min8bitSize, bf16StochasticRound: bf16StochasticRound, seed: seed, pagedStates: pagedStates)
  }
}

extension Muon {
  /// The arguments in PyTorch's order, the first ones without labels.
  public convenience init(
    _ parameters: some ParameterSource, _ lr: Double, weightDecay: Double = 0.1, momentum: Double = 0.95,
    nesterov: Bool = true, nsCoefficients: (Double, Double, Double) = (3.4445, -4.775, 2.0315), eps: Double = 1e-7,
    nsSteps: Int = 5, adjustLrFn: MuonAdjustment? = nil
  ) {
    self.init(
      parameters, lr: lr, weightDecay: weightDecay, momentum: momentum, nesterov: nesterov,
      nsCoefficients: nsCoefficients, eps: eps, nsSteps: nsSteps, adjustLrFn: adjustLrFn)
  }
  /// The arguments in PyTorch's order, the first ones without labels.
  public convenience init(
    _ parameters: some ParameterSource, _ lr: Double, _ weightDecay: Double, momentum: Double = 0.95,
    nesterov: Bool = true, nsCoefficients: (Double, Double, Double) = (3.4445, -4.775, 2.0315), eps: Double = 1e-7,
    nsSteps: Int = 5, adjustLrFn: MuonAdjustment? = nil
  ) {
    self.init(
      parameters, lr: lr, weightDecay: weightDecay, momentum: momentum, nesterov: nesterov,
      nsCoefficients: nsCoefficients, eps: eps, nsSteps: nsSteps, adjustLrFn: adjustLrFn)
  }
  /// The arguments in PyTorch's order, the first ones without labels.
  public convenience init(
    _ parameters: some ParameterSource, _ lr: Double, _ weightDecay: Double, _ momentum: Double, nesterov: Bool = true,
    nsCoefficients: (Double, Double, Double) = (3.4445, -4.775, 2.0315), eps: Double = 1e-7, nsSteps: Int = 5,
    adjustLrFn: MuonAdjustment? = nil
  ) {
    self.init(
      parameters, lr: lr, weightDecay: weightDecay, momentum: momentum, nesterov: nesterov,
      nsCoefficients: nsCoefficients, eps: eps, nsSteps: nsSteps, adjustLrFn: adjustLrFn)
  }
  /// `params:`.
  public convenience init(
    params parameters: some ParameterSource, lr: Double = 1e-3, weightDecay: Double = 0.1, momentum: Double = 0.95,
    nesterov: Bool = true, nsCoefficients: (Double, Double, Double) = (3.4445, -4.775, 2.0315), eps: Double = 1e-7,
    nsSteps: Int = 5, adjustLrFn: MuonAdjustment? = nil
  ) {
    self.init(
      parameters, lr: lr, weightDecay: weightDecay, momentum: momentum, nesterov: nesterov,
      nsCoefficients: nsCoefficients, eps: eps, nsSteps: nsSteps, adjustLrFn: adjustLrFn)
  }
  /// Groups; what one leaves out is given here.
  public convenience init(
    groups parameters: [ParameterGroup], lr: Double = 1e-3, weightDecay: Double = 0.1, momentum: Double = 0.95,
    nesterov: Bool = true, nsCoefficients: (Double, Double, Double) = (3.4445, -4.775, 2.0315), eps: Double = 1e-7,
    nsSteps: Int = 5, adjustLrFn: MuonAdjustment? = nil
  ) {
    self.init(
      parameters, lr: lr, weightDecay: weightDecay, momentum: momentum, nesterov: nesterov,
      nsCoefficients: nsCoefficients, eps: eps, nsSteps: nsSteps, adjustLrFn: adjustLrFn)
  }
  /// `model.namedParameters()`.
  public convenience init(
    _ parameters: some Sequence<(name: String, tensor: Tensor)>, lr: Double = 1e-3, weightDecay: Double = 0.1,
    momentum: Double = 0.95, nesterov: Bool = true, nsCoefficients: (Double, Double, Double) = (3.4445, -4.775, 2.0315),
    eps: Double = 1e-7, nsSteps: Int = 5, adjustLrFn: MuonAdjustment? = nil
  ) {
    self.init(
      [ParameterGroup(named: parameters)], lr: lr, weightDecay: weightDecay, momentum: momentum, nesterov: nesterov,
      nsCoefficients: nsCoefficients, eps: eps, nsSteps: nsSteps, adjustLrFn: adjustLrFn)
  }
  /// `model.namedParameters()`.
  public convenience init(
    _ parameters: some Sequence<(name: String, tensor: Tensor)>, _ lr: Double, weightDecay: Double = 0.1,
    momentum: Double = 0.95, nesterov: Bool = true, nsCoefficients: (Double, Double, Double) = (3.4445, -4.775, 2.0315),
    eps: Double = 1e-7, nsSteps: Int = 5, adjustLrFn: MuonAdjustment? = nil
  ) {
    self.init(
      [ParameterGroup(named: parameters)], lr: lr, weightDecay: weightDecay, momentum: momentum, nesterov: nesterov,
      nsCoefficients: nsCoefficients, eps: eps, nsSteps: nsSteps, adjustLrFn: adjustLrFn)
  }
  /// `model.namedParameters()`.
  public convenience init(
    _ parameters: some Sequence<(name: String, tensor: Tensor)>, _ lr: Double, _ weightDecay: Double,
    momentum: Double = 0.95, nesterov: Bool = true, nsCoefficients: (Double, Double, Double) = (3.4445, -4.775, 2.0315),
    eps: Double = 1e-7, nsSteps: Int = 5, adjustLrFn: MuonAdjustment? = nil
  ) {
    self.init(
      [ParameterGroup(named: parameters)], lr: lr, weightDecay: weightDecay, momentum: momentum, nesterov: nesterov,
      nsCoefficients: nsCoefficients, eps: eps, nsSteps: nsSteps, adjustLrFn: adjustLrFn)
  }
  /// `model.namedParameters()`.
  public convenience init(
    _ parameters: some Sequence<(name: String, tensor: Tensor)>, _ lr: Double, _ weightDecay: Double,
    _ momentum: Double, nesterov: Bool = true, nsCoefficients: (Double, Double, Double) = (3.4445, -4.775, 2.0315),
    eps: Double = 1e-7, nsSteps: Int = 5, adjustLrFn: MuonAdjustment? = nil
  ) {
    self.init(
      [ParameterGroup(named: parameters)], lr: lr, weightDecay: weightDecay, momentum: momentum, nesterov: nesterov,
      nsCoefficients: nsCoefficients, eps: eps, nsSteps: nsSteps, adjustLrFn: adjustLrFn)
  }
  /// `lr` in tensors, whose present numbers count.
  @_disfavoredOverload  // `.nan` and `.infinity` are numbers first
  public convenience init(
    _ parameters: some ParameterSource, lr: Tensor, weightDecay: Double = 0.1, momentum: Double = 0.95,
    nesterov: Bool = true, nsCoefficients: (Double, Double, Double) = (3.4445, -4.775, 2.0315), eps: Double = 1e-7,
    nsSteps: Int = 5, adjustLrFn: MuonAdjustment? = nil
  ) {
    self.init(
      parameters, lr: tensorOption(lr, "lr", of: "Muon"), weightDecay: weightDecay, momentum: momentum,
      nesterov: nesterov, nsCoefficients: nsCoefficients, eps: eps, nsSteps: nsSteps, adjustLrFn: adjustLrFn)
  }
}

extension RMSprop {
  /// The arguments in PyTorch's order, the first ones without labels.
  public convenience init(
    _ parameters: some ParameterSource, _ lr: Double, alpha: Double = 0.99, eps: Double = 1e-8, weightDecay: Double = 0,
    momentum: Double = 0, centered: Bool = false, maximize: Bool = false, foreach: Bool? = nil,
    capturable: Bool = false, differentiable: Bool = false
  ) {
    self.init(
      parameters, lr: lr, alpha: alpha, eps: eps, weightDecay: weightDecay, momentum: momentum, centered: centered,
      maximize: maximize, foreach: foreach, capturable: capturable, differentiable: differentiable)
  }
  /// The arguments in PyTorch's order, the first ones without labels.
  public convenience init(
    _ parameters: some ParameterSource, _ lr: Double, _ alpha: Double, eps: Double = 1e-8, weightDecay: Double = 0,
    momentum: Double = 0, centered: Bool = false, maximize: Bool = false, foreach: Bool? = nil,
    capturable: Bool = false, differentiable: Bool = false
  ) {
    self.init(
      parameters, lr: lr, alpha: alpha, eps: eps, weightDecay: weightDecay, momentum: momentum, centered: centered,
      maximize: maximize, foreach: foreach, capturable: capturable, differentiable: differentiable)
  }
  /// The arguments in PyTorch's order, the first ones without labels.
  public convenience init(
    _ parameters: some ParameterSource, _ lr: Double, _ alpha: Double, _ eps: Double, weightDecay: Double = 0,
    momentum: Double = 0, centered: Bool = false, maximize: Bool = false, foreach: Bool? = nil,
    capturable: Bool = false, differentiable: Bool = false
  ) {
    self.init(
      parameters, lr: lr, alpha: alpha, eps: eps, weightDecay: weightDecay, momentum: momentum, centered: centered,
      maximize: maximize, foreach: foreach, capturable: capturable, differentiable: differentiable)
  }
  /// `params:`.
  public convenience init(
    params parameters: some ParameterSource, lr: Double = 1e-2, alpha: Double = 0.99, eps: Double = 1e-8,
    weightDecay: Double = 0, momentum: Double = 0, centered: Bool = false, maximize: Bool = false, foreach: Bool? = nil,
    capturable: Bool = false, differentiable: Bool = false
  ) {
    self.init(
      parameters, lr: lr, alpha: alpha, eps: eps, weightDecay: weightDecay, momentum: momentum, centered: centered,
      maximize: maximize, foreach: foreach, capturable: capturable, differentiable: differentiable)
  }
  /// Groups; what one leaves out is given here.
  public convenience init(
    groups parameters: [ParameterGroup], lr: Double = 1e-2, alpha: Double = 0.99, eps: Double = 1e-8,
    weightDecay: Double = 0, momentum: Double = 0, centered: Bool = false, maximize: Bool = false, foreach: Bool? = nil,
    capturable: Bool = false, differentiable: Bool = false
  ) {
    self.init(
      parameters, lr: lr, alpha: alpha, eps: eps, weightDecay: weightDecay, momentum: momentum, centered: centered,
      maximize: maximize, foreach: foreach, capturable: capturable, differentiable: differentiable)
  }
  /// `model.namedParameters()`.
  public convenience init(
    _ parameters: some Sequence<(name: String, tensor: Tensor)>, lr: Double = 1e-2, alpha: Double = 0.99,
    eps: Double = 1e-8, weightDecay: Double = 0, momentum: Double = 0, centered: Bool = false, maximize: Bool = false,
    foreach: Bool? = nil, capturable: Bool = false, differentiable: Bool = false
  ) {
    self.init(
      [ParameterGroup(named: parameters)], lr: lr, alpha: alpha, eps: eps, weightDecay: weightDecay, momentum: momentum,
      centered: centered, maximize: maximize, foreach: foreach, capturable: capturable, differentiable: differentiable)
  }
  /// `model.namedParameters()`.
  public convenience init(
    _ parameters: some Sequence<(name: String, tensor: Tensor)>, _ lr: Double, alpha: Double = 0.99, eps: Double = 1e-8,
    weightDecay: Double = 0, momentum: Double = 0, centered: Bool = false, maximize: Bool = false, foreach: Bool? = nil,
    capturable: Bool = false, differentiable: Bool = false
  ) {
    self.init(
      [ParameterGroup(named: parameters)], lr: lr, alpha: alpha, eps: eps, weightDecay: weightDecay, momentum: momentum,
      centered: centered, maximize: maximize, foreach: foreach, capturable: capturable, differentiable: differentiable)
  }
  /// `model.namedParameters()`.
  public convenience init(
    _ parameters: some Sequence<(name: String, tensor: Tensor)>, _ lr: Double, _ alpha: Double, eps: Double = 1e-8,
    weightDecay: Double = 0, momentum: Double = 0, centered: Bool = false, maximize: Bool = false, foreach: Bool? = nil,
    capturable: Bool = false, differentiable: Bool = false
  ) {
    self.init(
      [ParameterGroup(named: parameters)], lr: lr, alpha: alpha, eps: eps, weightDecay: weightDecay, momentum: momentum,
      centered: centered, maximize: maximize, foreach: foreach, capturable: capturable, differentiable: differentiable)
  }
  /// `model.namedParameters()`.
  public convenience init(
    _ parameters: some Sequence<(name: String, tensor: Tensor)>, _ lr: Double, _ alpha: Double, _ eps: Double,
    weightDecay: Double = 0, momentum: Double = 0, centered: Bool = false, maximize: Bool = false, foreach: Bool? = nil,
    capturable: Bool = false, differentiable: Bool = false
  ) {
    self.init(
      [ParameterGroup(named: parameters)], lr: lr, alpha: alpha, eps: eps, weightDecay: weightDecay, momentum: momentum,
      centered: centered, maximize: maximize, foreach: foreach, capturable: capturable, differentiable: differentiable)
  }
  /// `lr` in tensors, whose present numbers count.
  @_disfavoredOverload  // `.nan` and `.infinity` are numbers first
  public convenience init(
    _ parameters: some ParameterSource, lr: Tensor, alpha: Double = 0.99, eps: Double = 1e-8, weightDecay: Double = 0,
    momentum: Double = 0, centered: Bool = false, maximize: Bool = false, foreach: Bool? = nil,
    capturable: Bool = false, differentiable: Bool = false
  ) {
    self.init(
      parameters, lr: tensorOption(lr, "lr", of: "RMSprop", foreach: foreach, capturable: capturable), alpha: alpha,
      eps: eps, weightDecay: weightDecay, momentum: momentum, centered: centered, maximize: maximize, foreach: foreach,
      capturable: capturable, differentiable: differentiable)
  }
}

extension Rprop {
  /// The arguments in PyTorch's order, the first ones without labels.
  public convenience init(
    _ parameters: some ParameterSource, _ lr: Double, etas: (Double, Double) = (0.5, 1.2),
    stepSizes: (Double, Double) = (1e-6, 50), maximize: Bool = false, foreach: Bool? = nil, capturable: Bool = false,
    differentiable: Bool = false
  ) {
    self.init(
      parameters, lr: lr, etas: etas, stepSizes: stepSizes, maximize: maximize, foreach: foreach,
      capturable: capturable, differentiable: differentiable)
  }
  /// The arguments in PyTorch's order, the first ones without labels.
  public convenience init(
    _ parameters: some ParameterSource, _ lr: Double, _ etas: (Double, Double),
    stepSizes: (Double, Double) = (1e-6, 50), maximize: Bool = false, foreach: Bool? = nil, capturable: Bool = false,
    differentiable: Bool = false
  ) {
    self.init(
      parameters, lr: lr, etas: etas, stepSizes: stepSizes, maximize: maximize, foreach: foreach,
      capturable: capturable, differentiable: differentiable)
  }
  /// The arguments in PyTorch's order, the first ones without labels.
  public convenience init(
    _ parameters: some ParameterSource, _ lr: Double, _ etas: (Double, Double), _ stepSizes: (Double, Double),
    maximize: Bool = false, foreach: Bool? = nil, capturable: Bool = false, differentiable: Bool = false
  ) {
    self.init(
      parameters, lr: lr, etas: etas, stepSizes: stepSizes, maximize: maximize, foreach: foreach,
      capturable: capturable, differentiable: differentiable)
  }
  /// `params:`.
  public convenience init(
    params parameters: some ParameterSource, lr: Double = 1e-2, etas: (Double, Double) = (0.5, 1.2),
    stepSizes: (Double, Double) = (1e-6, 50), maximize: Bool = false, foreach: Bool? = nil, capturable: Bool = false,
    differentiable: Bool = false
  ) {
    self.init(
      parameters, lr: lr, etas: etas, stepSizes: stepSizes, maximize: maximize, foreach: foreach,
      capturable: capturable, differentiable: differentiable)
  }
  /// Groups; what one leaves out is given here.
  public convenience init(
    groups parameters: [ParameterGroup], lr: Double = 1e-2, etas: (Double, Double) = (0.5, 1.2),
    stepSizes: (Double, Double) = (1e-6, 50), maximize: Bool = false, foreach: Bool? = nil, capturable: Bool = false,
    differentiable: Bool = false
  ) {
    self.init(
      parameters, lr: lr, etas: etas, stepSizes: stepSizes, maximize: maximize, foreach: foreach,
      capturable: capturable, differentiable: differentiable)
  }
  /// `model.namedParameters()`.
  public convenience init(
    _ parameters: some Sequence<(name: String, tensor: Tensor)>, lr: Double = 1e-2, etas: (Double, Double) = (0.5, 1.2),
    stepSizes: (Double, Double) = (1e-6, 50), maximize: Bool = false, foreach: Bool? = nil, capturable: Bool = false,
    differentiable: Bool = false
  ) {
    self.init(
      [ParameterGroup(named: parameters)], lr: lr, etas: etas, stepSizes: stepSizes, maximize: maximize,
      foreach: foreach, capturable: capturable, differentiable: differentiable)
  }
  /// `model.namedParameters()`.
  public convenience init(
    _ parameters: some Sequence<(name: String, tensor: Tensor)>, _ lr: Double, etas: (Double, Double) = (0.5, 1.2),
    stepSizes: (Double, Double) = (1e-6, 50), maximize: Bool = false, foreach: Bool? = nil, capturable: Bool = false,
    differentiable: Bool = false
  ) {
    self.init(
      [ParameterGroup(named: parameters)], lr: lr, etas: etas, stepSizes: stepSizes, maximize: maximize,
      foreach: foreach, capturable: capturable, differentiable: differentiable)
  }
  /// `model.namedParameters()`.
  public convenience init(
    _ parameters: some Sequence<(name: String, tensor: Tensor)>, _ lr: Double, _ etas: (Double, Double),
    stepSizes: (Double, Double) = (1e-6, 50), maximize: Bool = false, foreach: Bool? = nil, capturable: Bool = false,
    differentiable: Bool = false
  ) {
    self.init(
      [ParameterGroup(named: parameters)], lr: lr, etas: etas, stepSizes: stepSizes, maximize: maximize,
      foreach: foreach, capturable: capturable, differentiable: differentiable)
  }
  /// `model.namedParameters()`.
  public convenience init(
    _ parameters: some Sequence<(name: String, tensor: Tensor)>, _ lr: Double, _ etas: (Double, Double),
    _ stepSizes: (Double, Double), maximize: Bool = false, foreach: Bool? = nil, capturable: Bool = false,
    differentiable: Bool = false
  ) {
    self.init(
      [ParameterGroup(named: parameters)], lr: lr, etas: etas, stepSizes: stepSizes, maximize: maximize,
      foreach: foreach, capturable: capturable, differentiable: differentiable)
  }
  /// `lr` in tensors, whose present numbers count.
  @_disfavoredOverload  // `.nan` and `.infinity` are numbers first
  public convenience init(
    _ parameters: some ParameterSource, lr: Tensor, etas: (Double, Double) = (0.5, 1.2),
    stepSizes: (Double, Double) = (1e-6, 50), maximize: Bool = false, foreach: Bool? = nil, capturable: Bool = false,
    differentiable: Bool = false
  ) {
    self.init(
      parameters, lr: tensorOption(lr, "lr", of: "Rprop", foreach: foreach, capturable: capturable), etas: etas,
      stepSizes: stepSizes, maximize: maximize, foreach: foreach, capturable: capturable, differentiable: differentiable
    )
  }
}

extension ASGD {
  /// The arguments in PyTorch's order, the first ones without labels.
  public convenience init(
    _ parameters: some ParameterSource, _ lr: Double, lambd: Double = 1e-4, alpha: Double = 0.75, t0: Double = 1e6,
    weightDecay: Double = 0, maximize: Bool = false, foreach: Bool? = nil, capturable: Bool = false,
    differentiable: Bool = false
  ) {
    self.init(
      parameters, lr: lr, lambd: lambd, alpha: alpha, t0: t0, weightDecay: weightDecay, maximize: maximize,
      foreach: foreach, capturable: capturable, differentiable: differentiable)
  }
  /// The arguments in PyTorch's order, the first ones without labels.
  public convenience init(
    _ parameters: some ParameterSource, _ lr: Double, _ lambd: Double, alpha: Double = 0.75, t0: Double = 1e6,
    weightDecay: Double = 0, maximize: Bool = false, foreach: Bool? = nil, capturable: Bool = false,
    differentiable: Bool = false
  ) {
    self.init(
      parameters, lr: lr, lambd: lambd, alpha: alpha, t0: t0, weightDecay: weightDecay, maximize: maximize,
      foreach: foreach, capturable: capturable, differentiable: differentiable)
  }
  /// The arguments in PyTorch's order, the first ones without labels.
  public convenience init(
    _ parameters: some ParameterSource, _ lr: Double, _ lambd: Double, _ alpha: Double, t0: Double = 1e6,
    weightDecay: Double = 0, maximize: Bool = false, foreach: Bool? = nil, capturable: Bool = false,
    differentiable: Bool = false
  ) {
    self.init(
      parameters, lr: lr, lambd: lambd, alpha: alpha, t0: t0, weightDecay: weightDecay, maximize: maximize,
      foreach: foreach, capturable: capturable, differentiable: differentiable)
  }
  /// `params:`.
  public convenience init(
    params parameters: some ParameterSource, lr: Double = 1e-2, lambd: Double = 1e-4, alpha: Double = 0.75,
    t0: Double = 1e6, weightDecay: Double = 0, maximize: Bool = false, foreach: Bool? = nil, capturable: Bool = false,
    differentiable: Bool = false
  ) {
    self.init(
      parameters, lr: lr, lambd: lambd, alpha: alpha, t0: t0, weightDecay: weightDecay, maximize: maximize,
      foreach: foreach, capturable: capturable, differentiable: differentiable)
  }
  /// Groups; what one leaves out is given here.
  public convenience init(
    groups parameters: [ParameterGroup], lr: Double = 1e-2, lambd: Double = 1e-4, alpha: Double = 0.75,
    t0: Double = 1e6, weightDecay: Double = 0, maximize: Bool = false, foreach: Bool? = nil, capturable: Bool = false,
    differentiable: Bool = false
  ) {
    self.init(
      parameters, lr: lr, lambd: lambd, alpha: alpha, t0: t0, weightDecay: weightDecay, maximize: maximize,
      foreach: foreach, capturable: capturable, differentiable: differentiable)
  }
  /// `model.namedParameters()`.
  public convenience init(
    _ parameters: some Sequence<(name: String, tensor: Tensor)>, lr: Double = 1e-2, lambd: Double = 1e-4,
    alpha: Double = 0.75, t0: Double = 1e6, weightDecay: Double = 0, maximize: Bool = false, foreach: Bool? = nil,
    capturable: Bool = false, differentiable: Bool = false
  ) {
    self.init(
      [ParameterGroup(named: parameters)], lr: lr, lambd: lambd, alpha: alpha, t0: t0, weightDecay: weightDecay,
      maximize: maximize, foreach: foreach, capturable: capturable, differentiable: differentiable)
  }
  /// `model.namedParameters()`.
  public convenience init(
    _ parameters: some Sequence<(name: String, tensor: Tensor)>, _ lr: Double, lambd: Double = 1e-4,
    alpha: Double = 0.75, t0: Double = 1e6, weightDecay: Double = 0, maximize: Bool = false, foreach: Bool? = nil,
    capturable: Bool = false, differentiable: Bool = false
  ) {
    self.init(
      [ParameterGroup(named: parameters)], lr: lr, lambd: lambd, alpha: alpha, t0: t0, weightDecay: weightDecay,
      maximize: maximize, foreach: foreach, capturable: capturable, differentiable: differentiable)
  }
  /// `model.namedParameters()`.
  public convenience init(
    _ parameters: some Sequence<(name: String, tensor: Tensor)>, _ lr: Double, _ lambd: Double, alpha: Double = 0.75,
    t0: Double = 1e6, weightDecay: Double = 0, maximize: Bool = false, foreach: Bool? = nil, capturable: Bool = false,
    differentiable: Bool = false
  ) {
    self.init(
      [ParameterGroup(named: parameters)], lr: lr, lambd: lambd, alpha: alpha, t0: t0, weightDecay: weightDecay,
      maximize: maximize, foreach: foreach, capturable: capturable, differentiable: differentiable)
  }
  /// `model.namedParameters()`.
  public convenience init(
    _ parameters: some Sequence<(name: String, tensor: Tensor)>, _ lr: Double, _ lambd: Double, _ alpha: Double,
    t0: Double = 1e6, weightDecay: Double = 0, maximize: Bool = false, foreach: Bool? = nil, capturable: Bool = false,
    differentiable: Bool = false
  ) {
    self.init(
      [ParameterGroup(named: parameters)], lr: lr, lambd: lambd, alpha: alpha, t0: t0, weightDecay: weightDecay,
      maximize: maximize, foreach: foreach, capturable: capturable, differentiable: differentiable)
  }
  /// `lr` in tensors, whose present numbers count.
  @_disfavoredOverload  // `.nan` and `.infinity` are numbers first
  public convenience init(
    _ parameters: some ParameterSource, lr: Tensor, lambd: Double = 1e-4, alpha: Double = 0.75, t0: Double = 1e6,
    weightDecay: Double = 0, maximize: Bool = false, foreach: Bool? = nil, capturable: Bool = false,
    differentiable: Bool = false
  ) {
    self.init(
      parameters, lr: tensorOption(lr, "lr", of: "ASGD", foreach: foreach, capturable: capturable), lambd: lambd,
      alpha: alpha, t0: t0, weightDecay: weightDecay, maximize: maximize, foreach: foreach, capturable: capturable,
      differentiable: differentiable)
  }
}

extension SGD {
  /// The arguments in PyTorch's order, the first ones without labels.
  public convenience init(
    _ parameters: some ParameterSource, _ lr: Double, momentum: Double = 0, dampening: Double = 0,
    weightDecay: Double = 0, nesterov: Bool = false, maximize: Bool = false, foreach: Bool? = nil, fused: Bool? = nil,
    differentiable: Bool = false
  ) {
    self.init(
      parameters, lr: lr, momentum: momentum, dampening: dampening, weightDecay: weightDecay, nesterov: nesterov,
      maximize: maximize, foreach: foreach, fused: fused, differentiable: differentiable)
  }
  /// The arguments in PyTorch's order, the first ones without labels.
  public convenience init(
    _ parameters: some ParameterSource, _ lr: Double, _ momentum: Double, dampening: Double = 0,
    weightDecay: Double = 0, nesterov: Bool = false, maximize: Bool = false, foreach: Bool? = nil, fused: Bool? = nil,
    differentiable: Bool = false
  ) {
    self.init(
      parameters, lr: lr, momentum: momentum, dampening: dampening, weightDecay: weightDecay, nesterov: nesterov,
      maximize: maximize, foreach: foreach, fused: fused, differentiable: differentiable)
  }
  /// The arguments in PyTorch's order, the first ones without labels.
  public convenience init(
    _ parameters: some ParameterSource, _ lr: Double, _ momentum: Double, _ dampening: Double, weightDecay: Double = 0,
    nesterov: Bool = false, maximize: Bool = false, foreach: Bool? = nil, fused: Bool? = nil,
    differentiable: Bool = false
  ) {
    self.init(
      parameters, lr: lr, momentum: momentum, dampening: dampening, weightDecay: weightDecay, nesterov: nesterov,
      maximize: maximize, foreach: foreach, fused: fused, differentiable: differentiable)
  }
  /// `params:`.
  public convenience init(
    params parameters: some ParameterSource, lr: Double = 1e-3, momentum: Double = 0, dampening: Double = 0,
    weightDecay: Double = 0, nesterov: Bool = false, maximize: Bool = false, foreach: Bool? = nil, fused: Bool? = nil,
    differentiable: Bool = false
  ) {
    self.init(
      parameters, lr: lr, momentum: momentum, dampening: dampening, weightDecay: weightDecay, nesterov: nesterov,
      maximize: maximize, foreach: foreach, fused: fused, differentiable: differentiable)
  }
  /// Groups; what one leaves out is given here.
  public convenience init(
    groups parameters: [ParameterGroup], lr: Double = 1e-3, momentum: Double = 0, dampening: Double = 0,
    weightDecay: Double = 0, nesterov: Bool = false, maximize: Bool = false, foreach: Bool? = nil, fused: Bool? = nil,
    differentiable: Bool = false
  ) {
    self.init(
      parameters, lr: lr, momentum: momentum, dampening: dampening, weightDecay: weightDecay, nesterov: nesterov,
      maximize: maximize, foreach: foreach, fused: fused, differentiable: differentiable)
  }
  /// `model.namedParameters()`.
  public convenience init(
    _ parameters: some Sequence<(name: String, tensor: Tensor)>, lr: Double = 1e-3, momentum: Double = 0,
    dampening: Double = 0, weightDecay: Double = 0, nesterov: Bool = false, maximize: Bool = false,
    foreach: Bool? = nil, fused: Bool? = nil, differentiable: Bool = false
  ) {
    self.init(
      [ParameterGroup(named: parameters)], lr: lr, momentum: momentum, dampening: dampening, weightDecay: weightDecay,
      nesterov: nesterov, maximize: maximize, foreach: foreach, fused: fused, differentiable: differentiable)
  }
  /// `model.namedParameters()`.
  public convenience init(
    _ parameters: some Sequence<(name: String, tensor: Tensor)>, _ lr: Double, momentum: Double = 0,
    dampening: Double = 0, weightDecay: Double = 0, nesterov: Bool = false, maximize: Bool = false,
    foreach: Bool? = nil, fused: Bool? = nil, differentiable: Bool = false
  ) {
    self.init(
      [ParameterGroup(named: parameters)], lr: lr, momentum: momentum, dampening: dampening, weightDecay: weightDecay,
      nesterov: nesterov, maximize: maximize, foreach: foreach, fused: fused, differentiable: differentiable)
  }
  /// `model.namedParameters()`.
  public convenience init(
    _ parameters: some Sequence<(name: String, tensor: Tensor)>, _ lr: Double, _ momentum: Double,
    dampening: Double = 0, weightDecay: Double = 0, nesterov: Bool = false, maximize: Bool = false,
    foreach: Bool? = nil, fused: Bool? = nil, differentiable: Bool = false
  ) {
    self.init(
      [ParameterGroup(named: parameters)], lr: lr, momentum: momentum, dampening: dampening, weightDecay: weightDecay,
      nesterov: nesterov, maximize: maximize, foreach: foreach, fused: fused, differentiable: differentiable)
  }
  /// `model.namedParameters()`.
  public convenience init(
    _ parameters: some Sequence<(name: String, tensor: Tensor)>, _ lr: Double, _ momentum: Double, _ dampening: Double,
    weightDecay: Double = 0, nesterov: Bool = false, maximize: Bool = false, foreach: Bool? = nil, fused: Bool? = nil,
    differentiable: Bool = false
  ) {
    self.init(
      [ParameterGroup(named: parameters)], lr: lr, momentum: momentum, dampening: dampening, weightDecay: weightDecay,
      nesterov: nesterov, maximize: maximize, foreach: foreach, fused: fused, differentiable: differentiable)
  }
  /// `lr` in tensors, whose present numbers count.
  @_disfavoredOverload  // `.nan` and `.infinity` are numbers first
  public convenience init(
    _ parameters: some ParameterSource, lr: Tensor, momentum: Double = 0, dampening: Double = 0,
    weightDecay: Double = 0, nesterov: Bool = false, maximize: Bool = false, foreach: Bool? = nil, fused: Bool? = nil,
    differentiable: Bool = false
  ) {
    self.init(
      parameters, lr: tensorOption(lr, "lr", of: "SGD", foreach: foreach), momentum: momentum, dampening: dampening,
      weightDecay: weightDecay, nesterov: nesterov, maximize: maximize, foreach: foreach, fused: fused,
      differentiable: differentiable)
  }
}

extension AdamWScheduleFree {
  /// The arguments in PyTorch's order, the first ones without labels.
  public convenience init(
    _ parameters: some ParameterSource, _ lr: Double, betas: (Double, Double) = (0.9, 0.999), eps: Double = 1e-8,
    weightDecay: Double = 0, warmupSteps: Int = 0, r: Double = 0, weightLrPower: Double = 2, foreach: Bool? = nil
  ) {
    self.init(
      parameters, lr: lr, betas: betas, eps: eps, weightDecay: weightDecay, warmupSteps: warmupSteps, r: r,
      weightLrPower: weightLrPower, foreach: foreach)
  }
  /// The arguments in PyTorch's order, the first ones without labels.
  public convenience init(
    _ parameters: some ParameterSource, _ lr: Double, _ betas: (Double, Double), eps: Double = 1e-8,
    weightDecay: Double = 0, warmupSteps: Int = 0, r: Double = 0, weightLrPower: Double = 2, foreach: Bool? = nil
  ) {
    self.init(
      parameters, lr: lr, betas: betas, eps: eps, weightDecay: weightDecay, warmupSteps: warmupSteps, r: r,
      weightLrPower: weightLrPower, foreach: foreach)
  }
  /// The arguments in PyTorch's order, the first ones without labels.
  public convenience init(
    _ parameters: some ParameterSource, _ lr: Double, _ betas: (Double, Double), _ eps: Double, weightDecay: Double = 0,
    warmupSteps: Int = 0, r: Double = 0, weightLrPower: Double = 2, foreach: Bool? = nil
  ) {
    self.init(
      parameters, lr: lr, betas: betas, eps: eps, weightDecay: weightDecay, warmupSteps: warmupSteps, r: r,
      weightLrPower: weightLrPower, foreach: foreach)
  }
  /// `params:`.
  public convenience init(
    params parameters: some ParameterSource, lr: Double = 2.5e-3, betas: (Double, Double) = (0.9, 0.999),
    eps: Double = 1e-8, weightDecay: Double = 0, warmupSteps: Int = 0, r: Double = 0, weightLrPower: Double = 2,
    foreach: Bool? = nil
  ) {
    self.init(
      parameters, lr: lr, betas: betas, eps: eps, weightDecay: weightDecay, warmupSteps: warmupSteps, r: r,
      weightLrPower: weightLrPower, foreach: foreach)
  }
  /// Groups; what one leaves out is given here.
  public convenience init(
    groups parameters: [ParameterGroup], lr: Double = 2.5e-3, betas: (Double, Double) = (0.9, 0.999),
    eps: Double = 1e-8, weightDecay: Double = 0, warmupSteps: Int = 0, r: Double = 0, weightLrPower: Double = 2,
    foreach: Bool? = nil
  ) {
    self.init(
      parameters, lr: lr, betas: betas, eps: eps, weightDecay: weightDecay, warmupSteps: warmupSteps, r: r,
      weightLrPower: weightLrPower, foreach: foreach)
  }
  /// `model.namedParameters()`.
  public convenience init(
    _ parameters: some Sequence<(name: String, tensor: Tensor)>, lr: Double = 2.5e-3,
    betas: (Double, Double) = (0.9, 0.999), eps: Double = 1e-8, weightDecay: Double = 0, warmupSteps: Int = 0,
    r: Double = 0, weightLrPower: Double = 2, foreach: Bool? = nil
  ) {
    self.init(
      [ParameterGroup(named: parameters)], lr: lr, betas: betas, eps: eps, weightDecay: weightDecay,
      warmupSteps: warmupSteps, r: r, weightLrPower: weightLrPower, foreach: foreach)
  }
  /// `model.namedParameters()`.
  public convenience init(
    _ parameters: some Sequence<(name: String, tensor: Tensor)>, _ lr: Double, betas: (Double, Double) = (0.9, 0.999),
    eps: Double = 1e-8, weightDecay: Double = 0, warmupSteps: Int = 0, r: Double = 0, weightLrPower: Double = 2,
    foreach: Bool? = nil
  ) {
    self.init(
      [ParameterGroup(named: parameters)], lr: lr, betas: betas, eps: eps, weightDecay: weightDecay,
      warmupSteps: warmupSteps, r: r, weightLrPower: weightLrPower, foreach: foreach)
  }
  /// `model.namedParameters()`.
  public convenience init(
    _ parameters: some Sequence<(name: String, tensor: Tensor)>, _ lr: Double, _ betas: (Double, Double),
    eps: Double = 1e-8, weightDecay: Double = 0, warmupSteps: Int = 0, r: Double = 0, weightLrPower: Double = 2,
    foreach: Bool? = nil
  ) {
    self.init(
      [ParameterGroup(named: parameters)], lr: lr, betas: betas, eps: eps, weightDecay: weightDecay,
      warmupSteps: warmupSteps, r: r, weightLrPower: weightLrPower, foreach: foreach)
  }
  /// `model.namedParameters()`.
  public convenience init(
    _ parameters: some Sequence<(name: String, tensor: Tensor)>, _ lr: Double, _ betas: (Double, Double), _ eps: Double,
    weightDecay: Double = 0, warmupSteps: Int = 0, r: Double = 0, weightLrPower: Double = 2, foreach: Bool? = nil
  ) {
    self.init(
      [ParameterGroup(named: parameters)], lr: lr, betas: betas, eps: eps, weightDecay: weightDecay,
      warmupSteps: warmupSteps, r: r, weightLrPower: weightLrPower, foreach: foreach)
  }
  /// `lr` in tensors, whose present numbers count.
  @_disfavoredOverload  // `.nan` and `.infinity` are numbers first
  public convenience init(
    _ parameters: some ParameterSource, lr: Tensor, betas: (Double, Double) = (0.9, 0.999), eps: Double = 1e-8,
    weightDecay: Double = 0, warmupSteps: Int = 0, r: Double = 0, weightLrPower: Double = 2, foreach: Bool? = nil
  ) {
    self.init(
      parameters, lr: tensorOption(lr, "lr", of: "AdamWScheduleFree", foreach: foreach), betas: betas, eps: eps,
      weightDecay: weightDecay, warmupSteps: warmupSteps, r: r, weightLrPower: weightLrPower, foreach: foreach)
  }
}

extension SparseAdam {
  /// The arguments in PyTorch's order, the first ones without labels.
  public convenience init(
    _ parameters: some ParameterSource, _ lr: Double, betas: (Double, Double) = (0.9, 0.999), eps: Double = 1e-8,
    maximize: Bool = false
  ) { self.init(parameters, lr: lr, betas: betas, eps: eps, maximize: maximize) }
  /// The arguments in PyTorch's order, the first ones without labels.
  public convenience init(
    _ parameters: some ParameterSource, _ lr: Double, _ betas: (Double, Double), eps: Double = 1e-8,
    maximize: Bool = false
  ) { self.init(parameters, lr: lr, betas: betas, eps: eps, maximize: maximize) }
  /// The arguments in PyTorch's order, the first ones without labels.
  public convenience init(
    _ parameters: some ParameterSource, _ lr: Double, _ betas: (Double, Double), _ eps: Double, maximize: Bool = false
  ) { self.init(parameters, lr: lr, betas: betas, eps: eps, maximize: maximize) }
  /// `params:`.
  public convenience init(
    params parameters: some ParameterSource, lr: Double = 1e-3, betas: (Double, Double) = (0.9, 0.999),
    eps: Double = 1e-8, maximize: Bool = false
  ) { self.init(parameters, lr: lr, betas: betas, eps: eps, maximize: maximize) }
  /// Groups; what one leaves out is given here.
  public convenience init(
    groups parameters: [ParameterGroup], lr: Double = 1e-3, betas: (Double, Double) = (0.9, 0.999), eps: Double = 1e-8,
    maximize: Bool = false
  ) { self.init(parameters, lr: lr, betas: betas, eps: eps, maximize: maximize) }
  /// `model.namedParameters()`.
  public convenience init(
    _ parameters: some Sequence<(name: String, tensor: Tensor)>, lr: Double = 1e-3,
    betas: (Double, Double) = (0.9, 0.999), eps: Double = 1e-8, maximize: Bool = false
  ) { self.init([ParameterGroup(named: parameters)], lr: lr, betas: betas, eps: eps, maximize: maximize) }
  /// `model.namedParameters()`.
  public convenience init(
    _ parameters: some Sequence<(name: String, tensor: Tensor)>, _ lr: Double, betas: (Double, Double) = (0.9, 0.999),
    eps: Double = 1e-8, maximize: Bool = false
  ) { self.init([ParameterGroup(named: parameters)], lr: lr, betas: betas, eps: eps, maximize: maximize) }
  /// `model.namedParameters()`.
  public convenience init(
    _ parameters: some Sequence<(name: String, tensor: Tensor)>, _ lr: Double, _ betas: (Double, Double),
    eps: Double = 1e-8, maximize: Bool = false
  ) { self.init([ParameterGroup(named: parameters)], lr: lr, betas: betas, eps: eps, maximize: maximize) }
  /// `model.namedParameters()`.
  public convenience init(
    _ parameters: some Sequence<(name: String, tensor: Tensor)>, _ lr: Double, _ betas: (Double, Double), _ eps: Double,
    maximize: Bool = false
  ) { self.init([ParameterGroup(named: parameters)], lr: lr, betas: betas, eps: eps, maximize: maximize) }
  /// `lr` in tensors, whose present numbers count.
  @_disfavoredOverload  // `.nan` and `.infinity` are numbers first
  public convenience init(
    _ parameters: some ParameterSource, lr: Tensor, betas: (Double, Double) = (0.9, 0.999), eps: Double = 1e-8,
    maximize: Bool = false
  ) { self.init(parameters, lr: tensorOption(lr, "lr", of: "SparseAdam"), betas: betas, eps: eps, maximize: maximize) }
}
