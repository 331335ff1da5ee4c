import ApusCore
import ApusNN

/// How a schedule goes from one rate to another.
public enum AnnealStrategy: CaseIterable, Sendable {
  /// Along half a cosine: slow at both ends.
  case cos
  /// In a straight line.
  case linear

  /// From `start` (t = 0) to `end` (t = 1).
  package func value(from start: Double, to end: Double, at t: Double) -> Double {
    switch self {
    case .cos: end + (start - end) / 2 * (cosine(.pi * t) + 1)
    case .linear: (end - start) * t + start
    }
  }
}

/// Along a cosine from the base rate to `etaMin` in `tMax` steps, and back (Loshchilov and Hutter, 2016).
public final class CosineAnnealingLR: LRScheduler {
  public let tMax: Int
  public let etaMin: Double

  /// From the base rate down to `etaMin` and back along a cosine, `tMax` steps each way.
  public init(_ optimizer: Optimizer, tMax: Int, etaMin: Double = 0, lastEpoch: Int = -1) {
    (self.tMax, self.etaMin) = (max(1, tMax), etaMin)
    super.init(optimizer, lastEpoch: lastEpoch)
    begin((tMax >= 1, "tMax must be 1 or more, and is \(tMax)"))
  }

  public override func nextLearningRates() -> [Double] {
    let step = Double.pi / Double(tMax)
    if isInitial { return optimizer.learningRates }
    let (period, overflow) = tMax.multipliedReportingOverflow(by: 2)
    if (lastEpoch - 1 - tMax) % (overflow ? .max : period) == 0 {
      return zip(optimizer.learningRates, baseLearningRates).map { $0 + ($1 - etaMin) * (1 - cosine(step)) / 2 }
    }
    let ratio = (1 + cosine(step * Double(lastEpoch))) / (1 + cosine(step * Double(lastEpoch - 1)))
    return optimizer.learningRates.map { ratio * ($0 - etaMin) + etaMin }
  }

  public override func closedFormLearningRates() -> [Double]? {
    baseLearningRates.map { etaMin + ($0 - etaMin) * (1 + cosine(.pi * Double(lastEpoch) / Double(tMax))) / 2 }
  }
}

/// Along a cosine from the base rate to `etaMin`, starting anew after `t0` steps, then after `tMult` times as many ...
public final class CosineAnnealingWarmRestarts: LRScheduler {
  public let t0: Int
  public let tMult: Int
  public let etaMin: Double
  private var current = 0.0
  private var period: Int

  /// Down to `etaMin` along a cosine in `t0` steps, then anew, each cycle `tMult` times as long.
  public init(_ optimizer: Optimizer, t0: Int, tMult: Int = 1, etaMin: Double = 0, lastEpoch: Int = -1) {
    self.t0 = max(1, t0)
    self.tMult = max(1, tMult)
    self.etaMin = etaMin
    period = self.t0
    current = Double(nextEpoch(lastEpoch))
    super.init(optimizer, lastEpoch: lastEpoch)
    begin((t0 >= 1 && tMult >= 1, "t0 and tMult must be 1 or more, and are \(t0) and \(tMult)"))
  }

  public override func step() {
    current += 1
    if current >= Double(period) {
      current = current.truncatingRemainder(dividingBy: Double(period))
      period = longer(period)
    }
    super.step()
  }

  /// Goes to a point in time, such as `epoch + i / batches` in the middle of an epoch.
  public func step(_ epoch: Double) {
    guard epoch >= 0, epoch < 1e15 else {
      report(TensorError(.value, "CosineAnnealingWarmRestarts", "the epoch must be 0 or more, and is \(epoch)"))
      return
    }
    (current, period) = (epoch, t0)
    if epoch >= Double(t0) {
      if tMult == 1 {
        current = epoch.truncatingRemainder(dividingBy: Double(t0))
      } else {
        // The cycle that the epoch lies in: the ones before it make a geometric sum.
        let ratio = Double(tMult)
        let cycle = Int(logarithm(epoch / Double(t0) * (ratio - 1) + 1) / logarithm(ratio))
        current = epoch - Double(t0) * (power(ratio, cycle) - 1) / (ratio - 1)
        for _ in 0..<cycle { period = longer(period) }
      }
    }
    lastEpoch = Int(epoch.rounded(.down))
    update()
  }

  public override func step(_ epoch: Int) { step(Double(epoch)) }

  /// `step(epoch: 1.5)`.
  public func step(epoch: Double) { step(epoch) }

  private func longer(_ period: Int) -> Int {
    let (product, overflow) = period.multipliedReportingOverflow(by: tMult)
    return overflow ? .max : product
  }

  override func restart(asFirst: Bool) {
    current = 0
    period = t0
    super.restart(asFirst: asFirst)
  }

  public override func nextLearningRates() -> [Double] {
    baseLearningRates.map { etaMin + ($0 - etaMin) * (1 + cosine(.pi * current / Double(period))) / 2 }
  }

  public override func stateDict() -> StateDict {
    var state = super.stateDict()
    state["T_cur"] = Tensor(current, dtype: .float64)
    state["T_i"] = Tensor(Double(period), dtype: .float64)
    return state
  }

  public override func loadStateDict(_ state: StateDict) throws(TensorError) {
    let (newCurrent, newPeriod) = (try number("T_cur", in: state), Int(try number("T_i", in: state)))
    try super.loadStateDict(state)
    (current, period) = (newCurrent, max(1, newPeriod))
  }
}

/// Between two rates and back, again and again, the momentum running the other way (Smith, 2015).
public final class CyclicLR: LRScheduler {
  /// What becomes of the height of the cycles.
  public enum Mode: CaseIterable, Sendable {
    /// Each as high as the first.
    case triangular
    /// Each cycle half as high as the one before.
    case triangular2
    /// Heights shrinking by gamma at every step.
    case expRange
  }

  /// The rates at the top of a cycle, one for each group.
  public let maxLearningRates: [Double]
  public let mode: Mode
  public let gamma: Double
  private let baseMomentum: Double
  private let maxMomentum: Double
  private let cycleMomentum: Bool
  private let totalSize: Double
  private let stepRatio: Double
  private let scale: ((Double) -> Double)?
  private let scaleMode: ScaleMode

  /// What a scale of one's own is a function of.
  public enum ScaleMode: CaseIterable, Sendable {
    /// Of the cycle's number, from 1.
    case cycle
    /// Of the step's number, from 0.
    case iterations
  }

  /// Between `baseLR` and `maxLR`: up in `stepSizeUp` steps and down in `stepSizeDown`, one rate for all groups.
  public convenience init(
    _ optimizer: Optimizer, baseLR: some LearningRates, maxLR: some LearningRates, stepSizeUp: Int = 2000,
    stepSizeDown: Int? = nil,
    mode: Mode = .triangular, gamma: Double = 1, cycleMomentum: Bool = true, baseMomentum: Double = 0.8,
    maxMomentum: Double = 0.9, lastEpoch: Int = -1
  ) {
    self.init(
      optimizer, baseLRs: baseLR.rates(of: optimizer), maxLRs: maxLR.rates(of: optimizer),
      stepSizeUp: stepSizeUp, stepSizeDown: stepSizeDown, mode: mode, gamma: gamma, cycleMomentum: cycleMomentum,
      baseMomentum: baseMomentum, maxMomentum: maxMomentum, lastEpoch: lastEpoch)
  }

  /// With heights of cycles that are `scaleFn` of their number, or of the step's number, times that of the first.
  public convenience init(
    _ optimizer: Optimizer, baseLR: some LearningRates, maxLR: some LearningRates, stepSizeUp: Int = 2000,
    stepSizeDown: Int? = nil, scaleFn: @escaping (Double) -> Double, scaleMode: ScaleMode = .cycle,
    cycleMomentum: Bool = true, baseMomentum: Double = 0.8, maxMomentum: Double = 0.9, lastEpoch: Int = -1
  ) {
    self.init(
      optimizer, baseLRs: baseLR.rates(of: optimizer), maxLRs: maxLR.rates(of: optimizer), stepSizeUp: stepSizeUp,
      stepSizeDown: stepSizeDown, cycleMomentum: cycleMomentum, baseMomentum: baseMomentum, maxMomentum: maxMomentum,
      lastEpoch: lastEpoch, scale: scaleFn, scaleMode)
  }

  /// With rates for each parameter group.
  public convenience init(
    _ optimizer: Optimizer, baseLRs: [Double], maxLRs: [Double], stepSizeUp: Int = 2000, stepSizeDown: Int? = nil,
    mode: Mode = .triangular, gamma: Double = 1, cycleMomentum: Bool = true, baseMomentum: Double = 0.8,
    maxMomentum: Double = 0.9, lastEpoch: Int = -1
  ) {
    self.init(
      optimizer, baseLRs: baseLRs, maxLRs: maxLRs, stepSizeUp: stepSizeUp, stepSizeDown: stepSizeDown, mode: mode,
      gamma: gamma, cycleMomentum: cycleMomentum, baseMomentum: baseMomentum, maxMomentum: maxMomentum,
      lastEpoch: lastEpoch, scale: nil, .cycle)
  }

  private init(
    _ optimizer: Optimizer, baseLRs: [Double], maxLRs: [Double], stepSizeUp: Int, stepSizeDown: Int?,
    mode: Mode = .triangular, gamma: Double = 1, cycleMomentum: Bool, baseMomentum: Double, maxMomentum: Double,
    lastEpoch: Int, scale: ((Double) -> Double)?, _ scaleMode: ScaleMode
  ) {
    self.scale = scale
    self.scaleMode = scaleMode
    let up = Double(max(1, stepSizeUp))
    totalSize = up + Double(max(0, stepSizeDown ?? max(1, stepSizeUp)))
    stepRatio = up / totalSize
    maxLearningRates = maxLRs
    self.mode = mode
    self.gamma = gamma
    self.cycleMomentum = cycleMomentum
    self.baseMomentum = baseMomentum
    self.maxMomentum = maxMomentum
    let isFirstSchedule = optimizer.initialLearningRates == nil
    super.init(optimizer, lastEpoch: lastEpoch)
    // The first rates are those that the optimiser had before any schedule, as in PyTorch, and the lower ones of the
    // cycle where this is the first schedule.
    if isFirstSchedule {
      optimizer.initialLearningRates = baseLRs
      baseLearningRates = baseLRs
    }
    let groups = optimizer.learningRates.count
    begin(
      (
        stepSizeUp >= 1 && stepSizeDown ?? 0 >= 0,
        "stepSizeUp must be 1 or more and stepSizeDown not negative, and they are \(stepSizeUp) and "
          + "\(stepSizeDown.map(String.init) ?? "nil")"
      ),
      (
        baseLRs.count == groups && maxLRs.count == groups,
        "got \(baseLRs.count) and \(maxLRs.count) rates for \(groups) parameter groups"
      ),
      canCycleMomentum(optimizer, cycleMomentum))
    baseLearningRates = baseLRs
  }

  public override func nextLearningRates() -> [Double] {
    let position = Double(lastEpoch) / totalSize
    let cycle = (1 + position).rounded(.down)
    let x = 1 + position - cycle
    var height = x <= stepRatio ? x / stepRatio : (x - 1) / (stepRatio - 1)
    switch (scale, mode) {
    case (let scale?, _): height *= scale(scaleMode == .cycle ? cycle : Double(lastEpoch))
    case (nil, .triangular): break
    case (nil, .triangular2): height /= power(2, cycle - 1)
    case (nil, .expRange): height *= power(gamma, lastEpoch)
    }
    if cycleMomentum {
      let momentum = maxMomentum - (maxMomentum - baseMomentum) * height
      optimizer.momenta = optimizer.momenta.map { _ in momentum }
    }
    return zip(baseLearningRates, maxLearningRates).map { $0 + ($1 - $0) * height }
  }
}

/// One rise from a small rate to `maxLR` and a long fall to almost nothing, the momentum running the other way (Smith and
/// Topin, 2017). One step for each batch.
public final class OneCycleLR: LRScheduler {
  public let totalSteps: Int
  private let maxLearningRates: [Double]
  private let divFactor: Double
  private let finalDivFactor: Double
  private let strategy: AnnealStrategy
  private let cycleMomentum: Bool
  private let baseMomentum: Double
  private let maxMomentum: Double
  private let phases: [Phase]

  private enum Level { case initial, max, min }
  private struct Phase {
    var end: Double
    var level: (from: Level, to: Level)
    var momentum: (from: Double, to: Double)
  }

  /// - Parameter totalSteps: the steps of the cycle; without it they are `epochs` times `stepsPerEpoch`.
  public convenience init(
    _ optimizer: Optimizer, maxLR: some LearningRates, totalSteps: Int? = nil, epochs: Int? = nil,
    stepsPerEpoch: Int? = nil, pctStart: Double = 0.3,
    annealStrategy: AnnealStrategy = .cos, cycleMomentum: Bool = true, baseMomentum: Double = 0.85,
    maxMomentum: Double = 0.95, divFactor: Double = 25, finalDivFactor: Double = 1e4, threePhase: Bool = false,
    lastEpoch: Int = -1
  ) {
    self.init(
      optimizer, maxLRs: maxLR.rates(of: optimizer), totalSteps: cycleSteps(totalSteps, epochs, stepsPerEpoch),
      pctStart: pctStart,
      annealStrategy: annealStrategy, cycleMomentum: cycleMomentum, baseMomentum: baseMomentum,
      maxMomentum: maxMomentum, divFactor: divFactor, finalDivFactor: finalDivFactor, threePhase: threePhase,
      lastEpoch: lastEpoch)
  }

  /// With a highest rate for each parameter group.
  public init(
    _ optimizer: Optimizer, maxLRs: [Double], totalSteps: Int, pctStart: Double = 0.3,
    annealStrategy: AnnealStrategy = .cos, cycleMomentum: Bool = true, baseMomentum: Double = 0.85,
    maxMomentum: Double = 0.95, divFactor: Double = 25, finalDivFactor: Double = 1e4, threePhase: Bool = false,
    lastEpoch: Int = -1
  ) {
    self.totalSteps = totalSteps
    maxLearningRates = maxLRs
    self.divFactor = divFactor
    self.finalDivFactor = finalDivFactor
    strategy = annealStrategy
    self.cycleMomentum = cycleMomentum
    self.baseMomentum = baseMomentum
    self.maxMomentum = maxMomentum
    let (rising, falling) = ((from: maxMomentum, to: baseMomentum), (from: baseMomentum, to: maxMomentum))
    let rise = Phase(end: pctStart * Double(totalSteps) - 1, level: (.initial, .max), momentum: rising)
    let end = Double(totalSteps - 1)
    phases =
      threePhase
      ? [
        rise,
        Phase(end: 2 * pctStart * Double(totalSteps) - 2, level: (.max, .initial), momentum: falling),
        Phase(end: end, level: (.initial, .min), momentum: (maxMomentum, maxMomentum)),
      ]
      : [rise, Phase(end: end, level: (.max, .min), momentum: falling)]
    super.init(optimizer, lastEpoch: lastEpoch)
    optimizer.initialLearningRates = maxLRs.map { $0 / divFactor }
    baseLearningRates = maxLRs.map { $0 / divFactor }
    let groups = optimizer.learningRates.count
    begin(
      (totalSteps >= 1, "totalSteps must be 1 or more, and is \(totalSteps)"),
      ((0...1).contains(pctStart), "pctStart must be in 0 ... 1, and is \(pctStart)"),
      (maxLRs.count == groups, "got \(maxLRs.count) rates for \(groups) parameter groups"),
      canCycleMomentum(optimizer, cycleMomentum))
  }

  public override func nextLearningRates() -> [Double] {
    guard lastEpoch <= totalSteps else {
      report(
        TensorError(
          .value, "OneCycleLR",
          "step \(lastEpoch) lies beyond the \(totalSteps) steps of the cycle; give totalSteps as epochs times batches")
      )
      return optimizer.learningRates
    }
    var start = 0.0
    let step = Double(lastEpoch)
    for (i, phase) in phases.enumerated() {
      if step <= phase.end || i == phases.count - 1 {
        let t = phase.end > start ? (step - start) / (phase.end - start) : 1
        if cycleMomentum {
          let momentum = strategy.value(from: phase.momentum.from, to: phase.momentum.to, at: t)
          optimizer.momenta = optimizer.momenta.map { _ in momentum }
        }
        return maxLearningRates.map {
          strategy.value(from: rate(phase.level.from, $0), to: rate(phase.level.to, $0), at: t)
        }
      }
      start = phase.end
    }
    return optimizer.learningRates
  }

  private func rate(_ level: Level, _ highest: Double) -> Double {
    switch level {
    case .initial: highest / divFactor
    case .max: highest
    case .min: highest / divFactor / finalDivFactor
    }
  }
}

/// From the present rates to `swaLR` in `annealEpochs` steps, for the averaging of weights at the end of training.
public final class SWALR: LRScheduler {
  private let targets: [Double]
  private let annealEpochs: Int
  private let strategy: AnnealStrategy

  /// From the present rate to `swaLR` in `annealEpochs` steps, one rate for all groups.
  public convenience init(
    _ optimizer: Optimizer, swaLR: some LearningRates, annealEpochs: Int = 10, annealStrategy: AnnealStrategy = .cos,
    lastEpoch: Int = -1
  ) {
    self.init(
      optimizer, swaLRs: swaLR.rates(of: optimizer), annealEpochs: annealEpochs,
      annealStrategy: annealStrategy, lastEpoch: lastEpoch)
  }

  /// With a rate for each parameter group.
  public init(
    _ optimizer: Optimizer, swaLRs: [Double], annealEpochs: Int = 10, annealStrategy: AnnealStrategy = .cos,
    lastEpoch: Int = -1
  ) {
    targets = swaLRs
    self.annealEpochs = annealEpochs
    strategy = annealStrategy
    super.init(optimizer, lastEpoch: lastEpoch)
    if swaLRs.count != optimizer.learningRates.count {
      report(
        TensorError(
          .value, "SWALR", "got \(swaLRs.count) rates for \(optimizer.learningRates.count) parameter groups"))
    }
    begin()
  }

  public override func nextLearningRates() -> [Double] {
    let step = annealEpochs == 0 ? max(1, lastEpoch) : lastEpoch
    func share(_ step: Int) -> Double {
      strategy.value(from: 0, to: 1, at: max(0, min(1, Double(step) / Double(max(1, annealEpochs)))))
    }
    let (before, now) = (share(step - 1), share(step))
    return zip(optimizer.learningRates, targets).map { lr, target in
      let initial = before == 1 ? target : (lr - before * target) / (1 - before)
      return target * now + initial * (1 - now)
    }
  }
}

/// Whether the optimiser has the momentum that a schedule is to cycle.
private func canCycleMomentum(_ optimizer: Optimizer, _ isAsked: Bool) -> (holds: Bool, demand: String) {
  (
    !isAsked || !optimizer.momenta.contains { $0 == nil },
    "\(optimizer.name) has no momentum to cycle; pass cycleMomentum: false"
  )
}

/// The steps of a cycle, which are given in one of two ways.
private func cycleSteps(_ total: Int?, _ epochs: Int?, _ stepsPerEpoch: Int?) -> Int {
  if let total { return total }
  guard let epochs, let stepsPerEpoch, epochs > 0, stepsPerEpoch > 0 else {
    report(
      TensorError(.value, "OneCycleLR", "give totalSteps, or epochs and stepsPerEpoch, each of them 1 or more"))
    return 1
  }
  let (steps, overflow) = epochs.multipliedReportingOverflow(by: stepsPerEpoch)
  return overflow ? .max : steps
}
