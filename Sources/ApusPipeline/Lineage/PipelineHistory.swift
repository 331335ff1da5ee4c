import Apus
import ApusCore
import ApusFormats

/// What runs did, read from the folder in which they are kept.
///
///     for run in try PipelineHistory(root: "pipeline-runs").runs(of: "penguins") { print(run.id, run.steps.map(\.state)) }
public struct PipelineHistory: Sendable {
  /// A run.
  public struct Run: Sendable {
    /// Its name.
    public let id: String
    /// When it began, in milliseconds since 1970.
    public let created: Int
    /// The newest execution of each step, in the order in which they began.
    public let steps: [Step]
  }

  /// What became of a step.
  public struct Step: Sendable {
    /// The name of the step.
    public let name: String
    /// What kind of step it is.
    public let type: String
    /// `running`, `complete`, `cached`, `failed`.
    public let state: String
    /// Why it failed.
    public let error: String?
    /// What it said of itself.
    public let properties: [String: SettingValue]
    /// The number of its execution in the lineage.
    public let execution: Int
  }

  /// The lineage.
  public let metadata: MetadataStore
  private let store: ArtifactStore

  /// The history of a folder.
  /// - Throws: `TensorError` of kind `file` where no pipeline has run there.
  public init(root: String) throws {
    let root = expandedPath(root)
    guard fileExists("\(root)/metadata.sqlite") else {
      throw TensorError(.file, root, "no pipeline has run here: there is no metadata.sqlite; name the folder by --root")
    }
    store = try ArtifactStore(root: root)
    metadata = try MetadataStore(store.database, isReadOnly: true)
  }

  /// The runs of a pipeline, the newest first.
  public func runs(of pipeline: String) throws -> [Run] {
    guard let outer = try metadata.contexts(type: "pipeline", name: pipeline).first?.id else { return [] }
    return try metadata.contexts(type: "pipeline_run", parent: outer, newestFirst: true).map { context in
      guard let id = context.id, case .string(let name)? = context.customProperties["run"] else {
        throw TensorError(.format, metadata.path, "the run '\(context.name)' was written by another program")
      }
      var steps: [Step] = []
      for record in try metadata.executions(contexts: [id]) {
        guard let step = Self.step(record) else { continue }
        if let place = steps.firstIndex(where: { $0.name == step.name }) {
          steps[place] = step
        } else {
          steps.append(step)
        }
      }
      return Run(id: name, created: context.created, steps: steps)
    }
  }

  private static func step(_ record: ExecutionRecord) -> Step? {
    guard case .string(let name)? = record.customProperties["step"], let id = record.id else { return nil }
    var error: String?
    if case .string(let text)? = record.customProperties["error"] { error = text }
    var said: [String: SettingValue] = [:]
    for (name, value) in record.customProperties where name.hasPrefix("result.") {
      said[String(name.dropFirst(7))] = SettingValue(value)
    }
    return Step(
      name: name, type: record.type, state: record.state.map { "\($0)" } ?? "unknown", error: error, properties: said,
      execution: id)
  }

  /// A line for each artifact that is missing or whose contents are not those that its step made.
  public func damagedArtifacts() throws -> [String] {
    var problems: [String] = []
    var seen: Set<String> = []
    for record in try metadata.artifacts(state: .live) {
      guard case .string(let digest)? = record.customProperties["digest"], seen.insert(digest).inserted else {
        continue
      }
      let place = "artifact \(record.id ?? 0) (\(record.type)) in \(store.path(digest))"
      if !store.has(digest) {
        problems.append("\(place): missing")
      } else if try contentDigest(store.path(digest)) != digest {
        problems.append("\(place): changed")
      }
    }
    return problems
  }
}
