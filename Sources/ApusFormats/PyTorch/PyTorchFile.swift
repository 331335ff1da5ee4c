import ApusCore

/// A file of PyTorch (`.pt`, `.pth`, `.bin`, `.ckpt`, `.pt2`): what `torch.save`, `torch.jit.save` and `torch.export.save` write.
///
///     let file = try PyTorchFile(path: "resnet18.pth")
///     for (name, tensor) in file.tensors { print(name, tensor.shape, tensor.elementType.name) }
///     let weight = try file.tensor(named: "fc.weight")
///
/// It is read without Python and without running anything: a pickle may hold tensors, storages, containers, numbers, texts
/// and PyTorch's own small types, and whatever else it names is an error that tells the name. Opening reads the values and
/// what tensors there are; elements are read when a tensor is asked for, from the mapped file where they lie in it as they are.
public struct PyTorchFile: Sendable {
  /// How the file is built.
  public enum Form: String, Sendable, Hashable {
    /// A zip archive, as `torch.save` has written since 1.6.
    case zip
    /// Pickles one after the other, as it wrote before.
    case legacy
    /// A tar archive, as PyTorch 0.1 wrote.
    case tar
    /// A TorchScript archive; the root is an ``PickledValue/object(type:attributes:)``, the module.
    case torchScript
    /// An exported program (`.pt2`); the root is a dictionary of `state_dict` and `constants`.
    case exportedProgram
  }

  public let path: String
  /// How this file is built.
  public let form: Form
  /// What `torch.load` gives.
  public let root: PickledValue
  /// The version of the archive's format, and other texts that are no part of the value.
  public let metadata: [String: String]
  /// The parameters and buffers of each class of a TorchScript archive.
  let scriptClasses: [String: [String]]

  /// Opens the file at `path`; it may be compressed by gzip or zstd as a whole.
  /// - Throws: `TensorError` of kind `file` when it cannot be read, of kind `format` when it is damaged or something else, of
  ///   kind `unsupported` when it holds objects of other classes, such as a whole module.
  public init(path: String) throws(TensorError) {
    try self.init(contents: readFile(path, isWritable: true))
  }

  /// Reads the bytes of a whole file, which errors call `name`.
  /// - Throws: as ``init(path:)``.
  public init(bytes: [UInt8], name: String) throws(TensorError) {
    try self.init(contents: FileContents(bytes, path: name))
  }

  package init(contents: FileContents) throws(TensorError) {
    path = contents.path
    let bytes = contents.bytes
    if Wrapper(bytes) == .zip {
      let archive = try PyTorchArchive(contents)
      (form, root, metadata) = try archive.read()
      scriptClasses = form == .torchScript ? try archive.scriptClasses() : [:]
      return
    }
    scriptClasses = [:]
    if bytes.count > 262, bytes[257..<262].elementsEqual("ustar".utf8) {
      (form, root, metadata) = (.tar, try readTarCheckpoint(contents), [:])
    } else {
      (form, root, metadata) = (.legacy, try readLegacyCheckpoint(contents), [:])
    }
  }
}

/// Whether the first bytes of the file at `path` are those of a PyTorch file, or of one compressed as a whole: a zip archive, a
/// pickle or a tar archive.
/// - Throws: `TensorError` of kind `file` when it cannot be read.
package func isPyTorchFile(_ path: String) throws(TensorError) -> Bool {
  let mapping = try MappedFile(path: expandedPath(path))
  defer { withExtendedLifetime(mapping) {} }
  let bytes = mapping.bytes
  return Wrapper(bytes) != .none || bytes.count > 2 && bytes[0] == 0x80 && bytes[1] <= 5 && !startsAsSafetensors(bytes)
    || bytes.count > 262 && bytes[257..<262].elementsEqual("ustar".utf8)
}

/// A safetensors header of 128 bytes and more begins like a pickle; behind its length stands a brace.
private func startsAsSafetensors(_ bytes: UnsafeRawBufferPointer) -> Bool {
  bytes.count > 8 && bytes[8] == UInt8(ascii: "{")
}

/// The zip archive of a PyTorch file: all records lie in one folder.
struct PyTorchArchive {
  let zip: ZipArchive
  /// The folder with a slash behind it.
  private let folder: String

  init(_ contents: FileContents) throws(TensorError) {
    zip = try ZipArchive(contents)
    guard let first = zip.entries.first else { throw TensorError(.format, contents.path, "the zip archive is empty") }
    let marks = ["data.pkl", "archive_format", "version", "constants.pkl"]
    var folder: String?
    for entry in zip.entries {
      let parts = entry.name.split(separator: "/", maxSplits: 1, omittingEmptySubsequences: false)
      if parts.count == 2, marks.contains(String(parts[1])) {
        folder = parts[0] + "/"
        break
      }
      if parts.count == 1, marks.contains(entry.name) || entry.name.hasPrefix("serialized_") {
        folder = ""
        break
      }
    }
    guard let folder else {
      let kind = zip.entries.contains { $0.name.hasSuffix(".npy") } ? "a NumPy archive (.npz)" : "something else"
      throw TensorError(
        .format, contents.path,
        "the zip archive has no record data.pkl and is no file of PyTorch; its first entry is '\(first.name)': \(kind)")
    }
    self.folder = folder
  }

  /// The record called `name`, or nil.
  subscript(_ name: String) -> ZipArchive.Entry? { zip[folder + name] }

  /// The content of the record called `name`, which is no storage: its compression is that of a text.
  func bytes(_ name: String) throws(TensorError) -> [UInt8] {
    let limit = 16 * zip.contents.bytes.count + (16 << 20)
    return try zip.bytes(of: zip.entry(named: folder + name), limit: limit)
  }

  /// The short text of a record, or nil where there is none.
  func text(_ name: String) throws(TensorError) -> String? {
    guard let entry = self[name] else { return nil }
    let text = String(decoding: try zip.bytes(of: entry, limit: 4096), as: UTF8.self)
    return String(text.drop { $0.isWhitespace }.reversed().drop { $0.isWhitespace }.reversed())
  }

  /// The names of all records.
  var names: [String] {
    zip.entries.filter { $0.name.hasPrefix(folder) }.map { String($0.name.dropFirst(folder.count)) }
  }

  func read() throws(TensorError) -> (PyTorchFile.Form, PickledValue, [String: String]) {
    var metadata: [String: String] = [:]
    for name in ["version", "byteorder", "archive_format", "archive_version", ".format_version"] {
      if let text = try text(name) { metadata[name] = text }
    }
    if self["data.pkl"] != nil {
      let isScript = self["constants.pkl"] != nil
      let root = try value("data.pkl", storages: "data/", inScript: isScript)
      return (isScript ? .torchScript : .zip, root, metadata)
    }
    if self["model.json"] != nil {
      throw TensorError(
        .unsupported, zip.path,
        "this is a TorchScript archive of PyTorch 1.0 to 1.3; load and save it again with a newer one")
    }
    return (.exportedProgram, try exportedProgram(), metadata)
  }

  /// The value that the pickle in record `name` describes, with its storages in records whose names begin with `storages`.
  func value(_ name: String, storages: String, inScript: Bool = false) throws(TensorError) -> PickledValue {
    let order = try text("byteorder") ?? "little"
    guard order == "little" || order == "big" else {
      throw TensorError(.format, zip.path, "the record byteorder says '\(order.prefix(40))'; little or big are known")
    }
    let source = ArchiveStorages(archive: self, prefix: storages, isSwapped: order == "big")
    let label = "\(zip.path): \(name)"
    let pickle = FileContents(try bytes(name), path: label)
    defer { withExtendedLifetime(pickle) {} }
    var machine = PickleMachine(
      pickle.bytes, name: label, fileSize: zip.contents.bytes.count, storages: source, inScript: inScript)
    let item = try machine.load()
    var tree = machine.tree
    return try tree.value(of: item)
  }
}

/// Storages in records of a zip archive.
private final class ArchiveStorages: PickleStorages {
  private let archive: PyTorchArchive
  private let prefix: String
  private let isSwapped: Bool
  private var known: [String: PickledStorage] = [:]

  init(archive: PyTorchArchive, prefix: String, isSwapped: Bool) {
    self.archive = archive
    self.prefix = prefix
    self.isSwapped = isSwapped
  }

  func storage(_ arguments: [PickleItem], _ containers: [PickleContainer]) throws(TensorError) -> PickleStorageView {
    let path = archive.zip.path
    let id = try StorageIdentifier(arguments, path: path)
    let label = "\(id.key)/\(id.byteCount)/\(isSwapped ? id.elementType.size : 1)"
    if let found = known[label] {
      return PickleStorageView(found, id.elementType, isTyped: id.isTyped, byteCount: id.byteCount)
    }
    var source = PickledStorage.Source.nothing
    if id.byteCount > 0 {
      guard let entry = archive[prefix + id.key] else {
        throw TensorError(.format, path, "the record '\(prefix)\(id.key)' with the bytes of a storage is missing")
      }
      guard entry.size == id.byteCount else {
        throw TensorError(
          .format, path,
          "storage '\(id.key)' is to have \(id.byteCount) bytes, and its record has \(entry.size); the file is damaged")
      }
      // Complex numbers are pairs, each part with an order of its own.
      let isComplex = id.elementType.name.hasPrefix("complex")
      let unit = isComplex ? id.elementType.size / 2 : id.elementType.size
      source = .entry(archive.zip, entry, swapping: isSwapped ? unit : 1)
    }
    let storage = PickledStorage(
      key: id.key, elementType: id.elementType, byteCount: id.byteCount, device: id.device, source: source)
    known[label] = storage
    return PickleStorageView(storage, id.elementType, isTyped: id.isTyped, byteCount: id.byteCount)
  }
}

/// What a persistent identifier says of a storage: `(class, key, device, count, ...)`.
struct StorageIdentifier {
  let elementType: PickledElementType
  let isTyped: Bool
  let key: String
  let device: String
  let byteCount: Int

  init(_ arguments: [PickleItem], path: String) throws(TensorError) {
    func text(_ item: PickleItem) -> String? {
      switch item {
      case .value(.string(let text)): text
      case .value(.bytes(let bytes)): String(validating: bytes, as: UTF8.self)
      case .value(.int(let number)): String(number)
      default: nil
      }
    }
    guard arguments.count >= 4, case .global(.storage(let type)) = arguments[0], let key = text(arguments[1]),
      let device = text(arguments[2]), case .value(.int(let count)) = arguments[3], count >= 0
    else {
      throw TensorError(.format, path, "the description of a storage is none that PyTorch writes; the file is damaged")
    }
    let elementType = type ?? .uint8
    let (byteCount, overflow) = count.multipliedReportingOverflow(by: elementType.size)
    guard !overflow else {
      throw TensorError(.format, path, "storage '\(key)' is to have \(count) elements, more than any file holds")
    }
    (self.elementType, isTyped) = (elementType, type != nil)
    (self.key, self.device, self.byteCount) = (key, device, byteCount)
  }
}
