/// What is known of the numbers of a feature so far.
struct NumericCollector: Sendable {
  private(set) var nanCount = 0
  private var zeroCount = 0
  private var minimum = Double.infinity
  private var maximum = -Double.infinity
  private var finiteMinimum = Double.infinity
  private var finiteMaximum = -Double.infinity
  private var infiniteCount = 0
  private var infiniteWeight = 0.0
  private var moments = Moments()
  private var weightedMoments = Moments()
  private var sketch = QuantileSketch()
  private var weightedSketch = QuantileSketch()

  /// Adds numbers, with their weights where they have some. The memory of the numbers is used for what follows.
  mutating func add(_ numbers: UnsafeMutableBufferPointer<Double>, weights: UnsafeMutableBufferPointer<Double>?) {
    var count = 0
    for i in numbers.indices {
      let number = numbers[i]
      if number.isNaN { continue }
      numbers[count] = number
      if let weights { weights[count] = weights[i] }
      count += 1
    }
    nanCount += numbers.count - count
    guard count > 0 else { return }
    let values = UnsafeBufferPointer(rebasing: numbers[..<count])
    var (low, high, zeros, sum) = (values[0], values[0], 0, 0.0)
    for value in values {
      low = value < low ? value : low
      high = value > high ? value : high
      zeros += value == 0 ? 1 : 0
      sum += value
    }
    zeroCount += zeros
    minimum = min(minimum, low)
    maximum = max(maximum, high)
    if low == -.infinity || high == .infinity {
      for (i, value) in values.enumerated() {
        if value.isFinite {
          finiteMinimum = min(finiteMinimum, value)
          finiteMaximum = max(finiteMaximum, value)
        } else if value > 0 {
          infiniteCount += 1
          infiniteWeight += weights?[i] ?? 0
        }
      }
    } else {
      finiteMinimum = min(finiteMinimum, low)
      finiteMaximum = max(finiteMaximum, high)
    }
    let mean = sum / Double(count)
    var squares = 0.0
    for value in values { squares += (value - mean) * (value - mean) }
    moments.add(Moments(weight: Double(count), mean: mean, squares: squares))
    sketch.add(values)
    guard let weights else { return }
    var part = Moments()
    for i in 0..<count {
      part.weight += weights[i]
      part.mean += weights[i] * values[i]
    }
    guard part.weight != 0 else { return }
    part.mean /= part.weight
    for i in 0..<count { part.squares += weights[i] * (values[i] - part.mean) * (values[i] - part.mean) }
    weightedMoments.add(part)
    for i in 0..<count { weightedSketch.add(values[i], weight: weights[i]) }
  }

  /// Adds what another collector has.
  mutating func merge(_ other: NumericCollector) {
    nanCount += other.nanCount
    zeroCount += other.zeroCount
    minimum = min(minimum, other.minimum)
    maximum = max(maximum, other.maximum)
    finiteMinimum = min(finiteMinimum, other.finiteMinimum)
    finiteMaximum = max(finiteMaximum, other.finiteMaximum)
    infiniteCount += other.infiniteCount
    infiniteWeight += other.infiniteWeight
    moments.add(other.moments)
    weightedMoments.add(other.weightedMoments)
    sketch.merge(other.sketch)
    weightedSketch.merge(other.weightedSketch)
  }

  /// The statistics, but for how rows are spread.
  /// - Parameter valueCount: how many values there are, NaN among them.
  func statistics(valueCount: Int, buckets: Int, isWeighted: Bool) -> NumericStatistics {
    var result = NumericStatistics()
    if valueCount == nanCount || sketch.isEmpty {
      if nanCount > 0 {
        result.histograms = [HistogramKind.standard, .quantiles].map { kind in
          var histogram = Histogram()
          histogram.kind = kind
          histogram.nanCount = nanCount
          return histogram
        }
      }
      return result
    }
    // Rounding makes of one number that comes often a mean beside it, and a deviation.
    let isConstant = minimum == maximum && minimum.isFinite
    result.mean = isConstant ? minimum : moments.mean
    result.standardDeviation = isConstant ? 0 : moments.deviation
    result.zeroCount = zeroCount
    result.minimum = minimum
    result.maximum = maximum
    (result.median, result.histograms) = histograms(sketch, buckets, infinite: Double(infiniteCount))
    if isWeighted {
      var weighted = WeightedNumericStatistics()
      weighted.mean = isConstant && weightedMoments.weight > 0 ? minimum : weightedMoments.mean
      weighted.standardDeviation = isConstant ? 0 : weightedMoments.deviation
      if !weightedSketch.isEmpty {
        (weighted.median, weighted.histograms) = histograms(weightedSketch, buckets, infinite: infiniteWeight)
      }
      result.weighted = weighted
    }
    return result
  }

  private func histograms(_ sketch: QuantileSketch, _ count: Int, infinite: Double) -> (Double, [Histogram]) {
    let (values, cumulative) = sketch.summary.quantiles(count * HistogramMaking.finer)
    var standard = HistogramMaking.standard(
      values, cumulative, from: finiteMinimum, to: finiteMaximum, count: count, infinite: infinite)
    var quantiles = HistogramMaking.coarseQuantiles(values, cumulative)
    standard.nanCount = nanCount
    quantiles.nanCount = nanCount
    return (HistogramMaking.median(values), [standard, quantiles])
  }
}

/// The mean and the squares of the distances from it, which merge without loss (Chan, Golub and LeVeque 1979).
private struct Moments: Sendable {
  var weight = 0.0
  var mean = 0.0
  var squares = 0.0

  /// The standard deviation, with n below the fraction.
  var deviation: Double {
    let variance = weight > 0 ? squares / weight : 0
    // What is below 0 by rounding is 0, and so is that of infinite numbers, which have none.
    return variance > 0 ? variance.squareRoot() : 0
  }

  mutating func add(_ other: Moments) {
    guard other.weight > 0 else { return }
    let sum = weight + other.weight
    let distance = other.mean - mean
    if weight == 0 {
      mean = other.mean
    } else {
      mean += distance * (other.weight / sum)
    }
    squares += other.squares
    if weight > 0 { squares += distance * distance * (weight * other.weight / sum) }
    weight = sum
  }
}
