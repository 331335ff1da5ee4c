import ApusCore
import ApusFormats

/// Named weights, wherever they lie: of which shapes they are is known at once, elements are read when they are asked for.
public protocol ModelWeights: Sendable {
  /// The file or folder, for messages.
  var path: String { get }
  /// All names, as the model's modules have them or as older files did.
  var names: [String] { get }
  /// The shape of a weight; nil where there is none of that name.
  func shape(of name: String) -> [Int]?
  /// A weight in the type in which it is stored; of numbers that are stored in blocks, float32.
  func tensor(named name: String) throws -> Tensor
  /// A matrix as it is stored, for products without widening it; nil where it is stored as plain numbers.
  func packed(named name: String) throws -> (any PackedWeight)?
  /// Gives up the memory of a weight that has been read and is kept in another form.
  func forgetPages(of name: String)
}

extension ModelWeights {
  public func forgetPages(of name: String) {}
  public func packed(named name: String) throws -> (any PackedWeight)? { nil }
}

/// The weights in a folder: `model.safetensors`, one or several `.safetensors` with their index, or `pytorch_model.bin`, one or
/// several with their index. Elements stay in the mapped files.
public struct FolderWeights: ModelWeights {
  public let path: String
  public let names: [String]
  private let files: [any TensorFile]
  private let places: [String: (file: Int, shape: [Int])]

  /// Opens all files of weights in the folder at `path`, or the one file at `path`.
  /// - Throws: `TensorError` of kind `file` when there is none or one is missing, of kind `format` when one is damaged.
  public init(path: String) throws {
    let path = expandedPath(path)
    self.path = path
    var files: [any TensorFile] = []
    for file in try Self.files(path) { files.append(try openTensorFile(file)) }
    var names: [String] = []
    var places: [String: (file: Int, shape: [Int])] = [:]
    for (number, file) in files.enumerated() {
      for entry in file.entries {
        guard places.updateValue((number, entry.shape), forKey: entry.name) == nil else {
          throw TensorError(.format, path, "tensor '\(entry.name)' is in two files of the model")
        }
        names.append(entry.name)
      }
    }
    (self.files, self.names, self.places) = (files, names, places)
  }

  public func shape(of name: String) -> [Int]? { places[name]?.shape }

  public func tensor(named name: String) throws -> Tensor {
    guard let place = places[name] else { throw TensorError(.index, path, "no weight is called '\(name)'") }
    return try files[place.file].tensor(named: name)
  }

  public func forgetPages(of name: String) {
    guard let place = places[name] else { return }
    (files[place.file] as? any PageForgetting)?.forgetPages(of: name)
  }

  /// The files to open, in the order in which they are preferred.
  private static func files(_ path: String) throws(TensorError) -> [String] {
    guard isFolder(path) else {
      guard fileExists(path) else { throw TensorError(.file, path, "there is no such file") }
      return [path]
    }
    for name in ["model.safetensors", "model.safetensors.index.json", "pytorch_model.bin"]
    where fileExists("\(path)/\(name)") { return ["\(path)/\(name)"] }
    let index = "\(path)/pytorch_model.bin.index.json"
    if fileExists(index) { return try shards(index, in: path) }
    let found = folderContents(path).filter { $0.hasSuffix(".safetensors") || $0.hasSuffix(".bin") }.sorted()
    let hint = found.isEmpty ? "" : "; it has \(found.prefix(5).joined(separator: ", "))"
    throw TensorError(
      .file, path,
      "the folder has no weights: model.safetensors, pytorch_model.bin, or an index of several (*.index.json)\(hint)")
  }

  /// The files that an index of several `.bin` files names.
  private static func shards(_ index: String, in folder: String) throws(TensorError) -> [String] {
    guard let map = try JSON(file: index)["weight_map"]?.object else {
      throw TensorError(.format, index, "there is no object 'weight_map', which names the file of each tensor")
    }
    var names: Set<String> = []
    for (weight, file) in map {
      guard let name = file.string, !name.isEmpty, !name.contains("/"), !name.contains("\0"), !name.hasPrefix("..")
      else {
        throw TensorError(.format, index, "'weight_map' gives no name of a file in the folder for tensor '\(weight)'")
      }
      names.insert(name)
    }
    for name in names where !fileExists("\(folder)/\(name)") {
      throw TensorError(.file, index, "the file '\(name)' is not in the folder; fetch all files that the index names")
    }
    return names.sorted().map { "\(folder)/\($0)" }
  }
}
