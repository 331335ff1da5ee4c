import ApusCore
import ApusFormats
import ApusNN

extension SummaryWriter {
  /// Records the operations of a model, grouped by its modules, as TensorBoard's graph.
  /// - Parameters:
  ///   - model: a model of one input; it runs once, in evaluation mode and without gradients.
  ///   - inputToModel: an input to try.
  ///   - verbose: whether the operations are printed too.
  public func addGraph(_ model: any Layer, _ inputToModel: Tensor, verbose: Bool = false, walltime: Double? = nil) {
    addGraph(model, [inputToModel], verbose: verbose, walltime: walltime) { model($0[0]) }
  }

  /// Records the operations of a model of any inputs, grouped by its modules, as TensorBoard's graph.
  /// - Parameter forward: calls the model.
  public func addGraph(
    _ model: any Module, _ inputs: [Tensor], verbose: Bool = false, walltime: Double? = nil,
    forward: ([Tensor]) -> Tensor
  ) {
    guard !inputs.contains(where: \.hasFailed) else { return }
    guard let nodes = reported("addGraph", { try GraphNodes.nodes(model, inputs, forward) }) else { return }
    if verbose {
      for node in nodes { print("\(node.name) = \(node.operation)(\(node.inputs.joined(separator: ", ")))") }
    }
    var graph = ProtobufWriter()
    for node in nodes { graph.add(1) { node.encode(&$0) } }
    graph.add(4) { $0.add(1, int64: 22) }
    let bytes = graph.bytes
    write { try $0.addEvent("graph", step: 0, wallTime: walltime) { $0.add(4, bytes: bytes) } }
  }
}

/// A node of a `GraphDef`.
private struct GraphNode {
  let name: String
  let operation: String
  let inputs: [String]
  var attributes = ""
  let shape: [Int]?

  func encode(_ node: inout ProtobufWriter) {
    node.add(1, string: name)
    node.add(2, string: operation)
    for input in inputs { node.add(3, string: input) }
    node.add(5) { entry in
      entry.add(1, string: "attr")
      entry.add(2) { $0.add(2, string: attributes) }
    }
    guard let shape else { return }
    node.add(5) { entry in
      entry.add(1, string: "_output_shapes")
      entry.add(2) { value in value.add(1) { list in list.add(7, tensorShape: shape) } }
    }
  }
}

/// What a model does with its inputs, as nodes.
private enum GraphNodes {
  /// A call of a module: which operations it did.
  private final class Calls {
    var open: [String] = []
    /// The number of operations when the module of these calls was entered or left, and the path from there on.
    var changes: [(operations: Int, path: String)] = []
  }

  static func nodes(_ model: any Module, _ inputs: [Tensor], _ forward: ([Tensor]) -> Tensor) throws -> [GraphNode] {
    let tracer = Tracer()
    let calls = Calls()
    let root = type(of: model).typeName
    var hooks: [HookHandle] = []
    for (path, module) in model.namedModules() {
      let name = path.split(separator: ".").last.map { "\(type(of: module).typeName)[\($0)]" } ?? root
      hooks.append(
        module.registerForwardPreHook { (_: any Module, _: [Tensor]) -> Void in
          calls.open.append(name)
          calls.changes.append((tracer.trace.instructions.count, calls.open.joined(separator: "/")))
        })
      hooks.append(
        module.registerForwardHook { (_: any Module, _: [Tensor], _: Tensor) -> Void in
          if !calls.open.isEmpty { calls.open.removeLast() }
          calls.changes.append((tracer.trace.instructions.count, calls.open.joined(separator: "/")))
        })
    }
    let wasTraining = model.isTraining
    model.eval()
    defer {
      for hook in hooks { hook.remove() }
      model.train(wasTraining)
      tracer.close()
    }
    var result: Int?
    var resultShape: [Int] = []
    try withErrors {
      tracer.follow {
        let output = noGrad { forward(inputs.map { tracer.input($0) }) }
        if output.isPoisoned { return }
        resultShape = output.shape
        result = tracer.value(of: output)
      }
    }
    return written(tracer.trace, calls.changes, root, names(of: model), result, resultShape)
  }

  /// The names of variables.
  private static func names(of model: any Module) -> [ObjectIdentifier: String] {
    var names: [ObjectIdentifier: String] = [:]
    for (name, tensor) in model.namedParameters() + model.namedBuffers() {
      if let identity = tensor.variableIdentity { names[identity] = name }
    }
    return names
  }

  private static func written(
    _ trace: Trace, _ changes: [(operations: Int, path: String)], _ root: String,
    _ variables: [ObjectIdentifier: String], _ result: Int?, _ resultShape: [Int]
  ) -> [GraphNode] {
    var nodes: [GraphNode] = []
    /// The name of the node that makes each value.
    var makers: [Int: String] = [:]
    for (number, value) in trace.inputs.enumerated() {
      let name = "input/input_\(number + 1)"
      makers[value] = name
      nodes.append(
        GraphNode(name: name, operation: "IO Node", inputs: [], shape: trace.values[value].type.shape))
    }
    for (number, constant) in trace.constants.enumerated() {
      let name = "\(root)/constant_\(number + 1)"
      makers[constant.value] = name
      nodes.append(
        GraphNode(name: name, operation: "prim::Constant", inputs: [], shape: trace.values[constant.value].type.shape))
    }
    var path = root
    var change = 0
    for (number, instruction) in trace.instructions.enumerated() {
      while change < changes.count, changes[change].operations <= number {
        path = changes[change].path.isEmpty ? root : changes[change].path
        change += 1
      }
      switch instruction {
      case .readVariable(let variable, let value):
        let known = variables[ObjectIdentifier(variable)]
        let name = "\(path)/" + (known?.split(separator: ".").last.map(String.init) ?? "variable") + "_\(value)"
        makers[value] = name
        nodes.append(
          GraphNode(
            name: name, operation: "prim::GetAttr", inputs: [], attributes: known.map { "{ name : \($0) }" } ?? "",
            shape: trace.values[value].type.shape))
      case .operation(let primitive, let inputs, let outputs):
        let name = "\(path)/\(primitive.name)_\(outputs.first ?? number)"
        for output in outputs { makers[output] = name }
        nodes.append(
          GraphNode(
            name: name, operation: "apus::\(primitive.name)", inputs: inputs.compactMap { makers[$0] },
            shape: outputs.first.map { trace.values[$0].type.shape }))
      default: break
      }
    }
    let source = result.flatMap { makers[$0] }
    nodes.append(
      GraphNode(name: "output/output.1", operation: "IO Node", inputs: source.map { [$0] } ?? [], shape: resultShape))
    return nodes
  }
}
