import ApusCore
import ApusFunctional

/// The normal distribution of vectors, with a mean and a covariance.
public struct MultivariateNormal: Distribution {
  public let loc: Tensor
  /// The lower triangular Cholesky factor of the covariance.
  public let scaleTril: Tensor

  /// - Parameters:
  ///   - loc: the mean, `[..., n]`.
  ///   - covarianceMatrix: symmetric and positive definite, `[..., n, n]`.
  public init(_ loc: Tensor, _ covarianceMatrix: Tensor) {
    let matrix = Constraint.positiveDefinite.checked(
      covarianceMatrix.parameterTensor, "covarianceMatrix", "MultivariateNormal")
    self.init(loc, factor: linalg.cholesky(matrix))
  }

  /// ``init(_:_:)`` with names.
  public init(loc: Tensor, covarianceMatrix: Tensor) { self.init(loc, covarianceMatrix) }

  /// ``init(_:_:)`` with a name for the covariance.
  public init(_ loc: Tensor, covarianceMatrix: Tensor) { self.init(loc, covarianceMatrix) }

  /// - Parameters:
  ///   - loc: the mean, `[..., n]`.
  ///   - precisionMatrix: the inverse of the covariance, `[..., n, n]`.
  public init(_ loc: Tensor, precisionMatrix: Tensor) {
    let matrix = Constraint.positiveDefinite.checked(
      precisionMatrix.parameterTensor, "precisionMatrix", "MultivariateNormal")
    self.init(loc, factor: Self.factor(ofInverse: matrix))
  }

  /// - Parameters:
  ///   - loc: the mean, `[..., n]`.
  ///   - scaleTril: the Cholesky factor of the covariance: lower triangular, its diagonal above 0, `[..., n, n]`.
  public init(_ loc: Tensor, scaleTril: Tensor) {
    let factor = scaleTril.parameterTensor
    guard !factor.hasFailed, factor.rank >= 2 else {
      self.init(loc, factor: factor)
      return
    }
    let diagonal = Constraint.positive.checked(
      factor.diagonal(dim1: -2, dim2: -1), "the diagonal of scaleTril", "MultivariateNormal")
    self.init(loc, factor: diagonal.hasFailed ? diagonal : factor)
  }

  /// ``init(_:precisionMatrix:)`` with a name.
  public init(loc: Tensor, precisionMatrix: Tensor) { self.init(loc, precisionMatrix: precisionMatrix) }
  /// ``init(_:scaleTril:)`` with a name.
  public init(loc: Tensor, scaleTril: Tensor) { self.init(loc, scaleTril: scaleTril) }

  private init(_ loc: Tensor, factor: Tensor) {
    let loc = loc.parameterTensor
    do throws(TensorError) {
      if let failed = loc.failed ?? factor.failed {
        (self.loc, scaleTril) = (failed, failed)
        return
      }
      guard loc.rank >= 1, factor.rank >= 2, factor.size(-1) == loc.size(-1), factor.size(-2) == loc.size(-1) else {
        throw TensorError(
          .shape, "MultivariateNormal", "a mean of shape \(loc.shape) does not fit matrices of shape \(factor.shape)")
      }
      let n = loc.size(-1)
      let batch = try broadcastShapes(
        [Array(loc.shape.dropLast()), Array(factor.shape.dropLast(2))], "MultivariateNormal")
      self.loc = loc.expand(batch + [n])
      scaleTril = factor.expand(batch + [n, n])
    } catch {
      let failed = fail(error)
      (self.loc, scaleTril) = (failed, failed)
    }
  }

  /// The Cholesky factor of the inverse, without the inverse: flipped, the factor of a matrix is that of its inverse, inverted.
  private static func factor(ofInverse matrix: Tensor) -> Tensor {
    if matrix.hasFailed { return matrix }
    let upper = linalg.cholesky(matrix.flip([-2, -1])).flip([-2, -1]).mT
    if upper.hasFailed { return upper }
    return linalg.solveTriangular(
      upper, noGrad { eye(matrix.size(-1), dtype: matrix.dtype).placed(with: matrix) }, upper: false)
  }

  private var count: Int { loc.shape.last ?? 0 }
  /// Half the logarithm of the determinant of the covariance.
  private var halfLogDeterminant: Tensor { scaleTril.diagonal(dim1: -2, dim2: -1).log().sum([-1]) }
  public var covarianceMatrix: Tensor { matmul(scaleTril, scaleTril.mT) }
  public var precisionMatrix: Tensor { scaleTril.choleskyInverse() }

  public var batchShape: [Int] { Array(loc.shape.dropLast()) }
  public var eventShape: [Int] { [count] }
  public var hasRsample: Bool { true }
  public var mean: Tensor { loc }
  public var mode: Tensor { loc }
  public var variance: Tensor { scaleTril.square().sum([-1]) }

  public func rsample(_ shape: [Int]) -> Tensor {
    if let failed = loc.failed ?? scaleTril.failed { return failed }
    let noise = randn(extended(shape), dtype: loc.dtype).placed(with: loc)
    return loc + matmul(scaleTril, noise.unsqueeze(-1)).squeeze([-1])
  }

  /// The squared lengths of differences in units of this distribution.
  private func squaredDistance(_ difference: Tensor) -> Tensor {
    linalg.solveTriangular(scaleTril, difference.unsqueeze(-1), upper: false).square().sum([-2, -1])
  }

  public func logProb(_ value: Tensor) -> Tensor {
    let distance = squaredDistance(value - loc)
    return -0.5 * distance - halfLogDeterminant - halfLogTwoPi * Double(count)
  }

  public func entropy() -> Tensor { halfLogDeterminant + Double(count) * (0.5 + halfLogTwoPi) }

  public func expand(_ batchShape: [Int]) -> MultivariateNormal {
    MultivariateNormal(loc.expand(batchShape + [count]), factor: scaleTril)
  }

  public func divergence(from other: any Distribution) -> Tensor? {
    guard let other = other as? MultivariateNormal, other.eventShape == eventShape else { return nil }
    let ratio = linalg.solveTriangular(other.scaleTril, scaleTril, upper: false)
    let spread = ratio.square().sum([-2, -1]) + other.squaredDistance(other.loc - loc)
    return other.halfLogDeterminant - halfLogDeterminant + 0.5 * (spread - Double(count))
  }
}
