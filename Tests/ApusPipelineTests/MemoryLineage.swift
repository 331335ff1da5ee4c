import Apus
import ApusCore
import ApusPipeline

/// What is remembered of runs, for as long as the test lasts.
final class MemoryLineage: Lineage {
  struct Record {
    var execution: StepExecution
    var state: String
    var original: Int?
    var outputs: [(key: String, artifact: Artifact)] = []
    var properties: [String: SettingValue] = [:]
    var message = ""
  }

  private let records = Lock<[Record]>([])
  private let runs = Lock<[(pipeline: String, run: String)]>([])

  /// `STEP STATE` of all executions in their order.
  var history: [String] { records.withLock { $0.map { "\($0.execution.step) \($0.state)" } } }

  func begin(pipeline: String, run: String) { runs.withLock { $0.append((pipeline, run)) } }

  func begin(_ execution: StepExecution) -> Int {
    records.withLock {
      $0.append(Record(execution: execution, state: "running"))
      return $0.count
    }
  }

  func finish(_ execution: Int, _ result: FinishedStep, path: (String) -> String) {
    let outputs = result.outputs.map { output in
      (
        output.key,
        Artifact(
          id: execution, type: output.type, digest: output.digest, path: path(output.digest),
          properties: output.properties)
      )
    }
    records.withLock {
      guard $0[execution - 1].state != "complete" else { return }
      $0[execution - 1].state = "complete"
      $0[execution - 1].outputs = outputs
      $0[execution - 1].properties = result.properties
    }
  }

  func finishCached(_ execution: StepExecution, from original: Int) {
    records.withLock {
      var record = Record(execution: execution, state: "cached", original: original)
      record.outputs = $0[original - 1].outputs
      record.properties = $0[original - 1].properties
      $0.append(record)
    }
  }

  func fail(_ execution: Int, _ message: String) {
    records.withLock {
      guard $0[execution - 1].state == "running" else { return }
      $0[execution - 1].state = "failed"
      $0[execution - 1].message = message
    }
  }

  func running() -> [(execution: Int, place: String)] {
    records.withLock { records in
      records.indices.filter { records[$0].state == "running" }.map { ($0 + 1, records[$0].execution.place) }
    }
  }

  private func last(_ isWanted: (Record) -> Bool) -> StepOutcome? {
    records.withLock { records in
      guard
        let place = records.lastIndex(where: { ($0.state == "complete" || $0.state == "cached") && isWanted($0) })
      else { return nil }
      let record = records[place]
      return StepOutcome(
        execution: place + 1, key: record.execution.key, isCached: record.state == "cached",
        inputs: record.execution.inputs, outputs: record.outputs, properties: record.properties)
    }
  }

  func result(pipeline: String, run: String, step: String) -> StepOutcome? {
    last { $0.execution.pipeline == pipeline && $0.execution.run == run && $0.execution.step == step }
  }

  func result(key: String) -> StepOutcome? { last { $0.execution.key == key } }

  func latest(pipeline: String, type: String, properties: [String: SettingValue]) -> Artifact? {
    records.withLock { records in
      records.reversed().lazy.filter { $0.execution.pipeline == pipeline }.flatMap(\.outputs).map(\.artifact)
        .first { artifact in
          artifact.type == type && properties.allSatisfy { artifact.properties[$0.key] == $0.value }
        }
    }
  }

  func latestRun(pipeline: String) -> String? { runs.withLock { $0.last { $0.pipeline == pipeline }?.run } }
}
