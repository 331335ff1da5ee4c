import Apus
import Testing

final class Classifier: Layer {
  let conv1 = Conv2d(1, 16, kernelSize: 3, padding: 1)
  let bn1 = BatchNorm2d(16)
  let drop = Dropout(0.25)
  let fc = Linear(16 * 4 * 4, 10)

  func forward(_ x: Tensor) -> Tensor {
    let x = maxPool2d(bn1(conv1(x)).relu(), 2)
    return fc(drop(x.flatten(1)))
  }
}

@Suite struct FromPyTorchCode {
  @Test func tensors() {
    let x = rand([2, 3])
    let y = x.view(3, 2).transpose(0, 1)
    let z = cat([x, y], dim: 0)
    print(z.shape, z.mean(1), z.argmax(1))
    print(z[0, 1...], z.max(), `where`(z .> 0.5, z, Tensor.zeros([])))
    #expect(z.shape == [4, 3])
  }

  @Test func training() {
    manualSeed(0)
    let model = Classifier()
    let optimizer = SGD(model.parameters(), lr: 0.1, momentum: 0.9)
    let loader = DataLoader(Digits(train: true), batchSize: 64, shuffle: true)
    for (images, labels) in loader {
      optimizer.zeroGrad()
      let loss = crossEntropy(model(images), labels)
      loss.backward()
      optimizer.step()
    }
    model.eval()
    let test = Digits(train: false)
    let predicted = noGrad { model(test.images).argmax(1) }
    let accuracy = predicted.eq(test.labels).to(.float32).mean().item()
    print(accuracy)
    #expect(accuracy > 0.7)
  }

  @Test func changes() {
    var x = zeros(2, 3)
    x[0] = 1
    x += ones(3)
    x.mul_(2)
    let (values, indices) = x.max(1)
    let mask = !(x .> 2)
    print(values.tolist(), indices.tolist(), x[mask], (x ** 2).sum().item())

    let model = Sequential(Linear(3, 4), ReLU(), Linear(4, 2))
    model[2] = Linear(4, 5)
    model[0].weight.requiresGrad = false
    zeros_(model[2].bias)
    noGrad {
      for p in model.parameters() { p.sub_(0.1 * onesLike(p)) }
    }
    #expect(x.tolist().description == "[[4.0, 4.0, 4.0], [2.0, 2.0, 2.0]]")
    #expect(model[2].bias.array() == [Float](repeating: -0.1, count: 5))
  }
}
