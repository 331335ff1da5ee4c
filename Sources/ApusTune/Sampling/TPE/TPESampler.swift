import ApusCore
import ApusTrain

/// The tree-structured Parzen estimator: the settings of the best trials make one density, those of the others a second one, and
/// of the settings drawn from the first the one is proposed at which the first is largest beside the second.
///
/// Bergstra et al., "Algorithms for Hyper-Parameter Optimization", 2011; Watanabe, "Tree-Structured Parzen Estimator:
/// Understanding Its Algorithm Components and Their Roles for Better Empirical Performance", 2023; for several objectives Ozaki et
/// al., "Multiobjective Tree-Structured Parzen Estimator", 2022. Defaults, widths and draws are those of Optuna's `TPESampler`: a
/// seed gives Optuna's proposals, as far as rounding does not decide between two of them.
public final class TPESampler: TrialSampler {
  private let startupTrials: Int
  private let candidates: Int
  private let multivariate: Bool?
  private let group: Bool
  private let constantLiar: Bool
  private let gamma: (@Sendable (Int) -> Int)?
  private let generator: NumPyGenerator
  private let random: NumPyGenerator
  private let table = GatheredByPart(ObservationTable())
  private let common = IntersectionSpace(includesPruned: true)

  /// - Parameters:
  ///   - startupTrials: how many trials end before the estimators take part; until then settings are random.
  ///   - candidates: how many settings are drawn for one proposal.
  ///   - multivariate: whether parameters are drawn together, which sees how they depend on each other; nil: with one objective.
  ///   - group: whether parameters that only some trials have are drawn together with those they occur with.
  ///   - constantLiar: whether trials that run count as bad ones, so that several workers do not try the same.
  ///   - gamma: how many of n trials are the best; nil: a tenth, and at most 25 with one objective.
  ///   - seed: of the draws; nil for another one in every process.
  public init(
    startupTrials: Int = 10, candidates: Int = 24, multivariate: Bool? = nil, group: Bool = false,
    constantLiar: Bool = true, gamma: (@Sendable (Int) -> Int)? = nil, seed: UInt32? = nil
  ) {
    self.startupTrials = startupTrials
    self.candidates = max(1, candidates)
    self.multivariate = multivariate
    self.group = group
    self.constantLiar = constantLiar
    self.gamma = gamma
    generator = NumPyGenerator(seed: seed)
    random = NumPyGenerator(seed: seed)
  }

  private func isMultivariate(_ study: StudyView) -> Bool { multivariate ?? (group || study.directions.count == 1) }

  public func jointSpace(_ study: StudyView, trial: TrialRecord) throws -> NamedValues<ParameterDistribution> {
    guard isMultivariate(study) else { return [:] }
    guard group else { return try common.varying(study) }
    return try table.withLock(study) { table in
      _ = try table.update(study)
      return NamedValues(table.groupedSpaces.joined().map { ($0.name, $0.value) })
    }
  }

  public func sampleJointly(
    _ study: StudyView, trial: TrialRecord, space: NamedValues<ParameterDistribution>
  ) throws -> [String: Double] {
    let spaces = group ? table.withLock(study) { $0.groupedSpaces } : [space]
    var values: [String: Double] = [:]
    for space in spaces {
      for (name, value) in try propose(study, trial, space) ?? [:] { values[name] = value }
    }
    if !values.isEmpty, constantLiar { try share(values, space, study, trial) }
    return values
  }

  public func sample(
    _ name: String, _ distribution: ParameterDistribution, _ study: StudyView, trial: TrialRecord
  ) throws -> Double {
    try propose(study, trial, [name: distribution])?[name] ?? random.uniform(distribution)
  }

  /// A setting of the parameters of a space; nil while too few trials have ended.
  private func propose(
    _ study: StudyView, _ trial: TrialRecord, _ space: NamedValues<ParameterDistribution>
  ) throws -> [String: Double]? {
    let (below, above) = try table.withLock(study) { table -> (ParzenEstimator?, ParzenEstimator?) in
      let open = try table.update(study)
      let rows = Array(table.rows.indices)
      guard rows.count >= startupTrials else { return (nil, nil) }
      let most = gamma?(rows.count) ?? defaultGamma(rows.count, study)
      var isBest = [Bool](repeating: false, count: table.rows.count)
      for row in table.best(most, of: rows, objectives: study.directions.count) { isBest[row] = true }
      let running = constantLiar ? open.filter { $0.state == .running && $0.number != trial.number } : []
      let below = TrialSettings(table, rows.filter { isBest[$0] }, [], space)
      let above = TrialSettings(table, rows.filter { !isBest[$0] }, running, space)
      let isSingle = study.directions.count == 1
      return (
        ParzenEstimator(
          below, space.values,
          weights: isSingle ? Self.weights(below.count) : [Double](repeating: 1, count: below.count)),
        ParzenEstimator(above, space.values, weights: Self.weights(above.count))
      )
    }
    guard let below, let above else { return nil }
    let samples = below.sample(candidates, generator)
    let gains = zip(below.logDensity(samples), above.logDensity(samples)).map { $0 - $1 }
    var best = 0
    for (i, gain) in gains.enumerated() where gain > gains[best] { best = i }
    return Dictionary(zip(space.names, samples.map { $0[best] }), uniquingKeysWith: { $1 })
  }

  private func defaultGamma(_ count: Int, _ study: StudyView) -> Int {
    let tenth = Int((0.1 * Double(count)).rounded(.up))
    return study.directions.count == 1 ? min(tenth, 25) : tenth
  }

  /// The last 25 count fully, older ones less and less.
  private static func weights(_ count: Int) -> [Double] {
    guard count >= 25 else { return [Double](repeating: 1, count: count) }
    let ramp = count - 25
    let start = 1 / Double(count)
    let step = ramp > 1 ? (1 - start) / Double(ramp - 1) : 0
    return (0..<count).map { $0 >= ramp ? 1 : $0 == ramp - 1 && ramp > 1 ? 1 : start + Double($0) * step }
  }

  static let shareKey = "tpe:relative_params"
  /// Storages keep texts below 2,046 characters everywhere.
  private static let sharePiece = 2045

  /// Notes the drawn setting, so that other workers avoid it before the trial has asked for all of it.
  private func share(
    _ values: [String: Double], _ space: NamedValues<ParameterDistribution>, _ study: StudyView, _ trial: TrialRecord
  ) throws {
    var drawn: [String: SettingValue] = [:]
    for (name, distribution) in space { drawn[name] = values[name].flatMap { distribution.value($0) } }
    let text = Array(SettingValue.dictionary(drawn).pythonJSON().utf8)
    for (piece, start) in stride(from: 0, to: text.count, by: Self.sharePiece).enumerated() {
      let part = String(decoding: text[start..<min(start + Self.sharePiece, text.count)], as: UTF8.self)
      try study.storage.setAttribute("\(Self.shareKey):\(piece)", .string(part), of: .system, trial: trial.id)
    }
  }
}

extension ObservationTable {
  /// The `count` best of some rows. With several objectives those of the first fronts, and of the front that does not fit wholly
  /// the part with the largest hypervolume.
  func best(_ count: Int, of positions: [Int], objectives: Int) -> [Int] {
    guard objectives > 1 else { return smallest(count, of: positions) }
    let complete = positions.filter { rows[$0].rank.group == 0 }
    var best: [Int] = []
    if count >= complete.count {
      best = complete
    } else if count > 0 {
      let losses = complete.map { rows[$0].losses }
      best = selectByFronts(losses, count: count).map { complete[$0] }
    }
    return best + smallest(count - best.count, of: positions.filter { rows[$0].rank.group != 0 })
  }

  /// The rows of the `count` smallest ranks, earlier ones first among equals.
  private func smallest(_ count: Int, of positions: [Int]) -> [Int] {
    guard count > 0 else { return [] }
    var best: [Int] = []
    for row in positions {
      if best.count >= count {
        guard let last = best.last, rows[row].rank < rows[last].rank else { continue }
        best.removeLast()
      }
      // Behind all that are not larger.
      var low = 0
      var high = best.count
      while low < high {
        let middle = (low + high) / 2
        if rows[row].rank < rows[best[middle]].rank { high = middle } else { low = middle + 1 }
      }
      best.insert(row, at: low)
    }
    return best
  }
}
