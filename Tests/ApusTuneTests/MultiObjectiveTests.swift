import ApusTune
import Testing

/// Ranks, hypervolumes, subsets and distances of points that are to become small.
@Suite struct MultiObjectiveTests {
  /// Points on a coarse grid, so that many are equal or tie in a coordinate.
  private func points(_ count: Int, _ dimensions: Int, seed: UInt64, levels: Double = 8) -> [[Double]] {
    var state = seed
    return (0..<count).map { _ in
      (0..<dimensions).map { _ in
        state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
        return (Double(state >> 40) / Double(1 << 24) * levels).rounded(.down) / levels
      }
    }
  }

  private func dominates(_ a: [Double], _ b: [Double]) -> Bool {
    a != b && zip(a, b).allSatisfy { $0 <= $1 }
  }

  /// By inclusion and exclusion over all subsets.
  private func volumeByExclusion(_ points: [[Double]], _ reference: [Double]) -> Double {
    (1..<(1 << points.count)).reduce(0.0) { sum, subset in
      let members = points.indices.filter { subset >> $0 & 1 == 1 }
      let corner = reference.indices.map { j in members.map { points[$0][j] }.max() ?? 0 }
      let box = zip(corner, reference).reduce(1.0) { $0 * ($1.1 - $1.0) }
      return sum + (members.count % 2 == 1 ? box : -box)
    }
  }

  @Test(arguments: 1...5) func ranksArePeeledFronts(dimensions: Int) {
    for seed in 1...4 {
      let points = points(120, dimensions, seed: UInt64(seed))
      var expected = [Int](repeating: -1, count: points.count)
      var left = Array(points.indices)
      var rank = 0
      while !left.isEmpty {
        let front = left.filter { i in !left.contains { dominates(points[$0], points[i]) } }
        for i in front { expected[i] = rank }
        left.removeAll { front.contains($0) }
        rank += 1
      }
      #expect(nonDominationRanks(points) == expected)
      #expect(paretoFront(points) == points.indices.filter { expected[$0] == 0 })
    }
  }

  @Test func brokenConstraintsComeAfterAllOthersByHowFar() {
    let points: [[Double]] = [[3, 3], [0, 0], [2, 4], [1, 1], [4, 4]]
    #expect(nonDominationRanks(points, penalties: [0, 2, 0, 1, 0]) == [0, 3, 0, 2, 1])
    #expect(nonDominationRanks(points, penalties: [1, 1, 2, 3, 3]) == [0, 0, 1, 2, 2])
    #expect(nonDominationRanks([]) == [])
  }

  @Test(arguments: 1...6) func hypervolumesAgreeWithInclusionAndExclusion(dimensions: Int) {
    for seed in 1...6 {
      let points = points(9, dimensions, seed: UInt64(seed * 7), levels: seed % 2 == 0 ? 6 : 1e6)
      let reference = [Double](repeating: 1, count: dimensions)
      let expected = volumeByExclusion(points, reference)
      #expect(abs(hypervolume(points, reference: reference) - expected) < 1e-9)
      // A point outside changes nothing.
      let outside = [Double](repeating: -1, count: dimensions - 1) + [1.5]
      #expect(hypervolume(points + [outside], reference: reference) == hypervolume(points, reference: reference))
    }
  }

  @Test func unboundedVolumesAreInfinite() {
    #expect(hypervolume([[-.infinity, 0.5]], reference: [1, 1]) == .infinity)
    #expect(hypervolume([[0, 0]], reference: [.infinity, 1]) == .infinity)
    #expect(hypervolume([], reference: [1, 1]) == 0)
    #expect(hypervolume([[-.infinity, 0, 0, 0], [0, -.infinity, 0, 0]], reference: [1, 1, 1, 1]) == .infinity)
  }

  @Test(arguments: 2...4) func subsetsAreThoseOfTheGreedyRule(dimensions: Int) {
    for seed in 1...4 {
      let points = points(25, dimensions, seed: UInt64(seed * 13), levels: 1e6)
      let reference = [Double](repeating: 1.1, count: dimensions)
      let chosen = hypervolumeSubset(points, count: 8, reference: reference)
      #expect(chosen.count == 8)
      #expect(Set(chosen).count == 8)
      var taken: [[Double]] = []
      for i in chosen {
        let most = points.map { hypervolume(taken + [$0], reference: reference) }.max() ?? 0
        taken.append(points[i])
        #expect(abs(hypervolume(taken, reference: reference) - most) < 1e-12)
      }
    }
  }

  @Test func subsetsTakeEqualPointsLast() {
    let points: [[Double]] = [[0, 1], [0, 1], [1, 0], [1, 0], [0.5, 0.5]]
    #expect(hypervolumeSubset(points, count: 4, reference: [2, 2]) == [0, 1, 2, 4])
    #expect(Set(hypervolumeSubset(points, count: 3, reference: [2, 2])) == [0, 2, 4])
    #expect(hypervolumeSubset(points, count: 5, reference: [2, 2]) == [0, 1, 2, 3, 4])
  }

  @Test func roomIsTheDistanceOfNeighbours() {
    let distances = crowdingDistances([[0, 4], [1, 2], [4, 0], [3, 1]])
    #expect(distances[0] == .infinity)
    #expect(distances[2] == .infinity)
    #expect(distances[1] == 3.0 / 4 + 3.0 / 4)
    #expect(distances[3] == 3.0 / 4 + 2.0 / 4)
    // An objective in which all are equal adds nothing.
    #expect(crowdingDistances([[1, 5], [1, 5], [1, 5]]) == [0, 0, 0])
  }
}
