import ApusCore

// The format of PyTorch 0.1: a tar archive of the storages, the tensors and the pickled value that refers to them by numbers.

/// Reads a checkpoint in a tar archive.
func readTarCheckpoint(_ contents: FileContents) throws(TensorError) -> PickledValue {
  let records = try tarRecords(contents)
  func record(_ name: String) throws(TensorError) -> UnsafeRawBufferPointer {
    guard let range = records[name] else {
      throw TensorError(.format, contents.path, "the tar archive has no record '\(name)'; it is no file of PyTorch")
    }
    return UnsafeRawBufferPointer(rebasing: contents.bytes[range])
  }
  let source = TarStorages(contents)
  try source.readStorages(try record("storages"), start: records["storages"]?.lowerBound ?? 0)
  try source.readTensors(try record("tensors"))
  let label = "\(contents.path): pickle"
  var machine = PickleMachine(
    try record("pickle"), name: label, fileSize: contents.bytes.count, storages: source)
  let item = try machine.load()
  var tree = machine.tree
  return try tree.value(of: item)
}

/// Where the plain files of a tar archive lie, by name.
private func tarRecords(_ contents: FileContents) throws(TensorError) -> [String: Range<Int>] {
  let bytes = contents.bytes
  var records: [String: Range<Int>] = [:]
  var position = 0
  while bytes.count - position >= 512, bytes[position] != 0 {
    let name = String(decoding: bytes[position..<position + 100].prefix { $0 != 0 }, as: UTF8.self)
    let digits = bytes[position + 124..<position + 136].filter { (48...55).contains($0) }
    let kind = bytes[position + 156]
    guard let size = Int(String(decoding: digits, as: UTF8.self), radix: 8), size <= bytes.count - position - 512 else {
      throw TensorError(.format, contents.path, "the record '\(name)' of the tar archive is cut short")
    }
    if kind == 0 || kind == UInt8(ascii: "0") { records[name] = position + 512..<position + 512 + size }
    position += 512 + (size + 511) / 512 * 512
  }
  return records
}

/// Storages and tensors of a tar archive by their numbers.
private final class TarStorages: PickleStorages {
  private let contents: FileContents
  private let places = LegacyPlaces()
  private var storages: [Int: PickleStorageView] = [:]
  private var tensors: [Int: PickledTensor] = [:]

  init(_ contents: FileContents) { self.contents = contents }

  private func failure(_ message: String) -> TensorError { TensorError(.format, contents.path, message) }

  func tensor(_ number: Int) -> PickledTensor? { tensors[number] }

  func storage(_ arguments: [PickleItem], _ containers: [PickleContainer]) throws(TensorError) -> PickleStorageView {
    throw failure("a storage is described as in later formats; the file is damaged")
  }

  /// A count; for each storage (number, device, class), its count and its elements; and at last the list of views.
  func readStorages(_ bytes: UnsafeRawBufferPointer, start: Int) throws(TensorError) {
    var reader = PickleMachine(
      bytes, name: "\(contents.path): storages", fileSize: contents.bytes.count, storages: self)
    for _ in 0..<(try count(&reader)) {
      guard case .container(let number) = try reader.load() else { throw failure("a storage has no description") }
      let items = reader.containers[number].items
      guard items.count == 3, let key = reader.value(items[0])?.int, let device = reader.text(items[1]),
        case .global(.storage(let type?)) = items[2]
      else { throw failure("the description of a storage is none that PyTorch writes") }
      let count = Int(try reader.input.integer(Int64.self))
      let (size, overflow) = count.multipliedReportingOverflow(by: type.size)
      guard !overflow else { throw failure("storage \(key) is said to have \(count) elements") }
      let first = start + reader.input.position
      _ = try reader.input.take(size)
      places.set(String(key), first..<first + size)
      let storage = PickledStorage(
        key: String(key), elementType: type, byteCount: size, device: device,
        source: size == 0 ? .nothing : .file(contents, places))
      storages[key] = PickleStorageView(storage, type, isTyped: true, byteCount: size)
    }
    guard case .container(let list) = try reader.load() else { throw failure("the list of views is missing") }
    for item in reader.containers[list].items {
      guard case .container(let number) = item else { throw failure("a view of a storage has no description") }
      let numbers = reader.containers[number].items.compactMap { reader.value($0)?.int }
      guard numbers.count == 4, let root = storages[numbers[1]], numbers[2] >= 0, numbers[3] >= 0,
        numbers[2] <= root.byteCount / root.elementType.size,
        numbers[3] <= root.byteCount / root.elementType.size - numbers[2]
      else { throw failure("a view of a storage reaches beyond it") }
      let size = root.elementType.size
      storages[numbers[0]] = PickleStorageView(
        root.storage, root.elementType, isTyped: true, start: root.start + numbers[2] * size,
        byteCount: numbers[3] * size)
    }
  }

  /// A count; for each tensor (number, storage, class), the number of dimensions, 4 bytes, sizes, strides and offset.
  func readTensors(_ bytes: UnsafeRawBufferPointer) throws(TensorError) {
    var reader = PickleMachine(
      bytes, name: "\(contents.path): tensors", fileSize: contents.bytes.count, storages: self)
    for _ in 0..<(try count(&reader)) {
      guard case .container(let number) = try reader.load() else { throw failure("a tensor has no description") }
      let items = reader.containers[number].items
      guard items.count == 3, let key = reader.value(items[0])?.int, let id = reader.value(items[1])?.int,
        let storage = storages[id]
      else { throw failure("the description of a tensor is none that PyTorch writes") }
      let rank = Int(try reader.input.integer(Int32.self))
      _ = try reader.input.take(4)
      guard (0...128).contains(rank) else { throw failure("tensor \(key) is said to have \(rank) dimensions") }
      var numbers: [Int] = []
      for _ in 0..<2 * rank + 1 { numbers.append(Int(try reader.input.integer(Int64.self))) }
      let (shape, strides) = (Array(numbers[..<rank]), Array(numbers[rank..<2 * rank]))
      let region = StorageRegion(shape: shape, strides: strides, offset: numbers[2 * rank])
      guard region.fits(storage, elementSize: storage.elementType.size) else {
        throw failure("tensor \(key) of shape \(shape) reaches beyond its storage")
      }
      tensors[key] = PickledTensor(
        storage.elementType, shape: shape, strides: strides,
        offset: region.offset + storage.start / storage.elementType.size, storage: storage.storage)
    }
  }

  private func count(_ reader: inout PickleMachine) throws(TensorError) -> Int {
    guard let count = reader.value(try reader.load())?.int, count >= 0, count <= contents.bytes.count else {
      throw failure("a number of storages or tensors is expected")
    }
    return count
  }
}
