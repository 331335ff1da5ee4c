import Apus
import ApusCore

// Models with open dimensions, exported with one size and checked with another; and the demo's network.

/// A model to be exported: with inputs of sizes that are given by name.
struct OpenExport: Sendable {
  let name: String
  /// The example's sizes, and those that the model is checked with.
  let sizes: [String: (example: Int, check: Int)]
  let options: ONNXExportOptions
  let make: @Sendable () -> CalledModel

  /// A module and how it is called.
  struct CalledModel {
    var module: (any Module)?
    let inputs: ([String: Int]) -> [Tensor]
    let call: ([Tensor]) -> [Tensor]
  }

  init(
    _ name: String, _ sizes: [String: (example: Int, check: Int)], _ inputs: [(String, [Int: String])],
    externalData: String? = nil, training: Bool = false, _ make: @escaping @Sendable () -> CalledModel
  ) {
    (self.name, self.sizes, self.make) = (name, sizes, make)
    options = ONNXExportOptions(
      inputNames: inputs.map(\.0), dynamicAxes: Dictionary(uniqueKeysWithValues: inputs), training: training,
      externalData: externalData)
  }
}

/// The network of the demo: three convolutions on 8x8 images, with a second, wider look at half the resolution.
private final class DigitNet: Layer {
  let stem = Block(1, 16)
  let middle = Block(16, 32)
  let top = Block(32, 64)
  let dropout = Dropout(0.3)
  let classifier = Linear(64 * 2 * 2, 10)

  func forward(_ x: Tensor) -> Tensor {
    var x = stem(x)
    x = maxPool2d(middle(x), 2)
    x = maxPool2d(top(x), 2)
    return classifier(dropout(x.flatten(1)))
  }

  /// A convolution that keeps the size, normalised and cut off at 0.
  final class Block: Layer {
    let conv: Conv2d
    let norm: BatchNorm2d

    init(_ inChannels: Int, _ outChannels: Int) {
      conv = Conv2d(inChannels, outChannels, kernelSize: 3, padding: 1)
      norm = BatchNorm2d(outChannels)
    }

    func forward(_ x: Tensor) -> Tensor { norm(conv(x)).relu() }
  }
}

/// A small language model: positions are counted from the length of the text.
private final class SmallGPT: Layer {
  let tokens = Embedding(20, 16)
  let positions = Embedding(64, 16)
  let norm = LayerNorm(16)
  let query = Linear(16, 48)
  let head = Linear(16, 20)

  func forward(_ x: Tensor) -> Tensor {
    let (batch, length) = (x.shape[0], x.shape[1])
    let h = tokens(x) + positions(arange(length))
    let parts = query(norm(h)).reshape([batch, length, 3, 2, 8]).permute([2, 0, 3, 1, 4])
    let seen = scaledDotProductAttention(parts[0], parts[1], parts[2], isCausal: true)
    return head(h + seen.permute([0, 2, 1, 3]).reshape([batch, length, 16]))
  }
}

private func layer(_ module: some Layer, _ shape: @escaping @Sendable ([String: Int]) -> [Int])
  -> OpenExport.CalledModel
{
  OpenExport.CalledModel(module: module, inputs: { [randn(shape($0))] }, call: { [module($0[0])] })
}

/// Models that every export is checked with.
let openExports: [OpenExport] = [
  OpenExport("DigitNet", ["batch": (3, 5)], [("image", [0: "batch"])]) {
    layer(DigitNet()) { [$0["batch"] ?? 1, 1, 8, 8] }
  },
  OpenExport("DigitNet, training", ["batch": (3, 5)], [("image", [0: "batch"])], training: true) {
    let net = DigitNet()
    net.dropout.eval()
    return OpenExport.CalledModel(
      module: nil, inputs: { [randn([$0["batch"] ?? 1, 1, 8, 8])] }, call: { [net.top(net.middle(net.stem($0[0])))] })
  },
  OpenExport("DigitNet, weights beside", ["batch": (1, 5)], [("image", [0: "batch"])], externalData: "weights.bin") {
    layer(DigitNet()) { [$0["batch"] ?? 1, 1, 8, 8] }
  },
  OpenExport(
    "SmallGPT", ["batch": (2, 3), "length": (7, 9)], [("tokens", [0: "batch", 1: "length"])]
  ) {
    let net = SmallGPT()
    return OpenExport.CalledModel(
      module: net, inputs: { [randint(0, 20, [$0["batch"] ?? 1, $0["length"] ?? 1])] }, call: { [net($0[0])] })
  },
  OpenExport(
    "convolutions of open images", ["batch": (2, 1), "height": (12, 17), "width": (10, 31)],
    [("image", [0: "batch", 2: "height", 3: "width"])]
  ) {
    layer(
      Sequential(
        Conv2d(3, 6, kernelSize: 3, stride: 2, padding: 1), GroupNorm(2, 6), ReLU(), MaxPool2d(2),
        AdaptiveAvgPool2d(1), Flatten(), Linear(6, 4), Softmax(dim: 1))
    ) { [$0["batch"] ?? 1, 3, $0["height"] ?? 1, $0["width"] ?? 1] }
  },
  OpenExport(
    "TransformerEncoder", ["length": (6, 11), "batch": (2, 5)], [("x", [0: "batch", 1: "length"])]
  ) {
    layer(
      TransformerEncoder(
        TransformerEncoderLayer(dModel: 16, nhead: 2, dimFeedforward: 32, batchFirst: true), numLayers: 2)
    ) { [$0["batch"] ?? 1, $0["length"] ?? 1, 16] }
  },
  OpenExport("LSTM", ["length": (6, 11), "batch": (2, 5)], [("x", [0: "batch", 1: "length"])]) {
    let lstm = LSTM(inputSize: 4, hiddenSize: 8, numLayers: 2, batchFirst: true, bidirectional: true)
    return OpenExport.CalledModel(
      module: lstm, inputs: { [randn([$0["batch"] ?? 1, $0["length"] ?? 1, 4])] },
      call: {
        let (y, (h, c)) = lstm($0[0])
        return [y, h, c]
      })
  },
  OpenExport("GRU and mean", ["length": (6, 11), "batch": (2, 5)], [("x", [0: "batch", 1: "length"])]) {
    let gru = GRU(inputSize: 4, hiddenSize: 8, batchFirst: true)
    return OpenExport.CalledModel(
      module: gru, inputs: { [randn([$0["batch"] ?? 1, $0["length"] ?? 1, 4])] }, call: { [gru($0[0]).0.mean(1)] })
  },
  OpenExport(
    "MultiheadAttention", ["length": (6, 3), "keys": (4, 9), "batch": (2, 5)],
    [("query", [0: "batch", 1: "length"]), ("memory", [0: "batch", 1: "keys"])]
  ) {
    let attention = MultiheadAttention(embedDim: 16, numHeads: 4, batchFirst: true)
    return OpenExport.CalledModel(
      module: attention,
      inputs: { [randn([$0["batch"] ?? 1, $0["length"] ?? 1, 16]), randn([$0["batch"] ?? 1, $0["keys"] ?? 1, 16])] },
      call: {
        let (y, weights) = attention($0[0], $0[1], $0[1])
        return [y] + (weights.map { [$0] } ?? [])
      })
  },
  OpenExport("slices and joints", ["n": (6, 11)], [("x", [0: "n"])]) {
    OpenExport.CalledModel(
      inputs: { [randn([$0["n"] ?? 1, 4])] },
      call: { given in
        let (x, n) = (given[0], given[0].shape[0])
        let joined = cat([x[1...], x[..<1], x], dim: 0)
        return [
          joined, joined.reshape([2, n * 4]), x.select(0, n - 1), x.flip([0]), x.var(0), x.std(), x.cumsum(0),
          x.topk(2, dim: 0).values, x.unsqueeze(0).expand([3, n, 4]), x * Double(n), x.roll([1], [0]),
        ]
      })
  },
]
