import Apus
import TestSupport
import Testing

/// Samplers of numbers that are none: reported, as PyTorch's refuse them, and no samples.
@Suite struct SamplerSizesTests {
  @Test(arguments: mistakes)
  func isReported(_ mistake: Mistake) {
    let complaint = mistake.complaint()
    #expect(complaint == nil, "\(complaint ?? "")")
  }

  @Test func lengthsAreNeverNegative() {
    #expect(RandomSampler(numSamples: -3).length(count: 5) == 0)
    #expect(WeightedRandomSampler([1, 2], numSamples: Int.min).length(count: 2) == 0)
  }
}

private let mistakes: [Mistake] = [
  .init("negative", .value, "RandomSampler", "-1") { RandomSampler(numSamples: -1).indices(count: 5) },
  .init("none", .value, "RandomSampler", "1 or more") { RandomSampler(numSamples: 0).indices(count: 5) },
  .init("negative with replacement", .value, "\(Int.min)") {
    RandomSampler(replacement: true, numSamples: Int.min).indices(count: 5)
  },
  .init("beyond memory", .memory) { RandomSampler(replacement: true, numSamples: Int.max).indices(count: 5) },
  .init("a dataset of less than nothing", .value, "SequentialSampler", "-2") { SequentialSampler().indices(count: -2) },
  .init("a random one", .value, "RandomSampler", "-2") { RandomSampler().indices(count: -2) },
  .init("weighted", .value, "multinomial") { WeightedRandomSampler([1, 2], numSamples: -1).indices(count: 2) },
  .init("weighted beyond memory", .memory) { WeightedRandomSampler([1, 2], numSamples: Int.max).indices(count: 2) },
  .init("parts", .value, "randomSplit") {
    TensorDataset(Tensor.ones(4, 1), Tensor.ones(4)).randomSplit([Int.max, Int.max])
  },
]
