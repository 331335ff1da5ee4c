// Blocks of 256 numbers with a scale for each 16 or 32 of them, which are themselves multiples of one: ggml's K types.

/// Bits `shift` and on of 16 bytes.
@inline(__always)
private func bits(_ p: UnsafeRawPointer, _ shift: Int, _ mask: UInt8) -> SIMD16<UInt8> {
  (p.loadUnaligned(as: SIMD16<UInt8>.self) &>> UInt8(shift)) & mask
}

@inline(__always)
private func signed(_ q: SIMD16<UInt8>) -> SIMD16<Int8> { SIMD16<Int8>(truncatingIfNeeded: q) }

/// 16 bytes of 4-bit scales and minima, 64 bytes of 2-bit numbers, scale and minimum of the block.
@Sendable func readQ2_K(_ blocks: UnsafeRawPointer, _ count: Int, _ numbers: UnsafeMutablePointer<Float>) {
  for i in 0..<count {
    let (block, out) = (blocks + 84 * i, numbers + 256 * i)
    let (scale, least) = (half(block + 80), half(block + 82))
    for group in 0..<16 {
      let packed = block.load(fromByteOffset: group, as: UInt8.self)
      // Four runs of 32 numbers share 32 bytes.
      let q = bits(block + 16 + 32 * (group / 8) + 16 * (group % 2), 2 * (group / 2 % 4), 3)
      store(signed(q), scale * Float(packed & 15), plus: -(least * Float(packed >> 4)), out + 16 * group)
    }
  }
}

/// 32 bytes of third bits, 64 bytes of the lower two, 12 bytes of 6-bit scales, scale of the block.
@Sendable func readQ3_K(_ blocks: UnsafeRawPointer, _ count: Int, _ numbers: UnsafeMutablePointer<Float>) {
  for i in 0..<count {
    let (block, out) = (blocks + 110 * i, numbers + 256 * i)
    let scale = half(block + 108)
    for group in 0..<16 {
      let low = block.load(fromByteOffset: 96 + group % 8, as: UInt8.self) &>> UInt8(4 * (group / 8))
      let high = block.load(fromByteOffset: 104 + group % 4, as: UInt8.self) &>> UInt8(2 * (group / 4))
      let step = scale * Float(Int(low & 15 | (high & 3) << 4) - 32)
      let q = bits(block + 32 + 32 * (group / 8) + 16 * (group % 2), 2 * (group / 2 % 4), 3)
      // A third bit that is not set stands for minus 4.
      let third = bits(block + 16 * (group % 2), group / 2, 1)
      store(signed(q) &+ signed(third &<< 2) &- 4, step, out + 16 * group)
    }
  }
}

/// The eight scales and minima of six bits each that Q4_K and Q5_K pack into 12 bytes.
@inline(__always)
private func sixBits(_ packed: UnsafeRawPointer, _ group: Int) -> (scale: Float, least: Float) {
  func byte(_ i: Int) -> UInt8 { packed.load(fromByteOffset: i, as: UInt8.self) }
  if group < 4 { return (Float(byte(group) & 63), Float(byte(group + 4) & 63)) }
  let (upperScale, upperLeast) = (byte(group - 4) >> 2 & 0x30, byte(group) >> 2 & 0x30)
  return (Float(byte(group + 4) & 15 | upperScale), Float(byte(group + 4) >> 4 | upperLeast))
}

/// Scale and minimum of the block, 12 bytes of scales, 128 bytes of 4-bit numbers.
@Sendable func readQ4_K(_ blocks: UnsafeRawPointer, _ count: Int, _ numbers: UnsafeMutablePointer<Float>) {
  for i in 0..<count {
    let (block, out) = (blocks + 144 * i, numbers + 256 * i)
    let (scale, least) = (half(block), half(block + 2))
    for group in 0..<8 {
      let (steps, offsets) = sixBits(block + 4, group)
      let (step, offset) = (scale * steps, -(least * offsets))
      let q = block + 16 + 32 * (group / 2)
      store(signed(bits(q, 4 * (group % 2), 15)), step, plus: offset, out + 32 * group)
      store(signed(bits(q + 16, 4 * (group % 2), 15)), step, plus: offset, out + 32 * group + 16)
    }
  }
}

/// As Q4_K, with 32 bytes of fifth bits before the lower four.
@Sendable func readQ5_K(_ blocks: UnsafeRawPointer, _ count: Int, _ numbers: UnsafeMutablePointer<Float>) {
  for i in 0..<count {
    let (block, out) = (blocks + 176 * i, numbers + 256 * i)
    let (scale, least) = (half(block), half(block + 2))
    for group in 0..<8 {
      let (steps, offsets) = sixBits(block + 4, group)
      let (step, offset) = (scale * steps, -(least * offsets))
      for part in 0..<2 {
        let low = bits(block + 48 + 32 * (group / 2) + 16 * part, 4 * (group % 2), 15)
        let high = bits(block + 16 + 16 * part, group, 1) &<< 4
        store(signed(low | high), step, plus: offset, out + 32 * group + 16 * part)
      }
    }
  }
}

/// 128 bytes of the lower four bits, 64 of the upper two, 16 scales of 8 bits, scale of the block.
@Sendable func readQ6_K(_ blocks: UnsafeRawPointer, _ count: Int, _ numbers: UnsafeMutablePointer<Float>) {
  for i in 0..<count {
    let (block, out) = (blocks + 210 * i, numbers + 256 * i)
    let scale = half(block + 208)
    for group in 0..<16 {
      let (run, part) = (group / 2, group % 2)
      let low = bits(block + 64 * (run / 4) + 32 * (run % 2) + 16 * part, 4 * (run / 2 % 2), 15)
      let high = bits(block + 128 + 32 * (run / 4) + 16 * part, 2 * (run % 4), 3) &<< 4
      let step = scale * Float(block.load(fromByteOffset: 192 + group, as: Int8.self))
      store(signed(low | high) &- 32, step, out + 16 * group)
    }
  }
}

/// A scale in single precision, 256 numbers of 8 bits, their sums, which only products use.
@Sendable func readQ8_K(_ blocks: UnsafeRawPointer, _ count: Int, _ numbers: UnsafeMutablePointer<Float>) {
  for i in 0..<count {
    let (block, out) = (blocks + 292 * i, numbers + 256 * i)
    let scale = block.loadUnaligned(as: Float.self)
    for group in 0..<16 {
      store(block.loadUnaligned(fromByteOffset: 4 + 16 * group, as: SIMD16<Int8>.self), scale, out + 16 * group)
    }
  }
}
