// How gradients go through the graph.

/// One gradient on its way to an operation.
private struct Arrival {
  var sequence: UInt64
  var node: Node
  var output: Int
  var gradient: Tensor
}

/// A heap with the latest operation on top. All gradients of one operation come out together, after every later
/// operation has been handled: no marks on the shared graph, so backward passes may run side by side.
private struct ArrivalHeap {
  private var items: [Arrival] = []

  var top: UInt64? { items.first?.sequence }

  mutating func push(_ item: Arrival) {
    items.append(item)
    var i = items.count - 1
    while i > 0 {
      let parent = (i - 1) / 2
      if items[parent].sequence >= items[i].sequence { break }
      items.swapAt(parent, i)
      i = parent
    }
  }

  mutating func pop() -> Arrival {
    if items.count == 1 { return items.removeLast() }
    items.swapAt(0, items.count - 1)
    let result = items.removeLast()
    var i = 0
    while true {
      var largest = i
      for child in [2 * i + 1, 2 * i + 2] where child < items.count {
        if items[child].sequence > items[largest].sequence { largest = child }
      }
      if largest == i { return result }
      items.swapAt(i, largest)
      i = largest
    }
  }
}

/// Where ``grad(_:_:cotangents:retainGraph:createGraph:allowUnused:)`` wants gradients caught.
private struct Targets {
  struct Key: Hashable {
    var record: ObjectIdentifier
    var output: Int32
  }
  private var slots: [Key: Int] = [:]
  /// The slot of each tensor: one that is given twice has one.
  private var slotOfTensor: [Int?] = []
  private var caught: [Tensor?]
  private var reaches: [ObjectIdentifier: Bool] = [:]
  private var records: Set<ObjectIdentifier> = []

  init(_ tensors: [Tensor]) {
    caught = Array(repeating: nil, count: tensors.count)
    for (i, tensor) in tensors.enumerated() {
      guard let record = tensor.body.record else {
        slotOfTensor.append(nil)
        continue
      }
      let key = Key(record: ObjectIdentifier(record), output: tensor.body.outputIndex)
      slotOfTensor.append(slots[key] ?? i)
      if slots[key] == nil { slots[key] = i }
      records.insert(ObjectIdentifier(record))
    }
  }

  /// The gradient of each tensor.
  var results: [Tensor?] { slotOfTensor.map { $0.flatMap { caught[$0] } } }

  /// Whether a target lies at or before `record`; other branches need no work. Iterative: graphs can be deep.
  mutating func isReached(from record: GradientRecord) -> Bool {
    var stack: [(GradientRecord, Bool)] = [(record, false)]
    while let (current, expanded) = stack.popLast() {
      let id = ObjectIdentifier(current)
      if reaches[id] != nil { continue }
      if current.sequence == 0 || records.contains(id) {
        reaches[id] = records.contains(id)
        continue
      }
      let edges = unsafeDowncast(current, to: Node.self).edges
      if expanded {
        reaches[id] = (0..<edges.count).contains { i in
          edges[i].record.map { reaches[ObjectIdentifier($0)] ?? false } ?? false
        }
      } else {
        stack.append((current, true))
        for i in 0..<edges.count {
          if let next = edges[i].record, reaches[ObjectIdentifier(next)] == nil { stack.append((next, false)) }
        }
      }
    }
    return reaches[ObjectIdentifier(record)] ?? false
  }

  /// Adds `gradient` to the slot of (`record`, `output`), if it is wanted.
  @discardableResult
  mutating func catchGradient(_ gradient: Tensor, _ record: GradientRecord, _ output: Int32) -> Bool {
    guard let slot = slots[Key(record: ObjectIdentifier(record), output: output)] else { return false }
    caught[slot] = caught[slot].map { $0 + gradient } ?? gradient
    return true
  }
}

/// The gradients of variables with hooks, which see the sum of all that arrives: like an operation, a variable is visited
/// when everything behind it has been. All others add up what comes as it comes.
private struct HookedVariables {
  private var items: [(variable: Variable, gradient: Tensor?, arrivals: Int)] = []
  private var places: [ObjectIdentifier: Int] = [:]
  private var arrivals = 0

  mutating func add(_ gradient: Tensor, to variable: Variable) {
    arrivals += 1
    guard let place = places[ObjectIdentifier(variable)] else {
      places[ObjectIdentifier(variable)] = items.count
      items.append((variable, gradient, arrivals))
      return
    }
    items[place].arrivals = arrivals
    if let old = items[place].gradient {
      items[place].gradient = nil
      items[place].gradient = sumInPlace(old, gradient)
    }
  }

  /// What the hooks give, in the order in which the sums became complete.
  func forEach(_ body: (Variable, Tensor) -> Void) {
    for item in items.sorted(by: { $0.arrivals < $1.arrivals }) {
      if let gradient = item.gradient { body(item.variable, item.variable.hooked(gradient)) }
    }
  }
}

/// A walk through the graph from results to variables.
///
/// With ``targets``, gradients are caught there and no variable collects any.
struct BackwardPass: ~Copyable {
  private var targets: Targets?
  /// Whether the graph keeps what it has saved, so that another pass can go through it.
  var retainsGraph = false
  /// Whether what lies before the targets, and their hooks, is somebody else's.
  var endsAtTargets = false
  /// Takes down what does not lead to a target, with the gradients that have come so far.
  var deferred: DeferredBackward?
  /// Is told where the pass has got to, so that it knows which gradients are complete.
  var watched: WatchedPass?

  private var heap = ArrivalHeap()
  private var hooked = HookedVariables()
  private let tracer = Tracer.current

  /// - Parameter targets: the tensors whose gradients are wanted; nil: variables collect theirs.
  init(to targets: [Tensor]? = nil) { self.targets = targets.map(Targets.init) }

  /// The gradients that have come to the targets.
  var results: [Tensor?] { targets?.results ?? [] }

  /// Goes on with what an earlier pass has put off, later operations first.
  mutating func run(_ rest: DeferredBackward) throws(TensorError) {
    for (variable, gradient) in rest.gradients { deliver(gradient, to: variable, 0) }
    while !rest.parts.isEmpty {
      let part = rest.parts.removeFirst()
      guard let gradient = part.cotangents.lazy.compactMap({ $0 }).first else { continue }
      let saved = part.node.saved.withLock { $0 }
      let gradients = try self.gradients(of: part.node, saved, part.cotangents, near: gradient, part.required)
      part.node.release()
      guard deliver(gradients, of: part.node, part.required) else { return }
    }
    try walk()
  }

  /// Runs the graph backward from `roots`.
  mutating func run(_ roots: [(tensor: Tensor, cotangent: Tensor)]) throws(TensorError) {
    for root in roots {
      guard let record = root.tensor.body.record else { continue }
      deliver(root.cotangent, to: record, root.tensor.body.outputIndex)
    }
    try walk()
  }

  private mutating func walk() throws(TensorError) {
    while let top = heap.top {
      if targets == nil { watched?.advance(to: top) }
      guard try visitNext() else { return }
    }
    let complete = hooked
    complete.forEach { collect($1, $0) }
  }

  /// Takes the latest operation with all that has come to it; false where a gradient has failed.
  private mutating func visitNext() throws(TensorError) -> Bool {
    let first = heap.pop()
    let node = first.node
    var cotangents = [Tensor?](repeating: nil, count: node.outputCount)
    cotangents[first.output] = first.gradient
    while heap.top == node.sequence {
      let next = heap.pop()
      if let old = cotangents[next.output] {
        cotangents[next.output] = nil
        cotangents[next.output] = sumInPlace(old, next.gradient)
      } else {
        cotangents[next.output] = next.gradient
      }
    }

    // What was there before a function that is being captured is no part of it.
    let isBefore = tracer?.precedes(node) ?? false
    if isBefore, tracer?.isDifferentiating == true {
      catchAll(cotangents, of: node)
      return true
    }

    let saved = node.saved.withLock { saved in
      let copy = saved
      if !retainsGraph {
        saved.inputs = SmallArray()
        saved.outputs = SmallArray()
        saved.isReleased = true
      }
      return copy
    }
    if !saved.hooks.isEmpty || !saved.retained.isEmpty {
      if isBefore { leaveTrace(&cotangents) }
      for i in cotangents.indices {
        guard let gradient = cotangents[i] else { continue }
        var current = gradient
        for hook in saved.hooks[i] ?? [] { current = hook(current)?.resolved ?? current }
        cotangents[i] = current
        if targets == nil { saved.retained[i]?.accumulate(current) }
      }
    }
    catchAll(cotangents, of: node)

    // Operations have few inputs; those of very wide ones (a cat of more than 64) are all computed.
    var required: UInt64 = 0
    for i in 0..<node.edges.count {
      guard let record = node.edges[i].record else { continue }
      if targets?.isReached(from: record) ?? true { required |= i < 64 ? 1 << UInt64(i) : ~0 }
    }
    let isPutOff = deferred?.putOff(node, cotangents, allBut: &required) ?? false
    guard required != 0 else {
      if !retainsGraph { node.packed?.release() }
      return true
    }
    if isBefore { leaveTrace(&cotangents) }
    let gradients = try self.gradients(of: node, saved, cotangents, near: first.gradient, required)
    if deferred != nil, !isPutOff { node.release() }
    return deliver(gradients, of: node, required)
  }

  /// The gradients that a node makes of those of its results.
  private func gradients(
    of node: Node, _ saved: Node.Saved, _ cotangents: [Tensor?], near gradient: Tensor, _ required: UInt64
  ) throws(TensorError) -> [Tensor?] {
    if saved.isReleased && (node.tangents?.saves ?? node.primitive.saves) != .nothing {
      throw TensorError(
        .autograd, "backward",
        "the graph of \(node.primitive.name) was given up by an earlier backward pass; "
          + "pass retainGraph: true to the first one to go through it again")
    }
    let restored = try node.unpacked(saved)
    if !retainsGraph { node.packed?.release() }
    let recorded = Recorded(
      node: node, saved: restored, required: required, isCollecting: targets == nil && tracer == nil,
      inputCount: node.edges.count)
    let gradients: [Tensor?]
    let start = Profiling.begin()
    do throws(TensorError) {
      gradients = try beside(gradient) { () throws(TensorError) in try node.gradients(recorded, cotangents) }
    } catch {
      throw node.anomaly(error)
    }
    if start != 0 { node.logRule(from: start) }
    try node.checkGradients(gradients)
    return gradients
  }

  /// Sends the gradients of a node on; false where one has failed.
  private mutating func deliver(_ gradients: [Tensor?], of node: Node, _ required: UInt64) -> Bool {
    for i in 0..<node.edges.count where required & (1 << UInt64(i & 63)) != 0 {
      let edge = node.edges[i]
      guard let record = edge.record, let gradient = gradients[i] else { continue }
      if gradient.hasFailed { return false }
      deliver(gradient, to: record, edge.outputIndex)
    }
    return true
  }

  private mutating func deliver(_ gradient: Tensor, to record: GradientRecord, _ output: Int32) {
    if endsAtTargets, targets?.catchGradient(gradient, record, output) == true { return }
    if record.sequence == 0 {
      let variable = unsafeDowncast(record, to: Variable.self)
      // A capture has to learn that there are none.
      if variable.hasHooks || tracer != nil {
        hooked.add(gradient, to: variable)
      } else {
        collect(gradient, variable)
      }
    } else {
      let node = unsafeDowncast(record, to: Node.self)
      heap.push(Arrival(sequence: record.sequence, node: node, output: Int(output), gradient: gradient))
    }
  }

  private mutating func collect(_ gradient: Tensor, _ variable: Variable) {
    if targets == nil {
      variable.accumulate(gradient)
    } else if targets?.catchGradient(gradient, variable, 0) == false {
      deferred?.gradients.append((variable, gradient))
    }
  }

  /// Gives the gradients of a node's results to the targets among them.
  private mutating func catchAll(_ cotangents: [Tensor?], of node: Node) {
    guard targets != nil else { return }
    for i in cotangents.indices {
      if let gradient = cotangents[i] { targets?.catchGradient(gradient, node, Int32(i)) }
    }
  }
}

extension Node {
  /// The rule of the operation, counted and checked where somebody asks for that.
  fileprivate func gradients(_ recorded: Recorded, _ cotangents: [Tensor?]) throws(TensorError) -> [Tensor?] {
    guard Profiling.isOn else { return try rule(recorded, cotangents) }
    func counted() throws(TensorError) -> [Tensor?] {
      guard let counter = FLOPCounter.current else { return try rule(recorded, cotangents) }
      return try counter.run(ruleOf: sequence) { () throws(TensorError) in try rule(recorded, cotangents) }
    }
    // What is not finite is told of the gradient, by the operation of the forward pass.
    return ResultChecks.areOn
      ? try ResultChecks.onlyOfGradients { () throws(TensorError) in try counted() } : try counted()
  }

  @inline(__always)
  private func rule(_ recorded: Recorded, _ cotangents: [Tensor?]) throws(TensorError) -> [Tensor?] {
    guard let tangents else { return try primitive.vjp(recorded, cotangents: cotangents) }
    return try tangents.gradients(of: primitive, recorded, cotangents)
  }
}

/// Ends the capture of a function whose own backward pass goes on into what was computed before it, which every call has to
/// do anew.
private func leaveTrace(_ cotangents: inout [Tensor?]) {
  Tracer.current?.fail("a backward pass inside the function goes on into what was computed before it")
  cotangents = cotangents.map { $0?.untraced }
}
