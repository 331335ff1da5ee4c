import ApusCore
import ApusMedia
import ApusTrain
import ApusTune
import Testing

/// What a study looks like.
@Suite struct ChartTests {
  private func study() throws -> Study {
    let study = try Study("looks", sampler: RandomTrialSampler(seed: 2), pruner: NopPruner())
    try study.optimize(trials: 20) { trial in
      let x = try trial.suggest("x", 1e-3...1, log: true)
      let kind = try trial.suggest("kind", ["a", "b"])
      if trial.number > 2 { _ = try trial.suggest("late", 1...5) }
      for step in 0..<3 { try trial.report(Double(step) * x, step: step) }
      if trial.number == 7 { throw TrialPruned() }
      return x + (kind == "a" ? 0 : 1)
    }
    return study
  }

  @Test func theHistoryShowsAllAndTheBestSoFar() throws {
    let study = try study()
    let series = try study.historyChart().panels[0].series
    #expect(series[0].y == (try study.trials.filter { $0.state == .complete }.map { $0.values[0] }))
    #expect(series[1].y.last == (try study.bestValue))
    #expect(zip(series[1].y, series[1].y.dropFirst()).allSatisfy { $0 >= $1 })
  }

  @Test func slicesHaveTheScalesOfTheirParameters() throws {
    let panels = try study().sliceChart().panels
    #expect(panels.map(\.xLabel) == ["x", "kind", "late"])
    #expect(panels[0].xScale == .logarithmic && panels[2].xScale == .linear)
    #expect(panels[1].xNames == ["a", "b"])
    #expect(panels[2].series[0].x.count == 16)
  }

  @Test func allChartsAreDrawn() throws {
    let one = try study()
    let two = try Study(directions: [.minimize, .maximize], sampler: RandomTrialSampler(seed: 2))
    try two.setMetricNames(["loss", "accuracy"])
    try two.optimizeAll(trials: 10) { trial in
      let x = try trial.suggest("x", 0...1.0)
      return [x, x * x]
    }
    let charts = try [
      one.historyChart(), one.sliceChart(), one.rankChart(), one.rankChart(params: ["x"]),
      one.parallelCoordinatesChart(), one.contourChart("x", "late"), one.contourChart("kind", "x"),
      one.importancesChart(), one.intermediateValuesChart(), Study.edfChart([one, one]), one.timelineChart(),
      two.paretoFrontChart(), two.historyChart(objective: 1),
    ]
    for chart in charts {
      let text = chart.svg()
      #expect(text.hasPrefix("<svg") && !text.contains("NaN") && !text.contains("nan"))
    }
    #expect(try two.paretoFrontChart().panels[0].title == "accuracy")
    #expect(try one.intermediateValuesChart().panels[0].series.map(\.name) == ["complete", "pruned"])
  }

  @Test func emptyStudiesAreDrawnToo() throws {
    let empty = try Study(sampler: RandomTrialSampler(seed: 2))
    for chart in try [
      empty.historyChart(), empty.sliceChart(), empty.rankChart(), empty.parallelCoordinatesChart(),
      empty.intermediateValuesChart(), Study.edfChart([empty]), empty.timelineChart(), empty.importancesChart(),
    ] { #expect(chart.svg().hasPrefix("<svg")) }
    #expect(throws: TensorError.self) { try empty.historyChart(objective: 1) }
    #expect(throws: TensorError.self) { try empty.contourChart("x", "y") }
  }
}
