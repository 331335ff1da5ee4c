// Rearranging and resizing images: shuffles of pixels and channels, windows as columns, interpolation.

private func fold3(_ x: Tensor, _ operation: String, _ body: (Tensor, [Int]) throws(TensorError) -> Tensor) -> Tensor {
  if x.hasFailed { return x }
  do throws(TensorError) {
    guard x.rank >= 3 else {
      throw TensorError(.shape, operation, "needs an input of shape [..., C, H, W], and found \(x.shape)")
    }
    return try body(x, Array(x.shape.dropLast(3)))
  } catch { return fail(error) }
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
  let n = kernel[0] * kernel[1]
  try checkMemory(TensorType([n, n], dtype), "windows")
  var values = [Float](repeating: 0, count: n * n)
  for i in 0..<n { values[i * n + i] = 1 }
  return Tensor(values, shape: [n, 1, kernel[0], kernel[1]], dtype: dtype)
}

/// Windows of `[N, C, H, W]` (or `[C, H, W]`) as columns: `[N, C kH kW, L]`, PyTorch's `nn.functional.unfold`.
public func unfold(
  _ x: Tensor, _ kernelSize: some SpatialSize, dilation: some SpatialSize = 1, padding: some SpatialSize = 0,
  stride: some SpatialSize = 1
) -> Tensor {
  if x.hasFailed { return x }
  do throws(TensorError) {
    guard x.rank == 3 || x.rank == 4 else {
      throw TensorError(.shape, "unfold", "needs an input of shape [N, C, H, W] or [C, H, W], and found \(x.shape)")
    }
    let kernel = try perDimension(kernelSize.spatialSizes, 2, least: 1, "kernelSize", "unfold")
    if x.dtype == .bool {
      let columns = unfold(x.to(.uint8), kernelSize, dilation: dilation, padding: padding, stride: stride)
      return columns.to(.bool)
    }
    let batched = x.rank == 3 ? x.unsqueeze(0) : x
    let (n, c) = (batched.shape[0], batched.shape[1])
    let planes = batched.reshape([n * c, 1, batched.shape[2], batched.shape[3]])
    let windows = convolution(
      2, planes, try windowWeights(kernel, x.dtype), nil, stride: stride.spatialSizes,
      padding: .each(padding.spatialSizes), dilation: dilation.spatialSizes, groups: 1)
    if windows.hasFailed { return windows }
    let columns = windows.reshape([n, c * kernel[0] * kernel[1], windows.shape[2] * windows.shape[3]])
    return x.rank == 3 ? columns.squeeze([0]) : columns
  } catch { return fail(error) }
}

/// Columns `[N, C kH kW, L]` (or without `N`) added up as windows of an image of `outputSize`: the adjoint of
/// ``unfold(_:_:dilation:padding:stride:)``.
public func fold(
  _ x: Tensor, _ outputSize: some SpatialSize, _ kernelSize: some SpatialSize, dilation: some SpatialSize = 1,
  padding: some SpatialSize = 0, stride: some SpatialSize = 1
) -> Tensor {
  if x.hasFailed { return x }
  do throws(TensorError) {
    let size = try perDimension(outputSize.spatialSizes, 2, least: 0, "outputSize", "fold")
    let kernel = try perDimension(kernelSize.spatialSizes, 2, least: 1, "kernelSize", "fold")
    let margins = try perDimension(padding.spatialSizes, 2, least: 0, "padding", "fold")
    let settings = ConvolutionSettings(
      stride: try perDimension(stride.spatialSizes, 2, least: 1, "stride", "fold"), padding: margins,
      paddingAfter: margins,
      dilation: try perDimension(dilation.spatialSizes, 2, least: 1, "dilation", "fold"), groups: 1)
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
  } catch { return fail(error) }
}

/// How ``interpolate(_:size:scaleFactor:mode:alignCorners:recomputeScaleFactor:antialias:)`` finds a value between elements.
public enum InterpolationMode: String, Sendable, Hashable {
  /// The element at the rounded-down position.
  case nearest
  /// The nearest element.
  case nearestExact = "nearest-exact"
  /// A straight line between neighbours, for sequences, images and volumes.
  case linear, bilinear, trilinear
  /// A cubic polynomial through four neighbours (Keys, 1981, a = -0.75), for images.
  case bicubic
  /// Means of the elements that an output element covers.
  case area

  fileprivate var rank: Int? {
    switch self {
    case .linear: 1
    case .bilinear, .bicubic: 2
    case .trilinear: 3
    case .nearest, .nearestExact, .area: nil
    }
  }
}

/// Resizes `[N, C, ...]` in its spatial dimensions, PyTorch's `nn.functional.interpolate`.
///
/// - Parameters:
///   - size: the spatial sizes of the result, one for all or one for each dimension.
///   - scaleFactor: factors instead of sizes.
///   - alignCorners: whether the corner elements of input and result coincide; only where the mode interpolates.
///   - recomputeScaleFactor: whether positions follow from the rounded sizes instead of the factors.
///   - antialias: whether windows grow when an image shrinks, for bilinear and bicubic.
public func interpolate(
  _ x: Tensor, size: [Int]? = nil, scaleFactor: [Double]? = nil, mode: InterpolationMode = .nearest,
  alignCorners: Bool? = nil, recomputeScaleFactor: Bool = false, antialias: Bool = false
) -> Tensor {
  if x.hasFailed { return x }
  let operation = "interpolate"
  do throws(TensorError) {
    let rank = x.rank - 2
    guard (1...3).contains(rank), mode.rank == nil || mode.rank == rank else {
      throw TensorError(.shape, operation, "mode \(mode.rawValue) does not take an input of shape \(x.shape)")
    }
    guard alignCorners == nil || mode.rank != nil else {
      throw TensorError(.value, operation, "alignCorners has no meaning with mode \(mode.rawValue)")
    }
    guard (size == nil) != (scaleFactor == nil) else {
      throw TensorError(.value, operation, "needs either size or scaleFactor")
    }
    let input = Array(x.shape[2...])
    var factors: [Double?] = [Double?](repeating: nil, count: rank)
    let output: [Int]
    if let size {
      output = try perDimension(size, rank, "size", operation)
    } else {
      let given = scaleFactor ?? []
      guard given.count == rank || given.count == 1 else {
        throw TensorError(.value, operation, "needs one scale factor or \(rank), and found \(given)")
      }
      let each = given.count == 1 ? [Double](repeating: given[0], count: rank) : given
      guard each.allSatisfy({ $0 > 0 && $0.isFinite && $0 < 1e9 }) else {
        throw TensorError(.value, operation, "scale factors must be positive and below 1e9, and found \(given)")
      }
      output = zip(input, each).map { Int((Double($0) * $1).rounded(.down)) }
      if !recomputeScaleFactor { factors = each }
    }
    guard output.allSatisfy({ $0 > 0 }), input.allSatisfy({ $0 > 0 }) else {
      throw TensorError(.shape, operation, "cannot resize \(input) to \(output): sizes must be positive")
    }
    guard !antialias || ((mode == .bilinear || mode == .bicubic) && rank == 2) else {
      throw TensorError(.value, operation, "antialias needs mode bilinear or bicubic, and found \(mode.rawValue)")
    }
    if mode == .area {
      return adaptiveAveragePool(rank, x, output)
    }
    let align = alignCorners ?? false
    var result = x
    for d in 0..<rank {
      let axis = Resampling(input: input[d], output: output[d], factor: factors[d], alignCorners: align)
      result = axis.apply(result, d + 2, mode, antialias: antialias)
    }
    return result
  } catch { return fail(error) }
}

/// Resizing along one dimension.
private struct Resampling {
  let input: Int
  let output: Int
  /// The factor that was given, which positions follow then.
  let factor: Double?
  let alignCorners: Bool

  /// Input elements for one output element.
  private var step: Double {
    if alignCorners { return output > 1 ? Double(input - 1) / Double(output - 1) : 0 }
    return factor.map { 1 / $0 } ?? Double(input) / Double(output)
  }

  /// PyTorch computes positions in float32 for float32 tensors.
  private func positions(_ dtype: DType, clamped: Bool) -> [Double] {
    let narrow = dtype != .float64
    return (0..<output).map { o in
      if narrow {
        let step = Float(step)
        if alignCorners { return Double(step * Float(o)) }
        let position = step * (Float(o) + 0.5) - 0.5
        return Double(clamped ? max(0, position) : position)
      }
      if alignCorners { return step * Double(o) }
      let position = step * (Double(o) + 0.5) - 0.5
      return clamped ? max(0, position) : position
    }
  }

  private func taps(_ x: Tensor, _ dim: Int, _ indices: [Int], _ weights: [Double]?) -> Tensor {
    let chosen = x.indexSelect(dim, Tensor(indices))
    guard let weights else { return chosen }
    let shape = [weights.count] + [Int](repeating: 1, count: x.rank - dim - 1)
    return chosen * Tensor(weights, shape: shape, dtype: x.dtype)
  }

  func apply(_ x: Tensor, _ dim: Int, _ mode: InterpolationMode, antialias: Bool) -> Tensor {
    let last = input - 1
    switch mode {
    case .nearest, .nearestExact:
      if input == output && factor ?? 1 == 1 { return x }
      let step = Float(factor.map { 1 / $0 } ?? Double(input) / Double(output))
      let offset: Float = mode == .nearest ? 0 : 0.5
      let indices = (0..<output).map { min(last, Int(((Float($0) + offset) * step).rounded(.down))) }
      return taps(x, dim, indices, nil)
    case .linear, .bilinear, .trilinear:
      if antialias { return smooth(x, dim, support: 1) { max(0, 1 - abs($0)) } }
      if input == output && !alignCorners && factor ?? 1 == 1 { return x }
      let places = positions(x.dtype, clamped: true)
      let low = places.map { min(last, Int($0)) }
      let weights = zip(places, low).map { min(1, max(0, $0 - Double($1))) }
      return taps(x, dim, low, weights.map { 1 - $0 }) + taps(x, dim, low.map { min(last, $0 + 1) }, weights)
    case .bicubic:
      if antialias { return smooth(x, dim, support: 2) { Self.cubic(abs($0), -0.5) } }
      let places = positions(x.dtype, clamped: false)
      let low = places.map { Int($0.rounded(.down)) }
      var result: Tensor?
      for k in -1...2 {
        let indices = low.map { min(last, max(0, $0 + k)) }
        let weights = zip(places, low).map { Self.cubic(abs($0 - Double($1) - Double(k)), -0.75) }
        let part = taps(x, dim, indices, weights)
        result = result.map { $0 + part } ?? part
      }
      return result ?? x
    case .area: return x
    }
  }

  private static func cubic(_ x: Double, _ a: Double) -> Double {
    if x <= 1 { return ((a + 2) * x - (a + 3)) * x * x + 1 }
    if x < 2 { return ((a * x - 5 * a) * x + 8 * a) * x - 4 * a }
    return 0
  }

  /// Windows that grow with the reduction: `filter` of the distance in output elements, normalised.
  private func smooth(_ x: Tensor, _ dim: Int, support: Double, _ filter: (Double) -> Double) -> Tensor {
    let scale = step
    let reach = scale >= 1 ? support * scale : support
    let inverse = scale >= 1 ? 1 / scale : 1
    var elements = [Double](repeating: 0, count: output * input)
    for o in 0..<output {
      let centre = scale * (Double(o) + 0.5)
      let first = max(0, Int((centre - reach + 0.5).rounded(.towardZero)))
      let end = min(input, Int((centre + reach + 0.5).rounded(.towardZero)))
      var total = 0.0
      for i in first..<max(first, end) {
        let weight = filter((Double(i) - centre + 0.5) * inverse)
        elements[o * input + i] = weight
        total += weight
      }
      if total != 0 { for i in first..<max(first, end) { elements[o * input + i] /= total } }
    }
    let matrix = Tensor(elements, shape: [output, input], dtype: x.dtype)
    return matmul(x.transpose(dim, -1), matrix.t()).transpose(dim, -1)
  }
}
