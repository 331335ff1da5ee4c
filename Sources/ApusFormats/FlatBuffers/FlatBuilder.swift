/// A value of a flatbuffer to be written.
package indirect enum FlatValue {
  case bool(Bool)
  case uint8(UInt8)
  case int16(Int16)
  case int32(Int32)
  case int64(Int64)
  /// A table: the numbers of its fields and their values.
  case table([(id: Int, value: FlatValue)])
  case string(String)
  case tables([FlatValue])
  /// A vector of numbers or structs: their bytes, how many, and the alignment of one.
  case elements([UInt8], count: Int, alignment: Int)

  /// The bytes in the table itself: of the number, or of the offset.
  fileprivate var size: Int {
    switch self {
    case .bool, .uint8: 1
    case .int16: 2
    case .int64: 8
    default: 4
    }
  }

  /// A flatbuffer whose root is this table.
  package func encoded() -> [UInt8] {
    var builder = FlatBuilder()
    builder.append(UInt32(0))
    let place = builder.write(self)
    builder.patch(0, to: place)
    return builder.bytes
  }
}

/// Writes tables before what they lead to, so that every offset leads forward, as the format asks.
private struct FlatBuilder {
  var bytes: [UInt8] = []

  mutating func append(_ value: some FixedWidthInteger) {
    withUnsafeBytes(of: value.littleEndian) { bytes.append(contentsOf: $0) }
  }

  mutating func align(_ alignment: Int, after skipped: Int = 0) {
    while (bytes.count + skipped) % alignment != 0 { bytes.append(0) }
  }

  mutating func patch(_ place: Int, to target: Int) {
    withUnsafeBytes(of: UInt32(target - place).littleEndian) { bytes.replaceSubrange(place..<place + 4, with: $0) }
  }

  /// Writes what an offset leads to, and tells where it is.
  mutating func write(_ value: FlatValue) -> Int {
    switch value {
    case .table(let fields): return writeTable(fields)
    case .string(let text):
      align(4)
      let place = bytes.count
      append(UInt32(text.utf8.count))
      bytes.append(contentsOf: text.utf8)
      bytes.append(0)
      return place
    case .tables(let items):
      align(4)
      let place = bytes.count
      append(UInt32(items.count))
      for _ in items { append(UInt32(0)) }
      for (i, item) in items.enumerated() {
        let target = write(item)
        patch(place + 4 + 4 * i, to: target)
      }
      return place
    case .elements(let contents, let count, let alignment):
      align(max(4, alignment), after: 4)
      let place = bytes.count
      append(UInt32(count))
      bytes.append(contentsOf: contents)
      return place
    case .bool, .uint8, .int16, .int32, .int64: return bytes.count
    }
  }

  private mutating func writeTable(_ fields: [(id: Int, value: FlatValue)]) -> Int {
    // The largest first: none needs a gap before it, once the first is aligned to 8.
    let sorted = fields.sorted { ($1.value.size, $0.id) < ($0.value.size, $1.id) }
    let slots = (fields.map(\.id).max() ?? -1) + 1
    align(2)
    let vtable = bytes.count
    let vtableSize = 4 + 2 * slots
    // The table begins 4 bytes before a multiple of 8, where its first field lies.
    var start = vtable + vtableSize
    while start % 8 != 4 { start += 2 }
    var offsets = [Int](repeating: 0, count: slots)
    var end = 4
    for field in sorted {
      offsets[field.id] = end
      end += field.value.size
    }
    append(UInt16(vtableSize))
    append(UInt16(end))
    for offset in offsets { append(UInt16(offset)) }
    while bytes.count < start { bytes.append(0) }
    append(Int32(start - vtable))
    for field in sorted {
      switch field.value {
      case .bool(let value): append(UInt8(value ? 1 : 0))
      case .uint8(let value): append(value)
      case .int16(let value): append(value)
      case .int32(let value): append(value)
      case .int64(let value): append(value)
      default: append(UInt32(0))
      }
    }
    for field in sorted {
      switch field.value {
      case .table, .string, .tables, .elements:
        let target = write(field.value)
        patch(start + offsets[field.id], to: target)
      default: break
      }
    }
    return start
  }
}
