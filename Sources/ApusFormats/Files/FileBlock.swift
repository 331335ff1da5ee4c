import ApusCore

/// The bytes of a file as a block that tensors share, so that reading a mapped file of any size takes no memory of its own.
///
/// Tensors are values: as long as the block lives, or several tensors of it, one that changes copies its elements first.
/// The last one writes to copies of the pages, which belong to this process: the file never changes.
package final class FileBlock: Sendable {
  /// The bytes of the file.
  package let contents: FileContents
  /// Nil where there are no bytes.
  private nonisolated(unsafe) let storage: Storage?

  /// The bytes of the file at `path`, decompressed where gzip or zstd have compressed it, or zip if `unwrapsZip`.
  package convenience init(path: String, unwrapsZip: Bool = false) throws(TensorError) {
    try self.init(readFile(path, unwrapsZip: unwrapsZip, isWritable: true))
  }

  /// The bytes of a file that was mapped to be writable (`MappedFile`), and is as it was.
  package init(_ contents: FileContents) {
    self.contents = contents
    storage = contents.bytes.baseAddress.map { start in
      Storage.make(
        pointer: UnsafeMutableRawPointer(mutating: start), byteCount: contents.bytes.count, owner: contents)
    }
  }

  /// The tensor whose elements begin at byte `offset` of the file, in this machine's order of bytes: in place where they
  /// are aligned to their size, a copy otherwise.
  /// - Parameter strides: of elements without gaps, in elements; those of rows where nil.
  /// - Throws: `TensorError` of kind `format` when they do not lie in the file, of kind `memory` when a copy does not fit.
  package func tensor(
    at offset: Int, shape: [Int], strides: [Int]? = nil, dtype: DType
  ) throws(TensorError) -> Tensor {
    let available = contents.bytes.count
    guard let count = checkedElementCount(shape, elementSize: dtype.size),
      count == 0 || 0...available ~= offset && count * dtype.size <= available - offset
    else {
      throw TensorError(
        .format, contents.path,
        "a \(dtype) tensor of shape \(shape) from byte \(offset) on does not lie in the file's \(available) bytes")
    }
    let strides = strides ?? rowMajorStrides(shape)
    guard count > 0 else { return Tensor.uninitialized(shape, dtype) }
    let partSize = dtype.isComplex ? dtype.size / 2 : dtype.size
    guard let storage, (Int(bitPattern: storage.pointer) + offset) % partSize == 0 else {
      try checkMemory(TensorType(shape, dtype), contents.path)
      let bytes = UnsafeRawBufferPointer(rebasing: contents.bytes[offset..<offset + count * dtype.size])
      return try Tensor(bytes: bytes, shape: [count], dtype: dtype).view(shape, strides: strides)
    }
    return Tensor(
      TensorBody(storage: storage, data: storage.pointer + offset, shape: shape, strides: strides, dtype: dtype))
  }
}

extension Tensor {
  /// Calls `body` with the memory of a new tensor in row-major order, which nobody else has seen yet.
  func withMemory<Result, Failure: Error>(
    _ body: (UnsafeMutableRawBufferPointer) throws(Failure) -> Result
  ) throws(Failure) -> Result {
    try withExtendedLifetime(self.body) { () throws(Failure) in
      try body(UnsafeMutableRawBufferPointer(start: self.body.data, count: count * dtype.size))
    }
  }
}
