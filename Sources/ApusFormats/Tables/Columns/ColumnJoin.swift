import ApusCore

extension Column {
  /// Columns of one type behind each other.
  package static func joined(_ parts: [Column], type: ColumnType) -> Column {
    guard parts.count != 1 else { return parts[0] }
    let count = parts.reduce(0) { $0 + $1.count }
    var validity: [Bool]?
    if parts.contains(where: { $0.validity != nil }) {
      var all: [Bool] = []
      all.reserveCapacity(count)
      for part in parts { all += part.validity ?? [Bool](repeating: true, count: part.count) }
      validity = all
    }
    return Column(type: type, count: count, validity: validity, storage: joinedStorage(parts, type: type.decoded))
  }

  private static func joinedStorage(_ parts: [Column], type: ColumnType) -> Storage {
    if type == .null { return .none }
    if type.width != nil {
      var bytes: [UInt8] = []
      bytes.reserveCapacity(parts.reduce(0) { if case .fixed(let part) = $1.storage { $0 + part.count } else { $0 } })
      for case .fixed(let part) in parts.lazy.map(\.storage) { bytes += part }
      return .fixed(bytes)
    }
    if type.isText {
      var bytes: [UInt8] = []
      bytes.reserveCapacity(parts.reduce(0) { if case .text(_, let part) = $1.storage { $0 + part.count } else { $0 } })
      let texts = parts.reduce(0) { if case .text(let ends, _) = $1.storage { $0 + ends.count - 1 } else { $0 } }
      let offsets = [Int](unsafeUninitializedCapacity: texts + 1) { offsets, made in
        offsets[0] = 0
        made = 1
        for case .text(let ends, let part) in parts.lazy.map(\.storage) {
          let base = bytes.count
          ends.withUnsafeBufferPointer { ends in
            for i in 1..<ends.count { offsets[made + i - 1] = base + ends[i] }
          }
          made += ends.count - 1
          bytes += part
        }
      }
      return .text(offsets: offsets, bytes: bytes)
    }
    switch type {
    case .structure(let fields):
      let columns = parts.map { part -> [Column] in
        if case .structure(let columns) = part.storage { return columns }
        return []
      }
      return .structure(
        fields.indices.map { i in joined(columns.map { $0[i] }, type: fields[i].type) })
    default:
      var offsets = [0]
      var items: [Column] = []
      var base = 0
      for case .list(let ends, let part) in parts.lazy.map(\.storage) {
        offsets += ends.dropFirst().lazy.map { base + $0 }
        base += part.count
        items.append(part)
      }
      return .list(offsets: offsets, items: joined(items, type: items.first?.type ?? .null))
    }
  }

  /// A column without values.
  package static func empty(_ type: ColumnType) -> Column {
    let decoded = type.decoded
    let storage: Storage =
      if decoded == .null {
        .none
      } else if decoded.width != nil {
        .fixed([])
      } else if decoded.isText {
        .text(offsets: [0], bytes: [])
      } else {
        switch decoded {
        case .structure(let fields): .structure(fields.map { empty($0.type) })
        case .list(let item), .largeList(let item), .fixedList(let item, _):
          .list(offsets: [0], items: empty(item.type))
        case .map(let key, let value, _, _): .list(offsets: [0], items: empty(.structure([key, value])))
        default: .none
        }
      }
    return Column(type: type, count: 0, storage: storage)
  }

  /// So many nulls.
  package static func nulls(_ type: ColumnType, count: Int) -> Column {
    let decoded = type.decoded
    let zeros = { [Int](repeating: 0, count: count + 1) }
    let storage: Storage =
      if decoded == .null {
        .none
      } else if let width = decoded.width {
        .fixed([UInt8](repeating: 0, count: count * width))
      } else if decoded.isText {
        .text(offsets: zeros(), bytes: [])
      } else {
        switch decoded {
        case .structure(let fields): .structure(fields.map { nulls($0.type, count: count) })
        default:
          if case .list(_, let items) = empty(decoded).storage { .list(offsets: zeros(), items: items) } else { .none }
        }
      }
    return Column(
      type: type, count: count, validity: decoded == .null ? nil : [Bool](repeating: false, count: count),
      storage: storage)
  }

  /// The values at `positions`; null where a position is negative. Positions lie within the column.
  /// - Throws: where the budget does not have what they take: the same long value may be asked for many times.
  package func gathering(_ positions: [Int], budget: DecodeBudget) throws(TensorError) -> Column {
    var validity: [Bool]?
    if self.validity != nil || positions.contains(where: { $0 < 0 }) {
      validity = positions.map { $0 >= 0 && !isNull($0) }
    }
    let gathered: Storage
    switch storage {
    case .none: gathered = .none
    case .fixed(let bytes):
      let width = type.width ?? 0
      try budget.spend(positions.count, of: width)
      var result: [UInt8] = []
      result.reserveCapacity(positions.count * width)
      for position in positions {
        if position < 0 {
          result += repeatElement(0, count: width)
        } else {
          result += bytes[position * width..<(position + 1) * width]
        }
      }
      gathered = .fixed(result)
    case .text(let offsets, let bytes):
      var ends = [0]
      var result: [UInt8] = []
      var total = 0
      for position in positions where position >= 0 { total += offsets[position + 1] - offsets[position] }
      try budget.spend(total)
      result.reserveCapacity(total)
      ends.reserveCapacity(positions.count + 1)
      for position in positions {
        if position >= 0 { result += bytes[offsets[position]..<offsets[position + 1]] }
        ends.append(result.count)
      }
      gathered = .text(offsets: ends, bytes: result)
    case .list(let offsets, let items):
      var ends = [0]
      var places: [Int] = []
      var total = 0
      for position in positions where position >= 0 { total += offsets[position + 1] - offsets[position] }
      try budget.spend(total, of: 8)
      for position in positions {
        if position >= 0 { places += offsets[position]..<offsets[position + 1] }
        ends.append(places.count)
      }
      gathered = .list(offsets: ends, items: try items.gathering(places, budget: budget))
    case .structure(let columns):
      var parts: [Column] = []
      for column in columns { parts.append(try column.gathering(positions, budget: budget)) }
      gathered = .structure(parts)
    }
    return Column(type: type, count: positions.count, validity: validity, storage: gathered)
  }

  /// The same values under another type of the same storage.
  package func retyped(_ type: ColumnType) -> Column {
    Column(type: type, count: count, validity: validity, storage: storage)
  }
}

extension Table {
  /// Tables of the same columns behind each other.
  package static func joined(_ parts: [Table], fields: [ColumnField], source: String) -> Table {
    let columns = fields.indices.map { i in
      parts.isEmpty ? Column.empty(fields[i].type) : Column.joined(parts.map { $0.columns[i] }, type: fields[i].type)
    }
    return Table(fields: fields, columns: columns, rows: parts.reduce(0) { $0 + $1.rows }, source: source)
  }
}
