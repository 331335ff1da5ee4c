import Apus
import ApusCore
import ApusDistributed
import Foundation
import Testing

extension Cases {
  /// The largest difference of two rows of numbers, in parts of the first.
  static func difference(_ a: [Double], _ b: [Double]) -> Double {
    a.count == b.count ? zip(a, b).map { abs($0 - $1) / max(abs($0), 1e-12) }.max() ?? 0 : .infinity
  }

  /// Divided trainings have the losses of one process, and of PyTorch.
  static func sharding() throws {
    let world = try initProcessGroup(timeout: .seconds(60))
    for task in ShardedTask.allCases {
      for rule in ShardedRule.allCases {
        let alone = try ShardedTraining(task, rule, .alone, .float64, world).losses(50)
        let torch = task.recorded(rule)
        #expect(difference(torch, [0, 9, 24, 49].map { alone[$0] }) < 1e-6, "\(task) \(rule) alone")
        // Half of the matrix in each case: what is left is in the other types and ranks.
        let ways: [ShardedWay] = rule == .sgd ? [.zero1, .zero3] : [.zero2, .zero2Units, .zero3]
        for way in ways {
          let found = try ShardedTraining(task, rule, way, .float64, world).losses(50)
          #expect(difference(alone, found) < 1e-6, "\(task) \(rule) \(way): \(difference(alone, found))")
        }
      }
    }
    let single = try ShardedTraining(.gpt, .adamw, .alone, .float32, world).losses(50)
    let found = try ShardedTraining(.gpt, .adamw, .zero3, .float32, world).losses(50)
    #expect(difference(single, found) < 1e-4, "float32: \(difference(single, found))")
    let plain = try ShardedTraining(.gpt, .adamw, .zero3, .float32, world, overlap: false).losses(50)
    #expect(difference(single, plain) < 1e-4, "one after the other: \(difference(single, plain))")
    // As among many ranks.
    mostDirectRanks.withLock { $0 = 0 }
    let collective = try ShardedTraining(.gpt, .adamw, .zero3, .float32, world).losses(50)
    #expect(difference(single, collective) < 1e-4, "by collectives: \(difference(single, collective))")
    try destroyProcessGroup()
  }

  /// What goes with sharding: accumulation, frozen parameters, clipping, checkpointed blocks, hybrid groups, narrow types, whole parameters.
  static func shardingDetails() throws {
    let world = try initProcessGroup(timeout: .seconds(60))
    try shardShapes(world)
    try shardClipping(world)
    try shardAccumulation(world)
    try shardFrozen(world)
    try shardCheckpointed(world)
    try shardNarrow(world)
    try shardCompiled(world)
    try shardMistakes(world)
    if world.size == 4 { try shardHybrid(world) }
    try destroyProcessGroup()
  }

  private static func shardShapes(_ world: ProcessGroup) throws {
    let training = try ShardedTraining(.mlp, .sgd, .zero3, .float64, world)
    let whole = ShardedTask.mlp.model(.float64)
    let parameters = training.model.namedParameters()
    // Rows are divided as PyTorch divides them: ceil(13 / ranks) each, and what is left.
    let chunk = (13 + world.size - 1) / world.size
    let rows = max(0, min(13, (world.rank + 1) * chunk) - min(13, world.rank * chunk))
    #expect(parameters[0].tensor.shape == [rows, 7])
    #expect(parameters[1].tensor.shape == [rows])
    let state = try #require(try training.sharded?.fullStateDict(to: nil))
    for (name, tensor) in whole.stateDict() {
      let found = try #require(state[name])
      #expect(equal(found, tensor), "\(name)")
    }
    let inside = try training.sharded?.withFullParameters { training.model.getParameter("a.weight").detach() }
    #expect(inside.map { equal($0, whole.getParameter("a.weight").detach()) } == true)
    #expect(training.model.getParameter("a.weight").shape == [rows, 7])
    // Evaluation keeps nothing, and gives what the whole model gives.
    let x = ShardedTask.mlp.batch(0, 0..<12, .float64).x
    let (a, b) = noGrad { (training.model(x), whole(x)) }
    #expect((a - b).abs().max().item() < 1e-14)
    try training.sharded?.loadFullStateDict(whole.stateDict())
    _ = try training.run()
    let gradient = try #require(parameters[0].tensor.grad)
    #expect(gradient.shape == [rows, 7])
  }

  private static func shardClipping(_ world: ProcessGroup) throws {
    for way in [ShardedWay.zero1, .zero2, .zero3] {
      let alone = try ShardedTraining(.mlp, .sgd, .alone, .float64, world)
      let divided = try ShardedTraining(.mlp, .sgd, way, .float64, world)
      (alone.maxNorm, divided.maxNorm) = (0.05, 0.05)
      let (a, b) = (try alone.losses(5), try divided.losses(5))
      #expect(difference(a, b) < 1e-9, "clipped, \(way): \(a) \(b)")
    }
  }

  private static func shardAccumulation(_ world: ProcessGroup) throws {
    let alone = ShardedTask.gpt.model(.float64)
    let divided = ShardedTask.gpt.model(.float64)
    let sharded = try ShardedTraining.shard(divided, world, nil, nil, MixedPrecisionPolicy())
    let share = 12 / world.size / 3
    func rows(_ part: Int) -> Range<Int> {
      let first = (world.rank * 3 + part) * share
      return first..<(first + share)
    }
    if share > 0 {
      sharded.noSync {
        for part in 0..<2 { ShardedTask.gpt.loss(divided, ShardedTask.gpt.batch(0, rows(part), .float64)).backward() }
      }
      #expect(divided.parameters().allSatisfy { $0.grad == nil })
      ShardedTask.gpt.loss(divided, ShardedTask.gpt.batch(0, rows(2), .float64)).backward()
      // And once more, added to what is there.
      ShardedTask.gpt.loss(divided, ShardedTask.gpt.batch(0, rows(2), .float64)).backward()
      for part in [0, 1, 2, 2] {
        for rank in 0..<world.size {
          let first = (rank * 3 + part) * share
          let loss = ShardedTask.gpt.loss(alone, ShardedTask.gpt.batch(0, first..<(first + share), .float64))
          (loss / Double(world.size)).backward()
        }
      }
      try compareGradients(alone, divided, world, "accumulated")
    }
  }

  /// Compares the gradients of this rank's rows with those of a model that is not divided.
  private static func compareGradients(
    _ whole: any Layer, _ divided: any Layer, _ world: ProcessGroup, _ what: String, tolerance: Double = 1e-9
  ) throws {
    for (own, all) in zip(divided.namedParameters(), whole.parameters()) {
      guard let expected = all.grad else {
        #expect(own.tensor.grad == nil, "\(what): \(own.name)")
        continue
      }
      let gradient = try #require(own.tensor.grad, "\(what): \(own.name)")
      let chunk = (expected.shape[0] + world.size - 1) / world.size
      let (first, end) = (min(expected.shape[0], world.rank * chunk), min(expected.shape[0], (world.rank + 1) * chunk))
      let rows = expected.narrow(0, first, end - first)
      #expect(gradient.shape == rows.shape)
      if rows.count > 0 {
        let error = (gradient.to(.float64) - rows.to(.float64)).abs().max().item()
        #expect(error < tolerance, "\(what): \(own.name) \(error)")
      }
    }
  }

  private static func shardFrozen(_ world: ProcessGroup) throws {
    let (alone, divided) = (ShardedTask.gpt.model(.float64), ShardedTask.gpt.model(.float64))
    for model in [alone, divided] {
      for (name, parameter) in model.namedParameters()
      where name.hasPrefix("blocks.1") || name.hasSuffix("proj.weight") || name.hasPrefix("wpe") {
        parameter.requiresGrad = false
      }
    }
    _ = try ShardedTraining.shard(divided, world, nil, true, MixedPrecisionPolicy())
    let batch = ShardedTask.gpt.batch(3, 0..<12, .float64)
    ShardedTask.gpt.loss(divided, batch).backward()
    ShardedTask.gpt.loss(alone, batch).backward()
    try compareGradients(alone, divided, world, "frozen")
  }

  private static func shardCheckpointed(_ world: ProcessGroup) throws {
    let (alone, divided) = (ShardedMLP(), ShardedMLP())
    for model in [alone, divided] {
      model.double()
      for (i, parameter) in model.parameters().enumerated() {
        var parameter = parameter
        noGrad {
          parameter.assign(
            (Tensor((0..<parameter.count).map { Double($0) }, dtype: .float64) + Double(i)).sin().reshape(
              parameter.shape))
        }
      }
    }
    _ = try ShardedTraining.shard(divided, world, nil, nil, MixedPrecisionPolicy())
    let (x, y) = ShardedTask.mlp.batch(1, 0..<12, .float64)
    let h = checkpoint({ divided.b(divided.a($0).tanh()).tanh() }, x.leaf())
    mseLoss(divided.b(divided.a(x).tanh()).tanh().sum() * 0 + h.sum(), y.sum()).backward()
    mseLoss(alone.b(alone.a(x).tanh()).tanh().sum(), y.sum()).backward()
    try compareGradients(alone, divided, world, "checkpointed")
  }

  private static func shardNarrow(_ world: ProcessGroup) throws {
    let alone = try ShardedTraining(.gpt, .adamw, .alone, .float32, world)
    let narrow = try ShardedTraining(
      .gpt, .adamw, .zero3, .float32, world,
      precision: MixedPrecisionPolicy(parameterType: .bfloat16, reductionType: .float32, outputType: .float32))
    let (a, b) = (try alone.losses(10), try narrow.losses(10))
    #expect(difference(a, b) < 0.03, "bfloat16: \(a) \(b)")
    #expect(difference(a, b) > 1e-6)
    #expect(narrow.model.parameters().allSatisfy { $0.dtype == .float32 && $0.grad?.dtype ?? .float32 == .float32 })
  }

  /// Compiled functions that call a sharded model run eagerly, say why, and give the same gradients.
  private static func shardCompiled(_ world: ProcessGroup) throws {
    let (alone, divided) = (ShardedTask.mlp.model(.float64), ShardedTask.mlp.model(.float64))
    _ = try ShardedTraining.shard(divided, world, nil, nil, MixedPrecisionPolicy())
    let forward = compile { (x: Tensor) in divided(x) }
    let pass = compile { (x: Tensor, y: Tensor) in
      let loss = mseLoss(divided(x), y)
      loss.backward()
      return loss
    }
    let (x, y) = ShardedTask.mlp.batch(1, 0..<12, .float64)
    for _ in 0..<2 {
      mseLoss(forward(x), y).backward()
      _ = pass(x, y)
      for _ in 0..<2 { mseLoss(alone(x), y).backward() }
      try compareGradients(alone, divided, world, "compiled")
    }
    for text in [forward.explain(), pass.explain()] {
      #expect(text.contains("runs eagerly: a module has hooks"), "\(text)")
    }
  }

  private static func shardMistakes(_ world: ProcessGroup) throws {
    let model = ShardedMLP()
    if world.rank == 1 { model.c.double() }
    #expect(throws: TensorError.self) { try fullyShard(model, group: world) }
    let other: any Layer = world.rank == 0 ? Linear(3, 4) : Linear(4, 3)
    #expect(throws: TensorError.self) { try ZeroRedundancyOptimizer(other.parameters(), group: world) { SGD($0) } }
    if world.size > 2 {
      #expect(throws: TensorError.self) {
        try ZeroRedundancyOptimizer(Linear(3, 4).parameters(), group: world) { SGD($0) }
      }
    }
  }

  private static func shardHybrid(_ world: ProcessGroup) throws {
    let mesh = try DeviceMesh([2, 2], names: ["replicate", "shard"], group: world)
    let alone = try ShardedTraining(.gpt, .adamw, .alone, .float64, world).losses(10)
    let hybrid = try ShardedTraining(
      .gpt, .adamw, .zero3, .float64, try mesh.group("shard"), replicas: try mesh.group("replicate"))
    // The same by the mesh itself.
    let model = ShardedTask.mlp.model(.float64)
    func shard(_ model: some Layer) throws -> FullyShardedModule { try fullyShard(model, mesh: mesh) { $0 is Linear } }
    let sharded = try shard(model)
    let whole = ShardedTask.mlp.model(.float64)
    ShardedTask.mlp.loss(model, ShardedTask.mlp.batch(0, (world.rank * 3)..<(world.rank * 3 + 3), .float64)).backward()
    ShardedTask.mlp.loss(whole, ShardedTask.mlp.batch(0, 0..<12, .float64)).backward()
    try compareGradients(whole, model, try mesh.group("shard"), "mesh")
    let norm = try sharded.clipGradNorm(maxNorm: 0.1).item()
    #expect(abs(norm - clipGradNorm(whole.parameters(), maxNorm: 0.1).item()) < 1e-12)
    let cube = try DeviceMesh([1, 2, 2], group: world)
    #expect(throws: TensorError.self) { try fullyShard(Linear(2, 2), mesh: cube) }
    let found = try (0..<10).map { _ in try hybrid.run(ranks: world) }
    #expect(difference(alone, found) < 1e-6, "hybrid \(difference(alone, found))")
  }

  // MARK: Checkpoints

  /// Where the checkpoints of a test are.
  static var checkpointFolder: String {
    ProcessInfo.processInfo.environment["APUS_TEST_FOLDER"] ?? NSTemporaryDirectory() + "apus-sharded"
  }

  private static func state(_ training: ShardedTraining) throws -> ShardedState {
    var state = ShardedState()
    state.add(training.model)
    try state.add(training.optimizer, of: training.model)
    state.texts["step"] = "\(training.step)"
    return state
  }

  private static func resume(_ training: ShardedTraining, _ folder: String) throws {
    let checkpoint = try ShardedCheckpoint(path: folder)
    try checkpoint.load(into: training.model)
    try checkpoint.load(into: training.optimizer, of: training.model)
    training.step = try #require(checkpoint.texts["step"].flatMap { Int($0) })
  }

  /// Trains, saves, trains on, and leaves the losses in the folder for others to meet.
  static func shardedSave() throws {
    let world = try initProcessGroup(timeout: .seconds(60))
    for way in [ShardedWay.zero1, .zero3] {
      let folder = "\(checkpointFolder)/\(way)"
      let training = try ShardedTraining(.gpt, .adamw, way, .float64, world)
      _ = try training.losses(3)
      try saveSharded(try state(training), to: folder)
      _ = try training.losses(3)
      // Over the former one, while the training goes on.
      let writer = try ShardedCheckpointWriter(folder: folder)
      try writer.save(try state(training))
      let losses = try training.losses(4)
      try writer.wait()
      let files = try FileManager.default.contentsOfDirectory(atPath: folder)
      #expect(files.count == world.size + 1, "\(files)")
      try resume(training, folder)
      #expect(training.step == 6)
      #expect(difference(losses, try training.losses(4)) < 1e-12)
      if world.rank == 0 {
        try losses.map { "\($0)" }.joined(separator: "\n").write(
          toFile: "\(folder)/losses", atomically: true, encoding: .utf8)
      }
    }
    var odd = ShardedState()
    odd.pieces = [TensorPiece(name: "x", wholeShape: [8, 3], offset: [world.rank, 0], tensor: Tensor.zeros([2, 3]))]
    let overlapping = odd
    #expect(throws: TensorError.self) { try saveSharded(overlapping, to: "\(checkpointFolder)/odd") }
    try destroyProcessGroup()
  }

  /// Goes on from ``shardedSave()`` on another number of ranks and in another way.
  static func shardedResume() throws {
    let world = try initProcessGroup(timeout: .seconds(60))
    for from in [ShardedWay.zero1, .zero3] {
      let folder = "\(checkpointFolder)/\(from)"
      let expected = try String(contentsOfFile: "\(folder)/losses", encoding: .utf8).split(separator: "\n").compactMap {
        Double($0)
      }
      for way in [ShardedWay.alone, .zero2, .zero3] {
        let training = try ShardedTraining(.gpt, .adamw, way, .float64, world)
        try resume(training, folder)
        let found = try training.losses(4)
        #expect(difference(expected, found) < 1e-6, "\(from) to \(way) on \(world.size): \(expected) \(found)")
      }
    }
    if world.rank == 0 {
      let model = "\(checkpointFolder)/model"
      try consolidateCheckpoint("\(checkpointFolder)/zero3", to: model, maxShardSize: 20_000)
      let whole = ShardedTask.gpt.model(.float64)
      try ShardedCheckpoint(path: model).load(into: whole)
      let checkpoint = try ShardedCheckpoint(path: "\(checkpointFolder)/zero3")
      for (name, tensor) in whole.stateDict() {
        #expect(equal(try checkpoint.tensor(named: "model.\(name)"), tensor), "\(name)")
      }
      let part = try checkpoint.tensor(named: "model.blocks.1.up.weight", offset: [9, 2], shape: [17, 5])
      #expect(equal(part, whole.getParameter("blocks.1.up.weight").detach()[9..<26, 2..<7]))
      #expect(throws: TensorError.self) { try checkpoint.tensor(named: "model.blocks.1.up.weigth") }
      #expect(throws: TensorError.self) {
        try checkpoint.tensor(named: "model.wte.weight", offset: [20, 0], shape: [10, 16])
      }
    }
    try destroyProcessGroup()
  }

  /// Saves without an end, until somebody ends it. Each checkpoint has one number in all of its elements.
  static func shardedSaving() throws {
    let world = try initProcessGroup(timeout: .seconds(60))
    for number in 1... {
      var state = ShardedState()
      for i in 0..<4 {
        state.pieces.append(
          TensorPiece(
            name: "t\(i)", wholeShape: [50 * world.size, 100], offset: [50 * world.rank, 0],
            tensor: Tensor.full([50, 100], Double(number))))
      }
      state.texts["number"] = "\(number)"
      try saveSharded(state, to: checkpointFolder)
      if number == 1, world.rank == 0 {
        try "".write(toFile: "\(checkpointFolder)/begun", atomically: true, encoding: .utf8)
      }
    }
  }
}
