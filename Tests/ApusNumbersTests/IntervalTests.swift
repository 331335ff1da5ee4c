import ApusCore
import ApusFunctional
import ApusNN
import ApusNumbers
import ApusNumerics
import ApusOptim
import TestSupport
import Testing

@Suite struct IntervalTests {
  private func values(_ x: Tensor) -> [Double] { x.to(.float64).reshape([-1]).array(as: Double.self) }
  private func intervals(_ x: Tensor) -> [Interval] { x.reshape([-1]).array(as: Interval.self) }

  /// Intervals of all sizes and places, points and those that touch or contain 0 among them.
  private func draw(_ n: Int, _ seed: UInt64, scale: Double = 1) -> Tensor {
    let generator = Generator(seed: seed)
    let center = randn([n], dtype: .float64, generator: generator) * 3 * scale
    let radius = (randn([n], dtype: .float64, generator: generator) * 2).exp() * 0.3 * scale
    var (low, high) = (center - radius, center + radius)
    low[0..<(n / 10)] = center[0..<(n / 10)]
    high[0..<(n / 10)] = center[0..<(n / 10)]
    low[(n / 10)..<(n / 5)] = Tensor.zeros([n / 5 - n / 10], dtype: .float64)
    high[(n / 10)..<(n / 5)] = radius[(n / 10)..<(n / 5)]
    return Tensor.interval(lower: low, upper: high)
  }

  /// Numbers of each interval, its bounds among them: `[count, n]`.
  private func samples(_ x: Tensor, _ count: Int, _ seed: UInt64) -> Tensor {
    let t = rand([count - 2, x.count], dtype: .float64, generator: Generator(seed: seed))
    let (low, high) = (x.lower, x.upper)
    let inner = (low + t * (high - low)).maximum(low).minimum(high)
    return cat([low.unsqueeze(0), high.unsqueeze(0), inner])
  }

  private func expectContained(_ y: Tensor, _ bounds: Tensor, _ name: String) {
    let (low, high) = (values(bounds.lower), values(bounds.upper))
    let n = bounds.count
    var outside: [String] = []
    for (i, value) in values(y).enumerated() where !value.isNaN && !(low[i % n] <= value && value <= high[i % n]) {
      outside.append("\(value) of [\(low[i % n]), \(high[i % n])]")
    }
    #expect(outside.isEmpty, "\(name): \(outside.prefix(3)) and \(outside.count) in all")
  }

  // MARK: Arithmetic is rounded outwards

  /// Sums and products of whole numbers of 53 bits, exactly in 128 bits.
  @Test func boundsContainTheExactResult() {
    var state: UInt64 = 7
    func next() -> Int {
      state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      return Int(state >> 11) * (state & 1 == 0 ? 1 : -1) >> Int(state >> 5 & 31)
    }
    for _ in 0..<2000 {
      let (a, b) = (next(), next())
      let (x, y) = (Interval(Double(a)), Interval(Double(b)))
      func contains(_ z: Interval, _ exact: Int128) -> Bool { Int128(z.lower) <= exact && exact <= Int128(z.upper) }
      #expect(contains(x + y, Int128(a) + Int128(b)) && contains(x - y, Int128(a) - Int128(b)))
      #expect(contains(x * y, Int128(a) * Int128(b)))
      #expect(
        (x * y).width <= abs(Double(a) * Double(b)).ulp * 2 && (x + y).width <= (Double(a) + Double(b)).ulp.magnitude)
      if b != 0 {
        // The sign of what is left is exact with one rounding.
        let q = x / y
        let (low, high) = ((-q.lower).addingProduct(0, 0), -q.upper)
        let left = Double(a).addingProduct(low, Double(b))
        let right = Double(a).addingProduct(high, Double(b))
        #expect(b > 0 ? left >= 0 && right <= 0 : left <= 0 && right >= 0)
      }
      var sum = Interval.emptySum
      for factor in [x, y, x] { Interval.addProduct(factor, y, to: &sum) }
      #expect(contains(Interval(rounding: sum), Int128(a) * Int128(b) * 2 + Int128(b) * Int128(b)))
    }
  }

  @Test func signCases() {
    let (p, n, z) = (Interval(lower: 2, upper: 3), Interval(lower: -5, upper: -4), Interval(lower: -1, upper: 2))
    func near(_ x: Interval, _ low: Double, _ high: Double) -> Bool {
      x.lower <= low && x.upper >= high && x.lower > low - 1e-12 && x.upper < high + 1e-12
    }
    #expect(near(p * p, 4, 9) && near(p * n, -15, -8) && near(n * n, 16, 25) && near(z * z, -2, 4))
    #expect(near(z * p, -3, 6) && near(z * n, -10, 5) && near(p / n, -0.75, -0.4) && near(z / p, -0.5, 1))
    #expect(p / z == .whole && p / Interval(lower: 0, upper: 1) == .whole && z * .zero == .zero && p + .zero == p)
    #expect(near(z.apply(.square) ?? .zero, 0, 4) && near(z.apply(.abs) ?? .zero, 0, 2))
    #expect((z.apply(.sqrt) ?? .zero).lower == 0 && (n.apply(.log) ?? .zero).lower.isNaN)
    #expect(Interval(lower: 0, upper: .infinity) * .zero == .zero)
    let tiny = Interval(0x1p-600) * Interval(-0x1p-600)
    #expect(tiny.lower < 0 && tiny.upper <= 0x1p-1000)
    let large = Interval(.greatestFiniteMagnitude) * Interval(2)
    #expect(large.lower == .greatestFiniteMagnitude && large.upper == .infinity)
    #expect(Interval(lower: 2, upper: 1).lower.isNaN)
  }

  @Test func arithmeticContainsSamples() {
    let (a, b) = (draw(400, 1), draw(400, 2).flip([0]))
    let (x, y) = (samples(a, 40, 3), samples(b, 40, 4))
    expectContained(x + y, a + b, "+")
    expectContained(x - y, a - b, "-")
    expectContained(x * y, a * b, "*")
    expectContained(x / y, a / b, "/")
    expectContained(x.maximum(y), a.maximum(b), "max")
    expectContained(x.minimum(y), a.minimum(b), "min")
    expectContained(x.abs().pow(y), a.abs().pow(b), "pow")
    for n in [0.0, 1, 2, 3, 4, -1, -2, -3] { expectContained(x.pow(n), a.pow(n), "pow \(n)") }
  }

  @Test func functionsContainSamples() {
    let functions: [(String, (Tensor) -> Tensor)] = [
      ("exp", { $0.exp() }), ("exp2", { $0.exp2() }), ("expm1", { $0.expm1() }), ("log", { $0.log() }),
      ("log2", { $0.log2() }), ("log10", { $0.log10() }), ("log1p", { $0.log1p() }), ("sqrt", { $0.sqrt() }),
      ("rsqrt", { $0.rsqrt() }), ("sin", { $0.sin() }), ("cos", { $0.cos() }), ("tan", { $0.tan() }),
      ("asin", { $0.asin() }), ("acos", { $0.acos() }), ("atan", { $0.atan() }), ("sinh", { $0.sinh() }),
      ("cosh", { $0.cosh() }), ("tanh", { $0.tanh() }), ("asinh", { $0.asinh() }), ("acosh", { $0.acosh() }),
      ("atanh", { $0.atanh() }), ("erf", { $0.erf() }), ("erfc", { $0.erfc() }), ("sigmoid", { $0.sigmoid() }),
      ("softplus", { $0.softplus() }), ("gelu", { $0.gelu() }), ("geluTanh", { $0.gelu(approximate: .tanh) }),
      ("silu", { $0.silu() }), ("relu", { $0.relu() }), ("abs", { $0.abs() }), ("square", { $0.square() }),
      ("floor", { $0.floor() }), ("ceil", { $0.ceil() }), ("round", { $0.round() }), ("trunc", { $0.trunc() }),
      ("sign", { $0.sign() }), ("reciprocal", { $0.reciprocal() }), ("neg", { -$0 }),
      ("clamp", { $0.clamp(min: -0.5, max: 1) }), ("leakyRelu", { $0.leakyRelu(negativeSlope: 0.1) }),
      ("elu", { $0.elu() }), ("hardtanh", { $0.hardtanh() }), ("mish", { $0.mish() }), ("softsign", { $0.softsign() }),
    ]
    for (name, f) in functions {
      for scale in [0.2, 1, 20] {
        let a = draw(300, 5, scale: scale)
        expectContained(f(samples(a, 40, 6)), f(a), "\(name) at scale \(scale)")
      }
    }
  }

  /// What is widened on points is a few units in the last place.
  @Test func functionsOfPointsStayNarrow() {
    let points = linspace(-3, 3, 61, dtype: .float64)
    for (name, f): (String, (Tensor) -> Tensor) in [
      ("exp", { $0.exp() }), ("tanh", { $0.tanh() }), ("sin", { $0.sin() }), ("erf", { $0.erf() }),
      ("sigmoid", { $0.sigmoid() }), ("gelu", { $0.gelu() }), ("silu", { $0.silu() }),
    ] {
      let bounds = f(points.to(.interval))
      #expect(values(bounds.width).allSatisfy { $0 < 2e-13 }, "\(name)")
      expectContained(f(points), bounds, name)
    }
  }

  // MARK: Order

  @Test func comparisonsAreCertain() {
    let x = Tensor([Interval(lower: 0, upper: 2), Interval(lower: 0, upper: 1), Interval(3)])
    let y = Tensor([Interval(lower: 1, upper: 3), Interval(lower: 1, upper: 2), Interval(3)])
    #expect(x.lt(y).array(as: Bool.self) == [false, false, false])
    #expect(x.le(y).array(as: Bool.self) == [false, true, true])
    #expect(x.ge(y).array(as: Bool.self) == [false, false, true])
    #expect(x.eq(y).array(as: Bool.self) == [false, false, true])
    #expect((x - 5.0).lt(0.0).array(as: Bool.self) == [true, true, true])
    #expect(throws: TensorError.self) { try withErrors { x.sort().values } }
    // Both branches count where the condition is open.
    #expect("\((x - 1.0).leakyRelu(negativeSlope: 0.5)[2])" == "tensor(2., dtype=apus.interval)")
    let open = Tensor([Interval(lower: -2, upper: 4)]).leakyRelu(negativeSlope: 0.5)
    #expect(open.lower.item() <= -1 && open.upper.item() >= 4)
  }

  @Test func boundsGoInAndOut() {
    let x = Tensor.interval(lower: Tensor([[1.0], [2.0]]), upper: Tensor([3.0, 4.5]))
    #expect(x.shape == [2, 2] && values(x.lower) == [1, 1, 2, 2] && values(x.upper) == [3, 4.5, 3, 4.5])
    #expect(values(x.mT.width) == [2, 1, 3.5, 2.5] && x.to(.float32).array() == [2, 2.75, 2.5, 3.25])
    let around = Tensor.interval(around: Tensor([1.0, -2.0]), radius: 0.25)
    #expect(values(around.lower) == [0.75, -2.25] && values(around.upper) == [1.25, -1.75])
    #expect("\(x[0])" == "tensor([    ⟨1., 3.⟩, ⟨1., 4.5000⟩], dtype=apus.interval)")
    #expect(values(Tensor.interval(lower: Tensor([2.0]), upper: Tensor([1.0])).lower)[0].isNaN)
    #expect(throws: TensorError.self) { try withErrors { Tensor([1.0]).lower } }
    #expect(throws: TensorError.self) {
      try withErrors { Tensor.interval(lower: Tensor([2.0, 1]), upper: Tensor([1.0, 2, 3])) }
    }
  }

  // MARK: Networks

  private func network() -> Sequential {
    Generator.default.manualSeed(11)
    return Sequential(Linear(12, 24), ReLU(), Linear(24, 16), Tanh(), Linear(16, 4))
  }

  @Test func boundsOfANetworkContainWhatItGives() {
    let model = network()
    let generator = Generator(seed: 12)
    let (center, radius) = (randn([12], generator: generator), 0.05)
    let box = Tensor.interval(around: center, radius: radius)
    let certified = network().to(.interval)
    let bounds = noGrad { certified(box.unsqueeze(0)) }
    #expect(bounds.dtype == .interval)
    let noise = (rand([20_000, 12], generator: generator) * 2 - 1) * radius
    let found = noGrad { model(center + noise) }.to(.float64)
    #expect(found.amin([0]).ge(bounds.lower[0]).all().item() == 1)
    #expect(found.amax([0]).le(bounds.upper[0]).all().item() == 1)
    // The first layer is linear: its bounds are reached at corners of the box.
    guard let first = model[0] as? Linear, let bounded = certified[0] as? Linear else { return }
    let exact = first.weight.detach().abs().to(.float64).sum([1]) * (2 * radius)
    #expect((noGrad { bounded(box) }.width - exact).abs().amax().item() < 1e-6)
    let sampled = noGrad { first(center + noise) }
    #expect((noGrad { bounded(box) }.width / (sampled.amax([0]) - sampled.amin([0]))).amax().item() < 3)
  }

  /// A classifier that was trained: no sampled perturbation leaves the bounds, and where the lower bound of a class is above the
  /// upper ones of the others the answer is certain.
  @Test func boundsOfATrainedNetworkAreACertificate() throws {
    let generator = Generator(seed: 14)
    let x = randn([500, 12], generator: generator)
    let target = x.reshape([500, 4, 3]).sum([2]).argmax(1)
    let model = network()
    let optimizer = SGD(model.parameters(), lr: 0.3)
    for _ in 0..<150 {
      optimizer.zeroGrad()
      crossEntropy(model(x), target).backward()
      optimizer.step()
    }
    let plain = noGrad { model(x[0..<20]) }.to(.float64)
    let radius = 0.02
    var samples: [Tensor] = []
    for i in 0..<20 {
      let noise = (rand([1000, 12], generator: generator) * 2 - 1) * radius
      samples.append(noGrad { model(x[i] + noise) }.to(.float64))
    }
    let bounds = noGrad { model.to(.interval)(Tensor.interval(around: x[0..<20], radius: radius)) }
    var certain = 0
    for (i, y) in samples.enumerated() {
      expectContained(y, bounds[i], "example \(i)")
      let answer = Int(plain[i].argmax().item())
      let (low, high) = (values(bounds[i].lower), values(bounds[i].upper))
      guard (0..<4).allSatisfy({ $0 == answer || high[$0] < low[answer] }) else { continue }
      certain += 1
      #expect(y.argmax(1).eq(answer).all().item() == 1)
    }
    #expect(certain > 5)
  }

  /// The rules of calculus on intervals contain the gradients at all points of the box.
  @Test func gradientsAreBounds() throws {
    let generator = Generator(seed: 13)
    let (a, b) = (
      randn([6, 5], dtype: .float64, generator: generator), randn([5], dtype: .float64, generator: generator)
    )
    func f(_ x: Tensor) -> Tensor { (a.to(x.dtype).matmul(x).relu() * 0.5).tanh().sum() + (x * x).sum().sqrt() }
    let box = Tensor(Tensor.interval(around: b, radius: 0.1), requiresGrad: true)
    let bounds = try #require(gradients(of: [f(box)], wrt: [box])[0]).detach()
    for _ in 0..<200 {
      let x = Tensor(b + (rand([5], dtype: .float64, generator: generator) * 2 - 1) * 0.1, requiresGrad: true)
      expectContained(try #require(gradients(of: [f(x)], wrt: [x])[0]), bounds, "gradient")
    }
  }

  @Test func sumsContainTheExactSum() {
    let n = 20_000
    let x = Tensor.full([n], 0.1, dtype: .float64).to(.interval)
    // 0.1 is 0x1.999999999999ap-4: a multiple of 2^-55.
    let exact = Int128(0.1 * 0x1p55) * Int128(n)
    let sum = x.sum().item(as: Interval.self)
    #expect(Int128(sum.lower * 0x1p55) <= exact && exact <= Int128(sum.upper * 0x1p55) && sum.width < 1e-8)
    let dot = x.unsqueeze(0).matmul(x.unsqueeze(1)).item(as: Interval.self)
    #expect(dot.contains(200) && dot.width < 1e-8)
    #expect(
      Tensor.zeros([3, 4], dtype: .interval).matmul(Tensor.ones([4, 2], dtype: .interval)).width.amax().item() == 0)
  }
}
