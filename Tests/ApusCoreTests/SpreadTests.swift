import Apus
import Testing

@Suite struct SpreadTests {
  @Test func theRangeOfFloat32IsThatOfTheResult() {
    // PyTorch: it accumulates in double and takes the root before it rounds.
    func close(_ a: Tensor, _ b: [Double]) -> Bool {
      zip(a.array(as: Double.self), b).allSatisfy { abs($0 - $1) <= 1e-6 * abs($1) }
    }
    #expect(close(Tensor([1e20, -1e20]).std(), [1.4142135e20]))
    #expect(close(Tensor([1e-25, -1e-25]).std(), [1.4142135e-25]))
    #expect(close(Tensor([[1e20], [-1e20]]).std(0), [1.4142135e20]))
    #expect(close(Tensor([[1e20, 1, -1e20], [1e-25, 2e-25, 4e-25]]).std(1), [1e20, 1.5275252e-25]))
    #expect(Tensor([1e20, -1e20]).var().item() == .infinity)
    let (spread, mean) = Tensor([3e38, 3e38]).stdMean()
    #expect(spread.item() == 0 && close(mean, [3e38]))
    for values in [[1e20, -1e20], [1e-25, -1e-25]] {
      let g = grad { (x: Tensor) in x.std() }(Tensor(values))
      #expect(close(g, [0.70710678, -0.70710678]))
    }
    #expect(grad { (x: Tensor) in x.std() }(Tensor([5.0, 5.0])).array() == [0, 0])
  }

  @Test func conventionsAtTheEdges() {
    // PyTorch.
    #expect(Tensor([5.0]).var().item().isNaN && Tensor([5.0]).var(correction: 0).item() == 0)
    #expect(Tensor([5.0, 6.0]).var(correction: 3).item() == .infinity)
    #expect(Tensor([Double.infinity, 1.0]).var().item().isNaN)
    #expect(Tensor.zeros([0, 3]).var(0).array().allSatisfy { $0.isNaN })
    #expect(Tensor.zeros([3, 0]).var(0).shape == [0])
    #expect(Tensor(2.0).std(correction: 0).item() == 0)
    let (spread, mean) = Tensor([1.0, 2.0]).stdMean([0], keepDim: true)
    #expect(spread.shape == [1] && mean.array() == [1.5])
  }

  @Test(arguments: [[0], [1], [2], [0, 1], [0, 2], [1, 2], [0, 1, 2]]) func everyLayout(_ dims: [Int]) {
    let x = scattered([5, 70, 6], 3, dtype: .float32) + 100
    let exact = x.to(.float64)
    let n = Double(dims.reduce(1) { $0 * x.shape[$1] })
    let centred = exact - exact.mean(dims, keepDim: true)
    let variance = centred.square().sum(dims) / (n - 1)
    let order = [2, 0, 1]
    let permuted = x.permute(order).contiguous().permute([1, 2, 0])
    for y in [x, permuted, x.expand([5, 70, 6]), x.flip([1]).flip([1])] {
      #expect(difference(y.var(dims).to(.float64), variance) < 1e-6)
      #expect(difference(y.to(.float64).std(dims), variance.sqrt()) < 1e-12)
      #expect(difference(y.varMean(dims, keepDim: true).1.to(.float64), exact.mean(dims, keepDim: true)) < 1e-5)
    }
  }

  @Test func manyElements() {
    let x = scattered([700_000], 4, dtype: .float32)
    let exact = x.to(.float64)
    let variance = (exact - exact.mean()).square().mean()
    #expect(difference(x.var(correction: 0).to(.float64), variance) < 1e-7)
    let rows = x.reshape([7, 100_000])
    #expect(difference(rows.var(0).to(.float64), rows.to(.float64).var(0)) < 1e-6)
    #expect(difference(rows.t().contiguous().t().var(correction: 0).to(.float64), variance) < 1e-7)
  }

  @Test func gradientsOfBothResults() {
    let x = scattered([3, 4, 2], 2)
    for dims in [[0], [1], [0, 2], [0, 1, 2]] {
      #expect(gradientError([x]) { $0[0].var(dims) } < 1e-5)
      #expect(gradientError([x]) { $0[0].std(dims, correction: 0, keepDim: true) } < 1e-5)
      #expect(
        gradientError([x]) {
          let (spread, mean) = $0[0].stdMean(dims)
          return spread * mean
        } < 1e-5)
    }
  }

  @Test func underTransformations() {
    let x = scattered([3, 4, 2], 2)
    let each = vmap { (x: Tensor) in x.std(0) }(x)
    #expect(difference(each, x.std(1)) < 1e-12)
    let (value, tangent) = jvp({ (x: Tensor) in x.std(1) }, primals: x, tangents: x)
    // The deviation is homogeneous: along x it grows by itself.
    #expect(difference(value, tangent) < 1e-12)
    let f = compile { (x: Tensor) in (x - x.mean(1, keepDim: true)) / x.std([1], keepDim: true) }
    let single = x.to(.float32)
    for _ in 0..<3 {
      #expect(difference(f(single), (single - single.mean(1, keepDim: true)) / single.std([1], keepDim: true)) < 1e-6)
    }
  }
}
