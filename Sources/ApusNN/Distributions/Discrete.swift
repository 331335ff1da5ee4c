import ApusCore
import ApusFunctional
import ApusNumerics

// Distributions of single choices and of counts.

/// Probabilities, given as such or as logits; what is not given follows.
struct Chances: Sendable {
  let isLogits: Bool
  let given: Tensor
  /// Whether they are those of one event, or of several categories in the last dimension.
  let isBinary: Bool

  var probs: Tensor {
    if !isLogits { return given }
    return isBinary ? given.sigmoid() : softmax(given, dim: -1)
  }

  var logits: Tensor {
    if isLogits { return given }
    let eps = given.dtype.roundoff
    let inner = given.clamp(min: eps, max: 1 - eps)
    return isBinary ? inner.log() - (-inner).log1p() : inner.log()
  }

  func expand(_ shape: [Int]) -> Chances { Chances(isLogits: isLogits, given: given.expand(shape), isBinary: isBinary) }

  /// Normalised chances of categories.
  static func categories(_ given: Tensor, isLogits: Bool, _ distribution: String) -> Chances {
    if given.hasFailed { return Chances(isLogits: isLogits, given: given, isBinary: false) }
    guard given.rank > 0 else {
      let failed = fail(
        TensorError(.shape, distribution, "needs a dimension of categories, and found \(given.shape)"))
      return Chances(isLogits: isLogits, given: failed, isBinary: false)
    }
    let checked =
      isLogits
      ? Constraint.real.checked(given, "logits", distribution)
      : Constraint.simplex.checked(given, "probs", distribution)
    if checked.hasFailed { return Chances(isLogits: isLogits, given: checked, isBinary: false) }
    return Chances(
      isLogits: isLogits,
      given: isLogits ? checked - checked.logsumexp([-1], keepDim: true) : checked / checked.sum([-1], keepDim: true),
      isBinary: false)
  }

  /// The chance of one event.
  static func event(_ given: Tensor, isLogits: Bool, _ distribution: String) -> Chances {
    let constraint = isLogits ? Constraint.real : Constraint.probability
    return Chances(
      isLogits: isLogits, given: constraint.checked(given, isLogits ? "logits" : "probs", distribution),
      isBinary: true)
  }
}

/// 1 with probability `probs`, else 0.
public struct Bernoulli: Distribution {
  private let chances: Chances
  /// The probability of 1.
  public var probs: Tensor { chances.probs }
  /// The logarithm of the odds of 1.
  public var logits: Tensor { chances.logits }

  /// - Parameter probs: the probability of 1.
  public init(_ probs: some DistributionParameter) {
    chances = .event(probs.parameterTensor, isLogits: false, "Bernoulli")
  }
  /// ``init(_:)`` with a name.
  public init(probs: some DistributionParameter) { self.init(probs) }
  /// - Parameter logits: the logarithm of the odds of 1.
  public init(logits: some DistributionParameter) {
    chances = .event(logits.parameterTensor, isLogits: true, "Bernoulli")
  }
  private init(_ chances: Chances) { self.chances = chances }

  public var batchShape: [Int] { chances.given.shape }
  public var mean: Tensor { probs }
  public var variance: Tensor { probs * (1 - probs) }
  public var mode: Tensor {
    let found = noGrad { probs.ge(0.5).to(chances.given.dtype) }
    return found.maskedFill(noGrad { probs.eq(0.5) }, Double.nan)
  }

  public func sample(_ shape: [Int]) -> Tensor {
    if let failed = chances.given.failed { return failed }
    return noGrad { bernoulli(probs.detach().expand(extended(shape))) }
  }

  public func logProb(_ value: Tensor) -> Tensor {
    let all = broadcastParameters([logits, value.parameterTensor], "Bernoulli")
    return -binaryCrossEntropyWithLogits(all[0], all[1], reduction: .none)
  }

  public func entropy() -> Tensor { binaryCrossEntropyWithLogits(logits, probs, reduction: .none) }

  public func enumerateSupport(expand: Bool) -> Tensor {
    noGrad {
      let values = arange(2, dtype: chances.given.dtype).placed(with: chances.given).reshape(
        [2] + batchShape.map { _ in 1 })
      return expand ? values.expand([2] + batchShape) : values
    }
  }

  public func expand(_ batchShape: [Int]) -> Bernoulli { Bernoulli(chances.expand(batchShape)) }

  public func divergence(from other: any Distribution) -> Tensor? {
    guard let other = other as? Bernoulli else { return nil }
    let first = probs * (softplus(-other.logits) - softplus(-logits))
    let second = (1 - probs) * (softplus(other.logits) - softplus(logits))
    let isImpossible = noGrad { other.probs.eq(0) & probs.gt(0) | other.probs.eq(1) & probs.lt(1) }
    return (first + second).maskedFill(isImpossible, Double.infinity)
  }
}

private func softplus(_ x: Tensor) -> Tensor { x.softplus() }

/// How often an event of probability `probs` fails before it comes for the first time.
public struct Geometric: Distribution {
  private let chances: Chances
  /// The probability of the event.
  public var probs: Tensor { chances.probs }
  /// The logarithm of the odds of the event.
  public var logits: Tensor { chances.logits }

  /// - Parameter probs: the probability of the event, above 0.
  public init(_ probs: some DistributionParameter) {
    let given = Constraint.positive.checked(probs.parameterTensor, "probs", "Geometric")
    chances = .event(given, isLogits: false, "Geometric")
  }
  /// ``init(_:)`` with a name.
  public init(probs: some DistributionParameter) { self.init(probs) }
  /// - Parameter logits: the logarithm of the odds of the event.
  public init(logits: some DistributionParameter) {
    chances = .event(logits.parameterTensor, isLogits: true, "Geometric")
  }
  private init(_ chances: Chances) { self.chances = chances }

  public var batchShape: [Int] { chances.given.shape }
  public var mean: Tensor { probs.reciprocal() - 1 }
  public var mode: Tensor { zerosLike(probs) }
  public var variance: Tensor { (probs.reciprocal() - 1) / probs }

  public func sample(_ shape: [Int]) -> Tensor {
    if let failed = chances.given.failed { return failed }
    return noGrad {
      let tiny = chances.given.dtype.smallestNormal
      var u = Tensor.zeros(extended(shape), dtype: chances.given.dtype).placed(with: chances.given)
      u.uniform(tiny, 1)
      return (u.log() / (-probs.detach()).log1p()).floor()
    }
  }

  public func logProb(_ value: Tensor) -> Tensor {
    let isCertain = noGrad { probs.eq(1) & value.eq(0) }
    return value * (-probs.maskedFill(isCertain, 0)).log1p() + probs.log()
  }

  public func entropy() -> Tensor { binaryCrossEntropyWithLogits(logits, probs, reduction: .none) / probs }
  public func expand(_ batchShape: [Int]) -> Geometric { Geometric(chances.expand(batchShape)) }

  public func divergence(from other: any Distribution) -> Tensor? {
    guard let other = other as? Geometric else { return nil }
    return -entropy() - (-other.probs).log1p() / probs - other.logits
  }
}

/// One of several categories, as its number: 0, 1, ...
///
///     let action = Categorical(logits: policy(state)).sample()
public struct Categorical: Distribution {
  private let chances: Chances
  /// The probabilities, which sum to 1 in the last dimension.
  public var probs: Tensor { chances.probs }
  /// The logarithms of the probabilities.
  public var logits: Tensor { chances.logits }

  /// - Parameter probs: weights that are not negative, `[..., categories]`; they need not sum to 1.
  public init(_ probs: Tensor) { chances = .categories(probs.parameterTensor, isLogits: false, "Categorical") }
  /// ``init(_:)`` with a name.
  public init(probs: Tensor) { self.init(probs) }
  /// - Parameter logits: logarithms of weights, `[..., categories]`.
  public init(logits: Tensor) { chances = .categories(logits.parameterTensor, isLogits: true, "Categorical") }
  private init(_ chances: Chances) { self.chances = chances }

  /// How many categories there are.
  public var count: Int { chances.given.shape.last ?? 0 }
  public var batchShape: [Int] { Array(chances.given.shape.dropLast()) }
  public var mean: Tensor { noGrad { fullLike(chances.given.select(-1, 0), Double.nan) } }
  public var variance: Tensor { mean }
  public var mode: Tensor { probs.argmax(-1) }

  public func sample(_ shape: [Int]) -> Tensor {
    if let failed = chances.given.failed { return failed }
    return noGrad {
      let rows = probs.detach().reshape([-1, count])
      return multinomial(rows, elementCount(shape), replacement: true).mT.reshape(extended(shape))
    }
  }

  public func logProb(_ value: Tensor) -> Tensor {
    attempt(value, chances.given) { () throws(TensorError) in
      let shape = try broadcastShapes([value.shape, batchShape], "Categorical")
      let all = logits.expand(shape + [count])
      let chosen = noGrad { value.detach().to(.int64).expand(shape).unsqueeze(-1) }
      return all.gather(-1, chosen).squeeze([shape.count])
    }
  }

  public func entropy() -> Tensor {
    let least =
      chances.given.dtype == .float64 ? -Double.greatestFiniteMagnitude : -Double(Float.greatestFiniteMagnitude)
    return -(logits.clamp(min: least) * probs).sum([-1])
  }

  public func enumerateSupport(expand: Bool) -> Tensor {
    noGrad {
      let values = arange(count).placed(with: chances.given).reshape([count] + batchShape.map { _ in 1 })
      return expand ? values.expand([count] + batchShape) : values
    }
  }

  public func expand(_ batchShape: [Int]) -> Categorical { Categorical(chances.expand(batchShape + [count])) }

  public func divergence(from other: any Distribution) -> Tensor? {
    guard let other = other as? Categorical else { return nil }
    let parts = probs * (logits - other.logits)
    let isImpossible = noGrad { other.probs.eq(0).expand(parts.shape) }
    let isNothing = noGrad { probs.eq(0).expand(parts.shape) }
    return parts.maskedFill(isImpossible, Double.infinity).maskedFill(isNothing, 0).sum([-1])
  }
}

/// One of several categories, as a vector with a 1 at its place.
public struct OneHotCategorical: Distribution {
  private let base: Categorical
  /// The probabilities, which sum to 1 in the last dimension.
  public var probs: Tensor { base.probs }
  /// The logarithms of the probabilities.
  public var logits: Tensor { base.logits }

  /// - Parameter probs: weights that are not negative, `[..., categories]`.
  public init(_ probs: Tensor) { base = Categorical(probs) }
  /// ``init(_:)`` with a name.
  public init(probs: Tensor) { self.init(probs) }
  /// - Parameter logits: logarithms of weights, `[..., categories]`.
  public init(logits: Tensor) { base = Categorical(logits: logits) }
  private init(_ base: Categorical) { self.base = base }

  public var batchShape: [Int] { base.batchShape }
  public var eventShape: [Int] { [base.count] }
  public var mean: Tensor { probs }
  public var variance: Tensor { probs * (1 - probs) }
  public var mode: Tensor { vectors(base.mode) }

  private func vectors(_ numbers: Tensor) -> Tensor { oneHot(numbers, numClasses: base.count).to(probs.dtype) }

  public func sample(_ shape: [Int]) -> Tensor {
    let numbers = base.sample(shape)
    return numbers.hasFailed ? numbers : vectors(numbers)
  }
  public func logProb(_ value: Tensor) -> Tensor { base.logProb(noGrad { value.detach().argmax(-1) }) }
  public func entropy() -> Tensor { base.entropy() }

  public func enumerateSupport(expand: Bool) -> Tensor {
    noGrad {
      let n = base.count
      let values = eye(n, dtype: probs.dtype).placed(with: probs).reshape([n] + batchShape.map { _ in 1 } + [n])
      return expand ? values.expand([n] + batchShape + [n]) : values
    }
  }

  public func expand(_ batchShape: [Int]) -> OneHotCategorical { OneHotCategorical(base.expand(batchShape)) }

  public func divergence(from other: any Distribution) -> Tensor? {
    (other as? OneHotCategorical).flatMap { base.divergence(from: $0.base) }
  }
}
