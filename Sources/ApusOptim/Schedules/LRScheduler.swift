import ApusCore
import ApusNN

/// Changes the learning rates of an optimiser as training goes on: the base of all schedules.
///
///     let schedule = CosineAnnealingLR(optimizer, tMax: 100)
///     for _ in 0..<100 {
///       train()
///       schedule.step()
///     }
///
/// Creating a schedule sets the learning rates of its beginning. Schedules multiply the present rate where PyTorch's
/// do, so that several may act on one optimiser.
open class LRScheduler {
  public let optimizer: Optimizer
  /// The learning rates that the optimiser had before any schedule.
  public internal(set) var baseLearningRates: [Double]
  /// The number of the last step, 0 before the first.
  public internal(set) var lastEpoch = 0
  /// The rates that the last step has set.
  public internal(set) var lastLearningRates: [Double]
  /// Whether the rates are those that the schedule begins with.
  private(set) var isInitial = false
  private var stepCount = 1

  /// Puts the schedule on `optimizer` and sets its first rates.
  /// - Parameter lastEpoch: the epoch after which a training goes on whose optimiser has been loaded; -1 at the beginning.
  public init(_ optimizer: Optimizer, lastEpoch: Int = -1) {
    self.optimizer = optimizer
    let isNew = optimizer.initialLearningRates == nil
    if isNew { optimizer.initialLearningRates = optimizer.learningRates }
    baseLearningRates = optimizer.initialLearningRates ?? optimizer.learningRates
    lastLearningRates = optimizer.learningRates
    self.lastEpoch = nextEpoch(lastEpoch)
    if isNew && lastEpoch != -1 {
      report(
        TensorError(
          .value, "\(type(of: self))",
          "to go on after epoch \(lastEpoch) the optimiser has to know its first rates, initial_lr of its groups; "
            + "load its state first, or leave lastEpoch out"))
    }
  }

  /// ``lastLearningRates`` under PyTorch's name.
  public func getLastLR() -> [Double] { lastLearningRates }

  /// The rates for ``lastEpoch``, from the optimiser's present ones.
  open func nextLearningRates() -> [Double] { optimizer.learningRates }

  /// Goes on to the next rates. Call it after the optimiser's step, or once after each epoch: as the schedule counts.
  open func step() {
    lastEpoch += 1
    stepCount += 1
    if stepCount == 2, optimizer.hasStepped == false {
      warn(
        "lr_scheduler",
        "Detected call of `lr_scheduler.step()` before `optimizer.step()`. You should call them in the opposite order: "
          + "`optimizer.step()` before `lr_scheduler.step()`. Failure to do this will result in skipping the first value of "
          + "the learning rate schedule.")
    }
    update()
  }

  /// Goes to the rates of an epoch, by the closed form of the schedule if it has one.
  ///
  /// PyTorch advises against it: without a closed form a schedule multiplies the present rates.
  open func step(_ epoch: Int) {
    warn(
      "lr_scheduler",
      "The epoch parameter in `scheduler.step()` was not necessary and is being deprecated where possible. Please use "
        + "`scheduler.step()` to step the scheduler.")
    stepCount += 1
    lastEpoch = max(-longestTraining, min(epoch, longestTraining))
    setRates(closedFormLearningRates() ?? nextLearningRates())
  }

  /// `step(epoch: 5)`.
  public func step(epoch: Int) { step(epoch) }

  /// The rates for ``lastEpoch`` from the first ones alone, for schedules that have a formula for them.
  open func closedFormLearningRates() -> [Double]? { nil }

  /// Sets the rates of ``lastEpoch``. Subclasses call it at the end of their initialiser.
  public func update() { setRates(nextLearningRates()) }

  private func setRates(_ rates: [Double]) {
    optimizer.learningRates = rates
    lastLearningRates = optimizer.learningRates
  }

  /// Goes back to the beginning, as ``SequentialLR`` does with the schedule that starts: as if new where it is the first, else from
  /// the present rates.
  func restart(asFirst: Bool) {
    lastEpoch = 0
    if asFirst {
      optimizer.learningRates = baseLearningRates
      begin()
    } else {
      setRates(closedFormLearningRates() ?? nextLearningRates())
    }
  }

  /// What a checkpoint needs to continue the schedule; the rates themselves are with the optimiser.
  open func stateDict() -> StateDict {
    [
      "last_epoch": Tensor([lastEpoch]).reshape([]), "base_lrs": Tensor(baseLearningRates, dtype: .float64),
      "_step_count": Tensor([stepCount]).reshape([]), "_last_lr": Tensor(lastLearningRates, dtype: .float64),
    ]
  }

  /// Continues from a ``stateDict()``.
  /// - Throws: `TensorError` if it is none of this kind of schedule.
  open func loadStateDict(_ state: StateDict) throws(TensorError) {
    lastEpoch = Int(try number("last_epoch", in: state))
    guard let rates = state["base_lrs"]?.array(as: Double.self), rates.count == optimizer.learningRates.count else {
      throw TensorError(
        .state, "\(type(of: self))", "the state has no base_lrs for \(optimizer.learningRates.count) parameter groups")
    }
    baseLearningRates = rates
    if state["_step_count"] != nil { stepCount = Int(try number("_step_count", in: state)) }
    let last = state["_last_lr"]?.array(as: Double.self)
    lastLearningRates = last?.count == rates.count ? last ?? [] : optimizer.learningRates
  }

  /// A number of a saved state.
  func number(_ name: String, in state: StateDict) throws(TensorError) -> Double {
    guard let tensor = state[name], tensor.count == 1 else {
      throw TensorError(.state, "\(type(of: self))", "the state has no number \(name); it belongs to another schedule")
    }
    let value = tensor.item()
    guard value.magnitude < 1e15 || name.hasPrefix("best") else {
      throw TensorError(.state, "\(type(of: self))", "\(name) is \(value), which is no count")
    }
    return value
  }

  /// Ends the initialiser of a subclass: reports which of `checks` on its numbers do not hold, and sets the first rates.
  func begin(_ checks: (holds: Bool, demand: String)...) {
    for check in checks where !check.holds { report(TensorError(.value, "\(type(of: self))", check.demand)) }
    isInitial = true
    update()
    isInitial = false
  }

  /// The present rates times `factor`, for schedules that act step by step.
  func multiplied(_ factor: Double) -> [Double] { optimizer.learningRates.map { $0 * factor } }
}

/// More epochs than there will ever be.
private let longestTraining = 1 << 52

/// The epoch after `last`, which is -1 at the beginning.
func nextEpoch(_ last: Int) -> Int { max(-1, min(last, longestTraining)) + 1 }

/// One learning rate for all groups of an optimiser, or a list with one for each.
public protocol LearningRates {
  /// The rate of each group.
  func rates(of optimizer: Optimizer) -> [Double]
}

extension Double: LearningRates {
  /// The same for all groups.
  public func rates(of optimizer: Optimizer) -> [Double] { optimizer.learningRates.map { _ in self } }
}

extension Int: LearningRates {
  /// The same for all groups.
  public func rates(of optimizer: Optimizer) -> [Double] { Double(self).rates(of: optimizer) }
}

extension Array: LearningRates where Element == Double {
  /// The list itself.
  public func rates(of optimizer: Optimizer) -> [Double] { self }
}
