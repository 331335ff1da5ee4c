import Apus
import ApusCore

/// Runs a case of the area `distributions`: a function of the distribution or the transform `args[0]`, or an initialiser of `nn.init`.
func runDistributionCase(_ item: Case) throws -> Outcome {
  let words = item.op.split(separator: ".").map(String.init)
  if words.first == "nn" { return try runInitialiserCase(item) }
  guard words.first == "distributions", words.count >= 2 else { return item.unsupported("\(item.op) is not covered") }
  var arguments = DistributionArguments(tensors: item.tensors)
  let isError = item.json["error"] != nil
  let found: [OperationValue]
  do {
    found = try withErrors {
      try words[1] == "transforms"
        ? transformResults(item, words.last ?? "", &arguments)
        : distributionResults(item, words, &arguments)
    }
  } catch let error as TensorError {
    if isError, error.kind != .unsupported || item.json["error_type"]?.string == "NotImplementedError" {
      return .passed
    }
    return error.operation == item.op && error.kind == .unsupported
      ? item.unsupported(error.message) : .failed("\(error)")
  }
  if isError { return .failed("no error, where PyTorch says: \(item.json["error"]?.string ?? "")") }
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

/// A function of a distribution, or its construction alone.
private func distributionResults(
  _ item: Case, _ words: [String], _ arguments: inout DistributionArguments
) throws -> [OperationValue] {
  let given = item.json["args"]?.array ?? []
  guard let first = given.first, let distribution = try arguments.distribution(first, path: "args[0]") else {
    throw TensorError(.unsupported, item.op, "the distribution is not covered")
  }
  if words[1] == "kl_divergence" {
    guard given.count > 1, let other = try arguments.distribution(given[1], path: "args[1]") else {
      throw TensorError(.unsupported, item.op, "the other distribution is not covered")
    }
    return [.tensor(klDivergence(distribution, other))]
  }
  guard words.count > 2 else { return [] }
  if words[2] == "enumerate_support" {
    let expand = (given.count > 1 ? given[1]["bool"]?.bool : item.json["kwargs"]?["expand"]?["bool"]?.bool) ?? true
    return [.tensor(distribution.enumerateSupport(expand: expand))]
  }
  let value = try given.count > 1 ? arguments.tensor(given[1], path: "args[1]") : nil
  return try results(item, distribution, words[2], value)
}

/// A function of a transform.
private func transformResults(
  _ item: Case, _ method: String, _ arguments: inout DistributionArguments
) throws -> [OperationValue] {
  let given = item.json["args"]?.array ?? []
  guard given.count > 1, let transform = try arguments.transform(given[0], path: "args[0]") else {
    throw TensorError(.unsupported, item.op, "the transform is not covered")
  }
  let x = try arguments.tensor(given[1], path: "args[1]")
  switch method {
  case "forward": return [.tensor(transform(x))]
  case "inverse": return [.tensor(transform.inv(x))]
  case "log_abs_det_jacobian" where given.count > 2:
    return [.tensor(transform.logAbsDetJacobian(x, try arguments.tensor(given[2], path: "args[2]")))]
  default: throw TensorError(.unsupported, item.op, "the method is not covered")
  }
}

private func results(
  _ item: Case, _ distribution: any Distribution, _ method: String, _ value: Tensor?
) throws -> [OperationValue] {
  func required() throws -> Tensor {
    guard let value else { throw TensorError(.value, item.op, "the case has no value") }
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
  case "perplexity": return [.tensor(distribution.perplexity())]
  default: throw TensorError(.unsupported, item.op, "the method is not covered")
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
