import ApusCore
import ApusFunctional
import ApusNumbers
import ApusNumerics
import TestSupport
import Testing

@Suite struct GaloisFieldTests {
  private typealias F7 = GaloisField<7>
  private typealias F257 = GaloisField<257>
  private typealias Mersenne = GaloisField<2_147_483_647>

  private func message(_ body: () -> Tensor) -> String {
    do { return "\(try withErrors(body))" } catch { return "\(error)" }
  }

  /// All of a small field, by counting.
  @Test func everyPairOfASmallField() {
    let all = Tensor(Array(0..<7)).to(F7.dtype)
    let (a, b) = (all.unsqueeze(1), all.unsqueeze(0))
    let (sums, differences) = ((a + b).array(as: F7.self), (a - b).array(as: F7.self))
    let (products, quotients) = ((a * b).array(as: F7.self), (a / b).array(as: F7.self))
    for i in 0..<7 {
      for j in 0..<7 {
        let k = i * 7 + j
        #expect(sums[k].value == UInt32((i + j) % 7) && differences[k].value == UInt32((i + 7 - j) % 7))
        #expect(products[k].value == UInt32(i * j % 7) && sums[k] == F7(i) + F7(j) && products[k] == F7(i) * F7(j))
        let expected = (0..<7).first { $0 * j % 7 == i } ?? 0
        #expect(quotients[k].value == UInt32(j == 0 ? 0 : expected))
      }
    }
    #expect(F7(-1).value == 6 && F7(-700).value == 0 && F7(Double.nan).value == 0 && F7(9.0).value == 2)
    #expect(F7(0).inverse == nil && F7(3).power(6).value == 1 && F7(3).power(-1) == F7(5) && F7(0).power(0).value == 1)
    #expect("\(all)" == "tensor([0, 1, 2, 3, 4, 5, 6], dtype=apus.gf7)")
  }

  /// Products of the greatest numbers, whose sums need more than 64 bits.
  @Test func longProductsAreExact() {
    var state: UInt64 = 5
    func next() -> Int {
      state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      return state >> 63 == 0 ? 2_147_483_646 : Int(state >> 33) % 2_147_483_647
    }
    let (m, k, n) = (3, 300, 5)
    let (x, y) = ((0..<m * k).map { _ in next() }, (0..<k * n).map { _ in next() })
    let (a, b) = (Tensor(x.map { Mersenne($0) }).reshape([m, k]), Tensor(y.map { Mersenne($0) }).reshape([k, n]))
    let found = a.matmul(b).array(as: Mersenne.self)
    for i in 0..<m {
      for j in 0..<n {
        let exact = (0..<k).reduce(Int128(0)) { $0 + Int128(x[i * k + $1]) * Int128(y[$1 * n + j]) }
        #expect(Int128(found[i * n + j].value) == exact % 2_147_483_647)
      }
    }
    #expect(Int128(a.sum().item(as: Mersenne.self).value) == x.reduce(Int128(0)) { $0 + Int128($1) } % 2_147_483_647)
    #expect(a.prod([1])[0].item(as: Mersenne.self) == x[..<k].reduce(Mersenne(1)) { $0 * Mersenne($1) })
  }

  @Test func equations() {
    let generator = Generator(seed: 6)
    let a = randint(0, 257, [20, 20], generator: generator).to(F257.dtype)
    let x = randint(0, 257, [20, 3], generator: generator).to(F257.dtype)
    #expect(Exact.solve(a, a.matmul(x)).equal(x) && Exact.solve(a, a.matmul(x)[0..., 1]).equal(x[0..., 1]))
    #expect(Exact.inverse(a).matmul(a).equal(eye(20, dtype: F257.dtype)))
    let b = randint(0, 257, [20, 20], generator: generator).to(F257.dtype)
    #expect((Exact.determinant(a) * Exact.determinant(b)).equal(Exact.determinant(a.matmul(b))))
    #expect(Exact.determinant(Tensor([[0, 1], [1, 0]]).to(F7.dtype)).item(as: F7.self) == F7(-1))
    let thin = a[0..., 0..<4].matmul(b[0..<4])
    #expect(Exact.rank(thin).item() == 4 && Exact.determinant(thin).item(as: F257.self) == .zero)
    #expect(message { Exact.solve(thin, x) }.contains("no inverse"))
    #expect(message { Exact.inverse(Tensor([[1.0]])) }.contains("exact division"))
    #expect(message { Tensor.zeros([1], dtype: GaloisField<91>.dtype) }.contains("91 is not a prime"))
  }

  // MARK: Reed-Solomon codes

  /// A message as the coefficients of a polynomial, sent as its values at 0, 1, 2, ...: any of them, as many as there are
  /// coefficients, give it back.
  private func vandermonde(_ points: [Int], _ degree: Int) -> Tensor {
    Tensor(points.flatMap { x in (0..<degree).map { F257(x).power($0) } }).reshape([points.count, degree])
  }

  @Test func reedSolomonRecoversErasures() {
    let message = Tensor(Array("exact numbers".utf8).map { F257(Int($0)) })
    let k = message.count
    let sent = vandermonde(Array(0..<40), k).matmul(message.unsqueeze(1)).squeeze(1)
    let generator = Generator(seed: 8)
    for _ in 0..<20 {
      let kept = randperm(40, generator: generator).array(as: Int.self).prefix(k).sorted()
      let received = sent.indexSelect(0, Tensor(kept))
      #expect(Exact.solve(vandermonde(kept, k), received).equal(message))
    }
  }

  /// Berlekamp and Welch: with errors at unknown places, E(x) y = Q(x) for the polynomial E that is 0 there; then Q / E is the
  /// message.
  @Test func reedSolomonCorrectsErrors() {
    let (n, k) = (20, 10)
    let errors = (n - k) / 2
    let message = Tensor((0..<k).map { F257($0 * 31 + 5) })
    var received = vandermonde(Array(0..<n), k).matmul(message.unsqueeze(1)).squeeze(1)
    for place in [1, 4, 5, 13, 19] { received[place] = Tensor(F257(place * 7 + 100)) }
    // Coefficients of Q, k + errors of them, and of E without its leading 1.
    let y = received.unsqueeze(1)
    let system = cat(
      [vandermonde(Array(0..<n), k + errors), Tensor(F257(-1)) * y * vandermonde(Array(0..<n), errors)], dim: 1)
    let power = vandermonde(Array(0..<n), errors + 1)[0..., errors]
    let solution = Exact.solve(system, received * power).array(as: F257.self)
    var q = Array(solution[..<(k + errors)])
    let e = Array(solution[(k + errors)...]) + [F257(1)]
    var found = [F257](repeating: .zero, count: k)
    while q.count >= e.count {
      let (lead, shift) = (q[q.count - 1] / e[e.count - 1], q.count - e.count)
      found[shift] = lead
      for i in e.indices { q[shift + i] = q[shift + i] - lead * e[i] }
      q.removeLast()
    }
    #expect(q.allSatisfy { $0 == .zero } && Tensor(found).equal(message))
  }
}
