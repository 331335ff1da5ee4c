import ApusCore
import ApusFormats

/// Functions of TensorFlow that Keras 2 wrote as nodes of a functional model (`TFOpLambda`), by those of `keras.ops` that are the same.
enum KerasOldOperations {
  static let makers: [String: KerasBuilder.Maker] = ["TFOpLambda": operation, "SlicingOpLambda": operation]

  /// The operation of Keras 3, and its names for TensorFlow's arguments.
  private static let names: [String: (name: String, arguments: [String: String])] = {
    var names: [String: (name: String, arguments: [String: String])] = [
      "nn.leaky_relu": ("LeakyRelu", ["alpha": "negative_slope"]), "nn.softmax": ("Softmax", [:]),
      "nn.gelu": ("Gelu", [:]),
      "reshape": ("Reshape", [:]), "transpose": ("Transpose", ["perm": "axes"]), "concat": ("Concatenate", [:]),
      "stack": ("Stack", [:]), "expand_dims": ("ExpandDims", [:]), "squeeze": ("Squeeze", [:]), "cast": ("Cast", [:]),
      "tile": ("Tile", ["multiples": "repeats"]), "linalg.matmul": ("Matmul", ["b": "x2"]),
      "clip_by_value": ("Clip", ["clip_value_min": "x_min", "clip_value_max": "x_max"]),
      "__operators__.getitem": ("GetItem", ["slice_spec": "key"]), "nn.silu": ("Silu", [:]), "nn.swish": ("Silu", [:]),
    ]
    let binary = [
      "add": "Add", "subtract": "Subtract", "multiply": "Multiply", "divide": "TrueDivide", "truediv": "TrueDivide",
      "maximum": "Maximum", "minimum": "Minimum", "pow": "Power", "floordiv": "FloorDivide", "equal": "Equal",
      "not_equal": "NotEqual", "greater": "Greater", "greater_equal": "GreaterEqual", "less": "Less",
      "less_equal": "LessEqual", "divide_no_nan": "DivideNoNan", "squared_difference": "SquaredDifference",
    ]
    for (old, new) in binary {
      for place in ["math", "__operators__"] { names["\(place).\(old)"] = (new, ["y": "x2"]) }
    }
    let unary = [
      "abs": "Absolute", "exp": "Exp", "log": "Log", "log1p": "Log1p", "sqrt": "Sqrt", "rsqrt": "Rsqrt",
      "square": "Square",
      "tanh": "Tanh", "sigmoid": "Sigmoid", "negative": "Negative", "sign": "Sign", "floor": "Floor", "ceil": "Ceil",
      "sin": "Sin", "cos": "Cos", "erf": "Erf", "softplus": "Softplus", "reciprocal": "Reciprocal",
    ]
    for (old, new) in unary { names["math.\(old)"] = (new, [:]) }
    for (old, new) in [
      "relu": "Relu", "relu6": "Relu6", "elu": "Elu", "selu": "Selu", "softplus": "Softplus", "tanh": "Tanh",
      "sigmoid": "Sigmoid",
    ] {
      names["nn.\(old)"] = (new, [:])
    }
    for (old, new) in [
      "mean": "Mean", "sum": "Sum", "max": "Max", "min": "Min", "prod": "Prod", "any": "Any", "all": "All",
    ] {
      names["math.reduce_\(old)"] = (new, [:])
    }
    return names
  }()

  private static func operation(_ request: KerasRequest) throws(TensorError) -> KerasPlan {
    let config = request.config
    let function = try config.string("function")
    guard let (name, arguments) = names[function] else {
      throw config.fail(.unsupported, "the function '\(function)' of TensorFlow is not known here")
    }
    let plan = KerasPlan(config, outputs: [.unknown]) { call throws(TensorError) in
      guard let function = KerasOperations.table[name] else {
        throw call.fail("the operation \(name) is not known here")
      }
      var options: [String: KerasValue] = [:]
      for (key, value) in call.options where key != "name" { options[arguments[key] ?? key] = index(value, key) }
      // TensorFlow's gelu is the exact one unless it is told otherwise.
      if name == "Gelu", options["approximate"] == nil { options["approximate"] = .constant(.bool(false)) }
      if name == "Matmul", let turns = options["transpose_b"]?.json?.bool, turns, let b = options["x2"]?.tensor {
        options["x2"] = KerasValue(b.transpose(-2, -1))
      }
      return try function(KerasCall(layer: call.layer, arguments: call.arguments, options: options, weights: []))
    }
    plan.convertsInputs = false
    return plan
  }

  /// The parts of an index, slices as Python's.
  private static func index(_ value: KerasValue, _ key: String) -> KerasValue {
    guard key == "slice_spec" else { return value }
    switch value {
    case .list(let items): return .list(items.map { index($0, key) })
    case .dictionary(let parts) where parts["start"] != nil || parts["stop"] != nil:
      return .slice(parts["start"]?.json?.int, parts["stop"]?.json?.int, parts["step"]?.json?.int)
    default: return value
    }
  }
}
