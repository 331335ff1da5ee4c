import ApusCore
import ApusFunctional

/// The normal distribution of vectors, with a mean and a covariance.
public struct MultivariateNormal: Distribution {
  public let loc: Tensor
  /// The lower triangular Cholesky factor of the covariance.
  public let scaleTril: Tensor
  public let validateArgs: Bool
  /// Which matrix was given, by PyTorch's name.
  private let given: String

  public static var argConstraints: KeyValuePairs<String, Constraint> {
    [
      "loc": constraints.realVector, "covariance_matrix": constraints.positiveDefinite,
      "precision_matrix": constraints.positiveDefinite, "scale_tril": constraints.lowerCholesky,
    ]
  }

  /// - Parameters:
  ///   - loc: the mean, `[..., n]`.
  ///   - covarianceMatrix: symmetric and positive definite, `[..., n, n]`.
  public init(_ loc: Tensor, _ covarianceMatrix: Tensor, validateArgs: Bool? = nil) {
    self.init(
      loc, GaussianFactor("MultivariateNormal", covarianceMatrix: covarianceMatrix, validateArgs), validateArgs)
  }

  /// ``init(_:_:validateArgs:)`` with names.
  public init(loc: Tensor, covarianceMatrix: Tensor, validateArgs: Bool? = nil) {
    self.init(loc, covarianceMatrix, validateArgs: validateArgs)
  }

  /// ``init(_:_:validateArgs:)`` with a name for the covariance.
  public init(_ loc: Tensor, covarianceMatrix: Tensor, validateArgs: Bool? = nil) {
    self.init(loc, covarianceMatrix, validateArgs: validateArgs)
  }

  /// - Parameters:
  ///   - loc: the mean, `[..., n]`.
  ///   - precisionMatrix: the inverse of the covariance, `[..., n, n]`.
  public init(_ loc: Tensor, precisionMatrix: Tensor, validateArgs: Bool? = nil) {
    self.init(loc, GaussianFactor("MultivariateNormal", precisionMatrix: precisionMatrix, validateArgs), validateArgs)
  }

  /// - Parameters:
  ///   - loc: the mean, `[..., n]`.
  ///   - scaleTril: the Cholesky factor of the covariance: lower triangular, its diagonal above 0, `[..., n, n]`.
  public init(_ loc: Tensor, scaleTril: Tensor, validateArgs: Bool? = nil) {
    self.init(loc, GaussianFactor("MultivariateNormal", scaleTril: scaleTril, validateArgs), validateArgs)
  }

  /// ``init(_:precisionMatrix:validateArgs:)`` with a name.
  public init(loc: Tensor, precisionMatrix: Tensor, validateArgs: Bool? = nil) {
    self.init(loc, precisionMatrix: precisionMatrix, validateArgs: validateArgs)
  }
  /// ``init(_:scaleTril:validateArgs:)`` with a name.
  public init(loc: Tensor, scaleTril: Tensor, validateArgs: Bool? = nil) {
    self.init(loc, scaleTril: scaleTril, validateArgs: validateArgs)
  }

  private init(_ loc: Tensor, _ factor: GaussianFactor, _ validateArgs: Bool?) {
    self.init(loc, factor: factor.scaleTril, factor.given, validateArgs ?? Validation.isDefault)
  }

  private init(_ loc: Tensor, factor: Tensor, _ matrix: String, _ validateArgs: Bool) {
    (given, self.validateArgs) = (matrix, validateArgs)
    let mean = loc.parameterTensor
    let loc =
      validateArgs && !mean.hasFailed && mean.rank > 0
      ? Validation.parameter(
        mean, "loc", constraints.realVector, "MultivariateNormal(\(parameterText([("loc", mean)])))")
      : mean
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

  private var count: Int { loc.shape.last ?? 0 }
  /// Half the logarithm of the determinant of the covariance.
  var halfLogDeterminant: Tensor { scaleTril.diagonal(dim1: -2, dim2: -1).log().sum([-1]) }
  public var covarianceMatrix: Tensor { matmul(scaleTril, scaleTril.mT) }
  public var precisionMatrix: Tensor { scaleTril.choleskyInverse() }

  public var description: String {
    "MultivariateNormal(\(parameterText([("loc", loc), (given, scaleTril)])))"
  }
  public var batchShape: [Int] { Array(loc.shape.dropLast()) }
  public var eventShape: [Int] { [count] }
  public var support: Constraint { constraints.realVector }
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
  func squaredDistance(_ difference: Tensor) -> Tensor {
    linalg.solveTriangular(scaleTril, difference.unsqueeze(-1), upper: false).square().sum([-2, -1])
  }

  public func logProb(_ value: Tensor) -> Tensor {
    let value = validated(value)
    let distance = squaredDistance(value - loc)
    return -0.5 * distance - halfLogDeterminant - halfLogTwoPi * Double(count)
  }

  public func entropy() -> Tensor { halfLogDeterminant + Double(count) * (0.5 + halfLogTwoPi) }

  public func expand(_ batchShape: [Int]) -> MultivariateNormal {
    MultivariateNormal(loc.expand(batchShape + [count]), factor: scaleTril, given, validateArgs)
  }

  /// The trace of the inverse of this covariance times M Mᵀ.
  func trace(_ m: Tensor) -> Tensor {
    linalg.solveTriangular(scaleTril, m, upper: false).square().sum([-2, -1])
  }

  public func divergence(from other: any Distribution) -> Tensor? {
    guard other.eventShape == eventShape else { return nil }
    switch other {
    case let other as MultivariateNormal:
      let spread = other.trace(scaleTril) + other.squaredDistance(other.loc - loc)
      return other.halfLogDeterminant - halfLogDeterminant + 0.5 * (spread - Double(count))
    case let other as LowRankMultivariateNormal:
      let spread = other.trace(scaleTril) + other.squaredDistance(other.loc - loc)
      return 0.5 * (other.logDeterminant + spread - Double(count)) - halfLogDeterminant
    default: return nil
    }
  }
}

/// The Cholesky factor of a covariance that is given by itself, by its inverse or by the factor.
struct GaussianFactor {
  let scaleTril: Tensor
  /// Which one, by PyTorch's name.
  let given: String

  init(_ distribution: String, covarianceMatrix: Tensor, _ validateArgs: Bool?) {
    given = "covariance_matrix"
    let matrix = Self.checked(
      covarianceMatrix, "covariance_matrix", constraints.positiveDefinite, distribution, validateArgs)
    scaleTril = matrix.hasFailed ? matrix : linalg.cholesky(matrix)
  }

  /// Without the inverse: flipped, the factor of a matrix is that of its inverse, inverted.
  init(_ distribution: String, precisionMatrix: Tensor, _ validateArgs: Bool?) {
    given = "precision_matrix"
    let matrix = Self.checked(
      precisionMatrix, "precision_matrix", constraints.positiveDefinite, distribution, validateArgs)
    guard !matrix.hasFailed else {
      scaleTril = matrix
      return
    }
    let lower = linalg.cholesky(matrix.flip([-2, -1])).flip([-2, -1]).mT
    scaleTril =
      lower.hasFailed
      ? lower
      : linalg.solveTriangular(
        lower, noGrad { eye(matrix.size(-1), dtype: matrix.dtype).placed(with: matrix) }, upper: false)
  }

  init(_ distribution: String, scaleTril: Tensor, _ validateArgs: Bool?) {
    given = "scale_tril"
    self.scaleTril = Self.checked(scaleTril, "scale_tril", constraints.lowerCholesky, distribution, validateArgs)
  }

  private static func checked(
    _ given: Tensor, _ name: String, _ constraint: Constraint, _ distribution: String, _ validateArgs: Bool?
  ) -> Tensor {
    let matrix = given.parameterTensor
    if matrix.hasFailed { return matrix }
    guard matrix.rank >= 2 else {
      return fail(
        TensorError(
          .shape, distribution, "\(name) must have at least 2 dimensions, and found a tensor of shape \(matrix.shape)"))
    }
    guard validateArgs ?? Validation.isDefault else { return matrix }
    return Validation.parameter(matrix, name, constraint, "\(distribution)(\(parameterText([(name, matrix)])))")
  }
}
