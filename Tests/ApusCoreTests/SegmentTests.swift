import Apus
import TestSupport
import Testing

/// Reductions of segments, and hashes of elements, as PyTorch has them.
@Suite struct SegmentTests {
  private let data = Tensor([1.0, 5, 2, 7, 7, 3])
  private let lengths = Tensor([2, 0, 3, 1])

  @Test func segmentsAreReduced() {
    #expect(segmentReduce(data, reduce: .sum, lengths: lengths).array(as: Double.self) == [6, 0, 16, 3])
    #expect(segmentReduce(data, reduce: .max, lengths: lengths).array(as: Double.self) == [5, -.infinity, 7, 3])
    #expect(segmentReduce(data, reduce: .min, lengths: lengths).array(as: Double.self) == [1, .infinity, 2, 3])
    #expect(segmentReduce(data, reduce: .prod, offsets: Tensor([0, 2, 2, 6])).array(as: Double.self) == [5, 1, 294])
    let means = segmentReduce(data, reduce: .mean, lengths: lengths).array(as: Double.self)
    #expect(means[0] == 3 && means[1].isNaN && abs(means[2] - 16.0 / 3) < 1e-6 && means[3] == 3)
    expectClose(segmentReduce(data, reduce: .mean, lengths: lengths, initial: 2), Tensor([4.0, 2, 6, 5]))
    // Each row of a batch has segments of its own; what is left over belongs to none.
    let rows = stack([data, data * 2])
    let found = segmentReduce(rows, reduce: .sum, lengths: Tensor([[1, 5], [2, 3]]), axis: 1, unsafe: true)
    expectClose(found, Tensor([[1.0, 24], [12, 32]]))
  }

  @Test func gradientsAreThoseOfDifferences() {
    let z = scattered([6, 2])
    for reduce in [SegmentReduction.sum, .mean, .max, .min, .prod] {
      let found = gradientError([z], second: reduce == .prod) {
        segmentReduce($0[0], reduce: reduce, lengths: Tensor([2, 3, 1]), initial: reduce == .prod ? 1 : nil)
      }
      #expect(found < 1e-6, "\(reduce)")
    }
  }

  @Test func hashesAreTheBitsOfAllElements() {
    let x = Tensor([[1.5, 2.5], [-3, 0.1]])
    let bits = [1.5, 2.5, -3, Double(Float(0.1))].map(\.bitPattern)
    let rows = x.hashTensor(1)
    #expect(rows.dtype == .uint64 && rows.array(as: UInt64.self) == [bits[0] ^ bits[1], bits[2] ^ bits[3]])
    #expect(x.hashTensor(keepDim: true).shape == [1, 1])
    #expect(x.to(.float64).hashTensor().array(as: UInt64.self) == x.T.hashTensor().array(as: UInt64.self))
    #expect(Tensor([3, -5]).to(.int8).hashTensor().array(as: UInt64.self) == [UInt64(bitPattern: 3 ^ -5)])
    #expect(vmap { $0.hashTensor() }(x).array(as: UInt64.self) == rows.array(as: UInt64.self))
  }

  @Test(arguments: [
    Mistake("lengths that do not add up", .value, "segment_reduce", "[2, 2]", "5 elements") {
      segmentReduce(ones(5), reduce: .sum, lengths: Tensor([2, 2]))
    },
    Mistake("offsets that go back", .value, "[0, 3, 2, 5]") {
      segmentReduce(ones(5), reduce: .sum, offsets: Tensor([0, 3, 2, 5]))
    },
    Mistake("neither", .value, "lengths or offsets") { segmentReduce(ones(5), reduce: .sum) },
    Mistake("lengths of another batch", .shape, "[3] + [segments]") {
      segmentReduce(ones(3, 2), reduce: .sum, lengths: Tensor([2]), axis: 1)
    },
    Mistake("no elements to hash", .shape, "[0, 2]") { Tensor.zeros([0, 2]).hashTensor(0) },
  ]) func isReported(_ mistake: Mistake) {
    let complaint = mistake.complaint()
    #expect(complaint == nil, "\(complaint ?? "")")
  }
}
