import ApusCore
import ApusNN

// Functions that see the steps and the states of optimisers. They run in the thread that asks for the step, in order of
// registration, and need not be `Sendable`: whoever steps an optimiser from several tasks guards what a hook changes.

/// Sees an optimiser before or after a step.
public typealias OptimizerHook = (_ optimizer: Optimizer) -> Void
/// Sees a state that was made, or is to be loaded; what it returns, unless nil, replaces it.
public typealias OptimizerStateHook = (_ optimizer: Optimizer, _ state: StateDict) -> StateDict?

/// A registered hook of an optimiser, to take it off again.
public struct OptimizerHookHandle: Sendable {
  fileprivate let list: OptimizerHooks
  fileprivate let id: Int

  /// Takes the hook off. Doing so twice is harmless.
  public func remove() { list.remove(id) }
}

/// The hooks of an optimiser, or of all.
final class OptimizerHooks: Sendable {
  static let all = OptimizerHooks()

  fileprivate enum Hook {
    case beforeStep(OptimizerHook)
    case afterStep(OptimizerHook)
    case beforeState(OptimizerHook)
    case afterState(OptimizerStateHook)
    case beforeLoad(OptimizerStateHook)
    case afterLoad(OptimizerHook)
  }

  /// Whoever registers a hook answers for what it does in other threads.
  private struct Entry: @unchecked Sendable {
    var id: Int
    let hook: Hook
  }
  private let entries = Lock<(next: Int, list: [Entry])>((0, []))

  fileprivate func add(_ hook: Hook, prepend: Bool = false) -> OptimizerHookHandle {
    let entry = Entry(id: 0, hook: hook)
    let id = entries.withLock { entries in
      entries.next += 1
      var entry = entry
      entry.id = entries.next
      entries.list.insert(entry, at: prepend ? 0 : entries.list.count)
      return entries.next
    }
    return OptimizerHookHandle(list: self, id: id)
  }

  fileprivate func remove(_ id: Int) { entries.withLock { $0.list.removeAll { $0.id == id } } }

  fileprivate var hooks: [Hook] {
    let list = entries.withLock { $0.list }
    return list.map(\.hook)
  }
}

extension Optimizer {
  /// Calls `hook` before every step of this optimiser.
  @discardableResult
  public func registerStepPreHook(_ hook: @escaping OptimizerHook) -> OptimizerHookHandle {
    hooks.add(.beforeStep(hook))
  }

  /// Calls `hook` after every step of this optimiser.
  @discardableResult
  public func registerStepPostHook(_ hook: @escaping OptimizerHook) -> OptimizerHookHandle {
    hooks.add(.afterStep(hook))
  }

  /// Calls `hook` before ``stateDict()``; with `prepend`, before the hooks that there are.
  @discardableResult
  public func registerStateDictPreHook(_ hook: @escaping OptimizerHook, prepend: Bool = false) -> OptimizerHookHandle {
    hooks.add(.beforeState(hook), prepend: prepend)
  }

  /// Calls `hook` with what ``stateDict()`` made, which it may replace.
  @discardableResult
  public func registerStateDictPostHook(
    _ hook: @escaping OptimizerStateHook, prepend: Bool = false
  ) -> OptimizerHookHandle {
    hooks.add(.afterState(hook), prepend: prepend)
  }

  /// Calls `hook` with the state that ``loadStateDict(_:)`` gets, which it may replace.
  @discardableResult
  public func registerLoadStateDictPreHook(
    _ hook: @escaping OptimizerStateHook, prepend: Bool = false
  ) -> OptimizerHookHandle {
    hooks.add(.beforeLoad(hook), prepend: prepend)
  }

  /// Calls `hook` after ``loadStateDict(_:)``.
  @discardableResult
  public func registerLoadStateDictPostHook(
    _ hook: @escaping OptimizerHook, prepend: Bool = false
  ) -> OptimizerHookHandle {
    hooks.add(.afterLoad(hook), prepend: prepend)
  }

  /// Runs `step` between the hooks of steps: those of all optimisers first.
  package func betweenStepHooks<Result, Failure: Error>(_ step: () throws(Failure) -> Result) throws(Failure) -> Result
  {
    for case .beforeStep(let hook) in OptimizerHooks.all.hooks + hooks.hooks { hook(self) }
    let result = try step()
    for case .afterStep(let hook) in hooks.hooks + OptimizerHooks.all.hooks { hook(self) }
    return result
  }

  /// The state that `make` gives, between its hooks.
  package func hookedState(_ make: () -> StateDict) -> StateDict {
    let registered = hooks.hooks
    for case .beforeState(let hook) in registered { hook(self) }
    var state = make()
    for case .afterState(let hook) in registered { state = hook(self, state) ?? state }
    return state
  }

  /// Loads `state` by `load`, between the hooks.
  package func hookedLoad(_ state: StateDict, _ load: (StateDict) throws(TensorError) -> Void) throws(TensorError) {
    let registered = hooks.hooks
    var state = state
    for case .beforeLoad(let hook) in registered { state = hook(self, state) ?? state }
    try load(state)
    for case .afterLoad(let hook) in registered { hook(self) }
  }
}

/// Calls `hook` before every step of every optimiser.
@discardableResult
public func registerOptimizerStepPreHook(_ hook: @escaping OptimizerHook) -> OptimizerHookHandle {
  OptimizerHooks.all.add(.beforeStep(hook))
}

/// Calls `hook` after every step of every optimiser.
@discardableResult
public func registerOptimizerStepPostHook(_ hook: @escaping OptimizerHook) -> OptimizerHookHandle {
  OptimizerHooks.all.add(.afterStep(hook))
}
