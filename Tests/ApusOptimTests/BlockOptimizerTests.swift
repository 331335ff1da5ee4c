import ApusCore
import ApusFormats
import ApusFunctional
import ApusNN
import ApusOptim
import Foundation
import TestSupport
import Testing

/// Optimisers with states in bytes against bitsandbytes on the processor (scripts/record-low-memory.py).
@Suite struct BlockOptimizerTests {
  static let recorded =
    URL(fileURLWithPath: #filePath).deletingLastPathComponent().path + "/Recorded/block-optimizers.safetensors"

  private func start(_ count: Int) -> Tensor {
    parameter(Tensor((0..<count).map { Float($0 * 17 % 101 - 50) / 50 }))
  }

  private func gradient(_ count: Int, _ step: Int) -> Tensor {
    Tensor((0..<count).map { Float(($0 * 37 + step * 101) % 199 - 99) / 100 * Float(1 + $0 % 7) })
  }

  private func run(_ optimizer: Optimizer, _ parameters: [Tensor], _ steps: Range<Int>) {
    for step in steps {
      for p in parameters { p.grad = gradient(p.count, step) }
      optimizer.step()
    }
  }

  private func make(_ name: String, _ parameters: [Tensor], pages: PagedStates? = nil) -> Optimizer {
    switch name {
    case "adamw8bit": AdamW8bit(parameters, lr: 1e-2, weightDecay: 0.1, pagedStates: pages)
    case "adam8bit": Adam8bit(parameters, lr: 1e-2, pagedStates: pages)
    default: Lion8bit(parameters, lr: 1e-3, weightDecay: 0.1, pagedStates: pages)
    }
  }

  @Test("20 steps are bitsandbytes'", arguments: ["adamw8bit", "adam8bit", "lion8bit"])
  func steps(name: String) throws {
    let file = try SafetensorsFile(path: Self.recorded)
    let parameters = [start(5000), start(100)]
    let optimizer = make(name, parameters)
    run(optimizer, parameters, 0..<20)
    let state = optimizer.stateDict()
    for i in 0..<2 {
      let want = try file.tensor(named: "\(name).\(i)")
      let error: Double = ((parameters[i] - want).abs().max() / want.abs().max()).item()
      // A number near the middle between two values may fall to either, which moves what follows.
      #expect(error < 1e-3, "parameter \(i): \(error)")
      for key in name == "lion8bit" ? ["state1", "absmax1"] : ["state1", "state2", "absmax1", "absmax2"] {
        guard let wanted = try? file.tensor(named: "\(name).\(i).\(key)") else { continue }
        let found = try #require(state["state.\(i).\(key)"])
        #expect(found.dtype == wanted.dtype && found.shape == wanted.shape)
        let difference = (found.to(.float64) - wanted.to(.float64)).abs()
        if wanted.dtype == .uint8 {
          #expect((difference.ne(0).to(.float64).mean().item() as Double) < 1e-2)
        } else {
          #expect((difference.max().item() as Double) <= 1e-4 * (wanted.abs().max().item() as Double))
        }
      }
    }
  }

  /// Rows of an embedding have no gradient at most steps; their means of squares must not become zero.
  @Test("Losses are those of bitsandbytes' library for processors")
  func losses() throws {
    let expected = try SafetensorsFile(path: Self.recorded).tensor(named: "adamw8bit.losses").array(as: Double.self)
    func start(_ factor: Int) -> Tensor {
      parameter(Tensor((0..<96 * 64).map { Float($0 * factor % 101 - 50) / 500 }).reshape([96, 64]))
    }
    let (table, weight) = (start(17), start(29))
    let optimizer = AdamW8bit([table, weight], lr: 1e-3, weightDecay: 0.01)
    for (step, wanted) in expected.enumerated() {
      let x = (0..<64).map { i in
        let x = (i * 7 + step * 13) % 96
        return i % 3 == 0 ? x : x % 11
      }
      let loss = crossEntropy(
        table.indexSelect(0, Tensor(x)).matmul(weight.t()), Tensor(x.map { ($0 * 5 + 3) % 96 }))
      optimizer.zeroGrad()
      loss.backward()
      optimizer.step()
      let found: Double = loss.item()
      #expect(abs(found - wanted) < 1e-3 * wanted, "step \(step): \(found), and bitsandbytes has \(wanted)")
    }
  }

  @Test("A state that was saved goes on as if nothing had been", arguments: ["adamw8bit", "lion8bit"])
  func checkpoints(name: String) throws {
    let (a, b) = ([start(5000), start(100)], [start(5000), start(100)])
    let (first, second) = (make(name, a), make(name, b))
    run(first, a, 0..<5)
    let saved = first.stateDict()
    let copy = try #require(saved["state.0.state1"])
    let before = copy.clone()
    for (p, q) in zip(a, b) {
      noGrad {
        var q = q; q.assign(p.detach())
      }
    }
    run(first, a, 5..<8)
    #expect(copy.equal(before))
    try second.loadStateDict(saved)
    run(second, b, 5..<8)
    for (p, q) in zip(a, b) { #expect(p.detach().equal(q.detach())) }
  }

  @Test("Paged states give the same numbers and leave little in memory")
  func paged() throws {
    let count = 8 << 20
    let (a, b) = ([parameter(Tensor.zeros([count]))], [parameter(Tensor.zeros([count]))])
    let pages = try PagedStates()
    let (plain, paged) = (
      AdamW32bit(a, lr: 1e-2), AdamW32bit(b, lr: 1e-2, pagedStates: pages)
    )
    let g = Tensor.full([count], 0.5)
    for p in a + b { p.grad = g }
    plain.step()
    let before = residentBytes()
    paged.step()
    let after = residentBytes()
    #expect(pages.byteCount == 2 * 4 * count)
    // Two states of 32 MB each are in the file; the parameter's new elements are in memory.
    #expect(after - before < 4 * count + (16 << 20), "\(after - before)")
    plain.step()
    paged.step()
    #expect(a[0].detach().equal(b[0].detach()))
  }

  @Test("Random rounding is right in the mean, gives one of the two neighbours, and the same for the same seed")
  func rounding() {
    let x = cat([Tensor.full([100_000], 1 + 0.3 / 128), Tensor.full([100_000], -(2 + 0.9 / 64))]).to(.float32)
    let y = stochasticallyRounded(x, seed: 7).to(.float32)
    let steps = [(0, 1.0, 1 + 1 / 128.0, 0.3), (1, -2.0, -(2 + 1 / 64.0), 0.9)]
    for (part, near, far, share) in steps {
      let values = y.narrow(0, part * 100_000, 100_000)
      let up = values.eq(far).to(.float64).mean().item() as Double
      let down = values.eq(near).to(.float64).mean().item() as Double
      #expect(up + down == 1)
      // Four standard deviations of a share of 100 000.
      #expect((up - share).magnitude < 4 * (share * (1 - share) / 100_000).squareRoot())
    }
    #expect(stochasticallyRounded(x, seed: 7).to(.float32).equal(y))
    #expect(!stochasticallyRounded(x, seed: 8).to(.float32).equal(y))
    let odd = stochasticallyRounded(Tensor([Double.infinity, -.infinity, .nan, 0, 1], dtype: .float32), seed: 1)
    #expect(odd.to(.float64).array(as: Double.self).map { "\($0)" } == ["inf", "-inf", "nan", "0.0", "1.0"])
  }

  @Test("Steps too small for bfloat16 are not lost where rounding is random")
  func smallSteps() {
    func train(_ random: Bool) -> Double {
      let p = parameter(Tensor.full([20_000], 1, dtype: .bfloat16))
      let optimizer = AdamW32bit([p], lr: 1e-4, weightDecay: 0, bf16StochasticRound: random, seed: 3)
      for _ in 0..<50 {
        p.grad = Tensor.full([20_000], 1, dtype: .bfloat16)
        optimizer.step()
      }
      return p.detach().to(.float64).mean().item()
    }
    #expect(train(false) == 1)
    // Each step is lr: 50 of them come to 0.005 within a few deviations of the mean of 20 000 roundings.
    #expect((train(true) - 0.995).magnitude < 2e-4)
  }

  @Test("Options that make no sense are refused")
  func refused() {
    #expect(throws: TensorError.self) { try withErrors { AdamW8bit([start(10)], lr: -1) } }
    #expect(throws: TensorError.self) { try withErrors { Lion8bit([start(10)], betas: (1, 0.5)) } }
  }
}
