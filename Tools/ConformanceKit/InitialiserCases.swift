import Apus
import ApusCore

/// Runs a case of `nn.init`: what an initialiser stores in a tensor of the shape `args[0]`, or the scale of its random numbers.
func runInitialiserCase(_ item: Case) throws -> Outcome {
  let name = item.op.split(separator: ".").last.map(String.init) ?? ""
  let given = item.json["args"]?.array ?? []
  let keywords = item.json["kwargs"]?.object ?? [:]
  let outputs = item.json["outputs"]?.array ?? []
  let shape = given.first?["list"]?.array?.compactMap { $0["int"]?.int } ?? []
  let isError = item.json["error"] != nil
  let found: [OperationValue]
  do {
    found = try withErrors { try initialised(item, name, shape, given, keywords) }
  } catch let error as TensorError {
    if isError { return .passed }
    return error.operation == item.op && error.kind == .unsupported
      ? item.unsupported(error.message) : .failed("\(error)")
  }
  if isError { return .failed("no error, where PyTorch says: \(item.json["error"]?.string ?? "")") }
  var plain = CaseArguments(tensors: item.tensors, recordsGradients: false)
  // The scale of float32 numbers has their precision.
  let isScale = item.json["property"] != nil
  let tolerance = isScale ? Tolerance(relative: 1e-5, absolute: 1e-6) : item.tolerance("rtol", "atol")
  for (i, pair) in zip(found, outputs).enumerated() {
    if let wrong = difference(pair.0, try plain.value(pair.1, path: "outputs[\(i)]"), tolerance) {
      return .failed("result \(i): \(wrong)")
    }
  }
  return .passed
}

private func initialised(
  _ item: Case, _ name: String, _ shape: [Int], _ given: [JSON], _ keywords: [String: JSON]
) throws -> [OperationValue] {
  func number(_ key: String, _ standard: Double) -> Double {
    keywords[key]?["float"]?.double ?? keywords[key]?["int"]?.double ?? standard
  }
  /// What `draw` multiplies the numbers of `unit` of the same seed by.
  func scale(_ unit: (Tensor, Generator) -> Tensor, _ draw: (Tensor, Generator) -> Tensor) -> [OperationValue] {
    let (a, b) = (Generator(seed: 1), Generator(seed: 1))
    let base = unit(Tensor.zeros(shape), a).array(as: Double.self)
    let values = draw(Tensor.zeros(shape), b).array(as: Double.self)
    guard let most = base.indices.max(by: { abs(base[$0]) < abs(base[$1]) }) else { return [] }
    return [.float(values[most] / base[most])]
  }
  func uniform(_ draw: (Tensor, Generator) -> Tensor) -> [OperationValue] {
    scale({ Init.uniform($0, a: -1, b: 1, generator: $1) }, draw)
  }
  func normal(_ draw: (Tensor, Generator) -> Tensor) -> [OperationValue] {
    scale({ Init.normal($0, mean: 0, std: 1, generator: $1) }, draw)
  }
  let slope = number("a", 0)
  let mode = Init.FanMode(rawValue: keywords["mode"]?["str"]?.string ?? "fan_in") ?? .fanIn
  let after = keywords["nonlinearity"]?["str"]?.string.map { Init.Nonlinearity(stringLiteral: $0) }
  let groups = keywords["groups"]?["int"]?.int ?? 1
  switch name {
  case "calculate_gain":
    let function = Init.Nonlinearity(stringLiteral: given.first?["str"]?.string ?? "")
    if given.count > 1, let slope = given[1]["float"]?.double ?? given[1]["int"]?.double {
      return [.float(Init.calculateGain(function, slope))]
    }
    return [.float(Init.calculateGain(function))]
  case "_calculate_fan_in_and_fan_out":
    let fans = try Init.calculateFanInAndFanOut(shape)
    return [.int(fans.fanIn), .int(fans.fanOut)]
  case "xavier_uniform_": return uniform { Init.xavierUniform($0, gain: number("gain", 1), generator: $1) }
  case "xavier_normal_": return normal { Init.xavierNormal($0, gain: number("gain", 1), generator: $1) }
  case "kaiming_uniform_":
    return uniform { Init.kaimingUniform($0, a: slope, mode: mode, nonlinearity: after, generator: $1) }
  case "kaiming_normal_":
    return normal { Init.kaimingNormal($0, a: slope, mode: mode, nonlinearity: after, generator: $1) }
  case "eye_": return [.tensor(Init.eye(Tensor.zeros(shape)))]
  case "dirac_": return [.tensor(Init.dirac(Tensor.zeros(shape), groups: groups))]
  case "ones_": return [.tensor(Init.ones(Tensor.zeros(shape)))]
  case "zeros_": return [.tensor(Init.zeros(Tensor.ones(shape)))]
  case "constant_":
    let value = given.count > 1 ? given[1]["float"]?.double ?? given[1]["int"]?.double ?? 0 : number("val", 0)
    return [.tensor(Init.constant(Tensor.zeros(shape), value))]
  default: throw TensorError(.unsupported, item.op, "the initialiser is not covered")
  }
}
