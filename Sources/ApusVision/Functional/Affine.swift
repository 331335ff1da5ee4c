import ApusCore
import ApusFunctional

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

extension TF {
  /// The picture turned, moved, scaled and sheared around a point, torchvision's `affine`.
  /// - Parameters:
  ///   - angle: degrees, with the clock.
  ///   - translate: pixels to the right and down.
  ///   - scale: a positive factor.
  ///   - shear: degrees along x, and along y.
  ///   - interpolation: nearest or bilinear; of a ``PILImage`` also bicubic.
  ///   - fill: what lies outside; nil is 0.
  ///   - center: the point (x, y) that stays, in pixels from the top left corner; nil is the middle.
  public static func affine<
    Input: VisionTensor, each Step: NumberList, each Shear: NumberList, each Centre: NumberList
  >(
    _ input: Input, angle: Double, translate: (repeat each Step), scale: Double, shear: (repeat each Shear),
    interpolation: ImageInterpolation = .nearest, fill: Fill = nil, center: (repeat each Centre) = ()
  ) -> Input {
    AffineKernel(
      angle: angle, translate: numbers(repeat each translate), scale: scale, shear: numbers(repeat each shear),
      interpolation: interpolation, fill: fill, centre: some(numbers(repeat each center))
    ).run(input)
  }

  /// The picture turned around a point, torchvision's `rotate`.
  /// - Parameters:
  ///   - angle: degrees against the clock.
  ///   - interpolation: as in ``affine(_:angle:translate:scale:shear:interpolation:fill:center:)``.
  ///   - expand: whether the result is as large as the turned picture; else it has the size of the picture.
  ///   - center: the point (x, y) that stays; nil is the middle.
  ///   - fill: what lies outside; nil is 0.
  public static func rotate<Input: VisionTensor, each Centre: NumberList>(
    _ input: Input, _ angle: Double, interpolation: ImageInterpolation = .nearest, expand: Bool = false,
    center: (repeat each Centre) = (), fill: Fill = nil
  ) -> Input {
    RotateKernel(
      angle: angle, interpolation: interpolation, expand: expand, centre: some(numbers(repeat each center)), fill: fill
    ).run(input)
  }

  /// ``rotate(_:_:interpolation:expand:center:fill:)`` with a label.
  public static func rotate<Input: VisionTensor, each Centre: NumberList>(
    _ input: Input, angle: Double, interpolation: ImageInterpolation = .nearest, expand: Bool = false,
    center: (repeat each Centre) = (), fill: Fill = nil
  ) -> Input {
    rotate(
      input, angle, interpolation: interpolation, expand: expand, center: numbers(repeat each center), fill: fill)
  }
}

/// Nil for no numbers.
func some(_ numbers: [Double]) -> [Double]? { numbers.isEmpty ? nil : numbers }

/// Turning around a centre, shearing, scaling and moving, in this order backwards.
struct AffineMatrix: Sendable {
  /// a b c and d e f: x' = a x + b y + c, y' = d x + e y + f.
  let elements: [Double]

  /// The matrix that moves points, or with `inverted` the one from where they went to where they were.
  init(
    centre: [Double], angle: Double, translate: [Double], scale: Double, shear: [Double], inverted: Bool
  ) {
    let turn = angle * .pi / 180
    let (sx, sy) = (shear[0] * .pi / 180, shear[1] * .pi / 180)
    let (cx, cy) = (centre[0], centre[1])
    let (movedX, movedY) = (cx + translate[0], cy + translate[1])
    let a = cos(turn - sy) / cos(sy)
    let b = -(a * tan(sx) + sin(turn))
    let c = sin(turn - sy) / cos(sy)
    let d = cos(turn) - c * tan(sx)
    if inverted {
      let (p, q, r, s) = (d / scale, -b / scale, -c / scale, a / scale)
      elements = [p, q, cx - p * movedX - q * movedY, r, s, cy - r * movedX - s * movedY]
    } else {
      let (p, q, r, s) = (a * scale, b * scale, c * scale, d * scale)
      elements = [p, q, movedX - p * cx - q * cy, r, s, movedY - r * cx - s * cy]
    }
  }

  /// The size of a picture that is turned so.
  func outputSize(_ width: Int, _ height: Int) -> (width: Int, height: Int) {
    let m = elements.map { Float($0) }
    let (w, h) = (0.5 * Float(width), 0.5 * Float(height))
    let corners: [(Float, Float)] = [(-w, -h), (-w, h), (w, h), (w, -h)]
    func extent(_ a: Float, _ b: Float, _ c: Float, _ half: Float) -> Int {
      let places = corners.map { $0.0 * a + $0.1 * b + c }
      // Rounding does not make the picture larger.
      func held(_ value: Float) -> Float { ((value + half) * Float(1 / 0.0001)).rounded(.towardZero) * Float(0.0001) }
      let (low, high) = (places.min() ?? 0, places.max() ?? 0)
      return Int(held(high).rounded(.up) - held(low).rounded(.down))
    }
    return (extent(m[0], m[1], m[2], w), extent(m[3], m[4], m[5], h))
  }

  /// Where each pixel of a result lies in a picture of `height` by `width`.
  func grid(_ height: Int, _ width: Int, _ rows: Int, _ columns: Int, _ dtype: DType) -> Tensor {
    // In float32 the matrix is rounded before it is scaled, and the places of pixels are always.
    func held(_ value: Double) -> Double { dtype == .float64 ? value : Double(Float(value)) }
    let (w, h) = (0.5 * Double(width), 0.5 * Double(height))
    func axis(_ n: Int) -> [Double] {
      spaced((1 - Double(n)) * 0.5, (Double(n) - 1) * 0.5, n, as: Float.self).map { Double($0) }
    }
    let m = elements.enumerated().map { held(held($1) / ($0 < 3 ? w : h)) }
    return PositionGrid(xs: axis(columns), ys: axis(rows), matrix: m).positions(dtype)
  }
}

struct AffineKernel: Kernel {
  let angle: Double
  let translate: [Double]
  let scale: Double
  let shear: [Double]
  let interpolation: ImageInterpolation
  let fill: Fill
  let centre: [Double]?
  var name: String { "affine" }

  func settled(for kind: VisionKind) -> AffineKernel {
    AffineKernel(
      angle: angle, translate: translate, scale: scale, shear: shear, interpolation: interpolation,
      fill: Fill(fill.values(for: kind)), centre: centre)
  }

  private func matrix(_ centre: [Double], inverted: Bool) throws(TensorError) -> AffineMatrix {
    guard translate.count == 2 else {
      throw TensorError(.value, name, "Argument translate should be a sequence of length 2, and found \(translate)")
    }
    try checkFinite([angle, scale] + translate + shear, "each argument", name)
    guard scale > 0 else { throw TensorError(.value, name, "Argument scale should be positive, and found \(scale)") }
    guard shear.count == 1 || shear.count == 2 else {
      throw TensorError(.value, name, "Shear should be a sequence containing two values. Got \(shear)")
    }
    return AffineMatrix(
      centre: centre, angle: angle, translate: translate, scale: scale,
      shear: shear.count == 1 ? [shear[0], 0] : shear, inverted: inverted)
  }

  func image(_ x: Tensor) throws(TensorError) -> Tensor {
    let middle = try checkedCentre(centre, name).map {
      [$0[0] - Double(x.width) * 0.5, $0[1] - Double(x.height) * 0.5]
    }
    let grid = try matrix(middle ?? [0, 0], inverted: true).grid(
      x.height, x.width, x.height, x.width, x.dtype == .float64 ? .float64 : .float32)
    return try GridTransform(interpolation: interpolation, fill: fill.values(for: .others), name: name)(x, grid)
  }
  func mask(_ x: Tensor) throws(TensorError) -> Tensor? {
    try AffineKernel(
      angle: angle, translate: translate, scale: scale, shear: shear, interpolation: .nearest, fill: fill,
      centre: centre
    ).image(x)
  }
  func pil(_ x: Tensor) throws(TensorError) -> Tensor {
    let middle = try checkedCentre(centre, name) ?? [Double(x.width) * 0.5, Double(x.height) * 0.5]
    return try PillowPlacing(interpolation: interpolation, fill: fill.values(for: .others), name: name).affine(
      x, try matrix(middle, inverted: true).elements, x.height, x.width)
  }
  func boxes(_ x: BoundingBoxes) throws(TensorError) -> BoundingBoxes? {
    let middle = try checkedCentre(centre, name) ?? x.middle
    return try x.moved(by: matrix(middle, inverted: false))
  }
  func points(_ x: KeyPoints) throws(TensorError) -> KeyPoints? {
    let middle = try checkedCentre(centre, name) ?? x.middle
    return x.moved(by: try matrix(middle, inverted: false))
  }
}

struct RotateKernel: Kernel {
  let angle: Double
  let interpolation: ImageInterpolation
  let expand: Bool
  let centre: [Double]?
  let fill: Fill
  var name: String { "rotate" }

  func settled(for kind: VisionKind) -> RotateKernel {
    RotateKernel(
      angle: angle, interpolation: interpolation, expand: expand, centre: centre, fill: Fill(fill.values(for: kind)))
  }

  func image(_ x: Tensor) throws(TensorError) -> Tensor {
    try checkFinite([angle], "the angle", name)
    // As Python's %: from 0 to 360.
    let rest = angle.truncatingRemainder(dividingBy: 360)
    let angle = rest < 0 ? rest + 360 : rest
    if centre == nil {
      if angle == 0 { return x }
      if angle == 180 { return x.rot90(2, [-2, -1]) }
      if expand || x.width == x.height {
        if angle == 90 { return x.rot90(1, [-2, -1]) }
        if angle == 270 { return x.rot90(3, [-2, -1]) }
      }
    }
    let middle = try checkedCentre(centre, name).map {
      [$0[0] - Double(x.width) * 0.5, $0[1] - Double(x.height) * 0.5]
    }
    let matrix = matrix(-angle, middle ?? [0, 0], inverted: true)
    let (width, height) = expand ? matrix.outputSize(x.width, x.height) : (x.width, x.height)
    let grid = matrix.grid(x.height, x.width, height, width, x.dtype == .float64 ? .float64 : .float32)
    return try GridTransform(interpolation: interpolation, fill: fill.values(for: .others), name: name)(x, grid)
  }
  func mask(_ x: Tensor) throws(TensorError) -> Tensor? {
    try RotateKernel(angle: angle, interpolation: .nearest, expand: expand, centre: centre, fill: fill).image(x)
  }
  func pil(_ x: Tensor) throws(TensorError) -> Tensor {
    try checkFinite([angle], "the angle", name)
    return try PillowPlacing(interpolation: interpolation, fill: fill.values(for: .others), name: name).rotate(
      x, angle, expand: expand, centre: try checkedCentre(centre, name))
  }
  func boxes(_ x: BoundingBoxes) throws(TensorError) -> BoundingBoxes? {
    try checkFinite([angle], "the angle", name)
    let middle = try checkedCentre(centre, name) ?? x.middle
    return try x.moved(
      by: matrix(-angle, middle, inverted: false), expandedBy: expand ? matrix(-angle, middle, inverted: true) : nil)
  }
  func points(_ x: KeyPoints) throws(TensorError) -> KeyPoints? {
    try checkFinite([angle], "the angle", name)
    let middle = try checkedCentre(centre, name) ?? x.middle
    return x.moved(
      by: matrix(-angle, middle, inverted: false), expandedBy: expand ? matrix(-angle, middle, inverted: true) : nil)
  }

  private func matrix(_ angle: Double, _ centre: [Double], inverted: Bool) -> AffineMatrix {
    AffineMatrix(centre: centre, angle: angle, translate: [0, 0], scale: 1, shear: [0, 0], inverted: inverted)
  }
}

private func checkedCentre(_ centre: [Double]?, _ name: String) throws(TensorError) -> [Double]? {
  guard centre == nil || centre?.count == 2 else {
    throw TensorError(.value, name, "the center is a point (x, y), and found \(centre ?? [])")
  }
  try checkFinite(centre, "the center", name)
  return centre
}

// MARK: Boxes and points

extension BoundingBoxes {
  fileprivate var middle: [Double] { [Double(canvasSize.width) * 0.5, Double(canvasSize.height) * 0.5] }

  /// The boxes around what the corners become; with `inverse` in a picture that is as large as the turned one.
  fileprivate func moved(by matrix: AffineMatrix, expandedBy inverse: AffineMatrix? = nil) throws(TensorError)
    -> BoundingBoxes
  {
    var canvas = canvasSize
    if let inverse {
      let (width, height) = inverse.outputSize(canvas.width, canvas.height)
      canvas = (height, width)
    }
    if tensor.count == 0 { return with(tensor) }
    let dtype: DType = tensor.dtype.isFloatingPoint ? tensor.dtype : .float32
    let columns = matrix.columns(dtype)
    var points = matmul(withOnes(try corners(dtype)), columns)
    if inverse != nil {
      points = points - corner(of: canvasSize, columns)
    }
    let boxes = boxes(around: points, canvas)
    return try boxes.clamped(clampingMode).converted(to: format, dtype: tensor.dtype)
  }
}

extension KeyPoints {
  fileprivate var middle: [Double] { [Double(canvasSize.width) * 0.5, Double(canvasSize.height) * 0.5] }

  fileprivate func moved(by matrix: AffineMatrix, expandedBy inverse: AffineMatrix? = nil) -> KeyPoints {
    if tensor.count == 0 { return self }
    let dtype: DType = tensor.dtype.isFloatingPoint ? tensor.dtype : .float32
    let columns = matrix.columns(dtype)
    var points = matmul(withOnes(tensor.to(dtype).reshape([-1, 2])), columns)
    var canvas = canvasSize
    if let inverse {
      points = points - corner(of: canvasSize, columns)
      let (width, height) = inverse.outputSize(canvas.width, canvas.height)
      canvas = (height, width)
    }
    return with(points.reshape(tensor.shape).to(tensor.dtype), canvasSize: canvas)
  }
}

extension AffineMatrix {
  /// `[3, 2]`, for points (x, y, 1) in rows.
  fileprivate func columns(_ dtype: DType) -> Tensor {
    Tensor(
      [elements[0], elements[3], elements[1], elements[4], elements[2], elements[5]], shape: [3, 2], dtype: dtype)
  }
}

/// Points `[N, 2]` as `[N, 3]` with ones.
func withOnes(_ points: Tensor) -> Tensor {
  cat([points, Tensor.ones([points.shape[0], 1], dtype: points.dtype)], dim: -1)
}

/// The least x and y that the corners of a picture come to.
private func corner(of canvas: (height: Int, width: Int), _ columns: Tensor) -> Tensor {
  let (h, w) = (Double(canvas.height), Double(canvas.width))
  let corners = Tensor([0, 0, 1, 0, h, 1, w, h, 1, w, 0, 1], shape: [4, 3], dtype: columns.dtype)
  return matmul(corners, columns).amin([0], keepDim: true)
}
