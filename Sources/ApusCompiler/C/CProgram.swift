import ApusCore
import ApusFunctional

/// A graph as the body of a C function, with the kernels and constants that it uses.
struct CProgram {
  /// An argument or result of the function.
  struct Parameter {
    let name: String
    let type: TensorType
    let cType: String
  }

  /// A constant: a member of the structure of weights.
  struct Constant {
    let name: String
    let cType: String
    let tensor: Tensor
  }

  let inputs: [Parameter]
  let outputs: [Parameter]
  /// All constants of the table of weights so far.
  let constants: [Constant]
  /// Functions of fused formulas.
  let kernels: [String]
  /// Functions of the steps of branches and loops, each behind those that it calls.
  let functions: [CStepFunction]
  /// The statements, which read `weights`, a pointer to the structure of weights, and use the bytes at `arena`.
  let body: [String]
  /// The bytes that intermediate results and scratch memory of operations take.
  let arenaSize: Int
  /// How many threads there is scratch memory for.
  let threads: Int

  /// From how many elements on a formula is computed by several threads.
  private static let leastElements = 1 << 15

  /// - Parameters:
  ///   - threads: how many may run parts of an operation at the same time.
  ///   - weights: where constants go.
  ///   - inPlace: results by the numbers of the arguments in whose memory callers may want them.
  init(
    _ graph: Graph, name: String, threads: Int, _ operation: String, weights: inout CWeightTable,
    inPlace: [Int: Int] = [:]
  ) throws(TensorError) {
    func cType(_ dtype: DType) throws(TensorError) -> String {
      if let name = dtype.cName { return name }
      throw TensorError(.dtype, operation, "has no C form for \(dtype) tensors; use float32")
    }
    func unsupported(_ name: String, _ values: [Int]) -> TensorError {
      let types = values.map { "\(graph.values[$0].type)" }.joined(separator: ", ")
      return TensorError(.value, operation, "has no C form for \(name) on \(types)")
    }
    func parameters(_ values: [Int], _ prefix: String) throws(TensorError) -> [Parameter] {
      try values.enumerated().map { (k, value) throws(TensorError) in
        let type = graph.values[value].type
        return Parameter(name: "\(prefix)\(k)", type: type, cType: try cType(type.dtype))
      }
    }
    let plan = MemoryPlan(graph, copiesViews: true) { _ in true }
    let uses = graph.useCounts
    var (kernels, body): ([String], [String]) = ([], [])
    var functions: [CStepFunction] = []
    let known = graph.nodes.contains(where: \.isControl) ? try graph.constantsAndViews() : [:]
    var scratch = 0

    /// Declares the pointer to a value.
    func declare(_ value: Int, _ place: String, isConstant: Bool = false) throws(TensorError) {
      let type = (isConstant ? "const " : "") + (try cType(graph.values[value].type.dtype))
      body.append("\(type) *v\(value) = (\(type) *)\(place); (void)v\(value);")
    }
    func array(_ value: Int) -> CArray {
      CArray(
        name: "v\(value)", type: graph.values[value].type, strides: graph.values[value].strides,
        isRead: uses[value] > 0)
    }
    let used = Set(graph.nodes.flatMap(\.inputs) + graph.outputs)
    for value in graph.constants.keys.sorted() where used.contains(value) {
      guard let tensor = graph.constants[value] else { continue }
      // As they lie in memory, gaps included: views of constants are pointers into them.
      let memory = tensor.asStrided([Self.span(tensor.type, tensor.strides)], [1]).contiguous()
      let member = weights.name(of: memory, cType: try cType(tensor.dtype))
      try declare(value, "weights->\(member)", isConstant: true)
    }
    for (k, value) in graph.inputs.enumerated() { try declare(value, "in\(k)", isConstant: true) }
    // Results are computed where they belong; those that are views, arguments or constants are copied there at the end.
    var places: [Int: String] = [:]
    let computed = Set(graph.nodes.flatMap(\.outputs).filter { graph.values[$0].view == nil })
    let shared = CSharedMemory(graph, inPlace)
    for (k, value) in graph.outputs.enumerated() where places[value] == nil && computed.contains(value) {
      if !shared.mayCompute(result: k) { continue }
      if graph.values[value].strides == rowMajorStrides(graph.values[value].type.shape) { places[value] = "out\(k)" }
    }
    // Results that lie in another order than they are returned in are computed behind the plan's values.
    var beyond = plan.byteCount
    for node in graph.nodes {
      body.append("// \(node.name)")
      for value in node.outputs {
        if let view = graph.values[value].view {
          guard Self.isInside(value, graph) else {
            throw TensorError(.value, operation, "has no C form for \(node.name) beyond the elements of its operand")
          }
          let type = try cType(graph.values[value].type.dtype)
          try declare(value, "((const \(type) *)v\(view.of) + \(view.offset))")
        } else if let place = places[value] {
          try declare(value, place)
        } else if let offset = plan.offsets[value] {
          try declare(value, "(arena + \(offset))")
        } else {
          try declare(value, "(arena + \(beyond))")
          let type = graph.values[value].type
          beyond += (type.count * type.dtype.size + 63) / 64 * 64
        }
      }
      let (read, written) = (node.inputs.map(array), node.outputs.map(array))
      if node.outputs.allSatisfy({ graph.values[$0].type.count == 0 }) { continue }
      switch node.operation {
      case .fused(let fused):
        if let kernel = Self.kernel(fused, read, written, name: "\(name)_kernel_\(kernels.count)") {
          kernels.append(kernel.text.replacing("\nvoid ", with: "\nstatic void "))
          let from = read.map(\.name).joined(separator: ", ")
          let to = written.map(\.name).joined(separator: ", ")
          // Sums over several rows are taken by one thread.
          let elements = written.map(\.type.count).max() ?? 0
          let isDealtOut = threads > 1 && elements >= Self.leastElements && fused.sums.allSatisfy { $0 == nil }
          let call =
            isDealtOut
            ? "apus_elements(team, \(kernel.name), in, out, \(kernel.unitCount), \(elements / max(1, kernel.unitCount)));"
            : "\(kernel.name)(in, out, 0, \(kernel.unitCount));"
          body.append("{ const void *in[] = {\(from)}; void *out[] = {\(to)}; \(call) }")
        } else if let loops = CPointwise(fused, read, written) {
          body.append("{\n\(loops.text)\n}")
        } else {
          throw unsupported(fused.parts.joined(separator: ", "), node.inputs)
        }
      case .primitive(let primitive as any ControlFlow):
        let control = try CControl(
          primitive.form, read, known: node.inputs.map { known[$0] }, written, name: "\(name)_step_\(functions.count)",
          threads: threads, operation, weights: &weights)
        kernels += control.kernels
        functions += control.functions
        body.append("{\n\(Self.placingScratch(control.text, threads, &scratch))\n}")
      case .primitive(let primitive):
        if node.outputs.allSatisfy({ graph.values[$0].view != nil }) { continue }
        guard let source = CPointwise(primitive, read, written)?.text ?? primitive.source(read, written) else {
          throw unsupported(primitive.name, node.inputs)
        }
        body.append("{\n\(Self.placingScratch(source, threads, &scratch))\n}")
      default:
        throw TensorError(.value, operation, "has no C form for \(node.name): a program has no variables and no host")
      }
    }
    // What lies in memory that another result overwrites is read first.
    for (k, value) in graph.outputs.enumerated() where shared.isOverwritten(result: k) {
      let type = graph.values[value].type
      let element = try cType(type.dtype)
      body.append("\(element) *kept\(k) = (\(element) *)(arena + \(beyond));")
      let copy = CArray(name: "kept\(k)", type: type, strides: rowMajorStrides(type.shape))
      body.append(cLoops(type.shape) { "\(copy($0)) = \(array(value)($0));" })
      beyond += (type.count * type.dtype.size + 63) / 64 * 64
    }
    for (k, value) in graph.outputs.enumerated() where places[value] != "out\(k)" {
      let type = graph.values[value].type
      let result = CArray(name: "out\(k)", type: type, strides: rowMajorStrides(type.shape))
      let kept = CArray(name: "kept\(k)", type: type, strides: rowMajorStrides(type.shape))
      let from = shared.isOverwritten(result: k) ? kept : array(value)
      let copy = cLoops(type.shape) { "\(result($0)) = \(from($0));" }
      body.append(shared.isUnchanged(result: k) ? "if (out\(k) != v\(value)) {\n\(copy)\n}" : copy)
    }
    inputs = try parameters(graph.inputs, "in")
    outputs = try parameters(graph.outputs, "out")
    arenaSize = beyond + scratch
    constants = weights.constants
    self.kernels = kernels
    self.functions = functions
    self.threads = threads
    self.body = body.map { $0.replacing(Self.scratchMark, with: "\(beyond)") }
  }

  /// All statements, which tell it from others.
  var statements: [String] { functions.flatMap(\.body) + body }

  /// The elements of memory from the first to the last one of a tensor.
  private static func span(_ type: TensorType, _ strides: [Int]) -> Int {
    type.count == 0 ? 0 : 1 + zip(type.shape, strides).reduce(0) { $0 + ($1.0 - 1) * $1.1 }
  }

  /// Whether a view lies in the memory of the value that it is a view of.
  private static func isInside(_ value: Int, _ graph: Graph) -> Bool {
    var (root, offset) = (value, 0)
    while let view = graph.values[root].view { (root, offset) = (view.of, offset + view.offset) }
    let size = span(graph.values[root].type, graph.values[root].strides)
    return offset >= 0 && offset + span(graph.values[value].type, graph.values[value].strides) <= size
  }

  /// The function of a fused formula; nil where the operands lie so that general loops are needed.
  private static func kernel(
    _ fused: FusedPointwise, _ inputs: [CArray], _ outputs: [CArray], name: String
  ) -> (name: String, text: String, unitCount: Int)? {
    let values = inputs.map { Trace.Value(type: $0.type, strides: $0.strides) }
    guard let walk = FusedWalk(fused, inputs: values),
      zip(outputs, fused.sums).allSatisfy({ $1 != nil || $0.strides == walk.layout.resultStrides }),
      let body = CExpressions(fused.formula, in: .float, scalars: []),
      let source = CKernelSource(fused, walk, inputs: values, name: name, body: body)
    else { return nil }
    return (source.name, source.text, walk.unitCount)
  }

  /// Stands for where scratch memory begins until the plan is known.
  private static let scratchMark = "APUS_SCRATCH_START"

  /// The text with pointers in the place of its demands for scratch memory: what is shared (``cScratch(_:)``), and behind it what each
  /// thread has (``cThreadScratch(_:)``).
  private static func placingScratch(_ text: String, _ threads: Int, _ size: inout Int) -> String {
    var shared = 0
    let placed = replacingCalls(of: "apus_scratch", in: text) { count in
      shared = max(shared, (count + 63) / 64 * 64)
      return "(void *)(arena + \(scratchMark))"
    }
    size = max(size, shared)
    return replacingCalls(of: "apus_thread_scratch", in: placed) { count in
      size = max(size, shared + threads * count)
      return "(void *)(arena + \(scratchMark) + \(shared))"
    }
  }

  /// The text with what `replacement` makes of the number in the place of each call `name(NUMBER)`.
  private static func replacingCalls(of name: String, in text: String, by replacement: (Int) -> String) -> String {
    var (made, rest) = ("", text[...])
    while let head = rest.firstRange(of: name + "(") {
      let digits = rest[head.upperBound...].prefix { "0"..."9" ~= $0 }
      if let count = Int(digits), rest[digits.endIndex...].first == ")" {
        made += rest[..<head.lowerBound]
        made += replacement(count)
        rest = rest[digits.endIndex...].dropFirst()
      } else {
        made += rest[..<head.upperBound]
        rest = rest[head.upperBound...]
      }
    }
    return made + rest
  }
}

extension Graph.Node {
  /// Whether it is a branch, a loop or the gradient of one.
  fileprivate var isControl: Bool {
    if case .primitive(let primitive) = operation { primitive is any ControlFlow } else { false }
  }
}
