import ApusCore

/// How children come from a population: parents by tournaments, crossover, mutation.
struct ChildRule: Sendable {
  let crossover: Crossover
  let crossoverProbability: Double
  let mutation: Mutation
  /// nil for one over the number of parameters.
  let mutationProbability: Double?
  let swappingProbability: Double

  /// Parents and a way of comparing them.
  struct Population {
    let trials: [TrialRecord]
    private let losses: [[Double]]
    private let penalties: [Double]?

    init(_ trials: [TrialRecord], signs: [Double]) {
      self.trials = trials
      losses = trials.map { zip($0.values, signs).map { $0 * $1 } }
      penalties = trials.penalties
    }

    /// Whether one is better in an objective and not worse in the others; where one breaks constraints, whether the other breaks
    /// them more.
    func dominates(_ a: Int, _ b: Int) -> Bool {
      if let penalties, penalties[a] > 0 || penalties[b] > 0 { return penalties[a] < penalties[b] }
      return losses[a] != losses[b] && zip(losses[a], losses[b]).allSatisfy { $0 <= $1 }
    }
  }

  /// What is wrong with the settings, or nil.
  func mistake(population: Int) -> String? {
    for (name, value) in [
      ("crossoverProbability", crossoverProbability), ("swappingProbability", swappingProbability),
      ("mutationProbability", mutationProbability ?? 0),
    ] where !(0...1).contains(value) { return "\(name) is a probability, from 0 to 1, not \(value)" }
    if population < max(2, crossover.parents) {
      return "the population \(population) is too small; at least \(max(2, crossover.parents)) are needed"
    }
    if case .polynomial(let eta) = mutation, !(eta >= 0) { return "eta must not be negative, as \(eta) is" }
    return crossover.mistake
  }

  /// The values of a child; parameters that are to be drawn anew are missing.
  func child(
    of population: Population, space: NamedValues<ParameterDistribution>, hasSeveralObjectives: Bool,
    _ generator: NumPyGenerator
  ) -> [String: Double] {
    let all = population.trials.map { $0.parameters.dictionary.mapValues(\.internal) }
    var genes: [(name: String, distribution: ParameterDistribution, value: Double)]
    if generator.uniform() < crossoverProbability {
      genes = crossed(population, all, space, hasSeveralObjectives, generator)
    } else {
      let parent = all[Int(generator.integer(upTo: UInt32(all.count - 1)))]
      genes = space.compactMap { name, distribution in parent[name].map { (name, distribution, $0) } }
    }
    let probability = mutationProbability ?? 1 / Double(max(1, genes.count))
    var child: [String: Double] = [:]
    for gene in genes {
      if generator.uniform() >= probability {
        child[gene.name] = gene.value
      } else if let moved = mutation.moved(gene.value, gene.distribution, generator) {
        child[gene.name] = moved
      }
    }
    return child
  }

  /// How many children are tried before one outside the bounds is moved to them.
  private static let mostTries = 1000

  private func crossed(
    _ population: Population, _ all: [[String: Double]], _ space: NamedValues<ParameterDistribution>,
    _ hasSeveralObjectives: Bool,
    _ generator: NumPyGenerator
  ) -> [(name: String, distribution: ParameterDistribution, value: Double)] {
    let choices = space.filter { $0.value.isCategorical }
    let numbers = space.filter { !$0.value.isCategorical }
    let bounds = numbers.map(\.value.continuousRange)
    for attempt in 1...Self.mostTries {
      let parents = tournaments(population, generator)
      var genes: [(name: String, distribution: ParameterDistribution, value: Double)] = []
      for (name, distribution) in choices {
        let parent = generator.uniform() >= swappingProbability ? parents[parents.count - 1] : parents[0]
        genes.append((name, distribution, all[parent][name] ?? distribution.singleValue))
      }
      if numbers.isEmpty { return genes }
      let points = parents.map { parent in
        numbers.map { name, distribution in distribution.toContinuous(all[parent][name] ?? distribution.singleValue) }
      }
      let child = crossover.child(
        of: points, bounds: bounds, hasSeveralObjectives: hasSeveralObjectives, generator)
      let isInside = zip(child, numbers).allSatisfy { $1.value.takes($0) }
      if isInside || attempt == Self.mostTries {
        for ((name, distribution), point) in zip(numbers, child) {
          let range = distribution.continuousRange
          let value = distribution.fromContinuous(min(max(point, range.lowerBound), range.upperBound))
          genes.append((name, distribution, value))
        }
        return genes
      }
    }
    return []
  }

  /// Each parent is the better of two drawn ones that are no parent yet.
  private func tournaments(_ population: Population, _ generator: NumPyGenerator) -> [Int] {
    var left = Array(population.trials.indices)
    return (0..<crossover.parents).map { _ in
      if left.isEmpty { left = Array(population.trials.indices) }
      let a = left[Int(generator.integer(upTo: UInt32(left.count - 1)))]
      let b = left[Int(generator.integer(upTo: UInt32(left.count - 1)))]
      let winner = population.dominates(a, b) ? a : b
      left.removeAll { $0 == winner }
      return winner
    }
  }
}

extension ParameterDistribution {
  /// Whether a point stands for a value of a range without being moved to it from below. What lies above the range, or is rounded or
  /// a logarithm, counts as its end.
  fileprivate func takes(_ point: Double) -> Bool {
    switch self {
    case .float(let low, _, let log, let step): log || step != nil ? !point.isNaN : point >= low
    case .int, .categorical: !point.isNaN
    }
  }
}

extension [TrialRecord] {
  /// How far each trial breaks its constraints in sum; nil where no trial has any.
  var penalties: [Double]? {
    guard contains(where: { !$0.systemAttributes.isEmpty && !$0.constraints.isEmpty }) else { return nil }
    return map { trial in trial.constraints.values.reduce(0) { $0 + Swift.max($1, 0) } }
  }
}
