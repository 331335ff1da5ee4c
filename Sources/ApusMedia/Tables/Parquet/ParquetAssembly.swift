import ApusCore

/// Puts the values of leaves together into columns of structures and lists, by their levels
/// (https://research.google/pubs/dremel-interactive-analysis-of-web-scale-datasets-2/).
struct ParquetAssembly {
  /// The leaves of the row group, by their number.
  let chunks: [Int: ParquetChunk]
  let name: String
  let budget: DecodeBudget

  private func damaged(_ field: ColumnField, _ what: String) -> TensorError {
    TensorError(.format, name, "column '\(field.name)': \(what); the file is damaged")
  }

  /// The column of a node, whose values begin at entries with at most `repetition` and at least `definition`.
  func column(_ node: ParquetNode, repetition: Int = 0, definition: Int = 0) throws(TensorError) -> Column {
    switch node {
    case .leaf(let leaf): return try self.leaf(leaf, definition)
    case .structure(let field, let level, let children):
      var columns: [Column] = []
      for child in children { columns.append(try column(child, repetition: repetition, definition: definition)) }
      var validity: [Bool]?
      var count = columns.first?.count ?? 0
      if level > definition {
        let found = try entries(node) { rep, def in
          rep <= repetition && def >= definition ? def >= level : nil
        }
        count = found.count
        validity = found
      }
      guard columns.allSatisfy({ $0.count == count }) else { throw damaged(field, "its fields differ in length") }
      return Column(type: field.type, count: count, validity: validity, storage: .structure(columns))
    case .list(let field, let level, let itemLevel, let inner, let item):
      let items = try column(item, repetition: inner, definition: itemLevel)
      var offsets: [Int] = []
      var validity: [Bool] = []
      var count = 0
      var broken = false
      try each(node) { rep, def in
        if rep <= repetition {
          guard def >= definition else { return }
          offsets.append(count)
          validity.append(def >= level)
        }
        if rep <= inner, def >= itemLevel {
          count += 1
          if offsets.isEmpty { broken = true }
        }
      }
      offsets.append(count)
      guard !broken, count == items.count else {
        throw damaged(field, "its lists have \(count) items of \(items.count)")
      }
      return Column(
        type: field.type, count: validity.count, validity: level > definition ? validity : nil,
        storage: .list(offsets: offsets, items: items))
    }
  }

  private func chunk(_ leaf: ParquetLeaf) throws(TensorError) -> ParquetChunk {
    guard let chunk = chunks[leaf.index] else { throw damaged(leaf.field, "it was not read") }
    return chunk
  }

  /// Calls `body` with the levels of each entry of a node: those of its first leaf.
  private func each(_ node: ParquetNode, _ body: (Int, Int) -> Void) throws(TensorError) {
    guard let first = node.leaves.first else { return }
    let chunk = try chunk(first)
    for i in 0..<chunk.count {
      body(
        chunk.repetitions.isEmpty ? 0 : Int(chunk.repetitions[i]),
        chunk.definitions.isEmpty ? 0 : Int(chunk.definitions[i]))
    }
  }

  private func entries(_ node: ParquetNode, _ body: (Int, Int) -> Bool?) throws(TensorError) -> [Bool] {
    var result: [Bool] = []
    try each(node) { rep, def in if let found = body(rep, def) { result.append(found) } }
    return result
  }

  /// Values with nulls between them: an entry at `definition` or above is one.
  private func leaf(_ leaf: ParquetLeaf, _ definition: Int) throws(TensorError) -> Column {
    let chunk = try chunk(leaf)
    let dense = try ParquetConversion.column(chunk.values, leaf: leaf, name: name, budget: budget)
    guard !chunk.definitions.isEmpty else { return dense }
    var validity: [Bool] = []
    validity.reserveCapacity(chunk.count)
    for level in chunk.definitions where level >= definition { validity.append(level == leaf.definition) }
    guard validity.contains(false) else { return dense }
    let count = validity.count
    switch dense.storage {
    case .none: return Column(type: dense.type, count: count, storage: .none)
    case .fixed(let bytes):
      let width = dense.type.width ?? 0
      try budget.spend(count, of: width)
      var result = [UInt8](repeating: 0, count: count * width)
      result.withUnsafeMutableBytes { target in
        bytes.withUnsafeBytes { source in
          guard let to = target.baseAddress, let from = source.baseAddress else { return }
          var next = 0
          for i in 0..<count where validity[i] {
            (to + i * width).copyMemory(from: from + next * width, byteCount: width)
            next += 1
          }
        }
      }
      return Column(type: dense.type, count: count, validity: validity, storage: .fixed(result))
    case .text(let offsets, let bytes):
      var ends = [0]
      ends.reserveCapacity(count + 1)
      var next = 0
      for present in validity {
        if present { next += 1 }
        ends.append(offsets[next])
      }
      return Column(type: dense.type, count: count, validity: validity, storage: .text(offsets: ends, bytes: bytes))
    default: throw damaged(leaf.field, "its values are no values")
    }
  }
}

/// Turns physical values into those of a column's type.
enum ParquetConversion {
  static func column(
    _ values: ParquetValues, leaf: ParquetLeaf, name: String, budget: DecodeBudget
  ) throws(TensorError) -> Column {
    let type = leaf.type
    let count = values.count
    if type == .null { return Column(type: .null, count: count, storage: .none) }
    let storage: Column.Storage
    switch (type, leaf.physical) {
    case (.int8, _), (.uint8, _): storage = .fixed(narrowed(values.bytes, from: 4, to: 1))
    case (.int16, _), (.uint16, _): storage = .fixed(narrowed(values.bytes, from: 4, to: 2))
    case (.decimal(let bits, _, _), let physical):
      try budget.spend(count, of: bits / 8)
      guard let bytes = decimals(values, bigEndian: physical >= 6, width: bits / 8) else {
        throw TensorError(.format, name, "column '\(leaf.field.name)': a decimal has more than \(bits / 8) bytes")
      }
      storage = .fixed(bytes)
    case (_, 3): storage = .fixed(timestamps(values.bytes))
    default:
      storage =
        values.isText && type.width == nil ? .text(offsets: values.offsets, bytes: values.bytes) : .fixed(values.bytes)
    }
    return Column(type: type, count: count, storage: storage)
  }

  private static func narrowed(_ bytes: [UInt8], from wide: Int, to narrow: Int) -> [UInt8] {
    var result: [UInt8] = []
    result.reserveCapacity(bytes.count / wide * narrow)
    for start in stride(from: 0, to: bytes.count, by: wide) { result += bytes[start..<start + narrow] }
    return result
  }

  /// Decimals of fewer bytes, or big endian ones, in `width` bytes, little endian.
  private static func decimals(_ values: ParquetValues, bigEndian: Bool, width: Int) -> [UInt8]? {
    var result: [UInt8] = []
    result.reserveCapacity(values.count * width)
    for i in 0..<values.count {
      let range = values.isText ? values.offsets[i]..<values.offsets[i + 1] : i * values.width..<(i + 1) * values.width
      guard range.count <= width else { return nil }
      let value = values.bytes[range]
      let isNegative = (bigEndian ? value.first : value.last).map { $0 >= 128 } ?? false
      if bigEndian { result += value.reversed() } else { result += value }
      result += repeatElement(isNegative ? 255 : 0, count: width - range.count)
    }
    return result
  }

  /// INT96: nanoseconds of a day, then its Julian number; as nanoseconds since 1970.
  private static func timestamps(_ bytes: [UInt8]) -> [UInt8] {
    var result: [UInt8] = []
    result.reserveCapacity(bytes.count / 12 * 8)
    bytes.withUnsafeBytes { source in
      for start in stride(from: 0, to: source.count - source.count % 12, by: 12) {
        let time = Int64(littleEndian: source.loadUnaligned(fromByteOffset: start, as: Int64.self))
        let day = Int64(Int32(littleEndian: source.loadUnaligned(fromByteOffset: start + 8, as: Int32.self)))
        let value = (day - 2_440_588) &* 86_400_000_000_000 &+ time
        withUnsafeBytes(of: value) { result += $0 }
      }
    }
    return result
  }
}
