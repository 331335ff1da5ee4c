import Apus

/// `apus laegna accuracy`: the digits network with weights and activations of Laegna numbers.
struct LaegnaAccuracy {
  let epochs: Int
  let more: Int
  let seed: Int

  func run() throws {
    manualSeed(seed)
    let (training, test) = (Digits(train: true), Digits(train: false))
    let network = Sequential(
      Conv2d(1, 16, kernelSize: 3, padding: 1), BatchNorm2d(16), ReLU(), Conv2d(16, 32, kernelSize: 3, padding: 1),
      BatchNorm2d(32), ReLU(), MaxPool2d(2), Conv2d(32, 64, kernelSize: 3, padding: 1), BatchNorm2d(64), ReLU(),
      MaxPool2d(2), Flatten(), Dropout(0.3), Linear(64 * 2 * 2, 10))
    try train(network, training, epochs: epochs, lr: 8e-3)
    let bytes = 4 * network.parameters().reduce(0) { $0 + $1.count }
    let right = percent(network, test)
    var rows = [["numbers", "rounded", "trained", "bytes"], ["float32", right, right, "\(bytes)"]]
    for digits in (1...4).reversed() {
      let rounding = try Quantize.laegnaTraining(network, digits: digits, calibration: [training.images])
      let rounded = percent(try Quantize.laegna(trained: rounding), test)
      try train(rounding, training, epochs: more, lr: 2e-3)
      let made = try Quantize.laegna(trained: rounding)
      rows.append(["Laegna R = \(digits)", rounded, percent(made, test), "\(made.packedBytes)"])
    }
    print(aligned(rows, texts: 1), terminator: "")
  }

  private func train(_ network: Sequential, _ digits: Digits, epochs: Int, lr: Double) throws {
    guard epochs > 0 else { return }
    let batches = DataLoader(digits, batchSize: 64, shuffle: true)
    let optimizer = AdamW(network.parameters(), lr: 1e-3, weightDecay: 0.01)
    let trainer = Trainer<(Tensor, Tensor)>(network, optimizer: optimizer) { inputs, labels in
      let output = network(shifted(inputs))
      return .init(loss: crossEntropy(output, labels), count: labels.count, output: output.detach(), target: labels)
    }
    trainer.schedule = OneCycleLR(optimizer, maxLR: lr, totalSteps: epochs * batches.count)
    trainer.scheduleUnit = .step
    trainer.progress = .none
    _ = try trainer.fit(batches, epochs: epochs)
    network.eval()
  }

  private func percent(_ network: any Layer, _ test: Digits) -> String {
    let right = noGrad { network(test.images).argmax(1).eq(test.labels).to(.float64).mean().item(as: Double.self) }
    return right.text(digits: 4)
  }
}
