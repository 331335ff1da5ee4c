import Apus

/// What is remembered of runs: which steps ran, what they took and made.
package protocol Lineage: Sendable {
  /// Notes that a run has begun, or goes on.
  func begin(pipeline: String, run: String) throws
  /// Notes that a step is at work.
  /// - Returns: the number of its execution.
  func begin(_ execution: StepExecution) throws -> Int
  /// Notes in one piece that a step is done, with what it made. What is noted already stays.
  func finish(_ execution: Int, _ result: FinishedStep, path: (String) -> String) throws
  /// Notes in one piece that a step need not run, since the execution `original` made the same.
  func finishCached(_ execution: StepExecution, from original: Int) throws
  /// Notes that a step ended without a result. One that is done stays so.
  func fail(_ execution: Int, _ message: String) throws
  /// The executions that are at work, or were when their process was ended, with their places.
  func running() throws -> [(execution: Int, place: String)]
  /// What a step of a run made, where it is done.
  func result(pipeline: String, run: String, step: String) throws -> StepOutcome?
  /// What an execution with a key made, the newest one.
  func result(key: String) throws -> StepOutcome?
  /// The newest artifact of a type that a pipeline made, with these values of properties.
  func latest(pipeline: String, type: String, properties: [String: SettingValue]) throws -> Artifact?
  /// The newest run of a pipeline, or nil.
  func latestRun(pipeline: String) throws -> String?
}

/// A step on its way: what it is, and what it takes.
package struct StepExecution: Sendable {
  package var pipeline: String
  package var run: String
  package var step: String
  package var type: String
  /// The digest of all on which the result depends.
  package var key: String
  /// The folder in which it works, which one process at a time has.
  package var place: String
  package var parameters: [String: SettingValue]
  package var inputs: [(key: String, artifacts: [Artifact])]
}

/// What a step made.
package struct StepOutcome: Sendable {
  package var execution: Int
  package var key: String
  /// Whether an execution before made it.
  package var isCached: Bool
  package var inputs: [(key: String, artifacts: [Artifact])]
  package var outputs: [(key: String, artifact: Artifact)]
  package var properties: [String: SettingValue]

  package init(
    execution: Int, key: String, isCached: Bool, inputs: [(key: String, artifacts: [Artifact])],
    outputs: [(key: String, artifact: Artifact)], properties: [String: SettingValue]
  ) {
    self.execution = execution
    self.key = key
    self.isCached = isCached
    self.inputs = inputs
    self.outputs = outputs
    self.properties = properties
  }
}
