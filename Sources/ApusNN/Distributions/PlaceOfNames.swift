import ApusCore

/// PyTorch's `torch.distributions` as a place of names: `distributions.Normal(0.0, 1.0)`.
public enum distributions {
  public typealias Distribution = ApusNN.Distribution
  public typealias Bernoulli = ApusNN.Bernoulli
  public typealias Categorical = ApusNN.Categorical
  public typealias Cauchy = ApusNN.Cauchy
  public typealias Exponential = ApusNN.Exponential
  public typealias Geometric = ApusNN.Geometric
  public typealias Gumbel = ApusNN.Gumbel
  public typealias HalfCauchy = ApusNN.HalfCauchy
  public typealias HalfNormal = ApusNN.HalfNormal
  public typealias Laplace = ApusNN.Laplace
  public typealias LogNormal = ApusNN.LogNormal
  public typealias MultivariateNormal = ApusNN.MultivariateNormal
  public typealias Normal = ApusNN.Normal
  public typealias OneHotCategorical = ApusNN.OneHotCategorical
  public typealias Pareto = ApusNN.Pareto
  public typealias Uniform = ApusNN.Uniform
  public typealias Weibull = ApusNN.Weibull
  public typealias Independent<Base: ApusNN.Distribution> = ApusNN.Independent<Base>
  public typealias MixtureSameFamily<Component: ApusNN.Distribution> = ApusNN.MixtureSameFamily<Component>

  /// ``ApusNN/klDivergence(_:_:)``.
  public static func klDivergence(_ p: any ApusNN.Distribution, _ q: any ApusNN.Distribution) -> Tensor {
    ApusNN.klDivergence(p, q)
  }
}
