import Apus
import ApusDistributed
import Foundation
import Testing

extension DistributedCode {
  /// The code on trainers that divide, and on combined meshes, on one process.
  @Test func combined() throws {
    let world = try initProcessGroup()
    let folder = NSTemporaryDirectory() + "apus-guide-combined-\(UInt32.random(in: 0...UInt32.max))"
    defer { try? FileManager.default.removeItem(atPath: folder) }
    let net = Sequential(Linear(3, 4), Tanh(), Linear(4, 2))
    let examples = TensorDataset(randn(16, 3), randint(0, 2, [16]))
    let divided = Trainer(net, optimizer: AdamW(net.parameters(), lr: 1e-3), loss: CrossEntropyLoss())
    divided.strategy = .fullySharded { $0 is Linear }  // which modules are units; or .zero(stage: 1)
    divided.checkpoints = CheckpointPlan(folder: folder)  // folder/last: each process writes its part
    try divided.fit(DataLoader(examples, batchSize: 8, dropLast: true), epochs: 2)
    #expect(divided.step == 4 && FileManager.default.fileExists(atPath: folder + "/last/checkpoint.json"))

    let grid = try DeviceMesh([world.size, 1], names: ["data", "tensor"])
    let grand = Sequential(Linear(6, 16), GELU(), Linear(16, 6))
    try parallelize(grand, grid["tensor"], plan: ["0": .columnwise, "2": .rowwise])
    try fullyShard(grand, group: grid.group("data"))
    let rule = AdamW(grand.parameters(), lr: 1e-3)  // of this rank's rows of its columns
    grand(randn(4, 6)).square().mean().backward()
    try clipShardedGradNorm(grand.parameters(), maxNorm: 1)  // the norm that one process has
    rule.step()
    #expect(grand.parameters().allSatisfy { $0.grad != nil })
    try destroyProcessGroup()
  }
}
