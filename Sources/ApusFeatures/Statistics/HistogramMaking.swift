/// Histograms out of quantiles, as TensorFlow Data Validation makes them: of 1000 quantiles, ten buckets of one width and ten of as
/// many values each. Values are taken to lie evenly within a quantile, so that counts are no whole numbers.
enum HistogramMaking {
  /// How many quantiles a bucket is made of.
  static let finer = 100

  /// A bucket for each pair of neighbouring quantiles. Of buckets that end at one value each gets the same part of the count;
  /// the weight of the least value goes to the first of them.
  static func quantiles(_ values: [Double], _ cumulative: [Double]) -> Histogram {
    var histogram = Histogram()
    histogram.kind = .quantiles
    histogram.buckets = buckets(values, cumulative).map { HistogramBucket($0.low, $0.high, $0.count) }
    return histogram
  }

  /// The same with one bucket for each ``finer`` of them.
  static func coarseQuantiles(_ values: [Double], _ cumulative: [Double]) -> Histogram {
    let places = Array(stride(from: 0, to: values.count, by: finer))
    return quantiles(places.map { values[$0] }, places.map { cumulative[$0] })
  }

  private typealias Bucket = (low: Double, high: Double, count: Double)

  private static func buckets(_ values: [Double], _ cumulative: [Double]) -> [Bucket] {
    guard values.count > 1 else { return [] }
    var buckets = (1..<values.count).map { i -> Bucket in
      (values[i - 1], values[i], cumulative[i] - cumulative[i - 1])
    }
    var start = 0
    while start < buckets.count {
      let end = buckets[start...].firstIndex { $0.high != buckets[start].high } ?? buckets.count
      if end > start + 1 {
        let part = buckets[start..<end].reduce(0) { $0 + $1.count } / Double(end - start)
        for i in start..<end { buckets[i].count = part }
      }
      start = end
    }
    let first = buckets.prefix { $0.low == buckets[0].low && $0.high == buckets[0].high }.count
    for i in 0..<first { buckets[i].count += cumulative[0] / Double(first) }
    return buckets
  }

  /// Buckets of one width between the least and the greatest finite value; infinite values have buckets of their own.
  /// - Parameter infinite: how many values are positive infinity.
  static func standard(
    _ values: [Double], _ cumulative: [Double], from low: Double, to high: Double, count: Int, infinite: Double
  ) -> Histogram {
    var histogram = Histogram()
    histogram.kind = .standard
    guard low.isFinite, high.isFinite else {
      histogram.buckets = [HistogramBucket(low, high, cumulative.last ?? 0)]
      return histogram
    }
    var values = values
    var cumulative = cumulative
    var negative = 0.0
    let firstFinite = values.firstIndex { $0 > -.infinity } ?? values.count
    if firstFinite > 0 {
      negative = cumulative[firstFinite - 1]
      cumulative = cumulative[firstFinite...].map { $0 - negative }
      values.removeFirst(firstFinite)
    }
    if infinite > 0 {
      let finite = (cumulative.last ?? 0) - infinite
      let end = values.firstIndex(of: .infinity) ?? values.count
      values = values[..<end] + [high]
      cumulative = cumulative[..<end] + [finite]
    }
    let width = (high - low) / Double(count)
    let edges = low == high ? [low, high] : (0..<count).map { low + Double($0) * width } + [high]
    guard edges.allSatisfy(\.isFinite) else { return histogram }
    var result: [HistogramBucket] = []
    if negative > 0 { result.append(HistogramBucket(-.infinity, -.infinity, negative)) }
    let fine = buckets(values, cumulative)
    var start = 0
    for i in 1..<edges.count {
      var sum = 0.0
      for place in start..<max(start, fine.count) {
        guard let part = overlap(fine[place], edges[i - 1], edges[i], isFirst: i == 1) else { break }
        if part < 0 { start = place } else { sum += part * fine[place].count }
      }
      result.append(HistogramBucket(edges[i - 1], edges[i], sum))
    }
    if infinite > 0 { result.append(HistogramBucket(.infinity, .infinity, infinite)) }
    histogram.buckets = result
    return histogram
  }

  /// Which part of a bucket lies within an interval: negative where it lies before it, nil where behind.
  private static func overlap(_ bucket: Bucket, _ low: Double, _ high: Double, isFirst: Bool) -> Double? {
    if bucket.low == bucket.high, bucket.low == low { return isFirst ? 1 : -1 }
    if bucket.high < low { return -1 }
    if bucket.low > high { return nil }
    let (start, end) = (max(low, bucket.low), min(high, bucket.high))
    if start == bucket.low, end == bucket.high { return 1 }
    return (end - start) / (bucket.high - bucket.low)
  }

  /// The middle of quantiles.
  static func median(_ values: [Double]) -> Double {
    let middle = values.count / 2
    return values.count % 2 == 0 ? (values[middle - 1] + values[middle]) / 2 : values[middle]
  }
}
