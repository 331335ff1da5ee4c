import ApusCore
import ApusFormats

/// What a metric has to be for a model to be taken: a bound of its value, or of its change against another model's.
///
///     [
///       .bounds("accuracy", from: 0.9),
///       .bounds("log_loss", to: 0.5, slices: .columns(["sex"]), leastExamples: 50),
///       .change("accuracy", absolute: -0.01),          // at most 0.01 worse than the baseline
///     ]
public struct MetricThreshold: Sendable, Hashable {
  /// For which slices it holds.
  public enum Slices: Sendable, Hashable {
    /// All rows together.
    case whole
    /// Each slice that was measured.
    case all
    /// The slices of these columns.
    case columns([String])
    /// These slices, which have to be there.
    case named([SliceKey])
  }

  enum Rule: Sendable, Hashable {
    case bounds(lower: Double?, upper: Double?)
    case change(absolute: Double?, relative: Double?, higherIsBetter: Bool?)
  }

  /// The name of the metric.
  public let metric: String
  let rule: Rule
  let slices: Slices
  let leastExamples: Int

  /// Whether it compares with a baseline.
  package var isChange: Bool { if case .change = rule { true } else { false } }

  /// The value lies between these bounds, which belong to it. TFMA's `GenericValueThreshold`.
  /// - Parameters:
  ///   - lower: the least value; nil for any.
  ///   - upper: the largest value; nil for any.
  ///   - leastExamples: slices with fewer rows are not looked at.
  public static func bounds(
    _ metric: String, from lower: Double? = nil, to upper: Double? = nil, slices: Slices = .whole,
    leastExamples: Int = 0
  ) -> MetricThreshold {
    MetricThreshold(
      metric: metric, rule: .bounds(lower: lower, upper: upper), slices: slices, leastExamples: leastExamples)
  }

  /// The value's change against the baseline is good enough. TFMA's `GenericChangeThreshold`.
  ///
  /// Where larger values are better, value - baseline is at least `absolute`, and (value - baseline) / baseline at least `relative`; where
  /// smaller ones are, both are at most so.
  /// - Parameters:
  ///   - higherIsBetter: which direction is good; nil for what the metric says.
  ///   - leastExamples: slices with fewer rows are not looked at.
  public static func change(
    _ metric: String, absolute: Double? = nil, relative: Double? = nil, higherIsBetter: Bool? = nil,
    slices: Slices = .whole, leastExamples: Int = 0
  ) -> MetricThreshold {
    MetricThreshold(
      metric: metric, rule: .change(absolute: absolute, relative: relative, higherIsBetter: higherIsBetter),
      slices: slices, leastExamples: leastExamples)
  }
}

/// Whether results are good enough, and where not.
public struct ValidationResult: Sendable, Equatable, CustomStringConvertible {
  /// A threshold that does not hold.
  public struct Failure: Sendable, Equatable, CustomStringConvertible {
    /// The slice.
    public let slice: SliceKey
    /// The name of the metric.
    public let metric: String
    /// Its value; nil where it was not measured.
    public let value: Double?
    /// The value of the baseline, where it was compared.
    public let baseline: Double?
    /// What was asked, as `at least 0.9`.
    public let bound: String
    /// How many rows the slice has.
    public let examples: Int

    public var description: String {
      let found = value.map { $0.isNaN ? "has no value" : "is \(shortNumber($0))" } ?? "was not measured"
      let compared = baseline.map { " (baseline \(shortNumber($0)))" } ?? ""
      return "\(metric) of \(slice) \(found)\(compared), \(bound) is asked; \(examples) rows"
    }
  }

  /// Each threshold that does not hold, by slice.
  public let failures: [Failure]
  /// How often a threshold was compared with a slice.
  public let checks: Int
  /// The slices that had too few rows for a threshold.
  public let skipped: [SliceKey]

  /// Whether all thresholds hold.
  public var isOK: Bool { failures.isEmpty }

  public var description: String {
    let few = skipped.isEmpty ? "" : "; too few rows in \(skipped.map(\.description).joined(separator: "; "))"
    guard !isOK else { return "ok: \(checks) checks\(few)" }
    return "\(failures.count) of \(checks) checks failed\(few)\n" + failures.map { "  \($0)" }.joined(separator: "\n")
  }

  /// Writes the result as JSON.
  /// - Throws: `TensorError` of kind `file` when writing fails.
  public func write(to path: String) throws {
    func number(_ value: Double?) -> JSON {
      guard let value else { return .null }
      return value.isFinite ? .double(value) : .string(value.isNaN ? "nan" : value > 0 ? "inf" : "-inf")
    }
    let json = JSON.object([
      "format": .string("validation"), "version": .int(1), "ok": .bool(isOK), "checks": .int(checks),
      "skipped": .array(skipped.map(\.json)),
      "failures": .array(
        failures.map { failure in
          .object([
            "slice": failure.slice.json, "metric": .string(failure.metric), "value": number(failure.value),
            "baseline": number(failure.baseline), "bound": .string(failure.bound), "examples": .int(failure.examples),
          ])
        }),
    ])
    try makeFolder(of: path)
    try writeText(json.text(indented: true) + "\n", to: expandedPath(path))
  }
}

extension EvaluationResults {
  /// Compares the results with thresholds.
  /// - Parameter baseline: the results of the model that is in use, for the same slices.
  /// - Throws: `TensorError` where a threshold cannot be checked: its metric was not measured, or there is no baseline for it.
  public func validate(_ thresholds: [MetricThreshold], baseline: EvaluationResults? = nil) throws -> ValidationResult {
    var failures: [ValidationResult.Failure] = []
    var skipped: [SliceKey] = []
    var checks = 0
    for threshold in thresholds {
      try check(threshold, baseline)
      for key in keys(threshold.slices) {
        guard let slice = self[key] else {
          checks += 1
          failures.append(
            .init(
              slice: key, metric: threshold.metric, value: nil, baseline: nil, bound: bound(threshold), examples: 0))
          continue
        }
        guard slice.examples >= threshold.leastExamples else {
          if !skipped.contains(key) { skipped.append(key) }
          continue
        }
        checks += 1
        let value = slice.values[threshold.metric]?.value ?? .nan
        let before = baseline?.value(threshold.metric, key)
        guard !holds(threshold, value, before) else { continue }
        let isCompared = if case .change = threshold.rule { true } else { false }
        failures.append(
          .init(
            slice: key, metric: threshold.metric, value: value, baseline: isCompared ? before : nil,
            bound: bound(threshold), examples: slice.examples))
      }
    }
    return ValidationResult(failures: failures, checks: checks, skipped: skipped)
  }

  private func check(_ threshold: MetricThreshold, _ baseline: EvaluationResults?) throws(TensorError) {
    guard metrics.contains(where: { $0.name == threshold.metric }) else {
      throw TensorError(
        .value, "validate",
        "'\(threshold.metric)' was not measured; there are \(metrics.map(\.name).joined(separator: ", "))")
    }
    switch threshold.rule {
    case .bounds(let lower, let upper):
      guard lower != nil || upper != nil else {
        throw TensorError(.value, "validate", "the threshold of '\(threshold.metric)' has no bound; give from: or to:")
      }
    case .change(let absolute, let relative, _):
      guard absolute != nil || relative != nil else {
        throw TensorError(
          .value, "validate", "the change of '\(threshold.metric)' has no bound; give absolute: or relative:")
      }
      guard let baseline, baseline.metrics.contains(where: { $0.name == threshold.metric }) else {
        throw TensorError(
          .value, "validate", "the change of '\(threshold.metric)' needs a baseline with this metric; give baseline:")
      }
      guard direction(threshold) != nil else {
        throw TensorError(
          .value, "validate", "it is not known whether more of '\(threshold.metric)' is better; give higherIsBetter:")
      }
    }
  }

  private func keys(_ slices: MetricThreshold.Slices) -> [SliceKey] {
    switch slices {
    case .whole: [.whole]
    case .all: self.slices.map(\.key)
    case .columns(let names): self.slices.map(\.key).filter { $0.members.map(\.column) == names }
    case .named(let keys): keys
    }
  }

  private func direction(_ threshold: MetricThreshold) -> Bool? {
    guard case .change(_, _, let given) = threshold.rule else { return nil }
    return given ?? metrics.first { $0.name == threshold.metric }?.higherIsBetter
  }

  private func holds(_ threshold: MetricThreshold, _ value: Double, _ before: Double?) -> Bool {
    switch threshold.rule {
    case .bounds(let lower, let upper):
      return value >= lower ?? -.infinity && value <= upper ?? .infinity
    case .change(let absolute, let relative, _):
      guard let before, !value.isNaN, !before.isNaN else { return false }
      let sign: Double = direction(threshold) == false ? -1 : 1
      let difference = value - before
      if let absolute, sign * difference < sign * absolute { return false }
      // No change is none of nothing, too.
      let share = difference == 0 ? 0 : difference / before
      if let relative, sign * share < sign * relative { return false }
      return true
    }
  }

  private func bound(_ threshold: MetricThreshold) -> String {
    switch threshold.rule {
    case .bounds(let lower?, let upper?): return "\(plainNumber(lower)) to \(plainNumber(upper))"
    case .bounds(let lower?, nil): return "at least \(plainNumber(lower))"
    case .bounds(nil, let upper): return "at most \(plainNumber(upper ?? .infinity))"
    case .change(let absolute, let relative, _):
      let most = direction(threshold) == false ? "at most" : "at least"
      let parts =
        (absolute.map { ["a change of \(most) \(plainNumber($0))"] } ?? [])
        + (relative.map { ["a change of \(most) \(plainNumber($0 * 100)) %"] } ?? [])
      return parts.joined(separator: " and ")
    }
  }
}
