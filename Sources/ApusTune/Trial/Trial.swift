import ApusCore
import ApusTrain

/// Thrown by an objective to end its trial early.
public struct TrialPruned: Error, Sendable, CustomStringConvertible {
  /// Ends the trial that throws it.
  public init() {}
  public var description: String { "the trial was pruned" }
}

/// A trial that is being computed. Parameters come to be when the objective asks for them: which ones may depend on the values
/// of others.
///
///     let layers = try trial.suggest("layers", 1...4)
///     let widths = try (0..<layers).map { try trial.suggest("width\($0)", 16...256, log: true) }
///     let optimizer = try trial.suggest("optimizer", ["sgd", "adam"])
public final class Trial: Sendable {
  static let fixedKey = "fixed_params"

  /// The storage's number of the trial.
  public let id: Int
  /// Counts the trials of the study, from 0.
  public let number: Int
  public let study: Study
  private let record: Lock<TrialRecord>
  private let joint: [String: Double]
  private let jointSpace: NamedValues<ParameterDistribution>
  private let fixed: [String: SettingValue]
  /// The study as the sampler sees it during this trial.
  private let view: StudyView
  /// Tells others that this process still computes the trial, as long as the trial is held and has not been told.
  let heartbeat: Heartbeat?

  init(_ record: TrialRecord, of study: Study) throws {
    self.study = study
    (id, number) = (record.id, record.number)
    self.record = Lock(record)
    heartbeat = Heartbeat(of: record.id, in: study.storage)
    if case .dictionary(let values) = record.systemAttributes[Self.fixedKey] { fixed = values } else { fixed = [:] }
    view = try study.pruner.visible(study.view(), for: record)
    try study.sampler.willBegin(view, trial: record)
    jointSpace = try study.sampler.jointSpace(view, trial: record)
    joint =
      jointSpace.isEmpty ? [:] : try study.sampler.sampleJointly(view, trial: record, space: jointSpace)
  }

  /// What is known of the trial now.
  public var current: TrialRecord { record.withLock { $0 } }
  /// The values of the parameters so far.
  public var params: [String: SettingValue] { current.params }

  /// A number of a range.
  /// - Parameters:
  ///   - log: whether its logarithm is spread evenly; for what lies over several powers of ten.
  ///   - step: the distance of possible values, from the low end on.
  /// - Throws: `TensorError` of kind `value` where the range is empty or the study knows the parameter as another kind; what the
  ///   storage throws.
  public func suggest(
    _ name: String, _ range: ClosedRange<Double>, log: Bool = false, step: Double? = nil
  ) throws -> Double {
    try suggest(name, .float(low: range.lowerBound, high: range.upperBound, log: log, step: step))
  }

  /// A whole number of a range; see above.
  public func suggest(_ name: String, _ range: ClosedRange<Int>, log: Bool = false, step: Int = 1) throws -> Int {
    Int(try suggest(name, .int(low: range.lowerBound, high: range.upperBound, log: log, step: step)))
  }

  /// One of several values, which stay the same through the study. Values that are numbers, texts, truth values or nil are kept
  /// as such, all others as JSON.
  public func suggest<Choice: Encodable>(_ name: String, _ choices: [Choice]) throws -> Choice {
    let distribution = ParameterDistribution.categorical(try choices.map { try SettingValue(encoding: $0) })
    return choices[Int(try suggest(name, distribution))]
  }

  /// The internal value of a parameter of any distribution.
  public func suggest(_ name: String, _ wanted: ParameterDistribution) throws -> Double {
    let distribution = try wanted.validated(name)
    if let known = current.parameters[name] {
      try known.distribution.requireCompatible(with: distribution, name)
      return known.internal
    }
    let value = try propose(name, distribution)
    let parameter = TrialRecord.Parameter(internal: value, distribution: distribution)
    try study.storage.setParameter(name, parameter, trial: id)
    record.withLock { $0.parameters[name] = parameter }
    return value
  }

  private func propose(_ name: String, _ distribution: ParameterDistribution) throws -> Double {
    if let value = fixed[name] { return try distribution.internalValue(value, name) }
    if distribution.isSingle { return distribution.singleValue }
    if let value = joint[name] {
      try jointSpace[name]?.requireCompatible(with: distribution, name)
      if distribution.contains(value) { return value }
    }
    return try study.sampler.sample(name, distribution, view, trial: current)
  }

  /// Reports a value of the objective before its end, for pruners and charts. A step that has a report keeps it.
  /// - Parameter step: how far the trial is, such as the epoch; not negative.
  public func report(_ value: Double, step: Int) throws {
    guard step >= 0 else {
      throw TensorError(.value, "trial \(number)", "it reported at step \(step); steps count from 0")
    }
    guard study.directions.count == 1 else {
      throw TensorError(
        .state, "trial \(number)",
        "one value was reported, and the study has \(study.directions.count) objectives; report a list of as many values"
      )
    }
    guard current.report(at: step) == nil else { return }
    try study.storage.report(value, step: step, trial: id)
    record.withLock { $0.reports.append(.init(step: step, value: value)) }
  }

  /// Reports a value of each objective before the trial's end; see ``report(_:step:)``. Pruners compare such lists by which of them
  /// dominate which.
  public func report(_ values: [Double], step: Int) throws {
    if study.directions.count == 1, let value = values.first, values.count == 1 { return try report(value, step: step) }
    guard step >= 0 else {
      throw TensorError(.value, "trial \(number)", "it reported at step \(step); steps count from 0")
    }
    guard values.count == study.directions.count else {
      throw TensorError(
        .value, "trial \(number)",
        "\(values.count) values were reported, and the study has \(study.directions.count) objectives")
    }
    let key = TrialRecord.reportPrefix + "\(step)"
    guard current.systemAttributes[key] == nil else { return }
    let list = SettingValue.list(values.map { .double($0) })
    try study.storage.setAttribute(key, list, of: .system, trial: id)
    record.withLock { $0.systemAttributes[key] = list }
  }

  /// Whether the pruner would end the trial now.
  public func shouldPrune() throws -> Bool {
    try study.pruner.shouldPrune(study.view(), trial: study.storage.trial(id))
  }

  /// Reports a value and ends the trial where it is not worth going on with.
  /// - Throws: ``TrialPruned``, which the objective lets pass.
  public func reportOrPrune(_ value: Double, step: Int) throws {
    try report(value, step: step)
    if try shouldPrune() { throw TrialPruned() }
  }

  /// Reports a value of each objective and ends the trial where it is not worth going on with.
  public func reportOrPrune(_ values: [Double], step: Int) throws {
    try report(values, step: step)
    if try shouldPrune() { throw TrialPruned() }
  }

  /// Sets a note of the trial.
  public func setAttribute(_ name: String, _ value: SettingValue) throws {
    try study.storage.setAttribute(name, value, of: .user, trial: id)
    record.withLock { $0.userAttributes[name] = value }
  }

  /// Says how far a constraint is broken: it is met where `value` is not above 0. Samplers prefer trials that meet all.
  public func setConstraint(_ name: String, _ value: Double) throws {
    guard !value.isNaN else {
      throw TensorError(.value, "trial \(number)", "the constraint '\(name)' is not a number")
    }
    let key = TrialRecord.constraintPrefix + name
    try study.storage.setAttribute(key, .double(value), of: .system, trial: id)
    record.withLock { $0.systemAttributes[key] = .double(value) }
  }
}
