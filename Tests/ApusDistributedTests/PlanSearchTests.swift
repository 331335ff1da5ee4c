import Apus
import ApusCore
import ApusDistributed
import ApusFormats
import ApusModels
import Testing

/// What the planner says of experts, positions, and more ranks, against closed forms and published numbers; and its search against all ways.
@Suite(.enabled(if: caseName == nil)) struct PlanSearchTests {
  private func cluster(_ world: Int, perHost: Int = 1, bandwidth: Double = 1e9, memory: Double = .infinity)
    -> PlannedCluster
  {
    PlannedCluster(
      world: world, ranksPerHost: perHost, memory: memory, flops: 1, inside: PlannedLink(latency: 0, bandwidth: 1e12),
      between: PlannedLink(latency: 0, bandwidth: bandwidth), library: .nccl)
  }

  private func layer(_ parameters: Int) -> PlannedBlock {
    PlannedBlock(
      name: "layer", parameters: [parameters], forward: 1, kept: 1000, output: 1e6, divisible: 1, forwardReductions: 1,
      backwardReductions: 1, reduced: 1e6)
  }

  private func model(_ blocks: [PlannedBlock]) -> PlannedModel {
    PlannedModel(name: "test", blocks: blocks, optimizerTime: 0)
  }

  private func configuration(_ type: String, _ values: [String: Int]) -> ModelConfiguration {
    var all = values.mapValues { JSON.int($0) }
    all["model_type"] = .string(type)
    return ModelConfiguration(all, path: "config.json")
  }

  /// 46.7 B parameters of which 12.9 B serve a token (Mistral AI's announcement of Mixtral 8x7B, 2023); 30.5 B and 3.3 B (model card of
  /// Qwen3-30B-A3B).
  @Test func publishedMixtures() throws {
    let mixtral = try PlannedModel(
      configuration(
        "mixtral",
        [
          "hidden_size": 4096, "num_hidden_layers": 32, "num_attention_heads": 32, "num_key_value_heads": 8,
          "intermediate_size": 14336, "num_local_experts": 8, "num_experts_per_tok": 2, "vocab_size": 32000,
          "max_position_embeddings": 32768,
        ]), length: 4096)
    #expect(abs(Double(mixtral.parameterCount) / 1e9 - 46.7) < 0.05)
    #expect(abs(Double(mixtral.activeParameters ?? 0) / 1e9 - 12.9) < 0.05)
    let qwen = try PlannedModel(
      configuration(
        "qwen3_moe",
        [
          "hidden_size": 2048, "num_hidden_layers": 48, "num_attention_heads": 32, "num_key_value_heads": 4,
          "head_dim": 128, "intermediate_size": 6144, "moe_intermediate_size": 768, "num_experts": 128,
          "num_experts_per_tok": 8, "vocab_size": 151936, "max_position_embeddings": 40960,
        ]), length: 4096)
    #expect(abs(Double(qwen.parameterCount) / 1e9 - 30.5) < 0.05)
    #expect(abs(Double(qwen.activeParameters ?? 0) / 1e9 - 3.3) < 0.1)
    // A token's forward pass: 2 operations for each parameter that it comes to (without the table), and scores.
    let products = 2 * (Double(mixtral.activeParameters ?? 0) - 32000 * 4096)
    let scores = 4.0 * 4096 * 4096 * 32
    let forward = mixtral.blocks.reduce(0) { $0 + $1.forward } / 4096
    #expect(abs(forward / (products + scores) - 1) < 0.01)
    let plan = try DistributedPlan(
      mixtral, PlannedTraining(batch: 64, elementBytes: 2),
      on: PlannedCluster(
        world: 16, ranksPerHost: 8, memory: 80e9, flops: 4e14, memoryBandwidth: 2e12,
        inside: PlannedLink(latency: 3e-6, bandwidth: 300e9), between: PlannedLink(latency: 1e-5, bandwidth: 100e9),
        library: .nccl))
    #expect(plan.entries.contains { $0.fits && $0.layout.experts > 1 })
    let table = "\(plan)".split(separator: "\n").prefix { !$0.hasPrefix("best") }
    #expect(table.allSatisfy { $0.count <= 100 }, "\(plan)")
  }

  /// Tokens go to other ranks' experts and back, in both passes: each time (n - 1) / n of them.
  @Test func exchangesOfExperts() throws {
    var block = layer(1_000_000)
    (block.parameters, block.experts, block.expertParameters) = ([], 8, [Int](repeating: 1_000_000, count: 8))
    block.exchanged = 1e8
    let found = try TrainingSimulation(
      model([block]), PlannedTraining(batch: 4), TrainingLayout(data: 4, experts: 4), on: cluster(4))
    #expect(abs(found.stepTime - (3 + 4 * 0.75 * 4e8 / 1e9)) < 1e-6, "\(found.stepTime)")
    // What is no expert is averaged behind it: 2 (n - 1) / n of 4 MB.
    block.parameters = [1_000_000]
    let sums = try TrainingSimulation(
      model([block]), PlannedTraining(batch: 4), TrainingLayout(data: 4, experts: 4), on: cluster(4))
    #expect(abs(sums.stepTime - found.stepTime - 1.5 * 4e6 / 1e9) < 1e-6)
    // 16 bytes a parameter, of a quarter of the experts.
    let memory = try MemoryEstimate(model([block]), PlannedTraining(batch: 4), TrainingLayout(data: 4, experts: 4))
    #expect(memory.parameters + memory.gradients + memory.states == 16 * (1e6 + 8e6 / 4))
    for layout in [TrainingLayout(data: 4, experts: 3), TrainingLayout(data: 2, tensor: 2, experts: 4)] {
      #expect(throws: TensorError.self) {
        try TrainingSimulation(model([block]), PlannedTraining(batch: 4), layout, on: cluster(4))
      }
    }
  }

  /// Korthikanti et al., 2022, table 2, without scores and dropout: a layer keeps sbh (8 + 24 / t) bytes in 16 bits where t ranks share it; with
  /// positions divided too, inputs of norms are a part as well, but those of products, which Apus keeps as they were gathered, are not.
  @Test(arguments: [1, 2, 4, 8]) func activationsOfPositions(_ ranks: Int) throws {
    var gpt = try PlannedModel(
      configuration(
        "gpt2", ["n_embd": 1024, "n_layer": 4, "n_head": 16, "vocab_size": 50257, "n_positions": 1024]), length: 1024)
    gpt.blocks = gpt.blocks.filter(\.isLayer)
    gpt.sharedParameters = 0
    gpt.dividesPositions = true
    let training = PlannedTraining(batch: 2, elementBytes: 2)
    let all = 4.0 * 2 * 1024 * 1024
    let t = Double(ranks)
    let whole = try MemoryEstimate(gpt, training, TrainingLayout(tensor: ranks)).activations
    #expect(abs(whole / all - (8 + 24 / t)) < 1e-9)
    let divided = try MemoryEstimate(gpt, training, TrainingLayout(tensor: ranks, dividesPositions: true)).activations
    #expect(abs(divided / all - (4 + (4 + 24) / t)) < 1e-9)
  }

  /// A sum by a ring is a reduction to parts and a gathering of them: positions that are divided cost the same messages.
  @Test func messagesOfPositions() throws {
    var shared = model([layer(1000), layer(1000)])
    shared.dividesPositions = true
    let training = PlannedTraining(batch: 2)
    let sums = try TrainingSimulation(shared, training, TrainingLayout(tensor: 2), on: cluster(2))
    let parts = try TrainingSimulation(
      shared, training, TrainingLayout(tensor: 2, dividesPositions: true), on: cluster(2))
    #expect(abs(sums.stepTime - parts.stepTime) < 1e-9 && sums.sentBytes == parts.sentBytes)
    shared.dividesPositions = false
    #expect(throws: TensorError.self) {
      try TrainingSimulation(shared, training, TrainingLayout(tensor: 2, dividesPositions: true), on: cluster(2))
    }
  }

  /// The microbatches that ranks keep, counted in the orders of their computations.
  @Test(arguments: [(2, 4, 1), (4, 8, 1), (3, 3, 1), (8, 5, 1), (2, 4, 2), (4, 8, 2), (4, 4, 3), (3, 9, 2)])
  func keptMicrobatches(_ ranks: Int, _ microbatches: Int, _ local: Int) throws {
    let orders: [(TrainingLayout.Schedule, PipelineOrder)] =
      local > 1
      ? [(.interleaved, try .interleaved(ranks: ranks, stages: ranks * local, microbatches: microbatches))]
      : [
        (.gpipe, try .gpipe(ranks: ranks, microbatches: microbatches)),
        (.oneForwardOneBackward, try .oneForwardOneBackward(ranks: ranks, microbatches: microbatches)),
      ]
    for (schedule, order) in orders {
      let most = order.ranks.map { actions -> Int in
        var (count, most) = (0, 0)
        for action in actions {
          count += action.kind == .forward ? 1 : -1
          most = max(most, count)
        }
        return most
      }
      let layout = TrainingLayout(
        pipeline: ranks, microbatches: microbatches, schedule: schedule, stagesPerRank: local)
      let found = try MemoryEstimate(
        model([PlannedBlock](repeating: layer(10), count: ranks * local)), PlannedTraining(batch: microbatches), layout)
      #expect(found.activations == 4 * 1000 * Double(most.max() ?? 0), "\(schedule)")
    }
  }

  /// What is left out of the simulations would not have won.
  @Test(arguments: [1e9, 3e6]) func searchFindsTheFastest(_ bandwidth: Double) throws {
    let (machines, network) = (
      cluster(8, perHost: 4, bandwidth: bandwidth), model([PlannedBlock](repeating: layer(1_000_000), count: 8))
    )
    let training = PlannedTraining(batch: 32)
    let plan = try DistributedPlan(network, training, on: machines)
    var least = Double.infinity
    for tensor in [1, 2, 4, 8] {
      for pipeline in [1, 2, 4, 8] where tensor * pipeline <= 8 {
        let data = 8 / (tensor * pipeline)
        for sharding in TrainingLayout.Sharding.allCases {
          for count in pipeline == 1 ? [1] : [pipeline, 2 * pipeline, 4 * pipeline] where 32 / data % count == 0 {
            let layout = TrainingLayout(
              data: data, tensor: tensor, pipeline: pipeline, sharding: sharding, microbatches: count)
            least = min(least, try TrainingSimulation(network, training, layout, on: machines).stepTime)
          }
        }
      }
    }
    let found = try #require(plan.entries.first?.simulation)
    #expect(found.stepTime <= least * (1 + 1e-9), "\(found.stepTime), \(least)")
    // And it is what its way takes, simulated by itself.
    let again = try TrainingSimulation(network, training, plan.entries[0].layout, on: machines)
    #expect(abs(again.stepTime / found.stepTime - 1) < 1e-9)
    #expect(abs(again.computeTime / found.computeTime - 1) < 1e-9 && !again.events.isEmpty)
  }

  /// Two ranks and no network take half as long as one; with one that is slow, most is lost somewhere.
  @Test func scaling() throws {
    let network = model([PlannedBlock](repeating: layer(1_000_000), count: 4))
    let training = PlannedTraining(batch: 12)
    let fast = try ScalingPlan(network, training, on: cluster(6, bandwidth: 1e15), strategy: .data)
    #expect(fast.rows.map(\.world) == [1, 2, 4, 6] && fast.halved == nil)
    for row in fast.rows {
      #expect(abs((row.best?.simulation?.stepTime ?? 0) - 12 * 12 / Double(row.world)) < 1e-3)
    }
    // Rings of 2 (n - 1) / n of 16 MB at 400 kB/s: 40 s for two ranks, 60 for four, 66.7 for six, partly behind the backward pass.
    let slow = try ScalingPlan(network, training, on: cluster(6, bandwidth: 4e5), strategy: .data)
    let halves = slow.rows.filter { ($0.best?.efficiency ?? 1) < 0.5 }.map(\.world)
    #expect(slow.halved == halves.first && slow.halved != nil, "\(slow)")
    #expect("\(slow)".contains("from \(halves[0]) ranks on more than half of the speed is lost"))
    #expect("\(slow)".split(separator: "\n").allSatisfy { $0.count <= 100 } && slow.json.contains("\"halved\""))
  }
}
