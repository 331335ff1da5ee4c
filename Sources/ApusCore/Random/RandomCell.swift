/// One stored element that a random fill can write, with PyTorch's casts and integer ranges for its type.
package protocol RandomCell: BitwiseCopyable {
  init(drawn value: Double)
  init(drawn value: Float)
}

extension Float: RandomCell {
  package init(drawn value: Double) { self.init(value) }
  package init(drawn value: Float) { self = value }
}

extension Double: RandomCell {
  package init(drawn value: Double) { self = value }
  package init(drawn value: Float) { self.init(value) }
}

/// binary16 bits. Doubles and integers are rounded to float first, as PyTorch's casts do.
package struct HalfCell: RandomCell {
  package var bits: UInt16
  package init(drawn value: Double) { self.init(drawn: Float(value)) }
  package init(drawn value: Float) { bits = Float16(value).bitPattern }
}

/// bfloat16 bits, rounded to nearest even from a float.
package struct BrainCell: RandomCell {
  package var bits: UInt16
  package init(drawn value: Double) { self.init(drawn: Float(value)) }
  package init(drawn value: Float) {
    let word = value.bitPattern
    bits = value.isNaN ? 0x7fc0 : UInt16(truncatingIfNeeded: (word &+ 0x7fff &+ (word >> 16 & 1)) >> 16)
  }
}

/// A drawn number, in the type that it is drawn in.
package protocol DrawnValue: BitwiseCopyable {
  static var drawnType: DType { get }
}

extension Double: DrawnValue { package static var drawnType: DType { .float64 } }
extension Int64: DrawnValue { package static var drawnType: DType { .int64 } }
extension UInt8: DrawnValue { package static var drawnType: DType { .uint8 } }

extension DType {
  /// Converts `count` drawn values to this type into the elements of `out` from index `start` on.
  func store<Value: DrawnValue>(
    _ values: UnsafePointer<Value>, count: Int, to out: UnsafeMutableRawPointer, at start: Int
  ) {
    convert(values, Value.drawnType, out + start * size, self, count)
  }

  func requireFloatingPoint(_ operation: String) throws {
    // Types that are not promoted are for storage.
    guard kind == .floating, row.pointee.rank != nil else {
      throw TensorError(
        .dtype, operation, "expected a floating point dtype, got \(self): draw float32 and convert with to(\(self))")
    }
  }

  func requireRealNumbers(_ operation: String) throws {
    guard !isComplex else {
      throw TensorError(.dtype, operation, "draws real numbers, got \(self): join two tensors with complex(...)")
    }
  }
}
