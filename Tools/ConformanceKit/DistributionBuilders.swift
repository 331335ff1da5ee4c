import Apus
import ApusCore

/// Builds distributions and transforms from their classes and keywords.
struct DistributionArguments {
  let tensors: CaseTensors
  private(set) var atPath: [String: Tensor] = [:]

  init(tensors: CaseTensors) { self.tensors = tensors }

  /// A number or a tensor.
  private mutating func parameter(_ json: JSON, path: String) throws -> (any DistributionParameter)? {
    if let number = json["float"]?.double { return number }
    if let number = json["int"]?.int { return number }
    return json["tensor"] == nil ? nil : try tensor(json, path: path)
  }

  mutating func tensor(_ json: JSON, path: String) throws -> Tensor {
    var arguments = CaseArguments(tensors: tensors, recordsGradients: true)
    switch try arguments.value(json, path: path) {
    case .tensor(let t):
      atPath[path] = t
      return t
    case .float(let v): return Tensor(v, dtype: .float32)
    case .int(let v): return Tensor(Double(v), dtype: .float32)
    default: throw TensorError(.unsupported, path, "a parameter of another kind")
    }
  }

  /// The transform that `json` describes; nil where its class is not covered.
  mutating func transform(_ json: JSON, path: String) throws -> (any DistributionTransform)? {
    guard let members = json["transform"], let name = members["class"]?.string else { return nil }
    let keywords = members["kwargs"]?.object ?? [:]
    func list(_ key: String) throws -> [any DistributionTransform]? {
      var made: [any DistributionTransform] = []
      for (i, item) in (keywords[key]?["list"]?.array ?? []).enumerated() {
        guard let next = try transform(item, path: "\(path).\(key)[\(i)]") else { return nil }
        made.append(next)
      }
      return made
    }
    func whole(_ key: String) -> Int? { keywords[key]?["int"]?.int }
    func wholes(_ key: String) -> [Int]? { keywords[key]?["list"]?.array?.compactMap { $0["int"]?.int } }
    func number(_ key: String) throws -> (any DistributionParameter)? {
      try keywords[key].flatMap { try parameter($0, path: "\(path).\(key)") }
    }
    switch name {
    case "AbsTransform": return AbsTransform()
    case "ExpTransform": return ExpTransform()
    case "SigmoidTransform": return SigmoidTransform()
    case "SoftplusTransform": return SoftplusTransform()
    case "TanhTransform": return TanhTransform()
    case "SoftmaxTransform": return SoftmaxTransform()
    case "StickBreakingTransform": return StickBreakingTransform()
    case "LowerCholeskyTransform": return LowerCholeskyTransform()
    case "PositiveDefiniteTransform": return PositiveDefiniteTransform()
    case "CorrCholeskyTransform": return CorrCholeskyTransform()
    case "PowerTransform": return try number("exponent").map { PowerTransform($0) }
    case "AffineTransform":
      guard let loc = try number("loc"), let scale = try number("scale") else { return nil }
      return AffineTransform(loc, scale, eventDim: whole("event_dim") ?? 0)
    case "ReshapeTransform":
      guard let before = wholes("in_shape"), let after = wholes("out_shape") else { return nil }
      return ReshapeTransform(before, after)
    case "ComposeTransform": return try list("parts").map { ComposeTransform($0) }
    case "CatTransform":
      return try list("tseq").map { CatTransform($0, dim: whole("dim") ?? 0, lengths: wholes("lengths")) }
    case "StackTransform": return try list("tseq").map { StackTransform($0, dim: whole("dim") ?? 0) }
    case "IndependentTransform":
      guard let base = keywords["base_transform"], let count = whole("reinterpreted_batch_ndims") else { return nil }
      return try transform(base, path: path + ".base_transform").map { IndependentTransform($0, count) }
    case "CumulativeDistributionTransform":
      guard let base = keywords["distribution"] else { return nil }
      return try distribution(base, path: path + ".distribution").map { CumulativeDistributionTransform($0) }
    default: return nil
    }
  }

  /// The distribution that `json` describes; nil where its class is not covered.
  mutating func distribution(_ json: JSON, path: String) throws -> (any Distribution)? {
    guard let members = json["distribution"], let name = members["class"]?.string,
      let keywords = members["kwargs"]?.object
    else { return nil }
    if let base = keywords["base_distribution"] {
      guard let inner = try distribution(base, path: path + ".base_distribution") else { return nil }
      if let count = keywords["reinterpreted_batch_ndims"]?["int"]?.int { return independent(inner, count) }
      let given = keywords["transforms"]?["list"]?.array ?? keywords["transforms"].map { [$0] } ?? []
      var transforms: [any DistributionTransform] = []
      for (i, item) in given.enumerated() {
        guard let next = try transform(item, path: "\(path).transforms[\(i)]") else { return nil }
        transforms.append(next)
      }
      return TransformedDistribution(inner, transforms)
    }
    if let mixture = keywords["mixture_distribution"], let component = keywords["component_distribution"] {
      guard let weights = try distribution(mixture, path: path + ".mixture_distribution") as? Categorical,
        let parts = try distribution(component, path: path + ".component_distribution")
      else { return nil }
      return mixtureOf(weights, parts)
    }
    var given: [String: any DistributionParameter] = [:]
    for (key, value) in keywords where key != "validate_args" {
      guard let made = try parameter(value, path: "\(path).\(key)") else { return nil }
      given[key] = made
    }
    let found = DistributionParts(given: given)
    return found.real(name) ?? found.discrete(name) ?? found.ofVectors(name)
  }

  private func independent(_ base: some Distribution, _ rank: Int) -> any Distribution { Independent(base, rank) }
  private func mixtureOf(_ weights: Categorical, _ parts: some Distribution) -> any Distribution {
    MixtureSameFamily(weights, parts)
  }
}

/// The keywords of a distribution.
private struct DistributionParts {
  let given: [String: any DistributionParameter]

  private func one(_ a: String, _ make: (any DistributionParameter) -> any Distribution) -> (any Distribution)? {
    given.count == 1 ? given[a].map(make) : nil
  }
  private func two(
    _ a: String, _ b: String,
    _ make: (any DistributionParameter, any DistributionParameter) -> any Distribution
  ) -> (any Distribution)? {
    guard given.count == 2, let x = given[a], let y = given[b] else { return nil }
    return make(x, y)
  }
  private func tensor(_ key: String) -> Tensor? { given[key]?.parameterTensor }

  func real(_ name: String) -> (any Distribution)? {
    switch name {
    case "Normal": return two("loc", "scale") { Normal($0, $1) }
    case "LogNormal": return two("loc", "scale") { LogNormal($0, $1) }
    case "LogisticNormal": return two("loc", "scale") { LogisticNormal($0, $1) }
    case "HalfNormal": return one("scale") { HalfNormal($0) }
    case "Laplace": return two("loc", "scale") { Laplace($0, $1) }
    case "Gumbel": return two("loc", "scale") { Gumbel($0, $1) }
    case "Cauchy": return two("loc", "scale") { Cauchy($0, $1) }
    case "HalfCauchy": return one("scale") { HalfCauchy($0) }
    case "Uniform": return two("low", "high") { Uniform($0, $1) }
    case "Exponential": return one("rate") { Exponential($0) }
    case "Weibull": return two("scale", "concentration") { Weibull($0, $1) }
    case "Pareto": return two("scale", "alpha") { Pareto($0, $1) }
    case "Gamma": return two("concentration", "rate") { Gamma($0, $1) }
    case "InverseGamma": return two("concentration", "rate") { InverseGamma($0, $1) }
    case "Chi2": return one("df") { Chi2($0) }
    case "FisherSnedecor": return two("df1", "df2") { FisherSnedecor($0, $1) }
    case "StudentT":
      return studentT()
    case "Beta": return two("concentration1", "concentration0") { Beta($0, $1) }
    case "Kumaraswamy": return two("concentration1", "concentration0") { Kumaraswamy($0, $1) }
    case "ContinuousBernoulli":
      return one("probs") { ContinuousBernoulli($0) } ?? one("logits") { ContinuousBernoulli(logits: $0) }
    case "VonMises": return two("loc", "concentration") { VonMises($0, $1) }
    case "GeneralizedPareto":
      return generalizedPareto()
    case "RelaxedBernoulli":
      return two("temperature", "probs") { RelaxedBernoulli($0, probs: $1) }
        ?? two("temperature", "logits") { RelaxedBernoulli($0, logits: $1) }
    case "LogitRelaxedBernoulli":
      return two("temperature", "probs") { LogitRelaxedBernoulli($0, probs: $1) }
        ?? two("temperature", "logits") { LogitRelaxedBernoulli($0, logits: $1) }
    default: return nil
    }
  }

  private func studentT() -> (any Distribution)? {
    guard let df = given["df"] else { return nil }
    let loc: any DistributionParameter = given["loc"] ?? 0.0
    let scale: any DistributionParameter = given["scale"] ?? 1.0
    return StudentT(df, loc, scale)
  }

  private func generalizedPareto() -> (any Distribution)? {
    guard let loc = given["loc"], let scale = given["scale"], let shape = given["concentration"] else { return nil }
    return GeneralizedPareto(loc, scale, shape)
  }

  func discrete(_ name: String) -> (any Distribution)? {
    switch name {
    case "Bernoulli": return one("probs") { Bernoulli($0) } ?? one("logits") { Bernoulli(logits: $0) }
    case "Geometric": return one("probs") { Geometric($0) } ?? one("logits") { Geometric(logits: $0) }
    case "Poisson": return one("rate") { Poisson($0) }
    case "Binomial":
      return two("total_count", "probs") { Binomial($0, probs: $1) }
        ?? two("total_count", "logits") { Binomial($0, logits: $1) }
        ?? one("probs") { Binomial(probs: $0) } ?? one("logits") { Binomial(logits: $0) }
    case "NegativeBinomial":
      return two("total_count", "probs") { NegativeBinomial($0, probs: $1) }
        ?? two("total_count", "logits") { NegativeBinomial($0, logits: $1) }
    case "Categorical":
      return categories {
        Categorical($0)
      } or: {
        Categorical(logits: $0)
      }
    case "OneHotCategorical":
      return categories {
        OneHotCategorical($0)
      } or: {
        OneHotCategorical(logits: $0)
      }
    case "OneHotCategoricalStraightThrough":
      return categories {
        OneHotCategoricalStraightThrough($0)
      } or: {
        OneHotCategoricalStraightThrough(logits: $0)
      }
    case "Multinomial":
      return categories {
        Multinomial(count, probs: $0)
      } or: {
        Multinomial(count, logits: $0)
      }
    case "RelaxedOneHotCategorical":
      return categories {
        RelaxedOneHotCategorical(temperature, probs: $0)
      } or: {
        RelaxedOneHotCategorical(temperature, logits: $0)
      }
    case "ExpRelaxedCategorical":
      return categories {
        ExpRelaxedCategorical(temperature, probs: $0)
      } or: {
        ExpRelaxedCategorical(temperature, logits: $0)
      }
    default: return nil
    }
  }

  private var count: Int { given["total_count"] as? Int ?? 1 }
  private var temperature: Tensor { tensor("temperature") ?? Tensor(1.0) }
  private func categories(
    _ ofProbs: (Tensor) -> any Distribution, or ofLogits: (Tensor) -> any Distribution
  ) -> (any Distribution)? { tensor("probs").map(ofProbs) ?? tensor("logits").map(ofLogits) }

  func ofVectors(_ name: String) -> (any Distribution)? {
    let loc = tensor("loc")
    switch name {
    case "Dirichlet": return tensor("concentration").map { Dirichlet($0) }
    case "LKJCholesky":
      guard let dim = given["dim"] as? Int else { return nil }
      if let concentration = given["concentration"] { return LKJCholesky(dim, concentration) }
      return LKJCholesky(dim)
    case "LowRankMultivariateNormal":
      guard let loc, let factor = tensor("cov_factor"), let diagonal = tensor("cov_diag") else { return nil }
      return LowRankMultivariateNormal(loc, factor, diagonal)
    case "MultivariateNormal":
      guard let loc else { return nil }
      return tensor("covariance_matrix").map { MultivariateNormal(loc, $0) }
        ?? tensor("precision_matrix").map { MultivariateNormal(loc, precisionMatrix: $0) }
        ?? tensor("scale_tril").map { MultivariateNormal(loc, scaleTril: $0) }
    case "Wishart":
      guard let df = given["df"] else { return nil }
      return tensor("covariance_matrix").map { Wishart(df, covarianceMatrix: $0) }
        ?? tensor("precision_matrix").map { Wishart(df, precisionMatrix: $0) }
        ?? tensor("scale_tril").map { Wishart(df, scaleTril: $0) }
    default: return nil
    }
  }
}
