import ApusCore
import ApusFunctional
import ApusNN

/// A captured call on its way to a file.
struct CapturedProgram {
  private(set) var contents: ProgramContents
  /// The elements of each constant; nil for those that are made for the sizes of a call.
  private(set) var tensors: [Tensor?] = []
  private let captures: [CapturedCall]
  private var solver: SizeSolver
  /// The graph that is being built: the program's own, or that of a step.
  private var scope: Scope
  /// The constants in all graphs, as they were in each call, and the value of the program that each is.
  private var known: [(tensors: [Tensor], value: Int)] = []
  /// The open sizes, and what they were in each call.
  private let sizes: [(name: String, size: Size)]
  /// Sizes that count windows, and how they do.
  private var windowSizes: [(size: Size, expression: SizeExpression)] = []
  /// Whether the operations are gone through to find ``windowSizes`` only: what is not known does not matter yet.
  private var looksForWindows = false
  private var names: Set<String> = []

  /// A graph on its way: what was captured in each call, and what it became so far.
  private struct Scope {
    let calls: [CapturedCall]
    var graph = ProgramContents.Graph()
    /// The number in the graph of each value of the trace.
    var numbers: [Int: Int] = [:]
    /// In a step, the input that stands for each constant of the program.
    var constants: [Int: Int] = [:]

    var trace: Trace { calls[0].trace }
  }

  private var trace: Trace { scope.trace }

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
    scope = Scope(calls: captures)
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
      (windowSizes, tensors, known) = ([], [], [])
      scope = Scope(calls: captures)
      (contents.inputs, contents.outputs, contents.constants) = ([], [], [])
    }
    try build(inputNames, options.outputNames)
    try checkPlans()
  }

  /// What the sizes were in a call.
  private func values(_ call: Int) -> [String: Int] {
    Dictionary(uniqueKeysWithValues: sizes.map { ($0.name, $0.size.values[call]) })
  }

  private mutating func build(_ inputNames: [String], _ outputNames: [String]) throws(TensorError) {
    let needed = Self.neededInstructions(captures[0])
    for (name, value) in zip(inputNames, trace.inputs) {
      contents.inputs.append(.init(name: name, value: scope.graph.values.count))
      try addValue(value, "the input '\(name)'")
    }
    names = Set(inputNames)
    try addConstants(needed)
    for i in needed { try addOperation(i) }
    (contents.values, contents.operations) = (scope.graph.values, scope.graph.operations)
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
  private static func neededInstructions(_ call: CapturedCall) -> [Int] {
    var wanted = Set(call.outputs)
    var needed: [Int] = []
    for (i, instruction) in call.trace.instructions.enumerated().reversed() {
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
    let path = scope.calls[0].paths[i]
    return path.isEmpty ? "" : " of module '\(path)'"
  }

  /// Numbers a value of the trace.
  private mutating func addValue(_ value: Int, _ what: @autoclosure () -> String) throws(TensorError) {
    scope.numbers[value] = scope.graph.values.count
    try addValue(scope.calls.map { $0.trace.values[value].type }, what())
  }

  /// Numbers a value that has these types in the calls.
  private mutating func addValue(_ types: [TensorType], _ what: @autoclosure () -> String) throws(TensorError) {
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
    scope.graph.values.append(.init(dtype: types[0].dtype, shape: shape))
  }

  // MARK: Constants

  private mutating func addConstants(_ needed: [Int]) throws(TensorError) {
    for i in needed {
      guard case .readVariable(let variable, let value) = trace.instructions[i] else { continue }
      scope.numbers[value] = scope.graph.values.count
      try addConstant(captures[0].variables[ObjectIdentifier(variable)], [variable.elements])
    }
    for (value, tensors) in Self.ownConstants(captures) {
      scope.numbers[value] = scope.graph.values.count
      known.append((tensors, scope.graph.values.count))
      try addConstant(nil, tensors)
    }
    for tensors in Self.stepConstants(captures) where self.value(of: tensors) == nil {
      known.append((tensors, scope.graph.values.count))
      try addConstant(nil, tensors)
    }
  }

  private mutating func addConstant(_ name: String?, _ tensors: [Tensor]) throws(TensorError) {
    var unique = name ?? "constant_\(contents.constants.count)"
    while !names.insert(unique).inserted { unique += "_" }
    let first = tensors[0].elementsOnly
    if tensors.allSatisfy({ $0.type == first.type && $0.hasElements(of: first) }) {
      try addValue([TensorType](repeating: first.type, count: captures.count), "the constant '\(unique)'")
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
    try addValue(tensors.map(\.type), "the constant '\(unique)'")
    contents.constants.append(.init(name: unique, source: .made(recipe)))
    self.tensors.append(nil)
  }

  /// The constants that a call itself reads: values of its trace, and what they are in each call.
  private static func ownConstants(_ calls: [CapturedCall]) -> [(value: Int, tensors: [Tensor])] {
    var used = Set(calls[0].outputs)
    for i in neededInstructions(calls[0]) { used.formUnion(calls[0].trace.instructions[i].inputs) }
    return calls[0].trace.constants.enumerated().compactMap { k, constant in
      used.contains(constant.value) ? (constant.value, calls.map { $0.trace.constants[k].tensor }) : nil
    }
  }

  /// The constants that the steps of a call read, and the steps in these.
  private static func stepConstants(_ calls: [CapturedCall]) -> [[Tensor]] {
    neededInstructions(calls[0]).flatMap { i in
      steps(calls, i).flatMap { step in ownConstants(step).map(\.tensors) + stepConstants(step) }
    }
  }

  /// The steps of instruction `i`, each as it is in every call; none where it is no branch or loop.
  private static func steps(_ calls: [CapturedCall], _ i: Int) -> [[CapturedCall]] {
    let forms = calls.compactMap { call -> ControlForm? in
      guard case .operation(let operation as any ControlFlow, _, _) = call.trace.instructions[i] else { return nil }
      return operation.form
    }
    guard let first = forms.first, forms.count == calls.count else { return [] }
    return first.parts.indices.map { part in
      zip(calls, forms).map { CapturedCall(step: $1.parts[part].step, of: $0, path: $0.paths[i]) }
    }
  }

  /// The value of the program that has these elements as a constant.
  private func value(of tensors: [Tensor]) -> Int? {
    known.first { zip($0.tensors, tensors).allSatisfy { $0.type == $1.type && $0.hasElements(of: $1) } }?.value
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
    // The numbers of values are those of the order in which they are made.
    let operands = try inputs.map { (value) throws(TensorError) -> Int in
      guard let number = scope.numbers[value] else {
        throw TensorError(.unsupported, "export", "\(operation) reads something that no operation makes")
      }
      return number
    }
    var made: ProgramContents.Operation
    if let control = primitive as? any ControlFlow {
      made = try self.control(control.form, i, operands)
    } else {
      let (name, attributes) = try stored(i, operation)
      made = .init(name: name, path: "", inputs: operands, attributes: attributes, resultCount: 0)
    }
    (made.path, made.resultCount) = (scope.calls[0].paths[i], outputs.count)
    noteWindows(primitive, inputs, outputs)
    for output in outputs { try addValue(output, "a result of \(operation)") }
    scope.graph.operations.append(made)
  }

  /// The name of an operation in the format, and its attributes for all sizes.
  private mutating func stored(_ i: Int, _ operation: String) throws(TensorError) -> (String, Attribute) {
    var attributes: [Attribute] = []
    var name = ""
    for call in scope.calls {
      guard case .operation(let own, _, _) = call.trace.instructions[i], let stored = OperationTable.stored(own)
      else {
        throw TensorError(.unsupported, "export", "\(operation) cannot be part of a program file")
      }
      name = stored.name
      attributes.append(stored.operation.attribute)
    }
    do {
      return (name, looksForWindows ? attributes[0] : try Attribute.merged(attributes, &solver))
    } catch {
      throw TensorError(error.kind, "export", "\(operation): \(error.message)")
    }
  }

  /// A branch, a loop or the gradient of one: its steps as graphs, to which the constants that they read are given behind what they
  /// use otherwise.
  private mutating func control(
    _ form: ControlForm, _ i: Int, _ operands: [Int]
  ) throws(TensorError) -> ProgramContents.Operation {
    let cotangents = form.wanted == nil ? 0 : form.resultCount
    let first = form.parts[0].free.lowerBound
    var all = Array(operands[..<(cotangents + first)])
    /// Where the operands of the branch or loop itself are now.
    var places = Array(0..<first)
    var graphs: [String: ProgramContents.Graph] = [:]
    for (part, step) in Self.steps(scope.calls, i).enumerated() {
      let (graph, constants) = try self.graph(step)
      graphs[form.kind.stepNames[part]] = graph
      for place in form.parts[part].free {
        places.append(all.count - cotangents)
        all.append(operands[cotangents + place])
      }
      for constant in constants {
        guard let number = scope.constants[constant] ?? (scope.constants.isEmpty ? constant : nil) else {
          throw TensorError(.unsupported, "export", "a step reads a constant that no graph around it has")
        }
        all.append(number)
      }
    }
    var attributes: [String: Attribute] = [:]
    if form.kind == .scan { attributes["reverse"] = .bool(form.isReverse) }
    if let wanted = form.wanted { attributes["wanted"] = .list(wanted.map { .int(places[$0]) }) }
    return .init(
      name: ControlName(form).text, path: "", inputs: all, attributes: .record(attributes), graphs: graphs,
      resultCount: 0)
  }

  /// The graph of a step, as it is in each call, and the constants of the program that are given to it as its last inputs.
  private mutating func graph(_ calls: [CapturedCall]) throws(TensorError) -> (ProgramContents.Graph, [Int]) {
    let outer = scope
    defer { scope = outer }
    scope = Scope(calls: calls)
    for input in trace.inputs { try addValue(input, "an input of a step") }
    var constants: [Int] = []
    let own = Self.ownConstants(calls)
    for tensors in own.map(\.tensors) + Self.stepConstants(calls) {
      guard let constant = value(of: tensors) else {
        throw TensorError(.unsupported, "export", "a step reads something that no operation makes")
      }
      if scope.constants[constant] != nil { continue }
      scope.constants[constant] = scope.graph.values.count
      constants.append(constant)
      try addValue(tensors.map(\.type), "a constant of a step")
    }
    for (value, tensors) in own { scope.numbers[value] = self.value(of: tensors).flatMap { scope.constants[$0] } }
    scope.graph.inputCount = scope.graph.values.count
    for i in Self.neededInstructions(calls[0]) { try addOperation(i) }
    scope.graph.outputs = try calls[0].outputs.map { (value) throws(TensorError) -> Int in
      guard let number = scope.numbers[value] else {
        throw TensorError(.unsupported, "export", "a step gives something that no operation makes")
      }
      return number
    }
    return (scope.graph, constants)
  }

  /// Notes how the sizes of images follow from those before them: windows are counted by a division that leaves a rest, which few calls
  /// do not show.
  private mutating func noteWindows(_ primitive: any Primitive, _ inputs: [Int], _ outputs: [Int]) {
    guard captures.count > 1,
      let counts = (primitive as? any WindowedPrimitive)?.windowCounts(
        inputs.map { trace.values[$0].type.shape })
    else { return }
    for (d, count) in counts.enumerated() {
      guard let number = scope.numbers[inputs[0]] else { return }
      let input = scope.graph.values[number].shape[d + 2]
      let size = Size(scope.calls.map { $0.trace.values[outputs[0]].type.shape[d + 2] })
      let sum = SizeExpression.add(input, .number(count.offset))
      let windows = SizeExpression.add(.div(sum, .number(count.step)), .number(1))
      if solver.note(size, windows, values) { windowSizes.append((size, windows)) }
    }
  }

  private mutating func addOutputs(_ given: [String]) throws(TensorError) {
    for (i, value) in captures[0].outputs.enumerated() {
      guard let number = scope.numbers[value] else {
        throw TensorError(.unsupported, "export", "output \(i) is something that no operation makes")
      }
      contents.outputs.append(.init(name: given.indices.contains(i) ? given[i] : "output_\(i)", value: number))
    }
    try Self.requireDistinct(contents.outputs.map(\.name), "outputs")
  }
}
