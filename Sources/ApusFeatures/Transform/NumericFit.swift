import ApusCore
import ApusMedia

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// Moments and extremes of numbers, part by part.
struct NumberMoments {
  private(set) var count = 0
  private(set) var mean = 0.0
  /// The sum of squared distances from the mean.
  private var squares = 0.0
  private(set) var least = Double.infinity
  private(set) var largest = -Double.infinity

  /// The mean of the squared distances from the mean.
  var variance: Double { count > 0 ? squares / Double(count) : .nan }

  mutating func add(_ values: [Double]) {
    guard !values.isEmpty else { return }
    let own = Double(values.count)
    let mean = values.reduce(0, +) / own
    var (squares, rest) = (0.0, 0.0)
    for value in values {
      let distance = value - mean
      squares += distance * distance
      rest += distance
      least = min(least, value)
      largest = max(largest, value)
    }
    // What the rounding of the mean leaves, and the distance of the two means.
    squares -= rest * rest / own
    let (before, distance) = (Double(count), mean + rest / own - self.mean)
    self.squares += squares + distance * distance * before * own / (before + own)
    self.mean += distance * own / (before + own)
    count += values.count
  }
}

/// Gathers a column of numbers.
struct NumericFit: ColumnFit {
  private let description: NumericDescription
  /// The steps before the one that is fitted.
  private let before: [NumericStep]
  private let fittedStep: NumericStep?
  /// Of the numbers as they are, and of those before the step that is fitted.
  private var (raw, moments) = (NumberMoments(), NumberMoments())
  private var rawRanks: QuantileSketch?
  private var ranks: QuantileSketch?
  private var missing = 0
  private var rows = 0
  private var needsDouble = false

  init(_ description: NumericDescription) {
    self.description = description
    let place = description.steps.firstIndex(where: \.isFitted)
    before = Array(description.steps[..<(place ?? 0)])
    fittedStep = place.map { description.steps[$0] }
    if description.missing == .median { rawRanks = QuantileSketch() }
    switch fittedStep {
    case .robust, .uniform, .bucketised: ranks = QuantileSketch()
    default: break
    }
  }

  mutating func add(_ table: Table) throws(TensorError) {
    let name = description.name
    let column = try table.column(name, "fit")
    let values = try column.numbers(name, "fit")
    let there = values.filter { !$0.isNaN }
    rows += values.count
    missing += values.count - there.count
    raw.add(there)
    if let largest = [abs(raw.least), raw.largest].max(), largest > 0x1p24, column.isCounted { needsDouble = true }
    there.withUnsafeBufferPointer { rawRanks?.add($0) }
    guard fittedStep != nil else { return }
    var changed = there
    for step in before {
      for i in changed.indices {
        changed[i] = Self.value(step, changed[i])
        guard !changed[i].isNaN else {
          throw described(name, "has \(there[i]), of which \(step) gives no number; clip it before")
        }
      }
    }
    moments.add(changed)
    changed.withUnsafeBufferPointer { ranks?.add($0) }
  }

  private static func value(_ step: NumericStep, _ x: Double) -> Double {
    switch step {
    case .log1p: log1p(x)
    case .clipped(let range): min(max(x, range.lowerBound), range.upperBound)
    default: x
    }
  }

  func fitted(_ known: [FittedColumn]) throws(TensorError) -> FittedColumn {
    let name = description.name
    guard raw.count > 0 else { throw described(name, "has no value in \(rows) rows; leave it out") }
    if missing > 0, description.missing == .refused {
      throw described(
        name,
        "misses \(missing) of \(rows) values, and nothing stands for them; say so, as missing: .mean, .median or .value(0), or leave "
          + "these rows out with droppingNulls(in:)")
    }
    let needsFinite = fittedStep != nil || description.missing == .mean || description.missing == .median
    if needsFinite, !raw.least.isFinite || !raw.largest.isFinite {
      throw described(
        name, "has infinite numbers, of which no mean and no rank can be fitted; clip or leave them out before")
    }
    let fill: Double? =
      switch description.missing {
      case .refused: nil
      case .mean: raw.mean
      case .median: rawRanks?.summary.interpolated([0.5])[0]
      case .value(let value): value
      }
    return .numeric(
      FittedNumeric(
        name: name, dtype: description.dtype ?? (needsDouble ? .float64 : .float32), fill: fill,
        hasIndicator: description.hasIndicator, operations: description.steps.map(operation), role: description.role))
  }

  private func operation(_ step: NumericStep) -> NumericOperation {
    /// A width by which numbers are divided; 1 where all numbers are the same.
    func divisor(_ width: Double) -> Double { width > 0 ? width : 1 }
    switch step {
    case .log1p: return .log1p
    case .clipped(let range): return .clip(range.lowerBound, range.upperBound)
    case .standardised: return .linear(shift: moments.mean, divisor: divisor(moments.variance.squareRoot()), offset: 0)
    case .scaled(to: let range):
      let width = divisor(moments.largest - moments.least)
      let size = range.upperBound - range.lowerBound
      guard size > 0 else { return .clip(range.lowerBound, range.upperBound) }
      return .linear(shift: moments.least, divisor: width / size, offset: range.lowerBound)
    case .robust:
      let quartiles = ranks?.summary.interpolated([0.25, 0.5, 0.75]) ?? [0, 0, 1]
      return .linear(shift: quartiles[1], divisor: divisor(quartiles[2] - quartiles[0]), offset: 0)
    case .uniform(let count):
      let marks = (0..<count).map { Double($0) / Double(count - 1) }
      return .interpolate(ranks?.summary.interpolated(marks) ?? [])
    case .bucketised(let count, let encoding):
      var bounds: [Double] = []
      for bound in ranks?.summary.interpolated((1..<count).map { Double($0) / Double(count) }) ?? []
      where bound > bounds.last ?? moments.least { bounds.append(bound) }
      return .buckets(bounds, encoding)
    case .buckets(at: let bounds, let encoding): return .buckets(bounds, encoding)
    }
  }
}

extension Column {
  /// Whether its numbers count something, so that each digit of a large one matters.
  fileprivate var isCounted: Bool {
    switch type.decoded {
    case .int32, .int64, .uint32, .uint64, .date32, .date64, .time32, .time64, .timestamp, .duration: true
    default: false
    }
  }
}
