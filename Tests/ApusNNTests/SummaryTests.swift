import Apus
import Testing

/// Numbers of torchinfo 1.8 and of PyTorch's `FlopCounterMode` (2.15) for the same networks.
@Suite struct SummaryTests {
  final class Block: Layer {
    let conv1: Conv2d
    let bn1: BatchNorm2d
    let conv2: Conv2d
    let bn2: BatchNorm2d
    let down: Sequential?

    init(_ inputs: Int, _ outputs: Int, stride: Int) {
      conv1 = Conv2d(inputs, outputs, kernelSize: 3, stride: stride, padding: 1, bias: false)
      bn1 = BatchNorm2d(outputs)
      conv2 = Conv2d(outputs, outputs, kernelSize: 3, padding: 1, bias: false)
      bn2 = BatchNorm2d(outputs)
      down =
        stride == 1 && inputs == outputs
        ? nil
        : Sequential(
          Conv2d(inputs, outputs, kernelSize: 1, stride: stride, bias: false), BatchNorm2d(outputs))
    }

    func forward(_ x: Tensor) -> Tensor {
      let y = bn2(conv2(bn1(conv1(x)).relu()))
      return (y + (down.map { $0(x) } ?? x)).relu()
    }
  }

  final class ResNet: Layer {
    let conv1 = Conv2d(3, 16, kernelSize: 7, stride: 2, padding: 3, bias: false)
    let bn1 = BatchNorm2d(16)
    let pool = MaxPool2d(kernelSize: 3, stride: 2, padding: 1)
    let layer1 = Sequential(Block(16, 16, stride: 1), Block(16, 16, stride: 1))
    let layer2 = Sequential(Block(16, 32, stride: 2), Block(32, 32, stride: 1))
    let fc = Linear(32, 10)

    func forward(_ x: Tensor) -> Tensor { fc(layer2(layer1(pool(bn1(conv1(x)).relu()))).mean([2, 3])) }
  }

  final class Transformed: Layer {
    let embed = Embedding(50, 32)
    let layer = TransformerEncoderLayer(dModel: 32, nhead: 4, dimFeedforward: 64, dropout: 0, batchFirst: true)
    let head = Linear(32, 50)
    func forward(_ x: Tensor) -> Tensor { head(layer(embed(x))) }
  }

  final class Recurrent: Layer {
    let lstm = LSTM(8, 16, numLayers: 2, batchFirst: true, bidirectional: true)
    let fc = Linear(32, 3)
    func forward(_ x: Tensor) -> Tensor {
      let y = lstm(x).0
      return fc(y.select(1, y.size(1) - 1))
    }
  }

  final class Two: BinaryLayer {
    let a = Linear(4, 8)
    let b = Linear(6, 8)
    let o = Bilinear(8, 8, 2)
    func forward(_ x: Tensor, _ y: Tensor) -> Tensor { o(a(x), b(y)) }
  }

  @Test func convolutionsAreThoseOfTorchinfo() throws {
    let net = ResNet()
    let summary = net.summary(
      input: [2, 3, 64, 64], depth: 3,
      columns: [.inputSize, .outputSize, .numParams, .paramsPercent, .kernelSize, .multAdds, .trainable])
    #expect(summary.totalParams == 45_146 && summary.trainableParams == 45_146)
    #expect(summary.totalMultAdds == 13_731_412)
    #expect(summary.forwardBackwardBytes == 1_376_416 && summary.paramBytes == 180_584)
    #expect(summary.inputBytes == 2 * 3 * 64 * 64 * 4)
    #expect(summary.totalFLOPs == 27_460_864)
    let first = try #require(summary.rows.first { $0.path == "conv1" })
    #expect(first.kernelSize == [7, 7] && first.multAdds == 4_816_896 && first.outputShapes == [[2, 16, 32, 32]])
    let narrow = try #require(summary.rows.first { $0.path == "layer2.0.down" })
    #expect(narrow.totalParams == 576 && narrow.depth == 3 && narrow.flops == 131_072)
    let text = summary.description
    for part in [
      "├─Conv2d (conv1): 1-1", "│    └─Block (0): 2-1", "│    │    └─Sequential (down): 3-13", "65,664", "20.41%",
      "Total mult-adds (M): 13.73", "Estimated Total Size (MB): 1.66",
    ] {
      #expect(text.contains(part), "\(part)")
    }
    let short = net.summary(input: [2, 3, 64, 64], depth: 1).description
    #expect(short.contains("9,344") && short.contains("4,718,848") && short.contains("4,194,944"))
    #expect(!short.contains("Block"))
    #expect(net.isTraining)
  }

  @Test func operationsAreThoseOfFlopCounterMode() {
    let net = ResNet()
    let x = randn(2, 3, 64, 64)
    let forward = countFLOPs { _ = net(x) }
    #expect(forward.total == 27_460_864)
    let known = [
      "ResNet": 27_460_864, "ResNet.conv1": 9_633_792, "ResNet.layer1": 9_437_184, "ResNet.layer1.0.conv2": 2_359_296,
      "ResNet.layer2.0": 3_670_016, "ResNet.layer2.0.down": 131_072, "ResNet.fc": 1280,
    ]
    for (path, flops) in known { #expect(forward[path] == flops, "\(path)") }
    let both = countFLOPs { net(x).sum().backward() }
    #expect(both.total == 72_748_800)
    // All of the backward pass belongs to modules.
    #expect(both["ResNet"] == both.total)
    #expect(both.description.contains("Global") && both.description.contains("100.00%"))

    let attention = Transformed()
    let tokens = randint(0, 50, [2, 12])
    #expect(countFLOPs { _ = attention(tokens) }.total == 506_880)
    #expect(countFLOPs { attention(tokens).sum().backward() }.total == 1_539_072)
  }

  @Test func operationsOfCompiledFunctionsAreCounted() {
    let net = Linear(8, 4)
    let f = compile { (x: Tensor) in net(x).relu() }
    let x = randn(5, 8)
    _ = noGrad { f(x) }
    #expect(countFLOPs { noGrad { _ = f(x) } }.total == 2 * 5 * 8 * 4)
  }

  @Test func sequencesAndSeveralInputs() throws {
    let transformed = Transformed().summary(input: [2, 12], dtype: .int64)
    #expect(transformed.totalParams == 11_794)
    let lstm = Recurrent().summary(inputData: randn(4, 7, 8))
    #expect(lstm.totalParams == 9827 && lstm.totalMultAdds == 272_384 + 396)
    // Unlike PyTorch's counter, which passes recurrent layers by: the products with all weights at all steps.
    #expect(lstm.totalFLOPs == 2 * 4 * 7 * (9728 - 512) + 768)
    let two = Two().summary(inputs: [[3, 4], [3, 6]])
    #expect(two.rows.map(\.multAdds) == [0, 120, 168, 390])
    #expect(two.rows[0].inputShapes == [[3, 4], [3, 6]] && two.rows[0].outputShapes == [[3, 2]])
    let called = Two().summary { _ = $0(ones(3, 4), ones(3, 6)) }
    #expect(called.totalMultAdds == two.totalMultAdds && called.inputBytes == 4 * (12 + 18))
  }

  @Test func frozenAndSharedParameters() {
    let net = Two()
    _ = net.a.requiresGrad(false)
    let frozen = net.summary(inputs: [[3, 4], [3, 6]])
    #expect(frozen.trainableParams == 186 && frozen.nonTrainableParams == 40)
    #expect(frozen.description.contains("(40)"))
    let shared = Linear(4, 4)
    let twice = Sequential(shared, ReLU(), shared).summary(input: [2, 4])
    #expect(twice.totalParams == 20 && twice.rows.map(\.isRecursive) == [false, false, false, true])
    #expect(twice.description.contains("(recursive)"))
  }

  @Test func withoutInputs() {
    let summary = ResNet().summary(columns: [.numParams, .kernelSize, .outputSize])
    #expect(!summary.hasCall && summary.totalParams == 45_146)
    #expect(!summary.description.contains("Output Shape") && summary.description.contains("[7, 7]"))
    #expect(summary.rows.count == 30)
  }

  @Test func mistakesAreNamed() {
    let error = #expect(throws: TensorError.self) { try withErrors { _ = Two().summary(input: [3, 4]) } }
    #expect(error?.message.contains("model.summary { model in") == true)
    let shape = #expect(throws: TensorError.self) { try withErrors { _ = ResNet().summary(input: [1, 4, 8, 8]) } }
    #expect(shape?.message.contains("ResNet.conv1") == true)
  }
}
