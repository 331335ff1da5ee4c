import ApusCore
import ApusNumerics

/// What a curve is made of: scores with targets, or how many targets lie on either side of given thresholds.
enum CurveSource {
  /// Scores `[N]` and targets, which are positive where they have the value `positive`.
  case scores(Tensor, Tensor, positive: Int)
  /// Counts `[T, 2, 2]` of target and decision at each of the thresholds.
  case counts(Tensor, thresholds: Tensor)

  /// False and true positives with each different score as the threshold, from the largest down.
  private static func points(_ preds: Tensor, _ target: Tensor, _ positive: Int) -> (
    fps: Tensor, tps: Tensor, thresholds: Tensor
  ) {
    guard preds.count > 0 else {
      let none = Tensor.zeros([1], dtype: .int64)
      return (none, none, Tensor.ones([1], dtype: preds.dtype))
    }
    let order = preds.argsort(0, descending: true)
    let (scores, hits) = (preds.indexSelect(0, order), target.eq(positive).to(.int64).indexSelect(0, order))
    let n = preds.count
    var last = Tensor([n - 1])
    if n > 1 {
      let steps = scores.narrow(0, 1, n - 1).ne(scores.narrow(0, 0, n - 1))
      last = cat([steps.nonzero().reshape([-1]), last])
    }
    let tps = hits.cumsum(0).indexSelect(0, last)
    return (last + 1 - tps, tps, scores.indexSelect(0, last))
  }

  /// True and false positives and negatives at the thresholds.
  private static func cells(_ counts: Tensor) -> (tp: Tensor, fp: Tensor, fn: Tensor, tn: Tensor) {
    func cell(_ i: Int, _ j: Int) -> Tensor { counts.select(1, i).select(1, j) }
    return (cell(1, 1), cell(0, 1), cell(1, 0), cell(0, 0))
  }

  /// Precision and recall at rising thresholds, with the point (1, 0) at the end.
  func precisionRecall() -> Curve {
    let (precision, recall, thresholds): (Tensor, Tensor, Tensor)
    switch self {
    case .counts(let counts, let given):
      let (tp, fp, fn, _) = Self.cells(counts)
      (precision, recall, thresholds) = (safeDivide(tp, tp + fp, nil), safeDivide(tp, tp + fn, nil), given)
    case .scores(let preds, let target, let positive):
      let (fps, tps, scores) = Self.points(preds, target, positive)
      var found = safeDivide(tps, tps.narrow(0, tps.count - 1, 1), nil)
      if target.eq(0).all().item(as: Bool.self) {
        warn("recall", "there are no positive targets; the recall is taken for one")
        found = onesLike(found)
      }
      precision = safeDivide(tps, tps + fps, nil).flip(0)
      (recall, thresholds) = (found.flip(0), scores.flip(0))
    }
    let (one, zero) = (Tensor.ones([1], dtype: precision.dtype), Tensor.zeros([1], dtype: recall.dtype))
    return Curve(cat([precision, one]), cat([recall, zero]), thresholds)
  }

  /// The rates of false and true positives at falling thresholds.
  func roc() -> Curve {
    switch self {
    case .counts(let counts, let thresholds):
      let (tp, fp, fn, tn) = Self.cells(counts)
      return Curve(safeDivide(fp, fp + tn).flip(0), safeDivide(tp, tp + fn).flip(0), thresholds.flip(0))
    case .scores(let preds, let target, let positive):
      let (fps, tps, scores) = Self.points(preds, target, positive)
      func rate(_ counts: Tensor, _ what: String) -> Tensor {
        let all = cat([Tensor.zeros([1], dtype: .int64), counts])
        let sum = counts.narrow(0, counts.count - 1, 1)
        if sum.item(as: Int.self) <= 0 {
          warn("ROC", "there are no \(what) targets; their rate is taken for zero")
          return Tensor.zeros([all.count], dtype: scores.dtype)
        }
        return safeDivide(all, sum, nil)
      }
      return Curve(
        rate(fps, "negative"), rate(tps, "positive"), cat([Tensor.ones([1], dtype: scores.dtype), scores]))
    }
  }
}

/// The points of a curve.
struct Curve {
  var x: Tensor
  var y: Tensor
  var thresholds: Tensor

  init(_ x: Tensor, _ y: Tensor, _ thresholds: Tensor) { (self.x, self.y, self.thresholds) = (x, y, thresholds) }

  /// The area below `y` over `x`.
  var area: Tensor { y.trapezoid(x) }

  /// The mean precision over the steps of recall, of a curve of precision and recall.
  var averagePrecision: Tensor {
    let n = y.count - 1
    return -((y.narrow(0, 1, n) - y.narrow(0, 0, n)) * x.narrow(0, 0, n)).sum()
  }

  /// With zeros in place of what is not a number.
  var withoutNaN: Curve { Curve(x.nanToNum(nan: 0), y.nanToNum(nan: 0), thresholds) }

  /// The mean of curves over the union of their `x`.
  static func mean(_ curves: [Curve], descending: Bool) -> Curve {
    let x = cat(curves.map(\.x)).sort(0).values
    var y = zerosLike(x)
    for curve in curves { y = y + interpolated(x, curve.x, curve.y) }
    let thresholds = cat(curves.map(\.thresholds)).sort(0, descending: descending).values
    return Curve(x, y / Double(curves.count), thresholds)
  }
}

/// Values at `x` on straight lines between points; the line is that after as many points as lie at or before `x`.
private func interpolated(_ x: Tensor, _ xp: Tensor, _ fp: Tensor) -> Tensor {
  let n = xp.count - 1
  guard n > 0 else { return fp.expand(x.shape) }
  let (x0, y0) = (xp.narrow(0, 0, n), fp.narrow(0, 0, n))
  let slope = safeDivide(fp.narrow(0, 1, n) - y0, xp.narrow(0, 1, n) - x0)
  let offset = y0 - slope * x0
  let places = (searchsorted(xp.sort(0).values, x, right: true) - 1).clamp(min: 0, max: n - 1)
  return slope.indexSelect(0, places) * x + offset.indexSelect(0, places)
}

/// How many positive and negative targets lie on either side of each threshold, for each group of scores:
/// `[T, groups, 2, 2]`.
/// - Parameters:
///   - scores: flat scores, and with each whether its target is positive and to which group it belongs.
func countsAtThresholds(
  _ scores: Tensor, _ isPositive: Tensor, _ group: Tensor, groups: Int, _ thresholds: Tensor
) -> Tensor {
  let t = thresholds.count
  let (sorted, order) = thresholds.to(.float64).sort(0).pair
  // How many thresholds a score reaches.
  let reached = searchsorted(sorted, scores.to(.float64), right: true)
  let bins = (group * 2 + isPositive.to(.int64)) * (t + 1) + reached
  let histogram = bins.bincount(minlength: groups * 2 * (t + 1)).reshape([groups * 2, t + 1])
  let above = histogram.flip(1).cumsum(1).flip(1).narrow(1, 1, t)
  let below = histogram.sum([1], keepDim: true) - above
  let counts = stack([below, above], dim: -1).reshape([groups, 2, t, 2]).permute(2, 0, 1, 3)
  return zerosLike(counts).indexCopy(0, order, counts)
}
