import ApusCore

/// A formula as statements of the kernels' language, in one kind of numbers: `x0`, `x1` ... are its inputs and `p0`, `p1` ... the
/// numbers given at the call.
struct FormulaText {
  let statements: [String]
  /// The name or constant that is each result.
  let results: [String]

  /// Nil where a function has no text in this kind.
  init?(_ formula: Formula, _ kind: NumberKind) {
    var names: [Expression: String] = [:]
    var statements: [String] = []
    for e in Expression.topological(formula.outputs) {
      switch e.kind {
      case .input(let i): names[e] = "x\(i)"
      case .constant(let value): names[e] = kind.literal(value)
      case .parameter(let i): names[e] = "p\(i)"
      case .unary, .binary, .select:
        let operands = e.children.compactMap { names[$0] }
        guard let text = Self.text(e, operands, kind) else { return nil }
        let name = "t\(statements.count)"
        names[e] = name
        statements.append("\(kind.text) \(name) = \(text);")
      }
    }
    self.statements = statements
    results = formula.outputs.compactMap { names[$0] }
  }

  private static func text(_ e: Expression, _ x: [String], _ kind: NumberKind) -> String? {
    switch e.kind {
    case .unary(let f, _): KernelFunctions.text(f, kind)?.replacing("$x", with: x[0])
    case .binary(let f, _, _):
      KernelFunctions.text(f, kind)?.replacing("$x", with: x[0]).replacing("$y", with: x[1])
    case .select:
      kind.isComplex ? "\(x[0]).x != 0 || \(x[0]).y != 0 ? \(x[1]) : \(x[2])" : "\(x[0]) != 0 ? \(x[1]) : \(x[2])"
    case .input, .constant, .parameter: nil
    }
  }
}

/// The texts of the functions of formulas: for float those of their rows, for double the same with other suffixes; what rows do
/// not say because a compiler of the host has no vector code for it is called by the name that both languages know.
enum KernelFunctions {
  static func text(_ f: UnaryFunction, _ kind: NumberKind) -> String? {
    switch kind {
    case .f32: named[f.name] ?? f.c.map { "\($0)" }
    case .f64: named[f.name] ?? f.c.map { wide("\($0)") }
    case .i64, .u64: integers[f.name]
    case .c64: complexes[f.name]?.replacing("$T", with: "float").replacing("$C", with: "c64")
    case .c128: complexes[f.name]?.replacing("$T", with: "double").replacing("$C", with: "c128")
    }
  }

  static func text(_ f: BinaryFunction, _ kind: NumberKind) -> String? {
    switch kind {
    case .f32: named[f.name] ?? f.c.map { "\($0)" }
    case .f64: named[f.name] ?? f.c.map { wide("\($0)") }
    case .i64: integers[f.name]
    case .u64: signed.contains(f.name) ? nil : integers[f.name]
    case .c64: complexes[f.name]?.replacing("$T", with: "float").replacing("$C", with: "c64")
    case .c128: complexes[f.name]?.replacing("$T", with: "double").replacing("$C", with: "c128")
    }
  }

  /// The text of a row, which is about floats, for doubles: functions and numbers carry their types.
  private static func wide(_ text: String) -> String {
    text.replacing("_f32(", with: "_f64(").replacing("(float)", with: "(double)")
      .replacing(/([0-9]\.[0-9]+)f/) { "\($0.output.1)" }
  }

  /// Functions of floating point numbers that rows have no text for.
  private static let named: [String: String] = [
    "asin": "asin($x)", "acos": "acos($x)", "atan": "atan($x)", "sinh": "sinh($x)", "cosh": "cosh($x)",
    "asinh": "asinh($x)", "acosh": "acosh($x)", "atanh": "atanh($x)", "atan2": "atan2($x, $y)", "pow": "pow($x, $y)",
    "hypot": "hypot($x, $y)", "fmod": "fmod($x, $y)", "lgamma": "lgamma($x)", "nextafter": "nextafter($x, $y)",
    "real": "$x", "conj": "$x", "imag": "0", "sgn": "($x > 0) - ($x < 0) + ($x != $x ? $x : 0)",
  ]

  /// What depends on the sign of integers.
  private static let signed: Set<String> = ["floorDiv", "truncDiv", "remainder", "fmod", "pow", "gcd", "shr", "shl"]

  private static let integers: [String: String] = [
    "neg": "-$x", "abs": "($x < 0 ? -$x : $x)", "sign": "($x > 0) - ($x < 0)", "square": "$x * $x",
    "sgn": "($x > 0) - ($x < 0)",
    "relu": "($x < 0 ? 0 : $x)", "floor": "$x", "ceil": "$x", "round": "$x", "trunc": "$x", "real": "$x", "conj": "$x",
    "imag": "0", "isnan": "0", "isinf": "0", "isfinite": "1", "signbit": "$x < 0", "not": "$x == 0", "bitnot": "~$x",
    "add": "$x + $y", "sub": "$x - $y", "mul": "$x * $y", "eq": "$x == $y", "ne": "$x != $y", "lt": "$x < $y",
    "le": "$x <= $y", "gt": "$x > $y", "ge": "$x >= $y", "and": "($x != 0) & ($y != 0)", "or": "($x != 0) | ($y != 0)",
    "xor": "($x != 0) ^ ($y != 0)", "max": "($x > $y ? $x : $y)", "min": "($x < $y ? $x : $y)",
    "fmax": "($x > $y ? $x : $y)", "fmin": "($x < $y ? $x : $y)", "bitand": "$x & $y", "bitor": "$x | $y",
    "bitxor": "$x ^ $y",
  ]

  private static let complexes: [String: String] = [
    "neg": "ap_make_$C(-$x.x, -$x.y)", "conj": "ap_make_$C($x.x, -$x.y)", "real": "ap_make_$C($x.x, 0)",
    "imag": "ap_make_$C($x.y, 0)", "square": "ap_mul_$C($x, $x)",
    "not": "ap_make_$C($x.x == 0 & $x.y == 0, 0)",
    "isnan": "ap_make_$C(($x.x != $x.x) | ($x.y != $x.y), 0)",
    "add": "ap_make_$C($x.x + $y.x, $x.y + $y.y)", "sub": "ap_make_$C($x.x - $y.x, $x.y - $y.y)",
    "mul": "ap_mul_$C($x, $y)", "eq": "ap_make_$C(($x.x == $y.x) & ($x.y == $y.y), 0)",
    "ne": "ap_make_$C(($x.x != $y.x) | ($x.y != $y.y), 0)", "complex": "ap_make_$C($x.x, $y.x)",
    "and": "ap_make_$C((($x.x != 0) | ($x.y != 0)) & (($y.x != 0) | ($y.y != 0)), 0)",
    "or": "ap_make_$C(($x.x != 0) | ($x.y != 0) | ($y.x != 0) | ($y.y != 0), 0)",
  ]

  /// The functions that the texts of complex numbers call.
  static let complexHead = """
    FUNCTION float2 ap_make_c64(float re, float im) { return AP_C64(re, im); }
    FUNCTION float2 ap_mul_c64(float2 x, float2 y) { return AP_C64(x.x * y.x - x.y * y.y, x.x * y.y + x.y * y.x); }

    """
  static let wideComplexHead = """
    FUNCTION double2 ap_make_c128(double re, double im) { return AP_C128(re, im); }
    FUNCTION double2 ap_mul_c128(double2 x, double2 y) { return AP_C128(x.x * y.x - x.y * y.y, x.x * y.y + x.y * y.x); }

    """
}
