import ApusCore
import ApusFormats
import ApusMedia

/// Keeps the values of a run somewhere.
public protocol TrainingLogger: AnyObject {
  /// Values of one training step, counted from 1 over the whole run.
  func log(step: Int, values: [(name: String, value: Double)]) throws
  /// Values of an epoch.
  func log(epoch: EpochValues, step: Int) throws
  /// A call of `fit` has ended: what is waiting goes to its place. Another one may follow.
  func close() throws
}

/// Writes event files that TensorBoard shows: `train/loss`, `validation/accuracy`, `lr` ...
public final class TensorBoardLogger: TrainingLogger {
  /// What writes the event file.
  public let writer: TensorBoardWriter
  private let everySteps: Int

  /// - Parameter everySteps: how many training steps lie between two points of the step curves.
  /// - Throws: `TensorError` when folder or file cannot be made.
  public init(logDir: String, everySteps: Int = 10) throws {
    writer = try TensorBoardWriter(logDir: logDir)
    self.everySteps = max(1, everySteps)
  }

  public func log(step: Int, values: [(name: String, value: Double)]) throws {
    guard step % everySteps == 0 else { return }
    for (name, value) in values { try writer.addScalar("step/" + name, value, step: step) }
  }

  public func log(epoch: EpochValues, step: Int) throws {
    for name in epoch.names {
      if let value = epoch[name] { try writer.addScalar(runTag(name), value, step: epoch.epoch) }
    }
  }

  public func close() throws { try writer.flush() }
}

/// Writes a row of comma-separated values for each epoch. The file is replaced as a whole, so that it is never torn.
///
/// A run that goes on from a checkpoint keeps the rows of earlier epochs that the file has; those of its own epochs and of
/// later ones are replaced.
public final class CSVLogger: TrainingLogger {
  public let path: String
  private var columns: [String] = []
  private var rows: [(epoch: Int, values: [String: String])]?

  /// Writes the values of each epoch into the file at `path`, a line each, with a heading.
  public init(path: String) { self.path = path }

  public func log(step: Int, values: [(name: String, value: Double)]) throws {}

  public func log(epoch: EpochValues, step: Int) throws {
    // What a first epoch finds there is an older run's.
    if rows == nil && epoch.epoch > 1 && fileExists(path) { try readRows() }
    var kept = (rows ?? []).filter { $0.epoch < epoch.epoch }
    var values: [String: String] = [:]
    for name in epoch.names {
      if !columns.contains(name) { columns.append(name) }
      values[name] = epoch[name].map { "\($0)" }
    }
    kept.append((epoch.epoch, values))
    rows = kept
    var text = (["epoch"] + columns).map(Self.quoted).joined(separator: ",") + "\n"
    for row in kept {
      text += ([String(row.epoch)] + columns.map { row.values[$0] ?? "" }).joined(separator: ",") + "\n"
    }
    try makeFolder(of: path)
    try writeText(text, to: path)
  }

  public func close() throws {}

  private func readRows() throws {
    guard let table = Self.table(try readText(path)) else {
      throw TensorError(
        .format, path, "this is no table of epochs to go on with; move it away, or give the logger another path")
    }
    columns = table.columns
    rows = table.rows
  }

  /// The columns and rows of a table that a logger wrote; nil for another text.
  static func table(_ text: String) -> (columns: [String], rows: [(epoch: Int, values: [String: String])])? {
    var records = Self.records(text)
    let names = records.isEmpty ? [] : records.removeFirst()
    guard names.first == "epoch" || names.isEmpty else { return nil }
    var found: [(epoch: Int, values: [String: String])] = []
    for record in records {
      guard record.count == names.count, let epoch = Int(record[0]) else { return nil }
      found.append(
        (epoch, Dictionary(zip(names, record).dropFirst(), uniquingKeysWith: { $1 }).filter { $0.value != "" }))
    }
    return (Array(names.dropFirst()), found)
  }

  /// The fields of each line, as RFC 4180 has them.
  private static func records(_ text: String) -> [[String]] {
    var records: [[String]] = []
    var fields: [String] = []
    var field = ""
    var isQuoted = false
    var hasClosed = false
    func endField() {
      fields.append(field)
      field = ""
    }
    func endRecord() {
      endField()
      if fields != [""] { records.append(fields) }
      fields = []
    }
    for character in text {
      if character == "\"" {
        // Two quotes within a quoted part are one.
        if !isQuoted && hasClosed { field.append(character) }
        hasClosed = isQuoted
        isQuoted.toggle()
        continue
      }
      hasClosed = false
      if isQuoted {
        field.append(character)
      } else if character == "," {
        endField()
      } else if character.isNewline {
        endRecord()
      } else {
        field.append(character)
      }
    }
    if !field.isEmpty || !fields.isEmpty { endRecord() }
    return records
  }

  private static func quoted(_ name: String) -> String {
    name.contains { $0 == "," || $0 == "\"" || $0.isNewline }
      ? "\"" + name.split(separator: "\"", omittingEmptySubsequences: false).joined(separator: "\"\"") + "\"" : name
  }
}
