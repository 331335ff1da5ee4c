import Apus
import ApusCore
import ApusFunctional
import TestSupport
import Testing

/// Products and convolutions of integers are those of the numbers that they stand for, rounded once.
@Suite struct QuantizedProductTests {
  private let input = AffineCode(scale: 0.05, zeroPoint: 117)
  private let output = AffineCode(scale: 0.4, zeroPoint: 90)

  private func integers(_ shape: [Int]) -> Tensor { randint(0, 256, shape).to(.uint8) }
  private func real(_ q: Tensor, _ code: AffineCode) -> Tensor {
    (q.to(.float64) - Double(code.zeroPoint)) * Double(code.scale)
  }

  /// All are equal but for ties, which sums in another order decide otherwise.
  private func expectRounded(_ found: Tensor, _ exact: Tensor, _ code: AffineCode) {
    let wanted = ((exact / Double(code.scale)).round() + Double(code.zeroPoint)).clamp(min: 0, max: 255)
    let away = (found.to(.float64) - wanted).abs()
    #expect(away.amax().item(as: Double.self) <= 1)
    #expect(away.mean().item(as: Double.self) < 0.002)
  }

  @Test(arguments: [(1, 1, 0, 1), (3, 1, 1, 1), (3, 2, 1, 1), (5, 2, 2, 32), (3, 1, 1, 32), (3, 1, 1, 4)])
  func convolutions(_ kernel: Int, _ stride: Int, _ padding: Int, _ groups: Int) throws {
    manualSeed(kernel + groups)
    let (x, w) = (integers([2, 32, 9, 10]), randint(-127, 128, [32, 32 / groups, kernel, kernel]).to(.int8))
    let (scales, bias) = (rand(32) * 0.01 + 0.001, randn(32))
    let settings = ConvolutionSettings(
      stride: [stride, stride], padding: [padding, padding], paddingAfter: [padding, padding], dilation: [1, 1],
      groups: groups)
    let exact = conv2d(
      real(x, input), w.to(.float64) * scales.to(.float64).reshape(32, 1, 1, 1), bias.to(.float64), stride: stride,
      padding: padding, groups: groups)
    let plain = QuantizedConvolution(settings: settings, input: input, output: output)
    expectRounded(apply(plain, [x, w, scales, bias])[0], exact, output)
    let floats = QuantizedConvolution(settings: settings, input: input, output: nil)
    #expect((apply(floats, [x, w, scales, bias])[0].to(.float64) - exact).abs().amax().item(as: Double.self) < 1e-3)
    let former = integers(exact.shape)
    let code = AffineCode(scale: 0.11, zeroPoint: 31)
    let sum = QuantizedConvolution(settings: settings, input: input, output: output, former: code)
    expectRounded(apply(sum, [x, w, scales, bias, former])[0], exact + real(former, code), output)
  }

  @Test func products() throws {
    manualSeed(4)
    let (x, w) = (integers([3, 7, 48]), randint(-127, 128, [20, 48]).to(.int8))
    let (scales, bias) = (rand(20) * 0.01 + 0.001, randn(20))
    let exact = linear(real(x, input), w.to(.float64) * scales.to(.float64).unsqueeze(1), bias.to(.float64))
    expectRounded(
      apply(QuantizedLinear(input: input, output: output), [x, w, scales, bias])[0], exact, output)
    expectRounded(
      apply(QuantizedLinear(input: input, output: output, epilogue: .gelu), [x, w, scales, bias])[0], exact.gelu(),
      output)
  }

  @Test func thereAndBack() {
    manualSeed(6)
    for shape in [[2, 5, 30, 31], [7], [70, 80]] {
      let x = randn(shape) * 3
      let q = apply(QuantizeElements(input), [x])[0]
      let wanted = ((x * (1 / input.scale)).round() + Double(input.zeroPoint)).clamp(min: 0, max: 255)
      #expect((q.to(.float32) - wanted).abs().amax().item(as: Float.self) == 0)
      let back = apply(DequantizeElements(input), [q])[0]
      #expect((back.to(.float64) - real(q, input)).abs().amax().item(as: Double.self) < 1e-5)
    }
  }
}

/// Models of integers of 8 bits give what those of floating point numbers give, to a few steps.
@Suite(.serialized) struct QuantizedModelTests {
  /// Convolutions with normalisations, a residual, maximum pooling and linear layers.
  private final class Pictures: Layer {
    let state = ModuleState()
    let stem = Conv2d(3, 8, kernelSize: 3, padding: 1, bias: false)
    let norm = BatchNorm2d(8)
    let wide = Conv2d(8, 16, kernelSize: 1)
    let deep = Conv2d(16, 16, kernelSize: 3, stride: 1, padding: 1, groups: 16)
    let narrow = Conv2d(16, 8, kernelSize: 1)
    let head = Linear(8 * 4 * 4, 12)
    let out = Linear(12, 5)

    func forward(_ x: Tensor) -> Tensor {
      let first = norm(stem(x)).relu()
      let y = narrow(deep(wide(first).relu6()).relu6()) + first
      return out(head(maxPool2d(y, 2).flatten(1)).gelu())
    }
  }

  private func model() -> Pictures {
    manualSeed(5)
    let model = Pictures()
    // Statistics that are not the initial ones.
    for _ in 0..<3 { _ = model(randn(8, 3, 8, 8) * 2 + 0.3) }
    model.eval()
    return model
  }

  private func cosine(_ a: Tensor, _ b: Tensor) -> Double {
    ((a * b).sum() / ((a * a).sum() * (b * b).sum()).sqrt()).item(as: Double.self)
  }

  @Test(arguments: [
    CalibrationMethod.minMax, .movingAverage(0.2), .percentile(99.99), .entropy, .meanSquaredError,
  ]) func everyMethod(_ method: CalibrationMethod) throws {
    let model = model()
    let batches = (0..<4).map { _ in randn(8, 3, 8, 8) }
    let small = try quantize(model, calibration: batches, QuantizationOptions(method: method))
    let x = randn(8, 3, 8, 8)
    let (exact, found) = noGrad { (model(x), small(x)) }
    #expect(cosine(exact, found) > 0.98)
    #expect(small.layers.map(\.name) == ["stem", "wide", "deep", "narrow", "head", "out"])
    #expect(small.layers[0].weight.dtype == .int8 && small.layers[0].weight.shape == [8, 3, 3, 3])
  }

  /// Integers stay integers between layers: nothing but the input is quantised, nothing but the residual's end is not.
  @Test func integersFlow() throws {
    let model = model()
    let small = try quantize(model, calibration: [randn(4, 3, 8, 8)])
    let x = randn(2, 3, 8, 8)
    _ = small(x)
    let seen = profile { _ in _ = small(x) }
    let names = seen.keyAverages().map(\.key)
    #expect(names.contains("QuantizedConvolution") && names.contains("QuantizedMaxPool2D"))
    #expect(!names.contains("NativeBatchNorm") && !names.contains("Hardtanh"))
    #expect(!names.contains("Dequantize"))
  }

  @Test func reports() throws {
    let small = try quantize(model(), calibration: [randn(4, 3, 8, 8)])
    #expect(
      small.report.layers.count == 6 && small.report.layers.allSatisfy { $0.signalToNoise > 20 && $0.isQuantized })
    #expect(small.report.layers.allSatisfy { $0.cosine > 0.98 && $0.clipped < 0.05 })
    #expect("\(small.report)".contains("signal to noise"))
    #expect(small.report.bytesAfter < small.report.bytesBefore)
  }

  @Test func layersThatStayFloat() throws {
    let model = model()
    let small = try quantize(
      model, calibration: [randn(4, 3, 8, 8)], QuantizationOptions(float: ["stem", "head"]))
    #expect(small.layers.map(\.name) == ["wide", "deep", "narrow", "out"])
    let x = randn(3, 3, 8, 8)
    #expect(cosine(noGrad { model(x) }, small(x)) > 0.98)
    let batch = randn(4, 3, 8, 8)
    let all = try quantize(model, calibration: [batch]).report.layers.map(\.signalToNoise).sorted()
    let strict = try quantize(
      model, calibration: [batch], QuantizationOptions(minimumSignalToNoise: (all[1] + all[2]) / 2))
    #expect(strict.layers.count == 4)
    #expect(strict.report.layers.filter { !$0.isQuantized }.map(\.signalToNoise).sorted() == Array(all.prefix(2)))
  }

  @Test func filesComeBack() throws {
    let folder = TemporaryFolder()
    let path = folder.file("small.safetensors")
    let small = try quantize(model(), calibration: [randn(4, 3, 8, 8)])
    try small.save(to: path)
    let x = randn(3, 3, 8, 8)
    let other = Pictures()
    let back = try QuantizedModel(loading: path, of: other, example: x)
    #expect(back(x).equal(small(x)))
    #expect(back.report.layers.map(\.name) == small.report.layers.map(\.name))
    #expect(throws: TensorError.self) { try QuantizedModel(loading: path, of: Linear(3, 8), example: randn(1, 3)) }
    let wrong = folder.file("wrong.safetensors")
    try save(other.stateDict(), to: wrong)
    #expect(throws: TensorError.self) { try QuantizedModel(loading: wrong, of: other, example: x) }
  }

  /// The exported model, run in floating point by the importer, is the quantised one; quantised again from its file, too.
  @Test func onnx() throws {
    let folder = TemporaryFolder()
    let (model, batch) = (model(), randn(4, 3, 8, 8))
    let small = try quantize(model, calibration: [batch])
    try exportONNX(small, inputs: batch, to: folder.file("small.onnx"), inputNames: ["x"])
    let back = try ONNXModel(path: folder.file("small.onnx"))
    let found = noGrad { back(batch) }
    #expect(cosine(found, small(batch)) > 0.9995)
    let operators = back.extraRepresentation
    #expect(operators.contains(" 6 QuantizeLinear") && operators.contains(" 1 MaxPool"), "\(operators)")
    #expect(!operators.contains(" Clip") && !operators.contains("BatchNormalization"), "\(operators)")
    // A normalisation is several operations in the imported model, and folds all the same.
    try exportONNX(model, inputs: batch, to: folder.file("float.onnx"))
    let imported = try ONNXModel(path: folder.file("float.onnx"))
    let again = try quantize(imported, calibration: [batch])
    #expect(again.layers.count == 6 && again.stateDict().names.allSatisfy { !$0.hasPrefix("floats") })
    #expect(cosine(again(batch), small(batch)) > 0.999)
  }

  /// Inside of a function that is compiled it is part of the graph.
  @Test func compiles() throws {
    let model = model()
    let small = try quantize(model, calibration: [randn(4, 3, 8, 8)])
    let fast = compile { (x: Tensor) in small(x) * 2 }
    for _ in 0..<3 {
      let x = randn(2, 3, 8, 8)
      #expect((fast(x) - small(x) * 2).abs().amax().item(as: Float.self) == 0)
    }
    #expect(fast.graph.contains("QuantizedConvolution"))
  }

  @Test func dynamic() throws {
    manualSeed(2)
    let model = Sequential(Embedding(20, 32), Linear(32, 64), GELU(), LayerNorm(64), Linear(64, 7))
    let tokens = randint(0, 20, [3, 5])
    let small = try quantizeDynamic(model, example: tokens)
    let other = randint(0, 20, [2, 9])
    #expect(cosine(noGrad { model(other) }, small(other)) > 0.995)
    #expect(small.report.layers.map(\.kind) == ["table", "linear", "linear"])
    try small.release(readyFor: [tokens])
    #expect(throws: TensorError.self) { try withErrors { _ = small(randint(0, 20, [4, 4])) } }
    #expect(cosine(noGrad { model(tokens) }, small(tokens)) > 0.995)
  }

  @Test func mistakes() {
    #expect(throws: TensorError.self) { try quantize(Linear(2, 3), calibration: []) }
    #expect(throws: TensorError.self) { try quantize(ReLU(), calibration: [randn(2, 3)]) }
    #expect(throws: TensorError.self) { try quantize(Linear(2, 3), calibration: [tensor([[Float.nan, .nan]])]) }
  }

  /// The range of numbers of which one in a thousand is far away: errors squared and percentiles leave those out.
  @Test func outliersAreCut() throws {
    manualSeed(1)
    let layer = Linear(64, 64)
    let x = randn(200, 64)
    let many = cat([x, full([1, 64], 60)], dim: 0)
    func step(_ method: CalibrationMethod) throws -> Float {
      try quantize(layer, calibration: [many], QuantizationOptions(method: method)).scales.array(as: Float.self)[0]
    }
    let whole = try step(.minMax)
    #expect(abs(whole - 64 / 255) < 0.01)
    #expect(try step(.percentile(99)) < whole / 5)
    #expect(try step(.meanSquaredError) < whole)
  }

  /// The digits: a small network loses less than half a point.
  @Test func digits() throws {
    manualSeed(3)
    let model = Sequential(
      Conv2d(1, 12, kernelSize: 3, padding: 1), BatchNorm2d(12), ReLU(), MaxPool2d(2),
      Conv2d(12, 24, kernelSize: 3, padding: 1), BatchNorm2d(24), ReLU(), Flatten(), Linear(24 * 4 * 4, 10))
    let optimizer = Adam(model.parameters(), lr: 4e-3)
    for _ in 0..<6 {
      for (images, labels) in DataLoader(Digits(train: true), batchSize: 64, shuffle: true) {
        optimizer.zeroGrad()
        crossEntropy(model(images), labels).backward()
        optimizer.step()
      }
    }
    model.eval()
    var batches: [Tensor] = []
    for (images, _) in DataLoader(Digits(train: true), batchSize: 64).prefix(4) { batches.append(images) }
    let small = try quantize(model, calibration: batches)
    var (right, rightSmall, count) = (0, 0, 0)
    for (images, labels) in DataLoader(Digits(train: false), batchSize: 64) {
      func hits(_ scores: Tensor) -> Int { scores.argmax(1).eq(labels).sum().item(as: Int.self) }
      right += hits(noGrad { model(images) })
      rightSmall += hits(small(images))
      count += labels.count
    }
    #expect(Double(right) > 0.93 * Double(count))
    #expect(Double(rightSmall) > Double(right) - 0.005 * Double(count))
    #expect(small.report.bytesBefore > 3 * small.report.bytesAfter)
  }
}
