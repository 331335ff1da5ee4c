import ApusCore
import ApusFunctional

/// The normal distribution of vectors whose covariance is W Wᵀ + D, with few columns in W and a diagonal D. It never forms the matrix.
public struct LowRankMultivariateNormal: Distribution {
  public let loc: Tensor
  public let covFactor: Tensor
  public let covDiag: Tensor
  public let validateArgs: Bool
  /// The Cholesky factor of 1 + Wᵀ D⁻¹ W.
  private let capacitance: Tensor

  public static var argConstraints: KeyValuePairs<String, Constraint> {
    [
      "loc": constraints.realVector, "cov_factor": constraints.independent(constraints.real, 2),
      "cov_diag": constraints.independent(constraints.positive, 1),
    ]
  }

  /// - Parameters:
  ///   - loc: the mean, `[..., n]`.
  ///   - covFactor: W, `[..., n, m]`.
  ///   - covDiag: D, above 0, `[..., n]`.
  public init(_ loc: Tensor, _ covFactor: Tensor, _ covDiag: Tensor, validateArgs: Bool? = nil) {
    let given = [loc.parameterTensor, covFactor.parameterTensor, covDiag.parameterTensor]
    self.validateArgs = validateArgs ?? Validation.isDefault
    do throws(TensorError) {
      if let failed = poisoned(among: given) {
        (self.loc, self.covFactor, self.covDiag, capacitance) = (failed, failed, failed, failed)
        return
      }
      guard given[0].rank >= 1, given[1].rank >= 2, given[2].rank >= 1, given[1].size(-2) == given[0].size(-1),
        given[2].size(-1) == given[0].size(-1)
      else {
        throw TensorError(
          .shape, "LowRankMultivariateNormal",
          "a mean of shape \(loc.shape) does not fit factors of shape \(covFactor.shape) and diagonals of shape "
            + "\(covDiag.shape): expected [..., n], [..., n, m] and [..., n]")
      }
      let batch = try broadcastShapes(
        [
          Array(given[0].shape.dropLast()), Array(given[1].shape.dropLast(2)), Array(given[2].shape.dropLast()),
        ], "LowRankMultivariateNormal")
      let (n, m) = (given[0].size(-1), given[1].size(-1))
      var parts = [
        given[0].expand(batch + [n]), given[1].expand(batch + [n, m]), given[2].expand(batch + [n]),
      ]
      if self.validateArgs {
        let named = zip(Self.argConstraints, parts).map { ($0.key, $1) }
        for (i, (name, constraint)) in Self.argConstraints.enumerated() {
          let text = "LowRankMultivariateNormal(\(parameterText(named)))"
          let checked = Validation.parameter(parts[i], name, constraint, text)
          if checked.hasFailed { parts = parts.map { _ in checked } }
        }
      }
      (self.loc, self.covFactor, self.covDiag) = (parts[0], parts[1], parts[2])
      guard !parts[0].hasFailed else {
        capacitance = parts[0]
        return
      }
      let inner = matmul(parts[1].mT / parts[2].unsqueeze(-2), parts[1])
      capacitance = linalg.cholesky(inner + noGrad { eye(m, dtype: inner.dtype).placed(with: inner) })
    } catch {
      let failed = fail(error)
      (self.loc, self.covFactor, self.covDiag, capacitance) = (failed, failed, failed, failed)
    }
  }
  /// ``init(_:_:_:validateArgs:)`` with names.
  public init(loc: Tensor, covFactor: Tensor, covDiag: Tensor, validateArgs: Bool? = nil) {
    self.init(loc, covFactor, covDiag, validateArgs: validateArgs)
  }

  private init(_ loc: Tensor, _ factor: Tensor, _ diagonal: Tensor, _ capacitance: Tensor, _ validateArgs: Bool) {
    (self.loc, covFactor, covDiag) = (loc, factor, diagonal)
    (self.capacitance, self.validateArgs) = (capacitance, validateArgs)
  }

  var count: Int { loc.shape.last ?? 0 }
  private var rank: Int { covFactor.shape.last ?? 0 }

  /// The logarithm of the determinant of the covariance.
  var logDeterminant: Tensor {
    2 * capacitance.diagonal(dim1: -2, dim2: -1).log().sum([-1]) + covDiag.log().sum([-1])
  }
  /// A with the inverse of the covariance D⁻¹ - Aᵀ A.
  private var correction: Tensor {
    linalg.solveTriangular(capacitance, covFactor.mT / covDiag.unsqueeze(-2), upper: false)
  }
  /// The squared lengths of differences in units of this distribution.
  func squaredDistance(_ difference: Tensor) -> Tensor {
    let inner = matmul(covFactor.mT / covDiag.unsqueeze(-2), difference.unsqueeze(-1))
    let second = linalg.solveTriangular(capacitance, inner, upper: false).square().sum([-2, -1])
    return (difference.square() / covDiag).sum([-1]) - second
  }
  /// The trace of the inverse of this covariance times M Mᵀ.
  func trace(_ m: Tensor) -> Tensor {
    let first = (m.square() / covDiag.unsqueeze(-1)).sum([-2, -1])
    return first - matmul(correction, m).square().sum([-2, -1])
  }

  /// The lower triangular Cholesky factor of the covariance.
  public var scaleTril: Tensor {
    let root = covDiag.sqrt().unsqueeze(-1)
    let scaled = covFactor / root
    let inner = matmul(scaled, scaled.mT)
    return root * linalg.cholesky(inner + noGrad { eye(count, dtype: loc.dtype).placed(with: loc) })
  }
  /// W Wᵀ + D.
  public var covarianceMatrix: Tensor { matmul(covFactor, covFactor.mT) + covDiag.diagEmbed() }
  /// The inverse of the covariance.
  public var precisionMatrix: Tensor {
    let a = correction
    return covDiag.reciprocal().diagEmbed() - matmul(a.mT, a)
  }

  public var batchShape: [Int] { Array(loc.shape.dropLast()) }
  public var eventShape: [Int] { [count] }
  public var support: Constraint { constraints.realVector }
  public var hasRsample: Bool { true }
  public var mean: Tensor { loc }
  public var mode: Tensor { loc }
  public var variance: Tensor { covFactor.square().sum([-1]) + covDiag }

  public func rsample(_ shape: [Int]) -> Tensor {
    if let failed = loc.failed { return failed }
    let common = randn(shape + batchShape + [rank], dtype: loc.dtype).placed(with: loc)
    let own = randn(extended(shape), dtype: loc.dtype).placed(with: loc)
    if let failed = common.failed ?? own.failed { return failed }
    return loc + matmul(covFactor, common.unsqueeze(-1)).squeeze([-1]) + covDiag.sqrt() * own
  }

  public func logProb(_ value: Tensor) -> Tensor {
    let difference = validated(value) - loc
    if let failed = difference.failed ?? capacitance.failed { return failed }
    return -halfLogTwoPi * Double(count) - 0.5 * (logDeterminant + squaredDistance(difference))
  }

  public func entropy() -> Tensor { Double(count) * (0.5 + halfLogTwoPi) + 0.5 * logDeterminant }

  public func expand(_ batchShape: [Int]) -> LowRankMultivariateNormal {
    LowRankMultivariateNormal(
      loc.expand(batchShape + [count]), covFactor.expand(batchShape + [count, rank]),
      covDiag.expand(batchShape + [count]), capacitance.expand(batchShape + [rank, rank]), validateArgs)
  }

  public func divergence(from other: any Distribution) -> Tensor? {
    guard other.eventShape == eventShape else { return nil }
    switch other {
    case let other as LowRankMultivariateNormal:
      let spread = other.trace(covFactor) + other.trace(covDiag.sqrt().diagEmbed())
      let distance = other.squaredDistance(other.loc - loc)
      return 0.5 * (other.logDeterminant - logDeterminant + spread + distance - Double(count))
    case let other as MultivariateNormal:
      let spread = other.trace(covFactor) + other.trace(covDiag.sqrt().diagEmbed())
      let distance = other.squaredDistance(other.loc - loc)
      return other.halfLogDeterminant + 0.5 * (spread + distance - logDeterminant - Double(count))
    default: return nil
    }
  }
}
