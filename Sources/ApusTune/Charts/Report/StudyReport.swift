import ApusCore
import ApusFormats
import ApusTrain

/// A page that shows what became of a study: the best trials, their history, importances, slices, two parameters at once, parallel
/// coordinates, reports, the distribution of values, the Pareto front and a timeline.
///
///     try StudyReport(study).write(to: "runs/study.html")
///
/// The page is one HTML file that loads nothing else. A pointer over a trial shows its number, values and parameters.
public struct StudyReport: Sendable {
  /// So many trials are in the page at most; of more, the best ones and an even choice of the others.
  private static let mostTrials = 4000

  /// What stands above the page.
  public var title: String
  /// What is said below the title.
  public var notes = ""
  private let directions: [StudyDirection]
  private let metricNames: [String]
  private let trials: [TrialRecord]
  private let counts: [(state: TrialState, count: Int)]
  private let axes: [ParameterAxis]
  private let front: [Int]
  private let importances: [NamedValues<Double>]

  /// Reads a study as it is now.
  /// - Parameter evaluator: judges what mattered, for each objective.
  public init(_ study: Study, evaluator: any ImportanceEvaluator = PedAnovaImportance()) throws {
    let all = try study.trials
    title = study.name
    directions = study.directions
    metricNames = try study.directions.indices.map { try study.objectiveName($0) }
    counts = TrialState.allCases.map { state in (state, all.lazy.filter { $0.state == state }.count) }
    let best = try study.bestTrials
    front = best.map(\.number)
    let signs = study.view().signs
    let isSingle = signs.count == 1
    importances = try signs.indices.map { i in
      try study.paramImportances(evaluator: evaluator, target: isSingle ? nil : { signs[i] * $0.values[i] })
    }
    trials = Self.chosen(Array(all), best, signs)
    axes = ParameterAxis.all(trials, nil)
  }

  /// Writes the page to a file; an existing one is replaced only when the new one is wholly on disk.
  /// - Throws: `TensorError` of kind `file` when writing fails.
  public func write(to path: String) throws {
    try makeFolder(of: path)
    try writeText(html(), to: expandedPath(path))
  }

  private static func chosen(_ all: [TrialRecord], _ best: [TrialRecord], _ signs: [Double]) -> [TrialRecord] {
    guard all.count > mostTrials else { return all }
    let complete = all.filter { $0.state == .complete && $0.values.count == signs.count }
    var numbers = Set(best.prefix(mostTrials / 4).map(\.number))
    numbers.formUnion(stablySorted(complete) { signs[0] * $0.values[0] }.prefix(mostTrials / 4).map(\.number))
    let every = all.count / (mostTrials / 2) + 1
    return all.filter { $0.number % every == 0 || numbers.contains($0.number) }
  }

  // MARK: The page

  /// The page.
  public func html() -> String {
    let shown = counts.filter { $0.count > 0 }.map { "\($0.count) \($0.state.rawValue)" }.joined(separator: ", ")
    let total = counts.reduce(0) { $0 + $1.count }
    let thinned =
      trials.count < total ? " Of \(total) trials \(trials.count) are shown: the best, and an even choice." : ""
    let note = notes.isEmpty ? "" : "<p class=\"notes\">\(escapedHTML(notes))</p>"
    return htmlPage(
      title: title, style: studyReportStyle,
      main: """
        <p class="when">\(escapedHTML(TrialTime.now.wholeSeconds)) UTC · \(total) trials: \(shown.isEmpty ? "none" : shown)</p>
        \(note)
        \(tiles)
        <div class="grid" id="charts"></div>
        <footer>Written by Apus.\(thinned)</footer>
        """,
      behind: """
        <div id="tip" hidden></div>
        <script type="application/json" id="data">\(json)</script>
        """,
      script: studyReportScript)
  }

  private var tiles: String {
    var tiles: [String] = []
    func add(_ name: String, _ value: String, _ below: String) {
      tiles.append(
        "<div class=\"tile\"><span class=\"name\">\(escapedHTML(name))</span><b>\(escapedHTML(value))</b>"
          + "<span class=\"name\">\(escapedHTML(below))</span></div>")
    }
    let complete = trials.filter { $0.state == .complete && $0.values.count == directions.count && $0.isFeasible }
    for (i, direction) in directions.enumerated() {
      let sign = direction == .maximize ? -1.0 : 1
      guard let best = complete.min(by: { sign * $0.values[i] < sign * $1.values[i] }) else { continue }
      add("best \(metricNames[i])", "\(Float(best.values[i]))", "trial \(best.number), \(direction.rawValue)")
      guard directions.count == 1 else { continue }
      for (name, parameter) in best.parameters.prefix(7) {
        let value = parameter.value
        let text = if case .double(let number) = value { "\(Float(number))" } else { ParameterAxis.text(value) }
        add(name, text, "of the best trial")
      }
    }
    if directions.count > 1 { add("Pareto front", "\(front.count)", "trials that none dominates") }
    return tiles.isEmpty ? "" : "<div class=\"tiles\">\(tiles.joined())</div>"
  }

  // MARK: What the script draws

  private var json: String {
    let params = axes.map { axis in
      "{\"name\":\(scriptText(axis.name)),\"log\":\(axis.isLogarithmic),\"low\":\(number(axis.low)),"
        + "\"high\":\(number(axis.high)),\"choices\":[\(axis.choices.map(scriptText).joined(separator: ","))]}"
    }
    let start = trials.compactMap(\.start).min()
    let now = TrialTime.now
    func seconds(_ time: TrialTime?) -> String {
      guard let time, let start else { return "null" }
      return number(Double(time.microseconds - start.microseconds) * 1e-6)
    }
    let rows = trials.map { trial in
      let values = trial.values.count == directions.count && trial.state == .complete ? trial.values.map(number) : []
      let places = axes.map { axis in axis.place(trial).map(number) ?? "null" }
      let reports = trial.reportedValues.sorted { $0.step < $1.step }.filter { $0.values.count == directions.count }
        .map { "[\($0.step),\($0.values.map(number).joined(separator: ","))]" }
      let end = trial.end ?? (trial.state == .running ? now : nil)
      return "{\"n\":\(trial.number),\"s\":\"\(trial.state.rawValue)\",\"v\":[\(values.joined(separator: ","))],"
        + "\"p\":[\(places.joined(separator: ","))],\"r\":[\(reports.joined(separator: ","))],"
        + "\"a\":\(seconds(trial.start)),\"b\":\(seconds(end)),\"f\":\(trial.isFeasible)}"
    }
    let weights = importances.map { values in
      "[" + values.map { "[\(scriptText($0.name)),\(number($0.value))]" }.joined(separator: ",") + "]"
    }
    return "{\"metrics\":[\(metricNames.map(scriptText).joined(separator: ","))],"
      + "\"signs\":[\(directions.map { $0 == .maximize ? "-1" : "1" }.joined(separator: ","))],"
      + "\"front\":[\(front.map(String.init).joined(separator: ","))],\"params\":[\(params.joined(separator: ","))],"
      + "\"importances\":[\(weights.joined(separator: ","))],\"trials\":[\n\(rows.joined(separator: ",\n"))]}"
  }

  private func number(_ value: Double) -> String {
    guard value.isFinite else { return "null" }
    return value == value.rounded() && abs(value) < 1e15 ? "\(Int(value))" : "\(value)"
  }
}

/// A text as JSON within a page: what could end the script or begin a comment is written as an escape.
private func scriptText(_ text: String) -> String {
  quotedJSON(text, ensuresASCII: true).split(separator: "<", omittingEmptySubsequences: false).joined(
    separator: "\\u003c")
}
