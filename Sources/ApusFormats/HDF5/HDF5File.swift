import ApusCore

/// An HDF5 file, open for reading: groups, their attributes, and datasets of numbers and texts.
///
///     let file = try HDF5File(path: "model.weights.h5")
///     for name in try file.members(of: "layers") { print(name) }
///     let kernel = try file.tensor("layers/dense/vars/0")
///
/// Places in the file are paths from the root with `/` between the names. The file is mapped into memory and read in place, by code
/// that checks every address against its end: the C library of the format does not survive damaged files. Read are all
/// versions of the first block and of object headers; groups in the older and the newer form; elements that lie whole, within
/// the header, or in chunks (indexed by the older tree, or a single one), compressed by deflate, shuffled, with
/// checksums; integers, floating point numbers, truth values, complex numbers and texts. Nothing but the file itself is ever
/// opened: links to other places (soft and external ones), datasets whose bytes lie in other files and virtual datasets are
/// refused by name, and so are other filters and types.
///
/// The format: https://docs.hdfgroup.org/hdf5/v1_14/_f_m_t3.html
public final class HDF5File: Sendable {
  /// What is at a place.
  public enum Kind: Sendable, Hashable {
    /// A set of names, an array of elements.
    case group, dataset
    /// A named element type, or something newer.
    case other
  }

  /// The path as given, or the name of the bytes.
  public var path: String { bytes.path }
  let bytes: HDF5Bytes
  private let root: UInt64
  /// Headers that were read, by their address.
  private let headers = Lock<[UInt64: HDF5ObjectHeader]>([:])
  /// Links of the groups that were passed through.
  private let groups = Lock<[UInt64: [String: HDF5Group.Link]]>([:])

  /// Opens the file at `path`.
  /// - Throws: `TensorError` when it is missing, damaged or something else.
  public convenience init(path: String) throws(TensorError) {
    let mapped = try MappedFile(path: path)
    try self.init(mapped.bytes, owner: mapped, name: path)
  }

  /// Reads a file whose bytes lie in memory, which `owner` keeps there; `name` is for messages.
  package init(_ bytes: UnsafeRawBufferPointer, owner: any Sendable, name: String) throws(TensorError) {
    let start = try HDF5FirstBlock(bytes, path: name)
    let inner = UnsafeRawBufferPointer(rebasing: bytes[start.offset..<start.end])
    self.bytes = HDF5Bytes(path: name, bytes: inner, owner: owner)
    root = start.root
    _ = try header(at: root)
  }

  /// What is at `place`, or nil where there is nothing.
  /// - Throws: for a link, and where the file is damaged.
  public func kind(of place: String) throws(TensorError) -> Kind? {
    guard let header = try find(place) else { return nil }
    if header.first(8) != nil { return .dataset }
    return try HDF5Group.links(of: header, in: bytes) == nil ? .other : .group
  }

  /// The names in the group at `place` (empty for the root), in alphabetical order.
  /// - Throws: where there is no group.
  public func members(of place: String = "") throws(TensorError) -> [String] {
    guard let links = try HDF5Group.links(of: try object(place), in: bytes) else {
      throw failure(place, "this is no group, and has no members")
    }
    return links.map(\.name).sorted()
  }

  /// The names of the attributes of what is at `place`, in alphabetical order.
  public func attributeNames(of place: String = "") throws(TensorError) -> [String] {
    try attributes(of: try object(place)).map(\.name).sorted()
  }

  /// The attribute `name` of what is at `place`, or nil where it has none of that name.
  /// - Throws: where there is nothing at `place`, or the attribute is damaged or of a type that is not read.
  public func attribute(_ name: String, of place: String = "") throws(TensorError) -> HDF5Value? {
    guard let found = try attributes(of: try object(place)).first(where: { $0.name == name }) else { return nil }
    return try value(of: found, "\(place.isEmpty ? "/" : place), attribute \(name)")
  }

  /// Type and shape of the dataset at `place`, without its elements.
  public func dataset(_ place: String) throws(TensorError) -> HDF5Description {
    let dataset = try HDF5Dataset(try object(place), place, in: bytes)
    guard case .number(let dtype, _) = dataset.type.kind else {
      return HDF5Description(dtype: nil, shape: dataset.shape ?? [0])
    }
    return HDF5Description(dtype: dtype, shape: dataset.shape ?? [0])
  }

  /// The elements of the dataset at `place`.
  public func value(_ place: String) throws(TensorError) -> HDF5Value {
    try HDF5Dataset(try object(place), place, in: bytes).value()
  }

  /// The dataset at `place` as a tensor.
  /// - Throws: also for one of texts.
  public func tensor(_ place: String) throws(TensorError) -> Tensor {
    guard case .numbers(let tensor) = try value(place) else { throw failure(place, "holds no numbers") }
    return tensor
  }

  /// The paths of all datasets, in alphabetical order. Links are passed over.
  /// - Throws: where a group is inside itself.
  public func datasets() throws(TensorError) -> [String] {
    var found: [String] = []
    var waiting: [(place: String, address: UInt64, depth: Int)] = [("", root, 0)]
    var seen: Set<UInt64> = []
    while let (place, address, depth) = waiting.popLast() {
      guard seen.insert(address).inserted, depth < 100 else {
        throw failure(place, "this group is in several places, or inside itself")
      }
      for (name, link) in try HDF5Group.links(of: try header(at: address), in: bytes) ?? [] {
        guard case .object(let target) = link else { continue }
        let inner = place.isEmpty ? name : "\(place)/\(name)"
        let header = try header(at: target)
        if header.first(8) != nil { found.append(inner) } else { waiting.append((inner, target, depth + 1)) }
      }
    }
    return found.sorted()
  }

  func failure(_ place: String, _ message: String) -> TensorError {
    TensorError(.format, path, "'\(place.isEmpty ? "/" : place)': \(message)")
  }

  private func header(at address: UInt64) throws(TensorError) -> HDF5ObjectHeader {
    if let known = headers.withLock({ $0[address] }) { return known }
    let header = try HDF5ObjectHeader(address, in: bytes)
    headers.withLock { $0[address] = header }
    return header
  }

  private func object(_ place: String) throws(TensorError) -> HDF5ObjectHeader {
    guard let header = try find(place) else { throw failure(place, "there is nothing of that name") }
    return header
  }

  private func links(of header: HDF5ObjectHeader) throws(TensorError) -> [String: HDF5Group.Link] {
    if let known = groups.withLock({ $0[header.address] }) { return known }
    let list = try HDF5Group.links(of: header, in: bytes) ?? []
    let links = Dictionary(list.map { ($0.name, $0.link) }) { first, _ in first }
    groups.withLock { $0[header.address] = links }
    return links
  }

  /// The header of what is at `place`, or nil.
  private func find(_ place: String) throws(TensorError) -> HDF5ObjectHeader? {
    var here = try header(at: root)
    var path = ""
    for part in place.split(separator: "/") {
      path += path.isEmpty ? String(part) : "/\(part)"
      guard let link = try links(of: here)[String(part)] else { return nil }
      switch link {
      case .object(let address): here = try header(at: address)
      case .soft: throw failure(path, "this is a soft link; links are not followed")
      case .external: throw failure(path, "this is an external link, to another file; links are not followed")
      case .other(let kind): throw failure(path, "this is a link of kind \(kind); links are not followed")
      }
    }
    return here
  }
}

/// The first block of a file: where the root group and the end are.
struct HDF5FirstBlock {
  private static let signature: [UInt8] = [0x89, 0x48, 0x44, 0x46, 0x0d, 0x0a, 0x1a, 0x0a]

  /// Where it begins: addresses count from there.
  let offset: Int
  /// The end of what belongs to the format.
  let end: Int
  /// The root group's header.
  let root: UInt64

  init(_ bytes: UnsafeRawBufferPointer, path: String) throws(TensorError) {
    let failure = { (message: String) in TensorError(.format, path, message) }
    // It lies at 0, 512, 1024, 2048 ...; what is before it is the user's.
    var start = 0
    while start + 48 <= bytes.count,
      !UnsafeRawBufferPointer(rebasing: bytes[start..<start + 8]).elementsEqual(Self.signature)
    { start = start == 0 ? 512 : start * 2 }
    guard start + 48 <= bytes.count else {
      throw failure("this is no HDF5 file: those begin with the byte 137 and HDF (or have that at byte 512, 1024 ...)")
    }
    let version = bytes[start + 8]
    guard version <= 3 else { throw failure("HDF5's first block is of version \(version); 0 to 3 are known") }
    let (offsetSize, lengthSize) =
      version < 2 ? (bytes[start + 13], bytes[start + 14]) : (bytes[start + 9], bytes[start + 10])
    guard offsetSize == 8, lengthSize == 8 else {
      throw failure("its addresses have \(offsetSize) bytes and its sizes \(lengthSize); 8 are read")
    }
    let base = start + (version == 0 ? 24 : version == 1 ? 28 : 12)
    guard base + 48 <= bytes.count else { throw failure("the file ends within its first block") }
    func number(_ offset: Int) -> UInt64 {
      UInt64(littleEndian: bytes.loadUnaligned(fromByteOffset: offset, as: UInt64.self))
    }
    guard number(base) == UInt64(start) else {
      throw failure("its addresses are counted from byte \(number(base)), not from its first block at \(start)")
    }
    let stored = number(base + 16)
    guard stored <= UInt64(bytes.count), stored >= 48 else {
      throw failure("the file should have \(stored) bytes and has \(bytes.count); it is cut short or damaged")
    }
    offset = start
    end = bytes.count
    root = number(base + (version < 2 ? 40 : 24))
  }
}
