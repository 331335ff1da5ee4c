import Apus
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

    try small.save(to: path)
    let back = try QuantizedModel(loading: path, of: model, example: batches[0])
    #expect(back(batches[0]).equal(scores))
    try exportONNX(small, inputs: batches[0], to: folder.file("digits-int8.onnx"), inputNames: ["pixels"])
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
