import Apus
import Testing

/// A layer of one's own.
final class ScaledResidual: Layer {
  let body: Sequential
  let scale: Tensor

  init(_ features: Int) {
    body = Sequential(Linear(features, features), ReLU(), Linear(features, features))
    scale = parameter(Tensor.ones([features]))
  }

  func forward(_ x: Tensor) -> Tensor { x + body(x) * scale }
}

@Module
final class Recurrent {
  let inputToHidden: Linear, hiddenToOutput: Linear

  init(_ inputs: Int, _ hidden: Int, _ outputs: Int) {
    inputToHidden = Linear(inputs + hidden, hidden)
    hiddenToOutput = Linear(hidden, outputs)
  }

  func forward(_ x: Tensor, _ hidden: Tensor, mask: Tensor? = nil) -> (Tensor, Tensor) {
    var hidden = inputToHidden(cat([x, hidden], dim: 1)).tanh()
    if let mask { hidden = hidden * mask }
    return (hiddenToOutput(hidden), hidden)
  }
}

@Module
final class Counting {
  var head = Linear(4, 10)
  var calls = 0
  func forward(_ x: Tensor) -> Tensor {
    calls += 1
    return head(x)
  }
}

final class RowReader: Layer {
  let embed = Linear(8, 32)
  let position = parameter(randn([8, 32]) * 0.02)
  let encoder = TransformerEncoder(TransformerEncoderLayer(32, 4, dimFeedforward: 64, batchFirst: true), 2)
  let head = Linear(32, 10)
  func forward(_ x: Tensor) -> Tensor { head(encoder(embed(x) + position).mean(1)) }
}

@Suite struct NetworksCode {
  @Test func ownLayer() {
    let layer = ScaledResidual(4)
    print(layer.namedParameters().map(\.name))
    // ["scale", "body.0.weight", "body.0.bias", "body.2.weight", "body.2.bias"]
    print(layer(Tensor.ones([2, 4])).shape)  // [2, 4]
    #expect(
      layer.namedParameters().map(\.name) == ["scale", "body.0.weight", "body.0.bias", "body.2.weight", "body.2.bias"])
  }

  @Test func severalInputs() {
    let cell = Recurrent(4, 8, 2)
    var hidden = Tensor.zeros([1, 8])
    for x in [randn([1, 4]), randn([1, 4])] {
      let (output, next) = cell(x, hidden)
      hidden = next
      print(output.shape)  // [1, 2]
    }
    #expect(hidden.shape == [1, 8])
  }

  @Test func sequences() {
    let lstm = LSTM(inputSize: 4, hiddenSize: 8, numLayers: 2, batchFirst: true, bidirectional: true)
    let (output, (h, c)) = lstm(randn([3, 5, 4]))
    print(output.shape, h.shape, c.shape)  // [3, 5, 16] [4, 3, 8] [4, 3, 8]
    let gru = GRU(inputSize: 4, hiddenSize: 8)
    let (steps, last) = gru(randn([5, 4]), Tensor.zeros([1, 8]))
    print(steps.shape, last.shape)  // [5, 8] [1, 8]
    #expect(output.shape == [3, 5, 16] && h.shape == [4, 3, 8] && c.shape == [4, 3, 8])
    #expect(steps.shape == [5, 8] && last.shape == [1, 8])
  }

  @Test func sequencesOfDifferentLengths() {
    let packed = packPaddedSequence(randn([3, 5, 4]), [2, 5, 3], batchFirst: true, enforceSorted: false)
    let (hidden, state) = GRU(inputSize: 4, hiddenSize: 8)(packed)
    let (padded, lengths) = padPackedSequence(hidden, batchFirst: true)
    print(padded.shape, lengths, state.shape)  // [3, 5, 8] tensor([2, 5, 3]) [1, 3, 8]
    #expect(padded.shape == [3, 5, 8] && lengths.array(as: Int64.self) == [2, 5, 3] && state.shape == [1, 3, 8])
  }

  @Test func changes() {
    let model = Counting()
    print(model(randn([1, 4])).shape)  // [1, 10]
    model.head = Linear(4, 2)
    print(model(randn([1, 4])).shape, model.calls)  // [1, 2] 2
    #expect(model.calls == 2 && model.parameters()[0].shape == [2, 4])
  }

  @Test func sharing() {
    let (embedding, output) = (Embedding(100, 8), Linear(8, 100, bias: false))
    output.weight = embedding.weight
    let net = Sequential(["embed": embedding, "out": output])
    print(net.parameters().count)  // 1
    net["embed"]?.weight.requiresGrad = false
    let twin = deepCopy(net)
    print(twin.parameters().count, net.stateDict().names)  // 1 ["embed.weight", "out.weight"]
    #expect(twin.parameters().count == 1 && !output.weight.requiresGrad)
  }

  @Test func computedWeights() {
    let layer = parametrizations.weightNorm(Linear(4, 3))
    print(layer.stateDict().names[1])  // parametrizations.weight.original0
    parametrize.removeParametrizations(layer, "weight")

    prune.l1Unstructured(layer, name: "weight", amount: 0.5)
    print(layer.weight.eq(0).sum().item())  // 6.0
    prune.remove(layer, name: "weight")
    #expect(layer.stateDict().names == ["weight", "bias"])
  }

  @Test func lazySizes() {
    let net = Sequential(LazyConv2d(8, 3), LazyBatchNorm2d(), ReLU(), Flatten(), LazyLinear(10))
    _ = net(randn([2, 3, 6, 6]))
    print(net[4])  // Linear(in_features=128, out_features=10, bias=True)
    #expect("\(net[4])" == "Linear(in_features=128, out_features=10, bias=True)")
  }

  @Test func watching() {
    let net = Sequential(Linear(4, 8), ReLU(), Linear(8, 2))
    var shapes: [[Int]] = []
    let handle = net[0].registerForwardHook { module, inputs, output in shapes.append(output.shape) }
    net[2].registerFullBackwardHook { module, gradInput, gradOutput in print(gradOutput.count) }
    net(randn([3, 4])).sum().backward()  // 1
    handle.remove()
    print(shapes)  // [[3, 8]]
    #expect(shapes == [[3, 8]])
  }

  @Test func attention() {
    let attention = MultiheadAttention(16, 4, batchFirst: true)
    let x = randn([2, 5, 16])
    let (output, weights) = attention(x, x, x)
    print(output.shape, weights!.shape)  // [2, 5, 16] [2, 5, 5]
    let (fast, _) = attention(x, x, x, needWeights: false)

    let model = Transformer(16, 4, numEncoderLayers: 2, numDecoderLayers: 2, dimFeedforward: 32, batchFirst: true)
    let mask = Transformer.generateSquareSubsequentMask(5)
    print(model(randn([2, 7, 16]), fast, tgtMask: mask).shape)  // [2, 5, 16]
    #expect(output.shape == [2, 5, 16] && RowReader()(randn([3, 8, 8])).shape == [3, 10])
  }

  @Test func states() throws {
    let folder = "/" + ["tmp", "apus-guide"].joined(separator: "/")
    let model = Sequential(Linear(4, 8), ReLU(), Dropout(0.5), Linear(8, 2))
    let path = folder + ".safetensors"

    try save(model.stateDict(), to: path)
    try model.loadStateDict(loadSafetensors(path))
    model.eval()
    print(model.isTraining)  // false
    #expect(!model.isTraining)
  }

  @Test func summary() {
    let model = Sequential(Conv2d(1, 8, kernelSize: 3), ReLU(), Flatten(), Linear(8 * 6 * 6, 10))
    print(model)
    print(model.summary(input: [1, 1, 8, 8]))
    #expect(model.parameters().reduce(0) { $0 + $1.count } == 80 + 2890)
  }
}
