import Apus
import ApusCore
import ApusFunctional
import TestSupport
import Testing

/// What is done for the accuracy of models of integers does what it says.
@Suite(.serialized) struct QuantizationAccuracyTests {
  private func error(_ exact: Tensor, _ found: Tensor) -> Double {
    ((exact - found).square().sum() / exact.square().sum()).item(as: Double.self)
  }

  /// Inputs with a great mean, as those of a layer behind a ReLU: rounding weights moves the mean of results, and the bias takes it back.
  @Test func biasTakesTheMean() throws {
    manualSeed(2)
    let layer = Conv2d(8, 12, kernelSize: 3, padding: 1)
    func pictures() -> Tensor { randn(6, 8, 10, 10) * 0.2 + 3 }
    let batches = (0..<4).map { _ in pictures() }
    func mean(_ correctsBias: Bool) throws -> Double {
      let small = try quantize(
        layer, calibration: batches, QuantizationOptions(rounding: .nearest, correctsBias: correctsBias))
      let x = pictures()
      return noGrad { (small(x) - layer(x)).mean([0, 2, 3]).square().mean().item(as: Double.self) }
    }
    #expect(try mean(true) < 0.3 * mean(false))
  }

  /// Inputs that vary together leave room to make up for what one weight's rounding changes by others.
  @Test func roundingsMakeUpForEachOther() throws {
    manualSeed(3)
    let mix = randn(4, 32)
    func samples(_ count: Int) -> Tensor { randn(count, 4).matmul(mix) + randn(count, 32) * 0.05 }
    let layer = Linear(32, 16)
    let batches = [samples(512), samples(512)]
    let x = samples(256)
    func loss(_ rounding: WeightRounding) throws -> Double {
      let small = try quantize(layer, calibration: batches, QuantizationOptions(rounding: rounding))
      // The input's own rounding is in both: what the weights do alone is looked at.
      let weight = small.layers[0].weight.to(.float32) * small.layers[0].scale.unsqueeze(1)
      return noGrad { error(layer(x), linear(x, weight, small.layers[0].bias)) }
    }
    #expect(try loss(.leastChange) < 0.6 * loss(.nearest))
  }

  /// Two layers, one of which cannot be of integers: a channel of its input is a thousand times as great as others that matter as much.
  private final class Uneven: Layer {
    let state = ModuleState()
    let first = Linear(16, 32)
    let second = Linear(32, 32)
    let last = Linear(32, 10)
    private let spread: Tensor

    init() {
      spread = cat([full([1], 1000), ones(31)], dim: 0)
      noGrad { second.weight[.all, 0] = second.weight[.all, 0] * 0.001 }
    }

    func forward(_ x: Tensor) -> Tensor { last(second(first(x).relu() * spread).relu()) }
  }

  @Test func searchTakesBackWhatCosts() throws {
    manualSeed(4)
    let model = Uneven()
    let batches = (0..<8).map { _ in randn(64, 16) }
    let plain = try quantize(model, calibration: batches, QuantizationOptions(method: .minMax))
    #expect(plain.report.whole == nil && plain.layers.count == 3)
    let careful = try quantize(
      model, calibration: batches, QuantizationOptions(method: .minMax, keep: .signalToNoise(30)))
    let whole = try #require(careful.report.whole)
    #expect(whole.isKept && whole.signalToNoise >= 30 && whole.floatWork > 0 && whole.floatWork < 1)
    #expect(!careful.layers.map(\.name).contains("second"))
    #expect(careful.layers.count == 2, "\(careful.report)")
    #expect(careful.report.layers.filter { !$0.isQuantized }.map(\.name) == ["second"])
    let x = randn(200, 16)
    let exact = noGrad { model(x) }
    #expect(error(exact, careful(x)) < 0.2 * error(exact, plain(x)))
    #expect("\(careful.report)".contains("the goal is kept"))
    let folder = TemporaryFolder()
    let path = folder.file("careful.safetensors")
    try careful.save(to: path)
    let back = try QuantizedModel(loading: path, of: model, example: x)
    #expect(back(x).equal(careful(x)) && back.report.whole?.agreement == whole.agreement)
  }

  @Test func searchSpendsNoMoreThanItMay() throws {
    manualSeed(5)
    let model = Uneven()
    let batches = (0..<4).map { _ in randn(64, 16) }
    let bound = try quantize(
      model, calibration: batches, QuantizationOptions(keep: .signalToNoise(200), mostFloatWeights: 0.3))
    let whole = try #require(bound.report.whole)
    #expect(!whole.isKept && whole.floatWeights <= 0.3)
    #expect("\(bound.report)".contains("the goal is not kept"))
    let easy = try quantize(model, calibration: batches, QuantizationOptions(keep: .agreement(0.1)))
    #expect(easy.report.whole?.isKept == true && easy.layers.count == 3)
    #expect(throws: TensorError.self) {
      try quantize(model, calibration: batches, QuantizationOptions(keep: .agreement(1.5)))
    }
  }
}

/// Models that round already, by training or in their files, compute with the integers that they were made for.
@Suite(.serialized) struct RoundedModelTests {
  /// The digits' network with the error of quantisation in training.
  private final class Aware: Layer {
    let state = ModuleState()
    let conv1, conv2: Conv2d
    let fc: Linear
    let pixels = FakeQuantize(MovingAverageMinMaxObserver(averagingConstant: 0.1))
    let hidden1 = FakeQuantize(MovingAverageMinMaxObserver(averagingConstant: 0.1))
    let hidden2 = FakeQuantize(MovingAverageMinMaxObserver(averagingConstant: 0.1))
    let weight1 = FakeQuantize(PerChannelMinMaxObserver(dtype: .qint8, qscheme: .symmetric))
    let weight2 = FakeQuantize(PerChannelMinMaxObserver(dtype: .qint8, qscheme: .symmetric))
    let weight3 = FakeQuantize(PerChannelMinMaxObserver(dtype: .qint8, qscheme: .symmetric))

    init(_ conv1: Conv2d, _ conv2: Conv2d, _ fc: Linear) {
      (self.conv1, self.conv2, self.fc) = (conv1, conv2, fc)
    }

    func forward(_ x: Tensor) -> Tensor {
      var y = hidden1(conv2d(pixels(x), weight1(conv1.weight), conv1.bias, padding: 1).relu())
      y = maxPool2d(y, 2)
      y = hidden2(conv2d(y, weight2(conv2.weight), conv2.bias, padding: 1).relu())
      return linear(y.flatten(1), weight3(fc.weight), fc.bias)
    }
  }

  @Test func trainedWithItsError() throws {
    manualSeed(7)
    let (conv1, conv2) = (Conv2d(1, 12, kernelSize: 3, padding: 1), Conv2d(12, 24, kernelSize: 3, padding: 1))
    let fc = Linear(24 * 4 * 4, 10)
    func train(_ model: some Layer, epochs: Int, batches: Int, lr: Double) {
      let optimizer = Adam(model.parameters(), lr: lr)
      for _ in 0..<epochs {
        for (images, labels) in DataLoader(Digits(train: true), batchSize: 64, shuffle: true).prefix(batches) {
          optimizer.zeroGrad()
          crossEntropy(model(images), labels).backward()
          optimizer.step()
        }
      }
    }
    train(Sequential(conv1, ReLU(), MaxPool2d(2), conv2, ReLU(), Flatten(), fc), epochs: 6, batches: .max, lr: 6e-3)
    let model = Aware(conv1, conv2, fc)
    train(model, epochs: 1, batches: 6, lr: 5e-4)
    model.eval()
    for layer in [model.pixels, model.hidden1, model.hidden2, model.weight1, model.weight2, model.weight3] {
      layer.disableObserver()
    }
    // Numbers that have nothing to do with digits: no range comes from them.
    let small = try quantize(model, calibration: [randn(2, 1, 8, 8) * 100])
    #expect(small.layers.map(\.weight.dtype) == [.int8, .int8, .int8])
    let learnt = [model.pixels, model.hidden1, model.hidden2].map { $0.scale.item(as: Float.self) }
    #expect(zip(small.scales.array(as: Float.self), learnt).allSatisfy { abs($0 / $1 - 1) < 1e-4 })
    var (right, rightSmall, count) = (0, 0, 0)
    for (images, labels) in DataLoader(Digits(train: false), batchSize: 64) {
      let (exact, found) = noGrad { (model(images), small(images)) }
      // Ties of sums in another order are decided otherwise now and then, by one step of a few numbers.
      #expect((exact - found).abs().mean().item(as: Float.self) < 0.005 * exact.abs().mean().item(as: Float.self))
      func hits(_ scores: Tensor) -> Int { scores.argmax(1).eq(labels).sum().item(as: Int.self) }
      right += hits(exact)
      rightSmall += hits(found)
      count += labels.count
    }
    #expect(Double(right) > 0.9 * Double(count))
    #expect(abs(Double(rightSmall - right)) <= 0.005 * Double(count))
    let seen = profile { _ in _ = small(randn(2, 1, 8, 8)) }
    let names = seen.keyAverages().map(\.key)
    #expect(names.contains("QuantizedConvolution") && names.contains("QuantizedMaxPool2D"))
    #expect(!names.contains { $0.hasPrefix("FakeQuantize") || $0 == "Dequantize" }, "\(names)")
  }

  private final class Pictures: Layer {
    let state = ModuleState()
    let stem = Conv2d(3, 8, kernelSize: 3, padding: 1)
    let deep = Conv2d(8, 8, kernelSize: 3, padding: 1)
    let head = Linear(8, 5)

    func forward(_ x: Tensor) -> Tensor {
      let first = stem(x).relu6()
      return head((deep(first) + first).relu().mean([2, 3]))
    }
  }

  /// A file with pairs of QuantizeLinear and DequantizeLinear is integers again, of the same scales, without samples of its own.
  @Test func importedPairs() throws {
    manualSeed(8)
    let folder = TemporaryFolder()
    let model = Pictures()
    let batch = randn(4, 3, 8, 8)
    let small = try quantize(model, calibration: [batch])
    try exportONNX(small, inputs: batch, to: folder.file("pairs.onnx"), inputNames: ["x"])
    let imported = try ONNXModel(path: folder.file("pairs.onnx"))
    let again = try quantize(imported, calibration: [randn(4, 3, 8, 8) * 50])
    #expect(again.layers.count == 3)
    for (a, b) in zip(again.layers, small.layers) {
      #expect((a.weight.to(.float32) - b.weight.to(.float32)).abs().amax().item(as: Float.self) == 0)
    }
    let step = small(batch).abs().amax().item(as: Float.self) / 255
    #expect((again(batch) - small(batch)).abs().amax().item(as: Float.self) < 2 * step)
    let names = profile { _ in _ = again(batch) }.keyAverages().map(\.key)
    #expect(names.contains("QuantizedConvolution") && names.contains("QuantizedAveragePool2D"))
    #expect(!names.contains("Round"), "\(names)")
  }

  /// Products with a matrix and a bias added to it are linear layers.
  @Test func productsWithMatrices() throws {
    manualSeed(9)
    let (w, b) = (randn(12, 7), randn(7))
    let call: @Sendable ([Tensor]) -> [Tensor] = { [($0[0].matmul(w) + b).relu()] }
    let x = randn(3, 5, 12)
    let small = try quantize(of: nil, calibration: [[x]], QuantizationOptions(), call)
    #expect(small.layers.count == 1 && small.layers[0].weight.shape == [7, 12])
    #expect(error(call([x])[0], small([x])[0]) < 1e-3)
  }

  private func error(_ exact: Tensor, _ found: Tensor) -> Double {
    ((exact - found).square().sum() / exact.square().sum()).item(as: Double.self)
  }
}

/// Samples of which no covariance can be inverted.
@Suite struct UnusualSamplesTests {
  @Test(arguments: ["same", "far", "large", "small"]) func areTaken(_ kind: String) throws {
    manualSeed(0)
    func sample() -> Tensor {
      switch kind {
      case "same": Tensor.ones([5, 6])
      case "far": rand(5, 6) + 1e7
      case "large": randn(5, 6) * 1e30
      default: randn(5, 6) * 1e-38
      }
    }
    let model = Sequential(Linear(6, 40), ReLU(), Linear(40, 3))
    let x = sample()
    let small = try quantize(model, calibration: [x, sample()])
    let (exact, found) = noGrad { (model(x), small(x)) }
    #expect((exact - found).abs().amax().item() < 0.02 * exact.abs().amax().item(as: Float.self))
  }

  @Test func numbersThatAreNoneAreTold() {
    let model = Sequential(Linear(6, 3))
    #expect(throws: TensorError.self) { try quantize(model, calibration: [Tensor.full([5, 6], Double.nan)]) }
  }
}

/// Means of windows of integers are those of the numbers that they stand for, rounded once.
@Suite struct QuantizedAveragePoolTests {
  private let input = AffineCode(scale: 0.05, zeroPoint: 117)

  @Test(arguments: [
    ([2, 2], [2, 2], [0, 0], false, 0), ([3, 3], [2, 1], [1, 1], true, 0), ([3, 3], [2, 1], [1, 1], false, 0),
    ([3, 2], [1, 1], [0, 0], true, 5),
  ]) func windows(_ kernel: [Int], _ stride: [Int], _ padding: [Int], _ countsPadding: Bool, _ divisor: Int) {
    manualSeed(1)
    let q = randint(0, 256, [2, 19, 9, 8]).to(.uint8)
    let x = (q.to(.float64) - Double(input.zeroPoint)) * Double(input.scale)
    let exact = avgPool2d(
      x, kernelSize: (kernel[0], kernel[1]), stride: (stride[0], stride[1]), padding: (padding[0], padding[1]),
      countIncludePad: countsPadding, divisorOverride: divisor == 0 ? nil : divisor)
    var window = PoolWindow.whole(kernel)
    (window.stride, window.padding) = (stride, padding)
    let rule = AverageRule(countIncludePad: countsPadding, divisor: divisor)
    let floats = apply(QuantizedAveragePool(window, rule, input: input, output: nil), q)
    #expect((floats.to(.float64) - exact).abs().amax().item(as: Double.self) < 1e-5)
    let output = AffineCode(scale: 0.0371, zeroPoint: 120)
    let made = apply(QuantizedAveragePool(window, rule, input: input, output: output), q)
    let wanted = ((exact / Double(output.scale)).round() + 120).clamp(min: 0, max: 255)
    let away = (made.to(.float64) - wanted).abs()
    #expect(away.amax().item(as: Double.self) <= 1 && away.mean().item(as: Double.self) < 0.01)
  }
}
