import ApusCore
import ApusFormats

// The functions of the formula language as operators of ONNX.

/// Functions of one number that are one operator.
private let unaryOperators: [UnaryFunction: String] = [
  .neg: "Neg", .abs: "Abs", .sign: "Sign", .reciprocal: "Reciprocal", .sqrt: "Sqrt", .exp: "Exp", .log: "Log",
  .floor: "Floor", .ceil: "Ceil", .round: "Round", .sin: "Sin", .cos: "Cos", .tan: "Tan", .asin: "Asin", .acos: "Acos",
  .atan: "Atan", .sinh: "Sinh", .cosh: "Cosh", .tanh: "Tanh", .asinh: "Asinh", .acosh: "Acosh", .atanh: "Atanh",
  .erf: "Erf", .sigmoid: "Sigmoid", .relu: "Relu",
]

private let binaryOperators: [BinaryFunction: String] = [
  .add: "Add", .sub: "Sub", .mul: "Mul", .pow: "Pow", .max: "Max", .min: "Min",
]

private let comparisons: [BinaryFunction: String] = [
  .eq: "Equal", .lt: "Less", .le: "LessOrEqual", .gt: "Greater", .ge: "GreaterOrEqual",
]

private let logicals: [BinaryFunction: String] = [.and: "And", .or: "Or", .xor: "Xor"]

private let bitOperators: [BinaryFunction: String] = [
  .bitand: "BitwiseAnd", .bitor: "BitwiseOr", .bitxor: "BitwiseXor",
]

extension FormulaLowering {
  private func op(_ type: String, _ inputs: String...) -> String { operation.add(type, inputs) }
  private var isWhole: Bool { compute == .int64 }

  /// A function of one number.
  func unary(_ function: UnaryFunction, _ term: Term) throws -> Term {
    switch function {
    case .not: return .condition(op("Not", try truth(term)))
    case .isnan: return .condition(op("IsNaN", try number(term)))
    case .isinf: return .condition(op("IsInf", try number(term)))
    case .isfinite:
      let x = try number(term)
      return .condition(op("Not", op("Or", op("IsNaN", x), op("IsInf", x))))
    case .signbit: return .condition(try isNegative(try number(term)))
    case .bitnot where operation.dtype == .bool: return .condition(op("Not", try truth(term)))
    default: break
    }
    let x = try number(term)
    if isWhole {
      switch function {
      case .floor, .ceil, .round, .trunc: return .number(x)
      case .frac: return .number(try constant(0))
      case .square: return .number(op("Mul", x, x))
      case .relu: return .number(op("Max", x, try constant(0)))
      case .neg, .abs, .sign: break
      case .bitnot where operation.opset >= 18: return .number(op("BitwiseNot", x))
      default: throw operation.refusal("\(function.name) of whole numbers")
      }
    }
    if compute == .float64, let made = try wide(function, x) { return .number(made) }
    if let type = unaryOperators[function] { return .number(op(type, x)) }
    guard let made = try composed(function, x) else {
      throw operation.refusal("ONNX has no operator for the function \(function.name)")
    }
    return .number(made)
  }

  /// A function of one number by several operators; nil where there is no such form.
  private func composed(_ function: UnaryFunction, _ x: String) throws -> String? {
    switch function {
    case .square: return op("Mul", x, x)
    case .rsqrt: return op("Reciprocal", op("Sqrt", x))
    case .trunc: return op("Mul", op("Sign", x), op("Floor", op("Abs", x)))
    case .frac: return op("Sub", x, op("Mul", op("Sign", x), op("Floor", op("Abs", x))))
    case .exp2: return op("Pow", try constant(2), x)
    case .expm1: return op("Sub", op("Exp", x), try constant(1))
    case .log1p: return op("Log", op("Add", x, try constant(1)))
    case .log2: return op("Div", op("Log", x), try constant(0.693147180559945309417))
    case .log10: return op("Div", op("Log", x), try constant(2.30258509299404568402))
    case .erfc: return op("Sub", try constant(1), op("Erf", x))
    case .silu: return op("Mul", x, op("Sigmoid", x))
    case .softplus:
      if compute == .float32 { return op("Softplus", x) }
      let far = op("Exp", op("Neg", op("Abs", x)))
      return op("Add", op("Max", x, try constant(0)), op("Log", op("Add", far, try constant(1))))
    case .gelu:
      if operation.opset >= 20, compute == .float32 { return op("Gelu", x) }
      let half = op("Mul", x, try constant(0.5))
      return op(
        "Mul", half, op("Add", op("Erf", op("Mul", x, try constant(0.70710678118654752440))), try constant(1)))
    case .geluTanh:
      if operation.opset >= 20, compute == .float32 {
        return operation.add("Gelu", [x], [("approximate", .string("tanh"))])
      }
      let cube = op("Mul", op("Mul", x, x), op("Mul", x, try constant(0.044715)))
      let inner = op("Tanh", op("Mul", op("Add", x, cube), try constant(0.79788456080286535588)))
      return op("Mul", op("Mul", x, try constant(0.5)), op("Add", inner, try constant(1)))
    default: return nil
    }
  }

  /// Functions that ONNX Runtime has of float32 alone, by others.
  private func wide(_ function: UnaryFunction, _ x: String) throws -> String? {
    func shifted(_ x: String, by number: Double) throws -> String { op("Add", x, try constant(number)) }
    switch function {
    case .tan: return op("Div", op("Sin", x), op("Cos", x))
    case .sinh, .cosh:
      let parts = (op("Exp", x), op("Exp", op("Neg", x)))
      return op("Mul", op(function == .sinh ? "Sub" : "Add", parts.0, parts.1), try constant(0.5))
    case .asinh:
      let size = op("Abs", x)
      return op("Mul", op("Sign", x), op("Log", op("Add", size, op("Sqrt", try shifted(op("Mul", x, x), by: 1)))))
    case .acosh: return op("Log", op("Add", x, op("Sqrt", try shifted(op("Mul", x, x), by: -1))))
    case .atanh:
      let ratio = op("Div", try shifted(x, by: 1), op("Sub", try constant(1), x))
      return op("Mul", op("Log", ratio), try constant(0.5))
    default: return nil
    }
  }

  /// A function of two numbers.
  func binary(_ function: BinaryFunction, _ first: Term, _ second: Term) throws -> Term {
    if let type = logicals[function] { return .condition(op(type, try truth(first), try truth(second))) }
    if operation.dtype == .bool, operation.inputTypes.allSatisfy({ $0.dtype == .bool }) {
      let types: [BinaryFunction: String] = [.bitand: "And", .bitor: "Or", .bitxor: "Xor"]
      if let type = types[function] { return .condition(op(type, try truth(first), try truth(second))) }
    }
    let (x, y) = (try number(first), try number(second))
    if let type = comparisons[function] { return .condition(op(type, x, y)) }
    if function == .ne { return .condition(op("Not", op("Equal", x, y))) }
    if let type = binaryOperators[function] { return .number(op(type, x, y)) }
    if let type = bitOperators[function], isWhole {
      guard operation.opset >= 18 else {
        throw operation.refusal("operations on bits exist from opset 18, and this model has \(operation.opset)")
      }
      return .number(op(type, x, y))
    }
    guard let made = try composed(function, x, y) else {
      throw operation.refusal("ONNX has no operator for the function \(function.name)")
    }
    return .number(made)
  }

  /// A function of two numbers by several operators; nil where there is no such form.
  private func composed(_ function: BinaryFunction, _ x: String, _ y: String) throws -> String? {
    func truncated(_ x: String) -> String { op("Mul", op("Sign", x), op("Floor", op("Abs", x))) }
    func mod(_ sign: Int64) -> String { operation.add("Mod", [x, y], [("fmod", .int(sign))]) }
    switch function {
    case .div:
      return op("Div", x, y)
    case .floorDiv: return isWhole ? op("Div", op("Sub", x, mod(0)), y) : op("Floor", op("Div", x, y))
    case .truncDiv: return isWhole ? op("Div", x, y) : truncated(op("Div", x, y))
    case .fmod: return mod(1)
    case .remainder: return isWhole ? mod(0) : op("Sub", x, op("Mul", op("Floor", op("Div", x, y)), y))
    case .hypot:
      // By the ratio of both, so that no square overflows.
      let (a, b) = (op("Abs", x), op("Abs", y))
      let (large, small) = (op("Max", a, b), op("Min", a, b))
      let ratio = op("Div", small, large)
      let length = op("Mul", large, op("Sqrt", op("Add", op("Mul", ratio, ratio), try constant(1))))
      let isEdge = op("Or", op("Equal", large, try constant(0)), op("Equal", large, try constant(.infinity)))
      return op("Where", isEdge, large, length)
    case .xlogy:
      let isZero = op("And", op("Equal", x, try constant(0)), op("Not", op("IsNaN", y)))
      return op("Where", isZero, try constant(0), op("Mul", x, op("Log", y)))
    case .fmax, .fmin:
      let both = op(function == .fmax ? "Max" : "Min", x, y)
      if isWhole { return both }
      return op("Where", op("IsNaN", x), y, op("Where", op("IsNaN", y), x, both))
    case .copysign:
      let size = op("Abs", x)
      return op("Where", try isNegative(y), op("Neg", size), size)
    case .atan2: return try angle(x, y)
    case .shl: return op("Mul", x, op("Pow", try constant(2), y))
    case .shr:
      let divisor = op("Pow", try constant(2), y)
      return op("Div", op("Sub", x, operation.add("Mod", [x, divisor])), divisor)
    default: return nil
    }
  }

  /// Whether the sign bit is set, that of -0 too.
  private func isNegative(_ x: String) throws -> String {
    let isBelow = op("Less", x, try constant(0))
    return isWhole ? isBelow : op("Or", isBelow, op("Less", op("Reciprocal", x), try constant(0)))
  }

  /// The angle of the point (y, x), from -π to π.
  private func angle(_ y: String, _ x: String) throws -> String {
    let zero = try constant(0)
    let base = op("Atan", op("Div", y, x))
    let isBehind = op("Less", x, zero)
    let turn = op("Where", op("Less", y, zero), try constant(-Double.pi), try constant(Double.pi))
    let turned = op("Where", isBehind, op("Add", base, turn), base)
    let isOrigin = op("And", op("Equal", x, zero), op("Equal", y, zero))
    return op("Where", isOrigin, zero, turned)
  }
}
