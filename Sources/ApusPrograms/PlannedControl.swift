import ApusCore
import ApusFunctional

/// The name of a branch, a loop or the gradient of one in files: `scan`, `scan_gradient`.
struct ControlName {
  let kind: ControlForm.Kind
  let isGradient: Bool

  private static let suffix = "_gradient"

  /// All names, in alphabetical order.
  static var all: [String] {
    ControlForm.Kind.allCases.flatMap { [$0.rawValue, $0.rawValue + suffix] }.sorted()
  }

  init(_ form: ControlForm) { (kind, isGradient) = (form.kind, form.wanted != nil) }

  /// Nil: the operation is another one.
  init?(_ name: String) {
    isGradient = name.hasSuffix(Self.suffix)
    guard let kind = ControlForm.Kind(rawValue: isGradient ? String(name.dropLast(Self.suffix.count)) : name) else {
      return nil
    }
    self.kind = kind
  }

  var text: String { kind.rawValue + (isGradient ? Self.suffix : "") }
}

/// A branch, a loop or the gradient of one for certain sizes, checked: its steps fit its operands and each other.
struct PlannedControl: Sendable {
  private let kind: ControlForm.Kind
  /// The steps in the order of ``ControlForm/Kind/stepNames``.
  let graphs: [PlannedGraph]
  private let stateCount: Int
  private let isReverse: Bool
  /// The operands whose gradients are computed, of a gradient.
  private let wanted: [Int]?
  /// How many operands each step alone uses.
  private let freeCounts: [Int]

  init(
    _ name: ControlName, _ operation: ProgramContents.Operation, _ sizes: [String: Int], _ inputs: [TensorType],
    _ results: [TensorType]
  ) throws(TensorError) {
    kind = name.kind
    let names = kind.stepNames
    guard operation.graphs.keys.sorted() == names.sorted() else {
      let found = operation.graphs.keys.sorted().joined(separator: ", ")
      throw TensorError(.format, "", "needs the graphs \(names.joined(separator: ", ")), and has \(found)")
    }
    var graphs: [PlannedGraph] = []
    for name in names {
      guard let graph = operation.graphs[name] else { continue }
      do { graphs.append(try PlannedGraph(graph, sizes)) } catch {
        throw TensorError(error.kind, "", "in its graph '\(name)': \(error.message)")
      }
    }
    self.graphs = graphs
    guard case .record(let parts) = try operation.attributes.closed(sizes) else {
      throw operation.attributes.isNot("a record of named values")
    }
    let attributes = StoredAttributes(parts)
    isReverse = kind == .scan ? try attributes["reverse"] : false
    wanted = name.isGradient ? try attributes["wanted"] as [Int] : nil

    let made = graphs[graphs.count - 1].outputTypes
    guard !made.isEmpty else { throw TensorError(.format, "", "its steps give nothing") }
    stateCount =
      switch kind {
      case .cond: 0
      case .whileLoop: made.count
      case .scan: made.count - 1
      }
    // What each step is given besides what it alone uses.
    let given = kind == .scan ? stateCount + 1 : stateCount
    guard graphs.allSatisfy({ $0.inputCount >= given }) else {
      throw TensorError(
        .format, "", "each step takes at least \(given) inputs: the states, and an element of a sequence")
    }
    freeCounts = graphs.map { $0.inputCount - given }
    let own = name.isGradient ? Array(inputs.dropFirst(made.count)) : inputs
    let head = kind == .whileLoop ? stateCount : stateCount + 1
    guard own.count == head + freeCounts.reduce(0, +), inputs.count >= own.count else {
      throw TensorError(
        .format, "", "its steps take \(head + freeCounts.reduce(0, +)) operands together, and there are \(own.count)")
    }
    let found = try checkedSteps(own)
    guard let wanted else {
      try PlannedStep.requireSame(found, results)
      return
    }
    let cotangents = Array(inputs.prefix(found.count))
    guard cotangents == found else {
      throw TensorError(
        .format, "", "the cotangents must be \(PlannedStep.text(found)), and are \(PlannedStep.text(cotangents))")
    }
    guard Set(wanted).count == wanted.count,
      wanted.allSatisfy({ own.indices.contains($0) && own[$0].dtype.isInexact })
    else {
      throw TensorError(.format, "", "gradients are wanted of \(wanted), which are no operands that can have them")
    }
    try PlannedStep.requireSame(wanted.map { own[$0] }, results)
  }

  /// Checks what the steps take and give against the operands; the types of the results.
  private func checkedSteps(_ operands: [TensorType]) throws(TensorError) -> [TensorType] {
    let groups = groups(operands)
    func demand(_ holds: Bool, _ text: @autoclosure () -> String) throws(TensorError) {
      if !holds { throw TensorError(.format, "", text()) }
    }
    func takes(_ step: Int, _ expected: [TensorType]) throws(TensorError) {
      try demand(
        graphs[step].inputTypes == expected,
        "the graph '\(kind.stepNames[step])' takes \(PlannedStep.text(graphs[step].inputTypes)), and is given \(PlannedStep.text(expected))"
      )
    }
    switch kind {
    case .cond:
      try demand(
        operands[0].count == 1 && !operands[0].dtype.isComplex,
        "needs a predicate of one element, and found \(PlannedStep.text([operands[0]]))")
      for step in 0..<2 { try takes(step, groups.free[step]) }
      let (a, b) = (graphs[0].outputTypes, graphs[1].outputTypes)
      try demand(a == b, "one branch gives \(PlannedStep.text(a)) and the other \(PlannedStep.text(b))")
      return a
    case .whileLoop:
      for step in 0..<2 { try takes(step, groups.states + groups.free[step]) }
      let test = graphs[0].outputTypes
      try demand(
        test.count == 1 && test[0].count == 1 && !test[0].dtype.isComplex,
        "needs a condition of one element, and found \(PlannedStep.text(test))")
      try demand(
        graphs[1].outputTypes == groups.states,
        "the state is \(PlannedStep.text(groups.states)) and becomes \(PlannedStep.text(graphs[1].outputTypes))")
      return groups.states
    case .scan:
      let xs = operands[0]
      try demand(
        !xs.shape.isEmpty && xs.shape[0] > 0,
        "needs a sequence [steps, ...] of at least one step, and found \(PlannedStep.text([xs]))")
      try takes(0, groups.states + [TensorType(Array(xs.shape.dropFirst()), xs.dtype)] + groups.free[0])
      let made = graphs[0].outputTypes
      try demand(
        Array(made.dropLast()) == groups.states,
        "the state is \(PlannedStep.text(groups.states)) and becomes \(PlannedStep.text(Array(made.dropLast())))")
      let all = [xs.shape[0]] + made[stateCount].shape
      try demand(StoredOperands.isPossible(all), "no tensor can have the shape \(all.prefix(8))")
      return groups.states + [TensorType(all, made[stateCount].dtype)]
    }
  }

  /// The states among operands, and what each step alone uses.
  private func groups<Operand>(_ operands: [Operand]) -> (states: [Operand], free: [[Operand]]) {
    let head = kind == .whileLoop ? 0 : 1
    var next = head + stateCount
    let free = freeCounts.map { count in
      defer { next += count }
      return Array(operands[next..<next + count])
    }
    return (Array(operands[head..<head + stateCount]), free)
  }

  /// The results for operands whose types were checked; poisoned tensors after a mistake.
  func callAsFunction(_ operands: [Tensor]) -> [Tensor] {
    guard let wanted else { return run(operands) }
    let count = graphs[graphs.count - 1].outputs.count
    let own = Array(operands.dropFirst(count))
    func gradients() -> [Tensor] {
      let found = composedGradients(
        own, needs: own.indices.map(wanted.contains), cotangents: operands.prefix(count).map { $0 }, run)
      return wanted.map { found[$0] ?? zerosLike(own[$0]) }
    }
    // They are recorded themselves only where somebody asks for what depends on them.
    return operands.contains(where: \.requiresGrad) ? gradients() : noGrad(gradients)
  }

  private func run(_ operands: [Tensor]) -> [Tensor] {
    let (states, free) = groups(operands)
    switch kind {
    case .cond:
      return cond(operands[0], then: { graphs[0](free[0]) }, else: { graphs[1](free[1]) })
    case .whileLoop:
      return whileLoop(states, while: { graphs[0]($0 + free[0])[0] }, do: { graphs[1]($0 + free[1]) })
    case .scan:
      let (last, all) = scan(over: operands[0], initial: states, reverse: isReverse) { states, x in
        let made = graphs[0](states + [x] + free[0])
        return (Array(made.dropLast()), made[stateCount])
      }
      return last + [all]
    }
  }
}
