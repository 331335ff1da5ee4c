import Apus
import ApusDistributed
import Testing

extension DistributedCode {
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
