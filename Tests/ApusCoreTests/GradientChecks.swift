import Apus
import Testing

/// Compares the gradient of `f` (any shape; summed with fixed weights) with central differences in float64, and with
/// `secondOrder` the gradient of the gradient too.
func checkGradient(
  _ f: @escaping ([Tensor]) -> Tensor, at points: [Tensor], secondOrder: Bool = false, tolerance: Double = 1e-6,
  sourceLocation: SourceLocation = #_sourceLocation
) {
  let points = points.map { $0.to(.float64) }
  func scalar(_ xs: [Tensor]) -> Tensor {
    let y = f(xs)
    let weights = Tensor((0..<y.count).map { 0.3 + 0.7 * Double(($0 * 37) % 11) / 11 }, dtype: .float64)
    return (y.reshape([-1]) * weights).sum()
  }
  compare(scalar, points, tolerance, sourceLocation)
  if secondOrder {
    for k in points.indices {
      let derivative = { (xs: [Tensor]) -> Tensor in
        let recorded = xs.map { $0.requiresGrad ? $0 : Tensor($0, requiresGrad: true) }
        let g = gradients(of: [scalar(recorded)], wrt: [recorded[k]], createGraph: true, allowUnused: true)[0]
        guard let g, g.requiresGrad else { return Tensor(0.0, dtype: .float64) }
        let weights = Tensor((0..<g.count).map { 0.2 + 0.8 * Double(($0 * 53) % 7) / 7 }, dtype: .float64)
        return (g.reshape([-1]) * weights).sum()
      }
      compare(derivative, points, tolerance * 10, sourceLocation)
    }
  }
}

private func compare(
  _ scalar: ([Tensor]) -> Tensor, _ points: [Tensor], _ tolerance: Double, _ sourceLocation: SourceLocation
) {
  let variables = points.map { Tensor($0, requiresGrad: true) }
  let value = scalar(variables)
  guard value.requiresGrad else { return }
  let found = gradients(of: [value], wrt: variables, allowUnused: true)
  let step = 1e-6
  for (k, point) in points.enumerated() {
    let flat = point.array(as: Double.self)
    let analytic = (found[k] ?? Tensor.zeros(point.shape, dtype: .float64)).array(as: Double.self)
    for i in flat.indices {
      func shifted(_ d: Double) -> Double {
        var values = flat
        values[i] += d
        var all = points
        all[k] = Tensor(values, shape: point.shape, dtype: .float64)
        return scalar(all.map { Tensor($0, requiresGrad: true) }).item()
      }
      let numeric = (shifted(step) - shifted(-step)) / (2 * step)
      let error = Swift.abs(numeric - analytic[i])
      #expect(
        error <= tolerance * 10 + 1e-4 * Swift.abs(numeric),
        "input \(k), element \(i): numeric \(numeric), analytic \(analytic[i])", sourceLocation: sourceLocation)
    }
  }
}

/// Numbers spread over (lo, hi), away from each other, as float64.
func spread(_ shape: [Int], _ lo: Double, _ hi: Double) -> Tensor {
  let n = shape.reduce(1, *)
  let width = hi - lo
  let values: [Double] = (0..<n).map { (i: Int) -> Double in
    let fraction = (Double((i * 7919) % 1009) + 0.5) / 1009
    return lo + width * fraction
  }
  return Tensor(values, shape: shape, dtype: .float64)
}
