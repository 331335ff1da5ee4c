import ApusCLoops
import ApusCore
import ApusFormats
import ApusFunctional

// The numbers of a quantised weight, all or some rows.

extension QuantizedWeight {
  /// The rows at `indices`, an integer tensor: `[indices..., in]` in float32, of which only these are widened.
  public func rows(_ indices: Tensor) -> Tensor {
    apply(PackedRows(table: self), indices)
  }

  /// All of it in float32.
  public func widened() -> Tensor {
    let result = Tensor.uninitialized(shape, .float32)
    let out = result.body.data.assumingMemoryBound(to: Float.self)
    parallelFor(shape[0], grain: max(1, 16384 / max(shape[1], 1))) { range in
      widen(range, into: out + range.lowerBound * shape[1])
    }
    return result
  }

  /// Writes the numbers of some rows, one after the other.
  func widen(_ range: Range<Int>, into out: UnsafeMutablePointer<Float>) {
    let width = shape[1]
    if let fourBits {
      fourBits.dequantize(range.lowerBound * width..<range.upperBound * width, into: out)
      return
    }
    forEachRun(in: range) { row, start, stride, count in
      for i in 0..<count { readRow(start + i * stride, into: out + (row - range.lowerBound + i) * width) }
    }
  }

  private func readRow(_ start: UnsafeRawPointer, into out: UnsafeMutablePointer<Float>) {
    let width = shape[1]
    switch form {
    case .blocks(let type):
      let row = rowBytes == 0 ? 0 : (start - UnsafeRawPointer(storage.body.data)) / rowBytes
      let blocks = try? QuantizedTensor(type: type, shape: shape, bytes: storage)
      blocks?.dequantize(rows: row..<row + 1, into: out)
    case .int8:
      let scale = start.loadUnaligned(as: Float.self)
      let q = (start + 4).assumingMemoryBound(to: Int8.self)
      for j in 0..<width { out[j] = scale * Float(q[j]) }
    case .int4(let group):
      let count = width / group
      for block in 0..<width / 32 {
        let place = 2 * (block * 32 / group)
        let scale = half(start + place)
        let offset = half(start + place + 2 * count)
        let q = start + 4 * count + 16 * block
        for j in 0..<16 {
          let byte = q.load(fromByteOffset: j, as: UInt8.self)
          out[32 * block + j] = scale * Float(byte & 15) + offset
          out[32 * block + 16 + j] = scale * Float(byte >> 4) + offset
        }
      }
    case .float16: for j in 0..<width { out[j] = half(start + 2 * j) }
    case .bfloat16:
      for j in 0..<width {
        out[j] = Float(bitPattern: UInt32(start.loadUnaligned(fromByteOffset: 2 * j, as: UInt16.self)) << 16)
      }
    case .fourBits: break
    }
  }
}

@inline(__always)
private func half(_ p: UnsafeRawPointer) -> Float { Float(Float16(bitPattern: p.loadUnaligned(as: UInt16.self))) }

extension QuantizedWeight {
  /// Quantises a matrix.
  ///
  /// Blocks are those of the `gguf` package bit for bit (Q4_0, Q4_1, Q5_0, Q5_1, Q8_0). int8: each row's scale is its largest size
  /// / 127. int4: the least number of a group becomes 0, the greatest 15. nf4 and fp4: as bitsandbytes does (``FourBitBlocks``).
  /// - Throws: `TensorError` of kind `unsupported` for blocks that are only read, of kind `shape` where rows are no whole blocks
  ///   or groups.
  public init(quantizing matrix: Tensor, as form: WeightForm) throws(TensorError) {
    guard matrix.rank == 2 else {
      throw TensorError(.shape, "QuantizedWeight", "a matrix can be quantised, and found the shape \(matrix.shape)")
    }
    let values = matrix.detach()
    switch form {
    case .blocks(let type): try self.init(QuantizedTensor(quantizing: values, as: type))
    case .float16: try self.init(values.to(.float16))
    case .fourBits(let form): try self.init(FourBitBlocks(quantizing: values, as: form), shape: matrix.shape)
    case .bfloat16: try self.init(values.to(.bfloat16))
    case .int8:
      try Self.requireGroups(matrix, of: 32)
      try self.init(form, matrix.shape, Self.packed(values, rowBytes: 4 + matrix.shape[1], Self.writeInt8))
    case .int4(let group):
      try Self.requireGroups(matrix, of: group)
      let width = matrix.shape[1]
      try self.init(
        form, matrix.shape,
        Self.packed(values, rowBytes: 4 * (width / group) + width / 2) { Self.writeInt4($0, $1, $2, group: group) })
    }
  }

  private static func requireGroups(_ matrix: Tensor, of group: Int) throws(TensorError) {
    guard group > 0, group % 32 == 0, matrix.shape[1] % group == 0 else {
      throw TensorError(
        .shape, "QuantizedWeight",
        "rows of \(matrix.shape[1]) numbers are no groups of \(group); a group has 32 numbers or a multiple of it")
    }
  }

  private static func packed(
    _ values: Tensor, rowBytes: Int,
    _ write: (_ x: UnsafePointer<Float>, _ count: Int, _ to: UnsafeMutableRawPointer) -> Void
  ) throws(TensorError) -> Tensor {
    let source = try values.dense(.float32)
    let (rows, width) = (values.shape[0], values.shape[1])
    let result = Tensor.uninitialized([rows * rowBytes], .uint8)
    let (x, out) = (UnsafePointer(source.data.assumingMemoryBound(to: Float.self)), result.body.data)
    withExtendedLifetime((source, result)) {
      parallelFor(rows, grain: max(1, 16384 / max(width, 1))) { range in
        for row in range { write(x + row * width, width, out + row * rowBytes) }
      }
    }
    return result
  }

  private static func writeInt8(_ x: UnsafePointer<Float>, _ count: Int, _ to: UnsafeMutableRawPointer) {
    var most: Float = 0
    for j in 0..<count { most = max(most, x[j].magnitude) }
    let scale = most.isFinite ? most / 127 : 0
    to.storeBytes(of: scale, as: Float.self)
    let inverse = scale > 0 ? 1 / scale : 0
    for j in 0..<count { to.storeBytes(of: whole(x[j] * inverse, -127, 127), toByteOffset: 4 + j, as: Int8.self) }
  }

  private static func writeInt4(
    _ x: UnsafePointer<Float>, _ count: Int, _ to: UnsafeMutableRawPointer, group: Int
  ) {
    let groups = count / group
    for g in 0..<groups {
      let part = x + g * group
      var (least, greatest) = (part[0], part[0])
      for j in 1..<group { (least, greatest) = (min(least, part[j]), max(greatest, part[j])) }
      // Rounded first, so that the numbers fit the scale and offset that are stored.
      let scale = Float16((greatest - least) / 15)
      let offset = Float16(least)
      to.storeBytes(of: scale.bitPattern, toByteOffset: 2 * g, as: UInt16.self)
      to.storeBytes(of: offset.bitPattern, toByteOffset: 2 * (groups + g), as: UInt16.self)
      let inverse = scale > 0 ? 1 / Float(scale) : 0
      func number(_ j: Int) -> UInt8 { UInt8(bitPattern: whole((part[j] - Float(offset)) * inverse, 0, 15)) }
      for block in 0..<group / 32 {
        for j in 0..<16 {
          let place = 4 * groups + 16 * (g * group / 32 + block) + j
          to.storeBytes(
            of: number(32 * block + j) | number(32 * block + 16 + j) << 4, toByteOffset: place, as: UInt8.self)
        }
      }
    }
  }

  private static func whole(_ x: Float, _ least: Float, _ most: Float) -> Int8 {
    x.isNaN ? 0 : Int8(min(max(x.rounded(), least), most))
  }
}
