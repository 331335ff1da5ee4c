import Apus
import TestSupport
import Testing

private let message = "expected more than 1"

/// Where PyTorch refuses statistics of a single value.
private let mistakes: [Mistake] = [
  .init("batch norm", .value, message) { batchNorm(Tensor.ones([1, 4]), training: true) },
  .init("batch norm without channels", .value, message) { batchNorm(Tensor.ones([1, 0, 1]), training: true) },
  .init("instance norm", .value, message) { instanceNorm(Tensor.ones([2, 4, 1])) },
  .init("instance norm of rank 2", .value, message) { instanceNorm(Tensor.ones([2, 4])) },
  .init("instance norm without channels", .value, message) { instanceNorm(Tensor.ones([1, 0, 1])) },
  .init("group norm", .value, message) { groupNorm(Tensor.ones([1, 4]), 4) },
  .init("group norm of images", .value, message) { groupNorm(Tensor.ones([1, 2, 1, 1]), 2) },
  .init("group norm layer in evaluation", .value, message) { GroupNorm(4, 4).eval()(Tensor.ones([1, 4, 1])) },
  .init("instance norm layer in evaluation", .value, message) {
    InstanceNorm2d(3).eval()(Tensor.ones([2, 3, 1, 1]))
  },
  .init("batch norm layer without running statistics", .value, message) {
    BatchNorm1d(4, trackRunningStats: false).eval()(Tensor.ones([1, 4]))
  },
]

@Suite struct ChannelStatisticsTests {
  @Test(arguments: mistakes) func singleValuesAreRefused(mistake: Mistake) {
    #expect(mistake.complaint() == nil)
  }

  @Test func moreThanOneValueIsEnough() throws {
    // PyTorch gives zeros for all of these, and nothing for empty inputs.
    try withErrors {
      #expect(batchNorm(Tensor.ones([2, 4, 1]), training: true).array() == [Float](repeating: 0, count: 8))
      #expect(groupNorm(Tensor.ones([2, 4, 1]), 4).array() == [Float](repeating: 0, count: 8))
      #expect(groupNorm(Tensor.ones([1, 4, 1]), 2).array() == [0, 0, 0, 0])
      #expect(instanceNorm(Tensor.ones([1, 4, 2])).array() == [Float](repeating: 0, count: 8))
      #expect(instanceNorm(Tensor.ones([1, 4, 0])).shape == [1, 4, 0])
      #expect(groupNorm(Tensor.ones([0, 4, 3]), 4).shape == [0, 4, 3])
      let tracked = InstanceNorm1d(4, trackRunningStats: true).eval()
      #expect(tracked(Tensor.ones([1, 4, 1])).shape == [1, 4, 1])
    }
  }
}
