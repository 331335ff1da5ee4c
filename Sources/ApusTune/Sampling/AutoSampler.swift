import ApusCore

/// Picks a sampler for each trial by what the study is: its objectives, its parameters and how many trials it has.
///
/// - One objective: Gaussian processes (``GPSampler``) for the first 250 trials, which is where they need fewest; then CMA-ES from the
///   best of these on (``CMAESSampler``) where all parameters are numbers, else ``TPESampler``, whose cost hardly grows.
/// - Parameters that only some trials have: ``TPESampler`` with groups, which learns of them as well.
/// - Several objectives: Gaussian processes for up to three objectives and 100 trials, ``TPESampler`` up to 1,000; then
///   ``NSGAIISampler``, of more than three objectives ``NSGAIIISampler``.
///
/// All of them go on from what the trials say, so the choice may change from trial to trial and in other processes. Constraints are
/// heeded by all but CMA-ES, which is not picked where there are any.
public final class AutoSampler: TrialSampler {
  private enum Choice: Sendable {
    case gaussianProcess, evolutionStrategy, parzen, groupedParzen, genetic
  }

  private struct State {
    var reader = FinishedTrialReader()
    var complete = 0
    var names: Set<String> = []
    var hasConstraints = false
    /// The best complete trial of those that Gaussian processes proposed.
    var best: (loss: Double, trial: TrialRecord)?
    var evolutionStrategy: CMAESSampler?
    /// Of trials that run.
    var choices: [Int: Choice] = [:]
  }

  private static let processTrials = 250
  private static let severalProcessTrials = 100
  private static let severalParzenTrials = 1000
  /// More parameters than this cost too much and tell Gaussian processes too little.
  private static let processParameters = 60
  private static let mostProcessObjectives = 3

  private let state = Lock(State())
  private let intersection = IntersectionSpace()
  private let gaussianProcess: GPSampler
  private let parzen: TPESampler
  private let groupedParzen: TPESampler
  private let nsga2: NSGAIISampler
  private let nsga3: NSGAIIISampler
  private let seed: UInt32

  /// - Parameters:
  ///   - startupTrials: how many trials are drawn at random first.
  ///   - deterministicObjective: whether the objective gives the same value each time.
  ///   - seed: of the draws; nil for another one in every process.
  public init(startupTrials: Int = 10, deterministicObjective: Bool = false, seed: UInt32? = nil) throws {
    let seed = seed ?? UInt32.random(in: 0...UInt32.max)
    self.seed = seed
    gaussianProcess = GPSampler(
      startupTrials: startupTrials, deterministicObjective: deterministicObjective, seed: seed)
    parzen = TPESampler(startupTrials: startupTrials, seed: seed)
    groupedParzen = TPESampler(startupTrials: startupTrials, multivariate: true, group: true, seed: seed)
    nsga2 = try NSGAIISampler(seed: seed)
    nsga3 = try NSGAIIISampler(seed: seed)
  }

  public func willBegin(_ study: StudyView, trial: TrialRecord) throws {
    try sampler(pick(study, trial), study).willBegin(study, trial: trial)
  }

  public func jointSpace(_ study: StudyView, trial: TrialRecord) throws -> NamedValues<ParameterDistribution> {
    try picked(study, trial).jointSpace(study, trial: trial)
  }

  public func sampleJointly(
    _ study: StudyView, trial: TrialRecord, space: NamedValues<ParameterDistribution>
  ) throws -> [String: Double] { try picked(study, trial).sampleJointly(study, trial: trial, space: space) }

  public func sample(
    _ name: String, _ distribution: ParameterDistribution, _ study: StudyView, trial: TrialRecord
  ) throws -> Double { try picked(study, trial).sample(name, distribution, study, trial: trial) }

  public func willEnd(_ study: StudyView, trial: TrialRecord, state: TrialState, values: [Double]) throws {
    defer { self.state.withLock { $0.choices[trial.id] = nil } }
    try picked(study, trial).willEnd(study, trial: trial, state: state, values: values)
  }

  /// The sampler that a trial began with.
  private func picked(_ study: StudyView, _ trial: TrialRecord) throws -> any TrialSampler {
    if let choice = state.withLock({ $0.choices[trial.id] }) { return try sampler(choice, study) }
    return try sampler(pick(study, trial), study)
  }

  private func pick(_ study: StudyView, _ trial: TrialRecord) throws -> Choice {
    let space = try intersection(study)
    return try state.withLock { state in
      try read(study, &state)
      let isConditional = state.names.contains { space[$0] == nil }
      let canFit = !isConditional && space.count <= Self.processParameters
      let choice: Choice
      if study.directions.count > 1 {
        if canFit, state.complete < Self.severalProcessTrials, study.directions.count <= Self.mostProcessObjectives {
          choice = .gaussianProcess
        } else {
          choice = state.complete < Self.severalParzenTrials || isConditional ? .parzen : .genetic
        }
      } else if isConditional {
        choice = .groupedParzen
      } else if canFit, state.complete < Self.processTrials {
        choice = .gaussianProcess
      } else {
        let areNumbers = space.allSatisfy { !$0.value.isCategorical }
        choice = areNumbers && !state.hasConstraints && !space.isEmpty ? .evolutionStrategy : .parzen
      }
      state.choices[trial.id] = choice
      return choice
    }
  }

  private func read(_ study: StudyView, _ state: inout State) throws {
    let (areAll, trials, _) = try state.reader.read(study)
    if areAll { state = State(reader: state.reader, choices: state.choices) }
    for trial in trials {
      state.names.formUnion(trial.parameters.names)
      guard trial.state == .complete else { continue }
      state.complete += 1
      state.hasConstraints = state.hasConstraints || !trial.constraints.isEmpty
      if state.complete <= Self.processTrials, study.directions.count == 1, let value = trial.value {
        let loss = value * study.signs[0]
        if state.best.map({ loss < $0.loss }) ?? true { state.best = (loss, trial) }
      }
    }
  }

  private func sampler(_ choice: Choice, _ study: StudyView) throws -> any TrialSampler {
    switch choice {
    case .gaussianProcess: return gaussianProcess
    case .parzen: return parzen
    case .groupedParzen: return groupedParzen
    case .genetic: return study.directions.count > Self.mostProcessObjectives ? nsga3 : nsga2
    case .evolutionStrategy:
      return try state.withLock { state in
        if let known = state.evolutionStrategy { return known }
        // It begins narrow, where the processes have been.
        let made = try CMAESSampler(
          x0: state.best?.trial.params, sigma0: 0.1, variant: .withMargin, restarts: .ipop(), seed: seed)
        state.evolutionStrategy = made
        return made
      }
    }
  }
}
