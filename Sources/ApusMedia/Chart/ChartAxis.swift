import ApusFormats

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// The range of an axis and the numbers written on it.
struct ChartAxis {
  let low: Double
  let high: Double
  let isLogarithmic: Bool
  let ticks: [(position: Double, text: String)]

  /// Where a number lies between the ends of the axis: 0 to 1.
  func fraction(_ value: Double) -> Double {
    isLogarithmic ? (log10(value) - log10(low)) / (log10(high) - log10(low)) : (value - low) / (high - low)
  }

  /// An axis of equal steps of 1, 2 or 5 times a power of ten.
  /// - Parameter isLoose: whether it ends at such steps; else at the least and greatest value.
  static func linear(_ values: [Double], tickCount: Int, isLoose: Bool) -> ChartAxis {
    var low = values.min() ?? 0
    var high = values.max() ?? 1
    if high - low <= max(abs(low), abs(high)) * 1e-9 {
      let margin = low == 0 ? 0.5 : abs(low) * 0.1
      (low, high) = (low - margin, high + margin)
    }
    var step = niceStep((high - low) / Double(tickCount))
    if !isLoose, values.allSatisfy({ $0 == $0.rounded() }) { step = max(step, 1) }
    if isLoose { (low, high) = ((low / step).rounded(.down) * step, (high / step).rounded(.up) * step) }
    let first = (low / step - 1e-9).rounded(.up)
    let last = (high / step + 1e-9).rounded(.down)
    let ticks = stride(from: first, through: last, by: 1).map { number in
      (position: number * step, text: NumberText.tick(number * step, step: step))
    }
    return ChartAxis(low: low, high: high, isLogarithmic: false, ticks: ticks)
  }

  /// An axis of names at 0, 1, 2 ..., as many as there is room for.
  static func names(_ names: [String], from low: Double, to high: Double, width: Double) -> ChartAxis {
    let room = width / max(high - low, 1)
    let longest = (names.map { Double($0.count) }.max() ?? 1) * 6.9 + 8
    let every = max(1, Int((longest / max(room, 0.01)).rounded(.up)))
    let ticks = names.indices.filter { $0 % every == 0 }.map { (position: Double($0), text: names[$0]) }
    return ChartAxis(low: low, high: high, isLogarithmic: false, ticks: ticks)
  }

  /// An axis on which equal distances are equal ratios, for positive values.
  static func logarithmic(_ values: [Double]) -> ChartAxis {
    let low = max(values.min() ?? 0.1, 1e-300)
    let high = min(max(values.max() ?? 1, low), 1e300)
    let decades = log10(high) - log10(low)
    let factors = decades > 3 ? [1.0] : [1.0, 2, 5]
    let (first, last) = (Int(log10(low).rounded(.down)) - 1, Int(log10(high).rounded(.up)) + 1)
    let every = max(1, Int((decades / 6).rounded(.up)))
    let candidates = (first...last).filter { $0 % every == 0 }.flatMap { power in
      factors.map { $0 * pow(10, Double(power)) }
    }
    let bottom = candidates.last { $0 <= low } ?? low
    let top = candidates.first { $0 >= high && $0 > bottom } ?? high * 10
    let ticks = candidates.filter { bottom...top ~= $0 }.map { (position: $0, text: NumberText.short($0)) }
    return ChartAxis(low: bottom, high: top, isLogarithmic: true, ticks: ticks)
  }

  /// The least of 1, 2, 5, 10 times a power of ten that is not below `step`.
  private static func niceStep(_ step: Double) -> Double {
    let power = pow(10, log10(step).rounded(.down))
    let factor = step / power
    return (factor <= 1 ? 1 : factor <= 2 ? 2 : factor <= 5 ? 5 : 10) * power
  }
}
