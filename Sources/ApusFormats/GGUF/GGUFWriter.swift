import ApusCore

/// A tensor to be written to a GGUF file.
public struct GGUFTensor: Sendable {
  public let name: String
  /// How its numbers are stored.
  public let type: GGUFTensorType
  /// The size of each dimension, the slowest first, as tensors have them.
  public let shape: [Int]
  let withBytes: @Sendable (_ body: (UnsafeRawBufferPointer) throws -> Void) throws -> Void

  /// A tensor that is stored as numbers, in its own type.
  /// - Throws: `TensorError` of kind `dtype` for bool, unsigned, float8 and complex elements, which the format lacks.
  public init(name: String, _ tensor: Tensor) throws(TensorError) {
    guard let type = GGUFTensorType(tensor.dtype) else {
      throw TensorError(
        .dtype, "GGUFTensor",
        "tensor '\(name)' has elements of type \(tensor.dtype), which the format lacks; convert it with .to(...)")
    }
    let value = tensor.detach()
    self.init(name: name, type: type, shape: tensor.shape) { body in
      try value.withUnsafeBytes { (bytes: UnsafeRawBufferPointer) throws in try body(bytes) }
    }
  }

  /// A quantised tensor.
  public init(name: String, _ tensor: QuantizedTensor) {
    self.init(name: name, type: tensor.type, shape: tensor.shape) { body in
      try tensor.bytes.withUnsafeBytes { (bytes: UnsafeRawBufferPointer) throws in try body(bytes) }
    }
  }

  /// A tensor whose bytes are asked for when they are written. `withBytes` calls its argument once, with all of them.
  public init(
    name: String, type: GGUFTensorType, shape: [Int],
    withBytes: @escaping @Sendable (_ body: (UnsafeRawBufferPointer) throws -> Void) throws -> Void
  ) {
    self.name = name
    self.type = type
    self.shape = shape
    self.withBytes = withBytes
  }
}

/// Writes a GGUF file of version 3, byte for byte as the `gguf` package does from the same values in the same order.
///
///     var metadata = GGUFMetadata()
///     metadata["general.architecture"] = .string("llama")
///     try writeGGUF([try GGUFTensor(name: "output_norm.weight", norm)], metadata: metadata, to: "model.gguf")
///
/// Tensors begin at multiples of `general.alignment`, if the metadata has it, else of 32. An existing file is replaced only
/// when the new one is wholly on disk.
/// - Throws: `TensorError` of kind `value` or `shape` for tensors or metadata that cannot be written (a name given twice, bytes
///   that do not match the shape), of kind `file` when writing fails.
public func writeGGUF(_ tensors: [GGUFTensor], metadata: GGUFMetadata = GGUFMetadata(), to path: String) throws {
  let alignment = try GGUFFile.alignment(of: metadata, path: path)
  let padding = { (size: Int) in (alignment - size % alignment) % alignment }
  var head = GGUFBytes()
  head.bytes += GGUFFile.magic
  head.add(UInt32(3))
  head.add(UInt64(tensors.count))
  head.add(UInt64(metadata.keys.count))
  for key in metadata.keys {
    guard let value = metadata[key] else { continue }
    head.add(key)
    head.add(value)
  }
  var names: Set<String> = []
  var sizes: [Int] = []
  var position = 0
  for tensor in tensors {
    guard names.insert(tensor.name).inserted else {
      throw TensorError(.value, path, "two tensors are called '\(tensor.name)'; names must differ")
    }
    guard let size = tensor.type.byteCount(tensor.shape), tensor.shape.count <= SafetensorsHeader.mostDimensions else {
      throw TensorError(
        .shape, path,
        "tensor '\(tensor.name)': the shape \(tensor.shape) is none of type \(tensor.type.name), whose rows are blocks of "
          + "\(tensor.type.block.count) numbers")
    }
    head.add(tensor.name)
    head.add(UInt32(tensor.shape.count))
    for size in tensor.shape.reversed() { head.add(UInt64(size)) }
    head.add(tensor.type.rawValue)
    head.add(UInt64(position))
    sizes.append(size)
    position = position.clampedAdding(size).clampedAdding(padding(size))
  }
  head.bytes += [UInt8](repeating: 0, count: padding(head.bytes.count))
  try replaceFile(at: path) { file in
    try file.write(head.bytes)
    for (tensor, size) in zip(tensors, sizes) {
      try file.write(tensor: tensor.name, "\(tensor.shape) of \(tensor.type.name)", size: size, tensor.withBytes)
      try file.write([UInt8](repeating: 0, count: padding(size)))
    }
  }
}

/// The head of a file while it grows.
private struct GGUFBytes {
  var bytes: [UInt8] = []

  mutating func add(_ value: some FixedWidthInteger) {
    withUnsafeBytes(of: value.littleEndian) { bytes += $0 }
  }

  mutating func add(_ text: String) {
    add(UInt64(text.utf8.count))
    bytes += text.utf8
  }

  /// The type of a value, and the value.
  mutating func add(_ value: GGUFValue) {
    func typed(_ type: GGUFValueType, _ number: some FixedWidthInteger) {
      add(type.rawValue)
      add(number)
    }
    switch value {
    case .uint8(let v): typed(.uint8, v)
    case .int8(let v): typed(.int8, v)
    case .uint16(let v): typed(.uint16, v)
    case .int16(let v): typed(.int16, v)
    case .uint32(let v): typed(.uint32, v)
    case .int32(let v): typed(.int32, v)
    case .float32(let v): typed(.float32, v.bitPattern)
    case .bool(let v): typed(.bool, UInt8(v ? 1 : 0))
    case .uint64(let v): typed(.uint64, v)
    case .int64(let v): typed(.int64, v)
    case .float64(let v): typed(.float64, v.bitPattern)
    case .string(let v):
      add(GGUFValueType.string.rawValue)
      add(v)
    case .array(let v):
      add(GGUFValueType.array.rawValue)
      add(v)
    }
  }

  /// The type of the elements, their number, and the elements.
  private mutating func add(_ array: GGUFArray) {
    func head(_ type: GGUFValueType) {
      add(type.rawValue)
      add(UInt64(array.count))
    }
    func numbers(_ type: GGUFValueType, _ values: [some FixedWidthInteger]) {
      head(type)
      for value in values { add(value) }
    }
    switch array {
    case .uint8(let v): numbers(.uint8, v)
    case .int8(let v): numbers(.int8, v)
    case .uint16(let v): numbers(.uint16, v)
    case .int16(let v): numbers(.int16, v)
    case .uint32(let v): numbers(.uint32, v)
    case .int32(let v): numbers(.int32, v)
    case .uint64(let v): numbers(.uint64, v)
    case .int64(let v): numbers(.int64, v)
    case .float32(let v): numbers(.float32, v.map(\.bitPattern))
    case .float64(let v): numbers(.float64, v.map(\.bitPattern))
    case .bool(let v): numbers(.bool, v.map { UInt8($0 ? 1 : 0) })
    case .string(let v):
      head(.string)
      for text in v { add(text) }
    case .array(let v):
      head(.array)
      for values in v { add(values) }
    }
  }
}
