import ApusCore
import ApusNumerics

/// What Pearson's and the concordance correlation gather: means, the sums of squared deviations and of their products.
public class CorrelationMetric: Metric {
  fileprivate let numOutputs: Int
  fileprivate let meanX = MetricState(0, .custom)
  fileprivate let meanY = MetricState(0, .custom)
  fileprivate let maxAbsDevX = MetricState(0, .custom)
  fileprivate let maxAbsDevY = MetricState(0, .custom)
  fileprivate let varX = MetricState(0, .custom)
  fileprivate let varY = MetricState(0, .custom)
  fileprivate let corrXy = MetricState(0, .custom)
  fileprivate let nTotal = MetricState(0, .custom)

  /// - Parameter numOutputs: the number of targets of an example, each of which has a value of its own.
  public init(numOutputs: Int = 1) {
    self.numOutputs = numOutputs
    super.init()
    expect(numOutputs >= 1, "needs 1 or more outputs, and found \(numOutputs)")
  }

  public override var mergesStates: Bool { false }

  /// Adds predictions and targets `[N]` or `[N, numOutputs]`.
  public func update(_ preds: Tensor, _ target: Tensor) {
    updating(preds, target) { () throws(TensorError) in
      try requireOutputs(preds, target, numOutputs, name)
      guard preds.count > 0 else { return }
      var (x, y) = (preds.floating, target.floating)
      if numOutputs == 1 { (x, y) = (x.reshape([-1]), y.reshape([-1])) }
      let n = Double(x.shape[0])
      let (mx, my) = (x.mean([0]), y.mean([0]))
      let (dx, dy) = (x - mx, y - my)
      let batch = [
        mx, my, maxAbsDevX.value, maxAbsDevY.value, dx.square().sum([0]), dy.square().sum([0]), (dx * dy).sum([0]),
        Tensor(n),
      ]
      let all = states.map(\.state)
      let joined = combine(all.map(\.pieces), batch.map { [$0] })
      for (state, pieces) in zip(all, joined) { state.value = pieces[0] }
      maxAbsDevX.value = maxAbsDevX.value.maximum((x - meanX.value).abs().amax([0]))
      maxAbsDevY.value = maxAbsDevY.value.maximum((y - meanY.value).abs().amax([0]))
    }
  }

  public override func combine(_ earlier: [[Tensor]], _ later: [[Tensor]]) -> [[Tensor]] {
    let (a, b) = (earlier.map { $0[0] }, later.map { $0[0] })
    let n = a[7] + b[7]
    let (dx, dy) = (b[0] - a[0], b[1] - a[1])
    let share = safeDivide(b[7], n)
    let common = a[7] * share
    return [
      [a[0] + dx * share], [a[1] + dy * share], [a[2].maximum(b[2])], [a[3].maximum(b[3])],
      [a[4] + b[4] + dx.square() * common], [a[5] + b[5] + dy.square() * common],
      [a[6] + b[6] + dx * dy * common], [n],
    ]
  }

  /// Pearson's coefficient; not a number where the deviations are too small to divide by.
  fileprivate var pearson: Tensor {
    let (dx, dy, less) = (maxAbsDevX.value, maxAbsDevY.value, nTotal.value - 1)
    let x = varX.value / less / dx.square()
    let y = varY.value / less / dy.square()
    let xy = corrXy.value / less / (dx * dy)
    let bound = (x.dtype == .float64 ? Double.ulpOfOne : Double(Float.ulpOfOne)).squareRoot()
    let isValid = x.ge(bound).logicalAnd(y.ge(bound)).logicalAnd(x.isfinite()).logicalAnd(y.isfinite())
      .logicalAnd(xy.isfinite())
    if isValid.logicalNot().hasAny {
      warn(name, "the variance of predictions or targets is close to zero; the correlation is not a number")
    }
    let value = (xy / (x * y).sqrt()).clamp(min: -1, max: 1)
    return `where`(isValid, value, Tensor(Double.nan, dtype: value.dtype))
  }
}

/// Pearson's correlation coefficient.
public final class PearsonCorrCoef: CorrelationMetric, PairMetric {
  public func compute() -> Tensor { pearson }
}

/// The concordance correlation coefficient: `2 rho s_x s_y / (s_x^2 + s_y^2 + (mean_x - mean_y)^2)`.
public final class ConcordanceCorrCoef: CorrelationMetric, PairMetric {
  public override var higherIsBetter: Bool? { true }

  public func compute() -> Tensor {
    let less = nTotal.value - 1
    let (x, y) = (varX.value / less, varY.value / less)
    return 2 * pearson * x.sqrt() * y.sqrt() / (x + y + (meanX.value - meanY.value).square())
  }
}

/// Spearman's correlation coefficient: Pearson's of the ranks, equal values sharing the mean of theirs.
public final class SpearmanCorrCoef: Metric, PairMetric {
  private let numOutputs: Int
  private let preds = MetricState.list()
  private let target = MetricState.list()

  /// - Parameter numOutputs: the number of targets of an example, each of which has a value of its own.
  public init(numOutputs: Int = 1) {
    self.numOutputs = numOutputs
    super.init()
    expect(numOutputs >= 1, "needs 1 or more outputs, and found \(numOutputs)")
  }

  public override var higherIsBetter: Bool? { true }

  /// Adds floating point predictions and targets `[N]` or `[N, numOutputs]`.
  public func update(_ preds: Tensor, _ target: Tensor) {
    updating(preds, target) { () throws(TensorError) in
      guard preds.dtype.isFloatingPoint, target.dtype.isFloatingPoint else {
        throw mistake(.dtype, "needs floating point tensors, and found \(preds.dtype) and \(target.dtype)")
      }
      try requireOutputs(preds, target, numOutputs, name)
      self.preds.append(preds.to(.float32))
      self.target.append(target.to(.float32))
    }
  }

  public func compute() -> Tensor {
    let (x, y) = (preds.value, target.value)
    if let failed = x.failed ?? y.failed { return failed }
    func ranks(_ values: Tensor) -> Tensor {
      let columns = values.rank == 1 ? [values] : values.unbind(1)
      let ranked = columns.map { Tensor(averageRanks($0.doubles), shape: [values.shape[0]], dtype: .float32) }
      return values.rank == 1 ? ranked[0] : stack(ranked, dim: 1)
    }
    let (a, b) = (ranks(x), ranks(y))
    let (dx, dy) = (a - a.mean([0]), b - b.mean([0]))
    let deviations = dx.square().mean([0]).sqrt() * dy.square().mean([0]).sqrt()
    return ((dx * dy).mean([0]) / (deviations + 1e-6)).clamp(min: -1, max: 1).squeezedScalar
  }
}

/// The ranks of values from 1, equal ones sharing the mean of theirs.
package func averageRanks(_ values: [Double]) -> [Double] {
  let order = values.indices.sorted { values[$0] < values[$1] }
  var ranks = [Double](repeating: 0, count: values.count)
  var start = 0
  while start < order.count {
    var end = start + 1
    while end < order.count, values[order[end]] == values[order[start]] { end += 1 }
    for i in start..<end { ranks[order[i]] = Double(start + 1 + end) / 2 }
    start = end
  }
  return ranks
}
