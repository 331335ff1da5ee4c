// Numbers into blocks of 32, bit for bit as the `gguf` package quantises them: float32 arithmetic, each step rounded.

/// Writes blocks of numbers that lie one after the other.
typealias BlockWriter =
  @Sendable (
    _ numbers: UnsafePointer<Float>, _ count: Int, _ blocks: UnsafeMutableRawPointer
  ) -> Void

extension GGUFTensorType {
  /// The writers of blocks; nil for types that are only read.
  var blockWriter: BlockWriter? {
    switch self {
    case .q4_0: { symmetric($0, $1, $2, levels: 8) }
    case .q5_0: { symmetric($0, $1, $2, levels: 16) }
    case .q4_1: { offset($0, $1, $2, steps: 15) }
    case .q5_1: { offset($0, $1, $2, steps: 31) }
    case .q8_0: eightBits
    case .q4_K: writeQ4_K
    case .q6_K: writeQ6_K
    default: nil
    }
  }

  /// The quantised types that can be written, by name.
  static var writable: String { allCases.filter { $0.blockWriter != nil }.map(\.name).joined(separator: ", ") }
}

/// Q4_0 and Q5_0: the number of the largest size becomes `-levels`.
private func symmetric(
  _ numbers: UnsafePointer<Float>, _ count: Int, _ blocks: UnsafeMutableRawPointer, levels: Int
) {
  let bytes = levels == 8 ? 18 : 22
  for i in 0..<count {
    let (x, block) = (numbers + 32 * i, blocks + bytes * i)
    var extreme = x[0]
    for j in 1..<32 where !extreme.isNaN && !(x[j].magnitude <= extreme.magnitude) { extreme = x[j] }
    let scale = extreme / Float(-levels)
    store(scale, at: block)
    let inverse = scale == 0 ? 0 : 1 / scale
    pack(at: block + 2, hasFifthBits: levels == 16) { j in
      level(x[j] * inverse + (Float(levels) + 0.5), most: UInt8(2 * levels - 1))
    }
  }
}

/// Q4_1 and Q5_1: the least number becomes 0, the greatest `steps`.
private func offset(_ numbers: UnsafePointer<Float>, _ count: Int, _ blocks: UnsafeMutableRawPointer, steps: Int) {
  let bytes = steps == 15 ? 20 : 24
  for i in 0..<count {
    let (x, block) = (numbers + 32 * i, blocks + bytes * i)
    var (least, greatest) = (x[0], x[0])
    for j in 1..<32 where !least.isNaN {
      if x[j].isNaN { (least, greatest) = (x[j], x[j]) }
      if x[j] < least { least = x[j] }
      if x[j] > greatest { greatest = x[j] }
    }
    let scale = (greatest - least) / Float(steps)
    store(scale, at: block)
    store(least, at: block + 2)
    let inverse = scale == 0 ? 0 : 1 / scale
    pack(at: block + 4, hasFifthBits: steps == 31) { j in
      level((x[j] - least) * inverse + 0.5, most: UInt8(steps))
    }
  }
}

/// Q8_0: the largest size becomes 127, halves are rounded away from zero.
private func eightBits(_ numbers: UnsafePointer<Float>, _ count: Int, _ blocks: UnsafeMutableRawPointer) {
  for i in 0..<count {
    let (x, block) = (numbers + 32 * i, blocks + 34 * i)
    var extreme = x[0].magnitude
    for j in 1..<32 where !extreme.isNaN && !(x[j].magnitude <= extreme) { extreme = x[j].magnitude }
    let scale = extreme / 127
    store(scale, at: block)
    let inverse = scale == 0 ? 0 : 1 / scale
    for j in 0..<32 {
      let value = x[j] * inverse
      let size = value.magnitude
      let floor = size.rounded(.down)
      let rounded = floor + (2 * (size - floor)).rounded(.down)
      let signed = value < 0 ? -rounded : rounded
      block.storeBytes(of: lowByte(signed), toByteOffset: 2 + j, as: UInt8.self)
    }
  }
}

@inline(__always)
private func store(_ value: Float, at p: UnsafeMutableRawPointer) {
  p.storeBytes(of: Float16(value).bitPattern.littleEndian, as: UInt16.self)
}

/// The whole part of a number, cut to `0...most`.
@inline(__always)
private func level(_ value: Float, most: UInt8) -> UInt8 { min(lowByte(value), most) }

/// The lowest byte of the whole part of a number; 0 for what is no number of 32 bits, as the processor's conversion gives.
@inline(__always)
private func lowByte(_ value: Float) -> UInt8 {
  value.magnitude < 0x1p31 ? UInt8(truncatingIfNeeded: Int32(value)) : 0
}

/// 32 numbers of four bits in 16 bytes, before them a mask of their fifth bits.
@inline(__always)
private func pack(at p: UnsafeMutableRawPointer, hasFifthBits: Bool, _ number: (Int) -> UInt8) {
  var mask: UInt32 = 0
  let start = hasFifthBits ? 4 : 0
  for j in 0..<16 {
    let (low, high) = (number(j), number(j + 16))
    mask |= UInt32(low >> 4) << UInt32(j) | UInt32(high >> 4) << UInt32(j + 16)
    p.storeBytes(of: low & 15 | high << 4, toByteOffset: start + j, as: UInt8.self)
  }
  if hasFifthBits { p.storeBytes(of: mask.littleEndian, as: UInt32.self) }
}
