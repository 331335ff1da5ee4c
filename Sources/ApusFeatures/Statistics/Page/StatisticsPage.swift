import ApusCore
import ApusFormats
import ApusTrain

extension TableStatistics {
  /// A page that shows the statistics, feature by feature: what is missing, histograms, the most frequent texts, beside those of
  /// other data, with what is wrong. It is one HTML file that loads nothing else.
  ///
  ///     try writeText(statistics.page(title: "Clicks", other: yesterday, otherName: "yesterday"), to: "clicks.html")
  /// - Parameters:
  ///   - title: what stands above the page.
  ///   - name: what this data is called.
  ///   - other: the statistics of other data, shown beside these.
  ///   - otherName: what that data is called.
  ///   - anomalies: what is wrong with the data, marked at the features.
  /// - Throws: `TensorError` of kind `value` where statistics have none of all rows.
  public func page(
    title: String = "Statistics", name: String = "data", other: TableStatistics? = nil, otherName: String = "other",
    anomalies: Anomalies? = nil
  ) throws(TensorError) -> String {
    var datasets = [StatisticsPage.Shown(name: name, statistics: try all)]
    if let other { datasets.append(StatisticsPage.Shown(name: otherName, statistics: try other.all)) }
    return StatisticsPage(title: title, datasets: datasets, anomalies: anomalies).html
  }

  /// Writes ``page(title:name:other:otherName:anomalies:)`` to a file, which is there as a whole or not at all.
  /// - Throws: as that; `TensorError` of kind `file` when writing fails.
  public func writePage(
    to path: String, title: String = "Statistics", name: String = "data", other: TableStatistics? = nil,
    otherName: String = "other", anomalies: Anomalies? = nil
  ) throws {
    try makeFolder(of: path)
    try writeText(
      page(title: title, name: name, other: other, otherName: otherName, anomalies: anomalies), to: expandedPath(path))
  }
}

/// The HTML of a page of statistics.
struct StatisticsPage {
  /// A data set and its name.
  struct Shown {
    let name: String
    let statistics: DatasetStatistics
    let features: [FeaturePath: FeatureStatistics]

    init(name: String, statistics: DatasetStatistics) {
      self.name = name
      self.statistics = statistics
      features = Dictionary(
        statistics.features.map { ($0.path, $0) }, uniquingKeysWith: { first, _ in first })
    }
  }

  let title: String
  let datasets: [Shown]
  let anomalies: Anomalies?

  /// So many of the most frequent texts are shown.
  private static let shownTexts = 10

  /// The paths of all data sets, in the order of the first one.
  private var paths: [FeaturePath] {
    var seen: Set<FeaturePath> = []
    return datasets.flatMap { $0.statistics.features.map(\.path) }.filter { seen.insert($0).inserted }
  }

  var html: String {
    let paths = paths
    let wrong = Dictionary(
      (anomalies?.features ?? []).map { ($0.path, $0) }, uniquingKeysWith: { first, _ in first })
    let cards = paths.map { card($0, wrong[$0]) }.joined(separator: "\n")
    let legend =
      datasets.count < 2
      ? ""
      : datasets.enumerated().map { i, shown in
        "<span><i style=\"background:var(--s\(i))\"></i>\(escapedHTML(shown.name))</span>"
      }.joined()
    return htmlPage(
      title: title, style: reportStyle + "\n" + Self.style,
      main: """
        <p class="when">\(escapedHTML(summary(paths.count)))</p>
        \(tiles(paths.count))
        \(anomalyTable)
        <p class="filter"><input id="filter" type="search" placeholder="feature" aria-label="Show features whose name has this in it">
        <label><input id="wrong" type="checkbox"> anomalies only</label> <span class="legend">\(legend)</span></p>
        <div class="grid">
        \(cards)
        </div>
        <footer>Written by Apus.</footer>
        """,
      script: Self.script)
  }

  private func summary(_ count: Int) -> String {
    datasets.map { "\($0.name): \($0.statistics.rows) rows" }.joined(separator: " · ") + " · \(count) features"
  }

  private func tiles(_ count: Int) -> String {
    var tiles: [(String, String, String)] = datasets.map { shown in
      let missing = shown.statistics.features.compactMap(\.common).filter { $0.missingCount > 0 }.count
      return (shown.name, "\(shown.statistics.rows)", "rows; \(missing) features with missing values")
    }
    tiles.append(("features", "\(count)", "columns and fields of structures"))
    if let anomalies {
      let number = anomalies.features.count + (anomalies.dataset == nil ? 0 : 1)
      tiles.append(("anomalies", "\(number)", number == 0 ? "the data fits the schema" : "see the table"))
    }
    let text = tiles.map { name, value, below in
      "<div class=\"tile\"><span class=\"name\">\(escapedHTML(name))</span><b>\(escapedHTML(value))</b>"
        + "<span>\(escapedHTML(below))</span></div>"
    }
    return "<div class=\"tiles\">\(text.joined())</div>"
  }

  private var anomalyTable: String {
    guard let anomalies, !anomalies.isEmpty else { return "" }
    var rows: [(String, Anomaly)] = anomalies.features.map { ("\($0.path)", $0) }
    if let dataset = anomalies.dataset { rows.insert(("data set", dataset), at: 0) }
    let cells = rows.map { name, anomaly in
      "<tr><td><b>\(escapedHTML(name))</b></td><td>\(escapedHTML(anomaly.shortDescription))</td>"
        + "<td>\(escapedHTML(anomaly.description))</td></tr>"
    }
    let missing = anomalies.dataMissing ? "<p>The data has no rows.</p>" : ""
    return
      "<section class=\"anomalies\"><h2>Anomalies</h2>\(missing)<table><tr><th>feature</th><th>what</th><th>figures</th></tr>"
      + cells.joined() + "</table></section>"
  }

  // MARK: - A feature

  private func card(_ path: FeaturePath, _ anomaly: Anomaly?) -> String {
    let features = datasets.map { $0.features[path] }
    let kind = features.compactMap { $0 }.first?.kind.name ?? ""
    let mark =
      anomaly.map { "<p class=\"wrong\">\(escapedHTML($0.shortDescription)): \(escapedHTML($0.description))</p>" } ?? ""
    let picture =
      features.contains { $0?.numeric != nil }
      ? histogram(features) : features.contains { $0?.text != nil } ? bars(features) : ""
    return "<section data-name=\"\(escapedHTML("\(path)".lowercased()))\"\(anomaly == nil ? "" : " data-wrong")>"
      + "<div class=\"head\"><h2>\(escapedHTML("\(path)"))</h2><span class=\"kind\">\(kind)</span></div>\(mark)"
      + "\(picture)\(figures(features))</section>"
  }

  private func figures(_ features: [FeatureStatistics?]) -> String {
    typealias Row = (name: String, text: (FeatureStatistics) -> String?)
    let number = { (value: Double) in value.isNaN ? "NaN" : NumberText.short(value) }
    // Of values that all are NaN there is nothing else to say.
    let numeric = { (feature: FeatureStatistics) -> NumericStatistics? in
      feature.numeric.flatMap { $0.common.valueCount == $0.nanCount ? nil : $0 }
    }
    let rows: [Row] = [
      ("present", { $0.common.map { "\($0.presentCount)" } }),
      ("missing", { $0.common.map { Self.percentage($0.missingCount, of: $0.presentCount + $0.missingCount) } }),
      (
        "values of a row",
        { feature in
          guard let common = feature.common, common.presentCount > 0, common.mostValues != 1 || common.fewestValues != 1
          else { return nil }
          return "\(common.fewestValues)–\(common.mostValues), \(number(common.averageValues)) on average"
        }
      ),
      ("mean", { numeric($0).map { number($0.mean) } }),
      ("deviation", { numeric($0).map { number($0.standardDeviation) } }),
      ("zeros", { f in numeric(f).map { Self.percentage($0.zeroCount, of: $0.common.valueCount) } }),
      (
        "NaN",
        { f in f.numeric.flatMap { $0.nanCount == 0 ? nil : Self.percentage($0.nanCount, of: $0.common.valueCount) } }
      ),
      ("minimum", { numeric($0).map { number($0.minimum) } }), ("median", { numeric($0).map { number($0.median) } }),
      ("maximum", { numeric($0).map { number($0.maximum) } }),
      ("different texts", { $0.text.map { "\($0.uniqueCount)" } }),
      ("average length", { $0.text.map { number($0.averageLength) } }),
      ("no UTF-8", { $0.text.flatMap { $0.invalidTextCount == 0 ? nil : "\($0.invalidTextCount)" } }),
      (
        "bytes",
        { $0.bytes.map { "\(number($0.leastLength))–\($0.mostLength), \(number($0.averageLength)) on average" } }
      ),
    ]
    let lines = rows.compactMap { row -> String? in
      let cells = features.map { $0.flatMap(row.text) }
      guard cells.contains(where: { $0 != nil }) else { return nil }
      return "<tr><th>\(row.name)</th>" + cells.map { "<td>\(escapedHTML($0 ?? "–"))</td>" }.joined() + "</tr>"
    }
    let head =
      datasets.count < 2
      ? "" : "<tr><th></th>" + datasets.map { "<th>\(escapedHTML($0.name))</th>" }.joined() + "</tr>"
    return "<table class=\"pairs\">\(head)\(lines.joined())</table>"
  }

  private static func percentage(_ part: Int, of all: Int) -> String {
    if all == 0 || part == 0 { return "\(part)" }
    return "\(part) (\(NumberText.fixed(100 * Double(part) / Double(all), decimals: 1)) %)"
  }

  // MARK: - Pictures

  /// The histograms of one width over each other, as parts of all values; under them where tenths of the values lie.
  private func histogram(_ features: [FeatureStatistics?]) -> String {
    let shown = features.map { feature -> [HistogramBucket] in
      (feature?.numeric?.histogram(.standard)?.buckets ?? []).filter { $0.low.isFinite && $0.high.isFinite }
    }
    let edges = shown.flatMap { $0 }.flatMap { [$0.low, $0.high] }
    guard let low = edges.min(), let high = edges.max() else { return "" }
    let span = high > low ? high - low : 1
    let (width, height) = (560.0, 120.0)
    func x(_ value: Double) -> Double { high > low ? (value - low) / span * width : width / 2 - 20 }
    let bars = shown.map { buckets -> [(x: Double, width: Double, part: Double, bucket: HistogramBucket)] in
      let total = buckets.reduce(0) { $0 + $1.count }
      return buckets.filter { $0.count > 0 }.map { bucket in
        let wide = high > low ? max(x(bucket.high) - x(bucket.low), 1.5) : 40
        return (x(bucket.low), wide, total > 0 ? bucket.count / total : 0, bucket)
      }
    }
    let most = bars.flatMap { $0 }.map(\.part).max() ?? 1
    var marks = ""
    for (i, part) in bars.enumerated() {
      for bar in part {
        let tall = most > 0 ? bar.part / most * height : 0
        let text =
          "\(NumberText.short(bar.bucket.low)) to \(NumberText.short(bar.bucket.high)): "
          + "\(NumberText.short(bar.bucket.count)) (\(NumberText.fixed(bar.part * 100, decimals: 1)) %)"
        marks +=
          "<rect x=\"\(short(bar.x))\" y=\"\(short(height - tall))\" width=\"\(short(bar.width))\" height=\"\(short(tall))\" "
          + "class=\"b\(i)\"><title>\(escapedHTML(text))</title></rect>"
      }
      let quantiles = features[i]?.numeric?.histogram(.quantiles)?.buckets ?? []
      for value in Set(quantiles.map(\.high)) where value >= low && value <= high {
        let y = height + 6 + Double(i) * 7
        marks +=
          "<line x1=\"\(short(x(value)))\" x2=\"\(short(x(value)))\" y1=\"\(short(y))\" y2=\"\(short(y + 5))\" class=\"q\(i)\"/>"
      }
    }
    let bottom = height + 8 + 7 * Double(features.count)
    let labels =
      "<text x=\"0\" y=\"\(short(bottom + 12))\">\(escapedHTML(NumberText.short(low)))</text>"
      + "<text x=\"\(short(width))\" y=\"\(short(bottom + 12))\" text-anchor=\"end\">\(escapedHTML(NumberText.short(high)))</text>"
    return "<div class=\"plot\"><svg viewBox=\"0 0 \(short(width)) \(short(bottom + 16))\" role=\"img\" "
      + "aria-label=\"histogram\">\(marks)\(labels)</svg></div>"
  }

  private func short(_ value: Double) -> String { NumberText.fixed(value, decimals: 1) }

  /// The most frequent texts as bars.
  private func bars(_ features: [FeatureStatistics?]) -> String {
    let texts = features.map { $0?.text }
    var labels: [String] = []
    for value in texts.compactMap({ $0 }).flatMap({ $0.topValues.prefix(Self.shownTexts) }) {
      if !labels.contains(value.value), labels.count < Self.shownTexts { labels.append(value.value) }
    }
    let counts = texts.map { text -> [String: Double] in
      Dictionary((text?.ranks.buckets ?? []).map { ($0.label, $0.count) }, uniquingKeysWith: { first, _ in first })
    }
    let totals = texts.map { Double($0?.common.valueCount ?? 0) }
    let parts = labels.map { label in
      zip(counts, totals).map { counts, total in total > 0 ? (counts[label] ?? 0) / total : 0 }
    }
    let most = parts.flatMap { $0 }.max() ?? 1
    let rows = zip(labels, parts).map { label, parts -> String in
      let lines = parts.enumerated().map { i, part in
        let size = most > 0 ? part / most * 100 : 0
        return "<i class=\"b\(i)\" style=\"width:\(NumberText.fixed(size, decimals: 1))%\"></i>"
      }
      let shares = parts.map { NumberText.fixed($0 * 100, decimals: 1) }.joined(separator: " / ")
      return "<div class=\"bar\"><span>\(escapedHTML(label.isEmpty ? "(empty)" : String(label.prefix(60))))</span>"
        + "<div>\(lines.joined())</div><span>\(shares) %</span></div>"
    }
    return "<div class=\"bars\">\(rows.joined())</div>"
  }

  private static let style = """
    .filter { display: flex; gap: 18px; align-items: center; flex-wrap: wrap; color: var(--quiet); }
    input[type=search] { font: inherit; padding: 5px 10px; border: 1px solid var(--line); border-radius: 8px;
      background: var(--card); color: var(--ink); }
    .legend i { height: 10px; width: 10px; border-radius: 5px; vertical-align: 0; }
    .kind { color: var(--quiet); font-size: 12px; }
    .anomalies { margin-bottom: 16px; overflow-x: auto; }
    .wrong { color: #b42318; background: rgba(217, 45, 32, 0.09); border-radius: 8px; padding: 6px 10px; margin: 0 0 10px;
      font-size: 14px; overflow-wrap: anywhere; }
    @media (prefers-color-scheme: dark) { .wrong { color: #ff9c92; } }
    .plot svg { cursor: default; margin-bottom: 8px; }
    .b0 { fill: var(--s0); background: var(--s0); } .b1 { fill: var(--s1); background: var(--s1); }
    rect.b0 { opacity: 0.62; } rect.b1 { fill: none; stroke: var(--s1); stroke-width: 1.6; } .q0 { stroke: var(--s0); } .q1 { stroke: var(--s1); }
    .bars { margin-bottom: 8px; }
    .bar { display: grid; grid-template-columns: minmax(70px, 30%) 1fr 8em; gap: 10px; align-items: center; font-size: 14px;
      padding: 2px 0; font-variant-numeric: tabular-nums; }
    .bar span { overflow-wrap: anywhere; } .bar span:last-child { text-align: right; color: var(--quiet); }
    .bar i { display: block; height: 7px; border-radius: 3px; min-width: 1px; margin: 1px 0; }
    .pairs td { text-align: right; } .pairs th { width: auto; } .pairs th + th { text-align: right; }
    section[hidden] { display: none; }
    """

  private static let script = """
    const box = document.getElementById('filter'), only = document.getElementById('wrong');
    const show = () => { for (const card of document.querySelectorAll('[data-name]')) card.hidden =
      !card.dataset.name.includes(box.value.toLowerCase()) || (only.checked && !('wrong' in card.dataset)); };
    box.addEventListener('input', show); only.addEventListener('change', show);
    """
}
