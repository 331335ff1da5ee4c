import ApusCore
import ApusFormats
import ApusNN

/// Writes a module as a program file, with its weights: what ``Program/load(_:executor:)`` reads, without the module's source.
/// PyTorch's `torch.export`, TensorFlow's SavedModel.
///
///     try export(model, example: zeros(1, 3, 224, 224), to: "model.apus", dynamic: ["image": [0: "batch"]], inputNames: ["image"])
///     let logits = try Program.load("model.apus")(images)[0]
///
/// The module is called with `example` and its operations are written down, before any of them are fused, so that the file serves every
/// machine: what `if` and loops of the host language do with the example is what the program does with all arguments. Where sizes are
/// left open it is called with others too, so as to see which numbers depend on them. Parameters and buffers become part of the
/// program under their names in the state dictionary; the module itself stays as it was.
///
/// - Parameters:
///   - example: an argument as calls will bring it.
///   - path: the file; an existing one is replaced in one step.
///   - dynamic: dimensions of inputs whose sizes are left open, by the input's name and the dimension's number, and what they are
///     called. Dimensions of one name have one size.
///   - inputNames: names of the inputs in their order; those that are missing are called `input_0`, `input_1` ...
///   - outputNames: names of the outputs in their order; those that are missing are called `output_0`, `output_1` ...
///   - training: whether the module is exported as it is in training instead of as it is in use.
/// - Throws: `TensorError` that names the operation and its module where something cannot be part of a program: it reads elements
///   while it runs, draws random numbers, stores variables, or depends on an open size in a way that is not known.
public func export<M: Layer>(
  _ module: M, example: Tensor, to path: String, dynamic: [String: [Int: String]] = [:], inputNames: [String] = [],
  outputNames: [String] = [], training: Bool = false
) throws {
  try export(
    { module($0) }, of: module, example: example, to: path, dynamic: dynamic, inputNames: inputNames,
    outputNames: outputNames, training: training)
}

/// ``export(_:example:to:dynamic:inputNames:outputNames:training:)`` for a module of two inputs.
public func export<M: BinaryLayer>(
  _ module: M, example first: Tensor, _ second: Tensor, to path: String, dynamic: [String: [Int: String]] = [:],
  inputNames: [String] = [], outputNames: [String] = [], training: Bool = false
) throws {
  try export(
    { module($0, $1) }, of: module, example: first, second, to: path, dynamic: dynamic, inputNames: inputNames,
    outputNames: outputNames, training: training)
}

/// ``export(_:example:to:dynamic:inputNames:outputNames:training:)`` for a module of three inputs.
public func export<M: TernaryLayer>(
  _ module: M, example first: Tensor, _ second: Tensor, _ third: Tensor, to path: String,
  dynamic: [String: [Int: String]] = [:], inputNames: [String] = [], outputNames: [String] = [], training: Bool = false
) throws {
  try export(
    { module($0, $1, $2) }, of: module, example: first, second, third, to: path, dynamic: dynamic,
    inputNames: inputNames, outputNames: outputNames, training: training)
}

/// Writes a function of tensors, or a call of a module in any form, as a program file.
///
///     try export({ model(tokens: $0, mask: $1) }, of: model, example: tokens, mask, to: "encoder.apus")
///
/// The options are those of ``export(_:example:to:dynamic:inputNames:outputNames:training:)``.
/// - Parameters:
///   - module: what the function calls: names of weights and paths of operations come from it, and it is put into the mode that
///     `training` asks for. Nil for a function without one.
///   - example: arguments as calls will bring them; several tensors in one argument are several inputs.
public func export<each Argument: TensorTree, Output: TensorTree>(
  _ function: (repeat each Argument) -> Output, of module: (any Module)? = nil, example: repeat each Argument,
  to path: String, dynamic: [String: [Int: String]] = [:], inputNames: [String] = [], outputNames: [String] = [],
  training: Bool = false
) throws {
  var tensors: [Tensor] = []
  func take<T: TensorTree>(_ tree: T) {
    _ = tree.mapTensors {
      tensors.append($0)
      return $0
    }
  }
  repeat take(each example)
  let options = ProgramOptions(
    dynamic: dynamic, inputNames: inputNames, outputNames: outputNames, training: training)
  try export(of: module, tensors, to: path, options: options) { given in
    var rest = given[...]
    func replaced<T: TensorTree>(_ tree: T) -> T { tree.mapTensors { rest.popFirst() ?? $0 } }
    var results: [Tensor] = []
    _ = function(repeat replaced(each example)).mapTensors {
      results.append($0)
      return $0
    }
    return results
  }
}

/// How a program is exported, see ``export(_:example:to:dynamic:inputNames:outputNames:training:)``.
package struct ProgramOptions: Sendable {
  package var dynamic: [String: [Int: String]]
  package var inputNames: [String]
  package var outputNames: [String]
  package var training: Bool

  package init(
    dynamic: [String: [Int: String]] = [:], inputNames: [String] = [], outputNames: [String] = [],
    training: Bool = false
  ) {
    (self.dynamic, self.inputNames, self.outputNames, self.training) = (dynamic, inputNames, outputNames, training)
  }
}

/// Writes a call that takes and gives lists of tensors as a program file.
package func export(
  of module: (any Module)?, _ inputs: [Tensor], to path: String, options: ProgramOptions,
  _ call: ([Tensor]) throws -> [Tensor]
) throws {
  let made = try CapturedProgram(module, inputs, options, name: programName(path), call)
  try ProgramFile.write(made.contents, made.tensors, to: path)
}

/// The name of a file without its folder and its extension.
private func programName(_ path: String) -> String {
  let name = splitPath(path).name
  return name.hasSuffix(".apus") && name.count > 5 ? String(name.dropLast(5)) : name
}

/// A captured call on its way to a file.
struct CapturedProgram {
  private(set) var contents: ProgramContents
  /// The elements of each constant; nil for those that are made for the sizes of a call.
  private(set) var tensors: [Tensor?] = []
  private let captures: [CapturedCall]
  private var solver: SizeSolver
  /// The number in the program of each value of the trace.
  private var numbers: [Int: Int] = [:]
  /// The open sizes, and what they were in each call.
  private let sizes: [(name: String, size: Size)]
  /// Sizes that count windows, and how they do.
  private var windowSizes: [(size: Size, expression: SizeExpression)] = []
  /// Whether the operations are gone through to find ``windowSizes`` only: what is not known does not matter yet.
  private var looksForWindows = false
  private var names: Set<String> = []

  private var trace: Trace { captures[0].trace }

  init(
    _ module: (any Module)?, _ inputs: [Tensor], _ options: ProgramOptions, name: String,
    _ call: ([Tensor]) throws -> [Tensor]
  ) throws {
    let inputNames = inputs.indices.map {
      options.inputNames.indices.contains($0) ? options.inputNames[$0] : "input_\($0)"
    }
    try Self.requireDistinct(inputNames, "inputs")
    guard options.inputNames.count <= inputs.count else {
      throw TensorError(
        .value, "export", "\(options.inputNames.count) names were given for \(inputs.count) inputs")
    }
    let axes = try DynamicAxes(inputs, inputNames, options.dynamic, "export")
    captures = try axes.captures(of: inputs, confirms: true) { given in
      try CapturedCall(module, given, training: options.training, "export", call)
    }
    var sizes: [(name: String, size: Size)] = []
    for (i, value) in captures[0].trace.inputs.enumerated() {
      for (axis, name) in axes.names[i] where !sizes.contains(where: { $0.name == name }) {
        let values = captures.map { $0.trace.values[value].type.shape[axis] }
        sizes.append((name, Size(values)))
      }
    }
    sizes.sort { $0.name < $1.name }
    self.sizes = sizes
    solver = SizeSolver(sizes)
    contents = ProgramContents(
      name: name, sizes: sizes.map { ($0.name, $0.size.values[0]) }, values: [], inputs: [], outputs: [],
      constants: [], operations: [])
    if captures.count > 1 {
      // Constants and attributes before the windows of images depend on the sizes of these too: they are looked for first.
      looksForWindows = true
      try build(inputNames, options.outputNames)
      looksForWindows = false
      solver = SizeSolver(sizes)
      for (size, expression) in windowSizes { _ = solver.note(size, expression, values) }
      (windowSizes, tensors, numbers) = ([], [], [:])
      (contents.values, contents.inputs, contents.outputs, contents.constants, contents.operations) = (
        [], [], [], [], []
      )
    }
    try build(inputNames, options.outputNames)
    try checkPlans()
  }

  /// What the sizes were in a call.
  private func values(_ call: Int) -> [String: Int] {
    Dictionary(uniqueKeysWithValues: sizes.map { ($0.name, $0.size.values[call]) })
  }

  private mutating func build(_ inputNames: [String], _ outputNames: [String]) throws(TensorError) {
    let needed = neededInstructions()
    for (name, value) in zip(inputNames, trace.inputs) {
      contents.inputs.append(.init(name: name, value: contents.values.count))
      try addValue(value, "the input '\(name)'")
    }
    names = Set(inputNames)
    try addConstants(needed)
    for i in needed { try addOperation(i) }
    try addOutputs(outputNames)
  }

  /// Checks that the program can be read again, and does with the sizes of every call what was captured.
  private func checkPlans() throws(TensorError) {
    for call in captures.indices {
      do { _ = try ProgramPlan(contents, values(call)) } catch {
        throw TensorError(error.kind, "export", error.message)
      }
    }
  }

  private static func requireDistinct(_ names: [String], _ what: String) throws(TensorError) {
    guard Set(names).count == names.count else {
      throw TensorError(.value, "export", "two \(what) have one name: \(names.joined(separator: ", "))")
    }
  }

  /// The instructions that the results depend on, in their order.
  private func neededInstructions() -> [Int] {
    var wanted = Set(captures[0].outputs)
    var needed: [Int] = []
    for (i, instruction) in trace.instructions.enumerated().reversed() {
      var isNeeded = instruction.outputs.contains(where: wanted.contains)
      switch instruction {
      case .operation, .readVariable, .readGradient: break
      case .writeVariable, .writeGradient, .perform, .hooks: isNeeded = true
      }
      guard isNeeded else { continue }
      needed.append(i)
      wanted.formUnion(instruction.inputs)
    }
    return needed.reversed()
  }

  private func place(_ i: Int) -> String {
    let path = captures[0].paths[i]
    return path.isEmpty ? "" : " of module '\(path)'"
  }

  /// Numbers a value of the trace.
  private mutating func addValue(_ value: Int, _ what: @autoclosure () -> String) throws(TensorError) {
    let types = captures.map { $0.trace.values[value].type }
    guard !types[0].dtype.isCustom else {
      throw TensorError(
        .unsupported, "export",
        "\(what()) has elements of the registered type \(types[0].dtype), which files cannot hold")
    }
    var shape: [SizeExpression] = []
    for d in types[0].shape.indices {
      let size = Size(types.map { $0.shape[d] })
      guard let expression = solver.expression(size) ?? (looksForWindows ? .number(size.values[0]) : nil) else {
        throw TensorError(
          .unsupported, "export",
          "dimension \(d) of \(what()) depends on the sizes of open dimensions in a way that is not known: \(size)")
      }
      shape.append(expression)
    }
    numbers[value] = contents.values.count
    contents.values.append(.init(dtype: types[0].dtype, shape: shape))
  }

  // MARK: Constants

  private mutating func addConstants(_ needed: [Int]) throws(TensorError) {
    var variables: [Int: String?] = [:]
    for i in needed {
      if case .readVariable(let variable, let value) = trace.instructions[i] {
        variables[value] = .some(captures[0].variables[ObjectIdentifier(variable)])
      }
    }
    var used = Set(captures[0].outputs)
    for i in needed { used.formUnion(trace.instructions[i].inputs) }
    for i in needed {
      guard case .readVariable(let variable, let value) = trace.instructions[i] else { continue }
      try addConstant(value, variables[value] ?? nil, [variable.elements])
    }
    for (k, constant) in trace.constants.enumerated() where used.contains(constant.value) {
      try addConstant(constant.value, nil, captures.map { $0.trace.constants[k].tensor })
    }
  }

  private mutating func addConstant(_ value: Int, _ name: String?, _ tensors: [Tensor]) throws(TensorError) {
    var unique = name ?? "constant_\(contents.constants.count)"
    while !names.insert(unique).inserted { unique += "_" }
    let first = tensors[0].elementsOnly
    if tensors.allSatisfy({ $0.type == first.type && $0.hasElements(of: first) }) {
      try addValue(value, "the constant '\(unique)'")
      contents.constants.append(.init(name: unique, source: .bytes(offset: 0, check: 0)))
      self.tensors.append(first)
      return
    }
    guard let recipe = looksForWindows ? .fill(0) : ConstantRecipe(tensors, &solver) else {
      throw TensorError(
        .unsupported, "export",
        "a constant of shape \(tensors.map { "\($0.shape)" }.joined(separator: " or ")) depends on the sizes of open dimensions "
          + "in a way that is not known; compute it from the inputs inside the function")
    }
    try addValue(value, "the constant '\(unique)'")
    contents.constants.append(.init(name: unique, source: .made(recipe)))
    self.tensors.append(nil)
  }

  // MARK: Operations

  private mutating func addOperation(_ i: Int) throws(TensorError) {
    guard case .operation(let primitive, let inputs, let outputs) = trace.instructions[i] else {
      switch trace.instructions[i] {
      case .readVariable: return
      case .writeVariable(let variable, _):
        let name = captures[0].variables[ObjectIdentifier(variable)].map { "'\($0)'" } ?? "a variable"
        throw TensorError(
          .unsupported, "export",
          "the function stores \(name)\(place(i)), and a program gives results only; export it as it is in use (training: false)"
        )
      case .readGradient, .writeGradient:
        throw TensorError(.unsupported, "export", "the function uses the gradient of a variable\(place(i))")
      case .perform(let name, _):
        throw TensorError(.unsupported, "export", "the function does something besides computing\(place(i)): \(name)")
      case .hooks, .operation:
        throw TensorError(.unsupported, "export", "the function runs hooks of gradients\(place(i))")
      }
    }
    let operation = "\(primitive.name)\(place(i))"
    if primitive.isRandom {
      throw TensorError(
        .unsupported, "export",
        "\(operation) draws random numbers, and a program gives the same for the same inputs; draw them outside")
    }
    var attributes: [Attribute] = []
    var name = ""
    for capture in captures {
      guard case .operation(let own, _, _) = capture.trace.instructions[i],
        let stored = OperationTable.stored(own)
      else {
        throw TensorError(.unsupported, "export", "\(operation) cannot be part of a program file")
      }
      name = stored.name
      attributes.append(stored.operation.attribute)
    }
    let merged: Attribute
    do { merged = looksForWindows ? attributes[0] : try Attribute.merged(attributes, &solver) } catch {
      throw TensorError(error.kind, "export", "\(operation): \(error.message)")
    }
    // The numbers of values are those of the order in which they are made.
    let operands = try inputs.map { (value) throws(TensorError) -> Int in
      guard let number = numbers[value] else {
        throw TensorError(.unsupported, "export", "\(operation) reads something that no operation makes")
      }
      return number
    }
    noteWindows(primitive, inputs, outputs)
    for output in outputs { try addValue(output, "a result of \(operation)") }
    contents.operations.append(
      .init(
        name: name, path: captures[0].paths[i], inputs: operands, attributes: merged, resultCount: outputs.count))
  }

  /// Notes how the sizes of images follow from those before them: windows are counted by a division that leaves a rest, which few calls
  /// do not show.
  private mutating func noteWindows(_ primitive: any Primitive, _ inputs: [Int], _ outputs: [Int]) {
    guard captures.count > 1,
      let counts = (primitive as? any WindowedPrimitive)?.windowCounts(
        inputs.map { trace.values[$0].type.shape })
    else { return }
    for (d, count) in counts.enumerated() {
      guard let number = numbers[inputs[0]] else { return }
      let input = contents.values[number].shape[d + 2]
      let size = Size(captures.map { $0.trace.values[outputs[0]].type.shape[d + 2] })
      let sum = SizeExpression.add(input, .number(count.offset))
      let windows = SizeExpression.add(.div(sum, .number(count.step)), .number(1))
      if solver.note(size, windows, values) { windowSizes.append((size, windows)) }
    }
  }

  private mutating func addOutputs(_ given: [String]) throws(TensorError) {
    for (i, value) in captures[0].outputs.enumerated() {
      guard let number = numbers[value] else {
        throw TensorError(.unsupported, "export", "output \(i) is something that no operation makes")
      }
      contents.outputs.append(.init(name: given.indices.contains(i) ? given[i] : "output_\(i)", value: number))
    }
    try Self.requireDistinct(contents.outputs.map(\.name), "outputs")
  }
}
