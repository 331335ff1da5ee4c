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
  // Walk in the order of the target's memory, dimensions merged that both step through evenly, in runs along one of them.
  var walk: [(size: Int, from: Int, to: Int)] = []
  let order = target.shape.indices.sorted { target.strides[$0].magnitude > target.strides[$1].magnitude }
  for d in order where target.shape[d] != 1 {
    let (n, from, to) = (target.shape[d], source.strides[d], target.strides[d])
    if let last = walk.last, last.from == from * n, last.to == to * n {
      walk[walk.count - 1] = (last.size * n, from, to)
    } else {
      walk.append((n, from, to))
    }
  }
  // Short runs cost more than they move: then along the longest dimension.
  var along = walk.count - 1
  if let last = walk.last, last.size < 16 {
    for d in walk.indices where walk[d].size > walk[along].size { along = d }
  }
  let (inner, step, outStep) = walk.isEmpty ? (1, 1, 1) : walk.remove(at: along)
  let (sizes, outer) = (walk.map(\.size), walk)
  let longest = 4096
  let pieces = (inner + longest - 1) / longest
  let size = source.dtype.size
  let targetSize = target.dtype.size
  let width = min(inner, longest)
  parallelFor(count / inner * pieces, grain: max(1, parallelGrain / width)) { range in
    let rawBytes = (width * size + 63) & ~63
    let raw = UnsafeMutableRawPointer.allocate(byteCount: rawBytes + width * targetSize, alignment: 64)
    defer { raw.deallocate() }
    for item in range {
      let first = item % pieces * longest
      let n = min(longest, inner - first)
      var (a, b) = (first * step, first * outStep)
      forEachCoordinate(of: item / pieces, in: sizes) {
        a += $1 * outer[$0].from
        b += $1 * outer[$0].to
      }
      let input = UnsafeRawPointer(source.data) + a * size
      let output = target.data + b * targetSize
      if source.dtype == target.dtype {
        if outStep == 1 {
          ck_gather_strided(output, input, step, n, Int32(size))
        } else if step == 1 {
          ck_scatter_strided(output, outStep, input, n, Int32(size))
        } else {
          ck_gather_strided(raw, input, step, n, Int32(size))
          ck_scatter_strided(output, outStep, raw, n, Int32(size))
        }
      } else {
        let converted = raw + rawBytes
        ck_gather_strided(raw, input, step, n, Int32(size))
        convert(raw, source.dtype, converted, target.dtype, n)
        ck_scatter_strided(output, outStep, converted, n, Int32(targetSize))
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
