import Apus
import Testing

/// A composition of several steps on operands whose squares, sums or products 16 bits cannot hold, though they hold the
/// result.
private struct Case: Sendable, CustomTestStringConvertible {
  let name: String
  let inputs: [(values: [Double], shape: [Int])]
  let function: @Sendable ([Tensor]) -> Tensor
  var testDescription: String { name }

  init(_ name: String, _ inputs: ([Double], [Int])..., function: @escaping @Sendable ([Tensor]) -> Tensor) {
    (self.name, self.inputs, self.function) = (name, inputs.map { (values: $0.0, shape: $0.1) }, function)
  }
}

private let pair: ([Double], [Int]) = ([300, 400], [1, 2])
private let other: ([Double], [Int]) = ([-500, 100], [1, 2])
private let many: ([Double], [Int]) = ([Double](repeating: 1, count: 70_000), [70_000])
private let none: ([Double], [Int]) = ([Double](repeating: 0, count: 70_000), [70_000])
private let large: ([Double], [Int]) = ((0..<32).map { 59_000 + Double($0) * 100 }, [1, 2, 4, 4])

private let cases: [Case] =
  statistics + norms + losses + [
    Case("adaptiveAvgPool2d to one", large) { adaptiveAvgPool2d($0[0], 1) },
    Case("adaptiveAvgPool2d to parts", large) { adaptiveAvgPool2d($0[0], 2) },
    Case("adaptiveAvgPool2d to uneven parts", large) { adaptiveAvgPool2d($0[0], 3) },
    Case("avgPool2d", large) { avgPool2d($0[0], 2) },
    Case("avgPool2d with a divisor", large) { avgPool2d($0[0], 2, divisorOverride: 8) },
    Case("avgPool3d", large) { avgPool3d($0[0], 2, padding: 1) },
    Case("avgPool3d with a divisor", large) { avgPool3d($0[0], 2, divisorOverride: 9) },
    Case("lpPool2d", (large.0.map { $0 / 200 }, large.1)) { lpPool2d($0[0], 2, 2) },
    Case("interpolate by area", large) { interpolate($0[0], size: [3, 2], mode: .area) },
    Case("addmm", ([0], [1, 1]), pair, other) { addmm($0[0], $0[1], $0[2].t(), alpha: 0.01) },
    Case("addmv", ([60_000], [1]), pair, ([-500, 100], [2])) { addmv($0[0], $0[1], $0[2]) },
    Case("baddbmm", ([0], [1, 1, 1]), ([300], [1, 1, 1]), ([400], [1, 1, 1])) {
      baddbmm($0[0], $0[1], $0[2], alpha: 0.01)
    },
    Case("bilinear", pair, ([0.01], [1, 1]), ([200, -149], [1, 2, 1])) { bilinear($0[0], $0[1], $0[2]) },
    Case("attention", ([200, 200, 100, 300], [1, 2, 2]), ([200, 220, 210, 200], [1, 2, 2]), ([1, 2], [1, 2, 1])) {
      scaledDotProductAttention($0[0], $0[1], $0[2])
    },
  ]

private let statistics: [Case] = [
  Case("mean", many) { $0[0].mean() },
  Case("mean over a dimension", large) { $0[0].mean([2, 3]) },
  Case("nanmean", many) { $0[0].nanmean() },
  Case("var", ([100, -60, 20, 50], [4])) { $0[0].var() },
  Case("std", ([-300, 300], [2])) { $0[0].std() },
  Case("std over a dimension", ([-300, 300, 100, 200], [2, 2])) { $0[0].std(0) },
  Case("mean of varMean", large) { $0[0].varMean([1, 2]).1 },
  Case("logsumexp", many) { $0[0].logsumexp(0) },
  Case("logcumsumexp", ([300, 301, 299, 300], [4])) { $0[0].logcumsumexp(0) },
  Case("prod", ([300, 300, 0.001, 0.001], [4])) { $0[0].prod() },
  Case("cumprod", ([200, 300, 0.001, 0.001, 30], [5])) { $0[0].cumprod(0)[2...] },
  Case("amax of equal elements", many) { $0[0].amax() },
  Case("cov", ([300, -100, 20, 30], [2, 2])) { $0[0].cov()[1] },
  Case("corrcoef", ([300, -300, 100, 20, 30, -400], [2, 3])) { $0[0].corrcoef()[0, 1] },
  Case("trapezoid", ([60_000, 60_000, -60_000], [3])) { $0[0].trapezoid() },
  Case("localResponseNorm", ([300, 200, 400, 100], [1, 4, 1])) { localResponseNorm($0[0], 2) },
  Case("mean of scatterReduce", ([0], [1]), many) {
    $0[0].scatterReduce(0, Tensor.zeros([70_000], dtype: .int64), $0[1], reduce: .mean)
  },
]

private let norms: [Case] =
  [0.5, 1, 1.5, 2, 3, Double.infinity].map { p in Case("norm of order \(p)", pair) { $0[0].norm(p) } }
  + [-1, -2].map { p in Case("norm of order \(p)", ([0.002, 0.001], [2])) { $0[0].norm(p) } }
  + [
    Case("dist", pair, other) { $0[0].dist($0[1]) },
    Case("renorm", pair) { $0[0].renorm(p: 2, dim: 0, maxnorm: 5) },
    Case("normalize", pair) { normalize($0[0]) },
    Case("normalize small vectors", ([3e-5, 4e-5], [1, 2])) { normalize($0[0]) },
    Case("cosineSimilarity", pair, other) { cosineSimilarity($0[0], $0[1]) },
    Case("pairwiseDistance", pair, other) { pairwiseDistance($0[0], $0[1]) },
    Case("layerNorm", ([300, -300, 100, 1000], [1, 4]), ([1, 2, 3, 4], [4])) {
      layerNorm($0[0], [4], weight: $0[1])
    },
    Case("rmsNorm", ([300, -300, 100, 1000], [1, 4])) { rmsNorm($0[0], [4]) },
    Case("groupNorm", ([300, -300, 100, 1000], [1, 4]), ([1, 2, 3, 4], [4])) { groupNorm($0[0], 2, weight: $0[1]) },
    Case("instanceNorm", ([300, -300, 100, 1000], [1, 2, 2]), ([1, 2], [2])) { instanceNorm($0[0], weight: $0[1]) },
    Case("batchNorm", ([300, -300, 100, 1000, 3, 5], [3, 2])) { batchNorm($0[0], training: true) },
    Case("softmax", ([300, 301, 299, 60_000, 59_990, 1], [2, 3])) { softmax($0[0], dim: 1) },
  ]

private let classes = arange(70_000).remainder(2)
private let scores: ([Double], [Int]) = ((0..<140_000).map { $0 % 2 == 0 ? -5 : -4 }, [70_000, 2])

private let losses: [Case] = [
  Case("mseLoss", many, none) { mseLoss($0[0], $0[1]) },
  Case("mseLoss of far targets", ([300, 0], [2]), ([10, 0], [2])) { mseLoss($0[0], $0[1]) },
  Case("weighted mseLoss", many, none, many) { mseLoss($0[0], $0[1], weight: $0[2]) },
  Case("l1Loss", many, none) { l1Loss($0[0], $0[1]) },
  Case("smoothL1Loss", many, none) { smoothL1Loss($0[0], $0[1]) },
  Case("huberLoss", ([500, 0], [2]), ([0, 0], [2])) { huberLoss($0[0], $0[1], delta: 200) },
  Case("binaryCrossEntropy", (many.0.map { $0 / 2 }, many.1), none) { binaryCrossEntropy($0[0], $0[1]) },
  Case("binaryCrossEntropyWithLogits", many, none) { binaryCrossEntropyWithLogits($0[0], $0[1]) },
  Case("klDiv", many, many) { klDiv($0[0], $0[1]) },
  Case("klDiv by batch", scores, (scores.0.map { _ in 0.5 }, scores.1)) {
    klDiv($0[0], $0[1], reduction: .batchMean)
  },
  Case("poissonNLLLoss", many, none) { poissonNLLLoss($0[0], $0[1]) },
  Case("gaussianNLLLoss", ([300], [1]), ([0], [1]), ([2000], [1])) { gaussianNLLLoss($0[0], $0[1], $0[2]) },
  Case("hingeEmbeddingLoss", many) { hingeEmbeddingLoss($0[0], Tensor.ones([70_000])) },
  Case("marginRankingLoss", many, none) { marginRankingLoss($0[0], $0[1], -Tensor.ones([70_000], dtype: $0[0].dtype)) },
  Case("softMarginLoss", many, many) { softMarginLoss($0[0], $0[1]) },
  Case("cosineEmbeddingLoss", pair, other) { cosineEmbeddingLoss($0[0], $0[1], Tensor([1])) },
  Case("tripletMarginLoss", pair, ([0, 0], [1, 2]), other) { tripletMarginLoss($0[0], $0[1], $0[2]) },
  Case("multiMarginLoss", ([100, 300, 1], [1, 3])) { multiMarginLoss($0[0], Tensor([2]), p: 2) },
  Case("multilabelMarginLoss", many) {
    multilabelMarginLoss($0[0][..<600].reshape([200, 3]), Tensor([Int](repeating: 0, count: 600), shape: [200, 3]))
  },
  Case("multilabelSoftMarginLoss", many, none) { multilabelSoftMarginLoss($0[0], $0[1]) },
  Case("crossEntropy", scores) { crossEntropy($0[0], classes) },
  Case("crossEntropy with weights", scores, ([3, 1], [2])) { crossEntropy($0[0], classes, weight: $0[1]) },
  Case("smoothed crossEntropy", scores) { crossEntropy($0[0], classes, labelSmoothing: 0.1) },
  Case("crossEntropy of probabilities", scores, (scores.0.map { _ in 0.5 }, scores.1)) { crossEntropy($0[0], $0[1]) },
  Case("nllLoss", scores) { nllLoss($0[0], classes) },
  Case("nllLoss with weights", scores, ([3, 1], [2])) { nllLoss($0[0], classes, weight: $0[1]) },
]

/// What 16 bits must do: compute as float64 does from the same elements, and round once.
@Suite struct SixteenBitReductionTests {
  /// The largest error in halves of a unit of the last place.
  private func error(_ found: Tensor, _ exact: Tensor) -> Double {
    let digits = found.dtype == .float16 ? 0x1p-11 : 0x1p-8
    let smallest = found.dtype == .float16 ? 0x1p-25 : 0x1p-134
    guard found.shape == exact.shape else { return .infinity }
    return zip(found.array(as: Double.self), exact.array(as: Double.self)).reduce(0) { worst, pair in
      let distance = abs(pair.0 - pair.1) / max(abs(pair.1) * digits, smallest)
      return distance <= worst ? worst : distance.isNaN ? .infinity : distance
    }
  }

  @Test(arguments: cases) private func roundsOnce(_ item: Case) {
    for type in [DType.float16, .bfloat16] {
      let narrow = item.inputs.map { Tensor($0.values, shape: $0.shape, dtype: type) }
      let exact = narrow.map { $0.to(.float64) }
      let found = item.function(narrow)
      #expect(found.dtype == type)
      #expect(error(found, item.function(exact)) <= 1.01, "\(type): \(found), not \(item.function(exact))")
      // Cotangents that 16 bits hold exactly, no two neighbours alike.
      let directions = Tensor(
        (0..<found.count).map { [1.0, -0.5, 2, 0.25][$0 % 4] }, shape: found.shape, dtype: .float64)
      func gradients(_ inputs: [Tensor]) -> [Tensor] {
        valueAndGrad { (xs: [Tensor]) in (item.function(xs).to(.float64) * directions).sum() }(inputs).gradients
      }
      for (narrow, wide) in zip(gradients(narrow), gradients(exact)) {
        #expect(narrow.dtype == type)
        let scale = wide.abs().amax().item()
        let digits = type == .float16 ? 0x1p-11 : 0x1p-8
        #expect(difference(narrow, wide) <= 1.01 * scale * digits + 0x1p-25, "\(type): \(narrow), not \(wide)")
      }
    }
  }

  @Test func knownValues() {
    // PyTorch, float16.
    func half(_ values: [Double]) -> Tensor { Tensor(values, dtype: .float16) }
    #expect(half([300, 400]).norm().item() == 500)
    #expect(half([300, 400]).norm(3).item() == 449.75)
    #expect(half([-300, 300]).std().item() == 424.25)
    #expect(Tensor.ones([70_000], dtype: .float16).mean().item() == 1)
    #expect(cosineSimilarity(half([300, 400]), half([300, 400]), dim: 0).item() == 1)
    #expect(normalize(half([300, 400]), dim: 0).array(as: Double.self) == [0.60009765625, 0.7998046875])
    let sums = Tensor.ones([2052], dtype: .float16).cumsum(0)
    #expect(sums[2046...].array(as: Double.self) == [2047, 2048, 2048, 2050, 2052, 2052])
    #expect(
      half([60_000, 60_000, -60_000, -60_000]).cumsum(0).array(as: Double.self) == [60_000, .infinity, 60_000, 0])
    // A norm of 0 is raised to eps, which float16 does not hold.
    #expect(normalize(half([0, 0]), dim: 0).array(as: Double.self) == [0, 0])
  }

  @Test func secondDerivatives() {
    let functions: [(Tensor) -> Tensor] = [
      { $0.norm() }, { $0.std() }, { layerNorm($0, [4]).square() }, { rmsNorm($0, [4]).square() },
      { batchNorm($0.reshape([4, 1]), training: true).square() }, { softmax($0, dim: 0) }, { logSoftmax($0, dim: 0) },
      { $0.logsumexp(0) }, { $0.prod() },
    ]
    let direction: [Double] = [1, -0.5, 0.25, 2]
    for (i, f) in functions.enumerated() {
      func second(_ x: Tensor) -> [Double] {
        let weights = Tensor(direction, dtype: x.dtype)
        let g = grad { (x: Tensor) -> Tensor in
          let y = f(x)
          return (grad { (x: Tensor) in (f(x) * weights.reshape(y.shape == [] ? [4] : y.shape)).sum() }(x) * weights)
            .sum()
        }
        return g(x).array(as: Double.self)
      }
      let narrow = Tensor([1.0, 2, -1, 0.5], dtype: .bfloat16)
      let (found, exact) = (second(narrow), second(narrow.to(.float64)))
      let scale = exact.map(abs).max() ?? 0
      for (a, b) in zip(found, exact) { #expect(abs(a - b) <= 0.03 * scale, "\(i): \(found), not \(exact)") }
    }
  }
}
