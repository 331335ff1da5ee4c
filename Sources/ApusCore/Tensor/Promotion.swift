// Which element type an operation on several types has: PyTorch's rules.

/// A Swift number as an operand. It takes part in promotion by its kind only (`x * 2` keeps an int8 tensor int8,
/// `x * 2.5` makes it float32), as a Python number does.
public enum Scalar: Sendable {
  /// A truth value.
  case bool(Bool)
  /// An integer.
  case int(Int)
  /// A floating point number.
  case float(Double)
  /// A complex number.
  case complex(Complex)

  /// The number as a Double; exact up to 2^53. Of a complex number it is the real part.
  public var double: Double {
    switch self {
    case .bool(let v): v ? 1 : 0
    case .int(let v): Double(v)
    case .float(let v): v
    case .complex(let v): v.real
    }
  }

  /// The number as an Int; fractions are cut, and what does not fit saturates. Of a complex number it is the real part.
  public var int: Int {
    switch self {
    case .bool(let v): return v ? 1 : 0
    case .int(let v): return v
    case .float, .complex:
      let v = double
      return Int(exactly: v.rounded(.towardZero)) ?? (v > 0 ? Int.max : v < 0 ? Int.min : 0)
    }
  }

  /// The number as a complex one.
  public var complex: Complex { if case .complex(let z) = self { z } else { Complex(double) } }
  package var isZero: Bool { complex == Complex(0) }
  package var isOne: Bool { complex == Complex(1) }
  @inline(__always) package var isComplex: Bool { if case .complex = self { true } else { false } }

  /// The type that a tensor of this number alone would have.
  public var dtype: DType {
    switch self {
    case .bool: .bool
    case .int: .int64
    case .float: .default
    case .complex: .defaultComplex
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
    case (.complex(let x), .complex(let y)):
      x.real.bitPattern == y.real.bitPattern && x.imaginary.bitPattern == y.imaginary.bitPattern
    case (.bool, _), (.int, _), (.float, _), (.complex, _): false
    }
  }

  public func hash(into hasher: inout Hasher) {
    switch self {
    case .bool(let x): hasher.combine(x)
    case .int(let x): hasher.combine(x)
    case .float(let x): hasher.combine(x.bitPattern)
    case .complex(let x):
      hasher.combine(x.real.bitPattern)
      hasher.combine(x.imaginary.bitPattern)
    }
  }
}

/// A Swift number type that can stand beside a tensor in an expression.
public protocol ScalarConvertible: Sendable {
  /// The number with its kind, which is what takes part in promotion.
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
extension UInt16: ScalarConvertible {
  @inlinable public var scalar: Scalar { .int(Int(self)) }
}
extension UInt32: ScalarConvertible {
  @inlinable public var scalar: Scalar { .int(Int(self)) }
}
extension Double: ScalarConvertible {
  @inlinable public var scalar: Scalar { .float(self) }
}
extension Float: ScalarConvertible {
  @inlinable public var scalar: Scalar { .float(Double(self)) }
}

/// PyTorch's `torch.promote_types`: the smallest type that holds both kinds. A registered type wins over the built-in
/// ones; there is no type for two of them, and operations refuse to combine them. As in PyTorch, the 8-bit floating point
/// types are not promoted, and uint16, uint32 and uint64 to floating point types only: anything else is reported as other
/// mistakes are (see ``withErrors(_:)``).
public func promoteTypes(_ a: DType, _ b: DType) -> DType {
  if a == b { return a }
  if a.isCustom || b.isCustom { return a.isCustom ? a : b }
  let (low, high) = a.kind.category <= b.kind.category ? (a, b) : (b, a)
  if low.kind.category < high.kind.category {
    if high.isComplex, let complex = low.complexType { return low.isFloatingPoint ? promoteTypes(high, complex) : high }
    if !high.isComplex, high.row.pointee.rank != nil, low.row.pointee.rank != nil || high.kind == .floating {
      return high
    }
  } else if let x = low.row.pointee.rank, let y = high.row.pointee.rank {
    return x == y ? low.row.pointee.join ?? high : x < y ? high : low
  }
  report(
    TensorError(.dtype, "promoteTypes", "there is no common type for \(a) and \(b); convert one of them with .to(...)"))
  return a
}

extension DType.Kind {
  /// The place in promotion: the higher kind decides.
  fileprivate var category: Int {
    switch self {
    case .bool: 0
    case .unsigned, .signed: 1
    case .floating: 2
    case .complex: 3
    case .custom: 4
    }
  }
}

/// PyTorch's `result_type`: tensors with dimensions decide, then tensors without, then plain numbers, a lower
/// group counting only where its kind (bool, integer, floating, complex) is higher.
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
  return combine(dimensioned, combine(zero, number)) ?? .default
}

private func combine(_ higher: DType?, _ lower: DType?) -> DType? {
  guard let higher else { return lower }
  guard let lower else { return higher }
  guard higher.kind.category < lower.kind.category else { return higher }
  // The precision of a floating point type stays where a complex number joins it.
  if lower.isComplex, higher.kind == .floating, let complex = higher.complexType { return complex }
  return promoteTypes(higher, lower)
}
