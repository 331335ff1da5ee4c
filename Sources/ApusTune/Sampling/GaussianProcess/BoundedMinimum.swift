/// Makes a smooth function of numbers in ranges small: quasi-Newton steps of limited memory among the numbers that are not held by an
/// end of their range, projected onto the ranges, shortened until the value falls enough (after Byrd, Lu, Nocedal and Zhu, A limited
/// memory algorithm for bound constrained optimization, 1995).
/// - Parameters:
///   - gradientTolerance: how small the largest part of the projected gradient becomes.
///   - iterations: at most so many steps.
///   - function: value and gradient; a value that is not finite is taken as too far.
/// - Returns: the best point, its value, and how many steps led there.
package func minimized(
  from start: [Double], bounds: [ClosedRange<Double>], gradientTolerance: Double, iterations: Int,
  _ function: ([Double]) -> (value: Double, gradient: [Double])
) -> (point: [Double], value: Double, steps: Int) {
  var x = zip(start, bounds).map { min(max($0, $1.lowerBound), $1.upperBound) }
  var (value, gradient) = function(x)
  guard value.isFinite else { return (x, value, 0) }
  var memory = CurvatureMemory()
  for step in 0..<iterations {
    let isFree = x.indices.map { i in
      !(x[i] <= bounds[i].lowerBound && gradient[i] >= 0) && !(x[i] >= bounds[i].upperBound && gradient[i] <= 0)
    }
    let slope = x.indices.reduce(0.0) { most, i in
      isFree[i]
        ? max(most, abs(x[i] - min(max(x[i] - gradient[i], bounds[i].lowerBound), bounds[i].upperBound))) : most
    }
    if slope <= gradientTolerance { return (x, value, step) }
    let reduced = zip(gradient, isFree).map { $1 ? $0 : 0 }
    var direction = memory.direction(reduced)
    for i in direction.indices where !isFree[i] { direction[i] = 0 }
    var descent = dot(direction, reduced)
    if !(descent < 0) {
      memory = CurvatureMemory()
      direction = reduced.map { -$0 }
      descent = dot(direction, reduced)
    }
    // Without curvatures the gradient says nothing of how far to go.
    var length = memory.isEmpty ? min(1, 1 / max(1e-300, (-descent).squareRoot())) : 1.0
    var next: (x: [Double], value: Double, gradient: [Double])?
    for _ in 0..<30 {
      let trial = x.indices.map { i in
        min(max(x[i] + length * direction[i], bounds[i].lowerBound), bounds[i].upperBound)
      }
      let (trialValue, trialGradient) = function(trial)
      let expected = zip(zip(trial, x), reduced).reduce(0) { $0 + ($1.0.0 - $1.0.1) * $1.1 }
      if trialValue.isFinite, trialValue <= value + 1e-4 * min(expected, 0), trial != x {
        next = (trial, trialValue, trialGradient)
        break
      }
      length *= trialValue.isFinite ? 0.5 : 0.1
    }
    guard let next else {
      // Curvatures that mislead are forgotten once.
      if memory.isEmpty { return (x, value, step) }
      memory = CurvatureMemory()
      continue
    }
    memory.add(zip(next.x, x).map { $0 - $1 }, zip(next.gradient, gradient).map { $0 - $1 })
    let fall = value - next.value
    (x, value, gradient) = next
    if fall <= 2.2e-9 * max(abs(value), abs(value + fall), 1) { return (x, value, step + 1) }
  }
  return (x, value, iterations)
}

private func dot(_ a: [Double], _ b: [Double]) -> Double { zip(a, b).reduce(0) { $0 + $1.0 * $1.1 } }

/// The last steps and how they changed the gradient.
private struct CurvatureMemory {
  private static let capacity = 10
  private var pairs: [(step: [Double], change: [Double], product: Double)] = []

  var isEmpty: Bool { pairs.isEmpty }

  mutating func add(_ step: [Double], _ change: [Double]) {
    let product = dot(step, change)
    guard product > 2.2e-16 * dot(change, change) else { return }
    if pairs.count == Self.capacity { pairs.removeFirst() }
    pairs.append((step, change, product))
  }

  /// Against the gradient, as far as the curvatures say.
  func direction(_ gradient: [Double]) -> [Double] {
    var q = gradient
    var shares: [Double] = []
    for pair in pairs.reversed() {
      let share = dot(pair.step, q) / pair.product
      shares.append(share)
      for i in q.indices { q[i] -= share * pair.change[i] }
    }
    if let last = pairs.last {
      let scale = last.product / dot(last.change, last.change)
      q = q.map { $0 * scale }
    }
    for (pair, share) in zip(pairs, shares.reversed()) {
      let back = dot(pair.change, q) / pair.product
      for i in q.indices { q[i] += (share - back) * pair.step[i] }
    }
    return q.map { -$0 }
  }
}
