import ApusCore
import CKernels

// Operations that pick elements along a dimension and tell where they were: extremes, sorting, medians, modes.

/// Values picked along a dimension, with their positions. The gradient of all of these is the same: it goes back to the
/// places the values came from.
package struct Pick: Primitive, Hashable {
  package enum Kind: Sendable, Hashable {
    case max, min
    case sort(descending: Bool)
    case top(Int, largest: Bool)
    /// The k-th smallest, counted from 1.
    case smallest(Int)
    case median(ignoresNaN: Bool)
    case mode
    case cumulativeMax, cumulativeMin

    /// PyTorch's name in `grad_fn`.
    var title: String {
      switch self {
      case .max: "MaxBackward0"
      case .min: "MinBackward0"
      case .sort: "SortBackward0"
      case .top: "TopkBackward0"
      case .smallest: "KthvalueBackward0"
      case .median(let ignoresNaN): ignoresNaN ? "NanmedianBackward1" : "MedianBackward1"
      case .mode: "ModeBackward0"
      case .cumulativeMax: "CummaxBackward0"
      case .cumulativeMin: "CumminBackward0"
      }
    }
  }

  package let kind: Kind
  package let dim: Int
  /// What the user called: its name stands in messages.
  package let operation: String

  package var name: String {
    switch kind {
    case .max: "Max"
    case .min: "Min"
    case .sort: "Sort"
    case .top: "Topk"
    case .smallest: "Kthvalue"
    case .median: "Median"
    case .mode: "Mode"
    case .cumulativeMax: "Cummax"
    case .cumulativeMin: "Cummin"
    }
  }
  package var saves: Saves { .outputs }
  package var takesCustomElements: Bool { true }
  package var takesComplexElements: Bool { false }

  package func resultSize(_ n: Int) -> Int {
    switch kind {
    case .sort, .cumulativeMax, .cumulativeMin: n
    case .top(let k, _): k
    default: 1
    }
  }

  package func outputTypes(_ inputs: [TensorType]) throws(TensorError) -> [TensorType] {
    var shape = inputs[0].shape
    let n = shape[dim]
    switch kind {
    case .max, .min, .median, .mode:
      guard n > 0 else {
        throw TensorError(
          .index, operation, "dimension \(dim) of \(shape) has no elements to pick from")
      }
    case .smallest(let k):
      guard k >= 1, k <= n else {
        throw TensorError(
          .value, operation, "k = \(k) is out of range: dimension \(dim) of \(shape) has \(n) elements")
      }
    case .top(let k, _):
      guard k >= 0, k <= n else {
        throw TensorError(.value, operation, "k = \(k) is out of range: dimension \(dim) of \(shape) has \(n) elements")
      }
    default: break
    }
    shape[dim] = resultSize(n)
    return [TensorType(shape, inputs[0].dtype), TensorType(shape, .int64)]
  }

  /// Lanes follow each other in memory but for registered types, and for extremes that are found across them.
  package func layout(of i: Int, _ inputs: [Tensor], _ type: TensorType) -> Layout {
    let rank = type.shape.count
    return dim == rank - 1 || isAcross(inputs[0]) || inputs[0].dtype.isCustom ? .rowMajor : .order(lanesLast(rank))
  }

  package func evaluate(_ inputs: [Tensor], into results: [Tensor]) throws(TensorError) {
    let x = inputs[0]
    if x.dtype.isCustom { return try pickCustom(x, into: results) }
    let ordering = try x.dtype.orderType(operation)
    let isAcross = isAcross(x)
    let order = isAcross || dim == x.rank - 1 ? nil : lanesLast(x.rank)
    func rows(_ tensor: Tensor) -> Tensor {
      guard let order else { return tensor }
      return tensor.view(order.map { tensor.shape[$0] }, strides: order.map { tensor.body.strides[$0] })
    }
    let (source, indices) = (try rows(x).dense(ordering), rows(results[1]).body)
    try rows(results[0]).fill(as: ordering) { (values) throws(TensorError) in
      try ordering.order(Task(pick: self, source: source, values: values, indices: indices, isAcross: isAcross))
    }
  }

  private struct Task: OrderTask {
    let pick: Pick
    let source, values, indices: TensorBody
    let isAcross: Bool
    func run<T: OrderedElement & PickElement>(_: T.Type) {
      let x = UnsafePointer(source.data.assumingMemoryBound(to: T.self))
      let v = values.data.assumingMemoryBound(to: T.self)
      withExtendedLifetime(source) {
        if isAcross {
          pick.extremesAcross(x, v, indices.data.i64, Lanes(source.shape, pick.dim))
        } else {
          pick.pick(x, v, indices.data.i64, source.shape)
        }
      }
    }
  }

  /// The dimensions with that of the lanes behind the others.
  private func lanesLast(_ rank: Int) -> [Int] { (0..<rank).filter { $0 != dim } + [dim] }

  /// Whether lanes of `x`, which do not lie densely, are better walked side by side.
  private func isAcross(_ x: Tensor) -> Bool {
    (kind == .max || kind == .min) && x.body.isContiguous && x.shape[(dim + 1)...].reduce(1, *) > 1
  }

  package func source(_ inputs: [CArray], _ outputs: [CArray]) -> String? {
    let (x, y, found) = (inputs[0], outputs[0], outputs[1])
    let (shape, n) = (x.type.shape, x.type.shape[dim])
    func at(_ outer: [String], _ k: String) -> [String] { outer.indices.map { $0 == dim ? k : outer[$0] } }
    let lanes = shape.indices.map { $0 == dim ? 1 : shape[$0] }
    switch kind {
    case .max, .min, .cumulativeMax, .cumulativeMin:
      let isMax = kind == .max || kind == .cumulativeMax
      let isCumulative = kind == .cumulativeMax || kind == .cumulativeMin
      // Of equal elements the first is the extreme, and the last one of those so far.
      let sign = (isMax ? ">" : "<") + (isCumulative ? "=" : "")
      func store(_ outer: [String], _ k: String) -> String {
        "\(y(at(outer, k))) = best;\n\(found.isRead ? "\(found(at(outer, k))) = place;" : "")"
      }
      return cLoops(lanes) { outer in
        """
        \(y.element) best = \(x(at(outer, "0")));
        long place = 0;
        for (long k = 0; k < \(n); k++) {
        const \(y.element) v = \(x(at(outer, "k")));
        if ((v \(sign) best && best == best) || (v != v && \(isCumulative ? "1" : "best == best"))) { best = v; place = k; }
        \(isCumulative ? store(outer, "k") : "")
        }
        \(isCumulative ? "(void)place;" : "(void)place;\n" + store(outer, "0"))
        """
      }
    case .sort(let isDescending): return sorted(inputs, outputs, lanes, n, isDescending: isDescending)
    case .top(let k, let isLargest): return sorted(inputs, outputs, lanes, k, isDescending: isLargest)
    case .smallest, .median, .mode: return nil
    }
  }

  /// C that keeps the first `count` elements of each lane in order, each element put where it belongs among them.
  private func sorted(
    _ inputs: [CArray], _ outputs: [CArray], _ lanes: [Int], _ count: Int, isDescending: Bool
  ) -> String {
    let (x, y, found) = (inputs[0], outputs[0], outputs[1])
    return cLoops(lanes) { outer in
      func at(_ k: String) -> [String] { outer.indices.map { $0 == dim ? k : outer[$0] } }
      // NaN is greater than every number.
      let (a, b) = ("v", "w")
      let isBefore =
        isDescending
        ? "(\(a) > \(b) || (\(a) != \(a) && \(b) == \(b)))" : "(\(a) < \(b) || (\(b) != \(b) && \(a) == \(a)))"
      return """
        for (long k = 0; k < \(x.type.shape[dim]); k++) {
        const \(y.element) v = \(x(at("k")));
        long place = k < \(count) ? k : \(count);
        for (; place > 0; place--) {
        const \(y.element) w = \(y(at("(place - 1)")));
        if (!\(isBefore)) break;
        if (place < \(count)) { \(y(at("place"))) = w; \(found(at("place"))) = \(found(at("(place - 1)"))); }
        }
        if (place < \(count)) { \(y(at("place"))) = v; \(found(at("place"))) = k; }
        }
        """
    }
  }

  package func batch(_ inputs: [Tensor], isBatched: [Bool], size: Int) throws(TensorError) -> [Tensor]? {
    apply(Pick(kind: kind, dim: dim + 1, operation: operation), inputs)
  }

  package func jvp(_ inputs: [Tensor], outputs: [Tensor], tangents: [Tensor?]) throws(TensorError) -> [Tensor?] {
    [tangents[0].map { apply(Gather(dim: dim), $0, outputs[1]) }, nil]
  }

  package func vjp(_ node: Recorded, cotangents: [Tensor?]) throws(TensorError) -> [Tensor?] {
    guard let g = cotangents[0] else { return [nil] }
    let type = node.inputType(0)
    return [apply(ScatterSum(dim: dim), Tensor.zeros(type.shape, dtype: type.dtype), node.output(1), g)]
  }

  /// Runs over the rows of `x`, of `shape`, which are the lanes.
  private func pick<T: OrderedElement & PickElement>(
    _ x: UnsafePointer<T>, _ v: UnsafeMutablePointer<T>, _ p: UnsafeMutablePointer<Int64>, _ shape: [Int]
  ) {
    let n = shape[shape.count - 1]
    let k = resultSize(n)
    let count = elementCount(Array(shape.dropLast()))
    if count == 0 { return }
    if count == 1 && n > 4 * parallelGrain && (kind == .max || kind == .min) { return longExtreme(x, n, v, p) }
    parallelFor(count, grain: max(1, parallelGrain / max(n, 1))) { range in
      pickRows(x + range.lowerBound * n, range.count, n, k, v + range.lowerBound * k, p + range.lowerBound * k)
    }
  }

  private func pickRows<T: OrderedElement & PickElement>(
    _ x: UnsafePointer<T>, _ rows: Int, _ n: Int, _ k: Int, _ v: UnsafeMutablePointer<T>,
    _ p: UnsafeMutablePointer<Int64>
  ) {
    switch kind {
    case .max, .min:
      for r in 0..<rows {
        let i = kind == .max ? T.pickKernels.largest(x + r * n, n) : T.pickKernels.smallest(x + r * n, n)
        v[r] = x[r * n + i]
        p[r] = Int64(i)
      }
    case .cumulativeMax: for r in 0..<rows { T.pickKernels.cumulativeMax(v + r * n, p + r * n, x + r * n, n) }
    case .cumulativeMin: for r in 0..<rows { T.pickKernels.cumulativeMin(v + r * n, p + r * n, x + r * n, n) }
    default:
      withScratch(T.Item.self, n) { items, spare in
        for r in 0..<rows { pickByOrder(x + r * n, n, k, v + r * k, p + r * k, items, spare) }
      }
    }
  }

  private func pickByOrder<T: OrderedElement & PickElement>(
    _ x: UnsafePointer<T>, _ n: Int, _ k: Int, _ v: UnsafeMutablePointer<T>, _ p: UnsafeMutablePointer<Int64>,
    _ items: UnsafeMutableBufferPointer<T.Item>, _ spare: UnsafeMutableBufferPointer<T.Item>
  ) {
    func put(_ slot: Int, _ position: Int) {
      v[slot] = x[position]
      p[slot] = Int64(position)
    }
    func fill(_ flip: T.Item.Key) { for i in 0..<n { items[i] = T.Item(x[i].orderKey ^ flip, i) } }
    switch kind {
    case .sort(let descending):
      fill(descending ? .max : 0)
      sortLongItems(items, spare)
      parallelFor(n, grain: parallelGrain) { range in for i in range { put(i, items[i].position) } }
    case .top(_, let largest):
      if k == 0 { return }
      let kept = topItems(x, n, k, largest: largest, items)
      sortItems(kept, spare)
      for i in 0..<k { put(i, kept[i].position) }
    case .smallest(let rank):
      fill(0)
      selectItems(items, rank)
      put(0, items[rank - 1].position)
    case .median(let ignoresNaN):
      var numbers = 0
      var firstNaN = -1
      for i in 0..<n {
        if x[i].isNumber { numbers += 1 } else if firstNaN < 0 { firstNaN = i }
      }
      if firstNaN >= 0 && (!ignoresNaN || numbers == 0) {
        put(0, firstNaN)
      } else {
        fill(0)
        selectItems(items, (numbers - 1) / 2 + 1)
        put(0, items[(numbers - 1) / 2].position)
      }
    default:
      // Mode: the longest run of equal keys, the smallest value of several.
      fill(0)
      sortItems(items, spare)
      var (best, bestLength, start) = (0, 0, 0)
      for i in 0..<n where i == n - 1 || items[i].key != items[i + 1].key {
        if i + 1 - start > bestLength { (best, bestLength) = (i, i + 1 - start) }
        start = i + 1
      }
      put(0, items[best].position)
    }
  }

  /// One long run: blocks in parallel, then the best of them.
  private func longExtreme<T: OrderedElement & PickElement>(
    _ x: UnsafePointer<T>, _ n: Int, _ v: UnsafeMutablePointer<T>, _ p: UnsafeMutablePointer<Int64>
  ) {
    let places = blockResults(n) { block in
      let start = x + block.lowerBound
      return block.lowerBound
        + (kind == .max ? T.pickKernels.largest(start, block.count) : T.pickKernels.smallest(start, block.count))
    }
    var best = places[0]
    for place in places.dropFirst() where x[best].isNumber {
      let candidate = x[place]
      let isBetter = kind == .max ? candidate.orderKey > x[best].orderKey : candidate.orderKey < x[best].orderKey
      if !candidate.isNumber || isBetter { best = place }
    }
    v[0] = x[best]
    p[0] = Int64(best)
  }

  /// Extremes along a dimension that is not the last: rows compete with the best so far, a block of columns at a time.
  private func extremesAcross<T: OrderedElement & PickElement>(
    _ x: UnsafePointer<T>, _ v: UnsafeMutablePointer<T>, _ p: UnsafeMutablePointer<Int64>, _ lanes: Lanes
  ) {
    let block = min(lanes.inner, 1024)
    let blocks = (lanes.inner + block - 1) / block
    parallelFor(lanes.outer * blocks, grain: max(1, parallelGrain / max(block * lanes.size, 1))) { range in
      for item in range {
        let (o, first) = (item / blocks, (item % blocks) * block)
        let n = min(block, lanes.inner - first)
        let best = v + o * lanes.inner + first
        let at = p + o * lanes.inner + first
        let base = x + o * lanes.size * lanes.inner + first
        best.update(from: base, count: n)
        at.update(repeating: 0, count: n)
        for i in 1..<max(lanes.size, 1) {
          if kind == .max {
            T.pickKernels.competeLargest(best, at, base + i * lanes.inner, Int64(i), n)
          } else {
            T.pickKernels.competeSmallest(best, at, base + i * lanes.inner, Int64(i), n)
          }
        }
      }
    }
  }
}

/// Scratch for the items of one lane, twice.
func withScratch<Item: OrderedItem>(
  _: Item.Type, _ n: Int, _ body: (UnsafeMutableBufferPointer<Item>, UnsafeMutableBufferPointer<Item>) -> Void
) {
  // From the tensors' allocator: it keeps large blocks, where the system hands out fresh pages every time.
  let bytes = 2 * max(n, 1) * MemoryLayout<Item>.stride
  guard let block = Allocator.shared.allocate(bytes) else {
    stop(TensorError(.memory, "out of memory", "cannot allocate \(bytes) bytes to sort in"))
  }
  defer { Allocator.shared.deallocate(block, bytes) }
  let base = block.assumingMemoryBound(to: Item.self)
  body(UnsafeMutableBufferPointer(start: base, count: n), UnsafeMutableBufferPointer(start: base + n, count: n))
}

/// The k first items by order (largest or smallest values; of equal ones those that come first), in no order.
///
/// A buffer of 2 k candidates is cut back to the best k whenever it is full; blocks of elements none of which can enter
/// are passed over at the speed of a reduction.
private func topItems<T: OrderedElement & PickElement>(
  _ x: UnsafePointer<T>, _ n: Int, _ k: Int, largest: Bool, _ items: UnsafeMutableBufferPointer<T.Item>
) -> UnsafeMutableBufferPointer<T.Item> {
  if k == 0 { return UnsafeMutableBufferPointer(rebasing: items[..<0]) }
  let flip: T.Item.Key = largest ? .max : 0
  let room = min(n, max(2 * k, 64))
  let block = 128
  var used = 0
  var limit: T.Item.Key = .max
  var isFull = false
  var start = 0
  while start < n {
    let end = min(n, start + block)
    if isFull && T.blockBound(x + start, end - start, largest: largest) ^ flip >= limit {
      start = end
      continue
    }
    for i in start..<end {
      let key = x[i].orderKey ^ flip
      if isFull && key >= limit { continue }
      items[used] = T.Item(key, i)
      used += 1
      if used == room && n > room {
        let kept = UnsafeMutableBufferPointer(rebasing: items[..<used])
        selectItems(kept, k)
        limit = kept[k - 1].key
        used = k
        isFull = true
      }
    }
    start = end
  }
  let kept = UnsafeMutableBufferPointer(rebasing: items[..<used])
  if used > k { selectItems(kept, k) }
  return UnsafeMutableBufferPointer(rebasing: items[..<k])
}

/// The kernels for extremes and their places of elements of type `T`.
struct PickKernels<T>: Sendable {
  typealias Values = UnsafePointer<T>?
  typealias Results = UnsafeMutablePointer<T>?
  typealias Places = UnsafeMutablePointer<Int64>?

  /// The place of the extreme of a run.
  let largest, smallest: @Sendable (Values, Int) -> Int
  /// A row, with its number, competes with the best so far.
  let competeLargest, competeSmallest: @Sendable (Results, Places, Values, Int64, Int) -> Void
  let cumulativeMax, cumulativeMin: @Sendable (Results, Places, Values, Int) -> Void
}

/// An element type that has these kernels.
protocol PickElement: Sendable {
  static var pickKernels: PickKernels<Self> { get }
}

extension OrderedElement where Self: PickElement {
  /// The key of the largest or smallest element of a block, NaN being the largest number.
  @inline(__always)
  static func blockBound(_ x: UnsafePointer<Self>, _ n: Int, largest: Bool) -> Item.Key {
    // A block with NaN: `largest` gives its place; for the smallest it must be looked at, so it has the key 0.
    if largest { return x[pickKernels.largest(x, n)].orderKey }
    let found = x[pickKernels.smallest(x, n)]
    return found.isNumber ? found.orderKey : 0
  }
}

extension Float: PickElement {
  // A constant to the optimiser: what is taken from it is called directly.
  @inline(__always) static var pickKernels: PickKernels<Float> {
    PickKernels(
      largest: ck_argmax_f32, smallest: ck_argmin_f32, competeLargest: ck_argmax_into_f32,
      competeSmallest: ck_argmin_into_f32, cumulativeMax: ck_cummax_f32, cumulativeMin: ck_cummin_f32)
  }
}

extension Double: PickElement {
  @inline(__always) static var pickKernels: PickKernels<Double> {
    PickKernels(
      largest: ck_argmax_f64, smallest: ck_argmin_f64, competeLargest: ck_argmax_into_f64,
      competeSmallest: ck_argmin_into_f64, cumulativeMax: ck_cummax_f64, cumulativeMin: ck_cummin_f64)
  }
}

extension Int64: PickElement {
  @inline(__always) static var pickKernels: PickKernels<Int64> {
    PickKernels(
      largest: ck_argmax_i64, smallest: ck_argmin_i64, competeLargest: ck_argmax_into_i64,
      competeSmallest: ck_argmin_into_i64, cumulativeMax: ck_cummax_i64, cumulativeMin: ck_cummin_i64)
  }
}

extension Int32: PickElement {
  @inline(__always) static var pickKernels: PickKernels<Int32> {
    PickKernels(
      largest: { place($0, $1, >) }, smallest: { place($0, $1, <) },
      competeLargest: { compete($0, $1, $2, $3, $4, >) }, competeSmallest: { compete($0, $1, $2, $3, $4, <) },
      cumulativeMax: { accumulate($0, $1, $2, $3, >=) }, cumulativeMin: { accumulate($0, $1, $2, $3, <=) })
  }

  @inline(__always)
  private static func place(_ x: UnsafePointer<Int32>?, _ n: Int, _ isBetter: (Int32, Int32) -> Bool) -> Int {
    guard let x else { return 0 }
    var best = 0
    for i in 1..<Swift.max(n, 1) where isBetter(x[i], x[best]) { best = i }
    return best
  }

  @inline(__always)
  private static func compete(
    _ best: UnsafeMutablePointer<Int32>?, _ at: UnsafeMutablePointer<Int64>?, _ row: UnsafePointer<Int32>?, _ i: Int64,
    _ n: Int, _ isBetter: (Int32, Int32) -> Bool
  ) {
    guard let best, let at, let row else { return }
    for j in 0..<n where isBetter(row[j], best[j]) { (best[j], at[j]) = (row[j], i) }
  }

  @inline(__always)
  private static func accumulate(
    _ out: UnsafeMutablePointer<Int32>?, _ at: UnsafeMutablePointer<Int64>?, _ x: UnsafePointer<Int32>?, _ n: Int,
    _ wins: (Int32, Int32) -> Bool
  ) {
    guard let out, let at, let x else { return }
    var best = 0
    for i in 0..<n {
      if wins(x[i], x[best]) { best = i }
      out[i] = x[best]
      at[i] = Int64(best)
    }
  }
}
