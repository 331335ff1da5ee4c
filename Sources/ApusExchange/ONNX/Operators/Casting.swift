import ApusCore
import ApusFormats

extension ONNXOperator {
  /// Changes of the element type.
  static let casting: [ONNXOperator] = [
    ONNXOperator("Cast", inputs: 1...1) { node in
      let type = try castType(node)
      let rules = try CastRules(node)
      return { call in [try rules.cast(try call.value(0), to: type)] }
    },
    ONNXOperator("CastLike", since: 15, inputs: 2...2) { node in
      let rules = try CastRules(node)
      return { call in
        guard let type = try call.value(1).elementType else { throw call.error(.dtype, "input 1 has no element type") }
        return [try rules.cast(try call.value(0), to: type)]
      }
    },
    ONNXOperator("BitCast", since: 26, inputs: 1...1) { node in
      let type = try castType(node)
      return { call in [try bitCast(try call.value(0), to: type)] }
    },
  ]

  /// In the first version the type was written as its name.
  private static func castType(_ node: ONNXNode) throws(TensorError) -> ONNX.DataType {
    if case .string(let name) = node.attributes["to"] {
      guard let type = ONNX.DataType.allCases.first(where: { $0.name == name.uppercased() }) else {
        throw TensorError(.format, "", "the attribute 'to' is '\(name)', which is no element type")
      }
      return type
    }
    guard let type = try node.dataType("to") else { throw TensorError(.format, "", "the attribute 'to' is missing") }
    return type
  }

  private static func bitCast(_ value: ONNXValue, to type: ONNX.DataType) throws -> ONNXValue {
    guard let from = value.elementType, from.bits == type.bits, type.bits != nil else {
      throw TensorError(.dtype, "", "\(value.kindName) and \(type.name) have elements of different sizes")
    }
    let codes: Tensor
    switch value {
    case .tensor(let tensor):
      guard let dtype = type.dtype else {
        return ONNXValue(narrowFromCodes(tensor.withUnsafeBytes { Array($0) }, type, tensor.shape), as: type)
      }
      return .tensor(
        try tensor.contiguous().withUnsafeBytes { try Tensor(bytes: $0, shape: tensor.shape, dtype: dtype) })
    case .narrow(let tensor, let from): codes = from.codes(of: tensor)
    default: throw TensorError(.dtype, "", "a tensor is needed, and found \(value.kindName)")
    }
    let bytes = codes.array(as: UInt8.self)
    guard let dtype = type.dtype else { return ONNXValue(narrowFromCodes(bytes, type, codes.shape), as: type) }
    return .tensor(try bytes.withUnsafeBytes { try Tensor(bytes: $0, shape: codes.shape, dtype: dtype) })
  }

  private static func narrowFromCodes(_ codes: [UInt8], _ type: ONNX.DataType, _ shape: [Int]) -> Tensor {
    ONNX.DataType.values(ofCodes: codes, type).reshape(shape)
  }
}

/// How numbers are rounded to types of eight bits and fewer.
package struct CastRules: Sendable {
  /// Whether what is too large becomes the largest value.
  package var saturate = true
  /// `up`, `down` or `nearest`, for the type that has powers of two only.
  package var rounding = "up"

  package init() {}

  init(_ node: ONNXNode) throws(TensorError) {
    saturate = try node.flag("saturate", default: true)
    rounding = try node.choice("round_mode", default: "up", of: ["up", "down", "nearest"])
  }

  /// The value with elements of another type.
  package func cast(_ value: ONNXValue, to type: ONNX.DataType) throws(TensorError) -> ONNXValue {
    if value.elementType == type { return value }
    switch value {
    case .tensor(let tensor): return try cast(tensor, to: type)
    case .narrow(let tensor, _): return try cast(tensor, to: type)
    case .strings(let texts): return try cast(Self.numbers(texts), to: type)
    case .sequence, .optional, .map: throw TensorError(.dtype, "", "a tensor is needed, and found \(value.kindName)")
    }
  }

  /// The tensor with elements of another type.
  package func cast(_ x: Tensor, to type: ONNX.DataType) throws(TensorError) -> ONNXValue {
    if type == .string { return .strings(Self.texts(x)) }
    if type == .float8e8m0 { return .narrow(powersOfTwo(x), type) }
    if let range = type.narrowIntegers {
      // Bits that do not fit are cut off.
      let size = range.upperBound - range.lowerBound + 1
      let whole = x.dtype.isInteger ? x : x.to(.int64)
      let wrapped = (whole.to(.int64) - range.lowerBound).remainder(size) + range.lowerBound
      return .narrow(wrapped.to(type.carrier ?? .int8), type)
    }
    if let float = type == .float8e4m3fn ? ONNX.DataType.e4m3fn : type.narrowFloat {
      let rounded = x.to(.float32).array(as: Float.self).map { float.rounded($0, saturate: saturate) }
      let tensor = Tensor(rounded, dtype: .float32).reshape(x.shape)
      return ONNXValue(type.dtype.map { tensor.to($0) } ?? tensor, as: type)
    }
    guard let dtype = type.dtype else {
      throw TensorError(.unsupported, "", "there are no tensors of type \(type.name)")
    }
    if saturate, let largest = Self.largest[dtype], x.dtype.isFloatingPoint {
      return .tensor(x.clamp(min: -largest, max: largest).to(dtype))
    }
    return .tensor(x.to(dtype))
  }

  /// The largest numbers of the types with eight bits that tensors have.
  private static let largest: [DType: Double] = [.float8e5m2: 57344]

  /// The elements rounded to powers of two.
  private func powersOfTwo(_ x: Tensor) -> Tensor {
    let values = x.to(.float32).array(as: Float.self).map { number -> Float in
      let bits = number.bitPattern
      var exponent = bits >> 23 & 255
      guard exponent < 255 else { return .nan }
      let isUp =
        switch rounding {
        case "up": bits & 0x7fffff > 0
        case "nearest": bits & 0x400000 > 0 && (bits & 0x3fffff > 0 || exponent > 0)
        default: false
        }
      if isUp, !(saturate && exponent == 254) { exponent += 1 }
      return exponent == 255 ? .nan : Float(sign: .plus, exponent: Int(exponent) - 127, significand: 1)
    }
    return Tensor(values, dtype: .float32).reshape(x.shape)
  }

  /// The numbers that texts spell; what spells none is no number.
  private static func numbers(_ texts: StringTensor) -> Tensor {
    let whole = texts.elements.map { Int64($0) }
    if whole.allSatisfy({ $0 != nil }) {
      return Tensor(whole.map { $0 ?? 0 }, dtype: .int64).reshape(texts.shape)
    }
    return Tensor(texts.elements.map { Double($0) ?? .nan }, dtype: .float64).reshape(texts.shape)
  }

  private static func texts(_ x: Tensor) -> StringTensor {
    let texts: [String] =
      switch x.dtype {
      case .bool: x.array(as: Bool.self).map { $0 ? "True" : "False" }
      case .float64: x.array(as: Double.self).map { "\($0)" }
      case .uint64: x.array(as: UInt64.self).map { "\($0)" }
      case let type where type.isInteger: x.array(as: Int64.self).map { "\($0)" }
      default: x.to(.float32).array(as: Float.self).map { "\($0)" }
      }
    return StringTensor(texts, shape: x.shape)
  }
}

extension ONNX.DataType {
  /// The codes of a narrow type's values, as bytes.
  package func codes(of values: Tensor) -> Tensor {
    if let float = narrowFloat {
      return Tensor(values.array(as: Float.self).map { float.code($0) }, dtype: .uint8).reshape(values.shape)
    }
    let mask = (1 << (bits ?? 8)) - 1
    return (values.to(.int64) & mask).to(.uint8)
  }

  /// The values of a narrow type's codes, in its carrier.
  package static func values(ofCodes codes: [UInt8], _ type: Self) -> Tensor {
    if let float = type.narrowFloat {
      return Tensor(codes.map { float.values[Int($0) & (float.values.count - 1)] }, dtype: .float32)
    }
    guard let range = type.narrowIntegers else { return Tensor(codes, dtype: .uint8) }
    let size = range.upperBound - range.lowerBound + 1
    let numbers = codes.map { Int64(Int($0) > range.upperBound ? Int($0) - size : Int($0)) }
    return Tensor(numbers, dtype: type.carrier ?? .int8)
  }
}
