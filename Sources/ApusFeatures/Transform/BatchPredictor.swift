import ApusCore
import ApusFormats
import ApusFunctional
import ApusMedia
import ApusNN
import ApusPrograms

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// Predictions for tables and files by a model that ``exportServed(_:transform:to:version:outputName:)`` wrote: raw columns in, columns of
/// predictions out.
///
///     let predictor = try BatchPredictor(folder: "models/penguins")
///     let predictions = try predictor(table, keeping: ["island"])
///     try predictor.predict(file: "birds.parquet", to: "predictions", format: .csv, keeping: ["id"])
public struct BatchPredictor: Sendable {
  /// What predictions are written as.
  public enum Format: String, Sendable, Hashable {
    /// Comma-separated values, JSON Lines, Parquet; the texts are the endings of the files.
    case csv, jsonLines = "jsonl", parquet
  }

  /// What makes the model's inputs of a table.
  public let transform: FittedTransform
  /// The program of transform and model.
  public let program: Program
  /// How many rows the program runs on at once.
  public var batchSize = 1024
  private let path: String

  /// Reads a model.
  /// - Parameters:
  ///   - folder: the model's folder, or that of a version.
  ///   - version: the version; nil for the newest.
  /// - Throws: `TensorError` that names the file which is missing or damaged, or does not fit the other.
  public init(folder: String, version: Int? = nil) throws {
    let root = expandedPath(folder)
    var found = root
    if let version {
      found = "\(root)/\(version)"
    } else if !fileExists("\(root)/model.apus"), let newest = folderContents(root).compactMap({ Int($0) }).max() {
      found = "\(root)/\(newest)"
    }
    path = "\(found)/model.apus"
    guard fileExists(path) else {
      throw TensorError(
        .file, folder, "there is no \(path); exportServed(model, transform: fitted, to: \"\(folder)\") writes a model")
    }
    transform = try FittedTransform.load(found)
    program = try Program.load(path)
    guard program.inputs.map(\.name) == transform.inputs.map(\.name),
      program.inputs.map(\.dtype) == transform.inputs.map(\.dtype)
    else {
      throw TensorError(
        .format, path,
        "the model takes \(program.inputs.map(\.name).joined(separator: ", ")), and the transform beside it gives "
          + transform.inputs.map(\.name).joined(separator: ", "))
    }
  }

  /// The predictions for the rows of a table: a column for each number of an output, named as the output, with the class or the
  /// place of the number behind it where there are several (`logits=Adelie`, `logits 0`); and for a first output of a number for
  /// each class the class itself, `species predicted`.
  /// - Parameter kept: columns of the table that come first.
  /// - Throws: `TensorError` that names the column which is missing or of another type.
  public func callAsFunction(_ table: Table, keeping kept: [String] = []) throws -> Table {
    try self(table, keeping: kept, fillsBatches: table.rows > batchSize)
  }

  /// - Parameter fills: whether the last batch is filled with rows that do not count, so that the program is compiled for one shape alone.
  private func callAsFunction(_ table: Table, keeping kept: [String], fillsBatches fills: Bool) throws -> Table {
    var columns: [(name: String, column: Column)] = try kept.map { ($0, try table.column($0, "predict")) }
    for (name, column) in try predictions(table, fillsBatches: fills) {
      guard !columns.contains(where: { $0.name == name }) else {
        throw TensorError(
          .value, "predict", "the column '\(name)' would be there twice; do not keep the one of the table")
      }
      columns.append((name, column))
    }
    return try Table(columns)
  }

  /// The outputs of the program for the rows of a table, in their order.
  /// - Throws: `TensorError` that names the column which is missing or of another type.
  public func outputs(_ table: Table) throws -> [Tensor] { try outputs(table, fillsBatches: table.rows > batchSize) }

  private func outputs(_ table: Table, fillsBatches fills: Bool) throws -> [Tensor] {
    let raw = try transform.raw(table)
    var parts: [[Tensor]] = []
    let size = max(1, batchSize)
    for start in stride(from: 0, to: table.rows, by: size) {
      let count = min(size, table.rows - start)
      parts.append(
        try withErrors {
          try noGrad {
            let batch = raw.map { column -> Tensor in
              let own = column.narrow(0, start, count)
              guard fills, count < size else { return own }
              return cat([own, Tensor.zeros([size - count] + own.shape.dropFirst(), dtype: own.dtype)], dim: 0)
            }
            return try program(batch).map { $0.shape.first ?? 0 > count ? $0.narrow(0, 0, count) : $0 }
          }
        })
    }
    return try program.outputs.enumerated().map { place, port in
      guard !parts.isEmpty else {
        let sizes = port.shape.dropFirst().map { if case .fixed(let size) = $0 { size } else { 1 } }
        return Tensor.zeros([0] + sizes, dtype: port.dtype)
      }
      let output = parts.count == 1 ? parts[0][place] : cat(parts.map { $0[place] }, dim: 0)
      guard output.shape.first == table.rows else {
        throw TensorError(
          .shape, path,
          "the output '\(port.name)' has shape \(output.shape) for \(table.rows) rows, which have no row each")
      }
      return output
    }
  }

  private func predictions(_ table: Table, fillsBatches fills: Bool) throws -> [(name: String, column: Column)] {
    var columns: [(name: String, column: Column)] = []
    let classes = transform.classNames
    for (place, (port, output)) in zip(program.outputs, try outputs(table, fillsBatches: fills)).enumerated() {
      let width = output.shape.dropFirst().reduce(1, *)
      let flat = output.reshape([table.rows, width])
      for i in 0..<width {
        let name =
          output.rank == 1 ? port.name : classes.count == width ? "\(port.name)=\(classes[i])" : "\(port.name) \(i)"
        columns.append((name, Column(numbers: flat.select(1, i))))
      }
      if place == 0, let label = transform.label, !classes.isEmpty, classes.count == width, output.rank == 2 {
        let best = table.rows == 0 ? [] : flat.argmax(1).array(as: Int.self)
        columns.append(("\(label) predicted", Column(best.map { classes[$0] })))
      }
    }
    return columns
  }

  // MARK: Files

  /// Predicts the rows of a file, part by part, into files `part-00000.csv` ... in a folder, each of which is there as a whole or
  /// not at all. Where the same was begun before and did not come to its end, it goes on behind the last part.
  /// - Parameters:
  ///   - input: a CSV, JSON Lines, Parquet or Arrow file, which its ending tells; CSV and JSON Lines may be compressed.
  ///   - folder: where the parts go; it is made where it is not there.
  ///   - format: of the parts.
  ///   - kept: columns of the input that come first in the output.
  ///   - partRows: about how many rows a part has.
  ///   - options: how a CSV file is read.
  /// - Returns: the number of rows.
  /// - Throws: `TensorError` that names the file or column; where the folder has other predictions.
  @discardableResult
  public func predict(
    file input: String, to folder: String, format: Format = .parquet, keeping kept: [String] = [],
    partRows: Int = 1 << 16, options: CSVOptions = CSVOptions()
  ) throws -> Int {
    let reader = try TableParts(input, options)
    let folder = expandedPath(folder)
    try makeFolders(folder)
    let request = "\(fileMark(input)) \(fileMark(path)) \(format.rawValue) \(partRows) \(batchSize) \(kept)"
    let progressPath = "\(folder)/predictions.json"
    if fileExists(progressPath) {
      let before = try JSON(file: progressPath)
      guard before["request"]?.string == request else {
        throw TensorError(
          .state, folder,
          "the folder has predictions of another file, model or settings; choose another folder, or delete this one")
      }
      if before["finished"]?.bool == true, let rows = before["rows"]?.int { return rows }
    }
    func note(_ rows: Int, _ parts: Int, isFinished: Bool) throws {
      let json = JSON.object([
        "request": .string(request), "rows": .int(rows), "parts": .int(parts), "finished": .bool(isFinished),
      ])
      try writeText(json.text(indented: true) + "\n", to: progressPath)
    }
    try note(0, 0, isFinished: false)
    var (rows, number) = (0, 0)
    while let part = try reader.next(rows: max(1, partRows)) {
      let digits = "\(number)"
      let name = "part-" + String(repeating: "0", count: max(0, 5 - digits.count)) + digits + "." + format.rawValue
      if !fileExists("\(folder)/\(name)") {
        let predictions = try self(part, keeping: kept, fillsBatches: true)
        switch format {
        case .csv: try predictions.write(csv: "\(folder)/\(name)")
        case .jsonLines: try predictions.write(jsonLines: "\(folder)/\(name)")
        case .parquet: try predictions.write(parquet: "\(folder)/\(name)")
        }
      }
      rows += part.rows
      number += 1
    }
    try note(rows, number, isFinished: true)
    return rows
  }
}

extension BatchPredictor {
  /// Predicts the rows of a file into one file, CSV or JSON Lines, as its ending tells. It is written by parts in a folder beside it,
  /// `OUTPUT.parts`, which is gone at the end; what was broken off goes on.
  /// - Parameters:
  ///   - input: as in ``predict(file:to:format:keeping:partRows:options:)``, and so are the others.
  ///   - output: the file; an existing one is replaced only when the new one is wholly on disk.
  /// - Returns: the number of rows.
  /// - Throws: `TensorError` that names the file or column.
  @discardableResult
  public func predict(
    file input: String, toFile output: String, keeping kept: [String] = [], partRows: Int = 1 << 16,
    options: CSVOptions = CSVOptions()
  ) throws -> Int {
    let output = expandedPath(output)
    let format: Format
    switch output.lowercased().split(separator: ".").last {
    case "csv": format = .csv
    case "jsonl", "ndjson": format = .jsonLines
    default:
      throw TensorError(
        .value, output,
        "one file of predictions is .csv or .jsonl; Parquet is written as a folder of parts, with predict(file:to:)")
    }
    let folder = output + ".parts"
    let rows = try predict(
      file: input, to: folder, format: format, keeping: kept, partRows: partRows, options: options)
    let names = folderContents(folder).sorted()
    try replaceFile(at: output) { file in
      var isFirst = true
      for name in names where name.hasPrefix("part-") {
        let part = try MappedFile(path: "\(folder)/\(name)")
        try withExtendedLifetime(part) {
          let start = isFirst || format != .csv ? 0 : Self.headerLength(part.bytes)
          try file.write(UnsafeRawBufferPointer(rebasing: part.bytes[start...]))
        }
        isFirst = false
      }
    }
    for name in names { unlink("\(folder)/\(name)") }
    rmdir(folder)
    return rows
  }

  /// How many bytes the line of names has, in which quotes may hold line ends.
  private static func headerLength(_ bytes: UnsafeRawBufferPointer) -> Int {
    var isQuoted = false
    for (i, byte) in bytes.enumerated() {
      if byte == UInt8(ascii: "\"") { isQuoted.toggle() }
      if byte == 10, !isQuoted { return i + 1 }
    }
    return bytes.count
  }
}

/// A file's path with its size and time, which change when it does.
private func fileMark(_ path: String) -> String {
  let path = expandedPath(path)
  var status = stat()
  guard stat(path, &status) == 0 else { return path }
  #if canImport(Darwin)
    let time = status.st_mtimespec
  #else
    let time = status.st_mtim
  #endif
  return "\(path) \(status.st_size) \(time.tv_sec).\(time.tv_nsec)"
}

/// The rows of a file in parts of a number of rows.
private final class TableParts {
  private let reader: TableReader
  private let path: String

  init(_ path: String, _ options: CSVOptions) throws {
    self.path = path
    reader = try TableReader(path: path, csv: options)
  }

  /// The next part of `rows` rows or a few more; nil at the end.
  func next(rows: Int) throws -> Table? {
    var parts: [Table] = []
    var count = 0
    while count < rows, let part = try reader.nextBatch() {
      parts.append(part)
      count += part.rows
    }
    guard let first = parts.first else { return nil }
    // A column that has had no value so far may have no type either.
    var fields = first.fields
    for part in parts {
      for (i, field) in part.fields.enumerated() where fields[i].type == .null { fields[i].type = field.type }
    }
    var joined: [Table] = []
    for part in parts {
      var columns: [Column] = []
      for (field, column) in zip(fields, part.columns) {
        guard column.type == field.type || column.type == .null else {
          throw TensorError(
            .dtype, path,
            "the column '\(field.name)' holds \(field.type) and then \(column.type); tell the reader its type")
        }
        columns.append(column.type == field.type ? column : Column.nulls(field.type, count: column.count))
      }
      joined.append(Table(fields: fields, columns: columns, rows: part.rows, source: path))
    }
    return Table.joined(joined, fields: fields, source: path)
  }
}

extension Column {
  /// The numbers of a tensor of shape [rows].
  fileprivate init(numbers: Tensor) {
    switch numbers.dtype {
    case .bool: self.init(numbers.array(as: Bool.self))
    case .float32: self.init(numbers.array(as: Float.self))
    case let type where type.isFloatingPoint: self.init(numbers.array(as: Double.self))
    default: self.init(numbers.array(as: Int.self))
    }
  }
}
