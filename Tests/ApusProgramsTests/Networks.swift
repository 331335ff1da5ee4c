import Apus
import ApusPrograms
import Foundation
import Testing

/// The networks of the tests, and of the files that are kept in `Recorded`.
enum Network: String, CaseIterable {
  case perceptron, convolutional, encoder

  /// The network with weights of its own, in use, and an argument.
  func make() -> (module: any Layer, example: Tensor) {
    manualSeed(7)
    switch self {
    case .perceptron:
      return (Sequential(Linear(12, 16), GELU(), LayerNorm(16), Linear(16, 5), Softmax(dim: 1)).eval(), randn(3, 12))
    case .convolutional:
      let module = Sequential(
        Conv2d(2, 6, kernelSize: 3, padding: 1), BatchNorm2d(6), ReLU(), MaxPool2d(2),
        Conv2d(6, 8, kernelSize: 3, stride: 2, padding: 1), ReLU(), AdaptiveAvgPool2d(1), Flatten(), Linear(8, 4))
      // Running statistics that are not those of a new module.
      noGrad { for _ in 0..<3 { _ = module(randn(4, 2, 12, 12) * 2 + 1) } }
      return (module.eval(), randn(2, 2, 12, 12))
    case .encoder:
      let layer = TransformerEncoderLayer(dModel: 16, nhead: 4, dimFeedforward: 32, dropout: 0.1, batchFirst: true)
      return (TransformerEncoder(layer, numLayers: 2).eval(), randn(2, 6, 16))
    }
  }

  /// The open dimensions that suit the argument.
  var dynamic: [Int: String] { self == .encoder ? [0: "batch", 1: "length"] : [0: "batch"] }
}

/// Calls `body` with a path in a folder of its own.
func withFile<Result>(_ name: String = "program.apus", _ body: (String) throws -> Result) throws -> Result {
  let folder = FileManager.default.temporaryDirectory.appendingPathComponent("apus-programs-\(UUID().uuidString)")
  try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
  defer { try? FileManager.default.removeItem(at: folder) }
  return try body(folder.appendingPathComponent(name).path)
}

/// The folder of recorded files.
let recordedFolder = URL(fileURLWithPath: #filePath).deletingLastPathComponent().appendingPathComponent("Recorded").path

/// Whether two tensors have the same bits.
func haveSameBits(_ a: Tensor, _ b: Tensor) -> Bool {
  a.type == b.type && a.contiguous().withUnsafeBytes { x in b.contiguous().withUnsafeBytes { x.elementsEqual($0) } }
}

/// Checks that two tensors are equal up to `tolerance` relative to the largest element.
func expectClose(
  _ a: Tensor, _ b: Tensor, _ tolerance: Double = 1e-5, sourceLocation: SourceLocation = #_sourceLocation
) {
  #expect(a.shape == b.shape, sourceLocation: sourceLocation)
  guard a.shape == b.shape, a.count > 0 else { return }
  let (x, y) = (a.detach().array(as: Double.self), b.detach().array(as: Double.self))
  let scale = max(1, y.map(\.magnitude).max() ?? 1)
  let worst = zip(x, y).map { ($0 - $1).magnitude }.max() ?? 0
  #expect(worst <= tolerance * scale, sourceLocation: sourceLocation)
}
