import Apus
import ApusDistributed
import ApusModels
import Testing

/// What others have published of trainings on many GPUs, beside what the simulator says of them. The rate of products is taken from the smallest
/// run of each row, since it is the GPU's and not the simulator's; what is compared is how the speed changes with the ranks.
@Suite(.enabled(if: caseName == nil)) struct PublishedPlanTests {
  private func gpus(_ world: Int, flops: Double, inside: Double, link: Double, memory: Double) -> PlannedCluster {
    PlannedCluster(
      world: world, ranksPerHost: 8, memory: memory, flops: flops, memoryBandwidth: 2e12,
      inside: PlannedLink(latency: 3e-6, bandwidth: inside), between: PlannedLink(latency: 1e-5, bandwidth: link),
      library: .nccl)
  }

  private func model(width: Int, layers: Int, vocabulary: Int, length: Int) throws -> PlannedModel {
    try PlannedModel(
      ModelConfiguration(
        [
          "model_type": .string("mpt"), "d_model": .int(width), "n_layers": .int(layers), "n_heads": .int(width / 128),
          "vocab_size": .int(vocabulary), "max_seq_len": .int(length), "tie_word_embeddings": .bool(true),
        ], path: "config.json"), length: length)
  }

  /// MPT (github.com/mosaicml/llm-foundry, scripts/train/benchmarking/README.md): FULL_SHARD, texts of 2048 tokens; tokens a second and GPU.
  @Test(arguments: [
    // H100 80GB BF16, hosts of 8 with eight links of 400 Gbit/s.
    MPT(
      width: 5120, layers: 40, micro: 2, recomputes: false, isH100: true,
      rates: [(8, 4792), (16, 4767), (32, 4811), (64, 4800)]),
    MPT(
      width: 2048, layers: 24, micro: 20, recomputes: false, isH100: true,
      rates: [(16, 46037), (32, 45130), (64, 44402)]),
    // A100 40GB, 1600 Gbit/s between hosts, layers computed again.
    MPT(
      width: 4096, layers: 32, micro: 18, recomputes: true, isH100: false, rates: [(32, 3725), (64, 3665), (128, 3623)]),
    MPT(width: 5120, layers: 40, micro: 16, recomputes: true, isH100: false, rates: [(64, 1976), (128, 1972)]),
  ]) func sharded(_ row: MPT) throws {
    let planned = try model(width: row.width, layers: row.layers, vocabulary: 50368, length: 2048)
    func rate(_ world: Int, _ flops: Double) throws -> Double {
      let layout = TrainingLayout(data: world, sharding: .zero3, recomputes: row.recomputes)
      let cluster = gpus(
        world, flops: flops, inside: row.isH100 ? 300e9 : 200e9, link: row.isH100 ? 400e9 : 200e9,
        memory: row.isH100 ? 80e9 : 40e9)
      let step = try TrainingSimulation(
        planned, PlannedTraining(batch: world * row.micro, elementBytes: 2), layout, on: cluster
      ).stepTime
      return Double(row.micro * 2048) / step
    }
    let (first, published) = row.rates[0]
    var (low, high) = (1e13, 1e15)
    for _ in 0..<40 {
      let middle = (low * high).squareRoot()
      if try rate(first, middle) < published { low = middle } else { high = middle }
    }
    // No GPU is faster than its data sheet.
    #expect(high < (row.isH100 ? 989e12 : 312e12))
    for (world, published) in row.rates {
      let found = try rate(world, high)
      #expect(abs(found / published - 1) < 0.05, "\(world) GPUs: \(found) simulated, \(published) published")
    }
  }

  struct MPT: Sendable {
    let width, layers, micro: Int
    let recomputes, isH100: Bool
    let rates: [(Int, Double)]
  }

  /// GPT-3 of 175 B parameters with the same batch of 1152 texts of 4096 tokens on 96 and on 4608 H100: 47 and 42 % of the peak
  /// (github.com/NVIDIA/Megatron-LM, README.md). How it was divided is not said, and there messages of tensor parallelism hide behind products; with 4
  /// for tensors and interleaved pipelines of 8, and none hidden, the simulator loses more: 0.77 of the speed is left where 0.89 was.
  @Test func strongScaling() throws {
    let planned = try model(width: 12288, layers: 96, vocabulary: 131_072, length: 4096)
    func speed(_ data: Int) throws -> Double {
      let layout = TrainingLayout(
        data: data, tensor: 4, pipeline: 8, sharding: .zero1, microbatches: 1152 / data, schedule: .interleaved,
        stagesPerRank: 6)
      let cluster = gpus(data * 32, flops: 550e12, inside: 300e9, link: 400e9, memory: 80e9)
      let step = try TrainingSimulation(
        planned, PlannedTraining(batch: 1152, elementBytes: 2), layout, on: cluster
      ).stepTime
      return 1 / (step * Double(data * 32))
    }
    let found = try speed(144) / speed(3)
    #expect(found > 42.0 / 47 - 0.2 && found < 42.0 / 47, "\(found) simulated, \(42.0 / 47) published")
  }

  /// Interleaving brings 10 % and more where a pipeline has few microbatches (Narayanan et al., 2021, abstract: huggingface.co/papers/2104.04473).
  @Test func interleaving() throws {
    let planned = try model(width: 12288, layers: 96, vocabulary: 51200, length: 2048)
    func step(_ schedule: TrainingLayout.Schedule, _ stages: Int) throws -> Double {
      let layout = TrainingLayout(
        tensor: 8, pipeline: 12, microbatches: 24, schedule: schedule, stagesPerRank: stages)
      return try TrainingSimulation(
        planned, PlannedTraining(batch: 24, elementBytes: 2), layout,
        on: gpus(96, flops: 180e12, inside: 200e9, link: 200e9, memory: 80e9)
      ).stepTime
    }
    let gain = try step(.oneForwardOneBackward, 1) / step(.interleaved, 2) - 1
    #expect(gain > 0.1 && gain < 0.3, "\(gain)")
  }
}
