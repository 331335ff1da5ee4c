import ApusCore
import ApusExchange
import ApusFormats

/// Models of a few nodes, for tests.
enum ONNXNodeModels {
  /// A graph of nodes over values of any type.
  static func graph(
    _ nodes: [ONNX.NodeProto], inputs: [String], outputs: [String], initializers: [ONNX.TensorProto] = []
  ) -> ONNX.GraphProto {
    ONNX.GraphProto(
      name: "g", node: nodes, initializer: initializers, input: inputs.map { ONNX.ValueInfoProto($0) },
      output: outputs.map { ONNX.ValueInfoProto($0) })
  }

  static func model(
    _ graph: ONNX.GraphProto, opset: Int64 = 25, functions: [ONNX.FunctionProto] = [], domains: [String] = []
  ) throws -> ONNXModel {
    let sets = [ONNX.OperatorSetID(version: opset)] + domains.map { ONNX.OperatorSetID(domain: $0, version: 1) }
    return try ONNXModel(ONNX.ModelProto(opsetImport: sets, graph: graph, functions: functions))
  }

  /// What one node gives for values in order.
  static func run(
    _ type: String, _ inputs: [ONNXValue], outputs: Int = 1, domain: String = "", opset: Int64 = 25,
    _ attributes: [(String, ONNX.AttributeProto.Value)] = []
  ) throws -> [ONNXValue] {
    let names = inputs.indices.map { "x\($0)" }
    let results = (0..<outputs).map { "y\($0)" }
    let node = ONNX.NodeProto(
      type, domain: domain, name: "n", input: names, output: results,
      attribute: attributes.map { ONNX.AttributeProto($0.0, $0.1) })
    let sets =
      [ONNX.OperatorSetID(version: domain.isEmpty ? opset : 25)]
      + (domain.isEmpty ? [] : [ONNX.OperatorSetID(domain: domain, version: opset)])
    let model = try ONNXModel(
      ONNX.ModelProto(opsetImport: sets, graph: graph([node], inputs: names, outputs: results)))
    return try model.run(values: Dictionary(uniqueKeysWithValues: zip(names, inputs))).map(\.value)
  }

  /// The one tensor that a node gives.
  static func tensor(
    _ type: String, _ inputs: [Tensor], domain: String = "", opset: Int64 = 25,
    _ attributes: [(String, ONNX.AttributeProto.Value)] = []
  ) throws -> Tensor {
    let made = try run(type, inputs.map { .tensor($0) }, domain: domain, opset: opset, attributes)
    guard case .tensor(let tensor) = made[0] else { throw TensorError(.value, type, "gives \(made[0].kindName)") }
    return tensor
  }
}
