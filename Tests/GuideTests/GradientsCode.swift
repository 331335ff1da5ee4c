import Apus
import Testing

final class ScaledCube: Function {
  static func forward(_ ctx: Context, _ x: Tensor, _ scale: Double) -> Tensor {
    ctx.saveForBackward(x)
    ctx.scale = scale
    return x * x * x * scale
  }
  static func backward(_ ctx: Context, _ gradOutput: Tensor) -> (Tensor, Tensor?) {
    let x = ctx.savedTensors[0]
    let scale: Double = ctx.scale
    return (gradOutput * 3 * x * x * scale, nil)
  }
}

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

  @Test func severalArguments() {
    let squaredError = { (w: [String: Tensor], x: Tensor) in
      ((w["slope"] ?? x) * x + (w["offset"] ?? x)).square().sum()
    }
    let line = ["slope": Tensor(2.0), "offset": Tensor(1.0)]
    print(grad(squaredError)(line, Tensor([1.0, 2.0]))["slope"] ?? 0)  // tensor(26.)
    let product = { (a: Tensor, b: Tensor) in (a * b).sum() }
    let (forA, forB) = grad(product, argnums: (0, 1))(Tensor([1.0, 2.0]), Tensor([3.0, 4.0]))
    print(forA, forB)  // tensor([3., 4.]) tensor([1., 2.])
    #expect(grad(squaredError)(line, Tensor([1.0, 2.0]))["slope"]?.item() == 26)
    #expect("\(forA) \(forB)" == "tensor([3., 4.]) tensor([1., 2.])")
  }

  @Test func ownGradient() {
    let x = Tensor([1.0, 2.0], requiresGrad: true)
    ScaledCube.apply(x, 0.5).sum().backward()
    print(x.grad ?? x)  // tensor([1.5000, 6.0000])
    print(grad(grad { ScaledCube.apply($0, 0.5).sum() })(Tensor(2.0)))  // tensor(6.)
    #expect("\(x.grad ?? x)" == "tensor([1.5000, 6.0000])")
    #expect(grad(grad { ScaledCube.apply($0, 0.5).sum() })(Tensor(2.0)).item() == 6)
  }

  @Test func checked() {
    let point = Tensor([0.3, -1.2], dtype: .float64, requiresGrad: true)
    print(gradcheck({ ScaledCube.apply($0, 0.5) }, point))  // true
    print(gradgradcheck({ ScaledCube.apply($0, 0.5) }, point))  // true
    #expect(gradcheck({ ScaledCube.apply($0, 0.5) }, point))
  }

  @Test func checkpointed() {
    let block = Linear(4, 4)
    let h = checkpoint({ block($0).tanh() }, randn(2, 4))
    h.sum().backward()
    print(block.parameters().allSatisfy { $0.grad != nil })  // true
    #expect(block.parameters().allSatisfy { $0.grad != nil })
  }
}
