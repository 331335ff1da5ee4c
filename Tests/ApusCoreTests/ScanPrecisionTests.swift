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
}
