import ApusCore

/// A tensor whose numbers are kept in blocks of a few bits with a scale, as GGUF files have them. It takes a quarter to an
/// eighth of the memory, and gives its numbers when they are asked for, all or row by row.
///
///     let weight = try file.quantizedTensor(named: "blk.0.attn_q.weight")
///     let w = weight.dequantized()                    // float32
///     let some = try weight.dequantizedRows(10..<20)  // of the matrix with all other dimensions as rows
public struct QuantizedTensor: Sendable {
  /// How the numbers are stored.
  public let type: GGUFTensorType
  /// The size of each dimension; the last one is a multiple of the numbers in a block.
  public let shape: [Int]
  /// The blocks, row by row: uint8, one dimension.
  public let bytes: Tensor

  /// A tensor of blocks that are there already.
  /// - Throws: `TensorError` of kind `unsupported` for types that cannot be read, of kind `shape` where `bytes` are not as
  ///   many as `shape` needs.
  public init(type: GGUFTensorType, shape: [Int], bytes: Tensor) throws(TensorError) {
    guard type.isReadable else {
      throw TensorError(
        .unsupported, "QuantizedTensor", "the type \(type.name) cannot be read; read are \(GGUFTensorType.readable)")
    }
    guard let size = type.byteCount(shape), bytes.dtype == .uint8, bytes.rank == 1, bytes.count == size else {
      throw TensorError(
        .shape, "QuantizedTensor",
        "\(bytes.count) \(bytes.dtype) elements of \(bytes.rank) dimensions are no tensor of shape \(shape) and type "
          + "\(type.name), whose rows are blocks of \(type.block.count) numbers in \(type.block.bytes) bytes")
    }
    self.type = type
    self.shape = shape
    self.bytes = bytes.contiguous()
  }

  /// The number of elements.
  public var count: Int { elementCount(shape) }
  /// The bytes that the blocks take.
  public var byteCount: Int { bytes.count }
  /// The numbers in a row: the last dimension.
  public var rowLength: Int { shape.last ?? 1 }
  /// The number of rows: the product of all dimensions but the last.
  public var rowCount: Int { elementCount(Array(shape.dropLast())) }

  /// All numbers as a tensor of `dtype`, computed in float32 bit for bit as the `gguf` package does, on several threads.
  public func dequantized(_ dtype: DType = .float32) -> Tensor {
    numbers(rows: 0..<rowCount, shape: shape).to(dtype)
  }

  /// The numbers of some rows, `[rows.count, rowLength]`, in float32.
  /// - Throws: `TensorError` of kind `index` for rows that are not there.
  public func dequantizedRows(_ rows: Range<Int>) throws(TensorError) -> Tensor {
    guard rows.lowerBound >= 0, rows.upperBound <= rowCount else {
      throw TensorError(.index, "dequantizedRows", "rows \(rows) were asked for, and there are \(rowCount)")
    }
    return numbers(rows: rows, shape: [rows.count, rowLength])
  }

  /// Writes the numbers of some rows, one after the other, where there is room for them.
  /// - Precondition: the rows are there, and `numbers` has room for `rows.count * rowLength`.
  package func dequantize(rows: Range<Int>, into numbers: UnsafeMutablePointer<Float>) {
    let (blockCount, blockBytes) = type.block
    let blocksPerRow = rowLength / blockCount
    bytes.withUnsafeBytes { memory in
      guard let base = memory.baseAddress, let read = type.blockReader else { return }
      let first = rows.lowerBound * blocksPerRow
      parallelFor(rows.count * blocksPerRow, grain: max(1, 16384 / blockCount)) { range in
        read(
          base + (first + range.lowerBound) * blockBytes, range.count, numbers + range.lowerBound * blockCount)
      }
    }
  }

  private func numbers(rows: Range<Int>, shape: [Int]) -> Tensor {
    guard let dtype = type.dtype else {
      let result = Tensor.uninitialized(shape, .float32)
      result.withMemory { memory in
        memory.baseAddress.map { dequantize(rows: rows, into: $0.assumingMemoryBound(to: Float.self)) }
      }
      return result
    }
    let stored = Tensor.uninitialized(shape, dtype)
    let start = rows.lowerBound * rowLength * dtype.size
    bytes.withUnsafeBytes { memory in
      stored.withMemory { $0.copyMemory(from: UnsafeRawBufferPointer(rebasing: memory[start..<start + $0.count])) }
    }
    return stored.to(.float32)
  }
}

extension QuantizedTensor {
  /// Quantises a tensor, bit for bit as the `gguf` package does, and Q4_K and Q6_K as llama.cpp does, on several threads.
  /// - Parameter type: Q4_0, Q4_1, Q5_0, Q5_1 or Q8_0, whose blocks hold 32 numbers of a row, Q4_K or Q6_K, whose blocks hold 256.
  /// - Throws: `TensorError` of kind `unsupported` for types that are only read, of kind `shape` where the last dimension is
  ///   no multiple of a block, of kind `dtype` for complex numbers.
  public init(quantizing tensor: Tensor, as type: GGUFTensorType) throws(TensorError) {
    guard let write = type.blockWriter else {
      throw TensorError(
        .unsupported, "QuantizedTensor",
        "tensors cannot be quantised as \(type.name); possible are \(GGUFTensorType.writable)")
    }
    guard !tensor.dtype.isComplex, !tensor.dtype.isCustom else {
      throw TensorError(.dtype, "QuantizedTensor", "\(tensor.dtype) elements cannot be quantised")
    }
    let shape = tensor.shape
    guard let last = shape.last, last % type.block.count == 0, let size = type.byteCount(shape) else {
      throw TensorError(
        .shape, "QuantizedTensor",
        "a tensor of shape \(shape) cannot be quantised as \(type.name): its last dimension is no multiple of "
          + "\(type.block.count)")
    }
    let blocks = Tensor.uninitialized([size], .uint8)
    tensor.detach().to(.float32).withUnsafeBytes { numbers in
      blocks.withMemory { memory in
        guard let source = numbers.baseAddress, let target = memory.baseAddress else { return }
        let (count, bytes) = type.block
        let x = source.assumingMemoryBound(to: Float.self)
        parallelFor(size / bytes, grain: 512) { range in
          write(x + range.lowerBound * count, range.count, target + range.lowerBound * bytes)
        }
      }
    }
    try self.init(type: type, shape: shape, bytes: blocks)
  }
}
