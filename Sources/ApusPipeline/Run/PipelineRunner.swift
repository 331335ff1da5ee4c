import Apus
import ApusFormats
import ApusTrain

/// Runs pipelines on this machine and remembers what they did.
///
///     let runner = try PipelineRunner(root: "runs")
///     let run = try runner.run(penguins)
///     print(try run.artifact(model).path)
///
/// A step is not done again whose result is known. A run that was ended at any moment, also by a loss of power, goes on where it was:
/// what steps had finished is kept, and a step that was at work begins again with its scratch folder. Several processes, also of
/// several machines, may work in one root.
public struct PipelineRunner: Sendable {
  /// How many steps run at once. With one, steps run in the thread that calls.
  public var workers = 1
  /// Told what happens; from the threads of the steps.
  public var onEvent: @Sendable (PipelineEvent) -> Void = { _ in }
  let store: ArtifactStore
  let lineage: any Lineage

  /// A runner that keeps its work in a folder.
  /// - Throws: `TensorError` of kind `file` where the folder cannot be made; those of ``MetadataStore/init(_:isReadOnly:wait:)``.
  public init(root: String) throws {
    let store = try ArtifactStore(root: expandedPath(root))
    self.init(store: store, lineage: RunLineage(try MetadataStore(store.database)))
  }

  package init(store: ArtifactStore, lineage: any Lineage) {
    self.store = store
    self.lineage = lineage
  }

  /// Runs all steps that are not done yet.
  ///
  /// - Parameters:
  ///   - run: the name of the run; one that was begun before goes on. Nil for a new one.
  ///   - again: steps that run again although their results are known, and all that need them.
  ///   - until: where the run ends: these steps and what they need; empty for all.
  /// - Throws: `TensorError` of kind `state` that names the steps which failed, after those that do not need them have come to their end.
  @discardableResult
  public func run(
    _ pipeline: Pipeline, run: String? = nil, again: [String] = [], until: [String] = []
  ) throws -> PipelineRun {
    try pipeline.check()
    let id = run ?? newRunName()
    try Self.checkName(id)
    for name in again + until { _ = try pipeline.step(name) }
    try recoverAll()
    try lineage.begin(pipeline: pipeline.name, run: id)
    let wanted = until.isEmpty ? Set(pipeline.steps.map(\.name)) : pipeline.needed(by: until)
    let schedule = Schedule(
      self, pipeline, run: id, wanted: wanted, again: pipeline.dependents(of: Set(again)))
    let results = schedule.run(workers: workers)
    // Programs that a killed process had started may have held their places until now.
    try recoverAll()
    let failed = results.filter { $0.state == .failed }
    guard failed.isEmpty else {
      let texts = failed.map { "step '\($0.name)': \($0.error?.description ?? "it failed")" }
      throw TensorError(
        .state, "run \(id) of \(pipeline.name)",
        texts.joined(separator: "\n") + "\nthe run goes on with the same name when the cause is gone")
    }
    return PipelineRun(id: id, steps: results)
  }

  /// Runs one step of a run, as orchestrators do: the steps that it needs must be done.
  /// - Parameter again: whether it runs although its result is known.
  /// - Throws: what the step throws, or `TensorError` of kind `state` where a step that it needs is not done.
  @discardableResult
  public func runStep(_ pipeline: Pipeline, _ name: String, run: String, again: Bool = false) throws -> StepResult {
    try pipeline.check()
    try Self.checkName(run)
    let step = try pipeline.step(name)
    try lineage.begin(pipeline: pipeline.name, run: run)
    var results: [String: StepOutcome] = [:]
    for needed in Set(step.needed).sorted() {
      guard let result = try lineage.result(pipeline: pipeline.name, run: run, step: needed) else {
        throw TensorError(
          .state, "step \(name)", "it needs the step '\(needed)', which is not done in the run '\(run)'")
      }
      results[needed] = result
    }
    let result = execute(step, pipeline: pipeline.name, run: run, again: again) { results[$0] }
    onEvent(.ended(result.result))
    if let error = result.result.error { throw error }
    return result.result
  }

  /// Orchestrators have colons and plus signs in theirs.
  private static func checkName(_ run: String) throws(TensorError) {
    guard !run.isEmpty, run.utf8.count <= 250, run.utf8.allSatisfy({ $0 > 32 && $0 < 127 && $0 != UInt8(ascii: "/") })
    else {
      throw TensorError(
        .value, "pipeline",
        "'\(run)' is no name of a run: use up to 250 letters, digits and signs, "
          + "without spaces and '/'")
    }
  }

  /// The newest run of a pipeline; nil where there is none.
  public func latestRun(of pipeline: Pipeline) throws -> String? { try lineage.latestRun(pipeline: pipeline.name) }

  /// Brings to its end what others left when they were ended.
  func recoverAll() throws {
    for place in Set(store.keysAtWork).union(try lineage.running().map(\.place)) {
      let workplace = store.workplace(place)
      guard let lock = try FileLock(workplace.lockPath, waits: false) else { continue }
      _ = try recover(workplace)
      if !isFolder(workplace.folder) { lock.remove() }
    }
  }
}

/// The name of a new run: the time in UTC, and what tells apart two of one second.
func newRunName() -> String {
  let digits = String(UInt32.random(in: 0...0xfffff), radix: 16)
  let time = LocalTime(secondsSince1970(), isUTC: true).compact
  return "\(time)-" + String(repeating: "0", count: 5 - digits.count) + digits
}

extension Pipeline {
  /// `names` and all that they need.
  func needed(by names: [String]) -> Set<String> {
    var found = Set(names)
    for step in steps.reversed() where found.contains(step.name) { found.formUnion(step.needed) }
    return found
  }
}
