import ApusCore
import CKernels

#if canImport(Musl)
  import Musl
#else
  import Glibc
#endif

// Runs the kernels of attention: heads and blocks of queries or keys are shared out to threads.

/// The matrices of a tensor `[..., rows, columns]`, with columns of unit stride.
private struct Matrices {
  let body: TensorBody
  let lead: [Int]
  let rowStride: Int
  /// Where each matrix begins, in elements.
  let offsets: [Int]

  init(_ tensor: Tensor, _ dtype: DType) throws(TensorError) {
    var body = tensor.body
    let rank = body.shape.count
    let isRead = body.dtype == dtype && (body.strides[rank - 1] == 1 || body.shape[rank - 1] == 1)
    if !isRead { body = try tensor.dense(dtype) }
    self.body = body
    lead = Array(body.shape.dropLast(2))
    rowStride = body.strides[rank - 2]
    offsets = starts(lead, Array(body.strides.dropLast(2)))
  }
}

/// The offset of each element of a tensor of `shape`, in row-major order.
private func starts(_ shape: [Int], _ strides: [Int]) -> [Int] {
  var offsets = [0]
  for (size, stride) in zip(shape, strides) {
    offsets = offsets.flatMap { start in (0..<size).map { start + $0 * stride } }
  }
  return offsets
}

/// The mask's matrices: any strides, zero among them.
private struct MaskMatrices {
  let body: TensorBody
  let offsets: [Int]
  let rowStride: Int
  let columnStride: Int

  init(_ tensor: Tensor) {
    body = tensor.body
    let strides = body.strides
    offsets = starts(Array(body.shape.dropLast(2)), Array(strides.dropLast(2)))
    (rowStride, columnStride) = (strides[strides.count - 2], strides[strides.count - 1])
  }
}

/// One call of attention: its operands and how they are cut.
struct AttentionKernel {
  private let query: Matrices
  private let key: Matrices
  private let value: Matrices
  private let mask: MaskMatrices?
  private let coins: TensorBody?
  private let form: AttentionForm
  private let queries: Int
  private let keys: Int
  private let width: Int
  private let valueWidth: Int
  /// Matrices of queries, and of keys.
  private let heads: Int
  private let sharedHeads: Int
  private let keyType: DType

  /// `inputs` are those of ``FusedAttention``; the kernel reads keys and values in `keyType`.
  init(_ inputs: [Tensor], _ form: AttentionForm, keyType: DType) throws(TensorError) {
    query = try Matrices(inputs[0], .float32)
    key = try Matrices(inputs[1], keyType)
    value = try Matrices(inputs[2], keyType)
    mask = form.mask(among: inputs).map { MaskMatrices($0) }
    coins = form.keptFactor == nil ? nil : try inputs[inputs.count - 1].dense()
    self.form = form
    self.keyType = keyType
    let (q, v) = (inputs[0].shape, inputs[2].shape)
    (queries, width) = (q[q.count - 2], q[q.count - 1])
    (keys, valueWidth) = (v[v.count - 2], v[v.count - 1])
    (heads, sharedHeads) = (query.offsets.count, key.offsets.count)
  }

  /// The operands of matrix `head` of the queries.
  private func operands(_ head: Int) -> ck_attention {
    let shared = head / form.group
    var a = ck_attention()
    a.query = UnsafePointer(query.body.data.f32) + query.offsets[head]
    a.key = UnsafeRawPointer(key.body.data) + key.offsets[shared] * keyType.size
    a.value = UnsafeRawPointer(value.body.data) + value.offsets[shared] * keyType.size
    a.type = Int32(keyType.rawValue)
    if let mask {
      a.mask = UnsafeRawPointer(mask.body.data) + mask.offsets[head] * mask.body.dtype.size
      a.mask_is_bool = mask.body.dtype == .bool
      (a.mask_rs, a.mask_cs) = (mask.rowStride, mask.columnStride)
    }
    (a.query_rs, a.key_rs, a.value_rs) = (query.rowStride, key.rowStride, value.rowStride)
    (a.queries, a.keys, a.width, a.value_width) = (queries, keys, width, valueWidth)
    a.position = form.position
    a.before = form.before ?? 2 * AttentionForm.farthest
    a.after = form.after ?? 2 * AttentionForm.farthest
    a.scale = Float(form.scale)
    a.cap = Float(form.softCap ?? 0)
    a.kept = Float(form.keptFactor ?? 1)
    if let coins {
      a.coins = UnsafePointer(coins.data.assumingMemoryBound(to: UInt16.self)) + head * ((queries + 15) / 16) * keys
    }
    return a
  }

  /// Calls `body` for each of `count` pieces of `work` multiplications, with memory of `bytes` for each thread.
  private func share(
    _ count: Int, work: Int, bytes: Int, _ body: (_ piece: Int, _ scratch: UnsafeMutablePointer<Float>) -> Void
  ) throws(TensorError) {
    let parts = parallelParts(count, grain: max(1, 100_000 / max(1, work)))
    let bytes = (bytes + 127) & ~63
    guard let scratch = Allocator.shared.allocate(bytes * parts) else {
      throw TensorError(.memory, "scaled_dot_product_attention", "cannot allocate \(bytes * parts) bytes to compute in")
    }
    defer { Allocator.shared.deallocate(scratch, bytes * parts) }
    withExtendedLifetime(self) {
      parallelChunks(count, parts: parts) { index, range in
        for piece in range { body(piece, (scratch + index * bytes).f32) }
      }
    }
  }

  /// Pieces from both ends in turn: under a causal mask the last ones have most to do, and threads take runs of pieces.
  private func balanced(_ piece: Int, of count: Int) -> Int {
    piece % 2 == 0 ? piece / 2 : count - 1 - piece / 2
  }

  /// The product of attention, as ``layout(_:)`` has it, and the logarithms of the sums, row-major.
  func run(into out: Tensor, _ levels: TensorBody) throws(TensorError) {
    let levels = levels.data.f32
    if takesRows { return try runRows(out.body.data.f32, levels) }
    let result = try Matrices(out, .float32)
    let values = result.body.data.f32
    let block = CK_ATTENTION_QUERIES
    let blocks = (queries + block - 1) / block
    try share(
      heads * blocks, work: block * keys * (width + valueWidth), bytes: ck_attention_scratch(width, valueWidth)
    ) { piece, scratch in
      let (head, first) = (piece / blocks, balanced(piece % blocks, of: blocks) * block)
      var a = operands(head)
      ck_attention_block(
        &a, values + result.offsets[head], result.rowStride, levels + head * queries, first,
        min(block, queries - first),
        scratch)
    }
  }

  /// Whether a row of scores at a time is faster than 16 queries side by side.
  private var takesRows: Bool { queries <= AttentionKernel.fewQueries && coins == nil }
  private static let fewQueries = 4

  /// How the product of attention lies for these inputs of ``FusedAttention``: as the queries do, whose heads often lie side by
  /// side in each row, so that joining them again needs no copy.
  static func layout(_ inputs: [Tensor]) -> Layout {
    let query = inputs[0].body
    let rank = query.shape.count
    guard query.shape[rank - 2] > fewQueries, inputs[0].device == .cpu, query.strides[rank - 1] == 1 else {
      return .rowMajor
    }
    let order = query.shape.indices.sorted { i, j in
      query.strides[i] == query.strides[j] ? i < j : query.strides[i] > query.strides[j]
    }
    return order.last == rank - 1 ? .order(order) : .rowMajor
  }

  /// Few queries: each matrix of keys is read once for all queries that share it, in parts if there are too few matrices
  /// for the threads.
  private func runRows(_ out: UnsafeMutablePointer<Float>, _ levels: UnsafeMutablePointer<Float>) throws(TensorError) {
    let rows = form.group * queries
    let parts = max(1, min((Parallel.availableThreads + sharedHeads - 1) / sharedHeads, keys / 1024))
    let (headStride, maskStride) = (
      form.group > 1 ? query.offsets[1] - query.offsets[0] : 0,
      mask.map { form.group > 1 ? $0.offsets[1] - $0.offsets[0] : 0 } ?? 0
    )
    // Each part's results, put together afterwards.
    let partial = parts > 1 ? Tensor.uninitialized([parts, heads * queries * (valueWidth + 1)], .float32) : nil
    let bytes = ck_attention_rows_scratch(form.group, queries, width, valueWidth)
    try share(sharedHeads * parts, work: rows * keys / parts * (width + valueWidth), bytes: bytes) { piece, scratch in
      let (shared, part) = (piece / parts, piece % parts)
      var a = operands(shared * form.group)
      var (o, l) = (out, levels)
      if let partial {
        o = partial.body.data.f32 + part * heads * queries * (valueWidth + 1)
        l = o + heads * queries * valueWidth
      }
      ck_attention_rows(
        &a, form.group, headStride, maskStride, keys * part / parts, keys * (part + 1) / parts,
        o + shared * rows * valueWidth, l + shared * rows, scratch)
    }
    guard let partial else { return }
    withExtendedLifetime(partial) {
      for row in 0..<heads * queries { combine(partial.body.data.f32, parts, row, out, levels) }
    }
  }

  /// One query's result from those over parts of the keys, weighed by their sums of exponentials.
  private func combine(
    _ partial: UnsafeMutablePointer<Float>, _ parts: Int, _ row: Int, _ out: UnsafeMutablePointer<Float>,
    _ levels: UnsafeMutablePointer<Float>
  ) {
    let (count, size) = (heads * queries, heads * queries * (valueWidth + 1))
    let result = out + row * valueWidth
    result.update(repeating: 0, count: valueWidth)
    // A part without a key that is seen has the level +infinity; NaN reaches the result.
    let found = (0..<parts).map { partial[$0 * size + count * valueWidth + row] }
    let top = found.reduce(-Float.infinity) { $1 == .infinity ? $0 : $1 > $0 || $1.isNaN ? $1 : $0 }
    var sum: Float = 0
    for (part, level) in found.enumerated() where level != .infinity {
      let weight = expf(level - top)
      sum += weight
      let values = partial + part * size + row * valueWidth
      for d in 0..<valueWidth { result[d] += weight * values[d] }
    }
    if sum != 0 { for d in 0..<valueWidth { result[d] /= sum } }
    levels[row] = sum == 0 ? .infinity : top + logf(sum)
  }

  /// The gradients of query, key and value, row-major.
  func runGradient(
    out: Tensor, levels: TensorBody, cotangent: Tensor, into results: [TensorBody]
  ) throws(TensorError) {
    let (out, cotangent) = (try Matrices(out, .float32), try Matrices(cotangent, .float32))
    let (dq, dk, dv) = (results[0].data.f32, results[1].data.f32, results[2].data.f32)
    let (o, l, g) = (out.body.data.f32, levels.data.f32, cotangent.body.data.f32)
    // A matrix of keys for each piece; parts of it where there are fewer than threads.
    let threads = Parallel.availableThreads
    let wanted = sharedHeads >= threads ? 1 : 2 * ((threads + sharedHeads - 1) / sharedHeads)
    let parts = max(1, min(wanted, keys / 256))
    let block = (keys + parts - 1) / parts
    let partial = parts > 1 ? Tensor.uninitialized([parts, heads * queries * width], .float32) : nil
    let work = form.group * queries * block * (width + valueWidth) * 2
    let bytes = ck_attention_grad_scratch(queries, width, valueWidth)
    try withExtendedLifetime((out, levels, cotangent, results, coins)) { () throws(TensorError) in
      try share(sharedHeads * parts, work: work, bytes: bytes) { piece, scratch in
        let (shared, part) = (piece / parts, balanced(piece % parts, of: parts))
        let target = partial.map { $0.body.data.f32 + part * heads * queries * width } ?? dq
        for head in shared * form.group..<(shared + 1) * form.group {
          var a = operands(head)
          let row = head * queries
          ck_attention_grad(
            &a, o + out.offsets[head], out.rowStride, l + row, g + cotangent.offsets[head], cotangent.rowStride,
            min(keys, part * block), min(keys, (part + 1) * block), target + row * width, dk + shared * keys * width,
            dv + shared * keys * valueWidth, head % form.group > 0, scratch)
        }
      }
    }
    if let partial {
      Tensor(results[0]).fill(
        with: noGrad { partial.sum([0]) }.view(results[0].shape, strides: rowMajorStrides(results[0].shape)))
    }
  }
}
