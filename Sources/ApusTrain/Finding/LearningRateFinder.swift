import ApusCore
import ApusData
import ApusFormats
import ApusMedia
import ApusNN
import ApusOptim

#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#endif

/// What a learning-rate test saw (Smith, "Cyclical learning rates", 2017): the loss while the rate went up.
public struct LearningRateTest: Sendable {
  /// The rates in order.
  public let rates: [Double]
  /// The smoothed loss at each.
  public let losses: [Double]

  /// The rate at which the loss fell fastest, leaving out the first tenth and the rise at the end; nil where it never fell.
  public var suggestion: Double? {
    guard let lowest = losses.indices.min(by: { losses[$0] < losses[$1] }), lowest > 1 else { return nil }
    let first = min(losses.count / 10, lowest - 1)
    // Slopes over the logarithm of the rate, whose steps are equal.
    func slope(_ i: Int) -> Double { losses[i + 1] - losses[i - 1] }
    guard let steepest = (first + 1..<lowest).min(by: { slope($0) < slope($1) }), slope(steepest) < 0 else {
      return nil
    }
    return rates[steepest]
  }

  /// A chart of the losses over the rates.
  public func chart() -> Chart {
    let exponents: [Double] = rates.map { log10($0) }
    let series = Chart.Series(name: "loss", x: exponents, y: losses)
    return Chart(title: "learning rate", xLabel: "log10 of the rate", yLabel: "loss", series: [series])
  }
}

extension Trainer {
  /// Trains for a while with a rate that goes up by the same factor at each step, and puts model, optimiser, random streams
  /// and history back as they were.
  ///
  ///     let test = try trainer.findLearningRate(loader)
  ///     if let rate = test.suggestion { trainer.optimizer.lr = rate }
  ///
  /// - Parameters:
  ///   - from: the first rate.
  ///   - to: the last one. The test ends before it where the loss is four times the lowest.
  ///   - steps: how many there are at most.
  public func findLearningRate(
    _ loader: DataLoader<Batch>, from first: Double = 1e-7, to last: Double = 1, steps: Int = 100
  ) throws -> LearningRateTest {
    guard first > 0, last > first, steps > 2 else {
      throw TensorError(
        .value, "findLearningRate",
        "the rates must go up from above 0 in 3 steps or more, and are \(first) to \(last) in \(steps)")
    }
    let rate = { (step: Int) in first * pow(last / first, Double(step) / Double(steps - 1)) }
    var (rates, losses): ([Double], [Double]) = ([], [])
    var (mean, lowest) = (0.0, Double.infinity)
    try trying {
      let sweep = Callback(onStep: { [unowned self] step, loss in
        let share = 0.98
        mean = share * mean + (1 - share) * loss
        let smooth = mean / (1 - pow(share, Double(losses.count + 1)))
        rates.append(rate(losses.count))
        losses.append(smooth)
        lowest = min(lowest, smooth)
        setRate(rate(losses.count))
        if losses.count == steps || smooth > 4 * lowest { stop() }
      })
      callbacks = [sweep]
      maxSteps = nil
      setRate(first)
      do { try fit(loader, epochs: .max) } catch let error as TensorError where losses.count > 2 && error.kind == .value
      {
        // A loss that is no number any more ends the test too.
      }
    }
    return LearningRateTest(rates: rates, losses: losses)
  }

  func setRate(_ rate: Double) {
    for optimizer in optimizers { optimizer.learningRates = optimizer.learningRates.map { _ in rate } }
  }

  /// Runs `body`, which may train, and puts back what training changes.
  func trying(_ body: () throws -> Void) throws {
    let weights = model.stateDict()
    let states = optimizers.map { $0.stateDict() }
    let (rates, wasTraining) = (optimizers.map(\.learningRates), model.isTraining)
    let random = ([.default] + generators).map { ($0, $0.getState()) }
    let kept = (history, step, ranking, position, resumption, sources)
    let options = (schedule, loggers, callbacks, checkpoints, progress, maxSteps, scaler)
    (schedule, loggers, callbacks, checkpoints, progress, scaler) = (nil, [], [], nil, .none, nil)
    let result = Swift.Result { try body() }
    (schedule, loggers, callbacks, checkpoints, progress, maxSteps, scaler) = options
    (history, step, ranking, position, resumption, sources) = kept
    for (generator, state) in random { try generator.setState(state) }
    try model.loadStateDict(weights)
    for (optimizer, state) in zip(optimizers, states) { try optimizer.loadStateDict(state) }
    for (optimizer, rate) in zip(optimizers, rates) { optimizer.learningRates = rate }
    model.train(wasTraining)
    try result.get()
  }
}
