import ApusCore

// Losses of each element and its target, as PyTorch's nn.functional has them. All are compositions; one formula computes
// each element's loss, and a reduction follows.

enum LossFormula {
  static let mse = Formula("MseLoss") { x, t in (x - t).squared }
  static let l1 = Formula("L1Loss", .real) { x, t in (x - t)(.abs) }
  /// Scalars: beta.
  static let smoothL1 = Formula("SmoothL1Loss", whole: "smooth_l1") { x, t in
    let (difference, beta) = (x - t, Expression.parameter(0))
    let d = difference(.abs)
    return .select(.binary(.lt, d, beta), 0.5 * difference.squared / beta, d - 0.5 * beta)
  }
  /// Scalars: delta.
  static let huber = Formula("HuberLoss", whole: "huber") { x, t in
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
  if let autocast = Autocast.active {
    return autocast.run(.float32, x, target, weight) {
      mseLoss($0, $1, reduction: reduction, weight: $2)
    }
  }
  return attempt(x, target, weight) { () throws(TensorError) in
    for tensor in [x, target] { try tensor.requireReal("mse_loss") }
    if let type = narrowType(x, target, weight) {
      return mseLoss(x.widened, target.widened, reduction: reduction, weight: weight?.widened).to(type)
    }
    warnOfBroadcasting(x, target, "mse_loss")
    return weighted(pointwise(LossFormula.mse, [x, target]), weight, reduction)
  }.titled("MseLossBackward0")
}

/// The absolute differences. Shapes broadcast.
public func l1Loss(
  _ x: Tensor, _ target: Tensor, reduction: LossReduction = .mean, weight: Tensor? = nil
) -> Tensor {
  if let autocast = Autocast.active {
    return autocast.run(.float32, x, target, weight) {
      l1Loss($0, $1, reduction: reduction, weight: $2)
    }
  }
  if let type = narrowType(x, target, weight) {
    return l1Loss(x.widened, target.widened, reduction: reduction, weight: weight?.widened).to(type)
  }
  warnOfBroadcasting(x, target, "l1_loss")
  return weighted(pointwise(LossFormula.l1, [x, target]), weight, reduction)
}

/// `d^2 / (2 beta)` where the absolute difference `d` is below `beta`, `d - beta / 2` elsewhere.
public func smoothL1Loss(
  _ x: Tensor, _ target: Tensor, reduction: LossReduction = .mean, beta: Double = 1
) -> Tensor {
  if let autocast = Autocast.active {
    return autocast.run(.float32, x, target) {
      smoothL1Loss($0, $1, reduction: reduction, beta: beta)
    }
  }
  guard beta >= 0 else {
    return fail(TensorError(.value, "smooth_l1_loss", "beta must not be negative, and found \(beta)"))
  }
  if let type = narrowType(x, target) {
    return smoothL1Loss(x.widened, target.widened, reduction: reduction, beta: beta).to(type)
  }
  if beta == 0 { return l1Loss(x, target, reduction: reduction) }
  warnOfBroadcasting(x, target, "smooth_l1_loss")
  return pointwise(LossFormula.smoothL1, [x, target], [.float(beta)]).reduced(reduction).titled(
    "SmoothL1LossBackward0")
}

/// `d^2 / 2` where the absolute difference `d` is at most `delta`, `delta (d - delta / 2)` elsewhere.
public func huberLoss(
  _ x: Tensor, _ target: Tensor, reduction: LossReduction = .mean, delta: Double = 1, weight: Tensor? = nil
) -> Tensor {
  if let autocast = Autocast.active {
    return autocast.run(.float32, x, target, weight) {
      huberLoss($0, $1, reduction: reduction, delta: delta, weight: $2)
    }
  }
  guard delta > 0 else {
    return fail(TensorError(.value, "huber_loss", "delta must be positive, and found \(delta)"))
  }
  if let type = narrowType(x, target, weight) {
    return huberLoss(x.widened, target.widened, reduction: reduction, delta: delta, weight: weight?.widened).to(type)
  }
  warnOfBroadcasting(x, target, "huber_loss")
  return weighted(pointwise(LossFormula.huber, [x, target], [.float(delta)]), weight, reduction).titled(
    "HuberLossBackward0")
}

/// `-(t log x + (1 - t) log(1 - x))` for probabilities `x`, the logarithms not below -100.
public func binaryCrossEntropy(
  _ x: Tensor, _ target: Tensor, weight: Tensor? = nil, reduction: LossReduction = .mean
) -> Tensor {
  if let autocast = Autocast.active {
    return autocast.run(.float32, x, target, weight) {
      binaryCrossEntropy($0, $1, weight: $2, reduction: reduction)
    }
  }
  return attempt(x, target, weight) { () throws(TensorError) in
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
  if let autocast = Autocast.active {
    return autocast.run(.float32, x, target, weight, posWeight) {
      binaryCrossEntropyWithLogits($0, $1, weight: $2, reduction: reduction, posWeight: $3)
    }
  }
  return attempt(x, target, weight, posWeight) { () throws(TensorError) in
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
  if let autocast = Autocast.active {
    return autocast.run(.float32, x, target) {
      klDiv($0, $1, reduction: reduction, logTarget: logTarget)
    }
  }
  if let type = narrowType(x, target) {
    return klDiv(x.widened, target.widened, reduction: reduction, logTarget: logTarget).to(type)
  }
  if reduction == .mean {
    warn(
      "kl_div",
      "reduction: .mean divides the total loss by both the batch size and the support size. .batchMean divides only by the "
        + "batch size, and aligns with the KL div math definition.")
  }
  return pointwise(logTarget ? LossFormula.divergenceOfLogs : LossFormula.divergence, [x, target]).reduced(reduction)
}

/// ``klDiv(_:_:reduction:logTarget:)`` under the name of its module.
public func klDivLoss(
  _ x: Tensor, _ target: Tensor, reduction: LossReduction = .mean, logTarget: Bool = false
) -> Tensor {
  klDiv(x, target, reduction: reduction, logTarget: logTarget)
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
  if let autocast = Autocast.active {
    return autocast.run(.float32, x, target) {
      poissonNLLLoss($0, $1, logInput: logInput, full: full, eps: eps, reduction: reduction)
    }
  }
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

extension Registry {
  /// Losses of each element and its target.
  static let elementLosses: [Operation] = [
    .tensor("nn.functional.mse_loss", "input, target, \(lossTail), weight=None") {
      try mseLoss(
        $0.tensor("input"), $0.tensor("target"), reduction: $0.reduction(), weight: $0.optionalTensor("weight"))
    },
    .tensor("nn.functional.l1_loss", "input, target, \(lossTail), weight=None") {
      try l1Loss(
        $0.tensor("input"), $0.tensor("target"), reduction: $0.reduction(), weight: $0.optionalTensor("weight"))
    },
    .tensor("nn.functional.smooth_l1_loss", "input, target, \(lossTail), beta=1.0") {
      try smoothL1Loss($0.tensor("input"), $0.tensor("target"), reduction: $0.reduction(), beta: $0.double("beta"))
    },
    .tensor("nn.functional.huber_loss", "input, target, reduction='mean', delta=1.0, weight=None") {
      try huberLoss(
        $0.tensor("input"), $0.tensor("target"), reduction: $0.reduction(), delta: $0.double("delta"),
        weight: $0.optionalTensor("weight"))
    },
    .tensor("nn.functional.binary_cross_entropy", "input, target, weight=None, \(lossTail)") {
      try binaryCrossEntropy(
        $0.tensor("input"), $0.tensor("target"), weight: $0.optionalTensor("weight"), reduction: $0.reduction())
    },
    .tensor(
      "nn.functional.binary_cross_entropy_with_logits", "input, target, weight=None, \(lossTail), pos_weight=None"
    ) {
      try binaryCrossEntropyWithLogits(
        $0.tensor("input"), $0.tensor("target"), weight: $0.optionalTensor("weight"), reduction: $0.reduction(),
        posWeight: $0.optionalTensor("pos_weight"))
    },
    .tensor("nn.functional.kl_div", "input, target, \(lossTail), log_target=False") {
      try klDiv(
        $0.tensor("input"), $0.tensor("target"), reduction: $0.reduction(), logTarget: $0.bool("log_target"))
    },
    .tensor(
      "nn.functional.poisson_nll_loss",
      "input, target, log_input=True, full=False, size_average=None, eps=1e-08, reduce=None, reduction='mean'"
    ) {
      try poissonNLLLoss(
        $0.tensor("input"), $0.tensor("target"), logInput: $0.bool("log_input"), full: $0.bool("full"),
        eps: $0.double("eps"), reduction: $0.reduction())
    },
    .tensor("nn.functional.gaussian_nll_loss", "input, target, var, full=False, eps=1e-06, reduction='mean'") {
      let variance =
        try $0.isTensor("var") ? $0.tensor("var") : Tensor($0.double("var"), dtype: $0.tensor("input").dtype)
      return try gaussianNLLLoss(
        $0.tensor("input"), $0.tensor("target"), variance, full: $0.bool("full"), eps: $0.double("eps"),
        reduction: $0.reduction())
    },
  ]
}
