import ApusCore

/// A format of files of tensors: how it is recognised, read, and perhaps written.
public struct TensorFileFormat: Sendable {
  /// What people call it.
  public let name: String
  /// What its files' names end with.
  public let extensions: [String]
  /// Whether a file that begins like the sample is one.
  let recognizes: @Sendable (FileSample) -> Bool
  /// Opens the file at a path.
  let open: @Sendable (String) throws -> any TensorFile
  /// Writes tensors; nil for formats that are only read.
  let write: (@Sendable (TensorsToWrite) throws -> Void)?

  /// Whether files of the format can be written.
  public var isWritable: Bool { write != nil }

  /// All formats. What is told by its first bytes stands before what is told by less.
  public static let all: [TensorFileFormat] = [
    .gguf, .numpy, .hdf5, .keras, .numpyArchive, .pyTorchZip, .safetensorsIndex, .safetensors, .pyTorchLegacy, .onnx,
  ]

  /// The format of the file at `path`, by its content; by its name where the content is none of any format, so that its reader
  /// says what is wrong.
  /// - Throws: `TensorError` of kind `file` when it cannot be read, of kind `format` when it is in none of the formats.
  static func of(_ path: String) throws(TensorError) -> TensorFileFormat {
    let place = expandedPath(path)
    if isFolder(place) { return .safetensorsIndex }
    let sample = try FileSample(place)
    if let found = all.first(where: { $0.recognizes(sample) }) ?? named(path) { return found }
    let known = all.flatMap(\.extensions).map { ".\($0)" }.joined(separator: ", ")
    throw TensorError(
      .format, path,
      sample.bytes.isEmpty
        ? "the file is empty" : "this is in none of the formats of tensors that can be read: \(known)")
  }

  /// The format of tensors that the content of the file at `path` is in; nil where it is in none, however the file is called.
  public static func recognized(_ path: String) throws(TensorError) -> TensorFileFormat? {
    let place = expandedPath(path)
    if isFolder(place) { return .safetensorsIndex }
    let sample = try FileSample(place)
    return all.first { $0.recognizes(sample) }
  }

  /// The format whose files' names end as `path` does.
  static func named(_ path: String) -> TensorFileFormat? {
    let name = path.lowercased()
    return all.first { $0.extensions.contains { name.hasSuffix(".\($0)") } }
  }
}

/// What is known of a file before its format is.
struct FileSample {
  let path: String
  private let contents: FileContents
  /// The files of a zip archive; none where it is no such archive, or a damaged one.
  let zipNames: [String]

  init(_ path: String) throws(TensorError) {
    self.path = path
    contents = try readFile(path)
    let isZip = Wrapper(contents.bytes) == .zip
    zipNames = isZip ? (try? ZipArchive(contents))?.entries.map(\.name) ?? [] : []
  }

  /// The bytes of the file, without gzip or zstd around them.
  var bytes: UnsafeRawBufferPointer { contents.bytes }

  func starts(with start: [UInt8]) -> Bool { bytes.starts(with: start) }
}

/// Tensors on their way into a file.
struct TensorsToWrite {
  let path: String
  var tensors: [TensorToWrite]
  /// Texts for formats that keep some.
  var metadata: [String: String] = [:]
  /// The metadata for a GGUF file.
  var ggufMetadata = GGUFMetadata()
  /// The largest size of a safetensors file; nil: one file, however large.
  var maxShardSize: Int?
  /// Whether formats that can compress shall.
  var isCompressed = false
}

/// A tensor that is read when it is written.
struct TensorToWrite: Sendable {
  var name: String
  var dtype: DType
  var shape: [Int]
  /// How a GGUF file shall store it, where that is not in its own type.
  var ggufType: GGUFTensorType?
  /// Gives the tensor, of `dtype`.
  var load: @Sendable () throws -> Tensor
  /// Gives the blocks of one that is quantised already.
  var loadBlocks: (@Sendable () throws -> QuantizedTensor)?
}
