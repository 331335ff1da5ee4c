import ApusCore
import ApusFormats
import ApusTrain
import ApusTune
import Testing

/// The genetic samplers, beside recorded runs of Optuna's.
@Suite struct GeneticTests {
  private static let space: NamedValues<ParameterDistribution> = [
    "x": .float(low: -3, high: 4), "y": .float(low: 1e-3, high: 10, log: true), "i": .int(low: -5, high: 9, step: 2),
    "c": .categorical([.string("a"), .string("b"), .string("d")]), "z": .float(low: 0, high: 2, step: 0.25),
    "k": .int(low: 1, high: 64, log: true),
  ]

  /// The objectives of the recorded runs.
  private static func values(_ trial: Trial, _ count: Int, constrained: Bool) throws -> [Double] {
    let v = try space.map { try trial.suggest($0.name, $0.value) }
    let (x, y, i, z, k) = (v[0], v[1], v[2], v[4], v[5])
    let u = [0, 1, 0.5][Int(v[3])]
    if constrained {
      try trial.setConstraint("p", x - 0.5)
      try trial.setConstraint("q", 1 - z)
    }
    let all = [
      (x - 1) * (x - 1) + abs(i - 3) * 0.25 + u, (x + 1) * (x + 1) + z + y * 0.125,
      (y - 1) * (y - 1) * 0.5 + k * 0.03125 + u * z, k * 0.0625 + abs(x),
    ]
    return Array(all.prefix(count))
  }

  private static func sampler(_ name: String, seed: UInt32) throws -> any TrialSampler {
    switch name {
    case "blx": try NSGAIISampler(population: 12, crossover: .blxAlpha(), seed: seed)
    case "sbx": try NSGAIISampler(population: 12, crossover: .sbx(), seed: seed)
    case "vsbx": try NSGAIISampler(population: 12, crossover: .vsbx(), seed: seed)
    case "spx": try NSGAIISampler(population: 12, crossover: .spx(), seed: seed)
    case "undx": try NSGAIISampler(population: 12, crossover: .undx(), seed: seed)
    case "polynomial":
      try NSGAIISampler(population: 12, mutation: .polynomial(), mutationProbability: 0.4, seed: seed)
    case "nsga3", "nsga3-constrained": try NSGAIIISampler(population: 12, seed: seed)
    case "nsga3-four": try NSGAIIISampler(population: 12, crossover: .sbx(), divisions: 2, seed: seed)
    default: try NSGAIISampler(population: 12, seed: seed)
    }
  }

  @Test func runsAreThoseOfOptuna() throws {
    for run in try recorded("genetic.json").array ?? [] {
      let name = run["name"]?.string ?? ""
      let seed = UInt32(run["seed"]?.int ?? 0)
      let objectives = run["objectives"]?.int ?? 0
      let constrained = run["constrained"]?.bool ?? false
      let isLarge = name.hasSuffix("large")
      let trials = (run["trials"]?.array ?? []).map { ($0.array ?? []).compactMap(\.double) }
      let study = try Study(
        directions: [StudyDirection](repeating: isLarge ? .maximize : .minimize, count: objectives),
        sampler: Self.sampler(name, seed: seed), pruner: NopPruner())
      try study.optimizeAll(trials: trials.count) { trial in
        try Self.values(trial, objectives, constrained: constrained).map { isLarge ? -$0 : $0 }
      }
      var firstOther: Int?
      for (trial, expected) in zip(try study.trials, trials) {
        let found = Self.space.names.map { trial.parameters[$0]?.internal ?? .nan }
        // Logarithms and powers may differ in the last bit.
        let isSame = zip(found, expected).allSatisfy { abs($0 - $1) <= 1e-9 * max(1, abs($1)) }
        if !isSame, firstOther == nil { firstOther = trial.number }
      }
      #expect(firstOther == nil, "\(name), seed \(seed): another trial than recorded")
      let key = name.hasPrefix("nsga3") ? "NSGAIIISampler:generation" : "NSGAIISampler:generation"
      let generations = try study.trials.map { $0.systemAttributes[key]?.json ?? "none" }
      #expect(generations == (run["generations"]?.array ?? []).map { "\($0.int ?? -1)" })
    }
  }

  /// Another sampler on the same storage goes on with the generations, and its parents are those that the study names.
  @Test func anEvolutionGoesOnInAnotherProgram() throws {
    let storage = MemoryStorage()
    for (part, seed) in [(0, 1), (1, 2)] as [(Int, UInt32)] {
      let study = try Study(
        "evolution", storage: storage, directions: [.minimize, .minimize],
        sampler: NSGAIISampler(population: 8, seed: seed), pruner: NopPruner(), ifExists: .resume)
      try study.optimizeAll(trials: part == 0 ? 20 : 12) { try Self.values($0, 2, constrained: false) }
    }
    let study = try Study(loading: "evolution", from: storage)
    let generations = try study.trials.map { $0.systemAttributes["NSGAIISampler:generation"]?.json }
    #expect(generations == (0..<32).map { "\($0 / 8)" })
    let notes = try storage.study(study.id).systemAttributes
    for generation in 1...3 {
      guard case .list(let ids) = notes["NSGAIISampler:parent:\(generation)"] else {
        Issue.record("generation \(generation) has no parents")
        continue
      }
      #expect(ids.count == 8)
    }
  }

  @Test func settingsOutOfRangeAreMistakes() {
    #expect(throws: TensorError.self) { try NSGAIISampler(population: 1) }
    #expect(throws: TensorError.self) { try NSGAIISampler(population: 2, crossover: .spx()) }
    #expect(throws: TensorError.self) { try NSGAIISampler(crossoverProbability: 1.5) }
    #expect(throws: TensorError.self) { try NSGAIISampler(crossover: .sbx(eta: -1)) }
    #expect(throws: TensorError.self) { try NSGAIIISampler(referencePoints: [[0, 0, 0]]) }
  }
}
