// Blocks of 32 numbers with one scale, and perhaps an offset, as ggml had them first, and the two types of that form that
// came later. The layouts stand in `ggml-common.h`; products and sums are rounded one by one, as the `gguf` package does.

/// The half precision number at `p`.
@inline(__always)
func half(_ p: UnsafeRawPointer) -> Float { Float(Float16(bitPattern: p.loadUnaligned(as: UInt16.self))) }

/// The two halves of 16 bytes of four bits each: the low ones are the numbers 0 to 15, the high ones 16 to 31.
@inline(__always)
private func nibbles(_ p: UnsafeRawPointer) -> (low: SIMD16<UInt8>, high: SIMD16<UInt8>) {
  let bytes = p.loadUnaligned(as: SIMD16<UInt8>.self)
  return (bytes & 15, bytes &>> 4)
}

/// Bits 0 to 15 of a mask as bytes that are 16 where the bit is set.
@inline(__always)
private func fifthBits(_ mask: UInt32) -> SIMD16<UInt8> {
  func eight(_ bits: UInt32) -> UInt64 {
    // Each byte keeps one bit of its own; the sum carries it, whichever it is, to the top of the byte.
    let own = UInt64(bits & 0xff) &* 0x0101_0101_0101_0101 & 0x8040_2010_0804_0201
    return (own &+ 0x7f7f_7f7f_7f7f_7f7f) &>> 3 & 0x1010_1010_1010_1010
  }
  return unsafeBitCast(SIMD2(eight(mask), eight(mask &>> 8)), to: SIMD16<UInt8>.self)
}

@Sendable func readQ4_0(_ blocks: UnsafeRawPointer, _ count: Int, _ numbers: UnsafeMutablePointer<Float>) {
  for i in 0..<count {
    let (block, out) = (blocks + 18 * i, numbers + 32 * i)
    let (low, high) = nibbles(block + 2)
    let scale = half(block)
    store(SIMD16<Int8>(truncatingIfNeeded: low) &- 8, scale, out)
    store(SIMD16<Int8>(truncatingIfNeeded: high) &- 8, scale, out + 16)
  }
}

@Sendable func readQ4_1(_ blocks: UnsafeRawPointer, _ count: Int, _ numbers: UnsafeMutablePointer<Float>) {
  for i in 0..<count {
    let (block, out) = (blocks + 20 * i, numbers + 32 * i)
    let (low, high) = nibbles(block + 4)
    let (scale, least) = (half(block), half(block + 2))
    store(SIMD16<Int8>(truncatingIfNeeded: low), scale, plus: least, out)
    store(SIMD16<Int8>(truncatingIfNeeded: high), scale, plus: least, out + 16)
  }
}

@Sendable func readQ5_0(_ blocks: UnsafeRawPointer, _ count: Int, _ numbers: UnsafeMutablePointer<Float>) {
  for i in 0..<count {
    let (block, out) = (blocks + 22 * i, numbers + 32 * i)
    let (low, high) = nibbles(block + 6)
    let mask = UInt32(littleEndian: block.loadUnaligned(fromByteOffset: 2, as: UInt32.self))
    let scale = half(block)
    store(SIMD16<Int8>(truncatingIfNeeded: low | fifthBits(mask)) &- 16, scale, out)
    store(SIMD16<Int8>(truncatingIfNeeded: high | fifthBits(mask >> 16)) &- 16, scale, out + 16)
  }
}

@Sendable func readQ5_1(_ blocks: UnsafeRawPointer, _ count: Int, _ numbers: UnsafeMutablePointer<Float>) {
  for i in 0..<count {
    let (block, out) = (blocks + 24 * i, numbers + 32 * i)
    let (low, high) = nibbles(block + 8)
    let mask = UInt32(littleEndian: block.loadUnaligned(fromByteOffset: 4, as: UInt32.self))
    let (scale, least) = (half(block), half(block + 2))
    store(SIMD16<Int8>(truncatingIfNeeded: low | fifthBits(mask)), scale, plus: least, out)
    store(SIMD16<Int8>(truncatingIfNeeded: high | fifthBits(mask >> 16)), scale, plus: least, out + 16)
  }
}

@Sendable func readQ8_0(_ blocks: UnsafeRawPointer, _ count: Int, _ numbers: UnsafeMutablePointer<Float>) {
  for i in 0..<count {
    let (block, out) = (blocks + 34 * i, numbers + 32 * i)
    let scale = half(block)
    store(block.loadUnaligned(fromByteOffset: 2, as: SIMD16<Int8>.self), scale, out)
    store(block.loadUnaligned(fromByteOffset: 18, as: SIMD16<Int8>.self), scale, out + 16)
  }
}

/// The 16 numbers that four bits of IQ4_NL stand for, closer together near zero.
private let unevenSteps: [Float] = [-127, -104, -83, -65, -49, -35, -22, -10, 1, 13, 25, 38, 53, 69, 89, 113]

@Sendable func readIQ4_NL(_ blocks: UnsafeRawPointer, _ count: Int, _ numbers: UnsafeMutablePointer<Float>) {
  withUnsafeTemporaryAllocation(of: Float.self, capacity: 16) { scaled in
    unevenSteps.withUnsafeBufferPointer { steps in
      for i in 0..<count {
        let (block, out) = (blocks + 18 * i, numbers + 32 * i)
        let scale = half(block)
        for k in 0..<16 { scaled[k] = scale * steps[k] }
        for j in 0..<16 {
          let byte = block.load(fromByteOffset: 2 + j, as: UInt8.self)
          out[j] = scaled[Int(byte & 15)]
          out[j + 16] = scaled[Int(byte >> 4)]
        }
      }
    }
  }
}

// MARK: 16 numbers at a time

/// `scale * q`.
@inline(__always)
func store(_ q: SIMD16<Int8>, _ scale: Float, _ out: UnsafeMutablePointer<Float>) {
  UnsafeMutableRawPointer(out).storeBytes(of: scale * floats(q), as: SIMD16<Float>.self)
}

/// `scale * q + offset`, each rounded.
@inline(__always)
func store(_ q: SIMD16<Int8>, _ scale: Float, plus offset: Float, _ out: UnsafeMutablePointer<Float>) {
  UnsafeMutableRawPointer(out).storeBytes(of: scale * floats(q) + offset, as: SIMD16<Float>.self)
}

@inline(__always)
private func floats(_ q: SIMD16<Int8>) -> SIMD16<Float> { SIMD16<Float>(SIMD16<Int32>(truncatingIfNeeded: q)) }
