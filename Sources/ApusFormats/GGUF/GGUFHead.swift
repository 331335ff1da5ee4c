import ApusCore

// The parts of a GGUF file that stand before its tensors, and what they must say.

extension GGUFFile {
  static func version(of bytes: UnsafeRawBufferPointer, path: String) throws(TensorError) -> Int {
    guard recognizes(bytes) else {
      throw TensorError(
        .format, path, bytes.isEmpty ? "the file is empty" : "this is no GGUF file: it does not begin with GGUF")
    }
    guard bytes.count >= 8 else {
      throw TensorError(.format, path, "the file ends after \(bytes.count) bytes, before its version")
    }
    let version = UInt32(littleEndian: bytes.loadUnaligned(fromByteOffset: 4, as: UInt32.self))
    if version != 0, version & 0xffff == 0 {
      throw TensorError(
        .unsupported, path, "this is a big endian GGUF file; convert it with gguf-py's gguf_convert_endian")
    }
    guard 2...3 ~= version else {
      throw TensorError(
        .unsupported, path, "the format's version is \(version); versions 2 and 3 are read. Convert the model anew")
    }
    return Int(version)
  }

  static func readMetadata(_ cursor: inout GGUFCursor, count: Int) throws(TensorError) -> GGUFMetadata {
    var metadata = GGUFMetadata()
    for number in 0..<count {
      let key = try cursor.string("the name of metadata \(number)", isName: true)
      guard metadata[key] == nil else { throw cursor.failure("the metadata", "two values are called '\(key)'") }
      metadata[key] = try cursor.value(key)
    }
    return metadata
  }

  static func alignment(of metadata: GGUFMetadata, path: String) throws(TensorError) -> Int {
    guard let value = metadata[alignmentKey] else { return defaultAlignment }
    guard case .uint32(let alignment) = value, alignment > 0, alignment & (alignment - 1) == 0 else {
      throw TensorError(.format, path, "'\(alignmentKey)' is \(value); it must be a power of two of 32 bits")
    }
    return Int(alignment)
  }

  static let alignmentKey = "general.alignment"

  /// What the file says of a tensor, before it is checked.
  struct Description {
    let name: String
    let shape: [Int]
    let type: UInt32
    let offset: UInt64
  }

  static func description(_ cursor: inout GGUFCursor, number: Int) throws(TensorError) -> Description {
    let name = try cursor.string("the name of tensor \(number)", isName: true)
    let what = "tensor '\(name)'"
    let rank = try cursor.integer(what, as: UInt32.self)
    guard rank <= SafetensorsHeader.mostDimensions else {
      throw cursor.failure(what, "it has \(rank) dimensions; at most \(SafetensorsHeader.mostDimensions) are possible")
    }
    var shape: [Int] = []
    for _ in 0..<rank {
      let size = try cursor.integer(what, as: UInt64.self)
      guard let size = Int(exactly: size) else { throw cursor.failure(what, "a dimension is given as \(size)") }
      shape.append(size)
    }
    let type = try cursor.integer(what, as: UInt32.self)
    let offset = try cursor.integer(what, as: UInt64.self)
    return Description(name: name, shape: shape.reversed(), type: type, offset: offset)
  }

  static func checkOverlap(_ entries: [Entry], path: String) throws(TensorError) {
    var end = 0
    for entry in entries.sorted(by: { $0.byteRange.lowerBound < $1.byteRange.lowerBound })
    where !entry.byteRange.isEmpty {
      guard entry.byteRange.lowerBound >= end else {
        throw TensorError(.format, path, "tensor '\(entry.name)': its bytes overlap those of another tensor")
      }
      end = entry.byteRange.upperBound
    }
  }
}

extension GGUFFile.Description {
  func entry(dataStart: Int, alignment: Int, fileSize: Int, path: String) throws(TensorError) -> GGUFFile.Entry {
    func failure(_ message: String) -> TensorError { TensorError(.format, path, "tensor '\(name)': \(message)") }
    guard let type = GGUFTensorType(rawValue: type) else {
      throw TensorError(
        .unsupported, path,
        "tensor '\(name)' has the type \(type), which is unknown; read are "
          + GGUFTensorType.readable)
    }
    guard let size = type.byteCount(shape) else {
      throw failure(
        "the shape \(shape) is none of a tensor of type \(type.name), whose rows are blocks of \(type.block.count) numbers"
      )
    }
    guard offset % UInt64(alignment) == 0 else {
      throw failure("its bytes begin at \(offset), which is no multiple of the alignment \(alignment)")
    }
    let available = max(0, fileSize - dataStart)
    guard let offset = Int(exactly: offset), offset <= available, size <= available - offset else {
      throw failure(
        "its \(size) bytes from \(offset) on do not fit into the \(available) bytes of tensors; the file may be cut short"
      )
    }
    return GGUFFile.Entry(
      name: name, type: type, shape: shape, byteRange: dataStart + offset..<dataStart + offset + size)
  }
}
