import ApusCore

/// What a C expression computes in.
enum CNumber {
  case float, double, integer

  /// For elements of a type; nil for what C has no form of.
  init?(_ dtype: DType) {
    switch dtype.computeType {
    case .float32: self = .float
    case .float64: self = .double
    case .int64, .int32, .bool: self = .integer
    default: return nil
    }
  }

  /// The type in C.
  var name: String {
    switch self {
    case .float: "float"
    case .double: "double"
    case .integer: "long long"
    }
  }

  /// A number of the type.
  func literal(_ value: Double) -> String {
    switch self {
    case .float: cNumber(value, .float32)
    case .double: cNumber(value, .float64)
    case .integer:
      value.magnitude < 1e18 ? "\(Int(value))LL" : value < 0 ? "(-9223372036854775807LL - 1)" : "9223372036854775807LL"
    }
  }

  /// A number given at a call.
  func literal(_ scalar: Scalar) -> String { self == .integer ? cInteger(scalar.int) : literal(scalar.double) }

  /// A text for floats as one of this type: the names of functions and constants differ by their endings.
  func adapted(_ text: String) -> String {
    switch self {
    case .float: text
    case .double:
      Self.changingFloats(text.replacing("_f32(", with: "_f64(").replacing("(float)", with: "(double)")) { word in
        word.dropLast()
      }
    case .integer:
      Self.changingFloats(text.replacing("(float)", with: "(long long)")) { word in
        word.hasSuffix(".0f") ? word.dropLast(3) : word
      }
      .replacing("__builtin_fabsf", with: "__builtin_llabs")
    }
  }

  /// A text with what `change` makes of its words that are of float32 by their last letter: numbers with a point, `2.5f`, and functions
  /// of the compiler, `__builtin_sqrtf`.
  private static func changingFloats(_ text: String, _ change: (Substring) -> Substring) -> String {
    let isWord = { (c: UInt8) in
      UInt8(ascii: "a")...UInt8(ascii: "z") ~= c || UInt8(ascii: "A")...UInt8(ascii: "Z") ~= c
        || UInt8(ascii: "0")...UInt8(ascii: "9") ~= c || c == UInt8(ascii: "_") || c == UInt8(ascii: ".")
    }
    var (made, rest) = ("", text[...])
    while let start = rest.utf8.firstIndex(where: isWord) {
      let end = rest.utf8[start...].firstIndex { !isWord($0) } ?? rest.endIndex
      let word = rest[start..<end]
      made += rest[..<start]
      made += isFloat(word) ? change(word) : word
      rest = rest[end...]
    }
    return made + rest
  }

  private static func isFloat(_ word: Substring) -> Bool {
    guard word.last == "f" else { return false }
    if word.hasPrefix("__builtin_") { return true }
    guard let point = word.lastIndex(of: "."), point > word.startIndex else { return false }
    let digits = word[word.index(after: point)...].dropLast()
    return !digits.isEmpty && digits.allSatisfy { "0"..."9" ~= $0 } && "0"..."9" ~= word[word.index(before: point)]
  }

  /// Whether integers have the function; others are those of float64 values.
  static func isOfIntegers(_ name: String) -> Bool { integerFunctions.contains(name) }

  private static let integerFunctions: Set<String> = [
    "neg", "abs", "sign", "square", "relu", "add", "sub", "mul", "max", "min", "fmax", "fmin", "eq", "ne", "lt", "le",
    "gt", "ge", "and", "or", "xor", "not", "floorDiv", "truncDiv", "remainder", "fmod", "bitnot", "bitand", "bitor",
    "bitxor", "shl", "shr", "floor", "ceil", "round", "trunc",
  ]

  /// The texts of functions for programs that stand alone: those of kernels, and what kernels leave to the engine of
  /// eager mode.
  func text(_ name: String, kernel: StaticString?) -> String? {
    if self == .integer {
      if let own = Self.integerTexts[name] { return own }
      return Self.isOfIntegers(name) ? kernel.map { adapted("\($0)") } : nil
    }
    return (kernel.map { "\($0)" } ?? Self.programTexts[name]).map(adapted)
  }

  private static let integerTexts = [
    "truncDiv": "$y == 0 ? 0 : $x / $y", "fmod": "$y == 0 ? 0 : $x % $y",
    "floorDiv": "$y == 0 ? 0 : $x / $y - ($x % $y != 0 && ($x < 0) != ($y < 0))",
    "remainder": "$y == 0 ? 0 : $x % $y + ($x % $y != 0 && ($x < 0) != ($y < 0) ? $y : 0)",
    "bitnot": "~$x", "bitand": "$x & $y", "bitor": "$x | $y", "bitxor": "$x ^ $y", "shl": "$x << $y", "shr": "$x >> $y",
    "floor": "$x", "ceil": "$x", "round": "$x", "trunc": "$x", "max": "$x > $y ? $x : $y", "min": "$x < $y ? $x : $y",
    "fmax": "$x > $y ? $x : $y", "fmin": "$x < $y ? $x : $y",
  ]

  private static let programTexts = [
    "pow": "apus_pow_f32($x, $y)", "floorDiv": "ckm_floor_div_f32($x, $y)", "remainder": "ckm_remainder_f32($x, $y)",
    "fmod": "__builtin_fmodf($x, $y)", "hypot": "__builtin_sqrtf($x * $x + $y * $y)",
    "xlogy": "$y != $y ? $y : $x == 0.0f ? 0.0f : $x * ckm_log_f32($y)", "asin": "__builtin_asinf($x)",
    "acos": "__builtin_acosf($x)", "atan": "__builtin_atanf($x)", "sinh": "__builtin_sinhf($x)",
    "cosh": "__builtin_coshf($x)", "asinh": "__builtin_asinhf($x)", "acosh": "__builtin_acoshf($x)",
    "atanh": "__builtin_atanhf($x)", "atan2": "__builtin_atan2f($x, $y)", "lgamma": "__builtin_lgammaf($x)",
    "frac": "$x - __builtin_truncf($x)",
  ]
}
