// Written by scripts/make-training-spellings.py.

import ApusCore

extension Adam {
  /// The arguments in PyTorch's order, the first ones without labels.
  public convenience init(
    _ parameters: some ParameterSource, _ lr: Double, betas: (Double, Double) = (0.9, 0.999), eps: Double = 1e-8,
    weightDecay: Double = 0, amsgrad: Bool = false, maximize: Bool = false, decoupledWeightDecay: Bool = false,
    foreach: Bool? = nil, fused: Bool? = nil, capturable: Bool = false
  ) {
    self.init(
      parameters, lr: lr, betas: betas, eps: eps, weightDecay: weightDecay, amsgrad: amsgrad, maximize: maximize,
      decoupledWeightDecay: decoupledWeightDecay, foreach: foreach, fused: fused, capturable: capturable)
  }
  /// The arguments in PyTorch's order, the first ones without labels.
  public convenience init(
    _ parameters: some ParameterSource, _ lr: Double, _ betas: (Double, Double), eps: Double = 1e-8,
    weightDecay: Double = 0, amsgrad: Bool = false, maximize: Bool = false, decoupledWeightDecay: Bool = false,
    foreach: Bool? = nil, fused: Bool? = nil, capturable: Bool = false
  ) {
    self.init(
      parameters, lr: lr, betas: betas, eps: eps, weightDecay: weightDecay, amsgrad: amsgrad, maximize: maximize,
      decoupledWeightDecay: decoupledWeightDecay, foreach: foreach, fused: fused, capturable: capturable)
  }
  /// The arguments in PyTorch's order, the first ones without labels.
  public convenience init(
    _ parameters: some ParameterSource, _ lr: Double, _ betas: (Double, Double), _ eps: Double, weightDecay: Double = 0,
    amsgrad: Bool = false, maximize: Bool = false, decoupledWeightDecay: Bool = false, foreach: Bool? = nil,
    fused: Bool? = nil, capturable: Bool = false
  ) {
    self.init(
      parameters, lr: lr, betas: betas, eps: eps, weightDecay: weightDecay, amsgrad: amsgrad, maximize: maximize,
      decoupledWeightDecay: decoupledWeightDecay, foreach: foreach, fused: fused, capturable: capturable)
  }
  /// `params:`.
  public convenience init(
    params parameters: some ParameterSource, lr: Double = 1e-3, betas: (Double, Double) = (0.9, 0.999),
    eps: Double = 1e-8, weightDecay: Double = 0, amsgrad: Bool = false, maximize: Bool = false,
    decoupledWeightDecay: Bool = false, foreach: Bool? = nil, fused: Bool? = nil, capturable: Bool = false
  ) {
    self.init(
      parameters, lr: lr, betas: betas, eps: eps, weightDecay: weightDecay, amsgrad: amsgrad, maximize: maximize,
      decoupledWeightDecay: decoupledWeightDecay, foreach: foreach, fused: fused, capturable: capturable)
  }
  /// Groups; what one leaves out is given here.
  public convenience init(
    groups parameters: [ParameterGroup], lr: Double = 1e-3, betas: (Double, Double) = (0.9, 0.999), eps: Double = 1e-8,
    weightDecay: Double = 0, amsgrad: Bool = false, maximize: Bool = false, decoupledWeightDecay: Bool = false,
    foreach: Bool? = nil, fused: Bool? = nil, capturable: Bool = false
  ) {
    self.init(
      parameters, lr: lr, betas: betas, eps: eps, weightDecay: weightDecay, amsgrad: amsgrad, maximize: maximize,
      decoupledWeightDecay: decoupledWeightDecay, foreach: foreach, fused: fused, capturable: capturable)
  }
  /// `model.namedParameters()`.
  public convenience init(
    _ parameters: some Sequence<(name: String, tensor: Tensor)>, lr: Double = 1e-3,
    betas: (Double, Double) = (0.9, 0.999), eps: Double = 1e-8, weightDecay: Double = 0, amsgrad: Bool = false,
    maximize: Bool = false, decoupledWeightDecay: Bool = false, foreach: Bool? = nil, fused: Bool? = nil,
    capturable: Bool = false
  ) {
    self.init(
      [ParameterGroup(named: parameters)], lr: lr, betas: betas, eps: eps, weightDecay: weightDecay, amsgrad: amsgrad,
      maximize: maximize, decoupledWeightDecay: decoupledWeightDecay, foreach: foreach, fused: fused,
      capturable: capturable)
  }
  /// `model.namedParameters()`.
  public convenience init(
    _ parameters: some Sequence<(name: String, tensor: Tensor)>, _ lr: Double, betas: (Double, Double) = (0.9, 0.999),
    eps: Double = 1e-8, weightDecay: Double = 0, amsgrad: Bool = false, maximize: Bool = false,
    decoupledWeightDecay: Bool = false, foreach: Bool? = nil, fused: Bool? = nil, capturable: Bool = false
  ) {
    self.init(
      [ParameterGroup(named: parameters)], lr: lr, betas: betas, eps: eps, weightDecay: weightDecay, amsgrad: amsgrad,
      maximize: maximize, decoupledWeightDecay: decoupledWeightDecay, foreach: foreach, fused: fused,
      capturable: capturable)
  }
  /// `model.namedParameters()`.
  public convenience init(
    _ parameters: some Sequence<(name: String, tensor: Tensor)>, _ lr: Double, _ betas: (Double, Double),
    eps: Double = 1e-8, weightDecay: Double = 0, amsgrad: Bool = false, maximize: Bool = false,
    decoupledWeightDecay: Bool = false, foreach: Bool? = nil, fused: Bool? = nil, capturable: Bool = false
  ) {
    self.init(
      [ParameterGroup(named: parameters)], lr: lr, betas: betas, eps: eps, weightDecay: weightDecay, amsgrad: amsgrad,
      maximize: maximize, decoupledWeightDecay: decoupledWeightDecay, foreach: foreach, fused: fused,
      capturable: capturable)
  }
  /// `model.namedParameters()`.
  public convenience init(
    _ parameters: some Sequence<(name: String, tensor: Tensor)>, _ lr: Double, _ betas: (Double, Double), _ eps: Double,
    weightDecay: Double = 0, amsgrad: Bool = false, maximize: Bool = false, decoupledWeightDecay: Bool = false,
    foreach: Bool? = nil, fused: Bool? = nil, capturable: Bool = false
  ) {
    self.init(
      [ParameterGroup(named: parameters)], lr: lr, betas: betas, eps: eps, weightDecay: weightDecay, amsgrad: amsgrad,
      maximize: maximize, decoupledWeightDecay: decoupledWeightDecay, foreach: foreach, fused: fused,
      capturable: capturable)
  }
}

extension AdamW {
  /// The arguments in PyTorch's order, the first ones without labels.
  public convenience init(
    _ parameters: some ParameterSource, _ lr: Double, betas: (Double, Double) = (0.9, 0.999), eps: Double = 1e-8,
    weightDecay: Double = 1e-2, amsgrad: Bool = false, maximize: Bool = false, foreach: Bool? = nil, fused: Bool? = nil,
    capturable: Bool = false
  ) {
    self.init(
      parameters, lr: lr, betas: betas, eps: eps, weightDecay: weightDecay, amsgrad: amsgrad, maximize: maximize,
      foreach: foreach, fused: fused, capturable: capturable)
  }
  /// The arguments in PyTorch's order, the first ones without labels.
  public convenience init(
    _ parameters: some ParameterSource, _ lr: Double, _ betas: (Double, Double), eps: Double = 1e-8,
    weightDecay: Double = 1e-2, amsgrad: Bool = false, maximize: Bool = false, foreach: Bool? = nil, fused: Bool? = nil,
    capturable: Bool = false
  ) {
    self.init(
      parameters, lr: lr, betas: betas, eps: eps, weightDecay: weightDecay, amsgrad: amsgrad, maximize: maximize,
      foreach: foreach, fused: fused, capturable: capturable)
  }
  /// The arguments in PyTorch's order, the first ones without labels.
  public convenience init(
    _ parameters: some ParameterSource, _ lr: Double, _ betas: (Double, Double), _ eps: Double,
    weightDecay: Double = 1e-2, amsgrad: Bool = false, maximize: Bool = false, foreach: Bool? = nil, fused: Bool? = nil,
    capturable: Bool = false
  ) {
    self.init(
      parameters, lr: lr, betas: betas, eps: eps, weightDecay: weightDecay, amsgrad: amsgrad, maximize: maximize,
      foreach: foreach, fused: fused, capturable: capturable)
  }
  /// `params:`.
  public convenience init(
    params parameters: some ParameterSource, lr: Double = 1e-3, betas: (Double, Double) = (0.9, 0.999),
    eps: Double = 1e-8, weightDecay: Double = 1e-2, amsgrad: Bool = false, maximize: Bool = false, foreach: Bool? = nil,
    fused: Bool? = nil, capturable: Bool = false
  ) {
    self.init(
      parameters, lr: lr, betas: betas, eps: eps, weightDecay: weightDecay, amsgrad: amsgrad, maximize: maximize,
      foreach: foreach, fused: fused, capturable: capturable)
  }
  /// Groups; what one leaves out is given here.
  public convenience init(
    groups parameters: [ParameterGroup], lr: Double = 1e-3, betas: (Double, Double) = (0.9, 0.999), eps: Double = 1e-8,
    weightDecay: Double = 1e-2, amsgrad: Bool = false, maximize: Bool = false, foreach: Bool? = nil, fused: Bool? = nil,
    capturable: Bool = false
  ) {
    self.init(
      parameters, lr: lr, betas: betas, eps: eps, weightDecay: weightDecay, amsgrad: amsgrad, maximize: maximize,
      foreach: foreach, fused: fused, capturable: capturable)
  }
  /// `model.namedParameters()`.
  public convenience init(
    _ parameters: some Sequence<(name: String, tensor: Tensor)>, lr: Double = 1e-3,
    betas: (Double, Double) = (0.9, 0.999), eps: Double = 1e-8, weightDecay: Double = 1e-2, amsgrad: Bool = false,
    maximize: Bool = false, foreach: Bool? = nil, fused: Bool? = nil, capturable: Bool = false
  ) {
    self.init(
      [ParameterGroup(named: parameters)], lr: lr, betas: betas, eps: eps, weightDecay: weightDecay, amsgrad: amsgrad,
      maximize: maximize, foreach: foreach, fused: fused, capturable: capturable)
  }
  /// `model.namedParameters()`.
  public convenience init(
    _ parameters: some Sequence<(name: String, tensor: Tensor)>, _ lr: Double, betas: (Double, Double) = (0.9, 0.999),
    eps: Double = 1e-8, weightDecay: Double = 1e-2, amsgrad: Bool = false, maximize: Bool = false, foreach: Bool? = nil,
    fused: Bool? = nil, capturable: Bool = false
  ) {
    self.init(
      [ParameterGroup(named: parameters)], lr: lr, betas: betas, eps: eps, weightDecay: weightDecay, amsgrad: amsgrad,
      maximize: maximize, foreach: foreach, fused: fused, capturable: capturable)
  }
  /// `model.namedParameters()`.
  public convenience init(
    _ parameters: some Sequence<(name: String, tensor: Tensor)>, _ lr: Double, _ betas: (Double, Double),
    eps: Double = 1e-8, weightDecay: Double = 1e-2, amsgrad: Bool = false, maximize: Bool = false, foreach: Bool? = nil,
    fused: Bool? = nil, capturable: Bool = false
  ) {
    self.init(
      [ParameterGroup(named: parameters)], lr: lr, betas: betas, eps: eps, weightDecay: weightDecay, amsgrad: amsgrad,
      maximize: maximize, foreach: foreach, fused: fused, capturable: capturable)
  }
  /// `model.namedParameters()`.
  public convenience init(
    _ parameters: some Sequence<(name: String, tensor: Tensor)>, _ lr: Double, _ betas: (Double, Double), _ eps: Double,
    weightDecay: Double = 1e-2, amsgrad: Bool = false, maximize: Bool = false, foreach: Bool? = nil, fused: Bool? = nil,
    capturable: Bool = false
  ) {
    self.init(
      [ParameterGroup(named: parameters)], lr: lr, betas: betas, eps: eps, weightDecay: weightDecay, amsgrad: amsgrad,
      maximize: maximize, foreach: foreach, fused: fused, capturable: capturable)
  }
}

extension Adamax {
  /// The arguments in PyTorch's order, the first ones without labels.
  public convenience init(
    _ parameters: some ParameterSource, _ lr: Double, betas: (Double, Double) = (0.9, 0.999), eps: Double = 1e-8,
    weightDecay: Double = 0, maximize: Bool = false, foreach: Bool? = nil, capturable: Bool = false
  ) {
    self.init(
      parameters, lr: lr, betas: betas, eps: eps, weightDecay: weightDecay, maximize: maximize, foreach: foreach,
      capturable: capturable)
  }
  /// The arguments in PyTorch's order, the first ones without labels.
  public convenience init(
    _ parameters: some ParameterSource, _ lr: Double, _ betas: (Double, Double), eps: Double = 1e-8,
    weightDecay: Double = 0, maximize: Bool = false, foreach: Bool? = nil, capturable: Bool = false
  ) {
    self.init(
      parameters, lr: lr, betas: betas, eps: eps, weightDecay: weightDecay, maximize: maximize, foreach: foreach,
      capturable: capturable)
  }
  /// The arguments in PyTorch's order, the first ones without labels.
  public convenience init(
    _ parameters: some ParameterSource, _ lr: Double, _ betas: (Double, Double), _ eps: Double, weightDecay: Double = 0,
    maximize: Bool = false, foreach: Bool? = nil, capturable: Bool = false
  ) {
    self.init(
      parameters, lr: lr, betas: betas, eps: eps, weightDecay: weightDecay, maximize: maximize, foreach: foreach,
      capturable: capturable)
  }
  /// `params:`.
  public convenience init(
    params parameters: some ParameterSource, lr: Double = 2e-3, betas: (Double, Double) = (0.9, 0.999),
    eps: Double = 1e-8, weightDecay: Double = 0, maximize: Bool = false, foreach: Bool? = nil, capturable: Bool = false
  ) {
    self.init(
      parameters, lr: lr, betas: betas, eps: eps, weightDecay: weightDecay, maximize: maximize, foreach: foreach,
      capturable: capturable)
  }
  /// Groups; what one leaves out is given here.
  public convenience init(
    groups parameters: [ParameterGroup], lr: Double = 2e-3, betas: (Double, Double) = (0.9, 0.999), eps: Double = 1e-8,
    weightDecay: Double = 0, maximize: Bool = false, foreach: Bool? = nil, capturable: Bool = false
  ) {
    self.init(
      parameters, lr: lr, betas: betas, eps: eps, weightDecay: weightDecay, maximize: maximize, foreach: foreach,
      capturable: capturable)
  }
  /// `model.namedParameters()`.
  public convenience init(
    _ parameters: some Sequence<(name: String, tensor: Tensor)>, lr: Double = 2e-3,
    betas: (Double, Double) = (0.9, 0.999), eps: Double = 1e-8, weightDecay: Double = 0, maximize: Bool = false,
    foreach: Bool? = nil, capturable: Bool = false
  ) {
    self.init(
      [ParameterGroup(named: parameters)], lr: lr, betas: betas, eps: eps, weightDecay: weightDecay, maximize: maximize,
      foreach: foreach, capturable: capturable)
  }
  /// `model.namedParameters()`.
  public convenience init(
    _ parameters: some Sequence<(name: String, tensor: Tensor)>, _ lr: Double, betas: (Double, Double) = (0.9, 0.999),
    eps: Double = 1e-8, weightDecay: Double = 0, maximize: Bool = false, foreach: Bool? = nil, capturable: Bool = false
  ) {
    self.init(
      [ParameterGroup(named: parameters)], lr: lr, betas: betas, eps: eps, weightDecay: weightDecay, maximize: maximize,
      foreach: foreach, capturable: capturable)
  }
  /// `model.namedParameters()`.
  public convenience init(
    _ parameters: some Sequence<(name: String, tensor: Tensor)>, _ lr: Double, _ betas: (Double, Double),
    eps: Double = 1e-8, weightDecay: Double = 0, maximize: Bool = false, foreach: Bool? = nil, capturable: Bool = false
  ) {
    self.init(
      [ParameterGroup(named: parameters)], lr: lr, betas: betas, eps: eps, weightDecay: weightDecay, maximize: maximize,
      foreach: foreach, capturable: capturable)
  }
  /// `model.namedParameters()`.
  public convenience init(
    _ parameters: some Sequence<(name: String, tensor: Tensor)>, _ lr: Double, _ betas: (Double, Double), _ eps: Double,
    weightDecay: Double = 0, maximize: Bool = false, foreach: Bool? = nil, capturable: Bool = false
  ) {
    self.init(
      [ParameterGroup(named: parameters)], lr: lr, betas: betas, eps: eps, weightDecay: weightDecay, maximize: maximize,
      foreach: foreach, capturable: capturable)
  }
}

extension NAdam {
  /// The arguments in PyTorch's order, the first ones without labels.
  public convenience init(
    _ parameters: some ParameterSource, _ lr: Double, betas: (Double, Double) = (0.9, 0.999), eps: Double = 1e-8,
    weightDecay: Double = 0, momentumDecay: Double = 4e-3, decoupledWeightDecay: Bool = false, maximize: Bool = false,
    foreach: Bool? = nil, capturable: Bool = false
  ) {
    self.init(
      parameters, lr: lr, betas: betas, eps: eps, weightDecay: weightDecay, momentumDecay: momentumDecay,
      decoupledWeightDecay: decoupledWeightDecay, maximize: maximize, foreach: foreach, capturable: capturable)
  }
  /// The arguments in PyTorch's order, the first ones without labels.
  public convenience init(
    _ parameters: some ParameterSource, _ lr: Double, _ betas: (Double, Double), eps: Double = 1e-8,
    weightDecay: Double = 0, momentumDecay: Double = 4e-3, decoupledWeightDecay: Bool = false, maximize: Bool = false,
    foreach: Bool? = nil, capturable: Bool = false
  ) {
    self.init(
      parameters, lr: lr, betas: betas, eps: eps, weightDecay: weightDecay, momentumDecay: momentumDecay,
      decoupledWeightDecay: decoupledWeightDecay, maximize: maximize, foreach: foreach, capturable: capturable)
  }
  /// The arguments in PyTorch's order, the first ones without labels.
  public convenience init(
    _ parameters: some ParameterSource, _ lr: Double, _ betas: (Double, Double), _ eps: Double, weightDecay: Double = 0,
    momentumDecay: Double = 4e-3, decoupledWeightDecay: Bool = false, maximize: Bool = false, foreach: Bool? = nil,
    capturable: Bool = false
  ) {
    self.init(
      parameters, lr: lr, betas: betas, eps: eps, weightDecay: weightDecay, momentumDecay: momentumDecay,
      decoupledWeightDecay: decoupledWeightDecay, maximize: maximize, foreach: foreach, capturable: capturable)
  }
  /// `params:`.
  public convenience init(
    params parameters: some ParameterSource, lr: Double = 2e-3, betas: (Double, Double) = (0.9, 0.999),
    eps: Double = 1e-8, weightDecay: Double = 0, momentumDecay: Double = 4e-3, decoupledWeightDecay: Bool = false,
    maximize: Bool = false, foreach: Bool? = nil, capturable: Bool = false
  ) {
    self.init(
      parameters, lr: lr, betas: betas, eps: eps, weightDecay: weightDecay, momentumDecay: momentumDecay,
      decoupledWeightDecay: decoupledWeightDecay, maximize: maximize, foreach: foreach, capturable: capturable)
  }
  /// Groups; what one leaves out is given here.
  public convenience init(
    groups parameters: [ParameterGroup], lr: Double = 2e-3, betas: (Double, Double) = (0.9, 0.999), eps: Double = 1e-8,
    weightDecay: Double = 0, momentumDecay: Double = 4e-3, decoupledWeightDecay: Bool = false, maximize: Bool = false,
    foreach: Bool? = nil, capturable: Bool = false
  ) {
    self.init(
      parameters, lr: lr, betas: betas, eps: eps, weightDecay: weightDecay, momentumDecay: momentumDecay,
      decoupledWeightDecay: decoupledWeightDecay, maximize: maximize, foreach: foreach, capturable: capturable)
  }
  /// `model.namedParameters()`.
  public convenience init(
    _ parameters: some Sequence<(name: String, tensor: Tensor)>, lr: Double = 2e-3,
    betas: (Double, Double) = (0.9, 0.999), eps: Double = 1e-8, weightDecay: Double = 0, momentumDecay: Double = 4e-3,
    decoupledWeightDecay: Bool = false, maximize: Bool = false, foreach: Bool? = nil, capturable: Bool = false
  ) {
    self.init(
      [ParameterGroup(named: parameters)], lr: lr, betas: betas, eps: eps, weightDecay: weightDecay,
      momentumDecay: momentumDecay, decoupledWeightDecay: decoupledWeightDecay, maximize: maximize, foreach: foreach,
      capturable: capturable)
  }
  /// `model.namedParameters()`.
  public convenience init(
    _ parameters: some Sequence<(name: String, tensor: Tensor)>, _ lr: Double, betas: (Double, Double) = (0.9, 0.999),
    eps: Double = 1e-8, weightDecay: Double = 0, momentumDecay: Double = 4e-3, decoupledWeightDecay: Bool = false,
    maximize: Bool = false, foreach: Bool? = nil, capturable: Bool = false
  ) {
    self.init(
      [ParameterGroup(named: parameters)], lr: lr, betas: betas, eps: eps, weightDecay: weightDecay,
      momentumDecay: momentumDecay, decoupledWeightDecay: decoupledWeightDecay, maximize: maximize, foreach: foreach,
      capturable: capturable)
  }
  /// `model.namedParameters()`.
  public convenience init(
    _ parameters: some Sequence<(name: String, tensor: Tensor)>, _ lr: Double, _ betas: (Double, Double),
    eps: Double = 1e-8, weightDecay: Double = 0, momentumDecay: Double = 4e-3, decoupledWeightDecay: Bool = false,
    maximize: Bool = false, foreach: Bool? = nil, capturable: Bool = false
  ) {
    self.init(
      [ParameterGroup(named: parameters)], lr: lr, betas: betas, eps: eps, weightDecay: weightDecay,
      momentumDecay: momentumDecay, decoupledWeightDecay: decoupledWeightDecay, maximize: maximize, foreach: foreach,
      capturable: capturable)
  }
  /// `model.namedParameters()`.
  public convenience init(
    _ parameters: some Sequence<(name: String, tensor: Tensor)>, _ lr: Double, _ betas: (Double, Double), _ eps: Double,
    weightDecay: Double = 0, momentumDecay: Double = 4e-3, decoupledWeightDecay: Bool = false, maximize: Bool = false,
    foreach: Bool? = nil, capturable: Bool = false
  ) {
    self.init(
      [ParameterGroup(named: parameters)], lr: lr, betas: betas, eps: eps, weightDecay: weightDecay,
      momentumDecay: momentumDecay, decoupledWeightDecay: decoupledWeightDecay, maximize: maximize, foreach: foreach,
      capturable: capturable)
  }
}

extension RAdam {
  /// The arguments in PyTorch's order, the first ones without labels.
  public convenience init(
    _ parameters: some ParameterSource, _ lr: Double, betas: (Double, Double) = (0.9, 0.999), eps: Double = 1e-8,
    weightDecay: Double = 0, decoupledWeightDecay: Bool = false, maximize: Bool = false, foreach: Bool? = nil,
    capturable: Bool = false
  ) {
    self.init(
      parameters, lr: lr, betas: betas, eps: eps, weightDecay: weightDecay, decoupledWeightDecay: decoupledWeightDecay,
      maximize: maximize, foreach: foreach, capturable: capturable)
  }
  /// The arguments in PyTorch's order, the first ones without labels.
  public convenience init(
    _ parameters: some ParameterSource, _ lr: Double, _ betas: (Double, Double), eps: Double = 1e-8,
    weightDecay: Double = 0, decoupledWeightDecay: Bool = false, maximize: Bool = false, foreach: Bool? = nil,
    capturable: Bool = false
  ) {
    self.init(
      parameters, lr: lr, betas: betas, eps: eps, weightDecay: weightDecay, decoupledWeightDecay: decoupledWeightDecay,
      maximize: maximize, foreach: foreach, capturable: capturable)
  }
  /// The arguments in PyTorch's order, the first ones without labels.
  public convenience init(
    _ parameters: some ParameterSource, _ lr: Double, _ betas: (Double, Double), _ eps: Double, weightDecay: Double = 0,
    decoupledWeightDecay: Bool = false, maximize: Bool = false, foreach: Bool? = nil, capturable: Bool = false
  ) {
    self.init(
      parameters, lr: lr, betas: betas, eps: eps, weightDecay: weightDecay, decoupledWeightDecay: decoupledWeightDecay,
      maximize: maximize, foreach: foreach, capturable: capturable)
  }
  /// `params:`.
  public convenience init(
    params parameters: some ParameterSource, lr: Double = 1e-3, betas: (Double, Double) = (0.9, 0.999),
    eps: Double = 1e-8, weightDecay: Double = 0, decoupledWeightDecay: Bool = false, maximize: Bool = false,
    foreach: Bool? = nil, capturable: Bool = false
  ) {
    self.init(
      parameters, lr: lr, betas: betas, eps: eps, weightDecay: weightDecay, decoupledWeightDecay: decoupledWeightDecay,
      maximize: maximize, foreach: foreach, capturable: capturable)
  }
  /// Groups; what one leaves out is given here.
  public convenience init(
    groups parameters: [ParameterGroup], lr: Double = 1e-3, betas: (Double, Double) = (0.9, 0.999), eps: Double = 1e-8,
    weightDecay: Double = 0, decoupledWeightDecay: Bool = false, maximize: Bool = false, foreach: Bool? = nil,
    capturable: Bool = false
  ) {
    self.init(
      parameters, lr: lr, betas: betas, eps: eps, weightDecay: weightDecay, decoupledWeightDecay: decoupledWeightDecay,
      maximize: maximize, foreach: foreach, capturable: capturable)
  }
  /// `model.namedParameters()`.
  public convenience init(
    _ parameters: some Sequence<(name: String, tensor: Tensor)>, lr: Double = 1e-3,
    betas: (Double, Double) = (0.9, 0.999), eps: Double = 1e-8, weightDecay: Double = 0,
    decoupledWeightDecay: Bool = false, maximize: Bool = false, foreach: Bool? = nil, capturable: Bool = false
  ) {
    self.init(
      [ParameterGroup(named: parameters)], lr: lr, betas: betas, eps: eps, weightDecay: weightDecay,
      decoupledWeightDecay: decoupledWeightDecay, maximize: maximize, foreach: foreach, capturable: capturable)
  }
  /// `model.namedParameters()`.
  public convenience init(
    _ parameters: some Sequence<(name: String, tensor: Tensor)>, _ lr: Double, betas: (Double, Double) = (0.9, 0.999),
    eps: Double = 1e-8, weightDecay: Double = 0, decoupledWeightDecay: Bool = false, maximize: Bool = false,
    foreach: Bool? = nil, capturable: Bool = false
  ) {
    self.init(
      [ParameterGroup(named: parameters)], lr: lr, betas: betas, eps: eps, weightDecay: weightDecay,
      decoupledWeightDecay: decoupledWeightDecay, maximize: maximize, foreach: foreach, capturable: capturable)
  }
  /// `model.namedParameters()`.
  public convenience init(
    _ parameters: some Sequence<(name: String, tensor: Tensor)>, _ lr: Double, _ betas: (Double, Double),
    eps: Double = 1e-8, weightDecay: Double = 0, decoupledWeightDecay: Bool = false, maximize: Bool = false,
    foreach: Bool? = nil, capturable: Bool = false
  ) {
    self.init(
      [ParameterGroup(named: parameters)], lr: lr, betas: betas, eps: eps, weightDecay: weightDecay,
      decoupledWeightDecay: decoupledWeightDecay, maximize: maximize, foreach: foreach, capturable: capturable)
  }
  /// `model.namedParameters()`.
  public convenience init(
    _ parameters: some Sequence<(name: String, tensor: Tensor)>, _ lr: Double, _ betas: (Double, Double), _ eps: Double,
    weightDecay: Double = 0, decoupledWeightDecay: Bool = false, maximize: Bool = false, foreach: Bool? = nil,
    capturable: Bool = false
  ) {
    self.init(
      [ParameterGroup(named: parameters)], lr: lr, betas: betas, eps: eps, weightDecay: weightDecay,
      decoupledWeightDecay: decoupledWeightDecay, maximize: maximize, foreach: foreach, capturable: capturable)
  }
}

extension Adagrad {
  /// The arguments in PyTorch's order, the first ones without labels.
  public convenience init(
    _ parameters: some ParameterSource, _ lr: Double, lrDecay: Double = 0, weightDecay: Double = 0,
    initialAccumulatorValue: Double = 0, eps: Double = 1e-10, maximize: Bool = false, foreach: Bool? = nil,
    fused: Bool? = nil
  ) {
    self.init(
      parameters, lr: lr, lrDecay: lrDecay, weightDecay: weightDecay, initialAccumulatorValue: initialAccumulatorValue,
      eps: eps, maximize: maximize, foreach: foreach, fused: fused)
  }
  /// The arguments in PyTorch's order, the first ones without labels.
  public convenience init(
    _ parameters: some ParameterSource, _ lr: Double, _ lrDecay: Double, weightDecay: Double = 0,
    initialAccumulatorValue: Double = 0, eps: Double = 1e-10, maximize: Bool = false, foreach: Bool? = nil,
    fused: Bool? = nil
  ) {
    self.init(
      parameters, lr: lr, lrDecay: lrDecay, weightDecay: weightDecay, initialAccumulatorValue: initialAccumulatorValue,
      eps: eps, maximize: maximize, foreach: foreach, fused: fused)
  }
  /// The arguments in PyTorch's order, the first ones without labels.
  public convenience init(
    _ parameters: some ParameterSource, _ lr: Double, _ lrDecay: Double, _ weightDecay: Double,
    initialAccumulatorValue: Double = 0, eps: Double = 1e-10, maximize: Bool = false, foreach: Bool? = nil,
    fused: Bool? = nil
  ) {
    self.init(
      parameters, lr: lr, lrDecay: lrDecay, weightDecay: weightDecay, initialAccumulatorValue: initialAccumulatorValue,
      eps: eps, maximize: maximize, foreach: foreach, fused: fused)
  }
  /// `params:`.
  public convenience init(
    params parameters: some ParameterSource, lr: Double = 1e-2, lrDecay: Double = 0, weightDecay: Double = 0,
    initialAccumulatorValue: Double = 0, eps: Double = 1e-10, maximize: Bool = false, foreach: Bool? = nil,
    fused: Bool? = nil
  ) {
    self.init(
      parameters, lr: lr, lrDecay: lrDecay, weightDecay: weightDecay, initialAccumulatorValue: initialAccumulatorValue,
      eps: eps, maximize: maximize, foreach: foreach, fused: fused)
  }
  /// Groups; what one leaves out is given here.
  public convenience init(
    groups parameters: [ParameterGroup], lr: Double = 1e-2, lrDecay: Double = 0, weightDecay: Double = 0,
    initialAccumulatorValue: Double = 0, eps: Double = 1e-10, maximize: Bool = false, foreach: Bool? = nil,
    fused: Bool? = nil
  ) {
    self.init(
      parameters, lr: lr, lrDecay: lrDecay, weightDecay: weightDecay, initialAccumulatorValue: initialAccumulatorValue,
      eps: eps, maximize: maximize, foreach: foreach, fused: fused)
  }
  /// `model.namedParameters()`.
  public convenience init(
    _ parameters: some Sequence<(name: String, tensor: Tensor)>, lr: Double = 1e-2, lrDecay: Double = 0,
    weightDecay: Double = 0, initialAccumulatorValue: Double = 0, eps: Double = 1e-10, maximize: Bool = false,
    foreach: Bool? = nil, fused: Bool? = nil
  ) {
    self.init(
      [ParameterGroup(named: parameters)], lr: lr, lrDecay: lrDecay, weightDecay: weightDecay,
      initialAccumulatorValue: initialAccumulatorValue, eps: eps, maximize: maximize, foreach: foreach, fused: fused)
  }
  /// `model.namedParameters()`.
  public convenience init(
    _ parameters: some Sequence<(name: String, tensor: Tensor)>, _ lr: Double, lrDecay: Double = 0,
    weightDecay: Double = 0, initialAccumulatorValue: Double = 0, eps: Double = 1e-10, maximize: Bool = false,
    foreach: Bool? = nil, fused: Bool? = nil
  ) {
    self.init(
      [ParameterGroup(named: parameters)], lr: lr, lrDecay: lrDecay, weightDecay: weightDecay,
      initialAccumulatorValue: initialAccumulatorValue, eps: eps, maximize: maximize, foreach: foreach, fused: fused)
  }
  /// `model.namedParameters()`.
  public convenience init(
    _ parameters: some Sequence<(name: String, tensor: Tensor)>, _ lr: Double, _ lrDecay: Double,
    weightDecay: Double = 0, initialAccumulatorValue: Double = 0, eps: Double = 1e-10, maximize: Bool = false,
    foreach: Bool? = nil, fused: Bool? = nil
  ) {
    self.init(
      [ParameterGroup(named: parameters)], lr: lr, lrDecay: lrDecay, weightDecay: weightDecay,
      initialAccumulatorValue: initialAccumulatorValue, eps: eps, maximize: maximize, foreach: foreach, fused: fused)
  }
  /// `model.namedParameters()`.
  public convenience init(
    _ parameters: some Sequence<(name: String, tensor: Tensor)>, _ lr: Double, _ lrDecay: Double, _ weightDecay: Double,
    initialAccumulatorValue: Double = 0, eps: Double = 1e-10, maximize: Bool = false, foreach: Bool? = nil,
    fused: Bool? = nil
  ) {
    self.init(
      [ParameterGroup(named: parameters)], lr: lr, lrDecay: lrDecay, weightDecay: weightDecay,
      initialAccumulatorValue: initialAccumulatorValue, eps: eps, maximize: maximize, foreach: foreach, fused: fused)
  }
}

extension Adadelta {
  /// The arguments in PyTorch's order, the first ones without labels.
  public convenience init(
    _ parameters: some ParameterSource, _ lr: Double, rho: Double = 0.9, eps: Double = 1e-6, weightDecay: Double = 0,
    maximize: Bool = false, foreach: Bool? = nil, capturable: Bool = false
  ) {
    self.init(
      parameters, lr: lr, rho: rho, eps: eps, weightDecay: weightDecay, maximize: maximize, foreach: foreach,
      capturable: capturable)
  }
  /// The arguments in PyTorch's order, the first ones without labels.
  public convenience init(
    _ parameters: some ParameterSource, _ lr: Double, _ rho: Double, eps: Double = 1e-6, weightDecay: Double = 0,
    maximize: Bool = false, foreach: Bool? = nil, capturable: Bool = false
  ) {
    self.init(
      parameters, lr: lr, rho: rho, eps: eps, weightDecay: weightDecay, maximize: maximize, foreach: foreach,
      capturable: capturable)
  }
  /// The arguments in PyTorch's order, the first ones without labels.
  public convenience init(
    _ parameters: some ParameterSource, _ lr: Double, _ rho: Double, _ eps: Double, weightDecay: Double = 0,
    maximize: Bool = false, foreach: Bool? = nil, capturable: Bool = false
  ) {
    self.init(
      parameters, lr: lr, rho: rho, eps: eps, weightDecay: weightDecay, maximize: maximize, foreach: foreach,
      capturable: capturable)
  }
  /// `params:`.
  public convenience init(
    params parameters: some ParameterSource, lr: Double = 1.0, rho: Double = 0.9, eps: Double = 1e-6,
    weightDecay: Double = 0, maximize: Bool = false, foreach: Bool? = nil, capturable: Bool = false
  ) {
    self.init(
      parameters, lr: lr, rho: rho, eps: eps, weightDecay: weightDecay, maximize: maximize, foreach: foreach,
      capturable: capturable)
  }
  /// Groups; what one leaves out is given here.
  public convenience init(
    groups parameters: [ParameterGroup], lr: Double = 1.0, rho: Double = 0.9, eps: Double = 1e-6,
    weightDecay: Double = 0, maximize: Bool = false, foreach: Bool? = nil, capturable: Bool = false
  ) {
    self.init(
      parameters, lr: lr, rho: rho, eps: eps, weightDecay: weightDecay, maximize: maximize, foreach: foreach,
      capturable: capturable)
  }
  /// `model.namedParameters()`.
  public convenience init(
    _ parameters: some Sequence<(name: String, tensor: Tensor)>, lr: Double = 1.0, rho: Double = 0.9,
    eps: Double = 1e-6, weightDecay: Double = 0, maximize: Bool = false, foreach: Bool? = nil, capturable: Bool = false
  ) {
    self.init(
      [ParameterGroup(named: parameters)], lr: lr, rho: rho, eps: eps, weightDecay: weightDecay, maximize: maximize,
      foreach: foreach, capturable: capturable)
  }
  /// `model.namedParameters()`.
  public convenience init(
    _ parameters: some Sequence<(name: String, tensor: Tensor)>, _ lr: Double, rho: Double = 0.9, eps: Double = 1e-6,
    weightDecay: Double = 0, maximize: Bool = false, foreach: Bool? = nil, capturable: Bool = false
  ) {
    self.init(
      [ParameterGroup(named: parameters)], lr: lr, rho: rho, eps: eps, weightDecay: weightDecay, maximize: maximize,
      foreach: foreach, capturable: capturable)
  }
  /// `model.namedParameters()`.
  public convenience init(
    _ parameters: some Sequence<(name: String, tensor: Tensor)>, _ lr: Double, _ rho: Double, eps: Double = 1e-6,
    weightDecay: Double = 0, maximize: Bool = false, foreach: Bool? = nil, capturable: Bool = false
  ) {
    self.init(
      [ParameterGroup(named: parameters)], lr: lr, rho: rho, eps: eps, weightDecay: weightDecay, maximize: maximize,
      foreach: foreach, capturable: capturable)
  }
  /// `model.namedParameters()`.
  public convenience init(
    _ parameters: some Sequence<(name: String, tensor: Tensor)>, _ lr: Double, _ rho: Double, _ eps: Double,
    weightDecay: Double = 0, maximize: Bool = false, foreach: Bool? = nil, capturable: Bool = false
  ) {
    self.init(
      [ParameterGroup(named: parameters)], lr: lr, rho: rho, eps: eps, weightDecay: weightDecay, maximize: maximize,
      foreach: foreach, capturable: capturable)
  }
}

extension RMSprop {
  /// The arguments in PyTorch's order, the first ones without labels.
  public convenience init(
    _ parameters: some ParameterSource, _ lr: Double, alpha: Double = 0.99, eps: Double = 1e-8, weightDecay: Double = 0,
    momentum: Double = 0, centered: Bool = false, maximize: Bool = false, foreach: Bool? = nil, capturable: Bool = false
  ) {
    self.init(
      parameters, lr: lr, alpha: alpha, eps: eps, weightDecay: weightDecay, momentum: momentum, centered: centered,
      maximize: maximize, foreach: foreach, capturable: capturable)
  }
  /// The arguments in PyTorch's order, the first ones without labels.
  public convenience init(
    _ parameters: some ParameterSource, _ lr: Double, _ alpha: Double, eps: Double = 1e-8, weightDecay: Double = 0,
    momentum: Double = 0, centered: Bool = false, maximize: Bool = false, foreach: Bool? = nil, capturable: Bool = false
  ) {
    self.init(
      parameters, lr: lr, alpha: alpha, eps: eps, weightDecay: weightDecay, momentum: momentum, centered: centered,
      maximize: maximize, foreach: foreach, capturable: capturable)
  }
  /// The arguments in PyTorch's order, the first ones without labels.
  public convenience init(
    _ parameters: some ParameterSource, _ lr: Double, _ alpha: Double, _ eps: Double, weightDecay: Double = 0,
    momentum: Double = 0, centered: Bool = false, maximize: Bool = false, foreach: Bool? = nil, capturable: Bool = false
  ) {
    self.init(
      parameters, lr: lr, alpha: alpha, eps: eps, weightDecay: weightDecay, momentum: momentum, centered: centered,
      maximize: maximize, foreach: foreach, capturable: capturable)
  }
  /// `params:`.
  public convenience init(
    params parameters: some ParameterSource, lr: Double = 1e-2, alpha: Double = 0.99, eps: Double = 1e-8,
    weightDecay: Double = 0, momentum: Double = 0, centered: Bool = false, maximize: Bool = false, foreach: Bool? = nil,
    capturable: Bool = false
  ) {
    self.init(
      parameters, lr: lr, alpha: alpha, eps: eps, weightDecay: weightDecay, momentum: momentum, centered: centered,
      maximize: maximize, foreach: foreach, capturable: capturable)
  }
  /// Groups; what one leaves out is given here.
  public convenience init(
    groups parameters: [ParameterGroup], lr: Double = 1e-2, alpha: Double = 0.99, eps: Double = 1e-8,
    weightDecay: Double = 0, momentum: Double = 0, centered: Bool = false, maximize: Bool = false, foreach: Bool? = nil,
    capturable: Bool = false
  ) {
    self.init(
      parameters, lr: lr, alpha: alpha, eps: eps, weightDecay: weightDecay, momentum: momentum, centered: centered,
      maximize: maximize, foreach: foreach, capturable: capturable)
  }
  /// `model.namedParameters()`.
  public convenience init(
    _ parameters: some Sequence<(name: String, tensor: Tensor)>, lr: Double = 1e-2, alpha: Double = 0.99,
    eps: Double = 1e-8, weightDecay: Double = 0, momentum: Double = 0, centered: Bool = false, maximize: Bool = false,
    foreach: Bool? = nil, capturable: Bool = false
  ) {
    self.init(
      [ParameterGroup(named: parameters)], lr: lr, alpha: alpha, eps: eps, weightDecay: weightDecay, momentum: momentum,
      centered: centered, maximize: maximize, foreach: foreach, capturable: capturable)
  }
  /// `model.namedParameters()`.
  public convenience init(
    _ parameters: some Sequence<(name: String, tensor: Tensor)>, _ lr: Double, alpha: Double = 0.99, eps: Double = 1e-8,
    weightDecay: Double = 0, momentum: Double = 0, centered: Bool = false, maximize: Bool = false, foreach: Bool? = nil,
    capturable: Bool = false
  ) {
    self.init(
      [ParameterGroup(named: parameters)], lr: lr, alpha: alpha, eps: eps, weightDecay: weightDecay, momentum: momentum,
      centered: centered, maximize: maximize, foreach: foreach, capturable: capturable)
  }
  /// `model.namedParameters()`.
  public convenience init(
    _ parameters: some Sequence<(name: String, tensor: Tensor)>, _ lr: Double, _ alpha: Double, eps: Double = 1e-8,
    weightDecay: Double = 0, momentum: Double = 0, centered: Bool = false, maximize: Bool = false, foreach: Bool? = nil,
    capturable: Bool = false
  ) {
    self.init(
      [ParameterGroup(named: parameters)], lr: lr, alpha: alpha, eps: eps, weightDecay: weightDecay, momentum: momentum,
      centered: centered, maximize: maximize, foreach: foreach, capturable: capturable)
  }
  /// `model.namedParameters()`.
  public convenience init(
    _ parameters: some Sequence<(name: String, tensor: Tensor)>, _ lr: Double, _ alpha: Double, _ eps: Double,
    weightDecay: Double = 0, momentum: Double = 0, centered: Bool = false, maximize: Bool = false, foreach: Bool? = nil,
    capturable: Bool = false
  ) {
    self.init(
      [ParameterGroup(named: parameters)], lr: lr, alpha: alpha, eps: eps, weightDecay: weightDecay, momentum: momentum,
      centered: centered, maximize: maximize, foreach: foreach, capturable: capturable)
  }
}

extension Rprop {
  /// The arguments in PyTorch's order, the first ones without labels.
  public convenience init(
    _ parameters: some ParameterSource, _ lr: Double, etas: (Double, Double) = (0.5, 1.2),
    stepSizes: (Double, Double) = (1e-6, 50), maximize: Bool = false, foreach: Bool? = nil, capturable: Bool = false
  ) {
    self.init(
      parameters, lr: lr, etas: etas, stepSizes: stepSizes, maximize: maximize, foreach: foreach, capturable: capturable
    )
  }
  /// The arguments in PyTorch's order, the first ones without labels.
  public convenience init(
    _ parameters: some ParameterSource, _ lr: Double, _ etas: (Double, Double),
    stepSizes: (Double, Double) = (1e-6, 50), maximize: Bool = false, foreach: Bool? = nil, capturable: Bool = false
  ) {
    self.init(
      parameters, lr: lr, etas: etas, stepSizes: stepSizes, maximize: maximize, foreach: foreach, capturable: capturable
    )
  }
  /// The arguments in PyTorch's order, the first ones without labels.
  public convenience init(
    _ parameters: some ParameterSource, _ lr: Double, _ etas: (Double, Double), _ stepSizes: (Double, Double),
    maximize: Bool = false, foreach: Bool? = nil, capturable: Bool = false
  ) {
    self.init(
      parameters, lr: lr, etas: etas, stepSizes: stepSizes, maximize: maximize, foreach: foreach, capturable: capturable
    )
  }
  /// `params:`.
  public convenience init(
    params parameters: some ParameterSource, lr: Double = 1e-2, etas: (Double, Double) = (0.5, 1.2),
    stepSizes: (Double, Double) = (1e-6, 50), maximize: Bool = false, foreach: Bool? = nil, capturable: Bool = false
  ) {
    self.init(
      parameters, lr: lr, etas: etas, stepSizes: stepSizes, maximize: maximize, foreach: foreach, capturable: capturable
    )
  }
  /// Groups; what one leaves out is given here.
  public convenience init(
    groups parameters: [ParameterGroup], lr: Double = 1e-2, etas: (Double, Double) = (0.5, 1.2),
    stepSizes: (Double, Double) = (1e-6, 50), maximize: Bool = false, foreach: Bool? = nil, capturable: Bool = false
  ) {
    self.init(
      parameters, lr: lr, etas: etas, stepSizes: stepSizes, maximize: maximize, foreach: foreach, capturable: capturable
    )
  }
  /// `model.namedParameters()`.
  public convenience init(
    _ parameters: some Sequence<(name: String, tensor: Tensor)>, lr: Double = 1e-2, etas: (Double, Double) = (0.5, 1.2),
    stepSizes: (Double, Double) = (1e-6, 50), maximize: Bool = false, foreach: Bool? = nil, capturable: Bool = false
  ) {
    self.init(
      [ParameterGroup(named: parameters)], lr: lr, etas: etas, stepSizes: stepSizes, maximize: maximize,
      foreach: foreach, capturable: capturable)
  }
  /// `model.namedParameters()`.
  public convenience init(
    _ parameters: some Sequence<(name: String, tensor: Tensor)>, _ lr: Double, etas: (Double, Double) = (0.5, 1.2),
    stepSizes: (Double, Double) = (1e-6, 50), maximize: Bool = false, foreach: Bool? = nil, capturable: Bool = false
  ) {
    self.init(
      [ParameterGroup(named: parameters)], lr: lr, etas: etas, stepSizes: stepSizes, maximize: maximize,
      foreach: foreach, capturable: capturable)
  }
  /// `model.namedParameters()`.
  public convenience init(
    _ parameters: some Sequence<(name: String, tensor: Tensor)>, _ lr: Double, _ etas: (Double, Double),
    stepSizes: (Double, Double) = (1e-6, 50), maximize: Bool = false, foreach: Bool? = nil, capturable: Bool = false
  ) {
    self.init(
      [ParameterGroup(named: parameters)], lr: lr, etas: etas, stepSizes: stepSizes, maximize: maximize,
      foreach: foreach, capturable: capturable)
  }
  /// `model.namedParameters()`.
  public convenience init(
    _ parameters: some Sequence<(name: String, tensor: Tensor)>, _ lr: Double, _ etas: (Double, Double),
    _ stepSizes: (Double, Double), maximize: Bool = false, foreach: Bool? = nil, capturable: Bool = false
  ) {
    self.init(
      [ParameterGroup(named: parameters)], lr: lr, etas: etas, stepSizes: stepSizes, maximize: maximize,
      foreach: foreach, capturable: capturable)
  }
}

extension ASGD {
  /// The arguments in PyTorch's order, the first ones without labels.
  public convenience init(
    _ parameters: some ParameterSource, _ lr: Double, lambd: Double = 1e-4, alpha: Double = 0.75, t0: Double = 1e6,
    weightDecay: Double = 0, maximize: Bool = false, foreach: Bool? = nil, capturable: Bool = false
  ) {
    self.init(
      parameters, lr: lr, lambd: lambd, alpha: alpha, t0: t0, weightDecay: weightDecay, maximize: maximize,
      foreach: foreach, capturable: capturable)
  }
  /// The arguments in PyTorch's order, the first ones without labels.
  public convenience init(
    _ parameters: some ParameterSource, _ lr: Double, _ lambd: Double, alpha: Double = 0.75, t0: Double = 1e6,
    weightDecay: Double = 0, maximize: Bool = false, foreach: Bool? = nil, capturable: Bool = false
  ) {
    self.init(
      parameters, lr: lr, lambd: lambd, alpha: alpha, t0: t0, weightDecay: weightDecay, maximize: maximize,
      foreach: foreach, capturable: capturable)
  }
  /// The arguments in PyTorch's order, the first ones without labels.
  public convenience init(
    _ parameters: some ParameterSource, _ lr: Double, _ lambd: Double, _ alpha: Double, t0: Double = 1e6,
    weightDecay: Double = 0, maximize: Bool = false, foreach: Bool? = nil, capturable: Bool = false
  ) {
    self.init(
      parameters, lr: lr, lambd: lambd, alpha: alpha, t0: t0, weightDecay: weightDecay, maximize: maximize,
      foreach: foreach, capturable: capturable)
  }
  /// `params:`.
  public convenience init(
    params parameters: some ParameterSource, lr: Double = 1e-2, lambd: Double = 1e-4, alpha: Double = 0.75,
    t0: Double = 1e6, weightDecay: Double = 0, maximize: Bool = false, foreach: Bool? = nil, capturable: Bool = false
  ) {
    self.init(
      parameters, lr: lr, lambd: lambd, alpha: alpha, t0: t0, weightDecay: weightDecay, maximize: maximize,
      foreach: foreach, capturable: capturable)
  }
  /// Groups; what one leaves out is given here.
  public convenience init(
    groups parameters: [ParameterGroup], lr: Double = 1e-2, lambd: Double = 1e-4, alpha: Double = 0.75,
    t0: Double = 1e6, weightDecay: Double = 0, maximize: Bool = false, foreach: Bool? = nil, capturable: Bool = false
  ) {
    self.init(
      parameters, lr: lr, lambd: lambd, alpha: alpha, t0: t0, weightDecay: weightDecay, maximize: maximize,
      foreach: foreach, capturable: capturable)
  }
  /// `model.namedParameters()`.
  public convenience init(
    _ parameters: some Sequence<(name: String, tensor: Tensor)>, lr: Double = 1e-2, lambd: Double = 1e-4,
    alpha: Double = 0.75, t0: Double = 1e6, weightDecay: Double = 0, maximize: Bool = false, foreach: Bool? = nil,
    capturable: Bool = false
  ) {
    self.init(
      [ParameterGroup(named: parameters)], lr: lr, lambd: lambd, alpha: alpha, t0: t0, weightDecay: weightDecay,
      maximize: maximize, foreach: foreach, capturable: capturable)
  }
  /// `model.namedParameters()`.
  public convenience init(
    _ parameters: some Sequence<(name: String, tensor: Tensor)>, _ lr: Double, lambd: Double = 1e-4,
    alpha: Double = 0.75, t0: Double = 1e6, weightDecay: Double = 0, maximize: Bool = false, foreach: Bool? = nil,
    capturable: Bool = false
  ) {
    self.init(
      [ParameterGroup(named: parameters)], lr: lr, lambd: lambd, alpha: alpha, t0: t0, weightDecay: weightDecay,
      maximize: maximize, foreach: foreach, capturable: capturable)
  }
  /// `model.namedParameters()`.
  public convenience init(
    _ parameters: some Sequence<(name: String, tensor: Tensor)>, _ lr: Double, _ lambd: Double, alpha: Double = 0.75,
    t0: Double = 1e6, weightDecay: Double = 0, maximize: Bool = false, foreach: Bool? = nil, capturable: Bool = false
  ) {
    self.init(
      [ParameterGroup(named: parameters)], lr: lr, lambd: lambd, alpha: alpha, t0: t0, weightDecay: weightDecay,
      maximize: maximize, foreach: foreach, capturable: capturable)
  }
  /// `model.namedParameters()`.
  public convenience init(
    _ parameters: some Sequence<(name: String, tensor: Tensor)>, _ lr: Double, _ lambd: Double, _ alpha: Double,
    t0: Double = 1e6, weightDecay: Double = 0, maximize: Bool = false, foreach: Bool? = nil, capturable: Bool = false
  ) {
    self.init(
      [ParameterGroup(named: parameters)], lr: lr, lambd: lambd, alpha: alpha, t0: t0, weightDecay: weightDecay,
      maximize: maximize, foreach: foreach, capturable: capturable)
  }
}

extension SGD {
  /// The arguments in PyTorch's order, the first ones without labels.
  public convenience init(
    _ parameters: some ParameterSource, _ lr: Double, momentum: Double = 0, dampening: Double = 0,
    weightDecay: Double = 0, nesterov: Bool = false, maximize: Bool = false, foreach: Bool? = nil, fused: Bool? = nil
  ) {
    self.init(
      parameters, lr: lr, momentum: momentum, dampening: dampening, weightDecay: weightDecay, nesterov: nesterov,
      maximize: maximize, foreach: foreach, fused: fused)
  }
  /// The arguments in PyTorch's order, the first ones without labels.
  public convenience init(
    _ parameters: some ParameterSource, _ lr: Double, _ momentum: Double, dampening: Double = 0,
    weightDecay: Double = 0, nesterov: Bool = false, maximize: Bool = false, foreach: Bool? = nil, fused: Bool? = nil
  ) {
    self.init(
      parameters, lr: lr, momentum: momentum, dampening: dampening, weightDecay: weightDecay, nesterov: nesterov,
      maximize: maximize, foreach: foreach, fused: fused)
  }
  /// The arguments in PyTorch's order, the first ones without labels.
  public convenience init(
    _ parameters: some ParameterSource, _ lr: Double, _ momentum: Double, _ dampening: Double, weightDecay: Double = 0,
    nesterov: Bool = false, maximize: Bool = false, foreach: Bool? = nil, fused: Bool? = nil
  ) {
    self.init(
      parameters, lr: lr, momentum: momentum, dampening: dampening, weightDecay: weightDecay, nesterov: nesterov,
      maximize: maximize, foreach: foreach, fused: fused)
  }
  /// `params:`.
  public convenience init(
    params parameters: some ParameterSource, lr: Double = 1e-3, momentum: Double = 0, dampening: Double = 0,
    weightDecay: Double = 0, nesterov: Bool = false, maximize: Bool = false, foreach: Bool? = nil, fused: Bool? = nil
  ) {
    self.init(
      parameters, lr: lr, momentum: momentum, dampening: dampening, weightDecay: weightDecay, nesterov: nesterov,
      maximize: maximize, foreach: foreach, fused: fused)
  }
  /// Groups; what one leaves out is given here.
  public convenience init(
    groups parameters: [ParameterGroup], lr: Double = 1e-3, momentum: Double = 0, dampening: Double = 0,
    weightDecay: Double = 0, nesterov: Bool = false, maximize: Bool = false, foreach: Bool? = nil, fused: Bool? = nil
  ) {
    self.init(
      parameters, lr: lr, momentum: momentum, dampening: dampening, weightDecay: weightDecay, nesterov: nesterov,
      maximize: maximize, foreach: foreach, fused: fused)
  }
  /// `model.namedParameters()`.
  public convenience init(
    _ parameters: some Sequence<(name: String, tensor: Tensor)>, lr: Double = 1e-3, momentum: Double = 0,
    dampening: Double = 0, weightDecay: Double = 0, nesterov: Bool = false, maximize: Bool = false,
    foreach: Bool? = nil, fused: Bool? = nil
  ) {
    self.init(
      [ParameterGroup(named: parameters)], lr: lr, momentum: momentum, dampening: dampening, weightDecay: weightDecay,
      nesterov: nesterov, maximize: maximize, foreach: foreach, fused: fused)
  }
  /// `model.namedParameters()`.
  public convenience init(
    _ parameters: some Sequence<(name: String, tensor: Tensor)>, _ lr: Double, momentum: Double = 0,
    dampening: Double = 0, weightDecay: Double = 0, nesterov: Bool = false, maximize: Bool = false,
    foreach: Bool? = nil, fused: Bool? = nil
  ) {
    self.init(
      [ParameterGroup(named: parameters)], lr: lr, momentum: momentum, dampening: dampening, weightDecay: weightDecay,
      nesterov: nesterov, maximize: maximize, foreach: foreach, fused: fused)
  }
  /// `model.namedParameters()`.
  public convenience init(
    _ parameters: some Sequence<(name: String, tensor: Tensor)>, _ lr: Double, _ momentum: Double,
    dampening: Double = 0, weightDecay: Double = 0, nesterov: Bool = false, maximize: Bool = false,
    foreach: Bool? = nil, fused: Bool? = nil
  ) {
    self.init(
      [ParameterGroup(named: parameters)], lr: lr, momentum: momentum, dampening: dampening, weightDecay: weightDecay,
      nesterov: nesterov, maximize: maximize, foreach: foreach, fused: fused)
  }
  /// `model.namedParameters()`.
  public convenience init(
    _ parameters: some Sequence<(name: String, tensor: Tensor)>, _ lr: Double, _ momentum: Double, _ dampening: Double,
    weightDecay: Double = 0, nesterov: Bool = false, maximize: Bool = false, foreach: Bool? = nil, fused: Bool? = nil
  ) {
    self.init(
      [ParameterGroup(named: parameters)], lr: lr, momentum: momentum, dampening: dampening, weightDecay: weightDecay,
      nesterov: nesterov, maximize: maximize, foreach: foreach, fused: fused)
  }
}
