import ApusCore
import ApusFormats

/// What is common to all graphs of a model while it is being made ready.
final class ONNXBuild {
  /// The name of the file, or of what else the model came from, for errors.
  let name: String
  /// Where the file lies, for its other files.
  let folder: String?
  /// The version of each set of operators, by domain.
  var opsets: [String: Int] = [:]
  /// Whether inputs and initialisers have names in common although the latter do not change: before version 4 of the format.
  var initialisersAreInputs = false
  /// The model's own operators.
  var functions: ONNXFunctions?
  /// The functions that what is made ready lies in.
  var callers: [String] = []
  /// Parameters and buffers by name.
  private(set) var variables: [String: Tensor] = [:]

  init(name: String, folder: String?) {
    self.name = name
    self.folder = folder
  }

  func error(_ message: String, _ kind: TensorError.Kind = .format) -> TensorError { TensorError(kind, name, message) }

  func error(_ error: TensorError) -> TensorError { TensorError(error.kind, name, error.description) }

  /// Adds a parameter or buffer, under its own name if that is free.
  func add(_ variable: Tensor, name: String, path: String) {
    var free = variables[name] == nil || path.isEmpty ? name : "\(path).\(name)"
    while variables[free] != nil { free += "_" }
    variables[free] = variable
  }

  /// The operator and version for a node.
  func find(_ node: ONNX.NodeProto) throws(TensorError) -> (ONNXOperator, opset: Int) {
    let domain = ONNXOperatorTable.plainDomain(node.domain)
    let shown = domain.isEmpty ? "ai.onnx" : domain
    let opset = opsets[domain] ?? (domain.isEmpty || !ONNXOperatorTable.knows(domain: domain) ? 0 : 1)
    if let function = functions?.find(node, callers: callers) { return (function, max(opset, 1)) }
    let place = ONNXNode(node, opset: opset).title
    guard ONNXOperatorTable.knows(domain: domain) else {
      throw error(
        "\(place): no operators of the domain '\(shown)' are known, and '\(node.opType)' is none", .unsupported)
    }
    guard opset > 0 else { throw error("\(place): the model imports no version of the operators of '\(shown)'") }
    guard let found = ONNXOperatorTable.find(node.opType, domain: domain, opset: opset) else {
      throw error(
        "\(place): the operator '\(node.opType)' of the domain '\(shown)' in version \(opset) is not supported",
        .unsupported)
    }
    return (found, opset)
  }
}

/// Makes a graph ready to run: finds its operators, checks that every value is made once and before it is used, orders the
/// nodes, computes what is constant, and leaves out what nobody uses.
struct ONNXGraphBuilder {
  private typealias Operand = ONNXGraph.Operand
  private let proto: ONNX.GraphProto
  private let build: ONNXBuild
  /// Where the graph lies inside of others, for names.
  private let path: String
  /// The names that graphs around this one know.
  private let outer: Set<String>
  private var captures: [String] = []
  private var operands: [String: Operand] = [:]
  private var slotCount = 0

  /// A node on the way to becoming a step.
  private struct Draft {
    var proto: ONNX.NodeProto
    var entry: ONNXOperator
    var node: ONNXNode
    /// The names that the graphs among its attributes use.
    var captured: [String]
  }

  static func graph(
    _ proto: ONNX.GraphProto, _ build: ONNXBuild, path: String = "", outer: Set<String> = []
  ) throws(TensorError) -> ONNXGraph {
    var builder = ONNXGraphBuilder(proto: proto, build: build, path: path, outer: outer)
    return try builder.graph()
  }

  private init(proto: ONNX.GraphProto, build: ONNXBuild, path: String, outer: Set<String>) {
    self.proto = proto
    self.build = build
    self.path = path
    self.outer = outer
  }

  private var title: String { proto.name.isEmpty ? "the graph" : "the graph '\(proto.name)'" }

  private mutating func graph() throws(TensorError) -> ONNXGraph {
    let makers = try checkNames()
    let own = Set(makers.keys).union(proto.input.map(\.name)).union(initializerNames)
    let drafts = try ordered(try proto.node.map { (node) throws(TensorError) in try draft(node, own: own) }, makers)
    let inputs = try addInitialisers(uses: drafts)
    var steps: [ONNXGraph.Step] = []
    for draft in drafts { if let step = try step(draft) { steps.append(step) } }
    var outputs: [ONNXGraph.Output] = []
    for output in proto.output {
      let fault = "the output '\(output.name)' of \(title) is made by no node, input or initializer"
      let operand = try operand(output.name, fault)
      outputs.append(.init(name: output.name, type: output.type, operand: operand))
    }
    return ONNXGraph(
      name: proto.name, inputs: inputs, outputs: outputs, steps: ONNXGraph.needed(steps, outputs), captures: captures,
      slotCount: slotCount)
  }

  // MARK: - Names

  private var initializerNames: [String] {
    proto.initializer.map(\.name) + proto.sparseInitializer.map(\.values.name)
  }

  /// The node that makes each value, after a check that each is made once.
  private func checkNames() throws(TensorError) -> [String: Int] {
    var inputs: Set<String> = []
    for input in proto.input where !inputs.insert(input.name).inserted {
      throw build.error("two inputs of \(title) are called '\(input.name)'")
    }
    var initializers: Set<String> = []
    for name in initializerNames where !initializers.insert(name).inserted {
      throw build.error("two initializers of \(title) are called '\(name)'")
    }
    var makers: [String: Int] = [:]
    for (i, node) in proto.node.enumerated() {
      for output in node.output where !output.isEmpty {
        let place = ONNXNode(node, opset: opset(of: node)).title
        if let other = makers[output] {
          let first = ONNXNode(proto.node[other], opset: opset(of: proto.node[other])).title
          throw build.error("\(place) makes the value '\(output)', which \(first) makes as well")
        }
        guard !inputs.contains(output), !initializers.contains(output) else {
          throw build.error("\(place) makes the value '\(output)', which is an input or initializer already")
        }
        makers[output] = i
      }
    }
    return makers
  }

  private func opset(of node: ONNX.NodeProto) -> Int {
    build.opsets[ONNXOperatorTable.plainDomain(node.domain)] ?? 0
  }

  // MARK: - Nodes

  private func draft(_ proto: ONNX.NodeProto, own: Set<String>) throws(TensorError) -> Draft {
    let (entry, opset) = try build.find(proto)
    let place = ONNXNode(proto, opset: opset).title
    guard entry.inputs.contains(proto.input.count) else {
      throw build.error("\(place): it has \(proto.input.count) inputs, and needs \(Self.words(entry.inputs))")
    }
    guard entry.outputs.contains(proto.output.count) else {
      throw build.error("\(place): it has \(proto.output.count) outputs, and can have \(Self.words(entry.outputs))")
    }
    var seen: Set<String> = []
    for attribute in proto.attribute where !seen.insert(attribute.name).inserted {
      throw build.error("\(place): the attribute '\(attribute.name)' is given twice")
    }
    for name in proto.input where !name.isEmpty && !own.contains(name) && !outer.contains(name) {
      throw build.error("\(place): its input '\(name)' is made by no node, input or initializer")
    }
    var captured: [String] = []
    var graphs: [String: ONNXSubgraph] = [:]
    var inside: [(name: String, graph: ONNX.GraphProto)] = []
    for attribute in proto.attribute {
      if case .graph(let graph) = attribute.value { inside.append((attribute.name, graph)) }
    }
    if let graph = self.proto.differentiated(by: proto) { inside.append((ONNX.GraphProto.differentiated, graph)) }
    for (attribute, graph) in inside {
      let label = proto.name.isEmpty ? proto.output.first ?? proto.opType : proto.name
      let inner = try ONNXGraphBuilder.graph(
        graph, build, path: path.isEmpty ? label : "\(path).\(label)", outer: outer.union(own))
      var places: [Int] = []
      for name in inner.captures {
        if let known = captured.firstIndex(of: name) {
          places.append(known)
        } else {
          places.append(captured.count)
          captured.append(name)
        }
      }
      graphs[attribute] = ONNXSubgraph(graph: inner, places: places)
    }
    let node = ONNXNode(proto, opset: opset, subgraphs: graphs, folder: build.folder)
    return Draft(proto: proto, entry: entry, node: node, captured: captured)
  }

  private static func words(_ range: ClosedRange<Int>) -> String {
    if range.upperBound == Int.max { return "at least \(range.lowerBound)" }
    return range.lowerBound == range.upperBound
      ? "\(range.lowerBound)" : "\(range.lowerBound) to \(range.upperBound)"
  }

  /// The nodes, each behind those whose outputs it uses, otherwise in the order in which they are.
  private func ordered(_ drafts: [Draft], _ makers: [String: Int]) throws(TensorError) -> [Draft] {
    var waits = [Int](repeating: 0, count: drafts.count)
    var users = [[Int]](repeating: [], count: drafts.count)
    for (i, draft) in drafts.enumerated() {
      for maker in Set((draft.proto.input + draft.captured).compactMap { makers[$0] }) {
        waits[i] += 1
        users[maker].append(i)
      }
    }
    var order: [Int] = []
    // The file's order is nearly always right: nodes that become free meanwhile come right behind.
    var ready: [Int] = []
    var placed = [Bool](repeating: false, count: drafts.count)
    for start in drafts.indices {
      if !placed[start], waits[start] == 0 { ready.append(start) }
      while let next = ready.popLast() {
        guard !placed[next] else { continue }
        placed[next] = true
        order.append(next)
        for user in users[next] {
          waits[user] -= 1
          if waits[user] == 0, user < start { ready.append(user) }
        }
      }
    }
    guard order.count == drafts.count else {
      let stuck = drafts.indices.filter { !placed[$0] }.prefix(5).map { drafts[$0].node.title }
      throw build.error("nodes wait for each other in a circle: \(stuck.joined(separator: ", "))")
    }
    return order.map { drafts[$0] }
  }

  // MARK: - Values

  /// Gives every initialiser its place, and every input its slot.
  private mutating func addInitialisers(uses drafts: [Draft]) throws(TensorError) -> [ONNXGraph.Input] {
    var (settings, statistics, trained): (Set<String>, Set<String>, Set<String>) = ([], [], [])
    for draft in drafts {
      for (i, name) in draft.proto.input.enumerated() {
        if draft.entry.settings.contains(i) {
          settings.insert(name)
        } else if draft.entry.statistics.contains(i) {
          statistics.insert(name)
        } else {
          trained.insert(name)
        }
      }
      trained.formUnion(draft.captured)
    }
    for tensor in proto.initializer {
      let value: ONNXValue
      do throws(TensorError) { value = try ONNXValue(tensor, in: build.folder) } catch { throw build.error(error) }
      operands[tensor.name] = operand(
        value, name: tensor.name, isSetting: settings.contains(tensor.name) && !trained.contains(tensor.name),
        isStatistic: statistics.contains(tensor.name) && !trained.contains(tensor.name))
    }
    for tensor in proto.sparseInitializer {
      let value: ONNXValue
      do throws(TensorError) { value = try ONNXValue(tensor, in: build.folder) } catch { throw build.error(error) }
      operands[tensor.values.name] = operand(value, name: tensor.values.name, isSetting: false, isStatistic: false)
    }
    var inputs: [ONNXGraph.Input] = []
    for input in proto.input {
      // Before version 4 of the format every initialiser had to be among the inputs: there it is no input.
      let standard = operands[input.name]
      if standard != nil, build.initialisersAreInputs { continue }
      inputs.append(.init(name: input.name, type: input.type, slot: slotCount, standard: standard))
      operands[input.name] = .slot(slotCount)
      slotCount += 1
    }
    return inputs
  }

  /// Floating-point tensors become parameters, or buffers where they are statistics. Whole numbers are constants of the graph,
  /// so that shapes are known when it is loaded; larger ones are listed as buffers. Single numbers are constants.
  private func operand(_ value: ONNXValue, name: String, isSetting: Bool, isStatistic: Bool) -> Operand {
    guard case .tensor(let tensor) = value, tensor.rank > 0 else { return .constant(value) }
    guard tensor.dtype.isInexact, tensor.dtype.size > 1, !isSetting else {
      if tensor.count > 1 { build.add(buffer(tensor), name: name, path: path) }
      return .constant(value)
    }
    let variable = isStatistic ? buffer(tensor) : parameter(tensor)
    build.add(variable, name: name, path: path)
    return .variable(variable)
  }

  /// Where the value of that name comes from.
  private mutating func operand(_ name: String, _ fault: String) throws(TensorError) -> Operand {
    if name.isEmpty { return .none }
    if let known = operands[name] { return known }
    guard outer.contains(name) else { throw build.error(fault) }
    captures.append(name)
    operands[name] = .captured(captures.count - 1)
    return .captured(captures.count - 1)
  }

  // MARK: - Steps

  /// The step of a node, or nil if its outputs are known now.
  private mutating func step(_ draft: Draft) throws(TensorError) -> ONNXGraph.Step? {
    func absent(_ name: String) -> String { "\(draft.node.title): its input '\(name)' is made by no node" }
    var inputs: [Operand] = []
    for name in draft.proto.input { inputs.append(try operand(name, absent(name))) }
    var captured: [Operand] = []
    for name in draft.captured { captured.append(try operand(name, absent(name))) }
    let kernel: ONNXOperator.Kernel
    do { kernel = try withErrors { try draft.entry.prepare(draft.node) } } catch let error as TensorError {
      throw build.error(error.located(at: draft.node))
    } catch {
      throw build.error("\(draft.node.title): \(error)")
    }
    var outputs: [Int?] = []
    for (i, name) in draft.proto.output.enumerated() { outputs.append(name.isEmpty ? nil : slotCount + i) }
    let step = ONNXGraph.Step(
      node: draft.node, kernel: kernel, inputs: inputs, captured: captured, outputs: outputs,
      isPure: draft.entry.isPure)
    if draft.entry.isPure, let values = step.constants(limit: ResultMemory.foldingLimit) {
      for (i, name) in draft.proto.output.enumerated() where !name.isEmpty {
        if let value = values[i] { operands[name] = .constant(value) }
      }
      return nil
    }
    for (i, name) in draft.proto.output.enumerated() where !name.isEmpty { operands[name] = .slot(slotCount + i) }
    slotCount += draft.proto.output.count
    return step
  }
}
