import Apus
import Foundation
import Testing

@Suite struct DeployingCode {
  @Test func libraries() throws {
    let folder = FileManager.default.temporaryDirectory.appendingPathComponent("apus-deploying-\(UUID().uuidString)")
      .path
    defer { try? FileManager.default.removeItem(atPath: folder) }

    let model = Sequential(
      Conv2d(1, 8, kernelSize: 3, padding: 1), BatchNorm2d(8), ReLU(), MaxPool2d(2), Flatten(), Linear(128, 10))
    model.eval()
    let library = try CLibrary({ (x: Tensor) in model(x) }, example: randn(1, 1, 8, 8), name: "digits")
    print(library.inputs.map { "\($0.name): \($0.type)" })  // ["in0: float32[1, 1, 8, 8]"]
    try library.write(.files, to: folder)  // digits.h and digits.c
    #expect(FileManager.default.fileExists(atPath: folder + "/digits.c"))
    #expect(library.inputs.map { "\($0.name): \($0.type)" } == ["in0: float32[1, 1, 8, 8]"])

    let large = try CLibrary({ (x: Tensor) in model(x) }, example: randn(1, 1, 8, 8), name: "digits", weights: .apart)
    print(large.weights.count == 5632, large.workspaceSize < 20_000)  // true true
    #expect(large.weights.count == 5632 && large.workspaceSize < 20_000)
  }
}
