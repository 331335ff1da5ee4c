import CKernels

// Making tensors from Swift values, and reading them back.

/// A Swift type whose values a tensor can be made from: numbers, Bool, and arrays of those to any depth.
public protocol TensorLiteral {
  /// The type of tensor made of it, as PyTorch infers it: Double and Float give float32, Int int64, Bool bool.
  static var tensorDType: DType { get }
  /// Sizes of the dimensions, from the first elements.
  var tensorShape: [Int] { get }
  /// Appends all numbers in row-major order.
  /// - Throws: an error if a nested array has another shape than `shape`.
  func appendElements(to elements: inout TensorElements, shape: ArraySlice<Int>) throws(TensorError)
}

/// The numbers of a literal, in row-major order.
public struct TensorElements: Sendable {
  var integers: [Int64] = []
  var floats: [Double] = []
  var complex: [Complex] = []
  /// The bytes of elements of a registered type.
  package var custom: [UInt8] = []
  mutating func append(_ value: Int64) { integers.append(value) }
  mutating func append(_ value: Double) { floats.append(value) }
  mutating func append(_ value: Complex) { complex.append(value) }
}

/// A single number of a literal.
public protocol TensorScalarLiteral: TensorLiteral, ScalarConvertible {}
extension TensorScalarLiteral {
  public var tensorShape: [Int] { [] }
  public func appendElements(to elements: inout TensorElements, shape: ArraySlice<Int>) throws(TensorError) {
    guard shape.isEmpty else {
      throw TensorError(.shape, "Tensor", "found a number where an array of \(Array(shape)) was expected")
    }
    switch scalar {
    case .float(let v): elements.append(v)
    case .int(let v): elements.append(Int64(v))
    case .bool(let v): elements.append(Int64(v ? 1 : 0))
    case .complex(let v): elements.append(v)
    }
  }
}
extension Double: TensorScalarLiteral { public static var tensorDType: DType { .float32 } }
extension Float: TensorScalarLiteral { public static var tensorDType: DType { .float32 } }
extension Int: TensorScalarLiteral { public static var tensorDType: DType { .int64 } }
extension Int64: TensorScalarLiteral { public static var tensorDType: DType { .int64 } }
extension Int32: TensorScalarLiteral { public static var tensorDType: DType { .int32 } }
extension UInt8: TensorScalarLiteral { public static var tensorDType: DType { .uint8 } }
extension UInt16: TensorScalarLiteral { public static var tensorDType: DType { .uint16 } }
extension UInt32: TensorScalarLiteral { public static var tensorDType: DType { .uint32 } }
extension UInt64: TensorLiteral {
  public static var tensorDType: DType { .uint64 }
  public var tensorShape: [Int] { [] }
  public func appendElements(to elements: inout TensorElements, shape: ArraySlice<Int>) throws(TensorError) {
    try Int64(bitPattern: self).appendElements(to: &elements, shape: shape)
  }
}
extension Bool: TensorScalarLiteral { public static var tensorDType: DType { .bool } }

extension Array: TensorLiteral where Element: TensorLiteral {
  public static var tensorDType: DType { Element.tensorDType }
  public var tensorShape: [Int] { [count] + (first?.tensorShape ?? []) }
  public func appendElements(to elements: inout TensorElements, shape: ArraySlice<Int>) throws(TensorError) {
    guard let expected = shape.first, expected == count else {
      throw TensorError(
        .shape, "Tensor",
        "nested arrays must have equal lengths: found one of \(count) where \(shape.first ?? 0) was expected")
    }
    for element in self { try element.appendElements(to: &elements, shape: shape.dropFirst()) }
  }
}

extension Tensor {
  /// A tensor of a number or of nested arrays.
  ///
  ///     Tensor([[1.0, 2.0], [3.0, 4.0]])              // float32, shape [2, 2]
  ///     Tensor([1, 2, 3], dtype: .int32)
  ///     Tensor(2.0, requiresGrad: true)
  ///
  /// - Parameters:
  ///   - dtype: the element type; inferred if nil as PyTorch does (Double and Float: float32).
  ///   - requiresGrad: whether it is a variable that collects a gradient.
  public init<Value: TensorLiteral>(_ value: Value, dtype: DType? = nil, requiresGrad: Bool = false) {
    let shape = value.tensorShape
    var elements = TensorElements()
    do throws(TensorError) {
      try value.appendElements(to: &elements, shape: shape[...])
      let target = dtype ?? Value.tensorDType
      var result = Tensor.uninitialized(shape, target)
      elements.integers.withUnsafeBytes { bytes in
        if let base = bytes.baseAddress, !elements.integers.isEmpty {
          // Integers are kept by their bits: those of unsigned types are read as such.
          let stored: DType = Value.tensorDType == .uint64 ? .uint64 : .int64
          convert(base, stored, result.body.data, target, elements.integers.count)
        }
      }
      elements.floats.withUnsafeBytes { bytes in
        if let base = bytes.baseAddress, !elements.floats.isEmpty {
          convert(base, .float64, result.body.data, target, elements.floats.count)
        }
      }
      elements.complex.withUnsafeBytes { bytes in
        if let base = bytes.baseAddress, !elements.complex.isEmpty {
          convert(base, .complex128, result.body.data, target, elements.complex.count)
        }
      }
      if !elements.custom.isEmpty {
        let made = Tensor.uninitialized(shape, Value.tensorDType)
        guard made.dtype.isCustom else {
          throw TensorError(.dtype, "Tensor", "the elements are of a type that could not be registered")
        }
        elements.custom.withUnsafeBytes { bytes in
          if let base = bytes.baseAddress { made.body.data.copyMemory(from: base, byteCount: bytes.count) }
        }
        result = made.to(target)
      }
      self = requiresGrad ? Tensor(result, requiresGrad: true) : result
    } catch {
      self = fail(error)
    }
  }

  /// A variable that starts with the elements of `value`, cut from its history.
  public init(_ value: Tensor, requiresGrad: Bool) {
    self = Tensor.variable(value, kind: .leaf, requiresGrad: requiresGrad)
  }

  static func variable(_ value: Tensor, kind: Variable.Kind, requiresGrad: Bool) -> Tensor {
    if value.hasFailed { return value }
    if requiresGrad && !value.dtype.isInexact {
      return fail(
        TensorError(
          .dtype, "requiresGrad",
          "only floating point and complex tensors can require gradients, and this one is \(value.dtype)"))
    }
    if requiresGrad && value.dtype.isCustom && !value.dtype.custom.isDifferentiable {
      return fail(
        TensorError(
          .autograd, "requiresGrad",
          "\(value.dtype) tensors have no gradient: the type does not declare isDifferentiable"))
    }
    let source = value.resolved.body
    let plain = TensorBody(sharing: source)
    if let tracer = Tracer.current, tracer.isNew(plain) {
      plain.setMark(TraceMark(tracer, tracer.value(of: Tensor(plain))))
    }
    let variable = Variable(plain, kind: kind, requiresGrad: requiresGrad)
    return Tensor(
      TensorBody(handle: plain.type, flags: requiresGrad ? [.variable, .requiresGrad] : .variable, record: variable))
  }

  /// Elements from a flat array in row-major order.
  public init<Value: TensorScalarLiteral>(_ elements: [Value], shape: [Int], dtype: DType? = nil) {
    self = Tensor(elements, dtype: dtype).reshape(shape)
  }

  /// `shape` filled with one number.
  public static func full(_ shape: [Int], _ value: some ScalarConvertible, dtype: DType? = nil) -> Tensor {
    filled(shape, value.scalar, dtype ?? value.scalar.dtype, "full")
  }

  static func filled(_ shape: [Int], _ scalar: Scalar, _ dtype: DType, _ operation: String) -> Tensor {
    do throws(TensorError) {
      try checkMemory(TensorType(shape, dtype), operation)
      if scalar.complex.imaginary != 0, !dtype.isComplex, dtype != .bool {
        throw TensorError(.dtype, operation, "the complex number \(scalar.complex) is no \(dtype) element")
      }
    } catch { return fail(error) }
    let result = Tensor.uninitialized(shape, dtype)
    result.fillElements(scalar)
    return result
  }

  /// `shape` filled with zeros.
  public static func zeros(_ shape: [Int], dtype: DType = .float32) -> Tensor { neutral(shape, 0, dtype) }
  public static func zeros(_ shape: Int..., dtype: DType = .float32) -> Tensor { zeros(shape, dtype: dtype) }
  /// `shape` filled with ones.
  public static func ones(_ shape: [Int], dtype: DType = .float32) -> Tensor { neutral(shape, 1, dtype) }
  public static func ones(_ shape: Int..., dtype: DType = .float32) -> Tensor { ones(shape, dtype: dtype) }

  /// Writes `value` to every element of a dense tensor that nobody else has seen yet.
  func fillElements(_ value: Scalar) {
    let body = body
    if body.dtype.isCustom { return fillCustom(body, value.customValue) }
    var one = SIMD2<UInt64>()
    withUnsafeMutableBytes(of: &one) { bytes in
      guard let base = bytes.baseAddress else { return }
      switch value {
      case .float(var v): convert(&v, .float64, base, body.dtype, 1)
      case .int(let v):
        var wide = Int64(v)
        convert(&wide, .int64, base, body.dtype, 1)
      case .complex(var v): convert(&v, .complex128, base, body.dtype, 1)
      case .bool(let v):
        var wide: Int64 = v ? 1 : 0
        convert(&wide, .int64, base, body.dtype, 1)
      }
    }
    let pattern = one
    let size = body.dtype.size
    parallelFor(body.count, grain: parallelGrain * 4) { range in
      var local = pattern
      ck_gather_strided(body.data + range.lowerBound * size, &local, 0, range.count, Int32(size))
    }
  }
}

extension Tensor {
  /// The elements converted to `dtype`; itself where that is its type.
  public func to(_ dtype: DType) -> Tensor {
    hasFailed || dtype == self.dtype ? self : apply(Cast(dtype: dtype), self)
  }

  /// The only element, as a Double; ``item(as:)`` reads complex numbers.
  /// - Precondition: it has exactly one element.
  public func item() -> Double { scalarValue("item")?.realNumber ?? .nan }

  /// The only element as PyTorch's `item()` gives it: bool, integer, floating or complex. An integer beyond the range of
  /// Int is given as the nearest Double.
  public func itemScalar() -> Scalar { scalarValue("item") ?? .float(.nan) }

  private func scalarValue(_ operation: String) -> Scalar? {
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

  /// Element `i` of a tensor in row-major order. `i` must be in range and the tensor resolved.
  package func element(at i: Int) -> Scalar {
    let body = body
    let source = address(of: i)
    switch body.dtype.kind {
    case .bool: return .bool(source.load(as: UInt8.self) != 0)
    case .floating, .custom:
      var value = 0.0
      convert(source, body.dtype, &value, .float64, 1)
      return .float(value)
    case .complex:
      var value = Complex(0)
      convert(source, body.dtype, &value, .complex128, 1)
      return .complex(value)
    case .unsigned:
      var value: UInt64 = 0
      convert(source, body.dtype, &value, .uint64, 1)
      return Int(exactly: value).map { .int($0) } ?? .float(Double(value))
    case .signed:
      var value: Int64 = 0
      convert(source, body.dtype, &value, .int64, 1)
      return .int(Int(value))
    }
  }

  /// The text of element `i` of a tensor of a registered type, or of integers that an Int may not hold.
  func elementText(_ i: Int) -> String {
    dtype.isCustom
      ? dtype.custom.text(address(of: i), PrintOptions.current.precision) : "\(address(of: i).load(as: UInt64.self))"
  }

  /// Where element `i` lies, in row-major order.
  private func address(of i: Int) -> UnsafeRawPointer {
    let body = body
    var offset = 0
    if body.isContiguous {
      offset = i
    } else {
      var rest = i
      for d in body.shape.indices.reversed() {
        offset += (rest % body.shape[d]) * body.strides[d]
        rest /= body.shape[d]
      }
    }
    return UnsafeRawPointer(body.data) + offset * body.dtype.size
  }

  /// All elements in row-major order, converted to `Element`.
  public func array<Element: ArrayElement>(as type: Element.Type = Float.self) -> [Element] {
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

  /// Whether all elements can lie in memory one after the other, which a view need not; reported otherwise.
  func fitsMemory(_ operation: String) -> Bool {
    do throws(TensorError) {
      try checkMemory(type, operation)
      return true
    } catch {
      report(error)
      return false
    }
  }

  /// The elements in row-major order, copied only if they are not already.
  package func contiguousBody() -> TensorBody {
    let source = resolved.body
    return source.isContiguous ? source : contiguousCopy().body
  }

  /// Calls `body` with the bytes of the elements in row-major order.
  public func withUnsafeBytes<R, E: Error>(_ body: (UnsafeRawBufferPointer) throws(E) -> R) throws(E) -> R {
    if hasFailed || !fitsMemory("withUnsafeBytes") { return try body(UnsafeRawBufferPointer(start: nil, count: 0)) }
    let dense = contiguousBody()
    return try withExtendedLifetime(dense) { () throws(E) -> R in
      try body(UnsafeRawBufferPointer(start: dense.data, count: dense.count * dense.dtype.size))
    }
  }

  /// A tensor over a copy of `bytes`, row-major.
  /// - Throws: if the number of bytes does not fit shape and type.
  public init(bytes: UnsafeRawBufferPointer, shape: [Int], dtype: DType) throws(TensorError) {
    guard let count = checkedElementCount(shape, elementSize: dtype.size), count * dtype.size == bytes.count else {
      throw TensorError(
        .shape, "Tensor", "\(bytes.count) bytes do not make a \(dtype) tensor of shape \(shape)")
    }
    let result = Tensor.uninitialized(shape, dtype)
    if let base = bytes.baseAddress, bytes.count > 0 { result.body.data.copyMemory(from: base, byteCount: bytes.count) }
    self = result
  }
}

/// A Swift type that the elements of a tensor can be read as.
public protocol ArrayElement: Sendable {
  static var dtype: DType { get }
}
extension Float: ArrayElement { public static var dtype: DType { .float32 } }
extension Double: ArrayElement { public static var dtype: DType { .float64 } }
extension Int64: ArrayElement { public static var dtype: DType { .int64 } }
extension Int: ArrayElement { public static var dtype: DType { .int64 } }
extension Int32: ArrayElement { public static var dtype: DType { .int32 } }
extension UInt8: ArrayElement { public static var dtype: DType { .uint8 } }
extension UInt16: ArrayElement { public static var dtype: DType { .uint16 } }
extension UInt32: ArrayElement { public static var dtype: DType { .uint32 } }
extension UInt64: ArrayElement { public static var dtype: DType { .uint64 } }
extension Bool: ArrayElement { public static var dtype: DType { .bool } }

/// Conversion to another element type; of complex numbers to real ones it takes the real part, as PyTorch.
struct Cast: Primitive, Hashable {
  let dtype: DType
  var name: String { "ToCopy" }
  var isLinear: Bool { true }
  var takesCustomElements: Bool { true }
  var saves: Saves { .nothing }

  func outputTypes(_ inputs: [TensorType]) throws(TensorError) -> [TensorType] {
    if inputs[0].dtype.isComplex && dtype.isCustom || dtype.isComplex && inputs[0].dtype.isCustom {
      throw TensorError(
        .dtype, "to", "there is no conversion from \(inputs[0].dtype) to \(dtype); convert real and imag apart")
    }
    if inputs[0].dtype.isCustom && dtype.isCustom && inputs[0].dtype != dtype {
      throw TensorError(
        .dtype, "to",
        "there is no conversion from \(inputs[0].dtype) to \(dtype); .to(.float64) between the two keeps their values")
    }
    return [TensorType(inputs[0].shape, dtype)]
  }

  func evaluate(_ inputs: [Tensor], types: [TensorType]) throws(TensorError) -> [Tensor] {
    let source = inputs[0].body
    let order = memoryOrder(source.shape, source.strides)
    let strides = order.map { denseStrides(source.shape, order: $0) } ?? rowMajorStrides(source.shape)
    let result = Tensor.uninitialized(source.shape, dtype, strides: strides)
    if order != nil {
      let n = source.count
      parallelFor(n, grain: parallelGrain * 2) { range in
        convert(
          UnsafeRawPointer(source.data) + range.lowerBound * source.dtype.size, source.dtype,
          result.body.data + range.lowerBound * dtype.size, dtype, range.count)
      }
    } else {
      copyElements(from: source, to: result.body)
    }
    return [result]
  }

  func batch(_ inputs: [Tensor], isBatched: [Bool], size: Int) throws(TensorError) -> [Tensor]? { apply(self, inputs) }

  func vjp(_ node: Recorded, cotangents: [Tensor?]) throws(TensorError) -> [Tensor?] {
    [single(node, cotangents).to(node.inputType(0).dtype)]
  }
}

/// A tensor that a module trains: a variable that requires a gradient and that ``Module`` finds as a parameter.
public func parameter(_ value: Tensor, requiresGrad: Bool = true) -> Tensor {
  Tensor.variable(value, kind: .parameter, requiresGrad: requiresGrad)
}

/// A tensor that a module keeps but does not train (running statistics): saved with its state.
public func buffer(_ value: Tensor) -> Tensor {
  Tensor.variable(value, kind: .buffer, requiresGrad: false)
}

extension Tensor {
  /// Whether it was made by ``parameter(_:requiresGrad:)``.
  public var isParameter: Bool { body.flags.contains(.variable) && variable.kind == .parameter }
  /// Whether it was made by ``buffer(_:)``.
  public var isBuffer: Bool { body.flags.contains(.variable) && variable.kind == .buffer }
}

extension Tensor {
  /// What tells one variable from another: equal for all handles of the same one, nil for other tensors.
  package var variableIdentity: ObjectIdentifier? {
    body.flags.contains(.variable) ? ObjectIdentifier(variable) : nil
  }

  /// Switches whether a variable asks for a gradient, as `requires_grad_()`. Nothing for other tensors.
  package func setRequiresGrad(_ value: Bool) {
    guard body.flags.contains(.variable), dtype.isInexact else { return }
    if value && dtype.isCustom && !dtype.custom.isDifferentiable { return }
    variable.state.withLock { $0.requiresGrad = value }
  }

  /// Stores `value` in the variable that this is a handle of, as ``assign(_:)`` does inside of ``noGrad(_:)``.
  package func store(_ value: Tensor) {
    var handle = self
    noGrad { handle.assign(value) }
  }
}
