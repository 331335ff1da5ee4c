/// The rank of each point in non-dominated sorting: 0 where no point dominates it (is not larger anywhere and smaller somewhere), 1
/// where none does after those of rank 0 are taken away, and so on. Equal points have equal ranks. Values are to become small.
///
/// With penalties, points whose penalty is above 0 come after all others, ranked by their penalty alone (the constrained
/// domination of Deb et al., A fast and elitist multiobjective genetic algorithm: NSGA-II, 2002).
///
/// Complexity: n log n for one and two objectives; for more, each point is compared with points of about log(ranks) fronts
/// (Zhang et al., An efficient approach to nondominated sorting for evolutionary multiobjective optimization, 2015).
package func nonDominationRanks(_ points: [[Double]], penalties: [Double]? = nil) -> [Int] {
  guard let penalties else { return ranks(points) }
  let feasible = points.indices.filter { penalties[$0] <= 0 }
  let infeasible = points.indices.filter { !(penalties[$0] <= 0) }
  var result = [Int](repeating: 0, count: points.count)
  let first = ranks(feasible.map { points[$0] })
  for (i, rank) in zip(feasible, first) { result[i] = rank }
  let below = (first.max() ?? -1) + 1
  for (i, rank) in zip(infeasible, ranks(infeasible.map { [penalties[$0]] })) { result[i] = below + rank }
  return result
}

/// The positions of the points that no other point dominates (not larger anywhere and smaller somewhere), ascending. Equal points
/// are all kept.
package func paretoFront(_ points: [[Double]]) -> [Int] {
  guard let dimensions = points.first?.count else { return [] }
  let order = lexicographicOrder(points)
  var front = Front(dimensions: dimensions)
  var kept: [Int] = []
  for (place, i) in order.enumerated() {
    let isRepeated = place > 0 && points[order[place - 1]] == points[i]
    if isRepeated {
      if kept.last == order[place - 1] { kept.append(i) }
    } else if !front.dominates(points[i]) {
      front.append(points[i])
      kept.append(i)
    }
  }
  return kept.sorted()
}

/// The positions of points in lexicographic order, equal ones by position: a point can only be dominated by an earlier one.
func lexicographicOrder(_ points: [[Double]]) -> [Int] {
  points.indices.sorted { a, b in
    for (x, y) in zip(points[a], points[b]) where x != y { return x < y }
    return a < b
  }
}

private func ranks(_ points: [[Double]]) -> [Int] {
  guard let dimensions = points.first?.count else { return [] }
  var result = [Int](repeating: 0, count: points.count)
  var fronts: [Front] = []
  var before: Int?
  for i in lexicographicOrder(points) {
    defer { before = i }
    if let before, points[before] == points[i] {
      result[i] = result[before]
      continue
    }
    // A point that a front does not dominate is not dominated by later fronts either: the first such front is its own.
    var low = 0
    var high = fronts.count
    while low < high {
      let middle = (low + high) / 2
      if fronts[middle].dominates(points[i]) { low = middle + 1 } else { high = middle }
    }
    if low == fronts.count { fronts.append(Front(dimensions: dimensions)) }
    fronts[low].append(points[i])
    result[i] = low
  }
  return result
}

/// Points that do not dominate each other, appended in lexicographic order.
private struct Front {
  private let dimensions: Int
  /// All but the first value of each point: in lexicographic order that one says nothing.
  private var values: [Double] = []
  private var isEmpty = true

  init(dimensions: Int) { self.dimensions = dimensions }

  mutating func append(_ point: [Double]) {
    // Of two objectives the last point has the smallest second value.
    if dimensions == 2 { values = [point[1]] } else { values.append(contentsOf: point.dropFirst()) }
    isEmpty = false
  }

  /// Whether a point of the front dominates one that comes after all of them and equals none.
  func dominates(_ point: [Double]) -> Bool {
    guard !isEmpty else { return false }
    let width = dimensions - 1
    guard width > 0 else { return true }
    return values.withUnsafeBufferPointer { values in
      point.withUnsafeBufferPointer { point in
        // The newest points are the nearest: they dominate most often.
        var start = values.count - width
        while start >= 0 {
          var i = 0
          while i < width, values[start + i] <= point[i + 1] { i += 1 }
          if i == width { return true }
          start -= width
        }
        return false
      }
    }
  }
}
