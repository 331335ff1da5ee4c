// A network of one's own, trained by hand: the first tutorial of every framework, in Swift.
//
//   swift run -c release first-network

import Apus

// A network is a class whose properties are its layers. There is nothing to register: parameters are found by looking
// at the properties, and `forward` says how a batch flows through them.
final class DigitClassifier: Layer {
  let hidden1 = Linear(8 * 8, 128)
  let hidden2 = Linear(128, 64)
  let output = Linear(64, 10)

  func forward(_ x: Tensor) -> Tensor {
    let pixels = x.flatten(1)  // [batch, 1, 8, 8] -> [batch, 64]
    let first = hidden1(pixels).relu()
    let second = hidden2(first).relu()
    return output(second)  // one score for each of the ten digits
  }
}

// The same seed gives the same weights and the same order of the data, here as in PyTorch.
manualSeed(0)

// The digits come with the library. A loader cuts them into batches, in a new order every epoch.
let trainingDigits = Digits(train: true)
let testDigits = Digits(train: false)
let batches = DataLoader(trainingDigits, batchSize: 64, shuffle: true)

let model = DigitClassifier()
let optimizer = AdamW(model.parameters(), lr: 2e-3)
print(model.summary(input: [1, 1, 8, 8]))

for epoch in 1...15 {
  model.train()
  var total = 0.0
  for (images, labels) in batches {
    // Forward: scores, and how wrong they are.
    let loss = crossEntropy(model(images), labels)

    // Backward: the gradient of the loss for every parameter, then a step against it.
    optimizer.zeroGrad()
    loss.backward()
    optimizer.step()

    total += loss.item() * Double(labels.count)
  }

  // How good it is on digits that it has never seen. No gradients are needed for that.
  model.eval()
  let accuracy = noGrad {
    model(testDigits.images).argmax(1).eq(testDigits.labels).to(.float32).mean().item()
  }
  print("epoch \(epoch): loss \(rounded(total / Double(trainingDigits.count))), test accuracy \(rounded(accuracy))")
}

// Weights are saved under PyTorch's names, in a file that Python's safetensors reads: hidden1.weight, hidden1.bias ...
let path = "runs/first-network.safetensors"
do {
  try save(model.stateDict(), to: path)
  // Reading them back into a fresh model gives the same answers.
  let copy = DigitClassifier()
  try copy.loadStateDict(loadSafetensors(path))
  let difference = noGrad { (copy(testDigits.images) - model(testDigits.images)).abs().amax().item() }
  print("saved to \(path); a copy read from it differs by \(difference)")
} catch {
  print("could not save: \(error)")
}

func rounded(_ value: Double) -> Double { (value * 10_000).rounded() / 10_000 }
