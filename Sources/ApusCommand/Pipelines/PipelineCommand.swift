import Apus
import ApusFormats
import ApusPipeline
import ApusTrain

/// `apus pipeline`: pipelines that files describe.
struct PipelineCommand: Command {
  static let name = "pipeline"
  static let summary = "run a pipeline from data to a served model, or write it for an orchestrator"
  static let help = """
    usage: apus pipeline COMMAND FILE [OPTIONS]

    \(PipelineProgram.help)

    FILE is a pipeline in JSON: its name and its steps; docs/pipelines.md lists the types of steps. A pipeline in Swift has the
    same commands: see `Pipeline.main()`. 'apus pipeline COMMAND FILE --help' says more about one.
    """

  static func execute(_ arguments: [String]) throws {
    guard let first = arguments.first, first != "--help", first != "-h" else {
      print(help)
      return
    }
    // The file stands behind the command, or before it, as orchestrators call it.
    guard let place = arguments.prefix(2).firstIndex(where: { $0.hasSuffix(".json") }) else {
      throw UsageError(message: "FILE is missing: the path of a pipeline, which ends in .json, behind the command")
    }
    var words = arguments
    let file = absolutePath(words.remove(at: place))
    let program = PipelineProgram(
      try Pipeline(file: file), calling: [CommandLine.arguments.first ?? "apus", name, file])
    try program.execute(words)
  }

  init(_ words: inout Words) throws {}
  func run() throws {}
}
