import ApusCore
import ApusMedia
import ApusTrain

/// Charts of a study, to be written as SVG or PNG: `try study.historyChart().write(to: "history.svg")`. All of them throw what the
/// storage throws, and `TensorError` of kind `value` where the study has no such objective or parameter.
extension Study {
  /// The objective of every complete trial, and the best one so far.
  public func historyChart(objective: Int = 0) throws -> Chart {
    let (trials, name) = try chartTrials(objective)
    let sign = view().signs[objective]
    var best = Double.infinity
    let soFar = trials.map { trial in
      if trial.isFeasible { best = min(best, sign * trial.values[objective]) }
      return best.isFinite ? sign * best : .nan
    }
    let numbers = trials.map { Double($0.number) }
    return Chart(
      title: "History of \(self.name)", xLabel: "trial", yLabel: name,
      series: [
        .init(name: "trials", x: numbers, y: trials.map { $0.values[objective] }, mark: .scatter),
        .init(name: "best", x: numbers, y: soFar),
      ])
  }

  /// The objective over each parameter.
  public func sliceChart(params: [String]? = nil, objective: Int = 0) throws -> Chart {
    let (trials, name) = try chartTrials(objective)
    return Chart(
      title: "Slices of \(self.name)",
      panels: try chartAxes(trials, params).map { axis in
        panel(axis, "\(name) over \(axis.name)", [("", trials)]) { $0.values[objective] }
      })
  }

  /// The objective over each parameter, in four colours from the best to the worst quarter of the trials.
  public func rankChart(params: [String]? = nil, objective: Int = 0) throws -> Chart {
    let (trials, _) = try chartTrials(objective)
    let axes = try chartAxes(trials, params)
    let sign = view().signs[objective]
    let sorted = stablySorted(trials) { sign * $0.values[objective] }
    let quarters = ["best quarter", "second", "third", "worst quarter"].enumerated().map { i, name in
      (name, Array(sorted[(i * sorted.count / 4)..<((i + 1) * sorted.count / 4)]))
    }
    // Each pair of parameters is one panel; of one parameter its value stands over the trials.
    guard axes.count > 1 else {
      return Chart(
        title: "Ranks of \(name)",
        panels: axes.map { axis in panel(axis, "trial over \(axis.name)", quarters) { Double($0.number) } })
    }
    let pairs = axes.indices.flatMap { i in axes.indices.filter { $0 > i }.map { (axes[i], axes[$0]) } }
    return Chart(
      title: "Ranks of \(name)",
      panels: pairs.map { x, y in
        var drawn = panel(x, "\(y.name) over \(x.name)", quarters) { y.place($0) }
        if y.isLogarithmic { drawn.yScale = .logarithmic }
        return drawn
      })
  }

  /// Each trial as a line over all parameters, which reach from the low to the high end of their ranges; the best tenth, at least
  /// five trials, in another colour.
  public func parallelCoordinatesChart(params: [String]? = nil, objective: Int = 0) throws -> Chart {
    let (trials, valueName) = try chartTrials(objective)
    let axes = try chartAxes(trials, params)
    let sign = view().signs[objective]
    let losses = trials.map { sign * $0.values[objective] }
    let (low, high) = (losses.min() ?? 0, losses.max() ?? 1)
    let sorted = stablySorted(Array(zip(trials, losses))) { $0.1 }
    let count = min(max(5, sorted.count / 10), sorted.count)
    func series(_ name: String, _ group: some Swift.Sequence<(TrialRecord, Double)>) -> Chart.Series {
      var (x, y): ([Double], [Double]) = ([], [])
      for (trial, loss) in group {
        // A trial without a parameter leaves a gap, and so does the end of each.
        x += (0...axes.count + 1).map(Double.init)
        y += [high > low ? (loss - low) / (high - low) : 0.5] + axes.map { $0.share(trial) ?? .nan } + [.nan]
      }
      return .init(name: name, x: x, y: y)
    }
    var panel = Chart.Panel(
      title: "from the low to the high end of each range",
      series: [series("others", sorted.dropFirst(count)), series("best \(count)", sorted.prefix(count))])
    panel.xNames = [sign < 0 ? "-" + valueName : valueName] + axes.map(\.name)
    return Chart(title: "Parallel coordinates of \(name)", panels: [panel])
  }

  /// The objective over two parameters: between the trials the mean of all of them by the third power of their nearness.
  public func contourChart(_ x: String, _ y: String, objective: Int = 0, cells: Int = 24) throws -> Chart {
    let (trials, name) = try chartTrials(objective)
    let axes = try chartAxes(trials, [x, y])
    let points = trials.compactMap { trial -> (x: Double, y: Double, value: Double)? in
      guard let x = axes[0].share(trial), let y = axes[1].share(trial) else { return nil }
      return (x, y, trial.values[objective])
    }
    func places(_ axis: ParameterAxis) -> [Double] {
      let count = axis.choices.isEmpty ? max(cells, 2) : axis.choices.count
      return (0..<count).map { count == 1 ? 0.5 : Double($0) / Double(count - 1) }
    }
    func names(_ axis: ParameterAxis) -> [String] {
      if !axis.choices.isEmpty { return axis.choices }
      return places(axis).map { share in
        let value =
          axis.isLogarithmic
          ? exponential(logarithm(axis.low) + share * (logarithm(axis.high) - logarithm(axis.low)))
          : axis.low + share * (axis.high - axis.low)
        return shortNumber(value)
      }
    }
    let rows = places(axes[1]).reversed().map { b in
      places(axes[0]).map { a in
        var (sum, weights) = (0.0, 0.0)
        for point in points {
          let square = (point.x - a) * (point.x - a) + (point.y - b) * (point.y - b) + 1e-6
          let weight = 1 / (square * square.squareRoot())
          sum += weight * point.value
          weights += weight
        }
        return sum / weights
      }
    }
    let map = Chart.HeatMap(
      rows, rowNames: names(axes[1]).reversed(), columnNames: names(axes[0]), rowLabel: y, columnLabel: x)
    return Chart(
      title: "Contour of \(self.name)", panels: [.init(title: "\(name) over \(x) and \(y)", content: .heatMap(map))])
  }

  /// How much each parameter mattered.
  public func importancesChart(
    evaluator: any ImportanceEvaluator = PedAnovaImportance(), params: [String]? = nil,
    target: ((TrialRecord) -> Double)? = nil
  ) throws -> Chart {
    let found = try paramImportances(evaluator: evaluator, params: params, target: target)
    return Chart(
      title: "Importances in \(name)", panels: [.bar(title: "importance", names: found.names, values: found.values)])
  }

  /// Two objectives of every complete trial, and the trials that none dominates.
  public func paretoFrontChart(objectives: (Int, Int) = (0, 1)) throws -> Chart {
    let (first, x) = try chartTrials(objectives.0)
    let (_, y) = try chartTrials(objectives.1)
    let front = Set(try bestTrials.map(\.number))
    func series(_ name: String, _ trials: [TrialRecord]) -> Chart.Series {
      .init(
        name: name, x: trials.map { $0.values[objectives.0] }, y: trials.map { $0.values[objectives.1] }, mark: .scatter
      )
    }
    return Chart(
      title: "Pareto front of \(name)", xLabel: x, yLabel: y,
      series: [
        series("others", first.filter { !front.contains($0.number) }),
        series("best", first.filter { front.contains($0.number) }),
      ])
  }

  /// What trials reported before their end: a line for each, by what became of it.
  public func intermediateValuesChart(objective: Int = 0) throws -> Chart {
    let name = try objectiveName(objective)
    let all = try trials
    let series = [TrialState.complete, .pruned, .running, .failed].compactMap { state -> Chart.Series? in
      var (x, y): ([Double], [Double]) = ([], [])
      for trial in all where trial.state == state {
        for report in trial.reportedValues.sorted(by: { $0.step < $1.step }) where report.values.count > objective {
          x.append(Double(report.step))
          y.append(report.values[objective])
        }
        x.append(.nan)
        y.append(.nan)
      }
      return y.contains { $0.isFinite } ? .init(name: state.rawValue, x: x, y: y) : nil
    }
    return Chart(title: "Reports in \(self.name)", xLabel: "step", yLabel: name, series: series)
  }

  /// Which part of the complete trials of each study has at most a value.
  public static func edfChart(_ studies: [Study], objective: Int = 0) throws -> Chart {
    let series = try studies.map { study in
      let values = try study.chartTrials(objective).trials.map { $0.values[objective] }.sorted()
      return Chart.Series(
        name: study.name, x: values, y: values.indices.map { Double($0 + 1) / Double(values.count) })
    }
    let name = try studies.first?.objectiveName(objective) ?? "value"
    return Chart(title: "Distribution of values", xLabel: name, yLabel: "part of the trials", series: series)
  }

  /// When each trial ran, in minutes since the first one began.
  public func timelineChart() throws -> Chart {
    let all = try trials
    let start = all.compactMap(\.start).min() ?? .now
    let now = TrialTime.now
    func minutes(_ time: TrialTime) -> Double { Double(time.microseconds - start.microseconds) / 6e7 }
    let series = [TrialState.complete, .pruned, .running, .failed].compactMap { state -> Chart.Series? in
      var (x, y): ([Double], [Double]) = ([], [])
      for trial in all where trial.state == state {
        guard let begin = trial.start else { continue }
        x += [minutes(begin), minutes(trial.end ?? now), .nan]
        y += [Double(trial.number), Double(trial.number), .nan]
      }
      return x.isEmpty ? nil : .init(name: state.rawValue, x: x, y: y)
    }
    return Chart(title: "Timeline of \(name)", xLabel: "minutes", yLabel: "trial", series: series)
  }

  // MARK: What charts share

  /// The complete trials that have a finite value of an objective, and the objective's name.
  func chartTrials(_ objective: Int) throws -> (trials: [TrialRecord], name: String) {
    let name = try objectiveName(objective)
    let found = try trials.filter {
      $0.state == .complete && $0.values.count == directions.count && $0.values[objective].isFinite
    }
    return (found, name)
  }

  func objectiveName(_ objective: Int) throws -> String {
    guard directions.indices.contains(objective) else {
      throw TensorError(
        .value, "chart of '\(name)'",
        "there is no objective \(objective); the study has \(directions.count), counted from 0")
    }
    let names = try metricNames ?? []
    if names.indices.contains(objective) { return names[objective] }
    return directions.count == 1 ? "value" : "value \(objective)"
  }

  private func chartAxes(_ trials: [TrialRecord], _ params: [String]?) throws -> [ParameterAxis] {
    let axes = ParameterAxis.all(trials, params)
    if let missing = params?.first(where: { name in !axes.contains { $0.name == name } }) {
      throw TensorError(.value, "chart of '\(name)'", "no complete trial has a parameter '\(missing)'")
    }
    return axes
  }

  private func panel(
    _ axis: ParameterAxis, _ title: String, _ groups: [(name: String, trials: [TrialRecord])],
    _ height: (TrialRecord) -> Double?
  ) -> Chart.Panel {
    var panel = Chart.Panel(
      title: title, xLabel: axis.name, xScale: axis.isLogarithmic ? .logarithmic : .linear,
      series: groups.map { name, trials in
        let points = trials.compactMap { trial in
          axis.place(trial).flatMap { x in height(trial).map { (x: x, y: $0) } }
        }
        return .init(name: name, x: points.map(\.x), y: points.map(\.y), mark: .scatter)
      })
    panel.xNames = axis.choices
    return panel
  }
}

/// A number with three digits.
private func shortNumber(_ value: Double) -> String {
  guard value != 0, value.isFinite else { return "\(value)" }
  var scale = 1.0
  while abs(value) * scale < 100 { scale *= 10 }
  while abs(value) * scale >= 1000 { scale /= 10 }
  let rounded = (value * scale).rounded() / scale
  return rounded == rounded.rounded() && abs(rounded) < 1e15 ? "\(Int(rounded))" : "\(Float(rounded))"
}
