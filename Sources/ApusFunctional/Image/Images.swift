import ApusCore

// Rearranging images: shuffles of pixels and channels, windows as columns.

private func fold3(_ x: Tensor, _ operation: String, _ body: (Tensor, [Int]) throws(TensorError) -> Tensor) -> Tensor {
  attempt(x) { () throws(TensorError) in
    guard x.rank >= 3 else {
      throw TensorError(.shape, operation, "needs an input of shape [..., C, H, W], and found \(x.shape)")
    }
    return try body(x, Array(x.shape.dropLast(3)))
  }
}

/// Channels become pixels: `[..., C r r, H, W]` to `[..., C, H r, W r]`.
public func pixelShuffle(_ x: Tensor, _ upscaleFactor: Int) -> Tensor {
  fold3(x, "pixel_shuffle") { (x, lead) throws(TensorError) in
    let r = upscaleFactor
    let (c, h, w) = (x.size(-3), x.size(-2), x.size(-1))
    guard r > 0, c % r == 0, c / r % r == 0 else {
      throw TensorError(
        .shape, "pixel_shuffle", "\(c) channels cannot be divided by the square of the factor \(r)")
    }
    let n = lead.count
    let channels = c / r / r
    let split = x.reshape(lead + [channels, r, r, h, w])
    return split.permute(Array(0..<n) + [n, n + 3, n + 1, n + 4, n + 2]).reshape(
      lead + [channels, h.clampedMultiplying(r), w.clampedMultiplying(r)])
  }
}

/// Pixels become channels: `[..., C, H r, W r]` to `[..., C r r, H, W]`.
public func pixelUnshuffle(_ x: Tensor, _ downscaleFactor: Int) -> Tensor {
  fold3(x, "pixel_unshuffle") { (x, lead) throws(TensorError) in
    let r = downscaleFactor
    let (c, h, w) = (x.size(-3), x.size(-2), x.size(-1))
    guard r > 0, h % r == 0, w % r == 0 else {
      throw TensorError(.shape, "pixel_unshuffle", "an image of \(h) x \(w) cannot be divided by the factor \(r)")
    }
    let n = lead.count
    let split = x.reshape(lead + [c, h / r, r, w / r, r])
    return split.permute(Array(0..<n) + [n, n + 2, n + 4, n + 1, n + 3]).reshape(
      lead + [c.clampedMultiplying(r).clampedMultiplying(r), h / r, w / r])
  }
}

/// Channels of `[N, C, ...]` interleaved: `groups` blocks of channels are dealt out in turn.
public func channelShuffle(_ x: Tensor, _ groups: Int) -> Tensor {
  if x.hasFailed { return x }
  guard x.rank > 2, groups > 0, x.shape[1] % groups == 0 else {
    return fail(
      TensorError(
        .shape, "channel_shuffle",
        "needs an input of shape [N, C, ...] with channels divisible by \(groups) groups, and found \(x.shape)"))
  }
  let rest = Array(x.shape[2...])
  return x.reshape([x.shape[0], groups, x.shape[1] / groups] + rest).transpose(1, 2).reshape(x.shape)
}

/// The weights of a convolution that hands every element of a window to a channel of its own.
private func windowWeights(_ kernel: [Int], _ dtype: DType) throws(TensorError) -> Tensor {
  let n = kernel[0].clampedMultiplying(kernel[1])
  try checkMemory(TensorType([n, n], dtype), "windows")
  return eye(n, dtype: dtype).reshape([n, 1, kernel[0], kernel[1]])
}

/// Windows of `[N, C, H, W]` (or `[C, H, W]`) as columns: `[N, C kH kW, L]`, PyTorch's `nn.functional.unfold`.
public func unfold<
  each Kernel: SpatialSize, each Dilation: SpatialSize, each Padding: SpatialSize, each Stride: SpatialSize
>(
  _ x: Tensor, _ kernelSize: (repeat each Kernel), dilation: (repeat each Dilation) = (),
  padding: (repeat each Padding) = (),
  stride: (repeat each Stride) = ()
) -> Tensor {
  attempt(x) { () throws(TensorError) in
    guard x.rank == 3 || x.rank == 4 else {
      throw TensorError(.shape, "unfold", "needs an input of shape [N, C, H, W] or [C, H, W], and found \(x.shape)")
    }
    let kernel = try perDimension(sizes(repeat each kernelSize) ?? [], 2, least: 1, "kernelSize", "unfold")
    if x.dtype == .bool {
      let columns = unfold(
        x.to(.uint8), (repeat each kernelSize), dilation: (repeat each dilation), padding: (repeat each padding),
        stride: (repeat each stride))
      return columns.to(.bool)
    }
    let batched = x.rank == 3 ? x.unsqueeze(0) : x
    let (n, c) = (batched.shape[0], batched.shape[1])
    let planes = batched.reshape([n * c, 1, batched.shape[2], batched.shape[3]])
    let step = try perDimension(sizes(repeat each stride) ?? [1], 2, least: 1, "stride", "unfold")
    let margins = try perDimension(sizes(repeat each padding) ?? [0], 2, least: 0, "padding", "unfold")
    let gaps = try perDimension(sizes(repeat each dilation) ?? [1], 2, least: 1, "dilation", "unfold")
    let weights = try windowWeights(kernel, x.dtype)
    // Elements are moved, not multiplied.
    let windows = Autocast.with(nil) {
      convolution(
        2, planes, weights, nil, stride: step, padding: .each(margins), dilation: gaps, groups: 1)
    }
    if windows.hasFailed { return windows }
    let columns = windows.reshape([n, c * kernel[0] * kernel[1], windows.shape[2] * windows.shape[3]])
    return x.rank == 3 ? columns.squeeze([0]) : columns
  }
}

/// Columns `[N, C kH kW, L]` (or without `N`) added up as windows of an image of `outputSize`: the adjoint of
/// ``unfold(_:_:dilation:padding:stride:)``.
public func fold<
  each Size: SpatialSize, each Kernel: SpatialSize, each Dilation: SpatialSize, each Padding: SpatialSize,
  each Stride: SpatialSize
>(
  _ x: Tensor, _ outputSize: (repeat each Size), _ kernelSize: (repeat each Kernel),
  dilation: (repeat each Dilation) = (),
  padding: (repeat each Padding) = (), stride: (repeat each Stride) = ()
) -> Tensor {
  attempt(x) { () throws(TensorError) in
    let size = try perDimension(sizes(repeat each outputSize) ?? [], 2, least: 0, "outputSize", "fold")
    let kernel = try perDimension(sizes(repeat each kernelSize) ?? [], 2, least: 1, "kernelSize", "fold")
    let margins = try perDimension(sizes(repeat each padding) ?? [0], 2, least: 0, "padding", "fold")
    let settings = ConvolutionSettings(
      stride: try perDimension(sizes(repeat each stride) ?? [1], 2, least: 1, "stride", "fold"), padding: margins,
      paddingAfter: margins,
      dilation: try perDimension(sizes(repeat each dilation) ?? [1], 2, least: 1, "dilation", "fold"), groups: 1)
    let window = kernel[0] * kernel[1]
    let places = settings.outputShape([1, 1] + size, [1, 1] + kernel).suffix(2)
    guard x.rank == 2 || x.rank == 3, window > 0, x.size(-2) % window == 0, x.size(-1) == places.reduce(1, *) else {
      throw TensorError(
        .shape, "fold",
        "an image of \(size) has \(Array(places)) windows of \(kernel): needs [N, C * \(window), \(places.reduce(1, *))], "
          + "and found \(x.shape)")
    }
    let batched = x.rank == 2 ? x.unsqueeze(0) : x
    let (n, c) = (batched.shape[0], batched.shape[1] / window)
    let windows = batched.reshape([n * c, window] + places)
    let image = apply(
      ConvolutionInputGradient(settings: settings, shape: [n * c, 1] + size), windows,
      try windowWeights(kernel, x.dtype))
    return image.reshape((x.rank == 2 ? [c] : [n, c]) + size)
  }
}

extension Registry {
  /// Rearranged images and their windows.
  static let images: [Operation] = [
    .tensor("nn.functional.pixel_shuffle pixel_shuffle", "input, upscale_factor") {
      try pixelShuffle($0.tensor("input"), $0.int("upscale_factor"))
    },
    .tensor("nn.functional.pixel_unshuffle pixel_unshuffle", "input, downscale_factor") {
      try pixelUnshuffle($0.tensor("input"), $0.int("downscale_factor"))
    },
    .tensor("nn.functional.channel_shuffle channel_shuffle", "input, groups") {
      try channelShuffle($0.tensor("input"), $0.int("groups"))
    },
    .tensor("nn.functional.unfold", "input, kernel_size, dilation=1, padding=0, stride=1") {
      try unfold(
        $0.tensor("input"), $0.ints("kernel_size"), dilation: $0.ints("dilation"), padding: $0.ints("padding"),
        stride: $0.ints("stride"))
    },
    .tensor("nn.functional.fold", "input, output_size, kernel_size, dilation=1, padding=0, stride=1") {
      try fold(
        $0.tensor("input"), $0.ints("output_size"), $0.ints("kernel_size"), dilation: $0.ints("dilation"),
        padding: $0.ints("padding"), stride: $0.ints("stride"))
    },
  ]
}
