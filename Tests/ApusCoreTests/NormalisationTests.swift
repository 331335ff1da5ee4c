import Apus
import Testing

@Suite struct NormalisationTests {
  @Test(arguments: [[4, 3], [3, 2, 4], [2, 3, 3, 2]])
  func batchNormGradients(_ shape: [Int]) {
    let inputs = [scattered(shape, 1), scattered([shape[1]], 2), scattered([shape[1]], 3)]
    #expect(
      gradientError(inputs) { batchNorm($0[0], weight: $0[1], bias: $0[2], training: true) } < 1e-5)
    #expect(gradientError([inputs[0]]) { batchNorm($0[0], training: true) } < 1e-5)
    let (mean, variance) = (scattered([shape[1]], 4), scattered([shape[1]], 5).abs())
    #expect(
      gradientError(inputs) { batchNorm($0[0], runningMean: mean, runningVar: variance, weight: $0[1], bias: $0[2]) }
        < 1e-5)
  }

  @Test func batchNormLayoutsAgree() {
    let x = scattered([4, 8, 6, 5], 1, dtype: .float32) + 3
    let (w, b) = (scattered([8], 2, dtype: .float32), scattered([8], 3, dtype: .float32))
    func run(_ x: Tensor) -> (Tensor, [Tensor], Tensor, Tensor) {
      let (mean, variance) = (buffer(Tensor.zeros([8])), buffer(Tensor.ones([8])))
      let (value, gradients) = valueAndGrad { (xs: [Tensor]) in
        let y = batchNorm(xs[0], runningMean: mean, runningVar: variance, weight: xs[1], bias: xs[2], training: true)
        return (y * y * y).sum()
      }([x, w, b])
      return (value, gradients, mean, variance)
    }
    let first = run(x)
    let last = run(x.permute([0, 2, 3, 1]).contiguous().permute([0, 3, 1, 2]))
    #expect(difference(first.0, last.0) < 1e-2)
    for (a, b) in zip(first.1, last.1) { #expect(difference(a, b) < 1e-2) }
    #expect(difference(first.2, last.2) < 1e-6)
    #expect(difference(first.3, last.3) < 1e-6)
    // Running statistics by their definition.
    let mean = x.mean([0, 2, 3])
    let variance = (x - mean.reshape([8, 1, 1])).square().sum([0, 2, 3]) / 119
    #expect(difference(first.2, mean * 0.1) < 1e-5)
    #expect(difference(first.3, variance * 0.1 + 0.9) < 1e-5)
  }

  @Test func softmaxGradients() {
    for dim in [0, 1, 2] {
      #expect(gradientError([scattered([2, 3, 4], 1)]) { softmax($0[0], dim: dim) } < 1e-6)
      #expect(gradientError([scattered([2, 3, 4], 1)]) { logSoftmax($0[0], dim: dim) } < 1e-6)
    }
    let x = scattered([3, 5], 2)
    #expect(difference(softmax(x, dim: 1), x.exp() / x.exp().sum(1, keepDim: true)) < 1e-12)
  }

  @Test(arguments: [LossReduction.none, .mean, .sum]) func crossEntropyGradients(_ reduction: LossReduction) {
    let target = Tensor([1, 0, -100, 2])
    let x = scattered([4, 3], 1)
    let weight = Tensor([0.5, 2.0, 1.5], dtype: .float64)
    #expect(gradientError([x]) { crossEntropy($0[0], target, reduction: reduction) } < 1e-6)
    #expect(
      gradientError([x]) {
        crossEntropy($0[0], target, weight: weight, reduction: reduction, labelSmoothing: 0.1)
      } < 1e-6)
    #expect(
      gradientError([x, softmax(scattered([4, 3], 5), dim: 1)]) {
        crossEntropy($0[0], $0[1], weight: weight, reduction: reduction)
      } < 1e-6)
    #expect(
      gradientError([x]) { nllLoss(logSoftmax($0[0], dim: 1), target, weight: weight, reduction: reduction) } < 1e-6)
    let composed = nllLoss(logSoftmax(x, dim: 1), target, reduction: reduction)
    #expect(difference(crossEntropy(x, target, reduction: reduction), composed) < 1e-12)
    #expect(throws: TensorError.self) { try withErrors { crossEntropy(x, Tensor([0, 1, 2, 3])) } }
  }
}
