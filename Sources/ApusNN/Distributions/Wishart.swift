import ApusCore
import ApusFunctional

/// The Wishart distribution of sums of the squares of normal vectors: of positive definite matrices.
public struct Wishart: Distribution {
  public let df: Tensor
  /// The lower triangular Cholesky factor of the scale.
  public let scaleTril: Tensor
  public let validateArgs: Bool
  /// Which matrix was given, by PyTorch's name.
  private let given: String
  /// The scale as it was given: what is told of it has gradients for each of its elements, as in PyTorch.
  private let givenCovariance: Tensor?

  public static var argConstraints: KeyValuePairs<String, Constraint> {
    [
      "covariance_matrix": constraints.positiveDefinite, "precision_matrix": constraints.positiveDefinite,
      "scale_tril": constraints.lowerCholesky, "df": constraints.dependent,
    ]
  }

  /// - Parameters:
  ///   - df: the degrees of freedom, above n - 1.
  ///   - covarianceMatrix: the scale, symmetric and positive definite, `[..., n, n]`.
  public init(_ df: some DistributionParameter, covarianceMatrix: Tensor, validateArgs: Bool? = nil) {
    self.init(
      df, GaussianFactor("Wishart", covarianceMatrix: covarianceMatrix, validateArgs), validateArgs,
      covariance: covarianceMatrix)
  }
  /// - Parameters:
  ///   - df: the degrees of freedom, above n - 1.
  ///   - precisionMatrix: the inverse of the scale, `[..., n, n]`.
  public init(_ df: some DistributionParameter, precisionMatrix: Tensor, validateArgs: Bool? = nil) {
    self.init(df, GaussianFactor("Wishart", precisionMatrix: precisionMatrix, validateArgs), validateArgs)
  }
  /// - Parameters:
  ///   - df: the degrees of freedom, above n - 1.
  ///   - scaleTril: the Cholesky factor of the scale, `[..., n, n]`.
  public init(_ df: some DistributionParameter, scaleTril: Tensor, validateArgs: Bool? = nil) {
    self.init(df, GaussianFactor("Wishart", scaleTril: scaleTril, validateArgs), validateArgs)
  }
  /// ``init(_:covarianceMatrix:validateArgs:)`` with a name.
  public init(df: some DistributionParameter, covarianceMatrix: Tensor, validateArgs: Bool? = nil) {
    self.init(df, covarianceMatrix: covarianceMatrix, validateArgs: validateArgs)
  }
  /// ``init(_:precisionMatrix:validateArgs:)`` with a name.
  public init(df: some DistributionParameter, precisionMatrix: Tensor, validateArgs: Bool? = nil) {
    self.init(df, precisionMatrix: precisionMatrix, validateArgs: validateArgs)
  }
  /// ``init(_:scaleTril:validateArgs:)`` with a name.
  public init(df: some DistributionParameter, scaleTril: Tensor, validateArgs: Bool? = nil) {
    self.init(df, scaleTril: scaleTril, validateArgs: validateArgs)
  }

  private init(
    _ df: some DistributionParameter, _ factor: GaussianFactor, _ validateArgs: Bool?, covariance: Tensor? = nil
  ) {
    self.validateArgs = validateArgs ?? Validation.isDefault
    given = factor.given
    (self.df, scaleTril, givenCovariance) = Self.parameters(df, factor.scaleTril, covariance)
  }

  /// The parameters in their common shapes; failed ones where they do not fit.
  private static func parameters(
    _ df: some DistributionParameter, _ scale: Tensor, _ covariance: Tensor?
  ) -> (df: Tensor, scale: Tensor, covariance: Tensor?) {
    do throws(TensorError) {
      let degrees = df.parameterTensor
      if let failed = degrees.failed ?? scale.failed { return (failed, failed, nil) }
      guard scale.rank >= 2, scale.size(-1) == scale.size(-2) else {
        throw TensorError(.shape, "Wishart", "the scale must be square matrices, and found \(scale.shape)")
      }
      let n = scale.size(-1)
      let batch = try broadcastShapes([Array(scale.shape.dropLast(2)), degrees.shape], "Wishart")
      let all = (df is Tensor ? degrees : degrees.to(scale.dtype).placed(with: scale)).expand(batch)
      if Validation.canRead, noGrad({ all.detach().gt(Double(n - 1)).all().item() == 0 }) {
        throw TensorError(
          .value, "Wishart",
          "df must be greater than n - 1 = \(n - 1) for matrices of size n, and found \(degrees.detach())")
      }
      return (all, scale.expand(batch + [n, n]), covariance?.expand(batch + [n, n]))
    } catch {
      let failed = fail(error)
      return (failed, failed, nil)
    }
  }

  private init(_ df: Tensor, scale: Tensor, _ covariance: Tensor?, _ given: String, _ validateArgs: Bool) {
    (self.df, scaleTril, givenCovariance) = (df, scale, covariance)
    (self.given, self.validateArgs) = (given, validateArgs)
  }

  private var count: Int { scaleTril.shape.last ?? 0 }
  private var halfLogDeterminant: Tensor { scaleTril.diagonal(dim1: -2, dim2: -1).log().sum([-1]) }
  private var matrixDf: Tensor { df.unsqueeze(-1).unsqueeze(-1) }
  /// The scale.
  public var covarianceMatrix: Tensor { givenCovariance ?? matmul(scaleTril, scaleTril.mT) }
  /// The inverse of the scale.
  public var precisionMatrix: Tensor { scaleTril.choleskyInverse() }

  public var description: String { "Wishart(\(parameterText([(given, scaleTril), ("df", df)])))" }
  public var batchShape: [Int] { df.shape }
  public var eventShape: [Int] { [count, count] }
  public var support: Constraint { constraints.positiveDefinite }
  public var hasRsample: Bool { true }
  public var mean: Tensor { scaleTril.hasFailed ? scaleTril : matrixDf * covarianceMatrix }
  public var mode: Tensor {
    if let failed = scaleTril.failed { return failed }
    let factor = matrixDf - Double(count) - 1
    return factor.maskedFill(noGrad { factor.detach().le(0) }, Double.nan) * covarianceMatrix
  }
  public var variance: Tensor {
    if let failed = scaleTril.failed { return failed }
    let scale = covarianceMatrix
    let diagonal = scale.diagonal(dim1: -2, dim2: -1)
    return matrixDf * (scale.square() + diagonal.unsqueeze(-1) * diagonal.unsqueeze(-2))
  }

  /// Samples by the decomposition of Bartlett (1933): the roots of chi-squared numbers on the diagonal of a triangle, normal ones
  /// below it. PyTorch's check for singular samples draws all of them once more, and so does this, for the same numbers.
  public func rsample(_ shape: [Int]) -> Tensor {
    if let failed = scaleTril.failed { return failed }
    _ = noGrad { drawn(shape) }
    return drawn(shape)
  }

  private func drawn(_ shape: [Int]) -> Tensor {
    let n = count
    let degrees = df.unsqueeze(-1) - noGrad { arange(n, dtype: df.dtype).placed(with: df) }
    let roots = Chi2(degrees, validateArgs: false).rsample(shape).sqrt().clamp(min: df.dtype.roundoff)
    let below = randn(shape + batchShape + [n * (n - 1) / 2], dtype: df.dtype).placed(with: df)
    if let failed = roots.failed ?? below.failed { return failed }
    let factor = matmul(scaleTril, roots.diagEmbed() + lowerTriangle(below, n, offset: 1))
    return matmul(factor, factor.mT)
  }

  public func logProb(_ value: Tensor) -> Tensor {
    let value = validated(value)
    if let failed = value.failed ?? scaleTril.failed { return failed }
    let n = Double(count)
    let trace = value.choleskySolve(scaleTril).diagonal(dim1: -2, dim2: -1).sum([-1])
    let normaliser = df * (n * logTwo / 2 + halfLogDeterminant) + (df / 2).mvlgamma(count)
    return (df - n - 1) / 2 * linalg.slogdet(value).logabsdet - trace / 2 - normaliser
  }

  /// The derivative of the logarithm of the multivariate gamma function at `df` / 2.
  private var digamma: Tensor {
    (df.unsqueeze(-1) / 2 - noGrad { arange(count, dtype: df.dtype).placed(with: df) / 2 }).digamma().sum([-1])
  }

  public func entropy() -> Tensor {
    if let failed = scaleTril.failed { return failed }
    let n = Double(count)
    return (n + 1) * (n * logTwo / 2 + halfLogDeterminant) + (df / 2).mvlgamma(count)
      - (df - n - 1) / 2 * digamma + df * n / 2
  }

  public func expand(_ batchShape: [Int]) -> Wishart {
    let all = batchShape + eventShape
    return Wishart(
      df.expand(batchShape), scale: scaleTril.expand(all), givenCovariance?.expand(all), given, validateArgs)
  }

  public func divergence(from other: any Distribution) -> Tensor? {
    guard let other = other as? Wishart, other.eventShape == eventShape else { return nil }
    if let failed = scaleTril.failed ?? other.scaleTril.failed { return failed }
    let ratio = linalg.solveTriangular(other.scaleTril, scaleTril, upper: false)
    let trace = ratio.square().sum([-2, -1])
    let first = other.df * (other.halfLogDeterminant - halfLogDeterminant) + df / 2 * (trace - Double(count))
    let second = (other.df / 2).mvlgamma(count) - (df / 2).mvlgamma(count)
    return first + second + (df - other.df) / 2 * digamma
  }
}
