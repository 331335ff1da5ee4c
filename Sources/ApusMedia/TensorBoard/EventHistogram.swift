import ApusFormats

/// The distribution of values in TensorBoard's buckets: limits from 1e-12 to 1e20, each 1.1 times the one before, the same
/// below zero, and zero itself.
struct EventHistogram {
  private var minimum = Double.infinity
  private var maximum = -Double.infinity
  private var count = 0.0
  private var sum = 0.0
  private var squares = 0.0
  private var buckets = [Double](repeating: 0, count: limits.count + 1)

  private static let limits: [Double] = {
    let positive = Array(sequence(first: 1e-12) { $0 < 1e20 ? $0 * 1.1 : nil }.dropLast())
    return positive.reversed().map { -$0 } + [0] + positive
  }()

  init(_ values: some Sequence<Double>) {
    for value in values where value.isFinite {
      minimum = min(minimum, value)
      maximum = max(maximum, value)
      count += 1
      sum += value
      squares += value * value
      buckets[Self.bucket(of: value)] += 1
    }
  }

  /// The number of limits not above `value`: bucket `i` ends before limit `i`.
  private static func bucket(of value: Double) -> Int {
    var (low, high) = (0, limits.count)
    while low < high {
      let middle = (low + high) / 2
      if limits[middle] <= value { low = middle + 1 } else { high = middle }
    }
    return low
  }

  func encode(_ message: inout ProtobufWriter) {
    message.add(1, double: count > 0 ? minimum : 0)
    message.add(2, double: count > 0 ? maximum : 0)
    message.add(3, double: count)
    message.add(4, double: sum)
    message.add(5, double: squares)
    guard let first = buckets.firstIndex(where: { $0 > 0 }), let last = buckets.lastIndex(where: { $0 > 0 }) else {
      message.add(6, doubles: [Double.greatestFiniteMagnitude])
      message.add(7, doubles: [0])
      return
    }
    // An empty bucket in front tells where the first one with values begins.
    let shown = max(first - 1, 0)...last
    message.add(6, doubles: shown.map { $0 < Self.limits.count ? Self.limits[$0] : .greatestFiniteMagnitude })
    message.add(7, doubles: Array(buckets[shown]))
  }
}
