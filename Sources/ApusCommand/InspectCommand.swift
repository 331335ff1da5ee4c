import Apus

/// `apus inspect`: what a file of tensors holds.
struct InspectCommand: Command {
  static let name = "inspect"
  static let summary = "list what a file of weights or a model holds"
  static let help = """
    usage: apus inspect FILE [--tensors N]

    Lists the names, types, shapes and sizes of the tensors of a file, and its metadata, without reading the elements. The
    format is told by the content: safetensors (also a folder or index of several files), PyTorch, NumPy, GGUF, ONNX, Keras.
    Of a model of TensorFlow Lite it lists inputs, outputs and operators, of a picture or a sound what its head says.

      --tensors N   list at most N tensors
    """

  private let path: String
  private let mostTensors: Int

  init(_ words: inout Words) throws {
    mostTensors = try words.takeNumber("--tensors", in: 0...Int.max) ?? .max
    path = try words.takeOperand("FILE")
  }

  func run() throws {
    for line in try lines() { print(line) }
  }

  private func lines() throws -> [String] {
    if try TensorFileFormat.recognized(path) == nil {
      if let picture = try? ImageInfo(path: path) {
        let orientation = picture.orientation == 1 ? "" : ", EXIF orientation \(picture.orientation)"
        return [
          "\(path): \(picture.format), \(picture.width) x \(picture.height) pixels, \(picture.channels) channels of "
            + "\(picture.bits) bits\(orientation)"
        ]
      }
      if path.lowercased().hasSuffix(".tflite") {
        let model = try TFLiteModel(path: path)
        return ["\(path): TensorFlow Lite, \(model.modelDescription)", "\(model)"]
      }
      if let sound = try? SoundInfo(path: path) {
        let length = sound.frames.map {
          ", \($0) frames (\(formatted(Double($0) / Double(sound.sampleRate))) s)"
        }
        return ["\(path): sound, \(sound.channels) channels, \(sound.sampleRate) Hz\(length ?? "")"]
      }
    }
    return try inspectTensorFile(path, mostTensors: mostTensors)
  }

  /// With two digits behind the point.
  private func formatted(_ seconds: Double) -> String {
    let hundredths = Int(clamping: Int64(exactly: (seconds * 100).rounded()) ?? .max)
    return "\(hundredths / 100).\(hundredths % 100 < 10 ? "0" : "")\(hundredths % 100)"
  }
}
