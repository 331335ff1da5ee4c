import ApusCore

/// An array in a file of NumPy's (`.npy`), mapped into memory: its type and shape are read and checked when it is opened,
/// the elements when they are asked for.
///
///     let file = try NumpyFile(path: "features.npy")
///     print(file.header.shape, file.header.dtype)
///     let x = try file.tensor()
///
/// Read are versions 1 to 3, both orders of bytes and of dimensions, and every element type that tensors have; also a file
/// that gzip, zstd or zip has compressed. Objects (pickles), texts, dates and records are refused by their names.
public struct NumpyFile: Sendable {
  public let path: String
  /// What the file says of its array.
  public let header: NumpyHeader
  private let block: FileBlock

  /// Opens the file at `path` and checks its header, and that the elements are there. What follows them is ignored, as
  /// NumPy does.
  /// - Throws: `TensorError` of kind `file` when it cannot be read, of kind `format` when it is damaged or something else,
  ///   of kind `unsupported` for element types that tensors do not have.
  public init(path: String) throws(TensorError) {
    block = try FileBlock(path: path, unwrapsZip: true)
    let bytes = block.contents.bytes
    header = try NumpyHeader(bytes, path: path)
    try header.checkSize(bytes.count - header.length, path: path)
    self.path = path
  }

  /// The array. Its elements lie in the mapped file where their bytes are in this machine's order and stand at a multiple
  /// of their size, and are copied otherwise. An array in Fortran's order keeps it: its first dimension has stride 1.
  /// - Throws: `TensorError` of kind `memory` where they have to be copied and do not fit.
  public func tensor() throws(TensorError) -> Tensor {
    try header.tensor(in: block, from: 0)
  }
}

extension NumpyHeader {
  /// The array of a file, or of a part of one that begins at byte `start` with this header.
  func tensor(in block: FileBlock, from start: Int) throws(TensorError) -> Tensor {
    guard byteOrder == .native else {
      try checkMemory(TensorType(shape, dtype), block.contents.path)
      let bytes = UnsafeRawBufferPointer(rebasing: block.contents.bytes[(start + length)...])
      return try tensor(copying: bytes, path: block.contents.path)
    }
    return try block.tensor(at: start + length, shape: shape, strides: strides, dtype: dtype)
  }
}

/// Reads the array of a `.npy` file, NumPy's `numpy.load`.
///
///     let x = try loadNumpy("features.npy")
///
/// - Throws: `TensorError`, see ``NumpyFile/init(path:)``. Archives (`.npz`) are read by ``NumpyArchive``.
public func loadNumpy(_ path: String) throws(TensorError) -> Tensor {
  try NumpyFile(path: path).tensor()
}
