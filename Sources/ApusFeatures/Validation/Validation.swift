import ApusCore
import ApusFormats

extension TableSchema {
  /// Holds the statistics of data against this schema, as TensorFlow Data Validation's `validate_statistics` does.
  ///
  ///     let anomalies = try schema.validate(today, previous: yesterday, environment: "TRAINING")
  ///
  /// What is asked of tokens of natural language and of features made of several (sparse ones, and ones with weights) is not
  /// checked.
  /// - Parameters:
  ///   - statistics: those of the data. Where all features have figures by weight, these count.
  ///   - previous: those of the data before, from which features drift (``SchemaFeature/driftComparator``).
  ///   - serving: those of serving, from which training differs (``SchemaFeature/skewComparator``).
  ///   - previousVersion: those of the version before, for the number of rows (``DatasetConstraints/versionComparator``).
  ///   - environment: one of ``defaultEnvironments``: features that are not in it may be missing.
  ///   - severities: how bad anomalies of a type are; all others are errors.
  /// - Throws: `TensorError` of kind `value` where statistics have none of all rows, or the schema does not have the environment.
  public func validate(
    _ statistics: TableStatistics, previous: TableStatistics? = nil, serving: TableStatistics? = nil,
    previousVersion: TableStatistics? = nil, environment: String? = nil,
    severities: [AnomalyType: AnomalySeverity] = [:]
  ) throws(TensorError) -> Anomalies {
    try check(environment)
    let all = try statistics.all
    var result = Anomalies()
    result.schema = self
    guard all.rows != 0 else {
      result.dataMissing = true
      return result
    }
    let dataset = CheckedDataset(all)
    func others(_ statistics: TableStatistics?) throws(TensorError) -> CheckedDataset? {
      guard let statistics else { return nil }
      return CheckedDataset(try statistics.all, isWeighted: dataset.isWeighted)
    }
    let validation = Validation(
      schema: self, dataset: dataset, environment: environment,
      others: ComparedDatasets(
        previous: try others(previous), serving: try others(serving), previousVersion: try others(previousVersion)))
    let found = validation.found
    result[integer: 7] = 1
    result.features = found.map { path, reasons in
      Anomaly(reasons, path: path, severity: Self.severity(reasons, severities))
    }
    let rows = validation.rowCountReasons
    if !rows.isEmpty { result.dataset = Anomaly(rows, path: nil, severity: .error) }
    result.measurements = validation.measurements
    return result
  }

  func check(_ environment: String?) throws(TensorError) {
    guard let environment, !defaultEnvironments.contains(environment) else { return }
    throw TensorError(
      .value, "TableSchema.validate",
      "the schema has no environment '\(environment)'; its default environments are \(defaultEnvironments)")
  }

  private static func severity(
    _ reasons: [AnomalyReason], _ severities: [AnomalyType: AnomalySeverity]
  ) -> AnomalySeverity {
    reasons.map { severities[$0.type] ?? .error }.max() ?? .unknown
  }

  /// The features that data must have.
  func requiredPaths(_ environment: String?) -> [FeaturePath] {
    func all(_ features: [SchemaFeature], _ parent: [String]) -> [FeaturePath] {
      features.flatMap { feature -> [FeaturePath] in
        let path = parent + [feature.name]
        let own =
          FeatureCheck.isRequired(feature, environment, defaults: defaultEnvironments) ? [FeaturePath(path)] : []
        return own + (feature.isDeprecated ? [] : all(feature.structure?.features ?? [], path))
      }
    }
    return all(features, [])
  }

  /// Whether a path is that of a feature made of several.
  func isComposite(_ path: FeaturePath) -> Bool {
    guard path.steps.count == 1 else { return false }
    return [6, 12].contains { field in
      message.values(field).contains { value in
        if case .message(let feature) = value { feature[1] == .text(path.name) } else { false }
      }
    }
  }
}

/// The checks of a data set against a schema.
final class Validation {
  private let schema: TableSchema
  private let dataset: CheckedDataset
  private let environment: String?
  private let others: ComparedDatasets
  private let features: [FeaturePath: SchemaFeature]
  private let domains: [String: TextDomain]
  /// What is wrong with each feature.
  private(set) var found: [FeaturePath: [AnomalyReason]] = [:]
  /// The distances, in the order of the paths.
  private(set) var measurements: [FeatureMeasurements] = []

  init(schema: TableSchema, dataset: CheckedDataset, environment: String?, others: ComparedDatasets) {
    self.schema = schema
    self.dataset = dataset
    self.environment = environment
    self.others = others
    features = Dictionary(schema.paths.map { ($0.path, $0.feature) }, uniquingKeysWith: { first, _ in first })
    domains = Dictionary(schema.textDomains.map { ($0.name, $0) }, uniquingKeysWith: { first, _ in first })
    for root in dataset.roots { check(root) }
    for path in schema.requiredPaths(environment) where dataset[path] == nil {
      found[path, default: []].append(
        AnomalyReason(.schemaMissingColumn, "Column dropped", "Column is completely missing"))
    }
    measurements.sort { $0.path < $1.path }
  }

  private func check(_ view: CheckedFeature) {
    if schema.isComposite(view.path) { return }
    guard let feature = features[view.path] else {
      found[view.path] = [
        AnomalyReason(.schemaNewColumn, "New column", "New column (column in data but not in schema)")
      ]
      return
    }
    if feature.isDeprecated { return }
    var check = FeatureCheck(
      feature, sharedDomain: feature.domain.flatMap { domains[$0] }, environment: environment,
      defaultEnvironments: schema.defaultEnvironments, others: others)
    check.run(view)
    if !check.reasons.isEmpty { found[view.path] = check.reasons }
    if !check.drift.isEmpty || !check.skew.isEmpty {
      measurements.append(FeatureMeasurements(view.path, drift: check.drift, skew: check.skew))
    }
    if check.feature.isDeprecated { return }
    for child in dataset.children(of: view.path) { self.check(child) }
  }

  /// What is wrong with the number of rows.
  var rowCountReasons: [AnomalyReason] {
    guard let constraints = schema.datasetConstraints else { return [] }
    var reasons: [AnomalyReason] = []
    if let comparator = constraints.driftComparator, let other = others.previous {
      reasons += compare(comparator, other, "previous span")
    }
    if let comparator = constraints.versionComparator, let other = others.previousVersion {
      reasons += compare(comparator, other, "previous version")
    }
    let rows = SixDigits.text(dataset.rows)
    if let least = constraints.minRows, dataset.rows < Double(least) {
      reasons.append(
        AnomalyReason(
          .datasetLowNumExamples, "Low num examples in dataset.",
          "The dataset has \(rows) examples, which is fewer than expected."))
    }
    if let most = constraints.mostRows, dataset.rows > Double(most) {
      reasons.append(
        AnomalyReason(
          .datasetHighNumExamples, "High num examples in dataset.",
          "The dataset has \(rows) examples, which is more than expected."))
    }
    return reasons
  }

  private func compare(_ comparator: RowCountComparator, _ other: CheckedDataset, _ name: String) -> [AnomalyReason] {
    var reasons: [AnomalyReason] = []
    let ratio = dataset.rows / other.rows
    func sentence(_ side: String, _ threshold: Double) -> String {
      "The ratio of num examples in the current dataset versus the \(name) is \(SixDigits.text(ratio)) (up to six significant "
        + "digits), which is \(side) the threshold \(SixDigits.text(threshold))."
    }
    if let most = comparator.maxFraction {
      if other.rows == 0 {
        reasons.append(
          AnomalyReason(
            .comparatorHighNumExamples, "High num examples in current dataset versus the \(name), which has 0.",
            "The \(name) has 0 examples, so there is a high number of examples in the current dataset versus the \(name)."
          ))
      } else if ratio > most {
        reasons.append(
          AnomalyReason(
            .comparatorHighNumExamples, "High num examples in current dataset versus the \(name).",
            sentence("above", most)))
      }
    }
    if let least = comparator.minFraction, other.rows != 0, ratio < least {
      reasons.append(
        AnomalyReason(
          .comparatorLowNumExamples, "Low num examples in current dataset versus the \(name).",
          sentence("below", least)))
    }
    return reasons
  }
}
