import ApusCore
import ApusFunctional

/// A set of values, such as the positive numbers or the simplex: what a parameter must be in, or the support of a distribution.
///
///     constraints.positive.check(Tensor([1.0, -1.0]))    // tensor([ True, False])
///
/// Constraints are made by the members of ``constraints``.
public struct Constraint: Sendable, CustomStringConvertible {
  /// An end of an interval.
  enum Bound: Sendable {
    case whole(Int)
    case number(Double)
    case tensor(Tensor)

    init(_ value: any DistributionParameter) {
      switch value {
      case let value as Int: self = .whole(value)
      case let value as Double: self = .number(value)
      case let value as Float: self = .number(Double(value))
      default: self = .tensor(value.parameterTensor)
      }
    }

    var text: String {
      switch self {
      case .whole(let value): "\(value)"
      case .number(let value): value == .infinity ? "inf" : value == -.infinity ? "-inf" : "\(value)"
      case .tensor(let value): "\(value.detach())"
      }
    }

    /// The end as a tensor beside `x`.
    func tensor(beside x: Tensor) -> Tensor {
      switch self {
      case .whole(let value):
        Tensor.full([], Double(value), dtype: x.dtype.isInexact ? x.dtype : .float64).placed(with: x)
      case .number(let value): Tensor.full([], value, dtype: x.dtype.isInexact ? x.dtype : .float64).placed(with: x)
      case .tensor(let value): value.detach()
      }
    }

    /// The end as a number; nil where it is a tensor.
    var number: Double? {
      switch self {
      case .whole(let value): Double(value)
      case .number(let value): value
      case .tensor: nil
      }
    }
  }

  indirect enum Kind: Sendable {
    case dependent, real, boolean, oneHot, simplex
    case lowerTriangular, lowerCholesky, corrCholesky, square, symmetric, positiveSemidefinite, positiveDefinite
    case greaterThan(Bound), greaterThanEq(Bound), lessThan(Bound)
    case interval(Bound, Bound), halfOpenInterval(Bound, Bound)
    case integerGreaterThan(Bound), integerInterval(Bound, Bound)
    case multinomial(Bound)
    case independent(Constraint, Int)
    case mixture(Constraint)
    case cat([Constraint], dim: Int, lengths: [Int])
    case stack([Constraint], dim: Int)
    case custom(String, isDiscrete: Bool, eventDim: Int, @Sendable (Tensor) -> Tensor)
  }

  let kind: Kind

  init(_ kind: Kind) { self.kind = kind }

  /// A set of one's own.
  /// - Parameters:
  ///   - name: in messages.
  ///   - isDiscrete: whether its values are isolated.
  ///   - eventDim: how many last dimensions one value has.
  ///   - check: whether values are in it, without those dimensions, of type bool.
  public init(
    _ name: String, isDiscrete: Bool = false, eventDim: Int = 0, check: @escaping @Sendable (Tensor) -> Tensor
  ) {
    kind = .custom(name, isDiscrete: isDiscrete, eventDim: max(0, eventDim), check)
  }

  /// Whether it depends on other parameters, so that nothing can be checked.
  public var isDependent: Bool { if case .dependent = kind { true } else { false } }

  /// Whether its values are isolated, as whole numbers are.
  public var isDiscrete: Bool {
    switch kind {
    case .boolean, .oneHot, .integerGreaterThan, .integerInterval, .multinomial: true
    case .independent(let base, _), .mixture(let base): base.isDiscrete
    case .cat(let parts, _, _), .stack(let parts, _): parts.contains(where: \.isDiscrete)
    case .custom(_, let isDiscrete, _, _): isDiscrete
    default: false
    }
  }

  /// How many last dimensions one value has: 0 for numbers, 1 for vectors, 2 for matrices.
  public var eventDim: Int {
    switch kind {
    case .oneHot, .simplex, .multinomial: 1
    case .lowerTriangular, .lowerCholesky, .corrCholesky, .square, .symmetric, .positiveSemidefinite, .positiveDefinite:
      2
    case .independent(let base, let more): base.eventDim + more
    case .mixture(let base): base.eventDim
    case .cat(let parts, _, _): parts.map(\.eventDim).max() ?? 0
    case .stack(let parts, let dim):
      (parts.map(\.eventDim).max() ?? 0) + (dim + (parts.map(\.eventDim).max() ?? 0) < 0 ? 1 : 0)
    case .custom(_, _, let eventDim, _): eventDim
    default: 0
    }
  }

  /// Whether each value of `x` is in the set: bool, without the dimensions of one value.
  public func check(_ x: Tensor) -> Tensor {
    if x.hasFailed { return x }
    return noGrad { attempt(x) { () throws(TensorError) in try holds(x.detach()) } }
  }

  private func holds(_ x: Tensor) throws(TensorError) -> Tensor {
    guard x.rank >= eventDim else {
      throw TensorError(
        .shape, "\(self)", "expected values of at least \(eventDim) dimensions, and found \(x.shape)")
    }
    switch kind {
    case .dependent: throw TensorError(.value, "Constraint", "cannot determine validity of a dependent constraint")
    case .real: return x.eq(x)
    case .boolean: return x.eq(0) | x.eq(1)
    case .oneHot: return (x.eq(0) | x.eq(1)).all([-1]) & x.sum([-1]).eq(1)
    case .simplex: return x.ge(0).all([-1]) & (x.sum([-1]) - 1).abs().lt(1e-6)
    case .greaterThan(let low): return x.gt(low.tensor(beside: x))
    case .greaterThanEq(let low): return x.ge(low.tensor(beside: x))
    case .lessThan(let high): return x.lt(high.tensor(beside: x))
    case .interval(let low, let high): return x.ge(low.tensor(beside: x)) & x.le(high.tensor(beside: x))
    case .halfOpenInterval(let low, let high): return x.ge(low.tensor(beside: x)) & x.lt(high.tensor(beside: x))
    case .integerGreaterThan(let low): return isWhole(x) & x.ge(low.tensor(beside: x))
    case .integerInterval(let low, let high):
      return isWhole(x) & x.ge(low.tensor(beside: x)) & x.le(high.tensor(beside: x))
    case .multinomial(let high): return x.ge(0).all([-1]) & x.sum([-1]).le(high.tensor(beside: x))
    case .independent(let base, let more):
      let inner = base.check(x)
      guard inner.rank >= more else {
        throw TensorError(
          .shape, "\(self)", "expected values of at least \(eventDim) dimensions, and found \(x.shape)")
      }
      return more == 0 ? inner : inner.all(lastDims(more))
    case .mixture(let base):
      let inner = base.check(x.unsqueeze(-1 - eventDim))
      let more = inner.rank - (x.rank - eventDim)
      return more > 0 ? inner.all(lastDims(more)) : inner
    case .cat(let parts, let dim, let lengths):
      let starts = partialSums(lengths)
      guard dim >= -x.rank, dim < x.rank, starts.last == x.size(dim) else {
        throw TensorError(
          .shape, "\(self)", "expected \(starts.last ?? 0) elements along dimension \(dim), and found \(x.shape)")
      }
      return ApusCore.cat(parts.indices.map { parts[$0].check(x.narrow(dim, starts[$0], lengths[$0])) }, dim: dim)
    case .stack(let parts, let dim):
      guard dim >= -x.rank, dim < x.rank, parts.count == x.size(dim) else {
        throw TensorError(
          .shape, "\(self)", "expected \(parts.count) elements along dimension \(dim), and found \(x.shape)")
      }
      return ApusCore.stack(parts.indices.map { parts[$0].check(x.select(dim, $0)) }, dim: dim)
    case .custom(_, _, _, let check): return check(x)
    case .lowerTriangular, .lowerCholesky, .corrCholesky, .square, .symmetric, .positiveSemidefinite, .positiveDefinite:
      return holdsForMatrices(x)
    }
  }

  private func holdsForMatrices(_ x: Tensor) -> Tensor {
    let batch = Array(x.shape.dropLast(2))
    let isSquare = x.size(-1) == x.size(-2)
    let never = Tensor.full(batch, false, dtype: .bool).placed(with: x)
    switch kind {
    case .lowerTriangular: return x.tril().eq(x).all([-2, -1])
    case .lowerCholesky:
      return x.tril().eq(x).all([-2, -1]) & x.diagonal(dim1: -2, dim2: -1).gt(0).all([-1])
    case .corrCholesky:
      let tolerance = x.dtype.roundoff * Double(x.size(-1)) * 10
      let hasUnitRows = (x.square().sum([-1]).sqrt() - 1).abs().le(tolerance).all([-1])
      return constraints.lowerCholesky.check(x) & hasUnitRows
    case .square: return isSquare ? never.logicalNot() : never
    default: break
    }
    if !isSquare { return never }
    let isSymmetric = x.isclose(x.mT, rtol: 1e-5, atol: 1e-6).all([-2, -1])
    if case .symmetric = kind { return isSymmetric }
    if isSymmetric.all().item() == 0 { return isSymmetric }
    if case .positiveSemidefinite = kind { return linalg.eigvalsh(x).ge(0).all([-1]) }
    return linalg.choleskyEx(x).info.eq(0)
  }

  /// PyTorch's text: `GreaterThan(lower_bound=0.0)`.
  public var description: String {
    switch kind {
    case .dependent: "Dependent()"
    case .real: "Real()"
    case .boolean: "Boolean()"
    case .oneHot: "OneHot()"
    case .simplex: "Simplex()"
    case .lowerTriangular: "LowerTriangular()"
    case .lowerCholesky: "LowerCholesky()"
    case .corrCholesky: "CorrCholesky()"
    case .square: "Square()"
    case .symmetric: "Symmetric()"
    case .positiveSemidefinite: "PositiveSemidefinite()"
    case .positiveDefinite: "PositiveDefinite()"
    case .greaterThan(let low): "GreaterThan(lower_bound=\(low.text))"
    case .greaterThanEq(let low): "GreaterThanEq(lower_bound=\(low.text))"
    case .lessThan(let high): "LessThan(upper_bound=\(high.text))"
    case .interval(let low, let high): "Interval(lower_bound=\(low.text), upper_bound=\(high.text))"
    case .halfOpenInterval(let low, let high): "HalfOpenInterval(lower_bound=\(low.text), upper_bound=\(high.text))"
    case .integerGreaterThan(let low): "IntegerGreaterThan(lower_bound=\(low.text))"
    case .integerInterval(let low, let high): "IntegerInterval(lower_bound=\(low.text), upper_bound=\(high.text))"
    case .multinomial: "Multinomial()"
    case .independent(let base, let more): "IndependentConstraint(\(base), \(more))"
    case .mixture(let base): "MixtureSameFamilyConstraint(\(base))"
    case .cat: "Cat()"
    case .stack: "Stack()"
    case .custom(let name, _, _, _): "\(name)()"
    }
  }
}

private func isWhole(_ x: Tensor) -> Tensor { x.dtype.isInexact ? x.floor().eq(x) : x.eq(x) }

/// The sums of the first 0, 1, 2 ... lengths.
func partialSums(_ lengths: [Int]) -> [Int] {
  lengths.reduce(into: [0]) { sums, length in sums.append(sums[sums.count - 1] + max(0, length)) }
}

/// The last `count` dimensions, counted from the end.
func lastDims(_ count: Int) -> [Int] { (0..<max(0, count)).map { -1 - $0 } }

/// The sets of values that parameters and samples lie in, PyTorch's `torch.distributions.constraints`.
public enum constraints {
  /// What depends on other parameters; it cannot be checked by itself.
  public static let dependent = Constraint(.dependent)
  /// Numbers, which are not NaN.
  public static let real = Constraint(.real)
  /// Vectors of numbers.
  public static let realVector = independent(real, 1)
  /// 0 and 1.
  public static let boolean = Constraint(.boolean)
  /// Vectors with one 1 and zeros else.
  public static let oneHot = Constraint(.oneHot)
  /// Whole numbers from 0 on.
  public static let nonnegativeInteger = Constraint(.integerGreaterThan(.whole(0)))
  /// Whole numbers from 1 on.
  public static let positiveInteger = Constraint(.integerGreaterThan(.whole(1)))
  /// Numbers above 0.
  public static let positive = Constraint(.greaterThan(.number(0)))
  /// Numbers from 0 on.
  public static let nonnegative = Constraint(.greaterThanEq(.number(0)))
  /// Numbers from 0 to 1.
  public static let unitInterval = Constraint(.interval(.number(0), .number(1)))
  /// Vectors of numbers that are not negative and sum to 1.
  public static let simplex = Constraint(.simplex)
  /// Matrices with zeros above the diagonal.
  public static let lowerTriangular = Constraint(.lowerTriangular)
  /// Lower triangular matrices with positive diagonals.
  public static let lowerCholesky = Constraint(.lowerCholesky)
  /// Cholesky factors of matrices of correlations: those with rows of length 1.
  public static let corrCholesky = Constraint(.corrCholesky)
  /// Square matrices.
  public static let square = Constraint(.square)
  /// Symmetric matrices.
  public static let symmetric = Constraint(.symmetric)
  /// Symmetric matrices without negative eigenvalues.
  public static let positiveSemidefinite = Constraint(.positiveSemidefinite)
  /// Symmetric matrices with positive eigenvalues.
  public static let positiveDefinite = Constraint(.positiveDefinite)

  /// Numbers above `lowerBound`.
  public static func greaterThan(_ lowerBound: some DistributionParameter) -> Constraint {
    Constraint(.greaterThan(.init(lowerBound)))
  }
  /// Numbers from `lowerBound` on.
  public static func greaterThanEq(_ lowerBound: some DistributionParameter) -> Constraint {
    Constraint(.greaterThanEq(.init(lowerBound)))
  }
  /// Numbers below `upperBound`.
  public static func lessThan(_ upperBound: some DistributionParameter) -> Constraint {
    Constraint(.lessThan(.init(upperBound)))
  }
  /// Numbers from `lowerBound` to `upperBound`.
  public static func interval(
    _ lowerBound: some DistributionParameter, _ upperBound: some DistributionParameter
  ) -> Constraint { Constraint(.interval(.init(lowerBound), .init(upperBound))) }
  /// Numbers from `lowerBound` to below `upperBound`.
  public static func halfOpenInterval(
    _ lowerBound: some DistributionParameter, _ upperBound: some DistributionParameter
  ) -> Constraint { Constraint(.halfOpenInterval(.init(lowerBound), .init(upperBound))) }
  /// Whole numbers from `lowerBound` to `upperBound`.
  public static func integerInterval(
    _ lowerBound: some DistributionParameter, _ upperBound: some DistributionParameter
  ) -> Constraint { Constraint(.integerInterval(.init(lowerBound), .init(upperBound))) }
  /// Vectors of counts that sum to `upperBound` at most.
  public static func multinomial(_ upperBound: some DistributionParameter) -> Constraint {
    Constraint(.multinomial(.init(upperBound)))
  }
  /// Values of which `reinterpretedBatchNdims` more dimensions belong to one.
  public static func independent(_ baseConstraint: Constraint, _ reinterpretedBatchNdims: Int) -> Constraint {
    Constraint(.independent(baseConstraint, max(0, reinterpretedBatchNdims)))
  }
  /// Parts of `lengths` elements along dimension `dim`, each with a constraint of its own.
  public static func cat(_ cseq: [Constraint], dim: Int = 0, lengths: [Int]? = nil) -> Constraint {
    Constraint(.cat(cseq, dim: dim, lengths: matched(lengths, cseq.count, "constraints.cat")))
  }
  /// Slices along dimension `dim`, each with a constraint of its own.
  public static func stack(_ cseq: [Constraint], dim: Int = 0) -> Constraint { Constraint(.stack(cseq, dim: dim)) }
  /// Whether a constraint depends on other parameters.
  public static func isDependent(_ constraint: Constraint) -> Bool { constraint.isDependent }
}

/// One length for each part; an error where there are others.
func matched(_ lengths: [Int]?, _ count: Int, _ operation: String) -> [Int] {
  guard let lengths else { return Array(repeating: 1, count: count) }
  if lengths.count == count, lengths.allSatisfy({ $0 >= 0 }) { return lengths }
  report(
    TensorError(.value, operation, "expected \(count) lengths of at least 0, one for each part, and found \(lengths)"))
  return Array(repeating: 1, count: count)
}
