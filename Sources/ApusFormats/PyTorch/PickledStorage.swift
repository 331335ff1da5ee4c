import ApusCore

/// A storage of a PyTorch file: the memory that tensors are views of. Its bytes are read when they are first asked for.
///
/// Bytes that lie in the file as tensors need them are mapped into memory; others (compressed, at odd places, of the other byte
/// order) are copied.
public final class PickledStorage: Sendable {
  /// The name of the storage in its file.
  public let key: String
  /// The type of its elements; `uint8` for one without a type.
  public let elementType: PickledElementType
  public let byteCount: Int
  /// The device that the storage was saved from: `cpu`, `cuda:0`. It is read to the CPU whatever this says.
  public let device: String
  private let source: Source
  private let loaded = Lock<Loaded>(Loaded())

  enum Source: Sendable {
    /// An entry of a zip archive; `swapping` is the size of elements whose bytes are in the other order.
    case entry(ZipArchive, ZipArchive.Entry, swapping: Int)
    /// Bytes of a file, whose place is known when all of it has been read.
    case file(FileContents, LegacyPlaces)
    /// Memory of tensors that are to be written.
    case memory(KeptStorage)
    /// A storage without bytes.
    case nothing
  }

  private struct Loaded {
    /// Mapped memory: kept, so that whoever changes a tensor copies it first.
    var mapped: KeptStorage?
    /// Copied memory lives as long as its tensors do.
    weak var copied: Storage?
  }

  init(key: String, elementType: PickledElementType, byteCount: Int, device: String, source: Source) {
    self.key = key
    self.elementType = elementType
    self.byteCount = byteCount
    self.device = device
    self.source = source
  }

  /// The number of elements.
  public var count: Int { byteCount / elementType.size }

  /// Calls `body` with the bytes, in this machine's order.
  /// - Throws: `TensorError` of kind `format` when they are damaged; what `body` throws.
  public func withBytes<Result>(_ body: (UnsafeRawBufferPointer) throws -> Result) throws -> Result {
    let storage = try memory()
    return try withExtendedLifetime(storage) {
      try body(UnsafeRawBufferPointer(start: storage.pointer, count: byteCount))
    }
  }

  /// The block of memory that all tensors of this storage share.
  package func memory() throws(TensorError) -> Storage {
    try loaded.withLock { loaded throws(TensorError) in
      if let storage = loaded.mapped?.storage ?? loaded.copied { return storage }
      let (storage, isMapped) = try read()
      if isMapped { loaded.mapped = KeptStorage(storage) } else { loaded.copied = storage }
      return storage
    }
  }

  private func read() throws(TensorError) -> (storage: Storage, isMapped: Bool) {
    switch source {
    case .nothing: return (Storage.make(byteCount: 0), false)
    case .memory(let kept): return (kept.storage, true)
    case .file(let contents, let places):
      guard let range = places[key] else {
        throw TensorError(.format, contents.path, "the bytes of the storage '\(key)' are missing")
      }
      return try place(UnsafeRawBufferPointer(rebasing: contents.bytes[range]), owner: contents)
    case .entry(let archive, let entry, let swapping):
      if let bytes = archive.storedBytes(of: entry), swapping <= 1 {
        try archive.check(entry, bytes)
        return try place(bytes, owner: archive.contents)
      }
      try checkMemory(TensorType([entry.size], .uint8), "\(archive.path): '\(entry.name)'")
      let storage = Storage.make(byteCount: entry.size)
      let target = UnsafeMutableRawBufferPointer(start: storage.pointer, count: entry.size)
      try archive.read(entry, into: target)
      if swapping > 1 { Self.swapBytes(target, size: swapping) }
      return (storage, false)
    }
  }

  /// Bytes of a file as memory of tensors: where they lie, if they can be used there.
  private func place(
    _ bytes: UnsafeRawBufferPointer, owner: FileContents
  ) throws(TensorError) -> (storage: Storage, isMapped: Bool) {
    guard let base = bytes.baseAddress, !bytes.isEmpty else { return (Storage.make(byteCount: 0), false) }
    if Int(bitPattern: base) % 16 == 0 {
      let pointer = UnsafeMutableRawPointer(mutating: base)
      return (Storage.make(pointer: pointer, byteCount: bytes.count, owner: owner), true)
    }
    let storage = Storage.make(byteCount: bytes.count)
    storage.pointer.copyMemory(from: base, byteCount: bytes.count)
    return (storage, false)
  }

  private static func swapBytes(_ bytes: UnsafeMutableRawBufferPointer, size: Int) {
    func swap<T: FixedWidthInteger & BitwiseCopyable>(_: T.Type) {
      for at in stride(from: 0, through: bytes.count - size, by: size) {
        let value = bytes.loadUnaligned(fromByteOffset: at, as: T.self).byteSwapped
        bytes.storeBytes(of: value, toByteOffset: at, as: T.self)
      }
    }
    switch size {
    case 2: swap(UInt16.self)
    case 4: swap(UInt32.self)
    case 8: swap(UInt64.self)
    default: break
    }
  }
}

/// A block of memory that is not changed while this holds it.
struct KeptStorage: @unchecked Sendable {
  let storage: Storage
  init(_ storage: Storage) { self.storage = storage }
}

/// Where the storages of a legacy file lie in it: behind the tensors that use them.
final class LegacyPlaces: Sendable {
  private let ranges = Lock<[String: Range<Int>]>([:])

  subscript(_ key: String) -> Range<Int>? { ranges.withLock { $0[key] } }

  func set(_ key: String, _ range: Range<Int>) { ranges.withLock { $0[key] = range } }
}

extension PickledStorage {
  /// The file, for errors.
  var path: String {
    switch source {
    case .entry(let archive, _, _): archive.path
    case .file(let contents, _): contents.path
    case .memory, .nothing: "PickledStorage"
    }
  }
}
