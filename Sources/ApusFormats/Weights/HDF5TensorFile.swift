import ApusCore

extension TensorFileFormat {
  static let hdf5 = TensorFileFormat(
    name: "HDF5", extensions: ["h5", "hdf5"],
    recognizes: { sample in
      let mark: [UInt8] = [0x89, 0x48, 0x44, 0x46, 0x0d, 0x0a, 0x1a, 0x0a]
      // The mark may stand behind a block of the user's, at 512 bytes or a power of two times as many.
      return [0, 512, 1024, 2048].contains { start in
        sample.bytes.count >= start + 8 && sample.bytes[start..<start + 8].elementsEqual(mark)
      }
    },
    open: { try HDF5TensorFile(HDF5File(path: $0)) }, write: nil)

  static let keras = TensorFileFormat(
    name: "Keras", extensions: ["keras"], recognizes: { $0.zipNames.contains(kerasWeights) },
    open: { path in
      let archive = try ZipArchive(path: path)
      let contents = FileContents(
        try archive.bytes(of: archive.entry(named: kerasWeights)), path: "\(path): '\(kerasWeights)'")
      let file = try HDF5File(contents.bytes, owner: contents, name: contents.path)
      var facts: [String: String] = [:]
      for name in ["metadata.json", "config.json"] {
        guard let entry = archive[name], let json = try? JSON(parsing: archive.bytes(of: entry, limit: 64 << 20)) else {
          continue
        }
        for (key, value) in json.object ?? [:] { if let text = value.string { facts[key] = text } }
        if let layers = json["config"]?["layers"]?.array {
          facts["layers"] = layers.compactMap { $0["class_name"]?.string }.joined(separator: ", ")
        }
      }
      return try HDF5TensorFile(file, metadata: facts)
    }, write: nil)

  private static let kerasWeights = "model.weights.h5"
}

private struct HDF5TensorFile: TensorFile {
  let file: HDF5File
  let entries: [TensorFileEntry]
  let metadata: [String: String]

  init(_ file: HDF5File, metadata: [String: String]? = nil) throws {
    self.file = file
    entries = try file.datasets().map { place in
      let description = try file.dataset(place)
      return TensorFileEntry(
        name: place, typeName: description.dtype?.name ?? "text", dtype: description.dtype, shape: description.shape,
        byteCount: description.shape.reduce(description.dtype?.size ?? 0) { $0.clampedMultiplying($1) })
    }
    if let metadata {
      self.metadata = metadata
      return
    }
    var texts: [String: String] = [:]
    for name in try file.attributeNames() { texts[name] = try? file.attribute(name)?.text }
    self.metadata = texts
  }

  var sections: [TensorFileSection] { metadataSection(metadata) }
  func tensor(named name: String) throws -> Tensor { try file.tensor(name) }
}
