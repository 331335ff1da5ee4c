import Apus
import ApusCore
import ApusDistributed
import ApusModels
import Foundation
import Testing

/// The planner against closed forms, published figures, and what models and optimisers really hold.
@Suite(.enabled(if: caseName == nil)) struct PlanTests {
  /// Ranks with hosts of their own, links of 1 GB/s without latency, one operation a second.
  private func cluster(
    _ world: Int, perHost: Int = 1, library: PlannedCluster.Library = .nccl, latency: Double = 0
  ) -> PlannedCluster {
    let link = PlannedLink(latency: latency, bandwidth: 1e9)
    return PlannedCluster(
      world: world, ranksPerHost: perHost, flops: 1, inside: PlannedLink(latency: 0, bandwidth: 1e12), between: link,
      library: library)
  }

  /// Layers of a million parameters, each of whose examples takes one second forward.
  private func model(_ layers: Int, backward: Double = 2) -> PlannedModel {
    PlannedModel(
      name: "test",
      blocks: (0..<layers).map { i in
        PlannedBlock(
          name: "\(i)", parameters: [1_000_000], forward: 1, backward: backward, kept: 1000, output: 100, divisible: 1,
          forwardReductions: 1, backwardReductions: 1, reduced: 1000)
      }, optimizerTime: 0)
  }

  @Test func rings() {
    let cluster = cluster(4, latency: 1e-5)
    let place = GroupPlace(size: 4, stride: 1, ranksOnHost: 1, cluster)
    // 2 (n - 1) messages, 2 (n - 1) / n of the bytes.
    let sum = cluster.cost(.allReduce, 8e8, place)
    #expect(sum.algorithm == "ring" && abs(sum.duration - (6e-5 + 1.2)) < 1e-9 && sum.bytes == 1.2e9)
    let gather = cluster.cost(.allGather, 8e8, place)
    #expect(abs(gather.duration - (3e-5 + 0.6)) < 1e-9)
    // Small ones go through a tree.
    #expect(cluster.cost(.allReduce, 8, place).algorithm == "tree")
    // Four ranks of a host share its link.
    let wide = PlannedCluster(
      world: 8, ranksPerHost: 4, flops: 1, inside: cluster.inside, between: cluster.between, library: .nccl)
    let column = GroupPlace(size: 2, stride: 4, ranksOnHost: 4, wide)
    #expect(column.siblings == 4 && column.hosts == 2)
    #expect(abs(wide.cost(.allReduce, 8e8, column).port - 4 * 0.8) < 1e-9)
  }

  @Test func treesOfOpenMPI() {
    // Counted by hand from the rounds of its binomial trees.
    #expect([2, 3, 4].map { PlannedCluster.Tree.reduction($0) } == [1, 2, 2])
    #expect([2, 3, 4].map { PlannedCluster.Tree.broadcast($0) } == [1, 2, 3])
  }

  /// GPipe and 1F1B are idle for (p - 1) / (m + p - 1) of the time.
  @Test(arguments: [(2, 4), (4, 8), (3, 5)]) func bubbles(_ ranks: Int, _ microbatches: Int) throws {
    for schedule in [TrainingLayout.Schedule.gpipe, .oneForwardOneBackward] {
      let layout = TrainingLayout(pipeline: ranks, microbatches: microbatches, schedule: schedule)
      let found = try TrainingSimulation(
        model(ranks), PlannedTraining(batch: microbatches), layout,
        on: PlannedCluster(
          world: ranks, ranksPerHost: ranks, flops: 1, inside: PlannedLink(latency: 0, bandwidth: 1e15),
          between: PlannedLink(latency: 0, bandwidth: 1e15), library: .nccl))
      let (p, m) = (Double(ranks), Double(microbatches))
      #expect(abs(found.stepTime - 3 * (m + p - 1)) < 1e-3)
      #expect(abs(found.bubbleTime / found.stepTime - (p - 1) / (m + p - 1)) < 1e-3)
    }
  }

  /// What the backward pass hides: all reductions but that of the layer that comes last.
  @Test func reductionsHideBehindTheBackwardPass() throws {
    // Each layer is a bucket of 4 MB: 2 (n - 1) / n of it on 1 GB/s are 4 ms.
    var training = PlannedTraining(batch: 2, bucketCapMB: 1)
    training.bucketBytes = 4_000_000
    var slow = model(5)
    for i in slow.blocks.indices { (slow.blocks[i].forward, slow.blocks[i].backward) = (0.01, 0.02) }
    let found = try TrainingSimulation(slow, training, TrainingLayout(data: 2), on: cluster(2))
    #expect(abs(found.stepTime - (5 * 0.03 + 0.004)) < 1e-4, "\(found.stepTime)")
    // Where the link is slower than computing it is the link that counts, from the first complete gradient on.
    for i in slow.blocks.indices { (slow.blocks[i].forward, slow.blocks[i].backward) = (0.001, 0.002) }
    let bound = try TrainingSimulation(slow, training, TrainingLayout(data: 2), on: cluster(2))
    #expect(abs(bound.stepTime - (5 * 0.001 + 0.002 + 5 * 0.004)) < 1e-4, "\(bound.stepTime)")
  }

  /// Ranks that share cores take turns.
  @Test func sharedCores() throws {
    var shared = cluster(4, perHost: 4)
    shared.coresPerHost = 2
    let training = PlannedTraining(batch: 4)
    let found = try TrainingSimulation(model(2), training, TrainingLayout(data: 4), on: shared)
    #expect(abs(found.stepTime - 12) < 0.1)
    shared.sideBySide = 1.5
    let slower = try TrainingSimulation(model(2), training, TrainingLayout(data: 4), on: shared)
    #expect(abs(slower.stepTime - 18) < 0.1)
  }

  /// 16 bytes a parameter for AdamW in float32, and what ZeRO leaves of them.
  @Test func memoriesOfZeRO() throws {
    let training = PlannedTraining(batch: 8)
    func bytes(_ sharding: TrainingLayout.Sharding) throws -> MemoryEstimate {
      try MemoryEstimate(model(10), training, TrainingLayout(data: 4, sharding: sharding))
    }
    let p = 1e7
    let all = try bytes(.none)
    #expect(all.parameters + all.gradients + all.states == 16 * p)
    let one = try bytes(.zero1)
    #expect(one.parameters + one.gradients + one.states == 8 * p + 8 * p / 4)
    let two = try bytes(.zero2)
    #expect(two.parameters + two.gradients + two.states == 16 * p / 4 && two.buffers >= 4 * p)
    let three = try bytes(.zero3)
    #expect(three.parameters + three.gradients + three.states == 16 * p / 4)
    // A unit or two, whole.
    #expect(three.buffers <= 4 * 4 * 1e6)
    // Products in 16 bits: 2 + 2 + 12.
    let half = try MemoryEstimate(model(10), PlannedTraining(batch: 8, elementBytes: 2), TrainingLayout(data: 4))
    #expect(half.parameters + half.gradients + half.states == 16 * p)
    // 1F1B keeps as many microbatches as there are ranks, GPipe all.
    func kept(_ schedule: TrainingLayout.Schedule) throws -> Double {
      try MemoryEstimate(
        model(10), training, TrainingLayout(pipeline: 2, microbatches: 8, schedule: schedule)
      ).activations
    }
    #expect(try kept(.gpipe) == 4 * kept(.oneForwardOneBackward))
  }

  /// The parameters that the arithmetic counts are those that models have.
  @Test func parametersOfConfigurations() throws {
    for path in Self.configurations {
      let configuration = try ModelConfiguration(path: path)
      let planned = try PlannedModel(configuration, length: 8)
      let model = try Init.skipped { () throws(TensorError) in try AutoModel.make(configuration, head: .causalLM) }
      var seen: Set<ObjectIdentifier> = []
      let count = model.parameters().reduce(0) { sum, tensor in
        tensor.variableIdentity.map { seen.insert($0).inserted } ?? true ? sum + tensor.count : sum
      }
      // Norms of queries and keys, and biases of single layers, are left out.
      #expect(
        abs(Double(planned.parameterCount - count)) <= 0.02 * Double(count),
        "\(path): \(planned.parameterCount), \(count)")
    }
  }

  private static var configurations: [String] {
    let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
      .appendingPathComponent("ConformanceTests/Fixtures/models/models").path
    let kinds: Set<String> = ["llama", "mistral", "qwen2", "qwen3", "gpt2", "gpt_neox", "phi3", "gemma2", "mixtral"]
    let names = (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
    return names.sorted().map { "\(folder)/\($0)" }.filter { path in
      (try? ModelConfiguration(path: path)).map { configuration in
        kinds.contains(configuration.modelType) && configuration.architectures.first?.hasSuffix("LMHeadModel") != false
          || kinds.contains(configuration.modelType)
            && configuration.architectures.first?.hasSuffix("ForCausalLM") == true
      } ?? false
    }
  }

  @Test func quantities() throws {
    #expect(try Quantity.bytes("80GB") == 80e9 && Quantity.bytes("1.5 GiB") == 1.5 * 1_073_741_824)
    #expect(try Quantity.bandwidth("100Gbit/s") == 12.5e9 && Quantity.bandwidth("25Gbps") == 3.125e9)
    #expect(
      try Quantity.bandwidth("300GB/s") == 300e9 && Quantity.seconds("5ms") == 0.005 && Quantity.seconds("0") == 0)
    #expect(try Quantity.flops("400TFLOPS") == 4e14 && Quantity.flops("50 GFLOP/s") == 5e10)
    for text in ["80", "GB", "-1GB", "80GBB", "80 apples", ""] {
      #expect(throws: TensorError.self) { try Quantity.bytes(text) }
    }
    #expect(throws: TensorError.self) { try Quantity.bandwidth("100ms") }
    #expect(throws: TensorError.self) { try Quantity.seconds("5") }
    let error = #expect(throws: TensorError.self) { try Quantity.bandwidth("100 apples") }
    #expect(error?.message.contains("100Gbit") == true)
    #expect(Quantity.text(bytes: 12_345_678_901) == "12.3 GB" && Quantity.text(seconds: 0.0123) == "12.3 ms")
  }

  @Test func mistakes() throws {
    let training = PlannedTraining(batch: 4)
    #expect(throws: TensorError.self) {
      try TrainingSimulation(model(4), training, TrainingLayout(data: 3), on: cluster(4))
    }
    #expect(throws: TensorError.self) {
      try TrainingSimulation(model(4), training, TrainingLayout(data: 8), on: cluster(8))
    }
    #expect(throws: TensorError.self) {
      try TrainingSimulation(model(4), training, TrainingLayout(pipeline: 8, microbatches: 4), on: cluster(8))
    }
    // 7 ranks, 4 examples, and no strategy that fits.
    #expect(throws: TensorError.self) {
      try DistributedPlan(model(4), training, on: cluster(7), strategy: .data)
    }
  }

  /// The plan of a model that is too large for a rank, and of one that fits nowhere.
  @Test func plans() throws {
    var machines = cluster(8, perHost: 4)
    machines.memory = 100e6
    let plan = try DistributedPlan(model(8), PlannedTraining(batch: 16), on: machines)
    #expect(plan.entries.contains { !$0.fits } && plan.entries.first?.fits == true)
    #expect(
      plan.entries.filter(\.fits).allSatisfy {
        $0.memory.total <= 100e6 && $0.efficiency > 0 && $0.efficiency <= 1.0001
      })
    #expect("\(plan)".contains("DeviceMesh") || "\(plan)".contains("fullyShard") || "\(plan)".contains("parallel"))
    #expect("\(plan)".split(separator: "\n").allSatisfy { $0.count <= 100 })
    machines.memory = 1e6
    let none = try DistributedPlan(model(8), PlannedTraining(batch: 16), on: machines)
    #expect(none.entries.allSatisfy { !$0.fits } && "\(none)".contains("nothing fits"))
  }

  /// What a module tells, and the same counted by hand.
  @Test func modulesAreCounted() throws {
    let net = Sequential(Linear(20, 64), ReLU(), Linear(64, 4))
    let planned = try PlannedModel(net, input: [5, 20])
    #expect(planned.parameterCount == 20 * 64 + 64 + 64 * 4 + 4)
    #expect(planned.blocks.map(\.output) == [64, 64, 4])
    let products = planned.blocks.reduce(0) { $0 + $1.forward }
    #expect(products >= 2 * Double(20 * 64 + 64 * 4) && products <= 2.2 * Double(20 * 64 + 64 * 4) + 200)
    #expect(throws: TensorError.self) { try PlannedModel(net, input: []) }
  }
}
