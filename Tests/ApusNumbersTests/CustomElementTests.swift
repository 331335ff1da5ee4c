import ApusCompiler
import ApusCore
import ApusFunctional
import ApusNumbers
import ApusNumerics
import TestSupport
import Testing

/// The max-plus semiring: the sum is the larger of two, the product their sum. A matrix product finds longest paths.
struct Way: CustomElement, Comparable, CustomStringConvertible {
  var value: Double
  init(_ value: Double) { self.value = value }
  static let elementName = "way"
  static let zero = Way(-.infinity)
  static let one = Way(0)
  static func + (a: Way, b: Way) -> Way { Way(max(a.value, b.value)) }
  static func * (a: Way, b: Way) -> Way { Way(a.value + b.value) }
  var double: Double { value }
  var description: String { value == -.infinity ? "ε" : "\(Int(value))" }
  static func < (a: Way, b: Way) -> Bool { a.value < b.value }
}

/// Three numbers in twelve bytes, without an order: sizes that no built-in type has.
struct Triple: CustomElement {
  var (x, y, z): (Float, Float, Float)
  init(_ x: Float, _ y: Float, _ z: Float) { (self.x, self.y, self.z) = (x, y, z) }
  init(_ value: Double) { self.init(Float(value), Float(value), Float(value)) }
  var double: Double { Double(x) }
  static let elementName = "triple"
  static let zero = Triple(0, 0, 0)
  static let one = Triple(1, 1, 1)
  static func + (a: Triple, b: Triple) -> Triple { Triple(a.x + b.x, a.y + b.y, a.z + b.z) }
  static func * (a: Triple, b: Triple) -> Triple { Triple(a.x * b.x, a.y * b.y, a.z * b.z) }
  static func == (a: Triple, b: Triple) -> Bool { a.x == b.x && a.y == b.y && a.z == b.z }
}

private func triples(_ n: Int) -> [Triple] { (0..<n).map { Triple(Float($0), Float($0) + 0.25, -Float($0)) } }

private func message(_ body: () -> Tensor) -> String {
  do {
    _ = try withErrors(body)
    return ""
  } catch {
    return "\(error)"
  }
}

@Suite struct CustomElementTests {
  // MARK: Elements in and out

  @Test func elementsRoundTrip() {
    let elements = triples(6)
    let x = Tensor([Array(elements[..<3]), Array(elements[3...])])
    #expect(x.shape == [2, 3] && x.dtype == Triple.dtype && x.dtype.size == 12 && x.dtype.isCustom)
    #expect(x.array(as: Triple.self) == elements)
    #expect(x[1, 2].item(as: Triple.self) == elements[5])
    #expect(x.array() == [0, 1, 2, 3, 4, 5] as [Float])
    #expect(x.to(.int64).array(as: Int.self) == [0, 1, 2, 3, 4, 5])
    #expect(x.to(.bool).array(as: Bool.self) == [true] + [Bool](repeating: true, count: 5))
    #expect(Tensor([0, 3], dtype: Triple.dtype).array(as: Triple.self) == [Triple(0.0), Triple(3.0)])
    #expect(DType(name: "apus.triple") == Triple.dtype && Triple.dtype.name == "triple")
    #expect(!DType.allCases.contains(Triple.dtype))
  }

  @Test func filled() {
    #expect(Tensor.zeros([2], dtype: Way.dtype).array(as: Way.self) == [.zero, .zero])
    #expect(Tensor.ones([2], dtype: Way.dtype).array(as: Way.self) == [.one, .one])
    #expect(Tensor.full([2], 3.0, dtype: Way.dtype).array(as: Way.self) == [Way(3), Way(3)])
    let identity = eye(2, dtype: Way.dtype)
    #expect(identity.array(as: Way.self) == [.one, .zero, .zero, .one])
    #expect(Tensor([true, false]).to(Way.dtype).array(as: Way.self) == [.one, .zero])
  }

  // MARK: Formulas

  @Test func arithmeticOfDualNumbers() {
    let x = makeDual(Tensor([1.0, 2.0, -3.0], dtype: .float64), Tensor([1.0, 0.5, 2.0], dtype: .float64))
    #expect(x.dtype == .dual64)
    let y = x * x - x / 2.0 + 1.0
    #expect(y.primal.array(as: Double.self) == [1.5, 4, 11.5])
    // (2x - 1/2) x'
    #expect(y.tangent.array(as: Double.self) == [1.5, 1.75, -13])
    #expect((1.0 / x).tangent.array(as: Double.self) == [-1, -0.125, -2.0 / 9])
    #expect(x.gt(0.0).array(as: Bool.self) == [true, true, false])
    #expect(x.dtype == (x + Tensor([1, 2, 3])).dtype)
    var z = x
    z += x
    #expect(z.tangent.array(as: Double.self) == [2, 1, 4])
  }

  @Test(arguments: [
    "exp", "log", "sin", "cos", "tan", "tanh", "sigmoid", "erf", "sqrt", "gelu", "silu", "softplus", "log1p",
  ])
  func dualFunctionsAgreeWithReverseMode(_ name: String) throws {
    let functions: [String: (Tensor) -> Tensor] = [
      "exp": { $0.exp() }, "log": { $0.log() }, "sin": { $0.sin() }, "cos": { $0.cos() }, "tan": { $0.tan() },
      "tanh": { $0.tanh() }, "sigmoid": { $0.sigmoid() }, "erf": { $0.erf() }, "sqrt": { $0.sqrt() },
      "gelu": { $0.gelu() }, "silu": { $0.silu() }, "softplus": { $0.softplus() }, "log1p": { $0.log1p() },
    ]
    let f = try #require(functions[name])
    let points = Tensor([0.1, 0.7, 1.3, 2.9], dtype: .float64)
    let x = Tensor(points, requiresGrad: true)
    let gradient = gradients(of: [f(x).sum()], wrt: [x])[0]?.array(as: Double.self) ?? []
    let y = f(makeDual(points, Tensor.ones([4], dtype: .float64)))
    for (a, b) in zip(y.tangent.array(as: Double.self), gradient) { #expect(abs(a - b) < 1e-6, "\(name)") }
    for (a, b) in zip(y.primal.array(as: Double.self), f(points).array(as: Double.self)) { #expect(abs(a - b) < 1e-6) }
  }

  @Test func conditionsOfDualNumbersAskForTheValue() {
    let x = makeDual(Tensor([0.0, 2.0, -1.0]), Tensor([1.0, 1.0, 1.0]))
    #expect(x.eq(0.0).array(as: Bool.self) == [true, false, false])
    #expect(x.ne(2.0).array(as: Bool.self) == [true, false, true])
    #expect(x.logicalNot().array(as: Bool.self) == [true, false, false])
    #expect(x.to(.bool).array(as: Bool.self) == [false, true, true])
    // A formula that chooses by a condition, as PyTorch's forward mode: sinc'(0) = 0.
    #expect(x.sinc().tangent[0].item() == 0)
  }

  @Test func broadcastingAndViews() {
    let elements = triples(12)
    let x = Tensor(elements).reshape([3, 4])
    let sums = x.mT + x[0..., 0]
    #expect(sums.shape == [4, 3])
    for i in 0..<4 {
      for j in 0..<3 { #expect(sums[i, j].item(as: Triple.self) == elements[j * 4 + i] + elements[j * 4]) }
    }
    // Long enough for several chunks and threads, with an operand of another type.
    let n = 40_000
    let long = Tensor.full([2, n], 2.0, dtype: Triple.dtype) * arange(n)
    #expect(long[1, n - 1].item(as: Triple.self) == Triple(Double(2 * (n - 1))))
    #expect(long[0, 777].item(as: Triple.self) == Triple(1554.0))
  }

  // MARK: Indexing and joining

  @Test func copiesByElementSize() {
    let elements = triples(24)
    let x = Tensor(elements).reshape([2, 3, 4])
    let moved = x.permute([2, 0, 1]).contiguous()
    // [1, 1, 2] of the moved one is [1, 2, 1] of the other.
    #expect(moved.array(as: Triple.self)[11] == elements[21])
    #expect(x[1, 0..., 2].array(as: Triple.self) == [elements[14], elements[18], elements[22]])
    #expect(x.indexSelect(2, Tensor([3, 0])).array(as: Triple.self)[..<2] == [elements[3], elements[0]])
    #expect(cat([x, x], dim: 1).shape == [2, 6, 4])
    #expect(cat([x, x], dim: 1)[1, 5, 3].item(as: Triple.self) == elements[23])
    #expect(stack([x, x])[1, 1, 2, 3].item(as: Triple.self) == elements[23])
    let rows = x.reshape([6, 4])
    #expect(
      rows.gather(1, Tensor([[3], [2], [1], [0], [1], [2]])).array(as: Triple.self)
        == [3, 6, 9, 12, 17, 22].map { elements[$0] })
    #expect(rows.gather(0, Tensor([[5, 4, 3, 2]])).array(as: Triple.self) == [20, 17, 14, 11].map { elements[$0] })
    #expect(
      `where`(Tensor([true, false, true, false]), rows, Triple.tensor(-1))[1].array(as: Triple.self)
        == [elements[4], Triple(-1.0), elements[6], Triple(-1.0)])
    #expect(rows.flip([0])[0, 0].item(as: Triple.self) == elements[20])
    #expect(rows.expand([2, 6, 4]).clone()[1, 5, 3].item(as: Triple.self) == elements[23])
    let square = Tensor(triples(1600)).reshape([40, 40])
    #expect(square.mT.contiguous()[3, 17].item(as: Triple.self) == triples(1600)[17 * 40 + 3])
  }

  @Test func writing() {
    var x = Tensor(triples(6)).reshape([2, 3])
    let before = x
    x[0, 1] = Triple.tensor(9)
    x[1] = Tensor(5.0)
    #expect(
      x.array(as: Triple.self) == [triples(6)[0], Triple(9.0), triples(6)[2]]
        + [Triple](repeating: Triple(5.0), count: 3))
    #expect(before.array(as: Triple.self) == triples(6))
    let summed = Tensor.zeros([3], dtype: Triple.dtype).scatterAdd(0, Tensor([0, 2, 0]), Tensor(triples(3)))
    #expect(summed.array(as: Triple.self) == [triples(3)[0] + triples(3)[2], .zero, triples(3)[1]])
  }

  @Test func equality() {
    let x = Tensor(triples(3))
    #expect(x.eq(x).array(as: Bool.self) == [true, true, true])
    #expect(x.equal(x) && !x.equal(x + 1.0))
  }

  // MARK: Reductions and products

  @Test(arguments: [[0], [1], [2], [0, 2], [1, 2], [0, 1, 2]])
  func sums(_ dims: [Int]) {
    let shape = [3, 4, 5]
    let plain = arange(60, dtype: .float32).reshape(shape)
    let x = Tensor(triples(60)).reshape(shape)
    let expected = plain.sum(dims).array()
    #expect(x.sum(dims).array() == expected)
    #expect(x.permute([1, 2, 0]).sum(dims.map { [2, 0, 1][$0] }).count == expected.count)
    #expect(x.sum(dims).array(as: Triple.self).map(\.z) == expected.map { -$0 })
  }

  @Test func extremesAndProducts() {
    let x = Tensor([[3.0, 1.0], [2.0, 7.0]], dtype: Way.dtype)
    #expect(x.max().item() == 7 && x.min().item() == 1)
    #expect(x.amax([0]).array() == [3, 7])
    #expect(x.amin([1]).array() == [1, 2])
    // The sum of the semiring is the larger one, its product the sum.
    #expect(x.sum([1]).array() == [3, 7] && x.prod([1]).array() == [4, 9])
    #expect(Tensor.zeros([0], dtype: Way.dtype).sum().item(as: Way.self) == .zero)
    let dual = makeDual(Tensor([1.0, 4.0, 2.0]), Tensor([5.0, 6.0, 7.0]))
    #expect(dual.amax().tangent.item() == 6 && dual.mean().tangent.item() == 6)
  }

  @Test func scansAndOrder() {
    let x = Tensor([[3.0, 1.0, 2.0], [2.0, 7.0, 7.0]], dtype: Way.dtype)
    #expect(x.cumsum(1).array() == [3, 3, 3, 2, 7, 7])
    #expect(x.cumprod(0).array() == [3, 1, 2, 5, 8, 9])
    #expect(x.max(1).values.array() == [3, 7] && x.max(1).indices.array(as: Int.self) == [0, 1])
    #expect(x.argmin(0).array(as: Int.self) == [1, 0, 0])
    #expect(x.sort(1).values.array() == [1, 2, 3, 2, 7, 7])
    #expect(x.sort(1, descending: true).indices.array(as: Int.self) == [0, 2, 1, 1, 2, 0])
    #expect(x.topk(2, dim: 1).values.array() == [3, 2, 7, 7])
    let dual = makeDual(Tensor([1.0, 4.0, 2.0]), Tensor([5.0, 6.0, 7.0]))
    #expect(dual.sort().values.tangent.array() == [5, 7, 6])
  }

  @Test func compiledFunctionsTakeThem() {
    let f = compile { (x: Tensor, w: Tensor) in linear(x, w).relu().sum() * 2.0 }
    let (x, w) = (
      makeDual(Tensor([[1.0, 2.0]]), Tensor([[1.0, 0.0]])), Tensor([[3.0, 1.0], [-1.0, -1.0]]).to(.dual32)
    )
    for _ in 0..<3 {
      let y = f(x, w)
      #expect(y.primal.item() == 10 && y.tangent.item() == 6)
    }
  }

  @Test func longSumsStayExact() {
    let n = 200_000
    let x = makeDual(Tensor.full([n], 0.1), Tensor.ones([n]))
    #expect(abs(x.sum().primal.item() - 0.1 * Double(n)) < 0.5)
    #expect(x.sum().tangent.item() == Double(n))
  }

  @Test func longestPaths() {
    // 0 -> 1 -> 3 takes 5, 0 -> 2 -> 3 takes 9, and 3 -> 4 takes 1.
    let none = -Double.infinity
    let steps = Tensor(
      [
        [0, 2, 4, none, none], [none, 0, none, 3, none], [none, none, 0, 5, none], [none, none, none, 0, 1],
        [none, none, none, none, 0],
      ], dtype: Way.dtype)
    let two = steps.matmul(steps)
    let four = two.matmul(two)
    #expect(four[0].array(as: Way.self).map(\.value) == [0, 2, 4, 9, 10])
    #expect(four[3].array(as: Way.self).map(\.value) == [none, none, none, 0, 1])
  }

  @Test(arguments: [(3, 4, 5), (70, 65, 130), (1, 7, 200)])
  func matrixProducts(_ m: Int, _ k: Int, _ n: Int) {
    let (a, b) = (
      arange(m * k, dtype: .float64).reshape([m, k]).remainder(7),
      arange(k * n, dtype: .float64).reshape([k, n]).remainder(5)
    )
    let (da, db) = (
      arange(m * k, dtype: .float64).reshape([m, k]).remainder(3),
      arange(k * n, dtype: .float64).reshape([k, n]).remainder(4)
    )
    let (x, y) = (makeDual(a, da), makeDual(b, db))
    let product = x.matmul(y)
    #expect(product.primal.equal(a.matmul(b)))
    #expect(product.tangent.equal(da.matmul(b) + a.matmul(db)))
    #expect(y.mT.matmul(x.mT).tangent.equal(product.tangent.mT))
    let batch = stack([x, x * 2.0]).matmul(y)
    #expect(batch[1].tangent.equal(product.tangent * 2.0))
    #expect(linear(x, y.mT.contiguous(), y[0]).tangent.equal(product.tangent + db[0]))
  }

  // MARK: Derivatives

  /// Linear, ReLU, Linear, cross entropy: the derivative that dual numbers carry along a direction of the parameters is
  /// that of the gradient in that direction.
  @Test func dualNumbersDifferentiateANetwork() {
    let generator = Generator(seed: 7)
    func draw(_ shape: Int...) -> Tensor { randn(shape, generator: generator) }
    let x = draw(16, 20)
    let target = arange(16).remainder(10)
    let parameters = [draw(12, 20) * 0.3, draw(12) * 0.1, draw(10, 12) * 0.3, draw(10) * 0.1]
    let direction = parameters.map { randn($0.shape, generator: generator) }
    func loss(_ x: Tensor, _ p: [Tensor]) -> Tensor {
      crossEntropy(linear(linear(x, p[0], p[1]).relu(), p[2], p[3]), target)
    }
    let variables = parameters.map { Tensor($0, requiresGrad: true) }
    let value = loss(x, variables)
    let found = gradients(of: [value], wrt: variables)
    let expected = zip(found, direction).reduce(0.0) { $0 + (($1.0 ?? Tensor(0.0)) * $1.1).sum().item() }
    let result = loss(makeDual(x, Tensor(0.0)), zip(parameters, direction).map { makeDual($0, $1) })
    #expect(result.dtype == .dual32)
    #expect(abs(result.primal.item() - value.item()) < 1e-5)
    #expect(abs(result.tangent.item() - expected) < 1e-5 * max(1, abs(expected)))
  }

  @Test func lossesThatCheckTheirInputCarryDerivatives() throws {
    let p = makeDual(Tensor([0.25, 0.5]), Tensor([1.0, 0.0]))
    let y = makeDual(Tensor([1.0, 0.0]), Tensor([0.0, 0.0]))
    #expect("\(binaryCrossEntropy(p, y))" == "tensor(1.0397-2.ε, dtype=apus.dual32)")
    #expect(throws: TensorError.self) { try withErrors { binaryCrossEntropy(p * 3, y) } }
  }

  @Test func softmaxCarriesDerivatives() {
    let points = Tensor([[0.5, -1.0, 2.0]], dtype: .float64)
    let tangent = Tensor([[1.0, 0.0, 0.0]], dtype: .float64)
    let y = softmax(makeDual(points, tangent), dim: 1)
    let p = softmax(points, dim: 1).array(as: Double.self)
    let expected = [p[0] * (1 - p[0]), -p[1] * p[0], -p[2] * p[0]]
    for (a, b) in zip(y.tangent.array(as: Double.self), expected) { #expect(abs(a - b) < 1e-12) }
  }

  /// Reverse mode over dual numbers: the tangent of the gradient is the Hessian times the direction.
  @Test func gradientsOfDualNumbersCarrySecondDerivatives() {
    let points = Tensor([1.0, 2.0, 3.0], dtype: .float64)
    let direction = Tensor([1.0, 0.0, 2.0], dtype: .float64)
    let x = Tensor(makeDual(points, direction), requiresGrad: true)
    let gradient = gradients(of: [(x * x * x).sum()], wrt: [x])[0] ?? x
    #expect(gradient.detach().primal.array(as: Double.self) == [3, 12, 27])
    #expect(gradient.detach().tangent.array(as: Double.self) == [6, 0, 36])
  }

  // MARK: Text

  @Test func printing() {
    let x = Tensor([[0.0, 12.0], [-.infinity, 3.0]], dtype: Way.dtype)
    #expect("\(x)" == "tensor([[ 0, 12],\n        [ ε,  3]], dtype=apus.way)")
    #expect(
      "\(makeDual(Tensor([1.0, 2.5]), Tensor([0.0, -1.0])))" == "tensor([    1.+0.ε, 2.5000-1.ε], dtype=apus.dual32)")
    #expect("\(Tensor(Way(4)))" == "tensor(4, dtype=apus.way)")
    #expect("\(Way.dtype)" == "way")
  }

  // MARK: Mistakes

  @Test func whatATypeLacksIsReportedByName() {
    let x = Tensor([1.0], dtype: Way.dtype)
    #expect(
      message { x.exp() }
        == "Exp: needs exp of its elements; way declares none. Write: case .exp: return ... in "
        + "func apply(_ function: UnaryFunction) -> Way?")
    #expect(message { x - x }.contains("needs sub of two of its elements; way declares none"))
    #expect(message { Tensor(triples(2)).amax() }.contains("needs an order of its elements; triple declares none"))
    #expect(message { Tensor(triples(2)).lt(1.0) }.contains("needs an order of its elements; triple declares none"))
    #expect(message { linalg.inv(Tensor.ones([2, 2], dtype: Way.dtype)) }.contains("found way"))
    #expect(message { rmsNorm(x, [1]) }.contains("of two of its elements; way declares none"))
    #expect(message { Tensor(triples(2)).sort().values }.contains("needs an order"))
    #expect(message { x + Tensor(triples(1)) }.contains("cannot combine way and triple"))
    #expect(message { cat([x, Tensor(triples(1))]) }.contains("no conversion from triple to way"))
    #expect(message { x.tangent }.contains("needs a tensor of dual numbers"))
  }

  @Test func typesWithoutCalculusHaveNoGradients() {
    #expect(
      message { Tensor(Tensor([1.0], dtype: Way.dtype), requiresGrad: true) }.contains(
        "needs the gradient of its elements; way declares none"))
    let w = Tensor([1.0], requiresGrad: true)
    #expect(
      message { w * Tensor([1.0], dtype: Way.dtype) }.contains(
        "needs the gradient of its elements; way declares none"))
    #expect(noGrad { w * Tensor([1.0], dtype: Way.dtype) }.item() == 2)
    #expect(w.detach().to(Way.dtype).item() == 1)
  }

  @Test func anotherTypeCannotTakeAName() {
    enum Taken: ElementName { static let text = "way" }
    _ = Way.dtype
    #expect(
      message { Tensor.zeros([1], dtype: DType.register(Number<Taken>.self)) }.contains("called 'way' already"))
  }

  @Test func registrationIsSafeFromManyTasks() async {
    await withTaskGroup(of: DType.self) { group in
      for _ in 0..<16 {
        group.addTask { Tensor.ones([3], dtype: DType.register(Number<Late>.self)).sum().dtype }
      }
      var found: Set<DType> = []
      for await dtype in group { found.insert(dtype) }
      #expect(found == [DType.register(Number<Late>.self)])
    }
  }

  /// What the short paths of built-in types compare is one byte.
  @Test func elementTypesAreOneByte() {
    #expect(MemoryLayout<DType>.size == 1 && MemoryLayout<DType?>.size <= 2)
    #expect(DType.allCases.map(\.rawValue) == Array(0..<UInt8(DType.allCases.count)))
  }
}

/// Registered by several tasks at once.
private enum Late: ElementName { static let text = "late" }

extension Triple {
  /// One element as a tensor.
  static func tensor(_ value: Double) -> Tensor { Tensor(Triple(value)) }
}
