import ApusCore
import ApusMetrics

/// A value that is averaged over the examples: of a function that scores batches.
///
///     trainer.metrics = [ExampleMean("distance", isLoss: true) { ($0 - $1).norm(2, [1]).sum().item() }]
public final class ExampleMean: Metric, PairMetric {
  private let title: String
  private let isLoss: Bool
  private let score: (_ output: Tensor, _ target: Tensor) -> Double
  private let sum = MetricState(Tensor(0.0, dtype: .float64))
  private let count = MetricState(Tensor(0.0, dtype: .float64))

  /// - Parameters:
  ///   - name: what the value is called.
  ///   - isLoss: whether less is better.
  ///   - score: the sum over the examples of a batch.
  public init(
    _ name: String, isLoss: Bool = false, score: @escaping (_ output: Tensor, _ target: Tensor) -> Double
  ) {
    title = name
    self.isLoss = isLoss
    self.score = score
  }

  public override var name: String { title }
  public override var higherIsBetter: Bool? { !isLoss }

  public func update(_ preds: Tensor, _ target: Tensor) {
    sum.value = sum.value + score(preds, target)
    count.value = count.value + (target.shape.first ?? 1)
  }

  public func compute() -> Tensor { sum.value / count.value.clamp(min: 1) }
}

extension Metric {
  /// The share of examples whose largest output is that of the target class; of equal outputs the first counts as the
  /// largest. An output that is not a number is never right, and a target that is no class is not met.
  public static var accuracy: Metric { ExampleMean("accuracy") { rightInTop(1, $0, $1) } }

  /// The share of examples whose target class is among the `k` largest outputs, counted as in ``accuracy``.
  public static func topAccuracy(_ k: Int) -> Metric {
    ExampleMean("top-\(k) accuracy") { rightInTop(k, $0, $1) }
  }

  /// The mean distance between output and target.
  public static var meanAbsoluteError: Metric { exampleMean("mean absolute error") { ($0 - $1).abs() } }
}

/// The mean of a function of output and target over examples and over what belongs to one.
func exampleMean(_ name: String, isLoss: Bool = true, _ score: @escaping (Tensor, Tensor) -> Tensor) -> Metric {
  ExampleMean(name, isLoss: isLoss) { output, target in
    let each = max(1, output.count / max(1, output.shape.first ?? 1))
    return score(output, target).sum(dtype: .float64).item() / Double(each)
  }
}

/// The number of examples with fewer than `k` outputs before that of the target class: larger ones, those that are not
/// a number, which PyTorch orders above all, and equal ones of lower classes.
func rightInTop(_ k: Int, _ output: Tensor, _ target: Tensor) -> Double {
  let last = output.size(-1) - 1
  let target = target.to(.int64).unsqueeze(-1)
  // A target that is no class, such as one to be ignored, is not met.
  let isClass = target.ge(0) & target.le(last)
  let own = output.gather(-1, target.clamp(min: 0, max: max(0, last)))
  let classes = arange(max(0, last) + 1, device: output.device)
  let before = output.gt(own) | output.isnan() | (output.eq(own) & classes.lt(target))
  return (before.sum(-1, keepDim: true).lt(k) & own.isnan().logicalNot() & isClass).sum().item()
}

/// Named values in a fixed order, as an epoch leaves them behind.
public struct EpochValues: Sendable, Hashable {
  /// The epoch, from 1.
  public let epoch: Int
  /// The names in the order of their first values.
  public private(set) var names: [String] = []
  private var values: [String: Double] = [:]

  /// The values of an epoch, none at first; epochs count from 1.
  public init(epoch: Int) { self.epoch = epoch }

  /// The value of a name; a new name goes to the end, nil takes it away.
  public subscript(name: String) -> Double? {
    get { values[name] }
    set {
      if values[name] == nil && newValue != nil { names.append(name) }
      if newValue == nil { names.removeAll { $0 == name } }
      values[name] = newValue
    }
  }
}

/// The loss and the metrics of an epoch so far.
struct Means {
  private let metrics: [Metric]
  private(set) var count = 0
  private var loss = 0.0

  /// Begins with nothing: the metrics are set back.
  init(_ metrics: [Metric]) {
    self.metrics = metrics
    for metric in metrics { metric.reset() }
  }

  /// What a checkpoint keeps of them: the count, the loss and the number of metrics; and the states of these.
  var state: [Double] { [Double(count), loss, Double(metrics.count)] }
  var metricStates: [[String: Tensor]] { metrics.map(\.stateDict) }

  /// The number of examples and the sum of their losses.
  var sums: [Double] { [Double(count), loss] }

  /// The same with the ``sums`` of all processes.
  func summed(_ sums: [Double]) -> Means {
    var means = self
    (means.count, means.loss) = (Int(sums[0]), sums[1])
    return means
  }

  /// The same without what has been added: in a process that goes on beside one that has it.
  func emptied() -> Means {
    for metric in metrics { metric.reset() }
    return summed([0, 0])
  }

  /// Goes on from a ``state`` and ``metricStates``; nil if they are not those of these metrics.
  init?(_ metrics: [Metric], state: [Double], _ states: [[String: Tensor]]) {
    guard state.count == 3, state[2] == Double(metrics.count), states.count == metrics.count,
      (0..<1e15).contains(state[0])
    else { return nil }
    self.metrics = metrics
    count = Int(state[0])
    loss = state[1]
    for (metric, dict) in zip(metrics, states) {
      guard (try? metric.loadStateDict(dict)) != nil else { return nil }
    }
  }

  mutating func add(loss value: Double, count n: Int, output: Tensor?, target: Tensor?) {
    count += n
    loss += value * Double(n)
    guard let output, let target else { return }
    for metric in metrics {
      guard let metric = metric as? any PairMetric else {
        report(
          TensorError(
            .value, "Trainer", "measures metrics of predictions and targets, and \(metric.name) takes something else"))
        return
      }
      metric.update(output, target)
    }
  }

  /// The values so far, the loss first.
  var values: [(name: String, value: Double)] { values(of: metrics) }

  /// ``values`` without those of metrics that keep all examples, which take long to compute.
  var quickValues: [(name: String, value: Double)] {
    values(of: metrics.filter { !$0.states.contains { $0.state.merge == .concat } })
  }

  private func values(of metrics: [Metric]) -> [(name: String, value: Double)] {
    var found = [("loss", loss / Double(max(1, count)))]
    for metric in metrics where metric.updateCount > 0 {
      for (name, value) in metric.computedValue?.numbers ?? [] { found.append((metric.name + name, value)) }
    }
    return found
  }
}
