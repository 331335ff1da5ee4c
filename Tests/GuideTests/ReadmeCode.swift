import Apus
import Testing

@Suite struct ReadmeCode {
  @Test func first() {
    let x = Tensor([1.0, 2.0, 3.0])
    let y = Tensor([4.0, 5.0, 6.0])
    print(x + y)  // tensor([5., 7., 9.])
    #expect("\(x + y)" == "tensor([5., 7., 9.])")
  }

  @Test func gradients() {
    let w = Tensor([[1.0, -1.0], [0.5, 2.0]], requiresGrad: true)
    let loss = (w * w).sum()
    loss.backward()
    print(w.grad ?? w)
    // tensor([[ 2., -2.],
    //         [ 1.,  4.]])
    #expect("\(w.grad ?? w)" == "tensor([[ 2., -2.],\n        [ 1.,  4.]])")
  }

  @Test func network() {
    final class Net: Layer {
      let fc1 = Linear(64, 128)
      let fc2 = Linear(128, 10)

      func forward(_ x: Tensor) -> Tensor { fc2(fc1(x).relu()) }
    }

    manualSeed(0)
    let net = Net()
    let optimizer = AdamW(net.parameters(), lr: 1e-3)
    let images = rand([32, 64])
    let labels = randint(0, 10, [32])
    for _ in 0..<10 {
      optimizer.zeroGrad()
      let loss = crossEntropy(net(images), labels)
      loss.backward()
      optimizer.step()
    }
    #expect(crossEntropy(net(images), labels).item() < 2.3)
  }
}
