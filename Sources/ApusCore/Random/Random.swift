// Random tensors. All draw from a Generator, in PyTorch's order: the same seed gives PyTorch's numbers.

/// A tensor of random numbers that `fill` writes, in row-major order.
package struct Draw: Primitive {
  package let name: String
  let type: TensorType
  /// Numbers are the host's wherever they go: one seed gives the same ones on every device.
  package let destination: Device?
  let fill: @Sendable (UnsafeMutableRawPointer, Int) throws -> Void

  private init(
    name: String, type: TensorType, destination: Device?,
    fill: @escaping @Sendable (UnsafeMutableRawPointer, Int) throws -> Void
  ) {
    self.name = name
    self.type = type
    self.destination = destination ?? Context.currentEngine?.device
    self.fill = fill
  }

  /// A tensor of `type` that `fill` writes, told the type that it writes: elements of registered types are made of numbers of
  /// type float64.
  package static func tensor(
    _ name: String, _ type: TensorType, on destination: Device? = nil,
    _ fill: @escaping @Sendable (UnsafeMutableRawPointer, Int, DType) throws -> Void
  ) -> Tensor {
    let drawn = type.dtype.isCustom ? DType.float64 : type.dtype
    let draw = Draw(name: name, type: TensorType(type.shape, drawn), destination: destination) {
      try fill($0, $1, drawn)
    }
    return ApusCore.apply(draw).to(type.dtype)
  }

  package var isRandom: Bool { true }
  package var saves: Saves { .nothing }

  package func outputTypes(_ inputs: [TensorType]) throws(TensorError) -> [TensorType] {
    try checkMemory(type, name)
    return [type]
  }

  package func evaluate(_ inputs: [Tensor], into results: [Tensor]) throws(TensorError) {
    do {
      try fill(results[0].body.data, results[0].count)
    } catch {
      let found = error as? TensorError ?? TensorError(.value, name, "\(error)")
      throw TensorError(found.kind, name, found.message)
    }
  }
}

/// A new tensor that `fill` writes.
private func drawn(
  _ shape: [Int], _ dtype: DType, _ operation: String, on device: Device? = nil, requiresGrad: Bool = false,
  _ fill: @escaping @Sendable (UnsafeMutableRawPointer, Int, DType) throws -> Void
) -> Tensor {
  let result = Draw.tensor(operation, TensorType(shape, dtype), on: device, fill)
  return requiresGrad ? Tensor(result, requiresGrad: true) : result
}

/// Uniform numbers in [0, 1).
public func rand(
  _ shape: [Int], dtype: DType = .default, generator: Generator = .default, device: Device? = nil,
  requiresGrad: Bool = false
) -> Tensor {
  drawn(shape, dtype, "rand", on: device, requiresGrad: requiresGrad) {
    try generator.fillUniform($0, count: $1, dtype: $2)
  }
}
public func rand(
  _ shape: Int..., dtype: DType = .default, generator: Generator = .default, device: Device? = nil,
  requiresGrad: Bool = false
) -> Tensor {
  rand(shape, dtype: dtype, generator: generator, device: device, requiresGrad: requiresGrad)
}

/// Numbers from the standard normal distribution.
public func randn(
  _ shape: [Int], dtype: DType = .default, generator: Generator = .default, device: Device? = nil,
  requiresGrad: Bool = false
) -> Tensor {
  drawn(shape, dtype, "randn", on: device, requiresGrad: requiresGrad) {
    try generator.fillNormal($0, count: $1, dtype: $2)
  }
}
public func randn(
  _ shape: Int..., dtype: DType = .default, generator: Generator = .default, device: Device? = nil,
  requiresGrad: Bool = false
) -> Tensor {
  randn(shape, dtype: dtype, generator: generator, device: device, requiresGrad: requiresGrad)
}

/// Integers in [low, high).
public func randint(
  _ low: Int = 0, _ high: Int, _ shape: [Int], dtype: DType = .int64, generator: Generator = .default,
  device: Device? = nil
) -> Tensor {
  drawn(shape, dtype, "randint", on: device) {
    try generator.fillRandom($0, count: $1, dtype: $2, low: Int64(low), high: Int64(high))
  }
}

/// The integers 0 ..< n in random order.
public func randperm(
  _ n: Int, dtype: DType = .int64, generator: Generator = .default, device: Device? = nil
) -> Tensor {
  drawn([n], dtype, "randperm", on: device) { try generator.fillPermutation($0, count: $1, dtype: $2) }
}

/// Uniform numbers in [0, 1) in the shape and, unless another is given, the type of `tensor`.
public func randLike(
  _ tensor: Tensor, dtype: DType? = nil, generator: Generator = .default, device: Device? = nil,
  requiresGrad: Bool = false
) -> Tensor {
  tensor.hasFailed
    ? tensor
    : rand(
      tensor.shape, dtype: dtype ?? tensor.dtype, generator: generator, device: device ?? tensor.deviceIfUsed,
      requiresGrad: requiresGrad)
}
/// Standard normal numbers in the shape and, unless another is given, the type of `tensor`.
public func randnLike(
  _ tensor: Tensor, dtype: DType? = nil, generator: Generator = .default, device: Device? = nil,
  requiresGrad: Bool = false
) -> Tensor {
  tensor.hasFailed
    ? tensor
    : randn(
      tensor.shape, dtype: dtype ?? tensor.dtype, generator: generator, device: device ?? tensor.deviceIfUsed,
      requiresGrad: requiresGrad)
}
/// Integers in [low, high) in the shape and, unless another is given, the type of `tensor`.
public func randintLike(
  _ tensor: Tensor, _ low: Int = 0, _ high: Int, dtype: DType? = nil, generator: Generator = .default
) -> Tensor {
  tensor.hasFailed
    ? tensor
    : randint(
      low, high, tensor.shape, dtype: dtype ?? tensor.dtype, generator: generator, device: tensor.deviceIfUsed)
}

/// Normal numbers with one mean and standard deviation.
public func normal(
  _ mean: Double, _ std: Double, _ shape: [Int], dtype: DType = .default, generator: Generator = .default,
  device: Device? = nil, requiresGrad: Bool = false
) -> Tensor {
  drawn(shape, dtype, "normal", on: device, requiresGrad: requiresGrad) {
    try requireSpread(std)
    try generator.fillNormal($0, count: $1, dtype: $2, mean: mean, std: std)
  }
}
/// Normal numbers with a mean and a standard deviation for each element, broadcast.
public func normal(_ mean: Tensor, _ std: Tensor, generator: Generator = .default) -> Tensor {
  if let failed = mean.failed ?? std.failed { return failed }
  guard let shape = broadcastShapes(mean.shape, std.shape) else {
    return fail(TensorError(.shape, "normal", "cannot broadcast means of shape \(mean.shape) with \(std.shape)"))
  }
  let dtype = resultType([mean.type, std.type])
  guard !dtype.isCustom || !(mean.isComplex || std.isComplex) else {
    return fail(TensorError(.dtype, "normal", "cannot combine \(mean.dtype) and \(std.dtype) tensors"))
  }
  let means = mean.detach().expand(shape).array(as: Double.self)
  let spreads = std.detach().expand(shape).array(as: Double.self)
  return drawn(shape, dtype, "normal", on: mean.deviceIfUsed) {
    for spread in spreads { try requireSpread(spread) }
    try generator.fillNormal($0, count: $1, dtype: $2, mean: { means[$0] }, std: { spreads[$0] })
  }
}
public func normal(_ mean: Tensor, _ std: Double = 1, generator: Generator = .default) -> Tensor {
  normal(mean, Tensor.full([], std, dtype: mean.dtype), generator: generator)
}
public func normal(_ mean: Double, _ std: Tensor, generator: Generator = .default) -> Tensor {
  normal(Tensor.full([], mean, dtype: std.dtype), std, generator: generator)
}

private func requireSpread(_ std: Double) throws {
  guard std >= 0 else {
    throw TensorError(.value, "normal", "the standard deviation must not be negative, and found \(std)")
  }
}

/// 1 with the probability that each element of `probabilities` gives, else 0. The gradient is zero.
public func bernoulli(_ probabilities: Tensor, generator: Generator = .default) -> Tensor {
  if probabilities.hasFailed { return probabilities }
  let p = probabilities.detach().array(as: Double.self)
  let dtype = probabilities.dtype
  let result = drawn(probabilities.shape, dtype, "bernoulli", on: probabilities.deviceIfUsed) {
    try $2.requireFloatingPoint("bernoulli")
    try generator.fillBernoulli($0, count: $1, dtype: $2, probabilityDType: $2, probability: { p[$0] })
  }
  return withoutSlope(result, of: probabilities)
}
/// 1 with probability `p` in the shape and type of `tensor`, else 0. The gradient is zero.
public func bernoulli(_ tensor: Tensor, p: Double, generator: Generator = .default) -> Tensor {
  if tensor.hasFailed { return tensor }
  let result = drawn(tensor.shape, tensor.dtype, "bernoulli", on: tensor.deviceIfUsed) {
    try generator.fillBernoulli($0, count: $1, dtype: $2, p: p)
  }
  return withoutSlope(result, of: tensor)
}

/// Counts of events that happen at `rates`, drawn from Poisson's distribution in the shape and type of the rates. The
/// gradient is zero.
public func poisson(_ rates: Tensor, generator: Generator = .default) -> Tensor {
  if rates.hasFailed { return rates }
  let values = rates.detach().array(as: Double.self)
  let dtype = rates.dtype
  let result = drawn(rates.shape, dtype, "poisson", on: rates.deviceIfUsed) {
    try $2.requireFloatingPoint("poisson")
    try generator.fillPoisson($0, count: $1, dtype: $2) { values[$0] }
  }
  return withoutSlope(result, of: rates)
}

private let constantFormula = Formula("Bernoulli") { value, _ in value(.floor) }

/// `result` recorded as depending on `source` with derivative zero.
private func withoutSlope(_ result: Tensor, of source: Tensor) -> Tensor {
  source.requiresGrad && !result.hasFailed ? pointwise(constantFormula, [result, source]) : result
}

/// `samples` indices drawn by the weights of each row, which need not sum to 1.
public func multinomial(
  _ weights: Tensor, _ samples: Int, replacement: Bool = false, generator: Generator = .default
) -> Tensor {
  if weights.hasFailed { return weights }
  guard weights.rank == 1 || weights.rank == 2 else {
    return fail(
      TensorError(.shape, "multinomial", "the weights must have 1 or 2 dimensions, and found \(weights.shape)"))
  }
  let rows = weights.rank == 2 ? weights.shape[0] : 1
  let values = weights.detach().resolved.to(.float64).contiguousBody()
  let shape = weights.rank == 2 ? [rows, Swift.max(samples, 0)] : [Swift.max(samples, 0)]
  return drawn(shape, .int64, "multinomial", on: weights.deviceIfUsed) { out, _, _ in
    try withExtendedLifetime(values) {
      try generator.fillMultinomial(
        out.assumingMemoryBound(to: Int64.self), rows: rows, categories: weights.shape[weights.rank - 1],
        samples: samples, replacement: replacement, dtype: weights.dtype.isCustom ? .float64 : weights.dtype,
        weights: UnsafePointer(values.data.assumingMemoryBound(to: Double.self)))
    }
  }
}

extension Tensor {
  /// Replaces the elements by uniform numbers in [from, to): PyTorch's `uniform_`.
  public mutating func uniform(_ from: Double = 0, _ to: Double = 1, generator: Generator = .default) {
    refill("uniform") { try generator.fillUniform($0, count: $1, dtype: $2, from: from, to: to) }
  }
  /// Replaces the elements by normal numbers: `normal_`.
  public mutating func normal(_ mean: Double = 0, _ std: Double = 1, generator: Generator = .default) {
    refill("normal") {
      try requireSpread(std)
      try generator.fillNormal($0, count: $1, dtype: $2, mean: mean, std: std)
    }
  }
  /// Replaces the elements by exponential numbers of rate `lambd`: `exponential_`.
  public mutating func exponential(_ lambd: Double = 1, generator: Generator = .default) {
    refill("exponential") { try generator.fillExponential($0, count: $1, dtype: $2, lambda: lambd) }
  }
  /// Replaces the elements by the number of the first success at probability `p`: `geometric_`.
  public mutating func geometric(_ p: Double, generator: Generator = .default) {
    refill("geometric") { try generator.fillGeometric($0, count: $1, dtype: $2, p: p) }
  }
  /// Replaces the elements by log-normal numbers: `log_normal_`.
  public mutating func logNormal(_ mean: Double = 1, _ std: Double = 2, generator: Generator = .default) {
    refill("logNormal") { try generator.fillLogNormal($0, count: $1, dtype: $2, mean: mean, std: std) }
  }
  /// Replaces the elements by Cauchy numbers: `cauchy_`.
  public mutating func cauchy(_ median: Double = 0, _ sigma: Double = 1, generator: Generator = .default) {
    refill("cauchy") { try generator.fillCauchy($0, count: $1, dtype: $2, median: median, sigma: sigma) }
  }
  /// Replaces the elements by 1 with probability `p`, else 0: `bernoulli_`.
  public mutating func bernoulli(_ p: Double = 0.5, generator: Generator = .default) {
    refill("bernoulli") { try generator.fillBernoulli($0, count: $1, dtype: $2, p: p) }
  }
  /// Replaces the elements by integers in [low, high): `random_`.
  public mutating func random(_ low: Int = 0, _ high: Int, generator: Generator = .default) {
    refill("random") {
      try generator.fillRandom($0, count: $1, dtype: $2, low: Int64(low), high: Int64(high))
    }
  }

  private mutating func refill(
    _ operation: String, _ fill: @escaping @Sendable (UnsafeMutableRawPointer, Int, DType) throws -> Void
  ) {
    if hasFailed { return }
    do throws(TensorError) { try checkChangeable(operation) } catch {
      report(error)
      return
    }
    let fresh = drawn(shape, dtype, operation, fill)
    if fresh.hasFailed { self = fresh } else { assign(fresh) }
  }
}

extension Registry {
  /// Random tensors.
  static let random: [Operation] = [
    .tensor("rand", "*size, dtype=None") { try rand($0.ints("size"), dtype: $0.optionalDType("dtype") ?? .default) },
    .tensor("randn", "*size, dtype=None") { try randn($0.ints("size"), dtype: $0.optionalDType("dtype") ?? .default) },
    .tensor("randint", "low: int, high: int, size, *, dtype=None") {
      try randint($0.int("low"), $0.int("high"), $0.ints("size"), dtype: $0.optionalDType("dtype") ?? .int64)
    },
    .tensor("randint", "high, size, *, dtype=None") {
      try randint(0, $0.int("high"), $0.ints("size"), dtype: $0.optionalDType("dtype") ?? .int64)
    },
    .tensor("randperm", "n, *, dtype=int64") { try randperm($0.int("n"), dtype: $0.dtype("dtype")) },
    .tensor("rand_like", "input, *, dtype=None") { try randLike($0.tensor("input"), dtype: $0.optionalDType("dtype")) },
    .tensor("randn_like", "input, *, dtype=None") {
      try randnLike($0.tensor("input"), dtype: $0.optionalDType("dtype"))
    },
    .tensor("randint_like", "input, low, high, *, dtype=None") {
      try randintLike($0.tensor("input"), $0.int("low"), $0.int("high"), dtype: $0.optionalDType("dtype"))
    },
    .tensor("randint_like", "input, high, *, dtype=None") {
      try randintLike($0.tensor("input"), 0, $0.int("high"), dtype: $0.optionalDType("dtype"))
    },
    .tensor("normal", "mean: tensor, std: tensor") { try ApusCore.normal($0.tensor("mean"), $0.tensor("std")) },
    .tensor("normal", "mean: number, std: tensor") { try ApusCore.normal($0.double("mean"), $0.tensor("std")) },
    .tensor("normal", "mean: number, std: number, size, *, dtype=None") {
      try ApusCore.normal(
        $0.double("mean"), $0.double("std"), $0.ints("size"), dtype: $0.optionalDType("dtype") ?? .default)
    },
    .tensor("normal", "mean, std=1.0") { try ApusCore.normal($0.tensor("mean"), $0.double("std")) },
    .tensor("bernoulli", "input, p: tensor") {
      let (input, p) = (try $0.tensor("input"), try $0.tensor("p"))
      return bernoulli(p.to(input.dtype).expand(input.shape))
    },
    .tensor("bernoulli", "input, p: number") { try bernoulli($0.tensor("input"), p: $0.double("p")) },
    .tensor("bernoulli", "input") { try bernoulli($0.tensor("input")) },
    .tensor("multinomial", "input, num_samples, replacement=False") {
      try multinomial($0.tensor("input"), $0.int("num_samples"), replacement: $0.bool("replacement"))
    },
    .refill("uniform", "from=0.0, to=1.0") { try $0.uniform($1.double("from"), $1.double("to")) },
    .refill("normal", "mean=0.0, std=1.0") { try $0.normal($1.double("mean"), $1.double("std")) },
    .refill("exponential", "lambd=1.0") { try $0.exponential($1.double("lambd")) },
    .refill("geometric", "p") { try $0.geometric($1.double("p")) },
    .refill("log_normal", "mean=1.0, std=2.0") { try $0.logNormal($1.double("mean"), $1.double("std")) },
    .refill("cauchy", "median=0.0, sigma=1.0") { try $0.cauchy($1.double("median"), $1.double("sigma")) },
    .refill("bernoulli", "p=0.5") { try $0.bernoulli($1.double("p")) },
  ]
}

extension Operation {
  /// A method that replaces all elements: `x.uniform_()`.
  fileprivate static func refill(
    _ name: String, _ parameters: String, _ body: @escaping @Sendable (inout Tensor, OperationArguments) throws -> Void
  ) -> Operation {
    tensor(name + "_", "input, " + parameters) {
      var target = try $0.tensor("input").clone()
      try body(&target, $0)
      return target
    }
  }
}
