import Apus
import Testing

@Suite struct GradientsCode {
  @Test func backward() {
    let x = Tensor([1.0, 2.0, 3.0], requiresGrad: true)
    var y = x * x
    if y.sum().item() > 10 { y = y * 2.0 }
    y.sum().backward()
    print(x.grad ?? x)  // tensor([ 4.,  8., 12.])
    #expect("\(x.grad ?? x)" == "tensor([ 4.,  8., 12.])")
  }

  @Test func functional() {
    let cube = { (x: Tensor) in (x * x * x).sum() }
    print(grad(cube)(Tensor(2.0)))  // tensor(12.)
    print(grad(grad(cube))(Tensor(2.0)))  // tensor(12.)
    let (value, gradient) = valueAndGrad(cube)(Tensor(3.0))
    print(value, gradient)  // tensor(27.) tensor(27.)
    #expect(value.item() == 27 && gradient.item() == 27)
  }

  @Test func several() {
    let (w, b) = (Tensor([2.0], requiresGrad: true), Tensor([1.0], requiresGrad: true))
    let loss = ((w * 3.0 + b) * (w * 3.0 + b)).sum()
    let found = gradients(of: [loss], wrt: [w, b])
    print(found.compactMap { $0 })  // [tensor([42.]), tensor([14.])]
    #expect(found.compactMap { $0?.item() } == [42, 14])
  }

  @Test func withoutRecording() {
    let w = Tensor([1.0], requiresGrad: true)
    let y = noGrad { w * 2.0 }
    print(y.requiresGrad, w.detach().requiresGrad)  // false false
    #expect(!y.requiresGrad)
  }

  @Test func hooks() {
    let x = Tensor([1.0, 1.0], requiresGrad: true)
    let y = x * 3.0
    y.retainGrad()
    y.registerHook { $0 * 0.5 }
    y.sum().backward()
    print(y.grad ?? y, x.grad ?? x)  // tensor([0.5000, 0.5000]) tensor([1.5000, 1.5000])
    #expect(x.grad?.array() == [1.5, 1.5] as [Float])
  }
}
