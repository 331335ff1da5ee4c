import ApusCore
import ApusFormats
import ApusTrain

extension EvaluationResults {
  /// Writes the results as a page: the values of all rows, and for each metric a bar for each slice with its interval. The page is one HTML
  /// file that loads nothing else.
  /// - Parameters:
  ///   - title: what stands above the page.
  ///   - baseline: the results of another model, which are marked beside.
  ///   - validation: what thresholds gave; slices that failed are marked.
  /// - Throws: `TensorError` of kind `file` when writing fails.
  public func write(
    page path: String, title: String = "Evaluation", baseline: EvaluationResults? = nil,
    validation: ValidationResult? = nil
  ) throws {
    try makeFolder(of: path)
    try writeText(page(title: title, baseline: baseline, validation: validation), to: expandedPath(path))
  }

  /// The page, see ``write(page:title:baseline:validation:)``.
  public func page(
    title: String = "Evaluation", baseline: EvaluationResults? = nil, validation: ValidationResult? = nil
  ) -> String {
    let whole = self[.whole]
    let about = [
      whole.map { "\($0.examples) rows" }, "\(slices.count) slices",
      level.map { "intervals of \(plainNumber(($0 * 1000).rounded() / 10)) %" },
    ]
    let legend =
      "Values of slices with few rows are pale. The thin line is the interval\(baseline == nil ? "" : ", the mark the baseline")."
    return htmlPage(
      title: title, style: reportStyle + "\n" + Self.style,
      main: """
        <p class="when">\(about.compactMap { $0 }.joined(separator: " · "))</p>
        \(tiles(whole, baseline))
        \(verdict(validation))
        <div class="grid">
        \(metrics.map { section($0, baseline, validation) }.joined(separator: "\n"))
        </div>
        <footer>Written by Apus. \(legend)</footer>
        """)
  }

  private static let style = """
    .slice { display: grid; grid-template-columns: minmax(90px, 32%) 1fr 9em; gap: 10px; align-items: center; font-size: 14px;
      padding: 3px 0; font-variant-numeric: tabular-nums; }
    .slice > span { overflow-wrap: anywhere; } .slice > span:last-child { white-space: nowrap; } .slice small { color: var(--quiet); }
    .bar { position: relative; height: 16px; background: var(--line); border-radius: 3px; }
    .bar i { position: absolute; top: 0; bottom: 0; background: var(--s0); border-radius: 3px; }
    .bar u { position: absolute; top: 7px; height: 2px; background: var(--ink); }
    .bar b { position: absolute; top: -2px; bottom: -2px; width: 2px; background: var(--s1); }
    .few { opacity: 0.45; } .failed i { background: var(--s4); } .failed > span:first-child { color: var(--s4); font-weight: 600; }
    .verdict { border-left: 4px solid var(--s2); margin-bottom: 16px; } .verdict.bad { border-color: var(--s4); }
    .verdict ul { margin: 6px 0 0; padding-left: 20px; }
    """

  private func tiles(_ whole: Slice?, _ baseline: EvaluationResults?) -> String {
    guard let whole else { return "" }
    let tiles = metrics.map { metric in
      let before = baseline?.value(metric.name).map { "baseline \(shortNumber($0))" } ?? "all rows"
      return "<div class=\"tile\"><span class=\"name\">\(escapedHTML(metric.name))</span>"
        + "<b>\(escapedHTML(shortNumber(whole.values[metric.name]?.value ?? .nan)))</b>"
        + "<span class=\"name\">\(escapedHTML(before))</span></div>"
    }
    return "<div class=\"tiles\">\(tiles.joined())</div>"
  }

  private func verdict(_ validation: ValidationResult?) -> String {
    guard let validation else { return "" }
    let items = validation.failures.map { "<li>\(escapedHTML($0.description))</li>" }
    let few =
      validation.skipped.isEmpty
      ? ""
      : "<p>Too few rows: \(escapedHTML(validation.skipped.map(\.description).joined(separator: "; ")))</p>"
    let head =
      validation.isOK
      ? "All \(validation.checks) checks hold" : "\(validation.failures.count) of \(validation.checks) checks failed"
    return "<section class=\"verdict\(validation.isOK ? "" : " bad")\"><h2>\(head)</h2>"
      + (items.isEmpty ? "" : "<ul>\(items.joined())</ul>") + few + "</section>"
  }

  private func section(_ metric: Metric, _ baseline: EvaluationResults?, _ validation: ValidationResult?) -> String {
    let found = slices.compactMap { slice in slice.values[metric.name].map { (slice, $0) } }
    let numbers = found.flatMap { _, estimate in
      [estimate.value, estimate.interval?.lowerBound, estimate.interval?.upperBound].compactMap { $0 }.filter(
        \.isFinite)
    }
    let low = min(0, numbers.min() ?? 0)
    let high = max(
      numbers.max() ?? 1, (0...1).contains(numbers.max() ?? 1) ? min(1, (numbers.max() ?? 1) * 1.1) : low + 1e-9)
    func place(_ value: Double) -> Double { max(0, min(100, (value - low) / max(high - low, 1e-300) * 100)) }
    func percent(_ value: Double) -> String { "\((value * 100).rounded() / 100)%" }
    let rows = found.map { slice, estimate -> String in
      let hasFailed = validation?.failures.contains { $0.slice == slice.key && $0.metric == metric.name } ?? false
      var bar = ""
      if estimate.value.isFinite {
        let (a, b) = (place(min(0, estimate.value)), place(max(0, estimate.value)))
        bar += "<i style=\"left:\(percent(a));width:\(percent(b - a))\"></i>"
      }
      if let interval = estimate.interval {
        let (a, b) = (place(interval.lowerBound), place(interval.upperBound))
        bar += "<u style=\"left:\(percent(a));width:\(percent(b - a))\"></u>"
      }
      if let before = baseline?.value(metric.name, slice.key), before.isFinite {
        bar += "<b style=\"left:\(percent(place(before)))\"></b>"
      }
      return "<div class=\"slice\(slice.isSmall ? " few" : "")\(hasFailed ? " failed" : "")\">"
        + "<span>\(escapedHTML(slice.key.description)) <small>\(slice.examples)</small></span>"
        + "<div class=\"bar\">\(bar)</div><span>\(escapedHTML(estimate.text))</span></div>"
    }
    let better = metric.higherIsBetter.map { $0 ? "more is better" : "less is better" } ?? ""
    return "<section><div class=\"head\"><h2>\(escapedHTML(metric.name))</h2><small>\(better)</small></div>"
      + rows.joined(separator: "\n") + "</section>"
  }
}
