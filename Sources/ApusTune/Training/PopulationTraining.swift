import ApusCore
import ApusFormats
import ApusTrain
import Dispatch

#if canImport(Musl)
  import Musl
#else
  import Glibc
#endif

/// Population-based training: several models are trained side by side in rounds; after each round the worst ones go on from copies
/// of the best ones with changed settings. So settings become schedules, and no time is lost on models that are behind.
///
/// Jaderberg et al., "Population Based Training of Neural Networks", 2017. Each member's part of a round is a trial of the study,
/// with the notes `pbt:member`, `pbt:round` and `pbt:parent`; a run that was cut off goes on with the first round that is not whole.
public struct PopulationTraining<Settings: SearchSpace & Sendable>: Sendable {
  /// What a member does in a round.
  public struct Round: Sendable {
    /// Counts the rounds, from 0.
    public let round: Int
    /// Counts the members, from 0.
    public let member: Int
    /// The checkpoint to go on from; nil in the first round.
    public let source: String?
    /// Where the checkpoint of this round must be written.
    public let target: String
  }

  private struct Member {
    var settings: [String: SettingValue]
    var source: String?
    var parent: Int?
  }

  /// How many models there are.
  public var members = 8
  /// The share of the members that is replaced after a round, and of those that replace them.
  public var share = 0.25
  /// How likely a setting is drawn anew where it changes; otherwise it moves by ``factors`` or to a neighbour.
  public var resampling = 0.25
  /// What a number is multiplied by where it changes.
  public var factors = (down: 0.8, up: 1.2)
  /// How many members are trained at once.
  public var parallel = 1

  private let study: Study
  private let folder: String
  private let generator: NumPyGenerator

  /// - Parameters:
  ///   - study: keeps the trials; its sampler proposes the settings of the first round.
  ///   - folder: where checkpoints go, two rounds of them at a time.
  ///   - seed: of the changes; nil for another one in every process.
  public init(_ study: Study, _ settings: Settings.Type, folder: String, seed: UInt32? = nil) {
    self.study = study
    self.folder = folder
    generator = NumPyGenerator(seed: seed)
  }

  /// Trains the population.
  /// - Parameters:
  ///   - rounds: how many there are, those of earlier runs included.
  ///   - train: trains a member from its source, writes its target, gives its value.
  /// - Returns: the settings and the checkpoint of the best member of the last round.
  /// - Throws: what `train` and the storage throw; `TensorError` of kind `state` where every member of a round has failed.
  public func run(
    rounds: Int, _ train: @Sendable (Settings, Round) throws -> Double
  ) throws -> (settings: Settings, checkpoint: String, value: Double) {
    guard members > 1, rounds > 0, share > 0, share <= 0.5 else {
      throw TensorError(
        .value, "PopulationTraining",
        "\(members) members, \(rounds) rounds and a share of \(share) were asked for; it needs 2 members, 1 round, and a share of at most 0.5"
      )
    }
    guard study.directions.count == 1 else {
      throw TensorError(.state, "PopulationTraining", "the study '\(study.name)' has several objectives; it needs one")
    }
    try makeFolders(folder)
    let sign = study.view().signs[0]
    var best: (settings: Settings, checkpoint: String, value: Double)?
    var population = [Member](repeating: Member(settings: [:]), count: members)
    for round in 0..<rounds {
      let values = try values(of: round, &population, train)
      let ranked = (0..<members).filter { values[$0] != nil }.sorted {
        (sign * (values[$0] ?? .infinity), $0) < (sign * (values[$1] ?? .infinity), $1)
      }
      guard let first = ranked.first, let value = values[first] else {
        throw TensorError(
          .state, "PopulationTraining", "every member of round \(round) has failed; the trials' notes say why")
      }
      best = (try Settings(population[first].settings), checkpoint(round, first), value)
      if round + 1 < rounds { try goOn(from: round, ranked, &population) }
      if round > 0 { for member in 0..<members { unlink(checkpoint(round - 1, member)) } }
    }
    guard let best else { preconditionFailure("there is a round") }
    return best
  }

  private func checkpoint(_ round: Int, _ member: Int) -> String {
    "\(folder)/round-\(round)-member-\(member).safetensors"
  }

  /// The value of each member after a round; nil of those that failed. What an earlier run has computed is taken from there.
  private func values(
    of round: Int, _ population: inout [Member], _ train: @Sendable (Settings, Round) throws -> Double
  ) throws -> [Double?] {
    var known: [Int: TrialRecord] = [:]
    for trial in try study.trials where trial.systemAttributes["pbt:round"] == .int(round) {
      guard case .int(let member) = trial.systemAttributes["pbt:member"], trial.state == .complete else { continue }
      if (0..<members).contains(member) { known[member] = trial }
    }
    var trials = [Trial?](repeating: nil, count: members)
    for member in 0..<members {
      if let trial = known[member] {
        population[member].settings = trial.params
        continue
      }
      if !population[member].settings.isEmpty { try study.enqueue(population[member].settings) }
      let trial = try study.ask()
      try note("pbt:round", round, trial)
      try note("pbt:member", member, trial)
      if let parent = population[member].parent { try note("pbt:parent", parent, trial) }
      population[member].settings = try trial.suggest(Settings.self).params
      trials[member] = trial
    }
    let results = Lock([Double?](repeating: nil, count: members))
    let firstError = Lock<(any Error)?>(nil)
    let work = population
    let share = max(1, getNumThreads() / max(1, parallel))
    let next = Lock(0)
    let running = trials
    let earlier = known.mapValues(\.value)
    DispatchQueue.concurrentPerform(iterations: max(1, parallel)) { _ in
      withThreadLimit(share) {
        while true {
          let member = next.withLock { next in
            defer { next += 1 }
            return next
          }
          guard member < members, firstError.withLock({ $0 == nil }) else { return }
          guard let trial = running[member] else {
            results.withLock { $0[member] = earlier[member] ?? nil }
            continue
          }
          do {
            let value = try train(
              Settings(work[member].settings),
              Round(round: round, member: member, source: work[member].source, target: checkpoint(round, member)))
            if try study.tell(trial, value) == .complete { results.withLock { $0[member] = value } }
          } catch {
            try? trial.setAttribute("error", .string("\(error)"))
            try? study.tell(trial, state: .failed)
            firstError.withLock { $0 = $0 ?? error }
          }
        }
      }
    }
    if let error = firstError.withLock({ $0 }) { throw error }
    return results.withLock { $0 }
  }

  private func note(_ name: String, _ value: Int, _ trial: Trial) throws {
    try study.storage.setAttribute(name, .int(value), of: .system, trial: trial.id)
  }

  /// Gives the worst members the checkpoints of the best ones and changes their settings.
  private func goOn(from round: Int, _ ranked: [Int], _ population: inout [Member]) throws {
    let count = max(1, Int(share * Double(members)))
    let best = Array(ranked.prefix(count))
    let failed = (0..<members).filter { !ranked.contains($0) }
    let worst = Set(failed + ranked.suffix(max(0, min(count, ranked.count - count))))
    let before = population
    for member in 0..<members {
      guard worst.contains(member) else {
        population[member].source = checkpoint(round, member)
        population[member].parent = nil
        continue
      }
      let parent = best[Int(generator.integer(upTo: UInt32(best.count - 1)))]
      population[member] = Member(
        settings: try changed(before[parent].settings), source: checkpoint(round, parent), parent: parent)
    }
  }

  private func changed(_ settings: [String: SettingValue]) throws -> [String: SettingValue] {
    var result = settings
    for (name, distribution) in try Settings.space {
      guard let value = settings[name] else { continue }
      let number = try distribution.internalValue(value, name)
      result[name] = distribution.value(moved(number, distribution))
    }
    return result
  }

  private func moved(_ value: Double, _ distribution: ParameterDistribution) -> Double {
    if generator.uniform() < resampling { return generator.uniform(distribution) }
    let isUp = generator.uniform() < 0.5
    switch distribution {
    case .categorical(let choices):
      // A neighbour, for choices mostly stand in an order.
      return min(max(value + (isUp ? 1 : -1), 0), Double(choices.count - 1))
    case .float(let low, let high, _, let step):
      let moved = value * (isUp ? factors.up : factors.down)
      let stepped = step.map { low + ((moved - low) / $0).rounded() * $0 } ?? moved
      return min(max(stepped, low), high)
    case .int(let low, let high, _, let step):
      // At least a step.
      let moved = value * (isUp ? factors.up : factors.down)
      let least = value + Double(isUp ? step : -step)
      let far = isUp ? max(moved, least) : min(moved, least)
      let stepped = Double(low) + ((far - Double(low)) / Double(step)).rounded() * Double(step)
      return min(max(stepped, Double(low)), Double(high))
    }
  }
}
