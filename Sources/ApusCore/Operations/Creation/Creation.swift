import CKernels

// Making tensors from Swift values.

/// A Swift type whose values a tensor can be made from: numbers, Bool, and arrays of those to any depth.
public protocol TensorLiteral {
  /// The type of tensor made of it, as PyTorch infers it: Double gives ``DType/default``, Float float32,
  /// Int int64, Bool bool.
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
extension Double: TensorScalarLiteral { public static var tensorDType: DType { .default } }
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
  ///   - dtype: the element type; inferred if nil as PyTorch does (Double: ``DType/default``, which is float32).
  ///   - requiresGrad: whether it is a variable that collects a gradient.
  ///   - device: where it lies; if nil, on the host or where ``withDevice(_:_:)`` says.
  public init<Value: TensorLiteral>(
    _ value: Value, dtype: DType? = nil, requiresGrad: Bool = false, device: Device? = nil
  ) {
    let result = made(on: device) { Tensor(literal: value, dtype) }
    self = requiresGrad ? Tensor(result, requiresGrad: true) : result
  }

  private init<Value: TensorLiteral>(literal value: Value, _ dtype: DType?) {
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
      self = result
    } catch {
      self = fail(error)
    }
  }

  /// A variable that starts with the elements of `value`, cut from its history.
  public init(_ value: Tensor, requiresGrad: Bool) {
    self = Tensor.variable(value, kind: .leaf, requiresGrad: requiresGrad)
  }

  /// The elements of `value` as a tensor of its own, cut from its history, in another type or place where one is given.
  @_disfavoredOverload
  public init(_ value: Tensor, dtype: DType? = nil, requiresGrad: Bool = false, device: Device? = nil) {
    self = attempt(value) {
      let copy = value.detach().to(dtype ?? value.dtype).to(device ?? value.device)
      return requiresGrad ? Tensor(copy, requiresGrad: true) : copy
    }
  }

  /// A vector of the numbers that `values` hold, tensors of one element each, cut from their history; ``stack(_:dim:)`` keeps
  /// it, and joins tensors of any shape.
  @_disfavoredOverload
  public init(_ values: [Tensor], dtype: DType? = nil, requiresGrad: Bool = false, device: Device? = nil) {
    if let failed = poisoned(among: values) {
      self = failed
      return
    }
    if let odd = values.first(where: { $0.count != 1 }) {
      self = fail(
        TensorError(
          .shape, "Tensor",
          "a tensor is made of numbers, and found one of shape \(odd.shape) among them; join tensors with stack or cat")
      )
      return
    }
    let made = values.isEmpty ? Tensor.zeros([0]) : stack(values.map { $0.detach().reshape([]) })
    self = Tensor(made, dtype: dtype, requiresGrad: requiresGrad, device: device)
  }

  static func variable(_ value: Tensor, kind: Variable.Kind, requiresGrad: Bool) -> Tensor {
    if value.hasFailed { return value }
    if requiresGrad && !value.dtype.isInexact {
      return fail(
        TensorError(
          .dtype, "requiresGrad",
          "only floating point and complex tensors can require gradients, and this one is \(value.dtype)"))
    }
    if requiresGrad && value.dtype.isCustom && value.dtype.gradientType == nil {
      return fail(ElementCapability.gradient.lacking(value.dtype, "requiresGrad"))
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

  /// `shape` filled with one number.
  public static func full(
    _ shape: [Int], _ value: some ScalarConvertible, dtype: DType? = nil, device: Device? = nil,
    requiresGrad: Bool = false
  ) -> Tensor {
    made(on: device, requiresGrad: requiresGrad) { filled(shape, value.scalar, dtype ?? value.scalar.dtype, "full") }
  }

  static func filled(_ shape: [Int], _ scalar: Scalar, _ dtype: DType, _ operation: String) -> Tensor {
    attempt { () throws(TensorError) in
      try checkMemory(TensorType(shape, dtype), operation)
      if scalar.complex.imaginary != 0, !dtype.isComplex, dtype != .bool {
        throw TensorError(.dtype, operation, "the complex number \(scalar.complex) is no \(dtype) element")
      }
      let result = Tensor.uninitialized(shape, dtype)
      result.fillElements(scalar)
      return result
    }
  }

  /// `shape` filled with zeros.
  public static func zeros(
    _ shape: [Int], dtype: DType = .default, device: Device? = nil, requiresGrad: Bool = false
  ) -> Tensor {
    made(on: device, requiresGrad: requiresGrad) { neutral(shape, 0, dtype) }
  }
  public static func zeros(
    _ shape: Int..., dtype: DType = .default, device: Device? = nil, requiresGrad: Bool = false
  ) -> Tensor {
    zeros(shape, dtype: dtype, device: device, requiresGrad: requiresGrad)
  }
  /// `shape` filled with ones.
  public static func ones(
    _ shape: [Int], dtype: DType = .default, device: Device? = nil, requiresGrad: Bool = false
  ) -> Tensor {
    made(on: device, requiresGrad: requiresGrad) { neutral(shape, 1, dtype) }
  }
  public static func ones(
    _ shape: Int..., dtype: DType = .default, device: Device? = nil, requiresGrad: Bool = false
  ) -> Tensor {
    ones(shape, dtype: dtype, device: device, requiresGrad: requiresGrad)
  }

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

/// A tensor that a module trains: a variable that requires a gradient and that ``Module`` finds as a parameter.
public func parameter(_ value: Tensor, requiresGrad: Bool = true) -> Tensor {
  Tensor.variable(value, kind: .parameter, requiresGrad: requiresGrad)
}

/// A tensor that a module keeps but does not train (running statistics): saved with its state unless `persistent` is false.
public func buffer(_ value: Tensor, persistent: Bool = true) -> Tensor {
  Tensor.variable(value, kind: persistent ? .buffer : .unsaved, requiresGrad: false)
}

extension Tensor {
  /// Whether it was made by ``parameter(_:requiresGrad:)``. The ``data`` of one is a plain tensor.
  public var isParameter: Bool {
    body.flags.contains(.variable) && variable.kind == .parameter && !isUnrecordedHandle
  }
  /// Whether it was made by ``buffer(_:persistent:)``.
  public var isBuffer: Bool {
    body.flags.contains(.variable) && (variable.kind == .buffer || variable.kind == .unsaved)
  }
  /// Whether it is a buffer that a module's saved state leaves out.
  package var isUnsavedBuffer: Bool { body.flags.contains(.variable) && variable.kind == .unsaved }
}

extension Tensor {
  /// What tells one variable from another: equal for all handles of the same one, nil for other tensors.
  package var variableIdentity: ObjectIdentifier? {
    body.flags.contains(.variable) ? ObjectIdentifier(variable) : nil
  }

  /// Switches whether a variable asks for a gradient, as `requires_grad_()`. Nothing for other tensors.
  package func setRequiresGrad(_ value: Bool) {
    guard body.flags.contains(.variable), dtype.isInexact else { return }
    if value && dtype.isCustom && dtype.gradientType == nil { return }
    variable.state.withLock { $0.requiresGrad = value }
  }

  /// A new variable of these elements that asks for a gradient.
  package func leaf() -> Tensor { Tensor.variable(detach(), kind: .leaf, requiresGrad: true) }

  /// Stores `value` in the variable that this is a handle of, as ``assign(_:)`` does inside of ``noGrad(_:)``.
  package func store(_ value: Tensor) {
    var handle = self
    noGrad { handle.assign(value) }
  }
}

extension Registry {
  /// New tensors of a given size.
  static let creation: [Operation] = [
    .tensor("scalar_tensor", "s, *, dtype=float32") { try Tensor.full([], $0.scalar("s"), dtype: $0.dtype("dtype")) },
    .tensor("full", "size, fill_value, *, dtype=None") {
      try Tensor.full($0.ints("size"), $0.scalar("fill_value"), dtype: $0.optionalDType("dtype"))
    },
    .sized("zeros") { Tensor.zeros($0, dtype: $1) },
    .sized("ones") { Tensor.ones($0, dtype: $1) },
    .sized("empty") { Tensor.empty($0, dtype: $1) },
    .sizedAs("new_zeros") { Tensor.zeros($0, dtype: $1, device: $2) },
    .sizedAs("new_ones") { Tensor.ones($0, dtype: $1, device: $2) },
    .sizedAs("new_empty") { Tensor.empty($0, dtype: $1, device: $2) },
    .tensor("new_full", "input, size, fill_value, *, dtype=None") {
      let x = try $0.tensor("input")
      return try Tensor.full(
        $0.ints("size"), $0.scalar("fill_value"), dtype: $0.optionalDType("dtype") ?? x.dtype, device: x.deviceIfUsed)
    },
    .tensor("empty_strided", "size, stride, *, dtype=None") {
      try laidOut($0.ints("size"), $0.ints("stride"), $0.optionalDType("dtype") ?? .default)
    },
    .tensor("new_empty_strided", "input, size, stride, *, dtype=None") {
      let x = try $0.tensor("input")
      return try laidOut($0.ints("size"), $0.ints("stride"), $0.optionalDType("dtype") ?? x.dtype).placed(with: x)
    },
    .tensor("empty_permuted", "size, physical_layout, *, dtype=None") {
      let (size, order) = (try $0.ints("size"), try $0.ints("physical_layout"))
      guard order.sorted() == Array(size.indices) else {
        throw TensorError(.dimension, "empty_permuted", "\(order) does not put each of \(size.count) dimensions once")
      }
      return try laidOut(size, denseStrides(size, order: order), $0.optionalDType("dtype") ?? .default)
    },
    .tensor("fill Tensor.fill_", "input, value") {
      let input = try $0.tensor("input")
      if case .tensor(let value) = try $0.value("value") {
        guard value.rank == 0 else {
          throw TensorError(.shape, "fill", "the value must have no dimensions, and found \(value.shape)")
        }
        return input.maskedFill(Tensor.full([], true), value.to(input.dtype))
      }
      return input.maskedFill(
        Tensor.full([], true), input.hasFailed ? input : Tensor.full([], try $0.scalar("value"), dtype: input.dtype))
    },
    .tensor("resize_", "input, *size") {
      let (x, size) = (try $0.tensor("input"), try $0.ints("size"))
      return Tensor.zeros(size, dtype: x.dtype, device: x.deviceIfUsed)
    },
    .tensor("resize_as_", "input, other") {
      let x = try $0.tensor("input")
      return Tensor.zeros(try $0.tensor("other").shape, dtype: x.dtype, device: x.deviceIfUsed)
    },
  ]

  /// Zeros under the given strides.
  private static func laidOut(_ shape: [Int], _ strides: [Int], _ dtype: DType) throws -> Tensor {
    let zero = Tensor.full([], 0, dtype: dtype).expand(shape)
    return zero.hasFailed ? zero : try zero.laidOut(strides: strides)
  }
}

extension Operation {
  /// A tensor of a size: `zeros(2, 3)`.
  fileprivate static func sized(_ name: String, _ body: @escaping @Sendable ([Int], DType) -> Tensor) -> Operation {
    tensor(name, "*size, dtype=None") { body(try $0.ints("size"), try $0.optionalDType("dtype") ?? .default) }
  }

  /// A tensor of a size, with the type of another.
  fileprivate static func sizedAs(
    _ name: String, _ body: @escaping @Sendable ([Int], DType, Device?) -> Tensor
  ) -> Operation {
    tensor(name, "input, *size, dtype=None") {
      let x = try $0.tensor("input")
      return body(try $0.ints("size"), try $0.optionalDType("dtype") ?? x.dtype, x.deviceIfUsed)
    }
  }
}
