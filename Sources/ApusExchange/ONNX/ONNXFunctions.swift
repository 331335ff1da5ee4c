import ApusCore
import ApusFormats

/// The functions of a model: operators that are graphs of others.
///
/// A node that calls one becomes a step that runs the function's graph; attributes that the function's nodes refer to are put
/// in their places then. A function that calls itself, or calls that unfold to more nodes than any model has, are mistakes.
package final class ONNXFunctions: Sendable {
  private struct Key: Hashable, Sendable {
    var domain: String
    var name: String
    var overload: String
  }

  private let functions: [Key: ONNX.FunctionProto]
  private let name: String
  private let folder: String?
  /// How many nodes the calls have unfolded to, over all functions.
  private let unfolded = Lock(0)
  private static let most = 1 << 20

  /// - Throws: `TensorError` for two functions of one name.
  package init(_ functions: [ONNX.FunctionProto], name: String, folder: String?) throws(TensorError) {
    var table: [Key: ONNX.FunctionProto] = [:]
    for function in functions {
      let key = Key(
        domain: ONNXOperatorTable.plainDomain(function.domain), name: function.name, overload: function.overload)
      guard table.updateValue(function, forKey: key) == nil else {
        throw TensorError(
          .format, name, "two functions are called '\(function.name)' of the domain '\(function.domain)'")
      }
    }
    self.functions = table
    self.name = name
    self.folder = folder
  }

  /// The operator that a node calls if it is a function of the model.
  /// - Parameter callers: the functions that the node lies in.
  func find(_ node: ONNX.NodeProto, callers: [String]) -> ONNXOperator? {
    let domain = ONNXOperatorTable.plainDomain(node.domain)
    guard let function = functions[Key(domain: domain, name: node.opType, overload: node.overload)] else { return nil }
    let label = "\(domain).\(function.name).\(function.overload)"
    return ONNXOperator(
      function.name, domain: domain, inputs: 0...function.input.count, outputs: 0...function.output.count, isPure: false
    ) { [self] call in
      guard !callers.contains(label) else {
        throw TensorError(.format, "", "the function '\(function.name)' calls itself without end")
      }
      guard callers.count < 64 else { throw TensorError(.format, "", "functions call each other more than 64 deep") }
      let count = unfolded.withLock { count in
        count += function.node.count
        return count
      }
      guard count <= Self.most else {
        throw TensorError(.format, "", "the calls of functions unfold to more than \(Self.most) nodes")
      }
      let graph = try graph(function, attributes: call.attributes, callers: callers + [label])
      return { call in
        let given = call.inputs + [ONNXValue?](repeating: nil, count: max(0, graph.inputs.count - call.inputs.count))
        return try graph.run(given, allowingAbsent: true, limit: call.limit)
      }
    }
  }

  private func graph(
    _ function: ONNX.FunctionProto, attributes: [String: ONNX.AttributeProto.Value], callers: [String]
  ) throws(TensorError) -> ONNXGraph {
    let build = ONNXBuild(name: name, folder: folder)
    build.functions = self
    build.callers = callers
    for set in function.opsetImport {
      build.opsets[ONNXOperatorTable.plainDomain(set.domain)] = Int(clamping: set.version)
    }
    var values: [String: ONNX.AttributeProto.Value] = [:]
    for attribute in function.attributeProto { values[attribute.name] = attribute.value }
    for name in function.attribute { values[name] = nil }
    for (name, value) in attributes { values[name] = value }
    let nodes = try function.node.map { (node) throws(TensorError) in try Self.bound(node, values, depth: 0) }
    let proto = ONNX.GraphProto(
      name: function.name, node: nodes, input: function.input.map { ONNX.ValueInfoProto($0) },
      output: function.output.map { ONNX.ValueInfoProto($0) })
    return try ONNXGraphBuilder.graph(proto, build)
  }

  /// A node with the values of the caller's attributes in place of references; one that the caller does not give is left out.
  private static func bound(
    _ node: ONNX.NodeProto, _ values: [String: ONNX.AttributeProto.Value], depth: Int
  ) throws(TensorError) -> ONNX.NodeProto {
    guard depth < 64 else { throw TensorError(.format, "", "graphs lie in each other more than 64 deep") }
    var result = node
    result.attribute = []
    for attribute in node.attribute {
      switch attribute.value {
      case .reference(let name, _):
        if let value = values[name] { result.attribute.append(ONNX.AttributeProto(attribute.name, value)) }
      case .graph(var graph):
        graph.node = try graph.node.map { (inner) throws(TensorError) in try bound(inner, values, depth: depth + 1) }
        result.attribute.append(ONNX.AttributeProto(attribute.name, .graph(graph)))
      default: result.attribute.append(attribute)
      }
    }
    return result
  }
}
