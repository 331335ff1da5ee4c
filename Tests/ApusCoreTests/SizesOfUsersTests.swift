import Apus
import TestSupport
import Testing

/// Sizes that users give: views need no memory whatever their shape, and numbers beyond all bounds are reported.
@Suite struct SizesOfUsersTests {
  /// 2^36 elements that are one: PyTorch looks at them in no time too.
  @Test func viewsNeedNoMemory() {
    let x = Tensor(3.0).expand([1 << 18, 1 << 18])
    #expect(x.count == 1 << 36 && x.strides == [0, 0])
    #expect(x[5, 7].item() == 3)
    #expect(x.t().narrow(0, 100, 2).slice(1, 0, 3).array() == [3, 3, 3, 3, 3, 3])
    #expect(x.select(0, -1).shape == [1 << 18])
    #expect(x.unfold(0, 2, 1).shape == [(1 << 18) - 1, 1 << 18, 2])
    #expect(x.diagonal().shape == [1 << 18])
    #expect(x.asStrided([1 << 20, 1 << 20], [0, 0]).count == 1 << 40)
    #expect(x.reshape([1 << 9, 1 << 27])[3, 4].item() == 3)
    #expect(Tensor([1.0, 2.0]).expand([1 << 40, 2])[1 << 39].array() == [1, 2])
  }

  @Test(arguments: copies + numbers)
  func isReported(_ mistake: Mistake) {
    let complaint = mistake.complaint()
    #expect(complaint == nil, "\(complaint ?? "")")
  }

  /// Degrees that no recurrence gets to the end of. Values of PyTorch where it has closed forms; the others are the limits
  /// P_n(1) = 1, L_n(0) = 1 and the expansions of Hilb, which agree with the recurrences where both can be had.
  @Test func polynomialsOfLargeDegree() {
    func value(_ f: (Tensor, Tensor) -> Tensor, _ x: Double, _ n: Double) -> Double {
      f(Tensor(x, dtype: .float64), Tensor(n, dtype: .float64)).item()
    }
    #expect(abs(value(special.chebyshevPolynomialT, 0.5, 20_000_000) + 0.5) < 1e-7)
    #expect(value(special.chebyshevPolynomialT, -1, 20_000_001) == -1)
    #expect(value(special.chebyshevPolynomialU, 1, 20_000_000) == 20_000_001)
    #expect(value(special.chebyshevPolynomialU, -1, 20_000_000) == 20_000_001)
    #expect(value(special.chebyshevPolynomialV, 1, 9) == 1 && value(special.chebyshevPolynomialV, -1, 9) == -19)
    #expect(value(special.chebyshevPolynomialW, 1, 9) == 19 && value(special.chebyshevPolynomialW, -1, 9) == -1)
    #expect(value(special.legendrePolynomialP, 1, 0x1p45) == 1)
    #expect(abs(value(special.legendrePolynomialP, 0, 2e7) - 0.0001784124093851127) < 1e-12)
    #expect(abs(value(special.legendrePolynomialP, 0.5, 2e7) + 4.96199094147904e-05) < 1e-11)
    #expect(value(special.laguerrePolynomialL, 0, 0x1p45) == 1)
    #expect(abs(value(special.laguerrePolynomialL, 0.5, 2e7) + 0.012462504401888267) < 1e-8)
    #expect(abs(value(special.laguerrePolynomialL, 1.5, 2e7) + 0.007780505223715384) < 1e-7)
    // Single precision: of the recurrence in 80 bits.
    let x = Tensor([0.5, 1.75, 3], dtype: .float32)
    let found = special.laguerrePolynomialL(x, Tensor.full([], 100_000, dtype: .float32)).array(as: Double.self)
    for (y, exact) in zip(found, [0.04594378351634418, 0.0646859884350615, 0.01977466889997098]) {
      #expect(abs(y - exact) < 1e-5)
    }
  }

  /// One element out of many, with a step that leads nowhere: its gradient too.
  @Test func stepsBeyondTheEnds() {
    for step in [Int.min, Int.max, -(1 << 62)] {
      let x = Tensor([1.0, 2.0, 3.0], requiresGrad: true)
      let y = step < 0 ? x[.slice(2, nil, step: step)] : x[.slice(2, step: step)]
      #expect(y.array() == [3] && (y + 1.0).array() == [4])
      y.sum().backward()
      #expect(x.grad?.array() == [0, 0, 1])
    }
  }

  /// Sums of integers wrap around, as PyTorch's.
  @Test func integersWrapAround() {
    let ends = Tensor([[Int.max, Int.min]]).t()
    let index = Tensor([0, 1])
    #expect(ends.indexAdd(0, index, ends).array(as: Int.self) == [-2, 0])
    #expect(
      Tensor([Int.max]).put(Tensor([0, 0]), Tensor([1, 1]), accumulate: true).array(as: Int.self) == [Int.min + 1])
    #expect(Tensor([Int.max, 1]).cumsum(0).array(as: Int.self) == [Int.max, Int.min])
  }

  @Test func numbersThatFit() {
    // As many differences as there are elements leave none.
    #expect(Tensor([1.0, 4.0, 9.0]).diff(Int.max).shape == [0])
    // PyTorch: torch.round(torch.tensor(1.5), decimals=-400) is nan.
    #expect(Tensor([1.5]).round(decimals: Int.min).item().isNaN)
    #expect(Tensor([1, 2, 3]).combinations(2).array(as: Int.self) == [1, 2, 1, 3, 2, 3])
    #expect(
      Tensor([1, 2]).combinations(3, withReplacement: true).array(as: Int.self) == [1, 1, 1, 1, 1, 2, 1, 2, 2, 2, 2, 2])
    #expect(Tensor([1, 2]).combinations(5).shape == [0, 5])
    #expect(Tensor([Int.min]).unravelIndex([7]).map { $0.array(as: Int.self) } == [[6]])
  }
}

private let huge = Tensor(1.0).expand([1 << 18, 1 << 40])
private func ones(_ shape: Int...) -> Tensor { Tensor.ones(shape) }

private let copies: [Mistake] = [
  .init("add", .memory, "Add", "MiB") { huge + 1.0 },
  .init("copy", .memory, "MiB") { huge.clone() },
  .init("read", .memory, "array") { huge.array() },
  .init("bytes", .memory, "MiB") { huge.withUnsafeBytes { $0.count } },
  .init("flat", .memory, "reshape") { ones(2, 1).expand([2, 1 << 45]).reshape([1 << 46]) },
  .init("cat", .memory, "MiB") { cat([huge, huge]) },
  .init("in place", .memory, "MiB") {
    var x = huge
    x += 1.0
  },
  .init("part", .memory, "MiB") {
    var x = huge
    x[0, 0] = Tensor(2.0)
  },
  .init("assign", .memory, "MiB") {
    var x = huge
    x.assign(Tensor(2.0))
  },
  .init("rows", .memory, "MiB") { huge.indexSelect(0, Tensor([0])) },
]

private let numbers: [Mistake] = [
  .init("bincount of its largest", .memory, "bincount") { Tensor([1 << 60]).bincount() },
  .init("sections", .memory, "tensorSplit") { ones(3).tensorSplit(Int.max) },
  .init("negative sections", .value, "tensorSplit", "-1") { ones(3).tensorSplit(-1) },
  .init("chunks of nothing", .memory, "chunk") { ones(0).chunk(Int.max) },
  .init("gamma function", .memory, "mvlgamma") { ones(3).mvlgamma(Int.max) },
  .init("choices", .memory, "combinations") { Tensor([1, 2]).combinations(1 << 45, withReplacement: true) },
  .init("bins", .memory, "histogram") { ones(3).histogram(bins: Int.max) },
  .init("no bins", .value, "histogram", "0") { ones(3).histogram(bins: 0) },
  .init("kernel", .value, "kernelSize", "\(Int.min)") { maxPool2d(ones(1, 1, 4, 4), Int.min) },
  .init("stride of a fold", .value, "stride", "1 or more") { fold(ones(1, 4, 9), 4, 2, stride: 0) },
  .init("window of a fold", .value, "kernelSize") { unfold(ones(1, 1, 4, 4), 0) },
  .init("windows", .memory) { unfold(ones(1, 1, 4, 4), (1 << 31) - 1) },
  .init("neighbours", .value, "local_response_norm", "\(Int.min)") { localResponseNorm(ones(1, 2, 3), Int.min) },
  .init("groups", .shape) { conv1d(Tensor.zeros([1, 2, 3]), Tensor.zeros([0, 2, 1]), groups: Int.max) },
  .init("unpooling", .value, "outputSize") {
    maxUnpool1d(ones(1, 1, 2), Tensor([[[0, 1]]]), 2, outputSize: [Int.min])
  },
  .init("threads", .value, "setNumThreads", "0") { setNumThreads(0) },
  .init("permutation", .value, "randperm", "-1") { Generator(seed: 1).permutation(-1) },
  .init("permutation beyond memory", .memory) { Generator(seed: 1).permutation(Int.max) },
  .init("window", .value, "number of points", "-1") { signal.windows.hann(-1) },
]
