// A first network: a convolutional classifier of handwritten digits, written as PyTorch's tutorials write it.
//
//     swift run -c release first-network
//
// docs/from-pytorch.md has the same program in Python beside it.

import Apus

// A network is a class of layers. Its parameters are found by themselves.
final class Net: Layer {
  let conv1 = Conv2d(1, 16, kernelSize: 3, padding: 1)
  let conv2 = Conv2d(16, 32, kernelSize: 3, padding: 1)
  let fc1 = Linear(32 * 2 * 2, 64)
  let fc2 = Linear(64, 10)
  let dropout = Dropout(0.25)

  func forward(_ x: Tensor) -> Tensor {
    var x = maxPool2d(conv1(x).relu(), 2)
    x = maxPool2d(conv2(x).relu(), 2)
    x = x.flatten(1)
    x = dropout(fc1(x).relu())
    return fc2(x)
  }
}

manualSeed(0)
let model = Net()
print(model.summary(input: [1, 1, 8, 8]))

// 1437 images to learn from, 360 to be tested on, built into the program.
let training = Digits(train: true)
let test = Digits(train: false)
let loader = DataLoader(training, batchSize: 64, shuffle: true)
let optimizer = AdamW(model.parameters(), lr: 2e-3)

for epoch in 1...8 {
  model.train()
  var total = 0.0
  for (images, labels) in loader {
    let loss = crossEntropy(model(images), labels)
    optimizer.zeroGrad()
    loss.backward()
    optimizer.step()
    total += loss.item() * Double(images.shape[0])
  }

  model.eval()
  var correct = 0
  noGrad {
    for (images, labels) in DataLoader(test, batchSize: 360) {
      correct += Int(model(images).argmax(1).eq(labels).sum().item())
    }
  }
  print("epoch \(epoch)  loss \(total / Double(training.count))  right \(correct) of \(test.count)")
}
