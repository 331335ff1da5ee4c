import Apus
import Foundation
import TestSupport
import Testing

/// Complex tensors against values recorded from PyTorch (complex128), and gradients against central differences.
@Suite struct ComplexTests {
  private let values = [Complex(1, 2), Complex(-3, 0.5), Complex(0.25, -1)]
  private var z: Tensor { Tensor(values, dtype: .complex128) }

  private func distance(_ x: Tensor, _ y: [Complex]) -> Double {
    let found = x.array(as: Complex.self)
    guard found.count == y.count else { return .infinity }
    return zip(found, y).map { ($0 - $1).magnitude }.max() ?? 0
  }

  @Test(arguments: recordedFunctions)
  func functionsAreThoseOfPyTorch(_ recorded: RecordedValues) {
    let found = recorded.function(z)
    #expect(found.dtype == .complex128)
    #expect(distance(found, recorded.values) < 1e-13, "\(recorded.name): \(found.array(as: Complex.self))")
    // complex64 has seven digits.
    #expect(distance(recorded.function(z.to(.complex64)), recorded.values) < 2e-6, "\(recorded.name) in complex64")
  }

  @Test func partsAreReal() {
    #expect(z.real.array(as: Double.self) == [1, -3, 0.25] && z.imag.array(as: Double.self) == [2, 0.5, -1])
    #expect(z.abs().dtype == .float64 && z.to(.complex64).abs().dtype == .float32)
    #expect(z.abs().allclose(Tensor([2.23606797749979, 3.0413812651491097, 1.0307764064044151], dtype: .float64)))
    #expect(z.angle().allclose(Tensor([1.1071487177940904, 2.976443976175166, -1.3258176636680326], dtype: .float64)))
    #expect(z.conj().array(as: Complex.self) == values.map(\.conjugate))
    #expect(Tensor([1.5]).real.item() == 1.5 && Tensor([1.5]).conj().item() == 1.5)
    // No square overflows or vanishes between.
    #expect(Tensor([Complex(3e30, 4e30), Complex(3e-30, 4e-30)]).abs().array() == [5e30, 5e-30])
    let quotient = Tensor([Complex(1e30, 1e30)]) / Tensor([Complex(1e30, 1e30)])
    #expect(quotient.array(as: Complex.self) == [Complex(1)])
  }

  @Test func madeOfParts() {
    let made = complex(Tensor([1.0, 2.0]), Tensor([3.0, -4.0]))
    #expect(made.dtype == .complex64 && made.array(as: Complex.self) == [Complex(1, 3), Complex(2, -4)])
    #expect(made.viewAsReal().array() == [1, 3, 2, -4] && made.viewAsReal().viewAsComplex().equal(made))
    // Parts that do not lie side by side.
    #expect(
      Tensor([[1.0, 2.0], [3.0, -4.0]]).t().viewAsComplex().array(as: Complex.self) == [Complex(1, 3), Complex(2, -4)])
    #expect(made.reshape([2, 1]).t().viewAsReal().shape == [1, 2, 2])
    #expect(polar(Tensor([2.0]), Tensor([Double.pi / 2])).allclose(Tensor([Complex(0, 2)])))
    #expect(Tensor(Complex(1, 2)).item(as: Complex.self) == Complex(1, 2))
    #expect(Tensor.full([2], Complex.i).array(as: Complex.self) == [.i, .i])
    #expect((2.0 * Complex.i * Tensor([1.0, 2.0])).array(as: Complex.self) == [Complex(0, 2), Complex(0, 4)])
    #expect((Tensor([1.0, 2.0]) - Complex(0, 1)).dtype == .complex64)
    let line = linspace(Complex(1, 1), 2, 3)
    #expect(line.array(as: Complex.self) == [Complex(1, 1), Complex(1.5, 0.5), Complex(2)])
    let powers = logspace(Complex(1, 1), 2, 3, dtype: .complex128)
    #expect(
      distance(
        powers, [Complex(-6.6820151, 7.4398034), Complex(12.8801908, 28.8808045), Complex(100)]) < 1e-5)
  }

  @Test func printedAsPyTorch() {
    #expect("\(Tensor([Complex(1, 2), Complex(0, -1)]) * Complex.i)" == "tensor([-2.+1.j,  1.+0.j])")
    #expect(
      "\(Tensor([[Complex(1, 2), Complex(3e9)], [Complex(.nan, -1e-5), Complex(0, -0.0)]]))"
        == "tensor([[1.0000e+00+2.0000e+00j, 3.0000e+09+0.0000e+00j],\n        [       nan-1.0000e-05j, 0.0000e+00-0.0000e+00j]])"
    )
    #expect("\(Tensor(Complex(0.5, -1), dtype: .complex128))" == "tensor(0.5000-1.j, dtype=torch.complex128)")
  }

  @Test func sumsAndProducts() {
    #expect(distance(z.sum(), [Complex(-1.75, 1.5)]) < 1e-15)
    #expect(distance(z.mean(), [Complex(-1.75 / 3, 0.5)]) < 1e-15)
    #expect(distance(z.prod(), [Complex(-6.5, 2.625)]) < 1e-13)
    #expect(distance(z.cumsum(0), [Complex(1, 2), Complex(-2, 2.5), Complex(-1.75, 1.5)]) < 1e-15)
    #expect(distance(z.cumprod(0), [Complex(1, 2), Complex(-4, -5.5), Complex(-6.5, 2.625)]) < 1e-13)
    // Of the squared distances from the mean.
    #expect(Tensor([Complex(1, 2), Complex(3)]).var().array() == [4])
    #expect(abs(z.norm().item() - 3.9131189606246317) < 1e-12)
    // Many terms, rows and columns.
    let many = Tensor.full([300, 40], Complex(0.5, -0.25), dtype: .complex64)
    #expect(many.sum().item(as: Complex.self) == Complex(6000, -3000))
    #expect(many.sum(0).equal(Tensor.full([40], Complex(150, -75))))
    #expect(many.t().sum(0).equal(Tensor.full([300], Complex(20, -10))))
  }

  @Test func productsOfMatrices() {
    let a = Tensor([[Complex(1, 2), 3], [Complex(0, 1), -1]])
    let b = Tensor([[Complex(0, 1), 1], [2, Complex(1, -1)]])
    let expected = [Complex(4, 1), Complex(4, -1), Complex(-3), Complex(-1, 2)]
    #expect(matmul(a, b).array(as: Complex.self) == expected)
    #expect(matmul(a.t().contiguous().t(), b).array(as: Complex.self) == expected)
    #expect(matmul(stack([a, a]), b).shape == [2, 2, 2])
    #expect(a.mH.array(as: Complex.self) == [Complex(1, -2), Complex(0, -1), 3, -1])
    #expect(linear(a, b, Tensor([Complex.i, 0])).equal(matmul(a, b.t()) + Tensor([Complex.i, 0])))
    #expect(dot(a[0], b[0]).item(as: Complex.self) == Complex(1, 1))
  }

  @Test func elementsAreMoved() {
    let x = Tensor((0..<24).map { Complex(Double($0), -Double($0)) }, dtype: .complex128).reshape([2, 3, 4])
    func real(_ t: Tensor) -> [Double] { t.real.array(as: Double.self) }
    let reference = arange(24.0, dtype: .float64).reshape([2, 3, 4])
    let same: [(Tensor) -> Tensor] = [
      { $0.permute([2, 0, 1]).contiguous() }, { $0.flip([0, 2]) }, { $0.roll([2], [1]) }, { $0[1, .all, 2] },
      { $0.indexSelect(2, Tensor([3, 0])) }, { $0.gather(1, Tensor([[[2, 0, 1, 1]]])) }, { cat([$0, $0], dim: 1) },
      { $0.scatterAdd(0, Tensor([[[1, 0, 1, 1]]]), $0) }, { $0.indexAdd(1, Tensor([2, 2, 0]), $0) },
      { $0.maskedFill(Tensor([true, false, true, false]), -1) }, { $0.tril() }, { $0.take(Tensor([5, -1, 0])) },
      { $0[indices: [.tensor(Tensor([1, 0])), .all, .tensor(Tensor([3, 3]))]] },
    ]
    for (i, move) in same.enumerated() {
      #expect(real(move(x)) == real(move(reference)), "movement \(i)")
      #expect((-move(x.to(.complex64)).imag).allclose(move(reference).to(.float32)) || i == 9, "movement \(i)")
    }
    #expect(Tensor([Complex(0, 1), 0]).nonzero().array(as: Int.self) == [0])
    #expect(Tensor([Complex(0, 1), 0]).to(.bool).array(as: Bool.self) == [true, false])
  }

  /// PyTorch's gradients: of the sum of |f(z)|², or of f(z) where that is real.
  @Test(arguments: recordedGradients)
  func gradientsHavePyTorchsConvention(_ recorded: RecordedValues) {
    let x = Tensor(z, requiresGrad: true)
    let y = recorded.function(x)
    (y.isComplex ? y.abs().square() : y).sum().backward()
    let found = x.grad ?? Tensor.zeros([0])
    #expect(found.dtype == .complex128)
    #expect(distance(found, recorded.values) < 1e-12 * 500, "\(recorded.name): \(found.array(as: Complex.self))")
  }

  @Test func realInputsGetRealGradients() {
    let x = Tensor(Tensor([1.0, 2.0], dtype: .float64), requiresGrad: true)
    ((x * Complex(1, 2)).exp() * Complex(3, -1)).imag.sum().backward()
    let gradient = x.grad ?? Tensor.zeros([0])
    #expect(gradient.dtype == .float64)
    #expect(gradient.allclose(Tensor([6.7026114412, -52.1093273846], dtype: .float64), rtol: 1e-9))
  }

  /// Real and imaginary parts as inputs of a real function: first and second derivatives against central differences.
  @Test(arguments: Array(differentiated.enumerated()).map(\.offset))
  func derivativesAreThoseOfTheParts(_ i: Int) {
    let parts = Tensor([0.7, -0.4, 0.3, 0.9, -0.6, 0.2, 0.5, 0.8], dtype: .float64).reshape([4, 2])
    let f = differentiated[i]
    let error = gradientError([parts]) { f($0[0].viewAsComplex()).viewAsReal() }
    #expect(error < 2e-5, "function \(i)")
  }

  @Test(arguments: recordedTangents)
  func tangentsAreThoseOfPyTorch(_ recorded: RecordedValues) {
    let direction = Tensor([Complex(0, 1), Complex(1, 1), 2], dtype: .complex128)
    let found = jvp({ (x: Tensor) in recorded.function(x) }, primals: z, tangents: direction).tangent
    #expect(distance(found.to(.complex128), recorded.values) < 1e-13, "\(recorded.name)")
  }

  @Test func steps() {
    let w = Tensor(Tensor([Complex(1, 2), Complex(-3, 0.5)]), requiresGrad: true)
    let adam = Adam([w], lr: 0.1)
    for _ in 0..<2 {
      adam.zeroGrad()
      w.abs().square().sum().backward()
      adam.step()
    }
    #expect(w.allclose(Tensor([Complex(0.8004122376, 1.8001664877), Complex(-2.8001027107, 0.3011874259)])))
  }

  /// Random parts of half the variance each, PyTorch's numbers.
  @Test func draws() {
    let generator = Generator(seed: 5)
    let normal = randn(3, dtype: .complex64, generator: generator)
    #expect(
      normal.allclose(
        Tensor([
          Complex(-0.34420597553253174, -0.4269663393497467), Complex(-0.39463362097740173, 0.4720109701156616),
          Complex(-0.13959355652332306, 1.3737554550170898),
        ])))
    #expect(
      rand(2, dtype: .complex128, generator: generator).allclose(
        Tensor(
          [Complex(0.5792977114381994, 0.7200462754430763), Complex(0.847415919695345, 0.4530715028198654)],
          dtype: .complex128)))
  }

  @Test(arguments: refused)
  func whatHasNoMeaningIsRefused(_ mistake: Mistake) {
    let complaint = mistake.complaint()
    #expect(complaint == nil, "\(complaint ?? "")")
  }
}

/// A function with what PyTorch gave for it, which `Recorded/complex.json` has.
struct RecordedValues: Sendable {
  enum Part: String { case functions, gradients, tangents }

  let name: String
  let function: @Sendable (Tensor) -> Tensor
  let values: [Complex]

  init(_ part: Part, _ name: String, _ function: @escaping @Sendable (Tensor) -> Tensor) {
    self.name = name
    self.function = function
    values = (Self.recorded[part.rawValue]?[name] ?? []).map { Complex($0[0], $0[1]) }
  }

  private static let recorded: [String: [String: [[Double]]]] = {
    let file = URL(fileURLWithPath: #filePath).deletingLastPathComponent().appendingPathComponent(
      "Recorded/complex.json")
    return (try? JSONDecoder().decode([String: [String: [[Double]]]].self, from: Data(contentsOf: file))) ?? [:]
  }()
}

private let z = Tensor([Complex(1, 2), Complex(-3, 0.5), Complex(0.25, -1)])

private let refused: [Mistake] = [
  .init("lt", .dtype, "complex64") { z.lt(1) },
  .init("amax", .dtype, "complex64") { z.amax() },
  .init("sort", .dtype, "complex64") { z.sort().values },
  .init("relu", .dtype, "complex64") { z.relu() },
  .init("floor", .dtype, "complex64") { z.floor() },
  .init("sign", .dtype, "complex64") { z.sign() },
  .init("erf", .dtype, "complex64") { z.erf() },
  .init("clamp", .dtype, "complex64") { z.clamp(min: 0) },
  .init("maximum", .dtype, "complex64") { z.maximum(z) },
  .init("argmax", .dtype, "complex64") { z.argmax() },
  .init("softmax", .dtype, "complex64") { z.softmax(0) },
  .init("signbit", .dtype, "complex64") { z.signbit() },
  .init("unique", .dtype, "complex64") { z.unique().values },
  .init("remainder", .dtype, "complex64") { z.remainder(2) },
  .init("atan2", .dtype, "complex64") { z.atan2(z) },
  .init("item", .dtype, "the complex number 1.0+2.0j", "Complex") { Tensor(z[0].item()) },
  .init("array", .dtype, "complex64") { Tensor(z.array()) },
  .init("mseLoss", .dtype, "complex64") { mseLoss(z, z) },
  .init("bits", .dtype, "complex64") { z & z },
  .init("nansum", .dtype, "complex64") { z.nansum() },
  .init("layerNorm", .dtype, "complex64") { layerNorm(z, [3]) },
  .init("cummax", .dtype, "complex64") { z.cummax(0).values },
  .init("median", .dtype, "complex64") { z.median() },
  .init("histc", .dtype, "complex64") { z.histc() },
  .init("bernoulli", .dtype, "complex64") { bernoulli(z) },
  .init("arange", .dtype, "complex") { arange(Complex(0), 3) },
  .init("full", .dtype, "complex", "float32") { Tensor.full([2], Complex(1, 1), dtype: .float32) },
  .init("+=", .dtype, "complex64", "float32") {
    var x = Tensor([1.0, 2.0, 3.0])
    x += z
    return x
  },
  .init("subscript", .dtype, "complex64", "float32", "real") {
    var x = Tensor([1.0, 2.0, 3.0])
    x[0] = z[1]
    return x
  },
  .init("subscript of a number", .dtype, "complex64", "float32") {
    var x = Tensor([1.0, 2.0, 3.0])
    x[0] = Complex(1, 2)
    return x
  },
  .init("assign", .dtype, "complex64", "float32") {
    var x = Tensor([1.0, 2.0, 3.0])
    x.assign(z)
    return x
  },
  .init("norm", .dtype, "complex64", "float32") { z.norm(dtype: .float32) },
  .init("cotangent", .dtype, "complex64", "float32") {
    let x = Tensor(z, requiresGrad: true)
    x.abs().backward(z)
    return x
  },
  .init("real and registered", .dtype, "complex64", "dual32") { z * makeDual(Tensor([1.0]), Tensor([1.0])) },
  .init("backward", .autograd, "complex64") {
    let x = Tensor(z, requiresGrad: true)
    x.sum().backward()
    return x
  },
]

private let differentiated: [@Sendable (Tensor) -> Tensor] = [
  { $0.exp() * $0.conj() }, { $0.sin() / ($0 + 2) }, { $0.tanh() }, { $0.sigmoid() }, { $0.sqrt() }, { $0.log1p() },
  { $0.pow(Complex(1.5, 0.5)) }, { $0.pow($0) }, { $0.sgn() * $0 }, { $0 * $0.abs() }, { $0 * $0.angle() },
  { $0.prod() * $0 }, { $0.cumprod(0) }, { matmul($0.reshape([2, 2]), $0.reshape([2, 2]).mH) },
  { complex($0.imag * $0.real, $0.real.exp()) }, { polar($0.abs(), $0.angle() * 2) }, { $0.asinh() }, { $0.atan() },
  { $0.rsqrt() }, { $0.reciprocal() }, { $0.silu() }, { $0.logsumexp(0) * $0 }, { $0.acos() },
  { $0.exp2() * $0.log10() },
  { $0 * $0.var() }, { $0 / $0.norm(3) }, { $0.expm1().square() }, { $0.logaddexp($0.flip([0])) },
  { $0.lerp($0.flip([0]), 0.3) }, { $0.nanToNum() * $0 },
]

private let recordedFunctions: [RecordedValues] = [
  .init(.functions, "exp") { $0.exp() },
  .init(.functions, "log") { $0.log() },
  .init(.functions, "sqrt") { $0.sqrt() },
  .init(.functions, "rsqrt") { $0.rsqrt() },
  .init(.functions, "sin") { $0.sin() },
  .init(.functions, "cos") { $0.cos() },
  .init(.functions, "tan") { $0.tan() },
  .init(.functions, "asin") { $0.asin() },
  .init(.functions, "acos") { $0.acos() },
  .init(.functions, "atan") { $0.atan() },
  .init(.functions, "sinh") { $0.sinh() },
  .init(.functions, "cosh") { $0.cosh() },
  .init(.functions, "tanh") { $0.tanh() },
  .init(.functions, "asinh") { $0.asinh() },
  .init(.functions, "acosh") { $0.acosh() },
  .init(.functions, "atanh") { $0.atanh() },
  .init(.functions, "sigmoid") { $0.sigmoid() },
  .init(.functions, "reciprocal") { $0.reciprocal() },
  .init(.functions, "log1p") { $0.log1p() },
  .init(.functions, "expm1") { $0.expm1() },
  .init(.functions, "sgn") { $0.sgn() },
  .init(.functions, "exp2") { $0.exp2() },
  .init(.functions, "log2") { $0.log2() },
  .init(.functions, "log10") { $0.log10() },
  .init(.functions, "square") { $0.square() },
  .init(.functions, "silu") { $0.silu() },
  .init(.functions, "pow") { $0.pow(Complex(1.5, 0.5)) },
  .init(.functions, "power of") { Tensor.pow(2, $0) },
  .init(.functions, "quotient") { $0 / ($0 + Complex.i) },
  .init(.functions, "logaddexp") { $0.logaddexp($0.flip([0])) },
]

private let recordedGradients: [RecordedValues] = [
  .init(.gradients, "product") {
    $0 * $0.conj() * Complex(2, -1)
  },
  .init(.gradients, "abs") { $0.abs() },
  .init(.gradients, "angle") { $0.angle() },
  .init(.gradients, "sgn") { $0.sgn() * ($0 + 1) },
  .init(.gradients, "exp") { $0.exp() },
  .init(.gradients, "pow") { $0.pow(Complex(1.5, 0.5)) },
  .init(.gradients, "prod") { $0.prod() },
  .init(.gradients, "matmul") {
    matmul($0.reshape([3, 1]), $0.reshape([1, 3])).mH * Complex(1, 1)
  },
  .init(.gradients, "var") { $0.var() },
  .init(.gradients, "norm") { $0.norm() },
  .init(.gradients, "tanh") { $0.tanh() },
  .init(.gradients, "cumprod") { $0.cumprod(0) },
]

private let recordedTangents: [RecordedValues] = [
  .init(.tangents, "abs") { $0.abs() },
  .init(.tangents, "angle") { $0.angle() },
  .init(.tangents, "sgn") { $0.sgn() },
  .init(.tangents, "tanh") { $0.tanh() },
  .init(.tangents, "conj") { $0.conj() * $0 },
  .init(.tangents, "cumprod") { $0.cumprod(0) },
  .init(.tangents, "matmul") { matmul($0.reshape([1, 3]).conj(), $0.reshape([3, 1])).reshape([1]) },
]
