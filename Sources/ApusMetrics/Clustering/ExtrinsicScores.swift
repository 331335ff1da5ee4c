import ApusCore

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

// How predicted clusters agree with given ones.

/// The mutual information of predicted and given clusters: `sum p(x, y) log(p(x, y) / (p(x) p(y)))`.
public final class MutualInfoScore: ExtrinsicClusterMetric, PairMetric {
  override func value(_ table: Contingency) -> Double { table.mutualInformation }
}

/// What mutual information is divided by: a mean of the entropies of both.
public enum EntropyAverage: String, Sendable, Hashable, NamedChoice {
  /// The smaller one, the root of their product, half of their sum, the larger one.
  case min, geometric, arithmetic, max

  func callAsFunction(_ table: Contingency) -> Double {
    let (a, b) = (Contingency.entropy(table.preds), Contingency.entropy(table.targets))
    return switch self {
    case .min: Swift.min(a, b)
    case .geometric: (a * b).squareRoot()
    case .arithmetic: (a + b) / 2
    case .max: Swift.max(a, b)
    }
  }
}

/// The mutual information over a mean of the entropies.
public final class NormalizedMutualInfoScore: ExtrinsicClusterMetric, PairMetric {
  private let averageMethod: EntropyAverage

  /// - Parameter averageMethod: the mean of the entropies.
  public init(averageMethod: EntropyAverage = .arithmetic) { self.averageMethod = averageMethod }

  override func value(_ table: Contingency) -> Double {
    let information = table.mutualInformation
    return abs(information) <= Double(Float.ulpOfOne) ? information : information / averageMethod(table)
  }
}

/// The mutual information beyond chance.
public final class AdjustedMutualInfoScore: ExtrinsicClusterMetric, PairMetric {
  private let averageMethod: EntropyAverage

  /// - Parameter averageMethod: the mean of the entropies.
  public init(averageMethod: EntropyAverage = .arithmetic) { self.averageMethod = averageMethod }

  override func value(_ table: Contingency) -> Double {
    let expected = table.expectedMutualInformation
    let least = Double(Float.ulpOfOne)
    var denominator = averageMethod(table) - expected
    denominator = denominator < 0 ? min(denominator, -least) : max(denominator, least)
    return (table.mutualInformation - expected) / denominator
  }
}

/// The share of pairs of examples that both put together or both keep apart.
public final class RandScore: ExtrinsicClusterMetric, PairMetric {
  override func value(_ table: Contingency) -> Double {
    let pairs = table.pairs
    let (same, all) = (pairs.neither + pairs.both, pairs.neither + pairs.both + pairs.preds + pairs.targets)
    return same == all || all == 0 ? 1 : same / all
  }
}

/// The Rand score beyond chance.
public final class AdjustedRandScore: ExtrinsicClusterMetric, PairMetric {
  override func value(_ table: Contingency) -> Double {
    let (tn, fp, fn, tp) = table.pairs
    if fn == 0, fp == 0 { return 1 }
    return 2 * (tp * tn - fn * fp) / ((tp + fn) * (fn + tn) + (tp + fp) * (fp + tn))
  }
}

/// The geometric mean of precision and recall of pairs of examples.
public final class FowlkesMallowsIndex: ExtrinsicClusterMetric, PairMetric {
  override func value(_ table: Contingency) -> Double {
    let both = table.pairs.both
    if abs(both) < 1e-8 { return 0 }
    func same(_ sizes: [Double]) -> Double { sizes.reduce(0) { $0 + $1 * $1 } - table.n }
    return (both / same(table.preds)).squareRoot() * (both / same(table.targets)).squareRoot()
  }
}

extension Contingency {
  /// How far each predicted cluster has examples of one given cluster only.
  fileprivate var homogeneity: Double {
    if n == 0 { return 0 }
    let entropy = Contingency.entropy(targets)
    return entropy == 0 ? 1 : mutualInformation / entropy
  }

  /// How far the examples of each given cluster are in one predicted cluster.
  fileprivate var completeness: Double {
    if n == 0 { return 0 }
    let entropy = Contingency.entropy(preds)
    return entropy == 0 ? 1 : mutualInformation / entropy
  }
}

/// How far each predicted cluster has examples of one given cluster only.
public final class HomogeneityScore: ExtrinsicClusterMetric, PairMetric {
  override func value(_ table: Contingency) -> Double { table.homogeneity }
}

/// How far the examples of each given cluster are in one predicted cluster.
public final class CompletenessScore: ExtrinsicClusterMetric, PairMetric {
  override func value(_ table: Contingency) -> Double { table.completeness }
}

/// The weighted harmonic mean of homogeneity and completeness.
public final class VMeasureScore: ExtrinsicClusterMetric, PairMetric {
  private let beta: Double

  /// - Parameter beta: how much more completeness counts.
  public init(beta: Double = 1) {
    self.beta = beta
    super.init()
    expect(beta > 0, "needs a positive beta, and found \(beta)")
  }

  override func value(_ table: Contingency) -> Double {
    let (h, c) = (table.homogeneity, table.completeness)
    return h + c == 0 ? 1 : (1 + beta) * h * c / (beta * h + c)
  }
}

/// The share of right examples under the best assignment of predicted clusters to given ones.
public final class ClusterAccuracy: MulticlassConfusionMetric, PairMetric {
  /// - Parameter numClasses: the number of clusters.
  public init(numClasses: Int) { super.init(numClasses, nil, true) }

  public override var higherIsBetter: Bool? { true }

  public func compute() -> Tensor {
    let n = counts.shape[0]
    let values = counts.doubles
    let costs = (0..<n).map { row in (0..<n).map { -values[row * n + $0] } }
    let chosen = leastAssignment(costs)
    let hits = chosen.enumerated().reduce(0) { $0 + values[$1.offset * n + $1.element] }
    return Tensor(hits / values.reduce(0, +))
  }
}

/// The column for each row of a square matrix, each once, with the least sum of costs: the Hungarian method with potentials, in
/// O(n^3).
func leastAssignment(_ costs: [[Double]]) -> [Int] {
  let n = costs.count
  var (rowPotential, columnPotential) = ([Double](repeating: 0, count: n + 1), [Double](repeating: 0, count: n + 1))
  // Row and column 0 stand outside of the matrix.
  var rowOf = [Int](repeating: 0, count: n + 1)
  for row in 1..<max(1, n + 1) {
    rowOf[0] = row
    var column = 0
    var least = [Double](repeating: .infinity, count: n + 1)
    var previous = [Int](repeating: 0, count: n + 1)
    var isUsed = [Bool](repeating: false, count: n + 1)
    repeat {
      isUsed[column] = true
      let i = rowOf[column]
      var (step, next) = (Double.infinity, 0)
      for j in 1...n where !isUsed[j] {
        let reduced = costs[i - 1][j - 1] - rowPotential[i] - columnPotential[j]
        if reduced < least[j] { (least[j], previous[j]) = (reduced, column) }
        if least[j] < step { (step, next) = (least[j], j) }
      }
      for j in 0...n {
        if isUsed[j] {
          rowPotential[rowOf[j]] += step
          columnPotential[j] -= step
        } else {
          least[j] -= step
        }
      }
      column = next
    } while rowOf[column] != 0
    while column != 0 {
      rowOf[column] = rowOf[previous[column]]
      column = previous[column]
    }
  }
  var chosen = [Int](repeating: 0, count: n)
  for j in 1..<max(1, n + 1) { chosen[rowOf[j] - 1] = j - 1 }
  return chosen
}
