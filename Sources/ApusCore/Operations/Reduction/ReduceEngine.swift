import CKernels

// How a reduction walks memory: along runs that are reduced, or row by row into an accumulator.

/// An element type with reduction kernels.
protocol ReducibleElement: ComputeElement {
  /// The reduction of a contiguous run.
  static func reduce(_ r: Reduction, _ a: UnsafePointer<Self>, _ n: Int) -> Self
  /// acc = acc combined with a, element by element.
  static func accumulate(_ r: Reduction, _ acc: UnsafeMutablePointer<Self>, _ a: UnsafePointer<Self>, _ n: Int)
  /// What leaves every element as it is.
  static func identity(_ r: Reduction) -> Self
  /// The sum and the product of two elements; those of integers wrap.
  static func sum(_ a: Self, _ b: Self) -> Self
  static func product(_ a: Self, _ b: Self) -> Self
  /// The larger and the smaller of two elements; NaN wins.
  static func larger(_ a: Self, _ b: Self) -> Self
  static func smaller(_ a: Self, _ b: Self) -> Self
}

extension ReducibleElement where Self: Comparable {
  @inline(__always) static func larger(_ a: Self, _ b: Self) -> Self { b > a || b != b ? b : a }
  @inline(__always) static func smaller(_ a: Self, _ b: Self) -> Self { b < a || b != b ? b : a }
}

extension ReducibleElement where Self: FloatingPoint {
  @inline(__always) static func sum(_ a: Self, _ b: Self) -> Self { a + b }
  @inline(__always) static func product(_ a: Self, _ b: Self) -> Self { a * b }
  static func identity(_ r: Reduction) -> Self {
    switch r {
    case .sum: 0
    case .prod: 1
    case .max: -.infinity
    case .min: .infinity
    }
  }
}

/// The kernels of reductions of elements of type `T`.
struct ReductionKernels<T>: Sendable {
  /// Of a run, and of a row into an accumulator.
  typealias Pair = (
    reduce: @Sendable (UnsafePointer<T>?, Int) -> T,
    accumulate: @Sendable (UnsafeMutablePointer<T>?, UnsafePointer<T>?, Int) -> Void
  )
  let sum, prod, max, min: Pair
}

/// An element type whose reductions are kernels of CKernels.
protocol KernelReducible: ReducibleElement {
  static var reductionKernels: ReductionKernels<Self> { get }
}

// The kernels are called in the cases of a switch, not taken out of it: so the optimiser knows them.
extension KernelReducible {
  static func reduce(_ r: Reduction, _ a: UnsafePointer<Self>, _ n: Int) -> Self {
    let kernels = reductionKernels
    switch r {
    case .sum: return kernels.sum.reduce(a, n)
    case .prod: return kernels.prod.reduce(a, n)
    case .max: return kernels.max.reduce(a, n)
    case .min: return kernels.min.reduce(a, n)
    }
  }
  static func accumulate(_ r: Reduction, _ acc: UnsafeMutablePointer<Self>, _ a: UnsafePointer<Self>, _ n: Int) {
    let kernels = reductionKernels
    switch r {
    case .sum: kernels.sum.accumulate(acc, a, n)
    case .prod: kernels.prod.accumulate(acc, a, n)
    case .max: kernels.max.accumulate(acc, a, n)
    case .min: kernels.min.accumulate(acc, a, n)
    }
  }
}

extension Float: KernelReducible {
  // A constant to the optimiser: what is taken from it is called directly.
  @inline(__always) static var reductionKernels: ReductionKernels<Float> {
    ReductionKernels(
      sum: (ck_sum_f32, ck_add_into_f32), prod: (ck_prod_f32, ck_mul_into_f32),
      max: (ck_reduce_max_f32, ck_max_into_f32), min: (ck_reduce_min_f32, ck_min_into_f32))
  }
}

extension Double: KernelReducible {
  @inline(__always) static var reductionKernels: ReductionKernels<Double> {
    ReductionKernels(
      sum: (ck_sum_f64, ck_add_into_f64), prod: (ck_prod_f64, ck_mul_into_f64),
      max: (ck_reduce_max_f64, ck_max_into_f64), min: (ck_reduce_min_f64, ck_min_into_f64))
  }
}

extension Int64: KernelReducible {
  @inline(__always) static var reductionKernels: ReductionKernels<Int64> {
    ReductionKernels(
      sum: (ck_sum_i64, ck_add_into_i64), prod: (ck_prod_i64, ck_mul_into_i64),
      max: (ck_reduce_max_i64, ck_max_into_i64), min: (ck_reduce_min_i64, ck_min_into_i64))
  }
  static func identity(_ r: Reduction) -> Int64 {
    switch r {
    case .sum: 0
    case .prod: 1
    case .max: .min
    case .min: .max
    }
  }
  @inline(__always) static func sum(_ a: Int64, _ b: Int64) -> Int64 { a &+ b }
  @inline(__always) static func product(_ a: Int64, _ b: Int64) -> Int64 { a &* b }
}

/// Calls `body` with every dimension of `sizes`, the last one first, and the coordinate there of element `position`.
@inline(__always)
func forEachCoordinate<Sizes: RandomAccessCollection>(
  of position: Int, in sizes: Sizes, _ body: (_ d: Int, _ coordinate: Int) -> Void
) where Sizes.Element == Int, Sizes.Index == Int {
  var rest = position
  var d = sizes.endIndex - 1
  while d >= 0 {
    let next = rest / sizes[d]
    body(d, rest - next * sizes[d])
    rest = next
    d -= 1
  }
}

/// A set of dimensions as sizes and strides, neighbours merged where possible, for walking by a running number.
package struct Walk {
  package var sizes: [Int] = []
  package var strides: [Int] = []

  package init(_ dims: [Int], _ shape: [Int], _ allStrides: [Int]) {
    // Tensors without elements can have sizes and strides whose products no int holds.
    for d in dims where shape[d] != 1 {
      if let last = strides.last, last == allStrides[d] &* shape[d] {
        sizes[sizes.count - 1] &*= shape[d]
        strides[strides.count - 1] = allStrides[d]
      } else {
        sizes.append(shape[d])
        strides.append(allStrides[d])
      }
    }
  }

  package var count: Int { elementCount(sizes) }

  /// The offset of step `i`, in elements.
  @inline(__always) package func offset(_ i: Int) -> Int {
    var offset = 0
    forEachCoordinate(of: i, in: sizes) { offset += $1 * strides[$0] }
    return offset
  }

  /// Takes the last dimension off, giving its size and stride; (1, 1) when there is none.
  package mutating func dropLast() -> (size: Int, stride: Int) {
    guard let size = sizes.popLast(), let stride = strides.popLast() else { return (1, 1) }
    return (size, stride)
  }
}

/// Reduces `source` over `dims` into the row-major `output`.
func reduceElements<T: ReducibleElement>(
  _: T.Type, _ reduction: Reduction, _ source: TensorBody, _ dims: [Int], into output: UnsafeMutableRawPointer
) {
  let out = output.assumingMemoryBound(to: T.self)
  let kept = source.shape.indices.filter { !dims.contains($0) }
  let outputs = kept.reduce(1) { $0 * source.shape[$1] }
  if outputs == 0 { return }
  if source.count == 0 {
    for i in 0..<outputs { out[i] = T.identity(reduction) }
    return
  }
  // Reduced dimensions in memory order, so that runs are as long as can be.
  let reduced = dims.filter { source.shape[$0] != 1 }.sorted { source.strides[$0] > source.strides[$1] }
  var inner = Walk(reduced, source.shape, source.strides)
  var outer = Walk(kept, source.shape, source.strides)
  let data = UnsafeRawPointer(source.data).assumingMemoryBound(to: T.self)

  if inner.strides.last == 1 || (inner.sizes.isEmpty && outer.strides.last != 1) {
    let run = inner.dropLast().size
    reduceRuns(reduction, data, run, inner, outer, out, outputs)
  } else if outer.strides.last == 1 {
    let columns = outer.dropLast().size
    reduceRows(reduction, data, columns, inner, outer, out)
  } else {
    let copy = Tensor(TensorBody(sharing: source)).contiguousCopy().body
    if copy.count == source.count && !(source.isContiguous) {
      reduceElements(T.self, reduction, copy, dims, into: output)
      return
    }
    // A contiguous source whose fast dimensions all have size 1 falls here never: its last stride is 1.
    reduceRuns(reduction, data, 1, inner, outer, out, outputs)
  }
}

/// Each output is the reduction of one or more contiguous runs.
private func reduceRuns<T: ReducibleElement>(
  _ reduction: Reduction, _ data: UnsafePointer<T>, _ run: Int, _ inner: Walk, _ outer: Walk,
  _ out: UnsafeMutablePointer<T>, _ outputs: Int
) {
  let runs = inner.count
  let work = run * runs
  func one(_ base: UnsafePointer<T>) -> T {
    if runs == 1 { return T.reduce(reduction, base, run) }
    var partial = T.identity(reduction)
    for i in 0..<runs {
      var value = T.reduce(reduction, base + inner.offset(i), run)
      T.accumulate(reduction, &partial, &value, 1)
    }
    return partial
  }
  if outputs == 1 && runs == 1 && run >= 2 * parallelGrain {
    // One long run: blocks in parallel, then the blocks' results.
    let partials = blockResults(run) { T.reduce(reduction, data + $0.lowerBound, $0.count) }
    out[0] = T.reduce(reduction, partials, partials.count)
    return
  }
  parallelFor(outputs, grain: max(1, parallelGrain / max(work, 1))) { range in
    for i in range { out[i] = one(data + outer.offset(i)) }
  }
}

/// Outputs lie along a contiguous dimension that stays: rows are added into them, a block of columns at a time.
private func reduceRows<T: ReducibleElement>(
  _ reduction: Reduction, _ data: UnsafePointer<T>, _ columns: Int, _ inner: Walk, _ outer: Walk,
  _ out: UnsafeMutablePointer<T>
) {
  let rows = inner.count
  let block = min(columns, 1024)
  let blocks = (columns + block - 1) / block
  let flush = reduction == .sum ? 64 : Int.max
  parallelFor(outer.count * blocks, grain: max(1, parallelGrain / max(block * rows, 1))) { range in
    withUnsafeTemporaryAllocation(of: T.self, capacity: block) { scratch in
      guard let partial = scratch.baseAddress else { return }
      for item in range {
        let (group, part) = (item / blocks, item % blocks)
        let first = part * block
        let n = min(block, columns - first)
        let base = data + outer.offset(group) + first
        let target = out + group * columns + first
        T.fillKernel(target, T.identity(reduction), n)
        // Sums go through a partial accumulator of a few rows: the rounding error grows slowly then.
        var row = 0
        while row < rows {
          let end = flush == Int.max ? rows : min(rows, row + flush)
          if rows <= flush {
            for i in row..<end { T.accumulate(reduction, target, base + inner.offset(i), n) }
          } else {
            T.fillKernel(partial, T.identity(reduction), n)
            for i in row..<end { T.accumulate(reduction, partial, base + inner.offset(i), n) }
            T.accumulate(reduction, target, partial, n)
          }
          row = end
        }
      }
    }
  }
}
