/// Keeps a least probability that a stepped parameter leaves its present value, which a normal distribution that has become narrow
/// would never do (Hamano et al., CMA-ES with margin: lower-bounding marginal probability for mixed-integer black-box optimization,
/// 2022). Values lie in the unit cube.
package struct Margin: Sendable {
  /// A stepped parameter.
  private struct Grid: Sendable {
    let axis: Int
    let step: Double
    let count: Int
    /// How much wider samples of it are drawn than the distribution says.
    var widening = 1.0

    /// The nearest value's position; of two the lower one.
    func position(_ x: Double) -> Int {
      let place = (x / step - 0.5).rounded(.up)
      return place > 0 ? Int(min(place, Double(count - 1))) : 0
    }

    func value(_ position: Int) -> Double { Double(position) * step }

    /// The middle between a value and the next.
    func border(_ position: Int) -> Double { (value(position) + value(position + 1)) / 2 }
  }

  private var grids: [Grid]
  private let margin: Double

  /// - Parameter steps: of each parameter; 0 where it is continuous.
  package init(steps: [Double], population: Int) {
    grids = steps.enumerated().compactMap { axis, step in
      step > 0 ? Grid(axis: axis, step: step, count: max(2, Int((1 / step).rounded()) + 1)) : nil
    }
    margin = 1 / Double(steps.count * population)
  }

  /// A sample as it is told, and with stepped parameters at their values.
  func sample(_ strategy: EvolutionStrategy, _ generator: NumPyGenerator) -> (raw: [Double], point: [Double]) {
    let onGrid = Set(grids.map(\.axis))
    let continuous = (0..<strategy.dimensions).filter { !onGrid.contains($0) }
    for _ in 0..<(10 * strategy.dimensions) {
      let raw = strategy.sample(generator)
      if continuous.allSatisfy({ (0...1).contains(raw[$0]) }) { return (raw, stepped(raw, strategy)) }
    }
    var raw = strategy.sample(generator)
    for i in continuous { raw[i] = raw[i] < 0 ? 0 : raw[i] > 1 ? 1 : raw[i] }
    return (raw, stepped(raw, strategy))
  }

  /// A told sample with stepped parameters at their values.
  package func stepped(_ raw: [Double], _ strategy: EvolutionStrategy) -> [Double] {
    var point = raw
    for grid in grids {
      let mean = strategy.mean[grid.axis]
      point[grid.axis] = grid.value(grid.position((raw[grid.axis] - mean) * grid.widening + mean))
    }
    return point
  }

  /// Moves means and widens samples so that no probability is below the margin; called after each generation.
  package mutating func correct(_ strategy: inout EvolutionStrategy) {
    for i in grids.indices {
      let grid = grids[i]
      let axis = grid.axis
      let mean = strategy.mean[axis]
      let deviation = strategy.covariance[axis * strategy.dimensions + axis].squareRoot()
      let scale = strategy.sigma * grid.widening * deviation
      let position = grid.position(mean)
      let lower = grid.border(min(max(position - 1, 0), grid.count - 2))
      let upper = grid.border(min(position, grid.count - 2))
      let below = StandardNormal.cumulative((lower - mean) / scale)
      let above = StandardNormal.cumulative((mean - upper) / scale)
      if max(below, above) > 0.5 {
        // At an end: the one border is at the distance that leaves the margin beyond it.
        guard min(below, above) < margin else { continue }
        let sign: Double = mean > upper ? 1 : mean < upper ? -1 : 0
        strategy.mean[axis] = upper - sign * scale * StandardNormal.quantile(margin)
        continue
      }
      let middle = 1 - (below + above)
      let least = margin / 2
      let (a, b) = (max(below, least), max(above, least))
      func moved(_ part: Double) -> Double {
        let share = (part - least) / (a + middle + b - 3 * least)
        return min(max(part + (1 - a - b - middle) * share, 1e-10), 0.5 - 1e-10)
      }
      let toLower = -StandardNormal.quantile(moved(a))
      let toUpper = -StandardNormal.quantile(moved(b))
      grids[i].widening = (upper - lower) / ((toLower + toUpper) * strategy.sigma * deviation)
      strategy.mean[axis] = (lower * toUpper + upper * toLower) / (toLower + toUpper)
    }
  }
}
