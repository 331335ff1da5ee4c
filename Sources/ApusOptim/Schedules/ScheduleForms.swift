// Schedules as PyTorch's users write them: without labels, and with labels in other spellings; names of choices as text.

import ApusNN
import ApusCore

extension LRScheduler {
  /// ``getLastLR()``.
  public func getLastLr() -> [Double] { lastLearningRates }

  /// ``baseLearningRates`` under PyTorch's name.
  public var baseLRs: [Double] { baseLearningRates }

  @available(*, unavailable, renamed: "getLastLR()")
  public func get_last_lr() -> [Double] { lastLearningRates }

  @available(*, unavailable, renamed: "stateDict()")
  public func state_dict() -> StateDict { stateDict() }

  @available(*, unavailable, renamed: "loadStateDict(_:)")
  public func load_state_dict(_ state: StateDict) {}
}

extension LambdaLR {
  /// `LambdaLR(optimizer, f)`.
  @_disfavoredOverload public convenience init(_ optimizer: Optimizer, _ lrLambda: @escaping (Int) -> Double) {
    self.init(optimizer, lrLambda: lrLambda)
  }

  /// `LambdaLR(optimizer, [f, g])`.
  public convenience init(_ optimizer: Optimizer, _ lrLambdas: [(Int) -> Double]) {
    self.init(optimizer, lrLambdas: lrLambdas)
  }

  /// `LambdaLR(optimizer, lrLambda: [f, g])`.
  public convenience init(_ optimizer: Optimizer, lrLambda lrLambdas: [(Int) -> Double]) {
    self.init(optimizer, lrLambdas: lrLambdas)
  }
}

extension MultiplicativeLR {
  /// `MultiplicativeLR(optimizer, f)`.
  @_disfavoredOverload public convenience init(_ optimizer: Optimizer, _ lrLambda: @escaping (Int) -> Double) {
    self.init(optimizer, lrLambda: lrLambda)
  }
}

extension StepLR {
  /// `StepLR(optimizer, 10, gamma: 0.5)`.
  public convenience init(_ optimizer: Optimizer, _ stepSize: Int, gamma: Double = 0.1) {
    self.init(optimizer, stepSize: stepSize, gamma: gamma)
  }

  /// `StepLR(optimizer, 10, 0.5)`.
  public convenience init(_ optimizer: Optimizer, _ stepSize: Int, _ gamma: Double) {
    self.init(optimizer, stepSize: stepSize, gamma: gamma)
  }
}

extension MultiStepLR {
  /// `MultiStepLR(optimizer, [30, 80], gamma: 0.5)`.
  public convenience init(_ optimizer: Optimizer, _ milestones: [Int], gamma: Double = 0.1) {
    self.init(optimizer, milestones: milestones, gamma: gamma)
  }

  /// `MultiStepLR(optimizer, [30, 80], 0.5)`.
  public convenience init(_ optimizer: Optimizer, _ milestones: [Int], _ gamma: Double) {
    self.init(optimizer, milestones: milestones, gamma: gamma)
  }
}

extension ConstantLR {
  /// `ConstantLR(optimizer, 0.5, totalIters: 4)`.
  public convenience init(_ optimizer: Optimizer, _ factor: Double, totalIters: Int = 5) {
    self.init(optimizer, factor: factor, totalIters: totalIters)
  }
}

extension LinearLR {
  /// `LinearLR(optimizer, 0.5, totalIters: 4)`.
  public convenience init(_ optimizer: Optimizer, _ startFactor: Double, endFactor: Double = 1, totalIters: Int = 5) {
    self.init(optimizer, startFactor: startFactor, endFactor: endFactor, totalIters: totalIters)
  }
}

extension ExponentialLR {
  /// `ExponentialLR(optimizer, 0.9)`.
  public convenience init(_ optimizer: Optimizer, _ gamma: Double) {
    self.init(optimizer, gamma: gamma)
  }
}

extension PolynomialLR {
  /// `PolynomialLR(optimizer, 10, power: 2)`.
  public convenience init(_ optimizer: Optimizer, _ totalIters: Int, power: Double = 1) {
    self.init(optimizer, totalIters: totalIters, power: power)
  }
}

extension CosineAnnealingLR {
  /// `CosineAnnealingLR(optimizer, 10, etaMin: 0.01)`.
  public convenience init(_ optimizer: Optimizer, _ tMax: Int, etaMin: Double = 0) {
    self.init(optimizer, tMax: tMax, etaMin: etaMin)
  }

  /// `CosineAnnealingLR(optimizer, 10, 0.01)`.
  public convenience init(_ optimizer: Optimizer, _ tMax: Int, _ etaMin: Double) {
    self.init(optimizer, tMax: tMax, etaMin: etaMin)
  }

  /// `CosineAnnealingLR(optimizer, TMax: 10)`.
  public convenience init(_ optimizer: Optimizer, TMax: Int, etaMin: Double = 0) {
    self.init(optimizer, tMax: TMax, etaMin: etaMin)
  }

  /// `CosineAnnealingLR(optimizer, T_max: 10)`.
  public convenience init(_ optimizer: Optimizer, T_max: Int, etaMin: Double = 0) {
    self.init(optimizer, tMax: T_max, etaMin: etaMin)
  }
}

extension CosineAnnealingWarmRestarts {
  /// `CosineAnnealingWarmRestarts(optimizer, 10, tMult: 2)`.
  public convenience init(_ optimizer: Optimizer, _ t0: Int, tMult: Int = 1, etaMin: Double = 0) {
    self.init(optimizer, t0: t0, tMult: tMult, etaMin: etaMin)
  }

  /// `CosineAnnealingWarmRestarts(optimizer, 10, 2)`.
  public convenience init(_ optimizer: Optimizer, _ t0: Int, _ tMult: Int, etaMin: Double = 0) {
    self.init(optimizer, t0: t0, tMult: tMult, etaMin: etaMin)
  }

  /// `CosineAnnealingWarmRestarts(optimizer, T0: 10, TMult: 2)`.
  public convenience init(_ optimizer: Optimizer, T0: Int, TMult: Int = 1, etaMin: Double = 0) {
    self.init(optimizer, t0: T0, tMult: TMult, etaMin: etaMin)
  }

  /// `CosineAnnealingWarmRestarts(optimizer, T_0: 10, T_mult: 2)`.
  public convenience init(_ optimizer: Optimizer, T_0: Int, T_mult: Int = 1, etaMin: Double = 0) {
    self.init(optimizer, t0: T_0, tMult: T_mult, etaMin: etaMin)
  }
}

extension CyclicLR {
  /// `CyclicLR(optimizer, 0.01, 0.1)`.
  public convenience init(
    _ optimizer: Optimizer, _ baseLR: some LearningRates, _ maxLR: some LearningRates, stepSizeUp: Int = 2000,
    stepSizeDown: Int? = nil, mode: Mode = .triangular, gamma: Double = 1, cycleMomentum: Bool = true,
    baseMomentum: Double = 0.8, maxMomentum: Double = 0.9
  ) {
    self.init(
      optimizer, baseLR: baseLR, maxLR: maxLR, stepSizeUp: stepSizeUp, stepSizeDown: stepSizeDown, mode: mode,
      gamma: gamma, cycleMomentum: cycleMomentum, baseMomentum: baseMomentum, maxMomentum: maxMomentum)
  }

  /// `CyclicLR(optimizer, baseLr: 0.01, maxLr: 0.1)`.
  public convenience init(
    _ optimizer: Optimizer, baseLr: some LearningRates, maxLr: some LearningRates, stepSizeUp: Int = 2000,
    stepSizeDown: Int? = nil, mode: Mode = .triangular, gamma: Double = 1, cycleMomentum: Bool = true,
    baseMomentum: Double = 0.8, maxMomentum: Double = 0.9
  ) {
    self.init(
      optimizer, baseLR: baseLr, maxLR: maxLr, stepSizeUp: stepSizeUp, stepSizeDown: stepSizeDown, mode: mode,
      gamma: gamma, cycleMomentum: cycleMomentum, baseMomentum: baseMomentum, maxMomentum: maxMomentum)
  }
}

extension OneCycleLR {
  /// `OneCycleLR(optimizer, 0.1, totalSteps: 100)`.
  public convenience init(
    _ optimizer: Optimizer, _ maxLR: some LearningRates, totalSteps: Int? = nil, epochs: Int? = nil,
    stepsPerEpoch: Int? = nil, pctStart: Double = 0.3, annealStrategy: AnnealStrategy = .cos,
    cycleMomentum: Bool = true, baseMomentum: Double = 0.85, maxMomentum: Double = 0.95, divFactor: Double = 25,
    finalDivFactor: Double = 1e4, threePhase: Bool = false
  ) {
    self.init(
      optimizer, maxLR: maxLR, totalSteps: totalSteps, epochs: epochs, stepsPerEpoch: stepsPerEpoch, pctStart: pctStart,
      annealStrategy: annealStrategy, cycleMomentum: cycleMomentum, baseMomentum: baseMomentum,
      maxMomentum: maxMomentum, divFactor: divFactor, finalDivFactor: finalDivFactor, threePhase: threePhase)
  }

  /// `OneCycleLR(optimizer, maxLr: 0.1, totalSteps: 100)`.
  public convenience init(
    _ optimizer: Optimizer, maxLr: some LearningRates, totalSteps: Int? = nil, epochs: Int? = nil,
    stepsPerEpoch: Int? = nil, pctStart: Double = 0.3, annealStrategy: AnnealStrategy = .cos,
    cycleMomentum: Bool = true, baseMomentum: Double = 0.85, maxMomentum: Double = 0.95, divFactor: Double = 25,
    finalDivFactor: Double = 1e4, threePhase: Bool = false
  ) {
    self.init(
      optimizer, maxLR: maxLr, totalSteps: totalSteps, epochs: epochs, stepsPerEpoch: stepsPerEpoch, pctStart: pctStart,
      annealStrategy: annealStrategy, cycleMomentum: cycleMomentum, baseMomentum: baseMomentum,
      maxMomentum: maxMomentum, divFactor: divFactor, finalDivFactor: finalDivFactor, threePhase: threePhase)
  }
}

extension SWALR {
  /// `SWALR(optimizer, 0.05)`.
  public convenience init(
    _ optimizer: Optimizer, _ swaLR: some LearningRates, annealEpochs: Int = 10, annealStrategy: AnnealStrategy = .cos
  ) {
    self.init(optimizer, swaLR: swaLR, annealEpochs: annealEpochs, annealStrategy: annealStrategy)
  }

  /// `SWALR(optimizer, swaLr: 0.05)`.
  public convenience init(
    _ optimizer: Optimizer, swaLr: some LearningRates, annealEpochs: Int = 10, annealStrategy: AnnealStrategy = .cos
  ) {
    self.init(optimizer, swaLR: swaLr, annealEpochs: annealEpochs, annealStrategy: annealStrategy)
  }
}

extension ReduceLROnPlateau {
  /// `ReduceLROnPlateau(optimizer, "min")`.
  public convenience init(
    _ optimizer: Optimizer, _ mode: Mode, factor: Double = 0.1, patience: Int = 10, threshold: Double = 1e-4,
    thresholdMode: ThresholdMode = .rel, cooldown: Int = 0, minLR: some LearningRates = 0.0, eps: Double = 1e-8
  ) {
    self.init(
      optimizer, mode: mode, factor: factor, patience: patience, threshold: threshold, thresholdMode: thresholdMode,
      cooldown: cooldown, minLR: minLR, eps: eps)
  }

  /// `ReduceLROnPlateau(optimizer, minLr: 1e-6)`.
  public convenience init(
    _ optimizer: Optimizer, mode: Mode = .min, factor: Double = 0.1, patience: Int = 10, threshold: Double = 1e-4,
    thresholdMode: ThresholdMode = .rel, cooldown: Int = 0, minLr: some LearningRates, eps: Double = 1e-8
  ) {
    self.init(
      optimizer, mode: mode, factor: factor, patience: patience, threshold: threshold, thresholdMode: thresholdMode,
      cooldown: cooldown, minLR: minLr, eps: eps)
  }
}

extension SequentialLR {
  /// `SequentialLR(optimizer, [warmup, decay], milestones: [5])`.
  public convenience init(_ optimizer: Optimizer, _ schedulers: [LRScheduler], milestones: [Int]) {
    self.init(optimizer, schedulers: schedulers, milestones: milestones)
  }
}

extension ChainedScheduler {
  /// `ChainedScheduler(schedulers: [warmup, decay])`.
  public convenience init(schedulers: [LRScheduler]) {
    self.init(schedulers)
  }
}

/// A choice that can be given by PyTorch's name of it.
private func choice<Choice: CaseIterable>(_ name: String, _ owner: String) -> Choice {
  let all = Array(Choice.allCases)
  if let found = all.first(where: { snakeCase("\($0)") == name || "\($0)" == name }) { return found }
  let known = all.map { "\"\(snakeCase("\($0)"))\"" }.joined(separator: ", ")
  report(TensorError(.value, owner, "there is no \"\(name)\"; write one of \(known)"))
  return all[0]
}

extension ReduceLROnPlateau.Mode: ExpressibleByStringLiteral {
  /// `"min"` or `"max"`.
  public init(stringLiteral name: String) { self = choice(name, "ReduceLROnPlateau") }
}

extension ReduceLROnPlateau.ThresholdMode: ExpressibleByStringLiteral {
  /// `"rel"` or `"abs"`.
  public init(stringLiteral name: String) { self = choice(name, "ReduceLROnPlateau") }
}

extension AnnealStrategy: ExpressibleByStringLiteral {
  /// `"cos"` or `"linear"`.
  public init(stringLiteral name: String) { self = choice(name, "annealStrategy") }
}

extension CyclicLR.Mode: ExpressibleByStringLiteral {
  /// `"triangular"`, `"triangular2"` or `"exp_range"`.
  public init(stringLiteral name: String) { self = choice(name, "CyclicLR") }
}
