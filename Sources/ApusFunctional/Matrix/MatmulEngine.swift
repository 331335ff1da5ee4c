import ApusCore
import CKernels

// Runs matrix products: oneDNN where it helps, our own kernel elsewhere.

/// Matrices as one operand of a batched product: strides of the batch dimensions, then of rows and columns.
private struct MatrixOperand {
  var body: TensorBody
  var batchStrides: [Int]
  var rowStride: Int
  var columnStride: Int

  /// `body` of shape `[..., rows, columns]`, seen under `batch` leading dimensions. Copied if neither rows nor columns
  /// are contiguous.
  init(_ tensor: Tensor, batch: [Int]) throws(TensorError) {
    var body = tensor.body
    let rank = body.shape.count
    let (rows, columns) = (body.shape[rank - 2], body.shape[rank - 1])
    func isUsable(_ step: Int, _ count: Int, _ other: Int, _ otherCount: Int) -> Bool {
      (step == 1 || count == 1) && (otherCount == 1 || other >= max(count, 1))
    }
    let (r, c) = (body.strides[rank - 2], body.strides[rank - 1])
    if !isUsable(c, columns, r, rows) && !isUsable(r, rows, c, columns) { body = try tensor.dense() }
    self.body = body
    batchStrides = broadcastStrides(
      Array(body.shape.dropLast(2)), Array(body.strides.dropLast(2)), to: batch)
    // The stride of a dimension of one element means nothing: give it the value that the rest of the layout implies.
    rowStride = rows == 1 ? (columns == 1 || body.strides[rank - 1] == 1 ? columns : 1) : body.strides[rank - 2]
    columnStride = columns == 1 ? (rowStride == 1 && rows > 1 ? max(rows, 1) : 1) : body.strides[rank - 1]
  }
}

/// `[batch..., m, k] @ [batch..., k, n]` into the row-major `out` of shape `[batch..., m, n]`. Types of all agree and
/// one of float32, float64, float16, bfloat16 and int64. False: the 16-bit type must be computed in float32.
func multiplyMatrices(
  _ a: Tensor, _ b: Tensor, into out: TensorBody, bias: TensorBody? = nil, epilogue: Epilogue = .none
) throws(TensorError) -> Bool {
  let rank = out.shape.count
  let (m, n, k) = (out.shape[rank - 2], out.shape[rank - 1], a.body.shape[a.body.shape.count - 1])
  if out.count == 0 { return true }
  let batch = Array(out.shape.dropLast(2))
  let left = try MatrixOperand(a, batch: batch)
  let right = try MatrixOperand(b, batch: batch)
  // Merge batch dimensions that both operands step through evenly.
  var sizes: [Int] = []
  var (aStrides, bStrides, cStrides): ([Int], [Int], [Int]) = ([], [], [])
  let outStrides = rowMajorStrides(out.shape)
  for d in batch.indices where batch[d] != 1 {
    let (x, y, z) = (left.batchStrides[d], right.batchStrides[d], outStrides[d])
    let last = sizes.count - 1
    if last >= 0, aStrides[last] == x * batch[d], bStrides[last] == y * batch[d] {
      sizes[last] *= batch[d]
      (aStrides[last], bStrides[last], cStrides[last]) = (x, y, z)
    } else {
      sizes.append(batch[d])
      aStrides.append(x)
      bStrides.append(y)
      cStrides.append(z)
    }
  }
  let inner = sizes.popLast() ?? 1
  let steps = (aStrides.popLast() ?? 0, bStrides.popLast() ?? 0, cStrides.popLast() ?? 0)
  let size = out.dtype.size
  let outer = elementCount(sizes)
  let keepsForms = b.body.keepsForms(beside: a.body)
  return withExtendedLifetime((left, right)) {
    for item in 0..<outer {
      var rest = item
      var (x, y, z) = (0, 0, 0)
      for d in sizes.indices.reversed() {
        let i = rest % sizes[d]
        rest /= sizes[d]
        x += i * aStrides[d]
        y += i * bStrides[d]
        z += i * cStrides[d]
      }
      let product = Product(
        m: m, n: n, k: k, batch: inner,
        a: OneDNN.Matrix(
          left.body.data + x * size, batchStride: steps.0, rowStride: left.rowStride, columnStride: left.columnStride),
        b: OneDNN.Matrix(
          right.body.data + y * size, batchStride: steps.1, rowStride: right.rowStride,
          columnStride: right.columnStride),
        body: keepsForms ? right.body : nil,
        c: OneDNN.Matrix(out.data + z * size, batchStride: steps.2, rowStride: n))
      guard product.run(out.dtype, bias: bias, epilogue: epilogue) else { return false }
    }
    return true
  }
}

/// `batch` products of equal sizes and evenly spaced matrices.
private struct Product {
  var m: Int
  var n: Int
  var k: Int
  var batch: Int
  var a: OneDNN.Matrix
  var b: OneDNN.Matrix
  /// Where `b` lies, if forms of it may be kept.
  var body: TensorBody?
  var c: OneDNN.Matrix

  func run(_ dtype: DType, bias: TensorBody?, epilogue: Epilogue) -> Bool {
    // One right-hand side and left-hand sides that follow each other are a single, taller product.
    if batch > 1, b.batchStride == 0, a.batchStride == m * a.rowStride, c.batchStride == m * c.rowStride {
      var taller = self
      (taller.m, taller.batch) = (m * batch, 1)
      return taller.run(dtype, bias: bias, epilogue: epilogue)
    }
    let added = bias.map { UnsafeRawPointer($0.data) }
    if let body, batch == 1, let element = OneDNN.Element(dtype), dtype.isFloatingPoint,
      OneDNN.keptMatmul(element, m: m, n: n, k: k, a, b, in: body, c, bias: added, epilogue: epilogue)
    {
      return true
    }
    // With AVX-512 alone long rows of a weight that is read as it lies are faster than oneDNN: by a third at 512 x 1536 x 576.
    if dtype == .float32, !OneDNN.isAvailable || !CPUInfo.hasAVX512 || b.columnStride != 1 && k >= 1024 && m >= 48,
      let product = panels(Float.self, bias, epilogue), !OneDNN.isAvailable || product.isFasterThanLibrary,
      product.run()
    {
      return true
    }
    if dtype == .float64, let product = panels(Double.self, bias, epilogue), product.run() { return true }
    if k > 0, let element = OneDNN.Element(dtype), dtype.isFloatingPoint,
      OneDNN.matmul(
        element, m: m, n: n, k: k, batch: batch, a, b, c, bias: added, epilogue: epilogue)
    {
      return true
    }
    switch dtype {
    case .float32: portable(Float.self, bias, epilogue, ck_gemm_f32, ck_gemm_scratch_f32)
    case .float64: portable(Double.self, bias, epilogue, ck_gemm_f64, ck_gemm_scratch_f64)
    case .int64: portable(Int64.self, bias, epilogue, ck_gemm_i64, ck_gemm_scratch_i64)
    default: return false
    }
    return true
  }

  /// It as blocks that threads share, if it is one product that is large enough for them.
  private func panels<T: PanelElement>(_: T.Type, _ bias: TensorBody?, _ epilogue: Epilogue) -> PanelProduct<T>? {
    guard batch == 1, m >= 12, n >= 16, k <= PanelProduct<T>.longest, m * n * k > 1_000_000 else { return nil }
    return PanelProduct(
      m: m, n: n, k: k, a, b, into: c, bias: bias.map { UnsafeRawPointer($0.data) }, epilogue: epilogue)
  }

  /// Rows (or columns, where there are few rows) of all matrices are cut into blocks that threads share.
  private func portable<T: KernelElement>(
    _: T.Type, _ bias: TensorBody?, _ epilogue: Epilogue,
    _ kernel: (
      UnsafeMutablePointer<T>?, Int, UnsafePointer<T>?, Int, Int, UnsafePointer<T>?, Int, Int, Int, Int, Int, T,
      UnsafeMutablePointer<T>?
    ) -> Void, _ scratchBytes: (Int, Int, Int) -> Int
  ) {
    let work = m * n * max(k, 1)
    let byRow = m >= n
    let length = byRow ? m : n
    let threads = Parallel.availableThreads
    let parts = batch >= threads ? 1 : max(1, min((length + 15) / 16, (threads + batch - 1) / batch))
    let block = (length + parts - 1) / parts
    let zero = T.value(0)
    let one = T.value(1)
    parallelFor(batch * parts, grain: max(1, 100_000 / max(1, work / parts))) { range in
      let bytes = max(64, scratchBytes(byRow ? block : m, byRow ? n : block, k))
      // From the caching allocator: fresh pages would cost more than a small product.
      guard let scratch = Allocator.shared.allocate(bytes) else {
        stop(TensorError(.memory, "out of memory", "cannot allocate \(bytes) bytes to multiply matrices in"))
      }
      defer { Allocator.shared.deallocate(scratch, bytes) }
      for item in range {
        let (index, part) = (item / parts, item % parts)
        let first = part * block
        let count = min(block, length - first)
        if count <= 0 { continue }
        let x = a.pointer.assumingMemoryBound(to: T.self) + index * a.batchStride + (byRow ? first * a.rowStride : 0)
        let y =
          b.pointer.assumingMemoryBound(to: T.self) + index * b.batchStride
          + (byRow ? 0 : first * b.columnStride)
        let z =
          c.pointer.assumingMemoryBound(to: T.self) + index * c.batchStride
          + (byRow ? first * c.rowStride : first)
        let (rows, columns) = byRow ? (count, n) : (m, count)
        if let bias {
          let values = bias.data.assumingMemoryBound(to: T.self) + (byRow ? 0 : first)
          for row in 0..<rows { (z + row * c.rowStride).update(from: values, count: columns) }
        } else if k == 0 {
          for row in 0..<rows { T.fillKernel(z + row * c.rowStride, zero, columns) }
        }
        if k == 0 { continue }
        kernel(
          z, c.rowStride, x, a.rowStride, a.columnStride, y, b.rowStride, b.columnStride, rows, columns, k,
          bias == nil ? zero : one, scratch.assumingMemoryBound(to: T.self))
        if epilogue != .none, let apply = epilogue.kernel(T.self) {
          for row in 0..<rows { apply(z + row * c.rowStride, z + row * c.rowStride, columns) }
        }
      }
    }
  }
}
