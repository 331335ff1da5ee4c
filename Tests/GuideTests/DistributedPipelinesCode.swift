import Apus
import ApusDistributed
import Testing

/// The code of docs/distributed.md on pipelines and experts, on one process.
extension DistributedCode {
  @Test func pipelines() throws {
    let world = try initProcessGroup()
    let (x, y) = (randn(32, 20), randint(0, 4, [32]))
    let model = Sequential(Linear(20, 64), ReLU(), Linear(64, 64), ReLU(), Linear(64, 4))
    let part = try splitIntoStages(model, count: world.size, by: .parameters)[world.rank]
    let stage = try PipelineStage(part, stageIndex: world.rank, stageCount: world.size)
    let schedule = try Schedule1F1B(stage, microbatchCount: 8, loss: .mean { crossEntropy($0, $1) })
    let optimizer = Adam(stage.module.parameters(), lr: 1e-3)
    for _ in 0..<10 {
      optimizer.zeroGrad()
      let result = try schedule.step(x, target: y)
      optimizer.step()
      if let loss = result.loss { print(loss) }  // on the rank of the last stage
    }
    let order = try PipelineOrder.oneForwardOneBackward(ranks: 2, microbatches: 3)
    print(order)
    print(order.timeline().bubble, order.timeline().peakMicrobatches)
    #expect(abs(order.timeline().bubble - 0.25) < 1e-12 && order.timeline().peakMicrobatches == [2, 1])
    let timeline = try schedule.gatherTimeline()
    if world.rank == 0 { print(timeline, timeline.bubble) }
    #expect(timeline.ranks[0].count == 16)
    try destroyProcessGroup()
  }

  @Test func experts() throws {
    let world = try initProcessGroup()
    let (x, target) = (randn(8, 64), randn(8, 64))
    let layer = try MixtureOfExperts(features: 64, count: 8, chosen: 2, group: world) { _ in
      Sequential(Linear(64, 256), GELU(), Linear(256, 64))
    }
    let loss = mseLoss(layer(x), target) + layer.losses.balance * 0.01 + layer.losses.z * 0.001
    loss.backward()
    try reduceExpertGradients(of: layer, group: world)
    #expect(layer.router.weight.grad != nil && layer.losses.counts.reduce(0, +) == 16)
    try destroyProcessGroup()
  }
}
