import Apus
import Testing

/// The largest difference between the gradients of `f` and central differences, over all inputs, and the same for the
/// gradient of the gradient along a fixed direction. Inputs must be float64.
func gradientError(_ inputs: [Tensor], second: Bool = true, _ f: @escaping ([Tensor]) -> Tensor) -> Double {
  func directed(_ y: Tensor, _ salt: Int) -> Tensor {
    let weights = (0..<y.count).map { Double(($0 * 37 + salt * 11) % 23) / 23 - 0.4 }
    return (y * Tensor(weights, shape: y.shape, dtype: .float64)).sum()
  }
  func error(_ g: @escaping ([Tensor]) -> Tensor) -> Double {
    let gradients = valueAndGrad(g)(inputs).gradients
    var worst = 0.0
    for (i, input) in inputs.enumerated() {
      let values = input.array(as: Double.self)
      let found = gradients[i].array(as: Double.self)
      for k in values.indices {
        func at(_ delta: Double) -> Double {
          var moved = values
          moved[k] += delta
          var changed = inputs
          changed[i] = Tensor(moved, shape: input.shape, dtype: .float64)
          return g(changed).item()
        }
        let step = 1e-5
        let numeric = (at(step) - at(-step)) / (2 * step)
        worst = max(worst, abs(numeric - found[k]) / max(1, abs(numeric)))
      }
    }
    return worst
  }
  let first = error { directed(f($0), 1) }
  guard second else { return first }
  return max(
    first,
    error { xs in
      let (_, gradients) = valueAndGrad { directed(f($0), 1) }(xs)
      // A linear function has a constant gradient: the zeros keep it in the graph.
      let zeros = xs.reduce(Tensor(0.0, dtype: .float64)) { $0 + $1.sum() * 0 }
      return gradients.enumerated().map { directed($1, $0 + 2) }.reduce(zeros) { $0 + $1 }
    })
}

/// Numbers without structure, the same for the same salt.
func scattered(_ shape: [Int], _ salt: Int = 0, dtype: DType = .float64) -> Tensor {
  let count = shape.reduce(1, *)
  let values = (0..<count).map { i -> Double in
    var x = UInt32(truncatingIfNeeded: i &+ salt &* 7919)
    x ^= x >> 16
    x = x &* 0x7feb_352d
    x ^= x >> 15
    x = x &* 0x846c_a68b
    x ^= x >> 16
    return Double(x >> 8) / Double(1 << 24) * 2 - 1
  }
  return Tensor(values, shape: shape, dtype: dtype)
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

/// The largest absolute difference of elements; infinite where shapes differ.
func difference(_ a: Tensor, _ b: Tensor) -> Double {
  guard a.shape == b.shape else { return .infinity }
  return zip(a.array(as: Double.self), b.array(as: Double.self)).map { abs($0 - $1) }.max() ?? 0
}
