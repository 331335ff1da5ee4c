import Apus
import TestSupport
import Testing

/// Operations on what a mask lets through: PyTorch's values where nothing is let through, and gradients of 0 for what is left out.
@Suite struct MaskedTests {
  private let x = Tensor([[3.0, 1, 2], [4, -5, 6]])
  private let mask = Tensor([[true, false, true], [false, false, false]])

  @Test func whatIsLeftOutIsNeutral() {
    expectClose(masked.sum(x, dim: 1, mask: mask), Tensor([5.0, 0]))
    expectClose(masked.prod(x, dim: 1, mask: mask), Tensor([6.0, 1]))
    #expect(masked.amax(x, dim: 1, mask: mask).array(as: Double.self) == [3, -.infinity])
    #expect(masked.amin(x, dim: 1, mask: mask).array(as: Double.self) == [2, .infinity])
    #expect(masked.amax(x.to(.int8), dim: 1, mask: mask).array(as: Int.self) == [3, -128])
    expectClose(masked.cumsum(x, dim: 1, mask: mask), Tensor([[3.0, 3, 5], [0, 0, 0]]))
    expectClose(masked.cumprod(x, dim: 1, mask: mask), Tensor([[3.0, 3, 6], [1, 1, 1]]))
    expectClose(masked.norm(x, ord: 1, dim: 1, mask: mask), Tensor([5.0, 0]))
    #expect(masked.norm(x, ord: -.infinity, dim: 1, mask: mask).array(as: Double.self) == [2, .infinity])
    expectClose(masked.normalize(x, ord: 2, dim: 1, mask: mask), Tensor([[0.8320503, 0, 0.5547002], [0, 0, 0]]))
    #expect(masked.argmax(x, dim: 1, dtype: .int64, mask: mask).array(as: Int.self) == [0, 0])
    #expect(masked.argmin(x, dim: 1, mask: mask).dtype == .float32)
    #expect(masked.sum(x.to(.int8), mask: mask).dtype == .int64)
  }

  @Test func whatHasNoNeutralElementIsNaN() {
    for (found, expected) in [
      (masked.mean(x, dim: 1, mask: mask), 2.5), (masked.var(x, dim: 1, mask: mask), 0.5),
      (masked.std(x, dim: 1, mask: mask), 0.70710678), (masked.median(x, dim: 1, mask: mask), 2),
    ] {
      let values = found.array(as: Double.self)
      #expect(abs(values[0] - expected) < 1e-6 && values[1].isNaN)
    }
    #expect(masked.var(x, mask: Tensor([true, true, false])).item() == 16.25)
    #expect(masked.logsumexp(x, dim: 1, mask: mask)[1].item() == -.infinity)
    let found = masked.softmax(x, dim: 1, mask: Tensor([[true, false, true], [true, true, true]]))
    expectClose(found, Tensor([[0.7310586, 0, 0.2689414], [0.11920116, 1.4710592e-05, 0.88078409]]))
  }

  /// Without a mask they are the operations themselves.
  @Test func withoutAMaskAllTakePart() {
    let z = scattered([3, 4])
    for (found, expected) in [
      (masked.mean(z, dim: 0), z.mean(0)), (masked.var(z, dim: 1, correction: 0), z.var(1, correction: 0)),
      (masked.std(z), z.std()), (masked.logsumexp(z, dim: 1), z.logsumexp(1)), (masked.prod(z, dim: [0, 1]), z.prod()),
      (masked.logSoftmax(z, dim: 1), z.logSoftmax(1)), (masked.softmin(z, dim: 0), (-z).softmax(0)),
      (masked.logaddexp(z, z * 2), z.logaddexp(z * 2)), (masked.median(z), z.median(-1).values),
    ] { expectClose(found, expected, 1e-12) }
  }

  @Test func gradientsAreThoseOfDifferences() {
    let z = scattered([3, 4])
    let mask = Tensor([[true, false, true, true], [true, true, false, true], [false, true, true, false]])
    let functions: [@Sendable (Tensor) -> Tensor] = [
      { masked.sum($0, dim: 1, mask: mask) }, { masked.prod($0, dim: 0, mask: mask) },
      { masked.mean($0, dim: 1, mask: mask) }, { masked.std($0, dim: 1, mask: mask) },
      { masked.logsumexp($0, dim: 1, mask: mask) }, { masked.norm($0, ord: 3, dim: 1, mask: mask) },
      { masked.cumprod($0, dim: 1, mask: mask) }, { masked.softmax($0, dim: 1, mask: mask) },
      { masked.normalize($0, ord: 2, dim: 1, mask: mask) }, { masked.median($0, dim: 1, mask: mask) },
      { masked.logaddexp($0, $0 * 2, inputMask: mask, otherMask: Tensor(true)) },
    ]
    for (i, f) in functions.enumerated() { #expect(gradientError([z], second: i != 9) { f($0[0]) } < 1e-6, "\(i)") }
  }

  @Test(arguments: [
    Mistake("a larger mask", .shape, "masked.sum", "[2, 2, 3]", "[2, 3]") {
      masked.sum(ones(2, 3), mask: Tensor.ones([2, 2, 3]))
    },
    Mistake("a mask that does not broadcast", .shape, "[2]", "[2, 3]") {
      masked.softmax(ones(2, 3), dim: 1, mask: Tensor([true, false]))
    },
    Mistake("the mean of integers", .dtype, "int64", "dtype: .float32") { masked.mean(Tensor([1, 2])) },
    Mistake("the largest truth value", .dtype, "bool", "any") {
      masked.amax(Tensor([true]), mask: Tensor([true]))
    },
    Mistake("the median of no integers", .value, "whole row", ".to(.float32)") {
      masked.median(Tensor([1, 2]), mask: Tensor([false, false]))
    },
  ]) func isReported(_ mistake: Mistake) {
    let complaint = mistake.complaint()
    #expect(complaint == nil, "\(complaint ?? "")")
  }
}
