/// The order of numbers that come in any order and number, in little memory: quantiles with an error that is known.
///
/// It is the summary of weighted quantiles of Greenwald and Khanna as XGBoost's paper has it
/// (https://arxiv.org/abs/1603.02754, appendix): values with the least and the greatest rank that they can have. Summaries
/// merge without losing anything; cutting one down to n values moves ranks by a part of 1/n at most. Numbers are exact as long
/// as no more than ``capacity`` of them differ. Beyond, a rank is off by at most 1/8192 of all numbers for each doubling of
/// their count beyond 65,536: less than 0.2 % for a thousand million numbers.
struct QuantileSketch: Sendable {
  /// So many values a summary keeps.
  static let capacity = 8192
  private static let bufferSize = 65536

  /// A value with its weight and the ranks that it can have.
  struct Entry: Sendable {
    var value: Double
    var weight: Double
    /// The least and greatest weight of what lies before it, the greatest with its own.
    var minimumRank: Double
    var maximumRank: Double

    var previousMaximumRank: Double { maximumRank - weight }
    var nextMinimumRank: Double { minimumRank + weight }
  }

  private var values: [Double] = []
  /// The weights of the values; none where each is 1.
  private var weights: [Double] = []
  /// Summaries of 2^i full buffers; empty where there is none.
  private var levels: [[Entry]] = []

  /// Whether there are no numbers.
  var isEmpty: Bool { values.isEmpty && levels.allSatisfy(\.isEmpty) }

  /// Adds numbers, none of which is NaN, each of the weight 1.
  mutating func add(_ numbers: UnsafeBufferPointer<Double>) {
    guard weights.isEmpty else {
      for number in numbers { add(number, weight: 1) }
      return
    }
    var rest = numbers[...]
    while !rest.isEmpty {
      let part = rest.prefix(Self.bufferSize - values.count)
      values.append(contentsOf: part)
      rest = rest.dropFirst(part.count)
      if values.count == Self.bufferSize { flush() }
    }
  }

  /// Adds a number with its weight. What is NaN or has no weight is left out.
  mutating func add(_ number: Double, weight: Double) {
    guard weight > 0, !number.isNaN else { return }
    if weights.isEmpty, !values.isEmpty { weights = [Double](repeating: 1, count: values.count) }
    values.append(number)
    weights.append(weight)
    if values.count >= Self.bufferSize { flush() }
  }

  /// Adds what another sketch has.
  mutating func merge(_ other: QuantileSketch) {
    var other = other
    other.flush()
    for (level, summary) in other.levels.enumerated() where !summary.isEmpty { settle(summary, at: level) }
  }

  /// All numbers as one summary.
  var summary: QuantileSummary {
    var copy = self
    copy.flush()
    return QuantileSummary(entries: copy.levels.reduce([]) { Self.merged($0, $1) })
  }

  private mutating func flush() {
    guard !values.isEmpty else { return }
    var entries: [Entry] = []
    var rank = 0.0
    func add(_ value: Double, _ weight: Double) {
      if let last = entries.indices.last, entries[last].value == value {
        entries[last].weight += weight
        entries[last].maximumRank += weight
      } else {
        entries.append(Entry(value: value, weight: weight, minimumRank: rank, maximumRank: rank + weight))
      }
      rank += weight
    }
    if weights.isEmpty {
      RadixSort.sort(&values)
      for value in values { add(value, 1) }
    } else {
      for i in values.indices.sorted(by: { values[$0] < values[$1] }) { add(values[i], weights[i]) }
    }
    values.removeAll(keepingCapacity: true)
    weights.removeAll()
    settle(Self.cut(entries), at: 0)
  }

  private mutating func settle(_ summary: [Entry], at start: Int) {
    var summary = summary
    var level = start
    while true {
      while levels.count <= level { levels.append([]) }
      if levels[level].isEmpty {
        levels[level] = summary
        return
      }
      summary = Self.merged(levels[level], summary)
      // What few different values take stays where it is.
      if summary.count <= Self.capacity {
        levels[level] = summary
        return
      }
      levels[level] = []
      summary = Self.cut(summary)
      level += 1
    }
  }

  /// The entries at even distances of rank, the first and the last among them.
  private static func cut(_ entries: [Entry]) -> [Entry] {
    guard entries.count > capacity, let last = entries.last else { return entries }
    var kept = [entries[0]]
    kept.reserveCapacity(capacity + 1)
    var place = 0
    for step in 1..<capacity {
      let wanted = 2 * (Double(step) * last.maximumRank / Double(capacity))
      let before = place
      while place + 1 < entries.count - 1, entries[place + 1].minimumRank + entries[place + 1].maximumRank <= wanted {
        place += 1
      }
      if place > before { kept.append(entries[place]) }
    }
    kept.append(last)
    return kept
  }

  /// Two summaries as one: an entry's ranks grow by what the other has before it.
  private static func merged(_ a: [Entry], _ b: [Entry]) -> [Entry] {
    guard let lastA = a.last else { return b }
    guard let lastB = b.last else { return a }
    var result: [Entry] = []
    result.reserveCapacity(a.count + b.count)
    var (i, j) = (0, 0)
    var (before, beforeOther) = (0.0, 0.0)
    while i < a.count || j < b.count {
      if j == b.count || i < a.count && a[i].value < b[j].value {
        var entry = a[i]
        entry.minimumRank += beforeOther
        entry.maximumRank += j < b.count ? b[j].previousMaximumRank : lastB.maximumRank
        before = a[i].nextMinimumRank
        result.append(entry)
        i += 1
      } else if i == a.count || b[j].value < a[i].value {
        var entry = b[j]
        entry.minimumRank += before
        entry.maximumRank += i < a.count ? a[i].previousMaximumRank : lastA.maximumRank
        beforeOther = b[j].nextMinimumRank
        result.append(entry)
        j += 1
      } else {
        result.append(
          Entry(
            value: a[i].value, weight: a[i].weight + b[j].weight, minimumRank: a[i].minimumRank + b[j].minimumRank,
            maximumRank: a[i].maximumRank + b[j].maximumRank))
        before = a[i].nextMinimumRank
        beforeOther = b[j].nextMinimumRank
        i += 1
        j += 1
      }
    }
    return result
  }
}

/// Numbers in their order, with ranks.
struct QuantileSummary {
  let entries: [QuantileSketch.Entry]

  /// The values at `count` equal distances of rank, from the least to the greatest: one more than `count`; and the weight up
  /// to each.
  func quantiles(_ count: Int) -> (values: [Double], cumulative: [Double]) {
    guard let last = entries.last else { return ([], []) }
    var values: [Double] = []
    var cumulative: [Double] = []
    var place = 0
    for rank in 0...max(2, count) {
      let wanted = 2 * (Double(rank) * last.maximumRank / Double(max(2, count)))
      var next = place + 1
      while next < entries.count, wanted >= entries[next].minimumRank + entries[next].maximumRank { next += 1 }
      place = next - 1
      let isHere =
        next == entries.count || wanted < entries[place].nextMinimumRank + entries[next].previousMaximumRank
      let entry = entries[isHere ? place : next]
      values.append(entry.value)
      cumulative.append(entry.maximumRank)
    }
    return (values, cumulative)
  }
}

/// Sorts numbers byte by byte, the lowest first; bytes that all have in common are passed over.
enum RadixSort {
  static func sort(_ numbers: inout [Double]) {
    guard numbers.count > 256 else {
      numbers.sort()
      return
    }
    let count = numbers.count
    // The sign turned round, and all bits of negative numbers, makes the order of bits that of numbers. Both zeros are one.
    var keys = numbers.map { number -> UInt64 in
      let bits = (number + 0).bitPattern
      return bits >> 63 == 1 ? ~bits : bits | 1 << 63
    }
    var others = [UInt64](repeating: 0, count: count)
    var counts = [Int](repeating: 0, count: 8 * 256)
    counts.withUnsafeMutableBufferPointer { counts in
      for key in keys {
        for byte in 0..<8 { counts[byte << 8 | Int(key >> UInt64(8 * byte) & 255)] += 1 }
      }
    }
    for byte in 0..<8 {
      let shift = UInt64(8 * byte)
      if counts[byte << 8 | Int(keys[0] >> shift & 255)] == count { continue }
      var starts = [Int](repeating: 0, count: 256)
      for i in 1..<256 { starts[i] = starts[i - 1] + counts[byte << 8 | (i - 1)] }
      keys.withUnsafeBufferPointer { keys in
        others.withUnsafeMutableBufferPointer { others in
          starts.withUnsafeMutableBufferPointer { starts in
            for key in keys {
              let digit = Int(key >> shift & 255)
              others[starts[digit]] = key
              starts[digit] += 1
            }
          }
        }
      }
      swap(&keys, &others)
    }
    for i in 0..<count {
      let key = keys[i]
      numbers[i] = Double(bitPattern: key >> 63 == 1 ? key & ~(1 << 63) : ~key)
    }
  }
}
