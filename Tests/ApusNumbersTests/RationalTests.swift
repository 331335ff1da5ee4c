import ApusCore
import ApusFunctional
import ApusNumbers
import ApusNumerics
import TestSupport
import Testing

/// Serial: one test counts what the pool keeps.
@Suite(.serialized) struct RationalTests {
  private func hilbert(_ n: Int) -> Tensor {
    1 / (arange(n).unsqueeze(1) + arange(n) + 1).to(.rational)
  }

  @Test func arithmetic() {
    let (a, b) = (Rational(1, 3), Rational(-5, 6))
    #expect(
      (a + b) == Rational(-1, 2) && (a - b) == Rational(7, 6) && (a * b) == Rational(-5, 18)
        && (a / b) == Rational(-2, 5))
    #expect("\(Rational(6, -4))" == "-3/2" && "\(Rational(8, 4))" == "2" && Rational(0, 7) == .zero)
    #expect(Rational(0.1).description == "3602879701896397/36028797018963968" && Rational(-3.0) == Rational(-3))
    #expect(Rational(1, 0).isNaN && Rational(.nan).isNaN && Rational(1, 0) != Rational(1, 0) && !(Rational.nan < .one))
    #expect(Rational(1, 3) < Rational(1, 2) && Rational(-1, 2) < Rational(-1, 3) && Rational(.min, .min) == .one)
    #expect(Rational(Int.max, 1) + .one - .one == Rational(Int.max) && Rational(.min) + Rational(.max) == Rational(-1))
    let functions: [(UnaryFunction, [Int])] = [
      (.floor, [-2, -1, 0, 1, 2]), (.ceil, [-1, 0, 1, 2, 3]), (.trunc, [-1, 0, 0, 1, 2]), (.round, [-2, 0, 0, 2, 2]),
    ]
    for (f, expected) in functions {
      #expect([-3, -1, 1, 3, 5].map { Rational($0, 2).apply(f) } == expected.map { Rational($0) }, "\(f)")
    }
  }

  /// Values of Python's fractions.
  @Test func largeNumbers() {
    let harmonic = (1 / arange(1, 61).to(.rational)).sum().item(as: Rational.self)
    #expect(
      harmonic.description == "15117092380124150817026911/3230237388259077233637600"
        && harmonic.double == 4.679870412951738)
    let factorial = arange(1, 41).to(.rational).prod().item(as: Rational.self)
    #expect(factorial.description == "815915283247897734345611269596115894272000000000")
    let power = Rational(2, 3).power(90)
    #expect(
      power.description == "1237940039285380274899124224/8727963568087712425891397479476727340041449"
        && power.double == 1.418360685889769e-16)
    #expect(power.power(-1) * power == .one && power - power == .zero && power < Rational(1, 1_000_000))
    #expect(
      Tensor([power, -power]).to(.float64).array(as: Double.self) == [1.418360685889769e-16, -1.418360685889769e-16])
    #expect(
      Rational(1e300).double == 1e300 && Rational(Double.leastNonzeroMagnitude).double == .leastNonzeroMagnitude
        && Rational(0x1.fffffffffffffp1023).double == 0x1.fffffffffffffp1023)
  }

  /// Quotients of long numbers by long numbers, whose guessed digits are off by one and by two.
  @Test func quotientsAndProductsAgree() {
    var state: UInt64 = 9
    func next() -> Rational {
      state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      // Digits that are all ones or zeros are the hard ones.
      let words = [UInt32.max, 0, 1, UInt32.max - 1, 1 << 31, UInt32(truncatingIfNeeded: state >> 32)]
      return (0..<6).reduce(Rational.one) { sum, i in
        sum * Rational(1 << 32) + Rational(Int(words[Int(state >> (UInt64(i) * 7 + 11)) & 7 % 6]))
      }
    }
    for _ in 0..<200 {
      let (a, b, c) = (next(), next(), next())
      #expect(a * b / b == a && a / b * b == a && (a + b) * c == a * c + b * c && (a - b) + b == a)
      let quotient = (a / b).apply(.floor) ?? .nan
      #expect(!(a - quotient * b < .zero) && a - quotient * b < b)
    }
  }

  /// The inverse of Hilbert's matrix in closed form (Choi, 1983).
  @Test func hilbertsMatrix() {
    let n = 12
    func choose(_ n: Int, _ k: Int) -> Rational { (0..<k).reduce(Rational.one) { $0 * Rational(n - $1, $1 + 1) } }
    let found = Exact.inverse(hilbert(n)).array(as: Rational.self)
    for i in 0..<n {
      for j in 0..<n {
        let sign = Rational((i + j) % 2 == 0 ? 1 : -1)
        let square = choose(i + j, i) * choose(i + j, i)
        let expected = sign * Rational(i + j + 1) * choose(n + i, n - j - 1) * choose(n + j, n - i - 1) * square
        #expect(found[i * n + j] == expected)
      }
    }
    #expect(hilbert(n).matmul(Exact.inverse(hilbert(n))).equal(eye(n, dtype: .rational)))
    #expect(Exact.determinant(hilbert(4)).item(as: Rational.self) == Rational(1, 6_048_000))
    #expect("\(hilbert(2))" == "tensor([[  1, 1/2],\n        [1/2, 1/3]], dtype=apus.rational)")
  }

  @Test func gradientsAreExact() throws {
    let x = Tensor(Tensor([Rational(1, 3), Rational(2, 7)]), requiresGrad: true)
    let y = (x * x * x + 1 / x).sum()
    let found = try #require(gradients(of: [y], wrt: [x])[0]).detach().array(as: Rational.self)
    #expect(found == [Rational(1, 3) - Rational(9), Rational(12, 49) - Rational(49, 4)])
  }

  @Test func whatTheScopeMadeIsReleased() {
    let before = Rational.pooledCount
    let (inside, small, large) = Rational.releasing { () -> (Int, Rational, Rational) in
      let large = Rational(3, 7).power(100)
      return (Rational.pooledCount, large * Rational(7, 3).power(100), large)
    }
    #expect(inside > before && Rational.pooledCount == before && small == .one)
    #expect(large.isNaN && (large + .one).isNaN && "\(large)" == "nan")
  }
}
