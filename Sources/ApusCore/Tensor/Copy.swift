import CKernels

// Copying elements between layouts.

/// Writes the elements of `source` to the places of `target` (same shape, any strides; types are converted).
func copyElements(from source: TensorBody, to target: TensorBody) {
  let count = target.count
  if count == 0 { return }
  if source.isContiguous && target.isContiguous
    || source.strides == target.strides && memoryOrder(target.shape, target.strides) != nil
  {
    parallelFor(count, grain: parallelGrain * 2) { range in
      convert(
        UnsafeRawPointer(source.data) + range.lowerBound * source.dtype.size, source.dtype,
        target.data + range.lowerBound * target.dtype.size, target.dtype, range.count)
    }
    return
  }
  if source.dtype == target.dtype && transposeCopy(source, target) { return }
  // Walk in the order of the target's memory, in runs along its fastest dimension.
  let rank = target.shape.count
  let order = (0..<rank).sorted { target.strides[$0].magnitude > target.strides[$1].magnitude }
  let sizes = order.map { target.shape[$0] }.isEmpty ? [1] : order.map { target.shape[$0] }
  let from = order.isEmpty ? [0] : order.map { source.strides[$0] }
  let to = order.isEmpty ? [0] : order.map { target.strides[$0] }
  let (outer, inner) = (sizes.dropLast(), sizes[sizes.count - 1])
  let rows = count / inner
  let size = source.dtype.size
  let targetSize = target.dtype.size
  parallelFor(rows, grain: max(1, parallelGrain / max(inner, 1))) { range in
    let rawBytes = (inner * size + 63) & ~63
    let raw = UnsafeMutableRawPointer.allocate(byteCount: rawBytes + inner * targetSize, alignment: 64)
    defer { raw.deallocate() }
    for row in range {
      var (a, b) = (0, 0)
      forEachCoordinate(of: row, in: outer) {
        a += $1 * from[$0]
        b += $1 * to[$0]
      }
      let input = UnsafeRawPointer(source.data) + a * size
      let output = target.data + b * targetSize
      let (step, outStep) = (from[from.count - 1], to[to.count - 1])
      if source.dtype == target.dtype {
        if outStep == 1 {
          ck_gather_strided(output, input, step, inner, Int32(size))
        } else if step == 1 {
          ck_scatter_strided(output, outStep, input, inner, Int32(size))
        } else {
          ck_gather_strided(raw, input, step, inner, Int32(size))
          ck_scatter_strided(output, outStep, raw, inner, Int32(size))
        }
      } else {
        let converted = raw + rawBytes
        ck_gather_strided(raw, input, step, inner, Int32(size))
        convert(raw, source.dtype, converted, target.dtype, inner)
        ck_scatter_strided(output, outStep, converted, inner, Int32(targetSize))
      }
    }
  }
}

/// Copies by blocks where the source is, up to merged dimensions, a batch of transposed matrices. False: not that case.
private func transposeCopy(_ source: TensorBody, _ target: TensorBody) -> Bool {
  guard target.isContiguous, source.count >= 1024, source.dtype.size <= 8, source.dtype.size.nonzeroBitCount == 1 else {
    return false
  }
  let iteration = Iteration(shape: target.shape, inputs: [target, source])
  guard case .strided(let strides) = iteration.operands[1].access, let inner = iteration.sizes.last else {
    return false
  }
  let rank = iteration.sizes.count
  // The dimension along which the source is dense, and the last one: together a matrix to transpose.
  guard rank >= 2, strides[rank - 1] > 1, let d = strides.firstIndex(of: 1), d < rank - 1 else { return false }
  let (rows, step) = (iteration.sizes[d], strides[rank - 1])
  guard rows >= 4, inner >= 4 else { return false }
  var targetStrides = rowMajorStrides(iteration.sizes)
  let rowStride = targetStrides[d]
  var outer = iteration.sizes
  var sourceStrides = strides
  outer.remove(at: rank - 1)
  outer.remove(at: d)
  sourceStrides.remove(at: rank - 1)
  sourceStrides.remove(at: d)
  targetStrides.remove(at: rank - 1)
  targetStrides.remove(at: d)
  let size = source.dtype.size
  // Blocks of the matrix are the unit of work.
  let block = 128
  let blocks = (rows + block - 1) / block
  parallelFor(elementCount(outer) * blocks, grain: max(1, parallelGrain / (block * inner))) { range in
    for item in range {
      let first = (item % blocks) * block
      var (a, b) = (0, 0)
      forEachCoordinate(of: item / blocks, in: outer) {
        a += $1 * sourceStrides[$0]
        b += $1 * targetStrides[$0]
      }
      // source[c][r] at c * step + r becomes target[r][c] at r * rowStride + c.
      let to = target.data + (b + first * rowStride) * size
      let from = UnsafeRawPointer(source.data) + (a + first) * size
      ck_transpose2d(to, from, inner, min(block, rows - first), step, rowStride, Int32(size))
    }
  }
  return true
}

extension Tensor {
  /// `elements` (flat) seen under a shape and strides: a view for files that keep tensors with their layout.
  /// - Throws: where an element would lie outside.
  package static func strided(
    _ elements: Tensor, shape: [Int], strides: [Int], offset: Int = 0
  ) throws(TensorError) -> Tensor {
    let flat = elements.resolved
    let isInside =
      shape.count == strides.count && offset >= 0 && (strides.min() ?? 0) >= 0 && checkedElementCount(shape) != nil
      && (shape.contains(0) || lastOffset(shape, strides).clampedAdding(offset) < flat.count)
    guard isInside, flat.body.isContiguous else {
      throw TensorError(
        .shape, "strided",
        "shape \(shape) with strides \(strides) from \(offset) on does not lie in \(flat.count) elements in a row")
    }
    return flat.view(shape, strides: strides, offset: offset)
  }

  /// A copy with the given strides, in a block that just holds it.
  package func laidOut(strides: [Int]) throws(TensorError) -> Tensor {
    guard shape.count == strides.count, (strides.min() ?? 0) >= 0 else {
      throw TensorError(.shape, "laidOut", "strides \(strides) do not fit the shape \(shape)")
    }
    try checkMemory(type, "laidOut")
    let block = Tensor.zeros([shape.contains(0) ? 0 : lastOffset(shape, strides).clampedAdding(1)], dtype: dtype)
    let target = try Tensor.strided(block, shape: shape, strides: strides)
    copyElements(from: resolved.body, to: target.body)
    return target
  }
}

/// The offset of the last element.
private func lastOffset(_ shape: [Int], _ strides: [Int]) -> Int {
  zip(shape, strides).reduce(0) { $0.clampedAdding(($1.0 - 1).clampedMultiplying($1.1)) }
}
