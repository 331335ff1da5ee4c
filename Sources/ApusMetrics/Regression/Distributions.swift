import ApusCore
import ApusFunctional
import ApusNumerics

/// How the values of rows are reduced.
public enum RowReduction: String, Sendable, Hashable, NamedChoice {
  /// The mean or the sum over all rows, or one value for each.
  case mean, sum, none
}

/// The cosine of the angle between rows of predictions and targets. Called torchmetrics' `CosineSimilarity`; here that name is the
/// layer's.
public final class CosineSimilarityMetric: Metric, PairMetric {
  private let reduction: RowReduction
  private let preds = MetricState.list()
  private let target = MetricState.list()

  /// - Parameter reduction: how the values of rows are reduced.
  public init(reduction: RowReduction = .sum) { self.reduction = reduction }

  public override var name: String { "CosineSimilarity" }
  public override var higherIsBetter: Bool? { true }

  /// Adds rows `[N, D]`.
  public func update(_ preds: Tensor, _ target: Tensor) {
    updating(preds, target) { () throws(TensorError) in
      try requireSameShape(preds, target, name)
      guard preds.rank == 2 else { throw mistake(.shape, "needs rows [N, D], and found the shape \(preds.shape)") }
      self.preds.append(preds.to(.float32))
      self.target.append(target.to(.float32))
    }
  }

  public func compute() -> Tensor {
    let (x, y) = (preds.value, target.value)
    if let failed = x.failed ?? y.failed { return failed }
    let similarity = (x * y).sum([-1]) / (x.norm(2, [-1]) * y.norm(2, [-1]))
    return switch reduction {
    case .sum: similarity.sum()
    case .mean: similarity.mean()
    case .none: similarity
    }
  }
}

/// What divergences gather: a value for each row.
public class DivergenceMetric: Metric {
  fileprivate let logProb: Bool
  private let reduction: RowReduction
  private let measures: MetricState
  private let total = MetricState(0)

  /// - Parameters:
  ///   - logProb: whether the inputs are logarithms of probabilities; others are made to sum to 1.
  ///   - reduction: how the values of rows are reduced.
  public init(logProb: Bool = false, reduction: RowReduction = .mean) {
    self.logProb = logProb
    self.reduction = reduction
    measures = reduction == .none ? .list() : MetricState(0)
  }

  public override var higherIsBetter: Bool? { false }

  /// The value of each row.
  fileprivate func rows(_ p: Tensor, _ q: Tensor) -> Tensor { p }

  /// Adds distributions `[N, D]`.
  public func update(_ p: Tensor, _ q: Tensor) {
    updating(p, q) { () throws(TensorError) in
      try requireSameShape(p, q, name)
      guard p.rank == 2 else { throw mistake(.shape, "needs distributions [N, D], and found the shape \(p.shape)") }
      let values = rows(p.floating, q.floating)
      if reduction == .none { measures.append(values) } else { measures.add(values.sum()) }
      total.add(p.shape[0])
    }
  }

  /// The value of all that was gathered.
  public func compute() -> Tensor {
    reduction == .mean ? measures.value / total.value : measures.value.squeezedScalar
  }
}

/// `sum p log(p / q)` of each row.
private func divergence(_ p: Tensor, _ q: Tensor, logProb: Bool) -> Tensor {
  if logProb { return (p.exp() * (p - q)).sum([-1]) }
  let (p, q) = (p / p.sum([-1], keepDim: true), q / q.sum([-1], keepDim: true))
  return safeXlogy(p, p / q).sum([-1])
}

/// The Kullback-Leibler divergence: `sum p log(p / q)`.
public final class KLDivergence: DivergenceMetric, PairMetric {
  fileprivate override func rows(_ p: Tensor, _ q: Tensor) -> Tensor { divergence(p, q, logProb: logProb) }
}

/// The Jensen-Shannon divergence: `1/2 KL(p | m) + 1/2 KL(q | m)` with `m = (p + q) / 2`.
public final class JensenShannonDivergence: DivergenceMetric, PairMetric {
  fileprivate override func rows(_ p: Tensor, _ q: Tensor) -> Tensor {
    let middle: Tensor
    if logProb {
      middle = stack([p, q], dim: 0).logsumexp([0]) - 0.6931471805599453
    } else {
      middle = (p / p.sum([-1], keepDim: true) + q / q.sum([-1], keepDim: true)) / 2
    }
    return 0.5 * divergence(p, middle, logProb: logProb) + 0.5 * divergence(q, middle, logProb: logProb)
  }
}

/// The continuous ranked probability score of ensembles: how far the members lie from the target, less how far they lie
/// from each other.
public final class ContinuousRankedProbabilityScore: Metric, PairMetric {
  private let score = MetricState(0)
  private let total = MetricState(0)

  public override init() {}
  public override var higherIsBetter: Bool? { false }

  /// Adds ensembles `[N, members]` and targets `[N]`.
  public func update(_ preds: Tensor, _ target: Tensor) {
    updating(preds, target) { () throws(TensorError) in
      guard preds.rank == 2, target.shape == [preds.shape[0]] else {
        throw mistake(
          .shape, "needs ensembles [N, members] and targets [N], and found \(preds.shape) and \(target.shape)")
      }
      let m = preds.shape[1]
      guard m >= 2 else { throw mistake(.shape, "needs at least 2 members of an ensemble, and found \(preds.shape)") }
      let preds = preds.floating
      let distance = (preds - target.unsqueeze(1)).abs().mean([1])
      // The sum over pairs of |x_i - x_j| of sorted members: member i is larger than i others and smaller than m - 1 - i.
      let weights = Tensor((0..<m).map { Double(2 * $0 - m + 1) }, shape: [m], dtype: preds.dtype)
      let spread = (preds.sort(1).values * weights).sum([1]) / Double(m * m)
      score.add((distance - spread).sum())
      total.add(preds.shape[0])
    }
  }

  public func compute() -> Tensor { score.value / total.value }
}
