import ApusCore

/// A model in several safetensors files (shards) and an index that tells which tensor lies where, as Hugging Face's libraries
/// write it. The headers of all shards are read and checked when it is opened; elements are read in place, tensor by tensor,
/// so that a model of any size takes the memory of what is used.
///
///     let model = try ShardedSafetensors(path: "Llama-3.1-8B")   // the folder, or its model.safetensors.index.json
///     for name in model.names { let tensor = try model.tensor(named: name) }
///
public struct ShardedSafetensors: Sendable {
  /// The path of the index.
  public let path: String
  /// The names of all tensors, shard by shard, in the order of their bytes.
  public let names: [String]
  /// The files in the order of their names.
  public let shards: [SafetensorsFile]
  private let index: [String: Int]

  /// How the index of a model is called.
  static let indexSuffix = ".safetensors.index.json"

  /// Opens the index at `path`, or the one in the folder at `path`, and all shards.
  /// - Throws: `TensorError` of kind `file` when a file is missing or cannot be read, of kind `format` when index and shards
  ///   do not fit together: a tensor that is nowhere or in two shards, a shard outside the folder.
  public init(path: String) throws(TensorError) {
    let path = try Self.indexPath(expandedPath(path))
    self.path = path
    let map = try Self.weightMap(path)
    let folder = splitPath(path).folder
    var shards: [SafetensorsFile] = []
    var names: [String] = []
    var index: [String: Int] = [:]
    for shard in Set(map.values).sorted() {
      try Self.checkName(shard, path: path)
      let file = "\(folder)/\(shard)"
      guard fileExists(file) else {
        throw TensorError(
          .file, path, "the shard '\(shard)' is not in the folder \(folder); fetch all files that the index names")
      }
      for entry in try Self.add(SafetensorsFile(path: file), to: &shards) {
        guard let place = map[entry.name] else { continue }
        guard index.updateValue(shards.count - 1, forKey: entry.name) == nil else {
          throw TensorError(.format, path, "tensor '\(entry.name)' is in two shards, one of which is '\(shard)'")
        }
        guard place == shard else {
          throw TensorError(
            .format, path, "tensor '\(entry.name)' is in the shard '\(shard)', and the index names '\(place)'")
        }
        names.append(entry.name)
      }
    }
    for (name, shard) in map where index[name] == nil {
      throw TensorError(.format, path, "tensor '\(name)' is not in the shard '\(shard)' that the index names")
    }
    (self.names, self.shards, self.index) = (names, shards, index)
  }

  private static func add(_ file: SafetensorsFile, to shards: inout [SafetensorsFile]) -> [SafetensorsFile.Entry] {
    shards.append(file)
    return file.entries
  }

  /// The index in a folder, or the path itself where it is one of a file.
  private static func indexPath(_ path: String) throws(TensorError) -> String {
    guard isFolder(path) else { return path }
    let usual = "\(path)/model\(indexSuffix)"
    if fileExists(usual) { return usual }
    let found = folderContents(path).filter { $0.hasSuffix(indexSuffix) }
    guard found.count == 1 else {
      throw TensorError(
        .file, path,
        found.isEmpty
          ? "the folder has no file model\(indexSuffix)" : "the folder has several indices: \(found.sorted())")
    }
    return "\(path)/\(found[0])"
  }

  /// The shard of each tensor.
  private static func weightMap(_ path: String) throws(TensorError) -> [String: String] {
    let json = try JSON(file: path, refusesRepeatedNames: true)
    guard let members = json["weight_map"]?.object else {
      throw TensorError(.format, path, "the index has no object 'weight_map', which names the shard of each tensor")
    }
    var map: [String: String] = [:]
    for (name, shard) in members {
      guard let shard = shard.string else {
        throw TensorError(.format, path, "'weight_map' gives no name of a file for tensor '\(name)'")
      }
      map[name] = shard
    }
    return map
  }

  private static func checkName(_ shard: String, path: String) throws(TensorError) {
    guard !shard.isEmpty, !shard.contains("/"), !shard.contains("\\"), !shard.contains("\0"), shard != ".",
      shard != ".."
    else {
      throw TensorError(
        .format, path, "the index names the shard '\(shard)'; shards are files in the folder of the index")
    }
  }

  /// The shard in which the tensor called `name` lies.
  private func shard(of name: String) throws(TensorError) -> SafetensorsFile {
    if let found = index[name] { return shards[found] }
    let known = names.prefix(5).map { "'\($0)'" }.joined(separator: ", ")
    throw TensorError(
      .index, path, "no tensor is called '\(name)'; it has \(names.count): \(known)\(names.count > 5 ? ", ..." : "")")
  }

  /// What the shards say of the tensor called `name`.
  /// - Throws: `TensorError` of kind `index` when there is none.
  public func entry(named name: String) throws(TensorError) -> SafetensorsFile.Entry {
    try shard(of: name).entry(named: name)
  }

  /// The tensor called `name`, see ``SafetensorsFile/tensor(named:)``.
  /// - Throws: as that one.
  public func tensor(named name: String) throws(TensorError) -> Tensor {
    try shard(of: name).tensor(named: name)
  }

  /// ``SafetensorsFile/forgetPages(of:)`` of the file that has the tensor.
  package func forgetPages(of name: String) { (try? shard(of: name))?.forgetPages(of: name) }
}
