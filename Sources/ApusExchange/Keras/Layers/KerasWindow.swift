import ApusCore
import ApusFormats
import ApusFunctional

/// The window of a convolution or pooling: its sizes, and the place of the channels. It computes with the channels behind the batch, as the
/// rest of the library; tensors of Keras are turned without being copied.
struct KerasWindow: Sendable {
  let rank: Int
  let kernel: [Int]
  let stride: [Int]
  let dilation: [Int]
  let isSame: Bool
  let isCausal: Bool
  let channelsLast: Bool

  /// A window of one element.
  init(rank: Int) {
    self.rank = rank
    kernel = [Int](repeating: 1, count: rank)
    stride = kernel
    dilation = kernel
    isSame = false
    isCausal = false
    channelsLast = true
  }

  init(_ config: KerasConfig, _ rank: Int, kernel key: String = "kernel_size") throws(TensorError) {
    self.rank = rank
    kernel = try config.sizes(key, rank: rank)
    stride = try config.sizes("strides", rank: rank, key == "pool_size" ? kernel : [Int](repeating: 1, count: rank))
    dilation = try config.sizes("dilation_rate", rank: rank, [Int](repeating: 1, count: rank))
    channelsLast = try config.channelsLast()
    let padding = try config.string("padding", "valid").lowercased()
    guard ["valid", "same", "causal"].contains(padding), padding != "causal" || rank == 1 else {
      throw config.fail(.format, "'padding' should be 'valid' or 'same', and is '\(padding)'")
    }
    isSame = padding == "same"
    isCausal = padding == "causal"
  }

  /// The dimension of the channels in Keras' order.
  func channels(_ rank: Int) -> Int { channelsLast ? rank + 1 : 1 }
  /// A spatial dimension in Keras' order.
  func spatial(_ axis: Int) -> Int { channelsLast ? axis + 1 : axis + 2 }

  /// With the channels behind the batch.
  func first(_ x: Tensor) -> Tensor {
    channelsLast && x.rank == rank + 2 ? x.permute([0, rank + 1] + Array(1...rank)) : x
  }
  /// With the channels where Keras has them.
  func last(_ x: Tensor) -> Tensor {
    channelsLast && x.rank == rank + 2 ? x.permute([0] + Array(2..<rank + 2) + [1]) : x
  }

  /// A kernel [sizes..., in, out] as [out, in, sizes...].
  func kernel(_ weight: Tensor) -> Tensor { weight.permute([rank + 1, rank] + Array(0..<rank)) }

  /// A kernel [sizes..., channels, multiplier] as [channels · multiplier, 1, sizes...].
  func depthwiseKernel(_ weight: Tensor) -> Tensor {
    let count = weight.shape[rank] * weight.shape[rank + 1]
    return weight.permute([rank, rank + 1] + Array(0..<rank)).reshape([count, 1] + kernel)
  }

  private func reach(_ axis: Int) -> Int { (kernel[axis] - 1) * dilation[axis] + 1 }

  /// What is added before and behind a dimension of `size` elements.
  func padding(_ size: Int, _ axis: Int) -> (before: Int, after: Int) {
    if isCausal { return (reach(axis) - 1, 0) }
    guard isSame else { return (0, 0) }
    let steps = (size + stride[axis] - 1) / stride[axis]
    let total = max((steps - 1) * stride[axis] + reach(axis) - size, 0)
    return (total / 2, total - total / 2)
  }

  /// The elements of a dimension behind the window.
  func size(_ size: Int, _ axis: Int) -> Int {
    if isSame || isCausal { return (size + stride[axis] - 1) / stride[axis] }
    return max((size - reach(axis)) / stride[axis] + 1, 0)
  }

  /// The elements of a dimension behind a transposed convolution.
  func transposedSize(_ size: Int, _ axis: Int, _ extra: [Int]?) -> Int {
    let (reach, step) = (reach(axis), stride[axis])
    guard let extra else { return isSame ? size * step : (size - 1) * step + max(reach, step) }
    return (size - 1) * step + (isSame ? reach % 2 : reach) + extra[axis]
  }

  /// The shape behind the window, with `channels`.
  func output(_ input: KerasShape, _ channels: Int?) -> KerasShape {
    guard input.rank == rank + 2 else { return .unknown }
    var output = input.with(self.channels(rank), channels)
    for axis in 0..<rank { output[spatial(axis)] = input[spatial(axis)].map { size($0, axis) } }
    return output
  }

  /// The padding of all dimensions in the form of `pad`: the last dimension first.
  private func pads(_ x: Tensor) -> [Int] {
    (0..<rank).reversed().flatMap { axis -> [Int] in
      let padding = padding(x.shape[axis + 2], axis)
      return [padding.before, padding.after]
    }
  }

  func convolve(_ x: Tensor, _ weight: Tensor, _ bias: Tensor?, groups: Int) -> Tensor {
    guard x.rank == rank + 2 else {
      return convolution(rank, x, weight, bias, stride: stride, padding: .none, dilation: dilation, groups: groups)
    }
    let pads = pads(x)
    let isEven = stride(from: 0, to: pads.count, by: 2).allSatisfy { pads[$0] == pads[$0 + 1] }
    if isEven {
      let each = (0..<rank).map { pads[2 * (rank - 1 - $0)] }
      return convolution(
        rank, x, weight, bias, stride: stride, padding: pads.allSatisfy { $0 == 0 } ? .none : .each(each),
        dilation: dilation,
        groups: groups)
    }
    return convolution(
      rank, x.pad(pads), weight, bias, stride: stride, padding: .none, dilation: dilation, groups: groups)
  }

  private func stride(from: Int, to: Int, by: Int) -> StrideTo<Int> { Swift.stride(from: from, to: to, by: by) }

  func maximum(_ x: Tensor) -> Tensor {
    let pads = pads(x)
    let zeros = [Int](repeating: 0, count: rank)
    let padded = pads.allSatisfy { $0 == 0 } ? x : x.pad(pads, value: -Double.infinity)
    return maxPool(rank, padded, kernel, stride, zeros, dilation, false, returnsIndices: false).output
  }

  func average(_ x: Tensor) -> Tensor {
    let pads = pads(x)
    let zeros = [Int](repeating: 0, count: rank)
    guard pads.contains(where: { $0 != 0 }) else {
      return averagePool(rank, x, kernel, stride, zeros, false, true, nil)
    }
    // The mean is over the elements that there are.
    let ones = Tensor.ones([1, 1] + x.shape[2...], dtype: x.dtype).pad(pads)
    return averagePool(rank, x.pad(pads), kernel, stride, zeros, false, true, nil)
      / averagePool(rank, ones, kernel, stride, zeros, false, true, nil)
  }
}
