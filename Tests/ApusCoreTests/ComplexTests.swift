import Apus
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

/// A function with what PyTorch gave for it.
struct RecordedValues: Sendable {
  let name: String
  let function: @Sendable (Tensor) -> Tensor
  let values: [Complex]

  init(_ name: String, _ values: [Complex], _ function: @escaping @Sendable (Tensor) -> Tensor) {
    (self.name, self.values, self.function) = (name, values, function)
  }
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
  .init("logcumsumexp", .dtype, "complex64") { z.logcumsumexp(0) },
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
  .init(
    "exp",
    [
      Complex(-1.1312043837568135, 2.4717266720048188), Complex(0.04369226300728118, 0.02386919206778745),
      Complex(0.6937618934296856, -1.0804701318986034),
    ]
  ) { $0.exp() },
  .init(
    "log",
    [
      Complex(0.8047189562170503, 1.1071487177940904), Complex(1.1123117757621668, 2.976443976175166),
      Complex(0.03031231090821742, -1.3258176636680326),
    ]
  ) { $0.log() },
  .init(
    "sqrt",
    [
      Complex(1.272019649514069, 0.7861513777574233), Complex(0.14384238796180673, 1.738013415533538),
      Complex(0.8002425902201205, -0.6248105338438266),
    ]
  ) { $0.sqrt() },
  .init(
    "rsqrt",
    [
      Complex(0.5688644810057831, -0.3515775842541429), Complex(0.04729508582501068, -0.5714552908736775),
      Complex(0.776349347198924, 0.6061552534203895),
    ]
  ) { $0.rsqrt() },
  .init(
    "sin",
    [
      Complex(3.165778513216168, 1.9596010414216063), Complex(-0.15913058529843999, -0.5158804424525267),
      Complex(0.38176425850227397, -1.138667034530656),
    ]
  ) { $0.sin() },
  .init(
    "cos",
    [
      Complex(2.0327230070196656, -3.0518977991518), Complex(-1.1163412445261518, 0.0735369737112366),
      Complex(1.4951099947736368, 0.2907494282281178),
    ]
  ) { $0.cos() },
  .init(
    "tan",
    [
      Complex(0.03381282607989669, 1.0147936161466335), Complex(0.11162105077158345, 0.4694699934258854),
      Complex(0.10332940767091639, -0.7816883070914596),
    ]
  ) { $0.tan() },
  .init(
    "asin",
    [
      Complex(0.42707858639247614, 1.528570919480998), Complex(-1.3961498617094474, 1.7789904938267689),
      Complex(0.17630243277696694, -0.8924633639033482),
    ]
  ) { $0.asin() },
  .init(
    "acos",
    [
      Complex(1.1437177404024204, -1.528570919480998), Complex(2.9669461885043438, -1.7789904938267689),
      Complex(1.3944938940179297, 0.8924633639033482),
    ]
  ) { $0.acos() },
  .init(
    "atan",
    [
      Complex(1.3389725222944935, 0.40235947810852507), Complex(-1.2563981835871803, 0.04893614428152383),
      Complex(0.847575660670829, -1.0435968174739092),
    ]
  ) { $0.atan() },
  .init(
    "sinh",
    [
      Complex(-0.4890562590412937, 1.4031192506220405), Complex(-8.791512343493714, 4.82669427481082),
      Complex(0.13648701726214638, -0.8679041968994298),
    ]
  ) { $0.sinh() },
  .init(
    "cosh",
    [
      Complex(-0.64214812471552, 1.0686074213827783), Complex(8.835204606500994, -4.802825082743033),
      Complex(0.5572748761675393, -0.21256593499917373),
    ]
  ) { $0.cosh() },
  .init(
    "tanh",
    [
      Complex(1.16673625724092, -0.2434582011857253), Complex(-0.9973163652832018, 0.00416042659289383),
      Complex(0.7324112324640304, -1.278038090223709),
    ]
  ) { $0.tanh() },
  .init(
    "asinh",
    [
      Complex(1.4693517443681852, 1.0634400235777521), Complex(-1.8301947623375088, 0.15700459478894227),
      Complex(0.5097911466811016, -1.0817519965238165),
    ]
  ) { $0.asinh() },
  .init(
    "acosh",
    [
      Complex(1.528570919480998, 1.1437177404024206), Complex(1.7789904938267689, 2.966946188504344),
      Complex(0.8924633639033482, -1.3944938940179297),
    ]
  ) { $0.acosh() },
  .init(
    "atanh",
    [
      Complex(0.17328679513998632, 1.1780972450961724), Complex(-0.33529348145985527, 1.5104844925048453),
      Complex(0.12367406045902676, -0.8010180801125825),
    ]
  ) { $0.atanh() },
  .init(
    "sigmoid",
    [
      Complex(1.0214153641721806, 0.40343870608154253), Complex(0.042364043369342984, 0.02190108846258359),
      Complex(0.5803619777105872, -0.26769190584079794),
    ]
  ) { $0.sigmoid() },
  .init(
    "reciprocal",
    [
      Complex(0.2, -0.4), Complex(-0.3243243243243243, -0.05405405405405404),
      Complex(0.23529411764705882, 0.9411764705882353),
    ]
  ) { $0.reciprocal() },
  .init(
    "log1p",
    [
      Complex(1.039720770839918, 0.7853981633974483), Complex(0.7234594914681627, 2.896613990462929),
      Complex(0.47049167223226324, -0.6747409422235526),
    ]
  ) { $0.log1p() },
  .init(
    "expm1",
    [
      Complex(-2.1312043837568138, 2.4717266720048188), Complex(-0.9563077369927189, 0.02386919206778745),
      Complex(-0.3062381065703143, -1.0804701318986034),
    ]
  ) { $0.expm1() },
  .init(
    "sgn",
    [
      Complex(0.4472135954999579, 0.8944271909999159), Complex(-0.9863939238321437, 0.1643989873053573),
      Complex(0.24253562503633297, -0.9701425001453319),
    ]
  ) { $0.sgn() },
  .init(
    "exp2",
    [
      Complex(0.36691394948660344, 1.9660554808224875), Complex(0.11756776308540551, 0.04245964063783357),
      Complex(0.9147843746389119, -0.759857296003394),
    ]
  ) { $0.exp2() },
  .init(
    "log2",
    [
      Complex(1.1609640474436813, 1.5972779646881088), Complex(1.6047266828144748, 4.29410096391174),
      Complex(0.0437314206251697, -1.9127505684968622),
    ]
  ) { $0.log2() },
  .init(
    "log10",
    [
      Complex(0.3494850021680094, 0.480828578784234), Complex(0.4830708663695162, 1.2926531945470485),
      Complex(0.013164469361174573, -0.5757952953408879),
    ]
  ) { $0.log10() },
  .init("square", [Complex(-3.0, 4.0), Complex(8.75, -3.0), Complex(-0.9375, -0.5)]) { $0.square() },
  .init(
    "silu",
    [
      Complex(0.21453795200909553, 2.4462694344259037), Complex(-0.13804267433932074, -0.04452124370307928),
      Complex(-0.12260141141315115, -0.6472849541707866),
    ]
  ) { $0.silu() },
  .init(
    "pow",
    [
      Complex(-0.9085428318945151, 1.6940046909404727), Complex(0.36352358475780194, -1.1410015157464533),
      Complex(-0.7959746915654244, -1.868191603903913),
    ]
  ) { $0.pow(Complex(1.5, 0.5)) },
  .init(
    "power of",
    [
      Complex(0.36691394948660344, 1.9660554808224875), Complex(0.11756776308540551, 0.04245964063783357),
      Complex(0.9147843746389119, -0.759857296003394),
    ]
  ) { Tensor.pow(2, $0) },
  .init(
    "quotient",
    [Complex(0.7000000000000001, -0.1), Complex(0.8666666666666667, 0.26666666666666666), Complex(1.0, -4.0)]
  ) { $0 / ($0 + Complex.i) },
  .init(
    "logaddexp",
    [
      Complex(0.37734467717355336, 1.875431779940443), Complex(-2.3068528194400546, 0.5),
      Complex(0.37734467717355336, 1.875431779940443),
    ]
  ) { $0.logaddexp($0.flip([0])) },
]

private let recordedGradients: [RecordedValues] = [
  .init("product", [Complex(100.0, 200.0), Complex(-555.0, 92.5), Complex(5.3125, -21.25)]) {
    $0 * $0.conj() * Complex(2, -1)
  },
  .init(
    "abs",
    [
      Complex(0.4472135954999579, 0.8944271909999159), Complex(-0.9863939238321437, 0.1643989873053573),
      Complex(0.24253562503633297, -0.9701425001453319),
    ]
  ) { $0.abs() },
  .init(
    "angle",
    [
      Complex(-0.3999999999999999, 0.19999999999999996), Complex(-0.054054054054054064, -0.3243243243243244),
      Complex(0.9411764705882353, 0.23529411764705882),
    ]
  ) { $0.angle() },
  .init("sgn", [Complex(4.000000000000001, 4.0), Complex(-4.0, 1.0), Complex(2.5, -2.0)]) { $0.sgn() * ($0 + 1) },
  .init(
    "exp",
    [
      Complex(14.778112197861299, -3.6490607877622624e-16), Complex(0.004957504353332717, -1.1997967063849257e-19),
      Complex(3.297442541400256, 2.3631689801819447e-17),
    ]
  ) { $0.exp() },
  .init(
    "pow",
    [
      Complex(3.69510197031523, 3.695101970315232), Complex(-1.3177608402910672, 0.697638091918799),
      Complex(-0.9702860184728859, -12.613718240147465),
    ]
  ) { $0.pow(Complex(1.5, 0.5)) },
  .init(
    "prod",
    [
      Complex(19.65625, 39.31249999999999), Complex(-31.87499999999999, 5.3125),
      Complex(23.124999999999993, -92.49999999999999),
    ]
  ) { $0.prod() },
  .init("matmul", [Complex(122.5, 245.0), Complex(-367.5, 61.25), Complex(30.625, -122.5)]) {
    matmul($0.reshape([3, 1]), $0.reshape([1, 3])).mH * Complex(1, 1)
  },
  .init("var", [Complex(1.5833333333333333, 1.5), Complex(-2.416666666666667, 0.0), Complex(0.8333333333333333, -1.5)])
  { $0.var() },
  .init(
    "norm",
    [
      Complex(0.25555062599997597, 0.5111012519999519), Complex(-0.7666518779999278, 0.12777531299998798),
      Complex(0.06388765649999399, -0.25555062599997597),
    ]
  ) { $0.norm() },
  .init(
    "tanh",
    [
      Complex(-0.9813311079223268, -1.178603252922289), Complex(-0.01065684075394506, 0.01659725006341441),
      Complex(-1.713560413308926, -8.10226963523066),
    ]
  ) { $0.tanh() },
  .init(
    "cumprod",
    [
      Complex(40.15625, 80.3125), Complex(-61.87499999999999, 10.312500000000002),
      Complex(23.12499999999999, -92.49999999999999),
    ]
  ) { $0.cumprod(0) },
]

private let recordedTangents: [RecordedValues] = [
  .init(
    "abs", [Complex(0.8944271909999159, 0.0), Complex(-0.8219949365267865, 0.0), Complex(0.48507125007266594, 0.0)]
  ) { $0.abs() },
  .init(
    "angle", [Complex(0.19999999999999996, 0.0), Complex(-0.37837837837837845, 0.0), Complex(1.8823529411764706, 0.0)]
  ) { $0.angle() },
  .init(
    "sgn",
    [
      Complex(-0.17888543819998315, 0.0894427190999916), Complex(0.06220502222364871, 0.37323013334189226),
      Complex(1.82615058850886, 0.456537647127215),
    ]
  ) { $0.sgn() },
  .init(
    "tanh",
    [
      Complex(-0.5681030208920801, -0.30200159823596096), Complex(-0.00292114636756682, 0.013675899743042976),
      Complex(4.19391029324637, 3.7441978111868894),
    ]
  ) { $0.tanh() },
  .init("conj", [Complex(4.0, 0.0), Complex(-5.0, 0.0), Complex(1.0, 0.0)]) { $0.conj() * $0 },
  .init("cumprod", [Complex(0.0, 1.0), Complex(-1.5, -5.273559366969494e-16), Complex(-8.375, -9.5)]) { $0.cumprod(0) },
  .init("matmul", [Complex(0.0, 0.0)]) { matmul($0.reshape([1, 3]).conj(), $0.reshape([3, 1])).reshape([1]) },
]
