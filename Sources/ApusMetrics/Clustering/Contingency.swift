import ApusCore
import ApusNumerics

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

/// How often each pair of predicted and given cluster occurs.
struct Contingency {
  /// The number of examples.
  let n: Double
  /// The sizes of the given and of the predicted clusters.
  let targets: [Double]
  let preds: [Double]
  /// The pairs that occur: the clusters' places and how often.
  let cells: [(target: Int, pred: Int, count: Double)]

  init(_ preds: [Int], _ target: [Int]) {
    func places(_ labels: [Int]) -> ([Int], Int) {
      let numbers = Dictionary(uniqueKeysWithValues: Set(labels).sorted().enumerated().map { ($1, $0) })
      return (labels.map { numbers[$0] ?? 0 }, numbers.count)
    }
    let ((p, predCount), (t, targetCount)) = (places(preds), places(target))
    var counts: [Int: Double] = [:]
    var (rows, columns) = ([Double](repeating: 0, count: targetCount), [Double](repeating: 0, count: predCount))
    for (i, j) in zip(t, p) {
      counts[i * predCount + j, default: 0] += 1
      rows[i] += 1
      columns[j] += 1
    }
    n = Double(preds.count)
    targets = rows
    self.preds = columns
    cells = counts.sorted { $0.key < $1.key }.map { ($0.key / max(1, predCount), $0.key % max(1, predCount), $0.value) }
  }

  /// `sum p(x, y) log(p(x, y) / (p(x) p(y)))`; 0 where either has one cluster.
  var mutualInformation: Double {
    if targets.count <= 1 || preds.count <= 1 { return 0 }
    return cells.reduce(0) { sum, cell in
      sum + cell.count / n * (log(n) + log(cell.count) - log(targets[cell.target]) - log(preds[cell.pred]))
    }
  }

  /// `-sum p log p` of clusters of these sizes; 1 of none, as torchmetrics has it.
  static func entropy(_ sizes: [Double]) -> Double {
    if sizes.isEmpty { return 1 }
    let n = sizes.reduce(0, +)
    return sizes.count == 1 ? 0 : -sizes.reduce(0) { $0 + $1 / n * (log($1) - log(n)) }
  }

  /// The mutual information that clusters of these sizes have by chance.
  var expectedMutualInformation: Double {
    if targets.count <= 1 || preds.count <= 1 { return 0 }
    func fact(_ x: Double) -> Double { lgamma(x + 1) }
    var sum = 0.0
    for a in targets {
      for b in preds {
        var k = max(1, a + b - n)
        while k <= min(a, b) {
          let information = log(n) + log(k) - log(a) - log(b)
          let ways = fact(a) + fact(b) + fact(n - a) + fact(n - b) - fact(k) - fact(n)
          sum += k / n * information * exp(ways - fact(a - k) - fact(b - k) - fact(n - a - b + k))
          k += 1
        }
      }
    }
    return sum
  }

  /// Ordered pairs of examples: in one cluster of neither, of the predictions only, of the targets only, of both.
  var pairs: (neither: Double, preds: Double, targets: Double, both: Double) {
    let squares = cells.reduce(0) { $0 + $1.count * $1.count }
    let both = squares - n
    let preds = cells.reduce(0) { $0 + $1.count * self.preds[$1.pred] } - squares
    let targets = cells.reduce(0) { $0 + $1.count * self.targets[$1.target] } - squares
    return (n * n - preds - targets - squares, preds, targets, both)
  }
}

/// What the metrics of clusters against given ones share: both labels of all examples.
public class ExtrinsicClusterMetric: Metric {
  private let preds = MetricState.list()
  private let target = MetricState.list()

  public override init() {}
  public override var higherIsBetter: Bool? { true }

  /// Adds predicted and given clusters, integers `[N]`.
  public func update(_ preds: Tensor, _ target: Tensor) {
    updating(preds, target) { () throws(TensorError) in
      try requireSameShape(preds, target, name)
      guard preds.rank == 1 else { throw mistake(.shape, "clusters have one dimension, and found \(preds.shape)") }
      guard !preds.dtype.isFloatingPoint, !target.dtype.isFloatingPoint else {
        throw mistake(.dtype, "clusters are integers, and found \(preds.dtype) and \(target.dtype)")
      }
      self.preds.append(preds)
      self.target.append(target)
    }
  }

  /// The value of a table.
  func value(_ table: Contingency) -> Double { 0 }

  /// The value of all that was gathered.
  public func compute() -> Tensor {
    let (preds, target) = (preds.value, target.value)
    return preds.failed ?? target.failed ?? Tensor(value(Contingency(preds.integers, target.integers)))
  }
}
