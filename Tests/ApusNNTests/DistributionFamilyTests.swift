import Apus
import TestSupport
import Testing

@Suite(.serialized) struct DistributionFamilyTests {
  private func double(_ values: [Double]) -> Tensor { Tensor(values, dtype: .float64) }

  @Test func densitiesIntegrateToTheirDistributionFunctions() {
    let one = Tensor(1.3, dtype: .float64)
    let x = linspace(0.05, 0.95, 20001, dtype: .float64)
    let all: [any Distribution] = [
      Gamma(one, one), Chi2(one * 2), InverseGamma(one, one), Kumaraswamy(one, one * 2),
      ContinuousBernoulli(one / 2), GeneralizedPareto(one * 0, one, one * 0.2),
      TransformedDistribution(Normal(one, one), [SigmoidTransform()]),
      MixtureSameFamily(Categorical(double([0.3, 0.7])), Gamma(double([1.5, 4.0]), 2.0)),
    ]
    for distribution in all {
      let area = distribution.logProb(x).exp().trapezoid(dx: 0.9 / 20000).item()
      let ends = distribution.cdf(double([0.05, 0.95])).array(as: Double.self)
      #expect(abs(area - (ends[1] - ends[0])) < 1e-6, "\(distribution.name)")
    }
    // Beta numbers have no distribution function here; that of the whole interval is 1.
    let inner = linspace(1e-6, 1 - 1e-6, 200001, dtype: .float64)
    #expect(abs(Beta(one * 2, one * 3).logProb(inner).exp().trapezoid(dx: (1 - 2e-6) / 200000).item() - 1) < 1e-6)
  }

  @Test func discreteProbabilitiesSumToOne() {
    let counts = arange(0.0, 400.0, dtype: .float64)
    let p = Tensor(0.3, dtype: .float64)
    for distribution: any Distribution in [Poisson(p * 20), NegativeBinomial(p * 10, probs: p), Geometric(p)] {
      let probabilities = distribution.logProb(counts).exp()
      #expect(abs(probabilities.sum().item() - 1) < 1e-9, "\(distribution.name)")
      #expect(abs((probabilities * counts).sum().item() - distribution.mean.item()) < 1e-9, "\(distribution.name)")
    }
    let binomial = Binomial(7, probs: p)
    let values = binomial.enumerateSupport()
    let probabilities = binomial.logProb(values).exp()
    #expect(abs(probabilities.sum().item() - 1) < 1e-9)
    #expect(abs(binomial.entropy().item() + (probabilities * binomial.logProb(values)).sum().item()) < 1e-9)
  }

  @Test func implicitGradientsAreThoseOfQuantiles() throws {
    // The derivative of the number with the same value of the distribution function, for a shape a little larger.
    let shapes: [Double] = [0.1, 0.5, 2, 5, 30, 2, 1000]
    let numbers: [Double] = [0.05, 0.3, 1.5, 9, 28, 0.05, 1050]
    let (a, x, h) = (double(shapes), double(numbers), 1e-5)
    let slope = ((a + a * h).igamma(x) - (a - a * h).igamma(x)) / (2 * h * a)
    let wanted = -slope / Gamma(a, 1.0).logProb(x).exp()
    manualSeed(5)
    let parameter = Tensor(double([0.1, 0.5, 2, 5, 30, 300]), requiresGrad: true)
    let sample = Gamma(parameter, 1.0).rsample()
    sample.sum().backward()
    let found = try #require(parameter.grad)
    let y = sample.detach()
    let b = parameter.detach()
    let own = -(((b + b * h).igamma(y) - (b - b * h).igamma(y)) / (2 * h * b)) / Gamma(b, 1.0).logProb(y).exp()
    #expect(found.allclose(own, rtol: 1e-4, atol: 1e-6), "\(found) \(own)")
    #expect(wanted.isfinite().all().item() != 0)
  }

  @Test func gradientsOfMeansOfSamples() throws {
    manualSeed(3)
    let a = Tensor(Tensor([2.0, 0.7]), requiresGrad: true)
    let b = Tensor(Tensor([3.0, 1.5]), requiresGrad: true)
    Beta(a, b).rsample([20000]).mean([0]).sum().backward()
    let (x, y) = (a.detach(), b.detach())
    // The derivatives of a / (a + b).
    #expect(try #require(a.grad).allclose(y / (x + y).square(), rtol: 0.03))
    #expect(try #require(b.grad).allclose(-x / (x + y).square(), rtol: 0.03))
    let weights = Tensor(Tensor([0.5, 1.0, 3.0]), requiresGrad: true)
    Dirichlet(weights).rsample([20000]).mean([0])[2].backward()
    let total = 4.5
    let wanted = Tensor([-3.0, -3.0, total - 3.0]) / (total * total)
    #expect(try #require(weights.grad).allclose(wanted, rtol: 0.05))
  }

  @Test func secondDerivativesOfSamplesAreRefused() {
    let a = Tensor(2.0, requiresGrad: true)
    #expect(throws: TensorError.self) {
      try withErrors {
        let first = gradients(of: [Gamma(a, 1.0).rsample()], wrt: [a], createGraph: true)
        return gradients(of: [first[0] ?? a], wrt: [a])[0] ?? a
      }
    }
  }

  @Test func divergencesAreMeansOfLogarithms() {
    manualSeed(11)
    let pairs: [(any Distribution, any Distribution)] = [
      (Gamma(2.0, 1.5), Gamma(3.0, 1.0)), (Beta(2.0, 3.0), Beta(1.0, 1.5)), (Gamma(2.0, 1.5), Exponential(1.0)),
      (Beta(2.0, 3.0), Gamma(1.5, 2.0)), (Pareto(1.0, 4.0), Gamma(2.0, 1.0)), (Uniform(0.2, 0.8), Beta(2.0, 3.0)),
      (Exponential(1.0), Gamma(2.0, 1.5)), (Gamma(2.0, 1.5), Gumbel(0.0, 1.0)), (Gamma(2.0, 1.5), Normal(1.0, 2.0)),
      (Beta(2.0, 3.0), ContinuousBernoulli(0.3)), (ContinuousBernoulli(0.3), Normal(0.5, 1.0)),
      (InverseGamma(4.0, 1.5), InverseGamma(3.0, 1.0)), (Poisson(3.0), Poisson(4.0)),
      (Dirichlet(Tensor([1.0, 2.0, 3.0])), Dirichlet(Tensor([2.0, 2.0, 2.0]))),
      (
        Wishart(5.0, covarianceMatrix: Tensor([[2.0, 0.5], [0.5, 1.0]])),
        Wishart(6.0, covarianceMatrix: Tensor([[1.0, 0.2], [0.2, 1.0]]))
      ),
      (
        LowRankMultivariateNormal(Tensor.zeros([2]), Tensor([[1.0], [0.5]]), Tensor.ones([2])),
        MultivariateNormal(Tensor.ones([2]), Tensor([[2.0, 0.3], [0.3, 1.0]]))
      ),
    ]
    for (p, q) in pairs {
      let x = p.sample([40000])
      let difference = p.logProb(x) - q.logProb(x)
      let (mean, error) = (difference.mean().item(), difference.std().item() / 200)
      let found = klDivergence(p, q).item()
      #expect(abs(found - mean) < 5 * error + 1e-4, "\(p.name) \(q.name): \(found), \(mean)")
    }
  }

  @Test func transformsInvertAndHaveTheirDeterminant() throws {
    let x = double([0.3, -0.7, 1.1])
    let vectors: [any DistributionTransform] = [
      ExpTransform(), SigmoidTransform(), SoftplusTransform(), TanhTransform(), AffineTransform(0.5, -2.0),
      StickBreakingTransform(), CorrCholeskyTransform(), ReshapeTransform([3], [3, 1]),
      ComposeTransform([AffineTransform(0.5, -2.0), StickBreakingTransform()]),
      CatTransform([ExpTransform(), TanhTransform()], dim: -1, lengths: [1, 2]),
      StackTransform([ExpTransform(), TanhTransform(), SigmoidTransform()], dim: -1),
      CumulativeDistributionTransform(Normal(0.2, 1.5)), IndependentTransform(ExpTransform(), 1),
    ]
    for transform in vectors {
      let y = transform(x)
      #expect(transform.inverse(y).allclose(x, rtol: 1e-6), "\(transform)")
      #expect(transform.inv.inv.forward(x).allclose(y), "\(transform)")
      #expect(try transform.forwardShape(x.shape) == y.shape, "\(transform)")
      #expect(try transform.inverseShape(y.shape) == x.shape, "\(transform)")
      #expect(transform.codomain.check(y).all().item() != 0, "\(transform)")
      let matrix = jacobian({ transform($0).reshape([-1]) }, x)
      // Of results with more elements, those that the others follow from are left out.
      let rows: [Int]
      switch transform {
      case is CorrCholeskyTransform: rows = [3, 6, 7]
      case is StickBreakingTransform, is ComposeTransform: rows = [0, 1, 2]
      default: rows = Array(0..<3)
      }
      let square = stack(rows.map { matrix[$0] }, dim: 0)
      let wanted = linalg.slogdet(square).logabsdet.item()
      #expect(abs(transform.logAbsDetJacobian(x, y).sum().item() - wanted) < 1e-6, "\(transform)")
    }
  }

  @Test func constraintsHaveTransforms() {
    let x = double([0.3, -0.7, 1.1])
    for constraint in [
      constraints.positive, constraints.unitInterval, constraints.interval(-2.0, 3.0), constraints.lessThan(2.0),
      constraints.greaterThan(1.0), constraints.simplex, constraints.corrCholesky, constraints.realVector,
    ] {
      for transform in [transformTo(constraint), bijectTo(constraint)] {
        #expect(constraint.check(transform.forward(x)).all().item() != 0, "\(constraint)")
      }
    }
    let matrix = double([0.3, -0.7, 1.1, 0.2]).reshape([2, 2])
    #expect(transformTo(constraints.positiveDefinite)(matrix).dtype == .float64)
    #expect(constraints.positiveDefinite.check(transformTo(constraints.positiveDefinite)(matrix)).item() != 0)
    #expect(constraints.lowerCholesky.check(transformTo(constraints.lowerCholesky)(matrix)).item() != 0)
    #expect(constraints.simplex.check(double([0.5, 0.4])).item() == 0)
  }

  @Test func textIsPyTorchs() {
    let two = Tensor.zeros([2])
    let texts: [(Any, String)] = [
      (Normal(0.0, 1.0), "Normal(loc: 0.0, scale: 1.0)"), (Chi2(2.0), "Chi2()"), (Beta(1.0, 2.0), "Beta()"),
      (Binomial(3, probs: 0.5), "Binomial(total_count: 3.0, probs: 0.5)"),
      (Multinomial(3, probs: Tensor([1.0, 1.0])), "Multinomial()"),
      (Pareto(1.0, 2.0), "Pareto(alpha: 2.0, scale: 1.0)"), (LogNormal(0.0, 1.0), "LogNormal()"),
      (Independent(Normal(two, 1.0), 1), "Independent(Normal(loc: torch.Size([2]), scale: torch.Size([2])), 1)"),
      (TransformedDistribution(Normal(0.0, 1.0), [ExpTransform()]), "TransformedDistribution()"),
      (
        MultivariateNormal(two, Tensor([[1.0, 0.0], [0.0, 1.0]])),
        "MultivariateNormal(loc: torch.Size([2]), covariance_matrix: torch.Size([2, 2]))"
      ),
      (LKJCholesky(3, 0.5), "LKJCholesky(concentration: 0.5)"),
      (
        Wishart(4.0, covarianceMatrix: Tensor([[1.0, 0.0], [0.0, 1.0]])),
        "Wishart(covariance_matrix: torch.Size([2, 2]), df: 4.0)"
      ),
      (constraints.positive, "GreaterThan(lower_bound=0.0)"),
      (constraints.greaterThan(1), "GreaterThan(lower_bound=1)"),
      (constraints.realVector, "IndependentConstraint(Real(), 1)"),
      (constraints.integerInterval(0, 3), "IntegerInterval(lower_bound=0, upper_bound=3)"),
      (
        bijectTo(constraints.interval(-1.0, 1.0)),
        "ComposeTransform(\n    SigmoidTransform(),\n    AffineTransform()\n)"
      ), (ExpTransform().inv, "_InverseTransform(ExpTransform())"),
    ]
    for (value, text) in texts { #expect("\(value)" == text) }
  }

  private static let mistakes: [Mistake] = [
    Mistake("support", .value, "Exponential", "within the support (GreaterThanEq(lower_bound=0.0))", "-1") {
      Exponential(1.0).logProb(Tensor(-1.0))
    },
    Mistake("category", .value, "Categorical", "IntegerInterval(lower_bound=0, upper_bound=2)", "3") {
      Categorical(Tensor.ones([3])).logProb(Tensor(3))
    },
    Mistake("event", .shape, "Dirichlet", "[2]", "[3]") { Dirichlet(Tensor.ones([3])).logProb(Tensor.ones([2])) },
    Mistake("broadcast", .shape, "Normal", "[2]", "[3]") { Normal(Tensor.zeros([3]), 1.0).logProb(Tensor.zeros([2])) },
    Mistake("df", .value, "Wishart", "greater than n - 1 = 1") {
      Wishart(1.0, covarianceMatrix: Tensor([[1.0, 0.0], [0.0, 1.0]])).mean
    },
    Mistake("dim", .value, "LKJCholesky", "at least 2", "1") { LKJCholesky(1).sample() },
    Mistake("counts", .unsupported, "Binomial", "the same totalCount") {
      Binomial(Tensor([2.0, 3.0]), probs: 0.5).entropy()
    },
    Mistake("corr", .shape, "CorrCholeskyTransform", "n (n - 1) / 2", "[4]") {
      CorrCholeskyTransform().forward(Tensor.zeros([4]))
    },
    Mistake("binomial", .dtype, "binomial", "float32", "int64") { binomial(Tensor([3]), Tensor([0.5])) },
  ]

  @Test(arguments: mistakes) private func mistakeIsExplained(_ mistake: Mistake) {
    #expect(mistake.complaint() == nil)
  }

  @Test func checksCanBeLeftOut() {
    #expect(Exponential(1.0, validateArgs: false).logProb(Tensor(-1.0)).item() == 1)
    #expect(Normal(0.0, -1.0, validateArgs: false).scale.item() == -1)
  }

  @Test func expansionRepeats() {
    let all: [any Distribution] = [
      Gamma(2.0, 1.0), Chi2(2.0), Beta(1.0, 2.0), StudentT(3.0), Binomial(3, probs: 0.5), Poisson(2.0),
      NegativeBinomial(3.0, probs: 0.5), VonMises(0.0, 1.0), GeneralizedPareto(0.0, 1.0, 0.1), Kumaraswamy(1.0, 2.0),
      ContinuousBernoulli(0.2), InverseGamma(3.0, 1.0), FisherSnedecor(2.0, 3.0), LKJCholesky(3),
      Dirichlet(Tensor.ones([3])), Multinomial(3, probs: Tensor.ones([2])),
      OneHotCategoricalStraightThrough(Tensor.ones([2])), RelaxedBernoulli(0.5, probs: 0.3),
      RelaxedOneHotCategorical(0.5, probs: Tensor.ones([2])), LogisticNormal(Tensor.zeros([2]), 1.0),
      LowRankMultivariateNormal(Tensor.zeros([2]), Tensor.ones([2, 1]), Tensor.ones([2])),
      Wishart(4.0, covarianceMatrix: Tensor([[1.0, 0.0], [0.0, 1.0]])),
      TransformedDistribution(Normal(Tensor.zeros([2]), 1.0), [StickBreakingTransform()]),
    ]
    for distribution in all {
      let wide = distribution.expand([4] + distribution.batchShape)
      #expect(wide.batchShape == [4] + distribution.batchShape, "\(distribution.name)")
      #expect(wide.eventShape == distribution.eventShape, "\(distribution.name)")
      let x = wide.sample([5])
      #expect(x.shape == [5] + wide.batchShape + wide.eventShape, "\(distribution.name)")
      #expect(wide.logProb(x).shape == [5] + wide.batchShape, "\(distribution.name)")
    }
  }
}
