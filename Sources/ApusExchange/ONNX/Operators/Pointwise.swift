import ApusCore
import ApusFormats

extension ONNXOperator {
  /// Elementary functions, arithmetic, comparisons and logic.
  static let pointwise: [ONNXOperator] = elementary + arithmetic + comparisons + logic

  private static let elementary: [ONNXOperator] = [
    .unary("Abs") { $0.dtype.kind == .unsigned ? $0 : $0.abs() },
    .unary("Acos") { $0.acos() },
    .unary("Acosh") { $0.acosh() },
    .unary("Asin") { $0.asin() },
    .unary("Asinh") { $0.asinh() },
    .unary("Atan") { $0.atan() },
    .unary("Atanh") { $0.atanh() },
    .unary("Ceil") { $0.ceil() },
    .unary("Cos") { $0.cos() },
    .unary("Cosh") { $0.cosh() },
    .unary("Erf") { x in x.dtype.isFloatingPoint ? x.erf() : x.to(.float32).erf().to(x.dtype) },
    .unary("Exp") { $0.exp() },
    .unary("Floor") { $0.floor() },
    .unary("IsNaN") { $0.isnan() },
    .unary("Log") { $0.log() },
    .unary("Neg") { -$0 },
    .unary("Reciprocal") { $0.reciprocal() },
    .unary("Round") { $0.round() },
    .unary("Sign") { $0.sign() },
    .unary("Sin") { $0.sin() },
    .unary("Sinh") { $0.sinh() },
    .unary("Sqrt") { $0.sqrt() },
    .unary("Tan") { $0.tan() },
    .unary("Tanh") { $0.tanh() },
    ONNXOperator("IsInf", inputs: 1...1) { node in
      let (low, high) = (
        try node.flag("detect_negative", default: true), try node.flag("detect_positive", default: true)
      )
      return { call in
        let x = try call.tensor(0)
        let found =
          switch (low, high) {
          case (true, true): x.isinf()
          case (true, false): x.isneginf()
          case (false, true): x.isposinf()
          case (false, false): zerosLike(x, dtype: .bool)
          }
        return [.tensor(found)]
      }
    },
    ONNXOperator("Clip", inputs: 1...3, settings: [1, 2]) { node in
      guard node.opset < 11 else {
        return { call in
          let x = try call.tensor(0)
          let (low, high) = (try call.optionalTensor(1), try call.optionalTensor(2))
          return [.tensor(clipped(x, low, high))]
        }
      }
      let (low, high) = (try node.optionalFloat("min"), try node.optionalFloat("max"))
      return { call in
        let x = try call.tensor(0)
        return [.tensor(low == nil && high == nil ? x : x.clamp(min: low, max: high))]
      }
    },
  ]

  /// `x` between two limits, each of one element; where they contradict each other, the upper one.
  private static func clipped(_ x: Tensor, _ low: Tensor?, _ high: Tensor?) -> Tensor {
    var y = x
    if let low { y = y.maximum(low.reshape([]).to(x.dtype)) }
    if let high { y = y.minimum(high.reshape([]).to(x.dtype)) }
    return y
  }

  private static let arithmetic: [ONNXOperator] = [
    .binary("Add") { $0 + $1 },
    .binary("Sub") { $0 - $1 },
    .binary("Mul") { $0 * $1 },
    .binary("Div") { a, b in a.dtype.isInteger ? a.div(b, roundingMode: .trunc) : a / b },
    .binary("Pow") { a, b in power(a, b) },
    // The first versions have one slope, or one for each channel.
    .binary("PRelu") { x, slope in
      let isOfChannels = slope.rank == 1 && slope.count > 1 && x.rank > 2 && slope.count == x.size(1)
      let each = isOfChannels ? slope.reshape([slope.count] + [Int](repeating: 1, count: x.rank - 2)) : slope
      return `where`(x .>= 0, x, x * each)
    },
    .binary("PRelu", since: 7) { x, slope in `where`(x .>= 0, x, x * slope) },
    .folded("Max") { $0.maximum($1) },
    .folded("Min") { $0.minimum($1) },
    .folded("Sum") { $0 + $1 },
    ONNXOperator("Mean", inputs: .atLeast(1)) { _ in
      { call in
        let tensors = try call.tensors()
        return [.tensor(tensors.dropFirst().reduce(tensors[0], +) / Double(tensors.count))]
      }
    },
    ONNXOperator("Mod", since: 10, inputs: 2...2) { node in
      let isC = try node.flag("fmod")
      return { call in
        let (a, b) = (try call.tensor(0), try call.tensor(1))
        return [.tensor(isC ? a.fmod(b) : a.remainder(b))]
      }
    },
    ONNXOperator("BitShift", since: 11, inputs: 2...2) { node in
      let toLeft = try node.choice("direction", of: ["LEFT", "RIGHT"]) == "LEFT"
      return { call in
        let (a, b) = (try call.tensor(0), try call.tensor(1))
        return [.tensor(toLeft ? a << b : a >> b)]
      }
    },
  ]

  /// The power in the type of the base.
  private static func power(_ a: Tensor, _ b: Tensor) -> Tensor {
    if a.dtype == b.dtype, a.dtype.isFloatingPoint { return a.pow(b) }
    if a.dtype.isInteger, b.dtype.isInteger {
      return a.to(.int64).pow(b.to(.int64)).to(a.dtype)
    }
    if a.dtype.isFloatingPoint, b.dtype.isInteger { return a.pow(b.to(a.dtype)) }
    return a.to(.float64).pow(b.to(.float64)).to(a.dtype)
  }

  private static let comparisons: [ONNXOperator] = [
    .binary("Less") { $0 .< $1 },
    .binary("LessOrEqual", since: 12) { $0 .<= $1 },
    .binary("Greater") { $0 .> $1 },
    .binary("GreaterOrEqual", since: 12) { $0 .>= $1 },
    ONNXOperator("Equal", inputs: 2...2) { node in
      let align = try node.alignment()
      return { call in
        if case .strings(let a) = try call.value(0) { return [.tensor(try equal(a, try call.strings(1)))] }
        let a = try call.tensor(0)
        return [.tensor(a .== align(a, try call.tensor(1)))]
      }
    },
  ]

  /// Where texts are equal: equal texts get equal numbers first.
  private static func equal(_ a: StringTensor, _ b: StringTensor) throws -> Tensor {
    var numbers: [String: Int] = [:]
    func coded(_ texts: StringTensor) -> Tensor {
      Tensor(texts.elements.map { numbers[$0] ?? 0 }, dtype: .int64).reshape(texts.shape)
    }
    for text in a.elements + b.elements where numbers[text] == nil { numbers[text] = numbers.count }
    return coded(a) .== coded(b)
  }

  private static let logic: [ONNXOperator] = [
    .binary("And") { $0.logicalAnd($1) },
    .binary("Or") { $0.logicalOr($1) },
    .binary("Xor") { $0.logicalXor($1) },
    .unary("Not") { $0.logicalNot() },
    .binary("BitwiseAnd", since: 18) { $0 & $1 },
    .binary("BitwiseOr", since: 18) { $0 | $1 },
    .binary("BitwiseXor", since: 18) { $0 ^ $1 },
    .unary("BitwiseNot", since: 18) { ~$0 },
    ONNXOperator("Where", since: 9, inputs: 3...3) { _ in
      { call in
        let condition = try call.tensor(0)
        switch (try call.value(1), try call.value(2)) {
        case (.strings(let a), .strings(let b)):
          let all = StringTensor(a.elements + b.elements)
          let places = `where`(
            condition, arange(a.elements.count).reshape(a.shape),
            arange(b.elements.count).reshape(b.shape) + a.elements.count)
          return [.strings(all.moved { _ in places })]
        case (.narrow(let a, let type), .narrow(let b, _)): return [.narrow(`where`(condition, a, b), type)]
        default: return [.tensor(`where`(condition, try call.tensor(1), try call.tensor(2)))]
        }
      }
    },
  ]
}
