import ApusCore
import ApusFunctional
import ApusNN

/// A function between layers, under the names that configurations use.
public struct Activation: Sendable {
  /// The name in the configuration.
  public let name: String
  private let function: @Sendable (Tensor) -> Tensor

  /// The function called `name`; nil if there is none of that name.
  public init?(_ name: String) {
    guard let function = Self.functions[name] else { return nil }
    (self.name, self.function) = (name, function)
  }

  private init(_ name: String, _ function: @escaping @Sendable (Tensor) -> Tensor) {
    (self.name, self.function) = (name, function)
  }

  /// Gaussian error linear units.
  public static let gelu = Activation("gelu") { $0.gelu() }
  /// The hyperbolic tangent.
  public static let tanh = Activation("tanh") { $0.tanh() }

  /// The function of `x`, element by element.
  public func callAsFunction(_ x: Tensor) -> Tensor { function(x) }

  /// All names.
  public static var names: [String] { functions.keys.sorted() }

  private static let functions: [String: @Sendable (Tensor) -> Tensor] = [
    "gelu": { $0.gelu() }, "gelu_python": { $0.gelu() },
    "gelu_10": { $0.gelu().clamp(min: -10, max: 10) },
    "gelu_new": { $0.gelu(approximate: .tanh) }, "gelu_fast": { $0.gelu(approximate: .tanh) },
    "gelu_pytorch_tanh": { $0.gelu(approximate: .tanh) }, "gelu_python_tanh": { $0.gelu(approximate: .tanh) },
    "gelu_accurate": { $0.gelu(approximate: .tanh) },
    "quick_gelu": { x in x * (x * 1.702).sigmoid() },
    "silu": { $0.silu() }, "swish": { $0.silu() },
    "relu": { $0.relu() }, "relu6": { $0.relu6() }, "relu2": { $0.relu().square() },
    "leaky_relu": { $0.leakyRelu() }, "hardswish": { $0.hardswish() }, "mish": { $0.mish() },
    "sigmoid": { $0.sigmoid() }, "tanh": { $0.tanh() }, "linear": { $0 },
    "laplace": { x in (((x - 0.707107) / (0.282095 * 2.0.squareRoot())).erf() + 1) * 0.5 },
    "sqrtsoftplus": { $0.softplus().sqrt() },
  ]
}

extension ModelConfiguration {
  /// The function that a key names.
  package func activation(_ keys: String..., default value: String? = nil) throws(TensorError) -> Activation {
    let key = keys.first { self[$0] != nil } ?? keys[0]
    let name = try string(key, default: value)
    guard let found = Activation(name) else {
      throw unsupported(key, "one of \(Activation.names.joined(separator: ", "))")
    }
    return found
  }
}
