import ApusCore
import ApusFormats

/// A node as an operator sees it when a model is loaded: its attributes, by name and with the defaults of the operator, and
/// which inputs and outputs it has.
package struct ONNXNode: Sendable {
  package let name: String
  package let opType: String
  /// Empty for ONNX's own operators.
  package let domain: String
  /// The version of the operator set that the node is of.
  package let opset: Int
  /// The names of inputs and outputs, empty where one is left out.
  package let inputs: [String]
  package let outputs: [String]
  package let attributes: [String: ONNX.AttributeProto.Value]
  /// The graphs among the attributes, ready to run.
  package let subgraphs: [String: ONNXSubgraph]
  /// Where the model's other files lie.
  package let folder: String?

  package init(
    _ node: ONNX.NodeProto, opset: Int, subgraphs: [String: ONNXSubgraph] = [:], folder: String? = nil
  ) {
    name = node.name
    opType = node.opType
    domain = ONNXOperatorTable.plainDomain(node.domain)
    self.opset = opset
    inputs = node.input
    outputs = node.output
    attributes = Dictionary(node.attribute.map { ($0.name, $0.value) }, uniquingKeysWith: { $1 })
    self.subgraphs = subgraphs
    self.folder = folder
  }

  /// Whether the node has an input at that position that is not left out.
  package func hasInput(_ i: Int) -> Bool { i < inputs.count && !inputs[i].isEmpty }
  /// Whether somebody may use the output at that position.
  package func hasOutput(_ i: Int) -> Bool { i < outputs.count && !outputs[i].isEmpty }
  /// Whether the attribute is given.
  package func has(_ attribute: String) -> Bool { attributes[attribute] != nil }

  /// `node 'conv_1' (Conv, ai.onnx opset 17)`.
  package var title: String {
    let shown = name.isEmpty ? outputs.first { !$0.isEmpty } ?? "" : name
    let what = name.isEmpty ? "node of '\(shown)'" : "node '\(shown)'"
    return "\(what) (\(opType), \(domain.isEmpty ? "ai.onnx" : domain) opset \(opset))"
  }

  /// The mistake that the attribute is not of the type that it should be, or is missing.
  private func fault(_ attribute: String, _ expected: String) -> TensorError {
    let found = attributes[attribute].map { "it is of type \($0.kind)" } ?? "there is none"
    return TensorError(.format, "", "the attribute '\(attribute)' should be \(expected), and \(found)")
  }

  // MARK: - Attributes

  /// A whole number; without a default, the attribute has to be there.
  package func int(_ name: String, default value: Int? = nil) throws(TensorError) -> Int {
    switch attributes[name] {
    case .int(let found): return Int(found)
    case nil: if let value { return value }
    default: break
    }
    throw fault(name, "a whole number")
  }

  /// A whole number or nil.
  package func optionalInt(_ name: String) throws(TensorError) -> Int? { has(name) ? try int(name) : nil }

  /// A switch, written as 0 or 1.
  package func flag(_ name: String, default value: Bool = false) throws(TensorError) -> Bool {
    try int(name, default: value ? 1 : 0) != 0
  }

  /// A number.
  package func float(_ name: String, default value: Double? = nil) throws(TensorError) -> Double {
    switch attributes[name] {
    case .float(let found): return Double(found)
    case nil: if let value { return value }
    default: break
    }
    throw fault(name, "a floating-point number")
  }

  /// A number or nil.
  package func optionalFloat(_ name: String) throws(TensorError) -> Double? { has(name) ? try float(name) : nil }

  /// A text.
  package func string(_ name: String, default value: String? = nil) throws(TensorError) -> String {
    switch attributes[name] {
    case .string(let found): return found
    case nil: if let value { return value }
    default: break
    }
    throw fault(name, "a text")
  }

  /// One of some texts.
  package func choice(_ name: String, default value: String? = nil, of known: [String]) throws(TensorError) -> String {
    let found = try string(name, default: value)
    guard known.contains(found) else {
      throw TensorError(
        .unsupported, "", "the attribute '\(name)' is '\(found)', and can be \(known.joined(separator: ", "))")
    }
    return found
  }

  /// Whole numbers; nil where the attribute is not given.
  package func ints(_ name: String) throws(TensorError) -> [Int]? {
    switch attributes[name] {
    case .ints(let found): return found.map(Int.init)
    case nil: return nil
    default: throw fault(name, "a list of whole numbers")
    }
  }

  /// Numbers; nil where the attribute is not given.
  package func floats(_ name: String) throws(TensorError) -> [Float]? {
    switch attributes[name] {
    case .floats(let found): return found
    case nil: return nil
    default: throw fault(name, "a list of floating-point numbers")
    }
  }

  /// Texts; nil where the attribute is not given.
  package func strings(_ name: String) throws(TensorError) -> [String]? {
    switch attributes[name] {
    case .strings(let found): return found
    case nil: return nil
    default: throw fault(name, "a list of texts")
    }
  }

  /// A tensor, whatever its element type; nil where the attribute is not given.
  package func tensor(_ name: String) throws(TensorError) -> ONNXValue? {
    switch attributes[name] {
    case .tensor(let found): return try ONNXValue(found, in: folder)
    case .sparseTensor(let found): return try ONNXValue(found, in: folder)
    case nil: return nil
    default: throw fault(name, "a tensor")
    }
  }

  /// An element type, written as its number; nil where the attribute is not given.
  package func dataType(_ name: String) throws(TensorError) -> ONNX.DataType? {
    guard let number = try optionalInt(name) else { return nil }
    guard let type = Int32(exactly: number).flatMap(ONNX.DataType.init(rawValue:)), type != .undefined else {
      throw TensorError(
        .format, "", "the attribute '\(name)' asks for the element type \(number), which does not exist")
    }
    return type
  }

  /// A graph, ready to run.
  package func subgraph(_ name: String) throws(TensorError) -> ONNXSubgraph {
    guard let graph = subgraphs[name] else { throw fault(name, "a graph") }
    return graph
  }
}
