import ApusCore
import ApusNumerics

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

// How strongly two nominal variables depend on each other.

/// What becomes of values that are not a number.
public enum NominalNanStrategy: String, Sendable, Hashable, NamedChoice {
  /// They are replaced, or their examples are left out.
  case replace, drop
}

/// A table of two variables without empty rows and columns.
struct NominalTable {
  var cells: [[Double]]

  init(_ counts: Tensor) {
    let n = counts.shape[0]
    let values = counts.doubles
    let rows = (0..<n).map { i in (0..<n).map { values[i * n + $0] } }.filter { $0.contains { $0 != 0 } }
    let columns = (0..<n).filter { j in rows.contains { $0[j] != 0 } }
    cells = rows.map { row in columns.map { row[$0] } }
  }

  var rows: Int { cells.count }
  var columns: Int { cells.first?.count ?? 0 }
  var sum: Double { cells.joined().reduce(0, +) }
  var rowSums: [Double] { cells.map { $0.reduce(0, +) } }
  var columnSums: [Double] { (0..<columns).map { j in cells.reduce(0) { $0 + $1[j] } } }

  /// Pearson's statistic over the number of examples; with Yates' correction of tables of four cells.
  func phiSquared(corrected: Bool) -> Double {
    let (rowSums, columnSums, all) = (rowSums, columnSums, sum)
    let freedom = (rows - 1) * (columns - 1)
    if freedom == 0 { return 0 }
    var chi = 0.0
    for (i, row) in cells.enumerated() {
      for (j, count) in row.enumerated() {
        let expected = rowSums[i] * columnSums[j] / all
        let difference = expected - count
        let direction = difference == 0 ? 0.0 : difference > 0 ? 1.0 : -1.0
        let shifted = count + (freedom == 1 && corrected ? direction * min(0.5, abs(direction)) : 0)
        chi += (shifted - expected) * (shifted - expected) / expected
      }
    }
    // The correction may change the sum of the cells by a rounding only.
    return chi / all
  }

  /// Statistic, rows and columns less what they are by chance.
  func corrected(_ phiSquared: Double) -> (phiSquared: Double, rows: Double, columns: Double) {
    let (r, c, less) = (Double(rows), Double(columns), sum - 1)
    return (
      max(0, phiSquared - (r - 1) * (c - 1) / less), r - (r - 1) * (r - 1) / less, c - (c - 1) * (c - 1) / less
    )
  }
}

/// What the metrics of association share: the table of both variables.
public class NominalMetric: Metric {
  private let numClasses: Int
  private let nanStrategy: NominalNanStrategy
  private let nanReplaceValue: Double?
  private let confmat: MetricState

  fileprivate init(_ numClasses: Int, _ nanStrategy: NominalNanStrategy, _ nanReplaceValue: Double?) {
    self.numClasses = max(1, numClasses)
    self.nanStrategy = nanStrategy
    self.nanReplaceValue = nanReplaceValue
    confmat = MetricState(Tensor.zeros([self.numClasses, self.numClasses], dtype: .int64))
    super.init()
    expect(numClasses >= 1, "needs 1 or more classes, and found \(numClasses)")
    expect(
      nanStrategy == .drop || nanReplaceValue != nil, "the strategy replace needs a value, and nanReplaceValue is nil")
  }

  /// Adds two variables: class numbers `[N]`, or scores of the classes `[N, C]`.
  public func update(_ preds: Tensor, _ target: Tensor) {
    updating(preds, target) { () throws(TensorError) in
      var (a, b) = (preds.rank == 2 ? preds.argmax(1) : preds, target.rank == 2 ? target.argmax(1) : target)
      try requireSameShape(a, b, name)
      guard a.rank == 1 else { throw mistake(.shape, "needs class numbers [N] or scores [N, C], and found \(a.shape)") }
      if nanStrategy == .replace {
        let value = nanReplaceValue ?? 0
        if a.dtype.isFloatingPoint { a = a.nanToNum(nan: value) }
        if b.dtype.isFloatingPoint { b = b.nanToNum(nan: value) }
      } else {
        let counts = a.isnan().logicalOr(b.isnan()).logicalNot()
        (a, b) = (a.kept(counts), b.kept(counts))
      }
      let (found, wanted) = (a.to(.int64), b.to(.int64))
      try requireRange(found, nil, numClasses, "values", name)
      try requireRange(wanted, nil, numClasses, "values", name)
      confmat.add(countPairs(wanted, found, numClasses))
    }
  }

  fileprivate func value(_ table: NominalTable) -> Double { 0 }

  /// The value of all that was gathered.
  public func compute() -> Tensor { Tensor(value(NominalTable(confmat.value))) }

  /// Reports that the correction is not possible.
  fileprivate func uncorrectable() -> Double {
    warn(name, "the bias cannot be corrected; the value is not a number")
    return .nan
  }
}

private func clamped(_ value: Double) -> Double { value.isNaN ? value : min(1, max(0, value)) }

/// Cramér's V: the root of the mean square contingency over the smaller number of classes.
public final class CramersV: NominalMetric, PairMetric {
  private let biasCorrection: Bool

  /// - Parameters:
  ///   - numClasses: the number of classes.
  ///   - biasCorrection: whether what is there by chance is taken off.
  ///   - nanStrategy: what becomes of values that are not a number.
  ///   - nanReplaceValue: what takes their place.
  public init(
    numClasses: Int, biasCorrection: Bool = true, nanStrategy: NominalNanStrategy = .replace,
    nanReplaceValue: Double? = 0
  ) {
    self.biasCorrection = biasCorrection
    super.init(numClasses, nanStrategy, nanReplaceValue)
  }

  fileprivate override func value(_ table: NominalTable) -> Double {
    let phi = table.phiSquared(corrected: biasCorrection)
    if !biasCorrection { return clamped((phi / Double(min(table.rows, table.columns) - 1)).squareRoot()) }
    let corrected = table.corrected(phi)
    let least = min(corrected.rows, corrected.columns)
    if Float(least) == 1 { return uncorrectable() }
    return clamped((corrected.phiSquared / (least - 1)).squareRoot())
  }
}

/// Tschuprow's T: as Cramér's V, over the geometric mean of the numbers of classes.
public final class TschuprowsT: NominalMetric, PairMetric {
  private let biasCorrection: Bool

  /// - Parameters:
  ///   - numClasses: the number of classes.
  ///   - biasCorrection: whether what is there by chance is taken off.
  ///   - nanStrategy: what becomes of values that are not a number.
  ///   - nanReplaceValue: what takes their place.
  public init(
    numClasses: Int, biasCorrection: Bool = true, nanStrategy: NominalNanStrategy = .replace,
    nanReplaceValue: Double? = 0
  ) {
    self.biasCorrection = biasCorrection
    super.init(numClasses, nanStrategy, nanReplaceValue)
  }

  fileprivate override func value(_ table: NominalTable) -> Double {
    let phi = table.phiSquared(corrected: biasCorrection)
    if !biasCorrection {
      return clamped((phi / Double((table.rows - 1) * (table.columns - 1)).squareRoot()).squareRoot())
    }
    let corrected = table.corrected(phi)
    if Float(min(corrected.rows, corrected.columns)) == 1 { return uncorrectable() }
    let scale = ((corrected.rows - 1) * (corrected.columns - 1)).squareRoot()
    return clamped((corrected.phiSquared / scale).squareRoot())
  }
}

/// Pearson's contingency coefficient: the root of `phi^2 / (1 + phi^2)`.
public final class PearsonsContingencyCoefficient: NominalMetric, PairMetric {
  /// - Parameters:
  ///   - numClasses: the number of classes.
  ///   - nanStrategy: what becomes of values that are not a number.
  ///   - nanReplaceValue: what takes their place.
  public init(numClasses: Int, nanStrategy: NominalNanStrategy = .replace, nanReplaceValue: Double? = 0) {
    super.init(numClasses, nanStrategy, nanReplaceValue)
  }

  fileprivate override func value(_ table: NominalTable) -> Double {
    let phi = table.phiSquared(corrected: false)
    return clamped((phi / (1 + phi)).squareRoot())
  }
}

/// Theil's U, the uncertainty coefficient: how much of the predictions' entropy the targets tell.
public final class TheilsU: NominalMetric, PairMetric {
  /// - Parameters:
  ///   - numClasses: the number of classes.
  ///   - nanStrategy: what becomes of values that are not a number.
  ///   - nanReplaceValue: what takes their place.
  public init(numClasses: Int, nanStrategy: NominalNanStrategy = .replace, nanReplaceValue: Double? = 0) {
    super.init(numClasses, nanStrategy, nanReplaceValue)
  }

  fileprivate override func value(_ table: NominalTable) -> Double {
    let all = table.sum
    let entropy = -table.columnSums.reduce(0) { $0 + $1 / all * log($1 / all) }
    if entropy == 0 { return 0 }
    var conditional = 0.0
    for (row, sum) in zip(table.cells, table.rowSums) {
      for count in row where count > 0 { conditional += count / all * log(sum / count) }
    }
    return (entropy - conditional) / entropy
  }
}

/// Fleiss' kappa: how far several raters agree beyond chance.
public final class FleissKappa: Metric, ValueMetric {
  /// What the ratings are.
  public enum Mode: String, Sendable, Hashable, NamedChoice {
    /// How often each category was chosen, `[N, categories]`; scores of each rater, `[N, categories, raters]`.
    case counts, probs
  }

  private let mode: Mode
  private let counts = MetricState.list()

  /// - Parameter mode: what the ratings are.
  public init(mode: Mode = .counts) { self.mode = mode }

  public override var higherIsBetter: Bool? { true }

  /// Adds ratings.
  public func update(_ ratings: Tensor) {
    updating(ratings) { () throws(TensorError) in
      if mode == .counts {
        guard ratings.rank == 2, !ratings.dtype.isFloatingPoint else {
          throw mistake(.shape, "needs integers [N, categories], and found \(ratings.dtype) \(ratings.shape)")
        }
        counts.append(ratings)
      } else {
        guard ratings.rank == 3, ratings.dtype.isFloatingPoint else {
          throw mistake(.shape, "needs scores [N, categories, raters], and found \(ratings.dtype) \(ratings.shape)")
        }
        let chosen = ratings.argmax(1)
        // As many categories as raters, as torchmetrics counts them.
        let categories = max(chosen.shape[1], chosen.count == 0 ? 0 : chosen.amax().item(as: Int.self) + 1)
        counts.append(chosen.unsqueeze(2).eq(arange(0, categories, 1)).sum([1]))
      }
    }
  }

  public func compute() -> Tensor {
    let counts = counts.value
    if let failed = counts.failed { return failed }
    let (n, raters) = (counts.shape[0], counts.sum([1]).amax().to(.float32))
    let shares = counts.sum([0]) / (raters * n)
    let agreement = (counts.square().sum([1]) - raters) / (raters * (raters - 1))
    let chance = shares.square().sum()
    return (agreement.mean() - chance) / (1 - chance + 1e-5)
  }
}
