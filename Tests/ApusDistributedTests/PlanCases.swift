import Apus
import ApusCore
import ApusDistributed
import Foundation
import Testing

// Runs of trainings beside what the simulator says of them: what scripts/check-plan.py starts.

extension Cases {
  /// What two processes measure of the link between them.
  static func planLink() throws {
    let world = try initProcessGroup(timeout: .seconds(120))
    let link = try PlannedLink.measured(in: world)
    if world.rank == 0 {
      print("plan link \(link.latency) \(link.bandwidth) \(link.bothWays) \(link.processorTime)")
    }
    try destroyProcessGroup()
  }

  /// What networks take in each process alone: of one process, and of as many beside each other as there are cores.
  static func planProfile() throws {
    let world = try initProcessGroup(timeout: .seconds(120))
    try world.barrier()
    let memory = PlannedCluster.measuredMemoryBandwidth()
    if world.rank == 0 { print("plan memory \(world.size) \(memory)") }
    for name in words("APUS_PLAN_ROWS") {
      manualSeed(1)
      let network = try #require(PlanNetwork.named(name))
      try world.barrier()
      let model = try PlannedModel.measured(network, seconds: seconds)
      guard world.rank == 0 else { continue }
      let blocks = model.blocks.map { "\($0.forward),\($0.backward)" }.joined(separator: " ")
      print("plan profile \(world.size) \(name) \(model.optimizerTime ?? 0) \(blocks)")
    }
    try destroyProcessGroup()
  }

  /// Steps of trainings, `gpt:zero3`, `mlp:1f1b:4` and so on; rank 0 writes the median step.
  static func planRows() throws {
    let world = try initProcessGroup(timeout: .seconds(120))
    for text in words("APUS_PLAN_ROWS") {
      let row = try #require(PlanRow(text))
      manualSeed(1)
      let step = try row.prepare(world)
      var times: [Double] = []
      var total = 0.0
      for i in 0..<1000 {
        try world.barrier()
        let begin = Clock.seconds
        try step()
        try world.barrier()
        let time = Clock.seconds - begin
        // The first steps make buckets and fill caches.
        if i >= 3 {
          times.append(time)
          total += time
        }
        if try world.broadcast(Tensor([total > seconds && times.count >= 5 ? 1.0 : 0]), from: 0).item() > 0 { break }
      }
      if world.rank == 0 { print("plan row \(world.size) \(text) \(times.sorted()[times.count / 2])") }
    }
    try destroyProcessGroup()
  }

  static func words(_ name: String) -> [String] {
    (ProcessInfo.processInfo.environment[name] ?? "").split(separator: " ").map(String.init)
  }

  private static var seconds: Double {
    Double(ProcessInfo.processInfo.environment["APUS_PLAN_SECONDS"] ?? "") ?? 1.5
  }
}

/// A training of a network on several ranks: `mlp:data`, `gpt:tensor`, `mlp:gpipe:4` with four microbatches, `gpt:data2xtensor`, `gpt:data2x1f1b:4`.
struct PlanRow {
  let network: PlanNetwork
  let strategy: String
  let microbatches: Int

  init?(_ text: String) {
    let parts = text.split(separator: ":").map(String.init)
    guard parts.count >= 2, let network = PlanNetwork.named(parts[0]) else { return nil }
    self.network = network
    strategy = parts[1]
    microbatches = parts.count > 2 ? Int(parts[2]) ?? 1 : 1
  }

  /// How it is divided on so many ranks.
  func layout(_ world: Int) -> TrainingLayout {
    switch strategy {
    case "zero1": TrainingLayout(data: world, sharding: .zero1)
    case "zero3": TrainingLayout(data: world, sharding: .zero3)
    case "tensor": TrainingLayout(tensor: world)
    case "gpipe": TrainingLayout(pipeline: world, microbatches: microbatches, schedule: .gpipe)
    case "1f1b": TrainingLayout(pipeline: world, microbatches: microbatches)
    case "data2xtensor": TrainingLayout(data: 2, tensor: world / 2)
    case "data2x1f1b": TrainingLayout(data: 2, pipeline: world / 2, microbatches: microbatches)
    default: TrainingLayout(data: world)
    }
  }

  /// The layers of each stage in the run.
  private func counts(_ stages: Int) -> [Int] {
    switch (network.name, stages) {
    case ("gpt", 4): [2, 1, 1, 2]
    case ("gpt", 3): [2, 2, 2]
    default: (0..<stages).map { network.layers.count * ($0 + 1) / stages - network.layers.count * $0 / stages }
    }
  }

  /// What makes a step.
  func prepare(_ world: ProcessGroup) throws -> () throws -> Void {
    let model = Sequential(network.layers)
    let (x, y) = (network.x(network.examples * microbatches), network.y(network.examples * microbatches))
    let loss = network.loss
    func training(_ optimizer: Optimizer, _ body: @escaping () throws -> Void) -> () throws -> Void {
      return {
        optimizer.zeroGrad()
        try body()
        optimizer.step()
      }
    }
    func pipeline(_ group: ProcessGroup, _ data: ProcessGroup?, gpipe: Bool) throws -> () throws -> Void {
      let part = try splitIntoStages(model, count: group.size, by: .counts(counts(group.size)))[group.rank]
      let stage = try PipelineStage(part, stageIndex: group.rank, stageCount: group.size, group: group)
      let schedule: PipelineSchedule =
        gpipe
        ? try ScheduleGPipe(stage, microbatchCount: microbatches, loss: .mean { loss($0, $1) }, dataGroup: data)
        : try Schedule1F1B(stage, microbatchCount: microbatches, loss: .mean { loss($0, $1) }, dataGroup: data)
      return training(AdamW(schedule.parameters(), lr: 1e-4)) { _ = try schedule.step(x, target: y) }
    }
    switch strategy {
    case "zero1":
      let parallel = try DistributedDataParallel(model)
      let optimizer = try ZeroRedundancyOptimizer(parallel.parameters()) { AdamW($0, lr: 1e-4) }
      return training(optimizer) { loss(parallel(x), y).backward() }
    case "zero3":
      for layer in network.layers where !layer.parameters().isEmpty { try fullyShard(layer) }
      // The outermost unit has no parameters of its own; it knows the order of the others.
      try fullyShard(model)
      return training(AdamW(model.parameters(), lr: 1e-4)) { loss(model(x), y).backward() }
    case "tensor":
      try parallelize(model, group: world, plan: network.plan)
      return training(AdamW(model.parameters(), lr: 1e-4)) { loss(model(x), y).backward() }
    case "data2xtensor":
      let mesh = try DeviceMesh([2, world.size / 2], names: ["data", "tensor"])
      try parallelize(model, try mesh["tensor"], plan: network.plan)
      let parallel = try DistributedDataParallel(model, group: try mesh.group("data"))
      return training(AdamW(parallel.parameters(), lr: 1e-4)) { loss(parallel(x), y).backward() }
    case "gpipe", "1f1b": return try pipeline(world, nil, gpipe: strategy == "gpipe")
    case "data2x1f1b":
      // The pipeline is the outer dimension, as the planner lays it out.
      let row = try #require(try world.split(color: world.rank % 2))
      let replicas = try #require(try world.split(color: world.rank / 2))
      return try pipeline(row, replicas, gpipe: false)
    case "alone": return training(AdamW(model.parameters(), lr: 1e-4)) { loss(model(x), y).backward() }
    default:
      let parallel = try DistributedDataParallel(model)
      return training(AdamW(parallel.parameters(), lr: 1e-4)) { loss(parallel(x), y).backward() }
    }
  }
}
