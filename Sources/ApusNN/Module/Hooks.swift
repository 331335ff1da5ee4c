import ApusCore
import Synchronization

// Functions that see what goes through a module.

/// Sees the inputs and the result of a module's call; what it returns replaces the result. Where a module gives several tensors
/// it sees one after the other.
public typealias ForwardHook = (_ module: any Module, _ inputs: [Tensor], _ output: Tensor) -> Tensor?
/// Sees the tensors that a module is called with; what it returns replaces them.
public typealias ForwardPreHook = (_ module: any Module, _ inputs: [Tensor]) -> [Tensor]?
/// Sees the gradients for a module's inputs and results, nil where there is none; what it returns replaces those for the inputs.
public typealias FullBackwardHook = (
  _ module: any Module, _ gradInput: [Tensor?], _ gradOutput: [Tensor?]
) -> [Tensor?]?

/// A registered hook, to take it off again.
public struct HookHandle: Sendable {
  let state: ModuleState
  let id: Int

  /// Takes the hook off. Doing so twice is harmless.
  public func remove() { state.hooks.remove(id) }
}

// Hooks run in the thread that calls the module, in order of registration. They need not be `Sendable`, so that a hook can
// collect what it sees in a variable around it; where several tasks call the module, a hook has to guard what it changes.

//
// A closure that returns nothing and one that returns a tensor look alike to the compiler, so that the first form of each function
// takes any result and looks at what it is; the second one is for closures that return nil.

extension Module {
  /// Calls `hook` after every call of this module; a tensor that it returns replaces the result.
  @discardableResult
  public func registerForwardHook<Result>(
    _ hook: @escaping (_ module: any Module, _ inputs: [Tensor], _ output: Tensor) -> Result
  ) -> HookHandle {
    add(.forward { hook($0, $1, $2) as? Tensor })
  }

  /// Calls `hook` after every call of this module; what it returns, unless nil, replaces the result.
  @_disfavoredOverload
  @discardableResult
  public func registerForwardHook(_ hook: @escaping ForwardHook) -> HookHandle { add(.forward(hook)) }

  /// Calls `hook` before every call of this module with the tensors among its inputs; tensors that it returns replace them.
  @discardableResult
  public func registerForwardPreHook<Result>(
    _ hook: @escaping (_ module: any Module, _ inputs: [Tensor]) -> Result
  ) -> HookHandle {
    add(
      .before { module, inputs in
        let result = hook(module, inputs)
        return (result as? Tensor).map { [$0] } ?? result as? [Tensor]
      })
  }

  /// Calls `hook` before every call of this module with the tensors among its inputs; what it returns, unless nil,
  /// replaces them.
  @_disfavoredOverload
  @discardableResult
  public func registerForwardPreHook(_ hook: @escaping ForwardPreHook) -> HookHandle { add(.before(hook)) }

  /// Calls `hook` in the backward pass when the gradients for the inputs of this module are known; gradients that it returns
  /// replace them.
  @discardableResult
  public func registerFullBackwardHook<Result>(
    _ hook: @escaping (_ module: any Module, _ gradInput: [Tensor?], _ gradOutput: [Tensor?]) -> Result
  ) -> HookHandle {
    add(
      .backward { module, gradInput, gradOutput in
        let result = hook(module, gradInput, gradOutput)
        return (result as? Tensor).map { [$0] } ?? result as? [Tensor?]
      })
  }

  /// Calls `hook` in the backward pass when the gradients for the inputs of this module are known; what it returns, unless nil,
  /// replaces them.
  @_disfavoredOverload
  @discardableResult
  public func registerFullBackwardHook(_ hook: @escaping FullBackwardHook) -> HookHandle { add(.backward(hook)) }

  /// Calls `hook` in the backward pass when the gradients for the results of this module are known; what it returns, unless nil,
  /// replaces them.
  @discardableResult
  public func registerFullBackwardPreHook(
    _ hook: @escaping (_ module: any Module, _ gradOutput: [Tensor?]) -> [Tensor?]?
  ) -> HookHandle { add(.beforeBackward(hook)) }

  /// Calls `enter` before all other hooks of a call of this module, and what it gives after them, also where the call throws.
  @discardableResult
  package func registerScope(_ enter: @escaping (_ module: any Module) -> () -> Void) -> HookHandle {
    add(.scope(enter))
  }

  private func add(_ hook: Hook) -> HookHandle { HookHandle(state: state, id: state.hooks.add(hook)) }
}

enum Hook {
  case forward(ForwardHook)
  case before(ForwardPreHook)
  case backward(FullBackwardHook)
  case beforeBackward((any Module, [Tensor?]) -> [Tensor?]?)
  case scope((any Module) -> () -> Void)
}

/// The hooks of a module.
final class Hooks: Sendable {
  /// How many there are in the program: while there are none, a call does not look for its module's.
  private static let count = Atomic<Int>(0)
  static var areAny: Bool { count.load(ordering: .relaxed) != 0 }
  /// Counts what else a call has to look for.
  static func change(by difference: Int) { count.add(difference, ordering: .relaxed) }

  /// Whoever registers a hook answers for what it does in other threads.
  private struct Entry: @unchecked Sendable {
    let id: Int
    let hook: Hook
  }
  private struct List {
    var next = 0
    var entries: [Entry] = []
  }
  private let list = Lock(List())

  func add(_ hook: Hook) -> Int {
    Self.count.add(1, ordering: .relaxed)
    let boxed = Entry(id: 0, hook: hook)
    return list.withLock { list in
      list.next += 1
      list.entries.append(Entry(id: list.next, hook: boxed.hook))
      return list.next
    }
  }

  func remove(_ id: Int) {
    let removed = list.withLock { list in
      let before = list.entries.count
      list.entries.removeAll { $0.id == id }
      return before - list.entries.count
    }
    Self.count.subtract(removed, ordering: .relaxed)
  }

  private var all: [Entry] { list.withLock { $0.entries } }

  deinit { Self.count.subtract(all.count, ordering: .relaxed) }

  /// Runs `forward` between the hooks of `module`.
  static func run<each Input, Output, Failure: Error>(
    _ module: any Module, _ inputs: repeat each Input, forward: (repeat each Input) throws(Failure) -> Output
  ) throws(Failure) -> Output {
    if let initialisation = module.state.initialisation {
      let exchange = TensorExchange()
      repeat exchange.collect(each inputs)
      initialisation.run(module, exchange.found)
    }
    let hooks = module.state.hooks.all.map(\.hook)
    if hooks.isEmpty { return try forward(repeat each inputs) }
    // A function that is being captured would run them once and never again.
    Tracer.current?.fail("a module has hooks, which every call has to run")
    var leaving: [() -> Void] = []
    for case .scope(let enter) in hooks { leaving.append(enter(module)) }
    defer { for leave in leaving.reversed() { leave() } }
    let exchange = TensorExchange()
    repeat exchange.collect(each inputs)
    var tensors = exchange.found
    for case .before(let hook) in hooks { tensors = hook(module, tensors) ?? tensors }
    let backward = BackwardHooks(module, hooks)
    if let backward { tensors = backward.enter(tensors) }
    exchange.replacements = tensors[...]
    var output = try forward(repeat exchange.replaced(each inputs))
    for case .forward(let hook) in hooks {
      output = TensorMap { hook(module, tensors, $0) ?? $0 }.rebuild(output)
    }
    guard let backward else { return output }
    let results = TensorExchange()
    results.collect(output)
    results.replacements = backward.leave(results.found)[...]
    return results.replaced(output)
  }
}

/// Rebuilds values with each tensor replaced.
private final class TensorMap: Rebuilder {
  private let change: (Tensor) -> Tensor
  init(_ change: @escaping (Tensor) -> Tensor) { self.change = change }
  func tensor(_ tensor: Tensor) -> Tensor { change(tensor) }
}

/// The tensors in some values, and the values with others in their places.
private final class TensorExchange: Rebuilder {
  private(set) var found: [Tensor] = []
  var replacements: ArraySlice<Tensor> = []
  private var isCollecting = true

  func collect(_ value: some Any) {
    isCollecting = true
    _ = rebuild(value)
  }

  func replaced<Value>(_ value: Value) -> Value {
    isCollecting = false
    return rebuild(value)
  }

  func tensor(_ tensor: Tensor) -> Tensor {
    if isCollecting {
      found.append(tensor)
      return tensor
    }
    return replacements.popFirst() ?? tensor
  }
}

/// The backward hooks of one call.
private final class BackwardHooks: @unchecked Sendable {
  private let module: any Module
  private let before: [(any Module, [Tensor?]) -> [Tensor?]?]
  private let after: [FullBackwardHook]
  private let gradOutput = Lock<[Tensor?]>([])
  private var hasInputs = false

  init?(_ module: any Module, _ hooks: [Hook]) {
    self.module = module
    before = hooks.compactMap { if case .beforeBackward(let hook) = $0 { hook } else { nil } }
    after = hooks.compactMap { if case .backward(let hook) = $0 { hook } else { nil } }
    if (before.isEmpty && after.isEmpty) || !isGradEnabled { return nil }
  }

  /// The inputs behind an operation that gets their gradients.
  func enter(_ inputs: [Tensor]) -> [Tensor] {
    hasInputs = inputs.contains(where: \.requiresGrad)
    return hasInputs ? apply(ModuleBoundary { self.ended($0) }, inputs) : inputs
  }

  /// The results before an operation that gets their gradients.
  func leave(_ outputs: [Tensor]) -> [Tensor] {
    guard outputs.contains(where: \.requiresGrad) else { return outputs }
    return apply(ModuleBoundary { self.began($0) }, outputs)
  }

  private func began(_ gradients: [Tensor?]) -> [Tensor?] {
    var gradients = gradients
    for hook in before { gradients = hook(module, gradients) ?? gradients }
    let known = gradients
    gradOutput.withLock { $0 = known }
    if !hasInputs {
      for hook in after { _ = hook(module, [nil], known) }
    }
    return gradients
  }

  private func ended(_ gradients: [Tensor?]) -> [Tensor?] {
    var gradients = gradients
    let known = gradOutput.withLock { $0 }
    for hook in after { gradients = hook(module, gradients, known) ?? gradients }
    return gradients
  }
}

/// The tensors themselves; their gradients pass through a function.
private struct ModuleBoundary: Primitive, ElementMove {
  let gradients: @Sendable ([Tensor?]) -> [Tensor?]
  var name: String { "BackwardHookFunction" }
  var saves: Saves { .nothing }
  var takesCustomElements: Bool { true }

  init(_ gradients: @escaping @Sendable ([Tensor?]) -> [Tensor?]) { self.gradients = gradients }

  func outputTypes(_ inputs: [TensorType]) throws(TensorError) -> [TensorType] { inputs }

  func evaluate(_ inputs: [Tensor], into results: [Tensor]) throws(TensorError) {
    for (input, result) in zip(inputs, results) { try result.fill(from: input) }
  }

  func jvp(_ inputs: [Tensor], outputs: [Tensor], tangents: [Tensor?]) throws(TensorError) -> [Tensor?] { tangents }

  func batch(_ inputs: [Tensor], isBatched: [Bool], size: Int) throws(TensorError) -> [Tensor]? {
    apply(self, inputs)
  }

  func vjp(_ node: Recorded, cotangents: [Tensor?]) throws(TensorError) -> [Tensor?] { gradients(cotangents) }
}
