import ApusMedia

/// Numbers out of the memory of columns.
enum NumberColumn {
  /// Whether the numbers of a type are no whole ones.
  static func isReal(_ type: ColumnType) -> Bool {
    switch type.decoded {
    case .float16, .float32, .float64, .decimal: true
    default: false
    }
  }

  /// The numbers at the positions of `range`; what stands in place of nulls is any number. Truth values are 0 and 1, times what
  /// their column counts.
  static func read(_ column: Column, _ range: Range<Int>, into target: UnsafeMutableBufferPointer<Double>) {
    guard case .fixed(let bytes) = column.storage else { return }
    bytes.withUnsafeBytes { bytes in
      func copy<Number: BinaryInteger>(_: Number.Type) {
        for row in range {
          target[row - range.lowerBound] = Double(
            bytes.loadUnaligned(fromByteOffset: row * MemoryLayout<Number>.size, as: Number.self))
        }
      }
      switch column.type.decoded {
      case .float64:
        for row in range {
          target[row - range.lowerBound] = bytes.loadUnaligned(fromByteOffset: row * 8, as: Double.self)
        }
      case .float32:
        for row in range {
          target[row - range.lowerBound] = Double(bytes.loadUnaligned(fromByteOffset: row * 4, as: Float.self))
        }
      case .int64, .date64, .time64, .timestamp, .duration: copy(Int64.self)
      case .int32, .date32, .time32: copy(Int32.self)
      case .int16: copy(Int16.self)
      case .int8: copy(Int8.self)
      case .uint64: copy(UInt64.self)
      case .uint32: copy(UInt32.self)
      case .uint16: copy(UInt16.self)
      case .uint8: copy(UInt8.self)
      case .bool: for row in range { target[row - range.lowerBound] = bytes[row] == 0 ? 0 : 1 }
      default:
        for row in range {
          switch column[row] {
          case .double(let number): target[row - range.lowerBound] = number
          case .decimal(let text): target[row - range.lowerBound] = Double(text) ?? .nan
          default: target[row - range.lowerBound] = 0
          }
        }
      }
    }
  }

  /// A whole number as text, a truth value as 0 or 1.
  static func integerText(_ column: Column, _ row: Int) -> String {
    switch column[row] {
    case .int(let number): "\(number)"
    case .unsigned(let number): "\(number)"
    case .bool(let isTrue): isTrue ? "1" : "0"
    default: ""
    }
  }
}
