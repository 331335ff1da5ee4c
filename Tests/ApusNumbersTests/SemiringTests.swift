import ApusCore
import ApusFunctional
import ApusNumbers
import ApusNumerics
import TestSupport
import Testing

@Suite struct SemiringTests {
  private func draw(_ shape: [Int], _ generator: Generator) -> Tensor {
    randn(shape, dtype: .float64, generator: generator)
  }

  private func values(_ x: Tensor) -> [Double] { x.to(.float64).reshape([-1]).array(as: Double.self) }

  private func logSum(_ values: [Double]) -> Double {
    let high = values.max() ?? -.infinity
    return high.isInfinite ? high : high + Tensor(values.map { $0 - high }, dtype: .float64).exp().sum().log().item()
  }

  // MARK: The laws of semirings

  @Test(arguments: [DType.maxPlus, .minPlus, .maxTimes, .logSemiring, .boolean])
  func laws(_ dtype: DType) {
    let numbers: [Double] = [0, 0.25, 1, 2, 5, dtype == .maxTimes || dtype == .boolean ? 3 : -.infinity]
    let a = Tensor(numbers, dtype: dtype).reshape([-1, 1, 1])
    let (b, c) = (a.reshape([1, -1, 1]), a.reshape([1, 1, -1]))
    let (zero, one) = (Tensor.zeros([1], dtype: dtype), Tensor.ones([1], dtype: dtype))
    func same(_ x: Tensor, _ y: Tensor) -> Bool {
      zip(values(x.expand([6, 6, 6])), values(y.expand([6, 6, 6]))).allSatisfy { $0 == $1 || abs($0 - $1) < 1e-12 }
    }
    #expect(same(a + zero, a) && same(a * one, a) && same(a * zero, zero))
    #expect(same(a + b, b + a) && same((a + b) + c, a + (b + c)) && same((a * b) * c, a * (b * c)))
    #expect(same(a * (b + c), a * b + a * c))
  }

  @Test func zerosTakeAll() {
    #expect((MaxPlus(-.infinity) * MaxPlus(.infinity)).value == -.infinity)
    #expect((MinPlus(.infinity) * MinPlus(-.infinity)).value == .infinity)
    #expect((LogSemiring(-.infinity) + LogSemiring(-.infinity)).value == -.infinity)
    #expect((LogSemiring(.infinity) + LogSemiring(.infinity)).value == .infinity)
    #expect((MaxPlus(.nan) + MaxPlus(1)).value.isNaN && (MaxPlus(1) + MaxPlus(.nan)).value.isNaN)
    let none = Tensor.zeros([3, 0], dtype: .logSemiring).matmul(Tensor.zeros([0, 2], dtype: .logSemiring))
    #expect(values(none).allSatisfy { $0 == -.infinity })
  }

  @Test func sumsOfLogarithmsAreExact() {
    // A thousand equal terms, and terms of very different sizes in every order.
    #expect(
      abs(Tensor.full([1000], -700.0, dtype: .logSemiring).sum().to(.float64).item() - (-700 + 6.907755278982137))
        < 1e-12)
    for terms in [[-1e4, 0, 3], [3, 0, -1e4], [0, 3, -1e4]] {
      #expect(abs(Tensor(terms, dtype: .logSemiring).sum().to(.float64).item() - 3.048587351573742) < 1e-14)
    }
  }

  @Test func productsOfMatricesAreSumsOverPaths() {
    let generator = Generator(seed: 1)
    let (a, b) = (draw([7, 9], generator), draw([9, 5], generator))
    let sums = a.unsqueeze(-1) + b.unsqueeze(0)
    #expect(values(a.to(.maxPlus).matmul(b.to(.maxPlus))) == values(sums.amax([1])))
    #expect(values(a.to(.minPlus).matmul(b.to(.minPlus))) == values(sums.amin([1])))
    let found = values(a.to(.logSemiring).matmul(b.to(.logSemiring)))
    for (x, y) in zip(found, values(sums.logsumexp([1]))) { #expect(abs(x - y) < 1e-13) }
    let (p, q) = (a.abs(), b.abs())
    #expect(values(p.to(.maxTimes).matmul(q.to(.maxTimes))) == values((p.unsqueeze(-1) * q.unsqueeze(0)).amax([1])))
  }

  /// Shares of products, sums and reductions of the log semiring are the derivatives of logsumexp.
  @Test func gradientsAreThoseOfTheLogarithmOfTheSum() throws {
    let generator = Generator(seed: 2)
    let (p, q) = (draw([4, 6], generator), draw([6, 3], generator))
    let weights = draw([4, 3], generator)
    func pair() -> (Tensor, Tensor) { (Tensor(p, requiresGrad: true), Tensor(q, requiresGrad: true)) }
    let (a, b) = pair()
    let plain = (a.unsqueeze(-1) + b.unsqueeze(0)).logsumexp([1])
    let expected = gradients(of: [(plain * weights).sum()], wrt: [a, b])
    let (c, d) = pair()
    let product = c.to(.logSemiring).matmul(d.to(.logSemiring)).to(.float64)
    let found = gradients(of: [(product * weights).sum()], wrt: [c, d])
    for (x, y) in zip(expected, found) {
      for (u, v) in zip(values(try #require(x)), values(try #require(y))) { #expect(abs(u - v) < 1e-12) }
    }
  }

  @Test func boolean() {
    let chain = Tensor([[0, 1, 0], [0, 0, 1], [0, 0, 0]], dtype: .boolean)
    #expect("\(chain.matmul(chain)[0])" == "tensor([false, false,  true], dtype=apus.boolean)")
    #expect(
      reachableNodes(Tensor([[0, 1, 0], [0, 0, 1], [0, 0, 0]])).array(as: Bool.self)
        == [true, true, true, false, true, true, false, false, true])
    #expect(chain.logicalNot().array(as: Bool.self)[0])
  }

  // MARK: Paths

  @Test func pathsAreThoseOfFloydAndWarshall() {
    let generator = Generator(seed: 3)
    for n in [1, 2, 7, 12] {
      var lengths = (draw([n, n], generator).abs() + 0.1)
      lengths = `where`(rand([n, n], generator: generator).lt(0.5), lengths, Tensor(Double.infinity, dtype: .float64))
      var best = lengths.array(as: Double.self)
      for i in 0..<n { best[i * n + i] = 0 }
      for k in 0..<n {
        for i in 0..<n { for j in 0..<n { best[i * n + j] = min(best[i * n + j], best[i * n + k] + best[k * n + j]) } }
      }
      for (x, y) in zip(values(shortestPaths(lengths)), best) { #expect(x == y || abs(x - y) < 1e-12) }
      for (x, y) in zip(values(longestPaths(-lengths)), best) { #expect(x == -y || abs(x + y) < 1e-12) }
    }
  }

  @Test func theGradientOfALengthIsItsPath() {
    let none = Double.infinity
    let lengths = Tensor(
      [[none, 1, 5, none], [none, none, 1, 9], [none, none, none, 2], [none, none, none, none]], requiresGrad: true)
    let found = shortestPaths(lengths)[0, 3]
    #expect(found.item() == 4)
    let used = gradients(of: [found], wrt: [lengths])[0]?.array() ?? []
    #expect(used == [0, 1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1, 0, 0, 0, 0])
  }

  // MARK: Chains

  /// Viterbi's algorithm as it is written down everywhere.
  private func direct(
    _ scores: [[Double]], _ transitions: [[Double]], _ initial: [Double], _ final: [Double]
  ) -> ([Int], Double) {
    let states = initial.indices
    var best = states.map { initial[$0] + scores[0][$0] }
    var from: [[Int]] = []
    for step in scores.dropFirst() {
      var next: [Double] = []
      var sources: [Int] = []
      for j in states {
        let i = states.max { best[$0] + transitions[$0][j] < best[$1] + transitions[$1][j] } ?? 0
        sources.append(i)
        next.append(best[i] + transitions[i][j] + step[j])
      }
      (best, from) = (next, from + [sources])
    }
    let ends = states.map { best[$0] + final[$0] }
    var path = [states.max { ends[$0] < ends[$1] } ?? 0]
    for sources in from.reversed() { path.append(sources[path[path.count - 1]]) }
    return (path.reversed(), ends.max() ?? 0)
  }

  private func rows(_ x: Tensor) -> [[Double]] { (0..<x.size(0)).map { values(x[$0]) } }

  @Test func viterbiIsTheDirectProgram() {
    let generator = Generator(seed: 4)
    for round in 0..<40 {
      let (steps, states) = (1 + round % 9, 1 + round % 6)
      let scores = draw([25, steps, states], generator)
      let (transitions, initial, final) = (
        draw([states, states], generator), draw([states], generator), draw([states], generator)
      )
      let (path, score) = viterbi(scores, transitions: transitions, initial: initial, final: final)
      #expect(path.shape == [25, steps] && score.shape == [25] && path.dtype == .int64)
      for i in 0..<25 {
        let (expected, best) = direct(rows(scores[i]), rows(transitions), values(initial), values(final))
        #expect(path[i].array(as: Int.self) == expected && abs(score[i].item() - best) < 1e-12)
      }
    }
  }

  /// Equally good paths do not mix.
  @Test func viterbiNeedsNoGradientsAround() {
    let scores = Tensor([[2.0, 0.0], [0.0, 1.0], [0.0, 1.0]])
    let found = noGrad { viterbi(scores, transitions: Tensor([[0.0, -1.0], [-3.0, 0.0]])) }
    #expect(found.path.array(as: Int.self) == [0, 1, 1] && found.score.item() == 3)
  }

  @Test func viterbiOfTiesIsOnePath() {
    let transitions = Tensor([[-9.0, 0.0], [0.0, -9.0]])
    let (path, score) = viterbi(Tensor.zeros([5, 2]), transitions: transitions)
    let states = path.array(as: Int.self)
    #expect(score.item() == 0 && zip(states, states.dropFirst()).allSatisfy { $0 != $1 })
    let (_, none) = viterbi(Tensor.zeros([3, 2]), transitions: Tensor.full([2, 2], -Float.infinity))
    #expect(none.item() == -.infinity)
  }

  @Test func forwardAlgorithmIsTheSumOverAllPaths() throws {
    let generator = Generator(seed: 5)
    let (steps, states) = (4, 3)
    let scores = Tensor(draw([steps, states], generator), requiresGrad: true)
    let transitions = Tensor(draw([states, states], generator), requiresGrad: true)
    let initial = Tensor(draw([states], generator), requiresGrad: true)
    let final = Tensor(draw([states], generator), requiresGrad: true)
    let found = forwardAlgorithm(scores, transitions: transitions, initial: initial, final: final)
    let (s, m, a, z) = (
      rows(scores.detach()), rows(transitions.detach()), values(initial.detach()), values(final.detach())
    )
    var paths: [([Int], Double)] = []
    for number in 0..<81 {
      let path = [number / 27, number / 9 % 3, number / 3 % 3, number % 3]
      var weight = a[path[0]] + z[path[3]]
      for t in 0..<steps { weight += s[t][path[t]] + (t > 0 ? m[path[t - 1]][path[t]] : 0) }
      paths.append((path, weight))
    }
    let total = logSum(paths.map(\.1))
    #expect(abs(found.item() - total) < 1e-12)
    // The gradients are marginals: how probable each state is at each step, and how often each transition is expected.
    var (states4, moves) = ([Double](repeating: 0, count: 12), [Double](repeating: 0, count: 9))
    for (path, weight) in paths {
      let p = Tensor(weight - total, dtype: .float64).exp().item()
      for t in 0..<steps {
        states4[t * 3 + path[t]] += p
        if t > 0 { moves[path[t - 1] * 3 + path[t]] += p }
      }
    }
    let parts = gradients(of: [found], wrt: [scores, transitions, initial, final])
    for (x, y) in zip(values(try #require(parts[0])), states4) { #expect(abs(x - y) < 1e-12) }
    for (x, y) in zip(values(try #require(parts[1])), moves) { #expect(abs(x - y) < 1e-12) }
    for (x, y) in zip(values(try #require(parts[2])), states4.prefix(3)) { #expect(abs(x - y) < 1e-12) }
    for (x, y) in zip(values(try #require(parts[3])), states4.suffix(3)) { #expect(abs(x - y) < 1e-12) }
  }

  @Test func forwardAlgorithmHasTheNumericalDerivative() throws {
    let generator = Generator(seed: 6)
    let (scores, transitions) = (draw([2, 6, 4], generator), draw([4, 4], generator))
    let direction = draw([4, 4], generator)
    func f(_ h: Double) -> Double { forwardAlgorithm(scores, transitions: transitions + direction * h).sum().item() }
    let x = Tensor(transitions, requiresGrad: true)
    let found = try #require(gradients(of: [forwardAlgorithm(scores, transitions: x).sum()], wrt: [x])[0])
    #expect(abs((found * direction).sum().item() - (f(1e-5) - f(-1e-5)) / 2e-5) < 1e-7)
  }

  @Test func mistakesAreSaid() {
    func message(_ body: () -> Tensor) -> String {
      do { return "\(try withErrors(body))" } catch { return "\(error)" }
    }
    #expect(
      message { viterbi(Tensor.zeros([3, 2]), transitions: Tensor.zeros([3, 3])).path }.contains("[2, 2] for 2 states"))
    #expect(
      message { forwardAlgorithm(Tensor.zeros([3]), transitions: Tensor.zeros([3, 3])) }.contains(
        "[..., steps, states]"))
    #expect(message { shortestPaths(Tensor.zeros([3, 2])) }.contains("[..., n, n]"))
  }
}
