import Apus
import ApusPrograms

/// `apus export`: an ONNX model as a program file.
struct ExportCommand: Command {
  static let name = "export"
  static let summary = "write an ONNX model as a program file (.apus)"
  static let help = """
    usage: apus export MODEL.onnx OUT.apus [--dynamic INPUT:DIMENSION=NAME ...] [--size NAME=N ...]

    Writes the model with its weights as a program file, which runs without ONNX: 'apus run OUT.apus'. Dimensions to which the
    model gives a name are left open where it can be computed how everything depends on them.

      --dynamic INPUT:DIMENSION=NAME   leave a dimension of an input open, under this name
      --size NAME=N                    the size of an open dimension in the example that the model is captured with (4),
                                       or of one that the model does not say
    """

  private let model: String
  private let target: String
  private let dynamic: [(path: String, value: String)]
  private let sizes: [String: Int]

  init(_ words: inout Words) throws {
    dynamic = try words.takePairs("--dynamic")
    sizes = try words.takeSizes()
    model = try words.takeOperand("MODEL.onnx")
    target = try words.takeOperand("OUT.apus")
  }

  func run() throws {
    let model = try ONNXModel(path: self.model)
    let ports = model.inputs.filter { !$0.isOptional }
    var open: [String: [Int: String]] = [:]
    for (place, name) in dynamic {
      guard let colon = place.lastIndex(of: ":"), let axis = Int(place[place.index(after: colon)...]) else {
        throw UsageError(message: "--dynamic needs INPUT:DIMENSION=NAME, and got '\(place)=\(name)'")
      }
      open[String(place[..<colon]), default: [:]][axis] = name
    }
    let examples = try ports.map { try example($0, &open) }
    let names = model.outputs.map(\.name)
    let options = ProgramOptions(dynamic: open, inputNames: ports.map(\.name), outputNames: names)
    try export(of: model, examples, to: target, options: options) { tensors in
      let results = try model.run(Dictionary(zip(ports.map(\.name), tensors)) { first, _ in first })
      return names.compactMap { results[$0] }
    }
    let program = try Program.load(target)
    print("\(target): \(program.operations.count) operations")
    for port in program.inputs { print("input   \(port)") }
    for port in program.outputs { print("output  \(port)") }
  }

  /// Zeros of the type of an input. Dimensions that have a name are noted as open.
  private func example(_ port: ONNXModel.Port, _ open: inout [String: [Int: String]]) throws -> Tensor {
    guard case .tensor(let number, let shape?)? = port.type?.value, let dtype = ONNX.DataType(rawValue: number)?.dtype
    else {
      throw UsageError(message: "the input '\(port.name)' is no tensor of a known type and number of dimensions")
    }
    var own = open[port.name] ?? [:]
    let found = shape.enumerated().map { d, dimension -> Int in
      let name = own[d] ?? own[d - shape.count]
      switch dimension.size {
      case .known(let size): return name.flatMap { sizes[$0] } ?? Int(size)
      case .named(let given) where name == nil:
        own[d] = given
        return sizes[given] ?? 4
      case .named, .unknown: return name.flatMap { sizes[$0] } ?? 4
      }
    }
    if !own.isEmpty { open[port.name] = own }
    return Tensor.zeros(found, dtype: dtype)
  }
}
