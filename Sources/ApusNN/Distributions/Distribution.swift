import ApusCore

// What probability distributions have in common, PyTorch's `torch.distributions`.

/// A probability distribution, or a batch of them.
///
///     let policy = Categorical(logits: scores)
///     let action = policy.sample()
///     let loss = -policy.logProb(action) * reward
///
/// The parameters of a batch broadcast to ``batchShape``; one sample of one of them has ``eventShape``. What is not defined for a
/// distribution, such as the entropy where there is no closed form, is reported as an error.
public protocol Distribution: Sendable, CustomStringConvertible {
  /// The distribution in messages.
  var name: String { get }
  /// The shape of the batch of distributions.
  var batchShape: [Int] { get }
  /// The shape of one sample of one distribution; empty for single numbers.
  var eventShape: [Int] { get }
  /// Whether ``rsample(_:)`` gives samples with gradients in the parameters.
  var hasRsample: Bool { get }

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

extension Distribution {
  /// PyTorch's text: the name with the parameters, of which single numbers are shown and others by their shape.
  public var description: String {
    var parts: [String] = []
    for (label, value) in Mirror(reflecting: self).children {
      guard let label else { continue }
      if let tensor = value as? Tensor {
        parts.append("\(label): \(brief(tensor))")
      } else if let chances = value as? Chances {
        parts.append("\(chances.isLogits ? "logits" : "probs"): \(brief(chances.given))")
      }
    }
    return "\(name)(\(parts.joined(separator: ", ")))"
  }

  private func brief(_ parameter: Tensor) -> String {
    guard parameter.count == 1, !parameter.hasFailed else { return "torch.Size(\(parameter.shape))" }
    return parameter.rank == 0 ? "\(parameter.item())" : "\(parameter)"
  }

  public var name: String { "\(Self.self)" }
  public var eventShape: [Int] { [] }
  public var hasRsample: Bool { false }
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

/// The Kullback-Leibler divergence of `q` from `p`: the mean of log p(x) - log q(x) under p.
///
/// A distribution of one's own states its rules in ``Distribution/divergence(from:)``.
public func klDivergence(_ p: any Distribution, _ q: any Distribution) -> Tensor {
  p.divergence(from: q)
    ?? fail(
      TensorError(
        .unsupported, "klDivergence",
        "no closed form is known for \(p.name) and \(q.name); the mean of p.logProb(x) - q.logProb(x) over samples x of p "
          + "approximates it"))
}

/// A parameter of a distribution: a tensor, or a number.
public protocol DistributionParameter: Sendable {
  /// The parameter as a tensor; of a number one without dimensions.
  var parameterTensor: Tensor { get }
}

extension Tensor: DistributionParameter {
  public var parameterTensor: Tensor { dtype.isInexact || isPoisoned ? self : to(.float32) }
}
extension Double: DistributionParameter {
  public var parameterTensor: Tensor { Tensor(self, dtype: .float32) }
}
extension Float: DistributionParameter {
  public var parameterTensor: Tensor { Tensor(self, dtype: .float32) }
}
extension Int: DistributionParameter {
  public var parameterTensor: Tensor { Tensor(Double(self), dtype: .float32) }
}

/// What parameters and values must satisfy.
enum Constraint {
  case positive, probability, real, wholeNumber, simplex, positiveDefinite

  private var text: String {
    switch self {
    case .positive: "above 0"
    case .probability: "in 0...1"
    case .real: "numbers"
    case .wholeNumber: "whole numbers from 0 on"
    case .simplex: "probabilities that are not negative, with a positive sum in the last dimension"
    case .positiveDefinite: "symmetric and positive definite"
    }
  }

  private func isSatisfied(_ x: Tensor) -> Tensor {
    switch self {
    case .positive: x.gt(0)
    case .probability: x.ge(0) & x.le(1)
    case .real: x.eq(x)
    case .wholeNumber: x.ge(0) & x.floor().eq(x)
    case .simplex: x.ge(0).all([-1]) & x.sum([-1]).gt(0)
    case .positiveDefinite: x.isclose(x.mT, rtol: 1e-4, atol: 1e-6).all([-2, -1])
    }
  }

  /// `x`, or an error that names the parameter where an element of it does not satisfy the constraint. What an interpreter
  /// follows is not read.
  func checked(_ x: Tensor, _ parameter: String, _ distribution: String) -> Tensor {
    guard !x.hasFailed, Context.tracer == nil, Context.current?.isBatching != true else { return x }
    let holds = noGrad { isSatisfied(x.detach()).all().item() != 0 }
    if holds { return x }
    return fail(
      TensorError(.value, distribution, "\(parameter) must be \(text), and found \(x.detach())"))
  }
}

/// Parameters with their common shape.
func broadcastParameters(_ parameters: [Tensor], _ distribution: String) -> [Tensor] {
  if let failed = poisoned(among: parameters) { return parameters.map { _ in failed } }
  do throws(TensorError) {
    let shape = try broadcastShapes(parameters.map(\.shape), distribution)
    let dtype = resultType(parameters.map(\.type))
    return parameters.map { $0.to(dtype).expand(shape) }
  } catch {
    let failed = fail(error)
    return parameters.map { _ in failed }
  }
}

/// log(2 pi) / 2.
let halfLogTwoPi = 0.91893853320467274178
/// Euler's constant.
let eulerGamma = 0.57721566490153286061

extension DType {
  /// The distance between 1 and the next larger number.
  var roundoff: Double {
    self == .float64 ? 0x1p-52 : self == .float16 ? 0x1p-10 : self == .bfloat16 ? 0x1p-7 : 0x1p-23
  }
  /// The smallest normal number above 0.
  var smallestNormal: Double { self == .float64 ? 0x1p-1022 : self == .float16 ? 0x1p-14 : 0x1p-126 }
}
