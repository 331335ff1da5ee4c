import ApusCore
import ApusFormats
import ApusNN

/// The graph that a captured function becomes: nodes are appended as the lowerings of its operations ask for them.
final class ExportedGraph {
  let opset: Int
  let captures: [CapturedCall]
  let axes: DynamicAxes
  private(set) var nodes: [ONNX.NodeProto] = []
  private(set) var initializers: [ONNX.TensorProto] = []
  private var inputs: [ONNX.ValueInfoProto] = []
  private var outputs: [ONNX.ValueInfoProto] = []
  /// The path of the module whose operations are being lowered.
  private(set) var path = ""
  /// What each value of the trace is called in the graph.
  private var names: [Int: String] = [:]
  private var used: Set<String> = []
  /// Constants that are there already, by what they are.
  var shared: [String: String] = [:]
  /// Where a size can be read that depends on an input's: a value and the number of its dimension.
  var known: [Size: (value: String, axis: Int)] = [:]
  /// Sizes that were computed already, as tensors `[1]`.
  var computed: [Size: String] = [:]

  private var trace: Trace { captures[0].trace }

  init(
    _ captures: [CapturedCall], _ axes: DynamicAxes, _ given: ONNXExport.Names, _ options: ONNXExportOptions
  ) throws {
    (self.captures, self.axes) = (captures, axes)
    opset = options.opset
    used = Set(given.inputs + captures[0].outputs.indices.map { given.output($0) } + captures[0].variables.values)
    for (name, value) in zip(given.inputs, trace.inputs) {
      names[value] = name
      learn(value)
      inputs.append(try info(name, value, isInput: true))
    }
    guard Set(given.inputs).count == given.inputs.count else {
      throw TensorError(.value, "exportONNX", "two inputs have one name: \(given.inputs.joined(separator: ", "))")
    }
    let needed = neededInstructions()
    for (i, instruction) in trace.instructions.enumerated() where needed.contains(i) {
      try lower(instruction, i)
    }
    try nameOutputs(given)
  }

  // MARK: - What lowerings ask for

  /// Appends a node and gives the names of its results.
  func add(
    _ type: String, _ inputs: [String], _ attributes: [(String, ONNX.AttributeProto.Value)] = [], results: Int = 1
  ) -> [String] {
    let node = unique(path.isEmpty ? type : "\(path)/\(type)")
    let made = (0..<results).map { unique(results == 1 ? "\(node)_output" : "\(node)_output_\($0)") }
    nodes.append(
      ONNX.NodeProto(
        type, name: node, input: inputs, output: made, attribute: attributes.map { ONNX.AttributeProto($0.0, $0.1) }))
    return made
  }

  /// Adds a tensor that is part of the model.
  func initializer(_ tensor: Tensor, name: String) throws -> String {
    guard let type = ONNX.DataType(tensor.dtype) else {
      throw TensorError(.unsupported, "", "ONNX has no elements of type \(tensor.dtype) (in '\(name)')")
    }
    // The tensor keeps its elements where they are, and nobody else's changes reach them.
    let kept = noGrad { tensor.elementsOnly.contiguous() }
    let bytes = kept.withUnsafeBytes { ByteSlice($0, of: kept) }
    initializers.append(
      ONNX.TensorProto(name: name, dims: kept.shape.map(Int64.init), dataType: type.rawValue, rawData: bytes))
    return name
  }

  /// A constant tensor; equal small ones are shared.
  func constant(_ tensor: Tensor) throws -> String {
    guard tensor.count <= 64 else { return try initializer(tensor, name: unique("constant")) }
    let kept = noGrad { tensor.elementsOnly.contiguous() }
    let key =
      "\(kept.dtype)\(kept.shape)" + kept.withUnsafeBytes { bytes in bytes.map { "\($0)" }.joined(separator: ",") }
    if let name = shared[key] { return name }
    let name = try initializer(kept, name: unique("constant"))
    shared[key] = name
    return name
  }

  /// A name that nothing has yet.
  func unique(_ wish: String) -> String {
    if used.insert(wish).inserted { return wish }
    var n = 1
    while !used.insert("\(wish)_\(n)").inserted { n += 1 }
    return "\(wish)_\(n)"
  }

  // MARK: - The values of the trace

  /// The sizes of a value's dimensions.
  func sizes(_ value: Int) -> [Size] {
    trace.values[value].type.shape.indices.map { d in Size(captures.map { $0.trace.values[value].type.shape[d] }) }
  }

  /// Notes where sizes that depend on an input's can be read.
  private func learn(_ value: Int) {
    if captures.count == 1 { return }
    guard let name = names[value] else { return }
    for (axis, size) in sizes(value).enumerated() where !size.isFixed && known[size] == nil {
      known[size] = (name, axis)
    }
  }

  private func neededInstructions() -> Set<Int> {
    var wanted = Set(captures[0].outputs)
    var needed: Set<Int> = []
    for (i, instruction) in trace.instructions.enumerated().reversed() {
      guard instruction.outputs.contains(where: wanted.contains) else { continue }
      needed.insert(i)
      wanted.formUnion(instruction.inputs)
    }
    wantedValues = wanted
    return needed
  }
  private var wantedValues: Set<Int> = []

  /// The name of a value that is there, or of a constant.
  private func name(of value: Int) throws -> String {
    if let name = names[value] { return name }
    let constants = captures.map { call in call.trace.constants.first { $0.value == value }?.tensor }
    let tensors = constants.compactMap { $0 }
    guard tensors.count == captures.count else {
      throw TensorError(.unsupported, "exportONNX", "a value is used that nothing made")
    }
    let made = try constantName(tensors)
    names[value] = made
    return made
  }

  private func lower(_ instruction: Trace.Instruction, _ place: Int) throws {
    path = captures[0].paths[place]
    switch instruction {
    case .readVariable(let variable, let value):
      let wish = captures[0].variables[ObjectIdentifier(variable)]
      let name = wish.map { used.remove($0) ?? $0 } ?? "variable"
      names[value] = try initializer(variable.elements, name: unique(name))
    case .operation(let primitive, let inputs, let outputs):
      do {
        let made = try lowered(place, inputs, outputs)
        for (value, name) in zip(outputs, made) {
          names[value] = name
          learn(value)
        }
      } catch let error as TensorError where error.operation.isEmpty {
        throw TensorError(
          .unsupported, "exportONNX",
          "\(primitive.name)\(place: path, captures[0]) has no form in ONNX: \(error.message)")
      }
    case .readGradient, .hooks, .perform, .writeGradient, .writeVariable:
      throw TensorError(
        .unsupported, "exportONNX", "gradients and steps of the host\(place: path, captures[0]) have no form in ONNX")
    }
  }

  private func lowered(_ place: Int, _ inputs: [Int], _ outputs: [Int]) throws -> [String] {
    let primitives = captures.compactMap { call -> (any Primitive)? in
      if case .operation(let primitive, _, _) = call.trace.instructions[place] { primitive } else { nil }
    }
    let operation = ExportedOperation(
      graph: self, primitives: primitives, inputs: try inputs.map(name(of:)),
      inputTypes: inputs.map { trace.values[$0].type }, inputSizes: inputs.map(sizes),
      outputTypes: outputs.map { trace.values[$0].type }, outputSizes: outputs.map(sizes),
      isUsed: outputs.map(wantedValues.contains), inputStrides: inputs.map { trace.values[$0].strides },
      module: captures[0].modules[path], users: users(of: outputs))
    return try operation.lowered()
  }

  /// The operations that read the first of `values`.
  private func users(of values: [Int]) -> [any Primitive] {
    trace.instructions.compactMap { instruction in
      guard case .operation(let primitive, let inputs, _) = instruction, let value = values.first,
        inputs.contains(value)
      else { return nil }
      return primitive
    }
  }

  // MARK: - Composed forms

  /// Lowers the operations of other traces, one for each captured call, in place of one operation: its composed form.
  func inline(_ calls: [CapturedCall], _ inputNames: [String]) throws -> [String] {
    try ExportedGraph(inside: self, calls).inlined(into: self, inputNames)
  }

  private init(inside outer: ExportedGraph, _ calls: [CapturedCall]) {
    (captures, axes, opset, path) = (calls, outer.axes, outer.opset, outer.path)
    take(outer)
  }

  private func take(_ other: ExportedGraph) {
    (nodes, initializers, used, shared) = (other.nodes, other.initializers, other.used, other.shared)
    (known, computed) = (other.known, other.computed)
  }

  private func inlined(into outer: ExportedGraph, _ inputNames: [String]) throws -> [String] {
    for (value, name) in zip(trace.inputs, inputNames) { names[value] = name }
    let needed = neededInstructions()
    for (i, instruction) in trace.instructions.enumerated() where needed.contains(i) {
      try lower(instruction, i)
      path = outer.path
    }
    let results = try captures[0].outputs.map(name(of:))
    outer.take(self)
    return results
  }

  // MARK: - Graphs in nodes

  /// A number as a condition: one bool without dimensions.
  func truth(_ value: String, _ dtype: DType) throws -> String {
    let isTrue = dtype == .bool ? value : add("Cast", [value], [("to", .int(Int64(ONNX.DataType.bool.rawValue)))])[0]
    return add("Reshape", [isTrue, try constant(Tensor([Int64]()))])[0]
  }

  /// The graph of a step, as it is in each captured call, for a node of this graph. What it uses of this graph it reads by its name; constants
  /// become initialisers of the outermost graph.
  /// - Parameters:
  ///   - given: how many of its inputs the node gives it.
  ///   - free: the names of the others.
  ///   - test: for the body of a `Loop` the condition, computed from its results, and the names of what that uses besides.
  func subgraph(
    _ calls: [CapturedCall], _ name: String, given: Int = 0, free: [String],
    test: (calls: [CapturedCall], free: [String])? = nil
  ) throws -> ONNX.GraphProto {
    let inner = ExportedGraph(inside: self, calls)
    inner.nodes = []
    let made = try inner.finished(name, given, free, test)
    (initializers, used) = (inner.initializers, inner.used)
    // What nodes inside compute cannot be read from here.
    let constants = Set(initializers.map(\.name))
    shared = inner.shared.filter { constants.contains($0.value) }
    return made
  }

  private func finished(
    _ name: String, _ given: Int, _ free: [String], _ test: (calls: [CapturedCall], free: [String])?
  ) throws -> ONNX.GraphProto {
    let outerPath = path
    var inputs: [ONNX.ValueInfoProto] = []
    if test != nil {
      inputs.append(Self.scalarInfo(unique("\(name)_round"), .int64))
      inputs.append(Self.scalarInfo(unique("\(name)_condition"), .bool))
    }
    for (k, value) in trace.inputs.enumerated() {
      names[value] = k < given ? unique("\(name)_input_\(k)") : free[k - given]
      if k < given, let name = names[value] { inputs.append(try innerInfo(name, value)) }
      learn(value)
    }
    let needed = neededInstructions()
    for (i, instruction) in trace.instructions.enumerated() where needed.contains(i) {
      try lower(instruction, i)
      path = outerPath
    }
    // Each result is that of a node of this graph, and of no other result.
    var results: [String] = []
    let computed = Set(nodes.flatMap(\.output))
    for value in captures[0].outputs {
      let found = try self.name(of: value)
      results.append(
        computed.contains(found) && !results.contains(found) ? found : add("Identity", [found])[0])
    }
    var outputs = try zip(results, captures[0].outputs).map { try innerInfo($0, $1) }
    if let test {
      let condition = try truth(
        try inline(test.calls, results + test.free)[0],
        test.calls[0].trace.values[test.calls[0].outputs[0]].type.dtype)
      outputs.insert(Self.scalarInfo(condition, .bool), at: 0)
    }
    return ONNX.GraphProto(name: unique(name), node: nodes, input: inputs, output: outputs)
  }

  private static func scalarInfo(_ name: String, _ type: ONNX.DataType) -> ONNX.ValueInfoProto {
    ONNX.ValueInfoProto(name, type: ONNX.TypeProto(.tensor(elementType: type.rawValue, shape: [])))
  }

  /// The type of a value in a graph of a node, whose open sizes have no names.
  private func innerInfo(_ name: String, _ value: Int) throws -> ONNX.ValueInfoProto {
    let type = trace.values[value].type
    guard let element = ONNX.DataType(type.dtype) else {
      throw TensorError(.unsupported, "exportONNX", "ONNX has no elements of type \(type.dtype), which '\(name)' has")
    }
    let shape = sizes(value).map { size in
      ONNX.Dimension(size.fixed.map { .known(Int64($0)) } ?? .unknown)
    }
    return ONNX.ValueInfoProto(name, type: ONNX.TypeProto(.tensor(elementType: element.rawValue, shape: shape)))
  }

  // MARK: - The finished model

  private func nameOutputs(_ given: ONNXExport.Names) throws {
    path = ""
    var renamed: [String: String] = [:]
    let made = Set(nodes.flatMap(\.output))
    for (i, value) in captures[0].outputs.enumerated() {
      let (name, found) = (given.output(i), try name(of: value))
      if made.contains(found), renamed[found] == nil {
        renamed[found] = name
      } else {
        nodes.append(ONNX.NodeProto("Identity", name: unique("Identity"), input: [found], output: [name]))
      }
      outputs.append(try info(name, value, isInput: false))
    }
    guard Set(outputs.map(\.name)).count == outputs.count else {
      throw TensorError(
        .value, "exportONNX", "two outputs have one name: \(outputs.map(\.name).joined(separator: ", "))")
    }
    nodes = nodes.map { $0.renamed(renamed) }
  }

  private func info(_ name: String, _ value: Int, isInput: Bool) throws -> ONNX.ValueInfoProto {
    let type = trace.values[value].type
    guard let element = ONNX.DataType(type.dtype) else {
      throw TensorError(.unsupported, "exportONNX", "ONNX has no elements of type \(type.dtype), which '\(name)' has")
    }
    let inputSizes = trace.inputs.map(sizes)
    let shape = sizes(value).enumerated().map { axis, size -> ONNX.Dimension in
      if let fixed = size.fixed { return ONNX.Dimension(.known(Int64(fixed))) }
      let open = isInput ? inputs.count : nil
      let name = open.flatMap { axes.names[$0][axis] } ?? axes.name(of: size, among: inputSizes)
      return ONNX.Dimension(name.map { .named($0) } ?? .unknown)
    }
    return ONNX.ValueInfoProto(
      name, type: ONNX.TypeProto(.tensor(elementType: element.rawValue, shape: shape)))
  }

  /// The model, and the weights that lie in another file if `externalName` is one.
  func model(externalName: String?) -> (ONNX.ModelProto, [ByteSlice]) {
    let read = Set(nodes.flatMap(\.namesRead))
    var (kept, external, offset) = (initializers.filter { read.contains($0.name) }, [ByteSlice](), 0)
    if let externalName {
      for i in kept.indices {
        guard let bytes = kept[i].rawData, bytes.count >= 1024 else { continue }
        kept[i].rawData = nil
        kept[i].isExternal = true
        kept[i].externalData = [("location", externalName), ("offset", "\(offset)"), ("length", "\(bytes.count)")]
          .map { ONNX.StringEntry(key: $0.0, value: $0.1) }
        let padding = (4096 - bytes.count % 4096) % 4096
        external += [bytes, ByteSlice([UInt8](repeating: 0, count: padding))]
        offset += bytes.count + padding
      }
    }
    let graph = ONNX.GraphProto(
      name: "main", node: nodes, initializer: kept, input: inputs, output: outputs)
    let irVersion: Int64 = opset <= 18 ? 8 : opset <= 20 ? 9 : opset <= 22 ? 10 : opset == 23 ? 11 : 12
    return (
      ONNX.ModelProto(
        irVersion: irVersion, opsetImport: [ONNX.OperatorSetID(version: Int64(opset))], producerName: "Apus",
        graph: graph), external
    )
  }
}

extension DefaultStringInterpolation {
  /// Where an operation is: ` in Linear at encoder.0`.
  fileprivate mutating func appendInterpolation(place path: String, _ call: CapturedCall) {
    if let module = call.modules[path] {
      appendLiteral(" in \(type(of: module))")
      if !path.isEmpty { appendLiteral(" at \(path)") }
    }
  }
}

extension ONNX.NodeProto {
  /// The graphs inside of it.
  private var graphs: [ONNX.GraphProto] {
    attribute.compactMap { if case .graph(let graph) = $0.value { graph } else { nil } }
  }

  /// What it and the nodes inside of it read.
  fileprivate var namesRead: [String] { input + graphs.flatMap { $0.node.flatMap(\.namesRead) } }

  /// It with other names for values, also where nodes inside of it read them.
  fileprivate func renamed(_ names: [String: String]) -> ONNX.NodeProto {
    var node = self
    node.input = input.map { names[$0] ?? $0 }
    node.output = output.map { names[$0] ?? $0 }
    for i in attribute.indices {
      guard case .graph(var graph) = attribute[i].value else { continue }
      graph.node = graph.node.map { $0.renamed(names) }
      node.attribute[i].value = .graph(graph)
    }
    return node
  }
}
