import ApusCore

extension TensorFileFormat {
  static let gguf = TensorFileFormat(
    name: "GGUF", extensions: ["gguf"], recognizes: { GGUFFile.recognizes($0.bytes) },
    open: { try GGUFTensorFile(file: GGUFFile(path: $0)) },
    write: { request in
      var metadata = request.ggufMetadata
      for (key, text) in request.metadata.sorted(by: { $0.key < $1.key }) where metadata[key] == nil {
        metadata[key] = .string(text)
      }
      try writeGGUF(
        request.tensors.map { try ggufTensor($0, path: request.path) }, metadata: metadata, to: request.path)
    })

  private static func ggufTensor(_ tensor: TensorToWrite, path: String) throws -> GGUFTensor {
    guard let type = tensor.ggufType ?? GGUFTensorType(tensor.dtype) else {
      throw TensorError(
        .dtype, path,
        "tensor '\(tensor.name)' has elements of type \(tensor.dtype), which GGUF lacks; leave it out with a rule")
    }
    return GGUFTensor(name: tensor.name, type: type, shape: tensor.shape) { body in
      let bytes: Tensor
      if let blocks = try tensor.loadBlocks?() {
        bytes = blocks.bytes
      } else if type.dtype == nil {
        bytes = try QuantizedTensor(quantizing: tensor.load(), as: type).bytes
      } else {
        bytes = try tensor.load()
      }
      try bytes.withUnsafeBytes { (bytes: UnsafeRawBufferPointer) throws in try body(bytes) }
    }
  }
}

/// A GGUF file, whose blocks other code can take as they are.
struct GGUFTensorFile: TensorFile {
  let file: GGUFFile

  var entries: [TensorFileEntry] {
    file.entries.map { entry in
      TensorFileEntry(
        name: entry.name, typeName: entry.type.name,
        dtype: entry.type.dtype ?? (entry.type.isReadable ? .float32 : nil), shape: entry.shape,
        byteCount: entry.byteRange.count)
    }
  }
  /// All but arrays.
  var metadata: [String: String] {
    var texts: [String: String] = [:]
    for key in file.metadata.keys {
      if let value = file.metadata[key], value.array == nil { texts[key] = value.description }
    }
    return texts
  }
  var sections: [TensorFileSection] {
    let lines = file.metadata.keys.map { key in "\(key): \(shortText(file.metadata[key]?.description ?? ""))" }
    return [
      TensorFileSection("format", ["version \(file.version), alignment \(file.alignment)"]),
      TensorFileSection("metadata", lines),
    ].filter { !$0.lines.isEmpty }
  }
  func tensor(named name: String) throws -> Tensor { try file.tensor(named: name) }
}
