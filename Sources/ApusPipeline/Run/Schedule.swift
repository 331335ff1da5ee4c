import Apus

/// The order in which the steps of a run come: each when those that it needs are done.
final class Schedule: Sendable {
  private let runner: PipelineRunner
  private let pipeline: Pipeline
  private let run: String
  private let again: Set<String>
  private let monitor = Monitor()
  /// Guarded by the monitor.
  private nonisolated(unsafe) var waiting: [PipelineStep]
  private nonisolated(unsafe) var working = 0
  private nonisolated(unsafe) var results: [String: StepResult] = [:]
  private nonisolated(unsafe) var outcomes: [String: StepOutcome] = [:]

  init(_ runner: PipelineRunner, _ pipeline: Pipeline, run: String, wanted: Set<String>, again: Set<String>) {
    self.runner = runner
    self.pipeline = pipeline
    self.run = run
    self.again = again
    waiting = pipeline.steps.filter { wanted.contains($0.name) }
  }

  /// Runs all, and gives what became of each step of the pipeline.
  func run(workers: Int) -> [StepResult] {
    for _ in 1..<max(1, min(workers, waiting.count)) {
      // With fewer threads it takes longer, no more.
      guard startWorker() else { break }
    }
    work()
    monitor.lock()
    defer { monitor.unlock() }
    while working > 0 { monitor.wait() }
    return pipeline.steps.map { step in
      results[step.name]
        ?? StepResult(name: step.name, state: .left, outputs: [:], properties: [:], seconds: 0, error: nil)
    }
  }

  private func startWorker() -> Bool { startThread { self.work() } }

  /// Takes steps until none is left that can run.
  private func work() {
    while let step = next() {
      let (result, outcome) = runner.execute(
        step, pipeline: pipeline.name, run: run, again: again.contains(step.name)
      ) { name in
        self.monitor.lock()
        defer { self.monitor.unlock() }
        return self.outcomes[name]
      }
      runner.onEvent(.ended(result))
      monitor.lock()
      results[step.name] = result
      outcomes[step.name] = outcome
      working -= 1
      monitor.broadcast()
      monitor.unlock()
    }
  }

  /// The next step whose needs are done; nil when no more can come.
  private func next() -> PipelineStep? {
    monitor.lock()
    defer { monitor.unlock() }
    while true {
      let place = waiting.firstIndex { step in step.needed.allSatisfy { outcomes[$0] != nil } }
      if let place {
        working += 1
        return waiting.remove(at: place)
      }
      if waiting.isEmpty || working == 0 { return nil }
      monitor.wait()
    }
  }
}
