import ApusCore
import ApusData
import ApusFormats
import ApusNN
import ApusOptim

extension Trainer {
  /// Trains until `epochs` epochs have been made in all, earlier ones included.
  ///
  /// - Returns: the values of all epochs: `loss`, the metrics, the same as `validation loss` ..., and `lr`.
  /// - Throws: `TensorError` for mistakes in model, data and files, and where the loss is no finite number: the model is then
  ///   as it was before that step.
  @discardableResult
  public func fit(
    _ loader: DataLoader<Batch>, validation: DataLoader<Batch>? = nil, epochs: Int
  ) throws -> [EpochValues] {
    if fastDevRun { return try fitOnce(loader, validation) }
    try preparePrecision()
    try joinProcesses()
    sources = randomSources([loader] + (validation.map { [$0] } ?? []))
    position = nil
    isStopped = false
    fixedBatches = []
    trainingLoader = loader
    if onInterrupt != .ignore { Interruption.begin() }
    actionTimes = profiler.map { ActionTimes($0.kind) }
    var ending = ScreenState.End.failed
    defer {
      endDisplay(ending)
      actionTimes = nil
      trainingLoader = nil
      if onInterrupt != .ignore { Interruption.end() }
    }
    try resumption?.checkSources(sources)
    display = makeDisplay(loader, epochs)
    var mistake: (any Error)?
    do {
      for callback in callbacks { try callback.runStarted(self) }
      try makeEpochs(loader, validation, epochs)
    } catch {
      mistake = error
    }
    for callback in callbacks {
      do { try callback.runEnded(self, error: mistake) } catch { mistake = mistake ?? error }
    }
    do { try reportActions() } catch { mistake = mistake ?? error }
    // What was logged until then is worth keeping; the first mistake is what counts.
    for logger in activeLoggers {
      do { try logger.close() } catch { mistake = mistake ?? error }
    }
    if let mistake { throw mistake }
    ending = epoch < epochs ? .stopped : .done
    if let signal, onInterrupt == .exit {
      endDisplay(ending)
      leave(signal)
    }
    return history
  }

  /// The signal that ends the run, of whichever process got it.
  private var signal: Int32? { processes == nil ? Interruption.signal : sharedSignal }

  private func reportActions() throws {
    if let actionTimes { profilerReport = try actionTimes.finish() }
  }

  /// Gives the terminal back, and tells what the run spent its time on.
  private func endDisplay(_ ending: ScreenState.End) {
    guard let display else { return }
    display.finish(ending)
    self.display = nil
    if actionTimes != nil, let profilerReport { write("\n" + profilerReport) }
  }

  /// One batch of each, to see whether all of it works.
  private func fitOnce(_ loader: DataLoader<Batch>, _ validation: DataLoader<Batch>?) throws -> [EpochValues] {
    let kept = (loggers, callbacks, checkpoints, maxTrainBatches, maxValidationBatches, progress, history)
    fastDevRun = false
    (loggers, callbacks, checkpoints, maxTrainBatches, maxValidationBatches) = ([], [], nil, 1, 1)
    defer {
      (loggers, callbacks, checkpoints, maxTrainBatches, maxValidationBatches, progress, history) = kept
      fastDevRun = true
    }
    return try fit(loader, validation: validation, epochs: epoch + 1)
  }

  /// The number of batches of an epoch, if it is known.
  func batchCount(_ loader: DataLoader<Batch>) -> Int? {
    let bounds = [loader.knownCount, maxTrainBatches, overfitBatches].compactMap(\.self)
    return bounds.min()
  }

  private func makeEpochs(_ loader: DataLoader<Batch>, _ validation: DataLoader<Batch>?, _ epochs: Int) throws {
    while !isStopped && epoch < epochs && step < maxSteps ?? .max {
      let number = epoch + 1
      if resumption?.inside == nil { (loggedInEpoch, batchValues) = ([], NamedMeans()) }
      for callback in callbacks { try callback.epochStarted(number, of: self) }
      let means = try measured("run_training_epoch") { try trainEpoch(loader, validation, number) }
      // An epoch that a signal has cut off is not over.
      if signal != nil && onInterrupt != .ignore && position != nil { return }
      var values = EpochValues(epoch: number)
      let found = try merged(means) { means in try withErrors { means.values } }
      for (name, value) in try found + merged(batchValues).values { values[name] = value }
      if let validation, number % max(1, validateEveryEpochs) == 0 {
        for (name, value) in try validated(validation) { values["validation " + name] = value }
      }
      for (name, value) in loggedInEpoch { values[name] = value }
      values["lr"] = optimizer.lr
      values = try common(values)
      if scheduleUnit == .epoch { try stepSchedule(values) }
      history.append(values)
      (position, passAtStep) = (nil, nil)
      display?.endEpoch(values, items: means.count)
      for logger in activeLoggers { try logger.log(epoch: values, step: step) }
      for callback in callbacks where try !callback.epochEnded(values, of: self) { isStopped = true }
      isStopped = try anywhere(isStopped)
      try measured("save_checkpoint") { try saveCheckpoint(values) }
    }
  }

  /// The default generator, those of the loaders and ``generators``, each once.
  private func randomSources(_ loaders: [DataLoader<Batch>]) -> [Generator] {
    var seen: Set<ObjectIdentifier> = []
    return ([.default] + loaders.flatMap(\.generators) + generators).filter {
      seen.insert(ObjectIdentifier($0)).inserted
    }
  }

  /// Begins a pass over `loader`, or goes on with the one in which the checkpoint was saved.
  private func beginEpoch(_ loader: DataLoader<Batch>) throws -> (DataLoader<Batch>.Iterator, EpochPosition) {
    guard let resumed = resumption, let inside = resumed.inside else {
      try resumption?.restore(sources)
      resumption = nil
      try shareStates()
      let position = EpochPosition(
        done: 0, loader: loader.sizes, start: sources.map { $0.getState() }, means: Means(metrics))
      loader.setEpoch(epoch)
      let batches = ownPart(loader).makeIterator()
      separateStates()
      return (batches, position)
    }
    var position = try inside.position(loader.sizes, metrics)
    // The order of the batches is drawn once more, then the draws go on where they were.
    for (source, state) in zip(sources, position.start) { try source.setState(state) }
    loader.setEpoch(epoch)
    let part = ownPart(loader)
    // The last batches of an epoch may be those of some processes alone.
    let pass = position.done > part.knownCount ?? .max ? nil : inside.pass
    var batches = try part.makeIterator(resuming: pass)
    if pass == nil { batches.skip(position.done) }
    try resumed.restore(sources)
    // What the first process has gathered is what all have.
    if !isMain { position.means = position.means.emptied() }
    if !isMain { batchValues = NamedMeans() }
    separateStates()
    resumption = nil
    return (batches, position)
  }

  private func trainEpoch(
    _ loader: DataLoader<Batch>, _ validation: DataLoader<Batch>?, _ number: Int
  ) throws -> Means {
    model.train()
    var (batches, position) = try beginEpoch(loader)
    self.position = position
    let last = maxTrainBatches ?? .max
    var group = StepGroup()
    func next() throws -> Batch? {
      passAtStep = nil
      guard let overfitBatches else { return try measured("train_dataloader_next") { try batches.nextBatch() } }
      if position.done == overfitBatches { return nil }
      // The first epoch reads them, the others find them.
      if position.done == fixedBatches.count, let batch = try batches.nextBatch() { fixedBatches.append(batch) }
      return position.done < fixedBatches.count ? fixedBatches[position.done] : nil
    }
    while position.done < last, processes != nil || !isStopped, step < maxSteps ?? .max, let batch = try agreed(next) {
      position.done += 1
      if group.batches == 0 { try processes?.beginForward() }
      if let batch {
        let (result, loss) = try measured("run_training_batch") {
          try makePasses(batch, &group, of: position.done, number)
        }
        try withErrors { noGrad { add(result, loss, to: &position.means) } }
      } else {
        group.addNothing()
      }
      if overfitBatches == nil { passAtStep = batches }
      if group.batches == max(1, accumulatedBatches) { try makeStep(&group, position, number, validation) }
    }
    // The last step of an epoch may have fewer batches.
    if group.batches > 0 { try makeStep(&group, position, number, validation) }
    guard position.done > 0 else {
      throw TensorError(.value, "Trainer", "the loader gave no batches; the dataset is empty or smaller than a batch")
    }
    return position.means
  }

  /// The next batch; `.some(nil)` where only other processes have one, nil where nobody has. All go on or end together.
  private func agreed(_ next: () throws -> Batch?) throws -> Batch?? {
    guard let processes else { return try next().map { .some($0) } }
    var (batch, mistake): (Batch?, (any Error)?)
    do { batch = try next() } catch { mistake = error }
    let found = try processes.sum([batch == nil ? 0 : 1, mistake == nil ? 0 : 1, isStopped ? 1 : 0])
    if found[1] > 0 { try throwTogether(mistake) }
    if found[2] > 0 { isStopped = true }
    if found[0] == 0 || isStopped { return nil }
    if found[0] < Double(processes.size), isManual || processes.needsAllInForward {
      throw TensorError(
        .value, "Trainer",
        "only \(Int(found[0])) of \(processes.size) processes have a further batch, and "
          + (isManual ? "a function that makes the steps itself" : "the model's forward pass")
          + " needs all; let the loader leave out the last batches (dropLast: true)")
    }
    return .some(batch)
  }

  private func add(_ result: Result, _ loss: Double, to means: inout Means) {
    means.add(loss: loss, count: result.count, output: result.output, target: result.target)
    for (name, value) in result.values { batchValues.add(name, value.item(), count: result.count) }
  }

  /// The passes of one batch of a step. A mistake in them ends the run here, before the step.
  private func makePasses(
    _ batch: Batch, _ group: inout StepGroup, of done: Int, _ number: Int
  ) throws -> (Result, loss: Double) {
    do { return try makeOwnPasses(batch, &group, of: done, number) } catch {
      guard let processes else { throw error }
      // Where the others cannot go on without this one, a mistake ends the run at once.
      if isManual || processes.needsAllInPasses {
        processes.fail(error)
        throw error
      }
      // The others learn of it when the step is over.
      group.addFailure(error)
      return (Result(loss: Tensor(Double.nan), count: 0), 0)
    }
  }

  private func makeOwnPasses(
    _ batch: Batch, _ group: inout StepGroup, of done: Int, _ number: Int
  ) throws -> (Result, loss: Double) {
    try withErrors {
      if group.batches == 0 && !isManual {
        measured("optimizer_zero_grad") { for optimizer in optimizers { optimizer.zeroGrad() } }
      }
      let batch = converted(batch)
      func pass() throws -> Result {
        try detectAnomaly ? setDetectAnomaly(true) { try passes(batch) } : passes(batch)
      }
      // The pass of the last batch of a step brings the gradients of all processes.
      group.isReduced = false
      let isReduced = isManual || !isCompiling && group.batches + 1 == max(1, accumulatedBatches)
      let before = processes?.reducedPasses
      defer { group.isReduced = processes?.reducedPasses != before }
      let result = try isReduced ? pass() : processes?.withoutReducing(pass) ?? pass()
      if result.loss.isPoisoned { return (result, .nan) }
      let loss: Double = result.loss.item()
      if !loss.isFinite {
        throw TensorError(
          .value, "Trainer",
          "the loss is \(loss) in epoch \(number), step \(done); try a smaller learning rate or maxGradNorm, "
            + "and check the data for values that are not finite"
            + (detectAnomaly ? "" : "; detectAnomaly = true names the operation and its line"))
      }
      group.add(loss: loss, count: result.count)
      return (result, loss)
    }
  }

  private func passes(_ batch: Batch) throws -> Result {
    let result = try measured("training_step") {
      try inPrecision { try isCompiling ? compiledResult(batch) : forward(batch) }
    }
    if !isManual && !isCompiling {
      measured("backward") {
        let weight = weight(of: result.count)
        let loss = weight == 1 ? result.loss : result.loss * weight
        (scaler?.scale(loss) ?? loss).backward()
      }
    }
    return result
  }

  /// What the loss of a batch is multiplied by: the number of its examples, where batches of different sizes make one
  /// step. Of several processes the parts of batches of the usual size, so that nothing is left to do where all have that.
  private func weight(of count: Int) -> Double {
    if processes != nil { return Double(count) / usualCount }
    return accumulatedBatches > 1 ? Double(count) : 1
  }

  /// The number of examples of a batch that is full.
  private var usualCount: Double { Double(max(1, trainingLoader?.batchSize ?? 1)) }

  private func compiledResult(_ batch: Batch) throws -> Result {
    guard let compiledPasses else {
      throw TensorError(
        .value, "Trainer",
        "compiles needs a trainer that was made with a model and its loss, Trainer(model, optimizer:, loss:); this one was given "
          + "a function, which may call compiled functions itself")
    }
    // The numbers that the loss is multiplied by are powers of two or counts: the order makes no difference.
    let scale = scaler.map { $0.scale(Tensor(1.0)).item() } ?? 1.0
    if processes != nil { return compiledPasses(batch, true, scale / usualCount) }
    return compiledPasses(batch, accumulatedBatches > 1, scale)
  }

  private func makeStep(
    _ group: inout StepGroup, _ position: EpochPosition, _ number: Int, _ validation: DataLoader<Batch>?
  ) throws {
    try share(&group)
    if !isManual {
      try withErrors {
        let parameters = optimizers.flatMap(\.parameters)
        if scaler != nil { try processes?.shareOverflow(parameters) }
        for optimizer in optimizers { scaler?.unscale_(optimizer) }
        if let factor = group.factor {
          if factor != 1 { noGrad { scaleGradients(optimizers.flatMap(\.parameters), by: factor) } }
        } else if accumulatedBatches > 1 {
          noGrad { scaleGradients(optimizers.flatMap(\.parameters), by: 1 / Double(max(1, group.count))) }
        }
        for callback in callbacks { try callback.gradientsReady(self) }
        gradientNorm = nil
        if let maxGradNorm {
          gradientNorm =
            try processes?.clipGradNorm(parameters, maxNorm: maxGradNorm)
            ?? clipGradNorm(parameters, maxNorm: maxGradNorm).item()
        } else if display is TrainingScreen, processes?.isDivided != true {
          measureGradientNorm(parameters)
        }
        if let maxGradValue { clipGradValue(parameters, clipValue: maxGradValue) }
        try measured("optimizer_step") {
          try processes?.beginStep(optimizers)
          for optimizer in optimizers { if let scaler { scaler.step(optimizer) } else { optimizer.step() } }
          try processes?.endStep(optimizers)
        }
        scaler?.update()
      }
    }
    let loss = group.meanLoss
    group = StepGroup()
    step += 1
    self.position = position
    if scheduleUnit == .step { schedule?.step() }
    try measured("callbacks") { for callback in callbacks { try callback.stepEnded(step, loss: loss, of: self) } }
    let logged = [("loss", loss), ("lr", optimizer.lr)] + loggedInStep.filter { $0.name != "lr" }
    try measured("loggers") { for logger in activeLoggers { try logger.log(step: step, values: logged) } }
    loggedInStep = []
    display?.update(
      StepProgress(
        epoch: number, step: position.done, items: position.means.count, loss: loss, learningRate: optimizer.lr,
        gradientNorm: gradientNorm)
    ) { position.means.quickValues.map { .init($0.name, $0.value) } }
    if let interval = validateEverySteps, step % max(1, interval) == 0, let validation {
      let values = try validated(validation).map { (name: "validation " + $0.name, value: $0.value) }
      for logger in activeLoggers { try logger.log(step: step, values: values) }
      display?.noteValidation(values)
    }
    if let plan = checkpoints, let steps = plan.everySteps, step % steps == 0 {
      if isMain { try makeFolders(plan.folder) }
      try save(to: plan.lastPath)
    }
    actionTimes?.endStep()
    if let signal, onInterrupt != .ignore { try beInterrupted(by: signal) }
  }

  /// Makes gradients, loss and number of examples those of all processes. A mistake of one ends the run in all.
  private func share(_ group: inout StepGroup) throws {
    guard let processes else { return }
    if !isManual, !group.isReduced {
      if group.batches == group.emptyBatches {
        for optimizer in optimizers { optimizer.zeroGrad() }
      }
      try group.failure == nil ? processes.reduceCollected() : processes.completeFailedPass()
    }
    let signal = Interruption.signal.map { Double($0) } ?? 0
    let sums = try processes.sum([group.lossSum, Double(group.count), group.failure == nil ? 0 : 1, signal])
    if sums[2] > 0 { try throwTogether(group.failure) }
    if sums[3] > 0 { sharedSignal = Interruption.signal ?? 15 }
    group.take(lossSum: sums[0], count: Int(sums[1]))
    group.factor = usualCount * Double(processes.size) / max(1, sums[1])
  }

  private func beInterrupted(by signal: Int32) throws {
    isStopped = true
    let place = "\(Interruption.name(signal)) after step \(step)"
    guard let plan = checkpoints else { return say("\(place): nothing is saved, there is no checkpoint plan") }
    if isMain { try makeFolders(plan.folder) }
    try save(to: plan.lastPath)
    say("\(place): saved to \(plan.lastPath), resume(from:) goes on there")
  }

  private func stepSchedule(_ values: EpochValues) throws {
    guard let plateau = schedule as? ReduceLROnPlateau else {
      schedule?.step()
      return
    }
    // Where there is no validation after this epoch there is nothing to step by.
    if values[scheduleMonitor] == nil && values.epoch % max(1, validateEveryEpochs) != 0 { return }
    plateau.step(try values.watched(scheduleMonitor, by: "ReduceLROnPlateau"))
  }

  /// The norm of the gradients now and then: as seldom as makes it a hundredth of the run's time, and twice a second at most.
  private func measureGradientNorm(_ parameters: [Tensor]) {
    let start = Clock.seconds
    guard start >= nextGradientNorm else { return }
    gradientNorm = noGrad { getTotalNorm(parameters.compactMap(\.grad)) }.item()
    let end = Clock.seconds
    nextGradientNorm = end + max(0.5, 100 * (end - start))
  }
}

/// The batches of one step of the optimisers.
private struct StepGroup {
  private(set) var batches = 0
  /// Batches that only other processes have.
  private(set) var emptyBatches = 0
  private(set) var count = 0
  private var losses = 0.0
  /// Whether the gradients are those of all processes.
  var isReduced = false
  /// What this process has come upon.
  private(set) var failure: (any Error)?
  /// What the gradients of all processes are to be multiplied by.
  var factor: Double?

  var lossSum: Double { losses }

  mutating func addNothing() {
    batches += 1
    emptyBatches += 1
    isReduced = false
  }

  mutating func addFailure(_ error: any Error) {
    batches += 1
    failure = failure ?? error
  }

  /// Takes the sums of all processes.
  mutating func take(lossSum: Double, count: Int) { (losses, self.count) = (lossSum, count) }

  mutating func add(loss: Double, count n: Int) {
    batches += 1
    count += n
    losses += loss * Double(n)
  }

  /// The mean over the examples.
  var meanLoss: Double { losses / Double(max(1, count)) }
}

/// Means of named values over the examples of an epoch.
struct NamedMeans {
  private(set) var sums: [(name: String, sum: Double, count: Int)] = []

  mutating func add(_ name: String, _ value: Double, count: Int) {
    add(name, sum: value * Double(count), count: count)
  }

  /// Adds the sum over `count` examples.
  mutating func add(_ name: String, sum: Double, count: Int) {
    if let i = sums.firstIndex(where: { $0.name == name }) {
      sums[i].sum += sum
      sums[i].count += count
    } else {
      sums.append((name, sum, count))
    }
  }

  /// Goes on from sums of a checkpoint.
  mutating func restore(_ name: String, sum: Double, count: Int) { sums.append((name, sum, count)) }

  var values: [(name: String, value: Double)] { sums.map { ($0.name, $0.sum / Double(max(1, $0.count))) } }
}
