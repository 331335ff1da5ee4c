// Numbers into blocks of 256, with the searches of llama.cpp's reference (`quantize_row_q4_K_ref`, `quantize_row_q6_K_ref` in ggml-quants.c):
// scales are those of several trials with the least weighted square of the error.

/// Q4_K: eight groups of 32 numbers, each with a scale and a minimum of 6 bits.
@Sendable func writeQ4_K(_ numbers: UnsafePointer<Float>, _ count: Int, _ blocks: UnsafeMutableRawPointer) {
  withUnsafeTemporaryAllocation(byteCount: 256 + 32, alignment: 16) { memory in
    guard let levels = memory.bindMemory(to: UInt8.self).baseAddress else { return }
    for i in 0..<count {
      let (x, block) = (numbers + 256 * i, blocks + 144 * i)
      var (scales, offsets) = (SIMD8<Float>.zero, SIMD8<Float>.zero)
      for group in 0..<8 {
        let found = fittedSteps(x + 32 * group, levels + 32 * group, trial: levels + 256)
        (scales[group], offsets[group]) = (found.scale, found.offset)
      }
      let (most, deepest) = (max(scales.max(), 0), max(offsets.max(), 0))
      let (perScale, perOffset) = (most > 0 ? 63 / most : 0, deepest > 0 ? 63 / deepest : 0)
      var (steps, depths) = (SIMD8<UInt8>.zero, SIMD8<UInt8>.zero)
      for group in 0..<8 {
        steps[group] = UInt8(clamped(nearest(perScale * scales[group]), 0, 63))
        depths[group] = UInt8(clamped(nearest(perOffset * offsets[group]), 0, 63))
      }
      let (scale, offset) = (Float16(most / 63), Float16(deepest / 63))
      block.storeBytes(of: scale.bitPattern.littleEndian, as: UInt16.self)
      block.storeBytes(of: offset.bitPattern.littleEndian, toByteOffset: 2, as: UInt16.self)
      let packed = (block + 4).assumingMemoryBound(to: UInt8.self)
      for group in 0..<4 {
        let (step, depth) = (steps[group + 4], depths[group + 4])
        packed[group] = steps[group] | (step >> 4) << 6
        packed[group + 4] = depths[group] | (depth >> 4) << 6
        packed[group + 8] = step & 15 | depth << 4
      }
      for group in 0..<8 {
        let step = Float(scale) * Float(steps[group])
        if step == 0 { continue }
        let depth = Float(offset) * Float(depths[group])
        for j in 32 * group..<32 * group + 32 { levels[j] = UInt8(clamped(nearest((x[j] + depth) / step), 0, 15)) }
      }
      let q = (block + 16).assumingMemoryBound(to: UInt8.self)
      for run in 0..<4 { for j in 0..<32 { q[32 * run + j] = levels[64 * run + j] | levels[64 * run + 32 + j] << 4 } }
    }
  }
}

/// Q6_K: sixteen groups of 16 numbers, each with a scale of 8 bits.
@Sendable func writeQ6_K(_ numbers: UnsafePointer<Float>, _ count: Int, _ blocks: UnsafeMutableRawPointer) {
  withUnsafeTemporaryAllocation(byteCount: 256, alignment: 16) { memory in
    guard let levels = memory.bindMemory(to: UInt8.self).baseAddress else { return }
    for i in 0..<count {
      let (x, block) = (numbers + 256 * i, blocks + 210 * i)
      var scales = SIMD16<Float>.zero
      var most: Float = 0
      for group in 0..<16 {
        scales[group] = fittedScale(x + 16 * group, levels + 16 * group)
        if scales[group].magnitude > most.magnitude { most = scales[group] }
      }
      if most.magnitude < leastSize {
        block.initializeMemory(as: UInt8.self, repeating: 0, count: 210)
        continue
      }
      let inverse = -128 / most
      let scale = Float16(1 / inverse)
      for group in 0..<16 {
        let step = Int8(clamped(nearest(inverse * scales[group]), -128, 127))
        block.storeBytes(of: step, toByteOffset: 192 + group, as: Int8.self)
        let width = Float(scale) * Float(step)
        if width == 0 { continue }
        for j in 16 * group..<16 * group + 16 { levels[j] = UInt8(clamped(nearest(x[j] / width), -32, 31) + 32) }
      }
      block.storeBytes(of: scale.bitPattern.littleEndian, toByteOffset: 208, as: UInt16.self)
      for half in 0..<2 {
        let (low, high) = (
          (block + 64 * half).assumingMemoryBound(to: UInt8.self),
          (block + 128 + 32 * half).assumingMemoryBound(to: UInt8.self)
        )
        for j in 0..<32 {
          let l = levels + 128 * half + j
          low[j] = l[0] & 15 | l[64] << 4
          low[j + 32] = l[32] & 15 | l[96] << 4
          high[j] = l[0] >> 4 | (l[32] >> 4) << 2 | (l[64] >> 4) << 4 | (l[96] >> 4) << 6
        }
      }
    }
  }
}

/// Groups whose largest size is less have the scale 0.
private let leastSize: Float = 1e-15

/// 32 numbers as `scale * level - offset` with levels 0 to 15: of 22 scales the one with the least error, weighted by size.
private func fittedSteps(
  _ x: UnsafePointer<Float>, _ levels: UnsafeMutablePointer<UInt8>, trial: UnsafeMutablePointer<UInt8>
) -> (scale: Float, offset: Float) {
  var squares: Float = 0
  for j in 0..<32 { squares += x[j] * x[j] }
  let typical = (squares / 32).squareRoot()
  func weight(_ j: Int) -> Float { typical + x[j].magnitude }
  var (least, greatest) = (x[0], x[0])
  var weights = weight(0)
  var sum = weights * x[0]
  for j in 1..<32 {
    if x[j] < least { least = x[j] }
    if x[j] > greatest { greatest = x[j] }
    weights += weight(j)
    sum += weight(j) * x[j]
  }
  if least > 0 { least = 0 }
  if greatest == least {
    levels.update(repeating: 0, count: 32)
    return (0, -least)
  }
  let range = greatest - least
  var inverse = 15 / range
  var (scale, bestError, offset) = (1 / inverse, Float(0), least)
  for j in 0..<32 {
    levels[j] = UInt8(clamped(nearest(inverse * (x[j] - least)), 0, 15))
    let difference = scale * Float(levels[j]) + least - x[j]
    bestError += weight(j) * (difference * difference)
  }
  for attempt in 0...20 {
    inverse = (-1 + 0.1 * Float(attempt) + 15) / range
    var (sumL, sumL2, sumXL) = (Float(0), Float(0), Float(0))
    for j in 0..<32 {
      let level = clamped(nearest(inverse * (x[j] - least)), 0, 15)
      trial[j] = UInt8(level)
      let (l, w) = (Float(level), weight(j))
      sumL += w * l
      sumL2 += w * l * l
      sumXL += w * l * x[j]
    }
    let determinant = weights * sumL2 - sumL * sumL
    guard determinant > 0 else { continue }
    var newScale = (weights * sumXL - sum * sumL) / determinant
    var newOffset = (sumL2 * sum - sumL * sumXL) / determinant
    if newOffset > 0 { (newOffset, newScale) = (0, sumXL / sumL2) }
    var error: Float = 0
    for j in 0..<32 {
      let difference = newScale * Float(trial[j]) + newOffset - x[j]
      error += weight(j) * (difference * difference)
    }
    if error < bestError {
      levels.update(from: trial, count: 32)
      (bestError, scale, offset) = (error, newScale, newOffset)
    }
  }
  return (scale, -offset)
}

/// 16 numbers as `scale * (level - 32)` with levels 0 to 63: of 19 scales the one with the least error, weighted by the square of the size.
private func fittedScale(_ x: UnsafePointer<Float>, _ levels: UnsafeMutablePointer<UInt8>) -> Float {
  var (size, extreme) = (Float(0), Float(0))
  for j in 0..<16 where x[j].magnitude > size { (size, extreme) = (x[j].magnitude, x[j]) }
  if size < leastSize {
    levels.update(repeating: 0, count: 16)
    return 0
  }
  func sums(_ inverse: Float) -> (xl: Float, l2: Float) {
    var (xl, l2) = (Float(0), Float(0))
    for j in 0..<16 {
      let level = Float(clamped(nearest(inverse * x[j]), -32, 31))
      let weight = x[j] * x[j]
      xl += weight * x[j] * level
      l2 += weight * level * level
    }
    return (xl, l2)
  }
  func store(_ inverse: Float) {
    for j in 0..<16 { levels[j] = UInt8(clamped(nearest(inverse * x[j]), -32, 31) + 32) }
  }
  let inverse = -32 / extreme
  let first = sums(inverse)
  store(inverse)
  var scale = first.l2 != 0 ? first.xl / first.l2 : 0
  var best = scale * first.xl
  for attempt in -9...9 where attempt != 0 {
    let inverse = -(32 + 0.1 * Float(attempt)) / extreme
    let found = sums(inverse)
    if found.l2 > 0, found.xl * found.xl > best * found.l2 {
      store(inverse)
      scale = found.xl / found.l2
      best = scale * found.xl
    }
  }
  return scale
}

/// The nearest whole number, of two the even one, by the rounding of a sum; of what is far from all of them some number.
@inline(__always)
private func nearest(_ x: Float) -> Int { Int((x + 12_582_912).bitPattern & 0x007f_ffff) - 0x0040_0000 }

@inline(__always)
private func clamped(_ x: Int, _ least: Int, _ most: Int) -> Int { min(max(x, least), most) }
