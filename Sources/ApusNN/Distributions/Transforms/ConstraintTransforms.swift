import ApusCore

/// A transform from all numbers to the values of `constraint`, one to one: PyTorch's `biject_to`.
///
///     let scale = bijectTo(constraints.positive)(unconstrained)
public func bijectTo(_ constraint: Constraint) -> ConstraintTransform {
  ConstraintTransform(transform(to: constraint, isBijective: true))
}

/// A transform from all numbers to the values of `constraint`, fit for optimisation: PyTorch's `transform_to`.
///
///     let weights = transformTo(constraints.simplex)(unconstrained)    // softmax
public func transformTo(_ constraint: Constraint) -> ConstraintTransform {
  ConstraintTransform(transform(to: constraint, isBijective: false))
}

/// What ``transformTo(_:)`` and ``bijectTo(_:)`` give: one of the other transforms, as a type that can be called where it stands.
public struct ConstraintTransform: DistributionTransform {
  /// The transform itself: an ``ExpTransform`` for positive numbers, for example.
  public let base: any DistributionTransform
  init(_ base: any DistributionTransform) { self.base = base }

  public var domain: Constraint { base.domain }
  public var codomain: Constraint { base.codomain }
  public var bijective: Bool { base.bijective }
  public var sign: Tensor { base.sign }
  public var inv: any DistributionTransform { base.inv }
  public func forward(_ x: Tensor) -> Tensor { base.forward(x) }
  public func inverse(_ y: Tensor) -> Tensor { base.inverse(y) }
  public func logAbsDetJacobian(_ x: Tensor, _ y: Tensor) -> Tensor { base.logAbsDetJacobian(x, y) }
  public func forwardShape(_ shape: [Int]) throws(TensorError) -> [Int] { try base.forwardShape(shape) }
  public func inverseShape(_ shape: [Int]) throws(TensorError) -> [Int] { try base.inverseShape(shape) }
  public func isEqual(to other: any DistributionTransform) -> Bool {
    base.isEqual(to: (other as? ConstraintTransform)?.base ?? other)
  }
  public var description: String { "\(base)" }
}

private func transform(to constraint: Constraint, isBijective: Bool) -> any DistributionTransform {
  switch constraint.kind {
  case .real: return identityTransform
  case .independent(let base, let more):
    return IndependentTransform(transform(to: base, isBijective: isBijective), more)
  case .greaterThan(let low), .greaterThanEq(let low):
    if low.number == 0 { return ExpTransform() }
    return ComposeTransform([ExpTransform(), AffineTransform(low.parameter, 1.0)])
  case .lessThan(let high): return ComposeTransform([ExpTransform(), AffineTransform(high.parameter, -1.0)])
  case .interval(let low, let high), .halfOpenInterval(let low, let high):
    if low.number == 0, high.number == 1 { return SigmoidTransform() }
    return ComposeTransform([
      SigmoidTransform(), AffineTransform(low.parameter, high.parameter - low.parameter),
    ])
  case .simplex: return isBijective ? StickBreakingTransform() : SoftmaxTransform()
  case .corrCholesky: return CorrCholeskyTransform()
  case .lowerCholesky where !isBijective: return LowerCholeskyTransform()
  case .positiveDefinite where !isBijective, .positiveSemidefinite where !isBijective:
    return PositiveDefiniteTransform()
  case .cat(let parts, let dim, let lengths):
    return CatTransform(parts.map { transform(to: $0, isBijective: isBijective) }, dim: dim, lengths: lengths)
  case .stack(let parts, let dim):
    return StackTransform(parts.map { transform(to: $0, isBijective: isBijective) }, dim: dim)
  default:
    report(
      TensorError(
        .unsupported, isBijective ? "bijectTo" : "transformTo",
        "there is no transform of all numbers to \(constraint); what is returned leaves values as they are"))
    return identityTransform
  }
}

extension Constraint.Bound {
  /// The end as a tensor, with its history.
  fileprivate var parameter: Tensor {
    switch self {
    case .whole(let value): value.parameterTensor
    case .number(let value): value.parameterTensor
    case .tensor(let value): value
    }
  }
}
