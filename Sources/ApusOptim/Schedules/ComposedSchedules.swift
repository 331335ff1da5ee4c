import ApusCore
import ApusNN

/// One schedule after the other: the second from step `milestones[0]` on, and so forth.
public final class SequentialLR: LRScheduler {
  private let schedules: [LRScheduler]
  private let milestones: [Int]

  /// - Parameter milestones: one fewer than schedules, rising.
  public init(_ optimizer: Optimizer, schedulers: [LRScheduler], milestones: [Int], lastEpoch: Int = -1) {
    schedules = schedulers
    self.milestones = milestones
    super.init(optimizer)
    if schedulers.isEmpty || milestones.count != schedulers.count - 1 {
      report(
        TensorError(
          .value, "SequentialLR",
          "\(schedulers.count) schedules need \(max(0, schedulers.count - 1)) milestones, and there are \(milestones.count)"
        ))
      return
    }
    checkOwner(schedulers, optimizer, "SequentialLR")
    optimizer.learningRates = baseLearningRates
    schedules[index(at: 0)].restart(asFirst: true)
    lastLearningRates = optimizer.learningRates
    self.lastEpoch = nextEpoch(lastEpoch)
  }

  override func restart(asFirst: Bool) {
    lastEpoch = 0
    guard !schedules.isEmpty else { return }
    schedules[index(at: 0)].restart(asFirst: asFirst)
    lastLearningRates = optimizer.learningRates
  }

  public override func step() {
    lastEpoch += 1
    guard !schedules.isEmpty else { return }
    let i = index(at: lastEpoch)
    if i > 0 && milestones[i - 1] == lastEpoch {
      schedules[i].restart(asFirst: false)
    } else {
      schedules[i].step()
    }
    lastLearningRates = optimizer.learningRates
  }

  private func index(at epoch: Int) -> Int { min(milestones.count { $0 <= epoch }, schedules.count - 1) }

  public override func stateDict() -> StateDict { nested(super.stateDict(), schedules) }

  public override func loadStateDict(_ state: StateDict) throws(TensorError) {
    try super.loadStateDict(state)
    try loadNested(state, schedules)
  }
}

/// Several schedules acting on the rates together: each makes its step in turn.
public final class ChainedScheduler: LRScheduler {
  private let schedules: [LRScheduler]

  /// All schedules at once: each multiplies what the others leave.
  /// - Parameter optimizer: the one that all of them act on; that of the first if nil.
  public init(_ schedulers: [LRScheduler], optimizer: Optimizer? = nil) {
    schedules = schedulers
    guard let first = schedulers.first else {
      report(TensorError(.value, "ChainedScheduler", "got no schedules; pass at least one"))
      super.init(Optimizer(parameterGroups: []))
      return
    }
    super.init(optimizer ?? first.optimizer)
    checkOwner(schedulers, self.optimizer, "ChainedScheduler")
  }

  override func restart(asFirst: Bool) {
    lastEpoch = 0
    for schedule in schedules { schedule.restart(asFirst: asFirst) }
    lastLearningRates = optimizer.learningRates
  }

  public override func step() {
    lastEpoch += 1
    for schedule in schedules { schedule.step() }
    lastLearningRates = optimizer.learningRates
  }

  public override func stateDict() -> StateDict { nested(super.stateDict(), schedules) }

  public override func loadStateDict(_ state: StateDict) throws(TensorError) {
    try super.loadStateDict(state)
    try loadNested(state, schedules)
  }
}

/// The rate times `factor` when a measured value has not become better for more than `patience` epochs.
public final class ReduceLROnPlateau: LRScheduler {
  /// Whether the value watched should fall or rise.
  public enum Mode: CaseIterable, Sendable { case min, max }
  /// Whether the threshold is a fraction of the best value or a difference from it.
  public enum ThresholdMode: CaseIterable, Sendable { case rel, abs }

  private let mode: Mode
  private let factor: Double
  private let patience: Int
  private let threshold: Double
  private let thresholdMode: ThresholdMode
  private let cooldown: Int
  /// The lowest rate of each group, and that of groups that are added later.
  private var minLearningRates: [Double]
  private let lowest: Double?
  private let eps: Double
  /// The best value so far.
  public private(set) var best: Double
  private var badEpochs = 0
  private var cooldownLeft = 0

  /// Multiplies the rate by `factor` after `patience` epochs without an improvement; then waits `cooldown` epochs.
  public convenience init(
    _ optimizer: Optimizer, mode: Mode = .min, factor: Double = 0.1, patience: Int = 10, threshold: Double = 1e-4,
    thresholdMode: ThresholdMode = .rel, cooldown: Int = 0, minLR: some LearningRates = 0.0, eps: Double = 1e-8
  ) {
    self.init(
      optimizer, mode, factor, patience, threshold, thresholdMode, cooldown, minLR.rates(of: optimizer),
      lowest: minLR is [Double] ? nil : minLR.rates(of: optimizer).first, eps)
  }

  /// With a lowest rate for each parameter group.
  public convenience init(
    _ optimizer: Optimizer, mode: Mode = .min, factor: Double = 0.1, patience: Int = 10, threshold: Double = 1e-4,
    thresholdMode: ThresholdMode = .rel, cooldown: Int = 0, minLRs: [Double], eps: Double = 1e-8
  ) {
    self.init(optimizer, mode, factor, patience, threshold, thresholdMode, cooldown, minLRs, lowest: nil, eps)
  }

  private init(
    _ optimizer: Optimizer, _ mode: Mode, _ factor: Double, _ patience: Int, _ threshold: Double,
    _ thresholdMode: ThresholdMode, _ cooldown: Int, _ minLRs: [Double], lowest: Double?, _ eps: Double
  ) {
    self.mode = mode
    self.factor = factor
    self.patience = patience
    self.threshold = threshold
    self.thresholdMode = thresholdMode
    self.cooldown = cooldown
    minLearningRates = minLRs
    self.lowest = lowest
    self.eps = eps
    best = mode == .min ? .infinity : -.infinity
    super.init(optimizer)
    let groups = optimizer.learningRates.count
    if factor >= 1 { report(TensorError(.value, "ReduceLROnPlateau", "factor must be below 1, and is \(factor)")) }
    if minLRs.count != groups {
      report(
        TensorError(.value, "ReduceLROnPlateau", "got \(minLRs.count) lowest rates for \(groups) parameter groups"))
    }
  }

  /// `step(metrics: loss)`.
  public func step(metrics: Double) { step(metrics) }

  /// Takes the value of this epoch into account, a tensor with one element.
  @_disfavoredOverload
  public func step(_ metric: Tensor) { step(metric.detach().to(.float64).item()) }

  /// Takes the value of this epoch into account.
  public func step(_ metric: Double) {
    lastEpoch += 1
    if isBetter(metric) {
      best = metric
      badEpochs = 0
    } else {
      badEpochs += 1
    }
    if cooldownLeft > 0 {
      cooldownLeft -= 1
      badEpochs = 0
    }
    if badEpochs > patience {
      let groups = optimizer.learningRates.count
      if groups != minLearningRates.count {
        guard let lowest else {
          return report(
            TensorError(
              .value, "ReduceLROnPlateau",
              "the optimiser has \(groups) parameter groups by now, and there are \(minLearningRates.count) lowest rates; "
                + "make the schedule after all groups, or give one minLR for all of them"))
        }
        minLearningRates = Array(repeating: lowest, count: groups)
      }
      optimizer.learningRates = zip(optimizer.learningRates, minLearningRates).map { old, lowest in
        let new = max(old * factor, lowest)
        return old - new > eps ? new : old
      }
      cooldownLeft = cooldown
      badEpochs = 0
    }
    lastLearningRates = optimizer.learningRates
  }

  /// Takes the value of this epoch into account: an integer is a value here.
  public override func step(_ metric: Int) { step(Double(metric)) }

  public override func step() {
    report(
      TensorError(.value, "ReduceLROnPlateau", "a step needs the value to watch; call step(validationLoss)"))
  }

  private func isBetter(_ value: Double) -> Bool {
    switch (mode, thresholdMode) {
    case (.min, .rel): value < best * (1 - threshold)
    case (.min, .abs): value < best - threshold
    case (.max, .rel): value > best * (1 + threshold)
    case (.max, .abs): value > best + threshold
    }
  }

  public override func stateDict() -> StateDict {
    var state = super.stateDict()
    state["best"] = Tensor(best, dtype: .float64)
    state["num_bad_epochs"] = Tensor(Double(badEpochs), dtype: .float64)
    state["cooldown_counter"] = Tensor(Double(cooldownLeft), dtype: .float64)
    return state
  }

  public override func loadStateDict(_ state: StateDict) throws(TensorError) {
    let newBest = try number("best", in: state)
    let bad = Int(try number("num_bad_epochs", in: state))
    let left = Int(try number("cooldown_counter", in: state))
    try super.loadStateDict(state)
    (best, badEpochs, cooldownLeft) = (newBest, bad, left)
  }
}

private func checkOwner(_ schedules: [LRScheduler], _ optimizer: Optimizer, _ name: String) {
  if let i = schedules.firstIndex(where: { $0.optimizer !== optimizer }) {
    report(TensorError(.value, name, "schedule \(i) acts on another optimiser; all must act on the same one"))
  }
  if let i = schedules.firstIndex(where: { $0 is ReduceLROnPlateau }) {
    report(
      TensorError(
        .value, name,
        "schedule \(i) is a ReduceLROnPlateau, whose steps need the value to watch; step it beside the others"))
  }
}

private func nested(_ state: StateDict, _ schedules: [LRScheduler]) -> StateDict {
  var state = state
  for (i, schedule) in schedules.enumerated() {
    for (name, tensor) in schedule.stateDict() { state["\(i).\(name)"] = tensor }
  }
  return state
}

private func loadNested(_ state: StateDict, _ schedules: [LRScheduler]) throws(TensorError) {
  for (i, schedule) in schedules.enumerated() {
    let prefix = "\(i)."
    let part = StateDict(
      state.filter { $0.name.hasPrefix(prefix) }.map {
        (name: String($0.name.dropFirst(prefix.count)), tensor: $0.tensor)
      })
    try schedule.loadStateDict(part)
  }
}
