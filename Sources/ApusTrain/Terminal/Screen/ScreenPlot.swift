import ApusFormats
#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// A diagram of curves in dots of braille characters, two by four in each.
struct ScreenPlot {
  struct Series {
    var points: [Curve.Point]
    var style: ScreenStyle
  }

  /// From behind to front.
  var series: [Series]
  /// What the last label of the x axis says, such as `epoch 12`.
  var xLabel: String
  /// Whether values that are positive and differ by a factor of 20 are shown by their logarithms.
  var mayBeLogarithmic = false

  /// Whether values are shown by their logarithms.
  var isLogarithmic: Bool {
    guard mayBeLogarithmic, let (low, high) = bounds else { return false }
    return low > 0 && high / low > 20
  }

  private var bounds: (low: Double, high: Double)? {
    let values = series.lazy.flatMap(\.points).map(\.y)
    guard let low = values.min(), let high = values.max() else { return nil }
    return (low, high)
  }

  /// Draws it into `area`: labels of the y axis on the left, one line for the x axis below.
  func draw(_ canvas: inout ScreenCanvas, _ area: ScreenArea) {
    guard area.width >= 12, area.height >= 2 else { return }
    guard let (low, high) = bounds else {
      let text = "waiting for values"
      canvas.put(
        text, x: area.x + (area.width - text.count) / 2, y: area.y + area.height / 2, .faint, limit: area.width)
      return
    }
    let usesLogarithm = isLogarithmic
    func scaled(_ y: Double) -> Double { usesLogarithm ? log10(y) : y }
    var (bottom, top) = (scaled(low), scaled(high))
    if top - bottom < 1e-12 {
      (bottom, top) = (bottom - max(abs(bottom) * 0.05, 1e-6), top + max(abs(top) * 0.05, 1e-6))
    }
    let height = area.height - 1

    // Labels at the top, in the middle and at the bottom.
    let rows = height >= 5 ? [0, height / 2, height - 1] : [0, height - 1]
    let labels = rows.map { row in
      let share = height > 1 ? Double(row) / Double(height - 1) : 0
      let value = top - (top - bottom) * share
      return NumberText.short(usesLogarithm ? pow(10, value) : value)
    }
    let margin = (labels.map(columnCount).max() ?? 0) + 1
    for (row, label) in zip(rows, labels) { canvas.put(label, before: area.x + margin - 1, y: area.y + row, .faint) }
    let plot = ScreenArea(x: area.x + margin, y: area.y, width: area.width - margin, height: height)
    canvas.put(xLabel, before: area.x + area.width, y: area.y + height, .faint)
    canvas.put("0", x: plot.x, y: area.y + height, .faint)

    let last = max(series.compactMap { $0.points.last?.x }.max() ?? 1, 1e-9)
    let (columns, dots) = (plot.width * 2, plot.height * 4)
    for one in series {
      var before: (Int, Int)?
      for point in one.points {
        let x = Int((point.x / last * Double(columns - 1)).rounded())
        let y = Int(((top - scaled(point.y)) / (top - bottom) * Double(dots - 1)).rounded())
        line(from: before ?? (x, y), to: (x, y)) { x, y in
          guard (0..<columns).contains(x), (0..<dots).contains(y) else { return }
          canvas.dot(Self.dots[y % 4][x % 2], x: plot.x + x / 2, y: plot.y + y / 4, one.style)
        }
        before = (x, y)
      }
    }
  }

  /// The bits of a character's dots, by row and column.
  private static let dots: [[UInt32]] = [[0x01, 0x08], [0x02, 0x10], [0x04, 0x20], [0x40, 0x80]]

  /// All dots of a straight line (Bresenham).
  private func line(from a: (Int, Int), to b: (Int, Int), _ body: (Int, Int) -> Void) {
    var (x, y) = a
    let (dx, dy) = (abs(b.0 - x), -abs(b.1 - y))
    let (stepX, stepY) = (x < b.0 ? 1 : -1, y < b.1 ? 1 : -1)
    var error = dx + dy
    while true {
      body(x, y)
      if (x, y) == b { return }
      let twice = 2 * error
      if twice >= dy {
        error += dy
        x += stepX
      }
      if twice <= dx {
        error += dx
        y += stepY
      }
    }
  }
}
