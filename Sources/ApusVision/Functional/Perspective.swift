import ApusCore
import ApusFunctional

extension TF {
  /// The picture seen from another side, torchvision's `perspective`: what lies at `startpoints` comes to `endpoints`.
  /// - Parameters:
  ///   - startpoints: four corners (x, y): top left, top right, bottom right, bottom left.
  ///   - endpoints: where they come to.
  ///   - interpolation: nearest or bilinear; of a ``PILImage`` also bicubic.
  ///   - fill: what lies outside; nil is 0.
  public static func perspective<Input: VisionTensor>(
    _ input: Input, startpoints: [[Int]], endpoints: [[Int]], interpolation: ImageInterpolation = .bilinear,
    fill: Fill = nil
  ) -> Input {
    do throws(TensorError) {
      let numbers = try perspectiveCoefficients(startpoints, endpoints)
      return PerspectiveKernel(coefficients: numbers, interpolation: interpolation, fill: fill).run(input)
    } catch {
      return Input(input.transformValue.with(fail(error)))
    }
  }

  /// ``perspective(_:startpoints:endpoints:interpolation:fill:)`` by its eight numbers a to h: the pixel at (x, y) comes from
  /// ((a x + b y + c) / (g x + h y + 1), (d x + e y + f) / (g x + h y + 1)).
  public static func perspective<Input: VisionTensor>(
    _ input: Input, coefficients: [Double], interpolation: ImageInterpolation = .bilinear, fill: Fill = nil
  ) -> Input {
    PerspectiveKernel(coefficients: coefficients, interpolation: interpolation, fill: fill).run(input)
  }

  /// The picture with each pixel moved, torchvision's `elastic`.
  /// - Parameters:
  ///   - displacement: `[1, H, W, 2]`, (x, y) in halves of the picture's size.
  ///   - interpolation: nearest or bilinear.
  ///   - fill: what lies outside; nil is 0.
  public static func elastic<Input: VisionTensor>(
    _ input: Input, displacement: Tensor, interpolation: ImageInterpolation = .bilinear, fill: Fill = nil
  ) -> Input {
    ElasticKernel(displacement: displacement, interpolation: interpolation, fill: fill).run(input)
  }
}

/// The numbers of a perspective that brings `startpoints` to `endpoints`: least squares in double precision.
func perspectiveCoefficients(_ startpoints: [[Int]], _ endpoints: [[Int]]) throws(TensorError) -> [Double] {
  let name = "perspective"
  guard startpoints.count == 4, endpoints.count == 4, (startpoints + endpoints).allSatisfy({ $0.count == 2 }) else {
    throw TensorError(
      .value, name,
      "Please provide exactly four corners, got \(startpoints.count) startpoints and \(endpoints.count) endpoints of (x, y)"
    )
  }
  var rows: [[Double]] = []
  for (start, end) in zip(startpoints, endpoints) {
    let (x, y, u, v) = (Double(end[0]), Double(end[1]), Double(start[0]), Double(start[1]))
    rows.append([x, y, 1, 0, 0, 0, -u * x, -u * y, u])
    rows.append([0, 0, 0, x, y, 1, -v * x, -v * y, v])
  }
  // Gauss elimination with the largest pivot.
  for column in 0..<8 {
    let pivot = (column..<8).max { abs(rows[$0][column]) < abs(rows[$1][column]) } ?? column
    rows.swapAt(column, pivot)
    guard abs(rows[column][column]) > 1e-12 else {
      throw TensorError(.value, name, "the corners \(endpoints) do not span a picture: three of them lie on a line")
    }
    for row in 0..<8 where row != column {
      let factor = rows[row][column] / rows[column][column]
      if factor == 0 { continue }
      for k in column..<9 { rows[row][k] -= factor * rows[column][k] }
    }
  }
  return (0..<8).map { Double(Float(rows[$0][8] / rows[$0][$0])) }
}

struct PerspectiveKernel: Kernel {
  let coefficients: [Double]
  let interpolation: ImageInterpolation
  let fill: Fill
  var name: String { "perspective" }

  func settled(for kind: VisionKind) -> PerspectiveKernel {
    PerspectiveKernel(coefficients: coefficients, interpolation: interpolation, fill: Fill(fill.values(for: kind)))
  }

  private func checked() throws(TensorError) -> [Double] {
    guard coefficients.count == 8 else {
      throw TensorError(
        .value, name, "Argument coefficients should have 8 float values, and found \(coefficients.count)")
    }
    try checkFinite(coefficients, "each of the coefficients", name)
    return coefficients
  }

  func image(_ x: Tensor) throws(TensorError) -> Tensor {
    let c = try checked()
    let dtype: DType = x.dtype == .float64 ? .float64 : .float32
    func held(_ value: Double) -> Double { dtype == .float64 ? value : Double(Float(value)) }
    func axis(_ n: Int) -> [Double] {
      dtype == .float64
        ? spaced(0.5, Double(n) - 0.5, n, as: Double.self)
        : spaced(0.5, Double(n) - 0.5, n, as: Float.self).map { Double($0) }
    }
    let (w, h) = (0.5 * Double(x.width), 0.5 * Double(x.height))
    let m = c.enumerated().map { i, value in i < 6 ? held(held(value) / (i < 3 ? w : h)) : held(value) }
    let places = PositionGrid(xs: axis(x.width), ys: axis(x.height), matrix: m).positions(dtype)
    return try GridTransform(interpolation: interpolation, fill: fill.values(for: .others), name: name)(x, places)
  }
  func mask(_ x: Tensor) throws(TensorError) -> Tensor? {
    try PerspectiveKernel(coefficients: coefficients, interpolation: .nearest, fill: fill).image(x)
  }
  func pil(_ x: Tensor) throws(TensorError) -> Tensor {
    try PillowPlacing(interpolation: interpolation, fill: fill.values(for: .others), name: name).perspective(
      x, try checked())
  }
  func boxes(_ x: BoundingBoxes) throws(TensorError) -> BoundingBoxes? {
    if x.tensor.count == 0 { return x }
    let dtype: DType = x.tensor.dtype.isFloatingPoint ? x.tensor.dtype : .float32
    let points = try moved(x.corners(x.tensor.dtype).to(dtype))
    return try x.boxes(around: points, x.canvasSize).clamped(x.clampingMode).converted(
      to: x.format, dtype: x.tensor.dtype)
  }
  func points(_ x: KeyPoints) throws(TensorError) -> KeyPoints? {
    if x.tensor.count == 0 { return x }
    let dtype: DType = x.tensor.dtype.isFloatingPoint ? x.tensor.dtype : .float32
    let points = try moved(x.tensor.to(dtype).reshape([-1, 2]))
    return x.with(points.to(x.tensor.dtype).reshape(x.tensor.shape))
  }

  /// Where points `[N, 2]` go: the inverse of where pixels come from.
  private func moved(_ points: Tensor) throws(TensorError) -> Tensor {
    let c = try checked()
    let determinant = c[0] * c[4] - c[1] * c[3]
    guard determinant != 0 else {
      throw TensorError(
        .value, name, "Provided perspective_coeffs \(c) can not be inverted to transform bounding boxes or keypoints")
    }
    let inverse = [
      c[4] - c[5] * c[7], -c[1] + c[2] * c[7], c[1] * c[5] - c[2] * c[4], -c[3] + c[5] * c[6], c[0] - c[2] * c[6],
      -c[0] * c[5] + c[2] * c[3], -c[4] * c[6] + c[3] * c[7], -c[0] * c[7] + c[1] * c[6],
    ].map { $0 / determinant }
    let i = inverse
    let above = Tensor([i[0], i[3], i[1], i[4], i[2], i[5]], shape: [3, 2], dtype: points.dtype)
    let below = Tensor([i[6], i[6], i[7], i[7], 1, 1], shape: [3, 2], dtype: points.dtype)
    let whole = withOnes(points)
    return matmul(whole, above) / matmul(whole, below)
  }
}

struct ElasticKernel: Kernel {
  let displacement: Tensor
  let interpolation: ImageInterpolation
  let fill: Fill
  var name: String { "elastic" }

  func settled(for kind: VisionKind) -> ElasticKernel {
    ElasticKernel(displacement: displacement, interpolation: interpolation, fill: Fill(fill.values(for: kind)))
  }

  /// Where each pixel of a picture lies, `[H, W, 2]`.
  private func identity(_ height: Int, _ width: Int, _ dtype: DType) -> Tensor {
    func axis(_ n: Int) -> Tensor {
      let edge = Double(n - 1) / Double(n)
      return linspace(-edge, edge, n, dtype: dtype)
    }
    return stack(
      [
        axis(width).unsqueeze(0).expand([height, width]), axis(height).unsqueeze(1).expand([height, width]),
      ], dim: -1)
  }

  private func check(_ height: Int, _ width: Int) throws(TensorError) {
    if displacement.hasFailed { return }
    guard displacement.shape == [1, height, width, 2] else {
      throw TensorError(
        .shape, name,
        "Argument displacement shape should be (1, \(height), \(width), 2), but given \(displacement.shape)")
    }
  }

  func image(_ x: Tensor) throws(TensorError) -> Tensor {
    try check(x.height, x.width)
    let dtype: DType = x.dtype == .float64 ? .float64 : .float32
    let grid = identity(x.height, x.width, dtype) + displacement.squeeze(0).to(dtype)
    return try GridTransform(interpolation: interpolation, fill: fill.values(for: .others), name: name)(x, grid)
  }
  func mask(_ x: Tensor) throws(TensorError) -> Tensor? {
    try ElasticKernel(displacement: displacement, interpolation: .nearest, fill: fill).image(x)
  }
  func boxes(_ x: BoundingBoxes) throws(TensorError) -> BoundingBoxes? {
    try check(x.canvasSize.height, x.canvasSize.width)
    if x.tensor.count == 0 { return x }
    guard x.format.isRotated else {
      let corners = try x.corners(x.tensor.dtype)
      let points = moved(corners.dtype.isFloatingPoint ? corners.ceil() : corners, x.canvasSize, x.tensor.dtype)
      return try x.boxes(around: points, x.canvasSize, dtype: x.tensor.dtype).clamped(x.clampingMode).converted(
        to: x.format, dtype: x.tensor.dtype)
    }
    // The centres move, sizes and angles stay.
    let boxes = try converted(x.tensor, from: x.format, to: .cxcywhr)
    let centres = moved(boxes.narrow(1, 0, 2).ceil(), x.canvasSize, x.tensor.dtype)
    let result = x.with(cat([centres, boxes.narrow(1, 2, 3)], dim: 1), format: .cxcywhr)
    return try result.clamped(x.clampingMode).converted(to: x.format, dtype: x.tensor.dtype)
  }
  func points(_ x: KeyPoints) throws(TensorError) -> KeyPoints? {
    try check(x.canvasSize.height, x.canvasSize.width)
    if x.tensor.count == 0 { return x }
    return x.with(
      moved(x.tensor.reshape([-1, 2]), x.canvasSize, x.tensor.dtype).to(x.tensor.dtype).reshape(x.tensor.shape))
  }

  /// Points moved against the displacement of their pixel.
  private func moved(_ points: Tensor, _ canvas: (height: Int, width: Int), _ type: DType) -> Tensor {
    let dtype: DType = type.isFloatingPoint ? type : .float32
    let inverse = identity(canvas.height, canvas.width, dtype) - displacement.squeeze(0).to(dtype)
    let places = points.to(.int64)
    let x = places.select(1, 0).clamp(min: 0, max: canvas.width - 1)
    let y = places.select(1, 1).clamp(min: 0, max: canvas.height - 1)
    let found = inverse.reshape([-1, 2]).indexSelect(0, y * canvas.width + x)
    let half = Tensor([0.5 * Double(canvas.width), 0.5 * Double(canvas.height)], shape: [2], dtype: dtype)
    return (found + 1) * half - 0.5
  }
}
