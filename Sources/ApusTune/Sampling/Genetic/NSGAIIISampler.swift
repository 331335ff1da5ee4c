import ApusCore

/// The genetic sampler NSGA-III, for studies of more than three objectives (Deb and Jain, An evolutionary many-objective
/// optimization algorithm using reference-point-based nondominated sorting approach, part I, 2014). It differs from
/// ``NSGAIISampler`` in which trials of the last rank become parents: those near reference points that have few others near them. From
/// the same seed it draws what Optuna's `NSGAIIISampler` draws where all objectives are to become small.
public final class NSGAIIISampler: GeneticSampler {
  let evolution: Evolution

  /// - Parameters:
  ///   - referencePoints: directions in the space of objectives near which trials are wanted, each with as many numbers as there are
  ///     objectives; nil for points evenly on a plane.
  ///   - divisions: of each axis, for those even points.
  ///
  /// For the others see ``NSGAIISampler``.
  /// - Throws: `TensorError` of kind `value` where a setting is out of its range.
  public init(
    population: Int = 50, mutation: Mutation = .resampling, mutationProbability: Double? = nil,
    crossover: Crossover? = nil, crossoverProbability: Double = 0.9, swappingProbability: Double = 0.5,
    referencePoints: [[Double]]? = nil, divisions: Int = 3, seed: UInt32? = nil
  ) throws {
    if divisions < 1 {
      throw TensorError(.value, "NSGAIIISampler", "an axis has at least 1 division, not \(divisions)")
    }
    if let points = referencePoints {
      guard !points.isEmpty, points.allSatisfy({ $0.contains { $0 != 0 } && $0.allSatisfy(\.isFinite) }) else {
        throw TensorError(
          .value, "NSGAIIISampler", "reference points are directions: at least one, finite, and none of zeros alone")
      }
    }
    let rule = ChildRule(
      crossover: crossover ?? .uniform(swapping: swappingProbability), crossoverProbability: crossoverProbability,
      mutation: mutation, mutationProbability: mutationProbability, swappingProbability: swappingProbability)
    evolution = try Evolution("NSGAIIISampler", rule: rule, population: population, seed: seed) {
      candidates, count, generator in
      let objectives = candidates.losses.first?.count ?? 0
      let points = referencePoints ?? Self.evenPoints(objectives, divisions)
      if let point = points.first(where: { $0.count != objectives }) {
        throw TensorError(
          .value, "NSGAIIISampler",
          "the reference point \(point) has \(point.count) numbers, and the study has \(objectives) objectives")
      }
      return Self.elite(candidates, count, points, generator)
    }
  }

  /// All ways of giving the divisions to the axes.
  static func evenPoints(_ axes: Int, _ divisions: Int) -> [[Double]] {
    var points: [[Double]] = []
    func place(_ point: [Double], from axis: Int, left: Int) {
      guard left > 0 else { return points.append(point) }
      for next in axis..<axes {
        var point = point
        point[next] += 1
        place(point, from: next, left: left - 1)
      }
    }
    place([Double](repeating: 0, count: axes), from: 0, left: divisions)
    return points
  }

  private static func elite(
    _ candidates: Evolution.Candidates, _ count: Int, _ points: [[Double]], _ generator: NumPyGenerator
  ) -> [Int] {
    var elite: [Int] = []
    for front in candidates.fronts {
      if elite.count + front.count < count {
        elite += front
        continue
      }
      let scaled = scaled((elite + front).map { candidates.losses[$0] })
      let nearest = scaled.map { nearestLine($0, points) }
      let niches = Niches(
        taken: nearest.prefix(elite.count).map(\.point), border: Array(nearest.dropFirst(elite.count)))
      return elite + niches.chosen(count - elite.count, generator).map { front[$0] }
    }
    return elite
  }

  /// The values with the least of each objective at 0 and the plane through the extreme points at 1 on each axis.
  private static func scaled(_ losses: [[Double]]) -> [[Double]] {
    let axes = losses[0].indices
    var points = losses
    for axis in axes {
      // Infinities are drawn in to three times the range of the others.
      let finite = losses.map { $0[axis] }.filter(\.isFinite)
      let (low, high) = (finite.min() ?? 0, finite.max() ?? 0)
      let margin = 3 * (high - low)
      let clipped = losses.map { min(max($0[axis], low - margin), high + margin) }
      let least = clipped.min() ?? 0
      for i in points.indices { points[i][axis] = clipped[i] - least }
    }
    // The extreme point of an axis is smallest where all other axes count a million times as much.
    let extremes = axes.map { axis in
      let sizes = points.map { point in axes.map { $0 == axis ? point[$0] : point[$0] * 1e6 }.max() ?? 0 }
      var best = 0
      for i in sizes.indices where sizes[i] < sizes[best] { best = i }
      return points[best]
    }
    let scales =
      solved(extremes, [Double](repeating: 1, count: axes.count))
      ?? axes.map { axis in
        let most = points.map { $0[axis] }.max() ?? 0
        return most == 0 ? 1 : 1 / most
      }
    return points.map { point in zip(point, scales).map { $1.isFinite ? $0 * $1 : $0 } }
  }

  /// The solution of linear equations; nil where the matrix is singular, as far as its numbers tell.
  private static func solved(_ matrix: [[Double]], _ right: [Double]) -> [Double]? {
    var rows = zip(matrix, right).map { $0 + [$1] }
    let n = rows.count
    let most = matrix.joined().map { abs($0) }.max() ?? 0
    for k in 0..<n {
      guard let pivot = (k..<n).max(by: { abs(rows[$0][k]) < abs(rows[$1][k]) }),
        abs(rows[pivot][k]) > most * Double(n) * .ulpOfOne
      else { return nil }
      rows.swapAt(k, pivot)
      for i in (k + 1)..<max(n, k + 1) {
        let factor = rows[i][k] / rows[k][k]
        for j in k...n { rows[i][j] -= factor * rows[k][j] }
      }
    }
    var solution = [Double](repeating: 0, count: n)
    for i in (0..<n).reversed() {
      let rest = ((i + 1)..<max(n, i + 1)).reduce(rows[i][n]) { $0 - rows[i][$1] * solution[$1] }
      solution[i] = rest / rows[i][i]
    }
    return solution
  }

  /// The reference point whose line from the origin is nearest, and the distance to it.
  private static func nearestLine(_ point: [Double], _ references: [[Double]]) -> (point: Int, distance: Double) {
    var best = (point: 0, distance: Double.infinity)
    for (i, reference) in references.enumerated() {
      let square = reference.reduce(0) { $0 + $1 * $1 }
      let share = zip(point, reference).reduce(0) { $0 + $1.0 * $1.1 } / square
      let distance = zip(point, reference).reduce(0) { sum, pair in
        let part = pair.0 - share * pair.1
        return sum + part * part
      }.squareRoot()
      if distance < best.distance { best = (i, distance) }
    }
    return best
  }
}

/// Trials of the last rank by the reference point that they are nearest to.
private struct Niches {
  /// Reference points by how many chosen trials they have; the last one of a list is taken first.
  private var byCount: [Int: [Int]] = [:]
  private var border: [Int: [(distance: Double, place: Int)]] = [:]

  init(taken: [Int], border nearest: [(point: Int, distance: Double)]) {
    var counts: [Int: Int] = [:]
    for point in taken { counts[point, default: 0] += 1 }
    for (place, (point, distance)) in nearest.enumerated() {
      if border[point] == nil { byCount[counts[point] ?? 0, default: []].append(point) }
      border[point, default: []].append((distance, place))
    }
  }

  /// The places of as many trials: always one of a reference point that has fewest. The first of a point is its nearest, later ones
  /// are drawn.
  func chosen(_ wanted: Int, _ generator: NumPyGenerator) -> [Int] {
    var (byCount, border) = (byCount, border)
    var shuffled: Set<Int> = []
    var chosen: [Int] = []
    var count = -1
    while chosen.count < wanted, count <= wanted + (byCount.keys.max() ?? 0) {
      guard let point = byCount[count]?.popLast() else {
        count += 1
        var points = byCount[count] ?? []
        generator.shuffle(&points)
        byCount[count] = points
        continue
      }
      var trials = border[point] ?? []
      if count == 0 {
        trials.sort { ($0.distance, $0.place) > ($1.distance, $1.place) }
      } else if shuffled.insert(point).inserted {
        generator.shuffle(&trials)
      }
      if let trial = trials.popLast() { chosen.append(trial.place) }
      if !trials.isEmpty { byCount[count + 1, default: []].append(point) }
      border[point] = trials
    }
    return chosen
  }
}
