import ApusCore
import ApusFunctional

/// Operations of one and of two tensors, element by element.
enum KerasPointwise {
  /// Whole numbers become floating point where a function needs it.
  private static func floating(_ x: Tensor) -> Tensor { x.dtype.isFloatingPoint ? x : x.to(.float32) }

  static let unary: [String: @Sendable (Tensor) -> Tensor] = {
    var table: [String: @Sendable (Tensor) -> Tensor] = [
      "Absolute": { $0.abs() }, "Abs": { $0.abs() }, "Negative": { -$0 }, "Sign": { $0.sign() },
      "Square": { $0 * $0 }, "Ceil": { $0.ceil() }, "Floor": { $0.floor() }, "Trunc": { $0.trunc() },
      "Isfinite": { $0.isfinite() }, "Isinf": { $0.isinf() }, "Isnan": { $0.isnan() },
      "LogicalNot": { $0.to(.bool).logicalNot() }, "Copy": { $0 }, "StopGradient": { $0.detach() }, "Identity": { $0 },
      "ZerosLike": { Tensor.zeros($0.shape, dtype: $0.dtype) }, "OnesLike": { Tensor.ones($0.shape, dtype: $0.dtype) },
      "Conjugate": { $0 }, "Conj": { $0 }, "Real": { $0 }, "ConvertToTensor": { $0 }, "Nonzero": { $0.nonzero() },
    ]
    let needFloating: [String: @Sendable (Tensor) -> Tensor] = [
      "Exp": { $0.exp() }, "Exp2": { $0.exp2() }, "Expm1": { $0.expm1() }, "Log": { $0.log() }, "Log2": { $0.log2() },
      "Log10": { $0.log10() }, "Log1p": { $0.log1p() }, "Sqrt": { $0.sqrt() }, "Rsqrt": { $0.rsqrt() },
      "Reciprocal": { $0.reciprocal() }, "Sin": { $0.sin() }, "Cos": { $0.cos() }, "Tan": { $0.tan() },
      "Arcsin": { $0.asin() }, "Arccos": { $0.acos() }, "Arctan": { $0.atan() }, "Sinh": { $0.sinh() },
      "Cosh": { $0.cosh() }, "Tanh": { $0.tanh() }, "Arcsinh": { $0.asinh() }, "Arccosh": { $0.acosh() },
      "Arctanh": { $0.atanh() }, "Erf": { $0.erf() }, "Erfinv": { $0.erfinv() },
      "Relu": { $0.relu() }, "Relu6": { $0.relu6() }, "Sigmoid": { $0.sigmoid() }, "Silu": { $0.silu() },
      "Softplus": { $0.softplus() }, "Softsign": { $0.softsign() }, "Selu": { $0.selu() },
      "HardSigmoid": { $0.hardsigmoid() }, "HardSilu": { $0.hardswish() }, "HardTanh": { $0.hardtanh() },
      "TanhShrink": { $0.tanhshrink() }, "LogSigmoid": { $0.logSigmoid() }, "Mish": { $0.mish() },
      "SparsePlus": { KerasActivations.sparsePlus($0) }, "SparseSigmoid": { (($0 + 1.0) * 0.5).clamp(min: 0, max: 1) },
    ]
    for (name, function) in needFloating { table[name] = { function(floating($0)) } }
    return table
  }()

  static let binary: [String: @Sendable (Tensor, Tensor) -> Tensor] = [
    "Add": { $0 + $1 }, "Subtract": { $0 - $1 }, "Multiply": { $0 * $1 },
    "Divide": { floating($0) / floating($1) }, "TrueDivide": { floating($0) / floating($1) },
    "DivideNoNan": { a, b in `where`(b.eq(0), floating(a) * 0.0, floating(a) / floating(b)) },
    "FloorDivide": { $0.floorDivide($1) }, "Mod": { $0.remainder($1) }, "Power": { $0.pow($1) },
    "Maximum": { $0.maximum($1) }, "Minimum": { $0.minimum($1) }, "Arctan2": { floating($0).atan2(floating($1)) },
    "Logaddexp": { floating($0).logaddexp(floating($1)) }, "Hypot": { floating($0).hypot(floating($1)) },
    "Equal": { $0.eq($1) }, "NotEqual": { $0.ne($1) }, "Greater": { $0.gt($1) }, "GreaterEqual": { $0.ge($1) },
    "Less": { $0.lt($1) }, "LessEqual": { $0.le($1) },
    "LogicalAnd": { $0.to(.bool).logicalAnd($1.to(.bool)) }, "LogicalOr": { $0.to(.bool).logicalOr($1.to(.bool)) },
    "LogicalXor": { $0.to(.bool).logicalXor($1.to(.bool)) },
    "Matmul": { matmul($0, $1) },
    "SquaredDifference": { ($0 - $1).square() },
    "Outer": { $0.reshape([-1, 1]) * $1.reshape([1, -1]) },
    "Dot": { a, b in
      a.rank == 0 || b.rank == 0 ? a * b : b.rank < 3 ? matmul(a, b) : tensordot(a, b, axes: [a.rank - 1], [b.rank - 2])
    },
  ]

  /// Sums over the products of dimensions of `a` and of `b`.
  static func tensordot(_ a: Tensor, _ b: Tensor, axes: [Int], _ others: [Int]) -> Tensor {
    let restA = (0..<a.rank).filter { !axes.contains($0) }
    let restB = (0..<b.rank).filter { !others.contains($0) }
    let shared = axes.map { a.shape[$0] }.reduce(1, *)
    let left = a.permute(restA + axes).reshape([restA.map { a.shape[$0] }.reduce(1, *), shared])
    let right = b.permute(others + restB).reshape([shared, restB.map { b.shape[$0] }.reduce(1, *)])
    return matmul(left, right).reshape(restA.map { a.shape[$0] } + restB.map { b.shape[$0] })
  }
}
