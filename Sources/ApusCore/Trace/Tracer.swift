import Synchronization

/// Follows what a thread does with tensors and writes it down as a ``Trace``: how functions are captured.
///
/// The function runs as it always does, on real elements; the tracer is told of every operation at the one door
/// (``apply(_:_:)``), of every reading and storing of variables and gradients, and of everything that it cannot follow: a
/// value that is read, random numbers that are drawn past the door. The last makes the trace unusable, with a reason, and
/// never wrong.
///
/// Tensors that it follows carry a ``TraceMark``. Others are constants of the trace: the closure held them, or they were
/// made from numbers of the host language.
package final class Tracer: @unchecked Sendable {
  /// What the thread that traces has written so far. Only that thread touches it.
  package private(set) var trace = Trace()
  /// Why the trace cannot be used, told by whichever thread noticed first.
  private let problem = Lock<String?>(nil)
  private let isOpen = Atomic<Bool>(true)

  private var variables: [ObjectIdentifier: Int] = [:]
  /// The value of each gradient that was stored or read since the last action of the host; nil: none is there.
  private var gradients: [ObjectIdentifier: Int?] = [:]
  private var constants: [ObjectIdentifier: Int] = [:]
  private var guardedVariables: Set<ObjectIdentifier> = []

  package init() {}

  /// Why the trace cannot be used, if so.
  package var failure: String? { problem.withLock { $0 } }

  /// Runs `body` while this tracer follows the calling thread.
  package func follow<R>(_ body: () -> R) -> R { Context.with(tracer: self, body) }

  /// Ends the trace: marks that are still about mean nothing from now on.
  package func close() { isOpen.store(false, ordering: .relaxed) }

  /// Notes something that cannot be followed.
  package func fail(_ reason: String) {
    guard isOpen.load(ordering: .relaxed) else { return }
    let path = ModuleFrame.innermost.map { " (in module \($0.pointee.describe($0)))" } ?? ""
    problem.withLock { if $0 == nil { $0 = reason + path } }
  }

  // MARK: Values

  /// A tensor that stands for an argument of the function: the same elements, followed from here on.
  package func input(_ tensor: Tensor) -> Tensor {
    let body = TensorBody(sharing: tensor.body, marked: false)
    if tensor.body.flags.contains(.requiresGrad) {
      body.record = tensor.body.record
      body.outputIndex = tensor.body.outputIndex
      body.flags.insert(.requiresGrad)
    }
    let value = trace.newValue(body)
    trace.inputs.append(value)
    body.setMark(TraceMark(self, value))
    return Tensor(body)
  }

  /// The value that a tensor is in this trace; a constant if it is not followed.
  package func value(of tensor: Tensor) -> Int {
    let body = tensor.body
    if let mark = body.mark as? TraceMark, mark.tracer === self { return mark.value }
    if let known = constants[ObjectIdentifier(body)] { return known }
    let value = trace.newValue(body)
    trace.constants.append((value, Tensor(TensorBody(sharing: body, marked: false))))
    // Keeps the body alive, so that no other one can take its identity.
    trace.kept.append(tensor)
    constants[ObjectIdentifier(body)] = value
    return value
  }

  /// Whether this tracer follows `tensor`.
  package func follows(_ tensor: Tensor) -> Bool { (tensor.body.mark as? TraceMark)?.tracer === self }

  private func marked(_ tensor: Tensor, _ value: Int) -> Tensor {
    let body = TensorBody(sharing: tensor.body, marked: false)
    body.setMark(TraceMark(self, value))
    return Tensor(body)
  }

  // MARK: What the core tells

  /// Whether `body` is no value of this trace yet.
  func isNew(_ body: TensorBody) -> Bool {
    guard let mark = body.mark else { return true }
    guard let mark = mark as? TraceMark else { return false }
    return mark.tracer !== self
  }

  /// Evaluates an operation of which an input is followed, or that is random, and writes it down.
  func evaluate(
    _ primitive: any Primitive, _ inputs: [Tensor], types: [TensorType]
  ) throws(TensorError) -> [Tensor] {
    let plain = inputs.map(\.untraced)
    let outputs = try Context.with(untraced: true) { () throws(TensorError) in
      try primitive.evaluate(plain, types: types)
    }
    guard primitive.isRandom || inputs.contains(where: follows) else { return outputs }
    let names = inputs.map(value(of:))
    let results = outputs.map { output in
      let source = plain.indices.first { plain[$0].body.storage === output.body.storage && output.count > 0 }
      return trace.newValue(output.body, viewOf: source.map { (names[$0], plain[$0].body) })
    }
    trace.instructions.append(.operation(primitive, inputs: names, outputs: results))
    for (output, value) in zip(outputs, results) { output.body.setMark(TraceMark(self, value)) }
    return outputs
  }

  /// What the elements of a variable are called now; `body` has them.
  func read(_ variable: Variable, _ body: TensorBody) -> TraceMark {
    let id = ObjectIdentifier(variable)
    if let known = variables[id] { return TraceMark(self, known) }
    let value = trace.newValue(body)
    trace.instructions.append(.readVariable(variable, value))
    variables[id] = value
    if guardedVariables.insert(id).inserted {
      trace.guards.append(.requiresGrad(variable, body.flags.contains(.requiresGrad)))
    }
    return TraceMark(self, value)
  }

  /// New elements of a variable.
  func store(_ tensor: Tensor, in variable: Variable) {
    let value = value(of: tensor)
    trace.instructions.append(.writeVariable(variable, value))
    variables[ObjectIdentifier(variable)] = value
  }

  /// The gradient `found` of a variable as a value of the trace.
  func read(_ found: Tensor?, gradientOf variable: Variable) -> Tensor? {
    let id = ObjectIdentifier(variable)
    if let known = gradients[id] {
      guard let value = known, let found else { return found }
      return marked(found, value)
    }
    // What was there before the function ran, or after an action of the host.
    if !trace.hasActions { trace.guards.append(.gradient(variable, isThere: found != nil)) }
    guard let found else {
      gradients[id] = .some(nil)
      return nil
    }
    let value = trace.newValue(found.body)
    trace.instructions.append(.readGradient(variable, value))
    gradients[id] = value
    return marked(found, value)
  }

  /// A new gradient of a variable. The variable itself holds it without a mark.
  func noteGradient(_ gradient: Tensor?, of variable: Variable) {
    let value = gradient.map(value(of:))
    trace.instructions.append(.writeGradient(variable, value))
    gradients[ObjectIdentifier(variable)] = .some(value)
    if let gradient { variable.state.withLock { $0.gradient = gradient.untraced } }
  }

  /// Writes down something that the host does at this place in every call, such as an optimiser's step, and does it.
  /// It may change any variable and gradient.
  package func perform(_ name: String, _ action: @escaping () -> Void) {
    trace.instructions.append(.perform(name, action))
    Context.with(untraced: true, action)
    variables = [:]
    gradients = [:]
  }

  /// Something of the host's that the function's course depends on: a call is served by this trace only if `check` holds.
  package func depend(_ description: String, on check: @escaping () -> Bool) {
    trace.guards.append(.host(description, check))
  }

  /// The tracer that follows the calling thread.
  package static var current: Tracer? { Context.isPlain ? nil : Context.tracer }
}

/// What a tracer calls a tensor.
final class TraceMark: TensorMark, @unchecked Sendable {
  let tracer: Tracer
  let value: Int

  init(_ tracer: Tracer, _ value: Int) {
    self.tracer = tracer
    self.value = value
    // Transformations that run inside of a captured function come first.
    super.init(level: 0)
  }

  override func evaluate(
    _ primitive: any Primitive, _ inputs: [Tensor], types: [TensorType]
  ) throws(TensorError) -> [Tensor] {
    if let tracer = Tracer.current { return try tracer.evaluate(primitive, inputs, types: types) }
    // A tensor of a function that was captured earlier, or that is used by another thread: the first is an ordinary
    // tensor now, the second is told when its elements are read.
    return try primitive.evaluate(inputs, types: types)
  }

  override func noteRead(_ body: TensorBody) {
    tracer.fail("the elements of a tensor of shape \(body.shape) are read while the function runs")
  }
}

extension Tensor {
  /// The same elements, not followed by any tracer; the record of the graph is kept.
  package var untraced: Tensor {
    guard body.mark is TraceMark else { return self }
    let plain = TensorBody(sharing: body, marked: false)
    if body.flags.contains(.requiresGrad) {
      plain.record = body.record
      plain.outputIndex = body.outputIndex
      plain.flags.insert(.requiresGrad)
    }
    return Tensor(plain)
  }

  /// Whether an interpreter follows this tensor: its elements cannot be looked at.
  package var isMarked: Bool { resolved.body.flags.contains(.marked) }
}
