/// Meets every finished trial of a study once, however often it is asked: what a sampler gathers from them costs no more with many
/// trials than with few.
struct FinishedTrialReader {
  private var study: (storage: ObjectIdentifier, id: Int)?
  private var next = 0
  /// Positions before `next` of trials that had not finished.
  private var pending: [Int] = []

  /// The trials that have finished since the last call, by their number.
  /// - Returns: also whether they are all of the study, so that what was gathered before is to be forgotten: at the first call,
  ///   for another study, and where only some trials of a study are seen; and the trials that have not finished.
  mutating func read(_ study: StudyView) throws -> (areAll: Bool, trials: [TrialRecord], open: [TrialRecord]) {
    let trials = try study.trials
    let key = (ObjectIdentifier(study.storage), study.id)
    let isWhole = (trials.last?.number ?? -1) == trials.count - 1
    guard isWhole else {
      self.study = nil
      return (true, trials.filter(\.state.isFinished), trials.filter { !$0.state.isFinished })
    }
    let goesOn = self.study.map { $0 == key } ?? false && trials.count >= next
    if !goesOn { (self.study, next, pending) = (key, 0, []) }
    var found: [TrialRecord] = []
    var open: [TrialRecord] = []
    var positions: [Int] = []
    for position in pending + Array(next..<trials.count) {
      let trial = trials[position]
      if trial.state.isFinished {
        found.append(trial)
      } else {
        open.append(trial)
        positions.append(position)
      }
    }
    (next, pending) = (trials.count, positions)
    return (!goesOn, found, open)
  }

  /// The trials that had not finished at the last call, as they are now.
  func unfinished(_ study: StudyView) throws -> [TrialRecord] {
    let trials = try study.trials
    guard self.study != nil else { return trials.filter { !$0.state.isFinished } }
    return pending.map { trials[$0] }
  }
}
