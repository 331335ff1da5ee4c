// Images in memory: channels first, or channels last under the same shape.

/// Where the channels of images `[N, C, spatial...]` lie in memory.
package enum ImageLayout: Sendable {
  case channelsFirst, channelsLast

  /// Whether the elements of `body` lie so; both can hold where dimensions have one element.
  package func fits(_ body: TensorBody) -> Bool {
    self == .channelsFirst ? body.isContiguous : isChannelsLast(body.shape, body.strides)
  }

  package func strides(_ shape: [Int]) -> [Int] {
    self == .channelsLast ? channelsLastStrides(shape) : rowMajorStrides(shape)
  }
}

/// Whether the elements lie in the order N, spatial..., C without gaps.
package func isChannelsLast(_ shape: [Int], _ strides: [Int]) -> Bool {
  guard shape.count >= 3 else { return false }
  let order = [0] + Array(2..<shape.count) + [1]
  return isRowMajor(order.map { shape[$0] }, order.map { strides[$0] })
}

/// The strides of a channels-last block (N, H, W, C in memory for the shape N, C, H, W).
package func channelsLastStrides(_ shape: [Int]) -> [Int] {
  guard shape.count >= 3 else { return rowMajorStrides(shape) }
  return denseStrides(shape, order: [0] + Array(2..<shape.count) + [1])
}
