import Apus
import Synchronization
import Testing

/// Arguments, constants and variables with a past: what lies behind them is no part of what is compiled, and gradients flow on
/// to it once in every call.
@Suite struct CompiledHistoryTests {
  /// The gradients that `body` leaves on the variables, which are cleared before.
  private func collected(_ variables: [Tensor], _ body: () -> Void) -> [Tensor] {
    for variable in variables { variable.grad = nil }
    body()
    return variables.map { $0.grad ?? Tensor.zeros($0.shape, dtype: $0.dtype) }
  }

  private func expectSame(
    _ variables: [Tensor], _ compiled: () -> Void, _ eager: () -> Void,
    sourceLocation: SourceLocation = #_sourceLocation
  ) {
    let found = collected(variables, compiled)
    let expected = collected(variables, eager)
    for (a, b) in zip(found, expected) { expectClose(a, b, sourceLocation: sourceLocation) }
  }

  /// The gradients are PyTorch's.
  @Test func tiedWeights() {
    let w = parameter(Tensor((0..<12).map { Double($0) / 10 }, shape: [4, 3], dtype: .float32))
    let f = compile { (h: Tensor) in h.matmul(w.T).sum() }
    let expected: [([Int], [Double])] = [
      ([0, 2], [2.4, 3.0, 3.6, 0.6, 0.8, 1.0, 2.4, 3.0, 3.6, 0.6, 0.8, 1.0]),
      ([1, 3], [1.2, 1.4, 1.6, 3.0, 3.6, 4.2, 1.2, 1.4, 1.6, 3.0, 3.6, 4.2]),
      ([3, 3], [1.8, 2.0, 2.2, 1.8, 2.0, 2.2, 1.8, 2.0, 2.2, 5.4, 6.4, 7.4]),
    ]
    for (ids, gradient) in expected {
      let found = collected([w]) { f(embedding(Tensor(ids), w)).backward() }
      expectClose(found[0], Tensor(gradient, shape: [4, 3], dtype: .float32))
    }
    #expect(!f.explain().contains("eagerly"), "\(f.explain())")
  }

  @Test func oneTensorGivenTwiceAndTwoOthersLater() {
    manualSeed(1)
    let w = parameter(randn(3, 4))
    let plain = { @Sendable (a: Tensor, b: Tensor) in (a * b.exp() + a).sum() }
    let f = compile(plain)
    for round in 0..<4 {
      let scale = Double(round + 1) / 4
      let isOne = round % 2 == 0
      func arguments() -> (Tensor, Tensor) {
        let a = w * scale
        return (a, isOne ? a : w.tanh())
      }
      expectSame([w]) {
        let (a, b) = arguments()
        f(a, b).backward()
      } _: {
        let (a, b) = arguments()
        plain(a, b).backward()
      }
    }
  }

  @Test func aVariableThatIsCapturedToo() {
    manualSeed(2)
    let w = parameter(randn(3, 3))
    let plain = { @Sendable (a: Tensor) in (a.matmul(w) + w).square().sum() }
    let f = compile(plain)
    for _ in 0..<3 {
      expectSame([w]) {
        f(w).backward()
      } _: {
        plain(w).backward()
      }
    }
    for _ in 0..<3 {
      expectSame([w]) {
        f(w.t()).backward()
      } _: {
        plain(w.t()).backward()
      }
    }
    for _ in 0..<3 {
      expectSame([w]) {
        f(w.contiguous()).backward()
      } _: {
        plain(w.contiguous()).backward()
      }
    }
    #expect(!f.explain().contains("eagerly"), "\(f.explain())")
  }

  @Test func severalResultsOfOneOperation() {
    manualSeed(3)
    let w = parameter(randn(4, 6))
    let plain = { @Sendable (parts: [Tensor]) in (parts[0] * 2 - parts[1] * parts[0]).sum() }
    let f = compile(plain)
    for k in 1...3 {
      func parts() -> [Tensor] { (w * Double(k)).split(3, dim: 1) }
      expectSame([w]) {
        f(parts()).backward()
      } _: {
        plain(parts()).backward()
      }
    }
  }

  /// A tensor with a past that the closure holds, not only one that is given.
  @Test func constantsWithAPast() {
    manualSeed(4)
    let w = parameter(randn(5))
    let held = (w * 3).sin()
    let plain = { @Sendable (x: Tensor) in (x * held + w).square().sum() }
    let f = compile(plain)
    for _ in 0..<3 {
      let x = randn(5)
      expectSame([w]) {
        f(x).backward(retainGraph: true)
      } _: {
        plain(x).backward(retainGraph: true)
      }
    }
  }

  @Test func resultsThatAreArguments() {
    manualSeed(5)
    let w = parameter(randn(3))
    let f = compile { (x: Tensor) in [x, x.detach(), x * 2] }
    for _ in 0..<3 {
      let found = collected([w]) {
        let results = f(w * 5)
        #expect(results.map(\.requiresGrad) == [true, false, true])
        (results[0] + results[1] + results[2]).sum().backward()
      }
      #expect(found[0].array() == [15, 15, 15])
    }
  }

  @Test func hooksRunOnceForEachBackwardPass() {
    let (w, v) = (parameter(Tensor([1.0, 2.0])), parameter(Tensor([3.0, 4.0])))
    let runs = Counts()
    w.registerHook { gradient in
      runs.add(0)
      return gradient * 10
    }
    let f = compile { (h: Tensor) in (h * w * v).sum() }
    for call in 1...4 {
      let found = collected([w, v]) {
        let h = v * 2
        h.registerHook { _ in
          runs.add(1)
          return nil
        }
        let result = f(h)
        #expect(runs.values == [call - 1, call - 1])
        result.backward()
      }
      #expect(runs.values == [call, call])
      // 2 w v^2 by w and by v, the first ten times.
      #expect(found[0].array() == [180, 320])
      #expect(found[1].array() == [12, 32])
    }
    #expect(!f.explain().contains("eagerly"), "\(f.explain())")
  }

  @Test func hooksInABackwardPassThatIsCompiled() {
    let w = parameter(Tensor([1.0, 2.0]))
    let runs = Counts()
    w.registerHook { gradient in
      runs.add(0)
      return gradient.clamp(min: -1, max: 1)
    }
    let f = compile { (x: Tensor) -> Tensor in
      w.grad = nil
      let loss = (w.square() * x).sum()
      loss.backward()
      return loss.detach()
    }
    for call in 1...3 {
      #expect(f(Tensor([0.25, Double(call)])).item() == 0.25 + 4 * Double(call))
      #expect(w.grad?.array() == [0.5, 1])
      #expect(runs.values == [call, 0])
    }
    // One more hook is another course of the function.
    w.registerHook { gradient in
      runs.add(1)
      return gradient * 2
    }
    for call in 1...3 {
      _ = f(Tensor([0.25, 1.0]))
      #expect(w.grad?.array() == [1, 2])
      #expect(runs.values == [3 + call, call])
    }
    #expect(!f.explain().contains("eagerly"), "\(f.explain())")
  }

  @Test func hooksAndKeptGradientsInsideRunEagerly() {
    let w = parameter(Tensor([1.0, 2.0]))
    let runs = Counts()
    let f = compile { (x: Tensor) in
      let y = x * w
      y.registerHook { gradient in
        runs.add(0)
        return gradient * x.detach()
      }
      x.retainGrad()
      return y.sum()
    }
    for call in 1...3 {
      let found = collected([w]) {
        let h = w * Double(call)
        f(h).backward()
        #expect(h.grad?.array() == [Float(call), 4 * Float(call)])
      }
      #expect(runs.values == [call, 0])
      // The gradient of y is x; that of w by both factors is 2 call w.
      #expect(found[0].array() == [2 * Float(call * call), 8 * Float(call * call)])
    }
    #expect(f.explain().contains("eagerly"))
  }

  @Test func gradientsInside() {
    manualSeed(6)
    let w = parameter(randn(4))
    let plain = { @Sendable (x: Tensor) -> Tensor in
      let y = (x.square() * x).sum()
      let slope = gradients(of: [y], wrt: [x], createGraph: true)[0] ?? y
      return (slope * w).sum()
    }
    let f = compile(plain)
    for k in 1...3 {
      expectSame([w]) {
        f(w * Double(k)).backward()
      } _: {
        plain(w * Double(k)).backward()
      }
    }
    #expect(!f.explain().contains("eagerly"), "\(f.explain())")
  }

  /// A backward pass inside that goes on behind an argument belongs to the call.
  @Test func backwardInsideReachesTheHistory() {
    manualSeed(7)
    let w = parameter(randn(4))
    let runs = Counts()
    let plain = { @Sendable (x: Tensor) -> Tensor in
      let y = (x * w).sum()
      y.backward()
      return y.detach()
    }
    let f = compile(plain)
    for k in 1...3 {
      func argument() -> Tensor {
        let h = w.exp() * Double(k)
        h.registerHook { _ in
          runs.add(0)
          return nil
        }
        return h
      }
      expectSame([w]) {
        _ = f(argument())
      } _: {
        _ = plain(argument())
      }
      #expect(runs.values[0] == 2 * k)
    }
  }

  @Test func variablesMadeInside() {
    let f = compile { (x: Tensor) -> Tensor in
      let w = Tensor(x, requiresGrad: true)
      (w * w * w).sum().backward()
      return w.grad ?? x
    }
    for k in 1...12 { #expect(f(Tensor([Double(k)])).item() == 3 * Double(k * k)) }
    #expect(f.explain().ranges(of: "captured").count == 1, "\(f.explain())")
    let g = compile { (x: Tensor) in Tensor(x * 2, requiresGrad: true) }
    let (first, second) = (g(Tensor([1.0])), g(Tensor([2.0])))
    #expect(first.array() == [2] && second.array() == [4] && first.isLeaf && second.requiresGrad)
  }

  @Test func compiledFunctionsInCompiledFunctions() {
    manualSeed(8)
    let w = parameter(randn(3, 3))
    let inner = compile { (h: Tensor) in h.matmul(w).tanh() }
    let outer = compile { (h: Tensor) in inner(inner(h) + h).sum() }
    let plain = { (h: Tensor) in ((h.matmul(w).tanh() + h).matmul(w).tanh()).sum() }
    for k in 1...3 {
      expectSame([w]) {
        outer(inner(w * Double(k))).backward()
      } _: {
        plain((w * Double(k)).matmul(w).tanh()).backward()
      }
    }
  }

  @Test func aGradientThatCannotBeMadeIsNoMistakeOfTheCall() {
    let w = parameter(Tensor([1.0, 2.0]))
    let f = compile { (x: Tensor) -> Tensor in
      let loss = (x * w).sum()
      loss.backward()
      return loss * 2
    }
    for _ in 0..<3 { #expect(f(Tensor([1.0, 1.0])).item() == 6) }
    #expect(w.grad?.array() == [3, 3])
  }
}

/// Counters that hooks add to.
private final class Counts: Sendable {
  private let counts = Mutex([0, 0])
  func add(_ i: Int) { counts.withLock { $0[i] += 1 } }
  var values: [Int] { counts.withLock { $0 } }
}
