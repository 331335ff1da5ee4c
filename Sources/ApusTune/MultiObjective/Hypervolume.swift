/// The volume of what is dominated by at least one of the points and dominates the reference point, where all values are to become
/// small. Points that do not dominate the reference point add nothing.
///
/// Exact in any number of objectives: by sweeps for two and three (n log n, and n² at worst), by slices and exclusive volumes for
/// more (While, Bradstreet and Barone, A fast way of calculating exact hypervolumes, 2012).
/// - Returns: infinity where the reference point is not finite or a point is not bounded below.
public func hypervolume(_ points: [[Double]], reference: [Double]) -> Double {
  guard reference.allSatisfy(\.isFinite) else { return .infinity }
  let inside = points.filter { point in
    point.count == reference.count && zip(point, reference).allSatisfy { $0 < $1 }
  }
  guard !inside.isEmpty, !reference.isEmpty else { return 0 }
  let volume = volume(paretoFront(inside).map { inside[$0] }, reference[...])
  // What comes of infinities (a difference of two of them) is infinite.
  return volume.isFinite ? volume : .infinity
}

/// The volume of points of which only the first `reference.count` values count.
private func volume(_ points: [[Double]], _ reference: ArraySlice<Double>) -> Double {
  switch reference.count {
  case 1: return reference[0] - (points.map { $0[0] }.min() ?? reference[0])
  case 2: return area(points, reference[0], reference[1])
  case 3: return volumeBySweep(points, reference[0], reference[1], reference[2])
  default: break
  }
  // From the worst to the best in the last objective: what the later points leave of one point's box is a prism over the same
  // problem of one objective less.
  let last = reference.count - 1
  let base = reference.dropLast()
  let sorted = points.sorted { $0[last] > $1[last] }
  var sum = 0.0
  for (i, point) in sorted.enumerated() {
    var limited = sorted[(i + 1)...].map { other in base.indices.map { max(point[$0], other[$0]) } }
    limited = paretoFront(limited).map { limited[$0] }
    sum += (reference[last] - point[last]) * (box(point, base) - (limited.isEmpty ? 0 : volume(limited, base)))
  }
  return sum
}

/// The volume between a point and the reference point.
private func box(_ point: [Double], _ reference: ArraySlice<Double>) -> Double {
  reference.indices.reduce(1) { $0 * (reference[$1] - point[$1]) }
}

private func area(_ points: [[Double]], _ x: Double, _ y: Double) -> Double {
  var top = y
  var sum = 0.0
  for point in points.sorted(by: { ($0[0], $0[1]) < ($1[0], $1[1]) }) where point[1] < top {
    sum += (x - point[0]) * (top - point[1])
    top = point[1]
  }
  return sum
}

/// Points are met in ascending order of the third value; the staircase of those met so far has an area that lasts until the next.
private func volumeBySweep(_ points: [[Double]], _ x: Double, _ y: Double, _ z: Double) -> Double {
  var stairs: [(x: Double, y: Double)] = []  // x ascends, y descends
  var area = 0.0
  var sum = 0.0
  var height = 0.0
  for point in points.sorted(by: { $0[2] < $1[2] }) {
    if !stairs.isEmpty { sum += area * (point[2] - height) }
    height = point[2]
    // The first stair that does not lie left of the point.
    var low = 0
    var high = stairs.count
    while low < high {
      let middle = (low + high) / 2
      if stairs[middle].x < point[0] { low = middle + 1 } else { high = middle }
    }
    if low > 0, stairs[low - 1].y <= point[1] { continue }
    if low < stairs.count, stairs[low].x == point[0], stairs[low].y <= point[1] { continue }
    // From the point rightwards its new area goes up to the stairs that it hides, and ends at the first lower one.
    var end = low
    var left = point[0]
    var top = low > 0 ? stairs[low - 1].y : y
    while end < stairs.count, stairs[end].y >= point[1] {
      area += (stairs[end].x - left) * (top - point[1])
      (left, top) = stairs[end]
      end += 1
    }
    area += ((end < stairs.count ? stairs[end].x : x) - left) * (top - point[1])
    stairs.replaceSubrange(low..<end, with: [(point[0], point[1])])
  }
  return sum + area * (z - height)
}
