import Apus
import ApusPipeline
import TestSupport
import Testing

/// The code of the guide to pipelines on clusters.
@Suite struct PipelinesOnClustersCode {
  @Test func compiling() throws {
    let folder = TemporaryFolder().path
    var penguins = Pipeline("penguins")
    let rows = penguins.add(
      PipelineStep("rows", type: "CsvExampleGen", outputs: [OutputDescription("examples", Examples.self)]) { _ in },
      giving: "examples", Examples.self)
    penguins.add(
      PipelineStep(
        "train", type: "Trainer", inputs: [StepInput("examples", rows)],
        outputs: [OutputDescription("model", ModelArtifact.self)]
      ) { _ in })

    penguins.change("train") { step in
      step.retries = 2
      step.resources = StepResources(processors: 4, memory: 8192, accelerators: 1, timeout: 7200)
    }

    var how = Orchestration(command: ["/opt/penguins"], root: "/runs")
    how.image = "registry.example/penguins:1"
    how.volumeClaim = "runs"
    how.schedule = "0 3 * * *"
    let dag = try penguins.airflow(how)
    let specification = try penguins.kubeflow(how)
    let workflow = try penguins.argo(how)

    #expect(dag.contains("execution_timeout=timedelta(seconds=7200)") && dag.contains("schedule=\"0 3 * * *\""))
    #expect(specification.contains("resourceMemoryLimit: \"8192Mi\"") && workflow.contains("kind: CronWorkflow"))
    try lineage(folder)
  }

  private func lineage(_ folder: String) throws {
    let store = try MetadataStore("\(folder)/metadata.sqlite")
    let model = try store.putType(MetadataType(.artifact, "Model", base: "mlmd.Model"))
    let trainer = try store.putType(MetadataType(.execution, "Trainer", base: "mlmd.Train"))
    let made = ArtifactRecord(typeID: model, uri: "\(folder)/model", customProperties: ["epochs": 3])
    let published = try store.putExecution(
      ExecutionRecord(typeID: trainer, state: .complete), artifacts: [(made, EventRecord(.output, key: "model"))])

    for artifact in try store.artifacts(type: "Model", state: .live, newestFirst: true, limit: 1) {
      let graph = try store.lineage(ofArtifacts: [artifact.id ?? 0], downstream: false)
      print(graph.artifacts.map(\.type), graph.executions.map(\.type))
    }

    #expect(published.artifacts == [1])
  }
}
