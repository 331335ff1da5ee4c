import Apus
import ApusCore

/// `apus info`: what this machine offers and what is used of it, or why a program is slow by its trace.
struct InfoCommand: Command {
  static let name = "info"
  static let summary = "show version, processor, libraries in use and what would make it faster"
  static let help = """
    usage: apus info [--why-slow FILE]

    Shows the version, what the processor offers, which libraries were found and where, how many threads operations use,
    and what would make them faster.

      --why-slow FILE   name the three largest costs in a trace, and what helps: one that profiler.exportChromeTrace(path) or
                        PyTorch's profiler wrote, plain or in gzip
    """

  private let trace: String?

  init(_ words: inout Words) throws { trace = try words.take("--why-slow") }

  func run() throws {
    if let trace { return print(try SlowReport(trace: trace)) }
    for line in systemReport() { print(line) }
  }
}
