import ApusCore

// Poolings: maxima and means of windows, as PyTorch names them.

/// What a pooling was asked for, checked: sizes for each of `rank` spatial dimensions, and the input with batch dimension.
private struct PoolRequest {
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
    guard output.allSatisfy({ $0 > 0 }), self.x.shape[1...].allSatisfy({ $0 > 0 }) else {
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
private func poolLayout(_ x: Tensor, returnsIndices: Bool) -> ImageLayout {
  if returnsIndices { return .channelsFirst }
  let body = x.resolved.body
  return !body.isContiguous && ImageLayout.channelsLast.fits(body) ? .channelsLast : .channelsFirst
}

extension PoolWindow {
  /// How many elements each of `count` windows has along dimension `d` of `size` elements, with padded ones or without.
  fileprivate func elementCounts(_ d: Int, _ size: Int, _ count: Int, includePadding: Bool) -> [Int] {
    let margin = includePadding ? padding[d] : 0
    return (0..<count).map { o in
      let start = o * stride[d] - padding[d]
      return max(0, min(start + kernel[d], size + margin) - max(start, -margin))
    }
  }
}

/// The positions in a dimension of `size` that each of `count` windows sees.
private func windowTaps(_ window: PoolWindow, _ d: Int, _ size: Int, _ count: Int) -> [[Int]] {
  var taps: [[Int]] = []
  for o in 0..<count {
    let start = o * window.stride[d] - window.padding[d]
    let positions = (0..<window.kernel[d]).map { start + $0 * window.dilation[d] }
    taps.append(positions.filter { $0 >= 0 && $0 < size })
  }
  return taps
}

func maxPool(
  _ rank: Int, _ x: Tensor, _ kernel: [Int], _ stride: [Int]?, _ padding: [Int], _ dilation: [Int], _ ceilMode: Bool,
  returnsIndices: Bool
) -> (output: Tensor, indices: Tensor) {
  attempt(x) { () throws(TensorError) in
    var request = try PoolRequest(
      rank, x, kernel, stride, padding, dilation, ceilMode, "max_pool\(rank)d")
    let made: [Tensor]
    if rank == 3 {
      let sizes = Array(request.x.shape[2...])
      let outputs = request.window.outputSizes(sizes)
      let window = request.window
      let taps = (0..<3).map { windowTaps(window, $0, sizes[$0], outputs[$0]) }
      made = apply(GeneralMaxPool(operation: "MaxPool3DWithIndices", taps: taps), [request.x])
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
public func maxPool1d(
  _ x: Tensor, _ kernelSize: some SpatialSize, stride: (any SpatialSize)? = nil, padding: some SpatialSize = 0,
  dilation: some SpatialSize = 1, ceilMode: Bool = false
) -> Tensor {
  maxPool(
    1, x, kernelSize.spatialSizes, stride?.spatialSizes, padding.spatialSizes, dilation.spatialSizes, ceilMode,
    returnsIndices: false
  ).output
}

/// The maxima of windows of `[N, C, H, W]` (or `[C, H, W]`). The stride is the kernel's size unless given.
public func maxPool2d(
  _ x: Tensor, _ kernelSize: some SpatialSize, stride: (any SpatialSize)? = nil, padding: some SpatialSize = 0,
  dilation: some SpatialSize = 1, ceilMode: Bool = false
) -> Tensor {
  maxPool(
    2, x, kernelSize.spatialSizes, stride?.spatialSizes, padding.spatialSizes, dilation.spatialSizes, ceilMode,
    returnsIndices: false
  ).output
}

/// The maxima of windows of `[N, C, D, H, W]` (or `[C, D, H, W]`). The stride is the kernel's size unless given.
public func maxPool3d(
  _ x: Tensor, _ kernelSize: some SpatialSize, stride: (any SpatialSize)? = nil, padding: some SpatialSize = 0,
  dilation: some SpatialSize = 1, ceilMode: Bool = false
) -> Tensor {
  maxPool(
    3, x, kernelSize.spatialSizes, stride?.spatialSizes, padding.spatialSizes, dilation.spatialSizes, ceilMode,
    returnsIndices: false
  ).output
}

/// ``maxPool1d(_:_:stride:padding:dilation:ceilMode:)`` with the positions of the maxima (int64).
public func maxPool1dWithIndices(
  _ x: Tensor, _ kernelSize: some SpatialSize, stride: (any SpatialSize)? = nil, padding: some SpatialSize = 0,
  dilation: some SpatialSize = 1, ceilMode: Bool = false
) -> (output: Tensor, indices: Tensor) {
  maxPool(
    1, x, kernelSize.spatialSizes, stride?.spatialSizes, padding.spatialSizes, dilation.spatialSizes, ceilMode,
    returnsIndices: true)
}

/// ``maxPool2d(_:_:stride:padding:dilation:ceilMode:)`` with the positions of the maxima in their plane (int64).
public func maxPool2dWithIndices(
  _ x: Tensor, _ kernelSize: some SpatialSize, stride: (any SpatialSize)? = nil, padding: some SpatialSize = 0,
  dilation: some SpatialSize = 1, ceilMode: Bool = false
) -> (output: Tensor, indices: Tensor) {
  maxPool(
    2, x, kernelSize.spatialSizes, stride?.spatialSizes, padding.spatialSizes, dilation.spatialSizes, ceilMode,
    returnsIndices: true)
}

/// ``maxPool3d(_:_:stride:padding:dilation:ceilMode:)`` with the positions of the maxima in their volume (int64).
public func maxPool3dWithIndices(
  _ x: Tensor, _ kernelSize: some SpatialSize, stride: (any SpatialSize)? = nil, padding: some SpatialSize = 0,
  dilation: some SpatialSize = 1, ceilMode: Bool = false
) -> (output: Tensor, indices: Tensor) {
  maxPool(
    3, x, kernelSize.spatialSizes, stride?.spatialSizes, padding.spatialSizes, dilation.spatialSizes, ceilMode,
    returnsIndices: true)
}

func averagePool(
  _ rank: Int, _ x: Tensor, _ kernel: [Int], _ stride: [Int]?, _ padding: [Int], _ ceilMode: Bool,
  _ countIncludePad: Bool, _ divisor: Int?
) -> Tensor {
  attempt(x) { () throws(TensorError) in
    let operation = "avg_pool\(rank)d"
    if let divisor, divisor == 0 {
      throw TensorError(.value, operation, "divisorOverride must not be 0")
    }
    var request = try PoolRequest(rank, x, kernel, stride, padding, [1], ceilMode, operation)
    if rank == 3 {
      // Sums over planes first, then along the depth, in the type of sums; integers exactly, as their means are cut off.
      let window = request.window
      func part(_ dims: [Int], _ ones: Int) -> PoolWindow {
        func pick(_ numbers: [Int], _ filler: Int) -> [Int] {
          dims.map { numbers[$0] } + [Int](repeating: filler, count: ones)
        }
        return PoolWindow(
          kernel: pick(window.kernel, 1), stride: pick(window.stride, 1), padding: pick(window.padding, 0),
          dilation: [1, 1], ceilMode: ceilMode)
      }
      let rule = AverageRule(countIncludePad: countIncludePad, divisor: 1)
      let dtype = request.x.dtype
      request.x = request.x.to(dtype.isFloatingPoint ? dtype.accumulateType : .float64)
      let (n, c, d) = (request.x.shape[0], request.x.shape[1], request.x.shape[2])
      let outputs = window.outputSizes(Array(request.x.shape[2...]))
      let flat = request.x.reshape([n, c * d, request.x.shape[3], request.x.shape[4]])
      let planes = apply(AveragePool(window: part([1, 2], 0), layout: .channelsFirst, rule: rule), flat)
      let columns = planes.reshape([n, c, d, outputs[1] * outputs[2]])
      let volume = apply(AveragePool(window: part([0], 1), layout: .channelsFirst, rule: rule), columns)
      let sums = volume.reshape([n, c] + outputs)
      if let divisor { return request.finish((sums / divisor).to(dtype), rank) }
      // The windows' sizes are products of those along the dimensions.
      var sizes = Tensor.ones([], dtype: sums.dtype)
      for d in 0..<3 {
        let counts = window.elementCounts(d, request.x.shape[d + 2], outputs[d], includePadding: countIncludePad)
        sizes = sizes * Tensor(counts, shape: (0..<3).map { $0 == d ? outputs[d] : 1 }, dtype: sums.dtype)
      }
      return request.finish((sums / sizes).to(dtype), rank)
    }
    request.widen()
    let rule = AverageRule(countIncludePad: countIncludePad, divisor: divisor ?? 0)
    let layout = poolLayout(request.x, returnsIndices: false)
    return request.finish(apply(AveragePool(window: request.window, layout: layout, rule: rule), request.x), rank)
  }
}

/// The inverse of max pooling as far as there is one: zeros with each element placed where `indices` says it came from.
func maxUnpool(
  _ rank: Int, _ x: Tensor, _ indices: Tensor, _ kernel: [Int], _ stride: [Int]?, _ padding: [Int],
  _ outputSize: [Int]?
) -> Tensor {
  attempt(x, indices) { () throws(TensorError) in
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
    if x.count > 0 {
      let range = indices.allSamples.contiguous()
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
public func maxUnpool1d(
  _ x: Tensor, _ indices: Tensor, _ kernelSize: some SpatialSize, stride: (any SpatialSize)? = nil,
  padding: some SpatialSize = 0, outputSize: [Int]? = nil
) -> Tensor {
  maxUnpool(1, x, indices, kernelSize.spatialSizes, stride?.spatialSizes, padding.spatialSizes, outputSize)
}
/// The inverse of ``maxPool2dWithIndices(_:_:stride:padding:dilation:ceilMode:)``: zeros with each element placed where
/// `indices` says it came from.
public func maxUnpool2d(
  _ x: Tensor, _ indices: Tensor, _ kernelSize: some SpatialSize, stride: (any SpatialSize)? = nil,
  padding: some SpatialSize = 0, outputSize: [Int]? = nil
) -> Tensor {
  maxUnpool(2, x, indices, kernelSize.spatialSizes, stride?.spatialSizes, padding.spatialSizes, outputSize)
}
/// The inverse of ``maxPool3dWithIndices(_:_:stride:padding:dilation:ceilMode:)``: zeros with each element placed where
/// `indices` says it came from.
public func maxUnpool3d(
  _ x: Tensor, _ indices: Tensor, _ kernelSize: some SpatialSize, stride: (any SpatialSize)? = nil,
  padding: some SpatialSize = 0, outputSize: [Int]? = nil
) -> Tensor {
  maxUnpool(3, x, indices, kernelSize.spatialSizes, stride?.spatialSizes, padding.spatialSizes, outputSize)
}

/// The means of windows of `[N, C, L]` (or `[C, L]`). The stride is the kernel's size unless given.
public func avgPool1d(
  _ x: Tensor, _ kernelSize: some SpatialSize, stride: (any SpatialSize)? = nil, padding: some SpatialSize = 0,
  ceilMode: Bool = false, countIncludePad: Bool = true
) -> Tensor {
  averagePool(
    1, x, kernelSize.spatialSizes, stride?.spatialSizes, padding.spatialSizes, ceilMode, countIncludePad, nil)
}

/// The means of windows of `[N, C, H, W]` (or `[C, H, W]`). The stride is the kernel's size unless given.
///
/// - Parameters:
///   - countIncludePad: whether padded zeros count as elements of the mean.
///   - divisorOverride: what sums are divided by instead of the window's size.
public func avgPool2d(
  _ x: Tensor, _ kernelSize: some SpatialSize, stride: (any SpatialSize)? = nil, padding: some SpatialSize = 0,
  ceilMode: Bool = false, countIncludePad: Bool = true, divisorOverride: Int? = nil
) -> Tensor {
  averagePool(
    2, x, kernelSize.spatialSizes, stride?.spatialSizes, padding.spatialSizes, ceilMode, countIncludePad,
    divisorOverride)
}

/// The means of windows of `[N, C, D, H, W]` (or `[C, D, H, W]`). The stride is the kernel's size unless given.
public func avgPool3d(
  _ x: Tensor, _ kernelSize: some SpatialSize, stride: (any SpatialSize)? = nil, padding: some SpatialSize = 0,
  ceilMode: Bool = false, countIncludePad: Bool = true, divisorOverride: Int? = nil
) -> Tensor {
  averagePool(
    3, x, kernelSize.spatialSizes, stride?.spatialSizes, padding.spatialSizes, ceilMode, countIncludePad,
    divisorOverride)
}

/// The range of an input dimension of `size` that element `o` of `count` sees in adaptive pooling.
private func adaptiveRange(_ o: Int, _ count: Int, _ size: Int) -> Range<Int> {
  o * size / count..<((o + 1) * size + count - 1) / count
}

/// The sizes asked for, -1 (PyTorch's None) keeping the input's, and the input with batch dimension.
private func adaptiveRequest(
  _ rank: Int, _ x: Tensor, _ outputSize: [Int], _ operation: String
) throws(TensorError) -> (x: Tensor, sizes: [Int]) {
  guard x.rank == rank + 1 || x.rank == rank + 2 else {
    throw TensorError(
      .shape, operation, "needs an input of \(rank + 1) or \(rank + 2) dimensions, and found \(x.shape)")
  }
  guard x.shape[(x.rank - rank - 1)...].allSatisfy({ $0 > 0 }) else {
    throw TensorError(.shape, operation, "needs an input without empty dimensions, and found \(x.shape)")
  }
  let batched = x.rank == rank + 1 ? x.unsqueeze(0) : x
  let asked = try perDimension(outputSize, rank, "outputSize", operation)
  let sizes = asked.indices.map { asked[$0] == -1 ? batched.shape[$0 + 2] : asked[$0] }
  guard sizes.allSatisfy({ $0 >= 0 }) else {
    throw TensorError(.value, operation, "output sizes must not be negative, and found \(outputSize)")
  }
  return (batched, sizes)
}

func adaptiveAveragePool(_ rank: Int, _ x: Tensor, _ outputSize: [Int]) -> Tensor {
  attempt(x) { () throws(TensorError) in
    let (batched, sizes) = try adaptiveRequest(rank, x, outputSize, "adaptive_avg_pool\(rank)d")
    let input = Array(batched.shape[2...])
    var result: Tensor
    if sizes.allSatisfy({ $0 == 1 }) {
      result = batched.mean(Array(2..<rank + 2), keepDim: true)
    } else if rank == 2, zip(input, sizes).allSatisfy({ $1 > 0 && $0 % $1 == 0 }) {
      result = avgPool2d(batched, zip(input, sizes).map { $0 / $1 })
    } else {
      let lead = [Int](repeating: 1, count: 3 - rank)
      let ranges = zip(lead + input, lead + sizes).map { size, count in
        (0..<count).map { adaptiveRange($0, count, size) }
      }
      let volume = batched.reshape(Array(batched.shape[..<2]) + lead + input)
      result = apply(RangeMeans(ranges: ranges, shape: nil), volume).reshape(Array(batched.shape[..<2]) + sizes)
    }
    return x.rank == rank + 1 ? result.squeeze([0]) : result
  }
}

/// Means over as many windows of about equal size as `outputSize` says; -1 keeps the input's size. `[N, C, L]` or
/// `[C, L]`.
public func adaptiveAvgPool1d(_ x: Tensor, _ outputSize: some SpatialSize) -> Tensor {
  adaptiveAveragePool(1, x, outputSize.spatialSizes)
}
/// Means over as many windows of about equal size as `outputSize` says; -1 keeps the input's size. `[N, C, H, W]` or
/// `[C, H, W]`.
public func adaptiveAvgPool2d(_ x: Tensor, _ outputSize: some SpatialSize) -> Tensor {
  adaptiveAveragePool(2, x, outputSize.spatialSizes)
}
/// Means over as many windows of about equal size as `outputSize` says; -1 keeps the input's size. `[N, C, D, H, W]` or
/// `[C, D, H, W]`.
public func adaptiveAvgPool3d(_ x: Tensor, _ outputSize: some SpatialSize) -> Tensor {
  adaptiveAveragePool(3, x, outputSize.spatialSizes)
}

func adaptiveMaximumPool(_ rank: Int, _ x: Tensor, _ outputSize: [Int]) -> (output: Tensor, indices: Tensor) {
  attempt(x) { () throws(TensorError) in
    let (batched, sizes) = try adaptiveRequest(rank, x, outputSize, "adaptive_max_pool\(rank)d")
    let lead = [Int](repeating: 1, count: 3 - rank)
    let input = lead + batched.shape[2...]
    let taps = zip(input, lead + sizes).map { size, count in
      (0..<count).map { Array(adaptiveRange($0, count, size)) }
    }
    let volume = batched.reshape(Array(batched.shape[..<2]) + input)
    let made = results(apply(GeneralMaxPool(operation: "AdaptiveMaxPool\(rank)D", taps: taps), [volume]), 2)
    let shape = Array(x.shape[..<(x.rank - rank)]) + sizes
    return (made[0].reshape(shape), made[1].reshape(shape))
  }
}

/// Maxima over as many windows of about equal size as `outputSize` says, and their positions. `[N, C, L]` or `[C, L]`.
public func adaptiveMaxPool1dWithIndices(_ x: Tensor, _ outputSize: some SpatialSize) -> (
  output: Tensor, indices: Tensor
) {
  adaptiveMaximumPool(1, x, outputSize.spatialSizes)
}
/// Maxima over as many windows of about equal size as `outputSize` says, and their positions. `[N, C, H, W]` or
/// `[C, H, W]`.
public func adaptiveMaxPool2dWithIndices(_ x: Tensor, _ outputSize: some SpatialSize) -> (
  output: Tensor, indices: Tensor
) {
  adaptiveMaximumPool(2, x, outputSize.spatialSizes)
}
/// Maxima over as many windows of about equal size as `outputSize` says, and their positions. `[N, C, D, H, W]` or
/// `[C, D, H, W]`.
public func adaptiveMaxPool3dWithIndices(_ x: Tensor, _ outputSize: some SpatialSize) -> (
  output: Tensor, indices: Tensor
) {
  adaptiveMaximumPool(3, x, outputSize.spatialSizes)
}
/// ``adaptiveMaxPool1dWithIndices(_:_:)`` without the positions.
public func adaptiveMaxPool1d(_ x: Tensor, _ outputSize: some SpatialSize) -> Tensor {
  adaptiveMaxPool1dWithIndices(x, outputSize).output
}
/// ``adaptiveMaxPool2dWithIndices(_:_:)`` without the positions.
public func adaptiveMaxPool2d(_ x: Tensor, _ outputSize: some SpatialSize) -> Tensor {
  adaptiveMaxPool2dWithIndices(x, outputSize).output
}
/// ``adaptiveMaxPool3dWithIndices(_:_:)`` without the positions.
public func adaptiveMaxPool3d(_ x: Tensor, _ outputSize: some SpatialSize) -> Tensor {
  adaptiveMaxPool3dWithIndices(x, outputSize).output
}

private func lpPool(
  _ rank: Int, _ x: Tensor, _ p: Double, _ kernel: [Int], _ stride: [Int]?, _ ceilMode: Bool
) -> Tensor {
  attempt(x) { () throws(TensorError) in
    if let type = narrowType(x) { return lpPool(rank, x.widened, p, kernel, stride, ceilMode).to(type) }
    let sizes = try perDimension(kernel, rank, "kernelSize", "lp_pool\(rank)d")
    let count = sizes.reduce(1, *)
    let means = averagePool(rank, x.pow(p), sizes, stride, [0], ceilMode, true, nil)
    // The root's gradient at 0 is infinite: means of 0 stay 0 without one.
    return ((means.sign() * means.abs().relu()) * count).pow(1 / p)
  }
}

/// The p-norms of windows of `[N, C, L]` (or `[C, L]`): `(sum of x^p)^(1/p)`.
public func lpPool1d(
  _ x: Tensor, _ normType: Double, _ kernelSize: some SpatialSize, stride: (any SpatialSize)? = nil,
  ceilMode: Bool = false
) -> Tensor {
  lpPool(1, x, normType, kernelSize.spatialSizes, stride?.spatialSizes, ceilMode)
}
/// The p-norms of windows of `[N, C, H, W]` (or `[C, H, W]`): `(sum of x^p)^(1/p)`.
public func lpPool2d(
  _ x: Tensor, _ normType: Double, _ kernelSize: some SpatialSize, stride: (any SpatialSize)? = nil,
  ceilMode: Bool = false
) -> Tensor {
  lpPool(2, x, normType, kernelSize.spatialSizes, stride?.spatialSizes, ceilMode)
}
/// The p-norms of windows of `[N, C, D, H, W]` (or `[C, D, H, W]`): `(sum of x^p)^(1/p)`.
public func lpPool3d(
  _ x: Tensor, _ normType: Double, _ kernelSize: some SpatialSize, stride: (any SpatialSize)? = nil,
  ceilMode: Bool = false
) -> Tensor {
  lpPool(3, x, normType, kernelSize.spatialSizes, stride?.spatialSizes, ceilMode)
}
