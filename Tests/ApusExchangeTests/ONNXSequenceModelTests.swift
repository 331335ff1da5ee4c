import ApusCore
import ApusExchange
import ApusFormats
import ApusFunctional
import ApusNN
import Testing

@Suite struct ONNXSequenceModelTests {
  typealias Models = ONNXNodeModels

  /// The fast recurrence and the steps one by one, which a clip that cuts nothing asks for.
  @Test(arguments: ["LSTM", "GRU", "RNN"]) func recurrencesAgree(_ type: String) throws {
    manualSeed(1)
    let gates = ["LSTM": 4, "GRU": 3, "RNN": 1][type] ?? 1
    let inputs = [
      randn([5, 2, 3]), randn([2, gates * 4, 3]) * 0.5, randn([2, gates * 4, 4]) * 0.5, randn([2, 2 * gates * 4]),
    ]
    var attributes: [(String, ONNX.AttributeProto.Value)] = [
      ("hidden_size", .int(4)), ("direction", .string("bidirectional")),
    ]
    if type == "GRU" { attributes.append(("linear_before_reset", .int(1))) }
    let fast = try Models.tensor(type, inputs, attributes)
    let slow = try Models.tensor(type, inputs, attributes + [("clip", .float(100))])
    #expect(fast.shape == [5, 2, 2, 4])
    #expect((fast - slow).abs().amax().item() < 1e-5)
  }

  @Test func lengthsEndSequences() throws {
    manualSeed(2)
    let (x, w, r) = (randn([4, 2, 3]), randn([1, 16, 3]), randn([1, 16, 4]))
    let lengths: [ONNXValue] = [
      .tensor(x), .tensor(w), .tensor(r), .tensor(Tensor.zeros([1, 32])), .tensor(Tensor([4, 2] as [Int32])),
    ]
    let made = try Models.run("LSTM", lengths, outputs: 2, [("hidden_size", .int(4))])
    let short = try Models.run(
      "LSTM", [.tensor(x.narrow(0, 0, 2).narrow(1, 1, 1)), .tensor(w), .tensor(r)], outputs: 2,
      [("hidden_size", .int(4))])
    let y = try #require(made[0].tensor)
    #expect(y.narrow(0, 2, 2).select(2, 1).abs().amax().item() == 0)
    let (last, expected) = (try #require(made[1].tensor), try #require(short[1].tensor))
    #expect((last.narrow(1, 1, 1) - expected).abs().amax().item() < 1e-6)
  }

  @Test func attentionSharesKeysAndReadsCaches() throws {
    manualSeed(3)
    let (q, k, v) = (randn([2, 4, 3, 8]), randn([2, 2, 5, 8]), randn([2, 2, 5, 8]))
    // The first two keys from a cache, the rest now: query i is at place 2 + i.
    let now = [q, k.narrow(2, 2, 3), v.narrow(2, 2, 3)].map { ONNXValue.tensor($0) }
    let past = [k.narrow(2, 0, 2), v.narrow(2, 0, 2)].map { ONNXValue.tensor($0) }
    let mask = ONNXValue.tensor(Tensor.zeros([3, 5]))
    let made = try Models.run("Attention", now + [mask] + past, outputs: 3, [("is_causal", .int(1))])
    #expect(made[1].tensor?.shape == [2, 2, 5, 8])
    let (key, value) = (k.repeatInterleave(2, dim: 1), v.repeatInterleave(2, dim: 1))
    let scores = q.matmul(key.transpose(2, 3)) / 8.0.squareRoot()
    let hidden = arange(5).reshape([1, 5]).gt(arange(3).reshape([3, 1]) + 2)
    let expected = scores.maskedFill(hidden, -Double.infinity).softmax(-1).matmul(value)
    let y = try #require(made[0].tensor)
    #expect((y - expected).abs().amax().item() < 1e-5)
  }

  @Test func queriesThatSeeNothingGiveZeros() throws {
    let x = Tensor.ones([1, 1, 2, 4])
    let mask = Tensor([true, false, false, false], shape: [2, 2])
    let y = try Models.tensor("Attention", [x, x, x, mask])
    #expect(y.array() == [1, 1, 1, 1, 0, 0, 0, 0])
  }
}
