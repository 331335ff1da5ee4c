import ApusCore
import ApusFormats

// `Gradient` of ai.onnx.preview.training: derivatives of a value of the graph by others of it.

extension ONNX.GraphProto {
  /// The name of the graph that a `Gradient` node differentiates, among the graphs of its attributes.
  static let differentiated = "differentiated graph"

  /// The part of this graph that a `Gradient` node differentiates: it takes the values of `xs` and `zs` and gives `y`.
  func differentiated(by node: ONNX.NodeProto) -> ONNX.GraphProto? {
    guard node.opType == "Gradient", node.domain == "ai.onnx.preview.training" else { return nil }
    var (inputs, y): ([String], String?) = ([], nil)
    for attribute in node.attribute {
      switch (attribute.name, attribute.value) {
      case ("xs", .strings(let names)): inputs = names + inputs
      case ("zs", .strings(let names)): inputs += names
      case ("y", .string(let name)): y = name
      default: break
      }
    }
    guard let y else { return nil }
    var makers: [String: Int] = [:]
    for (i, maker) in self.node.enumerated() { for output in maker.output where !output.isEmpty { makers[output] = i } }
    // Backwards from y, up to the values that are given.
    let given = Set(inputs)
    var needed: Set<Int> = []
    var names = [y]
    while let name = names.popLast() {
      guard !given.contains(name), let maker = makers[name], needed.insert(maker).inserted else { continue }
      names += self.node[maker].input
    }
    return ONNX.GraphProto(
      name: y, node: self.node.indices.filter(needed.contains).map { self.node[$0] },
      input: inputs.map { ONNX.ValueInfoProto($0) }, output: [ONNX.ValueInfoProto(y)])
  }
}

extension ONNXOperators {
  static func gradient(_ node: ONNXNode) throws -> ONNXOperator.Kernel {
    let graph = try node.subgraph(ONNX.GraphProto.differentiated)
    let count = try node.strings("xs")?.count ?? 0
    guard count > 0, node.inputs.count == graph.inputs.count, node.outputs.count <= count else {
      throw TensorError(
        .format, "",
        "it has \(node.inputs.count) inputs and \(node.outputs.count) outputs for \(graph.inputs.count) "
          + "values, \(count) of which derivatives are taken by")
    }
    return { call in
      // Inside of another one, whose inputs are watched, a derivative is differentiated itself.
      let isWatched = isGradEnabled && call.inputs.contains { $0?.tensor?.requiresGrad ?? false }
      return try enableGrad {
        let places = try (0..<count).map { i in
          let x = try call.tensor(i)
          return x.requiresGrad ? x + 0 : x.detach().clone().requiresGrad_()
        }
        let rest = call.inputs[count...]
        guard case .tensor(let y)? = try graph(places.map { .tensor($0) } + rest, in: call).first else {
          throw call.error(.dtype, "differentiates tensors of numbers only")
        }
        guard y.requiresGrad else { return places.map { .tensor(zerosLike($0)) } }
        let found = gradients(
          of: [y.sum()], wrt: places, createGraph: isWatched, allowUnused: true)
        return zip(found, places).map { .tensor($0 ?? zerosLike($1)) }
      }
    }
  }
}
