import ApusCore

extension Registry {
  /// Functions of one tensor.
  static let elementwise: [Operation] = [
    .unary("abs absolute __abs__") { $0.abs() },
    .unary("acos arccos") { $0.acos() },
    .unary("acosh arccosh") { $0.acosh() },
    .unary("asin arcsin") { $0.asin() },
    .unary("asinh arcsinh") { $0.asinh() },
    .unary("atan arctan") { $0.atan() },
    .unary("atanh arctanh") { $0.atanh() },
    .unary("ceil") { $0.ceil() },
    .unary("cos") { $0.cos() },
    .unary("cosh") { $0.cosh() },
    .unary("erf special.erf") { $0.erf() },
    .unary("erfc special.erfc") { $0.erfc() },
    .unary("erfinv special.erfinv") { $0.erfinv() },
    .unary("exp") { $0.exp() },
    .unary("exp2 special.exp2") { $0.exp2() },
    .unary("expm1 special.expm1") { $0.expm1() },
    .unary("floor") { $0.floor() },
    .unary("frac") { $0.frac() },
    .unary("isnan") { $0.isnan() },
    .unary("lgamma special.gammaln") { $0.lgamma() },
    .unary("digamma special.digamma special.psi") { $0.digamma() },
    .unary("log") { $0.log() },
    .unary("log10") { $0.log10() },
    .unary("log1p special.log1p") { $0.log1p() },
    .unary("log2") { $0.log2() },
    .unary("logical_not") { $0.logicalNot() },
    .unary("neg negative") { -$0 },
    .unary("reciprocal") { $0.reciprocal() },
    .unary("rsqrt") { $0.rsqrt() },
    .unary("sigmoid special.expit nn.functional.sigmoid") { $0.sigmoid() },
    .unary("sign") { $0.sign() },
    .unary("sin") { $0.sin() },
    .unary("sinh") { $0.sinh() },
    .unary("sqrt") { $0.sqrt() },
    .unary("square") { $0.square() },
    .unary("tan") { $0.tan() },
    .unary("tanh nn.functional.tanh") { $0.tanh() },
    .unary("trunc fix") { $0.trunc() },
    .unary("angle") { $0.angle() },
    .unary("bitwise_not __invert__") { ~$0 },
    .unary("deg2rad") { $0.deg2rad() },
    .unary("rad2deg") { $0.rad2deg() },
    .unary("i0 special.i0") { special.i0($0) },
    .unary("isfinite") { $0.isfinite() },
    .unary("isinf") { $0.isinf() },
    .unary("isneginf") { $0.isneginf() },
    .unary("isposinf") { $0.isposinf() },
    .unary("isreal") { $0.isComplex ? $0.imag.eq(0) : $0.isnan().logicalOr($0.isnan().logicalNot()) },
    .unary("sgn") { $0.sgn() },
    .unary("signbit") { $0.signbit() },
    .unary("sinc special.sinc") { $0.sinc() },
    .tensor("round special.round", "input, *, decimals=0") {
      let decimals = try $0.int("decimals")
      return try decimals == 0 ? $0.tensor("input").round() : $0.tensor("input").round(decimals: decimals)
    },
    .tensors("frexp", "input") {
      let (mantissa, exponent) = try $0.tensor("input").frexp()
      return [mantissa, exponent]
    },
    .tensor("logit special.logit", "input, eps=None") {
      try $0.tensor("input").logit(eps: $0.optionalDouble("eps"))
    },
    .tensor("nan_to_num", "input, nan=0, posinf=None, neginf=None") {
      try $0.tensor("input").nanToNum(
        nan: $0.optionalDouble("nan") ?? 0, posinf: $0.optionalDouble("posinf"), neginf: $0.optionalDouble("neginf"))
    },
    .tensor("clamp clip", "input, min: tensor=None, max: tensor=None") {
      try $0.tensor("input").clamp(min: $0.optionalTensor("min"), max: $0.optionalTensor("max"))
    },
    .tensor("clamp clip", "input, min=None, max=None") {
      try $0.tensor("input").clamp(min: $0.optionalScalar("min"), max: $0.optionalScalar("max"))
    },
    .tensor("clamp_min", "input, min: tensor") { try $0.tensor("input").clamp(min: $0.tensor("min"), max: nil) },
    .tensor("clamp_min", "input, min") { try $0.tensor("input").clamp(min: $0.scalar("min")) },
    .tensor("clamp_max", "input, max: tensor") { try $0.tensor("input").clamp(min: nil, max: $0.tensor("max")) },
    .tensor("clamp_max", "input, max") { try $0.tensor("input").clamp(max: $0.scalar("max")) },
    .tensor("masked_fill", "input, mask, value: tensor") {
      try $0.tensor("input").maskedFill($0.tensor("mask"), $0.tensor("value"))
    },
    .tensor("masked_fill", "input, mask, value") {
      try $0.tensor("input").maskedFill($0.tensor("mask"), $0.scalar("value"))
    },
    .unary("resolve_conj resolve_neg positive detach") { $0.hasFailed ? $0 : alias($0) },
    .unary("conj conj_physical") { $0.isComplex || $0.hasFailed ? $0.conj() : alias($0) },
    .unary("real") { $0.isComplex || $0.hasFailed ? $0.real : alias($0) },
    .unary("imag") { $0.imag },
    .unary("view_as_real") { $0.viewAsReal() },
    .unary("view_as_complex") { $0.viewAsComplex() },
    .binary("complex") { complex($0, $1) },
    .binary("polar") { polar($0, $1) },
    .tensor("clone", "input, *, memory_format=None") { try $0.tensor("input").clone() },
    .unary("alias_copy") { $0.clone() },
    .tensor("contiguous", "input, memory_format=None") { try $0.tensor("input").contiguous() },
    Operation("item", "input") {
      let input = try $0.tensor("input")
      switch input.itemScalar() {
      case .bool(let v): return [.bool(v)]
      case .int(let v): return [.int(v)]
      case .float(let v): return [.float(v)]
      case .complex(let v): return [.complex(v)]
      }
    },
    .cast("bool", .bool), .cast("byte", .uint8), .cast("char", .int8), .cast("short", .int16), .cast("int", .int32),
    .cast("long", .int64), .cast("half", .float16), .cast("bfloat16", .bfloat16), .cast("float", .float32),
    .cast("double", .float64), .cast("cfloat", .complex64), .cast("cdouble", .complex128),
    .tensor("to", "input, other: tensor, non_blocking=False, copy=False") {
      try $0.tensor("input").to($0.tensor("other").dtype)
    },
    .tensor("to", "input, device: string, dtype=None, non_blocking=False, copy=False") {
      let input = try $0.tensor("input")
      return try input.to($0.optionalDType("dtype") ?? input.dtype)
    },
    .tensor("to", "input, dtype=None, non_blocking=False, copy=False") {
      let input = try $0.tensor("input")
      return try input.to($0.optionalDType("dtype") ?? input.dtype)
    },
  ]
}

extension Operation {
  /// A conversion that is a method of its own in PyTorch: `x.float()`.
  fileprivate static func cast(_ name: String, _ dtype: DType) -> Operation {
    tensor(name, "input, memory_format=None") { try $0.tensor("input").to(dtype) }
  }
}
