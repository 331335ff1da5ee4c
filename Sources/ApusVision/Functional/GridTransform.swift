import ApusCore
import ApusFunctional
import CVision

/// Pictures read at the positions of a grid, with a colour outside: what ``TF/affine(_:angle:translate:scale:shear:interpolation:fill:center:)``
/// and its relatives end in.
struct GridTransform: Sendable {
  let interpolation: ImageInterpolation
  /// One number, one for each channel, or none.
  let fill: [Double]?
  let name: String

  /// - Parameter grid: positions `[H', W', 2]` (x, y) from -1 to 1, float32 or that of the picture.
  func callAsFunction(_ x: Tensor, _ grid: Tensor) throws(TensorError) -> Tensor {
    try check(x)
    let shape = x.shape.dropLast(2) + grid.shape.dropLast()
    if x.count == 0 { return Tensor.zeros(Array(shape), dtype: x.dtype) }
    let batch = x.asBatch
    if x.dtype == .uint8 || (x.dtype == .float32 && !isFollowed(x)) {
      let sampling = GridReading(isBilinear: interpolation == .bilinear, fill: fill?.map { Float($0) } ?? [])
      return apply(sampling, batch, grid.to(.float32).placed(with: x)).reshape(Array(shape))
    }
    // What is followed for gradients, and other types.
    let type: DType = x.dtype == .float64 ? .float64 : .float32
    var picture = batch.to(type)
    var positions = grid.to(type).placed(with: x).unsqueeze(0)
    let count = picture.shape[0]
    if count > 1 { positions = positions.expand([count, -1, -1, -1]) }
    if fill != nil {
      picture = cat([picture, Tensor.ones([count, 1, x.height, x.width], dtype: type)], dim: 1)
    }
    var result = gridSample(
      picture, positions, mode: interpolation == .nearest ? .nearest : .bilinear, paddingMode: .zeros,
      alignCorners: false)
    if let fill {
      let mask = result.narrow(1, x.channels, 1)
      result = result.narrow(1, 0, x.channels)
      let colour = Tensor(fill, shape: [1, fill.count, 1, 1], dtype: type)
      result =
        interpolation == .nearest
        ? `where`((mask .< 0.5).expand(result.shape), colour.expand(result.shape), result)
        : (result - colour) * mask + colour
    }
    if !x.dtype.isFloatingPoint { result = result.round() }
    return result.to(x.dtype).reshape(Array(shape))
  }

  private func isFollowed(_ x: Tensor) -> Bool { x.requiresGrad || x.isMarked }

  private func check(_ x: Tensor) throws(TensorError) {
    guard interpolation == .nearest || interpolation == .bilinear else {
      throw TensorError(
        .value, name,
        "Interpolation mode '\(interpolation.rawValue)' is unsupported with Tensor input; there are nearest and bilinear"
      )
    }
    if let fill, fill.count > 1, fill.count != x.channels {
      throw TensorError(
        .value, name,
        "The number of elements in 'fill' cannot broadcast to match the number of channels of the image (\(fill.count) != "
          + "\(x.channels))")
    }
  }
}

/// ``GridTransform`` in one pass over bytes or float32.
struct GridReading: Primitive, Hashable {
  let isBilinear: Bool
  let fill: [Float]
  var name: String { "GridReading" }
  var saves: Saves { .nothing }

  func outputTypes(_ inputs: [TensorType]) throws(TensorError) -> [TensorType] {
    [TensorType(Array(inputs[0].shape[..<2]) + Array(inputs[1].shape[..<2]), inputs[0].dtype)]
  }

  func evaluate(_ inputs: [Tensor], into results: [Tensor]) throws(TensorError) {
    let (source, grid) = (try inputs[0].dense(), try inputs[1].dense())
    let (shape, places) = (source.shape, grid.count / 2)
    let target = results[0].body.data
    let area = shape[2] * shape[3]
    let size = source.dtype.size
    for picture in 0..<shape[0] {
      let from = UnsafeRawPointer(source.data) + picture * shape[1] * area * size
      let to = target + picture * shape[1] * places * size
      fill.withUnsafeBufferPointer { fill in
        var how = cv_sampling(
          planes: shape[1], height: shape[2], width: shape[3], places: places, bilinear: isBilinear ? 1 : 0,
          fill: fill.baseAddress, fills: fill.count)
        let positions = UnsafeRawPointer(grid.data).assumingMemoryBound(to: Float.self)
        if source.dtype == .uint8 {
          cv_sample_u8(
            from.assumingMemoryBound(to: UInt8.self), positions, to.assumingMemoryBound(to: UInt8.self), &how)
        } else {
          cv_sample_f32(
            from.assumingMemoryBound(to: Float.self), positions, to.assumingMemoryBound(to: Float.self), &how)
        }
      }
    }
  }
}

/// Which positions a matrix moves the places of pixels to.
struct PositionGrid {
  /// The places along x and along y.
  let xs: [Double]
  let ys: [Double]
  /// m0 x + m1 y + m2 and m3 x + m4 y + m5; of a perspective over m6 x + m7 y + 1, and less 1.
  let matrix: [Double]

  /// Positions `[rows, columns, 2]`, in the precision of `dtype`.
  func positions(_ dtype: DType) -> Tensor {
    let shape = [ys.count, xs.count, 2]
    guard dtype == .float64 else {
      let (columns, rows, m) = (xs.map { Float($0) }, ys.map { Float($0) }, matrix.map { Float($0) })
      let result = Tensor.uninitialized(shape, .float32)
      let loop = m.count > 6 ? cv_perspective_grid : cv_affine_grid
      loop(
        columns, columns.count, rows, rows.count, m, result.body.data.assumingMemoryBound(to: Float.self))
      return result
    }
    var elements: [Double] = []
    elements.reserveCapacity(2 * xs.count * ys.count)
    let m = matrix
    for y in ys {
      for x in xs {
        let (u, v) = (x * m[0] + y * m[1] + m[2], x * m[3] + y * m[4] + m[5])
        let depth = m.count > 6 ? x * m[6] + y * m[7] + 1 : 1
        elements.append(m.count > 6 ? u / depth - 1 : u)
        elements.append(m.count > 6 ? v / depth - 1 : v)
      }
    }
    return Tensor(elements, shape: shape, dtype: .float64)
  }
}

/// Numbers from `start` to `end`, as PyTorch's `linspace` rounds them.
func spaced<T: BinaryFloatingPoint>(_ start: Double, _ end: Double, _ count: Int, as type: T.Type) -> [T] {
  let (a, b) = (T(start), T(end))
  let step = count > 1 ? (b - a) / T(count - 1) : 0
  return (0..<count).map { $0 < count / 2 || count == 1 ? a + step * T($0) : b - step * T(count - 1 - $0) }
}
