import Apus
import ApusDistributed
import Testing

extension DistributedCode {
  /// A step that ends on all ranks.
  @Test func failingTogether() throws {
    let world = try initProcessGroup()
    let net = Linear(3, 2)
    let adam = AdamW(net.parameters(), lr: 1e-3)
    let (x, labels) = (randn(4, 3), Tensor([0, 1, 1, 0], dtype: .int64))
    try world.withErrors {
      adam.zeroGrad()
      crossEntropy(net(x), labels).backward()
      adam.step()
    }
    #expect(throws: TensorError.self) { try world.withErrors { crossEntropy(net(x), labels + 2).backward() } }
    // Alone nobody waits.
    try world.barrier()
    try destroyProcessGroup()
  }

  /// The code about jobs that go on.
  @Test func goingOn() throws {
    let group = try initProcessGroup(heartbeat: .seconds(5))  // or APUS_DISTRIBUTED_HEARTBEAT=5

    var order = try ResumableOrder(count: 1000, batchSize: 24, seed: 1)
    order.position = 480  // from the checkpoint
    let batch = order.next(for: group)
    // The loss of this rank's part: the sum over batch.indices, divided by batch.globalCount; the gradients of all ranks are added up.
    #expect(batch.indices.count == 24 && batch.globalCount == 24 && order.position == 504)
    try destroyProcessGroup()
  }
}
