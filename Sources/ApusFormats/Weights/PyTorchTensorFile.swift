import ApusCore

extension TensorFileFormat {
  static let pyTorchZip = TensorFileFormat(
    name: "PyTorch", extensions: ["pt", "pth", "ckpt", "bin", "pt2"],
    recognizes: { sample in
      sample.zipNames.contains { name in
        let file = name.split(separator: "/").last ?? ""
        return ["data.pkl", "constants.pkl", "archive_format"].contains(file) || file.hasPrefix("serialized_")
      }
    },
    open: { try PyTorchTensorFile(PyTorchFile(path: $0)) },
    write: { request in
      try writePyTorch(request.tensors.map { tensor in (tensor.name, try tensor.load()) }, to: request.path)
    })

  static let pyTorchLegacy = TensorFileFormat(
    name: "PyTorch (before 1.6)", extensions: [],
    recognizes: { sample in
      let isPickle = sample.bytes.count > 2 && sample.bytes[0] == 0x80 && 2...5 ~= sample.bytes[1]
      return isPickle || sample.bytes.count > 262 && sample.bytes[257..<262].elementsEqual("ustar".utf8)
    },
    open: { try PyTorchTensorFile(PyTorchFile(path: $0)) }, write: nil)
}

private struct PyTorchTensorFile: TensorFile {
  let file: PyTorchFile
  let entries: [TensorFileEntry]
  private let tensors: [String: PickledTensor]

  init(_ file: PyTorchFile) {
    self.file = file
    let named = file.tensors
    entries = named.map { name, tensor in
      TensorFileEntry(
        name: name, typeName: tensor.elementType.name, dtype: tensor.isMeta ? nil : tensor.elementType.dtype,
        shape: tensor.shape, byteCount: tensor.byteCount)
    }
    tensors = Dictionary(named.map { ($0.name, $0.tensor) }) { first, _ in first }
  }

  var sections: [TensorFileSection] {
    var sections = metadataSection(file.metadata)
    if let root = file.root.dictionary {
      let others = root.entries.filter { $0.value.tensor == nil }.prefix(40).map { key, value in
        "\(key.string ?? "\(key)"): \(shortText("\(value)"))"
      }
      if !others.isEmpty { sections.append(TensorFileSection("beside tensors", Array(others))) }
    }
    return sections
  }
  func tensor(named name: String) throws -> Tensor {
    guard let tensor = tensors[name] else { return try file.tensor(named: name) }
    return try tensor.tensor()
  }
}
