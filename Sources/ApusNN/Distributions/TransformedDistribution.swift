import ApusCore

/// The distribution of what transforms make of the samples of another one.
///
///     let logNormal = TransformedDistribution(Normal(0, 1), [ExpTransform()])
public struct TransformedDistribution: Distribution {
  /// The distribution of what is transformed, its batch dimensions taken for dimensions of the event where the transforms need that.
  public let baseDist: any Distribution
  public let transforms: [any DistributionTransform]
  public let batchShape: [Int]
  public let eventShape: [Int]
  private let checks: Bool?

  /// - Parameters:
  ///   - baseDistribution: the distribution of what is transformed.
  ///   - transforms: the first one is applied first.
  public init(
    _ baseDistribution: any Distribution, _ transforms: [any DistributionTransform], validateArgs: Bool? = nil
  ) {
    (self.transforms, checks) = (transforms, validateArgs)
    let base = baseDistribution
    do throws(TensorError) {
      let transform = ComposeTransform(transforms)
      let (inDims, outDims) = (transform.domain.eventDim, transform.codomain.eventDim)
      let shape = base.batchShape + base.eventShape
      guard shape.count >= inDims else {
        throw TensorError(
          .shape, "TransformedDistribution",
          "\(base.name) needs a shape of at least \(inDims) dimensions for these transforms, and has \(shape)")
      }
      let after = try transform.forwardShape(shape)
      let before = try transform.inverseShape(after)
      let batch = Array(before.dropLast(base.eventShape.count))
      let expanded = before == shape ? base : base.expand(batch)
      baseDist = Self.joined(expanded, inDims - base.eventShape.count)
      let dims = max(outDims, base.eventShape.count + outDims - inDims)
      batchShape = Array(after.dropLast(dims))
      eventShape = Array(after.suffix(dims))
    } catch {
      report(error)
      baseDist = base
      batchShape = base.batchShape
      eventShape = base.eventShape
    }
  }
  /// ``init(_:_:validateArgs:)`` with one transform.
  public init(
    _ baseDistribution: any Distribution, _ transform: any DistributionTransform, validateArgs: Bool? = nil
  ) { self.init(baseDistribution, [transform], validateArgs: validateArgs) }
  /// ``init(_:_:validateArgs:)`` with names.
  public init(
    baseDistribution: any Distribution, transforms: [any DistributionTransform], validateArgs: Bool? = nil
  ) { self.init(baseDistribution, transforms, validateArgs: validateArgs) }

  private static func joined(_ base: some Distribution, _ count: Int) -> any Distribution {
    count > 0 ? Independent(base, count) : base
  }

  public var description: String { "TransformedDistribution()" }
  public var validateArgs: Bool { checks ?? Validation.isDefault }
  public var support: Constraint {
    guard let last = transforms.last else { return baseDist.support }
    let more = eventShape.count - last.codomain.eventDim
    return more > 0 ? constraints.independent(last.codomain, more) : last.codomain
  }
  public var hasRsample: Bool { baseDist.hasRsample }

  public func sample(_ shape: [Int]) -> Tensor {
    noGrad { transforms.reduce(baseDist.sample(shape)) { $1.forward($0) } }
  }
  public func rsample(_ shape: [Int]) -> Tensor {
    transforms.reduce(baseDist.rsample(shape)) { $1.forward($0) }
  }

  public func logProb(_ value: Tensor) -> Tensor {
    var y = validated(value)
    var dims = eventShape.count
    var (sum, isFirst) = (Tensor(0.0), true)
    for transform in transforms.reversed() {
      if y.hasFailed { return y }
      let x = transform.inverse(y)
      dims += transform.domain.eventDim - transform.codomain.eventDim
      let term = sumRightmost(transform.logAbsDetJacobian(x, y), dims - transform.domain.eventDim)
      sum = isFirst ? -term : sum - term
      (y, isFirst) = (x, false)
    }
    let density = sumRightmost(baseDist.logProb(y), dims - baseDist.eventShape.count)
    return isFirst ? density : sum + density
  }

  /// Probabilities of a falling transform are those of the rest.
  private func monotone(_ p: Tensor) -> Tensor {
    let sign = ComposeTransform(transforms).sign
    if let failed = sign.failed ?? p.failed { return failed }
    if Validation.canRead, noGrad({ sign.detach().eq(1).all().item() != 0 }) { return p }
    return sign * (p - 0.5) + 0.5
  }

  public func cdf(_ value: Tensor) -> Tensor {
    monotone(baseDist.cdf(transforms.reversed().reduce(value) { $1.inverse($0) }))
  }
  public func icdf(_ value: Tensor) -> Tensor {
    transforms.reduce(baseDist.icdf(monotone(value))) { $1.forward($0) }
  }

  public func expand(_ batchShape: [Int]) -> TransformedDistribution {
    do throws(TensorError) {
      // The shape of the base that gives this one.
      let before = try ComposeTransform(transforms).inverseShape(batchShape + eventShape)
      let batch = Array(before.dropLast(baseDist.eventShape.count))
      return TransformedDistribution(baseDist.expand(batch), transforms, validateArgs: checks)
    } catch {
      report(error)
      return self
    }
  }

  public func divergence(from other: any Distribution) -> Tensor? {
    guard let other = other as? TransformedDistribution, other.eventShape == eventShape,
      areEqual(transforms, other.transforms)
    else { return nil }
    return klDivergence(baseDist, other.baseDist)
  }
}

/// Normal vectors with one element more, as probabilities: broken off a stick by ``StickBreakingTransform``.
public struct LogisticNormal: Distribution {
  private let base: TransformedDistribution
  private let normal: Normal
  public var loc: Tensor { normal.loc }
  public var scale: Tensor { normal.scale }

  public static var argConstraints: KeyValuePairs<String, Constraint> { Normal.argConstraints }

  /// - Parameters:
  ///   - loc: the means, `[..., n]`; a number stands for a vector of one.
  ///   - scale: the standard deviations, above 0.
  public init(
    _ loc: some DistributionParameter, _ scale: some DistributionParameter, validateArgs: Bool? = nil
  ) {
    let normal = Normal(loc, scale, validateArgs: validateArgs)
    self.init(normal: normal.batchShape.isEmpty ? normal.expand([1]) : normal)
  }
  /// ``init(_:_:validateArgs:)`` with names.
  public init(loc: some DistributionParameter, scale: some DistributionParameter, validateArgs: Bool? = nil) {
    self.init(loc, scale, validateArgs: validateArgs)
  }
  private init(normal: Normal) {
    self.normal = normal
    base = TransformedDistribution(normal, [StickBreakingTransform()], validateArgs: normal.validateArgs)
  }

  public var batchShape: [Int] { base.batchShape }
  public var eventShape: [Int] { base.eventShape }
  public var support: Constraint { constraints.simplex }
  public var validateArgs: Bool { normal.validateArgs }
  public var hasRsample: Bool { true }
  public func rsample(_ shape: [Int]) -> Tensor { base.rsample(shape) }
  public func logProb(_ value: Tensor) -> Tensor { base.logProb(value) }
  public func expand(_ batchShape: [Int]) -> LogisticNormal {
    LogisticNormal(normal: normal.expand(batchShape + normal.batchShape.suffix(1)))
  }
  public func divergence(from other: any Distribution) -> Tensor? {
    (other as? LogisticNormal).flatMap { base.divergence(from: $0.base) }
  }
}
