import ApusCore

// Numbers as integers of 8 bits and back, as operations of graphs.

/// What integers of 8 bits stand for: `(q - zeroPoint) * scale`.
package struct AffineCode: Hashable, Sendable {
  package let scale: Float
  package let zeroPoint: Int
  /// ``DType/uint8`` or ``DType/int8``.
  package let dtype: DType

  package init(scale: Float, zeroPoint: Int, dtype: DType = .uint8) {
    (self.scale, self.zeroPoint, self.dtype) = (scale, zeroPoint, dtype)
  }

  /// The code with which the integers from `first` to `last` (default: all of the type) stand for numbers from `low` to `high`, 0 exactly.
  package init(low: Float, high: Float, dtype: DType = .uint8) {
    let range = Self.range(dtype)
    let (low, high) = (Double(min(low, 0)), Double(max(high, 0)))
    let steps = Double(range.upperBound - range.lowerBound)
    let wanted = (high - low) / steps
    let scale = wanted.isFinite && Float(wanted) > 0x1p-100 ? Float(wanted) : 1
    let zero = Double(range.lowerBound) - (low / Double(scale)).rounded(.toNearestOrEven)
    self.init(
      scale: scale, zeroPoint: Int(min(max(zero, Double(range.lowerBound)), Double(range.upperBound))), dtype: dtype)
  }

  /// The integers of the type.
  package var range: ClosedRange<Int> { Self.range(dtype) }
  private static func range(_ dtype: DType) -> ClosedRange<Int> { dtype == .int8 ? -128...127 : 0...255 }

  /// The numbers that the least and the greatest integer stand for.
  package var bounds: ClosedRange<Float> {
    Float(range.lowerBound - zeroPoint) * scale...Float(range.upperBound - zeroPoint) * scale
  }

  /// The integers nearest to `values`, cut to the range, by operations on tensors.
  package func nearest(_ values: Tensor) -> Tensor {
    values.round().clamp(min: Double(range.lowerBound), max: Double(range.upperBound)).to(dtype)
  }

  func check(_ type: TensorType, _ operation: String) throws(TensorError) {
    guard type.dtype == dtype else {
      throw TensorError(.dtype, operation, "needs integers of type \(dtype), and found \(type.dtype)")
    }
  }
}

/// `clamp(round(x / scale) + zeroPoint)`, halves to even integers: float32 to integers of 8 bits. Images are written with their channels
/// last.
package struct QuantizeElements: Primitive, Hashable {
  package let code: AffineCode
  package var name: String { "Quantize" }
  package var saves: Saves { .nothing }

  package init(_ code: AffineCode) { self.code = code }

  package func outputTypes(_ inputs: [TensorType]) throws(TensorError) -> [TensorType] {
    guard inputs[0].dtype == .float32 else {
      throw TensorError(.dtype, "quantize", "quantises float32 numbers, and found \(inputs[0].dtype)")
    }
    return [TensorType(inputs[0].shape, code.dtype)]
  }

  package func layout(of i: Int, _ inputs: [Tensor], _ type: TensorType) -> Layout {
    type.shape.count == 4 ? .channelsLast : .rowMajor
  }

  package func evaluate(_ inputs: [Tensor], into results: [Tensor]) throws(TensorError) {
    let (x, result) = (inputs[0].body, results[0].body)
    if result.count == 0 { return }
    if let element = OneDNN.Element(code.dtype), result.shape.count <= 6, !result.shape.isEmpty,
      x.strides.allSatisfy({ $0 > 0 }), result.count >= 4096
    {
      let done = withExtendedLifetime((x, result)) {
        OneDNN.requantize(
          dims: result.shape, from: x.data, .float32, strides: x.strides, to: result.data, element,
          strides: result.strides, scale: 1 / code.scale, zeroPoint: Int32(code.zeroPoint))
      }
      if done { return }
    }
    let source = try inputs[0].dense(result.shape.count == 4 ? .channelsLast : .channelsFirst, .float32)
    withExtendedLifetime((source, result)) {
      code.quantize(source.data.assumingMemoryBound(to: Float.self), result.count, into: result.data)
    }
  }
}

/// `(q - zeroPoint) * scale`: integers of 8 bits to float32.
package struct DequantizeElements: Primitive, Hashable {
  package let code: AffineCode
  package var name: String { "Dequantize" }
  package var saves: Saves { .nothing }

  package init(_ code: AffineCode) { self.code = code }

  package func outputTypes(_ inputs: [TensorType]) throws(TensorError) -> [TensorType] {
    try code.check(inputs[0], "dequantize")
    return [TensorType(inputs[0].shape, .float32)]
  }

  package func layout(of i: Int, _ inputs: [Tensor], _ type: TensorType) -> Layout {
    ImageLayout.channelsLast.fits(inputs[0].body) && type.shape.count == 4 ? .channelsLast : .rowMajor
  }

  package func evaluate(_ inputs: [Tensor], into results: [Tensor]) throws(TensorError) {
    let (x, result) = (inputs[0].body, results[0].body)
    if result.count == 0 { return }
    if let element = OneDNN.Element(code.dtype), result.shape.count <= 6, !result.shape.isEmpty,
      x.strides.allSatisfy({ $0 > 0 }), result.count >= 4096
    {
      let done = withExtendedLifetime((x, result)) {
        OneDNN.requantize(
          dims: result.shape, from: x.data, element, strides: x.strides, to: result.data, .float32,
          strides: result.strides, scale: code.scale, zeroPoint: Int32(code.zeroPoint))
      }
      if done { return }
    }
    results[0].fill(with: noGrad { (inputs[0].to(.float32) - Double(code.zeroPoint)) * Double(code.scale) })
  }
}

extension AffineCode {
  /// The integers of `count` numbers that lie one after the other.
  func quantize(_ x: UnsafePointer<Float>, _ count: Int, into result: UnsafeMutableRawPointer) {
    let (from, to) = (SharedPointer(x), SharedPointer(result.assumingMemoryBound(to: UInt8.self)))
    // Added to a float, this number leaves the nearest integer, ties to even, in the low bits.
    let magic = Float(0x1.8p23)
    let (inverse, shift) = (1 / scale, UInt32(bitPattern: Int32(zeroPoint)) &- magic.bitPattern)
    let low = Float(range.lowerBound - zeroPoint)
    let high = Float(range.upperBound - zeroPoint)
    parallelFor(count, grain: 1 << 15) { part in
      let (source, target) = (from.value, to.value)
      for i in part {
        // Comparisons in this order make a vector's minimum and maximum, and the lowest integer of what is no number.
        var value = source[i] * inverse
        value = value > low ? value : low
        value = value < high ? value : high
        target[i] = UInt8(truncatingIfNeeded: (value + magic).bitPattern &+ shift)
      }
    }
  }
}

/// A pointer that threads share, each for places of its own.
struct SharedPointer<Pointer>: @unchecked Sendable {
  let value: Pointer
  init(_ value: Pointer) { self.value = value }
}
