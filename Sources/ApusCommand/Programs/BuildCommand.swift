import Apus
import ApusPrograms

/// `apus build`: a program file as a library for other programs.
struct BuildCommand: Command {
  static let name = "build"
  static let summary = "write a program file (.apus) as a C library, a shared or static library, or WebAssembly"
  static let help = """
    usage: apus build MODEL.apus [--target c|shared|static|wasm|header] [--output PATH] [--name NAME]
                      [--size NAME=N ...] [--weights-apart] [--threads N] [--flag FLAG ...]

    Writes the program as C11 that needs at most libm and allocates nothing, or what the C compiler at hand makes of it. The functions
    are NAME_workspace_size, NAME_init and NAME_run; docs/deploying.md tells how they are called from C, Python and JavaScript.

      --target           c: NAME.h and NAME.c in a folder (the default); shared: a library that programs load; static: one that is
                         linked (.a); wasm: a WebAssembly module; header: one header with all in it
      --output PATH      the folder or file; NAME, libNAME.so, libNAME.a, NAME.wasm or NAME.h without it
      --name NAME        what the functions are called; the program's name without it
      --size NAME=N      the size of an open dimension, 1 unless told: libraries have fixed ones
      --weights-apart    the weights in a file of their own, which is mapped into memory
      --threads N        how many threads a run may use, which the program lends it (NAME_parallel); 1 unless told
      --flag FLAG        for the compiler, such as -march=native or --target=aarch64-linux-gnu; once for each
    """

  private let path: String
  private let target: CTarget
  private let output: String?
  private let name: String?
  private let sizes: [String: Int]
  private let weights: CLibrary.Weights
  private let threads: Int
  private let flags: [String]

  init(_ words: inout Words) throws {
    let text = try words.take("--target") ?? "c"
    guard let target = CTarget(rawValue: text) else {
      let known = CTarget.allCases.map(\.rawValue).joined(separator: ", ")
      throw UsageError(message: "--target is one of \(known), and got '\(text)'")
    }
    self.target = target
    output = try words.take("--output")
    name = try words.take("--name")
    sizes = try words.takeSizes()
    weights = words.takeFlag("--weights-apart") ? .apart : .inSource
    threads = try words.takeNumber("--threads", in: 1...1024) ?? 1
    var flags: [String] = []
    while let flag = try words.take("--flag") { flags.append(flag) }
    self.flags = flags
    path = try words.takeOperand("MODEL.apus")
  }

  func run() throws {
    let program = try Program.load(path)
    // One sample at a time is what most programs ask for; sizes that do not work with it are those of the example.
    let single = Dictionary(program.sizes.map { ($0, sizes[$0] ?? 1) }) { first, _ in first }
    let types =
      if sizes.keys.allSatisfy(program.sizes.contains), let found = try? program.inputTypes(single) {
        found
      } else {
        try program.inputTypes(sizes)
      }
    let name = self.name ?? Self.name(of: program)
    let library = try CLibrary(
      tensors: { try program($0) }, example: types.map { Tensor.zeros($0.shape, dtype: $0.dtype) }, name: name,
      weights: weights, threads: threads)
    let file = output ?? Self.file(name, target)
    try library.write(target, to: file, flags: flags)
    for (parameter, port) in zip(library.inputs, program.inputs) {
      print("\(parameter.name)  \(port.name): \(parameter.type.dtype)\(parameter.type.shape)")
    }
    for (parameter, port) in zip(library.outputs, program.outputs) {
      print("\(parameter.name)  \(port.name): \(parameter.type.dtype)\(parameter.type.shape)")
    }
    print("\(file): weights of \(library.weights.count) bytes, a workspace of \(library.workspaceSize) bytes")
  }

  /// The program's name as one in C.
  private static func name(of program: Program) -> String {
    let plain = String(program.name.map { $0.isASCII && ($0.isLetter || $0.isNumber) ? $0 : "_" })
    return plain.first.map { !$0.isNumber } == true ? plain : "model_" + plain
  }

  private static func file(_ name: String, _ target: CTarget) -> String {
    switch target {
    case .files: name
    case .shared: "lib\(name).so"
    case .static: "lib\(name).a"
    case .webAssembly: "\(name).wasm"
    case .header: "\(name).h"
    }
  }
}
