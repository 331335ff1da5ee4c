import ApusCore
import ApusFormats

/// A column of values to be written.
struct ParquetOutputLeaf {
  let path: [String]
  let type: ColumnType
  let physical: Int
  /// Bytes of a value of fixed length.
  let length: Int
  let definition: Int
  let repetition: Int
}

/// The schema of a file to be written: its nodes, and its columns of values.
struct ParquetSchemaWriter {
  private var nodes: [@Sendable (inout ThriftWriter) -> Void] = []
  private var roots = 0
  private(set) var leaves: [ParquetOutputLeaf] = []

  mutating func add(_ field: ColumnField, name: String) throws(TensorError) {
    roots += 1
    try add(field, path: [], definition: 0, repetition: 0, file: name)
  }

  private mutating func group(
    _ name: String, repetition: Int, children: Int, converted: Int? = nil, logical: Int? = nil
  ) {
    nodes.append { writer in
      writer.int32(3, repetition)
      writer.string(4, name)
      writer.int32(5, children)
      if let converted { writer.int32(6, converted) }
      if let logical { writer.structure(10) { $0.structure(logical) { _ in } } }
    }
  }

  /// A field; all but the keys of maps are optional.
  private mutating func add(
    _ field: ColumnField, path: [String], definition: Int, repetition: Int, required: Bool = false, file: String
  ) throws(TensorError) {
    let path = path + [field.name]
    let kind = required ? 0 : 1
    let level = definition + kind
    switch field.type.decoded {
    case .structure(let fields):
      guard !fields.isEmpty else {
        throw TensorError(.unsupported, file, "the structure '\(field.name)' has no fields, which Parquet cannot hold")
      }
      group(field.name, repetition: kind, children: fields.count)
      for inner in fields { try add(inner, path: path, definition: level, repetition: repetition, file: file) }
    case .list(let item), .largeList(let item), .fixedList(let item, _):
      group(field.name, repetition: kind, children: 1, converted: 3, logical: 3)
      group("list", repetition: 2, children: 1)
      try add(
        ColumnField("element", item.type), path: path + ["list"], definition: level + 1, repetition: repetition + 1,
        file: file)
    case .map(let key, let value, _, _):
      group(field.name, repetition: kind, children: 1, converted: 1, logical: 2)
      group("key_value", repetition: 2, children: 2)
      try add(
        ColumnField("key", key.type), path: path + ["key_value"], definition: level + 1, repetition: repetition + 1,
        required: true, file: file)
      try add(
        ColumnField("value", value.type), path: path + ["key_value"], definition: level + 1, repetition: repetition + 1,
        file: file)
    case let type:
      let (physical, length) = Self.physical(type)
      leaves.append(
        ParquetOutputLeaf(
          path: path, type: type, physical: physical, length: length, definition: level, repetition: repetition))
      let name = field.name
      nodes.append { writer in
        writer.int32(1, physical)
        if physical == 7 { writer.int32(2, length) }
        writer.int32(3, kind)
        writer.string(4, name)
        Self.annotate(type, &writer)
      }
    }
  }

  /// The physical type, and the bytes of a value.
  static func physical(_ type: ColumnType) -> (Int, Int) {
    switch type {
    case .bool: (0, 1)
    case .null, .int8, .int16, .int32, .uint8, .uint16, .uint32, .date32, .date64, .time32: (1, 4)
    case .int64, .uint64, .time64, .timestamp, .duration: (2, 8)
    case .float32: (4, 4)
    case .float64: (5, 8)
    case .float16: (7, 2)
    case .fixedBinary(let width): (7, width)
    case .decimal(let bits, _, _): (7, bits / 8)
    default: (6, 0)
    }
  }

  /// What the physical type stands for: the older number and the newer structure.
  private static func annotate(_ type: ColumnType, _ writer: inout ThriftWriter) {
    func integer(_ converted: Int, _ bits: UInt8, _ isSigned: Bool) {
      writer.int32(6, converted)
      writer.structure(10) { logical in
        logical.structure(10) { parts in
          parts.field(1, 3)
          parts.byte(bits)
          parts.bool(2, isSigned)
        }
      }
    }
    func time(_ id: Int, _ unit: TimeUnit, utc: Bool) {
      let choice = unit == .microsecond ? 2 : unit == .nanosecond ? 3 : 1
      writer.structure(10) { logical in
        logical.structure(id) { parts in
          parts.bool(1, utc)
          parts.structure(2) { $0.structure(choice) { _ in } }
        }
      }
    }
    switch type {
    case .null: writer.structure(10) { $0.structure(11) { _ in } }
    case .int8: integer(15, 8, true)
    case .int16: integer(16, 16, true)
    case .uint8: integer(11, 8, false)
    case .uint16: integer(12, 16, false)
    case .uint32: integer(13, 32, false)
    case .uint64: integer(14, 64, false)
    case .string, .largeString, .stringView:
      writer.int32(6, 0)
      writer.structure(10) { $0.structure(1) { _ in } }
    case .date32, .date64:
      writer.int32(6, 6)
      writer.structure(10) { $0.structure(6) { _ in } }
    case .float16: writer.structure(10) { $0.structure(15) { _ in } }
    case .decimal(_, let precision, let scale):
      writer.int32(6, 5)
      writer.int32(7, scale)
      writer.int32(8, precision)
      writer.structure(10) { logical in
        logical.structure(5) { parts in
          parts.int32(1, scale)
          parts.int32(2, precision)
        }
      }
    case .time32(let unit), .time64(let unit): time(7, unit, utc: false)
    case .timestamp(let unit, let zone): time(8, unit, utc: zone != nil)
    default: break
    }
  }

  /// The metadata at the end of the file.
  func footer(
    rows: Int, groups: [[ParquetChunkWriter.Written]], counts: [Int], fields: [ColumnField]
  ) -> [UInt8] {
    var writer = ThriftWriter()
    writer.structure { writer in
      writer.int32(1, 2)
      writer.list(2, count: nodes.count + 1, type: 12)
      writer.structure { root in
        root.string(4, "schema")
        root.int32(5, roots)
      }
      for node in nodes { writer.structure(node) }
      writer.int64(3, rows)
      writer.list(4, count: groups.count, type: 12)
      for (chunks, count) in zip(groups, counts) {
        writer.structure { group in
          group.list(1, count: chunks.count, type: 12)
          for (chunk, leaf) in zip(chunks, leaves) { group.structure { chunk.describe(leaf, &$0) } }
          group.int64(2, chunks.reduce(0) { $0 + $1.uncompressed })
          group.int64(3, count)
        }
      }
      let schema = ArrowEncoding.message(
        ArrowEncoding.message(kind: 1, ArrowEncoding.schema(fields), body: 0))
      writer.list(5, count: 1, type: 12)
      writer.structure { pair in
        pair.string(1, "ARROW:schema")
        pair.string(2, encodeBase64(schema))
      }
      writer.string(6, "Apus")
    }
    return writer.bytes
  }
}

extension ThriftWriter {
  mutating func byte(_ value: UInt8) { raw([value]) }
}
