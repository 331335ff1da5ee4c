import ApusCore
import ApusFormats
import ApusMedia

/// The HTML of a report.
struct ReportPage {
  let report: RunReport

  private static let mostPoints = 1500
  private static let mostSamples = 64
  private static let mostEpochRows = 100

  var html: String {
    let parts: [String] = charts + [confusion, samples, epochs, settings, environment, model]
    let count = report.history.count
    let times = "\(LocalTime.now.readable) · \(count) \(count == 1 ? "epoch" : "epochs")\(duration)"
    return htmlPage(
      title: report.title, style: reportStyle,
      main: """
        <p class="when">\(escapedHTML(times))</p>
        \(report.notes.isEmpty ? "" : "<p class=\"notes\">\(escapedHTML(report.notes))</p>")
        \(tiles)
        <div class="grid">
        \(parts.filter { !$0.isEmpty }.joined(separator: "\n"))
        </div>
        <footer>Written by Apus.<span class="hint"> Drag in a chart to zoom, double-click to see all of it.</span></footer>
        """,
      script: reportScript)
  }

  private var duration: String {
    let seconds = report.epochSeconds.reduce(0, +)
    return seconds > 0 ? " · \(Self.time(seconds))" : ""
  }

  static func time(_ seconds: Double) -> String {
    if seconds < 60 { return NumberText.short(seconds) + " s" }
    let minutes = Int(min(seconds / 60, 1e12))
    if minutes < 60 { return "\(minutes) min \(Int(seconds) % 60) s" }
    return "\(minutes / 60) h \(minutes % 60) min"
  }

  /// The names of values in the order of the epochs, without those of the validation.
  private var names: [String] {
    var names: [String] = []
    for name in report.history.flatMap(\.names) {
      let bare = Self.bare(name)
      if !names.contains(bare) { names.append(bare) }
    }
    return names
  }

  private static let validation = "validation "
  private static func bare(_ name: String) -> String {
    name.hasPrefix(validation) ? String(name.dropFirst(validation.count)) : name
  }

  /// Whether less of a value is better, as far as its name tells.
  private static func isLoss(_ name: String) -> Bool { nameIsLoss(name) }

  /// The best values.
  private var tiles: String {
    let shown = names.filter { $0 != "lr" }.flatMap { [Self.validation + $0, $0] }.filter { name in
      report.history.contains { $0[name] != nil }
    }
    let tiles = shown.prefix(8).compactMap { name -> String? in
      let values = report.history.compactMap { epoch in epoch[name].map { (epoch: epoch.epoch, value: $0) } }
        .filter(\.value.isFinite)
      let best = values.min { Self.isLoss(name) ? $0.value < $1.value : $0.value > $1.value }
      guard let best else { return nil }
      return
        "<div class=\"tile\"><span class=\"name\">\(escapedHTML(name))</span><b>\(NumberText.short(best.value))</b>"
        + "<span>best, epoch \(best.epoch)</span></div>"
    }
    return tiles.isEmpty ? "" : "<div class=\"tiles\">\(tiles.joined())</div>"
  }

  // MARK: Charts

  private var charts: [String] {
    var charts = names.map { name -> String in
      let series = [("train", name), ("validation", Self.validation + name)].compactMap { label, key -> String? in
        let points = report.history.compactMap { epoch in epoch[key].map { (Double(epoch.epoch), $0) } }
        return points.isEmpty ? nil : Self.series(name == "lr" ? "lr" : label, points)
      }
      return chart(name == "lr" ? "learning rate" : name, x: "epoch", isWhole: true, series)
    }
    if report.steps.count > 1 {
      let points = thinned(report.steps.map { (Double($0.step), $0.loss) })
      charts.append(chart("loss of each step", x: "step", isWhole: true, [Self.series("train", points)]))
    }
    let times = report.epochSeconds.suffix(report.history.count)
    if !times.isEmpty {
      let epochs = report.history.suffix(times.count).map { Double($0.epoch) }
      charts.append(
        chart(
          "seconds of each epoch", x: "epoch", isWhole: true, kind: "bar",
          [Self.series("seconds", Array(zip(epochs, times)))]))
    }
    return charts
  }

  private func chart(_ title: String, x: String, isWhole: Bool, kind: String = "line", _ series: [String]) -> String {
    let data =
      "{\"x\":\(quotedJSON(x)),\"whole\":\(isWhole),\"kind\":\(quotedJSON(kind)),\"series\":["
      + series.joined(separator: ",") + "]}"
    return "<section data-chart=\"\(escapedHTML(data))\"><div class=\"head\"><h2>\(escapedHTML(title))</h2>"
      + "<div class=\"tools\"></div></div><div class=\"legend\"></div><div class=\"plot\"></div></section>"
  }

  private static func series(_ name: String, _ points: [(Double, Double)]) -> String {
    let x = points.map { $0.0 == $0.0.rounded() ? "\(Int($0.0))" : "\($0.0)" }
    let y = points.map { $0.1.isFinite ? "\(Float($0.1))" : "null" }.map { $0 == "inf" || $0 == "-inf" ? "null" : $0 }
    return
      "{\"name\":\(quotedJSON(name)),\"x\":[\(x.joined(separator: ","))],\"y\":[\(y.joined(separator: ","))]}"
  }

  /// The same line to the eye: of each group of neighbours the lowest and the highest point.
  private func thinned(_ points: [(Double, Double)]) -> [(Double, Double)] {
    guard points.count > Self.mostPoints else { return points }
    let size = (points.count * 2 + Self.mostPoints - 1) / Self.mostPoints
    return stride(from: 0, to: points.count, by: size).flatMap { start -> [(Double, Double)] in
      let group = start..<min(start + size, points.count)
      let low = group.min { points[$0].1 < points[$1].1 } ?? start
      let high = group.max { points[$0].1 < points[$1].1 } ?? start
      return Set([low, high]).sorted().map { points[$0] }
    }
  }

  // MARK: Tables

  private var confusion: String {
    guard let matrix = report.confusion, !matrix.classNames.isEmpty else { return "" }
    let head = matrix.classNames.map { "<th>\(escapedHTML($0))</th>" }.joined()
    let rows = matrix.counts.enumerated().map { number, row in
      let size = max(1, row.reduce(0, +))
      let cells = row.map { count -> String in
        let share = Double(count) / Double(size)
        let text = count == 0 ? "" : "\(count)"
        let alpha = count == 0 ? 0.05 : 0.12 + 0.88 * share
        let ink = share > 0.5 ? ";color:#fff" : ""
        return "<td style=\"background:rgba(var(--heat),\(NumberText.fixed(alpha, decimals: 2)))\(ink)\">\(text)</td>"
      }
      let recall = matrix.recall(number).map { NumberText.fixed($0 * 100, decimals: 1) + " %" } ?? "–"
      return "<tr><th class=\"row\">\(escapedHTML(matrix.classNames[number]))</th>\(cells.joined())"
        + "<td class=\"recall\">\(recall)</td></tr>"
    }
    let accuracy =
      matrix.accuracy.map { ": \(NumberText.fixed($0 * 100, decimals: 1)) % of \(matrix.total) right" } ?? ""
    let place = matrix.classNames.count > 10 ? " class=\"wide\"" : ""
    return
      "<section\(place)><h2>Confusion matrix\(accuracy)</h2><div class=\"scroll\"><table class=\"confusion\">"
      + "<tr><th class=\"row\">true ↓</th>\(head)<th>recall</th></tr>\(rows.joined())</table></div></section>"
  }

  private var samples: String {
    let figures = report.samples.prefix(Self.mostSamples).compactMap { sample -> String? in
      guard let file = try? sample.picture.png() else { return nil }
      let caption = sample.caption.isEmpty ? "" : "<figcaption>\(escapedHTML(sample.caption))</figcaption>"
      return "<figure><img alt=\"\(escapedHTML(sample.caption))\" src=\"data:image/png;base64,\(encodeBase64(file))\">"
        + caption + "</figure>"
    }
    return figures.isEmpty
      ? "" : "<section class=\"wide\"><h2>Pictures</h2><div class=\"pictures\">\(figures.joined())</div></section>"
  }

  private var epochs: String {
    guard let last = report.history.last else { return "" }
    var columns = last.names
    for name in report.history.flatMap(\.names) where !columns.contains(name) { columns.append(name) }
    let best = columns.map { name -> Double? in
      let values = report.history.compactMap { $0[name] }.filter(\.isFinite)
      return name == "lr" ? nil : Self.isLoss(name) ? values.min() : values.max()
    }
    let every = max(1, (report.history.count + Self.mostEpochRows - 1) / Self.mostEpochRows)
    let shown = report.history.filter { ($0.epoch - 1) % every == 0 || $0 == last }
    let rows = shown.map { epoch in
      let cells = zip(columns, best).map { name, best -> String in
        let value = epoch[name]
        let isBest = value != nil && value == best
        return "<td\(isBest ? " class=\"best\"" : "")>\(value.map(NumberText.steady) ?? "")</td>"
      }
      return "<tr><td>\(epoch.epoch)</td>\(cells.joined())</tr>"
    }
    let head = (["epoch"] + columns).map { "<th>\(escapedHTML($0))</th>" }.joined()
    return "<section class=\"wide long\"><h2>Epochs</h2><div class=\"scroll\"><table class=\"epochs\"><tr>\(head)</tr>"
      + rows.joined() + "</table></div></section>"
  }

  private var settings: String {
    table("Settings", report.settings.sorted { $0.key < $1.key }.map { ($0.key, $0.value.text) })
  }

  private var environment: String {
    table("Environment", RunEnvironment.rows.map { ($0.name, $0.value) })
  }

  private func table(_ title: String, _ rows: [(String, String)]) -> String {
    if rows.isEmpty { return "" }
    let cells = rows.map { "<tr><th>\(escapedHTML($0.0))</th><td>\(escapedHTML($0.1))</td></tr>" }.joined()
    return "<section><h2>\(title)</h2><table class=\"pairs\">\(cells)</table></section>"
  }

  private var model: String {
    report.modelSummary.isEmpty
      ? "" : "<section class=\"wide long\"><h2>Model</h2><pre>\(escapedHTML(report.modelSummary))</pre></section>"
  }
}

/// Whether less of a value is better, as far as its name tells: losses, errors, perplexities, times.
package func nameIsLoss(_ name: String) -> Bool {
  let name = name.lowercased()
  return ["loss", "error", "perplexity", "mse", "mae", "rmse", "wer", "cer", "seconds"].contains { name.contains($0) }
}

/// A text in HTML, also between quotes.
package func escapedHTML(_ text: String) -> String {
  text.replacingScalars { scalar in
    switch scalar {
    case "&": "&amp;"
    case "<": "&lt;"
    case ">": "&gt;"
    case "\"": "&quot;"
    case "\u{0}"..<"\u{9}", "\u{b}"..<"\u{20}", "\u{7f}": " "
    default: nil
    }
  }
}
