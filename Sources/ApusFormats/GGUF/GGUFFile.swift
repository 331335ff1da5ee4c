import ApusCore

/// A GGUF file, mapped into memory: metadata, names, types and shapes are read and checked when it is opened; the numbers
/// are read in place when they are asked for.
///
///     let file = try GGUFFile(path: "model.Q4_K_M.gguf")
///     print(file.metadata["general.architecture"]?.string ?? "?")
///     let embedding = try file.quantizedTensor(named: "token_embd.weight")   // stays quantised
///     let norm = try file.tensor(named: "output_norm.weight")               // numbers
///
/// The format (https://github.com/ggml-org/ggml/blob/master/docs/gguf.md): `GGUF`, version, counts, metadata, descriptions
/// of tensors, and from the next multiple of the alignment on the tensors. Versions 2 and 3 are read, little endian.
public struct GGUFFile: Sendable {
  /// What the file says of one tensor.
  public struct Entry: Sendable, Hashable {
    /// The name of the tensor in the file.
    public let name: String
    /// How its numbers are stored.
    public let type: GGUFTensorType
    /// The size of each dimension, the slowest first, as tensors have them (the file lists the fastest first).
    public let shape: [Int]
    /// Where its bytes lie in the file.
    public let byteRange: Range<Int>
  }

  public let path: String
  /// The format's version: 2 or 3.
  public let version: Int
  /// The metadata in the order of the file.
  public let metadata: GGUFMetadata
  /// All tensors, in the order of the file.
  public let entries: [Entry]
  /// The number that the places of tensors are multiples of.
  public let alignment: Int
  private let block: FileBlock
  private let index: [String: Int]

  /// Whether a file that begins with these bytes says that it is a GGUF file.
  package static func recognizes(_ start: UnsafeRawBufferPointer) -> Bool { start.starts(with: magic) }
  static let magic = Array("GGUF".utf8)
  static let defaultAlignment = 32

  /// Opens the file at `path` and checks all that it says.
  /// - Throws: `TensorError` of kind `file` when it cannot be read, of kind `format` when it is damaged or something else,
  ///   of kind `unsupported` for other versions, big endian files and unknown types.
  public init(path: String) throws(TensorError) {
    let mapping = try MappedFile(path: expandedPath(path), isWritable: true)
    self.path = path
    block = FileBlock(FileContents(mapping))
    defer { withExtendedLifetime(mapping) {} }
    version = try Self.version(of: mapping.bytes, path: path)
    var cursor = GGUFCursor(mapping.bytes, from: 8, path: path)
    // A tensor's description takes 24 bytes at least, a member of the metadata 13.
    let tensorCount = try cursor.count("the number of tensors", of: 24)
    let memberCount = try cursor.count("the number of metadata", of: 13)
    metadata = try Self.readMetadata(&cursor, count: memberCount)
    alignment = try Self.alignment(of: metadata, path: path)
    var entries: [Entry] = []
    var index: [String: Int] = [:]
    var descriptions: [Description] = []
    for number in 0..<tensorCount { descriptions.append(try Self.description(&cursor, number: number)) }
    let padding = (alignment - cursor.position % alignment) % alignment
    let dataStart = cursor.position + padding
    for description in descriptions {
      let entry = try description.entry(
        dataStart: dataStart, alignment: alignment, fileSize: mapping.bytes.count, path: path)
      guard index.updateValue(entries.count, forKey: entry.name) == nil else {
        throw TensorError(.format, path, "two tensors are called '\(entry.name)'; names must differ")
      }
      entries.append(entry)
    }
    try Self.checkOverlap(entries, path: path)
    (self.entries, self.index) = (entries, index)
  }

  /// The tensor called `name`.
  /// - Throws: `TensorError` of kind `index` when there is none, naming some that there are.
  public func entry(named name: String) throws(TensorError) -> Entry {
    if let found = index[name] { return entries[found] }
    let known = entries.prefix(5).map { "'\($0.name)'" }.joined(separator: ", ")
    throw TensorError(.index, path, "no tensor is called '\(name)'; it has \(entries.count): \(known)")
  }

  /// The numbers of a tensor: in place where they are stored as numbers, in float32 where they are quantised.
  /// - Throws: as ``quantizedTensor(named:)``.
  public func tensor(named name: String) throws(TensorError) -> Tensor {
    let entry = try entry(named: name)
    if let dtype = entry.type.dtype {
      return try block.tensor(at: entry.byteRange.lowerBound, shape: entry.shape, dtype: dtype)
    }
    try checkMemory(TensorType(entry.shape, .float32), path)
    return try quantizedTensor(named: name).dequantized()
  }

  /// A tensor as it is stored, in place.
  /// - Throws: `TensorError` of kind `index` when there is none of the name, of kind `unsupported` for types whose numbers
  ///   cannot be read.
  public func quantizedTensor(named name: String) throws(TensorError) -> QuantizedTensor {
    let entry = try entry(named: name)
    guard entry.type.isReadable else {
      throw TensorError(
        .unsupported, path,
        "tensor '\(name)' is stored as \(entry.type.name), which cannot be read; read are \(GGUFTensorType.readable)")
    }
    return try QuantizedTensor(type: entry.type, shape: entry.shape, bytes: bytes(of: entry))
  }

  /// The bytes of a tensor, in place: uint8, one dimension.
  func bytes(of entry: Entry) throws(TensorError) -> Tensor {
    try block.tensor(at: entry.byteRange.lowerBound, shape: [entry.byteRange.count], dtype: .uint8)
  }
}

/// The metadata of a GGUF file: values under names, in the order of the file.
public struct GGUFMetadata: Sendable, Hashable {
  /// The names in their order.
  public private(set) var keys: [String] = []
  private var values: [String: GGUFValue] = [:]

  /// No metadata.
  public init() {}

  /// The value under a name, or nil. A new name goes to the end; nil takes a name out.
  public subscript(key: String) -> GGUFValue? {
    get { values[key] }
    set {
      let old = values[key]
      values[key] = newValue
      if old == nil, newValue != nil { keys.append(key) }
      if old != nil, newValue == nil { keys.removeAll { $0 == key } }
    }
  }
}
