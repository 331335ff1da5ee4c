import Apus
import Testing

// PyTorch 2.15 gave the numbers.
@Suite struct PoissonTests {
  @Test func countsArePyTorchs() {
    let generator = Generator().manualSeed(0)
    let rates = tensor([0.0, 0.5, 3.0, 9.9, 10.0, 50.0, 1000.0, 3.0])
    let counts: [Double] = poisson(rates, generator: generator).array()
    #expect(counts == [0, 2, 4, 10, 13, 54, 1002, 4])
    let large: [Double] = poisson(full([6], 20.0), generator: generator).array()
    #expect(large == [25, 15, 20, 21, 24, 17])
  }

  @Test func gradientIsZero() {
    let rates = tensor([1.0, 2.0], requiresGrad: true)
    poisson(rates, generator: Generator()).sum().backward()
    #expect(rates.grad.map { $0.array() } == [0.0, 0.0])
  }

  @Test func negativeRatesAreAMistake() {
    #expect(throws: TensorError.self) { _ = try withErrors { poisson(tensor([1.0, -1.0])) } }
    #expect(throws: TensorError.self) { _ = try withErrors { poisson(tensor([1, 2])) } }
  }
}
