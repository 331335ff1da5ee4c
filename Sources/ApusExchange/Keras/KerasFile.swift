import ApusCore
import ApusFormats

/// The parts of what Keras wrote: the model's JSON and its weights.
struct KerasFile {
  /// The file that errors are about.
  let path: String
  let model: JSON
  let weights: HDF5File
  /// Keras' version, where the file tells it.
  let version: String?
  /// Whether Keras 2 wrote it.
  let isOld: Bool

  /// The longest JSON of an architecture that is read.
  private static let longestJSON = 256 << 20

  /// A `.keras` file, or an older whole model.
  init(path: String) throws(TensorError) {
    let head = try MappedFile(path: path)
    if head.bytes.starts(with: [0x50, 0x4b]) {
      try self.init(archive: path)
    } else if head.bytes.first == UInt8(ascii: "{") {
      throw TensorError(
        .format, path,
        "this is JSON, an architecture without weights: use KerasModel(architecture:weights:) with the file of weights")
    } else {
      try self.init(legacy: path)
    }
  }

  private init(archive path: String) throws(TensorError) {
    let archive = try ZipArchive(path: path)
    let config = try archive.bytes(of: archive.entry(named: "config.json"), limit: Self.longestJSON)
    model = try Self.json(config, "\(path), config.json")
    let metadata = try archive["metadata.json"].map { (entry) throws(TensorError) in
      try Self.json(archive.bytes(of: entry, limit: 1 << 20), "\(path), metadata.json")
    }
    version = metadata?["keras_version"]?.string
    self.path = path
    isOld = Self.isOld(version, model)
    let entry = try archive.entry(named: "model.weights.h5")
    let name = "\(path), model.weights.h5"
    if let stored = archive.storedBytes(of: entry) {
      try archive.check(entry, stored)
      weights = try HDF5File(stored, owner: archive, name: name)
    } else {
      let contents = FileContents(try archive.bytes(of: entry), path: name)
      weights = try HDF5File(contents.bytes, owner: contents, name: name)
    }
  }

  private init(legacy path: String) throws(TensorError) {
    weights = try HDF5File(path: path)
    self.path = path
    guard let text = try weights.attribute("model_config")?.text else {
      throw TensorError(
        .format, path,
        "this file holds weights without the model (the attribute 'model_config' is missing): use KerasModel(architecture:weights:) with the model's JSON"
      )
    }
    model = try Self.json(Array(text.utf8), "\(path), model_config")
    version = try weights.attribute("keras_version")?.text
    isOld = Self.isOld(version, model)
  }

  init(architecture: String, weights: String) throws(TensorError) {
    let file = try MappedFile(path: architecture)
    guard file.bytes.count <= Self.longestJSON else {
      throw TensorError(.format, architecture, "the model's JSON has \(file.bytes.count) bytes, more than any model's")
    }
    try self.init(json: Array(file.bytes), name: architecture, weights: weights)
  }

  init(json: [UInt8], name: String, weights path: String) throws(TensorError) {
    model = try Self.json(json, name)
    self.path = path
    let head = try MappedFile(path: path)
    weights = head.bytes.starts(with: [0x50, 0x4b]) ? try KerasFile(archive: path).weights : try HDF5File(path: path)
    version = model["keras_version"]?.string
    isOld = Self.isOld(version, model)
  }

  private static func json(_ bytes: [UInt8], _ name: String) throws(TensorError) -> JSON {
    do {
      return try JSON(parsing: bytes)
    } catch {
      throw TensorError(.format, name, "\(error)")
    }
  }

  /// Whether Keras 2 wrote the model: by its version, else by how it writes inputs and nodes.
  private static func isOld(_ version: String?, _ model: JSON) -> Bool {
    if let first = version?.first { return first == "1" || first == "2" }
    if model["module"] != nil || model["registered_name"] != nil { return false }
    let layers = model["config"]?["layers"]?.array ?? model["config"]?.array ?? []
    return layers.contains { layer in
      layer["config"]?["batch_input_shape"] != nil
        || layer["inbound_nodes"]?.array?.contains { $0.object == nil } ?? false
    } || layers.allSatisfy { $0["module"] == nil }
  }
}
