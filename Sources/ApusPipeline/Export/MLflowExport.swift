import Apus
import ApusCore
import ApusFormats
import ApusTrain

extension PipelineHistory {
  /// Writes the runs of a pipeline into a file store of MLflow, which `mlflow ui --backend-store-uri ./mlruns` shows; a run that was
  /// written before is brought up to date.
  ///
  /// Each run of the pipeline is a run of the experiment of the pipeline's name. `STEP/NAME` are the parameters of the steps, and as
  /// metrics the numbers that steps said of themselves (`result`) and of what they made (`STEP/KEY/NAME`). Tags say the state of each
  /// step (`apus.state.STEP`) and where each artifact lies (`apus.artifact.STEP.KEY`).
  /// - Returns: the ids of the runs in MLflow, the newest first.
  /// - Throws: `TensorError` of kind `unsupported` for a store that is no folder, of kind `file` when writing fails.
  @discardableResult
  public func writeMLflow(pipeline: String, trackingURI: String = "file:./mlruns") throws -> [String] {
    try runs(of: pipeline).map { run in
      // The same run of the same folder has the same id.
      let id = SHA256.hexadecimal(of: "\(metadata.path)\n\(pipeline)\n\(run.id)").prefix(32)
      let target = try MLflowRun(
        trackingURI: trackingURI, experiment: pipeline, id: String(id), name: run.id, start: run.created)
      try target.setTag("apus.pipeline", pipeline)
      let records = try metadata.executions(ids: run.steps.map(\.execution))
      for record in records {
        guard case .string(let step)? = record.customProperties["step"] else { continue }
        try write(record, step: step, to: target)
      }
      let states = Set(run.steps.map(\.state))
      let state: MLflowRun.State =
        states.contains("failed") ? .failed : states.contains("running") ? .running : .finished
      try target.writeState(state, end: state == .running ? nil : records.map(\.updated).max() ?? run.created)
      return target.id
    }
  }

  private func write(_ record: ExecutionRecord, step: String, to target: MLflowRun) throws {
    try target.setTag("apus.state.\(step)", record.state?.name ?? "UNKNOWN")
    for (name, value) in record.customProperties {
      let parts = name.split(separator: ".", maxSplits: 1)
      guard parts.count == 2 else { continue }
      let place = "\(step)/\(Self.plain(parts[1]))"
      switch parts[0] {
      case "parameter": try target.setParam(place, Self.short(SettingValue(value)))
      case "result": if let number = value.number { try target.setMetric(place, number, time: record.updated) }
      default: break
      }
    }
    let events = try metadata.events(ofExecutions: [record.id ?? 0]).filter(\.kind.isOutput)
    let artifacts = try metadata.artifacts(ids: events.compactMap(\.artifactID))
    for event in events {
      guard let artifact = artifacts.first(where: { $0.id == event.artifactID }) else { continue }
      let key = Self.plain(event.key ?? "output")
      try target.setTag("apus.artifact.\(step).\(key)", artifact.uri ?? "")
      for (name, value) in artifact.customProperties {
        guard let number = value.number else { continue }
        try target.setMetric("\(step)/\(key).\(Self.plain(name))", number, time: artifact.created)
      }
    }
  }

  /// MLflow takes texts of so many characters.
  private static func short(_ value: SettingValue) -> SettingValue {
    switch value {
    case .string(let text): .string(String(text.prefix(6000)))
    case .list, .dictionary: .string(String(value.json.prefix(6000)))
    case .none, .bool, .int, .double: value
    }
  }

  /// A name as MLflow takes it, without slashes, which would make folders.
  private static func plain(_ name: some StringProtocol) -> String {
    let letters = name.unicodeScalars.map { scalar -> Character in
      let isLetter =
        scalar.properties.isAlphabetic || ("0"..."9").contains(scalar) || "_-. :".unicodeScalars.contains(scalar)
      return isLetter ? Character(scalar) : "_"
    }
    let text = String(letters)
    return text.allSatisfy { $0 == "." } ? "_" + text : text
  }
}

extension MetadataValue {
  /// The value as a metric: numbers, and truths as 0 and 1.
  fileprivate var number: Double? {
    switch self {
    case .int(let value): Double(value)
    case .double(let value): value
    case .bool(let value): value ? 1 : 0
    case .string, .structure, .message: nil
    }
  }
}
