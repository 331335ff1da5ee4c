import ApusCore
import ApusFormats

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// A run in a file store of MLflow.
package struct MLflowRun: Sendable {
  /// How far a run is, with MLflow's numbers.
  package enum State: Int, Sendable {
    case running = 1, scheduled, finished, failed, killed
  }

  package let experimentID: String
  package let id: String
  /// The folder of the run.
  package let folder: String
  private let name: String
  private let start: Int

  /// Makes the run, or goes on with the one of its id.
  /// - Parameters:
  ///   - trackingURI: the store: a folder, or `file:` and a folder.
  ///   - experiment: the name of the experiment, which is made where the store has none of this name.
  ///   - id: 32 hexadecimal digits; nil for random ones.
  ///   - name: the run's name, for people; nil for the beginning of its id.
  ///   - start: when it began, in milliseconds since 1970; nil for now.
  /// - Throws: `TensorError` when folders or files cannot be made, of kind `unsupported` for a store that is no folder.
  package init(trackingURI: String, experiment: String, id: String? = nil, name: String? = nil, start: Int? = nil)
    throws
  {
    let store = try MLflowStore(uri: trackingURI)
    experimentID = try store.experiment(experiment)
    self.id = id ?? String((0..<32).map { _ in Array("0123456789abcdef")[Int.random(in: 0..<16)] })
    self.name = name ?? "run-" + String(self.id.prefix(8))
    self.start = start ?? Self.now()
    folder = "\(store.root)/\(experimentID)/\(self.id)"
    for part in ["metrics", "params", "tags", "artifacts"] { try makeFolders("\(folder)/\(part)") }
    try writeState(.running, end: nil)
    let tags = [
      "mlflow.runName": self.name, "mlflow.user": userName(), "mlflow.source.type": "LOCAL",
      "mlflow.source.name": CommandLine.arguments.first ?? "",
    ]
    for (name, value) in tags { try setTag(name, value) }
  }

  /// Adds a value of a metric.
  /// - Throws: `TensorError` of kind `value` for a name that MLflow does not take, of kind `file` when writing fails.
  package func logMetric(_ name: String, _ value: Double, step: Int) throws {
    var file = try OutputFile(path: try place("metrics", name), flags: O_CREAT | O_APPEND)
    try file.write(Array(Self.line(value, step: step, time: Self.now()).utf8))
    try file.finish()
  }

  /// Makes a metric this one value, whatever it was.
  package func setMetric(_ name: String, _ value: Double, time: Int) throws {
    try writeText(Self.line(value, step: 0, time: time), to: try place("metrics", name))
  }

  package func setParam(_ name: String, _ value: SettingValue) throws {
    try writeText(value.text, to: try place("params", name))
  }

  package func setTag(_ name: String, _ value: String) throws { try writeText(value, to: try place("tags", name)) }

  /// Copies a file into the run.
  package func logArtifact(_ path: String, artifactPath: String = "") throws {
    let place = artifactPath.isEmpty ? "" : try MLflowStore.checked(artifactPath) + "/"
    let target = "\(folder)/artifacts/\(place)\(splitPath(path).name)"
    try makeFolder(of: target)
    try copyFile(path, to: target)
  }

  /// Writes how far the run is, and when it ended.
  package func writeState(_ state: State, end: Int?) throws {
    let local = 4
    try writeText(
      """
      artifact_uri: \(quotedJSON("file://" + MLflowStore.uriPath(absolutePath(folder)) + "/artifacts"))
      end_time: \(end.map { "\($0)" } ?? "null")
      entry_point_name: ''
      experiment_id: '\(experimentID)'
      lifecycle_stage: active
      run_id: \(id)
      run_name: \(quotedJSON(name))
      source_name: ''
      source_type: \(local)
      source_version: ''
      start_time: \(start)
      status: \(state.rawValue)
      tags: []
      user_id: \(quotedJSON(userName()))

      """, to: folder + "/meta.yaml")
  }

  /// The moment now in milliseconds since 1970.
  static func now() -> Int { Int(secondsSince1970() * 1000) }

  private static func line(_ value: Double, step: Int, time: Int) -> String {
    let text = value.isNaN ? "nan" : value.isInfinite ? (value > 0 ? "inf" : "-inf") : "\(value)"
    return "\(time) \(text) \(step)\n"
  }

  /// The file of a metric, parameter or tag, in a folder that is there.
  private func place(_ kind: String, _ name: String) throws -> String {
    let path = "\(folder)/\(kind)/\(try MLflowStore.checked(name))"
    try makeFolder(of: path)
    return path
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
        .unsupported, "MLflow",
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
    let time = MLflowRun.now()
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
        .value, "MLflow",
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
      return String(value.dropFirst().dropLast()).replacing("''", with: "'")
    }
    return value == "null" ? nil : String(value)
  }
  return nil
}
