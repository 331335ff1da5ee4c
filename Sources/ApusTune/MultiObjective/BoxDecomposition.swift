/// Boxes that share no inner point and together are all that no point dominates; values are to become small. Only what dominates the
/// reference point counts; towards smaller values boxes have no end.
///
/// By local upper bounds (Lacour, Klamroth and Fonseca, A box decomposition algorithm to compute the hypervolume indicator, 2017), once
/// of the points and once of the bounds turned round: for m objectives about as many boxes as n^⌊m/2⌋.
package func nonDominatedBoxes(_ points: [[Double]], reference: [Double]) -> [(lower: [Double], upper: [Double])] {
  let inside = points.filter { zip($0, reference).allSatisfy { $0 < $1 } }
  let front = paretoFront(inside).map { inside[$0] }
  let bounds = LocalBounds(sorted: unique(front), reference: reference).bounds.map { $0.bound.map { -$0 } }
  let turned = unique(paretoFront(bounds).map { bounds[$0] })
  let infinity = [Double](repeating: .infinity, count: reference.count)
  return LocalBounds(sorted: turned, reference: infinity).bounds.compactMap { bound, definers in
    // (2): from the largest of the definers before each axis to the bound.
    var low = [definers[0][0]]
    var high = [Double.infinity]
    for axis in 1..<max(reference.count, 1) {
      low.append((0..<axis).map { definers[$0][axis] }.max() ?? -.infinity)
      high.append(bound[axis])
    }
    guard zip(low, high).allSatisfy({ $0 < $1 }) else { return nil }
    return (high.map { -$0 }, low.map { -$0 })
  }
}

private func unique(_ points: [[Double]]) -> [[Double]] {
  let order = lexicographicOrder(points)
  return order.indices.compactMap { i in i > 0 && points[order[i]] == points[order[i - 1]] ? nil : points[order[i]] }
}

/// The corners below which nothing is dominated by one of the points, each with the point that defines it along each axis.
private struct LocalBounds {
  private(set) var bounds: [(bound: [Double], definers: [[Double]])]

  /// - Parameter sorted: points of a front, by their first value.
  init(sorted: [[Double]], reference: [Double]) {
    let axes = reference.indices
    let definers = axes.map { k in axes.map { $0 == k ? reference[$0] : -.infinity } }
    bounds = [(reference, definers)]
    for point in sorted {
      var next: [(bound: [Double], definers: [[Double]])] = []
      for (bound, definers) in bounds {
        guard zip(point, bound).allSatisfy({ $0 < $1 }) else {
          next.append((bound, definers))
          continue
        }
        for axis in axes {
          // As points come by their first value, along that axis every point defines a bound.
          let isDefining = axis == 0 || axes.allSatisfy { $0 == axis || point[axis] >= definers[$0][axis] }
          guard isDefining else { continue }
          var (bound, definers) = (bound, definers)
          bound[axis] = point[axis]
          definers[axis] = point
          next.append((bound, definers))
        }
      }
      bounds = next
    }
  }
}
