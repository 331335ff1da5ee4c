import ApusCore
import ApusNN
import ApusOptim

/// Keeps an exponential moving average of the parameters and validates with it; the model has the average at the end.
///
///     trainer.callbacks = [EMAWeights(decay: 0.999)]
public final class EMAWeights: TrainingCallback {
  private let decay: Double
  private let everySteps: Int
  private var weights: (any AveragedWeights)?
  private var saved: StateDict?

  /// - Parameters:
  ///   - decay: the share of the old average in the new one.
  ///   - everySteps: how many steps lie between two updates.
  public init(decay: Double = 0.999, everySteps: Int = 1) {
    self.decay = decay
    self.everySteps = max(1, everySteps)
  }

  public func runStarted(_ run: any TrainingRun) throws {
    func make(_ model: some Module) -> any AveragedWeights {
      Averages(AveragedModel(model, multiAvgFn: getEmaMultiAvgFn(decay)))
    }
    let made = make(run.model)
    if let saved { try made.loadStateDict(saved) }
    weights = made
  }

  public func stepEnded(_ step: Int, loss: Double, of run: any TrainingRun) throws {
    if step % everySteps == 0 { weights?.update() }
  }

  public func validationStarted(_ run: any TrainingRun) throws { weights?.swapIn() }
  public func validationEnded(_ run: any TrainingRun) throws { weights?.swapOut() }

  public func runEnded(_ run: any TrainingRun, error: (any Error)?) throws {
    weights?.swapOut()
    if error == nil { weights?.store() }
  }

  public var tensors: StateDict {
    get { weights?.stateDict() ?? saved ?? StateDict() }
    set { saved = newValue.isEmpty ? nil : newValue }
  }
}

/// Stochastic weight averaging (Izmailov and others, 2018): from an epoch on the rate goes to a fixed one, and the weights of
/// the ends of the epochs are averaged. At the end the model has the average, and its batch normalisations the statistics that
/// go with it.
public final class StochasticWeightAveraging: TrainingCallback {
  private let swaLR: Double
  private let firstEpoch: Int
  private let annealEpochs: Int
  private var weights: (any AveragedWeights)?
  private var startRates: [[Double]]?
  private var saved: StateDict?

  /// - Parameters:
  ///   - swaLR: the rate that is reached.
  ///   - from: the first epoch, from 1, whose end is averaged.
  ///   - annealEpochs: the epochs in which the rate goes there, along a cosine.
  public init(swaLR: Double, from firstEpoch: Int, annealEpochs: Int = 10) {
    self.swaLR = swaLR
    self.firstEpoch = max(1, firstEpoch)
    self.annealEpochs = max(0, annealEpochs)
  }

  public func runStarted(_ run: any TrainingRun) throws {
    func make(_ model: some Module) -> any AveragedWeights { Averages(AveragedModel(model)) }
    let made = make(run.model)
    if let saved { try made.loadStateDict(saved) }
    weights = made
  }

  public func epochStarted(_ epoch: Int, of run: any TrainingRun) throws {
    guard epoch >= firstEpoch else { return }
    let start = startRates ?? run.optimizers.map(\.learningRates)
    startRates = start
    let share = annealEpochs == 0 ? 1 : min(1, Double(epoch - firstEpoch + 1) / Double(annealEpochs))
    for (optimizer, rates) in zip(run.optimizers, start) {
      optimizer.learningRates = rates.map { AnnealStrategy.cos.value(from: $0, to: swaLR, at: share) }
    }
  }

  public func epochEnded(_ values: EpochValues, of run: any TrainingRun) throws -> Bool {
    if values.epoch >= firstEpoch { weights?.update() }
    return true
  }

  public func runEnded(_ run: any TrainingRun, error: (any Error)?) throws {
    guard error == nil, let weights, weights.nAveraged > 0 else { return }
    weights.store()
    try run.updateBatchStatistics()
  }

  public var state: [Double] {
    get { (startRates ?? []).flatMap { [Double($0.count)] + $0 } }
    set {
      var rest = newValue[...]
      var found: [[Double]] = []
      while let count = rest.popFirst(), count >= 0, count <= Double(rest.count) {
        found.append(Array(rest.prefix(Int(count))))
        rest = rest.dropFirst(Int(count))
      }
      startRates = found.isEmpty ? nil : found
    }
  }

  public var tensors: StateDict {
    get { weights?.stateDict() ?? saved ?? StateDict() }
    set { saved = newValue.isEmpty ? nil : newValue }
  }
}

/// Averages of the weights of a model whose type is not told.
private protocol AveragedWeights: AnyObject {
  var nAveraged: Int { get }
  /// Takes the model's weights into the averages.
  func update()
  /// Gives the model the averages.
  func store()
  /// Gives the model the averages until ``swapOut()``.
  func swapIn()
  func swapOut()
  func stateDict() -> StateDict
  func loadStateDict(_ saved: StateDict) throws(TensorError)
}

private final class Averages<Model: Module>: AveragedWeights {
  private let averaged: AveragedModel<Model>
  /// The model's own weights, while it has the averages.
  private var own: [Tensor]?

  init(_ averaged: AveragedModel<Model>) { self.averaged = averaged }

  var nAveraged: Int { averaged.nAveraged }
  func update() { averaged.updateParameters(averaged.module) }
  func store() { averaged.copy(to: averaged.module) }

  func swapIn() {
    guard own == nil, nAveraged > 0 else { return }
    own = noGrad { averaged.module.parameters().map { $0.detach().clone() } }
    store()
  }

  func swapOut() {
    guard let kept = own else { return }
    own = nil
    noGrad {
      for (target, value) in zip(averaged.module.parameters(), kept) {
        var target = target
        target.assign(value)
      }
    }
  }

  func stateDict() -> StateDict { averaged.stateDict() }
  func loadStateDict(_ saved: StateDict) throws(TensorError) { try averaged.loadStateDict(saved) }
}
