import CKernels

// Tensors made by a rule: ranges, identity, indices of triangles, windows.

/// `start`, `start + step` ... up to but without `end`. Integers give int64, else float32, unless `dtype` is given.
public func arange(
  _ start: some ScalarConvertible, _ end: some ScalarConvertible, _ step: some ScalarConvertible = 1,
  dtype: DType? = nil, device: Device? = nil, requiresGrad: Bool = false
) -> Tensor {
  made(on: device, requiresGrad: requiresGrad) { range(start.scalar, end.scalar, step.scalar, dtype) }
}

/// 0, 1 ... up to but without `end`.
public func arange(
  _ end: some ScalarConvertible, dtype: DType? = nil, device: Device? = nil, requiresGrad: Bool = false
) -> Tensor {
  made(on: device, requiresGrad: requiresGrad) { range(.int(0), end.scalar, .int(1), dtype) }
}

private func range(_ start: Scalar, _ end: Scalar, _ step: Scalar, _ dtype: DType?) -> Tensor {
  attempt { () throws(TensorError) in
    guard ![start, end, step].contains(where: \.isComplex), dtype?.isComplex != true else {
      throw TensorError(.dtype, "arange", "complex numbers have no order; make the range of real numbers")
    }
    let isFloating = [start, end, step].contains { $0.dtype.isFloatingPoint }
    let type = dtype ?? (isFloating ? .default : .int64)
    let (a, b, s) = (start.double, end.double, step.double)
    guard s != 0 else { throw TensorError(.value, "arange", "the step must not be 0") }
    guard a.isFinite, b.isFinite, s.isFinite else {
      throw TensorError(.value, "arange", "the range \(a) to \(b) in steps of \(s) is not finite")
    }
    guard s > 0 ? b >= a : b <= a else {
      throw TensorError(.value, "arange", "a step of \(s) does not lead from \(a) to \(b)")
    }
    guard type != .bool else {
      throw TensorError(.dtype, "arange", "has no bool numbers; convert with .to(.bool)")
    }
    var count = ((b - a) / s).rounded(.up)
    if type == .int64 && !isFloating {
      // In whole numbers: exact beyond the digits of a Double.
      let (first, last, stride) = (start.int, end.int, step.int)
      let (distance, overflow) = last.subtractingReportingOverflow(first)
      if !overflow { count = Double((distance.magnitude + stride.magnitude - 1) / stride.magnitude) }
      try checkLength(count, "arange")
      return filled(Int(count), .int64, Int64.self) { out, place, n in
        ck_range_i64(out, Int64(first), Int64(stride), place, n)
      }
    }
    try checkLength(count, "arange")
    let truncates = !type.isFloatingPoint
    let (first, stride) = truncates ? (a.rounded(.towardZero), s.rounded(.towardZero)) : (a, s)
    if type == .float32 {
      return filled(Int(count), .float32, Float.self) { ck_range_f32($0, first, stride, $1, $2) }
    }
    return filled(Int(count), .float64, Double.self) { ck_range_f64($0, first, stride, $1, $2) }.to(type)
  }
}

/// A vector whose parts are filled at the same time: `fill` gets where a part lies, the place of its first element and their number.
private func filled<T>(
  _ count: Int, _ dtype: DType, _: T.Type, _ fill: (UnsafeMutablePointer<T>, Int, Int) -> Void
) -> Tensor {
  let result = Tensor.uninitialized([count], dtype)
  let out = result.body.data.assumingMemoryBound(to: T.self)
  parallelFor(count, grain: parallelGrain) { fill(out + $0.lowerBound, $0.lowerBound, $0.count) }
  return result
}

/// Refuses more numbers than memory can hold.
private func checkLength(_ count: Double, _ operation: String) throws(TensorError) {
  try checkMemory(TensorType([count < 0x1p62 ? Int(count) : .max], .float64), operation)
}

/// `steps` numbers from `start` to `end`, both included, evenly spaced. Complex ends give complex64, others float32, unless
/// `dtype` is given.
public func linspace(
  _ start: some ScalarConvertible, _ end: some ScalarConvertible, _ steps: Int, dtype: DType? = nil,
  device: Device? = nil, requiresGrad: Bool = false
) -> Tensor {
  made(on: device, requiresGrad: requiresGrad) {
    spaced(start.scalar, end.scalar, steps, dtype, "linspace", base: nil, { $0 })
  }
}

// The same of Doubles, for ends that name no type: `linspace(-.pi, .pi, 100)`.

/// Numbers from `start` to `end`, which is excluded, `step` apart: float32 unless `dtype` is given.
public func arange(
  _ start: Double, _ end: Double, _ step: Double = 1, dtype: DType? = nil, device: Device? = nil,
  requiresGrad: Bool = false
) -> Tensor {
  made(on: device, requiresGrad: requiresGrad) { range(.float(start), .float(end), .float(step), dtype) }
}
/// `steps` numbers from `start` to `end`, both included, evenly spaced: float32 unless `dtype` is given.
public func linspace(
  _ start: Double, _ end: Double, _ steps: Int, dtype: DType? = nil, device: Device? = nil, requiresGrad: Bool = false
) -> Tensor {
  made(on: device, requiresGrad: requiresGrad) {
    spaced(.float(start), .float(end), steps, dtype, "linspace", base: nil, { $0 })
  }
}

/// `base` to the power of `steps` evenly spaced numbers from `start` to `end`.
public func logspace(
  _ start: some ScalarConvertible, _ end: some ScalarConvertible, _ steps: Int, base: Double = 10,
  dtype: DType? = nil, device: Device? = nil, requiresGrad: Bool = false
) -> Tensor {
  func complexPower(_ z: Complex) -> Complex {
    // base^z = |base|^re e^(i (im log |base| + re arg base)), turned by exp(-im arg base).
    let (size, angle) = (Complex(base).magnitude, Complex(base).angle)
    return Complex(
      magnitude: power(size, z.real) * power(2.718281828459045235, -z.imaginary * angle),
      angle: z.imaginary * logarithm(size) + z.real * angle)
  }
  return made(on: device, requiresGrad: requiresGrad) {
    spaced(start.scalar, end.scalar, steps, dtype, "logspace", base: base, complexPower)
  }
}

/// Numbers evenly spaced, or with `base` its powers of them.
private func spaced(
  _ start: Scalar, _ end: Scalar, _ steps: Int, _ dtype: DType?, _ operation: String, base: Double?,
  _ mapComplex: (Complex) -> Complex
) -> Tensor {
  attempt { () throws(TensorError) in
    let isComplex = start.isComplex || end.isComplex
    let dtype = dtype ?? (isComplex ? .defaultComplex : .default)
    guard dtype.isComplex || !isComplex else {
      throw TensorError(
        .dtype, operation, "numbers between complex ends are complex, and cannot be of type \(dtype)")
    }
    guard steps >= 0 else {
      throw TensorError(.value, operation, "the number of steps must not be negative, and found \(steps)")
    }
    try checkLength(Double(steps), operation)
    if dtype.isComplex {
      let (a, b) = (start.complex, end.complex)
      let step = steps > 1 ? (b - a) / Complex(Double(steps - 1)) : 0
      return Tensor(
        (0..<steps).map { i in
          mapComplex(
            i < steps / 2 || steps == 1
              ? a + step * Complex(Double(i)) : b - step * Complex(Double(steps - 1 - i)))
        }, dtype: dtype)
    }
    let (a, b) = dtype.isFloatingPoint ? (start.double, end.double) : (Double(start.int), Double(end.int))
    // PyTorch computes float32 and the 16-bit types in float32, from ends that the type can hold.
    func held(_ value: Double) -> Float { Float(Tensor(value, dtype: dtype).item()) }
    let isSingle = dtype.accumulateType == .float32
    let values =
      isSingle
      ? evenlySpaced(held(a), held(b), steps, .float32, ck_spaced_f32)
      : evenlySpaced(a, b, steps, .float64, ck_spaced_f64)
    guard let base else { return values.to(dtype) }
    // Whole numbers are cut off: their powers must not lie a rounding below.
    guard dtype.isFloatingPoint else {
      return Tensor(values.array(as: Double.self).map { power(base, $0) }, dtype: dtype)
    }
    return Tensor(base, dtype: .float64).pow(values.to(.float64)).to(dtype)
  }
}

/// `steps` numbers from `a` to `b`, computed from the nearer end, so that the last is exactly `b`; one rounding each after
/// that of the step, as PyTorch has them: edges of histograms are compared with elements.
private func evenlySpaced<T: BinaryFloatingPoint>(
  _ a: T, _ b: T, _ steps: Int, _ dtype: DType, _ fill: (UnsafeMutablePointer<T>?, T, T, Int, Int) -> Void
) -> Tensor {
  let step = steps > 1 ? (b - a) / T(steps - 1) : 0
  let half = steps == 1 ? 1 : steps / 2
  return filled(steps, dtype, T.self) { out, start, n in
    let near = max(0, min(n, half - start))
    fill(out, a, step, start, near)
    // b - (steps - 1 - i) step
    fill(out + near, b, step, start + near - (steps - 1), n - near)
  }
}

/// The identity matrix of `n` rows and `m` columns (`n` if nil).
public func eye(
  _ n: Int, _ m: Int? = nil, dtype: DType = .default, device: Device? = nil, requiresGrad: Bool = false
) -> Tensor {
  made(on: device, requiresGrad: requiresGrad) { identity(n, m, dtype) }
}

private func identity(_ n: Int, _ m: Int?, _ dtype: DType) -> Tensor {
  guard n >= 0, (m ?? 0) >= 0 else {
    return fail(TensorError(.shape, "eye", "sizes must not be negative, and found \(n) by \(m ?? n)"))
  }
  let result = Tensor.zeros([n, m ?? n], dtype: dtype)
  let diagonal = min(n, m ?? n)
  guard diagonal > 0, !result.hasFailed else { return result }
  let view = result.view([diagonal], strides: [(m ?? n) + 1])
  copyElements(from: Tensor.ones([diagonal], dtype: dtype).body, to: view.body)
  return result
}

/// Row and column numbers of the lower triangle of a matrix, as [2, count]; `offset` moves the diagonal to the right.
public func trilIndices(
  _ rows: Int, _ columns: Int, offset: Int = 0, dtype: DType = .int64, device: Device? = nil
) -> Tensor {
  let first = min(max(0.clampedAdding(-max(offset, -.max)), 0), max(rows, 0))
  return triangle(rows, columns, first..<max(rows, 0), dtype, device, "trilIndices") {
    0..<min($0.clampedAdding(offset).clampedAdding(1), columns)
  }
}
/// Row and column numbers of the upper triangle of a matrix, as [2, count]; `offset` moves the diagonal to the right.
public func triuIndices(
  _ rows: Int, _ columns: Int, offset: Int = 0, dtype: DType = .int64, device: Device? = nil
) -> Tensor {
  let end = min(max(columns.clampedAdding(-max(offset, -.max)), 0), max(rows, 0))
  return triangle(rows, columns, 0..<end, dtype, device, "triuIndices") {
    max($0.clampedAdding(offset), 0)..<columns
  }
}

/// - Parameters:
///   - filled: the rows that have elements, if any has. From one end to the other each has one more than the one before, up to
///     all columns.
///   - part: the columns of one of them.
private func triangle(
  _ rows: Int, _ columns: Int, _ filled: Range<Int>, _ dtype: DType, _ device: Device?, _ operation: String,
  _ part: (Int) -> Range<Int>
) -> Tensor {
  made(on: device) {
    attempt { () throws(TensorError) in
      guard rows >= 0, columns >= 0 else {
        throw TensorError(.shape, operation, "sizes must not be negative, and found \(rows) by \(columns)")
      }
      let filled = columns == 0 ? 0..<0 : filled
      var count = 0
      if let first = filled.first, let last = filled.last {
        let least = min(part(first).count, part(last).count)
        let growing = min(filled.count, columns - least)
        count = growing.clampedMultiplying(least)
          .clampedAdding(growing.clampedMultiplying(max(growing - 1, 0)) / 2)
          .clampedAdding((filled.count - growing).clampedMultiplying(columns))
      }
      try checkMemory(TensorType([2, count], .int64), operation)
      // Where each of these rows begins in the result.
      var starts: [Int] = []
      starts.reserveCapacity(filled.count)
      var start = 0
      for row in filled {
        starts.append(start)
        start += part(row).count
      }
      let result = Tensor.uninitialized([2, count], .int64)
      let out = result.body.data.assumingMemoryBound(to: Int64.self)
      parallelFor(filled.count, grain: max(1, parallelGrain / max(1, count / max(1, filled.count)))) { range in
        for i in range {
          let row = filled.lowerBound + i
          let (columns, start) = (part(row), starts[i])
          ck_fill_i64(out + start, Int64(row), columns.count)
          ck_range_i64(out + count + start, Int64(columns.lowerBound), 1, 0, columns.count)
        }
      }
      return result.to(dtype)
    }
  }
}

extension Tensor {
  /// `shape` with elements of no particular value.
  public static func empty(
    _ shape: [Int], dtype: DType = .default, device: Device? = nil, requiresGrad: Bool = false
  ) -> Tensor {
    made(on: device, requiresGrad: requiresGrad) {
      attempt { () throws(TensorError) in
        // Not every pattern of bytes need be an element of a registered type.
        if dtype.isCustom { return zeros(shape, dtype: dtype) }
        try checkMemory(TensorType(shape, dtype), "empty")
        return uninitialized(shape, dtype)
      }
    }
  }
  public static func empty(
    _ shape: Int..., dtype: DType = .default, device: Device? = nil, requiresGrad: Bool = false
  ) -> Tensor {
    empty(shape, dtype: dtype, device: device, requiresGrad: requiresGrad)
  }
}

/// Zeros with the shape of `tensor`, and its type unless another is given.
public func zerosLike(
  _ tensor: Tensor, dtype: DType? = nil, device: Device? = nil, requiresGrad: Bool = false
) -> Tensor {
  tensor.hasFailed
    ? tensor
    : Tensor.zeros(
      tensor.shape, dtype: dtype ?? tensor.dtype, device: device ?? tensor.deviceIfUsed, requiresGrad: requiresGrad)
}
/// Ones with the shape of `tensor`, and its type unless another is given.
public func onesLike(
  _ tensor: Tensor, dtype: DType? = nil, device: Device? = nil, requiresGrad: Bool = false
) -> Tensor {
  tensor.hasFailed
    ? tensor
    : Tensor.ones(
      tensor.shape, dtype: dtype ?? tensor.dtype, device: device ?? tensor.deviceIfUsed, requiresGrad: requiresGrad)
}
/// `value` in the shape of `tensor`, and its type unless another is given.
public func fullLike(
  _ tensor: Tensor, _ value: some ScalarConvertible, dtype: DType? = nil, device: Device? = nil,
  requiresGrad: Bool = false
) -> Tensor {
  tensor.hasFailed
    ? tensor
    : Tensor.full(
      tensor.shape, value, dtype: dtype ?? tensor.dtype, device: device ?? tensor.deviceIfUsed,
      requiresGrad: requiresGrad)
}
/// Elements of no particular value in the shape of `tensor`.
public func emptyLike(
  _ tensor: Tensor, dtype: DType? = nil, device: Device? = nil, requiresGrad: Bool = false
) -> Tensor {
  tensor.hasFailed
    ? tensor
    : Tensor.empty(
      tensor.shape, dtype: dtype ?? tensor.dtype, device: device ?? tensor.deviceIfUsed, requiresGrad: requiresGrad)
}

extension Registry {
  /// Tensors made by a rule, and such as look like another.
  static let ranges: [Operation] = [
    .tensor("arange", "start, end, step=1, *, dtype=None") {
      try arange($0.scalar("start"), $0.scalar("end"), $0.scalar("step"), dtype: $0.optionalDType("dtype"))
    },
    .tensor("arange", "end, *, dtype=None") { try arange($0.scalar("end"), dtype: $0.optionalDType("dtype")) },
    .tensor("linspace", "start, end, steps, *, dtype=None") {
      try linspace($0.scalar("start"), $0.scalar("end"), $0.int("steps"), dtype: $0.optionalDType("dtype"))
    },
    .tensor("logspace", "start, end, steps, base=10.0, *, dtype=None") {
      try logspace(
        $0.scalar("start"), $0.scalar("end"), $0.int("steps"), base: $0.double("base"),
        dtype: $0.optionalDType("dtype"))
    },
    .tensor("eye", "n, m=None, *, dtype=None") {
      try eye($0.int("n"), $0.optionalInt("m"), dtype: $0.optionalDType("dtype") ?? .default)
    },
    .tensor("tril_indices", "row, col, offset=0, *, dtype=int64") {
      try trilIndices($0.int("row"), $0.int("col"), offset: $0.int("offset"), dtype: $0.dtype("dtype"))
    },
    .tensor("triu_indices", "row, col, offset=0, *, dtype=int64") {
      try triuIndices($0.int("row"), $0.int("col"), offset: $0.int("offset"), dtype: $0.dtype("dtype"))
    },
    .like("zeros_like") { zerosLike($0, dtype: $1) },
    .like("ones_like") { onesLike($0, dtype: $1) },
    .like("empty_like") { emptyLike($0, dtype: $1) },
    .tensor("full_like", "input, fill_value, *, dtype=None") {
      try fullLike($0.tensor("input"), $0.scalar("fill_value"), dtype: $0.optionalDType("dtype"))
    },
    .unary("zero zero_") { zerosLike($0) },
  ]
}

extension Operation {
  /// A tensor with the shape of another.
  fileprivate static func like(_ name: String, _ body: @escaping @Sendable (Tensor, DType?) -> Tensor) -> Operation {
    tensor(name, "input, *, dtype=None") { body(try $0.tensor("input"), try $0.optionalDType("dtype")) }
  }
}
