import ApusCore

// Images read at the positions of a grid.

/// How ``gridSample(_:_:mode:paddingMode:alignCorners:)`` finds a value between elements.
public enum GridSampleMode: String, Sendable, Hashable, NamedChoice {
  /// A straight line between neighbours along every dimension; in volumes too.
  case bilinear
  /// The element at the rounded position, halves to the even one.
  case nearest
  /// A cubic polynomial through four neighbours along every dimension (Keys, 1981, a = -0.75); in volumes too.
  case bicubic
}

/// What ``gridSample(_:_:mode:paddingMode:alignCorners:)`` reads outside an image.
public enum GridPaddingMode: String, Sendable, Hashable, NamedChoice {
  /// Zeros.
  case zeros
  /// The nearest element of the border.
  case border
  /// The image, mirrored at its border as often as needed.
  case reflection
}

/// The elements of `input` at the positions that `grid` holds, PyTorch's `nn.functional.grid_sample`.
///
/// - Parameters:
///   - input: `[N, C, H, W]` or `[N, C, D, H, W]`.
///   - grid: positions `[N, outH, outW, 2]` as (x, y), or `[N, outD, outH, outW, 3]` as (x, y, z); -1 and 1 are the borders of
///     the image.
///   - mode: how values between elements are found.
///   - paddingMode: what lies outside.
///   - alignCorners: whether -1 and 1 mean the centres of the corner elements, or else their outer edges.
/// - Returns: `[N, C]` and the sizes of the grid. Differentiable in both operands.
public func gridSample(
  _ input: Tensor, _ grid: Tensor, mode: GridSampleMode = .bilinear, paddingMode: GridPaddingMode = .zeros,
  alignCorners: Bool = false
) -> Tensor {
  if let autocast = Autocast.active {
    return autocast.run(.float32, input, grid) {
      gridSample($0, $1, mode: mode, paddingMode: paddingMode, alignCorners: alignCorners)
    }
  }
  return attempt(input, grid) { () throws(TensorError) in
    let rank = input.rank - 2
    guard rank == 2 || rank == 3, grid.rank == input.rank, grid.size(-1) == rank, grid.shape[0] == input.shape[0] else {
      throw TensorError(
        .shape, "grid_sample",
        "needs [N, C, H, W] with a grid [N, outH, outW, 2], or [N, C, D, H, W] with [N, outD, outH, outW, 3], and found "
          + "\(input.shape) and \(grid.shape)")
    }
    guard input.dtype == grid.dtype, input.dtype.isFloatingPoint else {
      throw TensorError(
        .dtype, "grid_sample",
        "needs an input and a grid of one floating point type, and found \(input.dtype) and \(grid.dtype)")
    }
    guard input.shape[2...].allSatisfy({ $0 > 0 }) else {
      throw TensorError(.shape, "grid_sample", "needs an image with elements, and found \(input.shape)")
    }
    if let type = narrowType(input, grid) {
      return gridSample(
        input.widened, grid.widened, mode: mode, paddingMode: paddingMode, alignCorners: alignCorners
      ).to(type)
    }
    if mode != .bicubic {
      return apply(GridSamples(mode: mode, padding: paddingMode, alignCorners: alignCorners), input, grid)
    }
    return composedSamples(input, grid, mode, paddingMode, alignCorners)
  }
}

/// The samples in tensor operations.
func composedSamples(
  _ input: Tensor, _ grid: Tensor, _ mode: GridSampleMode, _ padding: GridPaddingMode, _ alignCorners: Bool
) -> Tensor {
  let rank = input.rank - 2
  let sampling = GridSampling(input: input, padding: padding, alignCorners: alignCorners)
  let places = (0..<rank).map { d in
    // The last coordinate of the grid belongs to the first spatial dimension.
    sampling.unnormalised(grid.select(rank + 1, rank - 1 - d).reshape([input.shape[0], -1]), d)
  }
  let values =
    switch mode {
    case .bilinear: sampling.linear(places)
    case .nearest: sampling.nearest(places)
    case .bicubic: sampling.cubic(places)
    }
  return values.reshape(Array(input.shape[..<2]) + Array(grid.shape[1..<(rank + 1)]))
}

/// A grid of positions for ``gridSample(_:_:mode:paddingMode:alignCorners:)`` that `theta` turns, moves and stretches,
/// PyTorch's `nn.functional.affine_grid`.
///
/// - Parameters:
///   - theta: `[N, 2, 3]` for images, `[N, 3, 4]` for volumes.
///   - size: the size of the result to be sampled, `[N, C, H, W]` or `[N, C, D, H, W]`.
///   - alignCorners: as in `gridSample`.
/// - Returns: `[N, H, W, 2]` or `[N, D, H, W, 3]`.
public func affineGrid(_ theta: Tensor, _ size: [Int], alignCorners: Bool = false) -> Tensor {
  attempt(theta) { () throws(TensorError) in
    let rank = size.count - 2
    guard rank == 2 || rank == 3, theta.shape == [size[0], rank, rank + 1], size.allSatisfy({ $0 > 0 }) else {
      throw TensorError(
        .shape, "affine_grid",
        "needs theta [N, 2, 3] with a size [N, C, H, W], or [N, 3, 4] with [N, C, D, H, W], and found \(theta.shape) and "
          + "\(size)")
    }
    guard theta.dtype.isFloatingPoint else {
      throw TensorError(.dtype, "affine_grid", "needs a floating point theta, and found \(theta.dtype)")
    }
    if let type = narrowType(theta) { return affineGrid(theta.widened, size, alignCorners: alignCorners).to(type) }
    let spatial = Array(size[2...])
    try checkMemory(TensorType([size[0]] + spatial + [rank], theta.dtype), "affine_grid")
    let axes = spatial.map { n in
      // A single element lies in the middle.
      let edge = n == 1 ? 0 : alignCorners ? 1 : Double(n - 1) / Double(n)
      return linspace(-edge, edge, n, dtype: theta.dtype)
    }
    let coordinates = axes.indices.reversed().map { d in
      axes[d].reshape(axes.indices.map { $0 == d ? spatial[d] : 1 }).expand(spatial)
    }
    let points = stack(coordinates + [Tensor.ones(spatial, dtype: theta.dtype)], dim: -1)
    let moved = matmul(points.reshape([1, elementCount(spatial), rank + 1]), theta.mT)
    return moved.reshape([size[0]] + spatial + [rank])
  }
}

/// The reading of one batch of images. Positions are tensors `[N, places]`, one for each spatial dimension.
private struct GridSampling {
  let input: Tensor
  let padding: GridPaddingMode
  let alignCorners: Bool

  private var sizes: [Int] { Array(input.shape[2...]) }

  /// Positions between -1 and 1 as positions between elements.
  func unnormalised(_ x: Tensor, _ d: Int) -> Tensor {
    let n = Double(sizes[d])
    return alignCorners ? (x + 1) / 2 * (n - 1) : ((x + 1) * n - 1) / 2
  }

  /// A position moved into the image, where the mode of padding does that.
  private func padded(_ x: Tensor, _ d: Int) -> Tensor {
    switch padding {
    case .zeros: x
    case .border: clipped(x, d)
    case .reflection: clipped(reflected(x, d), d)
    }
  }

  /// At the border and beyond it the position does not move, and its gradient is 0.
  private func clipped(_ x: Tensor, _ d: Int) -> Tensor {
    let last = Double(sizes[d] - 1)
    let fixed = noGrad { x.detach() }
    return x.maskedFill(fixed.le(0), 0).maskedFill(fixed.ge(last), last)
  }

  private func reflected(_ x: Tensor, _ d: Int) -> Tensor {
    let low = alignCorners ? 0 : -0.5
    let span = alignCorners ? Double(sizes[d] - 1) : Double(sizes[d])
    if span == 0 { return x * 0 }
    let distance = x - low
    let (turns, isNegative) = noGrad {
      let whole = distance.detach().abs()
      return ((whole / span).floor(), distance.detach().lt(0))
    }
    let rest = `where`(isNegative, -distance, distance) - turns * span
    let isEven = noGrad { turns.remainder(2).eq(0) }
    return `where`(isEven, rest + low, (span + low) - rest)
  }

  /// The elements at whole positions, `[N, C, places]`; where one lies outside the image, zeros.
  private func elements(_ positions: [Tensor]) -> Tensor {
    let (place, isOutside) = noGrad {
      var place = Tensor.zeros(positions[0].shape, dtype: .int64)
      var isInside = Tensor.ones(positions[0].shape, dtype: .bool)
      for (d, x) in positions.enumerated() {
        let inside = x.ge(0) & x.le(Double(sizes[d] - 1))
        // What is no number reads element 0, which counts as outside.
        place = place * sizes[d] + x.maskedFill(inside.logicalNot(), 0).to(.int64)
        isInside = isInside & inside
      }
      return (place.unsqueeze(1), isInside.logicalNot().unsqueeze(1))
    }
    let (n, c) = (input.shape[0], input.shape[1])
    let found = input.reshape([n, c, elementCount(sizes)]).gather(2, place.expand([n, c, place.shape[2]]))
    return found.maskedFill(isOutside, 0)
  }

  func nearest(_ places: [Tensor]) -> Tensor {
    elements(places.enumerated().map { d, x in noGrad { padded(x.detach(), d).round() } })
  }

  func linear(_ places: [Tensor]) -> Tensor {
    let inside = places.enumerated().map { d, x in padded(x, d) }
    let lows = inside.map { x in noGrad { x.detach().floor() } }
    var sum: Tensor?
    for corner in 0..<(1 << places.count) {
      var weight: Tensor?
      var positions: [Tensor] = []
      for d in places.indices {
        let isHigh = corner >> d & 1 == 1
        let fraction = inside[d] - lows[d]
        let share = isHigh ? fraction : 1 - fraction
        weight = weight.map { $0 * share } ?? share
        positions.append(noGrad { isHigh ? lows[d] + 1 : lows[d] })
      }
      let part = elements(positions)
      let term = weight.map { part * $0.unsqueeze(1) } ?? part
      sum = sum.map { $0 + term } ?? term
    }
    return sum ?? input
  }

  func cubic(_ places: [Tensor]) -> Tensor {
    let lows = places.map { x in noGrad { x.detach().floor() } }
    let weights = zip(places, lows).map { x, low in Self.cubicWeights(x - low) }
    var sum: Tensor?
    // The neighbours, four along each dimension, the last one fastest.
    for neighbour in 0..<(1 << (2 * places.count)) {
      let steps = places.indices.map { neighbour >> (2 * (places.count - 1 - $0)) & 3 }
      let positions = noGrad { steps.enumerated().map { d, i in padded(lows[d] + Double(i - 1), d).round() } }
      let weight = steps.enumerated().dropFirst().reduce(weights[0][steps[0]]) { $0 * weights[$1.offset][$1.element] }
      let term = elements(positions) * weight.unsqueeze(1)
      sum = sum.map { $0 + term } ?? term
    }
    return sum ?? input
  }

  /// The weights of the four neighbours of a position that lies `t` behind the second of them.
  private static func cubicWeights(_ t: Tensor) -> [Tensor] {
    let a = -0.75
    func near(_ x: Tensor) -> Tensor { ((a + 2) * x - (a + 3)) * x * x + 1 }
    func far(_ x: Tensor) -> Tensor { ((a * x - 5 * a) * x + 8 * a) * x - 4 * a }
    return [far(t + 1), near(t), near(1 - t), far(2 - t)]
  }
}

extension Registry {
  /// Images read at positions.
  static let samplings: [Operation] = [
    .tensor(
      "nn.functional.grid_sample", "input, grid, mode='bilinear', padding_mode='zeros', align_corners=False"
    ) {
      guard let mode = GridSampleMode(rawValue: try $0.string("mode")) else {
        throw $0.mismatch("mode", "'bilinear', 'nearest' or 'bicubic'")
      }
      guard let padding = GridPaddingMode(rawValue: try $0.string("padding_mode")) else {
        throw $0.mismatch("padding_mode", "'zeros', 'border' or 'reflection'")
      }
      let alignCorners = try $0.isNone("align_corners") ? false : $0.bool("align_corners")
      return try gridSample(
        $0.tensor("input"), $0.tensor("grid"), mode: mode, paddingMode: padding, alignCorners: alignCorners)
    },
    .tensor(
      "grid_sampler grid_sampler_2d grid_sampler_3d", "input, grid, interpolation_mode, padding_mode, align_corners"
    ) {
      func choice<Choice: CaseIterable>(_ name: String, _ arguments: OperationArguments) throws -> Choice {
        let choices = Array(Choice.allCases)
        let i = try arguments.int(name)
        guard choices.indices.contains(i) else { throw arguments.mismatch(name, "the number of a mode") }
        return choices[i]
      }
      return try gridSample(
        $0.tensor("input"), $0.tensor("grid"), mode: choice("interpolation_mode", $0),
        paddingMode: choice("padding_mode", $0), alignCorners: $0.bool("align_corners"))
    },
    .tensor("nn.functional.affine_grid", "theta, size, align_corners=False") {
      let alignCorners = try $0.isNone("align_corners") ? false : $0.bool("align_corners")
      return try affineGrid($0.tensor("theta"), $0.ints("size"), alignCorners: alignCorners)
    },
  ]
}
