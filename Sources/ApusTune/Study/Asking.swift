import ApusCore
import ApusTrain

extension Study {
  /// Begins a trial: an enqueued one that waits, else a new one. Its objective is told by ``tell(_:_:)``.
  public func ask() throws -> Trial {
    let record: TrialRecord
    if let waiting = try storage.claimWaitingTrial(study: id) {
      record = waiting
    } else {
      record = try storage.createTrial(study: id, template: nil)
    }
    return try Trial(record, of: self)
  }

  /// Begins a trial whose parameters are all drawn at once.
  public func ask(_ space: NamedValues<ParameterDistribution>) throws -> Trial {
    let trial = try ask()
    for (name, distribution) in space { _ = try trial.suggest(name, distribution) }
    return trial
  }

  /// Begins several trials.
  public func ask(count: Int) throws -> [Trial] { try (0..<count).map { _ in try ask() } }

  /// Ends a trial with the value of its objective. A value that is no number ends it as failed.
  /// - Throws: `TensorError` of kind `state` where it has ended already.
  @discardableResult
  public func tell(_ trial: Trial, _ value: Double) throws -> TrialState { try tell(trial, [value]) }

  /// Ends a trial with a value of each objective.
  @discardableResult
  public func tell(_ trial: Trial, _ values: [Double]) throws -> TrialState {
    guard values.count == directions.count else {
      try tell(trial, state: .failed)
      throw TensorError(
        .value, "trial \(trial.number)",
        "its objective gave \(values.count) values, and the study has \(directions.count) objectives; it counts as failed"
      )
    }
    let isNumber = values.allSatisfy { !$0.isNaN }
    trial.heartbeat?.stop()
    try end(trial.id, state: isNumber ? .complete : .failed, values: isNumber ? values : [])
    return isNumber ? .complete : .failed
  }

  /// Ends a trial as pruned or failed. The last report of a pruned one becomes its value.
  public func tell(_ trial: Trial, state: TrialState) throws {
    trial.heartbeat?.stop()
    try end(trial.id, state: state, values: [])
  }

  /// Ends the trial of a number that another program part began.
  @discardableResult
  public func tell(number: Int, _ values: [Double]) throws -> TrialState {
    let trials = try trials
    guard trials.indices.contains(number) else {
      throw TensorError(.state, "tell", "the study '\(name)' has no trial \(number); it has \(trials.count)")
    }
    guard values.count == directions.count, values.allSatisfy({ !$0.isNaN }) else {
      throw TensorError(
        .value, "trial \(number)", "\(values) are not the values of \(directions.count) objectives")
    }
    try end(trials[number].id, state: .complete, values: values)
    return .complete
  }

  private func end(_ trial: Int, state: TrialState, values: [Double]) throws {
    let record = try storage.trial(trial)
    guard record.state == .running else {
      throw record.state.isFinished
        ? StudyMistake.finished(record)
        : TensorError(.state, "trial \(record.number)", "it waits; ask for it before telling its value")
    }
    guard state.isFinished else {
      throw TensorError(.value, "tell", "a trial ends as complete, pruned or failed, not as \(state.rawValue)")
    }
    var values = values
    if state == .pruned, let step = record.lastStep, let last = record.report(at: step), !last.isNaN,
      directions.count == 1
    {
      values = [last]
    }
    // Whatever a sampler makes of it, the trial ends.
    let seen = Result {
      try sampler.willEnd(pruner.visible(view(), for: record), trial: record, state: state, values: values)
    }
    try storage.finish(trial: trial, state: state, values: values)
    try seen.get()
  }

  /// Adds a trial that waits for an ``ask()``, with given values of some parameters; the others are drawn.
  /// - Parameter skipIfExists: whether nothing is added where a trial has, or waits with, the same values.
  public func enqueue(
    _ params: [String: SettingValue], attributes: [String: SettingValue] = [:], skipIfExists: Bool = false
  ) throws {
    if skipIfExists {
      let isThere = try trials.contains { trial in
        if case .dictionary(let fixed) = trial.systemAttributes[Trial.fixedKey] { return fixed == params }
        return trial.params == params
      }
      if isThere { return }
    }
    var template = TrialRecord(state: .waiting)
    template.systemAttributes[Trial.fixedKey] = .dictionary(params)
    for (name, value) in attributes.sorted(by: { $0.key < $1.key }) { template.userAttributes[name] = value }
    _ = try storage.createTrial(study: id, template: template)
  }

  /// Adds a trial that was computed elsewhere.
  public func add(_ trial: TrialRecord) throws {
    if trial.state == .complete, trial.values.count != directions.count {
      throw TensorError(
        .value, "add", "the trial has \(trial.values.count) values, and the study has \(directions.count) objectives")
    }
    for (name, parameter) in trial.parameters where !parameter.distribution.contains(parameter.internal) {
      throw TensorError(
        .value, "add", "the value \(parameter.internal) of '\(name)' is none of \(parameter.distribution)")
    }
    _ = try storage.createTrial(study: id, template: trial)
  }
}
