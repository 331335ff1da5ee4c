import Apus

// The recorded training runs: the same networks on the digits, from the same seed, in the same order of random draws.

private final class ParityMLP: Layer {
  let fc1 = Linear(64, 128)
  let fc2 = Linear(128, 64)
  let fc3 = Linear(64, 10)
  func forward(_ x: Tensor) -> Tensor { fc3(fc2(fc1(x).relu()).relu()) }
}

private final class ParityCNN: Layer {
  let conv1 = Conv2d(1, 16, kernelSize: 3, padding: 1)
  let bn1 = BatchNorm2d(16)
  let conv2 = Conv2d(16, 32, kernelSize: 3, padding: 1)
  let bn2 = BatchNorm2d(32)
  let drop = Dropout(0.25)
  let fc = Linear(32 * 2 * 2, 10)

  func forward(_ x: Tensor) -> Tensor {
    var x = x.view(-1, 1, 8, 8)
    x = maxPool2d(bn1(conv1(x)).relu(), 2)
    x = maxPool2d(bn2(conv2(x)).relu(), 2)
    return fc(drop(x.flatten(1)))
  }
}

/// Reads a picture as a sequence of 8 rows.
private final class ParityRNN: Layer {
  let lstm = LSTM(8, 32, numLayers: 2, batchFirst: true)
  let fc = Linear(32, 10)
  func forward(_ x: Tensor) -> Tensor { fc(lstm(x.view(-1, 8, 8)).0[0..., -1]) }
}

/// Reads a picture as a sequence of 8 rows, whose positions are learned.
private final class ParityAttention: Layer {
  let embed: Linear
  let position: Tensor
  let encoder: TransformerEncoder
  let fc: Linear

  init() {
    embed = Linear(8, 32)
    position = parameter(randn([8, 32]) * 0.02)
    let layer = TransformerEncoderLayer(
      dModel: 32, nhead: 4, dimFeedforward: 64, dropout: 0, activation: "gelu", batchFirst: true, normFirst: true)
    encoder = TransformerEncoder(encoderLayer: layer, numLayers: 2, enableNestedTensor: false)
    fc = Linear(32, 10)
  }

  func forward(_ x: Tensor) -> Tensor { fc(encoder(embed(x.view(-1, 8, 8)) + position).mean(1)) }
}

/// Repeats the training run `name` with `seed`, on a device, and compares initial weights, losses and test results with `recorded`.
///
/// Initial sums agree to 1e-5, the loss of every step to 1e-3 relative, the number of right test answers within 2.
func runParityTraining(
  _ name: String, seed: Int, recorded: JSON, on device: Device = .cpu
) throws -> Outcome {
  manualSeed(seed)
  let model: any Layer
  let optimizer: Optimizer
  switch name {
  case "mlp_adam":
    model = ParityMLP()
    optimizer = Adam(model.parameters(), lr: 1e-3)
  case "mlp_sgd_nesterov":
    model = ParityMLP()
    optimizer = SGD(model.parameters(), lr: 0.05, momentum: 0.9, weightDecay: 1e-4, nesterov: true)
  case "cnn_adamw":
    model = ParityCNN()
    optimizer = AdamW(model.parameters(), lr: 2e-3)
  case "lstm_rmsprop":
    model = ParityRNN()
    optimizer = RMSprop(model.parameters(), lr: 1e-3)
  case "attention_adamw":
    model = ParityAttention()
    optimizer = AdamW(model.parameters(), lr: 1e-3)
  default: return .skipped(name, "the layers of this network are not built yet")
  }
  model.to(device)
  func isClose(_ found: Double, _ expected: Double, _ tolerance: Double) -> Bool {
    Swift.abs(found - expected) <= tolerance * Swift.max(Swift.abs(expected), 1e-3)
  }

  for (key, value) in model.stateDict() {
    guard let sums = recorded["initial_sum_and_abs_sum"]?[key]?.array?.compactMap(\.double), sums.count == 2 else {
      return .failed("initial weights: '\(key)' is not recorded")
    }
    let wide = value.detach().to(.float64)
    let found = [wide.sum().item(), wide.abs().sum().item()]
    let scale = Swift.max(sums[1], 1e-3)
    if Swift.abs(found[0] - sums[0]) > 1e-5 * scale || Swift.abs(found[1] - sums[1]) > 1e-5 * scale {
      return .failed("initial \(key): sums \(found), expected \(sums)")
    }
  }

  let (training, test) = (Digits(train: true), Digits(train: false))
  let rows = training.images.reshape(-1, 64).to(device)
  let labels = training.labels.to(device)
  let expected = recorded["losses"]?.array?.compactMap(\.double) ?? []
  var step = 0
  for _ in 0..<3 {
    model.train()
    let order = randperm(training.count)
    for start in stride(from: 0, to: training.count, by: 64) {
      let chosen = order.narrow(0, start, Swift.min(64, training.count - start)).to(device)
      let loss = crossEntropy(model.forward(rows.indexSelect(0, chosen)), labels.indexSelect(0, chosen))
      optimizer.zeroGrad()
      loss.backward()
      optimizer.step()
      guard step < expected.count else { return .failed("\(expected.count) losses are recorded, and there are more") }
      let value = loss.item()
      if !isClose(value, expected[step], 1e-3) {
        return .failed("loss of step \(step): \(value), expected \(expected[step])")
      }
      step += 1
    }
  }
  guard step == expected.count else { return .failed("\(step) losses, expected \(expected.count)") }

  model.eval()
  let logits = noGrad { model.forward(test.images.reshape(-1, 64).to(device)).cpu() }
  let correct = Int(logits.argmax(1).eq(test.labels).sum().item())
  if let wanted = recorded["test_correct"]?.int, Swift.abs(correct - wanted) > 2 {
    return .failed("\(correct) right test answers, expected \(wanted)")
  }
  if let wanted = recorded["test_loss"]?.double {
    let loss = crossEntropy(logits, test.labels).item()
    if !isClose(loss, wanted, 1e-2) { return .failed("test loss \(loss), expected \(wanted)") }
  }
  return .passed
}
