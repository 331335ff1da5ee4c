import ApusCore

/// The base rate times `lambda(epoch)`, one function for all groups or one for each.
public final class LambdaLR: LRScheduler {
  private let lambdas: [(Int) -> Double]

  /// The base rate of every group times `lrLambda(epoch)`.
  public convenience init(_ optimizer: Optimizer, lrLambda: @escaping (Int) -> Double, lastEpoch: Int = -1) {
    self.init(optimizer, lrLambdas: optimizer.learningRates.map { _ in lrLambda }, lastEpoch: lastEpoch)
  }

  /// The base rate of each group times its own function of the epoch.
  public init(_ optimizer: Optimizer, lrLambdas: [(Int) -> Double], lastEpoch: Int = -1) {
    lambdas = lrLambdas
    super.init(optimizer, lastEpoch: lastEpoch)
    let groups = optimizer.learningRates.count
    begin((lambdas.count == groups, "got \(lambdas.count) functions for \(groups) parameter groups"))
  }

  public override func nextLearningRates() -> [Double] {
    zip(baseLearningRates, lambdas).map { $0 * $1(lastEpoch) }
  }
}

/// The present rate times `lambda(epoch)` at every step, one function for all groups or one for each.
public final class MultiplicativeLR: LRScheduler {
  private let lambdas: [(Int) -> Double]

  /// Multiplies the rate by `lrLambda(epoch)` at every step.
  public convenience init(_ optimizer: Optimizer, lrLambda: @escaping (Int) -> Double, lastEpoch: Int = -1) {
    self.init(optimizer, lrLambdas: optimizer.learningRates.map { _ in lrLambda }, lastEpoch: lastEpoch)
  }

  /// Multiplies the rate of each group by its own function of the epoch.
  public init(_ optimizer: Optimizer, lrLambdas: [(Int) -> Double], lastEpoch: Int = -1) {
    lambdas = lrLambdas
    super.init(optimizer, lastEpoch: lastEpoch)
    let groups = optimizer.learningRates.count
    begin((lambdas.count == groups, "got \(lambdas.count) functions for \(groups) parameter groups"))
  }

  public override func nextLearningRates() -> [Double] {
    if isInitial { return optimizer.learningRates }
    return zip(optimizer.learningRates, lambdas).map { $0 * $1(lastEpoch) }
  }
}

/// The rate times `gamma` every `stepSize` epochs.
public final class StepLR: LRScheduler {
  public let stepSize: Int
  public let gamma: Double

  /// Multiplies the rate by `gamma` every `stepSize` epochs, which must be at least 1.
  public init(_ optimizer: Optimizer, stepSize: Int, gamma: Double = 0.1, lastEpoch: Int = -1) {
    self.stepSize = max(1, stepSize)
    self.gamma = gamma
    super.init(optimizer, lastEpoch: lastEpoch)
    begin((stepSize >= 1, "stepSize must be 1 or more, and is \(stepSize)"))
  }

  public override func nextLearningRates() -> [Double] {
    lastEpoch > 0 && lastEpoch % stepSize == 0 ? multiplied(gamma) : optimizer.learningRates
  }

  public override func closedFormLearningRates() -> [Double]? {
    baseLearningRates.map { $0 * power(gamma, floorDivided(lastEpoch, stepSize)) }
  }
}

/// The rate times `gamma` at each of the `milestones`; one that is listed twice counts twice.
public final class MultiStepLR: LRScheduler {
  public let milestones: [Int]
  public let gamma: Double

  /// Multiplies the rate by `gamma` at each of the `milestones`, epochs counted from 0.
  public init(_ optimizer: Optimizer, milestones: [Int], gamma: Double = 0.1, lastEpoch: Int = -1) {
    self.milestones = milestones
    self.gamma = gamma
    super.init(optimizer, lastEpoch: lastEpoch)
    begin()
  }

  public override func nextLearningRates() -> [Double] {
    let hits = milestones.count { $0 == lastEpoch }
    return hits == 0 ? optimizer.learningRates : multiplied(power(gamma, hits))
  }

  public override func closedFormLearningRates() -> [Double]? {
    let reached = milestones.count { $0 <= lastEpoch }
    return baseLearningRates.map { $0 * power(gamma, reached) }
  }
}

/// The rate times `factor` for the first `totalIters` steps.
public final class ConstantLR: LRScheduler {
  public let factor: Double
  public let totalIters: Int

  /// The rate times `factor`, in 0 ... 1, for `totalIters` steps, then the rate itself.
  public init(_ optimizer: Optimizer, factor: Double = 1.0 / 3, totalIters: Int = 5, lastEpoch: Int = -1) {
    self.factor = factor
    self.totalIters = totalIters
    super.init(optimizer, lastEpoch: lastEpoch)
    begin(((0...1).contains(factor), "factor must be in 0 ... 1, and is \(factor)"))
  }

  public override func nextLearningRates() -> [Double] {
    if lastEpoch == 0 { return multiplied(factor) }
    return lastEpoch == totalIters ? multiplied(1 / factor) : optimizer.learningRates
  }

  public override func closedFormLearningRates() -> [Double]? {
    baseLearningRates.map { $0 * (lastEpoch >= totalIters ? 1 : factor) }
  }
}

/// From the rate times `startFactor` in a straight line to the rate times `endFactor` at step `totalIters`.
public final class LinearLR: LRScheduler {
  public let startFactor: Double
  public let endFactor: Double
  public let totalIters: Int

  /// The rate times a factor that goes from `startFactor` to `endFactor` in `totalIters` steps.
  public init(
    _ optimizer: Optimizer, startFactor: Double = 1.0 / 3, endFactor: Double = 1, totalIters: Int = 5,
    lastEpoch: Int = -1
  ) {
    self.startFactor = startFactor
    self.endFactor = endFactor
    self.totalIters = totalIters
    super.init(optimizer, lastEpoch: lastEpoch)
    begin(
      (
        startFactor > 0 && startFactor <= 1 && (0...1).contains(endFactor),
        "startFactor must be above 0 and both factors at most 1, and they are \(startFactor) and \(endFactor)"
      ))
  }

  public override func nextLearningRates() -> [Double] {
    if lastEpoch == 0 { return multiplied(startFactor) }
    if isInitial || lastEpoch > totalIters { return optimizer.learningRates }
    let change = endFactor - startFactor
    return multiplied(1 + change / (Double(totalIters) * startFactor + Double(lastEpoch - 1) * change))
  }

  public override func closedFormLearningRates() -> [Double]? {
    let share = Double(min(totalIters, lastEpoch)) / Double(totalIters)
    return baseLearningRates.map { $0 * (startFactor + (endFactor - startFactor) * share) }
  }
}

/// The rate times `gamma` at every step.
public final class ExponentialLR: LRScheduler {
  public let gamma: Double

  /// Multiplies the rate by `gamma` at every step.
  public init(_ optimizer: Optimizer, gamma: Double, lastEpoch: Int = -1) {
    self.gamma = gamma
    super.init(optimizer, lastEpoch: lastEpoch)
    begin()
  }

  public override func nextLearningRates() -> [Double] {
    isInitial ? optimizer.learningRates : multiplied(gamma)
  }

  public override func closedFormLearningRates() -> [Double]? {
    baseLearningRates.map { $0 * power(gamma, lastEpoch) }
  }
}

/// The rate times `(1 - t / totalIters) ^ power`, which is zero from step `totalIters` on.
public final class PolynomialLR: LRScheduler {
  public let totalIters: Int
  /// The exponent of the polynomial, `power` of the initialiser.
  public let exponent: Double

  /// The rate times (1 - t / totalIters)^power, down to 0 at step `totalIters`.
  public init(_ optimizer: Optimizer, totalIters: Int = 5, power: Double = 1, lastEpoch: Int = -1) {
    self.totalIters = totalIters
    exponent = power
    super.init(optimizer, lastEpoch: lastEpoch)
    begin()
  }

  public override func nextLearningRates() -> [Double] {
    if isInitial || lastEpoch > totalIters { return optimizer.learningRates }
    let left = (1 - Double(lastEpoch) / Double(totalIters)) / (1 - Double(lastEpoch - 1) / Double(totalIters))
    return multiplied(power(left, exponent))
  }

  public override func closedFormLearningRates() -> [Double]? {
    let left = 1 - Double(min(totalIters, lastEpoch)) / Double(totalIters)
    return baseLearningRates.map { $0 * power(left, exponent) }
  }
}

/// The quotient, rounded down, by a positive divisor.
private func floorDivided(_ a: Int, _ b: Int) -> Int { a % b < 0 ? a / b - 1 : a / b }
