import ApusCore
import ApusFunctional
import ApusNN
import ApusNumbers
import ApusNumerics
import TestSupport
import Testing

@Suite struct HyperDualTests {
  private func values(_ x: Tensor) -> [Double] { x.to(.float64).reshape([-1]).array(as: Double.self) }

  private func near(_ a: Tensor, _ b: Tensor, _ tolerance: Double = 1e-10) -> Bool {
    let (x, y) = (values(a), values(b))
    return x.count == y.count && zip(x, y).allSatisfy { abs($0 - $1) <= tolerance * max(1, abs($1)) }
  }

  /// First and second derivatives by the tape, twice.
  private func derivatives(_ f: (Tensor) -> Tensor, _ x: Tensor) throws -> (Tensor, Tensor) {
    let x = Tensor(x, requiresGrad: true)
    let first = try #require(gradients(of: [f(x).sum()], wrt: [x], createGraph: true)[0])
    guard first.requiresGrad else { return (first, Tensor.zeros(first.shape, dtype: .float64)) }
    let second = gradients(of: [first.sum()], wrt: [x], allowUnused: true)[0]
    return (first.detach(), second ?? Tensor.zeros(first.shape, dtype: .float64))
  }

  @Test func functionsHaveTheDerivativesOfTheTape() throws {
    let wide = [-2.7, -1.3, -0.4, 0.3, 0.9, 2.2]
    let (positive, small, large) = ([0.2, 0.7, 1.4, 3.1], [-0.8, -0.3, 0.2, 0.7], [1.2, 2.5, 7.0])
    let functions: [(String, [Double], (Tensor) -> Tensor)] = [
      ("exp", wide, { $0.exp() }), ("exp2", wide, { $0.exp2() }), ("expm1", wide, { $0.expm1() }),
      ("log", positive, { $0.log() }), ("log2", positive, { $0.log2() }), ("log10", positive, { $0.log10() }),
      ("log1p", small, { $0.log1p() }), ("sqrt", positive, { $0.sqrt() }), ("rsqrt", positive, { $0.rsqrt() }),
      ("reciprocal", wide, { $0.reciprocal() }), ("square", wide, { $0.square() }), ("sin", wide, { $0.sin() }),
      ("cos", wide, { $0.cos() }), ("tan", wide, { $0.tan() }), ("asin", small, { $0.asin() }),
      ("acos", small, { $0.acos() }), ("atan", wide, { $0.atan() }), ("sinh", wide, { $0.sinh() }),
      ("cosh", wide, { $0.cosh() }), ("tanh", wide, { $0.tanh() }), ("asinh", wide, { $0.asinh() }),
      ("acosh", large, { $0.acosh() }), ("atanh", small, { $0.atanh() }), ("erf", wide, { $0.erf() }),
      ("erfc", wide, { $0.erfc() }), ("sigmoid", wide, { $0.sigmoid() }), ("lgamma", positive, { $0.lgamma() }),
      ("digamma", positive, { $0.digamma() }), ("erfinv", small, { $0.erfinv() }),
      ("erfcx", wide, { special.erfcx($0) }),
      ("ndtri", positive.map { $0 / 4 }, { special.ndtri($0) }), ("i0", wide, { special.i0($0) }),
      ("i0e", wide, { special.i0e($0) }), ("i1", wide, { special.i1($0) }), ("i1e", wide, { special.i1e($0) }),
      ("k0", positive, { special.modifiedBesselK0($0) }), ("k1", positive, { special.modifiedBesselK1($0) }),
      ("j0", wide, { special.besselJ0($0) }), ("j1", wide, { special.besselJ1($0) }),
      ("y0", positive, { special.besselY0($0) }), ("y1", positive, { special.besselY1($0) }),
      ("sphericalJ0", wide, { special.sphericalBesselJ0($0) }), ("polygamma", positive, { Tensor.polygamma(2, $0) }),
      ("zeta", positive, { special.zeta(Tensor(2.5, dtype: .float64), $0) }),
      ("igamma", positive, { Tensor(1.7, dtype: .float64).igamma($0) }),
      ("igammac", positive, { Tensor(1.7, dtype: .float64).igammac($0) }),
      ("gelu", wide, { $0.gelu() }), ("geluTanh", wide, { $0.gelu(approximate: .tanh) }), ("silu", wide, { $0.silu() }),
      ("softplus", wide, { $0.softplus() }), ("relu", wide, { $0.relu() }), ("abs", wide, { $0.abs() }),
      ("elu", wide, { $0.elu() }), ("mish", wide, { $0.mish() }), ("leakyRelu", wide, { $0.leakyRelu() }),
      ("pow", positive, { $0.pow(2.5) }), ("pow3", wide, { $0.pow(3.0) }), ("frac", wide, { $0.frac() }),
      ("fmod", wide, { $0.fmod(0.7) }), ("remainder", wide, { $0.remainder(0.7) }),
      ("combined", positive, { ($0.sin() * $0.exp() / (1 + $0 * $0)).tanh() }),
    ]
    for (name, points, f) in functions {
      let x = Tensor(points, dtype: .float64)
      let ones = Tensor.ones(x.shape, dtype: .float64)
      let y = f(makeHyperDual(x, ones, ones * 2.0))
      let (first, second) = try derivatives(f, x)
      #expect(near(y.primal, f(x), 1e-12) && near(y.tangent, first) && near(y.secondTangent, first * 2.0), "\(name)")
      #expect(near(y.mixedTangent, second * 2.0, 1e-9), "\(name)")
      // Dual numbers have the same functions.
      #expect(near(f(makeDual(x, ones)).tangent, first), "\(name) of dual numbers")
    }
  }

  @Test func functionsOfTwoNumbers() throws {
    let functions: [(String, (Tensor, Tensor) -> Tensor)] = [
      ("mul", { $0 * $1 }), ("div", { $0 / $1 }), ("pow", { $0.pow($1) }), ("atan2", { $0.atan2($1) }),
      ("hypot", { $0.hypot($1) }), ("xlogy", { $0.xlogy($1) }), ("maximum", { $0.maximum($1) }),
      ("fmod", { $0.fmod($1) }), ("sub", { $0 - $1 }),
    ]
    let (a, b) = (Tensor([0.4, 1.7, 2.9], dtype: .float64), Tensor([1.1, 0.6, 2.3], dtype: .float64))
    let (u, v) = (Tensor([0.3, -1.0], dtype: .float64), Tensor([2.0, 0.7], dtype: .float64))
    for (name, f) in functions {
      for i in 0..<3 {
        let point = Tensor([a[i].item(), b[i].item()], dtype: .float64)
        let expected = hessian({ f($0[0], $0[1]) }, point)
        let y = f(
          makeHyperDual(a[i], u[0], v[0]), makeHyperDual(b[i], u[1], v[1]))
        #expect(near(y.mixedTangent, u.matmul(expected).matmul(v).reshape([]), 1e-9), "\(name) at \(i)")
      }
    }
  }

  @Test func ordersHaveNoDerivative() {
    let (one, x) = (Tensor([1.0], dtype: .float64), Tensor([2.5], dtype: .float64))
    #expect(makeDual(x, one).igamma(x).tangent.isnan().item() == 1)
    #expect(makeDual(x, one * 0.0).igamma(makeDual(x, one)).tangent.isnan().item() == 0)
  }

  /// Of a small network: the diagonal of the Hessian, and the Hessian times a vector.
  @Test func secondDerivativesOfANetwork() throws {
    let generator = Generator(seed: 3)
    func draw(_ shape: [Int]) -> Tensor { randn(shape, dtype: .float64, generator: generator) }
    let (w1, b1, w2) = (draw([6, 4]), draw([6]), draw([3, 6]))
    func f(_ x: Tensor) -> Tensor {
      let h = (w1.to(x.dtype).matmul(x) + b1).tanh()
      return softmax(w2.to(x.dtype).matmul(h).silu(), dim: 0)[1]
    }
    let (x, v) = (draw([4]), draw([4]))
    let expected = hessian(f, x)
    let identity = eye(4, dtype: .float64)
    for i in 0..<4 {
      let entry = f(makeHyperDual(x, identity[i], identity[i])).mixedTangent
      #expect(near(entry, expected[i, i], 1e-9))
      #expect(near(f(makeHyperDual(x, identity[i], v)).mixedTangent, expected[i].matmul(v), 1e-9))
    }
    let (_, slope) = jvp({ (x: Tensor) in f(x) }, primals: x, tangents: v)
    #expect(near(f(makeHyperDual(x, v, v)).tangent, slope))
  }

  @Test func partsAndText() {
    let x = makeHyperDual(Tensor([2.0, 0.0]), Tensor([1.0, 0.0]), Tensor([0.0, -1.0]))
    #expect(x.dtype == .hyperDual32 && x.dtype.size == 16)
    #expect("\((x * x)[0])" == "tensor(4.+4.ε₁+0.ε₂+0.ε₁ε₂, dtype=apus.hyperdual32)")
    #expect(x.secondTangent.array() == [0, -1] && x.to(.float32).array() == [2, 0])
    // At a point without a slope nothing arrives where nothing is carried.
    #expect(x.sqrt().tangent[1].item() == 0)
    #expect(throws: TensorError.self) { try withErrors { Tensor([1.0]).mixedTangent } }
    #expect(throws: TensorError.self) {
      try withErrors { makeHyperDual(Tensor([1.0]), Tensor([1.0, 2.0]), Tensor([1.0])) }
    }
    let element = HyperDual<Double>(3, 1, 1, 0)
    #expect((element * element * element).mixed == 18 && (HyperDual<Double>.one / element).mixed == 2.0 / 27)
  }
}
