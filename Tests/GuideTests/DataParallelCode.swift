import Apus
import ApusDistributed
import Testing

extension DistributedCode {
  /// The code of docs/distributed.md about data-parallel training, on one process.
  @Test func dataParallel() throws {
    try initProcessGroup()
    let examples = TensorDataset(randn(20, 4), randint(0, 3, [20]))
    let net = Sequential(Linear(4, 8), ReLU(), Linear(8, 3))
    do {
      let trainer = Trainer(net, optimizer: SGD(net.parameters(), lr: 0.1), loss: CrossEntropyLoss())
      trainer.strategy = .dataParallel
      try trainer.fit(DataLoader(examples, batchSize: 8, shuffle: true), epochs: 2)
      #expect(trainer.step == 6)
    }
    let before = net.stateDict()
    let model = try DistributedDataParallel(net)
    let optimizer = AdamW(model.parameters(), lr: 1e-3)
    let sampler = try DistributedSampler(examples)
    for epoch in 0..<2 {
      sampler.setEpoch(epoch)  // another order in every epoch, the same in all processes
      for (x, y) in DataLoader(examples, batchSize: 8, sampler: sampler) {
        optimizer.zeroGrad()
        crossEntropy(model(x), y).backward()  // gradients are the means over all processes
        optimizer.step()
      }
    }
    #expect(before["0.weight"].map { !allclose($0, net.stateDict()["0.weight"] ?? $0) } == true)
    try destroyProcessGroup()
  }
}
