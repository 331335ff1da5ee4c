import ApusCore
import ApusFunctional

// Distributions made of others.

/// A distribution whose last batch dimensions are taken for dimensions of one event.
///
///     Independent(Normal(loc, scale), 1).logProb(x)    // summed over the last dimension
public struct Independent<Base: Distribution>: Distribution {
  public let base: Base
  public let reinterpretedBatchNdims: Int
  private let checks: Bool?
  /// The distribution of the parts, by PyTorch's name.
  public var baseDist: Base { base }

  /// - Parameters:
  ///   - base: the distribution of the parts.
  ///   - reinterpretedBatchNdims: how many of its batch dimensions belong to one event.
  public init(_ base: Base, _ reinterpretedBatchNdims: Int, validateArgs: Bool? = nil) {
    let rank = base.batchShape.count
    self.base = base
    checks = validateArgs
    self.reinterpretedBatchNdims = max(0, min(reinterpretedBatchNdims, rank))
    if reinterpretedBatchNdims < 0 || reinterpretedBatchNdims > rank {
      report(
        TensorError(
          .value, "Independent",
          "reinterpretedBatchNdims must lie in 0...\(rank), the batch dimensions of \(base.name), and found "
            + "\(reinterpretedBatchNdims)"))
    }
  }

  /// ``init(_:_:validateArgs:)`` with names.
  public init(baseDistribution: Base, reinterpretedBatchNdims: Int, validateArgs: Bool? = nil) {
    self.init(baseDistribution, reinterpretedBatchNdims, validateArgs: validateArgs)
  }

  public var name: String { "Independent(\(base.name))" }
  public var description: String { "Independent(\(base), \(reinterpretedBatchNdims))" }
  public var validateArgs: Bool { checks ?? base.validateArgs }
  public var support: Constraint {
    base.support.isDependent || reinterpretedBatchNdims == 0
      ? base.support : constraints.independent(base.support, reinterpretedBatchNdims)
  }
  public var batchShape: [Int] { Array(base.batchShape.dropLast(reinterpretedBatchNdims)) }
  public var eventShape: [Int] { base.batchShape.suffix(reinterpretedBatchNdims) + base.eventShape }
  public var hasRsample: Bool { base.hasRsample }
  public var hasEnumerateSupport: Bool { reinterpretedBatchNdims == 0 && base.hasEnumerateSupport }
  public var mean: Tensor { base.mean }
  public var mode: Tensor { base.mode }
  public var variance: Tensor { base.variance }
  public var stddev: Tensor { base.stddev }
  public func sample(_ shape: [Int]) -> Tensor { base.sample(shape) }
  public func rsample(_ shape: [Int]) -> Tensor { base.rsample(shape) }
  public func logProb(_ value: Tensor) -> Tensor {
    let value = validated(value)
    return summed(base.logProb(value))
  }
  public func entropy() -> Tensor { summed(base.entropy()) }

  public func enumerateSupport(expand: Bool) -> Tensor {
    reinterpretedBatchNdims == 0 ? base.enumerateSupport(expand: expand) : undefined("enumerateSupport")
  }

  public func expand(_ batchShape: [Int]) -> Independent {
    Independent(base.expand(batchShape + base.batchShape.suffix(reinterpretedBatchNdims)), reinterpretedBatchNdims)
  }

  public func divergence(from other: any Distribution) -> Tensor? {
    guard let other = other as? any IndependentParts, other.reinterpretedBatchNdims == reinterpretedBatchNdims else {
      return nil
    }
    return summed(klDivergence(base, other.parts))
  }

  private func summed(_ x: Tensor) -> Tensor {
    reinterpretedBatchNdims == 0 || x.hasFailed
      ? x : x.sum(Array((x.rank - reinterpretedBatchNdims)..<x.rank))
  }
}

/// What ``Independent`` distributions of all kinds of parts have in common.
private protocol IndependentParts {
  var parts: any Distribution { get }
  var reinterpretedBatchNdims: Int { get }
}

extension Independent: IndependentParts {
  fileprivate var parts: any Distribution { base }
}

/// A mixture: one of several components of a kind, chosen by a categorical distribution.
public struct MixtureSameFamily<Component: Distribution>: Distribution {
  public let mixtureDistribution: Categorical
  public let componentDistribution: Component
  private let checks: Bool?

  /// - Parameters:
  ///   - mixtureDistribution: how likely each component is.
  ///   - componentDistribution: the components, along the last dimension of the batch.
  public init(
    _ mixtureDistribution: Categorical, _ componentDistribution: Component, validateArgs: Bool? = nil
  ) {
    checks = validateArgs
    self.mixtureDistribution = mixtureDistribution
    self.componentDistribution = componentDistribution
    let (count, shape) = (mixtureDistribution.count, componentDistribution.batchShape)
    if shape.last != count || broadcastShapes(mixtureDistribution.batchShape, Array(shape.dropLast())) == nil {
      report(
        TensorError(
          .shape, "MixtureSameFamily",
          "\(count) weights for a batch of \(mixtureDistribution.batchShape) do not fit components of batch shape \(shape)"
        ))
    }
  }

  /// ``init(_:_:validateArgs:)`` with names.
  public init(mixtureDistribution: Categorical, componentDistribution: Component, validateArgs: Bool? = nil) {
    self.init(mixtureDistribution, componentDistribution, validateArgs: validateArgs)
  }

  public var description: String { "MixtureSameFamily(\n  \(mixtureDistribution),\n  \(componentDistribution))" }
  public var validateArgs: Bool { checks ?? componentDistribution.validateArgs }
  public var support: Constraint {
    componentDistribution.support.isDependent
      ? componentDistribution.support : Constraint(.mixture(componentDistribution.support))
  }

  private var componentRank: Int { componentDistribution.eventShape.count }

  public var batchShape: [Int] { Array(componentDistribution.batchShape.dropLast()) }
  public var eventShape: [Int] { componentDistribution.eventShape }

  /// Weights with dimensions of size 1 for those of an event.
  private var weights: Tensor {
    (0..<componentRank).reduce(mixtureDistribution.probs) { weights, _ in weights.unsqueeze(-1) }
  }
  private var componentDim: Int { -1 - componentRank }

  public var mean: Tensor { (weights * componentDistribution.mean).sum([componentDim]) }
  public var variance: Tensor {
    let within = (weights * componentDistribution.variance).sum([componentDim])
    let distance = componentDistribution.mean - mean.unsqueeze(componentDim)
    return within + (weights * distance.square()).sum([componentDim])
  }

  public func sample(_ shape: [Int]) -> Tensor {
    noGrad {
      let choice = mixtureDistribution.sample(shape)
      let all = componentDistribution.sample(shape)
      if let failed = choice.failed ?? all.failed { return failed }
      let d = shape.count + batchShape.count
      let lead = choice.expand(shape + batchShape).reshape(shape + batchShape + [1] + eventShape.map { _ in 1 })
      return all.gather(d, lead.expand(shape + batchShape + [1] + eventShape)).squeeze([d])
    }
  }

  public func logProb(_ value: Tensor) -> Tensor {
    let value = validated(value)
    let each = componentDistribution.logProb(value.unsqueeze(componentDim))
    return (each + logSoftmax(mixtureDistribution.logits, dim: -1)).logsumexp([-1])
  }

  public func cdf(_ value: Tensor) -> Tensor {
    let value = validated(value)
    guard componentRank == 0, !value.hasFailed else { return value.hasFailed ? value : undefined("cdf") }
    return (componentDistribution.cdf(value.unsqueeze(-1)) * mixtureDistribution.probs).sum([-1])
  }

  public func expand(_ batchShape: [Int]) -> MixtureSameFamily {
    MixtureSameFamily(
      mixtureDistribution.expand(batchShape), componentDistribution.expand(batchShape + [mixtureDistribution.count]))
  }
}
