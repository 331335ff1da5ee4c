import ApusCore
import ApusTrain

/// The generations of a genetic sampler. A trial belongs to one by its note `NAME:generation`; the parents of a generation are in
/// the study's note `NAME:parent:G`, as ids. So several processes, and later ones, continue one evolution.
final class Generations: Sendable {
  private struct State: Sendable {
    var reader = FinishedTrialReader()
    /// Numbers of the complete trials of each generation.
    var members: [Int: [Int]] = [:]
    var parents: (storage: ObjectIdentifier, study: Int, generation: Int, trials: [TrialRecord])?
  }

  private let state = GatheredByPart(State())
  private let name: String
  private let population: Int

  init(name: String, population: Int) { (self.name, self.population) = (name, population) }

  private var key: String { "\(name):generation" }

  private func members(_ study: StudyView) throws -> [Int: [Int]] {
    try state.withLock(study) { state in
      let (areAll, trials, _) = try state.reader.read(study)
      if areAll { state.members = [:] }
      for trial in trials where trial.state == .complete {
        guard let generation = trial.systemAttributes[key]?.number, let generation = Int(exactly: generation) else {
          continue
        }
        state.members[generation, default: []].append(trial.number)
      }
      return state.members
    }
  }

  /// Puts a trial into the newest generation, or into the next one where that is full.
  func begin(_ study: StudyView, _ trial: TrialRecord) throws {
    guard trial.systemAttributes[key] == nil else { return }
    let members = try members(study)
    let newest = max(members.keys.max() ?? 0, 0)
    let isFull = members[newest]?.count ?? 0 >= population
    try study.storage.setAttribute(key, .int(isFull ? newest + 1 : newest), of: .system, trial: trial.id)
  }

  /// The generation of a trial that has begun.
  func generation(_ study: StudyView, _ trial: TrialRecord) throws -> Int {
    let noted = try trial.systemAttributes[key] ?? study.storage.trial(trial.id).systemAttributes[key]
    return noted?.number.flatMap { Int(exactly: $0) } ?? 0
  }

  /// The parents of a generation; of the first one there are none.
  /// - Parameter select: chooses among the members and the parents of the generation before.
  func parents(
    _ study: StudyView, generation: Int, select: ([TrialRecord]) throws -> [TrialRecord]
  ) throws -> [TrialRecord] {
    guard generation > 0 else { return [] }
    let storage = ObjectIdentifier(study.storage)
    if let known = state.withLock(study, { $0.parents }), known.storage == storage, known.study == study.id,
      known.generation == generation
    {
      return known.trials
    }
    let note = "\(name):parent:\(generation)"
    let parents: [TrialRecord]
    if case .list(let ids) = try study.storage.study(study.id).systemAttributes[note] {
      let wanted = Set(ids.compactMap { $0.number.flatMap { Int(exactly: $0) } })
      parents = try study.trials.filter { wanted.contains($0.id) }
      state.withLock(study) { $0.parents = (storage, study.id, generation, parents) }
    } else {
      // A selected parent's own parents were selected before; where the notes of a study lack them, the chain ends there.
      let own = Set(try members(study)[generation - 1] ?? [])
      let before = try study.trials.filter { own.contains($0.number) }
      parents = try select(before + self.parents(study, generation: generation - 1, select: select))
      try study.storage.setAttribute(note, .list(parents.map { .int($0.id) }), of: .system, study: study.id)
    }
    return parents
  }
}
