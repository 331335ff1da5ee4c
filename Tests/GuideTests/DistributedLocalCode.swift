import Apus
import ApusDistributed
import Testing

extension DistributedCode {
  /// The code about ranks that train apart.
  @Test func localDescent() throws {
    try initProcessGroup()

    let network = Sequential(Linear(4, 16), Tanh(), Linear(16, 1))
    let averager = try PeriodicModelAverager(period: 4, warmupSteps: 100)
    let localOptimizer = PostLocalSGDOptimizer(SGD(network.parameters(), lr: 0.1), averager: averager)
    let localTrainer = Trainer(network, optimizer: localOptimizer, loss: MSELoss())
    localTrainer.strategy = .dataParallel(hook: try PostLocalSGD(startStep: 100).hook)

    localTrainer.showsProgress = false
    _ = try localTrainer.fit(DataLoader(TensorDataset(randn(8, 4), randn(8, 1)), batchSize: 4), epochs: 1)
    #expect(averager.step == 2)
    try destroyProcessGroup()
  }
}
