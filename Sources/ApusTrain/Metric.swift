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

  /// The share of examples whose largest output is that of the target class.
  public static let accuracy = Metric("accuracy") { output, target in
    output.argmax(-1).eq(target).sum().item()
  }

  /// The share of examples whose target class is among the `k` largest outputs.
  public static func topAccuracy(_ k: Int) -> Metric {
    Metric("top-\(k) accuracy") { output, target in
      // In the top k: fewer than k outputs are larger than that of the target.
      let own = output.gather(-1, target.unsqueeze(-1))
      return output.gt(own).sum(-1).lt(k).sum().item()
    }
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
  public private(set) var names: [String] = []
  private var values: [String: Double] = [:]

  public init(epoch: Int) { self.epoch = epoch }

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
