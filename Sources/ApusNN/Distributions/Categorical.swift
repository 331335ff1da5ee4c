import ApusCore
import ApusFunctional
import ApusNumerics

// Distributions of single choices.

/// One of several categories, as its number: 0, 1, ...
///
///     let action = Categorical(logits: policy(state)).sample()
public struct Categorical: Distribution {
  private let chances: Chances
  public let validateArgs: Bool

  public static var argConstraints: KeyValuePairs<String, Constraint> { Chances.ofCategories }
  public var support: Constraint { constraints.integerInterval(0, count - 1) }
  /// The probabilities, which sum to 1 in the last dimension.
  public var probs: Tensor { chances.probs }
  /// The logarithms of the probabilities.
  public var logits: Tensor { chances.logits }

  /// - Parameter probs: weights that are not negative, `[..., categories]`; they need not sum to 1.
  public init(_ probs: Tensor, validateArgs: Bool? = nil) {
    self.init(
      .categories(probs.parameterTensor, isLogits: false, "Categorical", validateArgs),
      validateArgs ?? Validation.isDefault)
  }
  /// ``init(_:validateArgs:)`` with a name.
  public init(probs: Tensor, validateArgs: Bool? = nil) { self.init(probs, validateArgs: validateArgs) }
  /// - Parameter logits: logarithms of weights, `[..., categories]`.
  public init(logits: Tensor, validateArgs: Bool? = nil) {
    self.init(
      .categories(logits.parameterTensor, isLogits: true, "Categorical", validateArgs),
      validateArgs ?? Validation.isDefault)
  }
  private init(_ chances: Chances, _ validateArgs: Bool) {
    (self.chances, self.validateArgs) = (chances, validateArgs)
  }

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
    let value = validated(value)
    return attempt(value, chances.given) { () throws(TensorError) in
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

  public var hasEnumerateSupport: Bool { true }
  public func enumerateSupport(expand: Bool) -> Tensor {
    noGrad {
      let values = arange(count).placed(with: chances.given).reshape([count] + batchShape.map { _ in 1 })
      return expand ? values.expand([count] + batchShape) : values
    }
  }

  public func expand(_ batchShape: [Int]) -> Categorical {
    Categorical(chances.expand(batchShape + [count]), validateArgs)
  }

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
  fileprivate let base: Categorical

  public static var argConstraints: KeyValuePairs<String, Constraint> { Chances.ofCategories }
  public var support: Constraint { constraints.oneHot }
  public var validateArgs: Bool { base.validateArgs }
  /// The probabilities, which sum to 1 in the last dimension.
  public var probs: Tensor { base.probs }
  /// The logarithms of the probabilities.
  public var logits: Tensor { base.logits }

  /// - Parameter probs: weights that are not negative, `[..., categories]`.
  public init(_ probs: Tensor, validateArgs: Bool? = nil) { base = Categorical(probs, validateArgs: validateArgs) }
  /// ``init(_:validateArgs:)`` with a name.
  public init(probs: Tensor, validateArgs: Bool? = nil) { self.init(probs, validateArgs: validateArgs) }
  /// - Parameter logits: logarithms of weights, `[..., categories]`.
  public init(logits: Tensor, validateArgs: Bool? = nil) {
    base = Categorical(logits: logits, validateArgs: validateArgs)
  }
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
  public func logProb(_ value: Tensor) -> Tensor {
    let value = validated(value)
    return base.logProb(noGrad { value.detach().argmax(-1) })
  }
  public func entropy() -> Tensor { base.entropy() }

  public var hasEnumerateSupport: Bool { true }
  public func enumerateSupport(expand: Bool) -> Tensor {
    noGrad {
      let n = base.count
      let values = eye(n, dtype: probs.dtype).placed(with: probs).reshape([n] + batchShape.map { _ in 1 } + [n])
      return expand ? values.expand([n] + batchShape + [n]) : values
    }
  }

  public func expand(_ batchShape: [Int]) -> OneHotCategorical { OneHotCategorical(base.expand(batchShape)) }

  public func divergence(from other: any Distribution) -> Tensor? {
    (other as? any OneHotDistribution).flatMap { base.divergence(from: $0.categories) }
  }
}

/// What the distributions of one-hot vectors have in common.
private protocol OneHotDistribution: Distribution {
  var categories: Categorical { get }
}

extension OneHotCategorical: OneHotDistribution {
  fileprivate var categories: Categorical { base }
}

extension OneHotCategoricalStraightThrough: OneHotDistribution {
  fileprivate var categories: Categorical { base.base }
}

/// ``OneHotCategorical`` whose samples have the gradient of the probabilities: the straight-through estimator of Bengio and others
/// (2013).
public struct OneHotCategoricalStraightThrough: Distribution {
  fileprivate let base: OneHotCategorical
  /// The probabilities, which sum to 1 in the last dimension.
  public var probs: Tensor { base.probs }
  /// The logarithms of the probabilities.
  public var logits: Tensor { base.logits }

  public static var argConstraints: KeyValuePairs<String, Constraint> { Chances.ofCategories }
  public var support: Constraint { constraints.oneHot }
  public var validateArgs: Bool { base.validateArgs }

  /// - Parameter probs: weights that are not negative, `[..., categories]`.
  public init(_ probs: Tensor, validateArgs: Bool? = nil) {
    base = OneHotCategorical(probs, validateArgs: validateArgs)
  }
  /// ``init(_:validateArgs:)`` with a name.
  public init(probs: Tensor, validateArgs: Bool? = nil) { self.init(probs, validateArgs: validateArgs) }
  /// - Parameter logits: logarithms of weights, `[..., categories]`.
  public init(logits: Tensor, validateArgs: Bool? = nil) {
    base = OneHotCategorical(logits: logits, validateArgs: validateArgs)
  }
  private init(base: OneHotCategorical) { self.base = base }

  public var batchShape: [Int] { base.batchShape }
  public var eventShape: [Int] { base.eventShape }
  public var hasRsample: Bool { true }
  public var mean: Tensor { base.mean }
  public var variance: Tensor { base.variance }
  public var mode: Tensor { base.mode }
  public func sample(_ shape: [Int]) -> Tensor { base.sample(shape) }
  public func rsample(_ shape: [Int]) -> Tensor {
    let chosen = sample(shape)
    return chosen.hasFailed ? chosen : chosen + (probs - probs.detach())
  }
  public func logProb(_ value: Tensor) -> Tensor { base.logProb(value) }
  public func entropy() -> Tensor { base.entropy() }
  public var hasEnumerateSupport: Bool { true }
  public func enumerateSupport(expand: Bool) -> Tensor { base.enumerateSupport(expand: expand) }
  public func expand(_ batchShape: [Int]) -> OneHotCategoricalStraightThrough {
    OneHotCategoricalStraightThrough(base: base.expand(batchShape))
  }
  public func divergence(from other: any Distribution) -> Tensor? { base.divergence(from: other) }
}
