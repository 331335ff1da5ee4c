import ApusCore

/// A value that is averaged over the examples of an epoch.
public struct Metric: Sendable {
  public let name: String
  /// Whether less is better.
  public let isLoss: Bool
  let score: @Sendable (_ output: Tensor, _ target: Tensor) -> Double

  /// - Parameter score: the sum over the examples of a batch.
  public init(
    _ name: String, isLoss: Bool = false, score: @escaping @Sendable (_ output: Tensor, _ target: Tensor) -> Double
  ) {
    self.name = name
    self.isLoss = isLoss
    self.score = score
  }

  /// The share of examples whose largest output is that of the target class; of equal outputs the first counts as the
  /// largest. An output that is not a number is never right.
  public static let accuracy = Metric("accuracy") { rightInTop(1, $0, $1) }

  /// The share of examples whose target class is among the `k` largest outputs, counted as in ``accuracy``.
  public static func topAccuracy(_ k: Int) -> Metric {
    Metric("top-\(k) accuracy") { rightInTop(k, $0, $1) }
  }

  /// The number of examples with fewer than `k` outputs before that of the target class: larger ones, those that are not
  /// a number, which PyTorch orders above all, and equal ones of lower classes.
  private static func rightInTop(_ k: Int, _ output: Tensor, _ target: Tensor) -> Double {
    let last = output.size(-1) - 1
    let target = target.to(.int64).unsqueeze(-1)
    // A target that is no class, such as one to be ignored, is not met.
    let isClass = target.ge(0) & target.le(last)
    let own = output.gather(-1, target.clamp(min: 0, max: max(0, last)))
    let classes = Tensor(Array(0...max(0, last)))
    let before = output.gt(own) | output.isnan() | (output.eq(own) & classes.lt(target))
    return (before.sum(-1, keepDim: true).lt(k) & own.isnan().logicalNot() & isClass).sum().item()
  }

  /// The mean distance between output and target.
  public static let meanAbsoluteError = Metric("mean absolute error", isLoss: true) { output, target in
    let each = max(1, output.count / max(1, output.shape.first ?? 1))
    return (output - target).abs().sum(dtype: .float64).item() / Double(each)
  }
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

/// The running means of an epoch.
struct Means {
  private let metrics: [Metric]
  private(set) var count = 0
  private var loss = 0.0
  private var sums: [Double]

  init(_ metrics: [Metric]) {
    self.metrics = metrics
    sums = metrics.map { _ in 0 }
  }

  /// What a checkpoint keeps of them: the count and the sums.
  var state: [Double] { [Double(count), loss] + sums }

  /// Goes on from a ``state``; nil if it is not one of these metrics.
  init?(_ metrics: [Metric], state: [Double]) {
    guard state.count == metrics.count + 2, (0..<1e15).contains(state[0]) else { return nil }
    self.metrics = metrics
    count = Int(state[0])
    loss = state[1]
    sums = Array(state[2...])
  }

  mutating func add(loss value: Double, count n: Int, output: Tensor?, target: Tensor?) {
    count += n
    loss += value * Double(n)
    guard let output, let target else { return }
    for (i, metric) in metrics.enumerated() { sums[i] += metric.score(output, target) }
  }

  /// The means so far, the loss first.
  var values: [(name: String, value: Double)] {
    let n = Double(max(1, count))
    return [("loss", loss / n)] + zip(metrics, sums).map { ($0.name, $1 / n) }
  }
}
