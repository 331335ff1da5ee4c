import ApusCore
import ApusFormats

/// An evaluation and its thresholds from a file with TFMA's `EvalConfig`: `eval_config.pbtxt`, or `eval_config.json`.
///
///     let configuration = try EvaluationConfiguration(path: "eval_config.pbtxt")
///     let results = try configuration.evaluation.run(test) { part in ... }
///     print(try results.validate(configuration.thresholds))
///
/// Read are `slicing_specs`, `metrics_specs` (metrics by the names of Keras and TFMA, their thresholds, those of slices), `label_key` and
/// `example_weight_key` of the first model, and of the options `compute_confidence_intervals` and `min_slice_size`. The counts of examples
/// are in all results, and need no metric.
public struct EvaluationConfiguration: Sendable {
  /// What is measured, of which slices.
  public var evaluation: SlicedEvaluation
  /// What the metrics have to be.
  public var thresholds: [MetricThreshold]
  /// The column of the label, where the file names one.
  public var label: String?

  /// Reads a file.
  /// - Throws: `TensorError` that names the file, and the metric or member which is not known or makes no sense.
  public init(path: String) throws(TensorError) {
    let path = expandedPath(path)
    var message: ConfigurationMessage
    if path.lowercased().hasSuffix(".json") {
      message = ConfigurationMessage(json: try JSON(file: path))
    } else {
      do {
        message = ConfigurationMessage(json: try TextMessage(parsing: try readText(path)).json)
      } catch let error as TensorError { throw error } catch { throw TensorError(.format, path, "\(error)") }
    }
    // As TFMA writes it beside its results.
    if let inner = message.one("eval_config") { message = inner }
    do throws(TensorError) { try self.init(message) } catch { throw TensorError(error.kind, path, error.message) }
  }

  fileprivate init(_ message: ConfigurationMessage) throws(TensorError) {
    var metrics: [EvaluationMetric] = []
    var thresholds: [MetricThreshold] = []
    for spec in message.many("metrics_specs") {
      for metric in spec.many("metrics") {
        let (found, name) = try Self.metric(metric)
        if let found, !metrics.contains(where: { $0.name == name }) { metrics.append(found) }
        if let threshold = metric.one("threshold") { thresholds += try Self.thresholds(threshold, name, .whole) }
        for slice in metric.many("per_slice_thresholds") { thresholds += try Self.thresholds(slices: slice, name) }
      }
      for (name, threshold) in spec.map("thresholds") { thresholds += try Self.thresholds(threshold, name, .whole) }
      for (name, slices) in spec.map("per_slice_thresholds") {
        for slice in slices.many("thresholds") { thresholds += try Self.thresholds(slices: slice, name) }
      }
    }
    guard !metrics.isEmpty else {
      throw TensorError(.value, "", "metrics_specs has no metric that is measured; \(Self.knownMetrics)")
    }
    if let threshold = thresholds.first(where: { threshold in !metrics.contains { $0.name == threshold.metric } }) {
      throw TensorError(
        .value, "",
        "there is a threshold of '\(threshold.metric)', which is not measured; there are "
          + metrics.map(\.name).joined(separator: ", "))
    }
    let slices = try message.many("slicing_specs").map { (spec) throws(TensorError) in try Self.slice(spec) }
    evaluation = SlicedEvaluation(metrics: metrics, slices: slices.isEmpty ? [.whole] : slices)
    let model = message.many("model_specs").first { $0.one("is_baseline")?.json.bool != true }
    label = model?.text("label_key")
    evaluation.weights = model?.text("example_weight_key")
    if let options = message.one("options") {
      if options.wrapped("compute_confidence_intervals")?.bool == true { evaluation.confidence = .jackknife() }
      if let least = options.wrapped("min_slice_size")?.int {
        evaluation.smallSlice = least
        thresholds = thresholds.map {
          MetricThreshold(metric: $0.metric, rule: $0.rule, slices: $0.slices, leastExamples: least)
        }
      }
    }
    self.thresholds = thresholds
  }

  // MARK: Metrics

  /// Metrics by the names of their classes in Keras and TFMA.
  private static let classes: [(name: String, metric: EvaluationMetric)] = [
    ("Accuracy", .accuracy), ("BinaryAccuracy", .accuracy), ("CategoricalAccuracy", .accuracy),
    ("SparseCategoricalAccuracy", .accuracy), ("BinaryCrossentropy", .logLoss), ("BinaryCrossEntropy", .logLoss),
    ("CategoricalCrossentropy", .logLoss), ("SparseCategoricalCrossentropy", .logLoss), ("AUC", .areaUnderCurve),
    ("Precision", .precision), ("Recall", .recall), ("F1Score", .f1), ("Calibration", .calibration),
    ("MeanLabel", .meanLabel), ("MeanPrediction", .meanPrediction), ("MeanSquaredError", .meanSquaredError),
    ("RootMeanSquaredError", .rootMeanSquaredError), ("MeanAbsoluteError", .meanAbsoluteError),
    ("R2Score", .r2), ("BrierScore", .brier),
  ]
  /// Metrics that count what all results have.
  private static let counts = ["ExampleCount", "WeightedExampleCount"]
  private static var knownMetrics: String {
    "there are \((classes.map(\.name) + counts).joined(separator: ", "))"
  }

  /// A metric under the name that the file gives it, or TFMA's: `MeanLabel` is `mean_label`. Nil for counts.
  private static func metric(_ message: ConfigurationMessage) throws(TensorError) -> (EvaluationMetric?, String) {
    guard let name = message.text("class_name") else { throw TensorError(.format, "", "a metric has no class_name") }
    var own: String?
    if let config = message.text("config") {
      guard let settings = try? JSON(parsing: config.utf8), let object = settings.object else {
        throw TensorError(.format, "", "the config of \(name) is no JSON: \(config)")
      }
      own = object["name"]?.string
      let others = object.keys.filter { $0 != "name" }.sorted()
      guard others.isEmpty || counts.contains(name) else {
        throw TensorError(
          .unsupported, "", "\(name) has settings that are not known here: \(others.joined(separator: ", "))")
      }
    }
    if counts.contains(name) { return (nil, own ?? snakeCase(name)) }
    guard let found = classes.first(where: { $0.name == name })?.metric else {
      throw TensorError(.unsupported, "", "the metric '\(name)' is not known; \(knownMetrics)")
    }
    let title = own ?? snakeCase(name)
    return (EvaluationMetric(name: title, higherIsBetter: found.higherIsBetter, make: found.make), title)
  }

  // MARK: Slices and thresholds

  private static func slice(_ message: ConfigurationMessage) throws(TensorError) -> SliceSpecification {
    if message.one("slice_keys_sql") != nil {
      throw TensorError(.unsupported, "", "slice_keys_sql is not read; use feature_keys and feature_values")
    }
    var parts = message.many("feature_keys").compactMap { $0.json.string }.map { SliceSpecification.Part.values($0) }
    for (column, value) in message.map("feature_values") {
      parts.append(.value(column, value.json.string ?? value.json.text()))
    }
    return SliceSpecification(parts: parts)
  }

  private static func thresholds(
    slices message: ConfigurationMessage, _ metric: String
  ) throws(TensorError) -> [MetricThreshold] {
    guard let threshold = message.one("threshold") else {
      throw TensorError(.format, "", "a threshold of slices of '\(metric)' has no 'threshold'")
    }
    var all: [MetricThreshold] = []
    for spec in message.many("slicing_specs") {
      let parts = try slice(spec).parts
      let values = parts.compactMap { part -> SliceKey.Member? in
        if case .value(let column, let value) = part { SliceKey.Member(column: column, value: value) } else { nil }
      }
      guard values.isEmpty || values.count == parts.count else {
        throw TensorError(
          .unsupported, "", "a threshold of '\(metric)' is for slices of feature_keys and feature_values at once")
      }
      let chosen: MetricThreshold.Slices =
        parts.isEmpty ? .whole : values.isEmpty ? .columns(parts.map(\.column)) : .named([SliceKey(members: values)])
      all += try thresholds(threshold, metric, chosen)
    }
    return all
  }

  private static func thresholds(
    _ message: ConfigurationMessage, _ metric: String, _ slices: MetricThreshold.Slices
  ) throws(TensorError) -> [MetricThreshold] {
    func number(_ message: ConfigurationMessage, _ key: String) throws(TensorError) -> Double? {
      guard let found = message.wrapped(key) else { return nil }
      guard let value = found.double else {
        throw TensorError(.format, "", "'\(key)' of '\(metric)' is \(found.text()), no number")
      }
      return value
    }
    var all: [MetricThreshold] = []
    if let bounds = message.one("value_threshold") {
      all.append(
        .bounds(
          metric, from: try number(bounds, "lower_bound"), to: try number(bounds, "upper_bound"), slices: slices))
    }
    if let change = message.one("change_threshold") {
      let better: Bool
      switch change.one("direction")?.json {
      case .string("HIGHER_IS_BETTER")?, .int(2)?: better = true
      case .string("LOWER_IS_BETTER")?, .int(1)?: better = false
      default:
        throw TensorError(
          .format, "", "the change of '\(metric)' needs a direction: HIGHER_IS_BETTER or LOWER_IS_BETTER")
      }
      all.append(
        .change(
          metric, absolute: try number(change, "absolute"), relative: try number(change, "relative"),
          higherIsBetter: better, slices: slices))
    }
    return all
  }
}

/// `sparse_categorical_accuracy` for `SparseCategoricalAccuracy` and `sparseCategoricalAccuracy`, `auc` for `AUC`.
private func snakeCase(_ name: String) -> String {
  var result = ""
  var before: Character = "A"
  for character in name {
    if character.isUppercase, before.isLowercase { result += "_" }
    result += character.lowercased()
    before = character
  }
  return result
}

/// A message as the text format or JSON have it.
private struct ConfigurationMessage {
  let json: JSON
  private let members: [String: JSON]

  init(json: JSON) {
    self.json = json
    members = Dictionary((json.object ?? [:]).map { (snakeCase($0.key), $0.value) }) { first, _ in first }
  }

  func many(_ key: String) -> [ConfigurationMessage] {
    switch members[key] {
    case nil, .null?: []
    case .array(let items)?: items.map { ConfigurationMessage(json: $0) }
    case let value?: [ConfigurationMessage(json: value)]
    }
  }

  func one(_ key: String) -> ConfigurationMessage? { many(key).first }

  /// A text that is not empty.
  func text(_ key: String) -> String? { one(key)?.json.string.flatMap { $0.isEmpty ? nil : $0 } }

  /// The value of a message that holds one alone, which JSON writes as the value.
  func wrapped(_ key: String) -> JSON? {
    guard let found = one(key) else { return nil }
    return found.json.object == nil ? found.json : found.one("value")?.json
  }

  /// Entries of key and value in the text format, an object in JSON.
  func map(_ key: String) -> [(key: String, value: ConfigurationMessage)] {
    many(key).flatMap { entry -> [(key: String, value: ConfigurationMessage)] in
      if let name = entry.one("key")?.json.string, let value = entry.one("value") { return [(name, value)] }
      return (entry.json.object ?? [:]).sorted { $0.key < $1.key }.map {
        ($0.key, ConfigurationMessage(json: $0.value))
      }
    }
  }
}
