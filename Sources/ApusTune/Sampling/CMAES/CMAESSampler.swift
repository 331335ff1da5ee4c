import ApusCore
import ApusTrain

/// Samples a normal distribution that moves to where the objective is good: CMA-ES, for studies of one objective whose parameters are
/// numbers. Choices, and parameters that only some trials have, are drawn by another sampler.
///
/// The distribution lives in the unit cube of the parameters that all complete trials share, logarithms where logarithmic. A trial's
/// generation is in its note `cma:generation` (`sepcma:`, `cmawm:`), as Optuna's `CmaEsSampler` writes it; the distribution comes from
/// following the generations. So a study goes on in another process, and one that Optuna began goes on here.
///
/// See N. Hansen, The CMA evolution strategy: a tutorial, 2016.
public final class CMAESSampler: FallbackSampler {
  /// What of the distribution is adapted, and how.
  public enum Variant: Sendable, Hashable {
    /// All covariances.
    case full
    /// Variances only: for many parameters that depend little on each other.
    case separable
    /// All covariances, and steps and whole numbers keep a least probability of changing; without it they stand still once the
    /// distribution is narrower than a step.
    case withMargin
    /// All covariances, with rates of learning that follow the noise of the objective.
    case learningRateAdaptation
  }

  /// What happens when nothing can come of more generations.
  public enum Restarts: Sendable, Hashable {
    /// The distribution stays as it is.
    case none
    /// It starts anew from anywhere with a population that is larger by a factor each time (Auger and Hansen, A restart CMA
    /// evolution strategy with increasing population size, 2005).
    case ipop(factor: Int = 2)
    /// The same by turns with small populations, so that both have equally many trials (Hansen, Benchmarking a BI-population CMA-ES
    /// on the BBOB-2009 function testbed, 2009).
    case bipop(factor: Int = 2)
  }

  private struct State: Sendable {
    var reader = FinishedTrialReader()
    var space: UnitSpace?
    /// How many trials have a value.
    var evaluated = 0
    /// Trials of generations that were not followed yet.
    var members: [Int: [(trial: TrialRecord, value: Double)]] = [:]
    /// Numbers of the trials that a generation consists of, where there was a choice, and who said so.
    var notes: [Int: (author: Int, numbers: [Int])] = [:]
    var evolution: RestartingEvolution?
  }

  private let state = GatheredByPart(State())
  private let intersection = IntersectionSpace()
  private let generator: NumPyGenerator
  /// Draws the parameters that are not drawn together.
  public let independent: any TrialSampler
  private let x0: [String: SettingValue]?
  private let sigma0: Double?
  private let startupTrials: Int
  private let variant: Variant
  private let population: Int?
  private let restarts: Restarts
  private let considerPrunedTrials: Bool
  private let sourceTrials: [TrialRecord]?

  /// - Parameters:
  ///   - x0: parameters where the distribution begins; nil for the middle of their ranges.
  ///   - sigma0: its standard deviation then, as a part of the ranges; nil for a sixth.
  ///   - startupTrials: how many trials the independent sampler draws first.
  ///   - independentSampler: draws these, and what CMA-ES does not; nil for a ``RandomTrialSampler`` of the same seed.
  ///   - variant: what is adapted.
  ///   - population: trials of a generation; nil for 4 + ⌊3 ln n⌋ of n parameters.
  ///   - restarts: what happens when nothing can come of more generations.
  ///   - considerPrunedTrials: whether pruned trials count with their last report.
  ///   - sourceTrials: trials of a similar task; the distribution begins as that of their best tenth (Nomura et al., Warm starting CMA-ES
  ///     for hyperparameter optimization, 2021).
  ///   - seed: of the draws; nil for another one in every process.
  /// - Throws: `TensorError` of kind `value` where a setting is out of its range, or where `sourceTrials` are given with `x0`, `sigma0`
  ///   or the separable variant.
  public init(
    x0: [String: SettingValue]? = nil, sigma0: Double? = nil, startupTrials: Int = 1,
    independentSampler: (any TrialSampler)? = nil, variant: Variant = .full, population: Int? = nil,
    restarts: Restarts = .none, considerPrunedTrials: Bool = false, sourceTrials: [TrialRecord]? = nil,
    seed: UInt32? = nil
  ) throws {
    func mistake(_ message: String) -> TensorError { TensorError(.value, "CMAESSampler", message) }
    if let population, population < 2 { throw mistake("a generation has at least 2 trials, not \(population)") }
    if let sigma0, !(sigma0 > 0 && sigma0.isFinite) { throw mistake("sigma0 must be positive, not \(sigma0)") }
    switch restarts {
    case .none: break
    case .ipop(let factor), .bipop(let factor):
      if factor < 2 { throw mistake("populations grow by a factor of at least 2, not \(factor)") }
    }
    if sourceTrials != nil {
      if x0 != nil || sigma0 != nil { throw mistake("sourceTrials say where to begin; leave out x0 and sigma0") }
      if variant == .separable { throw mistake("sourceTrials have covariances, which the separable variant lacks") }
    }
    (self.x0, self.sigma0, self.startupTrials) = (x0, sigma0, startupTrials)
    (self.variant, self.population, self.restarts) = (variant, population, restarts)
    (self.considerPrunedTrials, self.sourceTrials) = (considerPrunedTrials, sourceTrials)
    let seed = seed ?? UInt32.random(in: 0...UInt32.max)
    independent = independentSampler ?? RandomTrialSampler(seed: seed)
    generator = NumPyGenerator(seed: seed)
  }

  private var prefix: String {
    switch variant {
    case .full, .learningRateAdaptation: "cma:"
    case .separable: "sepcma:"
    case .withMargin: "cmawm:"
    }
  }
  private var generationKey: String { prefix + "generation" }
  private var noteKey: String { prefix + "told" }
  /// A sample before its steps were rounded.
  private static let rawKey = "x_for_tell"

  private static func requireOneObjective(_ study: StudyView) throws {
    guard study.directions.count == 1 else {
      throw TensorError(
        .state, "CMAESSampler",
        "the study '\(study.name)' has \(study.directions.count) objectives and CMA-ES takes one; try NSGAIISampler")
    }
  }

  public func jointSpace(_ study: StudyView, trial: TrialRecord) throws -> NamedValues<ParameterDistribution> {
    try Self.requireOneObjective(study)
    return NamedValues(
      try intersection.varying(study).lazy.filter { !$0.value.isCategorical }.map { ($0.name, $0.value) })
  }

  public func sampleJointly(
    _ study: StudyView, trial: TrialRecord, space: NamedValues<ParameterDistribution>
  ) throws -> [String: Double] {
    try state.withLock(study) { state in
      try read(study, UnitSpace(space, widened: variant != .withMargin), &state)
      guard state.evaluated >= startupTrials, let unit = state.space else { return [:] }
      if state.evolution == nil { state.evolution = try begin(unit, study.signs[0]) }
      guard var evolution = state.evolution else { return [:] }
      // A sampler of the same seed draws once more while no generation has been followed.
      if evolution.generation == 0 { _ = generator.integer(upTo: 2_147_483_644) }
      try follow(study, trial, unit, &evolution, &state)
      state.evolution = evolution

      let seed = 1 + generator.integer(upTo: 65534) + UInt32(truncatingIfNeeded: trial.number)
      let (raw, point) = evolution.sample(NumPyGenerator(seed: seed))
      if variant == .withMargin {
        try study.storage.setAttribute(Self.rawKey, .list(raw.map { .double($0) }), of: .system, trial: trial.id)
      }
      try study.storage.setAttribute(generationKey, .int(evolution.generation), of: .system, trial: trial.id)
      return unit.values(point)
    }
  }

  /// Takes in the trials that have finished.
  private func read(_ study: StudyView, _ unit: UnitSpace, _ state: inout State) throws {
    if state.space != unit {
      state = State()
      state.space = unit
    }
    let (areAll, trials, _) = try state.reader.read(study)
    if areAll { (state.evaluated, state.members, state.notes, state.evolution) = (0, [:], [:], nil) }
    for trial in trials {
      note(trial, &state)
      guard let value = value(trial) else { continue }
      state.evaluated += 1
      guard let generation = generation(trial) else { continue }
      state.members[generation, default: []].append((trial, value * study.signs[0]))
    }
  }

  private func generation(_ trial: TrialRecord) -> Int? {
    trial.systemAttributes[generationKey]?.number.flatMap { Int(exactly: $0) }
  }

  private func value(_ trial: TrialRecord) -> Double? {
    switch trial.state {
    case .complete: return trial.values.first
    case .pruned:
      guard considerPrunedTrials, let step = trial.lastStep, let last = trial.report(at: step), !last.isNaN else {
        return nil
      }
      return last
    case .failed, .running, .waiting: return nil
    }
  }

  /// Keeps which trials a generation consists of, where a trial says so. Of several the first one counts.
  private func note(_ trial: TrialRecord, _ state: inout State) {
    guard case .list(let list) = trial.systemAttributes[noteKey] else { return }
    let numbers = list.compactMap { $0.number.flatMap { Int(exactly: $0) } }
    guard let generation = numbers.first else { return }
    if let author = state.notes[generation]?.author, author <= trial.number { return }
    state.notes[generation] = (trial.number, Array(numbers.dropFirst()))
  }

  /// Moves the distribution by all generations that are complete.
  private func follow(
    _ study: StudyView, _ trial: TrialRecord, _ unit: UnitSpace, _ evolution: inout RestartingEvolution,
    _ state: inout State
  ) throws {
    while let members = state.members[evolution.generation], members.count >= evolution.population {
      let generation = evolution.generation
      let open = try state.reader.unfinished(study)
      for trial in open { note(trial, &state) }
      var chosen = members.sorted { $0.trial.number < $1.trial.number }
      if let numbers = state.notes[generation]?.numbers {
        let named = chosen.filter { numbers.contains($0.trial.number) }
        if named.count >= evolution.population { chosen = named }
      } else if chosen.count > evolution.population || open.contains(where: { self.generation($0) == generation }) {
        // Others may see more trials of the generation than there are now.
        let numbers = chosen.prefix(evolution.population).map { SettingValue.int($0.trial.number) }
        try study.storage.setAttribute(noteKey, .list([.int(generation)] + numbers), of: .system, trial: trial.id)
      }
      let solutions = chosen.compactMap { member in told(member.trial, unit).map { (point: $0, value: member.value) } }
      guard solutions.count >= evolution.population else { return }
      evolution.tell(Array(solutions.prefix(evolution.population)))
      state.members[generation] = nil
      state.notes[generation] = nil
    }
  }

  /// The point of a trial as the distribution is told it.
  private func told(_ trial: TrialRecord, _ unit: UnitSpace) -> [Double]? {
    if variant == .withMargin, case .list(let list) = trial.systemAttributes[Self.rawKey] {
      let raw = list.compactMap(\.number)
      if raw.count == unit.count, raw.allSatisfy(\.isFinite) { return raw }
    }
    return unit.point(trial)
  }

  private func begin(_ unit: UnitSpace, _ sign: Double) throws -> RestartingEvolution {
    var shape: EvolutionStrategy.Shape =
      switch variant {
      case .full, .withMargin: .full
      case .separable: .separable
      case .learningRateAdaptation: .adaptive
      }
    // Of one parameter a variance is all there is.
    if shape == .separable, unit.count == 1 { shape = .full }
    var mean = [Double](repeating: 0.5, count: unit.count)
    var sigma = max(sigma0 ?? 1 / 6.0, 1e-10)
    var covariance: [Double]?
    if let sourceTrials {
      let solutions = sourceTrials.compactMap { trial -> (point: [Double], value: Double)? in
        guard trial.parameters.count == unit.count, let value = value(trial), let point = unit.point(trial) else {
          return nil
        }
        return (point, value * sign)
      }
      guard !solutions.isEmpty else {
        throw TensorError(
          .value, "CMAESSampler",
          "none of the \(sourceTrials.count) source trials has a value and the parameters "
            + unit.space.names.joined(separator: ", "))
      }
      (mean, sigma, covariance) = warmStart(solutions)
    } else if let x0 {
      for (i, (name, distribution)) in unit.space.enumerated() {
        guard let value = x0[name] else { continue }
        let internalValue = try distribution.internalValue(value, name)
        mean[i] = min(max(unit.point { $0 == name ? internalValue : mean[i] }?[i] ?? 0.5, 0), 1)
      }
    }
    return RestartingEvolution(
      first: EvolutionStrategy(mean: mean, sigma: sigma, population: population, covariance: covariance, shape: shape),
      sigma: sigma, steps: variant == .withMargin ? unit.steps : nil, restarts: restarts)
  }

  public func sample(
    _ name: String, _ distribution: ParameterDistribution, _ study: StudyView, trial: TrialRecord
  ) throws -> Double {
    try Self.requireOneObjective(study)
    return try independent.sample(name, distribution, study, trial: trial)
  }
}

extension UnitSpace {
  /// The distance of values in the unit cube; 0 where they are continuous, or logarithms.
  fileprivate var steps: [Double] {
    space.values.map { distribution in
      switch distribution {
      case .float(let low, let high, _, let step): step.map { $0 / (high - low) } ?? 0
      case .int(let low, let high, let log, let step): log ? 0 : Double(step) / Double(high - low)
      case .categorical: 0
      }
    }
  }
}
