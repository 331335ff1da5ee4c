import CKernels

// What operations do with elements of registered types: conversions, reductions, products, rows by position.

/// Converts `n` dense elements of which one type or both are registered; the same type twice is the caller's case.
/// Numbers go through Double. Two different registered types are kept apart by ``Cast`` and the door.
@inline(never)
func convertCustom(
  _ source: UnsafeRawPointer, _ from: DType, _ destination: UnsafeMutableRawPointer, _ to: DType, _ n: Int
) {
  if from == .bool {
    to.custom.fromBool(destination, source.assumingMemoryBound(to: UInt8.self), n)
    return
  }
  if to == .bool {
    from.custom.toBool(destination.assumingMemoryBound(to: UInt8.self), source, n)
    return
  }
  let (fromSize, toSize) = (from.size, to.size)
  withUnsafeTemporaryAllocation(of: Double.self, capacity: 256) { buffer in
    guard let doubles = buffer.baseAddress else { return }
    var start = 0
    while start < n {
      let count = min(256, n - start)
      let (input, output) = (source + start * fromSize, destination + start * toSize)
      if from.isCustom {
        from.custom.toDouble(doubles, input, count)
      } else {
        convert(input, from, doubles, .float64, count)
      }
      if to.isCustom {
        to.custom.fromDouble(output, doubles, count)
      } else {
        convert(doubles, .float64, output, to, count)
      }
      start += count
    }
  }
}

/// Writes `value` to every element of a dense block.
func fillCustom(_ body: TensorBody, _ value: CustomValue) {
  let (kernels, size, data) = (body.dtype.custom, body.dtype.size, body.data)
  parallelFor(body.count, grain: parallelGrain) { range in
    kernels.fill(value, data + range.lowerBound * size, range.count)
  }
}

extension Scalar {
  /// The number as an element: of a condition what the type calls one and zero.
  var customValue: CustomValue {
    switch self {
    case .bool(let value): value ? .one : .zero
    case .int, .float, .complex: .number(double)
    }
  }
}

extension Tensor {
  /// The elements 0 or 1 of `dtype`: of a registered type what it calls so.
  static func neutral(_ shape: [Int], _ value: Int, _ dtype: DType) -> Tensor {
    guard dtype.isCustom else { return filled(shape, .int(value), dtype, value == 0 ? "zeros" : "ones") }
    do throws(TensorError) {
      try checkMemory(TensorType(shape, dtype), value == 0 ? "zeros" : "ones")
    } catch { return fail(error) }
    let result = Tensor.uninitialized(shape, dtype)
    fillCustom(result.body, value == 0 ? .zero : .one)
    return result
  }
}

/// Refuses what complex numbers do not have, and registered types: operations written for the others, and two types in one
/// operation.
@inline(never)
func checkElements(_ primitive: any Primitive, _ inputs: [Tensor]) throws(TensorError) {
  let complex = inputs.first { $0.dtype.isComplex }
  if let complex, !primitive.takesComplexElements {
    throw TensorError(
      .dtype, primitive.name, "is not defined for \(complex.dtype) tensors; use real, imag or abs() of them")
  }
  let types = inputs.map(\.dtype).filter(\.isCustom)
  guard let first = types.first else { return }
  if let complex {
    throw TensorError(.dtype, primitive.name, "cannot combine \(first) and \(complex.dtype) tensors")
  }
  guard primitive.takesCustomElements else {
    throw TensorError(.dtype, primitive.name, "is not defined for \(first) tensors; convert with .to(.float32) first")
  }
  if let other = types.first(where: { $0 != first }) {
    throw TensorError(
      .dtype, primitive.name,
      "cannot combine \(first) and \(other) tensors; convert one of them to a built-in type first")
  }
}

/// Refuses to record what has no gradient: a result of a registered type that does not declare one.
func checkDifferentiable(_ types: [TensorType], _ operation: String) throws(TensorError) {
  guard let type = types.first(where: { $0.dtype.isCustom && !$0.dtype.custom.isDifferentiable }) else { return }
  throw TensorError(
    .autograd, operation,
    "\(type.dtype) tensors have no gradient, and an operand requires one; use detach() or noGrad { }, or declare "
      + "isDifferentiable where calculus holds for the type")
}

extension Reduction {
  var function: BinaryFunction {
    switch self {
    case .sum: .add
    case .prod: .mul
    case .max: .max
    case .min: .min
    }
  }
}

/// Reduces `source` over `dims` into the row-major `output` of the same registered type.
func reduceCustom(
  _ reduction: Reduction, _ source: TensorBody, _ dims: [Int], into output: UnsafeMutableRawPointer
) throws(TensorError) {
  let kernels = source.dtype.custom
  let (size, f) = (kernels.size, reduction.function)
  guard kernels.hasBinary(f) else {
    throw TensorError(
      .dtype, reduction.rawValue, "\(f.name) is not defined for \(source.dtype), whose elements have no order")
  }
  let kept = source.shape.indices.filter { !dims.contains($0) }
  let outputs = kept.reduce(1) { $0 * source.shape[$1] }
  if outputs == 0 { return }
  let identity: CustomValue? =
    switch reduction {
    case .sum: .zero
    case .prod: .one
    case .max, .min: nil
    }
  if source.count == 0 {
    if let identity { kernels.fill(identity, output, outputs) }
    return
  }
  let reduced = dims.filter { source.shape[$0] != 1 }.sorted { source.strides[$0] > source.strides[$1] }
  var inner = Walk(reduced, source.shape, source.strides)
  var outer = Walk(kept, source.shape, source.strides)
  let data = UnsafeRawPointer(source.data)
  if inner.strides.last != 1, outer.strides.last == 1 {
    // Rows are combined into the result, element by element.
    let columns = outer.dropLast().size
    let rows = inner.count
    let block = min(columns, 1024)
    let blocks = (columns + block - 1) / block
    parallelFor(outer.count * blocks, grain: max(1, parallelGrain / max(block * rows, 1))) { range in
      for item in range {
        let (group, first) = (item / blocks, item % blocks * block)
        let n = min(block, columns - first)
        let base = data + (outer.offset(group) + first) * size
        let target = output + (group * columns + first) * size
        target.copyMemory(from: base + inner.offset(0) * size, byteCount: n * size)
        for row in 1..<max(rows, 1) { kernels.binary(f, target, target, base + inner.offset(row) * size, n) }
      }
    }
    return
  }
  let (run, step) = inner.dropLast()
  let runs = inner.count
  parallelFor(outputs, grain: max(1, parallelGrain / max(run * runs, 1))) { range in
    let partial = UnsafeMutableRawPointer.allocate(byteCount: size, alignment: 16)
    defer { partial.deallocate() }
    for i in range {
      let base = data + outer.offset(i) * size
      let target = output + i * size
      target.copyMemory(from: base, byteCount: size)
      // Parts of a few hundred, each folded on its own: rounding errors of long sums grow slowly then.
      for r in 0..<runs {
        let from = base + inner.offset(r) * size
        var start = r == 0 ? 1 : 0
        while start < run {
          let n = min(512, run - start)
          partial.copyMemory(from: from + start * step * size, byteCount: size)
          kernels.fold(f, partial, from + (start + 1) * step * size, step, n - 1)
          kernels.fold(f, target, partial, 1, 1)
          start += n
        }
      }
    }
  }
}

/// `[batch..., m, k] @ [batch..., k, n]` plus `bias` of one registered type, into a new tensor of `type`.
package func multiplyCustom(_ a: Tensor, _ b: Tensor, bias: Tensor?, type: TensorType) -> Tensor {
  let result = Tensor.uninitialized(type.shape, type.dtype)
  if result.count == 0 { return result }
  let (kernels, size, rank) = (type.dtype.custom, type.dtype.size, type.shape.count)
  let (m, n) = (type.shape[rank - 2], type.shape[rank - 1])
  let batch = Array(type.shape.dropLast(2))
  func operand(_ x: TensorBody) -> (walk: Walk, row: Int, column: Int) {
    let strides = broadcastStrides(Array(x.shape.dropLast(2)), Array(x.strides.dropLast(2)), to: batch)
    let rank = x.shape.count
    return (Walk(sizes: batch, strides: strides), x.strides[rank - 2], x.strides[rank - 1])
  }
  let (x, y, z) = (a.body, b.body, result.body)
  let (left, right) = (operand(x), operand(y))
  let k = x.shape[x.shape.count - 1]
  let rows = min(m, 64)
  let parts = (m + rows - 1) / rows
  let row = bias?.contiguousBody()
  withExtendedLifetime((x, y, z, row)) {
    let (xData, yData, zData, rowData) = (x.data, y.data, z.data, row?.data)
    parallelFor(elementCount(batch) * parts, grain: max(1, parallelGrain / max(1, rows * n * k))) { range in
      for item in range {
        let (index, first) = (item / parts, item % parts * rows)
        let count = min(rows, m - first)
        let target = zData + (index * m + first) * n * size
        kernels.multiply(
          CustomMatrices(
            c: target, cRow: n, a: xData + (left.walk.offset(index) + first * left.row) * size, aRow: left.row,
            aColumn: left.column, b: yData + right.walk.offset(index) * size, bRow: right.row, bColumn: right.column,
            m: count, n: n, k: k))
        guard let rowData else { continue }
        for i in 0..<count {
          let place = target + i * n * size
          kernels.binary(.add, place, place, rowData, n)
        }
      }
    }
  }
  return result
}

/// Combines rows of `inner` elements: row `place(i)` of `target` with row i of `source`, one after the other.
func combineRowsCustom(
  _ f: BinaryFunction, _ target: TensorBody, _ source: TensorBody, rows: Int, inner: Int, _ place: (Int) -> Int
) throws(TensorError) {
  let (kernels, size) = (target.dtype.custom, target.dtype.size)
  guard kernels.hasBinary(f) else {
    throw TensorError(
      .dtype, "scatter", "\(f.name) is not defined for \(target.dtype), whose elements have no order")
  }
  let (out, data) = (target.data, source.data)
  for i in 0..<rows {
    let row = out + place(i) * inner * size
    kernels.binary(f, row, row, data + i * inner * size, inner)
  }
}
