import Synchronization

// Who has to know when a gradient is complete, while the backward pass goes on: what sends gradients to other
// processes.

/// Sees backward passes bring gradients to variables. All methods are called on the thread of the pass.
package protocol GradientObserver: AnyObject, Sendable {
  /// A pass begins that can bring gradients to the variables with these numbers, in the order in which they become
  /// complete.
  func passBegan(reaching variables: [Int])
  /// All that the pass brings to this variable has been added to its ``Tensor/grad``, if it brought anything.
  func gradientIsComplete(_ variable: Int)
  /// All gradients are there.
  /// - Throws: what the caller of `backward` gets as the mistake of the pass.
  func passEnded() throws(TensorError)
}

/// Tells an observer of the backward passes that reach some variables, as long as it exists.
package final class GradientWatch: Sendable {
  fileprivate struct Entry: Sendable {
    let watch: ObjectIdentifier
    let number: Int
    weak var observer: (any GradientObserver)?
  }
  private static let count = Atomic<Int>(0)
  /// Observers by variable.
  private static let entries = Lock<[ObjectIdentifier: [Entry]]>([:])

  /// The variables, which exist as long as the watch.
  private let variables: [Tensor]

  /// - Parameter variables: variables, which `observer` knows by their places in the array.
  package init(_ variables: [Tensor], _ observer: any GradientObserver) {
    self.variables = variables
    Self.count.add(1, ordering: .relaxed)
    Self.entries.withLock { entries in
      for (i, tensor) in variables.enumerated() where tensor.isVariable {
        let entry = Entry(watch: ObjectIdentifier(self), number: i, observer: observer)
        entries[ObjectIdentifier(tensor.variable), default: []].append(entry)
      }
    }
  }

  deinit {
    Self.count.subtract(1, ordering: .relaxed)
    Self.entries.withLock { entries in
      for tensor in variables where tensor.isVariable {
        let key = ObjectIdentifier(tensor.variable)
        entries[key]?.removeAll { $0.watch == ObjectIdentifier(self) }
        if entries[key]?.isEmpty == true { entries[key] = nil }
      }
    }
  }

  /// The observers by variable, if there are any.
  fileprivate static var watched: [ObjectIdentifier: [Entry]]? {
    count.load(ordering: .relaxed) == 0 ? nil : entries.withLock { $0 }
  }
}

/// A backward pass that somebody watches.
final class WatchedPass {
  private struct Due {
    /// The number of the last operation that brings a gradient; what is above it has been.
    var sequence: UInt64
    let number: Int
    let observer: any GradientObserver
  }
  /// The variables that are not complete yet, the next one last.
  private var due: [Due] = []
  private var observers: [any GradientObserver] = []

  /// The pass from `roots`, or to `inputs` alone; nil: nobody watches what it reaches.
  init?(_ roots: [Tensor], inputs: [Tensor]?) {
    guard Tracer.current == nil, let watched = GradientWatch.watched else { return nil }
    var last: [ObjectIdentifier: UInt64] = [:]
    if let inputs {
      // These collect what they get when the pass is over.
      for input in inputs where input.isVariable { last[ObjectIdentifier(input.variable)] = 0 }
    } else {
      last = Self.lastOperations(before: roots, watched: watched)
    }
    var numbers: [ObjectIdentifier: [Due]] = [:]
    for (variable, sequence) in last {
      for entry in watched[variable] ?? [] {
        guard let observer = entry.observer else { continue }
        let id = ObjectIdentifier(observer)
        if numbers[id] == nil { observers.append(observer) }
        numbers[id, default: []].append(Due(sequence: sequence, number: entry.number, observer: observer))
      }
    }
    guard !observers.isEmpty else { return nil }
    due = numbers.values.joined().sorted { ($0.sequence, $0.number) < ($1.sequence, $1.number) }
    for observer in observers {
      observer.passBegan(reaching: due.reversed().filter { $0.observer === observer }.map(\.number))
    }
  }

  /// Of the watched variables that `roots` were made from, the operation that the backward pass comes to last; 0
  /// where all of it has to be over.
  private static func lastOperations(
    before roots: [Tensor], watched: [ObjectIdentifier: [GradientWatch.Entry]]
  ) -> [ObjectIdentifier: UInt64] {
    var last: [ObjectIdentifier: UInt64] = [:]
    var seen: Set<ObjectIdentifier> = []
    var stack: [Node] = []
    func come(to record: GradientRecord, from sequence: UInt64) {
      let id = ObjectIdentifier(record)
      if record.sequence != 0 {
        if seen.insert(id).inserted { stack.append(unsafeDowncast(record, to: Node.self)) }
      } else if watched[id] != nil {
        // What hooks make of a gradient comes at the end.
        let comes = unsafeDowncast(record, to: Variable.self).hasHooks ? 0 : sequence
        last[id] = min(last[id] ?? .max, comes)
      }
    }
    for root in roots {
      if let record = root.body.record { come(to: record, from: .max) }
    }
    while let node = stack.popLast() {
      for i in 0..<node.edges.count {
        if let record = node.edges[i].record { come(to: record, from: node.sequence) }
      }
    }
    return last
  }

  /// Tells of the variables that are complete when the operation `next` comes next; nil: none comes any more.
  func advance(to next: UInt64?) {
    while let first = due.last, next.map({ first.sequence > $0 }) ?? true {
      due.removeLast()
      first.observer.gradientIsComplete(first.number)
    }
  }

  /// Tells that the pass is over.
  func end() throws(TensorError) {
    for observer in observers { try observer.passEnded() }
  }
}
