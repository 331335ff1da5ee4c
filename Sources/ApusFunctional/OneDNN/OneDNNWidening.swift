import ApusCore

/// Half-precision products on processors that have no instructions for them: widened to float32, computed there and
/// rounded once, which is what accumulating in float32 means anyway.
extension OneDNN {
  static func widenedMatmul(
    _ element: Element, m: Int, n: Int, k: Int, batch: Int, _ a: Matrix, _ b: Matrix, _ c: Matrix,
    bias: UnsafeRawPointer?, epilogue: Epilogue, accumulate: Bool
  ) -> Bool {
    guard c.columnStride == 1 || n == 1 else { return false }
    let temporary = Temporaries()
    guard let wideA = widen(element, a, rows: m, columns: k, batch: batch, temporary),
      let wideB = widen(element, b, rows: k, columns: n, batch: batch, temporary)
    else { return false }
    var wideBias: UnsafeRawPointer?
    if let bias {
      guard let block = temporary.floats(n) else { return false }
      widen(element, bias, into: block, count: n)
      wideBias = UnsafeRawPointer(block)
    }
    guard let block = temporary.floats(batch * m * n) else { return false }
    let wideC = Matrix(block, batchStride: m * n, rowStride: n)
    if accumulate {
      for index in 0..<batch * m {
        let start = index / m * c.batchStride + index % m * c.rowStride
        widen(element, c.pointer + 2 * start, into: block + index * n, count: n)
      }
    }
    let done = matmul(
      .float32, m: m, n: n, k: k, batch: batch, wideA, wideB, wideC, bias: wideBias, epilogue: epilogue,
      accumulate: accumulate)
    guard done else { return false }
    let target = Unchecked(c.pointer)
    let computed = Unchecked(block)
    parallelFor(batch * m, grain: max(1, 16384 / n)) { rows in
      for index in rows {
        let start = index / m * c.batchStride + index % m * c.rowStride
        narrow(element, computed.value + index * n, into: target.value + 2 * start, count: n)
      }
    }
    return true
  }

  /// The matrices in float32, dense, with rows or columns contiguous as they were.
  private static func widen(
    _ element: Element, _ matrix: Matrix, rows: Int, columns: Int, batch: Int, _ temporary: Temporaries
  ) -> Matrix? {
    let byRows = matrix.columnStride == 1 || columns == 1
    guard byRows || matrix.rowStride == 1 || rows == 1 else { return nil }
    let lines = byRows ? rows : columns
    let length = byRows ? columns : rows
    let lineStride = byRows ? matrix.rowStride : matrix.columnStride
    let count = matrix.batchStride == 0 ? 1 : batch
    guard let block = temporary.floats(count * rows * columns) else { return nil }
    let source = Unchecked(matrix.pointer)
    let target = Unchecked(block)
    let batchStride = matrix.batchStride
    parallelFor(count * lines, grain: max(1, 16384 / length)) { range in
      for index in range {
        let start = index / lines * batchStride + index % lines * lineStride
        widen(element, source.value + 2 * start, into: target.value + index * length, count: length)
      }
    }
    return Matrix(
      block, batchStride: matrix.batchStride == 0 ? 0 : rows * columns, rowStride: byRows ? columns : 1,
      columnStride: byRows ? 1 : rows)
  }

  /// `count` values of a dense tensor as float32, or nil where memory is exhausted.
  static func widened(_ element: Element, _ source: UnsafeRawPointer, count: Int, _ temporary: Temporaries)
    -> UnsafeMutablePointer<Float>?
  {
    guard let block = temporary.floats(count) else { return nil }
    let from = Unchecked(UnsafeMutableRawPointer(mutating: source))
    let to = Unchecked(block)
    parallelFor(count, grain: 16384) { range in
      widen(element, from.value + 2 * range.lowerBound, into: to.value + range.lowerBound, count: range.count)
    }
    return block
  }

  /// Rounds `count` float32 values to a dense tensor of half-precision values.
  static func narrowed(
    _ element: Element, _ source: UnsafeMutablePointer<Float>, into target: UnsafeMutableRawPointer, count: Int
  ) {
    let from = Unchecked(source)
    let to = Unchecked(target)
    parallelFor(count, grain: 16384) { range in
      narrow(element, from.value + range.lowerBound, into: to.value + 2 * range.lowerBound, count: range.count)
    }
  }

  private static func widen(
    _ element: Element, _ source: UnsafeRawPointer, into target: UnsafeMutablePointer<Float>, count: Int
  ) {
    let halves = source.assumingMemoryBound(to: UInt16.self)
    if element == .bfloat16 {
      for index in 0..<count { target[index] = Float(bitPattern: UInt32(halves[index]) << 16) }
      return
    }
    // The bits of a half, moved to a float's places, are the value divided by 2^112; the product is exact, subnormal
    // values included. Infinity and NaN become 2^16 and above there and get a float's largest exponent.
    let scale = Float(bitPattern: (127 + 112) << 23)
    for index in 0..<count {
      let half = UInt32(halves[index])
      let magnitude = Float(bitPattern: (half & 0x7fff) << 13) * scale
      let special: UInt32 = magnitude >= 65536 ? 0x7f80_0000 : 0
      target[index] = Float(bitPattern: magnitude.bitPattern | special | (half & 0x8000) << 16)
    }
  }

  private static func narrow(
    _ element: Element, _ source: UnsafeMutablePointer<Float>, into target: UnsafeMutableRawPointer, count: Int
  ) {
    let halves = target.assumingMemoryBound(to: UInt16.self)
    if element == .bfloat16 {
      // To nearest, ties to even; a NaN would overflow into zero, so it is set apart.
      for index in 0..<count {
        let bits = source[index].bitPattern
        let rounded = (bits &+ 0x7fff &+ (bits >> 16 & 1)) >> 16
        let isNaN = bits & 0x7fff_ffff > 0x7f80_0000
        halves[index] = UInt16(truncatingIfNeeded: isNaN ? bits >> 16 | 0x40 : rounded)
      }
      return
    }
    for index in 0..<count { halves[index] = floatToHalf(source[index].bitPattern) }
  }

  /// Rounds to nearest, ties to even, without a branch, so that the loop around it becomes vector code.
  @inline(__always)
  private static func floatToHalf(_ bits: UInt32) -> UInt16 {
    let sign = bits >> 16 & 0x8000
    let magnitude = bits & 0x7fff_ffff
    let odd = magnitude >> 13 & 1
    let normal = (magnitude &- (112 << 23) &+ 0xfff &+ odd) >> 13
    // Adding a half lines the bits of a subnormal result up at the end of the sum, and rounds them.
    let subnormal = (Float(bitPattern: magnitude) + 0.5).bitPattern &- Float(0.5).bitPattern
    let special: UInt32 = magnitude > 0x7f80_0000 ? 0x7e00 : 0x7c00
    let finite = magnitude < 113 << 23 ? subnormal : normal
    // From 65520 on the nearest half is infinity.
    return UInt16(truncatingIfNeeded: sign | (magnitude >= 0x477f_f000 ? special : finite))
  }
}

/// A pointer that threads share; whoever makes one sees to it that they write to different places.
private struct Unchecked<Pointer>: @unchecked Sendable {
  let value: Pointer
  init(_ value: Pointer) { self.value = value }
}

/// Blocks that live as long as this object.
final class Temporaries {
  private var blocks: [(UnsafeMutableRawPointer, Int)] = []

  func bytes(_ count: Int) -> UnsafeMutableRawPointer? {
    guard let block = Allocator.shared.allocate(count) else { return nil }
    blocks.append((block, count))
    return block
  }

  func floats(_ count: Int) -> UnsafeMutablePointer<Float>? {
    bytes(count * MemoryLayout<Float>.stride)?.bindMemory(to: Float.self, capacity: count)
  }

  deinit { for (block, count) in blocks { Allocator.shared.deallocate(block, count) } }
}
