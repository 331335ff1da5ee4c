import ApusCore

// The format of torch.save before 1.6: pickles of a magic number, the protocol, facts of the machine, the value and the keys of
// the storages, and behind them the bytes of each storage.

/// Reads a legacy checkpoint.
func readLegacyCheckpoint(_ contents: FileContents) throws(TensorError) -> PickledValue {
  let (bytes, path) = (contents.bytes, contents.path)
  guard bytes.count >= 2, bytes[0] == 0x80, bytes[1] <= 5 else {
    let found =
      bytes.isEmpty
      ? "the file is empty" : "the file begins with \(bytes.prefix(4).map { String($0, radix: 16) }) (hexadecimal)"
    throw TensorError(
      .format, path, "\(found); a file of PyTorch begins as a zip archive (50 4b) or a pickle (80 2); this is neither")
  }
  let places = LegacyPlaces()
  let storages = LegacyStorages(contents: contents, places: places)
  var machine = PickleMachine(bytes, name: path, fileSize: bytes.count, storages: storages)
  func next() throws(TensorError) -> PickledValue {
    let item = try machine.load()
    var tree = machine.tree
    return try tree.value(of: item)
  }
  guard case .bigInt("119547037146038801333356") = try next() else {
    throw TensorError(
      .format, path,
      "this is a pickle, but not one of torch.save: PyTorch's magic number is missing. If another library wrote it, load it "
        + "in Python and save tensors with torch.save")
  }
  guard case .int(1001) = try next() else {
    throw TensorError(.format, path, "the version of the legacy format is not 1001, the only one there is")
  }
  guard case .dictionary = try next() else {
    throw TensorError(.format, path, "the facts of the machine that wrote the file are missing; the file is damaged")
  }
  let root = try next()
  guard case .list(let keys) = try next() else {
    throw TensorError(.format, path, "the list of storages is missing behind the value; the file is damaged")
  }
  var position = machine.input.position
  for key in keys {
    guard let key = key.string ?? key.int.map(String.init), let size = storages.sizes[key] else {
      throw TensorError(.format, path, "the list of storages has one that no tensor uses: \(key); the file is damaged")
    }
    guard bytes.count - position >= 8 else {
      throw TensorError(.format, path, "the bytes of storage '\(key)' are missing at byte \(position); it is cut short")
    }
    let count = Int64(littleEndian: bytes.loadUnaligned(fromByteOffset: position, as: Int64.self))
    position += 8
    let (length, overflow) = count.multipliedReportingOverflow(by: Int64(size.element))
    guard !overflow, length == size.bytes else {
      throw TensorError(
        .format, path,
        "storage '\(key)' is to have \(size.bytes / size.element) elements, and \(count) are said to follow at byte "
          + "\(position); the file is damaged")
    }
    guard size.bytes <= bytes.count - position else {
      throw TensorError(
        .format, path,
        "storage '\(key)' needs \(size.bytes) bytes from byte \(position) on, and \(bytes.count - position) follow; the file "
          + "is cut short")
    }
    guard places[key] == nil else { throw TensorError(.format, path, "storage '\(key)' occurs twice") }
    places.set(key, position..<position + size.bytes)
    position += size.bytes
  }
  for (key, size) in storages.sizes where size.bytes > 0 && places[key] == nil {
    throw TensorError(.format, path, "the bytes of storage '\(key)' are missing; the file is damaged")
  }
  return root
}

/// Storages behind a legacy pickle.
private final class LegacyStorages: PickleStorages {
  private let contents: FileContents
  private let places: LegacyPlaces
  private var known: [String: PickledStorage] = [:]
  /// The bytes of each storage and of its elements.
  private(set) var sizes: [String: (bytes: Int, element: Int)] = [:]

  init(contents: FileContents, places: LegacyPlaces) {
    self.contents = contents
    self.places = places
  }

  func storage(_ arguments: [PickleItem], _ containers: [PickleContainer]) throws(TensorError) -> PickleStorageView {
    let path = contents.path
    let id = try StorageIdentifier(arguments, path: path)
    let storage: PickledStorage
    if let found = known[id.key] {
      guard found.byteCount == id.byteCount else {
        throw TensorError(
          .format, path, "storage '\(id.key)' is said to have \(found.byteCount) bytes and \(id.byteCount) bytes")
      }
      storage = found
    } else {
      guard id.byteCount <= contents.bytes.count else {
        throw TensorError(
          .format, path,
          "storage '\(id.key)' is to have \(id.byteCount) bytes, and the whole file has \(contents.bytes.count)")
      }
      storage = PickledStorage(
        key: id.key, elementType: id.elementType, byteCount: id.byteCount, device: id.device,
        source: id.byteCount == 0 ? .nothing : .file(contents, places))
      known[id.key] = storage
      sizes[id.key] = (id.byteCount, id.elementType.size)
    }
    // A part of a storage: (key, offset, count).
    guard arguments.count > 4, case .container(let number) = arguments[4] else {
      return PickleStorageView(storage, id.elementType, isTyped: id.isTyped, byteCount: id.byteCount)
    }
    let view = containers[number].items
    guard view.count == 3, case .value(.int(let offset)) = view[1], case .value(.int(let count)) = view[2], offset >= 0,
      count >= 0, offset <= storage.byteCount / id.elementType.size,
      count <= storage.byteCount / id.elementType.size - offset
    else {
      throw TensorError(.format, path, "a part of storage '\(id.key)' reaches beyond it; the file is damaged")
    }
    let size = id.elementType.size
    return PickleStorageView(
      storage, id.elementType, isTyped: id.isTyped, start: offset * size, byteCount: count * size)
  }
}
