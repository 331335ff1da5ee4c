import ApusCore

/// Says how much each parameter of a study mattered.
public protocol ImportanceEvaluator: Sendable {
  /// The importance of each parameter, the largest first; see ``Study/paramImportances(evaluator:params:target:normalize:)``.
  func importances(
    _ study: StudyView, params: [String]?, target: ((TrialRecord) -> Double)?
  ) throws -> NamedValues<Double>
}

extension Study {
  /// How much each parameter mattered for the objective, the most important one first.
  /// - Parameters:
  ///   - evaluator: how that is judged.
  ///   - params: the parameters to judge; all that complete trials have where nil.
  ///   - target: what they mattered for, of a trial; the objective's value where nil. With several objectives only
  ///     ``PedAnovaImportance`` does without.
  ///   - normalize: whether the importances add up to 1.
  /// - Throws: `TensorError` of kind `value` where a parameter is unknown or a target is needed, what the storage throws.
  public func paramImportances(
    evaluator: any ImportanceEvaluator = PedAnovaImportance(), params: [String]? = nil,
    target: ((TrialRecord) -> Double)? = nil, normalize: Bool = true
  ) throws -> NamedValues<Double> {
    let found = try evaluator.importances(view(), params: params, target: target)
    guard normalize else { return found }
    let sum = found.values.reduce(0, +)
    return NamedValues(found.map { ($0.name, sum == 0 ? 1 / Double(found.count) : $0.value / sum) })
  }
}

extension NamedValues<Double> {
  /// The same, the largest first.
  func sortedDescending() -> NamedValues<Double> {
    NamedValues(stablySorted(Array(self)) { -$0.value }.map { ($0.name, $0.value) })
  }
}

/// Complete trials as rows of numbers, for evaluators that fit a function to them.
struct ImportanceTable {
  /// The parameters, by name.
  let space: NamedValues<ParameterDistribution>
  /// Columns of each parameter: one of a range, as many as choices of a choice.
  let columns: [Range<Int>]
  /// The low and high end of each column.
  let bounds: [(low: Double, high: Double)]
  private(set) var rows: [[Double]] = []
  private(set) var targets: [Double] = []

  /// - Parameter skipsSingle: whether parameters of one possible value have no columns.
  init(
    _ study: StudyView, params: [String]?, target: ((TrialRecord) -> Double)?, skipsSingle: Bool, _ evaluator: String
  ) throws {
    guard study.directions.count == 1 || target != nil else {
      throw TensorError(
        .value, evaluator,
        "the study has \(study.directions.count) objectives; say by `target` what the parameters matter for")
    }
    let complete = try study.trials.filter { $0.state == .complete }
    let whole = try Self.space(study, complete, params, evaluator)
    space = whole
    let used = whole.filter { !(skipsSingle && $0.value.isSingle) }
    var columns: [Range<Int>] = []
    var bounds: [(low: Double, high: Double)] = []
    for (_, distribution) in whole {
      let start = bounds.count
      if !(skipsSingle && distribution.isSingle) {
        switch distribution {
        case .float(let low, let high, _, _): bounds.append((low, high))
        case .int(let low, let high, _, _): bounds.append((Double(low), Double(high)))
        case .categorical(let choices): bounds += choices.map { _ in (0, 1) }
        }
      }
      columns.append(start..<bounds.count)
    }
    (self.columns, self.bounds) = (columns, bounds)
    for trial in complete {
      let value = target?(trial) ?? trial.values.first ?? .nan
      guard value.isFinite, whole.allSatisfy({ trial.parameters[$0.name] != nil }) else { continue }
      var row: [Double] = []
      for (name, distribution) in used {
        let internalValue = trial.parameters[name]?.internal ?? 0
        if case .categorical(let choices) = distribution {
          row += choices.indices.map { Double($0) == internalValue ? 1 : 0 }
        } else {
          row.append(internalValue)
        }
      }
      rows.append(row)
      targets.append(value)
    }
  }

  private static func space(
    _ study: StudyView, _ complete: [TrialRecord], _ params: [String]?, _ evaluator: String
  ) throws -> NamedValues<ParameterDistribution> {
    guard let params else { return try IntersectionSpace()(study) }
    if params.isEmpty { return [:] }
    let names = params.sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
    let candidates = complete.filter { trial in names.allSatisfy { trial.parameters[$0] != nil } }
    guard let first = candidates.first else {
      throw TensorError(
        .value, evaluator,
        "no complete trial has all of the parameters " + names.map { "'\($0)'" }.joined(separator: ", "))
    }
    let space = NamedValues(names.compactMap { name in first.parameters[name].map { (name, $0.distribution) } })
    for trial in candidates {
      for (name, distribution) in space where trial.parameters[name]?.distribution != distribution {
        throw TensorError(
          .value, evaluator,
          "the range of '\(name)' changed within the study; leave out `params` to judge those that stayed the same")
      }
    }
    return space
  }
}
