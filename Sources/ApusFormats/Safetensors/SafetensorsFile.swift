import ApusCore

/// A safetensors file, mapped into memory: names, types and shapes are read and checked when it is opened; the elements are
/// read in place when they are asked for.
///
///     let file = try SafetensorsFile(path: "model.safetensors")
///     for entry in file.entries { print(entry.name, entry.dtypeName, entry.shape) }
///     try file.withBytes(of: file.entry(named: "fc.weight")) { bytes in ... }
///
/// The format (https://huggingface.co/docs/safetensors): the header's length as 8 bytes, little endian; the header in JSON;
/// the elements of all tensors, little endian, row-major, without gaps.
public struct SafetensorsFile: Sendable {
  /// What the header says of one tensor.
  public struct Entry: Sendable, Hashable {
    /// The name of the tensor in the file.
    public let name: String
    /// The format's name of the element type: `F32`, `BF16`, `I64`, `BOOL` ...
    public let dtypeName: String
    /// The element type, or nil for a type of the format that tensors do not have: see ``requireDType()``.
    public let dtype: DType?
    /// The size of each dimension.
    public let shape: [Int]
    /// Where the elements lie in the file, counted from its first byte.
    public let byteRange: Range<Int>
    let path: String

    /// The number of elements.
    public var count: Int { shape.reduce(1, *) }

    /// Whether the elements begin at a multiple of their size, so that they can be used in place. Other writers may leave
    /// them elsewhere: such elements have to be copied.
    public var isAligned: Bool { dtype.map { byteRange.lowerBound % $0.size == 0 } ?? false }

    /// The element type.
    /// - Throws: `TensorError` of kind `unsupported` for the types `F4`, `F8_E8M0` and the like.
    public func requireDType() throws(TensorError) -> DType {
      if let dtype { return dtype }
      throw TensorError(
        .unsupported, path,
        "tensor '\(name)' has elements of type \(dtypeName), which tensors cannot hold; "
          + "convert it to one of \(SafetensorsType.supported) when writing the file")
    }
  }

  public let path: String
  /// The texts under `__metadata__`.
  public let metadata: [String: String]
  /// All tensors, in the order of their bytes.
  public let entries: [Entry]
  /// The file's memory. A tensor that uses elements in place keeps it alive.
  public let mapping: MappedFile
  private let block: FileBlock
  private let index: [String: Int]

  /// Opens the file at `path` and checks all of its header: every byte of the file belongs to the header or to one tensor.
  /// - Throws: `TensorError` of kind `file` when it cannot be read, of kind `format` when it is damaged or something else.
  public init(path: String) throws(TensorError) {
    mapping = try MappedFile(path: expandedPath(path), isWritable: true)
    block = FileBlock(FileContents(mapping))
    self.path = path
    let header = try SafetensorsHeader(bytes: mapping.bytes, path: path)
    metadata = header.metadata
    entries = header.entries
    index = Dictionary(uniqueKeysWithValues: entries.enumerated().map { ($1.name, $0) })
  }

  /// The tensor called `name`.
  /// - Throws: `TensorError` of kind `index` when there is none, naming some that there are.
  public func entry(named name: String) throws(TensorError) -> Entry {
    if let found = index[name] { return entries[found] }
    let known = entries.prefix(5).map { "'\($0.name)'" }.joined(separator: ", ")
    let found = entries.isEmpty ? "it has none" : "it has \(entries.count): \(known)\(entries.count > 5 ? ", ..." : "")"
    throw TensorError(.index, path, "no tensor is called '\(name)'; \(found)")
  }

  /// The tensor called `name`. Its elements lie in the mapped file, where they are loaded when they are first touched, if
  /// they stand at a multiple of their size, and are copied otherwise.
  /// - Throws: `TensorError` of kind `index` when there is none, of kind `unsupported` for element types that tensors do not
  ///   have, or that are registered in another program or another version.
  public func tensor(named name: String) throws(TensorError) -> Tensor {
    let entry = try entry(named: name)
    let type = try type(of: entry)
    return try block.tensor(at: entry.byteRange.lowerBound, shape: type.shape, dtype: type.dtype)
  }

  /// Shape and element type of the tensor of an entry: those of the entry, or what the metadata say of registered types.
  package func type(of entry: Entry) throws(TensorError) -> TensorType {
    if let own = try RegisteredElements.type(of: entry, metadata) { return own }
    return TensorType(entry.shape, try entry.requireDType())
  }

  /// Gives up the memory of a tensor's elements, which are read again when they are touched. As long as this file is open nobody changes
  /// them where they lie.
  package func forgetPages(of name: String) {
    if let entry = try? entry(named: name) { mapping.forget(entry.byteRange) }
  }

  /// Calls `body` with the elements of a tensor of this file, in place: little endian, row-major, and aligned to their size
  /// where `entry.isAligned`. The pointer is valid inside `body`, and as long as `mapping` lives.
  /// - Throws: `TensorError` of kind `value` when the entry is of another file; what `body` throws.
  public func withBytes<Result>(
    of entry: Entry, _ body: (UnsafeRawBufferPointer) throws -> Result
  ) throws -> Result {
    guard entry.path == path, entry.byteRange.upperBound <= mapping.bytes.count else {
      throw TensorError(.value, path, "the tensor '\(entry.name)' belongs to the file \(entry.path), not to this one")
    }
    return try withExtendedLifetime(mapping) {
      try body(UnsafeRawBufferPointer(rebasing: mapping.bytes[entry.byteRange]))
    }
  }
}

/// An element type of the format.
struct SafetensorsType: Sendable {
  let name: String
  /// Bits of one element; some types pack several into a byte.
  let bits: Int
  let dtype: DType?

  init(_ name: String, _ bits: Int) {
    self.name = name
    self.bits = bits
    dtype = DType.allCases.first { $0.safetensorsName == name }
  }

  /// In the order of the reference implementation, which sorts tensors by it.
  static let all: [SafetensorsType] = [
    .init("BOOL", 8), .init("F4", 4), .init("F6_E2M3", 6), .init("F6_E3M2", 6), .init("U8", 8), .init("I8", 8),
    .init("F8_E5M2", 8), .init("F8_E4M3", 8), .init("F8_E8M0", 8), .init("F8_E4M3FNUZ", 8), .init("F8_E5M2FNUZ", 8),
    .init("I16", 16), .init("U16", 16), .init("F16", 16), .init("BF16", 16), .init("I32", 32), .init("U32", 32),
    .init("F32", 32), .init("C64", 64), .init("F64", 64), .init("I64", 64), .init("U64", 64),
  ]

  /// The names of the types that tensors can hold.
  static var supported: String { all.filter { $0.dtype != nil }.map(\.name).joined(separator: ", ") }
  static let byName = Dictionary(uniqueKeysWithValues: all.map { ($0.name, $0) })
  /// The place of each element type in `all`.
  static let rank = Dictionary(
    uniqueKeysWithValues: all.enumerated().compactMap { rank, type in type.dtype.map { ($0, rank) } })
}
