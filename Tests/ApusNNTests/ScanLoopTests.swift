import Apus
import Testing

/// Recurrences of one's own under `compile`.
@Suite struct ScanLoopTests {
  private static func rnn(_ x: Tensor, _ h: Tensor, _ w: Tensor, _ v: Tensor) -> (Tensor, Tensor) {
    scan(over: x, initial: h) { (h: Tensor, x: Tensor) in
      let next = (linear(x, w) + linear(h, v)).tanh()
      return (next, next.square())
    }
  }

  private func inputs(_ steps: Int) -> [Tensor] {
    manualSeed(3)
    return [randn(steps, 2, 4), randn(2, 3), randn(3, 4), randn(3, 3)]
  }

  private func gradients(_ inputs: [Tensor], _ function: @escaping ([Tensor]) -> Tensor) -> [Tensor] {
    valueAndGrad { (inputs: [Tensor]) in function(inputs) }(inputs).gradients
  }

  private func isClose(_ found: [Tensor], _ expected: [Tensor]) -> Bool {
    found.count == expected.count && zip(found, expected).allSatisfy { $0.allclose($1, rtol: 1e-4, atol: 1e-5) }
  }

  /// A longer sequence is no larger program.
  @Test func aLongerSequenceIsTheSameProgram() {
    let f = compile { (x: Tensor, h: Tensor, w: Tensor, v: Tensor) in
      let (last, all) = Self.rnn(x, h, w, v)
      return last.sum() + all.sum()
    }
    func lines(_ steps: Int) -> Int {
      let i = inputs(steps)
      let (last, all) = Self.rnn(i[0], i[1], i[2], i[3])
      for _ in 0..<2 { #expect(isClose([f(i[0], i[1], i[2], i[3])], [last.sum() + all.sum()])) }
      return f.graph.split(separator: "\n").count
    }
    let short = lines(20)
    let both = lines(200)
    #expect(both == 2 * short, "\(f.graph)")
    #expect(!f.explain().contains("eagerly"), "\(f.explain())")
  }

  /// Gradients through the loop are those of its steps, for sequences, states and weights that the capture has not seen.
  @Test func gradientsAreThoseOfTheSteps() {
    let f = compile { (t: [Tensor]) in
      let (last, all) = Self.rnn(t[0], t[1], t[2], t[3])
      return last.sum() + all.sum()
    }
    let inside = compile { (t: [Tensor]) in
      valueAndGrad { (t: [Tensor]) in
        let (last, all) = Self.rnn(t[0], t[1], t[2], t[3])
        return last.sum() + all.sum()
      }(t).gradients
    }
    for i in 0..<3 {
      let given = inputs(15).map { $0 * (1 + Double(i) / 4) }
      let expected = gradients(given) { t in
        let (last, all) = Self.rnn(t[0], t[1], t[2], t[3])
        return last.sum() + all.sum()
      }
      #expect(isClose(gradients(given) { f($0) }, expected))
      #expect(isClose(inside(given), expected))
    }
  }

  /// A step that draws random numbers, reads elements or stores something is captured step by step, and happens as often as it says.
  @Test func whatIsNoLoopIsUnrolled() {
    let norm = BatchNorm1d(numFeatures: 3)
    func statistics(_ body: ([Tensor]) -> Tensor) -> [Tensor] {
      _ = try? norm.loadStateDict(BatchNorm1d(numFeatures: 3).stateDict())
      let result = body(inputs(12))
      return [result] + norm.buffers().map { $0.detach().clone() }
    }
    let normalised: @Sendable ([Tensor]) -> Tensor = { t in
      scan(over: t[0], initial: t[1]) { (h: Tensor, x: Tensor) in
        let next = norm(linear(x, t[2]) + h)
        return (next, next)
      }.0
    }
    let expected = statistics(normalised)
    let compiled = compile { (t: [Tensor]) in normalised(t) }
    for _ in 0..<2 { #expect(isClose(statistics { compiled($0) }, expected)) }

    let dropping: @Sendable ([Tensor]) -> Tensor = { t in
      scan(over: t[0], initial: t[1]) { (h: Tensor, x: Tensor) in
        let next = dropout(linear(x, t[2]) + h, p: 0.5)
        return (next, next)
      }.0
    }
    let dropped = compile { (t: [Tensor]) in dropping(t) }
    for _ in 0..<2 {
      let given = inputs(12)
      manualSeed(1)
      let expected = dropping(given)
      manualSeed(1)
      #expect(isClose([dropped(given)], [expected]))
    }
  }

  /// Its steps compiled and the scan not: one graph serves sequences of every length.
  @Test func aCompiledStepServesEveryLength() {
    let step = compile { (h: Tensor, x: Tensor, v: Tensor) in
      let next = (x + linear(h, v)).tanh()
      return [next, next.square()]
    }
    for steps in [3, 5, 9] {
      manualSeed(2)
      let (x, h, v) = (randn(steps, 2, 3), randn(2, 3), randn(3, 3))
      let (last, all) = scan(over: x, initial: h) { (h: Tensor, x: Tensor) in
        let made = step(h, x, v)
        return (made[0], made[1])
      }
      let plain = scan(over: x, initial: h) { (h: Tensor, x: Tensor) in
        let next = (x + linear(h, v)).tanh()
        return (next, next.square())
      }
      #expect(isClose([last, all], [plain.0, plain.1]))
    }
    #expect(step.graph.split(separator: "\n").filter { $0.hasPrefix("(") }.count == 1, "\(step.graph)")
  }
}
