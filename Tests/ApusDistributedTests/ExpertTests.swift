import Apus
import ApusDistributed
import Testing

/// A mixture of experts in one process against its formulas, every expert computed for every token.
@Suite(.enabled(if: caseName == nil)) struct ExpertTests {
  private func layer(
    _ gate: ExpertGate, chosen: Int, capacity: Double? = nil, count: Int = 5
  ) throws -> MixtureOfExperts {
    manualSeed(9)
    let layer = try MixtureOfExperts(features: 4, count: count, chosen: chosen, gate: gate, capacityFactor: capacity) {
      _ in Sequential(Linear(4, 6), Tanh(), Linear(6, 4))
    }
    layer.double()
    return layer
  }

  @Test(arguments: [ExpertGate.softmax(normalizes: true), .softmax(normalizes: false), .softmaxOfChosen])
  func resultsAndLosses(_ gate: ExpertGate) throws {
    let layer = try layer(gate, chosen: 2)
    let x = Tensor(Cases.wave([2, 7, 4], 1) * 2, requiresGrad: true)
    let y = layer(x)
    let losses = layer.losses
    (y * y + losses.balance + losses.z).mean().backward()
    let gradients = ([x] + layer.parameters()).map { $0.grad }
    for tensor in [x] + layer.parameters() { tensor.grad = nil }

    let rows = x.reshape([-1, 4])
    let logits = layer.router(rows)
    let probabilities = logits.softmax(-1)
    // The second greatest probability of each row is the least that counts.
    let least = probabilities.detach().sort(-1, descending: true).values.narrow(-1, 1, 1)
    let isChosen = (probabilities.detach() .>= least).to(.float64)
    var weights = probabilities * isChosen
    if gate != .softmax(normalizes: false) { weights = weights / weights.sum([-1], keepDim: true) }
    var sum = zeros(14, 4).to(.float64)
    for i in 0..<5 {
      let expert = try #require(layer.namedModules().first { $0.name == "experts.\(i)" }?.module as? Sequential)
      sum = sum + expert(rows) * weights.narrow(-1, i, 1)
    }
    let used = isChosen.sum([0]) / 14.0
    let balance = (used * probabilities.mean([0])).sum() * 5.0
    let z = logits.exp().sum([-1]).log().pow(2).mean()
    #expect(Cases.close(y, sum.reshape([2, 7, 4]), 1e-12))
    #expect(Cases.close(losses.balance, balance, 1e-12) && Cases.close(losses.z, z, 1e-12))
    #expect(losses.dropped == 0 && losses.counts.reduce(0, +) == 28)
    (sum.reshape([2, 7, 4]).pow(2) + balance + z).mean().backward()
    for (tensor, gradient) in zip([x] + layer.parameters(), gradients) {
      let expected = tensor.grad ?? Tensor.zeros(tensor.shape, dtype: tensor.dtype)
      #expect(gradient.map { Cases.close($0, expected, 1e-10) || expected.abs().sum().item() == 0 } ?? false)
    }
  }

  /// All tokens want the first expert best and the second one next, and each takes two.
  @Test func capacity() throws {
    let layer = try layer(.softmax(normalizes: false), chosen: 2, capacity: 0.5, count: 2)
    noGrad { layer.router.weight.assign(Tensor([[1.0, 0, 0, 0], [0.5, 0, 0, 0]], dtype: .float64)) }
    let x = ones(4, 4).to(.float64)
    let y = layer(x)
    // Two experts, eight choices, half of their share of four: two each. First come the choices of the first two tokens.
    #expect(layer.losses.dropped == 4 && layer.losses.counts == [4, 4])
    #expect(y[0..<2].abs().sum().item() > 0 && y[2..<4].abs().sum().item() == 0)
    #expect(y.shape == [4, 4])
    let empty = try self.layer(.softmaxOfChosen, chosen: 1)
    #expect(empty(Tensor.zeros([0, 4], dtype: .float64)).shape == [0, 4])
  }

  @Test func mistakes() throws {
    func make(_ count: Int, _ chosen: Int, _ capacity: Double?) throws {
      _ = try MixtureOfExperts(features: 4, count: count, chosen: chosen, capacityFactor: capacity) { _ in Linear(4, 4)
      }
    }
    #expect(throws: TensorError.self) { try make(2, 3, nil) }
    #expect(throws: TensorError.self) { try make(0, 0, nil) }
    #expect(throws: TensorError.self) { try make(2, 1, 0) }
    #expect(throws: TensorError.self) { try make(2, 1, .nan) }
    let layer = try layer(.softmaxOfChosen, chosen: 1)
    #expect(throws: TensorError.self) { try withErrors { layer(zeros(2, 3)) } }
    #expect(throws: TensorError.self) { try withErrors { layer.losses } }
    let narrow = try MixtureOfExperts(features: 4, count: 2, chosen: 1) { _ in Sequential(Flatten(startDim: 0)) }
    let error = #expect(throws: TensorError.self) { try withErrors { narrow(ones(3, 4)) } }
    #expect(error?.message.contains("it must give as many rows") == true)
  }
}
