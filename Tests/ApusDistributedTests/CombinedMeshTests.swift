import Apus
import ApusDistributed
import Foundation
import Testing

// Meshes whose dimensions are used in different ways at once, against one process with the whole batch.

@Suite(.serialized, .enabled(if: caseName == nil && !Launcher.all.isEmpty)) struct CombinedMeshTests {
  private func expectSuccess(_ ended: Ended) { #expect(ended.status == 0, "\(ended.output)") }

  @Test(arguments: ["combined sharding", "combined pipelines"]) func lossesAreThoseOfOneProcess(_ name: String) throws {
    let folder = NSTemporaryDirectory() + "apus-combined-\(UInt32.random(in: 0...UInt32.max))"
    defer { try? FileManager.default.removeItem(atPath: folder) }
    expectSuccess(try Launcher.all[0].run(name, ranks: 4, environment: ["APUS_TEST_FOLDER": folder]))
  }
}

/// A training of a small Llama in one process: what combinations are to give.
private struct Reference {
  static let rows = 8
  private static let printsDifferences = ProcessInfo.processInfo.environment["APUS_TEST_PRINT"] != nil
  /// More where the differences are to be printed.
  static let steps = printsDifferences ? 50 : 20
  /// Of the combinations that are tried beside the first ones.
  static let fewSteps = printsDifferences ? 50 : 4
  static let maxNorm = 0.8
  static let learningRate = 5e-3

  let dtype: DType
  let losses: [Double]
  let norms: [Double]
  let state: StateDict

  static func model(_ dtype: DType) throws -> CausalLanguageModel<LlamaModel> {
    try Cases.largeLlama(dtype, tied: true)
  }

  /// The whole batch of a step: two by turns, which are learnt by heart.
  static func tokens(_ step: Int) -> Tensor {
    let values = (0..<(rows * 9)).map { (i: Int) -> Int64 in Int64((step % 2 * 5 + i * i + 3 * i) % 23) }
    return Tensor(values).reshape([rows, 9])
  }

  static func loss(_ logits: Tensor, _ tokens: Tensor) -> Tensor {
    let length = tokens.size(1)
    return crossEntropy(
      logits.narrow(1, 0, length - 1).reshape([-1, 23]), tokens.narrow(1, 1, length - 1).reshape([-1]))
  }

  static func loss(_ model: any PretrainedModel, _ tokens: Tensor) throws -> Tensor {
    var inputs = ModelInputs()
    inputs.inputIds = tokens
    return loss(try #require(model(inputs).logits), tokens)
  }

  static func optimizer(_ parameters: [Tensor]) -> AdamW { AdamW(parameters, lr: learningRate) }

  init(_ dtype: DType) throws {
    let model = try Self.model(dtype)
    let optimizer = Self.optimizer(model.parameters())
    var (losses, norms) = ([Double](), [Double]())
    for step in 0..<(Self.steps + 2) {
      optimizer.zeroGrad()
      let loss = try Self.loss(model, Self.tokens(step))
      loss.backward()
      norms.append(clipGradNorm(model.parameters(), maxNorm: Self.maxNorm).to(.float64).item())
      optimizer.step()
      losses.append(loss.to(.float64).item())
    }
    (self.dtype, self.losses, self.norms, state) = (dtype, losses, norms, model.stateDict())
    #expect(losses[Self.steps] < 0.9 * losses[0] && norms[0] > Self.maxNorm, "\(losses), \(norms)")
  }
}

/// A training of the same on several processes.
private struct Combined {
  /// Makes a step; the loss of this rank's part, on ranks that have one.
  let step: (_ step: Int) throws -> Tensor?
  let clip: () throws -> Tensor
  let optimizer: Optimizer
  let state: () throws -> ShardedState
  let load: (ShardedCheckpoint) throws -> Void
  /// The state of the whole model, where it is asked for.
  let whole: () throws -> StateDict?
}

extension Cases {
  private static func rows(_ step: Int, _ group: ProcessGroup) -> Tensor {
    let share = Reference.rows / group.size
    return Reference.tokens(step).narrow(0, group.rank * share, share)
  }

  /// Runs a combination beside the losses of one process; what it has saved goes on in the others.
  private static func compare(
    _ title: String, _ world: ProcessGroup, _ reference: Reference, _ combined: Combined,
    steps: Range<Int> = 0..<Reference.steps
  ) throws {
    let tolerance = reference.dtype == .float64 ? 1e-6 : 1e-4
    var (worst, worstNorm) = (0.0, 0.0)
    for step in steps {
      combined.optimizer.zeroGrad()
      let own = try combined.step(step)
      let norm = try combined.clip().item()
      combined.optimizer.step()
      let sums = Tensor([own?.detach().to(.float64).item() ?? 0, own == nil ? 0 : 1], dtype: .float64)
      let all = try world.allReduce(sums).array(as: Double.self)
      worst = max(worst, abs(all[0] / all[1] - reference.losses[step]) / reference.losses[step])
      worstNorm = max(worstNorm, abs(norm - reference.norms[step]) / reference.norms[step])
    }
    #expect(worst <= tolerance, "\(title), \(reference.dtype): losses differ by \(worst)")
    #expect(worstNorm <= 100 * tolerance, "\(title), \(reference.dtype): norms differ by \(worstNorm)")
    if world.rank == 0, ProcessInfo.processInfo.environment["APUS_TEST_PRINT"] != nil {
      print("\(title), \(reference.dtype): losses \(worst), norms \(worstNorm)")
    }
  }

  private static func path(_ name: String) -> String { "\(checkpointFolder)/\(name)" }

  /// Saves after the last step; a fresh training in each of the layouts goes on from there.
  private static func goOn(
    _ title: String, _ world: ProcessGroup, _ reference: Reference, _ combined: Combined, after steps: Int,
    _ others: [(String, () throws -> Combined)]
  ) throws {
    let folder = path(title.replacing(" ", with: "-"))
    try saveSharded(try combined.state(), to: folder)
    for (name, make) in others {
      let other = try make()
      try other.load(try ShardedCheckpoint(path: folder))
      try compare("\(title) to \(name)", world, reference, other, steps: steps..<(steps + 2))
    }
    if let whole = try combined.whole() {
      let checkpoint = try ShardedCheckpoint(path: folder)
      for (name, tensor) in whole where checkpoint.names.contains("model.\(name)") {
        #expect(equal(try checkpoint.tensor(named: "model.\(name)"), tensor), "\(title): \(name)")
      }
      #expect(whole.allSatisfy { entry in reference.state[entry.name]?.shape == entry.tensor.shape }, "\(title)")
    }
  }

  /// A model that every rank has whole.
  private static func alone(_ dtype: DType) throws -> Combined {
    let model = try Reference.model(dtype)
    let optimizer = Reference.optimizer(model.parameters())
    return Combined(
      step: { step in
        let loss = try Reference.loss(model, Reference.tokens(step))
        loss.backward()
        return loss
      }, clip: { clipGradNorm(model.parameters(), maxNorm: Reference.maxNorm).to(.float64) }, optimizer: optimizer,
      state: { try state(model, optimizer) }, load: { try load($0, model, optimizer) }, whole: { model.stateDict() })
  }

  private static func state(_ model: any Module, _ optimizer: Optimizer) throws -> ShardedState {
    var state = ShardedState()
    state.add(model)
    try state.add(optimizer, of: model)
    return state
  }

  private static func load(_ checkpoint: ShardedCheckpoint, _ model: any Module, _ optimizer: Optimizer) throws {
    try checkpoint.load(into: model)
    try checkpoint.load(into: optimizer, of: model)
  }

  private static func shardLayers(_ model: any Module, _ group: ProcessGroup) throws {
    for (name, layer) in model.namedModules() where name.hasPrefix("model.layers.") && name.count == 14 {
      try fullyShard(layer, group: group)
    }
    try fullyShard(model, group: group)
  }

  /// Tensor parallelism, and over the other dimension sharding or data parallelism.
  private static func tensors(
    _ dtype: DType, _ tensor: ProcessGroup, data: ProcessGroup, isSharded: Bool = true, dividesPositions: Bool = false
  ) throws -> Combined {
    let model = try Reference.model(dtype)
    let shared = try parallelize(
      model, group: tensor, plan: try ParallelPlan(for: model, sequenceParallel: dividesPositions))
    let parallel = isSharded ? nil : try DistributedDataParallel(model, group: data)
    if isSharded { try shardLayers(model, data) }
    let optimizer = Reference.optimizer(model.parameters())
    return Combined(
      step: { step in
        let tokens = rows(step, data)
        let loss = try parallel?({ try Reference.loss($0, tokens) }) ?? Reference.loss(model, tokens)
        loss.backward()
        return loss
      }, clip: { try shared.clipGradNorm(maxNorm: Reference.maxNorm) }, optimizer: optimizer,
      state: { try state(model, optimizer) }, load: { try load($0, model, optimizer) },
      whole: { try shared.fullStateDict() })
  }

  /// Positions divided, and over the other dimension sharding.
  private static func positions(_ dtype: DType, _ context: ProcessGroup, data: ProcessGroup) throws -> Combined {
    let model = try Reference.model(dtype)
    let context = try ContextParallel(context, length: 8)
    try shardLayers(model, data)
    let optimizer = Reference.optimizer(model.parameters())
    return Combined(
      step: { step in
        let tokens = rows(step, data)
        let (x, y) = (try context.shard(tokens.narrow(1, 0, 8)), try context.shard(tokens.narrow(1, 1, 8)))
        let loss = try context.run { () throws in
          let loss = context.crossEntropy(try #require(model(context.inputs(x)).logits), y)
          loss.backward()
          return loss
        }
        try context.reduceGradients(model.parameters())
        return loss.detach() * Double(context.group.size)
      }, clip: { try clipShardedGradNorm(model.parameters(), maxNorm: Reference.maxNorm) }, optimizer: optimizer,
      state: { try state(model, optimizer) }, load: { try load($0, model, optimizer) }, whole: { nil })
  }

  static func combinedSharding() throws {
    let world = try initProcessGroup(timeout: .seconds(60))
    let mesh = try DeviceMesh([2, 2], names: ["data", "tensor"])
    let (data, tensor) = (try mesh.group("data"), try mesh.group("tensor"))
    let me = try #require(try world.split(color: world.rank))
    for dtype in [DType.float64, .float32] {
      let reference = try Reference(dtype)
      let both = try tensors(dtype, tensor, data: data)
      let steps = dtype == .float64 ? Reference.steps : Reference.fewSteps
      try compare("sharding and tensors", world, reference, both, steps: 0..<steps)
      guard dtype == .float64 else { continue }
      let few = 0..<Reference.fewSteps
      try compare(
        "sharding and positions of layers", world, reference,
        try tensors(dtype, tensor, data: data, dividesPositions: true), steps: few)
      try goOn(
        "sharding and tensors", world, reference, both, after: Reference.steps,
        [
          ("one process", { try alone(dtype) }), ("sharding over four", { try tensors(dtype, me, data: world) }),
          ("the other mesh", { try tensors(dtype, data, data: tensor) }),
        ])
      let copies = try tensors(dtype, tensor, data: data, isSharded: false)
      try compare("data and tensors", world, reference, copies, steps: few)
      try goOn(
        "data and tensors", world, reference, copies, after: few.count,
        [("sharded", { try tensors(dtype, tensor, data: data) })])
      let ring = try positions(dtype, tensor, data: data)
      try compare("sharding and context", world, reference, ring, steps: few)
      try goOn(
        "sharding and context", world, reference, ring, after: few.count, [("one process", { try alone(dtype) })])
    }
    // A layout that is asked for in the wrong order.
    let model = try Reference.model(.float32)
    try fullyShard(model, group: data)
    #expect(throws: TensorError.self) { try parallelize(model, group: tensor) }
    try distributedTensors(world, mesh)
    try destroyProcessGroup()
  }

  /// Distributed tensors in checkpoints, and their gradients in norms.
  private static func distributedTensors(_ world: ProcessGroup, _ mesh: DeviceMesh) throws {
    let matrix = wave([5, 6], 2)
    let first = try distribute(matrix, mesh, [.shard(0), .shard(1)]).requiresGrad_()
    let second = try distribute(wave([3], 4), mesh, [.replicate, .shard(0)]).requiresGrad_()
    first.square().sum().backward()
    second.square().sum().backward()
    let total = (matrix.square().sum() * 4 + wave([3], 4).square().sum() * 4).sqrt().item()
    let norm = try clipShardedGradNorm([first.local, second.local], maxNorm: 1e9).item()
    #expect(abs(norm - total) < 1e-12 * total)
    var state = ShardedState()
    try state.add(first, name: "first")
    try state.add(second, name: "second")
    #expect(throws: TensorError.self) {
      var open = ShardedState()
      try open.add(first.sum(), name: "open")
    }
    try saveSharded(state, to: path("tensors"))
    let checkpoint = try ShardedCheckpoint(path: path("tensors"))
    #expect(equal(try checkpoint.tensor(named: "first"), matrix))
    let other = try checkpoint.tensor(named: "first", mesh, [.shard(1), .shard(1)])
    #expect(equal(other.fullTensor(), matrix) && other.placements == [.shard(1), .shard(1)])
    #expect(throws: TensorError.self) { try checkpoint.tensor(named: "first", mesh, [.partial, .shard(1)]) }
  }

  // MARK: - Pipelines

  /// What goes on inside the stages of a pipeline.
  private enum Inside { case data, statesDivided, sharded, tensors }

  private static func pipeline(
    _ dtype: DType, _ line: ProcessGroup, _ other: ProcessGroup, _ inside: Inside, order: PipelineOrder? = nil
  ) throws -> Combined {
    let model = try Reference.model(dtype)
    if inside == .tensors { try parallelize(model, group: other) }
    let order = try order ?? .oneForwardOneBackward(ranks: line.size, microbatches: 2)
    let parts = try splitIntoStages(model, count: order.stageCount)
    let stages = try order.stageRanks.indices.filter { order.stageRanks[$0] == line.rank }.map { i in
      if inside == .sharded { try shardLayers(parts[i], other) }
      return try PipelineStage(parts[i], stageIndex: i, stageCount: order.stageCount, group: line)
    }
    let schedule = try PipelineSchedule(
      stages, order: order, loss: .mean { Reference.loss($0, $1) }, dataGroup: inside == .tensors ? nil : other)
    let optimizer: Optimizer =
      inside == .statesDivided
      ? try ZeroRedundancyOptimizer(schedule.parameters(), group: other) { AdamW($0, lr: Reference.learningRate) }
      : Reference.optimizer(schedule.parameters())
    return Combined(
      step: { step in
        let tokens = inside == .tensors ? Reference.tokens(step) : rows(step, other)
        return try schedule.step(tokens, target: tokens).loss
      }, clip: { try schedule.clipGradNorm(maxNorm: Reference.maxNorm) }, optimizer: optimizer,
      state: {
        var state = ShardedState()
        state.add(schedule)
        try state.add(optimizer, of: schedule)
        return state
      },
      load: {
        try $0.load(into: schedule)
        try $0.load(into: optimizer, of: schedule)
      },
      whole: { try schedule.gatherStateDict(to: 0) })
  }

  /// With one microbatch nothing is added up in another order: the same bits also where rounding grows.
  private static func sameBits(_ world: ProcessGroup) throws {
    let (whole, model) = (try Reference.model(.float32), try Reference.model(.float32))
    let part = try splitIntoStages(model, count: world.size)[world.rank]
    let stage = try PipelineStage(part, stageIndex: world.rank, stageCount: world.size)
    let schedule = try ScheduleGPipe(stage, microbatchCount: 1, loss: .mean { Reference.loss($0, $1) })
    let optimizers = (SGD(whole.parameters(), lr: 0.05), SGD(schedule.parameters(), lr: 0.05))
    for step in 0..<10 {
      let tokens = Reference.tokens(step)
      optimizers.0.zeroGrad()
      let expected = try Reference.loss(whole, tokens)
      expected.backward()
      optimizers.0.step()
      optimizers.1.zeroGrad()
      let found = try schedule.step(tokens, target: tokens).loss
      optimizers.1.step()
      if let found { #expect(found.item() == expected.item(), "one microbatch, step \(step)") }
    }
  }

  static func combinedPipelines() throws {
    let world = try initProcessGroup(timeout: .seconds(60))
    let mesh = try DeviceMesh([2, 2], names: ["pipeline", "other"])
    let (line, other) = (try mesh.group("pipeline"), try mesh.group("other"))
    let me = try #require(try world.split(color: world.rank))
    let reference = try Reference(.float64)
    let others: [(String, () throws -> Combined)] = [
      ("one process", { try alone(.float64) }), ("sharding and tensors", { try tensors(.float64, other, data: line) }),
      ("four stages", { try pipeline(.float64, world, me, .data) }),
    ]
    let kinds: [(String, Inside)] = [
      ("pipelines and data", .data), ("pipelines and divided states", .statesDivided),
      ("pipelines and sharding", .sharded), ("pipelines and tensors", .tensors),
    ]
    for (title, inside) in kinds {
      let combined = try pipeline(.float64, line, other, inside)
      let steps = inside == .sharded ? Reference.steps : Reference.fewSteps
      try compare(title, world, reference, combined, steps: 0..<steps)
      try goOn(title, world, reference, combined, after: steps, inside == .sharded ? others : [others[0]])
    }
    // Backward passes in two parts, and two stages on each rank.
    let order = try PipelineOrder.interleavedZeroBubble(ranks: 2, stages: 4, microbatches: 2)
    for inside in [Inside.sharded, .tensors] {
      try compare(
        "backward in two parts, \(inside)", world, reference,
        try pipeline(.float64, line, other, inside, order: order), steps: 0..<(Reference.fewSteps / 2))
    }
    try sameBits(world)
    let single = try Reference(.float32)
    try compare(
      "pipelines and sharding", world, single, try pipeline(.float32, line, other, .sharded),
      steps: 0..<Reference.fewSteps)
    try destroyProcessGroup()
  }
}
