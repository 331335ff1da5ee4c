/// Chooses `count` of the points so that their hypervolume is large: one after another the point that adds most, which reaches at
/// least 1 - 1/e of the largest hypervolume (Guerreiro, Fonseca and Paquete, Greedy hypervolume subset selection in low dimensions,
/// 2016). Of equal points one is chosen before any is repeated. All points are at most `reference`.
/// - Returns: positions, in the order of being chosen where there is a choice.
package func hypervolumeSubset(_ points: [[Double]], count: Int, reference: [Double]) -> [Int] {
  guard count < points.count else { return Array(points.indices) }
  guard count > 0 else { return [] }
  var unique: [Int] = []
  for i in lexicographicOrder(points) where unique.last.map({ points[$0] != points[i] }) ?? true { unique.append(i) }
  if unique.count < count {
    var chosen = Set(unique)
    for i in points.indices where chosen.count < count { chosen.insert(i) }
    return chosen.sorted()
  }
  guard unique.count > count, reference.allSatisfy(\.isFinite) else { return Array(unique.prefix(count)) }
  if reference.count == 2 { return pickedInPlane(points, unique, count, reference) }
  var picker = SubsetPicker(points: unique.map { points[$0] }, reference: reference)
  return (0..<count).map { _ in unique[picker.next()] }
}

/// Of two objectives each point adds a rectangle between itself and the corner that the chosen points leave to it.
private func pickedInPlane(_ points: [[Double]], _ sorted: [Int], _ count: Int, _ reference: [Double]) -> [Int] {
  var left = sorted.map { (position: $0, x: points[$0][0], y: points[$0][1], right: reference[0], top: reference[1]) }
  var picked: [Int] = []
  while picked.count < count {
    let best = firstLargest(left.map { area($0.right - $0.x, $0.top - $0.y) })
    let point = left.remove(at: best)
    picked.append(point.position)
    for i in 0..<best { left[i].right = min(left[i].right, point.x) }
    for i in best..<left.count { left[i].top = min(left[i].top, point.y) }
  }
  return picked
}

private func area(_ width: Double, _ height: Double) -> Double {
  let area = width * height
  return area.isNaN ? .infinity : area
}

private func firstLargest(_ values: [Double]) -> Int {
  var best = 0
  for i in values.indices where values[i] > values[best] { best = i }
  return best
}

/// Of more objectives what a point adds is computed only while it may be the most: what it added to fewer points, and what it adds
/// to the last chosen point alone, are bounds.
private struct SubsetPicker {
  private var points: [[Double]]
  private var positions: [Int]
  private var gains: [Double]
  private var chosen: [[Double]] = []
  private var total = 0.0
  private let reference: [Double]

  init(points: [[Double]], reference: [Double]) {
    self.points = points
    self.reference = reference
    positions = Array(points.indices)
    gains = points.map { Self.box($0, reference) }
  }

  private static func box(_ point: [Double], _ reference: [Double]) -> Double {
    let volume = zip(point, reference).reduce(1.0) { $0 * ($1.1 - $1.0) }
    return volume.isNaN ? .infinity : volume
  }

  mutating func next() -> Int {
    if !chosen.isEmpty { update() }
    let best = firstLargest(gains)
    total += gains.remove(at: best)
    chosen.append(points.remove(at: best))
    return positions.remove(at: best)
  }

  private mutating func update() {
    guard total.isFinite, let last = chosen.last else {
      gains = gains.map { _ in .infinity }
      return
    }
    for i in points.indices {
      let own = Self.box(points[i], reference)
      guard own.isFinite else {
        gains[i] = .infinity
        continue
      }
      let shared = zip(points[i], last).map { max($0, $1) }
      gains[i] = min(gains[i], own - Self.box(shared, reference))
    }
    var most = 0.0
    for i in gains.indices.sorted(by: { gains[$0] > gains[$1] }) where gains[i].isFinite && gains[i] >= most {
      gains[i] = hypervolume(chosen + [points[i]], reference: reference) - total
      most = max(most, gains[i])
    }
  }
}
