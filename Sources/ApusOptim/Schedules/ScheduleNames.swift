// Schedules as PyTorch's users write them where the forms do not follow from the initialisers; names of choices as text.

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
  @_disfavoredOverload public convenience init(
    _ optimizer: Optimizer, _ lrLambda: @escaping (Int) -> Double, lastEpoch: Int = -1
  ) {
    self.init(optimizer, lrLambda: lrLambda, lastEpoch: lastEpoch)
  }

  /// `LambdaLR(optimizer, [f, g])`.
  public convenience init(_ optimizer: Optimizer, _ lrLambdas: [(Int) -> Double], lastEpoch: Int = -1) {
    self.init(optimizer, lrLambdas: lrLambdas, lastEpoch: lastEpoch)
  }

  /// `LambdaLR(optimizer, lrLambda: [f, g])`.
  public convenience init(_ optimizer: Optimizer, lrLambda lrLambdas: [(Int) -> Double], lastEpoch: Int = -1) {
    self.init(optimizer, lrLambdas: lrLambdas, lastEpoch: lastEpoch)
  }
}

extension MultiplicativeLR {
  /// `MultiplicativeLR(optimizer, f)`.
  @_disfavoredOverload public convenience init(
    _ optimizer: Optimizer, _ lrLambda: @escaping (Int) -> Double, lastEpoch: Int = -1
  ) {
    self.init(optimizer, lrLambda: lrLambda, lastEpoch: lastEpoch)
  }
}

extension MultiplicativeLR {
  /// `MultiplicativeLR(optimizer, [f, g])`.
  public convenience init(_ optimizer: Optimizer, _ lrLambdas: [(Int) -> Double], lastEpoch: Int = -1) {
    self.init(optimizer, lrLambdas: lrLambdas, lastEpoch: lastEpoch)
  }

  /// `MultiplicativeLR(optimizer, lrLambda: [f, g])`.
  public convenience init(_ optimizer: Optimizer, lrLambda lrLambdas: [(Int) -> Double], lastEpoch: Int = -1) {
    self.init(optimizer, lrLambdas: lrLambdas, lastEpoch: lastEpoch)
  }
}

extension ChainedScheduler {
  /// `ChainedScheduler(schedulers: [warmup, decay])`.
  public convenience init(schedulers: [LRScheduler], optimizer: Optimizer? = nil) {
    self.init(schedulers, optimizer: optimizer)
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

extension CyclicLR.ScaleMode: ExpressibleByStringLiteral {
  /// `"cycle"` or `"iterations"`.
  public init(stringLiteral name: String) { self = choice(name, "CyclicLR") }
}
