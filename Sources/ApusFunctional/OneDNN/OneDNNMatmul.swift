import ApusCore

extension OneDNN {
  /// A matrix, or a batch of them, in memory; strides count elements. A batch stride of 0 uses one matrix for all.
  package struct Matrix {
    package var pointer: UnsafeMutableRawPointer
    package var batchStride: Int
    package var rowStride: Int
    package var columnStride: Int

    package init(_ pointer: UnsafeMutableRawPointer, batchStride: Int = 0, rowStride: Int, columnStride: Int = 1) {
      self.pointer = pointer
      self.batchStride = batchStride
      self.rowStride = rowStride
      self.columnStride = columnStride
    }

    var transposed: Matrix {
      Matrix(pointer, batchStride: batchStride, rowStride: columnStride, columnStride: rowStride)
    }
  }

  /// `c = epilogue(a @ b + bias)`, or `c += a @ b` and so on with `accumulate`, for `batch` pairs of matrices of
  /// shapes `[m, k]` and `[k, n]`.
  ///
  /// `a` and `b` hold `element`s, `c` holds `result`s (default: the same; int8 gives int32). `bias` has `n` values of
  /// the type of `result`. Rows or columns of each matrix must be contiguous; in `c` those of the rows, unless
  /// there is no bias.
  ///
  /// Returns false, with `c` untouched, where the library cannot do it fast.
  package static func matmul(
    _ element: Element, m: Int, n: Int, k: Int, batch: Int = 1, _ a: Matrix, _ b: Matrix, _ c: Matrix,
    result: Element? = nil, bias: UnsafeRawPointer? = nil, epilogue: Epilogue = .none,
    accumulate: Bool = false
  ) -> Bool {
    guard let library, m > 0, n > 0, k > 0, batch > 0 else { return false }
    let result = result ?? (element == .int8 || element == .uint8 ? .int32 : element)
    // The library writes rows: a result in columns is the transposed product.
    if c.columnStride != 1 && c.rowStride == 1 && n > 1 {
      guard bias == nil else { return false }
      return matmul(
        element, m: n, n: m, k: k, batch: batch, b.transposed, a.transposed, c.transposed, result: result,
        epilogue: epilogue, accumulate: accumulate)
    }
    if element == .float32, batch == 1, isReading(a, b, m: m, n: n, k: k) { return false }
    if element == .float32, !CPUInfo.hasAVX512, portableIsFaster(a, b, m: m, n: n, k: k, batch: batch) { return false }
    if element == .float32, hasCollidingRows(b, m: m, n: n, k: k), let copy = PaddedRows(b, rows: k, columns: n, batch)
    {
      return matmul(
        element, m: m, n: n, k: k, batch: batch, a, copy.matrix, c, result: result, bias: bias, epilogue: epilogue,
        accumulate: accumulate)
    }
    let threads = matmulThreads(m: m, n: n, k: k, batch: batch)
    if element == .float32, batch == 1, bias == nil, epilogue == .none, gemmIsFaster(a, m: m, n: n, k: k) {
      library.setThreads(Int32(threads))
      if gemm(library, m: m, n: n, k: k, a, b, c, accumulate: accumulate) { return true }
    }
    let key = matmulKey(
      element, result, (m, n, k, batch), a, b, c, hasBias: bias != nil, epilogue: epilogue, accumulate: accumulate,
      threads: threads)
    library.setThreads(Int32(threads))
    let primitive = matmuls.value(for: key) {
      makeMatmul(
        library, element, result, (m, n, k, batch), a, b, c, hasBias: bias != nil, epilogue: epilogue,
        accumulate: accumulate)
    }
    guard let primitive else {
      guard element == .bfloat16 || element == .float16, result == element else { return false }
      return widenedMatmul(
        element, m: m, n: n, k: k, batch: batch, a, b, c, bias: bias, epilogue: epilogue, accumulate: accumulate)
    }
    if let bias { return primitive.run(a.pointer, b.pointer, c.pointer, bias) }
    return primitive.run(a.pointer, b.pointer, c.pointer)
  }

  /// The same for one pair of matrices, where `body`, in which `b` lies, keeps it as the library wants it: the fastest way to
  /// multiply some rows by a weight, at more than nine tenths of what the processor can do.
  ///
  /// `addend`, if there is one, is added to the result; it lies as `c` does.
  ///
  /// Returns false, with `c` untouched, where no such form is kept or worth keeping.
  static func keptMatmul(
    _ element: Element, m: Int, n: Int, k: Int, _ a: Matrix, _ b: Matrix, in body: TensorBody, _ c: Matrix,
    bias: UnsafeRawPointer?, addend: UnsafeRawPointer? = nil, epilogue: Epilogue = .none
  ) -> Bool {
    guard let library, isWorthKeeping(element, m: m, n: n, k: k), c.columnStride == 1 else { return false }
    let threads = matmulThreads(m: m, n: n, k: k, batch: 1)
    let key = matmulKey(
      element, element, (m, n, k, 1), a, b, c, hasBias: bias != nil, hasAddend: addend != nil, epilogue: epilogue,
      accumulate: false, threads: threads)
    library.setThreads(Int32(threads))
    let kept = keptMatmuls.value(for: key) {
      KeptMatmul(
        library, element, (m, n, k), a, b, c, hasBias: bias != nil, hasAddend: addend != nil, epilogue: epilogue)
    }
    guard let kept, let weights = OneDNNWeights.kept(body, b.pointer, kept.copy), let matrix = weights.pointer else {
      return false
    }
    return withExtendedLifetime(weights) {
      if let addend {
        let product = [a.pointer, matrix, c.pointer].map { UnsafeRawPointer($0) }
        return kept.primitive.run(product + [bias, addend].compactMap { $0 })
      }
      return bias.map { kept.primitive.run(a.pointer, matrix, c.pointer, $0) }
        ?? kept.primitive.run(a.pointer, matrix, c.pointer)
    }
  }

  /// Whether a layer's weight is kept in the library's form for a product of this size, where there is the library.
  /// Two rows are faster where our own kernel reads the weight as it lies, see `isReading`.
  static func isWorthKeeping(_ element: Element, m: Int, n: Int, k: Int) -> Bool {
    CPUInfo.hasAVX512 && (element == .float32 ? 3 : 2)...2048 ~= m && n > 1 && k > 1 && n * k >= 1 << 15
  }

  private static func matmulKey(
    _ element: Element, _ result: Element, _ size: (m: Int, n: Int, k: Int, batch: Int), _ a: Matrix, _ b: Matrix,
    _ c: Matrix, hasBias: Bool, hasAddend: Bool = false, epilogue: Epilogue, accumulate: Bool, threads: Int
  ) -> OneDNNKey {
    var key = OneDNNKey()
    key.append(Int(element.rawValue) << 8 | Int(result.rawValue))
    key.append(SIMD3(size.m, size.n, size.k))
    key.append(size.batch)
    key.append(SIMD3(a.batchStride, a.rowStride, a.columnStride))
    key.append(SIMD3(b.batchStride, b.rowStride, b.columnStride))
    key.append(SIMD3(c.batchStride, c.rowStride, c.columnStride))
    key.append((hasBias ? 1 : 0) | (accumulate ? 2 : 0) | (hasAddend ? 4 : 0) | epilogue.rawValue << 3)
    key.append(threads)
    return key
  }

  /// Whether a product is a matter of reading one matrix where it lies: by a vector, or by few rows or columns whose neighbours
  /// lie side by side. Our own kernel reads it in several long streams: with AVX-512 it was measured to be 1.3 to 5 times
  /// as fast for vectors (a layer of 3,072 x 768 at 60 GB/s instead of 23) and 1.1 to 1.8 times for few rows, with AVX2 1.1 to 3 times.
  /// Dot products of short rows are not worth it, least where they end within a vector.
  private static func isReading(_ a: Matrix, _ b: Matrix, m: Int, n: Int, k: Int) -> Bool {
    let isLong = k >= 64 || k >= 16 && k % 16 == 0
    if n == 1 { return isLong || a.columnStride != 1 }
    if m == 1 { return b.rowStride == 1 ? isLong || b.columnStride == 1 : b.columnStride == 1 }
    return k >= 256 && a.columnStride == 1 && b.rowStride == 1 && min(m, n) <= (CPUInfo.hasAVX512 ? 16 : 8)
  }

  /// Where our own kernel was measured to be faster than the library with AVX2, alternating: small products, for which the
  /// library's preparations cost much (1.1 to 2 times); few rows against a matrix that is read where it lies (1.1 to 1.5
  /// times); tall transposed matrices against narrow ones (1.3 to 2 times); and colliding rows of `b`, where a copy costs more
  /// than the rows of `a` bring back (1.2 to 1.5 times below 768 rows).
  private static func portableIsFaster(_ a: Matrix, _ b: Matrix, m: Int, n: Int, k: Int, batch: Int) -> Bool {
    if batch > 1 { return false }
    if m * n * k <= 400_000 { return true }
    // The gradient of a narrow layer's weight over many rows.
    if a.columnStride != 1 && m >= 512 && n <= 256 && k >= 1024 && b.columnStride == 1 { return true }
    return b.columnStride == 1 && (m <= 16 && n >= 64 || hasCollidingRows(b, m: m, n: n, k: k) && m < 768)
  }

  /// Whether the rows of `b` lie a multiple of 2 KiB apart, so that they share few cache sets, and the AVX2 kernel would
  /// read them in place again and again: that halves its speed. With AVX-512 the library copies them by itself.
  private static func hasCollidingRows(_ b: Matrix, m: Int, n: Int, k: Int) -> Bool {
    !CPUInfo.hasAVX512 && b.columnStride == 1 && b.rowStride % 512 == 0 && m >= 24 && n >= 256 && k >= 128
      && b.batchStride == 0
  }

  /// A copy of a matrix whose rows begin 64 bytes later than they did.
  private struct PaddedRows {
    let matrix: Matrix
    private let temporary = Temporaries()

    init?(_ source: Matrix, rows: Int, columns: Int, _ batch: Int) {
      let stride = columns % 512 == 0 ? columns + 16 : columns
      guard let block = temporary.floats(rows * stride) else { return nil }
      matrix = Matrix(block, batchStride: source.batchStride, rowStride: stride)
      let from = UInt(bitPattern: source.pointer)
      let to = UInt(bitPattern: block)
      let size = MemoryLayout<Float>.stride
      parallelFor(rows, grain: max(1, 65536 / columns)) { range in
        for row in range {
          guard let target = UnsafeMutableRawPointer(bitPattern: to + UInt(row * stride * size)),
            let line = UnsafeRawPointer(bitPattern: from + UInt(row * source.rowStride * size))
          else { continue }
          target.copyMemory(from: line, byteCount: columns * size)
        }
      }
    }
  }

  private static let matmuls = OneDNNCache<OneDNNPrimitive>(capacity: 1024)
  private static let keptMatmuls = OneDNNCache<KeptMatmul>(capacity: 1024)

  /// A product by a matrix in the layout that the library wants.
  private final class KeptMatmul: Sendable {
    let primitive: OneDNNPrimitive
    let copy: WeightsCopy

    /// Nil where the library has no such product, or wants the matrix as it is.
    init?(
      _ library: OneDNNLibrary, _ element: Element, _ size: (m: Int, n: Int, k: Int), _ a: Matrix, _ b: Matrix,
      _ c: Matrix, hasBias: Bool, hasAddend: Bool, epilogue: Epilogue
    ) {
      guard b.rowStride == 1 || b.columnStride == 1,
        let given = OneDNNDescriptor(
          library, element, dims: [size.k, size.n], strides: [b.rowStride, b.columnStride]),
        let primitive = makeMatmul(
          library, element, element, (size.m, size.n, size.k, 1), a, nil, c, hasBias: hasBias, hasAddend: hasAddend,
          epilogue: epilogue, accumulate: false),
        let wanted = primitive.plan.descriptor(OneDNNLibrary.Constant.queryWeights),
        library.descriptorEqual(wanted, given.handle) == 0,
        let copy = WeightsCopy(primitive.plan, from: given, to: wanted)
      else { return nil }
      (self.primitive, self.copy) = (primitive, copy)
    }
  }

  /// Below about a million multiplications a second thread costs more than it brings.
  private static func matmulThreads(m: Int, n: Int, k: Int, batch: Int) -> Int {
    let work = Double(m) * Double(n) * Double(k) * Double(batch)
    return min(Parallel.availableThreads, max(1, Int(min(work / 300_000, 4096))))
  }

  /// - Parameter b: nil for a matrix, of one pair, in a layout that the library chooses.
  private static func makeMatmul(
    _ library: OneDNNLibrary, _ element: Element, _ result: Element, _ size: (m: Int, n: Int, k: Int, batch: Int),
    _ a: Matrix, _ b: Matrix?, _ c: Matrix, hasBias: Bool, hasAddend: Bool = false, epilogue: Epilogue,
    accumulate: Bool
  ) -> OneDNNPrimitive? {
    func describe(_ element: Element, _ matrix: Matrix, _ rows: Int, _ columns: Int) -> OneDNNDescriptor? {
      // The stride of a dimension with one element means nothing, but the library looks at it.
      var rowStride = matrix.rowStride
      var columnStride = matrix.columnStride
      if columns == 1 { columnStride = 1 }
      if rows == 1 { rowStride = columnStride == 1 ? columns : 1 }
      guard rowStride == 1 || columnStride == 1 else { return nil }
      if size.batch == 1 {
        return OneDNNDescriptor(library, element, dims: [rows, columns], strides: [rowStride, columnStride])
      }
      let shared = matrix.batchStride == 0
      let batchStride = shared ? max(rows * rowStride, columns * columnStride) : matrix.batchStride
      return OneDNNDescriptor(
        library, element, dims: [shared ? 1 : size.batch, rows, columns],
        strides: [batchStride, rowStride, columnStride])
    }
    let described =
      b.map { describe(element, $0, size.k, size.n) }
      ?? OneDNNDescriptor(library, element, anyLayoutOf: [size.k, size.n])
    guard let source = describe(element, a, size.m, size.k), let weights = described,
      let destination = describe(result, c, size.m, size.n)
    else { return nil }
    var bias: OneDNNDescriptor?
    if hasBias {
      let dims = size.batch == 1 ? [1, size.n] : [1, 1, size.n]
      let strides = size.batch == 1 ? [size.n, 1] : [size.n, size.n, 1]
      guard let made = OneDNNDescriptor(library, result, dims: dims, strides: strides) else { return nil }
      bias = made
    }
    let addend = hasAddend ? destination : nil
    let plan = OneDNNPlan(library, accumulate: accumulate, addend: addend, epilogue: epilogue) { plan, attributes in
      library.matmulCreate(
        plan, library.engine, source.handle, weights.handle, bias?.handle, destination.handle, attributes)
    }
    guard let plan, !plan.isReference else { return nil }
    typealias Constant = OneDNNLibrary.Constant
    var operands: [OneDNNPrimitive.Operand] = [
      .init(Constant.source, Constant.querySource), .init(Constant.weights, Constant.queryWeights),
      .init(Constant.destination, Constant.queryDestination),
    ]
    // The library counts the bias among the weights.
    if hasBias { operands.append(.init(Constant.bias, Constant.queryWeights, 1)) }
    return OneDNNPrimitive(plan, operands: operands, further: addend.map { [(Constant.addend, $0)] } ?? [])
  }
}
