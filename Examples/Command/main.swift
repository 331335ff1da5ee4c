// The examples of networks: `swift run -c release examples` lists them.

import Examples
import Foundation

let arguments = Array(CommandLine.arguments.dropFirst())
guard let name = arguments.first, name != "--help", name != "-h" else {
  print("usage: examples NAME [OPTIONS], and 'examples NAME --help' for its options\n")
  for example in examples {
    print("  " + example.name.padding(toLength: 12, withPad: " ", startingAt: 0) + example.summary)
  }
  exit(0)
}
do {
  guard let example = examples.first(where: { $0.name == name }) else {
    throw UsageError(
      description: "there is no example '\(name)'; there are \(examples.map { $0.name }.joined(separator: ", "))")
  }
  try example.run(Array(arguments.dropFirst()))
} catch {
  FileHandle.standardError.write(Data("examples: \(error)\n".utf8))
  exit(1)
}

struct UsageError: Error, CustomStringConvertible { let description: String }
