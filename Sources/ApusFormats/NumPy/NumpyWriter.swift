import ApusCore

/// Writes a tensor to a `.npy` file, byte for byte as NumPy's `numpy.save` does: a tensor whose first dimension is the
/// fastest in memory is written in Fortran's order, every other one row by row.
///
///     try saveNumpy(x, to: "features.npy")
///
/// Elements of registered types become structures of the parts that the type names (``CustomElement/fields``), or bytes.
///
/// An existing file is replaced only when the new one is wholly on disk.
/// - Parameter byteOrder: the order of the bytes of each number; that of almost every machine is `.little`.
/// - Throws: `TensorError` of kind `dtype` for elements that NumPy does not have (bfloat16, float8), of kind `file` when
///   writing fails.
public func saveNumpy(_ tensor: Tensor, to path: String, byteOrder: ByteOrder = .little) throws {
  let array = try NumpyOutput(tensor, byteOrder: byteOrder, path: path)
  try replaceFile(at: path) { file in try array.write { try file.write($0) } }
}

/// An array as the bytes of a `.npy` file.
struct NumpyOutput: Sendable {
  /// What stands before the elements.
  let header: [UInt8]
  /// The elements in the order of the file.
  private let rows: Tensor
  private let type: NumpyType
  private let path: String

  init(_ tensor: Tensor, byteOrder: ByteOrder = .little, path: String) throws(TensorError) {
    type = NumpyType(tensor.dtype, byteOrder)
    self.path = path
    guard let descr = type.descr else {
      throw TensorError(
        .dtype, path,
        "NumPy has no elements of type \(tensor.dtype); convert the tensor, for example with .to(.float32)")
    }
    guard byteOrder == .native || type.swappedSize != nil else {
      throw TensorError(
        .dtype, path,
        "the parts of \(tensor.dtype) have several sizes; they are written in the order of this machine only")
    }
    guard tensor.shape.count <= NumpyHeader.mostDimensions else {
      throw TensorError(
        .shape, path,
        "the tensor has \(tensor.shape.count) dimensions; NumPy's arrays have at most \(NumpyHeader.mostDimensions)")
    }
    let value = tensor.detach().resolved
    let isFortranOrder = Self.isFortran(value)
    rows = isFortranOrder ? value.view(value.shape.reversed(), strides: value.strides.reversed()) : value
    header = Self.header(descr: descr, isFortranOrder: isFortranOrder, shape: value.shape)
  }

  /// The bytes of header and elements together.
  var byteCount: Int { header.count + rows.count * rows.dtype.size }

  /// Whether NumPy would call the tensor contiguous in Fortran's order and not in C's.
  private static func isFortran(_ tensor: Tensor) -> Bool {
    !tensor.isContiguous && tensor.view(tensor.shape.reversed(), strides: tensor.strides.reversed()).isContiguous
  }

  /// Calls `body` with the bytes of the file, piece by piece.
  func write(_ body: (UnsafeRawBufferPointer) throws -> Void) throws {
    try header.withUnsafeBytes(body)
    let expected = rows.count * rows.dtype.size
    try rows.withUnsafeBytes { (bytes: UnsafeRawBufferPointer) throws in
      guard bytes.count == expected else {
        throw TensorError(.value, path, "the tensor has no elements to write: the operation that made it failed")
      }
      try type.dtype.requireSelfContained(bytes, path)
      guard type.byteOrder != .native, let size = type.swappedSize, size > 1 else { return try body(bytes) }
      // Turned around in pieces, so that large arrays are not there twice.
      for start in stride(from: 0, to: bytes.count, by: 1 << 20) {
        var piece = Array(bytes[start..<min(bytes.count, start + 1 << 20)])
        piece.withUnsafeMutableBytes { swapBytes($0, size: size) }
        try piece.withUnsafeBytes(body)
      }
    }
  }

  /// The header as NumPy 2 writes it: room for the number of rows to grow, then spaces up to a multiple of 64 bytes.
  private static func header(descr: String, isFortranOrder: Bool, shape: [Int]) -> [UInt8] {
    let sizes = shape.count == 1 ? "\(shape[0])," : shape.map(String.init).joined(separator: ", ")
    var text = "{'descr': \(descr), 'fortran_order': \(isFortranOrder ? "True" : "False"), 'shape': (\(sizes)), }"
    if let growing = isFortranOrder ? shape.last : shape.first {
      let longestNumber = 21
      text += String(repeating: " ", count: max(0, longestNumber - String(growing).count))
    }
    let (prefix, alignment) = (NumpyHeader.magic.count + 4, 64)
    text += String(repeating: " ", count: alignment - (prefix + text.utf8.count + 1) % alignment) + "\n"
    let length = UInt16(text.utf8.count)
    return NumpyHeader.magic + [1, 0, UInt8(length & 0xff), UInt8(length >> 8)] + Array(text.utf8)
  }
}

/// Writes named tensors to an archive of NumPy's (`.npz`), as `numpy.savez` and `numpy.savez_compressed` do: each is a `.npy`
/// file of the archive.
///
///     try saveNumpyArchive([("x", x), ("y", y)], to: "data.npz", isCompressed: true)
///
/// An existing file is replaced only when the new one is wholly on disk.
/// - Throws: `TensorError` of kind `value` for names that an archive cannot have or that occur twice, of kind `dtype` for
///   elements that NumPy does not have, of kind `file` when writing fails.
public func saveNumpyArchive(
  _ tensors: [(name: String, tensor: Tensor)], to path: String, isCompressed: Bool = false
) throws {
  try saveNumpyArchive(tensors.map { item in (item.name, { item.tensor }) }, to: path, isCompressed: isCompressed)
}

/// The same of tensors that are asked for when they are written.
func saveNumpyArchive(
  _ tensors: [(name: String, tensor: () throws -> Tensor)], to path: String, isCompressed: Bool
) throws {
  try writeZip(to: path) { zip in
    for (name, tensor) in tensors {
      let array = try NumpyOutput(try tensor(), path: "\(path): '\(name)'")
      var bytes: [UInt8] = []
      bytes.reserveCapacity(array.byteCount)
      try array.write { bytes += $0 }
      try zip.add("\(name).npy", bytes, method: isCompressed ? .deflated() : .stored(alignment: 64))
    }
  }
}
