import Apus
import TestSupport
import Testing

/// Values are PyTorch's, for the same seed and the same order of draws.
@Suite(.serialized) struct DistributionTests {
  private func close(_ found: Tensor, _ wanted: [Double], _ tolerance: Double = 2e-6) -> Bool {
    let values = found.array(as: Double.self)
    return values.count == wanted.count
      && zip(values, wanted).allSatisfy { abs($0 - $1) <= tolerance * max(1, abs($1)) }
  }

  @Test func samplesAreThoseOfTheSeed() {
    let generatorState = Generator.default.getState()
    defer { try? Generator.default.setState(generatorState) }
    let (loc, scale) = (Tensor([0.0, 1.0]), Tensor([1.0, 2.0]))
    manualSeed(3)
    let categories = Categorical(Tensor([[0.1, 0.2, 0.7], [0.5, 0.25, 0.25]])).sample([4])
    #expect(categories.shape == [4, 2])
    #expect(categories.array(as: Int.self) == [0, 2, 1, 1, 2, 0, 1, 0])
    #expect(Categorical(logits: Tensor([0.1, 0.2, 0.7])).sample().item() == 2)
    #expect(close(Bernoulli(Tensor([0.3, 0.6, 0.9])).sample([3]), [0, 1, 1, 1, 1, 1, 1, 1, 1]))
    #expect(
      close(
        Normal(loc, scale).sample([2]), [-0.9620734453201294, 1.7426557540893555, 0.2601284086704254, 1.10487699508667])
    )
    #expect(close(Uniform(1, 3).sample([3]), [2.019237518310547, 2.164844036102295, 1.8566410541534424]))
    #expect(
      close(
        Exponential(Tensor([2.0, 0.5])).sample([2]),
        [0.39533531665802, 0.10095363855361938, 0.15403296053409576, 1.1638493537902832]))
    #expect(
      close(
        Laplace(loc, scale).sample([2]),
        [0.7363848090171814, -0.034316301345825195, -0.15300169587135315, 5.302638053894043]))
    #expect(
      close(
        Gumbel(loc, scale).sample([2]),
        [1.6247222423553467, 2.5077643394470215, -0.12877191603183746, 5.867733478546143], 2e-5))
    #expect(
      close(
        Cauchy(loc, scale).sample([2]),
        [0.7945765852928162, 4.601357460021973, -7.576021671295166, -149.0548553466797], 1e-5))
    #expect(close(Geometric(Tensor([0.2, 0.6])).sample([3]), [2, 2, 1, 0, 2, 0]))
    let (scales, shapes) = (Tensor([2.0, 0.5]), Tensor([1.5, 3.0]))
    #expect(
      close(
        Weibull(scales, shapes).sample([2]),
        [0.6958078145980835, 0.42457315325737, 1.5205000638961792, 0.6718536019325256]))
    #expect(
      close(
        Pareto(scales, shapes).sample([2]),
        [3.4199724197387695, 0.5894368886947632, 2.794294834136963, 0.6739196181297302]))
    let covariance = Tensor([[2.0, 0.5], [0.5, 1.0]])
    #expect(
      close(
        MultivariateNormal(loc, covariance).sample([2]),
        [-0.7453615069389343, 1.5720242261886597, -1.1378657817840576, -0.26671159267425537]))
    let mixture = MixtureSameFamily(Categorical(Tensor([0.4, 0.6])), Normal(Tensor([0.0, 10.0]), 1))
    #expect(close(mixture.sample([3]), [-1.4638218879699707, -0.598857581615448, 9.087828636169434]))
    #expect(close(OneHotCategorical(Tensor([0.4, 0.6])).sample([2]), [1, 0, 1, 0]))
    #expect(
      close(
        HalfNormal(Tensor([0.4, 0.6])).sample([2]),
        [0.19946108758449554, 0.1152232438325882, 0.030508998781442642, 0.07203070819377899]))
    #expect(
      close(
        gumbelSoftmax(Tensor([[0.4, 0.6, 1.0]]), tau: 0.5),
        [0.8704190850257874, 0.11118783801794052, 0.018393054604530334]))
  }

  @Test func densitiesIntegrateToTheirDistributionFunctions() {
    // A rule of sums over a fine grid against the difference of cdf at its ends.
    let x = linspace(0.5, 2.5, 20001, dtype: .float64)
    let one = Tensor(1.3, dtype: .float64)
    let all: [any Distribution] = [
      Normal(one, one), LogNormal(one, one), HalfNormal(one), Laplace(one, one), Gumbel(one, one), Cauchy(one, one),
      HalfCauchy(one), Exponential(one), Weibull(one, one), Pareto(one * 0.3, one), Uniform(one * 0, one * 3),
    ]
    for distribution in all {
      let area = distribution.logProb(x).exp().trapezoid(dx: 2.0 / 20000).item()
      let ends = distribution.cdf(Tensor([0.5, 2.5], dtype: .float64)).array(as: Double.self)
      #expect(abs(area - (ends[1] - ends[0])) < 1e-4, "\(distribution.name)")
      let middle = Tensor([0.2, 0.7], dtype: .float64)
      let back = distribution.cdf(distribution.icdf(middle))
      #expect(back.allclose(middle), "\(distribution.name)")
    }
  }

  @Test func entropiesAndDivergencesAreMeansOfLogarithms() {
    let probs = Tensor([[0.2, 0.3, 0.5], [0.6, 0.1, 0.3]], dtype: .float64)
    let (p, q) = (Categorical(probs), Categorical(probs.flip([0])))
    let values = p.enumerateSupport()
    let entropy = -(p.logProb(values).exp() * p.logProb(values)).sum([0])
    #expect(p.entropy().allclose(entropy))
    let divergence = (p.logProb(values).exp() * (p.logProb(values) - q.logProb(values))).sum([0])
    #expect(klDivergence(p, q).allclose(divergence))
    let joined = Independent(Normal(Tensor([[0.0, 1.0]]), 2), 1)
    #expect(joined.batchShape == [1] && joined.eventShape == [2])
    #expect(
      klDivergence(joined, Independent(Normal(Tensor([[1.0, 1.0]]), 1), 1)).allclose(Tensor([2.1137056])))
  }

  @Test func gradientsReachTheParameters() {
    let logits = Tensor(Tensor([0.5, -0.5, 1.0]), requiresGrad: true)
    Categorical(logits: logits).logProb(Tensor(2)).backward()
    // One at the choice less the probabilities.
    let wanted = Tensor([0.0, 0.0, 1.0]) - softmax(logits.detach(), dim: 0)
    #expect(logits.grad?.allclose(wanted) == true)
    let scale = Tensor(Tensor([2.0]), requiresGrad: true)
    Normal(0, scale).rsample([100]).square().mean().backward()
    #expect((scale.grad?.item() ?? 0) > 0)
    #expect(!Normal(0, scale).sample().requiresGrad)
  }

  private static let mistakes: [Mistake] = [
    Mistake("scale", .value, "Normal", "parameter scale", "GreaterThan(lower_bound=0.0)", "-1") {
      Normal(0, Tensor([1.0, -1.0]))
    },
    Mistake("probs", .value, "Bernoulli", "Interval(lower_bound=0.0, upper_bound=1.0)", "1.5") { Bernoulli(1.5) },
    Mistake("weights", .value, "Categorical", "Simplex()") { Categorical(Tensor([-0.5, 1.0])) },
    Mistake("number", .shape, "Categorical", "a dimension of categories") { Categorical(Tensor(1.0)) },
    Mistake("shapes", .shape, "Normal", "[2]", "[3]") { Normal(Tensor.zeros([2]), Tensor.ones([3])) },
    Mistake("gradient", .unsupported, "Bernoulli", "rsample", "sample gives them without") {
      Bernoulli(0.5).rsample()
    },
    Mistake("pair", .unsupported, "klDivergence", "Cauchy", "Normal", "samples") {
      klDivergence(Cauchy(0, 1), Normal(0, 1))
    },
    Mistake("covariance", .value, "MultivariateNormal", "PositiveDefinite()") {
      MultivariateNormal(Tensor.zeros([2]), Tensor([[1.0, 2.0], [2.0, 1.0]]))
    },
    Mistake("order", .value, "Uniform", "parameter low", "LessThan(upper_bound=") { Uniform(1, 0) },
  ]

  @Test(arguments: mistakes) private func mistakeIsExplained(_ mistake: Mistake) {
    #expect(mistake.complaint() == nil)
  }
}
