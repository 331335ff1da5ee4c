import ApusCore

/// Several metrics under names, updated together. Metrics that gather the same, such as accuracy, precision and recall of one
/// set of arguments, are updated once (compute groups).
///
///     let metrics = MetricCollection([
///       MulticlassAccuracy(numClasses: 10), MulticlassF1Score(numClasses: 10),
///     ], prefix: "val_")
///     metrics.update(preds, target)
///     metrics.compute()["val_MulticlassAccuracy"]
public final class MetricCollection: Metric, PairMetric {
  private let members: [(name: String, metric: Metric)]
  /// What stands before and after the names.
  public let prefix: String
  public let postfix: String
  private let usesGroups: Bool
  /// The metrics that gather the same, by their places; each group's first one is updated. Nil until the first update.
  private var groups: [[Int]]?

  /// - Parameters:
  ///   - metrics: the metrics, called by their classes; of two of one class the second is called `Name2`.
  ///   - prefix: what stands before the names.
  ///   - postfix: what stands after them.
  ///   - computeGroups: whether metrics that gather the same are updated once.
  public convenience init(
    _ metrics: [Metric], prefix: String = "", postfix: String = "", computeGroups: Bool = true
  ) {
    var seen: [String: Int] = [:]
    let named = metrics.map { metric -> (String, Metric) in
      let count = seen[metric.name, default: 0] + 1
      seen[metric.name] = count
      return (count == 1 ? metric.name : "\(metric.name)\(count)", metric)
    }
    self.init(named: named, prefix, postfix, computeGroups)
  }

  /// - Parameters:
  ///   - metrics: the metrics by their names, in order.
  ///   - prefix: what stands before the names.
  ///   - postfix: what stands after them.
  ///   - computeGroups: whether metrics that gather the same are updated once.
  public convenience init(
    _ metrics: KeyValuePairs<String, Metric>, prefix: String = "", postfix: String = "", computeGroups: Bool = true
  ) {
    self.init(named: metrics.map { ($0.key, $0.value) }, prefix, postfix, computeGroups)
  }

  private init(named: [(String, Metric)], _ prefix: String, _ postfix: String, _ computeGroups: Bool) {
    members = named.map { (name: $0.0, metric: $0.1) }
    self.prefix = prefix
    self.postfix = postfix
    usesGroups = computeGroups
    super.init()
    for (name, metric) in named where !(metric is any PairMetric) {
      expect(false, "takes metrics of predictions and targets, and '\(name)' is none")
    }
    let names = named.map(\.0)
    expect(Set(names).count == names.count, "the names must differ, and found \(names)")
  }

  /// The names of the values, in order.
  public var keys: [String] { members.map { prefix + $0.name + postfix } }

  /// The metric of a name, with or without prefix and postfix.
  public subscript(name: String) -> Metric? {
    share()
    return members.first { $0.name == name || prefix + $0.name + postfix == name }?.metric
  }

  /// Adds a batch to all metrics.
  public func update(_ preds: Tensor, _ target: Tensor) {
    if let groups {
      for group in groups { (members[group[0]].metric as? any PairMetric)?.update(preds, target) }
      return
    }
    for (_, metric) in members { (metric as? any PairMetric)?.update(preds, target) }
    if usesGroups, members.contains(where: { $0.metric.updateCount > 0 }) { findGroups() }
  }

  /// Metrics whose states are the same after the first update belong together.
  private func findGroups() {
    var found: [[Int]] = []
    for (i, member) in members.enumerated() {
      let place = found.firstIndex { isSame(members[$0[0]].metric, member.metric) }
      if let place { found[place].append(i) } else { found.append([i]) }
    }
    groups = found
  }

  private func isSame(_ a: Metric, _ b: Metric) -> Bool {
    let (x, y) = (a.states, b.states)
    guard !x.isEmpty, x.map(\.name) == y.map(\.name) else { return false }
    return zip(x, y).allSatisfy { first, second in
      let (p, q) = (first.state.pieces, second.state.pieces)
      return first.state.merge == second.state.merge && p.count == q.count
        && zip(p, q).allSatisfy { $0.shape == $1.shape && $0.dtype == $1.dtype && $0.equal($1) }
    }
  }

  /// Gives all members of a group what the first one has gathered.
  private func share() {
    for group in groups ?? [] {
      let latest = members[group[0]].metric.snapshots
      for i in group.dropFirst() { members[i].metric.snapshots = latest }
    }
  }

  /// The values by name.
  public func compute() -> [String: MetricValue] {
    share()
    var found: [String: MetricValue] = [:]
    for (name, metric) in members {
      guard let value = metric.computedValue else { continue }
      // Values that have names themselves stand beside the others.
      if case .dictionary(let parts) = value {
        for (key, part) in parts { found[prefix + key + postfix] = part }
      } else {
        found[prefix + name + postfix] = value
      }
    }
    return found
  }

  public override var mergesStates: Bool { members.allSatisfy { $0.metric.mergesStates } }

  public override func reset() {
    groups = nil
    super.reset()
  }
}
