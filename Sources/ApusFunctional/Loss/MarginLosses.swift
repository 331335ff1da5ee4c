import ApusCore

// Losses that push scores or distances apart up to a margin, as PyTorch's nn.functional has them.

/// `x` where the target is 1, `max(0, margin - x)` where it is -1.
public func hingeEmbeddingLoss(
  _ x: Tensor, _ target: Tensor, margin: Double = 1, reduction: LossReduction = .mean
) -> Tensor {
  if let autocast = Autocast.active {
    return autocast.run(.float32, x, target) {
      hingeEmbeddingLoss($0, $1, margin: margin, reduction: reduction)
    }
  }
  if let type = narrowType(x) {
    return hingeEmbeddingLoss(x.widened, target, margin: margin, reduction: reduction).to(type)
  }
  let zero = Tensor.zeros([], dtype: x.dtype)
  let apart = `where`(target.ne(1), (margin - x).relu(), zero)
  return (apart + `where`(target.ne(-1), x, zero)).reduced(reduction)
}

/// What went wrong with operands that must have one number of dimensions.
private func mismatch(_ operation: String, _ a: Tensor, _ b: Tensor, _ c: Tensor) -> Tensor? {
  if let failed = a.failed ?? b.failed ?? c.failed { return failed }
  if a.rank == b.rank, a.rank == c.rank { return nil }
  return fail(
    TensorError(
      .shape, operation,
      "the tensors must have one number of dimensions, and found \(a.shape), \(b.shape) and \(c.shape)"))
}

/// `max(0, -target (x1 - x2) + margin)`: `x1` should rank higher where the target is 1, lower where it is -1.
public func marginRankingLoss(
  _ x1: Tensor, _ x2: Tensor, _ target: Tensor, margin: Double = 0, reduction: LossReduction = .mean
) -> Tensor {
  if let autocast = Autocast.active {
    return autocast.run(.float32, x1, x2, target) {
      marginRankingLoss($0, $1, $2, margin: margin, reduction: reduction)
    }
  }
  if let failed = mismatch("margin_ranking_loss", x1, x2, target) { return failed }
  if let type = narrowType(x1, x2, target) {
    return marginRankingLoss(x1.widened, x2.widened, target.widened, margin: margin, reduction: reduction).to(type)
  }
  return (-target * (x1 - x2) + margin).clamp(min: 0).reduced(reduction)
}

/// `log(1 + exp(-target x))` for targets of 1 and -1.
public func softMarginLoss(_ x: Tensor, _ target: Tensor, reduction: LossReduction = .mean) -> Tensor {
  if let autocast = Autocast.active {
    return autocast.run(.float32, x, target) {
      softMarginLoss($0, $1, reduction: reduction)
    }
  }
  if let type = narrowType(x, target) {
    return softMarginLoss(x.widened, target.widened, reduction: reduction).to(type)
  }
  return pointwise(LossFormula.softMargin, [x, target]).reduced(reduction)
}

/// `1 - cos` of the angle between rows where the target is 1, `max(0, cos - margin)` where it is -1.
public func cosineEmbeddingLoss(
  _ x1: Tensor, _ x2: Tensor, _ target: Tensor, margin: Double = 0, reduction: LossReduction = .mean
) -> Tensor {
  if let autocast = Autocast.active {
    return autocast.run(.float32, x1, x2, target) {
      cosineEmbeddingLoss($0, $1, $2, margin: margin, reduction: reduction)
    }
  }
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

/// `max(0, d(anchor, positive) - d(anchor, negative) + margin)` with the p-norm as distance (Balntas et al., 2016).
/// - Parameter swap: whether the distance between positive and negative counts too, if it is the smaller.
public func tripletMarginLoss(
  _ anchor: Tensor, _ positive: Tensor, _ negative: Tensor, margin: Double = 1, p: Double = 2, eps: Double = 1e-6,
  swap: Bool = false, reduction: LossReduction = .mean
) -> Tensor {
  if let autocast = Autocast.active {
    return autocast.run(.float32, anchor, positive, negative) {
      tripletMarginLoss($0, $1, $2, margin: margin, p: p, eps: eps, swap: swap, reduction: reduction)
    }
  }
  if let failed = mismatch("triplet_margin_loss", anchor, positive, negative) { return failed }
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
  if let failed = mismatch("triplet_margin_with_distance_loss", anchor, positive, negative) { return failed }
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
  guard (1...2).contains(x.rank), x.shape[x.rank - 1] > 0 else {
    throw TensorError(
      .shape, operation, "needs scores of shape [N, C] or [C] with one class or more, and found \(x.shape)")
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
  if let autocast = Autocast.active {
    return autocast.run(.float32, x, weight) {
      multiMarginLoss($0, target, p: p, margin: margin, weight: $1, reduction: reduction)
    }
  }
  return attempt(x, target, weight) { () throws(TensorError) in
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
  if let autocast = Autocast.active {
    return autocast.run(.float32, x) {
      multilabelMarginLoss($0, target, reduction: reduction)
    }
  }
  return attempt(x, target) { () throws(TensorError) in
    if let type = narrowType(x) { return multilabelMarginLoss(x.widened, target, reduction: reduction).to(type) }
    try requireEqualShapes(x, target, "multilabel_margin_loss")
    let scalar = x.rank == 0
    let (rows, targets) = try scoreRows(
      scalar ? x.reshape([1]) : x, scalar ? target.reshape([1]) : target, "multilabel_margin_loss", targetRank: 2)
    guard target.dtype.isInteger else {
      throw TensorError(
        .dtype, "multilabel_margin_loss",
        "class indices must be integers, and found \(target.dtype); convert them with .to(.int64)")
    }
    let (n, classes) = (rows.shape[0], rows.shape[1])
    if !targets.isMarked { try requireClasses(targets.array(as: Int.self), classes) }
    // How often each class is named before the first -1.
    let index = targets.to(.int64)
    let counts = index.ne(-1).to(rows.dtype).cumprod(1)
    let chosen = Tensor.zeros([n, classes], dtype: rows.dtype)
      .scatterAdd(1, `where`(counts.ne(0), index, Tensor(0)), counts)
    let isChosen = chosen.ne(0)
    let pairs = isChosen.unsqueeze(2).logicalAnd(isChosen.logicalNot().unsqueeze(1))
    let margins = (1 - (rows.unsqueeze(2) - rows.unsqueeze(1))).relu() * chosen.unsqueeze(2)
    let losses = `where`(pairs, margins, Tensor.zeros([], dtype: rows.dtype)).sum([1, 2]) / Double(classes)
    if reduction == .none { return x.rank < 2 ? losses.reshape([]) : losses }
    return losses.reduced(reduction)
  }
}

/// That the targets of each row are classes up to the first -1.
private func requireClasses(_ targets: [Int], _ classes: Int) throws(TensorError) {
  for row in stride(from: 0, to: targets.count, by: max(1, classes)) {
    for index in targets[row..<row + classes] {
      if index == -1 { break }
      guard index >= 0, index < classes else {
        throw TensorError(
          .index, "multilabel_margin_loss", "target \(index) is out of bounds for \(classes) classes")
      }
    }
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

extension Registry {
  /// Losses with a margin between scores or distances.
  static let marginLosses: [Operation] = [
    .tensor("nn.functional.hinge_embedding_loss", "input, target, margin=1.0, \(lossTail)") {
      try hingeEmbeddingLoss(
        $0.tensor("input"), $0.tensor("target"), margin: $0.double("margin"), reduction: $0.reduction())
    },
    .tensor("nn.functional.margin_ranking_loss", "input1, input2, target, margin=0.0, \(lossTail)") {
      try marginRankingLoss(
        $0.tensor("input1"), $0.tensor("input2"), $0.tensor("target"), margin: $0.double("margin"),
        reduction: $0.reduction())
    },
    .tensor("nn.functional.soft_margin_loss", "input, target, \(lossTail)") {
      try softMarginLoss($0.tensor("input"), $0.tensor("target"), reduction: $0.reduction())
    },
    .tensor("nn.functional.cosine_embedding_loss", "input1, input2, target, margin=0.0, \(lossTail)") {
      try cosineEmbeddingLoss(
        $0.tensor("input1"), $0.tensor("input2"), $0.tensor("target"), margin: $0.double("margin"),
        reduction: $0.reduction())
    },
    .tensor(
      "nn.functional.triplet_margin_loss",
      "anchor, positive, negative, margin=1.0, p=2.0, eps=1e-06, swap=False, \(lossTail)"
    ) {
      try tripletMarginLoss(
        $0.tensor("anchor"), $0.tensor("positive"), $0.tensor("negative"), margin: $0.double("margin"),
        p: $0.double("p"), eps: $0.double("eps"), swap: $0.bool("swap"), reduction: $0.reduction())
    },
    .tensor(
      "nn.functional.triplet_margin_with_distance_loss",
      "anchor, positive, negative, *, distance_function=None, margin=1.0, swap=False, reduction='mean'"
    ) {
      var distance: (Tensor, Tensor) -> Tensor = { pairwiseDistance($0, $1) }
      if case .function(let given) = try $0.value("distance_function") {
        distance = { given([$0, $1]) }
      } else if try !$0.isNone("distance_function") {
        throw $0.mismatch("distance_function", "a function")
      }
      return try tripletMarginWithDistanceLoss(
        $0.tensor("anchor"), $0.tensor("positive"), $0.tensor("negative"), distanceFunction: distance,
        margin: $0.double("margin"), swap: $0.bool("swap"), reduction: $0.reduction())
    },
    .tensor(
      "nn.functional.multi_margin_loss",
      "input, target, p=1, margin=1.0, weight=None, size_average=None, reduce=None, reduction='mean'"
    ) {
      try multiMarginLoss(
        $0.tensor("input"), $0.tensor("target"), p: $0.scalar("p").int, margin: $0.double("margin"),
        weight: $0.optionalTensor("weight"), reduction: $0.reduction())
    },
    .tensor("nn.functional.multilabel_margin_loss", "input, target, \(lossTail)") {
      try multilabelMarginLoss($0.tensor("input"), $0.tensor("target"), reduction: $0.reduction())
    },
    .tensor("nn.functional.multilabel_soft_margin_loss", "input, target, weight=None, \(lossTail)") {
      try multilabelSoftMarginLoss(
        $0.tensor("input"), $0.tensor("target"), weight: $0.optionalTensor("weight"), reduction: $0.reduction())
    },
  ]
}
