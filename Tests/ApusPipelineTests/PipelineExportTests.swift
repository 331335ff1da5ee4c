import Apus
import ApusCore
import ApusFormats
import ApusPipeline
import Foundation
import TestSupport
import Testing

/// What is made of a folder of runs: a page, runs of MLflow.
@Suite struct PipelineExportTests {
  private let folder = TemporaryFolder()

  private static func pipeline(fails: Bool = false) -> Pipeline {
    var pipeline = Pipeline("sales")
    let rows = pipeline.add(
      PipelineStep(
        "rows", type: "CsvExampleGen", version: "1", outputs: [OutputDescription("examples", Examples.self)],
        parameters: ["path": "<b>&'\"", "split/by": 3]
      ) { step in
        try writeText("1", to: try step.output("examples") + "/rows.csv")
        try step.describe("examples", ["rows": 5, "note": "</script><i>"])
      }, giving: "examples", Examples.self)
    pipeline.add(
      PipelineStep(
        "train", type: "Trainer", version: "1", inputs: [StepInput("examples", rows)],
        outputs: [OutputDescription("model", ModelArtifact.self)], parameters: ["fails": .bool(fails)]
      ) { step in
        if fails { throw TensorError(.value, "train", "a <loss> that is none") }
        try writeText("2", to: try step.output("model") + "/model")
        step.note(["loss": 0.25, "good": true, "text": "ü"])
      })
    return pipeline
  }

  @Test func aPageHasRunsStepsAndArtifacts() throws {
    let root = folder.file("root")
    let runner = try PipelineRunner(root: root)
    try runner.run(Self.pipeline(), run: "first")
    try runner.run(Self.pipeline(), run: "second")
    #expect(throws: TensorError.self) { try runner.run(Self.pipeline(fails: true), run: "third") }
    try PipelinePage(root: root).write(to: folder.file("pages/index.html"))
    let page = try readText(folder.file("pages/index.html"))
    for part in [
      "third", "second", "first", "a &lt;loss&gt; that is none", "note &lt;/script&gt;&lt;i&gt;",
      "<rect class=\"failed\"",
      "<i class=\"mark cached\">", "href=\"#artifact-1\">examples</a>", "id=\"artifact-2\"", "3 runs",
    ] {
      #expect(page.contains(part), "\(part)")
    }
    // The model was made from the examples, and these were used for it.
    let model = try #require(page.range(of: "id=\"artifact-2\"")),
      examples = try #require(page.range(of: "id=\"artifact-1\""))
    let ofModel = page[model.lowerBound...].prefix { $0 != "\u{0}" }.components(separatedBy: "</details>")[0]
    let ofExamples = page[examples.lowerBound...].components(separatedBy: "</details>")[0]
    #expect(ofModel.contains("<th>made from</th><td><a href=\"#artifact-1\">Examples 1</a>"))
    #expect(ofExamples.contains("<th>used for</th><td><a href=\"#artifact-2\">Model 2</a>"))
    #expect(!page.contains("<b>&'") && !page.contains("</script><i>"))
    let nothing = Mistake("no folder of runs", .file, "no pipeline has run here") { [folder] in
      try PipelinePage(root: folder.file("elsewhere"))
    }
    #expect(nothing.complaint() == nil)
  }

  @Test func runsBecomeRunsOfMLflow() throws {
    let root = folder.file("root")
    let runner = try PipelineRunner(root: root)
    try runner.run(Self.pipeline(), run: "first")
    #expect(throws: TensorError.self) { try runner.run(Self.pipeline(fails: true), run: "second") }
    let history = try PipelineHistory(root: root)
    let ids = try history.writeMLflow(pipeline: "sales", trackingURI: folder.file("mlruns"))
    // Once more: the same runs.
    #expect(
      try history.writeMLflow(pipeline: "sales", trackingURI: folder.file("mlruns")) == ids && Set(ids).count == 2)
    let experiment = try #require(folderContents(folder.file("mlruns")).first { $0.count == 18 })
    func line(_ run: Int, _ path: String) throws -> String {
      try readText(folder.file("mlruns/\(experiment)/\(ids[run])/\(path)"))
    }
    #expect(try line(1, "metrics/train/loss").split(separator: " ").dropFirst() == ["0.25", "0\n"])
    #expect(try line(1, "metrics/rows/examples.rows").split(separator: " ")[1] == "5.0")
    #expect(try line(1, "params/rows/split_by") == "3" && line(1, "params/rows/path") == "<b>&'\"")
    #expect(try line(0, "tags/apus.state.train") == "FAILED" && line(0, "tags/apus.state.rows") == "CACHED")
    #expect(try line(1, "meta.yaml").contains("status: 3\n") && line(0, "meta.yaml").contains("status: 4\n"))
    guard PythonProgram.mlflow.isInstalled else { return }
    let said = try PythonProgram.mlflow.output(
      of: """
        import sys, os
        os.environ['MLFLOW_ALLOW_FILE_STORE'] = 'true'
        from mlflow.tracking import MlflowClient
        c = MlflowClient(tracking_uri='file://' + sys.argv[1])
        [e] = [e for e in c.search_experiments() if e.name == 'sales']
        for r in sorted(c.search_runs([e.experiment_id]), key=lambda r: r.info.run_name):
            print(r.info.run_name, r.info.status, sorted(r.data.metrics.items()), sorted(r.data.params.items()))
            print(os.path.isdir(r.data.tags['apus.artifact.rows.examples']), r.info.start_time <= r.info.end_time)
        """, [folder.file("mlruns")])
    #expect(
      said == [
        "first FINISHED [('rows/examples.rows', 5.0), ('train/good', 1.0), ('train/loss', 0.25)] [('rows/path', '<b>&\\'\"'), "
          + "('rows/split_by', '3'), ('train/fails', 'False')]", "True True",
        "second FAILED [('rows/examples.rows', 5.0)] [('rows/path', '<b>&\\'\"'), ('rows/split_by', '3'), ('train/fails', "
          + "'True')]", "True True",
      ])
  }

  @Test func anOrchestratorIsGivenOutputs() throws {
    let root = folder.file("root")
    let place = folder.file("given/examples")
    let told = folder.file("told/executor_output.json")
    let input = """
      {"outputs": {"outputFile": "\(told)", "artifacts": {"examples": {"artifacts": [{"name": "a", "uri": "s3://b/a"}]}}}}
      """
    let program = PipelineProgram(Self.pipeline(), calling: ["sales"])
    try program.execute([
      "step", "--root", root, "--run", "r", "--step", "rows", "--output", "examples=\(place)", "--executor-input",
      input,
    ])
    #expect(try readText(place + "/rows.csv") == "1")
    let known = try JSON(file: told)["artifacts"]?["examples"]?["artifacts"]?.array?.first
    #expect(known?["uri"] == .string("s3://b/a") && known?["metadata"]?["rows"] == .int(5))
    let mistakes = [
      Mistake("an unknown output", .index, "no output 'x'") {
        try program.execute(["step", "--root", root, "--run", "r", "--step", "rows", "--output", "x=elsewhere"])
      },
      Mistake("another input", .format, "outputs.outputFile") {
        try program.execute(["step", "--root", root, "--run", "r", "--step", "rows", "--executor-input", "{}"])
      },
    ]
    for mistake in mistakes { #expect(mistake.complaint() == nil) }
  }
}
