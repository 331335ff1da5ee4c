import ApusCore

// Means and p-norms of windows, as PyTorch names them.

extension PoolWindow {
  /// How many elements each of `count` windows has along dimension `d` of `size` elements, with padded ones or without.
  func elementCounts(_ d: Int, _ size: Int, _ count: Int, includePadding: Bool) -> [Int] {
    let margin = includePadding ? padding[d] : 0
    return (0..<count).map { o in
      let start = o * stride[d] - padding[d]
      return max(0, min(start + kernel[d], size + margin) - max(start, -margin))
    }
  }
}

package func averagePool(
  _ rank: Int, _ x: Tensor, _ kernel: [Int], _ stride: [Int]?, _ padding: [Int], _ ceilMode: Bool,
  _ countIncludePad: Bool, _ divisor: Int?
) -> Tensor {
  if rank == 3, let autocast = Autocast.active {
    return autocast.run(.float32, x) {
      averagePool(rank, $0, kernel, stride, padding, ceilMode, countIncludePad, divisor)
    }
  }
  return attempt(x) { () throws(TensorError) in
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
      // The windows' sizes are products of those along the dimensions.
      let counts = (0..<3).map { d in
        window.elementCounts(d, request.x.shape[d + 2], outputs[d], includePadding: countIncludePad)
      }
      let areEven = counts.allSatisfy { sizes in sizes.allSatisfy { $0 == sizes[0] && $0 > 0 } }
      let common = divisor ?? (areEven ? counts.reduce(1) { $0 * $1[0] } : nil)
      let last = AverageRule(countIncludePad: countIncludePad, divisor: common ?? 1)
      let volume = apply(AveragePool(window: part([0], 1), layout: .channelsFirst, rule: last), columns)
      let sums = volume.reshape([n, c] + outputs)
      if common != nil { return request.finish(sums.to(dtype), rank) }
      var sizes = Tensor.ones([], dtype: sums.dtype)
      for d in 0..<3 {
        sizes = sizes * Tensor(counts[d], shape: (0..<3).map { $0 == d ? outputs[d] : 1 }, dtype: sums.dtype)
      }
      return request.finish((sums / sizes).to(dtype), rank)
    }
    request.widen()
    let rule = AverageRule(countIncludePad: countIncludePad, divisor: divisor ?? 0)
    let layout = poolLayout(request.x, returnsIndices: false)
    return request.finish(apply(AveragePool(window: request.window, layout: layout, rule: rule), request.x), rank)
  }
}

/// The means of windows of `[N, C, L]` (or `[C, L]`). The stride is the kernel's size unless given.
public func avgPool1d<each Kernel: SpatialSize, each Stride: SpatialSize, each Padding: SpatialSize>(
  _ x: Tensor, _ kernelSize: (repeat each Kernel), stride: (repeat each Stride) = (),
  padding: (repeat each Padding) = (),
  ceilMode: Bool = false, countIncludePad: Bool = true
) -> Tensor {
  averagePool(
    1, x, sizes(repeat each kernelSize) ?? [], sizes(repeat each stride), sizes(repeat each padding) ?? [0], ceilMode,
    countIncludePad, nil)
}

/// The means of windows of `[N, C, H, W]` (or `[C, H, W]`). The stride is the kernel's size unless given.
///
/// - Parameters:
///   - countIncludePad: whether padded zeros count as elements of the mean.
///   - divisorOverride: what sums are divided by instead of the window's size.
public func avgPool2d<each Kernel: SpatialSize, each Stride: SpatialSize, each Padding: SpatialSize>(
  _ x: Tensor, _ kernelSize: (repeat each Kernel), stride: (repeat each Stride) = (),
  padding: (repeat each Padding) = (),
  ceilMode: Bool = false, countIncludePad: Bool = true, divisorOverride: Int? = nil
) -> Tensor {
  averagePool(
    2, x, sizes(repeat each kernelSize) ?? [], sizes(repeat each stride), sizes(repeat each padding) ?? [0], ceilMode,
    countIncludePad,
    divisorOverride)
}

/// The means of windows of `[N, C, D, H, W]` (or `[C, D, H, W]`). The stride is the kernel's size unless given.
public func avgPool3d<each Kernel: SpatialSize, each Stride: SpatialSize, each Padding: SpatialSize>(
  _ x: Tensor, _ kernelSize: (repeat each Kernel), stride: (repeat each Stride) = (),
  padding: (repeat each Padding) = (),
  ceilMode: Bool = false, countIncludePad: Bool = true, divisorOverride: Int? = nil
) -> Tensor {
  averagePool(
    3, x, sizes(repeat each kernelSize) ?? [], sizes(repeat each stride), sizes(repeat each padding) ?? [0], ceilMode,
    countIncludePad,
    divisorOverride)
}

package func lpPool(
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
public func lpPool1d<each Kernel: SpatialSize, each Stride: SpatialSize>(
  _ x: Tensor, _ normType: Double, _ kernelSize: (repeat each Kernel), stride: (repeat each Stride) = (),
  ceilMode: Bool = false
) -> Tensor {
  lpPool(1, x, normType, sizes(repeat each kernelSize) ?? [], sizes(repeat each stride), ceilMode)
}

/// The p-norms of windows of `[N, C, H, W]` (or `[C, H, W]`): `(sum of x^p)^(1/p)`.
public func lpPool2d<each Kernel: SpatialSize, each Stride: SpatialSize>(
  _ x: Tensor, _ normType: Double, _ kernelSize: (repeat each Kernel), stride: (repeat each Stride) = (),
  ceilMode: Bool = false
) -> Tensor {
  lpPool(2, x, normType, sizes(repeat each kernelSize) ?? [], sizes(repeat each stride), ceilMode)
}

/// The p-norms of windows of `[N, C, D, H, W]` (or `[C, D, H, W]`): `(sum of x^p)^(1/p)`.
public func lpPool3d<each Kernel: SpatialSize, each Stride: SpatialSize>(
  _ x: Tensor, _ normType: Double, _ kernelSize: (repeat each Kernel), stride: (repeat each Stride) = (),
  ceilMode: Bool = false
) -> Tensor {
  lpPool(3, x, normType, sizes(repeat each kernelSize) ?? [], sizes(repeat each stride), ceilMode)
}

extension Registry {
  /// Means of windows.
  static let averagePoolings: [Operation] = (1...3).flatMap { rank -> [Operation] in
    [
      .tensor(
        "nn.functional.avg_pool\(rank)d",
        "input, kernel_size, stride=None, padding=0, ceil_mode=False, count_include_pad=True, divisor_override=None"
      ) {
        try averagePool(
          rank, $0.tensor("input"), $0.ints("kernel_size"), $0.sizes("stride"), $0.ints("padding"),
          $0.bool("ceil_mode"), $0.bool("count_include_pad"), $0.optionalInt("divisor_override"))
      }
    ]
  }
}
