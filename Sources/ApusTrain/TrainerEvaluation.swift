import ApusCore
import ApusData
import ApusMetrics
import ApusNN

extension Trainer {
  /// The mean loss and metrics over `loader`, in evaluation mode and without gradients. The mode is set back afterwards.
  public func evaluate(_ loader: DataLoader<Batch>) throws -> [(name: String, value: Double)] {
    try evaluate(loader, atMost: nil)
  }

  /// ``evaluate(_:)`` as `fit` validates: with what callbacks put in place of the weights, and at most
  /// ``maxValidationBatches`` batches.
  public func validate(_ loader: DataLoader<Batch>) throws -> [(name: String, value: Double)] { try validated(loader) }

  /// ``evaluate(_:)`` under the names `test loss` ..., which the loggers get too.
  public func test(_ loader: DataLoader<Batch>) throws -> [(name: String, value: Double)] {
    let values = try evaluate(loader).map { (name: "test " + $0.name, value: $0.value) }
    for logger in activeLoggers { try logger.log(step: step, values: values) }
    if showsProgress, isMain {
      write(values.map { "\($0.name) \(ProgressBar.Value($0.name, $0.value).shown)" }.joined(separator: "  ") + "\n")
    }
    return values
  }

  /// The model's outputs for all batches, joined along the first dimension, in evaluation mode and without gradients.
  /// - Throws: `TensorError` where the trainer's function gives no output.
  public func predict(_ loader: DataLoader<Batch>) throws -> Tensor {
    var outputs: [Tensor] = []
    try evaluating(loader) { batch, _ in
      guard let output = try inPrecision({ try forward(converted(batch)).output }) else {
        throw TensorError(
          .value, "Trainer.predict", "the trainer's function gives no output; set `output` of its result")
      }
      outputs.append(output)
    }
    return try withErrors { cat(outputs, dim: 0) }
  }

  func validated(_ loader: DataLoader<Batch>) throws -> [(name: String, value: Double)] {
    for callback in callbacks { try callback.validationStarted(self) }
    let values = try measured("run_validation") { try evaluate(loader, atMost: maxValidationBatches) }
    for callback in callbacks { try callback.validationEnded(self) }
    return values
  }

  private func evaluate(_ loader: DataLoader<Batch>, atMost limit: Int?) throws -> [(name: String, value: Double)] {
    // What training has gathered so far stays.
    let gathered = metrics.map(\.snapshots)
    defer { for (metric, snapshots) in zip(metrics, gathered) { metric.snapshots = snapshots } }
    var means = Means(metrics)
    var further = NamedMeans()
    try joinProcesses()
    try shareStates()
    let part = ownPart(loader)
    try processes?.beginForward()
    var mistake: (any Error)?
    do {
      try evaluating(part, atMost: limit, isShared: processes?.needsAllInPasses == true) { batch, counts in
        let result = try inPrecision { try forward(converted(batch)) }
        if result.loss.hasFailed || !counts { return }
        means.add(loss: result.loss.item(), count: result.count, output: result.output, target: result.target)
        for (name, value) in result.values { further.add(name, value.item(), count: result.count) }
      }
    } catch {
      // Where the others cannot go on without this process, they do not come to where mistakes are told either.
      if let processes, processes.needsAllInPasses {
        processes.fail(error)
        throw error
      }
      mistake = error
    }
    separateStates()
    try throwTogether(mistake)
    let values = try merged(means) { means in try withErrors { means.values } }
    return try values + merged(further).values
  }

  /// - Parameters:
  ///   - isShared: whether forward passes need all processes. Who has no further batch repeats its last one as long as others have.
  ///   - body: gets a batch, and whether it counts.
  private func evaluating(
    _ loader: DataLoader<Batch>, atMost limit: Int? = nil, isShared: Bool = false, _ body: (Batch, Bool) throws -> Void
  ) throws {
    try preparePrecision()
    let wasTraining = model.isTraining
    model.eval()
    defer { model.train(wasTraining) }
    var batches = loader.makeIterator()
    var done = 0
    var last: Batch?
    while done < limit ?? .max {
      let batch = try batches.nextBatch()
      if isShared, let processes {
        let count = try processes.sum([batch == nil ? 0 : 1])[0]
        if count == 0 { return }
        guard done > 0 || count == Double(processes.size) else {
          throw TensorError(
            .value, "Trainer",
            "only \(Int(count)) of \(processes.size) processes have a batch to evaluate; give smaller batches, so that each has one"
          )
        }
      }
      guard let given = batch ?? (isShared ? last : nil) else { return }
      try withErrors { try noGrad { try body(given, batch != nil) } }
      last = given
      done += 1
    }
  }
}

extension Trainer where Batch == (Tensor, Tensor) {
  /// ``predict(_:)-(DataLoader<Batch>)`` for inputs without targets.
  public func predict(_ inputs: Tensor, batchSize: Int = 32) throws -> Tensor {
    guard let layer = model as? any Layer else {
      throw TensorError(.value, "Trainer.predict", "\(type(of: model)) is no layer of one input")
    }
    return try predictions(of: layer, inputs, batchSize: batchSize)
  }
}

/// What a layer makes of `inputs`, batch by batch in evaluation mode and without gradients.
func predictions(of layer: any Layer, _ inputs: Tensor, batchSize: Int) throws -> Tensor {
  let wasTraining = layer.isTraining
  layer.eval()
  defer { layer.train(wasTraining) }
  return try withErrors {
    noGrad {
      let outputs = inputs.split(max(1, batchSize), dim: 0).map { layer($0).detach() }
      return cat(outputs, dim: 0)
    }
  }
}
