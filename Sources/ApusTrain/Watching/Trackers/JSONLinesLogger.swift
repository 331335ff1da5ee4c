import ApusCore
import ApusFormats

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// Writes a line of JSON for each record: `{"kind":"step","step":10,"time":...,"loss":0.5}`.
///
/// The first line has the settings (`"kind":"settings"`), the others steps and epochs. Each line reaches the file as a whole.
/// A run that goes on adds to the file.
public final class JSONLinesLogger: TrainingLogger {
  public let path: String
  private let everySteps: Int
  private let config: [String: SettingValue]
  private var hasBegun = false

  /// - Parameters:
  ///   - path: the file, which is made with its folder where it is missing.
  ///   - config: settings of the run, such as hyperparameters.
  ///   - everySteps: how many training steps lie between two that are written; 0 for none.
  public init(path: String, config: [String: SettingValue] = [:], everySteps: Int = 10) {
    self.path = path
    self.config = config
    self.everySteps = everySteps
  }

  public func log(step: Int, values: [(name: String, value: Double)]) throws {
    guard everySteps > 0, step % everySteps == 0 else { return }
    try write([("kind", quotedJSON("step")), ("step", "\(step)")] + numbers(values))
  }

  public func log(epoch: EpochValues, step: Int) throws {
    let values = epoch.names.map { (name: $0, value: epoch[$0] ?? .nan) }
    try write([("kind", quotedJSON("epoch")), ("epoch", "\(epoch.epoch)"), ("step", "\(step)")] + numbers(values))
  }

  public func close() throws {}

  private func numbers(_ values: [(name: String, value: Double)]) -> [(String, String)] {
    [("time", "\(secondsSince1970())")] + values.map { ($0.name, jsonNumber($0.value)) }
  }

  private func write(_ members: [(String, String)]) throws {
    var text = ""
    if !hasBegun {
      try makeFolder(of: path)
      if !config.isEmpty {
        text += Self.line([
          ("kind", quotedJSON("settings")), ("time", "\(secondsSince1970())"),
          ("settings", SettingValue.dictionary(config).json),
        ])
      }
      hasBegun = true
    }
    var file = try OutputFile(path: expandedPath(path), flags: O_CREAT | O_APPEND)
    try file.write(Array((text + Self.line(members)).utf8))
    try file.finish()
  }

  private static func line(_ members: [(String, String)]) -> String {
    "{" + members.map { "\(quotedJSON($0.0)):\($0.1)" }.joined(separator: ",") + "}\n"
  }
}
