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
  private var guardedHooks: Set<ObjectIdentifier> = []
  /// Variables that the function itself makes in every call.
  private var own: [ObjectIdentifier: Variable] = [:]
  /// The latest operation before the function.
  private var horizon = GradientRecord.latest
  /// Whether the gradient of what was captured is being captured: nothing is to happen besides.
  private(set) var isDifferentiating = false

  /// Whether it captures the step of a loop inside of a function that another tracer follows. It writes down what is done with values of
  /// that one and with what carries gradients, too, and lets nothing happen that would be done again if it gives up.
  package let isStep: Bool
  /// Makes a program of the step of a loop; nil: loops are captured as the operations of all their steps.
  package var compileStep: (@Sendable (TracedStep) -> @Sendable ([Tensor]) -> [Tensor])?

  package init(isStep: Bool = false) { self.isStep = isStep }

  /// Why the trace cannot be used, if so.
  package var failure: String? { problem.withLock { $0 } }

  /// Runs `body` while this tracer follows the calling thread.
  package func follow<R>(_ body: () -> R) -> R { Context.with(tracer: self, body) }

  /// Ends the trace: marks that are still about mean nothing from now on.
  package func close() { isOpen.store(false, ordering: .relaxed) }

  /// Notes something that cannot be followed.
  package func fail(_ reason: String) {
    guard isOpen.load(ordering: .relaxed) else { return }
    if failure != nil { return }
    let place = CallStack.capture().userCall?.place.map { ", at \($0)" } ?? ""
    let path = ModuleFrame.path.map { " (in module \($0))" } ?? ""
    problem.withLock { if $0 == nil { $0 = reason + place + path } }
  }

  // MARK: Values

  /// A tensor that stands for an argument of the function: the same elements, followed from here on. Gradients flow on to
  /// what was given, which is no part of the trace.
  package func input(_ tensor: Tensor) -> Tensor {
    let body = TensorBody(sharing: tensor.body, marked: false)
    if tensor.body.flags.contains(.requiresGrad) {
      record(Argument(), inputs: [tensor], outputs: [Tensor(body)])
      horizon = GradientRecord.latest
    }
    let value = trace.newValue(body)
    trace.inputs.append(value)
    body.setMark(TraceMark(self, value))
    return Tensor(body)
  }

  /// Captures a gradient of what was captured: it ends at arguments, constants and variables, and no hook of theirs runs.
  package func differentiate<R>(_ body: () -> R) -> R {
    isDifferentiating = true
    defer { isDifferentiating = false }
    return body()
  }

  /// What gradients flow to besides arguments: the variables read so far that ask for them, and constants that carry
  /// history.
  package var differentiable: [Tensor] {
    let variables = trace.guards.compactMap { condition -> Tensor? in
      guard case .requiresGrad(let variable, true) = condition else { return nil }
      return variable.handle
    }
    struct Origin: Hashable {
      var record: ObjectIdentifier
      var output: Int32
    }
    var known: Set<Origin> = []
    return (variables + trace.kept).filter { tensor in
      guard tensor.body.flags.contains(.requiresGrad), let record = tensor.body.record, record.sequence <= horizon
      else {
        return false
      }
      return known.insert(Origin(record: ObjectIdentifier(record), output: tensor.body.outputIndex)).inserted
    }
  }

  /// Whether an operation was recorded before the function.
  func precedes(_ node: Node) -> Bool { node.sequence <= horizon }

  /// Notes that the function depends on where in its storage a tensor lies.
  func pin(_ body: TensorBody) {
    guard let mark = body.mark as? TraceMark, mark.tracer === self else { return }
    var (root, offset) = (mark.value, body.storageOffset)
    while let view = trace.values[root].view { (root, offset) = (view.of, offset - view.offset) }
    let place = offset
    if trace.inputs.contains(root) { trace.places[root] = place }
    for instruction in trace.instructions {
      switch instruction {
      case .readVariable(let variable, root):
        depend("a variable lay elsewhere in its storage") { variable.elements.body.storageOffset == place }
      case .readGradient(let variable, root):
        depend("a gradient lay elsewhere in its storage") { variable.storedGradient?.body.storageOffset == place }
      default: break
      }
    }
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

  /// Whether this tracer or one around it follows `tensor`: a step may use what belongs to any function that it stands in.
  package func reaches(_ tensor: Tensor) -> Bool {
    guard let mark = tensor.body.mark as? TraceMark else { return false }
    return mark.tracer === self || (isStep && mark.tracer.isOpen.load(ordering: .relaxed))
  }

  private func marked(_ tensor: Tensor, _ value: Int) -> Tensor {
    let body = TensorBody(sharing: tensor.body, marked: false)
    body.setMark(TraceMark(self, value))
    return Tensor(body)
  }

  // MARK: Modules

  /// What was found of the modules that were called so far.
  private var calls: [[UInt]: ModuleCalls] = [:]

  /// The calls of modules that are going on.
  private var presentCalls: ModuleCalls? {
    let modules = ModuleFrame.identities
    if modules.isEmpty { return nil }
    if let known = calls[modules] { return known }
    // To find the path of a module may make tensors.
    let made = ModuleCalls(modules, Context.with(untraced: true) { ModuleFrame.path } ?? "")
    calls[modules] = made
    return made
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
      try ApusCore.perform(primitive, plain, types: types)
    }
    guard
      primitive.isRandom || inputs.contains(where: follows)
        || (isStep && inputs.contains { $0.isMarked || $0.requiresGrad })
    else { return outputs }
    let names = inputs.map(value(of:))
    let isView = outputs.count == 1 ? try primitive.view(plain, type: types[0]) != nil : false
    let results = outputs.map { trace.newValue($0.body, viewOf: isView ? (names[0], plain[0].body) : nil) }
    if let calls = presentCalls { for value in results { trace.values[value].calls = calls } }
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
      if Devices.isUsed {
        let device = variable.device
        depend("a variable lay on \(device)") { variable.device == device }
      }
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
    if isOwn(variable) {
      if found != nil { fail("the gradient of a variable that the function makes is used after an action of the host") }
      return found
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
    if !isOwn(variable) { trace.instructions.append(.writeGradient(variable, value)) }
    gradients[ObjectIdentifier(variable)] = .some(value)
    if let gradient { variable.state.withLock { $0.gradient = gradient.untraced } }
  }

  /// Whether the function made the variable, so that no call finds anything in it.
  private func isOwn(_ variable: Variable) -> Bool {
    let id = ObjectIdentifier(variable)
    if own[id] != nil { return true }
    guard !isNew(variable.state.withLock { $0.value }) else { return false }
    own[id] = variable
    return true
  }

  /// Whether it is a variable that the function made.
  package func made(_ tensor: Tensor) -> Bool { tensor.isVariable && isOwn(tensor.variable) }

  /// Runs the hooks of a variable on a gradient that arrives, and writes down that every call does.
  func run(_ hooks: [GradientHook], of variable: Variable, on gradient: Tensor) -> Tensor {
    if isDifferentiating { return gradient }
    if !isOwn(variable), guardedHooks.insert(ObjectIdentifier(variable)).inserted {
      trace.guards.append(.hooks(variable, count: hooks.count))
    }
    if hooks.isEmpty { return gradient }
    func run(_ gradient: Tensor) -> Tensor { hooks.reduce(gradient) { $1($0) ?? $0 } }
    if Context.isGradientEnabled && gradient.requiresGrad {
      fail("a hook runs on a gradient that is recorded for a higher derivative")
      return run(gradient)
    }
    let result = Context.with(untraced: true) { run(gradient.untraced) }
    guard result.type == gradient.type, !result.isPoisoned else {
      fail("a hook makes a gradient of \(gradient.type) one of \(result.type)")
      return result
    }
    let plain = result.elementsOnly
    let value = trace.newValue(plain.body)
    trace.instructions.append(.hooks({ gradient in noGrad { run(gradient) } }, self.value(of: gradient), value))
    // They may have stored something in a variable.
    variables = [:]
    return marked(plain, value)
  }

  /// Writes down something that the host does at this place in every call, such as an optimiser's step, and does it.
  /// It may change any variable and gradient.
  package func perform(_ name: String, _ action: @escaping () -> Void) {
    if refuses(name) { return }
    trace.instructions.append(.perform(name, action))
    Context.with(untraced: true, action)
    variables = [:]
    gradients = [:]
  }

  /// Whether `action` cannot happen, since it is in the step of a loop, which is an error.
  func refuses(_ action: String) -> Bool {
    if isStep { report(TensorError(.value, "scan", "\(action): a step of a loop cannot be captured that does it")) }
    return isStep
  }

  /// Something of the host's that the function's course depends on: a call is served by this trace only if `check` holds.
  package func depend(_ description: String, on check: @escaping () -> Bool) {
    trace.guards.append(.host(description, check))
  }

  /// The tracer that follows the calling thread.
  package static var current: Tracer? { Context.isPlain ? nil : Context.tracer }
}

/// An argument of a function that is captured, in the graph of gradients: behind it lies what the function was given.
struct Argument: LinearPrimitive, ElementMove {
  var name: String { "Argument" }
  var takesCustomElements: Bool { true }
  func outputTypes(_ inputs: [TensorType]) throws(TensorError) -> [TensorType] { inputs }
  func layout(of i: Int, _ inputs: [Tensor], _ type: TensorType) -> Layout { .kept(inputs, type.shape) }
  func evaluate(_ inputs: [Tensor], into results: [Tensor]) throws(TensorError) {
    for (input, result) in zip(inputs, results) { result.fill(with: input) }
  }
  func vjp(_ node: Recorded, cotangents: [Tensor?]) throws(TensorError) -> [Tensor?] { cotangents }
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
    return try perform(primitive, inputs, types: types)
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

  /// Whether an interpreter or a device has to see what happens to it.
  var isInterpreted: Bool { !resolved.body.flags.isDisjoint(with: .interpreted) }
}
