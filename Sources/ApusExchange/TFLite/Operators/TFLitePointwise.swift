import ApusCore
import ApusFormats

extension TFLiteOperator {
  /// Arithmetic, activations, comparisons.
  static let pointwise: [TFLiteOperator] = [
    .binary(0, "ADD", activation: 0) { $0 + $1 },
    .binary(41, "SUB", activation: 0) { $0 - $1 },
    .binary(18, "MUL", activation: 0) { $0 * $1 },
    .binary(42, "DIV", activation: 0) { a, b in
      a.dtype.isInteger ? (a.to(.float64) / b.to(.float64)).trunc().to(a.dtype) : a / b
    },
    .binary(55, "MAXIMUM") { $0.maximum($1) },
    .binary(57, "MINIMUM") { $0.minimum($1) },
    .binary(78, "POW") { $0.pow($1) },
    .binary(90, "FLOOR_DIV") { $0.floorDivide($1) },
    .binary(95, "FLOOR_MOD") { $0.remainder($1) },
    .binary(99, "SQUARED_DIFFERENCE") { a, b in
      let difference = a - b
      return difference * difference
    },
    .binary(58, "LESS") { $0.lt($1) },
    .binary(61, "GREATER") { $0.gt($1) },
    .binary(62, "GREATER_EQUAL") { $0.ge($1) },
    .binary(63, "LESS_EQUAL") { $0.le($1) },
    .binary(71, "EQUAL") { $0.eq($1) },
    .binary(72, "NOT_EQUAL") { $0.ne($1) },
    .binary(84, "LOGICAL_OR") { $0.logicalOr($1) },
    .binary(86, "LOGICAL_AND") { $0.logicalAnd($1) },
    .binary(54, "PRELU") { x, slope in `where`(x.ge(0.0), x, x * slope) },
    .unary(87, "LOGICAL_NOT") { $0.logicalNot() },
    .unary(6, "DEQUANTIZE") { $0.to(.float32) },
    .unary(114, "QUANTIZE") { $0 },
    .unary(8, "FLOOR") { $0.floor() },
    .unary(104, "CEIL") { $0.ceil() },
    .unary(116, "ROUND") { $0.round() },
    .unary(14, "LOGISTIC") { $0.sigmoid() },
    .unary(28, "TANH") { $0.tanh() },
    .unary(19, "RELU") { $0.relu() },
    .unary(20, "RELU_N1_TO_1") { $0.clamp(min: -1.0, max: 1.0) },
    .unary(21, "RELU6") { $0.clamp(min: 0.0, max: 6.0) },
    .unary(117, "HARD_SWISH") { $0.hardswish() },
    .unary(111, "ELU") { $0.elu() },
    .unary(47, "EXP") { $0.exp() },
    .unary(73, "LOG") { $0.log() },
    .unary(59, "NEG") { -$0 },
    .unary(66, "SIN") { $0.sin() },
    .unary(108, "COS") { $0.cos() },
    .unary(75, "SQRT") { $0.sqrt() },
    .unary(76, "RSQRT") { $0.rsqrt() },
    .unary(92, "SQUARE") { $0 * $0 },
    .unary(101, "ABS") { $0.abs() },
    .unary(93, "ZEROS_LIKE") { zerosLike($0) },
    TFLiteOperator(98, "LEAKY_RELU") { node in
      let slope = Double(try node.float(0))
      return { call in [try call.tensor(0).leakyRelu(negativeSlope: slope)] }
    },
    TFLiteOperator(150, "GELU") { node in
      let isApproximate = try node.flag(0)
      return { call in [try call.tensor(0).gelu(approximate: isApproximate ? .tanh : .none)] }
    },
    TFLiteOperator(53, "CAST") { node in
      guard let dtype = node.output(0)?.element.dtype else {
        throw TensorError(.unsupported, "", "there are no tensors of the type that it casts to")
      }
      return { call in [try call.tensor(0).to(dtype)] }
    },
    TFLiteOperator(64, "SELECT") { _ in
      { call in
        let (condition, a, b) = (try call.tensor(0), try call.tensor(1), try call.tensor(2))
        // A list of conditions chooses whole rows.
        let behind = condition.rank == 1 ? a.rank - 1 : 0
        let shaped = behind > 0 ? condition.reshape(condition.shape + [Int](repeating: 1, count: behind)) : condition
        try call.requireSpread([shaped, a, b])
        return [`where`(shaped, a, b)]
      }
    },
    TFLiteOperator(123, "SELECT_V2") { _ in
      { call in
        let (condition, a, b) = (try call.tensor(0), try call.tensor(1), try call.tensor(2))
        try call.requireSpread([condition, a, b])
        return [`where`(condition, a, b)]
      }
    },
    TFLiteOperator(25, "SOFTMAX") { node in
      let beta = Double(try node.float(0))
      return { call in
        let x = try call.tensor(0)
        return [(beta == 1 ? x : x * beta).softmax(-1)]
      }
    },
    .unary(50, "LOG_SOFTMAX") { $0.logSoftmax(-1) },
    TFLiteOperator(11, "L2_NORMALIZATION") { node in
      let activate = try node.activation(0)
      return { call in
        let x = try call.tensor(0)
        let length = (x * x).sum(-1, keepDim: true).clamp(min: 1e-6).sqrt()
        return [activate(x / length)]
      }
    },
  ]
}
