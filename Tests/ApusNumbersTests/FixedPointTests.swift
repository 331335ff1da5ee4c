import ApusCore
import ApusFunctional
import ApusNumbers
import ApusNumerics
import TestSupport
import Testing

@Suite struct FixedPointTests {
  private func values(_ x: Tensor) -> [Double] { x.to(.float64).reshape([-1]).array(as: Double.self) }

  /// The definition: to the nearest multiple of 2⁻ⁿ, halves to the even one, then to the range.
  private func rounded(_ x: Double, _ n: Int, _ range: ClosedRange<Double>) -> Double {
    if x.isNaN { return 0 }
    let scale = Double(1 << n)
    return min(max((x * scale).rounded(.toNearestOrEven) / scale, range.lowerBound), range.upperBound)
  }

  /// All pairs of bytes, by element and by tensor.
  @Test func everyOperationOfBytes() {
    func check<T: CustomElement & Comparable>(_ type: T.Type, _ m: Int, _ n: Int) {
      let range = type.range
      let all = stride(from: range.lowerBound, through: range.upperBound, by: 1 / Double(1 << n)).map { T($0) }
      #expect(Set(all.map(\.double)).count == 1 << (m + n + 1))
      #expect(range.upperBound == Double((1 << (m + n)) - 1) / Double(1 << n) && range.lowerBound == -Double(1 << m))
      let (a, b) = (Tensor(all).unsqueeze(1), Tensor(all).unsqueeze(0))
      let results: [(Tensor, (Double, Double) -> Double)] = [
        (a + b, { $0 + $1 }), (a - b, { $0 - $1 }), (a * b, { $0 * $1 }),
        (a / b, { $1 == 0 && $0 == 0 ? 0 : $0 / $1.magnitude * ($1 < 0 ? -1 : 1) }),
        (a.maximum(b), { max($0, $1) }), (a.minimum(b), { min($0, $1) }),
      ]
      for (k, (found, f)) in results.enumerated() {
        let (x, y) = (found.array(as: type).map(\.double), values(a))
        for i in 0..<all.count {
          for j in 0..<all.count {
            let expected = rounded(f(y[i], y[j]), n, range)
            if x[i * all.count + j] != expected { #expect(x[i * all.count + j] == expected, "\(k): \(y[i]) \(y[j])") }
          }
        }
      }
      #expect(a.lt(b).array(as: Bool.self) == all.flatMap { x in all.map { x.double < $0.double } })
      let products = (a * b).array(as: type)
      #expect(
        all.indices.allSatisfy { all[$0] * all[all.count - 1 - $0] == products[$0 * all.count + all.count - 1 - $0] })
    }
    check(FixedPoint<Int8, 3, 4>.self, 3, 4)
    check(FixedPoint<Int8, 0, 7>.self, 0, 7)
    check(FixedPoint<Int8, 7, 0>.self, 7, 0)
    check(FixedPoint<Int8, 2, 3>.self, 2, 3)
  }

  @Test func wordsRoundAndSaturate() {
    var state: UInt64 = 3
    func next() -> Int64 {
      state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      return Int64(bitPattern: state) >> Int64(32 + state >> 7 & 15)
    }
    for _ in 0..<5000 {
      let (a, b) = (Int32(next()), Int32(next()))
      let (x, y) = (Fixed32(raw: a), Fixed32(raw: b))
      // The product of 32 bit numbers does not fit into a Double: halves in 128 bits.
      let exact = Int128(a) * Int128(b)
      let floor = exact >> 16
      let rest = exact - floor << 16
      let nearest = rest > 32768 || (rest == 32768 && floor & 1 != 0) ? floor + 1 : floor
      #expect(Int128((x * y).raw) == min(max(nearest, Int128(Int32.min)), Int128(Int32.max)))
      #expect(Int64((x + y).raw) == min(max(Int64(a) + Int64(b), Int64(Int32.min)), Int64(Int32.max)))
      #expect((x / y).double == rounded(x.double / y.double, 16, Fixed32.range))
      let (s, t) = (Fixed16(raw: Int16(truncatingIfNeeded: a)), Fixed16(raw: Int16(truncatingIfNeeded: b)))
      #expect((s * t).double == rounded(s.double * t.double, 8, Fixed16.range))
    }
  }

  @Test func numbersThatAreNone() {
    #expect(Fixed8(.nan).raw == 0 && Fixed8(.infinity).raw == 127 && Fixed8(-1e300).raw == -128)
    #expect((Fixed8(3) / Fixed8(0)).raw == 127 && (Fixed8(-3) / Fixed8(0)).raw == -128)
    #expect((Fixed32(raw: .min) / Fixed32(raw: -1)).raw == .max)
    #expect(values(Tensor([-1.0, 0.0, 4.0]).to(.fixed8).sqrt()) == [0, 0, 2])
  }

  /// Many products that would saturate on the way, and lose their last bits, are summed exactly.
  @Test(arguments: [DType.fixed8, .fixed16, .fixed32])
  func sumsAndProductsAreRoundedOnce(_ dtype: DType) {
    let generator = Generator(seed: 4)
    let a = (randn([9, 150], dtype: .float64, generator: generator) * 2).to(dtype)
    let b = (randn([150, 70], dtype: .float64, generator: generator) * 0.3).to(dtype)
    let exact = a.to(.float64).matmul(b.to(.float64))
    #expect(values(a.matmul(b)) == values(exact.to(dtype)))
    #expect(values(a.mT.contiguous().mT.matmul(b.mT.contiguous().mT)) == values(exact.to(dtype)))
    #expect(values(a.sum([1])) == values(a.to(.float64).sum([1]).to(dtype)))
    #expect(values(a.sum([0])) == values(a.to(.float64).sum([0]).to(dtype)))
    let long = Tensor([7.5, 7.5, -7.5, -7.5], dtype: dtype)
    #expect(long.sum().to(.float64).item() == 0 && long.cumsum(0)[3].to(.float64).item() == 0)
  }

  @Test func functionsAreThoseOfNumbersRounded() {
    let x = linspace(-6, 6, 97, dtype: .float64).to(.fixed16)
    let plain = x.to(.float64)
    for (name, f): (String, (Tensor) -> Tensor) in [
      ("exp", { $0.exp() }), ("tanh", { $0.tanh() }), ("sigmoid", { $0.sigmoid() }), ("relu", { $0.relu() }),
      ("sin", { $0.sin() }), ("abs", { $0.abs() }), ("floor", { $0.floor() }), ("neg", { -$0 }),
    ] {
      #expect(values(f(x)) == values(f(plain)).map { rounded($0, 8, Fixed16.range) }, "\(name)")
    }
  }

  /// Straight through: the derivatives of the numbers, 0 where a result was cut.
  @Test func gradientsGoStraightThrough() throws {
    let w = Tensor([0.5, -1.25, 3.0, 6.0], requiresGrad: true)
    let x = Tensor([1.0, 2.0, 2.0, 2.0]).to(.fixed8)
    let y = w.to(.fixed8) * x
    #expect(values(y.detach()) == [0.5, -2.5, 6, 7.9375])
    let g = try #require(gradients(of: [y.to(.float32).sum()], wrt: [w])[0])
    #expect(g.dtype == .float32 && g.array() == [1, 2, 2, 0])
    // A matrix product, against floats.
    let generator = Generator(seed: 5)
    let (a, b) = (randn([3, 4], generator: generator), randn([4, 2], generator: generator))
    func grads(_ dtype: DType) throws -> [Float] {
      let (p, q) = (
        Tensor(a.to(.fixed16).to(.float32), requiresGrad: true), Tensor(b.to(.fixed16).to(.float32), requiresGrad: true)
      )
      let out = p.to(dtype).matmul(q.to(dtype)).to(.float32)
      let found = gradients(of: [(out * Tensor([[1.0, 2.0]])).sum()], wrt: [p, q])
      return try found.flatMap { try #require($0).reshape([-1]).array() }
    }
    for (u, v) in zip(try grads(.fixed16), try grads(.float32)) { #expect(abs(u - v) < 1e-5) }
  }

  @Test func names() {
    #expect(DType.fixed8.name == "fixed3_4" && DType.fixed32.name == "fixed15_16" && DType.fixed8.size == 1)
    #expect(FixedPoint<Int32, 3, 4>.dtype.name == "fixed3_4_int32")
    #expect("\(Tensor([1.0, -0.0625]).to(.fixed8))" == "tensor([     1., -0.0625], dtype=apus.fixed3_4)")
    #expect(throws: TensorError.self) { try withErrors { Tensor.zeros([1], dtype: FixedPoint<Int8, 6, 4>.dtype) } }
  }
}
