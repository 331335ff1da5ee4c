import ApusFormats

/// Draws a ``ScreenState``: two bars, curves side by side, numbers and a table of epochs; in small windows less of it.
package struct ScreenLayout {
  let state: ScreenState
  /// Seconds of the clock that the state was made with.
  let now: Double

  package init(state: ScreenState, now: Double) { (self.state, self.now) = (state, now) }

  /// The screen in a window of this size.
  package func canvas(width: Int, height: Int) -> ScreenCanvas {
    var canvas = ScreenCanvas(width: width, height: height)
    guard width >= 12, height >= 3 else {
      canvas.put("\(Int(state.fraction * 100)) %", x: 0, y: 0, .strong)
      return canvas
    }
    header(&canvas)
    bars(&canvas)
    let rest = ScreenArea(x: 0, y: 3, width: width, height: height - 3)
    if width >= 60 && height >= 16 { panels(&canvas, rest) } else { compact(&canvas, rest) }
    return canvas
  }

  // MARK: Head

  private func header(_ canvas: inout ScreenCanvas) {
    let elapsed = DurationText.clock(now - state.started)
    let right: String
    switch state.end {
    case .done: right = "done in \(elapsed)"
    case .stopped: right = "stopped after \(elapsed)"
    case .failed: right = "failed after \(elapsed)"
    case nil:
      right = elapsed + (state.secondsLeft(now).map { "  \(DurationText.clock($0)) left" } ?? "")
    }
    canvas.put(right, before: canvas.width - 1, y: 0, state.end == .failed ? .validation : .plain)
    let room = canvas.width - 1 - right.count - 2
    var x = canvas.put(state.title, x: 1, y: 0, .title, limit: max(0, room - 1))
    for note in state.notes where x + 3 + columnCount(note) <= room {
      x = canvas.put(" · ", x: x, y: 0, .faint)
      x = canvas.put(note, x: x, y: 0, .faint)
    }
  }

  private func bars(_ canvas: inout ScreenCanvas) {
    func line(_ y: Int, _ label: String, _ fraction: Double?, _ counter: String, _ style: ScreenStyle) {
      canvas.put(label, x: 1, y: y, .faint)
      canvas.put(counter, before: canvas.width - 1, y: y, .strong)
      guard let fraction else { return }
      canvas.bar(fraction, x: 8, y: y, width: canvas.width - 10 - counterWidth, style)
    }
    let epochCounter = "\(min(state.epoch, state.epochs))/\(state.epochs)"
    let stepCounter = state.stepsPerEpoch.map { "\(state.step)/\($0)" } ?? "\(state.step)"
    let counterWidth = max(epochCounter.count, state.stepsPerEpoch.map { 2 * "\($0)".count + 1 } ?? 8)
    let isOver = state.end == .done
    line(1, "epoch", state.fraction, epochCounter, isOver ? .good : .training)
    let share = state.stepsPerEpoch.map { Double(state.step) / Double($0) }
    line(2, "step", share, stepCounter, isOver ? .good : .training)
  }

  // MARK: Panels

  private func panels(_ canvas: inout ScreenCanvas, _ area: ScreenArea) {
    let tableRows = max(4, min(area.height * 2 / 5, area.height - 10))
    let charts = ScreenArea(x: area.x, y: area.y, width: area.width, height: area.height - tableRows - 3)
    let below = ScreenArea(x: area.x, y: charts.y + charts.height, width: area.width, height: tableRows + 2)
    let all = plots
    let count = min(all.count, max(1, area.width / 38), 4)
    for (place, chart) in zip(charts.columns(count), all) {
      canvas.frame(place, title: chart.title, note: chart.plot.isLogarithmic ? "log" : "")
      chart.plot.draw(&canvas, place.inner)
    }
    // Numbers, the table and, where there is room, what the program says.
    let widths =
      area.width < 76
      ? [area.width * 2 / 5, area.width - area.width * 2 / 5]
      : area.width < 130 ? [30, area.width - 30] : [44, (area.width - 44) / 2, (area.width - 43) / 2]
    var x = below.x
    for (i, width) in widths.enumerated() {
      let place = ScreenArea(x: x, y: below.y, width: width, height: below.height)
      switch i {
      case 0:
        canvas.frame(place, title: "now")
        figures(&canvas, place.inner)
      case 1: epochTable(&canvas, place)
      default:
        canvas.frame(place, title: "messages")
        messages(&canvas, place.inner)
      }
      x += width
    }
    footer(&canvas, y: area.y + area.height - 1, showsMessage: widths.count < 3)
  }

  private var plots: [(title: String, plot: ScreenPlot)] {
    let x = state.stepsPerEpoch == nil ? "epoch" : "epoch \(min(state.epoch, state.epochs))"
    func plot(_ series: [ScreenPlot.Series], mayBeLogarithmic: Bool = false) -> ScreenPlot {
      ScreenPlot(series: series, xLabel: x, mayBeLogarithmic: mayBeLogarithmic)
    }
    var all = [
      (
        title: "loss",
        plot: plot(
          [
            .init(points: state.losses.points, style: .trainingFaint),
            .init(points: state.losses.smoothed, style: .training),
            .init(points: state.measured["validation loss"] ?? [], style: .validation),
          ], mayBeLogarithmic: true)
      )
    ]
    for name in state.metricNames where state.gradientNorms.last == nil || name != "gradient norm" {
      let both = [
        ScreenPlot.Series(points: state.trainingCurve(name), style: .training),
        .init(points: state.measured["validation " + name] ?? [], style: .validation),
      ]
      if both.contains(where: { !$0.points.isEmpty }) { all.append((name, plot(both))) }
    }
    if state.gradientNorms.last != nil {
      all.append(
        (
          "gradient norm",
          plot(
            [
              .init(points: state.gradientNorms.points, style: .trainingFaint),
              .init(points: state.gradientNorms.smoothed, style: .training),
            ], mayBeLogarithmic: true)
        ))
    }
    all.append(("learning rate", plot([.init(points: state.learningRates.points, style: .training)])))
    return all
  }

  private struct Figure {
    var label: String
    var value: String
    /// Its course.
    var line: Curve?
  }

  private func figures(_ canvas: inout ScreenCanvas, _ area: ScreenArea) {
    for (row, figure) in figureList.prefix(area.height).enumerated() {
      let y = area.y + row
      canvas.put(figure.label, x: area.x, y: y, .faint, limit: area.width)
      let column = area.x + 15
      guard column + columnCount(figure.value) <= area.x + area.width else {
        canvas.put(figure.value, before: area.x + area.width, y: y, .strong)
        continue
      }
      let end = min(area.x + area.width, max(column + 7, column + columnCount(figure.value)))
      canvas.put(figure.value, before: end, y: y, .strong)
      let room = area.x + area.width - end - 2
      if let line = figure.line, room >= 4 { canvas.put(line.sparkline(width: room), x: end + 2, y: y, .training) }
    }
  }

  private var figureList: [Figure] {
    var list: [Figure] = []
    for value in state.values { list.append(.init(label: value.name, value: value.shown)) }
    if let rate = state.rates.last {
      list.append(.init(label: "examples/s", value: RateText.short(rate), line: state.rates))
    }
    if let seconds = state.secondsPerStep {
      list.append(.init(label: "ms/step", value: NumberText.short(seconds * 1000)))
    }
    if let rate = state.learningRates.last {
      list.append(.init(label: "learning rate", value: NumberText.short(rate), line: state.learningRates))
    }
    if let norm = state.gradientNorms.last {
      list.append(.init(label: "gradient norm", value: NumberText.short(norm), line: state.gradientNorms))
    }
    if state.memory > 0 { list.append(.init(label: "memory", value: Self.bytes(state.memory))) }
    return list
  }

  private static func bytes(_ count: Int) -> String {
    let megabytes = Double(count) / 1_048_576
    return megabytes < 1000 ? "\(Int(megabytes.rounded())) MB" : NumberText.fixed(megabytes / 1024, decimals: 1) + " GB"
  }

  // MARK: Table

  private func epochTable(_ canvas: inout ScreenCanvas, _ area: ScreenArea) {
    let best = state.best
    let note = best.map { best in
      "best: epoch \(best.number)"
        + (state.watched.flatMap { best.value($0) }.map { ", \(NumberText.steady($0))" } ?? "")
    }
    canvas.frame(area, title: "epochs", note: note ?? "")
    let inner = area.inner
    guard let latest = state.history.last else {
      canvas.put("the first epoch is not over", x: inner.x, y: inner.y, .faint, limit: inner.width)
      return
    }
    // Columns of names, those that fit; the time is the last one.
    let hasTime = state.history.contains { $0.seconds != nil }
    let timeWidth = hasTime ? 7 : 0
    var columns: [(name: String, title: String, width: Int)] = []
    var used = 5
    for (name, title) in Self.columnTitles(latest.values.map(\.name)) {
      let width = max(8, columnCount(title) + 2)
      guard used + width + timeWidth <= inner.width else { break }
      columns.append((name, title, width))
      used += width
    }
    func row(_ y: Int, _ texts: [String], _ style: (Int) -> ScreenStyle) {
      canvas.put(texts[0], before: inner.x + 5, y: y, style(0))
      var end = inner.x + 5
      for (i, column) in columns.enumerated() {
        end += column.width
        canvas.put(texts[i + 1], before: end, y: y, style(i + 1))
      }
      if hasTime { canvas.put(texts[columns.count + 1], before: end + timeWidth, y: y, .faint) }
    }
    row(inner.y, ["epoch"] + columns.map(\.title) + ["time"]) { _ in .faint }
    for (i, epoch) in state.history.suffix(inner.height - 1).reversed().enumerated() {
      let isBest = epoch.number == best?.number
      let texts =
        ["\(epoch.number)"] + columns.map { epoch.value($0.name).map { NumberText.steady($0) } ?? "" }
        + [epoch.seconds.map { DurationText.precise($0) } ?? ""]
      row(inner.y + 1 + i, texts) { _ in isBest ? .good : .plain }
      if isBest { canvas.put("★", x: inner.x, y: inner.y + 1 + i, .good) }
    }
  }

  /// Names with their titles: what is measured in validation beside the same in training, `val`.
  static func columnTitles(_ names: [String]) -> [(name: String, title: String)] {
    var found: [(name: String, title: String)] = []
    for name in names where !found.contains(where: { $0.name == name }) {
      let validated = "validation " + name
      if name.hasPrefix("validation ") {
        if !names.contains(String(name.dropFirst(11))) { found.append((name, "val " + name.dropFirst(11))) }
        continue
      }
      found.append((name, name))
      if names.contains(validated) { found.append((validated, "val")) }
    }
    return found
  }

  private func messages(_ canvas: inout ScreenCanvas, _ area: ScreenArea) {
    guard !state.messages.isEmpty else {
      canvas.put("what the program prints comes here", x: area.x, y: area.y, .faint, limit: area.width)
      return
    }
    for (i, line) in state.messages.suffix(area.height).enumerated() {
      canvas.put(line, x: area.x, y: area.y + i, limit: area.width)
    }
  }

  private func footer(_ canvas: inout ScreenCanvas, y: Int, showsMessage: Bool) {
    var x = 1
    for (mark, name, style) in [("━━", "training", ScreenStyle.training), ("━━", "validation", .validation)] {
      x = canvas.put(mark, x: x, y: y, style)
      x = canvas.put(" \(name)   ", x: x, y: y, .faint)
    }
    let hint = state.end == nil ? "Ctrl-C stops" : ""
    canvas.put(hint, before: canvas.width - 1, y: y, .faint)
    if showsMessage, state.end == nil, let last = state.messages.last {
      canvas.put(last, x: x, y: y, limit: max(0, canvas.width - 2 - hint.count - x))
    }
  }

  // MARK: Small windows

  private func compact(_ canvas: inout ScreenCanvas, _ area: ScreenArea) {
    var y = area.y
    let end = area.y + area.height
    // Numbers first, two in a line where there is room; what is left is the curve of the loss.
    let perLine = area.width >= 56 ? 2 : 1
    let figures = figureList
    let lines = min(area.height >= 7 ? 3 : area.height, (figures.count + perLine - 1) / perLine)
    for (i, figure) in figures.prefix(lines * perLine).enumerated() {
      let x = 1 + (i % perLine) * (area.width / perLine)
      canvas.put(figure.label, x: x, y: y + i / perLine, .faint, limit: 14)
      canvas.put(figure.value, x: x + 15, y: y + i / perLine, .strong)
    }
    y += lines
    let plot = ScreenArea(x: 1, y: y, width: area.width - 2, height: end - y)
    if plot.height >= 2 { plots[0].plot.draw(&canvas, plot) }
  }
}

/// Durations as people write them.
enum DurationText {
  /// `0:38`, `1:02:03`, `3d 4h`.
  static func clock(_ seconds: Double) -> String {
    guard seconds.isFinite, seconds < 1e9 else { return "?" }
    let whole = Int(max(seconds, 0).rounded())
    let (hours, minutes, rest) = (whole / 3600, whole / 60 % 60, whole % 60)
    func two(_ number: Int) -> String { number < 10 ? "0\(number)" : "\(number)" }
    if hours >= 48 { return "\(hours / 24)d \(hours % 24)h" }
    return hours > 0 ? "\(hours):\(two(minutes)):\(two(rest))" : "\(minutes):\(two(rest))"
  }

  /// Below a minute with a decimal, `12.3 s`, as ``clock(_:)`` above.
  static func precise(_ seconds: Double) -> String {
    guard seconds.isFinite, seconds < 60 else { return clock(seconds) }
    return NumberText.fixed(max(seconds, 0), decimals: 1) + " s"
  }
}

/// Numbers per second.
enum RateText {
  /// `41.2k`.
  static func short(_ perSecond: Double) -> String {
    let (value, unit) =
      perSecond >= 1e6 ? (perSecond / 1e6, "M") : perSecond >= 1000 ? (perSecond / 1000, "k") : (perSecond, "")
    return NumberText.short(value) + unit
  }
}
