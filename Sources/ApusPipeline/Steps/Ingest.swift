import Apus
import ApusFormats
import ApusMedia

extension Pipeline {
  /// Takes rows from files and divides them into splits: TensorFlow Extended's `CsvExampleGen`, for CSV, JSON Lines, Parquet and Arrow.
  ///
  ///     let examples = penguins.ingest(["penguins.csv"], splits: ["train": 8, "evaluation": 2])
  ///
  /// Which split a row goes to depends on its values alone: rows that come later change nothing for those that were there, and rows that
  /// are equal stay together.
  /// - Parameters:
  ///   - files: files whose rows go on each other. All have the same columns.
  ///   - splits: the names of the splits, with their parts of the rows.
  ///   - groups: columns whose values decide, so that rows of one group (a customer, a patient) stay together; nil for all columns.
  public mutating func ingest(
    _ files: [String], splits: [String: Int] = ["train": 2, "evaluation": 1], groups: [String]? = nil,
    named name: String = "examples"
  ) -> StepOutput<Examples> {
    var parameters: [String: SettingValue] = ["splits": .dictionary(splits.mapValues { .int($0) })]
    if let groups { parameters["groups"] = .list(groups.map { .string($0) }) }
    return add(
      PipelineStep(
        name, type: "FileExampleGen", version: "1", outputs: [OutputDescription("examples", Examples.self)],
        parameters: parameters, files: files
      ) { step in
        try divide(files, splits: splits, groups: groups, step)
      }, giving: "examples", Examples.self)
  }
}

/// Rows that are written to one file.
private let rowsPerFile = 1 << 20

private func divide(_ files: [String], splits: [String: Int], groups: [String]?, _ step: StepRun) throws {
  let names = splits.keys.sorted()
  let total = splits.values.reduce(0, +)
  guard !names.isEmpty, splits.values.allSatisfy({ $0 > 0 }), total <= 1 << 20, names.allSatisfy(Pipeline.isName) else {
    throw TensorError(
      .value, "ingest",
      "the splits are \(SettingValue.dictionary(splits.mapValues { .int($0) }).json); give names with whole numbers from 1"
    )
  }
  guard !files.isEmpty else { throw TensorError(.value, "ingest", "there are no files; name at least one") }
  // The split of each of `total` buckets.
  let owners = names.flatMap { name in [String](repeating: name, count: splits[name] ?? 0) }
  let folder = try step.output("examples")
  var writers = try names.map { try SplitWriter(folder: "\(folder)/\($0)") }
  var columns: [ColumnField]?
  var csv = CSVOptions()
  csv.stringsCanBeNull = true
  let paths = files.map { expandedPath($0) }
  let options = try TableReader.plainCSV(paths, options: csv)
  for file in paths {
    let reader = try TableReader(path: file, csv: options)
    while let part = try reader.nextBatch() {
      if let columns, columns.map(\.name) != part.names {
        throw TensorError(
          .value, file, "its columns are \(part.names), and those of the files before are \(columns.map(\.name))")
      }
      columns = part.fields
      var places = [[Int]](repeating: [], count: names.count)
      for (row, hash) in try rowHashes(part, columns: groups).enumerated() {
        if let split = names.firstIndex(of: owners[Int(hash % UInt64(total))]) { places[split].append(row) }
      }
      for (split, rows) in places.enumerated() where !rows.isEmpty { try writers[split].add(part.gathering(rows)) }
    }
  }
  guard columns != nil else { throw TensorError(.value, "ingest", "the files have no rows") }
  var counts: [String: SettingValue] = [:]
  for (split, name) in names.enumerated() {
    let count = try writers[split].finish()
    guard count > 0 else {
      throw TensorError(
        .value, "ingest", "no row fell to the split '\(name)'; give it a larger part, or the step more rows")
    }
    counts["rows_\(name)"] = .int(count)
  }
  try step.describe(
    "examples",
    counts.merging(["split_names": .string(SettingValue.list(names.map { .string($0) }).json)]) { a, _ in a })
  step.note(counts)
}

/// Writes the rows of a split to files of some size.
private struct SplitWriter {
  private let folder: String
  private var parts: [Table] = []
  private var waiting = 0
  private var files = 0
  private var count = 0

  init(folder: String) throws(TensorError) {
    self.folder = folder
    try makeFolders(folder)
  }

  mutating func add(_ part: Table) throws {
    parts.append(part)
    waiting += part.rows
    if waiting >= rowsPerFile { try write() }
  }

  /// Writes what is left, and says how many rows there are.
  mutating func finish() throws -> Int {
    if waiting > 0 { try write() }
    return count
  }

  private mutating func write() throws {
    let table = Table.joined(parts, fields: parts[0].fields, source: folder)
    let digits = String(100_000 + files).dropFirst()
    try table.write(parquet: "\(folder)/part-\(digits).parquet")
    (parts, waiting, files, count) = ([], 0, files + 1, count + table.rows)
  }
}

/// The rows of a split of examples, in parts.
public struct ExampleReader {
  private var files: ArraySlice<String>
  private var reader: ParquetReader?

  /// Reads a split of an artifact of kind ``Examples``.
  /// - Throws: `TensorError` of kind `file` that names the splits which there are.
  public init(_ examples: Artifact, split: String) throws(TensorError) {
    let folder = examples.path(split)
    files = folderContents(folder).filter { $0.hasSuffix(".parquet") }.map { "\(folder)/\($0)" }[...]
    if files.isEmpty {
      throw TensorError(
        .file, folder, "there is no split '\(split)'; there are \(Self.splits(of: examples).joined(separator: ", "))")
    }
  }

  /// The names of the splits.
  public static func splits(of examples: Artifact) -> [String] {
    folderContents(examples.path).filter { isFolder(examples.path($0)) }
  }

  /// The next rows; nil at the end.
  public mutating func nextBatch() throws(TensorError) -> Table? {
    while true {
      if let part = try reader?.nextBatch() { return part }
      guard let file = files.popFirst() else { return nil }
      reader = try ParquetReader(path: file)
    }
  }

  /// All rows as one table.
  public static func table(_ examples: Artifact, split: String) throws(TensorError) -> Table {
    var reader = try ExampleReader(examples, split: split)
    var parts: [Table] = []
    while let part = try reader.nextBatch() { parts.append(part) }
    guard let first = parts.first else { throw TensorError(.file, examples.path(split), "the split has no rows") }
    return Table.joined(parts, fields: first.fields, source: examples.path(split))
  }
}
