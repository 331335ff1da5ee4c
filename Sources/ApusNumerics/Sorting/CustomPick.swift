import ApusCore

// Picking elements by their order along a dimension of tensors of registered types.

extension Pick {
  /// Values picked by the order of the type, and where they were; of equal ones the first.
  func pickCustom(_ source: Tensor, into results: [Tensor]) throws(TensorError) {
    let kernels = source.dtype.custom
    guard kernels.isOrdered else {
      throw TensorError(.dtype, name.lowercased(), "needs an order, which \(source.dtype) elements do not have")
    }
    switch kind {
    case .max, .min, .sort, .top, .smallest, .median: break
    case .mode, .cumulativeMax, .cumulativeMin:
      throw TensorError(.dtype, name.lowercased(), "is not defined for \(source.dtype) tensors")
    }
    if results[0].count == 0 { return }
    let dense = try source.dense()
    let (lanes, size) = (Lanes(dense.shape, dim), kernels.size)
    let chosen = results[0].shape[dim]
    let (x, v, p) = (UnsafeRawPointer(dense.data), results[0].body.data, results[1].body.data.i64)
    withExtendedLifetime(dense) {
      parallelFor(lanes.outer * lanes.inner, grain: max(1, parallelGrain / max(lanes.size, 1))) { range in
        for lane in range {
          let (o, k) = (lane / lanes.inner, lane % lanes.inner)
          let base = x + (o * lanes.size * lanes.inner + k) * size
          let step = lanes.inner * size
          let found = places(lanes.size) { kernels.isLess(base + $0 * step, base + $1 * step) }
          for (i, place) in found.enumerated() {
            let target = (o * chosen + i) * lanes.inner + k
            (v + target * size).copyMemory(from: base + place * step, byteCount: size)
            p[target] = Int64(place)
          }
        }
      }
    }
  }

  /// The positions picked among `n`, by their order.
  private func places(_ n: Int, _ isLess: (Int, Int) -> Bool) -> [Int] {
    // Positions break ties, so that equal elements keep their order whichever way it goes.
    func sorted(descending: Bool) -> [Int] {
      (0..<n).sorted { a, b in
        if descending ? isLess(b, a) : isLess(a, b) { return true }
        if descending ? isLess(a, b) : isLess(b, a) { return false }
        return a < b
      }
    }
    switch kind {
    case .max: return [(1..<max(n, 1)).reduce(0) { isLess($0, $1) ? $1 : $0 }]
    case .min: return [(1..<max(n, 1)).reduce(0) { isLess($1, $0) ? $1 : $0 }]
    case .sort(let descending): return sorted(descending: descending)
    case .top(let k, let largest): return Array(sorted(descending: largest).prefix(k))
    case .smallest(let k): return [sorted(descending: false)[k - 1]]
    default: return [sorted(descending: false)[(n - 1) / 2]]
    }
  }
}
