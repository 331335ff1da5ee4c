import ApusCore
import ApusFormats

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// How the values of a histogram are put into buckets.
public enum HistogramBins: Sendable, Hashable, ExpressibleByStringLiteral, ExpressibleByIntegerLiteral,
  ExpressibleByArrayLiteral
{
  /// TensorBoard's own: each a tenth wider than the one before it.
  case tensorflow
  /// As many equal ones as NumPy's rule gives: "auto", "fd", "sturges", "sqrt", "rice" or "scott".
  case rule(String)
  /// So many equal ones.
  case count(Int)
  /// Between these limits, in ascending order.
  case edges([Double])

  public init(stringLiteral name: String) { self = name == "tensorflow" ? .tensorflow : .rule(name) }
  public init(integerLiteral count: Int) { self = .count(count) }
  public init(arrayLiteral edges: Double...) { self = .edges(edges) }
}

extension SummaryWriter {
  /// Records the distribution of the elements of a tensor.
  /// - Parameters:
  ///   - bins: the buckets: "tensorflow", a rule of NumPy's `histogram_bin_edges`, a number, or limits.
  ///   - maxBins: about how many buckets there are at most; neighbours are put together.
  public func addHistogram(
    _ tag: String, _ values: Tensor, _ step: Int = 0, bins: HistogramBins = .tensorflow, walltime: Double? = nil,
    maxBins: Int? = nil
  ) {
    guard !values.hasFailed else { return }
    let numbers = values.detach().to(.float64).reshape([-1]).array(as: Double.self)
    addHistogram(tag, numbers, step, bins: bins, walltime: walltime, maxBins: maxBins)
  }

  /// Records the distribution of numbers.
  public func addHistogram(
    _ tag: String, _ values: [Double], _ step: Int = 0, bins: HistogramBins = .tensorflow, walltime: Double? = nil,
    maxBins: Int? = nil
  ) {
    if bins == .tensorflow, maxBins == nil {
      write { try $0.addHistogram(tag, values, step: step, wallTime: walltime) }
      return
    }
    let finite = values.filter(\.isFinite).sorted()
    guard let low = finite.first, let high = finite.last else {
      report(TensorError(.value, "addHistogram", "'\(tag)' has no finite values"))
      return
    }
    guard let edges = reported("addHistogram", { try HistogramEdges.edges(bins, finite) }) else { return }
    var (limits, counts) = (edges, HistogramEdges.counts(finite, edges))
    if let maxBins, maxBins > 0, counts.count > maxBins {
      (limits, counts) = HistogramEdges.joined(limits, counts, most: maxBins)
    }
    // Buckets without values at both ends are left out, but for one in front, which tells where the first begins.
    let first = counts.firstIndex { $0 > 0 } ?? 0
    let last = counts.lastIndex { $0 > 0 } ?? counts.count - 1
    addHistogramRaw(
      tag, min: low, max: high, num: Double(values.count), sum: finite.reduce(0, +),
      sumSquares: finite.reduce(0) { $0 + $1 * $1 }, bucketLimits: Array(limits[first...(last + 1)]),
      bucketCounts: [first > 0 ? counts[first - 1] : 0] + counts[first...last], step, walltime: walltime)
  }

  /// Records a distribution that was counted elsewhere.
  /// - Parameters:
  ///   - bucketLimits: the upper limit of each bucket.
  ///   - bucketCounts: how many values lie in each, as many as limits.
  public func addHistogramRaw(
    _ tag: String, min: Double, max: Double, num: Double, sum: Double, sumSquares: Double, bucketLimits: [Double],
    bucketCounts: [Double], _ step: Int = 0, walltime: Double? = nil
  ) {
    guard bucketLimits.count == bucketCounts.count else {
      report(
        TensorError(
          .shape, "addHistogramRaw",
          "len(bucketLimits) != len(bucketCounts): \(bucketLimits.count) limits and \(bucketCounts.count) counts"))
      return
    }
    write {
      try $0.add(tag, step, walltime) { value in
        value.add(5) { histogram in
          for (field, number) in [min, max, num, sum, sumSquares].enumerated() {
            histogram.add(field + 1, double: number)
          }
          histogram.add(6, doubles: bucketLimits)
          histogram.add(7, doubles: bucketCounts)
        }
      }
    }
  }
}

/// The limits of buckets, as NumPy's `histogram` finds them.
private enum HistogramEdges {
  static func edges(_ bins: HistogramBins, _ sorted: [Double]) throws -> [Double] {
    switch bins {
    case .tensorflow:
      let positive = Array(sequence(first: 1e-12) { $0 < 1e20 ? $0 * 1.1 : nil }.dropLast())
      return positive.reversed().map { -$0 } + [0] + positive
    case .count(let count):
      guard count > 0 else { throw TensorError(.value, "addHistogram", "the number of bins is positive, not \(count)") }
      return equal(count, sorted)
    case .edges(let edges):
      guard edges.count > 1, zip(edges, edges.dropFirst()).allSatisfy({ $0 <= $1 }) else {
        throw TensorError(.value, "addHistogram", "limits are two or more numbers in ascending order")
      }
      return edges
    case .rule(let name):
      let range = sorted[sorted.count - 1] - sorted[0]
      let width = try self.width(name, sorted, range)
      return equal(width > 0 && range > 0 ? Int(min((range / width).rounded(.up), 1e6)) : 1, sorted)
    }
  }

  private static func width(_ rule: String, _ sorted: [Double], _ range: Double) throws -> Double {
    let n = Double(sorted.count)
    let sturges = range / (log2(n) + 1)
    func quantile(_ part: Double) -> Double {
      let place = part * (n - 1)
      let low = Int(place)
      let high = min(low + 1, sorted.count - 1)
      return sorted[low] + (sorted[high] - sorted[low]) * (place - Double(low))
    }
    let freedman = 2 * (quantile(0.75) - quantile(0.25)) / cbrt(n)
    switch rule {
    case "sturges": return sturges
    case "sqrt": return range / n.squareRoot()
    case "rice": return range / (2 * cbrt(n))
    case "fd": return freedman
    case "auto": return freedman > 0 ? min(max(freedman, range / n.squareRoot() / 2), sturges) : sturges
    case "scott":
      let mean = sorted.reduce(0, +) / n
      let deviation = (sorted.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / n).squareRoot()
      return cbrt(24 * Double.pi.squareRoot() / n) * deviation
    default:
      throw TensorError(
        .value, "addHistogram",
        "there is no rule '\(rule)' for bins; there are tensorflow, auto, fd, sturges, sqrt, rice and scott")
    }
  }

  private static func equal(_ count: Int, _ sorted: [Double]) -> [Double] {
    var (low, high) = (sorted[0], sorted[sorted.count - 1])
    if low == high { (low, high) = (low - 0.5, high + 0.5) }
    let step = (high - low) / Double(count)
    return (0...count).map { $0 == count ? high : Double($0) * step + low }
  }

  /// How many of the values lie in each bucket; the last one has its upper limit too.
  static func counts(_ sorted: [Double], _ edges: [Double]) -> [Double] {
    var counts = [Double](repeating: 0, count: edges.count - 1)
    var bucket = 0
    for value in sorted where value >= edges[0] && value <= edges[edges.count - 1] {
      while bucket < counts.count - 1, value >= edges[bucket + 1] { bucket += 1 }
      counts[bucket] += 1
    }
    return counts
  }

  /// The same with several neighbours in one bucket, as PyTorch does it.
  static func joined(_ limits: [Double], _ counts: [Double], most: Int) -> ([Double], [Double]) {
    let size = counts.count / most
    var counts = counts
    let rest = counts.count % size
    if rest != 0 { counts += [Double](repeating: 0, count: size - rest) }
    let starts = Array(stride(from: 0, to: counts.count, by: size))
    return (
      starts.map { limits[min($0, limits.count - 1)] } + [limits[limits.count - 1]],
      starts.map { counts[$0..<$0 + size].reduce(0, +) }
    )
  }
}
