import Apus
import ApusFormats

extension PipelineRunner {
  /// Brings a step to its end, by what is known or by running it.
  /// - Parameters:
  ///   - again: whether it runs although its result is known.
  ///   - results: what the steps that it needs made.
  func execute(
    _ step: PipelineStep, pipeline: String, run: String, again: Bool, results: (String) -> StepOutcome?
  ) -> (result: StepResult, outcome: StepOutcome?) {
    let start = Clock.seconds
    do {
      let (state, outcome) = try outcome(step, pipeline: pipeline, run: run, again: again, results: results)
      return (
        StepResult(
          name: step.name, state: state,
          outputs: Dictionary(outcome.outputs.map { ($0.key, $0.artifact) }, uniquingKeysWith: { $1 }),
          properties: outcome.properties, seconds: Clock.seconds - start, error: nil), outcome
      )
    } catch {
      let error = error as? TensorError ?? TensorError(.state, "step \(step.name)", "\(error)")
      return (
        StepResult(
          name: step.name, state: .failed, outputs: [:], properties: [:], seconds: Clock.seconds - start, error: error),
        nil
      )
    }
  }

  private func outcome(
    _ step: PipelineStep, pipeline: String, run: String, again: Bool, results: (String) -> StepOutcome?
  ) throws -> (StepResult.State, StepOutcome) {
    // What a run has done stays done, with the newest artifacts of that moment.
    let before = again ? nil : try lineage.result(pipeline: pipeline, run: run, step: step.name)
    if let before, isWhole(before) {
      let inputs = try inputs(step, pipeline: pipeline, results: results, before: before)
      if try cacheKey(step, inputs: inputs) == before.key { return (.kept, before) }
    }
    let inputs = try inputs(step, pipeline: pipeline, results: results, before: nil)
    let key = try cacheKey(step, inputs: inputs)
    // Steps that act on the world have a place for each run.
    let place = step.isCached ? key : SHA256.hexadecimal(of: "\(key) \(pipeline) \(run) \(step.name)")
    let execution = StepExecution(
      pipeline: pipeline, run: run, step: step.name, type: step.type, key: key, place: place,
      parameters: step.parameters, inputs: inputs)
    let reuses = step.isCached && !again
    if reuses, let outcome = try cached(execution) { return (.cached, outcome) }
    let workplace = store.workplace(place)
    guard let lock = try FileLock(workplace.lockPath, waits: true) else {
      throw TensorError(.file, workplace.lockPath, "the lock cannot be had")
    }
    // Another process may have made it, or left it all but noted.
    if let finished = try recover(workplace), !again,
      let outcome = try lineage.result(pipeline: pipeline, run: run, step: step.name), outcome.execution == finished
    {
      lock.remove()
      return (.made, outcome)
    }
    if reuses, let outcome = try cached(execution) {
      lock.remove()
      return (.cached, outcome)
    }
    let finished = try work(step, execution, workplace)
    try complete(finished, workplace)
    lock.remove()
    guard let outcome = try lineage.result(pipeline: pipeline, run: run, step: step.name) else {
      throw TensorError(.state, "step \(step.name)", "the lineage does not have what was just noted in it")
    }
    return (.made, outcome)
  }

  /// Whether all artifacts are there.
  private func isWhole(_ outcome: StepOutcome) -> Bool { outcome.outputs.allSatisfy { store.has($0.artifact.digest) } }

  private func cached(_ execution: StepExecution) throws -> StepOutcome? {
    guard let known = try lineage.result(key: execution.key), isWhole(known) else { return nil }
    try lineage.finishCached(execution, from: known.execution)
    return try lineage.result(pipeline: execution.pipeline, run: execution.run, step: execution.step)
  }

  private func inputs(
    _ step: PipelineStep, pipeline: String, results: (String) -> StepOutcome?, before: StepOutcome?
  ) throws -> [(key: String, artifacts: [Artifact])] {
    var inputs: [(key: String, artifacts: [Artifact])] = []
    for input in step.inputs {
      switch input.source {
      case .output(let name, let key):
        guard let artifact = results(name)?.outputs.first(where: { $0.key == key })?.artifact else {
          throw TensorError(.state, "step \(step.name)", "the step '\(name)' made no '\(key)'")
        }
        guard store.has(artifact.digest) else {
          throw TensorError(
            .file, store.path(artifact.digest),
            "the step '\(step.name)' needs this artifact of '\(name)', which is not there any more; let '\(name)' run again"
          )
        }
        inputs.append((input.key, [artifact]))
      case .latest(let properties):
        if let before {
          inputs.append((input.key, before.inputs.first { $0.key == input.key }?.artifacts ?? []))
        } else {
          let artifact = try lineage.latest(pipeline: pipeline, type: input.type, properties: properties)
          inputs.append((input.key, artifact.flatMap { store.has($0.digest) ? [$0] : nil } ?? []))
        }
      }
    }
    return inputs
  }

  /// Runs a step, as often as it may be tried.
  private func work(_ step: PipelineStep, _ execution: StepExecution, _ workplace: Workplace) throws -> FinishedStep {
    try makeFolders(workplace.scratch)
    let number = try lineage.begin(execution)
    for attempt in 1... {
      do {
        onEvent(.began(step: step.name, attempt: attempt))
        try workplace.prepare(step.outputs.map(\.key))
        let run = StepRun(
          execution, keys: step.outputs.map(\.key), workplace: workplace, log: store.log(number), attempt: attempt
        ) { [onEvent] in onEvent(.line(step: step.name, $0)) }
        try step.body(run)
        return try seal(step, run, number, workplace)
      } catch {
        let error = error as? TensorError ?? TensorError(.state, "step \(step.name)", "\(error)")
        guard attempt <= step.retries else {
          try lineage.fail(number, error.description)
          throw error
        }
        onEvent(.failedOnce(step: step.name, error))
      }
    }
    throw TensorError(.state, "step \(step.name)", "there is no attempt")
  }

  /// Brings what a step made to the disk, and writes down that it is done.
  private func seal(
    _ step: PipelineStep, _ run: StepRun, _ number: Int, _ workplace: Workplace
  ) throws -> FinishedStep {
    let said = run.said
    var outputs: [FinishedStep.Output] = []
    for output in step.outputs {
      let folder = workplace.output(output.key)
      guard isFolder(folder) else {
        throw TensorError(.file, folder, "the step '\(step.name)' removed the folder of its output '\(output.key)'")
      }
      try ApusPipeline.seal(folder)
      outputs.append(
        FinishedStep.Output(
          key: output.key, type: output.type, digest: try contentDigest(folder),
          properties: said.outputs[output.key] ?? [:]))
    }
    let finished = FinishedStep(execution: number, outputs: outputs, properties: said.step)
    try finished.write(to: workplace.finished)
    return finished
  }

  /// Moves what a step made to its place and notes it; can be done again where it was ended before its end.
  private func complete(_ finished: FinishedStep, _ workplace: Workplace) throws {
    for output in finished.outputs { try store.adopt(workplace.output(output.key), digest: output.digest) }
    try lineage.finish(finished.execution, finished) { store.path($0) }
    try workplace.remove()
  }

  /// Brings to its end what was left in a workplace, whose lock the caller has.
  /// - Returns: the number of the execution where it was done.
  func recover(_ workplace: Workplace) throws -> Int? {
    if fileExists(workplace.finished) {
      let finished = try FinishedStep(file: workplace.finished)
      try complete(finished, workplace)
      return finished.execution
    }
    for (execution, place) in try lineage.running() where place == splitPath(workplace.folder).name {
      try lineage.fail(execution, "it was ended before its end")
    }
    try removeTree("\(workplace.folder)/outputs")
    if folderContents(workplace.scratch).isEmpty { try removeTree(workplace.folder) }
    return nil
  }
}
