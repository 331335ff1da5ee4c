import Apus
import ApusCore

// Derivatives of what cases compute: forward mode, and second derivatives in every order of the modes.

/// What came of a function that was differentiated.
struct DerivativeOutcome {
  /// Where derivatives disagree.
  var failures: [String] = []
  /// Errors where the function itself works.
  var refusals: [String] = []
  /// How many derivatives were compared.
  var compared = 0
}

extension CaseFunction {
  /// A function of the tensors that gradients are taken for.
  private typealias Moved = ([Tensor]) -> [Tensor]

  private var point: [Tensor] { differentiable.map { leaves[$0] } }

  /// A direction for each of the tensors that gradients are taken for. Numbers so large that a step is rounded away stay.
  private func directions(_ seed: UInt64) -> [Tensor] {
    let generator = Generator(seed: seed)
    return point.map { x in
      func drawn() -> Tensor { randn(x.shape, dtype: .float64, generator: generator) }
      let way = (x.isComplex ? complex(drawn(), drawn()) : drawn()).to(x.dtype)
      return way * (x.detach().abs() .< Self.mostMoved).to(x.dtype)
    }
  }

  private static let mostMoved = 1e5

  /// The results with elements that change continuously.
  private func smooth(_ failure: Found) -> Moved {
    let moved = differentiable
    return { inputs in
      results(Self.replacing(moved, of: leaves, by: inputs), failure).filter(\.dtype.isInexact)
    }
  }

  /// A number that depends on every result and its square.
  private func curved(_ failure: Found) -> ([Tensor]) -> Tensor {
    let function = smooth(failure)
    return { inputs in
      let parts = function(inputs).map { $0.isComplex ? $0.viewAsReal() : $0 }.map { y -> Tensor in
        let wide = y.to(.float64)
        let weights = (arange(y.count).to(.float64).reshape(y.shape) + 1).sin()
        return (weights * (wide + wide.square() * 0.5)).sum()
      }
      return parts.reduce(Tensor(0.0, dtype: .float64)) { $0 + $1 }
    }
  }

  /// Its gradient.
  private func slope(_ failure: Found) -> Moved {
    let function = curved(failure)
    return { inputs in valueAndGrad { (inputs: [Tensor]) in function(inputs) }(inputs).gradients }
  }

  /// Whether the function gives finite numbers that depend on something.
  private var isDifferentiable: Bool {
    let failure = Found()
    if differentiable.isEmpty { return false }
    guard let made = Self.attempt({ smooth(failure)(point) }), failure.text == nil, !made.isEmpty else { return false }
    return made.allSatisfy { (y: Tensor) in real(y.detach()).array(as: Double.self).allSatisfy(\.isFinite) }
  }

  /// Whether it draws random numbers, which are others in another type.
  var isRandom: Bool {
    let failure = Found()
    let drawn = [1, 2].map { seed in
      manualSeed(seed)
      return (try? withErrors { results(leaves, failure) }) ?? []
    }
    return Self.differenceOfAll(drawn[0], drawn[1]) != nil
  }

  /// Compares the derivative along a direction with a numerical one, with the backward pass, and in the recorded types.
  /// - Parameter narrow: the same function in the recorded types, if those are others.
  func compareForward(_ narrow: CaseFunction?, _ outcome: inout DerivativeOutcome) {
    guard isDifferentiable else { return }
    let (x, v) = (point, directions(1))
    let failure = Found()
    let function = smooth(failure)
    guard let numbers = numerical(function, x, v, failure) else { return }
    guard let found = outcome.derivative("jvp", failure, { jvp(function, primals: x, tangents: v).tangent }) else {
      return
    }
    outcome.compare(found, numbers, "jvp")
    // Each tensor alone: the others are constants then.
    for i in x.indices.prefix(6) where x.count > 1 {
      let alone = x.indices.map { $0 == i ? v[$0] : zerosLike(v[$0]) }
      func one(_ moved: Tensor) -> [Tensor] { function(Self.replacing([i], of: x, by: [moved])) }
      guard
        let some = outcome.derivative(
          "jvp of tensor \(i)", failure, { jvp(one, primals: x[i], tangents: v[i]).tangent }),
        let expected = numerical(function, x, alone, failure)
      else { continue }
      outcome.compare(some, expected, "jvp of tensor \(i)")
    }
    let u = found.map { randn($0.shape, dtype: .float64, generator: Generator(seed: 2)).to($0.dtype) }
    let back = valueAndGrad { (x: [Tensor]) in inner(u, function(x)) }
    if let pulled = outcome.derivative("the gradient", failure, { back(x).gradients }) {
      let (forward, backward) = (inner(u, found).number, inner(v, pulled).number)
      let scale = zip(u, found).reduce(1.0) { $0 + Swift.abs(inner([$1.0], [$1.1]).number) }
      // At a corner the two may choose another side each.
      let allowed = max(1e-7, 8 * digits(failure).last) * scale
      if numbers.allSatisfy({ $0.isSure.allSatisfy(\.self) }), Swift.abs(forward - backward) > allowed {
        outcome.failures.append("u J v is \(forward) forward and \(backward) backward")
      }
    }
    guard let narrow else { return }
    let way = zip(v, narrow.point).map { $0.to($1.dtype) }
    let short = narrow.smooth(failure)
    guard
      let some = outcome.derivative(
        "jvp in the recorded types", failure, { jvp(short, primals: narrow.point, tangents: way).tangent })
    else { return }
    outcome.compare(some, found, "jvp in the recorded types")
  }

  /// Compares the derivative along a direction on dual numbers with forward mode, where both have one.
  func compareDual(_ outcome: inout DerivativeOutcome) {
    guard isDifferentiable, point.allSatisfy({ $0.dtype == .float64 }) else { return }
    let (x, v) = (point, directions(1))
    let failure = Found()
    let function = smooth(failure)
    manualSeed(1)
    guard let expected = Self.attempt({ jvp(function, primals: x, tangents: v).tangent }), failure.text == nil else {
      return
    }
    var seeded = leaves.map { $0.dtype == .float64 ? $0.detach().to(.dual64) : $0 }
    for (place, (value, way)) in zip(differentiable, zip(x, v)) { seeded[place] = makeDual(value.detach(), way) }
    let made = outcome.derivative("dual numbers", failure) { results(seeded, failure).filter(\.dtype.isInexact) }
    // What is asked for in a built-in type carries no derivative.
    guard let made, made.count == expected.count, made.allSatisfy({ $0.dtype == .dual64 }),
      let numbers = numerical(function, x, v, failure)
    else { return }
    // At corners each side has a derivative of its own.
    let places = zip(expected, numbers).map { tensor, numbers in
      Tensor(numbers.isSure.map { $0 ? 1.0 : 0.0 }, dtype: .float64).reshape(tensor.shape).to(.bool)
    }
    func sure(_ tensors: [Tensor]) -> [Tensor] {
      zip(tensors, places).map { x, place in `where`(place, x, zerosLike(x)) }
    }
    outcome.compare(sure(made.map(\.tangent)), sure(expected), "dual numbers", digits: 1e-9)
    outcome.compared += expected.count
  }

  /// Compares second derivatives along a direction, for all tensors and by all orders of the modes, with numerical derivatives of the
  /// gradient, and those in the recorded types with these.
  func compareSecond(_ narrow: CaseFunction?, _ outcome: inout DerivativeOutcome) {
    guard isDifferentiable else { return }
    let (x, v) = (point, directions(3))
    let failure = Found()
    guard let numbers = numerical(slope(failure), x, v, failure) else {
      _ = outcome.derivative("the gradient", failure) { slope(failure)(x) }
      return
    }
    var twice: [Tensor]?
    for order in Order.allCases {
      guard let found = outcome.derivative(order.rawValue, failure, { second(order, x, v, failure) }) else { continue }
      outcome.compare(found, numbers, order.rawValue)
      if order == .backwardTwice { twice = found }
    }
    guard let narrow, let twice else { return }
    let way = zip(v, narrow.point).map { $0.to($1.dtype) }
    for order in Order.allCases {
      let name = "\(order.rawValue), in the recorded types"
      guard let some = outcome.derivative(name, failure, { narrow.second(order, narrow.point, way, failure) }) else {
        continue
      }
      outcome.compare(some, twice, name)
    }
  }

  private enum Order: String, CaseIterable {
    case backwardTwice = "gradient of the gradient"
    case forwardOverBackward = "jvp of the gradient"
    case backwardOverForward = "gradient of the jvp"
  }

  /// The second derivatives times a direction. They are symmetric, so that each order gives the same.
  private func second(_ order: Order, _ x: [Tensor], _ v: [Tensor], _ failure: Found) -> [Tensor] {
    let (function, slope) = (curved(failure), slope(failure))
    switch order {
    case .backwardTwice: return valueAndGrad { (x: [Tensor]) in inner(v, slope(x)) }(x).gradients
    case .forwardOverBackward: return jvp(slope, primals: x, tangents: v).tangent
    case .backwardOverForward:
      return valueAndGrad { (x: [Tensor]) in jvp(function, primals: x, tangents: v).tangent }(x).gradients
    }
  }

  /// The digits of the results, those of the result with the fewest: a cast to float16 has few, whatever it is given.
  private func digits(_ failure: Found) -> Digits {
    let made = Self.attempt { smooth(failure)(point) } ?? []
    failure.text = nil
    return made.map { Digits($0.dtype) }.max { $0.last < $1.last } ?? Digits(.float64)
  }

  /// The numerical derivative of `function` along `v`; nil where it fails.
  private func numerical(_ function: Moved, _ x: [Tensor], _ v: [Tensor], _ failure: Found) -> [Numerical]? {
    let digits = digits(failure)
    let step = digits.step
    func at(_ factor: Double) -> [[Double]]? {
      guard
        let made = Self.attempt({
          function(
            zip(x, v).map { place, way -> Tensor in
              let moved: Tensor = place + way * (factor * step)
              return moved.detach()
            })
        }), failure.text == nil
      else { return nil }
      return made.map { real($0.detach()).array(as: Double.self) }
    }
    guard let here = at(0), let above = at(1), let below = at(-1), let farAbove = at(2), let farBelow = at(-2) else {
      failure.text = nil
      return nil
    }
    return here.indices.map { k in
      let up = zip(above[k], here[k]).map { ($0 - $1) / step }
      let down = zip(here[k], below[k]).map { ($0 - $1) / step }
      let middle = zip(up, down).map { ($0 + $1) / 2 }
      let scale = middle.reduce(0) { max($0, $1.isFinite ? Swift.abs($1) : 0) }
      let wide = zip(farAbove[k], farBelow[k]).map { ($0 - $1) / (4 * step) }
      let allowed = digits.relative * (scale + 0.1)
      // A corner has another slope on each side, a jump one with another step, and of large values the differences are rounded
      // away.
      return Numerical(
        values: middle,
        isSure: here[k].indices.map {
          Swift.abs(up[$0] - down[$0]) <= allowed && Swift.abs(middle[$0] - wide[$0]) <= allowed
            && 2 * digits.last * Swift.abs(here[k][$0]) / step <= allowed
        }, allowed: allowed)
    }
  }
}

/// How precisely derivatives of results of an element type can be taken.
private struct Digits {
  /// The last digit of 1.
  let last: Double
  /// The step of numerical derivatives, and the part of the largest one by which they may be wrong.
  let step: Double
  let relative: Double

  init(_ dtype: DType) {
    switch dtype.realType {
    case .bfloat16: (last, step, relative) = (0x1p-7, 1, 0.2)
    case .float16: (last, step, relative) = (0x1p-10, 0.5, 0.05)
    case .float32: (last, step, relative) = (0x1p-23, 1e-3, 5e-3)
    default: (last, step, relative) = (0x1p-52, 1e-6, 1e-4)
    }
  }
}

/// Numerical derivatives of the elements of a tensor.
private struct Numerical {
  let values: [Double]
  /// Whether there is a derivative at all.
  let isSure: [Bool]
  let allowed: Double
}

private func real(_ tensor: Tensor) -> Tensor { (tensor.isComplex ? tensor.viewAsReal() : tensor).to(.float64) }

extension Tensor {
  /// That of a tensor with one.
  fileprivate var number: Double { detach().array(as: Double.self)[0] }
}

/// The sum of products of elements, in double precision; of complex numbers that of both parts.
private func inner(_ a: [Tensor], _ b: [Tensor]) -> Tensor {
  zip(a, b).reduce(Tensor(0.0, dtype: .float64)) { $0 + (real($1.0) * real($1.1)).sum() }
}

extension DerivativeOutcome {
  /// What `body` gives; nil, and noted, where it fails.
  fileprivate mutating func derivative(_ name: String, _ failure: Found, _ body: () -> [Tensor]) -> [Tensor]? {
    defer { failure.text = nil }
    manualSeed(1)
    do {
      let made = try withErrors { body() }
      guard let text = failure.text else { return made.map { $0.detach() } }
      refusals.append("\(name): \(text)")
    } catch { refusals.append("\(name): \(error)") }
    return nil
  }

  fileprivate mutating func compare(_ found: [Tensor], _ expected: [Numerical], _ name: String) {
    guard found.count == expected.count else {
      return failures.append("\(name): \(found.count) tensors, expected \(expected.count)")
    }
    for (k, (tensor, numbers)) in zip(found, expected).enumerated() {
      let values = real(tensor).array(as: Double.self)
      guard values.count == numbers.values.count else {
        failures.append("\(name), tensor \(k): shape \(tensor.shape)")
        continue
      }
      let places = values.indices.filter { numbers.isSure[$0] }
      compared += places.count
      let wrong = places.filter { !(Swift.abs(values[$0] - numbers.values[$0]) <= numbers.allowed) }
      if let i = wrong.first {
        failures.append(
          "\(name), tensor \(k) \(tensor.shape): \(wrong.count) of \(places.count) values, element \(i): \(values[i]), "
            + "numerically \(numbers.values[i])")
      }
    }
  }

  /// Compares derivatives in fewer digits with those in more.
  fileprivate mutating func compare(
    _ found: [Tensor], _ expected: [Tensor], _ name: String, digits: Double = 2e-3
  ) {
    guard found.count == expected.count else {
      return failures.append("\(name): \(found.count) tensors, expected \(expected.count)")
    }
    for (k, (short, long)) in zip(found, expected).enumerated() {
      let (a, b) = (real(short).array(as: Double.self), real(long).array(as: Double.self))
      let scale = b.reduce(1e-3) { max($0, $1.isFinite ? Swift.abs($1) : 0) }
      let wrong = a.indices.filter { !(a[$0] == b[$0] || Swift.abs(a[$0] - b[$0]) <= digits * scale || b[$0].isNaN) }
      if let i = wrong.first {
        failures.append(
          "\(name), tensor \(k) \(short.shape): \(wrong.count) of \(a.count) values, element \(i): \(a[i]), "
            + "in double precision \(b[i])")
      }
    }
  }
}
