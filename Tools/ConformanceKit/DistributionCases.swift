import Apus
import ApusCore

/// Runs a case of the area `distributions`: a function of the distribution `args[0]`, or an initialiser of `nn.init`.
func runDistributionCase(_ item: Case) throws -> Outcome {
  let words = item.op.split(separator: ".").map(String.init)
  guard words.first == "distributions", words.count >= 2, words[1] != "transforms" else {
    return item.unsupported("\(item.op) is not covered")
  }
  var arguments = DistributionArguments(tensors: item.tensors)
  let given = item.json["args"]?.array ?? []
  guard let first = given.first, let distribution = try arguments.distribution(first, path: "args[0]") else {
    return item.unsupported("the distribution is not covered")
  }
  if item.json["error"] != nil {
    if words.count > 2 { return item.unsupported("an error of a method") }
    return arguments.failure == nil
      ? .failed("no error, where PyTorch says: \(item.json["error"]?.string ?? "")") : .passed
  }
  if let failure = arguments.failure { return .failed("\(failure)") }
  let found: [OperationValue]
  do {
    found = try withErrors {
      if words[1] == "kl_divergence" {
        guard given.count > 1, let other = try arguments.distribution(given[1], path: "args[1]") else {
          throw TensorError(.unsupported, item.op, "the other distribution is not covered")
        }
        return [.tensor(klDivergence(distribution, other))]
      }
      let value =
        try given.count > 1 && words.last != "enumerate_support"
        ? arguments.tensor(given[1], path: "args[1]") : nil
      return try results(distribution, words[2], value)
    }
  }
  var plain = CaseArguments(tensors: item.tensors, recordsGradients: false)
  var expected: [OperationValue] = []
  for (i, json) in (item.json["outputs"]?.array ?? []).enumerated() {
    expected.append(try plain.value(json, path: "outputs[\(i)]"))
  }
  for (i, pair) in zip(found, expected).enumerated() {
    if let wrong = difference(pair.0, pair.1, item.tolerance("rtol", "atol")) {
      return .failed("result \(i): \(wrong)")
    }
  }
  return try judgeGradients(item, found.flatMap(\.tensorLeaves), arguments.atPath)
}

private func results(
  _ distribution: any Distribution, _ method: String, _ value: Tensor?
) throws -> [OperationValue] {
  func required() throws -> Tensor {
    guard let value else { throw TensorError(.value, method, "the case has no value") }
    return value
  }
  switch method {
  case "shapes":
    return [distribution.batchShape, distribution.eventShape].map { .list($0.map { .int($0) }) }
  case "log_prob": return [.tensor(try distribution.logProb(required()))]
  case "cdf": return [.tensor(try distribution.cdf(required()))]
  case "icdf": return [.tensor(try distribution.icdf(required()))]
  case "entropy": return [.tensor(distribution.entropy())]
  case "mean": return [.tensor(distribution.mean)]
  case "variance": return [.tensor(distribution.variance)]
  case "stddev": return [.tensor(distribution.stddev)]
  case "mode": return [.tensor(distribution.mode)]
  case "enumerate_support": return [.tensor(distribution.enumerateSupport())]
  default: throw TensorError(.unsupported, method, "the method is not covered")
  }
}

private func judgeGradients(_ item: Case, _ outputs: [Tensor], _ atPath: [String: Tensor]) throws -> Outcome {
  let grads = item.json["grads"]?.array ?? []
  if grads.isEmpty { return .passed }
  let (roots, cotangents) = try item.roots(outputs)
  let wanted = grads.filter { $0["none"] == nil }
  if roots.isEmpty || wanted.isEmpty { return .passed }
  let inputs = try wanted.map { entry in
    guard let input = atPath[entry["arg"]?.string ?? ""] else {
      throw TensorError(.value, item.op, "there is no argument at \(entry["arg"]?.string ?? "?")")
    }
    return input
  }
  let found = gradients(of: roots, wrt: inputs, cotangents: cotangents, allowUnused: true)
  for ((entry, input), gradient) in zip(zip(wanted, inputs), found) {
    guard let name = entry["tensor"]?.string else { continue }
    let made = gradient ?? Tensor.zeros(input.shape, dtype: input.dtype)
    if let wrong = difference(made.detach(), try item.tensors(name), item.tolerance("grad_rtol", "grad_atol")) {
      return .failed("gradient of \(entry["arg"]?.string ?? "?"): \(wrong)")
    }
  }
  return .passed
}

/// Builds distributions from their classes and keywords.
private struct DistributionArguments {
  let tensors: CaseTensors
  private(set) var atPath: [String: Tensor] = [:]
  private(set) var failure: TensorError?

  init(tensors: CaseTensors) { self.tensors = tensors }

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

  /// The distribution that `json` describes; nil where its class is not covered.
  mutating func distribution(_ json: JSON, path: String) throws -> (any Distribution)? {
    guard let members = json["distribution"], let name = members["class"]?.string,
      let keywords = members["kwargs"]?.object
    else { return nil }
    if let base = keywords["base_distribution"] {
      guard name == "Independent", let inner = try distribution(base, path: path + ".base_distribution"),
        let rank = keywords["reinterpreted_batch_ndims"]?["int"]?.int
      else { return nil }
      return independent(inner, rank)
    }
    if let mixture = keywords["mixture_distribution"], let component = keywords["component_distribution"] {
      guard let weights = try distribution(mixture, path: path + ".mixture_distribution") as? Categorical,
        let parts = try distribution(component, path: path + ".component_distribution")
      else { return nil }
      return mixtureOf(weights, parts)
    }
    var parameters: [String: Tensor] = [:]
    for (key, value) in keywords {
      guard value["tensor"] != nil || value["float"] != nil || value["int"] != nil else { return nil }
      parameters[key] = try tensor(value, path: "\(path).\(key)")
    }
    do {
      return try withErrors { Self.made(name, parameters) }
    } catch let error as TensorError {
      failure = error
      return Normal(0.0, 1.0)
    }
  }

  private func independent(_ base: some Distribution, _ rank: Int) -> any Distribution { Independent(base, rank) }
  private func mixtureOf(_ weights: Categorical, _ parts: some Distribution) -> any Distribution {
    MixtureSameFamily(weights, parts)
  }

  private static func made(_ name: String, _ p: [String: Tensor]) -> (any Distribution)? {
    switch name {
    case "Normal": two(p, "loc", "scale") { Normal($0, $1) }
    case "LogNormal": two(p, "loc", "scale") { LogNormal($0, $1) }
    case "HalfNormal": p["scale"].map { HalfNormal($0) }
    case "Laplace": two(p, "loc", "scale") { Laplace($0, $1) }
    case "Gumbel": two(p, "loc", "scale") { Gumbel($0, $1) }
    case "Cauchy": two(p, "loc", "scale") { Cauchy($0, $1) }
    case "HalfCauchy": p["scale"].map { HalfCauchy($0) }
    case "Uniform": two(p, "low", "high") { Uniform($0, $1) }
    case "Exponential": p["rate"].map { Exponential($0) }
    case "Weibull": two(p, "scale", "concentration") { Weibull($0, $1) }
    case "Pareto": two(p, "scale", "alpha") { Pareto($0, $1) }
    case "Bernoulli": p["probs"].map { Bernoulli($0) } ?? p["logits"].map { Bernoulli(logits: $0) }
    case "Geometric": p["probs"].map { Geometric($0) } ?? p["logits"].map { Geometric(logits: $0) }
    case "Categorical": p["probs"].map { Categorical($0) } ?? p["logits"].map { Categorical(logits: $0) }
    case "OneHotCategorical":
      p["probs"].map { OneHotCategorical($0) } ?? p["logits"].map { OneHotCategorical(logits: $0) }
    case "MultivariateNormal":
      two(p, "loc", "covariance_matrix") { MultivariateNormal($0, $1) }
        ?? two(p, "loc", "precision_matrix") { MultivariateNormal($0, precisionMatrix: $1) }
        ?? two(p, "loc", "scale_tril") { MultivariateNormal($0, scaleTril: $1) }
    default: nil
    }
  }

  private static func two(
    _ p: [String: Tensor], _ first: String, _ second: String, _ make: (Tensor, Tensor) -> any Distribution
  ) -> (any Distribution)? {
    guard p.count == 2, let a = p[first], let b = p[second] else { return nil }
    return make(a, b)
  }
}
