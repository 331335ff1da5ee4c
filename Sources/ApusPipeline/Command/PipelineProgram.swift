import Apus
import ApusTrain

#if canImport(Musl)
  import Musl
#else
  import Glibc
#endif

extension Pipeline {
  /// Makes a program of the pipeline: runs what its words say, and ends it.
  ///
  ///     var penguins = Pipeline("penguins")
  ///     ...
  ///     penguins.main()
  ///
  /// `PROGRAM run` runs the pipeline, `PROGRAM step` one step of a run for an orchestrator, `PROGRAM compile` writes what
  /// orchestrators read; `PROGRAM --help` lists all. `apus pipeline` does the same with a pipeline in a file.
  public func main(_ arguments: [String] = Array(CommandLine.arguments.dropFirst())) -> Never {
    let program = CommandLine.arguments.first ?? "pipeline"
    exit(PipelineProgram(self, calling: [program]).run(arguments))
  }
}

/// The commands of a pipeline.
package struct PipelineProgram {
  let pipeline: Pipeline
  /// The words before those of a command: what an orchestrator calls.
  let program: [String]

  package init(_ pipeline: Pipeline, calling program: [String]) {
    self.pipeline = pipeline
    self.program = program
  }

  private static var commands: [any PipelineCommand.Type] {
    [
      RunPipeline.self, RunOneStep.self, ListSteps.self, ListRuns.self, VerifyArtifacts.self,
      CompilePipeline.self, WritePage.self, WriteMLflow.self,
    ]
  }

  package static var help: String {
    let width = commands.map { $0.name.count }.max() ?? 0
    return commands.map { command in
      "  " + command.name + String(repeating: " ", count: width - command.name.count + 2) + command.summary
    }.joined(separator: "\n")
  }

  /// Runs the command that the words name. Gives the exit status: 0, 1 for a failure, 2 for a call that makes no sense.
  func run(_ arguments: [String]) -> Int32 {
    do {
      try execute(arguments)
      return 0
    } catch let error as UsageError {
      complain("\(pipeline.name): \(error.message)")
      return 2
    } catch {
      complain("\(pipeline.name): \(error)")
      return 1
    }
  }

  /// Runs the command that the words name, or prints the help.
  package func execute(_ arguments: [String]) throws {
    guard let name = arguments.first, name != "--help", name != "-h" else {
      print("usage: \(program.joined(separator: " ")) COMMAND [OPTIONS]\n\n\(Self.help)\n\nCOMMAND --help says more.")
      return
    }
    guard let command = Self.commands.first(where: { $0.name == name }) else {
      let known = Self.commands.map { $0.name }.joined(separator: ", ")
      throw UsageError(message: "there is no command '\(name)'; there are \(known)")
    }
    var words = Words(Array(arguments.dropFirst()))
    if words.takeFlag("--help") || words.takeFlag("-h") {
      print(command.help)
      return
    }
    do {
      let made = try command.init(&words)
      try words.finish()
      try made.run(self)
    } catch let error as UsageError {
      throw UsageError(message: error.message, part: error.part ?? name)
    }
  }

  private func complain(_ text: String) {
    let bytes = Array((text + "\n").utf8)
    _ = bytes.withUnsafeBytes { write(STDERR_FILENO, $0.baseAddress, $0.count) }
  }
}

/// A command of a pipeline.
protocol PipelineCommand {
  static var name: String { get }
  static var summary: String { get }
  static var help: String { get }
  init(_ words: inout Words) throws
  func run(_ program: PipelineProgram) throws
}

/// The folder that the words name by `--root`.
func takeRoot(_ words: inout Words) throws -> String { try words.take("--root") ?? "pipeline-runs" }
