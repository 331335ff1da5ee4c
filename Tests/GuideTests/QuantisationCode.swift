import Apus
import Foundation
import TestSupport
import Testing

/// The code of docs/quantisation.md.
@Suite struct QuantisationCode {
  @Test func digits() throws {
    let folder = TemporaryFolder()
    let path = folder.file("digits-int8.safetensors")
    let model = Sequential(
      Conv2d(1, 16, kernelSize: 3, padding: 1), BatchNorm2d(16), ReLU(), MaxPool2d(2), Flatten(), Linear(256, 10))
    // Trained elsewhere; a few hundred samples as they are to be expected.
    let batches = DataLoader(Digits(train: true), batchSize: 64).prefix(4).map { images, _ in images }
    let small = try quantize(model, calibration: batches)
    print(small.report)
    let scores = small(batches[0])
    #expect(scores.shape == [64, 10])

    let careful = try quantize(
      model, calibration: batches,
      QuantizationOptions(method: .percentile(99.99), float: ["5"], minimumSignalToNoise: 25))
    #expect(!careful.layers.contains { $0.name == "5" })

    let kept = try quantize(
      model, calibration: batches,
      QuantizationOptions(keep: .agreement(0.99), mostFloatWork: 0.3, mostFloatWeights: 0.05))
    print(kept.report)
    #expect(kept.report.whole != nil)

    try small.save(to: path)
    let back = try QuantizedModel(loading: path, of: model, example: batches[0])
    #expect(back(batches[0]).equal(scores))
    try exportONNX(small, inputs: batches[0], to: folder.file("digits-int8.onnx"), inputNames: ["pixels"])

    try export(small, example: batches[0], to: folder.file("digits-int8.apus"), inputNames: ["pixels"])
    let program = try Program.load(folder.file("digits-int8.apus"))
    #expect(try program(batches[0])[0].equal(scores))

    let imported = try ONNXModel(path: folder.file("digits-int8.onnx"))
    let integers = try quantize(imported, calibration: [batches[0]])
    #expect(integers.layers.count == small.layers.count)

    let aware = Sequential(
      FakeQuantize(), Conv2d(1, 16, kernelSize: 3, padding: 1), ReLU(), Flatten(), Linear(1024, 10))
    _ = aware(batches[0])
    for case let layer as FakeQuantize in aware.modules() { layer.disableObserver() }
    aware.eval()
    let trained = try quantize(aware, calibration: [batches[0]])
    #expect(trained.layers.count == 2)
  }

  /// A model that ONNX Runtime made, `scripts/record-integers.py`.
  @Test func operatorsOnBytes() throws {
    let folder = TemporaryFolder()
    let recorded = URL(fileURLWithPath: #filePath).deletingLastPathComponent().path
    let model = try Data(
      contentsOf: URL(fileURLWithPath: recorded + "/../ApusLayoutsTests/Recorded/integers/images-u8.onnx"))
    put(Array(model), at: folder.file("digits-qoperator.onnx"))
    let batches = [randn(2, 3, 17, 20)]
    let bytes = try ONNXModel(path: folder.file("digits-qoperator.onnx"))
    try export(bytes, example: batches[0], to: folder.file("digits-bytes.apus"))
    let program = try Program.load(folder.file("digits-bytes.apus"))
    #expect(program.operations.contains { $0.name == "quantized_convolution" })
  }

  @Test func sentences() throws {
    let encoder = Sequential(Embedding(100, 32), Linear(32, 64), GELU(), Linear(64, 32))
    let tokens = randint(0, 100, [2, 12])
    let fast = try quantizeDynamic(encoder, example: tokens)
    let pooled = try quantizeDynamic(of: encoder, example: [tokens]) { [encoder($0[0]).mean([1])] }
    let vectors = pooled([tokens])[0]
    try fast.release(readyFor: [tokens])
    #expect(vectors.shape == [2, 32] && fast(tokens).shape == [2, 12, 32])
  }
}
