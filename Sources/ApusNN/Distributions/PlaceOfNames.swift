import ApusCore

/// PyTorch's `torch.distributions` as a place of names: `distributions.Normal(0.0, 1.0)`.
public enum distributions {
  public typealias Distribution = ApusNN.Distribution
  public typealias Bernoulli = ApusNN.Bernoulli
  public typealias Beta = ApusNN.Beta
  public typealias Binomial = ApusNN.Binomial
  public typealias Categorical = ApusNN.Categorical
  public typealias Cauchy = ApusNN.Cauchy
  public typealias Chi2 = ApusNN.Chi2
  public typealias ContinuousBernoulli = ApusNN.ContinuousBernoulli
  public typealias Dirichlet = ApusNN.Dirichlet
  public typealias ExpRelaxedCategorical = ApusNN.ExpRelaxedCategorical
  public typealias Exponential = ApusNN.Exponential
  public typealias FisherSnedecor = ApusNN.FisherSnedecor
  public typealias Gamma = ApusNN.Gamma
  public typealias GeneralizedPareto = ApusNN.GeneralizedPareto
  public typealias Geometric = ApusNN.Geometric
  public typealias Gumbel = ApusNN.Gumbel
  public typealias HalfCauchy = ApusNN.HalfCauchy
  public typealias HalfNormal = ApusNN.HalfNormal
  public typealias InverseGamma = ApusNN.InverseGamma
  public typealias Kumaraswamy = ApusNN.Kumaraswamy
  public typealias LKJCholesky = ApusNN.LKJCholesky
  public typealias Laplace = ApusNN.Laplace
  public typealias LogNormal = ApusNN.LogNormal
  public typealias LogisticNormal = ApusNN.LogisticNormal
  public typealias LogitRelaxedBernoulli = ApusNN.LogitRelaxedBernoulli
  public typealias LowRankMultivariateNormal = ApusNN.LowRankMultivariateNormal
  public typealias Multinomial = ApusNN.Multinomial
  public typealias MultivariateNormal = ApusNN.MultivariateNormal
  public typealias NegativeBinomial = ApusNN.NegativeBinomial
  public typealias Normal = ApusNN.Normal
  public typealias OneHotCategorical = ApusNN.OneHotCategorical
  public typealias OneHotCategoricalStraightThrough = ApusNN.OneHotCategoricalStraightThrough
  public typealias Pareto = ApusNN.Pareto
  public typealias Poisson = ApusNN.Poisson
  public typealias RelaxedBernoulli = ApusNN.RelaxedBernoulli
  public typealias RelaxedOneHotCategorical = ApusNN.RelaxedOneHotCategorical
  public typealias StudentT = ApusNN.StudentT
  public typealias TransformedDistribution = ApusNN.TransformedDistribution
  public typealias Uniform = ApusNN.Uniform
  public typealias VonMises = ApusNN.VonMises
  public typealias Weibull = ApusNN.Weibull
  public typealias Wishart = ApusNN.Wishart
  public typealias Independent<Base: ApusNN.Distribution> = ApusNN.Independent<Base>
  public typealias MixtureSameFamily<Component: ApusNN.Distribution> = ApusNN.MixtureSameFamily<Component>
  public typealias Constraint = ApusNN.Constraint
  public typealias constraints = ApusNN.constraints
  /// PyTorch's name of ``DistributionTransform``.
  public typealias Transform = DistributionTransform
  public typealias AbsTransform = ApusNN.AbsTransform
  public typealias AffineTransform = ApusNN.AffineTransform
  public typealias CatTransform = ApusNN.CatTransform
  public typealias ComposeTransform = ApusNN.ComposeTransform
  public typealias CorrCholeskyTransform = ApusNN.CorrCholeskyTransform
  public typealias CumulativeDistributionTransform = ApusNN.CumulativeDistributionTransform
  public typealias ExpTransform = ApusNN.ExpTransform
  public typealias IndependentTransform = ApusNN.IndependentTransform
  public typealias LowerCholeskyTransform = ApusNN.LowerCholeskyTransform
  public typealias PositiveDefiniteTransform = ApusNN.PositiveDefiniteTransform
  public typealias PowerTransform = ApusNN.PowerTransform
  public typealias ReshapeTransform = ApusNN.ReshapeTransform
  public typealias SigmoidTransform = ApusNN.SigmoidTransform
  public typealias SoftmaxTransform = ApusNN.SoftmaxTransform
  public typealias SoftplusTransform = ApusNN.SoftplusTransform
  public typealias StackTransform = ApusNN.StackTransform
  public typealias StickBreakingTransform = ApusNN.StickBreakingTransform
  public typealias TanhTransform = ApusNN.TanhTransform

  /// ``ApusNN/klDivergence(_:_:)``.
  public static func klDivergence(_ p: any ApusNN.Distribution, _ q: any ApusNN.Distribution) -> Tensor {
    ApusNN.klDivergence(p, q)
  }
  /// ``ApusNN/registerKL(_:_:_:)``.
  public static func registerKL<P: ApusNN.Distribution, Q: ApusNN.Distribution>(
    _ p: P.Type, _ q: Q.Type, _ rule: @escaping @Sendable (P, Q) -> Tensor
  ) { ApusNN.registerKL(p, q, rule) }
  /// ``ApusNN/bijectTo(_:)``.
  public static func bijectTo(_ constraint: ApusNN.Constraint) -> ConstraintTransform {
    ApusNN.bijectTo(constraint)
  }
  /// ``ApusNN/transformTo(_:)``.
  public static func transformTo(_ constraint: ApusNN.Constraint) -> ConstraintTransform {
    ApusNN.transformTo(constraint)
  }
  /// Whether distributions made from now on check their parameters and values where `validateArgs` is not given.
  public static func setDefaultValidateArgs(_ value: Bool) { Validation.isDefault = value }
}
