import ApusCore
import ApusFunctional
import ApusNumerics

// Losses of ai.onnx, and the optimisers of ai.onnx.preview.training.

extension ONNXOperators {
  static func negativeLogLikelihood(_ call: ONNXCall) throws -> [ONNXValue?] {
    [.tensor(try loss(try call.tensor(0), call))]
  }

  static func softmaxCrossEntropy(_ call: ONNXCall) throws -> [ONNXValue?] {
    let scores = try call.tensor(0)
    guard scores.rank >= 2 else { throw call.error(.shape, "needs scores [N, C, ...], and found \(scores.shape)") }
    let logs = scores.logSoftmax(1)
    return [.tensor(try loss(logs, call)), .tensor(logs)]
  }

  /// The mean, sum or each of `-weight[target] x[target]`.
  private static func loss(_ x: Tensor, _ call: ONNXCall) throws -> Tensor {
    let given = try call.tensor(1).to(.int64)
    let weight = try call.optionalTensor(2)
    guard x.rank >= 2, given.rank == x.rank - 1, given.size(0) == x.size(0),
      (1..<given.rank).allSatisfy({ given.size($0) == x.size($0 + 1) }), weight.map({ $0.shape == [x.size(1)] }) ?? true
    else {
      throw call.error(
        .shape,
        "needs values [N, C, ...], targets [N, ...] and weights [C], and found \(x.shape), \(given.shape), "
          + "\(weight?.shape ?? [])")
    }
    let ignored = try call.optionalInt("ignore_index")
    let counts = ignored.map { given.ne($0) }
    let target = counts.map { `where`($0, given, Tensor.zeros([], dtype: .int64)) } ?? given
    var each = -x.gather(1, target.unsqueeze(1)).squeeze([1])
    var share: Tensor?
    if let weight { share = weight.indexSelect(0, target.reshape([-1])).reshape(target.shape) }
    if let counts { share = share.map { $0 * counts.to($0.dtype) } ?? counts.to(x.dtype) }
    if let share { each = each * share }
    switch try call.string("reduction", "mean") {
    case "none": return each
    case "sum": return each.sum()
    case "mean": return share.map { each.sum() / $0.sum() } ?? each.mean()
    case let name: throw call.error(.value, "knows no reduction '\(name)'; there are none, sum and mean")
    }
  }

  /// Calls `step` for each tensor that is optimised, with `count` of its tensors; collects what it gives by kind.
  private static func optimise(
    _ call: ONNXCall, _ count: Int, _ step: (_ rate: Tensor, _ time: Double, [Tensor]) -> [Tensor]
  ) throws -> [ONNXValue?] {
    let (rate, time) = (try call.tensor(0), try call.double(1))
    let total = call.inputs.count - 2
    guard total > 0, total % count == 0 else {
      throw call.error(.value, "needs \(count) inputs for each tensor, and found \(total)")
    }
    let n = total / count
    let results = try (0..<n).map { i in step(rate, time, try (0..<count).map { try call.tensor(2 + $0 * n + i) }) }
    return (0..<(results.first?.count ?? 0)).flatMap { k in results.map { .tensor($0[k]) } }
  }

  static func adagrad(_ call: ONNXCall) throws -> [ONNXValue?] {
    let decay = try call.float("decay_factor", 0)
    let (epsilon, norm) = (try call.float("epsilon", 1e-6), try call.float("norm_coefficient", 0))
    return try optimise(call, 3) { rate, time, t in
      let gradient = t[0] * norm + t[1]
      let squares = t[2] + gradient * gradient
      return [t[0] - rate / (1 + time * decay) * gradient / (squares.sqrt() + epsilon), squares]
    }
  }

  static func adam(_ call: ONNXCall) throws -> [ONNXValue?] {
    let (alpha, beta) = (try call.float("alpha", 0.9), try call.float("beta", 0.999))
    let (epsilon, norm) = (try call.float("epsilon", 1e-6), try call.float("norm_coefficient", 0))
    let after = try call.float("norm_coefficient_post", 0)
    return try optimise(call, 4) { rate, time, t in
      let gradient = t[0] * norm + t[1]
      let mean = t[2] * alpha + gradient * (1 - alpha)
      let squares = t[3] * beta + gradient * gradient * (1 - beta)
      func powered(_ x: Double) -> Double { (Tensor(x, dtype: .float64).pow(time)).item() }
      let factor = time > 0 ? (1 - powered(beta)).squareRoot() / (1 - powered(alpha)) : 1
      let new = t[0] - rate * factor * (mean / (squares.sqrt() + epsilon))
      return [new * (1 - after), mean, squares]
    }
  }

  static func momentum(_ call: ONNXCall) throws -> [ONNXValue?] {
    let (alpha, beta) = (try call.float("alpha", 0), try call.float("beta", 0))
    let norm = try call.float("norm_coefficient", 0)
    let isNesterov = try call.string("mode", "standard") == "nesterov"
    return try optimise(call, 3) { rate, time, t in
      let gradient = t[0] * norm + t[1]
      let velocity = t[2] * alpha + gradient * (time > 0 ? beta : 1)
      return [t[0] - rate * (isNesterov ? gradient + velocity * alpha : velocity), velocity]
    }
  }
}
