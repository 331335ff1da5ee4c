import ApusCore
import ApusFunctional
import ApusNumbers
import TestSupport
import Testing

/// Every number of a format, and its boundary values.
private func all<S: LaegnaStorage, let R: Int, let F: Int>(_ type: Laegna<S, R, F>.Type) -> [Laegna<S, R, F>] {
  (-type.format.limit...type.format.limit).compactMap { type.init(signed: $0) } + [
    .minusInfinity, .minusZero, .infinity,
  ]
}

/// Numbers that are spread over the range, from a linear congruential generator.
private func spread(_ count: Int, _ limit: Int, seed: Int) -> [Int] {
  var state = UInt64(seed)
  return (0..<count).map { _ in
    state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
    return Int(state >> 33) % (2 * limit + 1) - limit
  }
}

private func tensor<S: LaegnaStorage, let R: Int, let F: Int>(
  _ shape: [Int], _ type: Laegna<S, R, F>.Type, seed: Int
) -> (Tensor, [Int]) {
  let values = spread(shape.reduce(1, *), type.format.limit, seed: seed)
  return (Tensor(values.map { type.init(signed: $0) ?? .zero }).reshape(shape), values)
}

@Suite struct LaegnaTensorTests {
  @Test func formatsAtRunTimeAreThoseOfTypes() {
    #expect(DType.laegna(4) == Laegna4.dtype && DType.laegna(4, fraction: 3) == Laegna4.dtype)
    #expect(Laegna4.dtype.name == "laegna4_3" && Laegna4.dtype.size == 2 && DType.laegna(3).size == 1)
    #expect(Laegna8.dtype.size == 4 && DType.laegna(3, fraction: 0) != Laegna3.dtype)
    #expect(LaegnaFormat(Laegna4.dtype) == Laegna4.format && LaegnaFormat(.float32) == nil)
    #expect(throws: TensorError.self) { try LaegnaFormat(digits: 16) }
    #expect(throws: TensorError.self) { try withErrors { Tensor.zeros([2], dtype: .laegna(0)) } }
    #expect(throws: TensorError.self) { try withErrors { Tensor.zeros([2], dtype: Laegna<Int8, 4, 3>.dtype) } }
  }

  @Test func tensorsShowDigitsAndConvert() {
    let x = Tensor([0.5, -1.25, 0, 7], dtype: Laegna4.dtype)
    #expect(x.array() == [0.5, -1.25, 0, 2])
    #expect("\(x)".contains("U") && "\(x)".contains("EEEE"))
    #expect(Tensor.ones([2], dtype: Laegna4.dtype).array() == [1, 1])
    #expect(Tensor([true, false]).to(Laegna4.dtype).array() == [1, 0])
    #expect(x.to(.bool).array(as: Bool.self) == [true, true, false, true])
    let codes = all(Laegna4.self)
    #expect(Tensor(codes).array(as: Laegna4.self).elementsEqual(codes) { $0.numeral == $1.numeral })
    #expect(
      Tensor(codes).to(.float64).to(Laegna4.dtype).array(as: Laegna4.self).map { "\($0)" }.dropLast(3)
        == codes.map { "\($0)" }.dropLast(3))
    #expect(Tensor(codes).to(.float32).array().suffix(3) == [-.infinity, 0, .infinity])
  }

  @Test func operationsOnTensorsAreThoseOfNumbers() {
    func check<S: LaegnaStorage, let R: Int, let F: Int>(_ type: Laegna<S, R, F>.Type) {
      let every = all(type)
      let (x, y) = (Tensor(every).unsqueeze(1), Tensor(every).unsqueeze(0))
      func compare(_ found: Tensor, _ f: (Laegna<S, R, F>, Laegna<S, R, F>) -> Laegna<S, R, F>, _ name: String) {
        let expected = every.flatMap { a in every.map { f(a, $0) } }
        #expect(found.array(as: type).map { $0.numeral } == expected.map { $0.numeral }, "\(name) of \(type)")
      }
      compare(x + y, +, "+")
      compare(x - y, -, "-")
      compare(x * y, *, "*")
      compare(x / y, { $0 / $1 }, "/")
      compare(x.maximum(y), { $0 < $1 ? $1 : $0 }, "max")
      compare(x.minimum(y), { $1 < $0 ? $1 : $0 }, "min")
      #expect(x.lt(y).array(as: Bool.self) == every.flatMap { a in every.map { a < $0 } })
      #expect(x.eq(y).array(as: Bool.self) == every.flatMap { a in every.map { a == $0 } })
      #expect((-x).array(as: type).map { $0.numeral } == every.map { (-$0).numeral })
      #expect(x.relu().array(as: type) == every.map { $0 < .zero ? .zero : $0 })
      #expect(x.abs().array(as: type) == every.map { $0 < .zero ? -$0 : $0 })
    }
    check(Laegna1.self)
    check(Laegna2.self)
    check(Laegna3.self)
    check(Laegna<Int16, 4, 3>.self)
  }

  @Test func functionsAreRoundedOnce() {
    let every = all(Laegna4.self).dropLast(3)
    let x = Tensor(Array(every))
    for (f, g): ((Tensor) -> Tensor, UnaryFunction) in [
      ({ $0.exp() }, .exp), ({ $0.tanh() }, .tanh), ({ $0.sigmoid() }, .sigmoid), ({ $0.sin() }, .sin),
    ] {
      let real = f(x.to(.float64)).array(as: Double.self)
      #expect(f(x).array(as: Laegna4.self) == real.map { Laegna4(nearest: $0) }, "\(g.name)")
      #expect(every.map { $0.apply(g) } == real.map { Laegna4(nearest: $0) })
      // Long tensors look their values up.
      let long = f(x.repeat([40])).array(as: Laegna4.self)
      #expect(long == (0..<40).flatMap { _ in real.map { Laegna4(nearest: $0) } }, "\(g.name)")
      let short = f(x.to(.float64).to(Laegna3.dtype).repeat([40])).array(as: Laegna3.self)
      let small = f(x.to(.float64).to(Laegna3.dtype).to(.float64)).array(as: Double.self).map { Laegna3(nearest: $0) }
      #expect(short == (0..<40).flatMap { _ in small }, "\(g.name)")
    }
  }

  @Test func sumsAreWide() {
    // Halves of the range that would be cut on the way.
    let x = Tensor([1.5, 1.5, 1.5, -1.5, -1.5], dtype: Laegna3.dtype)
    #expect(x.sum().item(as: Laegna3.self).double == 1.5)
    let (y, values) = tensor([7, 33, 20], Laegna3.self, seed: 3)
    for dim in 0..<3 {
      let sums = y.sum(dim).array(as: Laegna3.self).map { $0.signed ?? 0 }
      let exact = Tensor(values.map(Double.init)).reshape([7, 33, 20]).sum(dim).array(as: Double.self)
      #expect(sums == exact.map { Int(max(-32, min(32, $0))) })
    }
    let far = Tensor([Laegna3.infinity, .one, .minusInfinity, .greatest])
    #expect(far.sum().item(as: Laegna3.self).boundary == .zero)
    #expect(far.narrow(0, 0, 2).sum().item(as: Laegna3.self) == .infinity)
    #expect(y.amax().item(as: Laegna3.self).signed == values.max())
  }

  @Test func productsOfMatricesAreExactAndRoundedOnce() {
    func check<S: LaegnaStorage, let R: Int, let F: Int>(
      _ type: Laegna<S, R, F>.Type, _ m: Int, _ n: Int, _ k: Int, transposed: Bool = false
    ) {
      let (a, x) = tensor([m, k], type, seed: 1)
      let (b, y) = tensor(transposed ? [n, k] : [k, n], type, seed: 2)
      let found = a.matmul(transposed ? b.t() : b).array(as: type)
      let (limit, scale) = (type.format.limit, Int128(type.format.scale))
      var wrong = 0
      for i in 0..<m {
        for j in 0..<n {
          let sum = (0..<k).reduce(Int128(0)) {
            $0 + Int128(x[i * k + $1]) * Int128(transposed ? y[j * k + $1] : y[$1 * n + j])
          }
          // The integer that is nearest, ties to even.
          var q = sum / scale
          let r = sum % scale
          let twice = 2 * r.magnitude
          if twice > scale || twice == scale && q % 2 != 0 { q += sum < 0 ? -1 : 1 }
          if found[i * n + j].signed != Int(max(-Int128(limit), min(Int128(limit), q))) { wrong += 1 }
        }
      }
      #expect(wrong == 0, "\(type) \(m) x \(n) x \(k)")
    }
    check(Laegna1.self, 3, 5, 7)
    check(Laegna2.self, 65, 33, 31)
    check(Laegna3.self, 70, 90, 120)
    check(Laegna3.self, 70, 90, 121, transposed: true)
    check(Laegna3.self, 5, 17, 3, transposed: true)
    check(Laegna4.self, 20, 35, 65)
    check(Laegna4.self, 1, 50, 64, transposed: true)
    check(Laegna7.self, 13, 18, 101)
    check(Laegna<Int16, 7, 3>.self, 6, 16, 200, transposed: true)
    check(Laegna8.self, 7, 70, 40)
    check(Laegna15.self, 4, 5, 90)
    check(Laegna15.self, 4, 5, 33, transposed: true)
    check(Laegna<Int8, 3, 0>.self, 9, 9, 9)
  }

  @Test func productsKnowInfinities() {
    let a = Tensor([[Laegna3.infinity, .one], [.zero, .one], [.minusZero, .greatest], [.infinity, .minusInfinity]])
    let b = Tensor([[Laegna3.one, .zero, -.one], [.one, .one, .one]])
    let found = a.matmul(b).array(as: Laegna3.self).map { "\($0)" }
    let (one, greatest) = ("\(Laegna3.one)", "\(Laegna3.greatest)")
    #expect(found == ["∩", one, "W", one, one, one, greatest, greatest, greatest, "U", "W", "W"])
  }

  @Test func batchesAndBiases() {
    let (a, _) = tensor([3, 4, 5], Laegna3.self, seed: 4)
    let (b, _) = tensor([5, 6], Laegna3.self, seed: 5)
    let whole = a.matmul(b)
    for i in 0..<3 { #expect(whole[i].array(as: Laegna3.self) == a[i].matmul(b).array(as: Laegna3.self)) }
    let (bias, _) = tensor([6], Laegna3.self, seed: 6)
    #expect(linear(a, b.t(), bias).array(as: Laegna3.self) == (whole + bias).array(as: Laegna3.self))
  }

  @Test func gradientsGoStraightThroughWithinTheRange() {
    let x = Tensor([0.3, -0.7, 1.9, 2.5, -3], dtype: .float32, requiresGrad: true)
    (x.to(Laegna2.dtype).to(.float32) * Tensor([1.0, 2, 3, 4, 5])).sum().backward()
    #expect(x.grad?.array() == [1, 2, 3, 0, 0])
    let w = Tensor(Tensor([0.5, 1.5], dtype: Laegna2.dtype), requiresGrad: true)
    let v = Tensor([1.25, 1.75], dtype: Laegna2.dtype)
    // The second product is beyond the range.
    (w * v).to(.float32).sum().backward()
    #expect(w.grad?.dtype == .float32 && w.grad?.array() == [1.25, 0])
  }
}
