import ApusCore

/// A sampler whose proposals are children of earlier trials.
protocol GeneticSampler: TrialSampler {
  var evolution: Evolution { get }
}

extension GeneticSampler {
  public func jointSpace(_ study: StudyView, trial: TrialRecord) throws -> NamedValues<ParameterDistribution> {
    try evolution.space(study)
  }

  public func sampleJointly(
    _ study: StudyView, trial: TrialRecord, space: NamedValues<ParameterDistribution>
  ) throws -> [String: Double] { try evolution.child(study, trial, space) }

  public func sample(
    _ name: String, _ distribution: ParameterDistribution, _ study: StudyView, trial: TrialRecord
  ) throws -> Double { evolution.draw(distribution) }

  public func willBegin(_ study: StudyView, trial: TrialRecord) throws {
    try evolution.generations.begin(study, trial)
  }
}

/// Generations, parents and children; how parents are chosen is up to the sampler.
final class Evolution: Sendable {
  /// A generation and its parents.
  struct Candidates {
    /// As they are told.
    let values: [[Double]]
    /// The values turned so that all are to become small.
    let losses: [[Double]]
    /// Positions by rank of non-domination.
    let fronts: [[Int]]
  }

  let generations: Generations
  private let rule: ChildRule
  private let population: Int
  private let select: @Sendable (Candidates, Int, NumPyGenerator) throws -> [Int]
  private let intersection = IntersectionSpace()
  /// Of parents and children.
  private let generator: NumPyGenerator
  /// Of values that are drawn one by one.
  private let independent: NumPyGenerator

  init(
    _ name: String, rule: ChildRule, population: Int, seed: UInt32?,
    select: @escaping @Sendable (Candidates, Int, NumPyGenerator) throws -> [Int]
  ) throws {
    if let mistake = rule.mistake(population: population) { throw TensorError(.value, name, mistake) }
    (self.rule, self.population, self.select) = (rule, population, select)
    generations = Generations(name: name, population: population)
    let seed = seed ?? UInt32.random(in: 0...UInt32.max)
    generator = NumPyGenerator(seed: seed)
    independent = NumPyGenerator(seed: seed)
  }

  func space(_ study: StudyView) throws -> NamedValues<ParameterDistribution> {
    try intersection.varying(study)
  }

  func child(_ study: StudyView, _ trial: TrialRecord, _ space: NamedValues<ParameterDistribution>) throws -> [String:
    Double]
  {
    let generation = try generations.generation(study, trial)
    let parents = try generations.parents(study, generation: generation) { candidates in
      let values = candidates.map(\.values)
      let losses = values.map { zip($0, study.signs).map { $0 * $1 } }
      let ranks = nonDominationRanks(losses, penalties: candidates.penalties)
      var fronts = [[Int]](repeating: [], count: (ranks.max() ?? -1) + 1)
      for (i, rank) in ranks.enumerated() { fronts[rank].append(i) }
      return try select(
        Candidates(values: values, losses: losses, fronts: fronts), population, generator
      ).map { candidates[$0] }
    }
    let names = space.names
    let usable = parents.filter { trial in names.allSatisfy { trial.parameters[$0] != nil } }
    guard !usable.isEmpty else { return [:] }
    return rule.child(
      of: ChildRule.Population(usable, signs: study.signs), space: space,
      hasSeveralObjectives: study.directions.count > 1, generator)
  }

  func draw(_ distribution: ParameterDistribution) -> Double { independent.uniform(distribution) }
}
