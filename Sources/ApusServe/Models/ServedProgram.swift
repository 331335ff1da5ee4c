import ApusCore
import ApusExchange
import ApusFormats
import ApusPrograms

#if canImport(Musl)
  import Musl
#else
  import Glibc
#endif

/// Something that answers requests: a program file, a model of ONNX.
protocol ServedProgram: Sendable {
  /// The name of its kind in metadata.
  var platform: String { get }
  var inputs: [ServedPort] { get }
  var outputs: [ServedPort] { get }
  /// Values that it can be called with, to warm it up; nil where they are not known.
  var example: [ServedValue]? { get }
  /// The values of all outputs for those of all inputs, nil for those that are left out. It may be called by several
  /// threads at once.
  func run(_ values: [ServedValue?]) throws -> [ServedValue]
}

/// The program of a model's file.
/// - Throws: `TensorError` that says why it cannot be read.
func servedProgram(_ path: String) throws -> any ServedProgram {
  guard path.hasSuffix(".onnx") else { return ServedProgramFile(try Program.load(path)) }
  let model = ServedONNX(try ONNXModel(path: path))
  return CapturedONNX(model) ?? model
}

/// The names of files that are models, best first.
let servedFileNames = ["model.apus", "model.onnx"]

private struct ServedProgramFile: ServedProgram {
  let program: Program
  let inputs: [ServedPort]
  let outputs: [ServedPort]
  var platform: String { "apus_program" }

  init(_ program: Program) {
    func port(_ port: Program.Port) -> ServedPort {
      var rows: String?
      if case .open(let name)? = port.shape.first { rows = name }
      let shape = port.shape.map { dimension in if case .fixed(let size) = dimension { size } else { -1 } }
      return ServedPort(name: port.name, type: ServedType(dtype: port.dtype), shape: shape, rows: rows)
    }
    self.program = program
    inputs = program.inputs.map(port)
    outputs = program.outputs.map(port)
  }

  var example: [ServedValue]? { program.exampleTypes.map { .tensor(Tensor.zeros($0.shape, dtype: $0.dtype)) } }

  func run(_ values: [ServedValue?]) throws -> [ServedValue] {
    let tensors = try zip(inputs, values).map { port, value in
      guard case .tensor(let tensor)? = value else { throw ServeError(400, "the input '\(port.name)' is missing") }
      return tensor
    }
    return try program(tensors).map { .tensor($0) }
  }
}

/// A model of ONNX as a program, which is fused and planned as those of files are. What depends on the elements of its inputs in a way
/// that no program has, such as sizes found from them, is no such model, nor one with texts.
private struct CapturedONNX: ServedProgram {
  let inputs: [ServedPort]
  let outputs: [ServedPort]
  private let program: ServedProgramFile
  var platform: String { ServedONNX.platform }
  var example: [ServedValue]? { program.example }

  /// - Returns: nil where the model runs as it is.
  init?(_ model: ServedONNX) {
    // Sizes besides the number of rows would make a plan each, and inputs that may be left out a program each.
    let hasRows = model.inputs.allSatisfy { $0.rows != nil && $0.rows == model.inputs[0].rows }
    for input in model.inputs {
      guard !input.isOptional, input.type.dtype != nil, let shape = input.shape else { return nil }
      guard !(hasRows ? shape[1...] : shape[...]).contains(-1) else { return nil }
    }
    guard let first = model.inputs.first, model.outputs.allSatisfy({ $0.type.dtype != nil }) else { return nil }
    let example = model.inputs.map { input in
      Tensor.zeros(
        [hasRows ? 2 : input.shape?.first ?? 1] + (input.shape?.dropFirst() ?? []), dtype: input.type.dtype ?? .float32)
    }
    let options = ProgramOptions(
      dynamic: hasRows ? Dictionary(model.inputs.map { ($0.name, [0: first.rows ?? ""]) }) { a, _ in a } : [:],
      inputNames: model.inputs.map(\.name), outputNames: model.outputs.map(\.name))
    let folder = DynamicLibrary.environment("TMPDIR") ?? "/tmp"
    let file = "\(folder)/apus-serve-\(getpid())-\(UInt64.random(in: 0...UInt64.max)).apus"
    // Its memory stays mapped.
    defer { unlink(file) }
    do {
      try export(of: nil, example, to: file, options: options) { tensors in
        try model.run(tensors.map { .tensor($0) }).map { value in
          guard case .tensor(let tensor) = value else { throw ServeError(501, "this is no tensor") }
          return tensor
        }
      }
      program = ServedProgramFile(try Program.load(file))
    } catch { return nil }
    guard program.inputs.map(\.type) == model.inputs.map(\.type) else { return nil }
    (inputs, outputs) = (model.inputs, model.outputs)
  }

  func run(_ values: [ServedValue?]) throws -> [ServedValue] { try program.run(values) }
}

private struct ServedONNX: ServedProgram {
  static let platform = "onnx_onnxv1"
  let model: ONNXModel
  let inputs: [ServedPort]
  let outputs: [ServedPort]
  var platform: String { Self.platform }

  init(_ model: ONNXModel) {
    func port(_ port: ONNXModel.Port) -> ServedPort {
      guard case .tensor(let element, let dimensions)? = port.type?.value else {
        return ServedPort(name: port.name, type: .bytes, shape: nil, isOptional: port.isOptional)
      }
      let shape = dimensions?.map { dimension in
        if case .known(let size) = dimension.size { Int(size) } else { -1 }
      }
      var rows: String?
      if case .named(let name)? = dimensions?.first?.size { rows = name }
      let dtype = ONNX.DataType(rawValue: element)?.carrier
      return ServedPort(
        name: port.name, type: ServedType(dtype: dtype), shape: shape, rows: rows, isOptional: port.isOptional)
    }
    self.model = model
    inputs = model.inputs.map(port)
    outputs = model.outputs.map(port)
  }

  var example: [ServedValue]? {
    var values: [ServedValue] = []
    for input in inputs where !input.isOptional {
      guard let shape = input.shape, let dtype = input.type.dtype, !shape.dropFirst().contains(-1) else { return nil }
      values.append(.tensor(Tensor.zeros(shape.map { max($0, 1) }, dtype: dtype)))
    }
    return values
  }

  func run(_ values: [ServedValue?]) throws -> [ServedValue] {
    var given: [String: ONNXValue] = [:]
    for (port, value) in zip(inputs, values) {
      switch value {
      case .tensor(let tensor)?: given[port.name] = .tensor(tensor)
      case .texts(let texts, let shape)?:
        let elements = try texts.map { bytes in
          guard bytes.withUnsafeBytes(isUTF8) else {
            throw ServeError(400, "the input '\(port.name)' has a text that is not UTF-8, which this model needs")
          }
          return String(decoding: bytes, as: UTF8.self)
        }
        given[port.name] = .strings(StringTensor(elements, shape: shape))
      case nil: break
      }
    }
    return try model.run(values: given).map { name, value in
      switch value {
      case .tensor(let tensor), .narrow(let tensor, _): return .tensor(tensor)
      case .strings(let texts): return .texts(texts.elements.map { Array($0.utf8) }, shape: texts.shape)
      default: throw ServeError(501, "the output '\(name)' is \(value.kindName), which no protocol carries")
      }
    }
  }
}
