import ApusCore

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

// Functions of formulas over Double, for number types that round real numbers: value in, value out.

/// The value of a function at `x`; nil where it has none over real numbers here.
func realValue(_ function: UnaryFunction, _ x: Double) -> Double? {
  switch function {
  case .neg: -x
  case .abs: x.magnitude
  case .sign: x > 0 ? 1 : x < 0 ? -1 : 0
  case .relu: x > 0 ? x : 0
  case .square: x * x
  case .sqrt: x.squareRoot()
  case .reciprocal: 1 / x
  case .rsqrt: 1 / x.squareRoot()
  case .floor: x.rounded(.down)
  case .ceil: x.rounded(.up)
  case .round: x.rounded(.toNearestOrEven)
  case .trunc: x.rounded(.towardZero)
  case .exp: exp(x)
  case .exp2: exp2(x)
  case .expm1: expm1(x)
  case .log: log(x)
  case .log2: log2(x)
  case .log10: log10(x)
  case .log1p: log1p(x)
  case .sin: sin(x)
  case .cos: cos(x)
  case .tan: tan(x)
  case .asin: asin(x)
  case .acos: acos(x)
  case .atan: atan(x)
  case .sinh: sinh(x)
  case .cosh: cosh(x)
  case .tanh: tanh(x)
  case .asinh: asinh(x)
  case .acosh: acosh(x)
  case .atanh: atanh(x)
  case .erf: erf(x)
  case .erfc: erfc(x)
  case .sigmoid: 1 / (1 + exp(-x))
  case .silu: x / (1 + exp(-x))
  case .softplus: max(x, 0) + log1p(exp(-x.magnitude))
  case .gelu: 0.5 * x * erfc(x * -0.70710678118654752440)
  default: nil
  }
}

/// The value of a function at (`x`, `y`); nil where it has none over real numbers here.
func realValue(_ function: BinaryFunction, _ x: Double, _ y: Double) -> Double? {
  switch function {
  case .pow: pow(x, y)
  case .atan2: atan2(x, y)
  case .hypot: hypot(x, y)
  case .fmod: fmod(x, y)
  case .remainder: x - y * (x / y).rounded(.down)
  case .floorDiv: (x / y).rounded(.down)
  case .truncDiv: (x / y).rounded(.towardZero)
  default: nil
  }
}
