import ApusCore

extension Registry {
  /// Random tensors.
  static let random: [Operation] = [
    .tensor("rand", "*size, dtype=None") { try rand($0.ints("size"), dtype: $0.optionalDType("dtype") ?? .float32) },
    .tensor("randn", "*size, dtype=None") { try randn($0.ints("size"), dtype: $0.optionalDType("dtype") ?? .float32) },
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
        $0.double("mean"), $0.double("std"), $0.ints("size"), dtype: $0.optionalDType("dtype") ?? .float32)
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
