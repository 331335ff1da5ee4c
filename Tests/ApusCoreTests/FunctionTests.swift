import Apus
import TestSupport
import Testing

/// The polynomial (5 x³ - 3 x) / 2 with a gradient by hand.
private final class LegendrePolynomial3: Function {
  static func forward(_ ctx: Context, _ input: Tensor) -> Tensor {
    ctx.saveForBackward(input)
    return 0.5 * (5 * input.pow(3) - 3 * input)
  }
  static func backward(_ ctx: Context, _ gradOutput: Tensor) -> Tensor {
    let input = ctx.savedTensors[0]
    return gradOutput * 1.5 * (5 * input.pow(2) - 1)
  }
}

/// PyTorch's example of several inputs, one of them optional.
private enum LinearFunction: Function {
  static func forward(_ ctx: Context, _ input: Tensor, _ weight: Tensor, _ bias: Tensor? = nil) -> Tensor {
    ctx.saveForBackward(input, weight, bias)
    let output = matmul(input, weight.t())
    return bias.map { output + $0 } ?? output
  }
  static func backward(_ ctx: Context, _ gradOutput: Tensor) -> (Tensor?, Tensor?, Tensor?) {
    let (input, weight, _) = ctx.savedTensors
    let bias: Tensor? = ctx.savedTensors[2]
    var gradInput: Tensor?
    var gradWeight: Tensor?
    var gradBias: Tensor?
    if ctx.needsInputGrad[0] { gradInput = matmul(gradOutput, weight) }
    if ctx.needsInputGrad[1] { gradWeight = matmul(gradOutput.t(), input) }
    if bias != nil && ctx.needsInputGrad[2] { gradBias = gradOutput.sum([0]) }
    return (gradInput, gradWeight, gradBias)
  }
}

/// A constant on the context, and no gradient for it.
private struct MulConstant: Function {
  static func forward(_ ctx: Context, _ tensor: Tensor, _ constant: Double) -> Tensor {
    ctx.constant = constant
    ctx.values["calls"] = 1
    return tensor * constant
  }
  static func backward(_ ctx: Context, _ gradOutput: Tensor) -> (Tensor, Tensor?) {
    (gradOutput * ctx.constant, nil)
  }
}

/// Rounds, and lets the gradient through: what no derivative of the operations gives.
private enum StraightThrough: Function {
  static func forward(_ ctx: Context, _ x: Tensor) -> Tensor { x.round() }
  static func backward(_ ctx: Context, _ gradOutput: Tensor) -> Tensor { gradOutput }
}

/// exp by its result, which is saved.
private enum ExpByResult: Function {
  static func forward(_ ctx: Context, _ x: Tensor) -> Tensor {
    let y = x.exp()
    ctx.saveForBackward(y)
    return y
  }
  static func backward(_ ctx: Context, _ gradOutput: Tensor) -> Tensor { gradOutput * ctx.savedTensors[0] }
}

/// Two results, of which one has no gradient.
private enum SortBoth: Function {
  static func forward(_ ctx: Context, _ x: Tensor) -> (Tensor, Tensor) {
    let (values, order) = (x.sort(0).values, x.sort(0).indices)
    ctx.markNonDifferentiable(order)
    ctx.saveForBackward(order)
    return (values, order)
  }
  static func backward(_ ctx: Context, _ gradValues: Tensor, _ gradOrder: Tensor) -> Tensor {
    zerosLike(gradValues).indexAdd(0, ctx.savedTensors[0], gradValues)
  }
}

/// Gives which gradients arrive, as numbers: 1 for none.
private enum Arrivals: Function {
  static func forward(_ ctx: Context, _ x: Tensor, _ materialize: Bool) -> (Tensor, Tensor) {
    ctx.setMaterializeGrads(materialize)
    return (x * 1, x * 2)
  }
  static func backward(_ ctx: Context, _ first: Tensor?, _ second: Tensor?) -> Tensor {
    Tensor([first == nil ? 1.0 : 0.0, second == nil ? 1.0 : 0.0])
  }
}

private enum Once: Function {
  static var onceDifferentiable: Bool { true }
  static func forward(_ ctx: Context, _ x: Tensor) -> Tensor {
    ctx.saveForBackward(x)
    return x * x
  }
  static func backward(_ ctx: Context, _ gradOutput: Tensor) -> Tensor { gradOutput * 2 * ctx.savedTensors[0] }
}

/// Gradients of a number of results that only the call tells.
private enum Halves: Function {
  static func forward(_ ctx: Context, _ parts: [Tensor], _ divisor: Int) -> [Tensor] {
    ctx.divisor = divisor
    return parts.map { $0 / Double(divisor) }
  }
  static func backward(_ ctx: Context, _ gradients: [Tensor]) -> [Tensor] {
    let divisor: Double = ctx.divisor
    return gradients.map { $0 / divisor }
  }
}

private enum WrongCount: Function {
  static func forward(_ ctx: Context, _ a: Tensor, _ b: Tensor) -> Tensor { a * b }
  static func backward(_ ctx: Context, _ gradOutput: Tensor) -> Tensor { gradOutput }
}
private enum WrongShape: Function {
  static func forward(_ ctx: Context, _ a: Tensor) -> Tensor { a * 2 }
  static func backward(_ ctx: Context, _ gradOutput: Tensor) -> Tensor { gradOutput.sum() }
}
private enum WrongType: Function {
  static func forward(_ ctx: Context, _ a: Tensor) -> Tensor { a * 2 }
  static func backward(_ ctx: Context, _ gradOutput: Tensor) -> Double { 3 }
}
private enum WrongResults: Function {
  static func forward(_ ctx: Context, _ a: Tensor) -> (Tensor, Tensor) { (a * 2, a) }
  static func backward(_ ctx: Context, _ gradOutput: Tensor) -> Tensor { gradOutput }
}

/// Functions with a gradient of their own, against closed forms and PyTorch's behaviour.
@Suite struct FunctionTests {
  private let x = Tensor([-0.5, 0.3, 1.2], dtype: .float64)

  @Test func theGradientIsTheOneWritten() {
    let x = Tensor(x, requiresGrad: true)
    let y = LegendrePolynomial3.apply(x)
    #expect(y.requiresGrad && !y.isLeaf)
    y.sum().backward()
    expectClose(x.grad ?? y, 1.5 * (5 * self.x.square() - 1), 1e-12)
    #expect(gradcheck({ LegendrePolynomial3.apply($0) }, x))
    #expect(gradgradcheck({ LegendrePolynomial3.apply($0) }, x))
  }

  @Test func withoutRecordingItIsTheFunctionAlone() {
    let w = Tensor(x, requiresGrad: true)
    #expect(!LegendrePolynomial3.apply(x).requiresGrad)
    #expect(!noGrad { LegendrePolynomial3.apply(w) }.requiresGrad)
  }

  @Test func severalInputsOfWhichSomeNeedGradients() {
    let input = scattered([5, 3])
    let weight = Tensor(scattered([2, 3], 1), requiresGrad: true)
    let bias = Tensor(scattered([2], 2), requiresGrad: true)
    LinearFunction.apply(input, weight, bias).sum().backward()
    expectClose(weight.grad ?? bias, Tensor.ones([2, 5], dtype: .float64).matmul(input), 1e-12)
    expectClose(bias.grad ?? weight, Tensor([5.0, 5.0], dtype: .float64), 1e-12)
    expectClose(LinearFunction.apply(input, weight), matmul(input, weight.t()), 1e-12)
    let all = (Tensor(input, requiresGrad: true), weight, bias)
    #expect(gradcheck({ (a: Tensor, b: Tensor, c: Tensor) in LinearFunction.apply(a, b, c) }, all))
    #expect(gradgradcheck({ (a: Tensor, b: Tensor, c: Tensor) in LinearFunction.apply(a, b, c) }, all))
  }

  @Test func valuesThatAreNoTensors() {
    let x = Tensor(x, requiresGrad: true)
    MulConstant.apply(x, 2.5).sum().backward()
    #expect(x.grad?.array(as: Double.self) == [2.5, 2.5, 2.5])
  }

  @Test func aSavedResultIsConnected() {
    let x = Tensor(x, requiresGrad: true)
    #expect(gradgradcheck({ ExpByResult.apply($0) }, x))
    let third = grad(grad(grad { ExpByResult.apply($0).sum() }))(Tensor(0.7, dtype: .float64))
    expectClose(third, Tensor(0.7, dtype: .float64).exp(), 1e-12)
  }

  @Test func severalResults() {
    let x = Tensor([3.0, 1.0, 2.0], requiresGrad: true)
    let (values, order) = SortBoth.apply(x)
    #expect(order.array(as: Int.self) == [1, 2, 0] && !order.requiresGrad)
    (values * Tensor([10.0, 20.0, 30.0])).sum().backward()
    #expect(x.grad?.array() == [30, 10, 20] as [Float])
  }

  @Test func missingGradientsAreZerosOrNil() {
    let x = Tensor([1.0, 2.0], requiresGrad: true)
    Arrivals.apply(x, true).0.sum().backward()
    #expect(x.grad?.array() == [0, 0] as [Float])
    x.grad = nil
    Arrivals.apply(x, false).0.sum().backward()
    #expect(x.grad?.array() == [0, 1] as [Float])
  }

  @Test func listsOfTensors() {
    let (a, b) = (Tensor([2.0], requiresGrad: true), Tensor([4.0, 6.0], requiresGrad: true))
    let parts = Halves.apply([a, b], 2)
    #expect(parts[1].array() == [2, 3] as [Float])
    (parts[0].sum() + parts[1].sum() * 3).backward()
    #expect(a.grad?.array() == [0.5] as [Float] && b.grad?.array() == [1.5, 1.5] as [Float])
  }

  @Test func anInputAsTheResultIsATensorOfItsOwn() {
    enum Same: Function {
      static func forward(_ ctx: Context, _ x: Tensor) -> Tensor { x }
      static func backward(_ ctx: Context, _ gradOutput: Tensor) -> Tensor { -gradOutput }
    }
    let x = Tensor([1.0], requiresGrad: true)
    let y = x * 2
    let z = Same.apply(y)
    (y + z).sum().backward()
    #expect(x.grad?.item() == 0)
  }

  @Test func mappingRunsBothOnAllSamples() {
    let samples = scattered([4, 3])
    expectClose(vmap { LegendrePolynomial3.apply($0) }(samples), LegendrePolynomial3.apply(samples), 1e-12)
    // The gradient of the function, not that of its operations: inside of the map and around it.
    let inside = vmap(grad { StraightThrough.apply($0).sum() })(samples)
    expectClose(inside, onesLike(samples), 1e-12)
    let around = grad { x in vmap { StraightThrough.apply($0) }(x).sum() }(samples)
    expectClose(around, onesLike(samples), 1e-12)
    let shared = scattered([2, 3], 1)
    let f = { (w: Tensor) in
      vmap(inDims: [0, nil]) { (x: Tensor, w: Tensor) in LinearFunction.apply(x, w) }(
        scattered([4, 2, 3]), w
      ).square().sum()
    }
    let plain = { (w: Tensor) in matmul(scattered([4, 2, 3]), w.t()).square().sum() }
    expectClose(grad(f)(shared), grad(plain)(shared), 1e-10)
    let second = grad { x in vmap(grad { ExpByResult.apply($0).sum() })(x).sum() }(samples)
    expectClose(second, samples.exp(), 1e-12)
  }

  @Test func forwardDerivativesFollowFromBackward() {
    let v = Tensor([1.0, -2.0, 0.5], dtype: .float64)
    let (value, tangent) = jvp({ LegendrePolynomial3.apply($0) }, primals: x, tangents: v)
    expectClose(value, LegendrePolynomial3.apply(x), 1e-12)
    expectClose(tangent, 1.5 * (5 * x.square() - 1) * v, 1e-12)
    expectClose(jvp({ StraightThrough.apply($0) }, primals: x, tangents: v).tangent, v, 1e-12)
    let product = jvp(grad { LegendrePolynomial3.apply($0).sum() }, primals: x, tangents: v).tangent
    expectClose(product, 15 * x * v, 1e-12)
    expectClose(hessian { ExpByResult.apply($0).sum() }(x), eye(3, dtype: .float64) * x.exp(), 1e-12)
  }

  @Test func compiledItKeepsItsGradient() {
    let f = compile { (x: Tensor) in StraightThrough.apply(x * 3).sum() }
    for _ in 0..<3 {
      let x = Tensor([0.4, 1.6], requiresGrad: true)
      f(x).backward()
      #expect(x.grad?.array() == [3, 3] as [Float])
    }
    let step = compile { (x: Tensor) in grad { LegendrePolynomial3.apply($0).sum() }(x) }
    for _ in 0..<3 { expectClose(step(x), 1.5 * (5 * x.square() - 1), 1e-12) }
  }

  @Test func manyInARowAreReleasedOneByOne() {
    let x = Tensor([1.0], requiresGrad: true)
    var y = x * 1
    for _ in 0..<100_000 { y = StraightThrough.apply(y) }
    y.sum().backward()
    #expect(x.grad?.item() == 1)
  }

  @Test(arguments: [
    Mistake("too few gradients", .autograd, "WrongCount", "1 gradients", "2 inputs") {
      WrongCount.apply(Tensor([1.0], requiresGrad: true), Tensor([1.0])).sum().backward()
    },
    Mistake("a gradient of another shape", .shape, "WrongShape", "[]", "[3]") {
      WrongShape.apply(Tensor([1.0, 2, 3], requiresGrad: true)).sum().backward()
    },
    Mistake("a gradient that is no tensor", .autograd, "WrongType", "Double") {
      WrongType.apply(Tensor([1.0], requiresGrad: true)).sum().backward()
    },
    Mistake("backward for another number of results", .autograd, "WrongResults", "2 tensors") {
      WrongResults.apply(Tensor([1.0], requiresGrad: true)).0.sum().backward()
    },
    Mistake("a second pass", .autograd, "LegendrePolynomial3", "retainGraph: true") {
      let y = LegendrePolynomial3.apply(Tensor([1.0], requiresGrad: true)).sum()
      y.backward()
      y.backward()
    },
    Mistake("a second derivative of one that has none", .autograd, "Once", "onceDifferentiable") {
      grad(grad { Once.apply($0).sum() })(Tensor(2.0))
    },
    Mistake("a saved nil", .value, "savedTensors", "nil") {
      let ctx = Tensor([1.0], requiresGrad: true)
      return SavesNil.apply(ctx).sum().backward()
    },
  ])
  func mistakesAreExplained(_ mistake: Mistake) {
    let complaint = mistake.complaint()
    #expect(complaint == nil, "\(mistake): \(complaint ?? "")")
  }
}

private enum SavesNil: Function {
  static func forward(_ ctx: Context, _ a: Tensor) -> Tensor {
    ctx.saveForBackward(nil)
    return a * 2
  }
  static func backward(_ ctx: Context, _ gradOutput: Tensor) -> Tensor {
    let saved = ctx.savedTensors[0]
    return saved * gradOutput
  }
}
