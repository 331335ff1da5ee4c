import ApusCore
import ApusExchange
import ApusFormats
import ApusMedia
import ApusNN

/// Reads all of a file whose format its name tells: tensors, sound, or a model of TensorFlow Lite, which is run on zeros.
@Sendable func readPlainFile(_ item: FormatCase) throws {
  let path = try item.path("file")
  switch path.split(separator: ".").last.map(String.init) ?? "" {
  case "wav", "flac", "ogg", "aiff": _ = try readSound(path)
  case "tflite":
    let model = try TFLiteModel(path: path)
    let inputs = try model.inputs.map { input in
      let shape = input.shape.map { max(1, $0) }
      // A damaged shape may ask for more than the caller would give.
      try ResultMemory.require(shape, input.dtype, limit: 1 << 23)
      return Tensor.zeros(shape, dtype: input.dtype)
    }
    _ = try model.run(inputs)
  case "safetensors":
    let file = try SafetensorsFile(path: path)
    for entry in file.entries {
      let dtype = try entry.requireDType()
      _ = try file.withBytes(of: entry) { try Tensor(bytes: $0, shape: entry.shape, dtype: dtype) }
    }
  default: _ = try inspectTensorFile(path)
  }
}
