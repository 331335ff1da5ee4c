import ApusCore

// What max and average pooling share: the arguments of a call, checked.

/// What a pooling was asked for, checked: sizes for each of `rank` spatial dimensions, and the input with batch dimension.
struct PoolRequest {
  var x: Tensor
  var isBatched: Bool
  var window: PoolWindow

  init(
    _ rank: Int, _ x: Tensor, _ kernel: [Int], _ stride: [Int]?, _ padding: [Int], _ dilation: [Int], _ ceilMode: Bool,
    _ operation: String
  ) throws(TensorError) {
    guard x.rank == rank + 1 || x.rank == rank + 2 else {
      throw TensorError(
        .shape, operation, "needs an input of \(rank + 1) or \(rank + 2) dimensions, and found \(x.shape)")
    }
    let sizes = try perDimension(kernel, rank, "kernelSize", operation)
    let steps = try stride.map { steps throws(TensorError) in try perDimension(steps, rank, "stride", operation) }
    window = PoolWindow(
      kernel: sizes, stride: steps ?? sizes,
      padding: try perDimension(padding, rank, "padding", operation),
      dilation: try perDimension(dilation, rank, "dilation", operation), ceilMode: ceilMode)
    let limit = 1 << 31
    guard (window.kernel + window.stride + window.dilation).allSatisfy({ $0 > 0 && $0 < limit }) else {
      throw TensorError(
        .value, operation,
        "kernelSize \(sizes), stride \(window.stride) and dilation \(window.dilation) must be positive and below 2^31")
    }
    // Sizes that no memory holds would overflow in the arithmetic below.
    let largest = (window.kernel + window.stride + window.dilation + window.padding).max() ?? 0
    guard largest < 1 << 31 else {
      throw TensorError(.value, operation, "\(largest) is too large for a kernel size, stride, padding or dilation")
    }
    for d in 0..<rank {
      let extent = window.dilation[d] * (sizes[d] - 1) + 1
      guard window.padding[d] >= 0, window.padding[d] <= extent / 2 else {
        throw TensorError(
          .value, operation,
          "padding \(window.padding) must not be negative, nor more than half of the kernel's size \(sizes)")
      }
    }
    isBatched = x.rank == rank + 2
    self.x = isBatched ? x : x.unsqueeze(0)
    let output = window.outputSizes(Array(self.x.shape[2...]))
    guard self.x.shape[1...].allSatisfy({ $0 > 0 }) else {
      throw TensorError(
        .shape, operation, "only the dimension of the batch may be empty, and found an input of shape \(x.shape)")
    }
    guard output.allSatisfy({ $0 > 0 }) else {
      throw TensorError(
        .shape, operation, "an input of shape \(x.shape) gives a result of spatial sizes \(output)")
    }
  }

  /// One spatial dimension becomes two, the first of size 1.
  mutating func widen() {
    guard window.kernel.count == 1 else { return }
    x = x.unsqueeze(2)
    window = PoolWindow(
      kernel: [1] + window.kernel, stride: [1] + window.stride, padding: [0] + window.padding,
      dilation: [1] + window.dilation, ceilMode: window.ceilMode)
  }

  func finish(_ result: Tensor, _ rank: Int) -> Tensor {
    if result.hasFailed { return result }
    var result = result
    if rank == 1 { result = result.squeeze([2]) }
    return isBatched ? result : result.squeeze([0])
  }
}

/// The layout in which a pooling reads `x`: channels last where it lies so and places need not be positions.
func poolLayout(_ x: Tensor, returnsIndices: Bool) -> ImageLayout {
  if returnsIndices || x.dtype.isCustom { return .channelsFirst }
  let body = x.resolved.body
  return !body.isContiguous && ImageLayout.channelsLast.fits(body) ? .channelsLast : .channelsFirst
}
