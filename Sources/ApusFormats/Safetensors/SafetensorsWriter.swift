import ApusCore

/// A tensor to be written to a safetensors file.
public struct SafetensorsTensor: Sendable {
  public let name: String
  public let dtype: DType
  public let shape: [Int]
  let withBytes: @Sendable ((UnsafeRawBufferPointer) throws -> Void) throws -> Void

  /// A tensor whose elements are at hand: little endian, row-major.
  public init(name: String, dtype: DType, shape: [Int], bytes: [UInt8]) {
    self.init(name: name, dtype: dtype, shape: shape) { body in try bytes.withUnsafeBytes(body) }
  }

  /// A tensor whose elements are asked for when they are written. `withBytes` calls its argument once, with all of them:
  /// little endian, row-major.
  public init(
    name: String, dtype: DType, shape: [Int],
    withBytes: @escaping @Sendable (_ body: (UnsafeRawBufferPointer) throws -> Void) throws -> Void
  ) {
    self.name = name
    self.dtype = dtype
    self.shape = shape
    self.withBytes = withBytes
  }
}

extension SafetensorsTensor {
  /// The element type that the file has for it.
  fileprivate var fileType: DType { dtype.isCustom ? .uint8 : dtype }
  /// The shape that it has in the file.
  fileprivate var fileShape: [Int] { dtype.isCustom ? shape + [dtype.size] : shape }
}

/// Writes a safetensors file, byte for byte as the reference implementation does: the header padded with spaces to a
/// multiple of 8, the tensors sorted by element type (largest first) and name, so that each is aligned to its size.
///
/// Elements of registered types are written as their bytes, in a last dimension of `U8`; which type they are, and how they
/// lie in memory, stands in the metadata.
///
/// An existing file at `path` is replaced only when the new one is wholly on disk; any failure leaves it as it was.
/// - Throws: `TensorError` of kind `value` or `shape` for tensors that cannot be written (a name given twice, bytes that do
///   not match the shape), of kind `file` when writing fails.
public func writeSafetensors(
  _ tensors: [SafetensorsTensor], metadata: [String: String] = [:], to path: String
) throws {
  let rank = SafetensorsType.rank
  let sorted = tensors.sorted {
    let (left, right) = (rank[$0.fileType, default: 0], rank[$1.fileType, default: 0])
    // Names by their UTF-8 bytes, as the reference does; String's own order is by canonical equivalence.
    return left == right ? $0.name.utf8.lexicographicallyPrecedes($1.name.utf8) : left > right
  }
  let metadata = metadata.merging(RegisteredElements.metadata(of: sorted)) { $1 }
  let (header, sizes) = try safetensorsHeader(sorted, metadata: metadata, path: path)
  try replaceFile(at: path) { file in
    try withUnsafeBytes(of: UInt64(header.count).littleEndian) { try file.write($0) }
    try file.write(header)
    for (tensor, size) in zip(sorted, sizes) {
      try file.write(tensor: tensor.name, "\(tensor.shape) of \(tensor.dtype)", size: size) { body in
        try tensor.withBytes { bytes in
          try tensor.dtype.requireSelfContained(bytes, "\(path): tensor '\(tensor.name)'")
          try body(bytes)
        }
      }
    }
  }
}

/// The padded header of tensors in the order of their bytes, and the number of bytes of each.
private func safetensorsHeader(
  _ tensors: [SafetensorsTensor], metadata: [String: String], path: String
) throws(TensorError) -> (header: [UInt8], sizes: [Int]) {
  var members: [String] = []
  if !metadata.isEmpty {
    let texts = metadata.sorted { $0.key < $1.key }.map { "\(quotedJSON($0.key)):\(quotedJSON($0.value))" }
    members.append("\"__metadata__\":{\(texts.joined(separator: ","))}")
  }
  var names: Set<String> = []
  var sizes: [Int] = []
  var position = 0
  for tensor in tensors {
    let failure = { (kind: TensorError.Kind, message: String) in
      TensorError(kind, path, "tensor '\(tensor.name)': \(message)")
    }
    guard names.insert(tensor.name).inserted else {
      throw failure(.value, "two tensors have this name; names must differ")
    }
    guard let type = tensor.fileType.safetensorsName else {
      throw failure(
        .dtype, "the format has no element type \(tensor.dtype); convert the tensor with .to(...) or save its parts")
    }
    guard tensor.name != "__metadata__" else { throw failure(.value, "the format keeps this name for the metadata") }
    guard tensor.shape.count <= SafetensorsHeader.mostDimensions,
      let size = SafetensorsHeader.byteCount(tensor.shape, bits: 8 * tensor.dtype.size)
    else {
      throw failure(.shape, "the shape \(tensor.shape) does not describe a tensor that can be stored")
    }
    let (end, overflow) = position.addingReportingOverflow(size)
    guard !overflow else { throw failure(.shape, "the tensors have more bytes than a file can hold") }
    let shape = tensor.fileShape.map(String.init).joined(separator: ",")
    members.append(
      "\(quotedJSON(tensor.name)):{\"dtype\":\"\(type)\",\"shape\":[\(shape)],\"data_offsets\":[\(position),\(end)]}")
    sizes.append(size)
    position = end
  }
  var header = Array("{\(members.joined(separator: ","))}".utf8)
  header.append(contentsOf: repeatElement(UInt8(ascii: " "), count: (8 - header.count % 8) % 8))
  guard header.count <= SafetensorsHeader.longest else {
    throw TensorError(
      .value, path,
      "the header would have \(header.count) bytes, more than the format's \(SafetensorsHeader.longest); write fewer "
        + "tensors or less metadata")
  }
  return (header, sizes)
}
