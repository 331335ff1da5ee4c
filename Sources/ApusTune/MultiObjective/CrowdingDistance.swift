/// How much room each point has among the others (Deb et al., A fast and elitist multiobjective genetic algorithm: NSGA-II, 2002):
/// the sum over the objectives of the distance between its neighbours on both sides, as a part of the whole range. At the ends the
/// neighbour is infinitely far; the difference of equal infinities counts as 0, and an objective in which all are equal adds nothing.
package func crowdingDistances(_ points: [[Double]]) -> [Double] { crowding(points).distances }

/// The positions of points from the one with most room to that with least.
func crowdingOrder(_ points: [[Double]]) -> [Int] {
  let (distances, order) = crowding(points)
  return stablySorted(order) { distances[$0] }.reversed()
}

/// The distances, and the positions in the order of the last objective.
private func crowding(_ points: [[Double]]) -> (distances: [Double], order: [Int]) {
  var distances = [Double](repeating: 0, count: points.count)
  var order = Array(points.indices)
  for objective in 0..<(points.first?.count ?? 0) {
    // Each sort keeps what the one before left of equal values.
    order = stablySorted(order) { points[$0][objective] }
    let values = [-.infinity] + order.map { points[$0][objective] } + [.infinity]
    guard values[1] != values[points.count] else { continue }
    let low = values.first { $0 != -.infinity } ?? 0
    let high = values.last { $0 != .infinity } ?? 0
    let width = high - low > 0 ? high - low : 1
    for (j, i) in order.enumerated() where values[j] != values[j + 2] {
      distances[i] += (values[j + 2] - values[j]) / width
    }
  }
  return (distances, order)
}

/// Items in ascending order of a key, equal ones in the order in which they stand.
func stablySorted<Item>(_ items: [Item], by key: (Item) -> Double) -> [Item] {
  items.enumerated().map { (place: $0, key: key($1), item: $1) }
    .sorted { $0.key != $1.key ? $0.key < $1.key : $0.place < $1.place }
    .map(\.item)
}
