import ApusMedia
import Testing

@Suite struct ChartTests {
  @Test func curvesAndNamesAreDrawn() {
    let svg = Chart(
      title: "a < b & \"c\"\u{1}",
      panels: [
        .init(
          title: "loss", xLabel: "epoch",
          series: [.init(name: "train", y: [2, 1, 0.5]), .init(name: "test", y: [2, 1.5, 1])]),
        .init(title: "accuracy", series: [.init(name: "test", y: [0.1, 0.5, 0.9])]),
      ]
    ).svg()
    #expect(svg.hasPrefix("<svg xmlns="))
    #expect(svg.contains("a &lt; b &amp; &quot;c&quot; "))
    #expect(svg.split(separator: "<path").count == 4)
    for word in ["loss", "accuracy", "epoch", "train", ">0.5<", ">0.9<"] { #expect(svg.contains(word), "\(word)") }
  }

  @Test func gapsBreakTheLine() {
    let svg = Chart(title: "", series: [.init(name: "a", y: [1, 2, .nan, 3, 4, .infinity, 5, 6])]).svg()
    #expect(svg.split(separator: "<path").count == 4)
    #expect(!svg.contains("nan") && !svg.contains("inf"))
  }

  @Test(
    arguments: [
      [], [0], [5, 5, 5], [.nan], [1e308, -1e308], [1e-300, 2e-300], [-1e18, 1e18], [1e299, -1e299], [0, 1e-9],
      [1e9, 1e9 + 1],
    ] as [[Double]], [Chart.Scale.linear, .logarithmic])
  func everyRangeHasAxes(values: [Double], scale: Chart.Scale) {
    let svg = Chart(title: "x", yScale: scale, series: [.init(name: "a", y: values)]).svg()
    #expect(!svg.contains("nan") && !svg.contains("inf") && svg.utf8.count < 10_000)
  }

  @Test func longCurvesAreThinned() {
    let many = (0..<200_000).map { Double($0 * 7919 % 1000) }
    let svg = Chart(title: "x", series: [.init(name: "a", y: many)]).svg()
    #expect(svg.utf8.count < 60_000)
  }
}
