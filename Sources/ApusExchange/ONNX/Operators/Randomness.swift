import ApusCore

// Operators that draw random numbers. With a seed each call of a node gives the same numbers; without one they come from the
// library's default generator. The format leaves the generator open: numbers are not those of another runtime.

extension ONNXCall {
  /// What the node draws from.
  func generator() throws -> Generator {
    guard let seed = try optionalFloat("seed") else { return .default }
    return Generator(seed: UInt64(Float(seed).bitPattern))
  }

  /// The shape that attribute 'shape' gives, which must be one that tensors can have.
  fileprivate func drawnShape() throws -> [Int] {
    let shape = try ints("shape") ?? []
    guard shape.allSatisfy({ $0 >= 0 }), checkedElementCount(shape, elementSize: 8) != nil else {
      throw error(.shape, "cannot draw numbers of shape \(shape)")
    }
    return shape
  }
}

extension ONNXOperators {
  static func randomNormal(_ call: ONNXCall) throws -> [ONNXValue?] {
    try normal(call, call.drawnShape(), try call.optionalDType("dtype") ?? .float32)
  }

  static func randomNormalLike(_ call: ONNXCall) throws -> [ONNXValue?] {
    let x = try call.tensor(0)
    return try normal(call, x.shape, try call.optionalDType("dtype") ?? x.dtype)
  }

  static func randomUniform(_ call: ONNXCall) throws -> [ONNXValue?] {
    try uniform(call, call.drawnShape(), try call.optionalDType("dtype") ?? .float32)
  }

  static func randomUniformLike(_ call: ONNXCall) throws -> [ONNXValue?] {
    let x = try call.tensor(0)
    return try uniform(call, x.shape, try call.optionalDType("dtype") ?? x.dtype)
  }

  private static func normal(_ call: ONNXCall, _ shape: [Int], _ type: DType) throws -> [ONNXValue?] {
    let drawn = randn(shape, dtype: type, generator: try call.generator())
    return [.tensor(drawn * (try call.float("scale", 1)) + (try call.float("mean", 0)))]
  }

  private static func uniform(_ call: ONNXCall, _ shape: [Int], _ type: DType) throws -> [ONNXValue?] {
    let (low, high) = (try call.float("low", 0), try call.float("high", 1))
    return [.tensor(rand(shape, dtype: type, generator: try call.generator()) * (high - low) + low)]
  }

  static func bernoulli(_ call: ONNXCall) throws -> [ONNXValue?] {
    let x = try call.tensor(0)
    let drawn = ApusCore.bernoulli(x, generator: try call.generator())
    return [.tensor(drawn.to(try call.optionalDType("dtype") ?? x.dtype))]
  }

  static func multinomial(_ call: ONNXCall) throws -> [ONNXValue?] {
    let logs = try call.tensor(0)
    let count = try call.int("sample_size", 1)
    guard logs.rank == 2, count > 0 else {
      throw call.error(.shape, "needs log-probabilities [N, C] and a sample_size above 0, and found \(logs.shape)")
    }
    let drawn = ApusCore.multinomial(
      logs.to(.float32).softmax(1), count, replacement: true, generator: try call.generator())
    return [.tensor(drawn.to(try call.optionalDType("dtype") ?? .int32))]
  }
}
