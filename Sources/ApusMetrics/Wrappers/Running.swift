import ApusCore

/// A metric over the last `window` updates.
///
///     let loss = Running(MeanMetric(), window: 100)
///     loss.update(0.5)
public class Running<Base: ComputedMetric>: Metric, ComputedMetric {
  /// The metric of whose updates the last ones count.
  public let baseMetric: Base
  /// The number of updates that count.
  public let window: Int
  /// For each of the last updates, the oldest first, the states of the metric.
  private let slots: [MetricState]

  /// - Parameters:
  ///   - baseMetric: a metric whose states merge.
  ///   - window: the number of updates, at least 1.
  public init(_ baseMetric: Base, window: Int = 5) {
    self.baseMetric = baseMetric
    self.window = max(1, window)
    slots = (0..<self.window * baseMetric.states.count).map { _ in .list() }
    super.init()
    expect(window >= 1, "needs a window of at least 1, and found \(window)")
    expect(baseMetric.mergesStates, "needs a metric whose states merge, and \(baseMetric.name) has others")
  }

  public override var name: String { "Running(\(baseMetric.name))" }
  public override var higherIsBetter: Bool? { baseMetric.higherIsBetter }
  public override var mergesStates: Bool { false }

  /// Adds one update of the base metric.
  public func update(_ update: (Base) -> Void) {
    baseMetric.reset()
    update(baseMetric)
    let width = baseMetric.states.count
    let latest = baseMetric.snapshots
    guard latest.contains(where: { $0.writes > 0 }) else { return }
    for i in 0..<slots.count - width { slots[i].snapshot = slots[i + width].snapshot }
    for (i, snapshot) in latest.enumerated() { slots[slots.count - width + i].snapshot = snapshot }
  }

  public func compute() -> Base.Value {
    baseMetric.reset()
    let width = baseMetric.states.count
    for start in stride(from: 0, to: slots.count, by: width) {
      baseMetric.merge(slots[start..<start + width].map(\.snapshot))
    }
    return baseMetric.compute()
  }
}

extension Running: PairMetric where Base: PairMetric {
  public func update(_ preds: Tensor, _ target: Tensor) { update { $0.update(preds, target) } }
}

extension Running: ValueMetric where Base: ValueMetric {
  public func update(_ value: Tensor) { update { $0.update(value) } }
}

/// The mean of the last `window` updates.
public final class RunningMean: Running<MeanMetric> {
  /// - Parameters:
  ///   - window: the number of updates that count.
  ///   - nanStrategy: what becomes of values that are not a number.
  public init(window: Int = 5, nanStrategy: NanStrategy = .warn) {
    super.init(MeanMetric(nanStrategy: nanStrategy), window: window)
  }
  public override var name: String { "RunningMean" }

  /// Adds weighted values.
  public func update(_ value: Tensor, weight: Tensor?) { update { $0.update(value, weight: weight) } }
}

/// The sum of the last `window` updates.
public final class RunningSum: Running<SumMetric> {
  /// - Parameters:
  ///   - window: the number of updates that count.
  ///   - nanStrategy: what becomes of values that are not a number.
  public init(window: Int = 5, nanStrategy: NanStrategy = .warn) {
    super.init(SumMetric(nanStrategy: nanStrategy), window: window)
  }
  public override var name: String { "RunningSum" }
}
