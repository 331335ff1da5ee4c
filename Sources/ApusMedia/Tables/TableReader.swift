import ApusCore

/// Reads a file of a table part by part, whatever its format: CSV, JSON Lines, Parquet or Arrow, with the memory of a part.
///
///     let reader = try TableReader(path: "clicks.parquet")
///     while let part = try reader.nextBatch() { print(part.rows) }
///     for try await part in reader { ... }                             // in asynchronous code
///
/// The end of the name tells the format: `csv`, `tsv` (tabs), `jsonl`, `ndjson`, `json` (objects, one a line), `parquet`, `pq`,
/// `arrow`, `arrows`, `feather`, `ipc`; with `.gz`, `.zst` or `.zip` behind it where the file is compressed as a whole.
public final class TableReader {
  private enum Source {
    case csv(CSVReader)
    case jsonLines(JSONLinesReader)
    case parquet(ParquetReader)
    case arrow(ArrowReader)
  }

  /// The formats, by the ends of names.
  private enum Format {
    case csv, tabs, jsonLines, parquet, arrow

    init?(path: String) {
      var name = path.lowercased()[...]
      for end in [".gz", ".zst", ".zip"] where name.hasSuffix(end) { name = name.dropLast(end.count) }
      switch name.split(separator: ".").last {
      case "csv": self = .csv
      case "tsv": self = .tabs
      case "jsonl", "ndjson", "json": self = .jsonLines
      case "parquet", "pq": self = .parquet
      case "arrow", "arrows", "feather", "ipc": self = .arrow
      default: return nil
      }
    }
  }

  private let source: Source

  /// Opens the file at `path`.
  /// - Parameter csv: how CSV files are written; `tsv` files have tabs.
  /// - Throws: `TensorError` of kind `file` when it cannot be read, of kind `format` when it is damaged or something else, of kind
  ///   `value` when its name tells no format.
  public init(path: String, csv: CSVOptions = CSVOptions()) throws(TensorError) {
    switch try Self.format(path) {
    case .csv: source = .csv(try CSVReader(path: path, options: csv))
    case .tabs: source = .csv(try CSVReader(path: path, options: Self.withTabs(csv)))
    case .jsonLines: source = .jsonLines(try JSONLinesReader(path: path))
    case .parquet: source = .parquet(try ParquetReader(path: path))
    case .arrow: source = .arrow(try ArrowReader(path: path))
    }
  }

  private static func format(_ path: String) throws(TensorError) -> Format {
    guard let format = Format(path: path) else {
      throw TensorError(
        .value, path,
        "the name tells no format of tables; csv, tsv, jsonl, ndjson, json, parquet, pq, arrow, arrows, feather and ipc do, also "
          + "with .gz, .zst or .zip behind them")
    }
    return format
  }

  private static func withTabs(_ options: CSVOptions) -> CSVOptions {
    var options = options
    options.delimiter = "\t"
    return options
  }

  /// The next rows, or nil at the end.
  /// - Throws: `TensorError` of kind `format` where the file is damaged or a value does not fit its column.
  public func nextBatch() throws(TensorError) -> Table? {
    switch source {
    case .csv(let reader): try reader.nextBatch()
    case .jsonLines(let reader): try reader.nextBatch()
    case .parquet(let reader): try reader.nextBatch()
    case .arrow(let reader): try reader.nextBatch()
    }
  }

  /// The options with which all of several files are read alike, their columns being whole numbers, real numbers or texts: what
  /// fits the values of all files, which are read once to find it. Files that are no CSV are passed over.
  /// - Parameter options: how the files are written. Types that it gives stay.
  /// - Throws: as ``init(path:csv:)`` and ``nextBatch()``.
  package static func plainCSV(_ paths: [String], options: CSVOptions) throws(TensorError) -> CSVOptions {
    var types: [String: PlainType] = [:]
    for path in paths {
      let reader: CSVReader
      switch try format(path) {
      case .csv: reader = try CSVReader(path: path, options: options)
      case .tabs: reader = try CSVReader(path: path, options: withTabs(options))
      default: continue
      }
      for (name, type) in try reader.plainTypes() { types[name] = Swift.max(types[name] ?? .none, type) }
    }
    var result = options
    for (name, type) in types where result.types[name] == nil { result.types[name] = type.column }
    return result
  }
}

/// What a column of a CSV file is where texts are all that is no number, each kind holding those before it.
enum PlainType: Int, Comparable {
  case none, whole, real, text, bytes

  static func < (a: PlainType, b: PlainType) -> Bool { a.rawValue < b.rawValue }

  /// What a type found from values is.
  init(_ type: ColumnType) {
    switch type {
    case .null: self = .none
    case .int64: self = .whole
    case .float64: self = .real
    case .binary: self = .bytes
    default: self = .text
    }
  }

  var column: ColumnType {
    switch self {
    case .none: .null
    case .whole: .int64
    case .real: .float64
    case .text: .string
    case .bytes: .binary
    }
  }
}

extension TableReader: AsyncSequence {
  /// Gives the parts of a reader.
  public struct AsyncIterator: AsyncIteratorProtocol {
    let reader: TableReader

    /// The next rows, or nil at the end.
    public func next() async throws -> Table? { try reader.nextBatch() }
  }

  /// The parts that are left.
  public func makeAsyncIterator() -> AsyncIterator { AsyncIterator(reader: self) }
}
