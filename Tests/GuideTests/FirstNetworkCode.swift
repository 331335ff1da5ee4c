import Apus
import TestSupport
import Testing

/// The code of the guides to a first network, and to saving and loading.
@Suite struct FirstNetworkCode {
  @Test func ownLoop() {
    let network = Sequential(Flatten(), Linear(64, 10))
    let optimizer = AdamW(network.parameters(), lr: 2e-3)
    let training = DataLoader(Digits(train: true).subset(0..<128), batchSize: 64)
    for (images, labels) in training {
      optimizer.zeroGrad()
      let loss = crossEntropy(network(images), labels)
      loss.backward()
      optimizer.step()
    }
    #expect(network.parameters().allSatisfy { $0.grad != nil })
  }

  @Test func saving() throws {
    let folder = TemporaryFolder()
    let run = folder.path
    manualSeed(0)
    let model = Sequential(Linear(8, 16), ReLU(), Linear(16, 2))
    try save(model.stateDict(), to: run + "/model.safetensors")

    let again = Sequential(Linear(8, 16), ReLU(), Linear(16, 2))
    try again.loadStateDict(load(run + "/model.safetensors"))
    let inputs = rand([4, 8])
    #expect(again(inputs).equal(model(inputs)))

    let larger = Sequential(Linear(8, 16), ReLU(), Linear(16, 2), Linear(2, 2))
    let result = try larger.loadStateDict(load(run + "/model.safetensors"), strict: false)
    print(result.missingKeys)  // ["3.weight", "3.bias"]
    #expect(result.missingKeys == ["3.weight", "3.bias"])

    let loader = DataLoader(TensorDataset(rand([64, 8]), randint(0, 2, [64])), batchSize: 16, shuffle: true)

    let optimizer = AdamW(model.parameters(), lr: 1e-3)
    let trainer = Trainer(model, optimizer: optimizer, loss: CrossEntropyLoss())
    trainer.checkpoints = CheckpointPlan(folder: run)
    try trainer.fit(loader, epochs: 2)

    try trainer.resume(from: run + "/last.safetensors")
    try trainer.fit(loader, epochs: 4)  // the third and the fourth
    #expect(trainer.history.map(\.epoch) == [1, 2, 3, 4])

    try save(model.stateDict(), to: run + "/weights.safetensors")
    try save(optimizer.stateDict(), to: run + "/optimizer.safetensors")

    try model.loadStateDict(load(run + "/weights.safetensors"))
    try optimizer.loadStateDict(load(run + "/optimizer.safetensors"))
  }
}
