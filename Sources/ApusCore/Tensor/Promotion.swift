// Which element type an operation on several types has: PyTorch's rules.

/// A Swift number as an operand. It takes part in promotion by its kind only (`x * 2` keeps an int8 tensor int8,
/// `x * 2.5` makes it float32), as a Python number does.
public enum Scalar: Sendable {
  case bool(Bool)
  case int(Int)
  case float(Double)

  /// The number as a Double; exact up to 2^53.
  public var double: Double {
    switch self {
    case .bool(let v): v ? 1 : 0
    case .int(let v): Double(v)
    case .float(let v): v
    }
  }

  /// The number as an Int; fractions are cut, and what does not fit saturates.
  public var int: Int {
    switch self {
    case .bool(let v): return v ? 1 : 0
    case .int(let v): return v
    case .float(let v): return Int(exactly: v.rounded(.towardZero)) ?? (v > 0 ? Int.max : v < 0 ? Int.min : 0)
    }
  }

  /// The type that a tensor of this number alone would have.
  public var dtype: DType {
    switch self {
    case .bool: .bool
    case .int: .int64
    case .float: .float32
    }
  }
}

extension Scalar: Hashable {
  /// Whether both are the same number of the same kind, bit for bit: -0 is not 0, and NaN is itself.
  public static func == (a: Scalar, b: Scalar) -> Bool {
    switch (a, b) {
    case (.bool(let x), .bool(let y)): x == y
    case (.int(let x), .int(let y)): x == y
    case (.float(let x), .float(let y)): x.bitPattern == y.bitPattern
    case (.bool, _), (.int, _), (.float, _): false
    }
  }

  public func hash(into hasher: inout Hasher) {
    switch self {
    case .bool(let x): hasher.combine(x)
    case .int(let x): hasher.combine(x)
    case .float(let x): hasher.combine(x.bitPattern)
    }
  }
}

/// A Swift number type that can stand beside a tensor in an expression.
public protocol ScalarConvertible: Sendable {
  var scalar: Scalar { get }
}
extension Scalar: ScalarConvertible {
  public var scalar: Scalar { self }
}
extension Bool: ScalarConvertible {
  @inlinable public var scalar: Scalar { .bool(self) }
}
extension Int: ScalarConvertible {
  @inlinable public var scalar: Scalar { .int(self) }
}
extension Int32: ScalarConvertible {
  @inlinable public var scalar: Scalar { .int(Int(self)) }
}
extension Int64: ScalarConvertible {
  @inlinable public var scalar: Scalar { .int(Int(self)) }
}
extension UInt8: ScalarConvertible {
  @inlinable public var scalar: Scalar { .int(Int(self)) }
}
extension Double: ScalarConvertible {
  @inlinable public var scalar: Scalar { .float(self) }
}
extension Float: ScalarConvertible {
  @inlinable public var scalar: Scalar { .float(Double(self)) }
}

/// PyTorch's `torch.promote_types`: the smallest type that holds both kinds. A registered type wins over the built-in
/// ones; there is no type for two of them, and operations refuse to combine them.
public func promoteTypes(_ a: DType, _ b: DType) -> DType {
  if a == b { return a }
  if a.isCustom || b.isCustom { return a.isCustom ? a : b }
  if a.isFloatingPoint || b.isFloatingPoint {
    if !a.isFloatingPoint { return b }
    if !b.isFloatingPoint { return a }
    if a == .float64 || b == .float64 { return .float64 }
    return .float32  // float16 with bfloat16, or either with float32
  }
  if a == .bool { return b }
  if b == .bool { return a }
  if a == .uint8 || b == .uint8 {
    let other = a == .uint8 ? b : a
    return other == .int8 ? .int16 : other
  }
  return DType(raw: max(a.rawValue, b.rawValue))
}

/// PyTorch's `result_type`: tensors with dimensions decide, then tensors without, then plain numbers, a lower
/// group counting only where its kind (bool, integer, floating) is higher.
package func resultType(_ inputs: [TensorType], scalars: [Scalar] = []) -> DType {
  var dimensioned: DType?
  var zero: DType?
  var number: DType?
  for input in inputs {
    if input.shape.isEmpty {
      zero = zero.map { promoteTypes($0, input.dtype) } ?? input.dtype
    } else {
      dimensioned = dimensioned.map { promoteTypes($0, input.dtype) } ?? input.dtype
    }
  }
  for scalar in scalars { number = number.map { promoteTypes($0, scalar.dtype) } ?? scalar.dtype }
  return combine(dimensioned, combine(zero, number)) ?? .float32
}

private func combine(_ higher: DType?, _ lower: DType?) -> DType? {
  guard let higher else { return lower }
  guard let lower else { return higher }
  if higher.isFloatingPoint && !lower.isCustom { return higher }
  if higher == .bool || lower.isFloatingPoint { return promoteTypes(higher, lower) }
  return higher
}
