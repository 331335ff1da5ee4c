import ApusCore

/// What samplers and pruners see of a study. The trials are read when somebody first asks for them, and stay the same.
public final class StudyView: Sendable {
  /// Which part of a study is seen.
  struct Part: Hashable, Sendable {
    /// Who divides the study.
    let divider: ObjectIdentifier
    let number: Int
  }

  /// The storage's number of the study.
  public let id: Int
  public let name: String
  public let directions: [StudyDirection]
  public let storage: any StudyStorage
  /// Ends the run after the trials that run now, as ``Study/stop()`` does; a sampler of finitely many proposals calls it.
  public let stop: @Sendable () -> Void
  private let read: Lock<TrialList?>
  private let divided: (whole: StudyView, part: Part, isVisible: @Sendable (TrialRecord) -> Bool)?

  init(
    id: Int, name: String, directions: [StudyDirection], storage: any StudyStorage, trials: TrialList? = nil,
    stop: @escaping @Sendable () -> Void = {}
  ) {
    (self.id, self.name, self.directions, self.storage, self.stop) = (id, name, directions, storage, stop)
    divided = nil
    read = Lock(trials)
  }

  private init(_ whole: StudyView, _ part: Part, _ isVisible: @escaping @Sendable (TrialRecord) -> Bool) {
    (id, name, directions) = (whole.id, whole.name, whole.directions)
    (storage, stop) = (whole.storage, whole.stop)
    divided = (whole, part, isVisible)
    read = Lock(nil)
  }

  /// The trials of the study by their number (those of one bracket only, where a ``HyperbandPruner`` divides them).
  public var trials: TrialList {
    get throws {
      if let trials = read.withLock({ $0 }) { return trials }
      let trials =
        try divided.map { TrialList(try $0.whole.trials.lazy.filter($0.isVisible)) } ?? storage.trials(study: id)
      read.withLock { $0 = trials }
      return trials
    }
  }

  /// The part of which alone the trials are seen; nil where all are.
  var part: Part? { divided?.part }

  /// The study with all its trials.
  var whole: StudyView { divided?.whole ?? self }

  /// Whether a trial of the whole study is seen.
  func sees(_ trial: TrialRecord) -> Bool { divided?.isVisible(trial) ?? true }

  /// The same study of which only some trials are seen.
  /// - Parameters:
  ///   - part: always sees the same trials.
  ///   - isVisible: whether a trial belongs to it, which depends on nothing that changes.
  func filtered(_ part: Part, _ isVisible: @escaping @Sendable (TrialRecord) -> Bool) -> StudyView {
    StudyView(whole, part, isVisible)
  }

  /// 1 for each objective that is to become small, -1 for each that is to become large: values times this are to become small.
  public var signs: [Double] { directions.map { $0 == .maximize ? -1 : 1 } }
}

/// What a sampler has gathered of a study, for each part of it that is seen alone.
final class GatheredByPart<State: Sendable>: Sendable {
  private let states = Lock([StudyView.Part?: State]())
  private let initial: @Sendable () -> State

  init(_ initial: @autoclosure @escaping @Sendable () -> State) { self.initial = initial }

  /// The state of what a view sees, to be changed in place.
  func withLock<Result>(_ study: StudyView, _ body: (inout State) throws -> Result) rethrows -> Result {
    try states.withLock { try body(&$0[study.part, default: initial()]) }
  }
}
