import ApusCore
import ApusFormats

/// Takes columns apart into leaves of values and levels.
struct ParquetShredder {
  /// What is written of one leaf.
  struct Output {
    var definitions: [UInt8] = []
    var repetitions: [UInt8] = []
    /// The column that values are taken from, and which of them, where they are not all.
    var source: Column?
    var places: [Int] = []
  }

  let leaves: [ParquetOutputLeaf]
  private(set) var outputs: [Output]
  private var leaf = 0

  init(leaves: [ParquetOutputLeaf]) {
    self.leaves = leaves
    outputs = leaves.map { _ in Output() }
  }

  mutating func add(_ column: Column, _ field: ColumnField) throws(TensorError) {
    let first = leaf
    let width = Self.leafCount(field.type.decoded)
    for row in 0..<column.count {
      leaf = first
      walk(column, field.type.decoded, row, repetition: 0, definition: 0, required: false, list: 0)
    }
    leaf = first
    attach(column, field.type.decoded)
    leaf = first + width
  }

  private static func leafCount(_ type: ColumnType) -> Int {
    switch type {
    case .structure(let fields): fields.reduce(0) { $0 + leafCount($1.type.decoded) }
    case .list(let item), .largeList(let item), .fixedList(let item, _): leafCount(item.type.decoded)
    case .map(let key, let value, _, _): leafCount(key.type.decoded) + leafCount(value.type.decoded)
    default: 1
    }
  }

  /// Gives each leaf the column that its values lie in.
  private mutating func attach(_ column: Column, _ type: ColumnType) {
    switch (column.storage, type) {
    case (.structure(let columns), .structure(let fields)):
      for (column, field) in zip(columns, fields) { attach(column, field.type.decoded) }
    case (.list(_, let items), .list(let item)), (.list(_, let items), .largeList(let item)),
      (.list(_, let items), .fixedList(let item, _)):
      attach(items, item.type.decoded)
    case (.list(_, let items), .map(let key, let value, _, _)): attach(items, .structure([key, value]))
    default:
      outputs[leaf].source = column
      leaf += 1
    }
  }

  /// Nothing, for all leaves of a type.
  private mutating func missing(_ type: ColumnType, _ repetition: Int, _ definition: Int) {
    for _ in 0..<Self.leafCount(type) {
      outputs[leaf].repetitions.append(UInt8(repetition))
      outputs[leaf].definitions.append(UInt8(definition))
      leaf += 1
    }
  }

  private mutating func walk(
    _ column: Column, _ type: ColumnType, _ row: Int, repetition: Int, definition: Int, required: Bool, list: Int
  ) {
    guard required || !column.isNull(row) else { return missing(type, repetition, definition) }
    let level = required ? definition : definition + 1
    switch (column.storage, type) {
    case (.structure(let columns), .structure(let fields)):
      for (inner, field) in zip(columns, fields) {
        walk(inner, field.type.decoded, row, repetition: repetition, definition: level, required: false, list: list)
      }
    case (.list(let offsets, let items), _):
      let range = offsets[row]..<offsets[row + 1]
      guard !range.isEmpty else { return missing(type, repetition, level) }
      let first = leaf
      for place in range {
        leaf = first
        let here = place == range.lowerBound ? repetition : list + 1
        switch (type, items.storage) {
        case (.list(let item), _), (.largeList(let item), _), (.fixedList(let item, _), _):
          walk(
            items, item.type.decoded, place, repetition: here, definition: level + 1, required: false, list: list + 1)
        case (.map(let key, let value, _, _), .structure(let parts)) where parts.count == 2:
          walk(
            parts[0], key.type.decoded, place, repetition: here, definition: level + 1, required: true, list: list + 1)
          walk(
            parts[1], value.type.decoded, place, repetition: here, definition: level + 1, required: false,
            list: list + 1)
        default: break
        }
      }
    default:
      outputs[leaf].repetitions.append(UInt8(repetition))
      outputs[leaf].definitions.append(UInt8(level))
      outputs[leaf].places.append(row)
      leaf += 1
    }
  }
}

/// Encodes a column of a row group: one page.
struct ParquetChunkWriter {
  let leaf: ParquetOutputLeaf
  let values: ParquetShredder.Output
  let compression: ParquetCompressionMethod

  /// Where a column lies.
  struct Written {
    let offset: Int
    let count: Int
    let compressed: Int
    let uncompressed: Int
    let codec: Int

    func describe(_ leaf: ParquetOutputLeaf, _ writer: inout ThriftWriter) {
      writer.int64(2, offset)
      writer.structure(3) { data in
        data.int32(1, leaf.physical)
        data.list(2, count: 2, type: 5)
        data.zigzag(0)
        data.zigzag(3)
        data.list(3, count: leaf.path.count, type: 8)
        for part in leaf.path { data.text(part) }
        data.int32(4, codec)
        data.int64(5, count)
        data.int64(6, uncompressed)
        data.int64(7, compressed)
        data.int64(9, offset)
      }
    }
  }

  func encode(at position: Int, name: String) throws(TensorError) -> (bytes: [UInt8], entry: Written) {
    var page: [UInt8] = []
    if leaf.repetition > 0 { page += Self.levels(values.repetitions, most: leaf.repetition) }
    if leaf.definition > 0 { page += Self.levels(values.definitions, most: leaf.definition) }
    try appendValues(to: &page)
    guard page.count <= Int(Int32.max) else {
      throw TensorError(
        .unsupported, name, "column '\(leaf.path.joined(separator: "."))' has more than 2 GB in a million rows")
    }
    var packed = page
    if compression == .zstd {
      var result: Result<[UInt8], TensorError> = .success([])
      page.withUnsafeBytes { bytes in
        do throws(TensorError) { result = .success(try Zstandard.compress(bytes, name: name)) } catch {
          result = .failure(error)
        }
      }
      packed = try result.get()
    }
    var header = ThriftWriter()
    let sizes = (page.count, packed.count)
    let count = values.definitions.count
    header.structure { header in
      header.int32(1, 0)
      header.int32(2, sizes.0)
      header.int32(3, sizes.1)
      header.structure(5) { data in
        data.int32(1, count)
        data.int32(2, 0)
        data.int32(3, 3)
        data.int32(4, 3)
      }
    }
    let bytes = header.bytes + packed
    return (
      bytes,
      Written(
        offset: position, count: count, compressed: bytes.count, uncompressed: header.bytes.count + page.count,
        codec: compression.rawValue)
    )
  }

  /// Levels with their size before them: one run where all are the same, else packed bits.
  static func levels(_ levels: [UInt8], most: Int) -> [UInt8] {
    let width = Int.bitWidth - most.leadingZeroBitCount
    var writer = ThriftWriter()
    if let first = levels.first, levels.allSatisfy({ $0 == first }) {
      writer.variable(UInt64(levels.count) << 1)
      writer.byte(first)
    } else if !levels.isEmpty {
      let groups = (levels.count + 7) / 8
      writer.variable(UInt64(groups) << 1 | 1)
      var packed = [UInt8](repeating: 0, count: groups * width)
      for (i, level) in levels.enumerated() {
        for bit in 0..<width where level >> UInt8(bit) & 1 == 1 {
          packed[(i * width + bit) >> 3] |= 1 << UInt8((i * width + bit) & 7)
        }
      }
      writer.raw(packed)
    }
    return withUnsafeBytes(of: UInt32(writer.bytes.count).littleEndian) { Array($0) } + writer.bytes
  }

  private func appendValues(to page: inout [UInt8]) throws(TensorError) {
    guard let column = values.source else { return }
    switch column.storage {
    case .text(let offsets, let bytes):
      for place in values.places {
        let range = offsets[place]..<offsets[place + 1]
        withUnsafeBytes(of: UInt32(truncatingIfNeeded: range.count).littleEndian) { page += $0 }
        page += bytes[range]
      }
    case .fixed(let bytes):
      let width = column.type.width ?? 0
      switch leaf.type {
      case .bool:
        page += ArrowEncoding.Batch.bits(values.places.lazy.map { bytes[$0] != 0 }, count: values.places.count)
      case .int8, .int16, .uint8, .uint16:
        for place in values.places {
          guard case .int(let value) = column[place] else { continue }
          withUnsafeBytes(of: Int32(truncatingIfNeeded: value).littleEndian) { page += $0 }
        }
      case .date64:
        for place in values.places {
          guard case .int(let value) = column[place] else { continue }
          withUnsafeBytes(of: Int32(truncatingIfNeeded: value / 86_400_000).littleEndian) { page += $0 }
        }
      case .time32(.second), .timestamp(.second, _):
        for place in values.places {
          guard case .int(let value) = column[place] else { continue }
          withUnsafeBytes(of: (value &* 1000).littleEndian) { page += $0.prefix(leaf.length) }
        }
      case .decimal:
        for place in values.places { page += bytes[place * width..<(place + 1) * width].reversed() }
      default:
        if values.places.count == column.count {
          page += bytes
        } else {
          for place in values.places { page += bytes[place * width..<(place + 1) * width] }
        }
      }
    default: break
    }
  }
}
