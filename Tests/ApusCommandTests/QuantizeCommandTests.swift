import Apus
import Foundation
import TestSupport
import Testing

/// `apus quantize` makes ONNX models and program files that compute with integers.
@Suite struct QuantizeCommandTests {
  @Test func onnxModels() throws {
    let folder = TemporaryFolder()
    manualSeed(3)
    let model = Sequential(Conv2d(1, 8, kernelSize: 3), ReLU(), Flatten(), Linear(8 * 36, 4))
    let samples = randn(16, 1, 8, 8)
    try exportONNX(model, inputs: samples.narrow(0, 0, 1), to: folder.file("float.onnx"), inputNames: ["x"])
    try saveNumpy(samples, to: folder.file("samples.npy"))
    let place = URL(fileURLWithPath: folder.path)
    let done = try runTool(
      ["quantize", "float.onnx", "small.onnx", "--calibrate", "samples.npy", "--report"], in: place)
    #expect(done.status == 0 && done.output.contains("2 layers compute with integers"), "\(done)")
    #expect(done.output.contains("signal to noise"))
    let small = try ONNXModel(path: folder.file("small.onnx"))
    let x = samples.narrow(0, 3, 1).contiguous()
    let (exact, found) = noGrad { (model(x), small(x)) }
    #expect((exact - found).abs().amax().item(as: Float.self) < 0.05 * exact.abs().amax().item(as: Float.self) + 0.02)
    let program = try runTool(["quantize", "float.onnx", "small.apus", "--calibrate", "samples.npy"], in: place)
    #expect(program.status == 0, "\(program)")
    let stored = try #require(noGrad { try Program.load(folder.file("small.apus"))(x) }.first)
    #expect((stored - found).abs().amax().item(as: Float.self) < 0.02 * exact.abs().amax().item(as: Float.self))
    let wrong = try runTool(
      ["quantize", "float.onnx", "out.onnx", "--calibrate", "samples.npy", "--method", "best"], in: place)
    #expect(wrong.status != 0 && wrong.errors.contains("minmax, moving, percentile, entropy, mse"))
  }
}
