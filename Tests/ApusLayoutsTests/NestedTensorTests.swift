import Apus
import Testing

/// Operations on batches of sequences give PyTorch's values and gradients.
@Suite(.serialized) struct NestedTensorTests {
  private let values = Recorded.variable("nested.values")
  private var batch: NestedTensor { nestedTensorFromJagged(values, offsets: tensor([0, 2, 5, 6, 10])) }

  private func expect(_ found: Tensor, _ name: String, at location: SourceLocation = #_sourceLocation) {
    expectRecorded(found, "nested." + name, gradients: ["values": values], at: location)
  }
  private func expect(_ found: NestedTensor, _ name: String, at location: SourceLocation = #_sourceLocation) {
    expect(found.values(), name, at: location)
  }

  @Test func makingAndTakingApart() {
    let parts = [ones(2, 5), ones(3, 5) * 2, ones(4, 5) * 3]
    let batch = nestedTensor(parts)
    #expect(batch.shape == [3, nil, 5] && batch.rank == 3 && batch.count == 3 && batch.maxLength == 4)
    #expect(batch.offsets().array(as: Int.self) == [0, 2, 5, 9] && batch.lengths().array(as: Int.self) == [2, 3, 4])
    #expect("\(batch)" == "NestedTensor(size=(3, j, 5), offsets=tensor([0, 2, 5, 9]), contiguous=True)")
    #expect(zip(batch.unbind(), parts).allSatisfy { $0.equal($1) })
    #expect(batch[-1].equal(parts[2]) && batch[1].equal(parts[1]))
    let holes = nestedTensorFromJagged(
      arange(9.0), offsets: tensor([0, 2, 5, 9]), lengths: tensor([1, 3, 2]))
    #expect(holes.values().array(as: Double.self) == [0, 2, 3, 4, 5, 6])
    let variable = nestedTensor(parts, requiresGrad: true)
    (variable * variable).sum().backward()
    #expect(variable.grad?.values().equal(variable.values().detach() * 2) == true)
    let a = Tensor([[1.0], [2.0]], requiresGrad: true)
    (nestedTensor([a, a * 3]) * 2.0).sum().backward()
    #expect(a.grad?.array(as: Double.self) == [8, 8])
  }

  @Test func padding() {
    expect(batch.toPadded(-1), "padded")
    #expect(batch.toPadded(0, outputSize: [4, 6, 8]).shape == [4, 6, 8])
    #expect(batch.toPadded(0).toNested(lengths: batch.lengths()).values().equal(batch.values()))
    #expect(batch.transpose(1, 2).toPadded(0).equal(batch.toPadded(0).transpose(1, 2)))
  }

  @Test func overSequencesAndFeatures() {
    expect(batch.sum(1), "sum1")
    expect(batch.mean(1), "mean1")
    expect(batch.amax(1), "amax1")
    expect(batch.sum(2) as NestedTensor, "sum2")
    expect(batch.softmax(-1), "softmax2")
    expect(batch.softmax(1), "softmax1")
    #expect(batch.sum(1, keepDim: true).shape == [4, 1, 6])
  }

  @Test func layersAndOperands() {
    expect(layerNorm(batch, [6]), "layerNorm")
    let m = Recorded["nested.m"]
    expect(linear(batch, m.t()), "linear")
    expect(batch.matmul(m), "matmul")
    let g = Recorded["nested.g"]
    expect(batch * g.narrow(0, 0, 1), "row")
    expect(batch + g, "each")
    let net = Sequential(Linear(6, 3, dtype: .float64), GELU())
    #expect(net(batch).values().allclose(net(values)))
    #expect((batch * batch - batch / 2 + 1).values().allclose(values * values - values / 2 + 1))
  }

  @Test func attentionOfEachSequence() {
    let heads = batch.unflatten(-1, [2, 3]).transpose(1, 2)
    #expect(heads.shape == [4, 2, nil, 3])
    expect(scaledDotProductAttention(heads, heads, heads), "attention0")
    expect(scaledDotProductAttention(heads, heads, heads, isCausal: true), "attention1")
  }

  @Test func encoderOfTransformers() throws {
    let layer = TransformerEncoderLayer(6, 2, 8, dropout: 0, batchFirst: true, dtype: .float64)
    var state = StateDict()
    for (name, tensor) in Recorded.values where name.hasPrefix("nested.layer.") {
      state[String(name.dropFirst("nested.layer.".count))] = tensor
    }
    try layer.loadStateDict(state)
    expect(layer(batch), "encoded")
    let encoder = TransformerEncoder(layer, 2)
    let padded = batch.toPadded(0)
    let isPadding = arange(4).unsqueeze(0).ge(batch.lengths().unsqueeze(1))
    let expected = encoder(padded, srcKeyPaddingMask: isPadding).toNested(lengths: batch.lengths())
    #expect(encoder(batch).values().allclose(expected.values()))
    let causal = layer(batch, isCausal: true)
    #expect(causal[3].narrow(0, 0, 2).allclose(layer(nestedTensor([batch[3].narrow(0, 0, 2)]), isCausal: true)[0]))
  }

  @Test func trainsWithCompiledFunctions() {
    let f = compile({ (x: NestedTensor) in (x * x).mean(1).sum() })
    for sizes in [[0, 2, 5, 6, 10], [0, 1, 2, 9, 10], [0, 2, 5, 6, 10]] {
      let x = nestedTensorFromJagged(values, offsets: tensor(sizes))
      #expect(f(x).allclose((x * x).mean(1).sum()))
    }
  }
}
