// Written by scripts/make-training-spellings.py.

import ApusCore
import ApusNN

extension SequentialLR {
  /// As PyTorch's users write it.
  public convenience init(_ optimizer: Optimizer, _ schedulers: [LRScheduler], milestones: [Int], lastEpoch: Int = -1) {
    self.init(optimizer, schedulers: schedulers, milestones: milestones, lastEpoch: lastEpoch)
  }
  /// As PyTorch's users write it.
  public convenience init(_ optimizer: Optimizer, _ schedulers: [LRScheduler], _ milestones: [Int], lastEpoch: Int = -1)
  { self.init(optimizer, schedulers: schedulers, milestones: milestones, lastEpoch: lastEpoch) }
  /// As PyTorch's users write it.
  public convenience init(_ optimizer: Optimizer, _ schedulers: [LRScheduler], _ milestones: [Int], _ lastEpoch: Int) {
    self.init(optimizer, schedulers: schedulers, milestones: milestones, lastEpoch: lastEpoch)
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
  public convenience init(_ optimizer: Optimizer, _ tMax: Int, etaMin: Double = 0, lastEpoch: Int = -1) {
    self.init(optimizer, tMax: tMax, etaMin: etaMin, lastEpoch: lastEpoch)
  }
  /// As PyTorch's users write it.
  public convenience init(_ optimizer: Optimizer, _ tMax: Int, _ etaMin: Double, lastEpoch: Int = -1) {
    self.init(optimizer, tMax: tMax, etaMin: etaMin, lastEpoch: lastEpoch)
  }
  /// As PyTorch's users write it.
  public convenience init(_ optimizer: Optimizer, _ tMax: Int, _ etaMin: Double, _ lastEpoch: Int) {
    self.init(optimizer, tMax: tMax, etaMin: etaMin, lastEpoch: lastEpoch)
  }
  /// As PyTorch's users write it.
  public convenience init(_ optimizer: Optimizer, TMax tMax: Int, etaMin: Double = 0, lastEpoch: Int = -1) {
    self.init(optimizer, tMax: tMax, etaMin: etaMin, lastEpoch: lastEpoch)
  }
  /// As PyTorch's users write it.
  public convenience init(_ optimizer: Optimizer, T_max tMax: Int, etaMin: Double = 0, lastEpoch: Int = -1) {
    self.init(optimizer, tMax: tMax, etaMin: etaMin, lastEpoch: lastEpoch)
  }
}

extension CosineAnnealingWarmRestarts {
  /// As PyTorch's users write it.
  public convenience init(_ optimizer: Optimizer, _ t0: Int, tMult: Int = 1, etaMin: Double = 0, lastEpoch: Int = -1) {
    self.init(optimizer, t0: t0, tMult: tMult, etaMin: etaMin, lastEpoch: lastEpoch)
  }
  /// As PyTorch's users write it.
  public convenience init(_ optimizer: Optimizer, _ t0: Int, _ tMult: Int, etaMin: Double = 0, lastEpoch: Int = -1) {
    self.init(optimizer, t0: t0, tMult: tMult, etaMin: etaMin, lastEpoch: lastEpoch)
  }
  /// As PyTorch's users write it.
  public convenience init(_ optimizer: Optimizer, _ t0: Int, _ tMult: Int, _ etaMin: Double, lastEpoch: Int = -1) {
    self.init(optimizer, t0: t0, tMult: tMult, etaMin: etaMin, lastEpoch: lastEpoch)
  }
  /// As PyTorch's users write it.
  public convenience init(
    _ optimizer: Optimizer, T0 t0: Int, TMult tMult: Int = 1, etaMin: Double = 0, lastEpoch: Int = -1
  ) { self.init(optimizer, t0: t0, tMult: tMult, etaMin: etaMin, lastEpoch: lastEpoch) }
  /// As PyTorch's users write it.
  public convenience init(
    _ optimizer: Optimizer, T_0 t0: Int, T_mult tMult: Int = 1, etaMin: Double = 0, lastEpoch: Int = -1
  ) { self.init(optimizer, t0: t0, tMult: tMult, etaMin: etaMin, lastEpoch: lastEpoch) }
}

extension CyclicLR {
  /// As PyTorch's users write it.
  public convenience init(
    _ optimizer: Optimizer, _ baseLR: some LearningRates, maxLR: some LearningRates, stepSizeUp: Int = 2000,
    stepSizeDown: Int? = nil, mode: Mode = .triangular, gamma: Double = 1, cycleMomentum: Bool = true,
    baseMomentum: Double = 0.8, maxMomentum: Double = 0.9, lastEpoch: Int = -1
  ) {
    self.init(
      optimizer, baseLR: baseLR, maxLR: maxLR, stepSizeUp: stepSizeUp, stepSizeDown: stepSizeDown, mode: mode,
      gamma: gamma, cycleMomentum: cycleMomentum, baseMomentum: baseMomentum, maxMomentum: maxMomentum,
      lastEpoch: lastEpoch)
  }
  /// As PyTorch's users write it.
  public convenience init(
    _ optimizer: Optimizer, _ baseLR: some LearningRates, _ maxLR: some LearningRates, stepSizeUp: Int = 2000,
    stepSizeDown: Int? = nil, mode: Mode = .triangular, gamma: Double = 1, cycleMomentum: Bool = true,
    baseMomentum: Double = 0.8, maxMomentum: Double = 0.9, lastEpoch: Int = -1
  ) {
    self.init(
      optimizer, baseLR: baseLR, maxLR: maxLR, stepSizeUp: stepSizeUp, stepSizeDown: stepSizeDown, mode: mode,
      gamma: gamma, cycleMomentum: cycleMomentum, baseMomentum: baseMomentum, maxMomentum: maxMomentum,
      lastEpoch: lastEpoch)
  }
  /// As PyTorch's users write it.
  public convenience init(
    _ optimizer: Optimizer, _ baseLR: some LearningRates, _ maxLR: some LearningRates, _ stepSizeUp: Int,
    stepSizeDown: Int? = nil, mode: Mode = .triangular, gamma: Double = 1, cycleMomentum: Bool = true,
    baseMomentum: Double = 0.8, maxMomentum: Double = 0.9, lastEpoch: Int = -1
  ) {
    self.init(
      optimizer, baseLR: baseLR, maxLR: maxLR, stepSizeUp: stepSizeUp, stepSizeDown: stepSizeDown, mode: mode,
      gamma: gamma, cycleMomentum: cycleMomentum, baseMomentum: baseMomentum, maxMomentum: maxMomentum,
      lastEpoch: lastEpoch)
  }
  /// As PyTorch's users write it.
  public convenience init(
    _ optimizer: Optimizer, baseLr baseLR: some LearningRates, maxLr maxLR: some LearningRates, stepSizeUp: Int = 2000,
    stepSizeDown: Int? = nil, mode: Mode = .triangular, gamma: Double = 1, cycleMomentum: Bool = true,
    baseMomentum: Double = 0.8, maxMomentum: Double = 0.9, lastEpoch: Int = -1
  ) {
    self.init(
      optimizer, baseLR: baseLR, maxLR: maxLR, stepSizeUp: stepSizeUp, stepSizeDown: stepSizeDown, mode: mode,
      gamma: gamma, cycleMomentum: cycleMomentum, baseMomentum: baseMomentum, maxMomentum: maxMomentum,
      lastEpoch: lastEpoch)
  }
}

extension OneCycleLR {
  /// As PyTorch's users write it.
  public convenience init(
    _ optimizer: Optimizer, _ maxLR: some LearningRates, totalSteps: Int? = nil, epochs: Int? = nil,
    stepsPerEpoch: Int? = nil, pctStart: Double = 0.3, annealStrategy: AnnealStrategy = .cos,
    cycleMomentum: Bool = true, baseMomentum: Double = 0.85, maxMomentum: Double = 0.95, divFactor: Double = 25,
    finalDivFactor: Double = 1e4, threePhase: Bool = false, lastEpoch: Int = -1
  ) {
    self.init(
      optimizer, maxLR: maxLR, totalSteps: totalSteps, epochs: epochs, stepsPerEpoch: stepsPerEpoch, pctStart: pctStart,
      annealStrategy: annealStrategy, cycleMomentum: cycleMomentum, baseMomentum: baseMomentum,
      maxMomentum: maxMomentum, divFactor: divFactor, finalDivFactor: finalDivFactor, threePhase: threePhase,
      lastEpoch: lastEpoch)
  }
  /// As PyTorch's users write it.
  public convenience init(
    _ optimizer: Optimizer, _ maxLR: some LearningRates, _ totalSteps: Int?, epochs: Int? = nil,
    stepsPerEpoch: Int? = nil, pctStart: Double = 0.3, annealStrategy: AnnealStrategy = .cos,
    cycleMomentum: Bool = true, baseMomentum: Double = 0.85, maxMomentum: Double = 0.95, divFactor: Double = 25,
    finalDivFactor: Double = 1e4, threePhase: Bool = false, lastEpoch: Int = -1
  ) {
    self.init(
      optimizer, maxLR: maxLR, totalSteps: totalSteps, epochs: epochs, stepsPerEpoch: stepsPerEpoch, pctStart: pctStart,
      annealStrategy: annealStrategy, cycleMomentum: cycleMomentum, baseMomentum: baseMomentum,
      maxMomentum: maxMomentum, divFactor: divFactor, finalDivFactor: finalDivFactor, threePhase: threePhase,
      lastEpoch: lastEpoch)
  }
  /// As PyTorch's users write it.
  public convenience init(
    _ optimizer: Optimizer, _ maxLR: some LearningRates, _ totalSteps: Int?, _ epochs: Int?, stepsPerEpoch: Int? = nil,
    pctStart: Double = 0.3, annealStrategy: AnnealStrategy = .cos, cycleMomentum: Bool = true,
    baseMomentum: Double = 0.85, maxMomentum: Double = 0.95, divFactor: Double = 25, finalDivFactor: Double = 1e4,
    threePhase: Bool = false, lastEpoch: Int = -1
  ) {
    self.init(
      optimizer, maxLR: maxLR, totalSteps: totalSteps, epochs: epochs, stepsPerEpoch: stepsPerEpoch, pctStart: pctStart,
      annealStrategy: annealStrategy, cycleMomentum: cycleMomentum, baseMomentum: baseMomentum,
      maxMomentum: maxMomentum, divFactor: divFactor, finalDivFactor: finalDivFactor, threePhase: threePhase,
      lastEpoch: lastEpoch)
  }
  /// As PyTorch's users write it.
  public convenience init(
    _ optimizer: Optimizer, maxLr maxLR: some LearningRates, totalSteps: Int? = nil, epochs: Int? = nil,
    stepsPerEpoch: Int? = nil, pctStart: Double = 0.3, annealStrategy: AnnealStrategy = .cos,
    cycleMomentum: Bool = true, baseMomentum: Double = 0.85, maxMomentum: Double = 0.95, divFactor: Double = 25,
    finalDivFactor: Double = 1e4, threePhase: Bool = false, lastEpoch: Int = -1
  ) {
    self.init(
      optimizer, maxLR: maxLR, totalSteps: totalSteps, epochs: epochs, stepsPerEpoch: stepsPerEpoch, pctStart: pctStart,
      annealStrategy: annealStrategy, cycleMomentum: cycleMomentum, baseMomentum: baseMomentum,
      maxMomentum: maxMomentum, divFactor: divFactor, finalDivFactor: finalDivFactor, threePhase: threePhase,
      lastEpoch: lastEpoch)
  }
}

extension SWALR {
  /// As PyTorch's users write it.
  public convenience init(
    _ optimizer: Optimizer, _ swaLR: some LearningRates, annealEpochs: Int = 10, annealStrategy: AnnealStrategy = .cos,
    lastEpoch: Int = -1
  ) {
    self.init(optimizer, swaLR: swaLR, annealEpochs: annealEpochs, annealStrategy: annealStrategy, lastEpoch: lastEpoch)
  }
  /// As PyTorch's users write it.
  public convenience init(
    _ optimizer: Optimizer, _ swaLR: some LearningRates, _ annealEpochs: Int, annealStrategy: AnnealStrategy = .cos,
    lastEpoch: Int = -1
  ) {
    self.init(optimizer, swaLR: swaLR, annealEpochs: annealEpochs, annealStrategy: annealStrategy, lastEpoch: lastEpoch)
  }
  /// As PyTorch's users write it.
  public convenience init(
    _ optimizer: Optimizer, _ swaLR: some LearningRates, _ annealEpochs: Int, _ annealStrategy: AnnealStrategy,
    lastEpoch: Int = -1
  ) {
    self.init(optimizer, swaLR: swaLR, annealEpochs: annealEpochs, annealStrategy: annealStrategy, lastEpoch: lastEpoch)
  }
  /// As PyTorch's users write it.
  public convenience init(
    _ optimizer: Optimizer, swaLr swaLR: some LearningRates, annealEpochs: Int = 10,
    annealStrategy: AnnealStrategy = .cos, lastEpoch: Int = -1
  ) {
    self.init(optimizer, swaLR: swaLR, annealEpochs: annealEpochs, annealStrategy: annealStrategy, lastEpoch: lastEpoch)
  }
}

extension StepLR {
  /// As PyTorch's users write it.
  public convenience init(_ optimizer: Optimizer, _ stepSize: Int, gamma: Double = 0.1, lastEpoch: Int = -1) {
    self.init(optimizer, stepSize: stepSize, gamma: gamma, lastEpoch: lastEpoch)
  }
  /// As PyTorch's users write it.
  public convenience init(_ optimizer: Optimizer, _ stepSize: Int, _ gamma: Double, lastEpoch: Int = -1) {
    self.init(optimizer, stepSize: stepSize, gamma: gamma, lastEpoch: lastEpoch)
  }
  /// As PyTorch's users write it.
  public convenience init(_ optimizer: Optimizer, _ stepSize: Int, _ gamma: Double, _ lastEpoch: Int) {
    self.init(optimizer, stepSize: stepSize, gamma: gamma, lastEpoch: lastEpoch)
  }
}

extension MultiStepLR {
  /// As PyTorch's users write it.
  public convenience init(_ optimizer: Optimizer, _ milestones: [Int], gamma: Double = 0.1, lastEpoch: Int = -1) {
    self.init(optimizer, milestones: milestones, gamma: gamma, lastEpoch: lastEpoch)
  }
  /// As PyTorch's users write it.
  public convenience init(_ optimizer: Optimizer, _ milestones: [Int], _ gamma: Double, lastEpoch: Int = -1) {
    self.init(optimizer, milestones: milestones, gamma: gamma, lastEpoch: lastEpoch)
  }
  /// As PyTorch's users write it.
  public convenience init(_ optimizer: Optimizer, _ milestones: [Int], _ gamma: Double, _ lastEpoch: Int) {
    self.init(optimizer, milestones: milestones, gamma: gamma, lastEpoch: lastEpoch)
  }
}

extension ConstantLR {
  /// As PyTorch's users write it.
  public convenience init(_ optimizer: Optimizer, _ factor: Double, totalIters: Int = 5, lastEpoch: Int = -1) {
    self.init(optimizer, factor: factor, totalIters: totalIters, lastEpoch: lastEpoch)
  }
  /// As PyTorch's users write it.
  public convenience init(_ optimizer: Optimizer, _ factor: Double, _ totalIters: Int, lastEpoch: Int = -1) {
    self.init(optimizer, factor: factor, totalIters: totalIters, lastEpoch: lastEpoch)
  }
  /// As PyTorch's users write it.
  public convenience init(_ optimizer: Optimizer, _ factor: Double, _ totalIters: Int, _ lastEpoch: Int) {
    self.init(optimizer, factor: factor, totalIters: totalIters, lastEpoch: lastEpoch)
  }
}

extension LinearLR {
  /// As PyTorch's users write it.
  public convenience init(
    _ optimizer: Optimizer, _ startFactor: Double, endFactor: Double = 1, totalIters: Int = 5, lastEpoch: Int = -1
  ) {
    self.init(optimizer, startFactor: startFactor, endFactor: endFactor, totalIters: totalIters, lastEpoch: lastEpoch)
  }
  /// As PyTorch's users write it.
  public convenience init(
    _ optimizer: Optimizer, _ startFactor: Double, _ endFactor: Double, totalIters: Int = 5, lastEpoch: Int = -1
  ) {
    self.init(optimizer, startFactor: startFactor, endFactor: endFactor, totalIters: totalIters, lastEpoch: lastEpoch)
  }
  /// As PyTorch's users write it.
  public convenience init(
    _ optimizer: Optimizer, _ startFactor: Double, _ endFactor: Double, _ totalIters: Int, lastEpoch: Int = -1
  ) {
    self.init(optimizer, startFactor: startFactor, endFactor: endFactor, totalIters: totalIters, lastEpoch: lastEpoch)
  }
}

extension ExponentialLR {
  /// As PyTorch's users write it.
  public convenience init(_ optimizer: Optimizer, _ gamma: Double, lastEpoch: Int = -1) {
    self.init(optimizer, gamma: gamma, lastEpoch: lastEpoch)
  }
  /// As PyTorch's users write it.
  public convenience init(_ optimizer: Optimizer, _ gamma: Double, _ lastEpoch: Int) {
    self.init(optimizer, gamma: gamma, lastEpoch: lastEpoch)
  }
}

extension PolynomialLR {
  /// As PyTorch's users write it.
  public convenience init(_ optimizer: Optimizer, _ totalIters: Int, power: Double = 1, lastEpoch: Int = -1) {
    self.init(optimizer, totalIters: totalIters, power: power, lastEpoch: lastEpoch)
  }
  /// As PyTorch's users write it.
  public convenience init(_ optimizer: Optimizer, _ totalIters: Int, _ power: Double, lastEpoch: Int = -1) {
    self.init(optimizer, totalIters: totalIters, power: power, lastEpoch: lastEpoch)
  }
  /// As PyTorch's users write it.
  public convenience init(_ optimizer: Optimizer, _ totalIters: Int, _ power: Double, _ lastEpoch: Int) {
    self.init(optimizer, totalIters: totalIters, power: power, lastEpoch: lastEpoch)
  }
}
