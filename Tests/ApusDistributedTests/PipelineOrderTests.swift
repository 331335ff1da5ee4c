import Apus
import ApusCore
import ApusDistributed
import ApusModels
import Testing

/// Orders of pipelines, against those that PyTorch 2.15 makes and the formulas of the papers.
@Suite(.enabled(if: caseName == nil)) struct PipelineOrderTests {
  private func expect(_ order: PipelineOrder, _ rows: [String]) {
    let found = order.csv.split(separator: "\n").map(String.init)
    #expect(found == rows)
  }

  @Test func ordersAreThoseOfPyTorch() throws {
    expect(try .gpipe(ranks: 2, microbatches: 3), ["0F0,0F1,0F2,0B0,0B1,0B2", "1F0,1F1,1F2,1B0,1B1,1B2"])
    expect(
      try .oneForwardOneBackward(ranks: 3, microbatches: 4),
      [
        "0F0,0F1,0F2,0B0,0F3,0B1,0B2,0B3", "1F0,1F1,1B0,1F2,1B1,1F3,1B2,1B3", "2F0,2B0,2F1,2B1,2F2,2B2,2F3,2B3",
      ])
    expect(
      try .interleaved(ranks: 2, stages: 4, microbatches: 4),
      [
        "0F0,0F1,2F0,2F1,0F2,2B0,0F3,2B1,2F2,0B0,2F3,0B1,2B2,2B3,0B2,0B3",
        "1F0,1F1,3F0,3B0,3F1,3B1,1F2,1B0,1F3,1B1,3F2,3B2,3F3,3B3,1B2,1B3",
      ])
    expect(
      try .interleaved(ranks: 4, stages: 8, microbatches: 10),
      [
        "0F0,0F1,0F2,0F3,0F4,4F0,4F1,4F2,4F3,4F4,0F5,0F6,4B0,0F7,4B1,0F8,4B2,0F9,4B3,4F5,4B4,4F6,0B0,4F7,0B1,4F8,0B2,"
          + "4F9,0B3,0B4,4B5,4B6,4B7,4B8,4B9,0B5,0B6,0B7,0B8,0B9",
        "1F0,1F1,1F2,1F3,1F4,5F0,5F1,5F2,5F3,5F4,5B0,1F5,5B1,1F6,5B2,1F7,5B3,1F8,5B4,1F9,1B0,5F5,1B1,5F6,1B2,5F7,1B3,"
          + "5F8,1B4,5F9,5B5,5B6,5B7,5B8,5B9,1B5,1B6,1B7,1B8,1B9",
        "2F0,2F1,2F2,2F3,2F4,6F0,6F1,6F2,6B0,6F3,6B1,6F4,6B2,2F5,6B3,2F6,6B4,2F7,2B0,2F8,2B1,2F9,2B2,6F5,2B3,6F6,2B4,"
          + "6F7,6B5,6F8,6B6,6F9,6B7,6B8,6B9,2B5,2B6,2B7,2B8,2B9",
        "3F0,3F1,3F2,3F3,3F4,7F0,7B0,7F1,7B1,7F2,7B2,7F3,7B3,7F4,7B4,3F5,3B0,3F6,3B1,3F7,3B2,3F8,3B3,3F9,3B4,7F5,7B5,"
          + "7F6,7B6,7F7,7B7,7F8,7B8,7F9,7B9,3B5,3B6,3B7,3B8,3B9",
      ])
    expect(
      try .interleavedZeroBubble(ranks: 2, stages: 4, microbatches: 4),
      [
        "0F0,0F1,2F0,2F1,2I0,2W0,0F2,2I1,2W1,0F3,0I0,0W0,2F2,0I1,0W1,2F3,2I2,2W2,2I3,2W3,0I2,0W2,0I3,0W3",
        "1F0,1F1,3F0,3I0,3F1,3I1,3W0,1F2,1I0,3W1,1F3,1I1,1W0,3F2,3I2,1W1,3F3,3I3,3W2,1I2,3W3,1I3,1W2,1W3",
      ])
    expect(
      try .interleavedZeroBubble(ranks: 3, stages: 3, microbatches: 4),
      [
        "0F0,0F1,0F2,0I0,0W0,0F3,0I1,0W1,0I2,0W2,0I3,0W3", "1F0,1F1,1I0,1F2,1I1,1W0,1F3,1I2,1W1,1I3,1W2,1W3",
        "2F0,2I0,2F1,2I1,2F2,2I2,2W0,2F3,2I3,2W1,2W2,2W3",
      ])
    expect(
      try .zeroBubbleV(ranks: 2, microbatches: 3),
      [
        "0F0,0F1,0F2,3F0,3I0,3W0,3F1,3I1,3W1,0I0,0W0,3F2,3I2,3W2,0I1,0W1,0I2,0W2",
        "1F0,2F0,1F1,2F1,2I0,2W0,1F2,1I0,1W0,2F2,2I1,2W1,1I1,2I2,1I2,1W1,2W2,1W2",
      ])
    expect(
      try .zeroBubbleV(ranks: 3, microbatches: 2),
      [
        "0F0,0F1,5F0,5I0,5W0,5F1,5I1,5W1,0I0,0W0,0I1,0W1", "1F0,1F1,4F0,4F1,4I0,4W0,4I1,4W1,1I0,1W0,1I1,1W1",
        "2F0,3F0,2F1,3F1,3I0,3W0,2I0,2W0,3I1,3W1,2I1,2W1",
      ])
  }

  @Test func bubblesAreThoseOfTheFormulas() throws {
    for ranks in 1...6 {
      for microbatches in [1, 2, 5, 8, 12] {
        let (p, m) = (Double(ranks), Double(microbatches))
        let expected = (p - 1) / (m + p - 1)
        let gpipe = try PipelineOrder.gpipe(ranks: ranks, microbatches: microbatches).timeline()
        let alternating = try PipelineOrder.oneForwardOneBackward(ranks: ranks, microbatches: microbatches).timeline()
        #expect(abs(gpipe.bubble - expected) < 1e-12 && abs(alternating.bubble - expected) < 1e-12)
        // What is kept: all microbatches, or as many as stages follow.
        #expect(gpipe.peakMicrobatches == (0..<ranks).map { _ in microbatches })
        #expect(alternating.peakMicrobatches == (0..<ranks).map { min(microbatches, ranks - $0) })
      }
      // v stages on each rank make the idle time shorter by v; microbatches are whole rounds.
      for v in 1...3 {
        let m = 2 * ranks
        let order = try PipelineOrder.interleaved(ranks: ranks, stages: v * ranks, microbatches: m)
        let expected = Double(ranks - 1) / Double(v * m + ranks - 1)
        #expect(abs(order.timeline().bubble - expected) < 1e-12)
      }
      // Of zero-bubble schedules with F = I = W = 1: three times less is idle than of 1F1B; and with a V only the ends are.
      let m = 3 * ranks
      let split = try PipelineOrder.interleavedZeroBubble(ranks: ranks, stages: ranks, microbatches: m).timeline()
      #expect(split.duration == Double(3 * m + ranks - 1))
      let v = try PipelineOrder.zeroBubbleV(ranks: ranks, microbatches: m).timeline()
      #expect(v.duration == Double(6 * m + ranks - 1))
    }
  }

  @Test func drawing() throws {
    let order = try PipelineOrder.oneForwardOneBackward(ranks: 2, microbatches: 2)
    #expect(
      order.description == """
        rank 0  F0 F1 .  .  B0 -- .  B1 --
        rank 1  .  F0 B0 -- F1 B1 --
        """)
    #expect(try PipelineOrder(csv: order.csv) == order)
    #expect(try PipelineOrder(csv: "0F0, ,0B0\n,1F0,1B0\n").microbatchCount == 1)
    let trace = order.timeline().chromeTrace
    #expect(trace.contains("\"name\": \"1B1\"") && trace.contains("\"dur\": 2000000.0"))
    #expect(try order.forwardOnly().csv == "0F0,0F1\n1F0,1F1\n")
    #expect(
      order.withMessages(rank: 1).map(\.description) == [
        "1RECV_F0", "1F0", "1RECV_F1", "1B0", "1SEND_B0", "1F1", "1B1", "1SEND_B1",
      ])
  }

  @Test(arguments: [
    ("0F0,0B0,0B1,0F1", "rank 0 stands at 0B1, which needs 0F1"),
    ("0F0,0B0\n1F0", "needs one backward pass on stage 1"),
    ("0F0,0F0", "0F0 is there 2 times"),
    ("0F0\n0F1", "stage 0 is on rank 0 and on rank 1"),
    ("1F0", "no rank has stage 0"),
    ("", "there is no computation"),
    ("0F0,0F1\n1F1,1F0", "in different orders"),
    ("0F0,0SEND_F0", "messages follow from it"),
    ("0F0,0I0", "needs one backward pass"),
    ("0X1", "is no action"),
    ("0F0,1B0,1F0,0B0", "rank 0 stands at 1B0, which needs 1F0"),
  ]) func mistakes(_ csv: String, _ message: String) {
    do {
      _ = try PipelineOrder(csv: csv)
      Issue.record("\(csv) is no order")
    } catch {
      #expect(error.message.contains(message), "\(error)")
    }
  }

  @Test func sizesThatDoNotFit() {
    #expect(throws: TensorError.self) { try PipelineOrder.interleaved(ranks: 4, stages: 8, microbatches: 9) }
    #expect(throws: TensorError.self) { try PipelineOrder.interleaved(ranks: 4, stages: 6, microbatches: 8) }
    #expect(throws: TensorError.self) { try PipelineOrder.gpipe(ranks: 0, microbatches: 8) }
    #expect(throws: TensorError.self) { try PipelineOrder.gpipe(ranks: 2, microbatches: 0) }
  }
}

/// Models cut into parts.
@Suite(.enabled(if: caseName == nil)) struct SplittingTests {
  private func model() -> Sequential {
    Sequential(Linear(4, 8), Tanh(), Linear(8, 8), Tanh(), Linear(8, 100), Linear(100, 2))
  }

  @Test func rangesAreBalanced() throws {
    let net = model()
    func ranges(_ count: Int, _ balance: StageBalance) throws -> [Range<Int>] {
      try splitIntoStages(net, count: count, by: balance).map(\.layers)
    }
    #expect(try ranges(3, .layers) == [0..<2, 2..<4, 4..<6])
    #expect(try ranges(2, .parameters) == [0..<4, 4..<6] || ranges(2, .parameters) == [0..<5, 5..<6])
    #expect(try ranges(2, .costs([1, 1, 1, 1, 1, 5])) == [0..<5, 5..<6])
    #expect(try ranges(3, .counts([1, 1, 4])) == [0..<1, 1..<2, 2..<6])
    #expect(try ranges(6, .layers).count == 6)
    for wrong in [StageBalance.counts([1, 2]), .costs([1]), .costs([1, 1, 1, 1, 1, -.infinity])] {
      #expect(throws: TensorError.self) { try ranges(2, wrong) }
    }
    #expect(throws: TensorError.self) { try ranges(7, .layers) }
    #expect(throws: TensorError.self) { try ranges(0, .layers) }
    let shared = Linear(4, 4)
    let message = #expect(throws: TensorError.self) {
      try splitIntoStages(Sequential(shared, Tanh(), shared), count: 2)
    }
    #expect(message?.message.contains("stages 0 and 1 share parameters of layer 0") == true)
  }

  @Test func partsKeepNamesAndResults() throws {
    let net = model()
    let parts = try splitIntoStages(net, count: 3)
    let names = parts.flatMap { $0.stateDict().names }
    #expect(names == net.stateDict().names)
    let x = randn(3, 4)
    var y = [x]
    for part in parts { y = part.forward(StageInputs(y)) }
    #expect(Cases.equal(y[0], net(x)))
  }

  @Test func languageModels() throws {
    for (name, make) in Cases.languageModels {
      let model = try make()
      let parts = try splitIntoStages(model, count: 3)
      let whole = model.stateDict()
      let held = Set(parts.flatMap { $0.stateDict().names })
      #expect(held.union(["lm_head.weight"]) == Set(whole.names).union(["lm_head.weight"]), "\(name)")
      let ids = Tensor([[1, 5, 2, 7], [3, 3, 0, 9]])
      var inputs = ModelInputs()
      inputs.inputIds = ids
      inputs.attentionMask = Tensor([[1, 1, 1, 1], [0, 1, 1, 1]])
      let extras = ["attentionMask": Tensor([[1, 1, 1, 1], [0, 1, 1, 1]])]
      var y = [ids]
      for part in parts { y = part.forward(StageInputs(y, extras: extras)) }
      let logits = try #require(model.forward(inputs).logits)
      #expect(Cases.equal(y[0], logits), "\(name)")
      #expect(parts[0].sharedParameters.map(\.name) == parts[2].sharedParameters.map(\.name))
    }
  }

  @Test func otherModelsAreRefused() throws {
    let model = try BertModel(ModelConfiguration(Cases.bert, path: "config.json"))
    #expect(throws: TensorError.self) { try splitIntoStages(model, count: 2) }
  }
}

/// A backward pass in two parts gives what one in one gives.
@Suite(.enabled(if: caseName == nil)) struct DeferredBackwardTests {
  @Test func partsAddUp() throws {
    manualSeed(3)
    let attention = TransformerEncoderLayer(dModel: 8, nhead: 2, dimFeedforward: 16, dropout: 0, batchFirst: true)
    let norm = LayerNorm(normalizedShape: 8)
    let shared = Linear(8, 8)
    func run(_ x: Tensor) -> Tensor { shared(norm(attention(shared(x)))).exp() * shared.weight.sum() }
    let parameters = attention.parameters() + norm.parameters() + shared.parameters()
    let value = randn(2, 3, 8)
    let gradient = randn(2, 3, 8)
    let x = Tensor(value, requiresGrad: true)
    run(x).backward(gradient)
    let expected = parameters.map { $0.grad }
    for parameter in parameters { parameter.grad = nil }

    let y = Tensor(value, requiresGrad: true)
    let (found, rest) = try DeferredBackward.inputs(of: [run(y)], gradients: [gradient], wrt: [y])
    #expect(parameters.allSatisfy { $0.grad == nil } && y.grad == nil)
    #expect(found.count == 1 && found[0].map { Cases.close($0, x.grad ?? x) } == true)
    try rest.run()
    for (parameter, gradient) in zip(parameters, expected) {
      #expect(parameter.grad.map { Cases.close($0, gradient ?? $0 + 1) } ?? false)
    }
    try rest.run()
    #expect(parameters[0].grad.map { Cases.close($0, expected[0] ?? $0 + 1) } == true)
  }

  @Test func withoutInputsAllIsPutOff() throws {
    let w = Tensor([2.0, 3], requiresGrad: true)
    let y = w * w
    let (found, rest) = try DeferredBackward.inputs(of: [y, w], gradients: [ones(2), ones(2)], wrt: [])
    #expect(found.isEmpty && w.grad == nil)
    try rest.run()
    #expect(w.grad?.array(as: Double.self) == [5, 7])
  }
}
