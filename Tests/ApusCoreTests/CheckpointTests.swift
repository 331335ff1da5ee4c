import Apus
import Testing

/// How many objects are alive, and were at most.
private final class Count: @unchecked Sendable {
  var live = 0 { didSet { most = max(most, live) } }
  var most = 0
}

private final class Held: Sendable {
  let count: Count
  init(_ count: Count) {
    self.count = count
    count.live += 1
  }
  deinit { count.live -= 1 }
}

/// A function that holds an object as long as the graph holds the record of its call.
private enum Keeping: Function {
  static func forward(_ ctx: Context, _ x: Tensor, _ held: Held) -> Tensor {
    ctx.held = held
    return x * 1
  }
  static func backward(_ ctx: Context, _ gradOutput: Tensor) -> Tensor { gradOutput }
}

/// A checkpointed function against the same one without.
@Suite struct CheckpointTests {
  private func block(_ w: Tensor, _ x: Tensor) -> Tensor { matmul(x, w).tanh().square() + x }

  @Test func gradientsAreThoseOfTheFunction() {
    let (w, x) = (Tensor(scattered([3, 3]), requiresGrad: true), Tensor(scattered([2, 3], 1), requiresGrad: true))
    let plain = autograd.grad(block(w, x * 2).sum(), [w, x])
    let y = checkpoint({ h in block(w, h) }, x * 2)
    expectClose(y, block(w, x * 2), 1e-12)
    let found = autograd.grad(y.sum(), [w, x], retainGraph: true)
    for (a, b) in zip(found, plain) { expectClose(a, b, 1e-12) }
    y.sum().backward()
    expectClose(w.grad ?? x, plain[0], 1e-12)
    expectClose(x.grad ?? w, plain[1], 1e-12)
  }

  @Test func secondDerivativesToo() {
    let (w, x) = (Tensor(scattered([3, 3]), requiresGrad: true), Tensor(scattered([2, 3], 1), requiresGrad: true))
    #expect(gradgradcheck({ (w: Tensor, x: Tensor) in checkpoint({ h in block(w, h) }, x) }, (w, x)))
  }

  @Test func severalInputsAndResults() {
    let (a, b) = (Tensor([1.0, 2.0], requiresGrad: true), Tensor([3.0, 4.0], requiresGrad: true))
    let (sum, product) = checkpoint({ (a: Tensor, b: Tensor) in (a + b, a * b) }, a, b)
    (sum * 10 + product).sum().backward()
    #expect(a.grad?.array() == [13, 14] as [Float] && b.grad?.array() == [11, 12] as [Float])
  }

  @Test func randomNumbersAreTheSameTheSecondTime() {
    let x = Tensor(Tensor.ones(1000), requiresGrad: true)
    manualSeed(3)
    let y = checkpoint({ dropout($0, p: 0.5) }, x)
    let next = randn(4).array() as [Float]
    manualSeed(3)
    let plain = dropout(x, p: 0.5)
    #expect(next == randn(4).array())
    let stream = Generator.default.getState()
    y.sum().backward()
    #expect(Generator.default.getState() == stream)
    expectClose(x.grad ?? x, plain.detach(), 0)
  }

  @Test func hooksRunOnce() {
    let w = Tensor([2.0], requiresGrad: true)
    let x = Tensor([3.0], requiresGrad: true)
    w.registerHook { $0 * 10.0 }
    let h = x * 1
    h.registerHook { $0 * 100.0 }
    checkpoint({ $0 * w }, h).sum().backward()
    #expect(w.grad?.item() == 30 && x.grad?.item() == 200)
  }

  /// How many runs of the function hold their intermediate results at a time.
  @Test func intermediateResultsAreNotKept() {
    func mostHeld(_ run: (Tensor, Count) -> Tensor) -> Int {
      let count = Count()
      let x = Tensor([1.0], requiresGrad: true)
      var y = x * 1
      for _ in 0..<8 { y = run(y, count) }
      y.sum().backward()
      return count.most
    }
    #expect(mostHeld { Keeping.apply($0, Held($1)) } == 8)
    #expect(mostHeld { x, count in checkpoint({ Keeping.apply($0, Held(count)) }, x) } <= 2)
  }
}
