import ApusCore

/// Picks a sampler for each trial by what the study is: its objectives, its parameters and how many trials it has.
///
/// - One objective: Gaussian processes (``GPSampler``) for the first 250 trials, which is where they need fewest; then CMA-ES from the
///   best of these on (``CMAESSampler``) where all parameters are numbers, else ``TPESampler``, whose cost hardly grows.
/// - Parameters that only some trials have: ``TPESampler`` with groups, which learns of them as well.
/// - Several objectives: Gaussian processes for up to three objectives and 100 trials, ``TPESampler`` up to 1,000; then
///   ``NSGAIISampler``, of more than three objectives ``NSGAIIISampler``.
///
/// Where a setting of choices, steps and whole numbers has been tried already, others are drawn before it is tried again.
///
/// All of them go on from what the trials say, so the choice may change from trial to trial and in other processes. Constraints are
/// heeded by all but CMA-ES, which is not picked where there are any.
public final class AutoSampler: TrialSampler {
  private enum Choice: Sendable {
    case gaussianProcess, evolutionStrategy, parzen, groupedParzen, genetic
  }

  private struct State: Sendable {
    var reader = FinishedTrialReader()
    var complete = 0
    var names: Set<String> = []
    var hasConstraints = false
    /// The best complete trial of those that Gaussian processes proposed.
    var best: (loss: Double, trial: TrialRecord)?
    var evolutionStrategy: CMAESSampler?
    var tried = TriedSettings()
    /// Trials that run, or wait.
    var open: [TrialRecord] = []

    func isTried(_ values: [String: Double], besides trial: TrialRecord) -> Bool {
      tried.contains(values)
        || open.contains { other in
          other.id != trial.id && !other.parameters.isEmpty
            && other.parameters.allSatisfy { values[$0.name] == $0.value.internal }
        }
    }
  }

  private static let processTrials = 250
  private static let severalProcessTrials = 100
  private static let severalParzenTrials = 1000
  /// More parameters than this cost too much and tell Gaussian processes too little.
  private static let processParameters = 60
  private static let mostProcessObjectives = 3
  /// How often another setting is drawn in place of one that has been tried.
  private static let mostRedraws = 10
  /// How many of its parameters are drawn evenly after that, one after another, until it has not been tried.
  private static let mostSteps = 100

  private let state = GatheredByPart(State())
  /// Of trials that run, by their ids.
  private let choices = Lock([Int: Choice]())
  private let intersection = IntersectionSpace()
  private let gaussianProcess: GPSampler
  private let parzen: TPESampler
  private let groupedParzen: TPESampler
  private let nsga2: NSGAIISampler
  private let nsga3: NSGAIIISampler
  private let seed: UInt32
  /// Of changes to settings that have been tried.
  private let generator: NumPyGenerator

  /// - Parameters:
  ///   - startupTrials: how many trials are drawn at random first.
  ///   - deterministicObjective: whether the objective gives the same value each time.
  ///   - seed: of the draws; nil for another one in every process.
  public init(startupTrials: Int = 10, deterministicObjective: Bool = false, seed: UInt32? = nil) throws {
    let seed = seed ?? UInt32.random(in: 0...UInt32.max)
    self.seed = seed
    generator = NumPyGenerator(seed: seed)
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
    try sampler(picked(study, trial), study).jointSpace(study, trial: trial)
  }

  public func sampleJointly(
    _ study: StudyView, trial: TrialRecord, space: NamedValues<ParameterDistribution>
  ) throws -> [String: Double] {
    let choice = try picked(study, trial)
    let first = try sampler(choice, study).sampleJointly(study, trial: trial, space: space)
    let redrawing: TPESampler
    switch choice {
    case .gaussianProcess, .parzen: redrawing = parzen
    case .groupedParzen: redrawing = groupedParzen
    // These need the draws of their own distribution or generation.
    case .evolutionStrategy, .genetic: return first
    }
    var values = first
    for _ in 0..<Self.mostRedraws where state.withLock(study, { $0.isTried(values, besides: trial) }) {
      values = try redrawing.sampleJointly(study, trial: trial, space: space)
    }
    // Where the good settings have all been tried, one that differs a little is drawn.
    let names = values.keys.sorted()
    for _ in 0..<Self.mostSteps
    where !names.isEmpty && state.withLock(study, { $0.isTried(values, besides: trial) }) {
      let name = names[Int(generator.integer(upTo: UInt32(names.count - 1)))]
      values[name] = space[name].map { generator.uniform($0) } ?? values[name]
    }
    return values
  }

  public func sample(
    _ name: String, _ distribution: ParameterDistribution, _ study: StudyView, trial: TrialRecord
  ) throws -> Double { try sampler(picked(study, trial), study).sample(name, distribution, study, trial: trial) }

  public func willEnd(_ study: StudyView, trial: TrialRecord, state: TrialState, values: [Double]) throws {
    defer { choices.withLock { $0[trial.id] = nil } }
    try sampler(picked(study, trial), study).willEnd(study, trial: trial, state: state, values: values)
  }

  /// What a trial began with.
  private func picked(_ study: StudyView, _ trial: TrialRecord) throws -> Choice {
    if let choice = choices.withLock({ $0[trial.id] }) { return choice }
    return try pick(study, trial)
  }

  private func pick(_ study: StudyView, _ trial: TrialRecord) throws -> Choice {
    let space = try intersection(study)
    return try state.withLock(study) { state in
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
      choices.withLock { $0[trial.id] = choice }
      return choice
    }
  }

  private func read(_ study: StudyView, _ state: inout State) throws {
    let (areAll, trials, open) = try state.reader.read(study)
    if areAll { state = State(reader: state.reader) }
    state.open = open
    for trial in trials {
      if trial.state != .failed { state.tried.insert(trial) }
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
      return try state.withLock(study) { state in
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

/// Settings of trials that have ended. A proposal is among them where some trial had only parameters of the proposal, all with its
/// values: with the same ones the objective would ask for the same again.
private struct TriedSettings: Sendable {
  /// For each set of names that some trial had the values in the order of the names.
  private var values: [[String]: Set<[Double]>] = [:]

  mutating func insert(_ trial: TrialRecord) {
    guard !trial.parameters.isEmpty else { return }
    let names = trial.parameters.names.sorted()
    values[names, default: []].insert(names.compactMap { trial.parameters[$0]?.internal })
  }

  func contains(_ proposal: [String: Double]) -> Bool {
    values.contains { names, settings in
      let own = names.compactMap { proposal[$0] }
      return own.count == names.count && settings.contains(own)
    }
  }
}
