import ApusCore

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

/// Pillow's `Image.transform` and `Image.rotate` of pictures of bytes `[C, H, W]`.
struct PillowPlacing {
  let interpolation: ImageInterpolation
  /// What lies outside.
  let fill: [Double]?
  let name: String

  /// Turned by `angle` degrees against the clock around a point, the middle where there is none.
  func rotate(_ x: Tensor, _ angle: Double, expand: Bool, centre: [Double]?) throws(TensorError) -> Tensor {
    let rest = angle.truncatingRemainder(dividingBy: 360)
    let angle = rest < 0 ? rest + 360 : rest
    if centre == nil {
      if angle == 0 { return x }
      if angle == 180 { return x.rot90(2, [-2, -1]) }
      if angle == 90 || angle == 270, expand || x.width == x.height { return x.rot90(angle == 90 ? 1 : 3, [-2, -1]) }
    }
    let (width, height) = (Double(x.width), Double(x.height))
    let middle = centre ?? [width / 2, height / 2]
    func rounded(_ value: Double) -> Double { (value * 1e15).rounded(.toNearestOrEven) / 1e15 }
    let turn = -angle * .pi / 180
    var matrix = [rounded(cos(turn)), rounded(sin(turn)), 0, rounded(-sin(turn)), rounded(cos(turn)), 0]
    func moved(_ x: Double, _ y: Double) -> (Double, Double) {
      (matrix[0] * x + matrix[1] * y + matrix[2], matrix[3] * x + matrix[4] * y + matrix[5])
    }
    let (shiftX, shiftY) = moved(-middle[0], -middle[1])
    (matrix[2], matrix[5]) = (shiftX + middle[0], shiftY + middle[1])
    var (rows, columns) = (x.height, x.width)
    if expand {
      let corners = [moved(0, 0), moved(width, 0), moved(width, height), moved(0, height)]
      func extent(_ places: [Double]) -> Int {
        Int((places.max() ?? 0).rounded(.up)) - Int((places.min() ?? 0).rounded(.down))
      }
      (rows, columns) = (extent(corners.map(\.1)), extent(corners.map(\.0)))
      (matrix[2], matrix[5]) = moved(-(Double(columns) - width) / 2, -(Double(rows) - height) / 2)
    }
    return try affine(x, matrix, rows, columns)
  }

  /// Each pixel (x, y) of the result from (a x + b y + c, d x + e y + f), counted from pixels' middles.
  func affine(_ x: Tensor, _ m: [Double], _ rows: Int, _ columns: Int) throws(TensorError) -> Tensor {
    if interpolation == .nearest { return try nearest(x, m, rows, columns) }
    return try read(x, rows, columns) { x, y in
      let (px, py) = (Double(x) + 0.5, Double(y) + 0.5)
      return (m[0] * px + m[1] * py + m[2], m[3] * px + m[4] * py + m[5])
    }
  }

  func perspective(_ x: Tensor, _ c: [Double]) throws(TensorError) -> Tensor {
    try read(x, x.height, x.width) { x, y in
      let (px, py) = (Double(x) + 0.5, Double(y) + 0.5)
      let depth = c[6] * px + c[7] * py + 1
      return ((c[0] * px + c[1] * py + c[2]) / depth, (c[3] * px + c[4] * py + c[5]) / depth)
    }
  }

  /// The colour of each channel.
  private func colours(_ channels: Int) throws(TensorError) -> [UInt8] {
    let fill = fill ?? [0]
    guard fill.count == 1 || fill.count == channels else {
      throw TensorError(
        .value, name,
        "The number of elements in 'fill' does not match the number of channels of the image (\(fill.count) != \(channels))"
      )
    }
    return (0..<channels).map { UInt8(clamping: Int(fill[fill.count == 1 ? 0 : $0])) }
  }

  /// The nearest pixels, whose places Pillow adds up in steps of 2^-16.
  private func nearest(_ x: Tensor, _ m: [Double], _ rows: Int, _ columns: Int) throws(TensorError) -> Tensor {
    var places: [Int?] = []
    places.reserveCapacity(rows * columns)
    func inside(_ column: Int, _ row: Int) -> Int? {
      column >= 0 && row >= 0 && column < x.width && row < x.height ? row * x.width + column : nil
    }
    func coordinate(_ value: Double) -> Int { value < 0 ? -1 : Int(min(value, 1e9)) }
    if m[1] == 0, m[3] == 0 {
      var row = m[5] + m[4] * 0.5
      for _ in 0..<rows {
        var column = m[2] + m[0] * 0.5
        for _ in 0..<columns {
          places.append(inside(coordinate(column), coordinate(row)))
          column += m[0]
        }
        row += m[4]
      }
    } else {
      func fixed(_ value: Double) -> Int { Int((value * 65536 + 0.5).rounded(.down)) }
      let (a, b, d, e) = (fixed(m[0]), fixed(m[1]), fixed(m[3]), fixed(m[4]))
      var startX = fixed(m[2] + m[0] * 0.5 + m[1] * 0.5)
      var startY = fixed(m[5] + m[3] * 0.5 + m[4] * 0.5)
      for _ in 0..<rows {
        var (px, py) = (startX, startY)
        for _ in 0..<columns {
          places.append(inside(px >> 16, py >> 16))
          px += a
          py += d
        }
        startX += b
        startY += e
      }
    }
    let colours = try colours(x.channels)
    let area = x.height * x.width
    let bytes = x.withUnsafeBytes { source in
      (0..<x.channels).flatMap { c in places.map { $0.map { source[c * area + $0] } ?? colours[c] } }
    }
    return Tensor(bytes, shape: [x.channels, rows, columns], dtype: .uint8)
  }

  /// Pixels at positions between those of the picture.
  private func read(
    _ x: Tensor, _ rows: Int, _ columns: Int, _ position: (Int, Int) -> (Double, Double)
  ) throws(TensorError) -> Tensor {
    guard interpolation == .nearest || interpolation == .bilinear || interpolation == .bicubic else {
      throw TensorError(
        .value, name, "Pillow turns pictures with nearest, bilinear and bicubic, and not with \(interpolation.rawValue)"
      )
    }
    // Transparent pixels do not count where pixels are mixed.
    let isMixed = interpolation != .nearest && Pillow.hasAlpha(x)
    let picture = isMixed ? Pillow.premultiplied(x) : x
    let colours = try colours(x.channels)
    let area = x.height * x.width
    var bytes = [UInt8](repeating: 0, count: x.channels * rows * columns)
    picture.withUnsafeBytes { source in
      let reader = Reader(source: source, rows: x.height, columns: x.width)
      for y in 0..<rows {
        for column in 0..<columns {
          let (px, py) = position(column, y)
          let isInside = px >= 0 && py >= 0 && px < Double(x.width) && py < Double(x.height)
          for c in 0..<x.channels {
            let value: UInt8
            if !isInside {
              value = colours[c]
            } else {
              switch interpolation {
              case .nearest: value = source[c * area + Int(py) * x.width + Int(px)]
              case .bilinear: value = reader.bilinear(c, px - 0.5, py - 0.5)
              default: value = reader.bicubic(c, px - 0.5, py - 0.5)
              }
            }
            bytes[(c * rows + y) * columns + column] = value
          }
        }
      }
    }
    let result = Tensor(bytes, shape: [x.channels, rows, columns], dtype: .uint8)
    return isMixed ? Pillow.unmultiplied(result) : result
  }

  /// Reads between pixels, in double precision.
  private struct Reader {
    let source: UnsafeRawBufferPointer
    let rows: Int
    let columns: Int

    private func value(_ c: Int, _ y: Int, _ x: Int) -> Double {
      Double(source[(c * rows + min(max(y, 0), rows - 1)) * columns + min(max(x, 0), columns - 1)])
    }

    func bilinear(_ c: Int, _ px: Double, _ py: Double) -> UInt8 {
      let (x, y) = (Int(px.rounded(.down)), Int(py.rounded(.down)))
      let (dx, dy) = (px - Double(x), py - Double(y))
      func along(_ y: Int) -> Double {
        let a = value(c, y, x)
        return a + (value(c, y, x + 1) - a) * dx
      }
      let first = along(y)
      let second = y + 1 >= 0 && y + 1 < rows ? along(y + 1) : first
      return UInt8(first + (second - first) * dy)
    }

    func bicubic(_ c: Int, _ px: Double, _ py: Double) -> UInt8 {
      let (x, y) = (Int(px.rounded(.down)) - 1, Int(py.rounded(.down)) - 1)
      let (dx, dy) = (px - px.rounded(.down), py - py.rounded(.down))
      func curve(_ v: (Double, Double, Double, Double), _ d: Double) -> Double {
        let p3 = 2 * (v.0 - v.1) + v.2 - v.3
        return v.1 + d * (-v.0 + v.2 + d * (p3 + d * (-v.0 + v.1 - v.2 + v.3)))
      }
      func along(_ y: Int) -> Double {
        curve((value(c, y, x), value(c, y, x + 1), value(c, y, x + 2), value(c, y, x + 3)), dx)
      }
      let first = along(y)
      func next(_ step: Int, _ before: Double) -> Double { y + step >= 0 && y + step < rows ? along(y + step) : before }
      let second = next(1, first)
      let third = next(2, second)
      let result = curve((first, second, third, next(3, third)), dy)
      return result <= 0 ? 0 : result >= 255 ? 255 : UInt8(result)
    }
  }
}
