import Apus
import TestSupport
import Testing

/// Values are PyTorch's, for the same seed and the same order of draws.
@Suite(.serialized) struct DistributionSampleTests {
  private struct Recorded: Sendable, CustomTestStringConvertible {
    let name: String, shape: [Int], values: [Double]
    let sample: @Sendable () -> Tensor
    init(_ name: String, _ shape: [Int], _ values: [Double], _ sample: @escaping @Sendable () -> Tensor) {
      (self.name, self.shape, self.values, self.sample) = (name, shape, values, sample)
    }
    var testDescription: String { name }
  }

  private static let recorded: [Recorded] = [
    Recorded("gamma", [2, 3], [0.454868466, 2.85931468, 64.3226547, 0.031309966, 1.0556736, 60.7918434]) {
      Gamma(Tensor([0.5, 2.0, 30.0]), Tensor([1.0, 2.0, 0.5])).sample([2])
    },
    Recorded("gamma64", [2, 3], [0.454868468, 2.85931477, 64.3226559, 0.0313099686, 1.0556736, 60.7918461]) {
      Gamma(Tensor([0.5, 2.0, 30.0], dtype: .float64), Tensor([1.0, 2.0, 0.5], dtype: .float64)).sample([2])
    },
    Recorded("chi2", [2, 2], [0.909736931, 13.0959263, 0.0423857346, 9.06808662]) {
      Chi2(Tensor([1.0, 5.0])).sample([2])
    },
    Recorded("invgamma", [2, 2], [0.98504281, 0.303985476, 0.243214667, 0.669290543]) {
      InverseGamma(Tensor([1.5, 5.0]), Tensor([1.0, 2.0])).sample([2])
    },
    Recorded("beta", [2, 2], [0.073680833, 0.93516928, 0.0462591872, 0.694999933]) {
      Beta(Tensor([0.5, 3.0]), Tensor([2.0, 1.0])).sample([2])
    },
    Recorded("dirichlet", [2, 3], [0.0580974296, 0.49962157, 0.442281008, 0.00806557573, 0.24759464, 0.744339764]) {
      Dirichlet(Tensor([0.5, 1.0, 3.0])).sample([2])
    },
    Recorded("studentt", [2, 2], [-0.0818137079, 1.18601918, 1.06798661, -2.45752096]) {
      StudentT(Tensor([2.0, 5.0])).sample([2])
    },
    Recorded("fisher", [2, 2], [0.628247797, 4.37058496, 3.65458703, 0.423800081]) {
      FisherSnedecor(Tensor([2.0, 5.0]), Tensor([3.0, 8.0])).sample([2])
    },
    Recorded("binomial", [3, 4], [0, 5, 31, 892, 0, 9, 32, 886, 2, 7, 33, 920]) {
      Binomial(Tensor([3.0, 10.0, 100.0, 1000.0]), probs: Tensor([0.2, 0.7, 0.3, 0.9])).sample([3])
    },
    Recorded("poisson", [3, 3], [0, 7, 45, 0, 1, 51, 1, 7, 43]) {
      Poisson(Tensor([0.5, 4.0, 40.0])).sample([3])
    },
    Recorded("negbin", [3, 2], [0, 15, 1, 26, 4, 13]) {
      NegativeBinomial(Tensor([3.0, 10.0]), probs: Tensor([0.2, 0.7])).sample([3])
    },
    Recorded("multinomial", [2, 3], [5, 2, 3, 2, 1, 7]) {
      Multinomial(10, probs: Tensor([0.2, 0.3, 0.5])).sample([2])
    },
    Recorded("kuma", [2, 2], [0.0721545666, 0.928780437, 0.0353746302, 0.700074613]) {
      Kumaraswamy(Tensor([0.5, 3.0]), Tensor([2.0, 1.0])).sample([2])
    },
    Recorded("cbern", [2, 3], [0.369917184, 0.198803186, 0.835765779, 0.489498615, 0.232761562, 0.67435813]) {
      ContinuousBernoulli(Tensor([0.2, 0.5, 0.9])).sample([2])
    },
    Recorded("gpareto", [2, 2], [0.765551329, 1.45836794, 1.07649386, 3.5225575]) {
      GeneralizedPareto(Tensor([0.0, 1.0]), Tensor([1.0, 2.0]), Tensor([0.0, 0.3])).sample([2])
    },
    Recorded("vonmises", [3, 2], [0.640045464, 1.11382663, 0.419858217, 0.85052681, 0.681132078, 1.14446938]) {
      VonMises(Tensor([0.0, 1.0]), Tensor([1.0, 20.0])).sample([3])
    },
    Recorded("relbern", [2, 2], [0.0763677955, 0.251056224, 0.189536899, 0.952280998]) {
      RelaxedBernoulli(Tensor([0.5]), probs: Tensor([0.2, 0.7])).sample([2])
    },
    Recorded("relcat", [2, 3], [0.0648276284, 0.0218776558, 0.913294673, 0.371055394, 0.0693828166, 0.559561789]) {
      RelaxedOneHotCategorical(Tensor([0.5]), probs: Tensor([0.2, 0.3, 0.5])).sample([2])
    },
    Recorded(
      "lkj", [2, 3, 3],
      [
        1, 0, 0, 0.0963001922, 0.995352387, 0, -0.120655268, 0.737811029, 0.66413641, 1, 0, 0, 0.557608604, 0.830103934,
        0, -0.34796977, 0.918626726, 0.187195063,
      ]
    ) {
      LKJCholesky(3, 0.5).sample([2])
    },
    Recorded(
      "wishart", [2, 2, 2],
      [8.44538784, 8.32489777, 8.32489777, 13.4704218, 16.3224316, 5.56049204, 5.56049204, 27.1737614]
    ) {
      Wishart(4.0, covarianceMatrix: Tensor([[2.0, 0.0], [0.0, 2.0]])).sample([2])
    },
    Recorded("lowrank", [2, 3], [0.800026536, -1.18774152, 1.39719999, -0.108686626, 0.0374456048, 2.80466843]) {
      LowRankMultivariateNormal(Tensor.zeros([3]), Tensor([[1.0], [0.5], [2.0]]), Tensor.ones([3])).sample([2])
    },
    Recorded(
      "logisticnormal", [2, 3], [0.301546961, 0.648902237, 0.0495508537, 0.563080728, 0.0989233926, 0.337995857]
    ) {
      LogisticNormal(Tensor([0.0, 1.0]), Tensor([1.0, 2.0])).sample([2])
    },
    Recorded("onehotst", [2, 3], [0, 1, 0, 0, 1, 0]) {
      OneHotCategoricalStraightThrough(Tensor([0.2, 0.3, 0.5])).sample([2])
    },
    Recorded("transformed", [2, 2], [0.60842061, 0.999990821, 0.993886173, -0.897141755]) {
      TransformedDistribution(
        Normal(Tensor([0.0, 1.0]), Tensor([1.0, 2.0])), [AffineTransform(1.0, 2.0), TanhTransform()]
      ).sample([2])
    },
  ]

  @Test(arguments: recorded) private func samplesAreThoseOfTheSeed(_ row: Recorded) {
    let state = Generator.default.getState()
    defer { try? Generator.default.setState(state) }
    manualSeed(7)
    let found = row.sample()
    let values = found.array(as: Double.self)
    #expect(found.shape == row.shape)
    #expect(
      values.count == row.values.count
        && zip(values, row.values).allSatisfy { abs($0 - $1) <= 2e-5 * max(1, abs($1)) }, "\(values)")
  }
}
