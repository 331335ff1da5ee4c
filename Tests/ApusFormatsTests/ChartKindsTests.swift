import Apus
import Testing

@Suite struct ChartKindsTests {
  private static let panels: [Chart.Panel] = [
    .scatter(title: "dots", x: [1, 2, 3], y: [3, 1, 2], name: "a"),
    .bar(title: "bars", names: ["one", "two"], groups: [("x", [1, -2]), ("y", [2, 3])]),
    .histogram(title: "values", values: [1, 2, 2, 3, .nan], bins: 3),
    .heatMap(title: "map", [[1, .nan], [0, 5]], rowNames: ["r", "s"], columnNames: ["c", "d"], showsValues: true),
    .confusionMatrix(counts: [[5, 1], [0, 4]], classNames: ["cat", "dog"]),
    .init(
      title: "logarithmic", xScale: .logarithmic, yScale: .logarithmic,
      series: [
        .init(name: "s", x: [1, 10, 100], y: [0.1, 1, 10])
      ]),
  ]

  @Test func textsOfAllKindsAreThere() {
    let text = Chart(title: "all", panels: Self.panels).svg()
    for part in ["one", "two", "cat", "dog", "predicted", "true", "0.1", "100", "x one: 1", "y two: 3", "r, c: 1"] {
      #expect(text.contains(">\(part)<"), "\(part)")
    }
  }

  @Test func aHistogramCounts() {
    let panel = Chart.Panel.histogram(title: "", values: [0, 1, 2, 2, 3, .infinity], bins: 3)
    #expect(panel.series[0].y == [1, 1, 3])
    #expect(panel.series[0].x == [0.5, 1.5, 2.5])
    #expect(Chart.Panel.histogram(title: "", values: [], bins: 2).series[0].y == [0, 0])
    #expect(Chart.Panel.histogram(title: "", values: [4, 4], bins: 1).series[0].y == [2])
  }

  @Test func pixelsAreWhereTheyBelong() throws {
    let chart = Chart(
      title: "",
      panels: [
        .images([try Chart.Picture(Tensor([0, 0, 1, 0], shape: [2, 2], dtype: .float32))], columns: 1)
      ])
    let picture = try decodeImage(chart.png(panelWidth: 240, panelHeight: 180, scale: 1))
    #expect(picture.shape == [3, 192, 240])
    // Three quarters of it are black, one is white, as the paper around is.
    #expect(picture[0, 30, 100].item() as Double == 0)
    #expect(picture[0, 0, 0].item() as Double == 255)
  }

  @Test func odd() throws {
    for panels in [[], Self.panels, [Chart.Panel(title: "", series: [])], [.heatMap(title: "", [])], [.images([])]] {
      let chart = Chart(title: "t", panels: panels)
      let picture = try decodeImage(chart.png(scale: 0.5))
      #expect(picture.shape[0] == 3 && picture.rank == 3)
      #expect(chart.svg().hasSuffix("</svg>\n"))
    }
    #expect(throws: TensorError.self) { try Chart.Picture(Tensor.ones([2, 3, 4])) }
  }
}
