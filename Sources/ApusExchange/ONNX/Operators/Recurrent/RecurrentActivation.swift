import ApusCore

/// A function that a recurrent operator applies to its gates, with its numbers.
struct RecurrentActivation: Equatable {
  var name: String
  var alpha = 0.0
  var beta = 0.0

  /// The names that the operators know, and the numbers that each takes unless the node gives others.
  private static let defaults: [String: (alpha: Double?, beta: Double?)] = [
    "relu": (nil, nil), "tanh": (nil, nil), "sigmoid": (nil, nil), "softsign": (nil, nil), "softplus": (nil, nil),
    "affine": (1, 0), "leakyrelu": (0.01, nil), "thresholdedrelu": (1, nil), "scaledtanh": (1, 1),
    "hardsigmoid": (0.2, 0.5), "elu": (1, nil),
  ]

  /// The functions of a node: `names` where it has no list, one list for each direction.
  static func list(of call: ONNXCall, _ names: [String], directions: Int) throws -> [[RecurrentActivation]] {
    let given = try call.strings("activations") ?? []
    let all = given.isEmpty ? (0..<directions).flatMap { _ in names } : given
    guard all.count >= names.count * directions else {
      throw call.error(.value, "needs \(names.count * directions) activations, and found \(all)")
    }
    var alphas = (try call.floats("activation_alpha") ?? [])[...]
    var betas = (try call.floats("activation_beta") ?? [])[...]
    let functions = try all.map { name in
      guard let numbers = defaults[name.lowercased()] else {
        throw call.error(.value, "knows no activation '\(name)'; there are \(defaults.keys.sorted())")
      }
      return RecurrentActivation(
        name: name.lowercased(), alpha: numbers.alpha.map { alphas.popFirst() ?? $0 } ?? 0,
        beta: numbers.beta.map { betas.popFirst() ?? $0 } ?? 0)
    }
    return (0..<directions).map { Array(functions[$0 * names.count..<($0 + 1) * names.count]) }
  }

  func callAsFunction(_ x: Tensor) -> Tensor {
    switch name {
    case "relu": x.relu()
    case "tanh": x.tanh()
    case "sigmoid": x.sigmoid()
    case "softsign": x.softsign()
    case "softplus": x.softplus()
    case "affine": x * alpha + beta
    case "leakyrelu": x.leakyRelu(negativeSlope: alpha)
    case "thresholdedrelu": `where`(x.ge(alpha), x, Tensor.zeros([], dtype: x.dtype))
    case "scaledtanh": (x * beta).tanh() * alpha
    case "hardsigmoid": (x * alpha + beta).clamp(min: 0, max: 1)
    case "elu": x.elu(alpha: alpha)
    default: x
    }
  }
}
