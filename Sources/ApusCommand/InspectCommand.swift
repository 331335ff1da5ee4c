import Apus

/// `apus inspect`: what a file of tensors holds.
struct InspectCommand: Command {
  static let name = "inspect"
  static let summary = "list what a file of weights or a model holds"
  static let help = """
    usage: apus inspect FILE [--tensors N]

    Lists the names, types, shapes and sizes of the tensors of a file, and its metadata, without reading the elements. The
    format is told by the content: safetensors (also a folder or index of several files), PyTorch, NumPy, GGUF, ONNX, Keras.

      --tensors N   list at most N tensors
    """

  private let path: String
  private let mostTensors: Int

  init(_ words: inout Words) throws {
    mostTensors = try words.takeNumber("--tensors", in: 0...Int.max) ?? .max
    path = try words.takeOperand("FILE")
  }

  func run() throws {
    for line in try inspectTensorFile(path, mostTensors: mostTensors) { print(line) }
  }
}
