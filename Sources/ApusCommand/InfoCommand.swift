import Apus
import ApusCore

/// `apus info`: what this machine offers and what is used of it, what a program file is, or why a program is slow by its trace.
struct InfoCommand: Command {
  static let name = "info"
  static let summary = "show version, processor, libraries in use and what would make it faster"
  static let help = """
    usage: apus info [FILE.apus] [--why-slow FILE]

    With a program file, shows its inputs, outputs, open sizes, operations and weights. Without one, shows the version, what the processor offers, which libraries were found and where, how many threads operations use,
    and what would make them faster.

      --why-slow FILE   name the three largest costs in a trace, and what helps: one that profiler.exportChromeTrace(path) or
                        PyTorch's profiler wrote, plain or in gzip
    """

  private let trace: String?
  private let program: String?

  init(_ words: inout Words) throws {
    trace = try words.take("--why-slow")
    program = try? words.takeOperand("FILE.apus")
  }

  func run() throws {
    if let program { return describe(try Program.load(program)) }
    if let trace { return print(try SlowReport(trace: trace)) }
    for line in systemReport() { print(line) }
  }

  private func describe(_ program: Program) {
    print("\(program.name): program file")
    for port in program.inputs { print("  input   \(port)") }
    for port in program.outputs { print("  output  \(port)") }
    if !program.sizes.isEmpty { print("  open sizes: \(program.sizes.joined(separator: ", "))") }
    let counts = Dictionary(program.operations.map { ($0.name, 1) }, uniquingKeysWith: +)
    print("  \(program.operations.count) operations:")
    for (name, count) in counts.sorted(by: { ($1.value, $0.key) < ($0.value, $1.key) }) {
      print("    \(count) \(name)")
    }
    print("  \(program.constants.count) weights and other constants:")
    for constant in program.constants {
      print("    \(constant.name): \(constant.dtype)[\(constant.shape.map(\.description).joined(separator: ", "))]")
    }
  }
}
