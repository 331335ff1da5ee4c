import Apus
import ApusCore
import ApusFormats
import ApusPipeline
import TestSupport
import Testing

@Suite struct RunnerTests {
  /// A pipeline of texts: `words` makes two lines, `upper` and `count` read them, `joined` takes both.
  private static func texts(_ words: String = "one two", fails: Bool = false, ran: Tally = Tally()) -> Pipeline {
    var texts = Pipeline("texts")
    texts.add(
      PipelineStep(
        "words", type: "Words", version: "1", outputs: [OutputDescription("text", OtherFile.self)],
        parameters: ["words": .string(words)]
      ) { step in
        ran.add("words")
        try writeText(words, to: try step.output("text") + "/text.txt")
        try step.describe("text", ["length": .int(words.count)])
      })
    let text = StepOutput<OtherFile>(step: "words", key: "text")
    for name in ["upper", "count"] {
      texts.add(
        PipelineStep(
          name, type: name, version: "1", inputs: [StepInput("text", text)],
          outputs: [OutputDescription("result", OtherFile.self)]
        ) { step in
          ran.add(name)
          let text = try readText(step.input("text").path("text.txt"))
          if fails, name == "count" { throw TensorError(.value, "count", "there is nothing to count") }
          try writeText(
            name == "upper" ? text.uppercased() : "\(text.split(separator: " ").count)",
            to: try step.output("result") + "/text.txt")
          step.note(["done": true])
        })
    }
    texts.add(
      PipelineStep(
        "joined", type: "joined", version: "1",
        inputs: [
          StepInput("first", StepOutput<OtherFile>(step: "upper", key: "result")),
          StepInput("second", StepOutput<OtherFile>(step: "count", key: "result")),
        ], outputs: [OutputDescription("result", OtherFile.self)]
      ) { step in
        ran.add("joined")
        let parts = try ["first", "second"].map { try readText(step.input($0).path("text.txt")) }
        try writeText(parts.joined(separator: " "), to: try step.output("result") + "/text.txt")
      })
    return texts
  }

  private static let joined = StepOutput<OtherFile>(step: "joined", key: "result")

  @Test func stepsRunOnceAndAreRememberedByWhatTheyDependOn() throws {
    let folder = TemporaryFolder()
    let lineage = MemoryLineage()
    let ran = Tally()
    let runner = PipelineRunner(store: try ArtifactStore(root: folder.path), lineage: lineage)
    let first = try runner.run(Self.texts(ran: ran))
    #expect(first.steps.map(\.state) == [.made, .made, .made, .made])
    #expect(try readText(first.artifact(Self.joined).path("text.txt")) == "ONE TWO 2")
    let second = try runner.run(Self.texts(ran: ran))
    #expect(second.steps.map(\.state) == [.cached, .cached, .cached, .cached])
    #expect(second.id != first.id)
    #expect(try second.artifact(Self.joined) == first.artifact(Self.joined))
    #expect(ran.names == ["words", "upper", "count", "joined"])
    // Another text with as many words: what counts gives the same, and what joins takes another text.
    let third = try runner.run(Self.texts("six two", ran: ran))
    #expect(third.steps.map(\.state) == [.made, .made, .made, .made])
    #expect(try readText(third.artifact(Self.joined).path("text.txt")) == "SIX TWO 2")
    let count = StepOutput<OtherFile>(step: "count", key: "result")
    #expect(try third.artifact(count).digest == first.artifact(count).digest)
  }

  @Test func aStepRunsAgainWhereItIsAskedTo() throws {
    let folder = TemporaryFolder()
    let runner = PipelineRunner(store: try ArtifactStore(root: folder.path), lineage: MemoryLineage())
    try runner.run(Self.texts())
    let again = try runner.run(Self.texts(), again: ["count"])
    #expect(again.steps.map(\.state) == [.cached, .cached, .made, .made])
    let part = try runner.run(Self.texts("three"), until: ["count"])
    #expect(part.steps.map(\.state) == [.made, .left, .made, .left])
  }

  @Test func aFailureLeavesWhatDoesNotNeedItAndTheRunGoesOn() throws {
    let folder = TemporaryFolder()
    let lineage = MemoryLineage()
    let runner = PipelineRunner(store: try ArtifactStore(root: folder.path), lineage: lineage)
    let error = try #require(throws: TensorError.self) { try runner.run(Self.texts(fails: true), run: "a") }
    #expect(error.description.contains("step 'count': count: there is nothing to count"))
    #expect(lineage.history == ["words complete", "upper complete", "count failed"])
    let run = try runner.run(Self.texts(), run: "a")
    #expect(run.steps.map(\.state) == [.kept, .kept, .made, .made])
  }

  @Test func aStepIsTriedAgain() throws {
    let folder = TemporaryFolder()
    let lineage = MemoryLineage()
    let runner = PipelineRunner(store: try ArtifactStore(root: folder.path), lineage: lineage)
    var pipeline = Pipeline("trying")
    pipeline.add(
      PipelineStep("once", type: "Once", version: "1", outputs: [OutputDescription("file", OtherFile.self)]) { step in
        guard fileExists(step.scratch + "/tried") else {
          try writeText("", to: step.scratch + "/tried")
          try writeText("half", to: try step.output("file") + "/half.txt")
          throw TensorError(.state, "once", "the first attempt")
        }
        try writeText("whole", to: try step.output("file") + "/whole.txt")
      })
    pipeline.change("once") { $0.retries = 1 }
    let run = try runner.run(pipeline)
    let artifact = try run.artifact(StepOutput<OtherFile>(step: "once", key: "file"))
    #expect(folderContents(artifact.path) == ["whole.txt"])
    #expect(lineage.history == ["once complete"])
    #expect(folderContents(folder.file("working")).isEmpty)
  }

  @Test func stepsOfARunInProcessesOfTheirOwn() throws {
    let folder = TemporaryFolder()
    let lineage = MemoryLineage()
    let pipeline = Self.texts()
    for name in ["words", "count", "upper", "joined"] {
      let runner = PipelineRunner(store: try ArtifactStore(root: folder.path), lineage: lineage)
      #expect(try runner.runStep(pipeline, name, run: "a").state == .made)
      #expect(try runner.runStep(pipeline, name, run: "a").state == .kept)
      #expect(try runner.runStep(pipeline, name, run: "b").state == .cached)
    }
    let runner = PipelineRunner(store: try ArtifactStore(root: folder.path), lineage: lineage)
    let error = try #require(throws: TensorError.self) { try runner.runStep(pipeline, "joined", run: "c") }
    #expect(error.message == "it needs the step 'count', which is not done in the run 'c'")
  }

  @Test func stepsSideBySide() throws {
    let folder = TemporaryFolder()
    var runner = PipelineRunner(store: try ArtifactStore(root: folder.path), lineage: MemoryLineage())
    runner.workers = 4
    for words in ["a", "b c", "d e f"] {
      let run = try runner.run(Self.texts(words))
      #expect(run.steps.map(\.state).allSatisfy { $0 == .made })
      let expected = "\(words.uppercased()) \(words.split(separator: " ").count)"
      #expect(try readText(run.artifact(Self.joined).path("text.txt")) == expected)
    }
  }

  @Test func theNewestArtifactOfRunsBefore() throws {
    let folder = TemporaryFolder()
    let runner = PipelineRunner(store: try ArtifactStore(root: folder.path), lineage: MemoryLineage())
    func pipeline(_ number: Int) -> Pipeline {
      var pipeline = Pipeline("numbers")
      pipeline.add(
        PipelineStep(
          "number", type: "Number", version: "1",
          inputs: [StepInput("before", latest: OtherFile.self, where: ["good": true])],
          outputs: [OutputDescription("file", OtherFile.self)], parameters: ["number": .int(number)]
        ) { step in
          let before = try step.inputs("before").first.map { try readText($0.path("n")) } ?? "nothing"
          try writeText("\(number) after \(before.prefix { $0 != " " })", to: try step.output("file") + "/n")
          try step.describe("file", ["good": .bool(number != 2)])
        })
      return pipeline
    }
    let output = StepOutput<OtherFile>(step: "number", key: "file")
    func text(_ number: Int, _ run: String) throws -> String {
      try readText(runner.run(pipeline(number), run: run).artifact(output).path("n"))
    }
    #expect(try text(1, "a") == "1 after nothing")
    #expect(try text(2, "b") == "2 after 1")
    #expect(try text(3, "c") == "3 after 1")
    // A run that goes on keeps what it was made from.
    #expect(try text(1, "a") == "1 after nothing")
    #expect(try text(4, "d") == "4 after 3")
  }

  @Test func mistakesInADescriptionAreNamed() throws {
    func message(_ body: (inout Pipeline) -> Void) throws -> String {
      var pipeline = Pipeline("p")
      body(&pipeline)
      return try #require(throws: TensorError.self) { try pipeline.check() }.message
    }
    func step(_ name: String, _ inputs: [StepInput] = []) -> PipelineStep {
      PipelineStep(name, type: "T", inputs: inputs, outputs: [OutputDescription("out", OtherFile.self)]) { _ in }
    }
    #expect(try message { $0.add(step("a b")) }.contains("'a b' is no name of a step"))
    #expect(
      try message {
        $0.add(step("a"))
        $0.add(step("a"))
      }.contains("two steps called 'a'"))
    #expect(
      try message { $0.add(step("b", [StepInput("x", StepOutput<OtherFile>(step: "a", key: "out"))])) }.contains(
        "the step 'b' takes 'x' from 'a', which is no step before it"))
    #expect(
      try message {
        $0.add(step("a"))
        $0.add(step("b", [StepInput("x", StepOutput<ModelArtifact>(step: "a", key: "out"))]))
      }.contains("of type Model, but 'out' of 'a' is File"))
  }
}

/// Names in the order in which they came.
final class Tally: Sendable {
  private let all = Lock<[String]>([])
  var names: [String] { all.withLock { $0 } }
  func add(_ name: String) { all.withLock { $0.append(name) } }
}
