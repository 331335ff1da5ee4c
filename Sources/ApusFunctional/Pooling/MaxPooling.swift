import ApusCore

// Maxima of windows and their inverse, as PyTorch names them.

/// The windows of a pooling along dimension `d` of `size`, without what they see of the padding.
func windowTable(_ window: PoolWindow, _ d: Int, _ size: Int, _ count: Int) -> WindowTable {
  var table = WindowTable()
  let step = window.dilation[d]
  table.step = step
  for o in 0..<count {
    let start = o * window.stride[d] - window.padding[d]
    // The first and the last of the kernel's elements that lie inside.
    let skipped = start < 0 ? (-start + step - 1) / step : 0
    let first = start + skipped * step
    let inside = first < size ? (size - 1 - first) / step + 1 : 0
    table.append(first..<first + max(0, min(window.kernel[d] - skipped, inside)))
  }
  return table
}

package func maxPool(
  _ rank: Int, _ x: Tensor, _ kernel: [Int], _ stride: [Int]?, _ padding: [Int], _ dilation: [Int], _ ceilMode: Bool,
  returnsIndices: Bool
) -> (output: Tensor, indices: Tensor) {
  if rank == 3, let autocast = Autocast.active {
    return autocast.run(.float32, x) {
      maxPool(rank, $0, kernel, stride, padding, dilation, ceilMode, returnsIndices: returnsIndices)
    }
  }
  return attempt(x) { () throws(TensorError) in
    var request = try PoolRequest(
      rank, x, kernel, stride, padding, dilation, ceilMode, "max_pool\(rank)d")
    let made: [Tensor]
    if rank == 3 {
      let sizes = Array(request.x.shape[2...])
      let outputs = request.window.outputSizes(sizes)
      let window = request.window
      let windows = (0..<3).map { windowTable(window, $0, sizes[$0], outputs[$0]) }
      made = apply(GeneralMaxPool(operation: "MaxPool3DWithIndices", windows: windows), [request.x])
    } else {
      request.widen()
      let layout = poolLayout(request.x, returnsIndices: returnsIndices)
      made = apply(MaxPool(window: request.window, layout: layout), [request.x])
    }
    let both = results(made, 2)
    return (request.finish(both[0], rank), request.finish(both[1], rank))
  }
}

/// The maxima of windows of `[N, C, L]` (or `[C, L]`). The stride is the kernel's size unless given.
public func maxPool1d<
  each Kernel: SpatialSize, each Stride: SpatialSize, each Padding: SpatialSize, each Dilation: SpatialSize
>(
  _ x: Tensor, _ kernelSize: (repeat each Kernel), stride: (repeat each Stride) = (),
  padding: (repeat each Padding) = (),
  dilation: (repeat each Dilation) = (), ceilMode: Bool = false
) -> Tensor {
  maxPool(
    1, x, sizes(repeat each kernelSize) ?? [], sizes(repeat each stride), sizes(repeat each padding) ?? [0],
    sizes(repeat each dilation) ?? [1], ceilMode,
    returnsIndices: false
  ).output
}

/// The maxima of windows of `[N, C, H, W]` (or `[C, H, W]`). The stride is the kernel's size unless given.
public func maxPool2d<
  each Kernel: SpatialSize, each Stride: SpatialSize, each Padding: SpatialSize, each Dilation: SpatialSize
>(
  _ x: Tensor, _ kernelSize: (repeat each Kernel), stride: (repeat each Stride) = (),
  padding: (repeat each Padding) = (),
  dilation: (repeat each Dilation) = (), ceilMode: Bool = false
) -> Tensor {
  maxPool(
    2, x, sizes(repeat each kernelSize) ?? [], sizes(repeat each stride), sizes(repeat each padding) ?? [0],
    sizes(repeat each dilation) ?? [1], ceilMode,
    returnsIndices: false
  ).output
}

/// The maxima of windows of `[N, C, D, H, W]` (or `[C, D, H, W]`). The stride is the kernel's size unless given.
public func maxPool3d<
  each Kernel: SpatialSize, each Stride: SpatialSize, each Padding: SpatialSize, each Dilation: SpatialSize
>(
  _ x: Tensor, _ kernelSize: (repeat each Kernel), stride: (repeat each Stride) = (),
  padding: (repeat each Padding) = (),
  dilation: (repeat each Dilation) = (), ceilMode: Bool = false
) -> Tensor {
  maxPool(
    3, x, sizes(repeat each kernelSize) ?? [], sizes(repeat each stride), sizes(repeat each padding) ?? [0],
    sizes(repeat each dilation) ?? [1], ceilMode,
    returnsIndices: false
  ).output
}

/// ``maxPool1d(_:_:stride:padding:dilation:ceilMode:)`` with the positions of the maxima (int64).
public func maxPool1dWithIndices<
  each Kernel: SpatialSize, each Stride: SpatialSize, each Padding: SpatialSize, each Dilation: SpatialSize
>(
  _ x: Tensor, _ kernelSize: (repeat each Kernel), stride: (repeat each Stride) = (),
  padding: (repeat each Padding) = (),
  dilation: (repeat each Dilation) = (), ceilMode: Bool = false
) -> (output: Tensor, indices: Tensor) {
  maxPool(
    1, x, sizes(repeat each kernelSize) ?? [], sizes(repeat each stride), sizes(repeat each padding) ?? [0],
    sizes(repeat each dilation) ?? [1], ceilMode,
    returnsIndices: true)
}

/// ``maxPool2d(_:_:stride:padding:dilation:ceilMode:)`` with the positions of the maxima in their plane (int64).
public func maxPool2dWithIndices<
  each Kernel: SpatialSize, each Stride: SpatialSize, each Padding: SpatialSize, each Dilation: SpatialSize
>(
  _ x: Tensor, _ kernelSize: (repeat each Kernel), stride: (repeat each Stride) = (),
  padding: (repeat each Padding) = (),
  dilation: (repeat each Dilation) = (), ceilMode: Bool = false
) -> (output: Tensor, indices: Tensor) {
  maxPool(
    2, x, sizes(repeat each kernelSize) ?? [], sizes(repeat each stride), sizes(repeat each padding) ?? [0],
    sizes(repeat each dilation) ?? [1], ceilMode,
    returnsIndices: true)
}

/// ``maxPool3d(_:_:stride:padding:dilation:ceilMode:)`` with the positions of the maxima in their volume (int64).
public func maxPool3dWithIndices<
  each Kernel: SpatialSize, each Stride: SpatialSize, each Padding: SpatialSize, each Dilation: SpatialSize
>(
  _ x: Tensor, _ kernelSize: (repeat each Kernel), stride: (repeat each Stride) = (),
  padding: (repeat each Padding) = (),
  dilation: (repeat each Dilation) = (), ceilMode: Bool = false
) -> (output: Tensor, indices: Tensor) {
  maxPool(
    3, x, sizes(repeat each kernelSize) ?? [], sizes(repeat each stride), sizes(repeat each padding) ?? [0],
    sizes(repeat each dilation) ?? [1], ceilMode,
    returnsIndices: true)
}

/// The inverse of max pooling as far as there is one: zeros with each element placed where `indices` says it came from.
package func maxUnpool(
  _ rank: Int, _ x: Tensor, _ indices: Tensor, _ kernel: [Int], _ stride: [Int]?, _ padding: [Int],
  _ outputSize: [Int]?
) -> Tensor {
  if let autocast = Autocast.active {
    return autocast.run(.float32, x) {
      maxUnpool(rank, $0, indices, kernel, stride, padding, outputSize)
    }
  }
  return attempt(x, indices) { () throws(TensorError) in
    let operation = "max_unpool\(rank)d"
    guard x.rank == rank + 1 || x.rank == rank + 2, x.shape == indices.shape else {
      throw TensorError(
        .shape, operation,
        "needs an input of \(rank + 1) or \(rank + 2) dimensions and indices of its shape, and found \(x.shape) and \(indices.shape)"
      )
    }
    guard indices.dtype == .int64 else {
      throw TensorError(.dtype, operation, "indices must be int64, and found \(indices.dtype)")
    }
    let sizes = try perDimension(kernel, rank, "kernelSize", operation)
    let steps = try perDimension(stride ?? sizes, rank, "stride", operation)
    let margins = try perDimension(padding, rank, "padding", operation)
    guard steps.allSatisfy({ $0 > 0 && $0 < 1 << 31 }) else {
      throw TensorError(.value, operation, "strides must be positive, and found \(steps)")
    }
    let lead = Array(x.shape.dropLast(rank))
    let input = Array(x.shape.suffix(rank))
    let plain = input.indices.map {
      (input[$0] - 1).clampedMultiplying(steps[$0]).clampedAdding(sizes[$0] - 2 * margins[$0])
    }
    var output = plain
    if let outputSize, outputSize.count >= rank {
      output = try perDimension(Array(outputSize.suffix(rank)), rank, "outputSize", operation)
    }
    guard outputSize?.count ?? rank >= rank,
      zip(zip(output, plain), steps).allSatisfy({ $0.0.clampedAdding(-$0.1).magnitude < $1 }) || outputSize == nil
    else {
      throw TensorError(
        .value, operation, "an output of \(output) does not fit windows of \(sizes) every \(steps) over \(input)")
    }
    let area = elementCount(output)
    let flat = lead + [elementCount(input)]
    // Where nobody can look at them, the operation below does.
    let range = indices.allSamples.contiguous()
    if x.count > 0, !range.isMarked {
      guard range.amin().item() >= 0, range.amax().item() < Double(area) else {
        throw TensorError(.index, operation, "an index lies outside of the output of sizes \(output)")
      }
    }
    let zeros = Tensor.zeros(lead + [area], dtype: x.dtype)
    return zeros.scatter(-1, indices.reshape(flat), x.reshape(flat)).reshape(lead + output)
  }
}

/// The inverse of ``maxPool1dWithIndices(_:_:stride:padding:dilation:ceilMode:)``: zeros with each element placed where
/// `indices` says it came from.
public func maxUnpool1d<each Kernel: SpatialSize, each Stride: SpatialSize, each Padding: SpatialSize>(
  _ x: Tensor, _ indices: Tensor, _ kernelSize: (repeat each Kernel), stride: (repeat each Stride) = (),
  padding: (repeat each Padding) = (), outputSize: [Int]? = nil
) -> Tensor {
  maxUnpool(
    1, x, indices, sizes(repeat each kernelSize) ?? [], sizes(repeat each stride), sizes(repeat each padding) ?? [0],
    outputSize)
}

/// The inverse of ``maxPool2dWithIndices(_:_:stride:padding:dilation:ceilMode:)``: zeros with each element placed where
/// `indices` says it came from.
public func maxUnpool2d<each Kernel: SpatialSize, each Stride: SpatialSize, each Padding: SpatialSize>(
  _ x: Tensor, _ indices: Tensor, _ kernelSize: (repeat each Kernel), stride: (repeat each Stride) = (),
  padding: (repeat each Padding) = (), outputSize: [Int]? = nil
) -> Tensor {
  maxUnpool(
    2, x, indices, sizes(repeat each kernelSize) ?? [], sizes(repeat each stride), sizes(repeat each padding) ?? [0],
    outputSize)
}

/// The inverse of ``maxPool3dWithIndices(_:_:stride:padding:dilation:ceilMode:)``: zeros with each element placed where
/// `indices` says it came from.
public func maxUnpool3d<each Kernel: SpatialSize, each Stride: SpatialSize, each Padding: SpatialSize>(
  _ x: Tensor, _ indices: Tensor, _ kernelSize: (repeat each Kernel), stride: (repeat each Stride) = (),
  padding: (repeat each Padding) = (), outputSize: [Int]? = nil
) -> Tensor {
  maxUnpool(
    3, x, indices, sizes(repeat each kernelSize) ?? [], sizes(repeat each stride), sizes(repeat each padding) ?? [0],
    outputSize)
}

extension Registry {
  /// Maxima of windows and their inverse.
  static let maxPoolings: [Operation] = (1...3).flatMap { rank -> [Operation] in
    [
      Operation(
        "nn.functional.max_pool\(rank)d",
        "input, kernel_size, stride=None, padding=0, dilation=1, ceil_mode=False, return_indices=False"
      ) {
        let wantsIndices = try $0.bool("return_indices")
        let (output, indices) = try maxPool(
          rank, $0.tensor("input"), $0.ints("kernel_size"), $0.sizes("stride"), $0.ints("padding"),
          $0.ints("dilation"), $0.bool("ceil_mode"), returnsIndices: wantsIndices)
        return wantsIndices ? [.tensor(output), .tensor(indices)] : [.tensor(output)]
      },
      .tensor(
        "nn.functional.max_unpool\(rank)d", "input, indices, kernel_size, stride=None, padding=0, output_size=None"
      ) {
        try maxUnpool(
          rank, $0.tensor("input"), $0.tensor("indices"), $0.ints("kernel_size"), $0.sizes("stride"),
          $0.ints("padding"), $0.sizes("output_size"))
      },
    ]
  }
}
