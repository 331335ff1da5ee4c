import Apus
import ApusCore

/// `apus info`: what this machine offers and what is used of it.
struct InfoCommand: Command {
  static let name = "info"
  static let summary = "show version, processor, libraries in use and what would make it faster"
  static let help = """
    usage: apus info

    Shows the version, what the processor offers, which libraries were found and where, how many threads operations use,
    and what would make them faster.
    """

  init(_ words: inout Words) {}

  func run() {
    for line in systemReport() { print(line) }
  }
}
