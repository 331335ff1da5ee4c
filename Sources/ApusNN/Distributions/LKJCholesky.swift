import ApusCore
import ApusFunctional

/// The distribution of Cholesky factors of matrices of correlations (Lewandowski, Kurowicka and Joe, 2009): the density of a
/// matrix is a power of its determinant.
///
///     let factor = LKJCholesky(3, 0.5).sample()    // factor ⋅ factorᵀ is a matrix of correlations
public struct LKJCholesky: Distribution {
  /// The size of the matrices.
  public let dim: Int
  public let concentration: Tensor
  public let validateArgs: Bool

  public static var argConstraints: KeyValuePairs<String, Constraint> { ["concentration": constraints.positive] }

  /// - Parameters:
  ///   - dim: the size of the matrices, at least 2.
  ///   - concentration: above 0; 1 for all matrices alike, more for weaker correlations.
  public init(_ dim: Int, _ concentration: some DistributionParameter = 1.0, validateArgs: Bool? = nil) {
    let all = Parameters("LKJCholesky", Self.argConstraints, validateArgs, concentration)
    self.validateArgs = all.validateArgs
    let isFitting = dim >= 2 && dim <= 1 << 20
    self.dim = isFitting ? dim : 2
    self.concentration =
      isFitting
      ? all[0] : fail(TensorError(.value, "LKJCholesky", "dim must be a size of at least 2, and found \(dim)"))
  }
  /// ``init(_:_:validateArgs:)`` with names.
  public init(dim: Int, concentration: some DistributionParameter = 1.0, validateArgs: Bool? = nil) {
    self.init(dim, concentration, validateArgs: validateArgs)
  }

  public var batchShape: [Int] { concentration.shape }
  public var eventShape: [Int] { [dim, dim] }
  public var support: Constraint { constraints.corrCholesky }

  /// The squared lengths of the rows beside the diagonal.
  private var rows: Beta {
    let offset = cat(
      [
        Tensor.zeros([1], dtype: concentration.dtype),
        arange(dim - 1, dtype: concentration.dtype),
      ]
    ).placed(with: concentration)
    let marginal = concentration + 0.5 * Double(dim - 2)
    return Beta(offset + 0.5, marginal.unsqueeze(-1) - 0.5 * offset, validateArgs: false)
  }

  /// Samples by the onion method, row by row.
  public func sample(_ shape: [Int]) -> Tensor {
    noGrad {
      if let failed = concentration.failed { return failed }
      let y = rows.sample(shape).unsqueeze(-1)
      let normal = randn(extended(shape), dtype: y.dtype).placed(with: y).tril(-1)
      if let failed = y.failed ?? normal.failed { return failed }
      let directions = normal / normal.square().sum([-1], keepDim: true).sqrt()
      let first = Tensor.zeros(Array(directions.shape.dropLast(2)) + [1, dim], dtype: y.dtype).placed(with: y)
      let sphere = cat([first, directions.narrow(-2, 1, dim - 1)], dim: -2)
      let w = y.sqrt() * sphere
      let diagonal = (1 - w.square().sum([-1])).clamp(min: w.dtype.smallestNormal).sqrt()
      return w + diagonal.diagEmbed()
    }
  }

  public func logProb(_ value: Tensor) -> Tensor {
    let value = validated(value)
    if let failed = value.failed ?? concentration.failed { return failed }
    let diagonal = value.diagonal(dim1: -1, dim2: -2).narrow(-1, 1, dim - 1)
    let place = noGrad { arange(2, dim + 1, dtype: concentration.dtype).placed(with: concentration) }
    let powers = 2 * (concentration - 1).unsqueeze(-1) + Double(dim) - place
    let unnormalised = (powers * diagonal.log()).sum([-1])
    let count = Double(dim - 1)
    let alpha = concentration + 0.5 * count
    let normaliser = 0.5 * count * logPi + (alpha - 0.5).mvlgamma(dim - 1) - alpha.lgamma() * count
    return unnormalised - normaliser
  }

  public func expand(_ batchShape: [Int]) -> LKJCholesky {
    LKJCholesky(dim, concentration.expand(batchShape), validateArgs: validateArgs)
  }
}
