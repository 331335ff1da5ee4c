import Apus
import Testing

/// Derivatives of gradients through compiled functions, against those of the functions as they stand.
@Suite struct SecondDerivativeTests {
  private func isClose(_ a: Tensor?, _ b: Tensor?) -> Bool {
    guard let a, let b else { return false }
    return a.shape == b.shape && a.allclose(b, rtol: 1e-4, atol: 1e-6)
  }

  @Test func ofAnArgument() {
    let function = { @Sendable (x: Tensor) in (x * x.sin()).sum() }
    let compiled = compile(function)
    manualSeed(0)
    let x = randn(7)
    func second(_ f: @escaping (Tensor) -> Tensor) -> Tensor {
      grad { (x: Tensor) in grad(f)(x).square().sum() }(x)
    }
    for _ in 0..<3 { #expect(isClose(second { compiled($0) }, second(function))) }
    #expect(!compiled.explain().contains("eagerly"))
  }

  /// A penalty on the gradient of a network: second derivatives of its weights.
  @Test func ofParameters() throws {
    manualSeed(1)
    let model = Sequential(Linear(4, 8), Tanh(), Linear(8, 1))
    let x = randn(5, 4)
    func penalty(_ f: @escaping (Tensor) -> Tensor) throws -> [Tensor?] {
      model.zeroGrad()
      let given = Tensor(x, requiresGrad: true)
      let slope = try #require(gradients(of: [f(given).sum()], wrt: [given], createGraph: true)[0])
      ((slope.norm(dim: 1) - 1).square().mean()).backward()
      return model.parameters().map { $0.grad?.clone() }
    }
    let compiled = compile { (x: Tensor) in model(x) }
    let expected = try penalty { model($0) }
    for _ in 0..<2 {
      let found = try penalty { compiled($0) }
      // The last bias moves no slope.
      #expect(expected.count { $0 != nil } == 3)
      #expect(zip(found, expected).allSatisfy { $0 == nil && $1 == nil || isClose($0, $1) })
    }
  }

  @Test func randomNumbersAreRefusedByName() {
    let compiled = compile { (x: Tensor) in dropout(x.square(), p: 0.5, training: true).sum() }
    let x = Tensor(randn(6), requiresGrad: true)
    _ = compiled(x)
    let error = #expect(throws: TensorError.self) {
      try withErrors { gradients(of: [compiled(x)], wrt: [x], createGraph: true)[0] ?? x }
    }
    #expect(error?.description.contains("draws random numbers") == true)
  }
}
