import Apus

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

// The apus command: finds the subcommand and leaves the rest to it.

let commands: [any Command.Type] = [DemoCommand.self, InfoCommand.self]

let overview = """
  apus \(apusVersion): deep learning in Swift

  usage: apus COMMAND [OPTIONS]

  \(commands.map { "  \($0.name)  \($0.abstract)" }.joined(separator: "\n"))

  apus COMMAND --help tells the options of a command; apus --version prints the version.
  """

var arguments = Array(CommandLine.arguments.dropFirst())
guard let first = arguments.first else {
  print(overview)
  exit(0)
}
arguments.removeFirst()
switch first {
case "--help", "-h", "help":
  print(overview)
case "--version":
  print(apusVersion)
default:
  guard let command = commands.first(where: { $0.name == first }) else {
    stop("there is no command '\(first)'; there are: \(commands.map(\.name).joined(separator: ", "))")
  }
  do {
    var options = Options(arguments, usage: command.usage)
    if options.flag("--help") || options.flag("-h") {
      print(command.usage)
    } else {
      try command.run(&options)
    }
  } catch let mistake as UsageError {
    stop("\(first): \(mistake.message)\n\n\(command.usage)")
  } catch {
    stop("\(first): \(error)", code: 1)
  }
}

/// Prints a message and ends the program: 2 for a mistake in the call, 1 for what went wrong in the work.
func stop(_ message: String, code: Int32 = 2) -> Never {
  let text = "apus: \(message)\n"
  text.withCString { _ = write(2, $0, text.utf8.count) }
  exit(code)
}
