import ApusCore

// The elements of tensors in ONNX files, wherever they stand.

extension ONNX.TensorProto {
  /// What errors say of it.
  package var title: String { name.isEmpty ? "a tensor" : "tensor '\(name)'" }

  func failure(_ message: String, _ kind: TensorError.Kind = .format) -> TensorError {
    TensorError(kind, "", "\(title): \(message)")
  }

  /// The element type.
  /// - Throws: `TensorError` of kind `format` when its number is none of the format's.
  public func elementType() throws(TensorError) -> ONNX.DataType {
    guard let type = ONNX.DataType(rawValue: dataType), type != .undefined else {
      throw failure("the element type \(dataType) does not exist")
    }
    return type
  }

  /// The shape, checked to describe a number of elements.
  public func shape() throws(TensorError) -> [Int] {
    let shape = dims.map(Int.init)
    if let bad = shape.first(where: { $0 < 0 }) { throw failure("a dimension is \(bad), in the shape \(shape)") }
    guard shape.count <= 64 else { throw failure("it has \(shape.count) dimensions; at most 64 are possible") }
    guard checkedElementCount(shape, elementSize: 16) != nil else {
      throw failure("the shape \(shape) has more elements than any memory holds")
    }
    return shape
  }

  /// The elements as a tensor of the element type's ``ONNX/DataType/carrier``.
  /// - Parameter folder: where the model's file lies, from which the paths of external data start. Nil: there is none, and
  ///   external data are an error.
  /// - Throws: `TensorError` that names the tensor: of kind `format` when its elements do not fit its shape, `file` when
  ///   external data cannot be read or lie outside of the folder, `unsupported` for texts.
  public func tensor(folder: String?) throws(TensorError) -> Tensor {
    let type = try elementType()
    let shape = try shape()
    guard let carrier = type.carrier, let bits = type.bits else {
      throw failure("its elements are of type \(type.name), which are not numbers", .unsupported)
    }
    guard !isSegment else { throw failure("it is a segment of a larger tensor, which is not supported", .unsupported) }
    let count = elementCount(shape)
    guard !isExternal else {
      let bytes = try externalBytes(folder: folder, expected: Self.byteCount(count, bits: bits))
      return try Self.read(bytes, type, shape, carrier, failure: failure)
    }
    if let rawData, !rawData.isEmpty || count == 0 {
      let expected = Self.byteCount(count, bits: bits)
      guard rawData.count == expected else {
        throw failure(
          "raw_data has \(rawData.count) bytes, and the shape \(shape) of \(type.name) needs \(expected)")
      }
      return try Self.read(rawData, type, shape, carrier, failure: failure)
    }
    return try listed(type, shape, carrier)
  }

  /// The elements of a tensor of texts, in row-major order.
  /// - Throws: `TensorError` when its elements do not fit its shape or are no texts.
  public func texts() throws(TensorError) -> [String] {
    guard try elementType() == .string else { throw failure("its elements are no texts") }
    let count = elementCount(try shape())
    guard count == stringData.count else {
      throw failure("there are \(stringData.count) texts, and the shape \(dims) needs \(count)")
    }
    return stringData
  }

  static func byteCount(_ count: Int, bits: Int) -> Int {
    // Without an overflow for any count of which sixteen bytes each can be told.
    bits >= 8 ? count * (bits / 8) : (count / 8) * bits + (count % 8 * bits + 7) / 8
  }

  /// A tensor from bytes that are as many as they must be.
  private static func read(
    _ bytes: ByteSlice, _ type: ONNX.DataType, _ shape: [Int], _ carrier: DType,
    failure: (String, TensorError.Kind) -> TensorError
  ) throws(TensorError) -> Tensor {
    if type.dtype != nil {
      let tensor = try bytes.withUnsafeBytes { (memory) throws(TensorError) in
        try Tensor(bytes: memory, shape: shape, dtype: carrier)
      }
      // A bool is 0 or 1 in memory, whatever a file has.
      return carrier == .bool ? Tensor(bytes.array.map { $0 != 0 }, dtype: .bool).reshape(shape) : tensor
    }
    return narrow(codes(bytes, count: elementCount(shape), bits: type.bits ?? 8), type, shape)
  }

  /// The codes of elements that are packed into bytes, the first in the lowest bits.
  private static func codes(_ bytes: ByteSlice, count: Int, bits: Int) -> [UInt8] {
    bytes.withUnsafeBytes { memory in
      guard bits < 8 else { return Array(memory) }
      return (0..<count).map { i in
        let (byte, shift) = (i / 8 * bits + i % 8 * bits / 8, i % 8 * bits % 8)
        let low = Int(memory[byte])
        let high = byte + 1 < memory.count ? Int(memory[byte + 1]) : 0
        return UInt8((low | high << 8) >> shift & ((1 << bits) - 1))
      }
    }
  }

  private static func narrow(_ codes: [UInt8], _ type: ONNX.DataType, _ shape: [Int]) -> Tensor {
    if let float = type.narrowFloat {
      return Tensor(codes.map { float.values[Int($0) & (float.values.count - 1)] }, dtype: .float32).reshape(shape)
    }
    guard type == .int4 || type == .int2 else { return Tensor(codes, dtype: .uint8).reshape(shape) }
    let sign = type == .int4 ? 8 : 2
    return Tensor(codes.map { Int64((Int($0) ^ sign) - sign) }, dtype: .int8).reshape(shape)
  }

  // MARK: - Lists of numbers

  private func listed(_ type: ONNX.DataType, _ shape: [Int], _ carrier: DType) throws(TensorError) -> Tensor {
    let count = elementCount(shape)
    func check(_ found: Int, _ needed: Int, _ list: String) throws(TensorError) {
      guard found == needed else {
        throw failure("\(list) has \(found) numbers, and the shape \(shape) of \(type.name) needs \(needed)")
      }
    }
    // The numbers are as many as the shape needs by then.
    func bytes<Number>(_ numbers: [Number]) -> Tensor {
      let tensor = Tensor.uninitialized(shape, carrier)
      numbers.withUnsafeBytes {
        UnsafeMutableRawBufferPointer(start: tensor.body.data, count: $0.count).copyBytes(from: $0)
      }
      return tensor
    }
    switch type {
    case .float, .complex64:
      try check(floatData.count, type == .float ? count : 2 * count, "float_data")
      return bytes(floatData)
    case .double, .complex128:
      try check(doubleData.count, type == .double ? count : 2 * count, "double_data")
      return bytes(doubleData)
    case .int64:
      try check(int64Data.count, count, "int64_data")
      return bytes(int64Data)
    case .uint64:
      try check(uint64Data.count, count, "uint64_data")
      return bytes(uint64Data)
    case .uint32:
      try check(uint64Data.count, count, "uint64_data")
      return bytes(uint64Data.map { UInt32(truncatingIfNeeded: $0) })
    case .int32:
      try check(int32Data.count, count, "int32_data")
      return bytes(int32Data)
    case .bool:
      try check(int32Data.count, count, "int32_data")
      return Tensor(int32Data.map { $0 != 0 }, dtype: .bool).reshape(shape)
    case .int16, .uint16, .float16, .bfloat16:
      try check(int32Data.count, count, "int32_data")
      return bytes(int32Data.map { UInt16(truncatingIfNeeded: $0) })
    case .int8, .uint8, .float8e4m3fn, .float8e5m2:
      try check(int32Data.count, count, "int32_data")
      return bytes(int32Data.map { UInt8(truncatingIfNeeded: $0) })
    case .float8e4m3fnuz, .float8e5m2fnuz, .float8e8m0, .float6e2m3, .float6e3m2:
      try check(int32Data.count, count, "int32_data")
      return Self.narrow(int32Data.map { UInt8(truncatingIfNeeded: $0) }, type, shape)
    case .uint4, .int4, .uint2, .int2, .float4e2m1:
      let bits = type.bits ?? 8
      try check(int32Data.count, Self.byteCount(count, bits: bits), "int32_data")
      let packed = ByteSlice(int32Data.map { UInt8(truncatingIfNeeded: $0) })
      return Self.narrow(Self.codes(packed, count: count, bits: bits), type, shape)
    case .string, .undefined: throw failure("its elements are no numbers", .unsupported)
    }
  }
}
