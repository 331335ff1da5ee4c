import ApusCore
import ApusFormats

/// Keeps the values of a run somewhere.
public protocol TrainingLogger: AnyObject {
  /// Values of one training step, counted from 1 over the whole run.
  func log(step: Int, values: [(name: String, value: Double)]) throws
  /// Values of an epoch.
  func log(epoch: EpochValues, step: Int) throws
  /// The run has ended.
  func close() throws
}

/// Writes event files that TensorBoard shows: `train/loss`, `validation/accuracy`, `lr` ...
public final class TensorBoardLogger: TrainingLogger {
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
      if let value = epoch[name] { try writer.addScalar(Self.tag(name), value, step: epoch.epoch) }
    }
  }

  public func close() throws { try writer.close() }

  /// `validation loss` -> `validation/loss`, `loss` -> `train/loss`.
  private static func tag(_ name: String) -> String {
    if name == "lr" { return name }
    let prefix = "validation "
    return name.hasPrefix(prefix) ? "validation/" + name.dropFirst(prefix.count) : "train/" + name
  }
}

/// Writes a row of comma-separated values for each epoch. The file is replaced as a whole, so that it is never torn.
public final class CSVLogger: TrainingLogger {
  public let path: String
  private var columns: [String] = []
  private var rows: [EpochValues] = []

  public init(path: String) { self.path = path }

  public func log(step: Int, values: [(name: String, value: Double)]) throws {}

  public func log(epoch: EpochValues, step: Int) throws {
    rows.removeAll { $0.epoch >= epoch.epoch }
    rows.append(epoch)
    for name in epoch.names where !columns.contains(name) { columns.append(name) }
    var text = (["epoch"] + columns).map(Self.quoted).joined(separator: ",") + "\n"
    for row in rows {
      text += ([String(row.epoch)] + columns.map { row[$0].map { "\($0)" } ?? "" }).joined(separator: ",") + "\n"
    }
    try writeText(text, to: path)
  }

  public func close() throws {}

  private static func quoted(_ name: String) -> String {
    name.contains(",") || name.contains("\"")
      ? "\"" + name.split(separator: "\"", omittingEmptySubsequences: false).joined(separator: "\"\"") + "\"" : name
  }
}
