import ApusCore
import ApusFormats

/// What a storage remembers of a study, so that no read grows with the number of finished trials: these never change again.
/// It is reached under the storage's lock only.
final class StudyCache: @unchecked Sendable {
  /// Tells a study from a later one that got its id.
  let name: String
  /// The last trial that was met, by which the study is known again.
  var witness: Witness?
  /// The trials read so far.
  private(set) var trials = TrialList()
  /// The largest id among them.
  private(set) var lastRead = 0
  /// The positions of those that may still change, by id.
  private(set) var unfinished: [Int: Int] = [:]
  /// Those of them that this storage has changed since they were read.
  var changed: Set<Int> = []
  /// The database's counter when the trials were read, where it tells one.
  var counterAtRead: Int?
  /// Whether this storage has made trials since.
  var hasNewTrials = true

  /// The ids of trials that may run, as far as known.
  var running: Set<Int> = []
  /// The ids of trials that may wait, ascending, from `firstWaiting` on.
  private var waiting: [Int] = []
  private var firstWaiting = 0
  /// The largest id that was looked at for both.
  var lastSeen = 0
  /// Whether this storage has made waiting trials since.
  var hasNewWaitingTrials = true
  /// The database's counter when they were looked at.
  var counterAtLook: Int?

  /// The distribution of each parameter that was met.
  var distributions: [String: ParameterDistribution] = [:]

  struct Witness {
    let id: Int
    let number: Int
    /// When it began; nil where it had not.
    let start: String?
  }

  init(name: String) { self.name = name }

  /// Takes in trials that were read: new ones, and others in place of what was known.
  func take(_ read: [TrialRecord]) {
    for trial in read {
      if let position = unfinished[trial.id] {
        trials[position] = trial
        if trial.state.isFinished { unfinished[trial.id] = nil }
      } else if trial.id > lastRead {
        trials.append(trial)
        lastRead = trial.id
        witness = Witness(id: trial.id, number: trial.number, start: trial.start?.text)
        if !trial.state.isFinished { unfinished[trial.id] = trials.count - 1 }
      }
    }
  }

  /// Notes that a trial of an id above all others waits.
  func appendWaiting(_ trial: Int) { waiting.append(trial) }

  /// The smallest id of those that may wait.
  var nextWaiting: Int? { firstWaiting < waiting.count ? waiting[firstWaiting] : nil }

  /// Notes that the trial, which was the next to wait, does not any more.
  func removeWaiting(_ trial: Int) {
    guard nextWaiting == trial else { return }
    firstWaiting += 1
    if firstWaiting == waiting.count { (waiting, firstWaiting) = ([], 0) }
  }
}
