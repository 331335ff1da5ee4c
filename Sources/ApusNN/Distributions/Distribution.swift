import ApusCore

// What probability distributions have in common, PyTorch's `torch.distributions`.

/// A probability distribution, or a batch of them.
///
///     let policy = Categorical(logits: scores)
///     let action = policy.sample()
///     let loss = -policy.logProb(action) * reward
///
/// The parameters of a batch broadcast to ``batchShape``; one sample of one of them has ``eventShape``. What is not defined for a
/// distribution, such as the entropy where there is no closed form, is reported as an error. Parameters and values are checked
/// against ``argConstraints`` and ``support`` where ``validateArgs`` says so, which it does unless told otherwise.
public protocol Distribution: Sendable, CustomStringConvertible {
  /// PyTorch's names of the parameters, in its order, with what they must satisfy.
  static var argConstraints: KeyValuePairs<String, Constraint> { get }

  /// The distribution in messages.
  var name: String { get }
  /// The shape of the batch of distributions.
  var batchShape: [Int] { get }
  /// The shape of one sample of one distribution; empty for single numbers.
  var eventShape: [Int] { get }
  /// The values that samples can have.
  var support: Constraint { get }
  /// Whether parameters and values are checked.
  var validateArgs: Bool { get }
  /// Whether ``rsample(_:)`` gives samples with gradients in the parameters.
  var hasRsample: Bool { get }
  /// Whether ``enumerateSupport(expand:)`` gives all values.
  var hasEnumerateSupport: Bool { get }

  /// The expected value, of the batch's shape and the event's.
  var mean: Tensor { get }
  /// The variance of each element.
  var variance: Tensor { get }
  /// The square root of the variance.
  var stddev: Tensor { get }
  /// The most probable value.
  var mode: Tensor { get }

  /// Samples without gradients: `shape`, the batch and the event. The same numbers as PyTorch's for one seed.
  func sample(_ shape: [Int]) -> Tensor
  /// Samples with gradients in the parameters: `shape`, the batch and the event.
  func rsample(_ shape: [Int]) -> Tensor
  /// The logarithm of the density or the probability at `value`, without the dimensions of the event.
  func logProb(_ value: Tensor) -> Tensor
  /// The probability of values up to `value`.
  func cdf(_ value: Tensor) -> Tensor
  /// The value up to which the probability is `value`: the inverse of ``cdf(_:)``.
  func icdf(_ value: Tensor) -> Tensor
  /// The expected negative logarithm of density or probability.
  func entropy() -> Tensor
  /// All values of a discrete distribution, along a new first dimension.
  /// - Parameter expand: whether they are repeated for the batch.
  func enumerateSupport(expand: Bool) -> Tensor
  /// The same distribution with the parameters repeated for a larger batch.
  func expand(_ batchShape: [Int]) -> Self
  /// The Kullback-Leibler divergence of `other` from this distribution; nil where no form of it is known.
  func divergence(from other: any Distribution) -> Tensor?
}

// Single numbers as values.

extension Distribution {
  /// ``logProb(_:)-(Tensor)`` at a number.
  public func logProb(_ value: Double) -> Tensor { logProb(value.parameterTensor) }
  /// ``cdf(_:)-(Tensor)`` at a number.
  public func cdf(_ value: Double) -> Tensor { cdf(value.parameterTensor) }
  /// ``icdf(_:)-(Tensor)`` at a number.
  public func icdf(_ value: Double) -> Tensor { icdf(value.parameterTensor) }
}

extension Distribution {
  /// PyTorch's text: the name with the parameters, of which single numbers are shown and others by their shape.
  public var description: String {
    var known: [String: Tensor] = [:]
    for (label, value) in Mirror(reflecting: self).children {
      guard let label else { continue }
      if let tensor = value as? Tensor {
        known[ModuleContents.snakeCase(label)] = tensor
      } else if let chances = value as? Chances {
        known[chances.isLogits ? "logits" : "probs"] = chances.given
      }
    }
    let shown = Self.argConstraints.compactMap { name, _ in known[name].map { (name, $0) } }
    return "\(name)(\(parameterText(shown)))"
  }

  public static var argConstraints: KeyValuePairs<String, Constraint> { [:] }
  /// PyTorch's names of the parameters, with what they must satisfy.
  public var argConstraints: KeyValuePairs<String, Constraint> { Self.argConstraints }

  public var name: String { "\(Self.self)" }
  public var eventShape: [Int] { [] }
  public var support: Constraint { constraints.dependent }
  public var validateArgs: Bool { Validation.isDefault }
  public var hasRsample: Bool { false }
  public var hasEnumerateSupport: Bool { false }
  public var mean: Tensor { undefined("mean") }
  public var variance: Tensor { undefined("variance") }
  public var stddev: Tensor { variance.sqrt() }
  public var mode: Tensor { undefined("mode") }

  public func sample(_ shape: [Int]) -> Tensor {
    hasRsample ? noGrad { rsample(shape) } : undefined("sample")
  }
  public func rsample(_ shape: [Int]) -> Tensor { undefined("rsample") }
  public func cdf(_ value: Tensor) -> Tensor { undefined("cdf") }
  public func icdf(_ value: Tensor) -> Tensor { undefined("icdf") }
  public func entropy() -> Tensor { undefined("entropy") }
  public func enumerateSupport(expand: Bool) -> Tensor { undefined("enumerateSupport") }
  public func divergence(from other: any Distribution) -> Tensor? { nil }

  /// One sample of each distribution of the batch, without gradients.
  public func sample() -> Tensor { sample([]) }
  /// `shape` samples of each distribution of the batch, without gradients.
  public func sample(_ shape: Int...) -> Tensor { sample(shape) }
  /// One sample of each distribution of the batch, with gradients in the parameters.
  public func rsample() -> Tensor { rsample([]) }
  /// `shape` samples of each distribution of the batch, with gradients in the parameters.
  public func rsample(_ shape: Int...) -> Tensor { rsample(shape) }
  /// All values of a discrete distribution, along a new first dimension, repeated for the batch.
  public func enumerateSupport() -> Tensor { enumerateSupport(expand: true) }
  /// The exponential of the entropy.
  public func perplexity() -> Tensor { entropy().exp() }

  /// The shape of `shape` samples.
  func extended(_ shape: [Int]) -> [Int] { shape + batchShape + eventShape }

  func undefined(_ what: String) -> Tensor {
    let reason = what == "rsample" ? "its samples have no gradient; sample gives them without" : "it has no closed form"
    return fail(TensorError(.unsupported, name, "\(what) is not defined for this distribution: \(reason)"))
  }
}
