import ApusCore

/// What is measured of a model: gathered batch by batch, computed when it is asked for, and set back for the next epoch.
///
///     let accuracy = MulticlassAccuracy(numClasses: 10)
///     for (images, labels) in loader { accuracy.update(model(images), labels) }
///     print(accuracy.compute())
///     accuracy.reset()
///
/// Calling a metric updates it and gives the value of that batch alone: `let value = accuracy(preds, target)`.
///
/// A metric of one's own is a class that keeps what it needs in ``MetricState``s, says in `update` what a batch adds to them
/// and in `compute` what they amount to; merging, setting back, saving and the wrappers (``MetricCollection``, ``MinMaxMetric``
/// ...) work with it then. What it takes is told by a protocol: ``PairMetric`` (predictions and targets), ``ValueMetric``,
/// ``TextMetric``, ``RetrievalMetric`` ...
///
/// A metric is changed by its updates and belongs to one task; several tasks have one each and `merge` them.
open class Metric {
  /// The rule.
  public init() {}

  /// What it is called where nobody gives it a name: that of its class.
  open var name: String { "\(type(of: self))" }

  /// Whether larger values are better; nil where neither is.
  open var higherIsBetter: Bool? { nil }

  /// Whether the values of a batch and of all before can be merged; where not, calling the metric updates it twice.
  open var mergesStates: Bool { true }

  /// The states and their names, those of metrics inside included.
  public private(set) lazy var states: [(name: String, state: MetricState)] = statesOf(self)

  /// The number of times that a state was set: 0 before the first update.
  public var updateCount: Int { states.map(\.state.writes).max() ?? 0 }

  /// Forgets everything.
  open func reset() {
    for (_, state) in states { state.reset() }
  }

  /// Takes in what another metric of the same class and arguments has gathered, as if it had seen its batches after its own.
  public final func merge(_ other: Metric) {
    let (mine, others) = (states, other.states)
    guard type(of: self) == type(of: other), mine.map(\.name) == others.map(\.name) else {
      report(
        TensorError(
          .value, name, "merges with metrics of its own class and arguments, and found \(other.name)"))
      return
    }
    merge(others.map(\.state.snapshot))
  }

  /// Takes in states, in the order of ``states``. Metrics whose states do not merge one by one override
  /// ``combine(_:_:)``.
  package final func merge(_ others: [MetricState.Snapshot]) {
    let mine = states
    if others.contains(where: { $0.writes > 0 }), mine.contains(where: { $0.state.merge == .custom }) {
      let earlier = mine.map(\.state.snapshot.pieces)
      if mine.allSatisfy({ $0.state.writes == 0 }) {
        for ((_, state), other) in zip(mine, others) { state.merge(other) }
        return
      }
      let combined = combine(earlier, others.map(\.pieces))
      for ((_, state), (pieces, other)) in zip(mine, zip(combined, others)) {
        state.snapshot = .init(pieces: pieces, writes: state.writes + other.writes)
      }
      return
    }
    for ((_, state), other) in zip(mine, others) { state.merge(other) }
  }

  /// The states of two metrics as those of one, in the order of ``states``: for states that merge as
  /// ``MetricState/Merge/custom``.
  /// - Parameters:
  ///   - earlier: what this metric has in its states.
  ///   - later: what the other one has in its.
  open func combine(_ earlier: [[Tensor]], _ later: [[Tensor]]) -> [[Tensor]] { later }

  /// What it has gathered, to be saved: the tensors of its states by their names, those of lists with their numbers.
  public final var stateDict: [String: Tensor] {
    var found: [String: Tensor] = [:]
    for (name, state) in states {
      found["\(name).writes"] = Tensor(state.writes)
      for (i, piece) in state.pieces.enumerated() {
        found[state.merge == .concat ? "\(name).\(i)" : name] = piece
      }
    }
    return found
  }

  /// Goes on from what ``stateDict`` gave.
  /// - Throws: `TensorError` where a state is missing or not one of this metric.
  public final func loadStateDict(_ dict: [String: Tensor]) throws(TensorError) {
    var rest = Set(dict.keys)
    var snapshots: [MetricState.Snapshot] = []
    for (name, state) in states {
      guard let writes = dict["\(name).writes"], writes.count == 1 else {
        throw TensorError(.state, self.name, "the state '\(name)' is missing; there are \(dict.keys.sorted())")
      }
      rest.remove("\(name).writes")
      var pieces: [Tensor] = []
      if state.merge == .concat {
        while let piece = dict["\(name).\(pieces.count)"] {
          rest.remove("\(name).\(pieces.count)")
          pieces.append(piece)
        }
      } else if let piece = dict[name] {
        rest.remove(name)
        pieces = [piece]
      } else {
        throw TensorError(.state, self.name, "the state '\(name)' is missing; there are \(dict.keys.sorted())")
      }
      snapshots.append(.init(pieces: pieces, writes: max(0, writes.item(as: Int.self))))
    }
    guard rest.isEmpty else {
      throw TensorError(.state, name, "there are states that it does not have: \(rest.sorted())")
    }
    for ((_, state), snapshot) in zip(states, snapshots) { state.snapshot = snapshot }
  }

  /// Runs the body of an update. A failed tensor or a mistake leaves the states as they were.
  package final func updating(_ tensors: Tensor?..., body: () throws(TensorError) -> Void) {
    for tensor in tensors { if let tensor, tensor.hasFailed { return } }
    let before = states.map(\.state.snapshot)
    do throws(TensorError) { try body() } catch {
      for ((_, state), snapshot) in zip(states, before) { state.snapshot = snapshot }
      report(error)
    }
  }

  /// A mistake of this metric.
  final func mistake(_ kind: TensorError.Kind, _ message: String) -> TensorError { TensorError(kind, name, message) }

  /// Reports `message` unless `condition`: for arguments of initialisers.
  final func expect(_ condition: Bool, _ message: @autoclosure () -> String) {
    if !condition { report(TensorError(.value, name, message())) }
  }

  /// Where the states are, to come back to.
  package final var snapshots: [MetricState.Snapshot] {
    get { states.map(\.state.snapshot) }
    set { for ((_, state), snapshot) in zip(states, newValue) { state.snapshot = snapshot } }
  }
}

/// The states among the properties of `object`, and those of metrics among them.
private func statesOf(_ object: Any) -> [(name: String, state: MetricState)] {
  var found: [(name: String, state: MetricState)] = []
  func look(_ value: Any, _ name: String) {
    if let state = value as? MetricState {
      found.append((name, state))
    } else if let states = value as? [MetricState] {
      found += states.enumerated().map { ("\(name).\($0)", $1) }
    } else if let metric = value as? Metric {
      found += metric.states.map { ("\(name).\($0.name)", $0.state) }
    } else if let metrics = value as? [Metric] {
      for (i, metric) in metrics.enumerated() { look(metric, "\(name).\(i)") }
    } else if let metrics = value as? [(name: String, metric: Metric)] {
      for (part, metric) in metrics { look(metric, "\(name).\(part)") }
    }
  }
  var mirror: Mirror? = Mirror(reflecting: object)
  while let present = mirror {
    for child in present.children {
      let label = child.label ?? ""
      if label.hasPrefix("$__lazy_storage_$") { continue }
      look(child.value, label)
    }
    mirror = present.superclassMirror
  }
  return found
}
