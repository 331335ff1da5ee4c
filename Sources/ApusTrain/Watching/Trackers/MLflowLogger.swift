import ApusCore
import ApusFormats

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// Writes a run into a file store of MLflow, which `mlflow ui --backend-store-uri ./mlruns` shows:
///
///     trainer.loggers = [try MLflowLogger(trackingURI: "file:./mlruns", experiment: "digits", params: ["lr": 0.003])]
///
/// Names are those of the epochs' values with a slash: `train/loss`, `validation/accuracy`, at the number of the epoch; those of
/// steps are `step/loss`, at the number of the step.
public final class MLflowLogger: TrainingLogger {
  /// The number of the experiment.
  public let experimentID: String
  /// The id of the run.
  public let runID: String
  /// The folder of the run.
  public let folder: String
  private let runName: String
  private let everySteps: Int
  private let start = MLflowLogger.milliseconds()

  /// - Parameters:
  ///   - trackingURI: the store: a folder, or `file:` and a folder.
  ///   - experiment: the name of the experiment, which is made where the store has none of this name.
  ///   - runName: the run's name, for people; nil for the beginning of its id.
  ///   - params: settings of the run, such as hyperparameters.
  ///   - tags: texts by name.
  ///   - everySteps: how many training steps lie between two that are recorded; 0 for none.
  /// - Throws: `TensorError` when folders or files cannot be made, of kind `unsupported` for a store that is no folder.
  public init(
    trackingURI: String = "file:./mlruns", experiment: String = "Default", runName: String? = nil,
    params: [String: SettingValue] = [:], tags: [String: String] = [:], everySteps: Int = 10
  ) throws {
    let store = try MLflowStore(uri: trackingURI)
    experimentID = try store.experiment(experiment)
    runID = Self.hexadecimal(32)
    self.runName = runName ?? "run-" + String(runID.prefix(8))
    self.everySteps = everySteps
    folder = "\(store.root)/\(experimentID)/\(runID)"
    for part in ["metrics", "params", "tags", "artifacts"] { try makeFolders("\(folder)/\(part)") }
    try writeMeta(isRunning: true)
    for (name, value) in params { try set("params", name, value.text) }
    var all = [
      "mlflow.runName": self.runName, "mlflow.user": userName(), "mlflow.source.type": "LOCAL",
      "mlflow.source.name": CommandLine.arguments.first ?? "",
    ]
    all.merge(tags) { $1 }
    for (name, value) in all { try set("tags", name, value) }
  }

  public func log(step: Int, values: [(name: String, value: Double)]) throws {
    guard everySteps > 0, step % everySteps == 0 else { return }
    for (name, value) in values { try logMetric("step/" + name, value, step: step) }
  }

  public func log(epoch: EpochValues, step: Int) throws {
    for name in epoch.names { try logMetric(runTag(name), epoch[name] ?? .nan, step: epoch.epoch) }
  }

  /// Records a value, as `mlflow.log_metric`.
  /// - Throws: `TensorError` of kind `value` for a name that MLflow does not take, of kind `file` when writing fails.
  public func logMetric(_ name: String, _ value: Double, step: Int) throws {
    let name = try MLflowStore.checked(name)
    let path = "\(folder)/metrics/\(name)"
    try makeFolder(of: path)
    let text = value.isNaN ? "nan" : value.isInfinite ? (value > 0 ? "inf" : "-inf") : "\(value)"
    var file = try OutputFile(path: path, flags: O_CREAT | O_APPEND)
    try file.write(Array("\(Self.milliseconds()) \(text) \(step)\n".utf8))
    try file.finish()
  }

  /// Sets a parameter, as `mlflow.log_param`.
  /// - Throws: as ``logMetric(_:_:step:)``.
  public func logParam(_ name: String, _ value: SettingValue) throws { try set("params", name, value.text) }

  /// Sets a tag, as `mlflow.set_tag`.
  /// - Throws: as ``logMetric(_:_:step:)``.
  public func setTag(_ name: String, _ value: String) throws { try set("tags", name, value) }

  /// Copies a file, such as a checkpoint, into the run, as `mlflow.log_artifact`.
  /// - Parameter artifactPath: the folder among the artifacts.
  /// - Throws: `TensorError` when that is not possible.
  public func logArtifact(_ path: String, artifactPath: String = "") throws {
    let place = artifactPath.isEmpty ? "" : try MLflowStore.checked(artifactPath) + "/"
    let target = "\(folder)/artifacts/\(place)\(splitPath(path).name)"
    try makeFolder(of: target)
    try copyFile(path, to: target)
  }

  public func close() throws { try writeMeta(isRunning: false) }

  private func set(_ kind: String, _ name: String, _ value: String) throws {
    let path = "\(folder)/\(kind)/\(try MLflowStore.checked(name))"
    try makeFolder(of: path)
    try writeText(value, to: path)
  }

  private func writeMeta(isRunning: Bool) throws {
    let (running, finished, local) = (1, 3, 4)
    let end = isRunning ? "null" : "\(Self.milliseconds())"
    try writeText(
      """
      artifact_uri: \(quotedJSON("file://" + MLflowStore.uriPath(absolutePath(folder)) + "/artifacts"))
      end_time: \(end)
      entry_point_name: ''
      experiment_id: '\(experimentID)'
      lifecycle_stage: active
      run_id: \(runID)
      run_name: \(quotedJSON(runName))
      source_name: ''
      source_type: \(local)
      source_version: ''
      start_time: \(start)
      status: \(isRunning ? running : finished)
      tags: []
      user_id: \(quotedJSON(userName()))

      """, to: folder + "/meta.yaml")
  }

  static func milliseconds() -> Int { Int(secondsSince1970() * 1000) }

  static func hexadecimal(_ count: Int) -> String {
    String((0..<count).map { _ in Array("0123456789abcdef")[Int.random(in: 0..<16)] })
  }
}

/// The folder of a file store.
struct MLflowStore {
  let root: String

  init(uri: String) throws {
    var path = uri
    if path.hasPrefix("file://") {
      path = String(path.dropFirst(7))
    } else if path.hasPrefix("file:") {
      path = String(path.dropFirst(5))
    } else if path.contains("://") {
      throw TensorError(
        .unsupported, "MLflowLogger",
        "'\(uri)' is no folder; give \"file:./mlruns\" or a path, and upload or serve that store with mlflow")
    }
    root = expandedPath(path.isEmpty ? "./mlruns" : path)
    try makeFolders(root + "/.trash")
    if !isFolder(root + "/0") { try makeExperiment("0", "Default") }
  }

  /// The number of the experiment of this name, which is made where there is none.
  func experiment(_ name: String) throws -> String {
    for id in folderContents(root) where fileExists("\(root)/\(id)/meta.yaml") {
      if yamlValue("name", in: try readText("\(root)/\(id)/meta.yaml")) == name { return id }
    }
    var id = "\(Int.random(in: 1...9))"
    while id.count < 18 { id += "\(Int.random(in: 0...9))" }
    try makeExperiment(id, name)
    return id
  }

  private func makeExperiment(_ id: String, _ name: String) throws {
    let folder = "\(root)/\(id)"
    try makeFolders(folder)
    let time = MLflowLogger.milliseconds()
    try writeText(
      """
      artifact_location: \(quotedJSON("file://" + Self.uriPath(absolutePath(folder))))
      creation_time: \(time)
      experiment_id: '\(id)'
      last_update_time: \(time)
      lifecycle_stage: active
      name: \(quotedJSON(name))

      """, to: folder + "/meta.yaml")
  }

  /// A name that can be a path in the store.
  static func checked(_ name: String) throws(TensorError) -> String {
    let parts = name.split(separator: "/", omittingEmptySubsequences: false)
    let isPath = !parts.contains { $0.isEmpty || $0 == "." || $0 == ".." }
    let letters = name.unicodeScalars.allSatisfy { scalar in
      scalar.properties.isAlphabetic || ("0"..."9").contains(scalar) || "_-./ :".unicodeScalars.contains(scalar)
    }
    guard isPath, letters else {
      throw TensorError(
        .value, "MLflowLogger",
        "'\(name)' is no name for MLflow: names have letters, digits, spaces and _ - . / :, and no empty or dotted parts"
      )
    }
    return name
  }

  /// The path as a part of a URI.
  static func uriPath(_ path: String) -> String {
    let plain = Set("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789/_-.~".utf8)
    return path.utf8.map { byte in
      if plain.contains(byte) { return String(UnicodeScalar(byte)) }
      let digits = String(byte, radix: 16, uppercase: true)
      return "%" + (digits.count < 2 ? "0" : "") + digits
    }.joined()
  }
}

/// The value of a key in a YAML text of one level, without its quotes.
func yamlValue(_ key: String, in text: String) -> String? {
  for line in text.split(whereSeparator: \.isNewline) where line.hasPrefix(key + ":") {
    let value = line.dropFirst(key.count + 1).drop { $0 == " " }
    if value.hasPrefix("\"") { return (try? JSON(parsing: value.utf8))?.string ?? String(value) }
    if value.hasPrefix("'"), value.hasSuffix("'"), value.count > 1 {
      return String(value.dropFirst().dropLast()).split(separator: "''", omittingEmptySubsequences: false)
        .joined(separator: "'")
    }
    return value == "null" ? nil : String(value)
  }
  return nil
}
