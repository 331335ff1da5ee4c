import ApusCore
import ApusFunctional

/// A point on the line of a search: how far, and what was found there.
private struct LinePoint {
  var length: Double
  var loss: Double
  var gradient: Tensor
  /// The derivative along the line.
  var slope: Double
}

/// Looks for a step length whose loss has fallen enough and whose slope has become flat enough, the strong Wolfe conditions: first
/// steps that grow until they enclose one, then a smaller and smaller bracket (Nocedal and Wright, Numerical Optimization,
/// algorithms 3.5 and 3.6; the order of checks is that of PyTorch).
/// - Parameters:
///   - loss, gradient, slope: those at the start.
///   - most: how often the loss may be evaluated after the first time.
///   - evaluate: loss and gradient at a length.
func strongWolfe<Failure: Error>(
  length: Double, loss: Double, gradient: Tensor, slope: Double, direction: Tensor, most: Int,
  tolerance: Double = 1e-9, evaluate: (Double) throws(Failure) -> (Double, Tensor)
) throws(Failure) -> (loss: Double, gradient: Tensor, length: Double, evaluations: Int) {
  let (decrease, curvature) = (1e-4, 0.9)
  func along(_ gradient: Tensor) -> Double { noGrad { gradient.dot(direction).to(.float64).item() } }
  func point(_ length: Double) throws(Failure) -> LinePoint {
    let (loss, gradient) = try evaluate(length)
    return LinePoint(length: length, loss: loss, gradient: gradient, slope: along(gradient))
  }
  let start = LinePoint(length: 0, loss: loss, gradient: gradient, slope: slope)
  let size = noGrad { direction.abs().max().to(.float64).item() }
  var previous = start
  var present = try point(length)
  var evaluations = 1
  var iteration = 0
  var bracket: (LinePoint, LinePoint)?
  var isDone = false

  while iteration < most {
    if present.loss > loss + decrease * present.length * slope || (iteration > 1 && present.loss >= previous.loss) {
      bracket = (previous, present)
      break
    }
    if abs(present.slope) <= -curvature * slope {
      bracket = (present, present)
      isDone = true
      break
    }
    if present.slope >= 0 {
      bracket = (previous, present)
      break
    }
    let shortest = present.length + 0.01 * (present.length - previous.length)
    let next = interpolated(previous, present, (shortest, present.length * 10))
    previous = present
    present = try point(next)
    evaluations += 1
    iteration += 1
  }
  // Without a bracket after all evaluations it is everything between the start and the last point.
  var ends = bracket.map { [$0.0, $0.1] } ?? [start, present]
  var better = ends[0].loss <= ends[1].loss ? 0 : 1
  var isStuck = false
  while !isDone && iteration < most {
    if abs(ends[1].length - ends[0].length) * size < tolerance { break }
    let (low, high) = (min(ends[0].length, ends[1].length), max(ends[0].length, ends[1].length))
    var next = interpolated(ends[0], ends[1], (low, high))
    // Near an end twice in a row, or at it, the bracket would not shrink.
    let margin = 0.1 * (high - low)
    if min(high - next, next - low) < margin {
      if isStuck || next >= high || next <= low {
        next = abs(next - high) < abs(next - low) ? high - margin : low + margin
        isStuck = false
      } else {
        isStuck = true
      }
    } else {
      isStuck = false
    }
    let found = try point(next)
    evaluations += 1
    iteration += 1
    let other = 1 - better
    if found.loss > loss + decrease * next * slope || found.loss >= ends[better].loss {
      ends[other] = found
      better = ends[0].loss <= ends[1].loss ? 0 : 1
    } else {
      if abs(found.slope) <= -curvature * slope {
        isDone = true
      } else if found.slope * (ends[other].length - ends[better].length) >= 0 {
        ends[other] = ends[better]
      }
      ends[better] = found
    }
  }
  return (ends[better].loss, ends[better].gradient, ends[better].length, evaluations)
}

/// The minimum of the cubic through two points with their slopes, within bounds; the middle of them where there is none.
private func interpolated(_ a: LinePoint, _ b: LinePoint, _ bounds: (Double, Double)) -> Double {
  let d1 = a.slope + b.slope - 3 * (a.loss - b.loss) / (a.length - b.length)
  let square = d1 * d1 - a.slope * b.slope
  guard square >= 0 else { return (bounds.0 + bounds.1) / 2 }
  let d2 = square.squareRoot()
  let place =
    a.length <= b.length
    ? b.length - (b.length - a.length) * ((b.slope + d2 - d1) / (b.slope - a.slope + 2 * d2))
    : a.length - (a.length - b.length) * ((a.slope + d2 - d1) / (a.slope - b.slope + 2 * d2))
  return min(max(place, bounds.0), bounds.1)
}
