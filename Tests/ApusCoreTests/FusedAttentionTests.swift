import Apus
import ApusCore
import Testing

/// Attention in float32, which is one kernel, against attention in float64, which is composed of other operations.
@Suite struct FusedAttentionTests {
  struct Case: Sendable, CustomTestStringConvertible {
    let name: String
    let query: [Int]
    let key: [Int]
    let value: [Int]
    var mask: [Int]? = nil
    var isBool = false
    var isCausal = false
    var isGrouped = false
    var window: Int? = nil
    var softCap: Double? = nil
    var position = 0
    var scale: Double? = nil
    var dropout = 0.0
    var testDescription: String { name }

    func callAsFunction(_ inputs: [Tensor]) -> Tensor {
      scaledDotProductAttention(
        inputs[0], inputs[1], inputs[2], attnMask: inputs.count > 3 ? inputs[3] : nil, dropoutP: dropout,
        isCausal: isCausal,
        scale: scale, enableGQA: isGrouped, slidingWindow: window, softCap: softCap, position: position)
    }

    /// Query, key, value, and the mask if there is one, which hides every third key and all of them from the second query.
    func inputs(_ dtype: DType) -> [Tensor] {
      manualSeed(7)
      var made = [query, key, value].map { randn($0, dtype: .float64).to(dtype) }
      if let mask {
        let drawn = rand(mask, dtype: .float64)
        var shown = drawn.gt(0.33)
        if mask[mask.count - 2] > 1 {
          let second = arange(mask[mask.count - 2]).unsqueeze(1).eq(1)
          shown = shown & second.logicalNot()
        }
        let never = Tensor.full([], -Double.infinity, dtype: .float64)
        made.append(isBool ? shown : `where`(shown, drawn, never).to(dtype))
      }
      return made
    }
  }

  static let cases: [Case] = [
    Case(name: "plain", query: [2, 3, 70, 64], key: [2, 3, 70, 64], value: [2, 3, 70, 64]),
    Case(name: "causal", query: [2, 2, 130, 16], key: [2, 2, 130, 16], value: [2, 2, 130, 16], isCausal: true),
    Case(name: "odd sizes", query: [1, 2, 37, 13], key: [1, 2, 81, 13], value: [1, 2, 81, 21], isCausal: true),
    Case(name: "matrices", query: [19, 5], key: [33, 5], value: [33, 7], scale: 0.7),
    Case(name: "one query", query: [2, 4, 1, 32], key: [2, 4, 300, 32], value: [2, 4, 300, 40]),
    Case(
      name: "three queries of a cache", query: [2, 3, 16], key: [2, 90, 16], value: [2, 90, 16], isCausal: true,
      position: 87),
    Case(
      name: "bool mask", query: [2, 3, 40, 8], key: [2, 3, 70, 8], value: [2, 3, 70, 8], mask: [40, 70], isBool: true),
    Case(
      name: "padding mask", query: [2, 3, 40, 8], key: [2, 3, 70, 8], value: [2, 3, 70, 8], mask: [2, 1, 1, 70],
      isBool: true),
    Case(name: "added mask", query: [2, 3, 40, 8], key: [2, 3, 70, 8], value: [2, 3, 70, 8], mask: [3, 40, 70]),
    Case(name: "mask of a column", query: [2, 3, 20, 8], key: [2, 3, 30, 8], value: [2, 3, 30, 8], mask: [20, 1]),
    Case(
      name: "mask of one query", query: [2, 3, 1, 8], key: [2, 3, 30, 8], value: [2, 3, 30, 8], mask: [2, 1, 1, 30]),
    Case(
      name: "grouped", query: [2, 6, 33, 24], key: [2, 2, 50, 24], value: [2, 2, 50, 24], isCausal: true,
      isGrouped: true),
    Case(
      name: "grouped, one query", query: [2, 6, 1, 24], key: [2, 2, 150, 24], value: [2, 2, 150, 24],
      mask: [2, 6, 1, 150],
      isBool: true, isGrouped: true),
    Case(
      name: "window", query: [1, 2, 150, 16], key: [1, 2, 150, 16], value: [1, 2, 150, 16], isCausal: true, window: 20),
    Case(
      name: "window on both sides", query: [1, 2, 90, 16], key: [1, 2, 150, 16], value: [1, 2, 150, 16], window: 9,
      position: 40),
    Case(name: "soft cap", query: [1, 2, 50, 16], key: [1, 2, 70, 16], value: [1, 2, 70, 16], softCap: 1.5),
    Case(
      name: "soft cap and mask", query: [1, 2, 50, 16], key: [1, 2, 70, 16], value: [1, 2, 70, 16], mask: [50, 70],
      isBool: true, softCap: 1.5),
    Case(name: "dropout", query: [2, 3, 70, 64], key: [2, 3, 90, 64], value: [2, 3, 90, 64], dropout: 0.2),
    Case(
      name: "dropout, causal, odd sizes", query: [1, 2, 137, 13], key: [1, 2, 137, 13], value: [1, 2, 137, 21],
      isCausal: true, dropout: 0.5),
    Case(
      name: "dropout of a grouped soft cap with a mask", query: [2, 6, 33, 24], key: [2, 2, 50, 24],
      value: [2, 2, 50, 24], mask: [33, 50], isBool: true, isGrouped: true, softCap: 2, dropout: 0.1),
    Case(name: "dropout of two queries", query: [2, 2, 8], key: [2, 30, 8], value: [2, 30, 8], dropout: 0.4),
    Case(name: "broadcast heads", query: [2, 3, 20, 8], key: [1, 3, 30, 8], value: [3, 30, 8]),
  ]

  /// The result and the gradients of query, key and value for a fixed cotangent.
  private func differentiated(_ test: Case, _ dtype: DType) -> [Tensor] {
    let inputs = test.inputs(dtype)
    let leaves = inputs.prefix(3).map { Tensor($0, requiresGrad: true) }
    let result = test(leaves + inputs.dropFirst(3))
    manualSeed(8)
    result.backward(randn(result.shape, dtype: .float64).to(dtype))
    return [result.detach()] + leaves.map { $0.grad ?? Tensor(Double.nan) }
  }

  @Test(arguments: cases)
  func asComposed(_ test: Case) {
    for (found, expected) in zip(differentiated(test, .float32), differentiated(test, .float64)) {
      expectClose(found.to(.float64), expected, 2e-5)
    }
  }

  @Test(arguments: [DType.bfloat16, .float16])
  func sixteenBits(_ dtype: DType) {
    for test in FusedAttentionTests.cases.prefix(8) {
      let narrow = test.inputs(dtype)
      let wide = narrow.map { $0.dtype == dtype ? $0.to(.float64) : $0 }
      // One rounding of the result, where it is stored.
      expectClose(test(narrow).to(.float64), test(wide), dtype == .bfloat16 ? 0.004 : 0.0006)
      let leaves = [narrow, wide].map { $0.prefix(3).map { Tensor($0, requiresGrad: true) } }
      for (leaves, mask) in zip(leaves, [narrow, wide]) { test(leaves + mask.dropFirst(3)).sum().backward() }
      for (found, expected) in zip(leaves[0], leaves[1]) {
        #expect(found.grad?.dtype == dtype)
        expectClose((found.grad ?? found).to(.float64), expected.grad ?? expected, dtype == .bfloat16 ? 0.01 : 0.002)
      }
    }
  }

  private static let small = Case(name: "small", query: [2, 6, 4], key: [2, 7, 4], value: [2, 7, 3], isCausal: true)
  private static let masked = Case(
    name: "masked", query: [2, 6, 4], key: [2, 7, 4], value: [2, 7, 3], mask: [6, 7], isBool: true, softCap: 2)
  private static let dropped = Case(
    name: "dropped", query: [2, 6, 4], key: [2, 7, 4], value: [2, 7, 3], isCausal: true, dropout: 0.3)

  @Test(arguments: [small, masked, dropped])
  func secondDerivatives(_ test: Case) {
    func second(_ dtype: DType) -> [Tensor] {
      let inputs = test.inputs(dtype)
      let leaves = inputs.prefix(3).map { Tensor($0, requiresGrad: true) }
      let first = gradients(
        of: [test(leaves + inputs.dropFirst(3)).square().sum()], wrt: leaves, cotangents: [nil], createGraph: true)
      let sum = first.reduce(Tensor.zeros([], dtype: dtype)) { $0 + ($1 ?? $0).square().sum() }
      return gradients(of: [sum], wrt: leaves, cotangents: [nil]).map { $0 ?? Tensor(Double.nan) }
    }
    for (found, expected) in zip(second(.float32), second(.float64)) { expectClose(found.to(.float64), expected, 1e-4) }
  }

  @Test(arguments: [small, masked, dropped])
  func forwardMode(_ test: Case) {
    func tangent(_ dtype: DType) -> Tensor {
      let inputs = test.inputs(dtype)
      let mask = Array(inputs.dropFirst(3))
      manualSeed(3)
      let way = inputs.prefix(3).map { randn($0.shape, dtype: .float64).to(dtype) }
      return jvp(
        { q, k, v in test([q, k, v] + mask) }, primals: inputs[0], inputs[1], inputs[2], tangents: way[0], way[1],
        way[2]
      ).tangent
    }
    expectClose(tangent(.float32).to(.float64), tangent(.float64), 2e-5)
  }

  @Test func manySamples() {
    manualSeed(1)
    let (q, k, v) = (randn(3, 2, 5, 4), randn(3, 2, 6, 4), randn(2, 6, 4))
    let mapped = vmap(inDims: [0, 0, nil]) { q, k, v in scaledDotProductAttention(q, k, v, isCausal: true) }
    let each = (0..<3).map { scaledDotProductAttention(q[$0], k[$0], v, isCausal: true) }
    expectClose(mapped(q, k, v), stack(each))
    // Gradients of each sample.
    let slopes = vmap(inDims: [0, 0, nil]) { q, k, v in
      grad { q in scaledDotProductAttention(q, k, v, isCausal: true).square().sum() }(q)
    }
    let expected = (0..<3).map { i in
      grad { q in scaledDotProductAttention(q, k[i], v, isCausal: true).square().sum() }(q[i])
    }
    expectClose(slopes(q, k, v), stack(expected))
  }

  /// Keys that a thread for each part reads give one result.
  @Test func oneQueryAmongManyKeys() {
    let test = Case(
      name: "", query: [1, 1, 8], key: [1, 5000, 8], value: [1, 5000, 8], mask: [1, 5000], isBool: true)
    let inputs = test.inputs(.float32)
    let expected = test(inputs.map { $0.dtype == .bool ? $0 : $0.to(.float64) })
    expectClose(test(inputs).to(.float64), expected)
    expectClose(withThreadLimit(1) { test(inputs) }, test(inputs))
    // Nothing seen in the first half, and nothing at all.
    let late = arange(5000).ge(4000).unsqueeze(0)
    expectClose(
      test(inputs.prefix(3) + [late]).to(.float64), test(inputs.prefix(3).map { $0.to(.float64) } + [late]))
    #expect(
      test(inputs.prefix(3) + [Tensor.zeros([1, 5000], dtype: .bool)]).array() == [Float](repeating: 0, count: 8))
  }

  /// Masks of the largest finite number are no -infinity: a query that is hidden so weighs all keys alike.
  @Test func finiteMasksOfHiddenQueries() {
    let x = Tensor.ones([2, 3], dtype: .float32)
    let v = Tensor([1.0, 2, 3, 4], shape: [2, 2], dtype: .float32)
    let mask = Tensor.full([2, 2], -Double(Float.greatestFiniteMagnitude), dtype: .float32)
    expectClose(
      scaledDotProductAttention(x, x, v, attnMask: mask), Tensor([2.0, 3, 2, 3], shape: [2, 2], dtype: .float32))
  }

  /// Heads that lie side by side in the rows of a projection lie so in the result, and are joined without a copy.
  @Test func resultsLieAsQueriesDo() {
    manualSeed(21)
    for test in [FusedAttentionTests.cases[0], FusedAttentionTests.cases[1]] {
      let inputs = test.inputs(.float32)
      let apart = inputs.map { $0.transpose(1, 2).contiguous().transpose(1, 2) }
      let g = randn(test.query)
      let found = [inputs, apart].map { given -> [Tensor] in
        let leaves = given.map { Tensor($0, requiresGrad: true) }
        let result = test(leaves)
        // The cotangent as it comes from a layer behind the joined heads.
        result.transpose(1, 2).reshape([test.query[0], test.query[2], -1]).backward(
          g.transpose(1, 2).reshape([test.query[0], test.query[2], -1]))
        return [result.detach()] + leaves.map { $0.grad ?? Tensor(Double.nan) }
      }
      #expect(found[0][0].isContiguous)
      #expect(found[1][0].transpose(1, 2).isContiguous)
      for (a, b) in zip(found[0], found[1]) { expectClose(a, b, 1e-6) }
    }
    // Of few queries, whose heads are read one behind the other, and of columns that do not lie side by side.
    let few = [randn(2, 3, 2, 16), randn(2, 3, 40, 16), randn(2, 3, 40, 16)]
    #expect(scaledDotProductAttention(few[0], few[1], few[2]).isContiguous)
    let turned = [randn(2, 3, 16, 70), randn(2, 3, 16, 70), randn(2, 3, 16, 70)]
    let columns = scaledDotProductAttention(turned[0].mT, turned[1].mT, turned[2].mT)
    expectClose(columns, scaledDotProductAttention(turned[0].mT.contiguous(), turned[1].mT, turned[2].mT), 1e-6)
  }

  @Test func memoryIsLinearInTheLength() {
    let n = 8192
    let x = (0..<3).map { _ in Tensor(randn(1, 1, n, 16), requiresGrad: true) }
    let before = Allocator.shared.statistics
    scaledDotProductAttention(x[0], x[1], x[2], isCausal: true).sum().backward()
    let after = Allocator.shared.statistics
    // The composed form holds at least scores and weights.
    #expect(after.peak <= max(before.peak, before.current + 2 * n * n * 4 / 10))
  }

  @Test func wrongArgumentsAreRefused() {
    let x = Tensor.ones([2, 2], dtype: .float32)
    let calls: [() -> Tensor] = [
      { scaledDotProductAttention(x, x, x, slidingWindow: 0) }, { scaledDotProductAttention(x, x, x, softCap: -1) },
      { scaledDotProductAttention(x, x, x, position: -1) },
    ]
    for call in calls {
      let error = #expect(throws: TensorError.self) { try withErrors { call() } }
      #expect(error?.kind == .value)
    }
  }
}
