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

  init(panel: Chart.Panel, x: Double, y: Double, width: Double, height: Double) {
    self.panel = panel
    let isLogarithmic = panel.yScale == .logarithmic
    curves = panel.series.map { series in
      let points = zip(series.x, series.y).map { x, y -> (x: Double, y: Double)? in
        // Larger numbers leave no room for an axis around them.
        abs(x) < 1e300 && abs(y) < 1e300 && (!isLogarithmic || y > 0) && (panel.xScale == .linear || x > 0)
          ? (x, y) : nil
      }
      return (series, points)
    }
    let all = curves.flatMap { $0.points.compactMap { $0 } }
    let barWidth = panel.series.compactMap { if case .bar(let width) = $0.mark { width } else { nil } }.max()
    // Bars stand on zero.
    let heights = all.map(\.y) + (barWidth != nil && !isLogarithmic ? [0] : [])
    yAxis = isLogarithmic ? .logarithmic(heights) : .linear(heights, tickCount: 5, isLoose: true)
    origin = x + 24
    let labelWidth = (yAxis.ticks.map { Double($0.text.count) }.max() ?? 1) * 6.8
    left = origin + labelWidth + 10
    right = x + width - 24
    top = y + 58
    bottom = y + height - (panel.xLabel.isEmpty ? 34 : 52)
    var places = all.map(\.x)
    if let barWidth, let low = places.min(), let high = places.max() {
      places += [low - barWidth / 2, high + barWidth / 2]
    }
    if !panel.xNames.isEmpty {
      let margin = barWidth == nil ? 0 : 0.5
      xAxis = .names(
        panel.xNames, from: -margin, to: max(Double(panel.xNames.count - 1), margin) + margin, width: right - left)
    } else if panel.xScale == .logarithmic {
      xAxis = .logarithmic(places)
    } else {
      xAxis = .linear(places, tickCount: 6, isLoose: panel.series.contains { $0.mark == .scatter })
    }
  }

  func draw(on canvas: inout some ChartCanvas) {
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
    for (number, curve) in curves.enumerated() {
      switch curve.series.mark {
      case .line: draw(curve.series, curve.points, number, on: &canvas)
      case .scatter:
        let radius = curve.points.count > 500 ? 2.5 : 3.5
        for point in curve.points {
          guard let point else { continue }
          canvas.circle(
            across(point.x), height(point.y), radius: radius, fill: colour(number), name: pointName(curve.series, point)
          )
        }
      case .bar(let width): drawBars(curve.series, curve.points, width, number, on: &canvas)
      }
    }
    // Ends lie above all lines.
    for (number, curve) in curves.enumerated() where curve.series.mark == .line {
      guard let end = curve.points.last(where: { $0 != nil }) ?? nil else { continue }
      canvas.circle(across(end.x), height(end.y), radius: 4, fill: colour(number), name: caption(curve.series))
    }
  }

  private func draw(
    _ series: Chart.Series, _ points: [(x: Double, y: Double)?], _ number: Int, on canvas: inout some ChartCanvas
  ) {
    for run in points.split(whereSeparator: { $0 == nil }) {
      let placed = run.compactMap { $0 }.map { (x: across($0.x), y: height($0.y)) }
      if placed.count == 1, let only = placed.first {
        canvas.circle(only.x, only.y, radius: 3, fill: colour(number), name: series.name)
      }
      canvas.path(Self.thinned(placed), stroke: colour(number), dashed: series.isDashed, name: caption(series))
    }
  }

  private func drawBars(
    _ series: Chart.Series, _ points: [(x: Double, y: Double)?], _ width: Double, _ number: Int,
    on canvas: inout some ChartCanvas
  ) {
    let groups = curves.indices.filter { if case .bar = curves[$0].series.mark { true } else { false } }
    let place = Double(groups.firstIndex(of: number) ?? 0)
    let ground = yAxis.isLogarithmic ? bottom : height(0)
    for point in points {
      guard let point else { continue }
      let part = width / Double(max(1, groups.count))
      let start = across(point.x - width / 2 + part * place)
      let end = across(point.x - width / 2 + part * (place + 1))
      // A hair between neighbours tells them apart.
      let gap = end - start > 3 ? 1.0 : 0
      let y = height(point.y)
      canvas.rectangle(
        x: start + gap / 2, y: min(y, ground), width: max(end - start - gap, 0.5), height: abs(ground - y),
        fill: colour(number), name: pointName(series, point))
    }
  }

  private func pointName(_ series: Chart.Series, _ point: (x: Double, y: Double)) -> String {
    let index = Int(exactly: point.x) ?? -1
    let x = panel.xNames.indices.contains(index) ? panel.xNames[index] : NumberText.short(point.x)
    return (series.name.isEmpty ? "" : series.name + " ") + "\(x): \(NumberText.short(point.y))"
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

  private func drawLegend(on canvas: inout some ChartCanvas) {
    var x = origin
    for (number, curve) in curves.enumerated() where !curve.series.name.isEmpty {
      let value = curve.series.mark != .line ? "" : lastValue(curve.series)
      let width = 26 + Double(curve.series.name.count) * 6.9 + (value.isEmpty ? 0 : 6 + Double(value.count) * 7.4) + 20
      guard x + width <= right + 20 else {
        canvas.text("+\(curves.count - number) more", x: x, y: top - 15, size: 12, fill: ChartStyle.quiet)
        return
      }
      switch curve.series.mark {
      case .line:
        canvas.line(x + 1, top - 19, x + 18, top - 19, stroke: colour(number), width: 3, dashed: curve.series.isDashed)
      case .scatter: canvas.circle(x + 10, top - 19, radius: 4, fill: colour(number), name: "")
      case .bar: canvas.rectangle(x: x + 4, y: top - 25, width: 12, height: 12, fill: colour(number), name: "")
      }
      canvas.text(
        curve.series.name, x: x + 26, y: top - 15, size: 12, weight: 400, fill: ChartStyle.text, anchor: .start,
        followedBy: value, inColour: colour(number))
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
