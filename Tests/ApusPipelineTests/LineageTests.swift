import Apus
import ApusCore
import ApusFormats
import ApusPipeline
import TestSupport
import Testing

#if canImport(Musl)
  import Musl
#else
  import Glibc
#endif

/// Runs that are remembered in ML Metadata's database.
@Suite struct RunLineageTests {
  private static func pipeline(_ number: Int, ran: Tally = Tally()) -> Pipeline {
    var pipeline = Pipeline("numbers")
    pipeline.add(
      PipelineStep(
        "number", type: "Number", version: "1",
        inputs: [StepInput("before", latest: OtherFile.self, where: ["good": 1])],
        outputs: [OutputDescription("file", OtherFile.self)], parameters: ["number": .int(number), "list": [1, 2]]
      ) { step in
        ran.add("number")
        let before = try step.inputs("before").first.map { try readText($0.path("n")) } ?? "nothing"
        try writeText("\(number) after \(before.prefix { $0 != " " })", to: try step.output("file") + "/n")
        try step.describe("file", ["good": .int(number == 2 ? 0 : 1), "share": 0.5])
      })
    pipeline.add(
      PipelineStep(
        "double", type: "Double", version: "1",
        inputs: [StepInput("file", StepOutput<OtherFile>(step: "number", key: "file"))],
        outputs: [OutputDescription("file", OtherFile.self)]
      ) { step in
        ran.add("double")
        let text = try readText(step.input("file").path("n"))
        if text.hasPrefix("7") { throw TensorError(.value, "double", "7 is not doubled") }
        try writeText(text + text, to: try step.output("file") + "/n")
        step.note(["length": .int(2 * text.count), "loss": 0.25])
      })
    return pipeline
  }

  private static let number = StepOutput<OtherFile>(step: "number", key: "file")

  @Test func runsAreRememberedByOtherRunners() throws {
    let folder = TemporaryFolder()
    let ran = Tally()
    func run(_ number: Int, _ name: String) throws -> PipelineRun {
      try PipelineRunner(root: folder.path).run(Self.pipeline(number, ran: ran), run: name)
    }
    let first = try run(1, "a")
    #expect(first.steps.map(\.state) == [.made, .made])
    #expect(try run(1, "a").steps.map(\.state) == [.kept, .kept])
    #expect(ran.names == ["number", "double"])
    #expect(first.steps[1].properties == ["length": 30, "loss": 0.25])
    // What it was made from, 1, is another artifact than nothing.
    #expect(try readText(run(1, "b").artifact(Self.number).path("n")) == "1 after 1")
    #expect(try readText(run(2, "c").artifact(Self.number).path("n")) == "2 after 1")
    #expect(try readText(run(3, "d").artifact(Self.number).path("n")) == "3 after 1")
    #expect(try PipelineRunner(root: folder.path).latestRun(of: Self.pipeline(1)) == "d")
  }

  @Test func historySaysWhatBecameOfSteps() throws {
    let folder = TemporaryFolder()
    try PipelineRunner(root: folder.path).run(Self.pipeline(1), run: "a", until: ["number"])
    let error = try #require(throws: TensorError.self) {
      try PipelineRunner(root: folder.path).run(Self.pipeline(7), run: "b")
    }
    #expect(error.message.contains("step 'double': double: 7 is not doubled"))
    let history = try PipelineHistory(root: folder.path)
    let runs = try history.runs(of: "numbers")
    #expect(runs.map(\.id) == ["b", "a"])
    #expect(runs[0].steps.map(\.state) == ["complete", "failed"])
    #expect(runs[0].steps[1].error == "double: 7 is not doubled")
    #expect(try history.damagedArtifacts().isEmpty)
    let artifact = try #require(folderContents(folder.file("artifacts")).first)
    let path = folder.file("artifacts/\(artifact)/n")
    try writeText("else", to: path)
    #expect(try history.damagedArtifacts().first?.contains("changed") == true)
  }

  /// A process that is killed leaves executions at work, outputs that were not noted, and locks that nobody has.
  @Test func whatAKilledProcessLeftIsBroughtToItsEnd() throws {
    let folder = TemporaryFolder()
    let ran = Tally()
    let runner = try PipelineRunner(root: folder.path)
    try runner.run(Self.pipeline(1, ran: ran), run: "a")
    // As it is when all was done but the noting: the artifact stands in the workplace, with the record of the finished step.
    let store = try MetadataStore(folder.file("metadata.sqlite"))
    var record = try #require(try store.executions(type: "Double").first)
    let key: String
    guard case .string(let text)? = record.customProperties["cache_key"] else { return }
    key = text
    let digest = try #require(
      try store.artifacts().last.flatMap { artifact -> String? in
        if case .string(let digest)? = artifact.customProperties["digest"] { digest } else { nil }
      })
    record.state = .running
    record.id = nil
    record.customProperties["result.length"] = nil
    let execution = try store.putExecution(record, contexts: store.contexts(execution: 2)).execution
    try makeFolders(folder.file("working/\(key)/outputs"))
    try copyFolder(folder.file("artifacts/\(digest)"), to: folder.file("working/\(key)/outputs/file"))
    try removeFolder(folder.file("artifacts/\(digest)"))
    try writeText(
      #"{"execution": \#(execution), "outputs": [{"key": "file", "type": "File", "digest": "\#(digest)", "properties": {}}], "#
        + #""properties": {"length": 30}}"#, to: folder.file("working/\(key)/finished.json"))
    let again = try PipelineRunner(root: folder.path).run(Self.pipeline(1, ran: ran), run: "a")
    #expect(again.steps.map(\.state) == [.kept, .kept])
    #expect(ran.names == ["number", "double"])
    #expect(try store.executions(ids: [execution]).first?.state == .complete)
    #expect(folderContents(folder.file("working")).isEmpty)
    #expect(try PipelineHistory(root: folder.path).damagedArtifacts().isEmpty)
  }

  @Test func artifactsThatAreGoneAreMadeAgain() throws {
    let folder = TemporaryFolder()
    let runner = try PipelineRunner(root: folder.path)
    let first = try runner.run(Self.pipeline(1), run: "a")
    try removeFolder(first.artifact(Self.number).path)
    let again = try runner.run(Self.pipeline(1), run: "a")
    #expect(again.steps.map(\.state) == [.made, .kept])
    #expect(try again.artifact(Self.number).digest == first.artifact(Self.number).digest)
  }
}

private func copyFolder(_ path: String, to target: String) throws {
  try makeFolders(target)
  for name in folderContents(path) { try copyFile("\(path)/\(name)", to: "\(target)/\(name)") }
}

private func removeFolder(_ path: String) throws {
  for name in folderContents(path) { #expect(unlink("\(path)/\(name)") == 0) }
  #expect(rmdir(path) == 0)
}
