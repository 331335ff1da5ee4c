import ApusCore
import ApusFormats
import ApusTune
import Testing

/// The page of a study.
@Suite struct StudyReportTests {
  private func data(_ html: String) throws -> ByteJSON {
    let start = try #require(html.firstRange(of: "id=\"data\">"))
    let rest = html[start.upperBound...]
    let end = try #require(rest.firstRange(of: "</script>"))
    return try ByteJSON(parsing: Array(rest[..<end.lowerBound].utf8))
  }

  @Test func thePageHoldsTheTrialsAndLoadsNothing() throws {
    let study = try Study("</script><b>\"quotes\" & more", sampler: RandomTrialSampler(seed: 1), pruner: NopPruner())
    try study.optimize(trials: 12) { trial in
      let x = try trial.suggest("</script>", 0...1.0)
      let kind = try trial.suggest("kind", ["<!--", "plain"])
      try trial.report(x, step: 1)
      if trial.number == 3 { throw TrialPruned() }
      if trial.number == 4 { return .nan }
      if trial.number == 5 { return .infinity }
      return kind == "plain" ? x : x + 1
    }
    var report = try StudyReport(study)
    report.notes = "a < b"
    let html = report.html()
    #expect(html.contains("&lt;/script&gt;&lt;b&gt;&quot;quotes&quot; &amp; more"))
    #expect(html.contains("a &lt; b"))
    // The only address is the name of SVG's elements.
    #expect(html.split(separator: "http").count == 2)
    // The data and the script end as they should, and nowhere else.
    #expect(html.split(separator: "</script>", omittingEmptySubsequences: false).count == 3)
    let data = try data(html)
    let trials = try #require(data["trials"]?.array)
    #expect(trials.count == 12)
    #expect(trials[0]["v"]?.array?[0].double == (try study.trials[0].values[0]))
    #expect(trials[3]["s"]?.string == "pruned")
    #expect(trials[4]["v"]?.array?.isEmpty == true)
    #expect(data["params"]?.array?.compactMap { $0["name"]?.string } == ["</script>", "kind"])
  }

  @Test func ofManyTrialsTheBestAndAnEvenChoiceAreShown() throws {
    let study = try Study(direction: .maximize, sampler: RandomTrialSampler(seed: 1))
    try study.optimize(trials: 9000) { try $0.suggest("x", 0...1.0) }
    let report = try StudyReport(study, evaluator: PedAnovaImportance())
    let trials = try #require(try data(report.html())["trials"]?.array)
    #expect((2000...4000).contains(trials.count))
    let best = try study.bestTrial.number
    #expect(trials.contains { $0["n"]?.int == best })
    #expect(report.html().contains("Of 9000 trials"))
  }

  @Test func emptyAndManySidedStudiesHavePages() throws {
    let empty = try StudyReport(try Study(sampler: RandomTrialSampler(seed: 1))).html()
    #expect(empty.contains("0 trials: none"))
    let two = try Study(directions: [.minimize, .maximize], sampler: RandomTrialSampler(seed: 1))
    try two.setMetricNames(["loss", "speed"])
    try two.optimizeAll(trials: 10) { trial in
      let x = try trial.suggest("x", 0...1.0)
      try trial.report([x, 2 * x], step: 0)
      return [x, x]
    }
    let data = try data(StudyReport(two).html())
    #expect(data["metrics"]?.array?.compactMap(\.string) == ["loss", "speed"])
    #expect(data["front"]?.array?.count == 10)
    #expect(data["importances"]?.array?.count == 2)
    #expect(data["trials"]?.array?[0]["r"]?.array?[0].array?.count == 3)
  }
}
