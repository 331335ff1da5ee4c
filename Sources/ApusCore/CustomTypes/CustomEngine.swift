import CKernels

// What operations do with elements of registered types: conversions, reductions, products, rows by position.

/// Converts `n` dense elements of which one type or both are registered; the same type twice is the caller's case.
/// Numbers go through Double. Two registered types without a conversion are kept apart by ``Cast`` and the door.
@inline(never)
func convertCustom(
  _ source: UnsafeRawPointer, _ from: DType, _ destination: UnsafeMutableRawPointer, _ to: DType, _ n: Int
) {
  if from.isCustom, to.isCustom, let convert = from.conversion(to: to) { return convert(destination, source, n) }
  if from == .bool {
    to.custom.loops.fromBool(destination, source.assumingMemoryBound(to: UInt8.self), n)
    return
  }
  if to == .bool {
    from.custom.loops.toBool(destination.assumingMemoryBound(to: UInt8.self), source, n)
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
        from.custom.loops.toDouble(doubles, input, count)
      } else {
        convert(input, from, doubles, .float64, count)
      }
      if to.isCustom {
        to.custom.loops.fromDouble(output, doubles, count)
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
    kernels.loops.fill(value, data + range.lowerBound * size, range.count)
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

/// The results of `primitive` by operations that take elements of registered types, where there are such inputs and it does
/// not take them itself; nil where there is no need or no way. Gradients are those of these operations.
@inline(never)
func composition(of primitive: any Primitive, _ inputs: [Tensor]) throws(TensorError) -> [Tensor]? {
  guard !primitive.takesCustomElements, inputs.contains(where: \.dtype.isCustom) else { return nil }
  let composed: ([Tensor]) -> [Tensor]
  switch primitive {
  case let primitive as any ElementComposition: composed = primitive.composed(ofElements:)
  case let primitive as any ComposedPrimitive: composed = primitive.composed
  case _: return nil
  }
  _ = try primitive.outputTypes(inputs.map(\.type))
  return composed(inputs)
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
  for type in types { try ElementCapability.gradient.require(of: type.dtype, operation) }
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
  let (loops, f) = (source.dtype.custom.loops, reduction.function)
  guard loops.hasBinary(f) else { throw f.capability.lacking(source.dtype, reduction.rawValue) }
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
    if let identity { loops.fill(identity, output, outputs) }
    return
  }
  let reduced = dims.filter { source.shape[$0] != 1 }.sorted { source.strides[$0] > source.strides[$1] }
  let job = CustomReduction(
    loops: loops, function: f, data: UnsafeRawPointer(source.data), output: output,
    inner: Walk(reduced, source.shape, source.strides), outer: Walk(kept, source.shape, source.strides))
  if job.inner.strides.last != 1, job.outer.strides.last == 1 { job.overRows() } else { job.overRuns(outputs) }
}

/// A reduction of elements of a registered type: of those that `inner` walks over, for each that `outer` comes to.
private struct CustomReduction {
  let loops: CustomKernels
  let function: BinaryFunction
  let data: UnsafeRawPointer
  let output: UnsafeMutableRawPointer
  let inner: Walk
  let outer: Walk

  /// Rows are combined into the result, element by element.
  func overRows() {
    var outer = outer
    let columns = outer.dropLast().size
    let (rows, size) = (inner.count, loops.size)
    let block = min(columns, 1024)
    let blocks = (columns + block - 1) / block
    let groups = outer
    parallelFor(groups.count * blocks, grain: max(1, parallelGrain / max(block * rows, 1))) { range in
      let sums = UnsafeMutableRawPointer.allocate(
        byteCount: function == .add ? block * loops.sumSize : 1, alignment: 16)
      defer { sums.deallocate() }
      for item in range {
        let (group, first) = (item / blocks, item % blocks * block)
        let n = min(block, columns - first)
        let base = data + (groups.offset(group) + first) * size
        let target = output + (group * columns + first) * size
        if function == .add {
          loops.clearSums(sums, n)
          for row in 0..<rows { loops.addToSums(sums, base + inner.offset(row) * size, n) }
          loops.roundSums(target, sums, n)
        } else {
          target.copyMemory(from: base + inner.offset(0) * size, byteCount: n * size)
          for row in 1..<max(rows, 1) { loops.binary(function, target, target, base + inner.offset(row) * size, n) }
        }
      }
    }
  }

  /// Runs of elements are folded, one result after the other.
  func overRuns(_ outputs: Int) {
    var inner = inner
    let (run, step) = inner.dropLast()
    let (runs, starts, size) = (inner.count, inner, loops.size)
    parallelFor(outputs, grain: max(1, parallelGrain / max(run * runs, 1))) { range in
      let scratch = UnsafeMutableRawPointer.allocate(byteCount: max(size, loops.sumSize), alignment: 16)
      defer { scratch.deallocate() }
      for i in range {
        let base = data + outer.offset(i) * size
        let target = output + i * size
        if function == .add {
          sum((0..<runs).lazy.map { base + starts.offset($0) * size }, run, step, scratch, target)
          continue
        }
        target.copyMemory(from: base, byteCount: size)
        for r in 0..<runs {
          let first = r == 0 ? 1 : 0
          loops.fold(function, target, base + (starts.offset(r) + first * step) * size, step, run - first)
        }
      }
    }
  }

  /// The sum of runs. Parts of a few hundred elements become elements of their own, so that rounding errors of long sums
  /// grow slowly, where sums are not wider than elements.
  private func sum(
    _ runs: some Sequence<UnsafeRawPointer>, _ run: Int, _ step: Int, _ partial: UnsafeMutableRawPointer,
    _ target: UnsafeMutableRawPointer
  ) {
    let isWide = loops.sumSize > loops.size
    let most = isWide ? run : 512
    withUnsafeTemporaryAllocation(byteCount: loops.sumSize, alignment: 16) { total in
      guard let total = total.baseAddress else { return }
      loops.clearSums(total, 1)
      for from in runs {
        var start = 0
        while start < run {
          let n = min(most, run - start)
          if isWide {
            loops.addToSum(total, from, step, n)
          } else {
            loops.clearSums(partial, 1)
            loops.addToSum(partial, from + start * step * loops.size, step, n)
            loops.roundSums(target, partial, 1)
            loops.addToSum(total, target, 1, 1)
          }
          start += n
        }
      }
      loops.roundSums(target, total, 1)
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
  let isWhole = kernels.loops.multipliesWhole
  let rows = isWhole ? m : min(m, 64)
  let parts = (m + rows - 1) / rows
  let row = bias?.contiguousBody()
  withExtendedLifetime((x, y, z, row)) {
    let (xData, yData, zData, rowData) = (x.data, y.data, z.data, row?.data)
    func multiply(_ range: Range<Int>) {
      for item in range {
        let (index, first) = (item / parts, item % parts * rows)
        let count = min(rows, m - first)
        let target = zData + (index * m + first) * n * size
        kernels.loops.multiply(
          CustomMatrices(
            c: target, cRow: n, a: xData + (left.walk.offset(index) + first * left.row) * size, aRow: left.row,
            aColumn: left.column, b: yData + right.walk.offset(index) * size, bRow: right.row, bColumn: right.column,
            m: count, n: n, k: k))
        guard let rowData else { continue }
        for i in 0..<count {
          let place = target + i * n * size
          kernels.loops.binary(.add, place, place, rowData, n)
        }
      }
    }
    let items = elementCount(batch) * parts
    if isWhole {
      multiply(0..<items)
    } else {
      parallelFor(items, grain: max(1, parallelGrain / max(1, rows * n * k))) { multiply($0) }
    }
  }
  return result
}

/// The gradients of the product of `a` and `b`, whose shapes are those of matrices with any leading dimensions, by the shares
/// of the registered type; of the shapes that the operands had.
package func multiplySharedGradients(
  _ node: SemiringNode, _ cotangent: Tensor
) throws(TensorError) -> [Tensor?] {
  let (c, g) = (node.output, cotangent.to(.float64))
  let batch = Array(c.shape.dropLast(2))
  let (m, n, k) = (c.size(-2), c.size(-1), node.shape(0)[node.shape(0).count - 1])
  let a = node.input(0).expand(batch + [m, k])
  let b = node.input(1).expand(batch + [k, n])
  let (left, right) = (Tensor.zeros(a.shape, dtype: .float64), Tensor.zeros(b.shape, dtype: .float64))
  let loops = node.loops
  let (x, y, z, back) = (a.contiguousBody(), b.contiguousBody(), c.contiguousBody(), g.contiguousBody())
  withExtendedLifetime((x, y, z, back)) {
    let (gradient, toLeft, toRight) = (
      back.data.assumingMemoryBound(to: Double.self), left.body.data.assumingMemoryBound(to: Double.self),
      right.body.data.assumingMemoryBound(to: Double.self)
    )
    let (xData, yData, zData) = (x.data, y.data, z.data)
    parallelFor(elementCount(batch), grain: max(1, parallelGrain / max(1, m * n * k))) { range in
      for i in range {
        loops.productShares(
          CustomMatrices(
            c: zData + i * m * n * loops.size, cRow: n, a: xData + i * m * k * loops.size, aRow: k, aColumn: 1,
            b: yData + i * k * n * loops.size, bRow: n, bColumn: 1, m: m, n: n, k: k),
          gradient + i * m * n, toLeft + i * m * k, toRight + i * k * n)
      }
    }
  }
  return [left, right].enumerated().map { i, gradient in
    node.needs(i) ? gradient.sumToSize(node.shape(i)).to(node.gradientType) : nil
  }
}

/// Combines rows of `inner` elements: row `place(i)` of `target` with row i of `source`, one after the other.
func combineRowsCustom(
  _ f: BinaryFunction, _ target: TensorBody, _ source: TensorBody, rows: Int, inner: Int, _ place: (Int) -> Int
) throws(TensorError) {
  let (kernels, size) = (target.dtype.custom, target.dtype.size)
  guard kernels.loops.hasBinary(f) else { throw f.capability.lacking(target.dtype, "scatter") }
  let (out, data) = (target.data, source.data)
  for i in 0..<rows {
    let row = out + place(i) * inner * size
    kernels.loops.binary(f, row, row, data + i * inner * size, inner)
  }
}
