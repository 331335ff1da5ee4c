import ApusCore

#if canImport(Musl)
  import Musl
#else
  import Glibc
#endif

/// How the range of numbers that integers are to stand for is found from those that were seen.
public enum CalibrationMethod: Sendable, Hashable {
  /// From the least to the greatest number of all.
  case minMax
  /// From the averages of the least and of the greatest number of each batch, a new batch having this weight (PyTorch: 0.01).
  case movingAverage(Double)
  /// The narrowest range around the middle that leaves so many per cent of the numbers inside, `99.99` for example.
  case percentile(Double)
  /// The range for which the distribution of the integers tells most of that of the numbers: the least Kullback-Leibler divergence
  /// (Migacz, "8-bit inference with TensorRT", 2017).
  case entropy
  /// The range for which the mean of squared errors is least.
  case meanSquaredError
}

/// What has been seen of the numbers at one place of a model.
struct RangeEstimator {
  private let method: CalibrationMethod
  private var low = Float.infinity, high = -Float.infinity
  /// Numbers in bins of equal width from ``start`` on.
  private var counts: [Double] = []
  private var start = 0.0, width = 0.0
  private static let bins = 2048

  init(_ method: CalibrationMethod) { self.method = method }

  private var needsCounts: Bool {
    switch method {
    case .minMax, .movingAverage: false
    case .percentile, .entropy, .meanSquaredError: true
    }
  }

  /// Takes numbers in. Those that are not finite are left out.
  mutating func observe(_ x: Tensor) throws(TensorError) {
    let body = try Self.elements(x)
    let numbers = UnsafeBufferPointer(
      start: UnsafePointer(body.data.assumingMemoryBound(to: Float.self)), count: body.count)
    defer { withExtendedLifetime(body) {} }
    var (least, most) = (Float.infinity, -Float.infinity)
    for value in numbers where value.magnitude < .infinity {
      least = value < least ? value : least
      most = value > most ? value : most
    }
    guard least <= most else { return }
    if case .movingAverage(let weight) = method, low <= high {
      low += (least - low) * Float(weight)
      high += (most - high) * Float(weight)
      return
    }
    low = min(low, least)
    high = max(high, most)
    if needsCounts { count(numbers) }
  }

  /// The elements as float32, in whatever order they lie.
  private static func elements(_ x: Tensor) throws(TensorError) -> TensorBody {
    let body = x.detach().body
    if body.dtype == .float32, ImageLayout.channelsLast.fits(body) { return body }
    return try x.detach().dense(.float32)
  }

  private mutating func count(_ values: UnsafeBufferPointer<Float>) {
    let (first, last) = (Double(low), Double(high))
    if counts.isEmpty {
      counts = [Double](repeating: 0, count: Self.bins)
      (start, width) = (first, max((last - first) / Double(Self.bins), 1e-30))
    } else if first < start || last > start + width * Double(Self.bins) {
      // Wider bins, into which the old ones go by their middles.
      let (oldStart, oldWidth, old) = (start, width, counts)
      start = min(first, oldStart)
      width = (max(last, oldStart + oldWidth * Double(Self.bins)) - start) / Double(Self.bins)
      counts = [Double](repeating: 0, count: Self.bins)
      for (i, number) in old.enumerated() where number > 0 {
        counts[bin(oldStart + (Double(i) + 0.5) * oldWidth)] += number
      }
    }
    let (from, steps, most) = (Float(start), Float(1 / width), Float(Self.bins - 1))
    counts.withUnsafeMutableBufferPointer { counts in
      for value in values {
        let place = (value - from) * steps
        // Nothing but numbers that are none fails both.
        if place >= -1, place <= most + 2 { counts[Int(min(max(place, 0), most))] += 1 }
      }
    }
  }

  private func bin(_ value: Double) -> Int { min(max(Int((value - start) / width), 0), Self.bins - 1) }

  /// The range to be used, 0 among it; nil where nothing was seen.
  var range: ClosedRange<Float>? {
    guard low <= high else { return nil }
    let (first, last) = (Double(min(low, 0)), Double(max(high, 0)))
    let found: (low: Double, high: Double)
    switch method {
    case .minMax, .movingAverage: found = (first, last)
    case .percentile(let share): found = percentile(share)
    case .meanSquaredError: found = leastError(first, last)
    case .entropy: found = leastDivergence(first, last)
    }
    return Float(min(max(found.low, first), 0))...Float(max(min(found.high, last), 0))
  }

  private func percentile(_ share: Double) -> (low: Double, high: Double) {
    let total = counts.reduce(0, +)
    let cut = total * max(0, min(1, 1 - share / 100)) / 2
    func edge(_ order: some Sequence<Int>) -> Int {
      var sum = 0.0
      for i in order {
        sum += counts[i]
        if sum > cut { return i }
      }
      return 0
    }
    let (first, last) = (edge(0..<Self.bins), edge((0..<Self.bins).reversed()))
    return (start + Double(first) * width, start + Double(last + 1) * width)
  }

  private static let steps = 64

  /// Every combination of shares of both sides, with the errors of the middles of bins.
  private func leastError(_ first: Double, _ last: Double) -> (low: Double, high: Double) {
    let used = counts.indices.filter { counts[$0] > 0 }
    let (places, weights) = (used.map { start + (Double($0) + 0.5) * width }, used.map { counts[$0] })
    func error(_ low: Double, _ high: Double) -> Double {
      let step = (high - low) / 255
      guard step > 0 else { return .infinity }
      let zero = (-low / step).rounded()
      var sum = 0.0
      for i in places.indices {
        let level = min(max((places[i] / step).rounded() + zero, 0), 255)
        let away = (level - zero) * step - places[i]
        sum += weights[i] * away * away
      }
      return sum
    }
    var best = (error: Double.infinity, low: first, high: last)
    for i in stride(from: Self.steps, to: 0, by: -2) {
      let low = first * Double(i) / Double(Self.steps)
      for j in stride(from: Self.steps, to: 0, by: -2) {
        let high = last * Double(j) / Double(Self.steps)
        let found = error(low, high)
        if found < best.error { best = (found, low, high) }
        if last == 0 { break }
      }
      if first == 0 { break }
    }
    return (best.low, best.high)
  }

  /// Both sides are shortened alike.
  private func leastDivergence(_ first: Double, _ last: Double) -> (low: Double, high: Double) {
    var best = (divergence: Double.infinity, share: 1.0)
    for i in 8...Self.steps {
      let share = Double(i) / Double(Self.steps)
      let (from, to) = (bin(first * share), bin(last * share))
      guard to - from >= 256 else { continue }
      let divergence = divergence(from, to)
      if divergence < best.divergence { best = (divergence, share) }
    }
    return (first * best.share, last * best.share)
  }

  /// Of the distribution within bins, what is outside being at the edges, from that of 256 integers.
  private func divergence(_ from: Int, _ to: Int) -> Double {
    let inside = Array(counts[from...to])
    var wanted = inside
    wanted[0] += counts[..<from].reduce(0, +)
    wanted[wanted.count - 1] += counts[(to + 1)...].reduce(0, +)
    let total = wanted.reduce(0, +)
    var told = [Double](repeating: 0, count: inside.count)
    for level in 0..<256 {
      let part = level * inside.count / 256..<(level + 1) * inside.count / 256
      let used = part.filter { inside[$0] > 0 }
      let sum = used.reduce(0) { $0 + inside[$1] }
      for i in used { told[i] = sum / Double(used.count) }
    }
    let toldTotal = told.reduce(0, +)
    guard total > 0, toldTotal > 0 else { return .infinity }
    var result = 0.0
    for (p, q) in zip(wanted, told) where p > 0 {
      result += p / total * log(p / total / max(q / toldTotal, 1e-9))
    }
    return result
  }
}
