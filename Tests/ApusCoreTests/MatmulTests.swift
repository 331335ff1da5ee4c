import Apus
import Testing

@Suite struct MatmulTests {
  @Test(arguments: [
    ([3], [3]), ([2, 3], [3]), ([3], [3, 2]), ([2, 3], [3, 4]), ([5, 2, 3], [3, 4]), ([2, 3], [5, 3, 2]),
    ([4, 1, 2, 3], [5, 3, 2]), ([5, 2, 3], [3]), ([0, 3], [3, 2]), ([2, 0], [0, 3]),
  ])
  func gradients(_ a: [Int], _ b: [Int]) {
    #expect(gradientError([scattered(a, 1), scattered(b, 2)]) { matmul($0[0], $0[1]) } < 1e-6)
  }

  @Test func valuesAgreeWithSums() {
    let (a, b) = (scattered([3, 1, 4, 5], 1), scattered([2, 5, 6], 2))
    let sums = (a.unsqueeze(-1) * b.unsqueeze(-3)).sum(-2)
    #expect(difference(matmul(a, b), sums) < 1e-12)
    for dtype in [DType.float32, .float16, .bfloat16] {
      let tolerance = dtype == .float32 ? 1e-5 : 0.05
      let result = matmul(a.to(dtype), b.to(dtype))
      #expect(result.dtype == dtype)
      #expect(difference(result, sums) < tolerance)
    }
    let whole = (a * 10).to(.int32)
    #expect(matmul(whole, (b * 10).to(.int32)).dtype == .int32)
  }

  @Test func stridedOperandsNeedNoOrder() {
    let (a, b) = (scattered([7, 9], 1, dtype: .float32), scattered([7, 5], 2, dtype: .float32))
    let expected = (a.to(.float64).unsqueeze(2) * b.to(.float64).unsqueeze(1)).sum(0)
    #expect(difference(matmul(a.t(), b), expected) < 1e-5)
    let every = a.slice2()
    #expect(difference(matmul(every.t(), every), matmul(every.contiguous().t(), every.contiguous())) < 1e-6)
    #expect(difference(matmul(a.narrow(1, 0, 1).expand([7, 7]), b), a.narrow(1, 0, 1) * b.sum(0).unsqueeze(0)) < 1e-5)
  }

  /// Products of a size that threads share blocks of, in all layouts, with edges that fill no block.
  @Test(arguments: [(16, 300, 230), (131, 97, 83), (17, 1030, 61), (700, 19, 81), (61, 67, 300)])
  func largeProducts(_ m: Int, _ n: Int, _ k: Int) {
    for dtype in [DType.float32, .float64] {
      let tolerance = dtype == .float32 ? 2e-5 * Double(k).squareRoot() : 1e-11
      let (a, b, bias) = (
        scattered([m, k], 1, dtype: dtype), scattered([k, n], 2, dtype: dtype), scattered([n], 3, dtype: dtype)
      )
      let expected = (a.to(.float64).unsqueeze(2) * b.to(.float64).unsqueeze(0)).sum(1)
      for (left, right) in [(a, b), (a.t().contiguous().t(), b), (a, b.t().contiguous().t())] {
        #expect(difference(matmul(left, right), expected) < tolerance)
      }
      let weight = b.t().contiguous()
      #expect(difference(linear(a, weight, bias), expected + bias.to(.float64)) < tolerance)
      let whole = linear(a.reshape([1, m, k]), weight, bias).relu()
      #expect(difference(whole, (expected + bias.to(.float64)).relu().unsqueeze(0)) < tolerance)
    }
  }

  /// Products of few rows or columns, for which the other matrix is read as it lies, with edges that fill no vector.
  @Test(arguments: [
    (1, 300, 1030), (2, 301, 2049), (3, 62, 17), (16, 39, 1025), (5, 4, 3), (700, 8, 3), (900, 1, 2), (300, 2, 1030),
    (83, 1, 61), (61, 7, 15),
  ])
  func productsOfFewRows(_ m: Int, _ n: Int, _ k: Int) { largeProducts(m, n, k) }

  /// A layer's weight, which engines keep in a form of their own from its second use on, for few rows and for many.
  @Test(arguments: [2, 3, 40, 300])
  func weightsThatAreKept(_ rows: Int) {
    let layer = Linear(300, 150)
    let (x, weight, bias) = (
      scattered([rows, 300], 1, dtype: .float32), layer.weight.detach().to(.float64),
      layer.bias?.detach().to(.float64) ?? Tensor.zeros([150], dtype: .float64)
    )
    let expected = (x.to(.float64).unsqueeze(1) * weight.unsqueeze(0)).sum(2) + bias
    for _ in 0..<3 { #expect(difference(noGrad { layer(x) }, expected) < 2e-5) }
    noGrad { layer.weight.fill_(0.5) }
    let changed = (x.to(.float64) * 0.5).sum(1).unsqueeze(1) + bias
    for _ in 0..<3 { #expect(difference(noGrad { layer(x) }, changed) < 1e-4) }
  }

  @Test func linearIsProductAndBias() {
    #expect(
      gradientError([scattered([2, 3, 4], 1), scattered([5, 4], 2), scattered([5], 3)]) {
        linear($0[0], $0[1], $0[2])
      } < 1e-6)
    let (x, w, b) = (
      scattered([6, 4], 1, dtype: .float32), scattered([5, 4], 2, dtype: .float32), scattered([5], 3, dtype: .float32)
    )
    #expect(difference(linear(x, w, b), matmul(x, w.t()) + b) < 1e-6)
  }

  @Test func mistakesAreNamed() {
    #expect(throws: TensorError.self) { try withErrors { matmul(Tensor.ones([2, 3]), Tensor.ones([4, 5])) } }
    do {
      _ = try withErrors { matmul(Tensor.ones([2, 3]), Tensor.ones([4, 5])) }
    } catch {
      #expect("\(error)" == "matmul: cannot multiply [2, 3] by [4, 5]: the inner dimensions 3 and 4 differ")
    }
    #expect(throws: TensorError.self) { try withErrors { mm(Tensor.ones([3]), Tensor.ones([3, 3])) } }
    #expect(throws: TensorError.self) { try withErrors { linear(Tensor.ones([2, 3]), Tensor.ones([4, 5])) } }
  }
}

extension Tensor {
  /// Every second element of both dimensions of a matrix.
  fileprivate func slice2() -> Tensor {
    let (rows, columns) = (shape[0] / 2, shape[1] / 2)
    return narrow(0, 0, rows * 2).narrow(1, 0, columns * 2).reshape([rows, 2, columns, 2]).select(3, 0).select(1, 0)
  }
}
