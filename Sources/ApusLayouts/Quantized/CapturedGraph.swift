import ApusCore
import ApusFunctional
import ApusNN

/// What a function does with tensors of given shapes: operations on numbered values, some of which are the same in every call.
struct CapturedGraph {
  /// An operation.
  struct Node {
    let primitive: any Primitive
    let inputs: [Int]
    let outputs: [Int]
    /// What the model does in its place, of a product with a matrix that is seen as that of a linear layer.
    var asWritten: (primitive: any Primitive, inputs: [Int])?
  }

  private(set) var nodes: [Node] = []
  let inputs: [Int]
  let outputs: [Int]
  private(set) var types: [TensorType]
  /// Values that do not depend on arguments: weights, and what is computed of them alone.
  private(set) var constants: [Int: Tensor] = [:]
  /// The names of constants that are parameters and buffers.
  private(set) var names: [Int: String] = [:]
  /// The named constants that each constant is made of.
  private(set) var sources: [Int: Set<Int>] = [:]
  /// The operations that read each value.
  private(set) var uses: [Int: [Int]] = [:]
  /// The operation that makes each value.
  private(set) var makers: [Int: Int] = [:]
  /// Values that are others rounded to what integers of 8 bits stand for.
  private(set) var rounded = RoundedValues()

  /// Runs `function` on `arguments` and writes down what it does.
  /// - Parameter findsRounded: whether values that are rounded to 8 bits already are told from others.
  /// - Throws: `TensorError` where it does anything but to apply operations, and what it reports itself.
  init(
    _ module: (any Module)?, _ arguments: [Tensor], findsRounded: Bool,
    _ function: @Sendable ([Tensor]) -> [Tensor]
  ) throws {
    let wasTraining = module?.isTraining ?? false
    module?.eval()
    defer { if wasTraining { module?.train() } }
    let (trace, made) = try Tracer.pureCall(arguments, "quantize", function)
    (inputs, outputs, types) = (trace.inputs, made, trace.values.map(\.type))
    constants = Dictionary(trace.constants.map { ($0.value, $0.tensor) }) { first, _ in first }
    let named = (module?.namedParameters() ?? []) + (module?.namedBuffers() ?? [])
    let known = Dictionary(named.compactMap { name, tensor in tensor.variableIdentity.map { ($0, name) } }) {
      first, _ in
      first
    }
    for instruction in trace.instructions {
      switch instruction {
      case .readVariable(let variable, let value):
        constants[value] = variable.handle
        names[value] = known[ObjectIdentifier(variable)] ?? "value\(value)"
        sources[value] = [value]
      case .operation(let primitive, let inputs, let outputs):
        add(Node(primitive: primitive, inputs: inputs, outputs: outputs))
      default:
        throw TensorError(
          .value, "quantize", "the model stores something when it is called, and so cannot be captured; see eval()")
      }
    }
    keepNeeded()
    if findsRounded { rounded = RoundedValues(self) }
  }

  /// Appends an operation, or computes it where nothing that it reads changes.
  private mutating func add(_ node: Node) {
    let fixed = node.inputs.compactMap { constants[$0] }
    guard fixed.count == node.inputs.count, !node.primitive.isRandom else { return nodes.append(asLinear(node)) }
    let results = noGrad { apply(node.primitive, fixed) }
    let origin = node.inputs.reduce(into: Set<Int>()) { $0.formUnion(sources[$1] ?? []) }
    for (value, result) in zip(node.outputs, results) {
      constants[value] = result
      sources[value] = origin
    }
  }

  /// A product with a matrix that is the same in every call as that of a linear layer; others as they are.
  private mutating func asLinear(_ node: Node) -> Node {
    guard node.primitive is MatrixProduct, node.inputs.count == 2, let matrix = constants[node.inputs[1]],
      matrix.rank == 2, matrix.dtype == .float32, types[node.inputs[0]].dtype == .float32
    else { return node }
    let value = types.count
    let columns = noGrad { matrix.detach().t().contiguous() }
    types.append(columns.type)
    constants[value] = columns
    sources[value] = sources[node.inputs[1]] ?? []
    return Node(
      primitive: LinearProduct(), inputs: [node.inputs[0], value], outputs: node.outputs,
      asWritten: (node.primitive, node.inputs))
  }

  /// Drops what no result depends on, and notes who reads what.
  private mutating func keepNeeded() {
    var wanted = Set(outputs)
    var kept: [Node] = []
    for node in nodes.reversed() where node.outputs.contains(where: wanted.contains) {
      wanted.formUnion(node.inputs)
      kept.append(node)
    }
    nodes = kept.reversed()
    for (i, node) in nodes.enumerated() {
      for input in Set(node.inputs) { uses[input, default: []].append(i) }
      for output in node.outputs { makers[output] = i }
    }
  }

  /// The constants that the function has from outside: parameters, buffers and other tensors.
  var given: [Tensor] {
    constants.compactMap { value, tensor in
      guard let source = sources[value] else { return tensor }
      return source == [value] ? tensor : nil
    }
  }

  /// The one operation that reads a value, nil where there are others, or where it is a result.
  func onlyUse(of value: Int) -> Int? {
    guard let found = uses[value], found.count == 1, !outputs.contains(value) else { return nil }
    return found[0]
  }

  /// What the function gives for `arguments`.
  func results(_ arguments: [Tensor]) -> [Tensor] {
    var found: [Int: Tensor] = [:]
    let wanted = Set(outputs)
    run(arguments) { value, tensor in if wanted.contains(value) { found[value] = tensor } }
    return outputs.map { found[$0] ?? constants[$0] ?? Tensor.zeros([]) }
  }

  /// Calls `see` with every value that changes from call to call, in the order in which they are made.
  func run(_ arguments: [Tensor], _ see: (Int, Tensor) -> Void) {
    noGrad {
      var values = constants
      for (value, tensor) in zip(inputs, arguments) {
        values[value] = tensor
        see(value, tensor)
      }
      for node in nodes {
        let results = apply(node.primitive, node.inputs.map { values[$0] ?? Tensor.zeros([]) })
        for (value, result) in zip(node.outputs, results) {
          values[value] = result
          see(value, result)
        }
      }
    }
  }
}
