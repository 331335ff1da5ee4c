import Apus
import Foundation
import TestSupport
import Testing

@Suite struct RunReportTests {
  private func report() -> RunReport {
    let history = (1...30).map { i -> EpochValues in
      var epoch = EpochValues(epoch: i)
      epoch["loss"] = 1 / Double(i)
      epoch["accuracy"] = 1 - 1 / Double(i + 1)
      epoch["validation loss"] = i == 7 ? .nan : 1.5 / Double(i)
      return epoch
    }
    return RunReport(title: "A <run> & \"more\"", history: history)
  }

  @Test func itIsOnePageThatLoadsNothing() throws {
    var page = report()
    page.steps = (1...200_000).map { ($0, 1 / Double($0)) }
    page.epochSeconds = [1, 2, 3]
    page.settings = ["lr": 0.1, "note": "</script><b>"]
    page.notes = "line & line"
    page.modelSummary = Sequential(Linear(2, 2)).summary().description
    page.samples = [.init(try Chart.Picture(Tensor.ones([1, 8, 8])), caption: "an <8>")]
    var confusion = ConfusionMatrix(classNames: ["cat", "<dog>"])
    try confusion.add(actual: [0, 1, 1], predicted: [0, 0, 1])
    page.confusion = confusion
    let html = page.html()
    #expect(html.utf8.count < 1_000_000)
    // The namespace of SVG is a name, not an address that is loaded.
    let rest = html.replacingOccurrences(of: "http://www.w3.org/2000/svg", with: "")
    #expect(!rest.contains("http://") && !rest.contains("https://") && !rest.contains("<link"))
    #expect(html.contains("A &lt;run&gt; &amp; &quot;more&quot;") && html.contains("&lt;/script&gt;&lt;b&gt;"))
    #expect(html.contains("&lt;dog&gt;") && html.contains("an &lt;8&gt;") && html.contains("66.7 % of 3 right"))
    #expect(html.contains("prefers-color-scheme: dark") && html.contains("@media print"))
    #expect(html.components(separatedBy: "data-chart=").count - 1 == 4)
    // A value that is no number leaves a gap.
    #expect(html.contains("null"))
  }

  @Test func emptyRunsHaveAPageToo() throws {
    let html = RunReport(title: "", history: []).html()
    #expect(html.contains("0 epochs"))
  }

  @Test func theLoggerWritesAfterEveryEpoch() throws {
    let folder = TemporaryFolder()
    let path = folder.path + "/inner/report.html"
    let logger = ReportLogger(path: path, title: "run", settings: ["lr": 0.1])
    for (i, epoch) in report().history.prefix(3).enumerated() {
      try logger.log(step: i + 1, values: [("loss", 0.5)])
      try logger.log(epoch: epoch, step: i + 1)
      #expect(try String(contentsOfFile: path, encoding: .utf8).contains("\(i + 1) epoch"))
    }
    // An epoch that is made again replaces those from there on.
    try logger.log(epoch: report().history[1], step: 9)
    #expect(logger.report.history.map(\.epoch) == [1, 2])
    try logger.close()
  }
}
