import Apus
import Testing

// Gradients where functions have corners, poles and removable points. Values are PyTorch's unless a comment says else.

private let inf = Double.infinity
private let nan = Double.nan

/// The gradient of the sum of `f` at `values`.
private func slopes(_ values: [Double], dtype: DType = .float32, _ f: @escaping (Tensor) -> Tensor) -> [Double] {
  grad { f($0).sum() }(Tensor(values, dtype: dtype)).array(as: Double.self)
}

/// The gradient of the sum of the gradient.
private func curvatures(_ values: [Double], dtype: DType = .float64, _ f: @escaping (Tensor) -> Tensor) -> [Double] {
  // A linear function has a constant gradient: the zeros keep it in the graph.
  grad { x in (grad { f($0).sum() }(x) + x * 0).sum() }(Tensor(values, dtype: dtype)).array(as: Double.self)
}

/// The gradients of the sum of `f` for both arguments.
private func slopes(
  _ x: [Double], _ y: [Double], dtype: DType = .float32, _ f: @escaping (Tensor, Tensor) -> Tensor
) -> [[Double]] {
  valueAndGrad { f($0[0], $0[1]).sum() }([Tensor(x, dtype: dtype), Tensor(y, dtype: dtype)]).gradients
    .map { $0.array(as: Double.self) }
}

private func same(_ a: [Double], _ b: [Double], within tolerance: Double = 1e-6) -> Bool {
  a.count == b.count
    && zip(a, b).allSatisfy { $0 == $1 || ($0.isNaN && $1.isNaN) || abs($0 - $1) <= tolerance * max(1, abs($1)) }
}

struct BranchesNotTakenTests {
  private static let guardedLogarithm = Formula("Guarded", .floating) { x in
    x(.log).when(x.isGreater(.number(0)), else: .number(0))
  }
  private static let guardedRoots = Formula("Guarded", .floating) { x in
    let (root, inverse) = (x(.sqrt) * 3, (1 - x)(.rsqrt))
    return root.when(x.isGreater(.number(0)), else: .number(0)) + inverse.when(x.isLess(.number(1)), else: .number(0))
  }
  private static let rectifiedLogarithm = Formula("Rectified", .floating) { x in x(.log)(.relu) * 2 }
  private static let limitedLogarithm = Formula("Limited", .floating) { x in x(.log)(.max, .number(-5)) * x(.exp) }
  private static let nested = Formula("Nested", .floating) { x in
    let low = (x(.sqrt) + 1)(.log)
    return (low * low).when(x.isGreater(.number(1)), else: .number(0)).when(x.isLess(.number(4)), else: x)
  }

  @Test(arguments: [
    (guardedLogarithm, [0.0, -1, 2], [0.0, 0, 0.5]),
    (guardedRoots, [0.0, 1], [0.5, 1.5]),
    (rectifiedLogarithm, [0.0, 0.5, 4], [0.0, 0, 0.5]),
    (limitedLogarithm, [0.0], [-5.0]),
    (nested, [0.0, 5], [0.0, 1]),
  ]) func contributeNothing(formula: Formula, at: [Double], expected: [Double]) {
    #expect(same(slopes(at) { formula($0) }, expected))
    // Forward mode takes the same way.
    let x = Tensor(at, dtype: .float64)
    let (_, tangent) = jvp({ formula($0) }, primals: x, tangents: Tensor.full(x.shape, 1.0, dtype: .float64))
    #expect(same(tangent.array(as: Double.self), expected))
    // Forward over backward, and backward twice: nothing stays nothing.
    #expect(curvatures(at) { formula($0) }.allSatisfy { !$0.isNaN })
  }

  @Test func contributeNothingInCompiledFunctions() {
    let f = compile { (x: Tensor) in grad { Self.guardedLogarithm($0.square()).sum() }(x) }
    for values in [[0.0, 1.0], [2.0, 0.0], [0.0, 0.0]] {
      let expected = values.map { $0 == 0 ? 0 : 2 / $0 }
      #expect(same(f(Tensor(values)).array(as: Double.self), expected))
    }
  }

  @Test func contributeNothingToHigherDerivatives() {
    #expect(same(curvatures([0, 1, -2]) { $0.pow(0) }, [0, 0, 0]))
    #expect(same(curvatures([0, 2]) { $0.pow(1.0) }, [0, 0]))
    func third(_ f: @escaping (Tensor) -> Tensor) -> (Tensor) -> Tensor {
      grad { x in grad { x in grad { f($0).sum() }(x).sum() }(x).sum() }
    }
    #expect(third { $0.pow(2.5) * 0 + $0.pow(2) }(Tensor([0.5], dtype: .float64)).array() == [0])
    #expect(third { Self.guardedLogarithm($0) }(Tensor([0.0, 2], dtype: .float64)).array() == [0, 0.25])
  }

  /// x / y does not depend on x any more in its derivative by x: no zero goes back through it.
  @Test func derivativesAreRecordedForWhatTheyRead() {
    let (x, y) = (
      Tensor([inf], dtype: .float64, requiresGrad: true), Tensor([2.0], dtype: .float64, requiresGrad: true)
    )
    let first = gradients(of: [(x / y).sum()], wrt: [x], createGraph: true)[0]
    let second = gradients(of: [first ?? x], wrt: [y])[0]
    #expect(second?.item() == -0.25)
  }

  @Test func binaryCrossEntropyAtItsEnds() {
    let (x, t) = ([0.0, 1, 0, 1, 0.25], [0.0, 1, 1, 0, 1])
    let found = slopes(x, t) { binaryCrossEntropy($0, $1, reduction: .none) }
    #expect(same(found[0], [0, 0, -1e12, 1e12, -4]))
    #expect(same(found[1], [inf, -inf, inf, -inf, 1.0986123]))
    let weights = Tensor([0.0, 1.0, 0.5], requiresGrad: true)
    let optimizer = Adam([weights], lr: 0.1)
    binaryCrossEntropy(weights, Tensor([0.0, 1.0, 1.0])).backward()
    optimizer.step()
    #expect(same(weights.detach().array(as: Double.self), [0, 1, 0.6], within: 1e-5))
  }

  @Test(arguments: [nil, [1.0, 2.0]]) func crossEntropyOfIgnoredTargets(weight: [Double]?) {
    let x = Tensor([[1.0, 2.0], [3.0, 4.0]], requiresGrad: true)
    let loss = crossEntropy(
      x, Tensor([-100, -100]), weight: weight.map { Tensor($0) }, labelSmoothing: 0.1)
    loss.backward()
    #expect(loss.item().isNaN)
    #expect(x.grad?.array() == [0, 0, 0, 0])
  }

  @Test func normsAtZero() {
    for p in [0.5, 1, 1.5, 2, 3, -1, inf] { #expect(slopes([0, 0]) { $0.norm(p) } == [0, 0]) }
    for p in [0.5, 1.5, 3] { #expect(slopes([0, 1]) { $0.norm(p) } == [0, 1]) }
    #expect(slopes([0, 1]) { $0.norm(-1) } == [0, 0])
    #expect(slopes([1, nan, 3]) { $0.abs().amax() }.allSatisfy { $0.isNaN })
  }

  @Test func piecesAtInfinity() {
    let zero = Tensor([0.0, 0.0])
    #expect(slopes([inf, -inf]) { huberLoss($0, zero, reduction: .none) } == [1, -1])
    #expect(slopes([inf, -inf]) { smoothL1Loss($0, zero, reduction: .none) } == [1, -1])
    #expect(slopes([inf, -inf]) { $0.hardswish() } == [1, 0])
    #expect(slopes([inf, -inf]) { $0.elu() } == [1, 0])
  }

  /// A class that is masked by -inf is no part of the margin of the others.
  @Test func marginsOfMaskedClasses() {
    let x = Tensor([[-inf, 1.0, 2.0]], requiresGrad: true)
    let loss = multiMarginLoss(x, Tensor([1]), reduction: .sum)
    loss.backward()
    #expect(abs(loss.item() - 2.0 / 3) < 1e-6)
    #expect(same(x.grad?.array(as: Double.self) ?? [], [0, -1.0 / 3, 1.0 / 3]))
  }
}

struct GradientConventionTests {
  @Test func clampByNumbersStopsAtTheLimits() {
    let x = [-1.0, 0, 1, 2, nan, inf]
    #expect(slopes(x) { $0.clamp(min: -1.0, max: 1.0) } == [0, 1, 0, 0, 0, 0])
    #expect(slopes(x) { $0.clamp(min: -1.0) } == [0, 1, 1, 1, 0, 1])
    #expect(slopes(x) { $0.clamp(max: 1.0) } == [1, 1, 0, 0, 0, 0])
  }

  @Test func clampByTensorsSharesAtTheLimits() {
    let x = [0.0, 1, 1, 0, 1, 0, nan, 1, 0, nan, 1]
    let low = [0.0, 0, 1, 1, 2, 1, 0, 1, nan, 2, 2]
    let high = [1.0, 1, 1, 1, 1, nan, 1, 0, 1, 0, 2]
    let found = valueAndGrad { $0[0].clamp(min: $0[1], max: $0[2]).sum() }([Tensor(x), Tensor(low), Tensor(high)])
      .gradients.map { $0.array(as: Double.self) }
    #expect(found[0] == [0.5, 0.5, 1, 0, 0, 0, 1, 0, 1, 1, 0])
    #expect(found[1] == [0.5, 0, 0, 1, 0, 0, 0, 0, 0, 0, 1])
    #expect(found[2] == [0, 0.5, 0, 0, 1, 0, 0, 1, 0, 1, 0])
    let (a, b) = ([-1.0, 0, nan, 0], [-1.0, -1, -1, nan])
    let below = slopes(a, b) { $0.clamp(min: $1, max: nil) }
    #expect(below[0] == [0.5, 1, 1, 1] && below[1] == [0.5, 0, 1, 1])
    let above = slopes(a, b) { $0.clamp(min: nil, max: $1) }
    #expect(above[0] == [0.5, 0, 1, 1] && above[1] == [0.5, 1, 1, 1])
  }

  @Test func extremesOfTwo() {
    let (x, y) = ([1.0, nan, 1, 2, nan], [1.0, 1, nan, 1, nan])
    #expect(slopes(x, y) { $0.maximum($1) } == [[0.5, 1, 1, 1, 1], [0.5, 1, 1, 0, 1]])
    #expect(slopes(x, y) { $0.minimum($1) } == [[0.5, 1, 1, 0, 1], [0.5, 1, 1, 1, 1]])
    #expect(slopes(x, y) { $0.fmax($1) } == [[0.5, 0, 1, 1, 1], [0.5, 1, 0, 0, 0]])
    #expect(slopes(x, y) { $0.fmin($1) } == [[0.5, 0, 1, 0, 1], [0.5, 1, 0, 1, 0]])
  }

  @Test func extremesOfAll() {
    let some = [1.0, nan, 3, nan]
    #expect(slopes(some) { $0.max() } == [0, 0.5, 0, 0.5])
    #expect(slopes(some) { $0.min() } == [0, 0.5, 0, 0.5])
    #expect(slopes(some) { $0.median() } == [0, 0.5, 0, 0.5])
    #expect(slopes(some) { $0.nanmedian() } == [1, 0, 0, 0])
    #expect(slopes(some) { $0.amax() }.allSatisfy { $0.isNaN })
    #expect(slopes([1, 3, 3, 1]) { $0.max() } == [0, 0.5, 0.5, 0])
    #expect(slopes([1, 3, 3, 1]) { $0.amin() } == [0.5, 0, 0, 0.5])
    // One row is not spoilt by the other, nor are losers by an infinite cotangent.
    let x = Tensor([[1.0, nan, 3.0], [2.0, 2.0, 1.0]], requiresGrad: true)
    x.amax([1]).backward(Tensor([1.0, inf]))
    let found = x.grad?.array(as: Double.self) ?? []
    #expect(found.prefix(3).allSatisfy { $0.isNaN } && Array(found.suffix(3)) == [inf, inf, 0])
  }

  @Test func cornersOfActivations() {
    #expect(slopes([nan, 0, -0.0, 1]) { $0.relu() } == [1, 0, 0, 1])
    #expect(slopes([-1, 0, 1, inf]) { $0.hardtanh() } == [0, 1, 0, 0])
    #expect(same(slopes([3, -3, nan, 1]) { $0.hardsigmoid() }, [0, 0, 0, 1.0 / 6]))
    #expect(same(slopes([0, 1, 0.25, 2]) { $0.logit() }, [inf, inf, 5.3333333, nan]))
    #expect(same(slopes([0, 0.1, 0.95, 0.5]) { $0.logit(eps: 0.1) }, [0, 11.1111116, 0, 4]))
    #expect(same(slopes([0, -1, 1, inf]) { special.entr($0) }, [inf, nan, -1, -inf]))
    #expect(slopes([nan, 1, -1]) { $0.angle() } == [0, 0, 0])
  }

  /// Closed forms: PyTorch's squares overflow or vanish.
  @Test func distancesOfAnySize() {
    for size in [1.0, 1e-30, 1e30] {
      let turn = slopes([size], [size]) { $0.atan2($1) }
      #expect(same([turn[0][0] * size, turn[1][0] * size], [0.5, -0.5]))
      let way = slopes([size], [size]) { $0.hypot($1) }
      #expect(same([way[0][0], way[1][0]], [0.70710678, 0.70710678]))
      let bend = slopes([size * 2]) { ($0 / (2 * size)).asinh() }
      #expect(same([bend[0] * 2 * size], [0.70710678]))
    }
    #expect(slopes([0], [0]) { $0.atan2($1) } == [[0], [0]])
    let steep = slopes([1e30, -1e30]) { $0.asinh() }
    #expect(same(steep.map { $0 * 1e30 }, [1, 1], within: 1e-4))
    // Second derivatives: -2 x y / (x² + y²)² of atan2, y² / (x² + y²)^1.5 of hypot, times the square of the size.
    for size in [1e-120, 1e120] {
      func second(_ f: @escaping (Tensor, Tensor) -> Tensor) -> Double {
        let y = Tensor([size], dtype: .float64)
        return curvatures([size]) { f($0, y) }[0] * size * size
      }
      #expect(abs(second { $0.atan2($1) } + 0.5) < 1e-12)
      #expect(abs(second { $0.hypot($1) } / size - 0.35355339059327373) < 1e-12)
    }
  }

  /// Taylor series: sinc'' = -pi² / 3 + pi⁴ x² / 10, j0' = -x / 3 + x³ / 30, I1'' = 3 x / 8, J1'' = -3 x / 8.
  @Test(arguments: [0, 1e-30, 1e-8, -1e-5, 1e-3]) func removablePoints(x: Double) {
    #expect(same(slopes([x], dtype: .float64) { $0.sinc() }, [-3.289868133696453 * x], within: 1e-7))
    let curvature = -3.289868133696453 + 9.740909103400244 * x * x
    #expect(same(curvatures([x]) { $0.sinc() }, [curvature], within: 1e-9))
    #expect(same(curvatures([x]) { special.sphericalBesselJ0($0) }, [-1.0 / 3 + x * x / 10], within: 1e-9))
    #expect(abs(curvatures([x]) { special.i1($0) }[0] - 3 * x / 8) <= 1e-6 * abs(x))
    #expect(abs(curvatures([x]) { special.besselJ1($0) }[0] + 3 * x / 8) <= 1e-6 * abs(x))
    let third = grad { x in grad { x in grad { $0.sinc().sum() }(x).sum() }(x).sum() }
    #expect(abs(third(Tensor([x], dtype: .float64)).item() - 19.481818206800487 * x) <= 1e-4 * abs(x))
  }

  /// The series and the quotients meet: both agree with differences across the place where one takes over.
  @Test func seriesMeetTheirFunctions() {
    let points = Tensor([0.15, 0.16, 0.4999, 0.5001, -0.4999, -0.5001, 0.3], dtype: .float64)
    for f in [
      { (x: Tensor) in x.sinc() }, { special.i1($0) }, { special.i1e($0) }, { special.besselJ1($0) },
      { special.sphericalBesselJ0($0) },
    ] as [(Tensor) -> Tensor] {
      #expect(gradientError([points]) { f($0[0]) } < 1e-6)
    }
  }

  @Test func smoothFunctionsThroughADistance() {
    func hessian(_ f: @escaping (Tensor, Tensor) -> Tensor, _ a: Double, _ b: Double) -> [Double] {
      let x = Tensor([a], dtype: .float64, requiresGrad: true)
      let y = Tensor([b], dtype: .float64, requiresGrad: true)
      let first = gradients(of: [f(x, y).sum()], wrt: [x, y], createGraph: true)
      return first.flatMap { g in gradients(of: [g ?? x], wrt: [x, y], retainGraph: true).map { $0?.item() ?? nan } }
    }
    #expect(same(hessian({ $0.logaddexp($1) }, 1, 1), [0.25, -0.25, -0.25, 0.25]))
    #expect(same(hessian({ $0.logaddexp2($1) }, 1, 1), [0.1732868, -0.1732868, -0.1732868, 0.1732868]))
    #expect(hessian({ $0.logaddexp($1) }, 1, -inf) == [0, 0, 0, 0])
    #expect(curvatures([1, 1]) { $0.logcumsumexp(0) }.allSatisfy { abs($0) < 1e-12 })
    let zero = Tensor([0.0], dtype: .float64)
    #expect(curvatures([0]) { smoothL1Loss($0, zero) } == [1])
    #expect(curvatures([0]) { huberLoss($0, zero) } == [1])
    #expect(curvatures([1]) { huberLoss($0, zero) } == [0])
  }

  /// A sum of nothing (log 0) at the start takes no gradient, however small the next sum is. Closed form: the softmax.
  @Test func logarithmsOfSumsOfNothing() {
    #expect(same(slopes([-inf, -200, -200]) { $0.logcumsumexp(0) }, [0, 1.5, 0.5], within: 1e-5))
  }
}
