// How optimisers are made. The first form of each is the one to read; the others take groups by their label, parameters with
// their names, and the learning rate without a label, as PyTorch's users write it.

import ApusCore

extension SGD {
  /// `SGD(parameters, 0.1)`.
  public convenience init(
    _ parameters: some ParameterSource, _ lr: Double, momentum: Double = 0, dampening: Double = 0,
    weightDecay: Double = 0, nesterov: Bool = false, maximize: Bool = false, foreach: Bool? = nil, fused: Bool? = nil
  ) {
    self.init(
      parameters.parameterGroups,
      defaults: SGDOptions(
        lr: lr, momentum: momentum, dampening: dampening, weightDecay: weightDecay, nesterov: nesterov,
        maximize: maximize))
  }

  /// `SGD(params: parameters)`.
  public convenience init(
    params parameters: some ParameterSource, lr: Double = 1e-3, momentum: Double = 0, dampening: Double = 0,
    weightDecay: Double = 0, nesterov: Bool = false, maximize: Bool = false, foreach: Bool? = nil, fused: Bool? = nil
  ) {
    self.init(
      parameters.parameterGroups,
      defaults: SGDOptions(
        lr: lr, momentum: momentum, dampening: dampening, weightDecay: weightDecay, nesterov: nesterov,
        maximize: maximize))
  }

  /// With groups of parameters; what a group leaves out is given here.
  public convenience init(
    groups: [ParameterGroup], lr: Double = 1e-3, momentum: Double = 0, dampening: Double = 0, weightDecay: Double = 0,
    nesterov: Bool = false, maximize: Bool = false, foreach: Bool? = nil, fused: Bool? = nil
  ) {
    self.init(
      groups,
      defaults: SGDOptions(
        lr: lr, momentum: momentum, dampening: dampening, weightDecay: weightDecay, nesterov: nesterov,
        maximize: maximize))
  }

  /// With `model.namedParameters()`.
  public convenience init(
    _ parameters: some Sequence<(name: String, tensor: Tensor)>, lr: Double = 1e-3, momentum: Double = 0,
    dampening: Double = 0, weightDecay: Double = 0, nesterov: Bool = false, maximize: Bool = false,
    foreach: Bool? = nil, fused: Bool? = nil
  ) {
    self.init(
      [ParameterGroup(named: parameters)],
      defaults: SGDOptions(
        lr: lr, momentum: momentum, dampening: dampening, weightDecay: weightDecay, nesterov: nesterov,
        maximize: maximize))
  }
}

extension Adam {
  /// `Adam(parameters, 0.1)`.
  public convenience init(
    _ parameters: some ParameterSource, _ lr: Double, betas: (Double, Double) = (0.9, 0.999), eps: Double = 1e-8,
    weightDecay: Double = 0, amsgrad: Bool = false, maximize: Bool = false, decoupledWeightDecay: Bool = false,
    foreach: Bool? = nil, fused: Bool? = nil, capturable: Bool = false
  ) {
    self.init(
      parameters.parameterGroups,
      defaults: AdamOptions(
        lr: lr, betas: betas, eps: eps, weightDecay: weightDecay, amsgrad: amsgrad, maximize: maximize,
        decoupledWeightDecay: decoupledWeightDecay))
  }

  /// `Adam(params: parameters)`.
  public convenience init(
    params parameters: some ParameterSource, lr: Double = 1e-3, betas: (Double, Double) = (0.9, 0.999),
    eps: Double = 1e-8, weightDecay: Double = 0, amsgrad: Bool = false, maximize: Bool = false,
    decoupledWeightDecay: Bool = false, foreach: Bool? = nil, fused: Bool? = nil, capturable: Bool = false
  ) {
    self.init(
      parameters.parameterGroups,
      defaults: AdamOptions(
        lr: lr, betas: betas, eps: eps, weightDecay: weightDecay, amsgrad: amsgrad, maximize: maximize,
        decoupledWeightDecay: decoupledWeightDecay))
  }

  /// With groups of parameters; what a group leaves out is given here.
  public convenience init(
    groups: [ParameterGroup], lr: Double = 1e-3, betas: (Double, Double) = (0.9, 0.999), eps: Double = 1e-8,
    weightDecay: Double = 0, amsgrad: Bool = false, maximize: Bool = false, decoupledWeightDecay: Bool = false,
    foreach: Bool? = nil, fused: Bool? = nil, capturable: Bool = false
  ) {
    self.init(
      groups,
      defaults: AdamOptions(
        lr: lr, betas: betas, eps: eps, weightDecay: weightDecay, amsgrad: amsgrad, maximize: maximize,
        decoupledWeightDecay: decoupledWeightDecay))
  }

  /// With `model.namedParameters()`.
  public convenience init(
    _ parameters: some Sequence<(name: String, tensor: Tensor)>, lr: Double = 1e-3,
    betas: (Double, Double) = (0.9, 0.999), eps: Double = 1e-8, weightDecay: Double = 0, amsgrad: Bool = false,
    maximize: Bool = false, decoupledWeightDecay: Bool = false, foreach: Bool? = nil, fused: Bool? = nil,
    capturable: Bool = false
  ) {
    self.init(
      [ParameterGroup(named: parameters)],
      defaults: AdamOptions(
        lr: lr, betas: betas, eps: eps, weightDecay: weightDecay, amsgrad: amsgrad, maximize: maximize,
        decoupledWeightDecay: decoupledWeightDecay))
  }
}

extension AdamW {
  /// `AdamW(parameters, 0.1)`.
  public convenience init(
    _ parameters: some ParameterSource, _ lr: Double, betas: (Double, Double) = (0.9, 0.999), eps: Double = 1e-8,
    weightDecay: Double = 1e-2, amsgrad: Bool = false, maximize: Bool = false, foreach: Bool? = nil, fused: Bool? = nil,
    capturable: Bool = false
  ) {
    self.init(
      parameters.parameterGroups,
      defaults: AdamOptions(
        lr: lr, betas: betas, eps: eps, weightDecay: weightDecay, amsgrad: amsgrad, maximize: maximize,
        decoupledWeightDecay: true))
  }

  /// `AdamW(params: parameters)`.
  public convenience init(
    params parameters: some ParameterSource, lr: Double = 1e-3, betas: (Double, Double) = (0.9, 0.999),
    eps: Double = 1e-8, weightDecay: Double = 1e-2, amsgrad: Bool = false, maximize: Bool = false, foreach: Bool? = nil,
    fused: Bool? = nil, capturable: Bool = false
  ) {
    self.init(
      parameters.parameterGroups,
      defaults: AdamOptions(
        lr: lr, betas: betas, eps: eps, weightDecay: weightDecay, amsgrad: amsgrad, maximize: maximize,
        decoupledWeightDecay: true))
  }

  /// With groups of parameters; what a group leaves out is given here.
  public convenience init(
    groups: [ParameterGroup], lr: Double = 1e-3, betas: (Double, Double) = (0.9, 0.999), eps: Double = 1e-8,
    weightDecay: Double = 1e-2, amsgrad: Bool = false, maximize: Bool = false, foreach: Bool? = nil, fused: Bool? = nil,
    capturable: Bool = false
  ) {
    self.init(
      groups,
      defaults: AdamOptions(
        lr: lr, betas: betas, eps: eps, weightDecay: weightDecay, amsgrad: amsgrad, maximize: maximize,
        decoupledWeightDecay: true))
  }

  /// With `model.namedParameters()`.
  public convenience init(
    _ parameters: some Sequence<(name: String, tensor: Tensor)>, lr: Double = 1e-3,
    betas: (Double, Double) = (0.9, 0.999), eps: Double = 1e-8, weightDecay: Double = 1e-2, amsgrad: Bool = false,
    maximize: Bool = false, foreach: Bool? = nil, fused: Bool? = nil, capturable: Bool = false
  ) {
    self.init(
      [ParameterGroup(named: parameters)],
      defaults: AdamOptions(
        lr: lr, betas: betas, eps: eps, weightDecay: weightDecay, amsgrad: amsgrad, maximize: maximize,
        decoupledWeightDecay: true))
  }
}

extension Adamax {
  /// `Adamax(parameters, 0.1)`.
  public convenience init(
    _ parameters: some ParameterSource, _ lr: Double, betas: (Double, Double) = (0.9, 0.999), eps: Double = 1e-8,
    weightDecay: Double = 0, maximize: Bool = false, foreach: Bool? = nil, capturable: Bool = false
  ) {
    self.init(
      parameters.parameterGroups,
      defaults: AdamVariantOptions(lr: lr, betas: betas, eps: eps, weightDecay: weightDecay, maximize: maximize))
  }

  /// `Adamax(params: parameters)`.
  public convenience init(
    params parameters: some ParameterSource, lr: Double = 2e-3, betas: (Double, Double) = (0.9, 0.999),
    eps: Double = 1e-8, weightDecay: Double = 0, maximize: Bool = false, foreach: Bool? = nil, capturable: Bool = false
  ) {
    self.init(
      parameters.parameterGroups,
      defaults: AdamVariantOptions(lr: lr, betas: betas, eps: eps, weightDecay: weightDecay, maximize: maximize))
  }

  /// With groups of parameters; what a group leaves out is given here.
  public convenience init(
    groups: [ParameterGroup], lr: Double = 2e-3, betas: (Double, Double) = (0.9, 0.999), eps: Double = 1e-8,
    weightDecay: Double = 0, maximize: Bool = false, foreach: Bool? = nil, capturable: Bool = false
  ) {
    self.init(
      groups, defaults: AdamVariantOptions(lr: lr, betas: betas, eps: eps, weightDecay: weightDecay, maximize: maximize)
    )
  }

  /// With `model.namedParameters()`.
  public convenience init(
    _ parameters: some Sequence<(name: String, tensor: Tensor)>, lr: Double = 2e-3,
    betas: (Double, Double) = (0.9, 0.999), eps: Double = 1e-8, weightDecay: Double = 0, maximize: Bool = false,
    foreach: Bool? = nil, capturable: Bool = false
  ) {
    self.init(
      [ParameterGroup(named: parameters)],
      defaults: AdamVariantOptions(lr: lr, betas: betas, eps: eps, weightDecay: weightDecay, maximize: maximize))
  }
}

extension NAdam {
  /// `NAdam(parameters, 0.1)`.
  public convenience init(
    _ parameters: some ParameterSource, _ lr: Double, betas: (Double, Double) = (0.9, 0.999), eps: Double = 1e-8,
    weightDecay: Double = 0, momentumDecay: Double = 4e-3, decoupledWeightDecay: Bool = false, maximize: Bool = false,
    foreach: Bool? = nil, capturable: Bool = false
  ) {
    self.init(
      parameters.parameterGroups,
      defaults: AdamVariantOptions(
        lr: lr, betas: betas, eps: eps, weightDecay: weightDecay, momentumDecay: momentumDecay,
        decoupledWeightDecay: decoupledWeightDecay, maximize: maximize))
  }

  /// `NAdam(params: parameters)`.
  public convenience init(
    params parameters: some ParameterSource, lr: Double = 2e-3, betas: (Double, Double) = (0.9, 0.999),
    eps: Double = 1e-8, weightDecay: Double = 0, momentumDecay: Double = 4e-3, decoupledWeightDecay: Bool = false,
    maximize: Bool = false, foreach: Bool? = nil, capturable: Bool = false
  ) {
    self.init(
      parameters.parameterGroups,
      defaults: AdamVariantOptions(
        lr: lr, betas: betas, eps: eps, weightDecay: weightDecay, momentumDecay: momentumDecay,
        decoupledWeightDecay: decoupledWeightDecay, maximize: maximize))
  }

  /// With groups of parameters; what a group leaves out is given here.
  public convenience init(
    groups: [ParameterGroup], lr: Double = 2e-3, betas: (Double, Double) = (0.9, 0.999), eps: Double = 1e-8,
    weightDecay: Double = 0, momentumDecay: Double = 4e-3, decoupledWeightDecay: Bool = false, maximize: Bool = false,
    foreach: Bool? = nil, capturable: Bool = false
  ) {
    self.init(
      groups,
      defaults: AdamVariantOptions(
        lr: lr, betas: betas, eps: eps, weightDecay: weightDecay, momentumDecay: momentumDecay,
        decoupledWeightDecay: decoupledWeightDecay, maximize: maximize))
  }

  /// With `model.namedParameters()`.
  public convenience init(
    _ parameters: some Sequence<(name: String, tensor: Tensor)>, lr: Double = 2e-3,
    betas: (Double, Double) = (0.9, 0.999), eps: Double = 1e-8, weightDecay: Double = 0, momentumDecay: Double = 4e-3,
    decoupledWeightDecay: Bool = false, maximize: Bool = false, foreach: Bool? = nil, capturable: Bool = false
  ) {
    self.init(
      [ParameterGroup(named: parameters)],
      defaults: AdamVariantOptions(
        lr: lr, betas: betas, eps: eps, weightDecay: weightDecay, momentumDecay: momentumDecay,
        decoupledWeightDecay: decoupledWeightDecay, maximize: maximize))
  }
}

extension RAdam {
  /// `RAdam(parameters, 0.1)`.
  public convenience init(
    _ parameters: some ParameterSource, _ lr: Double, betas: (Double, Double) = (0.9, 0.999), eps: Double = 1e-8,
    weightDecay: Double = 0, decoupledWeightDecay: Bool = false, maximize: Bool = false, foreach: Bool? = nil,
    capturable: Bool = false
  ) {
    self.init(
      parameters.parameterGroups,
      defaults: AdamVariantOptions(
        lr: lr, betas: betas, eps: eps, weightDecay: weightDecay, decoupledWeightDecay: decoupledWeightDecay,
        maximize: maximize))
  }

  /// `RAdam(params: parameters)`.
  public convenience init(
    params parameters: some ParameterSource, lr: Double = 1e-3, betas: (Double, Double) = (0.9, 0.999),
    eps: Double = 1e-8, weightDecay: Double = 0, decoupledWeightDecay: Bool = false, maximize: Bool = false,
    foreach: Bool? = nil, capturable: Bool = false
  ) {
    self.init(
      parameters.parameterGroups,
      defaults: AdamVariantOptions(
        lr: lr, betas: betas, eps: eps, weightDecay: weightDecay, decoupledWeightDecay: decoupledWeightDecay,
        maximize: maximize))
  }

  /// With groups of parameters; what a group leaves out is given here.
  public convenience init(
    groups: [ParameterGroup], lr: Double = 1e-3, betas: (Double, Double) = (0.9, 0.999), eps: Double = 1e-8,
    weightDecay: Double = 0, decoupledWeightDecay: Bool = false, maximize: Bool = false, foreach: Bool? = nil,
    capturable: Bool = false
  ) {
    self.init(
      groups,
      defaults: AdamVariantOptions(
        lr: lr, betas: betas, eps: eps, weightDecay: weightDecay, decoupledWeightDecay: decoupledWeightDecay,
        maximize: maximize))
  }

  /// With `model.namedParameters()`.
  public convenience init(
    _ parameters: some Sequence<(name: String, tensor: Tensor)>, lr: Double = 1e-3,
    betas: (Double, Double) = (0.9, 0.999), eps: Double = 1e-8, weightDecay: Double = 0,
    decoupledWeightDecay: Bool = false, maximize: Bool = false, foreach: Bool? = nil, capturable: Bool = false
  ) {
    self.init(
      [ParameterGroup(named: parameters)],
      defaults: AdamVariantOptions(
        lr: lr, betas: betas, eps: eps, weightDecay: weightDecay, decoupledWeightDecay: decoupledWeightDecay,
        maximize: maximize))
  }
}

extension Adagrad {
  /// `Adagrad(parameters, 0.1)`.
  public convenience init(
    _ parameters: some ParameterSource, _ lr: Double, lrDecay: Double = 0, weightDecay: Double = 0,
    initialAccumulatorValue: Double = 0, eps: Double = 1e-10, maximize: Bool = false, foreach: Bool? = nil,
    fused: Bool? = nil
  ) {
    self.init(
      parameters.parameterGroups,
      defaults: AdagradOptions(
        lr: lr, lrDecay: lrDecay, weightDecay: weightDecay, initialAccumulatorValue: initialAccumulatorValue, eps: eps,
        maximize: maximize))
  }

  /// `Adagrad(params: parameters)`.
  public convenience init(
    params parameters: some ParameterSource, lr: Double = 1e-2, lrDecay: Double = 0, weightDecay: Double = 0,
    initialAccumulatorValue: Double = 0, eps: Double = 1e-10, maximize: Bool = false, foreach: Bool? = nil,
    fused: Bool? = nil
  ) {
    self.init(
      parameters.parameterGroups,
      defaults: AdagradOptions(
        lr: lr, lrDecay: lrDecay, weightDecay: weightDecay, initialAccumulatorValue: initialAccumulatorValue, eps: eps,
        maximize: maximize))
  }

  /// With groups of parameters; what a group leaves out is given here.
  public convenience init(
    groups: [ParameterGroup], lr: Double = 1e-2, lrDecay: Double = 0, weightDecay: Double = 0,
    initialAccumulatorValue: Double = 0, eps: Double = 1e-10, maximize: Bool = false, foreach: Bool? = nil,
    fused: Bool? = nil
  ) {
    self.init(
      groups,
      defaults: AdagradOptions(
        lr: lr, lrDecay: lrDecay, weightDecay: weightDecay, initialAccumulatorValue: initialAccumulatorValue, eps: eps,
        maximize: maximize))
  }

  /// With `model.namedParameters()`.
  public convenience init(
    _ parameters: some Sequence<(name: String, tensor: Tensor)>, lr: Double = 1e-2, lrDecay: Double = 0,
    weightDecay: Double = 0, initialAccumulatorValue: Double = 0, eps: Double = 1e-10, maximize: Bool = false,
    foreach: Bool? = nil, fused: Bool? = nil
  ) {
    self.init(
      [ParameterGroup(named: parameters)],
      defaults: AdagradOptions(
        lr: lr, lrDecay: lrDecay, weightDecay: weightDecay, initialAccumulatorValue: initialAccumulatorValue, eps: eps,
        maximize: maximize))
  }
}

extension Adadelta {
  /// `Adadelta(parameters, 0.1)`.
  public convenience init(
    _ parameters: some ParameterSource, _ lr: Double, rho: Double = 0.9, eps: Double = 1e-6, weightDecay: Double = 0,
    maximize: Bool = false, foreach: Bool? = nil, capturable: Bool = false
  ) {
    self.init(
      parameters.parameterGroups,
      defaults: AdadeltaOptions(lr: lr, rho: rho, eps: eps, weightDecay: weightDecay, maximize: maximize))
  }

  /// `Adadelta(params: parameters)`.
  public convenience init(
    params parameters: some ParameterSource, lr: Double = 1.0, rho: Double = 0.9, eps: Double = 1e-6,
    weightDecay: Double = 0, maximize: Bool = false, foreach: Bool? = nil, capturable: Bool = false
  ) {
    self.init(
      parameters.parameterGroups,
      defaults: AdadeltaOptions(lr: lr, rho: rho, eps: eps, weightDecay: weightDecay, maximize: maximize))
  }

  /// With groups of parameters; what a group leaves out is given here.
  public convenience init(
    groups: [ParameterGroup], lr: Double = 1.0, rho: Double = 0.9, eps: Double = 1e-6, weightDecay: Double = 0,
    maximize: Bool = false, foreach: Bool? = nil, capturable: Bool = false
  ) {
    self.init(
      groups, defaults: AdadeltaOptions(lr: lr, rho: rho, eps: eps, weightDecay: weightDecay, maximize: maximize))
  }

  /// With `model.namedParameters()`.
  public convenience init(
    _ parameters: some Sequence<(name: String, tensor: Tensor)>, lr: Double = 1.0, rho: Double = 0.9,
    eps: Double = 1e-6, weightDecay: Double = 0, maximize: Bool = false, foreach: Bool? = nil, capturable: Bool = false
  ) {
    self.init(
      [ParameterGroup(named: parameters)],
      defaults: AdadeltaOptions(lr: lr, rho: rho, eps: eps, weightDecay: weightDecay, maximize: maximize))
  }
}

extension RMSprop {
  /// `RMSprop(parameters, 0.1)`.
  public convenience init(
    _ parameters: some ParameterSource, _ lr: Double, alpha: Double = 0.99, eps: Double = 1e-8, weightDecay: Double = 0,
    momentum: Double = 0, centered: Bool = false, maximize: Bool = false, foreach: Bool? = nil, capturable: Bool = false
  ) {
    self.init(
      parameters.parameterGroups,
      defaults: RMSpropOptions(
        lr: lr, alpha: alpha, eps: eps, weightDecay: weightDecay, momentum: momentum, centered: centered,
        maximize: maximize))
  }

  /// `RMSprop(params: parameters)`.
  public convenience init(
    params parameters: some ParameterSource, lr: Double = 1e-2, alpha: Double = 0.99, eps: Double = 1e-8,
    weightDecay: Double = 0, momentum: Double = 0, centered: Bool = false, maximize: Bool = false, foreach: Bool? = nil,
    capturable: Bool = false
  ) {
    self.init(
      parameters.parameterGroups,
      defaults: RMSpropOptions(
        lr: lr, alpha: alpha, eps: eps, weightDecay: weightDecay, momentum: momentum, centered: centered,
        maximize: maximize))
  }

  /// With groups of parameters; what a group leaves out is given here.
  public convenience init(
    groups: [ParameterGroup], lr: Double = 1e-2, alpha: Double = 0.99, eps: Double = 1e-8, weightDecay: Double = 0,
    momentum: Double = 0, centered: Bool = false, maximize: Bool = false, foreach: Bool? = nil, capturable: Bool = false
  ) {
    self.init(
      groups,
      defaults: RMSpropOptions(
        lr: lr, alpha: alpha, eps: eps, weightDecay: weightDecay, momentum: momentum, centered: centered,
        maximize: maximize))
  }

  /// With `model.namedParameters()`.
  public convenience init(
    _ parameters: some Sequence<(name: String, tensor: Tensor)>, lr: Double = 1e-2, alpha: Double = 0.99,
    eps: Double = 1e-8, weightDecay: Double = 0, momentum: Double = 0, centered: Bool = false, maximize: Bool = false,
    foreach: Bool? = nil, capturable: Bool = false
  ) {
    self.init(
      [ParameterGroup(named: parameters)],
      defaults: RMSpropOptions(
        lr: lr, alpha: alpha, eps: eps, weightDecay: weightDecay, momentum: momentum, centered: centered,
        maximize: maximize))
  }
}

extension Rprop {
  /// `Rprop(parameters, 0.1)`.
  public convenience init(
    _ parameters: some ParameterSource, _ lr: Double, etas: (Double, Double) = (0.5, 1.2),
    stepSizes: (Double, Double) = (1e-6, 50), maximize: Bool = false, foreach: Bool? = nil, capturable: Bool = false
  ) {
    self.init(
      parameters.parameterGroups, defaults: RpropOptions(lr: lr, etas: etas, stepSizes: stepSizes, maximize: maximize))
  }

  /// `Rprop(params: parameters)`.
  public convenience init(
    params parameters: some ParameterSource, lr: Double = 1e-2, etas: (Double, Double) = (0.5, 1.2),
    stepSizes: (Double, Double) = (1e-6, 50), maximize: Bool = false, foreach: Bool? = nil, capturable: Bool = false
  ) {
    self.init(
      parameters.parameterGroups, defaults: RpropOptions(lr: lr, etas: etas, stepSizes: stepSizes, maximize: maximize))
  }

  /// With groups of parameters; what a group leaves out is given here.
  public convenience init(
    groups: [ParameterGroup], lr: Double = 1e-2, etas: (Double, Double) = (0.5, 1.2),
    stepSizes: (Double, Double) = (1e-6, 50), maximize: Bool = false, foreach: Bool? = nil, capturable: Bool = false
  ) {
    self.init(groups, defaults: RpropOptions(lr: lr, etas: etas, stepSizes: stepSizes, maximize: maximize))
  }

  /// With `model.namedParameters()`.
  public convenience init(
    _ parameters: some Sequence<(name: String, tensor: Tensor)>, lr: Double = 1e-2, etas: (Double, Double) = (0.5, 1.2),
    stepSizes: (Double, Double) = (1e-6, 50), maximize: Bool = false, foreach: Bool? = nil, capturable: Bool = false
  ) {
    self.init(
      [ParameterGroup(named: parameters)],
      defaults: RpropOptions(lr: lr, etas: etas, stepSizes: stepSizes, maximize: maximize))
  }
}

extension ASGD {
  /// `ASGD(parameters, 0.1)`.
  public convenience init(
    _ parameters: some ParameterSource, _ lr: Double, lambd: Double = 1e-4, alpha: Double = 0.75, t0: Double = 1e6,
    weightDecay: Double = 0, maximize: Bool = false, foreach: Bool? = nil, capturable: Bool = false
  ) {
    self.init(
      parameters.parameterGroups,
      defaults: ASGDOptions(lr: lr, lambd: lambd, alpha: alpha, t0: t0, weightDecay: weightDecay, maximize: maximize))
  }

  /// `ASGD(params: parameters)`.
  public convenience init(
    params parameters: some ParameterSource, lr: Double = 1e-2, lambd: Double = 1e-4, alpha: Double = 0.75,
    t0: Double = 1e6, weightDecay: Double = 0, maximize: Bool = false, foreach: Bool? = nil, capturable: Bool = false
  ) {
    self.init(
      parameters.parameterGroups,
      defaults: ASGDOptions(lr: lr, lambd: lambd, alpha: alpha, t0: t0, weightDecay: weightDecay, maximize: maximize))
  }

  /// With groups of parameters; what a group leaves out is given here.
  public convenience init(
    groups: [ParameterGroup], lr: Double = 1e-2, lambd: Double = 1e-4, alpha: Double = 0.75, t0: Double = 1e6,
    weightDecay: Double = 0, maximize: Bool = false, foreach: Bool? = nil, capturable: Bool = false
  ) {
    self.init(
      groups,
      defaults: ASGDOptions(lr: lr, lambd: lambd, alpha: alpha, t0: t0, weightDecay: weightDecay, maximize: maximize))
  }

  /// With `model.namedParameters()`.
  public convenience init(
    _ parameters: some Sequence<(name: String, tensor: Tensor)>, lr: Double = 1e-2, lambd: Double = 1e-4,
    alpha: Double = 0.75, t0: Double = 1e6, weightDecay: Double = 0, maximize: Bool = false, foreach: Bool? = nil,
    capturable: Bool = false
  ) {
    self.init(
      [ParameterGroup(named: parameters)],
      defaults: ASGDOptions(lr: lr, lambd: lambd, alpha: alpha, t0: t0, weightDecay: weightDecay, maximize: maximize))
  }
}
