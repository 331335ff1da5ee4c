/// One stored element that a random fill can write, with PyTorch's casts and integer ranges for its type.
package protocol RandomCell: BitwiseCopyable {
  init(drawn value: Double)
  init(drawn value: Float)
  init(drawn value: Int64)
}

extension Bool: RandomCell {
  package init(drawn value: Double) { self = value != 0 }
  package init(drawn value: Float) { self = value != 0 }
  package init(drawn value: Int64) { self = value != 0 }
}

extension RandomCell where Self: FixedWidthInteger {
  // A value that the type cannot hold wraps, as the C cast through a 64-bit integer does.
  package init(drawn value: Double) {
    self.init(truncatingIfNeeded: Int64(exactly: value.rounded(.towardZero)) ?? Int64.min)
  }
  package init(drawn value: Float) { self.init(drawn: Double(value)) }
  package init(drawn value: Int64) { self.init(truncatingIfNeeded: value) }
}

extension UInt8: RandomCell {}
extension Int8: RandomCell {}
extension Int16: RandomCell {}
extension Int32: RandomCell {}
extension Int64: RandomCell {}

extension Float: RandomCell {
  package init(drawn value: Double) { self.init(value) }
  package init(drawn value: Float) { self = value }
  package init(drawn value: Int64) { self.init(value) }
}

extension Double: RandomCell {
  package init(drawn value: Double) { self = value }
  package init(drawn value: Float) { self.init(value) }
  package init(drawn value: Int64) { self.init(value) }
}

/// binary16 bits. Doubles and integers are rounded to float first, as PyTorch's casts do.
package struct HalfCell: RandomCell {
  package var bits: UInt16
  package init(drawn value: Double) { self.init(drawn: Float(value)) }
  package init(drawn value: Float) { bits = Float16(value).bitPattern }
  package init(drawn value: Int64) { self.init(drawn: Float(value)) }
}

/// bfloat16 bits, rounded to nearest even from a float.
package struct BrainCell: RandomCell {
  package var bits: UInt16
  package init(drawn value: Double) { self.init(drawn: Float(value)) }
  package init(drawn value: Float) {
    let word = value.bitPattern
    bits = value.isNaN ? 0x7fc0 : UInt16(truncatingIfNeeded: (word &+ 0x7fff &+ (word >> 16 & 1)) >> 16)
  }
  package init(drawn value: Int64) { self.init(drawn: Float(value)) }
}

/// A drawn number on its way into a cell.
package protocol DrawnValue: BitwiseCopyable {
  func cell<Cell: RandomCell>(as type: Cell.Type) -> Cell
}

extension Double: DrawnValue {
  package func cell<Cell: RandomCell>(as type: Cell.Type) -> Cell { Cell(drawn: self) }
}

extension Int64: DrawnValue {
  package func cell<Cell: RandomCell>(as type: Cell.Type) -> Cell { Cell(drawn: self) }
}

extension UInt8: DrawnValue {
  package func cell<Cell: RandomCell>(as type: Cell.Type) -> Cell { Cell(drawn: Int64(self)) }
}

extension DType {
  /// Casts `count` drawn values to this type into the elements of `out` from index `start` on.
  ///
  /// One switch for a whole run: the loop behind each case is compiled for its two types.
  func store<Value: DrawnValue>(
    _ values: UnsafePointer<Value>, count: Int, to out: UnsafeMutableRawPointer, at start: Int
  ) {
    func run<Cell: RandomCell>(_ type: Cell.Type) {
      let cells = out.assumingMemoryBound(to: type) + start
      for i in 0..<count { cells[i] = values[i].cell(as: type) }
    }
    switch self {
    case .bool: run(Bool.self)
    case .uint8: run(UInt8.self)
    case .int8: run(Int8.self)
    case .int16: run(Int16.self)
    case .int32: run(Int32.self)
    case .int64: run(Int64.self)
    case .float16: run(HalfCell.self)
    case .bfloat16: run(BrainCell.self)
    case .float32: run(Float.self)
    case .float64: run(Double.self)
    // Registered types are refused before anything is drawn.
    default: break
    }
  }

  /// Bits of the significand with its hidden one, for floating point types.
  var significandDigits: Int {
    switch self {
    case .float16: 11
    case .bfloat16: 8
    case .float32: 24
    case .float64: 53
    default: 0
    }
  }

  func requireFloatingPoint(_ operation: String) throws {
    guard isFloatingPoint, !isCustom else {
      throw TensorError(
        .dtype, operation, "expected a floating point dtype, got \(self): draw float32 and convert with to(\(self))")
    }
  }
}
