import Apus
import ApusCore
import Testing

/// How results lie in memory: PyTorch's strides as literals.
@Suite("Layout of results") struct ResultLayoutTests {
  private func images(_ shape: [Int]) -> Tensor {
    let order = [0] + Array(2..<shape.count) + [1]
    let back = [0, shape.count - 1] + Array(1..<(shape.count - 1))
    let count = shape.reduce(1, *)
    return arange(count).to(.float32).reshape(order.map { shape[$0] }).permute(back)
  }

  @Test("Channels-last survives joining, conversion, choosing and pointwise operations")
  func channelsLast() {
    let (a, b) = (images([2, 3, 4, 5]), images([2, 3, 4, 5]) + 1)
    #expect(a.strides == [60, 1, 15, 3])
    #expect(cat([a, b], dim: 1).strides == [120, 1, 30, 6])
    #expect(cat([a, b], dim: 0).strides == [60, 1, 15, 3])
    #expect(cat([a, b], dim: 1).array() == cat([a.contiguous(), b.contiguous()], dim: 1).array())
    #expect(cat([a, b.contiguous()], dim: 1).strides == [120, 20, 5, 1])
    #expect(a.to(.float64).strides == [60, 1, 15, 3])
    #expect(`where`(a.gt(20), a, b).strides == [60, 1, 15, 3])
    #expect((a * 2 + b).exp().strides == [60, 1, 15, 3])
    #expect(images([2, 3, 4, 5, 6]).abs().strides == [360, 1, 90, 18, 3])
  }

  @Test("Dimensions of one element do not hide it")
  func sizesOfOne() {
    let one = images([2, 1, 4, 5])
    #expect((one + 1).array() == (one.contiguous() + 1).array())
    let row = images([1, 3, 1, 5])
    #expect((row * 2).strides[1] == 1)
    #expect(cat([row, row], dim: 1).strides[1] == 1)
    #expect(maxPool2d(images([1, 3, 4, 4]), 2).strides[1] == 1)
  }

  @Test("Other operations give rows")
  func rows() {
    let a = images([2, 3, 4, 5])
    #expect(a.tril().isContiguous)
    #expect(a.reshape([2, 60]).isContiguous)
  }
}
