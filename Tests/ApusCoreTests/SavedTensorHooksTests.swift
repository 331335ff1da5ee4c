import ApusCore
import ApusFunctional
import ApusNumerics
import Testing

/// What operations keep for gradients, in other forms.
@Suite struct SavedTensorHooksTests {
  /// What hooks have seen.
  private final class Seen: Sendable {
    let packed = Lock<[[Int]]>([])
    let unpacked = Lock(0)
  }

  private func seeing<R>(_ seen: Seen, _ body: () -> R) -> R {
    savedTensorsHooks(
      pack: { (tensor: Tensor) -> Tensor in
        seen.packed.withLock { $0.append(tensor.shape) }
        return tensor * 1
      },
      unpack: { (tensor: Tensor) -> Tensor in
        seen.unpacked.withLock { $0 += 1 }
        return tensor
      }, body)
  }

  private func function(_ x: Tensor, _ w: Tensor) -> Tensor { ((x * x).sin() * w).exp().sum() }

  @Test("Gradients of first and second order are those without hooks")
  func gradients() {
    func derivatives(_ run: (() -> Tensor) -> Tensor) -> [Tensor] {
      let (x, w) = (parameter(Tensor([0.3, -0.7, 1.1])), parameter(Tensor([0.5, 0.2, -0.4])))
      let first = grad(run { function(x, w) }, [x, w], createGraph: true)
      let second = grad((first[0] * first[1]).sum(), [x, w])
      return first.map { $0.detach() } + second
    }
    let seen = Seen()
    let want = derivatives { $0() }
    let found = derivatives { body in seeing(seen, body) }
    for (a, b) in zip(found, want) { #expect(a.equal(b)) }
    #expect(seen.packed.withLock { $0.count } > 2)
    #expect(seen.unpacked.withLock { $0 } > 2)
  }

  @Test("Parameters are not packed, and what is not read is not unpacked")
  func parameters() {
    let seen = Seen()
    let w = parameter(Tensor([1.0, 2]))
    let x = Tensor([[5.0, 6], [7, 8]])
    let y = seeing(seen) { x * w }
    #expect(seen.packed.withLock { $0 } == [[2, 2]])
    #expect(seen.unpacked.withLock { $0 } == 0)
    y.sum().backward()
    #expect(seen.unpacked.withLock { $0 } == 1)
    #expect(w.grad?.equal(Tensor([12.0, 14])) == true)
  }

  @Test("A graph that is kept is unpacked for each pass")
  func retained() {
    let seen = Seen()
    let x = parameter(Tensor([2.0]))
    let y = seeing(seen) { (x * 3).exp() }
    y.sum().backward(retainGraph: true)
    let first = x.grad
    x.grad = nil
    y.sum().backward()
    #expect(x.grad?.equal(first!) == true)
    #expect(seen.unpacked.withLock { $0 } == 2)
    #expect(throws: TensorError.self) { try withErrors { y.sum().backward() } }
  }

  @Test("What unpack gives must be what was packed")
  func wrong() {
    let x = parameter(Tensor([2.0, 3]))
    let y = savedTensorsHooks(pack: { $0 }, unpack: { (t: Tensor) in t.narrow(0, 0, 1) }) { (x * 2).exp().sum() }
    #expect(throws: TensorError.self) { try withErrors { y.backward() } }
  }

  @Test("In bfloat16 half the memory is kept, and gradients differ by its rounding")
  func bfloat16() {
    let count = 1 << 18
    func run(_ small: Bool) -> (bytes: Int, gradient: Tensor) {
      manualSeed(3)
      let x = parameter(Tensor.zeros([count]) + rand([count]))
      func chain() -> Tensor {
        var y: Tensor = x * 1.5
        for _ in 0..<8 { y = y.sin() * 1.25 }
        return y.sum()
      }
      let before = Allocator.shared.statistics.current
      let y = small ? savedInBfloat16(chain) : chain()
      let bytes = Allocator.shared.statistics.current - before
      y.backward()
      return (bytes, x.grad ?? Tensor(0.0))
    }
    let (plain, small) = (run(false), run(true))
    #expect(small.bytes < plain.bytes * 6 / 10, "\(small.bytes) of \(plain.bytes)")
    // Nine derivatives of functions of rounded numbers.
    let difference = (plain.gradient - small.gradient).abs().max() / plain.gradient.abs().max()
    #expect((difference.item() as Double) < 9 / 128)
  }

  @Test("A tensor that several operations keep is packed once")
  func shared() {
    let x = parameter(rand([8192]))
    let bytes = { Allocator.shared.statistics.current }
    let before = bytes()
    let y = savedInBfloat16 {
      let h = x * 2
      return (h * h).sum() + (h * h).sum() + (h * h).sum()
    }
    // One copy of h: 16 kB; six would be 96.
    #expect(bytes() - before < 40_000, "\(bytes() - before)")
    y.backward()
    #expect(x.grad != nil)
  }

  @Test("A checkpoint keeps its arguments packed")
  func checkpoints() {
    let seen = Seen()
    let x = parameter(Tensor([1.0, 2]))
    let y = seeing(seen) { checkpoint({ (h: Tensor) in h.exp().sin() }, x * 2) }
    let packed = seen.packed.withLock { $0.count }
    #expect(packed >= 1)
    y.sum().backward()
    let h = Tensor([2.0, 4])
    let want = h.exp().cos() * h.exp() * 2
    let difference = ((x.grad ?? Tensor(0.0)) - want).abs().max()
    #expect((difference.item() as Double) < 1e-4)
  }

  /// What was kept and then changed in place is kept again.
  @Test func changesInPlaceAreSeen() throws {
    manualSeed(5)
    let start = randn(80, 80)
    func gradient(_ keep: (() -> Tensor) -> Tensor) throws -> Tensor {
      let w = Tensor(ones(80, 80), requiresGrad: true)
      keep {
        var x = start + 0
        let a = x * w
        x += 1
        return (a + x * w).sum()
      }.backward()
      return try #require(w.grad)
    }
    let expected = 2 * start + 1
    #expect(try gradient { $0() }.allclose(expected, rtol: 1e-5, atol: 1e-5))
    #expect(try gradient { body in savedInBfloat16(minimum: 16) { body() } }.allclose(expected, rtol: 1e-2, atol: 2e-2))
    let file = try SavedTensorFile()
    #expect(try gradient { body in file.saving(minimum: 16) { body() } }.equal(try gradient { $0() }))
  }

  @Test func aFileKeepsWhatGradientsNeed() throws {
    manualSeed(6)
    let weights = [randn(128, 64) * 0.1, ones(128), zeros(128), randn(64, 128) * 0.1].map {
      Tensor($0, requiresGrad: true)
    }
    let x = randn(96, 64)
    func gradients(_ run: (() -> Tensor) -> Tensor) -> [Tensor] {
      for weight in weights { weight.grad = nil }
      run {
        let hidden = layerNorm(linear(x, weights[0]).gelu(), [128], weight: weights[1], bias: weights[2])
        return linear(hidden, weights[3]).tanh().square().sum()
      }.backward()
      return weights.compactMap { $0.grad?.clone() }
    }
    let expected = gradients { $0() }
    let file = try SavedTensorFile()
    var sizes: [Int] = []
    for _ in 0..<3 {
      let found = gradients { body in file.saving { body() } }
      #expect(found.count == expected.count && zip(found, expected).allSatisfy { $0.equal($1) })
      sizes.append(file.byteCount)
    }
    // Parts are used again.
    #expect(sizes[0] >= 2 * 96 * 128 * 4 && sizes[2] == sizes[0], "\(sizes)")
    #expect(throws: TensorError.self) { _ = try SavedTensorFile(folder: "/no/such/folder") }
  }
}
