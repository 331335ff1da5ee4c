import ApusCore

// Losses between an input and a target, as PyTorch's nn.functional has them. All are compositions; one formula computes
// each element's loss, and a reduction follows.

private enum LossFormula {
  static let mse = Formula("MseLoss") { x, t in (x - t).squared }
  static let l1 = Formula("L1Loss", .real) { x, t in (x - t)(.abs) }
  /// Scalars: beta.
  static let smoothL1 = Formula("SmoothL1Loss") { x, t in
    let (difference, beta) = (x - t, Expression.parameter(0))
    let d = difference(.abs)
    return .select(.binary(.lt, d, beta), 0.5 * difference.squared / beta, d - 0.5 * beta)
  }
  /// Scalars: delta.
  static let huber = Formula("HuberLoss") { x, t in
    let (difference, delta) = (x - t, Expression.parameter(0))
    let d = difference(.abs)
    return .select(.binary(.lt, d, delta), 0.5 * difference.squared, delta * (d - 0.5 * delta))
  }
  /// The logarithms are not below -100, and the variance that the gradient is divided by not below 1e-12.
  static let binaryCrossEntropy: Formula = {
    let (x, t) = (Expression.input(0), Expression.input(1))
    let limit = Expression.constant(-100)
    let value = -(t * x(.log)(.fmax, limit) + (1 - t) * (-x)(.log1p)(.fmax, limit))
    let variance = ((1 - x) * x)(.max, .constant(1e-12))
    return Formula(
      "BinaryCrossEntropy", inputs: 2, .floating, slopes: [(x - t) / variance, (-x)(.log1p) - x(.log)],
      outputs: [value])
  }()
  static let withLogits = Formula("BinaryCrossEntropyWithLogits", .floating) { x, t in
    (1 - t) * x + (-x)(.softplus)
  }
  /// Inputs: logits, targets, weights of positive targets.
  static let withLogitsWeighted = Formula("BinaryCrossEntropyWithLogits", .floating) { x, t, w in
    (1 - t) * x + ((w - 1) * t + 1) * (-x)(.softplus)
  }
  static let divergence = Formula("KlDiv", .floating) { x, t in .binary(.xlogy, t, t) - t * x }
  static let divergenceOfLogs = Formula("KlDiv", .floating) { x, t in t(.exp) * (t - x) }
  static let softMargin = Formula("SoftMarginLoss", .floating) { x, t in (-(t * x))(.softplus) }
}

/// Reports inputs whose shapes differ.
private func requireEqualShapes(_ x: Tensor, _ target: Tensor, _ operation: String) throws(TensorError) {
  guard x.shape == target.shape else {
    throw TensorError(
      .shape, operation, "input and target must have one shape, and found \(x.shape) and \(target.shape)")
  }
}

/// The elements' losses, weighted and reduced: the weighted mean is over the sum of the weights.
private func weighted(_ losses: Tensor, _ weight: Tensor?, _ reduction: LossReduction) -> Tensor {
  guard let weight else { return losses.reduced(reduction) }
  let scaled = losses * weight
  guard reduction == .mean else { return scaled.reduced(reduction) }
  return scaled.sum() / weight.expand(losses.shape).sum()
}

/// The squares of the differences. Shapes broadcast.
/// - Parameter weight: a factor for each element; the mean is then over the sum of the factors.
public func mseLoss(
  _ x: Tensor, _ target: Tensor, reduction: LossReduction = .mean, weight: Tensor? = nil
) -> Tensor {
  attempt(x, target, weight) { () throws(TensorError) in
    for tensor in [x, target] { try tensor.requireReal("mse_loss") }
    if let type = narrowType(x, target, weight) {
      return mseLoss(x.widened, target.widened, reduction: reduction, weight: weight?.widened).to(type)
    }
    return weighted(pointwise(LossFormula.mse, [x, target]), weight, reduction)
  }
}

/// The absolute differences. Shapes broadcast.
public func l1Loss(
  _ x: Tensor, _ target: Tensor, reduction: LossReduction = .mean, weight: Tensor? = nil
) -> Tensor {
  if let type = narrowType(x, target, weight) {
    return l1Loss(x.widened, target.widened, reduction: reduction, weight: weight?.widened).to(type)
  }
  return weighted(pointwise(LossFormula.l1, [x, target]), weight, reduction)
}

/// `d^2 / (2 beta)` where the absolute difference `d` is below `beta`, `d - beta / 2` elsewhere.
public func smoothL1Loss(
  _ x: Tensor, _ target: Tensor, reduction: LossReduction = .mean, beta: Double = 1
) -> Tensor {
  guard beta >= 0 else {
    return fail(TensorError(.value, "smooth_l1_loss", "beta must not be negative, and found \(beta)"))
  }
  if let type = narrowType(x, target) {
    return smoothL1Loss(x.widened, target.widened, reduction: reduction, beta: beta).to(type)
  }
  if beta == 0 { return l1Loss(x, target, reduction: reduction) }
  return pointwise(LossFormula.smoothL1, [x, target], [.float(beta)]).reduced(reduction)
}

/// `d^2 / 2` where the absolute difference `d` is at most `delta`, `delta (d - delta / 2)` elsewhere.
public func huberLoss(
  _ x: Tensor, _ target: Tensor, reduction: LossReduction = .mean, delta: Double = 1, weight: Tensor? = nil
) -> Tensor {
  guard delta > 0 else {
    return fail(TensorError(.value, "huber_loss", "delta must be positive, and found \(delta)"))
  }
  if let type = narrowType(x, target, weight) {
    return huberLoss(x.widened, target.widened, reduction: reduction, delta: delta, weight: weight?.widened).to(type)
  }
  return weighted(pointwise(LossFormula.huber, [x, target], [.float(delta)]), weight, reduction)
}

/// `-(t log x + (1 - t) log(1 - x))` for probabilities `x`, the logarithms not below -100.
public func binaryCrossEntropy(
  _ x: Tensor, _ target: Tensor, weight: Tensor? = nil, reduction: LossReduction = .mean
) -> Tensor {
  attempt(x, target, weight) { () throws(TensorError) in
    if let type = narrowType(x, target, weight) {
      return binaryCrossEntropy(x.widened, target.widened, weight: weight?.widened, reduction: reduction).to(type)
    }
    try requireEqualShapes(x, target, "binary_cross_entropy")
    let x = x.checked(.probabilities, "binary_cross_entropy")
    let losses = pointwise(LossFormula.binaryCrossEntropy, [x, target])
    return (weight.map { losses * $0 } ?? losses).reduced(reduction)
  }
}

/// ``binaryCrossEntropy(_:_:weight:reduction:)`` of the sigmoid of logits, computed stably.
/// - Parameter posWeight: a factor for the losses of positive targets, broadcast.
public func binaryCrossEntropyWithLogits(
  _ x: Tensor, _ target: Tensor, weight: Tensor? = nil, reduction: LossReduction = .mean, posWeight: Tensor? = nil
) -> Tensor {
  attempt(x, target, weight, posWeight) { () throws(TensorError) in
    if let type = narrowType(x, target, weight, posWeight) {
      return binaryCrossEntropyWithLogits(
        x.widened, target.widened, weight: weight?.widened, reduction: reduction, posWeight: posWeight?.widened
      ).to(type)
    }
    try requireEqualShapes(x, target, "binary_cross_entropy_with_logits")
    let losses =
      posWeight.map { pointwise(LossFormula.withLogitsWeighted, [x, target, $0]) }
      ?? pointwise(LossFormula.withLogits, [x, target])
    return (weight.map { losses * $0 } ?? losses).reduced(reduction)
  }
}

/// The Kullback-Leibler divergence of log-probabilities `x` from probabilities `target`: `t (log t - x)`.
/// - Parameter logTarget: whether `target` holds logarithms too.
public func klDiv(
  _ x: Tensor, _ target: Tensor, reduction: LossReduction = .mean, logTarget: Bool = false
) -> Tensor {
  if let type = narrowType(x, target) {
    return klDiv(x.widened, target.widened, reduction: reduction, logTarget: logTarget).to(type)
  }
  return pointwise(logTarget ? LossFormula.divergenceOfLogs : LossFormula.divergence, [x, target]).reduced(reduction)
}

/// The negative log likelihood of counts `target` under Poisson distributions of rate `exp(x)` (or `x`).
/// - Parameters:
///   - logInput: whether `x` is the logarithm of the rate.
///   - full: whether to add Stirling's approximation of `log t!`.
///   - eps: added to `x` before its logarithm where `logInput` is false.
public func poissonNLLLoss(
  _ x: Tensor, _ target: Tensor, logInput: Bool = true, full: Bool = false, eps: Double = 1e-8,
  reduction: LossReduction = .mean
) -> Tensor {
  if let type = narrowType(x, target) {
    return poissonNLLLoss(x.widened, target.widened, logInput: logInput, full: full, eps: eps, reduction: reduction)
      .to(type)
  }
  var losses = logInput ? x.exp() - target * x : x - target * (x + eps).log()
  if full {
    let stirling = target * target.log() - target + (target * (2 * Double.pi)).log() * 0.5
    losses = losses + `where`(target.le(1), Tensor.zeros([], dtype: stirling.dtype), stirling)
  }
  return losses.reduced(reduction)
}

/// The negative log likelihood of `target` under normal distributions of mean `x` and variance `variance`, which has the
/// shape of `x`, lacks its last dimension, or has size 1 there.
/// - Parameters:
///   - full: whether to add the constant `log(2 pi) / 2`.
///   - eps: the least variance.
public func gaussianNLLLoss(
  _ x: Tensor, _ target: Tensor, _ variance: Tensor, full: Bool = false, eps: Double = 1e-6,
  reduction: LossReduction = .mean
) -> Tensor {
  attempt(x, target, variance) { () throws(TensorError) in
    if let type = narrowType(x, target, variance) {
      return gaussianNLLLoss(x.widened, target.widened, variance.widened, full: full, eps: eps, reduction: reduction)
        .to(type)
    }
    var spread = variance
    if spread.shape != x.shape && spread.rank > 0 {
      if spread.shape == Array(x.shape.dropLast()) {
        spread = spread.unsqueeze(-1)
      } else if spread.rank != x.rank || broadcastShapes(spread.shape, x.shape) != x.shape {
        throw TensorError(
          .shape, "gaussian_nll_loss",
          "the variance must have the shape \(x.shape) of the input, or size 1 in some of its dimensions, and found \(variance.shape)"
        )
      }
    }
    spread = spread.checked(.noNegative("the variance"), "gaussian_nll_loss")
    // Raised to eps without touching the gradient.
    let raise = noGrad {
      `where`(spread.detach().lt(eps), eps - spread.detach(), Tensor.zeros([], dtype: spread.dtype))
    }
    let safe = spread + raise
    var losses = (safe.log() + (x - target).square() / safe) * 0.5
    if full { losses = losses + 0.5 * (2 * Double.pi).logarithm }
    return losses.reduced(reduction)
  }
}

extension Double {
  fileprivate var logarithm: Double { Tensor(self, dtype: .float64).log().item() }
}

/// `x` where the target is 1, `max(0, margin - x)` where it is -1.
public func hingeEmbeddingLoss(
  _ x: Tensor, _ target: Tensor, margin: Double = 1, reduction: LossReduction = .mean
) -> Tensor {
  if let type = narrowType(x) {
    return hingeEmbeddingLoss(x.widened, target, margin: margin, reduction: reduction).to(type)
  }
  let zero = Tensor.zeros([], dtype: x.dtype)
  let apart = `where`(target.ne(1), (margin - x).relu(), zero)
  return (apart + `where`(target.ne(-1), x, zero)).reduced(reduction)
}

/// `max(0, -target (x1 - x2) + margin)`: `x1` should rank higher where the target is 1, lower where it is -1.
public func marginRankingLoss(
  _ x1: Tensor, _ x2: Tensor, _ target: Tensor, margin: Double = 0, reduction: LossReduction = .mean
) -> Tensor {
  if let failed = x1.failed ?? x2.failed ?? target.failed { return failed }
  guard x1.rank == x2.rank, x1.rank == target.rank else {
    return fail(
      TensorError(
        .shape, "margin_ranking_loss",
        "the tensors must have one number of dimensions, and found \(x1.shape), \(x2.shape) and \(target.shape)"))
  }
  if let type = narrowType(x1, x2, target) {
    return marginRankingLoss(x1.widened, x2.widened, target.widened, margin: margin, reduction: reduction).to(type)
  }
  return (-target * (x1 - x2) + margin).relu().reduced(reduction)
}

/// `log(1 + exp(-target x))` for targets of 1 and -1.
public func softMarginLoss(_ x: Tensor, _ target: Tensor, reduction: LossReduction = .mean) -> Tensor {
  if let type = narrowType(x, target) {
    return softMarginLoss(x.widened, target.widened, reduction: reduction).to(type)
  }
  return pointwise(LossFormula.softMargin, [x, target]).reduced(reduction)
}

/// `1 - cos` of the angle between rows where the target is 1, `max(0, cos - margin)` where it is -1.
public func cosineEmbeddingLoss(
  _ x1: Tensor, _ x2: Tensor, _ target: Tensor, margin: Double = 0, reduction: LossReduction = .mean
) -> Tensor {
  if let failed = x1.failed ?? x2.failed ?? target.failed { return failed }
  guard (1...2).contains(x1.rank), x1.rank == x2.rank, target.rank == x1.rank - 1 else {
    return fail(
      TensorError(
        .shape, "cosine_embedding_loss",
        "needs inputs of shape [N, D] and targets [N], or [D] and a scalar, and found \(x1.shape), \(x2.shape) and \(target.shape)"
      ))
  }
  if let type = narrowType(x1, x2) {
    return cosineEmbeddingLoss(x1.widened, x2.widened, target, margin: margin, reduction: reduction).to(type)
  }
  let eps = 1e-12
  let products = (x1 * x2).sum([-1])
  let cosine = products / ((x1.square().sum([-1]) + eps) * (x2.square().sum([-1]) + eps)).sqrt()
  let zero = Tensor.zeros([], dtype: cosine.dtype)
  let losses = `where`(target.eq(1), 1 - cosine, zero) + `where`(target.eq(-1), (cosine - margin).relu(), zero)
  return losses.reduced(reduction)
}

/// The p-norms of the differences of rows, `eps` added to each difference: `[..., D]` twice to `[...]`.
public func pairwiseDistance(
  _ x1: Tensor, _ x2: Tensor, p: Double = 2, eps: Double = 1e-6, keepDim: Bool = false
) -> Tensor {
  if let type = narrowType(x1, x2) {
    return pairwiseDistance(x1.widened, x2.widened, p: p, eps: eps, keepDim: keepDim).to(type)
  }
  let difference = x1 - x2 + eps
  return difference.hasFailed ? difference : difference.norm(p, [difference.rank - 1], keepDim: keepDim)
}

/// `max(0, d(anchor, positive) - d(anchor, negative) + margin)` with the p-norm as distance (Balntas et al., 2016).
/// - Parameter swap: whether the distance between positive and negative counts too, if it is the smaller.
public func tripletMarginLoss(
  _ anchor: Tensor, _ positive: Tensor, _ negative: Tensor, margin: Double = 1, p: Double = 2, eps: Double = 1e-6,
  swap: Bool = false, reduction: LossReduction = .mean
) -> Tensor {
  if let failed = anchor.failed ?? positive.failed ?? negative.failed { return failed }
  guard anchor.rank == positive.rank, anchor.rank == negative.rank else {
    return fail(
      TensorError(
        .shape, "triplet_margin_loss",
        "the tensors must have one number of dimensions, and found \(anchor.shape), \(positive.shape) and \(negative.shape)"
      ))
  }
  guard margin > 0 else {
    return fail(TensorError(.value, "triplet_margin_loss", "margin must be positive, and found \(margin)"))
  }
  return tripletMarginWithDistanceLoss(
    anchor, positive, negative, distanceFunction: { pairwiseDistance($0, $1, p: p, eps: eps) }, margin: margin,
    swap: swap, reduction: reduction)
}

/// ``tripletMarginLoss(_:_:_:margin:p:eps:swap:reduction:)`` with a distance of one's own.
public func tripletMarginWithDistanceLoss(
  _ anchor: Tensor, _ positive: Tensor, _ negative: Tensor,
  distanceFunction: (Tensor, Tensor) -> Tensor = { pairwiseDistance($0, $1) }, margin: Double = 1, swap: Bool = false,
  reduction: LossReduction = .mean
) -> Tensor {
  if let failed = anchor.failed ?? positive.failed ?? negative.failed { return failed }
  guard margin > 0 else {
    return fail(
      TensorError(.value, "triplet_margin_with_distance_loss", "margin must be positive, and found \(margin)"))
  }
  if let type = narrowType(anchor, positive, negative) {
    return tripletMarginWithDistanceLoss(
      anchor.widened, positive.widened, negative.widened, distanceFunction: distanceFunction, margin: margin,
      swap: swap, reduction: reduction
    ).to(type)
  }
  let near = distanceFunction(anchor, positive)
  var far = distanceFunction(anchor, negative)
  if swap { far = far.minimum(distanceFunction(positive, negative)) }
  return (near - far + margin).relu().reduced(reduction)
}

/// Rows of scores and what belongs to them: `[C]` or `[N, C]`.
private func scoreRows(
  _ x: Tensor, _ target: Tensor, _ operation: String, targetRank: Int
) throws(TensorError) -> (x: Tensor, target: Tensor) {
  guard (1...2).contains(x.rank), x.count > 0 || x.rank == 2 else {
    throw TensorError(.shape, operation, "needs scores of shape [N, C] or [C], and found \(x.shape)")
  }
  let rows = x.rank == 1 ? x.unsqueeze(0) : x
  let targets = target.rank < targetRank ? target.unsqueeze(0) : target
  guard targets.rank == targetRank, targets.shape[0] == rows.shape[0] else {
    throw TensorError(
      .shape, operation, "scores of shape \(x.shape) and targets of shape \(target.shape) do not belong together")
  }
  return (rows, targets)
}

/// The mean over classes of `max(0, margin - x[target] + x[j])^p` for all `j` other than the target, times its `weight`.
///
/// - Parameters:
///   - x: scores, `[N, C]` or `[C]`.
///   - target: class indices, `[N]` or a scalar.
///   - p: 1 or 2.
public func multiMarginLoss(
  _ x: Tensor, _ target: Tensor, p: Int = 1, margin: Double = 1, weight: Tensor? = nil,
  reduction: LossReduction = .mean
) -> Tensor {
  attempt(x, target, weight) { () throws(TensorError) in
    if let type = narrowType(x, weight) {
      return multiMarginLoss(x.widened, target, p: p, margin: margin, weight: weight?.widened, reduction: reduction)
        .to(type)
    }
    guard p == 1 || p == 2 else {
      throw TensorError(.value, "multi_margin_loss", "p must be 1 or 2, and found \(p)")
    }
    let (rows, targets) = try scoreRows(
      x.rank == 0 ? x.reshape([1]) : x, target, "multi_margin_loss", targetRank: 1)
    let classes = rows.shape[1]
    if let weight, weight.shape != [classes] {
      throw TensorError(
        .shape, "multi_margin_loss", "needs one weight for each of \(classes) classes, and found \(weight.shape)")
    }
    let hot = apply(
      OneHotRows(classes: classes, ignoreIndex: .min, dtype: rows.dtype, operation: "multi_margin_loss"), targets)
    let (isTarget, zero) = (hot.ne(0), Tensor.zeros([], dtype: rows.dtype))
    let chosen = `where`(isTarget, rows, zero).sum([1], keepDim: true)
    var terms = `where`(isTarget, zero, (margin - chosen + rows).relu())
    if p == 2 { terms = terms.square() }
    if let weight { terms = terms * (hot * weight).sum([1], keepDim: true) }
    let losses = terms.sum([1]) / Double(classes)
    if reduction == .none { return x.rank < 2 && target.rank == 0 ? losses.reshape([]) : losses }
    return losses.reduced(reduction)
  }
}

/// The mean over classes of `max(0, 1 - (x[j] - x[i]))` for all targets `j` and all other classes `i`.
///
/// - Parameters:
///   - x: scores, `[N, C]` or `[C]`.
///   - target: class indices of the shape of `x`; what follows the first -1 of a row does not count.
public func multilabelMarginLoss(
  _ x: Tensor, _ target: Tensor, reduction: LossReduction = .mean
) -> Tensor {
  attempt(x, target) { () throws(TensorError) in
    if let type = narrowType(x) { return multilabelMarginLoss(x.widened, target, reduction: reduction).to(type) }
    try requireEqualShapes(x, target, "multilabel_margin_loss")
    let scalar = x.rank == 0
    let (rows, targets) = try scoreRows(
      scalar ? x.reshape([1]) : x, scalar ? target.reshape([1]) : target, "multilabel_margin_loss", targetRank: 2)
    let (n, classes) = (rows.shape[0], rows.shape[1])
    var counts = [Float](repeating: 0, count: n * classes)
    let indices = targets.array(as: Int.self)
    for row in 0..<n {
      for index in indices[(row * classes)..<((row + 1) * classes)] {
        if index == -1 { break }
        guard index >= 0, index < classes else {
          throw TensorError(
            .index, "multilabel_margin_loss", "target \(index) is out of bounds for \(classes) classes")
        }
        counts[row * classes + index] += 1
      }
    }
    let chosen = Tensor(counts, shape: [n, classes], dtype: rows.dtype)
    let isChosen = chosen.ne(0)
    let pairs = isChosen.unsqueeze(2).logicalAnd(isChosen.logicalNot().unsqueeze(1))
    let margins = (1 - (rows.unsqueeze(2) - rows.unsqueeze(1))).relu() * chosen.unsqueeze(2)
    let losses = `where`(pairs, margins, Tensor.zeros([], dtype: rows.dtype)).sum([1, 2]) / Double(classes)
    if reduction == .none { return x.rank < 2 ? losses.reshape([]) : losses }
    return losses.reduced(reduction)
  }
}

/// The mean over classes of the binary cross entropies of logits and targets of 0 and 1, `[..., C]`.
public func multilabelSoftMarginLoss(
  _ x: Tensor, _ target: Tensor, weight: Tensor? = nil, reduction: LossReduction = .mean
) -> Tensor {
  if let type = narrowType(x, target, weight) {
    return multilabelSoftMarginLoss(x.widened, target.widened, weight: weight?.widened, reduction: reduction).to(type)
  }
  let terms = pointwise(LossFormula.withLogits, [x, target])
  if terms.hasFailed { return terms }
  return (weight.map { terms * $0 } ?? terms).mean([-1]).reduced(reduction)
}

/// ``crossEntropy(_:_:weight:ignoreIndex:reduction:labelSmoothing:)`` of the logits `linear(x, linearWeight, linearBias)`.
public func linearCrossEntropy(
  _ x: Tensor, _ linearWeight: Tensor, _ target: Tensor, linearBias: Tensor? = nil, weight: Tensor? = nil,
  reduction: LossReduction = .mean, ignoreIndex: Int = -100, labelSmoothing: Double = 0
) -> Tensor {
  if let failed = x.failed ?? linearWeight.failed { return failed }
  guard linearWeight.rank >= 2, let features = linearWeight.shape.last else {
    return fail(
      TensorError(
        .shape, "linear_cross_entropy", "needs a weight of shape [classes, ..., in], and found \(linearWeight.shape)"))
  }
  let outputs = Array(linearWeight.shape.dropLast())
  guard outputs.count == 1 || x.rank == 2 else {
    return fail(
      TensorError(
        .shape, "linear_cross_entropy",
        "a weight of shape \(linearWeight.shape) needs a batch of inputs of shape [batch, \(features)], and found \(x.shape)"
      ))
  }
  let rows = elementCount(outputs)
  var logits = linear(x, linearWeight.reshape([rows, features]), linearBias?.reshape([rows]))
  if logits.hasFailed { return logits }
  // Classes are the second dimension where more than one stands before them.
  if outputs.count > 1 {
    logits = logits.reshape(Array(logits.shape.dropLast()) + outputs)
  } else if logits.rank > 2 {
    logits = logits.movedim(-1, 1)
  }
  return crossEntropy(
    logits, target, weight: weight, ignoreIndex: ignoreIndex, reduction: reduction, labelSmoothing: labelSmoothing)
}

/// The cosine of the angle between vectors along `dim`, norms not below `eps`.
public func cosineSimilarity(_ x1: Tensor, _ x2: Tensor, dim: Int = 1, eps: Double = 1e-8) -> Tensor {
  if let failed = x1.failed ?? x2.failed { return failed }
  let dtype = promoteTypes(x1.dtype, x2.dtype)
  guard dtype.isFloatingPoint else {
    return fail(TensorError(.dtype, "cosine_similarity", "needs floating point tensors, and found \(dtype)"))
  }
  if let type = narrowType(x1, x2) { return cosineSimilarity(x1.widened, x2.widened, dim: dim, eps: eps).to(type) }
  guard let shape = broadcastShapes(x1.shape, x2.shape) else {
    return fail(
      TensorError(.shape, "cosine_similarity", "the shapes \(x1.shape) and \(x2.shape) do not broadcast to one"))
  }
  let (a, b) = (x1.to(dtype).expand(shape), x2.to(dtype).expand(shape))
  func unit(_ x: Tensor) -> Tensor {
    let norm = x.norm(2, [dim], keepDim: true)
    // Raised to eps without a gradient of its own.
    let raise = noGrad {
      `where`(norm.detach().lt(eps), eps - norm.detach(), Tensor.zeros([], dtype: norm.dtype))
    }
    return x / (norm + raise)
  }
  return (unit(a) * unit(b)).sum([dim])
}

/// `x / max(norm, eps)` along `dim`.
public func normalize(_ x: Tensor, p: Double = 2, dim: Int = 1, eps: Double = 1e-12) -> Tensor {
  if x.hasFailed { return x }
  if let type = narrowType(x) { return normalize(x.widened, p: p, dim: dim, eps: eps).to(type) }
  let norm = x.norm(p, [dim], keepDim: true)
  return norm.hasFailed ? norm : x / norm.clampLeast(eps).expand(x.shape)
}

extension Tensor {
  /// max(x, least), the gradient flowing where `x` is at least `least`.
  fileprivate func clampLeast(_ least: Double) -> Tensor {
    `where`(detach().lt(least), Tensor.full([], least, dtype: dtype), self)
  }
}
