import ApusCore

/// A file of named tensors, in whichever format: what there is is known when the file is opened, elements are read tensor by
/// tensor.
///
///     let file = try openTensorFile("model.pth")     // or .safetensors, .npz, .gguf, .onnx, .h5 ...
///     for entry in file.entries { print(entry.name, entry.shape, entry.typeName) }
///     let weight = try file.tensor(named: "fc.weight")
///
public protocol TensorFile: Sendable {
  /// All tensors, in the order of the file.
  var entries: [TensorFileEntry] { get }
  /// What else the file says: its metadata, what it holds beside tensors.
  var sections: [TensorFileSection] { get }
  /// Texts that other formats can hold, too.
  var metadata: [String: String] { get }
  /// The tensor called `name`; numbers that are quantised in blocks come as float32.
  /// - Throws: `TensorError` when there is none, or it cannot be read.
  func tensor(named name: String) throws -> Tensor
}

extension TensorFile {
  public var metadata: [String: String] { [:] }
}

/// What a file says of one of its tensors.
public struct TensorFileEntry: Sendable, Hashable {
  public var name: String
  /// The format's name of the element type.
  public var typeName: String
  /// The element type of the tensor that is read; nil where it cannot be read.
  public var dtype: DType?
  public var shape: [Int]
  /// The bytes that its elements take in the file, where it is not compressed.
  public var byteCount: Int

  /// The description of a tensor.
  public init(name: String, typeName: String, dtype: DType?, shape: [Int], byteCount: Int) {
    self.name = name
    self.typeName = typeName
    self.dtype = dtype
    self.shape = shape
    self.byteCount = byteCount
  }

  /// The number of elements.
  public var count: Int { shape.reduce(1) { $0.clampedMultiplying($1) } }
}

/// Some of what a file says, under a title.
public struct TensorFileSection: Sendable, Hashable {
  public var title: String
  public var lines: [String]

  /// Lines under a title.
  public init(_ title: String, _ lines: [String]) {
    self.title = title
    self.lines = lines
  }
}

/// Opens a file of tensors in the format that its content tells, whatever its name; of a model in several safetensors files its
/// index, or the folder that has one.
/// - Throws: `TensorError` of kind `file` when it cannot be read, of kind `format` when it is damaged or in none of the formats.
public func openTensorFile(_ path: String) throws -> any TensorFile {
  try TensorFileFormat.of(path).open(expandedPath(path))
}
