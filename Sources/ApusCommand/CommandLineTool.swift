import Apus
import ApusCore

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

// `apus COMMAND`: what there is, and who does it.

var commands: [any Command.Type] {
  [
    DemoCommand.self, LaegnaCommand.self, NewCommand.self, ChatCommand.self, GenerateCommand.self, TokenizeCommand.self,
    LogitsCommand.self,
    EmbedCommand.self,
    ClassifyCommand.self, TranscribeCommand.self, QuantizeCommand.self, InfoCommand.self, InspectCommand.self,
    ConvertCommand.self,
    ONNXCommand.self, RunCommand.self, ExportCommand.self, BuildCommand.self, RunsCommand.self, TuneCommand.self,
    FinetuneCommand.self, EvalCommand.self, ServeCommand.self, BenchServeCommand.self,
    PipelineCommand.self, LaunchCommand.self, CheckpointCommand.self, PlanCommand.self,
  ]
}

/// Runs the command that the arguments name. Gives the exit status: 0, 1 for a failure, 2 for a call that makes no sense.
func runCommandLine(_ arguments: [String]) -> Int32 {
  guard let name = arguments.first else {
    print(overview)
    return 0
  }
  if name == "--version" {
    print("apus \(apusVersion)")
    return 0
  }
  if name == "--help" || name == "-h" || name == "help" {
    guard name == "help", arguments.count > 1 else {
      print(overview)
      return 0
    }
    return runCommandLine([arguments[1], "--help"])
  }
  guard let command = commands.first(where: { $0.name == name }) else {
    let known = commands.map { $0.name }.joined(separator: ", ")
    complain("apus: there is no command '\(name)'. Commands: \(known). 'apus --help' says what they do.")
    return 2
  }
  do {
    try command.execute(Array(arguments.dropFirst()))
    return 0
  } catch let error as UsageError {
    let name = ([command.name] + [error.part].compactMap { $0 }).joined(separator: " ")
    complain("apus \(name): \(error.message)\n'apus \(name) --help' lists the options.")
    return 2
  } catch {
    complain("apus \(command.name): \(error)")
    return 1
  }
}

var overview: String {
  let width = commands.map { $0.name.count }.max() ?? 0
  let list = commands.map { command in
    "  " + command.name + String(repeating: " ", count: width - command.name.count + 2) + command.summary
  }
  return """
    apus \(apusVersion): deep learning in Swift

    usage: apus COMMAND [OPTIONS]

    commands:
    \(list.joined(separator: "\n"))

    'apus COMMAND --help' says more about one. 'apus --version' prints the version.
    """
}

/// Writes a line to the error output.
func complain(_ text: String) {
  let bytes = Array((text + "\n").utf8)
  _ = bytes.withUnsafeBytes { write(STDERR_FILENO, $0.baseAddress, $0.count) }
}
