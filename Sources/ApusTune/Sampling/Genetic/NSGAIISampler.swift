import ApusCore

/// The genetic sampler NSGA-II, for studies of several objectives (Deb et al., A fast and elitist multiobjective genetic algorithm:
/// NSGA-II, 2002). From a generation and its parents those of the best ranks, and of the last rank those with most room around them,
/// become the parents of the next. From the same seed it draws what Optuna's `NSGAIISampler` draws.
///
/// Trials that break constraints are worse than all that meet them.
public final class NSGAIISampler: GeneticSampler {
  let evolution: Evolution

  /// - Parameters:
  ///   - population: trials of a generation; at least 2, and as many as a child has parents.
  ///   - mutation: what happens to a value that mutates.
  ///   - mutationProbability: of each value; nil for one over the number of parameters.
  ///   - crossover: how numbers come from parents.
  ///   - crossoverProbability: of a child of several parents, rather than one.
  ///   - swappingProbability: that a choice is the second parent's.
  ///   - seed: of the draws; nil for another one in every process.
  /// - Throws: `TensorError` of kind `value` where a setting is out of its range.
  public init(
    population: Int = 50, mutation: Mutation = .resampling, mutationProbability: Double? = nil,
    crossover: Crossover? = nil, crossoverProbability: Double = 0.9, swappingProbability: Double = 0.5,
    seed: UInt32? = nil
  ) throws {
    let rule = ChildRule(
      crossover: crossover ?? .uniform(swapping: swappingProbability), crossoverProbability: crossoverProbability,
      mutation: mutation, mutationProbability: mutationProbability, swappingProbability: swappingProbability)
    evolution = try Evolution("NSGAIISampler", rule: rule, population: population, seed: seed) { candidates, count, _ in
      Self.elite(candidates, count)
    }
  }

  /// The best ranks, and of the last one those with most room.
  private static func elite(_ candidates: Evolution.Candidates, _ count: Int) -> [Int] {
    var elite: [Int] = []
    for front in candidates.fronts {
      if elite.count + front.count < count {
        elite += front
      } else {
        let order = crowdingOrder(front.map { candidates.values[$0] })
        return elite + order.prefix(count - elite.count).map { front[$0] }
      }
    }
    return elite
  }
}
