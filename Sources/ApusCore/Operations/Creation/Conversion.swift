// Elements as another type, and where they lie.

extension Tensor {
  /// The elements converted to `dtype`; itself where that is its type.
  public func to(_ dtype: DType) -> Tensor {
    if hasFailed || dtype == self.dtype { return self }
    if isComplex, !dtype.isComplex, dtype != .bool {
      warn("to", "Casting complex values to real discards the imaginary part")
    }
    // Types that round numbers become each other through these, unless somebody said how.
    let isOfNumbers = !self.dtype.isCustom || self.dtype.roundsNumbers && self.dtype.conversion(to: dtype) == nil
    if dtype.roundsNumbers, isOfNumbers { return apply(Encode(dtype: dtype), self) }
    return apply(Cast(dtype: dtype), self)
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
      ? dtype.custom.loops.text(address(of: i), PrintOptions.current.precision)
      : "\(address(of: i).load(as: UInt64.self))"
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
}

/// Conversion to another element type; of complex numbers to real ones it takes the real part, as PyTorch.
package struct Cast: LinearPrimitive, Hashable {
  package let dtype: DType
  package var name: String { "ToCopy" }
  package var takesCustomElements: Bool { true }

  package func outputTypes(_ inputs: [TensorType]) throws(TensorError) -> [TensorType] {
    if inputs[0].dtype.isComplex && dtype.isCustom || dtype.isComplex && inputs[0].dtype.isCustom {
      throw TensorError(
        .dtype, "to", "there is no conversion from \(inputs[0].dtype) to \(dtype); convert real and imag apart")
    }
    if inputs[0].dtype.isCustom && dtype.isCustom && inputs[0].dtype != dtype,
      inputs[0].dtype.conversion(to: dtype) == nil
    {
      throw TensorError(
        .dtype, "to",
        "there is no conversion from \(inputs[0].dtype) to \(dtype); .to(.float64) between the two keeps their values, and "
          + "DType.registerConversion { (x: From) -> To in ... } gives one")
    }
    return [TensorType(inputs[0].shape, dtype)]
  }

  package func layout(of i: Int, _ inputs: [Tensor], _ type: TensorType) -> Layout { .kept(inputs, type.shape) }

  package func evaluate(_ inputs: [Tensor], into results: [Tensor]) throws(TensorError) {
    results[0].fill(with: inputs[0])
  }

  package func source(_ inputs: [CArray], _ outputs: [CArray]) -> String? {
    let (x, y) = (inputs[0], outputs[0])
    return cLoops(x.type.shape) { dtype == .bool ? "\(y($0)) = \(x($0)) != 0;" : "\(y($0)) = (\(y.element))\(x($0));" }
  }

  package func batch(_ inputs: [Tensor], isBatched: [Bool], size: Int) throws(TensorError) -> [Tensor]? {
    apply(self, inputs)
  }

  package func vjp(_ node: Recorded, cotangents: [Tensor?]) throws(TensorError) -> [Tensor?] {
    [single(node, cotangents).to(node.inputType(0).dtype)]
  }
}

extension Registry {
  /// Elements of another type, and as numbers.
  static let conversion: [Operation] = [
    Operation("item", "input") {
      let input = try $0.tensor("input")
      switch input.itemScalar() {
      case .bool(let v): return [.bool(v)]
      case .int(let v): return [.int(v)]
      case .float(let v): return [.float(v)]
      case .complex(let v): return [.complex(v)]
      }
    },
    .cast("bool", .bool), .cast("byte", .uint8), .cast("char", .int8), .cast("short", .int16), .cast("int", .int32),
    .cast("long", .int64), .cast("half", .float16), .cast("bfloat16", .bfloat16), .cast("float", .float32),
    .cast("double", .float64), .cast("chalf", .complex32), .cast("cfloat", .complex64),
    .cast("cdouble", .complex128),
    .tensor("to", "input, other: tensor, non_blocking=False, copy=False") {
      try $0.tensor("input").to($0.tensor("other").dtype)
    },
    .tensor("to", "input, device: string, dtype=None, non_blocking=False, copy=False") {
      let input = try $0.tensor("input")
      return try input.to($0.optionalDType("dtype") ?? input.dtype)
    },
    .tensor("to", "input, dtype=None, non_blocking=False, copy=False") {
      let input = try $0.tensor("input")
      return try input.to($0.optionalDType("dtype") ?? input.dtype)
    },
  ]
}

extension Operation {
  /// A conversion that is a method of its own in PyTorch: `x.float()`.
  fileprivate static func cast(_ name: String, _ dtype: DType) -> Operation {
    tensor(name, "input, memory_format=None") { try $0.tensor("input").to(dtype) }
  }
}
