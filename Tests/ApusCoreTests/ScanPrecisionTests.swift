import Apus
import Testing

/// Scans of float32 run in double, in every layout. Values are PyTorch's.
@Suite struct ScanPrecisionTests {
  @Test func partialResultsBeyondTheRange() {
    for shape in [[3], [1, 3], [3, 1], [3, 2]] {
      let dim = shape[0] == 3 ? 0 : 1
      let values = { (v: [Double]) in
        Tensor(v, shape: dim == 0 ? [3] + [Int](repeating: 1, count: shape.count - 1) : shape).expand(shape)
      }
      let sums = values([3e38, 3e38, -3e38]).cumsum(dim).movedim(dim, -1).reshape([-1, 3])[0]
      #expect(sums.array() == [3e38, .infinity, 3e38])
      let products = values([1e30, 1e30, 1e-30]).cumprod(dim).movedim(dim, -1).reshape([-1, 3])[0]
      #expect(products.array().map { $0 / 1e30 } == [1, .infinity, 1])
      let steps = values([16_777_216, 1, 1]).cumsum(dim).movedim(dim, -1).reshape([-1, 3])[0]
      #expect(steps.array() == [16_777_216, 16_777_216, 16_777_218])
    }
  }

  @Test func longRunsCarryDouble() {
    let n = 1_000_000
    let x = scattered([n], 4, dtype: .float32)
    #expect(difference(x.cumsum(0).to(.float64), x.to(.float64).cumsum(0)) < 1e-4)
    #expect(x.cumsum(0).array() == x.to(.float64).cumsum(0).to(.float32).array())
    let columns = x.reshape([n / 4, 4])
    #expect(columns.cumsum(0).array() == columns.to(.float64).cumsum(0).to(.float32).array())
    #expect(Tensor([Int.max, 1, 2]).cumsum(0).array(as: Int.self) == [Int.max, Int.min, Int.min + 2])
  }

  /// PyTorch's numbers: the imaginary part follows from one step to the next, and the gradient is that of differences.
  @Test func logarithmsOfSumsOfComplexNumbers() {
    let z = Tensor([Complex(1, 2), Complex(-3, 0.5), Complex(2, -3), Complex(2, 1)])
    let expected = [
      Complex(1, 2), Complex(1.001461148262024, 1.9817558526992798), Complex(2.143272638320923, -3.3128044605255127),
      Complex(2.1801955699920654, -4.190579891204834),
    ]
    let found = z.logcumsumexp(0).array(as: Complex.self)
    #expect(zip(found, expected).allSatisfy { ($0 - $1).magnitude < 1e-5 })
    let columns = stack([z, z], dim: 1).logcumsumexp(0).select(1, 1).array(as: Complex.self)
    #expect(columns == found)
    let infinite = Tensor([Complex(-.infinity, 1), Complex(1, 0)]).logcumsumexp(0).array(as: Complex.self)
    #expect(infinite[0].real == -.infinity && infinite[1] == Complex(1, 0))
    for part in [{ @Sendable (y: Tensor) in y.real }, { $0.imag }] {
      let error = gradientError([scattered([5]), scattered([5], 1)], second: false) {
        part(complex($0[0], $0[1]).logcumsumexp(0))
      }
      #expect(error < 1e-6)
    }
  }
}
