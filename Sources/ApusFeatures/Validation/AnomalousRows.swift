import ApusCore
import ApusMedia

/// Rows with which the same thing is wrong.
public struct AnomalousRows: Sendable, Equatable {
  /// The feature.
  public let path: FeaturePath
  /// What is wrong, as it was found of the first of the rows.
  public let reason: AnomalyReason
  /// The numbers of the rows, from 0.
  public internal(set) var rows: [Int]

  /// What TensorFlow Data Validation calls such rows: `age_INT_TYPE_BIG_INT`.
  public var name: String { "\(path)_\(reason.type.rawValue)" }
}

extension TableSchema {
  /// The rows of a table that are wrong by themselves, by feature and reason: each is held against the schema as if it were all
  /// the data, as TensorFlow Data Validation's `IdentifyAnomalousExamples` does. What a row alone cannot tell, such as drift or how
  /// many rows have a feature, is left out.
  /// - Parameters:
  ///   - environment: one of ``defaultEnvironments``; features that are not in it may be missing.
  ///   - findsMissing: whether rows are wrong that lack a feature which all rows must have.
  /// - Throws: `TensorError` of kind `value` where the schema does not have the environment.
  public func anomalousRows(
    of table: Table, environment: String? = nil, findsMissing: Bool = false
  ) throws(TensorError) -> [AnomalousRows] {
    try check(environment)
    var found: [AnomalousRows] = []
    var names: Set<String> = []
    for (field, column) in zip(table.fields, table.columns) where names.insert(field.name).inserted {
      var search = RowSearch(self, FeaturePath([field.name]), environment: environment)
      try search.run(column)
      found += search.found
      if findsMissing, self[FeaturePath([field.name])]?.presence?.minFraction == 1 {
        let rows = (0..<column.count).filter { column.isNull($0) }
        let reason = AnomalyReason(
          .featureTypeLowFractionPresent, "Column dropped", "The feature was expected everywhere, but was missing.")
        if !rows.isEmpty {
          found.append(AnomalousRows(path: FeaturePath([field.name]), reason: reason, rows: rows))
        }
      }
    }
    if table.rows > 0 {
      for path in requiredPaths(environment) where path.steps.count == 1 && !names.contains(path.name) {
        let reason = AnomalyReason(.schemaMissingColumn, "Column dropped", "Column is completely missing")
        found.append(AnomalousRows(path: path, reason: reason, rows: Array(0..<table.rows)))
      }
    }
    return found
  }
}

/// Looks for the rows of a column that are wrong.
private struct RowSearch {
  private let schema: TableSchema
  private let path: FeaturePath
  private let environment: String?
  private let options: FeatureCollector.CollectorOptions
  /// The same for several rows at once, some of which may lack the feature.
  private let ofSeveralRows: TableSchema
  private(set) var found: [AnomalousRows] = []
  /// The verdicts on values that came before.
  private var known: [Key: [(FeaturePath, AnomalyReason)]] = [:]

  /// What cannot be said of a row alone.
  private static let ofAllRows: Set<AnomalyType> = [
    .featureTypeLowFractionPresent, .featureTypeLowNumberPresent, .featureTypeNotPresent, .schemaTrainingServingSkew,
    .comparatorControlDataMissing, .comparatorTreatmentDataMissing, .comparatorLInftyHigh,
    .comparatorJensenShannonDivergenceHigh, .comparatorNormalizedAbsoluteDifferenceHigh, .comparatorLowNumExamples,
    .comparatorHighNumExamples, .noDataInSpan, .datasetLowNumExamples, .datasetHighNumExamples,
  ]

  init(_ schema: TableSchema, _ path: FeaturePath, environment: String?) {
    self.path = path
    self.environment = environment
    // The feature alone, so that no other one is missing.
    var alone = schema
    alone.features = schema.features.filter { $0.name == path.name }
    alone.datasetConstraints = nil
    self.schema = alone
    for i in alone.features.indices {
      alone.features[i].presence = nil
      // Of rows that have it, a shape of one value says what this number of values says.
      if alone.features[i].shape == [1] { alone.features[i].valueCount = ValueCount(min: 1, max: 1) }
    }
    ofSeveralRows = alone
    var options = StatisticsOptions()
    options.histogramBuckets = 1
    options.topValues = 0
    // Texts are of no matter where nothing is said of them.
    let readsTexts = alone.paths.contains { _, feature in
      feature.domain != nil || feature.textDomain != nil || feature.boolDomain != nil || feature.intDomain != nil
        || feature.floatDomain != nil
    }
    if !readsTexts { options.rankBuckets = 0 }
    self.options = FeatureCollector.CollectorOptions(
      options: options, byteStrings: alone.byteStringPaths, categories: alone.categoryPaths)
  }

  mutating func run(_ column: Column) throws(TensorError) {
    if schema[path] == nil {
      // A column that the schema lacks is so in each row.
      let reasons = try reasons(column, 0..<min(1, column.count))
      found = reasons.map { AnomalousRows(path: $0, reason: $1, rows: Array(0..<column.count)) }
      return
    }
    let block = tellsOfAll ? 512 : 1
    for start in stride(from: 0, to: column.count, by: block) {
      try search(column, start..<min(start + block, column.count))
    }
  }

  /// Whether rows of which nothing is wrong together are right each by itself. It is so of limits and lists of texts, and not
  /// where other rows make up for one.
  private var tellsOfAll: Bool {
    !schema.paths.contains { _, feature in
      feature.uniqueConstraints != nil || feature.minDomainMass != nil
        || feature.boolDomain != nil && feature.type == .float
    }
  }

  /// Halves the rows as long as something is wrong with them.
  private mutating func search(_ column: Column, _ range: Range<Int>) throws(TensorError) {
    if range.count == 1 {
      let key = Key(column, range.lowerBound)
      if let key, let reasons = known[key] { return add(reasons, range.lowerBound) }
      let reasons = try reasons(column, range)
      if let key, known.count < 1 << 16 { known[key] = reasons }
      return add(reasons, range.lowerBound)
    }
    if try reasons(column, range).isEmpty { return }
    let middle = range.lowerBound + range.count / 2
    try search(column, range.lowerBound..<middle)
    try search(column, middle..<range.upperBound)
  }

  private func reasons(_ column: Column, _ range: Range<Int>) throws(TensorError) -> [(FeaturePath, AnomalyReason)] {
    let collector = FeatureCollector(path, options)
    try collector.add(column, range, weights: nil)
    var statistics = DatasetStatistics()
    statistics.rows = range.count
    statistics.features = collector.statistics(rows: range.count, weight: 0)
    let validation = Validation(
      schema: range.count > 1 ? ofSeveralRows : schema, dataset: CheckedDataset(statistics), environment: environment,
      others: ComparedDatasets())
    return validation.found.flatMap { path, reasons in
      reasons.filter { !Self.ofAllRows.contains($0.type) }.map { (path, $0) }
    }
  }

  private mutating func add(_ reasons: [(FeaturePath, AnomalyReason)], _ row: Int) {
    for (path, reason) in reasons {
      if let place = found.firstIndex(where: { $0.path == path && $0.reason.type == reason.type }) {
        if found[place].rows.last != row { found[place].rows.append(row) }
      } else {
        found.append(AnomalousRows(path: path, reason: reason, rows: [row]))
      }
    }
  }

  /// A value that is wrong or right wherever it stands; of lists and structures there is none.
  private enum Key: Hashable {
    case missing
    case text([UInt8])

    init?(_ column: Column, _ row: Int) {
      if column.isNull(row) {
        self = .missing
        return
      }
      switch column.storage {
      case .text(let offsets, let bytes): self = .text(Array(bytes[offsets[row]..<offsets[row + 1]]))
      case .fixed(let bytes):
        let width = column.type.decoded.width ?? 0
        self = .text(Array(bytes[row * width..<(row + 1) * width]))
      default: return nil
      }
    }
  }
}
