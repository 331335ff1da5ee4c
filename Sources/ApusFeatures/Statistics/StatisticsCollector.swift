import ApusCore
import ApusMedia

/// Makes statistics of tables that come part by part: each is looked at once, and what is kept does not grow with the rows.
///
///     let collector = StatisticsCollector()
///     let reader = try TableReader(path: "clicks.parquet")
///     while let part = try reader.nextBatch() { try collector.add(part) }
///     let statistics = collector.statistics
///
/// Collectors of parts of the data merge: what they give together is what one of all rows gives, but for rounding.
public final class StatisticsCollector {
  private let options: FeatureCollector.CollectorOptions
  private let all: DatasetCollector
  private var slices: [String: DatasetCollector] = [:]
  /// The names of slices in the order in which they came.
  private var sliceNames: [String] = []

  /// A collector that has seen nothing.
  public init(options: StatisticsOptions = StatisticsOptions()) {
    self.options = FeatureCollector.CollectorOptions(
      options: options, byteStrings: options.schema?.byteStringPaths ?? [],
      categories: options.schema?.categoryPaths ?? [])
    all = DatasetCollector(self.options)
  }

  /// Adds the rows of a table.
  /// - Throws: `TensorError` of kind `dtype` where a column is of another type than before, of kind `index` where a column that the
  ///   options name is missing, of kind `value` where a row has no weight or there are too many slices.
  public func add(_ table: Table) throws(TensorError) {
    let weights = try weights(of: table)
    let chosen = try options.options.columns.map { names throws(TensorError) in try table.selecting(names) } ?? table
    try all.add(chosen, weights: weights)
    for columns in options.options.slices {
      for (name, rows) in try Slicing.slices(of: table, by: columns) {
        let budget = DecodeBudget(fileSize: 0, limit: .max, name: "TableStatistics")
        var part: [Column] = []
        for column in chosen.columns { part.append(try column.gathering(rows, budget: budget)) }
        try slice(name).add(
          Table(fields: chosen.fields, columns: part, rows: rows.count, source: chosen.source),
          weights: weights.map { known in rows.map { known[$0] } })
      }
    }
  }

  /// Adds what another collector with the same options has seen.
  /// - Throws: `TensorError` of kind `dtype` where a column is of another type there.
  public func merge(_ other: StatisticsCollector) throws(TensorError) {
    try all.merge(other.all)
    for name in other.sliceNames {
      if let theirs = other.slices[name] { try slice(name).merge(theirs) }
    }
  }

  /// The statistics of all that was added: of all rows, and behind them of the slices.
  public var statistics: TableStatistics {
    var result = TableStatistics()
    let hasSlices = !options.options.slices.isEmpty
    result.datasets =
      [all.statistics(name: hasSlices ? TableStatistics.allRows : "")]
      + sliceNames.compactMap { name in slices[name]?.statistics(name: name) }
    return result
  }

  private func slice(_ name: String) throws(TensorError) -> DatasetCollector {
    if let known = slices[name] { return known }
    guard slices.count < StatisticsOptions.mostSlices else {
      throw TensorError(
        .value, "TableStatistics",
        "there are more than \(StatisticsOptions.mostSlices) slices; slice by columns of fewer values")
    }
    let collector = DatasetCollector(options)
    slices[name] = collector
    sliceNames.append(name)
    return collector
  }

  private func weights(of table: Table) throws(TensorError) -> [Double]? {
    guard let name = options.options.weightColumn else { return nil }
    var column = try table[name]
    if case .list(let offsets, let items) = column.storage {
      guard (0..<column.count).allSatisfy({ !column.isNull($0) && offsets[$0 + 1] - offsets[$0] == 1 }) else {
        throw TensorError(.value, "TableStatistics", "the weights '\(name)' are lists; one number for each row works")
      }
      let budget = DecodeBudget(fileSize: 0, limit: .max, name: "TableStatistics")
      column = try items.gathering(Array(offsets.dropLast()), budget: budget)
    }
    guard case .fixed = column.storage, column.nullCount == 0 else {
      throw TensorError(
        .value, "TableStatistics",
        "the weights '\(name)' are \(column.type) with \(column.nullCount) missing; one number for each row works")
    }
    return [Double](unsafeUninitializedCapacity: column.count) { memory, count in
      NumberColumn.read(column, 0..<column.count, into: memory)
      count = column.count
    }
  }
}

/// Makes the statistics of one set of rows.
final class DatasetCollector {
  private let options: FeatureCollector.CollectorOptions
  private var rows = 0
  private var weight = 0.0
  private var features: [FeatureCollector] = []
  private var places: [FeaturePath: Int] = [:]

  init(_ options: FeatureCollector.CollectorOptions) { self.options = options }

  private func feature(_ path: FeaturePath) -> FeatureCollector {
    if let known = places[path] { return features[known] }
    let collector = FeatureCollector(path, options)
    places[path] = features.count
    features.append(collector)
    return collector
  }

  /// Adds a table, its columns side by side.
  func add(_ table: Table, weights: [Double]?) throws(TensorError) {
    var found: [FeatureCollector] = []
    var columns: [Column] = []
    var names: Set<String> = []
    // A name stands for its first column.
    for (field, column) in zip(table.fields, table.columns) where names.insert(field.name).inserted {
      found.append(feature(FeaturePath([field.name])))
      columns.append(column)
    }
    let errors = Lock<[TensorError]>([])
    let isLarge = table.rows * found.count > 1 << 14
    parallelFor(found.count, grain: isLarge ? 1 : max(1, found.count)) { range in
      for i in range {
        do throws(TensorError) {
          try found[i].add(columns[i], 0..<table.rows, weights: weights)
        } catch {
          errors.withLock { $0.append(error) }
        }
      }
    }
    if let error = errors.withLock({ $0.first }) { throw error }
    rows += table.rows
    weight += weights?.reduce(0, +) ?? 0
  }

  func merge(_ other: DatasetCollector) throws(TensorError) {
    for theirs in other.features { try feature(theirs.path).merge(theirs) }
    rows += other.rows
    weight += other.weight
  }

  func statistics(name: String) -> DatasetStatistics {
    var result = DatasetStatistics()
    result.name = name
    result.rows = rows
    result.weight = weight
    result.features = features.flatMap { $0.statistics(rows: rows, weight: weight) }
    return result
  }
}

/// Rows by the values of columns.
enum Slicing {
  /// The rows of each combination of values that the columns have, in the order in which they come. A slice is called by its
  /// columns and values: `country_US_sex_f`.
  static func slices(of table: Table, by columns: [String]) throws(TensorError) -> [(name: String, rows: [Int])] {
    var found: [(name: String, column: Column)] = []
    for name in columns.sorted(by: { $0.utf8.lexicographicallyPrecedes($1.utf8) }) {
      found.append((name, try table[name]))
      var type = found[found.count - 1].column.type.decoded
      while case .list(let item) = type { type = item.type.decoded }
      guard !NumberColumn.isReal(type), type.width != nil || type.isText || type == .null else {
        throw TensorError(
          .dtype, "TableStatistics",
          "cannot slice by '\(name)', which is \(type); texts, whole numbers and truth values work")
      }
    }
    var places: [String: Int] = [:]
    var slices: [(name: String, rows: [Int])] = []
    for row in 0..<table.rows {
      var names = [""]
      for (name, column) in found {
        let values = Set(texts(column[row])).sorted()
        names = names.flatMap { start in values.map { (start.isEmpty ? "" : start + "_") + name + "_" + $0 } }
      }
      for name in names where !name.isEmpty {
        if let place = places[name] {
          slices[place].rows.append(row)
        } else {
          places[name] = slices.count
          slices.append((name, [row]))
        }
      }
    }
    return slices
  }

  private static func texts(_ value: ColumnValue) -> [String] {
    switch value {
    case .text(let text): [text]
    case .bytes(let bytes): [String(decoding: bytes, as: UTF8.self)]
    case .int(let number): ["\(number)"]
    case .unsigned(let number): ["\(number)"]
    case .bool(let isTrue): [isTrue ? "1" : "0"]
    case .list(let items): items.flatMap(texts)
    default: []
    }
  }
}

extension TableStatistics {
  /// The statistics of a table.
  /// - Throws: as ``StatisticsCollector/add(_:)``.
  public init(of table: Table, options: StatisticsOptions = StatisticsOptions()) throws(TensorError) {
    let collector = StatisticsCollector(options: options)
    try collector.add(table)
    self = collector.statistics
  }

  /// The statistics of all rows of files of tables, which are read part by part: CSV, JSON Lines, Parquet and Arrow, compressed
  /// or not; see ``TableReader`` for how their names tell which. Columns of CSV files are whole numbers, real numbers or texts, by
  /// all values of all files.
  /// - Parameter csv: how CSV files are written; an empty text is a missing one where nothing else is said.
  /// - Throws: as ``TableReader`` and ``StatisticsCollector/add(_:)``.
  public init(
    files: [String], options: StatisticsOptions = StatisticsOptions(), csv: CSVOptions? = nil
  ) throws(TensorError) {
    var given = csv ?? CSVOptions()
    if csv == nil { given.stringsCanBeNull = true }
    let plain = try TableReader.plainCSV(files, options: given)
    let collector = StatisticsCollector(options: options)
    for path in files {
      let reader = try TableReader(path: path, csv: plain)
      while let part = try reader.nextBatch() { try collector.add(part) }
    }
    self = collector.statistics
  }
}
