import ApusCore
import ApusFunctional

/// A function of C for a step of a branch or loop, which the function of the program calls.
struct CStepFunction {
  let name: String
  let parameters: String
  let body: [String]
}

/// A branch, a loop or the gradient of one as C: statements that call the functions of its steps. All memory that they need is scratch
/// memory of the program.
struct CControl {
  /// The statements.
  private(set) var text = ""
  /// The functions of the steps, each behind those that it calls.
  private(set) var functions: [CStepFunction] = []
  /// Functions of fused formulas in the steps.
  private(set) var kernels: [String] = []

  private let form: ControlForm
  private let operation: String
  private let name: String
  private let threads: Int
  /// Operands that never change; nil: others.
  private let known: [Tensor?]
  private var operands: [CArray]
  private let results: [CArray]
  private var lines: [String] = []
  /// Bytes of scratch memory so far.
  private var size = 0

  /// - Parameters:
  ///   - name: what the names of the functions of the steps begin with.
  ///   - operation: what the user called: its name stands in messages.
  init(
    _ form: ControlForm, _ operands: [CArray], known: [Tensor?], _ results: [CArray], name: String, threads: Int,
    _ operation: String, weights: inout CWeightTable
  ) throws(TensorError) {
    (self.form, self.operands, self.known, self.results) = (form, operands, known, results)
    (self.name, self.threads, self.operation) = (name, threads, operation)
    guard results.allSatisfy({ $0.strides == rowMajorStrides($0.type.shape) }) else {
      throw refusal("on results that do not lie in rows")
    }
    // What a step alone uses and never changes is a constant of its function; all else is read in rows.
    let free = form.parts.flatMap { $0.free.map { $0 + cotangentCount } }
    for i in operands.indices where known[i] == nil || !free.contains(i) { layOutInRows(i) }
    switch (form.kind, form.wanted) {
    case (.cond, nil): try branch(&weights)
    case (.whileLoop, nil): try loop(&weights)
    case (.scan, nil): try scan(&weights)
    case (.cond, let wanted?): try branchGradient(wanted, &weights)
    case (.scan, let wanted?): try scanGradient(wanted, &weights)
    case (.whileLoop, .some):
      throw refusal("in a gradient: how many states it keeps for it is not known before it runs; a scan has a form")
    }
    text = "unsigned char *memory = \(cScratch(max(size, 64))); (void)memory;\n" + lines.joined(separator: "\n")
  }

  private func refusal(_ reason: String) -> TensorError {
    TensorError(.unsupported, operation, "has no C form for \(form.kind.rawValue) \(reason)")
  }

  // MARK: Memory

  /// A new array in the scratch memory.
  private mutating func array(_ name: String, _ type: TensorType) -> CArray {
    let made = CArray(name: name, type: type, strides: rowMajorStrides(type.shape))
    lines.append("\(made.element) *\(name) = (\(made.element) *)(memory + \(reserve(type.count * type.dtype.size)));")
    return made
  }

  /// The place of so many bytes.
  private mutating func reserve(_ bytes: Int) -> Int {
    defer { size += (bytes + 63) / 64 * 64 }
    return size
  }

  private mutating func copy(_ from: CArray, to: CArray) {
    lines.append(cCopy(from) { to($0) })
  }

  /// Lets operand `i` lie in rows, as the functions of steps read it.
  private mutating func layOutInRows(_ i: Int) {
    let operand = operands[i]
    if operand.strides == rowMajorStrides(operand.type.shape) { return }
    let rows = array("rows\(i)", operand.type)
    copy(operand, to: rows)
    operands[i] = rows
  }

  private mutating func swap(_ a: CArray, _ b: CArray) {
    lines.append("{ \(a.element) *other = \(a.name); \(a.name) = \(b.name); \(b.name) = other; }")
  }

  // MARK: Steps

  /// A step that can be called: its function, and which of its inputs the call gives.
  private struct Step {
    let name: String
    let arenaSize: Int
    /// The inputs that are no constants of the function.
    let given: [Int]
  }

  /// Writes the function of a step.
  /// - Parameters:
  ///   - free: the inputs of the step from `first` on that are operands, by their numbers.
  ///   - outputs: which of its results the function gives; nil: all.
  private mutating func step(
    _ step: TracedStep, _ part: String, first: Int, free: [Int], outputs: [Int]? = nil, _ weights: inout CWeightTable
  ) throws(TensorError) -> Step {
    let trace = step.trace
    var graph = Graph(
      trace, trace.instructions.indices, inputs: trace.inputs,
      outputs: outputs.map { chosen in chosen.map { step.outputs[$0] } } ?? step.outputs)
    for input in graph.inputs {
      let rows = rowMajorStrides(graph.values[input].type.shape)
      if graph.values[input].strides != rows, graph.nodes.contains(where: { $0.name == "AsStrided" }) {
        throw refusal("whose step asks for places in memory")
      }
      graph.values[input].strides = rows
    }
    // What never changes is a constant of the step too, which its operations may read in an order of their own.
    var given: [Int] = []
    for (k, input) in trace.inputs.enumerated() {
      let place = k - first
      if free.indices.contains(place), let tensor = known[free[place]] {
        graph.constants[input] = tensor.contiguous()
      } else {
        given.append(k)
      }
    }
    graph.inputs = given.map { trace.inputs[$0] }
    try graph.prepareForC()
    let name = "\(self.name)_\(part)"
    let program = try CProgram(graph, name: name, threads: threads, operation, weights: &weights)
    kernels += program.kernels
    functions += program.functions
    functions.append(
      CStepFunction(name: name, parameters: CLibraryText.parameters(program), body: program.body))
    return Step(name: name, arenaSize: program.arenaSize, given: given)
  }

  /// The step of part `part` of the form.
  private mutating func step(_ part: Int, _ weights: inout CWeightTable) throws(TensorError) -> Step {
    let own = form.parts[part]
    return try step(
      own.step, form.kind.stepNames[part], first: own.step.trace.inputs.count - own.free.count,
      free: own.free.map { cotangentCount + $0 }, &weights)
  }

  /// The step that computes the gradients `outputs` of the operands of part `part`.
  private mutating func gradientStep(
    _ part: Int, outputs: [Int], _ weights: inout CWeightTable
  ) throws(TensorError) -> Step {
    let own = form.parts[part]
    guard let gradient = form.gradientStep(part, own.step.outputTypes) else {
      throw refusal("in a gradient that cannot be captured")
    }
    return try step(
      gradient, form.kind.stepNames[part] + "_gradient", first: own.step.trace.inputs.count - own.free.count,
      free: own.free.map { cotangentCount + $0 }, outputs: outputs, &weights)
  }

  /// A statement that calls a step, whose intermediate values lie at `arena`.
  private func call(_ step: Step, arena: Int, _ inputs: [String], _ outputs: [String]) -> String {
    let all = ["team", "memory + \(arena)", "weights"] + step.given.map { inputs[$0] } + outputs
    return "\(step.name)(\(all.joined(separator: ", ")));"
  }

  // MARK: Operands

  private var cotangentCount: Int { form.wanted == nil ? 0 : form.resultCount }
  /// The operands of the branch or loop itself.
  private var own: ArraySlice<CArray> { operands[cotangentCount...] }
  private func own(_ i: Int) -> CArray { operands[cotangentCount + i] }

  /// What a part alone uses.
  private func free(_ part: Int) -> [String] { form.parts[part].free.map { own($0).name } }

  /// Copies of the states at operand `first` and on, and as many arrays beside them.
  private mutating func states(from first: Int) -> (now: [CArray], next: [CArray]) {
    var (now, next): ([CArray], [CArray]) = ([], [])
    for k in 0..<form.stateCount {
      now.append(array("now\(k)", own(first + k).type))
      next.append(array("next\(k)", own(first + k).type))
      copy(own(first + k), to: now[k])
    }
    return (now, next)
  }

  /// Where element `t` of a sequence lies.
  private func element(_ sequence: CArray) -> String {
    "\(sequence.name) + t * \(sequence.type.shape.dropFirst().reduce(1, *))"
  }

  private func loopHead(_ count: Int, isReverse: Bool) -> String {
    isReverse ? "for (long t = \(count - 1); t >= 0; t--) {" : "for (long t = 0; t < \(count); t++) {"
  }

  // MARK: Forms

  private mutating func branch(_ weights: inout CWeightTable) throws(TensorError) {
    let steps = [try step(0, &weights), try step(1, &weights)]
    let arena = reserve(max(steps[0].arenaSize, steps[1].arenaSize))
    lines.append("if (\(own(0).name)[0] != 0) {")
    for part in 0..<2 {
      if part == 1 { lines.append("} else {") }
      lines.append(call(steps[part], arena: arena, free(part), results.map(\.name)))
    }
    lines.append("}")
  }

  private mutating func loop(_ weights: inout CWeightTable) throws(TensorError) {
    let (test, body) = (try step(0, &weights), try step(1, &weights))
    let (now, next) = states(from: 0)
    let goesOn = array("goes_on", form.parts[0].step.outputTypes[0])
    let arena = reserve(max(test.arenaSize, body.arenaSize))
    lines.append("for (;;) {")
    lines.append(call(test, arena: arena, now.map(\.name) + free(0), [goesOn.name]))
    lines.append("if (\(goesOn.name)[0] == 0) break;")
    lines.append(call(body, arena: arena, now.map(\.name) + free(1), next.map(\.name)))
    for (a, b) in zip(now, next) { swap(a, b) }
    lines.append("}")
    for (state, result) in zip(now, results) { copy(state, to: result) }
  }

  private mutating func scan(_ weights: inout CWeightTable) throws(TensorError) {
    let step = try step(0, &weights)
    let (now, next) = states(from: 1)
    let arena = reserve(step.arenaSize)
    lines.append(loopHead(own(0).type.shape[0], isReverse: form.isReverse))
    lines.append(
      call(
        step, arena: arena, now.map(\.name) + [element(own(0))] + free(0),
        next.map(\.name) + [element(results[form.stateCount])]))
    for (a, b) in zip(now, next) { swap(a, b) }
    lines.append("}")
    for (state, result) in zip(now, results) { copy(state, to: result) }
  }

  private mutating func branchGradient(_ wanted: [Int], _ weights: inout CWeightTable) throws(TensorError) {
    let cotangents = operands[..<cotangentCount].map(\.name)
    var steps: [(step: Step, results: [Int])] = []
    for part in 0..<2 {
      let range = form.parts[part].free
      let chosen = wanted.indices.filter { range.contains(wanted[$0]) }
      steps.append(
        (try gradientStep(part, outputs: chosen.map { wanted[$0] - range.lowerBound }, &weights), chosen))
    }
    let arena = reserve(max(steps[0].step.arenaSize, steps[1].step.arenaSize))
    lines.append("if (\(own(0).name)[0] != 0) {")
    for part in 0..<2 {
      if part == 1 { lines.append("} else {") }
      let chosen = steps[part].results
      lines.append(
        call(steps[part].step, arena: arena, free(part) + cotangents, chosen.map { results[$0].name }))
      // What only the other branch uses has no share.
      for k in results.indices where !chosen.contains(k) { lines.append(cFill(results[k], "0")) }
    }
    lines.append("}")
  }

  private mutating func scanGradient(_ wanted: [Int], _ weights: inout CWeightTable) throws(TensorError) {
    let count = form.stateCount
    let sums = wanted.indices.filter { wanted[$0] > count }
    let forward = try step(0, &weights)
    // Of what is used besides, the gradients that are wanted alone.
    let backward = try gradientStep(
      0, outputs: Array(0...count) + sums.map { wanted[$0] }, &weights)
    let (xs, cotangents) = (own(0), Array(operands[..<cotangentCount]))
    let steps = xs.type.shape[0]
    // The states before each step.
    var before: [CArray] = []
    for k in 0..<count {
      let type = own(1 + k).type
      before.append(array("before\(k)", TensorType([steps + 1] + type.shape, type.dtype)))
    }
    let given = array("given", form.parts[0].step.outputTypes[count])
    let arena = reserve(max(forward.arenaSize, backward.arenaSize))
    func state(_ k: Int, _ time: String) -> String {
      "\(before[k].name) + (\(time)) * \(own(1 + k).type.count)"
    }
    for k in 0..<count {
      lines.append("for (long i = 0; i < \(own(1 + k).type.count); i++) before\(k)[i] = \(own(1 + k).name)[i];")
    }
    let place = form.isReverse ? "\(steps - 1) - n" : "n"
    lines.append("for (long n = 0; n < \(steps); n++) {")
    lines.append("const long t = \(place);")
    lines.append(
      call(
        forward, arena: arena, (0..<count).map { state($0, "n") } + [element(xs)] + free(0),
        (0..<count).map { state($0, "n + 1") } + [given.name]))
    lines.append("}")
    var (now, next): ([CArray], [CArray]) = ([], [])
    for k in 0..<count {
      now.append(array("now\(k)", own(1 + k).type))
      next.append(array("next\(k)", own(1 + k).type))
      copy(cotangents[k], to: now[k])
    }
    let slope = array("slope", TensorType(Array(xs.type.shape.dropFirst()), xs.type.dtype))
    var parts: [CArray] = []
    for k in sums {
      parts.append(array("part\(k)", results[k].type))
      lines.append(cFill(results[k], "0"))
    }
    lines.append("for (long n = \(steps - 1); n >= 0; n--) {")
    lines.append("const long t = \(place);")
    lines.append(
      call(
        backward, arena: arena,
        (0..<count).map { state($0, "n") } + [element(xs)] + free(0) + now.map(\.name) + [element(cotangents[count])],
        next.map(\.name) + [slope.name] + parts.map(\.name)))
    for (part, k) in zip(parts, sums) {
      let sum = results[k]
      lines.append(cLoops(part.type.shape) { "\(sum($0)) += \(part($0));" })
    }
    if let k = wanted.firstIndex(of: 0) {
      let size = slope.type.count
      lines.append("for (long i = 0; i < \(size); i++) \(results[k].name)[t * \(size) + i] = slope[i];")
    }
    for (a, b) in zip(now, next) { swap(a, b) }
    lines.append("}")
    for (k, operand) in wanted.enumerated() where (1...count).contains(operand) {
      copy(now[operand - 1], to: results[k])
    }
  }
}
