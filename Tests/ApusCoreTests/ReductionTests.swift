import Apus
import Testing

@Suite struct Reducing {
  let x = scattered([3, 4], 1)

  @Test func gradientsOfBothOrders() {
    #expect(gradientError([x]) { $0[0].prod(1) } < 1e-5)
    #expect(gradientError([x]) { $0[0].cumprod(1).square() } < 1e-5)
    #expect(gradientError([x]) { $0[0].logcumsumexp(0).square() } < 1e-5)
    #expect(gradientError([x]) { $0[0].cumsum(1).square() } < 1e-5)
    #expect(gradientError([x]) { $0[0].logsumexp(1).square() } < 1e-5)
    #expect(gradientError([x]) { $0[0].std(1) } < 1e-5)
    #expect(gradientError([x]) { $0[0].norm(3, [0]) } < 1e-5)
    #expect(gradientError([x]) { $0[0].max(1).values.square() } < 1e-5)
    #expect(gradientError([x]) { $0[0].sort(0).values.exp() } < 1e-5)
    #expect(gradientError([x]) { $0[0].quantile(0.3, dim: 1).square() } < 1e-5)
    #expect(gradientError([x]) { $0[0].cov() } < 1e-5)
  }

  @Test func productsWithZerosHaveGradients() {
    for values in [[2.0, 0.0, 3.0], [0.0, 0.0, 3.0]] {
      let y = Tensor(values, dtype: .float64)
      #expect(gradientError([y]) { $0[0].prod() } < 1e-5)
      #expect(gradientError([y]) { $0[0].cumprod(0) } < 1e-5)
    }
  }

  @Test func normsHaveNoGradientAtZero() {
    let zero = Tensor([0.0, 0.0], requiresGrad: true)
    zero.norm().backward()
    #expect(zero.grad?.array() == [0, 0])
  }

  @Test func emptyDimensions() {
    let none = Tensor.zeros([0, 3])
    #expect(none.sum(0).array() == [0, 0, 0])
    #expect(none.prod(0).array() == [1, 1, 1])
    #expect(none.cumsum(0).shape == [0, 3])
    #expect(none.sort(0).values.shape == [0, 3])
    #expect(none.mean().item().isNaN)
    #expect(none.any().array(as: Bool.self) == [false] && none.all().array(as: Bool.self) == [true])
    #expect(throws: (any Error).self) { try withErrors { none.amax([0]) } }
    #expect(throws: (any Error).self) { try withErrors { none.argmax(0) } }
  }

  @Test func longScansAgreeWithShortOnes() {
    let n = 300_000
    let ones = Tensor.ones([n])
    let sums = ones.cumsum(0)
    #expect(sums[n - 1].item() == Double(n) && sums[131_072].item() == 131_073)
    let wide = Tensor.ones([2, n / 2]).cumsum(1)
    #expect(wide[1, -1].item() == Double(n / 2))
  }

  @Test func extremesAreFoundInEveryLayout() {
    let y = scattered([70, 90], 5, dtype: .float32)
    let values = y.array()
    for dim in 0...1 {
      let found = y.max(dim)
      let (count, length) = dim == 0 ? (90, 70) : (70, 90)
      let lanes: [[Float]] = (0..<count).map { (lane: Int) -> [Float] in
        (0..<length).map { (i: Int) -> Float in dim == 0 ? values[i * 90 + lane] : values[lane * 90 + i] }
      }
      #expect(found.values.array() == lanes.map { (lane: [Float]) -> Float in lane.max() ?? 0 })
      #expect(
        found.indices.array(as: Int.self)
          == lanes.map { (lane: [Float]) -> Int in lane.firstIndex(of: lane.max() ?? 0) ?? -1 })
      #expect(y.t().argmax(1 - dim).array(as: Int.self) == found.indices.array(as: Int.self))
    }
    let large = scattered([200_000], 6, dtype: .float32)
    #expect(large[large.argmax()].item() == large.max().item())
    var spoiled = large
    spoiled[150_000] = Double.nan
    spoiled[150_001] = Double.nan
    #expect(spoiled.argmax().item() == 150_000)
  }
}

@Suite struct Ordering {
  @Test(arguments: [10, 100, 5_000])
  func sortingIsStableAndPutsNaNLast(_ n: Int) {
    var values = scattered([n], n, dtype: .float32).array().map { ($0 * 20).rounded() }
    values[3] = .nan
    values[5] = -0.0
    values[6] = 0
    let x = Tensor(values)
    func rank(_ v: Float) -> Float { v.isNaN ? .infinity : v }
    let up = values.indices.sorted { (rank(values[$0]), $0) < (rank(values[$1]), $1) }
    #expect(x.argsort().array(as: Int.self) == up)
    let down = values.indices.sorted { (-rank(values[$0]), $0) < (-rank(values[$1]), $1) }
    #expect(x.argsort(descending: true).array(as: Int.self) == down)
    let integers = Tensor(values.map { $0.isNaN ? 99 : Int($0) })
    #expect(integers.argsort().array(as: Int.self) == up)
    #expect(x.to(.float64).argsort().array(as: Int.self) == up)
    let k = min(7, n)
    #expect(x.topk(k).indices.array(as: Int.self) == Array(down.prefix(k)))
    #expect(x.topk(k, largest: false).indices.array(as: Int.self) == Array(up.prefix(k)))
    #expect(x.kthvalue(4).indices.item() == Double(up[3]))
  }

  @Test func topkOfManyBlocks() {
    let x = scattered([50_000], 9, dtype: .float32)
    let sorted = x.sort(descending: true)
    let top = x.topk(100)
    #expect(top.values.array() == sorted.values[..<100].array())
    #expect(top.indices.array(as: Int.self) == sorted.indices[..<100].array(as: Int.self))
    #expect(x.topk(50_000).values.array() == sorted.values.array())
  }

  @Test func distinctValues() {
    let x = Tensor([3, 1, 3, 2, 1])
    let found = x.unique()
    #expect(found.values.array(as: Int.self) == [1, 2, 3])
    #expect(found.inverse.array(as: Int.self) == [2, 0, 2, 1, 0])
    #expect(found.counts.array(as: Int.self) == [2, 1, 2])
    #expect(isin(x, Tensor([1, 5])).array(as: Bool.self) == [false, true, false, false, true])
    #expect(x.mode().values.item() == 1)
    #expect(searchsorted(Tensor([1, 3, 5]), Tensor([3, 6, 0])).array(as: Int.self) == [1, 3, 0])
  }
}
