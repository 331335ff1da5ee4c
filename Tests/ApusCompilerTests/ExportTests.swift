import Apus
import Foundation
import Testing

/// Captured functions as programs of their own: compiled by a C compiler, and run by Node.
@Suite struct ExportTests {
  private func run(_ program: String, _ arguments: [String]) throws -> String {
    let process = Process()
    process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
    process.arguments = [program] + arguments
    let pipe = Pipe()
    process.standardOutput = pipe
    try process.run()
    let output = pipe.fileHandleForReading.readDataToEndOfFile()
    process.waitUntilExit()
    #expect(process.terminationStatus == 0)
    return String(decoding: output, as: UTF8.self)
  }

  private func isThere(_ program: String) -> Bool {
    (try? run(program, ["--version"]))?.isEmpty == false
  }

  private func inFolder(_ body: (URL) throws -> Void) throws {
    let folder = FileManager.default.temporaryDirectory.appendingPathComponent("apus-export-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    try body(folder)
  }

  private func network() -> (any Layer, Tensor) {
    manualSeed(0)
    return (Sequential(Linear(64, 32), ReLU(), Linear(32, 16), GELU(), Linear(16, 10)), rand(3, 64))
  }

  @Test func theDigitsNetworkRunsInNode() throws {
    guard isThere("node"), isThere("clang"), ProcessInfo.processInfo.environment["APUS_CC"] != "off" else { return }
    let (model, x) = network()
    let bytes = try exportWebAssembly({ (x: Tensor) in model.forward(x) }, example: x)
    try inFolder { folder in
      try Data(bytes).write(to: folder.appendingPathComponent("model.wasm"))
      let script = """
        const bytes = require('fs').readFileSync('\(folder.path)/model.wasm');
        WebAssembly.instantiate(bytes).then(({instance}) => {
          const {memory, model_input, model_output, model_run} = instance.exports;
          new Float32Array(memory.buffer, model_input(0), \(x.count)).set(\(x.array().map { "\($0)" }));
          model_run();
          console.log(Array.from(new Float32Array(memory.buffer, model_output(0), 30)).join(' '));
        });
        """.replacingOccurrences(of: "\"", with: "")
      let found = try run("node", ["-e", script]).split(whereSeparator: \.isWhitespace).compactMap { Double($0) }
      expectClose(Tensor(found, shape: [3, 10], dtype: .float32), noGrad { model.forward(x) })
    }
  }

  @Test func aConvolutionalNetworkAsC() throws {
    guard isThere("clang") || isThere("cc") else { return }
    manualSeed(1)
    let model = Sequential(
      Conv2d(1, 4, kernelSize: 3, padding: 1), BatchNorm2d(4), ReLU(), MaxPool2d(2), Conv2d(4, 6, kernelSize: 3),
      ReLU(),
      Flatten(), Linear(24, 5), Softmax(dim: 1))
    model.eval()
    let x = rand(2, 1, 8, 8)
    let source = try exportC({ (x: Tensor) in model.forward(x) }, example: x, name: "net")
    try inFolder { folder in
      let main = """
        #include <stdio.h>
        int main(void) {
          float in[] = {\(x.array().map { "\($0)" }.joined(separator: ","))}, out[10];
          net(in, out);
          for (int i = 0; i < 10; i++) printf("%.8g\\n", out[i]);
          return 0;
        }
        """
      let path = folder.appendingPathComponent("net.c").path
      try (source + main).write(toFile: path, atomically: true, encoding: .utf8)
      let program = folder.appendingPathComponent("net").path
      _ = try run(isThere("clang") ? "clang" : "cc", ["-O2", "-o", program, path, "-lm"])
      let found = try run(program, []).split(separator: "\n").compactMap { Double($0) }
      expectClose(Tensor(found, shape: [2, 5], dtype: .float32), noGrad { model.forward(x) })
    }
  }

  @Test func whatCannotBeExportedSaysWhy() throws {
    let reads = #expect(throws: TensorError.self) {
      try exportC({ (x: Tensor) in x.sum().item() > 0 ? x : -x }, example: Tensor.ones(3))
    }
    #expect(reads?.description.contains("cannot be captured") == true)
    let sorts = #expect(throws: TensorError.self) {
      try exportC({ (x: Tensor) in x.median() }, example: Tensor.ones(3))
    }
    #expect(sorts?.description.contains("no C form for") == true)
  }
}
