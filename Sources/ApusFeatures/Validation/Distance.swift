#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// How far the values of a feature in two data sets are from each other.
enum Distance {
  /// The greatest difference between the parts that a text has of all of them, and the text.
  static func infinityNorm(_ a: CheckedFeature, _ b: CheckedFeature) -> (text: String, value: Double) {
    greatest(a, b, divisor(a), divisor(b))
  }

  /// The greatest difference between the counts of a text, in parts of all counts of both.
  static func normalizedDifference(_ a: CheckedFeature, _ b: CheckedFeature) -> (text: String, value: Double) {
    let sum = total(a) + total(b)
    return greatest(a, b, sum == 0 ? 1 : sum, sum == 0 ? 1 : sum)
  }

  private static func total(_ view: CheckedFeature) -> Double { view.texts.reduce(0) { $0 + $1.count } }

  private static func divisor(_ view: CheckedFeature) -> Double {
    let sum = total(view)
    return sum == 0 ? 1 : sum
  }

  /// Of equal differences the last text in order counts.
  private static func greatest(
    _ a: CheckedFeature, _ b: CheckedFeature, _ divisorA: Double, _ divisorB: Double
  ) -> (text: String, value: Double) {
    var best = (text: "", value: 0.0)
    for (text, first, second) in pairs(a, b) {
      let value = abs(first / divisorA - second / divisorB)
      if value >= best.value { best = (text, value) }
    }
    return best
  }

  /// The texts of both in order, with their counts.
  private static func pairs(_ a: CheckedFeature, _ b: CheckedFeature) -> [(String, Double, Double)] {
    var counts: [String: (Double, Double)] = [:]
    for (text, count) in a.texts { counts[text, default: (0, 0)].0 += count }
    for (text, count) in b.texts { counts[text, default: (0, 0)].1 += count }
    return counts.map { ($0.key, $0.value.0, $0.value.1) }.sorted { $0.0.utf8.lexicographicallyPrecedes($1.0.utf8) }
  }

  /// The Jensen-Shannon divergence, with logarithms to base 2: 0 for the same distribution, 1 for distributions that have nothing in
  /// common. Of numbers it is that of their histograms, values lying evenly within a bucket. Nil where one of the two has neither
  /// texts nor a histogram.
  static func jensenShannon(_ a: CheckedFeature, _ b: CheckedFeature, kind: HistogramKind) -> Double? {
    if !a.texts.isEmpty, !b.texts.isEmpty {
      guard a.texts.allSatisfy({ $0.count > 0 }), b.texts.allSatisfy({ $0.count > 0 }) else { return nil }
      let pairs = pairs(a, b)
      return divergence(pairs.map(\.1), pairs.map(\.2))
    }
    guard let first = a.histograms.first(where: { $0.kind == kind }),
      let second = b.histograms.first(where: { $0.kind == kind })
    else { return nil }
    let aligned = aligned(Mass(first), Mass(second))
    return divergence(aligned.0, aligned.1)
  }

  private static func divergence(_ p: [Double], _ q: [Double]) -> Double? {
    let (sumP, sumQ) = (p.reduce(0, +), q.reduce(0, +))
    guard sumP > 0, sumQ > 0 else { return nil }
    var result = 0.0
    for (x, y) in zip(p, q) {
      let (x, y) = (x / sumP, y / sumQ)
      let middle = (x + y) / 2
      if x > 0 { result += x * log2(x / middle) }
      if y > 0 { result += y * log2(y / middle) }
    }
    return min(result / 2, 1)
  }

  /// What lies where: in ranges, at points, and where there is no place for it.
  private struct Mass {
    var ranges: [(low: Double, high: Double, count: Double)] = []
    var points: [Double: Double] = [:]
    var infinite = 0.0
    var notNumbers: Double

    init(_ histogram: Histogram) {
      notNumbers = Double(histogram.nanCount)
      for bucket in histogram.buckets {
        if !bucket.low.isFinite || !bucket.high.isFinite {
          infinite += bucket.count
        } else if bucket.low == bucket.high {
          points[bucket.low, default: 0] += bucket.count
        } else {
          ranges.append((bucket.low, bucket.high, bucket.count))
        }
      }
    }

    /// Where ranges begin and end.
    var edges: [Double] { ranges.flatMap { [$0.low, $0.high] } }

    /// The mass between neighbouring edges.
    func cut(at edges: [Double]) -> [Double] {
      var result = [Double](repeating: 0, count: max(0, edges.count - 1))
      var place = 0
      for range in ranges {
        while place < result.count, edges[place] < range.low { place += 1 }
        var i = place
        while i < result.count, edges[i] < range.high {
          result[i] += range.count * (edges[i + 1] - edges[i]) / (range.high - range.low)
          i += 1
        }
        place = i
      }
      return result
    }
  }

  /// Both with the same ranges. What is infinite in one has nothing in common with the other. What is NaN has neither, and counts
  /// only where the ranges are the same ones already, as TensorFlow Data Validation has it: thresholds keep their meaning.
  private static func aligned(_ a: Mass, _ b: Mass) -> ([Double], [Double]) {
    let edges = Set(a.edges + b.edges).sorted()
    let points = Set(a.points.keys).union(b.points.keys)
    var first = a.cut(at: edges) + points.map { a.points[$0] ?? 0 }
    var second = b.cut(at: edges) + points.map { b.points[$0] ?? 0 }
    first += [a.infinite, 0]
    second += [0, b.infinite]
    if Set(a.edges) == Set(b.edges) {
      first += [a.notNumbers, 0]
      second += [0, b.notNumbers]
    }
    return (first, second)
  }
}
