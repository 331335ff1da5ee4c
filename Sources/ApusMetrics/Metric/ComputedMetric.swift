import ApusCore

/// A metric with the type of its value.
public protocol ComputedMetric<Value>: Metric {
  /// What it computes: a tensor, a tuple of them, a dictionary.
  associatedtype Value
  /// The value of all that was gathered since the last reset.
  func compute() -> Value
  /// The value whatever its type is.
  var erasedValue: MetricValue { get }
}

extension ComputedMetric {
  /// Runs an update and gives the value of what it adds alone; connected to the graph, where the metric can be differentiated.
  public func forward(_ update: () -> Void) -> Value { measured(update) { compute() } }

  /// The value whatever its type is: an array or dictionary of tensors, where it is a tuple or more.
  public var erasedValue: MetricValue { MetricValue(reflecting: compute()) }
}

extension Metric {
  /// The value whatever its type is; nil for a metric that computes nothing.
  public final var computedValue: MetricValue? { (self as? any ComputedMetric)?.erasedValue }

  /// Runs an update and gives the value of what it adds alone, whatever its type is.
  public final func forwardValue(_ update: () -> Void) -> MetricValue? { measured(update) { computedValue } }

  /// What `compute` gives of what `update` adds alone, which is merged into what is there.
  final func measured<Result>(_ update: () -> Void, _ compute: () -> Result) -> Result {
    let before = snapshots
    if !mergesStates {
      update()
      let after = snapshots
      defer { snapshots = after }
      reset()
      update()
      return compute()
    }
    for (_, state) in states {
      state.reset()
      state.keepsGraph = true
    }
    update()
    let value = compute()
    for (_, state) in states { state.keepsGraph = false }
    let batch = snapshots
    snapshots = before
    merge(batch)
    return value
  }
}

/// A metric of predictions and targets. What their shapes may be each metric says.
public protocol PairMetric: ComputedMetric {
  /// Adds a batch.
  func update(_ preds: Tensor, _ target: Tensor)
}

extension PairMetric {
  /// Adds a batch and gives its value alone.
  @discardableResult
  public func callAsFunction(_ preds: Tensor, _ target: Tensor) -> Value { forward { update(preds, target) } }
}

/// A metric of single tensors.
public protocol ValueMetric: ComputedMetric {
  /// Adds a batch.
  func update(_ value: Tensor)
}

extension ValueMetric {
  /// Adds a batch and gives its value alone.
  @discardableResult
  public func callAsFunction(_ value: Tensor) -> Value { forward { update(value) } }
  /// Adds a number.
  public func update(_ value: some ScalarConvertible) { update(Tensor(value.scalar.double)) }
  /// Adds a number and gives its value alone.
  @discardableResult
  public func callAsFunction(_ value: some ScalarConvertible) -> Value { forward { update(value) } }
}

/// A metric of predictions and targets that belong to groups.
public protocol GroupedMetric: ComputedMetric {
  /// Adds a batch; `groups` says to which group each example belongs, from 0.
  func update(_ preds: Tensor, _ target: Tensor, _ groups: Tensor)
}

extension GroupedMetric {
  /// Adds a batch and gives its value alone.
  @discardableResult
  public func callAsFunction(_ preds: Tensor, _ target: Tensor, _ groups: Tensor) -> Value {
    forward { update(preds, target, groups) }
  }
}
