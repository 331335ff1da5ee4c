import Apus
import ApusDistributed
import Foundation
import Testing

extension DistributedCode {
  /// The code on models and checkpoints that are divided, on one process.
  @Test func sharding() throws {
    try initProcessGroup()
    let base = NSTemporaryDirectory() + "apus-guide-sharding-\(UInt32.random(in: 0...UInt32.max))"
    let (folder, published) = (base + "/checkpoints", base + "/model")
    defer { try? FileManager.default.removeItem(atPath: base) }
    let batches = (0..<3).map { _ in (randn(8, 3), randn(8, 2)) }
    do {
      let model = Sequential(Linear(3, 4), Tanh(), Linear(4, 2))
      let optimizer = try ZeroRedundancyOptimizer(model.parameters(), reducesGradients: true) { AdamW($0, lr: 3e-4) }
      #expect(optimizer.parameters.count == 4)
    }

    let model = Sequential(Linear(3, 4), Tanh(), Linear(4, 2))
    let before = model.parameters()[0].detach()
    for layer in model.modules() where layer is Linear { try fullyShard(layer) }
    let sharded = try fullyShard(model)
    let adam = AdamW(model.parameters(), lr: 3e-4)  // after sharding: it sees this rank's rows
    for (x, y) in batches {
      adam.zeroGrad()
      mseLoss(model(x), y).backward()
      try sharded.clipGradNorm(maxNorm: 1)
      adam.step()
    }
    #expect(!equal(model.parameters()[0].detach(), before))

    var state = ShardedState()
    state.add(model)
    try state.add(adam, of: model)
    state.texts["epoch"] = "3"
    try saveSharded(state, to: folder)

    let weights = model.parameters()[0].detach()
    noGrad { model.parameters()[0].zero_() }
    let checkpoint = try ShardedCheckpoint(path: folder)
    try checkpoint.load(into: model)
    try checkpoint.load(into: adam, of: model)
    let epoch = checkpoint.texts["epoch"]
    #expect(epoch == "3" && equal(model.parameters()[0].detach(), weights))

    let writer = try ShardedCheckpointWriter(folder: folder)
    try writer.save(state)  // comes back at once; the next save waits for this one
    try writer.wait()
    try consolidateCheckpoint(folder, to: published)  // model.safetensors, as Hugging Face's libraries read it
    #expect(try load(published + "/model.safetensors")["0.weight"]?.shape == [4, 3])
    try destroyProcessGroup()
  }
}
