import Apus
import TestSupport
import Testing

/// Types and values at the edges, as PyTorch has them.
@Suite struct EdgeConventionsTests {
  @Test func types() {
    #expect(Tensor([2, 3], dtype: .int8).unravelIndex([2, 2]).allSatisfy { $0.dtype == .int64 })
    let ones = Tensor.ones([1, 2], dtype: .int16)
    let product = bilinear(ones, ones, Tensor.ones([3, 2, 2], dtype: .int16))
    #expect(product.dtype == .int16 && product.array(as: Int.self) == [4, 4, 4])
    let half = Tensor([1.0, 3], dtype: .float16)
    #expect(half.cov().dtype == .float16 && half.cov(aweights: Tensor([1.0, 1])).dtype == .float32)
    #expect(Tensor(true).sumToSize([]).dtype == .int64 && Tensor([true]).sumToSize([1]).dtype == .bool)
    let z = Tensor([Complex(1, 0), Complex(1, 2)])
    #expect(z.isreal().array(as: Bool.self) == [true, false] && z.real.isreal().array(as: Bool.self) == [true, true])
    #expect(z.addcmul(z, z, value: true).array(as: Complex.self) == [Complex(2, 0), Complex(-2, 6)])
  }

  @Test func valuesThatAreNoNumbers() {
    let x = Tensor([Double.nan, -1, 2], requiresGrad: true)
    for f in [{ @Sendable (x: Tensor) in x.elu() }, { $0.selu() }, { $0.celu() }] {
      let gradient = valueAndGrad { (x: Tensor) in f(x).sum() }(x).gradient.array(as: Double.self)
      #expect(gradient[0].isNaN && gradient[1] > 0 && gradient[2] >= 1)
    }
    let limits = Tensor.polygamma(1, Tensor([-Double.infinity, .infinity], dtype: .float64)).array(as: Double.self)
    #expect(limits[0].isNaN && limits[1] == 0)
  }

  /// What is written hides what was there, for the gradient too (PyTorch gives it to the places that are hidden).
  @Test func placesThatAreWritten() {
    let (x, source) = (
      Tensor(Array(0..<9).map { Double($0) }, dtype: .float64), Tensor([[10.0, 20], [30, 40]], dtype: .float64)
    )
    let found = x.asStridedScatter(source, [2, 2], [1, 2], storageOffset: 1)
    #expect(found.array(as: Double.self) == [0, 10, 30, 20, 40, 5, 6, 7, 8])
    #expect(gradientError([x, source]) { $0[0].asStridedScatter($0[1], [2, 2], [1, 2], storageOffset: 1) } < 1e-7)
  }

  @Test func theNuclearNorm() {
    let a = Tensor([[1.0, 2], [3, 4]])
    #expect(abs(a.norm(.nuc).item() - 5.830951690673828) < 1e-5)
    #expect(abs(a.norm(.fro).item() - a.norm().item()) < 1e-6)
    expectClose(stack([a, a * 2]).norm(.nuc, [1, 2]), Tensor([5.8309517, 11.661903]))
  }

  @Test(arguments: [
    Mistake("a complex number in whole numbers", .dtype, "maskedFill", "complex64", "int64") {
      Tensor([1, 2]).maskedFill(Tensor([true, false]), Tensor(Complex(0, 1)))
    },
    Mistake("the nuclear norm of a vector", .shape, "nuc", "two dimensions") { ones(3).norm(.nuc) },
  ]) func isReported(_ mistake: Mistake) {
    let complaint = mistake.complaint()
    #expect(complaint == nil, "\(complaint ?? "")")
  }
}
