import Apus
import CDigits

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

/// Pixels / 16 as rows of 64 and labels; the first 1437 rows are for training.
private func parityDigits() throws -> (x: Tensor, y: Tensor) {
  func file(_ bytes: (UnsafeMutablePointer<Int>) -> UnsafePointer<UInt8>, _ name: String) throws -> IDXFile {
    var length = 0
    let start = bytes(&length)
    return try IDXFile(contents: UnsafeRawBufferPointer(start: start, count: length), name: name)
  }
  let images = try file({ digits_images($0) }, "digits images")
  let labels = try file({ digits_labels($0) }, "digits labels")
  let x = try images.bytes.withUnsafeBytes { try Tensor(bytes: $0, shape: [images.shape[0], 64], dtype: .uint8) }
  let y = try labels.bytes.withUnsafeBytes { try Tensor(bytes: $0, shape: labels.shape, dtype: .uint8) }
  return (x.to(.float32) / 16.0, y.to(.int64))
}

/// Repeats the training run `name` with `seed` and compares initial weights, losses and test results with `recorded`.
///
/// Initial sums agree to 1e-5, the loss of every step to 1e-3 relative, the number of right test answers within 2.
func runParityTraining(_ name: String, seed: Int, recorded: JSON) throws -> Outcome {
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
  default: return .skipped(name, "the layers of this network are not built yet")
  }
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

  let (x, y) = try parityDigits()
  let train = x.narrow(0, 0, 1437)
  let labels = y.narrow(0, 0, 1437)
  let expected = recorded["losses"]?.array?.compactMap(\.double) ?? []
  var step = 0
  for _ in 0..<3 {
    model.train()
    let order = randperm(1437)
    for start in stride(from: 0, to: 1437, by: 64) {
      let chosen = order.narrow(0, start, Swift.min(64, 1437 - start))
      let loss = crossEntropy(model.forward(train.indexSelect(0, chosen)), labels.indexSelect(0, chosen))
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
  let logits = noGrad { model.forward(x.narrow(0, 1437, 360)) }
  let testLabels = y.narrow(0, 1437, 360)
  let correct = Int(logits.argmax(1).eq(testLabels).sum().item())
  if let wanted = recorded["test_correct"]?.int, Swift.abs(correct - wanted) > 2 {
    return .failed("\(correct) right test answers, expected \(wanted)")
  }
  if let wanted = recorded["test_loss"]?.double {
    let loss = crossEntropy(logits, testLabels).item()
    if !isClose(loss, wanted, 1e-2) { return .failed("test loss \(loss), expected \(wanted)") }
  }
  return .passed
}
