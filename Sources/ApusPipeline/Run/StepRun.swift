import Apus
import ApusFormats

#if canImport(Musl)
  import Musl
#else
  import Glibc
#endif

/// A step at work: where its inputs are, and where its outputs go.
///
///     PipelineStep("report", type: "Report", inputs: [StepInput("model", model)], outputs: [OutputDescription("page", OtherFile.self)]) { step in
///       let program = try step.input("model").path("model.apus")
///       try write(program, to: step.output("page") + "/index.html")
///     }
public final class StepRun: Sendable {
  /// The names of the pipeline, the run and the step.
  public let pipeline: String, run: String, step: String
  /// The settings of the step.
  public let parameters: [String: SettingValue]
  /// The number of the attempt, from 1.
  public let attempt: Int
  private let taken: [String: [Artifact]]
  private let keys: [String]
  private let workplace: Workplace
  private let logPath: String
  private let onLine: @Sendable (String) -> Void
  private let notes = Lock<Notes>(Notes())

  private struct Notes {
    var outputs: [String: [String: SettingValue]] = [:]
    var step: [String: SettingValue] = [:]
  }

  init(
    _ execution: StepExecution, keys: [String], workplace: Workplace, log: String, attempt: Int,
    onLine: @escaping @Sendable (String) -> Void
  ) {
    (pipeline, run, step) = (execution.pipeline, execution.run, execution.step)
    parameters = execution.parameters
    taken = Dictionary(execution.inputs.map { ($0.key, $0.artifacts) }, uniquingKeysWith: +)
    self.keys = keys
    self.workplace = workplace
    logPath = log
    self.attempt = attempt
    self.onLine = onLine
  }

  /// What came in under a key: none where there is no artifact yet.
  /// - Throws: `TensorError` of kind `index` for a key that the step does not have.
  public func inputs(_ key: String) throws(TensorError) -> [Artifact] {
    if let artifacts = taken[key] { return artifacts }
    let known = taken.keys.sorted().map { "'\($0)'" }.joined(separator: ", ")
    throw TensorError(.index, "step \(step)", "it has no input '\(key)'; there are \(known.isEmpty ? "none" : known)")
  }

  /// The one artifact that came in under a key.
  /// - Throws: `TensorError` of kind `index` for a key that the step does not have, or where there is no artifact.
  public func input(_ key: String) throws(TensorError) -> Artifact {
    guard let artifact = try inputs(key).first else {
      throw TensorError(.index, "step \(step)", "no artifact came in under '\(key)'")
    }
    return artifact
  }

  /// The folder, empty at first, whose files are the output called `key`.
  /// - Throws: `TensorError` of kind `index` for a key that the step does not have.
  public func output(_ key: String) throws(TensorError) -> String {
    try check(key)
    return workplace.output(key)
  }

  /// A folder that stays when the step is ended before its end: the next attempt at the same work finds what is in it, such as checkpoints.
  public var scratch: String { workplace.scratch }

  /// Says something of an output, which the lineage keeps with it.
  public func describe(_ key: String, _ properties: [String: SettingValue]) throws(TensorError) {
    try check(key)
    notes.withLock { $0.outputs[key, default: [:]].merge(properties) { $1 } }
  }

  /// Says something of the step itself, such as a loss, which the lineage keeps with its execution.
  public func note(_ properties: [String: SettingValue]) { notes.withLock { $0.step.merge(properties) { $1 } } }

  /// Writes a line into the step's log, and to whoever watches.
  public func log(_ line: String) {
    if let file = try? OutputFile(path: logPath, flags: appendFlags) { try? file.write(Array((line + "\n").utf8)) }
    onLine(line)
  }

  /// What was said of outputs, and of the step.
  var said: (outputs: [String: [String: SettingValue]], step: [String: SettingValue]) {
    notes.withLock { ($0.outputs, $0.step) }
  }

  private func check(_ key: String) throws(TensorError) {
    guard keys.contains(key) else {
      let known = keys.map { "'\($0)'" }.joined(separator: ", ")
      throw TensorError(
        .index, "step \(step)", "it has no output '\(key)'; there are \(known.isEmpty ? "none" : known)")
    }
  }
}

private let appendFlags = O_CREAT | O_APPEND
