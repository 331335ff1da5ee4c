import ApusCore
import ApusExchange
import ApusFormats
import ApusPrograms

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
  path.hasSuffix(".onnx") ? ServedONNX(try ONNXModel(path: path)) : ServedProgramFile(try Program.load(path))
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

private struct ServedONNX: ServedProgram {
  let model: ONNXModel
  let inputs: [ServedPort]
  let outputs: [ServedPort]
  var platform: String { "onnx_onnxv1" }

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
