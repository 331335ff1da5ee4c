import Apus
import Testing

/// Attention of queries that see no key: zeros, as PyTorch gives. Values are PyTorch's.
@Suite struct HiddenRowAttentionTests {
  private let never = -Double.infinity
  private var mask: [Double] { [0, 1, never, never, never, never, never, never, 0.5, never, 0, 0] }
  private let query: [Double] = [1, 0, 0, 1, 1, 1]
  private let key: [Double] = [1, 2, 3, -1, 0, 1, 2, 2]
  private let value: [Double] = [1, 2, 3, 4, 5, 6, 7, 8]

  private func close(_ x: Tensor?, _ expected: [Double], _ tolerance: Double = 1e-5) -> Bool {
    let found = x?.array(as: Double.self) ?? []
    return found.count == expected.count && zip(found, expected).allSatisfy { abs($0 - $1) <= tolerance }
  }

  @Test func resultAndGradients() {
    let q = Tensor(Tensor(query, shape: [3, 2], dtype: .float64), requiresGrad: true)
    let k = Tensor(Tensor(key, shape: [4, 2], dtype: .float64), requiresGrad: true)
    let v = Tensor(Tensor(value, shape: [4, 2], dtype: .float64), requiresGrad: true)
    let m = Tensor(Tensor(mask, shape: [3, 4], dtype: .float64), requiresGrad: true)
    let out = scaledDotProductAttention(q, k, v, attnMask: m)
    #expect(close(out, [2.83581, 3.83581, 0, 0, 4.352376, 5.352376]))
    (out * Tensor([1.0, 2, 3, 4, 5, 6], shape: [3, 2], dtype: .float64)).sum().backward()
    #expect(close(q.grad, [0.639414, -0.95912, 0, 0, 10.342393, -0.312417]))
    #expect(
      close(k.grad, [-11.286933, -10.967226, 0.319707, 0, 0.312417, 0.312417, 10.65481, 10.65481]))
    #expect(close(v.grad, [2.185081, 2.687774, 0.917905, 1.83581, 0.310102, 0.372122, 2.586912, 3.104295]))
    #expect(close(m.grad, [-0.452134, 0.452134, 0, 0, 0, 0, 0, 0, -15.51, 0, 0.441824, 15.068176]))
  }

  @Test(arguments: [DType.float32, .float64, .float16, .bfloat16])
  func masksOfBothKinds(dtype: DType) {
    let q = Tensor(Tensor(query, shape: [1, 3, 2], dtype: dtype), requiresGrad: true)
    let k = Tensor(Tensor(key, shape: [1, 4, 2], dtype: dtype), requiresGrad: true)
    let v = Tensor(value, shape: [1, 4, 2], dtype: dtype)
    let seen = Tensor(mask.map { $0 == never ? 0.0 : 1 }, shape: [3, 4]).to(.bool)
    let added = Tensor(mask.map { $0 == never ? never : 0 }, shape: [3, 4], dtype: dtype)
    for mask in [seen, added] {
      let out = scaledDotProductAttention(q, k, v, attnMask: mask)
      #expect(out.dtype == dtype)
      let tolerance = dtype == .float32 || dtype == .float64 ? 1e-5 : 0.05
      #expect(close(out, [2.608859, 3.60886, 0, 0, 5.017189, 6.017189], tolerance))
      out.sum().backward()
      #expect(q.grad?.isnan().any().item() == 0 && k.grad?.isnan().any().item() == 0)
    }
    // Nothing is seen at all.
    let none = scaledDotProductAttention(q, k, v, attnMask: Tensor.zeros([3, 4], dtype: .bool))
    #expect(none.array() == [0, 0, 0, 0, 0, 0])
  }

  @Test func compiledFunctionsGiveTheSame() {
    let attend = compile { (inputs: [Tensor]) in
      [scaledDotProductAttention(inputs[0], inputs[1], inputs[2], attnMask: inputs[3])]
    }
    let inputs = [
      Tensor(query, shape: [3, 2], dtype: .float32), Tensor(key, shape: [4, 2], dtype: .float32),
      Tensor(value, shape: [4, 2], dtype: .float32), Tensor(mask, shape: [3, 4], dtype: .float32),
    ]
    for _ in 0..<2 { #expect(close(attend(inputs)[0], [2.83581, 3.83581, 0, 0, 4.352376, 5.352376])) }
  }

  @Test func whatIsNotANumberStaysThat() {
    let mask = Tensor([0, 0, 0, 0, Double.nan, .nan, .nan, .nan, 0, 0, 0, 0], shape: [3, 4], dtype: .float32)
    let out = scaledDotProductAttention(
      Tensor(query, shape: [3, 2], dtype: .float32), Tensor(key, shape: [4, 2], dtype: .float32),
      Tensor(value, shape: [4, 2], dtype: .float32), attnMask: mask
    ).array()
    #expect(out.map(\.isNaN) == [false, false, true, true, false, false])
  }

  @Test func masksOfWholeNumbersAreRefused() {
    let x = Tensor.ones([2, 2], dtype: .float32)
    let error = #expect(throws: TensorError.self) {
      try withErrors { scaledDotProductAttention(x, x, x, attnMask: Tensor.ones([2, 2], dtype: .int64)) }
    }
    #expect(error?.kind == .dtype)
  }
}
