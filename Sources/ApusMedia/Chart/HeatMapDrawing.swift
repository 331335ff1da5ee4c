import ApusFormats

/// Draws a panel of a table of numbers as colours.
struct HeatMapDrawing {
  let title: String
  let map: Chart.HeatMap
  let x, y, width, height: Double

  func draw(on canvas: inout some ChartCanvas) {
    canvas.text(title, x: x + 24, y: y + 20, size: 14, weight: 600, fill: ChartStyle.text)
    let rows = map.values.count
    let columns = map.values.map(\.count).max() ?? 0
    guard rows > 0, columns > 0 else {
      canvas.text(
        "no values yet", x: x + width / 2, y: y + height / 2, size: 13, fill: ChartStyle.quiet, anchor: .middle)
      return
    }
    let rowNames = map.rowNames.map { String($0.prefix(14)) }
    let nameWidth = rowNames.isEmpty ? 0 : (rowNames.map { Double($0.count) }.max() ?? 0) * 6.8 + 10
    let left = x + 24 + nameWidth + (map.rowLabel.isEmpty ? 0 : 4)
    let top = y + (map.rowLabel.isEmpty ? 34 : 52)
    let scaleWidth = map.isSharedByRow ? 0.0 : 74
    let right = x + width - 24 - scaleWidth
    let bottom = y + height - (map.columnNames.isEmpty ? 12 : 30) - (map.columnLabel.isEmpty ? 0 : 20)
    let cell = (width: (right - left) / Double(columns), height: (bottom - top) / Double(rows))
    if !map.rowLabel.isEmpty {
      canvas.text(map.rowLabel, x: left - 10, y: top - 10, size: 12, fill: ChartStyle.quiet, anchor: .end)
    }
    let finite = map.values.joined().filter(\.isFinite)
    let (low, high) = (finite.min() ?? 0, finite.max() ?? 1)
    for (i, row) in map.values.enumerated() {
      let sum = row.filter(\.isFinite).reduce(0, +)
      for (j, value) in row.enumerated() where value.isFinite {
        let share = map.isSharedByRow ? (sum > 0 ? value / sum : 0) : high > low ? (value - low) / (high - low) : 0.5
        let colours = (map.isSharedByRow ? ColourScale.share : .sequential).colours(share)
        let (cellX, cellY) = (left + Double(j) * cell.width, top + Double(i) * cell.height)
        let gap = min(cell.width, cell.height) > 8 ? 1.0 : 0
        canvas.rectangle(
          x: cellX, y: cellY, width: cell.width - gap, height: cell.height - gap, fill: colours.fill,
          name: name(i, j, value))
        let text = NumberText.short(value)
        let size = min(12, cell.height * 0.6, (cell.width - 3) / (Double(text.count) * 0.6))
        if map.showsValues, size >= 6, !(map.isSharedByRow && value == 0) {
          canvas.text(
            text, x: cellX + cell.width / 2, y: cellY + cell.height / 2 + size * 0.36, size: size, fill: colours.text,
            anchor: .middle)
        }
      }
    }
    drawNames(rowNames, columns, left, top, bottom, right, cell, on: &canvas)
    if !map.isSharedByRow { drawScale(low, high, x: right + 14, top: top, bottom: bottom, on: &canvas) }
  }

  private func drawNames(
    _ rowNames: [String], _ columns: Int, _ left: Double, _ top: Double, _ bottom: Double, _ right: Double,
    _ cell: (width: Double, height: Double), on canvas: inout some ChartCanvas
  ) {
    // Names that would touch are left out.
    let everyRow = max(1, Int((14 / cell.height).rounded(.up)))
    for (i, name) in rowNames.enumerated() where i % everyRow == 0 {
      canvas.text(
        name, x: left - 10, y: top + (Double(i) + 0.5) * cell.height + 4, size: 12, fill: ChartStyle.quiet, anchor: .end
      )
    }
    let columnNames = map.columnNames.map { String($0.prefix(14)) }
    let longest = (columnNames.map { Double($0.count) }.max() ?? 1) * 6.8 + 6
    let everyColumn = max(1, Int((longest / cell.width).rounded(.up)))
    for (j, name) in columnNames.enumerated() where j % everyColumn == 0 {
      canvas.text(
        name, x: left + (Double(j) + 0.5) * cell.width, y: bottom + 18, size: 12, fill: ChartStyle.quiet,
        anchor: .middle)
    }
    if !map.columnLabel.isEmpty {
      canvas.text(
        map.columnLabel, x: (left + right) / 2, y: bottom + 38, size: 12, fill: ChartStyle.quiet, anchor: .middle)
    }
  }

  private func drawScale(
    _ low: Double, _ high: Double, x: Double, top: Double, bottom: Double, on canvas: inout some ChartCanvas
  ) {
    let steps = 48
    let step = (bottom - top) / Double(steps)
    for i in 0..<steps {
      let value = 1 - (Double(i) + 0.5) / Double(steps)
      // They overlap, so that no seam shows.
      canvas.rectangle(
        x: x, y: top + Double(i) * step, width: 12, height: min(step + 0.5, bottom - top - Double(i) * step),
        fill: ColourScale.sequential.colours(value).fill, name: "")
    }
    let axis = ChartAxis.linear([low, high], tickCount: 5, isLoose: false)
    for tick in axis.ticks {
      let y = bottom - axis.fraction(tick.position) * (bottom - top)
      canvas.line(x + 12, y, x + 16, y, stroke: ChartStyle.axis, width: 1)
      canvas.text(tick.text, x: x + 20, y: y + 4, size: 12, fill: ChartStyle.quiet)
    }
  }

  private func name(_ row: Int, _ column: Int, _ value: Double) -> String {
    let rowName = map.rowNames.indices.contains(row) ? map.rowNames[row] : "\(row)"
    let columnName = map.columnNames.indices.contains(column) ? map.columnNames[column] : "\(column)"
    return "\(rowName), \(columnName): \(NumberText.short(value))"
  }
}
