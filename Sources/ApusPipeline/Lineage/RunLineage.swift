import Apus
import ApusCore
import ApusFormats

/// What is remembered of runs, in a database of ML Metadata, in the way of TensorFlow Extended: contexts of the types `pipeline`,
/// `pipeline_run` and `node`, an execution for each step of a run, and the artifacts that it read and made.
///
/// Custom properties of an execution: `step`, `cache_key` (the digest of all on which its result depends), `place`,
/// `parameter.NAME`, `result.NAME` (what it said of itself), `error`, `cached_from` (the execution whose result it took). Those of
/// an artifact: `digest`, and what the step said of it.
final class RunLineage: Lineage {
  private let store: MetadataStore
  private let contexts = Lock<[String: Int]>([:])

  init(_ store: MetadataStore) { self.store = store }

  // MARK: Runs

  func begin(pipeline: String, run: String) throws {
    let outer = try makeContext(.pipeline, pipeline)
    let inner = try makeContext(
      .run, Self.runName(pipeline, run), ["run": .string(run), "pipeline": .string(pipeline)])
    try store.putParents([(child: inner, parent: outer)])
  }

  func latestRun(pipeline: String) throws -> String? {
    guard let outer = try context(.pipeline, pipeline) else { return nil }
    let runs = try store.contexts(type: ContextKind.run.rawValue, parent: outer, newestFirst: true, limit: 1)
    guard case .string(let run)? = runs.first?.customProperties["run"] else { return nil }
    return run
  }

  private enum ContextKind: String {
    case pipeline
    case run = "pipeline_run"
    case node
  }

  private static func runName(_ pipeline: String, _ run: String) -> String { "\(pipeline).\(run)" }

  private func context(_ kind: ContextKind, _ name: String) throws -> Int? {
    let key = "\(kind.rawValue) \(name)"
    if let id = contexts.withLock({ $0[key] }) { return id }
    guard let id = try store.contexts(type: kind.rawValue, name: name).first?.id else { return nil }
    contexts.withLock { $0[key] = id }
    return id
  }

  private func makeContext(_ kind: ContextKind, _ name: String, _ said: [String: MetadataValue] = [:]) throws -> Int {
    if let id = try context(kind, name) { return id }
    let type = try store.putType(MetadataType(.context, kind.rawValue))
    do {
      try store.putContexts([ContextRecord(typeID: type, name: name, customProperties: said)])
    } catch {
      // Another process may have made it meanwhile.
      guard try context(kind, name) != nil else { throw error }
    }
    guard let id = try context(kind, name) else {
      throw TensorError(.state, store.path, "the context '\(name)' is not there after it was made")
    }
    return id
  }

  // MARK: Steps

  func begin(_ execution: StepExecution) throws -> Int {
    try publish(execution, .running, said: [:], outputs: [])
  }

  func finishCached(_ execution: StepExecution, from original: Int) throws {
    guard let before = try outcome(of: original) else {
      throw TensorError(.state, store.path, "there is no finished execution \(original)")
    }
    var said = Self.prefixed(before.properties, "result.")
    said["cached_from"] = .int(original)
    _ = try publish(execution, .cached, said: said, outputs: before.outputs)
  }

  private func publish(
    _ execution: StepExecution, _ state: ExecutionRecord.State, said: [String: MetadataValue],
    outputs: [(key: String, artifact: Artifact)]
  ) throws -> Int {
    let type = try store.putType(MetadataType(.execution, execution.type, base: Self.bases[execution.type]))
    var properties = said.merging(Self.prefixed(execution.parameters, "parameter.")) { a, _ in a }
    properties["step"] = .string(execution.step)
    properties["cache_key"] = .string(execution.key)
    properties["place"] = .string(execution.place)
    var events: [(id: Int, event: EventRecord)] = []
    for (key, artifacts) in execution.inputs {
      for (i, artifact) in artifacts.enumerated() {
        events.append((artifact.id, EventRecord(.input, key: key, index: i)))
      }
    }
    for (key, artifact) in outputs { events.append((artifact.id, EventRecord(.output, key: key))) }
    let ids = Set(events.map(\.id)).sorted()
    let records = Dictionary(try store.artifacts(ids: ids).map { ($0.id ?? 0, $0) }, uniquingKeysWith: { $1 })
    var artifacts: [(artifact: ArtifactRecord, event: EventRecord?)] = []
    for (id, event) in events { if let record = records[id] { artifacts.append((record, event)) } }
    let run = Self.runName(execution.pipeline, execution.run)
    let around = [
      try makeContext(.pipeline, execution.pipeline), try makeContext(.run, run),
      try makeContext(.node, "\(execution.pipeline).\(execution.step)"),
    ]
    let published = try store.putExecution(
      ExecutionRecord(typeID: type, state: state, customProperties: properties), artifacts: artifacts,
      contexts: try store.contexts(ids: around))
    return published.execution
  }

  func finish(_ execution: Int, _ result: FinishedStep, path: (String) -> String) throws {
    guard var record = try store.executions(ids: [execution]).first else {
      throw TensorError(.state, store.path, "there is no execution \(execution) that could be finished")
    }
    guard record.state != .complete else { return }
    record.state = .complete
    record.customProperties["error"] = nil
    record.customProperties.merge(Self.prefixed(result.properties, "result.")) { $1 }
    var artifacts: [(artifact: ArtifactRecord, event: EventRecord?)] = []
    for output in result.outputs {
      let type = try store.putType(MetadataType(.artifact, output.type, base: Self.bases[output.type]))
      var said = Self.prefixed(output.properties, "")
      said["digest"] = .string(output.digest)
      artifacts.append(
        (
          ArtifactRecord(typeID: type, uri: path(output.digest), customProperties: said),
          EventRecord(.output, key: output.key)
        ))
    }
    try store.putExecution(record, artifacts: artifacts, contexts: try store.contexts(execution: execution))
  }

  func fail(_ execution: Int, _ message: String) throws {
    guard var record = try store.executions(ids: [execution]).first, record.state == .running else { return }
    record.state = .failed
    record.customProperties["error"] = .string(message.replacing("\0", with: ""))
    try store.putExecutions([record])
  }

  func running() throws -> [(execution: Int, place: String)] {
    try store.executions(state: .running).compactMap { record in
      guard let id = record.id, case .string(let place)? = record.customProperties["place"] else { return nil }
      return (id, place)
    }
  }

  // MARK: Results

  func result(pipeline: String, run: String, step: String) throws -> StepOutcome? {
    guard let run = try context(.run, Self.runName(pipeline, run)),
      let node = try context(.node, "\(pipeline).\(step)")
    else { return nil }
    return try newest(store.executions(contexts: [run, node], newestFirst: true))
  }

  func result(key: String) throws -> StepOutcome? {
    try newest(store.executions(customProperties: ["cache_key": .string(key)], newestFirst: true))
  }

  func latest(pipeline: String, type: String, properties: [String: SettingValue]) throws -> Artifact? {
    guard let outer = try context(.pipeline, pipeline) else { return nil }
    return try store.artifacts(
      type: type, state: .live, contexts: [outer], customProperties: Self.prefixed(properties, ""), newestFirst: true,
      limit: 1
    ).first.flatMap(Self.artifact)
  }

  private func newest(_ executions: [ExecutionRecord]) throws -> StepOutcome? {
    guard let done = executions.first(where: { $0.state == .complete || $0.state == .cached }) else { return nil }
    return try outcome(of: done)
  }

  private func outcome(of id: Int) throws -> StepOutcome? { try newest(store.executions(ids: [id])) }

  private func outcome(of record: ExecutionRecord) throws -> StepOutcome? {
    guard let id = record.id, case .string(let key)? = record.customProperties["cache_key"] else { return nil }
    let events = try store.events(ofExecutions: [id])
    let records = try store.artifacts(ids: Set(events.compactMap(\.artifactID)).sorted())
    let artifacts = Dictionary(
      records.compactMap { Self.artifact($0) }.map { ($0.id, $0) }, uniquingKeysWith: { $1 })
    var inputs: [(key: String, artifacts: [Artifact])] = []
    var outputs: [(key: String, artifact: Artifact)] = []
    for event in events.sorted(by: { $0.index < $1.index }) {
      guard let key = event.key, let artifact = event.artifactID.flatMap({ artifacts[$0] }) else { continue }
      if event.kind.isOutput {
        outputs.append((key, artifact))
      } else if let place = inputs.firstIndex(where: { $0.key == key }) {
        inputs[place].artifacts.append(artifact)
      } else {
        inputs.append((key, [artifact]))
      }
    }
    var said: [String: SettingValue] = [:]
    for (name, value) in record.customProperties where name.hasPrefix("result.") {
      said[String(name.dropFirst(7))] = SettingValue(value)
    }
    return StepOutcome(
      execution: id, key: key, isCached: record.state == .cached, inputs: inputs, outputs: outputs, properties: said)
  }

  private static func artifact(_ record: ArtifactRecord) -> Artifact? {
    guard let id = record.id, case .string(let digest)? = record.customProperties["digest"], let uri = record.uri else {
      return nil
    }
    var said = record.customProperties
    said["digest"] = nil
    return Artifact(
      id: id, type: record.type, digest: digest, path: uri, properties: said.mapValues { SettingValue($0) })
  }

  /// The base types of ML Metadata that steps and artifacts belong to.
  private static let bases = [
    "Trainer": "mlmd.Train", "Tuner": "mlmd.Train", "Transform": "mlmd.Transform", "Evaluator": "mlmd.Evaluate",
    "Pusher": "mlmd.Deploy", "CsvExampleGen": "mlmd.Process", "StatisticsGen": "mlmd.Process",
    "Examples": "mlmd.Dataset", "Model": "mlmd.Model", "ModelEvaluation": "mlmd.Metrics",
    "ExampleStatistics": "mlmd.Statistics",
  ]

  private static func prefixed(_ values: [String: SettingValue], _ prefix: String) -> [String: MetadataValue] {
    Dictionary(values.map { (prefix + $0.key, MetadataValue($0.value)) }, uniquingKeysWith: { $1 })
  }
}

extension MetadataValue {
  /// A setting as a property: lists and what is no number as text.
  init(_ value: SettingValue) {
    switch value {
    case .none: self = .string("")
    case .bool(let truth): self = .bool(truth)
    case .int(let number): self = .int(number)
    case .double(let number): self = number.isFinite ? .double(number) : .string("\(number)")
    case .string(let text): self = .string(text.replacing("\0", with: ""))
    case .list: self = .string(value.json)
    case .dictionary(let members): self = .structure(members)
    }
  }
}

extension SettingValue {
  /// A property as a setting.
  init(_ value: MetadataValue) {
    switch value {
    case .int(let number): self = .int(number)
    case .double(let number): self = .double(number)
    case .string(let text): self = .string(text)
    case .bool(let truth): self = .bool(truth)
    case .structure(let members): self = .dictionary(members)
    case .message(let type, let bytes): self = .string("\(type), \(bytes.count) bytes")
    }
  }
}
