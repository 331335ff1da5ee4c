import Apus
import Foundation
import Testing

@Suite struct ONNXCode {
  /// A model of one layer, in the bytes that any other library writes: y = x w^T, with w of shape [1, 3].
  private static let bytes: [UInt8] = {
    func field(_ number: UInt8, _ content: [UInt8]) -> [UInt8] { [number << 3 | 2, UInt8(content.count)] + content }
    func text(_ number: UInt8, _ name: String) -> [UInt8] { field(number, Array(name.utf8)) }
    let attribute = text(1, "transB") + [3 << 3, 1]
    let node = text(1, "x") + text(1, "w") + text(2, "y") + text(4, "Gemm") + field(5, attribute)
    let weights: [UInt8] = [0.5, -1, 2].flatMap { (w: Float) in
      withUnsafeBytes(of: w.bitPattern.littleEndian) { Array($0) }
    }
    let weight = [UInt8](arrayLiteral: 1 << 3, 1, 1 << 3, 3, 2 << 3, 1) + text(8, "w") + field(9, weights)
    let shape = field(1, text(2, "batch")) + field(1, [1 << 3, 3])
    let input = text(1, "x") + field(2, field(1, [1 << 3, 1] + field(2, shape)))
    let graph = field(1, node) + field(5, weight) + field(11, input) + field(12, text(1, "y"))
    return [1 << 3, 8] + field(7, graph) + field(8, [2 << 3, 17])
  }()

  @Test func reads() throws {
    let folder = FileManager.default.temporaryDirectory.appendingPathComponent("onnx-guide-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    let path = folder.appendingPathComponent("network.onnx").path
    try Data(Self.bytes).write(to: URL(fileURLWithPath: path))
    let x = Tensor([[1.0, 2.0, 3.0]])
    let target = Tensor([[0.0]])
    try reads(path, x, target)
  }

  private func reads(_ path: String, _ x: Tensor, _ target: Tensor) throws {
    let model = try ONNXModel(path: path)
    print(model.inputs, model.outputs)  // [x: float32 [batch, 3]] [y]
    let y = model(x)  // the first input, the first output
    let results = try model.run(["x": x])  // by name
    #expect(y.array() == [4.5] as [Float] && results["y"]?.array() == [4.5] as [Float]?)
    #expect(model.inputs[0].description == "x: float32 [batch, 3]" && model.namedParameters().map(\.name) == ["w"])

    let optimizer = SGD(model.parameters(), lr: 0.1)
    let loss = mseLoss(model(x), target)
    loss.backward()
    optimizer.step()
    // The gradient is 2 * 4.5 * x.
    #expect(model.parameters()[0].allclose(Tensor([[0.5 - 0.9, -1 - 1.8, 2 - 2.7]]), atol: 1e-5))

    let inferred = noGrad { model(x) }
    #expect(inferred.allclose(model(x)))
  }
}
