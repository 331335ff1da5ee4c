import Apus
import ApusCore
import Foundation

/// Random streams and training runs recorded from PyTorch for a seed.
package func checkParity(path: String, on device: Device = .cpu) throws -> Tally {
  let json = try JSON(parsing: try Data(contentsOf: URL(fileURLWithPath: path)))
  guard let seed = json["seed"]?.int else { throw JSON.SyntaxError(description: "\(path): no seed") }
  var tally = Tally()
  for (name, values) in (json["streams"]?.object ?? [:]).sorted(by: { $0.key < $1.key }) {
    tally.add(checkStream(name, seed: seed, values.array?.compactMap(\.double) ?? []), id: "\(name) of seed \(seed)")
  }
  for (name, recorded) in (json["runs"]?.object ?? [:]).sorted(by: { $0.key < $1.key }) {
    let outcome: Outcome
    do { outcome = try runParityTraining(name, seed: seed, recorded: recorded, on: device) } catch {
      outcome = .failed("\(error)")
    }
    tally.add(outcome, id: "\(name) of seed \(seed)")
  }
  return tally
}

/// Draws the stream `name` after seeding the default generator, and compares.
private func checkStream(_ name: String, seed: Int, _ expected: [Double]) -> Outcome {
  guard let draw = streams[name] else { return .skipped(name, "the stream is not covered") }
  do {
    let found = try withErrors {
      manualSeed(seed)
      return try draw().detach().array(as: Double.self)
    }
    guard found.count == expected.count else { return .failed("\(found.count) values, expected \(expected.count)") }
    // float32 arithmetic in another order: a few units of the last place. What is drawn exactly is compared so.
    let isExact = !["randn", "normal", "exponential", "orthogonal"].contains { name.contains($0) }
    let tolerance = isExact ? Tolerance(relative: 0, absolute: 0) : Tolerance(relative: 2e-6, absolute: 1e-6)
    for i in found.indices where !tolerance.allows(found[i], expected[i]) {
      return .failed("element \(i): \(found[i]), expected \(expected[i])")
    }
    return .passed
  } catch {
    return .failed("\(error)")
  }
}

/// A tensor of `shape`, filled by `fill`.
private func filled(_ shape: [Int], _ fill: (inout Tensor) -> Void) -> Tensor {
  var tensor = Tensor.zeros(shape)
  fill(&tensor)
  return tensor
}

private func bounded(_ shape: [Int], _ bound: Double) -> Tensor { filled(shape) { $0.uniform(-bound, bound) } }

/// A fill of the generator for which tensors have no function in the core.
private func initial(
  _ shape: [Int], _ fill: (UnsafeMutableRawPointer, Int) throws -> Void
) throws -> Tensor {
  var values = [Float](repeating: 0, count: shape.reduce(1, *))
  try values.withUnsafeMutableBytes { bytes in
    if let base = bytes.baseAddress { try fill(base, shape.reduce(1, *)) }
  }
  return Tensor(values, shape: shape)
}

/// What each stream draws.
private let streams: [String: @Sendable () throws -> Tensor] = [
  "rand_5": { rand(5) },
  "rand_40": { rand(40) },
  "rand_f64_5": { rand(5, dtype: .float64) },
  "randn_5": { randn(5) },
  "randn_15": { randn(15) },
  "randn_16": { randn(16) },
  "randn_37": { randn(37) },
  "randn_f64_20": { randn(20, dtype: .float64) },
  "randint_0_10_12": { randint(0, 10, [12]) },
  "randint_big_6": { randint(-(1 << 40), 1 << 40, [6]) },
  "randperm_17": { randperm(17) },
  "randperm_1000_head": { randperm(1000).narrow(0, 0, 20) },
  "bernoulli_0.3_20": { bernoulli(Tensor.full([20], 0.3)) },
  "normal_2_3_18": { normal(2, 3, [18]) },
  "uniform_-2_5_7": { filled([7]) { $0.uniform(-2, 5) } },
  "exponential_1.5_7": { filled([7]) { $0.exponential(1.5) } },
  "multinomial": { multinomial(Tensor([0.1, 0.2, 0.3, 0.4]), 12, replacement: true) },
  "dropout_0.4_20": { bernoulli(Tensor.ones([20]), p: 0.6) * (1 / 0.6) },
  "rand_then_randn_then_rand": {
    let parts = [rand(3), randn(5), rand(2)]
    return Tensor(parts.flatMap { $0.array(as: Float.self) })
  },
  "linear_4_3_weight": { bounded([3, 4], 0.5) },
  "linear_4_3_bias": {
    _ = bounded([3, 4], 0.5)
    return bounded([3], 0.5)
  },
  "conv2d_2_3_k3_weight": { bounded([3, 2, 3, 3], 1 / 18.0.squareRoot()) },
  "embedding_6_4": { filled([6, 4]) { $0.normal() } },
  "lstm_3_4_weight_hh": {
    _ = bounded([16, 3], 0.5)
    return bounded([16, 4], 0.5)
  },
  "xavier_normal_5_6": { filled([5, 6]) { $0.normal(0, (2.0 / 11).squareRoot()) } },
  "kaiming_normal_fan_out": { filled([5, 6]) { $0.normal(0, (2.0 / 5).squareRoot()) } },
  "trunc_normal_30": {
    try initial([30]) {
      try Generator.default.fillTruncatedNormal($0, count: $1, dtype: .float32, mean: 0, std: 0.02)
    }
  },
  "orthogonal_4_4": {
    try initial([4, 4]) { out, _ in try Generator.default.fillOrthogonal(out, rows: 4, columns: 4, dtype: .float32) }
  },
]
