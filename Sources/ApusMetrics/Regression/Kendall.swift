import ApusCore
import ApusNumerics

/// Kendall's rank correlation: how many more pairs of examples predictions and targets order alike than otherwise.
public final class KendallRankCorrCoef: Metric, PairMetric {
  /// What the difference is divided by.
  public enum Variant: String, Sendable, Hashable, NamedChoice {
    /// The pairs that are ordered in both; all pairs less ties; what there could be with so many different values.
    case a, b, c
  }
  /// What the test of significance asks.
  public enum Alternative: String, Sendable, Hashable, NamedChoice {
    /// Whether there is a correlation at all.
    case twoSided = "two-sided"
    /// Whether it is negative, positive.
    case less, greater
  }

  private let variant: Variant
  private let alternative: Alternative?
  private let numOutputs: Int
  private let preds = MetricState.list()
  private let target = MetricState.list()

  /// - Parameters:
  ///   - variant: what the difference is divided by.
  ///   - tTest: whether significance is tested too; ``pValue`` has it.
  ///   - alternative: what the test asks.
  ///   - numOutputs: the number of targets of an example, each of which has a value of its own.
  public init(variant: Variant = .b, tTest: Bool = false, alternative: Alternative = .twoSided, numOutputs: Int = 1) {
    self.variant = variant
    self.alternative = tTest ? alternative : nil
    self.numOutputs = numOutputs
    super.init()
    expect(numOutputs >= 1, "needs 1 or more outputs, and found \(numOutputs)")
  }

  /// Adds predictions and targets `[N]` or `[N, numOutputs]`.
  public func update(_ preds: Tensor, _ target: Tensor) {
    updating(preds, target) { () throws(TensorError) in
      try requireOutputs(preds, target, numOutputs, name)
      self.preds.append(preds.rank == 1 ? preds.unsqueeze(1) : preds)
      self.target.append(target.rank == 1 ? target.unsqueeze(1) : target)
    }
  }

  public func compute() -> Tensor { values { $0.tau(variant) } }

  /// The probability of such a correlation by chance; nil without `tTest`.
  public var pValue: Tensor? {
    alternative.map { alternative in values { $0.pValue(variant, alternative) } }
  }

  public var erasedValue: MetricValue {
    pValue.map { .list([.tensor(compute()), .tensor($0)]) } ?? .tensor(compute())
  }

  private func values(_ value: (PairCounts) -> Double) -> Tensor {
    let (x, y) = (preds.value, target.value)
    if let failed = x.failed ?? y.failed { return failed }
    let found = zip(x.unbind(1), y.unbind(1)).map { value(PairCounts($0.doubles, $1.doubles)) }
    return Tensor(found, shape: found.count == 1 ? [] : [found.count], dtype: .float32)
  }
}

/// The pairs of two sequences by how they are ordered, and what Kendall's coefficient makes of them.
private struct PairCounts {
  /// The number of examples.
  let n: Double
  /// Pairs ordered alike less those ordered otherwise, and the number of both.
  let difference: Double
  let ordered: Double
  let x: Ties
  let y: Ties

  /// What ties take away: the number of tied pairs, and the sums over ties of t of t(t-1)(t-2) and t(t-1)(2t+5).
  struct Ties {
    var pairs = 0.0
    var triples = 0.0
    var terms = 0.0
    var different = 0.0

    init(_ sizes: [Int]) {
      for t in sizes.map(Double.init) {
        different += 1
        pairs += t * (t - 1) / 2
        triples += t * (t - 1) * (t - 2)
        terms += t * (t - 1) * (2 * t + 5)
      }
    }
  }

  init(_ a: [Double], _ b: [Double]) {
    n = Double(a.count)
    let order = a.indices.sorted { (a[$0], b[$0]) < (a[$1], b[$1]) }
    x = Ties(runs(order) { a[$0] == a[$1] })
    let joint = Ties(runs(order) { a[$0] == a[$1] && b[$0] == b[$1] })
    let sorted = b.indices.sorted { b[$0] < b[$1] }
    y = Ties(runs(sorted) { b[$0] == b[$1] })
    // With the first sequence in order, pairs that the second has the other way round (Knight's method).
    var values = order.map { b[$0] }
    let discordant = Double(inversions(&values))
    let concordant = n * (n - 1) / 2 - x.pairs - y.pairs + joint.pairs - discordant
    difference = concordant - discordant
    ordered = concordant + discordant
  }

  func tau(_ variant: KendallRankCorrCoef.Variant) -> Double {
    let all = n * (n - 1) / 2
    let value =
      switch variant {
      case .a: difference / ordered
      case .b: difference / ((all - x.pairs) * (all - y.pairs)).squareRoot()
      case .c:
        2 * difference / ((min(x.different, y.different) - 1) / min(x.different, y.different) * n * n)
      }
    return value.isNaN ? value : min(1, max(-1, value))
  }

  func pValue(_ variant: KendallRankCorrCoef.Variant, _ alternative: KendallRankCorrCoef.Alternative) -> Double {
    let base = n * (n - 1) * (2 * n + 5)
    var t: Double
    if variant == .a {
      t = 3 * difference / (base / 2).squareRoot()
    } else {
      let m = n * (n - 1)
      var variance = (base - x.terms - y.terms) / 18
      variance += 2 * x.pairs * y.pairs / m
      variance += x.triples * y.triples / (9 * m * (n - 2))
      t = difference / variance.squareRoot()
    }
    if alternative == .twoSided { t = abs(t) }
    if alternative != .less { t = -t }
    let below = special.ndtr(Tensor(t, dtype: .float64)).item()
    return alternative == .twoSided ? 2 * below : below
  }
}

/// The sizes of runs of equal elements of `order`.
private func runs(_ order: [Int], _ equal: (Int, Int) -> Bool) -> [Int] {
  var sizes: [Int] = []
  for (i, index) in order.enumerated() {
    if i > 0, equal(order[i - 1], index) { sizes[sizes.count - 1] += 1 } else { sizes.append(1) }
  }
  return sizes
}

/// The number of pairs that are in the wrong order; sorts the values.
private func inversions(_ values: inout [Double]) -> Int {
  var count = 0
  var buffer = values
  var width = 1
  while width < values.count {
    for start in stride(from: 0, to: values.count, by: 2 * width) {
      let (middle, end) = (min(start + width, values.count), min(start + 2 * width, values.count))
      var (i, j) = (start, middle)
      for k in start..<end {
        if i < middle, j >= end || values[i] <= values[j] {
          buffer[k] = values[i]
          i += 1
        } else {
          buffer[k] = values[j]
          j += 1
          count += middle - i
        }
      }
    }
    swap(&values, &buffer)
    width *= 2
  }
  return count
}
