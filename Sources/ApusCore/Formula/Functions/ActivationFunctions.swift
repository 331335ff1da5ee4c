extension UnaryFunction {
  /// 1 / (1 + exp(-x)).
  public static let sigmoid: UnaryFunction = .init(
    "sigmoid", c: "ckm_sigmoid_f32($x)",
    derivative: { _, y, g in .binary(.sigmoidGrad, g, y) },
    composition: { x in .binary(.div, .one, .unary(.neg, x)(.exp) + 1) })
  /// max(x, 0).
  public static let relu: UnaryFunction = .init(
    "relu", c: "$x < 0.0f ? 0.0f : $x",
    derivative: { _, y, g in .binary(.reluGrad, g, y) },
    composition: { x in .select(x.isGreater(.zero), x, .zero) })
  /// x Φ(x), with the normal distribution function Φ.
  public static let gelu: UnaryFunction = .init(
    "gelu", c: "ckm_gelu_f32($x)",
    derivative: { x, _, g in .binary(.geluGrad, g, x) },
    composition: { x in x * (0.5 * (1 + (x * 0.70710678118654752440)(.erf))) })
  /// Gelu by its approximation with tanh.
  public static let geluTanh: UnaryFunction = .init(
    "geluTanh", c: "ckm_gelu_tanh_f32($x)",
    derivative: { x, _, g in .binary(.geluTanhGrad, g, x) },
    composition: { x in 0.5 * x * (1 + (0.79788456080286535588 * (x + 0.044715 * x * x.squared))(.tanh)) })
  /// x sigmoid(x).
  public static let silu: UnaryFunction = .init(
    "silu", c: "ckm_silu_f32($x)",
    derivative: { x, _, g in .binary(.siluGrad, g, x) },
    composition: { x in x * x(.sigmoid) })
  /// log(1 + exp(x)).
  public static let softplus: UnaryFunction = .init(
    "softplus", c: "ckm_softplus_f32($x)",
    derivative: { x, _, g in g * x(.sigmoid) },
    composition: { x in .binary(.max, x, .zero) + .unary(.neg, x(.abs))(.exp)(.log1p) })
}

// Their gradients in one pass, of the cotangent and x or the value.
extension BinaryFunction {
  /// g y (1 - y): the gradient g through a sigmoid with the result y.
  public static let sigmoidGrad: BinaryFunction = .init(
    "sigmoidGrad", c: "$x * $y * (1.0f - $y)", definition: { g, y in g * (y * (1 - y)) })
  /// g where the result of ``UnaryFunction/relu`` is positive, 0 elsewhere.
  public static let reluGrad: BinaryFunction = .init(
    "reluGrad", c: "$y <= 0.0f ? 0.0f : $x",
    definition: { g, y in .select(.binary(.le, y, .zero), .zero, g) })
  /// The gradient g through ``UnaryFunction/gelu`` at x.
  public static let geluGrad: BinaryFunction = .init(
    "geluGrad", c: "$x * ckm_gelu_slope_f32($y)",
    definition: { g, x in
      g
        * (0.5 * (1 + (x * 0.70710678118654752440)(.erf))
          + x * (0.39894228040143267794 * (-0.5 * x.squared)(.exp)))
    })
  /// The gradient g through the approximation of gelu by tanh at x.
  public static let geluTanhGrad: BinaryFunction = .init(
    "geluTanhGrad", c: "$x * ckm_gelu_tanh_slope_f32($y)",
    definition: { g, x in
      let k = 0.79788456080286535588
      let t = (k * (x + 0.044715 * x * x.squared))(.tanh)
      return g * (0.5 * (1 + t) + 0.5 * x * (1 - t.squared) * (k * (1 + 0.134145 * x.squared)))
    })
  /// The gradient g through x sigmoid(x).
  public static let siluGrad: BinaryFunction = .init(
    "siluGrad", c: "$x * ckm_silu_slope_f32($y)",
    definition: { g, x in g * (x(.sigmoid) * (1 + x * (1 - x(.sigmoid)))) })
}
