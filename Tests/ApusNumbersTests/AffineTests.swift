import ApusCore
import ApusFunctional
import ApusNN
import ApusNumbers
import ApusNumerics
import TestSupport
import Testing

/// Two operands, of which a formula may leave one out.
private struct Pair {
  let x: Tensor
  let y: Tensor
}

@Suite struct AffineTests {
  private func values(_ x: Tensor) -> [Double] { x.to(.float64).reshape([-1]).array(as: Double.self) }

  private let generator = Generator(seed: 20)

  /// Values of noise symbols, and the numbers that forms with these radii have then: `[count, n]`.
  private func samples(_ center: Tensor, _ radius: Tensor, _ count: Int) -> Tensor {
    let noise = rand([count, center.count], dtype: .float64, generator: generator) * 2 - 1
    // Half of them at corners, where bounds are reached.
    let corners = noise.sign()
    return center + radius * cat([noise[0..<(count / 2)], corners[(count / 2)...]])
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

  @Test func whatIsSharedCancels() {
    let x = Tensor.affine(around: Tensor([1.0, -2.0, 0.1]), radius: 0.3)
    #expect(values((x - x).width) == [0, 0, 0] && values((x + (-x)).upper) == [0, 0, 0])
    // x - y of one symbol.
    let together = Tensor.affine(around: Tensor([5.0, 3.0]), radius: 1, symbols: Tensor([4, 4]))
    let difference = together[0] - together[1]
    #expect(abs(difference.lower.item() - 2) < 1e-12 && abs(difference.upper.item() - 2) < 1e-12)
    let apart = Tensor.affine(around: Tensor([5.0, 3.0]), radius: 1, symbols: Tensor([-1, -1]))
    #expect(abs((apart[0] - apart[1]).width.item() - 4) < 1e-12)
    // (1 + x)(1 - x) = 1 - x² is at least 1 - 0.01.
    let y = Tensor.affine(around: Tensor([0.0]), radius: 0.1)
    let product = (1 + y) * (1 - y)
    #expect(product.lower.item() > 0.9899 && product.upper.item() < 1.0001 && product.upper.item() >= 1)
  }

  @Test func formulasContainSamplesAndAreNotWiderThanIntervals() {
    let functions: [(String, (Pair) -> Tensor)] = [
      ("+", { $0.x + $0.y * 2.0 }), ("-", { $0.x - $0.y + $0.x }), ("*", { $0.x * $0.y - $0.x }),
      ("/", { $0.x / ($0.y * $0.y + 1.0) }),
      ("square", { ($0.x + $0.y).square() - $0.x * $0.x }), ("exp", { $0.x.exp() - $0.x }), ("expm1", { $0.x.expm1() }),
      ("log", { ($0.x.abs() + 0.5).log() }), ("log1p", { ($0.x.abs() + $0.y.square()).log1p() }),
      ("sqrt", { ($0.x + 9.0).sqrt() - $0.y }),
      ("tanh", { ($0.x - $0.y).tanh() }), ("sigmoid", { ($0.x * $0.y).sigmoid() }), ("erf", { $0.x.erf() + $0.y }),
      ("sinh", { $0.x.sinh() }), ("asinh", { $0.x.asinh() }), ("atan", { ($0.x + $0.y).atan() }),
      ("sin", { ($0.x * 2.0).sin() }),
      ("softplus", { $0.x.softplus() }), ("gelu", { $0.x.gelu() }), ("relu", { ($0.x - $0.y).relu() + $0.y.relu() }),
      ("abs", { $0.x.abs() - $0.y.abs() }), ("leakyRelu", { $0.x.leakyRelu(negativeSlope: 0.2) - $0.x }),
      ("elu", { $0.x.elu() }), ("clamp", { $0.x.clamp(min: -0.3, max: 0.4) }), ("max", { $0.x.maximum($0.y) - $0.x }),
      ("min", { $0.x.minimum($0.y) }),
      ("floor", { $0.x.floor() }), ("pow", { $0.x.pow(3.0) }), ("reciprocal", { ($0.x + 8.0).reciprocal() * $0.x }),
    ]
    let center = randn([2, 60], dtype: .float64, generator: generator) * 2
    let radius = (randn([2, 60], dtype: .float64, generator: generator)).exp() * 0.3
    let points = samples(center.reshape([-1]), radius.reshape([-1]), 400).reshape([400, 2, 60])
    let symbols = Tensor([0, 1]).unsqueeze(1).expand([2, 60])
    let forms = Tensor.affine(around: center, radius: radius, symbols: symbols)
    let boxes = Tensor.interval(around: center, radius: radius)
    for (name, f) in functions {
      let found = f(Pair(x: forms[0], y: forms[1]))
      expectContained(f(Pair(x: points[0..., 0], y: points[0..., 1])), found, name)
      let plain = f(Pair(x: boxes[0], y: boxes[1]))
      let inside =
        zip(values(found.lower), values(plain.lower)).allSatisfy { $0 >= $1 || $1.isNaN }
        && zip(values(found.upper), values(plain.upper)).allSatisfy { $0 <= $1 || $1.isNaN }
      #expect(inside, "\(name)")
    }
  }

  @Test func functionsOfOneKnowTheirSlope() {
    // The least slope is off by at most 2 r f'' within the radius r, and so is what is left of the function: widths are below
    // 6 r² f'', where those of intervals are 4 r f'. None of the second derivatives here is above 6.
    let x = Tensor.affine(around: Tensor([0.7], dtype: .float64), radius: 1e-3)
    for (name, f, slope): (String, (Tensor) -> Tensor, Double) in [
      ("exp", { $0.exp() }, 2.0137527074704766), ("tanh", { $0.tanh() }, 0.6347395899824584),
      ("log", { $0.log() }, 1.4285714285714286), ("sqrt", { $0.sqrt() }, 0.5976143046671968),
      ("square", { $0.square() }, 1.4), ("reciprocal", { $0.reciprocal() }, -2.0408163265306123),
    ] {
      #expect((f(x) - x * slope).width.item() < 3.6e-5, "\(name)")
    }
  }

  /// Of a network of two hidden layers whose inputs share noise: sound, and tighter than intervals.
  @Test func boundsOfANetwork() {
    Generator.default.manualSeed(21)
    let model = Sequential(Linear(12, 20), ReLU(), Linear(20, 16), Tanh(), Linear(16, 3))
    let center = randn([12], generator: generator)
    let radius = 0.05
    Generator.default.manualSeed(21)
    let twin = Sequential(Linear(12, 20), ReLU(), Linear(20, 16), Tanh(), Linear(16, 3))
    let found = noGrad { model.to(.affine)(Tensor.affine(around: center, radius: radius).unsqueeze(0)) }
    let noise = (rand([20_000, 12], generator: generator) * 2 - 1) * radius
    let y = noGrad { twin(center + noise) }.to(.float64)
    #expect(y.amin([0]).ge(found.lower[0]).all().item() == 1 && y.amax([0]).le(found.upper[0]).all().item() == 1)
    let plain = noGrad { twin.to(.interval)(Tensor.interval(around: center, radius: radius).unsqueeze(0)) }
    #expect((found.width / plain.width).amax().item() < 0.6)
  }

  @Test func mistakes() {
    #expect("\(Tensor.affine(around: Tensor([1.0]), radius: 0.5))" == "tensor([⟨0.5000, 1.5000⟩], dtype=apus.affine)")
    #expect(DType.affine.size == 160)
    #expect(throws: TensorError.self) {
      try withErrors { Tensor.affine(around: Tensor([1.0]), radius: 0.5, symbols: Tensor([16])) }
    }
    #expect(throws: TensorError.self) {
      try withErrors { Tensor.affine(around: Tensor([1.0]), radius: Tensor([1.0, 2.0])) }
    }
    let none = Tensor.affine(around: Tensor([-3.0]), radius: 0.5).sqrt()
    #expect(none.lower.item().isNaN && none.isnan().item() == 1)
    #expect((Tensor([1.0]) / Tensor.affine(around: Tensor([0.0]), radius: 0.5)).upper.item() == .infinity)
  }
}
