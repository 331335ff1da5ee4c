import ApusCore
import ApusFormats

/// The fields of one column of some rows.
struct CSVFields {
  let tokens: CSVTokens
  let column: Int
  let text: UnsafePointer<UInt8>
  let dialect: CSVDialect

  /// The column's values as `type`, or the first row whose field is none.
  func convert(to type: ColumnType) -> Result<Column, CSVMismatch> {
    let point = dialect.point
    switch type.decoded {
    case .null: return onlyNulls()
    case .bool: return truthValues(type)
    case .int8: return numbers(type) { NumberParsing.integer($0, $1, as: Int8.self) }
    case .int16: return numbers(type) { NumberParsing.integer($0, $1, as: Int16.self) }
    case .int32: return numbers(type) { NumberParsing.integer($0, $1, as: Int32.self) }
    case .int64: return numbers(type) { NumberParsing.integer($0, $1, as: Int64.self) }
    case .uint8: return numbers(type) { NumberParsing.integer($0, $1, as: UInt8.self) }
    case .uint16: return numbers(type) { NumberParsing.integer($0, $1, as: UInt16.self) }
    case .uint32: return numbers(type) { NumberParsing.integer($0, $1, as: UInt32.self) }
    case .uint64: return numbers(type) { NumberParsing.integer($0, $1, as: UInt64.self) }
    case .float32: return numbers(type) { NumberParsing.float($0, $1, point: point) }
    case .float64:
      // The usual point as a constant.
      let rounding = DoubleRounding.shared
      if point == 46 { return numbers(type) { NumberParsing.double($0, $1, rounding: rounding) } }
      return numbers(type) { NumberParsing.double($0, $1, point: point, rounding: rounding) }
    case .date32: return numbers(type) { TimeParsing.date($0, $1) }
    case .date64: return numbers(type) { TimeParsing.date($0, $1).map { Int64($0) * 86_400_000 } }
    case .time32(let unit):
      return numbers(type) { TimeParsing.time($0, $1, unit).map { Int32(truncatingIfNeeded: $0) } }
    case .time64(let unit): return numbers(type) { TimeParsing.time($0, $1, unit) }
    case .timestamp(let unit, let zone):
      let zoned = zone != nil
      return numbers(type) { TimeParsing.timestamp($0, $1, unit, zoned: zoned) }
    case .duration: return numbers(type) { NumberParsing.integer($0, $1, as: Int64.self) }
    case .string, .largeString, .stringView: return texts(type, checked: true)
    case .binary, .largeBinary, .binaryView: return texts(type, checked: false)
    case .fixedBinary(let width): return fixedTexts(type, width) { Array(UnsafeRawBufferPointer(start: $0, count: $1)) }
    case .decimal(let bits, let precision, let scale):
      return fixedTexts(type, bits / 8) { bytes, count in
        var start = bytes
        var end = bytes + count
        NumberParsing.trim(&start, &end)
        return DecimalText.bytes(
          UnsafeRawBufferPointer(start: start, count: end - start), width: bits / 8, precision: precision, scale: scale)
      }
    default: return .failure(CSVMismatch(row: 0, text: "", reason: "CSV files have no such values"))
    }
  }

  /// Calls `body` with each row and its field: where it lies, its length, whether it may be missing by its quotes. Stops
  /// where `body` says false, with the row.
  @inline(__always)
  private func each(_ body: (Int, UnsafePointer<UInt8>, Int, Bool) -> Bool) -> Int? {
    withExtendedLifetime(tokens) {
      let fields = tokens.fields
      return tokens.unescaped.withUnsafeBufferPointer { unescaped in
        var place = column
        for row in 0..<tokens.rows {
          let field = fields[place]
          place += tokens.columns
          let start = Int(field & 0xffff_ffff)
          let base = field & CSVTokens.unescapedFlag == 0 ? text : unescaped.baseAddress ?? text
          let mayBeNull = field & CSVTokens.quotedFlag == 0 || dialect.quotedCanBeNull
          if !body(row, base + start, Int(field >> 32 & 0x3fff_ffff), mayBeNull) { return row }
        }
        return nil
      }
    }
  }

  /// The field of a row, for errors.
  private func mismatch(_ wanted: Int, reason: String? = nil) -> CSVMismatch {
    var text = ""
    _ = each { row, bytes, count, _ in
      guard row == wanted else { return true }
      text = String(decoding: UnsafeBufferPointer(start: bytes, count: min(count, 60)), as: UTF8.self)
      return false
    }
    return CSVMismatch(row: wanted, text: text, reason: reason)
  }

  @inline(__always)
  private func numbers<T: ExpressibleByIntegerLiteral>(
    _ type: ColumnType, _ parse: (UnsafePointer<UInt8>, Int) -> T?
  ) -> Result<Column, CSVMismatch> {
    let rows = tokens.rows
    var validity: [Bool]?
    var failed: Int?
    let bytes = [UInt8](unsafeUninitializedCapacity: rows * MemoryLayout<T>.size) { buffer, filled in
      buffer.withMemoryRebound(to: T.self) { values in
        failed = each { row, bytes, count, mayBeNull in
          if mayBeNull, dialect.nulls.contains(bytes, count) {
            if validity == nil { validity = [Bool](repeating: true, count: rows) }
            validity?[row] = false
            values[row] = 0
            return true
          }
          guard let value = parse(bytes, count) else { return false }
          values[row] = value
          return true
        }
      }
      filled = failed == nil ? rows * MemoryLayout<T>.size : 0
    }
    if let failed { return .failure(mismatch(failed)) }
    return .success(Column(type: type, count: rows, validity: validity, storage: .fixed(bytes)))
  }

  private func onlyNulls() -> Result<Column, CSVMismatch> {
    let failed = each { _, bytes, count, mayBeNull in mayBeNull && dialect.nulls.contains(bytes, count) }
    if let failed { return .failure(mismatch(failed)) }
    return .success(Column(type: .null, count: tokens.rows, storage: .none))
  }

  private func truthValues(_ type: ColumnType) -> Result<Column, CSVMismatch> {
    numbers(type) { bytes, count -> UInt8? in
      if dialect.trues.contains(bytes, count) { return 1 }
      return dialect.falses.contains(bytes, count) ? 0 : nil
    }
  }

  private func texts(_ type: ColumnType, checked: Bool) -> Result<Column, CSVMismatch> {
    var total = 0
    _ = each { _, _, count, _ in
      total += count
      return true
    }
    var validity: [Bool]?
    var bytes: [UInt8] = []
    let offsets = [Int](unsafeUninitializedCapacity: tokens.rows + 1) { offsets, made in
      offsets[0] = 0
      bytes = [UInt8](unsafeUninitializedCapacity: total) { buffer, filled in
        _ = each { row, bytes, count, mayBeNull in
          if dialect.stringsCanBeNull, mayBeNull, dialect.nulls.contains(bytes, count) {
            if validity == nil { validity = [Bool](repeating: true, count: tokens.rows) }
            validity?[row] = false
          } else if count > 0, let base = buffer.baseAddress {
            (base + filled).update(from: bytes, count: count)
            filled += count
          }
          offsets[row + 1] = filled
          return true
        }
      }
      made = tokens.rows + 1
    }
    if checked, !bytes.withUnsafeBytes({ Self.areTexts($0, offsets) }) {
      let wrong = bytes.withUnsafeBytes { all in
        (0..<tokens.rows).first { !isUTF8(UnsafeRawBufferPointer(rebasing: all[offsets[$0]..<offsets[$0 + 1]])) }
      }
      if let wrong { return .failure(mismatch(wrong, reason: "is not text in UTF-8")) }
    }
    return .success(
      Column(type: type, count: tokens.rows, validity: validity, storage: .text(offsets: offsets, bytes: bytes)))
  }

  /// Whether the bytes are UTF-8, and no character is cut between two texts.
  private static func areTexts(_ bytes: UnsafeRawBufferPointer, _ offsets: [Int]) -> Bool {
    if isASCII(bytes) { return true }
    return isUTF8(bytes) && offsets.allSatisfy { $0 == bytes.count || bytes[$0] & 0xc0 != 0x80 }
  }

  private func fixedTexts(
    _ type: ColumnType, _ width: Int, _ parse: (UnsafePointer<UInt8>, Int) -> [UInt8]?
  ) -> Result<Column, CSVMismatch> {
    var bytes: [UInt8] = []
    var validity = [Bool](repeating: true, count: tokens.rows)
    let failed = each { row, start, count, mayBeNull in
      if mayBeNull, dialect.nulls.contains(start, count) {
        validity[row] = false
        bytes += repeatElement(0, count: width)
        return true
      }
      guard let value = parse(start, count), value.count == width else { return false }
      bytes += value
      return true
    }
    if let failed { return .failure(mismatch(failed)) }
    return .success(Column(type: type, count: tokens.rows, validity: validity, storage: .fixed(bytes)))
  }
}

/// A field that is no value of a type.
struct CSVMismatch: Error {
  /// The row, counted from the first of the piece.
  let row: Int
  /// The beginning of the field.
  let text: String
  let reason: String?
}

/// Whether all bytes are below 128.
func isASCII(_ bytes: UnsafeRawBufferPointer) -> Bool {
  var i = 0
  while i + 8 <= bytes.count {
    if bytes.loadUnaligned(fromByteOffset: i, as: UInt64.self) & 0x8080_8080_8080_8080 != 0 { return false }
    i += 8
  }
  return bytes[i...].allSatisfy { $0 < 128 }
}
