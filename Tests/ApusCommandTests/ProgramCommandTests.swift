import Apus
import Foundation
import Testing

/// `apus run`, `apus info FILE`, `apus build` and `apus export`.
@Suite struct ProgramCommandTests {
  private func inFolder(_ body: (URL) throws -> Void) throws {
    let folder = FileManager.default.temporaryDirectory.appendingPathComponent("apus-run-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    try body(folder)
  }

  private func model() -> Sequential {
    manualSeed(0)
    return Sequential(Linear(4, 8), ReLU(), Linear(8, 2))
  }

  @Test func runsAProgram() throws {
    try inFolder { folder in
      let model = model()
      let path = folder.appendingPathComponent("model.apus").path
      try export(
        model, example: zeros(1, 4), to: path, dynamic: ["x": [0: "batch"]], inputNames: ["x"], outputNames: ["y"])
      let x = randn(3, 4)
      try saveNumpy(x, to: folder.appendingPathComponent("x.npy").path)

      let (listed, ports, _) = try runTool(["run", "model.apus"], in: folder)
      #expect(listed == 0 && ports == "input   x: float32[batch, 4]\noutput  y: float32[batch, 2]\n")
      let (status, output, errors) = try runTool(
        ["run", "model.apus", "--input", "x=x.npy", "--output", ".", "--repeat", "3"], in: folder)
      #expect(status == 0, "\(errors)")
      #expect(output.contains("3 calls: shortest") && output.contains("y: float32[3, 2] in ./y.npy"))
      let y = try loadNumpy(folder.appendingPathComponent("y.npy").path)
      #expect((y - noGrad { model(x) }).abs().max().item() < 1e-5)

      let (wrong, _, message) = try runTool(["run", "model.apus", "--input", "z=x.npy"], in: folder)
      #expect(wrong == 1 && message.contains("there is no input 'z'; the inputs are x"))
      let (_, described, _) = try runTool(["info", "model.apus"], in: folder)
      #expect(described.contains("2 linear") && described.contains("0.weight: float32[8, 4]"))
    }
  }

  @Test func buildsALibrary() throws {
    try inFolder { folder in
      try export(
        model(), example: zeros(1, 4), to: folder.appendingPathComponent("my-model.apus").path,
        dynamic: ["x": [0: "batch"]], inputNames: ["x"], outputNames: ["y"])
      let (status, output, errors) = try runTool(["build", "my-model.apus", "--size", "batch=3"], in: folder)
      #expect(status == 0, "\(errors)")
      #expect(output.contains("in0  x: float32[3, 4]") && output.contains("out0  y: float32[3, 2]"))
      let header = try String(contentsOf: folder.appendingPathComponent("my_model/my_model.h"), encoding: .utf8)
      #expect(header.contains("my_model_run(void *workspace, const float *in0, float *out0)"))

      let (_, single, _) = try runTool(["build", "my-model.apus", "--target", "header"], in: folder)
      #expect(single.contains("in0  x: float32[1, 4]"))

      let (unknown, _, message) = try runTool(["build", "my-model.apus", "--size", "rows=3"], in: folder)
      #expect(unknown == 1 && message.contains("there is no open size 'rows'; the open ones are batch"))
      let (wrong, _, usage) = try runTool(["build", "my-model.apus", "--target", "jar"], in: folder)
      #expect(wrong == 2 && usage.contains("c, shared, static, wasm, header"))
    }
  }

  @Test func exportsAnONNXModel() throws {
    try inFolder { folder in
      let model = model()
      try exportONNX(
        model, inputs: zeros(1, 4), to: folder.appendingPathComponent("model.onnx").path, inputNames: ["x"],
        outputNames: ["y"], dynamicAxes: ["x": [0: "batch"]])
      let (status, output, errors) = try runTool(["export", "model.onnx", "model.apus"], in: folder)
      #expect(status == 0 && output.contains("input   x: float32[batch, 4]"), "\(errors)")
      let x = randn(5, 4)
      let y = try Program.load(folder.appendingPathComponent("model.apus").path)(x)[0]
      #expect((y - noGrad { model(x) }).abs().max().item() < 1e-5)
    }
  }
}
