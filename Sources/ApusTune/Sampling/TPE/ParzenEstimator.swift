import CTune

#if canImport(Musl)
  import Musl
#else
  import Glibc
#endif

/// A density made of kernels: one around each observed setting and a wide one for what is known before. A kernel is a product
/// over the parameters, of normal distributions cut to the range and of distributions over choices.
///
/// Bergstra et al., "Algorithms for Hyper-Parameter Optimization", 2011; widths, weights and the prior are those of Optuna.
struct ParzenEstimator {
  /// The part of one parameter.
  private enum Part {
    /// Normal distributions; positions and widths are of the logarithm where `isLog`.
    case numbers(Numbers)
    /// log probability of the own choice and of each other one; in the last kernel, the prior, all are equal.
    case choices(count: Int, observed: [Int32], own: Double, other: Double)
  }

  private struct Numbers {
    /// Ends of the values, and of the range cut to (half a step more on both sides; logarithms where logarithmic).
    let low, high, cutLow, cutHigh: Double
    let isLog: Bool
    let step: Double
    var centers: [Double]
    var widths: [Double]
    /// 1 / width
    var scales: [Double]
    /// -log of the mass in the range, minus log of the width where the values are not stepped.
    var constants: [Double]
    /// For stepped values, the different pairs of centre and width, and which one each kernel has.
    var pairs: [(center: Double, width: Double)] = []
    var pairOf: [Int32] = []
  }

  private let kernels: Int
  private let cumulated: [Double]
  private let logWeights: [Double]
  private var parts: [Part] = []

  /// - Parameter weights: one for each of the settings.
  init(_ settings: TrialSettings, _ space: [ParameterDistribution], weights: [Double]) {
    kernels = settings.count + 1
    var all = weights
    all.append(1)
    let total = all.reduce(0, +)
    all = all.map { $0 / total }
    var sum = 0.0
    var sums = all.map { weight in
      sum += weight
      return sum
    }
    for i in sums.indices { sums[i] /= sum }
    cumulated = sums
    ct_log(&all, all.count)
    logWeights = all
    for (i, distribution) in space.enumerated() {
      parts.append(Self.part(settings.columns[i], settings.orders[i], distribution, kernels: kernels))
    }
  }

  private static func part(
    _ values: [Double], _ order: [Int], _ distribution: ParameterDistribution, kernels: Int
  ) -> Part {
    switch distribution {
    case .categorical(let choices):
      let share = 1 / Double(kernels)
      let sum = 1 + Double(choices.count) * share
      return .choices(
        count: choices.count, observed: values.map { Int32($0) }, own: log((1 + share) / sum), other: log(share / sum))
    case .float(let low, let high, let isLog, let step):
      return .numbers(numbers(values, order, low: low, high: high, isLog: isLog, step: step ?? 0))
    case .int(let low, let high, let isLog, let step):
      return .numbers(numbers(values, order, low: Double(low), high: Double(high), isLog: isLog, step: Double(step)))
    }
  }

  /// Widths as far as the farther neighbour, the ends of the range counting as neighbours but for the outermost kernels; not
  /// below the range over the number of kernels.
  private static func numbers(
    _ values: [Double], _ order: [Int], low: Double, high: Double, isLog: Bool, step: Double
  ) -> Numbers {
    let (cutLow, cutHigh) =
      isLog ? (log(low - step / 2), log(high + step / 2)) : (low - step / 2, high + step / 2)
    var part = Numbers(
      low: low, high: high, cutLow: cutLow, cutHigh: cutHigh, isLog: isLog, step: step,
      centers: isLog ? values.map { log($0) } : values, widths: [], scales: [], constants: [])
    let count = values.count
    let range = cutHigh - cutLow
    let least = range / min(100, Double(count) + 2)
    let centers = part.centers
    var widths = [Double](repeating: range, count: count + 1)
    for (rank, i) in order.enumerated() {
      let before = rank > 0 ? centers[order[rank - 1]] : cutLow
      let after = rank + 1 < count ? centers[order[rank + 1]] : cutHigh
      var width = max(centers[i] - before, after - centers[i])
      if count >= 2 {
        if rank == 0 { width = after - centers[i] }
        if rank == count - 1 { width = centers[i] - before }
      }
      widths[i] = min(max(width, least), range)
    }
    part.centers.append(0.5 * (cutLow + cutHigh))
    part.widths = widths
    part.scales = widths.map { 1 / $0 }
    if step > 0 {
      // Neighbours in order are often the same kernel: what they give is computed once.
      part.pairOf = [Int32](repeating: 0, count: count + 1)
      part.constants = []
      for i in order + [count] {
        if part.pairs.last.map({ $0.center != part.centers[i] || $0.width != widths[i] }) ?? true {
          part.pairs.append((part.centers[i], widths[i]))
          part.constants.append(
            -TruncatedNormal.logMass(
              (cutLow - part.centers[i]) / widths[i], (cutHigh - part.centers[i]) / widths[i]))
        }
        part.pairOf[i] = Int32(part.pairs.count - 1)
      }
    } else {
      part.constants = logMasses(part, widths)
      var logs = widths
      ct_log(&logs, logs.count)
      for i in logs.indices { part.constants[i] = -part.constants[i] - logs[i] - TruncatedNormal.logRoot }
    }
    return part
  }

  /// The logarithm of the mass in the range of each kernel.
  private static func logMasses(_ part: Numbers, _ widths: [Double]) -> [Double] {
    // What lies outside, where the centre lies inside.
    var masses = widths.indices.map { i in
      let (a, b) = ((part.cutLow - part.centers[i]) / widths[i], (part.cutHigh - part.centers[i]) / widths[i])
      return a <= 0 && b > 0 ? TruncatedNormal.cumulative(a) + TruncatedNormal.cumulative(-b) : 0
    }
    ct_log_of_rest(&masses, masses.count)
    for (i, center) in part.centers.enumerated() where center < part.cutLow || center >= part.cutHigh {
      masses[i] = TruncatedNormal.logMass((part.cutLow - center) / widths[i], (part.cutHigh - center) / widths[i])
    }
    return masses
  }

  /// Draws settings, in the order of NumPy's calls in Optuna: the kernels, the choices of each parameter, the numbers of each.
  func sample(_ count: Int, _ generator: NumPyGenerator) -> [[Double]] {
    let active = (0..<count).map { _ in generator.position(cumulated: cumulated) }
    var samples = [[Double]](repeating: [], count: parts.count)
    for (p, part) in parts.enumerated() {
      guard case .choices(let choices, let observed, let own, let other) = part else { continue }
      samples[p] = active.map { kernel in
        let drawn = generator.uniform()
        let isPrior = kernel == kernels - 1
        var sum = 0.0
        for choice in 0..<choices - 1 {
          sum += isPrior ? 1 / Double(choices) : exp(observed[kernel] == Int32(choice) ? own : other)
          if sum >= drawn { return Double(choice) }
        }
        return Double(choices - 1)
      }
    }
    for (p, part) in parts.enumerated() {
      guard case .numbers(let numbers) = part else { continue }
      samples[p] = active.map { kernel in
        let (center, width) = (numbers.centers[kernel], numbers.widths[kernel])
        let point =
          TruncatedNormal.quantile(
            generator.uniform(), (numbers.cutLow - center) / width, (numbers.cutHigh - center) / width)
          * width + center
        let value = numbers.isLog ? exp(point) : point
        guard numbers.step > 0 else { return value }
        let steps = ((value - numbers.low) / numbers.step).rounded(.toNearestOrEven)
        return min(max(numbers.low + steps * numbers.step, numbers.low), numbers.high)
      }
    }
    return samples
  }

  /// The logarithm of the density at each of several settings, given by parameter.
  func logDensity(_ samples: [[Double]]) -> [Double] {
    (0..<(samples.first?.count ?? 0)).map { s in
      withUnsafeTemporaryAllocation(of: Double.self, capacity: kernels) { terms in
        for k in 0..<kernels { terms[k] = logWeights[k] }
        for (p, part) in parts.enumerated() { add(part, samples[p][s], to: terms) }
        return ct_log_sum_exp(terms.baseAddress, kernels)
      }
    }
  }

  private func add(_ part: Part, _ value: Double, to terms: UnsafeMutableBufferPointer<Double>) {
    switch part {
    case .choices(let count, let observed, let own, let other):
      let choice = Int32(value)
      observed.withUnsafeBufferPointer { observed in
        for k in 0..<observed.count { terms[k] += observed[k] == choice ? own : other }
      }
      terms[kernels - 1] -= log(Double(count))
    case .numbers(let numbers) where numbers.step > 0:
      let (left, right) = (value - numbers.step / 2, value + numbers.step / 2)
      let (a, b) = numbers.isLog ? (log(left), log(right)) : (left, right)
      let masses = zip(numbers.pairs, numbers.constants).map { pair, constant in
        TruncatedNormal.logMass((a - pair.center) / pair.width, (b - pair.center) / pair.width) + constant
      }
      for k in 0..<kernels { terms[k] += masses[Int(numbers.pairOf[k])] }
    case .numbers(let numbers):
      let point = numbers.isLog ? log(value) : value
      ct_add_normals(
        terms.baseAddress, numbers.constants, numbers.centers, numbers.scales, point, kernels)
    }
  }
}
