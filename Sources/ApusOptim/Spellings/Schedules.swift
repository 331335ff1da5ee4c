// Written by scripts/make-training-spellings.py.

import ApusCore
import ApusNN

extension SequentialLR {
  /// As PyTorch's users write it.
  public convenience init(_ optimizer: Optimizer, _ schedulers: [LRScheduler], milestones: [Int]) {
    self.init(optimizer, schedulers: schedulers, milestones: milestones)
  }
  /// As PyTorch's users write it.
  public convenience init(_ optimizer: Optimizer, _ schedulers: [LRScheduler], _ milestones: [Int]) {
    self.init(optimizer, schedulers: schedulers, milestones: milestones)
  }
}

extension ReduceLROnPlateau {
  /// As PyTorch's users write it.
  public convenience init(
    _ optimizer: Optimizer, _ mode: Mode, factor: Double = 0.1, patience: Int = 10, threshold: Double = 1e-4,
    thresholdMode: ThresholdMode = .rel, cooldown: Int = 0, minLR: some LearningRates = 0.0, eps: Double = 1e-8
  ) {
    self.init(
      optimizer, mode: mode, factor: factor, patience: patience, threshold: threshold, thresholdMode: thresholdMode,
      cooldown: cooldown, minLR: minLR, eps: eps)
  }
  /// As PyTorch's users write it.
  public convenience init(
    _ optimizer: Optimizer, _ mode: Mode, _ factor: Double, patience: Int = 10, threshold: Double = 1e-4,
    thresholdMode: ThresholdMode = .rel, cooldown: Int = 0, minLR: some LearningRates = 0.0, eps: Double = 1e-8
  ) {
    self.init(
      optimizer, mode: mode, factor: factor, patience: patience, threshold: threshold, thresholdMode: thresholdMode,
      cooldown: cooldown, minLR: minLR, eps: eps)
  }
  /// As PyTorch's users write it.
  public convenience init(
    _ optimizer: Optimizer, _ mode: Mode, _ factor: Double, _ patience: Int, threshold: Double = 1e-4,
    thresholdMode: ThresholdMode = .rel, cooldown: Int = 0, minLR: some LearningRates = 0.0, eps: Double = 1e-8
  ) {
    self.init(
      optimizer, mode: mode, factor: factor, patience: patience, threshold: threshold, thresholdMode: thresholdMode,
      cooldown: cooldown, minLR: minLR, eps: eps)
  }
  /// As PyTorch's users write it.
  public convenience init(
    _ optimizer: Optimizer, mode: Mode = .min, factor: Double = 0.1, patience: Int = 10, threshold: Double = 1e-4,
    thresholdMode: ThresholdMode = .rel, cooldown: Int = 0, minLr minLR: some LearningRates, eps: Double = 1e-8
  ) {
    self.init(
      optimizer, mode: mode, factor: factor, patience: patience, threshold: threshold, thresholdMode: thresholdMode,
      cooldown: cooldown, minLR: minLR, eps: eps)
  }
}

extension CosineAnnealingLR {
  /// As PyTorch's users write it.
  public convenience init(_ optimizer: Optimizer, _ tMax: Int, etaMin: Double = 0) {
    self.init(optimizer, tMax: tMax, etaMin: etaMin)
  }
  /// As PyTorch's users write it.
  public convenience init(_ optimizer: Optimizer, _ tMax: Int, _ etaMin: Double) {
    self.init(optimizer, tMax: tMax, etaMin: etaMin)
  }
  /// As PyTorch's users write it.
  public convenience init(_ optimizer: Optimizer, TMax tMax: Int, etaMin: Double = 0) {
    self.init(optimizer, tMax: tMax, etaMin: etaMin)
  }
  /// As PyTorch's users write it.
  public convenience init(_ optimizer: Optimizer, T_max tMax: Int, etaMin: Double = 0) {
    self.init(optimizer, tMax: tMax, etaMin: etaMin)
  }
}

extension CosineAnnealingWarmRestarts {
  /// As PyTorch's users write it.
  public convenience init(_ optimizer: Optimizer, _ t0: Int, tMult: Int = 1, etaMin: Double = 0) {
    self.init(optimizer, t0: t0, tMult: tMult, etaMin: etaMin)
  }
  /// As PyTorch's users write it.
  public convenience init(_ optimizer: Optimizer, _ t0: Int, _ tMult: Int, etaMin: Double = 0) {
    self.init(optimizer, t0: t0, tMult: tMult, etaMin: etaMin)
  }
  /// As PyTorch's users write it.
  public convenience init(_ optimizer: Optimizer, _ t0: Int, _ tMult: Int, _ etaMin: Double) {
    self.init(optimizer, t0: t0, tMult: tMult, etaMin: etaMin)
  }
  /// As PyTorch's users write it.
  public convenience init(_ optimizer: Optimizer, T0 t0: Int, TMult tMult: Int = 1, etaMin: Double = 0) {
    self.init(optimizer, t0: t0, tMult: tMult, etaMin: etaMin)
  }
  /// As PyTorch's users write it.
  public convenience init(_ optimizer: Optimizer, T_0 t0: Int, T_mult tMult: Int = 1, etaMin: Double = 0) {
    self.init(optimizer, t0: t0, tMult: tMult, etaMin: etaMin)
  }
}

extension CyclicLR {
  /// As PyTorch's users write it.
  public convenience init(
    _ optimizer: Optimizer, _ baseLR: some LearningRates, maxLR: some LearningRates, stepSizeUp: Int = 2000,
    stepSizeDown: Int? = nil, mode: Mode = .triangular, gamma: Double = 1, cycleMomentum: Bool = true,
    baseMomentum: Double = 0.8, maxMomentum: Double = 0.9
  ) {
    self.init(
      optimizer, baseLR: baseLR, maxLR: maxLR, stepSizeUp: stepSizeUp, stepSizeDown: stepSizeDown, mode: mode,
      gamma: gamma, cycleMomentum: cycleMomentum, baseMomentum: baseMomentum, maxMomentum: maxMomentum)
  }
  /// As PyTorch's users write it.
  public convenience init(
    _ optimizer: Optimizer, _ baseLR: some LearningRates, _ maxLR: some LearningRates, stepSizeUp: Int = 2000,
    stepSizeDown: Int? = nil, mode: Mode = .triangular, gamma: Double = 1, cycleMomentum: Bool = true,
    baseMomentum: Double = 0.8, maxMomentum: Double = 0.9
  ) {
    self.init(
      optimizer, baseLR: baseLR, maxLR: maxLR, stepSizeUp: stepSizeUp, stepSizeDown: stepSizeDown, mode: mode,
      gamma: gamma, cycleMomentum: cycleMomentum, baseMomentum: baseMomentum, maxMomentum: maxMomentum)
  }
  /// As PyTorch's users write it.
  public convenience init(
    _ optimizer: Optimizer, _ baseLR: some LearningRates, _ maxLR: some LearningRates, _ stepSizeUp: Int,
    stepSizeDown: Int? = nil, mode: Mode = .triangular, gamma: Double = 1, cycleMomentum: Bool = true,
    baseMomentum: Double = 0.8, maxMomentum: Double = 0.9
  ) {
    self.init(
      optimizer, baseLR: baseLR, maxLR: maxLR, stepSizeUp: stepSizeUp, stepSizeDown: stepSizeDown, mode: mode,
      gamma: gamma, cycleMomentum: cycleMomentum, baseMomentum: baseMomentum, maxMomentum: maxMomentum)
  }
  /// As PyTorch's users write it.
  public convenience init(
    _ optimizer: Optimizer, baseLr baseLR: some LearningRates, maxLr maxLR: some LearningRates, stepSizeUp: Int = 2000,
    stepSizeDown: Int? = nil, mode: Mode = .triangular, gamma: Double = 1, cycleMomentum: Bool = true,
    baseMomentum: Double = 0.8, maxMomentum: Double = 0.9
  ) {
    self.init(
      optimizer, baseLR: baseLR, maxLR: maxLR, stepSizeUp: stepSizeUp, stepSizeDown: stepSizeDown, mode: mode,
      gamma: gamma, cycleMomentum: cycleMomentum, baseMomentum: baseMomentum, maxMomentum: maxMomentum)
  }
}

extension OneCycleLR {
  /// As PyTorch's users write it.
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
  /// As PyTorch's users write it.
  public convenience init(
    _ optimizer: Optimizer, _ maxLR: some LearningRates, _ totalSteps: Int?, epochs: Int? = nil,
    stepsPerEpoch: Int? = nil, pctStart: Double = 0.3, annealStrategy: AnnealStrategy = .cos,
    cycleMomentum: Bool = true, baseMomentum: Double = 0.85, maxMomentum: Double = 0.95, divFactor: Double = 25,
    finalDivFactor: Double = 1e4, threePhase: Bool = false
  ) {
    self.init(
      optimizer, maxLR: maxLR, totalSteps: totalSteps, epochs: epochs, stepsPerEpoch: stepsPerEpoch, pctStart: pctStart,
      annealStrategy: annealStrategy, cycleMomentum: cycleMomentum, baseMomentum: baseMomentum,
      maxMomentum: maxMomentum, divFactor: divFactor, finalDivFactor: finalDivFactor, threePhase: threePhase)
  }
  /// As PyTorch's users write it.
  public convenience init(
    _ optimizer: Optimizer, _ maxLR: some LearningRates, _ totalSteps: Int?, _ epochs: Int?, stepsPerEpoch: Int? = nil,
    pctStart: Double = 0.3, annealStrategy: AnnealStrategy = .cos, cycleMomentum: Bool = true,
    baseMomentum: Double = 0.85, maxMomentum: Double = 0.95, divFactor: Double = 25, finalDivFactor: Double = 1e4,
    threePhase: Bool = false
  ) {
    self.init(
      optimizer, maxLR: maxLR, totalSteps: totalSteps, epochs: epochs, stepsPerEpoch: stepsPerEpoch, pctStart: pctStart,
      annealStrategy: annealStrategy, cycleMomentum: cycleMomentum, baseMomentum: baseMomentum,
      maxMomentum: maxMomentum, divFactor: divFactor, finalDivFactor: finalDivFactor, threePhase: threePhase)
  }
  /// As PyTorch's users write it.
  public convenience init(
    _ optimizer: Optimizer, maxLr maxLR: some LearningRates, totalSteps: Int? = nil, epochs: Int? = nil,
    stepsPerEpoch: Int? = nil, pctStart: Double = 0.3, annealStrategy: AnnealStrategy = .cos,
    cycleMomentum: Bool = true, baseMomentum: Double = 0.85, maxMomentum: Double = 0.95, divFactor: Double = 25,
    finalDivFactor: Double = 1e4, threePhase: Bool = false
  ) {
    self.init(
      optimizer, maxLR: maxLR, totalSteps: totalSteps, epochs: epochs, stepsPerEpoch: stepsPerEpoch, pctStart: pctStart,
      annealStrategy: annealStrategy, cycleMomentum: cycleMomentum, baseMomentum: baseMomentum,
      maxMomentum: maxMomentum, divFactor: divFactor, finalDivFactor: finalDivFactor, threePhase: threePhase)
  }
}

extension SWALR {
  /// As PyTorch's users write it.
  public convenience init(
    _ optimizer: Optimizer, _ swaLR: some LearningRates, annealEpochs: Int = 10, annealStrategy: AnnealStrategy = .cos
  ) { self.init(optimizer, swaLR: swaLR, annealEpochs: annealEpochs, annealStrategy: annealStrategy) }
  /// As PyTorch's users write it.
  public convenience init(
    _ optimizer: Optimizer, _ swaLR: some LearningRates, _ annealEpochs: Int, annealStrategy: AnnealStrategy = .cos
  ) { self.init(optimizer, swaLR: swaLR, annealEpochs: annealEpochs, annealStrategy: annealStrategy) }
  /// As PyTorch's users write it.
  public convenience init(
    _ optimizer: Optimizer, _ swaLR: some LearningRates, _ annealEpochs: Int, _ annealStrategy: AnnealStrategy
  ) { self.init(optimizer, swaLR: swaLR, annealEpochs: annealEpochs, annealStrategy: annealStrategy) }
  /// As PyTorch's users write it.
  public convenience init(
    _ optimizer: Optimizer, swaLr swaLR: some LearningRates, annealEpochs: Int = 10,
    annealStrategy: AnnealStrategy = .cos
  ) { self.init(optimizer, swaLR: swaLR, annealEpochs: annealEpochs, annealStrategy: annealStrategy) }
}

extension StepLR {
  /// As PyTorch's users write it.
  public convenience init(_ optimizer: Optimizer, _ stepSize: Int, gamma: Double = 0.1) {
    self.init(optimizer, stepSize: stepSize, gamma: gamma)
  }
  /// As PyTorch's users write it.
  public convenience init(_ optimizer: Optimizer, _ stepSize: Int, _ gamma: Double) {
    self.init(optimizer, stepSize: stepSize, gamma: gamma)
  }
}

extension MultiStepLR {
  /// As PyTorch's users write it.
  public convenience init(_ optimizer: Optimizer, _ milestones: [Int], gamma: Double = 0.1) {
    self.init(optimizer, milestones: milestones, gamma: gamma)
  }
  /// As PyTorch's users write it.
  public convenience init(_ optimizer: Optimizer, _ milestones: [Int], _ gamma: Double) {
    self.init(optimizer, milestones: milestones, gamma: gamma)
  }
}

extension ConstantLR {
  /// As PyTorch's users write it.
  public convenience init(_ optimizer: Optimizer, _ factor: Double, totalIters: Int = 5) {
    self.init(optimizer, factor: factor, totalIters: totalIters)
  }
  /// As PyTorch's users write it.
  public convenience init(_ optimizer: Optimizer, _ factor: Double, _ totalIters: Int) {
    self.init(optimizer, factor: factor, totalIters: totalIters)
  }
}

extension LinearLR {
  /// As PyTorch's users write it.
  public convenience init(_ optimizer: Optimizer, _ startFactor: Double, endFactor: Double = 1, totalIters: Int = 5) {
    self.init(optimizer, startFactor: startFactor, endFactor: endFactor, totalIters: totalIters)
  }
  /// As PyTorch's users write it.
  public convenience init(_ optimizer: Optimizer, _ startFactor: Double, _ endFactor: Double, totalIters: Int = 5) {
    self.init(optimizer, startFactor: startFactor, endFactor: endFactor, totalIters: totalIters)
  }
  /// As PyTorch's users write it.
  public convenience init(_ optimizer: Optimizer, _ startFactor: Double, _ endFactor: Double, _ totalIters: Int) {
    self.init(optimizer, startFactor: startFactor, endFactor: endFactor, totalIters: totalIters)
  }
}

extension ExponentialLR {
  /// As PyTorch's users write it.
  public convenience init(_ optimizer: Optimizer, _ gamma: Double) { self.init(optimizer, gamma: gamma) }
}

extension PolynomialLR {
  /// As PyTorch's users write it.
  public convenience init(_ optimizer: Optimizer, _ totalIters: Int, power: Double = 1) {
    self.init(optimizer, totalIters: totalIters, power: power)
  }
  /// As PyTorch's users write it.
  public convenience init(_ optimizer: Optimizer, _ totalIters: Int, _ power: Double) {
    self.init(optimizer, totalIters: totalIters, power: power)
  }
}
