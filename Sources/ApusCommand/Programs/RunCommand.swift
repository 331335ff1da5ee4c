import Apus
import ApusFormats

/// `apus run`: runs a program file on arrays.
struct RunCommand: Command {
  static let name = "run"
  static let summary = "run a program file (.apus) on arrays of NumPy"
  static let help = """
    usage: apus run FILE.apus [--input NAME=FILE.npy ...] [--output FOLDER] [--repeat N] [--limit N]

    Runs a program that export(model, example:, to:) wrote. Without inputs it lists what the program takes and gives.

      --input NAME=FILE.npy   the array for an input; once for each
      --output FOLDER         write each output to FOLDER/NAME.npy instead of printing it
      --limit N               stop with an error when the loops of a call have made N rounds together: for files of strangers,
                              which may hold a loop without end
      --repeat N              call it N times and tell the time of a call: the shortest and the median
    """

  private let path: String
  private let inputs: [(path: String, value: String)]
  private let output: String?
  private let repetitions: Int?
  private let limit: Int?

  init(_ words: inout Words) throws {
    inputs = try words.takePairs("--input")
    output = try words.take("--output")
    repetitions = try words.takeNumber("--repeat", in: 1...1_000_000)
    limit = try words.takeNumber("--limit", in: 0...Int.max)
    path = try words.takeOperand("FILE.apus")
  }

  func run() throws {
    let program = try Program.load(path)
    if inputs.isEmpty && !program.inputs.isEmpty {
      for port in program.inputs { print("input   \(port)") }
      for port in program.outputs { print("output  \(port)") }
      return
    }
    var tensors: [String: Tensor] = [:]
    for (name, file) in inputs {
      guard tensors[name] == nil else { throw UsageError(message: "the input '\(name)' is given twice") }
      tensors[name] = try loadNumpy(file)
    }
    let results = try noGrad { try call(program, tensors) }
    if let repetitions { try time(program, tensors, repetitions) }
    if let output { try makeFolder(of: "\(output)/outputs") }
    for port in program.outputs {
      guard let tensor = results[port.name] else { continue }
      if let output {
        let file = "\(output)/\(Self.fileName(port.name)).npy"
        try saveNumpy(tensor, to: file)
        print("\(port.name): \(tensor.dtype)\(tensor.shape) in \(file)")
      } else {
        print("\(port.name) = \(tensor)")
      }
    }
  }

  private func call(_ program: Program, _ tensors: [String: Tensor]) throws -> [String: Tensor] {
    try limit.map { try program(tensors, limit: $0) } ?? program(tensors)
  }

  private func time(_ program: Program, _ tensors: [String: Tensor], _ repetitions: Int) throws {
    let clock = ContinuousClock()
    var times: [Duration] = []
    for _ in 0..<repetitions {
      let start = clock.now
      _ = try noGrad { try call(program, tensors) }
      times.append(clock.now - start)
    }
    times.sort()
    print("\(repetitions) calls: shortest \(text(times[0])), median \(text(times[repetitions / 2]))")
  }

  private func text(_ time: Duration) -> String {
    let microseconds = time / .microseconds(1)
    return microseconds < 1000 ? "\(rounded(microseconds)) us" : "\(rounded(microseconds / 1000)) ms"
  }

  /// With two digits behind the point.
  private func rounded(_ value: Double) -> Double { (value * 100).rounded() / 100 }

  /// The name of an output as that of a file: a program's names may hold anything.
  private static func fileName(_ name: String) -> String {
    let plain = String(name.map { $0.isLetter || $0.isNumber || "._-".contains($0) ? $0 : "_" })
    return plain.allSatisfy { $0 == "." } ? "output" + plain : plain
  }
}
