import ApusCore
import Synchronization

/// What a module carries besides its parameters: training mode, name and hooks.
public final class ModuleState: Sendable {
  private let training = Atomic<Bool>(true)
  private let ownName = Lock<String?>(nil)
  let hooks = Hooks()
  private let ownParametrizations = Lock<ParametrizationDict?>(nil)
  private let pending = Lock<Initialisation?>(nil)
  private let ownStatistics = Lock<(any SharedStatistics)?>(nil)

  /// The state of a new module: in training mode, without hooks.
  public init() {}

  deinit { if initialisation != nil { Hooks.change(by: -1) } }

  /// Whether the module is in training mode.
  public var isTraining: Bool {
    get {
      let value = training.load(ordering: .relaxed)
      if let tracer = Tracer.current {
        tracer.depend("a module was in \(value ? "training" : "evaluation") mode") { [weak self] in
          self?.training.load(ordering: .relaxed) == value
        }
      }
      return value
    }
    set { training.store(newValue, ordering: .relaxed) }
  }

  /// A name for messages and tables in place of the type's.
  public var name: String? {
    get { ownName.withLock { $0 } }
    set { ownName.withLock { $0 = newValue } }
  }

  /// What computes properties of the module, if anything does.
  var parametrizations: ParametrizationDict? { ownParametrizations.withLock { $0 } }

  /// ``parametrizations``, made where there is none yet.
  func ensureParametrizations() -> ParametrizationDict {
    ownParametrizations.withLock { dict in
      if let dict { return dict }
      let made = ParametrizationDict()
      dict = made
      return made
    }
  }

  /// What the first call makes, if it has not been made yet.
  var initialisation: Initialisation? {
    get { pending.withLock { $0 } }
    set {
      let before = pending.withLock { held in
        defer { held = newValue }
        return held
      }
      Hooks.change(by: (newValue == nil ? 0 : 1) - (before == nil ? 0 : 1))
    }
  }

  /// What normalises by the statistics of several processes' batches, in place of those of this one's.
  package var sharedStatistics: (any SharedStatistics)? {
    get { ownStatistics.withLock { $0 } }
    set { ownStatistics.withLock { $0 = newValue } }
  }

  /// The state of a copy of the module, which has no hooks.
  func copied(by rebuilder: some Rebuilder) -> ModuleState {
    let copy = ModuleState()
    copy.take(self, by: rebuilder)
    return copy
  }

  /// Becomes what ``copied(by:)`` gives.
  func take(_ other: ModuleState, by rebuilder: some Rebuilder) {
    training.store(other.training.load(ordering: .relaxed), ordering: .relaxed)
    if let name = other.name { self.name = name }
    if let initialisation = other.initialisation { self.initialisation = initialisation.copied() }
    if let statistics = other.sharedStatistics { sharedStatistics = statistics }
    guard let dict = other.parametrizations else { return }
    let copy = rebuilder.object(dict) as? ParametrizationDict
    ownParametrizations.withLock { $0 = copy }
  }
}

/// The states of modules that do not declare one, by identity. An entry dies with its module: a later module at the same
/// address gets a fresh one, and dead entries are swept as the table grows.
final class ModuleStates: Sendable {
  static let shared = ModuleStates()

  private struct Entry {
    weak var owner: (any Module)?
    let state: ModuleState
  }
  private struct Table {
    var entries: [ObjectIdentifier: Entry] = [:]
    var sweepAt = 64
  }
  private let table = Lock(Table())

  func state(of module: any Module) -> ModuleState {
    let id = ObjectIdentifier(module)
    return table.withLock { table in
      if let entry = table.entries[id], entry.owner === module { return entry.state }
      if table.entries.count >= table.sweepAt {
        table.entries = table.entries.filter { $0.value.owner != nil }
        table.sweepAt = max(64, 2 * table.entries.count)
      }
      let state = ModuleState()
      table.entries[id] = Entry(owner: module, state: state)
      return state
    }
  }

  /// How many entries there are, dead ones that are not swept yet included.
  var count: Int { table.withLock { $0.entries.count } }
}
