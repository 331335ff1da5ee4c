import CKernels

#if canImport(Musl)
  import Musl
#else
  import Glibc
#endif

// Running sums and products along a dimension, and linear recurrences, which give the gradients of products.

/// out[i] = out[i - 1] combined with x[i].
package struct Scan: Primitive, Hashable {
  /// By the name of the operation.
  package enum Kind: String, Sendable {
    case sum = "Cumsum"
    case prod = "Cumprod"
    case logSumExp = "Logcumsumexp"
  }
  package let kind: Kind
  package let dim: Int

  package var name: String { kind.rawValue }
  package var takesCustomElements: Bool { true }
  package var isLinear: Bool { kind == .sum }
  package var saves: Saves {
    switch kind {
    case .sum: .nothing
    case .prod: .inputs
    case .logSumExp: [.inputs, .outputs]
    }
  }

  package func outputTypes(_ inputs: [TensorType]) throws(TensorError) -> [TensorType] {
    inputs
  }

  package func evaluate(_ inputs: [Tensor], into results: [Tensor]) throws(TensorError) {
    let compute = results[0].dtype.accumulateType
    let source = try inputs[0].dense(compute)
    try results[0].fill(as: compute) { (result) throws(TensorError) in
      if compute.isCustom { return try scanCustom(source, into: result) }
      try compute.accumulate(Task(scan: self, source: source, result: result))
    }
  }

  private struct Task: AccumulationTask {
    let scan: Scan
    let source, result: TensorBody
    func run<T: ScanElement>(_: T.Type) throws(TensorError) { scan.run(T.self, source, result) }
  }

  private func run<T: ScanElement>(_: T.Type, _ dense: TensorBody, _ result: TensorBody) {
    let lanes = Lanes(dense.shape, dim)
    if dense.count == 0 { return }
    let x = UnsafePointer(dense.data.assumingMemoryBound(to: T.self))
    let out = result.data.assumingMemoryBound(to: T.self)
    let n = lanes.size
    withExtendedLifetime(dense) {
      if lanes.inner == 1 && lanes.outer == 1 && kind == .sum && n >= 8 * parallelGrain {
        scanInParts(x, out, n)
      } else if lanes.inner == 1 {
        parallelFor(lanes.outer, grain: max(1, parallelGrain / n)) { range in
          for r in range { T.scan(kind, out + r * n, x + r * n, n, from: T.start(kind)) }
        }
      } else {
        // Row by row: the row so far, in the wide type, combined with one of the input, a block of columns at a time.
        let block = min(lanes.inner, 1024)
        let blocks = (lanes.inner + block - 1) / block
        parallelFor(lanes.outer * blocks, grain: max(1, parallelGrain / (block * n))) { range in
          withUnsafeTemporaryAllocation(of: T.Wide.self, capacity: block) { scratch in
            guard let carry = scratch.baseAddress else { return }
            for item in range {
              let (o, first) = (item / blocks, (item % blocks) * block)
              let width = min(block, lanes.inner - first)
              var row = o * n * lanes.inner + first
              carry.initialize(repeating: T.start(kind), count: width)
              for _ in 0..<n {
                T.combine(kind, out + row, carry, x + row, width)
                row += lanes.inner
              }
            }
          }
        }
      }
    }
  }

  /// One long run: the sums of the threads' parts first, then every part from where the one before it ends.
  private func scanInParts<T: ScanElement>(_ x: UnsafePointer<T>, _ out: UnsafeMutablePointer<T>, _ n: Int) {
    let parts = parallelParts(n, grain: 4 * parallelGrain)
    let size = (n + parts - 1) / parts
    let starts = UnsafeMutablePointer<T.Wide>.allocate(capacity: parts)
    defer { starts.deallocate() }
    starts[0] = 0
    if parts > 1 {
      // Part p is summed into the start of the next one.
      parallelFor(parts - 1, grain: 1) { range in
        for p in range { starts[p + 1] = T.wideSum(x + p * size, min(size, n - p * size)) }
      }
      for p in 1..<parts { starts[p] = T.add(starts[p - 1], starts[p]) }
    }
    parallelFor(parts, grain: 1) { range in
      for p in range {
        T.scan(.sum, out + p * size, x + p * size, min(size, n - p * size), from: starts[p])
      }
    }
  }

  package func source(_ inputs: [CArray], _ outputs: [CArray]) -> String? {
    let (x, y, shape) = (inputs[0], outputs[0], inputs[0].type.shape)
    let wide = y.accumulator(of: shape[dim])
    return cLoops(shape.indices.map { $0 == dim ? 1 : shape[$0] }) { outer in
      var place = outer
      place[dim] = "k"
      let (start, step) =
        switch kind {
        case .sum: ("0", "result += v;")
        case .prod: ("1", "result *= v;")
        case .logSumExp:
          (
            "-__builtin_inff()",
            "{ \(y.element) top = result > v ? result : v, low = result > v ? v : result; "
              + "result = low == -__builtin_inff() ? top : top + \(y.math("log1p"))(\(y.math("exp"))(low - top)); }"
          )
        }
      return """
        \(wide) result = \(start);
        for (long k = 0; k < \(shape[dim]); k++) {
        \(wide) v = \(x(place));
        \(step)
        \(y(place)) = (\(y.element))result;
        }
        """
    }
  }

  package func batch(_ inputs: [Tensor], isBatched: [Bool], size: Int) throws(TensorError) -> [Tensor]? {
    apply(Scan(kind: kind, dim: dim + 1), inputs)
  }

  package func vjp(_ node: Recorded, cotangents: [Tensor?]) throws(TensorError) -> [Tensor?] {
    let g = single(node, cotangents)
    switch kind {
    case .sum: return [apply(self, g.flip([dim])).flip([dim])]
    case .prod:
      // dx[k] = prod(x[..<k]) * s[k] with s[k] = g[k] + x[k + 1] s[k + 1]: no division, so zeros do no harm.
      let x = node.input(0)
      let last = x.conj().widened.movedim(dim, -1)
      let s = g.widened.movedim(dim, -1).reverseRecurrence(last)
      return [(last.exclusiveCumprod() * s).movedim(-1, dim).to(x.dtype)]
    case .logSumExp:
      // dx[k] = exp(x[k] - y[k]) q[k] with q[k] = g[k] + exp(y[k] - y[k + 1]) q[k + 1]: no exponent is positive.
      let (x, y) = (node.input(0).conj().movedim(dim, -1), node.output(0).conj().movedim(dim, -1))
      let n = x.size(-1)
      guard n > 0 else { return [g] }
      let isLow = y.real.eq(-Double.infinity)
      let safe = `where`(isLow, Tensor.zeros([], dtype: g.dtype), y)
      let steps = cat(
        [
          Tensor.ones(Array(y.shape.dropLast()) + [1], dtype: g.dtype),
          // From a sum of nothing no gradient comes back.
          `where`(
            isLow.narrow(-1, 0, n - 1), Tensor.zeros([], dtype: g.dtype),
            (safe.narrow(-1, 0, n - 1) - safe.narrow(-1, 1, n - 1)).exp()),
        ], dim: -1)
      let q = g.movedim(dim, -1).reverseRecurrence(steps)
      return [((x - safe).exp() * q).movedim(-1, dim)]
    }
  }
}

extension Tensor {
  /// s[k] = self[k] + a[k + 1] s[k + 1] along the last dimension.
  func reverseRecurrence(_ a: Tensor) -> Tensor {
    let n = size(-1)
    if n == 0 { return self }
    // Reversed, the factor of place i is a reversed at i - 1; the first is not used.
    let factors = cat(
      [Tensor.zeros(Array(a.shape.dropLast()) + [1], dtype: a.dtype), a.flip([-1]).narrow(-1, 0, n - 1)], dim: -1)
    return apply(Recurrence(), factors, flip([-1])).flip([-1])
  }

  /// The product of all elements before each one along the last dimension.
  func exclusiveCumprod() -> Tensor {
    let n = size(-1)
    if n == 0 { return self }
    let ones = Tensor.ones(Array(shape.dropLast()) + [1], dtype: dtype)
    return cat([ones, narrow(-1, 0, n - 1).cumprod(-1)], dim: -1)
  }
}

/// y[k] = b[k] + a[k] y[k - 1] along the last dimension; a[0] has no part in it.
struct Recurrence: Primitive, Hashable {
  var name: String { "Recurrence" }
  var takesCustomElements: Bool { true }
  var saves: Saves { [.inputs, .outputs] }

  func outputTypes(_ inputs: [TensorType]) throws(TensorError) -> [TensorType] {
    [TensorType(inputs[1].shape, promoteTypes(inputs[0].dtype, inputs[1].dtype))]
  }

  func evaluate(_ inputs: [Tensor], into results: [Tensor]) throws(TensorError) {
    let dtype = results[0].dtype
    let wide: DType = dtype.isCustom ? dtype : dtype.isComplex ? .complex128 : .float64
    let (a, b) = (try inputs[0].dense(wide), try inputs[1].dense(wide))
    try results[0].fill(as: wide) { (result) throws(TensorError) in
      if wide.isCustom { return runCustom(a, b, into: result) }
      try wide.accumulate(Task(a: a, b: b, result: result))
    }
  }

  private struct Task: AccumulationTask {
    let a, b, result: TensorBody
    func run<T: ScanElement>(_: T.Type) throws(TensorError) {
      let n = result.shape[result.shape.count - 1]
      if result.count == 0 { return }
      let (f, x) = (a.data.assumingMemoryBound(to: T.self), b.data.assumingMemoryBound(to: T.self))
      let y = result.data.assumingMemoryBound(to: T.self)
      withExtendedLifetime((a, b)) {
        for start in stride(from: 0, to: result.count, by: n) {
          var last = x[start]
          y[start] = last
          for i in (start + 1)..<max(start + n, start + 1) {
            last = T.sum(x[i], T.product(f[i], last))
            y[i] = last
          }
        }
      }
    }
  }

  func source(_ inputs: [CArray], _ outputs: [CArray]) -> String? {
    let (a, b, y) = (inputs[0], inputs[1], outputs[0])
    guard let n = y.type.shape.last, y.type.dtype.isFloatingPoint else { return nil }
    return cLoops(Array(y.type.shape.dropLast())) { i in
      """
      double last = 0;
      for (long k = 0; k < \(n); k++) {
      last = \(b(i + ["k"])) + (k == 0 ? 0 : \(a.broadcast(i + ["k"])) * last);
      \(y(i + ["k"])) = (\(y.element))last;
      }
      """
    }
  }

  func batch(_ inputs: [Tensor], isBatched: [Bool], size: Int) throws(TensorError) -> [Tensor]? {
    apply(self, everySample(inputs, isBatched, size))
  }

  func vjp(_ node: Recorded, cotangents: [Tensor?]) throws(TensorError) -> [Tensor?] {
    let (a, y) = (node.input(0).conj(), node.output(0).conj())
    let n = a.size(-1)
    let t = single(node, cotangents).reverseRecurrence(a)
    let before = cat(
      [Tensor.zeros(Array(y.shape.dropLast()) + [1], dtype: y.dtype), y.narrow(-1, 0, max(n - 1, 0))], dim: -1)
    return [t * (n == 0 ? y : before), t]
  }
}

/// An element type with scan kernels.
protocol ScanElement: ReducibleElement, ExpressibleByIntegerLiteral {
  /// The type that scans run in, as PyTorch's: double for both floating point types.
  associatedtype Wide: ExpressibleByIntegerLiteral & Sendable
  /// What the first element is combined with.
  static func start(_ kind: Scan.Kind) -> Wide
  static func scan(
    _ kind: Scan.Kind, _ out: UnsafeMutablePointer<Self>, _ x: UnsafePointer<Self>, _ n: Int, from carry: Wide)
  /// carry becomes carry combined with x, and out that, element by element.
  static func combine(
    _ kind: Scan.Kind, _ out: UnsafeMutablePointer<Self>, _ carry: UnsafeMutablePointer<Wide>,
    _ x: UnsafePointer<Self>, _ n: Int)
  static func wideSum(_ x: UnsafePointer<Self>, _ n: Int) -> Wide
  static func add(_ a: Wide, _ b: Wide) -> Wide
}

/// The kernels of scans of elements of type `T`, which run in the type `Wide`, and of sums in that.
struct ScanKernels<T, Wide>: Sendable {
  typealias Scan = @Sendable (UnsafeMutablePointer<T>?, UnsafePointer<T>?, Int, Wide) -> Void
  let sum, prod: Scan
  let wideSum: @Sendable (UnsafePointer<T>?, Int) -> Wide
}

/// An element type whose scans are kernels of CKernels.
protocol KernelScannable: ScanElement {
  static var scanKernels: ScanKernels<Self, Wide> { get }
}

extension KernelScannable {
  static func wideSum(_ x: UnsafePointer<Self>, _ n: Int) -> Wide { scanKernels.wideSum(x, n) }
}

/// log(exp(a) + exp(b)) without overflow.
private func logAddExp(_ a: Double, _ b: Double) -> Double {
  if a.isNaN || b.isNaN { return .nan }
  let (high, low) = a > b ? (a, b) : (b, a)
  if high == low && high.isInfinite { return high }
  return high + log1p(exp(low - high))
}

extension KernelScannable where Self: BinaryFloatingPoint, Wide == Double {
  static func add(_ a: Double, _ b: Double) -> Double { a + b }
  static func start(_ kind: Scan.Kind) -> Double {
    switch kind {
    case .sum: 0
    case .prod: 1
    case .logSumExp: -.infinity
    }
  }
  static func scan(
    _ kind: Scan.Kind, _ out: UnsafeMutablePointer<Self>, _ x: UnsafePointer<Self>, _ n: Int, from carry: Double
  ) {
    switch kind {
    case .sum: scanKernels.sum(out, x, n, carry)
    case .prod: scanKernels.prod(out, x, n, carry)
    case .logSumExp:
      var last = carry
      for i in 0..<n {
        last = logAddExp(last, Double(x[i]))
        out[i] = Self(last)
      }
    }
  }
  static func combine(
    _ kind: Scan.Kind, _ out: UnsafeMutablePointer<Self>, _ carry: UnsafeMutablePointer<Double>,
    _ x: UnsafePointer<Self>, _ n: Int
  ) {
    switch kind {
    case .sum: for i in 0..<n { carry[i] += Double(x[i]) }
    case .prod: for i in 0..<n { carry[i] *= Double(x[i]) }
    case .logSumExp: for i in 0..<n { carry[i] = logAddExp(carry[i], Double(x[i])) }
    }
    for i in 0..<n { out[i] = Self(carry[i]) }
  }
}

extension Float: KernelScannable {
  @inline(__always) static var scanKernels: ScanKernels<Float, Double> {
    ScanKernels(sum: ck_cumsum_f32, prod: ck_cumprod_f32, wideSum: ck_wide_sum_f32)
  }
}

extension Double: KernelScannable {
  @inline(__always) static var scanKernels: ScanKernels<Double, Double> {
    ScanKernels(sum: ck_cumsum_f64, prod: ck_cumprod_f64, wideSum: ck_sum_f64)
  }
}

extension Int64: KernelScannable {
  @inline(__always) static var scanKernels: ScanKernels<Int64, Int64> {
    ScanKernels(sum: ck_cumsum_i64, prod: ck_cumprod_i64, wideSum: ck_sum_i64)
  }
  static func add(_ a: Int64, _ b: Int64) -> Int64 { a &+ b }
  static func start(_ kind: Scan.Kind) -> Int64 { kind == .prod ? 1 : 0 }
  static func scan(
    _ kind: Scan.Kind, _ out: UnsafeMutablePointer<Int64>, _ x: UnsafePointer<Int64>, _ n: Int, from carry: Int64
  ) {
    if kind == .prod { scanKernels.prod(out, x, n, carry) } else { scanKernels.sum(out, x, n, carry) }
  }
  static func combine(
    _ kind: Scan.Kind, _ out: UnsafeMutablePointer<Int64>, _ carry: UnsafeMutablePointer<Int64>,
    _ x: UnsafePointer<Int64>, _ n: Int
  ) {
    if kind == .prod {
      for i in 0..<n { carry[i] &*= x[i] }
    } else {
      for i in 0..<n { carry[i] &+= x[i] }
    }
    out.update(from: carry, count: n)
  }
}

extension Tensor {
  /// The sum of all elements up to each one along `dim`. Integers and bool sum in int64.
  public func cumsum(_ dim: Int, dtype: DType? = nil) -> Tensor {
    scan("cumsum", .sum, dim, dtype ?? (self.dtype.isInexact ? self.dtype : .int64))
  }
  /// The product of all elements up to each one along `dim`. Integers and bool multiply in int64.
  public func cumprod(_ dim: Int, dtype: DType? = nil) -> Tensor {
    scan("cumprod", .prod, dim, dtype ?? (self.dtype.isInexact ? self.dtype : .int64))
  }
  /// The logarithm of the sum of the exponentials of all elements up to each one along `dim`; of complex numbers that one whose imaginary
  /// part follows from one step to the next.
  public func logcumsumexp(_ dim: Int) -> Tensor {
    guard dtype.isFloatingPoint || dtype.isComplex || hasFailed else {
      return fail(
        TensorError(.dtype, "logcumsumexp", "needs a floating point or complex tensor, and found \(dtype)"))
    }
    if dtype.isCustom { return foldedLogcumsumexp(dim) }
    // The gradient reads the result, which must not be rounded for it.
    return narrowType(self).map { widened.logcumsumexp(dim).to($0) } ?? scan("logcumsumexp", .logSumExp, dim, dtype)
  }

  private func scan(_ operation: String, _ kind: Scan.Kind, _ dim: Int, _ type: DType) -> Tensor {
    attempt(self) { () throws(TensorError) in
      let d = try normalize(dim: dim, rank: rank, operation)
      if rank == 0 { return apply(Scan(kind: kind, dim: 0), to(type).reshape([1])).reshape([]) }
      return apply(Scan(kind: kind, dim: d), to(type))
    }
  }

  /// Differences of neighbours along `dim`, `n` times over, with elements put before and behind first.
  public func diff(_ n: Int = 1, dim: Int = -1, prepend: Tensor? = nil, append: Tensor? = nil) -> Tensor {
    attempt(self) { () throws(TensorError) in
      guard n >= 0 else { throw TensorError(.value, "diff", "the order must not be negative, and found \(n)") }
      guard rank > 0 else { throw TensorError(.dimension, "diff", "needs at least one dimension, and found a scalar") }
      let d = try normalize(dim: dim, rank: rank, "diff")
      if n == 0 { return alias(self) }
      var result = prepend == nil && append == nil ? self : cat([prepend, self, append].compactMap { $0 }, dim: d)
      if result.hasFailed { return result }
      // As many times as there are elements leave none.
      for _ in 0..<Swift.min(n, Swift.max(1, result.shape[d])) {
        if result.hasFailed { return result }
        let length = Swift.max(result.shape[d] - 1, 0)
        let upper = result.slice(dim: d, start: Swift.min(1, result.shape[d]), count: length, step: 1)
        let lower = result.slice(dim: d, start: 0, count: length, step: 1)
        result = dtype == .bool ? upper.ne(lower) : upper - lower
      }
      return result
    }
  }
}

extension Registry {
  /// Sums and products so far, and differences.
  static let scans: [Operation] = [
    .tensor("cumsum", "input, dim, *, dtype=None") {
      try $0.tensor("input").cumsum(try $0.int("dim"), dtype: try $0.optionalDType("dtype"))
    },
    .tensor("cumprod", "input, dim, *, dtype=None") {
      try $0.tensor("input").cumprod(try $0.int("dim"), dtype: try $0.optionalDType("dtype"))
    },
    .tensor("logcumsumexp", "input, dim") { try $0.tensor("input").logcumsumexp(try $0.int("dim")) },
    .tensor("diff", "input, n=1, dim=-1, prepend=None, append=None") {
      try $0.tensor("input").diff(
        try $0.int("n"), dim: try $0.int("dim"), prepend: try $0.optionalTensor("prepend"),
        append: try $0.optionalTensor("append"))
    },
  ]
}
