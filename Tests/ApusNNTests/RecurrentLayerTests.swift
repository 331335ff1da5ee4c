import Apus
import ApusCore
import TestSupport
import Testing

/// Recurrent layers against PyTorch's values for the same seeds, and what their messages say.
@Suite struct RecurrentLayerTests {
  private func expect(_ found: Tensor, _ expected: [Double], _ shape: [Int]) {
    #expect(found.shape == shape)
    let values = found.detach().array(as: Double.self)
    #expect(values.count == expected.count)
    for (a, b) in zip(values, expected) where !(abs(a - b) <= 2e-6) { Issue.record("\(values), expected \(expected)") }
  }

  private let x = (arange(12).to(.float32) / 10).reshape([3, 2, 2])
  private let sequences = (arange(18).to(.float32) / 10 - 0.5).reshape([3, 3, 2])

  @Test func projectedLSTMDrawsAsPyTorch() {
    manualSeed(0)
    let lstm = LSTM(inputSize: 2, hiddenSize: 3, numLayers: 2, dropout: 0.5, bidirectional: true, projSize: 2)
    #expect("\(lstm)" == "LSTM(2, 3, proj_size=2, num_layers=2, dropout=0.5, bidirectional=True)")
    let parts = ["weight_ih", "weight_hh", "bias_ih", "bias_hh", "weight_hr"]
    let names = ["l0", "l0_reverse", "l1", "l1_reverse"].flatMap { end in parts.map { $0 + "_" + end } }
    #expect(lstm.namedParameters().map(\.name) == names)
    expect(
      lstm.getParameter("weight_ih_l0"),
      [
        -0.0043225, 0.3097158, -0.4751853, -0.4248946, -0.222369, 0.1548207, -0.0114391, 0.4577749, -0.0512364,
        0.1527741, -0.1744828, -0.1134871, -0.5515707, -0.3823687, -0.2379971, 0.0213871, 0.2282469, 0.3464233,
        -0.3914095, -0.2514146, 0.2097035, 0.4794247, -0.1188188, 0.432038,
      ], [12, 2])
    expect(
      lstm.allWeights[3][4],
      [
        0.10255, 0.2456442, -0.1961995, 0.2814994, -0.4032624, 0.1303974,
      ], [2, 3])
    let (output, (h, c)) = lstm(x)
    expect(
      output,
      [
        0.0661541, 0.0584757, 0.0136197, -0.0648625, 0.0752378, 0.058612, 0.0118133, -0.0908523, 0.091148, 0.0955227,
        0.0234869, -0.0497897, 0.1075001, 0.0844669, 0.0143561, -0.0775374, 0.1017385, 0.119932, 0.0170165, -0.0318419,
        0.1240314, 0.0989152, 0.0108316, -0.0494937,
      ], [3, 2, 4])
    expect(
      h,
      [
        0.0469045, -0.1552187, 0.0306906, -0.2065043, 0.1222543, -0.1795464, 0.0948329, -0.1403169, 0.1017385,
        0.119932, 0.1240314, 0.0989152, 0.0136197, -0.0648625, 0.0118133, -0.0908523,
      ], [4, 2, 2])
    expect(
      c,
      [
        -0.1395803, -0.2652382, 0.5591037, -0.3662809, -0.2833643, 0.6036117, -0.476037, -0.1238596, 0.4721084,
        -0.4225484, -0.0033404, 0.3257876, 0.6286011, -0.7805481, 0.2131895, 0.6810057, -0.808565, 0.1246972,
        -0.0283767, 0.5190948, 0.3236011, -0.1407531, 0.4787124, 0.2550556,
      ], [4, 2, 3])
  }

  @Test func droppedGRUWithBatchesFirst() {
    manualSeed(1)
    let gru = GRU(inputSize: 2, hiddenSize: 2, numLayers: 2, batchFirst: true, dropout: 0.3)
    #expect("\(gru)" == "GRU(2, 2, num_layers=2, batch_first=True, dropout=0.3)")
    let (output, h) = gru(x)
    expect(
      output,
      [
        -0.1013377, -0.085934, -0.0131615, -0.0331773, -0.0386027, -0.0225212, 0.0271468, 0.0254032, -0.0244152,
        -0.0126675, -0.0651231, -0.0718157,
      ], [3, 2, 2])
    expect(
      h,
      [
        -0.380787, 0.1883596, -0.4029543, 0.2436629, -0.4251743, 0.2935837, -0.0131615, -0.0331773, 0.0271468,
        0.0254032,
        -0.0651231, -0.0718157,
      ], [2, 3, 2])
  }

  @Test func oneSequenceWithoutBiases() {
    manualSeed(2)
    let rnn = RNN(inputSize: 2, hiddenSize: 2, nonlinearity: .relu, bias: false)
    #expect("\(rnn)" == "RNN(2, 2, bias=False)")
    let (output, h) = rnn(x.select(1, 0))
    expect(
      output,
      [
        0.0, 0.0, 0.0, 0.0595048, 0.0, 0.0886043,
      ], [3, 2])
    expect(
      h,
      [
        0.0, 0.0886043,
      ], [1, 2])
  }

  @Test func cellsPrintTheirSettings() {
    #expect(
      "\(RNNCell(inputSize: 2, hiddenSize: 2, bias: false, nonlinearity: .relu))"
        == "RNNCell(2, 2, bias=False, nonlinearity=relu)")
    #expect("\(GRUCell(inputSize: 2, hiddenSize: 2))" == "GRUCell(2, 2)")
    #expect("\(LSTMCell(inputSize: 2, hiddenSize: 2, bias: false))" == "LSTMCell(2, 2, bias=False)")
  }

  @Test func cellsAreSteps() {
    let lstm = LSTM(inputSize: 2, hiddenSize: 3)
    let cell = LSTMCell(inputSize: 2, hiddenSize: 3)
    for (to, from) in zip(cell.parameters(), lstm.parameters()) {
      var to = to
      noGrad { to.assign(from.detach()) }
    }
    let (output, (h, c)) = lstm(x)
    var (hidden, memory) = cell(x[0])
    for t in 1..<3 { (hidden, memory) = cell(x[t], (hidden, memory)) }
    #expect((hidden - h[0]).abs().max().item() < 1e-6 && (memory - c[0]).abs().max().item() < 1e-6)
    #expect((hidden - output[2]).abs().max().item() < 1e-6)
    let (single, _) = cell(x[0, 0])
    #expect(single.shape == [3])
    let gru = GRUCell(inputSize: 2, hiddenSize: 3)
    #expect((gru(x[0])[1] - gru(x[0, 1], Tensor.zeros([3]))).abs().max().item() < 1e-6)
  }

  @Test func packedSequencesAreComputedAsPyTorchDoes() {
    let packed = packPaddedSequence(sequences, Tensor([2, 3, 1]), enforceSorted: false)
    #expect(packed.batchSizes == [3, 2, 1])
    #expect(packed.sortedIndices?.array(as: Int64.self) == [1, 0, 2])
    manualSeed(4)
    let lstm = LSTM(inputSize: 2, hiddenSize: 2, bidirectional: true)
    let (output, (h, c)) = lstm(packed)
    expect(
      output.data,
      [
        -0.200238, 0.2478574, 0.2217011, 0.1830901, -0.2146626, 0.2470497, 0.0480375, 0.1423333, -0.1756647, 0.2435711,
        0.0941391, 0.1206475, -0.2454121, 0.3064373, 0.3653354, 0.2003167, -0.2981644, 0.3049696, 0.1520247, 0.1384192,
        -0.0859233, 0.3169525, 0.3148189, 0.177388,
      ], [6, 4])
    expect(
      h,
      [
        -0.2981644, 0.3049696, -0.0859233, 0.3169525, -0.1756647, 0.2435711, 0.0480375, 0.1423333, 0.2217011,
        0.1830901, 0.0941391, 0.1206475,
      ], [2, 3, 2])
    expect(
      c,
      [
        -0.462923, 0.7339352, -0.1119306, 0.588111, -0.2529323, 0.5887918, 0.0617779, 0.2854714, 0.2871231, 0.4009402,
        0.1253826, 0.237307,
      ], [2, 3, 2])
    let (padded, lengths) = padPackedSequence(output, paddingValue: -1.0, totalLength: 4)
    expect(
      padded,
      [
        -0.2146626, 0.2470497, 0.0480375, 0.1423333, -0.200238, 0.2478574, 0.2217011, 0.1830901, -0.1756647, 0.2435711,
        0.0941391, 0.1206475, -0.2981644, 0.3049696, 0.1520247, 0.1384192, -0.2454121, 0.3064373, 0.3653354, 0.2003167,
        -1.0, -1.0, -1.0, -1.0, -1.0, -1.0, -1.0, -1.0, -0.0859233, 0.3169525, 0.3148189, 0.177388, -1.0, -1.0, -1.0,
        -1.0, -1.0, -1.0, -1.0, -1.0, -1.0, -1.0, -1.0, -1.0, -1.0, -1.0, -1.0, -1.0,
      ], [4, 3, 4])
    #expect(lengths.array(as: Int64.self) == [2, 3, 1])
    (output.data.sum() + h.square().sum()).backward()
    expect(
      lstm.getParameter("weight_hh_l0_reverse").grad ?? Tensor(0.0),
      [
        0.0297172, 0.0149391, 0.0533954, 0.0321771, 0.0904991, 0.0524077, 0.0483602, 0.0291252, 0.3467098, 0.2099854,
        0.1909773, 0.1208465, 0.0452105, 0.0257232, 0.0913845, 0.05548,
      ], [8, 2])
    manualSeed(5)
    let (given, last) = GRU(inputSize: 2, hiddenSize: 2, bidirectional: true)(packed)
    expect(
      given.data,
      [
        -0.0322836, -0.0575742, -0.1596351, 0.4518991, -0.0366947, -0.0810795, -0.3178741, 0.213276, -0.0279004,
        -0.0322736, -0.128154, 0.2140417, -0.0257256, -0.00962, 0.1904747, 0.6034762, -0.0291794, -0.0525191,
        -0.0394968, 0.295022, -0.0154767, 0.1097374, 0.2908986, 0.5521015,
      ], [6, 4])
    expect(
      last,
      [
        -0.0291794, -0.0525191, -0.0154767, 0.1097374, -0.0279004, -0.0322736, -0.3178741, 0.213276, -0.1596351,
        0.4518991, -0.128154, 0.2140417,
      ], [2, 3, 2])
  }

  @Test func packingThereAndBack() {
    let parts = [randn(2, 3), randn(4, 3), randn(1, 3)]
    let packed = packSequence(parts, enforceSorted: false)
    #expect(packed.batchSizes == [3, 2, 1, 1])
    for (a, b) in zip(unpackSequence(packed), parts) { #expect(a.array() == b.array() && a.shape == b.shape) }
    let x = Tensor(sequences, requiresGrad: true)
    let (padded, _) = padPackedSequence(packPaddedSequence(x, [3, 2, 2]))
    padded.sum().backward()
    #expect(x.grad?.sum([2]).array() == [2, 2, 2, 2, 2, 2, 2, 0, 0])
    #expect(unpadSequence(sequences, Tensor([1, 0, 3])).map(\.shape) == [[1, 2], [0, 2], [3, 2]])
  }

  @Test func statesOfPackedSequencesFollowTheirSequences() {
    let gru = GRU(inputSize: 2, hiddenSize: 2)
    let h = randn(1, 3, 2)
    let (output, last) = gru(packPaddedSequence(sequences, [2, 3, 1], enforceSorted: false), h)
    for (i, length) in [2, 3, 1].enumerated() {
      let (alone, end) = gru(sequences.select(1, i).narrow(0, 0, length), h.select(1, i))
      #expect((end - last.select(1, i)).abs().max().item() < 1e-6)
      #expect((alone - unpackSequence(output)[i]).abs().max().item() < 1e-6)
    }
  }

  @Test func layersAreCopiedConvertedCompiledAndHooked() throws {
    let lstm = LSTM(inputSize: 2, hiddenSize: 3, numLayers: 2)
    let twin = deepCopy(lstm)
    #expect(twin.parameters().count == 8 && twin.stateDict().names == lstm.stateDict().names)
    #expect((twin(x).0 - lstm(x).0).abs().max().item() == 0)
    twin.to(.float64)
    #expect(twin(x.to(.float64)).0.dtype == .float64)
    let compiled = compile { (x: Tensor) in lstm(x).0 }
    #expect((compiled(x) - lstm(x).0).abs().max().item() < 1e-6)
    #expect((compiled(x * 2) - lstm(x * 2).0).abs().max().item() < 1e-6)
    var seen = 0
    let hook = lstm.registerForwardHook { (_, inputs: [Tensor], _: Tensor) in seen += inputs.count }
    _ = lstm(x, (Tensor.zeros([2, 2, 3]), Tensor.zeros([2, 2, 3])))
    hook.remove()
    #expect(seen == 9)
  }

  @Test(arguments: [
    Mistake("dimensions", .shape, "LSTM", "2 or 3 dimensions", "[2]") { lstm(Tensor.zeros([2])) },
    Mistake("no steps", .shape, "at least one step", "[0, 1, 2]") { lstm(Tensor.zeros([0, 1, 2])) },
    Mistake("features", .shape, "inputSize, 2", "[4, 2, 5]") { lstm(Tensor.zeros([4, 2, 5])) },
    Mistake("state", .shape, "hx.0", "[1, 2, 3]", "[1, 3, 3]") {
      lstm(Tensor.zeros([4, 2, 2]), (Tensor.zeros([1, 3, 3]), Tensor.zeros([1, 2, 3])))
    },
    Mistake("cell's state", .shape, "hx.1", "[1, 3]", "[1, 2]") {
      lstm(Tensor.zeros([4, 2]), (Tensor.zeros([1, 3]), Tensor.zeros([1, 2])))
    },
    Mistake("types", .dtype, "one element type") { lstm(Tensor.zeros([4, 2, 2], dtype: .float64)) },
    Mistake("sizes", .value, "hiddenSize must be greater than zero", "-1") { LSTM(inputSize: 2, hiddenSize: -1) },
    Mistake("use of it", .value, "hiddenSize") { LSTM(inputSize: 2, hiddenSize: 0)(Tensor.zeros([1, 1, 2])) },
    Mistake("layers", .memory, "LSTM") { LSTM(inputSize: 2, hiddenSize: 3, numLayers: .max) },
    Mistake("dropout", .value, "from 0 to 1", "2.0") { GRU(inputSize: 2, hiddenSize: 3, dropout: 2) },
    Mistake("projection", .value, "smaller than hiddenSize, 3") { LSTM(inputSize: 2, hiddenSize: 3, projSize: 3) },
    Mistake("cell's input", .shape, "GRUCell", "inputSize 2", "[4, 3]") {
      GRUCell(inputSize: 2, hiddenSize: 3)(Tensor.zeros([4, 3]))
    },
    Mistake("cell's batch", .shape, "hidden must have shape [4, 3]", "[5, 3]") {
      GRUCell(inputSize: 2, hiddenSize: 3)(Tensor.zeros([4, 2]), Tensor.zeros([5, 3]))
    },
    Mistake("lengths", .value, "decreasing order", "enforceSorted: false") {
      packPaddedSequence(Tensor.zeros([3, 2, 1]), [1, 2]).data
    },
    Mistake("count of lengths", .value, "a length for each of 2 sequences", "found 3") {
      packPaddedSequence(Tensor.zeros([3, 2, 1]), [1, 2, 3]).data
    },
    Mistake("empty sequences", .value, "greater than 0") { packPaddedSequence(Tensor.zeros([3, 1, 1]), [0]).data },
    Mistake("long sequences", .value, "a length of 9") { packPaddedSequence(Tensor.zeros([3, 1, 1]), [9]).data },
    Mistake("total length", .value, "a total length of 1", "2 steps") {
      padPackedSequence(packSequence([Tensor.zeros([2, 1])]), totalLength: 1).0
    },
    Mistake("batch sizes", .shape, "not grow") { PackedSequence(Tensor.zeros([3, 1]), batchSizes: [1, 2]).data },
  ])
  func mistakesSayWhatWouldWork(_ mistake: Mistake) {
    let complaint = mistake.complaint()
    #expect(complaint == nil, "\(complaint ?? "")")
  }

  private static var lstm: LSTM { LSTM(inputSize: 2, hiddenSize: 3) }
}
