import Apus
import ApusDistributed
import Foundation
import Testing

@Suite struct DistributedPlanningCode {
  @Test func planning() throws {
    let folder = FileManager.default.temporaryDirectory.appendingPathComponent("plan-\(UUID().uuidString)").path
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(atPath: folder) }
    try """
    {"model_type": "llama", "hidden_size": 2048, "num_hidden_layers": 16, "num_attention_heads": 32, "num_key_value_heads": 8,
     "intermediate_size": 8192, "vocab_size": 128256, "max_position_embeddings": 8192, "tie_word_embeddings": true}
    """.write(toFile: "\(folder)/config.json", atomically: true, encoding: .utf8)
    let model = try PlannedModel(path: folder, length: 4096)
    let cluster = PlannedCluster(
      world: 16, ranksPerHost: 8, memory: 80e9, flops: 400e12, memoryBandwidth: 2e12,
      inside: PlannedLink(latency: 3e-6, bandwidth: 300e9), between: PlannedLink(latency: 1e-5, bandwidth: 400e9),
      library: .nccl)
    let plan = try DistributedPlan(model, PlannedTraining(batch: 128, elementBytes: 2), on: cluster)
    print(plan)
    #expect(plan.entries.first?.fits == true)

    let layout = TrainingLayout(data: 8, tensor: 2, sharding: .zero3)
    let step = try TrainingSimulation(model, PlannedTraining(batch: 128, elementBytes: 2), layout, on: cluster)
    print(step.stepTime, step.exposedTime, step.sentBytes)
    #expect(step.stepTime > 0)
  }
}
