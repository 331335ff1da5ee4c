// Elements as Swift values: one number, arrays as deep as the tensor, and Python's nested lists.

extension Tensor {
  /// The only element, in the type that is asked for: `let n: Int = x.item()`, `names[x.item()]`; a Double where nothing is
  /// asked for.
  /// - Precondition: it has exactly one element, which is a real number.
  public func item() -> Double { scalarValue("item").map { Double.read($0, dtype) } ?? .nan }

  /// The only element as a `Value`. Numbers are rounded to floating point types, and must be integers in range for integer
  /// types; every number but 0 is true.
  /// - Precondition: it has exactly one element, which `Value` can hold.
  @_disfavoredOverload
  public func item<Value: ItemScalar>() -> Value { item(as: Value.self) }

  /// ``item()-(Value)`` with the type told: `x.item(as: Complex.self)`.
  public func item<Value: ItemScalar>(as type: Value.Type) -> Value {
    scalarValue("item").map { Value.read($0, dtype) } ?? .missing
  }

  /// The only element as PyTorch's `item()` gives it: bool, integer, floating or complex. An integer beyond the range of
  /// Int is given as the nearest Double.
  public func itemScalar() -> Scalar { scalarValue("item") ?? .float(.nan) }

  fileprivate func scalarValue(_ operation: String) -> Scalar? {
    if hasFailed { return nil }
    guard count == 1 else {
      report(
        TensorError(
          .shape, operation,
          "only a tensor with one element has a single value, and this one has shape \(shape); use array() or an index")
      )
      return nil
    }
    return resolved.element(at: 0)
  }

  /// All elements in row-major order, in the type and as deep as is asked for, as Float where nothing is asked for:
  ///
  ///     let flat: [Int] = x.array()
  ///     let rows: [[Double]] = x.array()   // of a tensor with two dimensions
  ///
  /// Integers stay what they are: where the type that is asked for cannot hold one, or an integer type a fraction, that is
  /// an error. ``array(as:)`` converts.
  public func array() -> [Float] { exactValues("array") }

  /// All elements in row-major order, as deep and of the type that is asked for: `let rows: [[Int]] = x.array()`.
  @_disfavoredOverload
  public func array<Element: NestedElement>() -> [Element] {
    Element.depth == 0 ? flat("array") : nested("array")
  }

  /// All elements in row-major order, converted to `Element`: fractions are cut for integer types.
  public func array<Element: ArrayElement>(as type: Element.Type) -> [Element] {
    // A type that could not be registered, which has been reported, has no tensors to read it from.
    if hasFailed || Element.dtype.size != MemoryLayout<Element>.stride || !fitsMemory("array") { return [] }
    if dtype.isComplex, !Element.dtype.isComplex, !Element.dtype.isCustom {
      report(
        TensorError(
          .dtype, "array",
          "\(dtype) elements are not \(Element.dtype) numbers; use array(as: Complex.self), or real, imag or abs() before"
        ))
      return []
    }
    let dense = resolved.detach().to(Element.dtype).contiguousBody()
    return [Element](unsafeUninitializedCapacity: dense.count) { buffer, initialized in
      if let base = buffer.baseAddress {
        UnsafeMutableRawPointer(base).copyMemory(from: dense.data, byteCount: dense.count * Element.dtype.size)
      }
      initialized = dense.count
    }
  }

  /// The elements as Python's nested lists, or as arrays of the type that is asked for and as deep as the tensor:
  /// `let rows: [[Int]] = x.tolist()`.
  public func tolist() -> NestedList {
    if hasFailed || !fitsMemory("tolist") { return .list([]) }
    let source = Tensor(resolved.detach().contiguousBody())
    return NestedList(source, shape[...], from: 0)
  }

  /// The elements as nested arrays as deep as the tensor, of the type that is asked for.
  @_disfavoredOverload
  public func tolist<Element: NestedElement>() -> [Element] { nested("tolist") }

  /// The elements as an array whose depth is the number of dimensions.
  private func nested<Element: NestedElement>(_ operation: String) -> [Element] {
    if hasFailed { return [] }
    guard [Element].depth == rank else {
      report(
        TensorError(
          .shape, operation,
          "a tensor of shape \(shape) is nested \(rank) deep, and \([Element].self) \([Element].depth); "
            + "reshape it, or read all elements in one array"))
      return []
    }
    let elements: [Element.Leaf] = exactValues(operation)
    return elements.count == count ? [Element].nested(elements[...], shape: shape[...]) : []
  }

  /// The elements in row-major order, whatever the shape.
  private func flat<Element: NestedElement>(_ operation: String) -> [Element] {
    let elements: [Element.Leaf] = exactValues(operation)
    return [Element].nested(elements[...], shape: [elements.count])
  }

  /// The elements in row-major order; an error where `Element` does not hold one.
  private func exactValues<Element: ArrayElement>(_ operation: String) -> [Element] {
    let values = array(as: Element.self)
    guard !values.isEmpty, dtype.canLose(to: Element.dtype) else { return values }
    let (source, target) = (resolved.detach(), Element.dtype)
    let isKept = source.to(target).to(dtype).eq(source).array(as: Bool.self)
    guard let i = isKept.firstIndex(of: false) else { return values }
    let integers = dtype == .int64 || dtype == .uint64 ? "\(dtype == .int64 ? "Int" : "UInt64")" : "Double"
    report(
      TensorError(
        .value, operation,
        "the \(dtype) element \(source.exactText(i)) is no \(Element.self); "
          + "read it as \(integers), or convert with array(as: \(Element.self).self)"))
    return []
  }

  /// Element `i` in full.
  private func exactText(_ i: Int) -> String {
    dtype == .uint64 ? contiguousCopyIfNeeded.elementText(i) : element(at: i).pythonText
  }

  private var contiguousCopyIfNeeded: Tensor { body.isContiguous ? self : contiguousCopy() }
}

extension DType {
  /// Whether elements of this type may come back changed from `target`: integers that it does not hold, or fractions from
  /// an integer type. Rounding between floating point types is expected, and bool asks only whether a number is 0.
  fileprivate func canLose(to target: DType) -> Bool {
    switch (kind, target.kind) {
    case (.unsigned, .floating), (.signed, .floating):
      size * 8 - (kind == .signed ? 1 : 0) > target.significandDigits
    case (.floating, .signed), (.floating, .unsigned): true
    case (.unsigned, .unsigned), (.signed, .signed): size > target.size
    case (.unsigned, .signed): size >= target.size
    case (.signed, .unsigned): true
    default: false
    }
  }
}

/// What the elements of a tensor can be read into: numbers, and arrays of them to any depth.
public protocol NestedElement {
  /// The numbers.
  associatedtype Leaf: ArrayElement
  /// How deep the arrays are; 0 for a number.
  static var depth: Int { get }
  /// The value of these elements, which are as many as `shape` says.
  static func nested(_ elements: ArraySlice<Leaf>, shape: ArraySlice<Int>) -> Self
}

/// A Swift type that the elements of a tensor can be read as.
public protocol ArrayElement: Sendable, NestedElement where Leaf == Self {
  /// The element type that lies in memory as this type does.
  static var dtype: DType { get }
}

extension ArrayElement {
  public static var depth: Int { 0 }
  public static func nested(_ elements: ArraySlice<Self>, shape: ArraySlice<Int>) -> Self {
    elements[elements.startIndex]
  }
}

extension Array: NestedElement where Element: NestedElement {
  public static var depth: Int { Element.depth + 1 }
  public static func nested(_ elements: ArraySlice<Element.Leaf>, shape: ArraySlice<Int>) -> [Element] {
    let inner = shape.dropFirst()
    let size = elementCount(Array<Int>(inner))
    return (0..<(shape.first ?? 0)).map {
      let start = elements.startIndex + $0 * size
      return Element.nested(elements[start..<start + size], shape: inner)
    }
  }
}

extension Float: ArrayElement { public static var dtype: DType { .float32 } }
extension Double: ArrayElement { public static var dtype: DType { .float64 } }
extension Int64: ArrayElement { public static var dtype: DType { .int64 } }
extension Int: ArrayElement { public static var dtype: DType { .int64 } }
extension Int32: ArrayElement { public static var dtype: DType { .int32 } }
extension Int16: ArrayElement { public static var dtype: DType { .int16 } }
extension Int8: ArrayElement { public static var dtype: DType { .int8 } }
extension UInt8: ArrayElement { public static var dtype: DType { .uint8 } }
extension UInt16: ArrayElement { public static var dtype: DType { .uint16 } }
extension UInt32: ArrayElement { public static var dtype: DType { .uint32 } }
extension UInt64: ArrayElement { public static var dtype: DType { .uint64 } }
extension Bool: ArrayElement { public static var dtype: DType { .bool } }

/// A Swift number that an element can be read as and stored from: `let n: Int = x.item()`,
/// `x[0] = 2.5`.
public protocol ItemScalar: ScalarConvertible {
  /// The number that `scalar` is, rounded to a floating point type; nil where this type has none.
  init?(reading scalar: Scalar)
  /// What stands for a number that could not be read: NaN where there is one.
  static var missing: Self { get }
}

extension ItemScalar {
  /// The element `scalar` of a tensor of type `dtype`; a mistake where it is no such number.
  static func read(_ scalar: Scalar, _ dtype: DType) -> Self {
    if let value = Self(reading: scalar) { return value }
    let advice =
      if case .float = scalar { "read it as Double, or cut it off with Int(x)" } else { "read it as Int" }
    if case .complex(let z) = scalar {
      report(
        TensorError(
          .dtype, "item",
          "the complex number \(z) is no \(Self.self); read it as Complex, or take real, imag or abs() before"))
      return missing
    }
    report(
      TensorError(
        .value, "item", "the \(dtype) element \(scalar.pythonText) is no \(Self.self); \(advice)"))
    return missing
  }
}

extension ItemScalar where Self: FixedWidthInteger {
  public init?(reading scalar: Scalar) {
    let found: Self?
    switch scalar {
    case .bool(let v): found = v ? 1 : 0
    case .int(let v): found = Self(exactly: v)
    case .float(let v): found = Self(exactly: v)
    case .complex(let z): found = z.imaginary == 0 ? Self(exactly: z.real) : nil
    }
    guard let found else { return nil }
    self = found
  }
  public static var missing: Self { 0 }
}

extension ItemScalar where Self: BinaryFloatingPoint {
  public init?(reading scalar: Scalar) {
    if case .complex(let z) = scalar, z.imaginary != 0 { return nil }
    self = Self(scalar.double)
  }
  public static var missing: Self { .nan }
}

extension Double: ItemScalar {}
extension Float: ItemScalar {}
extension Int: ItemScalar {}
extension Int32: ItemScalar {}
extension Int64: ItemScalar {}
extension UInt8: ItemScalar {}
extension UInt16: ItemScalar {}
extension UInt32: ItemScalar {}
extension Bool: ItemScalar {
  public init?(reading scalar: Scalar) { self = !scalar.isZero }
  public static var missing: Bool { false }
}
extension Complex: ItemScalar {
  public init?(reading scalar: Scalar) { self = scalar.complex }
  public static var missing: Complex { Complex(.nan) }
}

// Python's `float(x)`, `int(x)` and `bool(x)`.

extension Double {
  /// The only element of `tensor`, a real number.
  public init(_ tensor: Tensor) { self = tensor.item() }
}

extension Float {
  /// The only element of `tensor`, a real number, rounded.
  public init(_ tensor: Tensor) { self = tensor.item(as: Float.self) }
}

extension Int {
  /// The only element of `tensor`, a real number in the range of Int; what follows the decimal point is cut off.
  public init(_ tensor: Tensor) {
    let scalar = tensor.scalarValue("Int")
    if case .float(let v) = scalar, let whole = Int(exactly: v.rounded(.towardZero)) {
      self = whole
    } else {
      self = scalar.map { Int.read($0, tensor.dtype) } ?? 0
    }
  }
}

extension Bool {
  /// Whether the only element of `tensor` is not 0.
  public init(_ tensor: Tensor) {
    guard tensor.count == 1 || tensor.isPoisoned else {
      report(
        TensorError(
          .shape, "Bool",
          "a tensor of shape \(tensor.shape) is neither true nor false; ask any() or all() of it"))
      self = false
      return
    }
    self = tensor.item(as: Bool.self)
  }
}

/// Numbers in lists as deep as a tensor, as PyTorch's `tolist()` gives them and as Python prints them.
///
///     let rows = Tensor([[1.0, 2.0], [3.0, 4.0]]).tolist()
///     print(rows)        // [[1.0, 2.0], [3.0, 4.0]]
///     print(rows[1][0])  // 3.0
public enum NestedList: Sendable {
  /// A number: all that a tensor without dimensions has.
  case number(Scalar)
  /// A list of numbers, or of lists.
  case list([NestedList])

  /// The elements of a contiguous tensor from element `start` on, as many as `shape` says.
  fileprivate init(_ source: Tensor, _ shape: ArraySlice<Int>, from start: Int) {
    guard let n = shape.first else {
      self = .number(source.element(at: start))
      return
    }
    let inner = shape.dropFirst()
    let size = elementCount(Array(inner))
    self = .list((0..<n).map { NestedList(source, inner, from: start + $0 * size) })
  }

  /// The number, in the type that is asked for; a Double where nothing is asked for.
  /// - Precondition: it is a number.
  public func item() -> Double { item(as: Double.self) }

  /// The number, in the type that is asked for. It must be a number that the type can hold.
  @_disfavoredOverload
  public func item<Value: ItemScalar>() -> Value { item(as: Value.self) }

  /// The number as a `Value`.
  /// - Precondition: it is a number that `Value` can hold.
  public func item<Value: ItemScalar>(as type: Value.Type) -> Value {
    switch self {
    case .number(let scalar): return .read(scalar, scalar.dtype)
    case .list(let items):
      report(TensorError(.shape, "item", "a list of \(items.count) is no number; take an element of it"))
      return .missing
    }
  }
}

extension NestedList: RandomAccessCollection {
  private var items: [NestedList] { if case .list(let items) = self { items } else { [] } }
  public var startIndex: Int { 0 }
  /// How many items the list has; 0 for a number.
  public var endIndex: Int { items.count }
  public subscript(position: Int) -> NestedList { items[position] }
}

extension NestedList: CustomStringConvertible {
  /// The text that Python prints: `[[1.0, 2.0], [3.0, 4.0]]`, `[True, False]`.
  public var description: String {
    switch self {
    case .number(let scalar): scalar.pythonText
    case .list(let items): "[\(items.map(\.description).joined(separator: ", "))]"
    }
  }
}

extension NestedList: Equatable {
  /// Whether both are equal as numbers, whatever their types: 1 is 1.0.
  public static func == (a: NestedList, b: NestedList) -> Bool {
    switch (a, b) {
    case (.number(.int(let x)), .number(.int(let y))): x == y
    case (.number(let x), .number(let y)): x.complex == y.complex
    case (.list(let x), .list(let y)): x == y
    default: false
    }
  }
}

extension NestedList: ExpressibleByFloatLiteral, ExpressibleByIntegerLiteral, ExpressibleByBooleanLiteral,
  ExpressibleByArrayLiteral
{
  public init(floatLiteral value: Double) { self = .number(.float(value)) }
  public init(integerLiteral value: Int) { self = .number(.int(value)) }
  public init(booleanLiteral value: Bool) { self = .number(.bool(value)) }
  public init(arrayLiteral elements: NestedList...) { self = .list(elements) }
}

extension Scalar {
  /// The number as Python writes it.
  var pythonText: String {
    switch self {
    case .bool(let v): v ? "True" : "False"
    case .int(let v): "\(v)"
    case .float(let v): pythonNumber(v)
    case .complex(let z): pythonText(z)
    }
  }

  /// `(1+2j)`: whole parts without a decimal point, and no real part that is +0.
  private func pythonText(_ z: Complex) -> String {
    func part(_ v: Double) -> String {
      let text = pythonNumber(v)
      return text.hasSuffix(".0") ? String(text.dropLast(2)) : text
    }
    if z.real == 0 && z.real.sign == .plus { return part(z.imaginary) + "j" }
    return "(\(part(z.real))\(z.imaginary.sign == .minus ? "" : "+")\(part(z.imaginary))j)"
  }
}

/// The shortest digits that give `value` back, as Python writes them: Swift writes whole numbers from 2^54 on as it does,
/// but some below with an exponent already.
private func pythonNumber(_ value: Double) -> String {
  value.magnitude < 1e16 && value == value.rounded() && value.magnitude >= 1
    ? "\(Int(value)).0" : "\(value)"
}
