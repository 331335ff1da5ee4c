import ApusFormats

/// Draws one panel of a chart: title and legend above, the curves between the axes.
struct PanelDrawing {
  let panel: Chart.Panel
  let left, right, top, bottom: Double
  private let origin: Double
  private let curves: [(series: Chart.Series, points: [(x: Double, y: Double)?])]
  private let xAxis: ChartAxis
  private let yAxis: ChartAxis

  /// Curves with more points are thinned to what the pixels can show.
  private static let mostPoints = 1200

  init(panel: Chart.Panel, x: Double, y: Double, width: Double, height: Double, number: Int) {
    self.panel = panel
    let isLogarithmic = panel.yScale == .logarithmic
    curves = panel.series.map { series in
      let points = zip(series.x, series.y).map { x, y -> (x: Double, y: Double)? in
        // Larger numbers leave no room for an axis around them.
        abs(x) < 1e300 && abs(y) < 1e300 && (!isLogarithmic || y > 0) ? (x, y) : nil
      }
      return (series, points)
    }
    let all = curves.flatMap { $0.points.compactMap { $0 } }
    yAxis = isLogarithmic ? .logarithmic(all.map(\.y)) : .linear(all.map(\.y), tickCount: 5, isLoose: true)
    xAxis = .linear(all.map(\.x), tickCount: 6, isLoose: false)
    origin = x + 24
    let labelWidth = (yAxis.ticks.map { Double($0.text.count) }.max() ?? 1) * 6.8
    left = origin + labelWidth + 10
    right = x + width - 24
    top = y + 58
    bottom = y + height - (panel.xLabel.isEmpty ? 34 : 52)
  }

  func draw(on canvas: inout SVGCanvas) {
    canvas.text(panel.title, x: origin, y: top - 38, size: 14, weight: 600, fill: ChartStyle.text)
    drawLegend(on: &canvas)
    for tick in yAxis.ticks {
      let y = height(tick.position)
      canvas.line(left, y, right, y, stroke: ChartStyle.grid, width: 1)
      canvas.text(tick.text, x: left - 10, y: y + 4, size: 12, fill: ChartStyle.quiet, anchor: .end)
    }
    canvas.line(left, bottom, right, bottom, stroke: ChartStyle.axis, width: 1)
    for tick in xAxis.ticks {
      let x = across(tick.position)
      canvas.line(x, bottom, x, bottom + 4, stroke: ChartStyle.axis, width: 1)
      canvas.text(tick.text, x: x, y: bottom + 20, size: 12, fill: ChartStyle.quiet, anchor: .middle)
    }
    if !panel.xLabel.isEmpty {
      canvas.text(
        panel.xLabel, x: (left + right) / 2, y: bottom + 40, size: 12, fill: ChartStyle.quiet, anchor: .middle)
    }
    if curves.allSatisfy({ $0.points.allSatisfy { $0 == nil } }) {
      canvas.text(
        "no values yet", x: (left + right) / 2, y: (top + bottom) / 2, size: 13, fill: ChartStyle.quiet, anchor: .middle
      )
    }
    for (number, curve) in curves.enumerated() { draw(curve.series, curve.points, number, on: &canvas) }
    // Ends lie above all lines.
    for (number, curve) in curves.enumerated() {
      guard let end = curve.points.last(where: { $0 != nil }) ?? nil else { continue }
      canvas.circle(across(end.x), height(end.y), radius: 4, fill: colour(number), name: caption(curve.series))
    }
  }

  private func draw(
    _ series: Chart.Series, _ points: [(x: Double, y: Double)?], _ number: Int, on canvas: inout SVGCanvas
  ) {
    for run in points.split(whereSeparator: { $0 == nil }) {
      let placed = run.compactMap { $0 }.map { (x: across($0.x), y: height($0.y)) }
      if placed.count == 1, let only = placed.first {
        canvas.circle(only.x, only.y, radius: 3, fill: colour(number), name: series.name)
      }
      canvas.path(Self.thinned(placed), stroke: colour(number), dashed: series.isDashed, name: caption(series))
    }
  }

  /// The same line to the eye: of each group of neighbours the first, lowest, highest and last point.
  private static func thinned(_ points: [(x: Double, y: Double)]) -> [(x: Double, y: Double)] {
    guard points.count > mostPoints else { return points }
    let size = (points.count * 4 + mostPoints - 1) / mostPoints
    return stride(from: 0, to: points.count, by: size).flatMap { start in
      let group = start..<min(start + size, points.count)
      let low = group.min { points[$0].y < points[$1].y } ?? start
      let high = group.max { points[$0].y < points[$1].y } ?? start
      return Set([group.lowerBound, low, high, group.upperBound - 1]).sorted().map { points[$0] }
    }
  }

  private func drawLegend(on canvas: inout SVGCanvas) {
    var x = origin
    for (number, curve) in curves.enumerated() {
      let value = lastValue(curve.series)
      let width = 26 + Double(curve.series.name.count) * 6.9 + (value.isEmpty ? 0 : 6 + Double(value.count) * 7.4) + 20
      guard x + width <= right + 20 else {
        canvas.text("+\(curves.count - number) more", x: x, y: top - 15, size: 12, fill: ChartStyle.quiet)
        return
      }
      canvas.line(x + 1, top - 19, x + 18, top - 19, stroke: colour(number), width: 3, dashed: curve.series.isDashed)
      canvas.text(
        curve.series.name, x: x + 26, y: top - 15, size: 12, fill: ChartStyle.text, followedBy: value,
        inColour: colour(number))
      x += width
    }
  }

  private func lastValue(_ series: Chart.Series) -> String {
    series.y.last { $0.isFinite }.map(NumberText.short) ?? ""
  }
  private func caption(_ series: Chart.Series) -> String { "\(series.name): \(lastValue(series))" }
  private func colour(_ number: Int) -> String { ChartStyle.series[number % ChartStyle.series.count] }
  private func across(_ x: Double) -> Double { left + xAxis.fraction(x) * (right - left) }
  private func height(_ y: Double) -> Double { bottom - yAxis.fraction(y) * (bottom - top) }
}
