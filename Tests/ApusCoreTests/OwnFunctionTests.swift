import Apus
import Foundation
import Testing

// Scalar functions of one's own, inside the library: each row is all that there is of the function.
extension UnaryFunction {
  /// x / sqrt(1 + x²).
  fileprivate static let algebraicSigmoid: UnaryFunction = .init(
    "algebraicSigmoid", c: "$x / __builtin_sqrtf(1.0f + $x * $x)",
    f32: { out, x, n in
      let (out, x) = (out.assumingMemoryBound(to: Float.self), x.assumingMemoryBound(to: Float.self))
      for i in 0..<n { out[i] = x[i] / (1 + x[i] * x[i]).squareRoot() }
    },
    f64: { out, x, n in
      let (out, x) = (out.assumingMemoryBound(to: Double.self), x.assumingMemoryBound(to: Double.self))
      for i in 0..<n { out[i] = x[i] / (1 + x[i] * x[i]).squareRoot() }
    },
    derivative: { x, _, g in g * (1 + x.squared)(.pow, .number(-1.5)) },
    composition: { x in x / (1 + x.squared)(.sqrt) })

  /// The same as far as a row must go: without a C text and for one type.
  fileprivate static let bareSigmoid: UnaryFunction = .init(
    "bareSigmoid",
    f32: { out, x, n in
      let (out, x) = (out.assumingMemoryBound(to: Float.self), x.assumingMemoryBound(to: Float.self))
      for i in 0..<n { out[i] = x[i] / (1 + x[i] * x[i]).squareRoot() }
    })
}

extension BinaryFunction {
  /// (x - y)², written between its operands.
  fileprivate static let squaredDistance: BinaryFunction = .init(
    "squaredDistance", sign: "<->", c: "($x - $y) * ($x - $y)",
    f32: { out, x, y, n in
      let (out, x) = (out.assumingMemoryBound(to: Float.self), x.assumingMemoryBound(to: Float.self))
      let y = y.assumingMemoryBound(to: Float.self)
      for i in 0..<n { out[i] = (x[i] - y[i]) * (x[i] - y[i]) }
    },
    f64: { out, x, y, n in
      let (out, x) = (out.assumingMemoryBound(to: Double.self), x.assumingMemoryBound(to: Double.self))
      let y = y.assumingMemoryBound(to: Double.self)
      for i in 0..<n { out[i] = (x[i] - y[i]) * (x[i] - y[i]) }
    },
    derivative: { x, y, _, g in (g * (2 * (x - y)), g * (2 * (y - x))) },
    composition: { x, y in (x - y).squared })
}

private let algebraicSigmoid = Formula("AlgebraicSigmoid", .floating) { x in x(.algebraicSigmoid) }
private let bareSigmoid = Formula("BareSigmoid", .floating) { x in x(.bareSigmoid) }
private let squaredDistance = Formula("SquaredDistance", .floating) { x, y in x(.squaredDistance, y) }
private let distanceToOne = Formula("DistanceToOne", .floating) { x in x(.squaredDistance, .number(1)) }

/// Numbers that know a sum, a product and what the compositions need, and no function of ours.
private struct Plain: CustomElement {
  var value: Double
  init(_ value: Double) { self.value = value }
  var double: Double { value }
  static let elementName = "plain_number"
  static let zero = Plain(0)
  static let one = Plain(1)
  static func + (a: Plain, b: Plain) -> Plain { Plain(a.value + b.value) }
  static func * (a: Plain, b: Plain) -> Plain { Plain(a.value * b.value) }
  func apply(_ function: UnaryFunction) -> Plain? {
    switch function {
    case .sqrt: Plain(value.squareRoot())
    default: nil
    }
  }
  func apply(_ function: BinaryFunction, _ other: Plain) -> Plain? {
    switch function {
    case .sub: Plain(value - other.value)
    case .div: Plain(value / other.value)
    default: nil
    }
  }
}

@Suite struct OwnFunctionTests {
  private let values = [-3.0, -0.75, 0.0, 0.5, 2.0, 40.0]
  private let others = [1.0, -0.75, 2.0, 0.25, -2.0, 0.0]

  private func sigmoid(_ x: Double) -> Double { x / (1 + x * x).squareRoot() }

  @Test(arguments: [DType.float32, .float64, .float16])
  func evaluates(_ dtype: DType) {
    let tolerance = dtype == .float64 ? 1e-15 : dtype == .float32 ? 1e-6 : 1e-3
    let (x, y) = (Tensor(values, dtype: dtype), Tensor(others, dtype: dtype))
    let results = algebraicSigmoid(x)
    #expect(results.dtype == dtype)
    for (result, value) in zip(results.array(as: Double.self), values) {
      #expect(abs(result - sigmoid(value)) <= tolerance)
    }
    let distances = zip(values, others).map { ($0 - $1) * ($0 - $1) }
    #expect(squaredDistance(x, y).array(as: Double.self) == distances)
    #expect(distanceToOne(x).array(as: Double.self) == values.map { ($0 - 1) * ($0 - 1) })
    let columns = squaredDistance(x.reshape(2, 3).T, y.reshape(2, 3).T).T.contiguous()
    #expect(columns.reshape(6).array(as: Double.self) == distances)
  }

  @Test func wholeNumbersBecomeFloats() {
    #expect(algebraicSigmoid(Tensor([0, 1])).array() == [0, Float(0.5).squareRoot()])
  }

  @Test func differentiatesAgainAndAgain() {
    let (x, y) = (Tensor(values, dtype: .float64), Tensor(others, dtype: .float64))
    let gradient = grad { algebraicSigmoid($0).sum() }(x).array(as: Double.self)
    let tangent = jvp({ algebraicSigmoid($0) }, primals: x, tangents: onesLike(x)).tangent.array(as: Double.self)
    for (k, value) in values.enumerated() {
      let expected = pow(1 + value * value, -1.5)
      #expect(abs(gradient[k] - expected) < 1e-15 && abs(tangent[k] - expected) < 1e-15)
    }
    #expect(gradientError([x]) { algebraicSigmoid($0[0]) } < 1e-6)
    #expect(gradientError([x, y]) { algebraicSigmoid(squaredDistance($0[0], $0[1])) } < 1e-6)
  }

  @Test(arguments: [CompileExecutor.chunks, .native])
  func compiles(_ executor: CompileExecutor) {
    let f = compile(executor: executor) { (x: Tensor, y: Tensor) in
      (algebraicSigmoid(x) * 3 + squaredDistance(x, y) - bareSigmoid(y)).sum(1)
    }
    let g = compile(executor: executor) { (x: Tensor, y: Tensor) in algebraicSigmoid(squaredDistance(x, y)) * 2 }
    for _ in 0..<2 {
      let (x, y) = (randn(40, 50), randn(40, 50))
      let sums = (algebraicSigmoid(x) * 3 + squaredDistance(x, y) - bareSigmoid(y)).sum(1)
      #expect((f(x, y) - sums).abs().max().item() < 1e-3)
      #expect((g(x, y) - algebraicSigmoid(squaredDistance(x, y)) * 2).abs().max().item() < 1e-5)
    }
    #expect(f.explain().contains("into 1"))
    #expect(g.graph.contains("algebraicSigmoid(in0 <-> in1) * 2.0"))
  }

  @Test func compilesItsGradient() {
    let step = compile { (x: Tensor, y: Tensor) in
      grad { algebraicSigmoid(squaredDistance($0, y)).sum() }(x)
    }
    for _ in 0..<2 {
      let (x, y) = (randn(30, 20), randn(30, 20))
      let expected = grad { algebraicSigmoid(squaredDistance($0, y)).sum() }(x)
      #expect((step(x, y) - expected).abs().max().item() < 1e-5)
    }
  }

  @Test func isWrittenAsC() throws {
    let example = Tensor.ones(8)
    let source = try exportC({ (x: Tensor) in algebraicSigmoid(distanceToOne(x)) }, example: example)
    #expect(source.contains("(x0 - 1.0f) * (x0 - 1.0f)"))
    #expect(source.contains("t0 / __builtin_sqrtf(1.0f + t0 * t0)"))
    #expect(throws: (any Error).self) { try exportC({ (x: Tensor) in bareSigmoid(x) }, example: example) }
  }

  @Test func numbersOfOnesOwnTakeItsComposition() {
    let (x, y) = (Tensor(values, dtype: Plain.dtype), Tensor(others, dtype: Plain.dtype))
    #expect(algebraicSigmoid(x).array(as: Plain.self).map(\.value) == values.map(sigmoid))
    let distances = squaredDistance(x, y).array(as: Plain.self).map(\.value)
    #expect(distances == zip(values, others).map { ($0 - $1) * ($0 - $1) })
  }

  @Test func whatARowLacksIsToldByName() {
    func message(_ x: Tensor) -> String {
      do {
        _ = try withErrors { bareSigmoid(x) }
        return ""
      } catch {
        return "\(error)"
      }
    }
    #expect(message(Tensor([1.0])) == "")
    #expect(message(Tensor([1.0], dtype: .float64)).contains("cannot compute bareSigmoid on float64"))
    #expect(
      message(Tensor([1.0], dtype: Plain.dtype)).contains(
        "needs bareSigmoid of its elements; plain_number declares none"))
    #expect("\(UnaryFunction.bareSigmoid)" == "bareSigmoid" && UnaryFunction.bareSigmoid != .algebraicSigmoid)
  }
}
