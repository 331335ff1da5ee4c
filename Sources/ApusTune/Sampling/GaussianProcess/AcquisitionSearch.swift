#if canImport(Musl)
  import Musl
#else
  import Glibc
#endif

/// Parameters as a Gaussian process sees them: the unit cube, in which steps, whole numbers and choices have only some places.
struct ProcessSpace: Sendable {
  enum Axis: Sendable {
    case continuous
    /// Places 0 ..< count.
    case steps(count: Int)
    case choices(count: Int)
  }

  let unit: UnitSpace
  let axes: [Axis]
  private let distributions: [ParameterDistribution]

  init(_ space: NamedValues<ParameterDistribution>) {
    unit = UnitSpace(space)
    distributions = space.values
    axes = space.values.map { distribution in
      switch distribution {
      case .float(let low, let high, _, let step):
        step.map { .steps(count: Int(((high - low) / $0).rounded()) + 1) } ?? .continuous
      case .int(let low, let high, _, let step): .steps(count: (high - low) / step + 1)
      case .categorical(let choices): .choices(count: choices.count)
      }
    }
  }

  var isChoice: [Bool] {
    axes.map { if case .choices = $0 { true } else { false } }
  }

  /// The coordinate of a place of an axis.
  func coordinate(_ axis: Int, _ place: Int) -> Double {
    let value: Double =
      switch distributions[axis] {
      case .float(let low, let high, _, let step): min(low + Double(place) * (step ?? 0), high)
      case .int(let low, _, _, let step): Double(low + place * step)
      case .categorical: Double(place)
      }
    let range = distributions[axis].continuousRange
    let width = range.upperBound - range.lowerBound
    return width > 0 ? (distributions[axis].toContinuous(value) - range.lowerBound) / width : 0.5
  }

  /// The nearest place of an axis.
  func place(_ axis: Int, _ coordinate: Double) -> Int {
    let distribution = distributions[axis]
    let range = distribution.continuousRange
    let value = distribution.fromContinuous(range.lowerBound + coordinate * (range.upperBound - range.lowerBound))
    return switch distribution {
    case .float(let low, _, _, let step): step.map { Int(((value - low) / $0).rounded()) } ?? 0
    case .int(let low, _, _, let step): (Int(value) - low) / step
    case .categorical: Int(value)
    }
  }

  /// The point with every coordinate at a place.
  func snapped(_ point: [Double]) -> [Double] {
    axes.indices.map { axis in
      if case .continuous = axes[axis] { return point[axis] }
      return coordinate(axis, place(axis, point[axis]))
    }
  }
}

/// Finds a point where an acquisition is large: many even points, from some of the best of them steps along the gradient by turns with
/// other places of steps and choices.
struct AcquisitionSearch {
  private static let candidates = 2048
  private static let starts = 10
  private static let mostRounds = 100
  /// Up to so many places are all tried.
  private static let mostTried = 16

  let space: ProcessSpace
  let acquisition: Acquisition

  /// - Parameter known: good points that are known, fewer than ten.
  func best(from known: [[Double]], _ generator: NumPyGenerator) throws -> [Double] {
    let points = try evenPoints(Self.candidates, space.axes.count, generator).map { space.snapped($0) }
    let values = acquisition.values(points).map { $0.isNaN ? -.infinity : $0 }
    var starts = picked(values, count: Self.starts - known.count, generator).map { points[$0] }
    starts += known
    var best = (point: starts[0], value: -Double.infinity)
    for start in starts {
      let found = climbed(from: start)
      if found.value > best.value { best = found }
    }
    return best.point
  }

  /// The best, and others drawn without repetition by their gain.
  private func picked(_ values: [Double], count: Int, _ generator: NumPyGenerator) -> [Int] {
    guard let most = values.max(), let first = values.firstIndex(of: most) else { return [] }
    // The largest of log(gain) plus Gumbel numbers are such draws.
    let keys = values.indices.filter { $0 != first && exp(values[$0] - most) > 0 }.map { i in
      (key: values[i] - log(-log(max(generator.uniform(), 1e-300))), position: i)
    }
    return [first] + keys.sorted { $0.key > $1.key }.prefix(max(0, count - 1)).map(\.position)
  }

  private func climbed(from start: [Double]) -> (point: [Double], value: Double) {
    var point = start
    var value = acquisition.value(point)
    if value.isNaN { value = -.infinity }
    let continuous = space.axes.indices.filter { if case .continuous = space.axes[$0] { true } else { false } }
    let lengths = acquisition.lengths
    for _ in 0..<Self.mostRounds {
      var isBetter = false
      if !continuous.isEmpty, value.isFinite {
        // In lengths of the kernel all directions are alike.
        let bounds = continuous.map { 0...(1 / lengths[$0]) }
        let found = minimized(
          from: continuous.map { point[$0] / lengths[$0] }, bounds: bounds, gradientTolerance: 1e-2, iterations: 200
        ) { scaled in
          var next = point
          for (i, axis) in continuous.enumerated() { next[axis] = min(max(scaled[i] * lengths[axis], 0), 1) }
          let (value, gradient) = acquisition.slope(next)
          return (-value, continuous.map { -gradient[$0] * lengths[$0] })
        }
        if -found.value > value, found.steps > 0 {
          for (i, axis) in continuous.enumerated() { point[axis] = min(max(found.point[i] * lengths[axis], 0), 1) }
          value = -found.value
          isBetter = true
        }
      }
      if continuous.count == space.axes.count { break }
      var isMoved = false
      for axis in space.axes.indices where moved(axis, &point, &value) { isMoved = true }
      if !isMoved { break }
      if continuous.isEmpty, !isBetter, !isMoved { break }
    }
    return (point, value)
  }

  /// Moves to a better place of one axis, where there is one.
  private func moved(_ axis: Int, _ point: inout [Double], _ value: inout Double) -> Bool {
    let count: Int
    switch space.axes[axis] {
    case .continuous: return false
    case .choices(let choices): count = choices
    case .steps(let steps):
      count = steps
      if steps > Self.mostTried { return walked(axis, steps, &point, &value) }
    }
    let own = space.place(axis, point[axis])
    return tried((0..<count).filter { $0 != own }, axis, &point, &value)
  }

  /// Tries places further and further, and from a better one nearer and nearer.
  private func walked(_ axis: Int, _ count: Int, _ point: inout [Double], _ value: inout Double) -> Bool {
    var isMoved = false
    var distance = 1
    while distance < count / 4 { distance *= 2 }
    while distance > 0 {
      let own = space.place(axis, point[axis])
      let places = [own - distance, own + distance].filter { (0..<count).contains($0) }
      if tried(places, axis, &point, &value) { isMoved = true } else { distance /= 2 }
    }
    return isMoved
  }

  private func tried(_ places: [Int], _ axis: Int, _ point: inout [Double], _ value: inout Double) -> Bool {
    let points = places.map { place in
      var next = point
      next[axis] = space.coordinate(axis, place)
      return next
    }
    let values = acquisition.values(points)
    guard let best = values.indices.filter({ !values[$0].isNaN }).max(by: { values[$0] < values[$1] }),
      values[best] > value
    else { return false }
    (point, value) = (points[best], values[best])
    return true
  }
}

/// Points of the unit cube that fill it evenly, by a scrambled Sobol sequence; drawn independently where that has too few dimensions.
func evenPoints(_ count: Int, _ dimensions: Int, _ generator: NumPyGenerator) throws -> [[Double]] {
  guard dimensions <= SobolSequence.mostDimensions else {
    return (0..<count).map { _ in (0..<dimensions).map { _ in generator.uniform() } }
  }
  let sequence = try SobolSequence(dimensions: dimensions, seed: UInt64(generator.word() >> 1))
  return (0..<count).map { sequence.point($0) }
}

/// Standard normal numbers that fill their space evenly.
func evenNormals(_ count: Int, _ dimensions: Int, _ generator: NumPyGenerator) throws -> [[Double]] {
  guard dimensions > 0 else { return [[Double]](repeating: [], count: count) }
  return try evenPoints(count, dimensions, generator).map { point in
    point.map { StandardNormal.quantile(min(max($0, 0x1p-31), 1 - 0x1p-31)) }
  }
}
