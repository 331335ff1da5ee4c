import ApusCore
import ApusFormats

extension Table {
  /// Writes an Arrow file (Feather version 2), which pyarrow, pandas and others map into memory. Dictionaries are written
  /// decoded. An existing file is replaced only when the new one is wholly on disk.
  /// - Throws: `TensorError` of kind `unsupported` where a column of texts has more than 2 GB, of kind `file` when writing
  ///   fails.
  public func write(arrow path: String) throws {
    let schema = ArrowEncoding.schema(fields)
    var batch = ArrowEncoding.Batch(name: path)
    for (field, column) in zip(fields, columns) { try batch.add(column, field) }
    let head = ArrowEncoding.message(ArrowEncoding.message(kind: 1, schema, body: 0))
    let (record, body) = batch.message(rows: rows)
    let start = 8 + head.count
    let footer = FlatValue.table([
      (0, .int16(4)), (1, schema), (2, .elements([], count: 0, alignment: 8)),
      (3, .elements(ArrowEncoding.block(start, record.count, body), count: 1, alignment: 8)),
    ]).encoded()
    let parts = batch.buffers
    try replaceFile(at: path) { file in
      try file.write(ArrowReader.magic + [0, 0] + head + record)
      for part in parts {
        try file.write(part)
        try file.write([UInt8](repeating: 0, count: ArrowEncoding.padding(part.count)))
      }
      var end: [UInt8] = [255, 255, 255, 255, 0, 0, 0, 0] + footer
      withUnsafeBytes(of: Int32(footer.count).littleEndian) { end += $0 }
      try file.write(end + ArrowReader.magic)
    }
  }
}

/// Schemas and record batches as flatbuffers.
enum ArrowEncoding {
  static func padding(_ count: Int) -> Int { (8 - count % 8) % 8 }

  /// The head of a message with its length before it, a multiple of 8 bytes.
  static func message(_ value: FlatValue) -> [UInt8] {
    var bytes = value.encoded()
    bytes += repeatElement(0, count: padding(bytes.count))
    var head: [UInt8] = [255, 255, 255, 255]
    withUnsafeBytes(of: Int32(bytes.count).littleEndian) { head += $0 }
    return head + bytes
  }

  static func message(kind: UInt8, _ header: FlatValue, body: Int) -> FlatValue {
    .table([(0, .int16(4)), (1, .uint8(kind)), (2, header), (3, .int64(Int64(body)))])
  }

  /// An entry of the footer's list of messages.
  static func block(_ offset: Int, _ head: Int, _ body: Int) -> [UInt8] {
    [offset, head, body].flatMap { value in withUnsafeBytes(of: Int64(value).littleEndian) { Array($0) } }
  }

  static func schema(_ fields: [ColumnField]) -> FlatValue {
    .table([(0, .int16(0)), (1, .tables(fields.map { field($0) }))])
  }

  private static func field(_ field: ColumnField) -> FlatValue {
    let (kind, parameters, children) = type(field.type.decoded)
    return .table([
      (0, .string(field.name)), (1, .bool(field.nullable)), (2, .uint8(kind)), (3, .table(parameters)),
      (5, .tables(children.map { Self.field($0) })),
    ])
  }

  private static func type(
    _ type: ColumnType
  ) -> (kind: UInt8, parameters: [(id: Int, value: FlatValue)], children: [ColumnField]) {
    func integer(_ bits: Int32, _ isSigned: Bool) -> (UInt8, [(id: Int, value: FlatValue)], [ColumnField]) {
      (2, [(0, .int32(bits)), (1, .bool(isSigned))], [])
    }
    switch type {
    case .null, .dictionary: return (1, [], [])
    case .int8: return integer(8, true)
    case .int16: return integer(16, true)
    case .int32: return integer(32, true)
    case .int64: return integer(64, true)
    case .uint8: return integer(8, false)
    case .uint16: return integer(16, false)
    case .uint32: return integer(32, false)
    case .uint64: return integer(64, false)
    case .float16: return (3, [(0, .int16(0))], [])
    case .float32: return (3, [(0, .int16(1))], [])
    case .float64: return (3, [(0, .int16(2))], [])
    case .binary, .binaryView: return (4, [], [])
    case .string, .stringView: return (5, [], [])
    case .bool: return (6, [], [])
    case .decimal(let bits, let precision, let scale):
      return (7, [(0, .int32(Int32(precision))), (1, .int32(Int32(scale))), (2, .int32(Int32(bits)))], [])
    case .date32: return (8, [(0, .int16(0))], [])
    case .date64: return (8, [(0, .int16(1))], [])
    case .time32(let unit): return (9, [(0, .int16(unit.rawValue)), (1, .int32(32))], [])
    case .time64(let unit): return (9, [(0, .int16(unit.rawValue)), (1, .int32(64))], [])
    case .timestamp(let unit, let zone):
      return (10, [(0, .int16(unit.rawValue))] + (zone.map { [(1, .string($0))] } ?? []), [])
    case .list(let item): return (12, [], [item])
    case .structure(let fields): return (13, [], fields)
    case .fixedBinary(let width): return (15, [(0, .int32(Int32(width)))], [])
    case .fixedList(let item, let size): return (16, [(0, .int32(Int32(size)))], [item])
    case .map(let key, let value, let entries, let sorted):
      var key = key
      key.nullable = false
      return (17, [(0, .bool(sorted))], [ColumnField(entries, .structure([key, value]), nullable: false)])
    case .duration(let unit): return (18, [(0, .int16(unit.rawValue))], [])
    case .largeBinary: return (19, [], [])
    case .largeString: return (20, [], [])
    case .largeList(let item): return (21, [], [item])
    }
  }

  /// The nodes and buffers of a record batch.
  struct Batch {
    let name: String
    private(set) var buffers: [[UInt8]] = []
    private var nodes: [UInt8] = []
    private var nodeCount = 0
    private var places: [UInt8] = []
    private var end = 0

    init(name: String) { self.name = name }

    private mutating func append(_ bytes: [UInt8]) {
      for value in [end, bytes.count] { withUnsafeBytes(of: Int64(value).littleEndian) { places += $0 } }
      buffers.append(bytes)
      end += bytes.count + padding(bytes.count)
    }

    static func bits(_ values: some Sequence<Bool>, count: Int) -> [UInt8] {
      var result = [UInt8](repeating: 0, count: (count + 7) / 8)
      for (i, value) in values.enumerated() where value { result[i >> 3] |= 1 << UInt8(i & 7) }
      return result
    }

    private mutating func append(offsets: [Int], wide: Bool, _ field: ColumnField) throws(TensorError) {
      guard !wide else { return append(offsets.withUnsafeBytes { Array($0) }) }
      guard (offsets.last ?? 0) <= Int(Int32.max) else {
        throw TensorError(
          .unsupported, name, "column '\(field.name)' has more than 2 GB of \(field.type); write fewer rows a file")
      }
      append(offsets.map { Int32($0) }.withUnsafeBytes { Array($0) })
    }

    mutating func add(_ column: Column, _ field: ColumnField) throws(TensorError) {
      for value in [column.count, column.nullCount] { withUnsafeBytes(of: Int64(value).littleEndian) { nodes += $0 } }
      nodeCount += 1
      let type = field.type.decoded
      if type == .null { return }
      append(column.validity.map { Self.bits($0, count: column.count) } ?? [])
      switch column.storage {
      case .none: break
      case .fixed(let bytes):
        append(type == .bool ? Self.bits(bytes.lazy.map { $0 != 0 }, count: column.count) : bytes)
      case .text(let offsets, let bytes):
        try append(offsets: offsets, wide: type == .largeString || type == .largeBinary, field)
        append(bytes)
      case .structure(let columns):
        guard case .structure(let fields) = type else { break }
        for (column, field) in zip(columns, fields) { try add(column, field) }
      case .list:
        guard let (offsets, items) = try column.compactLists() else { break }
        switch type {
        case .fixedList(let item, let size):
          // A missing list has as many items as others.
          var places: [Int] = []
          for i in 0..<column.count {
            let range = offsets[i]..<offsets[i + 1]
            places += range.count == size ? Array(range) : [Int](repeating: -1, count: size)
          }
          try add(try items.gathering(places, budget: DecodeBudget(fileSize: 0, limit: .max, name: name)), item)
        case .list(let item), .largeList(let item):
          if case .largeList = type {
            try append(offsets: offsets, wide: true, field)
          } else {
            try append(offsets: offsets, wide: false, field)
          }
          try add(items, item)
        case .map(let key, let value, let entries, _):
          try append(offsets: offsets, wide: false, field)
          try add(items, ColumnField(entries, .structure([key, value]), nullable: false))
        default: break
        }
      }
    }

    /// The head of the message, and the length of the body that the buffers make.
    func message(rows: Int) -> (head: [UInt8], body: Int) {
      let batch = FlatValue.table([
        (0, .int64(Int64(rows))), (1, .elements(nodes, count: nodeCount, alignment: 8)),
        (2, .elements(places, count: buffers.count, alignment: 8)),
      ])
      return (ArrowEncoding.message(ArrowEncoding.message(kind: 3, batch, body: end)), end)
    }
  }
}
