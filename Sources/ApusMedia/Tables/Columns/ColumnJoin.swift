import ApusCore

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#endif

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
      return .fixed(joined(parts.compactMap { if case .fixed(let part) = $0.storage { part } else { nil } }))
    }
    if type.isText {
      let texts = parts.compactMap { part -> (offsets: [Int], bytes: [UInt8])? in
        if case .text(let offsets, let bytes) = part.storage { (offsets, bytes) } else { nil }
      }
      let count = texts.reduce(1) { $0 + $1.offsets.count - 1 }
      let offsets = [Int](unsafeUninitializedCapacity: count) { offsets, made in
        useLargePages(UnsafeMutableRawBufferPointer(offsets))
        offsets[0] = 0
        var (base, place) = (0, 1)
        for text in texts {
          text.offsets.withUnsafeBufferPointer { ends in
            for i in 1..<max(1, ends.count) { offsets[place + i - 1] = base + ends[i] }
          }
          place += text.offsets.count - 1
          base += text.bytes.count
        }
        made = place
      }
      return .text(offsets: offsets, bytes: joined(texts.map(\.bytes)))
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

  private static func joined(_ parts: [[UInt8]]) -> [UInt8] {
    [UInt8](unsafeUninitializedCapacity: parts.reduce(0) { $0 + $1.count }) { all, made in
      useLargePages(UnsafeMutableRawBufferPointer(all))
      for part in parts {
        part.withUnsafeBytes { bytes in
          UnsafeMutableRawBufferPointer(rebasing: UnsafeMutableRawBufferPointer(all)[made...]).copyMemory(from: bytes)
        }
        made += part.count
      }
    }
  }

  /// Asks the system for large pages where memory is not used yet: without them the pages of a large table cost more time than
  /// its bytes.
  private static func useLargePages(_ memory: UnsafeMutableRawBufferPointer) {
    #if os(Linux)
      // Neighbours that ask alike have large pages in common.
      let page = 4096
      guard memory.count >= 1 << 20, let start = memory.baseAddress else { return }
      let first = start.alignedUp(toMultipleOf: page)
      madvise(first, (memory.count - (first - start)) / page * page, Int32(MADV_HUGEPAGE))
    #endif
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
