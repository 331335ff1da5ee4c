import ApusCore

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

// Gradients of samples that are drawn by rejection: of x with F(x; a) fixed, dx/da = -(dF/da) / (dF/dx) (Figurnov, Mohamed and
// Mnih, "Implicit reparameterization gradients", 2018).

/// Numbers of the gamma distribution of rate 1, with their gradient in the shape.
func standardGamma(_ concentration: Tensor) -> Tensor {
  if concentration.hasFailed { return concentration }
  return apply(GammaSample(), concentration, noGrad { drawStandardGamma(concentration) })
}

/// Vectors of the Dirichlet distribution, with their gradient in the concentrations.
func standardDirichlet(_ concentration: Tensor) -> Tensor {
  if concentration.hasFailed { return concentration }
  return apply(DirichletSample(), concentration, noGrad { drawDirichlet(concentration) })
}

/// A sample (the second input) that depends on the shape (the first).
private struct GammaSample: Primitive, Hashable {
  var name: String { "StandardGamma" }
  func outputTypes(_ inputs: [TensorType]) throws(TensorError) -> [TensorType] { [inputs[1]] }
  func evaluate(_ inputs: [Tensor], into results: [Tensor]) throws(TensorError) { results[0].fill(with: inputs[1]) }

  func vjp(_ node: Recorded, cotangents: [Tensor?]) throws(TensorError) -> [Tensor?] {
    let g = single(node, cotangents)
    let (shape, x) = (node.input(0), node.input(1))
    return [node.needs(0) ? g * apply(SampleSlope(isGamma: true), shape, x) : nil, node.needs(1) ? g : nil]
  }
}

/// A vector (the second input) that depends on the concentrations (the first).
private struct DirichletSample: Primitive, Hashable {
  var name: String { "_Dirichlet" }
  func outputTypes(_ inputs: [TensorType]) throws(TensorError) -> [TensorType] { [inputs[1]] }
  func evaluate(_ inputs: [Tensor], into results: [Tensor]) throws(TensorError) { results[0].fill(with: inputs[1]) }

  func vjp(_ node: Recorded, cotangents: [Tensor?]) throws(TensorError) -> [Tensor?] {
    let g = single(node, cotangents)
    guard node.needs(0) else { return [nil, g] }
    let (shape, x) = (node.input(0), node.input(1))
    // An element is a beta number; where it moves, the others keep their ratios.
    let slope = apply(SampleSlope(isGamma: false), shape, x)
    return [slope * (g - (x * g).sum([-1], keepDim: true)), node.needs(1) ? g : nil]
  }
}

/// The derivative of a gamma number by its shape; of an element of a Dirichlet vector by its concentration, over 1 - x. It has no
/// derivative itself: a second one is refused by name.
private struct SampleSlope: Primitive, Hashable {
  let isGamma: Bool
  var name: String { isGamma ? "StandardGammaGrad" : "DirichletGrad" }
  func outputTypes(_ inputs: [TensorType]) throws(TensorError) -> [TensorType] { [inputs[1]] }

  func evaluate(_ inputs: [Tensor], into results: [Tensor]) throws(TensorError) {
    let shapes = inputs[0].array(as: Double.self)
    let samples = inputs[1].array(as: Double.self)
    var slopes = [Double](repeating: 0, count: samples.count)
    if isGamma {
      for i in slopes.indices { slopes[i] = gammaSlope(shapes[i], samples[i]) }
    } else {
      let parts = inputs[1].shape.last ?? 1
      for row in stride(from: 0, to: samples.count, by: max(1, parts)) {
        var total = 0.0
        for i in row..<row + parts { total += shapes[i] }
        for i in row..<row + parts { slopes[i] = betaSlope(samples[i], shapes[i], total - shapes[i]) }
      }
    }
    try results[0].fill(from: Tensor(slopes, shape: inputs[1].shape, dtype: .float64))
  }
}

/// A number and its derivative by one variable.
private struct WithSlope {
  var value: Double, slope: Double

  init(_ value: Double, _ slope: Double = 0) { (self.value, self.slope) = (value, slope) }
  static func + (a: Self, b: Self) -> Self { Self(a.value + b.value, a.slope + b.slope) }
  static func * (a: Self, b: Self) -> Self { Self(a.value * b.value, a.slope * b.value + a.value * b.slope) }
  static func / (a: Self, b: Self) -> Self {
    let value = a.value / b.value
    return Self(value, (a.slope - value * b.slope) / b.value)
  }
  /// Away from 0, where a continued fraction must not come.
  var kept: Self { abs(value) < 1e-300 ? Self(1e-300, slope) : self }
}

/// dx/da of a number x of the gamma distribution of shape a and rate 1.
private func gammaSlope(_ a: Double, _ x: Double) -> Double {
  guard a > 0, x > 0, a.isFinite, x.isFinite else { return a > 0 && x == 0 ? 0 : .nan }
  if a > 1e5 {
    // Wilson and Hilferty: the cube root of x / a is normal, with errors of the order of 1 / a.
    let c = 1 / (9 * a)
    let z = (cbrt(x / a) - (1 - c)) / c.squareRoot()
    let root = 1 - c + z * c.squareRoot()
    return root * root * root + 3 * a * root * root * (c / a - 0.5 * z * c.squareRoot() / a)
  }
  if x < a + 1 {
    // F = x^a e^-x (1 / Γ(a + 1) + x / Γ(a + 2) + ...), as a multiple of x^(a - 1) e^-x / Γ(a).
    var (term, sum) = (WithSlope(1, 0) / WithSlope(a, 1), WithSlope(0))
    var k = 0.0
    while k < 10000 {
      sum = sum + term
      if abs(term.value) < 1e-17 * abs(sum.value), abs(term.slope) < 1e-17 * abs(sum.slope) { break }
      k += 1
      term = term * WithSlope(x) / WithSlope(a + k, 1)
    }
    // d log(x^a / Γ(a)) / da = log x - ψ(a).
    return -x * (sum.slope + sum.value * (log(x) - digamma(a)))
  }
  // 1 - F = x^a e^-x / Γ(a) times a continued fraction (Lentz's method).
  var b = WithSlope(x + 1 - a, -1)
  var c = WithSlope(1e300)
  var d = WithSlope(1) / b.kept
  var h = d
  for i in 1..<10000 {
    let n = Double(i)
    let an = WithSlope(-n * (n - a), n)
    b.value += 2
    d = WithSlope(1) / (an * d + b).kept
    c = (b + an / c).kept
    let step = c * d
    h = h * step
    if abs(step.value - 1) < 1e-16, abs(step.slope) < 1e-16 { break }
  }
  return x * (h.slope + h.value * (log(x) - digamma(a)))
}

/// dx/da of a number x of the beta distribution of shapes a and b, over 1 - x.
private func betaSlope(_ x: Double, _ a: Double, _ b: Double) -> Double {
  guard a > 0, b > 0, x > 0, x < 1, a.isFinite, b.isFinite else { return x == 0 || x == 1 ? 0 : .nan }
  let total = digamma(a + b)
  if x <= (a + 1) / (a + b + 2) {
    // F = x^a (1 - x)^b / (a B(a, b)) h(a, b, x).
    let h = betaFraction(WithSlope(a, 1), WithSlope(b), x) / WithSlope(a, 1)
    // Of the density x^(a - 1) (1 - x)^(b - 1) / B(a, b), F is the multiple x (1 - x) h.
    return -x * (h.slope + h.value * (log(x) - digamma(a) + total))
  }
  // 1 - F by the mirror image.
  let h = betaFraction(WithSlope(b), WithSlope(a, 1), 1 - x) / WithSlope(b)
  return x * (h.slope + h.value * (log(x) - digamma(a) + total))
}

/// The continued fraction of the incomplete beta function, by Lentz's method.
private func betaFraction(_ a: WithSlope, _ b: WithSlope, _ x: Double) -> WithSlope {
  let one = WithSlope(1)
  let (sum, up, down) = (a + b, a + one, a + WithSlope(-1))
  var c = one
  var d = one / (one + WithSlope(-x) * sum / up).kept
  var h = d
  let least = 200 + Int(min(20000, 10 * max(a.value, b.value).squareRoot()))
  for i in 1...least {
    let m = WithSlope(Double(i))
    let even = m * (b + WithSlope(-Double(i))) * WithSlope(x) / ((down + m + m) * (a + m + m))
    d = one / (one + even * d).kept
    c = (one + even / c).kept
    h = h * d * c
    let odd = WithSlope(-x) * (a + m) * (sum + m) / ((a + m + m) * (up + m + m))
    d = one / (one + odd * d).kept
    c = (one + odd / c).kept
    let step = d * c
    h = h * step
    if abs(step.value - 1) < 1e-16, abs(step.slope) < 1e-16 { break }
  }
  return h
}

/// The derivative of lgamma at x > 0: upwards by its recursion, then Stirling's series.
private func digamma(_ x: Double) -> Double {
  var (x, sum) = (x, 0.0)
  while x < 10 {
    sum -= 1 / x
    x += 1
  }
  let y = 1 / (x * x)
  let series = y * (1.0 / 12 - y * (1.0 / 120 - y * (1.0 / 252 - y * (1.0 / 240 - y * (1.0 / 132 - y * 691 / 32760)))))
  return sum + log(x) - 0.5 / x - series
}
