import ApusCore
import ApusFormats
import ApusNN
import ApusOptim

#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#endif

extension Trainer {
  func saveCheckpoint(_ values: EpochValues) throws {
    guard let plan = checkpoints else { return }
    if isMain { try makeFolders(plan.folder) }
    if let monitor = plan.monitor {
      // Epochs without a validation have no such value.
      let isLeftOut = monitor.hasPrefix("validation ") && values.epoch % max(1, validateEveryEpochs) != 0
      if !isLeftOut || values[monitor] != nil {
        try rank(values.epoch, try values.watched(monitor, by: "CheckpointPlan"), plan)
      }
    }
    if values.epoch % plan.everyEpochs == 0 { try save(to: plan.lastPath) }
  }

  /// Keeps the weights of an epoch if they are among the best.
  private func rank(_ epoch: Int, _ value: Double, _ plan: CheckpointPlan) throws {
    let place = ranking.firstIndex { isBetter(value, than: $0.value, isLoss: plan.isLoss) } ?? ranking.count
    guard place < plan.topK, !value.isNaN else { return }
    // What is kept is what was validated: averages, where a callback puts them in.
    for callback in callbacks { try callback.validationStarted(self) }
    let state = try weights()
    for callback in callbacks { try callback.validationEnded(self) }
    if isMain { try keep(state, place, epoch, plan) }
    ranking.insert(.init(epoch: epoch, value: value), at: place)
    while ranking.count > plan.topK {
      let fallen = ranking.removeLast()
      if plan.topK > 1, isMain { unlink(plan.path(epoch: fallen.epoch)) }
    }
  }

  private func keep(_ state: StateDict, _ place: Int, _ epoch: Int, _ plan: CheckpointPlan) throws {
    if plan.topK > 1 { try ApusTrain.save(state, to: plan.path(epoch: epoch), metadata: ["format": "pt"]) }
    if place == 0 { try ApusTrain.save(state, to: plan.bestPath, metadata: ["format": "pt"]) }
  }

  /// Writes all that ``resume(from:)`` needs: model, optimiser, schedule, random states, history, and inside an epoch (in
  /// a callback's ``TrainingCallback/stepEnded(step:loss:)``) the position in it. The file is replaced as a whole: whatever
  /// happens meanwhile, the old one or the new one is there. Of several processes that train together all call it, and the
  /// first one writes. Where each has a part of model or optimiser, all write, into a folder of that name without `.safetensors`.
  /// - Throws: `TensorError` when the file cannot be written.
  public func save(to path: String) throws {
    guard let place = position else { return try write(to: path, nil, batchValues) }
    let values = try merged(batchValues)
    try merged(place.means) { means in
      var place = place
      place.means = means
      try write(to: path, .init(place, passAtStep?.state), values)
    }
  }

  private func write(to path: String, _ inside: Resumption.Inside?, _ batchValues: NamedMeans) throws {
    let divided = processes.flatMap { $0.isDivided ? $0 : nil }
    guard isMain || divided != nil else { return }
    var checkpoint = Checkpoint()
    if divided == nil {
      checkpoint.state.add(model.stateDict(), prefix: "model")
      for (name, optimizer) in namedOptimizers { checkpoint.state.add(optimizer.stateDict(), prefix: name) }
    }
    if let schedule { checkpoint.state.add(schedule.stateDict(), prefix: "schedule") }
    if let scaler { checkpoint.state.add(scaler.stateDict(), prefix: "scaler") }
    checkpoint.set("trainer.epoch", Double(epoch))
    checkpoint.set("trainer.step", Double(step))
    checkpoint.set("trainer.best", ranking.first?.value ?? .nan)
    checkpoint.set("trainer.ranking", ranking.flatMap { [Double($0.epoch), $0.value] })
    for (i, callback) in callbacks.enumerated() {
      checkpoint.set("trainer.callback.\(i)", callback.state)
      checkpoint.state.add(callback.tensors, prefix: "callback.\(i)")
    }
    let pending =
      resumption
      ?? Resumption(states: sources.map { $0.getState() }, inside: inside)
    pending.write(to: &checkpoint)
    if position != nil {
      for (name, value) in loggedInEpoch { checkpoint.set("logged.\(name)", value) }
      for (name, sum, count) in batchValues.sums { checkpoint.set("values.\(name)", [sum, Double(count)]) }
    }
    for name in Set(history.flatMap(\.names)).sorted() {
      checkpoint.set("history.\(name)", history.map { $0[name] ?? .nan })
      // A value that is not a number is one all the same.
      let missing = history.indices.filter { history[$0][name] == nil }
      if !missing.isEmpty { checkpoint.set("missing.\(name)", missing.map { Double($0) }) }
    }
    let names = history.last?.names ?? []
    let texts = ["history": names.joined(separator: "\n")]
    guard let divided else { return try ApusTrain.save(checkpoint.state, to: path, metadata: texts) }
    try divided.save(
      checkpoint.state, texts: texts, model: model, optimizers: namedOptimizers, to: Self.folder(of: path))
  }

  private var namedOptimizers: [(name: String, optimizer: Optimizer)] {
    optimizers.enumerated().map { ($0 == 0 ? "optimizer" : "optimizer \($0)", $1) }
  }

  /// The folder of a checkpoint in parts that is asked for as a file.
  private static func folder(of path: String) -> String {
    path.hasSuffix(".safetensors") ? String(path.dropLast(".safetensors".count)) : path
  }

  public func weights() throws -> StateDict { try processes?.stateDict(of: model) ?? model.stateDict() }

  /// The folder that has a checkpoint in parts, where `path` or its name without `.safetensors` is one.
  private func dividedCheckpoint(_ path: String) -> String? {
    if isFolder(path) { return path }
    let folder = Self.folder(of: path)
    return folder != path && access(path, F_OK) != 0 && isFolder(folder) ? folder : nil
  }

  private func isFolder(_ path: String) -> Bool {
    var status = stat()
    return stat(path, &status) == 0 && status.st_mode & S_IFMT == S_IFDIR
  }

  /// Goes back to a state that ``save(to:)`` or the checkpoint plan has written. Model, optimiser, schedule, callbacks and
  /// the loaders that ``fit(_:validation:epochs:)`` is given must be made as they were.
  ///
  /// A folder that processes with parts have written is read by any number of processes with a strategy of `ApusDistributed`, divided in any way.
  /// - Throws: `TensorError` when the file cannot be read or does not fit.
  public func resume(from path: String) throws {
    let folder = dividedCheckpoint(path)
    var checkpoint: Checkpoint
    var names: String?
    if let folder {
      if let dtype = precision.converted { model.to(dtype) }
      try joinProcesses()
      guard let processes else {
        throw TensorError(
          .unsupported, folder,
          "this is a checkpoint of several processes; set the trainer's strategy, .dataParallel for one process, before it resumes"
        )
      }
      let (state, texts) = try processes.load(from: folder)
      checkpoint = Checkpoint()
      checkpoint.state = state
      names = texts["history"]
    } else {
      checkpoint = try Checkpoint(path: path)
      names = try SafetensorsFile(path: path).metadata["history"]
    }
    let epochs = try checkpoint.number("trainer.epoch", path: path)
    let steps = try checkpoint.number("trainer.step", path: path)
    let past = try recordedHistory(checkpoint, epochs: epochs, names: names, path: path)
    guard (0..<1e15).contains(steps) else {
      throw TensorError(.state, path, "\(steps) is no number of steps")
    }
    let pending = try Resumption(checkpoint, path: path)
    if let dtype = precision.converted { model.to(dtype) }
    if let folder, let processes {
      try processes.load(model: model, optimizers: namedOptimizers, from: folder)
    } else {
      if processes?.isDivided == true {
        throw TensorError(
          .state, path,
          "the model is divided among processes already, and this is a file of whole tensors; resume before the run begins"
        )
      }
      try model.loadStateDict(checkpoint.state.part("model"))
      for (name, optimizer) in namedOptimizers { try optimizer.loadStateDict(checkpoint.state.part(name)) }
    }
    if let schedule { try schedule.loadStateDict(checkpoint.state.part("schedule")) }
    let scale = checkpoint.state.part("scaler")
    if precision == .float16Mixed, !scale.isEmpty {
      let scaler = scaler ?? GradScaler()
      try scaler.loadStateDict(scale)
      self.scaler = scaler
    }
    for (i, callback) in callbacks.enumerated() {
      if let numbers = checkpoint.state["trainer.callback.\(i)"] { callback.state = numbers.array(as: Double.self) }
      callback.tensors = checkpoint.state.part("callback.\(i)")
    }
    try Generator.default.setState(pending.states[0])
    let ranked = checkpoint.state["trainer.ranking"]?.array(as: Double.self) ?? []
    ranking = stride(from: 0, to: ranked.count - 1, by: 2).compactMap { i in
      (0..<1e15).contains(ranked[i]) ? .init(epoch: Int(ranked[i]), value: ranked[i + 1]) : nil
    }
    loggedInEpoch = checkpoint.state.part("logged").map { ($0.name, $0.tensor.array(as: Double.self).last ?? .nan) }
    batchValues = NamedMeans()
    for (name, tensor) in checkpoint.state.part("values") {
      let numbers = tensor.array(as: Double.self)
      guard numbers.count == 2, (0..<1e15).contains(numbers[1]) else { continue }
      batchValues.restore(name, sum: numbers[0], count: Int(numbers[1]))
    }
    history = past
    step = Int(steps)
    position = nil
    resumption = pending
  }

  private func recordedHistory(
    _ checkpoint: Checkpoint, epochs: Double, names: String?, path: String
  ) throws -> [EpochValues] {
    let recorded = checkpoint.state.part("history")
    guard epochs == Double(recorded["loss"]?.count ?? 0) else {
      throw TensorError(.state, path, "the history of 'loss' does not have the \(epochs) epochs of the run")
    }
    var order = names.map { $0.split(separator: "\n").map(String.init) } ?? []
    order += recorded.names.filter { !order.contains($0) }
    var past = (0..<Int(epochs)).map { EpochValues(epoch: $0 + 1) }
    for name in order {
      guard let column = recorded[name]?.array(as: Double.self), column.count == past.count else {
        throw TensorError(.state, path, "the history of '\(name)' does not have \(past.count) epochs")
      }
      let missing = Set(checkpoint.state["missing.\(name)"]?.array(as: Double.self) ?? [])
      for (i, value) in column.enumerated() where !missing.contains(Double(i)) { past[i][name] = value }
    }
    return past
  }
}
