/// How lists of one level of a feature are spread: whether they are there, how many items they have.
struct LevelCounter: Sendable {
  var present = 0
  var fewest = Int.max
  var most = 0
  var items = 0
  var presentWeight = 0.0
  var itemWeight = 0.0
  private var lengths: [Int: Int] = [:]
  private var sketch = QuantileSketch()

  /// Adds lists that have one item each, those of which are null left out.
  mutating func addSingle(_ count: Int) {
    present += count
    items += count
    if count > 0 { addLength(1, count) }
  }

  /// Adds a list of `length` items.
  mutating func add(_ length: Int) {
    present += 1
    items += length
    addLength(length, 1)
  }

  /// Adds a number of items to those that the histogram is of.
  mutating func addLength(_ length: Int, _ count: Int) {
    fewest = min(fewest, length)
    most = max(most, length)
    lengths[length, default: 0] += count
    guard lengths.count >= 4096 else { return }
    for (length, count) in lengths { sketch.add(Double(length), weight: Double(count)) }
    lengths = [:]
  }

  mutating func merge(_ other: LevelCounter) {
    present += other.present
    fewest = min(fewest, other.fewest)
    most = max(most, other.most)
    items += other.items
    presentWeight += other.presentWeight
    itemWeight += other.itemWeight
    for (length, count) in other.lengths { lengths[length, default: 0] += count }
    sketch.merge(other.sketch)
  }

  /// The number of items in ten groups of as many lists each, and ten buckets of one width.
  func histograms() -> (quantiles: Histogram, standard: Histogram) {
    var sketch = sketch
    for (length, count) in lengths { sketch.add(Double(length), weight: Double(count)) }
    let (values, cumulative) = sketch.summary.quantiles(10)
    return (
      HistogramMaking.quantiles(values, cumulative),
      HistogramMaking.standard(
        values, cumulative, from: Double(fewest), to: Double(most), count: 10, infinite: 0)
    )
  }
}
