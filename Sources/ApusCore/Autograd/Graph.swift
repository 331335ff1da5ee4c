import Synchronization

// The graph that operations record: nodes for operations, variables for leaves.

/// What a gradient can flow to: an operation of the graph or a variable.
package class GradientRecord: @unchecked Sendable {
  /// Later operations have larger numbers, so a descending order is a valid order for the backward pass.
  let sequence: UInt64
  init(sequence: UInt64) { self.sequence = sequence }

  /// The number of the latest operation.
  static var latest: UInt64 { sequenceCounter.load(ordering: .relaxed) }
}

private let sequenceCounter = Atomic<UInt64>(1)

/// A function that sees a gradient on its way and may replace it.
public typealias GradientHook = @Sendable (Tensor) -> Tensor?

/// A recorded operation.
final class Node: GradientRecord, @unchecked Sendable {
  struct Edge {
    var record: GradientRecord?
    var outputIndex: Int32
    var type: TensorType
  }

  /// What is given up after the backward pass unless the graph is retained.
  struct Saved {
    var inputs = SmallArray<Tensor>()
    var outputs = SmallArray<TensorBody>()
    var isReleased = false
    var hooks: [Int: [GradientHook]] = [:]
    var retained: [Int: Variable] = [:]
  }

  let primitive: any Primitive
  /// PyTorch's name of the operation where it is not that of the primitive: set before others see the node.
  var title: String?
  private(set) var edges: SmallArray<Edge>
  /// The type of the first result, and of the others where there are several.
  private let firstOutputType: TensorType
  private let otherOutputTypes: [TensorType]
  let saved: Lock<Saved>
  /// Where the program called it, while somebody wants to know.
  let forwardCall: ForwardCall?
  /// What hooks have made of the saved tensors, in whose place stand others without memory.
  let packed: PackedTensors?
  /// How gradients of registered types are formed in another type than theirs; nil where that is not so.
  let tangents: TangentRule?

  var outputCount: Int { 1 + otherOutputTypes.count }
  /// The name in `grad_fn`.
  var functionName: String { title ?? primitive.name + "Backward0" }

  func outputType(_ i: Int) -> TensorType { i == 0 ? firstOutputType : otherOutputTypes[i - 1] }

  /// Logs that the gradient rule has run since `start`.
  @inline(never)
  func logRule(from start: UInt64) {
    Profiling.end(
      start, title == nil ? .backward : .titledBackward, title ?? primitive.name, number: Int(sequence))
  }

  /// - Parameter saving: what a primitive that chooses itself (``Saves/own``) keeps.
  init(
    _ primitive: any Primitive, inputs: SmallArray<Tensor>, outputs: SmallArray<Tensor>,
    saving: SmallArray<Tensor> = SmallArray()
  ) {
    self.primitive = primitive
    forwardCall = AnomalyMode.notesCalls ? ForwardCall(outputs) : nil
    edges = inputs.map {
      Edge(
        record: $0.body.flags.contains(.requiresGrad) ? $0.body.record : nil, outputIndex: $0.body.outputIndex,
        type: $0.body.type)
    }
    firstOutputType = outputs[0].body.type
    otherOutputTypes = outputs.count == 1 ? [] : (1..<outputs.count).map { outputs[$0].body.type }
    tangents = TangentRule(inputs, outputs)
    let saves = tangents?.saves ?? primitive.saves
    var kept = Saved(
      inputs: saves.contains(.inputs) ? inputs : saving,
      outputs: saves.contains(.outputs) ? outputs.map { TensorBody(sharing: $0.body) } : SmallArray())
    packed = Context.isPlain ? nil : Context.current?.savedTensorHooks.flatMap { PackedTensors($0, &kept) }
    saved = Lock(kept)
    super.init(sequence: sequenceCounter.add(1, ordering: .relaxed).newValue)
    if forwardCall != nil { MemoryHistory.note(self) }
  }

  /// What was saved, as it was.
  func unpacked(_ saved: Saved) throws(TensorError) -> Saved {
    saved.isReleased ? saved : try packed?.unpacked(saved, primitive.name) ?? saved
  }

  /// A long chain of nodes is taken down link by link, not by recursion: a deep graph must not exhaust the stack.
  deinit {
    guard !edges.isEmpty else { return }
    var links = Links()
    swap(&links.edges, &edges)
    saved.withLock { swap(&links.inputs, &$0.inputs) }
    LinkRelease.enqueue(&links)
  }

  struct Links {
    var edges = SmallArray<Edge>()
    var inputs = SmallArray<Tensor>()
  }
}

/// Releases what nodes held, one after the other: a node freed meanwhile joins the queue instead of recursing.
private enum LinkRelease {
  private final class Queue {
    var isDraining = false
    var waiting: [Node.Links] = []
  }
  private static let key = ThreadLocalKey()

  static func enqueue(_ links: inout Node.Links) {
    let queue: Queue
    if let raw = key.value {
      queue = Unmanaged<Queue>.fromOpaque(raw).takeUnretainedValue()
    } else {
      queue = Queue()
      key.value = Unmanaged.passRetained(queue).toOpaque()
    }
    queue.waiting.append(links)
    links = Node.Links()
    guard !queue.isDraining else { return }
    queue.isDraining = true
    while !queue.waiting.isEmpty { _ = queue.waiting.removeLast() }
    queue.isDraining = false
  }
}

/// Adds the operation to the graph: its results remember the node that made them.
func record(_ primitive: any Primitive, inputs: [Tensor], outputs: [Tensor]) {
  guard outputs.contains(where: { $0.body.dtype.isInexact }) else { return }
  let node = Node(primitive, inputs: SmallArray(inputs), outputs: SmallArray(outputs))
  for (i, output) in outputs.enumerated() where output.body.dtype.isInexact {
    output.body.record = node
    output.body.outputIndex = Int32(i)
    output.body.flags.insert(.requiresGrad)
  }
}

/// ``record(_:inputs:outputs:)`` for one floating point result.
func record(_ primitive: any Primitive, _ inputs: SmallArray<Tensor>, _ output: Tensor) {
  var outputs = SmallArray<Tensor>()
  outputs.append(output)
  output.body.record = Node(primitive, inputs: inputs, outputs: outputs)
  output.body.flags.insert(.requiresGrad)
}

/// A recorded operation as its gradient rule sees it.
public struct Recorded {
  let node: Node
  var saved: Node.Saved
  /// Bit i: the gradient of input i is asked for.
  let required: UInt64
  /// Whether variables collect what this pass brings, and nobody follows it.
  let isCollecting: Bool
  /// Number of inputs.
  public let inputCount: Int

  /// Whether the gradient of input `i` is asked for.
  public func needs(_ i: Int) -> Bool { required & (1 << UInt64(i & 63)) != 0 }
  /// Input `i`, if the operation saves inputs.
  public func input(_ i: Int) -> Tensor { saved.inputs[i] }
  /// Result `i`, if the operation saves outputs.
  public func output(_ i: Int) -> Tensor {
    connected(Tensor(saved.outputs[i]), output: i)
  }
  /// All tensors that were kept.
  var savedTensors: [Tensor] { (0..<saved.inputs.count).map { saved.inputs[$0] } }
  /// `tensor` as result `i` in the graph.
  func connected(_ tensor: Tensor, output i: Int) -> Tensor {
    let body = TensorBody(sharing: tensor.body)
    if body.dtype.isInexact {
      body.record = node
      body.outputIndex = Int32(i)
      body.flags.insert(.requiresGrad)
    }
    return Tensor(body)
  }
  /// Shape and type of input `i` of the operation; of its gradient, where that is of another element type.
  public func inputType(_ i: Int) -> TensorType { ofGradient(node.edges[i].type) }
  /// Shape and type of result `i` of the operation; of its gradient, where that is of another element type.
  public func outputType(_ i: Int) -> TensorType { ofGradient(node.outputType(i)) }

  private func ofGradient(_ type: TensorType) -> TensorType {
    guard type.dtype.isCustom, let dtype = type.dtype.gradientType else { return type }
    return TensorType(type.shape, dtype)
  }
}

/// A tensor with an identity: it holds elements that an optimiser may replace, and collects a gradient.
package final class Variable: GradientRecord, @unchecked Sendable {
  /// An `unsaved` one is a buffer that is not part of a module's saved state.
  enum Kind: Sendable { case leaf, parameter, buffer, unsaved }

  struct State {
    /// The elements: a plain dense body that nobody else mutates.
    var value: TensorBody
    private var denseGradient: Tensor?
    /// What it has collected by rows, in place of a dense gradient.
    var rows: RowGradient?
    var requiresGrad: Bool
    var hooks: [GradientHook] = []

    init(value: TensorBody, requiresGrad: Bool) {
      self.value = value
      self.requiresGrad = requiresGrad
    }

    var hasDenseGradient: Bool { denseGradient != nil }

    /// The gradient that it has collected. Rows become a tensor here, for whoever asks.
    var gradient: Tensor? {
      mutating get {
        if let rows {
          denseGradient = rows.dense(like: value, addedTo: denseGradient)
          self.rows = nil
        }
        return denseGradient
      }
      set {
        denseGradient = newValue
        rows = nil
      }
    }
  }

  let kind: Kind
  private let firstType: TensorType
  /// Whether it has been given elements of another type since it was made.
  private let isRetyped = Atomic<Bool>(false)
  let state: Lock<State>

  /// Shape and element type of what it holds now.
  var type: TensorType { retyped?.type ?? firstType }

  init(_ value: TensorBody, kind: Kind, requiresGrad: Bool) {
    self.kind = kind
    firstType = value.type
    state = Lock(State(value: value, requiresGrad: requiresGrad))
    super.init(sequence: 0)
  }

  /// The elements that it holds now, connected to it for gradients.
  func snapshot() -> TensorBody {
    if let given = substitute { return given.body }
    let body = state.withLock { state in
      state.value.storage.setLasting()
      let body = TensorBody(sharing: state.value)
      if state.requiresGrad {
        body.flags.insert(.requiresGrad)
        body.record = self
      }
      return body
    }
    if !Context.isPlain, let tracer = Context.tracer, tracer.isNew(body) { body.setMark(tracer.read(self, body)) }
    return body
  }

  /// The body that tells shape and element type where they are no longer those of the handles; nil where they are.
  var retyped: TensorBody? {
    guard isRetyped.load(ordering: .relaxed) else { return nil }
    return substitute?.body ?? state.withLock { $0.value }
  }

  /// Holds `value`, of whatever shape and type, from now on, and no gradient: all handles are of that type then.
  func hold(_ value: TensorBody) {
    state.withLock { state in
      state.value = value
      state.gradient = nil
    }
    isRetyped.store(true, ordering: .relaxed)
  }

  /// Converts elements and gradient to `dtype`: all handles are of this type then.
  func convert(to dtype: DType) {
    if type.dtype == dtype { return }
    noGrad {
      let value = Tensor(snapshot()).detach().to(dtype)
      let gradient = storedGradient?.to(dtype.gradientType ?? dtype)
      if value.isPoisoned { return }
      state.withLock { state in
        state.value = value.body
        state.gradient = gradient
      }
      isRetyped.store(true, ordering: .relaxed)
    }
  }

  /// The tensor that is used in its place at present.
  var substitute: Tensor? {
    Context.isPlain ? nil : Context.current?.substitutes?.tensors[ObjectIdentifier(self)]
  }

  /// The gradient that it has collected.
  var gradient: Tensor? {
    get {
      let found = state.withLock { $0.gradient }
      if !Context.isPlain, let tracer = Context.tracer { return tracer.read(found, gradientOf: self) }
      return found
    }
    set {
      // A variable as a gradient is what it holds now: whoever steps has this one locked.
      let newValue = newValue.map { $0.body.flags.contains(.variable) ? $0.detach() : $0 }
      if !Context.isPlain, let tracer = Context.tracer, tracer.isStep, !tracer.made(handle),
        tracer.refuses("a gradient of a variable")
      {
        return
      }
      state.withLock { $0.gradient = newValue }
      if !Context.isPlain, let tracer = Context.tracer { tracer.noteGradient(newValue, of: self) }
    }
  }

  var hasHooks: Bool { state.withLock { !$0.hooks.isEmpty } }

  /// What the hooks make of a gradient, which is the sum of all that a backward pass brings.
  func hooked(_ gradient: Tensor) -> Tensor {
    let hooks = state.withLock { $0.hooks }
    if !Context.isPlain, let tracer = Context.tracer { return tracer.run(hooks, of: self, on: gradient) }
    var gradient = gradient
    for hook in hooks { gradient = hook(gradient) ?? gradient }
    return gradient
  }

  /// Adds to the collected gradient, in place when nobody else holds it.
  func accumulate(_ gradient: Tensor) {
    var incoming = gradient.resolved
    if incoming.body.flags.contains(.requiresGrad) && !Context.isGradientEnabled {
      incoming = Tensor(TensorBody(sharing: incoming.body))
    }
    if !Context.isPlain, Context.tracer != nil {
      self.gradient = self.gradient.map { $0 + incoming } ?? incoming
      return
    }
    state.withLock { state in
      if let old = state.gradient {
        state.gradient = nil
        state.gradient = sumInPlace(old, incoming)
      } else {
        state.gradient = incoming
      }
    }
  }
}

extension Tensor {
  /// Has the variable behind this handle hold the elements of `value` from now on, which may be of another shape: its part of a
  /// parameter that several processes share. Its gradient is forgotten.
  package func holdInVariable(_ value: Tensor) {
    if hasFailed || value.hasFailed || !isVariable { return }
    variable.hold(noGrad { value.detach().contiguousBody() })
  }
}

/// Tensors that take the place of variables while a function runs: what is stored in the variables goes there.
package final class Substitutes {
  /// By variable: what ``Tensor/resolved`` gives for it.
  fileprivate(set) var tensors: [ObjectIdentifier: Tensor]

  package init() { tensors = [:] }

  /// Starts with those that are used around.
  package init(copying other: Substitutes) { tensors = other.tensors }

  /// Uses `tensor`, of the same shape and type, in place of `variable`.
  package func use(_ tensor: Tensor, for variable: Tensor) {
    tensors[ObjectIdentifier(variable.variable)] = tensor.resolved
  }

  func store(_ value: Tensor, in variable: Variable) { tensors[ObjectIdentifier(variable)] = value }
}
