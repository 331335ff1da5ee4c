import Apus
import Testing

/// Normalisation of elements whose squares their type cannot hold: the result is that of the elements scaled.
@Suite struct NormalisationRangeTests {
  private let sizes: [Double] = [1e-25, 1e15, 1e20, 1e30, 2e38]

  private func close(_ a: Tensor, _ b: Tensor) -> Bool {
    difference(a.to(.float64), b.to(.float64)) < 1e-5
  }

  @Test(arguments: [3, 16, 17, 40, 5000]) func layerNorms(_ n: Int) {
    let x = scattered([4, n], 1, dtype: .float64)
    let weight = scattered([n], 2, dtype: .float32)
    for size in sizes {
      let large = (x * size).to(.float32)
      #expect(close(layerNorm(large, [n], eps: 0), layerNorm(x, [n], eps: 0)))
      #expect(
        close(layerNorm(large, [n], weight: weight, bias: weight, eps: 0), layerNorm(x, [n], eps: 0) * weight + weight))
      #expect(close(rmsNorm(large, [n], eps: 0), rmsNorm(x, [n], eps: 0)))
      #expect(close(rmsNorm(large, [n], weight: weight, eps: 0), rmsNorm(x, [n], eps: 0) * weight))
    }
    #expect(close(layerNorm(x * 1e200, [n]), layerNorm(x, [n], eps: 0)))
    // With eps the result of large elements is the same, that of small ones goes to 0.
    #expect(close(layerNorm((x * 1e30).to(.float32), [n]), layerNorm(x, [n], eps: 0)))
    #expect(close(layerNorm((x * 1e-30).to(.float32), [n]), x * 0))
  }

  @Test func ordinaryRowsBesideLargeOnes() {
    let x = scattered([6, 20], 3, dtype: .float32)
    var mixed = x
    mixed[2] = x[2] * 1e30
    mixed[4] = Tensor.full([20], Double.nan)
    let (plain, found) = (layerNorm(x, [20]), layerNorm(mixed, [20]))
    for row in [0, 1, 3, 5] { #expect(found[row].array() == plain[row].array()) }
    #expect(close(found[2], plain[2].to(.float64)) || difference(found[2], plain[2]) < 1e-4)
    #expect(found[4].array().allSatisfy { $0.isNaN })
    #expect(layerNorm(Tensor.full([1, 20], 1e30), [20]).array().allSatisfy { abs($0) < 1 })
    #expect(layerNorm(Tensor([[1e30, Double.infinity, 1]]), [3]).array().contains { $0.isNaN })
  }

  @Test func groupsInstancesAndBatches() {
    let x = scattered([4, 6, 5], 1, dtype: .float64)
    for size in sizes {
      let large = (x * size).to(.float32)
      #expect(close(groupNorm(large, 3, eps: 0), groupNorm(x, 3, eps: 0)))
      #expect(close(instanceNorm(large, eps: 0), instanceNorm(x, eps: 0)))
      #expect(close(batchNorm(large, training: true, eps: 0), batchNorm(x, training: true, eps: 0)))
      let last = large.transpose(1, 2).contiguous().reshape([20, 6])
      #expect(close(batchNorm(last, training: true, eps: 0), batchNorm(last.to(.float64), training: true, eps: 0)))
    }
  }

  @Test func gradientsAreThoseOfTheScaledElements() {
    let x = scattered([4, 6], 1, dtype: .float64)
    let g = scattered([4, 6], 2, dtype: .float64)
    let functions: [(Tensor) -> Tensor] = [
      { layerNorm($0, [6], eps: 0) }, { rmsNorm($0, [6], eps: 0) }, { groupNorm($0, 2, eps: 0) },
      { batchNorm($0, training: true, eps: 0) },
      { batchNorm($0.reshape([2, 2, 6]), training: true, eps: 0).reshape([4, 6]) },
    ]
    for f in functions {
      let exact = grad { (x: Tensor) in (f(x) * g).sum() }(x)
      for size in [1e15, 1e20, 1e30] {
        let found = grad { (x: Tensor) in (f(x) * g.to(.float32)).sum() }((x * size).to(.float32))
        #expect(difference(found.to(.float64) * size, exact) < 1e-4)
      }
    }
  }
}
