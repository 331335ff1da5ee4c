/// Meets every finished trial that is seen of a study once, however often it is asked: what a sampler gathers from them costs no more
/// with many trials than with few.
package struct FinishedTrialReader: Sendable {
  private var study: (storage: ObjectIdentifier, id: Int, part: StudyView.Part?)?
  private var next = 0
  /// Positions before `next` of trials that had not finished.
  private var pending: [Int] = []

  package init() {}

  /// The trials that have finished since the last call, by their number.
  /// - Returns: also whether they are all that is seen, so that what was gathered before is to be forgotten: at the first call, for
  ///   another study or part of it, and where a study lacks trials; and the trials that have not finished.
  package mutating func read(
    _ study: StudyView
  ) throws -> (areAll: Bool, trials: [TrialRecord], open: [TrialRecord]) {
    let trials = try study.whole.trials
    let key = (ObjectIdentifier(study.storage), study.id, study.part)
    guard (trials.last?.number ?? -1) == trials.count - 1 else {
      self.study = nil
      let seen = trials.filter { study.sees($0) }
      return (true, seen.filter(\.state.isFinished), seen.filter { !$0.state.isFinished })
    }
    let goesOn = self.study.map { $0 == key } ?? false && trials.count >= next
    if !goesOn { (self.study, next, pending) = (key, 0, []) }
    var found: [TrialRecord] = []
    var open: [TrialRecord] = []
    var positions: [Int] = []
    for position in pending + (next..<trials.count).filter({ study.sees(trials[$0]) }) {
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
    guard self.study != nil else { return try study.trials.filter { !$0.state.isFinished } }
    let trials = try study.whole.trials
    return pending.map { trials[$0] }
  }
}
