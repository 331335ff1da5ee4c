/// The positions of the `count` best points: whole fronts of non-dominated sorting, the first ones first, and of the front that
/// does not fit wholly the points whose hypervolume is large. Values are to become small.
func selectByFronts(_ points: [[Double]], count: Int) -> [Int] {
  let ranks = nonDominationRanks(points)
  var sizes = [Int](repeating: 0, count: (ranks.max() ?? -1) + 1)
  for rank in ranks { sizes[rank] += 1 }
  var chosen = 0
  var whole = 0
  while whole < sizes.count, chosen + sizes[whole] <= count {
    chosen += sizes[whole]
    whole += 1
  }
  var best = points.indices.filter { ranks[$0] < whole }
  if chosen < count {
    let front = points.indices.filter { ranks[$0] == whole }
    let losses = front.map { points[$0] }
    best += hypervolumeSubset(losses, count: count - chosen, reference: referencePoint(losses)).map { front[$0] }
  }
  return best
}

/// A point a little worse than the worst of each objective.
func referencePoint(_ points: [[Double]]) -> [Double] {
  guard let dimensions = points.first?.count else { return [] }
  return (0..<dimensions).map { d in
    let worst = points.reduce(-Double.infinity) { max($0, $1[d]) }
    let reference = max(1.1 * worst, 0.9 * worst)
    return reference == 0 ? 1e-12 : reference
  }
}
