import ApusCore

// Picking elements by their order along a dimension of tensors of registered types.

extension Pick {
  /// Values picked by the order of the type, and where they were; of equal ones the first. An element that does not equal
  /// itself is behind all others, as not-a-number is.
  func pickCustom(_ source: Tensor, into results: [Tensor]) throws(TensorError) {
    try ElementCapability.order.require(of: source.dtype, operation)
    if results[0].count == 0 { return }
    let dense = try source.dense()
    let numbers = try noGrad { Tensor(dense).eq(Tensor(dense)) }.dense()
    let loops = source.dtype.custom.loops
    let (lanes, size) = (Lanes(dense.shape, dim), loops.size)
    let chosen = results[0].shape[dim]
    let (x, v, p) = (UnsafeRawPointer(dense.data), results[0].body.data, results[1].body.data.i64)
    let isNumber = numbers.data.assumingMemoryBound(to: UInt8.self)
    withExtendedLifetime((dense, numbers)) {
      parallelFor(lanes.outer * lanes.inner, grain: max(1, parallelGrain / max(lanes.size, 1))) { range in
        for lane in range {
          let (o, k) = (lane / lanes.inner, lane % lanes.inner)
          let first = o * lanes.size * lanes.inner + k
          let (base, step) = (x + first * size, lanes.inner * size)
          let order = LaneOrder(
            count: lanes.size, isLess: { loops.isLess(base + $0 * step, base + $1 * step) },
            isNumber: { isNumber[first + $0 * lanes.inner] != 0 })
          for (i, place) in places(order).enumerated() {
            let target = (o * chosen + i) * lanes.inner + k
            (v + target * size).copyMemory(from: base + place * step, byteCount: size)
            p[target] = Int64(place)
          }
        }
      }
    }
  }

  /// The positions picked.
  private func places(_ lane: LaneOrder) -> [Int] {
    switch kind {
    case .max: return [lane.last]
    case .min: return [lane.first]
    case .sort(let descending): return lane.sorted(descending: descending)
    case .top(let k, let largest): return Array(lane.sorted(descending: largest).prefix(k))
    case .smallest(let k): return [lane.sorted(descending: false)[k - 1]]
    case .median(let ignoresNaN):
      let numbers = (0..<lane.count).count(where: lane.isNumber)
      if numbers < lane.count, !ignoresNaN || numbers == 0 {
        return [(0..<lane.count).first { !lane.isNumber($0) } ?? 0]
      }
      return [lane.sorted(descending: false)[(numbers - 1) / 2]]
    case .mode: return [lane.mostFrequent]
    case .cumulativeMax: return lane.running { !lane.isBefore($1, $0) }
    case .cumulativeMin: return lane.running { !lane.isNumber($1) || !lane.isBefore($0, $1) && lane.isNumber($0) }
    }
  }
}

/// The order of the elements of one lane, by position.
struct LaneOrder {
  let count: Int
  let isLess: (Int, Int) -> Bool
  let isNumber: (Int) -> Bool

  /// Whether the element at `a` comes before that at `b`.
  func isBefore(_ a: Int, _ b: Int) -> Bool { isNumber(a) && (!isNumber(b) || isLess(a, b)) }

  /// The first of the largest ones, or of those that are no numbers.
  var last: Int { (1..<max(count, 1)).reduce(0) { isBefore($0, $1) ? $1 : $0 } }

  /// The first of the smallest ones, or of those that are no numbers.
  var first: Int {
    (1..<max(count, 1)).reduce(0) { best, i in
      isNumber(best) && (!isNumber(i) || isLess(i, best)) ? i : best
    }
  }

  /// All positions in order; equal elements keep theirs, whichever way it goes.
  func sorted(descending: Bool) -> [Int] {
    (0..<count).sorted { a, b in
      if descending ? isBefore(b, a) : isBefore(a, b) { return true }
      if descending ? isBefore(a, b) : isBefore(b, a) { return false }
      return a < b
    }
  }

  /// The last of the elements that are most frequent, the smallest of several.
  var mostFrequent: Int {
    let order = sorted(descending: false)
    var (best, most, start) = (0, 0, 0)
    for i in order.indices where i == count - 1 || isBefore(order[i], order[i + 1]) {
      if i + 1 - start > most { (best, most) = (order[i], i + 1 - start) }
      start = i + 1
    }
    return best
  }

  /// For each position the one of those up to it that is kept where `isReplaced` says so of the one before and the next.
  func running(_ isReplaced: (Int, Int) -> Bool) -> [Int] {
    var kept: [Int] = []
    for i in 0..<count { kept.append(i == 0 || isReplaced(kept[i - 1], i) ? i : kept[i - 1]) }
    return kept
  }
}
